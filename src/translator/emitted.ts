// What is asked of the emitter, and what it gives.

import type { Precision } from "./lane-checks.ts";
import type { ShortLoop } from "./loop-tests.ts";

export interface Emitted {
  readonly source: string;
  /** The objects that the code refers to as c0, c1 ... */
  readonly constants: unknown[];
  /** Whether `precision` had a part in it. */
  readonly floating: boolean;
  /** Guest addresses where the code can be entered besides its head: the first by S.ENTRY = 1, and so on. */
  readonly entries: readonly number[];
  /** Loops that would be other code if they turned more often. */
  readonly short: readonly ShortLoop[];
}

export interface EmitOptions {
  /** Report every store before it happens (lockstep). */
  readonly traceStores: boolean;
  /** Record the targets of indirect jumps (block tier). */
  readonly recordTargets: boolean;
  /** Keep x87 registers in locals if the graph allows it. */
  readonly x87Locals: boolean;
  /** Make ways in to loops (regions). */
  readonly entries: boolean;
  /** Count the guest instructions executed in a local (counting.ts). */
  readonly counts: boolean;
  /** What a bail leaves in the state's word: any number but 0, by which an observer knows the translation. */
  readonly number: number;
  readonly precision: Precision;
  /** Addresses of instructions that have been seen to use memory at an address that is no multiple of what they take. */
  readonly unaligned?: ReadonlySet<number>;
  /** Whether it is to become WebAssembly, so that packed instructions can be its vector instructions (packed.ts). */
  readonly packed?: boolean;
}
