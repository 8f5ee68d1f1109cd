// CPUID tells exactly what each processor of --cpu has, and what it does not have is undefined there, in every tier.

import { describe, expect, it } from "vitest";
import { allRows } from "../../src/decoder/index.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { type CpuName, cpuModel } from "../../src/runtime/cpuid.ts";
import { createEngine } from "../../src/runtime/engine.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { run } from "../../src/core.ts";
import { program } from "../support/elf.ts";

const CODE = 0x10000000;
const NAMES: readonly CpuName[] = ["i686", "sse2", "sse4"];

/** Runs code followed by INT3; the vector it ends with, and the CPU. */
function end(name: CpuName, jit: "off" | "block" | "region", code: readonly number[], eax = 0): { vector: number; cpu: Cpu } {
  const memory = createMemory();
  memory.map(CODE, 8192, 7);
  memory.poke(CODE, Uint8Array.from([...code, 0xcc, 0xcc]));
  const cpu = new Cpu(memory, undefined, cpuModel(name));
  cpu.eip = CODE;
  cpu.state.set([eax, 0, 0, CODE + 4096, CODE + 8192]);
  const exit = createEngine(cpu, { jit, threshold: 0 }).run(1000);
  return { vector: exit.kind === "fault" ? exit.vector : -1, cpu };
}

/** Encodings of instructions by the feature they need; EBX points to memory. */
const EXAMPLES: Readonly<Record<string, readonly number[]>> = {
  cmov: [0x0f, 0x44, 0xc1], mmx: [0x0f, 0x6f, 0xc1], fxsr: [0x0f, 0xae, 0x03], sse: [0x0f, 0x58, 0xc1], sse2: [0xf2, 0x0f, 0x58, 0xc1], clfsh: [0x0f, 0xae, 0x3b],
  sse3: [0xf2, 0x0f, 0x12, 0xc1], ssse3: [0x66, 0x0f, 0x38, 0x00, 0xc1], "sse4.1": [0x66, 0x0f, 0x38, 0x10, 0xc1], "sse4.2": [0xf2, 0x0f, 0x38, 0xf0, 0xc1],
  popcnt: [0xf3, 0x0f, 0xb8, 0xc1], movbe: [0x0f, 0x38, 0xf0, 0x03], aes: [0x66, 0x0f, 0x38, 0xdc, 0xc1], pclmulqdq: [0x66, 0x0f, 0x3a, 0x44, 0xc1, 0],
  sha: [0x0f, 0x38, 0xc8, 0xc1], rdtscp: [0x0f, 0x01, 0xf9], clflushopt: [0x66, 0x0f, 0xae, 0x3b],
};
/** Where the manual has the bit: leaf, register (EAX EBX ECX EDX), bit. */
const BITS: Readonly<Record<string, readonly [leaf: number, register: number, bit: number]>> = {
  cmov: [1, 3, 15], mmx: [1, 3, 23], fxsr: [1, 3, 24], sse: [1, 3, 25], sse2: [1, 3, 26], clfsh: [1, 3, 19], sse3: [1, 2, 0], ssse3: [1, 2, 9], "sse4.1": [1, 2, 19],
  "sse4.2": [1, 2, 20], popcnt: [1, 2, 23], movbe: [1, 2, 22], aes: [1, 2, 25], pclmulqdq: [1, 2, 1],
  sha: [7, 1, 29], rdtscp: [0x80000001, 3, 27], clflushopt: [7, 1, 23],
};

describe.each(NAMES)("--cpu=%s", (name) => {
  const model = cpuModel(name);
  const names = (feature: string): boolean => {
    const [leaf, register, bit] = BITS[feature];
    return ((model.cpuid(leaf, 0)[register] >> bit) & 1) === 1;
  };

  it.each(Object.keys(EXAMPLES))("%s is there exactly if CPUID says so", (feature) => {
    for (const jit of ["off", "block", "region"] as const) expect([jit, end(name, jit, EXAMPLES[feature]).vector]).toEqual([jit, names(feature) ? 3 : 6]);
  });

  it("offers nothing of which it has no instructions: AVX, BMI1, XSAVE, RDRAND, 3DNow", () => {
    const [, , ecx, edx] = model.cpuid(1, 0);
    expect(ecx & ((1 << 12) | (3 << 26) | (1 << 28) | (1 << 29) | (1 << 30))).toBe(0);
    expect(edx & ((1 << 3) | (1 << 5) | (1 << 27))).toBe(0);
    expect(model.cpuid(7, 0)[1] & ((1 << 3) | (1 << 5) | (1 << 8) | (1 << 18))).toBe(0);
    expect(model.cpuid(0x80000001, 0)[3] & ((1 << 29) | (3 << 30))).toBe(0);
  });

  it("answers the leaves beyond its maximum with zeros, and describes its caches", () => {
    expect(model.cpuid(0, 0)[0]).toBe(model.maxLeaf);
    expect(model.cpuid(0x7fffffff, 0)).toEqual([0, 0, 0, 0]);
    expect(model.cpuid(2, 0)[0] & 0xff).toBe(1);
    if (model.maxLeaf >= 4) expect([0, 1, 2, 3].map((k) => model.cpuid(4, k)[0] & 31)).toEqual([1, 2, 3, 0]);
  });

  it("is the same processor to a program: CPUID, AT_HWCAP, /proc/cpuinfo", async () => {
    // eax = cpuid(1).edx, against the auxiliary vector is the loader's test; here the exit status is bits 23-30 of EDX
    const code = [0xb8, 1, 0, 0, 0, 0x0f, 0xa2, 0xc1, 0xea, 0x17, 0x89, 0xd3, 0xb8, 1, 0, 0, 0, 0xcd, 0x80];
    const { status } = await run({ program: program(code), cpu: name });
    expect(status).toBe((model.hardwareCapabilities >>> 23) & 0xff);
    expect(model.flags.split(" ").includes("sse2")).toBe(names("sse2"));
  });
});

it("LZCNT and TZCNT are BSR and BSF where they are not named", () => {
  const lzcnt = [0xf3, 0x0f, 0xbd, 0xc8], tzcnt = [0xf3, 0x0f, 0xbc, 0xc8];
  for (const jit of ["off", "block", "region"] as const) {
    expect(end("sse2", jit, lzcnt, 0x100).cpu.state[1]).toBe(8);
    expect(end("sse4", jit, lzcnt, 0x100).cpu.state[1]).toBe(23);
    expect(end("sse4", jit, tzcnt, 0).cpu.state[1]).toBe(0); // ECX stays
  }
});

it("every feature of the opcode tables is known here", () => {
  const features = new Set(allRows().map((row) => row.feature));
  const base = ["", "fpu", "tsc", "cx8", "sep", "lzcnt", "bmi1"], never = ["rdrand", "rdseed", "xsave", "xsaveopt", "xsavec", "xsaves"];
  expect([...features].filter((f) => !base.includes(f) && !never.includes(f) && !(f in EXAMPLES)).sort()).toEqual([]);
});
