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

function processFacts(process: Process): ProcessFacts {
  const { credentials: c, mm } = process;
  const terminal = controllingTerminal(process.kernel, process.sid);
  const list = (strings: readonly string[]) => strings.map((text) => `${text}\0`).join("");
  const ended: ThreadFacts[] = [
    { tid: process.pid, comm: process.exePath.slice(process.exePath.lastIndexOf("/") + 1).slice(0, 15), state: "Z", pending: 0n, blocked: 0n, cpuTicks: ticks(process.cpuTime) },
  ];
  return {
    pid: process.pid, parent: process.parent?.pid ?? 1, group: process.pgid, session: process.sid,
    foreground: terminal?.foreground || -1, terminal: terminal?.device ?? 0, exe: process.exe, fs: process.fs, files: process.files,
    uids: [c.uid, c.euid, c.suid, c.fsuid], gids: [c.gid, c.egid, c.sgid, c.fsgid], groups: c.groups,
    threads: process.threads.length > 0 ? process.threads.map(threadFacts) : ended, pending: signalSet(process.pending),
    ignored: actionSet(process.actions, (handler) => handler === SIG_IGN), caught: actionSet(process.actions, (handler) => handler !== SIG_IGN && handler !== SIG_DFL),
    startTicks: ticks(process.startTime), cpuTicks: ticks(processCpuTime(process)), childrenTicks: ticks(process.childrenCpuTime), nice: process.nice,
    noNewPrivileges: process.noNewPrivileges, limits: process.limits, memory: memoryFacts(mm), commandLine: () => list(process.args), environment: () => list(process.env),
    auxv: () => process.auxv, maps: () => formatMaps(mm), smaps: (rollup) => formatSmaps(mm, rollup), queuedSignals: () => queuedSignals(process.kernel, c.uid),
    personality: process.personality,
    outOfMemory: { get: () => process.settings.get(OUT_OF_MEMORY) ?? 0, set: (value) => void process.settings.set(OUT_OF_MEMORY, value) },
    setComm(name) {
      const [thread] = process.threads;
      if (thread) thread.name = name.slice(0, 15);
    },
  };
}

/** The system as /proc shows it. `kernel` is asked when a file is read: it may come to be later than this. */
export function systemFacts(kernel: () => Kernel, hostname: string, release: string, version: string, bootTime: number): SystemFacts {
  return {
    pids: () => [...kernel().processes.keys()].sort((a, b) => a - b),
    process(pid) {
      const found = kernel().processes.get(pid);
      return found && processFacts(found);
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
