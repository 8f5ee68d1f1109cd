// Clocks and timers: the clock the kernel reads, the queue of things due at a time, interval timers (setitimer(2)) and POSIX timers
// (timer_create(2)). Not the structures programs see (abi/linux-i386/calls-time.ts).
//
// Times are nanoseconds of the monotonic clock as plain numbers: exact for the 104 days that 2^53 ns last.

import { SIG, signalProcess } from "./signal.ts";
import { RLIMIT } from "./thread.ts";
import type { Kernel, Process } from "./thread.ts";

export interface Timespec {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export interface Clock {
  /** Nanoseconds since some start. */
  monotonic(): number;
  /** Time since 1970-01-01 UTC. */
  realtime(): Timespec;
  /** Sleeps until the deadline, or until `wake` of the same turn is called. Infinity: only the wake ends it. */
  sleep(deadline: number, wake: Promise<void>): Promise<void>;
}

export const SECOND = 1_000_000_000;

/** Clocks that count from the start of the machine have been running for a while: programs subtract from them. */
const BOOT = 1000 * SECOND;

/** Milliseconds since some moment, and what Date.now() would have said at that moment. */
export interface HostTime {
  readonly now: () => number;
  readonly timeOrigin: number;
}

/** The clock of the machine we run on. Uses `performance` (or what is given in its place) and `setTimeout`, which every host of JavaScript has. */
export function createHostClock(host: HostTime = performance): Clock {
  const origin = host.timeOrigin;
  const baseSeconds = Math.floor(origin / 1000);
  const baseNanoseconds = Math.round((origin - baseSeconds * 1000) * 1e6);
  return {
    monotonic: () => BOOT + Math.round(host.now() * 1e6),
    realtime() {
      const total = baseNanoseconds + Math.round(host.now() * 1e6);
      const carry = Math.floor(total / SECOND);
      return { seconds: baseSeconds + carry, nanoseconds: total - carry * SECOND };
    },
    async sleep(deadline, wake) {
      const delay = (deadline - BOOT) / 1e6 - host.now();
      if (delay <= 0) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      // A host with nothing else to do would end while a guest sleeps without a time-out: a long timer keeps it alive.
      const due = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.min(Math.ceil(delay), 0x7fff_ffff));
      });
      await Promise.race([due, wake]);
      clearTimeout(timer);
    },
  };
}

/** A clock for repeatable runs: it advances a little with each look, and sleeping jumps ahead. */
export function createVirtualClock(startSeconds = 1_700_000_000): Clock {
  let now = BOOT;
  const look = () => (now += 1000);
  return {
    monotonic: look,
    realtime() {
      const at = look();
      return { seconds: startSeconds + Math.floor(at / SECOND), nanoseconds: at % SECOND };
    },
    async sleep(deadline, wake) {
      if (deadline === Infinity) return wake;
      now = Math.max(now, deadline);
      await Promise.resolve();
    },
  };
}

// -- the queue of things due at a time ---------------------------------------------------------------------------------------------

export interface Timer {
  readonly deadline: number;
  readonly fire: () => void;
}

/** Sorted by deadline, earliest last. */
export type TimerQueue = Timer[];

/** Queues a call of `fire` at the deadline; returns the timer for removeTimer. */
export function addTimer(kernel: Kernel, deadline: number, fire: () => void): Timer {
  const timer: Timer = { deadline, fire };
  let at = kernel.timers.length;
  while (at > 0 && kernel.timers[at - 1].deadline <= deadline) at--;
  kernel.timers.splice(at, 0, timer);
  return timer;
}

export function removeTimer(kernel: Kernel, timer: Timer | undefined): void {
  const at = timer ? kernel.timers.indexOf(timer) : -1;
  if (at >= 0) kernel.timers.splice(at, 1);
}

/** Fires what is due. */
export function runTimers(kernel: Kernel): void {
  if (kernel.timers.length === 0) return;
  const now = kernel.clock.monotonic();
  while (kernel.timers.length > 0 && kernel.timers[kernel.timers.length - 1].deadline <= now) kernel.timers.pop()?.fire();
}

export function nextDeadline(kernel: Kernel): number {
  return kernel.timers.length > 0 ? kernel.timers[kernel.timers.length - 1].deadline : Infinity;
}

// -- timers of a process -------------------------------------------------------------------------------------------------------------

/** A timer that runs out and may start again: nanoseconds of its clock. */
export interface IntervalTimer {
  /** Next expiry on its clock, or Infinity when disarmed. */
  deadline: number;
  interval: number;
  /** Expiries since the last signal was taken, minus one (POSIX timers). */
  overrun: number;
  queued: Timer | undefined;
  readonly expire: () => void;
}

export interface Timers {
  /** ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF. */
  readonly interval: readonly IntervalTimer[];
  readonly posix: Map<number, PosixTimer>;
  nextPosix: number;
}

export interface PosixTimer extends IntervalTimer {
  readonly clock: number;
  readonly signal: number; // 0 for SIGEV_NONE
  readonly value: number;
}

export function createIntervalTimer(expire: () => void): IntervalTimer {
  return { deadline: Infinity, interval: 0, overrun: 0, queued: undefined, expire };
}

/** Sets a timer of the monotonic clock; a deadline of Infinity disarms it. */
export function armTimer(kernel: Kernel, timer: IntervalTimer, deadline: number, interval: number): void {
  removeTimer(kernel, timer.queued);
  timer.queued = undefined;
  timer.deadline = deadline;
  timer.interval = interval;
  timer.overrun = 0;
  if (deadline !== Infinity) enqueue(kernel, timer);
}

function enqueue(kernel: Kernel, timer: IntervalTimer): void {
  timer.queued = addTimer(kernel, timer.deadline, () => {
    timer.queued = undefined;
    if (timer.interval > 0) {
      const missed = Math.max(0, Math.floor((kernel.clock.monotonic() - timer.deadline) / timer.interval));
      timer.overrun = missed;
      timer.deadline += timer.interval * (missed + 1);
      enqueue(kernel, timer);
    } else {
      timer.deadline = Infinity;
    }
    timer.expire();
  });
}

/** Nanoseconds of processor time used by the process so far. */
export function processCpuTime(process: Process): number {
  let total = process.cpuTime;
  for (const thread of process.threads) total += thread.cpuTime;
  const { current, sliceStart } = process.kernel;
  if (current && current.process === process) total += process.kernel.clock.monotonic() - sliceStart;
  return total;
}

/** RLIMIT_CPU: SIGXCPU at the soft limit and each second after it, SIGKILL at the hard one. */
function checkCpuLimit(process: Process): void {
  const limit = process.limits[RLIMIT.CPU];
  const used = processCpuTime(process) / SECOND;
  if (used >= limit.hard) signalProcess(process, SIG.KILL);
  else if (used >= limit.soft) {
    signalProcess(process, SIG.XCPU);
    limit.soft++;
  }
}

/** Called after each turn of a thread: expires timers that count processor time. */
export function runCpuTimers(process: Process): void {
  if (process.limits[RLIMIT.CPU].soft !== Infinity) checkCpuLimit(process);
  for (const which of [1, 2]) {
    const timer = process.timers.interval[which];
    if (timer.deadline === Infinity) continue;
    const used = processCpuTime(process);
    if (used < timer.deadline) continue;
    timer.deadline = timer.interval > 0 ? used + timer.interval : Infinity;
    timer.expire();
  }
}

/** Drops every timer, as exit does; execve keeps the interval timers and drops the POSIX ones. */
export function disarmAll(process: Process, keepInterval: boolean): void {
  const { kernel, timers } = process;
  if (!keepInterval) for (const timer of timers.interval) armTimer(kernel, timer, Infinity, 0);
  for (const timer of timers.posix.values()) armTimer(kernel, timer, Infinity, 0);
  timers.posix.clear();
}
