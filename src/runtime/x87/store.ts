// FST, FIST, FISTTP, FBSTP: ST(0) in the memory formats. SDM vol. 2, FST, FIST, FISTTP, FBSTP; vol. 1, table 8-10.
// The functions return the value and set s.stored: 0 means that an unmasked exception stopped the
// instruction, which then neither writes memory nor pops. They never pop themselves.
import { classify, INFINITY, QNAN, round, set, SNAN, UNSUPPORTED, Z, ZERO, outcome } from "./soft.ts";
import { doubleOf, EMPTY, EXT, IE, Num, OE, PE, SF, UE, unpack, X87State } from "./state.ts";

const value = new Num();

function underflow(s: X87State): void {
  s.flags |= IE | SF;
  s.c1[0] = 0;
  s.stored = (s.cw & IE) !== 0 ? 1 : 0;
}

function invalid(s: X87State): void {
  s.flags |= IE;
  s.c1[0] = 0;
  s.stored = (s.cw & IE) !== 0 ? 1 : 0;
}

/** FST m64. When the result is NaN, its bit pattern is out[1]:out[0] (a NaN's payload may not survive in a number). */
export function storeF64(s: X87State): number {
  const p = s.top;
  if (s.kind[p] === 0 && (s.cw & 0xc00) === 0) {
    const h = s.hi[p];
    const l = s.lo[p];
    if (l !== 0) s.flags |= PE;
    s.c1[0] = h > 0 ? -l : l;
    s.stored = 1;
    return h;
  }
  narrow(s, 2, 1023, 0x7ff, 20);
  return doubleOf(s.out[1], s.out[0]);
}

const f32 = new Float32Array(1);
const f32bits = new Int32Array(f32.buffer);

/** FST m32. When the result is NaN, its bit pattern is out[0]. */
export function storeF32(s: X87State): number {
  const p = s.top;
  if (s.kind[p] === 0 && (s.cw & 0xc00) === 0) {
    const h = s.hi[p];
    const size = Math.abs(h);
    const l = s.lo[p];
    if ((size >= 2 ** -126 && size < 2 ** 127) || size === 0) {
      const x = Math.fround(h);
      // Rounding h instead of h + l is right unless h is a tie, that is, 2h - x is x's neighbour.
      if (l === 0 || x === h || Math.fround(2 * h - x) !== 2 * h - x) {
        const away = x === h ? -l : x - h;
        s.c1[0] = h > 0 ? away : -away;
        if (away !== 0) s.flags |= PE;
        s.stored = 1;
        return x;
      }
    }
  }
  narrow(s, 0, 127, 0xff, 23);
  f32bits[0] = s.out[0];
  return f32[0];
}

/** Rounds ST(0) to a narrower format, its pattern to s.out. */
function narrow(s: X87State, precision: number, bias: number, maxExp: number, fractionBits: number): void {
  const p = s.top;
  s.out[0] = 0;
  s.out[1] = 0;
  s.stored = 1;
  const top = fractionBits === 20 ? 1 : 0;
  if ((s.kind[p] & EMPTY) !== 0) {
    underflow(s);
    s.out[top] = fractionBits === 20 ? 0xfff80000 : 0xffc00000;
    return;
  }
  unpack(s, p, value);
  const c = classify(value);
  const sign = value.sign << 31;
  s.c1[0] = 0;
  if (c === ZERO) {
    s.out[top] = sign;
    return;
  }
  const infinity = sign | (maxExp << fractionBits);
  if (c === INFINITY) {
    s.out[top] = infinity;
    return;
  }
  if (c === UNSUPPORTED) {
    invalid(s);
    s.out[top] = fractionBits === 20 ? 0xfff80000 : 0xffc00000;
    return;
  }
  if (c >= QNAN) {
    if (c === SNAN) invalid(s);
    put(s, infinity, value.h | 0x40000000, value.l, fractionBits);
    return;
  }
  const e = value.exp - 16383;
  const rc = s.cw & 0xc00;
  const cw = (precision << 8) | rc | 0x3f;
  outcome.flags = 0;
  // Rounded with an exponent that neither over- nor underflows; then the format's own range is looked at.
  if (value.h < 0) round(value.sign, 16383, value.h, value.l, 0, cw);
  const rounded = value.h < 0 ? e + (Z.exp - 16383) : -20000;
  if (rounded > bias) {
    s.flags |= OE;
    if ((s.cw & OE) === 0) {
      s.stored = 0;
      return;
    }
    s.flags |= PE;
    if (rc === 0 || (rc === 0x400 && sign !== 0) || (rc === 0x800 && sign === 0)) {
      s.c1[0] = 1;
      s.out[top] = infinity;
    } else {
      s.out[top] = infinity - 1;
      if (top === 1) s.out[0] = -1;
    }
    return;
  }
  if (rounded >= 1 - bias) {
    if ((outcome.flags & PE) !== 0) s.flags |= PE;
    s.c1[0] = outcome.up;
    put(s, sign | ((rounded + bias) << fractionBits), Z.h, Z.l, fractionBits);
    return;
  }
  // Tiny: the same rounding done by the 80-bit underflow path, with the exponent moved there.
  outcome.flags = 0;
  denormalize(precision, Math.max(e, -17000) + bias, rc);
  const inexact = (outcome.flags & PE) !== 0;
  if ((s.cw & UE) === 0) {
    s.flags |= UE;
    s.stored = 0;
    return;
  }
  if (inexact) s.flags |= UE | PE;
  s.c1[0] = outcome.up;
  put(s, sign | (Z.h < 0 ? 1 << fractionBits : 0), Z.h, Z.l, fractionBits);
}

/** Rounds `value` as a denormal: e is its exponent plus the bias, 0 or less. */
function denormalize(precision: number, e: number, rc: number): void {
  const sign = value.sign;
  if (value.h >= 0) {
    // An 80-bit denormal: below everything the narrow formats have.
    round(sign, -200, 0x80000000 | 0, 0, 0, (precision << 8) | rc | 0x3f);
    return;
  }
  round(sign, Math.max(e, -200), value.h, value.l, 0, (precision << 8) | rc | 0x3f);
}

/** Writes the fraction below the J bit of h:l under the sign and exponent in `head`. */
function put(s: X87State, head: number, h: number, l: number, fractionBits: number): void {
  if (fractionBits === 20) {
    s.out[1] = head | ((h & 0x7fffffff) >>> 11);
    s.out[0] = (h << 21) | (l >>> 11);
  } else {
    s.out[0] = head | ((h & 0x7fffffff) >>> 8);
  }
}

const MAGIC = 1.5 * 2 ** 52;

/**
 * ST(0) as an integer of less than 2^51 in magnitude, rounded by rc; flags and C1 are set.
 * @returns the integer, or NaN when it is not the fast path's (nothing is changed then)
 */
function integerOfPair(s: X87State, rc: number, limit: number): number {
  const p = s.top;
  if (s.kind[p] !== 0) return NaN;
  const h = s.hi[p];
  const l = s.lo[p];
  if (!(Math.abs(h) < 2 ** 51)) return NaN;
  let n: number;
  if (rc === 0) {
    n = h + MAGIC - MAGIC;
    if (l !== 0 && Math.abs(h - n) === 0.5) n = l > 0 ? Math.ceil(h) : Math.floor(h);
  } else if (rc === 1) {
    n = Math.floor(h);
    if (l < 0 && n === h) n -= 1;
  } else if (rc === 2) {
    n = Math.ceil(h);
    if (l > 0 && n === h) n += 1;
  } else {
    n = Math.trunc(h);
    if (n === h && l !== 0) {
      if (h > 0 && l < 0) n -= 1;
      else if (h < 0 && l > 0) n += 1;
    }
  }
  if (n < -limit || n >= limit) return NaN;
  const away = n === h ? -l : n - h;
  if (away !== 0) s.flags |= PE;
  s.c1[0] = h > 0 ? away : -away;
  s.stored = 1;
  return n;
}

/** |ST(0)| rounded to an integer: hi:lo, below 2^64. False when it is NaN, infinite, unsupported or too large. */
const whole = { h: 0, l: 0, inexact: 0, up: 0, sign: 0 };

/** Rounds the number to an integer of 64 bits in `whole`; false when it has none. */
export function roundToWhole(n: Num, rc: number): boolean {
  const c = classify(n);
  whole.h = whole.l = whole.inexact = whole.up = 0;
  whole.sign = n.sign;
  if (c === ZERO) return true;
  if (c >= INFINITY) return false;
  const shift = 63 - (n.exp - 16383);
  if (shift < 0) return false;
  // h:l shifted right; x has the part behind the point, its last bit sticky.
  let h = n.h;
  let l = n.l;
  let x = 0;
  if (shift > 65 || h >= 0) {
    h = l = 0;
    x = 1;
  } else {
    let k = shift;
    let lost = 0;
    while (k >= 32) {
      lost |= x;
      x = l;
      l = h;
      h = 0;
      k -= 32;
    }
    if (k > 0) {
      lost |= x << (32 - k);
      x = (x >>> k) | (l << (32 - k));
      l = (l >>> k) | (h << (32 - k));
      h >>>= k;
    }
    if (lost !== 0) x |= 1;
  }
  if (x !== 0) {
    whole.inexact = 1;
    const up =
      rc === 0 ? x < 0 && (x !== (0x80000000 | 0) || (l & 1) !== 0) : rc === 1 ? n.sign !== 0 : rc === 2 ? n.sign === 0 : false;
    if (up) {
      whole.up = 1;
      l = (l + 1) | 0;
      if (l === 0) h = (h + 1) | 0;
      if ((h | l) === 0) return false;
    }
  }
  whole.h = h | 0;
  whole.l = l | 0;
  return true;
}

export { whole };

function finishInteger(s: X87State): void {
  if (whole.inexact !== 0) s.flags |= PE;
  s.c1[0] = whole.up;
  s.stored = 1;
}

/** FIST and FISTTP to 16 or 32 bits: `bits` wide, rounded by rc. */
export function storeInteger(s: X87State, bits: number, rc: number): number {
  const limit = bits === 16 ? 32768 : 2147483648;
  const n = integerOfPair(s, rc, limit);
  if (n === n) return n | 0;
  if ((s.kind[s.top] & EMPTY) !== 0) {
    underflow(s);
    return -limit;
  }
  unpack(s, s.top, value);
  const size = roundToWhole(value, rc) && whole.h === 0 ? whole.l >>> 0 : Infinity;
  if (size > limit || (size === limit && whole.sign === 0)) {
    invalid(s);
    return -limit;
  }
  finishInteger(s);
  return whole.sign !== 0 ? -size | 0 : size;
}

/** A pair that is an integer of up to 64 bits goes to s.out as it is: FILD and FISTP of 64 bits are used to copy memory. */
function largeInteger(s: X87State): boolean {
  if (s.kind[s.top] !== 0) return false;
  const h = s.hi[s.top];
  const l = s.lo[s.top];
  if (!(Math.abs(h) <= 2 ** 63) || Math.floor(h) !== h || Math.floor(l) !== l) return false;
  let high = Math.floor(h / 4294967296);
  let low = h - high * 4294967296 + l;
  if (low < 0) {
    low += 4294967296;
    high--;
  } else if (low >= 4294967296) {
    low -= 4294967296;
    high++;
  }
  if (high < -2147483648 || high > 2147483647) return false;
  s.out[0] = low;
  s.out[1] = high;
  s.c1[0] = 0;
  s.stored = 1;
  return true;
}

/** FIST and FISTTP to 64 bits: the result is out[1]:out[0]. */
export function storeInteger64(s: X87State, rc: number): void {
  const n = integerOfPair(s, rc, 2 ** 51);
  if (n === n) {
    const high = Math.floor(n / 4294967296);
    s.out[1] = high;
    s.out[0] = n - high * 4294967296;
    return;
  }
  if (largeInteger(s)) return;
  s.out[0] = 0;
  s.out[1] = 0x80000000;
  if ((s.kind[s.top] & EMPTY) !== 0) return underflow(s);
  unpack(s, s.top, value);
  if (!roundToWhole(value, rc) || (whole.h < 0 && !(whole.sign !== 0 && whole.h === (0x80000000 | 0) && whole.l === 0))) {
    return invalid(s);
  }
  finishInteger(s);
  s.out[0] = whole.sign !== 0 ? -whole.l : whole.l;
  s.out[1] = whole.sign !== 0 ? ~whole.h + (whole.l === 0 ? 1 : 0) : whole.h;
}

/** FST ST(i). */
export function storeRegister(s: X87State, i: number): boolean {
  const p = s.top;
  const d = (s.top + i) & 7;
  s.c1[0] = 0;
  if ((s.kind[p] & EMPTY) !== 0) {
    s.flags |= IE | SF;
    if ((s.cw & IE) === 0) return false;
    s.kind[d] = EXT;
    s.se[d] = 0xffff;
    s.mm[4 * d + 1] = 0xc0000000 | 0;
    s.mm[4 * d] = 0;
    return true;
  }
  s.kind[d] = s.kind[p];
  s.hi[d] = s.hi[p];
  s.lo[d] = s.lo[p];
  s.se[d] = s.se[p];
  s.mm[4 * d + 1] = s.mm[4 * p + 1];
  s.mm[4 * d] = s.mm[4 * p];
  return true;
}

/** FSTP m80: out[1]:out[0] is the significand, out[2] sign and exponent. No exception but stack underflow. */
export function storeExtended(s: X87State): void {
  s.stored = 1;
  s.c1[0] = 0;
  if ((s.kind[s.top] & EMPTY) !== 0) {
    underflow(s);
    set(value, 1, 0x7fff, 0xc0000000 | 0, 0);
  } else {
    unpack(s, s.top, value);
  }
  s.out[0] = value.l;
  s.out[1] = value.h;
  s.out[2] = (value.sign << 15) | value.exp;
}

/** FBSTP: ten bytes of packed decimal in s.out, lowest first. */
export function storeBcd(s: X87State): void {
  s.out[0] = 0;
  s.out[1] = 0xc0000000;
  s.out[2] = 0xffff;
  if ((s.kind[s.top] & EMPTY) !== 0) return underflow(s);
  unpack(s, s.top, value);
  if (!roundToWhole(value, (s.cw >> 10) & 3)) return invalid(s);
  let n = (BigInt(whole.h >>> 0) << 32n) | BigInt(whole.l >>> 0);
  if (n > 999999999999999999n) return invalid(s);
  finishInteger(s);
  let digits = 0n;
  for (let i = 0n; i < 72n; i += 4n) {
    digits |= n % 10n << i;
    n /= 10n;
  }
  s.out[0] = Number(digits & 0xffffffffn);
  s.out[1] = Number((digits >> 32n) & 0xffffffffn);
  s.out[2] = Number(digits >> 64n) | (whole.sign !== 0 ? 0x8000 : 0);
}
