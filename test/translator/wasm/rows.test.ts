// Which instructions keep a function from becoming WebAssembly: of all rows of the opcode tables those of the x87 alone. Each form stands in a block of
// its own, and each world of precision that code is made for has its own tests in it.

import { describe, expect, it } from "vitest";
import { decode } from "../../../src/decoder/index.ts";
import { A } from "../../../src/decoder/instruction.ts";
import { makeBlock } from "../../../src/runtime/block.ts";
import { Cpu } from "../../../src/runtime/cpu.ts";
import { createMemory } from "../../../src/runtime/memory.ts";
import { webAssembly } from "../../../src/runtime/webassembly.ts";
import { emitGraph } from "../../../src/translator/emit.ts";
import { DirectExit, IndirectExit } from "../../../src/translator/exits.ts";
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

const PRECISIONS = [{ watch: false, pe: false, fine: false }, { watch: true, pe: false, fine: true }, { watch: true, pe: true, fine: false }];

describe.skipIf(world === undefined)("is lowered", () => {
  for (const packed of [true, false]) for (const precision of PRECISIONS) {
    it(`packed ${packed}, ${JSON.stringify(precision)}`, { timeout: 60_000 }, () => {
      const refused: string[] = [];
      let count = 0;
      for (const { name, codes } of [...allForms(), ...simdForms()]) {
        memory.poke(START, Uint8Array.from([...codes[0], 0xc3]));
        const insn = decode(memory.u8, START, START);
        if (typeof insn === "number" || (insn.row.attributes & A.X87) !== 0) continue;
        count++;
        const { source, constants } = emitGraph(blockGraph(makeBlock(memory, START, 64), true), {
          traceStores: false, recordTargets: true, x87Locals: false, entries: false, counts: false, number: 1, precision, packed,
        });
        const given = constants.map((c) => (c instanceof DirectExit ? { stub: () => null, fn: () => null, target: c.target } : c instanceof IndirectExit ? () => {} : c));
        if (world?.compile([{ address: START, source, constants: given, entries: 0 }])[0] === undefined) refused.push(name);
      }
      expect(refused).toEqual([]);
      expect(count).toBeGreaterThan(1000);
    });
  }
});
