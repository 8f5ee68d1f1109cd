// Packed and scalar floating-point arithmetic on slots, with NaN rules, MXCSR rounding, FTZ, DAZ and exception flags.
// `lanes` is 1 for scalar forms (the upper lanes of d stay), else 2 (double) or 4 (single).
// This is for what JavaScript's arithmetic alone does not do (Lanes.oddSum and the like): lane by lane through `lane64`/`lane32`, results
// gathered in T0, then flags are raised, then d is written: an unmasked exception leaves d as it was.
// SDM vol. 1, chapters 4.8.3.5 (NaN operands), 11.5 (exceptions); no conversions here (convert.ts).

import { DAZ, DE, IE, T0, T1 } from "./lanes.ts";
import * as soft from "./rounding.ts";
import { ADD, DIV, DOUBLE, MUL, SINGLE, SQRT, SUB } from "./rounding.ts";
import { ShuffleLanes } from "./shuffle.ts";

const QUIET64 = 0x80000;
const QUIET32 = 0x400000;

export class FloatLanes extends ShuffleLanes {
  /** Flags of the lanes done so far: before the results (IE DE ZE) and after (OE UE PE). */
  protected pre = 0;
  protected post = 0;

  // NaN tests on bits, by dword index.
  protected isNaN64(at: number): boolean {
    const hi = this.i32s[at + 1] & 0x7fffffff;
    return hi > 0x7ff00000 || (hi === 0x7ff00000 && this.i32s[at] !== 0);
  }
  protected isNaN32(at: number): boolean {
    return (this.i32s[at] & 0x7fffffff) > 0x7f800000;
  }
  /** Copies a NaN, quieted, and notes IE if it was signaling. */
  protected quiet64(to: number, from: number): void {
    const hi = this.i32s[from + 1];
    if ((hi & QUIET64) === 0) this.pre |= IE;
    this.i32s[to] = this.i32s[from];
    this.i32s[to + 1] = hi | QUIET64;
  }
  protected quiet32(to: number, from: number): void {
    const bits = this.i32s[from];
    if ((bits & QUIET32) === 0) this.pre |= IE;
    this.i32s[to] = bits | QUIET32;
  }
  /** A number whose NaN is the default one. */
  protected put64(to: number, v: number): void {
    if (v !== v) {
      this.i32s[to] = 0;
      this.i32s[to + 1] = 0xfff80000 | 0;
    } else {
      this.f64s[to >> 1] = v;
    }
  }
  protected put32(to: number, v: number): void {
    if (v !== v) this.i32s[to] = 0xffc00000 | 0;
    else this.f32s[to] = v;
  }

  /** Raises the flags gathered: the first kind alone if that is enough for #XM. */
  protected finish(): void {
    const pre = this.pre;
    const post = this.post;
    this.pre = this.post = 0;
    if (pre !== 0) this.raise(pre);
    if (post !== 0) this.raise(post);
  }

  // Whether translated code that watches for PE has met an inexact result.
  inexactSum(r: number, a: number, b: number): boolean {
    return soft.inexactSum(r, a, b);
  }
  inexactDifference(r: number, a: number, b: number): boolean {
    return soft.inexactSum(r, a, -b);
  }
  inexactProduct(r: number, a: number, b: number): boolean {
    return soft.inexactProduct(r, a, b);
  }
  inexactQuotient(r: number, a: number, b: number): boolean {
    return soft.inexactQuotient(r, a, b);
  }
  inexactRoot(r: number, a: number): boolean {
    return soft.inexactRoot(r, a);
  }
  // For singles, doubles have the exact result but for a sum of very different operands.
  inexactSum32(r: number, a: number, b: number): boolean {
    return a + b !== r || soft.inexactSum(r, a, b);
  }
  inexactDifference32(r: number, a: number, b: number): boolean {
    return a - b !== r || soft.inexactSum(r, a, -b);
  }
  inexactProduct32(r: number, a: number, b: number): boolean {
    return a * b !== r;
  }
  inexactQuotient32(r: number, a: number, b: number): boolean {
    return r * b !== a;
  }
  inexactRoot32(r: number, a: number): boolean {
    return r * r !== a;
  }
  inexactNarrow(r: number, a: number): boolean {
    return r !== a;
  }

  /** One double: dwords at to = dwords at a op dwords at b (SQRT: of b). */
  protected lane64(op: number, to: number, a: number, b: number): void {
    const aNaN = op !== SQRT && this.isNaN64(a);
    const bNaN = this.isNaN64(b);
    if (aNaN || bNaN) {
      if (aNaN && bNaN && (this.i32s[b + 1] & QUIET64) === 0) this.pre |= IE;
      this.quiet64(to, aNaN ? a : b);
      return;
    }
    const x = this.f64s[a >> 1];
    const y = this.f64s[b >> 1];
    const csr = this.csr;
    const r = soft.quick(op, x, y, DOUBLE, csr);
    if (r === r) {
      this.f64s[to >> 1] = r;
      this.post |= soft.outcome.post;
      return;
    }
    this.put64(to, soft.arithmetic(op, x, y, DOUBLE, csr));
    this.pre |= soft.outcome.pre;
    this.post |= soft.outcome.post;
  }

  /** One single. */
  protected lane32(op: number, to: number, a: number, b: number): void {
    const aNaN = op !== SQRT && this.isNaN32(a);
    const bNaN = this.isNaN32(b);
    if (aNaN || bNaN) {
      if (aNaN && bNaN && (this.i32s[b] & QUIET32) === 0) this.pre |= IE;
      this.quiet32(to, aNaN ? a : b);
      return;
    }
    const x = this.f32s[a];
    const y = this.f32s[b];
    const csr = this.csr;
    if ((op === SQRT || !soft.isDenormal(x, SINGLE)) && !soft.isDenormal(y, SINGLE)) {
      const r = soft.quick(op, x, y, SINGLE, csr);
      if (r === r) {
        this.f32s[to] = r;
        this.post |= soft.outcome.post;
        return;
      }
    }
    this.put32(to, soft.arithmetic(op, x, y, SINGLE, csr));
    this.pre |= soft.outcome.pre;
    this.post |= soft.outcome.post;
  }

  protected arith64(op: number, d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) this.lane64(op, T0 * 4 + 2 * k, d * 4 + 2 * k, s * 4 + 2 * k);
    this.finish();
    this.take(d, lanes * 2);
  }

  protected arith32(op: number, d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) this.lane32(op, T0 * 4 + k, d * 4 + k, s * 4 + k);
    this.finish();
    this.take(d, lanes);
  }

  /** The first `dwords` dwords of T0 become those of d. */
  protected take(d: number, dwords: number): void {
    for (let k = 0; k < dwords; k++) this.i32s[d * 4 + k] = this.i32s[T0 * 4 + k];
  }

  addF64(d: number, s: number, lanes: number): void {
    this.arith64(ADD, d, s, lanes);
  }
  subF64(d: number, s: number, lanes: number): void {
    this.arith64(SUB, d, s, lanes);
  }
  mulF64(d: number, s: number, lanes: number): void {
    this.arith64(MUL, d, s, lanes);
  }
  divF64(d: number, s: number, lanes: number): void {
    this.arith64(DIV, d, s, lanes);
  }
  sqrtF64(d: number, s: number, lanes: number): void {
    this.arith64(SQRT, d, s, lanes);
  }
  addF32(d: number, s: number, lanes: number): void {
    this.arith32(ADD, d, s, lanes);
  }
  subF32(d: number, s: number, lanes: number): void {
    this.arith32(SUB, d, s, lanes);
  }
  mulF32(d: number, s: number, lanes: number): void {
    this.arith32(MUL, d, s, lanes);
  }
  divF32(d: number, s: number, lanes: number): void {
    this.arith32(DIV, d, s, lanes);
  }
  sqrtF32(d: number, s: number, lanes: number): void {
    this.arith32(SQRT, d, s, lanes);
  }

  // MIN and MAX: the second operand when either is a NaN or both are zeros; any NaN is invalid.
  minF64(d: number, s: number, lanes: number): void {
    this.extreme64(d, s, lanes, false);
  }
  maxF64(d: number, s: number, lanes: number): void {
    this.extreme64(d, s, lanes, true);
  }
  private extreme64(d: number, s: number, lanes: number, larger: boolean): void {
    for (let k = 0; k < lanes; k++) {
      const a = d * 4 + 2 * k;
      const b = s * 4 + 2 * k;
      let x = this.f64s[a >> 1];
      let y = this.f64s[b >> 1];
      const to = T0 * 4 + 2 * k;
      if (x !== x || y !== y) {
        this.pre |= IE;
        if (y === y && (this.csr & DAZ) !== 0) y = this.operand(y, DOUBLE.minNormal);
      } else {
        x = this.operand(x, DOUBLE.minNormal);
        y = this.operand(y, DOUBLE.minNormal);
      }
      const from = (larger ? x > y : x < y) ? a : b;
      const flushed = from === a ? x : y;
      if (flushed === 0) this.f64s[to >> 1] = flushed;
      else {
        this.i32s[to] = this.i32s[from];
        this.i32s[to + 1] = this.i32s[from + 1];
      }
    }
    this.finish();
    this.take(d, lanes * 2);
  }
  minF32(d: number, s: number, lanes: number): void {
    this.extreme32(d, s, lanes, false);
  }
  maxF32(d: number, s: number, lanes: number): void {
    this.extreme32(d, s, lanes, true);
  }
  private extreme32(d: number, s: number, lanes: number, larger: boolean): void {
    for (let k = 0; k < lanes; k++) {
      const a = d * 4 + k;
      const b = s * 4 + k;
      let x = this.f32s[a];
      let y = this.f32s[b];
      if (x !== x || y !== y) {
        this.pre |= IE;
        if (y === y && (this.csr & DAZ) !== 0) y = this.operand(y, SINGLE.minNormal);
      } else {
        x = this.operand(x, SINGLE.minNormal);
        y = this.operand(y, SINGLE.minNormal);
      }
      const from = (larger ? x > y : x < y) ? a : b;
      const flushed = from === a ? x : y;
      if (flushed === 0) this.f32s[T0 * 4 + k] = flushed;
      else this.i32s[T0 * 4 + k] = this.i32s[from];
    }
    this.finish();
    this.take(d, lanes);
  }

  /** A non-NaN operand of a comparison: DAZ, or the note that it is denormal. */
  protected operand(x: number, minNormal: number): number {
    if (x === 0 || Math.abs(x) >= minNormal) return x;
    if ((this.csr & DAZ) !== 0) return x < 0 ? -0 : 0;
    this.pre |= DE;
    return x;
  }

  /** 1: less, 2: equal, 4: greater, 8: unordered. `signaling`: a quiet NaN is invalid too. Gathers flags. */
  protected relation64(a: number, b: number, signaling: boolean): number {
    let x = this.f64s[a >> 1];
    let y = this.f64s[b >> 1];
    if (x !== x || y !== y) {
      if (signaling || (x !== x && (this.i32s[a + 1] & QUIET64) === 0) || (y !== y && (this.i32s[b + 1] & QUIET64) === 0)) this.pre |= IE;
      return 8;
    }
    x = this.operand(x, DOUBLE.minNormal);
    y = this.operand(y, DOUBLE.minNormal);
    return x < y ? 1 : x === y ? 2 : 4;
  }
  protected relation32(a: number, b: number, signaling: boolean): number {
    let x = this.f32s[a];
    let y = this.f32s[b];
    if (x !== x || y !== y) {
      if (signaling || (x !== x && (this.i32s[a] & QUIET32) === 0) || (y !== y && (this.i32s[b] & QUIET32) === 0)) this.pre |= IE;
      return 8;
    }
    x = this.operand(x, SINGLE.minNormal);
    y = this.operand(y, SINGLE.minNormal);
    return x < y ? 1 : x === y ? 2 : 4;
  }

  /** CMPPD, CMPSD: predicates 0-7 EQ LT LE UNORD NEQ NLT NLE ORD. */
  cmpF64(d: number, s: number, lanes: number, predicate: number): void {
    for (let k = 0; k < lanes; k++) {
      const holds = this.holds(this.relation64(d * 4 + 2 * k, s * 4 + 2 * k, (predicate & 3) === 1 || (predicate & 3) === 2), predicate);
      this.i32s[T0 * 4 + 2 * k] = this.i32s[T0 * 4 + 2 * k + 1] = holds;
    }
    this.finish();
    this.take(d, lanes * 2);
  }
  cmpF32(d: number, s: number, lanes: number, predicate: number): void {
    for (let k = 0; k < lanes; k++) {
      this.i32s[T0 * 4 + k] = this.holds(this.relation32(d * 4 + k, s * 4 + k, (predicate & 3) === 1 || (predicate & 3) === 2), predicate);
    }
    this.finish();
    this.take(d, lanes);
  }
  /** -1 if the relation satisfies the predicate, else 0. The low two bits choose the relations, bit 2 negates. */
  private holds(relation: number, predicate: number): number {
    const p = predicate & 3;
    const wanted = p === 0 ? 2 : p === 1 ? 1 : p === 2 ? 3 : 8;
    return ((relation & wanted) !== 0) === ((predicate & 4) === 0) ? -1 : 0;
  }

  /** COMISD (signaling = 1), UCOMISD (0): the EFLAGS bits ZF PF CF. */
  comF64(d: number, s: number, signaling: number): number {
    const relation = this.relation64(d * 4, s * 4, signaling !== 0);
    this.finish();
    return relation === 1 ? 1 : relation === 2 ? 64 : relation === 4 ? 0 : 69;
  }
  comF32(d: number, s: number, signaling: number): number {
    const relation = this.relation32(d * 4, s * 4, signaling !== 0);
    this.finish();
    return relation === 1 ? 1 : relation === 2 ? 64 : relation === 4 ? 0 : 69;
  }

  // SSE3: horizontal and alternating arithmetic.
  haddF64(d: number, s: number): void {
    this.horizontal64(ADD, d, s);
  }
  hsubF64(d: number, s: number): void {
    this.horizontal64(SUB, d, s);
  }
  private horizontal64(op: number, d: number, s: number): void {
    this.lane64(op, T0 * 4, d * 4, d * 4 + 2);
    this.lane64(op, T0 * 4 + 2, s * 4, s * 4 + 2);
    this.finish();
    this.take(d, 4);
  }
  haddF32(d: number, s: number): void {
    this.horizontal32(ADD, d, s);
  }
  hsubF32(d: number, s: number): void {
    this.horizontal32(SUB, d, s);
  }
  private horizontal32(op: number, d: number, s: number): void {
    this.lane32(op, T0 * 4, d * 4, d * 4 + 1);
    this.lane32(op, T0 * 4 + 1, d * 4 + 2, d * 4 + 3);
    this.lane32(op, T0 * 4 + 2, s * 4, s * 4 + 1);
    this.lane32(op, T0 * 4 + 3, s * 4 + 2, s * 4 + 3);
    this.finish();
    this.take(d, 4);
  }
  /** ADDSUBPD. */
  addsubF64(d: number, s: number): void {
    this.lane64(SUB, T0 * 4, d * 4, s * 4);
    this.lane64(ADD, T0 * 4 + 2, d * 4 + 2, s * 4 + 2);
    this.finish();
    this.take(d, 4);
  }
  /** ADDSUBPS. */
  addsubF32(d: number, s: number): void {
    for (let k = 0; k < 4; k++) this.lane32((k & 1) === 0 ? SUB : ADD, T0 * 4 + k, d * 4 + k, s * 4 + k);
    this.finish();
    this.take(d, 4);
  }

  // SSE4.1: dot products. Lanes not chosen count as +0.
  dotF64(d: number, s: number, imm: number): void {
    const v = this.i32s;
    for (let k = 0; k < 2; k++) {
      if (((imm >> (4 + k)) & 1) !== 0) this.lane64(MUL, T1 * 4 + 2 * k, d * 4 + 2 * k, s * 4 + 2 * k);
      else v[T1 * 4 + 2 * k] = v[T1 * 4 + 2 * k + 1] = 0;
    }
    this.finish();
    this.lane64(ADD, T1 * 4, T1 * 4, T1 * 4 + 2);
    this.finish();
    for (let k = 0; k < 2; k++) {
      const keep = ((imm >> k) & 1) !== 0;
      v[d * 4 + 2 * k] = keep ? v[T1 * 4] : 0;
      v[d * 4 + 2 * k + 1] = keep ? v[T1 * 4 + 1] : 0;
    }
  }
  dotF32(d: number, s: number, imm: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) {
      if (((imm >> (4 + k)) & 1) !== 0) this.lane32(MUL, T1 * 4 + k, d * 4 + k, s * 4 + k);
      else v[T1 * 4 + k] = 0;
    }
    this.finish();
    this.lane32(ADD, T0 * 4, T1 * 4, T1 * 4 + 1);
    this.lane32(ADD, T0 * 4 + 1, T1 * 4 + 2, T1 * 4 + 3);
    this.finish();
    this.lane32(ADD, T0 * 4, T0 * 4, T0 * 4 + 1);
    this.finish();
    for (let k = 0; k < 4; k++) v[d * 4 + k] = ((imm >> k) & 1) !== 0 ? v[T0 * 4] : 0;
  }
}
