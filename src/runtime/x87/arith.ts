// FADD, FSUB, FMUL, FDIV, FSQRT and their reversed and memory forms: the fast paths of fast.ts on pairs of doubles, the
// integer arithmetic of soft.ts for everything else. SDM vol. 2, FADD, FSUB, FMUL, FDIV, FSQRT.
import { addPairs, divPairs, mulPairs, sqrtPair } from "./fast.ts";
import { A, add, B, div, mul, outcome, sqrt, Z } from "./soft.ts";
import {
  DE, EMPTY, highWord, IE, lowWord, Num, pack, PAIR_MAX, PAIR_MIN, raise, setIndefinite, stackUnderflow, TEMP,
  unpack, X87State, ZE,
} from "./state.ts";

/** Operation numbers: the /r field of opcode D8. */
export const ADD = 0;
export const MUL = 1;
export const SUB = 4;
export const SUBR = 5;
export const DIV = 6;
export const DIVR = 7;

/** Does the operation on A and B by integer arithmetic, result in Z. A is the destination operand. */
function softly(s: X87State, op: number): void {
  outcome.flags = 0;
  switch (op) {
    case ADD:
      add(0, s.cw);
      break;
    case SUB:
    case SUBR:
      add(1, s.cw);
      break;
    case MUL:
      mul(s.cw);
      break;
    default:
      div(s.cw);
  }
}

/**
 * Delivers Z and the outcome's flags to physical register d.
 * @returns false when an unmasked exception kept the result back
 */
export function deliver(s: X87State, d: number): boolean {
  let flags = outcome.flags;
  // A denormal operand that is not masked stops the instruction before it computes.
  if ((flags & DE & ~s.cw) !== 0) flags &= IE | DE | ZE;
  s.c1[0] = 0;
  if (!raise(s, flags, IE | DE | ZE)) return false;
  pack(s, d, Z);
  s.c1[0] = outcome.up;
  return true;
}

function softArith(s: X87State, op: number, d: number, p: number): boolean {
  if (((s.kind[d] | s.kind[p]) & EMPTY) !== 0) {
    if (!stackUnderflow(s)) return false;
    setIndefinite(s, d);
    return true;
  }
  const reversed = op === SUBR || op === DIVR;
  unpack(s, d, reversed ? B : A);
  unpack(s, p, reversed ? A : B);
  softly(s, op);
  return deliver(s, d);
}

/** FADD: ST(dst) += ST(src). As all operations here: false when an unmasked exception kept the result back. */
export function fadd(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  return addPairs(s, d, d, p, false) || softArith(s, ADD, d, p);
}

/** FSUB: ST(dst) -= ST(src). */
export function fsub(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  return addPairs(s, d, d, p, true) || softArith(s, SUB, d, p);
}

/** FSUBR: ST(dst) = ST(src) - ST(dst). */
export function fsubr(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  return addPairs(s, d, p, d, true) || softArith(s, SUBR, d, p);
}

/** FMUL: ST(dst) *= ST(src). */
export function fmul(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  return mulPairs(s, d, d, p) || softArith(s, MUL, d, p);
}

/** FDIV: ST(dst) /= ST(src). */
export function fdiv(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  return divPairs(s, d, d, p) || softArith(s, DIV, d, p);
}

/** FDIVR: ST(dst) = ST(src) / ST(dst). */
export function fdivr(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  return divPairs(s, d, p, d) || softArith(s, DIVR, d, p);
}

/** One of the six operations by number. */
export function arith(s: X87State, op: number, dst: number, src: number): boolean {
  switch (op) {
    case ADD:
      return fadd(s, dst, src);
    case MUL:
      return fmul(s, dst, src);
    case SUB:
      return fsub(s, dst, src);
    case SUBR:
      return fsubr(s, dst, src);
    case DIV:
      return fdiv(s, dst, src);
    default:
      return fdivr(s, dst, src);
  }
}

/** The operation by the integer path only: what the property tests compare the fast paths with. */
export function arithExact(s: X87State, op: number, dst: number, src: number): boolean {
  return softArith(s, op, (s.top + dst) & 7, (s.top + src) & 7);
}

/** Puts a memory operand into register TEMP; false when the fast paths do not take it. */
function operand(s: X87State, x: number, normal: number): boolean {
  const size = Math.abs(x);
  s.hi[TEMP] = x;
  return (size >= normal && size >= PAIR_MIN && size < PAIR_MAX) || size === 0;
}

/**
 * ST(0) = ST(0) op x with a memory operand.
 * @param x the operand's value, not NaN (see arithBits)
 * @param normal smallest normal number of the operand's format (0 for integers): below it lie its denormals
 */
export function arithMemory(s: X87State, op: number, x: number, normal: number): boolean {
  if (operand(s, x, normal)) {
    const d = s.top;
    let done: boolean;
    switch (op) {
      case ADD:
        done = addPairs(s, d, d, TEMP, false);
        break;
      case MUL:
        done = mulPairs(s, d, d, TEMP);
        break;
      case SUB:
        done = addPairs(s, d, d, TEMP, true);
        break;
      case SUBR:
        done = addPairs(s, d, TEMP, d, true);
        break;
      case DIV:
        done = divPairs(s, d, d, TEMP);
        break;
      default:
        done = divPairs(s, d, TEMP, d);
    }
    if (done) return true;
  }
  return arithBits(s, op, highWord(x), lowWord(x), normal);
}

/** As arithMemory, with the operand as the bit pattern of a double; takes NaNs, signaling ones too. */
export function arithBits(s: X87State, op: number, high: number, low: number, normal: number): boolean {
  const d = s.top;
  if ((s.kind[d] & EMPTY) !== 0) {
    if (!stackUnderflow(s)) return false;
    setIndefinite(s, d);
    return true;
  }
  const reversed = op === SUBR || op === DIVR;
  unpack(s, d, reversed ? B : A);
  unpackDouble(high, low, normal, reversed ? A : B);
  softly(s, op);
  return deliver(s, d);
}

/** Takes a double's pattern apart; `normal` as in arithMemory. */
export function unpackDouble(high: number, low: number, normal: number, to: Num): void {
  const exp = (high >>> 20) & 0x7ff;
  to.sign = high >>> 31;
  to.den = 0;
  to.h = ((high & 0xfffff) << 11) | (low >>> 21);
  to.l = low << 11;
  if (exp === 0x7ff) {
    to.exp = 0x7fff;
    to.h |= 0x80000000;
  } else if (exp !== 0) {
    to.exp = exp - 1023 + 16383;
    to.h |= 0x80000000;
    // Only denormals of the 32-bit format come here as normal doubles.
    if (normal > 2 ** -1022 && exp < 1023 - 126) to.den = 1;
  } else if ((to.h | to.l) === 0) {
    to.exp = 0;
  } else {
    to.den = 1;
    const shift = to.h !== 0 ? Math.clz32(to.h) : 32 + Math.clz32(to.l);
    to.exp = 1 - 1023 + 16383 - shift;
    if (shift >= 32) {
      to.h = to.l << (shift - 32);
      to.l = 0;
    } else {
      to.h = (to.h << shift) | (to.l >>> (32 - shift));
      to.l <<= shift;
    }
  }
}

/** FSQRT. */
export function fsqrt(s: X87State): boolean {
  return sqrtPair(s, s.top) || sqrtExact(s);
}

/** FSQRT by the integer path only. */
export function sqrtExact(s: X87State): boolean {
  const d = s.top;
  if ((s.kind[d] & EMPTY) !== 0) {
    if (!stackUnderflow(s)) return false;
    setIndefinite(s, d);
    return true;
  }
  unpack(s, d, A);
  outcome.flags = 0;
  sqrt(s.cw);
  return deliver(s, d);
}
