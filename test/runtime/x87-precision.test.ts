// The transcendental instructions against the functions themselves, computed here to some 250 bits with integers: within one unit in the
// last place of the 64-bit significand, over operands of every size. What hardware answers is x87-transcendental.test.ts.

import { expect, test } from "vitest";
import { createX87, type X87 } from "../../src/runtime/x87/index.ts";
import { random, setSeed } from "./x87-cases.ts";

/** Fixed point: integers scaled by 2^P. Operands go down to 2^-40, so at least 250 bits of every result are right. */
const P = 400n;
const ONE = 1n << P;
const mul = (a: bigint, b: bigint): bigint => (a * b) >> P;
const div = (a: bigint, b: bigint): bigint => (a << P) / b;

function isqrt(n: bigint): bigint {
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** Sum of terms until they vanish. */
function series(first: bigint, next: (term: bigint, k: bigint) => bigint): bigint {
  let sum = 0n;
  for (let term = first, k = 1n; term !== 0n && term !== -1n; term = next(term, k++)) sum += term;
  return sum;
}

/** atanh and atan of small z, by their series. */
function oddSeries(z: bigint, sign: bigint): bigint {
  const z2 = sign * mul(z, z);
  let power = z, sum = 0n;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += power / k;
    power = mul(power, z2);
  }
  return sum;
}

const ln = (x: bigint): bigint => {
  // x = m 2^e with m around 1
  let e = 0n;
  while (x > (ONE * 3n) / 2n) {
    x >>= 1n;
    e++;
  }
  while (x < (ONE * 3n) / 4n) {
    x <<= 1n;
    e--;
  }
  return 2n * oddSeries(div(x - ONE, x + ONE), 1n) + e * LN2;
};
const LN2 = 2n * oddSeries(ONE / 3n, 1n);
const PI = 16n * oddSeries(ONE / 5n, -1n) - 4n * oddSeries(ONE / 239n, -1n);

const expm1 = (x: bigint): bigint => series(x, (t, k) => mul(t, x) / (k + 1n));

function atan(z: bigint): bigint {
  for (let k = 0; k < 4; k++) z = div(z, ONE + isqrt((ONE << P) + z * z));
  return oddSeries(z, -1n) << 4n;
}

function atan2(y: bigint, x: bigint): bigint {
  const ay = y < 0n ? -y : y, ax = x < 0n ? -x : x;
  const first = ay <= ax ? atan(div(ay, ax)) : PI / 2n - atan(div(ax, ay));
  const angle = x < 0n ? PI - first : first;
  return y < 0n ? -angle : angle;
}

const sinSeries = (r: bigint): bigint => series(r, (t, k) => -mul(mul(t, r), r) / (2n * k * (2n * k + 1n)));
const cosSeries = (r: bigint): bigint => series(ONE, (t, k) => -mul(mul(t, r), r) / (2n * k * (2n * k - 1n)));

/** Processors reduce by pi/2 to 66 bits (Intel SDM volume 1, 8.3.8): the function meant is that of the rest, in its quadrant. */
const QUARTER = (0xc90fdaa22168c234n * 4n + 3n) << (P - 65n);

function circular(x: bigint, quadrants: bigint): bigint {
  let n = (2n * x) / QUARTER;
  n = (n + (n < 0n ? -1n : 1n)) / 2n;
  const r = x - n * QUARTER;
  const q = (((n + quadrants) % 4n) + 4n) % 4n;
  const size = q % 2n === 0n ? sinSeries(r) : cosSeries(r);
  return q < 2n ? size : -size;
}
const sin = (x: bigint): bigint => circular(x, 0n);
const cos = (x: bigint): bigint => circular(x, 1n);

/** A finite 80-bit number, as it is and in fixed point. */
interface Operand {
  readonly se: number;
  readonly high: number;
  readonly low: number;
  readonly value: bigint;
}

function operand(exponent: number, negative: boolean): Operand {
  const high = (random() | 0x80000000) >>> 0;
  const low = random() & 7 ? random() >>> 0 : 0;
  const significand = (BigInt(high) << 32n) | BigInt(low);
  const shift = P + BigInt(exponent - 63);
  const size = shift >= 0n ? significand << shift : significand >> -shift;
  return { se: (0x3fff + exponent) | (negative ? 0x8000 : 0), high, low, value: negative ? -size : size };
}

const image = new DataView(new ArrayBuffer(108));

/** Distance of register ST(i) from the true value, in units of its last place, times 1000. */
function error(f: X87, i: number, exact: bigint): number {
  f.save(image, 0, true);
  f.restore(image, 0, true);
  const se = image.getUint16(36 + 10 * i, true);
  const significand = (BigInt(image.getUint32(32 + 10 * i, true)) << 32n) | BigInt(image.getUint32(28 + 10 * i, true));
  const unit = P + BigInt((se & 0x7fff) - 0x3fff - 63);
  expect(unit, "more bits than the test has").toBeGreaterThan(64n);
  const value = (se & 0x8000 ? -significand : significand) << unit;
  const off = value - exact;
  return Number(((off < 0n ? -off : off) * 1000n) >> unit);
}

const between = (low: number, high: number): number => low + (random() % (high - low + 1));
const either = (): boolean => (random() & 1) === 1;

interface Case {
  readonly operands: () => readonly Operand[];
  readonly run: (f: X87) => unknown;
  readonly exact: (...values: bigint[]) => readonly bigint[];
}

const CASES: Readonly<Record<string, Case>> = {
  F2XM1: { operands: () => [operand(between(-40, -1), either())], run: (f) => f.f2xm1(), exact: (x) => [expm1(mul(x, LN2))] },
  FYL2X: { operands: () => [operand(between(-20, 20), either()), operand(between(-60, 60), false)], run: (f) => f.fyl2x(), exact: (y, x) => [mul(y, div(ln(x), LN2))] },
  "FYL2X near 1": {
    operands: () => [operand(0, either()), { ...operand(0, false), high: 0x80000000, low: random() >>> 0, value: 0n }].map((o) => ({
      ...o, value: o.value === 0n ? ((BigInt(o.high) << 32n) | BigInt(o.low)) << (P - 63n) : o.value,
    })),
    run: (f) => f.fyl2x(), exact: (y, x) => [mul(y, div(2n * oddSeries(div(x - ONE, x + ONE), 1n), LN2))],
  },
  FYL2XP1: { operands: () => [operand(between(-20, 20), either()), operand(between(-40, -3), either())], run: (f) => f.fyl2xp1(), exact: (y, x) => [mul(y, div(ln(ONE + x), LN2))] },
  FPATAN: { operands: () => [operand(between(-20, 20), either()), operand(between(-20, 20), either())], run: (f) => f.fpatan(), exact: (y, x) => [atan2(y, x)] },
  FSIN: { operands: () => [operand(between(-40, 30), either())], run: (f) => f.fsin(), exact: (x) => [sin(x)] },
  "FSIN, large": { operands: () => [operand(between(30, 62), either())], run: (f) => f.fsin(), exact: (x) => [sin(x)] },
  FCOS: { operands: () => [operand(between(-40, 62), either())], run: (f) => f.fcos(), exact: (x) => [cos(x)] },
  FSINCOS: { operands: () => [operand(between(-40, 62), either())], run: (f) => f.fsincos(), exact: (x) => [cos(x), sin(x)] },
  FPTAN: { operands: () => [operand(between(-40, 62), either())], run: (f) => f.fptan(), exact: (x) => [ONE, div(sin(x), cos(x))] },
};

const COUNT = Number(process.env.JIT386_X87_VALUES ?? 400);

test.each(Object.keys(CASES))("%s", { timeout: 3_600_000 }, (name) => {
  const { operands, run, exact } = CASES[name];
  const f = createX87();
  setSeed(name.length * 7919 + 1);
  let worst = 0;
  let shown = "";
  for (let k = 0; k < COUNT; k++) {
    f.init();
    const given = operands();
    for (const o of given) f.loadF80(o.se, o.high, o.low);
    run(f);
    exact(...given.map((o) => o.value)).forEach((value, i) => {
      const off = error(f, i, value);
      if (off <= worst) return;
      worst = off;
      shown = given.map((o) => `${o.se.toString(16)} ${o.high.toString(16)} ${o.low.toString(16)}`).join(", ");
    });
  }
  expect(worst / 1000, shown).toBeLessThanOrEqual(1);
});
