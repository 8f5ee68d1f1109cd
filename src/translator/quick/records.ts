// The records that the quick interpreter goes by: what it reads of a block, in the hidden area of the guest's memory. Layout only.
//
// A record is 16 bytes, or 32 for what ends a block. It begins with the number of the function that executes it:
//
//   head of a block   0 function   4 instructions (a byte)   5 the next head in the chain of its page (scan.ts)
//                     8 executions until JavaScript is asked, or the place of its translation   12 address
//   instruction       0 function   2 3 7 registers of the operands 0, 1, 2 (offsets in the state, or in the vector file)
//                     4 5 6 base, index (offsets) and scale; 7 segment base (offset)   8 displacement   12 immediate, or the next address
//   end of a block    as an instruction; 8 the jump's target   16 20 links (records, 0 as long as there is none): target, behind the block   24 address behind

import { A, type Instruction, K } from "../../decoder/instruction.ts";

/** Bytes of a record. */
export const RECORD = 16;
/** Where in a record something stands. */
export const AT = {
  FUNCTION: 0, REGISTER_0: 2, REGISTER_1: 3, BASE: 4, INDEX: 5, SCALE: 6, REGISTER_2: 7, SEGMENT: 7, DISPLACEMENT: 8, TARGET: 8, IMMEDIATE: 12, NEXT: 12,
  TAKEN: 16, FALL: 20, BEHIND: 24,
  INSTRUCTIONS: 4, LEFT: 8, PLACE: 8, ADDRESS: 12,
} as const;

/** Functions that stand ahead of those for shapes, in this order. */
export const FUNCTIONS = { HEAD: 0, TRANSLATED: 1, GONE: 2, OUT: 3, FALL: 4, SHAPES: 5 } as const;

/** Where an operand's register stands in the state, or in the vector file, in bytes; 0 for what is none. */
export const placeOf = (o: { readonly kind: number; readonly reg: number }): number =>
  o.kind === K.R8 ? ((o.reg & 3) << 2) | (o.reg >> 2) : o.kind === K.R32 || o.kind === K.R16 ? 4 * o.reg : o.kind === K.XMM ? 16 * o.reg : 0;

/** Whether executing an instruction counts as more than one, where there is no function for it: floating point (runtime/quick.ts). */
export const weighs = (insn: Instruction): boolean => (insn.row.attributes & (A.X87 | A.SSE)) !== 0;
