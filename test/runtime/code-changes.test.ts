// Code that changes while it is hot: what is translated, how often, and that what runs is always what stands in memory. The programs are
// what compilers in the guest do: data beside code, calls patched in turn, functions generated anew in one place, an area that is writable or executable.

import { beforeEach, describe, expect, test } from "vitest";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type Engine, type EngineOptions } from "../../src/runtime/engine.ts";
import { createMemory, type GuestMemory, PAGE_SIZE } from "../../src/runtime/memory.ts";

const CODE = 0x10000000, OTHER = 0x20000000, DATA = 0x30000000;
const RW = 3, RX = 5, RWX = 7;

const int32 = (n: number) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
/** mov ecx, turns; xor eax, eax; add eax, step (4 bytes, at 9); dec ecx; jnz; int 0x80. */
const loop = (step: number, turns: number) => [0xb9, ...int32(turns), 0x31, 0xc0, 0x81, 0xc0, ...int32(step), 0x49, 0x75, 0xf7, 0xcd, 0x80];
const STEP = 9;
/** The same in two blocks, so that there is something to make a region of. */
const twoBlocks = (step: number, turns: number) => [0xb9, ...int32(turns), 0x31, 0xc0, 0x81, 0xc0, ...int32(step), 0x71, 0x00, 0x49, 0x75, 0xf5, 0xcd, 0x80];
/** The same with `call function; nop` in place of the addition; the displacement is at 8. */
const calling = (target: number, turns: number) => [0xb9, ...int32(turns), 0x31, 0xc0, 0xe8, ...int32(target - CODE - 12), 0x90, 0x49, 0x75, 0xf7, 0xcd, 0x80];
const adding = (step: number) => [0x81, 0xc0, ...int32(step), 0xc3];

let memory: GuestMemory, cpu: Cpu, engine: Engine;

function start(options: EngineOptions): void {
  memory = createMemory();
  cpu = new Cpu(memory);
  engine = createEngine(cpu, options);
  memory.map(DATA, PAGE_SIZE, RW);
  cpu.regs[4] = DATA + PAGE_SIZE;
}

function put(address: number, code: readonly number[], prot = RWX): void {
  memory.map(address, PAGE_SIZE, RWX);
  memory.poke(address, Uint8Array.from(code));
  if (prot !== RWX) memory.protect(address, PAGE_SIZE, prot);
}

/** Runs to the next int 0x80: EAX. A fault: its vector, negative. */
function go(address = CODE): number {
  cpu.eip = address;
  for (let k = 0; k < 10_000; k++) {
    const exit = engine.run(1_000_000);
    if (exit.kind === "syscall") return cpu.regs[0];
    if (exit.kind === "fault") return -exit.vector;
  }
  throw new Error("does not end");
}

const made = () => engine.stats.translated + engine.stats.regions;
/** How many translations are made meanwhile. */
function makes(work: () => void): number {
  const before = made();
  work();
  return made() - before;
}
const rounds = (count: number, work: (round: number) => void) => {
  for (let round = 0; round < count; round++) work(round);
};

describe.each([
  ["blocks", { jit: "block", threshold: 20 }],
  ["blocks at once", { jit: "block", threshold: 0 }],
  ["JavaScript", { jit: "block", threshold: 20, code: "js" }],
  ["regions at once", { jit: "region", threshold: 0 }],
] as const)("%s", (_name, options) => {
  beforeEach(() => start(options));

  test("data written beside code costs no translation", () => {
    // mov ecx, 2000; incl counter; dec ecx; jnz; int 0x80: the counter is in the page, in the granule, and right behind the code
    for (const at of [CODE + 0x800, CODE + 0x30, CODE + 16]) {
      put(CODE, [0xb9, ...int32(2000), 0xff, 0x05, ...int32(at), 0x49, 0x75, 0xf7, 0xcd, 0x80]);
      expect(go()).toBe(0);
      const { invalidated } = engine.cache.stats;
      expect(makes(() => rounds(5, () => go()))).toBeLessThanOrEqual(3);
      expect(engine.cache.stats.invalidated).toBe(invalidated);
      expect(memory.loadU32(at)).toBe(12_000);
    }
  });

  test("a constant patched in turn has its translations back", () => {
    put(CODE, loop(0, 100));
    const round = (n: number) => {
      memory.storeU32(CODE + STEP, 1 + (n % 4));
      expect(go()).toBe(100 * (1 + (n % 4)));
    };
    rounds(40, round);
    expect(made()).toBeGreaterThan(0);
    expect(makes(() => rounds(100, round))).toBe(0);
    expect(engine.cache.stats.revived).toBeGreaterThan(100);
  });

  test("a call patched in turn (inline cache)", () => {
    rounds(3, (k) => put(OTHER + k * PAGE_SIZE, adding(k + 1)));
    put(CODE, calling(OTHER, 50));
    const round = (n: number) => {
      memory.storeU32(CODE + 8, OTHER + (n % 3) * PAGE_SIZE - CODE - 12);
      expect(go()).toBe(50 * (1 + (n % 3)));
    };
    rounds(60, round);
    expect(makes(() => rounds(60, round))).toBe(0);
  });

  test("more versions than are kept", () => {
    put(CODE, loop(0, 50));
    rounds(80, (n) => {
      memory.storeU32(CODE + STEP, n % 9);
      expect(go()).toBe(50 * (n % 9));
    });
  });

  test("functions generated anew in one place, some of them again", () => {
    put(CODE, loop(0, 1));
    const round = (n: number) => {
      const code = n % 2 === 0 ? loop(7, 60) : [0x90, 0x90, ...loop(3, 60)];
      for (const [k, byte] of code.entries()) memory.storeU8(CODE + k, byte);
      expect(go()).toBe(n % 2 === 0 ? 420 : 180);
    };
    rounds(60, round);
    expect(makes(() => rounds(40, round))).toBe(0);
  });

  test("an area that is writable and executable in turn keeps its code", () => {
    put(CODE, loop(2, 100), RX);
    put(CODE + PAGE_SIZE, loop(3, 100), RX);
    const round = (n: number) => {
      memory.protect(CODE, 2 * PAGE_SIZE, RW);
      if (n % 10 === 9) memory.storeU8(CODE + 0x100 + n, 0x90);
      memory.protect(CODE, 2 * PAGE_SIZE, RX);
      expect(go()).toBe(200);
      expect(go(CODE + PAGE_SIZE)).toBe(300);
    };
    rounds(40, round);
    expect(made()).toBeGreaterThan(0);
    expect(makes(() => rounds(60, round))).toBe(0);
  });

  test("what is written while it is writable is what runs", () => {
    put(CODE, loop(2, 100), RX);
    rounds(30, () => expect(go()).toBe(200));
    rounds(30, (n) => {
      memory.protect(CODE, PAGE_SIZE, RW);
      expect(go()).toBe(-14);
      expect(cpu.eip >>> 0).toBe(CODE);
      memory.storeU8(CODE + STEP, n % 3);
      memory.protect(CODE, PAGE_SIZE, RX);
      expect(go()).toBe(100 * (n % 3));
    });
  });

  test("code that jumps to code which may not be executed any more", () => {
    put(OTHER, adding(5), RX);
    put(CODE, calling(OTHER, 100), RX);
    rounds(30, () => expect(go()).toBe(500));
    for (const prot of [RW, 1, 0]) {
      memory.protect(OTHER, PAGE_SIZE, prot);
      expect(go()).toBe(-14);
      expect(cpu.eip >>> 0).toBe(OTHER);
      memory.protect(OTHER, PAGE_SIZE, RX);
      expect(go()).toBe(500);
    }
    memory.unmap(OTHER, PAGE_SIZE);
    expect(go()).toBe(-14);
    put(OTHER, adding(6), RX);
    expect(go()).toBe(600);
    memory.unmap(OTHER, PAGE_SIZE);
    put(OTHER, adding(5), RX);
    expect(go()).toBe(500);
  });
});

describe("hot code", () => {
  test("a loop whose constant is new each time is not made a region each time", () => {
    start({ jit: "region", threshold: 50 });
    put(CODE, twoBlocks(0, 400_000));
    const round = (n: number) => {
      memory.storeU32(CODE + STEP, 1000 + n);
      expect(go()).toBe((400_000 * (1000 + n)) | 0);
    };
    rounds(10, round);
    const before = engine.stats.regions;
    expect(before).toBeGreaterThan(0);
    rounds(30, round);
    expect(engine.stats.regions - before).toBeLessThan(8);
  });

  test("other code in the place of a region becomes a region when it stays", () => {
    start({ jit: "region", threshold: 50 });
    rounds(6, (n) => {
      put(CODE, twoBlocks(n, 1_000_000));
      const before = engine.stats.regions;
      expect(go()).toBe(n * 1_000_000);
      if (n < 4) expect(engine.stats.regions, `round ${n}`).toBeGreaterThan(before);
    });
  });

  test("code that the program has written is translated sooner than a file's", () => {
    const translated = (prot: number, writableBefore: boolean) => {
      start({ jit: "block" });
      memory.map(CODE, PAGE_SIZE, writableBefore || prot === RWX ? RW : 1);
      memory.poke(CODE, Uint8Array.from(loop(1, 2000)));
      memory.protect(CODE, PAGE_SIZE, prot);
      expect(go()).toBe(2000);
      return engine.stats.translated > 0;
    };
    expect([translated(RX, false), translated(RX, true), translated(RWX, true)]).toEqual([false, true, true]);
  });

  test("what is put aside counts towards the limit of translations", () => {
    start({ jit: "block", threshold: 0, maxSourceBytes: 3000 });
    put(CODE, loop(0, 20));
    rounds(60, (n) => {
      memory.storeU8(CODE + STEP, n % 3);
      memory.storeU8(CODE + 1, 20 + (n % 5));
      expect(go()).toBe((20 + (n % 5)) * (n % 3));
    });
    expect(engine.cache.stats.evicted).toBeGreaterThan(0);
  });
});
