// What is known of half an XMM register during translation (lanes.ts): in which names of the generated code its bits are, or its number.

import type { Pending } from "./lane-checks.ts";
import type { Format } from "./lane-grains.ts";
import type { LaneEvent } from "./lane-types.ts";

export type Pair = readonly [string | undefined, string | undefined];
export const NONE: Pair = [undefined, undefined];

/** Eight bytes of guest memory: text of a DataView index, `plus` bytes further on. */
export type LaneSource = (plus: number) => string;

/** What is known of half a register. Masks have a bit for each of its two lanes. */
export interface Half {
  readonly d: string | undefined;
  /** Lanes that `d` still tells. */
  readonly dMask: number;
  readonly i: Pair;
  readonly f: Pair;
  /** Lanes whose bits the file has. */
  readonly file: number;
  readonly source: LaneSource | undefined;
  readonly sourceMask: number;
  /** The double or single there is zero or of some size, as a test has found. */
  readonly sized: Format | undefined;
  /** A vector, which of its halves this is, and the lanes that it still tells. */
  readonly q: string | undefined;
  readonly qHalf: number;
  readonly qMask: number;
}

export const IN_FILE: Half = { d: undefined, dMask: 0, i: NONE, f: NONE, file: 3, source: undefined, sourceMask: 0, sized: undefined, q: undefined, qHalf: 0, qMask: 0 };
export const NOTHING: Half = { ...IN_FILE, file: 0 };

export const pairOf = (of: (lane: number) => string | undefined): Pair => [of(0), of(1)];

export interface LaneSnapshot {
  readonly halves: readonly Half[];
  readonly start: readonly Half[] | undefined;
  readonly pending: Pending | undefined;
  readonly proven: ReadonlySet<string>;
  /** Of Grains. */
  readonly mark: number;
  readonly history: LaneEvent | undefined;
}

/** Whether the same is known. */
export const sameLanes = (a: LaneSnapshot, b: LaneSnapshot): boolean => a.pending === b.pending && a.halves.every((h, k) => h === b.halves[k]);
