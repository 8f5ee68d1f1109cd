// How translated code watches for the exception flags of MXCSR (translator/lanes.ts), decided by what happens: translations that were made
// for something else are dropped. The interpreter records all flags always (simd/lanes.ts).

import type { Precision } from "../translator/lanes.ts";
import type { CodeCache } from "./codecache.ts";
import type { Cpu } from "./cpu.ts";
import { PLAIN, RECORDING } from "./simd/lanes.ts";

/** Operations that leave translated code because PE is not set, before code is made that tests whether operations are exact. */
const PATIENCE = 2000;
/** Bails of such code after PE has been set, before it is dropped; each time the program does that, PATIENCE grows by GROWTH. */
const WASTED = 200, GROWTH = 4;
/** Small numbers that translated code may meet before it is made to bear them. */
const SMALL = 1000;

export interface Precisions {
  /** Translated code has left to the interpreter, and the instruction is done. */
  bailed(): void;
}

/** `change` makes what is translated from now on, and forgets translations that were made for something else. */
export function createPrecisions(cpu: Cpu, cache: CodeCache, change: (precision: Precision) => void): Precisions {
  const { vec } = cpu;
  let precision: Precision = { watch: vec.looked, pe: false, fine: false };
  let count = 0, patience = PATIENCE;

  function set(to: Partial<Precision>): void {
    precision = { ...precision, ...to };
    count = 0;
    change(precision);
    vec.careless = !precision.watch;
    vec.restoreMxcsr(vec.csr);
    cache.dropFloating();
  }

  set({});
  return {
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
