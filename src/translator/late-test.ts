// A load tests its value for zero, since only a zero needs a look at the permissions; and often the guest does the same next:
//
//    mov (%eax),%eax;  test %eax,%eax;  je end
//
// Then the permissions are asked on the guest's own way for a zero, and one jump serves both. Until the ways part nothing changes but the register
// that is loaded, so what writes it stands behind that: a bail finds it as it was.

import { type Instruction, K, type Operand } from "../decoder/instruction.ts";
import type { AccessGroups } from "./access-groups.ts";

/** A load as it was written, and the same with its test for zero apart. */
interface LateTest {
  /** The statement that loads and tests. */
  readonly test: string;
  /** The same without the test for zero. */
  readonly early: string;
  /** What is to be asked where the value is zero. */
  readonly late: string;
}

/** What is to be written behind the jump: the test where the value is zero, and then, or alone, what writes the register. */
interface Parted {
  readonly late: string;
  readonly write: string;
}

const sameRegister = (a: Operand, b: Operand): boolean => a.reg === b.reg && a.kind === b.kind;
const isLoad = (kind: number): boolean => kind === K.M32 || kind === K.M16 || kind === K.M8;
const isRegister = (kind: number): boolean => kind === K.R32 || kind === K.R16 || kind === K.R8;

/** How many instructions before a jump on zero are a load and a test of its value; 0 when that is not what they are. */
function testedLoad(insns: readonly Instruction[], jump: number): number {
  const { row, cc } = insns[jump];
  if (row.mnemonic !== "Jcc" || (cc !== 4 && cc !== 5) || jump === 0) return 0;
  const test = insns[jump - 1], { op0, op1 } = test, zero = test.row.mnemonic === "CMP" && op1.kind === K.IMM && op1.imm === 0;
  if (zero && isLoad(op0.kind)) return 1;
  if (jump < 2 || !isRegister(op0.kind) || !(zero || (test.row.mnemonic === "TEST" && sameRegister(op0, op1)))) return 0;
  const load = insns[jump - 2], to = load.op0;
  if (to.kind !== K.R32 || !isLoad(load.op1.kind) || to.reg !== op0.reg) return 0;
  if (load.row.mnemonic === "MOV") return op0.kind === K.R32 ? 2 : 0;
  // a byte or word that is zero is so however it is extended
  const extended = load.row.mnemonic === "MOVZX" || load.row.mnemonic === "MOVSX";
  return extended && (op0.kind === K.R32 || (op0.kind === K.R16 ? load.op1.kind !== K.M32 : load.op1.kind === K.M8 && op0.reg < 4)) ? 2 : 0;
}

/** The loads of a function while it is written. */
export class LateTests {
  /** The last load that was written. */
  loaded: LateTest | undefined;
  /** What is to be written where the jump that is being translated leads, and behind it. */
  parted: Parted | undefined;

  /**
   * Ahead of the last of the instructions: whether that jumps on what has just been loaded, so that one jump is for both. `begins`: where the lines of each begin. Without `groups` it is not to
   * matter.
   */
  prepare(lines: string[], insns: readonly Instruction[], begins: readonly number[], groups: AccessGroups | undefined): boolean {
    const { loaded } = this, jump = insns.length - 1, before = testedLoad(insns, jump);
    this.parted = before === 0 || loaded === undefined || groups === undefined ? undefined : part(lines, begins[jump - before], loaded, groups);
    return this.parted !== undefined;
  }

  /** What a jump on zero has to have written where it leads, or behind it. */
  behind({ cc }: Instruction, jumps: boolean): string[] {
    const { parted } = this;
    if (parted === undefined) return [];
    if (!jumps) this.parted = undefined;
    return ((cc === 4) === jumps ? [parted.late, parted.write] : [parted.write]).filter((line) => line !== "");
  }
}

/** Rewrites the lines of a load and a test, from `begin` on, when they are nothing else; undefined when they are. */
function part(lines: string[], begin: number, loaded: LateTest, groups: AccessGroups): Parted | undefined {
  const at = lines.indexOf(loaded.test, begin);
  let write = 0, read = 0;
  for (let k = at + 1; k < lines.length; k++) {
    if (lines[k].startsWith("//")) continue;
    if (write + read === 0 && /^r\d = .*;$/.test(lines[k])) write = k;
    else if (read === 0 && /^const [af]\$\d+ = .*;$/.test(lines[k])) read = k;
    else return undefined;
  }
  if (at < 0) return undefined;
  const { early, late } = groups.late(loaded.test, loaded.early, loaded.late);
  lines[at] = early;
  if (write === 0) return { late, write: "" };
  const writing = lines[write];
  if (read > 0) lines[read] = lines[read].replaceAll(writing.slice(0, 2), writing.slice(5, -1));
  lines.splice(write, 1);
  return { late, write: writing };
}
