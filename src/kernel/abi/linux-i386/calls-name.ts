// System calls on names and directories: mkdir(2), rmdir(2), unlink(2), rename(2), link(2), symlink(2), mknod(2), chdir(2), getcwd(2),
// chroot(2), getdents(2), mount(2).

import { E } from "../../errno.ts";
import { AT, O, RENAME } from "../../fs/constants.ts";
import { DirectoryFile } from "../../fs/file.ts";
import type { DirectoryEntry } from "../../fs/inode.ts";
import {
  changeDirectory, makeDirectory, makeLink, makeNode, makeSymlink, removeDirectory, removeFile, renameFile,
} from "../../fs/operations.ts";
import { placePath } from "../../fs/state.ts";
import { bufferOut, call, dirfd, fd, flags, hex, mode, path, pointer, size, string, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { atArgument, fileOf, findAt, pathArgument, stringBytes } from "./file-arguments.ts";

const HERE = AT.FDCWD;

function mkdirat(k: Context, directory: number, address: number, bits: number): number {
  const at = atArgument(k, directory, address);
  return typeof at === "number" ? at : makeDirectory(k, at.base, at.path, bits);
}

function mknodat(k: Context, directory: number, address: number, bits: number, dev: number): number {
  const at = atArgument(k, directory, address);
  return typeof at === "number" ? at : makeNode(k, at.base, at.path, bits & 0xffff, dev);
}

function unlinkat(k: Context, directory: number, address: number, bits: number): number {
  if (bits & ~AT.REMOVEDIR) return -E.INVAL;
  const at = atArgument(k, directory, address);
  if (typeof at === "number") return at;
  return bits & AT.REMOVEDIR ? removeDirectory(k, at.base, at.path) : removeFile(k, at.base, at.path);
}

function renameat2(k: Context, oldDirectory: number, oldAddress: number, newDirectory: number, newAddress: number, bits: number): number {
  if (bits & ~(RENAME.NOREPLACE | RENAME.EXCHANGE | RENAME.WHITEOUT) || (bits & RENAME.EXCHANGE && bits !== RENAME.EXCHANGE)) return -E.INVAL;
  const from = atArgument(k, oldDirectory, oldAddress);
  if (typeof from === "number") return from;
  const to = atArgument(k, newDirectory, newAddress);
  if (typeof to === "number") return to;
  return renameFile(k, from.base, from.path, to.base, to.path, bits);
}

function linkat(k: Context, oldDirectory: number, oldAddress: number, newDirectory: number, newAddress: number, bits: number): number {
  if (bits & ~(AT.SYMLINK_FOLLOW | AT.EMPTY_PATH)) return -E.INVAL;
  const source = findAt(k, oldDirectory, oldAddress, bits, false);
  if (typeof source === "number") return source;
  const to = atArgument(k, newDirectory, newAddress);
  return typeof to === "number" ? to : makeLink(k, source.place, to.base, to.path);
}

function symlinkat(k: Context, targetAddress: number, directory: number, address: number): number {
  const target = pathArgument(k, targetAddress);
  if (typeof target === "number") return target;
  if (target === "") return -E.NOENT;
  const at = atArgument(k, directory, address);
  return typeof at === "number" ? at : makeSymlink(k, target, at.base, at.path);
}

function chdir(k: Context, address: number): number {
  const found = findAt(k, HERE, address, 0);
  return typeof found === "number" ? found : changeDirectory(k, found.place);
}

function fchdir(k: Context, n: number): number {
  const file = fileOf(k, n);
  return file ? changeDirectory(k, file.path) : -E.BADF;
}

function chroot(k: Context, address: number): number {
  const found = findAt(k, HERE, address, 0);
  if (typeof found === "number") return found;
  if (!found.place.dentry.inode.isDirectory) return -E.NOTDIR;
  if (k.process.credentials.euid !== 0) return -E.PERM;
  k.process.fs.root = found.place;
  return 0;
}

function getcwd(k: Context, buffer: number, length: number): number {
  const { cwd, root } = k.process.fs;
  if (cwd.dentry.deleted) return -E.NOENT;
  const { path: text, reachable } = placePath(cwd, root);
  const bytes = stringBytes(reachable ? text : `(unreachable)${text}`, true);
  if (bytes.length > length >>> 0) return -E.RANGE;
  return k.memory.write(buffer, bytes) ? bytes.length : -E.FAULT;
}

/** Writes one entry at `at` if it fits: bytes taken, or 0. */
type EntryLayout = (view: DataView, at: number, entry: DirectoryEntry, next: number) => number;

const round = (n: number, to: number): number => Math.ceil(n / to) * to;

function putName(view: DataView, at: number, name: string): void {
  for (let i = 0; i < name.length; i++) view.setUint8(at + i, name.charCodeAt(i));
}

/** struct linux_dirent64. */
const entry64: EntryLayout = (view, at, entry, next) => {
  const length = round(19 + entry.name.length + 1, 8);
  if (at + length > view.byteLength) return 0;
  view.setBigUint64(at, BigInt(entry.ino), true);
  view.setBigInt64(at + 8, BigInt(next), true);
  view.setUint16(at + 16, length, true);
  view.setUint8(at + 18, entry.type >>> 12);
  putName(view, at + 19, entry.name);
  return length;
};

/** struct linux_dirent: the type stands in the last byte. */
const entry32: EntryLayout = (view, at, entry, next) => {
  const length = round(10 + entry.name.length + 2, 4);
  if (at + length > view.byteLength) return 0;
  view.setUint32(at, entry.ino % 2 ** 32, true);
  view.setUint32(at + 4, next, true);
  view.setUint16(at + 8, length, true);
  putName(view, at + 10, entry.name);
  view.setUint8(at + length - 1, entry.type >>> 12);
  return length;
};

function getdents(k: Context, n: number, buffer: number, length: number, layout: EntryLayout): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (!(file instanceof DirectoryFile)) return -E.NOTDIR;
  const bytes = new Uint8Array(Math.min(length >>> 0, 1 << 20));
  const view = new DataView(bytes.buffer);
  let used = 0;
  for (;;) {
    const entry = file.entry(file.position, k);
    if (typeof entry === "number") return used > 0 ? used : entry;
    if (!entry) break;
    const taken = layout(view, used, entry, file.position + 1);
    if (taken === 0) {
      if (used === 0) return -E.INVAL;
      break;
    }
    used += taken;
    file.position++;
  }
  return k.memory.write(buffer, bytes.subarray(0, used)) ? used : -E.FAULT;
}

/** Mounting is the command line's affair. */
const notPermitted = (): number => -E.PERM;

const RENAME_FLAGS = { RENAME_NOREPLACE: RENAME.NOREPLACE, RENAME_EXCHANGE: RENAME.EXCHANGE, RENAME_WHITEOUT: RENAME.WHITEOUT } as const;

export const nameCalls: readonly SystemCall[] = [
  call(9, "link", [path("oldpath"), path("newpath")], "int", (k, a, b) => linkat(k, HERE, a, HERE, b, 0)),
  call(10, "unlink", [path()], "int", (k, p) => unlinkat(k, HERE, p, 0)),
  call(12, "chdir", [path()], "int", chdir),
  call(14, "mknod", [path(), mode(), uint("dev")], "int", (k, p, m, d) => mknodat(k, HERE, p, m, d)),
  call(21, "mount", [path("source"), path("target"), string("filesystemtype"), hex("mountflags"), pointer("data")], "int", notPermitted, "partial",
    "EPERM: mounts are made on the command line"),
  call(22, "umount", [path("target")], "int", notPermitted, "partial", "EPERM: mounts are made on the command line"),
  call(38, "rename", [path("oldpath"), path("newpath")], "int", (k, a, b) => renameat2(k, HERE, a, HERE, b, 0)),
  call(39, "mkdir", [path(), mode()], "int", (k, p, m) => mkdirat(k, HERE, p, m)),
  call(40, "rmdir", [path()], "int", (k, p) => unlinkat(k, HERE, p, AT.REMOVEDIR)),
  call(52, "umount2", [path("target"), hex("flags")], "int", notPermitted, "partial", "EPERM: mounts are made on the command line"),
  call(61, "chroot", [path()], "int", chroot),
  call(83, "symlink", [string("target"), path("linkpath")], "int", (k, t, p) => symlinkat(k, t, HERE, p)),
  call(133, "fchdir", [fd()], "int", fchdir),
  call(141, "getdents", [fd(), bufferOut("dirp", 2), size()], "size", (k, n, b, c) => getdents(k, n, b, c, entry32)),
  call(183, "getcwd", [bufferOut("buf", 1), size()], "size", getcwd),
  call(217, "pivot_root", [path("new_root"), path("put_old")], "int", notPermitted, "partial", "EPERM: mounts are made on the command line"),
  call(220, "getdents64", [fd(), bufferOut("dirp", 2), size()], "size", (k, n, b, c) => getdents(k, n, b, c, entry64)),
  call(296, "mkdirat", [dirfd(), path(), mode()], "int", mkdirat),
  call(297, "mknodat", [dirfd(), path(), mode(), uint("dev")], "int", mknodat),
  call(301, "unlinkat", [dirfd(), path(), flags("flags", { AT_REMOVEDIR: AT.REMOVEDIR })], "int", unlinkat),
  call(302, "renameat", [dirfd("olddirfd"), path("oldpath"), dirfd("newdirfd"), path("newpath")], "int", (k, a, b, c, d) => renameat2(k, a, b, c, d, 0)),
  call(303, "linkat", [dirfd("olddirfd"), path("oldpath"), dirfd("newdirfd"), path("newpath"),
    flags("flags", { AT_SYMLINK_FOLLOW: AT.SYMLINK_FOLLOW, AT_EMPTY_PATH: AT.EMPTY_PATH })], "int", linkat),
  call(304, "symlinkat", [string("target"), dirfd("newdirfd"), path("linkpath")], "int", symlinkat),
  call(353, "renameat2", [dirfd("olddirfd"), path("oldpath"), dirfd("newdirfd"), path("newpath"), flags("flags", RENAME_FLAGS)], "int", renameat2),
];

