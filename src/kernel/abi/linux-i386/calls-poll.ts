// System calls that wait for several files: poll(2), ppoll, select(2), pselect6.

import { E } from "../../errno.ts";
import { O, POLL } from "../../fs/constants.ts";
import { setMask } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result, WaitQueue } from "../../wait.ts";
import { call, int, pointer, size, structIn, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { fileOf } from "./file-arguments.ts";

const SECOND = 1_000_000_000;

/** A time-out in nanoseconds; Infinity without, a negative errno when it is malformed (then below 0). */
function readTimeout(k: Context, address: number, width: 4 | 8, unit: number): number {
  if (!address) return Infinity;
  const bytes = k.memory.read(address, width * 2);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  let sec = width === 4 ? view.getInt32(0, true) : Number(view.getBigInt64(0, true));
  let part = view.getInt32(width, true);
  if (sec < 0 || part < 0) return -E.INVAL;
  if (unit === 1) {
    if (part >= SECOND) return -E.INVAL;
  } else {
    // A timeval may carry whole seconds in its microseconds.
    sec += Math.floor(part / 1_000_000);
    part %= 1_000_000;
  }
  return sec * SECOND + part * unit;
}

/** Writes back what is left of a time-out, as Linux does. */
function writeTimeout(k: Context, address: number, width: 4 | 8, unit: number, deadline: number): void {
  if (!address || deadline === Infinity) return;
  const left = Math.max(0, deadline - k.kernel.clock.monotonic());
  const sec = Math.floor(left / SECOND), part = Math.floor((left % SECOND) / unit);
  const view = new DataView(new ArrayBuffer(width * 2));
  if (width === 4) {
    view.setInt32(0, sec, true);
    view.setInt32(4, part, true);
  } else {
    view.setBigInt64(0, BigInt(sec), true);
    view.setBigInt64(8, BigInt(part), true);
  }
  k.memory.write(address, new Uint8Array(view.buffer));
}

/** Sets the mask for the time of the call; the kernel puts the old one back. */
export function temporaryMask(k: Context, address: number, length: number): number {
  if (!address) return 0;
  if (length !== 8) return -E.INVAL;
  const mask = k.memory.loadU64(address);
  if (mask === undefined) return -E.FAULT;
  k.savedMask = k.mask;
  setMask(k, mask);
  return 0;
}

/** Asks `check` now and at every wake-up of the queues, until it answers above 0 or the deadline has passed. */
function pollWait(
  queues: Iterable<WaitQueue>, deadline: number, immediate: boolean, check: () => number, finish: (count: number) => number, interrupted: () => number,
): Result {
  const count = check();
  if (count !== 0 || immediate) return finish(count);
  return waitFor([...new Set(queues)], () => {
    const again = check();
    return again === 0 ? undefined : finish(again);
  }, { deadline, expired: () => finish(check()), interrupted });
}

const ALWAYS = POLL.ERR | POLL.HUP | POLL.NVAL;

function pollFiles(k: Context, address: number, count: number, timeout: number, interrupted: (deadline: number) => number, after: (deadline: number) => void): Result {
  if (count >>> 0 > k.process.limits[RLIMIT.NOFILE].soft) return -E.INVAL;
  const bytes = k.memory.read(address, count * 8);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  const deadline = timeout === Infinity ? Infinity : k.kernel.clock.monotonic() + timeout;
  const queues: WaitQueue[] = [];
  for (let i = 0; i < count; i++) {
    const file = fileOf(k, view.getInt32(i * 8, true));
    if (file) queues.push(...file.queues);
  }
  const check = (): number => {
    let ready = 0;
    for (let i = 0; i < count; i++) {
      const n = view.getInt32(i * 8, true);
      let mask = 0;
      if (n >= 0) {
        const file = fileOf(k, n);
        mask = !file || file.flags & O.PATH ? POLL.NVAL : file.poll() & (view.getUint16(i * 8 + 4, true) | ALWAYS);
      }
      view.setUint16(i * 8 + 6, mask, true);
      if (mask) ready++;
    }
    return ready;
  };
  const finish = (ready: number): number => {
    after(deadline);
    for (let i = 0; i < count; i++) if (!k.memory.storeU16(address + i * 8 + 6, view.getUint16(i * 8 + 6, true))) return -E.FAULT;
    return ready;
  };
  return pollWait(queues, deadline, timeout === 0, check, finish, () => interrupted(deadline));
}

function poll(k: Context, address: number, count: number, milliseconds: number): Result {
  const timeout = milliseconds < 0 ? Infinity : milliseconds * 1e6;
  return pollFiles(k, address, count, timeout, (deadline) => {
    // Resumed with what is left of the time-out, restart_syscall(2).
    k.restartBlock = () => pollFiles(k, address, count, deadline === Infinity ? Infinity : Math.max(0, deadline - k.kernel.clock.monotonic()),
      () => -E.RESTARTNOHAND, () => {});
    return -E.RESTART_RESTARTBLOCK;
  }, () => {});
}

function ppoll(k: Context, address: number, count: number, timeoutAddress: number, mask: number, maskSize: number, width: 4 | 8): Result {
  const timeout = readTimeout(k, timeoutAddress, width, 1);
  if (timeout < 0) return timeout;
  const masked = temporaryMask(k, mask, maskSize);
  if (masked < 0) return masked;
  const after = (deadline: number): void => writeTimeout(k, timeoutAddress, width, 1, deadline);
  return pollFiles(k, address, count, timeout, (deadline) => {
    after(deadline);
    return -E.RESTARTNOHAND;
  }, after);
}

/** POLL bits that make a descriptor readable, writable, exceptional for select. */
const SELECT = [
  POLL.RDNORM | POLL.RDBAND | POLL.IN | POLL.HUP | POLL.ERR,
  POLL.WRBAND | POLL.WRNORM | POLL.OUT | POLL.ERR,
  POLL.PRI,
] as const;

function selectFiles(
  k: Context, count: number, sets: readonly number[], timeout: number, after: (deadline: number) => void,
): Result {
  if (count < 0) return -E.INVAL;
  const limit = Math.min(count, Math.max(k.process.files.slots.length, 64));
  const length = Math.ceil(limit / 32) * 4;
  const wanted: (Uint8Array | undefined)[] = [];
  for (const address of sets) {
    const bytes = address ? k.memory.read(address, length) : undefined;
    if (address && !bytes) return -E.FAULT;
    wanted.push(bytes);
  }
  const has = (set: Uint8Array | undefined, n: number): boolean => set !== undefined && (set[n >> 3] & (1 << (n & 7))) !== 0;
  const watched: number[] = [];
  const queues: WaitQueue[] = [];
  for (let n = 0; n < limit; n++) {
    if (!wanted.some((set) => has(set, n))) continue;
    const file = fileOf(k, n);
    if (!file || file.flags & O.PATH) return -E.BADF;
    watched.push(n);
    queues.push(...file.queues);
  }
  const deadline = timeout === Infinity ? Infinity : k.kernel.clock.monotonic() + timeout;
  const results = sets.map(() => new Uint8Array(length));
  const check = (): number => {
    let ready = 0;
    for (const set of results) set.fill(0);
    for (const n of watched) {
      const mask = fileOf(k, n)?.poll() ?? POLL.NVAL | POLL.IN | POLL.OUT;
      for (let i = 0; i < 3; i++) {
        if (!has(wanted[i], n) || !(mask & SELECT[i])) continue;
        results[i][n >> 3] |= 1 << (n & 7);
        ready++;
      }
    }
    return ready;
  };
  const finish = (ready: number): number => {
    after(deadline);
    for (let i = 0; i < 3; i++) if (sets[i] && !k.memory.write(sets[i], results[i])) return -E.FAULT;
    return ready;
  };
  return pollWait(queues, deadline, timeout === 0, check, finish, () => {
    after(deadline);
    return -E.RESTARTNOHAND;
  });
}

function select(k: Context, count: number, read: number, write: number, except: number, timeoutAddress: number): Result {
  const timeout = readTimeout(k, timeoutAddress, 4, 1000);
  if (timeout < 0) return timeout;
  return selectFiles(k, count, [read, write, except], timeout, (deadline) => writeTimeout(k, timeoutAddress, 4, 1000, deadline));
}

/** The call of libc 4 and 5: all arguments in a structure. */
function oldSelect(k: Context, address: number): Result {
  const bytes = k.memory.read(address, 20);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  const word = (i: number): number => view.getUint32(i * 4, true);
  return select(k, word(0) | 0, word(1), word(2), word(3), word(4));
}

function pselect6(k: Context, count: number, read: number, write: number, except: number, timeoutAddress: number, sigset: number, width: 4 | 8): Result {
  const timeout = readTimeout(k, timeoutAddress, width, 1);
  if (timeout < 0) return timeout;
  if (sigset) {
    // A pointer to the mask and its size: there is no room for a seventh argument.
    const mask = k.memory.loadU32(sigset), length = k.memory.loadU32(sigset + 4);
    if (mask === undefined || length === undefined) return -E.FAULT;
    const masked = temporaryMask(k, mask, length);
    if (masked < 0) return masked;
  }
  return selectFiles(k, count, [read, write, except], timeout, (deadline) => writeTimeout(k, timeoutAddress, width, 1, deadline));
}

const sets = [int("nfds"), pointer("readfds"), pointer("writefds"), pointer("exceptfds")];
const fds = [pointer("fds"), uint("nfds")];

export const pollCalls: readonly SystemCall[] = [
  call(82, "select", [structIn("args", "sel_arg_struct")], "int", oldSelect),
  call(142, "_newselect", [...sets, structIn("timeout", "timeval")], "int", select),
  call(168, "poll", [...fds, int("timeout")], "int", poll),
  call(308, "pselect6", [...sets, structIn("timeout", "timespec"), pointer("sigmask")], "int", (k, n, r, w, e, t, m) => pselect6(k, n, r, w, e, t, m, 4)),
  call(309, "ppoll", [...fds, structIn("tmo_p", "timespec"), structIn("sigmask", "sigset_t"), size("sigsetsize")], "int",
    (k, p, n, t, m, s) => ppoll(k, p, n, t, m, s, 4)),
  call(413, "pselect6_time64", [...sets, structIn("timeout", "timespec64"), pointer("sigmask")], "int", (k, n, r, w, e, t, m) => pselect6(k, n, r, w, e, t, m, 8)),
  call(414, "ppoll_time64", [...fds, structIn("tmo_p", "timespec64"), structIn("sigmask", "sigset_t"), size("sigsetsize")], "int",
    (k, p, n, t, m, s) => ppoll(k, p, n, t, m, s, 8)),
];
