// Conversions between integers, singles and doubles (SSE, SSE2), and MXCSR.
// Integers that do not fit become 0x80000000; see src/runtime/simd/convert.ts. SDM vol. 2, CVT*.

import type { SemanticTable } from "./machine.ts";

export const sseConvert: SemanticTable = {
  // Integer to floating point.
  CVTSI2SD: (m, i) => { m.vec.setF64(i.op0.reg, 0, m.get(i.op1)); },
  CVTSI2SS: (m, i) => {
    const v = m.get(i.op1);
    const r = Math.fround(v);
    if (m.vec.oddInteger(r, v)) m.vec.intToF32(i.op0.reg, v);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  CVTDQ2PD: (m, i) => {
    const s = m.vec.src(i.op1, 0);
    const a = m.vec.i32(s, 0);
    const b = m.vec.i32(s, 1);
    m.vec.setF64(i.op0.reg, 0, a);
    m.vec.setF64(i.op0.reg, 1, b);
  },
  CVTDQ2PS: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    const v0 = m.vec.i32(s, 0);
    const v1 = m.vec.i32(s, 1);
    const v2 = m.vec.i32(s, 2);
    const v3 = m.vec.i32(s, 3);
    const r0 = Math.fround(v0);
    const r1 = Math.fround(v1);
    const r2 = Math.fround(v2);
    const r3 = Math.fround(v3);
    if (m.vec.oddInteger(r0, v0) || m.vec.oddInteger(r1, v1) || m.vec.oddInteger(r2, v2) || m.vec.oddInteger(r3, v3)) m.vec.intsToF32(i.op0.reg, s, 4);
    else {
      m.vec.setF32(i.op0.reg, 0, r0);
      m.vec.setF32(i.op0.reg, 1, r1);
      m.vec.setF32(i.op0.reg, 2, r2);
      m.vec.setF32(i.op0.reg, 3, r3);
    }
  },
  CVTPI2PD: (m, i) => {
    m.vec.intsToF64(i.op0.reg, m.vec.src(i.op1, 0));
    if (i.op1.kind === 15) m.vec.enterMmx();
  },
  CVTPI2PS: (m, i) => {
    const s = m.vec.src(i.op1, 0);
    if (i.op1.kind === 15) m.vec.enterMmx(); // also when #XM follows
    m.vec.intsToF32(i.op0.reg, s, 2);
  },

  // Floating point to integer. The fast path truncates in range; NaN and the rest fail the comparison.
  CVTTSD2SI: (m, i) => {
    const x = m.vec.getF64(i.op1);
    if (m.vec.outside(x, -2147483649, 2147483648)) m.set(i.op0, m.vec.f64ToInt(m.vec.src(i.op1, 0), 1));
    else m.set(i.op0, x | 0);
  },
  CVTTSS2SI: (m, i) => {
    const x = m.vec.getF32(i.op1);
    if (m.vec.outside(x, -2147483649, 2147483648)) m.set(i.op0, m.vec.f32ToInt(m.vec.src(i.op1, 0), 1));
    else m.set(i.op0, x | 0);
  },
  CVTSD2SI: (m, i) => {
    // Adding and subtracting 1.5 * 2^52 rounds to the nearest integer, ties to even.
    const x = m.vec.getF64(i.op1);
    if (m.vec.outside(x, -2147483648, 2147483647)) m.set(i.op0, m.vec.f64ToInt(m.vec.src(i.op1, 0), 0));
    else m.set(i.op0, (x + 6755399441055744 - 6755399441055744) | 0);
  },
  CVTSS2SI: (m, i) => {
    const x = m.vec.getF32(i.op1);
    if (m.vec.outside(x, -2147483648, 2147483647)) m.set(i.op0, m.vec.f32ToInt(m.vec.src(i.op1, 0), 0));
    else m.set(i.op0, (x + 6755399441055744 - 6755399441055744) | 0);
  },
  CVTPD2DQ: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    const x0 = m.vec.f64(s, 0);
    const x1 = m.vec.f64(s, 1);
    if (m.vec.outside(x0, -2147483648, 2147483647) || m.vec.outside(x1, -2147483648, 2147483647)) m.vec.f64ToInts(i.op0.reg, s, 0);
    else {
      m.vec.setI32(i.op0.reg, 0, (x0 + 6755399441055744 - 6755399441055744) | 0);
      m.vec.setI32(i.op0.reg, 1, (x1 + 6755399441055744 - 6755399441055744) | 0);
      m.vec.setI32(i.op0.reg, 2, 0);
      m.vec.setI32(i.op0.reg, 3, 0);
    }
  },
  CVTTPD2DQ: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    const x0 = m.vec.f64(s, 0);
    const x1 = m.vec.f64(s, 1);
    if (m.vec.outside(x0, -2147483649, 2147483648) || m.vec.outside(x1, -2147483649, 2147483648)) m.vec.f64ToInts(i.op0.reg, s, 1);
    else {
      m.vec.setI32(i.op0.reg, 0, x0 | 0);
      m.vec.setI32(i.op0.reg, 1, x1 | 0);
      m.vec.setI32(i.op0.reg, 2, 0);
      m.vec.setI32(i.op0.reg, 3, 0);
    }
  },
  CVTPS2DQ: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    const x0 = m.vec.f32(s, 0);
    const x1 = m.vec.f32(s, 1);
    const x2 = m.vec.f32(s, 2);
    const x3 = m.vec.f32(s, 3);
    const far = m.vec.outside(x0, -2147483648, 2147483647) || m.vec.outside(x1, -2147483648, 2147483647);
    if (far || m.vec.outside(x2, -2147483648, 2147483647) || m.vec.outside(x3, -2147483648, 2147483647)) m.vec.f32ToInts(i.op0.reg, s, 4, 0);
    else {
      m.vec.setI32(i.op0.reg, 0, (x0 + 6755399441055744 - 6755399441055744) | 0);
      m.vec.setI32(i.op0.reg, 1, (x1 + 6755399441055744 - 6755399441055744) | 0);
      m.vec.setI32(i.op0.reg, 2, (x2 + 6755399441055744 - 6755399441055744) | 0);
      m.vec.setI32(i.op0.reg, 3, (x3 + 6755399441055744 - 6755399441055744) | 0);
    }
  },
  CVTTPS2DQ: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    const x0 = m.vec.f32(s, 0);
    const x1 = m.vec.f32(s, 1);
    const x2 = m.vec.f32(s, 2);
    const x3 = m.vec.f32(s, 3);
    const far = m.vec.outside(x0, -2147483649, 2147483648) || m.vec.outside(x1, -2147483649, 2147483648);
    if (far || m.vec.outside(x2, -2147483649, 2147483648) || m.vec.outside(x3, -2147483649, 2147483648)) m.vec.f32ToInts(i.op0.reg, s, 4, 1);
    else {
      m.vec.setI32(i.op0.reg, 0, x0 | 0);
      m.vec.setI32(i.op0.reg, 1, x1 | 0);
      m.vec.setI32(i.op0.reg, 2, x2 | 0);
      m.vec.setI32(i.op0.reg, 3, x3 | 0);
    }
  },
  CVTPD2PI: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.enterMmx(); // also when #XM follows
    m.vec.f64ToInts(d, s, 0);
    m.vec.write(i.op0, d, 0);
  },
  CVTTPD2PI: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.enterMmx(); // also when #XM follows
    m.vec.f64ToInts(d, s, 1);
    m.vec.write(i.op0, d, 0);
  },
  CVTPS2PI: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 0);
    m.vec.enterMmx(); // also when #XM follows
    m.vec.f32ToInts(d, s, 2, 0);
    m.vec.write(i.op0, d, 0);
  },
  CVTTPS2PI: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 0);
    m.vec.enterMmx(); // also when #XM follows
    m.vec.f32ToInts(d, s, 2, 1);
    m.vec.write(i.op0, d, 0);
  },

  // Between single and double.
  CVTSS2SD: (m, i) => {
    const x = m.vec.getF32(i.op1);
    if (m.vec.unordered32(x, x)) m.vec.f32ToF64(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF64(i.op0.reg, 0, x);
  },
  CVTSD2SS: (m, i) => {
    const x = m.vec.getF64(i.op1);
    const r = Math.fround(x);
    if (m.vec.oddNarrow(r, x)) m.vec.f64ToF32(i.op0.reg, m.vec.src(i.op1, 0), 1);
    else m.vec.setF32(i.op0.reg, 0, r);
  },
  CVTPS2PD: (m, i) => {
    const s = m.vec.src(i.op1, 0);
    const a = m.vec.f32(s, 0);
    const b = m.vec.f32(s, 1);
    if (m.vec.unordered32(a, b)) m.vec.f32ToF64(i.op0.reg, s, 2);
    else {
      m.vec.setF64(i.op0.reg, 0, a);
      m.vec.setF64(i.op0.reg, 1, b);
    }
  },
  CVTPD2PS: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    const a = m.vec.f64(s, 0);
    const b = m.vec.f64(s, 1);
    const x = Math.fround(a);
    const y = Math.fround(b);
    if (m.vec.oddNarrow(x, a) || m.vec.oddNarrow(y, b)) m.vec.f64ToF32(i.op0.reg, s, 2);
    else {
      m.vec.setF32(i.op0.reg, 0, x);
      m.vec.setF32(i.op0.reg, 1, y);
    }
    m.vec.zeroFrom(i.op0.reg, 8);
  },

  LDMXCSR: (m, i) => { m.vec.setMxcsr(m.get(i.op0)); },
  STMXCSR: (m, i) => { m.set(i.op0, m.vec.mxcsr()); },
  FXSAVE: (m, i) => { m.vec.fxsave(i.op0); },
  FXRSTOR: (m, i) => { m.vec.fxrstor(i.op0); },
};
