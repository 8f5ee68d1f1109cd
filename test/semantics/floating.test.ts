// Random programs of x87, MMX, SSE and integer instructions, with branches and loops, against hardware and in every engine mode:
// the whole state counts, XMM registers, x87 stack and status included. Programs: programs.ts; their inputs: simd-cases.ts.
//
// fixtures/insn/floating.tsv holds fingerprints recorded on hardware; to record again: JIT386_RECORD=1 npx vitest run <this file>.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generator, hashText } from "./cases.ts";
import { MODES, type Mode, runFloating } from "./engines.ts";
import { nativeWorks } from "./native.ts";
import { program } from "./programs.ts";
import { pieces } from "./sequences.ts";
import { differences, fingerprint, OUT_FP, OUT_WORDS, runNative, type SimdCases, simdCases } from "./simd-cases.ts";
import { type SimdForm, simdForms } from "./simd-forms.ts";

const FILE = fileURLToPath(new URL("../../fixtures/insn/floating.tsv", import.meta.url));
const PROGRAMS = 12; // forms
const CODES = 12; // programs in a form

/** Not in programs: last-place differences between processors, other pointers than EBX, last-instruction pointers, MXCSR as data. */
const LEFT_OUT = new Set([
  "F2XM1", "FYL2X", "FYL2XP1", "FPTAN", "FPATAN", "FSIN", "FCOS", "FSINCOS", "MASKMOVQ", "MASKMOVDQU", "LDMXCSR", "STMXCSR",
  "FLDENV", "FRSTOR", "FNSAVE", "FNSTENV",
]);

function forms(): SimdForm[] {
  const byMnemonic = new Map<string, (readonly number[])[]>();
  for (const form of simdForms()) {
    if (LEFT_OUT.has(form.mnemonic)) continue;
    const list = byMnemonic.get(form.mnemonic);
    if (list === undefined) byMnemonic.set(form.mnemonic, [...form.codes]);
    else list.push(...form.codes);
  }
  const kinds = [...byMnemonic.values(), ...pieces()];
  return Array.from({ length: PROGRAMS }, (_, f) => {
    const name = `floating program ${f}`;
    const next = generator(hashText(name));
    const codes: number[][] = [];
    while (codes.length < CODES) {
      const code = program((n) => (next() >>> 0) % n, kinds);
      if (code.length <= 640) codes.push(code);
    }
    return { name, mnemonic: "program", operands: "", x87: true, codes };
  });
}

/** Blanks the last-instruction pointers, which the kernel's frames hold after an exception only. */
function blank(cases: SimdCases, results: Int32Array): Int32Array {
  for (let n = 0; n < cases.count; n++) {
    const at = n * OUT_WORDS + OUT_FP;
    results.fill(0, at + 3, at + 7);
  }
  return results;
}

const all = forms();

if (process.env.JIT386_RECORD === "1") {
  writeFileSync(FILE, all.map((form) => {
    const cases = simdCases(form, 96);
    return `${form.name}\t${cases.count}\t${fingerprint(blank(cases, runNative(cases)))}\n`;
  }).join(""));
}

/** By name: the number of cases and a fingerprint. */
const recorded = new Map<string, string>();
for (const line of readFileSync(FILE, "utf8").trimEnd().split("\n")) {
  const [name, count, print] = line.split("\t");
  recorded.set(name, `${count}\t${print}`);
}

function check(mode: Mode, form: SimdForm): string {
  const cases = simdCases(form, 96);
  const ours = blank(cases, runFloating(mode, cases));
  if (recorded.get(form.name) === `${cases.count}\t${fingerprint(ours)}`) return "";
  if (!nativeWorks()) return "not as on hardware";
  return differences(cases, blank(cases, runNative(cases)), ours).join("\n");
}

describe.each(MODES.filter((mode) => mode !== "direct"))("%s", (mode) => {
  it.each(all)("$name", (form) => {
    expect(check(mode, form)).toBe("");
  });
});
