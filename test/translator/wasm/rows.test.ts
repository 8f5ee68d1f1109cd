// No instruction keeps a function from becoming WebAssembly: of all rows of the opcode tables each form stands in a block of its own. Each world of
// precision that code is made for has its own tests in it; x87 registers are in locals, and they are not.

import { describe, expect, it } from "vitest";
import { decode } from "../../../src/decoder/index.ts";
import { makeBlock } from "../../../src/runtime/block.ts";
import { Cpu } from "../../../src/runtime/cpu.ts";
import { createMemory } from "../../../src/runtime/memory.ts";
import { webAssembly } from "../../../src/runtime/webassembly.ts";
import { emitGraph } from "../../../src/translator/emit-graph.ts";
import { DirectExit, IndirectExit, OtherVersion, type VersionCell } from "../../../src/translator/exits.ts";
import { blockGraph } from "../../../src/translator/graph.ts";
import { createWorld } from "../../../src/translator/wasm/world.ts";
import { allForms } from "../../semantics/forms.ts";
import { simdForms } from "../../semantics/simd-forms.ts";

const START = 0x1000000;
const memory = createMemory();
memory.map(START, 4096, 7);
const { wasm } = memory;
const world = webAssembly() === undefined || wasm === undefined ? undefined
  : createWorld({ cpu: new Cpu(memory), memory: wasm, translationAt: () => null, onStore: () => {} });

const PRECISIONS = [{ pe: false, small: "left" }, { pe: false, small: "borne" }, { pe: false, small: "free" }, { pe: true, small: "left" }] as const;

const nothing = () => null;
const other: VersionCell = { enter: nothing, version: () => nothing, alone: false };
function given(c: unknown): unknown {
  if (c instanceof DirectExit) return { stub: nothing, fn: nothing, target: c.target };
  if (c instanceof IndirectExit) return () => {};
  return c instanceof OtherVersion ? other : c;
}

describe.skipIf(world === undefined)("is lowered", () => {
  for (const [packed, x87Locals] of [[true, true], [true, false], [false, true]]) for (const precision of PRECISIONS) {
    it(`packed ${packed}, x87 in locals ${x87Locals}, ${JSON.stringify(precision)}`, { timeout: 60_000 }, () => {
      const refused: string[] = [];
      let count = 0;
      for (const { name, codes } of [...allForms(), ...simdForms()]) {
        memory.poke(START, Uint8Array.from([...codes[0], 0xc3]));
        const insn = decode(memory.u8, START, START);
        if (typeof insn === "number") continue;
        count++;
        const { source, constants } = emitGraph(blockGraph(makeBlock(memory, START, 64), true), {
          traceStores: false, recordTargets: true, x87Locals, entries: false, counts: false, number: 1, precision, packed,
        });
        if (world?.compile([{ address: START, source, constants: constants.map(given), entries: 0 }])[0] === undefined) refused.push(name);
      }
      expect(refused).toEqual([]);
      expect(count).toBeGreaterThan(1000);
    });
  }
});
