// The vector file: 12 slots of 16 bytes, lane accessors, MXCSR and the SIMD exception flags.
// Slots 0-7 are XMM0-7, 8 and 9 hold memory and MM operands, 10 and 11 belong to the operations.
// No operand access here (../vector.ts), no arithmetic (integer.ts, shuffle.ts, float.ts, convert.ts).
// SDM vol. 1, chapter 10.2.3 (MXCSR) and 11.5 (SSE, SSE2 and SSE3 exceptions).

/** Exception flags of MXCSR; the masks stand 7 bits higher. */
export const IE = 1;
export const DE = 2;
export const ZE = 4;
export const OE = 8;
export const UE = 16;
export const PE = 32;

/** Control bits of MXCSR, and its value after reset. */
export const DAZ = 0x40;
export const FTZ = 0x8000;
export const MXCSR_DEFAULT = 0x1f80;
/** What `mode` says: JavaScript's arithmetic will do; all rules are asked for (rounding, FTZ, DAZ, unmasked exceptions); or PE is not set yet, so each operation has to tell whether it was exact. */
export const PLAIN = 0, RULES = 1, RECORDING = 2;
/** Small numbers that translated code may meet before it is made to do otherwise. */
export const SMALL = 1000;
/** Squares of doubles and singles that are at least this large are those of numbers that are not small: translator/lane-grains.ts. */
export const LEAST_SQUARE = [2 ** -576, 2 ** -120] as const;
/** Smallest normal numbers. */
const MIN64 = 2 ** -1022, MIN32 = 2 ** -126;
/** Bits a program may set; MXCSR_MASK of FXSAVE. */
export const MXCSR_MASK = 0xffff;

/** The slots of memory and MM sources, of MM destinations, and the two of the operations themselves. */
export const SOURCE = 8;
export const DESTINATION = 9;
export const T0 = 10;
export const T1 = 11;
export const SLOTS = 12;

export interface FaultHost {
  fault(vector: number, code: number): never;
}

export class Lanes {
  readonly i8s: Int8Array;
  readonly u8s: Uint8Array;
  readonly i16s: Int16Array;
  readonly u16s: Uint16Array;
  readonly i32s: Int32Array;
  readonly f32s: Float32Array;
  readonly f64s: Float64Array;
  /** MXCSR as the program sees it. Written through setMxcsr, restoreMxcsr and raise only, which keep `mode`. */
  csr = MXCSR_DEFAULT;
  mode = RECORDING;
  /** Translated code takes UE and DE to be set; while they are not, all rules are asked for. */
  careless = false;
  /** Small numbers that were borne by translated code. */
  smalls = 0;
  private readonly faults: FaultHost;
  /** Where code in WebAssembly finds `mode`. */
  private readonly modeWord: Float64Array;

  /** The slots lie in `buffer`, from `offset`, and a copy of `mode` at `modeAt`. */
  constructor(faults: FaultHost, buffer: SharedArrayBuffer, offset: number, modeAt: number) {
    this.faults = faults;
    this.modeWord = new Float64Array(buffer, modeAt, 1);
    this.modeWord[0] = this.mode;
    this.i8s = new Int8Array(buffer, offset, SLOTS * 16);
    this.u8s = new Uint8Array(buffer, offset, SLOTS * 16);
    this.i16s = new Int16Array(buffer, offset, SLOTS * 8);
    this.u16s = new Uint16Array(buffer, offset, SLOTS * 8);
    this.i32s = new Int32Array(buffer, offset, SLOTS * 4);
    this.f32s = new Float32Array(buffer, offset, SLOTS * 4);
    this.f64s = new Float64Array(buffer, offset, SLOTS * 2);
  }

  i8(slot: number, lane: number): number {
    return this.i8s[slot * 16 + lane];
  }
  u8(slot: number, lane: number): number {
    return this.u8s[slot * 16 + lane];
  }
  i16(slot: number, lane: number): number {
    return this.i16s[slot * 8 + lane];
  }
  u16(slot: number, lane: number): number {
    return this.u16s[slot * 8 + lane];
  }
  i32(slot: number, lane: number): number {
    return this.i32s[slot * 4 + lane];
  }
  f32(slot: number, lane: number): number {
    return this.f32s[slot * 4 + lane];
  }
  f64(slot: number, lane: number): number {
    return this.f64s[slot * 2 + lane];
  }
  setI8(slot: number, lane: number, v: number): void {
    this.i8s[slot * 16 + lane] = v;
  }
  setI16(slot: number, lane: number, v: number): void {
    this.i16s[slot * 8 + lane] = v;
  }
  setI32(slot: number, lane: number, v: number): void {
    this.i32s[slot * 4 + lane] = v;
  }
  setF32(slot: number, lane: number, v: number): void {
    this.f32s[slot * 4 + lane] = v;
  }
  setF64(slot: number, lane: number, v: number): void {
    this.f64s[slot * 2 + lane] = v;
  }

  /** Copies 16 bytes. */
  copy(to: number, from: number): void {
    const v = this.i32s;
    const t = to * 4;
    const f = from * 4;
    v[t] = v[f];
    v[t + 1] = v[f + 1];
    v[t + 2] = v[f + 2];
    v[t + 3] = v[f + 3];
  }

  /** Copies 8 bytes: half 0 or 1 of a slot. */
  copyHalf(to: number, toHalf: number, from: number, fromHalf: number): void {
    const t = to * 4 + toHalf * 2;
    const f = from * 4 + fromHalf * 2;
    this.i32s[t] = this.i32s[f];
    this.i32s[t + 1] = this.i32s[f + 1];
  }
  /** Copies a dword. */
  copyLane(to: number, toLane: number, from: number, fromLane: number): void {
    this.i32s[to * 4 + toLane] = this.i32s[from * 4 + fromLane];
  }

  /** Zeroes bytes `from` to 15. */
  zeroFrom(slot: number, from: number): void {
    for (let k = from; k < 16; k++) this.u8s[slot * 16 + k] = 0;
  }

  /** STMXCSR: the value of MXCSR. */
  mxcsr(): number {
    return this.csr;
  }

  /** LDMXCSR: #GP(0) on reserved bits. */
  setMxcsr(v: number): void {
    if ((v & ~MXCSR_MASK) !== 0) this.faults.fault(13, 0);
    this.restoreMxcsr(v);
  }

  /** Takes over the MXCSR of another file, or one that was put aside. */
  restoreMxcsr(v: number): void {
    this.csr = v;
    this.mode = (v & ~0x3f) !== MXCSR_DEFAULT || (this.careless && (v & (UE | DE)) !== (UE | DE)) ? RULES : (v & PE) === 0 ? RECORDING : PLAIN;
    this.modeWord[0] = this.mode;
  }

  // Whether what JavaScript made does not stand, and the methods of float.ts and convert.ts have to do it again: while `mode` is not plain in
  // any case. A sum that is tiny is exact, so UE is about products, quotients and narrowing alone; of the operands DE wants to know. A result
  // that was tiny may have been rounded up to the smallest normal number.
  oddSum(r: number, a: number, b: number): boolean {
    return r - r !== this.mode || this.denormal(MIN64, a, b);
  }
  oddDifference(r: number, a: number, b: number): boolean {
    return this.oddSum(r, a, b);
  }
  oddProduct(r: number, a: number, b: number): boolean {
    return r - r !== this.mode || this.denormal(MIN64, a, b) || (Math.abs(r) <= MIN64 && (r !== 0 || (a !== 0 && b !== 0)) && (this.csr & UE) === 0);
  }
  oddQuotient(r: number, a: number, b: number): boolean {
    return r - r !== this.mode || this.denormal(MIN64, a, b) || (Math.abs(r) <= MIN64 && (r !== 0 || a !== 0) && (this.csr & UE) === 0);
  }
  oddRoot(r: number, a: number): boolean {
    return r - r !== this.mode || this.denormal(MIN64, a, a);
  }
  oddSum32(r: number, a: number, b: number): boolean {
    return r - r !== this.mode || this.denormal(MIN32, a, b);
  }
  oddDifference32(r: number, a: number, b: number): boolean {
    return this.oddSum32(r, a, b);
  }
  oddProduct32(r: number, a: number, b: number): boolean {
    return r - r !== this.mode || this.denormal(MIN32, a, b) || (Math.abs(r) <= MIN32 && (r !== 0 || (a !== 0 && b !== 0)) && (this.csr & UE) === 0);
  }
  oddQuotient32(r: number, a: number, b: number): boolean {
    return r - r !== this.mode || this.denormal(MIN32, a, b) || (Math.abs(r) <= MIN32 && (r !== 0 || a !== 0) && (this.csr & UE) === 0);
  }
  oddRoot32(r: number, a: number): boolean {
    return r - r !== this.mode || this.denormal(MIN32, a, a);
  }
  oddNarrow(r: number, a: number): boolean {
    return r - r !== this.mode || this.denormal(MIN64, a, a) || (Math.abs(r) <= MIN32 && a !== 0 && (this.csr & UE) === 0);
  }
  oddInteger(_r: number, _a: number): boolean {
    return this.mode !== 0;
  }
  unordered(a: number, b: number): boolean {
    return a !== a || b !== b || this.mode !== 0 || this.denormal(MIN64, a, b);
  }
  unordered32(a: number, b: number): boolean {
    return a !== a || b !== b || this.mode !== 0 || this.denormal(MIN32, a, b);
  }
  outside(x: number, low: number, high: number): boolean {
    return !(x > low && x < high) || this.mode !== 0;
  }
  /** Whether DE is to be set because one of two operands is denormal. */
  private denormal(least: number, a: number, b: number): boolean {
    return (this.csr & DE) === 0 && ((Math.abs(a) < least && a !== 0) || (Math.abs(b) < least && b !== 0));
  }

  /** Translated code asks here on a rare path: whether a small number is one too many, because one of the `flags` is not set yet. */
  tiny(flags: number): boolean {
    if ((this.csr & flags) !== flags) return true;
    // once in a while it leaves all the same, so that code may be made that does not ask
    return ++this.smalls > SMALL && (this.csr & (UE | DE)) === (UE | DE);
  }

  /** Records SIMD exception flags; #XM when one of them is unmasked. */
  raise(flags: number): void {
    const csr = this.csr | flags;
    if (csr === this.csr) {
      if (flags === 0) return;
    } else {
      this.restoreMxcsr(csr);
    }
    if ((flags & ~(csr >> 7) & 0x3f) !== 0) this.faults.fault(19, 0);
  }
}
