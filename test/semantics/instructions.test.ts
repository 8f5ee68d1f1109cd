// Instruction forms against real hardware: results and all flags of every form, over edge operands, faults included.
//
// fixtures/insn/expected.tsv holds a fingerprint per form, recorded on hardware. A mismatch is explained by running the form
// natively where that is possible. To record again after a change of forms or cases: JIT386_RECORD=1 npx vitest run <this file>.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { casesOf } from "./cases.ts";
import { explain, fingerprint } from "./compare.ts";
import { type Mode, MODES, runForm } from "./engines.ts";
import { allForms, type Form } from "./forms.ts";
import { sequences } from "./sequences.ts";
import { nativeWorks, runNative } from "./native.ts";

const FILE = fileURLToPath(new URL("../../fixtures/insn/expected.tsv", import.meta.url));
const recording = process.env.JIT386_RECORD === "1";

function record(): void {
  const lines = ["# form\tcases\tfingerprint of the results on hardware; made by test/semantics/instructions.test.ts"];
  const forms = [...allForms(), ...sequences()];
  for (let from = 0; from < forms.length; from += 32) {
    const group = forms.slice(from, from + 32);
    const cases = group.map(casesOf);
    const results = runNative(cases);
    group.forEach((form, k) => lines.push(`${form.name}\t${cases[k].count}\t${fingerprint(results[k])}`));
  }
  writeFileSync(FILE, `${lines.join("\n")}\n`);
}

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

it("every form was recorded, and no form is missing", () => {
  expect([...allForms(), ...sequences()].map((form) => form.name).sort()).toEqual([...expected.keys()].sort());
  expect(expected.size).toBeGreaterThan(1000);
});

/** Several instructions at a time: what one leaves (flags, registers, memory) the next uses. "direct" runs one only. */
describe.each(MODES.filter((mode) => mode !== "direct"))("%s, sequences", (mode) => {
  it.each(sequences().map((form) => form.name))("%s", (name) => {
    const form = sequences().find((f) => f.name === name) as Form;
    expect(check(mode, form)).toBe("");
  });
});

describe.each(MODES)("%s", (mode) => {
  it.each([...groups.keys()])("%s", (mnemonic) => {
    const wrong = (groups.get(mnemonic) ?? []).map((form) => check(mode, form));
    expect(wrong.filter((text) => text !== "").join("\n")).toBe("");
  });
});
