// String compares of SSE4.2, AES rounds, carry-less multiplication, SHA rounds.
// The work: src/runtime/simd/strings.ts, crypto.ts and sha.ts. SDM vol. 2.

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

  // SHA: memory need not be aligned (so on AMD; the manual asks for it).
  SHA1RNDS4: (m, i) => { m.vec.sha1Rounds(i.op0.reg, m.vec.src(i.op1, 0), i.op2.imm); },
  SHA1NEXTE: (m, i) => { m.vec.sha1NextE(i.op0.reg, m.vec.src(i.op1, 0)); },
  SHA1MSG1: (m, i) => { m.vec.sha1Message1(i.op0.reg, m.vec.src(i.op1, 0)); },
  SHA1MSG2: (m, i) => { m.vec.sha1Message2(i.op0.reg, m.vec.src(i.op1, 0)); },
  SHA256RNDS2: (m, i) => { m.vec.sha256Rounds(i.op0.reg, m.vec.src(i.op1, 0)); },
  SHA256MSG1: (m, i) => { m.vec.sha256Message1(i.op0.reg, m.vec.src(i.op1, 0)); },
  SHA256MSG2: (m, i) => { m.vec.sha256Message2(i.op0.reg, m.vec.src(i.op1, 0)); },
};
