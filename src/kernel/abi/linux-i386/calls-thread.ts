// System calls on threads: thread-local storage descriptors (set_thread_area(2), modify_ldt(2)) and futexes (futex(2)).

import { pack, unpack } from "../../../runtime/segments.ts";
import type { UserDescriptor } from "../../../runtime/segments.ts";
import { E } from "../../errno.ts";
import { futexLockPi, futexRequeue, futexRequeuePi, futexUnlockPi, futexWait, futexWaitRequeuePi, futexWake, futexWakeOp } from "../../futex.ts";
import type { Result } from "../../wait.ts";
import { SECOND } from "../../time.ts";
import { call, int, oneOf, pointer, size, structIn, structOut, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { readTime, timeoutNanoseconds } from "./time-structures.ts";

const TLS_ENTRIES = 3;
const USER_DESC_SIZE = 16;

interface Entry extends UserDescriptor {
  readonly number: number;
}

function decode(bytes: Uint8Array): Entry {
  const [number, base, limit, bits] = new Uint32Array(bytes.buffer, bytes.byteOffset, 4);
  return {
    number: number | 0, base, limit, seg32bit: (bits & 1) !== 0, contents: (bits >> 1) & 3, readExecOnly: (bits & 8) !== 0, limitInPages: (bits & 16) !== 0,
    notPresent: (bits & 32) !== 0, useable: (bits & 64) !== 0,
  };
}

/** LDT_empty or LDT_zero: the forms that clear an entry. */
function isEmpty(d: Entry): boolean {
  if (d.base !== 0 || d.limit !== 0 || d.contents !== 0) return false;
  const zero = !d.readExecOnly && !d.seg32bit && !d.limitInPages && !d.notPresent && !d.useable;
  return zero || (d.readExecOnly && !d.seg32bit && !d.limitInPages && d.notPresent && !d.useable);
}

/** A TLS entry must be a 32-bit data segment. */
function allowed(d: Entry): boolean {
  return isEmpty(d) || (d.seg32bit && d.contents <= 1 && !d.notPresent);
}

function setThreadArea(k: Context, at: number): number {
  const bytes = k.memory.read(at, USER_DESC_SIZE);
  if (!bytes) return -E.FAULT;
  const entry = decode(bytes);
  const installed = installTls(k, entry);
  if (installed < 0) return installed;
  if (entry.number === -1 && !k.memory.storeU32(at, installed)) return -E.FAULT;
  return 0;
}

/** Puts a descriptor into the thread's table; its number, or a negative errno. Segment registers that hold its selector are reloaded. */
function installTls(k: Context, entry: Entry): number {
  if (!allowed(entry)) return -E.INVAL;
  const number = tlsNumber(k, entry);
  if (number < 0) return number;
  k.cpu.tables.gdt.set(isEmpty(entry) ? [0, 0] : pack(entry), number * 2);
  refresh(k);
  return number;
}

/** The table entry that a descriptor asks for, -1 meaning a free one. */
export function tlsNumber(k: Context, entry: Entry): number {
  const { tables } = k.cpu;
  const { firstTls } = tables.layout;
  let { number } = entry;
  if (number === -1) {
    number = firstTls;
    while (number < firstTls + TLS_ENTRIES && tables.gdt[number * 2 + 1] !== 0) number++;
    if (number === firstTls + TLS_ENTRIES) return -E.SRCH;
  }
  return number < firstTls || number >= firstTls + TLS_ENTRIES ? -E.INVAL : number;
}

function refresh(k: Context): void {
  for (let segment = 0; segment < 6; segment++) k.cpu.refreshSegment(segment);
}

/** Reads a user_desc for clone's CLONE_SETTLS. */
export function readUserDescriptor(k: Context, at: number): Entry | undefined {
  const bytes = k.memory.read(at, USER_DESC_SIZE);
  return bytes && decode(bytes);
}

function getThreadArea(k: Context, at: number): number {
  const number = k.memory.loadU32(at);
  if (number === undefined) return -E.FAULT;
  const { tables } = k.cpu;
  const { firstTls } = tables.layout;
  if (number < firstTls || number >= firstTls + TLS_ENTRIES) return -E.INVAL;
  const low = tables.gdt[number * 2], high = tables.gdt[number * 2 + 1];
  const d = unpack(low, high);
  const pages = (high & 0x80_0000) !== 0;
  const bits = ((high >> 22) & 1) | (((high >> 10) & 3) << 1) | (((high >> 9) & 1) ^ 1) << 3 | (pages ? 16 : 0) | (((high >> 15) & 1) ^ 1) << 5 | ((high >> 20) & 1) << 6;
  const words = new Uint32Array([number, d.base, (low & 0xffff) | (high & 0xf_0000), bits]);
  return k.memory.write(at, new Uint8Array(words.buffer)) ? 0 : -E.FAULT;
}

const LDT_ENTRIES = 8192;

function modifyLdt(k: Context, what: number, at: number, length: number): number {
  const { tables } = k.cpu;
  if (what === 0) {
    const count = Math.min(length, tables.ldt.length * 4);
    const bytes = new Uint8Array(tables.ldt.slice().buffer, 0, count);
    return k.memory.write(at, bytes) ? count : -E.FAULT;
  }
  if (what === 2) {
    const count = Math.min(length, 5 * 8);
    return k.memory.write(at, new Uint8Array(count)) ? count : -E.FAULT;
  }
  if (what !== 1 && what !== 0x11) return -E.NOSYS;
  if (length !== USER_DESC_SIZE) return -E.INVAL;
  const raw = k.memory.read(at, USER_DESC_SIZE);
  if (!raw) return -E.FAULT;
  const entry = decode(raw);
  if (entry.number < 0 || entry.number >= LDT_ENTRIES) return -E.INVAL;
  if (entry.contents === 3 && (what === 1 || !entry.notPresent)) return -E.INVAL;
  const clear = (what === 1 && entry.base === 0 && entry.limit === 0) || isEmpty(entry);
  const useable = what === 1 ? false : entry.useable;
  if (entry.number * 2 + 2 > tables.ldt.length) {
    const grown = new Int32Array(Math.min(LDT_ENTRIES * 2, Math.max(64, entry.number * 2 + 2, tables.ldt.length * 2)));
    grown.set(tables.ldt);
    tables.ldt = grown;
  }
  tables.ldt.set(clear ? [0, 0] : pack({ ...entry, useable }), entry.number * 2);
  for (const thread of k.process.threads) thread.cpu.tables.ldt = tables.ldt;
  refresh(k);
  return 0;
}

// -- futex ----------------------------------------------------------------------------------------------------------------------------------

const FUTEX = {
  WAIT: 0, WAKE: 1, REQUEUE: 3, CMP_REQUEUE: 4, WAKE_OP: 5, LOCK_PI: 6, UNLOCK_PI: 7, TRYLOCK_PI: 8, WAIT_BITSET: 9, WAKE_BITSET: 10,
  WAIT_REQUEUE_PI: 11, CMP_REQUEUE_PI: 12, LOCK_PI2: 13,
} as const;
const PRIVATE = 128;
const CLOCK_REALTIME = 256;
const ALL_BITS = 0xffff_ffff;

/** The deadline on the monotonic clock, Infinity without a time-out, or a negative errno. */
function deadlineOf(k: Context, at: number, wide: boolean, absolute: boolean, realtime: boolean): number {
  if (!at) return Infinity;
  const time = readTime(k, at, wide);
  if (!time) return -E.FAULT;
  const span = timeoutNanoseconds(time);
  if (span < 0) return -E.INVAL;
  const { clock } = k.kernel;
  if (!absolute) return clock.monotonic() + span;
  if (!realtime) return span;
  const now = clock.realtime();
  return Math.max(0, clock.monotonic() + (time.seconds - now.seconds) * SECOND + (time.nanoseconds - now.nanoseconds));
}

function futex(k: Context, address: number, op: number, value: number, timeout: number, address2: number, value3: number, wide: boolean): Result {
  const command = op & ~(PRIVATE | CLOCK_REALTIME);
  const realtime = (op & CLOCK_REALTIME) !== 0;
  if (realtime && command !== FUTEX.WAIT && command !== FUTEX.WAIT_BITSET && command !== FUTEX.LOCK_PI2 && command !== FUTEX.WAIT_REQUEUE_PI) return -E.NOSYS;
  switch (command) {
    case FUTEX.WAIT: case FUTEX.WAIT_BITSET: case FUTEX.LOCK_PI: case FUTEX.LOCK_PI2: {
      const pi = command === FUTEX.LOCK_PI || command === FUTEX.LOCK_PI2;
      const deadline = deadlineOf(k, timeout, wide, command !== FUTEX.WAIT, realtime || command === FUTEX.LOCK_PI);
      if (deadline < 0) return deadline;
      if (pi) return futexLockPi(k, address, deadline, false);
      return futexWait(k, address, value, command === FUTEX.WAIT ? ALL_BITS : value3, deadline);
    }
    case FUTEX.WAIT_REQUEUE_PI: {
      const deadline = deadlineOf(k, timeout, wide, true, realtime);
      return deadline < 0 ? deadline : futexWaitRequeuePi(k, address, value, ALL_BITS, deadline, address2);
    }
    case FUTEX.CMP_REQUEUE_PI: return futexRequeuePi(k, address, value | 0, timeout | 0, address2, value3);
    case FUTEX.WAKE: return futexWake(k, address, value | 0, ALL_BITS);
    case FUTEX.WAKE_BITSET: return futexWake(k, address, value | 0, value3);
    case FUTEX.REQUEUE: return futexRequeue(k, address, value | 0, timeout | 0, address2, undefined);
    case FUTEX.CMP_REQUEUE: return futexRequeue(k, address, value | 0, timeout | 0, address2, value3);
    case FUTEX.WAKE_OP: return futexWakeOp(k, address, value | 0, timeout | 0, address2, value3 | 0);
    case FUTEX.UNLOCK_PI: return futexUnlockPi(k, address);
    case FUTEX.TRYLOCK_PI: return futexLockPi(k, address, Infinity, true);
    default: return -E.NOSYS;
  }
}

const OPERATIONS: Record<string, number> = {};
for (const [name, value] of Object.entries(FUTEX)) {
  OPERATIONS[`FUTEX_${name}`] = value;
  OPERATIONS[`FUTEX_${name}_PRIVATE`] = value | PRIVATE;
}
OPERATIONS["FUTEX_WAIT_BITSET_PRIVATE_REALTIME"] = 9 | PRIVATE | CLOCK_REALTIME;
const futexArguments = (time: string) => [
  pointer("uaddr"), oneOf("op", OPERATIONS), uint("val"), structIn("timeout", time),
  pointer("uaddr2"), uint("val3"),
];

export const threadCalls: readonly SystemCall[] = [
  call(123, "modify_ldt", [int("func"), pointer("ptr"), size("bytecount")], "int", modifyLdt),
  call(240, "futex", futexArguments("timespec32"), "int", (k, a, op, v, t, b, c) => futex(k, a, op, v, t, b, c, false)),
  call(243, "set_thread_area", [structIn("u_info", "user_desc")], "int", setThreadArea),
  call(244, "get_thread_area", [structOut("u_info", "user_desc")], "int", getThreadArea),
  call(422, "futex_time64", futexArguments("timespec64"), "int", (k, a, op, v, t, b, c) => futex(k, a, op, v, t, b, c, true)),
];
