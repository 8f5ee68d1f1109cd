// A translation seen from both sides: its guest instructions beside the JavaScript that came of each, its control-flow graph, and what is
// live where. For --dump-jit and --report.

import { formatAtt } from "../decoder/format-att.ts";
import { F } from "../decoder/instruction.ts";
import type { Instruction } from "../decoder/instruction.ts";
import { flagsLiveIn, mayLeave } from "../translator/liveness.ts";
import { type Graph, type GraphNode, successors } from "../translator/graph.ts";
import { analyse } from "../translator/structure.ts";
import { hex8 } from "./events.ts";

/** A stretch of generated code and the instruction it is for; none for what stands before the first and behind the last. */
export interface Annotated {
  readonly address: number | undefined;
  readonly assembly: string;
  readonly lines: readonly string[];
  /** Depth of braces at its first line. */
}

/** Generated code cut at the marks that the emitter leaves in front of each instruction, indented. */
export function annotate(graph: Graph, source: string): Annotated[] {
  const insns = new Map<string, Instruction>();
  for (const node of graph.nodes) for (const insn of node.insns) insns.set((insn.address >>> 0).toString(16), insn);
  const parts: { address: number | undefined; assembly: string; lines: string[] }[] = [{ address: undefined, assembly: "", lines: [] }];
  let depth = 0;
  for (const line of source.split("\n")) {
    const mark = /^\/\/ ([0-9a-f]+) \S+$/.exec(line);
    const insn = mark === null ? undefined : insns.get(mark[1]);
    if (insn !== undefined) {
      parts.push({ address: insn.address >>> 0, assembly: formatAtt(insn).replace(/\s+/, " "), lines: [] });
      continue;
    }
    if (line === "") continue;
    const closes = line.startsWith("}") ? 1 : 0;
    depth = Math.max(0, depth - closes);
    parts[parts.length - 1].lines.push(`${"  ".repeat(depth)}${line}`);
    depth = Math.max(0, depth + line.split("{").length - line.split("}").length + closes);
  }
  return parts;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: "jump" | "next" | "after call" | "into copy" | "out of copy";
}

export function edgesOf(graph: Graph): Edge[] {
  const edges: Edge[] = [];
  for (const node of graph.nodes) {
    const last = node.insns[node.insns.length - 1];
    for (const [address, to] of node.jumps) edges.push({ from: node.index, to: to.index, kind: address === last.next ? "next" : "jump" });
    if (node.afterCall !== undefined) edges.push({ from: node.index, to: node.afterCall.index, kind: "after call" });
    if (node.inlined !== undefined) edges.push({ from: node.index, to: node.inlined.index, kind: "into copy" });
    if (node.returnsTo !== undefined) edges.push({ from: node.index, to: node.returnsTo.index, kind: "out of copy" });
  }
  return edges;
}

const FLAG_NAMES: readonly [bit: number, name: string][] = [[F.CF, "CF"], [F.PF, "PF"], [F.AF, "AF"], [F.ZF, "ZF"], [F.SF, "SF"], [F.OF, "OF"]];
const flagNames = (bits: number) => FLAG_NAMES.filter(([bit]) => bits & bit).map(([, name]) => name).join(" ") || "none";

export interface NodeNotes {
  readonly node: GraphNode;
  readonly start: number;
  readonly end: number;
  /** Status flags that someone may look at when the node is entered. */
  readonly flagsLive: string;
  /** Instructions that may leave the code: bails, faults, calls out. */
  readonly leaving: number;
  readonly loopHead: boolean;
}

export function notesOf(graph: Graph): NodeNotes[] {
  const live = flagsLiveIn(graph.nodes, mayLeave);
  const { loopHeaders } = loopsOf(graph);
  return graph.nodes.map((node, k) => ({
    node, start: node.address >>> 0, end: node.insns[node.insns.length - 1].next >>> 0, flagsLive: flagNames(live[k]),
    leaving: node.insns.filter(mayLeave).length, loopHead: loopHeaders.has(k),
  }));
}

const REGISTERS = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
const numbers = (source: string, pattern: RegExp) => REGISTERS.filter((_, k) => [...source.matchAll(pattern)].some((match) => Number(match[1]) === k)).join(" ") || "none";

/** Which registers of the guest the function keeps in locals, and which of them it writes: what it loads at entry and stores at its ways out. */
export function registerNotes(source: string): string {
  return `registers in locals: ${numbers(source, /\br([0-7]) = R\[\1\]/g)}; written: ${numbers(source, /(?:^|[;{] )r([0-7]) = (?!R\[)/gm)}`;
}

function loopsOf(graph: Graph): { loopHeaders: Set<number> } {
  const edges = graph.nodes.map((n) => successors(n).map((s) => s.index));
  const { loopHeader } = analyse(edges, 0);
  return { loopHeaders: new Set(loopHeader.flatMap((is, k) => (is ? [k] : []))) };
}

/** The graph as text: a line a node. */
export function graphText(graph: Graph): string {
  const edges = edgesOf(graph);
  return notesOf(graph).map(({ node, start, end, flagsLive, leaving, loopHead }) => {
    const out = edges.filter((e) => e.from === node.index).map((e) => `${e.to}${e.kind === "jump" ? "" : ` (${e.kind})`}`).join(", ") || "out";
    const copy = node.context === undefined ? "" : `, copy of a callee (returns to ${hex8(node.context.returnAddress)})`;
    const size = `${node.insns.length} instruction${node.insns.length === 1 ? "" : "s"}`;
    return `  ${String(node.index).padStart(3)}  ${hex8(start)}-${hex8(end)}  ${size} -> ${out}${loopHead ? ", loop head" : ""}${copy}\n` +
      `       flags live at entry: ${flagsLive}${leaving === 0 ? "" : `; ${leaving} of its instructions may leave`}\n`;
  }).join("");
}

/** The graph for Graphviz: `dot -Tsvg`. */
export function graphviz(graph: Graph, name: string): string {
  const label = (node: GraphNode) => [hex8(node.address), ...node.insns.map((i) => formatAtt(i).replace(/\s+/, " "))].map((s) => `${s.replaceAll(/["\\]/g, "\\$&")}\\l`).join("");
  const lines = graph.nodes.map((n) => `  n${n.index} [label="${label(n)}"];\n`);
  const style = { jump: "", next: ' [style=bold]', "after call": ' [style=dashed, label="after call"]', "into copy": ' [label="call"]', "out of copy": ' [label="return"]' };
  const edges = edgesOf(graph).map((e) => `  n${e.from} -> n${e.to}${style[e.kind]};\n`);
  return `digraph "${name.replaceAll(/["\\]/g, "\\$&")}" {\n  node [shape=box, fontname=monospace];\n${lines.join("")}${edges.join("")}}\n`;
}
