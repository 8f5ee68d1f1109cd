// The shape that a graph of guest code gets as structured control: without the edges that make it irreducible, with ways in to its loops.
// The analysis itself is structure.ts.

import type { Graph } from "./graph.ts";
import { analyse, nestLoops, reducible, type Structure } from "./structure.ts";

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
}

const NONE: WaysIn = { addresses: [], loops: new Map(), passesTo: new Map() };

/** The edges are those between the nodes, and lose what makes them irreducible. `entries`: with ways in to all loops but those of copied callees, whose address is not theirs alone. */
export function shapeOf(graph: Graph, edges: number[][], entries: boolean): Shape {
  const structure = reducible(edges);
  return (entries ? withWaysIn(graph, edges, structure) : undefined) ?? { structure, ways: NONE };
}

/**
 * Adds an edge from each loop's header to those of the loops right inside it, and where loops stand beside the entry's a root before the
 * entry with edges to them (node number `nodes.length`). Such edges lead to nodes that their source dominates: the graph stays reducible.
 */
function withWaysIn(graph: Graph, edges: number[][], structure: Structure): Shape | undefined {
  const { inside, outermost } = nestLoops(edges, structure);
  const addresses: number[] = [];
  const loops = new Map<number, WayIn>(), passesTo = new Map<number, readonly number[]>();
  const own = (list: readonly number[]) => list.filter((h) => graph.nodes[h].context === undefined);
  const pass = (from: number, to: readonly number[]): void => {
    if (to.length === 0) return;
    passesTo.set(from, to);
    edges[from].push(...to);
    for (const h of to) {
      const number = addresses.push(graph.nodes[h].address);
      pass(h, own(inside[h]));
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
  return { structure: made, ways: { addresses, loops, passesTo } };
}
