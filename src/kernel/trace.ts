// --strace: prints system calls from their declarations, before and after. Each thread's line is kept together unless another
// thread's comes between. strace(1) is the model for the form.

import type { Argument, SystemCall } from "./abi/syscall.ts";
import { NO_RESULT } from "./abi/syscall.ts";
import { E, errnoMessage, errnoName } from "./errno.ts";
import { signalName } from "./signal.ts";
import type { Thread, Tracer } from "./thread.ts";

const MAX_TEXT = 48;

function quote(bytes: Uint8Array, more: boolean): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 10) text += "\\n";
    else if (byte === 34 || byte === 92) text += `\\${String.fromCharCode(byte)}`;
    else text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"${more ? "..." : ""}`;
}

const hex = (value: number) => (value === 0 ? "0" : `0x${(value >>> 0).toString(16)}`);

function formatString(thread: Thread, address: number): string {
  if (address === 0) return "NULL";
  const bytes = thread.memory.cstring(address, 4096);
  return typeof bytes === "string" ? hex(address) : quote(bytes.subarray(0, 200), bytes.length > 200);
}

function formatStrings(thread: Thread, address: number): string {
  if (address === 0) return "NULL";
  const list: string[] = [];
  for (let at = address; list.length < 8; at += 4) {
    const item = thread.memory.loadU32(at);
    if (item === undefined) return hex(address);
    if (item === 0) return `[${list.join(", ")}]`;
    list.push(formatString(thread, item));
  }
  return `[${list.join(", ")}, ...]`;
}

function formatFlags(argument: Argument, value: number): string {
  let rest = value >>> 0;
  const names: string[] = [];
  for (const [name, bits] of Object.entries(argument.names)) {
    if (bits === 0 ? value !== 0 : ((rest & bits) >>> 0) !== bits >>> 0) continue;
    if (bits === 0) return name;
    names.push(name);
    rest = (rest & ~bits) >>> 0;
  }
  if (rest !== 0 || names.length === 0) names.push(hex(rest));
  return names.join("|");
}

function formatBuffer(thread: Thread, address: number, length: number): string {
  const shown = Math.min(length, MAX_TEXT);
  if (address === 0) return "NULL";
  if (length < 0 || !thread.memory.canRead(address, shown)) return hex(address);
  return quote(thread.memory.subarray(address, shown), length > shown);
}

/** One argument. `result` is undefined before the call: buffers that the call fills are not shown yet. */
function formatArgument(thread: Thread, argument: Argument, args: readonly number[], index: number, result: number | undefined): string {
  const value = args[index];
  switch (argument.kind) {
    case "int": case "uint": case "size": case "fd": case "pid": case "i64": return String(value);
    case "dirfd": return value === -100 ? "AT_FDCWD" : String(value);
    case "hex": case "pointer": return hex(value);
    case "mode": return `0${value.toString(8)}`;
    case "path": case "string": return formatString(thread, value);
    case "strings": return formatStrings(thread, value);
    case "signal": return value > 0 && value < 65 ? signalName(value) : String(value);
    case "flags": return formatFlags(argument, value);
    case "oneOf": return Object.entries(argument.names).find(([, number]) => number === value)?.[0] ?? String(value);
    case "bufferIn": return formatBuffer(thread, value, args[argument.sizeArgument] ?? 0);
    case "bufferOut": return result !== undefined && result >= 0 ? formatBuffer(thread, value, Math.min(result, args[argument.sizeArgument] ?? result)) : hex(value);
    case "structIn": case "structOut": return value === 0 ? "NULL" : hex(value);
  }
}

function formatResult(call: SystemCall, result: number): string {
  if (result <= -E.RESTARTSYS && result >= -E.RESTART_RESTARTBLOCK) return "? (interrupted)";
  if (result < 0 && result > -4096 && call.result !== "address") return `-1 ${errnoName(-result)} (${errnoMessage(-result)})`;
  if (call.result === "address") return result < 0 && result > -4096 ? `-1 ${errnoName(-result)}` : hex(result);
  return call.result === "mask" ? hex(result) : String(result);
}

/** A tracer that hands finished lines to `print`. With more than one thread each line begins with the thread's number. */
export function createTracer(print: (line: string) => void, wanted: (call: SystemCall) => boolean = () => true): Tracer {
  const many = (thread: Thread) => thread.kernel.threads.size > 1 || thread.process.pid !== thread.tid || thread.process.parent !== undefined;
  const prefix = (thread: Thread) => (many(thread) ? `[${thread.tid}] ` : "");
  const write = (thread: Thread, call: SystemCall, args: readonly number[], result: number | undefined) =>
    `${prefix(thread)}${call.name}(${call.args.map((argument, i) => formatArgument(thread, argument, args, i, result)).join(", ")})`;
  return {
    before(thread, call, args) {
      // A call that ends its caller or replaces its program has nothing to print afterwards.
      if (wanted(call) && (call.result === "none" || call.name.startsWith("execve"))) print(`${write(thread, call, args, undefined)} = ?`);
    },
    after(thread, call, args, result) {
      if (!wanted(call) || call.result === "none" || (result === NO_RESULT && call.name.startsWith("execve"))) return;
      const end = result === undefined ? "..." : result === NO_RESULT ? "?" : formatResult(call, result);
      print(`${write(thread, call, args, result)} = ${end}`);
    },
    signal(thread, signal) {
      print(`${prefix(thread)}--- ${signalName(signal.signal)} {si_code=${signal.code}, si_addr=${hex(signal.address)}, si_pid=${signal.pid}} ---`);
    },
    line: print,
  };
}
