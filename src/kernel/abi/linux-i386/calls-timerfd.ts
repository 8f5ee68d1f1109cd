// timerfd_create(2), timerfd_settime, timerfd_gettime, signalfd(2).

import { E } from "../../errno.ts";
import { O } from "../../fs/constants.ts";
import { SignalFile, TimerFile } from "../../fs/timerfd.ts";
import { pendingSet, signalBit, SIG, takeSignal } from "../../signal.ts";
import type { PendingSignal } from "../../signal.ts";
import { armTimer, createIntervalTimer } from "../../time.ts";
import type { IntervalTimer, Timespec } from "../../time.ts";
import { call, fd, flags, oneOf, size, structIn, structOut } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { fileOf, install } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";
import { readTime, timeoutNanoseconds, toTimespec, writeTime } from "./time-structures.ts";

const CLOCKS = { CLOCK_REALTIME: 0, CLOCK_MONOTONIC: 1, CLOCK_BOOTTIME: 7, CLOCK_REALTIME_ALARM: 8, CLOCK_BOOTTIME_ALARM: 9 } as const;
const ABSTIME = 1;
const CANCEL_ON_SET = 2;
const STATUS = { TFD_NONBLOCK: O.NONBLOCK, TFD_CLOEXEC: O.CLOEXEC } as const;

const timers = new WeakMap<TimerFile, IntervalTimer>();

function create(k: Context, clock: number, bits: number): number {
  if (bits & ~(O.NONBLOCK | O.CLOEXEC) || !Object.values(CLOCKS).includes(clock as never)) return -E.INVAL;
  const { kernel } = k;
  const timer = createIntervalTimer(() => file.expire(timer.overrun + 1));
  const file = new TimerFile(fsEnvironment(k), clock, bits & O.NONBLOCK, () => armTimer(kernel, timer, Infinity, 0));
  timers.set(file, timer);
  return install(k, file, bits);
}

function timerOf(k: Context, n: number): { file: TimerFile; timer: IntervalTimer } | number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (!(file instanceof TimerFile)) return -E.INVAL;
  return { file, timer: timers.get(file)! };
}

const realtime = (clock: number): boolean => clock === CLOCKS.CLOCK_REALTIME || clock === CLOCKS.CLOCK_REALTIME_ALARM;

/** The interval and what is left, as struct itimerspec. */
function put(k: Context, address: number, timer: IntervalTimer, wide: boolean): number {
  const left = timer.deadline === Infinity ? 0 : Math.max(1, timer.deadline - k.kernel.clock.monotonic());
  const half = wide ? 16 : 8;
  return writeTime(k, address, toTimespec(timer.interval), wide) && writeTime(k, address + half, toTimespec(left), wide) ? 0 : -E.FAULT;
}

function settime(k: Context, n: number, bits: number, address: number, old: number, wide: boolean): number {
  const half = wide ? 16 : 8;
  const repeat = readTime(k, address, wide), first = readTime(k, address + half, wide);
  if (!repeat || !first) return -E.FAULT;
  if (bits & ~(ABSTIME | CANCEL_ON_SET)) return -E.INVAL;
  const interval = timeoutNanoseconds(repeat), value = timeoutNanoseconds(first);
  if (interval < 0 || value < 0) return -E.INVAL;
  const found = timerOf(k, n);
  if (typeof found === "number") return found;
  const { file, timer } = found;
  if (old) {
    const error = put(k, old, timer, wide);
    if (error < 0) return error;
  }
  file.reset();
  armTimer(k.kernel, timer, deadline(k, file.clock, first, value, (bits & ABSTIME) !== 0), interval);
  return 0;
}

/** When a setting runs out on the monotonic clock; a value of 0 disarms. */
function deadline(k: Context, clock: number, first: Timespec, value: number, absolute: boolean): number {
  if (value === 0) return Infinity;
  const now = k.kernel.clock.monotonic();
  if (!absolute) return now + value;
  if (!realtime(clock)) return value;
  const real = k.kernel.clock.realtime();
  return now + (first.seconds - real.seconds) * 1e9 + (first.nanoseconds - real.nanoseconds);
}

function gettime(k: Context, n: number, address: number, wide: boolean): number {
  const found = timerOf(k, n);
  return typeof found === "number" ? found : put(k, address, found.timer, wide);
}

/** struct signalfd_siginfo. */
function record(p: PendingSignal): Uint8Array {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, p.signal, true);
  view.setInt32(8, p.code, true);
  view.setUint32(12, p.pid, true);
  view.setUint32(16, p.uid, true);
  view.setUint32(32, p.extra, true);
  view.setInt32(40, p.status, true);
  view.setInt32(44, p.value, true);
  view.setBigUint64(48, BigInt(p.value >>> 0), true);
  view.setBigUint64(72, BigInt(p.address >>> 0), true);
  return bytes;
}

function signalfd(k: Context, n: number, address: number, length: number, bits: number): number {
  if (bits & ~(O.NONBLOCK | O.CLOEXEC) || length !== 8) return -E.INVAL;
  const mask = k.memory.loadU64(address);
  if (mask === undefined) return -E.FAULT;
  const set = mask & ~(signalBit(SIG.KILL) | signalBit(SIG.STOP));
  if (n !== -1) {
    const file = fileOf(k, n);
    if (!file) return -E.BADF;
    if (!(file instanceof SignalFile)) return -E.INVAL;
    file.set = set;
    return n;
  }
  const source = {
    queue: k.process.signalQueue,
    pending: (wanted: bigint): boolean => (pendingSet(k) & wanted) !== 0n,
    take(wanted: bigint, caller: { readonly tid: number }): Uint8Array | undefined {
      const thread = k.kernel.threads.get(caller.tid);
      const taken = thread && takeSignal(thread, wanted);
      return taken && record(taken);
    },
  };
  return install(k, new SignalFile(fsEnvironment(k), set, bits & O.NONBLOCK, source), bits);
}

const timerfd = [fd(), flags("flags", { TFD_TIMER_ABSTIME: ABSTIME, TFD_TIMER_CANCEL_ON_SET: CANCEL_ON_SET })];
const sigset = [fd(), structIn("mask", "sigset_t"), size("sizemask")];

export const timerfdCalls: readonly SystemCall[] = [
  call(321, "signalfd", sigset, "fd", (k, n, m, s) => signalfd(k, n, m, s, 0)),
  call(322, "timerfd_create", [oneOf("clockid", CLOCKS), flags("flags", STATUS)], "fd", create),
  call(325, "timerfd_settime", [...timerfd, structIn("new", "itimerspec"), structOut("old", "itimerspec")], "int", (k, n, f, v, o) => settime(k, n, f, v, o, false)),
  call(326, "timerfd_gettime", [fd(), structOut("curr", "itimerspec")], "int", (k, n, o) => gettime(k, n, o, false)),
  call(327, "signalfd4", [...sigset, flags("flags", { SFD_NONBLOCK: O.NONBLOCK, SFD_CLOEXEC: O.CLOEXEC })], "fd", signalfd),
  call(410, "timerfd_gettime64", [fd(), structOut("curr", "itimerspec64")], "int", (k, n, o) => gettime(k, n, o, true)),
  call(411, "timerfd_settime64", [...timerfd, structIn("new", "itimerspec64"), structOut("old", "itimerspec64")], "int", (k, n, f, v, o) => settime(k, n, f, v, o, true)),
];
