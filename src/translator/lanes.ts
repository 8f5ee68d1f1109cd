// The vector file during translation: lanes of XMM registers that are in JavaScript constants just now.
//
// A half register (8 bytes) is known as two integers, as one double, or as up to two singles. What is newer than the vector file
// is "dirty" and is written there only when someone looks: a bail, a way out, a join, or a read under another type. So a
// chain of scalar arithmetic runs on constants.
//
// Moves never change a bit: what comes from memory or from another register moves as integers. A double that was computed
// moves as a double; it is finite (what is not goes through the file). Doubles as carriers of any 64 bits do not work:
// newer compilers of V8 give some NaN patterns a meaning of their own.

type Lanes = readonly [string | undefined, string | undefined];
const NONE: Lanes = [undefined, undefined];

/** What is known of half a register. `dirty`: which knowledge is newer than the file: "" none, "d", "i", "f". */
interface Half {
  readonly d: string | undefined;
  readonly i: Lanes;
  readonly f: Lanes;
  readonly dirty: "" | "d" | "i" | "f";
  /** With dirty "i" or "f": bit per lane. */
  readonly mask: number;
  /** Where in memory the same eight bytes stand, as the index of a DataView access, and the number of stores then emitted. */
  readonly source: { readonly index: string; readonly stores: number } | undefined;
}

const UNKNOWN: Half = { d: undefined, i: NONE, f: NONE, dirty: "", mask: 0, source: undefined };
const HALVES = 18; // XMM0-7 and the scratch slot of memory sources

export type LaneSnapshot = readonly Half[];

export interface LaneOutput {
  /** Stores to memory emitted so far. */
  readonly stores: number;
  emit(line: string): void;
  fresh(base: string): string;
}

export class LaneState {
  private halves: Half[] = new Array<Half>(HALVES).fill(UNKNOWN);
  private readonly out: LaneOutput;

  constructor(out: LaneOutput) {
    this.out = out;
  }

  snapshot(): LaneSnapshot {
    return this.halves.slice();
  }

  restore(s: LaneSnapshot): void {
    this.halves = s.slice();
  }

  same(a: LaneSnapshot, b: LaneSnapshot): boolean {
    return a.every((h, k) => h === b[k]);
  }

  /** Forgets everything; what is dirty must have been written. */
  forget(): void {
    this.halves.fill(UNKNOWN);
  }

  private static stores(h: Half, k: number): string {
    if (h.dirty === "d") return `XD[${k}] = ${h.d}; `;
    let text = "";
    for (let lane = 0; lane < 2; lane++) {
      if (!(h.mask & (1 << lane))) continue;
      if (h.dirty === "i") text += `XI[${k * 2 + lane}] = ${h.i[lane]}; `;
      if (h.dirty === "f") text += `XF[${k * 2 + lane}] = ${h.f[lane]}; `;
    }
    return text;
  }

  /** Statements that bring the vector file up to date, for a path that leaves. Nothing is noted. */
  settling(): string {
    let text = "";
    this.halves.forEach((h, k) => {
      if (h.dirty !== "" && k < 16) text += LaneState.stores(h, k);
    });
    return text;
  }

  /** Brings the vector file up to date. */
  flush(): void {
    for (let k = 0; k < HALVES; k++) this.flushHalf(k);
  }

  private flushHalf(k: number): Half {
    const h = this.halves[k];
    if (h.dirty === "") return h;
    this.out.emit(LaneState.stores(h, k));
    return (this.halves[k] = { ...h, dirty: "", mask: 0 });
  }

  private name(base: string, text: string): string {
    const n = this.out.fresh(base);
    this.out.emit(`const ${n} = ${text};`);
    return n;
  }

  readD(k: number): string {
    const half = this.halves[k];
    if (half.d !== undefined) return half.d;
    if (half.source !== undefined && half.source.stores === this.out.stores) {
      const d = this.name("d", `V.getFloat64(${half.source.index}, true)`);
      this.halves[k] = { ...half, d };
      return d;
    }
    const h = this.flushHalf(k);
    const d = this.name("d", `XD[${k}]`);
    this.halves[k] = { ...h, d };
    return d;
  }

  writeD(k: number, d: string): void {
    this.halves[k] = { ...UNKNOWN, d, dirty: "d" };
  }

  readI(k: number, lane: number): string {
    const known = this.halves[k].i[lane];
    if (known !== undefined) return known;
    const h = this.halves[k].dirty === "i" ? this.halves[k] : this.flushHalf(k);
    const v = this.name("i", `XI[${k * 2 + lane}]`);
    this.halves[k] = { ...h, i: lane === 0 ? [v, h.i[1]] : [h.i[0], v] };
    return v;
  }

  writeI(k: number, lane: number, v: string): void {
    const h = this.halves[k].dirty === "i" ? this.halves[k] : this.flushHalf(k);
    const i: Lanes = lane === 0 ? [v, h.i[1]] : [h.i[0], v];
    this.halves[k] = { ...UNKNOWN, i, dirty: "i", mask: (h.dirty === "i" ? h.mask : 0) | (1 << lane) };
  }

  readF(k: number, lane: number): string {
    const known = this.halves[k].f[lane];
    if (known !== undefined) return known;
    const h = this.halves[k].dirty === "f" ? this.halves[k] : this.flushHalf(k);
    const v = this.name("s", `XF[${k * 2 + lane}]`);
    this.halves[k] = { ...h, f: lane === 0 ? [v, h.f[1]] : [h.f[0], v] };
    return v;
  }

  writeF(k: number, lane: number, v: string): void {
    const h = this.halves[k].dirty === "f" ? this.halves[k] : this.flushHalf(k);
    const f: Lanes = lane === 0 ? [v, h.f[1]] : [h.f[0], v];
    this.halves[k] = { ...UNKNOWN, f, dirty: "f", mask: (h.dirty === "f" ? h.mask : 0) | (1 << lane) };
  }

  /** The double of a half when it was computed and stands nowhere else. */
  computed(k: number): string | undefined {
    return this.halves[k].dirty === "d" ? this.halves[k].d : undefined;
  }

  copyHalf(to: number, from: number): void {
    if (to === from) return;
    const d = this.computed(from);
    if (d !== undefined) {
      this.writeD(to, d);
      return;
    }
    const i: Lanes = [this.readI(from, 0), this.readI(from, 1)];
    const { d: double, source } = this.halves[from];
    this.halves[to] = { d: double, i, f: NONE, dirty: "i", mask: 3, source };
  }

  /** Both integers of a half at once; `source`: the index of the DataView access that would read them as one double. */
  writeIntegers(k: number, low: string, high: string, source?: string): void {
    this.halves[k] = { ...UNKNOWN, i: [low, high], dirty: "i", mask: 3, source: source === undefined ? undefined : { index: source, stores: this.out.stores } };
  }
}
