// The oracle side of the decoder tests: one instruction decoded by iced-x86 and by us, each told as a canonical text that can be
// compared, and the renaming between the two vocabularies. Deliberate differences are not here: iced-differences.ts.

import iced from "iced-x86";
import { A, decode, K } from "../../src/decoder/index.ts";
import type { Instruction, Operand } from "../../src/decoder/index.ts";

const { Code, Decoder, DecoderOptions, Instruction: IcedInstruction, MemorySizeExt, Mnemonic, OpKind, Register } = iced;

const CONDITIONS = ["O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE", "G"];

/** iced's mnemonic to ours, where more than the case differs. Conditions are added below. */
const RENAMED: Record<string, string> = {
  CWDE: "CBW", CDQ: "CWD", PUSHAD: "PUSHA", POPAD: "POPA", PUSHFD: "PUSHF", POPFD: "POPF", IRETD: "IRET", XLATB: "XLAT", JCXZ: "JECXZ",
  INT1: "ICEBP", WAIT: "FWAIT", SAL: "SHL", RESERVEDNOP: "NOP", FSTPNCE: "FSTP", RETF: "RETF",
  LOOPE: "LOOPcc:4", LOOPNE: "LOOPcc:5",
  FCMOVB: "FCMOVcc:2", FCMOVE: "FCMOVcc:4", FCMOVBE: "FCMOVcc:6", FCMOVU: "FCMOVcc:10",
  FCMOVNB: "FCMOVcc:3", FCMOVNE: "FCMOVcc:5", FCMOVNBE: "FCMOVcc:7", FCMOVNU: "FCMOVcc:11",
};
for (const name of ["MOVS", "CMPS", "STOS", "LODS", "SCAS", "INS", "OUTS"]) for (const width of "BWD") RENAMED[name + width] = name;
CONDITIONS.forEach((condition, cc) => {
  for (const name of ["J", "SET", "CMOV"]) RENAMED[name + condition] = `${name}cc:${cc}`;
});

/** By Code: our mnemonic, for the few where iced's mnemonic depends on the form. */
const mnemonicOfCode: string[] = [];

function icedMnemonic(code: number, mnemonic: number): string {
  let text = mnemonicOfCode[code];
  if (text === undefined) {
    const name = Mnemonic[mnemonic].toUpperCase();
    text = RENAMED[name] ?? name;
    const form = Code[code];
    // MOVSD and CMPSD are the string instruction or the SSE2 one
    if (form.startsWith("Movsd_xmm") || form.startsWith("Cmpsd_xmm")) text = name;
    if (form.startsWith("Call_ptr") || form.startsWith("Call_m16")) text = "CALLF";
    if (form.startsWith("Jmp_ptr") || form.startsWith("Jmp_m16")) text = "JMPF";
    mnemonicOfCode[code] = text;
  }
  return text;
}

/** iced register numbers to "kind:number". */
const registerText: string[] = [];
const BANKS: [string, number, number][] = [
  ["AL", K.R8, 8], ["AX", K.R16, 8], ["EAX", K.R32, 8], ["ES", K.SEG, 6], ["ST0", K.ST, 8], ["MM0", K.MM, 8], ["XMM0", K.XMM, 8],
  ["CR0", K.CR, 8], ["DR0", K.DR, 8],
];
const icedRegisters = Register as unknown as Record<string, number>;
for (const [first, kind, count] of BANKS) for (let n = 0; n < count; n++) registerText[icedRegisters[first] + n] = `${kind}:${n}`;

/** iced register numbers of address registers to 0-7, 8 for none. */
const addressRegister: number[] = [];
addressRegister[Register.None] = 8;
for (let n = 0; n < 8; n++) {
  addressRegister[Register.AX + n] = n;
  addressRegister[Register.EAX + n] = n;
}
addressRegister[Register.AL] = 8; // XLAT: our operand leaves AL to the semantics

const memoryBytes: number[] = [];
function bytesOf(size: number): number {
  let bytes = memoryBytes[size];
  if (bytes === undefined) {
    bytes = MemorySizeExt.size(size);
    memoryBytes[size] = bytes;
  }
  return bytes;
}

export interface Pair {
  bytes: Uint8Array; // 16 bytes
  ours: string;
  theirs: string;
  code: string; // iced's name of the encoding
  insn: Instruction | null;
}

type Oracle = InstanceType<typeof IcedInstruction>;

/** Sizes of memory operands that have none with us (K.M with 0) are not compared: `skip`. */
function icedOperand(insn: Oracle, n: number, skip: boolean): string {
  const kind = insn.opKind(n);
  const size = skip ? 0 : bytesOf(insn.memorySize);
  switch (kind) {
    case OpKind.Register: return registerText[insn.opRegister(n)] ?? Register[insn.opRegister(n)];
    case OpKind.NearBranch16: return `rel ${insn.nearBranch16}`;
    case OpKind.NearBranch32: return `rel ${insn.nearBranch32 >>> 0}`;
    case OpKind.FarBranch16: return `ptr ${insn.farBranchSelector}:${insn.farBranch16}`;
    case OpKind.FarBranch32: return `ptr ${insn.farBranchSelector}:${insn.farBranch32 >>> 0}`;
    case OpKind.Immediate8: return `imm ${insn.immediate8}`;
    case OpKind.Immediate8_2nd: return `imm ${insn.immediate8_2nd}`;
    case OpKind.Immediate16: return `imm ${insn.immediate16}`;
    case OpKind.Immediate32: return `imm ${insn.immediate32 | 0}`;
    case OpKind.Immediate8to16: return `imm ${insn.immediate8to16}`;
    case OpKind.Immediate8to32: return `imm ${insn.immediate8to32}`;
    case OpKind.MemorySegSI: return `mem ${size} ${insn.memorySegment - Register.ES}:6:8:0:0:16`;
    case OpKind.MemorySegESI: return `mem ${size} ${insn.memorySegment - Register.ES}:6:8:0:0:32`;
    case OpKind.MemorySegDI: return `mem ${size} ${insn.memorySegment - Register.ES}:7:8:0:0:16`;
    case OpKind.MemorySegEDI: return `mem ${size} ${insn.memorySegment - Register.ES}:7:8:0:0:32`;
    case OpKind.MemoryESDI: return `mem ${size} 0:7:8:0:0:16`;
    case OpKind.MemoryESEDI: return `mem ${size} 0:7:8:0:0:32`;
    case OpKind.Memory: {
      const base = addressRegister[insn.memoryBase];
      const index = addressRegister[insn.memoryIndex];
      const scale = Math.log2(insn.memoryIndexScale);
      const word = insn.memoryBase >= Register.AX && insn.memoryBase < Register.EAX || insn.memoryIndex >= Register.AX && insn.memoryIndex < Register.EAX
        || (base === 8 && index === 8 && insn.memoryDisplSize === 2);
      const disp = Number(insn.memoryDisplacement);
      return `mem ${size} ${insn.memorySegment - Register.ES}:${base}:${index}:${scale}:${word ? disp & 0xffff : disp | 0}:${word ? 16 : 32}`;
    }
    default: return OpKind[kind];
  }
}

/** `icedKind` decides how wide an immediate is compared. */
function ourOperand(operand: Operand, icedKind: number): string {
  switch (operand.kind) {
    case K.IMM:
      if (icedKind === OpKind.Immediate8 || icedKind === OpKind.Immediate8_2nd) return `imm ${operand.imm & 0xff}`;
      if (icedKind === OpKind.Immediate16) return `imm ${operand.imm & 0xffff}`;
      return `imm ${operand.imm}`;
    case K.REL: return `rel ${operand.imm >>> 0}`;
    case K.PTR: return `ptr ${operand.reg}:${operand.imm >>> 0}`;
    case K.M8: case K.M16: case K.M32: case K.M64: case K.M80: case K.M128: case K.M: case K.FAR: {
      const { size, seg, base, index, scale, disp, address16 } = operand;
      return `mem ${size} ${seg}:${base}:${index}:${scale}:${address16 ? disp & 0xffff : disp}:${address16 ? 16 : 32}`;
    }
    default: return `${operand.kind}:${operand.reg}`;
  }
}

export const ADDRESS = 0x08048000;
const STRIDE = 16;

/** What both sides say of an undefined instruction; its length is not compared. */
export const INVALID = "(invalid)";

/** iced leaves their third operand out. */
const IMPLICIT_XMM0 = new Set(["PBLENDVB", "BLENDVPS", "BLENDVPD", "SHA256RNDS2"]);

function ourText(insn: ReturnType<typeof decode>, oracle: Oracle): string {
  if (typeof insn === "number") return INVALID;
  const { row } = insn;
  if (row.mnemonic === "UD") return INVALID;
  let text = `${insn.length} ${insn.cc >= 0 && (row.attributes & A.CONDITIONAL) !== 0 ? `${row.mnemonic}:${insn.cc}` : row.mnemonic}`;
  const operands = [insn.op0, insn.op1, insn.op2, insn.op3];
  let count = operands.findIndex((operand) => operand.kind === K.NONE);
  if (count < 0) count = 4;
  if (count === 3 && IMPLICIT_XMM0.has(row.mnemonic)) count = 2;
  const theirs = oracle.opCount;
  for (let n = 0; n < count; n++) text += `, ${ourOperand(operands[n], n < theirs ? oracle.opKind(n) : -1)}`;
  return text;
}

function icedText(oracle: Oracle, code: number, insn: ReturnType<typeof decode>): string {
  if (code === Code.INVALID) return INVALID;
  let text = `${oracle.length} ${icedMnemonic(code, oracle.mnemonic)}`;
  const noSize = typeof insn === "object" && [insn.op0, insn.op1].some((operand) => operand.kind === K.M && operand.size === 0);
  let count = oracle.opCount;
  if (text.endsWith(" NOP")) count = Math.min(count, 1); // the reserved NOPs' second operand, a register that is not used
  for (let n = 0; n < count; n++) text += `, ${icedOperand(oracle, n, noSize)}`;
  return text;
}

/**
 * Decodes `count` byte strings of 16 bytes, which lie one after the other in `data`, with both decoders and calls `report` for each
 * that differs. Text is made for all: it is what is compared.
 */
export function compareAll(data: Uint8Array, count: number, report: (pair: Pair) => void): void {
  const decoder = new Decoder(32, data, DecoderOptions.None);
  const oracle = new IcedInstruction();
  for (let k = 0; k < count; k++) {
    const at = k * STRIDE;
    decoder.position = at;
    decoder.ip = BigInt(ADDRESS);
    decoder.decodeOut(oracle);
    const code = oracle.code;
    const insn = decode(data, at, ADDRESS);
    const ours = ourText(insn, oracle);
    const theirs = icedText(oracle, code, insn);
    if (ours !== theirs) {
      report({ bytes: data.slice(at, at + STRIDE), ours, theirs, code: Code[code], insn: typeof insn === "number" ? null : insn });
    }
  }
  oracle.free();
  decoder.free();
}
