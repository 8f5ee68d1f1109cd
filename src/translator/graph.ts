// Control-flow graphs of guest code: what one translation covers. A block gives a graph of one node; a region is found by following
// direct jumps from its entry, the recorded targets of indirect jumps, and small callees, which are copied into the caller.
// How a graph becomes structured JavaScript: structure.ts and emit.ts.

import { decode } from "../decoder/decode.ts";
import { A, type Instruction, K } from "../decoder/instruction.ts";
import { endsBlock, isIndirect, isStub, type Block, MAX_BLOCK } from "../runtime/block.ts";
import { type GuestMemory, PERM } from "../runtime/memory.ts";
import { executionOf, semanticOf } from "../semantics/index.ts";
import type { Structure } from "./structure.ts";
import type { Semantic } from "../semantics/machine.ts";

/** A copy of a callee inside its caller: where its RET is expected to go. */
export interface InlineContext {
  readonly id: number;
  readonly parent: InlineContext | undefined;
  /** Guest address behind the call. */
  readonly returnAddress: number;
}

export interface GraphNode {
  /** Position in `Graph.nodes`; the entry is 0. */
  index: number;
  readonly address: number;
  readonly context: InlineContext | undefined;
  readonly insns: Instruction[];
  readonly semantics: Semantic[];
  /** Nodes that a direct jump, the fall-through or a recorded indirect jump leads to, by guest address. */
  readonly jumps: Map<number, GraphNode>;
  /** The node behind a call that is made as a JavaScript call; of a copied stub, whose jump is made as one: behind the call of it. */
  afterCall: GraphNode | undefined;
  /** Of a copied stub: where it led to when that was looked at. */
  leadsTo: number | undefined;
  /** The callee copied in place of the call. */
  inlined: GraphNode | undefined;
  /** For a RET of a copied callee: the node behind the call. */
  returnsTo: GraphNode | undefined;
  /** How often it was executed before it was translated; 0 where that is not known. */
  hits: number;
  /** How many samples have met it. */
  samples: number;
  /** Whether samples have had it that the loop it is the head of turns often. */
  turns: boolean;
  /** It is another node once more (irreducible.ts). */
  readonly copied: boolean;
}

/** Guest code that a translation covers. */
export interface Covered {
  readonly nodes: readonly { readonly address: number }[];
  /** Byte ranges: [start, end) pairs, uint32. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

export interface Graph extends Covered {
  readonly entry: GraphNode;
  readonly nodes: GraphNode[];
  readonly instructions: number;
  /** What was said to be worth following while the graph was found: with that it can be found again. */
  readonly followed: Followed;
  /** Most instructions that it could have. */
  readonly limit: number;
}

/** Addresses of code: in the unit itself, and in callees. */
export interface Followed {
  readonly own: ReadonlySet<number>;
  readonly callees: ReadonlySet<number>;
}

export const successors = (n: GraphNode): GraphNode[] => {
  const all = [...n.jumps.values()];
  for (const other of [n.afterCall, n.inlined, n.returnsTo]) if (other !== undefined) all.push(other);
  return all;
};

const node = (address: number, context: InlineContext | undefined): GraphNode => ({
  index: -1, address, context, insns: [], semantics: [], jumps: new Map(), afterCall: undefined, leadsTo: undefined, inlined: undefined, returnsTo: undefined,
  hits: 0, samples: 0, turns: false, copied: false,
});

/** The nodes of a loop, in the order of the code. */
export function membersOf(head: number, nodes: readonly GraphNode[], { position }: Structure): number[] {
  const before: number[][] = nodes.map(() => []), inside = new Set([head]);
  for (const it of nodes) if (position[it.index] >= 0) for (const s of successors(it)) before[s.index].push(it.index);
  const list = before[head].filter((m) => position[m] >= position[head]);
  for (let m = list.pop(); m !== undefined; m = list.pop()) {
    if (inside.has(m)) continue;
    inside.add(m);
    list.push(...before[m]);
  }
  return [...inside].sort((a, b) => position[a] - position[b]);
}

/** A block as a graph of one node, with an edge to itself when it jumps to its own start. */
export function blockGraph(block: Block, loops: boolean): Graph {
  const entry = node(block.address, undefined);
  entry.index = 0;
  entry.insns.push(...block.insns);
  entry.semantics.push(...block.insns.map((it) => executionOf(it.row)));
  const last = block.insns[block.insns.length - 1];
  if (loops && (last.op0.kind === K.REL && last.row.mnemonic !== "CALL" ? last.op0.imm : block.end) === block.address) entry.jumps.set(block.address, entry);
  return { entry, nodes: [entry], instructions: block.insns.length, ranges: [[block.address >>> 0, block.end >>> 0]], followed: { own: new Set(), callees: new Set() }, limit: 0 };
}

export interface DiscoverOptions {
  readonly memory: GuestMemory;
  /** What an instruction is on the processor at hand. */
  readonly adapt?: ((insn: Instruction) => Instruction) | undefined;
  /** The instructions of the block at an address, when they have been decoded and are still good. */
  readonly known?: (address: number) => readonly Instruction[] | undefined;
  /** Whether a jump to this address is worth following: it has been executed. */
  readonly executed: (address: number) => boolean;
  /** When given: the only addresses to follow outside copied callees. */
  readonly only: ReadonlySet<number> | undefined;
  /** Recorded targets of the indirect jump or call at an address. */
  readonly indirectTargets: (address: number) => readonly number[];
  /** Where the jump at an address leads to that is a stub's (`isStub`), if that is known. */
  readonly leadsTo: (address: number) => number | undefined;
  /** How often the block at an address was executed, as far as was counted. */
  readonly hits?: ((address: number) => number) | undefined;
  /** How many samples have met it. */
  readonly samples?: ((address: number) => number) | undefined;
  /** Whether samples have had it that the loop whose head is there turns often. */
  readonly turns?: ((address: number) => boolean) | undefined;
  readonly maxInstructions: number;
  /** Longest callee that is copied into its caller, in instructions; 0 for none. */
  readonly maxInline: number;
  /** The same for one that calls others. */
  readonly maxCalling: number;
  /** Whether long straight code is cut into blocks at an address. A graph has a node there, and does not end shortly behind it. */
  readonly cut?: ((address: number) => boolean) | undefined;
  /** The graph is one that has been found before, with the limit that it came to. */
  readonly again?: boolean | undefined;
}

/** Longest callee that regions copy into its caller, in instructions. */
export const MAX_INLINE = 40;
const MAX_INLINE_DEPTH = 3;
/** Longest callee without a jump that is copied also where the graph ends with its call: what tells code its own address, most of all. */
const MAX_TINY = 3;
/** Callees that an indirect call was seen to lead to, at most, for copies of them to be made. */
const MAX_SEEN = 3;
/**
 * The same for a callee that calls others or itself, where translations are WebAssembly: one deep, so that recursion takes every other call only. What stands around a call, the registers
 * stored and loaded again most of all, is as much as a small function.
 */
export const MAX_CALLING = 60;
/** The same there for one that calls none and is called by the region itself: __divdi3 has 66 instructions that are executed, and u64 takes 0.9 of the time with it in its loop. */
const MAX_LEAF = 80;

/**
 * Instructions in a trace: what a warm block is translated with. A jump from function to function costs 20 to 50 ns where code is as large as Python's: the processor
 * has to fetch what it has not got. Traces of 100 take a quarter of the jumps that blocks alone take; 150 make Python and Perl some 10 % faster once more, 250 no more than that
 * (docs/decisions/webassembly.md).
 */
export const MAX_TRACE = 150;

/** A block that is to be translated, and the graph of which it is the head: undefined when it goes by itself. */
export interface Trace {
  readonly block: Block;
  readonly graph: Graph | undefined;
}

/** Finds the graph reachable from `address`; undefined when nothing can be decoded there. */
export function discover(address: number, options: DiscoverOptions): Graph | undefined {
  const finder = new Finder(options);
  const entry = finder.body(address, undefined);
  if (entry === undefined) return undefined;
  const { own, callees } = finder;
  return number(entry, { own, callees }, finder.max);
}

/** Numbers the nodes reachable from the entry. */
function number(entry: GraphNode, followed: Followed, limit: number): Graph {
  const nodes: GraphNode[] = [entry];
  entry.index = 0;
  let instructions = 0;
  const ranges: [number, number][] = [];
  for (let k = 0; k < nodes.length; k++) {
    const n = nodes[k];
    instructions += n.insns.length;
    ranges.push([n.address >>> 0, n.insns[n.insns.length - 1].next >>> 0]);
    for (const s of successors(n)) {
      if (s.index >= 0) continue;
      s.index = nodes.length;
      nodes.push(s);
    }
  }
  return { entry, nodes, instructions, ranges, followed, limit };
}

class Finder {
  private readonly options: DiscoverOptions;
  private total = 0;
  /** Most instructions. */
  max: number;
  readonly own = new Set<number>();
  readonly callees = new Set<number>();
  private contexts = 0;
  /** Where there was no room for more, in the middle of a block. */
  private readonly ends = new Set<number>();
  /** A block that has been met, and the number of the instruction in it that comes next. */
  private block: readonly Instruction[] = [];
  private next = 0;

  constructor({ memory, adapt, known, executed, only, indirectTargets, leadsTo, maxInstructions, maxInline, maxCalling, hits, samples, turns, cut, again }: DiscoverOptions) {
    // one hidden class, whoever asks
    this.options = { memory, adapt, known, executed, only, indirectTargets, leadsTo, maxInstructions, maxInline, maxCalling, hits, samples, turns, cut, again };
    this.max = maxInstructions;
  }

  private decodeAt(address: number): Instruction | undefined {
    const { memory } = this.options;
    if (!(memory.perm[address >>> 12] & PERM.X)) return undefined;
    const room = 4096 - (address & 0xfff);
    const limit = room >= 16 || memory.perm[(address + 15) >>> 12] & PERM.X ? 16 : room;
    const insn = decode(memory.u8, address >>> 0, address, limit);
    if (typeof insn !== "object") return undefined;
    return this.options.adapt === undefined ? insn : this.options.adapt(insn);
  }

  /** The instruction at an address, from a block that has it where that can be: programs' code is decoded when it first runs. */
  private instructionAt(address: number): Instruction | undefined {
    if (this.block[this.next]?.address !== address) {
      this.block = this.options.known?.(address) ?? [];
      this.next = 0;
    }
    const insn = this.block[this.next++];
    return insn === undefined || !(this.options.memory.perm[address >>> 12] & PERM.X) ? this.decodeAt(address) : insn;
  }

  private follows(address: number, context: InlineContext | undefined): boolean {
    if (context !== undefined) return this.executed(address);
    const { only, executed } = this.options, yes = only === undefined ? executed(address) : only.has(address);
    if (yes) this.own.add(address);
    return yes;
  }

  private executed(address: number): boolean {
    const yes = this.options.executed(address);
    if (yes) this.callees.add(address);
    return yes;
  }

  /** Direct targets of the instruction that ends a node, worth following. */
  private targets(insn: Instruction, context: InlineContext | undefined): number[] {
    const { mnemonic, attributes } = insn.row;
    if (mnemonic === "CALL" || (attributes & A.BRANCH) === 0) return [];
    const { indirectTargets } = this.options;
    const executed = (address: number) => this.follows(address, context);
    if (insn.op0.kind === K.REL) {
      const conditional = mnemonic !== "JMP";
      const found = executed(insn.op0.imm) ? [insn.op0.imm] : [];
      if (conditional && executed(insn.next)) found.push(insn.next);
      return found;
    }
    return mnemonic === "JMP" ? indirectTargets(insn.address).filter(executed) : [];
  }

  /** The nodes of one function body from `start`, in one context. */
  body(start: number, context: InlineContext | undefined): GraphNode | undefined {
    const code = new Map<number, Instruction>();
    const leaders = new Set<number>([start]);
    const work = [start];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      for (let pc = at; !code.has(pc); ) {
        if (context === undefined && pc !== at && this.options.cut?.(pc) === true) {
          leaders.add(pc);
          // what comes behind goes on where a block begins
          if (this.options.again !== true && this.total + MAX_BLOCK > this.max) this.max = this.total;
        }
        if (this.total >= this.max) {
          if (context === undefined && pc !== at) this.ends.add(pc);
          break;
        }
        // each copy of a callee has instructions of its own
        const insn = context === undefined ? this.instructionAt(pc) : this.decodeAt(pc);
        if (insn === undefined || semanticOf(insn.row) === undefined) break;
        code.set(pc, insn);
        this.total++;
        const follow = this.targets(insn, context);
        if (insn.row.mnemonic === "CALL" && this.follows(insn.next, context)) follow.push(insn.next);
        for (const t of follow) {
          if (leaders.has(t)) continue;
          leaders.add(t);
          work.push(t);
        }
        if (endsBlock(insn)) break;
        pc = insn.next;
      }
    }
    return this.split(start, code, leaders, context);
  }

  private split(start: number, code: Map<number, Instruction>, leaders: Set<number>, context: InlineContext | undefined): GraphNode | undefined {
    const nodes = new Map<number, GraphNode>();
    for (const leader of leaders) {
      if (!code.has(leader)) continue;
      const n = node(leader, context);
      n.hits = this.options.hits?.(leader) ?? 0;
      n.samples = this.options.samples?.(leader) ?? 0;
      n.turns = this.options.turns?.(leader) ?? false;
      nodes.set(leader, n);
      for (let pc = leader; ; ) {
        const insn = code.get(pc);
        const semantic = insn && semanticOf(insn.row);
        if (insn === undefined || semantic === undefined) break;
        n.insns.push(insn);
        n.semantics.push(semantic);
        pc = insn.next;
        if (endsBlock(insn) || leaders.has(pc)) break;
      }
    }
    // part of a block would be left for code that nobody has met
    for (const [leader, n] of nodes) {
      const last = n.insns[n.insns.length - 1];
      if (leader !== start && !endsBlock(last) && this.ends.has(last.next) && !leaders.has(last.next)) nodes.delete(leader);
    }
    const after: GraphNode[] = [];
    for (const n of nodes.values()) {
      const last = n.insns[n.insns.length - 1];
      if (last.row.mnemonic === "CALL") {
        n.afterCall = nodes.get(last.next);
        after.push(n);
      } else if ((last.row.attributes & A.BRANCH) !== 0) {
        for (const t of this.targets(last, context)) {
          const to = nodes.get(t);
          if (to !== undefined) n.jumps.set(t, to);
        }
      } else if (!endsBlock(last)) {
        const to = nodes.get(last.next);
        if (to !== undefined) n.jumps.set(last.next, to);
      }
    }
    for (const n of after) this.inline(n, context);
    return nodes.get(start);
  }

  /** Copies a small callee that only returns into the caller's graph, or a stub that jumps to another module. */
  private inline(n: GraphNode, context: InlineContext | undefined): void {
    const call = n.insns[n.insns.length - 1];
    if (this.options.maxInline === 0) return;
    if (isIndirect(call)) this.inlineSeen(n, context);
    if (call.op0.kind !== K.REL) return;
    const stub = this.stubAt(call.op0.imm);
    if (stub !== undefined) {
      n.inlined = this.straight(stub, call, context);
      this.inlineBehind(n.inlined, n.afterCall);
      n.afterCall = undefined;
      return;
    }
    if (n.afterCall === undefined) {
      n.inlined = this.tiny(call, context);
      return;
    }
    const depth = depthOf(context);
    if (depth >= MAX_INLINE_DEPTH || !this.executed(call.op0.imm) || !this.isSmall(call.op0.imm, depth)) return;
    const inner: InlineContext = { id: ++this.contexts, parent: context, returnAddress: call.next };
    const callee = this.body(call.op0.imm, inner);
    if (callee === undefined) return;
    this.leadBack(callee, inner, n.afterCall);
    n.afterCall = undefined;
    n.inlined = callee;
  }

  /** A copy of a callee of a few instructions, whose return leaves the graph. */
  private tiny(call: Instruction, context: InlineContext | undefined): GraphNode | undefined {
    const insns: Instruction[] = [];
    for (let insn = this.decodeAt(call.op0.imm); insn !== undefined && insns.length < MAX_TINY; insn = this.decodeAt(insn.next)) {
      insns.push(insn);
      if (!endsBlock(insn)) continue;
      if (insn.row.mnemonic !== "RET" || depthOf(context) >= MAX_INLINE_DEPTH || !this.executed(call.op0.imm)) return undefined;
      return this.straight(insns, call, context);
    }
    return undefined;
  }

  /** A copy of what is called, where that is one node. */
  private straight(insns: readonly Instruction[], call: Instruction, context: InlineContext | undefined): GraphNode {
    const copy = node(call.op0.imm, { id: ++this.contexts, parent: context, returnAddress: call.next });
    copy.insns.push(...insns);
    copy.semantics.push(...insns.map((it) => executionOf(it.row)));
    return copy;
  }

  /** Copies the small ones of the callees that an indirect call was seen to lead to. Others are called as ever. */
  private inlineSeen(n: GraphNode, context: InlineContext | undefined): void {
    const { afterCall, insns } = n, call = insns[insns.length - 1], seen = this.options.indirectTargets(call.address), depth = depthOf(context);
    if (afterCall === undefined || seen.length > MAX_SEEN || depth >= MAX_INLINE_DEPTH) return;
    for (const address of seen) {
      if (!this.executed(address) || !this.isSmall(address, depth)) continue;
      const inner: InlineContext = { id: ++this.contexts, parent: context, returnAddress: call.next }, callee = this.body(address, inner);
      if (callee === undefined) continue;
      n.jumps.set(address, callee);
      this.leadBack(callee, inner, afterCall);
    }
  }

  /** Copies what a stub leads to, when that is small; else its jump becomes a call that comes back to `back`. */
  private inlineBehind(stub: GraphNode, back: GraphNode | undefined): void {
    const { context, insns } = stub, address = this.options.leadsTo(insns[insns.length - 1].address);
    stub.leadsTo = address;
    stub.afterCall = back;
    if (back === undefined || context === undefined || address === undefined) return;
    const depth = depthOf(context.parent);
    if (depth >= MAX_INLINE_DEPTH || !this.executed(address) || !this.isSmall(address, depth)) return;
    const callee = this.body(address, context);
    if (callee === undefined) return;
    stub.jumps.set(address, callee);
    stub.afterCall = undefined;
    this.leadBack(callee, context, back);
  }

  /** Has the returns of a copied callee lead behind its call. */
  private leadBack(callee: GraphNode, inner: InlineContext, back: GraphNode): void {
    const seen = new Set<GraphNode>([callee]);
    for (const m of seen) {
      if (m.context === inner && m.insns[m.insns.length - 1].row.mnemonic === "RET") m.returnsTo = back;
      for (const s of successors(m)) if (s.context === inner || isInside(s.context, inner)) seen.add(s);
    }
  }

  /** The instructions of a stub, if there is one at an address. */
  private stubAt(address: number): readonly Instruction[] | undefined {
    if (this.options.again === true && !this.executed(address)) return undefined;
    const first = this.decodeAt(address), second = first?.row.mnemonic === "ENDBR32" ? this.decodeAt(first.next) : undefined;
    const all = [first, second].filter((it) => it !== undefined);
    if (!isStub(all)) return undefined;
    this.callees.add(address);
    return all;
  }

  /** Whether the code at `address` returns, is short enough to be copied `depth` deep, and has room here. */
  private isSmall(address: number, depth: number): boolean {
    const { maxInline, maxCalling } = this.options;
    const limit = depth === 0 ? Math.max(maxInline, maxCalling > 0 ? MAX_LEAF : 0) : maxInline;
    const seen = new Set<number>();
    const work = [address];
    let returns = false, calls = false;
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      for (let pc = at; !seen.has(pc); ) {
        seen.add(pc);
        if (seen.size > limit) return false;
        const insn = this.instructionAt(pc);
        if (insn === undefined) return false;
        if (insn.row.mnemonic === "CALL") {
          if (depth > 0 || maxCalling === 0) return false;
          calls = true;
          if (!this.executed(insn.next)) break;
        } else if (insn.row.mnemonic === "RET") {
          returns = true;
          break;
        } else if ((insn.row.attributes & A.BRANCH) !== 0) {
          if (insn.op0.kind !== K.REL) return false;
          if (this.executed(insn.op0.imm)) work.push(insn.op0.imm);
          if (insn.row.mnemonic !== "JMP" && this.executed(insn.next)) work.push(insn.next);
          break;
        } else if (endsBlock(insn)) return false;
        pc = insn.next;
      }
    }
    const fits = this.total + seen.size <= this.max;
    return returns && (calls ? seen.size <= maxCalling && fits : seen.size <= maxInline || (depth === 0 && maxCalling > 0 && fits));
  }
}

function depthOf(context: InlineContext | undefined): number {
  let depth = 0;
  for (let c = context; c !== undefined; c = c.parent) depth++;
  return depth;
}

function isInside(context: InlineContext | undefined, outer: InlineContext): boolean {
  for (let c = context; c !== undefined; c = c.parent) if (c === outer) return true;
  return false;
}
