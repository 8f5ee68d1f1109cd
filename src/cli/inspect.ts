// The options that look into a run (--trace-jit, --dump-jit, --profile, --report, --stats) put together: which of the collector's parts they need,
// and where what they say goes. Loaded only when one of them is given.

import type { SavedStats } from "../runtime/saved.ts";
import fs from "node:fs";
import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { createCollector, type Collector } from "../inspect/collector.ts";
import { eventJson, formatEvent } from "../inspect/events.ts";
import { profileFormat } from "../inspect/profile.ts";
import { formatHot, hotJson, hotRows } from "../inspect/hot.ts";
import type { Clock } from "../kernel/time.ts";
import type { Kernel } from "../kernel/thread.ts";
import type { Engine } from "../runtime/engine.ts";
import type { EngineCounts } from "../inspect/stats.ts";
import type { ObserverFactory } from "../runtime/observer.ts";
import { type CommandLine, hostReason, UsageError } from "./options.ts";
import { PACKAGE_VERSION } from "../version.ts";
import { createProgress } from "./progress.ts";

const DEFAULT_TOP = 20;
const BUFFER = 1 << 16;

/** What main.ts puts into the machine, and calls at its end. */
export interface Inspection {
  readonly observe: ObserverFactory;
  attach(engine: Engine): void;
  /** The clock and the host's turns, so that idleness is told from work. */
  clock(clock: Clock): Clock;
  yieldToHost(wait: () => Promise<void>): () => Promise<void>;
  start(kernel: Kernel): void;
  /** The program could not be started: there is nothing to write. */
  abandon(): void;
  /** Writes what was asked for. */
  finish(engines: readonly EngineCounts[], saved?: SavedStats): Promise<void>;
}

/** A file or stderr, written in large pieces. */
interface Sink {
  write(text: string): void;
  flush(): void;
}

function openSink(path: string, print: (text: string) => void): Sink {
  let fd: number | undefined;
  try {
    fd = path === "" ? undefined : fs.openSync(path, "w");
  } catch (error) {
    throw new UsageError(`--trace-jit=${path}: ${hostReason(error)}`);
  }
  let buffered = "", failed = false;
  const flush = () => {
    if (buffered === "") return;
    const text = buffered;
    buffered = "";
    if (fd === undefined) print(text);
    else if (!failed) {
      // a full disk ends the trace, not the program
      try {
        fs.writeFileSync(fd, text);
      } catch (error) {
        failed = true;
        print(`jit386: --trace-jit=${path}: ${hostReason(error)}\n`);
      }
    }
  };
  return {
    flush,
    write(text) {
      buffered += text;
      if (buffered.length > BUFFER) flush();
    },
  };
}

/** A file that is written at the end. It is opened first: an hour later is too late to learn that there is no such directory. */
interface Output {
  write(text: string): void;
  /** Nothing will be written: a file that was not there before goes. */
  abandon(): void;
}

function openOutput(option: string, path: string): Output {
  const failed = (error: unknown) => new UsageError(`--${option}=${path}: ${hostReason(error)}`);
  const before = fs.existsSync(path);
  let fd: number;
  try {
    fd = fs.openSync(path, "a"); // what an earlier run has written stays until there is something new
  } catch (error) {
    throw failed(error);
  }
  return {
    write(text) {
      try {
        if (fs.fstatSync(fd).isFile()) fs.ftruncateSync(fd);
        fs.writeFileSync(fd, text);
      } catch (error) {
        throw failed(error);
      }
    },
    abandon() {
      if (!before) fs.rmSync(path, { force: true });
    },
  };
}

/** Asks V8 whether it has optimised a function: an intrinsic whose bits have moved once. */
function optimisationQuestion(): ((fn: () => unknown) => boolean | undefined) | undefined {
  try {
    setFlagsFromString("--allow-natives-syntax");
    const status = new Function("fn", "return %GetOptimizationStatus(fn)") as (fn: () => unknown) => number;
    status(() => undefined); // compiled while that may be: V8 keeps its code only under the flags it was started with
    const bit = Number.parseInt(process.versions.v8, 10) >= 14 ? 8 : 16;
    return (fn) => {
      try {
        return (status(fn) & bit) !== 0;
      } catch { // V8 has thrown the question's code away since, and does not take its text any more
        return undefined;
      }
    };
  } catch {
    return undefined;
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}

/** Processor time of the threads beside the main one, in milliseconds, where the host tells that of one thread: Linux, and Node from 23.9 on. */
function besideMs(): number | undefined {
  const all = process.cpuUsage();
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  let main: number;
  if (threadCpuUsage !== undefined) {
    const own = threadCpuUsage();
    main = (own.user + own.system) / 1000;
  } else {
    try {
      main = Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, "latin1").split(" ")[0]) / 1e6;
    } catch {
      return undefined;
    }
  }
  return Math.max(0, (all.user + all.system) / 1000 - main);
}

/** Adds up the time that V8's collector keeps the main thread; asked at the end. */
function watchCollector(): () => number {
  let sum = 0;
  const add = (entries: readonly PerformanceEntry[]) => {
    for (const { duration } of entries) sum += duration;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  return () => {
    add(observer.takeRecords());
    return sum;
  };
}

function checkWanted(wanted: string): void {
  const address = wanted.startsWith("0x") ? Number(wanted) : 0;
  if (wanted === "" || !(address < 2 ** 32)) throw new UsageError(`--dump-jit=${wanted}: must be a symbol, or an address up to 0xffffffff`);
}

/** Makes what the options ask for. Throws a UsageError when a file cannot be written or its name has no known extension. */
export function createInspection(line: CommandLine, now: () => number, print: (text: string) => void): Inspection {
  const { values, lists } = line;
  const json = values["trace-jit-format"] === "json";
  const dumps = lists["dump-jit"] ?? [];
  for (const wanted of dumps) checkWanted(wanted);
  const trace = values["trace-jit"] === undefined ? undefined : openSink(values["trace-jit"], print);
  const profile = values.profile;
  if (profile !== undefined && profileFormat(profile) === undefined) {
    throw new UsageError(`--profile ${profile}: the name must end in .cpuprofile, .speedscope.json or .collapsed`);
  }
  const report = values.report;
  const wantsStacks = profile !== undefined || report !== undefined;
  const profileFile = profile === undefined ? undefined : openOutput("profile", profile);
  const reportFile = report === undefined ? undefined : openOutput("report", report);
  const startMs = process.uptime() * 1000;
  const collecting = values.stats === undefined ? undefined : watchCollector();
  const collector: Collector = createCollector({
    now, counts: trace !== undefined || report !== undefined || dumps.length > 0, stacks: wantsStacks,
    onEvent: trace === undefined ? undefined : (event) => trace.write(`${json ? eventJson(event) : formatEvent(event)}\n`),
    isOptimised: trace !== undefined || report !== undefined || values.stats !== undefined ? optimisationQuestion() : undefined,
  });
  if (trace !== undefined) process.on("exit", trace.flush);
  /** Who watches the trace sees it before the program waits. */
  const resting = <T>(wait: () => Promise<T>): Promise<T> => {
    trace?.flush();
    return wait();
  };
  return {
    observe: collector.observe,
    attach: (engine) => collector.attach(engine),
    clock: (clock) => ({ ...clock, sleep: (deadline, wake) => collector.idle(() => resting(() => clock.sleep(deadline, wake))) }),
    yieldToHost: (wait) => () => collector.idle(() => resting(wait)),
    start(kernel) {
      collector.kernel = kernel;
    },
    abandon() {
      profileFile?.abandon();
      reportFile?.abandon();
    },
    async finish(engines, saved) {
      const progress = createProgress();
      if (trace !== undefined) {
        const rows = hotRows(collector);
        const top = values["trace-jit-top"] === undefined ? DEFAULT_TOP : Number(values["trace-jit-top"]);
        trace.write(json ? rows.slice(0, top).map((row) => `${hotJson(row)}\n`).join("") : `\n${formatHot(rows, top)}`);
        trace.flush();
      }
      if (dumps.length > 0) {
        const { formatDumps } = await import("../inspect/dump.ts");
        for (const wanted of dumps) print(formatDumps(collector, wanted));
      }
      if (profile !== undefined && collector.stacks !== undefined) {
        progress.show(`profile: writing ${profile}`);
        profileFile?.write(profileFormat(profile)?.(collector.stacks, line.rest.join(" ")) ?? "");
        progress.clear();
      }
      if (report !== undefined) {
        progress.show(`report: writing ${report}`);
        const { formatReport } = await import("../inspect/report.ts");
        reportFile?.write(formatReport(collector, { command: line.rest.join(" "), host: `Node ${process.version}, V8 ${process.versions.v8}, by jit386 ${PACKAGE_VERSION}` }));
        progress.clear();
      }
      if (values.stats !== undefined) {
        const { formatStats } = await import("../inspect/stats.ts");
        print(formatStats(collector, engines, process.memoryUsage(), {
          startMs, besideMs: besideMs(), collectingMs: collecting?.() ?? 0,
          codeCache: (globalThis as { [key: symbol]: { hits: number; misses: number } | undefined })[Symbol.for("jit386.codeCache")],
          saved,
        }));
      }
    },
  };
}
