// String compares of SSE4.2, AES rounds, carry-less multiplication.
// The work: src/runtime/simd/strings.ts and crypto.ts. SDM vol. 2.

import type { SemanticTable } from "./machine.ts";

export const sseStrings: SemanticTable = {
  // Explicit lengths in EAX and EDX, as magnitudes; the result goes to ECX or XMM0.
  PCMPESTRI: (m, i) => {
    const r = m.vec.strcmp(i.op0.reg, m.vec.src(i.op1, 0), i.op2.imm, Math.abs(m.reg(0, 4)), Math.abs(m.reg(2, 4)));
    m.setReg(1, 4, m.vec.strIndex(r, i.op2.imm));
    m.putFlags(0x8d5, r >> 16);
  },
  PCMPESTRM: (m, i) => {
    const r = m.vec.strcmp(i.op0.reg, m.vec.src(i.op1, 0), i.op2.imm, Math.abs(m.reg(0, 4)), Math.abs(m.reg(2, 4)));
    m.vec.strMask(r, i.op2.imm);
    m.putFlags(0x8d5, r >> 16);
  },
  // Implicit lengths: up to the first zero.
  PCMPISTRI: (m, i) => {
    const r = m.vec.strcmp(i.op0.reg, m.vec.src(i.op1, 0), i.op2.imm, -1, -1);
    m.setReg(1, 4, m.vec.strIndex(r, i.op2.imm));
    m.putFlags(0x8d5, r >> 16);
  },
  PCMPISTRM: (m, i) => {
    const r = m.vec.strcmp(i.op0.reg, m.vec.src(i.op1, 0), i.op2.imm, -1, -1);
    m.vec.strMask(r, i.op2.imm);
    m.putFlags(0x8d5, r >> 16);
  },

  AESENC: (m, i) => { m.vec.aesEncrypt(i.op0.reg, m.vec.src(i.op1, 1), 0); },
  AESENCLAST: (m, i) => { m.vec.aesEncrypt(i.op0.reg, m.vec.src(i.op1, 1), 1); },
  AESDEC: (m, i) => { m.vec.aesDecrypt(i.op0.reg, m.vec.src(i.op1, 1), 0); },
  AESDECLAST: (m, i) => { m.vec.aesDecrypt(i.op0.reg, m.vec.src(i.op1, 1), 1); },
  AESIMC: (m, i) => { m.vec.aesInverseMix(i.op0.reg, m.vec.src(i.op1, 1)); },
  AESKEYGENASSIST: (m, i) => { m.vec.aesKeygenAssist(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  PCLMULQDQ: (m, i) => { m.vec.clmul(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
};
