// The x87 FPU as the interpreter and generated code use it: one object per thread, one method per instruction form.
// Numbers of registers are ST indices. Memory is the caller's: operands come as values, results go back as
// values; only the multi-byte images are written to a view, whose range the caller has checked.
// SDM vol. 1, chapter 8; vol. 2, the F... pages.
//
// Exceptions. A method that delivers to a register returns true when the instruction completed, false when an
// unmasked exception stopped it; a popping form pops only after true. A method that delivers to memory sets
// `stored`: 1 when the caller has to write the value (and pop, in a popping form), 0 when it must do neither.
// No method raises #MF: before a waiting instruction the caller asks pendingException().
//
// NaN operands. A JavaScript number need not keep a NaN's bits. Where an operand x is NaN (x !== x), call the Bits
// form with the pattern instead; where a stored result is NaN, write `out[1]:out[0]` (m32: out[0]) instead.
import * as arith from "./arith.ts";
import * as compare from "./compare.ts";
import * as environment from "./environment.ts";
import * as load from "./load.ts";
import * as misc from "./misc.ts";
import * as state from "./state.ts";
import * as store from "./store.ts";
import * as transcendental from "./transcendental.ts";

export { ADD, DIV, DIVR, MUL, SUB, SUBR } from "./arith.ts";
export { copyState, describeState, sameState } from "./state.ts";

/** Smallest normal numbers of the memory formats. */
const NORMAL_32 = 2 ** -126;
const NORMAL_64 = 2 ** -1022;

export class X87 extends state.X87State {
  // Control

  /** FNINIT. */
  init(): void {
    state.init(this);
  }
  /** FNSTCW: the 16-bit control word; reserved bit 6 reads as 1. */
  getControlWord(): number {
    return this.cw;
  }
  /** FLDCW. Unmasking an exception whose flag is set makes it pending. */
  setControlWord(value: number): void {
    state.setControlWord(this, value);
  }
  /** FNSTSW: the 16-bit status word. */
  getStatusWord(): number {
    return state.statusWord(this);
  }
  /** FNCLEX: clears exception flags, SF, ES and B. */
  clearExceptions(): void {
    this.flags = 0;
  }
  /** Whether the next waiting instruction raises #MF (ES is set). */
  pendingException(): boolean {
    return (this.flags & ~this.cw & 0x3f) !== 0;
  }
  /** The full 16-bit tag word. */
  getTagWord(): number {
    return state.tagWord(this);
  }

  // Stack

  /** Marks ST(0) empty and increments TOP: what popping forms do last. Never faults. */
  pop(): void {
    this.kind[this.top] |= state.EMPTY;
    this.top = (this.top + 1) & 7;
  }
  /** FFREE ST(i). */
  free(i: number): void {
    this.kind[(this.top + i) & 7] |= state.EMPTY;
    this.c1[0] = 0;
  }
  /** FINCSTP. */
  incTop(): void {
    this.top = (this.top + 1) & 7;
    this.c1[0] = 0;
  }
  /** FDECSTP. */
  decTop(): void {
    this.top = (this.top - 1) & 7;
    this.c1[0] = 0;
  }
  /** FXCH ST(i). */
  exchange(i: number): boolean {
    return misc.exchange(this, i);
  }

  // Loads (push)

  /** FLD m64; x not NaN. */
  loadF64(x: number): boolean {
    return load.loadDouble(this, x, NORMAL_64);
  }
  /** FLD m64 by its bit pattern. */
  loadF64Bits(low: number, high: number): boolean {
    return load.loadBits(this, high, low, NORMAL_64);
  }
  /** FLD m32; x is the value as a number, not NaN. */
  loadF32(x: number): boolean {
    return load.loadDouble(this, x, NORMAL_32);
  }
  /** FLD m32 by its bit pattern. */
  loadF32Bits(bits: number): boolean {
    const high = load.singleHigh(bits);
    return load.loadBits(this, high, load.singleLow, NORMAL_32);
  }
  /** FILD m16 and m32: a signed integer. */
  loadInt(n: number): boolean {
    return load.loadInteger(this, n);
  }
  /** FILD m64: signed high, low half. */
  loadInt64(low: number, high: number): boolean {
    return load.loadInteger64(this, high, low);
  }
  /** FLD m80: sign and exponent (16 bits), significand. */
  loadF80(se: number, high: number, low: number): boolean {
    return load.loadExtended(this, se, high, low);
  }
  /** FLD ST(i). */
  loadSt(i: number): boolean {
    return load.loadRegister(this, i);
  }
  /** FBLD: byteAt(i) is byte i of ten. */
  loadBcd(byteAt: (i: number) => number): boolean {
    return load.loadBcd(this, byteAt);
  }
  /** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ: n = 0..6, as opcodes D9 E8..EE. */
  loadConst(n: number): boolean {
    return load.loadConstant(this, n);
  }

  // Stores (no pop; see `stored`)

  /** FST m64. */
  storeF64(): number {
    return store.storeF64(this);
  }
  /** FST m32: the value as a number. */
  storeF32(): number {
    return store.storeF32(this);
  }
  /** FIST m16. */
  toInt16(): number {
    return store.storeInteger(this, 16, (this.cw >> 10) & 3);
  }
  /** FIST m32. */
  toInt32(): number {
    return store.storeInteger(this, 32, (this.cw >> 10) & 3);
  }
  /** FISTP m64: result in out[1]:out[0]. */
  toInt64(): void {
    store.storeInteger64(this, (this.cw >> 10) & 3);
  }
  /** FISTTP m16. */
  truncInt16(): number {
    return store.storeInteger(this, 16, 3);
  }
  /** FISTTP m32. */
  truncInt32(): number {
    return store.storeInteger(this, 32, 3);
  }
  /** FISTTP m64: result in out[1]:out[0]. */
  truncInt64(): void {
    store.storeInteger64(this, 3);
  }
  /** FSTP m80: significand in out[1]:out[0], sign and exponent in out[2]. */
  storeF80(): void {
    store.storeExtended(this);
  }
  /** FBSTP: ten bytes in out[0], out[1] and the low half of out[2], lowest first. */
  storeBcd(): void {
    store.storeBcd(this);
  }
  /** FST ST(i). */
  storeSt(i: number): boolean {
    return store.storeRegister(this, i);
  }

  // Arithmetic

  /** ST(dst) = ST(dst) op ST(src); op is ADD, MUL, SUB, SUBR (src - dst), DIV or DIVR (src / dst). */
  arith(op: number, dst: number, src: number): boolean {
    return arith.arith(this, op, dst, src);
  }
  /** The popping forms: ST(dst) = ST(dst) op ST(0), then pop. */
  arithPop(op: number, dst: number): boolean {
    if (!arith.arith(this, op, dst, 0)) return false;
    this.pop();
    return true;
  }
  /** FADD: ST(dst) += ST(src). True when completed, as all arithmetic here. */
  add(dst: number, src: number): boolean {
    return arith.fadd(this, dst, src);
  }
  /** FSUB: ST(dst) -= ST(src). */
  sub(dst: number, src: number): boolean {
    return arith.fsub(this, dst, src);
  }
  /** ST(dst) = ST(src) - ST(dst). */
  subr(dst: number, src: number): boolean {
    return arith.fsubr(this, dst, src);
  }
  /** FMUL: ST(dst) *= ST(src). */
  mul(dst: number, src: number): boolean {
    return arith.fmul(this, dst, src);
  }
  /** FDIV: ST(dst) /= ST(src). */
  div(dst: number, src: number): boolean {
    return arith.fdiv(this, dst, src);
  }
  /** ST(dst) = ST(src) / ST(dst). */
  divr(dst: number, src: number): boolean {
    return arith.fdivr(this, dst, src);
  }
  /** ST(0) = ST(0) op m64; x not NaN. */
  arithF64(op: number, x: number): boolean {
    return arith.arithMemory(this, op, x, NORMAL_64);
  }
  /** ST(0) = ST(0) op m64 by its bit pattern. */
  arithF64Bits(op: number, low: number, high: number): boolean {
    return arith.arithBits(this, op, high, low, NORMAL_64);
  }
  /** ST(0) = ST(0) op m32; x not NaN. */
  arithF32(op: number, x: number): boolean {
    return arith.arithMemory(this, op, x, NORMAL_32);
  }
  /** ST(0) = ST(0) op m32 by its bit pattern. */
  arithF32Bits(op: number, bits: number): boolean {
    const high = load.singleHigh(bits);
    return arith.arithBits(this, op, high, load.singleLow, NORMAL_32);
  }
  /** FIADD and the like: ST(0) = ST(0) op m16 or m32. */
  arithInt(op: number, n: number): boolean {
    return arith.arithMemory(this, op, n, 0);
  }
  /** FSQRT. */
  sqrt(): boolean {
    return arith.fsqrt(this);
  }
  /** FCHS. */
  chs(): boolean {
    return misc.changeSign(this, false);
  }
  /** FABS. */
  abs(): boolean {
    return misc.changeSign(this, true);
  }
  /** FRNDINT. */
  rndint(): boolean {
    return misc.roundToInteger(this);
  }
  /** FSCALE. */
  scale(): boolean {
    return misc.scale(this);
  }
  /** FXTRACT. */
  xtract(): boolean {
    return misc.extract(this);
  }
  /** FPREM. */
  prem(): boolean {
    return misc.remainder(this, false);
  }
  /** FPREM1. */
  prem1(): boolean {
    return misc.remainder(this, true);
  }

  /** FCMOVcc: ST(0) = ST(i) if the condition holds. */
  cmov(i: number, holds: boolean): boolean {
    return misc.conditionalMove(this, i, holds);
  }
  /** FSTP1 ST(i), the alias D9 D8+i: does not mind an empty ST(0). Pops. */
  storeQuietly(i: number): void {
    misc.copyTop(this, i);
    this.pop();
  }

  // Comparison

  /** FCOM ST(i) (quiet = false) and FUCOM ST(i). Sets C3, C2, C0; true when a popping form may pop. */
  compare(i: number, quiet: boolean): boolean {
    return this.setCodes(compare.compareRegisters(this, i, quiet));
  }
  /** FCOM m64; x not NaN. */
  compareF64(x: number): boolean {
    return this.setCodes(compare.compareMemory(this, x, NORMAL_64));
  }
  /** FCOM m64 by its bit pattern. */
  compareF64Bits(low: number, high: number): boolean {
    return this.setCodes(compare.compareBits(this, high, low, NORMAL_64));
  }
  /** FCOM m32; x not NaN. */
  compareF32(x: number): boolean {
    return this.setCodes(compare.compareMemory(this, x, NORMAL_32));
  }
  /** FCOM m32 by its bit pattern. */
  compareF32Bits(bits: number): boolean {
    const high = load.singleHigh(bits);
    return this.setCodes(compare.compareBits(this, high, load.singleLow, NORMAL_32));
  }
  /** FICOM m16, m32. */
  compareInt(n: number): boolean {
    return this.setCodes(compare.compareMemory(this, n, 0));
  }
  /** FTST. */
  tst(): boolean {
    return this.setCodes(compare.compareBits(this, 0, 0, 0));
  }
  /**
   * FCOMI and FUCOMI (quiet): the EFLAGS bits ZF (0x40), PF (0x04), CF (0x01); OF, SF and AF become 0. A popping
   * form pops if `stored` is 1 then.
   */
  compareFlags(i: number, quiet: boolean): number {
    return compare.compareRegisters(this, i, quiet) >> 8;
  }
  /** FXAM. */
  xam(): void {
    compare.examine(this);
  }
  private setCodes(codes: number): boolean {
    this.cc = codes;
    this.c1[0] = 0;
    return this.stored !== 0;
  }

  // Transcendentals: true when completed. C2 says that the operand of FSIN, FCOS, FSINCOS or FPTAN is out of range.

  /** F2XM1. */
  f2xm1(): boolean {
    return transcendental.f2xm1(this);
  }
  /** FYL2X (pops). */
  fyl2x(): boolean {
    return transcendental.fyl2x(this);
  }
  /** FYL2XP1 (pops). */
  fyl2xp1(): boolean {
    return transcendental.fyl2xp1(this);
  }
  /** FPATAN (pops). */
  fpatan(): boolean {
    return transcendental.fpatan(this);
  }
  /** FPTAN (pushes 1.0). */
  fptan(): boolean {
    return transcendental.fptan(this);
  }
  /** FSIN. */
  fsin(): boolean {
    return transcendental.fsin(this);
  }
  /** FCOS. */
  fcos(): boolean {
    return transcendental.fcos(this);
  }
  /** FSINCOS: ST(0) becomes the sine, then the cosine is pushed. */
  fsincos(): boolean {
    return transcendental.fsincos(this);
  }

  // For the instruction table, which may only call methods

  /** Notes a non-control instruction: its address, and its opcode as the low three bits of the first byte and ModR/M. */
  note(address: number, opcode: number, modrm: number): void {
    this.fip = address;
    this.fop = ((opcode & 7) << 8) | modrm;
  }
  /** Notes the offset of its memory operand. */
  noteData(offset: number): void {
    this.fdp = offset;
  }
  /** `stored`: whether the last store operation has a result for memory. */
  delivered(): number {
    return this.stored;
  }
  /** Word k of the last result that is no JavaScript number. */
  outWord(k: number): number {
    return this.out[k];
  }
  /** FBLD by its ten bytes in three words. */
  loadBcdWords(w0: number, w1: number, w2: number): boolean {
    return load.loadBcd(this, (i) => ((i < 4 ? w0 : i < 8 ? w1 : w2) >>> (8 * (i & 3))) & 0xff);
  }

  // Images

  /** FNSTENV: 28 bytes (wide) or 14. Masks all exceptions afterwards. */
  storeEnvironment(view: DataView, at: number, wide: boolean): void {
    environment.storeEnvironment(this, view, at, wide);
  }
  /** FLDENV. */
  loadEnvironment(view: DataView, at: number, wide: boolean): void {
    environment.loadEnvironment(this, view, at, wide);
  }
  /** FNSAVE: 108 bytes (wide) or 94; initializes afterwards. */
  save(view: DataView, at: number, wide: boolean): void {
    environment.save(this, view, at, wide);
  }
  /** FRSTOR. */
  restore(view: DataView, at: number, wide: boolean): void {
    environment.restore(this, view, at, wide);
  }
  /** FXSAVE: bytes 0..23 and 32..159 of the image. */
  fxsave(view: DataView, at: number): void {
    environment.fxsave(this, view, at);
  }
  /** FXRSTOR: the same bytes. */
  fxrstor(view: DataView, at: number): void {
    environment.fxrstor(this, view, at);
  }

  // MMX

  /** Every MMX instruction but EMMS: TOP = 0, all registers valid. */
  mmxEnter(): void {
    environment.enterMmx(this);
  }
  /** Low half of MMi. */
  mmxGetLo(i: number): number {
    return environment.mmxLow(this, i);
  }
  /** High half of MMi. */
  mmxGetHi(i: number): number {
    return environment.mmxHigh(this, i);
  }
  /** Writes MMi; includes mmxEnter. */
  mmxSet(i: number, low: number, high: number): void {
    environment.setMmx(this, i, low, high);
  }
  /** EMMS. */
  emms(): void {
    environment.emms(this);
  }
}

/** A new FPU in the state of FNINIT, registers all zero; its state lies in a buffer when one is given. */
export function createX87(buffer?: SharedArrayBuffer, from?: number): X87 {
  return new X87(buffer, from);
}
