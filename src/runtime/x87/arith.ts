// FADD, FSUB, FMUL, FDIV, FSQRT and their reversed, popping and memory forms: the fast paths on pairs of
// doubles, and the way to the integer arithmetic of soft.ts for everything else.
//
// Why the fast paths round once. Each computes h + l = the result (two-sum and two-product are error free), h being
// the sum rounded to 53 bits, and rounds l to a multiple of u, the unit in the last place of the 64-bit result:
// (l + c) - c with c = 1.5 * 2^52 * u, whose own last bit is worth u, and which is an even multiple of u, so
// that ties go to even as they do for h + l (h is a multiple of 2^11 u). The binade of the result is that of h except
// when h is a power of two and l draws the sum below it; then u is half as large. Nothing was rounded before,
// so there is no double rounding. r = l - rounded(l) is exact: r != 0 is PE, its sign against h is C1.
// Where h + l is not quite the result, a bound on the difference comes along: if r is further than that from 0 and from
// u/2, neither rounding nor flags can depend on it; otherwise the integer path decides.
// Overflow, underflow and denormals cannot occur: results stay within [PAIR_MIN, PAIR_MAX).
import { A, add, B, div, mul, outcome, sqrt, Z } from "./soft.ts";
import {
  DE, EMPTY, highWord, IE, lowWord, Num, pack, PAIR_MAX, PAIR_MIN, PE, raise, setIndefinite, stackUnderflow, unpack,
  X87State, ZE,
} from "./state.ts";

/** Operation numbers: the /r field of opcode D8. */
export const ADD = 0;
export const MUL = 1;
export const SUB = 4;
export const SUBR = 5;
export const DIV = 6;
export const DIVR = 7;

const SPLIT = 2 ** 27 + 1;
const UFP = 2 ** 52 + 1;
const UFP_REST = 1 - 2 ** -53;
const MAGIC = 1.5 * 2 ** -11;
const HALF = 2 ** -64;
const LOW = PAIR_MIN * 2 ** 100;
const HIGH = PAIR_MAX * 2 ** -10;
const REL = 2 ** -101;

/** Stores the double x as an exact result. */
function exact(s: X87State, d: number, x: number): boolean {
  s.hi[d] = x;
  s.lo[d] = 0;
  s.kind[d] = 0;
  s.c1[0] = 0;
  return true;
}

/**
 * Rounds h + l to the precision and stores it in physical register d.
 * @param l at most half an ulp of h
 * @param bound how far h + l may be from the true result; 0 says it is exact
 * @returns false when the result has to come from the integer path; nothing is changed then
 */
function finish(s: X87State, d: number, h: number, l: number, bound: number): boolean {
  const size = Math.abs(h);
  if (!(size >= LOW && size < HIGH)) return false;
  if (s.mode !== 0) {
    if (bound !== 0 || l !== l) return false;
    s.hi[d] = h;
    s.lo[d] = 0;
    s.kind[d] = 0;
    s.c1[0] = h > 0 ? -l : l;
    if (l !== 0) s.flags |= PE;
    return true;
  }
  // Unit in the first place of h (Rump, Ogita, Oishi 2008, algorithm 3.6).
  const q = size * UFP;
  let unit = Math.abs(q - q * UFP_REST);
  if (size === unit && l * h < 0) unit *= 0.5;
  const c = unit * MAGIC;
  const rounded = l + c - c;
  const r = l - rounded;
  if (bound !== 0) {
    const away = Math.abs(r);
    if (away <= bound || Math.abs(away - unit * HALF) <= bound) return false;
  }
  if (r !== 0) {
    if (r !== r) return false;
    s.flags |= PE;
  }
  const sum = h + rounded;
  s.hi[d] = sum;
  s.lo[d] = rounded - (sum - h);
  s.kind[d] = 0;
  s.c1[0] = h > 0 ? -r : r;
  return true;
}

function addPairs(s: X87State, d: number, ah: number, al: number, bh: number, bl: number): boolean {
  const sum = ah + bh;
  const part = sum - ah;
  const err = ah - (sum - part) + (bh - part);
  if (al === 0 && bl === 0) return sum === 0 ? exact(s, d, sum) : finish(s, d, sum, err, 0);
  // The low parts have at most 11 bits each: their sum is exact unless the exponents are far apart.
  const t = al + bl;
  const tPart = t - al;
  if (al - (t - tPart) + (bl - tPart) !== 0) return false;
  const v = err + t;
  const vPart = v - err;
  const tail = err - (v - vPart) + (t - vPart);
  const h = sum + v;
  const hPart = h - sum;
  const l = sum - (h - hPart) + (v - hPart);
  if (h === 0) return exact(s, d, 0);
  // A tail is below the last bit of v, and so of r: it matters only where r is 0 or a tie.
  return finish(s, d, h, l, Math.abs(tail));
}

/** a * b - p for p = RN(a * b): Dekker's product. */
function productError(a: number, b: number, p: number): number {
  const at = a * SPLIT;
  const a1 = at - (at - a);
  const a2 = a - a1;
  const bt = b * SPLIT;
  const b1 = bt - (bt - b);
  const b2 = b - b1;
  return a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2;
}

function mulPairs(s: X87State, d: number, ah: number, al: number, bh: number, bl: number): boolean {
  const p = ah * bh;
  if (p === 0) return (ah === 0 || bh === 0) && exact(s, d, p);
  const err = productError(ah, bh, p);
  if (al === 0 && bl === 0) return finish(s, d, p, err, 0);
  const cross = ah * bl + al * bh;
  const v = err + cross;
  const h = p + v;
  const l = v - (h - p);
  // cross and v are each off by 2^-53 of at most 2^-51 |p|, and al * bl is at most 2^-106 |p|.
  if (finish(s, d, h, l, Math.abs(p) * REL)) return true;
  // Products by short numbers (2, 0.5, 10) are exact or nearly, and so end up here.
  if (bl !== 0) return al === 0 && mulShort(s, d, p, err, bl, ah);
  return mulShort(s, d, p, err, al, bh);
}

/** p + err + x * y, if the last product and the sums have no rounding error. */
function mulShort(s: X87State, d: number, p: number, err: number, x: number, y: number): boolean {
  const cross = x * y;
  if (!(productError(x, y, cross) === 0)) return false;
  const v = err + cross;
  const part = v - err;
  if (err - (v - part) + (cross - part) !== 0) return false;
  const h = p + v;
  return finish(s, d, h, v - (h - p), 0);
}

function divPairs(s: X87State, d: number, ah: number, al: number, bh: number, bl: number): boolean {
  if (bh === 0) return false;
  const q = ah / bh;
  if (ah === 0) return exact(s, d, q);
  const p = q * bh;
  // The remainder of a division rounded to nearest is a double; q = ah / bh to 53 bits.
  const rest = ah - p - productError(q, bh, p);
  if (al === 0 && bl === 0) {
    if (rest === 0) return finish(s, d, q, 0, 0);
    const next = rest / bh;
    // To 53 bits q is the result; only the sign of the rest counts.
    if (s.mode !== 0) return finish(s, d, q, next, 0);
    const h = q + next;
    // A quotient of 53-bit numbers that is not exact in 53 bits has no finite expansion near a 64-bit tie or number
    // unless it is one: the bound tells.
    if (finish(s, d, h, next - (h - q), Math.abs(q) * REL)) return true;
    return productError(next, bh, next * bh) === 0 && next * bh === rest && finish(s, d, h, next - (h - q), 0);
  }
  const total = rest + (al - q * bl);
  const next = total / bh;
  const h = q + next;
  const l = next - (h - q);
  if (finish(s, d, h, l, Math.abs(q) * REL)) return true;
  if (bl !== 0) return false;
  const part = total - rest;
  if (rest - (total - part) + (al - part) !== 0) return false;
  return next * bh === total && productError(next, bh, total) === 0 && finish(s, d, h, l, 0);
}

function sqrtPair(s: X87State, d: number, ah: number, al: number): boolean {
  if (!(ah >= LOW)) return ah === 0 && exact(s, d, ah);
  const root = Math.sqrt(ah);
  const p = root * root;
  const rest = ah - p - productError(root, root, p);
  if (rest === 0 && al === 0) return finish(s, d, root, 0, 0);
  const next = (rest + al) / (2 * root);
  if (s.mode !== 0) return al === 0 && finish(s, d, root, next, 0);
  const h = root + next;
  // The next term of the series is next^2 / (2 root), at most 2^-105 of the root.
  return finish(s, d, h, next - (h - root), root * REL);
}

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
  if (s.mode < 2 && (s.kind[d] | s.kind[p]) === 0 && addPairs(s, d, s.hi[d], s.lo[d], s.hi[p], s.lo[p])) return true;
  return softArith(s, ADD, d, p);
}

/** FSUB: ST(dst) -= ST(src). */
export function fsub(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  if (s.mode < 2 && (s.kind[d] | s.kind[p]) === 0 && addPairs(s, d, s.hi[d], s.lo[d], -s.hi[p], -s.lo[p])) return true;
  return softArith(s, SUB, d, p);
}

/** FSUBR: ST(dst) = ST(src) - ST(dst). */
export function fsubr(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  if (s.mode < 2 && (s.kind[d] | s.kind[p]) === 0 && addPairs(s, d, s.hi[p], s.lo[p], -s.hi[d], -s.lo[d])) return true;
  return softArith(s, SUBR, d, p);
}

/** FMUL: ST(dst) *= ST(src). */
export function fmul(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  if (s.mode < 2 && (s.kind[d] | s.kind[p]) === 0 && mulPairs(s, d, s.hi[d], s.lo[d], s.hi[p], s.lo[p])) return true;
  return softArith(s, MUL, d, p);
}

/** FDIV: ST(dst) /= ST(src). */
export function fdiv(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  if (s.mode < 2 && (s.kind[d] | s.kind[p]) === 0 && divPairs(s, d, s.hi[d], s.lo[d], s.hi[p], s.lo[p])) return true;
  return softArith(s, DIV, d, p);
}

/** FDIVR: ST(dst) = ST(src) / ST(dst). */
export function fdivr(s: X87State, dst: number, src: number): boolean {
  const d = (s.top + dst) & 7;
  const p = (s.top + src) & 7;
  if (s.mode < 2 && (s.kind[d] | s.kind[p]) === 0 && divPairs(s, d, s.hi[p], s.lo[p], s.hi[d], s.lo[d])) return true;
  return softArith(s, DIVR, d, p);
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

/**
 * ST(0) = ST(0) op x with a memory operand.
 * @param x the operand's value, not NaN (see arithBits)
 * @param normal smallest normal number of the operand's format (0 for integers): below it lie its denormals
 */
export function arithMemory(s: X87State, op: number, x: number, normal: number): boolean {
  const d = s.top;
  if (s.mode < 2 && s.kind[d] === 0) {
    const size = Math.abs(x);
    if ((size >= normal && size >= PAIR_MIN && size < PAIR_MAX) || size === 0) {
      const h = s.hi[d];
      const l = s.lo[d];
      let done: boolean;
      switch (op) {
        case ADD:
          done = addPairs(s, d, h, l, x, 0);
          break;
        case MUL:
          done = mulPairs(s, d, h, l, x, 0);
          break;
        case SUB:
          done = addPairs(s, d, h, l, -x, -0);
          break;
        case SUBR:
          done = addPairs(s, d, x, 0, -h, -l);
          break;
        case DIV:
          done = divPairs(s, d, h, l, x, 0);
          break;
        default:
          done = divPairs(s, d, x, 0, h, l);
      }
      if (done) return true;
    }
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
  const d = s.top;
  if (s.mode < 2 && s.kind[d] === 0 && sqrtPair(s, d, s.hi[d], s.lo[d])) return true;
  return sqrtExact(s);
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
