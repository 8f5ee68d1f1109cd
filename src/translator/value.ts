// Values at translation time: what is known now, and what will be known when the code runs.

/** A number or boolean known now. */
export interface Constant {
  readonly kind: "constant";
  readonly value: number | boolean;
}

/** An object known now: the instruction, one of its operands, its row. */
export interface Known {
  readonly kind: "known";
  readonly object: Readonly<Record<string, unknown>>;
}

/** JavaScript text that yields the value when it runs. */
export interface Code {
  readonly kind: "code";
  readonly text: string;
  /** A name that is never assigned again: may be repeated and moved. */
  readonly stable: boolean;
  /** When known: the value is that of `symbol` plus `delta`, modulo 2^32. */
  readonly affine: Affine | undefined;
  /** Not NaN where that counts: `x === x` holds. */
  readonly number: boolean;
  /** Of the flags of a comparison: its outcomes as conditions. */
  readonly outcomes: Outcomes | undefined;
}

/** A comparison of two numbers: three conditions, one of which holds. */
export interface Outcomes {
  readonly less: string;
  readonly equal: string;
  readonly greater: string;
}

/** A value some register had at some point, plus a constant: accesses off one base are recognised by it. */
export interface Affine {
  readonly symbol: number;
  readonly delta: number;
}

export type Value = Constant | Known | Code;

export const constant = (value: number | boolean): Constant => ({ kind: "constant", value });
export const code = (text: string, affine?: Affine): Code => ({ kind: "code", text, stable: false, affine, number: false, outcomes: undefined });
export const name = (text: string, affine?: Affine): Code => ({ kind: "code", text, stable: true, affine, number: false, outcomes: undefined });

/** The same, which is a number. */
export const numberOf = ({ text, stable, affine, outcomes }: Code): Code => ({ kind: "code", text, stable, affine, number: true, outcomes });
/** The flags of a comparison, whose outcomes are known. */
export const outcomesOf = (text: string, outcomes: Outcomes): Code => ({ kind: "code", text, stable: false, affine: undefined, number: false, outcomes });

/** The same value plus a constant. */
export const moved = (affine: Affine | undefined, by: number): Affine | undefined => affine && { symbol: affine.symbol, delta: (affine.delta + by) | 0 };

/** Text of a number or boolean. The only maker of literals: negative numbers are parenthesised, -0 and NaN keep themselves. */
export function literal(v: number | boolean): string {
  if (typeof v === "boolean") return String(v);
  if (Number.isNaN(v)) return "NaN";
  if (v < 0 || Object.is(v, -0)) return `(-${-v})`;
  return String(v);
}

/** The construct has no inline form: the instruction is executed by calling its semantic function. */
export class Unsupported extends Error {}

export function text(v: Value): string {
  if (v.kind === "constant") return literal(v.value);
  if (v.kind === "code") return v.text;
  throw new Unsupported("an object where a number is due");
}
