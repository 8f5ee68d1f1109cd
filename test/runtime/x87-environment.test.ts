// Images of the FPU state and the MMX registers. The expected bytes were read on an x86 after the same instructions
// (instruction and data pointers aside, which the caller sets).
import { describe, expect, test } from "vitest";
import { copyState, createX87, sameState } from "../../src/runtime/x87/index.ts";
import type { X87 } from "../../src/runtime/x87/index.ts";

/** fninit; fld1; fldpi; fldz; fldl2e; fxch st(2); fstp st(0); fldcw 0x360; registers zero before. */
function prepared(): X87 {
  const f = createX87();
  f.loadConst(0);
  f.loadConst(3);
  f.loadConst(6);
  f.loadConst(2);
  f.exchange(2);
  f.storeSt(0);
  f.pop();
  f.setControlWord(0x360);
  f.fip = 0x56578290;
  f.fcs = 0x23;
  f.fop = 0x5d8;
  f.fds = 0x2b;
  f.fdp = 0xffffd000 | 0;
  return f;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function imageOf(length: number, write: (view: DataView) => void): string {
  const bytes = new Uint8Array(length + 16).fill(0xcc);
  write(new DataView(bytes.buffer));
  expect(hex(bytes.subarray(length))).toBe("cc".repeat(16));
  return hex(bytes.subarray(0, length));
}

const ZERO = "00".repeat(10);
const L2E = "bcf0175c293baab8ff3f";
const ONE = "0000000000000080ff3f";
const PI = "35c26821a2da0fc90040";

describe("environment", () => {
  test("32-bit FNSTENV, and its masking of exceptions", () => {
    const f = prepared();
    expect(imageOf(28, (view) => f.storeEnvironment(view, 0, true))).toBe(
      "6003ffff0028ffffff07ffff908257562300d80500d0ffff2b00ffff",
    );
    expect(f.getControlWord()).toBe(0x37f);
  });

  test("16-bit FNSTENV", () => {
    const f = prepared();
    expect(imageOf(14, (view) => f.storeEnvironment(view, 0, false))).toBe("60030028ff079082230000d02b00");
  });

  test("FNSAVE initializes, FRSTOR brings everything back", () => {
    for (const wide of [true, false]) {
      const f = prepared();
      const before = createX87();
      copyState(f, before);
      const view = new DataView(new ArrayBuffer(108));
      f.save(view, 0, wide);
      expect(f.getControlWord()).toBe(0x37f);
      expect(f.getTagWord()).toBe(0xffff);
      expect(f.getStatusWord()).toBe(0);
      f.restore(view, 0, wide);
      expect(sameState(f, before)).toBe(true);
    }
  });

  test("FXSAVE: abridged tags, 16-byte slots, MXCSR and the rest untouched", () => {
    const f = prepared();
    f.fip = f.fcs = f.fop = f.fds = f.fdp = 0;
    const image = imageOf(160, (view) => f.fxsave(view, 0));
    expect(image.slice(0, 48)).toBe("60030028e0" + "00".repeat(19));
    expect(image.slice(48, 64)).toBe("cc".repeat(8));
    const slots = [ZERO, L2E, ONE, ZERO, ZERO, ZERO, ZERO, PI].map((value) => value + "00".repeat(6));
    expect(image.slice(64)).toBe(slots.join(""));
  });

  test("FXRSTOR brings back what FXSAVE wrote", () => {
    const f = prepared();
    const g = createX87();
    g.loadConst(3);
    const view = new DataView(new ArrayBuffer(512));
    f.fxsave(view, 0);
    g.fxrstor(view, 0);
    expect(sameState(f, g)).toBe(true);
    expect([g.fip, g.fcs, g.fop, g.fdp, g.fds]).toEqual([f.fip, f.fcs, f.fop, f.fdp, f.fds]);
  });

  test("an offset beyond 2^31 works", () => {
    const view = new DataView(new SharedArrayBuffer(2 ** 32));
    const f = prepared();
    f.save(view, 0xfffff000, true);
    expect(view.getUint16(0xfffff000, true)).toBe(0x360);
    f.restore(view, 0xfffff000, true);
    expect(f.getStatusWord()).toBe(0x2800);
  });
});

describe("MMX", () => {
  const registers = (f: X87): string => imageOf(108, (view) => f.save(view, 0, true)).slice(56);

  test("a write goes to the significand, exponent all ones; TOP = 0, all valid", () => {
    const f = prepared();
    f.mmxSet(3, 0x12345678, 0);
    expect(f.getStatusWord()).toBe(0);
    expect(f.getTagWord()).toBe(0x0495);
    expect(registers(f)).toBe(ZERO + ZERO + ZERO + "7856341200000000ffff" + PI + ZERO + L2E + ONE);
  });

  test("reads give the significands", () => {
    const f = prepared();
    f.mmxEnter();
    expect(f.mmxGetLo(4) >>> 0).toBe(0x2168c235);
    expect(f.mmxGetHi(4) >>> 0).toBe(0xc90fdaa2);
    expect(f.mmxGetHi(7) >>> 0).toBe(0x80000000);
    expect(f.mmxGetLo(0)).toBe(0);
  });

  test("EMMS empties all registers and keeps TOP", () => {
    const f = prepared();
    f.mmxSet(3, 1, 2);
    f.emms();
    expect(f.getTagWord()).toBe(0xffff);
    expect(f.getStatusWord()).toBe(0);
    expect(f.mmxGetHi(3)).toBe(2);
  });
});

describe("pending exceptions", () => {
  test("an unmasked division by zero is pending until cleared or masked", () => {
    const f = createX87();
    f.setControlWord(0x37b);
    f.loadConst(0);
    f.loadConst(6);
    expect(f.div(1, 0)).toBe(false);
    expect(f.pendingException()).toBe(true);
    expect(f.getStatusWord() & 0x80ff).toBe(0x8084);
    f.setControlWord(0x37f);
    expect(f.pendingException()).toBe(false);
    expect(f.getStatusWord() & 0x80ff).toBe(0x0004);
    f.setControlWord(0x37b);
    expect(f.pendingException()).toBe(true);
    f.clearExceptions();
    expect(f.pendingException()).toBe(false);
  });

  test("an unmasked overflow of a store writes and pops nothing", () => {
    const f = createX87();
    f.setControlWord(0x377);
    f.loadF80(0x7ffe, 0x80000000, 0);
    f.storeF64();
    expect(f.stored).toBe(0);
    expect(f.pendingException()).toBe(true);
  });
});
