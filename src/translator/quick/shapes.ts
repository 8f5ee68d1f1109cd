// Which shapes of instruction the quick interpreter has functions for: a mnemonic with the kinds of its operands, its size and condition. What is not among
// them is executed by the semantic function itself, at the price of a call to JavaScript (runtime/quick.ts).
//
// The shapes cover some 99 of 100 instructions that programs execute outside of floating point.

import { K } from "../../decoder/instruction.ts";

export interface Shape {
  readonly mnemonic: string;
  /** Kinds of the first three operands, K.*. */
  readonly kinds: readonly [number, number, number];
  readonly size: 1 | 2 | 4;
  /** Condition, else -1. */
  readonly cc: number;
  /** Whether its memory operand lies in FS or GS, which have a base. */
  readonly based: boolean;
}

const { NONE, IMM, R32, R16, R8, M32, M16, M8, M, REL, XMM, M64, M128 } = K;
type Kinds = readonly [number] | readonly [number, number] | readonly [number, number, number];

const shape = (mnemonic: string, [first, second = NONE, third = NONE]: Kinds, size: 1 | 2 | 4 = 4, cc = -1, based = false): Shape =>
  ({ mnemonic, kinds: [first, second, third], size, cc, based });
const of = (size: 1 | 2 | 4, mnemonics: string, ...kinds: readonly Kinds[]): Shape[] => mnemonics.split(" ").flatMap((it) => kinds.map((each) => shape(it, each, size)));
const conditions = (mnemonic: string, size: 1 | 2 | 4, ...kinds: readonly Kinds[]): Shape[] =>
  kinds.flatMap((each) => Array.from({ length: 16 }, (_, cc) => shape(mnemonic, each, size, cc)));
const based = (mnemonics: string, ...kinds: readonly Kinds[]): Shape[] => of(4, mnemonics, ...kinds).map((it) => ({ ...it, based: true }));

const REGISTERS = [[R8, M8], [R16, M16], [R32, M32]] as const;
const everySize = (make: (size: 1 | 2 | 4, r: number, m: number) => Shape[]): Shape[] => REGISTERS.flatMap(([r, m], k) => make(([1, 2, 4] as const)[k], r, m));

/** What 19 of 20 instructions are that programs execute. */
const COMMON: readonly Shape[] = [
  ...of(4, "MOV", [R32, R32], [R32, IMM], [R32, M32], [M32, R32], [M32, IMM]),
  ...of(1, "MOV", [R8, M8], [M8, R8]),
  ...of(4, "MOVZX", [R32, R8], [R32, M8], [R32, M16]),
  ...of(4, "MOVSX", [R32, M8]),
  ...of(4, "LEA", [R32, M]),
  ...of(4, "ADD SUB", [R32, R32], [R32, IMM], [R32, M32], [M32, IMM]),
  ...of(4, "AND OR XOR", [R32, R32], [R32, IMM], [R32, M32]),
  ...of(4, "CMP", [R32, R32], [R32, IMM], [R32, M32], [M32, R32], [M32, IMM]),
  ...of(4, "TEST", [R32, R32]),
  ...of(1, "CMP", [R8, IMM], [R8, R8], [M8, IMM], [M8, R8], [R8, M8]),
  ...of(1, "TEST", [R8, R8], [R8, IMM], [M8, IMM]),
  ...of(4, "INC DEC", [R32]),
  ...of(4, "SHL SHR SAR", [R32, IMM]),
  ...of(4, "PUSH", [R32], [IMM], [M32]),
  ...of(4, "POP", [R32]),
  ...of(4, "CALL JMP", [REL], [R32], [M32]),
  ...of(4, "RET", [NONE]),
  ...conditions("Jcc", 4, [REL]),
];

const ALL: readonly Shape[] = [
  ...everySize((size, r, m) => [
    ...of(size, "MOV ADD OR ADC SBB AND SUB XOR CMP", [r, r], [r, IMM], [r, m], [m, r], [m, IMM]),
    ...of(size, "TEST", [r, r], [r, IMM], [m, r], [m, IMM]),
    ...of(size, "INC DEC NEG NOT", [r], [m]),
    ...of(size, "SHL SHR SAR ROL ROR", [r, IMM], [r, R8]),
    ...of(size, "XCHG", [r, r], [m, r]),
    ...of(size, "CMPXCHG XADD", [m, r]),
  ]),
  ...of(4, "SHL SHR SAR", [M32, IMM], [M32, R8]),
  ...of(4, "SHLD SHRD", [R32, R32, IMM], [R32, R32, R8]),
  ...of(4, "RCL RCR", [R32, IMM]),
  ...of(4, "MOVZX MOVSX", [R32, R8], [R32, M8], [R32, R16], [R32, M16]),
  ...of(2, "MOVZX MOVSX", [R16, R8], [R16, M8]),
  ...of(4, "LEA", [R32, M]),
  ...of(4, "IMUL", [R32], [M32], [R32, R32], [R32, M32], [R32, R32, IMM], [R32, M32, IMM]),
  ...of(4, "MUL DIV IDIV", [R32], [M32]),
  ...of(4, "BT BTS BTR BTC", [R32, R32], [R32, IMM]),
  ...of(4, "CBW CWD", [NONE]),
  ...of(4, "BSWAP", [R32]),
  ...of(4, "BSF BSR LZCNT POPCNT", [R32, R32], [R32, M32]),
  ...of(4, "PUSH", [R32], [IMM], [M32]),
  ...of(4, "POP", [R32]),
  ...of(4, "LEAVE", [NONE]),
  ...of(4, "CALL JMP", [REL], [R32], [M32]),
  ...of(4, "RET", [NONE], [IMM]),
  ...conditions("Jcc", 4, [REL]),
  ...conditions("SETcc", 1, [R8], [M8]),
  ...conditions("CMOVcc", 4, [R32, R32], [R32, M32]),
  ...of(4, "NOP", [NONE], [M32]),
  ...of(2, "NOP", [NONE], [M16]),
  // the operand size of these is that of the prefix 66
  ...of(2, "MOVDQA MOVAPD MOVUPD", [XMM, XMM], [XMM, M128], [M128, XMM]),
  ...of(4, "MOVDQU MOVAPS MOVUPS", [XMM, XMM], [XMM, M128], [M128, XMM]),
  ...of(2, "MOVD", [XMM, R32], [R32, XMM], [XMM, M32], [M32, XMM]),
  ...of(4, "MOVQ", [XMM, XMM], [XMM, M64]),
  ...of(2, "MOVQ", [M64, XMM]),
  ...of(2, "MOVLPD", [XMM, M64], [M64, XMM]),
  ...of(2, "MOVHPD", [XMM, M64]),
  ...of(4, "MOVLPS", [XMM, M64], [M64, XMM]),
  ...of(4, "MOVHPS", [XMM, M64]),
  ...of(4, "MOVSD", [XMM, M64], [M64, XMM]),
  ...of(4, "MOVSS", [XMM, M32], [M32, XMM]),
  ...of(2, "PXOR PAND PANDN POR PCMPEQB PCMPEQD PMINUB PSUBB", [XMM, XMM], [XMM, M128]),
  ...of(4, "XORPS ANDPS ORPS", [XMM, XMM], [XMM, M128]),
  ...of(2, "PMOVMSKB", [R32, XMM]),
  ...based("MOV", [R32, M32], [M32, R32], [M32, IMM]),
  ...based("ADD SUB XOR CMP", [R32, M32]),
  ...based("CMP", [M32, IMM]),
];

const keyOf = ({ mnemonic, kinds, size, cc, based }: Shape): string => [mnemonic, ...kinds, size, cc, based].join();
const common = new Set(COMMON.map(keyOf));
/** The quick interpreter has cases for them in this order; those of the first list are in a function of their own. */
export const SHAPES: readonly (readonly Shape[])[] = [COMMON, ALL.filter((it) => !common.has(keyOf(it)))];

const LOAD = shape("MOV", [R32, M32]), STORE = shape("MOV", [M32, R32]), PUSH = shape("PUSH", [R32]), POP = shape("POP", [R32]);
const TEST = shape("TEST", [R32, R32]), EQUAL = shape("Jcc", [REL], 4, 4), NOT_EQUAL = shape("Jcc", [REL], 4, 5);
/**
 * What has a case of its own besides: first instructions of blocks together with the heads, and sequences, the commonest of the interpreted part of Python, Perl, SQLite and a C compiler (a
 * quarter of all pairs). Few, since all of it is one function that V8 has to compile.
 */
export const SEQUENCES: { readonly heads: readonly Shape[]; readonly others: readonly (readonly Shape[])[] } = {
  heads: [LOAD, STORE, PUSH, shape("MOV", [R32, R32])],
  others: [
    [LOAD, LOAD],
    [LOAD, STORE],
    [STORE, LOAD],
    [STORE, STORE],
    [PUSH, PUSH],
    [POP, POP],
    [POP, shape("RET", [NONE])],
    [PUSH, shape("CALL", [REL])],
    [TEST, EQUAL],
    [TEST, NOT_EQUAL],
    [shape("CMP", [R32, IMM]), EQUAL],
    [shape("CMP", [R32, IMM]), NOT_EQUAL],
    [LOAD, TEST, EQUAL],
    [LOAD, TEST, NOT_EQUAL],
    [shape("SUB", [R32, IMM]), LOAD],
  ],
};

/** Whether the quick interpreter's function for a shape ends its block: it goes on at a link or by the address it has set. */
export const isTerminal = (mnemonic: string): boolean => mnemonic === "CALL" || mnemonic === "JMP" || mnemonic === "RET" || mnemonic === "Jcc";
