// F2XM1, FYL2X, FYL2XP1, FPATAN, FPTAN, FSIN, FCOS, FSINCOS: special operands, argument reduction, delivery. The functions
// themselves are in dd.ts. Results are rounded to 64 bits from about 100, so they are within half an ulp and a
// little of the exact value; precision control does not apply. SDM vol. 2; vol. 1, 8.3.10 (accuracy).
//
// The trigonometric instructions reduce by a 66-bit pi, as processors do: near multiples of pi that is what they return,
// and not the sine of the operand.
import { deliver } from "./arith.ts";
import { roundToZ, significand } from "./dd-num.ts";
import { C, ddAdd, ddAtan, ddDiv, ddExp2Minus1, ddLog2, ddLog2Plus1, ddMul, ddSinCos, LN2, quarterPi, R, S } from "./dd.ts";
import {
  A, B, binarySpecial, classify, copy, DENORMAL, INFINITY, invalid, mul, normalize, outcome, set, unarySpecial, Z, ZERO,
} from "./soft.ts";
import {
  C2, DE, EMPTY, Num, pack, PE, pow2, setIndefinite, stackOverflow, stackUnderflow, UE, unpack, X87State, ZE,
} from "./state.ts";

const J = 0x80000000 | 0;

/** Whether ST(0) is in use; the outcome is reset. */
function begin(s: X87State): boolean {
  outcome.flags = outcome.up = 0;
  return (s.kind[s.top] & EMPTY) === 0;
}

function emptyOperand(s: X87State, p: number): boolean {
  if (!stackUnderflow(s)) return false;
  setIndefinite(s, p);
  return true;
}

/** Exponent of a normalized number; a denormal is normalized first and reported. */
function exponent(n: Num, c: number): number {
  if (c === DENORMAL) {
    outcome.flags |= DE;
    normalize(n);
  }
  return n.exp - 16383;
}

/** F2XM1. Beyond [-1, 1] the result is undefined; there the operand stays. */
export function f2xm1(s: X87State): boolean {
  const p = s.top;
  if (!begin(s)) return emptyOperand(s, p);
  unpack(s, p, A);
  const c = classify(A);
  if (!unarySpecial(A, c)) f2xm1Number(c, s.cw);
  return deliver(s, p);
}

function f2xm1Number(c: number, cw: number): void {
  copy(A, Z);
  if (c === ZERO) return;
  if (c === INFINITY) {
    if (A.sign !== 0) set(Z, 1, 16383, J, 0);
    return;
  }
  const e = exponent(A, c);
  if (e >= 0) {
    // 1 and -1 give exact results, which processors report as inexact.
    if (e === 0 && A.sign !== 0 && A.h === J && A.l === 0) Z.exp--;
    outcome.flags |= PE;
    return;
  }
  significand(A);
  const sign = A.sign !== 0 ? -1 : 1;
  if (e < -70) {
    // x ln 2: the next term does not reach the result.
    ddMul(R[0], R[1], LN2[0], LN2[1]);
    roundToZ(sign * R[0], sign * R[1], e, cw);
  } else {
    const scale = sign * pow2(e);
    ddExp2Minus1(R[0] * scale, R[1] * scale);
    roundToZ(R[0], R[1], 0, cw);
  }
}

/** FYL2X: ST(1) = ST(1) * log2(ST(0)), then pop. */
export function fyl2x(s: X87State): boolean {
  return twoOperands(s, fyl2xNumber);
}

/** FYL2XP1: ST(1) = ST(1) * log2(ST(0) + 1), then pop. */
export function fyl2xp1(s: X87State): boolean {
  return twoOperands(s, fyl2xp1Number);
}

/** FPATAN: ST(1) = the angle of the point (ST(0), ST(1)), then pop. */
export function fpatan(s: X87State): boolean {
  return twoOperands(s, fpatanNumber);
}

/** A = ST(0), B = ST(1); Z to ST(1); pop. */
function twoOperands(s: X87State, compute: (ca: number, cb: number, cw: number) => void): boolean {
  const d = (s.top + 1) & 7;
  if (!begin(s) || (s.kind[d] & EMPTY) !== 0) {
    if (!emptyOperand(s, d)) return false;
  } else {
    unpack(s, s.top, A);
    unpack(s, d, B);
    const ca = classify(A);
    const cb = classify(B);
    if (!binarySpecial(A, ca, B, cb)) compute(ca, cb, s.cw);
    if (!deliver(s, d)) return false;
  }
  s.kind[s.top] |= EMPTY;
  s.top = d;
  return true;
}

function infinity(sign: number): void {
  set(Z, sign, 0x7fff, J, 0);
}

function zero(sign: number): void {
  set(Z, sign, 0, 0, 0);
}

function denormals(ca: number, cb: number): void {
  if (ca === DENORMAL || cb === DENORMAL) outcome.flags |= DE;
}

function fyl2xNumber(ca: number, cb: number, cw: number): void {
  if (ca === ZERO) {
    if (cb === ZERO) return invalid();
    if (cb === DENORMAL || cb < INFINITY) outcome.flags |= ZE;
    return infinity(B.sign ^ 1);
  }
  if (A.sign !== 0) return invalid();
  if (ca === INFINITY) {
    if (cb === ZERO) return invalid();
    denormals(ca, cb);
    return infinity(B.sign);
  }
  const isOne = A.exp === 16383 && A.h === J && A.l === 0;
  if (cb === INFINITY) {
    if (isOne) return invalid();
    denormals(ca, cb);
    return infinity(B.sign ^ (A.exp < 16383 ? 1 : 0));
  }
  denormals(ca, cb);
  if (isOne) return zero(B.sign);
  if (cb === ZERO) return zero(B.sign ^ (A.exp < 16383 ? 1 : 0));
  let e = exponent(A, ca);
  if (A.h === J && A.l === 0) {
    // The logarithm is an integer, and the product may be exact; processors report it as inexact all the same.
    set(A, e < 0 ? 1 : 0, 16383 + 31, Math.abs(e), 0);
    normalize(A);
    const flags = outcome.flags;
    mul(cw | 0x300);
    outcome.flags |= flags | (Z.exp === 0 ? PE | UE : PE);
    return;
  }
  significand(A);
  if (R[0] > Math.SQRT2) {
    R[0] *= 0.5;
    R[1] *= 0.5;
    e++;
  }
  ddLog2(R[0], R[1]);
  if (e !== 0) ddAdd(e, 0, R[0], R[1]);
  timesB(R[0], R[1], cb, 0, cw);
}

/** Rounds (h + l) * 2^k * B. */
function timesB(h: number, l: number, cb: number, k: number, cw: number): void {
  const e = exponent(B, cb);
  significand(B);
  ddMul(h, l, R[0], R[1]);
  const sign = B.sign !== 0 ? -1 : 1;
  roundToZ(sign * R[0], sign * R[1], e + k, cw);
}

function fyl2xp1Number(ca: number, cb: number, cw: number): void {
  if (ca === ZERO) {
    if (cb === INFINITY) return invalid();
    denormals(ca, cb);
    return zero(A.sign ^ B.sign);
  }
  if (ca === INFINITY) {
    if (A.sign !== 0 || cb === ZERO) return invalid();
    denormals(ca, cb);
    return infinity(B.sign);
  }
  denormals(ca, cb);
  if (cb === INFINITY) return infinity(A.sign ^ B.sign);
  if (cb === ZERO) return zero(A.sign ^ B.sign);
  const e = exponent(A, ca);
  const sign = A.sign !== 0 ? -1 : 1;
  if (A.sign !== 0 && e >= 0) {
    // Undefined: 1 + x is not positive. The operand is delivered.
    copy(A, Z);
    outcome.flags |= PE;
    return;
  }
  significand(A);
  if (e < -70) {
    ddDiv(R[0], R[1], LN2[0], LN2[1]);
    timesB(sign * R[0], sign * R[1], cb, e, cw);
    return;
  }
  if (e > 60) {
    // Far beyond the defined range: 1 does not count.
    ddLog2(R[0], R[1]);
    ddAdd(e, 0, R[0], R[1]);
  } else {
    const scale = sign * pow2(e);
    log2Plus1(R[0] * scale, R[1] * scale);
  }
  timesB(R[0], R[1], cb, 0, cw);
}

/** log2(1 + x), any x above -1. */
function log2Plus1(h: number, l: number): void {
  if (h > -0.5 && h < 1) {
    ddLog2Plus1(h, l);
    return;
  }
  ddAdd(1, 0, h, l);
  const e = Math.floor(Math.log2(R[0]));
  const scale = pow2(-e);
  ddLog2(R[0] * scale, R[1] * scale);
  ddAdd(e, 0, R[0], R[1]);
}

/** Rounds the angle of n quarters of pi, signed. */
function roundAngle(n: number, sign: number, cw: number): void {
  quarterPi(n);
  if (sign !== 0) roundToZ(-R[0], -R[1], 0, cw);
  else roundToZ(R[0], R[1], 0, cw);
}

/** A is x, B is y. */
function fpatanNumber(ca: number, cb: number, cw: number): void {
  const sign = B.sign;
  denormals(ca, cb);
  if (cb === INFINITY) return roundAngle(ca === INFINITY ? (A.sign !== 0 ? 3 : 1) : 2, sign, cw);
  if (cb === ZERO || ca === INFINITY) return A.sign !== 0 ? roundAngle(4, sign, cw) : zero(sign);
  if (ca === ZERO) return roundAngle(2, sign, cw);
  const ex = exponent(A, ca);
  const ey = exponent(B, cb);
  significand(A);
  const xh = R[0];
  const xl = R[1];
  significand(B);
  const yh = R[0];
  const yl = R[1];
  const distance = ey - ex;
  const signed = sign !== 0 ? -1 : 1;
  if (distance < -80) {
    if (A.sign !== 0) return roundAngle(4, sign, cw);
    // atan z = z (1 - z^2 / 3): a little below the quotient.
    ddDiv(yh, yl, xh, xl);
    const h = R[0];
    const l = R[1];
    if (h * xh === yh && xl === 0 && yl === 0 && l === 0) roundToZ(signed * h, signed * -(2 ** -90), distance, cw);
    else roundToZ(signed * h, signed * l, distance, cw);
    return;
  }
  if (distance > 80) return roundAngle(2, sign, cw);
  const steep = distance > 0 || (distance === 0 && (yh > xh || (yh === xh && yl > xl)));
  if (steep) {
    const scale = pow2(-distance);
    ddDiv(xh * scale, xl * scale, yh, yl);
  } else {
    const scale = pow2(distance);
    ddDiv(yh * scale, yl * scale, xh, xl);
  }
  ddAtan(R[0], R[1]);
  const h = R[0];
  const l = R[1];
  if (steep) {
    // pi/2 - atan(x / y), or pi/2 + atan for negative x
    quarterPi(2);
    if (A.sign !== 0) ddAdd(R[0], R[1], h, l);
    else ddAdd(R[0], R[1], -h, -l);
  } else if (A.sign !== 0) {
    quarterPi(4);
    ddAdd(R[0], R[1], -h, -l);
  }
  roundToZ(signed * R[0], signed * R[1], 0, cw);
}

// pi/2 to 66 bits, in two parts of 33: products with integers below 2^20 are exact.
const P1 = 0x1921fb544 * 2 ** -32;
const P2 = 0x85a308d3 * 2 ** -65;
const PI_66 = 0xc90fdaa22168c234n * 4n + 3n;

/** Quadrant of the reduction just done. */
let quadrant = 0;

/** Reduces A, -70 <= exponent < 63, by pi/2 (66 bits): quadrant, and S and C of the rest. */
function reduceAndCompute(e: number): void {
  significand(A);
  const sign = A.sign !== 0 ? -1 : 1;
  const scale = sign * pow2(e);
  const xh = R[0] * scale;
  const xl = R[1] * scale;
  if (e < 19) {
    const n = Math.round(xh * (2 / Math.PI));
    quadrant = n & 3;
    if (n === 0) {
      ddSinCos(xh, xl);
    } else {
      ddAdd(xh - n * P1, xl, -n * P2, 0);
      ddSinCos(R[0], R[1]);
    }
    return;
  }
  // In units of 2^-65.
  const x = ((BigInt(A.h >>> 0) << 32n) | BigInt(A.l >>> 0)) << BigInt(e + 2);
  const n = (2n * x + PI_66) / (2n * PI_66);
  const rest = (x - n * PI_66) * BigInt(sign);
  quadrant = sign < 0 ? -Number(n & 3n) & 3 : Number(n & 3n);
  const h = Number(rest);
  ddSinCos(h * 2 ** -65, Number(rest - BigInt(h)) * 2 ** -65);
}

/** Rounds the sine (shift 0) or cosine (shift 1) of the reduced operand to Z. */
function roundSine(shift: number, cw: number): void {
  const q = (quadrant + shift) & 3;
  const from = (q & 1) !== 0 ? C : S;
  const sign = (q & 2) !== 0 ? -1 : 1;
  roundToZ(sign * from[0], sign * from[1], 0, cw);
}

/** Sine, cosine or tangent of A, |A| < 2^-70, to Z: from the first terms of the series. */
function roundTiny(what: number, e: number, cw: number): void {
  if (what === COS) {
    roundToZ(1, -(2 ** -90), 0, cw);
    return;
  }
  significand(A);
  const sign = A.sign !== 0 ? -1 : 1;
  const beyond = what === SIN ? -(2 ** -90) : 2 ** -90;
  // The significand needs 64 bits of the 96: what is beyond decides directed roundings.
  roundToZ(sign * R[0], sign * (R[1] + beyond), e, cw);
}

const SIN = 0;
const COS = 1;
const TAN = 2;

/** Computes one function of A, class c, to Z. */
function trigonometric(what: number, c: number, cw: number): void {
  outcome.up = 0;
  if (c === ZERO) {
    if (what === COS) set(Z, 0, 16383, J, 0);
    else zero(A.sign);
    return;
  }
  const e = A.exp - 16383;
  if (e < -70) {
    roundTiny(what, e, cw);
    return;
  }
  if (what !== TAN) {
    roundSine(what, cw);
  } else {
    if ((quadrant & 1) !== 0) ddDiv(-C[0], -C[1], S[0], S[1]);
    else ddDiv(S[0], S[1], C[0], C[1]);
    roundToZ(R[0], R[1], 0, cw);
  }
}

/**
 * Takes ST(0) to A and reduces it.
 * @returns its class; -1 when Z already has the result (NaN, invalid); -2 when it is out of range (C2)
 */
function reduceOperand(s: X87State, p: number): number {
  unpack(s, p, A);
  const c = classify(A);
  if (unarySpecial(A, c)) return -1;
  if (c === INFINITY) {
    invalid();
    return -1;
  }
  if (c === ZERO) return c;
  const e = exponent(A, c);
  if (e >= 63) return -2;
  if (e >= -70) reduceAndCompute(e);
  return c;
}

/** FSIN and FCOS. */
function one(s: X87State, what: number): boolean {
  const p = s.top;
  s.cc &= ~C2;
  if (!begin(s)) return emptyOperand(s, p);
  const c = reduceOperand(s, p);
  if (c === -2) {
    s.cc |= C2;
    s.c1[0] = 0;
    return true;
  }
  if (c >= 0) trigonometric(what, c, s.cw);
  return deliver(s, p);
}

/** FSIN. */
export function fsin(s: X87State): boolean {
  return one(s, SIN);
}

/** FCOS. */
export function fcos(s: X87State): boolean {
  return one(s, COS);
}

/** FSINCOS and FPTAN: the first result replaces ST(0), the second is pushed. */
function two(s: X87State, first: number): boolean {
  const p = s.top;
  const d = (s.top - 1) & 7;
  s.cc &= ~C2;
  if (!begin(s) || (s.kind[d] & EMPTY) === 0) {
    if (!((s.kind[p] & EMPTY) !== 0 ? stackUnderflow(s) : stackOverflow(s))) return false;
    setIndefinite(s, p);
    setIndefinite(s, d);
    s.top = d;
    return true;
  }
  const c = reduceOperand(s, p);
  if (c === -2) {
    s.cc |= C2;
    s.c1[0] = 0;
    return true;
  }
  if (c >= 0) trigonometric(first, c, s.cw);
  if (!deliver(s, p)) return false;
  if (c >= 0) {
    if (first === TAN) {
      set(Z, 0, 16383, J, 0);
      outcome.up = 0;
    } else {
      outcome.flags = 0;
      trigonometric(COS, c, s.cw);
      s.flags |= outcome.flags;
    }
  }
  s.top = d;
  pack(s, d, Z);
  return true;
}

/** FSINCOS. */
export function fsincos(s: X87State): boolean {
  return two(s, SIN);
}

/** FPTAN. */
export function fptan(s: X87State): boolean {
  return two(s, TAN);
}
