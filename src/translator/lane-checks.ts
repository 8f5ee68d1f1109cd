// Checks of what vector operations compute: the part of lanes.ts that says when results stand.
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
  /** Names that are calm then. */
  readonly calms: readonly string[];
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
  /** Notes that MXCSR's mode is asked for, and gives its name; as an integer, in code that is to become WebAssembly. */
  mode(integer?: boolean): string;
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
/** WebAssembly's word for vectors of a format. */
export const SHAPE = ["f64x2", "f32x4"] as const;

export abstract class LaneChecks {
  protected pending: Pending | undefined;
  protected proven: ReadonlySet<string> = new Set();
  /** Doubtful names that are known to be large enough to compute with. */
  protected calm: ReadonlySet<string> = new Set();
  /** Names that may be NaNs. */
  protected readonly doubtful = new Set<string>();
  protected readonly out: LaneOutput;
  private readonly precision: Precision;
  /** Whether to watch for UE and DE: also where PE is missing, which makes code slow anyway. */
  readonly watch: boolean;
  private readonly least: readonly [double: string, single: string];

  constructor(out: LaneOutput, precision: Precision) {
    this.out = out;
    this.precision = precision;
    this.watch = precision.watch || precision.pe;
    this.least = precision.fine ? LEAST.fine : LEAST.coarse;
  }

  protected name(base: string, text: string): string {
    const n = this.out.fresh(base);
    this.out.emit(`const ${n} = ${text};`);
    return n;
  }

  /** The double or single of a lane for a local that code computes with: no NaN, nothing small. */
  protected travelling(n: string, format: Format, pc: number | string): string {
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

  protected open(): Pending {
    return this.pending ?? { bail: this.out.leave(), registers: [], finite: [], ordered: [], tests: [], packed: [], masks: [], proves: [], calms: [] };
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
    const tests = [this.notFinite(p), ...p.ordered.map(unordered), ...p.tests];
    this.out.emit(`if (${tests.filter((it) => it !== "").join(" || ")}) { ${this.backOut()} }`);
    this.pending = undefined;
    if (p.proves.length > 0) this.proven = new Set([...this.proven, ...p.proves]);
    if (p.calms.length > 0) this.calm = new Set([...this.calm, ...p.calms]);
  }

  /**
   * The test that finds results that are not finite, and an MXCSR that asks for more. A finite number less itself is 0, anything else a NaN; which makes any sum of such
   * a NaN, and is not above or equal to anything, which is one jump, where unequal to 0 is two.
   */
  private notFinite(p: Pending): string {
    const terms: string[] = [];
    // the sum of finite numbers is finite, or there are enormous ones among them
    const sum = (names: readonly string[], add: (a: string, b: string) => string, base: string): string => (names.length === 1 ? names[0] : this.name(base, names.reduce(add)));
    if (p.finite.length > 0) {
      const all = sum(p.finite, (a, b) => `${a} + ${b}`, "d");
      terms.push(`(${all} - ${all})`);
    }
    const doubles = p.packed.filter(([, format]) => format === 0).map(([n]) => n), singles = p.packed.filter(([, format]) => format === 1).map(([n]) => n);
    if (doubles.length > 0) {
      const all = sum(doubles, (a, b) => `Q.f64x2_add(${a}, ${b})`, "q"), rest = this.name("q", `Q.f64x2_sub(${all}, ${all})`);
      terms.push(`Q.f64x2_extract_lane(${rest}, 0)`, `Q.f64x2_extract_lane(${rest}, 1)`);
    }
    const { masks } = this.withSingles(p, singles);
    if (masks.length === 0) return `!(${terms.length === 0 ? "0" : terms.join(" + ")} >= ${this.out.mode()})`;
    const mask = `Q.i32x4_bitmask(${masks.reduce((a, b) => `Q.v128_or(${a}, ${b})`)})`;
    return terms.length === 0 ? `(${mask} | ${this.out.mode(true)}) !== 0` : `!(${terms.join(" + ")} >= ${this.out.mode()}) || ${mask} !== 0`;
  }

  /** Masks, and one of the singles that are not finite. Their sum would be infinite sooner. */
  private withSingles(p: Pending, singles: readonly string[]): { readonly masks: readonly string[] } {
    if (singles.length === 0) return p;
    const rest = this.name("q", singles.map((n) => `Q.f32x4_sub(${n}, ${n})`).reduce((a, b) => `Q.f32x4_add(${a}, ${b})`));
    return { masks: [`Q.f32x4_ne(${rest}, ${rest})`, ...p.masks] };
  }
}

/** The test that a number is a NaN, with one jump (`!==` is two). */
const unordered = (n: string): string => `!(${n} >= ${n})`;
