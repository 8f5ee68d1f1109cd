// What becomes a region, and where traces end (src/runtime/regions.ts).
import { describe, expect, test } from "vitest";
import { createRegions } from "../../src/runtime/regions.ts";
import { discover } from "../../src/translator/graph.ts";
import type { Prepared, Translation, Translator } from "../../src/translator/index.ts";
import type { ShortLoop } from "../../src/translator/loop-tests.ts";
import { CODE, createGuest, listing } from "../translator/guest.ts";

/** Calls itself from a loop, which begins 3 bytes behind its entry. */
const RECURSION = listing(`
  85 c0  test %eax,%eax
  74 09  je CODE+0xd
  48  dec %eax
  e8 f6 ff ff ff  call CODE
  49  dec %ecx
  75 f7  jne CODE+4
  c3  ret
`);
const LOOP = listing(`
  31 d2  xor %edx,%edx
  eb 00  jmp CODE+4
  01 c2  add %eax,%edx
  49  dec %ecx
  75 fb  jne CODE+4
  cc  int3
`);

/** Calls a function with a loop in it; one way through that function is long. */
const SEARCH = listing(`
  e8 0b 00 00 00  again: call search
  4e  dec %esi
  75 f8  jne again
  cc  int3
  @10
  31 d2  search: xor %edx,%edx
  85 c0  test %eax,%eax
  0f 84 08 00 00 00  je long
  01 c2  turn: add %eax,%edx
  48  dec %eax
  75 fb  jne turn
  c3  ret
  @22
  ${new Array(210).fill("90").join(" ")}  long: nop, 210 times
  c3  ret
`);
const CALLER = 0, SEARCHES = 0x10, TURN = 0x1a, RETURN = 0x1f, LONG = 0x22;

function setUp(code: Uint8Array, addresses: readonly number[], short: readonly ShortLoop[] = []) {
  const { memory, cpu, engine } = createGuest(code, { jit: "off" });
  const { cache } = engine, made: { head: number; nodes: number[] }[] = [], reasons: string[] = [];
  const blocks = addresses.map((it) => cache.at(CODE + it));
  for (const block of blocks) block.hits = 1000;
  const translator: Pick<Translator, "region" | "finish"> = {
    region: (head, options, reason = "") => ({ block: head, graph: discover(head.address, options), short: [...short], reason }) as unknown as Prepared,
    finish: (all) => all.map(({ block, graph, reason }): Translation => {
      reasons.push(reason);
      made.push({ head: block.address - CODE, nodes: graph.nodes.filter((n) => n.context === undefined).map((n) => n.address - CODE).sort((a, b) => a - b) });
      return { fn: () => null, size: 1, graph, floating: false, entries: [] };
    }),
  };
  const regions = createRegions({ memory, adapt: undefined, state: cpu.state, cache, translator: () => translator as Translator, eager: false, restore: () => false, together: 16, lowered: true });
  return { regions, blocks, made, reasons };
}

test("a function that calls itself is a region from its entry on when a loop in it is warm", () => {
  const { regions, blocks, made } = setUp(RECURSION, [4, 0, 0xa, 0xd]);
  expect(regions.loops([blocks[0]])).toEqual([]);
  expect(made).toEqual([{ head: 0, nodes: [0, 4, 0xa, 0xd] }]);
});

/** Four blocks of 51 instructions, 52 bytes each, one behind the other. */
const WAY = listing(`
  ${new Array(4).fill(`${new Array(50).fill("90").join(" ")} 75 00`).join(" ")}  nop, 50 times; jne next
  cc  int3
`);

test("of blocks on one way the first has a trace, whichever is warm first, and next the first that has no room in it", () => {
  for (const order of [[0, 52, 104, 156], [104, 52, 156, 0], [156, 104, 52, 0]]) {
    const { regions, blocks } = setUp(WAY, [...order, 208]);
    const traces = regions.traces(blocks.slice(0, 4), 100).map(({ graph }) => graph?.nodes.map((n) => n.address - CODE));
    expect(traces).toEqual([[0, 52], [104, 156, 208]]);
  }
});

test("a trace ends where a region is entered", () => {
  const { regions, blocks, made } = setUp(LOOP, [0, 4, 9]);
  const [before, loop] = blocks;
  expect(regions.traces([before], 100)[0].graph?.nodes.map((n) => n.address - CODE)).toEqual([0, 4, 9]);
  expect(regions.loops([loop])).toEqual([]);
  expect(made).toEqual([{ head: 4, nodes: [4] }]);
  expect(regions.traces([before], 100)[0].graph).toBe(undefined);
});

describe("a function with a loop", () => {
  const warm = [TURN, SEARCHES, RETURN], whole = { head: SEARCHES, nodes: [SEARCHES, TURN, RETURN] };

  test("is a region when each call has but a few turns, whichever block is warm first", () => {
    for (const order of [warm, warm.toReversed()]) {
      const { regions, blocks, made } = setUp(SEARCH, [CALLER, ...order]);
      expect(regions.loops(blocks.slice(1))).toEqual([]);
      expect(made).toEqual([whole]);
    }
  });

  test("is not when there are many: the loop is", () => {
    const { regions, blocks, made } = setUp(SEARCH, [CALLER, ...warm]);
    blocks[1].hits = 10_000;
    expect(regions.loops(blocks.slice(1))).toEqual(blocks.slice(2));
    expect(made).toEqual([{ head: TURN, nodes: [TURN] }]);
  });

  test("is a region without what calls seldom come to, where that would make it too large, and not when they often do", () => {
    const long = [0, 64, 128, 192].map((behind) => LONG + behind);
    for (const often of [false, true]) {
      const { regions, blocks, made } = setUp(SEARCH, [CALLER, ...warm, ...long]);
      if (!often) for (const block of blocks.slice(4)) block.hits = 15;
      expect(regions.loops(blocks.slice(1, 4))).toEqual(often ? blocks.slice(2, 4) : []);
      expect(made).toEqual([often ? { head: TURN, nodes: [TURN] } : whole]);
    }
  });

  test("is not known as one before a call of it is", () => {
    const { regions, blocks, made } = setUp(SEARCH, warm);
    expect(regions.loops(blocks)).toEqual(blocks.slice(1));
    expect(made).toEqual([{ head: TURN, nodes: [TURN] }]);
  });
});

describe("a loop that was taken for short", () => {
  /** How often the region has been made anew for it after so many samples ahead of the loop and in it. */
  function anewAfter(ahead: number, turns: number, around = [CODE + SEARCHES]): number {
    const short = [{ address: CODE + TURN, around }], { regions, blocks, reasons } = setUp(SEARCH, [CALLER, TURN, SEARCHES, RETURN], short), [caller, turn, entry] = blocks;
    regions.loops(blocks.slice(1));
    short.length = 0;
    for (const [block, times] of [[entry, ahead], [turn, turns], [caller, 16]] as const) for (let k = 0; k < times; k++) regions.sample(block);
    return reasons.filter((reason) => reason === "loop that turns often after all").length;
  }

  test("has its region made anew, once, when samples show that it turns often", () => {
    expect(anewAfter(4, 16)).toBe(1);
    expect(anewAfter(4, 60)).toBe(1);
    expect(anewAfter(17, 17, [])).toBe(1);
  });

  test("has not where it is as short as that, or something else takes longer", () => {
    expect(anewAfter(0, 15)).toBe(0);
    expect(anewAfter(5, 16)).toBe(0);
    expect(anewAfter(17, 16, [])).toBe(0);
  });
});
