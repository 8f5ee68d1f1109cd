// HostFs over synchronous node:fs calls. Paths and names are byte strings (latin1): plain ASCII goes to Node as a string, anything
// else as a Buffer, so that names which are not UTF-8 survive. Errors become negative errno numbers.

import fs from "node:fs";
import { E } from "../../kernel/errno.ts";
import { O, S } from "../../kernel/fs/constants.ts";
import type { HostEntry, HostFs, HostLimits } from "../../kernel/fs/host.ts";
import type { Stat, Time } from "../../kernel/fs/inode.ts";

const ERRNO: Readonly<Record<string, number>> = E;

/** The errno number of what Node threw. */
export function hostErrno(error: unknown): number {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== "string") return E.IO;
  if (code.startsWith("ERR_")) return E.INVAL;
  if (code === "ENOTSUP" || code === "ENOTSUPP") return E.OPNOTSUPP;
  if (code === "ENOATTR") return E.NODATA;
  if (code === "EWOULDBLOCK") return E.AGAIN;
  return ERRNO[code.slice(1)] ?? E.IO;
}

function attempt<T>(action: () => T): T | number {
  try {
    return action();
  } catch (error) {
    return -hostErrno(error);
  }
}

/** 0, or a negative errno. */
function done(action: () => void): number {
  try {
    action();
    return 0;
  } catch (error) {
    return -hostErrno(error);
  }
}

/** The words of mkfifo(1) in the C locale. */
const MKFIFO_ERRORS: readonly (readonly [words: string, errno: number])[] = [
  ["File exists", E.EXIST], ["No such file", E.NOENT], ["Not a directory", E.NOTDIR], ["Permission denied", E.ACCES],
  ["No space left", E.NOSPC], ["Read-only", E.ROFS], ["too long", E.NAMETOOLONG], ["Too many levels", E.LOOP],
];
const NOT_ASCII = /[\x80-\uffff]/;

/** A byte string as Node takes it. */
function toHost(path: string): string | Buffer {
  return NOT_ASCII.test(path) ? Buffer.from(path, "latin1") : path;
}

/** A host path as a byte string. */
export function fromHost(path: string): string {
  return NOT_ASCII.test(path) ? Buffer.from(path, "utf8").toString("latin1") : path;
}

function time(ns: bigint): Time {
  const sec = ns / 1_000_000_000n;
  const nsec = Number(ns - sec * 1_000_000_000n);
  return nsec < 0 ? { sec: Number(sec) - 1, nsec: nsec + 1_000_000_000 } : { sec: Number(sec), nsec };
}

/** glibc's 64-bit dev_t in the kernel's 32 bits. */
function device(dev: bigint): number {
  const major = Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)), minor = Number((dev & 0xffn) | ((dev >> 12n) & 0xffffff00n));
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12)) >>> 0;
}

function inodeNumber(ino: bigint): number {
  return ino <= 0x1f_ffff_ffff_ffffn ? Number(ino) : Number((ino ^ (ino >> 53n)) & 0x1f_ffff_ffff_ffffn);
}

export function toStat(stat: fs.BigIntStats): Stat {
  return {
    dev: device(stat.dev), ino: inodeNumber(stat.ino), mode: Number(stat.mode), nlink: Number(stat.nlink), uid: Number(stat.uid), gid: Number(stat.gid),
    rdev: device(stat.rdev), size: Number(stat.size), blksize: Number(stat.blksize), blocks: Number(stat.blocks ?? (stat.size + 511n) / 512n),
    atime: time(stat.atimeNs), mtime: time(stat.mtimeNs), ctime: time(stat.ctimeNs), btime: stat.birthtimeNs > 0n ? time(stat.birthtimeNs) : undefined,
  };
}

const FLAGS: readonly [number, number | undefined][] = [
  [O.CREAT, fs.constants.O_CREAT], [O.EXCL, fs.constants.O_EXCL], [O.TRUNC, fs.constants.O_TRUNC], [O.APPEND, fs.constants.O_APPEND],
  [O.DSYNC, fs.constants.O_DSYNC],
];

function hostFlags(flags: number): number {
  let bits = (flags & O.ACCMODE) | (fs.constants.O_NOFOLLOW ?? 0);
  for (const [ours, theirs] of FLAGS) if (flags & ours) bits |= theirs ?? 0;
  if ((flags & O.SYNC) === O.SYNC) bits |= fs.constants.O_SYNC ?? 0;
  return bits;
}

function entryType(entry: fs.Dirent): number {
  if (entry.isFile()) return S.IFREG;
  if (entry.isDirectory()) return S.IFDIR;
  if (entry.isSymbolicLink()) return S.IFLNK;
  if (entry.isFIFO()) return S.IFIFO;
  if (entry.isSocket()) return S.IFSOCK;
  if (entry.isCharacterDevice()) return S.IFCHR;
  return entry.isBlockDevice() ? S.IFBLK : 0;
}

/** Seconds for Node, which cuts to microseconds: aimed at the middle of the microsecond so that none is lost in the double. */
const seconds = (t: Time): number => t.sec + (Math.trunc(t.nsec / 1000) + 0.5) / 1e6;

/** Our own umask hides bits of what open and mkdir ask for; the guest has its own. */
function wantsChmod(mode: number): boolean {
  return (mode & process.umask()) !== 0 || (mode & 0o7000) !== 0;
}

/** Links need a privilege on Windows, and what it has of modes is one bit. */
const WINDOWS: HostLimits = { names: "windows", caseSensitive: false, symlinks: false, attributes: false };

export function createHostFs(): HostFs {
  return {
    limits: process.platform === "win32" ? WINDOWS : undefined,
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    lstat(path) {
      try {
        const stat = fs.lstatSync(toHost(path), { bigint: true, throwIfNoEntry: false });
        return stat ? toStat(stat) : -E.NOENT;
      } catch (error) {
        return -hostErrno(error);
      }
    },
    fstat: (fd) => attempt(() => toStat(fs.fstatSync(fd, { bigint: true }))),
    size: (fd) => attempt(() => fs.fstatSync(fd).size),
    open(path, flags, mode) {
      try {
        const fd = fs.openSync(toHost(path), hostFlags(flags), mode);
        if (flags & O.CREAT && wantsChmod(mode)) fs.fchmodSync(fd, mode);
        return fd;
      } catch (error) {
        return -hostErrno(error);
      }
    },
    close: (fd) => void done(() => fs.closeSync(fd)),
    read(fd, into, position) {
      if (into.length === 0) return 0;
      try {
        return fs.readSync(fd, into, 0, into.length, position);
      } catch (error) {
        return -hostErrno(error);
      }
    },
    write(fd, from, position) {
      if (from.length === 0) return 0;
      try {
        return fs.writeSync(fd, from, 0, from.length, position);
      } catch (error) {
        return -hostErrno(error);
      }
    },
    readdir: (path) =>
      attempt(() => {
        // Not readdirSync: that sorts, and programs show the order that the file system has.
        const directory = fs.opendirSync(toHost(path) as string, { encoding: "latin1", bufferSize: 256 });
        const entries: HostEntry[] = [];
        for (let entry = directory.readSync(); entry; entry = directory.readSync()) entries.push({ name: entry.name, type: entryType(entry) });
        directory.closeSync();
        return entries;
      }),
    readlink: (path) => attempt(() => fs.readlinkSync(toHost(path), "latin1")),
    mkdir: (path, mode) =>
      done(() => {
        fs.mkdirSync(toHost(path), mode);
        if (wantsChmod(mode)) fs.chmodSync(toHost(path), mode);
      }),
    rmdir: (path) => done(() => fs.rmdirSync(toHost(path))),
    unlink: (path) => done(() => fs.unlinkSync(toHost(path))),
    rename: (from, to) => done(() => fs.renameSync(toHost(from), toHost(to))),
    link: (from, to) => done(() => fs.linkSync(toHost(from), toHost(to))),
    symlink: (target, path) => done(() => fs.symlinkSync(toHost(target), toHost(path))),
    mkfifo(path, mode) {
      // Node has no mkfifo; the utility takes the path as it stands, and says in words what went wrong.
      if (NOT_ASCII.test(path) || process.platform === "win32") return -E.PERM; // such names cannot be handed over faithfully
      const { spawnSync } = process.getBuiltinModule("node:child_process"); // takes 5 ms to load, and few programs need it
      const env = { PATH: `${process.env["PATH"] ?? ""}:/usr/bin:/bin`, LC_ALL: "C" };
      const { status, stderr, error } = spawnSync("mkfifo", ["-m", mode.toString(8), "--", path], { stdio: ["ignore", "ignore", "pipe"], env, encoding: "latin1" });
      if (error) return -E.PERM;
      return status === 0 ? 0 : -(MKFIFO_ERRORS.find(([words]) => (stderr ?? "").includes(words))?.[1] ?? E.PERM);
    },
    chmod: (path, mode) => done(() => fs.chmodSync(toHost(path), mode)),
    fchmod: (fd, mode) => done(() => fs.fchmodSync(fd, mode)),
    lchown: (path, uid, gid) => done(() => fs.lchownSync(toHost(path), uid, gid)),
    utimes: (path, atime, mtime) => done(() => fs.lutimesSync(toHost(path), seconds(atime), seconds(mtime))),
    futimes: (fd, atime, mtime) => done(() => fs.futimesSync(fd, seconds(atime), seconds(mtime))),
    ftruncate: (fd, size) => done(() => fs.ftruncateSync(fd, size)),
    fsync: (fd, dataOnly) => done(() => (dataOnly ? fs.fdatasyncSync(fd) : fs.fsyncSync(fd))),
    statfs: (path) =>
      attempt(() => {
        const s = fs.statfsSync(toHost(path));
        return { type: s.type, bsize: s.bsize, blocks: s.blocks, bfree: s.bfree, bavail: s.bavail, files: s.files, ffree: s.ffree, fsid: 0, namelen: 255 };
      }),
    realpath: (path) => attempt(() => fs.realpathSync(toHost(path), "latin1")),
    access: (path, mask) => done(() => fs.accessSync(toHost(path), mask)),
  };
}
