// Which x87 registers stand where in a graph: a forward pass before code is written. Registers are numbered relative to TOP at the
// entry, so code fits any TOP. For each node it tells how far TOP has moved and which registers are occupied, empty, or not known
// (untouched so far); what has to be known of a register that nobody touched becomes a demand on the state at the entry, and behind
// calls, where generated code tests it. Edges on which the states do not agree leave the function.

import { A, type Instruction, K } from "../decoder/instruction.ts";
import { type Graph, type GraphNode, successors } from "./graph.ts";

/** What is known of a register. VALID: a pair of doubles, in locals. EMPTY: tagged empty, a pair. */
export const UNKNOWN = 0, VALID = 1, EMPTY = 2;

export interface X87State {
  /** TOP relative to the entry's, 0-7. */
  readonly top: number;
  /** What is known of each register. */
  readonly tags: readonly number[];
  /** Bit per register: its low part is zero. */
  readonly doubles: number;
  /** Whether the control word is known to be 0x37F (it may have been loaded since the last test). */
  readonly control: boolean;
}

/** How an instruction is executed: in locals, by a call, or by a call behind which nothing is known. */
export type Manner = "inline" | "call" | "last";

export interface X87Plan {
  /** State at the start of each node; undefined where no accepted edge leads. */
  readonly states: readonly (X87State | undefined)[];
  /** Tags that registers need at the entry, and behind calls. */
  readonly demands: readonly number[];
  /** State behind the call that ends a node, as far as it can be guessed: TOP and demands. */
  readonly afterCalls: ReadonlyMap<GraphNode, X87State>;
  accepts(from: GraphNode, to: GraphNode): boolean;
}

/** A demand was found that earlier conclusions did not know of. */
class Demand extends Error {
  readonly register: number;
  readonly tag: number;
  constructor(register: number, tag: number) {
    super();
    this.register = register;
    this.tag = tag;
  }
}

class Mutable {
  top: number;
  tags: number[];
  doubles: number;
  control: boolean;

  constructor(s: X87State) {
    this.top = s.top;
    this.tags = [...s.tags];
    this.doubles = s.doubles;
    this.control = s.control;
  }

  st(i: number): number {
    return (this.top + i) & 7;
  }
  need(i: number): void {
    const k = this.st(i);
    if (this.tags[k] === UNKNOWN) throw new Demand(k, VALID);
    if (this.tags[k] !== VALID) throw new StackFault();
  }
  isDouble(i: number): boolean {
    return (this.doubles & (1 << this.st(i))) !== 0;
  }
  set(i: number, double: boolean): void {
    const k = this.st(i);
    this.tags[k] = VALID;
    this.doubles = double ? this.doubles | (1 << k) : this.doubles & ~(1 << k);
  }
  push(double: boolean): void {
    const k = this.st(7);
    if (this.tags[k] === UNKNOWN) throw new Demand(k, EMPTY);
    if (this.tags[k] !== EMPTY) throw new StackFault();
    this.top = k;
    this.set(0, double);
  }
  pop(): void {
    this.tags[this.top] = EMPTY;
    this.top = this.st(1);
  }
  /** Behind a call of the semantic function: what this says is tested there. */
  called(insn: Instruction): void {
    const moves = CALLED[insn.row.mnemonic];
    if (moves > 0) this.pop();
    else if (moves < 0) {
      this.top = this.st(7);
      this.tags[this.top] = VALID;
    }
    this.doubles = 0;
    this.control = true;
  }
}

/** Stack overflow or underflow, for certain. */
class StackFault extends Error {}

const ARITHMETIC = new Set(["FADD", "FMUL", "FSUB", "FSUBR", "FDIV", "FDIVR"]);
const POPPING = new Set(["FADDP", "FMULP", "FSUBP", "FSUBRP", "FDIVP", "FDIVRP"]);
const INTEGER = new Set(["FIADD", "FIMUL", "FISUB", "FISUBR", "FIDIV", "FIDIVR"]);
const UNARY = new Set(["FSQRT", "FRNDINT", "F2XM1", "FSIN", "FCOS"]);
const BINARY = new Set(["FSCALE", "FPREM", "FPREM1"]);
const BINARY_POP = new Set(["FYL2X", "FYL2XP1", "FPATAN"]);
const COMPARE: Readonly<Record<string, number>> = { FCOM: 0, FCOMP: 1, FUCOM: 0, FUCOMP: 1, FICOM: 0, FICOMP: 1, FCOMI: 0, FUCOMI: 0, FCOMIP: 1, FUCOMIP: 1 };
const CONSTANT = new Set(["FLD1", "FLDL2T", "FLDL2E", "FLDPI", "FLDLG2", "FLDLN2", "FLDZ"]);
/** These look at the control word themselves. */
export const ANY_CONTROL: ReadonlySet<string> = new Set(["FIST", "FISTP", "FISTTP", "FRNDINT", "FLDCW", "FNSTCW", "FWAIT"]);
const NEUTRAL = new Set(["FNOP", "FWAIT", "FNSTCW", "FNSTSW"]);
/** Called: their effect on TOP. */
const CALLED: Readonly<Record<string, number>> = { FSINCOS: -1, FPTAN: -1, FXTRACT: -1, FBLD: -1, FBSTP: 1, FXAM: 0 };

/** How an instruction of any kind is executed when x87 registers are in locals. */
export function manner(insn: Instruction): Manner {
  const { mnemonic: m, attributes } = insn.row;
  if (m === "FXRSTOR") return "last";
  if ((attributes & A.X87) === 0) return "inline";
  if (m in CALLED) return "call";
  if (m === "FSTP" && insn.op0.kind === K.ST && insn.opcode === 0xd9) return "last";
  const known = ARITHMETIC.has(m) || POPPING.has(m) || INTEGER.has(m) || UNARY.has(m) || BINARY.has(m) || BINARY_POP.has(m) || m in COMPARE || CONSTANT.has(m) || NEUTRAL.has(m);
  return known || OTHERS.has(m) ? "inline" : "last";
}

const OTHERS = new Set(["FLD", "FILD", "FST", "FSTP", "FIST", "FISTP", "FISTTP", "FXCH", "FCMOVcc", "FCHS", "FABS", "FTST", "FCOMPP", "FUCOMPP", "FFREE", "FINCSTP", "FDECSTP", "FLDCW"]);

/** The effect of an x87 instruction that is executed in locals. */
function inlineEffect(s: Mutable, insn: Instruction): void {
  const { mnemonic: m } = insn.row;
  const { op0, op1 } = insn;
  const register = op0.kind === K.ST;
  if (!ANY_CONTROL.has(m) && m !== "FNSTSW") s.control = true;
  if (NEUTRAL.has(m)) return;
  if (ARITHMETIC.has(m)) {
    s.need(0);
    if (register) {
      s.need(op0.reg);
      s.need(op1.reg);
    }
    s.set(register ? op0.reg : 0, false);
  } else if (POPPING.has(m)) {
    s.need(0);
    s.need(op0.reg);
    s.set(op0.reg, false);
    s.pop();
  } else if (INTEGER.has(m) || UNARY.has(m)) {
    s.need(0);
    s.set(0, false);
  } else if (BINARY.has(m) || BINARY_POP.has(m)) {
    s.need(0);
    s.need(1);
    if (BINARY_POP.has(m)) s.pop();
    s.set(0, false);
  } else if (m in COMPARE) {
    s.need(0);
    if (op1.kind === K.ST) s.need(op1.reg);
    if (COMPARE[m] !== 0) s.pop();
  } else if (CONSTANT.has(m)) s.push(m === "FLD1" || m === "FLDZ");
  else {
    switch (m) {
      case "FLD":
        if (register) {
          s.need(op0.reg);
          s.push(s.isDouble(op0.reg));
        } else s.push(op0.kind !== K.M80);
        return;
      case "FILD": s.push(op0.kind !== K.M64); return;
      case "FST": case "FSTP":
        s.need(0);
        if (register) s.set(op0.reg, s.isDouble(0));
        if (m === "FSTP") s.pop();
        return;
      case "FIST": s.need(0); return;
      case "FISTP": case "FISTTP":
        s.need(0);
        s.pop();
        return;
      case "FXCH": {
        s.need(0);
        s.need(op1.reg);
        const a = s.isDouble(0), b = s.isDouble(op1.reg);
        s.set(0, b);
        s.set(op1.reg, a);
        return;
      }
      case "FCMOVcc":
        s.need(0);
        s.need(op1.reg);
        s.set(0, s.isDouble(0) && s.isDouble(op1.reg));
        return;
      case "FCHS": case "FABS": case "FTST": s.need(0); return;
      case "FCOMPP": case "FUCOMPP":
        s.need(0);
        s.need(1);
        s.pop();
        s.pop();
        return;
      case "FFREE":
        s.need(op0.reg);
        s.tags[s.st(op0.reg)] = EMPTY;
        return;
      case "FINCSTP": s.top = s.st(1); return;
      case "FDECSTP": s.top = s.st(7); return;
      case "FLDCW": s.control = false; return;
      default: throw new Error(`${m} has no inline effect`);
    }
  }
}

/** The state behind an instruction of manner "call". */
export function afterCalled(s: X87State, insn: Instruction): X87State {
  const after = new Mutable(s);
  after.called(insn);
  return after;
}

/** How many registers a callee seems to leave its result in, 0 or 1, from the code behind the call. */
function returned(node: GraphNode): number {
  let depth = 0;
  for (let n: GraphNode | undefined = node, k = 0; n !== undefined && k < 8; k++) {
    for (const insn of n.insns) {
      if ((insn.row.attributes & A.X87) === 0) continue;
      const probe = new Mutable({ top: 0, tags: Array.from({ length: 8 }, (_, i) => (i < depth ? VALID : EMPTY)), doubles: 0, control: true });
      if (manner(insn) !== "inline") return 0;
      try {
        inlineEffect(probe, insn);
      } catch {
        return 1;
      }
      depth += (8 - probe.top) & 7;
      if (depth > 7) depth -= 8;
    }
    const next: GraphNode[] = successors(n);
    n = next.length === 1 && n.afterCall === undefined ? next[0] : undefined;
  }
  return 0;
}

const same = (a: X87State, b: X87State): boolean => a.control === b.control && a.doubles === b.doubles;

/**
 * Plans the graph. Undefined when nothing in it is executed in locals, or MMX shares the registers.
 * @param barriers instructions that turned out to have no inline form
 */
export function planX87(graph: Graph, barriers: ReadonlySet<Instruction>): X87Plan | undefined {
  let some = false;
  for (const n of graph.nodes) {
    for (const insn of n.insns) {
      if ((insn.row.attributes & A.MMX) !== 0) return undefined;
      some ||= (insn.row.attributes & A.X87) !== 0 && manner(insn) === "inline" && !NEUTRAL.has(insn.row.mnemonic);
    }
  }
  if (!some) return undefined;
  const demands = new Array<number>(8).fill(UNKNOWN);
  for (;;) {
    try {
      return solve(graph, demands, barriers);
    } catch (e) {
      if (!(e instanceof Demand)) throw e;
      demands[e.register] = e.tag;
    }
  }
}

function solve(graph: Graph, demands: readonly number[], barriers: ReadonlySet<Instruction>): X87Plan {
  const states: (X87State | undefined)[] = graph.nodes.map(() => undefined);
  const refused = new Set<string>();
  const afterCalls = new Map<GraphNode, X87State>();
  const edge = (from: GraphNode, to: GraphNode) => `${from.index} ${to.index}`;
  /** State behind a node's last instruction, or undefined when nothing is known there. */
  function through(n: GraphNode, at: X87State): X87State | undefined {
    const s = new Mutable(at);
    for (const insn of n.insns) {
      const how = barriers.has(insn) ? "last" : manner(insn);
      if (how === "last") return undefined;
      if (how === "call") s.called(insn);
      else if ((insn.row.attributes & A.X87) !== 0) {
        try {
          inlineEffect(s, insn);
        } catch (e) {
          if (e instanceof StackFault) return undefined;
          throw e;
        }
      }
    }
    return s;
  }

  function join(from: GraphNode, to: GraphNode, s: X87State): boolean {
    const old = states[to.index];
    if (old === undefined) {
      states[to.index] = { ...s, tags: [...s.tags] };
      return true;
    }
    if (old.top !== s.top) {
      refused.add(edge(from, to));
      return false;
    }
    for (let k = 0; k < 8; k++) {
      const a = old.tags[k], b = s.tags[k];
      if (a === b) continue;
      if (a === UNKNOWN || b === UNKNOWN) throw new Demand(k, a | b);
      refused.add(edge(from, to));
      return false;
    }
    const met: X87State = { ...old, doubles: old.doubles & s.doubles, control: old.control && s.control };
    if (same(met, old)) return false;
    states[to.index] = met;
    return true;
  }

  states[0] = { top: 0, tags: demands, doubles: 0, control: true };
  const work = [graph.entry];
  for (let n = work.pop(); n !== undefined; n = work.pop()) {
    const at = states[n.index] as X87State;
    const out = through(n, at);
    if (out === undefined) continue;
    for (const to of successors(n)) {
      if (refused.has(edge(n, to))) continue;
      let s = out;
      if (to === n.afterCall) {
        const result = returned(to);
        const tags = [...demands];
        if (result !== 0) tags[(out.top - 1) & 7] = VALID;
        s = { top: (out.top - result) & 7, tags, doubles: 0, control: true };
        afterCalls.set(n, s);
      }
      if (join(n, to, s)) work.push(to);
    }
  }
  // an edge is usable when its source is reached and it was not refused
  const ends = graph.nodes.map((n) => {
    const at = states[n.index];
    return at === undefined ? undefined : through(n, at);
  });
  return {
    states, demands, afterCalls,
    accepts: (from, to) => ends[from.index] !== undefined && states[to.index] !== undefined && !refused.has(edge(from, to)),
  };
}
