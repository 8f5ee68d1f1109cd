// What /proc tells about processes and the system, gathered from the kernel's objects for fs/procfs.ts.

import type { ProcessFacts, SystemFacts, ThreadFacts } from "./fs/proc-facts.ts";
import { controllingTerminal } from "./fs/terminal.ts";
import { areaIndex, formatMaps, formatSmaps, totalSize } from "./mm.ts";
import type { AddressSpace } from "./mm.ts";
import { queuedSignals, SIG_DFL, SIG_IGN, SIGNAL_COUNT, signalBit } from "./signal.ts";
import type { PendingSignal, SignalAction } from "./signal.ts";
import type { Kernel, Process, Thread } from "./thread.ts";
import { SECOND, processCpuTime } from "./time.ts";

/** Where oom_score_adj is kept among what prctl(2) sets: no option has this number. */
const OUT_OF_MEMORY = -1;
const TICK = SECOND / 100;
const MEMORY_TOTAL = 3 * 2 ** 30;
const ticks = (nanoseconds: number) => Math.floor(nanoseconds / TICK);

function signalSet(pending: readonly PendingSignal[]): bigint {
  return pending.reduce((set, p) => set | signalBit(p.signal), 0n);
}

function actionSet(actions: readonly SignalAction[], wanted: (handler: number) => boolean): bigint {
  let set = 0n;
  for (let signal = 1; signal <= SIGNAL_COUNT; signal++) if (wanted(actions[signal].handler)) set |= signalBit(signal);
  return set;
}

function stateOf(thread: Thread): string {
  if (thread.process.status) return "Z";
  if (thread.process.stopped) return "T";
  return thread.state === "sleeping" ? "S" : "R";
}

function threadFacts(thread: Thread): ThreadFacts {
  return {
    tid: thread.tid, comm: thread.name, state: stateOf(thread), pending: signalSet(thread.pending), blocked: thread.mask, cpuTicks: ticks(thread.cpuTime),
  };
}

function memoryFacts(mm: AddressSpace): ProcessFacts["memory"] {
  const sum = (wanted: (area: AddressSpace["areas"][number]) => boolean) =>
    mm.areas.reduce((total, area) => total + (wanted(area) ? area.end - area.start : 0), 0);
  const size = totalSize(mm);
  const stack = sum((area) => area.name === "[stack]");
  const code = mm.areas.find((area) => area.prot & 4 && area.file);
  return {
    size, peak: size, resident: size - stack, shared: sum((area) => area.file !== undefined), text: sum((area) => (area.prot & 4) !== 0 && area.file !== undefined),
    data: sum((area) => (area.prot & 2) !== 0 && !area.shared && area.name !== "[stack]"), stack,
    startCode: code?.start ?? 0, endCode: code?.end ?? 0, startStack: mm.stackTop > 0 ? mm.areas[areaIndex(mm, mm.stackTop - 1)]?.start ?? 0 : 0,
  };
}

const strings = (list: readonly string[]) => list.map((text) => `${text}\0`).join("");

/**
 * What /proc tells of a process, found out when it is asked for: each part of a path below /proc/PID asks for the process, and programs that the C
 * library is linked to statically read /proc/self/exe when they start.
 */
class LiveProcess implements ProcessFacts {
  private readonly process: Process;
  readonly outOfMemory: ProcessFacts["outOfMemory"];

  constructor(process: Process) {
    this.process = process;
    this.outOfMemory = { get: () => process.settings.get(OUT_OF_MEMORY) ?? 0, set: (value) => void process.settings.set(OUT_OF_MEMORY, value) };
  }

  get pid() { return this.process.pid; }
  get parent() { return this.process.parent?.pid ?? 1; }
  get group() { return this.process.pgid; }
  get session() { return this.process.sid; }
  get foreground() { return controllingTerminal(this.process.kernel, this.process.sid)?.foreground || -1; }
  get terminal() { return controllingTerminal(this.process.kernel, this.process.sid)?.device ?? 0; }
  get exe() { return this.process.exe; }
  get fs() { return this.process.fs; }
  get files() { return this.process.files; }
  get uids() {
    const { uid, euid, suid, fsuid } = this.process.credentials;
    return [uid, euid, suid, fsuid];
  }
  get gids() {
    const { gid, egid, sgid, fsgid } = this.process.credentials;
    return [gid, egid, sgid, fsgid];
  }
  get groups() { return this.process.credentials.groups; }
  get threads(): ThreadFacts[] {
    const { process } = this;
    if (process.threads.length > 0) return process.threads.map(threadFacts);
    const comm = process.exePath.slice(process.exePath.lastIndexOf("/") + 1).slice(0, 15);
    return [{ tid: process.pid, comm, state: "Z", pending: 0n, blocked: 0n, cpuTicks: ticks(process.cpuTime) }];
  }
  get pending() { return signalSet(this.process.pending); }
  get ignored() { return actionSet(this.process.actions, (handler) => handler === SIG_IGN); }
  get caught() { return actionSet(this.process.actions, (handler) => handler !== SIG_IGN && handler !== SIG_DFL); }
  get startTicks() { return ticks(this.process.startTime); }
  get cpuTicks() { return ticks(processCpuTime(this.process)); }
  get childrenTicks() { return ticks(this.process.childrenCpuTime); }
  get nice() { return this.process.nice; }
  get noNewPrivileges() { return this.process.noNewPrivileges; }
  get limits() { return this.process.limits; }
  get memory() { return memoryFacts(this.process.mm); }
  get personality() { return this.process.personality; }
  commandLine() { return strings(this.process.args); }
  environment() { return strings(this.process.env); }
  auxv() { return this.process.auxv; }
  maps() { return formatMaps(this.process.mm); }
  smaps(rollup: boolean) { return formatSmaps(this.process.mm, rollup); }
  queuedSignals() { return queuedSignals(this.process.kernel, this.process.credentials.uid); }
  setComm(name: string) {
    const [thread] = this.process.threads;
    if (thread) thread.name = name.slice(0, 15);
  }
}

/** The system as /proc shows it. `kernel` is asked when a file is read: it may come to be later than this. */
export function systemFacts(kernel: () => Kernel, hostname: string, release: string, version: string, bootTime: number): SystemFacts {
  return {
    pids: () => [...kernel().processes.keys()].sort((a, b) => a - b),
    process(pid) {
      const found = kernel().processes.get(pid);
      return found && new LiveProcess(found);
    },
    uptime: () => kernel().clock.monotonic() / SECOND,
    get cpu() {
      const { signature: [family, model, stepping], maxLeaf: level, flags } = kernel().cpu;
      return { family, model, stepping, level, flags };
    },
    get core() {
      return kernel().core;
    },
    bootTime, hostname, release, version, processors: 1, memoryTotal: MEMORY_TOTAL,
    memoryFree: () => MEMORY_TOTAL - [...kernel().processes.values()].reduce((sum, p) => sum + Math.min(totalSize(p.mm), 2 ** 26), 0),
    busyTicks: () => ticks([...kernel().processes.values()].reduce((sum, process) => sum + processCpuTime(process) + process.childrenCpuTime, 0)),
    running: () => [...kernel().threads.values()].filter((thread) => thread.state === "running").length,
    lastPid: () => kernel().nextId - 1,
    random: (bytes) => kernel().random(bytes),
    networkTable: (name) => kernel().networkTable?.(name) ?? "",
  };
}
