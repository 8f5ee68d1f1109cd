// What registers hold and names stand for at a place in straight code, relative to values that registers had earlier: "ESP as it was, plus 12".

import type { Affine } from "./value.ts";

export class Affines {
  private registers = new Array<Affine | undefined>(8).fill(undefined);
  private readonly names = new Map<string, Affine>();
  private symbols = 0;

  /** What the register holds. */
  of(n: number): Affine {
    return (this.registers[n] ??= { symbol: this.symbols++, delta: 0 });
  }

  /** The register changes: to that, or to what the name stands for. */
  changed(n: number, to: Affine | undefined, as: string | undefined): void {
    this.registers[n] = to;
    if (to === undefined && as !== undefined) this.names.set(as, this.of(n));
  }

  name(as: string, what: Affine | undefined): void {
    if (what !== undefined) this.names.set(as, what);
  }

  /** The register that holds what a name stands for, and what is to be added to it. */
  held(as: string): { readonly register: number; readonly delta: number } | undefined {
    const it = this.names.get(as);
    if (it === undefined) return undefined;
    const register = this.registers.findIndex((r) => r?.symbol === it.symbol), holds = this.registers[register];
    return holds === undefined ? undefined : { register, delta: (it.delta - holds.delta) | 0 };
  }

  /** Other code may have run: but for `kept`, where there is one. */
  forget(kept = -1): void {
    for (let n = 0; n < 8; n++) if (n !== kept) this.registers[n] = undefined;
  }

  /** The value that a register is known by. */
  symbolOf(n: number): number | undefined {
    return this.registers[n]?.symbol;
  }

  /** What is known here, to be taken up again where code goes on behind other ways. */
  save(): readonly (Affine | undefined)[] {
    return this.registers.slice();
  }

  restore(saved: readonly (Affine | undefined)[]): void {
    this.registers = saved.slice();
  }
}
