// Seeded x87 cases: the operands of fixtures/x87/operands.h, and each instruction of fixtures/x87/native.c done
// by src/runtime/x87. Shared by the x87 tests.
import { ADD, createX87, DIV, DIVR, MUL, SUB, SUBR } from "../../src/runtime/x87/index.ts";
import type { X87 } from "../../src/runtime/x87/index.ts";

export const CASES = 8192;
export const BLOCK = 64;

type Ext = { l: number; h: number; se: number };

// Low half, high half, sign and exponent.
const EDGES: readonly (readonly [number, number, number])[] = [
  [0, 0, 0], [0, 0, 0x8000], [0, 0x80000000, 0x3fff], [0, 0x80000000, 0xbfff], [0, 0x80000000, 0x4000], [0, 0xc0000000, 0x3fff],
  [0, 0x80000000, 0x3ffe], [0, 0xa0000000, 0x4002], [0, 0x80000000, 0x7fff], [0, 0x80000000, 0xffff], [0, 0xc0000000, 0xffff],
  [1, 0xc0000000, 0x7fff], [0x12345678, 0xdeadbeef, 0x7fff], [1, 0x80000000, 0x7fff], [0x12345678, 0x9abcdef0, 0xffff],
  [0, 0xa0000000, 0x7fff], [0, 0, 0x7fff], [5, 0x40000000, 0x7fff], [0, 0x40000000, 0x3fff], [7, 0, 0xc000], [1, 0, 0],
  [0xffffffff, 0x7fffffff, 0], [0, 0x40000000, 0x8000], [0, 0x80000000, 0], [1, 0x80000000, 0x8000], [0xffffffff, 0xffffffff, 0],
  [0, 0x80000000, 1], [1, 0x80000000, 0x8001], [0xffffffff, 0xffffffff, 0x7ffe], [0, 0x80000000, 0x7ffe],
  [0xfffff800, 0xffffffff, 0x7ffe], [0, 0xffffff00, 0x7ffe], [0xffffffff, 0xffffffff, 0x3fff], [0xffffffff, 0xffffffff, 0x3ffe],
  [0xfffff800, 0xffffffff, 0x3fff], [0xfffffc00, 0xffffffff, 0x3fff], [0, 0xffffff80, 0x3fff], [0, 0xffffff00, 0x407e],
  [0, 0xffffff80, 0x407e], [0, 0x80000000, 0x3f81], [0, 0x80000000, 0x3f80], [0, 0x80000000, 0x3f6a], [0, 0x80000000, 0x3f69],
  [1, 0x80000000, 0x3f69], [0xfffff800, 0xffffffff, 0x43fe], [0xfffffc00, 0xffffffff, 0x43fe], [0, 0x80000000, 0x43ff],
  [0, 0x80000000, 0x3c01], [0, 0x80000000, 0x3c00], [0xffffffff, 0xffffffff, 0x3c00], [0, 0x80000000, 0x3bcd],
  [1, 0x80000000, 0x3bcc], [0, 0xfffe0000, 0x400d], [0, 0xffff0000, 0x400d], [0, 0x80000000, 0xc00e], [0, 0x80008000, 0xc00e],
  [0, 0x80000000, 0x401d], [0, 0xffffffff, 0x401d], [0, 0xfffffffe, 0x401d], [0, 0xffffffff, 0xc01d], [0, 0x80000000, 0xc01e],
  [0x80000000, 0x80000000, 0xc01e], [0xffffffff, 0xffffffff, 0x403d], [0xfffffffe, 0xffffffff, 0x403d], [0, 0x80000000, 0x403e],
  [0, 0x80000000, 0xc03e], [0xa763ffff, 0xde0b6b3, 0x403a], [0x763ffff0, 0xde0b6b3a, 0x403a], [0x763fffe0, 0xde0b6b3a, 0x403a],
  [0x763ffff8, 0xde0b6b3a, 0x403a], [0x2168c235, 0xc90fdaa2, 0x4000], [0xd1cf79ac, 0xb17217f7, 0x3ffe],
  [0xcccccccd, 0xcccccccc, 0x3ffb], [0, 0x80000000, 0x3c7a], [0, 0x80000000, 0x3c7b], [0xffffffff, 0xffffffff, 0x3c7a],
  [0, 0x80000000, 0x43e7], [0xfffffc00, 0xffffffff, 0x43e6], [0, 0x80000000, 0x1fff], [0, 0x80000000, 0x5fff],
  [0, 0xffff0000, 0x400c], [0, 0xffff0000, 0xc00c],
];

let seed = 0;

export function setSeed(value: number): void {
  seed = value | 0;
}

/** xorshift32, unsigned. */
export function random(): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return seed >>> 0;
}

export function randomValue(): Ext {
  const style = random();
  const e = random();
  const h = random();
  const l = random();
  const sign = (style >>> 16) & 0x8000;
  const v: Ext = { se: 0, h: h | 0, l: l | 0 };
  switch (style & 15) {
    case 0:
    case 1:
    case 2: {
      const [el, eh, se] = EDGES[e % EDGES.length];
      return { l: el | 0, h: eh | 0, se };
    }
    case 3:
    case 4:
      v.se = 0x3fff - 4 + (e % 8);
      break;
    case 5:
    case 6:
      v.se = 0x3fff - 40 + (e % 80);
      v.l &= ~0x7ff;
      break;
    case 7:
      v.se = 0x3fff - 40 + (e % 80);
      v.h &= ~0xff;
      v.l = 0;
      break;
    case 8:
      v.se = 0x3fff - 70 + (e % 140);
      v.h &= 0xf0000000;
      v.l = l & 1 ? 3 : 0;
      break;
    case 9:
      v.se = e & 0x7fff;
      break;
    case 10:
      v.se = e % 70;
      break;
    case 11:
      v.se = 0x7ffe - (e % 70);
      break;
    case 12:
      v.se = (e & 0x100 ? 0x3fff - 1022 - 54 : 0x3fff + 1020) + ((e & 0xff) % 60);
      if (!(l & 0x200)) v.l &= ~0x7ff;
      break;
    case 13:
      v.se = (e & 0x100 ? 0x3fff - 126 - 25 : 0x3fff + 124) + ((e & 0xff) % 30);
      break;
    case 14:
      v.se = 0x3fff + (e % 66);
      v.h &= 0xffffffff << (l & 31);
      v.l = l & 0x100 ? h ^ l : 0;
      break;
    default:
      v.h &= 0x7fffffff;
      v.se = sign;
      return v;
  }
  v.h |= 0x80000000;
  v.se |= sign;
  return v;
}

function near(a: Ext): Ext {
  const v = randomValue();
  const r = random();
  switch (r & 15) {
    case 0:
      return { ...a, se: a.se ^ (r & 0x8000) };
    case 1:
      return { h: a.h, l: a.l ^ ((r >>> 8) & 7), se: a.se ^ (r & 0x8000) };
    case 2: {
      const e = a.se & 0x7fff;
      v.se = e > 70 && e < 0x7f00 ? (a.se + ((r >>> 8) % 140) - 70) & 0xffff : a.se;
      break;
    }
    case 3:
      v.se = a.se;
      break;
    case 4:
      return { h: a.h, l: a.l ^ 0x400, se: a.se ^ ((r >>> 8) & 3) };
  }
  return v;
}

/** FNSAVE image of the state before the case, and after it. */
export const image = new DataView(new ArrayBuffer(108));
/** The memory operand. */
export const mem = new DataView(new ArrayBuffer(16));

const PRECISIONS = [0x300, 0x300, 0x200, 0];

export function nextCase(): void {
  const r0 = random();
  const m = random();
  const t = random();
  const top = r0 & 7;
  const cw =
    0x40 |
    PRECISIONS[(r0 >>> 3) & 3] |
    (r0 & 0x20 ? ((r0 >>> 6) & 3) << 10 : 0) |
    ((r0 & 0x700) === 0 || (r0 & 0x700) === 0x100 ? m & 0x3f : 0x3f);
  let tags = 0;
  for (let i = 0; i < 8; i++) {
    let empty = i >= 2;
    if (i === 0 && (t & 0x1f) === 0) empty = true;
    if (i === 1 && (t & 0x1f) === 1) empty = true;
    if (i === 7 && (t & 0x1f) === 2) empty = false;
    if (empty) tags |= 3 << (2 * ((top + i) & 7));
  }
  image.setUint32(0, cw, true);
  image.setUint32(4, (top << 11) | (m & 0x4700), true);
  image.setUint32(8, tags, true);
  const put = (i: number, v: Ext): void => {
    image.setInt32(28 + 10 * i, v.l, true);
    image.setInt32(32 + 10 * i, v.h, true);
    image.setUint16(36 + 10 * i, v.se, true);
  };
  const a = randomValue();
  put(0, a);
  put(1, near(a));
  for (let i = 2; i < 8; i++) put(i, { h: 0x80000000 | (i << 20), l: i, se: 0x4000 + i });
  const v = near(a);
  mem.setInt32(0, v.l, true);
  mem.setInt32(4, v.h, true);
  mem.setUint32(8, v.se | 0xa5a50000, true);
  mem.setUint32(12, 0x5a5a5a5a, true);
  const r = random();
  if (r & 1) {
    const e = v.se & 0x7fff;
    const sign = (v.se & 0x8000) << 16;
    if (r & 2) {
      const d = e === 0x7fff ? 0x7ff : e < 0x3c00 ? (r >>> 8) & 1 : e > 0x43fe ? 0x7fe : e - 0x3c00;
      mem.setInt32(0, (v.h << 21) | (r & 4 ? v.l >>> 11 : 0), true);
      mem.setInt32(4, sign | (d << 20) | ((v.h & 0x7fffffff) >>> 11), true);
    } else {
      const d = e === 0x7fff ? 0xff : e < 0x3f81 ? (r >>> 8) & 1 : e > 0x407e ? 0xfe : e - 0x3f80;
      mem.setInt32(0, sign | (d << 23) | ((v.h & 0x7fffffff) >>> 8), true);
    }
  }
}

const i16 = (): number => mem.getInt16(0, true);
const i32 = (): number => mem.getInt32(0, true);
const high = (): number => mem.getInt32(4, true);

function arith64(f: X87, op: number): void {
  const x = mem.getFloat64(0, true);
  if (x !== x) f.arithF64Bits(op, i32(), high());
  else f.arithF64(op, x);
}
function arith32(f: X87, op: number): void {
  const x = mem.getFloat32(0, true);
  if (x !== x) f.arithF32Bits(op, i32());
  else f.arithF32(op, x);
}
function store64(f: X87): void {
  const x = f.storeF64();
  if (f.stored === 0) return;
  if (x === x) {
    mem.setFloat64(0, x, true);
  } else {
    mem.setInt32(0, f.out[0], true);
    mem.setInt32(4, f.out[1], true);
  }
}
function store32(f: X87): void {
  const x = f.storeF32();
  if (f.stored === 0) return;
  if (x === x) mem.setFloat32(0, x, true);
  else mem.setInt32(0, f.out[0], true);
}
function put16(f: X87, n: number): void {
  if (f.stored !== 0) mem.setInt16(0, n, true);
}
function put32(f: X87, n: number): void {
  if (f.stored !== 0) mem.setInt32(0, n, true);
}
function put64(f: X87): void {
  if (f.stored === 0) return;
  mem.setInt32(0, f.out[0], true);
  mem.setInt32(4, f.out[1], true);
}
function put80(f: X87): void {
  put64(f);
  if (f.stored !== 0) mem.setInt16(8, f.out[2], true);
}
function popStored(f: X87): void {
  if (f.stored !== 0) f.pop();
}
function popIf(f: X87, done: boolean): void {
  if (done) f.pop();
}

/** EFLAGS bits of the last FCOMI. */
const eflags = { bits: 0 };
function compareFlags(f: X87, quiet: boolean): boolean {
  eflags.bits = f.compareFlags(1, quiet);
  return f.stored !== 0;
}
function compareM64(f: X87): boolean {
  const x = mem.getFloat64(0, true);
  return x !== x ? f.compareF64Bits(i32(), high()) : f.compareF64(x);
}
function compareM32(f: X87): boolean {
  const x = mem.getFloat32(0, true);
  return x !== x ? f.compareF32Bits(i32()) : f.compareF32(x);
}

/** The instructions of native.c, in its order. */
export const INSTRUCTIONS: readonly (readonly [name: string, run: (f: X87) => void])[] = [
  ["fadd", (f) => f.add(0, 1)],
  ["fadd_1", (f) => f.add(1, 0)],
  ["faddp", (f) => f.arithPop(ADD, 1)],
  ["fsub", (f) => f.sub(0, 1)],
  ["fsubr", (f) => f.subr(0, 1)],
  ["fmul", (f) => f.mul(0, 1)],
  ["fmulp", (f) => f.arithPop(MUL, 1)],
  ["fdiv", (f) => f.div(0, 1)],
  ["fdivr", (f) => f.divr(0, 1)],
  ["fadd_m64", (f) => arith64(f, ADD)],
  ["fsub_m64", (f) => arith64(f, SUB)],
  ["fsubr_m64", (f) => arith64(f, SUBR)],
  ["fmul_m64", (f) => arith64(f, MUL)],
  ["fdiv_m64", (f) => arith64(f, DIV)],
  ["fdivr_m64", (f) => arith64(f, DIVR)],
  ["fadd_m32", (f) => arith32(f, ADD)],
  ["fsub_m32", (f) => arith32(f, SUB)],
  ["fmul_m32", (f) => arith32(f, MUL)],
  ["fdivr_m32", (f) => arith32(f, DIVR)],
  ["fdiv_m32", (f) => arith32(f, DIV)],
  ["fiadd_m32", (f) => f.arithInt(ADD, i32())],
  ["fimul_m16", (f) => f.arithInt(MUL, i16())],
  ["fidiv_m32", (f) => f.arithInt(DIV, i32())],
  ["fidivr_m16", (f) => f.arithInt(DIVR, i16())],
  ["fisubr_m32", (f) => f.arithInt(SUBR, i32())],
  ["fsqrt", (f) => f.sqrt()],
  ["fchs", (f) => f.chs()],
  ["fabs", (f) => f.abs()],
  ["frndint", (f) => f.rndint()],
  ["fscale", (f) => f.scale()],
  ["fxtract", (f) => f.xtract()],
  ["fprem", (f) => f.prem()],
  ["fprem1", (f) => f.prem1()],
  ["fxam", (f) => f.xam()],
  ["ftst", (f) => f.tst()],
  ["fxch", (f) => f.exchange(1)],
  ["fxch_5", (f) => f.exchange(5)],
  ["ffree", (f) => f.free(1)],
  ["fincstp", (f) => f.incTop()],
  ["fdecstp", (f) => f.decTop()],
  ["fcom", (f) => f.compare(1, false)],
  ["fcomp", (f) => popIf(f, f.compare(1, false))],
  [
    "fcompp",
    (f) => {
      if (!f.compare(1, false)) return;
      f.pop();
      f.pop();
    },
  ],
  ["fucom", (f) => f.compare(1, true)],
  [
    "fucompp",
    (f) => {
      if (!f.compare(1, true)) return;
      f.pop();
      f.pop();
    },
  ],
  ["fcomi", (f) => compareFlags(f, false)],
  ["fucomip", (f) => popIf(f, compareFlags(f, true))],
  ["fcom_m64", (f) => compareM64(f)],
  ["fcomp_m32", (f) => popIf(f, compareM32(f))],
  ["ficom_m32", (f) => f.compareInt(i32())],
  ["ficomp_m16", (f) => popIf(f, f.compareInt(i16()))],
  [
    "fld_m32",
    (f) => {
      const x = mem.getFloat32(0, true);
      return x !== x ? f.loadF32Bits(i32()) : f.loadF32(x);
    },
  ],
  [
    "fld_m64",
    (f) => {
      const x = mem.getFloat64(0, true);
      return x !== x ? f.loadF64Bits(i32(), high()) : f.loadF64(x);
    },
  ],
  ["fld_m80", (f) => f.loadF80(mem.getUint16(8, true), high(), i32())],
  ["fld_st1", (f) => f.loadSt(1)],
  ["fild_m16", (f) => f.loadInt(i16())],
  ["fild_m32", (f) => f.loadInt(i32())],
  ["fild_m64", (f) => f.loadInt64(i32(), high())],
  ["fst_m32", store32],
  ["fstp_m32", (f) => (store32(f), popStored(f))],
  ["fst_m64", store64],
  ["fstp_m64", (f) => (store64(f), popStored(f))],
  ["fstp_m80", (f) => (f.storeF80(), put80(f), popStored(f))],
  ["fst_st1", (f) => f.storeSt(1)],
  ["fstp_st3", (f) => popIf(f, f.storeSt(3))],
  ["fist_m16", (f) => put16(f, f.toInt16())],
  ["fist_m32", (f) => put32(f, f.toInt32())],
  ["fistp_m64", (f) => (f.toInt64(), put64(f), popStored(f))],
  ["fisttp_m16", (f) => (put16(f, f.truncInt16()), popStored(f))],
  ["fisttp_m32", (f) => (put32(f, f.truncInt32()), popStored(f))],
  ["fisttp_m64", (f) => (f.truncInt64(), put64(f), popStored(f))],
  ["fbstp", (f) => (f.storeBcd(), put80(f), popStored(f))],
  ["fld1", (f) => f.loadConst(0)],
  ["fldl2t", (f) => f.loadConst(1)],
  ["fldl2e", (f) => f.loadConst(2)],
  ["fldpi", (f) => f.loadConst(3)],
  ["fldlg2", (f) => f.loadConst(4)],
  ["fldln2", (f) => f.loadConst(5)],
  ["fldz", (f) => f.loadConst(6)],
  ["fnop", () => undefined],
  ["fldcw", (f) => f.setControlWord(mem.getUint16(0, true))],
  ["fcmovne", (f) => f.cmov(1, true)],
  ["fcmove", (f) => f.cmov(1, false)],
  ["fstp1", (f) => f.storeQuietly(1)],
  ["fstp_st0", (f) => popIf(f, f.storeSt(0))],
  ["ffreep", (f) => (f.free(1), f.pop())],
  ["fadd_st0", (f) => f.add(0, 0)],
  ["fsub_3", (f) => f.sub(3, 0)],
  ["fnclex", (f) => f.clearExceptions()],
  ["fninit", (f) => f.init()],
  [
    "fbld",
    (f) => {
      for (let i = 0; i < 9; i++) {
        let b = mem.getUint8(i);
        if ((b & 15) > 9) b -= 6;
        if (b > 0x99) b -= 0x60;
        mem.setUint8(i, b);
      }
      f.loadBcd((i) => mem.getUint8(i));
    },
  ],
];

/** The seed native.c starts instruction k (of the list) with. */
export function seedOf(k: number): number {
  return 0x9e3779b9 ^ Math.imul(k + 1, 0x85ebca6b);
}

const fpu = createX87();

/** Runs instruction k on the case; the state after it is in `image`, with 16-bit fields only. */
export function runCase(k: number): void {
  fpu.restore(image, 0, true);
  eflags.bits = -1;
  INSTRUCTIONS[k][1](fpu);
  fpu.save(image, 0, true);
}

/** Mixes one word into a hash. */
function mix(hash: number, v: number): number {
  hash = Math.imul(hash ^ v, 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Mixes the case's result into a hash as native.c does. */
export function mixResult(hash: number): number {
  hash = mix(hash, image.getUint16(0, true));
  hash = mix(hash, image.getUint16(4, true));
  hash = mix(hash, image.getUint16(8, true));
  for (let i = 0; i < 8; i++) {
    const at = 28 + 10 * i;
    hash = mix(hash, image.getUint16(at + 8, true));
    hash = mix(hash, image.getInt32(at + 4, true));
    hash = mix(hash, image.getInt32(at, true));
  }
  for (let i = 0; i < 16; i += 4) hash = mix(hash, mem.getInt32(i, true));
  return mix(hash, eflags.bits < 0 ? 0 : eflags.bits);
}
