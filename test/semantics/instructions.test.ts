// Instruction forms against real hardware: results and all flags of every form, over edge operands, faults included.
//
// fixtures/insn/expected.tsv holds a fingerprint per form, recorded on hardware. A mismatch is explained by running the form
// natively where that is possible. To record again after a change of forms or cases: JIT386_RECORD=1 npx vitest run <this file>.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { casesOf } from "./cases.ts";
import { explain, fingerprint } from "./compare.ts";
import { type Mode, MODES, runForm } from "./engines.ts";
import { allForms, type Form } from "./forms.ts";
import { programs } from "./programs.ts";
import { sequences } from "./sequences.ts";
import { nativeWorks, runNative } from "./native.ts";

const FILE = fileURLToPath(new URL("../../fixtures/insn/expected.tsv", import.meta.url));
const recording = process.env.JIT386_RECORD === "1";

function record(): void {
  const lines = ["# form\tcases\tfingerprint of the results on hardware; made by test/semantics/instructions.test.ts"];
  const forms = [...allForms(), ...longer];
  for (let from = 0; from < forms.length; from += 32) {
    const group = forms.slice(from, from + 32);
    const cases = group.map((form) => casesOf(form));
    const results = runNative(cases);
    group.forEach((form, k) => lines.push(`${form.name}\t${cases[k].count}\t${fingerprint(results[k])}`));
  }
  writeFileSync(FILE, `${lines.join("\n")}\n`);
}

/** One instruction makes the same block alone as with the probe behind it, and no region: JIT386_ALL_MODES=1 runs these too. */
const FOR_SINGLE: readonly Mode[] = process.env.JIT386_ALL_MODES === "1" ? MODES : ["direct", "interpreter", "quick", "block"];

/** Several instructions at a time. */
const longer: readonly Form[] = [...sequences(), ...programs()];

if (recording) record();

const expected = new Map<string, { count: number; print: string }>();
for (const line of readFileSync(FILE, "utf8").split("\n")) {
  if (line === "" || line.startsWith("#")) continue;
  const [name, count, print] = line.split("\t");
  expected.set(name, { count: Number(count), print });
}

const groups = new Map<string, Form[]>();
for (const form of allForms()) {
  const group = groups.get(form.mnemonic);
  if (group === undefined) groups.set(form.mnemonic, [form]);
  else group.push(form);
}

/** "" when the form does in this mode what it does on hardware, else an account of the difference. */
function check(mode: Mode, form: Form): string {
  const cases = casesOf(form);
  const ours = runForm(mode, cases);
  const recorded = expected.get(form.name);
  if (recorded?.print === fingerprint(ours) && recorded.count === cases.count) return "";
  return nativeWorks() ? explain(form, cases, ours, runNative([cases])[0], 3) : `${form.name}: not as on hardware`;
}

it("the runner is the one that was built from its source", () => {
  for (const line of readFileSync(fileURLToPath(new URL("../../fixtures/insn/SHA256SUMS", import.meta.url)), "utf8").trimEnd().split("\n")) {
    const [sum, name] = line.split(/\s+/);
    const bytes = readFileSync(fileURLToPath(new URL(`../../fixtures/insn/${name}`, import.meta.url)));
    expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(sum);
  }
});

it("every form was recorded, and no form is missing", () => {
  expect([...allForms(), ...longer].map((form) => form.name).sort()).toEqual([...expected.keys()].sort());
  expect(expected.size).toBeGreaterThan(1000);
});

// What one instruction leaves (flags, registers, memory) the next uses. "direct" runs a single one only.
describe.each(MODES.filter((mode) => mode !== "direct"))("%s", (mode) => {
  it.each(longer)("$name", (form) => {
    expect(check(mode, form)).toBe("");
  });
});

describe.each(FOR_SINGLE)("%s", (mode) => {
  it.each([...groups.keys()])("%s", (mnemonic) => {
    const wrong = (groups.get(mnemonic) ?? []).map((form) => check(mode, form));
    expect(wrong.filter((text) => text !== "").join("\n")).toBe("");
  });
});
