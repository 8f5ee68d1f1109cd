// Which status flags are needed at the start of each node: backward liveness over a graph of guest code.
// At the ends of the graph, and at every instruction that may leave it (bail, fault, call out), all flags are live: whoever
// continues there, interpreter or signal handler, sees them.

import { A, F, type Instruction, K } from "../decoder/instruction.ts";
import type { GraphNode } from "./graph.ts";

export const ALL_FLAGS = F.CF | F.PF | F.AF | F.ZF | F.SF | F.OF;
const LEAVING = A.FAULTS | A.STACK | A.STRING | A.X87 | A.MMX | A.SSE | A.PRIVILEGED | A.UNDEFINED;

const isMemory = (kind: number) => (kind >= K.M32 && kind <= K.FAR) || kind === K.SEG;

/** Whether the instruction may leave the code otherwise than through a jump of its own. */
export function mayLeave(insn: Instruction): boolean {
  if ((insn.row.attributes & LEAVING) !== 0) return true;
  if (insn.row.mnemonic === "LEA" || insn.row.mnemonic === "NOP") return false;
  return isMemory(insn.op0.kind) || isMemory(insn.op1.kind) || isMemory(insn.op2.kind);
}

/** Semantic functions that give all six flags, those too that the manual leaves undefined (a test holds them to it). */
export const SETS_ALL_FLAGS: ReadonlySet<string> = new Set(["ADD", "ADC", "SUB", "SBB", "CMP", "NEG", "AND", "OR", "XOR", "TEST", "XADD", "CMPXCHG"]);
const SHIFTS: ReadonlySet<string> = new Set(["SHL", "SHR", "SAR"]);

export function setsAllFlags({ row, op1 }: Instruction): boolean {
  return SETS_ALL_FLAGS.has(row.mnemonic) || (SHIFTS.has(row.mnemonic) && op1.kind === K.IMM && (op1.imm & 31) !== 0);
}

/** Flags that are after an instruction what they were before it. What the manual leaves undefined may be (some processors, and so some semantic functions). */
function keeps(insn: Instruction): number {
  return setsAllFlags(insn) ? 0 : ~(insn.row.flagsWritten & ~insn.row.flagsUndefined);
}

/** Flags live behind each instruction of a node. */
export function flagsLiveBehind(node: GraphNode, liveIn: ArrayLike<number>, leaves: (insn: Instruction) => boolean): number[] {
  const { insns } = node, behind = new Array<number>(insns.length);
  let at = liveOut(node, liveIn);
  for (let k = insns.length - 1; k >= 0; k--) {
    const insn = insns[k];
    behind[k] = at;
    at = leaves(insn) ? ALL_FLAGS : (at & keeps(insn)) | (insn.row.flagsRead & ALL_FLAGS);
  }
  return behind;
}

/** Flags live at the start of each node: the least fixed point. */
export function flagsLiveIn(nodes: readonly GraphNode[], leaves: (insn: Instruction) => boolean): Int32Array {
  const live = new Int32Array(nodes.length);
  // what a node does to the flags live behind it: some stay live, some become so. Its instructions are looked at once
  const kept = new Int32Array(nodes.length), made = new Int32Array(nodes.length);
  for (const [n, { insns }] of nodes.entries()) {
    let keep = ALL_FLAGS, make = 0;
    for (let k = insns.length - 1; k >= 0; k--) {
      const insn = insns[k];
      if (leaves(insn)) {
        keep = 0;
        make = ALL_FLAGS;
      } else {
        const through = keeps(insn);
        keep &= through;
        make = (make & through) | (insn.row.flagsRead & ALL_FLAGS);
      }
    }
    kept[n] = keep;
    made[n] = make;
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = nodes.length - 1; n >= 0; n--) {
      const at = made[n] | (kept[n] & liveOut(nodes[n], live));
      if (at === live[n]) continue;
      live[n] = at;
      changed = true;
    }
  }
  return live;
}

/** Flags live behind the last instruction of a node. */
function liveOut(node: GraphNode, liveIn: ArrayLike<number>): number {
  const last = node.insns[node.insns.length - 1];
  if (node.inlined !== undefined) return liveIn[node.inlined.index];
  let targets: number[];
  if ((last.row.attributes & A.BRANCH) === 0) targets = [last.next];
  else if (last.op0.kind !== K.REL || last.row.mnemonic === "CALL") return ALL_FLAGS;
  else targets = last.row.mnemonic === "JMP" ? [last.op0.imm] : [last.op0.imm, last.next];
  let live = 0;
  for (const t of targets) {
    const to = node.jumps.get(t);
    if (to === undefined) return ALL_FLAGS;
    live |= liveIn[to.index];
  }
  return live;
}
