// Moves between lanes: packs, unpacks, shuffles, blends, inserts, alignments, widening moves. Bits travel unchanged, so
// floating-point shuffles work on dwords. `n` is the width of the operands in bytes (8: MMX, 16: XMM).
// SDM vol. 2, instructions PACK*, PUNPCK*, PSHUF*, SHUFP*, UNPCK*, PBLEND*, PALIGNR, PMOVSX*, PMOVZX*, PH*.

import { IntegerLanes, saturateI16, saturateI8 } from "./integer.ts";
import { T0, T1 } from "./lanes.ts";

/** The low two bytes of x, a byte apart. */
const spread = (x: number): number => (x & 0xff) | ((x & 0xff00) << 8);
const saturateU8 = (x: number): number => (x < 0 ? 0 : x > 255 ? 255 : x);

export class ShuffleLanes extends IntegerLanes {
  // Packs: n / 2 bytes of d, then n / 2 bytes of s. In place: a narrow lane never lies behind the wide one it comes from.
  packssWB(d: number, s: number, n: number): void {
    const half = n >> 1;
    const from = this.apart(d, s) * 8;
    const v = this.i16s;
    for (let k = 0; k < half; k++) this.i8s[d * 16 + k] = saturateI8(v[d * 8 + k]);
    for (let k = 0; k < half; k++) this.i8s[d * 16 + half + k] = saturateI8(v[from + k]);
  }
  packusWB(d: number, s: number, n: number): void {
    const half = n >> 1;
    const from = this.apart(d, s) * 8;
    const v = this.i16s;
    for (let k = 0; k < half; k++) this.u8s[d * 16 + k] = saturateU8(v[d * 8 + k]);
    for (let k = 0; k < half; k++) this.u8s[d * 16 + half + k] = saturateU8(v[from + k]);
  }
  packssDW(d: number, s: number, n: number): void {
    const half = n >> 2;
    const from = this.apart(d, s) * 4;
    const v = this.i32s;
    for (let k = 0; k < half; k++) this.i16s[d * 8 + k] = saturateI16(v[d * 4 + k]);
    for (let k = 0; k < half; k++) this.i16s[d * 8 + half + k] = saturateI16(v[from + k]);
  }
  /** s, or a copy of it if it is d. */
  private apart(d: number, s: number): number {
    if (s !== d) return s;
    this.copy(T0, s);
    return T0;
  }
  packusDW(d: number, s: number): void {
    this.copy(T0, s);
    for (let k = 0; k < 4; k++) this.u16s[d * 8 + k] = Math.min(65535, Math.max(0, this.i32s[d * 4 + k]));
    for (let k = 0; k < 4; k++) this.u16s[d * 8 + 4 + k] = Math.min(65535, Math.max(0, this.i32s[T0 * 4 + k]));
  }

  // Unpacks: interleave the low or high halves.
  unpcklB(d: number, s: number, n: number): void {
    const v = this.i32s;
    this.interleaveBytes(d, v[d * 4], v[d * 4 + 1], v[s * 4], v[s * 4 + 1], n);
  }
  unpckhB(d: number, s: number, n: number): void {
    const v = this.i32s;
    const h = n >> 3;
    this.interleaveBytes(d, v[d * 4 + h], v[d * 4 + 3], v[s * 4 + h], v[s * 4 + 3], n);
  }
  private interleaveBytes(d: number, a0: number, a1: number, b0: number, b1: number, n: number): void {
    const v = this.i32s;
    v[d * 4] = spread(a0) | (spread(b0) << 8);
    v[d * 4 + 1] = spread(a0 >>> 16) | (spread(b0 >>> 16) << 8);
    if (n === 8) return;
    v[d * 4 + 2] = spread(a1) | (spread(b1) << 8);
    v[d * 4 + 3] = spread(a1 >>> 16) | (spread(b1 >>> 16) << 8);
  }
  unpcklW(d: number, s: number, n: number): void {
    const v = this.i32s;
    this.interleaveWords(d, v[d * 4], v[d * 4 + 1], v[s * 4], v[s * 4 + 1], n);
  }
  unpckhW(d: number, s: number, n: number): void {
    const v = this.i32s;
    const h = n >> 3;
    this.interleaveWords(d, v[d * 4 + h], v[d * 4 + 3], v[s * 4 + h], v[s * 4 + 3], n);
  }
  private interleaveWords(d: number, a0: number, a1: number, b0: number, b1: number, n: number): void {
    const v = this.i32s;
    v[d * 4] = (a0 & 0xffff) | (b0 << 16);
    v[d * 4 + 1] = (a0 >>> 16) | (b0 & 0xffff0000);
    if (n === 8) return;
    v[d * 4 + 2] = (a1 & 0xffff) | (b1 << 16);
    v[d * 4 + 3] = (a1 >>> 16) | (b1 & 0xffff0000);
  }
  /** PUNPCKLDQ, UNPCKLPS. */
  unpcklD(d: number, s: number): void {
    const v = this.i32s;
    const s0 = v[s * 4];
    const s1 = v[s * 4 + 1];
    v[d * 4 + 2] = v[d * 4 + 1];
    v[d * 4 + 1] = s0;
    v[d * 4 + 3] = s1;
  }
  /** PUNPCKHDQ, UNPCKHPS. */
  unpckhD(d: number, s: number, n: number): void {
    const v = this.i32s;
    if (n === 8) {
      const s1 = v[s * 4 + 1];
      v[d * 4] = v[d * 4 + 1];
      v[d * 4 + 1] = s1;
      return;
    }
    const s2 = v[s * 4 + 2];
    const s3 = v[s * 4 + 3];
    v[d * 4] = v[d * 4 + 2];
    v[d * 4 + 2] = v[d * 4 + 3];
    v[d * 4 + 1] = s2;
    v[d * 4 + 3] = s3;
  }
  /** PUNPCKLQDQ, UNPCKLPD, MOVLHPS. */
  unpcklQ(d: number, s: number): void {
    const v = this.i32s;
    v[d * 4 + 2] = v[s * 4];
    v[d * 4 + 3] = v[s * 4 + 1];
  }
  /** PUNPCKHQDQ, UNPCKHPD. */
  unpckhQ(d: number, s: number): void {
    const v = this.i32s;
    v[d * 4] = v[d * 4 + 2];
    v[d * 4 + 1] = v[d * 4 + 3];
    v[d * 4 + 2] = v[s * 4 + 2];
    v[d * 4 + 3] = v[s * 4 + 3];
  }

  // Shuffles by an immediate.
  /** PSHUFD. */
  shufD(d: number, s: number, imm: number): void {
    const v = this.i32s;
    this.copy(T0, s);
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[T0 * 4 + ((imm >> (2 * k)) & 3)];
  }
  /** PSHUFLW, and PSHUFW (first = 0), PSHUFHW (first = 4): four words from `first`; the rest of s is copied. */
  shufW(d: number, s: number, imm: number, first: number): void {
    const v = this.i16s;
    this.copy(T0, s);
    this.copy(d, s);
    for (let k = 0; k < 4; k++) v[d * 8 + first + k] = v[T0 * 8 + first + ((imm >> (2 * k)) & 3)];
  }
  /** SHUFPS. */
  shufPS(d: number, s: number, imm: number): void {
    const v = this.i32s;
    this.copy(T0, s);
    const a = v[d * 4 + (imm & 3)];
    const b = v[d * 4 + ((imm >> 2) & 3)];
    v[d * 4] = a;
    v[d * 4 + 1] = b;
    v[d * 4 + 2] = v[T0 * 4 + ((imm >> 4) & 3)];
    v[d * 4 + 3] = v[T0 * 4 + ((imm >> 6) & 3)];
  }
  /** SHUFPD. */
  shufPD(d: number, s: number, imm: number): void {
    const v = this.i32s;
    const from = s * 4 + (imm & 2);
    const lo = v[from];
    const hi = v[from + 1];
    const own = d * 4 + ((imm & 1) << 1);
    v[d * 4] = v[own];
    v[d * 4 + 1] = v[own + 1];
    v[d * 4 + 2] = lo;
    v[d * 4 + 3] = hi;
  }
  /** PSHUFB. */
  shufB(d: number, s: number, n: number): void {
    const v = this.u8s;
    this.copy(T0, d);
    this.copy(T1, s);
    for (let k = 0; k < n; k++) {
      const control = v[T1 * 16 + k];
      v[d * 16 + k] = control > 127 ? 0 : v[T0 * 16 + (control & (n - 1))];
    }
  }
  /** PALIGNR: bytes `count` onward of s, followed by d, followed by zeros. */
  alignr(d: number, s: number, n: number, count: number): void {
    const v = this.u8s;
    this.copy(T0, d);
    this.copy(T1, s);
    for (let k = 0; k < n; k++) {
      const from = k + count;
      v[d * 16 + k] = from < n ? v[T1 * 16 + from] : from < 2 * n ? v[T0 * 16 + from - n] : 0;
    }
  }

  // Blends: by immediate (lanes of 2, 4, 8 bytes) or by the sign bits of slot 0 (XMM0).
  blendW(d: number, s: number, imm: number): void {
    for (let k = 0; k < 8; k++) if (((imm >> k) & 1) !== 0) this.i16s[d * 8 + k] = this.i16s[s * 8 + k];
  }
  blendD(d: number, s: number, imm: number): void {
    for (let k = 0; k < 4; k++) if (((imm >> k) & 1) !== 0) this.i32s[d * 4 + k] = this.i32s[s * 4 + k];
  }
  blendvB(d: number, s: number): void {
    for (let k = 0; k < 16; k++) if (this.i8s[k] < 0) this.i8s[d * 16 + k] = this.i8s[s * 16 + k];
  }
  blendvD(d: number, s: number): void {
    for (let k = 0; k < 4; k++) if (this.i32s[k] < 0) this.i32s[d * 4 + k] = this.i32s[s * 4 + k];
  }
  blendvQ(d: number, s: number): void {
    const v = this.i32s;
    const low = v[1] < 0;
    const high = v[3] < 0;
    if (low) {
      v[d * 4] = v[s * 4];
      v[d * 4 + 1] = v[s * 4 + 1];
    }
    if (high) {
      v[d * 4 + 2] = v[s * 4 + 2];
      v[d * 4 + 3] = v[s * 4 + 3];
    }
  }
  /** INSERTPS: dword `value` to lane imm[5:4], lanes of imm[3:0] cleared. */
  insertPS(d: number, value: number, imm: number): void {
    this.i32s[d * 4 + ((imm >> 4) & 3)] = value;
    for (let k = 0; k < 4; k++) if (((imm >> k) & 1) !== 0) this.i32s[d * 4 + k] = 0;
  }
  /** MOVDDUP, MOVSLDUP, MOVSHDUP: the dwords of s that lanes 0 to 3 of d get. */
  dup(d: number, s: number, l0: number, l1: number, l2: number, l3: number): void {
    const v = this.i32s;
    this.copy(T0, s);
    v[d * 4] = v[T0 * 4 + l0];
    v[d * 4 + 1] = v[T0 * 4 + l1];
    v[d * 4 + 2] = v[T0 * 4 + l2];
    v[d * 4 + 3] = v[T0 * 4 + l3];
  }

  // Widening moves. Lanes are written from the top, so that d may be s.
  movsxBW(d: number, s: number): void {
    for (let k = 7; k >= 0; k--) this.i16s[d * 8 + k] = this.i8s[s * 16 + k];
  }
  movsxBD(d: number, s: number): void {
    for (let k = 3; k >= 0; k--) this.i32s[d * 4 + k] = this.i8s[s * 16 + k];
  }
  movsxBQ(d: number, s: number): void {
    for (let k = 1; k >= 0; k--) this.widen(d, k, this.i8s[s * 16 + k], -1);
  }
  movsxWD(d: number, s: number): void {
    for (let k = 3; k >= 0; k--) this.i32s[d * 4 + k] = this.i16s[s * 8 + k];
  }
  movsxWQ(d: number, s: number): void {
    for (let k = 1; k >= 0; k--) this.widen(d, k, this.i16s[s * 8 + k], -1);
  }
  movsxDQ(d: number, s: number): void {
    for (let k = 1; k >= 0; k--) this.widen(d, k, this.i32s[s * 4 + k], -1);
  }
  movzxBW(d: number, s: number): void {
    for (let k = 7; k >= 0; k--) this.i16s[d * 8 + k] = this.u8s[s * 16 + k];
  }
  movzxBD(d: number, s: number): void {
    for (let k = 3; k >= 0; k--) this.i32s[d * 4 + k] = this.u8s[s * 16 + k];
  }
  movzxBQ(d: number, s: number): void {
    for (let k = 1; k >= 0; k--) this.widen(d, k, this.u8s[s * 16 + k], 0);
  }
  movzxWD(d: number, s: number): void {
    for (let k = 3; k >= 0; k--) this.i32s[d * 4 + k] = this.u16s[s * 8 + k];
  }
  movzxWQ(d: number, s: number): void {
    for (let k = 1; k >= 0; k--) this.widen(d, k, this.u16s[s * 8 + k], 0);
  }
  movzxDQ(d: number, s: number): void {
    for (let k = 1; k >= 0; k--) this.widen(d, k, this.i32s[s * 4 + k], 0);
  }
  /** Quadword lane from a dword; `sign` = -1 extends the sign, 0 zeroes the upper half. */
  private widen(d: number, lane: number, v: number, sign: number): void {
    this.i32s[d * 4 + lane * 2] = v;
    this.i32s[d * 4 + lane * 2 + 1] = (v >> 31) & sign;
  }

  // Horizontal integer arithmetic (SSSE3, SSE4.1).
  haddW(d: number, s: number, n: number): void {
    this.pairs16(d, s, n, 1, false);
  }
  haddsW(d: number, s: number, n: number): void {
    this.pairs16(d, s, n, 1, true);
  }
  hsubW(d: number, s: number, n: number): void {
    this.pairs16(d, s, n, -1, false);
  }
  hsubsW(d: number, s: number, n: number): void {
    this.pairs16(d, s, n, -1, true);
  }
  private pairs16(d: number, s: number, n: number, sign: number, saturate: boolean): void {
    const v = this.i16s;
    const count = n >> 2;
    this.copy(T0, d);
    this.copy(T1, s);
    for (let k = 0; k < 2 * count; k++) {
      const from = k < count ? T0 * 8 + 2 * k : T1 * 8 + 2 * (k - count);
      const sum = v[from] + sign * v[from + 1];
      v[d * 8 + k] = saturate ? saturateI16(sum) : sum;
    }
  }
  haddD(d: number, s: number, n: number): void {
    this.pairs32(d, s, n, 1);
  }
  hsubD(d: number, s: number, n: number): void {
    this.pairs32(d, s, n, -1);
  }
  private pairs32(d: number, s: number, n: number, sign: number): void {
    const v = this.i32s;
    const count = n >> 3;
    this.copy(T0, d);
    this.copy(T1, s);
    for (let k = 0; k < 2 * count; k++) {
      const from = k < count ? T0 * 4 + 2 * k : T1 * 4 + 2 * (k - count);
      v[d * 4 + k] = (v[from] + sign * v[from + 1]) | 0;
    }
  }
  /** PHMINPOSUW. */
  hminposUW(d: number, s: number): void {
    let best = 0;
    for (let k = 1; k < 8; k++) if (this.u16s[s * 8 + k] < this.u16s[s * 8 + best]) best = k;
    const value = this.u16s[s * 8 + best];
    this.zeroFrom(d, 0);
    this.i16s[d * 8] = value;
    this.i16s[d * 8 + 1] = best;
  }
  /** MPSADBW. */
  mpsadBW(d: number, s: number, imm: number): void {
    const v = this.u8s;
    this.copy(T0, d);
    this.copy(T1, s);
    const a = T0 * 16 + (imm & 4);
    const b = T1 * 16 + (imm & 3) * 4;
    for (let k = 0; k < 8; k++) {
      let sum = 0;
      for (let j = 0; j < 4; j++) sum += Math.abs(v[a + k + j] - v[b + j]);
      this.i16s[d * 8 + k] = sum;
    }
  }
  /** MOVQ2DQ, MOVQ xmm, xmm: the low quadword, zero-extended. */
  moveQ(d: number, s: number): void {
    const v = this.i32s;
    v[d * 4] = v[s * 4];
    v[d * 4 + 1] = v[s * 4 + 1];
    v[d * 4 + 2] = 0;
    v[d * 4 + 3] = 0;
  }
}
