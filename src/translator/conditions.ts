// Conditions and single flags as JavaScript text, from what is known of the lazy flags at a point of the translated code.
// When the kind is known the text is the shortest one for it: after CMP, "less" is `a < b`.
// The formulas are those of runtime/flags.ts; test/translator/conditions.test.ts holds the two against each other.

import { FLAGS, S } from "../runtime/state.ts";
import { literal, type Outcomes } from "./value.ts";

/** The flags' locals to the state, and back. */
export const FLAG_STORE = `R[${S.FLAGS}] = fk; R[${S.FLAG_A}] = fa; R[${S.FLAG_B}] = fb; R[${S.FLAG_R}] = fr;`;
export const FLAG_LOAD = `fk = R[${S.FLAGS}], fa = R[${S.FLAG_A}], fb = R[${S.FLAG_B}], fr = R[${S.FLAG_R}]`;

/**
 * The lazy flags at a point of the translated code, as texts. They are symbolic for as long as possible: an instruction that sets flags
 * emits nothing, and whoever needs them (a condition, a bail, a way out, a join) writes the expression where it is needed. Most
 * flags are needed on paths only that are never taken.
 */
export interface LazyFlags {
  /** FLAGS.*, or undefined: in the local fk. */
  readonly kind: number | undefined;
  readonly a: string;
  readonly b: string;
  readonly r: string;
  /** When not empty: bits 0 and 11 of this text are CF and OF, whatever the tuple says (rotates, BT, CLC ... change no other flag). */
  readonly co: string;
  /** Of a sum: there was no carry into it, so that CF is whether the result is below an operand. */
  readonly plain: boolean;
  /** The result is the difference of the operands, at full width. */
  readonly difference: boolean;
  /** They are those at the head of the loop with that node (loop-flags.ts). */
  readonly loop: number | undefined;
  /** Names of two numbers, neither a NaN, of whose order CF and ZF tell (COMISD); OF, SF, AF and PF are clear. */
  readonly order: readonly [a: string, b: string] | undefined;
  /** The same of numbers that have no names of their own (FCOMI): the outcomes as conditions. */
  readonly outcomes: Outcomes | undefined;
  /** They are these only where the condition holds, otherwise others, which have no `unless` of their own (shifts by a count that may be 0). */
  readonly unless: { readonly test: string; readonly flags: LazyFlags } | undefined;
}

// Each has all properties, in one order, and none is made by a spread: on Node 20 every object that a spread with a further property makes has a hidden class of its own,
// and who reads it looks the property up in the runtime.

/** Flags of a known kind. */
export const flagsOf = (kind: number, a: string, b: string, r: string, plain = false, difference = false): LazyFlags =>
  ({ kind, a, b, r, co: "", plain, difference, loop: undefined, order: undefined, outcomes: undefined, unless: undefined });

/** Flags whose bits are a text; numbers or conditions may tell the same. */
export const flagBits = (r: string, order: LazyFlags["order"], outcomes: LazyFlags["outcomes"]): LazyFlags =>
  ({ kind: FLAGS.BITS, a: "0", b: "0", r, co: "", plain: false, difference: false, loop: undefined, order, outcomes, unless: undefined });

/** All four in the locals; those of the head of a loop. */
export const localFlags = (kind: number | undefined, loop: number | undefined): LazyFlags =>
  ({ kind, a: "fa", b: "fb", r: "fr", co: "", plain: false, difference: false, loop, order: undefined, outcomes: undefined, unless: undefined });

/** The same with CF and OF in a text; the same where a test holds. */
export const withCarry = ({ kind, a, b, r, plain, difference, loop, order, outcomes, unless }: LazyFlags, co: string): LazyFlags =>
  ({ kind, a, b, r, co, plain, difference, loop, order, outcomes, unless });
export const withUnless = ({ kind, a, b, r, co, plain, difference, loop, order, outcomes }: LazyFlags, unless: LazyFlags["unless"]): LazyFlags =>
  ({ kind, a, b, r, co, plain, difference, loop, order, outcomes, unless });

export const IN_LOCALS: LazyFlags = localFlags(undefined, undefined);

/** Whether the flags are in the locals fa, fb and fr (and fk, or known). */
export const inLocals = (f: LazyFlags): boolean => f.a === "fa" && f.b === "fb" && f.r === "fr" && f.co === "" && f.loop === undefined;

const carryPlain = ({ a, b, r }: LazyFlags) => `${r} >>> 0 < ${/^(\d+|\(-\d+\))$/.test(b) ? Number(b.replace(/[()]/g, "")) >>> 0 : `${a} >>> 0`}`;
/** Whether a text names one of the locals of the flags. Most are literals and names of constants, "0" and "a$12", which need no regular expression to tell. */
export const namesFlags = (text: string): boolean => text.length > 1 && (text[1] !== "$" || text.length > 7) && /\bf[kabr]\b/.test(text);

const carryAdd = ({ a, b, r }: LazyFlags) => `(${a} & ${b} | (${a} | ${b}) & ~${r})`;
const carrySbb = ({ a, b, r }: LazyFlags) => `(~${a} & ${b} | (~${a} | ${b}) & ${r})`;
const kindOf = (f: LazyFlags) => (f.kind === undefined ? "fk" : String(f.kind));
const tuple = (f: LazyFlags) => `${kindOf(f)}, ${f.a}, ${f.b}, ${f.r}`;

/** CF as a boolean expression. */
function carry(f: LazyFlags): string {
  if (f.co !== "") return `(${f.co} & 1) !== 0`;
  switch (f.kind) {
    case FLAGS.BITS: return `(${f.r} & 1) !== 0`;
    case FLAGS.ADD: return f.plain ? carryPlain(f) : `${carryAdd(f)} < 0`;
    case FLAGS.SUB: return `${f.a} >>> 0 < ${f.b} >>> 0`;
    case FLAGS.SBB: return `${carrySbb(f)} < 0`;
    case FLAGS.LOGIC: return "false";
    case FLAGS.RESULT: return `(${f.a} & 1) !== 0`;
    default: return `FL.carry(${tuple(f)}) !== 0`;
  }
}

function overflow(f: LazyFlags): string {
  const { a, b, r } = f;
  if (f.co !== "") return `(${f.co} & 2048) !== 0`;
  switch (f.kind) {
    case FLAGS.BITS: return `(${r} & 2048) !== 0`;
    case FLAGS.ADD: return `((${a} ^ ${r}) & (${b} ^ ${r})) < 0`;
    case FLAGS.SUB: case FLAGS.SBB: return `((${a} ^ ${b}) & (${a} ^ ${r})) < 0`;
    case FLAGS.LOGIC: return "false";
    case FLAGS.RESULT: return `(${a} & 2048) !== 0`;
    default: return `FL.overflow(${tuple(f)}) !== 0`;
  }
}

function zero(f: LazyFlags): string {
  if (f.kind === undefined) return `FL.zero(fk, ${f.r}) !== 0`;
  if (f.kind === FLAGS.BITS) return `(${f.r} & 64) !== 0`;
  return f.kind === FLAGS.SUB ? `${f.a} === ${f.b}` : `${f.r} === 0`;
}

function sign(f: LazyFlags): string {
  if (f.kind === undefined) return `FL.sign(fk, ${f.r}) !== 0`;
  return f.kind === FLAGS.BITS ? `(${f.r} & 128) !== 0` : `${f.r} < 0`;
}

function parity(f: LazyFlags): string {
  return f.kind === FLAGS.BITS ? `(${f.r} & 4) !== 0` : `FL.parity(${kindOf(f)}, ${f.r}) !== 0`;
}

function less(f: LazyFlags): string {
  const { a, b, r } = f;
  if (f.co !== "") return `(${sign(f)}) !== (${overflow(f)})`;
  switch (f.kind) {
    case FLAGS.SUB: return `${a} < ${b}`;
    case FLAGS.LOGIC: return `${r} < 0`;
    case FLAGS.ADD: return `(${r} ^ (${a} ^ ${r}) & (${b} ^ ${r})) < 0`;
    case FLAGS.SBB: return `(${r} ^ (${a} ^ ${b}) & (${a} ^ ${r})) < 0`;
    case FLAGS.RESULT: return `(${r} ^ ${a} << 20) < 0`;
    case FLAGS.BITS: return `((${r} ^ ${r} >> 4) & 128) !== 0`;
    default: return `FL.condition(12, ${tuple(f)})`;
  }
}

function positive(cc: number, f: LazyFlags): string {
  if (f.order !== undefined && f.co === "" && cc < 4) {
    const [a, b] = f.order;
    return ["false", `${a} < ${b}`, `${a} === ${b}`, `${a} <= ${b}`][cc];
  }
  switch (cc) {
    case 0: return overflow(f);
    case 1: return carry(f);
    case 2: return zero(f);
    case 3:
      if (f.co !== "") return `(${carry(f)} || ${zero(f)})`;
      if (f.kind === FLAGS.SUB) return `${f.a} >>> 0 <= ${f.b} >>> 0`;
      return f.kind === FLAGS.LOGIC ? `${f.r} === 0` : f.kind === undefined ? `FL.condition(6, ${tuple(f)})` : `(${carry(f)} || ${zero(f)})`;
    case 4: return sign(f);
    case 5: return parity(f);
    case 6: return less(f);
    default:
      if (f.co !== "") return `(${zero(f)} || ${less(f)})`;
      if (f.kind === FLAGS.SUB) return `${f.a} <= ${f.b}`;
      return f.kind === FLAGS.LOGIC ? `${f.r} <= 0` : f.kind === undefined ? `FL.condition(14, ${tuple(f)})` : `(${zero(f)} || ${less(f)})`;
  }
}

/** Condition `cc` (0-15) as a boolean expression. */
export function conditionText(cc: number, f: LazyFlags): string {
  if (f.outcomes !== undefined && f.co === "") {
    const { less, equal, greater } = f.outcomes;
    switch (cc) {
      case 2: return `(${less})`;
      case 3: return `!(${less})`;
      case 4: return `(${equal})`;
      case 5: return `!(${equal})`;
      case 6: return `!(${greater})`;
      case 7: return `(${greater})`;
      case 10: return "false";
      case 11: return "true";
    }
  }
  const p = positive(cc >> 1, f);
  if ((cc & 1) === 0) return `(${p})`;
  return p === "false" ? "true" : `!(${p})`;
}

/** A single flag as 0 or 1. */
export function flagText(flag: "cf" | "pf" | "af" | "zf" | "sf" | "of", f: LazyFlags): string {
  switch (flag) {
    case "cf":
      if (f.co !== "") return `(${f.co} & 1)`;
      if (f.kind === FLAGS.ADD && !f.plain) return `(${carryAdd(f)} >>> 31)`;
      if (f.kind === FLAGS.SBB) return `(${carrySbb(f)} >>> 31)`;
      if (f.kind === FLAGS.RESULT) return `(${f.a} & 1)`;
      if (f.kind === FLAGS.BITS) return `(${f.r} & 1)`;
      if (f.kind === FLAGS.LOGIC) return "0";
      return f.kind === undefined ? `FL.carry(${tuple(f)})` : `(${carry(f)} ? 1 : 0)`;
    case "of":
      if (f.co !== "") return `(${f.co} >>> 11 & 1)`;
      if (f.kind === FLAGS.LOGIC) return "0";
      if (f.kind === FLAGS.RESULT) return `(${f.a} >>> 11 & 1)`;
      return f.kind === undefined ? `FL.overflow(${tuple(f)})` : `(${overflow(f)} ? 1 : 0)`;
    case "af":
      if (f.kind === FLAGS.LOGIC) return "0";
      if (f.kind === FLAGS.RESULT) return `(${f.a} >>> 4 & 1)`;
      if (f.kind === FLAGS.BITS) return `(${f.r} >>> 4 & 1)`;
      return f.kind === undefined ? `FL.adjust(${tuple(f)})` : `((${f.a} ^ ${f.b} ^ ${f.r}) >>> 4 & 1)`;
    case "zf": return `(${zero(f)} ? 1 : 0)`;
    case "sf": return `(${sign(f)} ? 1 : 0)`;
    case "pf": return `(${parity(f)} ? 1 : 0)`;
  }
}

/** The kind that flags have as a tuple alone, when it is known. */
export const tupleKind = (f: LazyFlags): number | undefined =>
  f.unless !== undefined && tupleKind(withUnless(f, undefined)) !== tupleKind(f.unless.flags) ? undefined : f.co === "" || f.kind === undefined || f.kind === FLAGS.BITS ? f.kind : FLAGS.RESULT;

/** The same flags as a tuple alone, its kind as a text: what `co` says becomes part of it. Result and kind give SF, ZF and PF, so only AF has to be asked. */
export function asTuple(f: LazyFlags): { readonly kind: string; readonly a: string; readonly b: string; readonly r: string } {
  const { a, b, r, co } = f;
  if (f.unless !== undefined) {
    const { test, flags } = f.unless, now = asTuple(withUnless(f, undefined)), old = asTuple(flags);
    const either = (x: string, y: string) => (x === y ? x : `(${test} ? ${x} : ${y})`);
    return { kind: either(now.kind, old.kind), a: either(now.a, old.a), b: either(now.b, old.b), r: either(now.r, old.r) };
  }
  if (co === "") return { kind: kindOf(f), a, b, r };
  const bits = `(${r} & -2050 | ${co} & 2049)`;
  if (f.kind === FLAGS.BITS) return { kind: "0", a: "0", b: "0", r: bits };
  const cfOf = numeric(co) ? literal(Number(co) & 2049) : `${co} & 2049`;
  if (f.kind === undefined) {
    const adjust = `(fk === ${FLAGS.RESULT} ? ${a} : fk === ${FLAGS.LOGIC} ? 0 : ${a} ^ ${b} ^ ${r}) & 16`;
    return { kind: `(fk === 0 ? 0 : ${FLAGS.RESULT})`, a: `(${cfOf} | ${adjust})`, b: "0", r: `(fk === 0 ? ${bits} : ${r})` };
  }
  if (f.kind === FLAGS.LOGIC) return { kind: String(FLAGS.RESULT), a: `(${cfOf})`, b: "0", r };
  const adjust = f.kind === FLAGS.RESULT ? `${a} & 16` : `(${a} ^ ${b} ^ ${r}) & 16`;
  return { kind: String(FLAGS.RESULT), a: `(${cfOf} | ${adjust})`, b: "0", r };
}

/** Statements that write a tuple to the state, but for the words that nobody reads of flags of its kind. */
export function storeTuple({ kind, a, b, r }: ReturnType<typeof asTuple>): string {
  const alone = kind === String(FLAGS.LOGIC) || kind === String(FLAGS.BITS);
  const operands = alone ? "" : kind === String(FLAGS.RESULT) ? ` R[${S.FLAG_A}] = ${a};` : ` R[${S.FLAG_A}] = ${a}; R[${S.FLAG_B}] = ${b};`;
  return `R[${S.FLAGS}] = ${kind};${operands} R[${S.FLAG_R}] = ${r};`;
}

const numeric = (t: string): boolean => /^\d+$/.test(t);

/** The six status flags in their EFLAGS places. */
export function statusText(f: LazyFlags): string {
  const bits = f.kind === FLAGS.BITS ? f.r : `FL.statusBits(${tuple(f)})`;
  return f.co === "" ? bits : `(${bits} & -2050 | ${f.co} & 2049)`;
}
