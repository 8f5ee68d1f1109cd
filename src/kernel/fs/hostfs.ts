// Back end: a directory of the host. Every lookup asks the host (others may change it), so what is cached is only which dentry a
// directory has. Host paths are joined from the mount's directory and names that came through walk.ts one at a time.

import { E } from "../errno.ts";
import { FALLOC, MAY, O, RENAME, S } from "./constants.ts";
import { RegularFile } from "./file.ts";
import type { OpenFile } from "./file.ts";
import type { HostFs } from "./host.ts";
import { genericPermission, Inode, renames } from "./inode.ts";
import type { Actor, AttributeChange, Caller, Dentry, DirectoryEntry, FileSystem, Stat, Time } from "./inode.ts";
import type { PathRef } from "./state.ts";

/** Opens a character device by its number: the guest's own /dev/null, not the host's. */
export type DeviceOpener = (rdev: number, flags: number, path: PathRef, caller: Caller | undefined) => OpenFile | number;

const EXACT_TIMES = 4096;

export interface HostFileSystem extends FileSystem {
  readonly host: HostFs;
  readonly directory: string;
  readonly openDevice: DeviceOpener | undefined;
  /** Times set to the nanosecond: the host interface is exact to the microsecond only, so what was asked for is remembered here. */
  readonly exactTimes: Map<string, { atime: Time; mtime: Time }>;
  /** Keys of the files that stand for sockets bound by programs, and for pipes that the host would not make: to it they are empty regular files. */
  readonly standIns: Map<string, typeof S.IFSOCK | typeof S.IFIFO>;
}

/** The root inode of a host directory (or file) to mount; negative errno when it is not there. */
export function hostRoot(host: HostFs, directory: string, openDevice?: DeviceOpener): Inode | number {
  const stat = host.lstat(directory === "" ? "/" : directory);
  if (typeof stat === "number") return stat;
  const fs: HostFileSystem = {
    type: "ext4", dev: stat.dev, host, directory: directory === "/" ? "" : directory, openDevice, exactTimes: new Map(), standIns: new Map(),
    statfs: (inode) => host.statfs((inode as HostInode).path() || "/"),
  };
  return new HostInode(fs, stat);
}

const keyOf = (stat: Stat): string => `h${stat.dev}:${stat.ino}`;

/** Gives a file that stands for a socket or pipe its type. */
function markStandIn(fs: HostFileSystem, stat: Stat): void {
  const type = (stat.mode & S.IFMT) === S.IFREG ? fs.standIns.get(keyOf(stat)) : undefined;
  if (type !== undefined) stat.mode = (stat.mode & ~S.IFMT) | type;
}

const sameMicrosecond = (a: Time, b: Time): boolean => a.sec === b.sec && Math.trunc(a.nsec / 1000) === Math.trunc(b.nsec / 1000);

export class HostInode extends Inode {
  declare readonly fs: HostFileSystem;
  readonly dev: number;
  readonly ino: number;
  readonly rdev: number;
  private dentry: Dentry | undefined = undefined;
  /** What the lookup has just learned; good for one use. */
  private fresh: Stat | undefined;
  /** The descriptor `create` has made, for the open that follows. */
  private created = -1;
  private cachedPath = "";
  private cachedAt = -1;

  constructor(fs: HostFileSystem, stat: Stat) {
    super(fs, stat.mode & S.IFMT);
    this.dev = stat.dev;
    this.ino = stat.ino;
    this.rdev = stat.rdev;
    this.fresh = stat;
  }

  override get key(): string {
    return `h${this.dev}:${this.ino}`;
  }

  override attach(dentry: Dentry): void {
    this.dentry = dentry;
  }

  /** Host path; "" for the root of a mount of "/". */
  path(): string {
    if (this.cachedAt === renames.count) return this.cachedPath;
    let path = "";
    for (let at = this.dentry; at?.parent; at = at.parent) path = `/${at.name}${path}`;
    this.cachedPath = this.fs.directory + path;
    this.cachedAt = renames.count;
    return this.cachedPath;
  }

  private child(name: string): string {
    return `${this.path()}/${name}`;
  }

  private get gone(): boolean {
    return this.dentry?.deleted === true;
  }

  exact(stat: Stat | number): Stat | number {
    if (typeof stat === "number") return stat;
    if (this.type === S.IFSOCK || this.type === S.IFIFO) stat.mode = (stat.mode & ~S.IFMT) | this.type;
    if (this.fs.exactTimes.size === 0) return stat;
    const exact = this.fs.exactTimes.get(this.key);
    if (!exact) return stat;
    if (sameMicrosecond(stat.atime, exact.atime)) stat.atime = exact.atime;
    if (sameMicrosecond(stat.mtime, exact.mtime)) stat.mtime = exact.mtime;
    return stat;
  }

  override stat(): Stat | number {
    const fresh = this.fresh;
    this.fresh = undefined;
    if (fresh) return this.exact(fresh);
    if (this.gone) return -E.NOENT;
    return this.exact(this.fs.host.lstat(this.path() || "/"));
  }

  override lookup(name: string, cached: Inode | undefined): Inode | number {
    const stat = this.fs.host.lstat(this.child(name));
    if (typeof stat === "number") return stat;
    if (this.fs.standIns.size > 0) markStandIn(this.fs, stat);
    if (cached instanceof HostInode && cached.ino === stat.ino && cached.dev === stat.dev && cached.type === (stat.mode & S.IFMT)) {
      cached.fresh = stat;
      return cached;
    }
    return new HostInode(this.fs, stat);
  }

  override readdir(): DirectoryEntry[] | number {
    const entries = this.fs.host.readdir(this.path() || "/");
    if (typeof entries === "number") return entries;
    const base = this.path();
    const { standIns } = this.fs;
    return entries.map((entry) => new LazyEntry(this.fs.host, base, entry.name, standIns.size > 0 && entry.type === S.IFREG ? 0 : entry.type, standIns));
  }

  /** A new object belongs to the guest's user where the host lets us say so. */
  private own(path: string, actor: Actor): void {
    const host = this.fs.host;
    if (host.uid === 0 && (actor.fsuid !== host.uid || actor.fsgid !== host.gid)) host.lchown(path, actor.fsuid, actor.fsgid);
  }

  private settled(name: string, error: number, actor: Actor): Inode | number {
    if (error < 0) return error;
    this.fresh = undefined;
    const path = this.child(name);
    this.own(path, actor);
    const stat = this.fs.host.lstat(path);
    if (typeof stat === "number") return stat;
    markStandIn(this.fs, stat);
    return new HostInode(this.fs, stat);
  }

  override create(name: string, mode: number, actor: Actor, flags: number): Inode | number {
    const path = this.child(name);
    const fd = this.fs.host.open(path, hostFlags(flags) | O.CREAT | O.EXCL, mode);
    if (fd < 0) return fd;
    this.own(path, actor);
    const stat = this.fs.host.fstat(fd);
    if (typeof stat === "number") return stat;
    this.fresh = undefined;
    const inode = new HostInode(this.fs, stat);
    if (this.fs.standIns.size > 0) this.fs.standIns.delete(inode.key); // the number may have been another's
    inode.created = fd;
    return inode;
  }

  override mkdir(name: string, mode: number, actor: Actor): Inode | number {
    return this.settled(name, this.fs.host.mkdir(this.child(name), mode), actor);
  }

  override mknod(name: string, mode: number, rdev: number, actor: Actor): Inode | number {
    const path = this.child(name), type = mode & S.IFMT;
    if (this.fs.host.mknod && type !== S.IFREG) return this.settled(name, this.fs.host.mknod(path, mode, rdev), actor);
    if (type === S.IFIFO) {
      const error = this.fs.host.mkfifo(path, mode & 0o7777);
      // the host has no utility for it, cannot start it beside so much memory, or the file system has no pipes
      if (error !== -E.PERM && error !== -E.NOMEM) return this.settled(name, error, actor);
    } else if (type !== S.IFREG && type !== S.IFSOCK) return -E.PERM;
    const fd = this.fs.host.open(path, O.WRONLY | O.CREAT | O.EXCL, mode & 0o7777);
    if (fd < 0) return fd;
    if (type === S.IFSOCK || type === S.IFIFO) {
      const stat = this.fs.host.fstat(fd);
      if (typeof stat !== "number") this.fs.standIns.set(keyOf(stat), type);
    }
    this.fs.host.close(fd);
    return this.settled(name, 0, actor);
  }

  override symlink(name: string, target: string, actor: Actor): Inode | number {
    return this.settled(name, this.fs.host.symlink(target, this.child(name)), actor);
  }

  override link(name: string, target: Inode): number {
    if (!(target instanceof HostInode)) return -E.XDEV;
    if (target.gone) return -E.NOENT;
    return this.fs.host.link(target.path(), this.child(name));
  }

  override unlink(name: string, victim: Inode): number {
    const error = this.fs.host.unlink(this.child(name));
    if (error === 0 && this.fs.standIns.size > 0) this.fs.standIns.delete(victim.key);
    return error;
  }

  override rmdir(name: string): number {
    return this.fs.host.rmdir(this.child(name));
  }

  override rename(name: string, newDirectory: Inode, newName: string, flags: number): number {
    if (!(newDirectory instanceof HostInode)) return -E.XDEV;
    const from = this.child(name), to = newDirectory.child(newName), host = this.fs.host;
    if (!(flags & RENAME.EXCHANGE)) return host.rename(from, to);
    // The host interface has no exchange: three renames with a name of our own in the middle.
    const middle = newDirectory.child(`.jit386-exchange-${this.ino}-${renames.count}`);
    let error = host.rename(to, middle);
    if (error < 0) return error;
    error = host.rename(from, to);
    if (error < 0) {
      host.rename(middle, to);
      return error;
    }
    return host.rename(middle, from);
  }

  override readlink(): string | number {
    return this.isSymlink ? this.fs.host.readlink(this.path()) : -E.INVAL;
  }

  override open(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
    if (this.type === S.IFCHR || this.type === S.IFBLK) return this.fs.openDevice?.(this.rdev, flags, path, caller) ?? -E.NXIO;
    if (this.type !== S.IFREG) return -E.NXIO;
    let fd = this.created;
    this.created = -1;
    if (fd < 0) fd = this.fs.host.open(this.path(), hostFlags(flags), 0);
    if (fd < 0) return fd;
    this.fresh = undefined;
    return new HostFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, this, fd);
  }

  override truncate(size: number): number {
    const fd = this.fs.host.open(this.path(), O.WRONLY, 0);
    if (fd < 0) return fd;
    this.fresh = undefined;
    const error = this.fs.host.ftruncate(fd, size);
    this.fs.host.close(fd);
    this.mapping?.resized();
    return error;
  }

  override setattr(change: AttributeChange): number {
    if (this.gone) return -E.NOENT;
    const host = this.fs.host, path = this.path() || "/";
    this.fresh = undefined;
    if (change.uid !== undefined || change.gid !== undefined) {
      const stat = this.stat();
      if (typeof stat === "number") return stat;
      const error = host.lchown(path, change.uid ?? stat.uid, change.gid ?? stat.gid);
      if (error < 0) return error;
    }
    if (change.mode !== undefined) {
      if (this.isSymlink) return -E.OPNOTSUPP;
      const error = host.chmod(path, change.mode);
      if (error < 0) return error;
    }
    return this.setTimes(change, (atime, mtime) => host.utimes(path, atime, mtime));
  }

  /** Sets times through the host and remembers them to the nanosecond. */
  setTimes(change: AttributeChange, apply: (atime: Time, mtime: Time) => number): number {
    if (!change.atime && !change.mtime) return 0;
    const stat = this.stat();
    if (typeof stat === "number") return stat;
    const atime = change.atime ?? stat.atime, mtime = change.mtime ?? stat.mtime;
    const error = apply(atime, mtime);
    if (error < 0) return error;
    // a host that keeps nanoseconds shows those of the number that stood for the time, so whole microseconds are remembered too
    const exact = this.fs.exactTimes;
    exact.delete(this.key);
    if (exact.size >= EXACT_TIMES) exact.delete(exact.keys().next().value!);
    exact.set(this.key, { atime, mtime });
    return 0;
  }

  override searchable(actor: Actor): number {
    return actor.fsuid === this.fs.host.uid ? 0 : this.permission(MAY.EXEC, actor);
  }

  override permission(mask: number, actor: Actor): number {
    const host = this.fs.host;
    if (mask === 0) return 0;
    if (actor.fsuid === host.uid) {
      if (host.uid === 0 && !(mask & MAY.EXEC && !this.isDirectory)) return 0;
      if (host.uid !== 0) return host.access(this.path() || "/", mask);
    }
    const stat = this.fresh ?? this.stat();
    return typeof stat === "number" ? stat : genericPermission(stat, mask, actor);
  }
}

/** A directory entry whose inode number is asked for only when someone wants it. */
class LazyEntry implements DirectoryEntry {
  readonly name: string;
  private readonly host: HostFs;
  private readonly directory: string;
  private readonly knownType: number;
  private readonly standIns: ReadonlyMap<string, number>;
  private looked: Stat | number | undefined = undefined;

  constructor(host: HostFs, directory: string, name: string, type: number, standIns: ReadonlyMap<string, number>) {
    this.host = host;
    this.directory = directory;
    this.name = name;
    this.knownType = type;
    this.standIns = standIns;
  }

  private look(): Stat | number {
    this.looked ??= this.host.lstat(`${this.directory}/${this.name}`);
    return this.looked;
  }

  get ino(): number {
    const stat = this.look();
    return typeof stat === "number" ? 1 : stat.ino;
  }

  get type(): number {
    if (this.knownType) return this.knownType;
    const stat = this.look();
    if (typeof stat === "number") return 0;
    return this.standIns.get(keyOf(stat)) ?? stat.mode & S.IFMT;
  }
}

/** The flags that the host gets to see. */
function hostFlags(flags: number): number {
  return flags & (O.ACCMODE | O.TRUNC | O.APPEND | O.SYNC | O.DSYNC);
}

class HostFile extends RegularFile {
  private readonly file: HostInode;
  private readonly host: HostFs;
  readonly hostDescriptor: number;

  constructor(flags: number, path: PathRef, inode: HostInode, fd: number) {
    super(flags, path);
    this.file = inode;
    this.host = inode.fs.host;
    this.hostDescriptor = fd;
  }

  override get inode(): Inode {
    return this.file;
  }

  override stat(): Stat | number {
    return this.file.exact(this.host.fstat(this.hostDescriptor));
  }

  override size(): number {
    return this.host.size(this.hostDescriptor);
  }

  override readAt(offset: number, into: Uint8Array): number {
    this.file.mapping?.beforeRead();
    return this.host.read(this.hostDescriptor, into, offset);
  }

  override writeAt(offset: number, from: Uint8Array): number {
    const { mapping } = this.file;
    mapping?.beforeWrite(offset, from.length);
    const count = this.host.write(this.hostDescriptor, from, offset);
    if (count > 0) mapping?.afterWrite(offset, count);
    return count;
  }

  override truncate(size: number): number {
    const error = this.host.ftruncate(this.hostDescriptor, size);
    this.file.mapping?.resized();
    return error;
  }

  override allocate(mode: number, offset: number, length: number): number {
    const size = this.size();
    if (mode & ~(FALLOC.KEEP_SIZE | FALLOC.PUNCH_HOLE | FALLOC.ZERO_RANGE)) return -E.OPNOTSUPP;
    if (mode & (FALLOC.PUNCH_HOLE | FALLOC.ZERO_RANGE)) {
      const zeros = new Uint8Array(Math.min(65536, length));
      const end = Math.min(size, offset + length); // behind the end there are zeros anyway
      for (let at = offset; at < end; ) {
        const done = this.writeAt(at, zeros.subarray(0, Math.min(zeros.length, end - at)));
        if (done <= 0) return done;
        at += done;
      }
    }
    if (mode & FALLOC.PUNCH_HOLE) return 0;
    return !(mode & FALLOC.KEEP_SIZE) && offset + length > size ? this.truncate(offset + length) : 0;
  }

  override sync(dataOnly: boolean): number {
    return this.host.fsync(this.hostDescriptor, dataOnly);
  }

  override setattr(change: AttributeChange): number {
    if (!this.path.dentry.deleted && (change.uid !== undefined || change.gid !== undefined)) {
      const error = this.file.setattr({ uid: change.uid, gid: change.gid });
      if (error < 0) return error;
    }
    if (change.mode !== undefined) {
      const error = this.host.fchmod(this.hostDescriptor, change.mode);
      if (error < 0) return error;
    }
    return this.file.setTimes(change, (atime, mtime) => this.host.futimes(this.hostDescriptor, atime, mtime));
  }

  protected override release(): void {
    this.host.close(this.hostDescriptor);
  }
}

