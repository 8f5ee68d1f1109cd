// Packed integer arithmetic, compares, logic and shifts on whole slots: d = d op s.
// Lane-wise operations always work on 16 bytes: an MMX operand is the low half of a scratch slot, and what happens to
// the upper half of that is nobody's concern. Where the width matters a method takes `n`, the operand's bytes (8 or 16).
// SDM vol. 2, instructions P*; no shuffles, packs and unpacks (shuffle.ts).

import { Lanes } from "./lanes.ts";

// Four bytes or two words in a dword at once (SWAR; Warren, Hacker's Delight, 2-18): carries stop at the lanes' top bits.

const TOP8 = 0x80808080 | 0;
const TOP16 = 0x80008000 | 0;

const addBytes = (a: number, b: number): number => ((a & ~TOP8) + (b & ~TOP8)) ^ ((a ^ b) & TOP8);
const addWords = (a: number, b: number): number => ((a & ~TOP16) + (b & ~TOP16)) ^ ((a ^ b) & TOP16);
const subBytes = (a: number, b: number): number => ((a | TOP8) - (b & ~TOP8)) ^ (~(a ^ b) & TOP8);
const subWords = (a: number, b: number): number => ((a | TOP16) - (b & ~TOP16)) ^ (~(a ^ b) & TOP16);
/** Top bits of the lanes where a < b, unsigned. */
const borrowBytes = (a: number, b: number): number => ((~a & b) | (~(a ^ b) & subBytes(a, b))) & TOP8;
const borrowWords = (a: number, b: number): number => ((~a & b) | (~(a ^ b) & subWords(a, b))) & TOP16;
/** Lanes of ones where the top bit is set. */
const fillBytes = (top: number): number => ((top << 1) - (top >>> 7)) | 0;
const fillWords = (top: number): number => ((top << 1) - (top >>> 15)) | 0;
const subusBytes = (a: number, b: number): number => subBytes(a, b) & ~fillBytes(borrowBytes(a, b));
const subusWords = (a: number, b: number): number => subWords(a, b) & ~fillWords(borrowWords(a, b));

function addusBytes(a: number, b: number): number {
  const sum = addBytes(a, b);
  return sum | fillBytes(((a & b) | ((a | b) & ~sum)) & TOP8);
}
function addusWords(a: number, b: number): number {
  const sum = addWords(a, b);
  return sum | fillWords(((a & b) | ((a | b) & ~sum)) & TOP16);
}
/** Ones in the lanes of x that are zero. */
const zeroBytes = (x: number): number => fillBytes(~(((x & ~TOP8) + ~TOP8) | x | ~TOP8));
const zeroWords = (x: number): number => fillWords(~(((x & ~TOP16) + ~TOP16) | x | ~TOP16));

/** Absolute differences of two bytes in words. */
function distances(a: number, b: number): number {
  const x = (a | 0x01000100) - b; // 256 + difference
  const negative = ~(x >>> 8) & 0x00010001;
  return ((x & 0xff00ff) ^ ((negative << 8) - negative)) + negative;
}

export const saturateI8 = (x: number): number => (x < -128 ? -128 : x > 127 ? 127 : x);
export const saturateI16 = (x: number): number => (x < -32768 ? -32768 : x > 32767 ? 32767 : x);
const mulHighU16 = (a: number, b: number): number => (Math.imul(a, b) >>> 16) | 0;

export class IntegerLanes extends Lanes {
  addB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = addBytes(v[d * 4 + k], v[s * 4 + k]);
  }
  addW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = addWords(v[d * 4 + k], v[s * 4 + k]);
  }
  addD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = (v[d * 4 + k] + v[s * 4 + k]) | 0;
  }
  addQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const lo = (v[d * 4 + k] >>> 0) + (v[s * 4 + k] >>> 0);
      v[d * 4 + k + 1] = v[d * 4 + k + 1] + v[s * 4 + k + 1] + (lo > 0xffffffff ? 1 : 0);
      v[d * 4 + k] = lo | 0;
    }
  }
  subB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = subBytes(v[d * 4 + k], v[s * 4 + k]);
  }
  subW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = subWords(v[d * 4 + k], v[s * 4 + k]);
  }
  subD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = (v[d * 4 + k] - v[s * 4 + k]) | 0;
  }
  subQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const lo = (v[d * 4 + k] >>> 0) - (v[s * 4 + k] >>> 0);
      v[d * 4 + k + 1] = v[d * 4 + k + 1] - v[s * 4 + k + 1] - (lo < 0 ? 1 : 0);
      v[d * 4 + k] = lo | 0;
    }
  }

  // Saturating sums and differences.
  addsB(d: number, s: number): void {
    const v = this.i8s;
    for (let k = 0; k < 16; k++) v[d * 16 + k] = saturateI8(v[d * 16 + k] + v[s * 16 + k]);
  }
  addsW(d: number, s: number): void {
    const v = this.i16s;
    for (let k = 0; k < 8; k++) v[d * 8 + k] = saturateI16(v[d * 8 + k] + v[s * 8 + k]);
  }
  addusB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = addusBytes(v[d * 4 + k], v[s * 4 + k]);
  }
  addusW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = addusWords(v[d * 4 + k], v[s * 4 + k]);
  }
  subsB(d: number, s: number): void {
    const v = this.i8s;
    for (let k = 0; k < 16; k++) v[d * 16 + k] = saturateI8(v[d * 16 + k] - v[s * 16 + k]);
  }
  subsW(d: number, s: number): void {
    const v = this.i16s;
    for (let k = 0; k < 8; k++) v[d * 8 + k] = saturateI16(v[d * 8 + k] - v[s * 8 + k]);
  }
  subusB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = subusBytes(v[d * 4 + k], v[s * 4 + k]);
  }
  subusW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = subusWords(v[d * 4 + k], v[s * 4 + k]);
  }

  // Products.
  mullW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = (Math.imul(v[d * 4 + k] & 0xffff, v[s * 4 + k] & 0xffff) & 0xffff) | (Math.imul(v[d * 4 + k] >>> 16, v[s * 4 + k] >>> 16) << 16);
  }
  mulhW(d: number, s: number): void {
    const v = this.i16s;
    for (let k = 0; k < 8; k++) v[d * 8 + k] = Math.imul(v[d * 8 + k], v[s * 8 + k]) >> 16;
  }
  mulhuW(d: number, s: number): void {
    const v = this.u16s;
    for (let k = 0; k < 8; k++) v[d * 8 + k] = mulHighU16(v[d * 8 + k], v[s * 8 + k]);
  }
  /** PMULHRSW. */
  mulhrsW(d: number, s: number): void {
    const v = this.i16s;
    for (let k = 0; k < 8; k++) v[d * 8 + k] = ((Math.imul(v[d * 8 + k], v[s * 8 + k]) >> 14) + 1) >> 1;
  }
  mullD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = Math.imul(v[d * 4 + k], v[s * 4 + k]);
  }
  /** PMULUDQ: even dwords to quadwords. */
  muluDQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) this.product(d * 4 + k, v[d * 4 + k], v[s * 4 + k], 0);
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
  /** PMADDWD. */
  maddWD(d: number, s: number): void {
    const v = this.i16s;
    for (let k = 0; k < 4; k++) {
      const at = d * 8 + 2 * k;
      const from = s * 8 + 2 * k;
      this.i32s[d * 4 + k] = (Math.imul(v[at], v[from]) + Math.imul(v[at + 1], v[from + 1])) | 0;
    }
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
  /** PSADBW. */
  sadBW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const a0 = v[d * 4 + k];
      const b0 = v[s * 4 + k];
      const a1 = v[d * 4 + k + 1];
      const b1 = v[s * 4 + k + 1];
      const sums = distances(a0 & 0xff00ff, b0 & 0xff00ff) + distances((a0 >>> 8) & 0xff00ff, (b0 >>> 8) & 0xff00ff) +
        distances(a1 & 0xff00ff, b1 & 0xff00ff) + distances((a1 >>> 8) & 0xff00ff, (b1 >>> 8) & 0xff00ff);
      v[d * 4 + k] = (sums & 0xffff) + (sums >>> 16);
      v[d * 4 + k + 1] = 0;
    }
  }
  avgB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = (v[d * 4 + k] | v[s * 4 + k]) - (((v[d * 4 + k] ^ v[s * 4 + k]) & ~0x01010101) >>> 1);
  }
  avgW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = (v[d * 4 + k] | v[s * 4 + k]) - (((v[d * 4 + k] ^ v[s * 4 + k]) & ~0x00010001) >>> 1);
  }

  // Minima and maxima.
  minSB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = ((v[d * 4 + k] ^ TOP8) - subusBytes(v[d * 4 + k] ^ TOP8, v[s * 4 + k] ^ TOP8)) ^ TOP8;
  }
  maxSB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = ((v[s * 4 + k] ^ TOP8) + subusBytes(v[d * 4 + k] ^ TOP8, v[s * 4 + k] ^ TOP8)) ^ TOP8;
  }
  minUB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[d * 4 + k] - subusBytes(v[d * 4 + k], v[s * 4 + k]);
  }
  maxUB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[s * 4 + k] + subusBytes(v[d * 4 + k], v[s * 4 + k]);
  }
  minSW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = ((v[d * 4 + k] ^ TOP16) - subusWords(v[d * 4 + k] ^ TOP16, v[s * 4 + k] ^ TOP16)) ^ TOP16;
  }
  maxSW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = ((v[s * 4 + k] ^ TOP16) + subusWords(v[d * 4 + k] ^ TOP16, v[s * 4 + k] ^ TOP16)) ^ TOP16;
  }
  minUW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[d * 4 + k] - subusWords(v[d * 4 + k], v[s * 4 + k]);
  }
  maxUW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[s * 4 + k] + subusWords(v[d * 4 + k], v[s * 4 + k]);
  }
  minSD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = Math.min(v[d * 4 + k], v[s * 4 + k]);
  }
  maxSD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = Math.max(v[d * 4 + k], v[s * 4 + k]);
  }
  minUD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = Math.min(v[d * 4 + k] >>> 0, v[s * 4 + k] >>> 0);
  }
  maxUD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = Math.max(v[d * 4 + k] >>> 0, v[s * 4 + k] >>> 0);
  }

  // Compares: all ones or all zeros.
  cmpeqB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = zeroBytes(v[d * 4 + k] ^ v[s * 4 + k]);
  }
  cmpeqW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = zeroWords(v[d * 4 + k] ^ v[s * 4 + k]);
  }
  cmpeqD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[d * 4 + k] === v[s * 4 + k] ? -1 : 0;
  }
  cmpeqQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const equal = v[d * 4 + k] === v[s * 4 + k] && v[d * 4 + k + 1] === v[s * 4 + k + 1];
      v[d * 4 + k] = v[d * 4 + k + 1] = equal ? -1 : 0;
    }
  }
  cmpgtB(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = fillBytes(borrowBytes(v[s * 4 + k] ^ TOP8, v[d * 4 + k] ^ TOP8));
  }
  cmpgtW(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = fillWords(borrowWords(v[s * 4 + k] ^ TOP16, v[d * 4 + k] ^ TOP16));
  }
  cmpgtD(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = v[d * 4 + k] > v[s * 4 + k] ? -1 : 0;
  }
  cmpgtQ(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k += 2) {
      const a = v[d * 4 + k + 1];
      const b = v[s * 4 + k + 1];
      const greater = a > b || (a === b && v[d * 4 + k] >>> 0 > v[s * 4 + k] >>> 0);
      v[d * 4 + k] = v[d * 4 + k + 1] = greater ? -1 : 0;
    }
  }

  // Logic.
  and(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] &= v[s * 4 + k];
  }
  andn(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] = ~v[d * 4 + k] & v[s * 4 + k];
  }
  or(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] |= v[s * 4 + k];
  }
  xor(d: number, s: number): void {
    const v = this.i32s;
    for (let k = 0; k < 4; k++) v[d * 4 + k] ^= v[s * 4 + k];
  }
  /** PTEST: ZF = bit 0 (no common bit), CF = bit 1 (no bit of s outside d). */
  test(d: number, s: number): number {
    const v = this.i32s;
    let common = 0;
    let outside = 0;
    for (let k = 0; k < 4; k++) {
      common |= v[d * 4 + k] & v[s * 4 + k];
      outside |= ~v[d * 4 + k] & v[s * 4 + k];
    }
    return (common === 0 ? 1 : 0) | (outside === 0 ? 2 : 0);
  }

  // Shifts. `count` comes from an immediate or from shiftCount.
  /** The low 64 bits of a slot as a shift count; anything above 255 is 255. */
  shiftCount(s: number): number {
    const low = this.i32s[s * 4] >>> 0;
    return this.i32s[s * 4 + 1] !== 0 || low > 255 ? 255 : low;
  }
  shlW(d: number, count: number): void {
    const mask = count > 15 ? 0 : ((0xffff << count) & 0xffff) * 0x10001;
    for (let k = d * 4; k < d * 4 + 4; k++) this.i32s[k] = (this.i32s[k] << count) & mask;
  }
  shlD(d: number, count: number): void {
    for (let k = 0; k < 4; k++) this.i32s[d * 4 + k] = count > 31 ? 0 : this.i32s[d * 4 + k] << count;
  }
  shlQ(d: number, count: number): void {
    const v = this.i32s;
    for (let k = d * 4; k < d * 4 + 4; k += 2) {
      const lo = v[k];
      const hi = v[k + 1];
      v[k + 1] = count > 63 ? 0 : count > 31 ? lo << (count - 32) : count === 0 ? hi : (hi << count) | (lo >>> (32 - count));
      v[k] = count > 31 ? 0 : lo << count;
    }
  }
  shrW(d: number, count: number): void {
    const mask = count > 15 ? 0 : (0xffff >> count) * 0x10001;
    for (let k = d * 4; k < d * 4 + 4; k++) this.i32s[k] = (this.i32s[k] >>> count) & mask;
  }
  shrD(d: number, count: number): void {
    for (let k = 0; k < 4; k++) this.i32s[d * 4 + k] = count > 31 ? 0 : this.i32s[d * 4 + k] >>> count;
  }
  shrQ(d: number, count: number): void {
    const v = this.i32s;
    for (let k = d * 4; k < d * 4 + 4; k += 2) {
      const lo = v[k];
      const hi = v[k + 1];
      v[k] = count > 63 ? 0 : count > 31 ? hi >>> (count - 32) : count === 0 ? lo : (lo >>> count) | (hi << (32 - count));
      v[k + 1] = count > 31 ? 0 : hi >>> count;
    }
  }
  sarW(d: number, count: number): void {
    for (let k = 0; k < 8; k++) this.i16s[d * 8 + k] >>= count > 15 ? 15 : count;
  }
  sarD(d: number, count: number): void {
    for (let k = 0; k < 4; k++) this.i32s[d * 4 + k] >>= count > 31 ? 31 : count;
  }
  /** PSLLDQ: by bytes. */
  shlBytes(d: number, count: number): void {
    const n = count > 16 ? 16 : count;
    this.u8s.copyWithin(d * 16 + n, d * 16, d * 16 + 16 - n);
    this.u8s.fill(0, d * 16, d * 16 + n);
  }
  /** PSRLDQ. */
  shrBytes(d: number, count: number): void {
    const n = count > 16 ? 16 : count;
    this.u8s.copyWithin(d * 16, d * 16 + n, d * 16 + 16);
    this.u8s.fill(0, d * 16 + 16 - n, d * 16 + 16);
  }

  // Signs and magnitudes.
  absB(d: number, s: number): void {
    for (let k = 0; k < 16; k++) this.i8s[d * 16 + k] = Math.abs(this.i8s[s * 16 + k]);
  }
  absW(d: number, s: number): void {
    for (let k = 0; k < 8; k++) this.i16s[d * 8 + k] = Math.abs(this.i16s[s * 8 + k]);
  }
  absD(d: number, s: number): void {
    for (let k = 0; k < 4; k++) this.i32s[d * 4 + k] = Math.abs(this.i32s[s * 4 + k]);
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

  // Masks of sign bits, for general registers.
  maskB(s: number, n: number): number {
    let mask = 0;
    for (let k = 0; k < n >> 2; k++) mask |= (Math.imul((this.i32s[s * 4 + k] >>> 7) & 0x01010101, 0x10204080) >>> 28) << (4 * k);
    return mask;
  }
  maskPS(s: number): number {
    const v = this.i32s;
    return (v[s * 4] >>> 31) | ((v[s * 4 + 1] >>> 31) << 1) | ((v[s * 4 + 2] >>> 31) << 2) | ((v[s * 4 + 3] >>> 31) << 3);
  }
  maskPD(s: number): number {
    return (this.i32s[s * 4 + 1] >>> 31) | ((this.i32s[s * 4 + 3] >>> 31) << 1);
  }
}
