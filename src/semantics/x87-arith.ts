// x87 arithmetic, comparisons and elementary functions.
// The pattern: a waiting instruction first reports a pending unmasked exception (#MF = 16); memory is read or checked before the
// FPU changes; then the last-instruction pointers are noted. The work is done by m.x87 (src/runtime/x87).
// Loads, stores and control: x87.ts. SDM vol. 1, chapter 8; vol. 2, F*.

import type { SemanticTable } from "./machine.ts";

// First arguments of arith*: ADD 0, MUL 1, SUB 4, SUBR 5, DIV 6, DIVR 7 of src/runtime/x87/arith.ts.
export const x87Arith: SemanticTable = {
  FADD: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.arithF64(0, x);
      else m.x87.arithF64Bits(0, m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.arithF32(0, x);
      else m.x87.arithF32Bits(0, m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.add(i.op0.reg, i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FMUL: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.arithF64(1, x);
      else m.x87.arithF64Bits(1, m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.arithF32(1, x);
      else m.x87.arithF32Bits(1, m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.mul(i.op0.reg, i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSUB: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.arithF64(4, x);
      else m.x87.arithF64Bits(4, m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.arithF32(4, x);
      else m.x87.arithF32Bits(4, m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.sub(i.op0.reg, i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSUBR: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.arithF64(5, x);
      else m.x87.arithF64Bits(5, m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.arithF32(5, x);
      else m.x87.arithF32Bits(5, m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.subr(i.op0.reg, i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FDIV: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.arithF64(6, x);
      else m.x87.arithF64Bits(6, m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.arithF32(6, x);
      else m.x87.arithF32Bits(6, m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.div(i.op0.reg, i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FDIVR: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.arithF64(7, x);
      else m.x87.arithF64Bits(7, m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.arithF32(7, x);
      else m.x87.arithF32Bits(7, m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.divr(i.op0.reg, i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },

  // Popping forms: ST(i) op ST(0).
  FADDP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithPop(0, i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FMULP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithPop(1, i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSUBP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithPop(4, i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSUBRP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithPop(5, i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FDIVP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithPop(6, i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FDIVRP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithPop(7, i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },

  // With a 16- or 32-bit integer.
  FIADD: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithInt(0, m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FIMUL: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithInt(1, m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FISUB: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithInt(4, m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FISUBR: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithInt(5, m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FIDIV: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithInt(6, m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FIDIVR: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.arithInt(7, m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },

  // Comparisons into C3 C2 C0.
  FCOM: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.compareF64(x);
      else m.x87.compareF64Bits(m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.compareF32(x);
      else m.x87.compareF32Bits(m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.compare(i.op1.reg, false);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FCOMP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) {
        if (m.x87.compareF64(x)) m.x87.pop();
      } else if (m.x87.compareF64Bits(m.load(at, 4), m.load((at + 4) | 0, 4))) m.x87.pop();
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) {
        if (m.x87.compareF32(x)) m.x87.pop();
      } else if (m.x87.compareF32Bits(m.load(at, 4))) m.x87.pop();
      m.x87.noteData(m.offset(i.op0));
    } else if (m.x87.compare(i.op1.reg, false)) m.x87.pop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FCOMPP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (m.x87.compare(1, false)) {
      m.x87.pop();
      m.x87.pop();
    }
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FUCOM: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.compare(i.op1.reg, true);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FUCOMP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (m.x87.compare(i.op1.reg, true)) m.x87.pop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FUCOMPP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (m.x87.compare(1, true)) {
      m.x87.pop();
      m.x87.pop();
    }
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FICOM: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.compareInt(m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FICOMP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (m.x87.compareInt(m.get(i.op0))) m.x87.pop();
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  // Comparisons into EFLAGS: ZF PF CF; OF SF AF become 0.
  FCOMI: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.putFlags(0x8d5, m.x87.compareFlags(i.op1.reg, false));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FUCOMI: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.putFlags(0x8d5, m.x87.compareFlags(i.op1.reg, true));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FCOMIP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.putFlags(0x8d5, m.x87.compareFlags(i.op1.reg, false));
    if (m.x87.delivered() !== 0) m.x87.pop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FUCOMIP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.putFlags(0x8d5, m.x87.compareFlags(i.op1.reg, true));
    if (m.x87.delivered() !== 0) m.x87.pop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FTST: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.tst();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FXAM: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.xam();
    m.x87.note(i.address, i.opcode, i.modrm);
  },

  // One operand.
  FCHS: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.chs();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FABS: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.abs();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSQRT: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.sqrt();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FRNDINT: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.rndint();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSCALE: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.scale();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FXTRACT: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.xtract();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FPREM: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.prem();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FPREM1: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.prem1();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  F2XM1: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.f2xm1();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FYL2X: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fyl2x();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FYL2XP1: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fyl2xp1();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FPATAN: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fpatan();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FPTAN: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fptan();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSIN: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fsin();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FCOS: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fcos();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSINCOS: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.fsincos();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
};
