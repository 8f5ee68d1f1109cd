// System calls on signals, signal(7). Sending and choosing is src/kernel/signal.ts, frames are frames.ts.

import { E } from "../../errno.ts";
import { maySignal } from "../../process.ts";
import {
  queuedSignals, SI, SIGNAL_COUNT, SS, UNBLOCKABLE, onSignalStack, pendingSet, setAction, setMask, signalProcess, signalThread, takeSignal,
} from "../../signal.ts";
import type { SignalAction, SignalInfo } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import type { Process } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { call, hex, int, oneOf, pid, pointer, signal, size, structIn, structOut } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { rtSigreturn, sigreturn } from "./frames.ts";
import { SIGINFO_SIZE, decodeSiginfo, encodeSiginfo } from "./siginfo.ts";
import { readTime, timeoutNanoseconds } from "./time-structures.ts";

const HOW = { SIG_BLOCK: 0, SIG_UNBLOCK: 1, SIG_SETMASK: 2 };
const SET_SIZE = 8;

function changeMask(k: Context, how: number, set: bigint): number {
  if (how === HOW.SIG_BLOCK) setMask(k, k.mask | set);
  else if (how === HOW.SIG_UNBLOCK) setMask(k, k.mask & ~set);
  else if (how === HOW.SIG_SETMASK) setMask(k, set);
  else return -E.INVAL;
  return 0;
}

function rtSigprocmask(k: Context, how: number, set: number, old: number, setSize: number): number {
  if (setSize !== SET_SIZE) return -E.INVAL;
  const before = k.mask;
  if (set) {
    const value = k.memory.loadU64(set);
    if (value === undefined) return -E.FAULT;
    const failed = changeMask(k, how, value);
    if (failed) return failed;
  }
  return old && !k.memory.storeU64(old, before) ? -E.FAULT : 0;
}

/** The old call knows only the first 32 signals. */
function sigprocmask(k: Context, how: number, set: number, old: number): number {
  const before = k.mask;
  if (set) {
    const value = k.memory.loadU32(set);
    if (value === undefined) return -E.FAULT;
    if (how === HOW.SIG_SETMASK) setMask(k, (k.mask & ~0xffff_ffffn) | BigInt(value));
    else {
      const failed = changeMask(k, how, BigInt(value));
      if (failed) return failed;
    }
  }
  return old && !k.memory.storeU32(old, Number(before & 0xffff_ffffn)) ? -E.FAULT : 0;
}

function rtSigaction(k: Context, number: number, action: number, old: number, setSize: number): number {
  if (setSize !== SET_SIZE) return -E.INVAL;
  let wanted: SignalAction | undefined;
  if (action) {
    const bytes = k.memory.read(action, 20);
    if (!bytes) return -E.FAULT;
    const view = new DataView(bytes.buffer);
    wanted = { handler: view.getUint32(0, true), flags: view.getUint32(4, true), restorer: view.getUint32(8, true), mask: view.getBigUint64(12, true) };
  }
  return exchange(k, number, wanted, (before) => {
    if (!old) return true;
    const bytes = new Uint8Array(20);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, before.handler, true);
    view.setUint32(4, before.flags, true);
    view.setUint32(8, before.restorer, true);
    view.setBigUint64(12, before.mask, true);
    return k.memory.write(old, bytes);
  });
}

/** struct old_sigaction: handler, 32-bit mask, flags, restorer. */
function sigaction(k: Context, number: number, action: number, old: number): number {
  let wanted: SignalAction | undefined;
  if (action) {
    const bytes = k.memory.read(action, 16);
    if (!bytes) return -E.FAULT;
    const [handler, mask, flags, restorer] = new Uint32Array(bytes.buffer);
    wanted = { handler, flags, restorer, mask: BigInt(mask) };
  }
  return exchange(k, number, wanted, (before) => {
    if (!old) return true;
    const words = new Uint32Array([before.handler, Number(before.mask & 0xffff_ffffn), before.flags, before.restorer]);
    return k.memory.write(old, new Uint8Array(words.buffer));
  });
}

function exchange(k: Context, number: number, wanted: SignalAction | undefined, report: (before: SignalAction) => boolean): number {
  if (number < 1 || number > SIGNAL_COUNT) return -E.INVAL;
  const before = k.process.actions[number];
  if (wanted) {
    const failed = setAction(k.process, number, wanted);
    if (failed) return failed;
  }
  return report(before) ? 0 : -E.FAULT;
}

function doSuspend(k: Context, mask: bigint): Result {
  k.savedMask = k.mask;
  setMask(k, mask);
  return waitFor([], () => undefined, { interrupted: () => -E.RESTARTNOHAND });
}

function rtSigsuspend(k: Context, set: number, setSize: number): Result {
  if (setSize !== SET_SIZE) return -E.INVAL;
  const mask = k.memory.loadU64(set);
  return mask === undefined ? -E.FAULT : doSuspend(k, mask);
}

function rtSigpending(k: Context, set: number, setSize: number): number {
  if (setSize > SET_SIZE) return -E.INVAL;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, pendingSet(k) & k.mask, true);
  return k.memory.write(set, bytes.subarray(0, setSize)) ? 0 : -E.FAULT;
}

function rtSigtimedwait(k: Context, set: number, info: number, timeout: number, setSize: number, wide: boolean): Result {
  if (setSize !== SET_SIZE) return -E.INVAL;
  const wanted = k.memory.loadU64(set);
  if (wanted === undefined) return -E.FAULT;
  let deadline = Infinity;
  if (timeout) {
    const time = readTime(k, timeout, wide);
    if (time === undefined) return -E.FAULT;
    const span = timeoutNanoseconds(time);
    if (span < 0) return -E.INVAL;
    deadline = k.kernel.clock.monotonic() + span;
  }
  const take = () => {
    const taken = takeSignal(k, wanted & ~UNBLOCKABLE);
    if (!taken) return undefined;
    if (info && !k.memory.write(info, encodeSiginfo(taken))) return -E.FAULT;
    return taken.signal;
  };
  const now = take();
  if (now !== undefined) return now;
  if (deadline <= k.kernel.clock.monotonic()) return -E.AGAIN;
  return waitFor([k.process.signalQueue], take, { deadline, expired: () => -E.AGAIN, interrupted: () => -E.INTR });
}

function rtSigqueueinfo(k: Context, target: Process | undefined, number: number, info: number, send: (data: SignalInfo) => void): number {
  const bytes = k.memory.read(info, SIGINFO_SIZE);
  if (!bytes) return -E.FAULT;
  if (number < 0 || number > SIGNAL_COUNT) return -E.INVAL;
  const decoded = decodeSiginfo(bytes, number);
  if ((decoded.code >= 0 || decoded.code === SI.TKILL) && target !== k.process) return -E.PERM;
  if (!target) return -E.SRCH;
  const allowed = maySignal(k, target, number);
  if (allowed < 0) return allowed;
  // the others are pending once whatever the limit says
  if (number >= 32 && queuedSignals(k.kernel, target.credentials.uid) >= target.limits[RLIMIT.SIGPENDING].soft) return -E.AGAIN;
  if (number > 0) send(decoded);
  return 0;
}

function sender(k: Context, code: number): SignalInfo {
  return { code, pid: k.process.pid, uid: k.process.credentials.uid };
}

function kill(k: Context, target: number, number: number): number {
  if (number < 0 || number > SIGNAL_COUNT) return -E.INVAL;
  const { kernel, process } = k;
  let victims: Process[];
  if (target > 0) {
    const found = kernel.processes.get(target) ?? kernel.threads.get(target)?.process;
    victims = found ? [found] : [];
  } else if (target === -1) {
    victims = [...kernel.processes.values()].filter((p) => p.pid > 1 && p !== process);
  } else {
    const group = target === 0 ? process.pgid : -target;
    victims = [...kernel.processes.values()].filter((p) => p.pgid === group);
  }
  if (victims.length === 0) return -E.SRCH;
  let result: number = -E.PERM;
  for (const victim of victims) {
    const allowed = maySignal(k, victim, number);
    if (allowed < 0) continue;
    result = 0;
    if (number > 0) signalProcess(victim, number, sender(k, SI.USER));
  }
  return result;
}

function tkill(k: Context, group: number, tid: number, number: number): number {
  if (tid <= 0 || group === 0 || group < -1) return -E.INVAL;
  if (number < 0 || number > SIGNAL_COUNT) return -E.INVAL;
  const thread = k.kernel.threads.get(tid);
  if (!thread || (group !== -1 && thread.process.pid !== group)) return -E.SRCH;
  const allowed = maySignal(k, thread.process, number);
  if (allowed < 0) return allowed;
  if (number > 0) signalThread(thread, number, sender(k, SI.TKILL));
  return 0;
}

const MIN_STACK = 2048;
const ESP = 4;

function sigaltstack(k: Context, stack: number, old: number): number {
  const sp = k.cpu.regs[ESP] >>> 0;
  const before = k.signalStack;
  const inUse = onSignalStack(before, sp) && !(before.flags & SS.AUTODISARM);
  if (stack) {
    const bytes = k.memory.read(stack, 12);
    if (!bytes) return -E.FAULT;
    const [base, flags, length] = new Uint32Array(bytes.buffer);
    if (inUse) return -E.PERM;
    const mode = (flags & ~SS.AUTODISARM) >>> 0;
    if (mode !== 0 && mode !== SS.ONSTACK && mode !== SS.DISABLE) return -E.INVAL;
    if (mode === SS.DISABLE) k.signalStack = { base: 0, size: 0, flags: SS.DISABLE };
    else {
      if (length < MIN_STACK) return -E.NOMEM;
      k.signalStack = { base, size: length, flags: (flags & SS.AUTODISARM) >>> 0 };
    }
  }
  if (!old) return 0;
  const state = before.size === 0 ? SS.DISABLE : onSignalStack(before, sp) ? SS.ONSTACK : 0;
  const words = new Uint32Array([before.base, (state | (before.flags & SS.AUTODISARM)) >>> 0, before.size]);
  return k.memory.write(old, new Uint8Array(words.buffer)) ? 0 : -E.FAULT;
}

export const signalCalls: readonly SystemCall[] = [
  call(29, "pause", [], "int", () => waitFor([], () => undefined, { interrupted: () => -E.RESTARTNOHAND })),
  call(37, "kill", [pid(), signal()], "int", kill),
  call(48, "signal", [signal("signum"), pointer("handler")], "address", (k, number, handler) => {
    const before = k.process.actions[number]?.handler ?? 0;
    const failed = setAction(k.process, number, { handler, flags: 0xc000_0000, restorer: 0, mask: 0n });
    return failed || before;
  }),
  call(67, "sigaction", [signal("signum"), structIn("act", "old_sigaction"), structOut("oldact", "old_sigaction")], "int", sigaction),
  call(68, "sgetmask", [], "mask", (k) => Number(k.mask & 0xffff_ffffn) | 0),
  call(69, "ssetmask", [hex("newmask")], "mask", (k, mask) => {
    const before = Number(k.mask & 0xffff_ffffn) | 0;
    setMask(k, BigInt(mask));
    return before;
  }),
  call(72, "sigsuspend", [int("history0"), int("history1"), hex("mask")], "int", (k, _a, _b, mask) => doSuspend(k, BigInt(mask))),
  call(73, "sigpending", [structOut("set", "old_sigset_t")], "int", (k, set) =>
    k.memory.storeU32(set, Number(pendingSet(k) & k.mask & 0xffff_ffffn)) ? 0 : -E.FAULT),
  call(119, "sigreturn", [], "int", sigreturn),
  call(126, "sigprocmask", [oneOf("how", HOW), structIn("set", "old_sigset_t"), structOut("oldset", "old_sigset_t")], "int", sigprocmask),
  call(173, "rt_sigreturn", [], "int", rtSigreturn),
  call(174, "rt_sigaction", [signal("signum"), structIn("act", "sigaction"), structOut("oldact", "sigaction"), size("sigsetsize")], "int", rtSigaction),
  call(175, "rt_sigprocmask", [oneOf("how", HOW), structIn("set", "sigset_t"), structOut("oldset", "sigset_t"), size("sigsetsize")], "int", rtSigprocmask),
  call(176, "rt_sigpending", [structOut("set", "sigset_t"), size("sigsetsize")], "int", rtSigpending),
  call(177, "rt_sigtimedwait", [structIn("set", "sigset_t"), structOut("info", "siginfo_t"), structIn("timeout", "timespec32"), size("sigsetsize")], "int",
    (k, set, info, timeout, setSize) => rtSigtimedwait(k, set, info, timeout, setSize, false)),
  call(178, "rt_sigqueueinfo", [pid(), signal(), structIn("info", "siginfo_t")], "int", (k, target, number, info) => {
    const process = k.kernel.processes.get(target);
    return rtSigqueueinfo(k, process, number, info, (data) => process && signalProcess(process, number, data));
  }),
  call(179, "rt_sigsuspend", [structIn("mask", "sigset_t"), size("sigsetsize")], "int", rtSigsuspend),
  call(186, "sigaltstack", [structIn("ss", "stack_t"), structOut("old_ss", "stack_t")], "int", sigaltstack),
  call(238, "tkill", [pid("tid"), signal()], "int", (k, tid, number) => tkill(k, -1, tid, number)),
  call(270, "tgkill", [pid("tgid"), pid("tid"), signal()], "int", (k, group, tid, number) => (group <= 0 ? -E.INVAL : tkill(k, group, tid, number))),
  call(335, "rt_tgsigqueueinfo", [pid("tgid"), pid("tid"), signal(), structIn("info", "siginfo_t")], "int", (k, group, tid, number, info) => {
    const thread = k.kernel.threads.get(tid);
    const process = thread?.process.pid === group ? thread.process : undefined;
    return rtSigqueueinfo(k, process, number, info, (data) => thread && signalThread(thread, number, data));
  }),
  call(421, "rt_sigtimedwait_time64", [structIn("set", "sigset_t"), structOut("info", "siginfo_t"), structIn("timeout", "timespec64"), size("sigsetsize")], "int",
    (k, set, info, timeout, setSize) => rtSigtimedwait(k, set, info, timeout, setSize, true)),
  call(0, "restart_syscall", [], "int", (k) => {
    const again = k.restartBlock;
    k.restartBlock = undefined;
    return again ? again() : -E.INTR;
  }),
];

