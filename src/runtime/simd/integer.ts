// The packed integer arithmetic that is not done lane by lane in semantics/sse-integer.ts, on whole slots: d = d op s.
// Lane-wise operations always work on 16 bytes: an MMX operand is the low half of a scratch slot, and what happens to
// the upper half of that is nobody's concern. Where the width matters a method takes `n`, the operand's bytes (8 or 16).
// SDM vol. 2, instructions P*; no shuffles, packs and unpacks (shuffle.ts).

import { Lanes } from "./lanes.ts";

export const saturateI8 = (x: number): number => (x < -128 ? -128 : x > 127 ? 127 : x);
export const saturateI16 = (x: number): number => (x < -32768 ? -32768 : x > 32767 ? 32767 : x);

export class IntegerLanes extends Lanes {
  // Saturating sums and differences.
  addsB(d: number, s: number): void {
    const v = this.i8s;
    for (let k = 0; k < 16; k++) v[d * 16 + k] = saturateI8(v[d * 16 + k] + v[s * 16 + k]);
  }
  subsB(d: number, s: number): void {
    const v = this.i8s;
    for (let k = 0; k < 16; k++) v[d * 16 + k] = saturateI8(v[d * 16 + k] - v[s * 16 + k]);
  }

  // Products.
  /** PMULHRSW. */
  mulhrsW(d: number, s: number): void {
    const v = this.i16s;
    for (let k = 0; k < 8; k++) v[d * 8 + k] = ((Math.imul(v[d * 8 + k], v[s * 8 + k]) >> 14) + 1) >> 1;
  }
  /** PMULDQ. */
  mulDQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const a = v[d * 4 + k];
      const b = v[s * 4 + k];
      this.product(d * 4 + k, a, b, (a < 0 ? b : 0) + (b < 0 ? a : 0));
    }
  }
  /** Stores the unsigned product of a and b, its high half less `correction`, at dword index `at`. */
  private product(at: number, a: number, b: number, correction: number): void {
    const al = a & 0xffff;
    const ah = a >>> 16;
    const bl = b & 0xffff;
    const bh = b >>> 16;
    const mid = ah * bl + (Math.imul(al, bl) >>> 16);
    const mid2 = al * bh + (mid & 0xffff);
    this.i32s[at] = Math.imul(a, b);
    this.i32s[at + 1] = (ah * bh + Math.floor(mid / 65536) + Math.floor(mid2 / 65536) - correction) | 0;
  }
  /** PMADDUBSW: unsigned bytes of d times signed bytes of s, pairs added with saturation. */
  maddUBSW(d: number, s: number): void {
    for (let k = 0; k < 8; k++) {
      const at = d * 16 + 2 * k;
      const from = s * 16 + 2 * k;
      const sum = this.u8s[at] * this.i8s[from] + this.u8s[at + 1] * this.i8s[from + 1];
      this.i16s[d * 8 + k] = saturateI16(sum);
    }
  }

  // Compares: all ones or all zeros.
  cmpgtQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const a = v[d * 4 + k + 1];
      const b = v[s * 4 + k + 1];
      const greater = a > b || (a === b && v[d * 4 + k] >>> 0 > v[s * 4 + k] >>> 0);
      v[d * 4 + k] = v[d * 4 + k + 1] = greater ? -1 : 0;
    }
  }

  protected xor(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] ^= v[s * 4 + k];
  }

  /** The low 64 bits of a slot as a shift count; anything above 255 is 255. */
  shiftCount(s: number): number {
    const low = this.i32s[s * 4] >>> 0;
    return this.i32s[s * 4 + 1] !== 0 || low > 255 ? 255 : low;
  }

  // Signs and magnitudes.
  absB(d: number, s: number): void {
    for (let k = 0; k < 16; k++) this.i8s[d * 16 + k] = Math.abs(this.i8s[s * 16 + k]);
  }
  signB(d: number, s: number): void {
    for (let k = 0; k < 16; k++) this.i8s[d * 16 + k] = this.i8s[d * 16 + k] * Math.sign(this.i8s[s * 16 + k]);
  }
  signW(d: number, s: number): void {
    for (let k = 0; k < 8; k++) this.i16s[d * 8 + k] = this.i16s[d * 8 + k] * Math.sign(this.i16s[s * 8 + k]);
  }
  signD(d: number, s: number): void {
    for (let k = 0; k < 4; k++) this.i32s[d * 4 + k] = this.i32s[d * 4 + k] * Math.sign(this.i32s[s * 4 + k]);
  }
}
