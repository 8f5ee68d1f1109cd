// How a system call is declared: one declaration a call, read by dispatch, --strace, the coverage page, the ENOSYS report
// and the argument fuzzer. The calls themselves live in the personality's folder (linux-i386/calls-*.ts).
//
//   call(3, "read", [fd(), bufferOut("buf", 2), size("count")], "size", sysRead, "full"),
//
// A handler gets the calling thread and its arguments as numbers: pointers, sizes and flags as uint32, ints as int32, 64-bit
// arguments as one number (exact to 2^53). Paths and structures arrive as pointers; `readPath`, `k.memory.read` etc. fetch them.
// It returns a result (negative errno on failure), or a Wait to block (wait.ts). NO_RESULT leaves the registers as the handler set them.

import { E } from "../errno.ts";
import type { Result } from "../wait.ts";
import type { Thread } from "../thread.ts";

/** What a handler is given about its caller: the calling thread. See thread.ts for what hangs off it. */
export type Context = Thread;

/** full: as Linux; partial: the note says what is missing; stub: accepted, does nothing that matters; absent: known, answers ENOSYS quietly. */
export type Level = "full" | "partial" | "stub" | "absent";

/** How a result reads in a trace. */
export type ResultType = "int" | "fd" | "size" | "address" | "pid" | "mask" | "i64" | "none";

/** Named bits or values, for printing. */
export type Names = Readonly<Record<string, number>>;

export type ArgumentKind =
  | "int" // int32
  | "uint" // uint32, decimal
  | "hex" // uint32, hexadecimal
  | "i64" // a pair of registers, low word first
  | "size"
  | "fd"
  | "dirfd" // AT_FDCWD or a descriptor
  | "path" // pointer to a string, printed as one
  | "string"
  | "strings" // pointer to a null-terminated array of strings
  | "pointer"
  | "bufferIn" // the call reads `sizeArgument` bytes there
  | "bufferOut" // the call writes there; its result says how much
  | "structIn" // pointer to a structure that the call reads: `type` names it
  | "structOut"
  | "flags"
  | "oneOf"
  | "mode"
  | "signal"
  | "pid";

export interface Argument {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** bufferIn, bufferOut: index of the argument that holds the size, or -1. */
  readonly sizeArgument: number;
  /** flags, oneOf: names of bits or values. */
  readonly names: Names;
  /** structIn, structOut: the C type. */
  readonly type: string;
}

export type Handler = (k: Context, ...args: number[]) => Result;

export interface SystemCall {
  readonly number: number;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly result: ResultType;
  readonly handler: Handler;
  readonly level: Level;
  readonly note: string;
}

/** Result of calls that have set the registers themselves (sigreturn, a successful execve, exit). */
export const NO_RESULT = -0x7fff_ffff;

/** Declares a system call. */
export function call(
  number: number,
  name: string,
  args: readonly Argument[],
  result: ResultType,
  handler: Handler,
  level: Level = "full",
  note = "",
): SystemCall {
  return { number, name, args, result, handler, level, note };
}

/** Handlers by name, in a module that is loaded when one of them is first called: see `loading` in thread.ts. */
export function lazily<Name extends string>(load: () => Promise<Readonly<Record<Name, Handler>>>): (name: Name) => Handler {
  let handlers: Readonly<Record<Name, Handler>> | undefined;
  return (name) => (k, ...args) => {
    if (handlers) return handlers[name](k, ...args);
    k.kernel.loading = load().then((loaded) => {
      handlers = loaded;
    });
    return -E.RESTARTNOINTR;
  };
}

const enosys: Handler = () => -E.NOSYS;

/** Declares a call that is known and answers ENOSYS. */
export function absent(number: number, name: string, note = ""): SystemCall {
  return { number, name, args: [], result: "int", handler: enosys, level: "absent", note };
}

function argument(name: string, kind: ArgumentKind, more: Partial<Argument> = {}): Argument {
  return { name, kind, sizeArgument: more.sizeArgument ?? -1, names: more.names ?? {}, type: more.type ?? "" };
}

export const int = (name: string): Argument => argument(name, "int");
export const uint = (name: string): Argument => argument(name, "uint");
export const hex = (name: string): Argument => argument(name, "hex");
export const i64 = (name: string): Argument => argument(name, "i64");
export const size = (name = "count"): Argument => argument(name, "size");
export const fd = (name = "fd"): Argument => argument(name, "fd");
export const dirfd = (name = "dirfd"): Argument => argument(name, "dirfd");
export const path = (name = "pathname"): Argument => argument(name, "path");
export const string = (name: string): Argument => argument(name, "string");
export const strings = (name: string): Argument => argument(name, "strings");
export const pointer = (name: string): Argument => argument(name, "pointer");
/** A buffer that the call reads; `sizeArgument` is the index of the argument with its length. */
export const bufferIn = (name: string, sizeArgument: number): Argument => argument(name, "bufferIn", { sizeArgument });
/** A buffer that the call fills; the result is the number of bytes written. */
export const bufferOut = (name: string, sizeArgument: number): Argument => argument(name, "bufferOut", { sizeArgument });
export const structIn = (name: string, type: string): Argument => argument(name, "structIn", { type });
export const structOut = (name: string, type: string): Argument => argument(name, "structOut", { type });
export const flags = (name: string, names: Names): Argument => argument(name, "flags", { names });
export const oneOf = (name: string, names: Names): Argument => argument(name, "oneOf", { names });
export const mode = (name = "mode"): Argument => argument(name, "mode");
export const signal = (name = "sig"): Argument => argument(name, "signal");
export const pid = (name = "pid"): Argument => argument(name, "pid");

export const PATH_MAX = 4096;

/** The path at a guest address as bytes without the final NUL, or a negative errno (EFAULT, ENAMETOOLONG). Empty paths are the caller's affair. */
export function readPath(k: Context, address: number): Uint8Array | number {
  const bytes = k.memory.cstring(address, PATH_MAX);
  if (bytes === "fault") return -E.FAULT;
  if (bytes === "toolong") return -E.NAMETOOLONG;
  return bytes;
}
