// Packed integer arithmetic, logic, compares and shifts, on MMX and XMM registers alike (MMX to SSE4.2).
// The frequent simple ones are lane by lane here; the others are methods of the vector file (src/runtime/simd/integer.ts).
// Moves and shuffles: sse-move.ts, sse-shuffle.ts. SDM vol. 2, instructions P*.

import type { SemanticTable } from "./machine.ts";

export const sseInteger: SemanticTable = {
  PADDD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, (m.vec.i32(d, 0) + m.vec.i32(s, 0)) | 0);
    m.vec.setI32(d, 1, (m.vec.i32(d, 1) + m.vec.i32(s, 1)) | 0);
    m.vec.setI32(d, 2, (m.vec.i32(d, 2) + m.vec.i32(s, 2)) | 0);
    m.vec.setI32(d, 3, (m.vec.i32(d, 3) + m.vec.i32(s, 3)) | 0);
    m.vec.write(i.op0, d, 0);
  },
  PSUBD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, (m.vec.i32(d, 0) - m.vec.i32(s, 0)) | 0);
    m.vec.setI32(d, 1, (m.vec.i32(d, 1) - m.vec.i32(s, 1)) | 0);
    m.vec.setI32(d, 2, (m.vec.i32(d, 2) - m.vec.i32(s, 2)) | 0);
    m.vec.setI32(d, 3, (m.vec.i32(d, 3) - m.vec.i32(s, 3)) | 0);
    m.vec.write(i.op0, d, 0);
  },
  PXOR: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) ^ m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) ^ m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) ^ m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) ^ m.vec.i32(s, 3));
    m.vec.write(i.op0, d, 0);
  },
  PAND: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) & m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) & m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) & m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) & m.vec.i32(s, 3));
    m.vec.write(i.op0, d, 0);
  },
  POR: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) | m.vec.i32(s, 0));
    m.vec.setI32(d, 1, m.vec.i32(d, 1) | m.vec.i32(s, 1));
    m.vec.setI32(d, 2, m.vec.i32(d, 2) | m.vec.i32(s, 2));
    m.vec.setI32(d, 3, m.vec.i32(d, 3) | m.vec.i32(s, 3));
    m.vec.write(i.op0, d, 0);
  },
  PANDN: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, ~m.vec.i32(d, 0) & m.vec.i32(s, 0));
    m.vec.setI32(d, 1, ~m.vec.i32(d, 1) & m.vec.i32(s, 1));
    m.vec.setI32(d, 2, ~m.vec.i32(d, 2) & m.vec.i32(s, 2));
    m.vec.setI32(d, 3, ~m.vec.i32(d, 3) & m.vec.i32(s, 3));
    m.vec.write(i.op0, d, 0);
  },
  PCMPEQD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) === m.vec.i32(s, 0) ? -1 : 0);
    m.vec.setI32(d, 1, m.vec.i32(d, 1) === m.vec.i32(s, 1) ? -1 : 0);
    m.vec.setI32(d, 2, m.vec.i32(d, 2) === m.vec.i32(s, 2) ? -1 : 0);
    m.vec.setI32(d, 3, m.vec.i32(d, 3) === m.vec.i32(s, 3) ? -1 : 0);
    m.vec.write(i.op0, d, 0);
  },
  PCMPGTD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.setI32(d, 0, m.vec.i32(d, 0) > m.vec.i32(s, 0) ? -1 : 0);
    m.vec.setI32(d, 1, m.vec.i32(d, 1) > m.vec.i32(s, 1) ? -1 : 0);
    m.vec.setI32(d, 2, m.vec.i32(d, 2) > m.vec.i32(s, 2) ? -1 : 0);
    m.vec.setI32(d, 3, m.vec.i32(d, 3) > m.vec.i32(s, 3) ? -1 : 0);
    m.vec.write(i.op0, d, 0);
  },

  // Sums and differences.
  PADDB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addB(d, s); m.vec.write(i.op0, d, 0); },
  PADDW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addW(d, s); m.vec.write(i.op0, d, 0); },
  PADDQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addQ(d, s); m.vec.write(i.op0, d, 0); },
  PSUBB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subB(d, s); m.vec.write(i.op0, d, 0); },
  PSUBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subW(d, s); m.vec.write(i.op0, d, 0); },
  PSUBQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subQ(d, s); m.vec.write(i.op0, d, 0); },
  PADDSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addsB(d, s); m.vec.write(i.op0, d, 0); },
  PADDSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addsW(d, s); m.vec.write(i.op0, d, 0); },
  PADDUSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addusB(d, s); m.vec.write(i.op0, d, 0); },
  PADDUSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addusW(d, s); m.vec.write(i.op0, d, 0); },
  PSUBSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subsB(d, s); m.vec.write(i.op0, d, 0); },
  PSUBSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subsW(d, s); m.vec.write(i.op0, d, 0); },
  PSUBUSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subusB(d, s); m.vec.write(i.op0, d, 0); },
  PSUBUSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subusW(d, s); m.vec.write(i.op0, d, 0); },
  PHADDW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.haddW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHADDD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.haddD(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHADDSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.haddsW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHSUBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hsubW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHSUBD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hsubD(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHSUBSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hsubsW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },

  // Products, averages, absolute differences.
  PMULLW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mullW(d, s); m.vec.write(i.op0, d, 0); },
  PMULHW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mulhW(d, s); m.vec.write(i.op0, d, 0); },
  PMULHUW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mulhuW(d, s); m.vec.write(i.op0, d, 0); },
  PMULHRSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mulhrsW(d, s); m.vec.write(i.op0, d, 0); },
  PMULLD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mullD(d, s); m.vec.write(i.op0, d, 0); },
  PMULUDQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.muluDQ(d, s); m.vec.write(i.op0, d, 0); },
  PMULDQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mulDQ(d, s); m.vec.write(i.op0, d, 0); },
  PMADDWD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maddWD(d, s); m.vec.write(i.op0, d, 0); },
  PMADDUBSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maddUBSW(d, s); m.vec.write(i.op0, d, 0); },
  PSADBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.sadBW(d, s); m.vec.write(i.op0, d, 0); },
  PAVGB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.avgB(d, s); m.vec.write(i.op0, d, 0); },
  PAVGW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.avgW(d, s); m.vec.write(i.op0, d, 0); },
  PABSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.absB(d, s); m.vec.write(i.op0, d, 0); },
  PABSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.absW(d, s); m.vec.write(i.op0, d, 0); },
  PABSD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.absD(d, s); m.vec.write(i.op0, d, 0); },
  PSIGNB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.signB(d, s); m.vec.write(i.op0, d, 0); },
  PSIGNW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.signW(d, s); m.vec.write(i.op0, d, 0); },
  PSIGND: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.signD(d, s); m.vec.write(i.op0, d, 0); },
  MPSADBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mpsadBW(d, s, i.op2.imm); m.vec.write(i.op0, d, 0); },

  // Minima, maxima, compares.
  PMINSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.minSB(d, s); m.vec.write(i.op0, d, 0); },
  PMAXSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maxSB(d, s); m.vec.write(i.op0, d, 0); },
  PMINUB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.minUB(d, s); m.vec.write(i.op0, d, 0); },
  PMAXUB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maxUB(d, s); m.vec.write(i.op0, d, 0); },
  PMINSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.minSW(d, s); m.vec.write(i.op0, d, 0); },
  PMAXSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maxSW(d, s); m.vec.write(i.op0, d, 0); },
  PMINUW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.minUW(d, s); m.vec.write(i.op0, d, 0); },
  PMAXUW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maxUW(d, s); m.vec.write(i.op0, d, 0); },
  PMINSD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.minSD(d, s); m.vec.write(i.op0, d, 0); },
  PMAXSD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maxSD(d, s); m.vec.write(i.op0, d, 0); },
  PMINUD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.minUD(d, s); m.vec.write(i.op0, d, 0); },
  PMAXUD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maxUD(d, s); m.vec.write(i.op0, d, 0); },
  PHMINPOSUW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hminposUW(d, s); m.vec.write(i.op0, d, 0); },
  PCMPEQB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpeqB(d, s); m.vec.write(i.op0, d, 0); },
  PCMPEQW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpeqW(d, s); m.vec.write(i.op0, d, 0); },
  PCMPEQQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpeqQ(d, s); m.vec.write(i.op0, d, 0); },
  PCMPGTB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpgtB(d, s); m.vec.write(i.op0, d, 0); },
  PCMPGTW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpgtW(d, s); m.vec.write(i.op0, d, 0); },
  PCMPGTQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpgtQ(d, s); m.vec.write(i.op0, d, 0); },
  PTEST: (m, i) => {
    const t = m.vec.test(i.op0.reg, m.vec.src(i.op1, 1));
    m.putFlags(0x8d5, ((t & 1) << 6) | (t >> 1));
  },

  // Shifts: by an immediate, or by the low 64 bits of the source.
  PSLLW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.shlW(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSLLD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.shlD(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSLLQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.shlQ(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSRLW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.shrW(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSRLD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.shrD(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSRLQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.shrQ(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSRAW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.sarW(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSRAD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    m.vec.sarD(d, count);
    m.vec.write(i.op0, d, 0);
  },
  PSLLDQ: (m, i) => { m.vec.shlBytes(i.op0.reg, i.op1.imm); },
  PSRLDQ: (m, i) => { m.vec.shrBytes(i.op0.reg, i.op1.imm); },
};
