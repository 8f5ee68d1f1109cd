// System calls that make and close descriptors: open(2), openat2(2), creat(2), close(2), close_range(2), dup(2), pipe(2),
// memfd_create(2), eventfd(2), umask(2).

import { E } from "../../errno.ts";
import { AT, O, SEAL } from "../../fs/constants.ts";
import { createEventFile } from "../../fs/eventfd.ts";
import { createMemoryFile } from "../../fs/memfd.ts";
import { openFile } from "../../fs/operations.ts";
import type { OpenFile } from "../../fs/file.ts";
import { createPipe, fifoWait } from "../../fs/pipe.ts";
import { closeFile, cloneFileTable, getFile, openDescriptors, replaceFile, setCloseOnExec } from "../../fs/state.ts";
import { RESOLVE } from "../../fs/walk.ts";
import { RLIMIT } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { call, dirfd, fd, flags, hex, mode, path, pointer, size, string, structIn, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { atArgument, byteString, install } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";

export const OPEN_FLAGS = {
  O_WRONLY: O.WRONLY, O_RDWR: O.RDWR, O_CREAT: O.CREAT, O_EXCL: O.EXCL, O_NOCTTY: O.NOCTTY, O_TRUNC: O.TRUNC, O_APPEND: O.APPEND,
  O_NONBLOCK: O.NONBLOCK, O_DSYNC: O.DSYNC, O_ASYNC: O.ASYNC, O_DIRECT: O.DIRECT, O_LARGEFILE: O.LARGEFILE, O_DIRECTORY: O.DIRECTORY,
  O_NOFOLLOW: O.NOFOLLOW, O_NOATIME: O.NOATIME, O_CLOEXEC: O.CLOEXEC, O_SYNC: O.SYNC, O_PATH: O.PATH, O_TMPFILE: O.TMPFILE,
} as const;

const AT_FLAGS = { O_CLOEXEC: O.CLOEXEC } as const;
const LARGEST_32 = 0x7fff_ffff;

function open(k: Context, directory: number, address: number, bits: number, permissions: number, resolve = 0): Result {
  const at = atArgument(k, directory, address, (resolve & (RESOLVE.BENEATH | RESOLVE.IN_ROOT)) !== 0);
  if (typeof at === "number") return at;
  const file = openFile(k, at.base, at.path, bits, permissions, { resolve });
  if (typeof file === "number") return file;
  if (!(bits & (O.LARGEFILE | O.PATH)) && file.mappable) {
    const stat = file.stat();
    if (typeof stat !== "number" && stat.size > LARGEST_32) {
      file.unref();
      return -E.OVERFLOW;
    }
  }
  return finishOpen(k, file, bits);
}

/** A named pipe's open waits for the other side. */
function finishOpen(k: Context, file: OpenFile, bits: number): Result {
  const ready = fifoWait(file);
  if (!ready) return install(k, file, bits);
  return waitFor(file.queues, () => (ready() ? install(k, file, bits) : undefined), {
    interrupted: () => {
      file.unref();
      return -E.RESTARTSYS;
    },
  });
}

function openat2(k: Context, directory: number, address: number, how: number, length: number): Result {
  if (length < 24) return -E.INVAL;
  const bytes = k.memory.read(how, Math.min(length, 4096));
  if (!bytes) return -E.FAULT;
  if (bytes.subarray(24).some((b) => b !== 0)) return -E.TOOBIG;
  const words = new DataView(bytes.buffer);
  const bits = words.getUint32(0, true), permissions = words.getUint32(8, true), resolve = words.getUint32(16, true);
  if (words.getUint32(4, true) || words.getUint32(12, true) || words.getUint32(20, true)) return -E.INVAL;
  if (resolve & ~63 || (resolve & RESOLVE.BENEATH && resolve & RESOLVE.IN_ROOT)) return -E.INVAL;
  if (bits & ~(O.ACCMODE | Object.values(OPEN_FLAGS).reduce((a, b) => a | b, 0))) return -E.INVAL;
  if (permissions & ~0o7777 || (permissions && !(bits & O.CREAT) && (bits & O.TMPFILE) !== O.TMPFILE)) return -E.INVAL;
  return open(k, directory, address, bits, permissions, resolve);
}

function closeRange(k: Context, first: number, last: number, bits: number): number {
  const UNSHARE = 2, CLOEXEC = 4;
  if (bits & ~(UNSHARE | CLOEXEC) || first > last) return -E.INVAL;
  if (bits & UNSHARE && k.process.files.users > 1) {
    const own = cloneFileTable(k.process.files);
    k.process.files.users--;
    k.process.files = own;
  }
  const table = k.process.files;
  for (const n of openDescriptors(table)) {
    if (n < first || n > last) continue;
    if (bits & CLOEXEC) setCloseOnExec(table, n, true);
    else closeFile(table, n);
  }
  return 0;
}

function duplicate(k: Context, from: number, to: number, bits: number): number {
  const file = getFile(k.process.files, from);
  if (!file) return -E.BADF;
  if (to < 0 || to >= k.process.limits[RLIMIT.NOFILE].soft) return -E.BADF;
  if (from === to) return to;
  replaceFile(k.process.files, to, file.ref(), (bits & O.CLOEXEC) !== 0);
  return to;
}

function dup(k: Context, from: number): number {
  const file = getFile(k.process.files, from);
  return file ? install(k, file.ref(), 0) : -E.BADF;
}

function dup3(k: Context, from: number, to: number, bits: number): number {
  if (bits & ~O.CLOEXEC || from === to) return -E.INVAL;
  return duplicate(k, from, to, bits);
}

function pipe2(k: Context, address: number, bits: number): number {
  if (bits & ~(O.CLOEXEC | O.NONBLOCK | O.DIRECT)) return -E.INVAL;
  if (!k.memory.canWrite(address, 8)) return -E.FAULT;
  const [reader, writer] = createPipe(fsEnvironment(k), bits);
  const first = install(k, reader, bits);
  if (first < 0) {
    writer.unref();
    return first;
  }
  const second = install(k, writer, bits);
  if (second < 0) {
    closeFile(k.process.files, first);
    return second;
  }
  k.memory.storeU32(address, first);
  k.memory.storeU32(address + 4, second);
  return 0;
}

function eventfd2(k: Context, initial: number, bits: number): number {
  const SEMAPHORE = 1;
  if (bits & ~(O.CLOEXEC | O.NONBLOCK | SEMAPHORE)) return -E.INVAL;
  return install(k, createEventFile(fsEnvironment(k), initial >>> 0, (bits & SEMAPHORE) !== 0, bits & O.NONBLOCK), bits);
}

function memfdCreate(k: Context, address: number, bits: number): number {
  const CLOEXEC = 1, ALLOW_SEALING = 2, NOEXEC_SEAL = 8, EXEC = 16;
  if (bits & ~(CLOEXEC | ALLOW_SEALING | NOEXEC_SEAL | EXEC)) return -E.INVAL;
  const name = k.memory.cstring(address, 250);
  if (name === "fault") return -E.FAULT;
  if (name === "toolong") return -E.INVAL;
  const file = createMemoryFile(fsEnvironment(k), byteString(name), bits & (ALLOW_SEALING | NOEXEC_SEAL) ? 0 : SEAL.SEAL, bits & NOEXEC_SEAL ? 0o666 : 0o777, k.process.credentials);
  return install(k, file, bits & CLOEXEC ? O.CLOEXEC : 0);
}

function umask(k: Context, mask: number): number {
  const old = k.process.fs.umask;
  k.process.fs.umask = mask & 0o777;
  return old;
}

export const openCalls: readonly SystemCall[] = [
  call(5, "open", [path(), flags("flags", OPEN_FLAGS), mode()], "fd", (k, p, f, m) => open(k, AT.FDCWD, p, f, m)),
  call(6, "close", [fd()], "int", (k, n) => closeFile(k.process.files, n)),
  call(8, "creat", [path(), mode()], "fd", (k, p, m) => open(k, AT.FDCWD, p, O.CREAT | O.WRONLY | O.TRUNC, m)),
  call(41, "dup", [fd("oldfd")], "fd", dup),
  call(42, "pipe", [pointer("pipefd")], "int", (k, p) => pipe2(k, p, 0)),
  call(60, "umask", [mode("mask")], "mask", umask),
  call(63, "dup2", [fd("oldfd"), fd("newfd")], "fd", (k, a, b) => duplicate(k, a, b, 0)),
  call(295, "openat", [dirfd(), path(), flags("flags", OPEN_FLAGS), mode()], "fd", (k, d, p, f, m) => open(k, d, p, f, m)),
  call(323, "eventfd", [uint("initval")], "fd", (k, v) => eventfd2(k, v, 0)),
  call(328, "eventfd2", [uint("initval"), flags("flags", { EFD_CLOEXEC: O.CLOEXEC, EFD_NONBLOCK: O.NONBLOCK, EFD_SEMAPHORE: 1 })], "fd", eventfd2),
  call(330, "dup3", [fd("oldfd"), fd("newfd"), flags("flags", AT_FLAGS)], "fd", dup3),
  call(331, "pipe2", [pointer("pipefd"), flags("flags", { O_CLOEXEC: O.CLOEXEC, O_NONBLOCK: O.NONBLOCK, O_DIRECT: O.DIRECT })], "int", pipe2),
  call(356, "memfd_create", [string("name"), flags("flags", { MFD_CLOEXEC: 1, MFD_ALLOW_SEALING: 2, MFD_NOEXEC_SEAL: 8, MFD_EXEC: 16 })], "fd", memfdCreate),
  call(436, "close_range", [uint("first"), uint("last"), hex("flags")], "int", (k, a, b, f) => closeRange(k, a >>> 0, b >>> 0, f)),
  call(437, "openat2", [dirfd(), path(), structIn("how", "open_how"), size("size")], "fd", openat2),
];

