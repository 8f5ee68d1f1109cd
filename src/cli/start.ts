#!/usr/bin/env node
// What the command `jit386` starts. It loads the program (main.ts, bundled as program.cjs) and keeps V8's code cache for it in the
// user's cache directory: compiling the program anew takes longer than all the rest of a short run. module.enableCompileCache()
// does the same from Node 22.8 on; this works on all releases. NODE_DISABLE_COMPILE_CACHE=1 turns it off, as it does there.
// Built as CommonJS: Node takes 4 ms to set its loader of ES modules going.

import fs from "node:fs";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/** Put here by the build. A cache is for one text only, and V8 compares no more than its length. */
const HASH = "PROGRAM_HASH";
/** A run that long has compiled what long runs need; its cache takes the place of one that a short run made. */
const LONG_RUN_MS = 1000;
/**
 * V8's measure of how much a function runs before it is optimised, at start and later. With its own value a run of busybox true gives
 * 50 of its 130 ms of processor time to the optimising compiler, and ends before it has anything of that. Node 20 only: later
 * releases have a compiler in between, and no such flag.
 */
const BUDGET_AT_START = "--interrupt-budget=1000000", BUDGET = "--interrupt-budget=67584";
const START_MS = 100;
/** Caches of other builds and releases are removed when they are this old. */
const FORGET_MS = 7 * 24 * 3600 * 1000;

function cacheDirectory(): string | undefined {
  const { env } = process;
  if (env["NODE_DISABLE_COMPILE_CACHE"]) return undefined;
  if (env["XDG_CACHE_HOME"]?.startsWith("/")) return `${env["XDG_CACHE_HOME"]}/jit386`;
  if (process.platform === "win32") return env["LOCALAPPDATA"] && `${env["LOCALAPPDATA"]}/jit386`;
  return env["HOME"] && `${env["HOME"]}/${process.platform === "darwin" ? "Library/Caches" : ".cache"}/jit386`;
}

/** A cache is code that we are going to run: it must be ours, and nobody else may have been able to write it. */
function readCache(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const { uid, mode } = fs.fstatSync(fd);
    if (process.geteuid !== undefined && (uid !== process.geteuid() || (mode & 0o022) !== 0)) return undefined;
    return fs.readFileSync(fd);
  } catch {
    return undefined;
  } finally {
    fs.closeSync(fd);
  }
}

/** Best effort: where nothing can be written, the next run compiles again. */
function writeCache(directory: string, path: string, script: Script): void {
  const temporary = `${path}.${process.pid}`;
  try {
    // one by one: Node's recursive mkdir never ends where a directory exists but takes no entries with ENOENT, as /proc/self does
    for (const folder of [dirname(dirname(directory)), dirname(directory), directory]) {
      if (!fs.existsSync(folder)) fs.mkdirSync(folder, { mode: 0o700 });
    }
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

const readText = (name: string) => fs.readFileSync(join(import.meta.dirname, name), "latin1");
const home = cacheDirectory();
const directory = `${home}/code`;
const shortRun = `${directory}/${HASH}-${process.version}-${process.arch}`, longRun = `${shortRun}-long`;
let cachedData = home ? readCache(longRun) : undefined;
const fromLong = cachedData !== undefined;
if (home) cachedData ??= readCache(shortRun);
const script = new Script(readText("program.cjs"), { filename: join(import.meta.dirname, "program.cjs"), cachedData });
const useless = cachedData === undefined || script.cachedDataRejected === true;
const started = process.hrtime();
const late = process.versions.v8.startsWith("11.") && process.execArgv.length === 0 && !process.env["NODE_OPTIONS"];
if (late) {
  setFlagsFromString(BUDGET_AT_START);
  setTimeout(() => setFlagsFromString(BUDGET), START_MS).unref();
}
process.on("exit", () => {
  if (late) setFlagsFromString(BUDGET); // V8 takes a cache only under the flags it was made with
  const [seconds, nanoseconds] = process.hrtime(started);
  const long = seconds * 1000 + nanoseconds / 1e6 > LONG_RUN_MS;
  if (home && (useless || (long && !fromLong))) writeCache(directory, long ? longRun : shortRun, script);
});
(script.runInThisContext() as (require: typeof process.getBuiltinModule, readResource: typeof readText) => void)(process.getBuiltinModule, readText);
