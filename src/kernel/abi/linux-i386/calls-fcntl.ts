// fcntl(2), fcntl64, flock(2): descriptor flags, status flags, locks, pipe sizes, seals.

import { E } from "../../errno.ts";
import { O, SEAL, SEEK } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import { conflictingLock, LOCK, lockQueue, setFlock, setRecordLock } from "../../fs/locks.ts";
import type { RecordLock } from "../../fs/locks.ts";
import { MAX_CAPACITY, PipeFile } from "../../fs/pipe.ts";
import { getCloseOnExec, setCloseOnExec } from "../../fs/state.ts";
import { TmpFile } from "../../fs/tmpfs.ts";
import { RLIMIT } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { call, fd, flags, hex, oneOf } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { fileOf, install } from "./file-arguments.ts";

export const F = {
  F_DUPFD: 0, F_GETFD: 1, F_SETFD: 2, F_GETFL: 3, F_SETFL: 4, F_GETLK: 5, F_SETLK: 6, F_SETLKW: 7, F_SETOWN: 8, F_GETOWN: 9, F_SETSIG: 10,
  F_GETSIG: 11, F_GETLK64: 12, F_SETLK64: 13, F_SETLKW64: 14, F_SETOWN_EX: 15, F_GETOWN_EX: 16, F_OFD_GETLK: 36, F_OFD_SETLK: 37, F_OFD_SETLKW: 38,
  F_SETLEASE: 1024, F_GETLEASE: 1025, F_NOTIFY: 1026, F_DUPFD_CLOEXEC: 1030, F_SETPIPE_SZ: 1031, F_GETPIPE_SZ: 1032, F_ADD_SEALS: 1033,
  F_GET_SEALS: 1034,
} as const;

const SETTABLE = O.APPEND | O.ASYNC | O.DIRECT | O.NOATIME | O.NONBLOCK;
const FD_CLOEXEC = 1;
const F_UNLCK = 2;
const END_OF_FILE = 0;

function fcntl(k: Context, n: number, command: number, argument: number): Result {
  const file = fileOf(k, n);
  if (!file) return -E.BADF;
  const { files } = k.process;
  switch (command) {
    case F.F_DUPFD: return duplicate(k, file, argument, 0);
    case F.F_DUPFD_CLOEXEC: return duplicate(k, file, argument, O.CLOEXEC);
    case F.F_GETFD: return getCloseOnExec(files, n) ? FD_CLOEXEC : 0;
    case F.F_SETFD: return setCloseOnExec(files, n, (argument & FD_CLOEXEC) !== 0), 0;
    case F.F_GETFL: return file.flags & ~O.CLOEXEC;
  }
  if (file.flags & O.PATH) return -E.BADF;
  switch (command) {
    case F.F_SETFL: return setStatus(file, argument);
    case F.F_GETLK: return getLock(k, file, argument, false, false);
    case F.F_GETLK64: return getLock(k, file, argument, true, false);
    case F.F_OFD_GETLK: return getLock(k, file, argument, true, true);
    case F.F_SETLK: return setLock(k, file, argument, false, false, false);
    case F.F_SETLKW: return setLock(k, file, argument, false, false, true);
    case F.F_SETLK64: return setLock(k, file, argument, true, false, false);
    case F.F_SETLKW64: return setLock(k, file, argument, true, false, true);
    case F.F_OFD_SETLK: return setLock(k, file, argument, true, true, false);
    case F.F_OFD_SETLKW: return setLock(k, file, argument, true, true, true);
    case F.F_SETOWN: file.owner = argument | 0; return 0;
    case F.F_GETOWN: return file.owner;
    case F.F_SETSIG:
      if (argument >>> 0 > 64) return -E.INVAL;
      file.ownerSignal = argument;
      return 0;
    case F.F_GETSIG: return file.ownerSignal;
    case F.F_SETOWN_EX: return setOwnerEx(k, file, argument);
    case F.F_GETOWN_EX: return getOwnerEx(k, file, argument);
    case F.F_GETLEASE: return F_UNLCK;
    case F.F_SETLEASE: return (argument | 0) === F_UNLCK ? -E.AGAIN : -E.INVAL;
    case F.F_GETPIPE_SZ: return file instanceof PipeFile ? file.pipe.capacity : -E.BADF;
    case F.F_SETPIPE_SZ: return setPipeSize(k, file, argument);
    case F.F_GET_SEALS: return file instanceof TmpFile ? file.file.seals : -E.INVAL;
    case F.F_ADD_SEALS: return addSeals(file, argument);
    default: return -E.INVAL;
  }
}

function duplicate(k: Context, file: OpenFile, from: number, bits: number): number {
  if (from >>> 0 >= k.process.limits[RLIMIT.NOFILE].soft) return -E.INVAL;
  return install(k, file.ref(), bits, from);
}

function setStatus(file: OpenFile, bits: number): number {
  file.flags = (file.flags & ~SETTABLE) | (bits & SETTABLE);
  return 0;
}

/** F_OWNER_TID 0, F_OWNER_PID 1, F_OWNER_PGRP 2 and an id. */
function setOwnerEx(k: Context, file: OpenFile, address: number): number {
  const type = k.memory.loadU32(address), id = k.memory.loadU32(address + 4);
  if (type === undefined || id === undefined) return -E.FAULT;
  if (type > 2) return -E.INVAL;
  file.owner = type === 2 ? -(id | 0) : id | 0;
  return 0;
}

function getOwnerEx(k: Context, file: OpenFile, address: number): number {
  if (!k.memory.canWrite(address, 8)) return -E.FAULT;
  k.memory.storeU32(address, file.owner < 0 ? 2 : 1);
  k.memory.storeU32(address + 4, Math.abs(file.owner));
  return 0;
}

function setPipeSize(k: Context, file: OpenFile, wanted: number): number {
  if (!(file instanceof PipeFile)) return -E.BADF;
  if (wanted >>> 0 > 2 ** 31) return -E.INVAL;
  if (wanted >>> 0 > MAX_CAPACITY && k.process.credentials.euid !== 0) return -E.PERM;
  return file.pipe.resize(wanted >>> 0);
}

function addSeals(file: OpenFile, seals: number): number {
  if (!(file instanceof TmpFile)) return -E.INVAL;
  if (!file.writable) return -E.PERM;
  if (seals & ~31) return -E.INVAL;
  if (file.file.seals & SEAL.SEAL) return -E.PERM;
  file.file.seals |= seals;
  return 0;
}

/** struct flock (16 bytes) or flock64 (24): type, whence, start, length, pid. */
function readLock(k: Context, file: OpenFile, address: number, wide: boolean, open: boolean): RecordLock | number {
  const bytes = k.memory.read(address, wide ? 24 : 16);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  const type = view.getInt16(0, true), whence = view.getInt16(2, true);
  const from = wide ? Number(view.getBigInt64(4, true)) : view.getInt32(4, true);
  const length = wide ? Number(view.getBigInt64(12, true)) : view.getInt32(8, true);
  const pid = view.getInt32(wide ? 20 : 12, true);
  if (type < 0 || type > 2) return -E.INVAL;
  if (open && pid !== 0) return -E.INVAL;
  let base = 0;
  if (whence === SEEK.CUR) base = file.position;
  else if (whence === SEEK.END) {
    const stat = file.stat();
    if (typeof stat === "number") return stat;
    base = stat.size;
  } else if (whence !== SEEK.SET) return -E.INVAL;
  let start = base + from, end = length === END_OF_FILE ? Infinity : start + length;
  if (length < 0) [start, end] = [start + length, start];
  if (start < 0) return -E.INVAL;
  return { owner: open ? file : k.process.files, pid: open ? -1 : k.process.pid, type, start, end };
}

function getLock(k: Context, file: OpenFile, address: number, wide: boolean, open: boolean): number {
  const wanted = readLock(k, file, address, wide, open);
  if (typeof wanted === "number") return wanted;
  if (wanted.type === LOCK.UNLOCK) return -E.INVAL;
  const other = conflictingLock(file, wanted);
  const view = new DataView(new ArrayBuffer(wide ? 24 : 16));
  if (!other) return k.memory.storeU16(address, F_UNLCK) ? 0 : -E.FAULT;
  const length = other.end === Infinity ? 0 : other.end - other.start;
  if (!wide && (other.start > 0x7fff_ffff || length > 0x7fff_ffff)) return -E.OVERFLOW;
  view.setInt16(0, other.type, true);
  view.setInt16(2, SEEK.SET, true);
  if (wide) {
    view.setBigInt64(4, BigInt(other.start), true);
    view.setBigInt64(12, BigInt(length), true);
    view.setInt32(20, other.pid, true);
  } else {
    view.setInt32(4, other.start, true);
    view.setInt32(8, length, true);
    view.setInt32(12, other.pid, true);
  }
  return k.memory.write(address, new Uint8Array(view.buffer)) ? 0 : -E.FAULT;
}

function setLock(k: Context, file: OpenFile, address: number, wide: boolean, open: boolean, wait: boolean): Result {
  const wanted = readLock(k, file, address, wide, open);
  if (typeof wanted === "number") return wanted;
  if (wanted.type === LOCK.READ && !file.readable) return -E.BADF;
  if (wanted.type === LOCK.WRITE && !file.writable) return -E.BADF;
  const result = setRecordLock(file, wanted);
  if (result !== -E.AGAIN || !wait) return result;
  if (wouldDeadlock(file, wanted)) return -E.DEADLK;
  return waitForLock(file, () => setRecordLock(file, wanted), wanted);
}

/** Record locks that sleep, with what they wait for: for EDEADLK. */
const sleeping = new Map<object, { file: OpenFile; wanted: RecordLock }>();

/** True when the owner in the way itself waits, directly or through others, for a lock of ours. */
function wouldDeadlock(file: OpenFile, wanted: RecordLock): boolean {
  const seen = new Set<object>();
  let at = conflictingLock(file, wanted);
  while (at && at.pid >= 0 && !seen.has(at.owner)) {
    seen.add(at.owner);
    const waits = sleeping.get(at.owner);
    if (!waits) return false;
    at = conflictingLock(waits.file, waits.wanted);
    if (at?.owner === wanted.owner) return true;
  }
  return false;
}

function waitForLock(file: OpenFile, attempt: () => number, wanted?: RecordLock): Result {
  if (wanted) sleeping.set(wanted.owner, { file, wanted });
  const done = (): void => void (wanted && sleeping.delete(wanted.owner));
  return waitFor([lockQueue(file)], () => {
    const result = attempt();
    if (result === -E.AGAIN) return undefined;
    done();
    return result;
  }, { interrupted: () => (done(), -E.RESTARTSYS) });
}

function flock(k: Context, n: number, operation: number): Result {
  const SHARED = 1, EXCLUSIVE = 2, NONBLOCK = 4, UNLOCK = 8;
  const kind = operation & ~NONBLOCK;
  if (kind !== SHARED && kind !== EXCLUSIVE && kind !== UNLOCK) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  const type = kind === SHARED ? LOCK.READ : kind === EXCLUSIVE ? LOCK.WRITE : LOCK.UNLOCK;
  const result = setFlock(file, type);
  if (result !== -E.AGAIN || operation & NONBLOCK) return result;
  return waitForLock(file, () => setFlock(file, type));
}

export const fcntlCalls: readonly SystemCall[] = [
  call(55, "fcntl", [fd(), oneOf("cmd", F), hex("arg")], "int", fcntl),
  call(143, "flock", [fd(), flags("operation", { LOCK_SH: 1, LOCK_EX: 2, LOCK_NB: 4, LOCK_UN: 8 })], "int", flock),
  call(221, "fcntl64", [fd(), oneOf("cmd", F), hex("arg")], "int", fcntl),
];
