// Single precision arithmetic, compares and logic on XMM registers.
// Fast paths are JavaScript's arithmetic: good while MXCSR is plain, the result is finite and no flag is to be set (VectorOps.oddSum). Else the methods of the
// vector file compute again, exactly and with flags (src/runtime/simd/float.ts). Conversions: sse-convert.ts.
// SDM vol. 2; vol. 1, chapters 10.4 and 11.5.

import type { SemanticTable } from "./machine.ts";

export const sseSingle: SemanticTable = {
  ADDSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    const r = Math.fround(a + b);
    if (m.vec.oddSum32(r, a, b)) m.vec.addF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  SUBSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    const r = Math.fround(a - b);
    if (m.vec.oddDifference32(r, a, b)) m.vec.subF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  MULSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    const r = Math.fround(a * b);
    if (m.vec.oddProduct32(r, a, b)) m.vec.mulF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  DIVSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    const r = Math.fround(a / b);
    if (m.vec.oddQuotient32(r, a, b)) m.vec.divF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  SQRTSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const r = Math.fround(Math.sqrt(b));
    if (m.vec.oddRoot32(r, b)) m.vec.sqrtF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },

  ADDPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const r0 = Math.fround(a0 + b0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const r1 = Math.fround(a1 + b1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const r2 = Math.fround(a2 + b2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    const r3 = Math.fround(a3 + b3);
    if (m.vec.oddSum32(r0, a0, b0) || m.vec.oddSum32(r1, a1, b1) || m.vec.oddSum32(r2, a2, b2) || m.vec.oddSum32(r3, a3, b3)) m.vec.addF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, r0);
      m.vec.setF32(d, 1, r1);
      m.vec.setF32(d, 2, r2);
      m.vec.setF32(d, 3, r3);
    }
  },
  SUBPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const r0 = Math.fround(a0 - b0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const r1 = Math.fround(a1 - b1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const r2 = Math.fround(a2 - b2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    const r3 = Math.fround(a3 - b3);
    if (m.vec.oddDifference32(r0, a0, b0) || m.vec.oddDifference32(r1, a1, b1) || m.vec.oddDifference32(r2, a2, b2) || m.vec.oddDifference32(r3, a3, b3)) m.vec.subF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, r0);
      m.vec.setF32(d, 1, r1);
      m.vec.setF32(d, 2, r2);
      m.vec.setF32(d, 3, r3);
    }
  },
  MULPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const r0 = Math.fround(a0 * b0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const r1 = Math.fround(a1 * b1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const r2 = Math.fround(a2 * b2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    const r3 = Math.fround(a3 * b3);
    if (m.vec.oddProduct32(r0, a0, b0) || m.vec.oddProduct32(r1, a1, b1) || m.vec.oddProduct32(r2, a2, b2) || m.vec.oddProduct32(r3, a3, b3)) m.vec.mulF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, r0);
      m.vec.setF32(d, 1, r1);
      m.vec.setF32(d, 2, r2);
      m.vec.setF32(d, 3, r3);
    }
  },
  DIVPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const r0 = Math.fround(a0 / b0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const r1 = Math.fround(a1 / b1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const r2 = Math.fround(a2 / b2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    const r3 = Math.fround(a3 / b3);
    if (m.vec.oddQuotient32(r0, a0, b0) || m.vec.oddQuotient32(r1, a1, b1) || m.vec.oddQuotient32(r2, a2, b2) || m.vec.oddQuotient32(r3, a3, b3)) m.vec.divF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, r0);
      m.vec.setF32(d, 1, r1);
      m.vec.setF32(d, 2, r2);
      m.vec.setF32(d, 3, r3);
    }
  },
  SQRTPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const b0 = m.vec.f32(s, 0);
    const r0 = Math.fround(Math.sqrt(b0));
    const b1 = m.vec.f32(s, 1);
    const r1 = Math.fround(Math.sqrt(b1));
    const b2 = m.vec.f32(s, 2);
    const r2 = Math.fround(Math.sqrt(b2));
    const b3 = m.vec.f32(s, 3);
    const r3 = Math.fround(Math.sqrt(b3));
    if (m.vec.oddRoot32(r0, b0) || m.vec.oddRoot32(r1, b1) || m.vec.oddRoot32(r2, b2) || m.vec.oddRoot32(r3, b3)) m.vec.sqrtF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, r0);
      m.vec.setF32(d, 1, r1);
      m.vec.setF32(d, 2, r2);
      m.vec.setF32(d, 3, r3);
    }
  },

  MINPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    if (m.vec.unordered32(a0, b0) || m.vec.unordered32(a1, b1) || m.vec.unordered32(a2, b2) || m.vec.unordered32(a3, b3)) m.vec.minF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, a0 < b0 ? a0 : b0);
      m.vec.setF32(d, 1, a1 < b1 ? a1 : b1);
      m.vec.setF32(d, 2, a2 < b2 ? a2 : b2);
      m.vec.setF32(d, 3, a3 < b3 ? a3 : b3);
    }
  },
  MAXPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    if (m.vec.unordered32(a0, b0) || m.vec.unordered32(a1, b1) || m.vec.unordered32(a2, b2) || m.vec.unordered32(a3, b3)) m.vec.maxF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, a0 > b0 ? a0 : b0);
      m.vec.setF32(d, 1, a1 > b1 ? a1 : b1);
      m.vec.setF32(d, 2, a2 > b2 ? a2 : b2);
      m.vec.setF32(d, 3, a3 > b3 ? a3 : b3);
    }
  },
  MINSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (m.vec.unordered32(a, b)) m.vec.minF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, a < b ? a : b);
  },
  MAXSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (m.vec.unordered32(a, b)) m.vec.maxF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, a > b ? a : b);
  },
  CMPPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f32(d, 0);
    const b0 = m.vec.f32(s, 0);
    const a1 = m.vec.f32(d, 1);
    const b1 = m.vec.f32(s, 1);
    const a2 = m.vec.f32(d, 2);
    const b2 = m.vec.f32(s, 2);
    const a3 = m.vec.f32(d, 3);
    const b3 = m.vec.f32(s, 3);
    if (m.vec.unordered32(a0, b0) || m.vec.unordered32(a1, b1) || m.vec.unordered32(a2, b2) || m.vec.unordered32(a3, b3)) m.vec.cmpF32(d, s, 4, i.op2.imm & 7);
    else {
      const p = i.op2.imm & 3;
      const yes = (i.op2.imm & 4) === 0 ? -1 : 0;
      m.vec.setI32(d, 0, (p === 0 ? a0 === b0 : p === 1 ? a0 < b0 : p === 2 ? a0 <= b0 : false) ? yes : ~yes);
      m.vec.setI32(d, 1, (p === 0 ? a1 === b1 : p === 1 ? a1 < b1 : p === 2 ? a1 <= b1 : false) ? yes : ~yes);
      m.vec.setI32(d, 2, (p === 0 ? a2 === b2 : p === 1 ? a2 < b2 : p === 2 ? a2 <= b2 : false) ? yes : ~yes);
      m.vec.setI32(d, 3, (p === 0 ? a3 === b3 : p === 1 ? a3 < b3 : p === 2 ? a3 <= b3 : false) ? yes : ~yes);
    }
  },
  CMPSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (m.vec.unordered32(a, b)) m.vec.cmpF32(i.op0.reg, m.vec.src(i.op1, 0), 1, i.op2.imm & 7);
    else {
      const p = i.op2.imm & 3;
      const yes = (i.op2.imm & 4) === 0 ? -1 : 0;
      m.vec.setI32(i.op0.reg, 0, (p === 0 ? a === b : p === 1 ? a < b : p === 2 ? a <= b : false) ? yes : ~yes);
    }
  },
  UCOMISS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (m.vec.unordered32(a, b)) m.putFlags(0x8d5, m.vec.comF32(i.op0.reg, m.vec.src(i.op1, 0), 0));
    else m.flagsOrder(a, b);
  },
  COMISS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (m.vec.unordered32(a, b)) m.putFlags(0x8d5, m.vec.comF32(i.op0.reg, m.vec.src(i.op1, 0), 1));
    else m.flagsOrder(a, b);
  },
  ADDSUBPS: (m, i) => { m.vec.addsubF32(i.op0.reg, m.vec.src(i.op1, 1)); },
  HADDPS: (m, i) => { m.vec.haddF32(i.op0.reg, m.vec.src(i.op1, 1)); },
  HSUBPS: (m, i) => { m.vec.hsubF32(i.op0.reg, m.vec.src(i.op1, 1)); },
  DPPS: (m, i) => { m.vec.dotF32(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  ROUNDPS: (m, i) => { m.vec.roundF32(i.op0.reg, m.vec.src(i.op1, 1), 4, i.op2.imm); },
  ROUNDSS: (m, i) => { m.vec.roundF32(i.op0.reg, m.vec.src(i.op1, 1), 1, i.op2.imm); },
  RCPPS: (m, i) => { m.vec.rcpF32(i.op0.reg, m.vec.src(i.op1, 1), 4); },
  RCPSS: (m, i) => { m.vec.rcpF32(i.op0.reg, m.vec.src(i.op1, 1), 1); },
  RSQRTPS: (m, i) => { m.vec.rsqrtF32(i.op0.reg, m.vec.src(i.op1, 1), 4); },
  RSQRTSS: (m, i) => { m.vec.rsqrtF32(i.op0.reg, m.vec.src(i.op1, 1), 1); },

  // Logic: on bits.
  ANDPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.setI32(d, k, m.vec.i32(d, k) & m.vec.i32(s, k));
  },
  ANDNPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.setI32(d, k, ~m.vec.i32(d, k) & m.vec.i32(s, k));
  },
  ORPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.setI32(d, k, m.vec.i32(d, k) | m.vec.i32(s, k));
  },
  XORPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    if (s === d) m.vec.zeroFrom(d, 0);
    else for (let k = 0; k < 4; k++) m.vec.setI32(d, k, m.vec.i32(d, k) ^ m.vec.i32(s, k));
  },
};
