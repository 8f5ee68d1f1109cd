// FCOM, FUCOM, FCOMI, FTST, FXAM. SDM vol. 2; vol. 1, tables 8-6 and 8-7.
import { unpackDouble } from "./arith.ts";
import { A, B, classify, DENORMAL, INFINITY, NORMAL, QNAN, SNAN, UNSUPPORTED, ZERO } from "./soft.ts";
import { C0, C2, C3, DE, EMPTY, highWord, IE, lowWord, raise, SF, signExponent, unpack, X87State } from "./state.ts";

/** Results of a comparison as condition codes. */
const GREATER = 0;
const LESS = C0;
const EQUAL = C3;
const UNORDERED = C0 | C2 | C3;

function comparePairs(ah: number, al: number, bh: number, bl: number): number {
  if (ah !== bh) return ah < bh ? LESS : GREATER;
  return al === bl ? EQUAL : al < bl ? LESS : GREATER;
}

/** Compares A with B. */
function compareNumbers(s: X87State, quiet: boolean): number {
  const ca = classify(A);
  const cb = classify(B);
  if (ca >= QNAN || cb >= QNAN) {
    const bad = !quiet || ca > QNAN || cb > QNAN;
    if (bad) signal(s, IE);
    return UNORDERED;
  }
  if (ca === DENORMAL || cb === DENORMAL || (A.den | B.den) !== 0) signal(s, DE);
  if (ca === ZERO && cb === ZERO) return EQUAL;
  if (ca === ZERO) return B.sign !== 0 ? GREATER : LESS;
  if (cb === ZERO || A.sign !== B.sign) return A.sign !== 0 ? LESS : GREATER;
  // A pseudo-denormal has the exponent of the smallest normal numbers.
  const ea = A.exp === 0 ? 1 : A.exp;
  const eb = B.exp === 0 ? 1 : B.exp;
  let order = ea - eb;
  if (order === 0) order = (A.h >>> 0) - (B.h >>> 0);
  if (order === 0) order = (A.l >>> 0) - (B.l >>> 0);
  if (order === 0) return EQUAL;
  return order < 0 !== (A.sign !== 0) ? LESS : GREATER;
}

/**
 * Compares ST(0) with ST(i).
 * @param quiet FUCOM: quiet NaNs do not signal
 * @returns C3, C2, C0 in place; s.stored says whether a popping form may pop
 */
export function compareRegisters(s: X87State, i: number, quiet: boolean): number {
  const p = s.top;
  const q = (s.top + i) & 7;
  s.stored = 1;
  if ((s.kind[p] | s.kind[q]) === 0) return comparePairs(s.hi[p], s.lo[p], s.hi[q], s.lo[q]);
  if (((s.kind[p] | s.kind[q]) & EMPTY) !== 0) return emptyOperand(s);
  unpack(s, p, A);
  unpack(s, q, B);
  return compareNumbers(s, quiet);
}

function emptyOperand(s: X87State): number {
  s.c1[0] = 0;
  signal(s, IE | SF);
  return UNORDERED;
}

/** Records flags; an unmasked exception leaves the codes as the comparison gives them, but nothing may be popped. */
function signal(s: X87State, flags: number): void {
  s.stored = raise(s, flags, IE | DE) ? 1 : 0;
}

/** Compares ST(0) with a memory operand; `normal` as in arithMemory. */
export function compareMemory(s: X87State, x: number, normal: number): number {
  const p = s.top;
  const size = Math.abs(x);
  if (s.kind[p] === 0 && (size >= normal || size === 0)) {
    s.stored = 1;
    return comparePairs(s.hi[p], s.lo[p], x, 0);
  }
  return compareBits(s, highWord(x), lowWord(x), normal);
}

/** Compares ST(0) with the double of a bit pattern. */
export function compareBits(s: X87State, high: number, low: number, normal: number): number {
  const p = s.top;
  s.stored = 1;
  if ((s.kind[p] & EMPTY) !== 0) return emptyOperand(s);
  unpack(s, p, A);
  unpackDouble(high, low, normal, B);
  return compareNumbers(s, false);
}

/** FXAM: C3 C2 C0 say the class, C1 the sign. */
export function examine(s: X87State): void {
  const p = s.top;
  s.c1[0] = signExponent(s, p) >> 15;
  if ((s.kind[p] & EMPTY) !== 0) {
    s.cc = C3 | C0;
    return;
  }
  unpack(s, p, A);
  switch (classify(A)) {
    case ZERO:
      s.cc = C3;
      break;
    case NORMAL:
      s.cc = C2;
      break;
    case DENORMAL:
      s.cc = C3 | C2;
      break;
    case INFINITY:
      s.cc = C2 | C0;
      break;
    case QNAN:
    case SNAN:
      s.cc = C0;
      break;
    case UNSUPPORTED:
      s.cc = 0;
  }
}
