// What emitted code names and the translator alone can make: stand-ins among the constants of emit.ts, replaced in index.ts.

/** A direct jump that the emitted code leaves by; the translator puts a link in its place. */
export class DirectExit {
  readonly target: number;
  constructor(target: number) {
    this.target = target;
  }
}

/** The other version of a function that keeps x87 registers in locals: one that does not. The translator puts a cell with it in its place. */
export class OtherVersion {}

/** An indirect jump or call, for which the runtime may record targets; the translator puts a recorder in its place. */
export class IndirectExit {
  readonly address: number;
  constructor(address: number) {
    this.address = address;
  }
}
