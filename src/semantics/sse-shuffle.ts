// Packs, unpacks, shuffles, blends, inserts, extracts and widening moves of MMX and XMM registers (MMX to SSE4.1).
// Work is done by the vector file: src/runtime/simd/shuffle.ts. SDM vol. 2.

import type { SemanticTable } from "./machine.ts";

export const sseShuffle: SemanticTable = {
  PACKSSWB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.packssWB(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PACKUSWB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.packusWB(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PACKSSDW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.packssDW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PUNPCKLBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.unpcklB(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PUNPCKHBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.unpckhB(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PUNPCKLWD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.unpcklW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PUNPCKHWD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.unpckhW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PUNPCKHDQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.unpckhD(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PUNPCKLDQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.unpcklD(d, s); m.vec.write(i.op0, d, 0); },
  PACKUSDW: (m, i) => { m.vec.packusDW(i.op0.reg, m.vec.src(i.op1, 1)); },
  PUNPCKLQDQ: (m, i) => { m.vec.unpcklQ(i.op0.reg, m.vec.src(i.op1, 1)); },
  PUNPCKHQDQ: (m, i) => { m.vec.unpckhQ(i.op0.reg, m.vec.src(i.op1, 1)); },
  UNPCKLPS: (m, i) => { m.vec.unpcklD(i.op0.reg, m.vec.src(i.op1, 1)); },
  UNPCKLPD: (m, i) => { m.vec.unpcklQ(i.op0.reg, m.vec.src(i.op1, 1)); },
  UNPCKHPD: (m, i) => { m.vec.unpckhQ(i.op0.reg, m.vec.src(i.op1, 1)); },
  UNPCKHPS: (m, i) => { m.vec.unpckhD(i.op0.reg, m.vec.src(i.op1, 1), 16); },

  PSHUFD: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a = m.vec.i32(s, i.op2.imm & 3);
    const b = m.vec.i32(s, (i.op2.imm >> 2) & 3);
    const c = m.vec.i32(s, (i.op2.imm >> 4) & 3);
    const e = m.vec.i32(s, (i.op2.imm >> 6) & 3);
    m.vec.setI32(d, 0, a);
    m.vec.setI32(d, 1, b);
    m.vec.setI32(d, 2, c);
    m.vec.setI32(d, 3, e);
  },
  PSHUFLW: (m, i) => { m.vec.shufW(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm, 0); },
  PSHUFHW: (m, i) => { m.vec.shufW(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm, 4); },
  PSHUFW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.shufW(d, s, i.op2.imm, 0); m.vec.write(i.op0, d, 0); },
  SHUFPS: (m, i) => { m.vec.shufPS(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  SHUFPD: (m, i) => { m.vec.shufPD(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  PSHUFB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.shufB(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PALIGNR: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.alignr(d, s, i.op0.size, i.op2.imm); m.vec.write(i.op0, d, 0); },

  PBLENDW: (m, i) => { m.vec.blendW(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  BLENDPS: (m, i) => { m.vec.blendD(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  BLENDPD: (m, i) => { m.vec.blendD(i.op0.reg, m.vec.src(i.op1, 1), (i.op2.imm & 1) * 3 + (i.op2.imm & 2) * 6); },
  PBLENDVB: (m, i) => { m.vec.blendvB(i.op0.reg, m.vec.src(i.op1, 1)); },
  BLENDVPS: (m, i) => { m.vec.blendvD(i.op0.reg, m.vec.src(i.op1, 1)); },
  BLENDVPD: (m, i) => { m.vec.blendvQ(i.op0.reg, m.vec.src(i.op1, 1)); },

  // Inserts and extracts. A memory operand is of the element's width.
  PINSRW: (m, i) => {
    const d = m.vec.dst(i.op0);
    m.vec.setI16(d, i.op2.imm & (i.op0.kind === 15 ? 3 : 7), m.get(i.op1));
    m.vec.write(i.op0, d, 0);
  },
  PINSRB: (m, i) => { m.vec.setI8(i.op0.reg, i.op2.imm & 15, m.get(i.op1)); },
  PINSRD: (m, i) => { m.vec.setI32(i.op0.reg, i.op2.imm & 3, m.get(i.op1)); },
  INSERTPS: (m, i) => {
    const v = i.op1.kind === 16 ? m.vec.i32(i.op1.reg, (i.op2.imm >> 6) & 3) : m.get(i.op1);
    m.vec.insertPS(i.op0.reg, v, i.op2.imm);
  },
  PEXTRW: (m, i) => {
    m.set(i.op0, m.vec.u16(m.vec.src(i.op1, 0), i.op2.imm & (i.op1.kind === 15 ? 3 : 7)));
    if (i.op1.kind === 15) m.vec.enterMmx();
  },
  PEXTRB: (m, i) => { m.set(i.op0, m.vec.u8(i.op1.reg, i.op2.imm & 15)); },
  PEXTRD: (m, i) => { m.set(i.op0, m.vec.i32(i.op1.reg, i.op2.imm & 3)); },
  EXTRACTPS: (m, i) => { m.set(i.op0, m.vec.i32(i.op1.reg, i.op2.imm & 3)); },

  PMOVSXBW: (m, i) => { m.vec.movsxBW(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVSXBD: (m, i) => { m.vec.movsxBD(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVSXBQ: (m, i) => { m.vec.movsxBQ(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVSXWD: (m, i) => { m.vec.movsxWD(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVSXWQ: (m, i) => { m.vec.movsxWQ(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVSXDQ: (m, i) => { m.vec.movsxDQ(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVZXBW: (m, i) => { m.vec.movzxBW(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVZXBD: (m, i) => { m.vec.movzxBD(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVZXBQ: (m, i) => { m.vec.movzxBQ(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVZXWD: (m, i) => { m.vec.movzxWD(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVZXWQ: (m, i) => { m.vec.movzxWQ(i.op0.reg, m.vec.src(i.op1, 0)); },
  PMOVZXDQ: (m, i) => { m.vec.movzxDQ(i.op0.reg, m.vec.src(i.op1, 0)); },
};
