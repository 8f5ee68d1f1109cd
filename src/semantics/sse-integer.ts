// Packed integer sums, differences, products, averages and absolute values, on MMX and XMM registers alike (MMX to SSE4.1).
// Lanes are dwords; four bytes or two words in one are worked on together, so that carries stop at their top bits (SWAR; Warren,
// Hacker's Delight, 2-18). The rarer ones are methods of the vector file (src/runtime/simd/integer.ts, shuffle.ts).
// Compares, minima and maxima: sse-compare.ts. Logic and shifts: sse-shift.ts. SDM vol. 2, instructions P*.

import type { SemanticTable } from "./machine.ts";

export const sseInteger: SemanticTable = {
  PADDD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a + b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSUBD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, a - b);
    }
    m.vec.write(i.op0, d, 0);
  },
  PADDB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, ((a & 0x7f7f7f7f) + (b & 0x7f7f7f7f)) ^ ((a ^ b) & 0x80808080));
    }
    m.vec.write(i.op0, d, 0);
  },
  PADDW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, ((a & 0x7fff7fff) + (b & 0x7fff7fff)) ^ ((a ^ b) & 0x80008000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PADDQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const c = m.vec.i32(d, k + 1);
      const e = m.vec.i32(s, k + 1);
      const low = (a + b) | 0;
      m.vec.setI32(d, k, low);
      m.vec.setI32(d, k + 1, c + e + (low >>> 0 < a >>> 0 ? 1 : 0));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSUBW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, ((a | 0x80008000) - (b & 0x7fff7fff)) ^ (~(a ^ b) & 0x80008000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSUBQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const c = m.vec.i32(d, k + 1);
      const e = m.vec.i32(s, k + 1);
      m.vec.setI32(d, k, a - b);
      m.vec.setI32(d, k + 1, c - e - (a >>> 0 < b >>> 0 ? 1 : 0));
    }
    m.vec.write(i.op0, d, 0);
  },
  PADDSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.addsB(d, s); m.vec.write(i.op0, d, 0); },
  PADDSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const low = (((a << 16) >> 16) + ((b << 16) >> 16)) | 0;
      const high = ((a >> 16) + (b >> 16)) | 0;
      const l = low < -32768 ? -32768 : low > 32767 ? 32767 : low;
      const h = high < -32768 ? -32768 : high > 32767 ? 32767 : high;
      m.vec.setI32(d, k, (l & 65535) | (h << 16));
    }
    m.vec.write(i.op0, d, 0);
  },
  PADDUSB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const sum = ((a & 0x7f7f7f7f) + (b & 0x7f7f7f7f)) ^ ((a ^ b) & 0x80808080);
      const carry = ((a & b) | ((a | b) & ~sum)) & 0x80808080;
      m.vec.setI32(d, k, sum | ((carry << 1) - (carry >>> 7)));
    }
    m.vec.write(i.op0, d, 0);
  },
  PADDUSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const sum = ((a & 0x7fff7fff) + (b & 0x7fff7fff)) ^ ((a ^ b) & 0x80008000);
      const carry = ((a & b) | ((a | b) & ~sum)) & 0x80008000;
      m.vec.setI32(d, k, sum | ((carry << 1) - (carry >>> 15)));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSUBSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.subsB(d, s); m.vec.write(i.op0, d, 0); },
  PSUBSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const low = (((a << 16) >> 16) - ((b << 16) >> 16)) | 0;
      const high = ((a >> 16) - (b >> 16)) | 0;
      const l = low < -32768 ? -32768 : low > 32767 ? 32767 : low;
      const h = high < -32768 ? -32768 : high > 32767 ? 32767 : high;
      m.vec.setI32(d, k, (l & 65535) | (h << 16));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSUBUSB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const like = ~(a ^ b);
      const less = ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~a & b) | (like & less)) & 0x80808080;
      const kept = less & ~((borrow << 1) - (borrow >>> 7));
      m.vec.setI32(d, k, kept);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSUBUSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const like = ~(a ^ b);
      const less = ((a | 0x80008000) - (b & 0x7fff7fff)) ^ (like & 0x80008000);
      const borrow = ((~a & b) | (like & less)) & 0x80008000;
      const kept = less & ~((borrow << 1) - (borrow >>> 15));
      m.vec.setI32(d, k, kept);
    }
    m.vec.write(i.op0, d, 0);
  },
  PHADDW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.haddW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHADDD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.haddD(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHADDSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.haddsW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHSUBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hsubW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHSUBD: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hsubD(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PHSUBSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.hsubsW(d, s, i.op0.size); m.vec.write(i.op0, d, 0); },
  PMULLW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, (Math.imul(a, b) & 65535) | Math.imul(a >>> 16, b & 0xffff0000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PMULHW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, (Math.imul((a << 16) >> 16, (b << 16) >> 16) >>> 16) | (Math.imul(a >> 16, b >> 16) & 0xffff0000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PMULHUW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, (Math.imul(a & 65535, b & 65535) >>> 16) | (Math.imul(a >>> 16, b >>> 16) & 0xffff0000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PMULHRSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mulhrsW(d, s); m.vec.write(i.op0, d, 0); },
  PMULLD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, Math.imul(a, b));
    }
    m.vec.write(i.op0, d, 0);
  },
  PMULUDQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k + 1, m.mulhu(a, b));
      m.vec.setI32(d, k, Math.imul(a, b));
    }
    m.vec.write(i.op0, d, 0);
  },
  PMULDQ: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mulDQ(d, s); m.vec.write(i.op0, d, 0); },
  PMADDWD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, Math.imul((a << 16) >> 16, (b << 16) >> 16) + Math.imul(a >> 16, b >> 16));
    }
    m.vec.write(i.op0, d, 0);
  },
  PMADDUBSW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.maddUBSW(d, s); m.vec.write(i.op0, d, 0); },
  PSADBW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      // four differences at once, made positive where they borrow; then pairs, then all
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      const c = m.vec.i32(d, k + 1);
      const e = m.vec.i32(s, k + 1);
      const like = ~(a ^ b);
      const less = ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ (like & 0x80808080);
      const borrow = ((~a & b) | (like & less)) & 0x80808080;
      const apart = (less ^ ((borrow << 1) - (borrow >>> 7))) + (borrow >>> 7);
      const like2 = ~(c ^ e);
      const less2 = ((c | 0x80808080) - (e & 0x7f7f7f7f)) ^ (like2 & 0x80808080);
      const borrow2 = ((~c & e) | (like2 & less2)) & 0x80808080;
      const apart2 = (less2 ^ ((borrow2 << 1) - (borrow2 >>> 7))) + (borrow2 >>> 7);
      const pairs = (apart & 0xff00ff) + ((apart >>> 8) & 0xff00ff) + (apart2 & 0xff00ff) + ((apart2 >>> 8) & 0xff00ff);
      m.vec.setI32(d, k, (pairs & 65535) + (pairs >>> 16));
      m.vec.setI32(d, k + 1, 0);
    }
    m.vec.write(i.op0, d, 0);
  },
  PAVGB: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, (a | b) - (((a ^ b) & 0xfefefefe) >>> 1));
    }
    m.vec.write(i.op0, d, 0);
  },
  PAVGW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const a = m.vec.i32(d, k);
      const b = m.vec.i32(s, k);
      m.vec.setI32(d, k, (a | b) - (((a ^ b) & 0xfffefffe) >>> 1));
    }
    m.vec.write(i.op0, d, 0);
  },
  PABSB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.absB(d, s); m.vec.write(i.op0, d, 0); },
  PABSW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(s, k);
      const low = (v << 16) >> 16;
      const high = v >> 16;
      m.vec.setI32(d, k, ((low < 0 ? -low : low) & 65535) | ((high < 0 ? -high : high) << 16));
    }
    m.vec.write(i.op0, d, 0);
  },
  PABSD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const s = m.vec.src(i.op1, 1);
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(s, k);
      m.vec.setI32(d, k, v < 0 ? -v : v);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSIGNB: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.signB(d, s); m.vec.write(i.op0, d, 0); },
  PSIGNW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.signW(d, s); m.vec.write(i.op0, d, 0); },
  PSIGND: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.signD(d, s); m.vec.write(i.op0, d, 0); },
  MPSADBW: (m, i) => { const d = m.vec.dst(i.op0); const s = m.vec.src(i.op1, 1); m.vec.mpsadBW(d, s, i.op2.imm); m.vec.write(i.op0, d, 0); },
};
