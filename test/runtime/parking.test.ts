// What a code cache keeps over the end of a program: used when a later program has the same bytes at the same place and may execute them,
// and never otherwise.

import { beforeEach, describe, expect, test } from "vitest";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type Engine, type EngineOptions } from "../../src/runtime/engine.ts";
import { createMemory, type GuestMemory, PAGE_SIZE } from "../../src/runtime/memory.ts";
import { sameState } from "../../src/runtime/x87/index.ts";

const CODE = 0x10000000, LIBRARY = 0x20000000, STACK = 0x30000000;
const RX = 5, RWX = 7;

/** mov ecx, turns; xor eax, eax; add eax, step; dec ecx; jnz; int 0x80. */
const loop = (step: number, turns: number) => [0xb9, turns, 0, 0, 0, 0x31, 0xc0, 0x83, 0xc0, step, 0x49, 0x75, 0xfa, 0xcd, 0x80];
/** The same, but each turn calls the library's function, which adds. */
const calling = (turns: number) => {
  const from = CODE + 13;
  return [0xb9, turns, 0, 0, 0, 0x31, 0xc0, 0x90, 0xe8, ...int32(LIBRARY - from), 0x49, 0x75, 0xf8, 0xcd, 0x80];
};
const adding = (step: number) => [0x83, 0xc0, step, 0xc3];
const int32 = (n: number) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];

let memory: GuestMemory, cpu: Cpu, engine: Engine;
let areas: [start: number, length: number][] = [];

function start(options: EngineOptions): void {
  memory = createMemory();
  cpu = new Cpu(memory);
  engine = createEngine(cpu, options);
  areas = [];
}

function put(address: number, code: readonly number[], prot = RX): void {
  memory.map(address, PAGE_SIZE, RWX);
  memory.poke(address, Uint8Array.from(code));
  memory.protect(address, PAGE_SIZE, prot);
  areas.push([address, PAGE_SIZE]);
}

/** Runs to the next int 0x80; EAX. */
function go(address = CODE): number {
  cpu.eip = address;
  for (let k = 0; k < 1000; k++) {
    const exit = engine.run(100_000);
    if (exit.kind === "syscall") return cpu.regs[0];
    if (exit.kind === "fault") return -exit.vector;
  }
  throw new Error("does not end");
}

/** The program ends; the memory is empty. */
function end(): void {
  engine.park?.();
  for (const [address, length] of areas) memory.reset(address, length);
  areas = [];
  cpu.renew();
}

const made = () => engine.stats.translated + engine.stats.regions;

describe.each([["blocks", { jit: "block", threshold: 3 }], ["regions", { jit: "region", threshold: 0 }]] as const)("%s", (_name, options) => {
  beforeEach(() => start(options));

  test("the same code has its translation back", () => {
    const once = () => {
      put(CODE, loop(3, 100));
      expect(go()).toBe(300);
      end();
    };
    for (let k = 0; k < 6; k++) once(); // what a program executes but once gets warm too
    const before = made();
    expect(before).toBeGreaterThan(0);
    for (let k = 0; k < 5; k++) once();
    expect(made()).toBe(before);
  });

  test("other bytes there are other code, and both are known afterwards", () => {
    for (const step of [3, 4, 3, 4, 3]) {
      put(CODE, loop(step, 50));
      expect(go()).toBe(50 * step);
      end();
    }
  });

  test("a byte that differs elsewhere in the page is enough", () => {
    put(CODE, loop(3, 50));
    expect(go()).toBe(150);
    end();
    put(CODE, [...loop(3, 50), 0x90]);
    expect(go()).toBe(150);
  });

  test("bytes that may not be executed, or are not there", () => {
    put(CODE, loop(3, 50));
    expect(go()).toBe(150);
    end();
    expect(go()).toBe(-14);
    put(CODE, loop(3, 50), 3);
    expect(go()).toBe(-14);
    memory.protect(CODE, PAGE_SIZE, RX);
    expect(go()).toBe(150);
    memory.protect(CODE, PAGE_SIZE, 1);
    expect(go()).toBe(-14);
  });

  test("a store to a page whose code is back is noticed", () => {
    put(CODE, loop(3, 50), RWX);
    expect(go()).toBe(150);
    end();
    put(CODE, loop(3, 50), RWX);
    expect(go()).toBe(150);
    memory.storeU8(CODE + 9, 5);
    expect(go()).toBe(250);
    end();
    put(CODE, loop(3, 50), RWX);
    memory.storeU8(CODE + 9, 6);
    expect(go()).toBe(300);
    memory.storeU8(CODE + 9, 3);
    expect(go()).toBe(150);
  });

  test("a store between the first block that is back and the next", () => {
    // jmp far over to the loop: two blocks in one page
    const code = [0xeb, 0x0e, ...Array.from({ length: 14 }, () => 0x90), ...loop(3, 50)];
    put(CODE, code, RWX);
    expect(go()).toBe(150);
    end();
    put(CODE, [...code, 0xeb, 0xef, 0xcd, 0x80], RWX);
    expect(go(CODE + 16)).toBe(150);
    memory.storeU8(CODE + 16 + 9, 7);
    expect(go()).toBe(350);
  });

  test("code in two areas, of which one comes late, or is not the same", () => {
    const once = (step: number, late: boolean) => {
      memory.map(STACK, PAGE_SIZE, 3);
      areas.push([STACK, PAGE_SIZE]);
      put(CODE, calling(60));
      put(CODE + PAGE_SIZE, loop(2, 10));
      if (late) expect(go(CODE + PAGE_SIZE)).toBe(20);
      put(LIBRARY, adding(step));
      cpu.regs[4] = STACK + PAGE_SIZE;
      expect(go()).toBe(60 * step);
      end();
    };
    once(3, false);
    const before = made();
    once(3, false);
    once(3, true);
    expect(made()).toBeLessThanOrEqual(before + 2);
    once(4, false);
    once(4, true);
    once(3, false);
  });

  test("a block across two pages depends on both", () => {
    const place = CODE + PAGE_SIZE - 8; // the step stands in the second page
    const both = (step: number) => {
      memory.map(CODE, 2 * PAGE_SIZE, RWX);
      memory.poke(place, Uint8Array.from(loop(step, 50)));
      areas.push([CODE, 2 * PAGE_SIZE]);
      expect(go(place)).toBe(50 * step);
      end();
    };
    for (const step of [3, 3, 4, 3, 5, 4]) both(step);
  });

  test("a block that ends where nothing could be executed any more is not kept", () => {
    const nops = Array.from({ length: 5 }, () => 0x90);
    put(CODE, [...Array.from({ length: PAGE_SIZE - 5 }, () => 0xcc), ...nops]);
    expect(go(CODE + PAGE_SIZE - 5)).toBe(-14);
    end();
    put(CODE, [...Array.from({ length: PAGE_SIZE - 5 }, () => 0xcc), ...nops]);
    put(CODE + PAGE_SIZE, loop(3, 50));
    expect(go(CODE + PAGE_SIZE - 5)).toBe(150);
  });
});

test("a translation that waits for code which never comes is made anew", () => {
  start({ jit: "region", threshold: 0 });
  const program = (library: boolean) => {
    memory.map(STACK, PAGE_SIZE, 3);
    areas.push([STACK, PAGE_SIZE]);
    put(CODE, calling(100));
    put(LIBRARY, library ? adding(3) : [0x40, ...adding(0)]);
    cpu.regs[4] = STACK + PAGE_SIZE;
    return go();
  };
  expect(program(true)).toBe(300);
  end();
  const before = made();
  for (let k = 0; k < 10; k++) {
    expect(program(false)).toBe(100);
    end();
  }
  expect(made()).toBeGreaterThan(before);
});

test("translations of earlier programs count towards the limit and go first", () => {
  start({ jit: "block", threshold: 0, maxSourceBytes: 4000 });
  for (let k = 1; k <= 20; k++) {
    put(CODE + k * PAGE_SIZE, loop(k, 20));
    expect(go(CODE + k * PAGE_SIZE)).toBe(20 * k);
    end();
  }
  put(CODE + PAGE_SIZE, loop(1, 20));
  expect(go(CODE + PAGE_SIZE)).toBe(20);
  expect(engine.cache.stats.evicted).toBeGreaterThan(0);
});

test("a program finds the registers of a new processor, not those of the one before", () => {
  start({ jit: "off" });
  // mov ecx, -1; movd mm3, ecx; movd xmm5, ecx; fldpi; std; push 7; popf ...
  const code = [0xb9, 255, 255, 255, 255, 0x0f, 0x6e, 0xd9, 0x66, 0x0f, 0x6e, 0xe9, 0xd9, 0xeb, 0xd9, 0xe8, 0xfd, 0x39, 0xc9, 0x8c, 0xd8, 0x8e, 0xe0, 0xcd, 0x80];
  put(CODE, code);
  go();
  cpu.vec.setMxcsr(0x1fbf);
  cpu.x87.setControlWord(0x27f);
  cpu.tables.gdt[24] = 5;
  cpu.tables.ldt = new Int32Array(4);
  expect([cpu.selectors[4], cpu.eflags() & 0x400]).toEqual([0x2b, 0x400]);
  end();
  const other = new Cpu(createMemory());
  expect(sameState(cpu.x87, other.x87)).toBe(true);
  expect([...cpu.vec.i32s]).toEqual([...other.vec.i32s]);
  expect([...cpu.state]).toEqual([...other.state]);
  expect([...cpu.selectors]).toEqual([...other.selectors]);
  expect([cpu.tables, cpu.vec.csr, cpu.eflags(), cpu.interruptVector, cpu.current]).toEqual([other.tables, other.vec.csr, other.eflags(), 0, undefined]);
});

test("an engine that is watched keeps nothing", () => {
  start({ observe: () => ({ counts: false, nameOf: () => "", compiled() {}, linked() {}, invalidated() {}, bailed() {}, sample() {} }) });
  expect(engine.park).toBeUndefined();
});
