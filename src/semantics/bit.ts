// Single bits: BT BTS BTR BTC, bit scans, counting.
// Intel SDM volume 2 by mnemonic. Flags that the manual leaves undefined: docs/undefined-flags.md.
//
// With a register as bit offset and a memory operand, the offset is signed and reaches beyond the operand: bit -1 is the top
// bit of the unit before. An immediate offset, or a register operand, stays within (modulo 16 or 32).

import type { SemanticTable } from "./machine.ts";

export const bit: SemanticTable = {
  BT: (m, i) => {
    const n = m.get(i.op1);
    const bits = i.size * 8;
    if (i.op0.kind >= 5 /* memory */ && i.op1.kind !== 1 /* immediate */) {
      const offset = m.offset(i.op0) + (i.size === 4 ? (n >> 5) << 2 : (n >> 4) << 1);
      const a = m.load(m.linear(i.op0.seg, i.op0.address16 ? offset & 0xffff : offset, i.size), i.size);
      m.putFlags(1, (a >> (n & (bits - 1))) & 1);
    } else {
      m.putFlags(1, (m.get(i.op0) >> (n & (bits - 1))) & 1);
    }
  },
  BTS: (m, i) => {
    const n = m.get(i.op1);
    const bits = i.size * 8;
    const k = n & (bits - 1);
    if (i.op0.kind >= 5 /* memory */ && i.op1.kind !== 1 /* immediate */) {
      const offset = m.offset(i.op0) + (i.size === 4 ? (n >> 5) << 2 : (n >> 4) << 1);
      const address = m.linear(i.op0.seg, i.op0.address16 ? offset & 0xffff : offset, i.size);
      const a = m.load(address, i.size);
      m.store(address, i.size, a | (1 << k));
      m.putFlags(1, (a >> k) & 1);
    } else {
      const a = m.get(i.op0);
      m.set(i.op0, a | (1 << k));
      m.putFlags(1, (a >> k) & 1);
    }
  },
  BTR: (m, i) => {
    const n = m.get(i.op1);
    const bits = i.size * 8;
    const k = n & (bits - 1);
    if (i.op0.kind >= 5 /* memory */ && i.op1.kind !== 1 /* immediate */) {
      const offset = m.offset(i.op0) + (i.size === 4 ? (n >> 5) << 2 : (n >> 4) << 1);
      const address = m.linear(i.op0.seg, i.op0.address16 ? offset & 0xffff : offset, i.size);
      const a = m.load(address, i.size);
      m.store(address, i.size, a & ~(1 << k));
      m.putFlags(1, (a >> k) & 1);
    } else {
      const a = m.get(i.op0);
      m.set(i.op0, a & ~(1 << k));
      m.putFlags(1, (a >> k) & 1);
    }
  },
  BTC: (m, i) => {
    const n = m.get(i.op1);
    const bits = i.size * 8;
    const k = n & (bits - 1);
    if (i.op0.kind >= 5 /* memory */ && i.op1.kind !== 1 /* immediate */) {
      const offset = m.offset(i.op0) + (i.size === 4 ? (n >> 5) << 2 : (n >> 4) << 1);
      const address = m.linear(i.op0.seg, i.op0.address16 ? offset & 0xffff : offset, i.size);
      const a = m.load(address, i.size);
      m.store(address, i.size, a ^ (1 << k));
      m.putFlags(1, (a >> k) & 1);
    } else {
      const a = m.get(i.op0);
      m.set(i.op0, a ^ (1 << k));
      m.putFlags(1, (a >> k) & 1);
    }
  },

  // A source of 0 sets ZF and leaves the destination alone: documented by AMD, true of Intel, and compilers rely on it.
  BSF: (m, i) => {
    const a = m.getU(i.op1);
    const n = m.ctz(a);
    if (a !== 0) m.set(i.op0, n);
    m.flagsResult(a === 0 ? 0 : n | 0x100, 0, 0, 0); // ZF of the source, PF of the index
  },
  BSR: (m, i) => {
    const a = m.getU(i.op1);
    const n = 31 - Math.clz32(a);
    if (a !== 0) m.set(i.op0, n);
    m.flagsResult(a === 0 ? 0 : n | 0x100, 0, 0, 0);
  },
  LZCNT: (m, i) => {
    const n = (Math.clz32(m.getU(i.op1)) - (32 - i.size * 8)) | 0;
    m.set(i.op0, n);
    m.putFlags(0xd5, (n === i.size * 8 ? 1 : 0) | (n === 0 ? 0x40 : 0));
  },
  TZCNT: (m, i) => {
    const a = m.getU(i.op1);
    const n = a === 0 ? i.size * 8 : m.ctz(a);
    m.set(i.op0, n);
    m.putFlags(0xd5, (a === 0 ? 1 : 0) | (n === 0 ? 0x40 : 0));
  },
  POPCNT: (m, i) => {
    const n = m.popcnt(m.getU(i.op1));
    m.set(i.op0, n);
    m.putFlags(0x8d5, n === 0 ? 0x40 : 0);
  },
};
