// Bytes to Instruction: prefixes, opcode, ModR/M, SIB, displacement, immediates. What an encoding means comes from opcode-map.ts,
// how its operands look from operands.ts. Source: Intel SDM volume 2, chapter 2.
//
// Tens of thousands of instructions are decoded when a program starts, so this is one function over flat data: it allocates the
// Instruction, its memory operand and immediates outside -128..255, and nothing else.

import { K, P } from "./instruction.ts";
import type { Instruction, Operand } from "./instruction.ts";
import { entryAt, lockedRow, SELECT, SLOTS } from "./opcode-map.ts";
import { branchTarget, farPointer, immediate, NO_OPERAND, PLACE, smallImmediate } from "./operands.ts";
import type { Form } from "./operands.ts";

/** `decode` needs more bytes than `limit`: the fetch faults (#PF, or #GP at the end of the code segment). */
export const TRUNCATED = 1;
/** The instruction is longer than 15 bytes: #GP(0). */
export const TOO_LONG = 2;

const MAX_LENGTH = 15;

// What a byte is as a prefix; 0 for none. Segment overrides are 16 + segment number.
const LOCK = 1;
const REPNE = 2;
const REP = 3;
const OPSIZE = 4;
const ADDRSIZE = 5;
const OVERRIDE = 16;

const PREFIX = new Uint8Array(256);
PREFIX[0xf0] = LOCK;
PREFIX[0xf2] = REPNE;
PREFIX[0xf3] = REP;
PREFIX[0x66] = OPSIZE;
PREFIX[0x67] = ADDRSIZE;
PREFIX[0x26] = OVERRIDE;
PREFIX[0x2e] = OVERRIDE + 1;
PREFIX[0x36] = OVERRIDE + 2;
PREFIX[0x3e] = OVERRIDE + 3;
PREFIX[0x64] = OVERRIDE + 4;
PREFIX[0x65] = OVERRIDE + 5;

/** 16-bit addressing, by ModR/M.rm: BX+SI BX+DI BP+SI BP+DI SI DI BP BX (table 2-1). */
const BASE16 = new Uint8Array([3, 3, 5, 5, 6, 7, 5, 3]);
const INDEX16 = new Uint8Array([6, 7, 6, 7, 8, 8, 8, 8]);

const ES = 0;
const SS = 2;
const DS = 3;

/** Where the next byte is read. A variable of the module: operands read immediates one after the other. */
let cursor = 0;

function memory(kind: number, size: number, base: number, index: number, scale: number, disp: number, seg: number, address16: boolean): Operand {
  return { kind, size, reg: 0, base, index, scale, disp, seg, address16, imm: 0 };
}

function read16(bytes: Uint8Array): number {
  const value = bytes[cursor] | (bytes[cursor + 1] << 8);
  cursor += 2;
  return value;
}

function read32(bytes: Uint8Array): number {
  const value = bytes[cursor] | (bytes[cursor + 1] << 8) | (bytes[cursor + 2] << 16) | (bytes[cursor + 3] << 24);
  cursor += 4;
  return value;
}

function small(value: number): Operand {
  return value >= -128 && value < 256 ? smallImmediate(value) : immediate(value);
}

/**
 * The operand that `form` stands for. `rm` is the ModR/M memory operand, NO_OPERAND when mod is 3.
 * `delta` is address - offset, so that cursor + delta is the address of the next instruction once the immediates have been read.
 */
function operandOf(
  form: Form, bytes: Uint8Array, modrm: number, rm: Operand, opcode: number, segment: number, address16: boolean, delta: number,
): Operand {
  switch (form.place) {
    case PLACE.NONE:
      return NO_OPERAND;
    case PLACE.RM:
      return rm === NO_OPERAND ? form.registers[modrm & 7] : rm;
    case PLACE.REG:
      return form.registers[(modrm >> 3) & 7];
    case PLACE.OPCODE:
      return form.registers[opcode & 7];
    case PLACE.FIXED:
      return form.registers[0];
    case PLACE.BYTE:
      return smallImmediate((bytes[cursor++] << 24) >> 24);
    case PLACE.UBYTE:
      return smallImmediate(bytes[cursor++] | 0);
    case PLACE.UWORD:
      return small(read16(bytes));
    case PLACE.WORD:
      return small((read16(bytes) << 16) >> 16);
    case PLACE.DWORD:
      return small(read32(bytes));
    case PLACE.JBYTE: {
      const distance = (bytes[cursor++] << 24) >> 24;
      const target = (cursor + delta + distance) | 0;
      return branchTarget(form.size === 2 ? target & 0xffff : target);
    }
    case PLACE.JWORD: {
      const distance = read16(bytes);
      return branchTarget((cursor + delta + distance) & 0xffff);
    }
    case PLACE.JDWORD: {
      const distance = read32(bytes);
      return branchTarget((cursor + delta + distance) | 0);
    }
    case PLACE.FAR16: {
      const offset = read16(bytes);
      return farPointer(read16(bytes), offset, 4);
    }
    case PLACE.FAR32: {
      const offset = read32(bytes);
      return farPointer(read16(bytes), offset, 6);
    }
    case PLACE.MOFFS:
      return memory(form.kind, form.size, 8, 8, 0, address16 ? read16(bytes) : read32(bytes), segment < 0 ? DS : segment, address16);
    case PLACE.SI:
      return memory(form.kind, form.size, 6, 8, 0, 0, segment < 0 ? DS : segment, address16);
    case PLACE.DI:
      return memory(form.kind, form.size, 7, 8, 0, 0, ES, address16);
    case PLACE.DS_DI:
      return memory(form.kind, form.size, 7, 8, 0, 0, segment < 0 ? DS : segment, address16);
    default: // PLACE.BX
      return memory(form.kind, form.size, 3, 8, 0, 0, segment < 0 ? DS : segment, address16);
  }
}

/**
 * Decodes the instruction at `bytes[offset]`, whose address is `address` (int32).
 * `limit` is how many bytes from `offset` may be fetched, usually up to the end of the last executable page; bytes past it are
 * ignored. Returns TRUNCATED when the instruction does not end within `limit`, TOO_LONG when it does not end within 15 bytes.
 * Every other byte string is an instruction, the undefined ones with A.UNDEFINED.
 */
export function decode(bytes: Uint8Array, offset: number, address: number, limit: number = MAX_LENGTH): Instruction | typeof TRUNCATED | typeof TOO_LONG {
  let p = offset;
  let prefixes = 0;
  let segment = -1;
  let mandatory = 0; // 0 none, 1 66, 2 F3, 3 F2: the index into Entry.encodings
  let b = bytes[p++] | 0;
  let prefix = PREFIX[b];
  while (prefix !== 0) {
    if (p - offset >= MAX_LENGTH) return limit < MAX_LENGTH ? TRUNCATED : TOO_LONG;
    if (prefix >= OVERRIDE) {
      prefixes |= P.SEG;
      segment = prefix - OVERRIDE;
    } else if (prefix === OPSIZE) {
      prefixes |= P.OPSIZE;
      if (mandatory === 0) mandatory = 1;
    } else if (prefix === ADDRSIZE) {
      prefixes |= P.ADDRSIZE;
    } else if (prefix === LOCK) {
      prefixes |= P.LOCK;
    } else if (prefix === REP) {
      prefixes |= P.REP;
      mandatory = 2;
    } else {
      prefixes |= P.REPNE;
      mandatory = 3;
    }
    b = bytes[p++] | 0;
    prefix = PREFIX[b];
  }

  let key = b;
  let opcode = b;
  if (b === 0x0f) {
    b = bytes[p++] | 0;
    if (b === 0x38) {
      b = bytes[p++] | 0;
      key = 0x200 | b;
      opcode = 0x0f3800 | b;
    } else if (b === 0x3a) {
      b = bytes[p++] | 0;
      key = 0x300 | b;
      opcode = 0x0f3a00 | b;
    } else {
      key = 0x100 | b;
      opcode = 0x0f00 | b;
    }
  }

  const entry = entryAt(key);
  const select = entry.select;
  const address16 = (prefixes & P.ADDRSIZE) !== 0;
  const size16 = (prefixes & P.OPSIZE) !== 0;
  let modrm = -1;
  let encoding = entry.encodings[0];
  let rm = NO_OPERAND;
  if (entry.modrm) {
    modrm = bytes[p++] | 0;
    const inRegister = modrm >= 0xc0 || entry.registersOnly;
    if (select === SELECT.MODRM) encoding = entry.encodings[inRegister ? 8 + (modrm & 63) : (modrm >> 3) & 7];
    else if (select === SELECT.BOTH) encoding = entry.encodings[mandatory * SLOTS + (inRegister ? 8 + (modrm & 63) : (modrm >> 3) & 7)];
    else if (select === SELECT.PREFIX) encoding = entry.encodings[mandatory];
    if (!inRegister) {
      const mod = modrm >> 6;
      let base = modrm & 7;
      let index = 8;
      let scale = 0;
      let disp = 0;
      let seg = DS;
      if (address16) {
        if (mod === 0 && base === 6) {
          base = 8;
          disp = bytes[p] | (bytes[p + 1] << 8);
          p += 2;
        } else {
          index = INDEX16[base];
          base = BASE16[base];
          if (base === 5) seg = SS;
          if (mod === 1) disp = (bytes[p++] << 24) >> 24;
          else if (mod === 2) {
            disp = ((bytes[p] | (bytes[p + 1] << 8)) << 16) >> 16;
            p += 2;
          }
        }
      } else {
        let wide = mod === 2;
        if (base === 4) {
          const sib = bytes[p++] | 0;
          base = sib & 7;
          index = (sib >> 3) & 7;
          if (index === 4) index = 8;
          scale = sib >> 6;
        }
        if (base === 5) {
          if (mod === 0) {
            base = 8;
            wide = true;
          } else seg = SS;
        } else if (base === 4) seg = SS;
        if (mod === 1) disp = (bytes[p++] << 24) >> 24;
        else if (wide) {
          disp = bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24);
          p += 4;
        }
      }
      if (segment >= 0) seg = segment;
      rm = size16
        ? memory(encoding.bKind, encoding.bSize, base, index, scale, disp, seg, address16)
        : memory(encoding.aKind, encoding.aSize, base, index, scale, disp, seg, address16);
    }
  } else if (select === SELECT.PREFIX) encoding = entry.encodings[mandatory];

  cursor = p;
  const delta = address - offset;
  // most forms are empty, or a register or memory operand that is at hand: no call for them
  const form0 = size16 ? encoding.b0 : encoding.a0, form1 = size16 ? encoding.b1 : encoding.a1;
  let op0 = NO_OPERAND, op1 = NO_OPERAND, op2 = NO_OPERAND, op3 = NO_OPERAND;
  if (form0.place === PLACE.RM) op0 = rm === NO_OPERAND ? form0.registers[modrm & 7] : rm;
  else if (form0.place === PLACE.REG) op0 = form0.registers[(modrm >> 3) & 7];
  else if (form0.place !== PLACE.NONE) op0 = operandOf(form0, bytes, modrm, rm, b, segment, address16, delta);
  if (form1.place === PLACE.REG) op1 = form1.registers[(modrm >> 3) & 7];
  else if (form1.place === PLACE.RM) op1 = rm === NO_OPERAND ? form1.registers[modrm & 7] : rm;
  else if (form1.place !== PLACE.NONE) op1 = operandOf(form1, bytes, modrm, rm, b, segment, address16, delta);
  if (form1.place !== PLACE.NONE) {
    const form2 = size16 ? encoding.b2 : encoding.a2, form3 = size16 ? encoding.b3 : encoding.a3;
    if (form2.place !== PLACE.NONE) op2 = operandOf(form2, bytes, modrm, rm, b, segment, address16, delta);
    if (form3.place !== PLACE.NONE) op3 = operandOf(form3, bytes, modrm, rm, b, segment, address16, delta);
  }

  // An integer to V8 too: where `offset` is above 2^31, as in the vDSO, the difference is a double, and after one such all instructions have a boxed one
  const length = (cursor - offset) | 0;
  // A page that cannot be read wins over the length: the fault comes at its first byte.
  if (length > limit && limit < MAX_LENGTH) return TRUNCATED;
  if (length > MAX_LENGTH) return TOO_LONG;

  let row = encoding.row;
  if (encoding.byOne !== null) {
    const count = (op2.kind === K.NONE ? op1.imm : op2.imm) & 31;
    if (count === 1) row = encoding.byOne;
    else if (count === 0) row = encoding.byZero as typeof row;
  }
  // LOCK needs a lockable instruction with a memory destination (only op0 can be one: lockable rows have none in op1)
  if ((prefixes & P.LOCK) !== 0 && !(encoding.lockable && rm !== NO_OPERAND)) row = lockedRow(encoding);

  return {
    row,
    address,
    length,
    next: (address + length) | 0,
    opcode,
    modrm,
    prefixes,
    rep: encoding.string ? (mandatory >= 2 ? mandatory - 1 : 0) : 0,
    segment,
    size: encoding.byte ? 1 : size16 ? 2 : 4,
    addressSize: address16 ? 2 : 4,
    cc: encoding.cc,
    op0,
    op1,
    op2,
    op3,
  };
}
