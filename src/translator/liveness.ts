// Which status flags are needed behind each instruction: backward liveness over one block.
// At the end of a block, and at every instruction that may leave it (bail, fault, call out), all flags are live: whoever
// continues there, interpreter or signal handler, sees them.

import { A, F, type Instruction, K } from "../decoder/instruction.ts";

const ALL = F.CF | F.PF | F.AF | F.ZF | F.SF | F.OF;
const LEAVING = A.FAULTS | A.STACK | A.STRING | A.X87 | A.MMX | A.SSE | A.PRIVILEGED | A.UNDEFINED;

const isMemory = (kind: number) => (kind >= K.M32 && kind <= K.FAR) || kind === K.SEG;

/** Whether the instruction may leave the block otherwise than through a jump of its own. */
export function mayLeave(insn: Instruction): boolean {
  if ((insn.row.attributes & LEAVING) !== 0) return true;
  if (insn.row.mnemonic === "LEA" || insn.row.mnemonic === "NOP") return false;
  return isMemory(insn.op0.kind) || isMemory(insn.op1.kind) || isMemory(insn.op2.kind);
}

/** For each instruction, whether any status flag it writes is read by anyone. */
export function flagsNeeded(insns: readonly Instruction[], leaves: (k: number) => boolean): boolean[] {
  const needed = new Array<boolean>(insns.length).fill(false);
  let live = ALL;
  for (let k = insns.length - 1; k >= 0; k--) {
    const { flagsRead, flagsWritten, flagsUndefined } = insns[k].row;
    needed[k] = (flagsWritten & ALL & live) !== 0;
    // what the manual leaves undefined may be what was there before (some processors, and so some semantic functions)
    live = (live & ~(flagsWritten & ~flagsUndefined)) | (flagsRead & ALL);
    if (leaves(k)) live = ALL;
  }
  return needed;
}
