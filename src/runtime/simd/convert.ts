// Conversions between integers, singles and doubles, roundings to integral values and the reciprocal approximations.
// Sources and destinations are slots; each method names the lanes it writes. Integers come from conversions as the
// integer indefinite 0x80000000 when the value does not fit (IE).
// SDM vol. 2, CVT*, ROUND*, RCP*, RSQRT*; vol. 1, 11.5.2.1 and table E-1 for flags.

import { FloatLanes } from "./float.ts";
import { DAZ, IE, PE, T0 } from "./lanes.ts";
import { reciprocal, reciprocalSquareRoot } from "./reciprocal.ts";
import * as soft from "./rounding.ts";
import { DOUBLE, SINGLE } from "./rounding.ts";

const INDEFINITE = 0x80000000 | 0;

export class ConvertLanes extends FloatLanes {
  /** Rounding mode in force, or truncation. */
  private rounding(truncate: number): number {
    return truncate !== 0 ? 3 : (this.csr >> 13) & 3;
  }

  /** x to int32, gathering flags. */
  private toInt(x: number, mode: number, minNormal: number): number {
    const r = soft.toIntegral(x, mode);
    if (!(r >= -2147483648 && r <= 2147483647)) {
      this.pre |= IE;
      return INDEFINITE;
    }
    if (r !== x && !((this.csr & DAZ) !== 0 && Math.abs(x) < minNormal)) this.post |= PE;
    else if (r !== x) return 0;
    return r | 0;
  }

  /** CVTSD2SI, CVTTSD2SI (truncate = 1): the integer. */
  f64ToInt(s: number, truncate: number): number {
    const r = this.toInt(this.f64s[s * 2], this.rounding(truncate), DOUBLE.minNormal);
    this.finish();
    return r;
  }
  f32ToInt(s: number, truncate: number): number {
    const r = this.toInt(this.f32s[s * 4], this.rounding(truncate), SINGLE.minNormal);
    this.finish();
    return r;
  }
  /** CVT(T)PD2DQ, CVT(T)PD2PI: two integers to lanes 0 and 1, lanes 2 and 3 zero. */
  f64ToInts(d: number, s: number, truncate: number): void {
    const mode = this.rounding(truncate);
    const a = this.toInt(this.f64s[s * 2], mode, DOUBLE.minNormal);
    const b = this.toInt(this.f64s[s * 2 + 1], mode, DOUBLE.minNormal);
    this.finish();
    this.i32s[d * 4] = a;
    this.i32s[d * 4 + 1] = b;
    this.i32s[d * 4 + 2] = 0;
    this.i32s[d * 4 + 3] = 0;
  }
  /** CVT(T)PS2DQ (lanes = 4), CVT(T)PS2PI (2). */
  f32ToInts(d: number, s: number, lanes: number, truncate: number): void {
    const mode = this.rounding(truncate);
    for (let k = 0; k < lanes; k++) this.i32s[T0 * 4 + k] = this.toInt(this.f32s[s * 4 + k], mode, SINGLE.minNormal);
    this.finish();
    this.take(d, lanes);
  }

  /** CVTSI2SS: lane 0. */
  intToF32(d: number, value: number): void {
    const r = this.narrowInt(value);
    this.finish();
    this.f32s[d * 4] = r;
  }
  /** CVTDQ2PS (lanes = 4), CVTPI2PS (2). */
  intsToF32(d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) this.f32s[T0 * 4 + k] = this.narrowInt(this.i32s[s * 4 + k]);
    this.finish();
    this.take(d, lanes);
  }
  private narrowInt(value: number): number {
    const near = Math.fround(value);
    if (near === value || this.mode === 0) return near;
    soft.outcome.post = 0;
    const r = soft.narrow(value, SINGLE, this.csr);
    this.post |= soft.outcome.post;
    return r;
  }
  /** CVTDQ2PD, CVTPI2PD. */
  intsToF64(d: number, s: number): void {
    const a = this.i32s[s * 4];
    const b = this.i32s[s * 4 + 1];
    this.f64s[d * 2] = a;
    this.f64s[d * 2 + 1] = b;
  }

  /** CVTSS2SD (lanes = 1), CVTPS2PD (2). */
  f32ToF64(d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) {
      const from = s * 4 + k;
      const to = T0 * 4 + 2 * k;
      if (this.isNaN32(from)) {
        const bits = this.i32s[from];
        if ((bits & 0x400000) === 0) this.pre |= IE;
        this.i32s[to] = bits << 29;
        this.i32s[to + 1] = (bits & 0x80000000) | 0x7ff80000 | ((bits & 0x3fffff) >>> 3);
      } else {
        const x = this.f32s[from];
        this.f64s[to >> 1] = this.operand(x, SINGLE.minNormal);
      }
    }
    this.finish();
    this.take(d, lanes * 2);
  }
  /** CVTSD2SS (lanes = 1), CVTPD2PS (2): singles to the first lanes. */
  f64ToF32(d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) {
      const from = s * 4 + 2 * k;
      const to = T0 * 4 + k;
      if (this.isNaN64(from)) {
        const hi = this.i32s[from + 1];
        if ((hi & 0x80000) === 0) this.pre |= IE;
        this.i32s[to] = (hi & 0x80000000) | 0x7fc00000 | ((hi & 0x7ffff) << 3) | (this.i32s[from] >>> 29);
        continue;
      }
      const x = this.f64s[from >> 1];
      const near = Math.fround(x);
      if (x === 0 || (Math.abs(near) > SINGLE.minNormal && (near === x || (this.mode === 0 && near - near === 0)))) {
        this.f32s[to] = near;
        continue;
      }
      const y = this.operand(x, DOUBLE.minNormal);
      soft.outcome.post = 0;
      this.f32s[to] = y - y !== 0 ? y : soft.narrow(y, SINGLE, this.csr);
      this.post |= y - y !== 0 ? 0 : soft.outcome.post;
    }
    this.finish();
    this.take(d, lanes);
  }

  /** ROUNDPD, ROUNDSD. Immediate: bits 0-1 mode, bit 2 MXCSR's mode instead, bit 3 no PE. */
  roundF64(d: number, s: number, lanes: number, imm: number): void {
    const mode = (imm & 4) !== 0 ? (this.csr >> 13) & 3 : imm & 3;
    for (let k = 0; k < lanes; k++) {
      const from = s * 4 + 2 * k;
      const to = T0 * 4 + 2 * k;
      if (this.isNaN64(from)) this.quiet64(to, from);
      else this.f64s[to >> 1] = this.integral(this.f64s[from >> 1], mode, imm, DOUBLE.minNormal);
    }
    this.finish();
    this.take(d, lanes * 2);
  }
  /** ROUNDPS, ROUNDSS. */
  roundF32(d: number, s: number, lanes: number, imm: number): void {
    const mode = (imm & 4) !== 0 ? (this.csr >> 13) & 3 : imm & 3;
    for (let k = 0; k < lanes; k++) {
      if (this.isNaN32(s * 4 + k)) this.quiet32(T0 * 4 + k, s * 4 + k);
      else this.f32s[T0 * 4 + k] = this.integral(this.f32s[s * 4 + k], mode, imm, SINGLE.minNormal);
    }
    this.finish();
    this.take(d, lanes);
  }
  private integral(x: number, mode: number, imm: number, minNormal: number): number {
    if (!Number.isFinite(x)) return x;
    if ((this.csr & DAZ) !== 0 && Math.abs(x) < minNormal) return x < 0 || Object.is(x, -0) ? -0 : 0;
    const r = soft.toIntegral(x, mode);
    if (r !== x && (imm & 8) === 0) this.post |= PE;
    return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
  }

  /** RCPPS, RCPSS: no flags, whatever the operand. */
  rcpF32(d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) this.i32s[d * 4 + k] = reciprocal(this.i32s[s * 4 + k]);
  }
  /** RSQRTPS, RSQRTSS. */
  rsqrtF32(d: number, s: number, lanes: number): void {
    for (let k = 0; k < lanes; k++) this.i32s[d * 4 + k] = reciprocalSquareRoot(this.i32s[s * 4 + k]);
  }
}
