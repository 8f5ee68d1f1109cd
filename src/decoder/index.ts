// The decoder room: i386 machine code to Instruction, and Instruction to text. Imports nothing from outside.
// Instruction set: the 80386 to SSE4.2, POPCNT, LZCNT, TZCNT, MOVBE, AES, PCLMULQDQ and SHA, as user mode sees it.
// AVX and later (VEX, EVEX), XOP, 3DNow, MPX, CET's new instructions and virtualisation decode as undefined (A.UNDEFINED).

export { decode, TOO_LONG, TRUNCATED } from "./decode.ts";
export { formatAtt } from "./format-att.ts";
export { formatIntel } from "./format-intel.ts";
export { A, F, K, P } from "./instruction.ts";
export type { Instruction, Operand } from "./instruction.ts";
export { allRows } from "./opcode-map.ts";
