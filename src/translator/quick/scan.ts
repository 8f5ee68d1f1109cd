// The quick interpreter's own decoder: it writes the records of blocks that nobody has met yet, without JavaScript. A program that starts executes thousands of blocks once or twice, and
// objects for their instructions take longer to make than all that the blocks do.
//
// What bytes mean is said in src/decoder alone: its tables are asked here, encoding by encoding, when the module is made, and what they answer becomes a table of 8 bytes for each. An encoding
// that does not fit into these (a rare prefix, a mnemonic of a late processor) is decoded by JavaScript, one instruction at a time.

import { decode } from "../../decoder/decode.ts";
import { type Instruction, K, type Operand } from "../../decoder/instruction.ts";
import { endsBlock, MAX_BLOCK } from "../../runtime/block.ts";
import { HIDDEN } from "../../runtime/hidden.ts";
import { FOUND_MASK, FOUND_WAY } from "../../runtime/lookup.ts";
import { isMemory, memoryOf, type Numbers, numberOf, segmentPlace } from "./keys.ts";
import { AT, FUNCTIONS, placeOf, RECORD, weighs } from "./records.ts";

/** Prefixes that the table knows, one at most in front of an opcode: none, 66, GS, F3, F2. */
const PLANES: readonly (readonly number[])[] = [[], [0x66], [0x65], [0xf3], [0xf2]];
/** Opcodes of a plane: of one byte, and behind 0F. */
const PLANE = 512;
/** Bytes that are no opcodes: prefixes, and 0F; 0F 38 and 0F 3A, which another byte follows. */
const NO_OPCODES = new Set([0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x138, 0x13a]);
/** What every processor has that is shown with SSE2. Others take some of the rest for something else (cpuid.ts). */
const FEATURES = new Set(["", "fpu", "tsc", "cx8", "cmov", "fxsr", "mmx", "sse", "sse2"]);

/** Number of the function of what JavaScript has to decode. */
const FOREIGN = 0xffff;
/** What stands behind the ModR/M byte, and what becomes of it. ONE: nothing, an immediate 1 all the same. MOFFS: the address of the memory operand. */
const LAST = { NONE: 0, S8: 1, U8: 2, S16: 3, U16: 4, D32: 5, REL8: 6, REL32: 7, ONE: 8, MOFFS: 9 } as const;
/** Flags above that. */
const MEMORY = 16, ENDS = 32, CALL = 64, WEIGHS = 128;
/** Where an operand's register comes from. */
const FROM = { CONSTANT: 0, REG: 1, RM: 2 } as const;

// In the hidden area, from HIDDEN.SCAN on:
/** For each opcode of each plane, the number of its first entry; bit 15: by ModR/M, eight for memory and eight for registers, by the reg field. */
const OPCODES = 0;
/** For each kind of place (state, byte of it, vector file) and register, where that is. */
const PLACES = 0x1400;
/** Classes of functions, for sequences: 0 for those that are in none. */
const CLASSES = 0x1420;
/** By two classes: the sequence of these; where three are one, the row of `THIRD`; by row and class, the sequence. */
const PAIRS = 0x1620, TRIPLES = 0x1820, THIRD = 0x1920;
const ENTRIES = 0x2000, ENTRY = 8, TABLE_BYTES = 0x10000;
const MAX_FUNCTIONS = 512, MAX_CLASSES = 16, MAX_ROWS = 8;

interface Entry {
  number: number;
  last: number;
  flags: number;
  readonly from: [number, number, number];
  readonly kind: [number, number, number];
  readonly place: [number, number, number];
}

const foreign = (): Entry => ({ number: FOREIGN, last: LAST.NONE, flags: 0, from: [0, 0, 0], kind: [0, 0, 0], place: [0, 0, 0] });

/** Bytes behind the opcode, or the ModR/M byte: different ones, so that what became of them can be told. */
const TAILS = [[0x81, 0x92, 0xa3, 0xb4, 0xc5], [0x05, 0x16, 0x27, 0x38, 0x49], [0x20, 0x31, 0x42, 0x53, 0x64]] as const;
const ADDRESS = 0x1000;

/** The instruction of an opcode in a plane with that ModR/M byte (it has none: -1) and tail. Undefined: it does not end within 15 bytes. */
function probe(plane: number, opcode: number, modrm: number, tail: readonly number[]): Instruction | undefined {
  const bytes = [...PLANES[plane], ...(opcode >= 256 ? [0x0f, opcode & 255] : [opcode]), ...(modrm < 0 ? [] : [modrm]), ...tail, 0, 0, 0, 0, 0, 0, 0];
  const insn = decode(Uint8Array.from(bytes), 0, ADDRESS);
  return typeof insn === "number" ? undefined : insn;
}

const operands = ({ op0, op1, op2 }: Instruction): readonly Operand[] => [op0, op1, op2];

/** Which of LAST the bytes of the tails became; -1: something else. */
function lastOf(insns: readonly Instruction[], length: number, hasFunction: boolean): number {
  const holds = (value: (tail: readonly number[], insn: Instruction) => number, of: (insn: Instruction) => number) => insns.every((insn, k) => (value(TAILS[k], insn) | 0) === of(insn));
  const immediate = (insn: Instruction) => operands(insn).find((o) => o.kind === K.IMM)?.imm ?? 0;
  const word = (t: readonly number[]) => t[0] | (t[1] << 8), dword = (t: readonly number[]) => word(t) | (t[2] << 16) | (t[3] << 24);
  const [first] = insns, has = operands(first).some((o) => o.kind === K.IMM);
  // of what the semantic function executes only the length matters
  if (!hasFunction) return [LAST.NONE, LAST.S8, LAST.S16, -1, LAST.D32][length] ?? -1;
  if (first.op0.kind === K.REL) {
    if (length === 1) return holds((t, { next }) => next + ((t[0] << 24) >> 24), ({ op0 }) => op0.imm) ? LAST.REL8 : -1;
    return length === 4 && holds((t, { next }) => next + dword(t), ({ op0 }) => op0.imm) ? LAST.REL32 : -1;
  }
  if (!has) {
    if (length === 0) return LAST.NONE;
    return length === 4 && first.modrm < 0 && holds(dword, (insn) => memoryOf(insn)?.disp ?? 0) ? LAST.MOFFS : -1;
  }
  if (length === 0) return holds(() => 1, immediate) ? LAST.ONE : -1;
  const forms: readonly (readonly [length: number, last: number, value: (t: readonly number[]) => number])[] = [
    [1, LAST.S8, (t) => (t[0] << 24) >> 24], [1, LAST.U8, (t) => t[0]], [2, LAST.S16, (t) => (word(t) << 16) >> 16], [2, LAST.U16, word], [4, LAST.D32, dword],
  ];
  return forms.find(([n, , value]) => n === length && holds(value, immediate))?.[1] ?? -1;
}

const KINDS: Readonly<Record<number, number>> = { [K.R32]: 0, [K.R16]: 0, [K.R8]: 1, [K.XMM]: 2 };

/** What is the same for all registers that an encoding may name. */
const outline = (insn: Instruction, numbers: Numbers): string =>
  [insn.row.mnemonic, insn.row.feature, numberOf(insn, numbers), insn.length, endsBlock(insn), insn.size, insn.cc, ...operands(insn).map((o) => o.kind)].join();

/** The entry for an opcode with a ModR/M byte of one class (memory or register) and one reg field; or without that byte (`reg` -1). */
function entryOf(plane: number, opcode: number, inMemory: boolean, reg: number, numbers: Numbers): Entry {
  const none = foreign();
  const modrm = (r: number, rm: number) => (reg < 0 ? -1 : (inMemory ? 0 : 0xc0) | (r << 3) | rm);
  const insns = TAILS.map((tail) => probe(plane, opcode, modrm(reg, 3), tail)).filter((it) => it !== undefined);
  if (insns.length < TAILS.length) return none;
  const [insn] = insns, said = outline(insn, numbers);
  if (!FEATURES.has(insn.row.feature) || insns.some((it) => outline(it, numbers) !== said)) return none;
  // memory operands without displacement: [EBX]; registers: all
  const others = reg < 0 || inMemory ? [] : Array.from({ length: 8 }, (_, rm) => probe(plane, opcode, modrm(reg, rm), TAILS[0]));
  if (others.some((it) => it === undefined || outline(it, numbers) !== said)) return none;
  const number = numberOf(insn, numbers);
  const last = lastOf(insns, insn.length - PLANES[plane].length - (opcode >= 256 ? 2 : 1) - (reg < 0 ? 0 : 1), number !== undefined);
  if (last < 0) return none;
  const made: Entry = { ...none, number: number ?? FUNCTIONS.OUT, last, flags: endsBlock(insn) ? ENDS : 0 };
  // there are instructions whose ModR/M byte names registers whatever its mod
  if (inMemory && (probe(plane, opcode, 0x40 | modrm(reg, 3), TAILS[0])?.length ?? 0) === insn.length + 1) made.flags |= MEMORY;
  if (number === undefined) {
    if (weighs(insn)) made.flags |= WEIGHS;
    return made;
  }
  if (insn.row.mnemonic === "CALL") made.flags |= CALL;
  for (const [k, operand] of operands(insn).entries()) {
    const kind = KINDS[operand.kind];
    if (kind === undefined) {
      if (operand.kind !== K.NONE && operand.kind !== K.IMM && operand.kind !== K.REL && !isMemory(operand.kind)) return none;
      continue;
    }
    const same = reg < 0 ? [] : Array.from({ length: 8 }, (_, r) => [r, probe(plane, opcode, modrm(r, 3), TAILS[0])] as const).filter(([, it]) => it !== undefined && outline(it, numbers) === said);
    const byReg = same.length > 1 && same.every(([r, it]) => operands(it as Instruction)[k].reg === r);
    const byRm = others.length > 0 && others.every((it, rm) => operands(it as Instruction)[k].reg === rm);
    if (!byReg && !byRm && others.some((it) => operands(it as Instruction)[k].reg !== operand.reg)) return none;
    made.kind[k] = kind;
    if (byReg) made.from[k] = FROM.REG;
    else if (byRm) made.from[k] = FROM.RM;
    else made.place[k] = placeOf(operand);
  }
  const segment = segmentPlace(insn);
  if (segment !== 0) made.place[2] = segment;
  return made;
}

function wordsOf({ number, last, flags, from, kind, place }: Entry): readonly [number, number] {
  const [f0, f1, f2] = from, [k0, k1, k2] = kind;
  return [number | (place[0] << 16) | (place[1] << 24), place[2] | ((f0 | (f1 << 2) | (f2 << 4)) << 8) | ((k0 | (k1 << 2) | (k2 << 4)) << 16) | ((last | flags) << 24)];
}

/** What the scanner reads, for HIDDEN.SCAN. `sequences` as in QuickModule. */
export function scanTable(numbers: Numbers, sequences: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TABLE_BYTES), view = new DataView(bytes.buffer);
  const known = new Map<string, number>();
  let entries = 0;
  /** The number of the first of these entries, which may stand there already. */
  const place = (all: readonly Entry[]): number => {
    const words = all.map(wordsOf), key = words.join();
    const there = known.get(key);
    if (there !== undefined) return there;
    known.set(key, entries);
    for (const [n, [first, second]] of words.entries()) {
      view.setInt32(ENTRIES + ENTRY * (entries + n), first, true);
      view.setInt32(ENTRIES + ENTRY * (entries + n) + 4, second, true);
    }
    entries += all.length;
    return entries - all.length;
  };
  place([foreign()]);
  for (const plane of PLANES.keys()) {
    for (let opcode = 0; opcode < PLANE; opcode++) {
      if (NO_OPCODES.has(opcode)) continue;
      const hasModrm = (probe(plane, opcode, 0xc0, TAILS[0])?.modrm ?? -1) >= 0;
      const all = hasModrm
        ? [true, false].flatMap((inMemory) => Array.from({ length: 8 }, (_, reg) => entryOf(plane, opcode, inMemory, reg, numbers)))
        : [entryOf(plane, opcode, false, -1, numbers)];
      view.setUint16(OPCODES + 2 * (plane * PLANE + opcode), place(all) | (hasModrm ? 0x8000 : 0), true);
    }
  }
  for (const [kind, operandKind] of [K.R32, K.R8, K.XMM].entries()) {
    for (let reg = 0; reg < 8; reg++) bytes[PLACES + 8 * kind + reg] = placeOf({ kind: operandKind, reg });
  }
  if (Object.values(numbers).some((shapes) => Object.values(shapes ?? {}).some((n) => n >= MAX_FUNCTIONS))) throw new Error("functions do not fit the scanner's tables");
  writeSequences(view, sequences);
  return bytes.slice(0, ENTRIES + ENTRY * entries);
}

function writeSequences(view: DataView, sequences: readonly (readonly number[])[]): void {
  const classes = new Map<number, number>(), rows = new Map<number, number>();
  const classOf = (member: number): number => {
    const it = classes.get(member) ?? classes.size + 1;
    classes.set(member, it);
    view.setUint8(CLASSES + member, it);
    return it;
  };
  for (const [own, ...members] of sequences) {
    const [first, second, third] = members.map(classOf), both = (first << 4) | second;
    if (members.length === 2) {
      view.setUint16(PAIRS + 2 * both, own, true);
      continue;
    }
    const row = rows.get(both) ?? rows.size + 1;
    rows.set(both, row);
    view.setUint8(TRIPLES + both, row);
    view.setUint16(THIRD + 2 * ((row << 4) | third), own, true);
  }
  if (classes.size >= MAX_CLASSES || rows.size >= MAX_ROWS || sequences.some(({ length }) => length < 3 || length > 4)) throw new Error("sequences do not fit the scanner's tables");
}

const SCAN = HIDDEN.SCAN;
const HASH = `((e ^ e >>> 16) & ${FOUND_MASK}) << 3`;
const dword = (at: string) => `V.getInt32(${at} >>> 0, true)`, byte = (at: string) => `V.getUint8(${at} >>> 0)`;
const setWord = (at: string, value: string) => `V.setInt32(${at} >>> 0, ${value}, true);`;
/** Where the register stands that operand `k` is. */
const register = (k: number) => `V.getUint8(${SCAN + PLACES} + ((more >> ${16 + 2 * k} & 3) << 3) + ((more >> ${8 + 2 * k} & 3) === ${FROM.REG} ? m >> 3 & 7 : m & 7) >>> 0)`;
const sequenceClass = (at: string) => `V.getUint8(${SCAN + CLASSES} + V.getUint16(${at} >>> 0, true) >>> 0)`;

/**
 * Text of the function that writes the records of the block at `e` and gives the address of its head; 0: JavaScript is to decode it. Only in pages that JavaScript has allowed (quick.ts),
 * and only what lies in one page.
 */
export const SCAN_TEXT = `
  if ((${byte(`${HIDDEN.SCANNED} + (e >>> 15)`)} >> (e >>> 12 & 7) & 1) === 0) return 0;
  const head = ${dword(String(HIDDEN.FREE))};
  if (head > ${dword(String(HIDDEN.LIMIT))}) return 0;
  const last = e | 4095;
  let p = head;
  let at = e;
  let count = 0;
  let ends = 0;
  let weighs = 0;
  L: for (;;) {
    const r = p + ${RECORD} | 0;
    let o = at;
    let b = ${byte("o")};
    let plane = 0;
    if (b === 102) { plane = ${PLANE}; }
    if (b === 101) { plane = ${2 * PLANE}; }
    if (b === 243) { plane = ${3 * PLANE}; }
    if (b === 242) { plane = ${4 * PLANE}; }
    if (plane !== 0) { o = o + 1 | 0; b = ${byte("o")}; }
    if (b === 15) { o = o + 1 | 0; b = ${byte("o")} | 256; }
    o = o + 1 | 0;
    const t = V.getUint16(${SCAN + OPCODES} + (plane + b << 1) >>> 0, true);
    let entry = ${SCAN + ENTRIES} + ((t & 32767) << 3) | 0;
    let m = 0;
    if (t > 32767) { m = ${byte("o")}; o = o + 1 | 0; entry = entry + (m & 56) + (m > 191 ? 64 : 0) | 0; }
    const shape = ${dword("entry")};
    const more = ${dword("entry + 4")};
    let done = 0;
    if ((shape & 65535) === ${FOREIGN}) {
      const step = FL.foreign(at, r);
      if (step === 0) { break L; }
      o = at + (step & 255) | 0;
      if ((o - 1 | 4095) !== last) { break L; }
      done = step >> 8;
    } else {
      const flags = more >>> 24;
      weighs = weighs | flags;
      const way = flags & 15;
      let w0 = shape;
      let w4 = (more & 255) << 24;
      let w8 = 0;
      let w12 = 0;
      if ((more & ${3 << 8}) !== 0) { w0 = w0 | ${register(0)} << 16; }
      if ((more & ${12 << 8}) !== 0) { w0 = w0 | ${register(1)} << 24; }
      if ((more & ${48 << 8}) !== 0) { w4 = w4 | ${register(2)} << 24; }
      if ((flags & ${MEMORY}) !== 0) {
        let base = m & 7;
        let index = 8;
        let scale = 0;
        if (base === 4) {
          const sib = ${byte("o")};
          o = o + 1 | 0;
          base = sib & 7;
          index = sib >> 3 & 7;
          if (index === 4) { index = 8; }
          scale = sib >> 6;
        }
        const mod = m >> 6;
        if (mod === 1) { w8 = V.getInt8(o >>> 0); o = o + 1 | 0; }
        if (mod === 0) { if (base === 5) { base = 8; w8 = ${dword("o")}; o = o + 4 | 0; } }
        if (mod === 2) { w8 = ${dword("o")}; o = o + 4 | 0; }
        w4 = w4 | base << 2 | index << 10 | scale << 16;
      }
      if (way !== 0) {
        if (way === ${LAST.S8}) { w12 = V.getInt8(o >>> 0); o = o + 1 | 0; }
        if (way === ${LAST.U8}) { w12 = ${byte("o")}; o = o + 1 | 0; }
        if (way === ${LAST.S16}) { w12 = V.getInt16(o >>> 0, true); o = o + 2 | 0; }
        if (way === ${LAST.U16}) { w12 = V.getUint16(o >>> 0, true); o = o + 2 | 0; }
        if (way === ${LAST.D32}) { w12 = ${dword("o")}; o = o + 4 | 0; }
        if (way === ${LAST.REL8}) { w8 = o + 1 + V.getInt8(o >>> 0) | 0; o = o + 1 | 0; }
        if (way === ${LAST.REL32}) { w8 = o + 4 + ${dword("o")} | 0; o = o + 4 | 0; }
        if (way === ${LAST.ONE}) { w12 = 1; }
        if (way === ${LAST.MOFFS}) { w8 = ${dword("o")}; o = o + 4 | 0; w4 = w4 | ${32 | (32 << 8)}; }
      }
      if ((o - 1 | 4095) !== last) { break L; }
      if ((flags & ${CALL}) !== 0) { w12 = o; }
      if ((shape & 65535) === ${FUNCTIONS.OUT}) { w12 = 0; }
      ${setWord("r", "w0")}
      ${setWord(`r + ${AT.BASE}`, "w4")}
      ${setWord(`r + ${AT.DISPLACEMENT}`, "w8")}
      ${setWord(`r + ${AT.IMMEDIATE}`, "w12")}
      done = flags & ${ENDS};
    }
    p = r;
    at = o;
    ends = done;
    count = count + 1 | 0;
    if (ends !== 0) { break L; }
    if (count === ${MAX_BLOCK}) { break L; }
    if ((at & 4095) === 0) { break L; }
  }
  if (count === 0) return 0;
  const behind = p + ${RECORD} | 0;
  if (ends === 0) {
    p = behind;
    ${setWord("p", String(FUNCTIONS.FALL))}
    ${setWord(`p + ${AT.TARGET}`, "at")}
  }
  ${setWord(`p + ${AT.TAKEN}`, "0")}
  ${setWord(`p + ${AT.FALL}`, "0")}
  ${setWord(`p + ${AT.BEHIND}`, "at")}
  ${setWord(String(HIDDEN.FREE), `p + ${2 * RECORD} | 0`)}
  const chain = ${HIDDEN.CHAINS} + (e >>> 10 & 16380) | 0;
  ${setWord("head", String(FUNCTIONS.HEAD))}
  ${setWord(`head + ${AT.INSTRUCTIONS}`, `count | ${dword("chain")} << 8`)}
  let left = ${dword(String(HIDDEN.COLD))};
  if ((weighs & ${WEIGHS}) !== 0) { left = ${dword(String(HIDDEN.COLD + 4))}; }
  ${setWord(`head + ${AT.LEFT}`, "left")}
  ${setWord(`head + ${AT.ADDRESS}`, "e")}
  ${setWord("chain", `head - ${HIDDEN.RECORDS} >> 4`)}
  FL.join(head, behind);
  let h = ${HASH};
  if (${dword(`h + ${HIDDEN.FOUND}`)} !== 0) { h = h ^ ${FOUND_WAY}; }
  ${setWord(`h + ${HIDDEN.FOUND}`, "e")}
  ${setWord(`h + ${HIDDEN.FOUND + 4}`, "head")}
  return head;`;

/**
 * Text of the function that gives what stands in front of a sequence the number of that, between the head at `s` and the end of the block's last instruction: the longest at each place.
 */
export const JOIN_TEXT = `
  J: for (;;) {
    let length = ${RECORD};
    const both = ${sequenceClass("s")} << 4 | ${sequenceClass(`s + ${RECORD}`)};
    if ((s + ${RECORD} | 0) < behind) {
      const pair = V.getUint16(${SCAN + PAIRS} + (both << 1) >>> 0, true);
      let own = 0;
      if (pair !== 0) { own = pair; length = ${2 * RECORD}; }
      const row = ${byte(`${SCAN + TRIPLES} + both`)};
      if (row !== 0) {
        if ((s + ${2 * RECORD} | 0) < behind) {
          const third = V.getUint16(${SCAN + THIRD} + ((row << 4 | ${sequenceClass(`s + ${2 * RECORD}`)}) << 1) >>> 0, true);
          if (third !== 0) { own = third; length = ${3 * RECORD}; }
        }
      }
      if (own !== 0) { V.setInt16(s >>> 0, own, true); }
    }
    s = s + length | 0;
    if (s >= behind) { break J; }
  }
  return 0;`;

/** Text of the function that gives the record of the block at `e`, which the first of its two places in the table does not know; 0: JavaScript may know it. */
export const LOOK_TEXT = `
  const h = ${HASH};
  const second = h ^ ${FOUND_WAY};
  const there = ${dword(`second + ${HIDDEN.FOUND}`)};
  if (there === e) return ${dword(`second + ${HIDDEN.FOUND + 4}`)};
  if (there !== 0) { if (${dword(`h + ${HIDDEN.FOUND}`)} !== 0) return 0; }
  return FL.scan(e);`;

/** Text of the function that gives the record of the block at `e` when the table knows it; 0 otherwise. */
export const KNOWN_TEXT = `
  let h = ${HASH};
  if (${dword(`h + ${HIDDEN.FOUND}`)} !== e) { h = h ^ ${FOUND_WAY}; }
  if (${dword(`h + ${HIDDEN.FOUND}`)} !== e) return 0;
  return ${dword(`h + ${HIDDEN.FOUND + 4}`)};`;

/** Text of the function that gives the record of the block at `e` for the link at `l`, which from then on leads there; 0: JavaScript is to make the link. */
export const LINK_TEXT = `
  const h = ${HASH};
  let to = 0;
  if (${dword(`h + ${HIDDEN.FOUND}`)} === e) {
    to = ${dword(`h + ${HIDDEN.FOUND + 4}`)};
  } else {
    to = FL.look(e);
    if (to === 0) return 0;
  }
  if (V.getUint16(to >>> 0, true) === ${FUNCTIONS.GONE}) return 0;
  ${setWord("l", "to")}
  return to;`;
