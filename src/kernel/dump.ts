// The dump of a program that a signal is about to kill: what a person needs to see first. Text only; who prints it decides where. Loaded with the
// first signal that kills.

import { decode } from "../decoder/decode.ts";
import { formatAtt } from "../decoder/format-att.ts";
import type { Instruction } from "../decoder/instruction.ts";
import { PERM } from "../runtime/memory.ts";
import { isCode, isPresent, isReadable, isWritable, lookup } from "../runtime/segments.ts";
import { formatMaps } from "./mm.ts";
import { switchTo } from "./process.ts";
import { signalName } from "./signal.ts";
import type { PendingSignal } from "./signal.ts";
import { createSymbols, formatLocation } from "./symbols/symbols.ts";
import type { Symbols } from "./symbols/symbols.ts";
import type { Thread } from "./thread.ts";
import { unwind } from "./unwind.ts";

const hex8 = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
const hex2 = (value: number) => value.toString(16).padStart(2, "0");
const REGISTERS = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"];
const FLAGS: readonly [bit: number, name: string][] = [
  [1, "CF"], [4, "PF"], [16, "AF"], [64, "ZF"], [128, "SF"], [256, "TF"], [512, "IF"], [1024, "DF"], [2048, "OF"], [0x4000, "NT"], [0x10000, "RF"],
  [0x40000, "AC"], [0x200000, "ID"],
];
const CODES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  SIGSEGV: { 1: "SEGV_MAPERR", 2: "SEGV_ACCERR" }, SIGBUS: { 1: "BUS_ADRALN", 2: "BUS_ADRERR" }, SIGILL: { 2: "ILL_ILLOPN" }, SIGTRAP: { 1: "TRAP_BRKPT", 2: "TRAP_TRACE" },
  SIGFPE: { 1: "FPE_INTDIV", 3: "FPE_FLTDIV", 4: "FPE_FLTOVF", 5: "FPE_FLTUND", 6: "FPE_FLTRES", 7: "FPE_FLTINV" },
};
const ANY_CODES: Readonly<Record<number, string>> = { 0: "SI_USER", 0x80: "SI_KERNEL", [-1]: "SI_QUEUE", [-2]: "SI_TIMER", [-6]: "SI_TKILL" };
const STACK_BYTES = 256;
const CODE_BEFORE = 4, CODE_AFTER = 6;
/** A function's start may be this far before EIP for its instructions to be found in step. */
const IN_STEP = 4096;
const RAW = 16;

/** The dump as lines. */
export function formatDump(thread: Thread, signal: PendingSignal): string {
  switchTo(thread);
  const { cpu, process } = thread;
  const symbols = createSymbols();
  const name = signalName(signal.signal);
  const code = CODES[name]?.[signal.code] ?? ANY_CODES[signal.code] ?? String(signal.code);
  const fault = signal.code > 0 && signal.code !== 0x80;
  const sender = signal.code <= 0 ? `, si_pid ${signal.pid}, si_uid ${signal.uid}` : "";
  const lines = [
    `${process.exePath}: killed by ${name} (${signal.signal}), si_code ${code}${fault ? `, si_addr 0x${hex8(signal.address)}` : ""}${sender}, process ${process.pid}, thread ${thread.tid}`,
    ...exceptionLine(signal),
    "backtrace:",
    ...backtrace(thread, symbols),
    "code:",
    ...codeLines(thread, symbols),
    "registers:",
    row(REGISTERS, (i) => hex8(cpu.regs[i]), 0, 4),
    row(REGISTERS, (i) => hex8(cpu.regs[i]), 4, 8),
    `  eip ${hex8(cpu.eip)}  eflags ${hex8(cpu.eflags())} [${FLAGS.filter(([bit]) => cpu.eflags() & bit).map(([, flag]) => flag).join(" ")}]`,
    ...SEGMENTS.map((_, i) => segmentLine(thread, i)),
    ...floatingPoint(thread),
    "stack:",
    ...stackLines(thread, symbols),
    "memory map:",
    ...mapLines(thread, fault ? signal.address >>> 0 : undefined),
  ];
  for (const other of process.threads) {
    if (other === thread) continue;
    switchTo(other);
    lines.push(`thread ${other.tid}, ${other.state}:`, ...backtrace(other, symbols));
  }
  switchTo(thread);
  return `${lines.join("\n")}\n`;
}

const VECTORS: Readonly<Record<number, string>> = {
  0: "#DE", 1: "#DB", 3: "#BP", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 11: "#NP", 12: "#SS", 13: "#GP", 14: "#PF", 16: "#MF", 17: "#AC", 19: "#XM",
};

function exceptionLine(signal: PendingSignal): string[] {
  if (signal.vector < 0) return [];
  const what = signal.errorCode & 16 ? "fetch from" : signal.errorCode & 2 ? "store to" : "load from";
  const bits = signal.vector === 14 ? ` (${what} ${signal.errorCode & 1 ? "a page without that right" : "a page that is not mapped"})` : "";
  return [`  exception ${VECTORS[signal.vector] ?? signal.vector}, error code ${signal.errorCode}${bits}`];
}

function row(names: readonly string[], value: (i: number) => string, from: number, to: number): string {
  return `  ${names.slice(from, to).map((name, i) => `${name} ${value(from + i)}`).join("  ")}`;
}

function place(thread: Thread, symbols: Symbols, address: number, look = address): string {
  const where = symbols.symbolize(thread.process, look);
  const text = formatLocation({ ...where, offset: where.offset + (address - look) }, address);
  const file = where.name === "" || where.file === "" ? "" : ` (${where.file.slice(where.file.lastIndexOf("/") + 1)})`;
  return `${text}${file}`;
}

function backtrace(thread: Thread, symbols: Symbols): string[] {
  return unwind(thread).map((frame, i) => {
    const how = frame.by === "frame pointer" ? " [frame pointer]" : frame.by === "signal" ? " [before the signal]" : "";
    return `  #${String(i).padEnd(2)} ${hex8(frame.pc)} ${place(thread, symbols, frame.pc, frame.by === "registers" || frame.by === "signal" ? frame.pc : frame.pc - 1)}${how}`;
  });
}

function readable(thread: Thread, at: number, most: number): number {
  let length = 0;
  while (length < most && thread.memory.canRead(at + length, 1)) length++;
  return length;
}

function instruction(thread: Thread, at: number): { length: number; text: string } | undefined {
  const length = readable(thread, at, 15);
  if (length === 0) return undefined;
  const bytes = new Uint8Array(thread.memory.subarray(at, length));
  const insn: Instruction | number = decode(bytes, 0, at | 0, length);
  if (typeof insn === "number") return { length: 1, text: `${hex8(at)}: ${hex2(bytes[0])}  (bad)` };
  const shown = bytes.subarray(0, insn.length);
  return { length: insn.length, text: `${hex8(at)}: ${[...shown].map(hex2).join(" ").padEnd(20)}  ${formatAtt(insn, undefined, shown)}` };
}

/** The instructions around EIP, and the bytes. */
function codeLines(thread: Thread, symbols: Symbols): string[] {
  const eip = thread.cpu.eip >>> 0;
  const where = symbols.symbolize(thread.process, eip);
  const before: string[] = [];
  // from the function's start the instructions are in step
  for (let at = where.name !== "" && where.offset <= IN_STEP ? where.start : eip; at < eip; ) {
    const insn = instruction(thread, at);
    if (insn === undefined) break;
    before.push(`     ${insn.text}`);
    at += insn.length;
  }
  const lines = before.slice(-CODE_BEFORE);
  for (let at = eip, n = 0; n < CODE_AFTER; n++) {
    const insn = instruction(thread, at);
    lines.push(`  ${n === 0 ? "=>" : "  "} ${insn?.text ?? `${hex8(at)} (not mapped)`}`);
    if (insn === undefined) break;
    at += insn.length;
  }
  const raw: string[] = [];
  for (let at = Math.max(0, eip - RAW); at < Math.min(eip + RAW, 2 ** 32); at++) {
    const byte = thread.memory.loadU8(at);
    if (byte !== undefined) raw.push(at === eip ? `<${hex2(byte)}>` : hex2(byte));
  }
  if (raw.length > 0) lines.push(`  bytes: ${raw.join(" ")}`);
  return lines;
}

function segmentLine(thread: Thread, segment: number): string {
  const { cpu } = thread;
  const selector = cpu.selectors[segment];
  const descriptor = lookup(cpu.tables, selector);
  const head = `  ${SEGMENTS[segment]} ${selector.toString(16).padStart(4, "0")}`;
  if (descriptor === undefined) return `${head}  null`;
  const rights = isCode(descriptor) ? `code ${isReadable(descriptor) ? "rx" : "x"}` : `data ${isWritable(descriptor) ? "rw" : "r"}`;
  return `${head}  base ${hex8(descriptor.base)}  limit ${hex8(descriptor.limit)}  ${rights}, ${descriptor.big ? 32 : 16} bits${isPresent(descriptor) ? "" : ", not present"}`;
}

/** An 80-bit number for people. */
function extended(view: DataView, at: number): string {
  const high = view.getUint16(at + 8, true), exponent = high & 0x7fff;
  const significand = view.getBigUint64(at, true);
  const sign = high & 0x8000 ? "-" : "";
  if (exponent === 0x7fff) return significand << 1n & 0xffff_ffff_ffff_ffffn ? "nan" : `${sign}inf`;
  return `${sign}${(Number(significand) / 2 ** 63) * 2 ** (exponent - 16383)}`;
}

function floatingPoint(thread: Thread): string[] {
  const view = new DataView(new ArrayBuffer(512));
  thread.cpu.vec.exportFxsave(view, 0);
  const status = view.getUint16(2, true), top = (status >>> 11) & 7, tags = view.getUint8(4);
  const hex4 = (value: number) => value.toString(16).padStart(4, "0");
  const lines = [`  fcw ${hex4(view.getUint16(0, true))}  fsw ${hex4(status)} (top ${top})  tags ${hex2(tags)}  fip ${hex8(view.getUint32(8, true))}  mxcsr ${hex8(view.getUint32(24, true))}`];
  for (let i = 0; i < 8; i++) {
    if (!((tags >>> ((top + i) & 7)) & 1)) continue;
    const at = 32 + 16 * i;
    lines.push(`  st${i} ${hex4(view.getUint16(at + 8, true))} ${view.getBigUint64(at, true).toString(16).padStart(16, "0")}  ${extended(view, at)}`);
  }
  for (let i = 0; i < 8; i++) {
    const at = 160 + 16 * i;
    const words = [12, 8, 4, 0].map((k) => hex8(view.getUint32(at + k, true)));
    if (words.some((it) => it !== "00000000")) lines.push(`  xmm${i} ${words.join("_")}  ${view.getFloat64(at, true)} ${view.getFloat64(at + 8, true)}`);
  }
  return lines;
}

function stackLines(thread: Thread, symbols: Symbols): string[] {
  const esp = thread.cpu.regs[4] >>> 0;
  const lines: string[] = [];
  for (let at = esp; at < Math.min(esp + STACK_BYTES, 2 ** 32); at += 16) {
    const words: string[] = [], names: string[] = [];
    for (let word = at; word < at + 16; word += 4) {
      const value = thread.memory.loadU32(word);
      if (value === undefined) continue;
      words.push(hex8(value));
      if (thread.memory.perm[value >>> 12] & PERM.X) names.push(place(thread, symbols, value));
    }
    if (words.length > 0) lines.push(`  ${hex8(at)}: ${words.join(" ")}${names.length > 0 ? `  ${names.join(", ")}` : ""}`);
  }
  return lines.length > 0 ? lines : ["  (not mapped)"];
}

/** The map, with marks where EIP, ESP and the faulting address are. */
function mapLines(thread: Thread, fault: number | undefined): string[] {
  const { areas } = thread.process.mm;
  const marks: (readonly [string, number])[] = [["eip", thread.cpu.eip >>> 0], ["esp", thread.cpu.regs[4] >>> 0]];
  if (fault !== undefined && fault !== thread.cpu.eip >>> 0) marks.push(["fault", fault]);
  const lines = formatMaps(thread.process.mm).trimEnd().split("\n");
  const shown: string[] = [];
  let from = 0;
  const outside = (to: number) => {
    for (const [name, address] of marks) if (address >= from && address < to) shown.push(`  ${hex8(address)} <= ${name}, not mapped`);
  };
  lines.forEach((line, i) => {
    const area = areas[i];
    outside(area.start);
    const here = marks.filter(([, address]) => address >= area.start && address < area.end).map(([name]) => name);
    shown.push(`  ${line}${here.length > 0 ? `  <= ${here.join(", ")}` : ""}`);
    from = area.end;
  });
  outside(2 ** 32);
  return shown;
}
