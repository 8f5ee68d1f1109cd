// The opcode maps: from (map, opcode byte, mandatory prefix, ModR/M) to what an encoding means.
// The tables of an opcode are built when it is first decoded: a short program meets some 150 of the 600. Which rows claim it: rows.ts. No bytes
// are read here (decode.ts).

import { A, K } from "./instruction.ts";
import type { Row } from "./instruction.ts";
import { operandForm, PLACE } from "./operands.ts";
import type { Form } from "./operands.ts";
import { patternsAt } from "./rows.ts";
import type { Pattern } from "./rows.ts";
import { CONDITION_READS, NONE } from "./table.ts";
import type { Effects } from "./table.ts";

/** All that decode.ts needs to know of one encoding. Forms a are for 32-bit operands, b for 16-bit ones. */
export interface Encoding {
  readonly row: Row;
  /** Shift by an immediate: the rows for a masked count of 0 and of 1; null for everything else. */
  readonly byZero: Row | null;
  readonly byOne: Row | null;
  readonly a0: Form;
  readonly a1: Form;
  readonly a2: Form;
  readonly a3: Form;
  readonly b0: Form;
  readonly b1: Form;
  readonly b2: Form;
  readonly b3: Form;
  /** Kind and size of a ModR/M memory operand. */
  readonly aKind: number;
  readonly aSize: number;
  readonly bKind: number;
  readonly bSize: number;
  readonly byte: boolean; // Instruction.size is 1
  readonly string: boolean;
  readonly lockable: boolean;
  readonly cc: number;
}

/** How an opcode's encodings are told apart: there is one; by mandatory prefix; by prefix and ModR/M; by ModR/M whatever the prefix. */
export const SELECT = { ONE: 0, PREFIX: 1, BOTH: 2, MODRM: 3 } as const;

/** Slots for each mandatory prefix (SELECT.BOTH) or for all (SELECT.MODRM): /0-/7 in memory, then the 64 ModR/M bytes of mod 3. */
export const SLOTS = 72;

export interface Entry {
  readonly modrm: boolean;
  readonly registersOnly: boolean; // ModR/M.mod is taken as 3 whatever it is: MOV to and from control and debug registers
  readonly select: number; // SELECT.*
  readonly encodings: readonly Encoding[];
}

/** Instructions whose operand size shows in no operand form. */
const IMPLICIT_SIZE: ReadonlySet<string> = new Set([
  "PUSH", "POP", "PUSHA", "POPA", "PUSHF", "POPF", "ENTER", "LEAVE", "RET", "RETF", "IRET", "CBW", "CWD", "SGDT", "SIDT", "LGDT", "LIDT", "NOP",
]);

interface Shown {
  readonly name: string;
  readonly prefix: number;
  readonly sized: boolean;
}

function makeRow(mnemonic: string, shown: Shown, effects: Effects, read: number, attributes: number, feature: string): Row {
  const { name, prefix, sized } = shown;
  return {
    mnemonic, name, prefix, sized,
    flagsRead: effects.read | read, flagsWritten: effects.written, flagsUndefined: effects.undefined, attributes, feature,
  };
}

const NO_FORM = operandForm("", 4);

function makeEncoding(pattern: Pattern, opcode: number): Encoding {
  const { mnemonic, operands, effects, feature } = pattern;
  const colon = mnemonic.indexOf(":");
  const name = colon < 0 ? mnemonic : mnemonic.slice(0, colon);
  const cc = pattern.condition ? opcode & 15 : colon < 0 ? -1 : Number(mnemonic.slice(colon + 1));
  const names: string[] = [];
  for (let from = 0, comma = 0; from < operands.length; from = comma + 1) {
    comma = operands.indexOf(",", from);
    if (comma < 0) comma = operands.length;
    names.push(operands.slice(from, comma));
  }
  const a = [NO_FORM, NO_FORM, NO_FORM, NO_FORM];
  const b = [NO_FORM, NO_FORM, NO_FORM, NO_FORM];
  let rmA = NO_FORM, rmB = NO_FORM, sized = pattern.prefix === 1;
  for (let i = names.length - 1; i >= 0; i--) {
    a[i] = operandForm(names[i], 4);
    b[i] = operandForm(names[i], 2);
    if (a[i].place === PLACE.RM) {
      rmA = a[i];
      rmB = b[i];
    }
    if (a[i] !== b[i]) sized = true;
  }
  // OUT DX,AL and OUT ib,AL have the byte second; MOVZX Gv,Eb has one too, but its operand size is that of Gv
  const byte = a[0].byte || ((names[0] === "DX" || names[0] === "uIb") && a[1].byte);
  let { attributes } = pattern;
  if (rmA.aligned) attributes |= A.ALIGNED;
  const read = cc < 0 ? 0 : CONDITION_READS[cc >> 1];
  const shown: Shown = { name, prefix: pattern.prefix, sized: sized || IMPLICIT_SIZE.has(name) };
  const make = (kind: Effects): Row => makeRow(name, shown, kind, read, attributes, feature);
  const byImmediate = effects.byOne;
  return {
    row: make(effects),
    byZero: byImmediate === null ? null : make(NONE),
    byOne: byImmediate === null ? null : make(byImmediate),
    a0: a[0], a1: a[1], a2: a[2], a3: a[3],
    b0: b[0], b1: b[1], b2: b[2], b3: b[3],
    aKind: rmA.kind, aSize: rmA.size, bKind: rmB.kind, bSize: rmB.size,
    byte, cc,
    string: (attributes & A.STRING) !== 0,
    lockable: (attributes & A.LOCKABLE) !== 0,
  };
}

function makeUndefined(): Encoding {
  const row = makeRow("UD", { name: "UD", prefix: -1, sized: false }, NONE, 0, A.UNDEFINED, "");
  return {
    row, byZero: null, byOne: null,
    a0: NO_FORM, a1: NO_FORM, a2: NO_FORM, a3: NO_FORM, b0: NO_FORM, b1: NO_FORM, b2: NO_FORM, b3: NO_FORM,
    aKind: K.M, aSize: 0, bKind: K.M, bSize: 0, byte: false, cc: -1, string: false, lockable: false,
  };
}

const lockedRows = new Map<Encoding, Row>();

/** The row of an encoding that LOCK makes #UD. */
export function lockedRow(encoding: Encoding): Row {
  let row = lockedRows.get(encoding);
  if (row === undefined) {
    const { name, prefix, sized } = encoding.row;
    row = makeRow("UD", { name, prefix, sized }, NONE, 0, A.UNDEFINED, "");
    lockedRows.set(encoding, row);
  }
  return row;
}

const UNDEFINED = makeUndefined();
const NOTHING: Entry = { modrm: false, registersOnly: false, select: SELECT.ONE, encodings: [UNDEFINED] };

/** Encodings by row, so that the eight opcodes of a +r row share one; conditions each have their own. */
const shared = new Map<Pattern, Encoding>();

function encodingOf(pattern: Pattern, opcode: number): Encoding {
  if (pattern.condition) return makeEncoding(pattern, opcode);
  let encoding = shared.get(pattern);
  if (encoding === undefined) {
    encoding = makeEncoding(pattern, opcode);
    shared.set(pattern, encoding);
  }
  return encoding;
}

/** Where an operand form of this encoding can only be one of the two: 0 either, 1 memory, 2 register. */
function impliedMod(encoding: Encoding): number {
  return encoding.a0.mod | encoding.a1.mod | encoding.a2.mod | encoding.a3.mod;
}

function usesModrm(encoding: Encoding): boolean {
  return encoding.a0.modrm || encoding.a1.modrm || encoding.a2.modrm || encoding.a3.modrm;
}

function build(key: number): Entry {
  const all = patternsAt(key);
  if (all.length === 0) return NOTHING;
  const made: readonly Encoding[] = all.map((pattern) => encodingOf(pattern, key & 255));
  const registersOnly = key >= 0x120 && key <= 0x123;
  let modrm = false;
  let byModrm = false;
  let byPrefix = false;
  const mods: number[] = [];
  for (let n = 0; n < all.length; n++) {
    const pattern = all[n];
    const encoding = made[n];
    const mod = registersOnly ? 0 : pattern.mod | impliedMod(encoding);
    mods.push(mod);
    const selects = pattern.exact >= 0 || pattern.digits !== 0xff || mod !== 0;
    if (selects || usesModrm(encoding)) modrm = true;
    if (selects) byModrm = true;
    if (pattern.prefix >= 0) byPrefix = true;
  }
  if (!byModrm && !byPrefix) return { modrm, registersOnly, select: SELECT.ONE, encodings: [made[all.length - 1]] };

  const slots = byModrm ? SLOTS : 1;
  const prefixes = byPrefix ? 4 : 1;
  const encodings = new Array<Encoding>(slots * prefixes).fill(UNDEFINED);
  for (const specific of [false, true]) {
    for (let n = 0; n < all.length; n++) {
      const pattern = all[n];
      if (pattern.prefix >= 0 !== specific) continue;
      const encoding = made[n];
      const first = specific ? pattern.prefix : 0;
      const last = specific ? pattern.prefix : prefixes - 1;
      for (let prefix = first; prefix <= last; prefix++) {
        const base = prefix * slots;
        if (slots === 1) encodings[base] = encoding;
        else if (pattern.exact >= 0) {
          for (let i = 0; i < pattern.span; i++) encodings[base + 8 + ((pattern.exact + i) & 63)] = encoding;
        } else {
          for (let digit = 0; digit < 8; digit++) {
            if ((pattern.digits & (1 << digit)) === 0) continue;
            if (mods[n] !== 2) encodings[base + digit] = encoding;
            if (mods[n] !== 1) for (let rm = 0; rm < 8; rm++) encodings[base + 8 + digit * 8 + rm] = encoding;
          }
        }
      }
    }
  }
  return { modrm, registersOnly, select: byModrm ? (byPrefix ? SELECT.BOTH : SELECT.MODRM) : SELECT.PREFIX, encodings };
}

const entries = new Array<Entry | undefined>(1024).fill(undefined);

/** The entry at `key` = map << 8 | opcode byte. */
export function entryAt(key: number): Entry {
  let entry = entries[key];
  if (entry === undefined) {
    entry = build(key);
    entries[key] = entry;
  }
  return entry;
}

/** Every row that decoding can yield, for tests and for listings of what is known. */
export function allRows(): readonly Row[] {
  const all = new Set<Row>();
  for (let key = 0; key < 1024; key++) {
    for (const { row, byZero, byOne } of entryAt(key).encodings) {
      all.add(row);
      if (byZero !== null) all.add(byZero);
      if (byOne !== null) all.add(byOne);
    }
  }
  return [...all];
}
