// How the quick interpreter's function for an instruction is found: by mnemonic and shape (shapes.ts).

import { type Instruction, K, type Operand } from "../../decoder/instruction.ts";
import { S } from "../../runtime/state.ts";

/** What an instruction's shape is looked up by, beside its mnemonic: operand kinds, size, condition, and whether its memory operand has a base. */
export const quickKey = (first: number, second: number, third: number, size: number, cc: number, isBased: boolean): number =>
  first | (second << 5) | (third << 10) | (size << 15) | ((cc + 1) << 18) | (isBased ? 1 << 24 : 0);

export const isMemory = (kind: number): boolean => kind >= K.M32 && kind <= K.FAR;

/** Numbers of the functions by mnemonic and quickKey. */
export type Numbers = Readonly<Record<string, Readonly<Record<number, number>> | undefined>>;
const CS = 1, DS = 3;

/** The memory operand, if there is one. */
export const memoryOf = ({ op0, op1 }: Instruction): Operand | undefined => (isMemory(op0.kind) ? op0 : isMemory(op1.kind) ? op1 : undefined);
/** Whether quick functions take a memory operand: 32-bit addressing, in a segment that can be written to. */
const isPlain = (o: Operand): boolean => !o.address16 && o.seg !== CS;

/** Where the base of an instruction's memory operand stands in the state, when that lies in FS or GS; else 0. */
export function segmentPlace(insn: Instruction): number {
  const memory = memoryOf(insn);
  return memory !== undefined && memory.seg > DS ? 4 * (S.BASE + memory.seg) : 0;
}

/** The number of the function for an instruction; undefined: its semantic function executes it. */
export function numberOf(insn: Instruction, numbers: Numbers): number | undefined {
  const memory = memoryOf(insn), { op0, op1, op2, size, cc, row } = insn;
  if (memory !== undefined && !isPlain(memory)) return undefined;
  return numbers[row.mnemonic]?.[quickKey(op0.kind, op1.kind, op2.kind, size, cc, memory !== undefined && memory.seg > DS)];
}
