// How translated code watches for the exception flags of MXCSR (translator/lanes.ts), decided by what happens: translations that were made
// for something else are dropped. The interpreter records all flags always (simd/lanes.ts).
//
// Watching for UE and DE costs time, so it begins when the program is found to be able to see them: when the first code is translated that
// computes with floating-point numbers in vector registers, what is mapped is looked through for instructions that read MXCSR, and what is mapped
// later when the program runs next. Instructions that were not there then, generated ones for instance, are met when they are executed.

import type { Precision } from "../translator/lane-checks.ts";
import type { CodeCache } from "./codecache.ts";
import type { Cpu } from "./cpu.ts";
import { changesMxcsrReaders, findMxcsrReaders, type Readers } from "./mxcsr-readers.ts";
import { PLAIN, RECORDING } from "./simd/lanes.ts";

/** Operations that leave translated code because PE is not set, before code is made that tests whether operations are exact. */
const PATIENCE = 2000;
/** Bails of such code after PE has been set, before it is dropped; each time the program does that, PATIENCE grows by GROWTH. */
const WASTED = 200, GROWTH = 4;
/** Ranges of executable pages that are remembered one by one. */
const MAX_RANGES = 1024;
/** Small numbers that translated code may meet before it is made to bear them. */
const SMALL = 1000;

export interface Precisions {
  /** Translated code has left to the interpreter, and the instruction is done. */
  bailed(): void;
  /** Code is made that the precision has a part in. True when that changes it. */
  computes(): boolean;
  /** Pages have become executable (GuestMemory.newCode). */
  mapped(): void;
  /** The program has ended, and what is translated is put aside for another. */
  parked(): void;
}

/** `change` makes what is translated from now on, and forgets translations that were made for something else. */
export function createPrecisions(cpu: Cpu, cache: CodeCache, change: (precision: Precision) => void): Precisions {
  const { vec, memory } = cpu;
  let precision: Precision = { watch: vec.looked, pe: false, fine: false };
  let count = 0, patience = PATIENCE;
  /** Who is mapped that can read MXCSR; asked when there is the first code that computes. */
  let readers: Readers | undefined;
  /** All pages that have become executable. */
  const code: number[] = [];

  function turn(to: Partial<Precision>): void {
    precision = { ...precision, ...to };
    count = 0;
    change(precision);
    vec.careless = !precision.watch;
    vec.restoreMxcsr(vec.csr);
  }

  function set(to: Partial<Precision>): void {
    turn(to);
    cache.dropFloating();
  }

  function search(): boolean {
    readers = findMxcsrReaders(memory, code);
    if (readers !== "some") return false;
    set({ watch: true });
    return true;
  }

  set({});
  return {
    computes() {
      if (readers !== undefined || precision.watch) return false;
      // a child's pages may still be its parent's
      memory.takeAll();
      code.push(...memory.newCode.splice(0));
      return search();
    },
    mapped() {
      const more = memory.newCode.splice(0);
      if (code.length < MAX_RANGES) code.push(...more);
      else code.splice(0, code.length, 0, 0xfffff);
      if (readers !== undefined && !precision.watch && changesMxcsrReaders(memory, more, readers)) search();
    },
    parked() {
      readers = undefined;
      code.length = 0;
      if (precision.watch) turn({ watch: false });
    },
    bailed() {
      if (vec.looked && !precision.watch) set({ watch: true });
      else if (vec.mode === RECORDING && !precision.pe) {
        if (++count > patience) set({ pe: true });
      } else if (vec.mode === PLAIN && precision.pe) {
        if (++count <= WASTED) return;
        patience *= GROWTH;
        set({ pe: false });
      } else if (vec.tinies > SMALL && precision.watch && !precision.fine) set({ fine: true });
    },
  };
}
