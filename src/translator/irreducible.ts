// Cycles that are entered in several places, which have no structured form. Where it takes few copies, the way from the other entrances to the
// first is copied, so that one entrance is left (node splitting). Otherwise a node of our own is put ahead of the cycle, a *dispatch*: who enters, and who
// jumps back where no loop can, goes there with a number that says where to go on.
// Muchnick, "Advanced Compiler Design and Implementation", 7.5; the dispatch is what LLVM's WebAssembly back end does (FixIrreducibleControlFlow).

import { type Graph, type GraphNode, successors } from "./graph.ts";
import { analyse, components, dominates, type Structure } from "./structure.ts";

/** Most instructions that are copied for one cycle, and in all for a graph. */
const MAX_COPIED = 64, MAX_ALL = 96;
/** Up to this many ways a dispatch is a chain of comparisons; beyond, a switch. */
const CHAIN = 3;

type Edges = readonly (readonly number[])[];

/** A cycle with several entrances. */
interface Cycle {
  readonly members: ReadonlySet<number>;
  readonly entrances: readonly number[];
}

/** The outermost of these in a graph that is entered at node 0. */
function cyclesOf(edges: Edges, order: readonly number[]): Cycle[] {
  const found: Cycle[] = [];
  const look = (within: ReadonlySet<number>): void => {
    for (const component of components(edges.map((list, n) => (within.has(n) ? list.filter((s) => within.has(s)) : [])))) {
      if (component.length < 2) continue;
      const members = new Set(component), entrances = new Set<number>(members.has(0) ? [0] : []);
      for (const n of order) if (!members.has(n)) for (const s of edges[n]) if (members.has(s)) entrances.add(s);
      if (entrances.size > 1) found.push({ members, entrances: [...entrances] });
      else {
        // a loop: what is inside it, when its head is not gone back to?
        for (const head of entrances) members.delete(head);
        look(members);
      }
    }
  };
  look(new Set(order));
  return found;
}

const edgesOf = (nodes: readonly GraphNode[]): number[][] => nodes.map((n) => [...new Set(successors(n).map((s) => s.index))]);

/** The graph with copies of what leads from the other entrances of a cycle to the first; itself where that is none or too much. */
export function split(graph: Graph): Graph {
  if (graph.nodes.length < 3) return graph;
  let edges = edgesOf(graph.nodes);
  if (analyse(edges, 0).irreducibleAt < 0) return graph;
  let nodes: GraphNode[] = [], instructions = graph.instructions;
  const limit = instructions + MAX_ALL;
  for (;;) {
    const { order } = analyse(edges, 0);
    const source = nodes.length > 0 ? nodes : graph.nodes;
    const room = Math.min(MAX_COPIED, limit - instructions);
    const chosen = cyclesOf(edges, order).map((cycle) => cheapest(cycle, edges, source)).find((it) => it !== undefined && it.size <= room);
    if (chosen === undefined) return nodes.length > 0 ? { entry: nodes[0], nodes, instructions, ranges: graph.ranges, followed: graph.followed, limit: graph.limit } : graph;
    if (nodes.length === 0) nodes = cloned(graph.nodes);
    const { members, copied } = chosen, copies = new Map<GraphNode, GraphNode>();
    const outside = nodes.filter((n) => !members.has(n.index));
    for (const n of copied) {
      const copy = copyOf(nodes[n], nodes.length, true);
      copies.set(nodes[n], copy);
      nodes.push(copy);
    }
    for (const n of [...outside, ...copies.values()]) redirect(n, copies);
    instructions += chosen.size;
    edges = edgesOf(nodes);
  }
}

/** What has to be copied to leave one entrance: the least that there is, without cycles of its own. */
function cheapest({ members, entrances }: Cycle, edges: Edges, nodes: readonly GraphNode[]): { members: ReadonlySet<number>; copied: readonly number[]; size: number } | undefined {
  let best: { members: ReadonlySet<number>; copied: readonly number[]; size: number } | undefined;
  for (const head of entrances) {
    const copied = new Set(entrances.filter((n) => n !== head));
    for (const n of copied) for (const s of edges[n]) if (members.has(s) && s !== head) copied.add(s);
    const size = [...copied].reduce((sum, n) => sum + nodes[n].insns.length, 0);
    if (best !== undefined && size >= best.size) continue;
    const inner = components(edges.map((list, n) => (copied.has(n) ? list.filter((s) => copied.has(s)) : [])));
    if (inner.every((c) => c.length === 1 && !(copied.has(c[0]) && edges[c[0]].includes(c[0])))) best = { members, copied: [...copied], size };
  }
  return best;
}

export const copyOf = ({ address, context, insns, semantics, jumps, afterCall, leadsTo, inlined, returnsTo, hits, samples, turns }: GraphNode, index: number, copied: boolean): GraphNode =>
  ({ index, address, context, insns, semantics, jumps: new Map(jumps), afterCall, leadsTo, inlined, returnsTo, hits, samples, turns, copied });

/** Copies of nodes that lead to one another. */
export function cloned(nodes: readonly GraphNode[]): GraphNode[] {
  const copies = new Map(nodes.map((n): [GraphNode, GraphNode] => [n, copyOf(n, n.index, n.copied)]));
  for (const copy of copies.values()) redirect(copy, copies);
  return [...copies.values()];
}

/** Has a node lead to copies of its successors. */
function redirect(node: GraphNode, copies: ReadonlyMap<GraphNode, GraphNode>): void {
  const to = (n: GraphNode | undefined) => (n === undefined ? undefined : (copies.get(n) ?? n));
  for (const [address, target] of node.jumps) node.jumps.set(address, copies.get(target) ?? target);
  node.afterCall = to(node.afterCall);
  node.inlined = to(node.inlined);
  node.returnsTo = to(node.returnsTo);
}

/** How an edge goes by a dispatch: its node, and the number that stands for the target. */
export interface Detour {
  readonly node: number;
  readonly number: number;
}

export interface Dispatches {
  /** What dispatches lead to, by their nodes, which come behind those of the graph: number k to the k-th of these. */
  readonly targets: ReadonlyMap<number, readonly number[]>;
  /** Edges that go by one, by source and target. */
  readonly detours: ReadonlyMap<number, ReadonlyMap<number, Detour>>;
  /** All that dispatches lead to. */
  readonly entrances: ReadonlySet<number>;
}

/** Adds dispatches to edges until they can be structured. */
export function dispatch(edges: number[][]): Dispatches & { readonly structure: Structure } {
  const targets = new Map<number, number[]>(), detours = new Map<number, Map<number, Detour>>();
  const within = new Map<number, ReadonlySet<number>>();
  const entrances = new Set<number>();
  let structure = analyse(edges, 0);
  if (structure.irreducibleAt < 0) return { structure, targets, detours, entrances };

  const detour = (from: number, to: number, node: number): void => {
    const list = targets.get(node) as number[];
    if (!list.includes(to)) {
      list.push(to);
      entrances.add(to);
      // two edges: where it leads to is a place with a label
      edges[node].push(to, to);
    }
    const own = detours.get(from) ?? new Map<number, Detour>();
    detours.set(from, own.set(to, { node, number: list.indexOf(to) }));
    edges[from] = edges[from].map((s) => (s === to ? node : s));
  };
  for (const { members } of cyclesOf(edges, structure.order)) {
    const node = edges.push([]) - 1;
    targets.set(node, []);
    within.set(node, members);
    for (const from of structure.order) if (!members.has(from)) for (const to of [...edges[from]]) if (members.has(to)) detour(from, to, node);
  }
  for (;;) {
    structure = analyse(edges, 0);
    if (structure.irreducibleAt < 0) return { structure, targets, detours, entrances };
    const { order, position, dominator } = structure;
    for (const from of order) {
      for (const to of [...edges[from]]) {
        if (position[to] > position[from] || dominates(dominator, to, from)) continue;
        const node = [...within].find(([, members]) => members.has(from) && members.has(to))?.[0];
        if (node === undefined) throw new Error("a cycle without an entrance");
        detour(from, to, node);
      }
    }
  }
}

/** The jumps of a dispatch: `g` is the number. */
export function choice(targets: readonly number[]): string[] {
  const last = targets.length - 1, jumps = targets.slice(0, last);
  const lines = targets.length <= CHAIN ? jumps.map((n, k) => `if (g === ${k}) break B${n};`)
    : ["switch (g) {", ...jumps.map((n, k) => `case ${k}: { break B${n}; }`), "}"];
  return [...lines, `break B${targets[last]};`];
}
