// Which code becomes a region: samples of EIP at the ends of short time slices find the hot blocks; around a hot block the largest loop
// that fits is taken, or the function it is in. Translation itself is src/translator.
//
// Sampling by guest instructions costs the translated code nothing and is deterministic.

import { A, K } from "../decoder/instruction.ts";
import { discover, type DiscoverOptions, type Graph, successors } from "../translator/graph.ts";
import type { Translator } from "../translator/index.ts";
import { components } from "../translator/structure.ts";
import type { Block } from "./block.ts";
import type { CodeCache } from "./codecache.ts";
import type { GuestMemory } from "./memory.ts";

/** Guest instructions between two samples. */
export const SAMPLE_INTERVAL = 20000;
/** Instructions in one region. V8 does not optimise functions over 60 KB of bytecode; an instruction makes 50 to 100 bytes. */
const MAX_REGION = 400;
const MAX_INLINE = 40;
/** How often one entry is translated anew because hot code near it was not in its region. */
const MAX_VERSIONS = 4;
/** Recorded targets of one indirect jump. */
const MAX_TARGETS = 256;

export interface RegionStats {
  regions: number;
  regionInstructions: number;
  samples: number;
}

export interface Regions {
  readonly stats: RegionStats;
  /** Notes that the time slice ended at this block; makes a region when that shows it to be hot. */
  sample(block: Block): void;
  /** Makes the region entered at a block at once (threshold 0). False when it has none. */
  make(block: Block): boolean;
  /** Notes the call that ends a block, so that functions are known by their entries. */
  noteCall(block: Block): void;
  /** Makes the recorder for an indirect jump. */
  recorder(address: number): (target: number) => void;
}

export interface RegionOptions {
  readonly memory: GuestMemory;
  readonly cache: CodeCache;
  readonly translator: () => Translator;
  /** Follow every direct jump, not only those to code that has run. */
  readonly eager: boolean;
}

export function createRegions(options: RegionOptions): Regions {
  const { memory, cache } = options;
  const stats: RegionStats = { regions: 0, regionInstructions: 0, samples: 0 };
  const functions = new Set<number>();
  const targets = new Map<number, Set<number>>();
  const discovery: DiscoverOptions = {
    memory,
    executed: options.eager ? () => true : (address) => cache.has(address),
    indirectTargets: (address) => [...(targets.get(address) ?? [])],
    maxInstructions: MAX_REGION,
    maxInline: MAX_INLINE,
  };
  const outline: DiscoverOptions = { ...discovery, maxInline: 0 };

  function make(block: Block): boolean {
    if (block.regions >= MAX_VERSIONS) return false;
    block.regions++;
    const made = options.translator().region(block, discovery);
    if (made === undefined) return false;
    cache.addTranslation(block, made.fn, made.size, made.graph.ranges);
    stats.regions++;
    stats.regionInstructions += made.graph.instructions;
    return true;
  }

  function sample(block: Block): void {
    stats.samples++;
    if (++block.heat < block.hot) return;
    // asking costs a walk over the code: ask ever more rarely
    block.heat = 0;
    block.hot *= 8;
    if (block.regions > 0) return;
    const entry = entryFor(block.address);
    const head = entry === block.address ? block : cache.at(entry);
    if (head !== block && head.regions > 0 && covers(head, block.address)) return;
    if (!make(head) && head !== block) make(block);
  }

  /** Where the region around a hot address is entered: the head of its loop, or the entry of its function. */
  function entryFor(address: number): number {
    const around = discover(address, outline);
    if (around === undefined) return address;
    const loop = components(around.nodes.map((n) => successors(n).map((s) => s.index))).find((c) => c.includes(0));
    if (loop !== undefined && (loop.length > 1 || successors(around.entry).includes(around.entry))) {
      return loop.reduce((low, n) => (around.nodes[n].address >>> 0 < low >>> 0 ? around.nodes[n].address : low), address);
    }
    let nearest: number | undefined;
    for (const f of functions) if (f >>> 0 <= address >>> 0 && (nearest === undefined || f >>> 0 > nearest >>> 0)) nearest = f;
    if (nearest === undefined || (address - nearest) >>> 0 > 16384) return address;
    const whole = discover(nearest, outline);
    return whole !== undefined && contains(whole, address) ? nearest : address;
  }

  return {
    stats, sample, make,
    noteCall(block) {
      const last = block.insns[block.insns.length - 1];
      if ((last.row.attributes & A.BRANCH) !== 0 && last.row.mnemonic === "CALL" && last.op0.kind === K.REL) functions.add(last.op0.imm);
    },
    recorder(address) {
      let seen = targets.get(address);
      if (seen === undefined) targets.set(address, (seen = new Set()));
      const set = seen;
      let last = 0;
      return (target) => {
        if (target === last) return;
        last = target;
        if (set.size < MAX_TARGETS) set.add(target);
      };
    },
  };
}

const contains = (graph: Graph, address: number) => graph.nodes.some((n) => n.insns.some((i) => i.address === address));
const covers = (block: Block, address: number) => block.ranges.some(([from, to]) => from <= address >>> 0 && address >>> 0 < to);
