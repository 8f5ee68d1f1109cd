// What AT&T and Intel text have in common: prefixes, mnemonics, numbers. The two syntaxes: format-att.ts and format-intel.ts.
// The model is GNU objdump -d (binutils 2.40), whose words for unused prefixes and undocumented forms are kept; where it knows fewer
// instructions than a processor does, ours have Intel's names.

import { A, K, P } from "./instruction.ts";
import type { Instruction, Operand } from "./instruction.ts";

/** Text for a branch target, such as "main+0x10", or undefined. `address` is unsigned. */
export type Symbolizer = (address: number) => string | undefined;

export const CONDITIONS: readonly string[] = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];
export const SEGMENTS: readonly string[] = ["es", "cs", "ss", "ds", "fs", "gs"];
const R32 = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
const R16 = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];
const R8 = ["al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"];

const FLOAT_CONDITIONS: Readonly<Record<number, string>> = { 2: "b", 3: "nb", 4: "e", 5: "ne", 6: "be", 7: "nbe", 10: "u", 11: "nu" };
const COMPARISONS = ["eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"];
const CARRYLESS: Readonly<Record<number, string>> = { 0: "pclmullqlqdq", 1: "pclmulhqlqdq", 16: "pclmullqhqdq", 17: "pclmulhqhqdq" };

/** The i386's name of a register, without AT&T's "%"; `debug` is what the syntax calls debug registers. */
export function registerName(operand: Operand, debug: string): string {
  const { kind, reg } = operand;
  switch (kind) {
    case K.R32: return R32[reg];
    case K.R16: return R16[reg];
    case K.R8: return R8[reg];
    case K.SEG: return SEGMENTS[reg];
    case K.MM: return `mm${reg}`;
    case K.XMM: return `xmm${reg}`;
    case K.CR: return `cr${reg}`;
    default: return `${debug}${reg}`;
  }
}

export function addressRegister(reg: number, address16: boolean): string {
  return address16 ? R16[reg] : R32[reg];
}

export function isMemory(operand: Operand): boolean {
  return operand.kind >= K.M32 && operand.kind <= K.FAR;
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

export function signedHex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** An immediate as wide as the operand it goes with. */
export function immediateText(insn: Instruction, operand: Operand): string {
  const { op0, row } = insn;
  const width = op0.kind === K.IMM || op0.kind === K.NONE ? insn.size : op0.size;
  if (width === 1 || (row.attributes & (A.SSE | A.MMX)) !== 0) return hex(operand.imm & 0xff);
  return hex(width === 2 ? operand.imm & 0xffff : operand.imm);
}

export function targetText(address: number, symbolizer: Symbolizer | undefined): string {
  const target = address >>> 0;
  const symbol = symbolizer?.(target);
  return symbol === undefined ? `0x${target.toString(16)}` : `${target.toString(16)} <${symbol}>`;
}

export function operandsOf(insn: Instruction): Operand[] {
  const all: Operand[] = [];
  for (const operand of [insn.op0, insn.op1, insn.op2, insn.op3]) if (operand.kind !== K.NONE) all.push(operand);
  return all;
}

const COMPARE = /^CMP(PS|PD|SS|SD)$/;

/** Instructions whose first immediate is part of the name as objdump writes it: the name, or undefined. The immediate is op2. */
export function nameWithImmediate(insn: Instruction): string | undefined {
  const { name, attributes } = insn.row;
  if ((attributes & A.SSE) === 0 || insn.op2.kind !== K.IMM) return undefined;
  const { imm } = insn.op2;
  if (name === "PCLMULQDQ") return CARRYLESS[imm];
  if (imm < 8 && COMPARE.test(name)) return `cmp${COMPARISONS[imm]}${name.slice(3).toLowerCase()}`;
  return undefined;
}

/** The instruction's name in lower case with its condition spelt out. Sizes and what else a syntax adds are left to it. */
export function plainName(insn: Instruction): string {
  const name = insn.row.name;
  switch (name) {
    case "Jcc": return `j${CONDITIONS[insn.cc]}`;
    case "SETcc": return `set${CONDITIONS[insn.cc]}`;
    case "CMOVcc": return `cmov${CONDITIONS[insn.cc]}`;
    case "FCMOVcc": return `fcmov${FLOAT_CONDITIONS[insn.cc]}`;
    case "LOOPcc": return `loop${CONDITIONS[insn.cc]}`;
    case "JECXZ": return insn.addressSize === 2 ? "jcxz" : "jecxz";
    case "ICEBP": return "int1";
    case "FNENI": return "fneni(8087 only)";
    case "FNDISI": return "fndisi(8087 only)";
    case "FNSETPM": return "fnsetpm(287 only)";
    case "UD": return "(bad)";
    default: return name.toLowerCase();
  }
}

/** Register forms that print ST(i) alone. */
export const STACK_TOP_HIDDEN: ReadonlySet<string> = new Set(["FCOM", "FCOMP", "FUCOM", "FUCOMP", "FXCH"]);

/** Two-operand forms whose destination is ST(i). */
export function intoStack(insn: Instruction): boolean {
  return (insn.opcode === 0xdc || insn.opcode === 0xde) && insn.op1.kind === K.ST && !STACK_TOP_HIDDEN.has(insn.row.name);
}

/** Operand `position`: "st" where the form names the top of the stack, "st(i)" where ModR/M does. */
export function stackRegister(insn: Instruction, operand: Operand, position: number): string {
  const named = insn.op1.kind === K.ST && position === (intoStack(insn) ? 1 : 0);
  return named ? "st" : `st(${operand.reg})`;
}

/** Which of the operands are printed, from and to, in Intel's order. */
export function visible(insn: Instruction, count: number): [from: number, to: number] {
  const { name } = insn.row;
  if (name === "MASKMOVQ" || name === "MASKMOVDQU") return [1, count]; // memory at DS:(E)DI
  if (insn.op0.kind === K.ST && STACK_TOP_HIDDEN.has(name)) return [1, count];
  return [0, count > 2 && nameWithImmediate(insn) !== undefined ? 2 : count];
}

const PREFIX_NAMES: Readonly<Record<number, string>> = {
  0xf0: "lock", 0xf2: "repnz", 0xf3: "repz", 0x66: "data16", 0x67: "addr16",
  0x26: "es", 0x2e: "cs", 0x36: "ss", 0x3e: "ds", 0x64: "fs", 0x65: "gs",
};
const SEGMENT_PREFIX = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

/** Prefix bytes of `insn`: as they stand in `bytes` (the instruction's own), else one of each kind that is known to be there. */
function prefixBytes(insn: Instruction, bytes: Uint8Array | undefined): number[] {
  const found: number[] = [];
  if (bytes !== undefined) {
    for (const byte of bytes) {
      if (PREFIX_NAMES[byte] === undefined) break;
      found.push(byte);
    }
    return found;
  }
  if ((insn.prefixes & P.OPSIZE) !== 0) found.push(0x66);
  if ((insn.prefixes & P.ADDRSIZE) !== 0) found.push(0x67);
  if (insn.segment >= 0) found.push(SEGMENT_PREFIX[insn.segment]);
  if ((insn.prefixes & P.LOCK) !== 0) found.push(0xf0);
  if ((insn.prefixes & P.REPNE) !== 0) found.push(0xf2);
  if ((insn.prefixes & P.REP) !== 0) found.push(0xf3);
  return found;
}

const NEAR = new Set(["CALL", "JMP", "RET", "Jcc"]);
const ELISION = new Set(["ADD", "OR", "ADC", "SBB", "AND", "SUB", "XOR", "NOT", "NEG", "INC", "DEC", "BTS", "BTR", "BTC", "XADD", "CMPXCHG", "CMPXCHG8B"]);
const HIDDEN_MEMORY = new Set(["MASKMOVQ", "MASKMOVDQU"]);

/** Whether 66 is part of what the instruction says, so that it is not printed. */
function sizeUsed(insn: Instruction): boolean {
  const { row, op0, op1 } = insn;
  switch (row.name) {
    // a segment or descriptor register goes to memory as a word whatever the size
    case "SLDT": case "STR": case "SMSW": return op0.kind !== K.M16;
    case "MOV": if (op0.kind === K.SEG || op1.kind === K.SEG) return op0.kind !== K.M16 && op1.kind !== K.M16; break;
    // with a byte of displacement objdump thinks the size does not matter
    case "Jcc": case "JMP": if (insn.opcode < 0x80 || insn.opcode === 0xeb) return false; break;
    case "LOOP": case "LOOPcc": case "JECXZ": return false;
    case "NOP": return insn.opcode !== 0x90 || (insn.prefixes & P.OPSIZE) !== 0;
  }
  return row.sized;
}

/** What the prefixes are printed as, each with a blank after it. `hints`: 2E and 3E of a conditional branch are said elsewhere. */
export function prefixText(insn: Instruction, bytes: Uint8Array | undefined, hints: boolean, shortAddress: boolean): string {
  if (insn.prefixes === 0) return "";
  const { row } = insn;
  const all = prefixBytes(insn, bytes);
  const memory = operandsOf(insn).find(isMemory);
  const shown = memory !== undefined && !HIDDEN_MEMORY.has(row.name);
  const string = (row.attributes & A.STRING) !== 0;
  const elision = shown && ((ELISION.has(row.name) && (insn.prefixes & P.LOCK) !== 0) || (row.name === "XCHG" && memory === insn.op0));
  const release = elision || (row.name === "MOV" && memory !== undefined && memory === insn.op0 && insn.op1.kind !== K.SEG && insn.modrm >= 0);
  // string instructions have the override in their DS:(E)SI operand only
  const overrides = shown && operandsOf(insn).some((operand) => isMemory(operand) && !(string && operand.base === 7));
  const moffs = insn.opcode >= 0xa0 && insn.opcode <= 0xa3;
  let text = "";
  for (let i = 0; i < all.length; i++) {
    const byte = all[i];
    const kindIsLast = !all.slice(i + 1).some((later) => later === byte || (isSegment(byte) && isSegment(later)));
    let word = PREFIX_NAMES[byte];
    if (byte === 0x66) {
      if (kindIsLast && sizeUsed(insn)) continue;
    } else if (byte === 0x67) {
      if (kindIsLast && ((shown && !moffs) || shortAddress || row.name === "JECXZ")) continue;
    } else if (byte === 0xf3) {
      if (kindIsLast && row.prefix === 2 && !string) continue;
      if (!kindIsLast) word = "repz";
      else if (string && row.name !== "CMPS" && row.name !== "SCAS") word = "rep";
      else if (release) word = "xrelease";
    } else if (byte === 0xf2) {
      if (kindIsLast && row.prefix === 3 && !string) continue;
      if (kindIsLast && NEAR.has(row.name)) word = "bnd";
      else if (kindIsLast && elision) word = "xacquire";
    } else if (byte !== 0xf0 && kindIsLast) {
      if (overrides) {
        if (byte !== 0x3e || insn.modrm < 0 || !indirect(insn)) continue;
        word = "notrack";
      } else if (byte === 0x3e && indirect(insn)) word = "notrack";
      else if (hints && hintText(insn) !== "") continue;
    }
    text += `${word} `;
  }
  return text;
}

function isSegment(byte: number): boolean {
  return byte < 0x66;
}

function indirect(insn: Instruction): boolean {
  return (insn.row.name === "CALL" || insn.row.name === "JMP") && insn.op0.kind !== K.REL;
}

/** ",pn" or ",pt" for the branch hints, which only AT&T syntax prints. */
export function hintText(insn: Instruction): string {
  const { name } = insn.row;
  if (name !== "Jcc" && name !== "LOOP" && name !== "LOOPcc" && name !== "JECXZ") return "";
  return insn.segment === 1 ? ",pn" : insn.segment === 3 ? ",pt" : "";
}

/** objdump's columns: the mnemonic takes six, prefixes included. */
export function columns(mnemonic: string, operands: string): string {
  return operands === "" ? mnemonic : `${mnemonic.padEnd(6)} ${operands}`;
}
