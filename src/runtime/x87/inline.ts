// What x87 code in JavaScript locals (src/translator/x87*.ts) calls when its own arithmetic does not suffice: the same operation on a
// scratch register file, by the fast and integer paths that the interpreter uses. Operands and results pass through T, since V8 would
// box doubles that are arguments. Here also are the tables that such code reads.

import { arith, fsqrt } from "./arith.ts";
import { remainder, roundToInteger, scale } from "./misc.ts";
import { AT, C2, deferred, EMPTY, Num, PAIR_MAX, PAIR_MIN, PE, pow2, setExt, statusWord, unpack, X87State } from "./state.ts";
import { storeF32 } from "./store.ts";
import { f2xm1, fcos, fpatan, fsin, fyl2x, fyl2xp1 } from "./transcendental.ts";

/** Results of inline arithmetic have exponents of at most this size: no product, error term or square in it over- or underflows. */
const RANGE = 440;

/** A double whose exponent inline code looks up: it writes EXPONENT_OF[0] and reads the upper half from EXPONENT_WORDS[1]. */
export const EXPONENT_OF = new Float64Array(new ArrayBuffer(8));
export const EXPONENT_WORDS = new Int32Array(EXPONENT_OF.buffer);

/**
 * By sign and exponent of a result (the upper 12 bits of a double): 1.5 * 2^52 units in the last place of a 64-bit significand. Adding and
 * subtracting it rounds to that unit, ties to even. NaN out of range, and for zero: every comparison with it then fails.
 */
export const ROUNDERS = new Float64Array(4096).fill(NaN);
fillRounders();

function fillRounders(): void {
  for (let e = -RANGE; e <= RANGE; e++) ROUNDERS[e + 1023] = ROUNDERS[e + 1023 + 2048] = 1.5 * pow2(e - 11);
}

/** What a function with inline x87 code knows of itself. */
export interface InlineFunction {
  /** Times it was entered, up to LESSONS. */
  runs: number;
  /** Grows with every instruction that the interpreter had to take, shrinks with those it had not. */
  bails: number;
}

/** Entries at which the next operations take the slow path. */
const FIRST_LESSON = 2, LAST_LESSON = 20;
const LESSON = 500;
let lesson = 0;

/**
 * Called at the first entries of a function. V8 takes what never ran as never running: the first slow path of each operation would
 * throw the optimised code away, dozens of times. So an early run takes them all, by way of an empty table of rounders.
 */
function enter(f: InlineFunction): void {
  f.runs++;
  if (f.runs !== FIRST_LESSON && f.runs !== LAST_LESSON) return;
  lesson = LESSON;
  ROUNDERS.fill(NaN);
}

/** Operands (first high, low; second high, low), least normal number of a second operand from memory, else 0. Results: high, low, C1. */
export const T = new Float64Array(new ArrayBuffer(40));
/** Words of an 80-bit result. */
export const WORDS = new Int32Array(new ArrayBuffer(12));

/** Operations by number: those of arith.ts, and these. */
export const OPERATION = { SQRT: 8, ROUND: 9, SCALE: 10, PREM: 11, PREM1: 12, F2XM1: 13, YL2X: 14, YL2XP1: 15, ATAN: 16, SIN: 17, COS: 18, NARROW: 19 } as const;

const s = new X87State();
const number = new Num();

function run(operation: number): void {
  switch (operation) {
    case OPERATION.SQRT: fsqrt(s); return;
    case OPERATION.ROUND: roundToInteger(s); return;
    case OPERATION.SCALE: scale(s); return;
    case OPERATION.PREM: remainder(s, false); return;
    case OPERATION.PREM1: remainder(s, true); return;
    case OPERATION.F2XM1: f2xm1(s); return;
    case OPERATION.YL2X: fyl2x(s); return;
    case OPERATION.YL2XP1: fyl2xp1(s); return;
    case OPERATION.ATAN: fpatan(s); return;
    case OPERATION.SIN: fsin(s); return;
    case OPERATION.COS: fcos(s); return;
    default: arith(s, operation, 0, 1);
  }
}

/**
 * The operation on the operands in T; the result goes to T. `state` lends its control word and condition codes.
 * @returns true when the interpreter has to execute the instruction: an exception other than PE, or a result that is no pair
 */
function operate(operation: number, state: X87State): boolean {
  const least = T[4];
  if (least !== 0) {
    const size = Math.abs(T[2]);
    if (!((size >= least && size >= PAIR_MIN && size < PAIR_MAX) || size === 0)) return true;
  }
  s.hi[0] = T[0];
  s.lo[0] = T[1];
  s.hi[1] = T[2];
  s.lo[1] = T[3];
  s.kind[0] = s.kind[1] = 0;
  s.top = 0;
  s.flags = 0;
  s.cw = state.cw | 0x3f;
  s.mode = state.mode;
  s.cc = state.cc;
  run(operation);
  // where a popping form left its result
  const p = s.top;
  if ((s.flags & ~PE) !== 0 || s.kind[p] !== 0) return true;
  if ((operation === OPERATION.SIN || operation === OPERATION.COS) && (s.cc & C2) !== 0) return true;
  T[0] = s.hi[p];
  T[1] = s.lo[p];
  T[2] = s.c1[0];
  return false;
}

/** The operation for inline code; condition codes that it sets are written to `state`. True when the interpreter has to take it. */
function slow(operation: number, state: X87State, ah: number, al: number, bh: number, bl: number, least: number): boolean {
  T[0] = ah;
  T[1] = al;
  T[2] = bh;
  T[3] = bl;
  T[4] = least;
  if (lesson !== 0 && --lesson === 0) fillRounders();
  if (operate(operation, state)) return true;
  state.cc = s.cc;
  return false;
}

/** C1 of the operation that `state` names, on its operands. */
function roundedUp(state: X87State): number {
  const { operands } = state;
  const high = operands[0];
  if (state.rounding === OPERATION.NARROW) {
    // the pair became the number of the third operand
    const away = operands[2] === high ? -operands[1] : operands[2] - high;
    return high > 0 ? away : -away;
  }
  T.set(operands);
  T[4] = 0;
  const { cw, mode } = state;
  // it was done under the control word of inline code
  state.cw = 0x37f;
  state.mode = 0;
  operate(state.rounding, state);
  state.cw = cw;
  state.mode = mode;
  return T[2];
}
deferred.roundedUp = roundedUp;

/** FLD m80: the pair to T; true when it is none. */
function fromExtended(se: number, mh: number, ml: number): boolean {
  setExt(s, 0, se, mh, ml);
  if (s.kind[0] !== 0) return true;
  T[0] = s.hi[0];
  T[1] = s.lo[0];
  return false;
}

/** FSTP m80: the pair in T to WORDS. */
function toExtended(): void {
  s.hi[0] = T[0];
  s.lo[0] = T[1];
  s.kind[0] = 0;
  s.top = 0;
  unpack(s, 0, number);
  WORDS[0] = number.l;
  WORDS[1] = number.h;
  WORDS[2] = (number.sign << 15) | number.exp;
}

/** FST m32 of the pair in T by the exact path: the single to T[0], C1 to T[2]. True when it raises more than PE. */
function toSingle(): boolean {
  s.hi[0] = T[0];
  s.lo[0] = T[1];
  s.kind[0] = 0;
  s.top = 0;
  s.flags = 0;
  s.cw = 0x37f;
  s.mode = 0;
  T[0] = storeF32(s);
  T[2] = s.c1[0];
  return (s.flags & ~PE) !== 0;
}

/** Leaves C1 to be worked out when someone asks. */
function defer(state: X87State, operation: number, ah: number, al: number, bh: number, bl: number): void {
  state.c1[0] = NaN;
  state.rounding = operation;
  const { operands } = state;
  operands[0] = ah;
  operands[1] = al;
  operands[2] = bh;
  operands[3] = bl;
}

/**
 * Writes back what inline code keeps of the state beside the registers' values.
 * @param top physical number of ST(0) when the code was entered
 * @param tags three bits by which TOP moved; from bit 3, two for each register from there: 0 untouched, 1 valid, 2 empty
 */
function leave(state: X87State, top: number, tags: number, fip: number, fop: number, fdp: number): void {
  for (let k = 0; k < 8; k++) {
    const tag = (tags >> (3 + 2 * k)) & 3;
    if (tag !== 0) state.kind[(top + k) & 7] = tag === 1 ? 0 : EMPTY;
  }
  state.top = (top + tags) & 7;
  state.fip = fip;
  state.fop = fop;
  state.fdp = fdp;
}

/** Writes ROUNDERS for code in WebAssembly, by exponent alone. */
export function writeRounders(buffer: SharedArrayBuffer, from: number): void {
  const table = new Float64Array(buffer, from, 2048).fill(NaN);
  for (let e = -RANGE; e <= RANGE; e++) table[e + 1023] = 1.5 * pow2(e - 11);
}

/** The functions, as code in WebAssembly knows them: operands and results lie in the memory, with the state. */
export function inMemory(state: X87State, buffer: SharedArrayBuffer, from: number) {
  const transfer = new Float64Array(buffer, from + AT.TRANSFER, 5), words = new Int32Array(buffer, from + AT.WORDS, 3);
  const give = (declined: boolean): boolean => {
    for (let k = 0; k < 3; k++) transfer[k] = T[k];
    return declined;
  };
  const take = (): void => {
    T[0] = transfer[0];
    T[1] = transfer[1];
  };
  return {
    exact: (operation: number) => give(slow(operation, state, transfer[0], transfer[1], transfer[2], transfer[3], transfer[4])),
    status: () => statusWord(state),
    fromExtended: (se: number, mh: number, ml: number) => give(fromExtended(se, mh, ml)),
    toExtended(): void {
      take();
      toExtended();
      words.set(WORDS);
    },
    toSingle(): boolean {
      take();
      return give(toSingle());
    },
  };
}

/** The functions, as generated code knows them. */
export const INLINE = { enter, slow, defer, status: statusWord, fromExtended, toExtended, toSingle, leave } as const;
