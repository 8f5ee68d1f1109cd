// Stack management and the instructions between arithmetic and transcendentals: FXCH, FCHS, FABS, FRNDINT,
// FSCALE, FXTRACT, FPREM, FPREM1. SDM vol. 2.
// Those that can fault return false when an unmasked exception kept the result back.
import { copyRegister } from "./load.ts";
import { deliver } from "./arith.ts";
import {
  A, B, binarySpecial, classify, copy, DENORMAL, INFINITY, invalid, normalize, outcome, round, set, unarySpecial, Z, ZERO,
} from "./soft.ts";
import {
  C0, C2, C3, DE, EMPTY, EXT, IE, pack, PAIR_MIN, PE, setIndefinite, SF, stackOverflow, stackUnderflow, unpack, X87State, ZE,
} from "./state.ts";
import { roundToWhole, whole } from "./store.ts";

const J = 0x80000000 | 0;

/** FXCH. */
export function exchange(s: X87State, i: number): boolean {
  const p = s.top;
  const q = (s.top + i) & 7;
  s.c1[0] = 0;
  if (((s.kind[p] | s.kind[q]) & EMPTY) !== 0) {
    s.flags |= IE | SF;
    if ((s.cw & IE) === 0) return false;
    if ((s.kind[p] & EMPTY) !== 0) setIndefinite(s, p);
    if ((s.kind[q] & EMPTY) !== 0) setIndefinite(s, q);
  }
  const kind = s.kind[p];
  s.kind[p] = s.kind[q];
  s.kind[q] = kind;
  const h = s.hi[p];
  s.hi[p] = s.hi[q];
  s.hi[q] = h;
  const l = s.lo[p];
  s.lo[p] = s.lo[q];
  s.lo[q] = l;
  if (((s.kind[p] | s.kind[q]) & EXT) !== 0) {
    const se = s.se[p];
    s.se[p] = s.se[q];
    s.se[q] = se;
    const mh = s.mm[4 * p + 1];
    s.mm[4 * p + 1] = s.mm[4 * q + 1];
    s.mm[4 * q + 1] = mh;
    const ml = s.mm[4 * p];
    s.mm[4 * p] = s.mm[4 * q];
    s.mm[4 * q] = ml;
  }
  return true;
}

/** Whether ST(0) is in use; if not, gives the stack underflow's masked response. */
function present(s: X87State): boolean {
  if ((s.kind[s.top] & EMPTY) === 0) return true;
  if (stackUnderflow(s)) setIndefinite(s, s.top);
  return false;
}

/** FCHS (negate) and FABS. No exception but stack underflow. */
export function changeSign(s: X87State, absolute: boolean): boolean {
  const p = s.top;
  if (!present(s)) return (s.cw & IE) !== 0;
  s.c1[0] = 0;
  if ((s.kind[p] & EXT) !== 0) {
    s.se[p] = absolute ? s.se[p] & 0x7fff : s.se[p] ^ 0x8000;
  } else if (!absolute || s.hi[p] < 0 || Object.is(s.hi[p], -0)) {
    s.hi[p] = -s.hi[p];
    s.lo[p] = -s.lo[p];
  }
  return true;
}

/** FRNDINT. */
export function roundToInteger(s: X87State): boolean {
  const p = s.top;
  if (!present(s)) return (s.cw & IE) !== 0;
  if (s.kind[p] === 0 && s.lo[p] === 0 && Math.abs(s.hi[p]) < 2 ** 51) {
    const h = s.hi[p];
    const rc = s.cw & 0xc00;
    const magic = 1.5 * 2 ** 52;
    let n = rc === 0 ? h + magic - magic : rc === 0x400 ? Math.floor(h) : rc === 0x800 ? Math.ceil(h) : Math.trunc(h);
    if (n === 0) n = h < 0 || Object.is(h, -0) ? -0 : 0;
    if (n !== h) s.flags |= PE;
    s.c1[0] = h > 0 ? n - h : h - n;
    s.hi[p] = n;
    return true;
  }
  unpack(s, p, A);
  const c = classify(A);
  outcome.flags = outcome.up = 0;
  if (!unarySpecial(A, c)) {
    copy(A, Z);
    if (c === DENORMAL) outcome.flags |= DE;
    if (c !== ZERO && c !== INFINITY && A.exp < 16383 + 63) {
      roundToWhole(A, (s.cw >> 10) & 3);
      if (whole.inexact !== 0) outcome.flags |= PE;
      outcome.up = whole.up;
      set(Z, A.sign, 16383 + 63, whole.h, whole.l);
      if ((whole.h | whole.l) === 0) Z.exp = 0;
      else normalize(Z);
    }
  }
  return deliver(s, p);
}

/** FSCALE: ST(0) *= 2^trunc(ST(1)). */
export function scale(s: X87State): boolean {
  const p = s.top;
  const q = (s.top + 1) & 7;
  if (((s.kind[p] | s.kind[q]) & EMPTY) !== 0) {
    if (!stackUnderflow(s)) return false;
    setIndefinite(s, p);
    return true;
  }
  unpack(s, p, A);
  unpack(s, q, B);
  outcome.flags = outcome.up = 0;
  scaleNumbers(s.cw);
  return deliver(s, p);
}

function scaleNumbers(cw: number): void {
  const ca = classify(A);
  const cb = classify(B);
  if (binarySpecial(A, ca, B, cb)) return;
  if (cb === INFINITY && ((ca === INFINITY && B.sign !== 0) || (ca === ZERO && B.sign === 0))) return invalid();
  if (ca === DENORMAL || cb === DENORMAL) outcome.flags = DE;
  copy(A, Z);
  if (ca === INFINITY || ca === ZERO) return;
  if (cb === INFINITY) {
    if (B.sign !== 0) set(Z, A.sign, 0, 0, 0);
    else set(Z, A.sign, 0x7fff, J, 0);
    return;
  }
  let k = 0;
  if (cb !== ZERO && B.exp >= 16383) {
    // Anything from 2^16 on over- or underflows whatever ST(0) is.
    k = B.exp >= 16383 + 17 ? 0x20000 : B.h >>> (31 - (B.exp - 16383));
    if (B.sign !== 0) k = -k;
  }
  normalize(A);
  // Precision control does not apply: the significand stays whole.
  round(A.sign, A.exp + k, A.h, A.l, 0, cw | 0x300);
}

/** FXTRACT: ST(0) becomes its exponent, then its significand is pushed. */
export function extract(s: X87State): boolean {
  const p = s.top;
  const d = (s.top - 1) & 7;
  if ((s.kind[p] & EMPTY) !== 0 || (s.kind[d] & EMPTY) === 0) {
    const masked = (s.kind[p] & EMPTY) !== 0 ? stackUnderflow(s) : stackOverflow(s);
    if (!masked) return false;
    setIndefinite(s, p);
    setIndefinite(s, d);
    s.top = d;
    return true;
  }
  unpack(s, p, A);
  const c = classify(A);
  outcome.flags = outcome.up = 0;
  if (unarySpecial(A, c)) {
    copy(Z, B);
  } else if (c === INFINITY) {
    copy(A, B);
    set(Z, 0, 0x7fff, J, 0);
  } else if (c === ZERO) {
    outcome.flags = ZE;
    copy(A, B);
    set(Z, 1, 0x7fff, J, 0);
  } else {
    if (c === DENORMAL) outcome.flags = DE;
    normalize(A);
    const e = A.exp - 16383;
    set(B, A.sign, 16383, A.h, A.l);
    set(Z, e < 0 ? 1 : 0, e === 0 ? 0 : 16383 + 31, Math.abs(e), 0);
    if (e !== 0) normalize(Z);
  }
  if (!deliver(s, p)) return false;
  s.top = d;
  pack(s, d, B);
  return true;
}

/**
 * FPREM (nearest = false: the quotient is truncated) and FPREM1 (nearest = true: IEEE remainder). C2 says that the
 * reduction is partial; when it is complete, C0, C3, C1 are bits 2, 1, 0 of the quotient.
 */
export function remainder(s: X87State, nearest: boolean): boolean {
  const p = s.top;
  const q = (s.top + 1) & 7;
  s.cc &= ~C2;
  if (((s.kind[p] | s.kind[q]) & EMPTY) !== 0) {
    if (!stackUnderflow(s)) return false;
    setIndefinite(s, p);
    return true;
  }
  if ((s.kind[p] | s.kind[q]) === 0 && s.lo[p] === 0 && s.lo[q] === 0 && remainderOfDoubles(s, p, s.hi[p], s.hi[q], nearest)) {
    return true;
  }
  unpack(s, p, A);
  unpack(s, q, B);
  outcome.flags = outcome.up = 0;
  quotient.low = -1;
  quotient.partial = false;
  remainderNumbers(s.cw, nearest);
  if (!deliver(s, p)) return false;
  if (quotient.low >= 0) {
    s.cc = (quotient.low & 4 ? C0 : 0) | (quotient.low & 2 ? C3 : 0);
    s.c1[0] = quotient.low & 1;
  } else if (quotient.partial) {
    s.cc = C2;
  }
  return true;
}

/** JavaScript's remainder is exact, and so is a quotient below 2^50 rounded to an integer. False for all other operands. */
function remainderOfDoubles(s: X87State, p: number, a: number, b: number, nearest: boolean): boolean {
  const divisor = Math.abs(b);
  if (!(Math.abs(a) < divisor * 2 ** 50)) return false;
  let r = a % b;
  let size = Math.abs(r);
  let q = Math.round((Math.abs(a) - size) / divisor);
  if (nearest && (size > divisor - size || (size === divisor - size && q % 2 !== 0))) {
    // At least half the divisor: the difference is exact.
    size = divisor - size;
    r = a < 0 ? size : -size;
    q++;
  }
  if (r !== 0 && size < PAIR_MIN) return false;
  const low = q % 8;
  s.hi[p] = r;
  s.cc = (low & 4 ? C0 : 0) | (low & 2 ? C3 : 0);
  s.c1[0] = low & 1;
  return true;
}

/** Low three bits of the quotient, -1 when there is none; whether the reduction is partial. */
const quotient = { low: -1, partial: false };

function remainderNumbers(cw: number, nearest: boolean): void {
  const ca = classify(A);
  const cb = classify(B);
  if (binarySpecial(A, ca, B, cb)) return;
  if (ca === INFINITY || cb === ZERO) return invalid();
  if (ca === DENORMAL || cb === DENORMAL) outcome.flags = DE;
  quotient.low = 0;
  if (ca === ZERO || cb === INFINITY) {
    if (ca === DENORMAL) {
      normalize(A);
      round(A.sign, A.exp, A.h, A.l, 0, cw | 0x300);
    } else {
      copy(A, Z);
    }
    return;
  }
  normalize(A);
  normalize(B);
  const distance = A.exp - B.exp;
  if (distance < (nearest ? -1 : 0)) {
    round(A.sign, A.exp, A.h, A.l, 0, cw | 0x300);
    return;
  }
  // Partial: take off as many quotient bits as leave an exponent difference that is a multiple of 32 away.
  let steps = distance;
  if (distance >= 64) {
    steps = 32 + (distance & 31);
    quotient.low = -1;
    quotient.partial = true;
  }
  reduce(steps);
  let exp = A.exp - Math.max(steps, 0);
  let sign = A.sign;
  let h = rest.h;
  let l = rest.l;
  if (nearest && !quotient.partial) {
    // rest * 2 against the divisor; at distance -1 the dividend's unit is half the divisor's.
    const twiceBelow = compareTwice(distance < 0);
    if (twiceBelow > 0 || (twiceBelow === 0 && (rest.q & 1) !== 0)) {
      rest.q++;
      sign ^= 1;
      if (distance < 0) {
        // divisor * 2 - dividend in the dividend's units: between 0 and the divisor.
        const dl = (B.l << 1) >>> 0;
        const dh = (B.h >>> 0) * 2 + (B.l >>> 31);
        let nl = dl - (l >>> 0);
        let nh = dh - (h >>> 0);
        if (nl < 0) {
          nl += 4294967296;
          nh--;
        }
        l = nl | 0;
        h = nh | 0;
      } else {
        let nl = (B.l >>> 0) - (l >>> 0);
        let nh = (B.h >>> 0) - (h >>> 0);
        if (nl < 0) {
          nl += 4294967296;
          nh--;
        }
        l = nl | 0;
        h = nh | 0;
      }
    }
  }
  if (!quotient.partial) quotient.low = rest.q & 7;
  if ((h | l) === 0) {
    set(Z, A.sign, 0, 0, 0);
    return;
  }
  // Z serves as scratch for the normalization; exponents here may be far below the range.
  set(Z, sign, exp, h, l);
  if (Z.h >= 0) {
    const shift = Z.h !== 0 ? Math.clz32(Z.h) : 32 + Math.clz32(Z.l);
    if (shift >= 32) {
      h = l << (shift - 32);
      l = 0;
    } else {
      h = (h << shift) | (l >>> (32 - shift));
      l <<= shift;
    }
    exp -= shift;
  }
  round(sign, exp, h, l, 0, cw | 0x300);
}

const rest = { h: 0, l: 0, q: 0 };

/** A mod B on the significands after `steps` doublings, with the low 32 quotient bits. */
function reduce(steps: number): void {
  const bh = B.h >>> 0;
  const bl = B.l >>> 0;
  let h = A.h >>> 0;
  let l = A.l >>> 0;
  let q = 0;
  for (let i = 0; i <= steps; i++) {
    if (i > 0) {
      h = h * 2 + (l >= 2147483648 ? 1 : 0);
      l = l >= 2147483648 ? l * 2 - 4294967296 : l * 2;
    }
    q <<= 1;
    if (h > bh || (h === bh && l >= bl)) {
      q |= 1;
      l -= bl;
      h -= bh;
      if (l < 0) {
        l += 4294967296;
        h--;
      }
    }
  }
  rest.h = h | 0;
  rest.l = l | 0;
  rest.q = q;
}

/** Sign of 2 * rest - B; with `half`, rest counts half (its unit is half B's), so the sign of rest - B. */
function compareTwice(half: boolean): number {
  let h = rest.h >>> 0;
  let l = rest.l >>> 0;
  if (!half) {
    h = h * 2 + (l >= 2147483648 ? 1 : 0);
    l = l >= 2147483648 ? l * 2 - 4294967296 : l * 2;
  }
  const order = h - (B.h >>> 0);
  return order !== 0 ? order : l - (B.l >>> 0);
}

/** FCMOVcc: ST(0) = ST(i) if the condition holds; both must be there in any case. */
export function conditionalMove(s: X87State, i: number, holds: boolean): boolean {
  const p = s.top;
  const q = (s.top + i) & 7;
  if (((s.kind[p] | s.kind[q]) & EMPTY) !== 0) {
    s.c1[0] = 0;
    s.flags |= IE | SF;
    if ((s.cw & IE) === 0) return false;
    setIndefinite(s, p);
    return true;
  }
  if (holds) copyRegister(s, q, p);
  return true;
}

/** FSTP1 (D9 D8+i): ST(i) = ST(0) unless that is empty; the caller pops. */
export function copyTop(s: X87State, i: number): void {
  s.c1[0] = 0;
  if ((s.kind[s.top] & EMPTY) === 0) copyRegister(s, s.top, (s.top + i) & 7);
}
