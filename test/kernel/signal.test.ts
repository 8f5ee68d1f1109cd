// Queues and masks of signals, timers, random numbers: the parts of the kernel that need no program.
import { expect, test } from "vitest";
import { seededRandom } from "../../src/kernel/kernel.ts";
import {
  DEFAULT_ACTION, SIG, SIG_IGN, defaultAction, pendingSet, setAction, setMask, signalBit, signalName, signalProcess, signalThread, takeSignal,
} from "../../src/kernel/signal.ts";
import type { Kernel, Process, Thread } from "../../src/kernel/thread.ts";
import { addTimer, armTimer, createIntervalTimer, nextDeadline, removeTimer, runTimers } from "../../src/kernel/time.ts";
import { createWaitQueue } from "../../src/kernel/wait.ts";

/** The members of a kernel, process and thread that signals look at. */
function world() {
  let now = 0;
  const woken: Thread[] = [];
  const kernel = { wakeThread: (t: Thread) => woken.push(t), processes: new Map(), timers: [], clock: { monotonic: () => now } } as unknown as Kernel;
  const process = {
    kernel, pending: [], threads: [], actions: Array.from({ length: 65 }, () => DEFAULT_ACTION), signalQueue: createWaitQueue(), stopped: false, status: undefined,
  } as unknown as Process;
  const thread = () => {
    const made = { kernel, process, mask: 0n, pending: [], signalPending: false } as unknown as Thread;
    process.threads.push(made);
    return made;
  };
  return { kernel, process, thread, woken, advance: (by: number) => (now += by) };
}

test("a standard signal is queued once, a real-time signal each time", () => {
  const { process, thread } = world();
  const t = thread();
  setMask(t, signalBit(SIG.USR1) | signalBit(40));
  for (let i = 0; i < 3; i++) {
    signalProcess(process, SIG.USR1);
    signalProcess(process, 40, { value: i });
  }
  expect(process.pending.map((p) => p.signal)).toEqual([SIG.USR1, 40, 40, 40]);
  expect(t.signalPending).toBe(false);
  setMask(t, 0n);
  expect(t.signalPending).toBe(true);
  expect([1, 2, 3, 4].map(() => takeSignal(t, ~0n)).map((p) => [p?.signal, p?.value])).toEqual([[10, 0], [40, 0], [40, 1], [40, 2]]);
  expect(t.signalPending).toBe(false);
});

test("faults come first, then the lowest number; private before shared", () => {
  const { process, thread } = world();
  const t = thread();
  signalProcess(process, SIG.HUP);
  signalThread(t, SIG.TERM);
  signalThread(t, SIG.SEGV);
  signalThread(t, SIG.INT);
  expect([1, 2, 3, 4].map(() => takeSignal(t, ~0n)?.signal)).toEqual([SIG.SEGV, SIG.INT, SIG.TERM, SIG.HUP]);
});

test("the thread that does not block the signal is woken", () => {
  const { process, thread, woken } = world();
  const [first, second] = [thread(), thread()];
  setMask(first, signalBit(SIG.TERM));
  signalProcess(process, SIG.TERM);
  expect(woken).toEqual([second]);
  expect([first.signalPending, second.signalPending]).toEqual([false, true]);
});

test("ignored signals are dropped, blocked ones kept until they are ignored", () => {
  const { process, thread } = world();
  const t = thread();
  signalProcess(process, SIG.CHLD);
  expect(process.pending).toEqual([]);
  setMask(t, signalBit(SIG.USR2));
  signalProcess(process, SIG.USR2);
  expect(pendingSet(t)).toBe(signalBit(SIG.USR2));
  setAction(process, SIG.USR2, { ...DEFAULT_ACTION, handler: SIG_IGN });
  expect(pendingSet(t)).toBe(0n);
});

test("SIGCONT removes stop signals and the other way round", () => {
  const { process, thread } = world();
  const t = thread();
  setMask(t, signalBit(SIG.TSTP) | signalBit(SIG.CONT));
  signalProcess(process, SIG.TSTP);
  signalProcess(process, SIG.CONT);
  expect(process.pending.map((p) => p.signal)).toEqual([SIG.CONT]);
  signalProcess(process, SIG.TSTP);
  expect(process.pending.map((p) => p.signal)).toEqual([SIG.TSTP]);
});

test("KILL and STOP can be neither blocked nor caught", () => {
  const { process, thread } = world();
  const t = thread();
  setMask(t, ~0n & ((1n << 64n) - 1n));
  expect(t.mask & (signalBit(SIG.KILL) | signalBit(SIG.STOP))).toBe(0n);
  expect(setAction(process, SIG.KILL, DEFAULT_ACTION)).toBe(-22);
  expect(setAction(process, 65, DEFAULT_ACTION)).toBe(-22);
});

test("names and default actions", () => {
  expect([signalName(11), signalName(34), defaultAction(SIG.SEGV), defaultAction(SIG.WINCH), defaultAction(50)]).toEqual(["SIGSEGV", "SIGRT_2", "core", "ignore", "terminate"]);
});

test("timers fire in order; an interval timer counts what it has missed", () => {
  const { kernel, advance } = world();
  const fired: string[] = [];
  addTimer(kernel, 30, () => fired.push("c"));
  const b = addTimer(kernel, 20, () => fired.push("b"));
  addTimer(kernel, 10, () => fired.push("a"));
  addTimer(kernel, 10, () => fired.push("a2"));
  expect(nextDeadline(kernel)).toBe(10);
  removeTimer(kernel, b);
  advance(40);
  runTimers(kernel);
  expect(fired).toEqual(["a", "a2", "c"]);
  let expired = 0;
  const timer = createIntervalTimer(() => expired++);
  armTimer(kernel, timer, 50, 10);
  advance(45);
  runTimers(kernel);
  expect([expired, timer.overrun, timer.deadline]).toEqual([1, 3, 90]);
  armTimer(kernel, timer, Infinity, 0);
  expect(nextDeadline(kernel)).toBe(Infinity);
});

test("seeded random numbers repeat and differ by seed", () => {
  const take = (seed: number) => {
    const bytes = new Uint8Array(64);
    seededRandom(seed)(bytes);
    return [...bytes];
  };
  expect(take(1)).toEqual(take(1));
  expect(take(1)).not.toEqual(take(2));
  expect(new Set(take(1)).size).toBeGreaterThan(40);
});
