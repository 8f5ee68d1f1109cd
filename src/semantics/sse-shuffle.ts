// Packs, unpacks, shuffles, blends, inserts, extracts and widening moves of MMX and XMM registers (MMX to SSE4.1).
// What is more than moves of dwords and words is done by the vector file: src/runtime/simd/shuffle.ts. SDM vol. 2.

import type { SemanticTable } from "./machine.ts";

export const sseShuffle: SemanticTable = {
  PACKSSWB: (m, i) => {
    const d = m.vec.dst(i.op0);
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copy(11, d);
    const n = i.op0.size >> 3;
    for (let k = 0; k < 2 * n; k++) {
      const x = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n));
      const y = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n) + 1);
      const x0 = (x << 16) >> 16;
      const x1 = x >> 16;
      const y0 = (y << 16) >> 16;
      const y1 = y >> 16;
      const b0 = x0 < -128 ? -128 : x0 > 127 ? 127 : x0;
      const b1 = x1 < -128 ? -128 : x1 > 127 ? 127 : x1;
      const b2 = y0 < -128 ? -128 : y0 > 127 ? 127 : y0;
      const b3 = y1 < -128 ? -128 : y1 > 127 ? 127 : y1;
      m.vec.setI32(d, k, (b0 & 255) | ((b1 & 255) << 8) | ((b2 & 255) << 16) | (b3 << 24));
    }
    m.vec.write(i.op0, d, 0);
  },
  PACKUSWB: (m, i) => {
    const d = m.vec.dst(i.op0);
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copy(11, d);
    const n = i.op0.size >> 3;
    for (let k = 0; k < 2 * n; k++) {
      const x = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n));
      const y = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n) + 1);
      const x0 = (x << 16) >> 16;
      const x1 = x >> 16;
      const y0 = (y << 16) >> 16;
      const y1 = y >> 16;
      const b0 = x0 < 0 ? 0 : x0 > 255 ? 255 : x0;
      const b1 = x1 < 0 ? 0 : x1 > 255 ? 255 : x1;
      const b2 = y0 < 0 ? 0 : y0 > 255 ? 255 : y0;
      const b3 = y1 < 0 ? 0 : y1 > 255 ? 255 : y1;
      m.vec.setI32(d, k, (b0 & 255) | ((b1 & 255) << 8) | ((b2 & 255) << 16) | (b3 << 24));
    }
    m.vec.write(i.op0, d, 0);
  },
  PACKSSDW: (m, i) => {
    const d = m.vec.dst(i.op0);
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copy(11, d);
    const n = i.op0.size >> 3;
    for (let k = 0; k < 2 * n; k++) {
      const x = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n));
      const y = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n) + 1);
      const low = x < -32768 ? -32768 : x > 32767 ? 32767 : x;
      const high = y < -32768 ? -32768 : y > 32767 ? 32767 : y;
      m.vec.setI32(d, k, (low & 65535) | (high << 16));
    }
    m.vec.write(i.op0, d, 0);
  },
  PUNPCKHBW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    const n = i.op0.size >> 2;
    m.vec.copy(10, d);
    m.vec.copy(11, s);
    for (let k = 0; k < n; k += 2) {
      const a = m.vec.i32(10, (n + k) >> 1);
      const b = m.vec.i32(11, (n + k) >> 1);
      m.vec.setI32(d, k, (a & 255) | ((a & 0xff00) << 8) | ((b & 255) << 8) | ((b & 0xff00) << 16));
      m.vec.setI32(d, k + 1, ((a >>> 16) & 255) | ((a >>> 8) & 0xff0000) | ((b >>> 8) & 0xff00) | (b & 0xff000000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PUNPCKHWD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    const n = i.op0.size >> 2;
    m.vec.copy(10, d);
    m.vec.copy(11, s);
    for (let k = 0; k < n; k += 2) {
      const a = m.vec.i32(10, (n + k) >> 1);
      const b = m.vec.i32(11, (n + k) >> 1);
      m.vec.setI32(d, k, (a & 65535) | (b << 16));
      m.vec.setI32(d, k + 1, (a >>> 16) | (b & 0xffff0000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PUNPCKHDQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.copy(10, s);
    if (i.op0.size === 8) {
      m.vec.copyLane(d, 0, d, 1);
      m.vec.copyLane(d, 1, 10, 1);
    } else {
      m.vec.copyLane(d, 0, d, 2);
      m.vec.copyLane(d, 2, d, 3);
      m.vec.copyLane(d, 1, 10, 2);
      m.vec.copyLane(d, 3, 10, 3);
    }
    m.vec.write(i.op0, d, 0);
  },
  PUNPCKLDQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    m.vec.copy(10, s);
    m.vec.copyLane(d, 2, d, 1);
    m.vec.copyLane(d, 1, 10, 0);
    m.vec.copyLane(d, 3, 10, 1);
    m.vec.write(i.op0, d, 0);
  },
  PACKUSDW: (m, i) => {
    const d = m.vec.dst(i.op0);
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copy(11, d);
    const n = i.op0.size >> 3;
    for (let k = 0; k < 2 * n; k++) {
      const x = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n));
      const y = m.vec.i32(k < n ? 11 : 10, 2 * (k < n ? k : k - n) + 1);
      const low = x < 0 ? 0 : x > 65535 ? 65535 : x;
      const high = y < 0 ? 0 : y > 65535 ? 65535 : y;
      m.vec.setI32(d, k, (low & 65535) | (high << 16));
    }
    m.vec.write(i.op0, d, 0);
  },
  PUNPCKLQDQ: (m, i) => { m.vec.copyHalf(i.op0.reg, 1, m.vec.src(i.op1, 1), 0); },
  PUNPCKHQDQ: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    m.vec.copyHalf(i.op0.reg, 0, i.op0.reg, 1);
    m.vec.copyHalf(i.op0.reg, 1, s, 1);
  },
  UNPCKLPS: (m, i) => {
    const d = i.op0.reg;
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copyLane(d, 2, d, 1);
    m.vec.copyLane(d, 1, 10, 0);
    m.vec.copyLane(d, 3, 10, 1);
  },
  UNPCKLPD: (m, i) => { m.vec.copyHalf(i.op0.reg, 1, m.vec.src(i.op1, 1), 0); },
  UNPCKHPD: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    m.vec.copyHalf(i.op0.reg, 0, i.op0.reg, 1);
    m.vec.copyHalf(i.op0.reg, 1, s, 1);
  },
  UNPCKHPS: (m, i) => {
    const d = i.op0.reg;
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copyLane(d, 0, d, 2);
    m.vec.copyLane(d, 2, d, 3);
    m.vec.copyLane(d, 1, 10, 2);
    m.vec.copyLane(d, 3, 10, 3);
  },

  PSHUFHW: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a = m.vec.i32(s, 2);
    const b = m.vec.i32(s, 3);
    const w0 = ((i.op2.imm & 2) === 0 ? a : b) >>> ((i.op2.imm & 1) << 4);
    const w1 = ((i.op2.imm & 8) === 0 ? a : b) >>> (((i.op2.imm >> 2) & 1) << 4);
    const w2 = ((i.op2.imm & 32) === 0 ? a : b) >>> (((i.op2.imm >> 4) & 1) << 4);
    const w3 = ((i.op2.imm & 128) === 0 ? a : b) >>> (((i.op2.imm >> 6) & 1) << 4);
    m.vec.copyHalf(d, 0, s, 0);
    m.vec.setI32(d, 2, (w0 & 65535) | (w1 << 16));
    m.vec.setI32(d, 3, (w2 & 65535) | (w3 << 16));
  },
  PSHUFW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.shufW(d, s, i.op2.imm, 0); m.vec.write(i.op0, d, 0); },
  SHUFPS: (m, i) => {
    const d = i.op0.reg;
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copy(11, d);
    m.vec.copyLane(d, 0, 11, i.op2.imm & 3);
    m.vec.copyLane(d, 1, 11, (i.op2.imm >> 2) & 3);
    m.vec.copyLane(d, 2, 10, (i.op2.imm >> 4) & 3);
    m.vec.copyLane(d, 3, 10, (i.op2.imm >> 6) & 3);
  },
  SHUFPD: (m, i) => {
    const d = i.op0.reg;
    m.vec.copy(10, m.vec.src(i.op1, 1));
    m.vec.copyHalf(d, 0, d, i.op2.imm & 1);
    m.vec.copyHalf(d, 1, 10, (i.op2.imm >> 1) & 1);
  },
  PSHUFB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.shufB(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },

  PBLENDW: (m, i) => { m.vec.blendW(i.op0.reg, m.vec.src(i.op1, 1), i.op2.imm); },
  BLENDPS: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 4; k++) if (((i.op2.imm >> k) & 1) !== 0) m.vec.copyLane(i.op0.reg, k, s, k);
  },
  BLENDPD: (m, i) => {
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < 2; k++) if (((i.op2.imm >> k) & 1) !== 0) m.vec.copyHalf(i.op0.reg, k, s, k);
  },
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
