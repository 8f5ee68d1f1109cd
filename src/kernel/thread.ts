// The kernel's objects that run: kernel, process, thread. Shapes only; what happens to them stands in process.ts (birth and
// death), scheduler.ts (turns and sleep), signal.ts, mm.ts, time.ts and, for files, fs/.
//
// A thread is what a system call's handler gets as its context `k`: `k.memory`, `k.process.files`, `k.process.fs`, `k.kernel` ...

import type { Cpu } from "../runtime/cpu.ts";
import type { CpuModel } from "../runtime/cpuid.ts";
import type { Engine, Exit } from "../runtime/engine.ts";
import type { GuestMemory } from "../runtime/memory.ts";
import type { Abi } from "./abi/abi.ts";
import type { SystemCall } from "./abi/syscall.ts";
import type { FileTable, FsState, PathRef } from "./fs/state.ts";
import type { Terminal } from "./fs/terminal.ts";
import type { Caps } from "./caps.ts";
import type { CpuContext } from "./context.ts";
import type { Bodies } from "./bodies.ts";
import type { AddressSpace } from "./mm.ts";
import type { HostNetwork } from "./net/host.ts";
import type { TableName } from "./net/tables.ts";
import type { PendingSignal, SignalAction, SignalStack } from "./signal.ts";
import type { Clock, TimerQueue, Timers } from "./time.ts";
import type { Result, Wait, WaitQueue } from "./wait.ts";

/** Who a process acts as, credentials(7). Group list without the effective gid's own entry. */
export interface Credentials {
  uid: number;
  euid: number;
  suid: number;
  fsuid: number;
  gid: number;
  egid: number;
  sgid: number;
  fsgid: number;
  groups: number[];
}

/** A resource limit, getrlimit(2); Infinity is RLIM_INFINITY. */
export interface Limit {
  soft: number;
  hard: number;
}

/** Indices into `process.limits`. */
export const RLIMIT = {
  CPU: 0, FSIZE: 1, DATA: 2, STACK: 3, CORE: 4, RSS: 5, NPROC: 6, NOFILE: 7, MEMLOCK: 8, AS: 9, LOCKS: 10, SIGPENDING: 11,
  MSGQUEUE: 12, NICE: 13, RTPRIO: 14, RTTIME: 15,
} as const;

/** How a process ended: exit(2)'s status, or the signal that killed it. */
export interface ExitStatus {
  readonly code: number; // 0-255
  readonly signal: number; // 0 when it exited
  readonly core: boolean;
}

export interface Process {
  readonly kernel: Kernel;
  readonly pid: number;
  parent: Process | undefined;
  readonly children: Set<Process>;
  pgid: number;
  sid: number;
  /** The personality; execve may change it. */
  abi: Abi;
  readonly threads: Thread[];
  mm: AddressSpace;
  files: FileTable;
  fs: FsState;
  credentials: Credentials;
  readonly limits: Limit[];
  /** Dispositions, by signal number 1-64. Shared by processes made with CLONE_SIGHAND. */
  actions: SignalAction[];
  /** Signals sent to the process as a whole. */
  readonly pending: PendingSignal[];
  readonly timers: Timers;
  /** Woken when a signal is sent to the process or one of its threads (sigtimedwait, signalfd). */
  readonly signalQueue: WaitQueue;
  /** Stopped by SIGSTOP and its like until SIGCONT. */
  stopped: boolean;
  /** Signal the parent gets when the process ends. */
  exitSignal: number;
  /** A vfork's parent sleeps until the child has a program of its own or is gone. */
  vforkQueue: WaitQueue | undefined;
  /** A stop (its signal) or continuation (SIGCONT) that the parent has not been told of; 0 none. */
  stateChange: number;
  /** Set when the process has ended. */
  status: ExitStatus | undefined;
  /** Woken when a child changes state. */
  readonly childQueue: WaitQueue;
  /** Guest path of the program, its arguments and environment as handed to execve, as byte strings. */
  exePath: string;
  /** The place of the program itself, for /proc/PID/exe. */
  exe: PathRef | undefined;
  args: readonly string[];
  env: readonly string[];
  /** The auxiliary vector as bytes (/proc/PID/auxv). */
  auxv: Uint8Array;
  /** Start in nanoseconds of the monotonic clock. */
  readonly startTime: number;
  dumpable: number;
  noNewPrivileges: boolean;
  /** Takes in orphans among its descendants, prctl(PR_SET_CHILD_SUBREAPER). */
  subreaper: boolean;
  /** It has called execve: its parent may no longer move it to another group. */
  executed: boolean;
  /** Settings of prctl(2) that are only remembered, by the option that sets them. */
  readonly settings: Map<number, number>;
  personality: number;
  nice: number;
  /** Processor time of threads that have ended and of waited-for children, in nanoseconds. */
  cpuTime: number;
  childrenCpuTime: number;
}

export type ThreadState = "running" | "sleeping" | "stopped" | "dead";

export interface Thread {
  readonly kernel: Kernel;
  readonly tid: number;
  readonly process: Process;
  /** The address space's memory: process.mm.memory. */
  memory: GuestMemory;
  /** The CPU and engine of the address space; they hold this thread's registers while `process.mm.owner` is this thread. */
  cpu: Cpu;
  engine: Engine;
  /** The registers while another thread of the address space has the CPU. */
  saved: CpuContext | undefined;
  state: ThreadState;
  /** 15 bytes at most, prctl(PR_SET_NAME). */
  name: string;
  /** Blocked signals, bit N-1 for signal N. */
  mask: bigint;
  /** The mask to put back once a signal has been delivered (sigsuspend, ppoll, pselect ...). */
  savedMask: bigint | undefined;
  readonly pending: PendingSignal[];
  signalStack: SignalStack;
  /** True when an unblocked signal waits: kept by signal.ts. */
  signalPending: boolean;
  /** What the thread sleeps on. */
  wait: Wait | undefined;
  /** The wait's time is over; a wake-up has come. */
  timedOut: boolean;
  woken: boolean;
  /** A restart code that the interrupted call has left (E.RESTARTSYS ...), 0 for none. */
  restartCode: number;
  /** Takes the thread off its wait queues and timer. */
  unsubscribe: (() => void) | undefined;
  /** Continues an interrupted call that was given a relative time-out, restart_syscall(2). */
  restartBlock: (() => Result) | undefined;
  /** Number of the call in progress, for restarts and traces; -1 outside calls. */
  callNumber: number;
  /** set_tid_address(2): cleared and woken when the thread ends. */
  clearChildTid: number;
  /** set_robust_list(2). */
  robustList: number;
  parentDeathSignal: number;
  cpuTime: number;
  /** Vector, error code and CR2 of the last exception: signal frames show them. */
  lastFault: { readonly vector: number; readonly code: number; readonly address: number };
}

/** Where --strace prints. */
export interface Tracer {
  before(thread: Thread, call: SystemCall, args: readonly number[]): void;
  after(thread: Thread, call: SystemCall, args: readonly number[], result: number): void;
  /** A call without a declaration. */
  unknown(thread: Thread, number: number): void;
  /** A signal is about to be delivered; one has been sent that is ignored. */
  signal(thread: Thread, signal: PendingSignal): void;
  ignored(thread: Thread, signal: PendingSignal): void;
  stopped(thread: Thread, signal: number): void;
  exited(thread: Thread, status: ExitStatus): void;
  /** The first program has been loaded. */
  started(thread: Thread, path: string, args: readonly string[], env: readonly string[]): void;
  /** Name of the call that restart_syscall continues. */
  interrupted(thread: Thread): string | undefined;
}

/** What a debugger is asked while a machine runs. */
export interface Debugger {
  /** While everything is stopped: what to wait for. */
  gate(): Promise<void> | undefined;
  /** False: the thread stays where it is until everything goes on again. */
  mayRun(thread: Thread): boolean;
  /** Before guest code runs; false: it must not. */
  before(thread: Thread): boolean;
  run(thread: Thread, budget: number): Exit;
  /** Guest code has come back; true: there is nothing left to do about it. */
  exit(thread: Thread, exit: Exit): boolean;
  /** A system call has been dispatched. */
  called(thread: Thread): void;
  /** A signal is about to be delivered; false: it has been taken off the thread's hands. */
  signal(thread: Thread, pending: PendingSignal): boolean;
  forked(parent: Process, child: Process, vfork: boolean): void;
  vforkDone(parent: Process): void;
  executed(thread: Thread): void;
  exited(process: Process, status: ExitStatus): void;
}

/** What the kernel needs from its surroundings; src/host and core.ts provide it. */
export interface Kernel {
  readonly clock: Clock;
  /** Fills a buffer with random bytes. Deterministic under --seed. */
  readonly random: (bytes: Uint8Array) => void;
  readonly hostname: string;
  readonly processes: Map<number, Process>;
  readonly threads: Map<number, Thread>;
  /** A line for the log (`-D FILE`). */
  readonly log: (line: string) => void;
  /** Threads that can run, in turn. */
  readonly runnable: Thread[];
  /** Things due at a time. */
  readonly timers: TimerQueue;
  /** The thread whose turn it is, and when the turn began. */
  current: Thread | undefined;
  sliceStart: number;
  /** Makes a sleeping thread look whether it may go on. */
  readonly wakeThread: (thread: Thread) => void;
  /** Ends the sleep of a kernel all of whose threads wait. */
  notify: () => void;
  /** The next process or thread number. */
  nextId: number;
  /** The number of the first process, whose parent is outside. */
  readonly firstPid: number;
  /** Terminals that can control a session. */
  readonly terminals: Set<Terminal>;
  /** Code that a call needs and that is on its way. Nobody runs meanwhile, so that runs stay repeatable; the call is made again. */
  loading: Promise<void> | undefined;
  /** Called when a process has ended. */
  /** Bounds on what all processes together use. */
  readonly caps: Caps | undefined;
  readonly exitHooks: ((process: Process) => void)[];
  /** Before onFatalSignal: what to wait for first, if anything. */
  readonly prepareFatal: () => Promise<void> | undefined;
  /** Told when a signal is about to end a process with a dump. */
  onFatalSignal: (thread: Thread, signal: PendingSignal) => void;
  /** Where cores go, core(5): /proc/sys/kernel/core_pattern and core_uses_pid. */
  readonly core: { pattern: string; usesPid: boolean; readonly refused: (reason: string) => void };
  /** Writes them; loaded with the first. */
  dumpCore: ((thread: Thread, signal: PendingSignal) => boolean) | undefined;
  /** Told when a signal has stopped a process. */
  onStop: (process: Process) => void;
  /** Prints a call before and after, when tracing. */
  readonly trace: Tracer | undefined;
  /** Set while somebody debugs. */
  debugger: Debugger | undefined;
  /** Makes the engine that runs a thread's CPU, and a program (AddressSpace.program). */
  readonly createEngine: (cpu: Cpu, program: string) => Engine;
  /** Names programs by their contents; without it they have the names of their files. */
  readonly nameProgram: ((file: { readonly size: number; readAt(offset: number, buffer: Uint8Array): number }) => string) | undefined;
  /** What processes that have ended leave to later ones. */
  readonly bodies: Bodies;
  /** The processor that programs see. */
  readonly cpu: CpuModel;
  readonly abis: readonly Abi[];
  /** Calls and other things already reported once. */
  readonly reported: Set<string>;
  /** The host's network, when programs may use it. */
  readonly hostNetwork: HostNetwork | undefined;
  /** The lines of /proc/net/NAME; undefined before the first socket. */
  networkTable: ((name: TableName) => string) | undefined;
  /** Lets the host run its callbacks. */
  readonly yieldToHost: () => Promise<void>;
}
