// 64-bit products and quotients from 32-bit halves, against BigInt.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as wide from "../../src/runtime/wide.ts";

/** 32-bit values, most of them near a power of two, where carries and the last bit of a quotient go wrong. */
const word = fc.oneof(
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  fc.tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: -2, max: 2 })).map(([k, d]) => ((1 << k) + d) | 0),
  fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000, 0xffff, 0x10000, -0x10000),
);
const unsigned = (v: number) => BigInt.asUintN(32, BigInt(v));
const int = (v: bigint) => Number(BigInt.asIntN(32, v));
const pairU = (hi: number, lo: number) => (unsigned(hi) << 32n) | unsigned(lo);
const pairS = (hi: number, lo: number) => BigInt.asIntN(64, pairU(hi, lo));
const RUNS = { numRuns: 2000 };

test("high halves of products", () => {
  fc.assert(fc.property(word, word, (a, b) => {
    expect(wide.mulhu(a, b)).toBe(int((unsigned(a) * unsigned(b)) >> 32n));
    expect(wide.mulhs(a, b)).toBe(int((BigInt(a) * BigInt(b)) >> 32n));
  }), RUNS);
});

/** Checks one dividend and divisor, signed and unsigned. */
function divide(hi: number, lo: number, d: number): void {
  const nu = pairU(hi, lo), du = unsigned(d), ns = pairS(hi, lo), ds = BigInt(d);
  const fitsU = du !== 0n && nu / du <= 0xffffffffn;
  const fitsS = ds !== 0n && BigInt.asIntN(32, ns / ds) === ns / ds;
  expect([wide.divFitsU(hi, lo, d), wide.divFitsS(hi, lo, d)]).toEqual([fitsU, fitsS]);
  if (fitsU) expect(wide.divU(hi, lo, d)).toBe(int(nu / du));
  if (fitsS) expect(wide.divS(hi, lo, d)).toBe(int(ns / ds));
}

describe("division", () => {
  test("of any dividend", () => {
    fc.assert(fc.property(word, word, word, divide), RUNS);
  });

  test("of a dividend that extends its low half", () => {
    fc.assert(fc.property(word, fc.boolean(), word, (lo, signed, d) => divide(signed ? lo >> 31 : 0, lo, d)), RUNS);
  });

  test("next to an exact multiple, unsigned and signed", () => {
    fc.assert(fc.property(word, word, fc.integer({ min: -2, max: 2 }), (q, d, off) => {
      const n = unsigned(q) * unsigned(d) + BigInt(off), s = BigInt(q) * BigInt(d) + BigInt(off);
      divide(int(n >> 32n), int(n), d);
      divide(int(s >> 32n), int(s), d);
    }), RUNS);
  });

  test("at the edges of what fits", () => {
    fc.assert(fc.property(word, fc.integer({ min: -2, max: 2 }), fc.constantFrom(0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n), (d, off, q) => {
      for (const n of [q * unsigned(d) + BigInt(off), q * BigInt(d) + BigInt(off), -q * BigInt(d) + BigInt(off), q * BigInt(d) + BigInt(d) - 1n]) divide(int(n >> 32n), int(n), d);
    }), RUNS);
    divide(-1, -0x80000000, -1);
    divide(-0x80000000, 0, -1);
    divide(-0x80000000, 0, 0);
  });
});

test("population count, lowest bit and byte swap", () => {
  fc.assert(fc.property(word, (v) => {
    const binary = unsigned(v).toString(2);
    if (v !== 0) expect(wide.ctz(v)).toBe(binary.length - 1 - binary.lastIndexOf("1"));
    expect(wide.popcnt(v)).toBe(binary.length - binary.replaceAll("1", "").length);
    expect(wide.bswap(v)).toBe(Number.parseInt(unsigned(v).toString(16).padStart(8, "0").replace(/(..)(..)(..)(..)/, "$4$3$2$1"), 16) | 0);
  }));
});
