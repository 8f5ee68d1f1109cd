// FLD, FILD, FBLD and the constants: everything that pushes. SDM vol. 2, FLD, FILD, FBLD, FLD1.
// The functions return false when an unmasked exception kept the push from happening.
import { unpackDouble } from "./arith.ts";
import { classify, outcome, propagateNaN, SNAN, Z } from "./soft.ts";
import {
  DE, EMPTY, highWord, IE, lowWord, Num, pack, PAIR_MAX, PAIR_MIN, raise, setExt, setIndefinite, SF, stackOverflow, X87State,
} from "./state.ts";

const operand = new Num();

/** Makes room for a push: moves TOP. Returns the physical register, or -1 on a stack overflow (which is dealt with). */
function room(s: X87State): number {
  const p = (s.top - 1) & 7;
  if ((s.kind[p] & EMPTY) !== 0) {
    s.c1[0] = 0;
    s.top = p;
    return p;
  }
  overflow(s);
  return -1;
}

/** Stack overflow of a push; returns whether the masked response was given. */
export function overflow(s: X87State): boolean {
  if (!stackOverflow(s)) return false;
  s.top = (s.top - 1) & 7;
  setIndefinite(s, s.top);
  return true;
}

/** FLD m64 (and m32, whose values are doubles too, with its smallest normal). NaNs: see loadBits. */
export function loadDouble(s: X87State, x: number, normal: number): boolean {
  const p = (s.top - 1) & 7;
  const size = Math.abs(x);
  if ((s.kind[p] & EMPTY) !== 0 && ((size >= normal && size >= PAIR_MIN && size < PAIR_MAX) || size === 0)) {
    s.hi[p] = x;
    s.lo[p] = 0;
    s.kind[p] = 0;
    s.c1[0] = 0;
    s.top = p;
    return true;
  }
  return loadBits(s, highWord(x), lowWord(x), normal);
}

/** FLD m64 from the bit pattern: signaling NaNs are seen. */
export function loadBits(s: X87State, high: number, low: number, normal: number): boolean {
  const p = (s.top - 1) & 7;
  if ((s.kind[p] & EMPTY) === 0) return overflow(s);
  unpackDouble(high, low, normal, operand);
  let flags = operand.den !== 0 ? DE : 0;
  if (classify(operand) === SNAN) {
    propagateNaN(operand, SNAN, operand, SNAN);
    flags = outcome.flags;
    operand.h = Z.h;
  }
  s.c1[0] = 0;
  // An unmasked denormal does not keep the push from happening.
  if (!raise(s, flags, IE)) return false;
  s.top = p;
  pack(s, p, operand);
  return true;
}

/** The double pattern of a 32-bit float's pattern, high word; low word in `singleLow`. Denormals become normal. */
export let singleLow = 0;
export function singleHigh(bits: number): number {
  const exp = (bits >>> 23) & 0xff;
  singleLow = bits << 29;
  if (exp === 0xff) return (bits & 0x80000000) | 0x7ff00000 | ((bits & 0x7fffff) >>> 3);
  if (exp !== 0) return (bits & 0x80000000) | ((exp + 896) << 20) | ((bits & 0x7fffff) >>> 3);
  const x = (bits & 0x7fffff) * 2 ** -149;
  singleLow = lowWord(x);
  return highWord(x) | (bits & 0x80000000);
}

/** FILD m16, m32. */
export function loadInteger(s: X87State, n: number): boolean {
  const p = room(s);
  if (p < 0) return (s.cw & IE) !== 0;
  s.hi[p] = n;
  s.lo[p] = 0;
  s.kind[p] = 0;
  return true;
}

/** FILD m64. */
export function loadInteger64(s: X87State, high: number, low: number): boolean {
  const p = room(s);
  if (p < 0) return (s.cw & IE) !== 0;
  // Two doubles; the rounding error of their sum is exact as |a| >= |b| or a = 0.
  const a = high * 4294967296;
  const b = low >>> 0;
  const sum = a + b;
  s.hi[p] = sum;
  s.lo[p] = b - (sum - a);
  s.kind[p] = 0;
  return true;
}

/** FLD m80. No exception but stack overflow. */
export function loadExtended(s: X87State, se: number, mh: number, ml: number): boolean {
  const p = room(s);
  if (p < 0) return (s.cw & IE) !== 0;
  setExt(s, p, se & 0xffff, mh | 0, ml | 0);
  return true;
}

/** FLD ST(i). */
export function loadRegister(s: X87State, i: number): boolean {
  const p = (s.top + i) & 7;
  if ((s.kind[p] & EMPTY) !== 0) {
    s.flags |= IE | SF;
    s.c1[0] = 0;
    if ((s.cw & IE) === 0) return false;
    s.top = (s.top - 1) & 7;
    setIndefinite(s, s.top);
    return true;
  }
  const d = room(s);
  if (d < 0) return (s.cw & IE) !== 0;
  copyRegister(s, p, d);
  return true;
}

/** Copies physical register p to d. */
export function copyRegister(s: X87State, p: number, d: number): void {
  s.kind[d] = s.kind[p];
  s.hi[d] = s.hi[p];
  s.lo[d] = s.lo[p];
  s.se[d] = s.se[p];
  s.mm[4 * d + 1] = s.mm[4 * p + 1];
  s.mm[4 * d] = s.mm[4 * p];
}

/** FBLD: 18 packed digits and a sign; digits above 9 count as their value. @param byteAt byte i of the operand */
export function loadBcd(s: X87State, byteAt: (i: number) => number): boolean {
  let n = 0n;
  for (let i = 8; i >= 0; i--) {
    const b = byteAt(i);
    n = n * 100n + BigInt((b >> 4) * 10 + (b & 15));
  }
  const negative = (byteAt(9) & 0x80) !== 0;
  const p = room(s);
  if (p < 0) return (s.cw & IE) !== 0;
  let h = Number(n >> 32n) | 0;
  let l = Number(n & 0xffffffffn) | 0;
  if ((h | l) === 0) {
    setExt(s, p, negative ? 0x8000 : 0, 0, 0);
    return true;
  }
  let exp = 16383 + 63;
  while (h >= 0) {
    h = (h << 1) | (l >>> 31);
    l <<= 1;
    exp--;
  }
  setExt(s, p, exp | (negative ? 0x8000 : 0), h, l);
  return true;
}

// Significand rounded down, whether to nearest is one more, and the exponent: 1, log2 10, log2 e, pi, log10 2, ln 2, 0.
const CONSTANTS: readonly (readonly [se: number, mh: number, ml: number, nearest: number])[] = [
  [0x3fff, 0x80000000, 0, 0],
  [0x4000, 0xd49a784b, 0xcd1b8afe, 0],
  [0x3fff, 0xb8aa3b29, 0x5c17f0bb, 1],
  [0x4000, 0xc90fdaa2, 0x2168c234, 1],
  [0x3ffd, 0x9a209a84, 0xfbcff798, 1],
  [0x3ffe, 0xb17217f7, 0xd1cf79ab, 1],
  [0, 0, 0, 0],
];

/** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ: n = 0..6, the order of the opcodes D9 E8..EE. */
export function loadConstant(s: X87State, n: number): boolean {
  const p = room(s);
  if (p < 0) return (s.cw & IE) !== 0;
  const [se, mh, ml, nearest] = CONSTANTS[n];
  const rc = (s.cw >> 10) & 3;
  const up = n === 0 || n === 6 ? 0 : rc === 0 ? nearest : rc === 2 ? 1 : 0;
  setExt(s, p, se, mh | 0, (ml + up) | 0);
  return true;
}
