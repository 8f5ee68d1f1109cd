// System calls on clocks and timers, time(7): each in its 32-bit and, where there is one, its 64-bit form.

import { E } from "../../errno.ts";
import { SIG, SIGNAL_COUNT, SI, signalProcess, signalThread } from "../../signal.ts";
import type { Kernel } from "../../thread.ts";
import { SECOND, armTimer, createIntervalTimer, processCpuTime } from "../../time.ts";
import type { IntervalTimer, PosixTimer, Timespec } from "../../time.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { absent, call, flags, int, oneOf, structIn, structOut, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { readTime, readTimeval, timeoutNanoseconds, toTimespec, writeTime, writeTimeval } from "./time-structures.ts";

export const CLOCK = {
  CLOCK_REALTIME: 0, CLOCK_MONOTONIC: 1, CLOCK_PROCESS_CPUTIME_ID: 2, CLOCK_THREAD_CPUTIME_ID: 3, CLOCK_MONOTONIC_RAW: 4, CLOCK_REALTIME_COARSE: 5,
  CLOCK_MONOTONIC_COARSE: 6, CLOCK_BOOTTIME: 7, CLOCK_REALTIME_ALARM: 8, CLOCK_BOOTTIME_ALARM: 9, CLOCK_TAI: 11,
};
const REALTIME: ReadonlySet<number> = new Set([0, 5, 8, 11]);
const MONOTONIC: ReadonlySet<number> = new Set([1, 4, 6, 7, 9]);
const COARSE: ReadonlySet<number> = new Set([5, 6]);
const TIMER_ABSTIME = 1;

/** The time of a clock, or a negative errno. */
function readClock(k: Context, id: number): Timespec | number {
  const { clock } = k.kernel;
  if (REALTIME.has(id)) return clock.realtime();
  if (MONOTONIC.has(id)) return toTimespec(clock.monotonic());
  if (id === CLOCK.CLOCK_PROCESS_CPUTIME_ID) return toTimespec(processCpuTime(k.process));
  if (id === CLOCK.CLOCK_THREAD_CPUTIME_ID) return toTimespec(threadCpuTime(k));
  if (id < 0) return cpuClock(k, id);
  return -E.INVAL;
}

function threadCpuTime(k: Context): number {
  return k.cpuTime + (k.kernel.current === k ? k.kernel.clock.monotonic() - k.kernel.sliceStart : 0);
}

/** Clocks of other processes and threads: ~pid << 3 | which, with bit 2 for a thread. */
function cpuClock(k: Context, id: number): Timespec | number {
  const number = ~(id >> 3);
  if ((id & 3) === 3) return -E.INVAL;
  if (id & 4) {
    const thread = number === 0 ? k : k.kernel.threads.get(number);
    return thread && thread.process === k.process ? toTimespec(threadCpuTime(thread)) : -E.INVAL;
  }
  const process = number === 0 ? k.process : k.kernel.processes.get(number);
  return process ? toTimespec(processCpuTime(process)) : -E.INVAL;
}

function clockGettime(k: Context, id: number, at: number, wide: boolean): number {
  const time = readClock(k, id);
  if (typeof time === "number") return time;
  return writeTime(k, at, time, wide) ? 0 : -E.FAULT;
}

function clockGetres(k: Context, id: number, at: number, wide: boolean): number {
  const time = readClock(k, id);
  if (typeof time === "number") return time;
  if (!at) return 0;
  return writeTime(k, at, { seconds: 0, nanoseconds: COARSE.has(id) ? 4_000_000 : 1 }, wide) ? 0 : -E.FAULT;
}

function clockSettime(k: Context, id: number, at: number, wide: boolean): number {
  if (id !== 0) return -E.INVAL;
  const time = readTime(k, at, wide);
  if (!time) return -E.FAULT;
  return timeoutNanoseconds(time) < 0 ? -E.INVAL : -E.PERM;
}

/** Nanoseconds of the monotonic clock at which a clock reaches an absolute time. */
function monotonicDeadline(kernel: Kernel, id: number, time: Timespec): number {
  const now = kernel.clock.monotonic();
  if (!REALTIME.has(id)) return time.seconds * SECOND + time.nanoseconds;
  const real = kernel.clock.realtime();
  return now + (time.seconds - real.seconds) * SECOND + (time.nanoseconds - real.nanoseconds);
}

/** Sleeps to a deadline; when interrupted, `remaining` is written and the call can be resumed. */
function sleepUntil(k: Context, deadline: number, absolute: boolean, remaining: number, wide: boolean): Result {
  return waitFor([], () => undefined, {
    deadline,
    expired: () => 0,
    interrupted: () => {
      if (absolute) return -E.RESTARTNOHAND;
      if (remaining) {
        const left = toTimespec(Math.max(0, deadline - k.kernel.clock.monotonic()));
        if (!writeTime(k, remaining, left, wide)) return -E.FAULT;
      }
      k.restartBlock = () => sleepUntil(k, deadline, false, remaining, wide);
      return -E.RESTART_RESTARTBLOCK;
    },
  });
}

function nanosleep(k: Context, request: number, remaining: number): Result {
  const time = readTime(k, request, false);
  if (!time) return -E.FAULT;
  const span = timeoutNanoseconds(time);
  if (span < 0) return -E.INVAL;
  return sleepUntil(k, k.kernel.clock.monotonic() + span, false, remaining, false);
}

function clockNanosleep(k: Context, id: number, how: number, request: number, remaining: number, wide: boolean): Result {
  if (id === CLOCK.CLOCK_THREAD_CPUTIME_ID) return -E.INVAL;
  if (!REALTIME.has(id) && !MONOTONIC.has(id) && id !== CLOCK.CLOCK_PROCESS_CPUTIME_ID) return id < 0 ? -E.OPNOTSUPP : -E.INVAL;
  if (COARSE.has(id) || id === CLOCK.CLOCK_MONOTONIC_RAW) return -E.OPNOTSUPP;
  const time = readTime(k, request, wide);
  if (!time) return -E.FAULT;
  const span = timeoutNanoseconds(time);
  if (span < 0) return -E.INVAL;
  const absolute = (how & TIMER_ABSTIME) !== 0;
  const deadline = absolute ? monotonicDeadline(k.kernel, id, time) : k.kernel.clock.monotonic() + span;
  return sleepUntil(k, deadline, absolute, absolute ? 0 : remaining, wide);
}

// -- setitimer ------------------------------------------------------------------------------------------------------------------------------

const WHICH = { ITIMER_REAL: 0, ITIMER_VIRTUAL: 1, ITIMER_PROF: 2 };

/** Time left on an interval timer: of the monotonic clock, or of processor time for the two others. */
function timeLeft(k: Context, which: number, timer: IntervalTimer): number {
  if (timer.deadline === Infinity) return 0;
  const now = which === 0 ? k.kernel.clock.monotonic() : processCpuTime(k.process);
  return Math.max(1000, timer.deadline - now);
}

function setInterval(k: Context, which: number, value: number, interval: number): void {
  const timer = k.process.timers.interval[which];
  if (which === 0) armTimer(k.kernel, timer, value > 0 ? k.kernel.clock.monotonic() + value : Infinity, interval);
  else {
    timer.deadline = value > 0 ? processCpuTime(k.process) + value : Infinity;
    timer.interval = interval;
  }
}

function getitimer(k: Context, which: number, at: number): number {
  const timer = k.process.timers.interval[which];
  if (!timer) return -E.INVAL;
  const ok = writeTimeval(k, at, toTimespec(timer.interval)) && writeTimeval(k, at + 8, toTimespec(timeLeft(k, which, timer)));
  return ok ? 0 : -E.FAULT;
}

function setitimer(k: Context, which: number, value: number, old: number): number {
  const timer = k.process.timers.interval[which];
  let interval = 0, first = 0;
  if (value) {
    const times = [readTimeval(k, value), readTimeval(k, value + 8)];
    if (!times[0] || !times[1]) return -E.FAULT;
    [interval, first] = times.map((t) => (t ? timeoutNanoseconds(t) : -1));
    if (interval < 0 || first < 0) return -E.INVAL;
  }
  if (!timer) return -E.INVAL;
  const failed = old ? getitimer(k, which, old) : 0;
  if (failed && !k.memory.canWrite(old, 16)) return -E.FAULT;
  setInterval(k, which, first, interval);
  return 0;
}

function alarm(k: Context, seconds: number): number {
  const left = timeLeft(k, 0, k.process.timers.interval[0]);
  setInterval(k, 0, seconds * SECOND, 0);
  return left === 0 ? 0 : Math.max(1, Math.round(left / SECOND));
}

// -- timer_create ---------------------------------------------------------------------------------------------------------------------------

const NOTIFY = { SIGNAL: 0, NONE: 1, THREAD_ID: 4 } as const;

function timerCreate(k: Context, clock: number, event: number, result: number): number {
  const time = readClock(k, clock);
  if (typeof time === "number") return -E.INVAL;
  if (COARSE.has(clock) || clock === CLOCK.CLOCK_MONOTONIC_RAW) return -E.OPNOTSUPP;
  const { timers } = k.process;
  const id = timers.nextPosix;
  let signal: number = SIG.ALRM, value = id, target: Context | undefined;
  if (event) {
    const bytes = k.memory.read(event, 16);
    if (!bytes) return -E.FAULT;
    const [sigValue, number, notify, tid] = new Int32Array(bytes.buffer);
    if (notify !== NOTIFY.SIGNAL && notify !== NOTIFY.NONE && notify !== NOTIFY.THREAD_ID) return -E.INVAL;
    if (notify !== NOTIFY.NONE && (number < 1 || number > SIGNAL_COUNT)) return -E.INVAL;
    if (notify === NOTIFY.THREAD_ID) {
      target = k.kernel.threads.get(tid);
      if (target?.process !== k.process) return -E.INVAL;
    }
    signal = notify === NOTIFY.NONE ? 0 : number;
    value = sigValue;
  }
  if (!k.memory.storeU32(result, id)) return -E.FAULT;
  timers.nextPosix++;
  const { process } = k;
  const base = createIntervalTimer(() => {
    if (signal === 0) return;
    const info = { code: SI.TIMER, status: id, extra: timer.overrun, value };
    if (target && target.state !== "dead") signalThread(target, signal, info);
    else signalProcess(process, signal, info);
  });
  const timer: PosixTimer = Object.assign(base, { clock, signal, value });
  timers.posix.set(id, timer);
  return 0;
}

function writeItimer(k: Context, at: number, timer: PosixTimer, wide: boolean): boolean {
  const left = timer.deadline === Infinity ? 0 : Math.max(1, timer.deadline - k.kernel.clock.monotonic());
  return writeTime(k, at, toTimespec(timer.interval), wide) && writeTime(k, at + (wide ? 16 : 8), toTimespec(left), wide);
}

function timerSettime(k: Context, id: number, how: number, value: number, old: number, wide: boolean): number {
  const interval = readTime(k, value, wide), first = readTime(k, value + (wide ? 16 : 8), wide);
  if (!interval || !first) return value === 0 ? -E.INVAL : -E.FAULT;
  const period = timeoutNanoseconds(interval), span = timeoutNanoseconds(first);
  if (period < 0 || span < 0) return -E.INVAL;
  const timer = k.process.timers.posix.get(id);
  if (!timer) return -E.INVAL;
  if (old && !writeItimer(k, old, timer, wide)) return -E.FAULT;
  let deadline = Infinity;
  if (span > 0) deadline = how & TIMER_ABSTIME ? monotonicDeadline(k.kernel, timer.clock, first) : k.kernel.clock.monotonic() + span;
  armTimer(k.kernel, timer, deadline, period);
  return 0;
}

function timerGettime(k: Context, id: number, at: number, wide: boolean): number {
  const timer = k.process.timers.posix.get(id);
  if (!timer) return -E.INVAL;
  return writeItimer(k, at, timer, wide) ? 0 : -E.FAULT;
}

function timerDelete(k: Context, id: number): number {
  const timer = k.process.timers.posix.get(id);
  if (!timer) return -E.INVAL;
  armTimer(k.kernel, timer, Infinity, 0);
  k.process.timers.posix.delete(id);
  return 0;
}

// -- the rest -------------------------------------------------------------------------------------------------------------------------------

function gettimeofday(k: Context, time: number, zone: number): number {
  if (time && !writeTimeval(k, time, k.kernel.clock.realtime())) return -E.FAULT;
  if (zone && !k.memory.write(zone, new Uint8Array(8))) return -E.FAULT;
  return 0;
}

function time(k: Context, at: number): number {
  const { seconds } = k.kernel.clock.realtime();
  if (at && !k.memory.storeU32(at, seconds)) return -E.FAULT;
  return seconds | 0;
}

const TICK = SECOND / 100;

function times(k: Context, at: number): number {
  const own = Math.floor(processCpuTime(k.process) / TICK), children = Math.floor(k.process.childrenCpuTime / TICK);
  const words = new Int32Array([own, 0, children, 0]);
  if (at && !k.memory.write(at, new Uint8Array(words.buffer))) return -E.FAULT;
  return Math.floor(k.kernel.clock.monotonic() / TICK) | 0;
}

const clockArgument = () => oneOf("clockid", CLOCK);
const sleepFlags = () => flags("flags", { TIMER_ABSTIME });

export const timeCalls: readonly SystemCall[] = [
  call(13, "time", [structOut("tloc", "time32_t")], "int", time),
  absent(25, "stime", "the clock belongs to the host"),
  call(27, "alarm", [uint("seconds")], "int", alarm),
  call(43, "times", [structOut("buf", "tms")], "int", times),
  call(78, "gettimeofday", [structOut("tv", "timeval32"), structOut("tz", "timezone")], "int", gettimeofday),
  call(79, "settimeofday", [structIn("tv", "timeval32"), structIn("tz", "timezone")], "int", () => -E.PERM, "partial", "the clock belongs to the host"),
  call(104, "setitimer", [oneOf("which", WHICH), structIn("new", "itimerval"), structOut("old", "itimerval")], "int", setitimer),
  call(105, "getitimer", [oneOf("which", WHICH), structOut("value", "itimerval")], "int", getitimer),
  call(162, "nanosleep", [structIn("req", "timespec32"), structOut("rem", "timespec32")], "int", nanosleep),
  call(259, "timer_create", [clockArgument(), structIn("sevp", "sigevent"), structOut("timerid", "int")], "int", timerCreate),
  call(260, "timer_settime", [int("timerid"), sleepFlags(), structIn("new", "itimerspec32"), structOut("old", "itimerspec32")], "int",
    (k, id, how, value, old) => timerSettime(k, id, how, value, old, false)),
  call(261, "timer_gettime", [int("timerid"), structOut("value", "itimerspec32")], "int", (k, id, at) => timerGettime(k, id, at, false)),
  call(262, "timer_getoverrun", [int("timerid")], "int", (k, id) => k.process.timers.posix.get(id)?.overrun ?? -E.INVAL),
  call(263, "timer_delete", [int("timerid")], "int", timerDelete),
  call(264, "clock_settime", [clockArgument(), structIn("tp", "timespec32")], "int", (k, id, at) => clockSettime(k, id, at, false), "partial", "the clock belongs to the host"),
  call(265, "clock_gettime", [clockArgument(), structOut("tp", "timespec32")], "int", (k, id, at) => clockGettime(k, id, at, false)),
  call(266, "clock_getres", [clockArgument(), structOut("tp", "timespec32")], "int", (k, id, at) => clockGetres(k, id, at, false)),
  call(267, "clock_nanosleep", [clockArgument(), sleepFlags(), structIn("req", "timespec32"), structOut("rem", "timespec32")], "int",
    (k, id, how, request, remaining) => clockNanosleep(k, id, how, request, remaining, false)),
  call(403, "clock_gettime64", [clockArgument(), structOut("tp", "timespec64")], "int", (k, id, at) => clockGettime(k, id, at, true)),
  call(404, "clock_settime64", [clockArgument(), structIn("tp", "timespec64")], "int", (k, id, at) => clockSettime(k, id, at, true), "partial", "the clock belongs to the host"),
  call(406, "clock_getres_time64", [clockArgument(), structOut("tp", "timespec64")], "int", (k, id, at) => clockGetres(k, id, at, true)),
  call(407, "clock_nanosleep_time64", [clockArgument(), sleepFlags(), structIn("req", "timespec64"), structOut("rem", "timespec64")], "int",
    (k, id, how, request, remaining) => clockNanosleep(k, id, how, request, remaining, true)),
  call(408, "timer_gettime64", [int("timerid"), structOut("value", "itimerspec64")], "int", (k, id, at) => timerGettime(k, id, at, true)),
  call(409, "timer_settime64", [int("timerid"), sleepFlags(), structIn("new", "itimerspec64"), structOut("old", "itimerspec64")], "int",
    (k, id, how, value, old) => timerSettime(k, id, how, value, old, true)),
];
