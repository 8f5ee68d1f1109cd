// Packed integer compares, minima and maxima, on MMX and XMM registers alike (MMX to SSE4.2). Bytes and words are compared four and
// two at a time: where a - b borrows out of a lane, a is less. Signed lanes are compared as unsigned with their top bits turned.
// SDM vol. 2, instructions PCMP*, PMIN*, PMAX*, PTEST.

import type { SemanticTable } from "./machine.ts";

export const sseCompare: SemanticTable = {
  PCMPGTD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a > b ? -1 : 0);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMINSB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = a ^ 0x80808080;
      const y = b ^ 0x80808080;
      const like = ~(x ^ y);
      const less = ((x | 0x80808080) - (y & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~x & y) | (like & less)) & 0x80808080;
      const kept = less & ~((borrow << 1) - (borrow >>> 7));
      m.vec.setI32(d, k, (x - kept) ^ 0x80808080);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMAXSB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = a ^ 0x80808080;
      const y = b ^ 0x80808080;
      const like = ~(x ^ y);
      const less = ((x | 0x80808080) - (y & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~x & y) | (like & less)) & 0x80808080;
      const kept = less & ~((borrow << 1) - (borrow >>> 7));
      m.vec.setI32(d, k, (y + kept) ^ 0x80808080);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMINSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = a ^ 0x80008000;
      const y = b ^ 0x80008000;
      const like = ~(x ^ y);
      const less = ((x | 0x80008000) - (y & 0x7fff7fff)) ^ (like & 0x80008000);
      const borrow = ((~x & y) | (like & less)) & 0x80008000;
      const kept = less & ~((borrow << 1) - (borrow >>> 15));
      m.vec.setI32(d, k, (x - kept) ^ 0x80008000);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMAXSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = a ^ 0x80008000;
      const y = b ^ 0x80008000;
      const like = ~(x ^ y);
      const less = ((x | 0x80008000) - (y & 0x7fff7fff)) ^ (like & 0x80008000);
      const borrow = ((~x & y) | (like & less)) & 0x80008000;
      const kept = less & ~((borrow << 1) - (borrow >>> 15));
      m.vec.setI32(d, k, (y + kept) ^ 0x80008000);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMINUW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const like = ~(a ^ b);
      const less = ((a | 0x80008000) - (b & 0x7fff7fff)) ^ (like & 0x80008000);
      const borrow = ((~a & b) | (like & less)) & 0x80008000;
      const kept = less & ~((borrow << 1) - (borrow >>> 15));
      m.vec.setI32(d, k, a - kept);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMAXUW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const like = ~(a ^ b);
      const less = ((a | 0x80008000) - (b & 0x7fff7fff)) ^ (like & 0x80008000);
      const borrow = ((~a & b) | (like & less)) & 0x80008000;
      const kept = less & ~((borrow << 1) - (borrow >>> 15));
      m.vec.setI32(d, k, b + kept);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMINSD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a < b ? a : b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMAXSD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a > b ? a : b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMINUD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a >>> 0 < b >>> 0 ? a : b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PMAXUD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a >>> 0 > b >>> 0 ? a : b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PHMINPOSUW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hminposUW(d, s); m.vec.write(i.op0, d, 0); },
  PCMPEQW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = a ^ b;
      const top = ~(((x & 0x7fff7fff) + 0x7fff7fff) | x | 0x7fff7fff);
      m.vec.setI32(d, k, (top << 1) - (top >>> 15));
    }
    m.vec.write(i.op0, d, 0);
  },
  PCMPEQQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const c = m.vec.i32(d, k + 1);
      const e = m.vec.i32(s, k + 1);
      const all = a === b && c === e ? -1 : 0;
      m.vec.setI32(d, k, all);
      m.vec.setI32(d, k + 1, all);
    }
    m.vec.write(i.op0, d, 0);
  },
  PCMPGTB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = b ^ 0x80808080;
      const y = a ^ 0x80808080;
      const like = ~(x ^ y);
      const less = ((x | 0x80808080) - (y & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~x & y) | (like & less)) & 0x80808080;
      m.vec.setI32(d, k, (borrow << 1) - (borrow >>> 7));
    }
    m.vec.write(i.op0, d, 0);
  },
  PCMPGTW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const x = b ^ 0x80008000;
      const y = a ^ 0x80008000;
      const like = ~(x ^ y);
      const less = ((x | 0x80008000) - (y & 0x7fff7fff)) ^ (like & 0x80008000);
      const borrow = ((~x & y) | (like & less)) & 0x80008000;
      m.vec.setI32(d, k, (borrow << 1) - (borrow >>> 15));
    }
    m.vec.write(i.op0, d, 0);
  },
  PCMPGTQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.cmpgtQ(d, s); m.vec.write(i.op0, d, 0); },
};
