// Shifts and rotates: SHL (SAL), SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD.
// Intel SDM volume 2 by mnemonic. What the manual leaves undefined (OF for counts over 1, AF, counts over the operand's
// width) follows hardware: docs/undefined-flags.md.
//
// The count is taken modulo 32. A count of 0 changes no flag, but a memory destination is written all the same: only flags are asked for it, so that
// translated code need not jump where nobody looks at these. Carry is the
// last bit shifted out: the lowest, or highest, bit of the operand shifted by one place less. With sign- or zero-extended
// operands that holds for 8 and 16 bits too, and beyond their width.

import type { SemanticTable } from "./machine.ts";

export const shift: SemanticTable = {
  SHL: (m, i) => {
    const c = m.get(i.op1) & 31;
    const a = m.get(i.op0);
    const r = m.fit(a << c, i.size);
    m.set(i.op0, r);
    const carry = ((a << (c - 1)) >>> (i.size * 8 - 1)) & 1;
    if (c !== 0) m.flagsResult(r, carry, (r >>> 31) ^ carry, 1);
  },
  SHR: (m, i) => {
    const c = m.get(i.op1) & 31;
    const a = m.getU(i.op0);
    const r = a >>> c;
    m.set(i.op0, r);
    if (c !== 0) m.flagsResult(r, (a >>> (c - 1)) & 1, c === 1 ? (a >>> (i.size * 8 - 1)) & 1 : 0, 1);
  },
  SAR: (m, i) => {
    const c = m.get(i.op1) & 31;
    const a = m.get(i.op0);
    const r = a >> c;
    m.set(i.op0, r);
    if (c !== 0) m.flagsResult(r, (a >> (c - 1)) & 1, 0, 1);
  },

  // Rotates change CF and OF only. OF is the exclusive or of the two top bits of what was rotated (CF, or the result's sign).
  ROL: (m, i) => {
    const c = m.get(i.op1) & 31;
    const bits = i.size * 8;
    const a = m.getU(i.op0);
    const k = c & (bits - 1);
    const r = m.fit((a << k) | (a >>> (bits - k)), i.size);
    m.set(i.op0, r);
    if (c !== 0) m.putFlags(0x801, (r & 1) | (((r >>> 31) ^ (r & 1)) << 11));
  },
  ROR: (m, i) => {
    const c = m.get(i.op1) & 31;
    const bits = i.size * 8;
    const a = m.getU(i.op0);
    const k = c & (bits - 1);
    const r = m.fit((a >>> k) | (a << (bits - k)), i.size);
    m.set(i.op0, r);
    if (c !== 0) m.putFlags(0x801, (r >>> 31) | ((((r >> (bits - 1)) ^ (r >> (bits - 2))) & 1) << 11));
  },
  // Through carry: rotations of 9, 17 or 33 bits. A full turn (k = 0, but a count) leaves all but OF. `a << 1 << n` for n = 31.
  RCL: (m, i) => {
    const bits = i.size * 8;
    const c = m.get(i.op1) & 31;
    const k = i.size === 4 ? c : c % (bits + 1);
    const a = m.getU(i.op0);
    if (c === 0) {
      m.set(i.op0, a);
      return;
    }
    const r = k === 0 ? m.fit(a, i.size) : m.fit((a << k) | (m.cf() << (k - 1)) | ((a >>> 1) >>> (bits - k)), i.size);
    const carry = k === 0 ? m.cf() : (a >>> (bits - k)) & 1;
    m.set(i.op0, r);
    m.putFlags(0x801, carry | (((r >>> 31) ^ carry) << 11));
  },
  RCR: (m, i) => {
    const bits = i.size * 8;
    const c = m.get(i.op1) & 31;
    const k = i.size === 4 ? c : c % (bits + 1);
    const a = m.getU(i.op0);
    if (c === 0) {
      m.set(i.op0, a);
      return;
    }
    const r = k === 0 ? m.fit(a, i.size) : m.fit((a >>> k) | (m.cf() << (bits - k)) | ((a << 1) << (bits - k)), i.size);
    const carry = k === 0 ? m.cf() : (a >>> (k - 1)) & 1;
    m.set(i.op0, r);
    m.putFlags(0x801, carry | ((((r >> (bits - 1)) ^ (r >> (bits - 2))) & 1) << 11));
  },

  // Double shifts. For 16-bit operands and counts over 16 the manual leaves all undefined.
  SHLD: (m, i) => {
    const c = m.get(i.op2) & 31;
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    if (i.size === 4) {
      const high = b >>> (32 - c);
      const r = (a << c) | (c === 0 ? 0 : high);
      m.set(i.op0, r);
      const carry = (a >>> (32 - c)) & 1;
      if (c !== 0) m.flagsResult(r, carry, (r >>> 31) ^ carry, 1);
    } else if (c === 0) m.set(i.op0, a);
    else {
      // From 16 on OF is CF. Over 16 AMD goes on with op1 again (op0:op1:op1) and clears CF; Intel goes on with op0.
      const last = c <= 16 ? ((a << 16) | (b & 0xffff)) << (c - 1) : ((b << 16) | (b & 0xffff)) << (c - 17);
      const r = (last << 1) >> 16;
      const carry = c <= 16 ? last >>> 31 : 0;
      m.set(i.op0, r);
      m.flagsResult(r, carry, c < 16 ? (r >>> 31) ^ carry : carry, 1);
    }
  },
  SHRD: (m, i) => {
    const c = m.get(i.op2) & 31;
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    if (i.size === 4) {
      const low = b << (32 - c);
      const r = (a >>> c) | (c === 0 ? 0 : low);
      m.set(i.op0, r);
      const carry = (a >>> (c - 1)) & 1;
      if (c !== 0) m.flagsResult(r, carry, ((r >>> 31) ^ (r >>> 30)) & 1, 1);
    } else if (c === 0) m.set(i.op0, a);
    else {
      const last = c <= 16 ? ((b << 16) | (a & 0xffff)) >>> (c - 1) : ((b << 16) | (b & 0xffff)) >>> (c - 17);
      const r = m.fit(last >>> 1, 2);
      m.set(i.op0, r);
      m.flagsResult(r, c <= 16 ? last & 1 : 0, ((r >>> 15) ^ (r >>> 14)) & 1, 1);
    }
  },
};
