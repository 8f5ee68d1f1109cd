// The x87 register file: eight physical registers, control, status and tag state, and the exact
// conversions between the two forms a register can have. No arithmetic lives here.
// SDM vol. 1, chapter 8.1 (execution environment), 8.2 (data types), 8.5 (exceptions).
//
// A register is either
//   a PAIR  hi + lo, two doubles with hi = RN53(hi + lo), whose sum is exactly a number with a 64-bit
//           significand, PAIR_MIN <= |hi| < PAIR_MAX; or a zero (hi = +-0, lo = 0);
//   or EXT  the 80-bit pattern: se (sign and exponent, 16 bits), mm (significand): NaNs,
//           infinities, denormals, unnormals, and exponents a double does not hold with room to spare.
// Which form a value has depends on the value alone, so equal registers have equal forms.
// In a plain double's sense, x is the pair (x, 0).

/** Exception flags of the status word, and the mask bits at the same places of the control word. */
export const IE = 0x01;
export const DE = 0x02;
export const ZE = 0x04;
export const OE = 0x08;
export const UE = 0x10;
export const PE = 0x20;
/** Stack fault; has no mask of its own. */
export const SF = 0x40;

export const C0 = 0x0100;
export const C1 = 0x0200;
export const C2 = 0x0400;
export const C3 = 0x4000;

/** Bits of `kind`: the value is in se and mm; the register is tagged empty (its value is kept). */
export const EXT = 1;
export const EMPTY = 2;

/** A pair has PAIR_MIN <= |hi| < PAIR_MAX, or is zero. */
export const PAIR_MIN = 2 ** -900;
export const PAIR_MAX = 2 ** 1000;

const POW2_BASE = 1074;
const POW2 = Float64Array.from({ length: 2098 }, (_, i) => 2 ** (i - POW2_BASE));

/** 2^k for -1074 <= k <= 1023. */
export function pow2(k: number): number {
  return POW2[k + POW2_BASE];
}

const f64 = new Float64Array(1);
const u32 = new Int32Array(f64.buffer);

/** High 32 bits of a double's pattern (sign, exponent, 20 bits of fraction). */
export function highWord(x: number): number {
  f64[0] = x;
  return u32[1];
}

/** Low 32 bits of a double's pattern. */
export function lowWord(x: number): number {
  f64[0] = x;
  return u32[0];
}

/** The double of a 64-bit pattern. */
export function doubleOf(high: number, low: number): number {
  u32[1] = high;
  u32[0] = low;
  return f64[0];
}

/** An 80-bit number taken apart: exp is the biased 15-bit exponent, h and l the significand. */
export class Num {
  sign = 0;
  exp = 0;
  h = 0;
  l = 0;
  /** 1 when the value was a denormal in a narrower memory format (it is normalized here). */
  den = 0;
}

/** A ninth register: holds the memory operand of an arithmetic instruction while it runs; always a pair, lo = 0. */
export const TEMP = 8;

/** Where the parts of the state lie, in bytes from its beginning, so that code in WebAssembly finds them (HIDDEN.X87). */
export const AT = {
  HI: 0, LO: 72, OPERANDS: 144, C1: 176, KIND: 184, SE: 224, OUT: 320,
  TOP: 332, CW: 336, FLAGS: 340, CC: 344, STORED: 348, FIP: 352, FOP: 356, FDP: 360, ROUNDING: 364,
  /** What inline code and the exact path hand each other: five doubles, and the three words of an 80-bit number (inline.ts). */
  TRANSFER: 368, WORDS: 408,
  /** A multiple of 16. */
  MM: 432,
} as const;
export const STATE_BYTES = 560;
/** Words that are numbers of the class. */
const TOP = 0, CW = 1, FLAGS = 2, CC = 3, STORED = 4, FIP = 5, FOP = 6, FDP = 7, ROUNDING = 8;

export class X87State {
  readonly hi: Float64Array;
  readonly lo: Float64Array;
  readonly kind: Int32Array;
  readonly se: Int32Array;
  /** Significands, four words for each: low, high, and two that nobody reads, so that translated code has MM registers as vectors. */
  readonly mm: Int32Array;
  /**
   * c1[0] > 0 says C1. A double, so that the fast paths store the rounding error and test nothing. NaN: C1 is that of the operation `rounding`
   * on `operands`, which translated code has done without working it out.
   */
  readonly c1: Float64Array;
  readonly operands: Float64Array;
  /** 0: nearest, 64 bits; 1: nearest, 53 bits; 2: any other rounding. */
  mode = 0;
  /** Bit pattern of the last stored NaN, BCD or 64-bit integer: low word first. */
  readonly out: Int32Array;
  /** Selectors of the last instruction and its operand. */
  fcs = 0;
  fds = 0;
  private readonly words: Int32Array;

  /** The state of FNINIT with all registers zero, in STATE_BYTES of a buffer. */
  constructor(buffer: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(STATE_BYTES), from = 0) {
    new Uint8Array(buffer, from, STATE_BYTES).fill(0);
    this.hi = new Float64Array(buffer, from + AT.HI, 9);
    this.lo = new Float64Array(buffer, from + AT.LO, 9);
    this.kind = new Int32Array(buffer, from + AT.KIND, 9).fill(EMPTY, 0, 8);
    this.se = new Int32Array(buffer, from + AT.SE, 8);
    this.mm = new Int32Array(buffer, from + AT.MM, 32);
    this.c1 = new Float64Array(buffer, from + AT.C1, 1);
    this.operands = new Float64Array(buffer, from + AT.OPERANDS, 4);
    this.out = new Int32Array(buffer, from + AT.OUT, 3);
    this.words = new Int32Array(buffer, from + AT.TOP, 9);
    this.words[CW] = 0x37f;
    this.words[STORED] = 1;
  }

  /** Physical number of ST(0). */
  get top(): number { return this.words[TOP]; }
  set top(v: number) { this.words[TOP] = v; }
  /** Control word; write it with setControlWord, which keeps `mode`. */
  get cw(): number { return this.words[CW]; }
  set cw(v: number) { this.words[CW] = v; }
  /** IE..PE and SF, sticky. ES and B are derived. */
  get flags(): number { return this.words[FLAGS]; }
  set flags(v: number) { this.words[FLAGS] = v; }
  /** C0, C2, C3 at their places in the status word. */
  get cc(): number { return this.words[CC]; }
  set cc(v: number) { this.words[CC] = v; }
  /** 1 when the last store operation has a result for memory, 0 when an unmasked exception stopped it. */
  get stored(): number { return this.words[STORED]; }
  set stored(v: number) { this.words[STORED] = v; }
  /** Last instruction: offset and 11-bit opcode; offset of the last operand. */
  get fip(): number { return this.words[FIP]; }
  set fip(v: number) { this.words[FIP] = v; }
  get fop(): number { return this.words[FOP]; }
  set fop(v: number) { this.words[FOP] = v; }
  get fdp(): number { return this.words[FDP]; }
  set fdp(v: number) { this.words[FDP] = v; }
  /** The operation that C1 is of, when c1[0] is NaN. */
  get rounding(): number { return this.words[ROUNDING]; }
  set rounding(v: number) { this.words[ROUNDING] = v; }
}

/** FLDCW. Bit 6 and 0..5 are stored, the unused bits read as 0, reserved bit 6 reads as 1. */
export function setControlWord(s: X87State, value: number): void {
  s.cw = (value & 0x1f3f) | 0x40;
  const precisionAndRounding = value & 0xf00;
  s.mode = precisionAndRounding === 0x300 ? 0 : precisionAndRounding === 0x200 ? 1 : 2;
}

/** Works out C1 where only the operation is known; set by inline.ts. */
export const deferred = { roundedUp: (_s: X87State): number => 0 };

/** FNSTSW: the 16-bit status word. */
export function statusWord(s: X87State): number {
  if (Number.isNaN(s.c1[0])) s.c1[0] = deferred.roundedUp(s);
  return s.flags | s.cc | (s.c1[0] > 0 ? C1 : 0) | (s.top << 11) | ((s.flags & ~s.cw & 0x3f) !== 0 ? 0x8080 : 0);
}

/** Sets the status word (FLDENV, FRSTOR); ES and B follow from flags and masks. */
export function setStatusWord(s: X87State, sw: number): void {
  s.flags = sw & 0x7f;
  s.cc = sw & (C0 | C2 | C3);
  s.c1[0] = sw & C1 ? 1 : 0;
  s.top = (sw >> 11) & 7;
}

/** FNINIT. Register contents stay. */
export function init(s: X87State): void {
  setControlWord(s, 0x37f);
  setStatusWord(s, 0);
  for (let i = 0; i < 8; i++) s.kind[i] |= EMPTY;
  s.fip = s.fcs = s.fop = s.fdp = s.fds = 0;
}

/**
 * Records exception flags of an instruction.
 * @returns true when none of them is an unmasked exception of `stop`, that is, when the instruction goes on.
 */
export function raise(s: X87State, flags: number, stop: number): boolean {
  s.flags |= flags;
  return (flags & stop & ~s.cw) === 0;
}

/** Masked or unmasked stack underflow. Returns true when the masked response (an indefinite) is due. */
export function stackUnderflow(s: X87State): boolean {
  s.flags |= IE | SF;
  s.c1[0] = 0;
  return (s.cw & IE) !== 0;
}

/** Stack overflow of a push. Returns true when the masked response (push an indefinite) is due. */
export function stackOverflow(s: X87State): boolean {
  s.flags |= IE | SF;
  s.c1[0] = 1;
  return (s.cw & IE) !== 0;
}

/** Writes the real indefinite QNaN to physical register p. */
export function setIndefinite(s: X87State, p: number): void {
  s.kind[p] = EXT;
  s.se[p] = 0xffff;
  s.mm[4 * p + 1] = 0xc0000000 | 0;
  s.mm[4 * p] = 0;
}

/** Writes an 80-bit pattern to physical register p, choosing the form. The register becomes valid. */
export function setExt(s: X87State, p: number, se: number, mh: number, ml: number): void {
  const e = (se & 0x7fff) - 16383;
  if (mh < 0 && e >= -901 && e <= 999) {
    // Both halves and the rounded sum are doubles; the error of the sum is exact because |a| >= |b|.
    const a = (mh >>> 0) * 4294967296;
    const b = ml >>> 0;
    const sum = a + b;
    const scale = (se & 0x8000) !== 0 ? -pow2(e - 63) : pow2(e - 63);
    const high = sum * scale;
    const size = Math.abs(high);
    if (size >= PAIR_MIN && size < PAIR_MAX) {
      const low = b - (sum - a);
      s.kind[p] = 0;
      s.hi[p] = high;
      s.lo[p] = low === 0 ? 0 : low * scale;
      return;
    }
  } else if ((mh | ml | (se & 0x7fff)) === 0) {
    s.kind[p] = 0;
    s.hi[p] = (se & 0x8000) !== 0 ? -0 : 0;
    s.lo[p] = 0;
    return;
  }
  s.kind[p] = EXT;
  s.se[p] = se;
  s.mm[4 * p + 1] = mh;
  s.mm[4 * p] = ml;
}

/** Takes the pair h + l apart. */
function unpackPair(h: number, l: number, to: Num): void {
  const hw = highWord(h);
  const lw = u32[0];
  to.sign = hw >>> 31;
  to.den = 0;
  if (h === 0) {
    to.exp = to.h = to.l = 0;
    return;
  }
  const e = ((hw >>> 20) & 0x7ff) - 1023;
  let mh = ((hw & 0xfffff) << 11) | 0x80000000 | (lw >>> 21);
  let ml = lw << 11;
  to.exp = e + 16383;
  if (l !== 0) {
    // l in units of the 64-bit significand's last place, signed as h: |k| <= 1024.
    const k = (hw < 0 ? -l : l) * pow2(63 - e);
    if (k > 0) {
      ml |= k;
    } else if (mh === (0x80000000 | 0) && ml === 0) {
      // Just below a power of two: one binade down, where the unit is half as large.
      to.exp--;
      mh = -1;
      ml = (2 * k) | 0;
    } else {
      if (ml === 0) mh = (mh - 1) | 0;
      ml = (ml + k) | 0;
    }
  }
  to.h = mh;
  to.l = ml;
}

/** Takes physical register p apart. */
export function unpack(s: X87State, p: number, to: Num): void {
  if ((s.kind[p] & EXT) !== 0) {
    to.sign = (s.se[p] >> 15) & 1;
    to.exp = s.se[p] & 0x7fff;
    to.h = s.mm[4 * p + 1];
    to.l = s.mm[4 * p];
    to.den = 0;
  } else {
    unpackPair(s.hi[p], s.lo[p], to);
  }
}

/** Writes a number taken apart to physical register p; it becomes valid. */
export function pack(s: X87State, p: number, from: Num): void {
  setExt(s, p, (from.sign << 15) | from.exp, from.h, from.l);
}

const scratch = new Num();

/**
 * The 16-bit tag word as FNSTENV computes it: 00 valid, 01 zero, 10 special (NaN, infinity, denormal,
 * unsupported), 11 empty; physical register 0 in the lowest bits.
 */
export function tagWord(s: X87State): number {
  let word = 0;
  for (let p = 0; p < 8; p++) {
    let tag = 0;
    if ((s.kind[p] & EMPTY) !== 0) tag = 3;
    else if ((s.kind[p] & EXT) !== 0) {
      const exp = s.se[p] & 0x7fff;
      tag = exp === 0 || exp === 0x7fff || s.mm[4 * p + 1] >= 0 ? 2 : 0;
    } else if (s.hi[p] === 0) tag = 1;
    word |= tag << (2 * p);
  }
  return word;
}

/** FLDENV's use of a tag word: only empty or not matters. */
export function setTagWord(s: X87State, word: number): void {
  for (let p = 0; p < 8; p++) {
    if (((word >> (2 * p)) & 3) === 3) s.kind[p] |= EMPTY;
    else s.kind[p] &= ~EMPTY;
  }
}

/** Copies all state, for context switches and lockstep. */
export function copyState(from: X87State, to: X87State): void {
  to.hi.set(from.hi);
  to.lo.set(from.lo);
  to.kind.set(from.kind);
  to.se.set(from.se);
  to.mm.set(from.mm);
  to.c1[0] = from.c1[0];
  to.rounding = from.rounding;
  to.operands.set(from.operands);
  to.top = from.top;
  to.cw = from.cw;
  to.mode = from.mode;
  to.flags = from.flags;
  to.cc = from.cc;
  to.stored = from.stored;
  to.out.set(from.out);
  to.fip = from.fip;
  to.fcs = from.fcs;
  to.fop = from.fop;
  to.fdp = from.fdp;
  to.fds = from.fds;
}

/** Sign and exponent of physical register p, 16 bits. */
export function signExponent(s: X87State, p: number): number {
  if ((s.kind[p] & EXT) !== 0) return s.se[p];
  unpackPair(s.hi[p], s.lo[p], scratch);
  return (scratch.sign << 15) | scratch.exp;
}

/** High half of the significand of physical register p. */
export function significandHigh(s: X87State, p: number): number {
  if ((s.kind[p] & EXT) !== 0) return s.mm[4 * p + 1];
  unpackPair(s.hi[p], s.lo[p], scratch);
  return scratch.h;
}

/** Low half of the significand of physical register p. */
export function significandLow(s: X87State, p: number): number {
  if ((s.kind[p] & EXT) !== 0) return s.mm[4 * p];
  unpackPair(s.hi[p], s.lo[p], scratch);
  return scratch.l;
}

/** All guest-visible state as text, one item a line: equal states give equal texts. `pointers` adds FIP and friends. */
export function describeState(s: X87State, pointers = false): string {
  const hex = (v: number, n: number): string => (v >>> 0).toString(16).padStart(n, "0");
  const lines = [`cw ${hex(s.cw, 4)} sw ${hex(statusWord(s), 4)} tw ${hex(tagWord(s), 4)}`];
  for (let p = 0; p < 8; p++) {
    lines.push(`r${p} ${hex(signExponent(s, p), 4)} ${hex(significandHigh(s, p), 8)}${hex(significandLow(s, p), 8)}`);
  }
  if (pointers) lines.push(`fip ${hex(s.fcs, 4)}:${hex(s.fip, 8)} fdp ${hex(s.fds, 4)}:${hex(s.fdp, 8)} fop ${hex(s.fop, 3)}`);
  return lines.join("\n");
}

/** Whether two states are the same to the guest, last-instruction pointers left aside. */
export function sameState(a: X87State, b: X87State): boolean {
  if (a.cw !== b.cw || statusWord(a) !== statusWord(b)) return false;
  for (let p = 0; p < 8; p++) {
    if (a.kind[p] !== b.kind[p]) return false;
    if ((a.kind[p] & EXT) !== 0) {
      if (a.se[p] !== b.se[p] || a.mm[4 * p + 1] !== b.mm[4 * p + 1] || a.mm[4 * p] !== b.mm[4 * p]) return false;
    } else if (!Object.is(a.hi[p], b.hi[p]) || a.lo[p] !== b.lo[p]) {
      return false;
    }
  }
  return true;
}
