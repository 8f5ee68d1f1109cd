// x87 arithmetic as straight JavaScript on pairs of doubles: what each operation of src/runtime/x87/fast.ts is when it stands in the
// generated code, for rounding to nearest to 64 bits with PE set already.
//
// h + l = the result (two-sum, two-product), where h is RN53 of the high parts' result and l the rest. `c` = 1.5 * 2^52 units in the last place of
// the 64-bit result, looked up by h's exponent; (l + c) - c rounds l to such units, ties to even. A final fast two-sum makes the pair. That
// is right if
//   - the result lies strictly inside the binade of h: then the unit is the right one,
//   - h + l is the result exactly, or is so near to it that rounding cannot differ: the rest is not within the error of a tie.
// One condition asks for both; where it fails (zeros, powers of two, ties of short products, terms 2^40 apart) the exact path in
// src/runtime/x87/inline.ts computes, and if it meets anything but an inexact result the interpreter takes the instruction.

import { literal } from "./value.ts";

/** A register's value: texts of its high and low part. `l` is "0" when the value is known to be a double. */
export interface Pair {
  readonly h: string;
  readonly l: string;
}

export interface KernelOutput {
  emit(line: string): void;
  fresh(base: string): string;
}

export const isDouble = (p: Pair): boolean => p.l === "0";

const SPLIT = 2 ** 27 + 1;
/** c times this is half the width of the binade. */
const HALF_BINADE = 2048 / 3;
/** c times this is half a unit. */
const TIE = 2 ** -53 / 1.5;
/** More than the error of a product's rest, 2^-77 of the product at most, in c: this is 2^-75 of its binade. */
const PRODUCT_ERROR = 2 ** -64 / 1.5;
/** The same for quotients and roots, whose error is 2^-102. */
const QUOTIENT_ERROR = 2 ** -85 / 1.5;
const FAR_APART = 2 ** -40;

/** Starts a statement of constants: `const a = 1, b = 2;` by pairs of name base and text. */
function constants(out: KernelOutput, make: (define: (base: string, text: string) => string) => void): void {
  const parts: string[] = [];
  make((base, text) => {
    const n = out.fresh(base);
    parts.push(`${n} = ${text}`);
    return n;
  });
  out.emit(`const ${parts.join(", ")};`);
}

/**
 * Rounds sum + rest, of which the latter may be off by `error` times c. `conditions`: what must hold besides; the context's `slow` gives
 * the statements for when something does not.
 */
function round(out: KernelOutput, sum: string, rest: string, error: number, conditions: readonly string[], slow: Context["slow"]): Pair {
  const c = out.fresh("c"), w = out.fresh("w"), h = out.fresh("h"), l = out.fresh("l");
  out.emit(`YE[0] = ${sum};`);
  out.emit(`const ${c} = YR[YW[1] >>> 20], ${w} = ${rest} + ${c} - ${c};`);
  out.emit(`let ${h} = ${sum} + ${w}, ${l} = ${w} - (${h} - ${sum});`);
  const all = [`Math.abs(Math.abs(${h}) - ${c} * 2048) < ${c} * ${HALF_BINADE}`];
  if (error !== 0) all.push(`Math.abs(${rest} - ${w}) < ${c} * ${TIE - error}`);
  all.push(...conditions);
  out.emit(`if (!(${all.join(" && ")})) ${slow(h, l)}`);
  return { h, l };
}

/** Text of the low parts' sum or difference; "" when both are zero. */
function lowParts(a: Pair, b: Pair, operator: "+" | "-"): string {
  if (isDouble(a)) return isDouble(b) ? "" : `${operator} ${b.l}`;
  return isDouble(b) ? `+ ${a.l}` : `+ (${a.l} ${operator} ${b.l})`;
}

/** What an operation needs besides its operands. */
export interface Context {
  /** Conditions on a memory operand. */
  readonly operand: readonly string[];
  /** Whether an operand comes from memory as it stands: its size is not known. */
  readonly memory: boolean;
  /** Statements that compute h and l exactly. */
  readonly slow: (h: string, l: string) => string;
}

/** a + b or a - b. */
export function addition(out: KernelOutput, a: Pair, b: Pair, operator: "+" | "-", context: Context): Pair {
  let sum = "", rest = "";
  constants(out, (define) => {
    sum = define("s", `${a.h} ${operator} ${b.h}`);
    const z = define("z", `${sum} - ${a.h}`);
    const error = operator === "+" ? `(${a.h} - (${sum} - ${z})) + (${b.h} - ${z})` : `(${a.h} - (${sum} - ${z})) - (${b.h} + ${z})`;
    const low = lowParts(a, b, operator);
    rest = define("v", low === "" ? error : `(${error}) ${low}`);
  });
  const exact = isDouble(a) && isDouble(b) && !context.memory;
  const near = exact ? [] : [`Math.abs(${a.h} * ${b.h}) > ${sum} * ${sum} * ${FAR_APART}`];
  return round(out, sum, rest, 0, [...near, ...context.operand], context.slow);
}

/** The upper 26 bits of x, and the rest with the low part. */
function split(define: (base: string, text: string) => string, x: Pair): [string, string] {
  const t = define("t", `${x.h} * ${SPLIT}`);
  const upper = define("x", `${t} - (${t} - ${x.h})`);
  return [upper, define("y", isDouble(x) ? `${x.h} - ${upper}` : `${x.h} - ${upper} + ${x.l}`)];
}

/** a * b. */
export function product(out: KernelOutput, a: Pair, b: Pair, context: Context): Pair {
  let p = "", rest = "";
  constants(out, (define) => {
    p = define("p", `${a.h} * ${b.h}`);
    const [a1, a2] = split(define, a);
    const [b1, b2] = a === b ? [a1, a2] : split(define, b);
    rest = define("v", `${a1} * ${b1} - ${p} + (${a1} * ${b2} + ${a2} * ${b1}) + ${a2} * ${b2}`);
  });
  // the error terms of doubles are exact in this order only
  const exact = isDouble(a) && isDouble(b);
  return round(out, p, rest, exact ? 0 : PRODUCT_ERROR, context.operand, context.slow);
}

/** a / b. */
export function quotient(out: KernelOutput, a: Pair, b: Pair, context: Context): Pair {
  let q = "", rest = "";
  constants(out, (define) => {
    q = define("q", `${a.h} / ${b.h}`);
    const inverse = define("i", `1 / ${b.h}`);
    const p = define("p", `${q} * ${b.h}`);
    const [q1, q2] = split(define, { h: q, l: "0" });
    const [b1, b2] = split(define, { h: b.h, l: "0" });
    // the remainder of a quotient rounded to nearest is a double
    const remainder = `${a.h} - ${p} - (${q1} * ${b1} - ${p} + ${q1} * ${b2} + ${q2} * ${b1} + ${q2} * ${b2})`;
    const low = isDouble(b) ? (isDouble(a) ? "" : ` + ${a.l}`) : isDouble(a) ? ` - ${q} * ${b.l}` : ` + (${a.l} - ${q} * ${b.l})`;
    rest = define("v", `(${remainder}${low}) * ${inverse}`);
  });
  return round(out, q, rest, QUOTIENT_ERROR, context.operand, context.slow);
}

/** The square root of a. */
export function root(out: KernelOutput, a: Pair, context: Context): Pair {
  let q = "", rest = "";
  constants(out, (define) => {
    q = define("q", `Math.sqrt(${a.h})`);
    const p = define("p", `${q} * ${q}`);
    const [q1, q2] = split(define, { h: q, l: "0" });
    const low = isDouble(a) ? "" : ` + ${a.l}`;
    rest = define("v", `(${a.h} - ${p} - (${q1} * ${q1} - ${p} + ${q1} * ${q2} + ${q2} * ${q1} + ${q2} * ${q2})${low}) / (2 * ${q})`);
  });
  return round(out, q, rest, QUOTIENT_ERROR, context.operand, context.slow);
}

/** a < b, a > b, a === b for finite pairs. */
export function order(operator: "<" | ">" | "===", a: Pair, b: Pair): string {
  if (isDouble(a) && isDouble(b)) return `${a.h} ${operator} ${b.h}`;
  if (operator === "===") return `(${a.h} === ${b.h} && ${a.l} === ${b.l})`;
  return `(${a.h} ${operator} ${b.h} || ${a.h} === ${b.h} && ${a.l} ${operator} ${b.l})`;
}

const MAGIC = 1.5 * 2 ** 52;

/** How FIST rounds: to nearest, towards zero, or as the control word says (one of the two). */
export type Rounding = "nearest" | "truncate" | "dynamic";

/**
 * A pair as an integer of magnitude below `limit`, in a constant.
 * @param bail statement for values that need the exact path
 */
export function integer(out: KernelOutput, { h, l }: Pair, rounding: Rounding, limit: number, bail: string): string {
  const n = out.fresh("n");
  const nearest = `${h} + ${MAGIC} - ${MAGIC}`, truncated = `Math.trunc(${h})`;
  const inRange = `Math.abs(${h}) < ${limit}`;
  // the low part counts where the high part is an integer or a tie
  const plain = l === "0" ? "" : ` && (${l} === 0 || `;
  const nearestFits = plain && `${plain}Math.abs(${h} - ${n}) < 0.5)`, truncateFits = plain && `${plain}${h} !== ${n} || ${l} > 0 === ${h} > 0)`;
  if (rounding === "nearest") out.emit(`const ${n} = ${nearest}; if (!(${inRange}${nearestFits})) ${bail}`);
  else if (rounding === "truncate") out.emit(`const ${n} = ${truncated}; if (!(${inRange}${truncateFits})) ${bail}`);
  else {
    out.emit(`let ${n} = 0.5;`);
    out.emit(`if ((X87.cw & 3072) === 3072) { ${n} = ${truncated}; if (!(${inRange}${truncateFits})) ${bail} }`);
    out.emit(`else { ${n} = ${nearest}; if ((X87.cw & 3072) !== 0 || !(${inRange}${nearestFits})) ${bail} }`);
  }
  return n;
}

/** FLDPI and the like, to nearest: high and low part. */
export const CONSTANTS: readonly Pair[] = [
  [0x80000000, 0, -31], [0xd49a784b, 0xcd1b8afe, -30], [0xb8aa3b29, 0x5c17f0bc, -31], [0xc90fdaa2, 0x2168c235, -30],
  [0x9a209a84, 0xfbcff799, -33], [0xb17217f7, 0xd1cf79ac, -32], [0, 0, 0],
].map(([mh, ml, e]) => {
  const high = mh * 4294967296, sum = high + ml;
  const scale = 2 ** (e - 32);
  return { h: literal(sum * scale), l: literal((ml - (sum - high)) * scale) };
});
