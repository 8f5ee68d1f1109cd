// The functions of runtime/flags.ts in the emitter's JavaScript, to be lowered: what generated code calls where the kind of the lazy flags is
// not known when it is made. From the formulas of conditions.ts for each kind; test/translator/wasm.test.ts holds them against flags.ts.

import { FLAGS } from "../../runtime/state.ts";
import { flagsOf, flagText } from "../conditions.ts";

export interface FlagFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: string;
  /** Whether its result is a truth value. */
  readonly truth?: boolean;
}

const TUPLE = ["kind", "a", "b", "r"];

/** A flag as a chain of choices by kind; the commonest first. */
function byKind(flag: "cf" | "of" | "af"): string {
  const text = (kind: number) => flagText(flag, flagsOf(kind, "a", "b", "r"));
  const kinds = [FLAGS.SUB, FLAGS.LOGIC, FLAGS.RESULT, FLAGS.ADD, FLAGS.SBB];
  return `return ${kinds.map((k) => `kind === ${k} ? ${text(k)} : `).join("")}${text(FLAGS.BITS)};`;
}

/** In an order in which each calls only those before it. */
export const FLAG_FUNCTIONS: readonly FlagFunction[] = [
  { name: "carry", parameters: TUPLE, body: byKind("cf") },
  { name: "overflow", parameters: TUPLE, body: byKind("of") },
  { name: "adjust", parameters: TUPLE, body: byKind("af") },
  { name: "zero", parameters: ["kind", "r"], body: "return kind === 0 ? r >>> 6 & 1 : r === 0 ? 1 : 0;" },
  { name: "sign", parameters: ["kind", "r"], body: "return kind === 0 ? r >>> 7 & 1 : r >>> 31;" },
  { name: "parity", parameters: ["kind", "r"], body: "return kind === 0 ? r >>> 2 & 1 : 38505 >>> ((r ^ r >>> 4) & 15) & 1;" },
  {
    name: "statusBits", parameters: TUPLE,
    body: `if (kind === 0) return r;
      return FL.carry(kind, a, b, r) | FL.parity(kind, r) << 2 | FL.adjust(kind, a, b, r) << 4 | FL.zero(kind, r) << 6 | FL.sign(kind, r) << 7 | FL.overflow(kind, a, b, r) << 11;`,
  },
  {
    name: "condition", parameters: ["cc", ...TUPLE], truth: true,
    body: `let t = 0;
      switch (cc >> 1) {
        case 0: t = FL.overflow(kind, a, b, r); break;
        case 1: t = FL.carry(kind, a, b, r); break;
        case 2: t = FL.zero(kind, r); break;
        case 3: t = FL.carry(kind, a, b, r) | FL.zero(kind, r); break;
        case 4: t = FL.sign(kind, r); break;
        case 5: t = FL.parity(kind, r); break;
        case 6: t = FL.sign(kind, r) ^ FL.overflow(kind, a, b, r); break;
        case 7: t = FL.zero(kind, r) | FL.sign(kind, r) ^ FL.overflow(kind, a, b, r); break;
      }
      return t ^ cc & 1;`,
  },
];
