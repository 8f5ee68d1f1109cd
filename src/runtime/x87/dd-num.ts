// Between double-doubles (dd.ts) and 80-bit numbers (soft.ts).
import { R } from "./dd.ts";
import { outcome, round } from "./soft.ts";
import { highWord, Num, pow2 } from "./state.ts";

/** The significand of n, normalized, as a double-double in [1, 2), to R. */
export function significand(n: Num): void {
  const a = (n.h >>> 0) * 2 ** -31;
  const b = (n.l >>> 0) * 2 ** -63;
  const sum = a + b;
  R[0] = sum;
  R[1] = b - (sum - a);
}

/**
 * Rounds (h + l) * 2^k to Z as an inexact result.
 * @param h normal, below 2^1000
 */
export function roundToZ(h: number, l: number, k: number, cw: number): void {
  let sign = 0;
  if (h < 0) {
    sign = 1;
    h = -h;
    l = -l;
  }
  // To 1 <= h < 2, then 96 bits in three limbs.
  let e = ((highWord(h) >>> 20) & 0x7ff) - 1023;
  const scale = pow2(-e);
  const bits = h * scale * 2 ** 31;
  let top = Math.floor(bits);
  const low = Math.floor(l * scale * 2 ** 95);
  const lowHigh = Math.floor(low / 4294967296);
  let middle = (bits - top) * 4294967296 + lowHigh;
  let x = low - lowHigh * 4294967296;
  if (middle < 0) {
    middle += 4294967296;
    top--;
  } else if (middle >= 4294967296) {
    middle -= 4294967296;
    top++;
  }
  if (top < 2147483648) {
    // l drew it below the power of two.
    top = top * 2 + (middle >= 2147483648 ? 1 : 0);
    middle = (middle >= 2147483648 ? middle - 2147483648 : middle) * 2 + (x >= 2147483648 ? 1 : 0);
    x = (x >= 2147483648 ? x - 2147483648 : x) * 2;
    e--;
  }
  outcome.up = 0;
  round(sign, e + k + 16383, top | 0, middle | 0, x | 1, cw | 0x300);
}
