// The vector file during translation: what is known of the lanes of XMM registers in the JavaScript names of the generated code.
//
// A half register (8 bytes) is known as a double, as two integers, as two singles, or as eight bytes of guest memory that
// nothing has been stored to since; several at a time, if it was asked for in several ways. The vector file itself is written only when
// someone looks: a bail, a way out, a call. Where ways meet, lanes are in locals (xd, xi, xf) whose types lane-types.ts has chosen, so a
// loop carries its registers in machine registers.
//
// Moves never change a bit. Integers carry any bits; a double or single that was computed is no NaN, and carries its bits as well. One
// that was loaded may be a NaN, and JavaScript need not keep its bits: such a name is "doubtful" and is never where the bits are kept,
// until it is proven to be a number. So where only the number is wanted of what was loaded, one load is all there is. WebAssembly keeps the bits of
// what it loads, moves and stores, so in code that becomes WebAssembly (`packed`) a doubtful name is where the bits are, like any other.
//
// There a half can also be known as that of a vector of 16 bytes, which carries any bits; packed
// instructions work on those (packed.ts). The words for vectors, `Q` and `XQ`, have no meaning in JavaScript.

import { keyOf, LaneChecks, type LaneOutput, type Precision } from "./lane-checks.ts";
import { type Half, IN_FILE, type LaneSnapshot, type LaneSource, NONE, NOTHING, type Pair, pairOf } from "./lane-halves.ts";
import type { Format } from "./lane-grains.ts";
import { type OfLoops, StillLanes } from "./still-lanes.ts";
import type { JoinType, LaneEvent, LaneType, LaneTypes } from "./lane-types.ts";

/** XMM0-7, and scratch slots that live no longer than an instruction. */
export const HALVES = 24, REGISTER_HALVES = 16;
/** Lanes of a mask. */
const BITS = [0, 1, 1, 2];
/** Dword and double of the vector file where a value changes its type: slot 11, which belongs to the operations. */
const SCRATCH_DWORD = 44, SCRATCH_DOUBLE = 22;

export class LaneState extends LaneChecks {
  private halves: Half[] = new Array<Half>(HALVES).fill(IN_FILE);
  /** What was known when the current instruction began, once it has changed something: that is what a way out of its middle leaves behind. */
  private start: readonly Half[] | undefined;
  /** What happened to lanes in this node, last first. */
  history: LaneEvent | undefined;
  /** Locals for lanes at joins, with what they hold. */
  readonly locals = new Set<string>();
  /** Those that may hold a NaN, on one of the ways to a join, by its types. */
  private readonly unsure = new Map<LaneTypes, Set<string>>();
  /** Whether there may be vectors. */
  readonly packed: boolean;

  readonly still: StillLanes;

  constructor(out: LaneOutput, precision: Precision, packed: boolean, found?: OfLoops) {
    super(out, precision, packed, found?.joins);
    this.still = new StillLanes(found?.stills);
    this.packed = packed;
  }

  snapshot(): LaneSnapshot {
    return { halves: this.halves.slice(), start: this.start, pending: this.pending, proven: this.proven, mark: this.grains.mark, history: this.history };
  }

  restore(s: LaneSnapshot): void {
    this.halves = s.halves.slice();
    this.start = s.start;
    this.pending = s.pending;
    this.proven = s.proven;
    this.grains.unwind(s.mark);
    this.history = s.history;
  }

  /** Forgets everything; the file must have what it should. */
  forget(): void {
    this.halves.fill(IN_FILE);
  }

  private note(kind: LaneEvent["kind"], lane: number, type?: JoinType, from = 0): void {
    if (kind !== "read" && kind !== "compare") this.start ??= this.halves.slice();
    this.history = { kind, lane, type, from, before: this.history };
  }

  private noteHalf(kind: LaneEvent["kind"], k: number, type?: LaneType): void {
    this.note(kind, 2 * k, type);
    this.note(kind, 2 * k + 1, type);
  }

  // -- The file ---------------------------------------------------------------------------------------------------------

  /** Whether the name of a double or single tells its bits. */
  private keeps(name: string): boolean {
    return this.packed || this.isNumber(name);
  }

  /** Whether the double tells the bits of the whole half. */
  private exact(h: Half): h is Half & { d: string } {
    return h.d !== undefined && h.dMask === 3 && this.keeps(h.d);
  }

  private stores(k: number, h: Half): string {
    if (h.file === 3) return "";
    if (this.exact(h)) return `XD[${k}] = ${h.d}; `;
    const known = [0, 1].map((lane) => h.i[lane] !== undefined || (h.f[lane] !== undefined && this.keeps(h.f[lane])));
    if (h.qMask === 3 && h.file === 0 && !(known[0] && known[1])) return `XD[${k}] = Q.f64x2_extract_lane(${h.q}, ${h.qHalf}); `;
    let text = "";
    for (let lane = 0; lane < 2; lane++) {
      const bit = 1 << lane, i = h.i[lane], f = h.f[lane];
      if ((h.file & bit) !== 0) continue;
      if (i !== undefined) text += `XI[${k * 2 + lane}] = ${i}; `;
      else if (f !== undefined && this.keeps(f)) text += `XF[${k * 2 + lane}] = ${f}; `;
      else if ((h.qMask & bit) !== 0) text += `XI[${k * 2 + lane}] = Q.i32x4_extract_lane(${h.q}, ${2 * h.qHalf + lane}); `;
      else if (h.source !== undefined && (h.sourceMask & bit) !== 0) text += `XI[${k * 2 + lane}] = V.getInt32(${h.source(4 * lane)}, true); `;
      else text += `XD[${SCRATCH_DOUBLE}] = ${h.d}; XI[${k * 2 + lane}] = XI[${SCRATCH_DWORD + lane}]; `;
    }
    return text;
  }

  /** Both halves of a register. */
  private storesBoth(r: number, low: Half, high: Half): string {
    if (low.q !== undefined && low.q === high.q && low.qHalf === 0 && high.qHalf === 1 && low.file + high.file < 6) {
      // the whole vector, and what has changed since on top, where the file has nothing that the vector does not
      const newer = (low.file & ~low.qMask) | (high.file & ~high.qMask);
      const others = 4 - BITS[low.qMask] - BITS[high.qMask];
      if (newer === 0 && others < 2) return `XQ[${r}] = ${low.q}; ${this.stores(2 * r, { ...low, file: low.qMask })}${this.stores(2 * r + 1, { ...high, file: high.qMask })}`;
    }
    return this.stores(2 * r, low) + this.stores(2 * r + 1, high);
  }

  /** Statements that bring the vector file up to date as it was before the current instruction, for a path that leaves. Nothing is noted. */
  settling(): string {
    const halves = this.start ?? this.halves;
    let text = "";
    for (let r = 0; r < REGISTER_HALVES / 2; r++) {
      const low = halves[2 * r], high = halves[2 * r + 1];
      // nearly always, and asked at each way out
      if (low.file === 3 && high.file === 3) continue;
      text += this.storesBoth(r, low, high);
    }
    return text;
  }

  /** Brings the vector file up to date, scratch slots too. */
  flush(): void {
    this.commit();
    for (let r = 0; r < HALVES / 2; r++) this.flushRegister(r);
  }

  private flushRegister(r: number): void {
    const low = this.halves[2 * r], high = this.halves[2 * r + 1];
    const text = this.storesBoth(r, low, high);
    if (text === "") return;
    this.out.emit(text);
    this.halves[2 * r] = { ...low, file: 3 };
    this.halves[2 * r + 1] = { ...high, file: 3 };
  }

  private flushHalf(k: number): void {
    const text = this.stores(k, this.halves[k]);
    if (text === "") return;
    this.out.emit(text);
    this.halves[k] = { ...this.halves[k], file: 3 };
  }

  /** Operations on the file itself come: it is brought up to date, and nothing is known behind them. */
  surrender(): void {
    this.flush();
    this.barrier();
  }

  /** The file was written by others. */
  barrier(): void {
    this.forget();
    this.note("barrier", 0);
    this.start = undefined;
  }

  /** Scratch slots end with the instruction. */
  endInstruction(): void {
    for (let k = REGISTER_HALVES; k < HALVES; k++) this.halves[k] = IN_FILE;
    this.start = undefined;
  }

  /** A store to guest memory comes: checks are made, and what only memory tells is read. */
  beforeStore(): void {
    this.commit();
    for (let k = 0; k < REGISTER_HALVES; k++) {
      const h = this.halves[k];
      if (h.source === undefined) continue;
      if ((k & 1) === 0 && this.packed && this.out.wanted(2 * k) !== "d" && this.out.wanted(2 * k) !== "f" && this.wideSource(k) !== undefined) this.rawQ(k >> 1);
      this.keep(k);
      this.halves[k] = { ...this.halves[k], source: undefined, sourceMask: 0 };
    }
  }

  /** Sees to it that the bits are in names or in the file. */
  private keep(k: number): void {
    let h = this.halves[k];
    if (this.exact(h)) return;
    const lost = (lane: number) => ((h.file | h.qMask) & (1 << lane)) === 0 && h.i[lane] === undefined && !(h.f[lane] !== undefined && this.keeps(h.f[lane] as string));
    if (h.sourceMask === 3 && lost(0) && lost(1) && (h.d !== undefined || this.asDouble(2 * k))) {
      this.certainD(k);
      return;
    }
    for (let lane = 0; lane < 2; lane++) {
      if (!lost(lane)) continue;
      if (h.f[lane] !== undefined || this.out.wanted(2 * k + lane) === "f") this.certainF(k, lane);
      else this.rawI(k, lane);
      h = this.halves[k];
    }
  }

  /** Whether the bits of a half are best known as a double: it is wanted as one; or, where any bits will do, as nothing else. */
  private asDouble(lane: number): boolean {
    const type = this.out.wanted(lane);
    return type === "d" || (this.packed && type !== "i" && type !== "f");
  }

  // -- Reading and writing lanes ------------------------------------------------------------------------------------------

  /** The double of a half, for its number. */
  readD(k: number): string {
    this.noteHalf("read", k, "d");
    return this.rawD(k);
  }

  private rawD(k: number): string {
    const h = this.halves[k];
    if (h.d !== undefined && h.dMask === 3) return h.d;
    if (h.i[0] === "0" && h.i[1] === "0") return "0";
    let d: string;
    if (h.qMask === 3 && h.q !== undefined) d = this.extracted(h.q, 0, h.qHalf);
    else if (h.source !== undefined && h.sourceMask === 3) d = this.loaded(`V.getFloat64(${h.source(0)}, true)`, 0, h.sized === 0);
    else if (h.file === 3) d = this.name("d", `XD[${k}]`);
    else if (this.packed) {
      const { q, half } = this.part(k);
      d = this.name("d", `Q.f64x2_extract_lane(${q}, ${half})`);
    } else {
      const low = this.rawI(k, 0), high = this.rawI(k, 1);
      this.out.emit(`XI[${SCRATCH_DWORD}] = ${low}; XI[${SCRATCH_DWORD + 1}] = ${high};`);
      d = this.name("d", `XD[${SCRATCH_DOUBLE}]`);
    }
    this.doubtful.add(d);
    // copies of what was loaded are read with it
    const loaded = h.source !== undefined && h.sourceMask === 3 && h.qMask !== 3;
    this.halves.forEach((it, n) => (n === k || (loaded && it.source === h.source && it.sourceMask === 3 && it.d === undefined)) && (this.halves[n] = { ...it, d, dMask: 3 }));
    return d;
  }

  /** The double of a half, for its bits: where it must be a number for that, a NaN leaves. */
  private certainD(k: number): string {
    const d = this.rawD(k);
    if (!this.packed) this.prove(d);
    return d;
  }

  private certainF(k: number, lane: number): string {
    const f = this.rawF(k, lane);
    if (!this.packed) this.prove(f);
    return f;
  }

  override checkOrdered(values: readonly string[], tests?: readonly string[]): void {
    this.halves.forEach(({ d, f }, k) => {
      if (d !== undefined && values.includes(d)) this.noteHalf("compare", k);
      f.forEach((name, lane) => name !== undefined && values.includes(name) && this.note("compare", 2 * k + lane));
    });
    super.checkOrdered(values, tests);
  }

  writeD(k: number, d: string): void {
    this.noteHalf("write", k, "d");
    this.halves[k] = { ...NOTHING, d, dMask: 3 };
  }

  readI(k: number, lane: number): string {
    this.note("read", 2 * k + lane, "i");
    return this.rawI(k, lane);
  }

  private rawI(k: number, lane: number): string {
    const h = this.halves[k], bit = 1 << lane;
    const known = h.i[lane];
    if (known !== undefined) return known;
    const put = (i: Pair) => {
      this.halves[k] = { ...h, i };
      return i[lane] as string;
    };
    const one = (v: string): Pair => (lane === 0 ? [v, h.i[1]] : [h.i[0], v]);
    const f = h.f[lane];
    if ((h.qMask & bit) !== 0) return put(one(this.name("i", `Q.i32x4_extract_lane(${h.q}, ${2 * h.qHalf + lane})`)));
    if (h.source !== undefined && (h.sourceMask & bit) !== 0) return put(one(this.name("i", `V.getInt32(${h.source(4 * lane)}, true)`)));
    if ((h.file & bit) !== 0) return put(one(this.name("i", `XI[${k * 2 + lane}]`)));
    if (f !== undefined && this.keeps(f)) {
      if (this.packed) return put(one(this.name("i", `Q.i32x4_extract_lane(Q.f32x4_splat(${f}), 0)`)));
      this.out.emit(`XF[${SCRATCH_DWORD}] = ${f};`);
      return put(one(this.name("i", `XI[${SCRATCH_DWORD}]`)));
    }
    if (this.packed) return put(one(this.name("i", `Q.i32x4_extract_lane(Q.f64x2_splat(${h.d}), ${lane})`)));
    this.out.emit(`XD[${SCRATCH_DOUBLE}] = ${h.d};`);
    const both = [0, 1].map((l) => ((h.dMask & (1 << l)) === 0 ? h.i[l] : (h.i[l] ?? this.name("i", `XI[${SCRATCH_DWORD + l}]`))));
    return put([both[0], both[1]]);
  }

  private writeLane(k: number, lane: number, what: { i?: string; f?: string }): void {
    const h = this.halves[k], keep = ~(1 << lane);
    const pair = (old: Pair, v: string | undefined): Pair => (lane === 0 ? [v, old[1]] : [old[0], v]);
    const dMask = h.dMask & keep, sourceMask = h.sourceMask & keep, qMask = h.qMask & keep;
    this.halves[k] = {
      d: dMask === 0 ? undefined : h.d, dMask, i: pair(h.i, what.i), f: pair(h.f, what.f), file: h.file & keep,
      source: sourceMask === 0 ? undefined : h.source, sourceMask, sized: undefined, q: qMask === 0 ? undefined : h.q, qHalf: h.qHalf, qMask,
    };
  }

  writeI(k: number, lane: number, v: string): void {
    this.note("write", 2 * k + lane, v === "0" ? "z" : "i");
    this.settleDoubtful(k);
    this.writeLane(k, lane, { i: v });
  }

  readF(k: number, lane: number): string {
    this.note("read", 2 * k + lane, "f");
    return this.rawF(k, lane);
  }

  private rawF(k: number, lane: number): string {
    const h = this.halves[k], bit = 1 << lane;
    const known = h.f[lane];
    if (known !== undefined) return known;
    if (h.i[lane] === "0") return "0";
    let f: string;
    if ((h.qMask & bit) !== 0 && h.q !== undefined) f = this.extracted(h.q, 1, 2 * h.qHalf + lane);
    else if (h.source !== undefined && (h.sourceMask & bit) !== 0) f = this.loaded(`V.getFloat32(${h.source(4 * lane)}, true)`, 1, h.sized === 1 && lane === 0);
    else if ((h.file & bit) !== 0) f = this.name("s", `XF[${k * 2 + lane}]`);
    else if (this.packed) f = this.name("s", `Q.f32x4_extract_lane(Q.i32x4_splat(${this.rawI(k, lane)}), 0)`);
    else {
      this.out.emit(`XI[${SCRATCH_DWORD}] = ${this.rawI(k, lane)};`);
      f = this.name("s", `XF[${SCRATCH_DWORD}]`);
    }
    this.doubtful.add(f);
    const now = this.halves[k];
    this.halves[k] = { ...now, f: lane === 0 ? [f, now.f[1]] : [now.f[0], f] };
    return f;
  }

  writeF(k: number, lane: number, v: string): void {
    this.note("write", 2 * k + lane, "f");
    this.settleDoubtful(k);
    this.writeLane(k, lane, { f: v });
  }

  /** One lane is about to change: the other must not be left to a double that may be a NaN. */
  private settleDoubtful(k: number): void {
    const h = this.halves[k];
    if (h.d !== undefined && !this.keeps(h.d)) this.halves[k] = { ...h, d: undefined, dMask: 0 };
  }

  // -- Moves ----------------------------------------------------------------------------------------------------------------

  copyHalf(to: number, from: number): void {
    if (to === from) return;
    this.note("copy", 2 * to, undefined, 2 * from);
    this.note("copy", 2 * to + 1, undefined, 2 * from + 1);
    if (this.packed && (from & 1) === 0 && this.wideSource(from) !== undefined && this.out.wanted(2 * to) === "q") this.rawQ(from >> 1);
    const h = this.halves[from];
    // what only the file has is read; a copy of a register that is in use as a double is wanted as one
    if (h.file !== 0) {
      for (let lane = 0; lane < 2; lane++) {
        if ((h.file & (1 << lane)) === 0 || h.i[lane] !== undefined || ((h.sourceMask | h.qMask) & (1 << lane)) !== 0) continue;
        if (this.exact(h) || (h.f[lane] !== undefined && this.keeps(h.f[lane] as string))) continue;
        const type = this.out.wanted(2 * to + lane) ?? this.out.wanted(2 * from + lane) ?? (this.packed ? "d" : undefined);
        if (type === "q" && h.file === 3) {
          this.rawQ(from >> 1);
          break;
        }
        if (type === "d" && h.file === 3) {
          this.certainD(from);
          break;
        }
        if (type === "f") this.certainF(from, lane);
        else this.rawI(from, lane);
      }
    }
    this.halves[to] = { ...this.halves[from], file: 0 };
  }

  copyLane(toHalf: number, toLane: number, fromHalf: number, fromLane: number): void {
    if (toHalf === fromHalf && toLane === fromLane) return;
    this.note("copy", 2 * toHalf + toLane, undefined, 2 * fromHalf + fromLane);
    const h = this.halves[fromHalf];
    const f = h.f[fromLane];
    const type = this.out.wanted(2 * toHalf + toLane);
    this.settleDoubtful(toHalf);
    if (h.i[fromLane] === undefined && f !== undefined && this.keeps(f)) this.writeLane(toHalf, toLane, { f });
    else if (h.i[fromLane] === undefined && type === "f") this.writeLane(toHalf, toLane, { f: this.certainF(fromHalf, fromLane) });
    else {
      const i = this.rawI(fromHalf, fromLane);
      this.writeLane(toHalf, toLane, f === undefined ? { i } : { i, f });
    }
  }

  /** Both integers of a half. */
  writeIntegers(k: number, low: string, high: string): void {
    this.note("write", 2 * k, low === "0" ? "z" : "i");
    this.note("write", 2 * k + 1, high === "0" ? "z" : "i");
    this.halves[k] = { ...NOTHING, i: [low, high] };
  }

  /** Half a register becomes eight bytes of memory, or four and zeros. */
  writeSource(k: number, source: LaneSource, lanes: number): void {
    this.note("write", 2 * k);
    this.note("write", 2 * k + 1, lanes === 2 ? undefined : "z");
    this.halves[k] = { ...NOTHING, source, sourceMask: (1 << lanes) - 1, i: lanes === 2 ? NONE : [undefined, "0"] };
  }

  /** The double, or the single, that was loaded last into a half is zero or of some size. */
  sourceIsSized(k: number, sized: Format): void {
    this.halves[k] = { ...this.halves[k], sized };
  }

  /** Whether a double or single that is loaded into a register is wanted as a number behind the instruction. */
  computesWith(slot: number, size: number): boolean {
    return this.out.wantsNumber(4 * slot, size === 8 ? "d" : "f");
  }

  /** Statements that store the half (or its low lane) at a DataView index. What they need is read now. */
  storing(k: number, lanes: number, to: LaneSource): string {
    const h = this.halves[k];
    if (lanes === 2 && !this.exact(h) && (h.sourceMask === 3 || (this.packed && h.file === 3)) && h.i[0] === undefined && k < REGISTER_HALVES && this.asDouble(2 * k)) this.certainD(k);
    if (lanes === 2 && this.exact(this.halves[k])) return `V.setFloat64(${to(0)}, ${this.halves[k].d}, true);`;
    let text = "";
    if (lanes === 2 && this.halves[k].qMask === 3) return `V.setFloat64(${to(0)}, Q.f64x2_extract_lane(${this.halves[k].q}, ${this.halves[k].qHalf}), true);`;
    for (let lane = 0; lane < lanes; lane++) {
      const h = this.halves[k], f = h.f[lane];
      if (h.i[lane] === undefined && f !== undefined && this.keeps(f)) text += `V.setFloat32(${to(4 * lane)}, ${f}, true);`;
      else text += `V.setInt32(${to(4 * lane)}, ${this.rawI(k, lane)}, true);`;
    }
    return text;
  }

  // -- Vectors -------------------------------------------------------------------------------------------------------------------

  /** The vector of a slot. */
  readQ(slot: number): string {
    for (let lane = 0; lane < 4; lane++) this.note("read", 4 * slot + lane, "q");
    return this.rawQ(slot);
  }

  /** Whether a slot is a vector rather than numbers, or 16 bytes of memory. */
  isVector(slot: number): boolean {
    const low = this.halves[2 * slot], high = this.halves[2 * slot + 1];
    return (low.qMask === 3 && high.qMask === 3) || this.wideSource(2 * slot) !== undefined;
  }

  writeQ(slot: number, q: string): void {
    for (let lane = 0; lane < 4; lane++) this.note("write", 4 * slot + lane, "q");
    for (let half = 0; half < 2; half++) this.halves[2 * slot + half] = { ...NOTHING, q, qHalf: half, qMask: 3 };
  }

  /** The guest's 16 bytes that a register is, from its low half on. */
  private wideSource(k: number): LaneSource | undefined {
    const low = this.halves[k], high = this.halves[k + 1];
    return low.sourceMask === 3 && high.sourceMask === 3 && high.source?.(0) === low.source?.(8) ? low.source : undefined;
  }

  private rawQ(slot: number): string {
    const k = 2 * slot, low = this.halves[k], high = this.halves[k + 1];
    const whole = low.q !== undefined && low.q === high.q && low.qHalf === 0 && high.qHalf === 1;
    if (whole && low.qMask === 3 && high.qMask === 3) return low.q;
    const wide = this.wideSource(k);
    let q: string;
    if (wide !== undefined) q = this.name("q", `Q.v128_load(${wide(0)})`);
    else if ([...low.i, ...high.i].every((i) => i === "0")) q = this.name("q", "Q.zero()");
    else if (high.i[0] === "0" && high.i[1] === "0" && this.exact(low)) q = this.name("q", `Q.f64x2_replace_lane(Q.zero(), 0, ${low.d})`);
    else if (low.file === 3 && high.file === 3) q = this.name("q", `XQ[${slot}]`);
    else if (whole && BITS[low.qMask] + BITS[high.qMask] > 1) q = this.name("q", this.replaced(k + 1, this.replaced(k, low.q)));
    else if (high.i[0] === "0" && high.i[1] === "0" && (low.sourceMask === 3 || (low.sourceMask === 1 && low.i[1] === "0"))) {
      q = this.name("q", `Q.v128_load${low.sourceMask === 3 ? 64 : 32}_zero(${low.source?.(0)})`);
    } else if (low.i[0] !== undefined && [low.i[1], ...high.i].every((i) => i === low.i[0])) q = this.name("q", `Q.i32x4_splat(${low.i[0]})`);
    else if (this.exact(low) && low.d === high.d && this.exact(high)) {
      q = this.name("q", `Q.f64x2_splat(${low.d})`);
      this.grains.made(keyOf(q, 0, true), this.grain(low.d, 0, false));
    } else {
      const [a, b] = [this.part(k), this.part(k + 1)];
      const swapped = a.q === b.q ? a.half + 2 * b.half : undefined;
      q = swapped === 2 ? a.q : this.name("q", `Q.qwords(${a.q}, ${b.q}, ${a.half}, ${b.half})`);
    }
    [low, high].forEach((_, half) => {
      this.halves[k + half] = { ...this.halves[k + half], q, qHalf: half, qMask: 3 };
    });
    return q;
  }

  /** Text of the vector `q` with those lanes of a half put in that it does not tell. */
  private replaced(k: number, q: string): string {
    const h = this.halves[k];
    let text = q;
    if (h.qMask === 0 && this.exact(h)) return `Q.f64x2_replace_lane(${q}, ${k & 1}, ${h.d})`;
    for (let lane = 0; lane < 2; lane++) {
      if ((h.qMask & (1 << lane)) !== 0) continue;
      const f = this.halves[k].f[lane], at = 2 * (k & 1) + lane;
      if (h.i[lane] === undefined && f !== undefined && this.keeps(f)) text = `Q.f32x4_replace_lane(${text}, ${at}, ${f})`;
      else text = `Q.i32x4_replace_lane(${text}, ${at}, ${this.rawI(k, lane)})`;
    }
    return text;
  }

  /** A vector that has a half register as one of its halves. */
  private part(k: number): { readonly q: string; readonly half: number } {
    const h = this.halves[k];
    if (h.q !== undefined && h.qMask === 3) return { q: h.q, half: h.qHalf };
    if (h.i[0] === "0" && h.i[1] === "0") return { q: this.name("q", "Q.zero()"), half: 0 };
    if (this.exact(h)) return { q: this.name("q", `Q.f64x2_splat(${h.d})`), half: 0 };
    if (h.sourceMask === 3 && h.source !== undefined) return { q: this.name("q", `Q.v128_load64_zero(${h.source(0)})`), half: 0 };
    if (h.file === 3) return { q: this.name("q", `XQ[${k >> 1}]`), half: k & 1 };
    const lane = (n: number): readonly [word: string, value: string] => {
      const f = this.halves[k].f[n];
      return this.halves[k].i[n] === undefined && f !== undefined && this.keeps(f) ? ["f32x4", f] : ["i32x4", this.rawI(k, n)];
    };
    const [low, high] = [lane(0), lane(1)];
    if (high[1] === "0") return { q: this.name("q", `Q.${low[0]}_replace_lane(Q.zero(), 0, ${low[1]})`), half: 0 };
    return { q: this.name("q", `Q.${high[0]}_replace_lane(Q.${low[0]}_splat(${low[1]}), 1, ${high[1]})`), half: 0 };
  }

  /** Statements that store 16 bytes of a slot; undefined when it is better stored by halves. */
  storingVector(slot: number, to: LaneSource): string | undefined {
    if (!this.packed) return undefined;
    const halves = [this.halves[2 * slot], this.halves[2 * slot + 1]];
    const plain = (h: Half) => h.qMask === 3 || h.file === 3 || (h.i[0] === "0" && h.i[1] === "0");
    // one double twice: two stores would have whoever loads the 16 bytes next wait until they are done, which was a fifteenth of nbody's time
    const twice = halves.every((h) => this.exact(h)) && halves[0].d === halves[1].d;
    if (this.wideSource(2 * slot) === undefined && !twice && !(halves.every((h) => plain(h)) && !halves.every((h) => this.exact(h)))) return undefined;
    return `Q.v128_store(${to(0)}, ${this.rawQ(slot)});`;
  }

  // -- Where ways meet --------------------------------------------------------------------------------------------------------

  /** Emits the assignments that bring lanes to where the code at `pc` expects them. */
  depart(types: LaneTypes | undefined, pc: number | string, back = false): void {
    this.commit();
    if (types === undefined) {
      for (let r = 0; r < REGISTER_HALVES / 2; r++) this.flushRegister(r);
      return;
    }
    let moves: [to: string, from: string][] = [];
    const maybeNaN = (to: string, from: string): string => {
      if (!this.isNumber(from)) this.unsure.set(types, (this.unsure.get(types) ?? new Set()).add(to));
      return from;
    };
    for (let k = 0; k < REGISTER_HALVES; k++) {
      const [low, high] = [types[2 * k], types[2 * k + 1]];
      if (low === "q") {
        if ((k & 1) === 0) moves.push([`xq${k >> 1}`, this.rawQ(k >> 1)]);
      } else if (low === "d") moves.push([`xd${k}`, this.travelling(this.rawD(k), 0, pc)]);
      else if (low === "d~") moves.push([`xd${k}`, maybeNaN(`xd${k}`, this.calm(this.rawD(k), 0, pc))]);
      else if (low === "d?") moves.push([`xd${k}`, maybeNaN(`xd${k}`, this.rawD(k))]);
      else if (low === undefined || high === undefined) this.flushHalf(k);
      else {
        [low, high].forEach((t, lane) => {
          if (t === "f") moves.push([`xf${2 * k + lane}`, this.travelling(this.rawF(k, lane), 1, pc)]);
          else if (t === "f~") moves.push([`xf${2 * k + lane}`, maybeNaN(`xf${2 * k + lane}`, this.calm(this.rawF(k, lane), 1, pc))]);
          else if (t === "f?") moves.push([`xf${2 * k + lane}`, maybeNaN(`xf${2 * k + lane}`, this.rawF(k, lane))]);
          else if (t === "i") moves.push([`xi${2 * k + lane}`, this.rawI(k, lane)]);
        });
      }
    }
    if (back && this.packed) moves = this.still.back(types, moves);
    this.departing(types, moves);
    const changes = moves.filter(([to, from]) => to !== from);
    const targets = new Set(changes.map(([to]) => to));
    for (const move of changes) {
      if (targets.has(move[1]) || move[1].startsWith("(")) move[1] = this.name("t", move[1]);
    }
    for (const [to] of moves) this.locals.add(to);
    if (changes.length > 0) this.out.emit(changes.map(([to, from]) => `${to} = ${from};`).join(" "));
  }

  /** What is known behind a join; `all`: all ways to it have been written already. `cost`: of the head of a loop, what it takes of the slice. */
  arrive(types: LaneTypes | undefined, all: boolean, cost?: number): void {
    this.forget();
    this.pending = undefined;
    if (types === undefined) return;
    const proven = new Set(this.proven), unsure = all ? this.unsure.get(types) : undefined;
    this.still.arrive(this.out, types, cost);
    const local = (n: string, t: JoinType): string => {
      const there = this.still.there(n);
      if (there !== n) return this.doubtful.add(there), there;
      const number = t === "d" || t === "f";
      if (!number) this.doubtful.add(n);
      this.arriving(types, n, t.startsWith("d") ? 0 : 1, false, all, !t.endsWith("?"));
      if (!number && !(all && unsure?.has(n) !== true)) proven.delete(n);
      else proven.add(n);
      return n;
    };
    for (let k = 0; k < REGISTER_HALVES; k++) {
      const [low, high] = [types[2 * k], types[2 * k + 1]];
      if (low === "q" && (k & 1) === 0) for (const format of [0, 1] as const) this.arriving(types, `xq${k >> 1}`, format, true, all, false);
      if (low === "q") this.halves[k] = { ...NOTHING, q: `xq${k >> 1}`, qHalf: k & 1, qMask: 3 };
      else if (low?.startsWith("d") === true) this.halves[k] = { ...NOTHING, d: local(`xd${k}`, low), dMask: 3 };
      else if (low !== undefined && high !== undefined) {
        const lanes = [low, high];
        this.halves[k] = {
          ...NOTHING, i: pairOf((lane) => (lanes[lane] === "z" ? "0" : lanes[lane] === "i" ? this.still.there(`xi${2 * k + lane}`) : undefined)),
          f: pairOf((lane) => (lanes[lane].startsWith("f") ? local(`xf${2 * k + lane}`, lanes[lane]) : undefined)),
        };
      }
    }
    this.proven = proven;
  }
}
