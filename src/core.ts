// The library entry, free of any host: runs a program from bytes, with files in memory and output captured.
//
//   const result = await run({ program: bytes, args: ["hello"], files: { "/etc/motd": "hi" }, stdin: "input" });
//   result.status, result.signal, result.stdout, result.stderr

import type { CpuName } from "./runtime/cpuid.ts";
import type { EngineOptions } from "./runtime/engine.ts";
import { createMachine } from "./boot.ts";
import { E, errnoMessage, errnoName } from "./kernel/errno.ts";
import { O } from "./kernel/fs/constants.ts";
import { kernelCaller } from "./kernel/fs/access.ts";
import { makeDirectory, openFile } from "./kernel/fs/operations.ts";
import type { FsState, FileTable } from "./kernel/fs/state.ts";
import { memoryStream } from "./kernel/fs/stdio.ts";
import { hostRandom, seededRandom } from "./kernel/kernel.ts";
import { createHostClock, createVirtualClock } from "./kernel/time.ts";

export interface RunOptions {
  /** An i386 ELF program or a `#!` script, as bytes; or the guest path of one in `files`. */
  readonly program: Uint8Array | string;
  /** Arguments, the program's own name (argv[0]) first. Default: ["program"]. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Guest files by absolute path: text or bytes. Directories come to be as needed; all files are executable. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly engine?: EngineOptions;
  /** The processor that the program sees: "i686", "sse2" or "sse4". */
  readonly cpu?: CpuName;
  /** Makes the run repeatable: random numbers from this seed, and a clock that depends on nothing outside. */
  readonly seed?: number;
}

export interface RunResult {
  /** Exit status 0-255, or 128 + signal when a signal ended the program. */
  readonly status: number;
  /** The signal that ended it, 0 when it exited. */
  readonly signal: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** A program that cannot be started: `code` is the errno's name, "ENOEXEC". */
export class StartError extends Error {
  readonly code: string;

  constructor(path: string, errno: number) {
    super(`${path}: ${errnoMessage(errno)}`);
    this.code = errnoName(errno);
  }
}

const PROGRAM = "/program";
const encoder = new TextEncoder();
const toBytes = (value: string | Uint8Array) => (typeof value === "string" ? encoder.encode(value) : value);
/** Text as a byte string of its UTF-8 form. */
const byteString = (text: string) => String.fromCharCode(...encoder.encode(text));

/** Runs a program to its end. Rejects with a StartError when it cannot be started ("/program: Exec format error"). */
export async function run(options: RunOptions): Promise<RunResult> {
  const stdout: Uint8Array[] = [], stderr: Uint8Array[] = [];
  const seeded = options.seed !== undefined;
  const machine = createMachine({
    kernel: { clock: seeded ? createVirtualClock() : createHostClock(), random: seeded ? seededRandom(options.seed ?? 0) : hostRandom, cpu: options.cpu },
    engine: options.engine,
    streams: (environment) => ({
      input: memoryStream(environment, toBytes(options.stdin ?? ""), () => {}),
      output: memoryStream(environment, new Uint8Array(0), (bytes) => stdout.push(bytes)),
      error: memoryStream(environment, new Uint8Array(0), (bytes) => stderr.push(bytes)),
    }),
    uid: options.uid ?? 1000, gid: options.gid ?? 1000,
  });
  const { process } = machine;
  for (const [path, content] of Object.entries(options.files ?? {})) putFile(process.fs, process.files, byteString(path), toBytes(content));
  const named = typeof options.program === "string";
  if (typeof options.program !== "string") putFile(process.fs, process.files, PROGRAM, options.program);
  if (options.cwd !== undefined) changeTo(process.fs, process.files, byteString(options.cwd));
  const path = named ? byteString(options.program as string) : PROGRAM;
  const env = Object.entries(options.env ?? {}).map(([name, value]) => byteString(`${name}=${value}`));
  const ended = await machine.run(path, (options.args ?? ["program"]).map(byteString), env);
  if (typeof ended === "number") throw new StartError(path, -ended);
  return {
    status: ended.signal ? 128 + ended.signal : ended.code, signal: ended.signal, stdout: concatenate(stdout), stderr: concatenate(stderr),
  };
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function makeDirectories(fs: FsState, files: FileTable, path: string): void {
  const caller = kernelCaller(fs, files);
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    const failed = makeDirectory(caller, fs.root, path.slice(0, at), 0o755);
    if (failed < 0 && failed !== -E.EXIST) throw new Error(`${path.slice(0, at)}: ${errnoMessage(-failed)}`);
  }
}

function putFile(fs: FsState, files: FileTable, path: string, content: Uint8Array): void {
  if (!path.startsWith("/")) throw new Error(`${path}: not an absolute path`);
  makeDirectories(fs, files, path);
  const file = openFile(kernelCaller(fs, files), fs.root, path, O.WRONLY | O.CREAT | O.TRUNC, 0o777);
  if (typeof file === "number") throw new Error(`${path}: ${errnoMessage(-file)}`);
  const failed = content.length > 0 ? file.writeAt(0, content) : 0;
  file.unref();
  if (failed < 0) throw new Error(`${path}: ${errnoMessage(-failed)}`);
}

function changeTo(fs: FsState, files: FileTable, path: string): void {
  const directory = openFile(kernelCaller(fs, files), fs.root, path, O.RDONLY | O.DIRECTORY, 0);
  if (typeof directory === "number") throw new Error(`${path}: ${errnoMessage(-directory)}`);
  fs.cwd = directory.path;
  directory.unref();
}
