// What liveness says of flags, against what semantic functions do to them.

import { describe, expect, test } from "vitest";
import { decode } from "../../src/decoder/index.ts";
import type { Instruction } from "../../src/decoder/instruction.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { semanticOf } from "../../src/semantics/index.ts";
import { setsAllFlags, SETS_ALL_FLAGS } from "../../src/translator/liveness.ts";

const STATUS = 0x8d5;
const CF = 1;

function decoded(bytes: readonly number[]): Instruction {
  const insn = decode(Uint8Array.from(bytes), 0, 0, bytes.length);
  if (typeof insn === "number") throw new Error("not an instruction");
  return insn;
}

/** EFLAGS behind an instruction on registers, from given flags before. */
function flagsBehind(insn: Instruction, flags: number, seed: number): number {
  const cpu = new Cpu(createMemory());
  for (let n = 0; n < 8; n++) cpu.regs[n] = Math.imul(seed + n, 0x9e3779b1) >> (seed % 9);
  cpu.putFlags(STATUS, flags);
  semanticOf(insn.row)?.(cpu, insn);
  return cpu.eflags() & STATUS;
}

/** Register forms of 1, 2 and 4 bytes, by mnemonic. */
const FORMS: Readonly<Record<string, readonly number[][]>> = {
  ADD: [[0x00, 0xd8], [0x66, 0x01, 0xd8], [0x01, 0xd8]], ADC: [[0x10, 0xd8], [0x66, 0x11, 0xd8], [0x11, 0xd8]],
  SUB: [[0x28, 0xd8], [0x66, 0x29, 0xd8], [0x29, 0xd8]], SBB: [[0x18, 0xd8], [0x66, 0x19, 0xd8], [0x19, 0xd8]],
  CMP: [[0x38, 0xd8], [0x66, 0x39, 0xd8], [0x39, 0xd8]], NEG: [[0xf6, 0xd8], [0x66, 0xf7, 0xd8], [0xf7, 0xd8]],
  AND: [[0x20, 0xd8], [0x66, 0x21, 0xd8], [0x21, 0xd8]], OR: [[0x08, 0xd8], [0x66, 0x09, 0xd8], [0x09, 0xd8]],
  XOR: [[0x30, 0xd8], [0x66, 0x31, 0xd8], [0x31, 0xd8]], TEST: [[0x84, 0xd8], [0x66, 0x85, 0xd8], [0x85, 0xd8]],
  XADD: [[0x0f, 0xc0, 0xd8], [0x66, 0x0f, 0xc1, 0xd8], [0x0f, 0xc1, 0xd8]],
  CMPXCHG: [[0x0f, 0xb0, 0xd9], [0x66, 0x0f, 0xb1, 0xd9], [0x0f, 0xb1, 0xd9]],
  SHL: [[0xc0, 0xe0, 3], [0x66, 0xc1, 0xe0, 17], [0xc1, 0xe0, 31], [0xd1, 0xe0]],
  SHR: [[0xc0, 0xe8, 3], [0x66, 0xc1, 0xe8, 17], [0xc1, 0xe8, 31], [0xd1, 0xe8]],
  SAR: [[0xc0, 0xf8, 3], [0x66, 0xc1, 0xf8, 17], [0xc1, 0xf8, 31], [0xd1, 0xf8]],
};

describe("instructions that are taken to give all flags do", () => {
  test("each has a form here", () => {
    for (const mnemonic of SETS_ALL_FLAGS) expect(FORMS[mnemonic], mnemonic).toBeDefined();
  });

  test.each(Object.entries(FORMS))("%s", (mnemonic, forms) => {
    for (const bytes of forms) {
      const insn = decoded(bytes);
      expect(insn.row.mnemonic).toBe(mnemonic);
      expect(setsAllFlags(insn)).toBe(true);
      for (let seed = 1; seed < 50; seed++) {
        const kept = (insn.row.flagsRead & CF) !== 0 ? CF : 0;
        for (const carry of kept ? [0, CF] : [0]) expect(flagsBehind(insn, (STATUS & ~kept) | carry, seed)).toBe(flagsBehind(insn, carry, seed));
      }
    }
  });

  test("a count of zero gives none", () => {
    expect(setsAllFlags(decoded([0xc1, 0xe0, 32]))).toBe(false);
    expect(setsAllFlags(decoded([0xd3, 0xe0]))).toBe(false);
    expect(flagsBehind(decoded([0xc1, 0xe0, 32]), STATUS, 3)).toBe(STATUS);
  });
});
