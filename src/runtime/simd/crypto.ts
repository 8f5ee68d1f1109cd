// AES rounds and carry-less multiplication (AES-NI, PCLMULQDQ).
// FIPS 197; SDM vol. 1, chapter 12.13.

import { T0, T1 } from "./lanes.ts";
import { StringLanes } from "./strings.ts";

const multiply2 = (x: number): number => ((x << 1) ^ ((x & 0x80) !== 0 ? 0x1b : 0)) & 0xff;

function multiply(a: number, b: number): number {
  let product = 0;
  for (let x = a, y = b; y !== 0; x = multiply2(x), y >>= 1) if ((y & 1) !== 0) product ^= x;
  return product;
}

/** The S-box: inverse in GF(2^8), then the affine map. 3 generates the field's units: p runs through them, q through the inverses. */
function makeTables() {
  const sbox = new Uint8Array(256), inverse = new Uint8Array(256);
  sbox[0] = 0x63;
  for (let n = 0, p = 1, q = 1; n < 255; n++) {
    const rotated = q ^ (q << 1) ^ (q << 2) ^ (q << 3) ^ (q << 4);
    sbox[p] = (rotated ^ (rotated >> 8)) ^ 0x63;
    p = p ^ multiply2(p);
    q = multiply(q, 0xf6); // the inverse of 3
  }
  for (let x = 0; x < 256; x++) inverse[sbox[x]] = x;
  const times = (k: number): Uint8Array => Uint8Array.from({ length: 256 }, (_, x) => multiply(x, k));
  return { sbox, inverse, by9: times(9), by11: times(11), by13: times(13), by14: times(14) };
}

/** Made when the first program asks for them: few do, and they are a millisecond of every start. */
let made: ReturnType<typeof makeTables> | undefined;
const tables = () => (made ??= makeTables());

/**
 * Offsets of tables for translated code: four of 256 dwords for each direction, one for each row of the state, with substitution and MixColumns in one; and
 * the S-box and its inverse, of bytes.
 */
export const AES = { ENCRYPT: 0, DECRYPT: 0x1000, SBOX: 0x2000, INVERSE: 0x2100, LENGTH: 0x2200 } as const;

/** Writes these tables to a buffer. */
export function writeAesTables(buffer: SharedArrayBuffer, at: number): void {
  const { sbox, inverse, by9, by11, by13, by14 } = tables();
  const words = new Int32Array(buffer, at, AES.SBOX >> 2), bytes = new Uint8Array(buffer, at, AES.LENGTH);
  const put = (table: number, k: number, column: number): void => {
    // a row further down the column is turned by another byte
    for (let r = 0; r < 4; r++) words[(table >> 2) + 256 * r + k] = (column << (8 * r)) | (r === 0 ? 0 : column >>> (32 - 8 * r));
  };
  for (let k = 0; k < 256; k++) {
    const s = sbox[k], double = multiply2(s), i = inverse[k];
    put(AES.ENCRYPT, k, double | (s << 8) | (s << 16) | ((double ^ s) << 24));
    put(AES.DECRYPT, k, by14[i] | (by9[i] << 8) | (by13[i] << 16) | (by11[i] << 24));
  }
  bytes.set(sbox, AES.SBOX);
  bytes.set(inverse, AES.INVERSE);
}

export class CryptoLanes extends StringLanes {
  /** AESENC, AESENCLAST (last = 1). */
  aesEncrypt(d: number, s: number, last: number): void {
    const { sbox } = tables();
    const v = this.u8s;
    this.copy(T0, s);
    for (let k = 0; k < 16; k++) v[T1 * 16 + k] = sbox[v[d * 16 + ((k + 4 * (k & 3)) & 15)]];
    if (last !== 0) this.copy(d, T1);
    else {
      for (let c = 0; c < 16; c += 4) {
        const a0 = v[T1 * 16 + c];
        const a1 = v[T1 * 16 + c + 1];
        const a2 = v[T1 * 16 + c + 2];
        const a3 = v[T1 * 16 + c + 3];
        const sum = a0 ^ a1 ^ a2 ^ a3;
        v[d * 16 + c] = a0 ^ sum ^ multiply2(a0 ^ a1);
        v[d * 16 + c + 1] = a1 ^ sum ^ multiply2(a1 ^ a2);
        v[d * 16 + c + 2] = a2 ^ sum ^ multiply2(a2 ^ a3);
        v[d * 16 + c + 3] = a3 ^ sum ^ multiply2(a3 ^ a0);
      }
    }
    this.xor(d, T0);
  }

  /** AESDEC, AESDECLAST (last = 1). */
  aesDecrypt(d: number, s: number, last: number): void {
    const { inverse } = tables();
    const v = this.u8s;
    this.copy(T0, s);
    for (let k = 0; k < 16; k++) v[T1 * 16 + k] = inverse[v[d * 16 + ((k - 4 * (k & 3)) & 15)]];
    if (last !== 0) this.copy(d, T1);
    else this.aesInverseMix(d, T1);
    this.xor(d, T0);
  }

  /** AESIMC. */
  aesInverseMix(d: number, s: number): void {
    const { by9, by11, by13, by14 } = tables();
    const v = this.u8s;
    for (let c = 0; c < 16; c += 4) {
      const a0 = v[s * 16 + c];
      const a1 = v[s * 16 + c + 1];
      const a2 = v[s * 16 + c + 2];
      const a3 = v[s * 16 + c + 3];
      v[d * 16 + c] = by14[a0] ^ by11[a1] ^ by13[a2] ^ by9[a3];
      v[d * 16 + c + 1] = by9[a0] ^ by14[a1] ^ by11[a2] ^ by13[a3];
      v[d * 16 + c + 2] = by13[a0] ^ by9[a1] ^ by14[a2] ^ by11[a3];
      v[d * 16 + c + 3] = by11[a0] ^ by13[a1] ^ by9[a2] ^ by14[a3];
    }
  }

  /** AESKEYGENASSIST. */
  aesKeygenAssist(d: number, s: number, imm: number): void {
    const { sbox } = tables();
    const v = this.i32s;
    const x1 = v[s * 4 + 1];
    const x3 = v[s * 4 + 3];
    const word = (x: number): number => sbox[x & 255] | (sbox[(x >> 8) & 255] << 8) | (sbox[(x >> 16) & 255] << 16) | (sbox[x >>> 24] << 24);
    const rotate = (x: number): number => (x >>> 8) | (x << 24);
    v[d * 4] = word(x1);
    v[d * 4 + 1] = rotate(word(x1)) ^ imm;
    v[d * 4 + 2] = word(x3);
    v[d * 4 + 3] = rotate(word(x3)) ^ imm;
  }

  /** PCLMULQDQ: quadword imm[0] of d times quadword imm[4] of s over GF(2). */
  clmul(d: number, s: number, imm: number): void {
    const v = this.i32s;
    const a = d * 4 + (imm & 1) * 2;
    const b = s * 4 + ((imm >> 4) & 1) * 2;
    const b0 = v[b];
    const b1 = v[b + 1];
    let r0 = 0;
    let r1 = 0;
    let r2 = 0;
    let r3 = 0;
    for (let half = 1; half >= 0; half--) {
      const bits = v[a + half];
      for (let k = 31; k >= 0; k--) {
        r3 = (r3 << 1) | (r2 >>> 31);
        r2 = (r2 << 1) | (r1 >>> 31);
        r1 = (r1 << 1) | (r0 >>> 31);
        r0 <<= 1;
        if (((bits >>> k) & 1) !== 0) {
          r0 ^= b0;
          r1 ^= b1;
        }
      }
    }
    v[d * 4] = r0;
    v[d * 4 + 1] = r1;
    v[d * 4 + 2] = r2;
    v[d * 4 + 3] = r3;
  }
}
