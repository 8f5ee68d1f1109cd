// Conditions and flags as text against the functions of src/runtime/flags.ts, for every kind of lazy flags, known at translation time or not.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FLAGS } from "../../src/runtime/state.ts";
import * as FL from "../../src/runtime/flags.ts";
import { conditionText, flagText, IN_LOCALS } from "../../src/translator/conditions.ts";

type Evaluate = (fk: number, fa: number, fb: number, fr: number, fl: typeof FL) => number | boolean;
// oxlint-disable-next-line typescript/no-implied-eval -- the text is what is tested
const evaluator = (text: string) => new Function("fk", "fa", "fb", "fr", "FL", `return ${text};`) as Evaluate;

const int32 = fc.oneof(fc.integer({ min: -0x80000000, max: 0x7fffffff }), fc.constantFrom(0, 1, -1, 127, -128, 32767, -32768, 0x7fffffff, -0x80000000));
const fit = (x: number, size: number) => (size === 4 ? x | 0 : size === 2 ? (x << 16) >> 16 : (x << 24) >> 24);

/** Tuples (a, b, r) as the instructions of a kind leave them: sign-extended, r truncated. */
const tuple = (kind: number) =>
  fc.record({ a: int32, b: int32, r: int32, size: fc.constantFrom(1, 2, 4), carry: fc.constantFrom(0, 1) }).map(({ a, b, r, size, carry }) => {
    const x = fit(a, size), y = fit(b, size);
    switch (kind) {
      case FLAGS.ADD: return [x, y, fit(x + y + carry, size)] as const;
      case FLAGS.SUB: return [x, y, fit(x - y, size)] as const;
      case FLAGS.SBB: return [x, y, fit(x - y - carry, size)] as const;
      case FLAGS.RESULT: return [a & 0x811, b, fit(r, size)] as const;
      default: return [a, b, fit(r, size)] as const;
    }
  });

const NAMES = ["cf", "pf", "af", "zf", "sf", "of"] as const;
const flag = { cf: FL.carry, af: FL.adjust, of: FL.overflow, pf: one(FL.parity), zf: one(FL.zero), sf: one(FL.sign) };

/** The flags that depend on the result alone, with the parameters of the others. */
function one(f: (kind: number, r: number) => number) {
  return (kind: number, _a: number, _b: number, r: number) => f(kind, r);
}

describe.each(Object.entries(FLAGS))("%s", (_name, kind) => {
  for (const known of [kind, undefined]) {
    const when = known === undefined ? "found at run time" : "known";
    test(`conditions, kind ${when}`, () => {
      const conditions = Array.from({ length: 16 }, (_, cc) => evaluator(conditionText(cc, { ...IN_LOCALS, kind: known })));
      fc.assert(
        fc.property(tuple(kind), ([a, b, r]) => {
          const wrong = conditions.findIndex((condition, cc) => condition(kind, a, b, r, FL) !== FL.condition(cc, kind, a, b, r));
          expect(wrong, "condition").toBe(-1);
        }),
        { numRuns: 400 },
      );
    });

    test(`single flags, kind ${when}`, () => {
      const texts = NAMES.map((name) => evaluator(flagText(name, { ...IN_LOCALS, kind: known })));
      fc.assert(
        fc.property(tuple(kind), ([a, b, r]) => {
          expect(NAMES.find((name, k) => texts[k](kind, a, b, r, FL) !== flag[name](kind, a, b, r))).toBeUndefined();
        }),
        { numRuns: 400 },
      );
    });
  }
});

test("the flags themselves agree with arithmetic in more bits", () => {
  fc.assert(
    fc.property(int32, int32, fc.constantFrom(1, 2, 4), fc.constantFrom(0, 1), (p, q, size, carry) => {
      const a = fit(p, size), b = fit(q, size), range = 2 ** (8 * size), unsigned = (x: number) => (x + range) % range;
      const sum = fit(a + b + carry, size), difference = fit(a - b - carry, size);
      expect(FL.carry(FLAGS.ADD, a, b, sum)).toBe(unsigned(a) + unsigned(b) + carry >= range ? 1 : 0);
      expect(FL.overflow(FLAGS.ADD, a, b, sum)).toBe(a + b + carry === sum ? 0 : 1);
      expect(FL.adjust(FLAGS.ADD, a, b, sum)).toBe((a & 15) + (b & 15) + carry > 15 ? 1 : 0);
      const kind = carry === 1 ? FLAGS.SBB : FLAGS.SUB;
      expect(FL.carry(kind, a, b, difference)).toBe(unsigned(a) < unsigned(b) + carry ? 1 : 0);
      expect(FL.overflow(kind, a, b, difference)).toBe(a - b - carry === difference ? 0 : 1);
      expect(FL.adjust(kind, a, b, difference)).toBe((a & 15) < (b & 15) + carry ? 1 : 0);
      expect(FL.parity(kind, difference)).toBe([0, 1, 2, 3, 4, 5, 6, 7].reduce((even, k) => even ^ ((difference >> k) & 1), 1));
    }),
    { numRuns: 1000 },
  );
});

test("status bits stand where EFLAGS has them", () => {
  expect(FL.statusBits(FLAGS.SUB, 1, 2, -1)).toBe(0x1 | 0x4 | 0x10 | 0x80);
  expect(FL.statusBits(FLAGS.ADD, 0x7fffffff, 1, -0x80000000)).toBe(0x4 | 0x10 | 0x80 | 0x800);
  expect(FL.statusBits(FLAGS.LOGIC, 0, 0, 0)).toBe(0x4 | 0x40);
  expect(FL.statusBits(FLAGS.BITS, 5, 6, 0x8d5)).toBe(0x8d5);
});
