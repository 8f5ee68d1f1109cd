// Intel syntax, as GNU objdump -d -M intel prints it. Common parts: format.ts.

import { K, P } from "./instruction.ts";
import type { Instruction, Operand } from "./instruction.ts";
import {
  addressRegister, columns, hex, immediateText, isMemory, nameWithImmediate, operandsOf, plainName, prefixText, registerName, SEGMENTS, signedHex,
  stackRegister, targetText, visible,
} from "./format.ts";
import type { Symbolizer } from "./format.ts";

const RENAMED: Readonly<Record<string, readonly [at4: string, at2: string]>> = {
  CBW: ["cwde", "cbw"], CWD: ["cdq", "cwd"], PUSHA: ["pusha", "pushaw"], POPA: ["popa", "popaw"], PUSHF: ["pushf", "pushfw"],
  POPF: ["popf", "popfw"], IRET: ["iret", "iretw"], RET: ["ret", "retw"], RETF: ["retf", "retfw"], ENTER: ["enter", "enterw"],
  LEAVE: ["leave", "leavew"], CALLF: ["call", "call"], JMPF: ["jmp", "jmp"], SGDT: ["sgdtd", "sgdtw"], SIDT: ["sidtd", "sidtw"],
  LGDT: ["lgdtd", "lgdtw"], LIDT: ["lidtd", "lidtw"], FLDENV: ["fldenv", "fldenvw"], FNSTENV: ["fnstenv", "fnstenvw"],
  FRSTOR: ["frstor", "frstorw"], FNSAVE: ["fnsave", "fnsavew"],
};

const POINTER: Readonly<Record<number, string>> = {
  1: "BYTE PTR ", 2: "WORD PTR ", 4: "DWORD PTR ", 6: "FWORD PTR ", 8: "QWORD PTR ", 10: "TBYTE PTR ", 16: "XMMWORD PTR ",
};
/** An address that objdump calls a byte. */
const BYTE_POINTER = /^(PREFETCH|CLFLUSH|INVLPG)/;

function mnemonic(insn: Instruction): string {
  const { name } = insn.row;
  const { op0 } = insn;
  const word = (insn.prefixes & P.OPSIZE) !== 0;
  const renamed = RENAMED[name];
  if (renamed !== undefined) return renamed[word ? 1 : 0];
  const text = plainName(insn);
  if (name === "NOP" && insn.opcode === 0x90 && word) return "xchg";
  if (word && (name === "PUSH" || name === "POP") && (op0.kind === K.IMM || op0.kind === K.SEG)) return `${text}w`;
  if (word && (insn.opcode === 0xe8 || insn.opcode === 0xe9)) return `${text}w`;
  return nameWithImmediate(insn) ?? text;
}

function memoryText(insn: Instruction, operand: Operand): string {
  const { base, index, scale, disp, address16, kind, size } = operand;
  const { modrm, opcode } = insn;
  const { name } = insn.row;
  const moffs = modrm < 0 && opcode >= 0xa0 && opcode <= 0xa3;
  let text = "";
  if (BYTE_POINTER.test(name)) text = "BYTE PTR ";
  else if (!moffs && name !== "LDDQU") text = kind === K.M && name !== "BOUND" ? "" : POINTER[size] ?? "";
  const sib = !address16 && modrm >= 0 && (modrm & 7) === 4;
  const bare = base === 8 && index === 8 && !sib;
  const notrack = insn.segment === 3 && (name === "CALL" || name === "JMP");
  const always = bare || (modrm < 0 && !moffs); // the segment is always written
  if (always || (insn.segment >= 0 && !notrack)) text += `${SEGMENTS[operand.seg]}:`;
  if (bare) return text + hex(address16 ? disp & 0xffff : disp);
  const parts: string[] = [];
  if (base !== 8) parts.push(addressRegister(base, address16));
  if (address16) {
    if (index !== 8) parts.push(addressRegister(index, true));
  } else if (sib && (index !== 8 || scale !== 0 || base !== 4)) {
    parts.push(`${index === 8 ? "eiz" : addressRegister(index, false)}*${1 << scale}`);
  }
  let inner = parts.join("+");
  if (modrm >= 0 && (modrm >= 0x40 || base === 8)) inner += disp < 0 ? signedHex(disp) : `+${hex(disp)}`;
  return `${text}[${inner}]`;
}

function operandText(insn: Instruction, operand: Operand, position: number, symbolizer: Symbolizer | undefined): string {
  switch (operand.kind) {
    case K.IMM: return insn.opcode >= 0xd0 && insn.opcode <= 0xd1 ? "1" : immediateText(insn, operand);
    case K.REL: return targetText(operand.imm, symbolizer);
    case K.PTR: return `${hex(operand.reg)}:${hex(operand.imm)}`;
    case K.ST: return stackRegister(insn, operand, position);
    default: return isMemory(operand) ? memoryText(insn, operand) : registerName(operand, "dr");
  }
}

/**
 * The instruction in Intel syntax, as objdump -d -M intel prints it: "mov    eax,gs:0x14".
 * `symbolizer` names branch targets; `bytes`, the instruction's own, let repeated prefixes and their order be shown.
 */
export function formatIntel(insn: Instruction, symbolizer?: Symbolizer, bytes?: Uint8Array): string {
  const { name } = insn.row;
  const head = prefixText(insn, bytes, false, false) + mnemonic(insn);
  if (name === "NOP" && head.endsWith("xchg")) return columns(head, "ax,ax");
  const operands = operandsOf(insn);
  const [from, to] = visible(insn, operands.length);
  return columns(head, operands.map((operand, n) => operandText(insn, operand, n, symbolizer)).slice(from, to).join(","));
}
