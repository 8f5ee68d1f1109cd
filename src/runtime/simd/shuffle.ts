// Moves between lanes that are not done dword by dword in semantics/sse-shuffle.ts: shuffles, blends, inserts, alignments, widening
// moves. Bits travel unchanged. `n` is the width of the operands in bytes (8: MMX, 16: XMM).
// SDM vol. 2, instructions PSHUF*, PBLEND*, PALIGNR, PMOVSX*, PMOVZX*, PH*.

import { IntegerLanes, saturateI16 } from "./integer.ts";
import { T0, T1 } from "./lanes.ts";

export class ShuffleLanes extends IntegerLanes {
  // Shuffles by an immediate.
  /** PSHUFLW, and PSHUFW (first = 0), PSHUFHW (first = 4): four words from `first`; the rest of s is copied. */
  shufW(d: number, s: number, imm: number, first: number): void {
    const v = this.i16s;
    this.copy(T0, s);
    this.copy(d, s);
    for (let k = 0; k < 4; k++) v[d * 8 + first + k] = v[T0 * 8 + first + ((imm >> (2 * k)) & 3)];
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
