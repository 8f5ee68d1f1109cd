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

/** Calls the function at 0x10 again and again. */
const CALLS = `e8 0b 00 00 00  again: call CODE+0x10
  4e  dec %esi
  75 f8  jne again
  cc  int3
  @10`;

/** Calls a function with a loop in it; one way through that function is long. */
const SEARCH = listing(`
  ${CALLS}
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
/** Calls a function without a loop, which goes one of two ways. */
const CHOICE = listing(`
  ${CALLS}
  85 c0  choice: test %eax,%eax
  74 02  je other
  40  inc %eax
  c3  ret
  31 c0  other: xor %eax,%eax
  c3  ret
`);
const CHOICES = 0x10, ONE = 0x14, OTHER = 0x16;

const CALLER = 0, SEARCHES = 0x10, TURN = 0x1a, RETURN = 0x1f, LONG = 0x22;

function setUp(code: Uint8Array, addresses: readonly number[], short: readonly ShortLoop[] = []) {
  const { memory, cpu, engine } = createGuest(code, { jit: "off" });
  const { cache } = engine, made: { head: number; nodes: number[] }[] = [], reasons: string[] = [], turning: number[][] = [];
  const blocks = addresses.map((it) => cache.at(CODE + it));
  for (const block of blocks) block.hits = 1000;
  const translator: Pick<Translator, "region" | "finish"> = {
    region: (head, options, reason = "") => ({ block: head, graph: discover(head.address, options), short: [...short], reason }) as unknown as Prepared,
    finish: (all) => all.map(({ block, graph, reason }): Translation => {
      reasons.push(reason);
      turning.push(graph.nodes.flatMap((n) => (n.turns ? [n.address - CODE] : [])));
      made.push({ head: block.address - CODE, nodes: graph.nodes.filter((n) => n.context === undefined).map((n) => n.address - CODE).sort((a, b) => a - b) });
      return { fn: () => null, size: 1, graph, floating: false, entries: [] };
    }),
  };
  const regions = createRegions({
    memory, adapt: undefined, state: cpu.state, cache,
    translator: () => translator as Translator, eager: false, restore: () => false, entered: () => {}, together: 16, lowered: true,
  });
  return { regions, blocks, made, reasons, turning };
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

test("a function without a loop is a region without what is executed less often than with each sixteenth call", () => {
  for (const [hits, nodes] of [[62, [CHOICES, ONE]], [63, [CHOICES, ONE, OTHER]]] as const) {
    const { regions, blocks, made, reasons } = setUp(CHOICE, [CALLER, CHOICES, ONE, OTHER]);
    regions.loops([blocks[0]]);
    blocks[3].hits = hits;
    for (let k = 0; k < 64; k++) regions.sample(blocks[1]);
    expect(made[reasons.indexOf("hot function")]).toEqual({ head: CHOICES, nodes });
  }
});

describe("a loop that was taken for short", () => {
  const AFTER_ALL = "loop that turns often after all";
  /** How often the region has been made anew for it after so many samples ahead of the loop and in it. */
  const anewAfter = (...how: Parameters<typeof after>): number => after(...how).reasons.filter((reason) => reason === AFTER_ALL).length;
  function after(ahead: number, turns: number, around = [CODE + SEARCHES]) {
    const short = [{ address: CODE + TURN, around }], made = setUp(SEARCH, [CALLER, TURN, SEARCHES, RETURN], short), { regions, blocks } = made, [caller, turn, entry] = blocks;
    regions.loops(blocks.slice(1));
    short.length = 0;
    for (const [block, times] of [[entry, ahead], [turn, turns], [caller, 16]] as const) for (let k = 0; k < times; k++) regions.sample(block);
    return made;
  }

  test("has its region made anew, once, when samples show that it turns often", () => {
    expect(anewAfter(4, 16)).toBe(1);
    expect(anewAfter(4, 60)).toBe(1);
    expect(anewAfter(17, 17, [])).toBe(1);
  });

  test("is known to turn often from then on", () => {
    const { turning, reasons } = after(4, 16);
    expect(turning[0]).toEqual([]);
    expect(turning[reasons.indexOf(AFTER_ALL)]).toEqual([TURN]);
  });

  test("has not where it is as short as that, or something else takes longer", () => {
    expect(anewAfter(0, 15)).toBe(0);
    expect(anewAfter(5, 16)).toBe(0);
    expect(anewAfter(17, 16, [])).toBe(0);
  });
});
