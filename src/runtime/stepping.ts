// What is looked at only while EFLAGS.TF or EFLAGS.AC is set, when instructions are executed one at a time (engine.ts): repetitions that
// trap after each element, loads of SS that hold a trap back, and the alignment of memory operands.
// Intel SDM volume 3, chapters 17.3.1.4 (single steps), 6.8.3 (loads of SS), 6.15 (interrupt 17).

import { A, type Instruction, K, type Operand } from "../decoder/instruction.ts";
import type { Cpu } from "./cpu.ts";
import { S } from "./state.ts";

const ECX = 1, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
const SS = 2;

/** Whether the single-step trap waits for the instruction behind this one. */
export function holdsTrap(insn: Instruction): boolean {
  return insn.op0.kind === K.SEG && insn.op0.reg === SS && (insn.row.mnemonic === "MOV" || insn.row.mnemonic === "POP");
}

/** Executes one element of a repeated string instruction by `run`, which executes the instruction; EIP stays at it when more are to come. */
export function stepString(cpu: Cpu, insn: Instruction, run: () => void): void {
  const width = insn.addressSize;
  const count = cpu.reg(ECX, width);
  if (count === 0 || count === 1) {
    run();
    return;
  }
  cpu.setReg(ECX, width, 1);
  let done = false;
  try {
    run();
    done = true;
  } finally {
    cpu.setReg(ECX, width, done ? count - 1 : count);
  }
  const compares = insn.row.mnemonic === "CMPS" || insn.row.mnemonic === "SCAS";
  if (!compares || cpu.zf() === (insn.rep === 1 ? 1 : 0)) cpu.state[S.EIP] = insn.address;
}

/** Instructions whose memory operand is no access, or is checked by nobody. */
const NO_ACCESS = new Set(["LEA", "NOP", "CLFLUSH", "CLFLUSHOPT", "SGDT", "SIDT", "FXSAVE", "FXRSTOR", "MASKMOVQ", "MASKMOVDQU"]);
const SOURCES = new Set(["MOVS", "CMPS", "LODS"]), DESTINATIONS = new Set(["MOVS", "CMPS", "STOS", "SCAS"]);

/** Alignment that a memory operand must have, in bytes. */
function alignmentOf(insn: Instruction, o: Operand): number {
  switch (o.kind) {
    case K.M16: return 2;
    case K.M32: return 4;
    case K.M64: case K.M80: return 8;
    case K.M128: return (insn.row.attributes & A.ALIGNED) !== 0 ? 1 : 16; // those that must be aligned raise #GP
    case K.M: case K.FAR: return insn.size;
    default: return 1;
  }
}

/** Whether an instruction has an operand of more than a byte in memory, at an address that registers other than ESP tell. */
export function mayMisalign({ row, op0, op1 }: Instruction): boolean {
  if ((row.attributes & A.STRING) !== 0 || NO_ACCESS.has(row.mnemonic)) return false;
  return [op0, op1].some((o) => o.kind >= K.M32 && o.kind <= K.FAR && o.kind !== K.M8 && o.base !== ESP && (o.base < 8 || o.index < 8));
}

/** Whether the instruction is about to raise #AC. It does so before its page faults (AMD). */
export function misaligned(cpu: Cpu, insn: Instruction): boolean {
  const { state } = cpu;
  const { mnemonic, attributes } = insn.row;
  if ((attributes & (A.PRIVILEGED | A.UNDEFINED)) !== 0 || NO_ACCESS.has(mnemonic) || mnemonic.startsWith("PREFETCH")) return false;
  const off = (register: number, segment: number, size: number): boolean => ((state[register] + state[S.BASE + segment]) & (size - 1)) !== 0;
  if ((attributes & A.STRING) !== 0) {
    if (insn.rep !== 0 && cpu.reg(ECX, insn.addressSize) === 0) return false;
    return (SOURCES.has(mnemonic) && off(ESI, insn.segment < 0 ? 3 : insn.segment, insn.size)) || (DESTINATIONS.has(mnemonic) && off(EDI, 0, insn.size));
  }
  for (const o of [insn.op0, insn.op1]) {
    if (o.kind >= K.M32 && o.kind <= K.FAR && ((cpu.offset(o) + state[S.BASE + o.seg]) & (alignmentOf(insn, o) - 1)) !== 0) return true;
  }
  return (attributes & A.STACK) !== 0 && off(mnemonic === "LEAVE" ? EBP : ESP, SS, insn.size);
}
