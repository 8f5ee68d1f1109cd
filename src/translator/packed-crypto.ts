// SHA, AES and carry-less multiplication in code that is to be lowered (packed.ts). WebAssembly has no instructions for these. Rounds of SHA and AES are
// done on the four dwords of a register, which stay integers from round to round; AES by tables in the
// hidden area (`Q.table`, `Q.octet`; runtime/simd/crypto.ts). The message schedules of SHA and carry-less products are done on vectors.
// FIPS 180-4; FIPS 197; SDM vol. 2.

import type { Instruction } from "../decoder/instruction.ts";
import { HIDDEN } from "../runtime/hidden.ts";
import { AES } from "../runtime/simd/crypto.ts";
import type { BlockEmission } from "./intrinsics.ts";
import { bytesOf, shuffled, words } from "./packed-words.ts";
import { code, text } from "./value.ts";

type Dwords = readonly [string, string, string, string];

const SHA1_K = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc | 0, 0xca62c1d6 | 0];
const ZERO = "Q.zero()";

/** Lanes of dwords, of `a` and then `b`. */
const dwords = (a: string, b: string, ...order: number[]): string => shuffled(a, b, bytesOf(4, order));
/** Rotations of a dword and of a vector's dwords, to the left. */
const rotated = (x: string, n: number): string => `Q.i32_rotl(${x}, ${n})`;
const turned = (x: string, n: number): string => `Q.v128_or(Q.i32x4_shl(${x}, ${n}), Q.i32x4_shr_u(${x}, ${32 - n}))`;
const xor = (...parts: readonly string[]): string => parts.reduce((a, b) => `Q.v128_xor(${a}, ${b})`);
/** SHA-256's small sigma: two rotations and a shift. */
const sigma = (x: string, first: number, second: number, shift: number): string => xor(turned(x, first), turned(x, second), `Q.i32x4_shr_u(${x}, ${shift})`);

/** Writes the code for an instruction. `source` gives the slot of the second operand. False when it is none of these. */
export function emitCrypto(insn: Instruction, block: BlockEmission, source: (aligned: number) => number): boolean {
  const { mnemonic } = insn.row, { lanes } = block, d = insn.op0.reg;
  const integer = (value: string): string => text(block.atom(code(value), "i"));
  const vector = (value: string): string => text(block.atom(code(value), "q"));
  const read = (slot: number): Dwords => [0, 1, 2, 3].map((k) => lanes.readI(2 * slot + (k >> 1), k & 1)) as unknown as Dwords;
  const write = (values: Dwords): true => {
    lanes.writeIntegers(2 * d, values[0], values[1]);
    lanes.writeIntegers(2 * d + 1, values[2], values[3]);
    return true;
  };
  const put = (value: string): true => {
    lanes.writeQ(d, vector(value));
    return true;
  };

  switch (mnemonic) {
    case "SHA1RNDS4": {
      const kind = insn.op2.imm & 3, w = [...read(source(0))].reverse();
      let [e, c, b, a] = read(d), last = "0";
      for (let k = 0; k < 4; k++) {
        const f = kind === 0 ? `((${c} ^ ${e}) & ${b} ^ ${e})` : kind === 2 ? `(${b} & ${c} | (${b} | ${c}) & ${e})` : `(${b} ^ ${c} ^ ${e})`;
        const next = integer(`${f} + ${rotated(a, 5)} + ${w[k]} + ${last} + ${SHA1_K[kind]} | 0`);
        [last, e, c, b, a] = [e, c, integer(rotated(b, 30)), a, next];
      }
      return write([e, c, b, a]);
    }
    case "SHA1NEXTE": {
      const s = source(0), e = lanes.readI(2 * d + 1, 1), w = lanes.readI(2 * s + 1, 1);
      lanes.copyHalf(2 * d, 2 * s);
      lanes.copyHalf(2 * d + 1, 2 * s + 1);
      lanes.writeI(2 * d + 1, 1, integer(`${w} + ${rotated(e, 30)} | 0`));
      return true;
    }
    case "SHA1MSG1": {
      const s = lanes.readQ(source(0)), a = lanes.readQ(d);
      return put(xor(a, dwords(a, s, 6, 7, 0, 1)));
    }
    case "SHA1MSG2": {
      // the highest word is needed for the lowest
      const s = lanes.readQ(source(0)), a = lanes.readQ(d);
      const x = vector(xor(a, dwords(s, ZERO, 4, 0, 1, 2))), most = vector(turned(x, 1)), highest = vector(dwords(most, ZERO, 3, 4, 4, 4));
      return put(xor(most, turned(highest, 1)));
    }
    case "SHA256RNDS2": {
      const w = [lanes.readI(0, 0), lanes.readI(0, 1)];
      let [f, e, b, a] = read(source(0)), [h, g, dd, c] = read(d);
      for (const word of w) {
        const t = integer(`((${f} ^ ${g}) & ${e} ^ ${g}) + (${rotated(e, 26)} ^ ${rotated(e, 21)} ^ ${rotated(e, 7)}) + ${word} + ${h} | 0`);
        const u = `(${a} & ${b} | (${a} | ${b}) & ${c}) + (${rotated(a, 30)} ^ ${rotated(a, 19)} ^ ${rotated(a, 10)})`;
        [h, g, f, e, dd, c, b, a] = [g, f, e, integer(`${t} + ${dd} | 0`), c, b, a, integer(`${t} + ${u} | 0`)];
      }
      return write([f, e, b, a]);
    }
    case "SHA256MSG1": {
      const s = lanes.readQ(source(0)), a = lanes.readQ(d), next = vector(dwords(a, s, 1, 2, 3, 4));
      return put(`Q.i32x4_add(${a}, ${sigma(next, 25, 14, 3)})`);
    }
    case "SHA256MSG2": {
      // the lower two words are needed for the upper two
      const s = lanes.readQ(source(0)), a = lanes.readQ(d), last = vector(dwords(s, ZERO, 2, 3, 4, 4));
      const lower = vector(`Q.i32x4_add(${a}, ${sigma(last, 15, 13, 10)})`), upper = vector(dwords(lower, ZERO, 4, 4, 0, 1));
      return put(`Q.i32x4_add(${lower}, ${sigma(upper, 15, 13, 10)})`);
    }
    case "AESENC": case "AESENCLAST": case "AESDEC": case "AESDECLAST": {
      const decrypts = mnemonic.startsWith("AESDEC"), last = mnemonic.endsWith("LAST");
      const key = read(source(1)), state = read(d), tables = HIDDEN.AES + (decrypts ? AES.DECRYPT : AES.ENCRYPT), bytes = HIDDEN.AES + (decrypts ? AES.INVERSE : AES.SBOX);
      // row r of a column comes from the column r further on, or back
      const columns = [0, 1, 2, 3].map((c) => {
        const parts = [0, 1, 2, 3].map((r) => {
          const from = state[(decrypts ? c - r + 4 : c + r) & 3];
          if (!last) return `Q.table(${r === 0 ? `${from} << 2` : `${from} >>> ${8 * r - 2}`} & 1020, ${tables + 1024 * r})`;
          const byte = `Q.octet(${r === 0 ? from : `${from} >>> ${8 * r}`} & 255, ${bytes})`;
          return r === 0 ? byte : `${byte} << ${8 * r}`;
        });
        return integer(`${last ? `(${parts.join(" | ")})` : parts.join(" ^ ")} ^ ${key[c]}`);
      });
      return write(columns as unknown as Dwords);
    }
    case "PCLMULQDQ": {
      const a = lanes.readQ(d), b = lanes.readQ(source(1)), imm = insn.op2.imm, at = (imm & 1) * 2, from = (imm >> 4 & 1) * 2;
      return put(product(vector, vector(dwords(a, a, at, at + 1, at, at + 1)), vector(dwords(b, b, from, from + 1, from + 1, from))));
    }
    default: return false;
  }
}

/**
 * The carry-less product of (x0, x1) and (y0, y1), where x is x0 x1 x0 x1 and y is y0 y1 y1 y0. Of factors with every fourth bit alone the ordinary product has its carries
 * in the bits between: at most eight ones come together.
 */
function product(vector: (value: string) => string, x: string, y: string): string {
  const every = (mask: number) => words(mask, mask, mask, mask), masks = [0x11111111, 0x22222222, 0x44444444, 0x88888888 | 0].map(every);
  const xs = masks.map((m) => vector(`Q.v128_and(${x}, ${m})`)), ys = masks.map((m) => vector(`Q.v128_and(${y}, ${m})`));
  const halves = ["low", "high"].map((half) => {
    const classes = masks.map((m, k) => {
      const products = xs.map((xi, i) => `Q.i64x2_extmul_${half}_i32x4_u(${xi}, ${ys[(k - i + 4) & 3]})`);
      return vector(`Q.v128_and(${xor(...products)}, ${m})`);
    });
    return vector(classes.reduce((p, q) => `Q.v128_or(${p}, ${q})`));
  });
  // x0 y0 and x1 y1; what x0 y1 and x1 y0 give together stands between them
  const crossed = vector(xor(halves[1], dwords(halves[1], halves[1], 2, 3, 0, 1)));
  return xor(halves[0], dwords(crossed, ZERO, 4, 0, 1, 4));
}
