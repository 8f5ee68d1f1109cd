// Vectors, lowered: the words of `Q` that translator/packed.ts writes are WebAssembly's vector instructions, by the names of the specification
// with an underscore for the dot; and a few of our own (zero, words, qwords).
// https://webassembly.github.io/spec/core/binary/instructions.html#vector-instructions

import { HIDDEN } from "../../runtime/hidden.ts";
import { Control } from "./control.ts";
import { OP } from "./encode.ts";
import { LOAD_VECTOR, STORE_VECTOR } from "./expressions.ts";
import { type Kind, unsupported, V } from "./kinds.ts";

const PREFIX = 0xfd, CONST = 12, SHUFFLE = 13;
const Q = V.VECTOR;

interface Word {
  readonly op: number;
  readonly takes: readonly Kind[];
  /** How many lanes there are, when one is named by a literal; that stands behind the vector. */
  readonly lanes: number;
  readonly gives: Kind;
}

const WORDS = new Map<string, Word>();
const add = (takes: readonly Kind[], gives: Kind, words: string, first: number, lanes = 0): void => {
  for (const [k, name] of words.split(" ").entries()) if (name !== "-") WORDS.set(name, { op: first + k, takes, gives, lanes });
};
const shapes = (names: string, word: string): string => names.split(" ").map((shape) => `${shape}_${word}`).join(" ");
/** Of one shape. */
const of = (shape: string, words: string): string => words.split(" ").map((word) => (word === "-" ? word : `${shape}_${word}`)).join(" ");

add([Q, Q], Q, "i8x16_swizzle", 0x0e);
add([V.INT], Q, shapes("i8x16 i16x8 i32x4", "splat"), 0x0f);
add([V.SINGLE], Q, "f32x4_splat", 0x13);
add([V.DOUBLE], Q, "f64x2_splat", 0x14);
add([Q], V.INT, "i8x16_extract_lane_s i8x16_extract_lane_u", 0x15, 16);
add([Q, V.INT], Q, "i8x16_replace_lane", 0x17, 16);
add([Q], V.INT, "i16x8_extract_lane_s i16x8_extract_lane_u", 0x18, 8);
add([Q, V.INT], Q, "i16x8_replace_lane", 0x1a, 8);
add([Q], V.INT, "i32x4_extract_lane", 0x1b, 4);
add([Q, V.INT], Q, "i32x4_replace_lane", 0x1c, 4);
add([Q], V.SINGLE, "f32x4_extract_lane", 0x1f, 4);
add([Q, V.SINGLE], Q, "f32x4_replace_lane", 0x20, 4);
add([Q], V.DOUBLE, "f64x2_extract_lane", 0x21, 2);
add([Q, V.DOUBLE], Q, "f64x2_replace_lane", 0x22, 2);
for (const [k, shape] of ["i8x16", "i16x8", "i32x4"].entries()) add([Q, Q], Q, of(shape, "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"), 0x23 + 10 * k);
for (const [k, shape] of ["f32x4", "f64x2"].entries()) add([Q, Q], Q, of(shape, "eq ne lt gt le ge"), 0x41 + 6 * k);
add([Q], Q, "v128_not", 0x4d);
add([Q, Q], Q, of("v128", "and andnot or xor"), 0x4e);
add([Q, Q, Q], Q, "v128_bitselect", 0x52);
add([Q], V.INT, "v128_any_true", 0x53);
add([Q], Q, "f32x4_demote_f64x2_zero f64x2_promote_low_f32x4", 0x5e);
for (const [k, shape] of ["i8x16", "i16x8", "i32x4", "i64x2"].entries()) {
  const at = 0x60 + 0x20 * k;
  add([Q], Q, of(shape, "abs neg"), at);
  add([Q], V.INT, of(shape, "all_true bitmask"), at + 3);
  add([Q, V.INT], Q, of(shape, "shl shr_s shr_u"), at + 11);
  add([Q, Q], Q, of(shape, k < 2 ? "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u" : "add - - sub - -"), at + 14);
  if (k < 3) add([Q, Q], Q, of(shape, "min_s min_u max_s max_u"), k === 0 ? 0x76 : at + 0x16);
  if (k > 0) add([Q, Q], Q, of(shape, "mul"), at + 0x15);
}
add([Q, Q], Q, "i8x16_narrow_i16x8_s i8x16_narrow_i16x8_u", 0x65);
add([Q, Q], Q, "i16x8_narrow_i32x4_s i16x8_narrow_i32x4_u", 0x85);
add([Q, Q], Q, "i8x16_avgr_u", 0x7b);
add([Q, Q], Q, "i16x8_avgr_u", 0x9b);
add([Q], Q, "i16x8_extadd_pairwise_i8x16_s i16x8_extadd_pairwise_i8x16_u i32x4_extadd_pairwise_i16x8_s i32x4_extadd_pairwise_i16x8_u", 0x7c);
for (const [k, [wide, narrow]] of [["i16x8", "i8x16"], ["i32x4", "i16x8"], ["i64x2", "i32x4"]].entries()) {
  add([Q], Q, of(wide, `extend_low_${narrow}_s extend_high_${narrow}_s extend_low_${narrow}_u extend_high_${narrow}_u`), 0x87 + 0x20 * k);
  add([Q, Q], Q, of(wide, `extmul_low_${narrow}_s extmul_high_${narrow}_s extmul_low_${narrow}_u extmul_high_${narrow}_u`), 0x9c + 0x20 * k);
}
add([Q, Q], Q, "i32x4_dot_i16x8_s", 0xba);
add([Q, Q], Q, of("i64x2", "eq ne lt_s gt_s le_s ge_s"), 0xd6);
for (const [k, shape] of ["f32x4", "f64x2"].entries()) {
  const at = 0xe0 + 12 * k;
  add([Q], Q, of(shape, "abs neg - sqrt"), at);
  add([Q, Q], Q, of(shape, "add sub mul div min max pmin pmax"), at + 4);
}
add([Q], Q, "i32x4_trunc_sat_f32x4_s i32x4_trunc_sat_f32x4_u f32x4_convert_i32x4_s f32x4_convert_i32x4_u", 0xf8);
add([Q], Q, "i32x4_trunc_sat_f64x2_s_zero i32x4_trunc_sat_f64x2_u_zero f64x2_convert_low_i32x4_s f64x2_convert_low_i32x4_u", 0xfc);
add([Q], Q, of("f32x4", "ceil floor trunc nearest"), 0x67);
add([Q], Q, "f64x2_ceil f64x2_floor", 0x74);
add([Q], Q, "f64x2_trunc", 0x7a);
add([Q], Q, "f64x2_nearest", 0x94);
add([Q, Q], Q, "i16x8_q15mulr_sat_s", 0x82);
/** Instructions on numbers, which JavaScript has no word for: what they are applied to, what they give, and the opcode. */
const SCALARS: Readonly<Record<string, readonly [takes: Kind, opcode: number]>> = {
  f64_nearest: [V.DOUBLE, OP.f64Nearest], f64_floor: [V.DOUBLE, OP.f64Floor], f64_ceil: [V.DOUBLE, OP.f64Ceil], f64_trunc: [V.DOUBLE, OP.f64Trunc],
};
const LOADS: Readonly<Record<string, number>> = { v128_load: LOAD_VECTOR, v128_load32_zero: 0x5c, v128_load64_zero: 0x5d };

export abstract class Vectors extends Control {
  private instruction(op: number): void {
    this.code.byte(PREFIX);
    this.code.u32(op);
    this.literalEnd = -1;
  }

  protected vector(): Kind {
    this.expect(".");
    const name = this.take();
    const load = LOADS[name];
    if (load !== undefined) {
      this.address();
      this.expect(")");
      this.vectorAccess(load, 0);
      return Q;
    }
    this.expect("(");
    const scalar = SCALARS[name];
    if (scalar !== undefined) {
      this.convert(this.expression(), scalar[0]);
      this.expect(")");
      this.code.byte(scalar[1]);
      return scalar[0];
    }
    // of a double that does not reach over the end of memory
    if (name === "upper") {
      this.toInt(this.expression());
      this.expect(")");
      this.access(OP.i32Load, 2, 4);
      return V.INT;
    }
    if (name.startsWith("least")) {
      this.expect(")");
      this.i32(name === "least64" ? HIDDEN.LEAST : HIDDEN.LEAST + 16);
      this.vectorAccess(LOAD_VECTOR, 4);
      return Q;
    }
    if (/^f\d\d_[sl]/.test(name)) return this.small(name.startsWith("f64"), name.endsWith("small"));
    if (name === "i32_rotl" || name === "table" || name === "octet") return this.withLiteral(name);
    if (name === "zero" || name === "words") this.words(name === "zero" ? 0 : 4);
    else if (name === "i8x16_shuffle" || name === "qwords") this.shuffle(name === "qwords");
    else {
      const word = WORDS.get(name) ?? unsupported(`Q.${name}`);
      return this.plain(word);
    }
    this.expect(")");
    return Q;
  }

  private plain({ op, takes, lanes, gives }: Word): Kind {
    let lane = 0;
    for (const [k, kind] of takes.entries()) {
      if (k > 0) this.expect(",");
      const given = this.expression();
      if (kind === V.INT) this.toInt(given);
      else this.convert(given, kind);
      if (k > 0 || lanes === 0) continue;
      this.expect(",");
      lane = this.literalNumber();
      if (lane >= lanes) unsupported("a lane");
    }
    this.expect(")");
    this.instruction(op);
    if (lanes > 0) this.code.byte(lane);
    return gives;
  }

  /** A rotation by a literal count, or what a table of AES has at an offset in bytes. */
  private withLiteral(name: string): Kind {
    this.toInt(this.expression());
    this.expect(",");
    const n = this.literalNumber();
    this.expect(")");
    if (name === "i32_rotl") {
      this.i32(n);
      this.code.byte(OP.i32Rotl);
    } else {
      this.around.aesTables?.();
      this.access(name === "table" ? OP.i32Load : OP.i32Load8U, name === "table" ? 2 : 0, n);
    }
    this.literalEnd = -1;
    return V.INT;
  }

  /** Whether a number is less than 2^-n (and not zero: then twice its bits less one), without the fraction. */
  private small(double: boolean, notZero: boolean): Kind {
    this.convert(this.expression(), double ? V.DOUBLE : V.SINGLE);
    this.expect(",");
    const n = this.literalNumber();
    this.expect(")");
    const { code } = this;
    if (double) {
      for (const b of [0xbd, 0x42, 1, 0x86, ...(notZero ? [0x42, 1, 0x7d] : []), 0x42, 53, 0x88, OP.i32WrapI64]) code.byte(b);
      this.i32(1023 - n);
    } else {
      for (const b of [0xbc, OP.i32Const, 1, OP.i32Shl, ...(notZero ? [OP.i32Const, 1, OP.i32Sub] : [])]) code.byte(b);
      this.i32((127 - n) << 24);
    }
    code.byte(OP.i32LtU);
    this.literalEnd = -1;
    return V.BOOL;
  }

  private words(n: number): void {
    this.instruction(CONST);
    for (let k = 0; k < 4; k++) {
      if (k > 0 && n > 0) this.expect(",");
      const v = n === 0 ? 0 : this.literalNumber();
      for (let b = 0; b < 32; b += 8) this.code.byte((v >> b) & 255);
    }
  }

  /** Two vectors and sixteen bytes of them; or halves of each. */
  private shuffle(qwords: boolean): void {
    this.convert(this.expression(), Q);
    this.expect(",");
    this.convert(this.expression(), Q);
    const bytes: number[] = [];
    while (this.accept(",")) bytes.push(this.literalNumber());
    if (qwords) {
      const [low, high] = bytes.splice(0, 2);
      for (let k = 0; k < 16; k++) bytes[k] = k < 8 ? 8 * low + k : 8 + 8 * high + k;
    }
    if (bytes.length !== 16 || bytes.some((b) => b < 0 || b > 31)) unsupported("a shuffle");
    this.instruction(SHUFFLE);
    for (const b of bytes) this.code.byte(b);
  }

  private literalNumber(): number {
    const negative = this.accept("-");
    const n = Number(this.take());
    if (!Number.isInteger(n)) unsupported("a literal is due");
    return negative ? -n : n;
  }

  /** `Q.v128_store(address, vector);` */
  protected storeVector(): void {
    this.expect("Q");
    this.expect(".");
    this.expect("v128_store");
    this.address();
    this.expect(",");
    this.convert(this.expression(), Q);
    this.expect(")");
    this.vectorAccess(STORE_VECTOR, 0);
  }
}

/** A function of one vector instruction: whether a host takes it, it has vectors. */
export const PROBE: readonly number[] = [PREFIX, CONST, ...new Array<number>(16).fill(0), PREFIX, 0x53, OP.end];
