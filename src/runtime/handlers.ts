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

export function handlerOf(insn: Instruction): Handler {
  const { row } = insn;
  if ((row.attributes & (A.UNDEFINED | A.PRIVILEGED)) === 0) {
    const known = shapes[row.mnemonic];
    if (known !== undefined) {
      const { op0, op1 } = insn;
      const found = known[shapeKey(op0.kind, op1.kind, insn.size, insn.cc)];
      if (found !== undefined && isPlain(op0) && isPlain(op1)) return found;
    }
  }
  return executionOf(row);
}
