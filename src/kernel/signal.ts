// Signals, signal(7): sending, blocking, choosing what is delivered next. Frames on the guest's stack are the personality's
// (abi/linux-i386/frames.ts); when delivery happens is the scheduler's business.

import { E } from "./errno.ts";
import type { Kernel, Process, Thread } from "./thread.ts";
import { wake } from "./wait.ts";

/** Linux's signal numbers. */
export const SIG = {
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, TRAP: 5, ABRT: 6, BUS: 7, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15,
  STKFLT: 16, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20, TTIN: 21, TTOU: 22, URG: 23, XCPU: 24, XFSZ: 25, VTALRM: 26, PROF: 27, WINCH: 28,
  IO: 29, PWR: 30, SYS: 31,
} as const;

export const SIGNAL_COUNT = 64;
const RT_MIN = 32;

let names: Map<number, string> | undefined;

export function signalName(signal: number): string {
  names ??= new Map(Object.entries(SIG).map(([name, value]) => [value, `SIG${name}`]));
  return names.get(signal) ?? `SIGRT_${signal - RT_MIN}`;
}

/** si_code values, sigaction(2). */
export const SI = { USER: 0, KERNEL: 0x80, QUEUE: -1, TIMER: -2, MESGQ: -3, ASYNCIO: -4, SIGIO: -5, TKILL: -6 } as const;

export const SA = {
  NOCLDSTOP: 1, NOCLDWAIT: 2, SIGINFO: 4, RESTORER: 0x0400_0000, ONSTACK: 0x0800_0000, RESTART: 0x1000_0000, NODEFER: 0x4000_0000, RESETHAND: 0x8000_0000,
} as const;

export const SIG_DFL = 0;
export const SIG_IGN = 1;

/** What to do about a signal: SIG_DFL, SIG_IGN or the address of a handler. */
export interface SignalAction {
  readonly handler: number;
  readonly flags: number;
  readonly restorer: number;
  readonly mask: bigint;
}

export const DEFAULT_ACTION: SignalAction = { handler: SIG_DFL, flags: 0, restorer: 0, mask: 0n };

/** sigaltstack(2). */
export interface SignalStack {
  base: number;
  size: number;
  flags: number;
}

export const SS = { ONSTACK: 1, DISABLE: 2, AUTODISARM: 0x8000_0000 } as const;

/** A signal on its way, with the parts of siginfo that apply to it. */
export interface PendingSignal {
  readonly signal: number;
  readonly code: number;
  readonly pid: number;
  readonly uid: number;
  /** si_value (also the si_int of timers). */
  readonly value: number;
  /** si_addr of faults. */
  readonly address: number;
  /** si_status of SIGCHLD; the timer's number of SI_TIMER. */
  readonly status: number;
  /** The timer's overrun count; si_band of SIGIO. */
  readonly extra: number;
  /** A fault's exception vector, error code and whether `address` is CR2; -1 otherwise. */
  readonly vector: number;
  readonly errorCode: number;
  /** The whole siginfo as a program gave it to rt_sigqueueinfo, or undefined. */
  readonly raw: Uint8Array | undefined;
}

export type SignalInfo = Partial<Omit<PendingSignal, "signal">>;

export function pendingSignal(signal: number, info: SignalInfo = {}): PendingSignal {
  return {
    signal, code: info.code ?? SI.KERNEL, pid: info.pid ?? 0, uid: info.uid ?? 0, value: info.value ?? 0, address: info.address ?? 0,
    status: info.status ?? 0, extra: info.extra ?? 0, vector: info.vector ?? -1, errorCode: info.errorCode ?? 0, raw: info.raw,
  };
}

export function signalBit(signal: number): bigint {
  return 1n << BigInt(signal - 1);
}

/** Signals that can be neither caught, blocked nor ignored. */
export const UNBLOCKABLE = signalBit(SIG.KILL) | signalBit(SIG.STOP);
const SYNCHRONOUS = [SIG.SEGV, SIG.BUS, SIG.ILL, SIG.TRAP, SIG.FPE, SIG.SYS].reduce((set, signal) => set | signalBit(signal), 0n);
const STOPPING = [SIG.STOP, SIG.TSTP, SIG.TTIN, SIG.TTOU];

export type DefaultAction = "terminate" | "core" | "ignore" | "stop" | "continue";

/** What SIG_DFL does, signal(7). */
export function defaultAction(signal: number): DefaultAction {
  switch (signal) {
    case SIG.CHLD: case SIG.URG: case SIG.WINCH: return "ignore";
    case SIG.CONT: return "continue";
    case SIG.STOP: case SIG.TSTP: case SIG.TTIN: case SIG.TTOU: return "stop";
    case SIG.QUIT: case SIG.ILL: case SIG.TRAP: case SIG.ABRT: case SIG.BUS: case SIG.FPE: case SIG.SEGV: case SIG.XCPU: case SIG.XFSZ: case SIG.SYS: return "core";
    default: return "terminate";
  }
}

function isIgnored(process: Process, signal: number): boolean {
  const { handler } = process.actions[signal];
  return handler === SIG_IGN || (handler === SIG_DFL && defaultAction(signal) === "ignore");
}

/** Recomputes `thread.signalPending`. */
export function updatePending(thread: Thread): void {
  thread.signalPending = thread.pending.some((p) => deliverable(thread, p)) || thread.process.pending.some((p) => deliverable(thread, p));
}

function deliverable(thread: Thread, pending: PendingSignal): boolean {
  return (thread.mask & signalBit(pending.signal)) === 0n;
}

/** Replaces a thread's blocked set. */
export function setMask(thread: Thread, mask: bigint): void {
  thread.mask = mask & ~UNBLOCKABLE;
  updatePending(thread);
}

/** Signals pending for the thread or its process, blocked ones included: sigpending(2). */
export function pendingSet(thread: Thread): bigint {
  let set = 0n;
  for (const pending of thread.pending) set |= signalBit(pending.signal);
  for (const pending of thread.process.pending) set |= signalBit(pending.signal);
  return set;
}

function enqueue(process: Process, queue: PendingSignal[], pending: PendingSignal, targets: readonly Thread[]): void {
  const { signal } = pending;
  if (signal === SIG.CONT) {
    remove(process, (p) => STOPPING.includes(p.signal as never));
    if (process.stopped) resume(process);
  } else if (STOPPING.includes(signal as never)) remove(process, (p) => p.signal === SIG.CONT);
  if (signal === SIG.KILL && process.stopped) resume(process);
  const blocked = targets.every((thread) => thread.mask & signalBit(signal));
  if (isIgnored(process, signal) && !blocked) {
    if (targets.length > 0) process.kernel.trace?.ignored(targets[0], pending);
    return;
  }
  if (signal < RT_MIN && queue.some((p) => p.signal === signal)) return;
  queue.push(pending);
  for (const thread of targets) {
    if (thread.mask & signalBit(signal)) continue;
    thread.signalPending = true;
    process.kernel.wakeThread(thread);
    if (queue === process.pending) break; // one thread takes it
  }
  wake(process.signalQueue);
}

function remove(process: Process, unwanted: (pending: PendingSignal) => boolean): void {
  for (const queue of [process.pending, ...process.threads.map((t) => t.pending)])
    for (let i = queue.length - 1; i >= 0; i--) if (unwanted(queue[i])) queue.splice(i, 1);
  for (const thread of process.threads) updatePending(thread);
}

function resume(process: Process): void {
  process.stopped = false;
  process.stateChange = SIG.CONT;
  if (process.parent) wake(process.parent.childQueue);
  for (const thread of process.threads) process.kernel.wakeThread(thread);
}

/** Signals that are pending in all processes of a user, which RLIMIT_SIGPENDING bounds. */
export function queuedSignals(kernel: Kernel, uid: number): number {
  let count = 0;
  for (const process of kernel.processes.values()) {
    if (process.credentials.uid !== uid) continue;
    count += process.pending.length;
    for (const thread of process.threads) count += thread.pending.length;
  }
  return count;
}

/** Sends a signal to one thread (tgkill, faults, SIGPIPE). */
export function signalThread(thread: Thread, signal: number, info: SignalInfo = {}): void {
  enqueue(thread.process, thread.pending, pendingSignal(signal, info), [thread]);
}

/** Sends a signal to a process: any thread that does not block it takes it. */
export function signalProcess(process: Process, signal: number, info: SignalInfo = {}): void {
  if (process.status) return;
  enqueue(process, process.pending, pendingSignal(signal, info), process.threads);
}

/** Sends a signal to a process group; false when it has no member. */
export function signalGroup(kernel: Kernel, pgid: number, signal: number, info: SignalInfo = {}): boolean {
  let found = false;
  for (const process of kernel.processes.values()) {
    if (process.pgid !== pgid || process.status) continue;
    found = true;
    signalProcess(process, signal, info);
  }
  return found;
}

/** Sends the signal of an exception: it cannot be blocked or ignored, force_sig(9). */
export function forceSignal(thread: Thread, signal: number, info: SignalInfo): void {
  const { actions } = thread.process;
  if (actions[signal].handler === SIG_IGN || thread.mask & signalBit(signal)) actions[signal] = DEFAULT_ACTION;
  thread.mask &= ~signalBit(signal);
  thread.pending.unshift(pendingSignal(signal, info));
  updatePending(thread);
}

/** Takes the next signal in `set` off the queues: private before shared, faults first, then the lowest number. */
export function takeSignal(thread: Thread, set: bigint): PendingSignal | undefined {
  for (const queue of [thread.pending, thread.process.pending]) {
    let best = -1;
    for (let i = 0; i < queue.length; i++) {
      if ((set & signalBit(queue[i].signal)) === 0n) continue;
      if (best < 0 || rank(queue[i]) < rank(queue[best])) best = i;
    }
    if (best < 0) continue;
    const [taken] = queue.splice(best, 1);
    updatePending(thread);
    return taken;
  }
  return undefined;
}

function rank(pending: PendingSignal): number {
  return SYNCHRONOUS & signalBit(pending.signal) ? pending.signal - 100 : pending.signal;
}

/** Sets a disposition; what is pending and now ignored is dropped. Negative errno for signals that have none. */
export function setAction(process: Process, signal: number, action: SignalAction): number {
  if (signal < 1 || signal > SIGNAL_COUNT || signal === SIG.KILL || signal === SIG.STOP) return -E.INVAL;
  process.actions[signal] = { ...action, mask: action.mask & ~UNBLOCKABLE };
  if (isIgnored(process, signal)) remove(process, (p) => p.signal === signal);
  return 0;
}

/** Dispositions after execve: handlers become SIG_DFL, ignored stays ignored. */
export function resetActions(actions: readonly SignalAction[]): SignalAction[] {
  return actions.map((action) => (action.handler === SIG_IGN ? { ...DEFAULT_ACTION, handler: SIG_IGN } : DEFAULT_ACTION));
}

export function onSignalStack(stack: SignalStack, pointer: number): boolean {
  return stack.size > 0 && pointer > stack.base && pointer - stack.base <= stack.size;
}
