// SHA-1 and SHA-256 rounds and message schedules (SHA extensions). The oldest word stands in the highest lane.
// SDM vol. 2, SHA1* and SHA256*; FIPS 180-4.

import { CryptoLanes } from "./crypto.ts";

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
const SHA1_K = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

export class ShaLanes extends CryptoLanes {
  /** SHA1RNDS4: four rounds on A B C D of d, words with E added in s. */
  sha1Rounds(d: number, s: number, imm: number): void {
    const v = this.i32s;
    const kind = imm & 3;
    const w = [v[s * 4 + 3], v[s * 4 + 2], v[s * 4 + 1], v[s * 4]];
    let a = v[d * 4 + 3];
    let b = v[d * 4 + 2];
    let c = v[d * 4 + 1];
    let e = v[d * 4];
    let last = 0;
    for (let k = 0; k < 4; k++) {
      const f = kind === 0 ? (b & c) ^ (~b & e) : kind === 2 ? (b & c) ^ (b & e) ^ (c & e) : b ^ c ^ e;
      const next = (f + rotl(a, 5) + w[k] + last + SHA1_K[kind]) | 0;
      last = e;
      e = c;
      c = rotl(b, 30);
      b = a;
      a = next;
    }
    v[d * 4 + 3] = a;
    v[d * 4 + 2] = b;
    v[d * 4 + 1] = c;
    v[d * 4] = e;
  }
  /** SHA1NEXTE. */
  sha1NextE(d: number, s: number): void {
    const e = rotl(this.i32s[d * 4 + 3], 30);
    this.copy(d, s);
    this.i32s[d * 4 + 3] += e;
  }
  /** SHA1MSG1. */
  sha1Message1(d: number, s: number): void {
    const v = this.i32s;
    const s3 = v[s * 4 + 3];
    const s2 = v[s * 4 + 2];
    v[d * 4 + 3] ^= v[d * 4 + 1];
    v[d * 4 + 2] ^= v[d * 4];
    v[d * 4 + 1] ^= s3;
    v[d * 4] ^= s2;
  }
  /** SHA1MSG2. */
  sha1Message2(d: number, s: number): void {
    const v = this.i32s;
    const s0 = v[s * 4];
    const s1 = v[s * 4 + 1];
    const w16 = rotl(v[d * 4 + 3] ^ v[s * 4 + 2], 1);
    v[d * 4 + 3] = w16;
    v[d * 4 + 2] = rotl(v[d * 4 + 2] ^ s1, 1);
    v[d * 4 + 1] = rotl(v[d * 4 + 1] ^ s0, 1);
    v[d * 4] = rotl(v[d * 4] ^ w16, 1);
  }
  /** SHA256RNDS2: two rounds on C D G H of d and A B E F of s; words with constants in XMM0. */
  sha256Rounds(d: number, s: number): void {
    const v = this.i32s;
    const words = [v[0], v[1]];
    let a = v[s * 4 + 3];
    let b = v[s * 4 + 2];
    let c = v[d * 4 + 3];
    let dd = v[d * 4 + 2];
    let e = v[s * 4 + 1];
    let f = v[s * 4];
    let g = v[d * 4 + 1];
    let h = v[d * 4];
    for (const w of words) {
      const t = (((e & f) ^ (~e & g)) + (rotl(e, 26) ^ rotl(e, 21) ^ rotl(e, 7)) + w + h) | 0;
      const u = (((a & b) ^ (a & c) ^ (b & c)) + (rotl(a, 30) ^ rotl(a, 19) ^ rotl(a, 10))) | 0;
      h = g;
      g = f;
      f = e;
      e = (t + dd) | 0;
      dd = c;
      c = b;
      b = a;
      a = (t + u) | 0;
    }
    v[d * 4 + 3] = a;
    v[d * 4 + 2] = b;
    v[d * 4 + 1] = e;
    v[d * 4] = f;
  }
  /** SHA256MSG1. */
  sha256Message1(d: number, s: number): void {
    const v = this.i32s;
    const sigma = (x: number): number => rotl(x, 25) ^ rotl(x, 14) ^ (x >>> 3);
    const s0 = v[s * 4];
    for (let k = 0; k < 3; k++) v[d * 4 + k] += sigma(v[d * 4 + k + 1]);
    v[d * 4 + 3] += sigma(s0);
  }
  /** SHA256MSG2. */
  sha256Message2(d: number, s: number): void {
    const v = this.i32s;
    const sigma = (x: number): number => rotl(x, 15) ^ rotl(x, 13) ^ (x >>> 10);
    const s2 = v[s * 4 + 2];
    const s3 = v[s * 4 + 3];
    v[d * 4] += sigma(s2);
    v[d * 4 + 1] += sigma(s3);
    v[d * 4 + 2] += sigma(v[d * 4]);
    v[d * 4 + 3] += sigma(v[d * 4 + 1]);
  }
}
