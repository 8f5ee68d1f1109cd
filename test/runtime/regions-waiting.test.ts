// Regions that are emitted and wait for others, to become one module with them (src/runtime/regions.ts).
import { expect, test } from "vitest";
import type { Block } from "../../src/runtime/block.ts";
import { createRegions } from "../../src/runtime/regions.ts";
import type { Prepared, Translation, Translator } from "../../src/translator/index.ts";
import { discover } from "../../src/translator/graph.ts";
import { CODE, createGuest, listing } from "../translator/guest.ts";

const LOOP = listing(`
  01 c2  add %eax,%edx
  49  dec %ecx
  75 fb  jne CODE
  cc  int3
`);
/** Samples after which the loop is considered, and for which its region waits. */
const CONSIDERED = 16, WAITS = 16;

function setUp(together: number) {
  const { memory, cpu, engine } = createGuest(LOOP, { jit: "off" });
  const { cache } = engine, block = cache.at(CODE), finished: Block[][] = [];
  const translator: Pick<Translator, "region" | "finish"> = {
    region: (head, options) => ({ block: head, graph: discover(head.address, options), short: [] }) as unknown as Prepared,
    finish(all) {
      finished.push(all.map((it) => it.block));
      return all.map(({ graph }): Translation => ({ fn: () => null, size: 1, graph, floating: false, entries: [] }));
    },
  };
  const regions = createRegions({
    memory, adapt: undefined, state: cpu.state, cache,
    translator: () => translator as Translator, eager: true, restore: () => false, entered: () => {}, together, lowered: true,
  });
  const sample = (times: number) => {
    for (let k = 0; k < times; k++) regions.sample(block);
  };
  return { memory, regions, block, finished, sample };
}

test("a region waits, but not for long", () => {
  const { block, finished, sample, regions } = setUp(16);
  sample(CONSIDERED + WAITS - 1);
  expect([finished, block.fn, block.regions]).toEqual([[], null, 1]);
  sample(1);
  expect(finished).toEqual([[block]]);
  expect([block.fn === null, block.regions, regions.stats.regions]).toEqual([false, 1, 1]);
});

test("where none are waited for it is made at once", () => {
  const { block, finished, sample } = setUp(1);
  sample(CONSIDERED);
  expect(finished).toEqual([[block]]);
});

test("what has been made for other code is not used", () => {
  const { memory, block, finished, sample } = setUp(16);
  sample(CONSIDERED);
  memory.poke(CODE, Uint8Array.of(0x29));
  sample(WAITS);
  expect([finished, block.fn, block.regions]).toEqual([[[]], null, 0]);
});

test("what cannot be executed any more is not used", () => {
  const { memory, block, finished, sample } = setUp(16);
  sample(CONSIDERED);
  memory.perm[CODE >>> 12] &= ~4;
  sample(WAITS);
  expect([finished, block.fn, block.regions]).toEqual([[[]], null, 0]);
});

test.each(["forget", "giveUp"] as const)("nor what was made under other assumptions: %s", (how) => {
  const { regions, block, finished, sample } = setUp(16);
  sample(CONSIDERED);
  regions[how]();
  sample(WAITS);
  expect([finished, block.fn, block.regions]).toEqual([[], null, 0]);
});
