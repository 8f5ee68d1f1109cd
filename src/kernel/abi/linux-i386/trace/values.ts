// How strace(1) writes values: strings, numbers, flags, sets of signals, and parts of structures read from the guest's memory.

import { signalName } from "../../../signal.ts";
import type { GuestMemory } from "../../../../runtime/memory.ts";
import type { SystemCall } from "../../syscall.ts";
import type { Thread } from "../../../thread.ts";

/** A call being written. */
export interface Shown {
  readonly thread: Thread;
  readonly memory: GuestMemory;
  readonly call: SystemCall;
  readonly args: readonly number[];
  /** The call's result; undefined while it is running. */
  result: number | undefined;
  /** What stands in parentheses behind the result; "" for nothing. */
  note: string;
  /** Bytes of a buffer shown, -s. */
  readonly limit: number;
  /** Say what descriptors are, -y. */
  readonly descriptors: boolean;
  /** What was in memory before the call, by argument (Form.before). */
  readonly kept: (string | number | undefined)[];
}

export const PATH_MAX = 4096;

export const pointerText = (value: number): string => (value === 0 ? "NULL" : `0x${(value >>> 0).toString(16)}`);
export const hexText = (value: number): string => (value === 0 ? "0" : `0x${(value >>> 0).toString(16)}`);
export const octalText = (value: number): string => `0${value.toString(8)}`.padStart(3, "0");

const ESCAPES: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: "\\\"", 92: "\\\\" };

/** Bytes in quotes, escaped as in C with octal numbers as short as what follows allows. */
export function quote(bytes: Uint8Array, more = false): string {
  let text = "\"";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    const escape = ESCAPES[byte];
    if (escape !== undefined) text += escape;
    else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte);
    else {
      const next = bytes[i + 1];
      const digit = next >= 48 && next <= 55;
      text += `\\${digit ? byte.toString(8).padStart(3, "0") : byte.toString(8)}`;
    }
  }
  return more ? `${text}"...` : `${text}"`;
}

/** Bytes as "\x01\x02". */
export function quoteHex(bytes: Uint8Array, more = false): string {
  let text = "\"";
  for (const byte of bytes) text += `\\x${byte.toString(16).padStart(2, "0")}`;
  return more ? `${text}"...` : `${text}"`;
}

/** A path, in full. */
export function pathText(memory: GuestMemory, address: number): string {
  if (address === 0) return "NULL";
  const bytes = memory.cstring(address, PATH_MAX);
  if (bytes === "fault") return pointerText(address);
  return bytes === "toolong" ? quote(memory.subarray(address, PATH_MAX - 1), true) : quote(bytes);
}

/** A string that is cut after `limit` bytes. */
export function stringText(memory: GuestMemory, address: number, limit: number): string {
  if (address === 0) return "NULL";
  const bytes = memory.cstring(address, limit + 1);
  if (bytes === "fault") return pointerText(address);
  return bytes === "toolong" ? quote(memory.subarray(address, limit), true) : quote(bytes);
}

export function bufferText(memory: GuestMemory, address: number, length: number, limit: number): string {
  if (address === 0) return "NULL";
  const shown = Math.min(length, limit);
  if (length < 0 || !memory.canRead(address, shown)) return pointerText(address);
  return quote(memory.subarray(address, shown), length > shown);
}

/** A table of named bits or values. */
export type Table = readonly (readonly [name: string, value: number])[];

export const table = (names: Readonly<Record<string, number>>): Table => Object.entries(names);

/** Named bits joined by "|"; a name for 0 is used when nothing is set; what has no name follows in hexadecimal. */
export function flagText(names: Table, value: number, unknown = ""): string {
  let rest = value >>> 0;
  let text = "";
  for (const [name, bits] of names) {
    if (bits === 0) {
      if (value === 0) return name;
      continue;
    }
    if (((rest & bits) >>> 0) !== bits >>> 0) continue;
    text = text === "" ? name : `${text}|${name}`;
    rest = (rest & ~bits) >>> 0;
  }
  if (text === "") return rest === 0 ? "0" : unknown === "" ? hexText(rest) : `${hexText(rest)} /* ${unknown} */`;
  return rest === 0 ? text : `${text}|${hexText(rest)}`;
}

/** The one name of a value. */
export function nameText(names: Table, value: number, unknown = ""): string {
  for (const [name, number] of names) if (number === value || number >>> 0 === value >>> 0) return name;
  return unknown === "" ? hexText(value) : `${hexText(value)} /* ${unknown} */`;
}

/** "SIGINT"; a number that is no signal as it is. */
export function signalText(signal: number): string {
  if (signal === 32) return "SIGRTMIN";
  return signal > 0 && signal <= 64 ? signalName(signal) : String(signal);
}

const SET_SIZE = 64;

/** "[INT CHLD]", or what is missing when most are there: "~[KILL STOP]". */
export function signalSet(set: bigint, size = SET_SIZE): string {
  const members: number[] = [], others: number[] = [];
  for (let signal = 1; signal <= size; signal++) ((set >> BigInt(signal - 1)) & 1n ? members : others).push(signal);
  const inverted = members.length >= (size * 2) / 3;
  const names = (inverted ? others : members).map((signal) => signalText(signal).slice(3));
  return `${inverted ? "~" : ""}[${names.join(" ")}]`;
}

/** Reads fields of a structure. Undefined when it cannot be read. */
export function readView(memory: GuestMemory, address: number, length: number): DataView | undefined {
  return memory.canRead(address, length) ? new DataView(memory.buffer, address >>> 0, length) : undefined;
}

/** A signed 64-bit field. */
export const int64 = (view: DataView, at: number): bigint => view.getBigInt64(at, true);
