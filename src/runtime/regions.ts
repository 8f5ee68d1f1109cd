// Which code becomes a region: samples of EIP at the ends of short time slices find the hot blocks; around a hot block the largest loop
// that fits is taken, or the function it is in. Translation itself is src/translator.
//
// Sampling by guest instructions costs the translated code nothing and is deterministic.

import { type Instruction, K } from "../decoder/instruction.ts";
import { discover, type DiscoverOptions, type Graph, type GraphNode, MAX_CALLING, MAX_INLINE, MAX_TRACE, successors, type Trace } from "../translator/graph.ts";
import type { Prepared, Translation, Translator } from "../translator/index.ts";
import { turnsOften } from "../translator/loop-tests.ts";
import { type Adapter, type Block, type BlockFunction, HOT } from "./block.ts";
import type { CodeCache } from "./codecache.ts";
import type { GuestMemory } from "./memory.ts";
import { holds, type Image } from "./parking.ts";

/**
 * Instructions in one region. V8 does not optimise functions over 60 KB of bytecode; an instruction makes 50 to 100 bytes. Its time grows faster than
 * the function: with 400 instructions it took half a second for some, and the programs of fixtures/compute 5 % longer.
 */
const MAX_REGION = 200;
/**
 * Instructions of a loop that becomes one region where translations are WebAssembly, which V8 compiles at any size. Compressors have all their work in loops of 400 to 1,100, which
 * pieces of 200 leave at each turn: xz -6 takes 0.87 of the time with them whole, zstd -12 0.9, and a third less is translated. Loops with indirect jumps are interpreters' mostly. Lua's,
 * of 520, takes 0.7 to 0.8 of the time; Python's and SQLite's, 1,200 to 1,900, are translated again whenever other targets have been met: 1.1 times the time of the whole
 * (docs/decisions/regions.md).
 */
const MAX_LOOP = 2000, MAX_JUMPING_LOOP = 600;
/** Samples at which a block is first considered while few have been taken; later it takes this part of all samples, up to HOT. */
const WARM = 16, PART = 128;
/** Instructions that are looked at to find the loop or function around a hot block. */
const MAX_OUTLINE = 4000;
/** Loops within loops that are tried for a fitting one. */
const MAX_NESTING = 6;
/** How many regions may hold copies of the same code. */
const MAX_COPIES = 3;
/** Regions at one address (code that changes, or other code in the same place) after which each further one has to wait four times as long. */
const MANY = 4;
/** How often that happens. */
const MAX_WAITS = 3;
/**
 * Instructions in all traces together, from which on a program counts as flat (a compiler has 460,000, eleven times what stands in the heads), and in one trace then at most. From there on
 * traces end where something else has been translated: the compiler takes 0.83 of the time. Others would take longer (docs/decisions/webassembly.md).
 */
const FLAT = 60_000, SHORT_TRACE = 50;
/** Instructions in all translations together, up to which loops around warm blocks become regions at once. */
const BEGINNING = 1500;
/** Instructions of such a loop. */
const MAX_EARLY = 400;
/** Samples that a region waits for others. */
const PATIENCE = 16;
/** Turns of a loop to each call of its function, up to which the function is the region and not the loop, if it fits; and the same by samples, of which there are few. */
const FEW_TURNS = 4, FEW_SAMPLES = 8;
/**
 * Of a function that is hot outside of its loops, code that is executed less often than once in so many calls is left out of the region; of one that is hot in a loop, where it would be too
 * large otherwise (docs/decisions/regions.md).
 */
const SELDOM = 16, VERY_SELDOM = 64;
/** Recorded targets of one indirect jump or call. */
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
  /** Takes the region or trace of an earlier run that begins at a block; `others`: where another one was in the end. */
  adoptRestored(block: Block, made: Translation, region: boolean, others: (address: number) => boolean): void;
  /**
   * At the beginning of a program: makes regions of the loops that blocks are in which have become warm, outermost first, and answers the other blocks. A nest of loops is warm from the inside out,
   * and would be translated once for each loop, and again when samples have met it: matmul's innermost one five times, one of fft's eight times.
   */
  loops(blocks: readonly Block[]): readonly Block[];
  /** Whether loops around warm blocks become regions at once. */
  beginning(): boolean;
  /** How to translate blocks that have become warm: each together with the warm code behind it. Those that stand in another's are left out. */
  traces(blocks: readonly Block[], enough: number): readonly Trace[];
  /** Gives blocks the translation of a trace: the head, and the loops that it can be entered at. */
  adoptTrace(head: Block, made: Translation): void;
  /** Notes where an indirect jump or call has led. */
  noteTarget(insn: Instruction, target: number): void;
  /** What has been emitted and waits is not to be used. */
  giveUp(): void;
  /** Translations have been dropped, to be made again. */
  forget(): void;
  /** A translation is gone, or put aside. */
  lost(fn: BlockFunction): void;
  /** A translation that was put aside is in use again. */
  returned(fn: BlockFunction): void;
  /** Makes the recorder for an indirect jump. */
  recorder(address: number): (target: number) => void;
}

/** A region that is emitted and waits for others. */
interface Waiting {
  readonly head: Block;
  readonly how: DiscoverOptions;
  readonly made: Prepared;
  /** The guest code that it was made from. */
  readonly code: readonly Image[];
  /** Samples there had been. */
  readonly since: number;
  /** Much around it may not have been executed yet. */
  readonly early: boolean;
}

export interface RegionOptions {
  readonly memory: GuestMemory;
  readonly adapt: Adapter;
  readonly state: Int32Array;
  readonly cache: CodeCache;
  readonly translator: () => Translator;
  /** Follow every direct jump, not only those to code that has run. */
  readonly eager: boolean;
  /** Takes the region of an earlier run, if there is one that begins at a block. */
  readonly restore: (head: Block) => boolean;
  /** Told that a block has a way in to the translation of another one. */
  readonly entered: (block: Block, head: Block) => void;
  /** How many are made at once, if they come soon one after another. */
  readonly together: number;
  /** Whether they become WebAssembly. */
  readonly lowered: boolean;
}

export function createRegions(options: RegionOptions): Regions {
  const { memory, cache } = options;
  const [maxLoop, maxJumping] = options.lowered ? [MAX_LOOP, MAX_JUMPING_LOOP] : [MAX_REGION, MAX_REGION];
  const stats: RegionStats = { regions: 0, regionInstructions: 0, samples: 0 };
  const targets = new Map<number, Set<number>>();
  /** Samples that met each block. */
  const seen = new Map<number, number>();
  /** Heads of loops of which samples have had it that they turn often. */
  const turning = new Set<number>();
  /** Loops that regions take for short, by address, with how their region was made, what is executed in it ahead of them, and all. */
  const short = new Map<number, { readonly head: Block; readonly how: DiscoverOptions; readonly around: readonly number[]; readonly all: readonly number[] }>();
  const waiting: Waiting[] = [];
  /** Instructions in all traces. */
  let traced = 0;
  /** How many regions hold the code at an address. */
  const copies = new Map<number, number>();
  /** The code that each region holds. */
  const held = new WeakMap<BlockFunction, readonly number[]>();
  /** The regions that `copies` counts. */
  let counted = new WeakSet<BlockFunction>();
  /** Regions that were made at an address, the code there having changed. */
  const makings = new Map<number, number>();
  /** Functions of blocks at which regions are entered. */
  const waysIn = new WeakSet<BlockFunction>();
  /** Ways in to regions that were made when the first block in them was warm, with the instructions that these have, those of copied functions left out. */
  const early = new WeakMap<BlockFunction, number>();
  const discovery: DiscoverOptions = {
    memory,
    adapt: options.adapt,
    known: (address) => cache.peek(address)?.insns,
    executed: options.eager ? () => true : (address) => cache.has(address),
    only: undefined,
    cut: (address) => cache.cuts.has(address),
    indirectTargets: (address) => [...(targets.get(address) ?? [])],
    leadsTo: (address) => cache.stubs.get(address),
    hits: (address) => cache.hits(address),
    samples: (address) => seen.get(address) ?? 0,
    turns: (address) => turning.has(address),
    maxInstructions: MAX_REGION,
    maxInline: MAX_INLINE,
    maxCalling: options.lowered ? MAX_CALLING : 0,
  };
  const outline: DiscoverOptions = { ...discovery, maxInstructions: MAX_OUTLINE, maxInline: 0, maxCalling: 0 };

  function translate(head: Block, how: DiscoverOptions, reason: string, soon = false): boolean {
    if (head.regions >= MAX_COPIES) return false;
    if (options.restore(head)) return true;
    head.regions++;
    const made = options.translator().region(head, how, reason);
    if (made === undefined) return false;
    waiting.push({ head, how, made, code: made.graph.ranges.map(([start, end]) => ({ start, bytes: memory.u8.slice(start, end) })), since: stats.samples, early: soon });
    return true;
  }

  /** Makes functions of the regions that wait. */
  function finish(): void {
    const ready = waiting.filter(({ head, made, code }) => head.valid && made.graph.ranges.every(([start, end]) => holds(memory, code, start, end)));
    giveUp();
    for (const { head } of ready) head.regions++;
    for (const [k, made] of options.translator().finish(ready.map((it) => it.made)).entries()) {
      stats.regions++;
      const { graph } = ready[k].made;
      stats.regionInstructions += graph.instructions;
      adopt(ready[k].head, made, true, undefined);
      for (const { address, around } of ready[k].made.short) short.set(address, { head: ready[k].head, how: ready[k].how, around, all: graph.nodes.map((n) => n.address) });
      if (ready[k].early) for (const { fn } of [made, ...made.entries]) early.set(fn, size(graph.nodes.filter((n) => n.context === undefined)));
    }
  }

  /** What waits was made for what is no longer so. */
  function giveUp(): void {
    for (const { head } of waiting) head.regions--;
    waiting.length = 0;
  }

  function adopt(head: Block, made: Translation, region: boolean, others: ((address: number) => boolean) | undefined): void {
    if (others?.(head.address) !== true) cache.addTranslation(head, made.fn, made.size, made.graph.ranges, made.floating);
    for (const { address, fn } of made.entries) {
      if (others?.(address) === true) continue;
      const loop = cache.at(address);
      if (loop === head || (!region && loop.fn !== null)) continue;
      if (region) loop.regions = Math.max(1, loop.regions);
      cache.addTranslation(loop, fn, 0, made.graph.ranges, made.floating);
      if (others === undefined) options.entered(loop, head);
    }
    if (!region) return;
    waysIn.add(made.fn);
    for (const { fn } of made.entries) waysIn.add(fn);
    held.set(made.fn, made.graph.nodes.map((n) => n.address));
    returned(made.fn);
    makings.set(head.address, (makings.get(head.address) ?? 0) + 1);
  }

  function returned(fn: BlockFunction): void {
    const addresses = held.get(fn);
    if (addresses === undefined || counted.has(fn)) return;
    counted.add(fn);
    for (const address of addresses) copies.set(address, (copies.get(address) ?? 0) + 1);
  }

  function lost(fn: BlockFunction): void {
    if (!counted.delete(fn)) return;
    for (const address of held.get(fn) ?? []) {
      const left = (copies.get(address) ?? 0) - 1;
      if (left > 0) copies.set(address, left);
      else copies.delete(address);
    }
  }

  function sample(block: Block): void {
    stats.samples++;
    consider(block);
    if (waiting.length >= options.together || (waiting.length > 0 && stats.samples - waiting[0].since >= PATIENCE)) finish();
  }

  /** Whether a region that is emitted has a block. */
  const waits = (block: Block): boolean => waiting.some(({ made }) => made.graph.nodes.some((n) => n.address === block.address));

  /** Makes a region anew for a loop in it that was taken for short, when samples say that it is not, and that the region spends its time there. */
  function turnsAfterAll({ address }: Block): boolean {
    const it = short.get(address);
    if (it === undefined) return false;
    const samples = (at: number) => seen.get(at) ?? 0, own = samples(address);
    if (!turnsOften(own, it.around.reduce((most, at) => Math.max(most, samples(at)), 0))) return false;
    turning.add(address);
    if (it.all.some((at) => samples(at) > own)) return false;
    short.delete(address);
    return it.head.valid && translate(it.head, it.how, "loop that turns often after all");
  }

  function consider(block: Block): void {
    seen.set(block.address, (seen.get(block.address) ?? 0) + 1);
    if (turnsAfterAll(block)) return;
    const hot = block.hot > HOT ? block.hot : Math.min(HOT, Math.max(WARM, stats.samples / PART));
    if (++block.heat < hot * patience(block.address)) return;
    // asking costs a walk over the code: ask ever more rarely
    block.heat = 0;
    block.hot *= 4;
    const had = block.fn === null ? undefined : early.get(block.fn);
    if ((block.regions > 0 && had === undefined) || waits(block) || (copies.get(block.address) ?? 0) >= MAX_COPIES) return;
    const around = outlineAt(block.address);
    if (around === undefined) return;
    const cycle = cycleAt(around), whole = functionAround(block.address, cycle !== undefined);
    if (whole !== undefined && (callsItself(whole) || turnsSeldom(whole, around, cycle))) {
      const entry = cache.at(whole.entry.address), before = had ?? (entry.fn === null ? undefined : early.get(entry.fn));
      if (before !== undefined && size(whole.nodes) <= before) return;
      const reason = callsItself(whole) ? "hot recursive function" : "hot function with a loop";
      if ((entry.regions === 0 || before !== undefined) && translate(entry, { ...ofFunction(whole), maxInstructions: maxLoop }, reason)) return;
    }
    if (cycle !== undefined) {
      const loop = loopWithin(around, cycle);
      // what was made early is made anew when more of the loop has been executed by now
      if (had !== undefined && (loop === undefined || size(loop) <= had)) return;
      // where the loop is entered is not recorded; compilers put its head lowest
      const head = loop === undefined ? around.entry : lowest(loop);
      const only = new Set((loop ?? hottest(around, cycle)).map((n) => n.address));
      const entry = cache.at(head.address), before = entry.fn === null ? undefined : early.get(entry.fn), more = before !== undefined && loop !== undefined && size(loop) > before;
      // a loop within that outlasts its slice comes back at its own head: there the same code is entered another way
      const [maxInstructions, reason] = loop === undefined ? [MAX_REGION, "hottest part of a large loop"] as const : [maxLoop, "hot loop"] as const;
      if (translate(entry.regions > 0 && had === undefined && !more ? block : entry, { ...discovery, only, maxInstructions }, reason)) return;
    }
    if (whole !== undefined && cycle === undefined && translate(cache.at(whole.entry.address), ofFunction(whole), "hot function")) return;
    // a warm block has that already, unless nothing warm comes behind it
    if (block.ranges === undefined) translate(block, { ...discovery, maxInstructions: MAX_TRACE }, "hot code");
  }

  const beginning = (): boolean => traced <= BEGINNING;

  function loops(blocks: readonly Block[]): readonly Block[] {
    if (!beginning()) return blocks;
    // twice: a block may come before the one that its region is made for
    const others = blocks.filter((block) => !loopAround(block)).filter((block) => !waits(block));
    if (others.length < blocks.length) finish();
    return others;
  }

  /** Makes the region of the largest loop around a block, when that is small and always knows where it goes. */
  function loopAround(block: Block): boolean {
    if (waits(block)) return true;
    const around = outlineAt(block.address);
    if (around === undefined) return false;
    const cycle = cycleAt(around), whole = functionAround(block.address, cycle !== undefined);
    if (whole !== undefined && !whole.nodes.some(jumpsAnywhere) && (callsItself(whole) || turnsSeldom(whole, around, cycle))) {
      const entry = cache.at(whole.entry.address), reason = callsItself(whole) ? "warm recursive function" : "warm function with a loop";
      if (entry.regions === 0 && !makings.has(entry.address) && translate(entry, { ...ofFunction(whole), maxInstructions: maxJumping }, reason, true)) {
        traced += whole.instructions;
        return true;
      }
    }
    if (cycle === undefined) return false;
    const nodes = cycle.map((n) => around.nodes[n]);
    if (size(nodes) > MAX_EARLY || nodes.some(jumpsAnywhere)) return false;
    const entry = cache.at(lowest(nodes).address);
    // what has been written over may not stay this time either
    const how = { ...discovery, maxInstructions: maxJumping, only: new Set(nodes.map((n) => n.address)) };
    if (entry.regions > 0 || makings.has(entry.address) || !translate(entry, how, "warm loop", true)) return false;
    traced += size(nodes);
    return true;
  }

  function traces(blocks: readonly Block[], enough: number): readonly Trace[] {
    const flat = traced > FLAT, maxInstructions = flat ? SHORT_TRACE : MAX_TRACE;
    const warm = (address: number) => {
      const to = cache.peek(address);
      return to !== undefined && to.hits > enough && (to.fn === null || (!flat && !waysIn.has(to.fn)));
    };
    const found = blocks.map((block) => {
      const graph = discover(block.address, { ...discovery, maxInstructions, maxCalling: 0, executed: warm });
      return { block, graph, parts: new Set(graph?.nodes.flatMap((n) => (n.context === undefined ? [n.address] : []))) };
    });
    // what becomes warm first is often in the middle: first those that stand in no other's, of these and of the rest the longest, which hold most of the others
    const inner = new Set(found.filter(({ block, parts }) => found.some((other) => other.parts.has(block.address) && !parts.has(other.block.address))));
    found.sort((a, b) => Number(inner.has(a)) - Number(inner.has(b)) || (b.graph?.instructions ?? 0) - (a.graph?.instructions ?? 0));
    const covered = new Set<number>(), all: Trace[] = [];
    for (const { block, graph, parts } of found) {
      if (covered.has(block.address)) continue;
      traced += graph?.instructions ?? 0;
      const whole = graph !== undefined && (graph.nodes.length > 1 || graph.instructions > block.insns.length);
      if (whole) for (const address of parts) covered.add(address);
      all.push({ block, graph: whole ? graph : undefined });
    }
    return all;
  }

  /** Regions that are soon lost again cost more than they bring. */
  function patience(address: number): number {
    const made = makings.get(address);
    return made === undefined || made < MANY ? 1 : 4 ** Math.min(MAX_WAITS, Math.floor(made / MANY));
  }

  /** The largest loop with the graph's entry in it that fits a region, given the members of the largest one. */
  function loopWithin(graph: Graph, cycle: readonly number[]): GraphNode[] | undefined {
    let members = cycle;
    for (let depth = 0; depth < MAX_NESTING; depth++) {
      const nodes = members.map((n) => graph.nodes[n]);
      if (size(nodes) <= (nodes.some(jumpsAnywhere) ? maxJumping : maxLoop)) return nodes;
      // too large: what loops inside it when its head is not gone back to?
      const head = lowest(nodes).index;
      const inside = new Set(members);
      if (head === 0) return undefined;
      const inner = membersOfCycle(graph.nodes.map((n, from) => (inside.has(from) ? successors(n).map((s) => s.index).filter((k) => k !== head && inside.has(k)) : [])));
      if (inner === undefined) return undefined;
      members = inner;
    }
    return undefined;
  }

  /** The part of a large loop (a bytecode interpreter's, say) that the samples met most, up to the size of a region. */
  function hottest(graph: Graph, cycle: readonly number[]): GraphNode[] {
    const heat = (n: GraphNode) => seen.get(n.address) ?? 0;
    const chosen = [graph.entry];
    let room = MAX_REGION - graph.entry.insns.length;
    for (const n of cycle.map((k) => graph.nodes[k]).sort((a, b) => heat(b) - heat(a))) {
      if (n === graph.entry || n.insns.length > room) continue;
      chosen.push(n);
      room -= n.insns.length;
    }
    return chosen;
  }

  function targetsOf(address: number): Set<number> {
    const seen = targets.get(address) ?? new Set();
    targets.set(address, seen);
    return seen;
  }

  /** What is reached from an address, calls noted. */
  function outlineAt(address: number): Graph | undefined {
    const around = discover(address, outline);
    for (const { insns } of around?.nodes ?? []) cache.noteCall(insns[insns.length - 1]);
    return around;
  }

  /**
   * Whether a loop turns but a few times to each call of its function: then calls would enter the code ahead of the loop, the loop's region and the code behind it one after another.
   * A dictionary's look-up in Python does, and was a third of all functions entered.
   */
  function turnsSeldom(whole: Graph, around: Graph, cycle: readonly number[] | undefined): boolean {
    if (cycle === undefined) return false;
    const most = (of: (n: GraphNode) => number) => cycle.reduce((max, k) => Math.max(max, of(around.nodes[k])), 0);
    const samples = (n: GraphNode) => seen.get(n.address) ?? 0;
    return whole.entry.hits * FEW_TURNS >= most((n) => n.hits) && samples(whole.entry) * FEW_SAMPLES >= most(samples);
  }

  /**
   * The function that an address is in, when what is executed of it fits a region: where the address is in a loop (`loops`) all of it, or all that calls do not come to very seldom; elsewhere
   * what they come to often.
   */
  function functionAround(address: number, loops: boolean): Graph | undefined {
    let nearest: number | undefined;
    for (const known of [cache.functions, cache.stubs.values()]) for (const f of known) if (f >>> 0 <= address >>> 0 && (nearest === undefined || f >>> 0 > nearest >>> 0)) nearest = f;
    if (nearest === undefined || (address - nearest) >>> 0 > 16384) return undefined;
    const calls = cache.hits(nearest);
    const often = (part: number) => (to: number) => outline.executed(to) && cache.hits(to) * part >= calls;
    for (const executed of loops ? [outline.executed, often(VERY_SELDOM)] : [often(SELDOM)]) {
      const whole = discover(nearest, { ...outline, executed });
      if (whole !== undefined && whole.instructions <= MAX_REGION && contains(whole, address)) return whole;
    }
    return undefined;
  }

  /** How the region of a function is found. */
  const ofFunction = ({ nodes }: Graph): DiscoverOptions => ({ ...discovery, only: new Set(nodes.map((n) => n.address)) });

  return {
    stats, sample,
    loops, beginning, traces, giveUp,
    adoptTrace: (head, made) => adopt(head, made, false, undefined),
    make(block) {
      if (!translate(block, discovery, "first execution")) return false;
      finish();
      return block.fn !== null;
    },
    adoptRestored(block, made, region, others) {
      if (region) block.regions++;
      adopt(block, made, region, others);
    },
    forget() {
      giveUp();
      copies.clear();
      counted = new WeakSet();
    },
    lost, returned,
    noteTarget({ address, row }, target) {
      const seen = targetsOf(address);
      if (seen.size < MAX_TARGETS) seen.add(target);
      if (row.mnemonic === "CALL") cache.functions.add(target);
    },
    recorder(address) {
      const seen = targetsOf(address);
      let last = 0;
      return (target) => {
        if (target === last) return;
        last = target;
        if (seen.size < MAX_TARGETS) seen.add(target);
      };
    },
  };
}

const jumpsAnywhere = ({ insns }: GraphNode): boolean => {
  const { row, op0 } = insns[insns.length - 1];
  return row.mnemonic === "JMP" && op0.kind !== K.REL;
};

/** A function that calls itself is a loop of its own kind. */
const callsItself = ({ entry, nodes }: Graph): boolean => nodes.some(({ insns }) => {
  const { row, op0 } = insns[insns.length - 1];
  return row.mnemonic === "CALL" && op0.kind === K.REL && op0.imm === entry.address;
});

const lowest = (nodes: readonly GraphNode[]): GraphNode => nodes.reduce((low, n) => (n.address >>> 0 < low.address >>> 0 ? n : low));

const size = (nodes: readonly GraphNode[]) => nodes.reduce((sum, n) => sum + n.insns.length, 0);

/** The nodes that node 0 reaches and is reached from; undefined when it is in no cycle. */
function membersOfCycle(edges: readonly (readonly number[])[]): number[] | undefined {
  const back: number[][] = edges.map(() => []);
  for (const [from, list] of edges.entries()) for (const to of list) back[to].push(from);
  const ahead = reached(edges), behind = reached(back);
  const members = [...ahead].filter((n) => behind.has(n));
  return members.length > 1 || edges[0].includes(0) ? members : undefined;
}

/** Node 0 and all that it leads to. */
function reached(edges: readonly (readonly number[])[]): Set<number> {
  const seen = new Set([0]);
  for (const n of seen) for (const to of edges[n]) seen.add(to);
  return seen;
}

/** The nodes of the largest loop that a graph's entry is in. */
const cycleAt = ({ nodes }: Graph) => membersOfCycle(nodes.map((n) => successors(n).map((s) => s.index)));

const contains = (graph: Graph, address: number) => graph.nodes.some((n) => n.insns.some((i) => i.address === address));
