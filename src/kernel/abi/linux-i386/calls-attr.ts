// System calls that change attributes: chmod(2), chown(2), utime(2), utimensat(2), and extended attributes, xattr(7).

import { E } from "../../errno.ts";
import { AT, O } from "../../fs/constants.ts";
import type { AttributeChange, Time } from "../../fs/inode.ts";
import { changeMode, changeOwner, changeTimes } from "../../fs/operations.ts";
import { bufferIn, bufferOut, call, dirfd, fd, flags, hex, int, mode, path, size, string, structIn } from "../syscall.ts";
import type { Argument, Context, SystemCall } from "../syscall.ts";
import { byteString, fileOf, findAt, stringBytes } from "./file-arguments.ts";
import type { Found } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";

const HERE = AT.FDCWD;
const NOFOLLOW = AT.SYMLINK_NOFOLLOW;

/** Changes go through the open file where there is one: its name may be gone. */
const applier = (found: Found) => (change: AttributeChange): number =>
  found.file && !(found.file.flags & O.PATH) ? found.file.setattr(change) : found.place.dentry.inode.setattr(change);

function descriptor(k: Context, n: number): Found | number {
  const file = fileOf(k, n);
  return !file || file.flags & O.PATH ? -E.BADF : { place: file.path, file };
}

function chmod(k: Context, found: Found | number, bits: number): number {
  return typeof found === "number" ? found : changeMode(k, found.place, bits, applier(found));
}

function fchmodat2(k: Context, directory: number, address: number, bits: number, options: number): number {
  if (options & ~(AT.SYMLINK_NOFOLLOW | AT.EMPTY_PATH)) return -E.INVAL;
  return chmod(k, findAt(k, directory, address, options), bits);
}

function chown(k: Context, found: Found | number, uid: number, gid: number): number {
  return typeof found === "number" ? found : changeOwner(k, found.place, uid, gid, applier(found));
}

/** 16-bit ids: 0xffff means "leave alone". */
const wide = (id: number): number => ((id & 0xffff) === 0xffff ? -1 : id & 0xffff);

function fchownat(k: Context, directory: number, address: number, uid: number, gid: number, options: number): number {
  if (options & ~(AT.SYMLINK_NOFOLLOW | AT.EMPTY_PATH)) return -E.INVAL;
  return chown(k, findAt(k, directory, address, options), uid, gid);
}

const UTIME_NOW = 0x3fff_ffff;
const UTIME_OMIT = 0x3fff_fffe;

interface Times {
  readonly atime: Time | undefined;
  readonly mtime: Time | undefined;
  readonly bothNow: boolean;
  /** Nanoseconds out of range: an error that comes after those of the path. */
  readonly invalid?: boolean;
}

function now(k: Context): Times {
  const time = fsEnvironment(k).now();
  return { atime: time, mtime: time, bothNow: true };
}

/** Two time records at `address`, `width` bytes each half; the unit of the second half in nanoseconds. */
function readTimes(k: Context, address: number, width: 4 | 8, unit: number, special: boolean): Times | number {
  const bytes = k.memory.read(address, width * 4);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  const current = fsEnvironment(k).now();
  const times: (Time | undefined)[] = [];
  let nows = 0, invalid = false;
  for (const at of [0, width * 2]) {
    const sec = width === 4 ? view.getInt32(at, true) : Number(view.getBigInt64(at, true));
    // A 32-bit program's upper half of tv_nsec is padding.
    const part = view.getInt32(at + width, true);
    if (special && part === UTIME_NOW) {
      nows++;
      times.push(current);
    } else if (special && part === UTIME_OMIT) times.push(undefined);
    else if (part < 0 || part * unit > 999_999_999) {
      if (!special) return -E.INVAL;
      invalid = true;
    } else times.push({ sec, nsec: part * unit });
  }
  return { atime: times[0], mtime: times[1], bothNow: nows === 2, invalid };
}

function setTimes(k: Context, found: Found | number, times: Times | number): number {
  if (typeof found === "number") return found;
  if (typeof times === "number") return times;
  return times.invalid ? -E.INVAL : changeTimes(k, found.place, times.atime, times.mtime, times.bothNow, applier(found));
}

function utimensat(k: Context, directory: number, address: number, timesAddress: number, options: number, width: 4 | 8): number {
  const times = timesAddress ? readTimes(k, timesAddress, width, 1, true) : now(k);
  if (typeof times === "number") return times;
  if (!times.atime && !times.mtime && !times.invalid) return 0;
  if (options & ~(AT.SYMLINK_NOFOLLOW | AT.EMPTY_PATH)) return -E.INVAL;
  if (!address && directory !== HERE) return options ? -E.INVAL : setTimes(k, descriptor(k, directory), times);
  return setTimes(k, findAt(k, directory, address, options), times);
}

/** utimes, futimesat: struct timeval pairs. */
function futimesat(k: Context, directory: number, address: number, timesAddress: number): number {
  const times = timesAddress ? readTimes(k, timesAddress, 4, 1000, false) : now(k);
  if (typeof times === "number") return times;
  if (!address) return setTimes(k, descriptor(k, directory), times);
  return setTimes(k, findAt(k, directory, address, 0), times);
}

function utime(k: Context, address: number, timesAddress: number): number {
  let times = now(k);
  if (timesAddress) {
    const bytes = k.memory.read(timesAddress, 8);
    if (!bytes) return -E.FAULT;
    const view = new DataView(bytes.buffer);
    times = { atime: { sec: view.getInt32(0, true), nsec: 0 }, mtime: { sec: view.getInt32(4, true), nsec: 0 }, bothNow: false };
  }
  return setTimes(k, findAt(k, HERE, address, 0), times);
}

const XATTR_SIZE_MAX = 65536;

function attributeName(k: Context, address: number): string | number {
  const bytes = k.memory.cstring(address, 256);
  if (bytes === "fault") return -E.FAULT;
  if (bytes === "toolong" || bytes.length === 0) return -E.RANGE;
  return byteString(bytes);
}

/** Answers bytes into a buffer: its length when `length` is 0, -ERANGE when it is too small. */
function answer(k: Context, bytes: Uint8Array, buffer: number, length: number): number {
  if (length === 0) return bytes.length;
  if (bytes.length > length >>> 0) return -E.RANGE;
  return k.memory.write(buffer, bytes) ? bytes.length : -E.FAULT;
}

type Finder = (k: Context, which: number) => Found | number;
const followed: Finder = (k, p) => findAt(k, HERE, p, 0);
const unfollowed: Finder = (k, p) => findAt(k, HERE, p, NOFOLLOW);

function setxattr(k: Context, found: Found | number, nameAddress: number, value: number, length: number, options: number): number {
  if (typeof found === "number") return found;
  if (options & ~3) return -E.INVAL;
  const name = attributeName(k, nameAddress);
  if (typeof name === "number") return name;
  if (length >>> 0 > XATTR_SIZE_MAX) return -E.TOOBIG;
  const bytes = k.memory.read(value, length);
  if (!bytes) return -E.FAULT;
  if (found.place.mount.flags.readonly) return -E.ROFS;
  return found.place.dentry.inode.setxattr(name, bytes, options);
}

function getxattr(k: Context, found: Found | number, nameAddress: number, buffer: number, length: number): number {
  if (typeof found === "number") return found;
  const name = attributeName(k, nameAddress);
  if (typeof name === "number") return name;
  const value = found.place.dentry.inode.getxattr(name);
  return typeof value === "number" ? value : answer(k, value, buffer, length);
}

function listxattr(k: Context, found: Found | number, buffer: number, length: number): number {
  if (typeof found === "number") return found;
  const names = found.place.dentry.inode.listxattr();
  if (typeof names === "number") return names;
  return answer(k, stringBytes(names.map((name) => `${name}\0`).join("")), buffer, length);
}

function removexattr(k: Context, found: Found | number, nameAddress: number): number {
  if (typeof found === "number") return found;
  const name = attributeName(k, nameAddress);
  if (typeof name === "number") return name;
  return found.place.mount.flags.readonly ? -E.ROFS : found.place.dentry.inode.removexattr(name);
}

const PARTIAL = "files of the host have no extended attributes (EOPNOTSUPP)";

/** The three forms of an xattr call: by path, by path without following, by descriptor. */
function xattrForms(
  first: number, name: string, rest: readonly Argument[], result: "int" | "size",
  action: (k: Context, found: Found | number, ...args: number[]) => number,
): SystemCall[] {
  const form = (offset: number, prefix: string, which: Argument, find: Finder) =>
    call(first + offset, prefix + name, [which, ...rest], result, (k, p, ...args) => action(k, find(k, p), ...args), "partial", PARTIAL);
  return [form(0, "", path(), followed), form(1, "l", path(), unfollowed), form(2, "f", fd(), descriptor)];
}

const owner = [int("owner"), int("group")];
const EMPTY = { AT_SYMLINK_NOFOLLOW: NOFOLLOW, AT_EMPTY_PATH: AT.EMPTY_PATH } as const;

export const attrCalls: readonly SystemCall[] = [
  call(15, "chmod", [path(), mode()], "int", (k, p, m) => chmod(k, findAt(k, HERE, p, 0), m)),
  call(16, "lchown", [path(), ...owner], "int", (k, p, u, g) => chown(k, findAt(k, HERE, p, NOFOLLOW), wide(u), wide(g))),
  call(30, "utime", [path(), structIn("times", "utimbuf")], "int", utime),
  call(94, "fchmod", [fd(), mode()], "int", (k, n, m) => chmod(k, descriptor(k, n), m)),
  call(95, "fchown", [fd(), ...owner], "int", (k, n, u, g) => chown(k, descriptor(k, n), wide(u), wide(g))),
  call(182, "chown", [path(), ...owner], "int", (k, p, u, g) => chown(k, findAt(k, HERE, p, 0), wide(u), wide(g))),
  call(198, "lchown32", [path(), ...owner], "int", (k, p, u, g) => chown(k, findAt(k, HERE, p, NOFOLLOW), u, g)),
  call(207, "fchown32", [fd(), ...owner], "int", (k, n, u, g) => chown(k, descriptor(k, n), u, g)),
  call(212, "chown32", [path(), ...owner], "int", (k, p, u, g) => chown(k, findAt(k, HERE, p, 0), u, g)),
  ...xattrForms(226, "setxattr", [string("name"), bufferIn("value", 3), size("size"), hex("flags")], "int", setxattr),
  ...xattrForms(229, "getxattr", [string("name"), bufferOut("value", 3), size("size")], "size", getxattr),
  ...xattrForms(232, "listxattr", [bufferOut("list", 2), size("size")], "size", listxattr),
  ...xattrForms(235, "removexattr", [string("name")], "int", removexattr),
  call(271, "utimes", [path(), structIn("times", "timeval[2]")], "int", (k, p, t) => futimesat(k, HERE, p, t)),
  call(298, "fchownat", [dirfd(), path(), ...owner, flags("flags", EMPTY)], "int", fchownat),
  call(299, "futimesat", [dirfd(), path(), structIn("times", "timeval[2]")], "int", futimesat),
  call(306, "fchmodat", [dirfd(), path(), mode()], "int", (k, d, p, m) => fchmodat2(k, d, p, m, 0)),
  call(320, "utimensat", [dirfd(), path(), structIn("times", "timespec[2]"), flags("flags", EMPTY)], "int", (k, d, p, t, f) => utimensat(k, d, p, t, f, 4)),
  call(412, "utimensat_time64", [dirfd(), path(), structIn("times", "timespec64[2]"), flags("flags", EMPTY)], "int",
    (k, d, p, t, f) => utimensat(k, d, p, t, f, 8)),
  call(452, "fchmodat2", [dirfd(), path(), mode(), flags("flags", EMPTY)], "int", fchmodat2),
];
