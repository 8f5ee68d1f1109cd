// The string compares of SSE4.2 (PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM).
// SDM vol. 1, chapter 12.10 (SSE4.2), vol. 2, "Imm8 control byte operation for PCMPxSTRx".

import { ConvertLanes } from "./convert.ts";

export class StringLanes extends ConvertLanes {
  /**
   * IntRes2 and flags of a compare of d with s. Lengths in elements, already limited; negative: implicit, to the first zero.
   * @returns bits 0-15 IntRes2; EFLAGS bits shifted up by 16: CF, ZF, SF, OF (AF and PF are 0).
   */
  strcmp(d: number, s: number, imm: number, lengthD: number, lengthS: number): number {
    const words = (imm & 1) !== 0;
    const n = words ? 8 : 16;
    const la = lengthD < 0 ? this.implicitLength(d, words) : Math.min(lengthD, n);
    const lb = lengthS < 0 ? this.implicitLength(s, words) : Math.min(lengthS, n);
    let result = 0;
    for (let j = 0; j < n; j++) if (this.aggregate(d, s, imm, la, lb, j, n)) result |= 1 << j;
    const polarity = (imm >> 4) & 3;
    const all = (1 << n) - 1;
    if (polarity === 1) result ^= all;
    else if (polarity === 3) result ^= (1 << lb) - 1;
    const flags = (result !== 0 ? 1 : 0) | (lb < n ? 64 : 0) | (la < n ? 128 : 0) | ((result & 1) !== 0 ? 2048 : 0);
    return (result & 0xffff) | (flags << 16);
  }

  /** Bit j of IntRes1. Element j belongs to s; the valid-element overrides are those of table 4-7 in the manual. */
  private aggregate(d: number, s: number, imm: number, la: number, lb: number, j: number, n: number): boolean {
    switch ((imm >> 2) & 3) {
      case 0: // equal any: s[j] is one of d
        if (j >= lb) return false;
        for (let i = 0; i < la; i++) if (this.element(d, i, imm) === this.element(s, j, imm)) return true;
        return false;
      case 1: // ranges: s[j] lies in one of the pairs of d
        if (j >= lb) return false;
        for (let i = 0; i + 1 < la; i += 2) {
          const c = this.element(s, j, imm);
          if (c >= this.element(d, i, imm) && c <= this.element(d, i + 1, imm)) return true;
        }
        return false;
      case 2: // equal each
        if (j >= la || j >= lb) return j >= la && j >= lb;
        return this.element(d, j, imm) === this.element(s, j, imm);
      default: // equal ordered: d occurs in s at j, as far as s goes to its last element
        for (let i = 0; i < la && j + i < n; i++) {
          if (j + i >= lb) return false;
          if (this.element(d, i, imm) !== this.element(s, j + i, imm)) return false;
        }
        return true;
    }
  }

  private element(slot: number, k: number, imm: number): number {
    switch (imm & 3) {
      case 0:
        return this.u8s[slot * 16 + k];
      case 1:
        return this.u16s[slot * 8 + k];
      case 2:
        return this.i8s[slot * 16 + k];
      default:
        return this.i16s[slot * 8 + k];
    }
  }

  private implicitLength(slot: number, words: boolean): number {
    const n = words ? 8 : 16;
    for (let k = 0; k < n; k++) if ((words ? this.u16s[slot * 8 + k] : this.u8s[slot * 16 + k]) === 0) return k;
    return n;
  }

  /** PCMPxSTRI's ECX: index of the lowest, or with imm bit 6 the highest, bit of IntRes2; the element count if none. */
  strIndex(result: number, imm: number): number {
    const bits = result & 0xffff;
    if (bits === 0) return (imm & 1) !== 0 ? 8 : 16;
    return (imm & 0x40) !== 0 ? 31 - Math.clz32(bits) : 31 - Math.clz32(bits & -bits);
  }

  /** PCMPxSTRM's XMM0: IntRes2 as bits, or with imm bit 6 as a mask of elements. */
  strMask(result: number, imm: number): void {
    const bits = result & 0xffff;
    this.zeroFrom(0, 0);
    if ((imm & 0x40) === 0) this.i32s[0] = bits;
    else if ((imm & 1) !== 0) for (let k = 0; k < 8; k++) this.i16s[k] = (bits >> k) & 1 ? -1 : 0;
    else for (let k = 0; k < 16; k++) this.i8s[k] = (bits >> k) & 1 ? -1 : 0;
  }
}
