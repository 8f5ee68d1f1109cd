// Random valid instruction sequences, integer, x87, MMX and SSE mixed, made by fast-check from a seed: all engine modes must agree, and
// agree with the processor where the machine can run i386 code (fixtures/insn/runner). A difference is made as short as it goes.

import fc from "fast-check";
import { type Mode, runFloating } from "./engines.ts";
import { R } from "./layout.ts";
import { nativeWorks } from "./native.ts";
import { pieces } from "./sequences.ts";
import { approximate, blank, differences, IN_WORDS, runNative, type SimdCases, simdCases } from "./simd-cases.ts";
import { simdForms } from "./simd-forms.ts";

/** Sequences of a seed. */
export const BATCH = 500;
const LONGEST = 100; // bytes
/** Not in sequences: other pointers than EBX, images with last-instruction pointers (the kernel's frames hold them after an exception only). */
const LEFT_OUT = new Set(["MASKMOVQ", "MASKMOVDQU", "FLDENV", "FRSTOR", "FNSAVE", "FNSTENV", "LDMXCSR"]);

let made: (readonly number[])[][] | undefined;

/** Encodings by mnemonic. */
function kinds(): (readonly number[])[][] {
  if (made !== undefined) return made;
  const byMnemonic = new Map<string, (readonly number[])[]>();
  for (const form of simdForms()) {
    if (LEFT_OUT.has(form.mnemonic) || approximate(form.mnemonic)) continue;
    byMnemonic.set(form.mnemonic, [...(byMnemonic.get(form.mnemonic) ?? []), ...form.codes]);
  }
  // as many integer instructions as others
  made = [...byMnemonic.values(), ...pieces(), ...pieces()];
  return made;
}

export interface Sequence {
  readonly instructions: readonly (readonly number[])[];
  /** Seeds the states it is run in. */
  readonly state: number;
}

/** The sequences of a seed, half of them to be run as loops. */
export function sequencesOf(seed: number, count: number): Sequence[] {
  const all = kinds();
  const one = fc.tuple(fc.nat(all.length - 1), fc.nat(0xffff)).map(([kind, n]) => all[kind][n % all[kind].length]);
  const sequence = fc.record({ instructions: fc.array(one, { minLength: 2, maxLength: 12, size: "max" }), state: fc.nat(0x7fffffff) });
  return fc.sample(sequence, { seed, numRuns: count });
}

/** Three times round, counted in ESI, which no instruction here writes: then there is a region. */
const isLoop = (sequence: Sequence): boolean => (sequence.state & 1) !== 0;
const ROUNDS = 3;

function codeOf(sequence: Sequence): readonly number[] {
  const code: number[] = [];
  for (const bytes of sequence.instructions) if (code.length + bytes.length <= LONGEST) code.push(...bytes);
  if (!isLoop(sequence)) return code;
  const back = -(code.length + 7);
  return [...code, 0x4e, 0x0f, 0x85, back & 0xff, (back >> 8) & 0xff, 0xff, 0xff];
}

/** Two states for each sequence, one behind the other. */
function casesFor(sequences: readonly Sequence[]): SimdCases {
  const parts = sequences.map((s) => simdCases({ name: `fuzz ${s.state}`, mnemonic: "sequence", operands: "", x87: true, codes: [codeOf(s)] }, 2));
  const count = parts.reduce((sum, p) => sum + p.count, 0);
  const states = new Int32Array(count * IN_WORDS);
  let at = 0;
  parts.forEach((part, k) => {
    states.set(part.states, at);
    if (isLoop(sequences[k])) for (let n = 0; n < part.count; n++) states[at + n * IN_WORDS + R.ESI] = ROUNDS;
    at += part.states.length;
  });
  return { count, code: parts.flatMap((p) => p.code), states };
}

function results(cases: SimdCases, mode: Mode | "native", tails: boolean): Int32Array {
  const found = mode === "native" ? runNative(cases) : runFloating(mode, cases, tails);
  blank(cases, found);
  return found;
}

/** The processor, when it can be compared with. */
export const native = nativeWorks() ? (["native"] as const) : [];

/** The ways to run the sequences of a seed: translated as blocks for one half of the seeds, as regions for the other, those in JavaScript for every second. */
export function modesFor(seed: number, everything = false): readonly (Mode | "native")[] {
  const translated = everything ? (["block", "region", "javascript"] as const) : seed % 2 === 0 ? (["block"] as const) : seed % 4 === 1 ? (["region"] as const) : (["javascript"] as const);
  return [...native, "interpreter", "quick", ...translated];
}

/** Whether two ways to run them differ, and in which sequence first (-1: none). */
function firstDifference(sequences: readonly Sequence[], a: Int32Array, b: Int32Array): number {
  const each = a.length / sequences.length;
  for (let w = 0; w < a.length; w++) if (a[w] !== b[w]) return Math.floor(w / each);
  return -1;
}

/** The sequence without what the difference does not need. */
function shortened(sequence: Sequence, mode: Mode | "native", against: Mode | "native", tails: boolean): Sequence {
  for (let k = 0; k < sequence.instructions.length; k++) {
    if (sequence.instructions.length === 1) break;
    const less = { ...sequence, instructions: sequence.instructions.filter((_, n) => n !== k) };
    const cases = casesFor([less]);
    if (firstDifference([less], results(cases, mode, tails), results(cases, against, tails)) >= 0) return shortened(less, mode, against, tails);
  }
  return sequence;
}

/**
 * Runs the sequences in all modes; an account of the first difference, or "". Without `tails`, translations begin where the sequences do: what
 * follows a bail is interpreted until a loop comes round, not translated as a sequence of its own, which takes as long again.
 */
export function disagreement(sequences: readonly Sequence[], modes: readonly (Mode | "native")[], tails = true): string {
  const [reference, ...others] = modes;
  const cases = casesFor(sequences);
  const expected = results(cases, reference, tails);
  for (const mode of others) {
    const at = firstDifference(sequences, results(cases, mode, tails), expected);
    if (at < 0) continue;
    const least = shortened(sequences[at], mode, reference, tails);
    const alone = casesFor([least]);
    const account = differences(alone, results(alone, reference, tails), results(alone, mode, tails), 1);
    return `${mode} differs from ${reference} (state ${least.state}):\n${account.join("\n")}`;
  }
  return "";
}
