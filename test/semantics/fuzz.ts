// Random valid instruction sequences, integer, x87, MMX and SSE mixed, made by fast-check from a seed: all engine modes must agree, and
// agree with the processor where the machine can run i386 code (fixtures/insn/runner). A difference is made as short as it goes.

import fc from "fast-check";
import { type Mode, runFloating } from "./engines.ts";
import { pieces } from "./sequences.ts";
import { approximate, blank, differences, IN_WORDS, runNative, type SimdCases, simdCases } from "./simd-cases.ts";
import { simdForms } from "./simd-forms.ts";

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

function codeOf(sequence: Sequence): readonly number[] {
  const code: number[] = [];
  for (const bytes of sequence.instructions) if (code.length + bytes.length <= LONGEST) code.push(...bytes);
  if ((sequence.state & 1) === 0) return code;
  // three times round, counted in ESI, which no instruction here writes: then there is a region
  const back = -(code.length + 7);
  return [0xbe, 3, 0, 0, 0, ...code, 0x4e, 0x0f, 0x85, back & 0xff, (back >> 8) & 0xff, 0xff, 0xff];
}

/** Two states for each sequence, one behind the other. */
function casesFor(sequences: readonly Sequence[]): SimdCases {
  const parts = sequences.map((s) => simdCases({ name: `fuzz ${s.state}`, mnemonic: "sequence", operands: "", x87: true, codes: [codeOf(s)] }, 2));
  const count = parts.reduce((sum, p) => sum + p.count, 0);
  const states = new Int32Array(count * IN_WORDS);
  let at = 0;
  for (const part of parts) {
    states.set(part.states, at);
    at += part.states.length;
  }
  return { count, code: parts.flatMap((p) => p.code), states };
}

function results(sequences: readonly Sequence[], mode: Mode | "native"): Int32Array {
  const cases = casesFor(sequences);
  const found = mode === "native" ? runNative(cases) : runFloating(mode, cases, true);
  blank(cases, found, true);
  return found;
}

/** Whether two ways to run them differ, and in which sequence first (-1: none). */
function firstDifference(sequences: readonly Sequence[], a: Int32Array, b: Int32Array): number {
  const each = a.length / sequences.length;
  for (let w = 0; w < a.length; w++) if (a[w] !== b[w]) return Math.floor(w / each);
  return -1;
}

/** The sequence without what the difference does not need. */
function shortened(sequence: Sequence, mode: Mode | "native", against: Mode | "native"): Sequence {
  for (let k = 0; k < sequence.instructions.length; k++) {
    if (sequence.instructions.length === 1) break;
    const less = { ...sequence, instructions: sequence.instructions.filter((_, n) => n !== k) };
    if (firstDifference([less], results([less], mode), results([less], against)) >= 0) return shortened(less, mode, against);
  }
  return sequence;
}

/** Runs the sequences in all modes; an account of the first difference, or "". */
export function disagreement(sequences: readonly Sequence[], modes: readonly (Mode | "native")[]): string {
  const [reference, ...others] = modes;
  const expected = results(sequences, reference);
  for (const mode of others) {
    const at = firstDifference(sequences, results(sequences, mode), expected);
    if (at < 0) continue;
    const least = shortened(sequences[at], mode, reference);
    const account = differences(casesFor([least]), results([least], reference), results([least], mode), 1);
    return `${mode} differs from ${reference} (state ${least.state}):\n${account.join("\n")}`;
  }
  return "";
}

