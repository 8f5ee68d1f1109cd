// Between a translation and what is kept of it for later runs (runtime/saved.ts): constants by kind and numbers, the graph by its
// addresses and bytes.

import type { Block } from "../runtime/block.ts";
import { type GuestMemory, PERM } from "../runtime/memory.ts";
import type { SavedCode, SavedConstant } from "../runtime/saved.ts";
import type { InlineFunction } from "../runtime/x87/inline.ts";
import { DirectExit, IndirectExit, OtherVersion } from "./exits.ts";
import { blockGraph, type Covered, discover, type DiscoverOptions, type Graph, type GraphNode } from "./graph.ts";

const endOf = (n: GraphNode): number => n.insns[n.insns.length - 1].next;

/** The form in which a constant is kept; undefined for one of a kind that is not known here. */
function savedConstant(graph: Graph, c: unknown): SavedConstant | undefined {
  if (c instanceof DirectExit) return ["to", c.target];
  if (c instanceof IndirectExit) return ["jump", c.address];
  if (c instanceof OtherVersion) return ["other"];
  if (c instanceof Int32Array) return ["words", ...c];
  for (const { index, insns, semantics } of graph.nodes) {
    const k = insns.indexOf(c as (typeof insns)[number]);
    if (k >= 0) return ["insn", index, k];
    const f = semantics.indexOf(c as (typeof semantics)[number]);
    if (f >= 0) return ["semantic", index, f];
  }
  return typeof c === "object" && c !== null && "runs" in c && "bails" in c ? ["counts"] : undefined;
}

/** The constant again; those that the translator makes as emit.ts leaves them. `graph` may be missing where none is part of it. */
export function restoredConstant(graph: Graph | undefined, [kind, ...numbers]: SavedConstant): unknown {
  switch (kind) {
    case "to": return new DirectExit(numbers[0]);
    case "jump": return new IndirectExit(numbers[0]);
    case "other": return new OtherVersion();
    case "words": return Int32Array.from(numbers);
    case "insn": return graph?.nodes[numbers[0]].insns[numbers[1]];
    case "semantic": return graph?.nodes[numbers[0]].semantics[numbers[1]];
    case "counts": return { runs: 0, bails: 0 } satisfies InlineFunction;
  }
}

type About = Pick<SavedCode, "tier" | "x87Locals" | "precision" | "entries" | "source" | "size">;

/** What is kept of emitted code; undefined when it has a constant that cannot be. */
export function savedCode(memory: GuestMemory, graph: Graph, constants: readonly unknown[], about: About): SavedCode | undefined {
  const kept: SavedConstant[] = [];
  for (const c of constants) {
    const it = savedConstant(graph, c);
    if (it === undefined) return undefined;
    kept.push(it);
  }
  const targets: number[][] = [];
  for (const { insns, jumps } of graph.nodes) {
    const last = insns[insns.length - 1];
    if ((last.row.mnemonic === "JMP" || last.row.mnemonic === "CALL") && jumps.size > 0) targets.push([last.address, ...jumps.keys()]);
  }
  return {
    ...about, limit: graph.limit, nodes: graph.nodes.map((n) => n.address), bytes: graph.nodes.map((n) => hexOf(memory.u8, n.address >>> 0, endOf(n) >>> 0)), targets,
    own: [...graph.followed.own], callees: [...graph.followed.callees], constants: kept,
  };
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexOf(u8: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += DIGITS[u8[at]];
  return text;
}

export interface RestoreOptions {
  readonly adapt: DiscoverOptions["adapt"];
  readonly maxInline: number;
  readonly maxCalling: number;
  /** Whether a block that jumps to its own start is a loop. */
  readonly loops: boolean;
}

/** Whether the guest's memory holds what kept code was made from, and lets it be executed. */
export function unchanged(code: SavedCode, { u8, perm }: GuestMemory): boolean {
  return code.nodes.every((node, k) => {
    const start = node >>> 0, end = start + code.bytes[k].length / 2;
    return (perm[start >>> 12] & perm[(end - 1) >>> 12] & PERM.X) !== 0 && hexOf(u8, start, end) === code.bytes[k];
  });
}

/** What a translation covers that came without its graph. */
export function covered({ nodes, bytes }: SavedCode): Covered {
  const ends = nodes.map((node, k) => (node >>> 0) + bytes[k].length / 2);
  return { nodes: nodes.map((address) => ({ address })), ranges: nodes.map((node, k) => [node >>> 0, ends[k]]) };
}

/** Whether constants are parts of the graph, or can only be made with it. */
export const needsGraph = (code: SavedCode): boolean => code.constants.some(([kind]) => kind === "insn" || kind === "semantic" || kind === "other");

/** The graph that kept code was made from; undefined when the guest's memory holds anything else. */
export function restoredGraph(block: Block, code: SavedCode, memory: GuestMemory, options: RestoreOptions): Graph | undefined {
  const { nodes, bytes, targets } = code;
  if (nodes[0] !== block.address || !unchanged(code, memory)) return undefined;
  let graph: Graph | undefined;
  if (code.tier === "block") graph = blockGraph(block, options.loops);
  else {
    const starts = new Set(nodes), own = new Set(code.own), callees = new Set(code.callees), seen = new Map<number, readonly number[]>();
    for (const [jump, ...to] of targets) seen.set(jump, [...new Set([...(seen.get(jump) ?? []), ...to])]);
    graph = discover(block.address, {
      memory, adapt: options.adapt, executed: (address) => callees.has(address), only: own, maxInstructions: code.limit,
      indirectTargets: (jump) => seen.get(jump) ?? [], leadsTo: (jump) => seen.get(jump)?.[0],
      again: true, cut: (address) => starts.has(address),
      maxInline: options.maxInline, maxCalling: code.tier === "region" ? options.maxCalling : 0,
    });
  }
  const same = graph?.nodes.length === nodes.length && graph.nodes.every((n, k) => n.address === nodes[k] && endOf(n) - n.address === bytes[k].length / 2);
  return same ? graph : undefined;
}
