// MXCSR's exception flags behind long runs of translated code: each arithmetic and conversion instruction is executed thousands of times
// with operands that set no flag and then once with others. What the flags must be then is what the interpreter says of a short run, which
// simd.test.ts holds against the processor.

import { describe, expect, it } from "vitest";
import { type Mode, runCode } from "./engines.ts";
import { OPERAND } from "./layout.ts";

/** Prefixes and opcodes, operands xmm0 and xmm1 or eax. */
const DOUBLES: Readonly<Record<string, string>> = {
  ADDSD: "f2 0f 58 c1", SUBSD: "f2 0f 5c c1", MULSD: "f2 0f 59 c1", DIVSD: "f2 0f 5e c1", SQRTSD: "f2 0f 51 c1", MINSD: "f2 0f 5d c1", MAXSD: "f2 0f 5f c1",
  ADDPD: "66 0f 58 c1", SUBPD: "66 0f 5c c1", MULPD: "66 0f 59 c1", DIVPD: "66 0f 5e c1", SQRTPD: "66 0f 51 c1", MINPD: "66 0f 5d c1", MAXPD: "66 0f 5f c1",
  UCOMISD: "66 0f 2e c1", COMISD: "66 0f 2f c1", CMPLTPD: "66 0f c2 c1 01", CMPEQSD: "f2 0f c2 c1 00", HADDPD: "66 0f 7c c1", ADDSUBPD: "66 0f d0 c1", DPPD: "66 0f 3a 41 c1 33",
  CVTSD2SS: "f2 0f 5a c1", CVTPD2PS: "66 0f 5a c1", CVTSD2SI: "f2 0f 2d c1", CVTTSD2SI: "f2 0f 2c c1", CVTPD2DQ: "f2 0f e6 c1", CVTTPD2DQ: "66 0f e6 c1", ROUNDSD: "66 0f 3a 0b c1 00",
};
const SINGLES: Readonly<Record<string, string>> = {
  ADDSS: "f3 0f 58 c1", SUBSS: "f3 0f 5c c1", MULSS: "f3 0f 59 c1", DIVSS: "f3 0f 5e c1", SQRTSS: "f3 0f 51 c1", MINSS: "f3 0f 5d c1", MAXSS: "f3 0f 5f c1",
  ADDPS: "0f 58 c1", SUBPS: "0f 5c c1", MULPS: "0f 59 c1", DIVPS: "0f 5e c1", SQRTPS: "0f 51 c1", MINPS: "0f 5d c1", MAXPS: "0f 5f c1",
  UCOMISS: "0f 2e c1", COMISS: "0f 2f c1", CMPLTPS: "0f c2 c1 01", HADDPS: "f2 0f 7c c1", DPPS: "66 0f 3a 40 c1 ff",
  CVTSS2SD: "f3 0f 5a c1", CVTPS2PD: "0f 5a c1", CVTSS2SI: "f3 0f 2d c1", CVTTSS2SI: "f3 0f 2c c1", CVTPS2DQ: "66 0f 5b c1", CVTTPS2DQ: "f3 0f 5b c1", ROUNDPS: "66 0f 3a 08 c1 00",
};
const INTEGERS: Readonly<Record<string, string>> = { CVTDQ2PS: "0f 5b c1", CVTSI2SS: "f3 0f 2a c0", CVTSI2SD: "f2 0f 2a c0" };

type Pair = readonly [a: number, b: number];
const QUIET: readonly Pair[] = [[4, 4], [0, 1], [-16, 2 ** 20]];
/** The same with numbers that are small, though normal: code is made anew that bears them. */
const SMALL_DOUBLES: readonly Pair[] = [...QUIET, [2 ** -400, 2 ** -300], [2 ** -1000, 1]], SMALL_SINGLES: readonly Pair[] = [...QUIET, [2 ** -64, 2 ** -60], [2 ** -110, 1]];
/** What sets flags, for the smallest normal number of the format and the distance from 1 to the next. */
const loud = (least: number, ulp: number): readonly Pair[] => [
  [1, 3], [3, 1 / 3], [1, ulp / 2], [least / 2, 1], [1, least / 2], [0, least / 4], [least, 0.5], [1.5 * least, 2 * least], [least * (1 + ulp), 0.5], [least * 4, least * 4],
  [least / ulp, least * 3], [1, 2 ** 120], [least * 8, 2 ** 60], [2.5, 2.5], [least * 1024, least * 1025], [2 ** -140, 2 ** -140], [0, 0.1], [1e-40, 1e-40],
];
const WHOLE: readonly Pair[] = [[3, 5], [0, -7]];
const WHOLE_LOUD: readonly Pair[] = [[16777217, 16777217], [-2147483647, 5], [16777216, 33554434]];

type Write = (view: DataView, at: number, v: number) => void;
const writeDouble: Write = (view, at, v) => [0, 8].forEach((k) => view.setFloat64(at + k, v, true));
const writeSingle: Write = (view, at, v) => [0, 4, 8, 12].forEach((k) => view.setFloat32(at + k, v, true));
const writeInteger: Write = (view, at, v) => [0, 4, 8, 12].forEach((k) => view.setInt32(at + k, v, true));

const bytes = (text: string): number[] => text.split(" ").map((b) => parseInt(b, 16));
const MXCSR = 64, RESULT = 68;

/** MXCSR after `rounds` of the instruction with the quiet operands and one with the others. */
function flagsAfter(mode: Mode, code: string, rounds: number, mxcsr: number, write: Write, quiet: Pair, last: Pair): number {
  const body = [
    ...bytes("31 c0 83 f9 01 0f 94 c0 c1 e0 05"), // eax = ecx == 1 ? 32 : 0
    ...bytes("0f 10 4c 03 10 0f 10 04 03 8b 44 03 10"), // xmm1, xmm0, eax
    ...bytes(code), 0x49, // dec ecx
  ];
  const loop = [...bytes("0f ae 53 40 b9"), rounds & 255, rounds >> 8, 0, 0, ...body, 0x75, (-body.length - 2) & 255, ...bytes("0f ae 5b 44 cc")];
  const { cpu, trap } = runCode(mode, loop, ({ memory: { view, u8 } }) => {
    u8.fill(0, OPERAND, OPERAND + 96);
    quiet.forEach((v, k) => write(view, OPERAND + 16 * k, v));
    last.forEach((v, k) => write(view, OPERAND + 32 + 16 * k, v));
    view.setInt32(OPERAND + MXCSR, mxcsr, true);
  });
  expect(trap).toBe(3);
  return cpu.memory.view.getInt32(OPERAND + RESULT, true);
}

describe.each([
  ["doubles", DOUBLES, writeDouble, SMALL_DOUBLES, loud(2 ** -1022, 2 ** -52)],
  ["singles", SINGLES, writeSingle, SMALL_SINGLES, loud(2 ** -126, 2 ** -23)],
  ["integers", INTEGERS, writeInteger, WHOLE, WHOLE_LOUD],
] as const)("flags of MXCSR behind a long run: %s", (_, table, write, quiet, last) => {
  it.each(Object.entries(table))("%s", { timeout: 120_000 }, (name, code) => {
    const seen = new Set<number>();
    let n = 0;
    for (const operands of last) {
      for (const mxcsr of n % 3 === 0 ? [0x1f80, 0x1fa0] : n % 3 === 1 ? [0x1fa0] : [0x1f80]) {
        const before = quiet[n++ % quiet.length];
        const expected = flagsAfter("interpreter", code, 2, mxcsr, write, before, operands);
        seen.add(expected);
        const rounds = 1000 + ((n * 7919) % 3000);
        for (const mode of ["block", "region"] as const) {
          expect(flagsAfter(mode, code, rounds, mxcsr, write, before, operands).toString(16), `${name} ${mode} ${operands.join()} after ${rounds} of ${before.join()}`).toBe(expected.toString(16));
        }
      }
    }
    // the test would be none if no operands set flags
    if (name !== "CVTSI2SD") expect(seen.size).toBeGreaterThan(1);
  });
});

it.each(["block", "region"] as const)("code that takes UE and DE to be set is gone when they are cleared: %s", (mode) => {
  const { MULSD: code } = DOUBLES;
  for (let round = 0; round < 3; round++) {
    expect(flagsAfter(mode, code, 6000, 0x1fb2, writeDouble, [2 ** -1060, 0.5], [1, 1])).toBe(0x1fb2);
    expect(flagsAfter(mode, code, 6000, 0x1fa0, writeDouble, [4, 4], [1, 2 ** -1060])).toBe(0x1fa2);
    expect(flagsAfter(mode, code, 6000, 0x1fa0, writeDouble, [4, 4], [2 ** -600, 1 / 3 * 2 ** -600])).toBe(0x1fb0);
    expect(flagsAfter(mode, code, 6000, 0x1fb0, writeDouble, [2 ** -600, 2 ** -600], [2 ** -1060, 2])).toBe(0x1fb2);
  }
});
