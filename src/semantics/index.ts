// All semantic functions in one table, keyed by mnemonic, and the choice of the function for an opcode row.

import { A, type Instruction, K, type Row } from "../decoder/instruction.ts";
import { arithmetic } from "./arithmetic.ts";
import { bcd } from "./bcd.ts";
import { bit } from "./bit.ts";
import { control } from "./control.ts";
import { data } from "./data.ts";
import type { Semantic, SemanticTable } from "./machine.ts";
import { rareSemantics } from "./rare.ts";
import { segment } from "./segment.ts";
import { shift } from "./shift.ts";
import { sseMove } from "./sse-move.ts";
import { sseSearch } from "./sse-search.ts";
import { string } from "./string.ts";
import { system } from "./system.ts";

/** Without prototype, which makes it a hash table from its first entry on: V8 is ten times faster to fill one than to spread the parts. */
const common: SemanticTable = Object.assign(
  Object.create(null) as Record<string, Semantic>, data, arithmetic, shift, bit, bcd, control, string, segment, system, sseMove, sseSearch,
);
let rare: SemanticTable | undefined;

/** Every semantic function by mnemonic. */
export function allSemantics(): SemanticTable {
  return { ...common, ...(rare ??= rareSemantics()) };
}

/** The function for a row: #UD for undefined rows, #GP for privileged ones, else by mnemonic; undefined when there is none. */
export function semanticOf(row: Row): Semantic | undefined {
  if ((row.attributes & A.UNDEFINED) !== 0) return common["#UD"];
  if ((row.attributes & A.PRIVILEGED) !== 0) return common["#GP"];
  return common[row.mnemonic] ?? (rare ??= rareSemantics())[row.mnemonic];
}

/** The same, where an instruction without a function is as undefined as one that the manual does not know. */
export const executionOf = (row: Row): Semantic => semanticOf(row) ?? common["#UD"];

const SHIFTS = new Set(["ROL", "ROR", "RCL", "RCR", "SHL", "SHR", "SAR", "SHLD", "SHRD"]);

/** Whether the instruction reads memory in order to write it: on hardware such a read faults as a write (page-fault error code). */
export function updatesMemory(i: Instruction): boolean {
  return i.op0.kind >= K.M32 && i.op0.kind <= K.M64 && ((i.row.attributes & A.LOCKABLE) !== 0 || SHIFTS.has(i.row.mnemonic));
}

/** Instructions that only read the memory operand that stands first, or (ARPL) write it now and then. */
const READERS = new Set([
  "ARPL", "CMP", "TEST", "PUSH", "CALL", "CALLF", "JMP", "JMPF", "BT", "MUL", "IMUL", "DIV", "IDIV", "NOP", "PREFETCH", "PREFETCHW", "PREFETCHWT1", "PREFETCHNTA",
  "PREFETCHT0", "PREFETCHT1", "PREFETCHT2", "CLFLUSH", "CLFLUSHOPT", "VERR", "VERW", "LLDT", "LTR", "LMSW", "LGDT", "LIDT", "INVLPG", "LDMXCSR",
  "FXRSTOR", "XRSTOR", "XRSTORS", "FRSTOR", "FLDENV", "FLDCW", "FADD", "FMUL", "FCOM", "FCOMP", "FSUB", "FSUBR", "FDIV", "FDIVR", "FLD", "FIADD", "FIMUL", "FICOM",
  "FICOMP", "FISUB", "FISUBR", "FIDIV", "FIDIVR", "FILD", "FBLD", "CMPS", "SCAS",
]);

/** Whether the first operand is memory that the instruction writes. */
export function writesMemory(i: Instruction): boolean {
  return i.op0.kind >= K.M32 && i.op0.kind <= K.FAR && !READERS.has(i.row.mnemonic);
}
