// Packed integer logic and shifts, on MMX and XMM registers alike. A count is an immediate or the low 64 bits of the source.
// SDM vol. 2, instructions PAND, PANDN, POR, PXOR, PSLL*, PSRL*, PSRA*.

import type { SemanticTable } from "./machine.ts";

export const sseShift: SemanticTable = {
  PSLLW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(d, k);
      m.vec.setI32(d, k, count > 15 ? 0 : (v << count) & (((65535 << count) & 65535) * 65537));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSLLD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(d, k);
      m.vec.setI32(d, k, count > 31 ? 0 : v << count);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSLLQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      const low = m.vec.i32(d, k);
      const high = m.vec.i32(d, k + 1);
      m.vec.setI32(d, k + 1, count > 63 ? 0 : count > 31 ? low << (count - 32) : count === 0 ? high : (high << count) | (low >>> (32 - count)));
      m.vec.setI32(d, k, count > 31 ? 0 : low << count);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSRLW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(d, k);
      m.vec.setI32(d, k, count > 15 ? 0 : (v >>> count) & ((65535 >> count) * 65537));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSRLD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(d, k);
      m.vec.setI32(d, k, count > 31 ? 0 : v >>> count);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSRLQ: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k += 2) {
      const low = m.vec.i32(d, k);
      const high = m.vec.i32(d, k + 1);
      m.vec.setI32(d, k, count > 63 ? 0 : count > 31 ? high >>> (count - 32) : count === 0 ? low : (low >>> count) | (high << (32 - count)));
      m.vec.setI32(d, k + 1, count > 31 ? 0 : high >>> count);
    }
    m.vec.write(i.op0, d, 0);
  },
  PSRAW: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(d, k);
      m.vec.setI32(d, k, (((v << 16) >> (count > 15 ? 15 : count)) >>> 16) | ((v >> (count > 15 ? 15 : count)) & 0xffff0000));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSRAD: (m, i) => {
    const d = m.vec.dst(i.op0);
    const count = i.op1.kind === 1 ? i.op1.imm : m.vec.shiftCount(m.vec.src(i.op1, 1));
    for (let k = 0; k < i.op0.size >> 2; k++) {
      const v = m.vec.i32(d, k);
      m.vec.setI32(d, k, v >> (count > 31 ? 31 : count));
    }
    m.vec.write(i.op0, d, 0);
  },
  PSLLDQ: (m, i) => {
    const d = i.op0.reg;
    const n = i.op1.imm > 16 ? 16 : i.op1.imm;
    m.vec.copy(10, d);
    // bytes 16 - n onward of zeros followed by the register
    for (let k = 0; k < 4; k++) {
      const from = 4 * k + 16 - n;
      const low = from < 16 ? 0 : m.vec.i32(10, (from - 16) >> 2);
      const high = from + 3 < 16 ? 0 : from + 3 > 31 ? 0 : m.vec.i32(10, (from + 3 - 16) >> 2);
      m.vec.setI32(d, k, (n & 3) === 0 ? low : (low >>> (8 * (from & 3))) | (high << (32 - 8 * (from & 3))));
    }
  },
  PSRLDQ: (m, i) => {
    const d = i.op0.reg;
    const n = i.op1.imm;
    m.vec.copy(10, d);
    for (let k = 0; k < 4; k++) {
      const from = 4 * k + n;
      const low = from > 15 ? 0 : m.vec.i32(10, from >> 2);
      const high = from + 3 > 15 ? 0 : m.vec.i32(10, (from + 3) >> 2);
      m.vec.setI32(d, k, (n & 3) === 0 ? low : (low >>> (8 * (n & 3))) | (high << (32 - 8 * (n & 3))));
    }
  },
};
