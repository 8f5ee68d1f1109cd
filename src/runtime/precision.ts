// How translated code sees to the exception flags of MXCSR (translator/lane-checks.ts), decided by what happens: translations that were made
// for something else are dropped. The interpreter records all flags always (simd/lanes.ts).

import type { Precision } from "../translator/lane-checks.ts";
import type { CodeCache } from "./codecache.ts";
import type { Cpu } from "./cpu.ts";
import { DE, PLAIN, RECORDING, SMALL, UE } from "./simd/lanes.ts";
import { S } from "./state.ts";

/** Operations that leave translated code because PE is not set, before code is made that tests whether operations are exact. */
const PATIENCE = 2000;
/** Bails of such code after PE has been set, before it is dropped; each time the program does that, PATIENCE grows by GROWTH. */
const WASTED = 200, GROWTH = 4;

export interface Precisions {
  /** Translated code has left to the interpreter, and the instruction is done. */
  bailed(): void;
  /** The program has ended, and what is translated is put aside for another. */
  parked(): void;
}

/** `change` makes what is translated from now on, and forgets translations that were made for something else. */
export function createPrecisions(cpu: Cpu, cache: CodeCache, change: (precision: Precision) => void): Precisions {
  const { vec, state } = cpu;
  let precision: Precision = { pe: false, small: "left" };
  let count = 0, patience = PATIENCE;

  function turn(to: Partial<Precision>): void {
    precision = { ...precision, ...to };
    count = 0;
    state[S.SMALL] = vec.smalls = 0;
    change(precision);
    vec.careless = precision.small === "free";
    vec.restoreMxcsr(vec.csr);
  }

  function set(to: Partial<Precision>): void {
    turn(to);
    cache.dropFloating();
  }

  const free = (): boolean => (vec.csr & (UE | DE)) === (UE | DE);

  turn({});
  return {
    parked() {
      if (precision.small === "free") set({ small: "left" });
      else if (precision.small === "borne") turn({ small: "left" });
    },
    bailed() {
      if (precision.small === "free" && !free()) set({ small: "borne" });
      else if (vec.mode === RECORDING && !precision.pe) {
        if (++count > patience) set({ pe: true });
      } else if (vec.mode === PLAIN && precision.pe) {
        if (++count <= WASTED) return;
        patience *= GROWTH;
        set({ pe: false });
      } else if (Math.max(state[S.SMALL], vec.smalls) > SMALL) {
        const small = free() ? "free" : "borne";
        if (precision.small !== small) set({ small });
        else state[S.SMALL] = vec.smalls = 0;
      }
    },
  };
}
