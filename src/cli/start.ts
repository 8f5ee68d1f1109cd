#!/usr/bin/env node
// What the command `jit386` starts. It loads the program (main.ts, bundled as program.cjs) and keeps V8's code cache for it in the
// user's cache directory: compiling the program anew takes longer than all the rest of a short run. module.enableCompileCache()
// does the same from Node 22.8 on; this works on all releases. NODE_DISABLE_COMPILE_CACHE=1 turns it off, as it does there.
// Built as CommonJS: Node takes 4 ms to set its loader of ES modules going.

import fs from "node:fs";
import { basename, join } from "node:path";
import { Script } from "node:vm";
import { cacheDirectory, makeDirectory, readOwn } from "../host/node/own-files.ts";

/** Put here by the build. A cache is for one text only, and V8 compares no more than its length. */
const HASH = "PROGRAM_HASH";
/**
 * What V8 does differently in the first 100 ms on Node 20; later releases have a compiler in between, and other flags.
 * interrupt-budget is how much a function runs before it is optimised: with V8's own value a run of busybox true gives 50 of its 130 ms of
 * processor time to the optimising compiler, and ends before it has anything of that. semi-space-growth-factor: the young generation
 * begins with half a megabyte, a start allocates four, most of which stays, and each collection copies it.
 * no-use-osr: loops of translated code come back soon, and compiling their middle as well takes as long as all of it (docs/performance.md).
 */
const FLAGS_AT_START = ["--interrupt-budget=1000000", "--semi-space-growth-factor=4"];
const FLAGS = ["--interrupt-budget=67584", "--semi-space-growth-factor=2", "--no-use-osr"];
const START_MS = 100;
/**
 * Processor time, all threads: what a start without a cache takes, and a little; that is five times what Node has taken to come here. On a machine
 * that is slow just now an absolute time would come too early, and the caches would lack for good what a start needs.
 */
const CODE_CPU_US = Math.max(300_000, 5 * cpuTime());
/** Caches of other builds and releases are removed when they are this old. */
const FORGET_MS = 7 * 24 * 3600 * 1000;

/** Processor time until now, microseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Best effort: where nothing can be written, the next run compiles again. */
function writeCache(directory: string, path: string, script: Script): void {
  const temporary = `${path}.${process.pid}`;
  try {
    makeDirectory(directory);
    const fd = fs.openSync(temporary, "wx", 0o600);
    try {
      fs.writeFileSync(fd, script.createCachedData());
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

/** v8.setFlagsFromString() without the module around it, which loads Node's streams: 3 ms. Node 20 has it there and always will. */
function flagSetter(): (flag: string) => void {
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
  /** V8 had no code of it, or took none. */
  stale: boolean;
}

type Wrapper = (require: (id: string) => unknown, exports: object, readResource: (name: string) => string) => void;

const readText = (name: string) => fs.readFileSync(join(import.meta.dirname, name), "latin1");
const home = process.env["NODE_DISABLE_COMPILE_CACHE"] ? undefined : cacheDirectory();
const directory = `${home}/code`;
const modules = new Map<string, Module>();

/** How many files V8 had code of, and how many it had to compile, for --stats; and which build this is. */
const codeCache = { hits: 0, misses: 0, build: HASH };
Object.defineProperty(globalThis, Symbol.for("jit386.codeCache"), { value: codeCache });

function load(name: string): object {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const cache = `${directory}/${HASH}-${name}-${process.version}-${process.arch}`;
  const cachedData = home ? readOwn(cache) : undefined;
  setFlags(FLAGS); // V8 takes a cache only under the flags it was made with
  const script = new Script(readText(name), { filename: join(import.meta.dirname, name), cachedData });
  const module: Module = { script, cache, exports: {}, stale: cachedData === undefined || script.cachedDataRejected === true };
  modules.set(name, module);
  codeCache[module.stale ? "misses" : "hits"]++;
  if (starting) setFlags(FLAGS_AT_START);
  (script.runInThisContext() as Wrapper)(require, module.exports, readText);
  return module.exports;
}

const require = (id: string): unknown => (id.endsWith(".cjs") ? load(basename(id)) : process.getBuiltinModule(id));

const late = process.versions.v8.startsWith("11.") && process.execArgv.length === 0 && !process.env["NODE_OPTIONS"];
const setFlag = late ? flagSetter() : undefined;

let starting = true;
const setFlags = (flags: readonly string[]) => {
  if (setFlag) for (const flag of flags) setFlag(flag);
};

/** The end of the start: the optimising compiler may begin. */
function started(): void {
  starting = false;
  setFlags(FLAGS);
  keepCode();
}

/**
 * What has been compiled until now is what the caches shall hold, once the program has had its processor time: on a busy machine little is done in
 * the first 100 ms, and all later runs would compile the rest again.
 */
function keepCode(): void {
  if (!home || ![...modules.values()].some((module) => module.stale)) return;
  if (cpuTime() < CODE_CPU_US) setTimeout(keepCode, START_MS).unref();
  else writeCaches();
}

function writeCaches(): void {
  setFlags(FLAGS);
  for (const module of modules.values()) {
    if (module.stale) writeCache(directory, module.cache, module.script);
    module.stale = false;
  }
}

setTimeout(started, START_MS).unref();
process.on("exit", () => {
  if (home) writeCaches();
});
load("program.cjs");
