// The opcode maps: from (map, opcode byte, mandatory prefix, ModR/M) to what an encoding means.
// Table rows are sorted into the four maps when the module loads; the rest of a row is read, and the tables of an opcode are built,
// when the opcode is first decoded: a short program meets some 150 of the 600. No bytes are read here (decode.ts).

import { A, K } from "./instruction.ts";
import type { Row } from "./instruction.ts";
import { operandForm, PLACE } from "./operands.ts";
import type { Form } from "./operands.ts";
import { CONDITION_READS, NONE } from "./table.ts";
import type { Effects, OpcodeRow, Section } from "./table.ts";
import { INTEGER } from "./tables/integer.ts";
import { MMX, MMX_SSE, MMX_SSE2, MMX_SSSE3 } from "./tables/mmx.ts";
import { SSE } from "./tables/sse.ts";
import { SSE2, SSE2_INTEGER } from "./tables/sse2.ts";
import { AES, SHA, SSE3, SSE41, SSE42, SSSE3 } from "./tables/sse3.ts";
import { SYSTEM } from "./tables/system.ts";
import { X87 } from "./tables/x87.ts";

export const SECTIONS: readonly Section[] = [
  INTEGER, SYSTEM, X87, MMX, MMX_SSE, MMX_SSE2, MMX_SSSE3, SSE, SSE2, SSE2_INTEGER, SSE3, SSSE3, SSE41, SSE42, AES, SHA,
];

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

/** How an opcode's encodings are told apart: there is one; by mandatory prefix; by prefix and ModR/M. */
export const SELECT = { ONE: 0, PREFIX: 1, MODRM: 2 } as const;

/** Slots for each mandatory prefix under SELECT.MODRM: /0-/7 in memory, then the 64 ModR/M bytes of mod 3. */
export const SLOTS = 72;

export interface Entry {
  readonly modrm: boolean;
  readonly registersOnly: boolean; // ModR/M.mod is taken as 3 whatever it is: MOV to and from control and debug registers
  readonly select: number; // SELECT.*
  readonly encodings: readonly Encoding[];
}

/** A table row with its opcode column taken apart. */
interface Pattern {
  readonly row: OpcodeRow;
  readonly section: Section;
  readonly prefix: number; // 0 NP, 1 66, 2 F3, 3 F2, -1 any
  readonly exact: number; // exact ModR/M byte, or -1
  readonly span: number; // 8 for an exact byte with +i, else 1
  readonly digits: number; // bit n: ModR/M.reg may be n
  readonly mod: number; // 0 any, 1 memory, 2 register
  readonly condition: boolean; // +cc
}

const PREFIXES: Readonly<Record<string, number>> = { NP: 0, "66": 1, F3: 2, F2: 3 };

/** All rows, and by map << 8 | opcode byte the numbers of those that claim it. Maps are one-byte, 0F, 0F38, 0F3A. */
const rows: OpcodeRow[] = [];
const sectionOf: Section[] = [];
const claims: (number[] | undefined)[] = Array.from({ length: 1024 });
const entries: (Entry | undefined)[] = Array.from({ length: 1024 });

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x40 ? code & 15 : code - 0x37;
}

function claim(key: number, number: number): void {
  const known = claims[key];
  if (known === undefined) claims[key] = [number];
  else known.push(number);
}

/** Sorts a row into the maps. This runs for all rows when the module loads, so it looks at no more than the opcode. */
function sort(row: OpcodeRow, section: Section): void {
  const number = rows.push(row) - 1;
  sectionOf.push(section);
  const opcode = row[0];
  let at = opcode[2] === " " && PREFIXES[opcode.slice(0, 2)] !== undefined ? 3 : 0;
  let map = 0;
  if (opcode.startsWith("0F ", at)) {
    map = 1;
    at += 3;
    if (opcode.startsWith("38 ", at)) map = 2;
    else if (opcode.startsWith("3A ", at)) map = 3;
    if (map > 1) at += 3;
  }
  const key = (map << 8) | (digit(opcode, at) << 4) | digit(opcode, at + 1);
  if (opcode[at + 2] !== "+") {
    claim(key, number);
    return;
  }
  // +r goes to the end of its group of eight, "91+r" has seven
  const end = opcode[at + 3] === "c" ? key + 16 : (key & -8) + 8;
  for (let each = key; each < end; each++) claim(each, number);
}

for (const section of SECTIONS) for (const row of section.rows) sort(row, section);

/** "0,2-5" as a set of bits. */
function digitSet(text: string): number {
  let set = 0;
  for (const part of text.split(",")) {
    const first = digit(part, 0);
    const last = part.length > 1 ? digit(part, 2) : first;
    for (let each = first; each <= last; each++) set |= 1 << each;
  }
  return set;
}

const parsed: Pattern[] = [];

function patternOf(number: number): Pattern {
  let pattern = parsed[number];
  if (pattern !== undefined) return pattern;
  const row = rows[number];
  if (row[0].length === 2) { // by far the most: an opcode of one byte, and nothing else
    return (parsed[number] = { row, section: sectionOf[number], prefix: -1, exact: -1, span: 1, digits: 0xff, mod: 0, condition: false });
  }
  const words = row[0].split(" ");
  const prefix = words.length > 1 ? (PREFIXES[words[0]] ?? -1) : -1;
  let at = prefix >= 0 ? 1 : 0;
  if (words[at] === "0F") {
    at++;
    if ((words[at] === "38" || words[at] === "3A") && at + 1 < words.length) at++;
  }
  const condition = words[at++].endsWith("+cc");
  let exact = -1;
  let span = 1;
  let digits = 0xff;
  let mod = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === "mem") mod = 1;
    else if (word === "reg") mod = 2;
    else if (word[0] === "/") digits = digitSet(word.slice(1));
    else {
      exact = parseInt(word, 16);
      if (word.length > 2) span = 8;
    }
  }
  pattern = { row, section: sectionOf[number], prefix, exact, span, digits, mod, condition };
  parsed[number] = pattern;
  return pattern;
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
  const { row, section } = pattern;
  const colon = row[1].indexOf(":");
  const name = colon < 0 ? row[1] : row[1].slice(0, colon);
  const cc = pattern.condition ? opcode & 15 : colon < 0 ? -1 : Number(row[1].slice(colon + 1));
  const names = row[2] === "" ? [] : row[2].split(",");
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
  let attributes = section.attributes | (row[4] ?? 0);
  if (rmA.aligned) attributes |= A.ALIGNED;
  const effects = row[3] ?? NONE;
  const read = cc < 0 ? 0 : CONDITION_READS[cc >> 1];
  const feature = row[5] ?? section.feature;
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
  const numbers = claims[key];
  if (numbers === undefined) return NOTHING;
  const all = numbers.map(patternOf);
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
  const encodings = Array.from({ length: slots * 4 }, () => UNDEFINED);
  for (const specific of [false, true]) {
    for (let n = 0; n < all.length; n++) {
      const pattern = all[n];
      if (pattern.prefix >= 0 !== specific) continue;
      const encoding = made[n];
      const first = specific ? pattern.prefix : 0;
      const last = specific ? pattern.prefix : 3;
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
  return { modrm, registersOnly, select: byModrm ? SELECT.MODRM : SELECT.PREFIX, encodings };
}

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
