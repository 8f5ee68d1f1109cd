// Images of the state in memory: FNSTENV/FLDENV, FNSAVE/FRSTOR, the x87 and MMX part of FXSAVE/FXRSTOR; and
// the MMX registers, which are the significands of the physical registers.
// SDM vol. 1, 8.1.8 to 8.1.10 and 9.6; vol. 2, FSAVE, FXSAVE. Protected-mode formats.
import {
  EMPTY, EXT, init, setControlWord, setExt, setStatusWord, setTagWord, signExponent, significandHigh, significandLow, statusWord,
  tagWord, X87State,
} from "./state.ts";

/** Bytes of an FNSTENV image, by operand size; in an FNSAVE image the registers follow. */
const ENVIRONMENT_32 = 28;
const ENVIRONMENT_16 = 14;

/** FNSTENV: writes 28 (wide) or 14 bytes, then masks all exceptions. */
export function storeEnvironment(s: X87State, view: DataView, at: number, wide: boolean): void {
  if (wide) {
    view.setUint32(at, s.cw | 0xffff0000, true);
    view.setUint32(at + 4, statusWord(s) | 0xffff0000, true);
    view.setUint32(at + 8, tagWord(s) | 0xffff0000, true);
    view.setUint32(at + 12, s.fip, true);
    view.setUint32(at + 16, (s.fcs & 0xffff) | ((s.fop & 0x7ff) << 16), true);
    view.setUint32(at + 20, s.fdp, true);
    view.setUint32(at + 24, s.fds | 0xffff0000, true);
  } else {
    view.setUint16(at, s.cw, true);
    view.setUint16(at + 2, statusWord(s), true);
    view.setUint16(at + 4, tagWord(s), true);
    view.setUint16(at + 6, s.fip, true);
    view.setUint16(at + 8, s.fcs, true);
    view.setUint16(at + 10, s.fdp, true);
    view.setUint16(at + 12, s.fds, true);
  }
  setControlWord(s, s.cw | 0x3f);
}

/** FLDENV. */
export function loadEnvironment(s: X87State, view: DataView, at: number, wide: boolean): void {
  if (wide) {
    setControlWord(s, view.getUint16(at, true));
    setStatusWord(s, view.getUint16(at + 4, true));
    setTagWord(s, view.getUint16(at + 8, true));
    s.fip = view.getInt32(at + 12, true);
    s.fcs = view.getUint16(at + 16, true);
    s.fop = view.getUint16(at + 18, true) & 0x7ff;
    s.fdp = view.getInt32(at + 20, true);
    s.fds = view.getUint16(at + 24, true);
  } else {
    setControlWord(s, view.getUint16(at, true));
    setStatusWord(s, view.getUint16(at + 2, true));
    setTagWord(s, view.getUint16(at + 4, true));
    s.fip = view.getUint16(at + 6, true);
    s.fcs = view.getUint16(at + 8, true);
    s.fop = 0;
    s.fdp = view.getUint16(at + 10, true);
    s.fds = view.getUint16(at + 12, true);
  }
}

/** Writes physical register p as ten bytes. */
function writeRegister(s: X87State, p: number, view: DataView, at: number): void {
  view.setUint32(at, significandLow(s, p), true);
  view.setUint32(at + 4, significandHigh(s, p), true);
  view.setUint16(at + 8, signExponent(s, p), true);
}

function readRegister(s: X87State, p: number, view: DataView, at: number): void {
  const empty = s.kind[p] & EMPTY;
  setExt(s, p, view.getUint16(at + 8, true), view.getInt32(at + 4, true), view.getInt32(at, true));
  s.kind[p] |= empty;
}

/** FNSAVE: the environment, then ST(0)..ST(7) of ten bytes each (108 or 94 bytes); then FNINIT. */
export function save(s: X87State, view: DataView, at: number, wide: boolean): void {
  storeEnvironment(s, view, at, wide);
  const registers = at + (wide ? ENVIRONMENT_32 : ENVIRONMENT_16);
  for (let i = 0; i < 8; i++) writeRegister(s, (s.top + i) & 7, view, registers + 10 * i);
  init(s);
}

/** FRSTOR. */
export function restore(s: X87State, view: DataView, at: number, wide: boolean): void {
  loadEnvironment(s, view, at, wide);
  const registers = at + (wide ? ENVIRONMENT_32 : ENVIRONMENT_16);
  for (let i = 0; i < 8; i++) readRegister(s, (s.top + i) & 7, view, registers + 10 * i);
}

/**
 * The x87 part of FXSAVE: bytes 0..23 and 32..159 (MXCSR at 24 is the caller's; nothing else is written). The tag
 * byte has a bit for each physical register in use.
 */
export function fxsave(s: X87State, view: DataView, at: number): void {
  let tags = 0;
  for (let p = 0; p < 8; p++) if ((s.kind[p] & EMPTY) === 0) tags |= 1 << p;
  view.setUint16(at, s.cw, true);
  view.setUint16(at + 2, statusWord(s), true);
  view.setUint16(at + 4, tags, true);
  view.setUint16(at + 6, s.fop & 0x7ff, true);
  view.setUint32(at + 8, s.fip, true);
  view.setUint32(at + 12, s.fcs & 0xffff, true);
  view.setUint32(at + 16, s.fdp, true);
  view.setUint32(at + 20, s.fds & 0xffff, true);
  for (let i = 0; i < 8; i++) {
    const slot = at + 32 + 16 * i;
    writeRegister(s, (s.top + i) & 7, view, slot);
    view.setUint16(slot + 10, 0, true);
    view.setUint32(slot + 12, 0, true);
  }
}

/** The x87 part of FXRSTOR. */
export function fxrstor(s: X87State, view: DataView, at: number): void {
  setControlWord(s, view.getUint16(at, true));
  setStatusWord(s, view.getUint16(at + 2, true));
  const tags = view.getUint8(at + 4);
  s.fop = view.getUint16(at + 6, true) & 0x7ff;
  s.fip = view.getInt32(at + 8, true);
  s.fcs = view.getUint16(at + 12, true);
  s.fdp = view.getInt32(at + 16, true);
  s.fds = view.getUint16(at + 20, true);
  for (let i = 0; i < 8; i++) {
    const p = (s.top + i) & 7;
    readRegister(s, p, view, at + 32 + 16 * i);
    if ((tags & (1 << p)) !== 0) s.kind[p] &= ~EMPTY;
    else s.kind[p] |= EMPTY;
  }
}

/** What every MMX instruction but EMMS does first: TOP = 0, all registers valid. */
export function enterMmx(s: X87State): void {
  s.top = 0;
  const k = s.kind;
  // Between MMX instructions nothing is empty.
  if (((k[0] | k[1] | k[2] | k[3] | k[4] | k[5] | k[6] | k[7]) & EMPTY) === 0) return;
  for (let p = 0; p < 8; p++) k[p] &= ~EMPTY;
}

/** Low half of MMi. */
export function mmxLow(s: X87State, i: number): number {
  return (s.kind[i] & EXT) !== 0 ? s.mm[4 * i] : significandLow(s, i);
}

/** High half of MMi. */
export function mmxHigh(s: X87State, i: number): number {
  return (s.kind[i] & EXT) !== 0 ? s.mm[4 * i + 1] : significandHigh(s, i);
}

/** Writes MMi: its significand, sign and exponent all ones; TOP = 0, all registers valid. */
export function setMmx(s: X87State, i: number, low: number, high: number): void {
  enterMmx(s);
  s.kind[i] = EXT;
  s.se[i] = 0xffff;
  s.mm[4 * i + 1] = high;
  s.mm[4 * i] = low;
}

/** EMMS: all registers empty. */
export function emms(s: X87State): void {
  for (let p = 0; p < 8; p++) s.kind[p] |= EMPTY;
}
