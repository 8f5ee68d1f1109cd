// The vector file of one CPU: operands of SIMD instructions between slots, MM registers and memory; and the images of the
// floating-point state in memory (FXSAVE, FNSAVE, FNSTENV), which need both register files.
// What is done with the lanes: simd/*.ts, from which the class is built up by subject. Contract: semantics/machine.ts, VectorOps.
// Methods here may touch memory and fault; those of simd/ touch only the vector file, and fault only with #XM.

import { K } from "../decoder/instruction.ts";
import type { Operand } from "../decoder/instruction.ts";
import type { Machine, VectorOps } from "../semantics/machine.ts";

import { HIDDEN } from "./hidden.ts";
import type { GuestMemory } from "./memory.ts";
import { DESTINATION, LEAST_SQUARE, MXCSR_DEFAULT, MXCSR_MASK, SOURCE } from "./simd/lanes.ts";
import { ShaLanes } from "./simd/sha.ts";

/** What the vector file needs of its machine. */
export interface VectorHost extends Pick<Machine, "ea" | "load" | "store" | "check" | "fault" | "selector" | "x87"> {
  readonly memory: GuestMemory;
}

/** Bytes of an FXSAVE image that are in use without XMM8-15. */
const FXSAVE_USED = 288;

const image = new DataView(new ArrayBuffer(512));

export class VectorFile extends ShaLanes implements VectorOps {
  private readonly host: VectorHost;

  constructor(host: VectorHost) {
    super(host, host.memory.buffer, HIDDEN.VECTORS, HIDDEN.MODE);
    new Float64Array(host.memory.buffer, HIDDEN.LEAST, 2).fill(LEAST_SQUARE[0]);
    new Float32Array(host.memory.buffer, HIDDEN.LEAST + 16, 4).fill(LEAST_SQUARE[1]);
    this.host = host;
  }

  /** Registers and MXCSR as a new program finds them. */
  reset(): void {
    this.i32s.fill(0);
    this.restoreMxcsr(MXCSR_DEFAULT);
  }

  /** Copies registers and MXCSR of another file (fork, threads, lockstep). */
  copyFrom(other: VectorFile): void {
    this.i32s.set(other.i32s);
    this.restoreMxcsr(other.csr);
  }

  /** Slot of a source operand: its register, or slot 8 with the MM register or memory operand, zero-extended to 16 bytes. */
  src(o: Operand, aligned: number): number {
    if (o.kind === K.XMM) return o.reg;
    if (o.kind === K.MM) return this.fetchMm(o.reg, SOURCE);
    this.fetch(o, SOURCE, aligned);
    return SOURCE;
  }

  /** Slot of the destination's old value, to work in: its register, or slot 9 with the MM register. */
  dst(o: Operand): number {
    return o.kind === K.XMM ? o.reg : this.fetchMm(o.reg, DESTINATION);
  }

  private fetchMm(n: number, slot: number): number {
    const x87 = this.host.x87;
    if (x87.pendingException()) this.host.fault(16, 0);
    const v = this.i32s;
    v[slot * 4] = x87.mmxGetLo(n);
    v[slot * 4 + 1] = x87.mmxGetHi(n);
    v[slot * 4 + 2] = 0;
    v[slot * 4 + 3] = 0;
    return slot;
  }

  /** Memory operand of 2, 4, 8 or 16 bytes to a slot, zero-extended. */
  private fetch(o: Operand, slot: number, aligned: number): void {
    const host = this.host;
    const v = this.i32s;
    const at = host.ea(o);
    const to = slot * 4;
    const size = o.size;
    if (size === 16) {
      if (aligned !== 0 && (at & 15) !== 0) host.fault(13, 0);
      const a = host.load(at, 4);
      const b = host.load((at + 4) | 0, 4);
      const c = host.load((at + 8) | 0, 4);
      v[to + 3] = host.load((at + 12) | 0, 4);
      v[to] = a;
      v[to + 1] = b;
      v[to + 2] = c;
      return;
    }
    const low = size < 4 ? host.load(at, size) & ((1 << (8 * size)) - 1) : host.load(at, 4);
    v[to + 1] = size === 8 ? host.load((at + 4) | 0, 4) : 0;
    v[to] = low;
    v[to + 2] = 0;
    v[to + 3] = 0;
  }

  /** Completes a destination: memory gets the low o.size bytes of the slot, an MM register its low half, XMM the whole slot. */
  write(o: Operand, slot: number, aligned: number): void {
    if (o.kind === K.XMM) {
      if (slot !== o.reg) this.copy(o.reg, slot);
      return;
    }
    const v = this.i32s;
    const from = slot * 4;
    if (o.kind === K.MM) {
      this.host.x87.mmxSet(o.reg, v[from], v[from + 1]);
      return;
    }
    const host = this.host;
    const at = host.ea(o);
    if (o.size <= 4) {
      host.store(at, o.size, v[from]);
      return;
    }
    if (aligned !== 0 && o.size === 16 && (at & 15) !== 0) host.fault(13, 0);
    host.check(at, o.size, true);
    for (let k = 0; k < o.size >> 2; k++) host.store((at + 4 * k) | 0, 4, v[from + k]);
  }

  /** A whole move: register to register 16 bytes, load zero-extended, store of to.size bytes. Not for MM registers. */
  move(to: Operand, from: Operand, aligned: number): void {
    if (to.kind === K.XMM) {
      if (from.kind === K.XMM) this.copy(to.reg, from.reg);
      else this.fetch(from, to.reg, aligned);
    } else {
      this.write(to, from.reg, aligned);
    }
  }

  /** Low double of an XMM register or an m64; a NaN's payload may be lost: take `src` then. */
  getF64(o: Operand): number {
    if (o.kind === K.XMM) return this.f64s[o.reg * 2];
    const host = this.host;
    const at = host.ea(o);
    const low = host.load(at, 4);
    this.i32s[SOURCE * 4 + 1] = host.load((at + 4) | 0, 4);
    this.i32s[SOURCE * 4] = low;
    return this.f64s[SOURCE * 2];
  }

  /** Low single of an XMM register or an m32. */
  getF32(o: Operand): number {
    if (o.kind === K.XMM) return this.f32s[o.reg * 4];
    this.i32s[SOURCE * 4] = this.host.load(this.host.ea(o), 4);
    return this.f32s[SOURCE * 4];
  }

  /** What an instruction that only reads MM registers does to the x87 stack: TOP = 0, all tags valid. */
  enterMmx(): void {
    this.host.x87.mmxEnter();
  }

  /** #MF for a pending x87 exception, ahead of an MMX instruction whose operands do not ask. */
  checkMmx(): void {
    if (this.host.x87.pendingException()) this.host.fault(16, 0);
  }

  /**
   * MASKMOVDQU, MASKMOVQ: the first n bytes of `slot` whose mask byte is negative, to memory. All n bytes must be writable,
   * whatever the mask (so on AMD; the manual leaves it to the implementation).
   */
  maskedStore(address: number, slot: number, mask: number, n: number): void {
    this.host.check(address, n, true);
    for (let k = 0; k < n; k++) {
      if (this.i8s[mask * 16 + k] < 0) this.host.store((address + k) | 0, 1, this.i8s[slot * 16 + k]);
    }
  }

  // Images of state. All go through `image`: memory is checked first, then written or read in words.

  private put(at: number, from: number, length: number): void {
    for (let k = from; k + 4 <= from + length; k += 4) this.host.store((at + k) | 0, 4, image.getInt32(k, true));
    if ((length & 2) !== 0) this.host.store((at + from + length - 2) | 0, 2, image.getInt16(from + length - 2, true));
  }
  /** First dword, then the last byte, as AMD does it: that decides the address of a fault. */
  private probe(at: number, length: number, write: boolean): void {
    this.host.check(at, 4, write);
    this.host.check((at + length - 1) | 0, 1, write);
  }
  private take16(at: number, length: number): void {
    this.probe(at, length, false);
    for (let k = 0; k < length; k += 2) image.setInt16(k, this.host.load((at + k) | 0, 2), true);
  }

  /** FCS and FDS, of the last instruction and operand noted: taken to be those of CS and DS now. */
  private noteSelectors(): void {
    const x87 = this.host.x87;
    if (x87.fip !== 0) x87.fcs = this.host.selector(1);
    if (x87.fdp !== 0) x87.fds = this.host.selector(3);
  }

  /** FNSTENV: 14 or 28 bytes. */
  storeEnvironment(o: Operand): void {
    const at = this.host.ea(o);
    this.probe(at, o.size, true);
    this.noteSelectors();
    this.host.x87.storeEnvironment(image, 0, o.size === 28);
    this.put(at, 0, o.size);
  }
  /** FLDENV. */
  loadEnvironment(o: Operand): void {
    this.take16(this.host.ea(o), o.size);
    this.host.x87.loadEnvironment(image, 0, o.size === 28);
  }
  /** FNSAVE: 94 or 108 bytes. */
  saveX87(o: Operand): void {
    const at = this.host.ea(o);
    this.probe(at, o.size, true);
    this.noteSelectors();
    this.host.x87.save(image, 0, o.size === 108);
    this.put(at, 0, o.size);
  }
  /** FRSTOR. */
  restoreX87(o: Operand): void {
    this.take16(this.host.ea(o), o.size);
    this.host.x87.restore(image, 0, o.size === 108);
  }

  /** FXSAVE: 512 bytes, 16-byte aligned. Bytes 288-511 stay as they are. */
  fxsave(o: Operand): void {
    const at = this.host.ea(o);
    if ((at & 15) !== 0) this.host.fault(13, 0);
    this.host.check(at, 512, true);
    this.exportFxsave(image, 0);
    this.put(at, 0, FXSAVE_USED);
  }
  /** FXRSTOR: #GP for reserved MXCSR bits. */
  fxrstor(o: Operand): void {
    const at = this.host.ea(o);
    if ((at & 15) !== 0) this.host.fault(13, 0);
    this.host.check(at, 512, false);
    this.take16(at, FXSAVE_USED);
    if ((image.getInt32(24, true) & ~MXCSR_MASK) !== 0) this.host.fault(13, 0);
    this.importFxsave(image, 0);
  }

  /** Writes bytes 0-287 of an FXSAVE image: also what the kernel puts into signal frames. */
  exportFxsave(view: DataView, at: number): void {
    this.host.x87.fxsave(view, at);
    if (!this.host.x87.pendingException()) {
      // AMD saves the last-instruction pointers only with an exception pending.
      view.setInt16(at + 6, 0, true);
      for (let k = 8; k < 24; k += 4) view.setInt32(at + k, 0, true);
    }
    view.setInt32(at + 24, this.csr, true);
    view.setInt32(at + 28, MXCSR_MASK, true);
    for (let k = 0; k < 32; k++) view.setInt32(at + 160 + 4 * k, this.i32s[k], true);
  }
  /** Takes all state from an FXSAVE image; reserved MXCSR bits are dropped. */
  importFxsave(view: DataView, at: number): void {
    this.host.x87.fxrstor(view, at);
    const mxcsr = view.getInt32(at + 24, true) & MXCSR_MASK;
    if (mxcsr !== this.csr) this.restoreMxcsr(mxcsr);
    for (let k = 0; k < 32; k++) this.i32s[k] = view.getInt32(at + 160 + 4 * k, true);
  }

}
