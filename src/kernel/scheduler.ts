// Turns and sleep: gives each runnable thread its slice, dispatches what it exits with, delivers signals at those safe points, and
// waits for the host only when every thread sleeps. Deterministic: turns are counted in instructions and calls, never in time.

import { NO_RESULT } from "./abi/syscall.ts";
import { E } from "./errno.ts";
import { growStack } from "./mm.ts";
import { exitProcess, switchTo } from "./process.ts";
import { DEFAULT_ACTION, SA, SIG, SIG_DFL, SIG_IGN, defaultAction, forceSignal, setMask, signalBit, takeSignal } from "./signal.ts";
import type { PendingSignal } from "./signal.ts";
import { RLIMIT } from "./thread.ts";
import type { ExitStatus, Kernel, Process, Thread } from "./thread.ts";
import { addTimer, nextDeadline, removeTimer, runCpuTimers, runTimers } from "./time.ts";
import type { Result, Wait } from "./wait.ts";
import { mapResult, wake } from "./wait.ts";

/** Guest instructions, and system calls, in a turn. */
const SLICE = 1_000_000;
const CALLS_PER_TURN = 500;
/** Nanoseconds after which the host's own callbacks get a chance. */
const HOST_INTERVAL = 10_000_000;

/** Runs until the given process has ended, and on while `awaited` says that others are waited for. */
export async function runUntilExit(kernel: Kernel, main: Process, awaited: () => boolean = () => false): Promise<ExitStatus> {
  let lastYield = kernel.clock.monotonic();
  while (!main.status || (kernel.processes.size > 0 && awaited())) {
    if (kernel.loading) await loadCode(kernel);
    const gate = kernel.debugger?.gate();
    if (gate) {
      await gate;
      continue;
    }
    runTimers(kernel);
    const thread = kernel.runnable.shift();
    if (!thread) {
      await sleepUntilWoken(kernel);
      lastYield = kernel.clock.monotonic();
      continue;
    }
    if (thread.state === "dead" || kernel.debugger?.mayRun(thread) === false) continue;
    turn(thread);
    if (thread.state === "running") kernel.runnable.push(thread);
    if (kernel.clock.monotonic() - lastYield > HOST_INTERVAL && (!main.status || kernel.processes.size > 0)) {
      await kernel.yieldToHost();
      lastYield = kernel.clock.monotonic();
    }
  }
  // What is left has no one to write to: it ends as when the last terminal of a session goes.
  for (const process of [...kernel.processes.values()]) exitProcess(process, { code: 0, signal: SIG.KILL, core: false });
  return main.status as ExitStatus;
}

async function loadCode(kernel: Kernel): Promise<void> {
  await kernel.loading;
  kernel.loading = undefined;
}

async function sleepUntilWoken(kernel: Kernel): Promise<void> {
  const woken = new Promise<void>((resolve) => {
    kernel.notify = resolve;
  });
  if (kernel.runnable.length === 0) await kernel.clock.sleep(nextDeadline(kernel), woken);
  kernel.notify = () => {};
}

/** Makes a thread that sleeps (or was stopped) look whether it may go on. */
export function wakeThread(thread: Thread): void {
  if (thread.state === "stopped" && !thread.process.stopped) thread.state = "running";
  else if (thread.state !== "sleeping" || thread.woken) return;
  thread.woken = true;
  thread.kernel.runnable.push(thread);
  thread.kernel.notify();
}

/** Puts a thread to sleep on a wait, unless it need not wait. */
function sleepOn(thread: Thread, wait: Wait): void {
  const { kernel } = thread;
  const waiter = () => wakeThread(thread);
  for (const queue of wait.queues) queue.add(waiter);
  const timer = wait.deadline === Infinity ? undefined : addTimer(kernel, wait.deadline, () => {
    thread.timedOut = true;
    waiter();
  });
  thread.state = "sleeping";
  thread.wait = wait;
  thread.timedOut = false;
  thread.woken = false;
  thread.unsubscribe = () => {
    for (const queue of wait.queues) queue.delete(waiter);
    removeTimer(kernel, timer);
  };
  lookAgain(thread);
}

/** Ends the sleep of a thread if its wait is over. */
function lookAgain(thread: Thread): void {
  const { wait } = thread;
  thread.woken = false;
  if (!wait) return;
  let result = wait.attempt();
  if (result === undefined && thread.timedOut) result = wait.expired();
  if (result === undefined && thread.signalPending && !wait.uninterruptible) result = wait.interrupted();
  if (result === undefined) return;
  thread.unsubscribe?.();
  thread.unsubscribe = undefined;
  thread.wait = undefined;
  thread.state = "running";
  finishCall(thread, result);
}

/** One slice of one thread. */
function turn(thread: Thread): void {
  const { kernel } = thread;
  if (thread.state === "sleeping") {
    switchTo(thread);
    lookAgain(thread);
  }
  if (thread.state !== "running") return;
  switchTo(thread);
  kernel.current = thread;
  kernel.sliceStart = kernel.clock.monotonic();
  runSlice(thread);
  thread.cpuTime += kernel.clock.monotonic() - kernel.sliceStart;
  kernel.current = undefined;
  if (!thread.process.status) runCpuTimers(thread.process);
}

function runSlice(thread: Thread): void {
  const debug = thread.kernel.debugger;
  for (let calls = 0, budget = SLICE; thread.state === "running"; ) {
    if (thread.signalPending || thread.restartCode !== 0 || thread.savedMask !== undefined) {
      if (thread.kernel.loading) return;
      handleSignals(thread);
      if (thread.state !== "running" || thread.kernel.loading) return;
    }
    if (debug?.before(thread) === false) return;
    // a turn is so long whether or not there are calls in it: nobody looks at the clock before its end
    if (budget <= 0) return;
    const exit = debug === undefined ? thread.engine.run(budget) : debug.run(thread, budget);
    budget = Math.min(budget - 1, thread.engine.unspent());
    if (debug?.exit(thread, exit) === true) continue;
    switch (exit.kind) {
      case "sysenter":
        thread.process.abi.enterFastCall(thread);
        dispatch(thread);
        debug?.called(thread);
        calls++;
        break;
      case "syscall":
        dispatch(thread);
        debug?.called(thread);
        if (++calls >= CALLS_PER_TURN) return;
        break;
      case "fault":
        handleFault(thread, exit.vector, exit.code, exit.address);
        break;
      case "budget":
        return;
    }
  }
}

const PAGE_FAULT = 14;

function handleFault(thread: Thread, vector: number, code: number, address: number): void {
  const { process } = thread;
  if (vector === PAGE_FAULT && thread.memory.take(address)) return;
  if (vector === PAGE_FAULT && growStack(process.mm, address >>> 0, process.limits[RLIMIT.STACK].soft)) return;
  thread.lastFault = { vector, code, address: vector === PAGE_FAULT ? address >>> 0 : thread.lastFault.address };
  const info = process.abi.exceptionSignal(thread, { vector, code, address: address >>> 0 });
  forceSignal(thread, info.signal, info);
}

// -- system calls ----------------------------------------------------------------------------------------------------------------------

function dispatch(thread: Thread): void {
  const { kernel, cpu } = thread;
  const { abi } = thread.process;
  const number = abi.callNumber(cpu);
  thread.callNumber = number;
  const call = abi.call(number);
  if (!call) {
    reportUnknown(kernel, number);
    kernel.trace?.unknown(thread, number);
    abi.setResult(cpu, -E.NOSYS);
    return;
  }
  if (call.level === "absent") reportAbsent(kernel, call.name);
  const args = abi.callArguments(thread, call);
  if (kernel.trace) {
    kernel.trace.before(thread, call, args);
    const { trace } = kernel;
    const result = call.handler(thread, ...args);
    const told = (value: number) => {
      trace.after(thread, call, args, value);
      return value;
    };
    finishResult(thread, typeof result === "number" ? told(result) : mapResult(result, told));
    return;
  }
  finishResult(thread, call.handler(thread, ...args));
}

function finishResult(thread: Thread, result: Result): void {
  if (typeof result === "number") finishCall(thread, result);
  else sleepOn(thread, result);
}

function finishCall(thread: Thread, result: number): void {
  if (result === NO_RESULT || thread.state === "dead") return;
  if (result <= -E.RESTARTSYS && result >= -E.RESTART_RESTARTBLOCK) {
    thread.restartCode = -result;
    return;
  }
  thread.process.abi.setResult(thread.cpu, result);
}

function reportUnknown(kernel: Kernel, number: number): void {
  report(kernel, `unknown system call ${number}: ENOSYS`);
}

function reportAbsent(kernel: Kernel, name: string): void {
  report(kernel, `system call ${name} is not implemented: ENOSYS`);
}

function report(kernel: Kernel, text: string): void {
  if (kernel.reported.has(text)) return;
  kernel.reported.add(text);
  kernel.log(text);
}

// -- signals ---------------------------------------------------------------------------------------------------------------------------

/** Delivers what is pending before the thread goes back to its program, and settles an interrupted call. */
function handleSignals(thread: Thread): void {
  const { process, kernel } = thread;
  const { abi } = process;
  let restart = thread.restartCode;
  thread.restartCode = 0;
  while (thread.signalPending) {
    const pending = takeSignal(thread, ~thread.mask);
    if (!pending) break;
    if (!prepared(thread, pending) || kernel.debugger?.signal(thread, pending) === false) {
      thread.restartCode = restart;
      return;
    }
    kernel.trace?.signal(thread, pending);
    const action = process.actions[pending.signal];
    if (action.handler === SIG_IGN) continue;
    if (action.handler === SIG_DFL) {
      if (!runDefault(thread, pending)) continue;
      thread.restartCode = restart; // stopped: the rest waits for SIGCONT
      return;
    }
    if (restart !== 0) {
      const again = restart === E.RESTARTNOINTR || (restart === E.RESTARTSYS && (action.flags & SA.RESTART) !== 0);
      if (again) abi.repeatCall(thread.cpu, thread.callNumber);
      else abi.setResult(thread.cpu, -E.INTR);
      restart = 0;
    }
    const mask = thread.savedMask ?? thread.mask;
    thread.savedMask = undefined;
    if (!abi.deliverSignal(thread, pending, action, mask)) {
      if (pending.signal === SIG.SEGV) process.actions[SIG.SEGV] = DEFAULT_ACTION;
      setMask(thread, mask);
      forceSignal(thread, SIG.SEGV, {});
      continue;
    }
    if (action.flags & SA.RESETHAND) process.actions[pending.signal] = { ...action, handler: SIG_DFL };
    const own = action.flags & SA.NODEFER ? 0n : signalBit(pending.signal);
    setMask(thread, thread.mask | action.mask | own);
  }
  if (restart !== 0) abi.repeatCall(thread.cpu, restart === E.RESTART_RESTARTBLOCK ? abi.restartNumber : thread.callNumber);
  if (thread.savedMask !== undefined) {
    const mask = thread.savedMask;
    thread.savedMask = undefined;
    setMask(thread, mask);
    if (thread.signalPending) handleSignals(thread);
  }
}

/** SIG_DFL. True when the thread is to stop running now. */
function runDefault(thread: Thread, pending: PendingSignal): boolean {
  const { process, kernel } = thread;
  const what = defaultAction(pending.signal);
  if (what === "ignore" || what === "continue") return false;
  if (what === "stop") {
    process.stopped = true;
    process.stateChange = pending.signal;
    for (const other of process.threads) if (other.state === "running") other.state = "stopped";
    for (const other of process.threads) {
      const at = kernel.runnable.indexOf(other);
      if (at >= 0 && other.state === "stopped") kernel.runnable.splice(at, 1);
    }
    if (process.parent) wake(process.parent.childQueue);
    kernel.trace?.stopped(thread, pending.signal);
    kernel.onStop(process);
    return true;
  }
  let core = false;
  if (what === "core") {
    const wanted = process.limits[RLIMIT.CORE].soft > 0;
    core = wanted && kernel.dumpCore?.(thread, pending) === true;
    kernel.onFatalSignal(thread, pending);
  }
  exitProcess(process, { code: 0, signal: pending.signal, core });
  return true;
}

/** What tells of a fatal signal is loaded with the first: false puts the signal back until it is there. */
function prepared(thread: Thread, pending: PendingSignal): boolean {
  const { process, kernel } = thread;
  if (process.actions[pending.signal].handler !== SIG_DFL || defaultAction(pending.signal) !== "core") return true;
  const wanted = process.limits[RLIMIT.CORE].soft > 0;
  kernel.loading = (wanted && kernel.dumpCore === undefined ? loadDumpCore(kernel, process) : undefined) ?? kernel.prepareFatal();
  if (kernel.loading === undefined) return true;
  thread.pending.unshift(pending);
  thread.signalPending = true;
  return false;
}

async function loadDumpCore(kernel: Kernel, process: Process): Promise<void> {
  kernel.dumpCore = await process.abi.loadCore();
}
