// Far pointers and selectors: LDS LES LFS LGS LSS, ARPL, LAR, LSL, VERR, VERW.
// Intel SDM volume 1, chapter 7.3.15; volume 3, 5.10 (pointer validation). The descriptor tables are the machine's.
// MOV, PUSH and POP of segment registers: data.ts.

import type { SemanticTable } from "./machine.ts";

export const segment: SemanticTable = {
  LES: (m, i) => {
    const address = m.ea(i.op1);
    const offset = m.load(address, i.size);
    m.loadSegment(0, m.load(address + i.size, 2) & 0xffff);
    m.set(i.op0, offset);
  },
  LSS: (m, i) => {
    const address = m.ea(i.op1);
    const offset = m.load(address, i.size);
    m.loadSegment(2, m.load(address + i.size, 2) & 0xffff);
    m.set(i.op0, offset);
  },
  LDS: (m, i) => {
    const address = m.ea(i.op1);
    const offset = m.load(address, i.size);
    m.loadSegment(3, m.load(address + i.size, 2) & 0xffff);
    m.set(i.op0, offset);
  },
  LFS: (m, i) => {
    const address = m.ea(i.op1);
    const offset = m.load(address, i.size);
    m.loadSegment(4, m.load(address + i.size, 2) & 0xffff);
    m.set(i.op0, offset);
  },
  LGS: (m, i) => {
    const address = m.ea(i.op1);
    const offset = m.load(address, i.size);
    m.loadSegment(5, m.load(address + i.size, 2) & 0xffff);
    m.set(i.op0, offset);
  },

  /** Raises the requested privilege level of op0 to that of op1. */
  ARPL: (m, i) => {
    const a = m.getU(i.op0);
    const level = m.get(i.op1) & 3;
    if ((a & 3) < level) {
      m.set(i.op0, (a & ~3) | level);
      m.putFlags(0x40, 0x40);
    } else {
      m.putFlags(0x40, 0);
    }
  },
  LAR: (m, i) => {
    const selector = m.get(i.op1) & 0xffff;
    if (m.validSegment(selector, 0) !== 0) {
      m.set(i.op0, m.accessRights(selector));
      m.putFlags(0x40, 0x40);
    } else {
      m.putFlags(0x40, 0);
    }
  },
  LSL: (m, i) => {
    const selector = m.get(i.op1) & 0xffff;
    if (m.validSegment(selector, 1) !== 0) {
      m.set(i.op0, m.segmentLimit(selector));
      m.putFlags(0x40, 0x40);
    } else {
      m.putFlags(0x40, 0);
    }
  },
  VERR: (m, i) => {
    m.putFlags(0x40, m.verify(m.get(i.op0) & 0xffff, 0) !== 0 ? 0x40 : 0);
  },
  VERW: (m, i) => {
    m.putFlags(0x40, m.verify(m.get(i.op0) & 0xffff, 1) !== 0 ? 0x40 : 0);
  },
};
