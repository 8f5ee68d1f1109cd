// Every row of the opcode tables is executed by a test, in the interpreter and as translated code. docs/instructions.md is the report:
// for each row in how many forms tests execute it and how many results of hardware are compared. It is made here
// (`npx vitest run test/semantics/coverage.test.ts --update`) and compared.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { A, allRows, decode } from "../../src/decoder/index.ts";
import type { Row } from "../../src/decoder/instruction.ts";
import { SECTIONS } from "../../src/decoder/rows.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine } from "../../src/runtime/engine.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { allForms } from "./forms.ts";
import { DATA, OPERAND, STACK, START } from "./layout.ts";
import { REST, SYSENTER } from "./rest.ts";
import { simdForms } from "./simd-forms.ts";
import { variants } from "./variants.ts";

type Code = readonly number[];

/** What the tests know of one row. */
interface Seen {
  codes: Code[];
  /** Results on hardware that are compared. */
  results: number;
  forms: number;
}

const seen = new Map<Row, Seen>();

function decoded(code: Code) {
  const bytes = new Uint8Array(32).fill(0xcc);
  bytes.set(code);
  return decode(bytes, 0, START);
}

function note(codes: readonly Code[], results: number): void {
  const rows = new Set<Row>();
  for (const code of codes) {
    const insn = decoded(code);
    if (typeof insn === "number") continue;
    const known = seen.get(insn.row) ?? { codes: [], results: 0, forms: 0 };
    if (known.codes.length < 3) known.codes.push(code);
    if (!rows.has(insn.row)) known.forms++;
    rows.add(insn.row);
    known.results += results / codes.length;
    seen.set(insn.row, known);
  }
}

function recorded(name: string): Map<string, number> {
  const bytes = readFileSync(fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url)));
  const counts = new Map<string, number>();
  for (const line of (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trimEnd().split("\n")) {
    if (line.startsWith("#")) continue;
    const [form, first, , second] = line.split("\t");
    counts.set(form, Number(first) + (name.endsWith(".gz") ? Number(second) : 0)); // the other files have one series
  }
  return counts;
}

const integer = recorded("insn/expected.tsv"), simd = recorded("simd/expected.tsv"), varied = recorded("insn/variants.tsv.gz");
for (const form of allForms()) note(form.codes, integer.get(form.name) ?? 0);
for (const form of simdForms()) note(form.codes, simd.get(form.name) ?? 0);
for (const variant of variants()) note(variant.codes, varied.get(variant.name) ?? 0);
for (const { codes } of REST) for (const code of codes) note([code], 0);
note([SYSENTER], 0);
note([[0xcc]], 0); // INT3 ends each of the cases above

const rows = allRows().filter((row) => row.name !== "UD");

it("every row is in a form", () => {
  expect(rows.filter((row) => !seen.has(row)).map((row) => `${row.mnemonic} ${row.feature}`)).toEqual([]);
});

/** Executes the code once in an engine of its own kind; whether translated code ran. */
function execute(jit: "off" | "block", code: Code): { interpreted: number; translated: number } {
  memory.poke(START, Uint8Array.from([...code, 0xcc, 0xcc, 0xcc, 0xcc]));
  const engine = engines[jit];
  const { cpu, stats } = engine;
  cpu.reset();
  cpu.state[3] = cpu.state[5] = cpu.state[6] = cpu.state[7] = OPERAND;
  cpu.state[4] = STACK;
  cpu.eip = START;
  const { interpretedInstructions, dispatches } = stats;
  engine.run(1000);
  return { interpreted: stats.interpretedInstructions - interpretedInstructions, translated: stats.dispatches - dispatches };
}

const memory = createMemory();
memory.map(START & ~0xfff, 4096, 7);
memory.map(DATA, 8192, 3);
const engines = {
  off: createEngine(new Cpu(memory), { jit: "off" }),
  block: createEngine(new Cpu(memory), { jit: "block", threshold: 0 }),
};

describe("every row is executed", () => {
  const faulting = (row: Row) => (row.attributes & (A.PRIVILEGED | A.UNDEFINED | A.FAULTS)) !== 0 || ["INT", "INT3", "RDRAND", "RDSEED"].includes(row.mnemonic);
  it("by the interpreter", () => {
    const idle = rows.filter((row) => !faulting(row) && (seen.get(row) as Seen).codes.every((code) => execute("off", code).interpreted === 0));
    expect(idle.map((row) => row.mnemonic)).toEqual([]);
  });
  it("by translated code", () => {
    const idle = rows.filter((row) => (seen.get(row) as Seen).codes.every((code) => execute("block", code).translated === 0));
    expect(idle.map((row) => row.mnemonic)).toEqual([]);
  });
});

it("docs/instructions.md is up to date", async () => {
  const lines = [
    "# Instructions and their tests", "",
    "Made from the opcode tables and the recorded fixtures by `npx vitest run test/semantics/coverage.test.ts --update`. For each row of the",
    "tables: in how many forms (operands, addressing, prefixes) tests execute it, and how many results of real hardware they compare, in the",
    "interpreter and in translated code alike. Rows with no results differ by processor or by the clock, or leave for the kernel;",
    "`test/semantics/rest.ts` says what they must do.", "",
    "| opcode | instruction | feature | forms | results |", "| --- | --- | --- | ---: | ---: |",
  ];
  let count = 0;
  for (const section of SECTIONS) {
    for (const [opcode, name, operands, , , feature] of section.rows) {
      const own = new Set<Row>();
      const mnemonic = name.split(":")[0];
      for (const [row, known] of seen) {
        if (row.mnemonic !== mnemonic || row.feature !== (feature ?? section.feature)) continue;
        if (known.codes.some((code) => matches(opcode, code))) own.add(row);
      }
      const found = [...own].map((row) => seen.get(row) as Seen);
      const forms = found.reduce((sum, s) => sum + s.forms, 0), results = Math.round(found.reduce((sum, s) => sum + s.results, 0));
      expect(forms, `${opcode} ${name}`).toBeGreaterThan(0);
      lines.push(`| ${opcode} | ${name} ${operands} | ${feature ?? section.feature} | ${forms} | ${results} |`);
      count++;
    }
  }
  const all = [integer, simd, varied];
  const forms = all.reduce((sum, m) => sum + m.size, 0), results = all.reduce((sum, m) => sum + [...m.values()].reduce((a, b) => a + b, 0), 0);
  expect(forms).toBeGreaterThan(3000);
  expect(results).toBeGreaterThan(2_000_000);
  lines.splice(7, 0, `${count} rows, ${forms} forms, ${results} results, and 745,472 more of x87 instructions (\`fixtures/x87\`).`, "");
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../../docs/instructions.md");
});

/** Whether an encoding belongs to an opcode column, of those with the same mnemonic: by opcode bytes, mandatory prefix and ModR/M. */
function matches(opcode: string, code: Code): boolean {
  const insn = decoded(code);
  if (typeof insn === "number") return false;
  const words = opcode.split(" ");
  const bytes = words.filter((w) => /^[0-9A-F]{2}(\+.*)?$/.test(w));
  while (bytes.length > 1 && ["66", "F2", "F3"].includes(bytes[0])) bytes.shift();
  let at = 0;
  while ([0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65].includes(code[at])) at++;
  const prefixes = code.slice(0, at);
  for (const b of bytes) {
    const value = parseInt(b.slice(0, 2), 16), room = b.endsWith("+cc") ? 16 : b.includes("+") ? 8 - (value & 7) : 1;
    if (code[at] < value || code[at] >= value + room) return false;
    at++;
  }
  const digits = words.find((w) => w.startsWith("/"))?.slice(1);
  const digit = (insn.modrm >> 3) & 7;
  if (digits !== undefined && !digits.split(",").some((d) => digit >= Number(d[0]) && digit <= Number(d.at(-1)))) return false;
  if (words.includes("mem") && insn.modrm >= 0xc0) return false;
  if (words.includes("reg") && insn.modrm < 0xc0) return false;
  const last = Math.max(prefixes.lastIndexOf(0xf2), prefixes.lastIndexOf(0xf3));
  const mandatory = last >= 0 ? (prefixes[last] === 0xf2 ? "F2" : "F3") : prefixes.includes(0x66) ? "66" : "NP";
  return !["NP", "66", "F2", "F3"].includes(words[0]) || words[0] === mandatory;
}
