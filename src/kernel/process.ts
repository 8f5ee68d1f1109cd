// Birth and death of processes and threads: fork, exit, wait. Programs enter through exec.ts; turns are given by scheduler.ts.

import { Cpu } from "../runtime/cpu.ts";
import type { DescriptorTables } from "../runtime/segments.ts";
import type { Abi } from "./abi/abi.ts";
import { E } from "./errno.ts";
import type { FileTable, FsState } from "./fs/state.ts";
import { closeAll } from "./fs/state.ts";
import { wakeFutex, walkRobustList } from "./futex.ts";
import { createAddressSpace, releaseAddressSpace } from "./mm.ts";
import { DEFAULT_ACTION, SIG, SIG_IGN, SA, SIGNAL_COUNT, SS, signalProcess, signalThread } from "./signal.ts";
import { RLIMIT } from "./thread.ts";
import type { ExitStatus, Kernel, Limit, Process, Thread } from "./thread.ts";
import { createIntervalTimer, disarmAll } from "./time.ts";
import type { Timers } from "./time.ts";
import { createWaitQueue, wake } from "./wait.ts";

const MIB = 1 << 20;

function defaultLimits(): Limit[] {
  const limits = Array.from({ length: 16 }, () => ({ soft: Infinity, hard: Infinity }));
  limits[RLIMIT.STACK] = { soft: 8 * MIB, hard: Infinity };
  limits[RLIMIT.CORE] = { soft: 0, hard: Infinity };
  limits[RLIMIT.NPROC] = { soft: 31_415, hard: 31_415 };
  limits[RLIMIT.NOFILE] = { soft: 1024, hard: 1_048_576 };
  limits[RLIMIT.MEMLOCK] = { soft: 8 * MIB, hard: 8 * MIB };
  limits[RLIMIT.SIGPENDING] = { soft: 31_415, hard: 31_415 };
  limits[RLIMIT.MSGQUEUE] = { soft: 819_200, hard: 819_200 };
  limits[RLIMIT.NICE] = { soft: 0, hard: 0 };
  limits[RLIMIT.RTPRIO] = { soft: 0, hard: 0 };
  return limits;
}

function createTimers(process: () => Process): Timers {
  const send = (signal: number) => createIntervalTimer(() => signalProcess(process(), signal));
  return { interval: [send(SIG.ALRM), send(SIG.VTALRM), send(SIG.PROF)], posix: new Map(), nextPosix: 0 };
}

export interface ProcessOptions {
  readonly abi: Abi;
  readonly files: FileTable;
  readonly fs: FsState;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Makes the first process, with one thread and an empty address space: exec.ts gives it a program. */
export function createProcess(kernel: Kernel, options: ProcessOptions): Process {
  const { uid, gid } = options;
  const pid = kernel.nextId++;
  const process: Process = {
    kernel, pid, parent: undefined, children: new Set(), pgid: pid, sid: pid, abi: options.abi, threads: [],
    mm: createAddressSpace(0, 0), files: options.files, fs: options.fs,
    credentials: { uid, euid: uid, suid: uid, fsuid: uid, gid, egid: gid, sgid: gid, fsgid: gid, groups: [...options.groups] },
    limits: defaultLimits(), actions: Array.from({ length: SIGNAL_COUNT + 1 }, () => DEFAULT_ACTION), pending: [],
    timers: createTimers(() => process), signalQueue: createWaitQueue(), stopped: false, exitSignal: SIG.CHLD, status: undefined,
    childQueue: createWaitQueue(), exePath: "", exe: undefined, args: [], env: [], auxv: new Uint8Array(0), startTime: kernel.clock.monotonic(),
    dumpable: 1, noNewPrivileges: false, personality: 0, nice: 0, cpuTime: 0, childrenCpuTime: 0,
  };
  kernel.processes.set(pid, process);
  createThread(process, pid, undefined);
  return process;
}

/** Makes a thread. `tables` are the descriptors it starts with, undefined for fresh ones. */
export function createThread(process: Process, tid: number, tables: DescriptorTables | undefined): Thread {
  const { kernel } = process;
  const cpu = new Cpu(process.mm.memory, tables);
  const thread: Thread = {
    kernel, tid, process, memory: process.mm.memory, cpu, engine: kernel.createEngine(cpu), state: "running", name: "", mask: 0n, savedMask: undefined,
    pending: [], signalStack: { base: 0, size: 0, flags: SS.DISABLE }, signalPending: false, wait: undefined, timedOut: false, woken: false, restartCode: 0,
    unsubscribe: undefined, restartBlock: undefined, callNumber: -1, clearChildTid: 0, robustList: 0, parentDeathSignal: 0, cpuTime: 0,
    lastFault: { vector: 0, code: 0, address: 0 },
  };
  process.threads.push(thread);
  kernel.threads.set(tid, thread);
  kernel.runnable.push(thread);
  return thread;
}

/** Ends one thread; the last one ends its process with the given status. */
export function exitThread(thread: Thread, status: ExitStatus): void {
  if (thread.state === "dead") return;
  releaseThread(thread);
  if (thread.process.threads.length === 0) finishProcess(thread.process, status);
}

function releaseThread(thread: Thread): void {
  const { process, kernel } = thread;
  thread.unsubscribe?.();
  thread.unsubscribe = undefined;
  thread.wait = undefined;
  thread.state = "dead";
  walkRobustList(thread);
  if (thread.clearChildTid !== 0 && process.mm.users > 0) {
    thread.memory.storeU32(thread.clearChildTid, 0);
    wakeFutex(thread, thread.clearChildTid, 1);
  }
  process.cpuTime += thread.cpuTime;
  process.threads.splice(process.threads.indexOf(thread), 1);
  kernel.threads.delete(thread.tid);
  const at = kernel.runnable.indexOf(thread);
  if (at >= 0) kernel.runnable.splice(at, 1);
}

/** Ends a process with all its threads: exit_group(2) or a fatal signal. */
export function exitProcess(process: Process, status: ExitStatus): void {
  if (process.status) return;
  for (const thread of [...process.threads]) releaseThread(thread);
  finishProcess(process, status);
}

function finishProcess(process: Process, status: ExitStatus): void {
  const { kernel } = process;
  process.status = status;
  disarmAll(process, false);
  closeAll(process.files);
  releaseAddressSpace(process.mm);
  const init = kernel.processes.get(1);
  for (const child of process.children) {
    child.parent = init === process ? undefined : init;
    child.parent?.children.add(child);
    for (const thread of child.threads) if (thread.parentDeathSignal) signalThread(thread, thread.parentDeathSignal);
    if (!child.parent && child.status) kernel.processes.delete(child.pid);
  }
  process.children.clear();
  const { parent } = process;
  if (!parent || parent.status) {
    kernel.processes.delete(process.pid);
    return;
  }
  const action = parent.actions[SIG.CHLD];
  const unwanted = process.exitSignal === SIG.CHLD && (action.handler === SIG_IGN || action.flags & SA.NOCLDWAIT);
  if (process.exitSignal !== 0) signalProcess(parent, process.exitSignal, childInfo(process, status));
  if (unwanted) reap(process);
  wake(parent.childQueue);
}

/** siginfo of SIGCHLD: CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3. */
function childInfo(process: Process, status: ExitStatus) {
  const code = status.signal === 0 ? 1 : status.core ? 3 : 2;
  return { code, pid: process.pid, uid: process.credentials.uid, status: status.signal || status.code };
}

/** Takes a dead child off the books. */
export function reap(child: Process): void {
  if (child.parent) {
    child.parent.childrenCpuTime += child.cpuTime + child.childrenCpuTime;
    child.parent.children.delete(child);
  }
  child.kernel.processes.delete(child.pid);
}

/** The status word of wait(2). */
export function waitStatus(status: ExitStatus): number {
  return status.signal === 0 ? (status.code & 0xff) << 8 : status.signal | (status.core ? 0x80 : 0);
}

/** May `thread` send a signal to `target`? kill(2). */
export function maySignal(thread: Thread, target: Process, signal: number): number {
  const own = thread.process.credentials, other = target.credentials;
  if (own.euid === 0 || own.euid === other.suid || own.euid === other.uid || own.uid === other.suid || own.uid === other.uid) return 0;
  return signal === SIG.CONT && thread.process.sid === target.sid ? 0 : -E.PERM;
}
