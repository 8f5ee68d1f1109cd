// Moves of MMX and XMM registers: whole, low and high halves, scalars, masks of signs. Bits travel unchanged, as dwords.
// A load of less than 16 bytes zero-extends, a store writes the low bytes: VectorOps.move. Shuffles: sse-shuffle.ts.
// SDM vol. 2, MOV*, MASKMOV*, EMMS.

import type { SemanticTable } from "./machine.ts";

export const sseMove: SemanticTable = {
  MOVAPS: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVAPD: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVDQA: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVNTPS: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVNTPD: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVNTDQ: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVNTDQA: (m, i) => { m.vec.move(i.op0, i.op1, 1); },
  MOVUPS: (m, i) => { m.vec.move(i.op0, i.op1, 0); },
  MOVUPD: (m, i) => { m.vec.move(i.op0, i.op1, 0); },
  MOVDQU: (m, i) => { m.vec.move(i.op0, i.op1, 0); },
  LDDQU: (m, i) => { m.vec.move(i.op0, i.op1, 0); },

  MOVSS: (m, i) => {
    if (i.op0.kind === 16 && i.op1.kind === 16) m.vec.setI32(i.op0.reg, 0, m.vec.i32(i.op1.reg, 0));
    else m.vec.move(i.op0, i.op1, 0);
  },
  MOVSD: (m, i) => {
    if (i.op0.kind === 16 && i.op1.kind === 16) {
      m.vec.setI32(i.op0.reg, 0, m.vec.i32(i.op1.reg, 0));
      m.vec.setI32(i.op0.reg, 1, m.vec.i32(i.op1.reg, 1));
    } else m.vec.move(i.op0, i.op1, 0);
  },
  MOVD: (m, i) => {
    if (i.op0.kind === 16) {
      m.vec.setI32(i.op0.reg, 0, m.get(i.op1));
      m.vec.setI32(i.op0.reg, 1, 0);
      m.vec.setI32(i.op0.reg, 2, 0);
      m.vec.setI32(i.op0.reg, 3, 0);
    } else if (i.op0.kind === 15) {
      const d = m.vec.dst(i.op0);
      m.vec.setI32(d, 0, m.get(i.op1));
      m.vec.setI32(d, 1, 0);
      m.vec.write(i.op0, d, 0);
    } else {
      m.set(i.op0, m.vec.i32(m.vec.src(i.op1, 0), 0));
      if (i.op1.kind === 15) m.vec.enterMmx();
    }
  },
  MOVQ: (m, i) => {
    if (i.op0.kind === 16) {
      const s = m.vec.src(i.op1, 0);
      m.vec.setI32(i.op0.reg, 0, m.vec.i32(s, 0));
      m.vec.setI32(i.op0.reg, 1, m.vec.i32(s, 1));
      m.vec.setI32(i.op0.reg, 2, 0);
      m.vec.setI32(i.op0.reg, 3, 0);
    } else {
      if (i.op0.kind === 15) m.vec.checkMmx();
      m.vec.write(i.op0, m.vec.src(i.op1, 0), 0);
      if (i.op1.kind === 15) m.vec.enterMmx();
    }
  },
  MOVNTQ: (m, i) => {
    m.vec.write(i.op0, m.vec.src(i.op1, 0), 0);
    m.vec.enterMmx();
  },
  MOVQ2DQ: (m, i) => {
    m.vec.moveQ(i.op0.reg, m.vec.src(i.op1, 0));
    m.vec.enterMmx();
  },
  MOVDQ2Q: (m, i) => {
    m.vec.checkMmx();
    m.vec.write(i.op0, i.op1.reg, 0);
  },

  // Halves: the other half stays.
  MOVLPS: (m, i) => {
    if (i.op0.kind === 16) {
      const s = m.vec.src(i.op1, 0);
      m.vec.setI32(i.op0.reg, 0, m.vec.i32(s, 0));
      m.vec.setI32(i.op0.reg, 1, m.vec.i32(s, 1));
    } else m.vec.write(i.op0, i.op1.reg, 0);
  },
  MOVLPD: (m, i) => {
    if (i.op0.kind === 16) {
      const s = m.vec.src(i.op1, 0);
      m.vec.setI32(i.op0.reg, 0, m.vec.i32(s, 0));
      m.vec.setI32(i.op0.reg, 1, m.vec.i32(s, 1));
    } else m.vec.write(i.op0, i.op1.reg, 0);
  },
  MOVHPS: (m, i) => {
    if (i.op0.kind === 16) {
      const s = m.vec.src(i.op1, 0);
      m.vec.setI32(i.op0.reg, 2, m.vec.i32(s, 0));
      m.vec.setI32(i.op0.reg, 3, m.vec.i32(s, 1));
    } else {
      m.vec.setI32(8, 0, m.vec.i32(i.op1.reg, 2));
      m.vec.setI32(8, 1, m.vec.i32(i.op1.reg, 3));
      m.vec.write(i.op0, 8, 0);
    }
  },
  MOVHPD: (m, i) => {
    if (i.op0.kind === 16) {
      const s = m.vec.src(i.op1, 0);
      m.vec.setI32(i.op0.reg, 2, m.vec.i32(s, 0));
      m.vec.setI32(i.op0.reg, 3, m.vec.i32(s, 1));
    } else {
      m.vec.setI32(8, 0, m.vec.i32(i.op1.reg, 2));
      m.vec.setI32(8, 1, m.vec.i32(i.op1.reg, 3));
      m.vec.write(i.op0, 8, 0);
    }
  },
  MOVHLPS: (m, i) => {
    m.vec.setI32(i.op0.reg, 0, m.vec.i32(i.op1.reg, 2));
    m.vec.setI32(i.op0.reg, 1, m.vec.i32(i.op1.reg, 3));
  },
  MOVLHPS: (m, i) => {
    m.vec.setI32(i.op0.reg, 2, m.vec.i32(i.op1.reg, 0));
    m.vec.setI32(i.op0.reg, 3, m.vec.i32(i.op1.reg, 1));
  },
  MOVDDUP: (m, i) => { m.vec.dup(i.op0.reg, m.vec.src(i.op1, 0), 0, 1, 0, 1); },
  MOVSLDUP: (m, i) => { m.vec.dup(i.op0.reg, m.vec.src(i.op1, 1), 0, 0, 2, 2); },
  MOVSHDUP: (m, i) => { m.vec.dup(i.op0.reg, m.vec.src(i.op1, 1), 1, 1, 3, 3); },

  // To general registers and masked to memory.
  MOVMSKPS: (m, i) => { m.set(i.op0, m.vec.maskPS(i.op1.reg)); },
  MOVMSKPD: (m, i) => { m.set(i.op0, m.vec.maskPD(i.op1.reg)); },
  PMOVMSKB: (m, i) => {
    m.set(i.op0, m.vec.maskB(m.vec.src(i.op1, 0), i.op1.size));
    if (i.op1.kind === 15) m.vec.enterMmx();
  },
  MASKMOVDQU: (m, i) => { m.vec.maskedStore(m.ea(i.op0), i.op1.reg, i.op2.reg, 16); },
  MASKMOVQ: (m, i) => {
    const s = m.vec.src(i.op1, 0);
    const mask = m.vec.dst(i.op2);
    m.vec.enterMmx(); // the processor does so even if the store faults
    m.vec.maskedStore(m.ea(i.op0), s, mask, 8);
  },
  EMMS: (m, _i) => {
    m.vec.checkMmx();
    m.x87.mmxEnter();
    m.x87.emms();
  },
};
