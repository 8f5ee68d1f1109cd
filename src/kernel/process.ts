// Birth and death of processes and threads: fork, exit, wait. Programs enter through exec.ts; turns are given by scheduler.ts.

import { Cpu } from "../runtime/cpu.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Abi } from "./abi/abi.ts";
import { E } from "./errno.ts";
import type { FileTable, FsState } from "./fs/state.ts";
import { cloneFileTable, cloneFsState, closeAll, shareFileTable } from "./fs/state.ts";
import { endSession, wakeOrphans } from "./fs/terminal.ts";
import { releaseLocks, wakeFutex, walkRobustList } from "./futex.ts";
import { captureContext, copyTables, loadContext, saveContext } from "./context.ts";
import type { CpuContext } from "./context.ts";
import { cloneAddressSpace, createAddressSpace, releaseAddressSpace } from "./mm.ts";
import type { AddressSpace } from "./mm.ts";
import { DEFAULT_ACTION, SIG, SIG_IGN, SA, SIGNAL_COUNT, SS, resetActions, signalProcess, signalThread } from "./signal.ts";
import { RLIMIT } from "./thread.ts";
import type { ExitStatus, Kernel, Limit, Process, Thread } from "./thread.ts";
import { createIntervalTimer, disarmAll } from "./time.ts";
import type { Timers } from "./time.ts";
import { createWaitQueue, wake } from "./wait.ts";

const MIB = 1 << 20;
/** The first process is in the session of whoever started us, which has its leader outside. */
export const OUTER_SESSION = 1;

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
    kernel, pid, parent: undefined, children: new Set(), pgid: pid, sid: OUTER_SESSION, abi: options.abi, threads: [],
    mm: createAddressSpace(0, 0), files: options.files, fs: options.fs,
    credentials: { uid, euid: uid, suid: uid, fsuid: uid, gid, egid: gid, sgid: gid, fsgid: gid, groups: [...options.groups] },
    limits: defaultLimits(), actions: new Array<typeof DEFAULT_ACTION>(SIGNAL_COUNT + 1).fill(DEFAULT_ACTION), pending: [],
    timers: createTimers(() => process), signalQueue: createWaitQueue(), stopped: false, exitSignal: SIG.CHLD, vforkQueue: undefined, stateChange: 0, status: undefined,
    childQueue: createWaitQueue(), exePath: "", exe: undefined, args: [], env: [], auxv: new Uint8Array(0), startTime: kernel.clock.monotonic(),
    dumpable: 1, noNewPrivileges: false, subreaper: false, executed: false, settings: new Map(), personality: 0, nice: 0, cpuTime: 0, childrenCpuTime: 0,
  };
  kernel.processes.set(pid, process);
  createThread(process, pid);
  return process;
}

const NO_PROGRAM = { cpu: undefined as never, engine: undefined as never };

/** Gives an address space its CPU and engine. */
export function equip(kernel: Kernel, mm: AddressSpace): { cpu: Cpu; engine: Engine } {
  mm.cpu ??= new Cpu(mm.memory, undefined, kernel.cpu);
  mm.engine ??= kernel.createEngine(mm.cpu, mm.program);
  return { cpu: mm.cpu, engine: mm.engine };
}

/** Makes a thread. Without `context` it starts with fresh registers and owns the CPU. */
export function createThread(process: Process, tid: number, context?: CpuContext): Thread {
  const { kernel } = process;
  // A process without a program has no memory and nothing to run it with: exec.ts gives its thread both.
  const { cpu, engine } = process.mm.taskSize === 0 ? NO_PROGRAM : equip(kernel, process.mm);
  const thread: Thread = {
    kernel, tid, process, memory: process.mm.memory, cpu, engine, saved: context, state: "running", name: "", mask: 0n, savedMask: undefined,
    pending: [], signalStack: { base: 0, size: 0, flags: SS.DISABLE }, signalPending: false, wait: undefined, timedOut: false, woken: false, restartCode: 0,
    unsubscribe: undefined, restartBlock: undefined, callNumber: -1, clearChildTid: 0, robustList: 0, parentDeathSignal: 0, cpuTime: 0,
    lastFault: { vector: 0, code: 0, address: 0 },
  };
  if (!context) process.mm.owner = thread;
  process.threads.push(thread);
  kernel.threads.set(tid, thread);
  kernel.runnable.push(thread);
  return thread;
}

/** Which parts of the parent a new process or thread shares, and what it starts with: clone(2). */
export interface CloneRequest {
  readonly thread: boolean;
  readonly shareMemory: boolean;
  readonly shareFiles: boolean;
  readonly shareFs: boolean;
  readonly shareHandlers: boolean;
  readonly clearHandlers: boolean;
  readonly sameParent: boolean;
  readonly vfork: boolean;
  readonly exitSignal: number;
  /** Called with the new thread's registers before it can run. */
  readonly prepare: (context: CpuContext) => void;
}

/** Makes a thread or process as a copy of the calling thread, which must have the CPU. */
export function cloneThread(parent: Thread, request: CloneRequest): Thread {
  const { kernel, process } = parent;
  const context = captureContext(parent.cpu);
  context.tables = copyTables(context.tables);
  request.prepare(context);
  const id = kernel.nextId++;
  const home = request.thread ? process : cloneProcess(parent, id, request);
  const child = createThread(home, id, context);
  child.name = parent.name;
  child.mask = parent.mask;
  if (!request.shareMemory || request.vfork) child.signalStack = { ...parent.signalStack };
  return child;
}

function cloneProcess(parent: Thread, pid: number, request: CloneRequest): Process {
  const { kernel, process } = parent;
  if (request.shareMemory) process.mm.users++;
  const credentials = { ...process.credentials, groups: [...process.credentials.groups] };
  const owner = request.sameParent ? process.parent : process;
  const actions = request.shareHandlers ? process.actions : [...process.actions];
  const child: Process = {
    ...process, pid, parent: owner, children: new Set(), threads: [], mm: request.shareMemory ? process.mm : cloneAddressSpace(process.mm, kernel.debugger !== undefined),
    files: request.shareFiles ? shareFileTable(process.files) : cloneFileTable(process.files), fs: request.shareFs ? process.fs : cloneFsState(process.fs),
    credentials, limits: process.limits.map((limit) => ({ ...limit })), actions: request.clearHandlers ? resetActions(actions) : actions, pending: [],
    timers: createTimers(() => child), signalQueue: createWaitQueue(), stopped: false, exitSignal: request.exitSignal, status: undefined,
    subreaper: false, executed: false, settings: new Map(process.settings),
    vforkQueue: request.vfork ? createWaitQueue() : undefined, stateChange: 0, childQueue: createWaitQueue(), startTime: kernel.clock.monotonic(),
    cpuTime: 0, childrenCpuTime: 0,
  };
  owner?.children.add(child);
  kernel.processes.set(pid, child);
  kernel.debugger?.forked(process, child, request.vfork);
  return child;
}

/** A vfork child has a program of its own, or has ended: its parent goes on. */
export function releaseVfork(process: Process): void {
  const queue = process.vforkQueue;
  if (!queue) return;
  process.vforkQueue = undefined;
  if (process.parent) process.kernel.debugger?.vforkDone(process.parent);
  wake(queue);
}

/** Gives a thread the CPU of its address space. */
export function switchTo(thread: Thread): void {
  const { mm } = thread.process;
  const { owner } = mm;
  if (owner === thread) return;
  if (owner) {
    owner.saved ??= captureContext(thread.cpu);
    saveContext(thread.cpu, owner.saved);
  }
  if (thread.saved) loadContext(thread.cpu, thread.saved);
  mm.owner = thread;
}

/** Ends one thread; the last one ends its process with the given status. */
export function exitThread(thread: Thread, status: ExitStatus): void {
  if (thread.state === "dead") return;
  releaseThread(thread);
  thread.kernel.trace?.exited(thread, status);
  if (thread.process.threads.length === 0) finishProcess(thread.process, status);
}

function releaseThread(thread: Thread): void {
  const { process, kernel } = thread;
  thread.unsubscribe?.();
  thread.unsubscribe = undefined;
  thread.wait = undefined;
  thread.state = "dead";
  walkRobustList(thread);
  releaseLocks(thread);
  if (thread.clearChildTid !== 0 && process.mm.users > 0) {
    thread.memory.storeU32(thread.clearChildTid, 0);
    wakeFutex(thread, thread.clearChildTid, 1);
  }
  if (process.mm.owner === thread) process.mm.owner = undefined;
  process.cpuTime += thread.cpuTime;
  process.threads.splice(process.threads.indexOf(thread), 1);
  kernel.threads.delete(thread.tid);
  const at = kernel.runnable.indexOf(thread);
  if (at >= 0) kernel.runnable.splice(at, 1);
}

/** Ends a process with all its threads: exit_group(2) or a fatal signal. */
export function exitProcess(process: Process, status: ExitStatus): void {
  if (process.status) return;
  for (const thread of process.threads.toReversed()) {
    process.kernel.trace?.exited(thread, status);
    releaseThread(thread);
  }
  finishProcess(process, status);
}

function finishProcess(process: Process, status: ExitStatus): void {
  const { kernel } = process;
  process.status = status;
  kernel.debugger?.exited(process, status);
  releaseVfork(process);
  disarmAll(process, false);
  closeAll(process.files);
  releaseAddressSpace(process.mm, kernel.threads.size > 0);
  for (const hook of kernel.exitHooks) hook(process);
  if (process.sid === process.pid) endSession(process);
  const children = [...process.children];
  const heir = reaperOf(process);
  process.children.clear();
  for (const child of children) {
    child.parent = heir;
    heir?.children.add(child);
    for (const thread of child.threads) if (thread.parentDeathSignal) signalThread(thread, thread.parentDeathSignal);
    if (!child.status) continue;
    // init waits for whatever comes to it.
    if (heir) {
      signalProcess(heir, SIG.CHLD, childInfo(child, child.status));
      wake(heir.childQueue);
    } else kernel.processes.delete(child.pid);
  }
  wakeOrphans(process, children);
  const { parent } = process;
  if (!parent || parent.status) {
    kernel.processes.delete(process.pid);
    return;
  }
  const action = parent.actions[SIG.CHLD];
  const unwanted = process.exitSignal === SIG.CHLD && (action.handler === SIG_IGN || action.flags & SA.NOCLDWAIT);
  if (process.exitSignal > 0 && process.exitSignal <= SIGNAL_COUNT) signalProcess(parent, process.exitSignal, childInfo(process, status));
  if (unwanted) reap(process);
  wake(parent.childQueue);
}

/** Who takes in the children of a process that ends: the nearest ancestor that asked for it, else init (undefined), which is outside. */
function reaperOf(process: Process): Process | undefined {
  for (let at = process.parent; at; at = at.parent) if (at.subreaper && !at.status) return at;
  return undefined;
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
