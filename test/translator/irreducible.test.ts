// Cycles with several entrances (translator/irreducible.ts): random control flow, by direct and conditional jumps and jump tables, ends as in the interpreter
// in every mode; and no jump within a region leaves it.

import { describe, expect, test } from "vitest";
import { DirectExit } from "../../src/translator/exits.ts";
import { emitGraph } from "../../src/translator/emit-graph.ts";
import { discover, type Graph } from "../../src/translator/graph.ts";
import { dispatch, split } from "../../src/translator/irreducible.ts";
import { analyse } from "../../src/translator/structure.ts";
import { CODE, createGuest, DATA, type Guest, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

const word = (v: number): number[] => [v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >>> 24) & 255];

/** Work on EBX, EDX, EDI, flags and memory at ESI; on vectors; on the x87, which has two numbers on its stack. */
const INTEGER = [
  [0x01, 0xd3], [0x31, 0xc2], [0x83, 0xd2, 0x00], [0x0f, 0x92, 0xc3], [0x19, 0xff], [0x89, 0x5e, 0x08], [0x03, 0x5e, 0x08], [0x11, 0x56, 0x0c], [0x9c, 0x5f], [0x29, 0xda], [0xd1, 0xe3], [0x40],
  [0x0f, 0x44, 0xda], [0x33, 0x5e, 0x10],
];
const VECTOR = [
  [0x66, 0x0f, 0xfe, 0xc1], [0xf2, 0x0f, 0x58, 0xd3], [0xf2, 0x0f, 0x59, 0xd3], [0x66, 0x0f, 0x70, 0xc8, 0x1b], [0x0f, 0x11, 0x46, 0x40], [0xf2, 0x0f, 0x10, 0x5e, 0x48],
  [0xf2, 0x0f, 0x2a, 0xda], [0x0f, 0x14, 0xc1], [0x66, 0x0f, 0xef, 0xc2], [0xf3, 0x0f, 0x58, 0xe5], [0xf2, 0x0f, 0x5c, 0xd3], [0x66, 0x0f, 0x6e, 0xca], [0x66, 0x0f, 0x7e, 0xd3],
];
const X87 = [[0xd8, 0xc1], [0xd9, 0xc9], [0xd8, 0xc9, 0xd9, 0xe1, 0xd9, 0xfa], [0xde, 0xc1, 0xd9, 0xe8], [0xdd, 0x56, 0x20], [0xdc, 0x66, 0x20]];

interface Program {
  readonly code: Uint8Array;
  /** Where the parts begin, and the jump tables, which are at DATA + 0x1000. */
  readonly parts: readonly number[];
  readonly table: Uint8Array;
}

/**
 * Parts of code that jump to each other by the numbers of EAX, until ECX is zero. `edges`: the parts that each may go on at, as many as a table has for more than two;
 * the first is gone on at by falling through when it is the next.
 */
function program(edges: readonly (readonly number[])[], pick: Pick, kinds: readonly (readonly number[][])[]): Program {
  const code: number[] = [], parts: number[] = [], tables: number[] = [], fixups: { at: number; to: number }[] = [];
  const jump = (opcode: readonly number[], to: number): void => {
    code.push(...opcode, 0, 0, 0, 0);
    fixups.push({ at: code.length - 4, to });
  };
  if (kinds.includes(X87)) code.push(0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xeb);
  for (const [n, to] of edges.entries()) {
    parts.push(code.length);
    const work = () => {
      for (let k = pick(4); k > 0; k--) {
        const kind = kinds[pick(kinds.length)];
        code.push(...kind[pick(kind.length)]);
      }
    };
    work();
    code.push(0x49);
    jump([0x0f, 0x84], edges.length);
    work();
    code.push(0x69, 0xc0, ...word(1664525), 0x05, ...word(1013904223));
    if (to.length > 2) {
      // mov %eax,%ebp; shr $16,%ebp; and; jmp *table(,%ebp,4)
      code.push(0x89, 0xc5, 0xc1, 0xed, 16, 0x83, 0xe5, 15, 0xff, 0x24, 0xad, ...word(DATA + 0x1000 + 4 * tables.length));
      for (let k = 0; k < 16; k++) tables.push(to[k % to.length]);
      continue;
    }
    if (to.length > 1) {
      code.push(0xa9, ...word(1 << (16 + pick(12))));
      jump([0x0f, 0x85 - pick(2)], to[1]);
    }
    if (to[0] !== n + 1) jump([0xe9], to[0]);
  }
  parts.push(code.length);
  code.push(0xcc);
  for (const { at, to } of fixups) code.splice(at, 4, ...word(parts[to] - at - 4));
  return { code: Uint8Array.from(code), parts, table: Uint8Array.from(tables.flatMap((n) => word(CODE + parts[n]))) };
}

function start(guest: Guest, { code, table }: Program, turns: number): void {
  guest.memory.poke(CODE, code);
  guest.memory.poke(DATA, new Uint8Array(0x1000));
  guest.memory.poke(DATA + 0x1000, table);
  guest.cpu.vec.i32s.set([1, 2, 3, 4, 5, 6, 7, 8, 0, 0x3ff00000, 0, 0, 0, 0x40080000], 0);
  guest.cpu.vec.i32s.fill(0, 14, 32);
  guest.start({ eax: 1, ecx: turns, esi: DATA, ebx: 7, edx: -3 });
}

/** States after each of some runs. */
function outcomes(it: Program, mode: Parameters<typeof createGuest>[1], turns: number, runs: number): { states: unknown[]; guest: Guest } {
  const guest = createGuest(it.code, mode), states: unknown[] = [];
  for (let run = 0; run < runs; run++) {
    start(guest, it, turns + run);
    const exit = guest.run(1 << 28);
    const image = new DataView(new ArrayBuffer(512));
    guest.cpu.x87.fxsave(image, 0);
    states.push({ ...exit, ...observe(guest), x87: [0, 2, 4, ...Array.from({ length: 64 }, (_, k) => 32 + 2 * k)].map((at) => image.getUint16(at, true)) });
  }
  return { states, guest };
}

/** Some parts, most with two ways on, some with a table. */
function randomEdges(pick: Pick): number[][] {
  const n = 3 + pick(9), tables = pick(3) === 0;
  return Array.from({ length: n }, (_, k) => {
    const any = () => pick(n);
    if (tables && pick(4) === 0) return Array.from({ length: 3 + pick(10) }, any);
    if (pick(4) === 0) return [any()];
    return [pick(2) === 0 && k + 1 < n ? k + 1 : any(), any()];
  });
}

const region = (it: Program): Graph => {
  const guest = createGuest(it.code, { jit: "off" });
  start(guest, it, 1);
  const targets = it.parts.slice(0, -1).map((at) => CODE + at);
  const how = { maxInstructions: 400, maxInline: 40, maxCalling: 0, only: undefined };
  return discover(CODE, { ...how, memory: guest.memory, executed: () => true, indirectTargets: () => targets, leadsTo: () => undefined }) as Graph;
};

const edgesOf = (graph: Graph): number[][] => graph.nodes.map((n) => [...new Set([...n.jumps.values()].map((s) => s.index))]);

/** Guest addresses inside a region that its code leaves for. */
function left(graph: Graph): string[] {
  const inside = new Set(graph.nodes.map((n) => n.address));
  const { constants } = emitGraph(graph, {
    traceStores: false, recordTargets: false, x87Locals: false, entries: true, counts: false, number: 1, precision: { pe: false, small: "left" },
  });
  return constants.filter((c): c is DirectExit => c instanceof DirectExit && inside.has(c.target)).map((c) => (c.target - CODE).toString(16));
}

const KNOWN: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "a jump into the middle of a loop": [[1, 2], [2], [3, 1], [4], [0]],
  "a loop with two entrances": [[1, 2], [2, 3], [1, 3], [0]],
  "two of them, one inside the other": [[1, 3], [2, 3], [3, 1], [2, 4], [1, 5], [0]],
  "two side by side, in a loop": [[1, 2], [2, 3], [1, 3], [4, 5], [5, 6], [4, 6], [0]],
  "a loop within one with two entrances": [[1, 3], [2], [2, 3], [4], [4, 1], [0]],
  "a switch that is jumped into": [[1, 5], [1, 2, 3, 4], [1], [1, 4], [5], [6, 4], [1, 0]],
  "states that each jump to any other by a table": [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [1, 3, 5], [0, 2, 4], [3, 4, 5, 0], [2, 2, 1]],
  "an unrolled loop that is begun in the middle": [[1, 2, 3, 4], [2], [3], [4], [1, 5], [0]],
  "three entrances, cycles among them": [[1, 2, 3], [2, 3], [3, 1], [1, 2]],
};

describe("known kinds", () => {
  test.each(Object.entries(KNOWN))("%s", (_, edges) => {
    const it = program(edges, random(1), [INTEGER]), graph = region(it);
    expect(left(graph)).toEqual([]);
    const expected = outcomes(it, MODES.interpreter, 500, 3).states;
    for (const [mode, options] of Object.entries(MODES)) expect({ mode, states: outcomes(it, options, 500, 3).states }).toEqual({ mode, states: expected });
  });

  test("some are copied, some have a dispatch", () => {
    const kinds = Object.entries(KNOWN).map(([kind, edges]) => {
      const graph = region(program(edges, random(1), [INTEGER])), parts = split(graph), { targets } = dispatch(edgesOf(parts));
      expect([kind, analyse(edgesOf(graph), 0).irreducibleAt >= 0]).toEqual([kind, true]);
      return [kind, parts.nodes.length > graph.nodes.length, targets.size];
    });
    expect(kinds).toEqual([
      ["a jump into the middle of a loop", true, 0],
      ["a loop with two entrances", true, 0],
      ["two of them, one inside the other", false, 1],
      ["two side by side, in a loop", true, 0],
      ["a loop within one with two entrances", false, 1],
      ["a switch that is jumped into", false, 1],
      ["states that each jump to any other by a table", false, 1],
      ["an unrolled loop that is begun in the middle", true, 0],
      ["three entrances, cycles among them", false, 1],
    ]);
  });
});

const KINDS = { integers: [INTEGER], vectors: [INTEGER, VECTOR], x87: [INTEGER, X87], all: [INTEGER, VECTOR, X87] };

describe.each(Object.entries(KINDS))("random control flow: %s", (kind, kinds) => {
  const made = (seed: number): Program => {
    const pick = random(seed);
    return program(randomEdges(pick), pick, kinds);
  };

  test.each(Object.keys(MODES).filter((mode) => mode !== "interpreter"))("%s", { timeout: 120_000 }, (mode) => {
    for (let seed = 1; seed <= (mode === "lockstep" ? 15 : 40); seed++) {
      const it = made(seed);
      expect(outcomes(it, MODES[mode], 150, 2).states, `seed ${seed}`).toEqual(outcomes(it, MODES.interpreter, 150, 2).states);
    }
  });

  // long enough that jumps are recorded and loops are found
  test("hot", { timeout: 120_000 }, () => {
    let regions = 0;
    for (let seed = 100; seed < 105; seed++) {
      const it = made(seed), { states, guest } = outcomes(it, { jit: "region", threshold: 30 }, 200_000, 2);
      expect(states, `seed ${seed}`).toEqual(outcomes(it, { jit: "block", threshold: 30 }, 200_000, 2).states);
      regions += guest.engine.stats.regions;
    }
    expect(regions).toBeGreaterThan(0);
  });

  if (kind !== "integers") return;
  test("nothing leaves", () => {
    for (let seed = 1; seed <= 150; seed++) expect(left(region(made(seed))), `seed ${seed}`).toEqual([]);
  });
});
