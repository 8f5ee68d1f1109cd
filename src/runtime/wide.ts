// 64-bit products and quotients from 32-bit halves, without BigInt. Pure functions; V8 inlines them into generated code.

/** High 32 bits of the unsigned product, by 16-bit halves (Hacker's Delight, 8-2). */
export function mulhu(a: number, b: number): number {
  const al = a & 0xffff, ah = a >>> 16, bl = b & 0xffff, bh = b >>> 16;
  const u = (Math.imul(ah, bl) + (Math.imul(al, bl) >>> 16)) | 0;
  const w = (Math.imul(al, bh) + (u & 0xffff)) | 0;
  return (Math.imul(ah, bh) + (u >>> 16) + (w >>> 16)) | 0;
}

/** High 32 bits of the signed product. */
export function mulhs(a: number, b: number): number {
  return (mulhu(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

/** Whether the unsigned quotient of hi:lo by d fits 32 bits (d = 0 does not). */
export function divFitsU(hi: number, _lo: number, d: number): boolean {
  return hi >>> 0 < d >>> 0;
}

/** Unsigned quotient; only when divFitsU. */
export function divU(hi: number, lo: number, d: number): number {
  if (hi === 0) return ((lo >>> 0) / (d >>> 0)) | 0;
  return wideQuotient(hi, lo, d);
}

function wideQuotient(hi: number, lo: number, d: number): number {
  // the double quotient is off by at most one: 2^-52 relative on a value below 2^32, plus the floor
  let q = Math.min(Math.floor(((hi >>> 0) * 4294967296 + (lo >>> 0)) / (d >>> 0)), 4294967295) | 0;
  let ph = mulhu(q, d), pl = Math.imul(q, d);
  if (ph >>> 0 > hi >>> 0 || (ph === hi && pl >>> 0 > lo >>> 0)) {
    q = (q - 1) | 0;
    ph = mulhu(q, d);
    pl = Math.imul(q, d);
  }
  const rl = (lo - pl) | 0, rh = (hi - ph - (lo >>> 0 < pl >>> 0 ? 1 : 0)) | 0;
  return rh !== 0 || rl >>> 0 >= d >>> 0 ? (q + 1) | 0 : q;
}

/** Whether the signed quotient of hi:lo by d fits 32 bits. */
export function divFitsS(hi: number, lo: number, d: number): boolean {
  if (d === 0) return false;
  if (hi === lo >> 31) return !(lo === -2147483648 && d === -1);
  const negative = hi < 0;
  const nh = negative ? (~hi + (lo === 0 ? 1 : 0)) | 0 : hi, nl = negative ? -lo | 0 : lo;
  const m = d < 0 ? -d | 0 : d;
  if (nh >>> 0 >= m >>> 0) return false;
  const q = wideQuotient(nh, nl, m) >>> 0;
  return q <= (negative !== d < 0 ? 2147483648 : 2147483647);
}

/** Number of the lowest bit that is set, of a number other than 0. */
export function ctz(x: number): number {
  return 31 - Math.clz32(x & -x);
}

/** Signed quotient, truncated; only when divFitsS. */
export function divS(hi: number, lo: number, d: number): number {
  if (hi === lo >> 31) return (lo / d) | 0;
  const negative = hi < 0;
  const nh = negative ? (~hi + (lo === 0 ? 1 : 0)) | 0 : hi, nl = negative ? -lo | 0 : lo;
  const q = divU(nh, nl, d < 0 ? -d | 0 : d);
  return negative !== d < 0 ? -q | 0 : q;
}

export function popcnt(x: number): number {
  x = x - ((x >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function bswap(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}
