// Single precision arithmetic, compares and logic on XMM registers.
// Fast paths are JavaScript's arithmetic: good while MXCSR is plain (special() === 0) and the result is finite (r - r === 0). Else the
// methods of the vector file compute again, exactly and with flags (src/runtime/simd/float.ts). Conversions: sse-convert.ts.
// SDM vol. 2; vol. 1, chapters 10.4 and 11.5.

import type { SemanticTable } from "./machine.ts";

export const sseSingle: SemanticTable = {
  ADDSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const r = Math.fround(m.vec.f32(i.op0.reg, 0) + b);
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.addF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  SUBSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const r = Math.fround(m.vec.f32(i.op0.reg, 0) - b);
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.subF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  MULSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const r = Math.fround(m.vec.f32(i.op0.reg, 0) * b);
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.mulF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  DIVSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const r = Math.fround(m.vec.f32(i.op0.reg, 0) / b);
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.divF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  SQRTSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const r = Math.fround(Math.sqrt(b));
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.sqrtF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },

  ADDPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const r0 = Math.fround(m.vec.f32(d, 0) + m.vec.f32(s, 0));
    const r1 = Math.fround(m.vec.f32(d, 1) + m.vec.f32(s, 1));
    const r2 = Math.fround(m.vec.f32(d, 2) + m.vec.f32(s, 2));
    const r3 = Math.fround(m.vec.f32(d, 3) + m.vec.f32(s, 3));
    if (r0 - r0 + (r1 - r1) + (r2 - r2) + (r3 - r3) !== 0 || m.vec.special() !== 0) m.vec.addF32(d, s, 4);
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
    const r0 = Math.fround(m.vec.f32(d, 0) - m.vec.f32(s, 0));
    const r1 = Math.fround(m.vec.f32(d, 1) - m.vec.f32(s, 1));
    const r2 = Math.fround(m.vec.f32(d, 2) - m.vec.f32(s, 2));
    const r3 = Math.fround(m.vec.f32(d, 3) - m.vec.f32(s, 3));
    if (r0 - r0 + (r1 - r1) + (r2 - r2) + (r3 - r3) !== 0 || m.vec.special() !== 0) m.vec.subF32(d, s, 4);
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
    const r0 = Math.fround(m.vec.f32(d, 0) * m.vec.f32(s, 0));
    const r1 = Math.fround(m.vec.f32(d, 1) * m.vec.f32(s, 1));
    const r2 = Math.fround(m.vec.f32(d, 2) * m.vec.f32(s, 2));
    const r3 = Math.fround(m.vec.f32(d, 3) * m.vec.f32(s, 3));
    if (r0 - r0 + (r1 - r1) + (r2 - r2) + (r3 - r3) !== 0 || m.vec.special() !== 0) m.vec.mulF32(d, s, 4);
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
    const r0 = Math.fround(m.vec.f32(d, 0) / m.vec.f32(s, 0));
    const r1 = Math.fround(m.vec.f32(d, 1) / m.vec.f32(s, 1));
    const r2 = Math.fround(m.vec.f32(d, 2) / m.vec.f32(s, 2));
    const r3 = Math.fround(m.vec.f32(d, 3) / m.vec.f32(s, 3));
    if (r0 - r0 + (r1 - r1) + (r2 - r2) + (r3 - r3) !== 0 || m.vec.special() !== 0) m.vec.divF32(d, s, 4);
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
    const r0 = Math.fround(Math.sqrt(m.vec.f32(s, 0)));
    const r1 = Math.fround(Math.sqrt(m.vec.f32(s, 1)));
    const r2 = Math.fround(Math.sqrt(m.vec.f32(s, 2)));
    const r3 = Math.fround(Math.sqrt(m.vec.f32(s, 3)));
    if (r0 - r0 + (r1 - r1) + (r2 - r2) + (r3 - r3) !== 0 || m.vec.special() !== 0) m.vec.sqrtF32(d, s, 4);
    else {
      m.vec.setF32(d, 0, r0);
      m.vec.setF32(d, 1, r1);
      m.vec.setF32(d, 2, r2);
      m.vec.setF32(d, 3, r3);
    }
  },

  MINPS: (m, i) => { m.vec.minF32(i.op0.reg, m.vec.src(i.op1, 1), 4); },
  MAXPS: (m, i) => { m.vec.maxF32(i.op0.reg, m.vec.src(i.op1, 1), 4); },
  MINSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.vec.minF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else if (!(a < b)) m.vec.setF32(i.op0.reg, 0, b);
  },
  MAXSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.vec.maxF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else if (!(a > b)) m.vec.setF32(i.op0.reg, 0, b);
  },
  CMPPS: (m, i) => { m.vec.cmpF32(i.op0.reg, m.vec.src(i.op1, 1), 4, i.op2.imm & 7); },
  CMPSS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.vec.cmpF32(i.op0.reg, m.vec.src(i.op1, 0), 1, i.op2.imm & 7);
    else {
      const p = i.op2.imm & 3;
      const holds = p === 0 ? a === b : p === 1 ? a < b : p === 2 ? a <= b : false;
      const mask = holds ? -1 : 0;
      const result = (i.op2.imm & 4) === 0 ? mask : ~mask;
      m.vec.setI32(i.op0.reg, 0, result);
    }
  },
  UCOMISS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.putFlags(0x8d5, m.vec.comF32(i.op0.reg, m.vec.src(i.op1, 0), 0));
    else m.putFlags(0x8d5, a < b ? 1 : a > b ? 0 : 64);
  },
  COMISS: (m, i) => {
    const b = m.vec.getF32(i.op1);
    const a = m.vec.f32(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.putFlags(0x8d5, m.vec.comF32(i.op0.reg, m.vec.src(i.op1, 0), 1));
    else m.putFlags(0x8d5, a < b ? 1 : a > b ? 0 : 64);
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
    m.vec.setI32(d, 0, m.vec.i32(d, 0) & m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) & m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) & m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) & m.vec.i32(s, 3));
  },
  ANDNPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, ~m.vec.i32(d, 0) & m.vec.i32(s, 0));
    m.vec.setI32(d, 1, ~m.vec.i32(d, 1) & m.vec.i32(s, 1));
    m.vec.setI32(d, 2, ~m.vec.i32(d, 2) & m.vec.i32(s, 2));
    m.vec.setI32(d, 3, ~m.vec.i32(d, 3) & m.vec.i32(s, 3));
  },
  ORPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) | m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) | m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) | m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) | m.vec.i32(s, 3));
  },
  XORPS: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) ^ m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) ^ m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) ^ m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) ^ m.vec.i32(s, 3));
  },
};
