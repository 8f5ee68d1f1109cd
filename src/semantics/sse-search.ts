// The packed instructions with which C libraries search, compare, copy and fill strings: every program begins with some of them. Their kin are in
// sse-compare.ts, sse-shift.ts, sse-shuffle.ts and sse-integer.ts, which are not needed as soon (rare.ts). SDM vol. 2.

import type { SemanticTable } from "./machine.ts";

export const sseSearch: SemanticTable = {
  PUNPCKLBW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    const n = i.op0.size >> 2;
    m.vec.copy(10, d);
    m.vec.copy(11, s);
    for (let k = 0; k < n; k += 2) {
      const a = m.vec.i32(10, k >> 1);
      const b = m.vec.i32(11, k >> 1);
      m.vec.setI32(d, k, (a & 255) | ((a & 0xff00) << 8) | ((b & 255) << 8) | ((b & 0xff00) << 16));
      m.vec.setI32(d, k + 1, ((a >>> 16) & 255) | ((a >>> 8) & 0xff0000) | ((b >>> 8) & 0xff00) | (b & 0xff000000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PUNPCKLWD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    const n = i.op0.size >> 2;
    m.vec.copy(10, d);
    m.vec.copy(11, s);
    for (let k = 0; k < n; k += 2) {
      const a = m.vec.i32(10, k >> 1);
      const b = m.vec.i32(11, k >> 1);
      m.vec.setI32(d, k, (a & 65535) | (b << 16));
      m.vec.setI32(d, k + 1, (a >>> 16) | (b & 0xffff0000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSHUFD: (m, i) => {
    m.vec.copy(10, m.vec.src(i.op1, 1));
    for (let k = 0; k < 4; k++) m.vec.copyLane(i.op0.reg, k, 10, (i.op2.imm >> (2 * k)) & 3);
  },
  PSHUFLW: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const a = m.vec.i32(s, 0);
    const b = m.vec.i32(s, 1);
    const w0 = ((i.op2.imm & 2) === 0 ? a : b) >>> ((i.op2.imm & 1) << 4);
    const w1 = ((i.op2.imm & 8) === 0 ? a : b) >>> (((i.op2.imm >> 2) & 1) << 4);
    const w2 = ((i.op2.imm & 32) === 0 ? a : b) >>> (((i.op2.imm >> 4) & 1) << 4);
    const w3 = ((i.op2.imm & 128) === 0 ? a : b) >>> (((i.op2.imm >> 6) & 1) << 4);
    m.vec.copyHalf(d, 1, s, 1);
    m.vec.setI32(d, 0, (w0 & 65535) | (w1 << 16));
    m.vec.setI32(d, 1, (w2 & 65535) | (w3 << 16));
  },
  PCMPEQB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = a ^ b;
      const top = ~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x | 0x7f7f7f7f);
      m.vec.setI32(d, k, (top << 1) - (top >>> 7));
    }
    m.vec.write(i.op0, d, 0);
  },
  PCMPEQD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a === b ? -1 : 0);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMINUB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const like = ~(a ^ b);
      const less = ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~a & b) | (like & less)) & 0x80808080;
      const kept = less & ~((borrow << 1) - (borrow >>> 7));
      m.vec.setI32(d, k, a - kept);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMAXUB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const like = ~(a ^ b);
      const less = ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~a & b) | (like & less)) & 0x80808080;
      const kept = less & ~((borrow << 1) - (borrow >>> 7));
      m.vec.setI32(d, k, b + kept);
    }
    m.vec.write(i.op0, d, 0);
  },
  PALIGNR: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.alignr(d, s, i.op0.size, i.op2.imm); m.vec.write(i.op0, d, 0); },
  PTEST: (m, i) => {
    const d = i.op0.reg;
    const s = m.vec.src(i.op1, 1);
    const common = (m.vec.i32(d, 0) & m.vec.i32(s, 0)) | (m.vec.i32(d, 1) & m.vec.i32(s, 1)) | (m.vec.i32(d, 2) & m.vec.i32(s, 2)) | (m.vec.i32(d, 3) & m.vec.i32(s, 3));
    const outside = (~m.vec.i32(d, 0) & m.vec.i32(s, 0)) | (~m.vec.i32(d, 1) & m.vec.i32(s, 1)) | (~m.vec.i32(d, 2) & m.vec.i32(s, 2)) | (~m.vec.i32(d, 3) & m.vec.i32(s, 3));
    m.putFlags(0x8d5, (common === 0 ? 64 : 0) | (outside === 0 ? 1 : 0));
  },
  PSUBB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ (~(a ^ b) & 0x80808080));
    }
    m.vec.write(i.op0, d, 0);
  },
  PXOR: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    if (s === d) m.vec.zeroFrom(d, 0);
    else {
      for (let k = 0; k < i.op0.size >> 2; k++) {
        const a = m.vec.i32(d, k);
        const b = m.vec.i32(s, k);
        m.vec.setI32(d, k, a ^ b);
      }
    }
    m.vec.write(i.op0, d, 0);
  },
  PAND: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a & b);
    }
    m.vec.write(i.op0, d, 0);
  },
  POR: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a | b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PANDN: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, ~a & b);
    }
    m.vec.write(i.op0, d, 0);
  },
};
