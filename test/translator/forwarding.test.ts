// What four bytes of memory are known to hold in straight code (src/translator/forwarding.ts).

import { expect, test } from "vitest";
import { Forwarding } from "../../src/translator/forwarding.ts";
import { code, constant, name } from "../../src/translator/value.ts";

const at = (symbol: number, delta: number) => name("a$1", { symbol, delta });

test("what has been stored is known until something may have been stored over it", () => {
  const f = new Forwarding(), value = code("(x$1 | 0)");
  f.stored(at(1, 8), 4);
  f.note(at(1, 8), value);
  expect([f.at(at(1, 8)), f.at(at(1, 4)), f.at(at(2, 8))]).toEqual([value, undefined, undefined]);
  f.stored(at(1, 12), 4);
  f.stored(at(1, 4), 4);
  expect(f.at(at(1, 8))).toBe(value);
  f.stored(at(1, 11), 1);
  expect(f.at(at(1, 8))).toBe(undefined);
});

test.each([["a part of it", at(1, 5), 4], ["more than it", at(1, 0), 16], ["relative to another register", at(2, 100), 1], ["somewhere", name("a$2"), 1], ["at a known address", constant(8), 4]])(
  "a store to %s", (_what, to, size) => {
    const f = new Forwarding();
    f.note(at(1, 8), constant(1));
    f.stored(to, size);
    expect(f.at(at(1, 8))).toBe(undefined);
  });

test("constants are signed, addresses go round", () => {
  const f = new Forwarding();
  f.note(constant(0x0804_b000), constant(0xffff_ffff));
  expect(f.at(constant(0x0804_b000))).toEqual(constant(-1));
  f.stored(constant(0x0804_b004), 4);
  expect(f.at(constant(0x0804_b000))).toEqual(constant(-1));
  f.note(at(1, 0x7fff_fffe), constant(1));
  f.stored(at(1, -0x8000_0000), 1);
  expect(f.at(at(1, 0x7fff_fffe))).toBe(undefined);
});
