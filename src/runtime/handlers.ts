// Which function the interpreter calls for an instruction: that of its shape (shapes.ts) if it is a common one, else its semantic function.

import { A, type Instruction, K, type Operand } from "../decoder/instruction.ts";
import { executionOf } from "../semantics/index.ts";
import type { Cpu } from "./cpu.ts";
import { shapes } from "./shapes.ts";

/** Executes an instruction. EIP is already behind it. */
export type Handler = (m: Cpu, i: Instruction) => void;

/** Operand kinds, size and condition (-1: none) as one number. */
export const shapeKey = (first: number, second: number, size: number, cc: number): number => first | (second << 5) | (size << 10) | ((cc + 1) << 13);

const SS = 2, DS = 3;
/** Whether a memory operand is what shapes are made for: 32-bit addressing, in a segment that is nearly always flat. */
const isPlain = (o: Operand): boolean => o.kind < K.M32 || o.kind > K.M || (!o.address16 && (o.seg === DS || o.seg === SS));

// Calls are written out here, which code that is cold pays a tenth of a microsecond for: a program begins with thousands of instructions that it decodes
export function handlerOf(insn: Instruction): Handler {
  const { row } = insn;
  if ((row.attributes & (A.UNDEFINED | A.PRIVILEGED)) === 0) {
    const known = shapes[row.mnemonic];
    if (known !== undefined) {
      const { op0, op1 } = insn;
      const first = op0.kind, second = op1.kind;
      const found = known[first | (second << 5) | (insn.size << 10) | ((insn.cc + 1) << 13)]; // shapeKey
      if (found !== undefined && (first < K.M32 || first > K.M || isPlain(op0)) && (second < K.M32 || second > K.M || isPlain(op1))) return found;
    }
  }
  return executionOf(row);
}
