// Exact 80-bit arithmetic on 32-bit limbs: add, subtract, multiply, divide, square root, for all operands, roundings and
// precisions. What the fast paths (fast.ts) do not take comes here.
// Nothing here knows registers or the stack. SDM vol. 1, chapters 4.8, 4.9 and 8.5.
import { outcome, round, set, shiftRightJam, wide, Z } from "./round.ts";
import { DE, IE, Num, ZE } from "./state.ts";

export { outcome, round, set, Z };

/** Classes of an unpacked number. */
export const ZERO = 0;
export const NORMAL = 1;
export const DENORMAL = 2;
export const INFINITY = 3;
export const QNAN = 4;
export const SNAN = 5;
export const UNSUPPORTED = 6;

const J = 0x80000000 | 0;

/** Operands of the operations below; the result is Z. */
export const A = new Num();
export const B = new Num();

export function classify(n: Num): number {
  if (n.exp === 0x7fff) {
    if (n.h >= 0) return UNSUPPORTED;
    if (n.h === J && n.l === 0) return INFINITY;
    return (n.h & 0x40000000) !== 0 ? QNAN : SNAN;
  }
  if (n.exp === 0) return (n.h | n.l) === 0 ? ZERO : DENORMAL;
  return n.h < 0 ? NORMAL : UNSUPPORTED;
}

export function copy(from: Num, to: Num): void {
  set(to, from.sign, from.exp, from.h, from.l);
  to.den = from.den;
}

function setIndefiniteNum(n: Num): void {
  set(n, 1, 0x7fff, 0xc0000000 | 0, 0);
}

/** Brings a denormal (or pseudo-denormal) to a set J bit; its exponent may become zero or negative. */
export function normalize(n: Num): void {
  if (n.exp === 0) n.exp = 1;
  if (n.h >= 0) {
    let shift = Math.clz32(n.h);
    if (shift === 32) {
      shift = 32 + Math.clz32(n.l);
      n.h = n.l << (shift - 32);
      n.l = 0;
    } else {
      n.h = (n.h << shift) | (n.l >>> (32 - shift));
      n.l <<= shift;
    }
    n.exp -= shift;
  }
}

/** Whether the significand of a is below that of b. */
function significandBelow(a: Num, b: Num): boolean {
  return a.h === b.h ? a.l >>> 0 < b.l >>> 0 : a.h >>> 0 < b.h >>> 0;
}

/**
 * The NaN a two-operand instruction delivers (SDM vol. 1, table 4-7): of two NaNs of a kind the one with the
 * larger significand, of a signaling and a quiet one the quiet one; then made quiet.
 */
export function propagateNaN(a: Num, ca: number, b: Num, cb: number): void {
  let from = a;
  outcome.up = 0;
  outcome.flags = ca === SNAN || cb === SNAN ? IE : 0;
  if (ca < QNAN) from = b;
  else if (cb < QNAN) from = a;
  else if (ca !== cb) from = ca === QNAN ? a : b;
  else if (significandBelow(a, b)) from = b;
  else if (significandBelow(b, a)) from = a;
  else from = a.sign < b.sign ? a : b;
  set(Z, from.sign, 0x7fff, from.h | 0x40000000, from.l);
}

/** Delivers the indefinite for an invalid operation. */
export function invalid(): void {
  setIndefiniteNum(Z);
  outcome.flags = IE;
  outcome.up = 0;
}

/** Handles unsupported operands and NaNs of a two-operand instruction; false when there are none. */
export function binarySpecial(a: Num, ca: number, b: Num, cb: number): boolean {
  if (ca < QNAN && cb < QNAN) return false;
  if (ca === UNSUPPORTED || cb === UNSUPPORTED) invalid();
  else propagateNaN(a, ca, b, cb);
  return true;
}

/** The same for one operand. */
export function unarySpecial(a: Num, ca: number): boolean {
  if (ca < QNAN) return false;
  if (ca === UNSUPPORTED) invalid();
  else propagateNaN(a, ca, a, ca);
  return true;
}

/** Normalizes h.l.x (not all zero) to the left and rounds. */
function normalizeAndRound(sign: number, exp: number, h: number, l: number, x: number, cw: number): void {
  while (h === 0) {
    h = l;
    l = x;
    x = 0;
    exp -= 32;
  }
  const n = Math.clz32(h);
  if (n > 0) {
    h = (h << n) | (l >>> (32 - n));
    l = (l << n) | (x >>> (32 - n));
    x <<= n;
    exp -= n;
  }
  round(sign, exp, h, l, x, cw);
}

/** Z = A + B, or A - B with negate = 1. */
export function add(negate: number, cw: number): void {
  const ca = classify(A);
  const cb = classify(B);
  if (binarySpecial(A, ca, B, cb)) return;
  outcome.up = 0;
  const signB = B.sign ^ negate;
  if (ca === INFINITY && cb === INFINITY && A.sign !== signB) return invalid();
  outcome.flags = ca === DENORMAL || cb === DENORMAL || (A.den | B.den) !== 0 ? DE : 0;
  if (ca === INFINITY) return set(Z, A.sign, 0x7fff, J, 0);
  if (cb === INFINITY) return set(Z, signB, 0x7fff, J, 0);
  if (ca === ZERO && cb === ZERO) {
    return set(Z, A.sign === signB ? A.sign : ((cw >> 10) & 3) === 1 ? 1 : 0, 0, 0, 0);
  }
  if (ca === ZERO) {
    normalize(B);
    return round(signB, B.exp, B.h, B.l, 0, cw);
  }
  normalize(A);
  if (cb === ZERO) return round(A.sign, A.exp, A.h, A.l, 0, cw);
  normalize(B);
  addNormalized(A.sign, A, signB, B, cw);
}

function addNormalized(signA: number, a: Num, signB: number, b: Num, cw: number): void {
  if (a.exp < b.exp || (a.exp === b.exp && significandBelow(a, b))) {
    addNormalized(signB, b, signA, a, cw);
    return;
  }
  shiftRightJam(b.h, b.l, 0, a.exp - b.exp);
  if (signA === signB) {
    const l = (a.l + wide.l) | 0;
    const carry = l >>> 0 < a.l >>> 0 ? 1 : 0;
    const sum = (a.h >>> 0) + (wide.h >>> 0) + carry;
    const h = sum | 0;
    if (sum >= 4294967296) {
      const x = (wide.x >>> 1) | (wide.x & 1) | (l << 31);
      round(signA, a.exp + 1, (h >>> 1) | J, (l >>> 1) | (h << 31), x, cw);
    } else {
      round(signA, a.exp, h, l, wide.x, cw);
    }
    return;
  }
  const x = -wide.x | 0;
  const borrow = wide.x !== 0 ? 1 : 0;
  const l = (a.l - wide.l - borrow) | 0;
  const borrow2 = (a.l >>> 0) - (wide.l >>> 0) - borrow < 0 ? 1 : 0;
  const h = (a.h - wide.h - borrow2) | 0;
  if ((h | l | x) === 0) set(Z, ((cw >> 10) & 3) === 1 ? 1 : 0, 0, 0, 0);
  else normalizeAndRound(signA, a.exp, h, l, x, cw);
}

/** High 32 bits of the unsigned product. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const m = (Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16);
  const n = (Math.imul(a0, b1) >>> 0) + (m & 0xffff);
  return (Math.imul(a1, b1) + (m >>> 16) + (n >>> 16)) | 0;
}

/** Z = A * B. */
export function mul(cw: number): void {
  const ca = classify(A);
  const cb = classify(B);
  if (binarySpecial(A, ca, B, cb)) return;
  outcome.up = 0;
  const sign = A.sign ^ B.sign;
  if ((ca === INFINITY && cb === ZERO) || (cb === INFINITY && ca === ZERO)) return invalid();
  outcome.flags = ca === DENORMAL || cb === DENORMAL || (A.den | B.den) !== 0 ? DE : 0;
  if (ca === INFINITY || cb === INFINITY) return set(Z, sign, 0x7fff, J, 0);
  if (ca === ZERO || cb === ZERO) return set(Z, sign, 0, 0, 0);
  normalize(A);
  normalize(B);
  // 128-bit product in r3..r0; each column sum stays below 2^53 as a double.
  const p00l = Math.imul(A.l, B.l) >>> 0;
  const mid = (mulHigh(A.l, B.l) >>> 0) + (Math.imul(A.l, B.h) >>> 0) + (Math.imul(A.h, B.l) >>> 0);
  const r1 = mid | 0;
  const third =
    (mulHigh(A.l, B.h) >>> 0) + (mulHigh(A.h, B.l) >>> 0) + (Math.imul(A.h, B.h) >>> 0) + Math.floor(mid / 4294967296);
  const r2 = third | 0;
  const r3 = (mulHigh(A.h, B.h) + Math.floor(third / 4294967296)) | 0;
  const sticky = p00l !== 0 ? 1 : 0;
  if (r3 < 0) round(sign, A.exp + B.exp - 16382, r3, r2, r1 | sticky, cw);
  else round(sign, A.exp + B.exp - 16383, (r3 << 1) | (r2 >>> 31), (r2 << 1) | (r1 >>> 31), (r1 << 1) | sticky, cw);
}

/** Z = A / B. */
export function div(cw: number): void {
  const ca = classify(A);
  const cb = classify(B);
  if (binarySpecial(A, ca, B, cb)) return;
  outcome.up = 0;
  const sign = A.sign ^ B.sign;
  if ((ca === INFINITY && cb === INFINITY) || (ca === ZERO && cb === ZERO)) return invalid();
  // A denormal divided by zero raises the zero divide alone.
  if (cb === ZERO && ca !== INFINITY) {
    outcome.flags = ZE;
    return set(Z, sign, 0x7fff, J, 0);
  }
  outcome.flags = ca === DENORMAL || cb === DENORMAL || (A.den | B.den) !== 0 ? DE : 0;
  if (ca === INFINITY) return set(Z, sign, 0x7fff, J, 0);
  if (cb === INFINITY || ca === ZERO) return set(Z, sign, 0, 0, 0);
  normalize(A);
  normalize(B);
  divNormalized(sign, cw);
}

const LIMB = 2 ** 22;

/** A / B, significands normalized: 66 quotient bits in three digits of 22, each estimated by a division of doubles. */
function divNormalized(sign: number, cw: number): void {
  let exp = A.exp - B.exp + 16383;
  const b2 = B.h >>> 12;
  const b1 = ((B.h & 0xfff) << 10) | (B.l >>> 22);
  const b0 = B.l & 0x3fffff;
  const b = (B.h >>> 0) * 4294967296 + (B.l >>> 0);
  let r2 = A.h >>> 12;
  let r1 = ((A.h & 0xfff) << 10) | (A.l >>> 22);
  let r0 = A.l & 0x3fffff;
  // The significands' quotient is in (1/2, 2).
  const first = significandBelow(A, B) ? 0 : 1;
  if (first !== 0) {
    r2 -= b2;
    r1 -= b1;
    r0 -= b0;
  } else {
    exp--;
  }
  let d2 = 0;
  let d1 = 0;
  let d0 = 0;
  for (let i = 0; i < 3; i++) {
    // The estimate is off by one at most; limbs may be negative until the carries are done.
    let digit = Math.floor((((r2 * LIMB + r1) * LIMB + r0) * LIMB) / b);
    let t0 = -digit * b0;
    let carry = Math.floor(t0 / LIMB);
    t0 -= carry * LIMB;
    let t1 = r0 - digit * b1 + carry;
    carry = Math.floor(t1 / LIMB);
    t1 -= carry * LIMB;
    let t2 = r2 * LIMB + r1 - digit * b2 + carry;
    if (t2 < 0) {
      digit--;
      t0 += b0;
      t1 += b1;
      t2 += b2;
    } else if (t2 > b2 || (t2 === b2 && (t1 > b1 || (t1 === b1 && t0 >= b0)))) {
      digit++;
      t0 -= b0;
      t1 -= b1;
      t2 -= b2;
    }
    if (t0 < 0 || t0 >= LIMB) {
      carry = Math.floor(t0 / LIMB);
      t0 -= carry * LIMB;
      t1 += carry;
    }
    if (t1 < 0 || t1 >= LIMB) {
      carry = Math.floor(t1 / LIMB);
      t1 -= carry * LIMB;
      t2 += carry;
    }
    r2 = t2;
    r1 = t1;
    r0 = t0;
    d2 = d1;
    d1 = d0;
    d0 = digit;
  }
  let h = (d2 << 10) | (d1 >>> 12);
  let l = (d1 << 20) | (d0 >>> 2);
  let x = (d0 << 30) | (r2 !== 0 || r1 !== 0 || r0 !== 0 ? 1 : 0);
  if (first !== 0) {
    x = (x >>> 1) | (x & 1) | (l << 31);
    l = (l >>> 1) | (h << 31);
    h = (h >>> 1) | J;
  }
  round(sign, exp, h, l, x, cw);
}

/** Z = square root of A. */
export function sqrt(cw: number): void {
  const ca = classify(A);
  if (unarySpecial(A, ca)) return;
  outcome.up = 0;
  outcome.flags = 0;
  if (ca === ZERO) return set(Z, A.sign, 0, 0, 0);
  if (A.sign !== 0) return invalid();
  if (ca === INFINITY) return set(Z, 0, 0x7fff, J, 0);
  if (ca === DENORMAL || A.den !== 0) outcome.flags = DE;
  normalize(A);
  const e = A.exp - 16383;
  // Radicand digits, two bits a step, from 128 bits: significand << (e odd ? 1 : 0) over 2^63.
  const odd = e & 1;
  // limbs of significand << (64 + odd) >> 1, so that the root has 64 bits; two further steps bring in zeros.
  let d3 = odd !== 0 ? A.h : A.h >>> 1;
  let d2 = odd !== 0 ? A.l : (A.l >>> 1) | (A.h << 31);
  let d1 = odd !== 0 ? 0 : A.l << 31;
  // Remainder (68 bits) and root (66 bits) as three and two-plus-one doubles of 32 bits.
  let r2 = 0;
  let r1 = 0;
  let r0 = 0;
  let q2 = 0;
  let q1 = 0;
  let q0 = 0;
  for (let i = 0; i < 66; i++) {
    // remainder = remainder * 4 + next two digits
    r2 = (r2 << 2) | (r1 >>> 30);
    r1 = (r1 << 2) | (r0 >>> 30);
    r0 = (r0 << 2) | (d3 >>> 30);
    d3 = (d3 << 2) | (d2 >>> 30);
    d2 = (d2 << 2) | (d1 >>> 30);
    d1 <<= 2;
    // trial = root * 4 + 1
    const t2 = (q2 << 2) | (q1 >>> 30);
    const t1 = (q1 << 2) | (q0 >>> 30);
    const t0 = (q0 << 2) | 1;
    let s0 = (r0 >>> 0) - (t0 >>> 0);
    let s1 = (r1 >>> 0) - (t1 >>> 0);
    let s2 = r2 - t2;
    if (s0 < 0) {
      s0 += 4294967296;
      s1--;
    }
    if (s1 < 0) {
      s1 += 4294967296;
      s2--;
    }
    q2 = (q2 << 1) | (q1 >>> 31);
    q1 = (q1 << 1) | (q0 >>> 31);
    q0 <<= 1;
    if (s2 >= 0) {
      r2 = s2;
      r1 = s1 | 0;
      r0 = s0 | 0;
      q0 |= 1;
    }
  }
  const h = (q2 << 30) | (q1 >>> 2);
  const l = (q1 << 30) | (q0 >>> 2);
  round(0, (e >> 1) + 16383, h, l, (q0 << 30) | ((r0 | r1 | r2) !== 0 ? 1 : 0), cw);
}
