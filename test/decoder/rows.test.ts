// The opcode tables themselves: columns that make sense, forms that exist, and flags against iced-x86's.

import iced from "iced-x86";
import { expect, test } from "vitest";
import { A, allRows, decode, F, P } from "../../src/decoder/index.ts";
import { entryAt } from "../../src/decoder/opcode-map.ts";
import { packRows, unpackRows } from "../../src/decoder/packed-rows.ts";
import { patternsAt, SECTIONS } from "../../src/decoder/rows.ts";
import { operandForm, PLACE } from "../../src/decoder/operands.ts";

const { Code, Decoder, Instruction, RflagsBits } = iced;

const rows = allRows();

test("there are rows for all of the maps", () => {
  expect(rows.length).toBeGreaterThan(900);
});

test("every table row is reached by some encoding", () => {
  const names = new Set(rows.map(({ name, feature }) => `${name} ${feature}`));
  for (const section of SECTIONS) {
    for (const [opcode, mnemonic, , , , feature] of section.rows) {
      expect(names.has(`${mnemonic.split(":")[0]} ${feature ?? section.feature}`), `${opcode} ${mnemonic}`).toBe(true);
    }
  }
});

test("opcode columns are written as table.ts says", () => {
  const column = /^((NP|66|F2|F3) )?(0F (38 |3A )?)?[0-9A-F]{2}(\+r|\+cc)?( \/[0-7](-[0-7])?(,[0-7](-[0-7])?)*)?( (mem|reg))?( [0-9A-F]{2}(\+i)?)?$/;
  for (const section of SECTIONS) for (const [opcode] of section.rows) expect(opcode).toMatch(column);
});

test("operand forms exist and are built at both sizes", () => {
  for (const section of SECTIONS) {
    for (const [, , operands] of section.rows) {
      if (operands === "") continue;
      const names = operands.split(",");
      expect(names.length).toBeLessThanOrEqual(4);
      for (const name of names) for (const size of [2, 4]) expect(operandForm(name, size).place).toBeGreaterThan(0);
    }
  }
  expect(() => operandForm("Qx", 4)).toThrow();
});

test("at most one operand of an encoding is in ModR/M.rm", () => {
  for (let key = 0; key < 1024; key++) {
    for (const { a0, a1, a2, a3 } of entryAt(key).encodings) {
      expect([a0, a1, a2, a3].filter(({ place }) => place === PLACE.RM).length).toBeLessThanOrEqual(1);
    }
  }
});

test("columns are consistent", () => {
  const status = F.OF | F.SF | F.ZF | F.AF | F.PF | F.CF;
  for (const row of rows) {
    expect(row.mnemonic, row.name).toMatch(/^[A-Z][A-Z0-9]*(cc)?$/);
    expect(row.flagsUndefined & ~row.flagsWritten, row.mnemonic).toBe(0);
    expect(row.flagsUndefined & ~status, row.mnemonic).toBe(0);
    expect(row.feature, row.mnemonic).toMatch(/^[a-z0-9.]*$/);
    expect((row.attributes & A.CONDITIONAL) !== 0, row.mnemonic).toBe(row.mnemonic.endsWith("cc"));
    if ((row.attributes & A.CONDITIONAL) !== 0) expect(row.flagsRead & status, row.mnemonic).not.toBe(0);
    if ((row.attributes & A.UNDEFINED) !== 0) expect(row, row.mnemonic).toMatchObject({ flagsRead: 0, flagsWritten: 0 });
    if (/^UD\d?$/.test(row.mnemonic)) expect(row.attributes & A.UNDEFINED, row.mnemonic).not.toBe(0);
    if ((row.attributes & A.X87) !== 0) expect(row.attributes & A.FAULTS, row.mnemonic).not.toBe(0);
    if ((row.attributes & A.ALIGNED) !== 0) expect(row.attributes & (A.SSE | A.FAULTS), row.mnemonic).not.toBe(0);
  }
});

// iced's flag columns are per instruction, as ours are. Where they differ and why:
const FLAG_DIFFERENCES: readonly { codes: RegExp; columns: string; reason: string }[] = [
  { codes: /^(Int1|Int3|Int_imm8|Into|Sysenter)$/, columns: "rw", reason: "the whole of EFLAGS is saved: a signal handler may look" },
  { codes: /^(Cli|Sti)$/, columns: "w", reason: "#GP at CPL 3" },
  { codes: /^Mov_(r32_[cd]r|[cd]r_r32)$/, columns: "wu", reason: "#GP at CPL 3" },
  { codes: /^(Ro[lr]|Rc[lr]|Sh[lr]d?|Sa[lr])_.*_CL$/, columns: "u", reason: "OF is undefined only for counts above 1, AF and OF unchanged for 0" },
  { codes: /^Rc[lr]_rm(8|16)_imm8$/, columns: "wu", reason: "counts of 9 or 17 rotate by nothing: we count them as the others" },
];

test("flags agree with iced-x86", { timeout: 120_000 }, () => {
  const BITS: [number, number][] = [
    [RflagsBits.OF, F.OF], [RflagsBits.SF, F.SF], [RflagsBits.ZF, F.ZF], [RflagsBits.AF, F.AF], [RflagsBits.CF, F.CF], [RflagsBits.PF, F.PF],
    [RflagsBits.DF, F.DF], [RflagsBits.IF, F.IF], [RflagsBits.AC, F.AC],
  ];
  const known = BITS.reduce((all, [, bit]) => all | bit, 0);
  const ours = (theirs: number): number => BITS.reduce((all, [from, to]) => (theirs & from) !== 0 ? all | to : all, 0);
  const used = new Set<number>();
  const surprises = new Set<string>();
  const data = new Uint8Array(65536 * 16);
  const oracle = new Instruction();
  for (const map of [[], [0x66], [0xf3], [0x0f], [0x66, 0x0f], [0xf3, 0x0f], [0xf2, 0x0f], [0x0f, 0x38], [0x66, 0x0f, 0x38], [0x66, 0x0f, 0x3a]]) {
    for (let k = 0; k < 65536; k++) data.set([...map, k >> 8, k & 255, (k * 7) & 31, (k * 11) & 31, (k * 13) & 31], k * 16);
    const decoder = new Decoder(32, data, 0);
    for (let k = 0; k < 65536; k++) {
      decoder.position = k * 16;
      decoder.decodeOut(oracle);
      const insn = decode(data, k * 16, 0);
      if (oracle.code === Code.INVALID || typeof insn === "number" || (insn.row.attributes & A.UNDEFINED) !== 0) continue;
      const { flagsRead, flagsWritten, flagsUndefined } = insn.row;
      const read = ours(oracle.rflagsRead);
      let columns = "";
      // what we only read because it may stay as it was does not count
      if ((flagsRead & known & ~(flagsWritten & ~read)) !== read) columns += "r";
      // POPF and IRET write flags that 16 bits do not hold
      const wide = (insn.prefixes & P.OPSIZE) !== 0 && /^(Popfw|Iretw|Pushfw)$/.test(Code[oracle.code]) ? F.AC : 0;
      if ((flagsWritten & known & ~wide) !== (ours(oracle.rflagsWritten | oracle.rflagsCleared | oracle.rflagsSet | oracle.rflagsUndefined) & ~wide)) columns += "w";
      if (flagsUndefined !== ours(oracle.rflagsUndefined)) columns += "u";
      if (wide !== 0) columns = columns.replace("r", "");
      if (columns === "") continue;
      const code = Code[oracle.code];
      const n = FLAG_DIFFERENCES.findIndex((difference) => difference.codes.test(code) && Array.from(columns).every((column) => difference.columns.includes(column)));
      if (n < 0) surprises.add(`${code} ${columns}`);
      else used.add(n);
    }
    decoder.free();
  }
  expect([...surprises]).toEqual([]);
  expect(FLAG_DIFFERENCES.filter((_difference, n) => !used.has(n))).toEqual([]);
});

test("rows read back from one text as they were", () => {
  const packed = unpackRows(packRows(patternsAt));
  for (let key = 0; key < 1024; key++) expect(packed(key)).toEqual(patternsAt(key));
  // the eight opcodes of a +r row share it
  expect(packed(0x50)[0]).toBe(packed(0x57)[0]);
});
