#!/usr/bin/env node
// What the command `jit386` starts. It loads the program (main.ts, bundled as program.cjs) and keeps V8's code cache for it in the
// user's cache directory: compiling the program anew takes longer than all the rest of a short run. module.enableCompileCache()
// does the same from Node 22.8 on; this works on all releases. NODE_DISABLE_COMPILE_CACHE=1 turns it off, as it does there.
// Built as CommonJS: Node takes 4 ms to set its loader of ES modules going.

import fs from "node:fs";
import os from "node:os";
import { basename, join } from "node:path";
import { Script } from "node:vm";
import { cacheDirectory, makeDirectory, openOwn, readOwn, readWhole } from "../host/node/own-files.ts";
import type { Compiled, MachineCode, OwnModules } from "../runtime/webassembly.ts";
import { createMachineCode } from "./machine-code.ts";

/** Put here by the build. A cache is for one text only, and V8 compares no more than its length. */
const HASH = "PROGRAM_HASH";
/** What V8 does differently: in the first 100 ms, from then on, and from when something is translated. */
interface Flags {
  readonly start: readonly string[];
  readonly later: readonly string[];
  readonly translating: readonly string[];
  /** V8's own --wasm-tiering-budget. */
  readonly tieringBudget: number;
}
/**
 * Rare branches are marked, and V8 makes use of that only when it is told to, until it does so by itself (V8 14): without it Perl takes 1.6 times as long on Node 24, Python 1.4, SQLite 1.2.
 * How deep calls are nested is counted (S.DEPTH), so V8 need not ask for the end of its stack at the beginning of functions and at each turn of a loop: on Node 24 and 26
 * quicksort takes 0.95 to 0.98 of the time, matmul 0.87 to 0.95.
 */
const ALWAYS = ["--experimental-wasm-branch-hinting", "--no-wasm-stack-checks"];
/** The young generation begins with half a megabyte, a start allocates four, most of which stays, and each collection copies it. */
const GROWTH = "--semi-space-growth-factor=";
/**
 * How much a function runs before it is optimised: with V8's own value a run of busybox true gave 50 of its 130 ms of processor time to the optimising compiler, and ended before it had anything of
 * that. What a function was given at first it keeps: with 250 times as much, in place of five times, sort took 1.07 and Perl 1.06 of the time.
 */
const INTERRUPT = "--interrupt-budget=", MAGLEV = "--invocation-count-for-maglev=";
const LATER_V8: Flags = { start: [...ALWAYS, `${MAGLEV}2000`, `${GROWTH}4`], later: [...ALWAYS, `${MAGLEV}400`, `${GROWTH}2`], translating: [], tieringBudget: 13_000_000 };
/**
 * By V8's major version, Node 20 to 26: of a flag that it does not know V8 says so. Node 20 has no compiler in between, which others call Maglev.
 * no-use-osr: loops of translated code come back soon, and compiling their middle as well takes as long as all of it (docs/performance.md).
 */
const FLAGS_BY_VERSION: Readonly<Record<string, Flags>> = {
  11: {
    start: [...ALWAYS, `${INTERRUPT}300000`, `${GROWTH}4`],
    later: [...ALWAYS, `${INTERRUPT}67584`, `${GROWTH}2`, "--no-use-osr", "--max-inlined-bytecode-size-cumulative=920"],
    // V8 compiles the translator's 300 functions while the program waits for it, in code that is not optimised. With what it inlines of its own accord that takes a second of the
    // other processor, for functions of which many are thrown away when they meet the next shape of object; with less than half of that a sixth less, and programs of 2 to 4 s take
    // 0.95 to 1.01 of their time (docs/performance.md)
    translating: ["--max-inlined-bytecode-size-cumulative=400"],
    tieringBudget: 1_800_000,
  },
  12: LATER_V8, 13: LATER_V8, 14: LATER_V8,
};
const START_MS = 100;
/** The script of the tiers above the interpreter. A program that needs it is no short one, and translating it begins with a translator that V8 should optimise soon: 3 % of runs of 0.2 s. */
const TIERS = "tiers.cjs";
/** How much less than the program V8's other threads get of a processor that they all want (nice(2)): a ninth. */
const NICER = 10, NICEST = 19;
/**
 * Processor time, all threads: what a start without a cache takes, and a little; that is five times what Node has taken to come here. On a machine
 * that is slow just now an absolute time would come too early, and the caches would lack for good what a start needs.
 */
const CODE_CPU_US = Math.max(300_000, 5 * cpuTime());
/**
 * A cache is made anew by a run that has met that many times as much of guest programs as the one that made it, in blocks decoded: what `--version` or a loop has
 * compiled is little of what a program's start needs, which would compile the rest again each time. At ENOUGH it is left as it is.
 */
const RENEW = 1.5;
const ENOUGH = 20_000;
/** At the end of a cache's file: how much the run had met that made it. */
const TRAILER = 8;
/** Caches of other builds and releases are removed when they are this old. */
const FORGET_MS = 7 * 24 * 3600 * 1000;

/** Processor time until now, microseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Best effort: where nothing can be written, the next run compiles again. */
function writeCache(directory: string, path: string, ...pieces: readonly Uint8Array[]): void {
  const temporary = `${path}.${process.pid}`;
  try {
    makeDirectory(directory);
    const fd = fs.openSync(temporary, "wx", 0o600);
    try {
      for (const piece of pieces) fs.writeFileSync(fd, piece);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, path);
    for (const name of fs.readdirSync(directory)) {
      const other = `${directory}/${name}`;
      if (Date.now() - fs.statSync(other).mtimeMs > FORGET_MS) fs.rmSync(other);
    }
  } catch {
    try {
      fs.rmSync(temporary, { force: true });
    } catch {
      // nothing was written there either
    }
  }
}

/** v8.setFlagsFromString(), on Node 20 and 22 without the module around it, which loads Node's streams: 3 ms, or 1.5 on later ones. */
function flagSetter(): (flag: string) => void {
  if (Number.parseInt(process.versions.node) > 22) return process.getBuiltinModule("v8").setFlagsFromString;
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return (process as unknown as { binding(name: "v8"): { setFlagsFromString(flag: string): void } }).binding("v8").setFlagsFromString;
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

/** A file of the program: run when it is first required. */
interface Module {
  readonly script: Script;
  readonly cache: string;
  readonly exports: object;
  /** Fills `exports`, as long as nobody has asked for them. */
  fill: (() => void) | undefined;
  /** It belongs to the tiers above the interpreter: what runs that translate need of it is compiled over seconds, so its cache is made at the end. */
  readonly late: boolean;
  /** What the run had met that made its cache, 1 at least; 0 when V8 had no code of it, or took none. */
  met: number;
}

/** What program.cjs returns fills its exports: they are for other files, and filling takes a third of a millisecond. */
type Wrapper = (require: (id: string) => unknown, exports: object, readResource: (name: string) => Buffer) => (() => void) | undefined;

const home = process.env["NODE_DISABLE_COMPILE_CACHE"] ? undefined : cacheDirectory();
const directory = `${home}/code`;
/** V8 takes a cache only under the flags it was made with: those of other flags have files of their own. */
const flags = `${process.execArgv.join(" ")}${process.env["NODE_OPTIONS"] ?? ""}`;
const variant = flags === "" ? "" : `-${Buffer.from(flags).toString("base64url").slice(-80)}`;
const modules = new Map<string, Module>();

/**
 * How many files V8 had code of, and how many it had to compile, for --stats; which build this is; what the program's engines have met, and whether translations are JavaScript;
 * and what sets V8's flag for that.
 */
const codeCache = {
  hits: 0, misses: 0, build: HASH, met: [] as { readonly blocks: number }[], javascript: false,
  tieringBudget: undefined as ((budget?: number) => void) | undefined,
  machineCode: undefined as MachineCode | undefined, ownModules: undefined as OwnModules | undefined,
};
Object.defineProperty(globalThis, Symbol.for("jit386.codeCache"), { value: codeCache });

/**
 * The text of a file beside this one, and what is kept of its code. Both go through the same piece of memory: each page that is touched for the first
 * time costs as much as reading it.
 */
function readBoth(path: string, cache: string): { text: string; kept: Buffer | undefined } {
  const fd = fs.openSync(path, "r"), { size } = fs.fstatSync(fd), own = home ? openOwn(cache) : undefined;
  const buffer = Buffer.allocUnsafeSlow(Math.max(size, own?.size ?? 0));
  if (!readWhole(fd, buffer, size)) throw new Error(`${path}: cut off`);
  fs.closeSync(fd);
  const text = buffer.toString("latin1", 0, size);
  if (own === undefined) return { text, kept: undefined };
  const whole = own.size > TRAILER && readWhole(own.fd, buffer, own.size);
  fs.closeSync(own.fd);
  return { text, kept: whole ? buffer.subarray(0, own.size) : undefined };
}

/** A cache's file. */
const cacheOf = (name: string) => `${directory}/${HASH}-${name}-${process.version}-${process.arch}${variant}`;

/** As the last TRAILER bytes of a cache's file. */
function number(n: number): Buffer {
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeDoubleLE(n);
  return trailer;
}

function load(name: string): object {
  const known = modules.get(name);
  if (known !== undefined) {
    known.fill?.();
    known.fill = undefined;
    return known.exports;
  }
  const filename = join(import.meta.dirname, name);
  const cache = cacheOf(name);
  const { text, kept } = readBoth(filename, cache);
  setFlags(flagsHere?.later);
  const script = new Script(text, { filename, cachedData: kept?.subarray(0, -TRAILER) });
  const good = kept !== undefined && script.cachedDataRejected !== true;
  if (name === TIERS) translating = true;
  const module: Module = { script, cache, exports: {}, fill: undefined, late: translating, met: (good && kept.readDoubleLE(kept.length - TRAILER)) || 0 };
  modules.set(name, module);
  codeCache[good ? "hits" : "misses"]++;
  if (name === TIERS) {
    starting = false;
    giveWay();
  }
  setFlags(flagsNow());
  module.fill = (script.runInThisContext() as Wrapper)(require, module.exports, readResource);
  return module.exports;
}

/** A file beside this one. fs.readFileSync() and a string take a millisecond longer. */
function readResource(name: string): Buffer {
  const fd = fs.openSync(join(import.meta.dirname, name), "r"), { size } = fs.fstatSync(fd), data = Buffer.allocUnsafeSlow(size);
  if (!readWhole(fd, data, size)) throw new Error(`${name}: cut off`);
  fs.closeSync(fd);
  return data;
}

const require = (id: string): unknown => (id.endsWith(".cjs") ? load(basename(id)) : process.getBuiltinModule(id));

const flagsHere = process.execArgv.length === 0 && !process.env["NODE_OPTIONS"] ? FLAGS_BY_VERSION[process.versions.v8.split(".")[0]] : undefined;
const setFlag = flagsHere && flagSetter();

/**
 * Once there is something to translate, V8's compilers want a processor and more, and where there are two the program waited for one: a tenth of the four seconds of a SQLite run
 * (docs/performance.md). On Linux each thread has a nice value of its own, known by its number (setpriority(2)); elsewhere nothing happens.
 */
function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    const nice = Math.min(NICEST, os.getPriority() + NICER);
    for (const thread of fs.readdirSync("/proc/self/task")) if (Number(thread) !== process.pid) os.setPriority(Number(thread), nice);
  } catch {
    // no /proc, or a thread that has just ended
  }
}

let starting = true, translating = false;
/**
 * Does nothing but survive the first collection. The young generation grows at the second if more than its first megabyte has survived the one before;
 * with the program's text and what it has made until then 0.93 MB have, and it grew at a third one, which took more than a millisecond.
 */
const ballast: unknown[][] = flagsHere ? [new Array(20_000)] : [];
const setFlags = (flags: readonly string[] = []) => {
  if (setFlag) for (const flag of flags) setFlag(flag);
};
/** V8 takes machine code, too, under the flags that it was made with. */
function underLaterFlags<T>(work: () => T): T {
  setFlags(flagsHere?.later);
  try {
    return work();
  } finally {
    setFlags(flagsNow());
  }
}

/**
 * What stands behind machine code: its length, and a sum of a word in 64 bytes. That is for files that were cut off, or lost a block with the power; all of it would take as long as compiling does.
 */
function sealOf(code: Uint8Array): Buffer {
  const seal = Buffer.alloc(TRAILER), view = new DataView(code.buffer, code.byteOffset, code.length);
  let sum = 1;
  for (let at = 0; at + 4 <= code.length; at += 64) sum = Math.imul(sum, 31) + view.getInt32(at, true) | 0;
  seal.writeUInt32LE(code.length);
  seal.writeInt32LE(sum, 4);
  return seal;
}

/** Modules that every run has: with the bytes of machine code that their files have. */
const own: { readonly cache: string; readonly compiled: Compiled; readonly bytes: number }[] = [];
const machineCode = (codeCache.machineCode = setFlag && createMachineCode(setFlag, underLaterFlags));
if (machineCode !== undefined && home) {
  const bytes = new Map<string, number>();
  codeCache.ownModules = {
    find(name, wire) {
      const file = readOwn(cacheOf(name)), code = file?.subarray(0, -TRAILER);
      if (file === undefined || code === undefined || !file.subarray(-TRAILER).equals(sealOf(code))) return undefined;
      const module = machineCode.revive(code, wire);
      if (module !== undefined) bytes.set(name, file.length);
      return module;
    },
    keep: (name, compiled) => void own.push({ cache: cacheOf(name), compiled, bytes: bytes.get(name) ?? 0 }),
  };
}

/** Later runs begin with what V8 has optimised by now, if that is more than what this one has begun with. */
function writeOwn(): void {
  for (const { cache, compiled, bytes } of own) {
    const code = machineCode?.of(compiled);
    if (code !== undefined && code.length + TRAILER > bytes) writeCache(directory, cache, code, sealOf(code));
  }
}

/** For what is compiled to WebAssembly from now on: how much it runs before V8 optimises it; V8's own value by default. */
if (flagsHere) codeCache.tieringBudget = (budget = flagsHere.tieringBudget) => setFlags([`--wasm-tiering-budget=${budget}`]);

/** The end of the start: the optimising compiler may begin. */
function started(): void {
  starting = false;
  ballast.length = 0;
  if (!translating) setFlags(flagsHere?.later);
  keepCode();
}

/** V8 takes a cache under the flags that it was made with, which are the later ones: around reading and writing one, and what is set otherwise comes back with these. */
const flagsNow = (): readonly string[] | undefined => starting ? flagsHere?.start : translating && !codeCache.javascript ? flagsHere?.translating : undefined;
const metHere = () => codeCache.met.reduce((sum, { blocks }) => sum + blocks, 1);
/** Whether the module's cache is missing, or holds less than there could be by now. */
const lacking = ({ met, late }: Module): boolean => met === 0 || ((late || !kept) && met < ENOUGH && metHere() > RENEW * met);
/** The caches hold what this run has compiled in its start. */
let kept = false;

/**
 * What has been compiled until now is what the caches shall hold, once the program has had its processor time: on a busy machine little is done in
 * the first 100 ms, and all later runs would compile the rest again.
 */
function keepCode(): void {
  if (!home || ![...modules.values()].some(({ met }) => met < ENOUGH)) return;
  if (cpuTime() < CODE_CPU_US) setTimeout(keepCode, START_MS).unref();
  else writeCaches((module) => !module.late);
}

function writeCaches(due: (module: Module) => boolean): void {
  const met = metHere();
  setFlags(flagsHere?.later);
  for (const module of modules.values()) {
    if (!due(module) || !lacking(module)) continue;
    module.met = met;
    writeCache(directory, module.cache, module.script.createCachedData(), number(met));
  }
  setFlags(flagsNow());
  kept = true;
}

// Timers are looked at only between two turns of the event loop, which a short program has none of; making one takes four times as long as this
const begun = process.hrtime();
setImmediate(() => {
  const [seconds, nanoseconds] = process.hrtime(begun);
  setTimeout(started, Math.max(1, START_MS - seconds * 1000 - nanoseconds / 1e6)).unref();
}).unref();
process.on("exit", () => {
  if (!home) return;
  writeCaches(() => true);
  // what takes less has optimised nothing
  if (cpuTime() > CODE_CPU_US) writeOwn();
});
load("program.cjs");
