// What the interpreter calls for the commonest shapes of instruction: their semantic functions, with the words of the machine written out
// for these operands. Made from the semantic functions by test/runtime/make-shapes.ts:
//   npx vitest run test/runtime/shapes.test.ts --update
// Why: docs/performance.md, "The interpreter".

import { F, type Instruction } from "../decoder/instruction.ts";
import type { Cpu } from "./cpu.ts";
import { condition } from "./flags.ts";
import type { Handler } from "./handlers.ts";
import { FLAGS, S } from "./state.ts";

const ESP = 4;
/** Bits of S.ODD: DS and SS, SS, CS. */
const DATA = 12, STACK = 4, CODE = 2;

function MOV_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  state[i.op0.reg] = state[i.op1.reg];
}

function MOV_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  state[i.op0.reg] = i.op1.imm;
}

function MOV_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  state[i.op0.reg] = word;
}

function MOV_M32_R32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm, o = i.op0;
  let at = 0;
  const x = state[i.op1.reg];
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.eaw(o);
  if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, x, true);
  else m.store32(at, x);
}

function MOV_M32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm, o = i.op0;
  let at = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.eaw(o);
  if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, i.op1.imm, true);
  else m.store32(at, i.op1.imm);
}

function MOV_R8_M8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  bytes[((i.op0.reg & 3) << 2) | (i.op0.reg >> 2)] = word;
}

function MOV_M8_R8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes, view = m.view, perm = m.perm, o = i.op0;
  let at = 0;
  const x = bytes[((i.op1.reg & 3) << 2) | (i.op1.reg >> 2)];
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.eaw(o);
  if (perm[at >>> 12] < 0) view.setInt8(at >>> 0, x);
  else m.store8(at, x);
}

function MOVZX_R32_M8(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  state[i.op0.reg] = word & 0xff;
}

function MOVZX_R32_R8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes;
  state[i.op0.reg] = bytes[((i.op1.reg & 3) << 2) | (i.op1.reg >> 2)] & 0xff;
}

function MOVZX_R32_M16(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4094 || (word = view.getInt16(at >>> 0, true)) === 0) word = m.load16(at);
  state[i.op0.reg] = word & 0xffff;
}

function MOVSX_R32_M8(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  state[i.op0.reg] = word;
}

function LEA_R32_M(m: Cpu, i: Instruction): void {
  const state = m.state, o = i.op1;
  state[i.op0.reg] = (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0;
}

function ADD_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = state[i.op1.reg];
  const r = (a + b) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.ADD;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function ADD_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = i.op1.imm;
  const r = (a + b) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.ADD;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function ADD_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  const a = state[i.op0.reg];
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const b = word;
  const r = (a + b) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.ADD;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function ADD_M32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const a = word;
  const b = i.op1.imm;
  const r = (a + b) | 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.eaw(o);
  if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, r, true);
  else m.store32(at, r);
  state[S.FLAGS] = FLAGS.ADD;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function SUB_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = state[i.op1.reg];
  const r = (a - b) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function SUB_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = i.op1.imm;
  const r = (a - b) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function SUB_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  const a = state[i.op0.reg];
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const b = word;
  const r = (a - b) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function SUB_M32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const a = word;
  const b = i.op1.imm;
  const r = (a - b) | 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.eaw(o);
  if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, r, true);
  else m.store32(at, r);
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function AND_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const r = (state[i.op0.reg] & state[i.op1.reg]);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function AND_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const r = (state[i.op0.reg] & i.op1.imm);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function AND_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const r = (state[i.op0.reg] & word);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function OR_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const r = (state[i.op0.reg] | state[i.op1.reg]);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function OR_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const r = (state[i.op0.reg] | i.op1.imm);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function OR_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const r = (state[i.op0.reg] | word);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function XOR_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const r = (state[i.op0.reg] ^ state[i.op1.reg]);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function XOR_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const r = (state[i.op0.reg] ^ i.op1.imm);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function XOR_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const r = (state[i.op0.reg] ^ word);
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = r;
}

function ADC_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = state[i.op1.reg];
  const r = ((a + b) + m.cf()) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.ADD;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function ADC_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = i.op1.imm;
  const r = ((a + b) + m.cf()) | 0;
  state[i.op0.reg] = r;
  state[S.FLAGS] = FLAGS.ADD;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = r;
}

function CMP_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = state[i.op1.reg];
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (a - b) | 0;
}

function CMP_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const b = i.op1.imm;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (a - b) | 0;
}

function CMP_R32_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op1;
  let at = 0, word = 0;
  const a = state[i.op0.reg];
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const b = word;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (a - b) | 0;
}

function CMP_M32_R32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const a = word;
  const b = state[i.op1.reg];
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (a - b) | 0;
}

function CMP_M32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const a = word;
  const b = i.op1.imm;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (a - b) | 0;
}

function TEST_R32_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const x = (state[i.op0.reg] & state[i.op1.reg]);
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = x;
}

function CMP_R8_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes;
  const a = bytes[((i.op0.reg & 3) << 2) | (i.op0.reg >> 2)];
  const b = i.op1.imm;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (((a - b)) << 24) >> 24;
}

function CMP_R8_R8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes;
  const a = bytes[((i.op0.reg & 3) << 2) | (i.op0.reg >> 2)];
  const b = bytes[((i.op1.reg & 3) << 2) | (i.op1.reg >> 2)];
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (((a - b)) << 24) >> 24;
}

function CMP_M8_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  const a = word;
  const b = i.op1.imm;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (((a - b)) << 24) >> 24;
}

function CMP_M8_R8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes, view = m.view, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  const a = word;
  const b = bytes[((i.op1.reg & 3) << 2) | (i.op1.reg >> 2)];
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (((a - b)) << 24) >> 24;
}

function CMP_R8_M8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes, view = m.view, o = i.op1;
  let at = 0, word = 0;
  const a = bytes[((i.op0.reg & 3) << 2) | (i.op0.reg >> 2)];
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  const b = word;
  state[S.FLAGS] = FLAGS.SUB;
  state[S.FLAG_A] = a;
  state[S.FLAG_B] = b;
  state[S.FLAG_R] = (((a - b)) << 24) >> 24;
}

function TEST_R8_R8(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes;
  const x = (bytes[((i.op0.reg & 3) << 2) | (i.op0.reg >> 2)] & bytes[((i.op1.reg & 3) << 2) | (i.op1.reg >> 2)]);
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = x;
}

function TEST_R8_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, bytes = m.bytes;
  const x = (bytes[((i.op0.reg & 3) << 2) | (i.op0.reg >> 2)] & i.op1.imm);
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = x;
}

function TEST_M8_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  word = view.getInt8(at >>> 0);
  if (word === 0) word = m.load8(at);
  const x = (word & i.op1.imm);
  state[S.FLAGS] = FLAGS.LOGIC;
  state[S.FLAG_A] = state[S.FLAG_B] = 0;
  state[S.FLAG_R] = x;
}

function INC_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const r = (a + 1) | 0;
  state[i.op0.reg] = r;
  m.flagsResult(r, m.cf(), ((~a & r) >>> 31), (((a ^ r) >>> 4) & 1));
}

function DEC_R32(m: Cpu, i: Instruction): void {
  const state = m.state;
  const a = state[i.op0.reg];
  const r = (a - 1) | 0;
  state[i.op0.reg] = r;
  m.flagsResult(r, m.cf(), ((a & ~r) >>> 31), (((a ^ r) >>> 4) & 1));
}

function SHL_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const c = (i.op1.imm & 31);
  const a = state[i.op0.reg];
  const r = (a << c) | 0;
  state[i.op0.reg] = r;
  const carry = (((a << (c - 1)) >>> 31) & 1);
  if ((c !== 0)) {
    m.flagsResult(r, carry, ((r >>> 31) ^ carry), 1);
  }
}

function SHR_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const c = (i.op1.imm & 31);
  const a = state[i.op0.reg];
  const r = (a >>> c);
  state[i.op0.reg] = r;
  if ((c !== 0)) {
    m.flagsResult(r, ((a >>> (c - 1)) & 1), ((c === 1) ? ((a >>> 31) & 1) : 0), 1);
  }
}

function SAR_R32_IMM(m: Cpu, i: Instruction): void {
  const state = m.state;
  const c = (i.op1.imm & 31);
  const a = state[i.op0.reg];
  const r = (a >> c);
  state[i.op0.reg] = r;
  if ((c !== 0)) {
    m.flagsResult(r, ((a >> (c - 1)) & 1), 0, 1);
  }
}

function PUSH_R32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm;
  let at = 0;
  const x = state[i.op0.reg];
  if ((state[S.ODD] & STACK) !== 0) m.push(4, x);
  else {
    at = (state[ESP] - 4) | 0;
    if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, x, true);
    else m.store32(at, x);
    state[ESP] = at;
  }
}

function PUSH_IMM(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm;
  let at = 0;
  if ((state[S.ODD] & STACK) !== 0) m.push(4, i.op0.imm);
  else {
    at = (state[ESP] - 4) | 0;
    if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, i.op0.imm, true);
    else m.store32(at, i.op0.imm);
    state[ESP] = at;
  }
}

function PUSH_M32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm, o = i.op0;
  let at = 0, word = 0;
  at = (state[S.ODD] & DATA) === 0 ? (state[o.base] + (state[o.index] << o.scale) + o.disp) | 0 : m.ea(o);
  if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
  const x = word;
  if ((state[S.ODD] & STACK) !== 0) m.push(4, x);
  else {
    at = (state[ESP] - 4) | 0;
    if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, x, true);
    else m.store32(at, x);
    state[ESP] = at;
  }
}

function POP_R32(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view;
  let at = 0, word = 0, popped = 0;
  if ((state[S.ODD] & STACK) !== 0) popped = m.pop(4);
  else {
    at = state[ESP];
    if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
    popped = word;
    state[ESP] = (at + 4) | 0;
  }
  state[i.op0.reg] = popped;
}

function CALL_REL(m: Cpu, i: Instruction): void {
  const state = m.state, view = m.view, perm = m.perm;
  let at = 0;
  const target = i.op0.imm;
  if ((state[S.ODD] & STACK) !== 0) m.push(4, i.next);
  else {
    at = (state[ESP] - 4) | 0;
    if ((perm[at >>> 12] & perm[(at + 3) >>> 12]) < 0) view.setInt32(at >>> 0, i.next, true);
    else m.store32(at, i.next);
    state[ESP] = at;
  }
  if ((state[S.ODD] & CODE) !== 0) m.checkJump(target);
  state[S.EIP] = target;
}

function JMP_REL(m: Cpu, i: Instruction): void {
  const state = m.state;
  if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
  state[S.EIP] = i.op0.imm;
}

function RET(m: Cpu, _i: Instruction): void {
  const state = m.state, view = m.view;
  let at = 0, word = 0, popped = 0;
  if ((state[S.ODD] & STACK) !== 0) popped = m.pop(4);
  else {
    at = state[ESP];
    if ((at & 0xfff) > 4092 || (word = view.getInt32(at >>> 0, true)) === 0) word = m.load32(at);
    popped = word;
    state[ESP] = (at + 4) | 0;
  }
  const target = popped;
  if ((state[S.ODD] & CODE) !== 0) m.checkJump(target);
  state[S.EIP] = target;
}

function Jcc_REL_2(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] >>> 0 < state[S.FLAG_B] >>> 0 : condition(2, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_3(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] >>> 0 >= state[S.FLAG_B] >>> 0 : condition(3, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_4(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.BITS ? (state[S.FLAG_R] & F.ZF) !== 0 : state[S.FLAG_R] === 0) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_5(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.BITS ? (state[S.FLAG_R] & F.ZF) === 0 : state[S.FLAG_R] !== 0) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_6(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] >>> 0 <= state[S.FLAG_B] >>> 0 : condition(6, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_7(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] >>> 0 > state[S.FLAG_B] >>> 0 : condition(7, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_8(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.BITS ? (state[S.FLAG_R] & F.SF) !== 0 : state[S.FLAG_R] < 0) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_9(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.BITS ? (state[S.FLAG_R] & F.SF) === 0 : state[S.FLAG_R] >= 0) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_12(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] < state[S.FLAG_B] : condition(12, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_13(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] >= state[S.FLAG_B] : condition(13, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_14(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] <= state[S.FLAG_B] : condition(14, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

function Jcc_REL_15(m: Cpu, i: Instruction): void {
  const state = m.state;
  if (state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A] > state[S.FLAG_B] : condition(15, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])) {
    if ((state[S.ODD] & CODE) !== 0) m.checkJump(i.op0.imm);
    state[S.EIP] = i.op0.imm;
  }
}

/** By mnemonic and shapeKey. Without prototype: a hash table. */
export const shapes: Readonly<Record<string, Readonly<Record<number, Handler>> | undefined>> = Object.assign(Object.create(null) as object, {
  MOV: {
    4162: MOV_R32_R32,
    4130: MOV_R32_IMM,
    4258: MOV_R32_M32,
    4165: MOV_M32_R32,
    4133: MOV_M32_IMM,
    1252: MOV_R8_M8,
    1159: MOV_M8_R8,
  },
  MOVZX: {
    4322: MOVZX_R32_M8,
    4226: MOVZX_R32_R8,
    4290: MOVZX_R32_M16,
  },
  MOVSX: {
    4322: MOVSX_R32_M8,
  },
  LEA: {
    4450: LEA_R32_M,
  },
  ADD: {
    4162: ADD_R32_R32,
    4130: ADD_R32_IMM,
    4258: ADD_R32_M32,
    4133: ADD_M32_IMM,
  },
  SUB: {
    4162: SUB_R32_R32,
    4130: SUB_R32_IMM,
    4258: SUB_R32_M32,
    4133: SUB_M32_IMM,
  },
  AND: {
    4162: AND_R32_R32,
    4130: AND_R32_IMM,
    4258: AND_R32_M32,
  },
  OR: {
    4162: OR_R32_R32,
    4130: OR_R32_IMM,
    4258: OR_R32_M32,
  },
  XOR: {
    4162: XOR_R32_R32,
    4130: XOR_R32_IMM,
    4258: XOR_R32_M32,
  },
  ADC: {
    4162: ADC_R32_R32,
    4130: ADC_R32_IMM,
  },
  CMP: {
    4162: CMP_R32_R32,
    4130: CMP_R32_IMM,
    4258: CMP_R32_M32,
    4165: CMP_M32_R32,
    4133: CMP_M32_IMM,
    1060: CMP_R8_IMM,
    1156: CMP_R8_R8,
    1063: CMP_M8_IMM,
    1159: CMP_M8_R8,
    1252: CMP_R8_M8,
  },
  TEST: {
    4162: TEST_R32_R32,
    1156: TEST_R8_R8,
    1060: TEST_R8_IMM,
    1063: TEST_M8_IMM,
  },
  INC: {
    4098: INC_R32,
  },
  DEC: {
    4098: DEC_R32,
  },
  SHL: {
    4130: SHL_R32_IMM,
  },
  SHR: {
    4130: SHR_R32_IMM,
  },
  SAR: {
    4130: SAR_R32_IMM,
  },
  PUSH: {
    4098: PUSH_R32,
    4097: PUSH_IMM,
    4101: PUSH_M32,
  },
  POP: {
    4098: POP_R32,
  },
  CALL: {
    4113: CALL_REL,
  },
  JMP: {
    4113: JMP_REL,
  },
  RET: {
    4096: RET,
  },
  Jcc: {
    28689: Jcc_REL_2,
    36881: Jcc_REL_3,
    45073: Jcc_REL_4,
    53265: Jcc_REL_5,
    61457: Jcc_REL_6,
    69649: Jcc_REL_7,
    77841: Jcc_REL_8,
    86033: Jcc_REL_9,
    110609: Jcc_REL_12,
    118801: Jcc_REL_13,
    126993: Jcc_REL_14,
    135185: Jcc_REL_15,
  },
});
