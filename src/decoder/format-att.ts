// AT&T syntax, as GNU objdump -d prints it. Common parts: format.ts.

import { K, P } from "./instruction.ts";
import type { Instruction, Operand } from "./instruction.ts";
import {
  addressRegister, columns, hex, hintText, immediateText, intoStack, isMemory, nameWithImmediate, operandsOf, plainName, prefixText, registerName,
  SEGMENTS, signedHex, stackRegister, targetText, visible,
} from "./format.ts";
import type { Symbolizer } from "./format.ts";

const RENAMED: Readonly<Record<string, readonly [at4: string, at2: string]>> = {
  CBW: ["cwtl", "cbtw"], CWD: ["cltd", "cwtd"], PUSHA: ["pusha", "pushaw"], POPA: ["popa", "popaw"], PUSHF: ["pushf", "pushfw"],
  POPF: ["popf", "popfw"], IRET: ["iret", "iretw"], RET: ["ret", "retw"], RETF: ["lret", "lretw"], ENTER: ["enter", "enterw"],
  LEAVE: ["leave", "leavew"], CALLF: ["lcall", "lcallw"], JMPF: ["ljmp", "ljmpw"], SGDT: ["sgdtl", "sgdtw"], SIDT: ["sidtl", "sidtw"],
  LGDT: ["lgdtl", "lgdtw"], LIDT: ["lidtl", "lidtw"], FLDENV: ["fldenv", "fldenvs"], FNSTENV: ["fnstenv", "fnstenvs"],
  FRSTOR: ["frstor", "frstors"], FNSAVE: ["fnsave", "fnsaves"],
};

/** Reversed subtraction and division into ST(i): System V's assembler had the names the wrong way round, and GNU's kept them. */
const SWAPPED: Readonly<Record<string, string>> = {
  FSUB: "fsubr", FSUBR: "fsub", FDIV: "fdivr", FDIVR: "fdiv", FSUBP: "fsubrp", FSUBRP: "fsubp", FDIVP: "fdivrp", FDIVRP: "fdivp",
};

/** A suffix tells the size of memory that no register operand tells. */
const SUFFIXED: ReadonlySet<string> = new Set([
  "ADD", "OR", "ADC", "SBB", "AND", "SUB", "XOR", "CMP", "TEST", "MOV", "INC", "DEC", "NOT", "NEG", "MUL", "IMUL", "DIV", "IDIV",
  "ROL", "ROR", "RCL", "RCR", "SHL", "SHR", "SAR", "BT", "BTS", "BTR", "BTC", "NOP",
]);
const STRING: ReadonlySet<string> = new Set(["MOVS", "CMPS", "INS", "OUTS"]);
const FLOAT_SUFFIXED: ReadonlySet<string> = new Set([
  "FADD", "FMUL", "FCOM", "FCOMP", "FSUB", "FSUBR", "FDIV", "FDIVR", "FLD", "FST", "FSTP",
]);
const INTEGER_SUFFIXED: ReadonlySet<string> = new Set([
  "FIADD", "FIMUL", "FICOM", "FICOMP", "FISUB", "FISUBR", "FIDIV", "FIDIVR", "FILD", "FISTTP", "FIST", "FISTP",
]);
/** Instructions whose operands AT&T does not reverse. */
const INTEL_ORDER: ReadonlySet<string> = new Set(["BOUND", "ENTER"]);

const LETTER: Readonly<Record<number, string>> = { 1: "b", 2: "w", 4: "l" };
const FLOAT_LETTER: Readonly<Record<number, string>> = { 4: "s", 8: "l", 10: "t" };
const INTEGER_LETTER: Readonly<Record<number, string>> = { 2: "s", 4: "l", 8: "ll" };

function mnemonic(insn: Instruction): string {
  const { row, op0, op1 } = insn;
  const { name } = row;
  const renamed = RENAMED[name];
  const word = (insn.prefixes & P.OPSIZE) !== 0;
  if (renamed !== undefined) return renamed[word ? 1 : 0];
  const text = plainName(insn);
  if (name === "MOVZX" || name === "MOVSX") return `${text.slice(0, 4)}${LETTER[op1.size]}${LETTER[op0.size]}`;
  if (STRING.has(name)) return text + LETTER[insn.size];
  if (name === "CRC32") return isMemory(op1) ? text + LETTER[op1.size] : text;
  if (op0.kind === K.ST) return intoStack(insn) ? (SWAPPED[name] ?? text) : text;
  if (FLOAT_SUFFIXED.has(name)) return text + FLOAT_LETTER[op0.size];
  if (INTEGER_SUFFIXED.has(name)) return text + INTEGER_LETTER[op0.size];
  if (name === "NOP" && insn.opcode === 0x90 && word) return "xchg";
  if (isMemory(op0) && SUFFIXED.has(name) && (op1.kind === K.IMM || op1.kind === K.NONE || insn.opcode === 0xd2 || insn.opcode === 0xd3)) {
    return text + LETTER[op0.size];
  }
  if (word && (name === "PUSH" || name === "POP") && (isMemory(op0) || op0.kind === K.IMM || op0.kind === K.SEG)) return `${text}w`;
  if (word && (name === "CALL" || name === "JMP") && (isMemory(op0) || insn.opcode === 0xe8 || insn.opcode === 0xe9)) return `${text}w`;
  if (insn.addressSize === 2 && (name === "LOOP" || name === "LOOPcc")) return `${text}w`;
  return nameWithImmediate(insn) ?? text;
}

function memoryText(insn: Instruction, operand: Operand): string {
  const { base, index, scale, disp, address16 } = operand;
  const { modrm } = insn;
  const implicitSegment = base >= 6 && base <= 7 && modrm < 0 || insn.row.name === "XLAT";
  let text = "";
  if (implicitSegment) text = `%${SEGMENTS[operand.seg]}:`;
  else if (insn.segment >= 0 && !(insn.segment === 3 && notTracked(insn))) text = `%${SEGMENTS[insn.segment]}:`;
  if (implicitSegment) return `${text}(%${addressRegister(base, address16)})`;
  const mod = modrm < 0 ? 0 : modrm >> 6;
  const sib = !address16 && modrm >= 0 && (modrm & 7) === 4;
  if (base === 8 && index === 8 && !sib) {
    if (!address16) return text + hex(disp);
    return text + (modrm < 0 ? hex(disp) : signedHex((disp << 16) >> 16));
  }
  if (mod !== 0 || base === 8) text += signedHex(disp);
  text += "(";
  if (base !== 8) text += `%${addressRegister(base, address16)}`;
  if (address16) {
    if (index !== 8) text += `,%${addressRegister(index, true)}`;
  } else if (sib && (index !== 8 || scale !== 0 || base !== 4)) {
    text += `,%${index === 8 ? "eiz" : addressRegister(index, false)},${1 << scale}`;
  }
  return `${text})`;
}

/** 3E before an indirect near branch is CET's "notrack", not a segment. */
function notTracked(insn: Instruction): boolean {
  return (insn.row.name === "CALL" || insn.row.name === "JMP") && insn.modrm >= 0;
}

function operandText(insn: Instruction, operand: Operand, position: number, symbolizer: Symbolizer | undefined): string {
  switch (operand.kind) {
    case K.IMM: return `$${immediateText(insn, operand)}`;
    case K.REL: return targetText(operand.imm, symbolizer);
    case K.PTR: return `$${hex(operand.reg)},$${hex(operand.imm)}`;
    case K.ST: return `%${stackRegister(insn, operand, position)}`;
    case K.R16: return operand.reg === 2 && isPort(insn, operand) ? "(%dx)" : `%${registerName(operand, "db")}`;
    default: return isMemory(operand) ? memoryText(insn, operand) : `%${registerName(operand, "db")}`;
  }
}

function isPort(insn: Instruction, operand: Operand): boolean {
  const { name } = insn.row;
  return ((name === "IN" || name === "INS") && operand === insn.op1) || ((name === "OUT" || name === "OUTS") && operand === insn.op0);
}

/**
 * The instruction in AT&T syntax, as objdump -d prints it: "mov    %gs:0x14,%eax".
 * `symbolizer` names branch targets; `bytes`, the instruction's own, let repeated prefixes and their order be shown.
 */
export function formatAtt(insn: Instruction, symbolizer?: Symbolizer, bytes?: Uint8Array): string {
  const { row, op0 } = insn;
  const { name } = row;
  const prefixes = prefixText(insn, bytes, true, name === "LOOP" || name === "LOOPcc");
  const head = prefixes + mnemonic(insn) + hintText(insn);
  if (name === "NOP" && insn.opcode === 0x90 && head.endsWith("xchg")) return columns(head, "%ax,%ax");
  const operands = operandsOf(insn);
  const [from, to] = visible(insn, operands.length);
  // a shift by one does not say so
  const end = insn.opcode === 0xd0 || insn.opcode === 0xd1 ? 1 : to;
  const texts = operands.map((operand, n) => operandText(insn, operand, n, symbolizer)).slice(from, end);
  if (!INTEL_ORDER.has(name)) texts.reverse();
  const star = op0.kind !== K.REL && op0.kind !== K.PTR && (name === "CALL" || name === "JMP" || name === "CALLF" || name === "JMPF") ? "*" : "";
  return columns(head, star + texts.join(","));
}
