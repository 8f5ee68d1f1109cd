// Every form of the MMX, SSE and x87 instructions against what the processor did with the same inputs: results, memory, flags,
// faults, MXCSR, x87 state. fixtures/simd/expected.tsv has a fingerprint for each form; on a mismatch the form is run on the
// processor at hand, if that is possible, to show the cases that differ.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Mode, runFloating } from "./engines.ts";
import { nativeWorks } from "./native.ts";
import { approximate, blank, differences, fingerprint, runNative, simdCases } from "./simd-cases.ts";
import { type SimdForm, simdForms } from "./simd-forms.ts";

const EXPECTED = fileURLToPath(new URL("../../fixtures/simd/expected.tsv", import.meta.url));

const forms = simdForms().filter((f) => !approximate(f.mnemonic));

if (process.env.RECORD_SIMD === "1") {
  const lines = forms.map((form) => {
    const cases = simdCases(form);
    const results = runNative(cases);
    blank(cases, results);
    return `${form.name}\t${cases.count}\t${fingerprint(results)}\n`;
  });
  writeFileSync(EXPECTED, lines.join(""));
}

/** By name: the number of cases and a fingerprint. */
const recorded = new Map<string, string>();
for (const line of readFileSync(EXPECTED, "utf8").trimEnd().split("\n")) {
  const [name, count, print] = line.split("\t");
  recorded.set(name, `${count}\t${print}`);
}

/** "" when our results are the recorded ones, else what differs. */
function check(form: SimdForm, mode: Mode): string {
  const cases = simdCases(form);
  const ours = runFloating(mode, cases);
  blank(cases, ours);
  const got = `${cases.count}\t${fingerprint(ours)}`;
  const expected = recorded.get(form.name);
  if (got === expected) return "";
  if (!nativeWorks()) return `${form.name}: ${got} is not the recorded ${expected}`;
  const native = runNative(cases);
  blank(cases, native);
  const found = differences(cases, native, ours);
  return `${form.name}\n  ${found.length > 0 ? found.join("\n  ") : `this processor differs from the recorded ${expected}`}`;
}

it("every form has a record", () => {
  expect(forms.length).toBeGreaterThan(1100);
  expect([...recorded.keys()].sort()).toEqual(forms.map((f) => f.name).sort());
});

describe.each(["interpreter", "quick", "block"] as const)("forms against the processor: %s", (mode) => {
  const mnemonics = [...new Set(forms.map((f) => f.mnemonic))].sort();
  it.each(mnemonics)("%s", { timeout: 60_000 }, (mnemonic) => {
    expect(forms.filter((f) => f.mnemonic === mnemonic).map((f) => check(f, mode)).filter((text) => text !== "")).toEqual([]);
  });
});
