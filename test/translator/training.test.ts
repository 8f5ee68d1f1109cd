// Training (src/translator/training.ts): the text that can be run without effect, and that running it has none.

import { expect, test } from "vitest";
import * as FL from "../../src/runtime/flags.ts";
import { S } from "../../src/runtime/state.ts";
import { discover } from "../../src/translator/graph.ts";
import { emitGraph } from "../../src/translator/emit-graph.ts";
import { idle, train, trainable, withTraining } from "../../src/translator/training.ts";
import { CODE, createGuest } from "./guest.ts";

// again: mov (%esi),%eax; mov %eax,(%edi); mov %eax,0x8000000; test %eax,%eax; js skip; call next; next: pop %eax; skip: dec %ecx; jne again; ret
const GUEST = Uint8Array.from([
  0x8b, 0x06, 0x89, 0x07, 0xa3, 0, 0, 0, 0x08, 0x85, 0xc0, 0x78, 0x06, 0xe8, 0, 0, 0, 0, 0x58, 0x49, 0x75, 0xea, 0xc3,
]);

function made() {
  const guest = createGuest(GUEST, { jit: "off" });
  const graph = discover(CODE, { memory: guest.memory, executed: () => true, indirectTargets: () => [], leadsTo: () => undefined, maxInstructions: 100, maxInline: 0, maxCalling: 0, only: undefined });
  if (graph === undefined) throw new Error("the guest cannot be decoded");
  const precision = { pe: false, small: "left" } as const;
  const { source, constants } = emitGraph(graph, { traceStores: false, recordTargets: false, x87Locals: true, entries: true, counts: false, number: 1, precision });
  return { guest, source, constants };
}

test("a line stays a line, and every way out and condition asks whether this is for real", () => {
  const { source } = made();
  expect(trainable(source)).toBe(true);
  const text = withTraining(source);
  expect(text.split("\n").length).toBe(source.split("\n").length);
  expect(text.match(/\bbreak (bail|slice|out|next|B\d+);/g)?.length).toBeGreaterThan(3);
  expect(text).not.toMatch(/(?<!if \(real\) )(break (bail|slice|out|next|B\d+)|continue \w+);/);
  expect(text).not.toMatch(/(?<!if \(real\) )return /);
  expect(text.match(/V\.setInt32\(/g)?.length).toBe(text.match(/V\.setInt32\(\(?real \? /g)?.length);
});

test("a function that is trained runs to its end, and changes nothing", () => {
  const { guest, source, constants } = made();
  const { cpu, memory } = guest;
  const calls: string[] = [];
  const links = constants.map(() => ({ fn: () => calls.push("link") }));
  const f = new Function("R", "V", "P", "FL", "NEXT", "LOOKUP", "IDLE", "C", "RUNS",
    `const ${constants.map((_, k) => `c${k} = C[${k}]`).join(", ")}; const f = function () {${withTraining(source)}; RUNS.n++; }; return f; var REAL;`) as (...values: unknown[]) => () => unknown;
  const runs = { n: 0 };
  const fn = f(cpu.state, memory.view, memory.perm, FL, () => calls.push("next"), () => calls.push("lookup"), idle, links, runs);
  guest.start({ ecx: 5 });
  const state = cpu.state.slice(), bytes = memory.u8.slice(CODE, CODE + 4096), lanes = cpu.vec.i32s.slice();
  train(cpu, fn);
  expect(runs.n).toBeGreaterThan(8);
  expect(calls).toEqual([]);
  expect(cpu.state).toEqual(state);
  expect(cpu.state[S.ENTRY]).toBe(0);
  expect(cpu.vec.i32s).toEqual(lanes);
  expect(memory.u8.subarray(CODE, CODE + 4096)).toEqual(bytes);
  expect(memory.u8.subarray(0xfffff000).every((b) => b === 0)).toBe(true);
  expect(memory.u8.subarray(0x8000000, 0x8000004).every((b) => b === 0)).toBe(true);
});
