// Small guest programs for tests of translated code: their bytes, a machine to run them in, and its state to compare.

import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type Engine, type EngineOptions, type Exit } from "../../src/runtime/engine.ts";
import { createMemory, type GuestMemory } from "../../src/runtime/memory.ts";
import { S } from "../../src/runtime/state.ts";

/** Two pages of code, two of data; the pages behind either are not mapped. */
export const CODE = 0x01000000;
export const DATA = 0x02000000;
export const DATA_END = DATA + 0x2000;

/** Ways to execute that must not differ. */
export const MODES: Readonly<Record<string, EngineOptions>> = {
  interpreter: { jit: "off" },
  quick: { jit: "quick", quickAfter: 0 },
  block: { jit: "block", threshold: 0 },
  warm: { jit: "block", threshold: 2 },
  single: { jit: "block", threshold: 0, oneInsnPerBlock: true },
  region: { jit: "region", threshold: 0 },
  traces: { jit: "region", threshold: 3 },
  mixed: { jit: "region", threshold: 6, quickAfter: 0 },
  javascript: { jit: "region", threshold: 0, code: "js" },
  lockstep: { jit: "block", threshold: 0, lockstep: true },
};

/** The bytes of a listing: every line begins with them in hexadecimal; what follows two spaces is for the reader. `@` and an offset moves on. */
export function listing(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const line of text.trim().split("\n")) {
    const at = /^\s*@([0-9a-f]+)/.exec(line);
    if (at) while (bytes.length < Number.parseInt(at[1], 16)) bytes.push(0xcc);
    else for (const byte of line.trim().split("  ")[0].split(" ")) bytes.push(Number.parseInt(byte, 16));
  }
  return Uint8Array.from(bytes);
}

export const REGISTERS = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;
export type Registers = Partial<Record<keyof typeof REGISTERS, number>>;

export interface Guest {
  readonly memory: GuestMemory;
  readonly cpu: Cpu;
  readonly engine: Engine;
  /** Runs until INT3, a fault or a system call; gives how it ended. */
  run(budget?: number): Exit;
  /** Sets registers, and EIP to an offset in the code. */
  start(registers?: Registers, offset?: number): void;
}

export function createGuest(code: Uint8Array, options: EngineOptions): Guest {
  const memory = createMemory();
  memory.map(CODE, 0x2000, 7);
  memory.map(DATA, 0x2000, 3);
  memory.poke(CODE, code);
  const cpu = new Cpu(memory);
  const engine = createEngine(cpu, options);
  const guest: Guest = {
    memory, cpu, engine,
    run: (budget = 1 << 20) => engine.run(budget),
    start(registers = {}, offset = 0) {
      for (const [name, n] of Object.entries(REGISTERS)) cpu.state[n] = registers[name as keyof typeof REGISTERS] ?? 0;
      if (registers.esp === undefined) cpu.state[4] = DATA_END - 0x100;
      cpu.state[S.EIP] = CODE + offset;
      cpu.setEflags(0x202, 4);
    },
  };
  guest.start();
  return guest;
}

/** Everything a program could see of its state, as plain data. */
export function observe(guest: Guest): Record<string, unknown> {
  const { cpu, memory } = guest;
  return {
    registers: Object.fromEntries(Object.entries(REGISTERS).map(([name, n]) => [name, cpu.state[n] >>> 0])),
    eip: cpu.eip >>> 0,
    eflags: cpu.eflags(),
    xmm: [...cpu.vec.i32s.subarray(0, 32)],
    data: Buffer.from(memory.read(DATA, 0x2000) ?? []).toString("base64"),
    code: Buffer.from(memory.read(CODE, 0x100) ?? []).toString("base64"),
  };
}
