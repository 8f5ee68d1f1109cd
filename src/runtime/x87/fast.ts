// The fast paths of addition, multiplication, division and square root on pairs of doubles. Each function returns false,
// having changed nothing, when the result has to come from the integer arithmetic of soft.ts.
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
import { PAIR_MAX, PAIR_MIN, PE } from "./state.ts";
import type { X87State } from "./state.ts";

const SPLIT = 2 ** 27 + 1;
const UFP = 2 ** 52 + 1;
const UFP_REST = 1 - 2 ** -53;
const MAGIC = 1.5 * 2 ** -11;
const HALF = 2 ** -64;
// Results within these: no intermediate value of the fast paths over- or underflows.
const LOW = PAIR_MIN * 2 ** 100;
const HIGH = PAIR_MAX * 2 ** -60;
const REL = 2 ** -101;

// V8 boxes doubles passed to a function it does not inline. So operands are passed as register numbers, a memory operand
// in register TEMP; the end of addition and multiplication stands in both; and `finish`, for the rest, takes `h + l`,
// a bound and a guess of |h| from T.

/** Stores the double x as an exact result. Register d holds a pair already, here and below. */
function exact(s: X87State, d: number, x: number): boolean {
  s.hi[d] = x;
  s.lo[d] = 0;
  s.c1[0] = 0;
  return true;
}

/** What finish rounds: h, l, how far h + l may be from the true result (0: it is exact). */
const T = new Float64Array(3);

/**
 * Rounds h + l (|l| at most half an ulp of h) to the precision and stores it in physical register d.
 * @returns false when the result has to come from the integer path; nothing is changed then
 */
function finish(s: X87State, d: number): boolean {
  const h = T[0];
  const l = T[1];
  const bound = T[2];
  const size = Math.abs(h);
  if (!(size >= LOW && size < HIGH)) return false;
  if (s.mode !== 0) {
    if (bound !== 0 || l !== l) return false;
    s.hi[d] = h;
    s.lo[d] = 0;
    s.c1[0] = h > 0 ? -l : l;
    if (l !== 0) s.flags |= PE;
    return true;
  }
  // Unit in the first place of h (Rump, Ogita, Oishi 2008, algorithm 3.6).
  const q = size * UFP;
  let unit = Math.abs(q - q * UFP_REST);
  if (size === unit && (h > 0 ? l : -l) < 0) unit *= 0.5; // not l * h < 0: the product may vanish
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
  s.c1[0] = h > 0 ? -r : r;
  return true;
}

/** Register d = register a + register b, or a - b. False when it has to come from the integer path. */
export function addPairs(s: X87State, d: number, a: number, b: number, subtract: boolean): boolean {
  if (s.mode >= 2 || (s.kind[a] | s.kind[b]) !== 0) return false;
  const ah = s.hi[a];
  const al = s.lo[a];
  const bh = subtract ? -s.hi[b] : s.hi[b];
  const bl = subtract ? -s.lo[b] : s.lo[b];
  const sum = ah + bh;
  const part = sum - ah;
  const err = ah - (sum - part) + (bh - part);
  const guess = Math.abs(sum);
  let h = sum;
  let l = err;
  let bound = 0;
  if (al !== 0 || bl !== 0) {
    // The low parts have at most 11 bits each: their sum is exact unless the exponents are far apart.
    const t = al + bl;
    const tPart = t - al;
    if (al - (t - tPart) + (bl - tPart) !== 0) return false;
    const v = err + t;
    const vPart = v - err;
    // A tail is below the last bit of v, and so of r: it matters only where r is 0 or a tie.
    bound = Math.abs(err - (v - vPart) + (t - vPart));
    h = sum + v;
    l = v - (h - sum);
    if (guess < 2 ** 40 * Math.abs(v)) {
      // Cancellation.
      if (h === 0) return exact(s, d, 0);
      const hPart = h - sum;
      T[0] = h;
      T[1] = sum - (h - hPart) + (v - hPart);
      T[2] = bound;
      return finish(s, d);
    }
  } else if (sum === 0) {
    return exact(s, d, sum);
  }
  // The same as finish; the unit comes from the sum, which is there sooner than h.
  const size = Math.abs(h);
  if (!(size >= LOW && size < HIGH)) return false;
  if (s.mode !== 0) {
    if (bound !== 0) return false;
    s.hi[d] = h;
    s.lo[d] = 0;
    s.c1[0] = h > 0 ? -l : l;
    if (l !== 0) s.flags |= PE;
    return true;
  }
  const q = guess * UFP;
  let unit = Math.abs(q - q * UFP_REST);
  if (size < unit) unit *= 0.5;
  else if (size >= 2 * unit) unit *= 2;
  if (size === unit && (h > 0 ? l : -l) < 0) unit *= 0.5; // not l * h < 0: the product may vanish
  const c = unit * MAGIC;
  const rounded = l + c - c;
  const r = l - rounded;
  if (bound !== 0) {
    const away = Math.abs(r);
    if (away <= bound || Math.abs(away - unit * HALF) <= bound) return false;
  }
  if (r !== 0) s.flags |= PE;
  const result = h + rounded;
  s.hi[d] = result;
  s.lo[d] = rounded - (result - h);
  s.c1[0] = h > 0 ? -r : r;
  return true;
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

/** Register d = register a * register b. */
export function mulPairs(s: X87State, d: number, a: number, b: number): boolean {
  if (s.mode >= 2 || (s.kind[a] | s.kind[b]) !== 0) return false;
  const ah = s.hi[a];
  const al = s.lo[a];
  const bh = s.hi[b];
  const bl = s.lo[b];
  const p = ah * bh;
  if (p === 0) return (ah === 0 || bh === 0) && exact(s, d, p);
  const guess = Math.abs(p);
  const err = productError(ah, bh, p);
  let h = p;
  let l = err;
  let bound = 0;
  if (al !== 0 || bl !== 0) {
    const v = err + (ah * bl + al * bh);
    h = p + v;
    l = v - (h - p);
    // The cross terms and v are each off by 2^-53 of at most 2^-51 |p|, and al * bl is at most 2^-106 |p|.
    bound = guess * REL;
  }
  // The same as finish.
  const size = Math.abs(h);
  if (!(size >= LOW && size < HIGH)) return false;
  if (s.mode !== 0) {
    if (bound !== 0) return mulShort(s, d, a, b);
    if (l !== 0) {
      if (l !== l) return false;
      s.flags |= PE;
    }
    s.hi[d] = h;
    s.lo[d] = 0;
    s.c1[0] = h > 0 ? -l : l;
    return true;
  }
  const q = guess * UFP;
  let unit = Math.abs(q - q * UFP_REST);
  if (size < unit) unit *= 0.5;
  else if (size >= 2 * unit) unit *= 2;
  if (size === unit && (h > 0 ? l : -l) < 0) unit *= 0.5; // not l * h < 0: the product may vanish
  const c = unit * MAGIC;
  const rounded = l + c - c;
  const r = l - rounded;
  if (bound !== 0) {
    const away = Math.abs(r);
    if (away <= bound || Math.abs(away - unit * HALF) <= bound) return mulShort(s, d, a, b);
  }
  if (r !== 0) {
    if (r !== r) return false;
    s.flags |= PE;
  }
  const result = h + rounded;
  s.hi[d] = result;
  s.lo[d] = rounded - (result - h);
  s.c1[0] = h > 0 ? -r : r;
  return true;
}

/** Products by short numbers (2, 0.5, 10) are exact or nearly: mulPairs once more, exactly, if the cross product is. */
function mulShort(s: X87State, d: number, a: number, b: number): boolean {
  const al = s.lo[a];
  const bl = s.lo[b];
  if (al !== 0 && bl !== 0) return false;
  const ah = s.hi[a];
  const bh = s.hi[b];
  const x = al !== 0 ? al : bl;
  const y = al !== 0 ? bh : ah;
  const p = ah * bh;
  const err = productError(ah, bh, p);
  const cross = x * y;
  if (!(productError(x, y, cross) === 0)) return false;
  const v = err + cross;
  const part = v - err;
  if (err - (v - part) + (cross - part) !== 0) return false;
  const h = p + v;
  T[0] = h;
  T[1] = v - (h - p);
  T[2] = 0;
  return finish(s, d);
}

/** Register d = register a / register b. */
export function divPairs(s: X87State, d: number, a: number, b: number): boolean {
  if (s.mode >= 2 || (s.kind[a] | s.kind[b]) !== 0) return false;
  const ah = s.hi[a];
  const al = s.lo[a];
  const bh = s.hi[b];
  const bl = s.lo[b];
  if (bh === 0) return false;
  const q = ah / bh;
  if (ah === 0) return exact(s, d, q);
  const p = q * bh;
  // The remainder of a division rounded to nearest is a double.
  const rest = ah - p - productError(q, bh, p);
  const short = al === 0 && bl === 0;
  const total = short ? rest : rest + (al - q * bl);
  const next = total / bh;
  // To 53 bits q is the result; only the sign of the rest counts.
  if (short && (rest === 0 || s.mode !== 0)) {
    T[0] = q;
    T[1] = next;
    T[2] = 0;
    return finish(s, d);
  }
  // q + next is off by at most 2^-103 of the quotient.
  const h = q + next;
  T[0] = h;
  T[1] = next - (h - q);
  T[2] = Math.abs(q) * REL;
  if (finish(s, d)) return true;
  // Exact quotients end up here; there are no ties.
  if (bl !== 0) return false;
  const part = total - rest;
  if (rest - (total - part) + (al - part) !== 0) return false;
  const back = next * bh;
  if (back !== total || !(productError(next, bh, back) === 0)) return false;
  T[2] = 0;
  return finish(s, d);
}

/** Register d = its square root. */
export function sqrtPair(s: X87State, d: number): boolean {
  if (s.mode >= 2 || s.kind[d] !== 0) return false;
  const ah = s.hi[d];
  const al = s.lo[d];
  if (!(ah >= LOW)) return ah === 0 && exact(s, d, ah);
  const root = Math.sqrt(ah);
  const p = root * root;
  const rest = ah - p - productError(root, root, p);
  const next = (rest + al) / (2 * root);
  if (al === 0 && (rest === 0 || s.mode !== 0)) {
    T[0] = root;
    T[1] = next;
    T[2] = 0;
    return finish(s, d);
  }
  // The next term of the series is next^2 / (2 root), at most 2^-105 of the root.
  const h = root + next;
  T[0] = h;
  T[1] = next - (h - root);
  T[2] = root * REL;
  return finish(s, d);
}
