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
/** Operations after a load of MXCSR, and in a new process, that record every flag: enough for what a program does between clearing and testing flags. */
const WATCH = 300;
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
  readonly buffer: ArrayBuffer;
  readonly i8s: Int8Array;
  readonly u8s: Uint8Array;
  readonly i16s: Int16Array;
  readonly u16s: Uint16Array;
  readonly i32s: Int32Array;
  readonly f32s: Float32Array;
  readonly f64s: Float64Array;
  /** MXCSR as the program sees it. Written through setMxcsr and raise only, which keep `mode`. */
  csr = MXCSR_DEFAULT;
  /** 0: scalar arithmetic is plain JavaScript as long as the result is finite; else see special(). */
  mode = 1;
  /** 1 after a load of MXCSR with PE clear, until PE is set again: the program may be about to ask for it. */
  armed = 0;
  /** Operations that are still to be done with all rules, so that UE and DE are exact too (and PE, in a new process). */
  watch = WATCH;
  private readonly faults: FaultHost;

  constructor(faults: FaultHost) {
    this.faults = faults;
    this.buffer = new ArrayBuffer(SLOTS * 16);
    this.i8s = new Int8Array(this.buffer);
    this.u8s = new Uint8Array(this.buffer);
    this.i16s = new Int16Array(this.buffer);
    this.u16s = new Uint16Array(this.buffer);
    this.i32s = new Int32Array(this.buffer);
    this.f32s = new Float32Array(this.buffer);
    this.f64s = new Float64Array(this.buffer);
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

  /** The value of MXCSR. */
  mxcsr(): number {
    return this.csr;
  }

  /** LDMXCSR: #GP(0) on reserved bits. */
  setMxcsr(v: number): void {
    if ((v & ~MXCSR_MASK) !== 0) this.faults.fault(13, 0);
    this.csr = v;
    this.armed = (v & PE) === 0 ? 1 : 0;
    this.watch = (v & (PE | UE | DE)) === (PE | UE | DE) ? 0 : WATCH;
    this.chooseMode();
  }

  private chooseMode(): void {
    this.mode = (this.csr & ~0x3f) !== MXCSR_DEFAULT || this.armed !== 0 || this.watch !== 0 ? 1 : 0;
  }

  /** An operation with all rules is done. */
  protected watched(): void {
    if (this.watch !== 0 && --this.watch === 0) this.chooseMode();
  }

  /** Takes over the MXCSR of another file, or one that was put aside. */
  copyMxcsr(from: Pick<Lanes, "csr" | "armed" | "watch">): void {
    this.csr = from.csr;
    this.armed = from.armed;
    this.watch = from.watch;
    this.chooseMode();
  }

  /** Back to the state of a fresh process. */
  resetMxcsr(): void {
    this.copyMxcsr({ csr: MXCSR_DEFAULT, armed: 0, watch: WATCH });
  }

  /**
   * 0 while MXCSR asks for nothing but what JavaScript does: round to nearest, all masked, no FTZ or DAZ, and nobody
   * waiting for flags. Then a finite result of a plain operation stands; else the methods of float.ts and convert.ts.
   */
  special(): number {
    return this.mode;
  }

  /** Whether a result needs all the rules: it is no finite number, or special() is not 0. */
  odd(r: number, _a: number, _b: number): boolean {
    return r - r !== this.mode;
  }
  /** Whether one of the values is a NaN, or special() is not 0. */
  unordered(a: number, b: number): boolean {
    return a !== a || b !== b || this.mode !== 0;
  }
  /** Whether low < x < high does not hold, or special() is not 0. */
  outside(x: number, low: number, high: number): boolean {
    return !(x > low && x < high) || this.mode !== 0;
  }

  /** Records SIMD exception flags; #XM when one of them is unmasked. */
  raise(flags: number): void {
    const csr = this.csr | flags;
    if (csr === this.csr) {
      if (flags === 0) return;
    } else {
      this.csr = csr;
      if (this.armed !== 0 && (csr & PE) !== 0) {
        this.armed = 0;
        this.chooseMode();
      }
    }
    if ((flags & ~(csr >> 7) & 0x3f) !== 0) this.faults.fault(19, 0);
  }
}
