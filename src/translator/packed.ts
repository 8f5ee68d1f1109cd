// Packed instructions as vector instructions of WebAssembly, in code that is to be lowered: a second description beside the semantic functions,
// which test/translator/wasm/packed.test.ts holds against those. In the text a vector is a name; `Q.i8x16_add(a, b)` is the instruction
// i8x16.add, XQ[n] a register in the vector file (wasm/packed.ts lowers these). JavaScript has no such values, so what cannot be lowered is emitted
// again without them (index.ts), and the semantic functions are taken lane by lane then.
//
// Integers are exact. Arithmetic is used while MXCSR asks for nothing special, and its results are tested, as lane-checks.ts says:
// a NaN, whose bits WebAssembly leaves open, never stays.

import { type Instruction, K } from "../decoder/instruction.ts";
import { SHAPE } from "./lane-checks.ts";
import type { BlockEmission } from "./intrinsics.ts";
import { emitCrypto } from "./packed-crypto.ts";
import { bytesOf, shuffled, words } from "./packed-words.ts";
import type { Intrinsics } from "./specialise.ts";
import { code, constant, text, type Value } from "./value.ts";

/** From the text of the destination's old value and of the source. */
export type Binary = (a: string, b: string) => string;

const q = (word: string): Binary => (a, b) => `Q.${word}(${a}, ${b})`;
const swapped = (word: string): Binary => (a, b) => `Q.${word}(${b}, ${a})`;
const unary = (word: string): Binary => (_, b) => `Q.${word}(${b})`;
export const lanes = (size: number, ...order: number[]): Binary => (a, b) => shuffled(a, b, bytesOf(size, order));
/** Lanes of both, by turns, from one on. */
export const interleaved = (size: number, first: number): Binary =>
  lanes(size, ...Array.from({ length: 16 / size }, (_, k) => first + (k >> 1) + ((k & 1) === 0 ? 0 : 16 / size)));
/** The high words of eight products. */
const highWords = (sign: "s" | "u"): Binary => (a, b) =>
  shuffled(`Q.i32x4_extmul_low_i16x8_${sign}(${a}, ${b})`, `Q.i32x4_extmul_high_i16x8_${sign}(${a}, ${b})`, bytesOf(2, [1, 3, 5, 7, 9, 11, 13, 15]));
const evenDwords = (a: string) => shuffled(a, a, bytesOf(4, [0, 2, 0, 2]));
const evenProducts = (sign: "s" | "u"): Binary => (a, b) => `Q.i64x2_extmul_low_i32x4_${sign}(${evenDwords(a)}, ${evenDwords(b)})`;
/** PSIGN: a with the sign of b, zero where b is. */
const signed = (shape: string, bits: number): Binary => (a, b) =>
  `Q.v128_andnot(Q.v128_bitselect(Q.${shape}_neg(${a}), ${a}, Q.${shape}_shr_s(${b}, ${bits - 1})), Q.${shape}_eq(${b}, Q.zero()))`;

/** Pairs of neighbours within each of both. */
const EVEN_WORDS = [0, 2, 4, 6, 8, 10, 12, 14], EVEN_DWORDS = [0, 2, 4, 6];
const pairs = (word: string, size: number): Binary => {
  const even = size === 2 ? EVEN_WORDS : EVEN_DWORDS;
  return (a, b) => `Q.${word}(${shuffled(a, b, bytesOf(size, even))}, ${shuffled(a, b, bytesOf(size, even.map((k) => k + 1)))})`;
};
const every = (dword: number) => words(dword, dword, dword, dword);
/** Products of unsigned bytes and signed ones, which fit into words. */
const mixedProducts = (half: string, a: string, b: string) => `Q.i16x8_mul(Q.i16x8_extend_${half}_i8x16_u(${a}), Q.i16x8_extend_${half}_i8x16_s(${b}))`;
const ONES = every(-1);
const LEAST_WORDS = every(0x80008000 | 0);

/** The bits of PSHUFB's control bytes that count. */
const MASK = 0x8f8f8f8f | 0;

/** On whole vectors of integers. A source in memory is aligned. */
export const INTEGER: Readonly<Record<string, Binary>> = {
  PADDB: q("i8x16_add"), PADDW: q("i16x8_add"), PADDD: q("i32x4_add"), PADDQ: q("i64x2_add"),
  PSUBB: q("i8x16_sub"), PSUBW: q("i16x8_sub"), PSUBD: q("i32x4_sub"), PSUBQ: q("i64x2_sub"),
  PADDSB: q("i8x16_add_sat_s"), PADDSW: q("i16x8_add_sat_s"), PADDUSB: q("i8x16_add_sat_u"), PADDUSW: q("i16x8_add_sat_u"),
  PSUBSB: q("i8x16_sub_sat_s"), PSUBSW: q("i16x8_sub_sat_s"), PSUBUSB: q("i8x16_sub_sat_u"), PSUBUSW: q("i16x8_sub_sat_u"),
  PMULLW: q("i16x8_mul"), PMULHW: highWords("s"), PMULHUW: highWords("u"), PMULLD: q("i32x4_mul"), PMULUDQ: evenProducts("u"), PMULDQ: evenProducts("s"),
  PMADDWD: q("i32x4_dot_i16x8_s"), PAVGB: q("i8x16_avgr_u"), PAVGW: q("i16x8_avgr_u"),
  PABSB: unary("i8x16_abs"), PABSW: unary("i16x8_abs"), PABSD: unary("i32x4_abs"),
  PSIGNB: signed("i8x16", 8), PSIGNW: signed("i16x8", 16), PSIGND: signed("i32x4", 32),
  PCMPEQB: q("i8x16_eq"), PCMPEQW: q("i16x8_eq"), PCMPEQD: q("i32x4_eq"), PCMPEQQ: q("i64x2_eq"),
  PCMPGTB: q("i8x16_gt_s"), PCMPGTW: q("i16x8_gt_s"), PCMPGTD: q("i32x4_gt_s"), PCMPGTQ: q("i64x2_gt_s"),
  PMINSB: q("i8x16_min_s"), PMINUB: q("i8x16_min_u"), PMINSW: q("i16x8_min_s"), PMINUW: q("i16x8_min_u"), PMINSD: q("i32x4_min_s"), PMINUD: q("i32x4_min_u"),
  PMAXSB: q("i8x16_max_s"), PMAXUB: q("i8x16_max_u"), PMAXSW: q("i16x8_max_s"), PMAXUW: q("i16x8_max_u"), PMAXSD: q("i32x4_max_s"), PMAXUD: q("i32x4_max_u"),
  PAND: q("v128_and"), POR: q("v128_or"), PXOR: q("v128_xor"), PANDN: swapped("v128_andnot"),
  PHADDW: pairs("i16x8_add", 2), PHADDD: pairs("i32x4_add", 4), PHADDSW: pairs("i16x8_add_sat_s", 2),
  PHSUBW: pairs("i16x8_sub", 2), PHSUBD: pairs("i32x4_sub", 4), PHSUBSW: pairs("i16x8_sub_sat_s", 2),
  // WebAssembly's saturates, and only -1 times -1 is too large
  PMULHRSW: (a, b) => `Q.v128_xor(Q.i16x8_q15mulr_sat_s(${a}, ${b}), Q.v128_and(Q.i16x8_eq(${a}, ${LEAST_WORDS}), Q.i16x8_eq(${b}, ${LEAST_WORDS})))`,
  PACKSSWB: q("i8x16_narrow_i16x8_s"), PACKUSWB: q("i8x16_narrow_i16x8_u"), PACKSSDW: q("i16x8_narrow_i32x4_s"), PACKUSDW: q("i16x8_narrow_i32x4_u"),
  PUNPCKLBW: interleaved(1, 0), PUNPCKLWD: interleaved(2, 0), PUNPCKLDQ: interleaved(4, 0),
  PUNPCKHBW: interleaved(1, 8), PUNPCKHWD: interleaved(2, 4), PUNPCKHDQ: interleaved(4, 2),
  PSADBW: (a, b) => {
    // words of two sums, dwords of four, quadwords of eight; without constants, which take V8 three instructions
    const apart = `Q.v128_or(Q.i8x16_sub_sat_u(${a}, ${b}), Q.i8x16_sub_sat_u(${b}, ${a}))`;
    return `Q.i32x4_extadd_pairwise_i16x8_s(Q.i16x8_extadd_pairwise_i8x16_u(${apart}))`;
  },
  PSHUFB: (a, b) => `Q.i8x16_swizzle(${a}, Q.v128_and(${b}, ${every(MASK)}))`,
};
/** Logic and moves on bits that are numbers as often: moves are taken on vectors where vectors are at hand. */
const EITHER: Readonly<Record<string, Binary>> = {
  ANDPS: q("v128_and"), ANDPD: q("v128_and"), ORPS: q("v128_or"), ORPD: q("v128_or"), XORPS: q("v128_xor"), XORPD: q("v128_xor"),
  ANDNPS: swapped("v128_andnot"), ANDNPD: swapped("v128_andnot"), UNPCKLPS: interleaved(4, 0), UNPCKHPS: interleaved(4, 2),
};
/** By an immediate, of the source alone or of both. */
export const IMMEDIATE: Readonly<Record<string, (imm: number) => Binary>> = {
  PSHUFD: (imm) => lanes(4, ...[0, 1, 2, 3].map((k) => 4 + ((imm >> (2 * k)) & 3))),
  PSHUFLW: (imm) => lanes(2, ...[0, 1, 2, 3].map((k) => 8 + ((imm >> (2 * k)) & 3)), 12, 13, 14, 15),
  PSHUFHW: (imm) => lanes(2, 8, 9, 10, 11, ...[0, 1, 2, 3].map((k) => 12 + ((imm >> (2 * k)) & 3))),
  SHUFPS: (imm) => lanes(4, imm & 3, (imm >> 2) & 3, 4 + ((imm >> 4) & 3), 4 + ((imm >> 6) & 3)),
  MOVSLDUP: () => lanes(4, 4, 4, 6, 6),
  MOVSHDUP: () => lanes(4, 5, 5, 7, 7),
  PBLENDW: (imm) => lanes(2, ...[0, 1, 2, 3, 4, 5, 6, 7].map((k) => k + 8 * ((imm >> k) & 1))),
  BLENDPS: (imm) => lanes(4, ...[0, 1, 2, 3].map((k) => k + 4 * ((imm >> k) & 1))),
  // `count` bytes on in the source, followed by the destination, followed by zeros
  PALIGNR: (imm) => (a, b) => {
    const from = Array.from({ length: 16 }, (_, k) => k + imm);
    return imm <= 16 ? shuffled(b, a, from) : shuffled(a, "Q.zero()", from.map((k) => Math.min(k - 16, 16)));
  },
};
/** Shifts: shape, word, bits of a lane. */
export const SHIFT: Readonly<Record<string, readonly [shape: string, word: string, bits: number]>> = {
  PSLLW: ["i16x8", "shl", 16], PSLLD: ["i32x4", "shl", 32], PSLLQ: ["i64x2", "shl", 64], PSRLW: ["i16x8", "shr_u", 16], PSRLD: ["i32x4", "shr_u", 32], PSRLQ: ["i64x2", "shr_u", 64],
  PSRAW: ["i16x8", "shr_s", 16], PSRAD: ["i32x4", "shr_s", 32],
};
type Shift = (typeof SHIFT)[string];
/** A shift by a constant; what is shifted is not looked at where nothing is left of it. */
export const shiftedBy = ([shape, word, bits]: Shift, a: () => string, count: number): string =>
  count >= bits && word !== "shr_s" ? "Q.zero()" : `Q.${shape}_${word}(${a()}, ${Math.min(count, bits - 1)})`;
/** By a name, of a number up to 255. */
export const shiftedByName = ([shape, word, bits]: Shift, a: string, count: string): string =>
  word === "shr_s" ? `Q.${shape}_shr_s(${a}, ${count} > ${bits - 1} ? ${bits - 1} : ${count})` : `Q.v128_and(Q.${shape}_${word}(${a}, ${count}), Q.i32x4_splat(${count} > ${bits - 1} ? 0 : -1))`;
/** PSADBW's sums of eight differences, from those of four. */
export const sumsOfEight = (dwords: string): string => `Q.i64x2_shr_u(Q.i32x4_add(${dwords}, Q.i64x2_shl(${dwords}, 32)), 32)`;
/** Widening moves, of a source that need not be aligned. */
const WIDENING: Readonly<Record<string, readonly string[]>> = {
  BW: ["i16x8_extend_low_i8x16"], WD: ["i32x4_extend_low_i16x8"], DQ: ["i64x2_extend_low_i32x4"], BD: ["i16x8_extend_low_i8x16", "i32x4_extend_low_i16x8"],
  WQ: ["i32x4_extend_low_i16x8", "i64x2_extend_low_i32x4"], BQ: ["i16x8_extend_low_i8x16", "i32x4_extend_low_i16x8", "i64x2_extend_low_i32x4"],
};
/** Elements that are less than a dword: shape, and the bits of the immediate. */
const ELEMENT: Readonly<Record<string, readonly [shape: string, lane: number]>> = {
  PEXTRB: ["i8x16", 15], PINSRB: ["i8x16", 15], PEXTRW: ["i16x8", 7], PINSRW: ["i16x8", 7],
};
const MASKS: Readonly<Record<string, string>> = { PMOVMSKB: "i8x16", MOVMSKPS: "i32x4", MOVMSKPD: "i64x2" };
/** Arithmetic on singles and doubles. */
const ARITHMETIC: Readonly<Record<string, string>> = { ADD: "add", SUB: "sub", MUL: "mul", DIV: "div", SQRT: "sqrt" };
/** Roundings by the immediate; the last four are MXCSR's, which is to the nearest while numbers are computed here. */
const ROUNDINGS = ["nearest", "floor", "ceil", "trunc", "nearest", "nearest", "nearest", "nearest"];
const PREDICATES = ["eq", "lt", "le", "", "ne", "lt", "le", ""];

/** Writes the code for an instruction on vectors. False when it has none, or is better taken lane by lane here. */
export function emitPacked(insn: Instruction, block: BlockEmission, intrinsics: Intrinsics): boolean {
  const { op0, op1, op2 } = insn, { mnemonic } = insn.row, state = block.lanes;
  if (op0.kind !== K.XMM && op1.kind !== K.XMM) return false;
  const known = (o: typeof op0): Value => ({ kind: "known", object: o as unknown as Record<string, unknown> });
  if (op0.kind !== K.XMM) {
    const lane = ELEMENT[mnemonic];
    if (lane !== undefined && mnemonic.startsWith("PEXTR")) {
      if (op1.kind !== K.XMM || !state.isVector(op1.reg)) return false;
      intrinsics.machine("set", [known(op0), block.atom(code(`Q.${lane[0]}_extract_lane_u(${state.readQ(op1.reg)}, ${op2.imm & lane[1]})`), "i")]);
      return true;
    }
    const shape = MASKS[mnemonic];
    if (shape === undefined || op1.kind !== K.XMM || (shape !== "i8x16" && !state.isVector(op1.reg))) return false;
    intrinsics.machine("set", [known(op0), block.atom(code(`Q.${shape}_bitmask(${state.readQ(op1.reg)})`), "i")]);
    return true;
  }
  const d = op0.reg;
  const source = (aligned: number): number => Number((intrinsics.vector("src", [known(op1), constant(aligned)]) as { readonly value: number }).value);
  const put = (value: string): true => {
    state.writeQ(d, /^q\$\d+$/.test(value) ? value : text(block.atom(code(value), "q")));
    return true;
  };

  const whole = INTEGER[mnemonic];
  if (whole !== undefined) {
    const itself = op1.kind === K.XMM && op1.reg === d;
    if (itself && mnemonic === "PXOR") return false;
    if (itself && mnemonic.startsWith("PCMPEQ")) return put(ONES);
    const s = source(1);
    // what is made of the source alone has no use for the destination
    const a = mnemonic.startsWith("PABS") ? "" : state.readQ(d);
    const made = whole(a, state.readQ(s));
    if (mnemonic !== "PSADBW") return put(made);
    const dwords = text(block.atom(code(made), "q"));
    return put(sumsOfEight(dwords));
  }
  if (mnemonic in SHIFT) {
    const shift = SHIFT[mnemonic];
    if (op1.kind === K.IMM) return put(shiftedBy(shift, () => state.readQ(d), op1.imm & 255));
    const s = source(1), count = text(intrinsics.vector("shiftCount", [constant(s)]) as Value);
    return put(shiftedByName(shift, state.readQ(d), count));
  }
  if (mnemonic === "PSLLDQ" || mnemonic === "PSRLDQ") {
    const n = Math.min(op1.imm & 255, 16), right = mnemonic === "PSRLDQ";
    const a = state.readQ(d), from = Array.from({ length: 16 }, (_, k) => k + (right ? n : 16 - n));
    return put(right ? shuffled(a, "Q.zero()", from) : shuffled("Q.zero()", a, from));
  }
  const widening = /^PMOV([SZ])X(..)$/.exec(mnemonic);
  if (widening !== null) {
    // of two bytes the interpreter makes two quadwords
    if (op1.kind !== K.XMM && op1.size < 4) return false;
    const v = state.readQ(source(0));
    return put(WIDENING[widening[2]].reduce((value, word) => `Q.${word}_${widening[1] === "S" ? "s" : "u"}(${value})`, v));
  }
  if (mnemonic === "PMADDUBSW") {
    const s = state.readQ(source(1)), a = state.readQ(d);
    const [low, high] = ["low", "high"].map((half) => text(block.atom(code(mixedProducts(half, a, s)), "q")));
    return put(pairs("i16x8_add_sat_s", 2)(low, high));
  }
  if (emitCrypto(insn, block, source)) return true;
  const element = ELEMENT[mnemonic];
  if (element !== undefined) {
    if (!state.isVector(d)) return false;
    const v = text(block.atom(intrinsics.machine("get", [known(op1)]) as Value, "v"));
    return put(`Q.${element[0]}_replace_lane(${state.readQ(d)}, ${op2.imm & element[1]}, ${v})`);
  }
  if (mnemonic === "INSERTPS") {
    const from = op2.imm >> 6 & 3, to = op2.imm >> 4 & 3;
    const v = op1.kind === K.XMM ? state.readI(2 * op1.reg + (from >> 1), from & 1) : text(block.atom(intrinsics.machine("get", [known(op1)]) as Value, "v"));
    for (let k = 0; k < 4; k++) {
      if ((op2.imm >> k & 1) !== 0) state.writeI(2 * d + (k >> 1), k & 1, "0");
      else if (k === to) state.writeI(2 * d + (k >> 1), k & 1, v);
    }
    return true;
  }
  if (mnemonic === "PTEST") {
    const s = state.readQ(source(1)), a = state.readQ(d);
    const bits = block.atom(code(`(Q.v128_any_true(Q.v128_and(${a}, ${s})) === 0 ? 64 : 0) | (Q.v128_any_true(Q.v128_andnot(${s}, ${a})) === 0 ? 1 : 0)`), "f");
    intrinsics.machine("putFlags", [constant(0x8d5), bits]);
    return true;
  }
  if (mnemonic === "PBLENDVB" || mnemonic === "BLENDVPS" || mnemonic === "BLENDVPD") {
    const s = state.readQ(source(1)), mask = state.readQ(0);
    const [shape, bits] = mnemonic === "PBLENDVB" ? ["i8x16", 8] : mnemonic === "BLENDVPS" ? ["i32x4", 32] : ["i64x2", 64];
    return put(`Q.v128_bitselect(${s}, ${state.readQ(d)}, Q.${shape}_shr_s(${mask}, ${Number(bits) - 1}))`);
  }

  const vectors = (both: boolean) => (both && state.isVector(d)) || (op1.kind === K.XMM ? state.isVector(op1.reg) : op1.size === 16);
  const either = EITHER[mnemonic];
  if (either !== undefined) {
    // logic on numbers would take them through integers
    if (mnemonic.startsWith("UNPCK") ? !vectors(true) : op1.kind === K.XMM && op1.reg === d && mnemonic.startsWith("XOR")) return false;
    const s = source(1);
    return put(either(state.readQ(d), state.readQ(s)));
  }
  const chosen = IMMEDIATE[mnemonic];
  if (chosen !== undefined) {
    const ofSource = mnemonic.startsWith("PSHUF") || mnemonic.startsWith("MOVS");
    // the others are done on dwords as well
    if (mnemonic !== "PALIGNR" && mnemonic !== "PBLENDW" && !vectors(!ofSource)) return false;
    const s = state.readQ(source(1));
    return put(chosen(op2.imm & 255)(ofSource ? s : state.readQ(d), s));
  }
  return emitNumbers(insn, block, source, put, vectors);
}

/** Arithmetic, comparisons and conversions. */
function emitNumbers(insn: Instruction, block: BlockEmission, source: (aligned: number) => number, put: (value: string) => true, vectors: (both: boolean) => boolean): boolean {
  const { op0, op2 } = insn, { mnemonic } = insn.row, state = block.lanes, d = op0.reg;
  if (state.laneByLane || block.depth > 0) return false;
  const parts = /^([A-Z]+)P([SD])$/.exec(mnemonic);
  if (parts !== null) {
    const [, operation, letter] = parts, format = letter === "S" ? 1 : 0, shape = SHAPE[format];
    const word = ARITHMETIC[operation];
    if (word !== undefined) {
      const s = state.readQ(source(1));
      const operands = word === "sqrt" ? [s] : [state.readQ(d), s];
      const r = text(block.atom(code(`Q.${shape}_${word}(${operands.join(", ")})`), "q"));
      if (word === "sqrt") state.root(r, s, format, true);
      else if (word === "mul") state.product(r, operands[0], s, format, true);
      else if (word === "div") state.quotient(r, operands[0], s, format, true);
      else state.sum(r, operands, format, true);
      state.checkFinitePacked(r, format, word === "div" ? [operands[0]] : operands);
      return put(r);
    }
    if (operation === "MIN" || operation === "MAX") {
      // what is second is the result when neither is less: so it is with the operands turned round
      const s = state.readQ(source(1)), a = state.readQ(d);
      state.checkOrderedPacked([a, s], format);
      const r = text(block.atom(code(`Q.${shape}_p${operation.toLowerCase()}(${s}, ${a})`), "q"));
      state.sum(r, [a, s], format, true);
      return put(r);
    }
    if (operation === "CMP") {
      const s = state.readQ(source(1)), a = state.readQ(d), predicate = op2.imm & 7;
      state.checkOrderedPacked([a, s], format);
      state.askCalm([a, s], format, true);
      if ((predicate & 3) === 3) return put(predicate === 3 ? "Q.zero()" : ONES);
      const compared = `Q.${shape}_${PREDICATES[predicate]}(${a}, ${s})`;
      return put(predicate > 4 ? `Q.v128_not(${compared})` : compared);
    }
  }
  const horizontal = /^(ADDSUB|HADD|HSUB)P([SD])$/.exec(mnemonic);
  if (horizontal !== null) {
    const [, operation, letter] = horizontal, format = letter === "S" ? 1 : 0, shape = SHAPE[format];
    const s = state.readQ(source(1)), a = state.readQ(d);
    const [even, odd] = letter === "S" ? [[0, 2, 4, 6], [1, 3, 5, 7]] : [[0, 2], [1, 3]], size = letter === "S" ? 4 : 8;
    const negated = `Q.v128_xor(${s}, ${letter === "S" ? words(-0x80000000, 0, -0x80000000, 0) : words(0, -0x80000000, 0, 0)})`;
    const made = operation === "ADDSUB" ? `Q.${shape}_add(${a}, ${negated})`
      : `Q.${shape}_${operation === "HADD" ? "add" : "sub"}(${shuffled(a, s, bytesOf(size, even))}, ${shuffled(a, s, bytesOf(size, odd))})`;
    const r = text(block.atom(code(made), "q"));
    state.sum(r, [a, s], format, true);
    state.checkFinitePacked(r, format, [a, s]);
    return put(r);
  }
  const rounds = /^ROUND([PS])([SD])$/.exec(mnemonic);
  if (rounds !== null) {
    const [, width, letter] = rounds, format = letter === "S" ? 1 : 0, rounding = ROUNDINGS[op2.imm & 7];
    if (width === "P") {
      const s = state.readQ(source(1));
      state.checkOrdered([]);
      state.checkOrderedPacked([s], format);
      return put(`Q.${SHAPE[format]}_${rounding}(${s})`);
    }
    const s = source(0), x = letter === "S" ? state.readF(2 * s, 0) : state.readD(2 * s);
    state.checkOrdered([x]);
    const r = text(block.atom(code(letter === "S" ? `Math.fround(Q.f64_${rounding}(${x}))` : `Q.f64_${rounding}(${x})`), letter === "S" ? "s" : "d"));
    if (letter === "S") state.writeF(2 * d, 0, r);
    else state.writeD(2 * d, r);
    return true;
  }
  switch (mnemonic) {
    case "CVTDQ2PS": {
      const s = state.readQ(source(1));
      state.checkOrdered([]);
      return put(`Q.f32x4_convert_i32x4_s(${s})`);
    }
    case "CVTDQ2PD": return vectors(false) && put(`Q.f64x2_convert_low_i32x4_s(${state.readQ(source(0))})`);
    case "CVTPS2DQ": case "CVTTPS2DQ": {
      const s = state.readQ(source(1));
      state.checkZero(`Q.v128_not(Q.f32x4_lt(Q.f32x4_abs(${s}), ${every(0x4f000000)}))`);
      return put(`Q.i32x4_trunc_sat_f32x4_s(${mnemonic === "CVTPS2DQ" ? `Q.f32x4_nearest(${s})` : s})`);
    }
    case "CVTPD2DQ": case "CVTTPD2DQ": {
      const s = state.readQ(source(1));
      state.checkZero(`Q.v128_not(Q.f64x2_lt(Q.f64x2_abs(${s}), ${words(-0x400000, 0x41dfffff, -0x400000, 0x41dfffff)}))`);
      return put(`Q.i32x4_trunc_sat_f64x2_s_zero(${mnemonic === "CVTPD2DQ" ? `Q.f64x2_nearest(${s})` : s})`);
    }
    case "CVTPS2PD": {
      if (!vectors(false)) return false;
      const s = state.readQ(source(0)), r = text(block.atom(code(`Q.f64x2_promote_low_f32x4(${s})`), "q"));
      state.widen(r, s);
      state.checkOrderedPacked([r], 0);
      return put(r);
    }
    case "CVTPD2PS": {
      if (!vectors(false)) return false;
      const s = state.readQ(source(1)), r = text(block.atom(code(`Q.f32x4_demote_f64x2_zero(${s})`), "q"));
      state.narrow(r, s, true);
      state.checkFinitePacked(r, 1, []);
      return put(r);
    }
    default: return false;
  }
}

export const isPacked = (source: string): boolean => /\b(?:X?Q[.[]|M[IKQS]\[)/.test(source);

/** Ends the text of code whose doubles and singles carry any bits, which JavaScript's need not (lanes.ts). */
export const ANY_BITS = "\n// any bits\n";
/** Whether a text may not run as JavaScript. */
export const mustBeLowered = (source: string): boolean => source.endsWith(ANY_BITS) || isPacked(source) || source.includes("W.rep");
