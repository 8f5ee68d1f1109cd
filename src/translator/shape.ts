// The shape that a graph of guest code gets as structured control: with dispatches where it is irreducible (irreducible.ts), and with ways in to its loops.
// The analysis itself is structure.ts.

import type { Graph } from "./graph.ts";
import { dispatch, type Dispatches } from "./irreducible.ts";
import { analyse, nestLoops, type Structure } from "./structure.ts";

/** How a loop is asked for: by its number; the loops inside it have the numbers after that, up to `last`. */
export interface WayIn {
  readonly number: number;
  readonly last: number;
}

export interface WaysIn {
  /** Guest addresses of the loops, the first one's number being 1. */
  readonly addresses: readonly number[];
  /** By node. */
  readonly loops: ReadonlyMap<number, WayIn>;
  /** Loops that the way in is passed on to, by the node that does it. */
  readonly passesTo: ReadonlyMap<number, readonly number[]>;
}

export interface Shape {
  readonly structure: Structure;
  readonly ways: WaysIn;
  readonly dispatches: Dispatches;
}

const NONE: WaysIn = { addresses: [], loops: new Map(), passesTo: new Map() };

/** The edges are those between the nodes, and change where they would be irreducible. `entries`: with ways in to all loops but those of copied code, whose address is not theirs alone. */
export function shapeOf(graph: Graph, edges: number[][], entries: boolean): Shape {
  const { structure, ...dispatches } = dispatch(edges);
  return (entries ? withWaysIn(graph, edges, structure, dispatches) : undefined) ?? { structure, ways: NONE, dispatches };
}

/**
 * Adds an edge from each loop's header to those of the loops right inside it, and where loops stand beside the entry's a root before the
 * entry with edges to them (the last node). Such edges lead to nodes that their source dominates: the graph stays reducible. What a dispatch leads to can
 * be entered like a loop.
 */
function withWaysIn(graph: Graph, edges: number[][], structure: Structure, dispatches: Dispatches): Shape | undefined {
  const { inside, outermost } = nestLoops(edges, structure);
  const addresses: number[] = [];
  const loops = new Map<number, WayIn>(), passesTo = new Map<number, readonly number[]>();
  const entered = (n: number): boolean => (n < graph.nodes.length ? graph.nodes[n].context === undefined && !graph.nodes[n].copied : within(n).length > 0);
  const own = (list: readonly number[]) => list.filter(entered);
  const within = (n: number): number[] => own([...new Set([...(dispatches.targets.get(n) ?? []), ...inside[n]])]);
  const pass = (from: number, to: readonly number[]): void => {
    if (to.length === 0) return;
    passesTo.set(from, to);
    edges[from].push(...to);
    for (const h of to) {
      // a dispatch has no number but those of what it leads to
      const number = h < graph.nodes.length ? addresses.push(graph.nodes[h].address) : addresses.length + 1;
      pass(h, within(h));
      loops.set(h, { number, last: addresses.length });
    }
  };
  pass(0, own(inside[0]));
  const root = edges.length, outer = own(outermost);
  if (outer.length > 0) {
    edges.push([0]);
    pass(root, outer);
  }
  if (addresses.length === 0) return undefined;
  const made = analyse(edges, outer.length > 0 ? root : 0);
  if (made.irreducibleAt >= 0) throw new Error("ways into loops made a graph irreducible");
  return { structure: made, ways: { addresses, loops, passesTo }, dispatches };
}
