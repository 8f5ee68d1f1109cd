// Elementary functions in double-double arithmetic (about 104 bits), for the transcendental instructions, whose
// results need 64. Arguments are reduced by a table to a short interval, where the low terms of a series are summed as
// double-doubles and the high ones, which matter to fewer than 50 bits, as doubles.
// Dekker 1971; Hida, Li, Bailey 2001 ("Library for double-double and quad-double arithmetic").

/** Result of the operations below: high part, low part. */
export const R = new Float64Array(2);

const SPLIT = 2 ** 27 + 1;

function set(h: number, l: number): void {
  const sum = h + l;
  R[0] = sum;
  R[1] = l - (sum - h);
}

/** a + b. */
export function ddAdd(ah: number, al: number, bh: number, bl: number): void {
  const sum = ah + bh;
  const part = sum - ah;
  const err = ah - (sum - part) + (bh - part);
  const low = al + bl;
  const lowPart = low - al;
  const lowErr = al - (low - lowPart) + (bl - lowPart);
  const c = err + low;
  const h = sum + c;
  set(h, c - (h - sum) + lowErr);
}

/** a * b. */
export function ddMul(ah: number, al: number, bh: number, bl: number): void {
  const p = ah * bh;
  const at = ah * SPLIT;
  const a1 = at - (at - ah);
  const a2 = ah - a1;
  const bt = bh * SPLIT;
  const b1 = bt - (bt - bh);
  const b2 = bh - b1;
  const err = a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2;
  set(p, err + (ah * bl + al * bh));
}

/** a / b. */
export function ddDiv(ah: number, al: number, bh: number, bl: number): void {
  const q = ah / bh;
  ddMul(q, 0, bh, bl);
  ddAdd(ah, al, -R[0], -R[1]);
  const q2 = R[0] / bh;
  const rh = R[0];
  const rl = R[1];
  ddMul(q2, 0, bh, bl);
  ddAdd(rh, rl, -R[0], -R[1]);
  const sum = q + q2;
  set(sum, q2 - (sum - q) + R[0] / bh);
}

// Tables, made on first use with 160-bit fixed-point integers.

const ONE = 1n << 160n;

/** A fixed-point integer as a double-double at index i of a table. */
function put(table: Float64Array, i: number, v: bigint): void {
  const h = Number(v);
  table[2 * i] = h * 2 ** -160;
  table[2 * i + 1] = Number(v - BigInt(h)) * 2 ** -160;
}

/** Sum of the series whose term k + 1 is term k * x^2 * sign / divisor(k). */
function series(first: bigint, x2: bigint, divisor: (k: bigint) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let k = 0n; term !== 0n; k++) {
    sum += term;
    term = (term * x2) / ONE / divisor(k);
  }
  return sum;
}

/** atan(1/n) or, with sign = 1n, atanh(1/n). */
function inverseTangent(x: bigint, sign: bigint): bigint {
  const x2 = (x * x) >> 160n;
  let sum = 0n;
  let power = x;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power = ((power * x2) / ONE) * sign;
  }
  return sum;
}

const LN2_FIXED = 2n * inverseTangent(ONE / 3n, 1n);
const PI = 16n * inverseTangent(ONE / 5n, -1n) - 4n * inverseTangent(ONE / 239n, -1n);

/** Constants: ln 2, 1 / ln 2, pi / 2, pi, pi / 4, 3 pi / 4. */
const CONSTANTS = new Float64Array(12);
put(CONSTANTS, 0, LN2_FIXED);
put(CONSTANTS, 1, (ONE * ONE) / LN2_FIXED);
put(CONSTANTS, 2, PI / 2n);
put(CONSTANTS, 3, PI);
put(CONSTANTS, 4, PI / 4n);
put(CONSTANTS, 5, (3n * PI) / 4n);
const LN2_H = CONSTANTS[0];
const LN2_L = CONSTANTS[1];
const LOG2E_H = CONSTANTS[2];
const LOG2E_L = CONSTANTS[3];

/** ln 2. */
export const LN2 = CONSTANTS.subarray(0, 2);

/** n quarters of pi, n = 1..4, to R. */
export function quarterPi(n: number): void {
  const i = n === 1 ? 4 : n === 2 ? 2 : n === 3 ? 5 : 3;
  R[0] = CONSTANTS[2 * i];
  R[1] = CONSTANTS[2 * i + 1];
}

/** log2(1 + f), |f| <= 2^-6, by the series of the inverse hyperbolic tangent. */
function log2Near1(fh: number, fl: number): void {
  // s = f / (2 + f): |s| <= 2^-7.
  ddAdd(2, 0, fh, fl);
  ddDiv(fh, fl, R[0], R[1]);
  const sh = R[0];
  const sl = R[1];
  ddMul(sh, sl, sh, sl);
  const zh = R[0];
  const zl = R[1];
  const z = zh;
  // 2s (1 + z/3 + z^2 (1/5 + z/7 + ...)): z <= 2^-14.
  const high = z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13))));
  ddAdd(0.2, -0.2 * 2 ** -54, high, 0);
  ddMul(R[0], R[1], zh, zl);
  ddAdd(THIRD_H, THIRD_L, R[0], R[1]);
  ddMul(R[0], R[1], zh, zl);
  ddMul(R[0], R[1], sh, sl);
  ddAdd(sh, sl, R[0], R[1]);
  ddMul(2 * R[0], 2 * R[1], LOG2E_H, LOG2E_L);
}

const THIRD_H = 1 / 3;
const THIRD_L = 2 ** -54 / 3;
const SIXTH_H = 1 / 6;
const SIXTH_L = 2 ** -55 / 3;

let logTable: Float64Array | undefined;

/** -log2(c) for c = k / 64, k = 44..92. */
function makeLogTable(): Float64Array {
  const table = new Float64Array(200);
  for (let k = 44; k <= 92; k++) {
    // log(k/64) = 2 atanh((k - 64) / (k + 64))
    const ln = 2n * inverseTangent((ONE * BigInt(k - 64)) / BigInt(k + 64), 1n);
    put(table, k, (-ln * ONE) / LN2_FIXED);
  }
  return table;
}

/** log2(m) for m in [1/2, 2], relative error about 2^-95. */
export function ddLog2(mh: number, ml: number): void {
  logTable ??= makeLogTable();
  let k = Math.round(64 / mh);
  let whole = 0;
  if (k > 92) {
    whole = -1;
    mh *= 2;
    ml *= 2;
    k = Math.round(64 / mh);
  } else if (k < 45) {
    whole = 1;
    mh /= 2;
    ml /= 2;
    k = Math.round(64 / mh);
  }
  // m * k/64 - 1 is exact: m has 64 bits, k has 7.
  const c = k / 64;
  ddMul(mh, ml, c, 0);
  ddAdd(R[0], R[1], -1, 0);
  log2Near1(R[0], R[1]);
  if (k !== 64) ddAdd(logTable[2 * k], logTable[2 * k + 1], R[0], R[1]);
  if (whole !== 0) ddAdd(whole, 0, R[0], R[1]);
}

/** log2(1 + x), -1/2 <= x <= 1. */
export function ddLog2Plus1(xh: number, xl: number): void {
  if (Math.abs(xh) < 2 ** -7) {
    log2Near1(xh, xl);
    return;
  }
  ddAdd(1, 0, xh, xl);
  ddLog2(R[0], R[1]);
}

let expTable: Float64Array | undefined;

/** 2^(k/32) - 1 for k = -32..32, at k + 32. */
function makeExpTable(): Float64Array {
  const table = new Float64Array(130);
  for (let k = -32; k <= 32; k++) {
    const x = (LN2_FIXED * BigInt(k)) / 32n;
    let sum = 0n;
    let term = ONE;
    for (let n = 1n; term !== 0n && n < 60n; n++) {
      term = (term * x) / ONE / n;
      sum += term;
    }
    put(table, k + 32, sum);
  }
  return table;
}

/** 2^x - 1 for |x| <= 1. */
export function ddExp2Minus1(xh: number, xl: number): void {
  expTable ??= makeExpTable();
  const k = Math.round(xh * 32);
  ddAdd(xh, xl, -k / 32, 0);
  ddMul(R[0], R[1], LN2_H, LN2_L);
  const th = R[0];
  const tl = R[1];
  // e^t - 1 = t + t^2/2 + t^3/6 + ..., |t| <= 0.0109.
  const high =
    th * (1 / 120 + th * (1 / 720 + th * (1 / 5040 + th * (1 / 40320 + th * (1 / 362880 + th * (1 / 3628800))))));
  ddAdd(1 / 24, SIXTH_L / 4, high, 0);
  ddMul(R[0], R[1], th, tl);
  ddAdd(SIXTH_H, SIXTH_L, R[0], R[1]);
  ddMul(R[0], R[1], th, tl);
  ddAdd(0.5, 0, R[0], R[1]);
  ddMul(R[0], R[1], th, tl);
  ddMul(R[0], R[1], th, tl);
  ddAdd(th, tl, R[0], R[1]);
  if (k === 0) return;
  // (1 + a)(1 + b) - 1 = a + b + ab
  const ah = expTable[2 * (k + 32)];
  const al = expTable[2 * (k + 32) + 1];
  const bh = R[0];
  const bl = R[1];
  ddMul(ah, al, bh, bl);
  ddAdd(R[0], R[1], bh, bl);
  ddAdd(ah, al, R[0], R[1]);
}

let sinTable: Float64Array | undefined;

/** sin(k/16) at 2k and cos(k/16) at 2k + 1, k = 0..13. */
function makeSinTable(): Float64Array {
  const table = new Float64Array(56);
  for (let k = 0; k < 14; k++) {
    const x = (ONE * BigInt(k)) / 16n;
    const x2 = (-x * x) >> 160n;
    put(table, 2 * k, series(x, x2, (n) => (2n * n + 2n) * (2n * n + 3n)));
    put(table, 2 * k + 1, series(ONE, x2, (n) => (2n * n + 1n) * (2n * n + 2n)));
  }
  return table;
}

/** Results of ddSinCos: sine, cosine. */
export const S = new Float64Array(2);
export const C = new Float64Array(2);

/** Sine and cosine of x, |x| <= 0.82. */
export function ddSinCos(xh: number, xl: number): void {
  sinTable ??= makeSinTable();
  const negative = xh < 0;
  if (negative) {
    xh = -xh;
    xl = -xl;
  }
  const k = Math.round(xh * 16);
  ddAdd(xh, xl, -k / 16, 0);
  const th = R[0];
  const tl = R[1];
  ddMul(th, tl, th, tl);
  const zh = R[0];
  const zl = R[1];
  const z = zh;
  // sin t = t - t z (1/6 - z (1/120 - ...)), |t| <= 1/32
  const s5 = z * (1 / 5040 - z * (1 / 362880 - z * (1 / 39916800)));
  ddAdd(1 / 120, 0, -s5, 0);
  ddMul(R[0], R[1], zh, zl);
  ddAdd(SIXTH_H, SIXTH_L, -R[0], -R[1]);
  ddMul(R[0], R[1], zh, zl);
  ddMul(R[0], R[1], th, tl);
  ddAdd(th, tl, -R[0], -R[1]);
  const sh = R[0];
  const sl = R[1];
  // 1 - cos t = z (1/2 - z (1/24 - z (1/720 - ...)))
  const c6 = z * (1 / 720 - z * (1 / 40320 - z * (1 / 3628800 - z / 479001600)));
  ddAdd(1 / 24, SIXTH_L / 4, -c6, 0);
  ddMul(R[0], R[1], zh, zl);
  ddAdd(0.5, 0, -R[0], -R[1]);
  ddMul(R[0], R[1], zh, zl);
  const vh = -R[0];
  const vl = -R[1];
  if (k === 0) {
    S[0] = sh;
    S[1] = sl;
    ddAdd(1, 0, vh, vl);
  } else {
    const ah = sinTable[4 * k];
    const al = sinTable[4 * k + 1];
    const bh = sinTable[4 * k + 2];
    const bl = sinTable[4 * k + 3];
    // sin(a + t) = sin a + (sin a (cos t - 1) + cos a sin t), and likewise the cosine
    ddMul(ah, al, vh, vl);
    let ph = R[0];
    let pl = R[1];
    ddMul(bh, bl, sh, sl);
    ddAdd(R[0], R[1], ph, pl);
    ddAdd(ah, al, R[0], R[1]);
    S[0] = R[0];
    S[1] = R[1];
    ddMul(bh, bl, vh, vl);
    ph = R[0];
    pl = R[1];
    ddMul(ah, al, sh, sl);
    ddAdd(ph, pl, -R[0], -R[1]);
    ddAdd(bh, bl, R[0], R[1]);
  }
  C[0] = R[0];
  C[1] = R[1];
  if (negative) {
    S[0] = -S[0];
    S[1] = -S[1];
  }
}

let atanTable: Float64Array | undefined;

/** atan(k/32), k = 0..32. */
function makeAtanTable(): Float64Array {
  const table = new Float64Array(66);
  for (let k = 1; k < 32; k++) put(table, k, inverseTangent((ONE * BigInt(k)) / 32n, -1n));
  put(table, 32, PI / 4n);
  return table;
}

/** atan(z) for 0 <= z <= 1. */
export function ddAtan(zh: number, zl: number): void {
  atanTable ??= makeAtanTable();
  const k = Math.round(zh * 32);
  if (k !== 0) {
    const c = k / 32;
    ddMul(zh, zl, c, 0);
    ddAdd(1, 0, R[0], R[1]);
    const dh = R[0];
    const dl = R[1];
    ddAdd(zh, zl, -c, 0);
    ddDiv(R[0], R[1], dh, dl);
    zh = R[0];
    zl = R[1];
  }
  // u - u w (1/3 - w (1/5 - ...)), w = u^2 <= 2^-12
  ddMul(zh, zl, zh, zl);
  const wh = R[0];
  const wl = R[1];
  const w = wh;
  const high = w * (1 / 7 - w * (1 / 9 - w * (1 / 11 - w * (1 / 13 - w / 15))));
  ddAdd(0.2, -0.2 * 2 ** -54, -high, 0);
  ddMul(R[0], R[1], wh, wl);
  ddAdd(THIRD_H, THIRD_L, -R[0], -R[1]);
  ddMul(R[0], R[1], wh, wl);
  ddMul(R[0], R[1], zh, zl);
  ddAdd(zh, zl, -R[0], -R[1]);
  if (k !== 0) ddAdd(atanTable[2 * k], atanTable[2 * k + 1], R[0], R[1]);
}
