// Double precision arithmetic, compares and logic on XMM registers.
// Fast paths are JavaScript's arithmetic: good while MXCSR is plain (special() === 0) and the result is finite (r - r === 0). Else the
// methods of the vector file compute again, exactly and with flags (src/runtime/simd/float.ts). Conversions: sse-convert.ts.
// SDM vol. 2; vol. 1, chapters 11.4 and 11.5.

import type { SemanticTable } from "./machine.ts";

export const sseDouble: SemanticTable = {
  ADDSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const r = m.vec.f64(i.op0.reg, 0) + b;
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.addF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  SUBSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const r = m.vec.f64(i.op0.reg, 0) - b;
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.subF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  MULSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const r = m.vec.f64(i.op0.reg, 0) * b;
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.mulF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  DIVSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const r = m.vec.f64(i.op0.reg, 0) / b;
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.divF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },
  SQRTSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const r = Math.sqrt(b);
    if (r - r !== 0 || m.vec.special() !== 0) m.vec.sqrtF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, r);
  },

  ADDPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const x = m.vec.f64(d, 0) + m.vec.f64(s, 0);
    const y = m.vec.f64(d, 1) + m.vec.f64(s, 1);
    if (x - x + (y - y) !== 0 || m.vec.special() !== 0) m.vec.addF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, x);
      m.vec.setF64(d, 1, y);
    }
  },
  SUBPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const x = m.vec.f64(d, 0) - m.vec.f64(s, 0);
    const y = m.vec.f64(d, 1) - m.vec.f64(s, 1);
    if (x - x + (y - y) !== 0 || m.vec.special() !== 0) m.vec.subF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, x);
      m.vec.setF64(d, 1, y);
    }
  },
  MULPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const x = m.vec.f64(d, 0) * m.vec.f64(s, 0);
    const y = m.vec.f64(d, 1) * m.vec.f64(s, 1);
    if (x - x + (y - y) !== 0 || m.vec.special() !== 0) m.vec.mulF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, x);
      m.vec.setF64(d, 1, y);
    }
  },
  DIVPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const x = m.vec.f64(d, 0) / m.vec.f64(s, 0);
    const y = m.vec.f64(d, 1) / m.vec.f64(s, 1);
    if (x - x + (y - y) !== 0 || m.vec.special() !== 0) m.vec.divF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, x);
      m.vec.setF64(d, 1, y);
    }
  },
  SQRTPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const x = Math.sqrt(m.vec.f64(s, 0));
    const y = Math.sqrt(m.vec.f64(s, 1));
    if (x - x + (y - y) !== 0 || m.vec.special() !== 0) m.vec.sqrtF64(d, s, 2);
    else {
      m.vec.setF64(d, 0, x);
      m.vec.setF64(d, 1, y);
    }
  },

  MINPD: (m, i) => { m.vec.minF64(i.op0.reg, m.vec.src(i.op1, 1), 2); },
  MAXPD: (m, i) => { m.vec.maxF64(i.op0.reg, m.vec.src(i.op1, 1), 2); },
  MINSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.vec.minF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else if (!(a < b)) m.vec.setF64(i.op0.reg, 0, b);
  },
  MAXSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.vec.maxF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else if (!(a > b)) m.vec.setF64(i.op0.reg, 0, b);
  },
  CMPPD: (m, i) => { m.vec.cmpF64(i.op0.reg, m.vec.src(i.op1, 1), 2, i.op2.imm & 7); },
  CMPSD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.vec.cmpF64(i.op0.reg, m.vec.src(i.op1, 0), 1, i.op2.imm & 7);
    else {
      const p = i.op2.imm & 3;
      const holds = p === 0 ? a === b : p === 1 ? a < b : p === 2 ? a <= b : false;
      const mask = holds ? -1 : 0;
      const result = (i.op2.imm & 4) === 0 ? mask : ~mask;
      m.vec.setI32(i.op0.reg, 0, result);
      m.vec.setI32(i.op0.reg, 1, result);
    }
  },
  UCOMISD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.putFlags(0x8d5, m.vec.comF64(i.op0.reg, m.vec.src(i.op1, 0), 0));
    else m.putFlags(0x8d5, a < b ? 1 : a > b ? 0 : 64);
  },
  COMISD: (m, i) => {
    const b = m.vec.getF64(i.op1);
    const a = m.vec.f64(i.op0.reg, 0);
    if (a !== a || b !== b || m.vec.special() !== 0) m.putFlags(0x8d5, m.vec.comF64(i.op0.reg, m.vec.src(i.op1, 0), 1));
    else m.putFlags(0x8d5, a < b ? 1 : a > b ? 0 : 64);
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
    m.vec.setI32(d, 0, m.vec.i32(d, 0) & m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) & m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) & m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) & m.vec.i32(s, 3));
  },
  ANDNPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, ~m.vec.i32(d, 0) & m.vec.i32(s, 0));
    m.vec.setI32(d, 1, ~m.vec.i32(d, 1) & m.vec.i32(s, 1));
    m.vec.setI32(d, 2, ~m.vec.i32(d, 2) & m.vec.i32(s, 2));
    m.vec.setI32(d, 3, ~m.vec.i32(d, 3) & m.vec.i32(s, 3));
  },
  ORPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) | m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) | m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) | m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) | m.vec.i32(s, 3));
  },
  XORPD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) ^ m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) ^ m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) ^ m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) ^ m.vec.i32(s, 3));
  },
};
