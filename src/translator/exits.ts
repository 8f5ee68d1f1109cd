// What emitted code names and the translator alone can make: stand-ins among the constants of emit.ts, replaced in index.ts.

import type { BlockFunction } from "../runtime/block.ts";

/** A direct jump that the emitted code leaves by; the translator puts a link in its place. */
export class DirectExit {
  readonly target: number;
  constructor(target: number) {
    this.target = target;
  }
}

/** The other version of a function that keeps x87 registers in locals: one that does not. The translator puts a cell with it in its place. */
export class OtherVersion {}

/** That cell. */
export interface VersionCell {
  /** What generated JavaScript returns: the function that is to go on. */
  enter(): BlockFunction | null;
  /** The version itself. */
  version(): BlockFunction;
  /** Under lockstep, which runs one function only, it is run at once. */
  readonly alone: boolean;
}

/** An indirect jump or call, for which the runtime may record targets; the translator puts a recorder in its place. */
export class IndirectExit {
  readonly address: number;
  constructor(address: number) {
    this.address = address;
  }
}
