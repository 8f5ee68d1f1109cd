// A host file system that holds too little, made whole: mode bits, owners, symbolic links, devices, pipes and sockets, names that the
// host forbids or does not tell apart. What the host cannot hold stands in a log (metadata-log.ts) in the mounted directory or elsewhere;
// names are escaped (host-names.ts). To the file layer the result is a HostFs like any other: hostfs.ts does not know.
//
// A link, device, pipe or socket is an empty file to the host. Without an entry in the log a file has mode 755 and is the superuser's,
// as on a vfat mount: programs that a person has unpacked there can be executed.

import { E } from "../errno.ts";
import { NAME_MAX, O, S } from "./constants.ts";
import type { HostEntry, HostFs, HostLimits } from "./host.ts";
import { foldCase, guestName, hostName, STORE_NAME } from "./host-names.ts";
import type { Stat } from "./inode.ts";
import { openMetadataLog } from "./metadata-log.ts";
import type { Kept } from "./metadata-log.ts";

export { STORE_NAME };

/** What is set of a file: the rest stays as it is. */
type Change = Partial<Pick<Kept, "mode" | "uid" | "gid">>;

/** Directories whose names are remembered. */
const LISTINGS = 64;
const DEFAULT_MODE = 0o755;
const STORE = new RegExp(`^${STORE_NAME.replace(".", "\\.")}`, "i");

/**
 * The host's file system from `directory` down as a file system that holds everything. Paths outside are passed on as they are.
 * `store` is the host path of the log; without it the log stands in the directory itself.
 */
export function keepMetadata(host: HostFs, limits: HostLimits, directory: string, store?: string): HostFs {
  const windows = limits.names === "windows";
  const base = directory === "/" ? "" : directory;
  const top = host.lstat(directory);
  const isFile = typeof top !== "number" && (top.mode & S.IFMT) !== S.IFDIR;
  const log = openMetadataLog(host, store ?? `${isFile ? base.slice(0, Math.max(base.lastIndexOf("/"), base.lastIndexOf("\\"))) : base}/${STORE_NAME}`);
  /** Inode numbers by descriptor. */
  const opened = new Map<number, number>();
  /** Exact names by folded ones, for hosts that find a name in any case. */
  const listings = new Map<string, { readonly changed: string; readonly names: Map<string, string> }>();
  /** Host paths of directories, by those of the guest. */
  const directories = new Map<string, string>();

  // -- names --------------------------------------------------------------------------------------------------------------------------

  const split = (path: string): [parent: string, name: string] => {
    const slash = path.lastIndexOf("/");
    return [path.slice(0, slash), path.slice(slash + 1)];
  };

  const inside = (path: string): boolean => path.length > base.length && path.startsWith(base) && path[base.length] === "/" && path !== "/";

  /** The host path of a directory of the guest. The file layer has looked up each name on the way: their case is not asked again. */
  function directoryPath(path: string): string {
    if (!inside(path)) return path;
    let found = directories.get(path);
    if (found === undefined) directories.set(path, (found = locate(path)));
    return found;
  }

  function inodeNumber(path: string): number {
    const stat = host.lstat(path === "" ? "/" : path);
    return typeof stat === "number" ? 0 : stat.ino;
  }

  /** Where the host has a file of the guest, if it has it. */
  function locate(path: string): string {
    if (!inside(path)) return path;
    const [parent, name] = split(path);
    const home = directoryPath(parent);
    const alias = log.hasAliases ? log.alias(inodeNumber(home), name) : undefined;
    return `${home}/${alias ?? hostName(name, windows)}`;
  }

  /** The exact names in a directory of the host. */
  function listing(home: string): Map<string, string> {
    const stat = host.lstat(home === "" ? "/" : home);
    const changed = typeof stat === "number" ? "" : `${stat.ino} ${stat.mtime.sec}.${stat.mtime.nsec}`;
    const known = listings.get(home);
    if (known && known.changed === changed) return known.names;
    const entries = host.readdir(home === "" ? "/" : home);
    const names = new Map(typeof entries === "number" ? [] : entries.map((entry): [string, string] => [foldCase(entry.name), entry.name]));
    if (listings.size >= LISTINGS) listings.delete(listings.keys().next().value!);
    listings.set(home, { changed, names });
    return names;
  }

  /** Notes a change that we have made, so that the directory need not be read again. */
  function relist(home: string, change: (names: Map<string, string>) => void): void {
    const known = listings.get(home);
    if (!known) return;
    change(known.names);
    const stat = host.lstat(home === "" ? "/" : home);
    if (typeof stat === "number") listings.delete(home);
    else listings.set(home, { changed: `${stat.ino} ${stat.mtime.sec}.${stat.mtime.nsec}`, names: known.names });
  }

  const appeared = (path: string) => {
    const [home, name] = split(path);
    relist(home, (names) => names.set(foldCase(name), name));
  };
  const vanished = (path: string) => {
    const [home, name] = split(path);
    relist(home, (names) => names.delete(foldCase(name)));
  };

  /** The name found there is the one that was meant, in its own case, and stands for no other. */
  function meant(path: string, found: string): boolean {
    if (!inside(path)) return true;
    const [, name] = split(path), [home, actual] = split(found);
    if (log.hasAliases) {
      const number = inodeNumber(home);
      if (log.alias(number, name) === actual) return true;
      if (log.aliased(number, actual) !== undefined) return false;
    }
    if (limits.caseSensitive) return true;
    const exact = listing(home).get(foldCase(actual));
    return exact === undefined || exact === actual;
  }

  /** lstat of what the guest means by the path; where it is. */
  function look(path: string): { readonly at: string; readonly stat: Stat | number } {
    const at = locate(path);
    const stat = host.lstat(at);
    if (stat === -E.NAMETOOLONG || stat === -E.INVAL) return { at, stat: split(path)[1].length > NAME_MAX ? stat : -E.NOENT };
    return { at, stat: typeof stat === "number" || meant(path, at) ? stat : -E.NOENT };
  }

  /**
   * Where the host shall have a new file, `make` makes it there. A name that the host would take for another's, or finds too long, gets
   * one of its own. `besides`: a host name in the way that is about to go.
   */
  function place(path: string, make: (at: string) => number, besides?: string): number {
    if (!inside(path)) return make(path);
    const [parent, name] = split(path);
    const home = directoryPath(parent), usual = hostName(name, windows);
    const number = log.hasAliases ? inodeNumber(home) : 0;
    const known = log.hasAliases ? log.alias(number, name) : undefined;
    if (known !== undefined) return make(`${home}/${known}`);
    const other = limits.caseSensitive ? undefined : listing(home).get(foldCase(usual));
    const taken = (other !== undefined && other !== usual && `${home}/${other}` !== besides) || (log.hasAliases && log.aliased(number, usual) !== undefined);
    if (!taken && usual.length <= NAME_MAX) {
      const made = make(`${home}/${usual}`);
      if (made >= 0 && !limits.caseSensitive) appeared(`${home}/${usual}`);
      return made;
    }
    if (name.length > NAME_MAX) return -E.NAMETOOLONG;
    const stem = usual.length > 200 ? usual.replace(/[^\w-]/g, "").slice(0, 100) : usual;
    for (let n = 1; ; n++) {
      const at = `${home}/${stem}%~${n}`;
      if (typeof host.lstat(at) !== "number") continue;
      const directoryNumber = inodeNumber(home);
      const error = log.setAlias(directoryNumber, name, `${stem}%~${n}`);
      if (error < 0) return error;
      const made = make(at);
      if (made < 0) log.setAlias(directoryNumber, name, undefined);
      else if (!limits.caseSensitive) appeared(at);
      return made;
    }
  }

  /** A name of the guest is gone from the host's `at`. */
  function removed(path: string, at: string): void {
    if (!inside(path)) return;
    if (log.hasAliases) {
      const [, name] = split(path), [home, actual] = split(at);
      const number = inodeNumber(home);
      if (log.alias(number, name) === actual) log.setAlias(number, name, undefined);
    }
    if (!limits.caseSensitive) vanished(at);
  }

  // -- attributes ---------------------------------------------------------------------------------------------------------------------

  /** What the guest shall see of a file. */
  function dressed(stat: Stat | number): Stat | number {
    if (typeof stat === "number") return stat;
    const kept = log.find(stat), type = stat.mode & S.IFMT;
    if (!kept) {
      if (!limits.attributes) stat.mode = type | (stat.mode & 0o200 || type !== S.IFREG ? DEFAULT_MODE : DEFAULT_MODE & ~0o222);
      return stat;
    }
    // a link or device is an empty file to the host: one that has grown since is a file again
    const stands = (kept.mode & S.IFMT) === type || (type === S.IFREG && stat.size === 0);
    stat.mode = (stands ? kept.mode & S.IFMT : type) | (kept.mode & 0o7777);
    stat.uid = kept.uid;
    stat.gid = kept.gid;
    if (!stands) return stat;
    stat.rdev = kept.rdev;
    if (kept.target !== undefined) stat.size = kept.target.length;
    return stat;
  }

  /** Sets what is to be kept of a file. `shown` has been dressed. */
  function change(shown: Stat | number, wanted: Change, target?: string): number {
    if (typeof shown === "number") return shown;
    const kept = log.find(shown);
    const mode = wanted.mode === undefined ? shown.mode : (shown.mode & S.IFMT) | (wanted.mode & 0o7777);
    const uid = wanted.uid ?? shown.uid, gid = wanted.gid ?? shown.gid;
    if (mode === shown.mode && uid === shown.uid && gid === shown.gid && target === undefined) return 0;
    return log.keep(shown, { mode, uid, gid, rdev: shown.rdev, target: target ?? kept?.target });
  }

  /** A new file whose mode cannot be kept is there all the same: it has the default. */
  function settle(shown: Stat | number, mode: number): void {
    change(shown, { mode: mode & 0o7777 });
  }

  /** A link, device, pipe or socket. */
  const special = (path: string, mode: number, rdev: number, target?: string): number =>
    place(path, (at) => {
      const fd = host.open(at, O.WRONLY | O.CREAT | O.EXCL, 0o644);
      if (fd < 0) return fd;
      const stat = host.fstat(fd);
      host.close(fd);
      const error = typeof stat === "number" ? stat : log.keep(stat, { mode, uid: stat.uid, gid: stat.gid, rdev, target });
      if (error < 0) host.unlink(at);
      return error;
    });

  const isOpen = (ino: number): boolean => [...opened.values()].includes(ino);

  function forget(stat: Stat | number): void {
    if (typeof stat !== "number" && (stat.nlink <= 1 || (stat.mode & S.IFMT) === S.IFDIR)) log.forget(stat.ino, isOpen(stat.ino));
  }

  const seen = (path: string): { at: string; stat: Stat | number } => {
    log.refresh();
    const { at, stat } = look(path);
    return { at, stat: dressed(stat) };
  };

  const remove = (path: string, action: (at: string) => number): number => {
    const { at, stat } = seen(path);
    if (typeof stat === "number") return stat;
    const error = action(at);
    if (error < 0) return error;
    directories.clear();
    removed(path, at);
    forget(stat);
    return 0;
  };

  return {
    ...host,
    limits: undefined,
    // owners can be set, whoever we are
    uid: 0,
    gid: 0,
    lstat: (path) => seen(path).stat,
    fstat(fd) {
      log.refresh();
      return dressed(host.fstat(fd));
    },
    open(path, flags, mode) {
      if (flags & O.CREAT) {
        const fd = place(path, (at) => host.open(at, flags, limits.attributes ? mode : 0o644));
        if (fd < 0) return fd;
        const stat = host.fstat(fd);
        if (typeof stat !== "number") opened.set(fd, stat.ino);
        settle(dressed(stat), mode);
        return fd;
      }
      const { at, stat } = seen(path);
      if (typeof stat === "number") return stat;
      const fd = host.open(at, flags, mode);
      if (fd >= 0) opened.set(fd, stat.ino);
      return fd;
    },
    close(fd) {
      const ino = opened.get(fd);
      opened.delete(fd);
      host.close(fd);
      if (ino !== undefined && !isOpen(ino)) log.release(ino);
    },
    readdir(path) {
      log.refresh();
      const home = directoryPath(path);
      const entries = host.readdir(home);
      if (typeof entries === "number") return entries;
      const number = log.hasAliases ? inodeNumber(home) : 0;
      const shown: HostEntry[] = [];
      for (const { name, type } of entries) {
        if (STORE.test(name)) continue;
        const known = log.hasAliases ? log.aliased(number, name) : undefined;
        shown.push({ name: known ?? guestName(name, windows), type: log.hasSpecial && type === S.IFREG ? 0 : type });
      }
      return shown;
    },
    readlink(path) {
      const { at, stat } = seen(path);
      if (typeof stat === "number") return stat;
      return log.find(stat)?.target ?? host.readlink(at);
    },
    mkdir: (path, mode) =>
      place(path, (at) => {
        const error = host.mkdir(at, limits.attributes ? mode : 0o755);
        if (error === 0) settle(dressed(host.lstat(at)), mode);
        return error;
      }),
    rmdir: (path) => remove(path, (at) => host.rmdir(at)),
    unlink: (path) => remove(path, (at) => host.unlink(at)),
    rename(from, to) {
      const source = seen(from), victim = look(to);
      if (typeof source.stat === "number") return source.stat;
      // names of one file: nothing happens, rename(2)
      if (typeof victim.stat !== "number" && victim.stat.ino === source.stat.ino && victim.at !== source.at) return 0;
      // to the host a link to a directory is a file, and so is what would replace it
      const error = place(to, (at) => host.rename(source.at, at), source.at);
      if (error < 0) return error;
      directories.clear();
      listings.clear();
      removed(from, source.at);
      forget(victim.stat);
      return 0;
    },
    link: (from, to) => {
      const { at: source, stat } = seen(from);
      return typeof stat === "number" ? stat : place(to, (at) => host.link(source, at));
    },
    symlink: (target, path) => (limits.symlinks ? place(path, (at) => host.symlink(target, at)) : special(path, S.IFLNK | 0o777, 0, target)),
    mkfifo: (path, mode) => special(path, S.IFIFO | (mode & 0o7777), 0),
    mknod: (path, mode, rdev) => special(path, mode, rdev),
    chmod: (path, mode) => change(seen(path).stat, { mode }),
    fchmod: (fd, mode) => change(dressed(host.fstat(fd)), { mode }),
    lchown: (path, uid, gid) => change(seen(path).stat, { uid, gid }),
    utimes: (path, atime, mtime) => host.utimes(locate(path), atime, mtime),
    statfs: (path) => host.statfs(directoryPath(path)),
    access: (path, mask) => host.access(locate(path), mask),
  };
}
