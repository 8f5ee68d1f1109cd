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
    if (i.op0.kind === 16 && i.op1.kind === 16) m.vec.copyLane(i.op0.reg, 0, i.op1.reg, 0);
    else m.vec.move(i.op0, i.op1, 0);
  },
  MOVSD: (m, i) => {
    if (i.op0.kind === 16 && i.op1.kind === 16) m.vec.copyHalf(i.op0.reg, 0, i.op1.reg, 0);
    else m.vec.move(i.op0, i.op1, 0);
  },
  MOVD: (m, i) => {
    if (i.op0.kind === 16) {
      m.vec.setI32(i.op0.reg, 0, m.get(i.op1));
      m.vec.zeroFrom(i.op0.reg, 4);
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
      m.vec.copyHalf(i.op0.reg, 0, m.vec.src(i.op1, 0), 0);
      m.vec.zeroFrom(i.op0.reg, 8);
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
    if (i.op0.kind === 16) m.vec.copyHalf(i.op0.reg, 0, m.vec.src(i.op1, 0), 0);
    else m.vec.write(i.op0, i.op1.reg, 0);
  },
  MOVLPD: (m, i) => {
    if (i.op0.kind === 16) m.vec.copyHalf(i.op0.reg, 0, m.vec.src(i.op1, 0), 0);
    else m.vec.write(i.op0, i.op1.reg, 0);
  },
  MOVHPS: (m, i) => {
    if (i.op0.kind === 16) m.vec.copyHalf(i.op0.reg, 1, m.vec.src(i.op1, 0), 0);
    else {
      m.vec.copyHalf(8, 0, i.op1.reg, 1);
      m.vec.write(i.op0, 8, 0);
    }
  },
  MOVHPD: (m, i) => {
    if (i.op0.kind === 16) m.vec.copyHalf(i.op0.reg, 1, m.vec.src(i.op1, 0), 0);
    else {
      m.vec.copyHalf(8, 0, i.op1.reg, 1);
      m.vec.write(i.op0, 8, 0);
    }
  },
  MOVHLPS: (m, i) => { m.vec.copyHalf(i.op0.reg, 0, i.op1.reg, 1); },
  MOVLHPS: (m, i) => { m.vec.copyHalf(i.op0.reg, 1, i.op1.reg, 0); },
  MOVDDUP: (m, i) => {
    m.vec.copyHalf(i.op0.reg, 0, m.vec.src(i.op1, 0), 0);
    m.vec.copyHalf(i.op0.reg, 1, i.op0.reg, 0);
  },
  MOVSLDUP: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.copyLane(i.op0.reg, k, s, k & 2);
  },
  MOVSHDUP: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) m.vec.copyLane(i.op0.reg, 3 - k, s, (3 - k) | 1);
  },

  // To general registers and masked to memory.
  MOVMSKPS: (m, i) => { 
    const s = i.op1.reg;
    m.set(i.op0, (m.vec.i32(s, 0) >>> 31) | ((m.vec.i32(s, 1) >>> 31) << 1) | ((m.vec.i32(s, 2) >>> 31) << 2) | ((m.vec.i32(s, 3) >>> 31) << 3));
  },
  MOVMSKPD: (m, i) => { m.set(i.op0, (m.vec.i32(i.op1.reg, 1) >>> 31) | ((m.vec.i32(i.op1.reg, 3) >>> 31) << 1)); },
  PMOVMSKB: (m, i) => {
    const s = m.vec.src(i.op1, 0);
    // the product moves the four top bits together
    const low = (Math.imul((m.vec.i32(s, 0) >>> 7) & 0x01010101, 0x10204080) >>> 28) | ((Math.imul((m.vec.i32(s, 1) >>> 7) & 0x01010101, 0x10204080) >>> 28) << 4);
    if (i.op1.size === 8) m.set(i.op0, low);
    else {
      const high = (Math.imul((m.vec.i32(s, 2) >>> 7) & 0x01010101, 0x10204080) >>> 28) | ((Math.imul((m.vec.i32(s, 3) >>> 7) & 0x01010101, 0x10204080) >>> 28) << 4);
      m.set(i.op0, low | (high << 8));
    }
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
