// Data movement: MOV and its relatives, exchanges, conditional moves, the stack, flags as data, widening, byte order.
// Segment registers as data stand here too (MOV, PUSH, POP); loading far pointers is in segment.ts.
// Intel SDM volume 1, chapter 7.3.1-7.3.2; volume 2 by mnemonic. Rules of the house: machine.ts.
// Literals: operand kinds are those of K in decoder/instruction.ts, 5 = first memory kind, 13 = segment register.

import type { SemanticTable } from "./machine.ts";

export const data: SemanticTable = {
  MOV: (m, i) => {
    if (i.op0.kind === 13) {
      m.loadSegment(i.op0.reg, m.get(i.op1) & 0xffff);
    } else if (i.op1.kind === 13) {
      m.set(i.op0, m.getU(i.op1));
    } else {
      m.set(i.op0, m.get(i.op1));
    }
  },
  MOVNTI: (m, i) => {
    m.set(i.op0, m.get(i.op1));
  },
  MOVSX: (m, i) => {
    m.set(i.op0, m.get(i.op1));
  },
  MOVZX: (m, i) => {
    m.set(i.op0, m.getU(i.op1));
  },
  LEA: (m, i) => {
    m.set(i.op0, m.offset(i.op1));
  },

  // The condition decides about the register only: a memory source is read, and may fault, in any case.
  CMOVcc: (m, i) => {
    const v = m.get(i.op1);
    if (m.cond(i.cc)) m.set(i.op0, v);
  },
  SETcc: (m, i) => {
    m.set(i.op0, m.cond(i.cc) ? 1 : 0);
  },

  XCHG: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    if (i.op1.kind >= 5 /* memory */) {
      m.set(i.op1, a);
      m.set(i.op0, b);
    } else {
      m.set(i.op0, b);
      m.set(i.op1, a);
    }
  },
  XADD: (m, i) => {
    const a = m.get(i.op0);
    const b = m.get(i.op1);
    const r = m.fit(a + b, i.op0.size);
    if (i.op0.kind >= 5 /* memory */) {
      m.set(i.op0, r);
      m.set(i.op1, a);
    } else {
      m.set(i.op1, a);
      m.set(i.op0, r); // last: XADD EAX, EAX leaves the sum
    }
    m.flagsAdd(a, b, r);
  },
  // The destination is written even when the comparison fails, so a read-only page faults either way.
  CMPXCHG: (m, i) => {
    const size = i.op0.size;
    const a = m.reg(0, size);
    const d = m.get(i.op0);
    if (a === d) {
      m.set(i.op0, m.get(i.op1));
    } else {
      m.set(i.op0, d);
      m.setReg(0, size, d);
    }
    m.flagsSub(a, d, m.fit(a - d, size));
  },
  CMPXCHG8B: (m, i) => {
    const address = m.ea(i.op0);
    m.check(address, 8, true);
    const low = m.load(address, 4);
    const high = m.load(address + 4, 4);
    if (low === m.reg(0, 4) && high === m.reg(2, 4)) {
      m.store(address, 4, m.reg(3, 4));
      m.store(address + 4, 4, m.reg(1, 4));
      m.putFlags(0x40, 0x40);
    } else {
      m.store(address, 4, low);
      m.store(address + 4, 4, high);
      m.setReg(0, 4, low);
      m.setReg(2, 4, high);
      m.putFlags(0x40, 0);
    }
  },

  // -- stack ----------------------------------------------------------------------------------------------------------

  // PUSH ESP stores the value from before the push, and memory operands are addressed with it.
  PUSH: (m, i) => {
    m.push(i.size, i.op0.kind === 13 ? m.getU(i.op0) : m.get(i.op0));
  },
  // POP to memory is addressed with ESP as it is after the pop; POP ESP leaves the popped value.
  POP: (m, i) => {
    if (i.op0.kind === 13) {
      m.loadSegment(i.op0.reg, m.peek(0, i.size) & 0xffff);
      m.setSp(m.sp() + i.size);
    } else if (i.op0.kind >= 5 /* memory */) {
      const v = m.peek(0, i.size);
      m.store(m.ea(i.op0) + (i.op0.base === 4 ? i.size : 0), i.size, v);
      m.setSp(m.sp() + i.size);
    } else {
      m.set(i.op0, m.pop(i.size));
    }
  },
  PUSHA: (m, i) => {
    const size = i.size;
    const sp = m.reg(4, size);
    m.check(m.linear(2, m.sp() - size, size), size, true); // the first to be pushed is the first to fault
    m.check(m.linear(2, m.sp() - 8 * size, 8 * size), 8 * size, true);
    m.push(size, m.reg(0, size));
    m.push(size, m.reg(1, size));
    m.push(size, m.reg(2, size));
    m.push(size, m.reg(3, size));
    m.push(size, sp);
    m.push(size, m.reg(5, size));
    m.push(size, m.reg(6, size));
    m.push(size, m.reg(7, size));
  },
  // One register after the other, as AMD's processors do: when a word cannot be read, those before it have changed. ESP has not, so
  // the instruction can be repeated. The image of ESP is skipped.
  POPA: (m, i) => {
    const size = i.size;
    m.setReg(7, size, m.peek(0, size));
    m.setReg(6, size, m.peek(size, size));
    m.setReg(5, size, m.peek(2 * size, size));
    m.setReg(3, size, m.peek(4 * size, size));
    m.setReg(2, size, m.peek(5 * size, size));
    m.setReg(1, size, m.peek(6 * size, size));
    m.setReg(0, size, m.peek(7 * size, size));
    m.setSp(m.sp() + 8 * size);
  },

  // -- flags as data ----------------------------------------------------------------------------------------------------

  PUSHF: (m, i) => {
    m.push(i.size, m.eflags() & 0xfcffff); // VM and RF are pushed as 0
  },
  POPF: (m, i) => {
    m.setEflags(m.pop(i.size), i.size);
  },
  LAHF: (m, _i) => {
    m.setReg(4 /* AH */, 1, m.eflags());
  },
  SAHF: (m, _i) => {
    m.putFlags(0xd5 /* SF ZF AF PF CF */, m.reg(4 /* AH */, 1));
  },

  // -- widening, byte order, tables ----------------------------------------------------------------------------------------

  /** CBW and CWDE: the operand size says which. */
  CBW: (m, i) => {
    m.setReg(0, i.size, m.reg(0, i.size >> 1));
  },
  /** CWD and CDQ. */
  CWD: (m, i) => {
    m.setReg(2, i.size, m.reg(0, i.size) >> 31);
  },
  // With a 16-bit register the manual leaves the result undefined; hardware gives 0.
  BSWAP: (m, i) => {
    m.set(i.op0, i.size === 2 ? 0 : m.bswap(m.get(i.op0)));
  },
  MOVBE: (m, i) => {
    const v = m.bswap(m.get(i.op1));
    m.set(i.op0, i.size === 2 ? v >> 16 : v);
  },
  XLAT: (m, i) => {
    const offset = m.reg(3, 4) + (m.reg(0, 1) & 0xff);
    m.setReg(0, 1, m.load(m.linear(i.segment < 0 ? 3 : i.segment, i.addressSize === 2 ? offset & 0xffff : offset, 1), 1));
  },
};
