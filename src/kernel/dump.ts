// The dump of a program that a signal is about to kill: what a person needs to see first. Text only; who prints it decides where.

import { decode } from "../decoder/decode.ts";
import { formatAtt } from "../decoder/format-att.ts";
import type { Instruction } from "../decoder/instruction.ts";
import { formatMaps } from "./mm.ts";
import { signalName } from "./signal.ts";
import type { PendingSignal } from "./signal.ts";
import type { Thread } from "./thread.ts";

const hex8 = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
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

/** The dump as lines. */
export function formatDump(thread: Thread, signal: PendingSignal): string {
  const { cpu, process } = thread;
  const name = signalName(signal.signal);
  const code = CODES[name]?.[signal.code] ?? ANY_CODES[signal.code] ?? String(signal.code);
  const fault = signal.code > 0 && signal.code !== 0x80;
  const lines = [
    `${process.exePath}: killed by ${name} (${signal.signal}), si_code ${code}${fault ? `, si_addr 0x${hex8(signal.address)}` : ""}, process ${process.pid}, thread ${thread.tid}`,
    `  at ${instructionText(thread)}`,
    row(REGISTERS, (i) => hex8(cpu.regs[i]), 0, 4),
    row(REGISTERS, (i) => hex8(cpu.regs[i]), 4, 8),
    `  eip ${hex8(cpu.eip)}  eflags ${hex8(cpu.eflags())} [${FLAGS.filter(([bit]) => cpu.eflags() & bit).map(([, flag]) => flag).join(" ")}]`,
    row(SEGMENTS, (i) => cpu.selectors[i].toString(16).padStart(4, "0"), 0, 6),
    "stack:",
    ...stackLines(thread),
    "memory map:",
    ...formatMaps(process.mm).trimEnd().split("\n").map((line) => `  ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function row(names: readonly string[], value: (i: number) => string, from: number, to: number): string {
  return `  ${names.slice(from, to).map((name, i) => `${name} ${value(from + i)}`).join("  ")}`;
}

function instructionText(thread: Thread): string {
  const { cpu, memory } = thread;
  const at = cpu.eip >>> 0;
  let length = 0;
  while (length < 15 && memory.canRead(at + length, 1)) length++;
  if (length === 0) return `${hex8(at)} (not mapped)`;
  const bytes = new Uint8Array(memory.subarray(at, length));
  const insn: Instruction | number = decode(bytes, 0, at | 0, length);
  if (typeof insn === "number") return `${hex8(at)} (bad)`;
  const shown = bytes.subarray(0, insn.length);
  return `${hex8(at)}: ${[...shown].map((b) => b.toString(16).padStart(2, "0")).join(" ")}  ${formatAtt(insn, undefined, shown)}`;
}

function stackLines(thread: Thread): string[] {
  const esp = thread.cpu.regs[4] >>> 0;
  const lines: string[] = [];
  for (let at = esp; at < esp + STACK_BYTES; at += 16) {
    const words: string[] = [];
    for (let word = at; word < at + 16; word += 4) {
      const value = thread.memory.loadU32(word);
      if (value !== undefined) words.push(hex8(value));
    }
    if (words.length > 0) lines.push(`  ${hex8(at)}: ${words.join(" ")}`);
  }
  return lines.length > 0 ? lines : ["  (not mapped)"];
}
