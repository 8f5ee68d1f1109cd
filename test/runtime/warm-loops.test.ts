// Nests of loops become one region when the first of their blocks is warm (src/runtime/regions.ts).
import { expect, test } from "vitest";
import { CODE, createGuest, listing } from "../translator/guest.ts";

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

/** Three blocks, the last of which returns to the first or the second; execution begins with the second. */
const BACK = listing(`
  40  first: inc %eax
  85 c0  test %eax,%eax
  74 00  je second
  01 c2  second: add %eax,%edx
  49  dec %ecx
  74 03  je end
  57  third: push %edi
  c3  ret
  cc
  cc  end: int3
`);

test("a block that is nearly due is translated with those that are, when they are behind it", () => {
  const guest = createGuest(BACK, { jit: "region", threshold: 100, quickAfter: 0 });
  // what a program could write to is translated at once
  guest.memory.map(CODE, 0x2000, 5);
  guest.memory.poke(CODE, BACK);
  // without the first block, then with it
  for (const [turns, back] of [[20, 5], [1000, 0]]) {
    guest.start({ eax: 0, ecx: turns, edx: 0, edi: CODE + back }, 5);
    guest.run();
  }
  expect(guest.cpu.regs[2]).toBe((999 * 1000) / 2);
  expect(guest.engine.stats.translated).toBe(1);
});
