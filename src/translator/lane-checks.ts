// Checks of what vector operations compute: the part of lanes.ts that says when results stand.
//
// Checks of results (VectorOps.odd) are put off: a run of arithmetic has one test, ahead of the next store, jump or call. When that
// fails, execution is taken back to where the run began; nothing but locals has changed since, and the locals are put back.
//
// MXCSR's flags. DE wants to know of denormal operands, UE of tiny results. Every name that is computed with is zero or of some size, and lane-grains.ts knows what
// that makes of results, so that few need a test. Numbers below leave for the interpreter, and where these are common (Precision.small) the limit is the
// smallest normal number, and sums are tested too. PE is set by nearly every program soon; where a program goes on without (Precision.pe), each
// operation tests whether it was exact.

import { S } from "../runtime/state.ts";
import { CALM, type Format, Grains, Joins, LEAST, LEAST_GRAIN, NORMAL, rootGrain } from "./lane-grains.ts";
import type { LaneType } from "./lane-types.ts";

/** A run of arithmetic whose results have not been looked at. */
export interface Pending {
  /** What leads back to the state before the run, and leaves. */
  readonly bail: string;
  /** Registers changed since, and their values before. */
  readonly registers: readonly (readonly [n: number, old: string])[];
  /** Names that must be finite, those that must be no NaN, and tests that must not hold. */
  readonly finite: readonly string[];
  readonly ordered: readonly string[];
  readonly tests: readonly string[];
  /** Vectors whose doubles or singles must be finite. */
  readonly packed: readonly (readonly [name: string, format: Format])[];
  /** Vectors of dwords that must be zero or have all bits set, of which none may be the latter. */
  readonly masks: readonly string[];
  /** Names that are numbers if those are. */
  readonly proves: readonly string[];
  /** Numbers that must be zero or of some size, and tests of results that must. */
  readonly sizes: ReadonlyMap<string, Size>;
  readonly lost: readonly Small[];
}

/** Tests that something is too small: what most numbers fail that are not, as a vector that is not zero then, and the whole. */
interface Small {
  readonly hint?: string | undefined;
  readonly test: string;
}

/** That a number is zero or at least 2^-least. */
interface Size {
  readonly name: string;
  readonly format: Format;
  readonly packed: boolean;
  readonly least: number;
  /** Its square, where there is one. */
  readonly square?: string | undefined;
}

export interface LaneOutput {
  emit(line: string): void;
  fresh(base: string): string;
  /** Statements that leave for the interpreter at the current instruction, or at `pc`, with the state as it is known now. */
  leave(pc?: number | string): string;
  /** The local of a general register. */
  register(n: number): string;
  /** The type in which a lane is wanted behind the current instruction. */
  wanted(lane: number): LaneType | undefined;
  /** Whether a lane is wanted as a number of a type behind the current instruction, on one way or another. */
  wantsNumber(lane: number, type: "d" | "f"): boolean;
  /** Notes that something is asked for, and gives the name of the local that has it. */
  asks(name: Asked): string;
}

/** MXCSR's mode, as a double and, in code that is to become WebAssembly, as an integer; LEAST_SQUARE of doubles and singles, and vectors of these. */
export type Asked = "mx" | "mi" | "ld" | "ls" | "lq" | "lp";
const SQUARES = { ld: "VF.least64", ls: "VF.least32", lq: "Q.least64()", lp: "Q.least32()" } as const;
const SQUARE = ["ld", "ls"] as const, SQUARE_PACKED = ["lq", "lp"] as const;

export const askedFor = (name: Asked, { pe }: Precision): string =>
  (name === "mx" ? `VF.mode${pe ? " & 1" : ""}` : name === "mi" ? `VF.mode & ${pe ? 1 : 3}` : SQUARES[name]);

/** What the code is to see to for the flags of MXCSR. */
export interface Precision {
  /** PE is not set, and code that goes on in this state is made for it. */
  readonly pe: boolean;
  /** Numbers that are small, though not denormal: left to the interpreter, or borne since they are common; "free": UE and DE are set. */
  readonly small: "left" | "borne" | "free";
}

/** Smallest normal numbers. */
const MIN = ["2.2250738585072014e-308", "1.1754943508222875e-38"] as const;
/** Integers of 32 bits are at most 2^31. */
const INTEGER = 31;
const DE = 2, UE = 16;
/** WebAssembly's word for vectors of a format. */
export const SHAPE = ["f64x2", "f32x4"] as const;
const BOTH = [0, 1] as const;
const LOCAL = /^x[dfq]\d/;
const INTEGERS = ["i64x2", "i32x4"] as const;

export abstract class LaneChecks {
  protected pending: Pending | undefined;
  protected proven: ReadonlySet<string> = new Set();
  /** Results that are singles. */
  private readonly singles = new Set<string>();
  /** Names that may be NaNs. */
  protected readonly doubtful = new Set<string>();
  protected readonly out: LaneOutput;
  private readonly precision: Precision;
  /** Whether packed arithmetic is done lane by lane: where its tests have no form for vectors. */
  readonly laneByLane: boolean;
  protected readonly grains = new Grains();
  readonly joins: Joins;
  /** Whether what an emission before this one has found of joins has turned out wrong. */
  wrong = false;
  /** Whether locals that code carries over joins were asked for their size. */
  askedLocals = false;
  private readonly vectors: boolean;

  constructor(out: LaneOutput, precision: Precision, vectors: boolean, joins = new Joins()) {
    this.joins = joins;
    this.out = out;
    this.precision = precision;
    this.vectors = vectors;
    this.laneByLane = precision.pe || precision.small === "borne";
  }

  protected name(base: string, text: string): string {
    const n = this.out.fresh(base);
    this.out.emit(`const ${n} = ${text};`);
    return n;
  }

  /** Names a lane of a vector. */
  protected extracted(q: string, format: Format, lane: number): string {
    const n = this.name(format === 0 ? "d" : "s", `Q.${SHAPE[format]}_extract_lane(${q}, ${lane})`);
    this.grains.extracted(n, keyOf(q, format, true), lane);
    return n;
  }

  /** Names a number in memory, which may have been tested. */
  protected loaded(text: string, format: Format, sized: boolean): string {
    const n = this.name(format === 0 ? "d" : "s", text);
    if (sized) this.grains.found(n, format, LEAST[format]);
    return n;
  }

  /** The double or single of a lane for a local that code computes with: no NaN, nothing small. */
  protected travelling(n: string, format: Format, pc: number | string): string {
    this.prove(n, pc);
    return this.calm(n, format, pc);
  }

  /** The same, but it may be a NaN. */
  protected calm(n: string, format: Format, pc: number | string): string {
    const borne = this.precision.small === "borne", least = (borne ? NORMAL : LEAST)[format];
    if (this.precision.small === "free" || this.isSized(n, format, least, CALM[format], false)) return n;
    const test = alternatives(this.tooSmall([{ name: n, format, least, packed: false }]));
    this.out.emit(`if (${test}) { ${this.counted(test)}${this.out.leave(pc)} }`);
    this.found(n, format);
    return n;
  }

  protected prove(n: string, pc?: number | string): void {
    if (this.isNumber(n)) return;
    this.out.emit(`if (${unordered(n)}) { ${this.out.leave(pc)} }`);
    this.proven = new Set([...this.proven, n]);
  }

  /** Whether a name is no NaN. What a test that is put off will prove counts: if it fails, execution goes back to where nothing was done. */
  protected isNumber(name: string): boolean {
    return !this.doubtful.has(name) || this.proven.has(name) || (this.pending?.proves.includes(name) ?? false);
  }

  /**
   * Asks that `result` be finite. It was made from the operands by an operation that makes no number of an infinity (if it is in `infinite`) or
   * NaN. The tests must not hold either.
   */
  checkFinite(result: string, format: Format, operands: readonly string[], infinite: readonly string[], tests: readonly string[]): void {
    const p = this.open();
    if (format === 1) this.singles.add(result);
    else this.singles.delete(result);
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

  /** Asks that all singles (or doubles) of the vector `result` be finite. */
  checkFinitePacked(result: string, format: Format, infinite: readonly string[]): void {
    const p = this.open();
    this.pending = { ...p, packed: [...p.packed.filter(([n, as]) => as !== format || !infinite.includes(n)), [result, format]] };
  }

  /** Asks that none of a vector's numbers be a NaN. */
  checkOrderedPacked(names: readonly string[], format: Format): void {
    // what is to be finite is none
    for (const n of new Set(names)) if (!this.open().packed.some(([known, as]) => known === n && as === format)) this.checkZero(`Q.${SHAPE[format]}_ne(${n}, ${n})`);
  }

  /** Asks that the vector `mask`, the result of a comparison, be zero. */
  checkZero(mask: string): void {
    const p = this.open();
    if (!p.masks.includes(mask)) this.pending = { ...p, masks: [...p.masks, mask] };
  }

  /** A number has been found to be of some size. */
  protected found(key: string, format: Format): void {
    this.grains.found(key, format, (this.precision.small === "borne" ? NORMAL : LEAST)[format]);
  }

  /** What a number's grain is at most. */
  protected grain(name: string, format: Format, packed: boolean): number {
    if (name === "0") return 0;
    return this.grains.grain(keyOf(name, format, packed)) ?? (packed || this.doubtful.has(name) || this.precision.small === "borne" ? Infinity : CALM[format]);
  }

  private isSized(name: string, format: Format, least: number, enough: number, packed: boolean): boolean {
    return this.grain(name, format, packed) <= enough || this.grains.least(keyOf(name, format, packed)) <= least;
  }

  /** Asks that a number be zero or at least 2^-least, unless its grain is `enough`. */
  private ask(name: string, format: Format, least: number, enough: number, packed: boolean, square?: string): void {
    if (this.precision.small === "free" || this.isSized(name, format, least, enough, packed)) return;
    this.askedLocals ||= LOCAL.test(name);
    const p = this.open(), key = keyOf(name, format, packed);
    this.pending = { ...p, sizes: new Map(p.sizes).set(key, { name, format, least, packed, square: square ?? p.sizes.get(key)?.square }) };
    this.grains.found(key, format, least);
  }

  /** Notes a double that was an integer of 32 bits. */
  whole(n: string): void {
    this.grains.made(n, 0, INTEGER);
  }

  /** Asks of operands that they are not denormal. */
  askCalm(operands: readonly string[], format: Format, packed = false): void {
    const borne = this.precision.small === "borne";
    for (const n of operands) if (this.grains.least(keyOf(n, format, packed)) > NORMAL[format]) this.ask(n, format, (borne ? NORMAL : LEAST)[format], CALM[format], packed);
  }

  /** Notes a sum or difference, or what is one of the operands. */
  sum(r: string, operands: readonly string[], format: Format, packed = false): void {
    this.askCalm(operands, format, packed);
    this.grains.made(keyOf(r, format, packed), Math.max(...operands.map((n) => this.grain(n, format, packed))));
  }

  root(r: string, a: string, format: Format, packed = false): void {
    this.askCalm([a], format, packed);
    // what is borne may be denormal all the same
    const least = Math.max(this.grains.least(keyOf(a, format, packed)), this.precision.small === "borne" ? this.grain(a, format, packed) : 0);
    this.grains.made(keyOf(r, format, packed), rootGrain(this.grain(a, format, packed), format));
    this.grains.found(keyOf(r, format, packed), format, Math.ceil(least / 2));
  }

  product(r: string, a: string, b: string, format: Format, packed = false): void {
    const of = (n: string) => this.grain(n, format, packed), total = () => of(a) + of(b), most = CALM[format];
    // numbers of some size have a normal product, whatever their grains
    const least = () => this.grains.least(keyOf(a, format, packed)) + this.grains.least(keyOf(b, format, packed)), large = () => least() <= NORMAL[format];
    if (format === 1 || this.precision.small === "borne") this.askCalm([a, b], format, packed);
    else {
      const ask = (n: string) => this.ask(n, format, LEAST[format], LEAST_GRAIN[format], packed, a === b ? r : undefined);
      for (const n of [a, b]) if (of(n) === Infinity) ask(n);
      if (total() > most && !large()) ask(of(a) > of(b) ? a : b);
      if (total() > most && !large()) ask(of(a) > of(b) ? a : b);
    }
    const grain = total(), key = keyOf(r, format, packed), size = least();
    this.grains.made(key, grain);
    this.grains.found(key, format, size);
    if (grain > most && size > NORMAL[format]) this.checkLost(r, a === b ? [a] : [a, b], format, packed);
  }

  quotient(r: string, a: string, b: string, format: Format, packed = false): void {
    this.askCalm([a, b], format, packed);
    const key = keyOf(r, format, packed), most = this.grains.most(keyOf(b, format, packed));
    this.grains.made(key, Infinity);
    if (most > INTEGER || format === 1 || this.precision.small !== "left") return this.checkLost(r, [a], format, packed);
    // a number of some size by an integer
    this.ask(a, format, LEAST[format], 0, packed);
    this.grains.found(key, format, this.grains.least(keyOf(a, format, packed)) + most);
  }

  /** Asks that a result be of some size unless one of these operands is zero. One that is tiny may have been rounded up to the smallest normal number. */
  private checkLost(r: string, operands: readonly string[], format: Format, packed: boolean): void {
    const { small } = this.precision;
    if (small === "free") return;
    this.found(keyOf(r, format, packed), format);
    const p = this.open(), notZero = operands.map((n) => `${n} !== 0`).join(" && ");
    if (small === "borne") this.pending = { ...p, tests: [...p.tests, `Math.abs(${r}) <= ${MIN[format]} && (${r} !== 0 || ${notZero}) && VF.tiny(${UE | DE})`] };
    else this.pending = { ...p, lost: [...p.lost, packed ? this.lostPacked(r, operands, format) : { test: `${this.isLess(r, format)} && ${notZero}` }] };
  }

  private isLess(r: string, format: Format): string {
    if (!this.vectors) return `Math.abs(${r}) < ${2 ** -LEAST[format]}`;
    return `${this.isSmallSquare(r, format)} && Q.f${64 - 32 * format}_less(${r}, ${LEAST[format]})`;
  }

  private lostPacked(r: string, operands: readonly string[], format: Format): Small {
    const shape = SHAPE[format], integers = INTEGERS[format], zero = (n: string) => `Q.${shape}_eq(${n}, Q.zero())`;
    const low = `Q.${integers}_gt_s(${bound(format, LEAST[format])}, Q.${integers}_add(Q.${integers}_shl(${r}, 1), ${TURNED[format]}))`;
    const small = `Q.v128_andnot(${low}, ${operands.map(zero).reduce((a, b) => `Q.v128_or(${a}, ${b})`)})`;
    return { hint: `Q.${shape}_lt(Q.${shape}_mul(${r}, ${r}), ${this.out.asks(SQUARE_PACKED[format])})`, test: `Q.${integers}_bitmask(${small}) !== 0` };
  }

  /** What most numbers fail that are not small. */
  private isSmallSquare(n: string, format: Format, square = format === 0 ? `${n} * ${n}` : `Math.fround(${n} * ${n})`): string {
    return `${square} < ${this.out.asks(SQUARE[format])}`;
  }

  /** The lower singles of a vector become doubles. */
  widen(r: string, a: string): void {
    this.askCalm([a], 1, true);
    this.grains.made(keyOf(r, 0, true), this.grain(a, 1, true));
  }

  /** A double becomes a single. */
  narrow(r: string, a: string, packed = false): void {
    this.askCalm([a], 0, packed);
    const key = keyOf(r, 1, packed), left = this.precision.small === "left";
    if (left) this.ask(a, 0, LEAST[1], CALM[1], packed);
    this.grains.made(key, left ? CALM[1] : this.grain(a, 0, packed));
    if (!left && this.grain(a, 0, packed) > CALM[1]) this.checkLost(r, [a], 1, packed);
  }

  /** Whether the numbers that are loaded to be computed with are tested as they are loaded. */
  get sized(): boolean {
    return this.vectors && this.precision.small === "left" && !this.precision.pe;
  }

  /** Whether the number at a place has been tested. It has then. */
  isSizedAt(place: string | undefined): boolean {
    if (place === undefined) return false;
    if (this.grains.grain(place) !== undefined) return true;
    this.grains.made(place, 0);
    return false;
  }

  /** Notes what goes into locals on a way to a join, which is known by the object `join`. */
  protected departing(join: object, moves: readonly (readonly [to: string, from: string])[]): void {
    for (const [to, from] of moves) {
      if (to[1] === "i") continue;
      const packed = to[1] === "q";
      for (const format of packed ? BOTH : to[1] === "d" ? [0 as const] : [1 as const]) {
        const key = keyOf(from, format, packed), grain = this.grain(from, format, packed), least = from === "0" ? 0 : this.grains.least(key);
        if (!this.joins.add(join, keyOf(to, format, packed), { grain, least }, this.grains.since(key))) this.wrong = true;
      }
    }
  }

  /** A local behind a join; `all`: all ways to it are known. `calm`: it was tested on all of them, or computed. */
  protected arriving(join: object, n: string, format: Format, packed: boolean, all: boolean, calm: boolean): void {
    const key = keyOf(n, format, packed), { small } = this.precision;
    const known = all ? this.joins.common(join, key) : this.joins.granted(join, key);
    if (known !== undefined) this.grains.made(key, known.grain, Infinity, known.least);
    else if (all || !calm) this.grains.made(key, Infinity);
    else if (small === "left") this.grains.made(key, CALM[format]);
    else {
      this.grains.made(key, Infinity);
      if (small === "borne") this.grains.found(key, format, NORMAL[format]);
    }
    this.grains.arrived(key, { join, key });
  }

  /** Counts that something is left for small numbers. */
  count(): string {
    return `R[${S.SMALL}] = R[${S.SMALL}] + 1 | 0; `;
  }

  /** Does so behind the test `small`. */
  private counted(small: string): string {
    return small === "" || this.precision.small !== "left" ? "" : `if (${small}) ${this.count()}`;
  }

  /** Without lanes that are asked about twice: under two names, or with all of their vector. */
  private different(sizes: ReadonlyMap<string, Size>): Size[] {
    const seen = new Set<string>();
    return [...sizes.values()].filter(({ name, least, packed }) => {
      const from = packed ? undefined : this.grains.laneOf(name);
      if (from === undefined) return true;
      const of = `${from.vector}.${from.lane}`, whole = sizes.get(from.vector);
      if (seen.has(of) || (whole !== undefined && whole.least <= least)) return false;
      seen.add(of);
      return true;
    });
  }

  /** The tests that numbers are too small. */
  private tooSmall(sizes: readonly Size[]): Small[] {
    if (this.precision.small === "borne") return sizes.map(({ name, format }) => ({ test: `Math.abs(${name}) < ${MIN[format]} && ${name} !== 0 && VF.tiny(${DE})` }));
    const tests: Small[] = [];
    for (const format of BOTH) {
      for (const least of new Set(sizes.filter((it) => it.packed && it.format === format).map((it) => it.least))) {
        const shape = INTEGERS[format], numbers = SHAPE[format];
        const names = sizes.filter((it) => it.packed && it.format === format && it.least === least).map(({ name }) => name);
        const turned = names.map((n) => `Q.${shape}_add(Q.${shape}_shl(${n}, 1), ${TURNED_BACK[format]})`);
        const all = turned.reduce((a, b) => `Q.i32x4_min_s(${a}, ${b})`);
        const test = `Q.${shape}_bitmask(Q.${shape}_gt_s(${bound(format, least)}, ${all})) !== 0`;
        const least2 = names.map((n) => `Q.${numbers}_mul(${n}, ${n})`).reduce((a, b) => `Q.${numbers}_pmin(${a}, ${b})`);
        tests.push(least < LEAST[format] ? { test } : { hint: `Q.${numbers}_lt(${least2}, ${this.out.asks(SQUARE_PACKED[format])})`, test });
      }
    }
    for (const { name, format, least, square, packed } of sizes) {
      if (packed) continue;
      if (!this.vectors) tests.push({ test: `Math.abs(${name}) < ${2 ** -least} && ${name} !== 0` });
      else tests.push({ test: `${least < LEAST[format] ? "" : `${this.isSmallSquare(name, format, square)} && `}Q.f${64 - 32 * format}_small(${name}, ${least})` });
    }
    return tests;
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

  protected open(): Pending {
    return this.pending ?? { bail: this.out.leave(), registers: [], finite: [], ordered: [], tests: [], packed: [], masks: [], proves: [], sizes: new Map(), lost: [] };
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
    const small = [...(p.sizes.size === 0 ? [] : this.tooSmall(this.different(p.sizes))), ...p.lost];
    const tests = [this.oddVectors(p, small.filter(({ hint }) => hint !== undefined)), ...p.ordered.map(unordered), ...p.tests, alternatives(small.filter(({ hint }) => hint === undefined))];
    this.out.emit(`if (${tests.filter((it) => it !== "").join(" || ")}) { ${this.counted(alternatives(small))}${this.backOut()} }`);
    this.pending = undefined;
    if (p.proves.length > 0) this.proven = new Set([...this.proven, ...p.proves]);
  }

  /**
   * The test that finds results that are not finite, an MXCSR that asks for more, and what is too small in vectors. A finite number less itself is 0, anything else a NaN; which makes any
   * sum of such a NaN, and is not above or equal to anything, which is one jump, where unequal to 0 is two. Where there are vectors, all that is odd in them is one vector, and one jump.
   */
  private oddVectors(p: Pending, small: readonly Small[]): string {
    // the sum of finite numbers is finite, or there are enormous ones among them
    const sum = (names: readonly string[]): string => (names.length === 1 ? names[0] : this.name("d", names.join(" + ")));
    const odd: string[] = [], packed = (format: Format) => p.packed.filter(([, as]) => as === format).map(([n]) => n);
    let { finite } = p;
    const doubles = packed(0), singles = packed(1);
    if (doubles.length > 0) {
      const scalars = finite.filter((n) => !this.singles.has(n));
      finite = finite.filter((n) => this.singles.has(n));
      const terms = scalars.length === 0 ? doubles : [...doubles, `Q.f64x2_splat(${sum(scalars)})`];
      const all = terms.length === 1 ? terms[0] : this.name("q", terms.reduce((a, b) => `Q.f64x2_add(${a}, ${b})`)), rest = this.name("q", `Q.f64x2_sub(${all}, ${all})`);
      odd.push(`Q.f64x2_ne(${rest}, ${rest})`);
    }
    // the sum of singles would be infinite sooner
    if (singles.length > 0) {
      const rest = this.name("q", singles.map((n) => `Q.f32x4_sub(${n}, ${n})`).reduce((a, b) => `Q.f32x4_add(${a}, ${b})`));
      odd.push(`Q.f32x4_ne(${rest}, ${rest})`);
    }
    odd.push(...p.masks);
    const tests: string[] = [], or = (masks: readonly string[]) => masks.reduce((a, b) => `Q.v128_or(${a}, ${b})`);
    const all = finite.length === 0 ? undefined : sum(finite);
    if (all !== undefined) tests.push(`!((${all} - ${all}) >= ${this.out.asks("mx")})`);
    const hints = small.map(({ hint }) => hint as string);
    if (odd.length + hints.length === 0) return tests[0] ?? `!(0 >= ${this.out.asks("mx")})`;
    const mode = all === undefined ? ` | ${this.out.asks("mi")}` : "", is = (mask: string) => (mode === "" ? `Q.i32x4_bitmask(${mask}) !== 0` : `(Q.i32x4_bitmask(${mask})${mode}) !== 0`);
    if (hints.length === 0) tests.push(is(or(odd)));
    else {
      const certain = odd.length === 0 ? undefined : odd.length === 1 ? odd[0] : this.name("q", or(odd));
      const surely = certain !== undefined ? [is(certain)] : mode === "" ? [] : [`${this.out.asks("mi")} !== 0`];
      tests.push(`${is(or([...(certain === undefined ? [] : [certain]), ...hints]))} && (${[...surely, ...small.map(({ test }) => test)].join(" || ")})`);
    }
    return tests.join(" || ");
  }
}

/** What is true when any of the tests is. */
const alternatives = (small: readonly Small[]): string => small.map(({ test }) => test).join(" || ");

/** Twice the bits of a number, turned round so that signed comparisons order them; and less one, so that zero is the largest. */
const TURNED = ["Q.words(0, -2147483648, 0, -2147483648)", "Q.words(-2147483648, -2147483648, -2147483648, -2147483648)"] as const;
const TURNED_BACK = ["Q.words(-1, 2147483647, -1, 2147483647)", "Q.words(2147483647, 2147483647, 2147483647, 2147483647)"] as const;
/** 2^-least, as such a vector. */
function bound(format: Format, least: number): string {
  const high = (format === 0 ? (1023 - least) << 21 : (127 - least) << 24) - 2 ** 31 | 0, low = format === 0 ? 0 : high;
  return `Q.words(${low}, ${high}, ${low}, ${high})`;
}

/** What Grains knows a number, or those of a vector, by. */
export const keyOf = (name: string, format: Format, packed: boolean): string => (packed ? `${name}:${format}` : name);

/** The test that a number is a NaN, with one jump (`!==` is two). */
const unordered = (n: string): string => `!(${n} >= ${n})`;
