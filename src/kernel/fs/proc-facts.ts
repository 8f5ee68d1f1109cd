// What procfs tells about processes and the system, as the kernel has to supply it. All numbers are plain numbers; times are in
// clock ticks of 1/100 s (USER_HZ), sizes in bytes unless said otherwise. Texts are byte strings.

import type { TableName } from "../net/tables.ts";
import type { FileTable, FsState, PathRef } from "./state.ts";

export interface ThreadFacts {
  readonly tid: number;
  readonly comm: string;
  /** R running, S sleeping, T stopped, Z ended and not waited for. */
  readonly state: string;
  readonly pending: bigint;
  readonly blocked: bigint;
  readonly cpuTicks: number;
}

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Process group in the terminal's foreground, -1 without terminal. */
  readonly foreground: number;
  /** Device number of the controlling terminal, 0 without. */
  readonly terminal: number;
  readonly exe: PathRef | undefined;
  readonly fs: FsState;
  readonly files: FileTable;
  /** Real, effective, saved, file system. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  /** The main thread first. */
  readonly threads: readonly ThreadFacts[];
  readonly pending: bigint;
  readonly ignored: bigint;
  readonly caught: bigint;
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly childrenTicks: number;
  readonly nice: number;
  readonly noNewPrivileges: boolean;
  /** By RLIMIT number; Infinity is unlimited. */
  readonly limits: readonly { readonly soft: number; readonly hard: number }[];
  readonly memory: {
    readonly size: number;
    readonly peak: number;
    readonly resident: number;
    readonly shared: number;
    readonly text: number;
    readonly data: number;
    readonly stack: number;
    readonly startCode: number;
    readonly endCode: number;
    readonly startStack: number;
  };
  /** Arguments and environment, each ended by a NUL. */
  commandLine(): string;
  environment(): string;
  auxv(): Uint8Array;
  /** The text of /proc/PID/maps. */
  maps(): string;
  /** The text of /proc/PID/smaps or smaps_rollup. */
  smaps(rollup: boolean): string;
  /** Signals that wait for processes of the same user. */
  queuedSignals(): number;
  /** personality(2). */
  readonly personality: number;
  /** /proc/PID/oom_score_adj: remembered, since nothing is ever killed for want of memory. */
  readonly outOfMemory: { get(): number; set(value: number): void };
  /** prctl(PR_SET_NAME) through /proc/PID/comm. */
  setComm?(name: string): void;
}

export interface SystemFacts {
  /** Process ids in order. */
  pids(): number[];
  process(pid: number): ProcessFacts | undefined;
  /** Seconds since boot, with fraction. */
  uptime(): number;
  /** Seconds since the epoch at boot. */
  readonly bootTime: number;
  readonly hostname: string;
  /** Where cores go. */
  readonly core: { pattern: string; usesPid: boolean };
  /** uname's release and version: "6.1.0", "#1 SMP". */
  readonly release: string;
  readonly version: string;
  readonly processors: number;
  readonly memoryTotal: number;
  memoryFree(): number;
  /** Clock ticks that all processes together have computed. */
  busyTicks(): number;
  /** Threads that can run now. */
  running(): number;
  /** The last process id given. */
  lastPid(): number;
  random(bytes: Uint8Array): void;
  /** What /proc/cpuinfo says of the processor. */
  readonly cpu: { readonly family: number; readonly model: number; readonly stepping: number; readonly level: number; readonly flags: string };
  /** The lines of /proc/net/NAME, "" where there are none. */
  networkTable(name: TableName): string;
}

