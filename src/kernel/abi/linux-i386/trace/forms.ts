// How each argument of a system call is written: from its declaration where that says enough, else from the tables here and in calls.ts. An
// argument that the call fills in is `late`: it is written when the call is done, as strace(1) does.

import type { Argument, SystemCall } from "../../syscall.ts";
import { currentDirectoryText, fdText } from "./descriptors.ts";
import { structureText } from "./structures.ts";
import { bufferText, flagText, hexText, nameText, octalText, pathText, pointerText, signalText, stringText, table } from "./values.ts";
import type { Shown, Table } from "./values.ts";

/** Writes argument `i`. */
export interface Form {
  readonly late: boolean;
  /** Brings what stands between it and the argument before. */
  readonly glued?: boolean;
  readonly show: (c: Shown, i: number) => string;
  /** Late: what must be remembered of memory before the call runs. */
  readonly before?: (c: Shown, i: number) => string | number | undefined;
}

export interface CallForm {
  readonly forms: readonly Form[];
  /** How many arguments to write, where that depends on them. */
  readonly count?: (c: Shown) => number;
  /** The result, where it is not a plain number; may set `c.note`. Only called on success. */
  readonly result?: (c: Shown) => string;
}

const AT_FDCWD = -100;
export const MAX_STRINGS = 32;

export const early = (show: Form["show"]): Form => ({ late: false, show });
export const late = (show: Form["show"]): Form => ({ late: true, show });

export const glued = (show: Form["show"]): Form => ({ late: true, glued: true, show });

/** The call has failed: what it would have filled is shown as an address. */
export const failed = (c: Shown): boolean => c.result === undefined || (c.result < 0 && c.result > -4096);

export const int = early((c, i) => String(c.args[i] | 0));
export const uint = early((c, i) => String(c.args[i] >>> 0));
export const i64 = early((c, i) => String(c.args[i]));
export const hex = early((c, i) => hexText(c.args[i]));
export const pointer = early((c, i) => pointerText(c.args[i]));
export const path = early((c, i) => pathText(c.memory, c.args[i]));
export const string = early((c, i) => stringText(c.memory, c.args[i], c.limit));
export const mode = early((c, i) => octalText(c.args[i]));
export const signal = early((c, i) => signalText(c.args[i] | 0));
export const fd = early((c, i) => fdText(c, c.args[i] | 0));
export const dirfd = early((c, i) => ((c.args[i] | 0) === AT_FDCWD ? currentDirectoryText(c) : fdText(c, c.args[i] | 0)));
/** A user or group; -1 leaves it alone. */
export const id = early((c, i) => (c.args[i] >>> 0 === 0xffff_ffff || c.args[i] === 0xffff ? "-1" : String(c.args[i] >>> 0)));
export const flags = (names: Table, unknown = ""): Form => early((c, i) => flagText(names, c.args[i], unknown));
export const oneOf = (names: Table, unknown = ""): Form => early((c, i) => nameText(names, c.args[i], unknown));
export const structIn = (type: string): Form => early((c, i) => structureText(c.memory, type, c.args[i]));
export const structOut = (type: string): Form => late((c, i) => (failed(c) ? pointerText(c.args[i]) : structureText(c.memory, type, c.args[i])));
export const bufferIn = (sizeArgument: number): Form => early((c, i) => bufferText(c.memory, c.args[i], sizeArgument < 0 ? 0 : c.args[sizeArgument], c.limit));
export const bufferOut = late((c, i) => (failed(c) ? pointerText(c.args[i]) : bufferText(c.memory, c.args[i], c.result ?? 0, c.limit)));
/** An argument list: all of it, cut in number as strings are in length. */
export const strings = early((c, i) => {
  if (c.args[i] === 0) return "NULL";
  const list: string[] = [];
  for (let at = c.args[i]; ; at += 4) {
    const item = c.memory.loadU32(at);
    if (item === undefined) return list.length === 0 ? pointerText(c.args[i]) : `[${list.join(", ")}, ... /* ${pointerText(at)} */]`;
    if (item === 0) return `[${list.join(", ")}]`;
    if (list.length >= MAX_STRINGS) return `[${list.join(", ")}, ...]`;
    list.push(stringText(c.memory, item, c.limit));
  }
});
/** The environment: its address and size. */
export const environment = early((c, i) => {
  const address = c.args[i];
  if (address === 0) return "NULL";
  let count = 0;
  for (;;) {
    const item = c.memory.loadU32(address + 4 * count);
    if (item === undefined) return pointerText(address);
    if (item === 0) break;
    count++;
  }
  return `${pointerText(address)} /* ${count} var${count === 1 ? "" : "s"} */`;
});

const tables = new WeakMap<object, Table>();

function tableOf(names: Readonly<Record<string, number>>): Table {
  let known = tables.get(names);
  if (known === undefined) {
    known = table(names);
    tables.set(names, known);
  }
  return known;
}

/** The form that a declaration asks for. */
function ofArgument(argument: Argument): Form {
  switch (argument.kind) {
    case "int": case "pid": return int;
    case "fd": return fd;
    case "uint": case "size": return uint;
    case "i64": return i64;
    case "hex": return hex;
    case "pointer": return pointer;
    case "dirfd": return dirfd;
    case "mode": return mode;
    case "path": return path;
    case "string": return string;
    case "strings": return strings;
    case "signal": return signal;
    case "flags": return flags(tableOf(argument.names));
    case "oneOf": return oneOf(tableOf(argument.names));
    case "bufferIn": return bufferIn(argument.sizeArgument);
    case "bufferOut": return bufferOut;
    case "structIn": return structIn(argument.type);
    case "structOut": return structOut(argument.type);
    default: return hex;
  }
}

export function ofDeclaration(call: SystemCall): CallForm {
  return { forms: call.args.map(ofArgument) };
}
