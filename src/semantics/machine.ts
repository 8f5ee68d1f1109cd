// The vocabulary in which instructions are described: what a semantic function may ask of the machine.
//
// A semantic function is plain TypeScript on numbers, `(m, i) => { ... }`. The interpreter calls it. The translator
// parses its source, folds what is constant for the instruction at hand (`i.size`, operand kinds, `i.cc` ...) and
// replaces the calls on `m` by inline code. For that to work a semantic function is closed and simple:
//  - it uses only its two parameters, its own `const`/`let` locals, Math.*, literals, if/else, ?:, for/while loops,
//    early `return`; it calls nothing but methods of `m` (and of m.x87, m.vec). No closures, no destructuring, no try, no objects.
//  - everything that may fault (get, load, check, a fault itself) comes before the first change of state; a store
//    to memory comes before changes of registers and flags. Then a fault needs no undoing.
//  - `test/semantics/closed.test.ts` holds every function to this.
//
// Values: every integer is int32. get() sign-extends 8- and 16-bit operands, which keeps both signed and unsigned order,
// so carry, overflow and conditions have one formula for all sizes. Results are truncated by fit() (sign-extending).
// Addresses are int32 (any representative modulo 2^32).

import type { Instruction, Operand } from "../decoder/instruction.ts";

export interface Machine {
  // -- operands ---------------------------------------------------------------------------------------------------
  /** Value of an operand of 1, 2 or 4 bytes (register, memory, immediate), sign-extended to int32. Memory may fault. */
  get(o: Operand): number;
  /** The same, zero-extended (a 4-byte value is int32 all the same). Segment registers read as their selector. */
  getU(o: Operand): number;
  /** Writes the low 1, 2 or 4 bytes of `v` to a register or memory operand. Memory may fault. Not for segment registers. */
  set(o: Operand, v: number): void;
  /** Linear address of a memory operand: base + index * scale + displacement + segment base, int32. May fault on a bad segment. */
  ea(o: Operand): number;
  /** Offset of a memory operand within its segment (LEA), int32; 16-bit addressing gives 0-0xffff. */
  offset(o: Operand): number;
  /** Truncates to `size` bytes, sign-extending: fit(x, 1) = x << 24 >> 24. */
  fit(x: number, size: number): number;

  // -- registers by number ------------------------------------------------------------------------------------------
  /** General register `n` of `size` bytes, sign-extended (size 1: AL CL DL BL AH CH DH BH). */
  reg(n: number, size: number): number;
  /** Writes the low `size` bytes of general register `n`; the rest of the register stays. */
  setReg(n: number, size: number, v: number): void;

  // -- memory by linear address ---------------------------------------------------------------------------------------
  load(address: number, size: number): number; // 1, 2, 4 bytes, sign-extended
  store(address: number, size: number, v: number): void;
  loadF64(address: number): number;
  storeF64(address: number, v: number): void;
  loadF32(address: number): number;
  storeF32(address: number, v: number): void;
  /** Faults unless `length` bytes at the address can be read (and, with `write`, written). */
  check(address: number, length: number, write: boolean): void;
  /** Base of segment 0-5 added to an offset, with the segment's checks for an access of `size` bytes: for string and stack forms. */
  linear(segment: number, offset: number, size: number): number;

  // -- stack (SS:ESP, or SS:SP on a 16-bit stack) -----------------------------------------------------------------------
  /** Stores below the stack top, then moves the stack pointer. */
  push(size: number, v: number): void;
  /** Loads from the stack top, then moves the stack pointer. Sign-extended. */
  pop(size: number): number;
  /** Loads at stack top + offset without moving the pointer. */
  peek(offset: number, size: number): number;
  /** Stack pointer, and its assignment (width of the stack segment). */
  sp(): number;
  setSp(v: number): void;

  // -- flags -----------------------------------------------------------------------------------------------------------
  /** CF OF AF ZF SF PF of r = a + b (+ carry); a, b, r sign-extended. */
  flagsAdd(a: number, b: number, r: number): void;
  /** Of r = a - b, without borrow in. */
  flagsSub(a: number, b: number, r: number): void;
  /** Of r = a - b - carry. */
  flagsSbb(a: number, b: number, r: number): void;
  /** Of a logic result: CF = OF = AF = 0. */
  flagsLogic(r: number): void;
  /** ZF SF PF from r (sign-extended), the others given as 0 or 1. */
  flagsResult(r: number, cf: number, of: number, af: number): void;
  /** Of a comparison of two numbers, neither a NaN: CF = a < b, ZF = a equals b, the others clear. */
  flagsOrder(a: number, b: number): void;
  /** Replaces the status flags in `mask` (F.* bits of CF PF AF ZF SF OF) by those in `bits`; the others stay. */
  putFlags(mask: number, bits: number): void;
  cf(): number; // each 0 or 1
  pf(): number;
  af(): number;
  zf(): number;
  sf(): number;
  of(): number;
  /** Condition 0-15 as in Jcc. */
  cond(cc: number): boolean;
  /** String step: 1 or -1. */
  df(): number;
  setDf(bit: number): void; // 0 or 1
  /** The whole EFLAGS register, and writing it as POPF (size 2 or 4) does at CPL 3: IF, IOPL, VM, VIF, VIP stay, RF clears. */
  eflags(): number;
  setEflags(v: number, size: number): void;

  // -- control ----------------------------------------------------------------------------------------------------------
  /** Sets EIP. At most once a path, and last. Without it execution goes on at i.next. */
  jump(target: number): void;
  /** #DE, #UD, #GP(code), #BR, #MF, #XM, #AC, #NP, #SS ... : raises exception `vector` at this instruction. Never returns. */
  fault(vector: number, code: number): never;
  /** Exceptions reported after the instruction (INT3 = 3, INTO = 4) and INT n; EIP is already that of the next instruction. */
  interrupt(vector: number): void;

  // -- segments -----------------------------------------------------------------------------------------------------------
  selector(segment: number): number;
  /** Loads a segment register through the descriptor tables; faults as the manual says (#GP, #NP, #SS). */
  loadSegment(segment: number, selector: number): void;
  /** Far jump, call and return between user code segments; faults as hardware does. `push` = 1 pushes the return address. */
  farJump(selector: number, offset: number, size: number, push: number): void;
  farReturn(size: number, release: number): void;
  interruptReturn(size: number): void;
  /** LAR, LSL: the value, or -1 when the selector is not accessible; VERR/VERW: 1 or 0. */
  accessRights(selector: number): number;
  segmentLimit(selector: number): number; // -1 is ambiguous with a 4 GiB limit: ask validSegment first
  validSegment(selector: number, forLimit: number): number;
  verify(selector: number, write: number): number;

  // -- arithmetic that JavaScript lacks: pure -------------------------------------------------------------------------------
  /** High 32 bits of the unsigned and the signed 64-bit product. */
  mulhu(a: number, b: number): number;
  mulhs(a: number, b: number): number;
  /** Unsigned/signed 64 by 32 division. divFits tells whether the quotient fits; then the quotient. */
  divFitsU(hi: number, lo: number, d: number): boolean;
  divU(hi: number, lo: number, d: number): number;
  divFitsS(hi: number, lo: number, d: number): boolean;
  divS(hi: number, lo: number, d: number): number;
  popcnt(x: number): number;
  /** Number of the lowest bit that is set; of 0 nobody asks. */
  ctz(x: number): number;
  bswap(x: number): number;

  // -- strings: block forms of REP over plain pages. Return true when all was done, else the semantic's own loop goes on. ----
  repMovs(i: Instruction): boolean;
  repStos(i: Instruction): boolean;
  repScas(i: Instruction): boolean;
  repCmps(i: Instruction): boolean;

  // -- system ------------------------------------------------------------------------------------------------------------------
  cpuid(): void; // by EAX, ECX into EAX EBX ECX EDX
  rdtsc(): void; // into EDX:EAX
  rdtscp(): void;
  sysenter(): void;

  readonly x87: X87Ops;
  readonly vec: VectorOps;
}

/** x87 as instructions see it. Helper calls in translated code: they touch no general register, flag or memory. */
export type X87Ops = import("../runtime/x87/index.ts").X87;

/**
 * The vector file: slots of 16 bytes. Slots 0-7 are XMM0-7; 8-11 are scratch. Lanes count from the least significant.
 * `src(o)` gives the slot that holds an XMM, MM or memory operand (MM and memory are first copied to a scratch slot: memory
 * with fault and, for rows with A.ALIGNED, alignment checks). `dst(o)` gives the slot to work in, `write(o, slot)` completes
 * an MM destination (nothing to do for XMM) or stores op.size bytes to a memory destination (may fault, so before any other change).
 */
export interface VectorOps extends PackedOps {
  /** Slot of a source operand. `aligned` = 1: a 16-byte memory operand must be 16-byte aligned (#GP). */
  src(o: Operand, aligned: number): number;
  /** A second, independent source or the old value of the destination. MM: copied to another scratch slot. */
  dst(o: Operand): number;
  /** Completes the destination: MM registers are written back (x87 aliasing), memory is stored (`aligned` as above), XMM: copies slot if it is another. */
  write(o: Operand, slot: number, aligned: number): void;
  i8(slot: number, lane: number): number;
  u8(slot: number, lane: number): number;
  i16(slot: number, lane: number): number;
  u16(slot: number, lane: number): number;
  i32(slot: number, lane: number): number;
  f32(slot: number, lane: number): number;
  f64(slot: number, lane: number): number;
  setI8(slot: number, lane: number, v: number): void;
  setI16(slot: number, lane: number, v: number): void;
  setI32(slot: number, lane: number, v: number): void;
  setF32(slot: number, lane: number, v: number): void;
  setF64(slot: number, lane: number, v: number): void;
  /** Copies 16 bytes; 8 bytes, half 0 or 1; a dword. */
  copy(to: number, from: number): void;
  copyHalf(to: number, toHalf: number, from: number, fromHalf: number): void;
  copyLane(to: number, toLane: number, from: number, fromLane: number): void;
  /** Zeroes lanes from byte `from` to 15. */
  zeroFrom(slot: number, from: number): void;
  /** MXCSR. setMxcsr faults (#GP) on reserved bits. */
  mxcsr(): number;
  setMxcsr(v: number): void;
  /** Records SIMD exceptions flags (MXCSR bits 0-5); raises #XM when one is unmasked. */
  raise(flags: number): void;
  /** A whole move: XMM to XMM copies 16 bytes; a load zero-extends to 16 bytes; a store writes to.size bytes. Not for MM. Memory may fault. */
  move(to: Operand, from: Operand, aligned: number): void;
  /** Low double or single of an XMM register or memory operand; of a NaN only that it is one. Memory may fault. */
  getF64(o: Operand): number;
  getF32(o: Operand): number;
  /**
   * Whether r, which JavaScript made of a and b, does not stand: it is not finite, or an exception flag would have to be set, or MXCSR asks
   * for another rounding. A sum, a difference a - b, a product, a quotient a / b, a square root; of doubles and, with 32, of singles.
   */
  oddSum(r: number, a: number, b: number): boolean;
  oddDifference(r: number, a: number, b: number): boolean;
  oddProduct(r: number, a: number, b: number): boolean;
  oddQuotient(r: number, a: number, b: number): boolean;
  oddRoot(r: number, a: number): boolean;
  oddSum32(r: number, a: number, b: number): boolean;
  oddDifference32(r: number, a: number, b: number): boolean;
  oddProduct32(r: number, a: number, b: number): boolean;
  oddQuotient32(r: number, a: number, b: number): boolean;
  oddRoot32(r: number, a: number): boolean;
  /** The same of a single made of a double, and of a single made of an integer. */
  oddNarrow(r: number, a: number): boolean;
  oddInteger(r: number, a: number): boolean;
  /** Whether a comparison of two doubles, or singles, has to set a flag (one is a NaN or denormal), or MXCSR asks for more than plain arithmetic. */
  unordered(a: number, b: number): boolean;
  unordered32(a: number, b: number): boolean;
  /** Whether x is not between two bounds, or converting it to an integer asks for more than JavaScript does. */
  outside(x: number, low: number, high: number): boolean;
  /** An instruction that reads MM registers and writes none puts the x87 stack into MMX state; one that only writes asks for #MF. */
  enterMmx(): void;
  checkMmx(): void;
  /** MASKMOVDQU, MASKMOVQ: bytes of `slot` whose byte in `mask` is negative. Memory may fault. */
  maskedStore(address: number, slot: number, mask: number, n: number): void;
  /** Images of floating-point state in memory (o: FXSAVE, FNSTENV, FNSAVE areas). Memory may fault. */
  fxsave(o: Operand): void;
  fxrstor(o: Operand): void;
  storeEnvironment(o: Operand): void;
  loadEnvironment(o: Operand): void;
  saveX87(o: Operand): void;
  restoreX87(o: Operand): void;
}

/** Operations on whole slots, d = d op s: they touch the vector file and nothing else, and fault only with #XM. */
export type PackedOps = import("../runtime/simd/sha.ts").ShaLanes;

/** What one instruction does. */
export type Semantic = (m: Machine, i: Instruction) => void;
export type SemanticTable = Readonly<Record<string, Semantic>>;
