// The vector file outside single instructions: reciprocal tables, FXSAVE images, MMX aliasing, MXCSR's modes, faults that
// must leave no trace.

import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { decode } from "../../src/decoder/index.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { isGuestFault } from "../../src/runtime/fault.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { reciprocal, reciprocalSquareRoot } from "../../src/runtime/simd/reciprocal.ts";
import { semanticOf } from "../../src/semantics/index.ts";

const AREA = 0x20000000;
const MXCSR_PE = 0x20;

let cpu: Cpu;
beforeEach(() => {
  const memory = createMemory();
  memory.map(AREA, 8192, 3);
  cpu = new Cpu(memory);
  cpu.setReg(3, 4, AREA);
});

/** Executes code given in hexadecimal; EBX points at AREA. Returns the vector of a fault, or -1. */
function run(text: string): number {
  const bytes = new Uint8Array(text.trim().split(/\s+/).map((b) => parseInt(b, 16)));
  for (let at = 0; at < bytes.length;) {
    const insn = decode(bytes, at, 0x1000 + at);
    if (typeof insn === "number") throw new Error("cannot be decoded");
    const semantic = semanticOf(insn.row);
    if (semantic === undefined) throw new Error(`no semantic function for ${insn.row.mnemonic}`);
    try {
      semantic(cpu, insn);
    } catch (e) {
      if (!isGuestFault(e)) throw e;
      return e.vector;
    }
    at += insn.length;
  }
  return -1;
}

const words = (at: number, n: number): number[] => Array.from({ length: n }, (_, k) => cpu.load((at + 4 * k) | 0, 4) >>> 0);
const xmm = (n: number): number[] => [0, 1, 2, 3].map((lane) => cpu.vec.i32(n, lane) >>> 0);
const setDouble = (n: number, a: number, b = 0): void => {
  cpu.vec.setF64(n, 0, a);
  cpu.vec.setF64(n, 1, b);
};

describe("RCPSS and RSQRTSS", () => {
  it("have the processor's bits for every exponent and leading fraction", { timeout: 60_000 }, () => {
    let rcp = 0x811c9dc5;
    let rsqrt = 0x811c9dc5;
    for (let k = 0; k < 1 << 22; k++) {
      const x = (k << 10) | (k & 0x3ff);
      rcp = Math.imul(rcp ^ reciprocal(x), 0x01000193);
      rsqrt = Math.imul(rsqrt ^ reciprocalSquareRoot(x), 0x01000193);
    }
    const text = [rcp, rsqrt].map((h) => (h >>> 0).toString(16).padStart(8, "0")).join(" ");
    expect(text).toBe(readFileSync(new URL("../../fixtures/simd/reciprocal.txt", import.meta.url), "utf8").trim());
  });
});

describe("FXSAVE and FXRSTOR", () => {
  it("bring everything back and leave bytes 288 to 511 alone", () => {
    for (let k = 0; k < 32; k++) cpu.vec.i32s[k] = Math.imul(k + 1, 0x9e3779b9);
    expect(run("d9 e8  d9 eb")).toBe(-1); // FLD1, FLDPI
    cpu.store(AREA + 288, 4, 0x12345678);
    cpu.vec.setMxcsr(0x5f80);
    expect(run("0f ae 03")).toBe(-1);
    expect(words(AREA, 10)).toEqual([0x3000037f, 0xc0, 0, 0, 0, 0, 0x5f80, 0xffff, 0x2168c235, 0xc90fdaa2]);
    expect(cpu.load(AREA + 288, 4)).toBe(0x12345678);
    const registers = [...cpu.vec.i32s.subarray(0, 32)];
    cpu.vec.i32s.fill(0);
    expect(run("db e3")).toBe(-1); // FNINIT
    cpu.vec.setMxcsr(0x1f80);
    expect(run("0f ae 0b")).toBe(-1);
    expect([...cpu.vec.i32s.subarray(0, 32)]).toEqual(registers);
    expect(cpu.vec.mxcsr()).toBe(0x5f80);
    expect(run("df e0")).toBe(-1); // FNSTSW AX
    expect(cpu.reg(0, 2)).toBe(0x3000);
    expect(run("d9 1b")).toBe(-1); // FSTP m32
    expect(cpu.loadF32(AREA)).toBe(Math.fround(Math.PI));
  });

  it("ask for alignment and for valid MXCSR bits", () => {
    expect(run("0f ae 43 08")).toBe(13);
    expect(run("0f ae 4b 08")).toBe(13);
    expect(run("0f ae 03")).toBe(-1);
    cpu.store(AREA + 24, 4, 0x11f80);
    cpu.store(AREA + 160, 4, 77);
    expect(run("0f ae 0b")).toBe(13);
    expect(xmm(0)[0]).toBe(0);
  });

  it("fault before anything is stored", () => {
    cpu.setReg(3, 4, AREA + 8192 - 256);
    const before = words(AREA + 8192 - 256, 64);
    expect(run("0f ae 03")).toBe(14);
    expect(words(AREA + 8192 - 256, 64)).toEqual(before);
  });
});

describe("FNSTENV", () => {
  it("tells the last instruction and its operand", () => {
    expect(run("d9 e8  dd 43 08")).toBe(-1); // FLD1, FLD m64 at 0x1002
    expect(run("d9 33")).toBe(-1);
    const cs = cpu.selector(1);
    const ds = cpu.selector(3);
    expect(words(AREA + 12, 4)).toEqual([0x1002, cs | (0x543 << 16), AREA + 8, (ds | 0xffff0000) >>> 0]);
    expect(run("0f ae 03")).toBe(-1);
    expect(words(AREA + 4, 5)[0] >>> 16).toBe(0);
    expect(words(AREA + 8, 4)).toEqual([0, 0, 0, 0]);
  });
});

describe("MMX registers", () => {
  it("are the significands of the x87 registers", () => {
    cpu.store(AREA, 4, 0x11223344);
    cpu.store(AREA + 4, 4, 0x55667788);
    expect(run("d9 e8  0f 6f 13  0f fc d2")).toBe(-1); // FLD1, MOVQ MM2, [EBX], PADDB MM2, MM2
    expect(run("db 3b")).toBe(-1); // FSTP m80: MM0, tagged valid by the MMX instructions
    expect(run("d9 f7  db 3b")).toBe(-1); // FINCSTP, FSTP m80: MM2
    expect(words(AREA, 2)).toEqual([0x22446688, 0xaaccee10]);
    expect(cpu.load(AREA + 8, 2) & 0xffff).toBe(0xffff);
  });

  it("leave an empty stack after EMMS", () => {
    expect(run("0f ef c0  0f 77  d9 e8")).toBe(-1);
    expect(cpu.x87.getTagWord()).toBe(0x3fff);
  });

  it("report a pending x87 exception first", () => {
    cpu.x87.setControlWord(0x37b);
    expect(run("d9 e8  d9 ee  de f9")).toBe(-1); // 1 / 0, unmasked
    expect(run("0f ef c0")).toBe(16);
    expect(run("d9 e8")).toBe(16);
    expect(run("db e2  0f ef c0")).toBe(-1);
  });
});

describe("MXCSR", () => {
  it("records PE, UE and DE at the start of a process and after a load, then PE alone if that was loaded clear", () => {
    const divide = (a: number, b: number): number => {
      setDouble(0, a);
      setDouble(1, b);
      expect(run("f2 0f 5e c1")).toBe(-1); // DIVSD
      return cpu.vec.mxcsr() & 0x3f;
    };
    const load = (v: number): void => {
      cpu.store(AREA, 4, v);
      expect(run("0f ae 13")).toBe(-1);
    };
    expect(divide(1, 4)).toBe(0);
    expect(divide(2 ** -1060, 3)).toBe(0x32);
    load(0x1f80);
    expect(divide(1, 3)).toBe(0x20);
    expect(divide(2 ** -1060, 4)).toBe(0x22);
    expect(divide(2 ** -1022, 3)).toBe(0x32);
    load(0x1f80);
    for (let k = 0; k < 1000; k++) expect(divide(1, 2)).toBe(0);
    expect(divide(1, 3)).toBe(0x20);
    for (let k = 0; k < 1000; k++) expect(divide(1, 3)).toBe(0x20);
    expect(divide(2 ** -1060, 4)).toBe(0x22);
    expect(divide(2 ** -1022, 3)).toBe(0x32);
  });

  it("records PE once the program has cleared it", () => {
    cpu.store(AREA, 4, 0x1fa0);
    cpu.store(AREA + 4, 4, 0x1f80);
    expect(run("0f ae 13  0f ae 53 04")).toBe(-1); // LDMXCSR twice
    setDouble(0, 1);
    setDouble(1, 4);
    expect(run("f2 0f 5e c1")).toBe(-1);
    expect(cpu.vec.mxcsr() & MXCSR_PE).toBe(0);
    setDouble(1, 3);
    expect(run("f2 0f 5e c1")).toBe(-1);
    expect(cpu.vec.mxcsr() & MXCSR_PE).toBe(MXCSR_PE);
  });

  it("records IE, ZE and OE always", () => {
    setDouble(0, 1);
    setDouble(1, 0);
    expect(run("f2 0f 5e c1")).toBe(-1);
    expect(cpu.vec.f64(0, 0)).toBe(Infinity);
    expect(cpu.vec.mxcsr() & 0x3f).toBe(4);
    setDouble(0, 0);
    expect(run("f2 0f 5e c1")).toBe(-1);
    expect(xmm(0).slice(0, 2)).toEqual([0, 0xfff80000]);
    expect(cpu.vec.mxcsr() & 0x3f).toBe(5);
    setDouble(0, 1e308);
    expect(run("f2 0f 58 c0")).toBe(-1); // ADDSD XMM0, XMM0
    expect(cpu.vec.mxcsr() & 0x0f).toBe(0x0d);
  });

  it("raises #XM for an unmasked exception and leaves the register", () => {
    cpu.store(AREA, 4, 0x1d80);
    expect(run("0f ae 13")).toBe(-1);
    setDouble(0, 1, 5);
    setDouble(1, 0, 7);
    expect(run("66 0f 5e c1")).toBe(19); // DIVPD
    expect([cpu.vec.f64(0, 0), cpu.vec.f64(0, 1)]).toEqual([1, 5]);
    expect(cpu.vec.mxcsr()).toBe(0x1d84);
  });

  it("rounds and flushes as it says", () => {
    cpu.store(AREA, 4, 0x5f80); // up
    expect(run("0f ae 13")).toBe(-1);
    setDouble(0, 1);
    setDouble(1, 3);
    expect(run("f2 0f 5e c1")).toBe(-1);
    expect(cpu.vec.f64(0, 0)).toBe(1 / 3 + 2 ** -54);
    cpu.store(AREA, 4, 0x9fc0); // FTZ, DAZ
    expect(run("0f ae 13")).toBe(-1);
    setDouble(0, 2 ** -1022);
    setDouble(1, 0.5);
    expect(run("f2 0f 59 c1")).toBe(-1);
    expect(cpu.vec.f64(0, 0)).toBe(0);
    setDouble(0, 2 ** -1030);
    setDouble(1, 2 ** 1000);
    expect(run("f2 0f 59 c1")).toBe(-1);
    expect(cpu.vec.f64(0, 0)).toBe(0);
  });
});

describe("memory operands", () => {
  it("of a store that crosses into nothing leave the first page alone", () => {
    cpu.setReg(3, 4, AREA + 8192 - 8);
    cpu.vec.i32s.fill(-1, 0, 4);
    expect(run("0f 11 03")).toBe(14); // MOVUPS
    expect(words(AREA + 8192 - 8, 2)).toEqual([0, 0]);
    expect(run("0f 29 03")).toBe(13); // MOVAPS: alignment comes first
  });

  it("keep the bits of signaling NaNs through moves", () => {
    cpu.store(AREA, 4, 0x12345678);
    cpu.store(AREA + 4, 4, 0x7ff01234);
    expect(run("f2 0f 10 03  f2 0f 11 43 10  f3 0f 7e 0b  66 0f d6 4b 20  f2 0f 12 13  0f 13 53 30")).toBe(-1); // MOVSD, MOVQ, MOVDDUP, MOVLPS
    for (const at of [0x10, 0x20, 0x30]) expect(words(AREA + at, 2)).toEqual([0x12345678, 0x7ff01234]);
    cpu.store(AREA, 4, 0x7f812345);
    expect(run("f3 0f 10 03  f3 0f 11 43 10")).toBe(-1); // MOVSS
    expect(words(AREA + 0x10, 1)).toEqual([0x7f812345]);
  });
});
