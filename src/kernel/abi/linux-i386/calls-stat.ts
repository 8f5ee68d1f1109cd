// System calls that tell about files: stat(2) in all its ages, statx(2), statfs(2), access(2).

import { E } from "../../errno.ts";
import { AT, majorOf, minorOf } from "../../fs/constants.ts";
import type { Stat, StatFs } from "../../fs/inode.ts";
import { checkAccess } from "../../fs/access.ts";
import type { PathRef } from "../../fs/state.ts";
import { call, dirfd, fd, flags, hex, path, size, structOut } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { fileOf, findAt } from "./file-arguments.ts";
import type { Found } from "./file-arguments.ts";

const MAX_U32 = 0xffff_ffff;

const statOf = (found: Found): Stat | number => (found.file ? found.file.stat() : found.place.dentry.inode.stat());

type Layout = (stat: Stat) => Uint8Array | number;

/** Writes a little-endian record field by field. */
class Fields {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  u16(at: number, value: number): this {
    this.view.setUint16(at, value, true);
    return this;
  }

  u32(at: number, value: number): this {
    this.view.setUint32(at, value >>> 0, true);
    return this;
  }

  u64(at: number, value: number): this {
    this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(Math.trunc(value))), true);
    return this;
  }
}

/** Ids that do not fit 16 bits read as the overflow id. */
const id16 = (id: number): number => (id > 0xffff ? 65534 : id);

/** struct __old_kernel_stat, 32 bytes: calls 18, 28, 84. */
const oldStat: Layout = (s) => {
  if (s.size > 0x7fff_ffff || s.ino > 0xffff) return -E.OVERFLOW;
  return new Fields(32).u16(0, s.dev & 0xffff).u16(2, s.ino).u16(4, s.mode).u16(6, s.nlink).u16(8, id16(s.uid)).u16(10, id16(s.gid))
    .u16(12, s.rdev & 0xffff).u32(16, s.size).u32(20, s.atime.sec).u32(24, s.mtime.sec).u32(28, s.ctime.sec).bytes;
};

/** struct stat, 64 bytes: calls 106-108. */
const newStat: Layout = (s) => {
  if (s.size > 0x7fff_ffff || s.ino > MAX_U32) return -E.OVERFLOW;
  return new Fields(64).u32(0, s.dev).u32(4, s.ino).u16(8, s.mode).u16(10, s.nlink).u16(12, id16(s.uid)).u16(14, id16(s.gid)).u32(16, s.rdev)
    .u32(20, s.size).u32(24, s.blksize).u32(28, s.blocks).u32(32, s.atime.sec).u32(36, s.atime.nsec).u32(40, s.mtime.sec).u32(44, s.mtime.nsec)
    .u32(48, s.ctime.sec).u32(52, s.ctime.nsec).bytes;
};

/** struct stat64, 96 bytes: calls 195-197, 300. */
const stat64: Layout = (s) =>
  new Fields(96).u64(0, s.dev).u32(12, s.ino % 2 ** 32).u32(16, s.mode).u32(20, s.nlink).u32(24, s.uid).u32(28, s.gid).u64(32, s.rdev).u64(44, s.size)
    .u32(52, s.blksize).u64(56, s.blocks).u32(64, s.atime.sec).u32(68, s.atime.nsec).u32(72, s.mtime.sec).u32(76, s.mtime.nsec)
    .u32(80, s.ctime.sec).u32(84, s.ctime.nsec).u64(88, s.ino).bytes;

function put(k: Context, address: number, stat: Stat | number, layout: Layout): number {
  if (typeof stat === "number") return stat;
  const bytes = layout(stat);
  if (typeof bytes === "number") return bytes;
  return k.memory.write(address, bytes) ? 0 : -E.FAULT;
}

function statPath(k: Context, directory: number, address: number, out: number, bits: number, layout: Layout): number {
  const found = findAt(k, directory, address, bits);
  return typeof found === "number" ? found : put(k, out, statOf(found), layout);
}

function statFile(k: Context, n: number, out: number, layout: Layout): number {
  const file = fileOf(k, n);
  return file ? put(k, out, file.stat(), layout) : -E.BADF;
}

function fstatat64(k: Context, directory: number, address: number, out: number, bits: number): number {
  if (bits & ~(AT.SYMLINK_NOFOLLOW | AT.NO_AUTOMOUNT | AT.EMPTY_PATH)) return -E.INVAL;
  return statPath(k, directory, address, out, bits, stat64);
}

const STATX = { BASIC: 0x7ff, BTIME: 0x800, MNT_ID: 0x1000, RESERVED: 0x8000_0000 } as const;
const ATTR_MOUNT_ROOT = 0x2000;

function statx(k: Context, directory: number, address: number, bits: number, mask: number, out: number): number {
  if (mask & STATX.RESERVED) return -E.INVAL;
  if (bits & ~(AT.SYMLINK_NOFOLLOW | AT.NO_AUTOMOUNT | AT.EMPTY_PATH | AT.STATX_SYNC_TYPE)) return -E.INVAL;
  if ((bits & AT.STATX_SYNC_TYPE) === AT.STATX_SYNC_TYPE) return -E.INVAL;
  const found = findAt(k, directory, address, bits);
  if (typeof found === "number") return found;
  const s = statOf(found);
  if (typeof s === "number") return s;
  const { mount, dentry } = found.place;
  const r = new Fields(256);
  const time = (at: number, t: { sec: number; nsec: number }) => r.u64(at, t.sec).u32(at + 8, t.nsec);
  r.u32(0, STATX.BASIC | STATX.MNT_ID | (s.btime ? STATX.BTIME : 0)).u32(4, s.blksize).u64(8, dentry === mount.root ? ATTR_MOUNT_ROOT : 0)
    .u32(16, s.nlink).u32(20, s.uid).u32(24, s.gid).u16(28, s.mode).u64(32, s.ino).u64(40, s.size).u64(48, s.blocks).u64(56, ATTR_MOUNT_ROOT);
  time(64, s.atime);
  if (s.btime) time(80, s.btime);
  time(96, s.ctime);
  time(112, s.mtime);
  r.u32(128, majorOf(s.rdev)).u32(132, minorOf(s.rdev)).u32(136, majorOf(s.dev)).u32(140, minorOf(s.dev)).u64(144, mount.id);
  return k.memory.write(out, r.bytes) ? 0 : -E.FAULT;
}

/** f_flags of statfs. */
function mountFlags(place: PathRef): number {
  const f = place.mount.flags;
  return 0x20 | (f.readonly ? 1 : 0) | (f.nosuid ? 2 : 0) | (f.nodev ? 4 : 0) | (f.noexec ? 8 : 0) | 0x1000;
}

function putStatfs(k: Context, out: number, place: PathRef, wide: boolean): number {
  const { inode } = place.dentry;
  const s: StatFs | number = inode.fs.statfs(inode);
  if (typeof s === "number") return s;
  let r: Fields;
  if (wide) {
    r = new Fields(84).u32(0, s.type).u32(4, s.bsize).u64(8, s.blocks).u64(16, s.bfree).u64(24, s.bavail).u64(32, s.files).u64(40, s.ffree)
      .u32(48, s.fsid).u32(56, s.namelen).u32(60, s.bsize).u32(64, mountFlags(place));
  } else {
    if ([s.blocks, s.bfree, s.bavail].some((n) => n > MAX_U32)) return -E.OVERFLOW;
    if ([s.files, s.ffree].some((n) => n > MAX_U32)) return -E.OVERFLOW;
    r = new Fields(64).u32(0, s.type).u32(4, s.bsize).u32(8, s.blocks).u32(12, s.bfree).u32(16, s.bavail).u32(20, s.files).u32(24, s.ffree)
      .u32(28, s.fsid).u32(36, s.namelen).u32(40, s.bsize).u32(44, mountFlags(place));
  }
  return k.memory.write(out, r.bytes) ? 0 : -E.FAULT;
}

function statfs(k: Context, address: number, out: number, wide: boolean): number {
  const found = findAt(k, AT.FDCWD, address, 0);
  return typeof found === "number" ? found : putStatfs(k, out, found.place, wide);
}

function fstatfs(k: Context, n: number, out: number, wide: boolean): number {
  const file = fileOf(k, n);
  return file ? putStatfs(k, out, file.path, wide) : -E.BADF;
}

/** struct statfs64 is 84 bytes on i386; other sizes are an error. */
const STATFS64 = 84;

function access(k: Context, directory: number, address: number, mask: number, bits: number): number {
  if (mask & ~7 || bits & ~(AT.EACCESS | AT.SYMLINK_NOFOLLOW | AT.EMPTY_PATH)) return -E.INVAL;
  const found = findAt(k, directory, address, bits);
  if (typeof found === "number") return found;
  const c = k.process.credentials;
  const actor = bits & AT.EACCESS ? { ...c, fsuid: c.euid, fsgid: c.egid } : { ...c, fsuid: c.uid, fsgid: c.gid };
  return checkAccess(found.place, mask, actor);
}

const STAT_FLAGS = { AT_SYMLINK_NOFOLLOW: AT.SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT: AT.NO_AUTOMOUNT, AT_EMPTY_PATH: AT.EMPTY_PATH } as const;
const ACCESS = { X_OK: 1, W_OK: 2, R_OK: 4 } as const;
const NOFOLLOW = AT.SYMLINK_NOFOLLOW;
const HERE = AT.FDCWD;

export const statCalls: readonly SystemCall[] = [
  call(18, "oldstat", [path(), structOut("statbuf", "__old_kernel_stat")], "int", (k, p, o) => statPath(k, HERE, p, o, 0, oldStat)),
  call(28, "oldfstat", [fd(), structOut("statbuf", "__old_kernel_stat")], "int", (k, n, o) => statFile(k, n, o, oldStat)),
  call(33, "access", [path(), flags("mode", ACCESS)], "int", (k, p, m) => access(k, HERE, p, m, 0)),
  call(84, "oldlstat", [path(), structOut("statbuf", "__old_kernel_stat")], "int", (k, p, o) => statPath(k, HERE, p, o, NOFOLLOW, oldStat)),
  call(99, "statfs", [path(), structOut("buf", "statfs")], "int", (k, p, o) => statfs(k, p, o, false)),
  call(100, "fstatfs", [fd(), structOut("buf", "statfs")], "int", (k, n, o) => fstatfs(k, n, o, false)),
  call(106, "stat", [path(), structOut("statbuf", "stat")], "int", (k, p, o) => statPath(k, HERE, p, o, 0, newStat)),
  call(107, "lstat", [path(), structOut("statbuf", "stat")], "int", (k, p, o) => statPath(k, HERE, p, o, NOFOLLOW, newStat)),
  call(108, "fstat", [fd(), structOut("statbuf", "stat")], "int", (k, n, o) => statFile(k, n, o, newStat)),
  call(195, "stat64", [path(), structOut("statbuf", "stat64")], "int", (k, p, o) => statPath(k, HERE, p, o, 0, stat64)),
  call(196, "lstat64", [path(), structOut("statbuf", "stat64")], "int", (k, p, o) => statPath(k, HERE, p, o, NOFOLLOW, stat64)),
  call(197, "fstat64", [fd(), structOut("statbuf", "stat64")], "int", (k, n, o) => statFile(k, n, o, stat64)),
  call(268, "statfs64", [path(), size("sz"), structOut("buf", "statfs64")], "int", (k, p, n, o) => (n === STATFS64 ? statfs(k, p, o, true) : -E.INVAL)),
  call(269, "fstatfs64", [fd(), size("sz"), structOut("buf", "statfs64")], "int", (k, f, n, o) => (n === STATFS64 ? fstatfs(k, f, o, true) : -E.INVAL)),
  call(300, "fstatat64", [dirfd(), path(), structOut("statbuf", "stat64"), flags("flags", STAT_FLAGS)], "int", fstatat64),
  call(307, "faccessat", [dirfd(), path(), flags("mode", ACCESS)], "int", (k, d, p, m) => access(k, d, p, m, 0)),
  call(383, "statx", [dirfd(), path(), flags("flags", STAT_FLAGS), hex("mask"), structOut("statxbuf", "statx")], "int", statx),
  call(439, "faccessat2", [dirfd(), path(), flags("mode", ACCESS), flags("flags", { AT_EACCESS: AT.EACCESS, ...STAT_FLAGS })], "int", access),
];

