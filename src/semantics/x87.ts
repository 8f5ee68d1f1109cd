// x87 loads, stores, constants, stack and control; the table of all x87 semantics.
// The pattern: a waiting instruction first reports a pending unmasked exception (#MF = 16); memory is read or checked before the
// FPU changes; then the last-instruction pointers are noted. The work is done by m.x87 (src/runtime/x87).
// Arithmetic and comparisons: x87-arith.ts. SDM vol. 1, chapter 8; vol. 2, F*.

import type { SemanticTable } from "./machine.ts";
import { x87Arith } from "./x87-arith.ts";

export const x87: SemanticTable = {
  ...x87Arith,

  // Loads: push.
  FLD: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const x = m.loadF64(at);
      if (x === x) m.x87.loadF64(x);
      else m.x87.loadF64Bits(m.load(at, 4), m.load((at + 4) | 0, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 5) {
      const at = m.ea(i.op0);
      const x = m.loadF32(at);
      if (x === x) m.x87.loadF32(x);
      else m.x87.loadF32Bits(m.load(at, 4));
      m.x87.noteData(m.offset(i.op0));
    } else if (i.op0.kind === 9) {
      const at = m.ea(i.op0);
      const low = m.load(at, 4);
      const high = m.load((at + 4) | 0, 4);
      m.x87.loadF80(m.load((at + 8) | 0, 2) & 0xffff, high, low);
      m.x87.noteData(m.offset(i.op0));
    } else m.x87.loadSt(i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FILD: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 8) {
      const at = m.ea(i.op0);
      const low = m.load(at, 4);
      m.x87.loadInt64(low, m.load((at + 4) | 0, 4));
    } else m.x87.loadInt(m.get(i.op0));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FBLD: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    const at = m.ea(i.op0);
    const low = m.load(at, 4);
    const middle = m.load((at + 4) | 0, 4);
    m.x87.loadBcdWords(low, middle, m.load((at + 8) | 0, 2));
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLD1: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(0);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLDL2T: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(1);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLDL2E: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(2);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLDPI: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(3);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLDLG2: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(4);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLDLN2: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(5);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FLDZ: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.loadConst(6);
    m.x87.note(i.address, i.opcode, i.modrm);
  },

  // Stores. Memory is checked before the FPU changes; an unmasked exception leaves memory and stack alone (delivered() = 0).
  FST: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 14) {
      m.x87.storeSt(i.op0.reg);
    } else {
      const at = m.ea(i.op0);
      m.check(at, i.op0.size, true);
      if (i.op0.kind === 8) {
        const x = m.x87.storeF64();
        if (m.x87.delivered() !== 0) {
          if (x === x) m.storeF64(at, x);
          else {
            m.store(at, 4, m.x87.outWord(0));
            m.store((at + 4) | 0, 4, m.x87.outWord(1));
          }
        }
      } else if (i.op0.kind === 5) {
        const x = m.x87.storeF32();
        if (m.x87.delivered() !== 0) {
          if (x === x) m.storeF32(at, x);
          else m.store(at, 4, m.x87.outWord(0));
        }
      }
      m.x87.noteData(m.offset(i.op0));
    }
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FSTP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    if (i.op0.kind === 14) {
      if (i.opcode === 0xd9) m.x87.storeQuietly(i.op0.reg);
      else if (m.x87.storeSt(i.op0.reg)) m.x87.pop();
    } else {
      const at = m.ea(i.op0);
      m.check(at, i.op0.size, true);
      if (i.op0.kind === 8) {
        const x = m.x87.storeF64();
        if (m.x87.delivered() !== 0) {
          if (x === x) m.storeF64(at, x);
          else {
            m.store(at, 4, m.x87.outWord(0));
            m.store((at + 4) | 0, 4, m.x87.outWord(1));
          }
          m.x87.pop();
        }
      } else if (i.op0.kind === 5) {
        const x = m.x87.storeF32();
        if (m.x87.delivered() !== 0) {
          if (x === x) m.storeF32(at, x);
          else m.store(at, 4, m.x87.outWord(0));
          m.x87.pop();
        }
      } else {
        m.x87.storeF80();
        if (m.x87.delivered() !== 0) {
          m.store(at, 4, m.x87.outWord(0));
          m.store((at + 4) | 0, 4, m.x87.outWord(1));
          m.store((at + 8) | 0, 2, m.x87.outWord(2));
          m.x87.pop();
        }
      }
      m.x87.noteData(m.offset(i.op0));
    }
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FIST: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    const at = m.ea(i.op0);
    m.check(at, i.op0.size, true);
    if (i.op0.kind === 5) {
      const v = m.x87.toInt32();
      if (m.x87.delivered() !== 0) {
        m.store(at, 4, v);
      }
    } else if (i.op0.kind === 6) {
      const v = m.x87.toInt16();
      if (m.x87.delivered() !== 0) {
        m.store(at, 2, v);
      }
    }
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FISTP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    const at = m.ea(i.op0);
    m.check(at, i.op0.size, true);
    if (i.op0.kind === 5) {
      const v = m.x87.toInt32();
      if (m.x87.delivered() !== 0) {
        m.store(at, 4, v);
        m.x87.pop();
      }
    } else if (i.op0.kind === 6) {
      const v = m.x87.toInt16();
      if (m.x87.delivered() !== 0) {
        m.store(at, 2, v);
        m.x87.pop();
      }
    } else {
      m.x87.toInt64();
      if (m.x87.delivered() !== 0) {
        m.store(at, 4, m.x87.outWord(0));
        m.store((at + 4) | 0, 4, m.x87.outWord(1));
        m.x87.pop();
      }
    }
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FISTTP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    const at = m.ea(i.op0);
    m.check(at, i.op0.size, true);
    if (i.op0.kind === 5) {
      const v = m.x87.truncInt32();
      if (m.x87.delivered() !== 0) {
        m.store(at, 4, v);
        m.x87.pop();
      }
    } else if (i.op0.kind === 6) {
      const v = m.x87.truncInt16();
      if (m.x87.delivered() !== 0) {
        m.store(at, 2, v);
        m.x87.pop();
      }
    } else {
      m.x87.truncInt64();
      if (m.x87.delivered() !== 0) {
        m.store(at, 4, m.x87.outWord(0));
        m.store((at + 4) | 0, 4, m.x87.outWord(1));
        m.x87.pop();
      }
    }
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FBSTP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    const at = m.ea(i.op0);
    m.check(at, 10, true);
    m.x87.storeBcd();
    if (m.x87.delivered() !== 0) {
      m.store(at, 4, m.x87.outWord(0));
      m.store((at + 4) | 0, 4, m.x87.outWord(1));
      m.store((at + 8) | 0, 2, m.x87.outWord(2));
      m.x87.pop();
    }
    m.x87.noteData(m.offset(i.op0));
    m.x87.note(i.address, i.opcode, i.modrm);
  },

  // Register moves and the stack.
  FXCH: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.exchange(i.op1.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FCMOVcc: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.cmov(i.op1.reg, m.cond(i.cc));
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FFREE: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.free(i.op0.reg);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FFREEP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.free(i.op0.reg);
    m.x87.pop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FINCSTP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.incTop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FDECSTP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.decTop();
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FNOP: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.note(i.address, i.opcode, i.modrm);
  },
  FWAIT: (m, _i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
  },

  // Control. The FN forms do not wait.
  FNINIT: (m, _i) => { m.x87.init(); },
  FNCLEX: (m, _i) => { m.x87.clearExceptions(); },
  FNENI: (_m, _i) => {},
  FNDISI: (_m, _i) => {},
  FNSETPM: (_m, _i) => {},
  FLDCW: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.x87.setControlWord(m.getU(i.op0));
  },
  FNSTCW: (m, i) => { m.set(i.op0, m.x87.getControlWord()); },
  FNSTSW: (m, i) => { m.set(i.op0, m.x87.getStatusWord()); },
  FNSTENV: (m, i) => { m.vec.storeEnvironment(i.op0); },
  FLDENV: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.vec.loadEnvironment(i.op0);
  },
  FNSAVE: (m, i) => { m.vec.saveX87(i.op0); },
  FRSTOR: (m, i) => {
    if (m.x87.pendingException()) m.fault(16, 0);
    m.vec.restoreX87(i.op0);
  },
};
