// The kernel's objects that run: kernel, process, thread. Shapes only; what happens to them stands in process.ts (birth and
// death), scheduler.ts (turns and sleep), signal.ts, mm.ts, time.ts and, for files, fs/.
//
// A thread is what a system call's handler gets as its context `k`: `k.memory`, `k.process.files`, `k.process.fs`, `k.kernel` ...

import type { Cpu } from "../runtime/cpu.ts";
import type { Engine } from "../runtime/engine.ts";
import type { GuestMemory } from "../runtime/memory.ts";
import type { Abi } from "./abi/abi.ts";
import type { FileTable, FsState } from "./fs/state.ts";
import type { AddressSpace } from "./mm.ts";
import type { PendingSignal, SignalAction, SignalStack } from "./signal.ts";
import type { Clock, Timers } from "./time.ts";
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
  /** Signal the parent gets when the process ends. */
  exitSignal: number;
  /** Set when the process has ended. */
  status: ExitStatus | undefined;
  /** Woken when a child changes state. */
  readonly childQueue: WaitQueue;
  /** Guest path of the program, its arguments and environment as handed to execve (for /proc and AT_EXECFN). */
  exePath: Uint8Array;
  args: readonly Uint8Array[];
  env: readonly Uint8Array[];
  /** The auxiliary vector as bytes (/proc/PID/auxv). */
  auxv: Uint8Array;
  /** Start in nanoseconds of the monotonic clock. */
  readonly startTime: number;
  dumpable: number;
  noNewPrivileges: boolean;
  personality: number;
  nice: number;
  /** Processor time of threads that have ended and of waited-for children, in nanoseconds. */
  cpuTime: number;
  childrenCpuTime: number;
}

export type ThreadState = "running" | "sleeping" | "dead";

export interface Thread {
  readonly kernel: Kernel;
  readonly tid: number;
  readonly process: Process;
  /** The address space's memory: process.mm.memory. */
  memory: GuestMemory;
  readonly cpu: Cpu;
  engine: Engine;
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
  /** Called when a sleeping kernel should look again: a host callback has woken a thread. */
  notify: () => void;
  /** The next process or thread number. */
  nextId: number;
}
