// Nests of loops become one region when the first of their blocks is warm (src/runtime/regions.ts).
import { expect, test } from "vitest";
import { createGuest, listing } from "../translator/guest.ts";

/** Two loops, one in the other; the sum of what the inner one counts is left in EDX. */
const NEST = (inner: number, outer: number) => listing(`
  be ${word(outer)}  mov $outer, %esi
  31 d2  xor %edx,%edx
  b9 ${word(inner)}  mov $inner, %ecx
  01 ca  add %ecx,%edx
  49  dec %ecx
  75 fb  jne add
  4e  dec %esi
  75 f3  jne mov
  cc  int3
`);
const word = (n: number) => [0, 8, 16, 24].map((shift) => ((n >>> shift) & 255).toString(16).padStart(2, "0")).join(" ");
const sum = (inner: number, outer: number) => (outer * inner * (inner + 1)) / 2 | 0;

function run(inner: number, outer: number) {
  const guest = createGuest(NEST(inner, outer), { jit: "region", threshold: 100, quickAfter: 0 });
  guest.engine.run(100 * inner * outer);
  expect(guest.cpu.regs[2]).toBe(sum(inner, outer));
  return guest.engine.stats;
}

test("a nest of loops is one region, and no block of it is translated before", () => {
  const { regions, translated } = run(20, 400);
  expect([regions, translated]).toEqual([1, 0]);
});

test("what surrounds a loop that has not come to its end yet follows", () => {
  const { regions, translated } = run(4000, 400);
  // the inner loop, which is one block; then the loops around it
  expect(translated).toBe(1);
  expect(regions).toBeGreaterThan(0);
});
