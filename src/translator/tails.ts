// Ends of innermost loops, where two ways meet, as two copies: a way for each. What is known of lanes and flags on one of them need not be brought to where it is on the other, and tests of results
// wait for those of the next ones. Only for vector code: there it is as much as a fifth (spectral), elsewhere it would be code for nothing.

import { A } from "../decoder/instruction.ts";
import { type Graph, type GraphNode, membersOf, successors } from "./graph.ts";
import { cloned, copyOf } from "./irreducible.ts";
import { analyse } from "./structure.ts";

/** Most instructions of an end, and of all in a graph. */
const MAX_END = 24, MAX_ALL = 64;

export function withTails(graph: Graph): Graph {
  if (graph.nodes.length < 3) return graph;
  const structure = analyse(graph.nodes.map((n) => [...new Set(successors(n).map((s) => s.index))]), 0);
  if (structure.irreducibleAt >= 0 || !structure.merge.includes(true)) return graph;
  const ends: number[] = [];
  let room = MAX_ALL;
  for (const { index: head } of graph.nodes) {
    if (!structure.loopHeader[head]) continue;
    const members = membersOf(head, graph.nodes, structure);
    if (members.some((m) => m !== head && structure.loopHeader[m])) continue;
    const end = members.find((m) => structure.merge[m] && isEnd(graph.nodes[m], members.map((k) => graph.nodes[k]), graph));
    if (end === undefined || end === head || graph.nodes[end].insns.length > room) continue;
    room -= graph.nodes[end].insns.length;
    ends.push(end);
  }
  if (ends.length === 0) return graph;
  const nodes = cloned(graph.nodes);
  for (const end of ends) {
    const it = nodes[end], copy = copyOf(it, nodes.length, true);
    const from = nodes.filter((n) => !n.copied && successors(n).includes(it))[1];
    for (const [address, to] of from.jumps) if (to === it) from.jumps.set(address, copy);
    nodes.push(copy);
  }
  return { ...graph, entry: nodes[0], nodes, instructions: graph.instructions + MAX_ALL - room };
}

/** Whether two ways of a loop, and no others, lead to a node that is worth to be there for each. */
function isEnd(node: GraphNode, members: readonly GraphNode[], { nodes }: Graph): boolean {
  if (node.insns.length > MAX_END || node.copied || node.afterCall !== undefined || node.inlined !== undefined || node.returnsTo !== undefined) return false;
  const from = nodes.filter((n) => successors(n).includes(node));
  const plain = (n: GraphNode) => members.includes(n) && n.afterCall === undefined && n.inlined === undefined && n.returnsTo === undefined && !n.copied;
  return from.length === 2 && from.every(plain) && node.insns.some((it) => (it.row.attributes & A.SSE) !== 0);
}
