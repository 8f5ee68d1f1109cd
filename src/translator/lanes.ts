// The vector file during translation: what is known of the lanes of XMM registers in the JavaScript names of the generated code.
//
// A half register (8 bytes) is known as a double, as two integers, as two singles, or as eight bytes of guest memory that
// nothing has been stored to since; several at a time, if it was asked for in several ways. The vector file itself is written only when
// someone looks: a bail, a way out, a call. Where ways meet, lanes are in locals (xd, xi, xf) whose types lane-types.ts has chosen, so a
// loop carries its registers in machine registers.
//
// Moves never change a bit. Integers carry any bits; a double or single that was computed is no NaN, and carries its bits as well. One
// that was loaded may be a NaN, and JavaScript need not keep its bits: such a name is "doubtful" and is never where the bits are kept,
// until it is proven to be a number. So where only the number is wanted of what was loaded, one load is all there is.
//
// Checks of results (VectorOps.odd) are put off: a run of arithmetic has one test, ahead of the next store, jump or call. When that
// fails, execution is taken back to where the run began; nothing but locals has changed since, and the locals are put back.
//
// MXCSR's flags. DE wants to know of denormal operands, UE of tiny results; tests for that are made where the program has shown an interest
// (Precision.watch), because they cost a fifth. Then every name that was computed is zero or of some size (LEAST): a sum of such
// names is a multiple of the smallest normal number, so never denormal, and needs no test; products, quotients and roundings to
// single get one, and what was loaded gets one when it is first computed with. Numbers below that leave, and with many of those
// (Precision.fine) the limit is the smallest normal number, and sums are tested too. PE is set by nearly every program soon; where a program
// goes on without (Precision.pe), each operation tests whether it was exact.

import type { JoinType, LaneEvent, LaneType, LaneTypes } from "./lane-types.ts";

type Pair = readonly [string | undefined, string | undefined];
const NONE: Pair = [undefined, undefined];

/** Eight bytes of guest memory: text of a DataView index, `plus` bytes further on. */
export type LaneSource = (plus: number) => string;

/** What is known of half a register. Masks have a bit for each of its two lanes. */
interface Half {
  readonly d: string | undefined;
  /** Lanes that `d` still tells. */
  readonly dMask: number;
  readonly i: Pair;
  readonly f: Pair;
  /** Lanes whose bits the file has. */
  readonly file: number;
  readonly source: LaneSource | undefined;
  readonly sourceMask: number;
}

const IN_FILE: Half = { d: undefined, dMask: 0, i: NONE, f: NONE, file: 3, source: undefined, sourceMask: 0 };
const NOTHING: Half = { ...IN_FILE, file: 0 };
/** XMM0-7, and scratch slots that live no longer than an instruction. */
export const HALVES = 24, REGISTER_HALVES = 16;
/** Dword and double of the vector file where a value changes its type: slot 11, which belongs to the operations. */
const SCRATCH_DWORD = 44, SCRATCH_DOUBLE = 22;

/** A run of arithmetic whose results have not been looked at. */
interface Pending {
  /** What leads back to the state before the run, and leaves. */
  readonly bail: string;
  /** Registers changed since, and their values before. */
  readonly registers: readonly (readonly [n: number, old: string])[];
  /** Names that must be finite, those that must be no NaN, and tests that must not hold. */
  readonly finite: readonly string[];
  readonly ordered: readonly string[];
  readonly tests: readonly string[];
  /** Names that are numbers if those are. */
  readonly proves: readonly string[];
  /** Names that are calm then. */
  readonly calms: readonly string[];
}

export interface LaneSnapshot {
  readonly halves: readonly Half[];
  readonly start: readonly Half[] | undefined;
  readonly pending: Pending | undefined;
  readonly proven: ReadonlySet<string>;
  readonly calm: ReadonlySet<string>;
  readonly history: LaneEvent | undefined;
}

/** Whether the same is known. */
export const sameLanes = (a: LaneSnapshot, b: LaneSnapshot): boolean => a.pending === b.pending && a.halves.every((h, k) => h === b.halves[k]);

export interface LaneOutput {
  emit(line: string): void;
  fresh(base: string): string;
  /** Statements that leave for the interpreter at the current instruction, or at `pc`, with the state as it is known now. */
  leave(pc?: number | string): string;
  /** The local of a general register. */
  register(n: number): string;
  /** The type in which a lane is wanted behind the current instruction. */
  wanted(lane: number): LaneType | undefined;
  /** Notes that MXCSR's mode is asked for, and gives its name. */
  mode(): string;
}

/** How the code is to watch for the flags of MXCSR. */
export interface Precision {
  /** Of UE and DE. */
  readonly watch: boolean;
  /** Of PE: it is not set, and code that goes on in this state is made for it. */
  readonly pe: boolean;
  /** While watching: small numbers are common. */
  readonly fine: boolean;
}

/** Smallest numbers that may be computed with: 2^-970 and 2^-103, or the smallest normal ones. */
const LEAST = { coarse: ["1.0020841800044864e-292", "9.860761315262648e-32"], fine: ["2.2250738585072014e-308", "1.1754943508222875e-38"] } as const;
const DE = 2, UE = 16;
/** An operand's format, and that of a result. */
export type Format = 0 | 1;

export class LaneState {
  private halves: Half[] = new Array<Half>(HALVES).fill(IN_FILE);
  /** What was known when the current instruction began, once it has changed something: that is what a way out of its middle leaves behind. */
  private start: readonly Half[] | undefined;
  private pending: Pending | undefined;
  private proven: ReadonlySet<string> = new Set();
  /** Doubtful names that are known to be large enough to compute with. */
  private calm: ReadonlySet<string> = new Set();
  /** What happened to lanes in this node, last first. */
  history: LaneEvent | undefined;
  /** Names that may be NaNs. */
  private readonly doubtful = new Set<string>();
  /** Locals for lanes at joins, with what they hold. */
  readonly locals = new Set<string>();
  private readonly out: LaneOutput;
  private readonly precision: Precision;
  /** Whether to watch for UE and DE: also where PE is missing, which makes code slow anyway. */
  private readonly watch: boolean;
  private readonly least: readonly [double: string, single: string];

  constructor(out: LaneOutput, precision: Precision) {
    this.out = out;
    this.precision = precision;
    this.watch = precision.watch || precision.pe;
    this.least = precision.fine ? LEAST.fine : LEAST.coarse;
  }

  snapshot(): LaneSnapshot {
    return { halves: this.halves.slice(), start: this.start, pending: this.pending, proven: this.proven, calm: this.calm, history: this.history };
  }

  restore(s: LaneSnapshot): void {
    this.halves = s.halves.slice();
    this.start = s.start;
    this.pending = s.pending;
    this.proven = s.proven;
    this.calm = s.calm;
    this.history = s.history;
  }

  /** Forgets everything; the file must have what it should. */
  forget(): void {
    this.halves.fill(IN_FILE);
  }

  private note(kind: LaneEvent["kind"], lane: number, type?: JoinType, from = 0): void {
    if (kind !== "read") this.start ??= this.halves.slice();
    this.history = { kind, lane, type, from, before: this.history };
  }

  private noteHalf(kind: LaneEvent["kind"], k: number, type?: LaneType): void {
    this.note(kind, 2 * k, type);
    this.note(kind, 2 * k + 1, type);
  }

  // -- Checks that are put off ------------------------------------------------------------------------------------------

  /** Whether a name is no NaN. What a test that is put off will prove counts: if it fails, execution goes back to where nothing was done. */
  private isNumber(name: string): boolean {
    return !this.doubtful.has(name) || this.proven.has(name) || (this.pending?.proves.includes(name) ?? false);
  }

  /**
   * Asks that `result` be finite. It was made from the operands by an operation that makes no number of an infinity (if it is in `infinite`) or
   * NaN. The tests must not hold either.
   */
  checkFinite(result: string, operands: readonly string[], infinite: readonly string[], tests: readonly string[]): void {
    const p = this.open();
    this.pending = {
      ...p,
      finite: [...p.finite.filter((n) => !infinite.includes(n)), result],
      ordered: p.ordered.filter((n) => !operands.includes(n)),
      tests: [...p.tests, ...tests],
      proves: [...p.proves, ...operands.filter((n) => this.doubtful.has(n))],
    };
  }

  /** Asks that the values be no NaNs, and that the tests do not hold. */
  checkOrdered(values: readonly string[], tests: readonly string[] = []): void {
    const p = this.open();
    const unknown = values.filter((n) => !this.isNumber(n) && !p.proves.includes(n) && !p.ordered.includes(n));
    this.pending = { ...p, ordered: [...p.ordered, ...unknown], tests: [...p.tests, ...tests], proves: [...p.proves, ...unknown] };
  }

  /** Tests that find the operands, of a format, that DE has to be set for. They are to be made: the names count as tested from now on. */
  small(operands: readonly string[], format: Format): string[] {
    if (!this.watch) return [];
    const p = this.open();
    const unknown = [...new Set(operands)].filter((n) => this.doubtful.has(n) && !this.calm.has(n) && !p.calms.includes(n));
    this.pending = { ...p, calms: [...p.calms, ...unknown] };
    return unknown.map((n) => `Math.abs(${n}) < ${this.least[format]} && ${n} !== 0 && VF.tiny(${DE})`);
  }

  /** The test that finds a result that UE may have to be set for, or that is too small to be computed with. `notZero`: zero is not the exact result. */
  tiny(result: string, format: Format, notZero: string): string[] {
    return !this.watch ? [] : [`Math.abs(${result}) <= ${this.least[format]} && (${result} !== 0 || ${notZero}) && VF.tiny(${UE | DE})`];
  }

  /** The test of a sum: it is exact when it is tiny, but denormal perhaps. */
  tinySum(result: string, format: Format): string[] {
    return this.watch && this.precision.fine ? [`Math.abs(${result}) < ${this.least[format]} && ${result} !== 0 && VF.tiny(${DE})`] : [];
  }

  /** The test that PE has to be set, where the code is made for that. */
  inexact(test: string): string[] {
    return this.precision.pe ? [test] : [];
  }

  /** Asks that low < value < high. */
  checkRange(value: string, low: string, high: string): void {
    const p = this.open();
    this.pending = { ...p, tests: [...p.tests, `!(${value} > ${low} && ${value} < ${high})`, ...this.inexact(`(${value} | 0) !== ${value}`)], proves: [...p.proves, value] };
  }

  private open(): Pending {
    return this.pending ?? { bail: this.out.leave(), registers: [], finite: [], ordered: [], tests: [], proves: [], calms: [] };
  }

  /** Called before a general register's local changes. */
  saveRegister(n: number): void {
    const p = this.pending;
    if (p === undefined || p.registers.some(([saved]) => saved === n)) return;
    const old = this.name("o", this.out.register(n));
    this.pending = { ...p, registers: [...p.registers, [n, old]] };
  }

  /** While checks are put off: the statements that go back to where that began. */
  backOut(): string | undefined {
    if (this.pending === undefined) return undefined;
    return this.pending.registers.map(([n, old]) => `${this.out.register(n)} = ${old}; `).join("") + this.pending.bail;
  }

  /** Makes the checks that were put off. */
  commit(): void {
    const p = this.pending;
    if (p === undefined) return;
    const finite = p.finite.length === 0 ? "0" : p.finite.map((n) => `(${n} - ${n})`).join(" + ");
    const tests = [`${finite} !== ${this.out.mode()}`, ...p.ordered.map((n) => `${n} !== ${n}`), ...p.tests];
    this.out.emit(`if (${tests.join(" || ")}) { ${this.backOut()} }`);
    this.pending = undefined;
    if (p.proves.length > 0) this.proven = new Set([...this.proven, ...p.proves]);
    if (p.calms.length > 0) this.calm = new Set([...this.calm, ...p.calms]);
  }

  // -- The file ---------------------------------------------------------------------------------------------------------

  /** Whether the double tells the bits of the whole half. */
  private exact(h: Half): h is Half & { d: string } {
    return h.d !== undefined && h.dMask === 3 && this.isNumber(h.d);
  }

  private stores(k: number, h: Half): string {
    if (h.file === 3) return "";
    if (this.exact(h)) return `XD[${k}] = ${h.d}; `;
    let text = "";
    for (let lane = 0; lane < 2; lane++) {
      const bit = 1 << lane, i = h.i[lane], f = h.f[lane];
      if ((h.file & bit) !== 0) continue;
      if (i !== undefined) text += `XI[${k * 2 + lane}] = ${i}; `;
      else if (f !== undefined && this.isNumber(f)) text += `XF[${k * 2 + lane}] = ${f}; `;
      else if (h.source !== undefined && (h.sourceMask & bit) !== 0) text += `XI[${k * 2 + lane}] = V.getInt32(${h.source(4 * lane)}, true); `;
      else text += `XD[${SCRATCH_DOUBLE}] = ${h.d}; XI[${k * 2 + lane}] = XI[${SCRATCH_DWORD + lane}]; `;
    }
    return text;
  }

  /** Statements that bring the vector file up to date as it was before the current instruction, for a path that leaves. Nothing is noted. */
  settling(): string {
    const halves = this.start ?? this.halves;
    let text = "";
    for (let k = 0; k < REGISTER_HALVES; k++) text += this.stores(k, halves[k]);
    return text;
  }

  /** Brings the vector file up to date, scratch slots too. */
  flush(): void {
    this.commit();
    for (let k = 0; k < HALVES; k++) this.flushHalf(k);
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
      this.keep(k);
      this.halves[k] = { ...this.halves[k], source: undefined, sourceMask: 0 };
    }
  }

  /** Sees to it that the bits are in names or in the file. */
  private keep(k: number): void {
    let h = this.halves[k];
    if (this.exact(h)) return;
    const lost = (lane: number) => (h.file & (1 << lane)) === 0 && h.i[lane] === undefined && !(h.f[lane] !== undefined && this.isNumber(h.f[lane] as string));
    if (h.sourceMask === 3 && lost(0) && lost(1) && (h.d !== undefined || this.out.wanted(2 * k) === "d")) {
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

  private name(base: string, text: string): string {
    const n = this.out.fresh(base);
    this.out.emit(`const ${n} = ${text};`);
    return n;
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
    if (h.source !== undefined && h.sourceMask === 3) d = this.name("d", `V.getFloat64(${h.source(0)}, true)`);
    else if (h.file === 3) d = this.name("d", `XD[${k}]`);
    else {
      const low = this.rawI(k, 0), high = this.rawI(k, 1);
      this.out.emit(`XI[${SCRATCH_DWORD}] = ${low}; XI[${SCRATCH_DWORD + 1}] = ${high};`);
      d = this.name("d", `XD[${SCRATCH_DOUBLE}]`);
    }
    this.doubtful.add(d);
    this.halves[k] = { ...this.halves[k], d, dMask: 3 };
    return d;
  }

  /** The double of a half, where a NaN leaves. */
  private certainD(k: number): string {
    const d = this.rawD(k);
    this.prove(d);
    return d;
  }

  private certainF(k: number, lane: number): string {
    const f = this.rawF(k, lane);
    this.prove(f);
    return f;
  }

  /** The double or single of a lane for a local that code computes with: no NaN, nothing small. */
  private travelling(n: string, format: Format, pc: number | string): string {
    if (!this.watch) {
      this.prove(n, pc);
      return n;
    }
    if (!this.doubtful.has(n) || (this.calm.has(n) && this.proven.has(n))) return n;
    this.out.emit(`if (!(Math.abs(${n}) >= ${this.least[format]} || ${n} === 0) && (${n} !== ${n} || VF.tiny(${DE}))) { ${this.out.leave(pc)} }`);
    this.proven = new Set([...this.proven, n]);
    this.calm = new Set([...this.calm, n]);
    return n;
  }

  private prove(n: string, pc?: number | string): void {
    if (this.isNumber(n)) return;
    this.out.emit(`if (${n} !== ${n}) { ${this.out.leave(pc)} }`);
    this.proven = new Set([...this.proven, n]);
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
    if (h.source !== undefined && (h.sourceMask & bit) !== 0) return put(one(this.name("i", `V.getInt32(${h.source(4 * lane)}, true)`)));
    if ((h.file & bit) !== 0) return put(one(this.name("i", `XI[${k * 2 + lane}]`)));
    if (f !== undefined && this.isNumber(f)) {
      this.out.emit(`XF[${SCRATCH_DWORD}] = ${f};`);
      return put(one(this.name("i", `XI[${SCRATCH_DWORD}]`)));
    }
    this.out.emit(`XD[${SCRATCH_DOUBLE}] = ${h.d};`);
    const both = [0, 1].map((l) => ((h.dMask & (1 << l)) === 0 ? h.i[l] : (h.i[l] ?? this.name("i", `XI[${SCRATCH_DWORD + l}]`))));
    return put([both[0], both[1]]);
  }

  private writeLane(k: number, lane: number, what: { i?: string; f?: string }): void {
    const h = this.halves[k], keep = ~(1 << lane);
    const pair = (old: Pair, v: string | undefined): Pair => (lane === 0 ? [v, old[1]] : [old[0], v]);
    const dMask = h.dMask & keep, sourceMask = h.sourceMask & keep;
    this.halves[k] = {
      d: dMask === 0 ? undefined : h.d, dMask, i: pair(h.i, what.i), f: pair(h.f, what.f), file: h.file & keep,
      source: sourceMask === 0 ? undefined : h.source, sourceMask,
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
    if (h.source !== undefined && (h.sourceMask & bit) !== 0) f = this.name("s", `V.getFloat32(${h.source(4 * lane)}, true)`);
    else if ((h.file & bit) !== 0) f = this.name("s", `XF[${k * 2 + lane}]`);
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
    if (h.d !== undefined && !this.isNumber(h.d)) this.halves[k] = { ...h, d: undefined, dMask: 0 };
  }

  // -- Moves ----------------------------------------------------------------------------------------------------------------

  copyHalf(to: number, from: number): void {
    if (to === from) return;
    this.note("copy", 2 * to, undefined, 2 * from);
    this.note("copy", 2 * to + 1, undefined, 2 * from + 1);
    const h = this.halves[from];
    // what only the file has is read; a copy of a register that is in use as a double is wanted as one
    if (h.file !== 0) {
      for (let lane = 0; lane < 2; lane++) {
        if ((h.file & (1 << lane)) === 0 || h.i[lane] !== undefined || (h.sourceMask & (1 << lane)) !== 0) continue;
        if (this.exact(h) || (h.f[lane] !== undefined && this.isNumber(h.f[lane] as string))) continue;
        const type = this.out.wanted(2 * to + lane) ?? this.out.wanted(2 * from + lane);
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
    if (h.i[fromLane] === undefined && f !== undefined && this.isNumber(f)) this.writeLane(toHalf, toLane, { f });
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

  /** Statements that store the half (or its low lane) at a DataView index. What they need is read now. */
  storing(k: number, lanes: number, to: LaneSource): string {
    const h = this.halves[k];
    if (lanes === 2 && !this.exact(h) && h.sourceMask === 3 && h.i[0] === undefined && k < REGISTER_HALVES && this.out.wanted(2 * k) === "d") this.certainD(k);
    if (lanes === 2 && this.exact(this.halves[k])) return `V.setFloat64(${to(0)}, ${this.halves[k].d}, true);`;
    let text = "";
    for (let lane = 0; lane < lanes; lane++) {
      const h = this.halves[k], f = h.f[lane];
      if (h.i[lane] === undefined && f !== undefined && this.isNumber(f)) text += `V.setFloat32(${to(4 * lane)}, ${f}, true);`;
      else text += `V.setInt32(${to(4 * lane)}, ${this.rawI(k, lane)}, true);`;
    }
    return text;
  }

  // -- Where ways meet --------------------------------------------------------------------------------------------------------

  /** Emits the assignments that bring lanes to where the code at `pc` expects them. */
  depart(types: LaneTypes | undefined, pc: number | string): void {
    this.commit();
    if (types === undefined) {
      for (let k = 0; k < REGISTER_HALVES; k++) this.flushHalf(k);
      return;
    }
    const moves: [to: string, from: string][] = [];
    for (let k = 0; k < REGISTER_HALVES; k++) {
      const [low, high] = [types[2 * k], types[2 * k + 1]];
      if (low === "d") moves.push([`xd${k}`, this.travelling(this.rawD(k), 0, pc)]);
      else if (low === undefined || high === undefined) this.flushHalf(k);
      else {
        [low, high].forEach((t, lane) => {
          if (t === "f") moves.push([`xf${2 * k + lane}`, this.travelling(this.rawF(k, lane), 1, pc)]);
          else if (t === "i") moves.push([`xi${2 * k + lane}`, this.rawI(k, lane)]);
        });
      }
    }
    const changes = moves.filter(([to, from]) => to !== from);
    const targets = new Set(changes.map(([to]) => to));
    for (const move of changes) {
      if (targets.has(move[1])) move[1] = this.name("t", move[1]);
    }
    for (const [to] of moves) this.locals.add(to);
    if (changes.length > 0) this.out.emit(changes.map(([to, from]) => `${to} = ${from};`).join(" "));
  }

  /** What is known behind a join. */
  arrive(types: LaneTypes | undefined): void {
    this.forget();
    this.pending = undefined;
    if (types === undefined) return;
    for (let k = 0; k < REGISTER_HALVES; k++) {
      const pair = [types[2 * k], types[2 * k + 1]];
      if (pair[0] === "d") this.halves[k] = { ...NOTHING, d: `xd${k}`, dMask: 3 };
      else if (pair[0] !== undefined && pair[1] !== undefined) {
        const local = (t: LaneType): Pair => [t === pair[0] ? `x${t}${2 * k}` : undefined, t === pair[1] ? `x${t}${2 * k + 1}` : undefined];
        const i = local("i");
        this.halves[k] = { ...NOTHING, i: [pair[0] === "z" ? "0" : i[0], pair[1] === "z" ? "0" : i[1]], f: local("f") };
      }
    }
  }
}
