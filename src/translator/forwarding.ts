// What four bytes of memory hold, within straight code: a load from where code ahead of it has stored, or loaded, is no load. V8 does nothing of the kind for WebAssembly, and a
// processor that knows such pairs by base and offset (stack slots of compiled code) does not know them when addresses are computed. The page has been tested by the access
// ahead. Other threads of the guest run between time slices only.

import { type Affine, constant, type Value } from "./value.ts";

/** Symbol of addresses that are known now. */
const NOWHERE = -1;

const place = (at: Value): Affine | undefined => (at.kind === "constant" ? { symbol: NOWHERE, delta: Number(at.value) | 0 } : at.kind === "code" ? at.affine : undefined);

export class Forwarding {
  private held: { readonly at: Affine; readonly value: Value }[] = [];

  /** Other code may run, or what has been written may not be in scope. */
  forget(): void {
    this.held = [];
  }

  /** Bytes are stored: what they may be part of is no longer known. */
  stored(at: Value, size: number): void {
    const to = place(at);
    if (to === undefined) return this.forget();
    const apart = ({ at: { symbol, delta } }: { readonly at: Affine }) => symbol === to.symbol && (((delta - to.delta) | 0) >= size || ((to.delta - delta) | 0) >= 4);
    if (!this.held.every(apart)) this.held = this.held.filter(apart);
  }

  /** Four bytes have been loaded or stored: a constant, or what is made of names that stay. */
  note(at: Value, value: Value): void {
    const to = place(at);
    if (to !== undefined) this.held.push({ at: to, value: value.kind === "constant" ? constant(Number(value.value) | 0) : value });
  }

  /** The four bytes at an address. */
  at(at: Value): Value | undefined {
    const from = place(at);
    return from && this.held.find((it) => it.at.symbol === from.symbol && it.at.delta === from.delta)?.value;
  }
}
