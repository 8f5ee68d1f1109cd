// Control transfer: jumps, calls, returns, loops, interrupts; ENTER and LEAVE.
// Intel SDM volume 1, chapter 6 (procedure calls, interrupts) and 7.3.8. Far transfers are the machine's (farJump, farReturn).
// With a 16-bit operand size targets are truncated to 16 bits; REL operands arrive truncated from the decoder.
// Literals: operand kinds 17 = REL, 18 = PTR (immediate far pointer).

import type { SemanticTable } from "./machine.ts";

export const control: SemanticTable = {
  Jcc: (m, i) => {
    if (m.cond(i.cc)) m.jump(i.op0.imm);
  },
  JMP: (m, i) => {
    m.jump(i.op0.kind === 17 ? i.op0.imm : m.getU(i.op0));
  },
  CALL: (m, i) => {
    const target = i.op0.kind === 17 ? i.op0.imm : m.getU(i.op0);
    m.push(i.size, i.next);
    m.jump(target);
  },
  JMPF: (m, i) => {
    if (i.op0.kind === 18) {
      m.farJump(i.op0.reg, i.op0.imm, i.size, 0);
    } else {
      const address = m.ea(i.op0);
      const offset = m.load(address, i.size);
      const selector = m.load(address + i.size, 2) & 0xffff;
      m.farJump(selector, i.size === 2 ? offset & 0xffff : offset, i.size, 0);
    }
  },
  CALLF: (m, i) => {
    if (i.op0.kind === 18) {
      m.farJump(i.op0.reg, i.op0.imm, i.size, 1);
    } else {
      const address = m.ea(i.op0);
      const offset = m.load(address, i.size);
      const selector = m.load(address + i.size, 2) & 0xffff;
      m.farJump(selector, i.size === 2 ? offset & 0xffff : offset, i.size, 1);
    }
  },
  RET: (m, i) => {
    const target = m.pop(i.size);
    if (i.op0.kind === 1 /* immediate */) m.setSp(m.sp() + i.op0.imm);
    m.jump(i.size === 2 ? target & 0xffff : target);
  },
  /** RETF: `imm` bytes of parameters are released beyond the return address. */
  RETF: (m, i) => {
    m.farReturn(i.size, i.op0.kind === 1 ? i.op0.imm : 0);
  },

  // The counter is ECX, or CX with 16-bit addressing.
  LOOP: (m, i) => {
    const count = m.fit(m.reg(1, i.addressSize) - 1, i.addressSize);
    m.setReg(1, i.addressSize, count);
    if (count !== 0) m.jump(i.op0.imm);
  },
  LOOPcc: (m, i) => {
    const count = m.fit(m.reg(1, i.addressSize) - 1, i.addressSize);
    m.setReg(1, i.addressSize, count);
    if (count !== 0 && m.cond(i.cc)) m.jump(i.op0.imm);
  },
  JECXZ: (m, i) => {
    if (m.reg(1, i.addressSize) === 0) m.jump(i.op0.imm);
  },

  // -- interrupts -------------------------------------------------------------------------------------------------------

  // Gates that user code may call: 3, 4 and 0x80. All others are #GP with an error code naming the gate.
  INT: (m, i) => {
    const vector = i.op0.imm & 0xff;
    if (vector !== 3 && vector !== 4 && vector !== 0x80) m.fault(13, vector * 8 + 2);
    m.interrupt(vector);
  },
  INT3: (m, _i) => {
    m.interrupt(3);
  },
  ICEBP: (m, _i) => {
    m.interrupt(1);
  },
  INTO: (m, _i) => {
    if (m.of() !== 0) m.interrupt(4);
  },
  IRET: (m, i) => {
    m.interruptReturn(i.size);
  },
  BOUND: (m, i) => {
    const index = m.get(i.op0);
    const address = m.ea(i.op1);
    const lower = m.load(address, i.size);
    const upper = m.load(address + i.size, i.size);
    if (index < lower || index > upper) m.fault(5, 0);
  },

  // -- stack frames -------------------------------------------------------------------------------------------------------

  // ENTER size, level: pushes EBP, copies level - 1 frame pointers of the enclosing procedures, pushes the new frame's own.
  // A fault on the way leaves words below the stack top, and no register changed.
  ENTER: (m, i) => {
    const size = i.size;
    const level = i.op1.imm & 31;
    const bp = m.reg(5, 4);
    const frame = m.sp() - size;
    m.store(m.linear(2, frame, size), size, bp);
    for (let k = 1; k < level; k++) {
      m.store(m.linear(2, frame - k * size, size), size, m.load(m.linear(2, bp - k * size, size), size));
    }
    if (level > 0) m.store(m.linear(2, frame - level * size, size), size, frame);
    const top = frame - level * size - i.op0.imm;
    m.check(m.linear(2, top, size), size, true); // hardware probes the new stack top, which makes the stack grow
    m.setReg(5, size, frame);
    m.setSp(top);
  },
  LEAVE: (m, i) => {
    const bp = m.reg(5, 4);
    const v = m.load(m.linear(2, bp, i.size), i.size);
    m.setSp(bp + i.size);
    m.setReg(5, i.size, v);
  },
};
