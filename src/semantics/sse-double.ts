// Double precision arithmetic, compares and logic on XMM registers.
// Fast paths are JavaScript's arithmetic: good while MXCSR is plain, the result is finite and no flag is to be set (VectorOps.oddSum). Else the methods of the
// vector file compute again, exactly and with flags (src/runtime/simd/float.ts). Conversions: sse-convert.ts.
// SDM vol. 2; vol. 1, chapters 11.4 and 11.5.

import type { SemanticTable } from "./machine.ts";

export const sseDouble: SemanticTable = {
  ADDSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    const r = a + b;
    if (m.vec.oddSum(r, a, b)) m.vec.addF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  SUBSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    const r = a - b;
    if (m.vec.oddDifference(r, a, b)) m.vec.subF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  MULSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    const r = a * b;
    if (m.vec.oddProduct(r, a, b)) m.vec.mulF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  DIVSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    const r = a / b;
    if (m.vec.oddQuotient(r, a, b)) m.vec.divF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  SQRTSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const r = Math.sqrt(b);
    if (m.vec.oddRoot(r, b)) m.vec.sqrtF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },

  ADDPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    const r0 = a0 + b0;
    const r1 = a1 + b1;
    if (m.vec.oddSum(r0, a0, b0) || m.vec.oddSum(r1, a1, b1)) m.vec.addF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, r0);
      m.vec.setF64(d, 1, r1);
    }
  },
  SUBPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    const r0 = a0 - b0;
    const r1 = a1 - b1;
    if (m.vec.oddDifference(r0, a0, b0) || m.vec.oddDifference(r1, a1, b1)) m.vec.subF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, r0);
      m.vec.setF64(d, 1, r1);
    }
  },
  MULPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    const r0 = a0 * b0;
    const r1 = a1 * b1;
    if (m.vec.oddProduct(r0, a0, b0) || m.vec.oddProduct(r1, a1, b1)) m.vec.mulF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, r0);
      m.vec.setF64(d, 1, r1);
    }
  },
  DIVPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    const r0 = a0 / b0;
    const r1 = a1 / b1;
    if (m.vec.oddQuotient(r0, a0, b0) || m.vec.oddQuotient(r1, a1, b1)) m.vec.divF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, r0);
      m.vec.setF64(d, 1, r1);
    }
  },
  SQRTPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const b0 = m.vec.f64(s, 0);
    const b1 = m.vec.f64(s, 1);
    const r0 = Math.sqrt(b0);
    const r1 = Math.sqrt(b1);
    if (m.vec.oddRoot(r0, b0) || m.vec.oddRoot(r1, b1)) m.vec.sqrtF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, r0);
      m.vec.setF64(d, 1, r1);
    }
  },

  MINPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    if (m.vec.unordered(a0, b0) || m.vec.unordered(a1, b1)) m.vec.minF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, a0 < b0 ? a0 : b0);
      m.vec.setF64(d, 1, a1 < b1 ? a1 : b1);
    }
  },
  MAXPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    if (m.vec.unordered(a0, b0) || m.vec.unordered(a1, b1)) m.vec.maxF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, a0 > b0 ? a0 : b0);
      m.vec.setF64(d, 1, a1 > b1 ? a1 : b1);
    }
  },
  MINSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (m.vec.unordered(a, b)) m.vec.minF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, a < b ? a : b);
  },
  MAXSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (m.vec.unordered(a, b)) m.vec.maxF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, a > b ? a : b);
  },
  CMPPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a0 = m.vec.f64(d, 0);
    const b0 = m.vec.f64(s, 0);
    const a1 = m.vec.f64(d, 1);
    const b1 = m.vec.f64(s, 1);
    if (m.vec.unordered(a0, b0) || m.vec.unordered(a1, b1)) m.vec.cmpF64(d, s, 2, i.op2.imm & 7);
    else {
      const p = i.op2.imm & 3;
      const yes = (i.op2.imm & 4) === 0 ? -1 : 0;
      const c0 = (p === 0 ? a0 === b0 : p === 1 ? a0 < b0 : p === 2 ? a0 <= b0 : false) ? yes : ~yes;
      const c1 = (p === 0 ? a1 === b1 : p === 1 ? a1 < b1 : p === 2 ? a1 <= b1 : false) ? yes : ~yes;
      m.vec.setI32(d, 0, c0);
      m.vec.setI32(d, 1, c0);
      m.vec.setI32(d, 2, c1);
      m.vec.setI32(d, 3, c1);
    }
  },
  CMPSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (m.vec.unordered(a, b)) m.vec.cmpF64(i.op0.reg, m.vec.src(i.op1, 0), 1, i.op2.imm & 7);
    else {
      const p = i.op2.imm & 3;
      const yes = (i.op2.imm & 4) === 0 ? -1 : 0;
      const c = (p === 0 ? a === b : p === 1 ? a < b : p === 2 ? a <= b : false) ? yes : ~yes;
      m.vec.setI32(i.op0.reg, 0, c);
      m.vec.setI32(i.op0.reg, 1, c);
    }
  },
  UCOMISD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (m.vec.unordered(a, b)) m.putFlags(0x8d5, m.vec.comF64(i.op0.reg, m.vec.src(i.op1, 0), 0));
    else m.flagsOrder(a, b);
  },
  COMISD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (m.vec.unordered(a, b)) m.putFlags(0x8d5, m.vec.comF64(i.op0.reg, m.vec.src(i.op1, 0), 1));
    else m.flagsOrder(a, b);
  },
  ADDSUBPD: (m, i) => { m.vec.addsubF64(i.op0.reg, m.vec.src(i.op1, 1)); },
  HADDPD: (m, i) => { m.vec.haddF64(i.op0.reg, m.vec.src(i.op1, 1)); },
  HSUBPD: (m, i) => { m.vec.hsubF64(i.op0.reg, m.vec.src(i.op1, 1)); },
  DPPD: (m, i) => { m.vec.dotF64(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  ROUNDPD: (m, i) => { m.vec.roundF64(i.op0.reg, m.vec.src(i.op1, 1), 2, i.op2.imm); },
  ROUNDSD: (m, i) => { m.vec.roundF64(i.op0.reg, m.vec.src(i.op1, 1), 1, i.op2.imm); },

  // Logic: on bits.
  ANDPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.setI32(d, k, m.vec.i32(d, k) & m.vec.i32(s, k));
  },
  ANDNPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.setI32(d, k, ~m.vec.i32(d, k) & m.vec.i32(s, k));
  },
  ORPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.setI32(d, k, m.vec.i32(d, k) | m.vec.i32(s, k));
  },
  XORPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    if (s === d) m.vec.zeroFrom(d, 0);
    else for (let k = 0; k < 4; k++) m.vec.setI32(d, k, m.vec.i32(d, k) ^ m.vec.i32(s, k));
  },
};
