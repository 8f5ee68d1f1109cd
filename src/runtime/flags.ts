// EFLAGS from the lazy tuple (kind, a, b, r): the one place where conditions are worked out. Pure functions, called by
// the interpreter and, where the kind is not known at translation time, by generated code.
// Carry out of the top bit is the majority of (a, b, not r) for sums and of (not a, b, r) for differences (Hacker's Delight, 2-13).

import { FLAGS } from "./state.ts";

export function carry(kind: number, a: number, b: number, r: number): number {
  switch (kind) {
    case FLAGS.SUB: return a >>> 0 < b >>> 0 ? 1 : 0;
    case FLAGS.ADD: return ((a & b) | ((a | b) & ~r)) >>> 31;
    case FLAGS.LOGIC: return 0;
    case FLAGS.RESULT: return a & 1;
    case FLAGS.SBB: return ((~a & b) | ((~a | b) & r)) >>> 31;
    default: return r & 1;
  }
}

export function overflow(kind: number, a: number, b: number, r: number): number {
  switch (kind) {
    case FLAGS.SUB: case FLAGS.SBB: return ((a ^ b) & (a ^ r)) >>> 31;
    case FLAGS.ADD: return ((a ^ r) & (b ^ r)) >>> 31;
    case FLAGS.LOGIC: return 0;
    case FLAGS.RESULT: return (a >>> 11) & 1;
    default: return (r >>> 11) & 1;
  }
}

export function adjust(kind: number, a: number, b: number, r: number): number {
  switch (kind) {
    case FLAGS.LOGIC: return 0;
    case FLAGS.RESULT: return (a >>> 4) & 1;
    case FLAGS.BITS: return (r >>> 4) & 1;
    default: return ((a ^ b ^ r) >>> 4) & 1;
  }
}

export function zero(kind: number, r: number): number {
  return kind === FLAGS.BITS ? (r >>> 6) & 1 : r === 0 ? 1 : 0;
}

export function sign(kind: number, r: number): number {
  return kind === FLAGS.BITS ? (r >>> 7) & 1 : r >>> 31;
}

export function parity(kind: number, r: number): number {
  return kind === FLAGS.BITS ? (r >>> 2) & 1 : (0x9669 >>> ((r ^ (r >>> 4)) & 15)) & 1;
}

/** The six status flags in their EFLAGS places. */
export function statusBits(kind: number, a: number, b: number, r: number): number {
  if (kind === FLAGS.BITS) return r;
  return carry(kind, a, b, r) | (parity(kind, r) << 2) | (adjust(kind, a, b, r) << 4) | (zero(kind, r) << 6) | (sign(kind, r) << 7) | (overflow(kind, a, b, r) << 11);
}

/** Condition `cc` (0-15) of Jcc, SETcc, CMOVcc. */
export function condition(cc: number, kind: number, a: number, b: number, r: number): boolean {
  let holds: boolean;
  switch (cc >> 1) {
    case 0: holds = overflow(kind, a, b, r) !== 0; break;
    case 1: holds = carry(kind, a, b, r) !== 0; break;
    case 2: holds = zero(kind, r) !== 0; break;
    case 3: holds = kind === FLAGS.SUB ? a >>> 0 <= b >>> 0 : carry(kind, a, b, r) !== 0 || zero(kind, r) !== 0; break;
    case 4: holds = sign(kind, r) !== 0; break;
    case 5: holds = parity(kind, r) !== 0; break;
    case 6: holds = kind === FLAGS.SUB ? a < b : sign(kind, r) !== overflow(kind, a, b, r); break;
    default: holds = kind === FLAGS.SUB ? a <= b : zero(kind, r) !== 0 || sign(kind, r) !== overflow(kind, a, b, r);
  }
  return holds === ((cc & 1) === 0);
}
