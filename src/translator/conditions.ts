// Conditions and single flags as JavaScript text, from the lazy tuple in the locals fk, fa, fb, fr.
// When the kind is known at translation time the text is the shortest one for it: after CMP, "less" is `fa < fb`.
// The formulas are those of runtime/flags.ts; test/translator/conditions.test.ts holds the two against each other.

import { FLAGS } from "../runtime/state.ts";

/** What is known of the lazy flags at a point of the translated code. */
export type KnownFlags = number | undefined; // FLAGS.*, or unknown

const CARRY_ADD = "(fa & fb | (fa | fb) & ~fr)";
const CARRY_SBB = "(~fa & fb | (~fa | fb) & fr)";

/** CF as a boolean expression. */
function carry(kind: KnownFlags): string {
  switch (kind) {
    case FLAGS.BITS: return "(fr & 1) !== 0";
    case FLAGS.ADD: return `${CARRY_ADD} < 0`;
    case FLAGS.SUB: return "fa >>> 0 < fb >>> 0";
    case FLAGS.SBB: return `${CARRY_SBB} < 0`;
    case FLAGS.LOGIC: return "false";
    case FLAGS.RESULT: return "(fa & 1) !== 0";
    default: return "FL.carry(fk, fa, fb, fr) !== 0";
  }
}

function overflow(kind: KnownFlags): string {
  switch (kind) {
    case FLAGS.BITS: return "(fr & 2048) !== 0";
    case FLAGS.ADD: return "((fa ^ fr) & (fb ^ fr)) < 0";
    case FLAGS.SUB: case FLAGS.SBB: return "((fa ^ fb) & (fa ^ fr)) < 0";
    case FLAGS.LOGIC: return "false";
    case FLAGS.RESULT: return "(fa & 2048) !== 0";
    default: return "FL.overflow(fk, fa, fb, fr) !== 0";
  }
}

const zero = (kind: KnownFlags) =>
  kind === undefined ? "FL.zero(fk, fr) !== 0" : kind === FLAGS.BITS ? "(fr & 64) !== 0" : kind === FLAGS.SUB ? "fa === fb" : "fr === 0";
const sign = (kind: KnownFlags) => (kind === undefined ? "FL.sign(fk, fr) !== 0" : kind === FLAGS.BITS ? "(fr & 128) !== 0" : "fr < 0");
const parity = (kind: KnownFlags) => (kind === undefined ? "FL.parity(fk, fr) !== 0" : kind === FLAGS.BITS ? "(fr & 4) !== 0" : `FL.parity(${kind}, fr) !== 0`);

function less(kind: KnownFlags): string {
  switch (kind) {
    case FLAGS.SUB: return "fa < fb";
    case FLAGS.LOGIC: return "fr < 0";
    case FLAGS.ADD: return "(fr ^ (fa ^ fr) & (fb ^ fr)) < 0";
    case FLAGS.SBB: return "(fr ^ (fa ^ fb) & (fa ^ fr)) < 0";
    case FLAGS.RESULT: return "(fr ^ fa << 20) < 0";
    case FLAGS.BITS: return "((fr ^ fr >> 4) & 128) !== 0";
    default: return "FL.condition(12, fk, fa, fb, fr)";
  }
}

function positive(cc: number, kind: KnownFlags): string {
  switch (cc) {
    case 0: return overflow(kind);
    case 1: return carry(kind);
    case 2: return zero(kind);
    case 3:
      if (kind === FLAGS.SUB) return "fa >>> 0 <= fb >>> 0";
      return kind === FLAGS.LOGIC ? "fr === 0" : kind === undefined ? "FL.condition(6, fk, fa, fb, fr)" : `(${carry(kind)} || ${zero(kind)})`;
    case 4: return sign(kind);
    case 5: return parity(kind);
    case 6: return less(kind);
    default:
      if (kind === FLAGS.SUB) return "fa <= fb";
      return kind === FLAGS.LOGIC ? "fr <= 0" : kind === undefined ? "FL.condition(14, fk, fa, fb, fr)" : `(${zero(kind)} || ${less(kind)})`;
  }
}

/** Condition `cc` (0-15) as a boolean expression. */
export function conditionText(cc: number, kind: KnownFlags): string {
  const p = positive(cc >> 1, kind);
  if ((cc & 1) === 0) return `(${p})`;
  return p === "false" ? "true" : `!(${p})`;
}

/** A single flag as 0 or 1. */
export function flagText(flag: "cf" | "pf" | "af" | "zf" | "sf" | "of", kind: KnownFlags): string {
  switch (flag) {
    case "cf":
      if (kind === FLAGS.ADD) return `(${CARRY_ADD} >>> 31)`;
      if (kind === FLAGS.SBB) return `(${CARRY_SBB} >>> 31)`;
      if (kind === FLAGS.RESULT) return "(fa & 1)";
      if (kind === FLAGS.BITS) return "(fr & 1)";
      if (kind === FLAGS.LOGIC) return "0";
      return kind === undefined ? "FL.carry(fk, fa, fb, fr)" : `(${carry(kind)} ? 1 : 0)`;
    case "of":
      if (kind === FLAGS.RESULT) return "(fa >>> 11 & 1)";
      return kind === undefined ? "FL.overflow(fk, fa, fb, fr)" : `(${overflow(kind)} ? 1 : 0)`;
    case "af":
      if (kind === FLAGS.LOGIC) return "0";
      if (kind === FLAGS.RESULT) return "(fa >>> 4 & 1)";
      if (kind === FLAGS.BITS) return "(fr >>> 4 & 1)";
      return kind === undefined ? "FL.adjust(fk, fa, fb, fr)" : "((fa ^ fb ^ fr) >>> 4 & 1)";
    case "zf": return `(${zero(kind)} ? 1 : 0)`;
    case "sf": return `(${sign(kind)} ? 1 : 0)`;
    case "pf": return `(${parity(kind)} ? 1 : 0)`;
  }
}
