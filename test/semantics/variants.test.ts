// The forms of variants.ts against real hardware, in every engine mode: some 10,000 forms, two million results.
//
// fixtures/insn/variants.tsv.gz holds two fingerprints a form, recorded on hardware: of a short series of cases, which every test run
// compares, and of a long one, compared with JIT386_ALL_MODES=1. A mismatch is explained by running the form natively where that is
// possible. To record again: JIT386_RECORD=1 npx vitest run <this file>.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Cases } from "./cases.ts";
import { explain, fingerprint } from "./compare.ts";
import { MODES, type Mode, runFloating, runForm } from "./engines.ts";
import type { Form } from "./forms.ts";
import { nativeWorks, runNative } from "./native.ts";
import { approximate, blank, differences, FP, IN_FP, IN_WORDS, OUT_FP, OUT_WORDS, runNative as runNativeFloating } from "./simd-cases.ts";
import { type Variant, variantCases, variants } from "./variants.ts";

const FILE = fileURLToPath(new URL("../../fixtures/insn/variants.tsv.gz", import.meta.url));
const whole = process.env.JIT386_ALL_MODES === "1";

/** What is compared of floating-point results: not DE and UE where MXCSR asks for nothing but fast arithmetic; the record was made so. simd.test.ts has them. */
function blanked(cases: Cases, results: Int32Array): Int32Array {
  blank(cases, results);
  for (let n = 0; n < cases.count; n++) {
    if ((cases.states[n * IN_WORDS + IN_FP + FP.MXCSR] & 0xffe0) === 0x1fa0) results[n * OUT_WORDS + OUT_FP + FP.MXCSR] &= ~0x12;
  }
  return results;
}

const native = (variant: Variant, cases: Cases): Int32Array => (variant.floating ? blanked(cases, runNativeFloating(cases)) : runNative([cases])[0]);

const all = variants().filter((v) => !approximate(v.form.mnemonic));

if (process.env.JIT386_RECORD === "1") {
  const lines = all.map((variant) => {
    const prints = [0, 1].map((series) => {
      const cases = variantCases(variant, series);
      return `${cases.count}\t${fingerprint(native(variant, cases))}`;
    });
    return `${variant.name}\t${prints.join("\t")}\n`;
  });
  writeFileSync(FILE, gzipSync(lines.join(""), { level: 9 }));
}

/** By name: count and fingerprint of each series. */
const recorded = new Map<string, readonly { readonly count: number; readonly print: string }[]>();
for (const line of gunzipSync(readFileSync(FILE)).toString().trimEnd().split("\n")) {
  const [name, count0, print0, count1, print1] = line.split("\t");
  recorded.set(name, [{ count: Number(count0), print: print0 }, { count: Number(count1), print: print1 }]);
}

/** "" when the form does in this mode what it does on hardware, else an account of the difference. */
function check(mode: Mode, variant: Variant, series: number): string {
  const cases = variantCases(variant, series);
  const ours = variant.floating ? blanked(cases, runFloating(mode, cases)) : runForm(mode, cases);
  const expected = recorded.get(variant.name)?.[series];
  if (expected?.print === fingerprint(ours) && expected.count === cases.count) return "";
  if (!nativeWorks()) return `${variant.name}: not as on hardware`;
  const theirs = native(variant, cases);
  if (!variant.floating) return explain({ ...(variant.form as Form), name: variant.name }, cases, ours, theirs, 3);
  return `${variant.name}\n  ${differences(cases, theirs, ours).join("\n  ")}`;
}

it("every variant was recorded, and there are enough of them", () => {
  expect([...recorded.keys()].sort()).toEqual(all.map((v) => v.name).sort());
  expect(recorded.size).toBeGreaterThan(3000);
  let results = 0;
  for (const series of recorded.values()) for (const { count } of series) results += count;
  expect(results).toBeGreaterThan(1_800_000);
});

const groups = new Map<string, Variant[]>();
for (const variant of all) {
  const group = groups.get(variant.form.mnemonic);
  if (group === undefined) groups.set(variant.form.mnemonic, [variant]);
  else group.push(variant);
}

describe.each<Mode>(whole ? MODES : ["interpreter", "quick", "block"])("%s", (mode) => {
  it.each([...groups.keys()])("%s", { timeout: 300_000 }, (mnemonic) => {
    const wrong: string[] = [];
    for (const variant of groups.get(mnemonic) ?? []) {
      for (const series of whole ? [0, 1] : [0]) {
        const account = check(mode, variant, series);
        if (account !== "" && wrong.length < 5) wrong.push(account);
      }
    }
    expect(wrong.join("\n")).toBe("");
  });
});
