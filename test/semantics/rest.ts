// The rows of the opcode tables whose results hardware cannot be asked for one instruction at a time (they differ by processor or
// clock, or leave for the kernel), and what each must do. Run by rest.test.ts; coverage.test.ts counts them.

import { expect } from "vitest";
import type { Cpu } from "../../src/runtime/cpu.ts";
import type { Ran } from "./engines.ts";
import { DONE, OPERAND, START, WINDOW } from "./layout.ts";

export interface RestCase {
  readonly name: string;
  readonly codes: readonly (readonly number[])[];
  readonly setUp?: (cpu: Cpu) => void;
  readonly check: (ran: Ran) => void;
}

const EAX = 0, ECX = 1, EDX = 2, EBX = 3;

const faults = (vector: number) => (ran: Ran): void => {
  expect([ran.trap, ran.error, ran.cpu.eip]).toEqual([vector, 0, START]);
};

/** The instructions that approximate functions: values to which the answer is exact or known to 64 bits. */
function x87(name: string, code: readonly number[], operands: readonly number[], results: readonly (readonly [number, number, number])[]): RestCase {
  return {
    name, codes: [code],
    setUp: (cpu) => operands.forEach((v) => cpu.x87.loadF64(v)),
    check: ({ cpu, trap }) => {
      expect(trap).toBe(DONE);
      const image = new DataView(new ArrayBuffer(108));
      cpu.x87.save(image, 0, true);
      const stack = results.map((_, k) => [image.getUint16(36 + 10 * k, true), image.getUint32(32 + 10 * k, true), image.getUint32(28 + 10 * k, true)]);
      expect(stack.map((v) => v.map((n) => n.toString(16)))).toEqual(results.map((v) => v.map((n) => n.toString(16))));
    },
  };
}

const leaves = (vector: number) => ({ cpu, trap }: Ran): void => {
  expect([trap, cpu.eip - START]).toEqual([vector, 1]);
};

export const REST: readonly RestCase[] = [
  { name: "ICEBP traps", codes: [[0xf1]], check: leaves(1) },
  {
    name: "CPUID: maximum leaf and vendor", codes: [[0x0f, 0xa2]],
    check: ({ cpu, trap }) => {
      expect(trap).toBe(DONE);
      expect(cpu.state[EAX]).toBeGreaterThanOrEqual(1);
      expect([EBX, EDX, ECX].map((r) => String.fromCharCode(...[0, 8, 16, 24].map((s) => (cpu.state[r] >> s) & 255))).join("")).toBe("GenuineIntel");
    },
  },
  {
    name: "RDTSC and RDTSCP never go back", codes: [[0x0f, 0x31, 0x89, 0xd6, 0x89, 0xc7, 0x0f, 0x31], [0x0f, 0x01, 0xf9, 0x89, 0xd6, 0x89, 0xc7, 0x0f, 0x01, 0xf9]],
    check: ({ cpu, trap }) => {
      expect(trap).toBe(DONE);
      const at = (high: number, low: number) => (BigInt(cpu.state[high] >>> 0) << 32n) | BigInt(cpu.state[low] >>> 0);
      expect(at(EDX, EAX)).toBeGreaterThanOrEqual(at(6, 7));
    },
  },
  {
    name: "not offered: #UD", check: faults(6),
    codes: [
      [0x0f, 0xc7, 0xf1], [0x66, 0x0f, 0xc7, 0xf1], [0x0f, 0xc7, 0xf9], [0x66, 0x0f, 0xc7, 0xf9], // RDRAND, RDSEED
      [0x0f, 0x01, 0xd0], [0x0f, 0xae, 0x23], [0x0f, 0xae, 0x2b], [0x0f, 0xae, 0x33], [0x0f, 0xc7, 0x23], // XGETBV, XSAVE, XRSTOR, XSAVEOPT, XSAVEC
    ],
  },
  { name: "CLFLUSHOPT reads nothing but checks its address", codes: [[0x66, 0x0f, 0xae, 0x3b]], check: ({ trap }) => expect(trap).toBe(DONE) },
  {
    name: "CLFLUSHOPT of an unmapped page", codes: [[0x66, 0x0f, 0xae, 0x3b]], setUp: (cpu) => cpu.setReg(EBX, 4, 0x30000000),
    check: ({ trap }) => expect(trap).toBe(14),
  },
  { name: "PREFETCHW of a register (no operation, as with Intel)", codes: [[0x0f, 0x0d, 0xc0], [0x0f, 0x0d, 0xc9]], check: ({ trap }) => expect([DONE, 6]).toContain(trap) },
  {
    name: "PREFETCHW, PREFETCHWT1 and PREFETCH of nothing", codes: [[0x0f, 0x0d, 0x0b], [0x0f, 0x0d, 0x13], [0x0f, 0x0d, 0x03]],
    setUp: (cpu) => cpu.setReg(EBX, 4, 0), check: ({ trap }) => expect(trap).toBe(DONE),
  },
  {
    name: "FXSAVE and FXRSTOR", codes: [[0x0f, 0xae, 0x03, 0xdb, 0xe3, 0x0f, 0xef, 0xc0, 0x0f, 0xae, 0x0b]],
    setUp: (cpu) => {
      cpu.setReg(EBX, 4, WINDOW);
      cpu.x87.loadF64(1.5);
      for (let k = 0; k < 32; k++) cpu.vec.i32s[k] = k + 1;
    },
    check: ({ cpu, trap }) => {
      expect(trap).toBe(DONE);
      expect([...cpu.vec.i32s.subarray(0, 32)]).toEqual(Array.from({ length: 32 }, (_, k) => k + 1));
      const image = new DataView(new ArrayBuffer(108));
      cpu.x87.save(image, 0, true);
      expect([image.getUint16(4, true), image.getUint16(8, true), image.getUint32(32, true)]).toEqual([0x3800, 0x3fff, 0xc0000000]);
      cpu.memory.poke(OPERAND + 0x60, new Uint8Array(512));
    },
  },
  {
    name: "FXRSTOR of zeros", codes: [[0x0f, 0xae, 0x0b]],
    setUp: (cpu) => {
      cpu.setReg(EBX, 4, WINDOW);
      cpu.memory.poke(WINDOW, new Uint8Array(512));
      cpu.vec.i32s.fill(-1, 0, 32);
    },
    check: ({ cpu, trap }) => {
      expect(trap).toBe(DONE);
      expect([cpu.vec.mxcsr(), cpu.vec.i32s.subarray(0, 32).every((v) => v === 0)]).toEqual([0, true]);
    },
  },
  x87("F2XM1 of 1", [0xd9, 0xf0], [1], [[0x3fff, 0x80000000, 0]]),
  x87("FYL2X: 3 * log2 8", [0xd9, 0xf1], [3, 8], [[0x4002, 0x90000000, 0]]),
  x87("FYL2XP1: 5 * log2 (1 + 0)", [0xd9, 0xf9], [5, 0], [[0, 0, 0]]),
  x87("FPTAN of 0", [0xd9, 0xf2], [0], [[0x3fff, 0x80000000, 0], [0, 0, 0]]),
  x87("FPATAN of 1/1", [0xd9, 0xf3], [1, 1], [[0x3ffe, 0xc90fdaa2, 0x2168c235]]),
  x87("FSIN of 1", [0xd9, 0xfe], [1], [[0x3ffe, 0xd76aa478, 0x48677021]]),
  x87("FCOS of 1", [0xd9, 0xff], [1], [[0x3ffe, 0x8a51407d, 0xa8345c92]]),
  x87("FSINCOS of 1", [0xd9, 0xfb], [1], [[0x3ffe, 0x8a51407d, 0xa8345c92], [0x3ffe, 0xd76aa478, 0x48677021]]),
];

/** SYSENTER leaves for the kernel, which the machines of the other tests do not have. */
export const SYSENTER: readonly number[] = [0x0f, 0x34];
