// Integer arithmetic and logic: ADD to CMP, INC, DEC, NEG, multiplication and division, AND to TEST, CRC32.
// Not here: shifts (shift.ts), single bits (bit.ts), decimal adjustments (bcd.ts).
// Intel SDM volume 1, chapter 7.3.2 and 7.3.4. Flags that the manual leaves undefined: docs/undefined-flags.md.
//
// Operands arrive sign-extended, so one formula serves 1, 2 and 4 bytes: `fit` truncates the result, and the flag
// methods of the machine work on the sign-extended triple (a, b, r).

import type { SemanticTable } from "./machine.ts";

export const arithmetic: SemanticTable = {
  ADD: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    const r = m.fit(a + b, i.size);
    m.set(i.op0, r);
    m.flagsAdd(a, b, r);
  },
  ADC: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    const r = m.fit(a + b + m.cf(), i.size);
    m.set(i.op0, r);
    m.flagsAdd(a, b, r);
  },
  SUB: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    const r = m.fit(a - b, i.size);
    m.set(i.op0, r);
    m.flagsSub(a, b, r);
  },
  SBB: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    const r = m.fit(a - b - m.cf(), i.size);
    m.set(i.op0, r);
    m.flagsSbb(a, b, r);
  },
  CMP: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    m.flagsSub(a, b, m.fit(a - b, i.size));
  },
  NEG: (m, i) => {
    const a = m.get(i.op0);
    const r = m.fit(0 - a, i.size);
    m.set(i.op0, r);
    m.flagsSub(0, a, r);
  },

  // INC and DEC keep CF. Overflow shows in the sign: from positive to negative, or back.
  INC: (m, i) => {
    const a = m.get(i.op0);
    const r = m.fit(a + 1, i.size);
    m.set(i.op0, r);
    m.flagsResult(r, m.cf(), (~a & r) >>> 31, ((a ^ r) >>> 4) & 1);
  },
  DEC: (m, i) => {
    const a = m.get(i.op0);
    const r = m.fit(a - 1, i.size);
    m.set(i.op0, r);
    m.flagsResult(r, m.cf(), (a & ~r) >>> 31, ((a ^ r) >>> 4) & 1);
  },

  AND: (m, i) => {
    const r = m.get(i.op0) & m.get(i.op1);
    m.set(i.op0, r);
    m.flagsLogic(r);
  },
  OR: (m, i) => {
    const r = m.get(i.op0) | m.get(i.op1);
    m.set(i.op0, r);
    m.flagsLogic(r);
  },
  XOR: (m, i) => {
    const r = m.get(i.op0) ^ m.get(i.op1);
    m.set(i.op0, r);
    m.flagsLogic(r);
  },
  TEST: (m, i) => {
    m.flagsLogic(m.get(i.op0) & m.get(i.op1));
  },
  NOT: (m, i) => {
    m.set(i.op0, ~m.get(i.op0));
  },

  // -- multiplication: CF = OF = the product does not fit the low half ---------------------------------------------------

  /** Unsigned, into AX, DX:AX or EDX:EAX. */
  MUL: (m, i) => {
    const size = i.size;
    if (size === 4) {
      const a = m.reg(0, 4);
      const b = m.get(i.op0);
      const high = m.mulhu(a, b);
      m.setReg(0, 4, Math.imul(a, b));
      m.setReg(2, 4, high);
      m.putFlags(0x801, high !== 0 ? 0x801 : 0);
    } else if (size === 2) {
      const p = (m.reg(0, 2) & 0xffff) * m.getU(i.op0);
      m.setReg(0, 2, p);
      m.setReg(2, 2, p >>> 16);
      m.putFlags(0x801, p > 0xffff ? 0x801 : 0);
    } else {
      const p = (m.reg(0, 1) & 0xff) * m.getU(i.op0);
      m.setReg(0, 2, p);
      m.putFlags(0x801, p > 0xff ? 0x801 : 0);
    }
  },
  /** Signed. One operand: into AX, DX:AX or EDX:EAX. Two: op0 = op0 * op1. Three: op0 = op1 * op2. */
  IMUL: (m, i) => {
    const size = i.size;
    if (i.op1.kind === 0 /* absent */) {
      const a = m.reg(0, size);
      const b = m.get(i.op0);
      const low = Math.imul(a, b);
      if (size === 4) {
        const high = m.mulhs(a, b);
        m.setReg(0, 4, low);
        m.setReg(2, 4, high);
        m.putFlags(0x801, high !== low >> 31 ? 0x801 : 0);
      } else if (size === 2) {
        m.setReg(0, 2, low);
        m.setReg(2, 2, low >> 16);
        m.putFlags(0x801, low !== m.fit(low, 2) ? 0x801 : 0);
      } else {
        m.setReg(0, 2, low);
        m.putFlags(0x801, low !== m.fit(low, 1) ? 0x801 : 0);
      }
    } else {
      const a = m.get(i.op2.kind === 0 ? i.op0 : i.op1);
      const b = m.get(i.op2.kind === 0 ? i.op1 : i.op2);
      const low = Math.imul(a, b);
      m.set(i.op0, low);
      if (size === 4) {
        m.putFlags(0x801, m.mulhs(a, b) !== low >> 31 ? 0x801 : 0);
      } else {
        m.putFlags(0x801, low !== m.fit(low, size) ? 0x801 : 0);
      }
    }
  },

  // -- division: #DE when the divisor is 0 or the quotient does not fit; AF set, SF ZF PF clear -----------------------------

  DIV: (m, i) => {
    const size = i.size;
    if (size === 4) {
      const d = m.get(i.op0);
      const low = m.reg(0, 4);
      const high = m.reg(2, 4);
      if (!m.divFitsU(high, low, d)) m.fault(0, 0);
      const q = m.divU(high, low, d);
      m.setReg(0, 4, q);
      m.setReg(2, 4, low - Math.imul(q, d));
    } else if (size === 2) {
      const d = m.getU(i.op0);
      const n = ((m.reg(2, 2) << 16) | (m.reg(0, 2) & 0xffff)) >>> 0;
      if (n >= d * 0x10000) m.fault(0, 0); // also when d is 0
      const q = (n / d) | 0;
      m.setReg(0, 2, q);
      m.setReg(2, 2, n - Math.imul(q, d));
    } else {
      const d = m.getU(i.op0);
      const n = m.reg(0, 2) & 0xffff;
      if (n >= d * 0x100) m.fault(0, 0);
      const q = (n / d) | 0;
      m.setReg(0, 2, ((n - Math.imul(q, d)) << 8) | q);
    }
    m.putFlags(0xd4, 0x10);
  },
  IDIV: (m, i) => {
    const size = i.size;
    const d = m.get(i.op0);
    if (size === 4) {
      const low = m.reg(0, 4);
      const high = m.reg(2, 4);
      if (!m.divFitsS(high, low, d)) m.fault(0, 0);
      const q = m.divS(high, low, d);
      m.setReg(0, 4, q);
      m.setReg(2, 4, low - Math.imul(q, d));
    } else if (size === 2) {
      const n = (m.reg(2, 2) << 16) | (m.reg(0, 2) & 0xffff);
      if (d === 0) m.fault(0, 0);
      const q = Math.trunc(n / d); // a double: -2^31 / -1 must not wrap
      if (q < -0x8000 || q > 0x7fff) m.fault(0, 0);
      m.setReg(0, 2, q | 0);
      m.setReg(2, 2, n - Math.imul(q | 0, d));
    } else {
      const n = m.reg(0, 2);
      if (d === 0) m.fault(0, 0);
      const q = Math.trunc(n / d);
      if (q < -0x80 || q > 0x7f) m.fault(0, 0);
      m.setReg(0, 2, ((n - Math.imul(q | 0, d)) << 8) | (q & 0xff));
    }
    m.putFlags(0xd4, 0x10);
  },

  /** CRC-32C (polynomial 0x11EDC6F41, reflected) of the 1, 2 or 4 source bytes; no flags. */
  CRC32: (m, i) => {
    let crc = m.get(i.op0) ^ m.getU(i.op1);
    for (let bit = i.op1.size * 8; bit > 0; bit--) {
      crc = (crc >>> 1) ^ ((crc & 1) !== 0 ? 0x82f63b78 | 0 : 0);
    }
    m.set(i.op0, crc);
  },
};
