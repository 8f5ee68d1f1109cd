// The command line: jit386 [options] PROGRAM [ARGS...]. Options stand in options.ts; what is rarely needed is imported when it is.

import fs from "node:fs";
import { createMachine, MountError } from "../boot.ts";
import type { Machine } from "../boot.ts";
import type { MountRequest, NamespaceOptions } from "../kernel/fs/setup.ts";
import { linuxI386 } from "../kernel/abi/linux-i386/index.ts";
import type { Caps } from "../kernel/caps.ts";
import { E, errnoMessage } from "../kernel/errno.ts";
import { seededRandom } from "../kernel/kernel.ts";
import { SI, SIG, signalGroup, signalProcess } from "../kernel/signal.ts";
import { addTimer, createHostClock, createVirtualClock } from "../kernel/time.ts";
import { RLIMIT } from "../kernel/thread.ts";
import type { formatDump as FormatDumpFunction } from "../kernel/dump.ts";
import type { Clock } from "../kernel/time.ts";
import type { CpuName } from "../runtime/cpuid.ts";
import type { OwnModules, TieringBudget } from "../runtime/webassembly.ts";
import type { EngineCounts } from "../inspect/stats.ts";
import { createHostFs, fromHost } from "../host/node/fs.ts";
import type { HostFs } from "../kernel/fs/host.ts";
import { nodeRandom } from "../host/node/random.ts";
import { hostStandardStreams } from "../host/node/stdio.ts";
import type { Translations } from "../host/node/translations.ts";
import type { Inspection } from "./inspect.ts";
import { hostReason, parseCommandLine, UsageError } from "./options.ts";
import type { CommandLine } from "./options.ts";
import type { StraceOutput } from "./strace.ts";

type FormatDump = typeof FormatDumpFunction;

const STATUS = { USAGE: 2, CANNOT_EXECUTE: 126, NOT_FOUND: 127, INTERNAL: 70 } as const;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Something to tell the person in one line, and the status to exit with. */
class Failure extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const printError = (text: string) => {
  try {
    fs.writeSync(2, text);
  } catch {
    // Nobody listens: there is no one to tell.
  }
};

const milliseconds = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};

/** As `performance`, for which Node loads ten modules at its first use. */
const hostTime = () => ({ now: milliseconds, timeOrigin: Date.now() - milliseconds() });

/** The guest's environment: the host's without our own variables, changed by -E. Byte strings. */
function guestEnvironment(changes: readonly string[]): Map<string, string> {
  const env = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith("JIT386_")) env.set(fromHost(name), fromHost(value));
  }
  for (const change of changes) {
    const equals = change.indexOf("=");
    if (equals === 0) throw new UsageError(`-E ${change}: no name`);
    if (equals < 0) env.delete(fromHost(change));
    else env.set(fromHost(change.slice(0, equals)), fromHost(change.slice(equals + 1)));
  }
  return env;
}

function parseMount(text: string): MountRequest {
  const match = /^(overlay:.+?|.+?):(\/[^:]*)(?::(ro|rw))?$/.exec(text);
  if (!match) throw new UsageError(`--mount ${text}: must be HOST:GUEST, tmpfs:GUEST or overlay:LOWER,UPPER:GUEST, with :ro or not, GUEST an absolute path`);
  const target = fromHost(match[2]), readonly = match[3] === "ro";
  if (match[1] === "tmpfs") return { kind: "tmpfs", source: "tmpfs", target, readonly };
  if (!match[1].startsWith("overlay:")) return { source: fromHost(match[1]), target, readonly };
  const [lower, upper, more] = match[1].slice("overlay:".length).split(",");
  if (!lower || !upper || more !== undefined) throw new UsageError(`--mount ${text}: must be overlay:LOWER,UPPER:GUEST`);
  return { kind: "overlay", source: fromHost(lower), upper: fromHost(upper), target, readonly };
}

/**
 * What a program that sees the host's own "/" may write to: what lies below the current and the temporary directory; mounts of these over a
 * read-only "/". Undefined: everything, when it was started in "/".
 */
function writableDirectories(): MountRequest[] | undefined {
  const { env } = process;
  const found: string[] = [];
  for (const directory of [env["TMPDIR"] || env["TEMP"] || "/tmp", process.cwd()]) {
    if (directory === "/") return undefined;
    if (fs.existsSync(directory) && !found.some((it) => directory === it || directory.startsWith(`${it}/`))) found.push(directory);
  }
  return found.map((directory) => ({ source: fromHost(directory), target: fromHost(directory), readonly: false }));
}

/** Overlays are code of their own. */
async function loadOverlay(mounts: readonly MountRequest[]) {
  if (!mounts.some((it) => it.kind === "overlay")) return undefined;
  const { overlayRoot } = await import("../kernel/fs/overlay.ts");
  return overlayRoot;
}

/** Keeps what the host cannot hold: in each mounted directory, but for the host's whole tree in the user's own. */
async function loadMetadata(host: HostFs, root: string): Promise<NamespaceOptions["metadata"]> {
  const { limits } = host;
  if (!limits) return undefined;
  const { keepMetadata, STORE_NAME } = await import("../kernel/fs/metadata.ts");
  const home = process.env["LOCALAPPDATA"] ?? process.env["HOME"];
  const whole = root === "" || root === "/" ? host.realpath("/") : "";
  return (it, directory) => keepMetadata(it, limits, directory, directory === whole && home ? fromHost(`${home}/${STORE_NAME}`) : undefined);
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** --memory, --max-processes, --max-files. */
function parseCaps(line: CommandLine): Caps | undefined {
  const { memory, "max-processes": processes, "max-files": files } = line.values;
  if (memory === undefined && processes === undefined && files === undefined) return undefined;
  const match = /^(\d{1,12})([KMG]?)$/.exec(memory ?? "0");
  if (!match) throw new UsageError(`--memory ${memory}: must be a size such as 64M`);
  return {
    memory: memory === undefined ? Infinity : Number(match[1]) * UNITS[match[2]], processes: Number(processes ?? Infinity), files: Number(files ?? Infinity),
    say: (text) => printError(`jit386: ${text}\n`),
  };
}

function corePattern(pattern: string | undefined): string | undefined {
  if (pattern === undefined) return undefined;
  if (pattern === "" || pattern.startsWith("|")) throw new UsageError(`--core=${pattern}: must be a path in the guest; programs are not started`);
  return fromHost(pattern);
}

/** --timeout: everything ends with SIGKILL. */
function endAfter(machine: Machine, seconds: number): void {
  const { kernel } = machine;
  const tell = () => printError(`jit386: --timeout=${seconds} is over: all processes are killed\n`);
  if (kernel.debugger !== undefined) { // while all is stopped no timer of the kernel runs
    setTimeout(() => {
      tell();
      process.exit(128 + SIG.KILL);
    }, seconds * 1000).unref();
    return;
  }
  addTimer(kernel, kernel.clock.monotonic() + seconds * 1e9, () => {
    tell();
    for (const it of kernel.processes.values()) signalProcess(it, SIG.KILL);
  });
}

/** Signals of the host that are the guest's: whoever sends them means the program, or what it runs in the terminal's foreground. */
const FORWARDED = ["HUP", "USR1", "USR2", "TERM", "CONT"] as const;
const FROM_TERMINAL = ["INT", "QUIT", "TSTP", "WINCH"] as const;

function forwardSignals(machine: Machine): void {
  if (process.platform === "win32") return;
  /** The first process, or what it has left behind when that is all there is. */
  const send = (signal: number, info: { code?: number }) => {
    const { status, kernel } = machine.process;
    for (const it of status ? [...kernel.processes.values()] : [machine.process]) signalProcess(it, signal, info);
  };
  for (const name of FORWARDED) {
    process.on(`SIG${name}`, () => {
      if (name === "CONT") machine.terminal?.forget();
      send(SIG[name], { code: SI.USER }); // the guest's number, which need not be the host's
    });
  }
  for (const name of FROM_TERMINAL) {
    process.on(`SIG${name}`, () => {
      if (!signalGroup(machine.kernel, machine.foregroundGroup(), SIG[name])) send(SIG[name], {});
    });
  }
}

/** The system-call trace, when one is asked for; it goes to the log if there is one. */
async function openTrace(line: CommandLine, log: ((text: string) => void) | undefined): Promise<StraceOutput | undefined> {
  if (line.values.strace === undefined && line.values["strace-summary"] === undefined) return undefined;
  const { openStrace } = await import("./strace.ts");
  return openStrace(line, linuxI386.calls, log ?? printError, log !== undefined);
}

function openLog(path: string | undefined): ((text: string) => void) | undefined {
  if (path === undefined) return undefined;
  try {
    const fd = fs.openSync(path, "w");
    return (text) => void fs.writeSync(fd, text);
  } catch (error) {
    throw new UsageError(`-D ${path}: ${hostReason(error)}`);
  }
}

/** The clock, which shows what has been traced before everything sleeps. */
function traced(clock: Clock, strace: StraceOutput | undefined): Clock {
  if (strace === undefined) return clock;
  return {
    ...clock,
    sleep(deadline, woken) {
      strace.flush(true);
      return clock.sleep(deadline, woken);
    },
  };
}

/** Options that look into the run. */
const INSPECTING = ["trace-jit", "profile", "report", "stats"] as const;
/** Node's own profilers show names of functions: translations then get those of the guest. */
const PROFILERS = /--(cpu-prof|perf-basic-prof|perf-prof|prof\b|inspect)/;

async function openInspection(line: CommandLine): Promise<Inspection | undefined> {
  const wanted = INSPECTING.some((name) => line.values[name] !== undefined) || line.lists["dump-jit"] !== undefined;
  if (!wanted && !PROFILERS.test(`${process.execArgv.join(" ")} ${process.env["NODE_OPTIONS"]}`)) return undefined;
  const { createInspection } = await import("./inspect.ts");
  return createInspection(line, milliseconds, printError);
}

/** What watches a run. */
interface Looking {
  readonly strace: StraceOutput | undefined;
  readonly inspection: Inspection | undefined;
  readonly log: ((text: string) => void) | undefined;
  readonly translations: Translations | undefined;
}

/** --cache: translations of earlier runs. */
async function openCache(line: CommandLine, observed: boolean): Promise<Translations | undefined> {
  if (line.values.cache === undefined) return undefined;
  const { openCacheOf } = await import("./cache.ts");
  return openCacheOf(line, observed, (text) => printError(`jit386: ${text}\n`));
}

/** What prints dumps, loaded with the first. */
function lazyDumps() {
  const dumps: { format: FormatDump | undefined; load(): Promise<void> | undefined } = {
    format: undefined,
    load: () => (dumps.format ? undefined : import("../kernel/dump.ts").then(({ formatDump }) => {
      dumps.format = formatDump;
    })),
  };
  return dumps;
}

/** V8's code of the program, which start.ts keeps by what has been met of guests. */
const codeCache = (globalThis as { [key: symbol]: V8Code | undefined })[Symbol.for("jit386.codeCache")];

interface V8Code {
  readonly met: { readonly blocks: number }[];
  javascript: boolean;
  readonly tieringBudget: TieringBudget | undefined;
  readonly ownModules: OwnModules | undefined;
}

async function makeMachine(line: CommandLine, engines: EngineCounts[], looking: Looking): Promise<Machine> {
  const { strace, inspection, log, translations } = looking;
  const { values, lists } = line;
  const seed = values.seed;
  const dumps = lazyDumps();
  const clock = traced(seed === undefined ? createHostClock(hostTime()) : createVirtualClock(), strace);
  const yieldToHost = () => {
    strace?.flush(false);
    return new Promise<void>((resolve) => setImmediate(resolve));
  };
  const network = values.net === undefined ? undefined : (await import("../host/node/net.ts")).createHostNetwork();
  const writable = values.root === undefined ? writableDirectories() : undefined;
  const mounts = [...(writable ?? []), ...(lists.mount ?? []).map(parseMount)];
  const host = createHostFs();
  if (codeCache !== undefined) codeCache.javascript = values.code === "js" || inspection?.observe !== undefined;
  const machine: Machine = createMachine({
    kernel: {
      hostNetwork: network,
      clock: inspection?.clock(clock) ?? clock,
      random: seed === undefined ? nodeRandom : seededRandom(Number(seed)),
      cpu: values.cpu as CpuName | undefined, trace: strace?.tracer,
      log: log === undefined ? undefined : (text) => (strace === undefined ? log(`${text}\n`) : strace.comment(text)),
      yieldToHost: inspection?.yieldToHost(yieldToHost) ?? yieldToHost,
      prepareFatal: () => (values.dump === "none" ? undefined : dumps.load()),
      onFatalSignal: (thread, signal) => {
        strace?.flush(false);
        const text = dumps.format?.(thread, signal);
        if (text === undefined) return;
        // a shell says in its own words how its children died: their dumps go to the log, unless all are asked for
        if (thread.process === machine.process || values.dump === "all") printError(text);
        else if (log !== undefined && strace !== undefined) strace.comment(text.trimEnd());
        else log?.(text);
      },
      caps: parseCaps(line),
      corePattern: corePattern(values.core),
      onCoreRefused: values.core === undefined ? undefined : (reason) => printError(`jit386: --core: ${reason}\n`),
      onStop: (stopped) => {
        if (stopped === machine.process) process.kill(process.pid, "SIGSTOP");
      },
    },
    engine: {
      jit: values.jit === "off" || values.jit === "quick" || values.jit === "block" ? values.jit : "region",
      code: values.code === "js" ? "js" : "wasm",
      threshold: values["jit-threshold"] === undefined ? undefined : Number(values["jit-threshold"]),
      lockstep: values.lockstep !== undefined, oneInsnPerBlock: values["one-insn-per-block"] !== undefined,
      observe: inspection?.observe, tieringBudget: codeCache?.tieringBudget, ownModules: codeCache?.ownModules,
      onMismatch: (report) => {
        printError(`jit386: lockstep: ${report}\n`);
        process.exit(STATUS.INTERNAL);
      },
    },
    translations,
    host,
    root: values.root === undefined ? "" : fromHost(values.root), rootReadonly: writable !== undefined,
    mounts, overlay: await loadOverlay(mounts), metadata: await loadMetadata(host, values.root ?? ""),
    streams: hostStandardStreams,
    cwd: values.root === undefined ? fromHost(process.cwd()) : "/",
    uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: process.getgroups?.() ?? [], umask: process.umask(),
    onEngine: (engine) => {
      if (codeCache !== undefined && codeCache.met.length < 64) codeCache.met.push(engine.cache.stats);
      if (inspection === undefined) return;
      engines.push({ engine: engine.stats, cache: engine.cache.stats });
      inspection.attach(engine);
    },
  });
  inspection?.start(machine.kernel);
  return machine;
}

function startFailure(program: string, errno: number): Failure {
  const missing = errno === E.NOENT;
  return new Failure(`${program}: ${errnoMessage(errno)}`, missing ? STATUS.NOT_FOUND : STATUS.CANNOT_EXECUTE);
}

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "bench") {
    const { bench } = await import("./bench.ts");
    return bench(args.slice(1));
  }
  const line = parseCommandLine(args, process.env);
  if (line.values.help !== undefined) {
    const { helpText } = await import("./options.ts");
    fs.writeSync(1, helpText());
    return 0;
  }
  if (line.values.completion !== undefined) {
    const { completion } = await import("./completion.ts");
    fs.writeSync(1, completion(line.values.completion));
    return 0;
  }
  if (line.values.version !== undefined) {
    const { PACKAGE_VERSION } = await import("../version.ts");
    fs.writeSync(1, `jit386 ${PACKAGE_VERSION}\n`);
    return 0;
  }
  if (line.values.syscalls !== undefined) {
    const { formatSyscalls } = await import("./syscalls.ts");
    fs.writeSync(1, formatSyscalls(linuxI386.calls));
    return 0;
  }
  if (line.rest.length === 0) throw new UsageError("no program named (--help shows the options)");
  const engines: EngineCounts[] = [];
  const inspection = await openInspection(line);
  const log = openLog(line.values.log);
  const strace = await openTrace(line, log);
  const translations = await openCache(line, inspection !== undefined);
  const machine = await makeMachine(line, engines, { strace, inspection, log, translations });
  const guestArgs = line.rest.map(fromHost);
  const env = guestEnvironment(line.lists.env ?? []);
  const [name] = guestArgs;
  if (name === "") throw startFailure("''", E.NOENT);
  const path = name.includes("/") ? name : machine.find(name, env.get("PATH") ?? DEFAULT_PATH);
  if (typeof path === "number") {
    inspection?.abandon();
    throw startFailure(line.rest[0], -path);
  }
  if (line.values.core !== undefined) machine.process.limits[RLIMIT.CORE].soft = Infinity;
  if (line.values.gdb !== undefined) {
    const { serveGdb } = await import("./gdb.ts");
    await serveGdb(machine, line.values.gdb, printError, () => forwardSignals(machine));
  } else forwardSignals(machine);
  if (line.values.timeout !== undefined) endAfter(machine, Number(line.values.timeout));
  const ended = await machine.run(path, guestArgs, [...env].map(([key, value]) => `${key}=${value}`));
  strace?.finish();
  if (typeof ended === "number") {
    inspection?.abandon();
    throw startFailure(line.rest[0], -ended);
  }
  await machine.kernel.hostNetwork?.settle();
  if (translations !== undefined) {
    const { show, clear } = (await import("./progress.ts")).createProgress();
    show("cache: keeping translations");
    translations.close();
    clear();
  }
  await inspection?.finish(engines, translations?.stats());
  return ended.signal ? 128 + ended.signal : ended.code;
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    printError(`jit386: ${error.message}\n`);
    return STATUS.USAGE;
  }
  if (error instanceof MountError) {
    printError(`jit386: ${error.path}: ${errnoMessage(error.errno)}\n`);
    return STATUS.USAGE;
  }
  if (error instanceof Failure) {
    printError(`jit386: ${error.message}\n`);
    return error.status;
  }
  printError(`jit386: internal error: ${error instanceof Error ? (process.env["JIT386_DEBUG"] ? error.stack : error.message) : String(error)}\n`);
  return STATUS.INTERNAL;
}

void main(process.argv.slice(2)).catch(report).then((status) => process.exit(status));
