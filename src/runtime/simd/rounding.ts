// Exact IEEE 754 arithmetic on doubles and singles with a rounding mode, FTZ and exception flags: what is used when MXCSR
// asks for more than JavaScript's arithmetic gives. NaN operands are dealt with by the caller; DAZ too.
// In general the exact result is a BigInt significand and an exponent, rounded once: slow (about a microsecond) and plain.
// `quick` does the common cases with doubles.
// SDM vol. 1, chapter 4.9 (exceptions), 10.2.3 (MXCSR).

import { DE, FTZ, IE, OE, PE, UE, ZE } from "./lanes.ts";

/** Operations of `arithmetic`. */
export const ADD = 0;
export const SUB = 1;
export const MUL = 2;
export const DIV = 3;
export const SQRT = 4;

/** A format: bits of precision, exponents of the smallest normal and of the largest binade, largest number. */
export interface Format {
  readonly precision: number;
  readonly emin: number;
  readonly emax: number;
  readonly minNormal: number;
  readonly max: number;
}
export const DOUBLE: Format = { precision: 53, emin: -1022, emax: 1023, minNormal: 2 ** -1022, max: Number.MAX_VALUE };
export const SINGLE: Format = { precision: 24, emin: -126, emax: 127, minNormal: 2 ** -126, max: (2 - 2 ** -23) * 2 ** 127 };

/** Flags of the last operation: `pre` (IE DE ZE) are known before the result is, `post` (OE UE PE) after. */
export const outcome = { pre: 0, post: 0 };

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);
const i32 = new Int32Array(f64.buffer);
const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** 2^k, -1074 <= k <= 1023. */
function pow2(k: number): number {
  if (k >= -1022) {
    i32[0] = 0;
    i32[1] = (k + 1023) << 20;
  } else {
    u64[0] = 1n << BigInt(k + 1074);
  }
  return f64[0];
}

const part = { mantissa: 0n, exponent: 0 };

/** |x| = part.mantissa * 2^part.exponent; x finite. */
function split(x: number): void {
  f64[0] = x;
  const bits = u64[0];
  const e = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  part.mantissa = e === 0 ? fraction : fraction | 0x10000000000000n;
  part.exponent = (e === 0 ? 1 : e) - 1075;
}

const bitLength = (x: bigint): number => x.toString(2).length;

/** Whether the discarded part rounds the magnitude up. half: discarded against one half (-1, 0, 1). */
function roundsUp(mode: number, negative: boolean, odd: boolean, half: number): boolean {
  if (mode === 0) return half > 0 || (half === 0 && odd);
  return mode === 1 ? negative : mode === 2 ? !negative : false;
}

/**
 * Rounds (-1)^negative * (mantissa + sticky * epsilon) * 2^exponent to `format` as MXCSR says; mantissa > 0. Adds to outcome.post.
 * The mantissa must have at least two bits more than the precision when sticky is set.
 */
export function round(negative: boolean, mantissa: bigint, exponent: number, sticky: boolean, format: Format, mxcsr: number): number {
  const mode = (mxcsr >> 13) & 3;
  const length = bitLength(mantissa);
  const top = exponent + length - 1;
  const unbounded = roundAt(negative, mantissa, exponent, sticky, top - format.precision + 1, mode);
  const tiny = unbounded.top < format.emin;
  if (tiny && (mxcsr & FTZ) !== 0 && (mxcsr & (UE << 7)) !== 0) {
    outcome.post |= UE | PE;
    return negative ? -0 : 0;
  }
  const quantum = Math.max(top, format.emin) - format.precision + 1;
  const r = top < format.emin ? roundAt(negative, mantissa, exponent, sticky, quantum, mode) : unbounded;
  if (r.top > format.emax) {
    // The unmasked response delivers the result of unbounded exponent: then PE is about that one.
    outcome.post |= OE | ((mxcsr & (OE << 7)) !== 0 || r.inexact ? PE : 0);
    const infinite = mode === 0 || (mode === 1 && negative) || (mode === 2 && !negative);
    const magnitude = infinite ? Infinity : format.max;
    return negative ? -magnitude : magnitude;
  }
  const unmasked = tiny && (mxcsr & (UE << 7)) === 0;
  if (unmasked ? unbounded.inexact : r.inexact) outcome.post |= PE;
  if (unmasked || (tiny && r.inexact)) outcome.post |= UE;
  const magnitude = Number(r.mantissa) * pow2(quantum);
  return negative ? -magnitude : magnitude;
}

// The quick way for operands of ordinary size: the nearest result and the sign of its error, from which any rounding mode
// follows. Error-free transformations: Dekker 1971; Ogita, Rump, Oishi 2005.

const SPLITTER = 2 ** 27 + 1;
/** Operands with magnitudes between these, or zero, keep every intermediate below in the range of normal doubles. */
const SMALL = 2 ** -300;
const LARGE = 2 ** 300;

/** a * b - p exactly, where p = a * b rounded. */
function productError(a: number, b: number, p: number): number {
  const u = SPLITTER * a;
  const ah = u - (u - a);
  const al = a - ah;
  const w = SPLITTER * b;
  const bh = w - (w - b);
  const bl = b - bh;
  return ah * bh - p + ah * bl + al * bh + al * bl;
}

/** a + b - s exactly, where s = a + b rounded and nothing overflows. */
function sumError(a: number, b: number, s: number): number {
  const part = s - a;
  return a - (s - part) + (b - part);
}

/** A number with the sign of the exact result less r, the nearest double. */
function errorSign(op: number, a: number, b: number, r: number): number {
  if (op === MUL) return productError(a, b, r);
  if (op === DIV) {
    const p = r * b;
    const rest = a - p - productError(r, b, p);
    return b < 0 ? -rest : rest;
  }
  if (op === SQRT) {
    const p = r * r;
    return b - p - productError(r, r, p);
  }
  return sumError(a, op === SUB ? -b : b, r);
}

/** The next number of the format above (direction 1) or below (-1) a normal r. */
function neighbour(r: number, direction: number, format: Format): number {
  if (format === SINGLE) {
    f32[0] = r;
    u32[0] += r > 0 === direction > 0 ? 1 : -1;
    return f32[0];
  }
  f64[0] = r;
  u64[0] += r > 0 === direction > 0 ? 1n : -1n;
  return f64[0];
}

const usual = (x: number): boolean => x === 0 || (Math.abs(x) >= SMALL && Math.abs(x) <= LARGE);

// Whether the finite r is not a + b, a * b, a / b or the root of a; also where that cannot be told quickly.
export function inexactSum(r: number, a: number, b: number): boolean {
  return sumError(a, b, r) !== 0;
}
export function inexactProduct(r: number, a: number, b: number): boolean {
  return !(usual(a) && usual(b) && usual(r)) || productError(a, b, r) !== 0;
}
export function inexactQuotient(r: number, a: number, b: number): boolean {
  return !(usual(a) && usual(b) && usual(r)) || r * b !== a || productError(r, b, a) !== 0;
}
export function inexactRoot(r: number, a: number): boolean {
  return !(usual(a) && usual(r)) || r * r !== a || productError(r, r, a) !== 0;
}

/**
 * a op b (SQRT: of b) as `arithmetic` gives it, when that can be had quickly; else NaN. Sets outcome (PE at most).
 * Operands must not be denormal in the format.
 */
export function quick(op: number, a: number, b: number, format: Format, mxcsr: number): number {
  outcome.pre = outcome.post = 0;
  const mode = (mxcsr >> 13) & 3;
  if (!usual(b) || (op !== SQRT && !usual(a)) || (op === DIV && b === 0) || (op === SQRT && b < 0)) return NaN;
  const wide = op === ADD ? a + b : op === SUB ? a - b : op === MUL ? a * b : op === DIV ? a / b : Math.sqrt(b);
  if (wide === 0) return op > SUB || mode !== 1 ? wide : NaN;
  const r = format === SINGLE ? Math.fround(wide) : wide;
  const size = Math.abs(r);
  if (format === SINGLE && !(size > 2 ** -120 && size < 2 ** 120)) return NaN;
  const error = wide - r !== 0 ? wide - r : errorSign(op, a, b, wide);
  if (error === 0) return r;
  outcome.post = PE;
  if (mode === 0 || (mode === 1 && error > 0) || (mode === 2 && error < 0) || (mode === 3 && error > 0 === r > 0)) return r;
  return neighbour(r, error > 0 ? 1 : -1, format);
}

interface Rounded {
  readonly mantissa: bigint;
  readonly inexact: boolean;
  /** Exponent of the leading bit. */
  readonly top: number;
}

function roundAt(negative: boolean, mantissa: bigint, exponent: number, sticky: boolean, quantum: number, mode: number): Rounded {
  let m = mantissa;
  let inexact = sticky;
  const shift = quantum - exponent;
  if (shift <= 0) {
    m <<= BigInt(-shift);
  } else {
    const lost = m & ((1n << BigInt(shift)) - 1n);
    m >>= BigInt(shift);
    const middle = 1n << BigInt(shift - 1);
    const half = lost > middle ? 1 : lost < middle ? -1 : sticky ? 1 : 0;
    inexact = sticky || lost !== 0n;
    if (inexact && roundsUp(mode, negative, (m & 1n) !== 0n, half)) m += 1n;
  }
  return { mantissa: m, inexact, top: m === 0n ? -99999 : quantum + bitLength(m) - 1 };
}

/** Floor of the square root of n > 0. */
function squareRoot(n: bigint): bigint {
  let x = BigInt(Math.floor(Math.sqrt(Number(n))));
  x = (x + n / x) >> 1n; // from here on never below the root
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** Whether x is a denormal of the format. */
export function isDenormal(x: number, format: Format): boolean {
  return x !== 0 && Math.abs(x) < format.minNormal;
}

/**
 * a op b (SQRT: of b) in the format, neither being a NaN. Sets outcome. A NaN result stands for the default NaN.
 * With FTZ and DAZ as in mxcsr; denormal operands count as zeros of their sign under DAZ.
 */
export function arithmetic(op: number, x: number, y: number, format: Format, mxcsr: number): number {
  outcome.pre = outcome.post = 0;
  let a = op === SQRT ? y : x;
  let b = y;
  if (isDenormal(a, format)) {
    if ((mxcsr & 0x40) !== 0) a = a < 0 ? -0 : 0;
    else outcome.pre |= DE;
  }
  if (isDenormal(b, format)) {
    if ((mxcsr & 0x40) !== 0) b = b < 0 ? -0 : 0;
    else outcome.pre |= DE;
  }
  if (op === SUB) b = -b;
  const plain = op <= SUB ? a + b : op === MUL ? a * b : op === DIV ? a / b : Math.sqrt(b);
  if (plain !== plain) {
    outcome.pre = IE;
    return plain;
  }
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    outcome.pre &= ~DE | (Number.isFinite(a) && Number.isFinite(b) ? 0 : DE);
    return plain;
  }
  if (op === DIV && b === 0) {
    outcome.pre = ZE;
    return plain;
  }
  if (op <= SUB) return sum(a, b, plain, format, mxcsr);
  if (b === 0 || (op !== SQRT && a === 0)) return plain;
  split(b);
  const mb = part.mantissa;
  const eb = part.exponent;
  if (op === SQRT) {
    const shift = 2 * format.precision + 6 + (eb & 1);
    const n = mb << BigInt(shift);
    const root = squareRoot(n);
    return round(false, root, (eb - shift) / 2, root * root !== n, format, mxcsr);
  }
  split(a);
  const negative = a < 0 !== b < 0;
  if (op === MUL) return round(negative, part.mantissa * mb, part.exponent + eb, false, format, mxcsr);
  const shift = BigInt(2 * format.precision + 64);
  const n = part.mantissa << shift;
  const quotient = n / mb;
  return round(negative, quotient, part.exponent - eb - Number(shift), quotient * mb !== n, format, mxcsr);
}

function sum(a: number, b: number, plain: number, format: Format, mxcsr: number): number {
  split(a);
  const ma = part.mantissa;
  const ea = part.exponent;
  split(b);
  const e = Math.min(ea, part.exponent);
  const left = (ma << BigInt(ea - e)) * (a < 0 ? -1n : 1n);
  const right = (part.mantissa << BigInt(part.exponent - e)) * (b < 0 ? -1n : 1n);
  const total = left + right;
  if (total === 0n) {
    if (a === 0 && b === 0 && Object.is(a, b)) return plain;
    return ((mxcsr >> 13) & 3) === 1 ? -0 : 0;
  }
  return round(total < 0n, total < 0n ? -total : total, e, false, format, mxcsr);
}

/** A finite double to the format (CVTSD2SS; DAZ and DE done by the caller). Adds to outcome.post. */
export function narrow(x: number, format: Format, mxcsr: number): number {
  if (x === 0) return x;
  split(x);
  return round(x < 0, part.mantissa, part.exponent, false, format, mxcsr);
}

/** x to an integral value by mode 0-3 (nearest even, down, up, truncate); x may be infinite. */
export function toIntegral(x: number, mode: number): number {
  if (mode === 1) return Math.floor(x);
  if (mode === 2) return Math.ceil(x);
  if (mode === 3) return Math.trunc(x);
  const low = Math.floor(x);
  const distance = x - low;
  const r = distance < 0.5 ? low : distance > 0.5 ? low + 1 : low % 2 === 0 ? low : low + 1;
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
}
