// Generated code as people read it, for documents and golden files.

import { makeBlock } from "../../src/runtime/block.ts";
import type { GuestMemory } from "../../src/runtime/memory.ts";
import { emitGraph } from "../../src/translator/emit-graph.ts";
import type { Emitted } from "../../src/translator/emitted.ts";
import { blockGraph, discover } from "../../src/translator/graph.ts";

/** Generated code as a reader wants it: indented, the hooks of the emitter and empty lines removed. */
export function readable(source: string): string {
  let depth = 0;
  return source.split("\n").filter((line) => line !== "").map((line) => {
    const closes = line.startsWith("}") ? 1 : 0;
    depth -= closes;
    const shown = `${"  ".repeat(depth)}${line}`;
    depth += line.split("{").length - line.split("}").length + closes;
    return shown.trimEnd();
  }).join("\n");
}

/**
 * What a tier makes of the code at an address, all of which counts as executed; undefined where a region would be no more than its first block.
 * `targets`: what indirect jumps, and stubs, have been seen to lead to. `packed`: with vectors.
 * `unaligned`: instructions that have been seen to use memory at addresses that are no multiples of what they take.
 */
export function emitTier(tier: "block" | "region", memory: GuestMemory, address: number, targets: readonly number[] = [], packed = false, unaligned?: ReadonlySet<number>): Emitted | undefined {
  const block = makeBlock(memory, address, 64);
  const graph = tier === "block" ? blockGraph(block, true)
    : discover(address, {
      memory, executed: () => true, indirectTargets: () => targets, leadsTo: () => targets[0], maxInstructions: 200, maxInline: 40, maxCalling: 0, only: undefined,
    });
  if (graph === undefined || (tier === "region" && graph.nodes.length < 2)) return undefined;
  return emitGraph(graph, {
    traceStores: false, recordTargets: tier === "block", x87Locals: tier === "region" || graph.entry.jumps.size > 0, entries: tier === "region", counts: false, number: 1,
    precision: { pe: false, small: "left" }, packed, ...(unaligned && { unaligned }),
  });
}
