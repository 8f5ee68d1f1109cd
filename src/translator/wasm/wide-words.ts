// Pure words of runtime/wide.ts, and of lower.ts, that WebAssembly has instructions for: 64-bit products and quotients.

import { OP } from "./encode.ts";

/** i64 by way of its opcodes: what is done with each operand, and at the end. */
const EXTEND_S = 0xac, EXTEND_U = 0xad, CONST = 0x42, MUL = 0x7e, DIV_S = 0x7f, DIV_U = 0x80, OR = 0x84, SHL = 0x86, SHR_S = 0x87, SHR_U = 0x88;
export const WIDE: Record<string, { readonly operands: readonly (readonly number[])[]; readonly end: readonly number[] }> = {
  mulhu: { operands: [[EXTEND_U], [EXTEND_U]], end: [MUL, CONST, 32, SHR_U, OP.i32WrapI64] },
  mulhs: { operands: [[EXTEND_S], [EXTEND_S]], end: [MUL, CONST, 32, SHR_S, OP.i32WrapI64] },
  divU: { operands: [[EXTEND_U, CONST, 32, SHL], [EXTEND_U, OR], [EXTEND_U]], end: [DIV_U, OP.i32WrapI64] },
  divS: { operands: [[EXTEND_U, CONST, 32, SHL], [EXTEND_U, OR], [EXTEND_S]], end: [DIV_S, OP.i32WrapI64] },
  quotientU: { operands: [[], []], end: [OP.i32DivU] },
  quotientS: { operands: [[], []], end: [OP.i32DivS] },
  ctz: { operands: [[]], end: [OP.i32Ctz] },
  popcnt: { operands: [[]], end: [OP.i32Popcnt] },
};
