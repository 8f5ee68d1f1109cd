// Rounding of an exact 96-bit result to an 80-bit number: precision and rounding control, overflow, underflow, their masked
// and unmasked results. SDM vol. 1, 4.8.4, 4.9.1 and 8.5.
import { Num, OE, PE, UE } from "./state.ts";

const J = 0x80000000 | 0;

/** Result of the operations of soft.ts. */
export const Z = new Num();

/** Exception flags of the operation just done, and whether its result was rounded up (C1). */
export const outcome = { flags: 0, up: 0 };

export function set(n: Num, sign: number, exp: number, h: number, l: number): void {
  n.sign = sign;
  n.exp = exp;
  n.h = h;
  n.l = l;
  n.den = 0;
}

/**
 * Whether to add one in the last place.
 * @param x the discarded part as a fraction of 2^32, its last bit sticky
 * @param odd last kept bit
 */
function roundsUp(rc: number, sign: number, x: number, odd: number): boolean {
  switch (rc) {
    case 0:
      return x < 0 && (x !== J || odd !== 0);
    case 1:
      return x !== 0 && sign !== 0;
    case 2:
      return x !== 0 && sign === 0;
    default:
      return false;
  }
}

/** What `cut` leaves: a significand rounded to a precision. */
const cutTo = { h: 0, l: 0, carry: 0, inexact: 0, up: 0 };

/** Rounds h.l.x to the precision (0: 24 bits, 2: 53, 1 and 3: 64). */
function cut(h: number, l: number, x: number, precision: number, rc: number, sign: number): void {
  let odd: number;
  if (precision === 2) {
    x = (l << 21) | (x !== 0 ? 1 : 0);
    l &= ~0x7ff;
    odd = l & 0x800;
  } else if (precision === 0) {
    x = (h << 24) | ((l | x) !== 0 ? 1 : 0);
    h &= ~0xff;
    l = 0;
    odd = h & 0x100;
  } else {
    odd = l & 1;
  }
  cutTo.inexact = x !== 0 ? 1 : 0;
  cutTo.carry = cutTo.up = 0;
  if (roundsUp(rc, sign, x, odd)) {
    cutTo.up = 1;
    if (precision === 0) {
      h = (h + 0x100) | 0;
      if (h === 0) cutTo.carry = 1;
    } else {
      l = precision === 2 ? (l + 0x800) | 0 : (l + 1) | 0;
      if (l === 0) {
        h = (h + 1) | 0;
        if (h === 0) cutTo.carry = 1;
      }
    }
  }
  cutTo.h = h;
  cutTo.l = l;
}

/**
 * Rounds a normalized significand (J bit set) to Z as the control word says and adds its flags to the outcome.
 * @param exp biased exponent, any size
 * @param x 32 bits below l, the last one sticky
 * @param cw control word: precision, rounding and masks
 */
export function round(sign: number, exp: number, h: number, l: number, x: number, cw: number): void {
  const precision = (cw >> 8) & 3;
  const rc = (cw >> 10) & 3;
  cut(h, l, x, precision, rc, sign);
  const rounded = exp + cutTo.carry;
  if (rounded >= 1 && rounded <= 0x7ffe) {
    outcome.up = cutTo.up;
    if (cutTo.inexact !== 0) outcome.flags |= PE;
    set(Z, sign, rounded, cutTo.carry !== 0 ? J : cutTo.h, cutTo.l);
    return;
  }
  if (rounded > 0x7ffe) overflow(sign, rounded, cw);
  else underflow(sign, exp, h, l, x, cw);
}

function overflow(sign: number, rounded: number, cw: number): void {
  const precision = (cw >> 8) & 3;
  const rc = (cw >> 10) & 3;
  outcome.flags |= OE;
  if ((cw & OE) === 0 && rounded - 0x6000 <= 0x7ffe) {
    // Unmasked: the result, its exponent wrapped by 24576.
    outcome.up = cutTo.up;
    if (cutTo.inexact !== 0) outcome.flags |= PE;
    set(Z, sign, rounded - 0x6000, cutTo.carry !== 0 ? J : cutTo.h, cutTo.l);
    return;
  }
  outcome.flags |= PE;
  // Unmasked and still too large after wrapping (FSCALE alone gets there): infinity in every rounding.
  if ((cw & OE) === 0 || rc === 0 || (rc === 1 && sign !== 0) || (rc === 2 && sign === 0)) {
    outcome.up = 1;
    set(Z, sign, 0x7fff, J, 0);
  } else {
    outcome.up = 0;
    set(Z, sign, 0x7ffe, precision === 0 ? -0x100 : -1, precision === 0 ? 0 : precision === 2 ? -0x800 : -1);
  }
}

function underflow(sign: number, exp: number, h: number, l: number, x: number, cw: number): void {
  // Tiny after rounding: cutTo holds the rounding with an unbounded exponent, and it stayed below 2^-16382.
  if ((cw & UE) === 0 && exp + cutTo.carry + 0x6000 >= 1) {
    outcome.flags |= UE;
    if (cutTo.inexact !== 0) outcome.flags |= PE;
    outcome.up = cutTo.up;
    set(Z, sign, exp + cutTo.carry + 0x6000, cutTo.carry !== 0 ? J : cutTo.h, cutTo.l);
    return;
  }
  if ((cw & UE) === 0) {
    // Unmasked and too small even after wrapping (FSCALE alone gets there).
    outcome.flags |= UE | PE;
    outcome.up = 0;
    return set(Z, sign, 0, 0, 0);
  }
  shiftRightJam(h, l, x, 1 - exp);
  cut(wide.h, wide.l, wide.x, (cw >> 8) & 3, (cw >> 10) & 3, sign);
  outcome.up = cutTo.up;
  if (cutTo.inexact !== 0) outcome.flags |= UE | PE;
  // A carry into the J bit makes the smallest normal number.
  set(Z, sign, cutTo.h < 0 ? 1 : 0, cutTo.h, cutTo.l);
}

export const wide = { h: 0, l: 0, x: 0 };

/** Shifts 96 bits right by n, collecting what falls out in the last bit. */
export function shiftRightJam(h: number, l: number, x: number, n: number): void {
  if (n > 95) {
    wide.x = (h | l | x) !== 0 ? 1 : 0;
    wide.h = wide.l = 0;
    return;
  }
  let lost = 0;
  while (n >= 32) {
    lost |= x;
    x = l;
    l = h;
    h = 0;
    n -= 32;
  }
  if (n > 0) {
    lost |= x << (32 - n);
    x = (x >>> n) | (l << (32 - n));
    l = (l >>> n) | (h << (32 - n));
    h >>>= n;
  }
  wide.h = h;
  wide.l = l;
  wide.x = lost !== 0 ? x | 1 : x;
}
