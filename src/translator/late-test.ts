// A load tests its value for zero, since only a zero needs a look at the permissions; and often the guest does the same next:
//
//    mov (%eax),%eax;  test %eax,%eax;  je end
//
// Then the permissions are asked on the guest's own way for a zero, and one jump serves both. Until the ways part nothing changes but the register
// that is loaded, so what writes it stands behind that: a bail finds it as it was.

import { type Instruction, K, type Operand } from "../decoder/instruction.ts";

/** A load as it was written, and the same with its test for zero apart. */
export interface LateTest {
  /** The statement that loads and tests. */
  readonly test: string;
  /** The same without the test for zero. */
  readonly early: string;
  /** What is to be asked where the value is zero. */
  readonly late: string;
}

/** What is to be written on the ways behind the jump. */
export interface Parted {
  readonly zero: string;
  readonly other: string;
}

const sameRegister = (a: Operand, b: Operand): boolean => a.reg === b.reg && a.kind === b.kind;
const isLoad = (kind: number): boolean => kind === K.M32 || kind === K.M16 || kind === K.M8;
const isRegister = (kind: number): boolean => kind === K.R32 || kind === K.R16 || kind === K.R8;

/** How many instructions before a jump on zero are a load and a test of its value; 0 when that is not what they are. */
export function testedLoad(insns: readonly Instruction[], jump: number): number {
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

/**
 * Rewrites the lines of a load and a test, from `begin` on, when they are nothing else; undefined when they are. `early` and `late` are the texts of
 * `loaded`, or marks for them.
 */
export function part(lines: string[], begin: number, loaded: LateTest, texts: () => { readonly early: string; readonly late: string }): Parted | undefined {
  const at = lines.indexOf(loaded.test, begin);
  let write = 0, read = 0;
  for (let k = at + 1; k < lines.length; k++) {
    if (lines[k].startsWith("//")) continue;
    if (write + read === 0 && /^r\d = .*;$/.test(lines[k])) write = k;
    else if (read === 0 && /^const [af]\$\d+ = .*;$/.test(lines[k])) read = k;
    else return undefined;
  }
  if (at < 0) return undefined;
  const { early, late } = texts();
  lines[at] = early;
  if (write === 0) return { zero: late, other: "" };
  const writing = lines[write], register = writing.slice(0, 2), value = writing.slice(5, -1);
  if (read > 0) lines[read] = lines[read].replaceAll(register, value);
  lines.splice(write, 1);
  return { zero: `${late}\n${writing}`, other: writing };
}
