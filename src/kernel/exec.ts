// execve(2): finding out what a file is, `#!` scripts, and swapping the loaded program into the process. What each format needs is
// the personality's `load`.

import type { OpenFile } from "./fs/file.ts";
import { openExecutable } from "./fs/access.ts";
import type { PathRef } from "./fs/state.ts";
import { closeOnExec, cloneFileTable } from "./fs/state.ts";
import { E } from "./errno.ts";
import { releaseAddressSpace } from "./mm.ts";
import type { ExecRequest } from "./abi/abi.ts";
import { equip, exitProcess, releaseVfork } from "./process.ts";
import { SIG, SS, forceSignal, resetActions } from "./signal.ts";
import { RLIMIT } from "./thread.ts";
import type { Process, Thread } from "./thread.ts";
import { disarmAll } from "./time.ts";

/** Length of the header that formats are recognised by, BINPRM_BUF_SIZE. */
const HEADER = 256;
const SCRIPT_DEPTH = 5;
const MAX_STRING = 32 * 4096;

/** Replaces the process's program. 0, or a negative errno with nothing changed. `place` overrides the path (fexecve, execveat). */
export function execute(thread: Thread, path: string, args: readonly string[], env: readonly string[], opened?: OpenFile, base?: PathRef): number {
  const tooBig = checkSize(thread.process, args, env);
  if (tooBig) return tooBig;
  const open = (name: string) => openExecutable(thread, base ?? thread.process.fs.cwd, name);
  const file = opened ?? open(path);
  if (typeof file === "number") return file;
  try {
    return executeFile(thread, file, path, args, env, 0);
  } finally {
    file.unref();
  }
}

function checkSize(process: Process, args: readonly string[], env: readonly string[]): number {
  const limit = Math.max(32 * 4096, Math.min(process.limits[RLIMIT.STACK].soft / 4, 6 << 20));
  let total = 4 * (args.length + env.length);
  for (const list of [args, env]) {
    for (const text of list) {
      if (text.length >= MAX_STRING) return -E.TOOBIG;
      total += text.length + 1;
    }
  }
  return total > limit ? -E.TOOBIG : 0;
}

function executeFile(thread: Thread, file: OpenFile, path: string, args: readonly string[], env: readonly string[], depth: number, name = path): number {
  if (depth > SCRIPT_DEPTH) return -E.LOOP;
  const buffer = new Uint8Array(HEADER);
  const got = file.readAt(0, buffer);
  if (got < 0) return got;
  const header = buffer.subarray(0, got);
  if (header[0] === 0x23 && header[1] === 0x21) {
    const script = parseScript(buffer);
    if (!script) return -E.NOEXEC;
    const interpreter = openExecutable(thread, thread.process.fs.cwd, script.interpreter);
    if (typeof interpreter === "number") return interpreter;
    try {
      const extra = script.argument === undefined ? [] : [script.argument];
      return executeFile(thread, interpreter, script.interpreter, [script.interpreter, ...extra, path, ...args.slice(1)], env, depth + 1, name);
    } finally {
      interpreter.unref();
    }
  }
  const { process } = thread;
  const request: ExecRequest = {
    file, header, path: name, args, env,
    open: (p) => openExecutable(thread, process.fs.cwd, p),
  };
  for (const abi of process.kernel.abis) {
    if (!abi.recognises(header)) continue;
    if (abi.pathPrefix !== "") {
      const { pathPrefix } = abi;
      request.open = (p) => {
        const found = p.startsWith("/") ? openExecutable(thread, process.fs.cwd, `${pathPrefix}${p}`) : -E.NOENT;
        return found === -E.NOENT ? openExecutable(thread, process.fs.cwd, p) : found;
      };
    }
    const loaded = abi.load(process, request);
    if (typeof loaded === "number") {
      if (loaded === -E.NOEXEC) continue;
      return loaded;
    }
    process.abi = abi;
    swapIn(thread, file, loaded, args, env, depth === 0 ? path : name);
    return 0;
  }
  return -E.NOEXEC;
}

/** Parses the first line of a script as fs/binfmt_script.c does. The buffer is NUL-padded to HEADER bytes. */
export function parseScript(buffer: Uint8Array): { interpreter: string; argument: string | undefined } | undefined {
  const text = String.fromCharCode(...buffer.subarray(2));
  let end = text.indexOf("\n");
  const isBlank = (c: string) => c === " " || c === "\t";
  if (end < 0) {
    // No end of line in reach: all right if the interpreter's name ended, i.e. a blank or NUL follows it.
    let at = 0;
    while (at < text.length && isBlank(text[at])) at++;
    if (at === text.length) return undefined;
    let stop = at;
    while (stop < text.length && !isBlank(text[stop]) && text[stop] !== "\0") stop++;
    if (stop === text.length) return undefined;
    end = text.length;
  }
  let line = text.slice(0, end);
  while (line.length > 0 && isBlank(line[line.length - 1])) line = line.slice(0, -1);
  let start = 0;
  while (start < line.length && isBlank(line[start])) start++;
  line = line.slice(start);
  let split = 0;
  while (split < line.length && !isBlank(line[split]) && line[split] !== "\0") split++;
  const interpreter = line.slice(0, split);
  if (interpreter === "") return undefined;
  while (split < line.length && isBlank(line[split])) split++;
  const rest = line.slice(split);
  const nul = rest.indexOf("\0");
  const argument = nul < 0 ? rest : rest.slice(0, nul);
  return { interpreter, argument: argument === "" ? undefined : argument };
}

interface Swap {
  readonly mm: Process["mm"];
  readonly entry: number;
  readonly stackPointer: number;
  readonly auxv: Uint8Array;
  readonly fatalSignal: number;
}

function swapIn(thread: Thread, file: OpenFile, loaded: Swap, args: readonly string[], env: readonly string[], path: string): void {
  const { process, kernel } = thread;
  // The other threads end; their leader's number goes to the caller.
  for (const other of [...process.threads]) if (other !== thread) dropThread(other);
  if (process.mm.owner === thread) process.mm.owner = undefined;
  releaseAddressSpace(process.mm, true);
  process.mm = loaded.mm;
  if (process.files.users > 1) {
    process.files.users--;
    process.files = cloneFileTable(process.files);
  }
  closeOnExec(process.files);
  process.actions = resetActions(process.actions);
  disarmAll(process, true);
  process.exePath = path;
  process.exe = file.path;
  process.args = args;
  process.env = env;
  process.auxv = loaded.auxv;
  releaseVfork(process);
  process.dumpable = 1;
  process.executed = true;
  const { credentials } = process;
  credentials.suid = credentials.fsuid = credentials.euid;
  credentials.sgid = credentials.fsgid = credentials.egid;

  thread.memory = loaded.mm.memory;
  const { cpu, engine } = equip(kernel, loaded.mm);
  thread.cpu = cpu;
  thread.engine = engine;
  thread.saved = undefined;
  loaded.mm.owner = thread;
  thread.name = path.slice(path.lastIndexOf("/") + 1, path.length).slice(0, 15);
  thread.clearChildTid = 0;
  thread.robustList = 0;
  thread.signalStack = { base: 0, size: 0, flags: SS.DISABLE };
  thread.restartBlock = undefined;
  thread.cpu.eip = loaded.entry | 0;
  thread.cpu.regs[4] = loaded.stackPointer | 0;
  kernel.debugger?.executed(thread);
  if (loaded.fatalSignal) {
    kernel.log(`${path}: loading failed past the point of no return`);
    if (loaded.fatalSignal === SIG.KILL) exitProcess(process, { code: 0, signal: SIG.KILL, core: false });
    else forceSignal(thread, loaded.fatalSignal, {});
  }
}

function dropThread(thread: Thread): void {
  thread.unsubscribe?.();
  thread.state = "dead";
  thread.process.threads.splice(thread.process.threads.indexOf(thread), 1);
  thread.kernel.threads.delete(thread.tid);
  const at = thread.kernel.runnable.indexOf(thread);
  if (at >= 0) thread.kernel.runnable.splice(at, 1);
}
