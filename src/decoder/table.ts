// The language of the opcode tables (tables/*.ts): what a row is and how it is read. No rows here.
//
// A row reads like a cell of the manual's opcode maps (Intel SDM volume 2, appendix A):
//
//   [opcode, mnemonic, operands, effects?, attributes?, feature?]
//
// opcode      Bytes in hex, as the manual prints them: [NP|66|F2|F3] [0F [38|3A]] byte [+r|+cc|+i] [/digit] [mem|reg], or an exact
//             ModR/M byte after the opcode ("D9 E8", "0F 01 D0", "D8 C0+i" for the eight from C0).
//             NP      only without 66, F2 and F3 (manual: NP)
//             66 ...  mandatory prefix. F2 and F3 (the last of them) outrank 66.
//             none of these: whatever prefixes are not claimed by a row that names them
//             +r      the low three bits of the opcode name a register (operand form Z)
//             +cc     the low four bits are a condition; the mnemonic ends in "cc"
//             /0-5,7  values of ModR/M.reg; mem, reg: ModR/M.mod other than 3, or 3. Operand forms that exist in one of the two only
//                     (M, N, U ...) imply it.
//             Where two rows claim the same encoding, one that names its prefix wins, then the later one. What no row claims is #UD.
// mnemonic    See Row.mnemonic. "LOOPcc:4" is condition 4 of LOOPcc.
// operands    Forms, destination first, comma between. operands.ts lists them.
// effects     EFLAGS read and written; none by default. Made with `flags` below.
// attributes  A.* bits, added to those of the section.
// feature     CPUID feature, when another than the section's.
//
// Flags columns drive liveness analysis, so they err on the safe side: a flag that an instruction may leave as it was (a shift by a
// count of zero, REP CMPS with ECX = 0) stands in `read` as well as in `written`. `undefined` has only flags that are undefined
// whatever the operands are. Shifts by an immediate get their effects from the count (decode.ts picks the row by it).

import { F } from "./instruction.ts";

export interface Effects {
  readonly read: number;
  readonly written: number;
  readonly undefined: number;
  /** Shift by an immediate: effects when the masked count is 1, and whether this is such a row. */
  readonly byOne: Effects | null;
}

export type OpcodeRow = readonly [opcode: string, mnemonic: string, operands: string, effects?: Effects, attributes?: number, feature?: string];

/** Rows that share a CPUID feature and attributes. */
export interface Section {
  readonly feature: string;
  readonly attributes: number;
  readonly rows: readonly OpcodeRow[];
}

const LETTER: Readonly<Record<string, number>> = {
  O: F.OF, S: F.SF, Z: F.ZF, A: F.AF, P: F.PF, C: F.CF, D: F.DF, I: F.IF, T: F.TF,
};

/** EFLAGS bits from letters: "OSZAPC" are the six status flags, D is DF, I is IF, "*" everything POPF can change. */
export function flagBits(letters: string): number {
  let bits = 0;
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i];
    if (letter === "*") bits |= F.CF | F.PF | F.AF | F.ZF | F.SF | F.TF | F.IF | F.DF | F.OF | F.IOPL | F.NT | F.RF | F.VM | F.AC | F.ID;
    else bits |= LETTER[letter];
  }
  return bits;
}

/** Effects from letters; `undefinedFlags` are added to the written ones. */
export function flags(read: string, written: string, undefinedFlags = "", byOne: Effects | null = null): Effects {
  const none = flagBits(undefinedFlags);
  return { read: flagBits(read), written: flagBits(written) | none, undefined: none, byOne };
}

export const NONE: Effects = flags("", "");
/** ADD, SUB, CMP, NEG, XADD, CMPXCHG, UCOMISS: all six are defined. */
export const ARITH: Effects = flags("", "OSZAPC");
/** ADC, SBB. */
export const CARRY: Effects = flags("C", "OSZAPC");
/** AND, OR, XOR, TEST. */
export const LOGIC: Effects = flags("", "OSZPC", "A");
/** INC, DEC keep CF. */
export const INCDEC: Effects = flags("", "OSZAP");

/** Reads of the eight condition pairs: O B E BE S P L LE. */
export const CONDITION_READS: readonly number[] = ["O", "C", "Z", "CZ", "S", "P", "SO", "ZSO"].map(flagBits);
