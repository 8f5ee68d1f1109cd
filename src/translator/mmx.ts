// Instructions on MM registers in code that is to be lowered. The registers are the significands of the x87's (runtime/x87/state.ts), which stand 16 bytes apart, so that
// an instruction takes its operands as vectors from there and puts its result back: MQ[n] is register n, of which the lower half counts, MI its dwords. They stay in memory
// between instructions; nothing has to be written back when code is left.
//
// What an MMX instruction does to the x87 is asked and done once in a run of instructions that nothing else comes between: #MF for a pending exception is asked for, every
// register becomes valid and TOP 0 (MK, forms), and what is written has all ones for sign and exponent (MS). A register that is read must hold an 80-bit pattern, as it does once an
// MMX instruction has written it; where one is a number in another form, the interpreter takes the instruction.
// What has no case here is executed by its semantic function.

import { A, type Instruction, K, type Operand } from "../decoder/instruction.ts";
import { EMPTY, EXT } from "../runtime/x87/state.ts";
import type { BlockEmission } from "./intrinsics.ts";
import { type Binary, IMMEDIATE, INTEGER, interleaved, lanes, SHIFT, shiftedBy, shiftedByName, sumsOfEight } from "./packed.ts";
import type { Intrinsics } from "./specialise.ts";
import { code, constant, literal, text, type Value } from "./value.ts";

/** What is known of the x87 at a point of the code. */
export interface MmxState {
  /** No exception is pending. */
  asked: boolean;
  /** TOP is 0, and no register is empty. */
  entered: boolean;
  /** Bits of registers that hold a pattern, and of those whose sign and exponent are all ones. */
  patterns: number;
  written: number;
}

export const nothingOfMmx = (): MmxState => ({ asked: false, entered: false, patterns: 0, written: 0 });

export function forgetMmx(state: MmxState): void {
  state.asked = state.entered = false;
  state.patterns = state.written = 0;
}

/** Slot of the vector file for a source in memory. */
const SOURCE_SLOT = 8;

/** On the low halves of vectors as on the whole: each result comes from what stands at the same place, or begins with the lowest. */
const NARROW = /^P(ADD|SUB|MULL|MULH|MULUDQ|MADDWD$|AVG|ABS|SIGN|CMP(EQ|GT)[BWD]$|M(IN|AX)(SW|UB)$|AND|OR$|XOR$|UNPCKL)/;
/** Both operands' low halves as one vector. */
const both: Binary = lanes(8, 0, 2);
const packing = (word: string): Binary => (a, b) => `Q.${word}(${both(a, b)}, Q.zero())`;
const HALVES: Readonly<Record<string, Binary>> = {
  PACKSSWB: packing("i8x16_narrow_i16x8_s"), PACKUSWB: packing("i8x16_narrow_i16x8_u"), PACKSSDW: packing("i16x8_narrow_i32x4_s"),
  PUNPCKHBW: interleaved(1, 4), PUNPCKHWD: interleaved(2, 2), PUNPCKHDQ: interleaved(4, 1),
};

/** Writes the code for an instruction on MM registers. False when it has none. */
export function emitMmx(insn: Instruction, block: BlockEmission, intrinsics: Intrinsics): boolean {
  const { op0, op1, op2 } = insn, { mnemonic } = insn.row, state = block.mmx;
  if ((insn.row.attributes & A.X87) !== 0) forgetMmx(state);
  if (block.depth > 0 || op0.kind === K.XMM || op1.kind === K.XMM) return false;
  if (mnemonic !== "EMMS" && op0.kind !== K.MM && op1.kind !== K.MM) return false;
  const known = (o: Operand): Value => ({ kind: "known", object: o as unknown as Record<string, unknown> });
  const bail = () => `{ ${block.leave()} }`;
  const ask = (): void => {
    // what has been put off leads back to where it began, and what is changed here is in memory
    block.lanes.commit();
    if (!state.asked) block.emit(`if ((X87.flags & ~X87.cw & 63) !== 0) ${bail()}`);
    state.asked = true;
  };
  const enter = (): void => {
    if (state.entered) return;
    block.emit(`X87.top = 0; ${Array.from({ length: 8 }, (_, n) => `MK[${n}] = ${(state.patterns >> n & 1) !== 0 ? EXT : `MK[${n}] & ${literal(~EMPTY)}`};`).join(" ")}`);
    state.entered = true;
  };
  const registers = (mask: number): void => {
    for (let n = 0; n < 8; n++) if ((mask & ~state.patterns & 1 << n) !== 0) block.emit(`if ((MK[${n}] & ${EXT}) === 0) ${bail()}`);
    state.patterns |= mask;
  };
  const put = (value: string): true => {
    const n = op0.reg, bit = 1 << n, it = text(block.atom(code(value), "q"));
    enter();
    block.emit(`MQ[${n}] = ${it};${(state.written & bit) === 0 ? ` MS[${n}] = 65535; MK[${n}] = ${EXT};` : ""}`);
    state.patterns |= bit;
    state.written |= bit;
    return true;
  };
  /** A source as a vector, of which the lower half counts. */
  const source = (o: Operand): string => {
    if (o.kind === K.MM) return text(block.atom(code(`MQ[${o.reg}]`), "q"));
    intrinsics.vector("src", [known(o), constant(0)]);
    return block.lanes.readQ(SOURCE_SLOT);
  };
  const read = (o: Operand): number => (o.kind === K.MM ? 1 << o.reg : 0);

  if (mnemonic === "EMMS") {
    ask();
    block.emit(`X87.top = 0; ${Array.from({ length: 8 }, (_, n) => `MK[${n}] = ${(state.patterns >> n & 1) !== 0 ? EXT | EMPTY : `MK[${n}] | ${EMPTY}`};`).join(" ")}`);
    state.entered = false;
    return true;
  }
  if (mnemonic === "MOVD" || mnemonic === "MOVQ" || mnemonic === "MOVNTQ") {
    ask();
    registers(read(op1));
    if (op0.kind === K.MM) {
      if (op1.kind !== K.R32) return put(source(op1));
      return put(`Q.i32x4_replace_lane(Q.zero(), 0, ${text(block.atom(intrinsics.machine("get", [known(op1)]) as Value, "v"))})`);
    }
    if (op0.kind === K.R32) {
      enter();
      intrinsics.machine("set", [known(op0), block.atom(code(`MI[${4 * op1.reg}]`), "i")]);
      return true;
    }
    block.lanes.writeQ(SOURCE_SLOT, source(op1));
    intrinsics.vector("write", [known(op0), constant(SOURCE_SLOT), constant(0)]);
    enter();
    return true;
  }
  if (mnemonic === "PMOVMSKB" || mnemonic === "PEXTRW") {
    ask();
    registers(read(op1));
    enter();
    const bits = mnemonic === "PEXTRW" ? `Q.i16x8_extract_lane_u(MQ[${op1.reg}], ${op2.imm & 3})` : `Q.i8x16_bitmask(MQ[${op1.reg}]) & 255`;
    intrinsics.machine("set", [known(op0), block.atom(code(bits), "i")]);
    return true;
  }
  if (op0.kind !== K.MM) return false;
  const old = `MQ[${op0.reg}]`;
  if (mnemonic === "PINSRW") {
    ask();
    registers(read(op0));
    return put(`Q.i16x8_replace_lane(${old}, ${op2.imm & 3}, ${text(block.atom(intrinsics.machine("get", [known(op1)]) as Value, "v"))})`);
  }
  if (mnemonic === "PSHUFW") {
    ask();
    registers(read(op1));
    const s = source(op1);
    return put(IMMEDIATE.PSHUFLW(op2.imm)(s, s));
  }
  if (mnemonic in SHIFT) {
    ask();
    registers(read(op0) | read(op1));
    if (op1.kind === K.IMM) return put(shiftedBy(SHIFT[mnemonic], () => old, op1.imm & 255));
    block.lanes.writeQ(SOURCE_SLOT, source(op1));
    return put(shiftedByName(SHIFT[mnemonic], old, text(intrinsics.vector("shiftCount", [constant(SOURCE_SLOT)]) as Value)));
  }
  if (mnemonic === "PSADBW") {
    ask();
    registers(read(op0) | read(op1));
    const dwords = text(block.atom(code(INTEGER[mnemonic](old, source(op1))), "q"));
    return put(sumsOfEight(dwords));
  }
  const made = HALVES[mnemonic] ?? (NARROW.test(mnemonic) ? INTEGER[mnemonic] : undefined);
  if (made === undefined) return false;
  ask();
  registers(read(op0) | read(op1));
  return put(made(old, source(op1)));
}
