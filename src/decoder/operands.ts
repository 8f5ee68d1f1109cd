// Operand forms: the manual's operand codes (Intel SDM volume 2, appendix A.2) and how each turns into an Operand.
// Register operands are interned here, one object for each register and width. Which instruction has which form: tables/*.ts.
//
// Addressing method, then width.
//   E  ModR/M.rm: general register or memory      G  ModR/M.reg: general register     Z  general register in the opcode (+r)
//   R  ModR/M.rm: general register only           M  ModR/M.rm: memory only           S  ModR/M.reg: segment register
//   C  ModR/M.reg: control register               D  ModR/M.reg: debug register
//   Q  ModR/M.rm: MMX register or memory          P  ModR/M.reg: MMX register         N  ModR/M.rm: MMX register only
//   W  ModR/M.rm: XMM register or memory          V  ModR/M.reg: XMM register         U  ModR/M.rm: XMM register only
//   I  immediate      J  relative branch target   A  far pointer in the instruction   O  memory at an address in the instruction
//   X  memory at DS:[(E)SI]                       Y  memory at ES:[(E)DI]
// Widths: b 1, w 2, d 4, y 4 (8 in long mode), q 8, t 10, dq 16, v and z 2 or 4 by operand size, p far pointer, a two of v (BOUND),
//   s 6 bytes (LGDT), ss 4, sd 8, ps and pd 16, env/save/fx the x87 environment, x87 state, FXSAVE area; none: just an address.
//   dq, ps, pd memory must be aligned (A.ALIGNED) except with M or a further "u" (Wdqu, Wpsu).
// Special forms:
//   Ib  immediate of a byte operation    sIb  byte, sign-extended    uIb  byte, zero-extended (counts, vectors, selectors)    Iw  word, zero-extended
//   RvMw, RdMw, RdMb  register of the first width, memory of the second      1  the constant one
//   AL CL AX DX eAX (v)  ES CS SS DS FS GS  ST0  registers by name           STi  x87 register in ModR/M.rm
//   (BX)b  memory at DS:[(E)BX] (XLAT; AL, which is added too, is not in it)   (DI)q (DI)dq  memory at DS:[(E)DI] (MASKMOVQ, MASKMOVDQU)

import { K } from "./instruction.ts";
import type { Operand } from "./instruction.ts";

/** Where an operand comes from. */
export const PLACE = {
  NONE: 0,
  RM: 1, // register from `registers`, or the ModR/M memory operand
  REG: 2,
  OPCODE: 3, // low three bits of the opcode
  FIXED: 4, // registers[0]
  BYTE: 5, // immediate byte, sign-extended
  UBYTE: 6, // immediate byte, zero-extended
  UWORD: 7,
  WORD: 8, // immediate word, sign-extended
  DWORD: 9,
  JBYTE: 10,
  JWORD: 11,
  JDWORD: 12,
  FAR16: 13,
  FAR32: 14,
  MOFFS: 15,
  SI: 16,
  DI: 17, // ES, no override
  DS_DI: 18,
  BX: 19,
} as const;

/** An operand form at one operand size. */
export interface Form {
  readonly place: number; // PLACE.*
  readonly registers: readonly Operand[];
  readonly kind: number; // memory kind and size
  readonly size: number;
  readonly modrm: boolean; // uses ModR/M
  readonly mod: number; // 0 either, 1 memory only, 2 register only
  readonly aligned: boolean;
  readonly byte: boolean; // a general operand of one byte: decides Instruction.size
}

function operand(kind: number, size: number, reg: number, imm: number): Operand {
  return { kind, size, reg, base: 8, index: 8, scale: 0, disp: 0, seg: 0, address16: false, imm };
}

function bank(kind: number, size: number): readonly Operand[] {
  const all: Operand[] = [];
  for (let reg = 0; reg < 8; reg++) all.push(operand(kind, size, reg, 0));
  return all;
}

export const NO_OPERAND: Operand = operand(K.NONE, 0, 0, 0);

const R32 = bank(K.R32, 4);
const R16 = bank(K.R16, 2);
const R8 = bank(K.R8, 1);
const SEG = bank(K.SEG, 2);
const ST = bank(K.ST, 10);
const MM = bank(K.MM, 8);
const XMM = bank(K.XMM, 16);
const CR = bank(K.CR, 4);
const DR = bank(K.DR, 4);
const NO_REGISTERS: readonly Operand[] = [];

/** Immediates are 4 bytes wide as operands: `imm` holds 32 bits whatever was encoded. */
export function immediate(imm: number): Operand {
  return operand(K.IMM, 4, 0, imm);
}

/** The bytes -128..255 as immediates, made when they are first met, at index value + 128. */
const SMALL = new Array<Operand | undefined>(384).fill(undefined);

/** One object for each value from -128 to 255. */
export function smallImmediate(value: number): Operand {
  return (SMALL[value + 128] ??= immediate(value));
}

export function branchTarget(target: number): Operand {
  return operand(K.REL, 4, 0, target);
}

export function farPointer(selector: number, offset: number, size: number): Operand {
  return operand(K.PTR, size, selector, offset);
}

/** Memory kinds and sizes by width name: [kind, size] or, where the operand size matters, [kind, size at 4, kind, size at 2]. */
const MEMORY: Readonly<Record<string, readonly number[]>> = {
  b: [K.M8, 1], w: [K.M16, 2], d: [K.M32, 4], y: [K.M32, 4], q: [K.M64, 8], t: [K.M80, 10], dq: [K.M128, 16],
  ss: [K.M32, 4], sd: [K.M64, 8], ps: [K.M128, 16], pd: [K.M128, 16], dqu: [K.M128, 16], psu: [K.M128, 16], pdu: [K.M128, 16],
  v: [K.M32, 4, K.M16, 2], z: [K.M32, 4, K.M16, 2], p: [K.FAR, 6, K.FAR, 4], a: [K.M, 8, K.M, 4],
  s: [K.M, 6], env: [K.M, 28, K.M, 14], save: [K.M, 108, K.M, 94], fx: [K.M, 512], "": [K.M, 0],
};

/** Forms that have no ModR/M and are not systematic: [place, registers at 4, registers at 2]. */
const NAMED: Readonly<Record<string, readonly [place: number, at4: readonly Operand[], at2: readonly Operand[]]>> = {
  AL: [PLACE.FIXED, R8, R8], CL: [PLACE.FIXED, [R8[1]], [R8[1]]], AX: [PLACE.FIXED, R16, R16], DX: [PLACE.FIXED, [R16[2]], [R16[2]]],
  eAX: [PLACE.FIXED, R32, R16],
  ES: [PLACE.FIXED, SEG, SEG], CS: [PLACE.FIXED, [SEG[1]], [SEG[1]]], SS: [PLACE.FIXED, [SEG[2]], [SEG[2]]],
  DS: [PLACE.FIXED, [SEG[3]], [SEG[3]]], FS: [PLACE.FIXED, [SEG[4]], [SEG[4]]], GS: [PLACE.FIXED, [SEG[5]], [SEG[5]]],
  ST0: [PLACE.FIXED, ST, ST], "1": [PLACE.FIXED, [smallImmediate(1)], [smallImmediate(1)]], XMM0: [PLACE.FIXED, XMM, XMM],
  Ib: [PLACE.BYTE, R32, R32], sIb: [PLACE.BYTE, R32, R32], uIb: [PLACE.UBYTE, R32, R32], Iw: [PLACE.UWORD, R32, R32],
};

const BY_OPERAND_SIZE: Readonly<Record<string, readonly [at4: number, at2: number]>> = {
  Iz: [PLACE.DWORD, PLACE.WORD], Jz: [PLACE.JDWORD, PLACE.JWORD], Jb: [PLACE.JBYTE, PLACE.JBYTE], Ap: [PLACE.FAR32, PLACE.FAR16],
};

function general(width: string, size: number): readonly Operand[] {
  if (width === "b") return R8;
  if (width === "w") return R16;
  if (width === "v" || width === "z") return size === 2 ? R16 : R32;
  return R32;
}

const NO_FORM: Form = { place: PLACE.NONE, registers: NO_REGISTERS, kind: K.NONE, size: 0, modrm: false, mod: 0, aligned: false, byte: false };

function simple(place: number, registers: readonly Operand[], kind: number, size: number, byte: boolean): Form {
  return { place, registers, kind, size, modrm: false, mod: 0, aligned: false, byte };
}

function build(name: string, size: number): Form {
  const named = NAMED[name];
  if (named !== undefined) return simple(named[0], size === 2 ? named[2] : named[1], K.NONE, 0, name === "AL");
  const sized = BY_OPERAND_SIZE[name];
  if (sized !== undefined) return simple(size === 2 ? sized[1] : sized[0], NO_REGISTERS, K.REL, size === 2 ? 2 : 4, false);
  if (name === "STi") return { place: PLACE.RM, registers: ST, kind: K.NONE, size: 0, modrm: true, mod: 2, aligned: false, byte: false };

  let letter = name[0];
  let width = name.slice(1);
  let registers = NO_REGISTERS;
  if (letter === "(") {
    letter = name.slice(0, 4);
    width = name.slice(4);
  } else if (letter === "R" && name[2] === "M") {
    letter = "E";
    registers = general(name[1], size);
    width = name[3];
  }
  const memory = MEMORY[width];
  if (memory === undefined) throw new Error(`operand form ${name}`);
  const at = size === 2 && memory.length > 2 ? 2 : 0;
  const kind = memory[at];
  const bytes = memory[at + 1];
  const byte = width === "b" && name.length === 2;
  const modrm = (place: number, from: readonly Operand[], mod: number): Form => ({
    place, registers: from, kind, size: bytes, modrm: true, mod,
    aligned: place === PLACE.RM && mod !== 2 && letter === "W" && (width === "dq" || width === "ps" || width === "pd"), byte,
  });
  switch (letter) {
    case "E": return modrm(PLACE.RM, registers.length === 0 ? general(width, size) : registers, 0);
    case "R": return modrm(PLACE.RM, general(width, size), 2);
    case "M": return modrm(PLACE.RM, NO_REGISTERS, 1);
    case "G": return modrm(PLACE.REG, general(width, size), 0);
    case "S": return modrm(PLACE.REG, SEG, 0);
    case "C": return modrm(PLACE.REG, CR, 0);
    case "D": return modrm(PLACE.REG, DR, 0);
    case "Q": return modrm(PLACE.RM, MM, 0);
    case "P": return modrm(PLACE.REG, MM, 0);
    case "N": return modrm(PLACE.RM, MM, 2);
    case "W": return modrm(PLACE.RM, XMM, 0);
    case "V": return modrm(PLACE.REG, XMM, 0);
    case "U": return modrm(PLACE.RM, XMM, 2);
    case "Z": return simple(PLACE.OPCODE, general(width, size), kind, bytes, byte);
    case "O": return simple(PLACE.MOFFS, NO_REGISTERS, kind, bytes, byte);
    case "X": return simple(PLACE.SI, NO_REGISTERS, kind, bytes, byte);
    case "Y": return simple(PLACE.DI, NO_REGISTERS, kind, bytes, byte);
    case "(BX)": return simple(PLACE.BX, NO_REGISTERS, kind, bytes, true);
    case "(DI)": return simple(PLACE.DS_DI, NO_REGISTERS, kind, bytes, false);
    default: throw new Error(`operand form ${name}`);
  }
}

const at4 = new Map<string, Form>();
const at2 = new Map<string, Form>();

/**
 * The form called `name` at an operand size of `size` (2 or 4) bytes; "" is the absent operand.
 * Throws on a name that is not in the list above: a mistake in the tables, which a test looks for.
 */
export function operandForm(name: string, size: number): Form {
  if (name === "") return NO_FORM;
  const known = size === 2 ? at2 : at4;
  let form = known.get(name);
  if (form === undefined) {
    form = build(name, size);
    // where the operand size makes no difference both sizes share one object, so that forms can be compared
    const other = size === 2 ? build(name, 4) : form;
    if (size === 2 && form.place === other.place && form.registers[0] === other.registers[0] && form.kind === other.kind && form.size === other.size) {
      form = operandForm(name, 4);
    }
    known.set(name, form);
  }
  return form;
}
