// What counts as an instruction that shows MXCSR's flags, where code is looked for, and what happens when it comes later (src/runtime/precision.ts).
// Programs: fixtures/kernel/underflow.c, and with a shared libm test/debian/numbers.test.ts.

import { describe, expect, it } from "vitest";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine } from "../../src/runtime/engine.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { changesMxcsrReaders, findMxcsrReaders } from "../../src/runtime/mxcsr-readers.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(" "), (b) => parseInt(b, 16));
const CODE = 0x10000000, DATA = 0x20000000, LATER = 0x30000000;

function readersOf(code: string, at = CODE, prot = 5): string {
  const memory = createMemory();
  memory.map(CODE, 8192, prot);
  memory.poke(at, bytes(code));
  return findMxcsrReaders(memory, memory.newCode);
}

describe("instructions", () => {
  it.each([
    ["STMXCSR", "90 0f ae 5c 24 08 c3"],
    ["STMXCSR in the last bytes of a page", "90 0f ae 18", CODE + 4092],
    ["STMXCSR across pages", "90 0f ae 18", CODE + 4094],
    ["FXSAVE", "0f ae 00"],
    ["FXSAVE with an address", "66 90 0f ae 05 00 10 00 20"],
    ["STMXCSR whose value goes elsewhere too", "0f ae 5c 24 08 8b 44 24 08 89 44 24 0c 83 e0 c0 89 44 24 08 0f ae 54 24 08"],
    ["STMXCSR and the LDMXCSR of another word", "0f ae 5c 24 08 8b 44 24 08 0f ae 54 24 0c"],
    ["STMXCSR with a jump ahead of LDMXCSR", "0f ae 5c 24 08 74 05 8b 44 24 08 0f ae 54 24 08"],
  ])("reads: %s", (_, code, at?: number) => expect(readersOf(code, at)).toBe("some"));

  it.each([
    ["nothing", "90 c3"],
    ["LDMXCSR", "0f ae 54 24 08"],
    ["FXRSTOR", "0f ae 08"],
    ["LFENCE, MFENCE, SFENCE", "0f ae e8 0f ae f0 0f ae f8"],
    ["CLFLUSH", "0f ae 38"],
    ["STMXCSR whose value goes back with other control bits", "0f ae 5c 24 08 8b 54 24 08 81 e2 7f 81 ff ff 09 d0 89 44 24 08 0f ae 54 24 08"],
    ["AE at the start of a page", "ae 18", CODE],
  ])("does not: %s", (_, code, at?: number) => expect(readersOf(code, at)).toBe("none"));

  it("looks at executable pages only", () => {
    expect(readersOf("0f ae 18", CODE, 3)).toBe("none");
    const memory = createMemory();
    memory.map(CODE, 4096, 5);
    memory.poke(CODE, bytes("0f ae 18"));
    const { newCode } = memory;
    expect(newCode).toEqual([CODE >>> 12, CODE >>> 12]);
    memory.protect(CODE, 4096, 1);
    expect(findMxcsrReaders(memory, newCode)).toBe("none");
    memory.protect(CODE, 4096, 5);
    expect(newCode).toHaveLength(4);
    expect(findMxcsrReaders(memory, newCode)).toBe("some");
  });

  it("looks everywhere when there were too many ranges", () => {
    const memory = createMemory();
    memory.map(CODE, 4096, 5);
    memory.poke(CODE, bytes("0f ae 18"));
    for (let k = 0; k < 300; k++) memory.map(DATA, 4096, 5);
    expect(memory.newCode.length).toBeLessThan(600);
    expect(findMxcsrReaders(memory, memory.newCode)).toBe("some");
  });

  it("looks only at what has come", () => {
    const memory = createMemory();
    memory.map(CODE, 8192, 5);
    memory.poke(CODE, bytes("0f ae 18"));
    expect(changesMxcsrReaders(memory, [(CODE >>> 12) + 1, (CODE >>> 12) + 1], "none")).toBe(false);
    expect(changesMxcsrReaders(memory, [CODE >>> 12, CODE >>> 12], "none")).toBe(true);
  });
});

describe.each(["block", "region"] as const)("%s", (jit) => {
  /** A machine with a loop that multiplies a double by itself, and what runs it. */
  function machine() {
    const memory = createMemory();
    const cpu = new Cpu(memory);
    const engine = createEngine(cpu, { jit, threshold: 100 });
    const map = () => {
      memory.map(CODE, 4096, 5);
      memory.map(DATA, 4096, 3);
      // again: movsd xmm0, [ebx]; mulsd xmm0, xmm0; dec ecx; jne again; int 0x80
      memory.poke(CODE, bytes("f2 0f 10 03 f2 0f 59 c0 49 75 f5 cd 80"));
    };
    const run = (value: number, rounds: number, at = CODE) => {
      memory.view.setFloat64(DATA, value, true);
      cpu.state[1] = rounds;
      cpu.state[3] = DATA;
      cpu.eip = at;
      let exit = engine.run(1_000_000);
      while (exit.kind === "budget") exit = engine.run(1_000_000);
      expect(exit.kind).toBe("syscall");
    };
    const mxcsr = (at: number) => {
      run(1, 1, at);
      return memory.view.getInt32(DATA + 8, true);
    };
    map();
    return { memory, cpu, engine, map, run, mxcsr };
  }
  // stmxcsr [ebx + 8]; int 0x80
  const READER = bytes("0f ae 5b 08 cd 80");

  it("UE is seen by code that was there before", () => {
    const { memory, run, mxcsr } = machine();
    memory.poke(CODE + 256, READER);
    run(1.1, 200_000);
    run(2 ** -600, 1);
    expect(mxcsr(CODE + 256)).toBe(0x1fb0);
  });

  it("UE is seen by code that came before its cause", () => {
    const { memory, run, mxcsr } = machine();
    run(1.1, 200_000);
    memory.map(LATER, 4096, 3);
    memory.poke(LATER, READER);
    memory.protect(LATER, 4096, 5);
    run(1.1, 200_000);
    run(2 ** -600, 1);
    expect(mxcsr(LATER)).toBe(0x1fb0);
  });

  it("UE is seen in a program that has its translations from another", () => {
    const { memory, cpu, engine, map, run, mxcsr } = machine();
    run(1.1, 200_000);
    const { translated } = engine.stats;
    expect(translated).toBeGreaterThan(0);
    engine.park?.();
    for (const area of [CODE, DATA]) memory.reset(area, 4096);
    memory.leave();
    cpu.renew();
    map();
    memory.map(LATER, 4096, 5);
    memory.poke(LATER, READER);
    run(1.1, 200_000);
    run(2 ** -600, 1);
    expect(mxcsr(LATER)).toBe(0x1fb0);
  });
});
