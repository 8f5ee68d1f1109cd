#!/usr/bin/env node
// What the command `jit386` starts. It loads the program (main.ts, bundled as program.cjs) and keeps V8's code cache for it in the
// user's cache directory: compiling the program anew takes longer than all the rest of a short run. module.enableCompileCache()
// does the same from Node 22.8 on; this works on all releases. NODE_DISABLE_COMPILE_CACHE=1 turns it off, as it does there.

import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

/** Put here by the build. A cache is for one text only, and V8 compares no more than its length. */
const HASH = "PROGRAM_HASH";
/** A run that long has compiled what long runs need; its cache takes the place of one that a short run made. */
const LONG_RUN_MS = 1000;
/** Caches of other builds and releases are removed when they are this old. */
const FORGET_MS = 30 * 24 * 3600 * 1000;

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
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
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
    fs.rmSync(temporary, { force: true });
  }
}

const readText = (name: string) => fs.readFileSync(fileURLToPath(new URL(name, import.meta.url)), "latin1");
const home = cacheDirectory();
const directory = `${home}/code`;
const shortRun = `${directory}/${HASH}-${process.version}-${process.arch}`, longRun = `${shortRun}-long`;
let cachedData = home ? readCache(longRun) : undefined;
const fromLong = cachedData !== undefined;
if (home) cachedData ??= readCache(shortRun);
const script = new Script(readText("program.cjs"), { filename: fileURLToPath(new URL("program.cjs", import.meta.url)), cachedData });
const useless = cachedData === undefined || script.cachedDataRejected === true;
const started = performance.now();
process.on("exit", () => {
  const long = performance.now() - started > LONG_RUN_MS;
  if (home && (useless || (long && !fromLong))) writeCache(directory, long ? longRun : shortRun, script);
});
(script.runInThisContext() as (require: typeof process.getBuiltinModule, readResource: typeof readText) => void)(process.getBuiltinModule, readText);
