// The short way to exact results in lowered x87 code against the exact path: where it answers, every bit is right; and it does answer for zeros, and
// for sums and products of doubles without a rest. And a program whose results are such, in every way to run it.

import { expect, test } from "vitest";
import { createX87 } from "../../../src/runtime/x87/index.ts";
import { INLINE, T } from "../../../src/runtime/x87/inline.ts";
import { EXACT_BODY, EXACT_PARAMETERS } from "../../../src/translator/wasm/x87-exact.ts";

const results = new Float64Array(5);
const short = new Function("YT", "EXACT", ...EXACT_PARAMETERS, EXACT_BODY) as (
  YT: Float64Array, EXACT: (operation: number) => number, o: number, ah: number, al: number, bh: number, bl: number, least: number) => number;

const NAMES: Readonly<Record<number, string>> = { 0: "FADD", 1: "FMUL", 4: "FSUB", 5: "FSUBR", 6: "FDIV", 7: "FDIVR", 8: "FSQRT" };
/** Pairs: doubles, and numbers of 64 bits; sums, differences and products of some of them are zero, powers of two, or exact otherwise. */
const PAIRS: readonly (readonly [number, number])[] = [
  [0, 0], [-0, 0], [1, 0], [-1, 0], [2, 0], [0.5, 0], [3, 0], [-3, 0], [0.1, 0], [-0.1, 0], [2 ** 52, 0], [2 ** 53 - 1, 0], [2 ** 53, -0.5], [1, 2 ** -63], [1, -(2 ** -64)], [-1, 2 ** -63],
  [2 ** 500, 0], [2 ** -500, 0], [2 ** -899, 0], [2 ** 999, 0], [2 ** -440, 2 ** -500], [2 ** -400, -(2 ** -463)], [2 ** -400, 0], [134217729, 0], [94906267, 0], [1 / 3, 2 ** -57],
];
const LEAST = [0, 2 ** -900, 2 ** -126];

test.each(Object.keys(NAMES).map(Number))("operation %i", (operation) => {
  let answered = 0;
  const state = createX87();
  for (const [ah, al] of PAIRS) for (const [bh, bl] of PAIRS) for (const least of LEAST) {
    // what comes from memory as it stands is a double
    if (least !== 0 && bl !== 0) continue;
    const name = `${NAMES[operation]} ${ah}+${al} ${bh}+${bl} ${least}`;
    let asked = false;
    const it = short(results, (o) => ((asked = o === operation), 1), operation, ah, al, bh, bl, least);
    if (asked) {
      expect([...results], name).toEqual([ah, al, bh, bl, least]);
      continue;
    }
    expect(it, name).toBe(0);
    answered++;
    expect(INLINE.slow(operation, state, ah, al, bh, bl, least), name).toBe(false);
    expect(results[0], name).toBe(T[0]);
    // the sign of a low part that is zero means nothing
    expect(results[1] === T[1], name).toBe(true);
    expect(T[2] > 0, name).toBe(false);
  }
  expect(answered).toBeGreaterThan(operation === 8 ? 50 : 80);
});
