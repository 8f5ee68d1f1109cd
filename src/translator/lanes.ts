// The vector file during translation: lanes of XMM registers that are in JavaScript constants just now.
//
// A half register (8 bytes) is known as one double, or as up to two integers, or as up to two singles. What is newer than the
// vector file is "dirty" and is written there only when someone looks: a bail, a way out, a join, or a read under another
// type. So a chain of scalar arithmetic runs on constants, and moves of 8 and 16 bytes are doubles that are never computed
// with (V8 keeps every bit of a double that only moves, NaN payloads too: test/translator/lanes.test.ts holds it to this).

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
}

const UNKNOWN: Half = { d: undefined, i: NONE, f: NONE, dirty: "", mask: 0 };
const HALVES = 18; // XMM0-7 and the scratch slot of memory sources

export type LaneSnapshot = readonly Half[];

export interface LaneOutput {
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
    const known = this.halves[k].d;
    if (known !== undefined) return known;
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

  /** The two integers of a half when both are at hand and newer than the file: a store need not go through it. */
  dirtyIntegers(k: number): readonly [string, string] | undefined {
    const h = this.halves[k];
    return h.dirty === "i" && h.i[0] !== undefined && h.i[1] !== undefined ? [h.i[0], h.i[1]] : undefined;
  }

  copyHalf(to: number, from: number): void {
    if (to === from) return;
    const both = this.dirtyIntegers(from);
    if (both !== undefined) this.halves[to] = { ...UNKNOWN, i: both, dirty: "i", mask: 3 };
    else this.writeD(to, this.readD(from));
  }

  /** Both integers of a half at once. */
  writeIntegers(k: number, low: string, high: string): void {
    this.halves[k] = { ...UNKNOWN, i: [low, high], dirty: "i", mask: 3 };
  }
}
