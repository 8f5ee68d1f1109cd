// String instructions: MOVS CMPS STOS LODS SCAS, each with its repetitions. INS and OUTS are in system.ts.
// Intel SDM volume 1, chapter 7.3.9; volume 2, REP.
//
// One loop serves the plain and the repeated form. The registers are brought up to date after every element, so that a fault
// in the middle leaves exactly what hardware leaves: ESI, EDI and ECX at the element that faulted. Repeated forms first
// ask the machine for a block operation (repMovs ...), which does as much as lies in plain memory.
// The source is DS:ESI or the overriding segment, the destination always ES:EDI; 16-bit addressing uses SI, DI, CX.

import type { SemanticTable } from "./machine.ts";

export const string: SemanticTable = {
  MOVS: (m, i) => {
    const size = i.size;
    const width = i.addressSize;
    const mask = width === 2 ? 0xffff : -1;
    const segment = i.segment < 0 ? 3 /* DS */ : i.segment;
    if (i.rep !== 0 && m.repMovs(i)) return;
    const step = m.df() * size;
    let count = i.rep === 0 ? 1 : m.reg(1, width);
    while (count !== 0) {
      const source = m.reg(6, width);
      const target = m.reg(7, width);
      const v = m.load(m.linear(segment, source & mask, size), size);
      m.store(m.linear(0 /* ES */, target & mask, size), size, v);
      m.setReg(6, width, source + step);
      m.setReg(7, width, target + step);
      count = m.fit(count - 1, width);
      if (i.rep !== 0) m.setReg(1, width, count);
    }
  },
  STOS: (m, i) => {
    const size = i.size;
    const width = i.addressSize;
    const mask = width === 2 ? 0xffff : -1;
    if (i.rep !== 0 && m.repStos(i)) return;
    const step = m.df() * size;
    const v = m.reg(0, size);
    let count = i.rep === 0 ? 1 : m.reg(1, width);
    while (count !== 0) {
      const target = m.reg(7, width);
      m.store(m.linear(0 /* ES */, target & mask, size), size, v);
      m.setReg(7, width, target + step);
      count = m.fit(count - 1, width);
      if (i.rep !== 0) m.setReg(1, width, count);
    }
  },
  LODS: (m, i) => {
    const size = i.size;
    const width = i.addressSize;
    const mask = width === 2 ? 0xffff : -1;
    const segment = i.segment < 0 ? 3 /* DS */ : i.segment;
    const step = m.df() * size;
    let count = i.rep === 0 ? 1 : m.reg(1, width);
    while (count !== 0) {
      const source = m.reg(6, width);
      m.setReg(0, size, m.load(m.linear(segment, source & mask, size), size));
      m.setReg(6, width, source + step);
      count = m.fit(count - 1, width);
      if (i.rep !== 0) m.setReg(1, width, count);
    }
  },
  // Compares end early: REPE at the first difference, REPNE at the first match. A count of 0 leaves the flags alone.
  SCAS: (m, i) => {
    const size = i.size;
    const width = i.addressSize;
    const mask = width === 2 ? 0xffff : -1;
    if (i.rep !== 0 && m.repScas(i)) return;
    const step = m.df() * size;
    const a = m.reg(0, size);
    let count = i.rep === 0 ? 1 : m.reg(1, width);
    while (count !== 0) {
      const target = m.reg(7, width);
      const b = m.load(m.linear(0 /* ES */, target & mask, size), size);
      m.setReg(7, width, target + step);
      m.flagsSub(a, b, m.fit(a - b, size));
      count = m.fit(count - 1, width);
      if (i.rep !== 0) m.setReg(1, width, count);
      if (i.rep === 1 && a !== b) return;
      if (i.rep === 2 && a === b) return;
    }
  },
  CMPS: (m, i) => {
    const size = i.size;
    const width = i.addressSize;
    const mask = width === 2 ? 0xffff : -1;
    const segment = i.segment < 0 ? 3 /* DS */ : i.segment;
    if (i.rep !== 0 && m.repCmps(i)) return;
    const step = m.df() * size;
    let count = i.rep === 0 ? 1 : m.reg(1, width);
    while (count !== 0) {
      const source = m.reg(6, width);
      const target = m.reg(7, width);
      const b = m.load(m.linear(0 /* ES */, target & mask, size), size); // first, as a fault in both shows
      const a = m.load(m.linear(segment, source & mask, size), size);
      m.setReg(6, width, source + step);
      m.setReg(7, width, target + step);
      m.flagsSub(a, b, m.fit(a - b, size));
      count = m.fit(count - 1, width);
      if (i.rep !== 0) m.setReg(1, width, count);
      if (i.rep === 1 && a !== b) return;
      if (i.rep === 2 && a === b) return;
    }
  },
};
