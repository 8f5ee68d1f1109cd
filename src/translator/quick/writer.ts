// What the writers of quick functions' texts have in common (text.ts, vector-text.ts): values, names, and accesses to memory.

import { K } from "../../decoder/instruction.ts";
import { PERM } from "../../runtime/memory.ts";
import { S } from "../../runtime/state.ts";
import { Unsupported } from "../value.ts";
import type { Shape } from "./shapes.ts";

export interface Value {
  readonly text: string;
  readonly constant?: number | boolean;
  /** Can be written twice, and behind changes of state. */
  readonly simple?: boolean;
  /** The lanes of a vector register or of a memory operand, as dwords. */
  readonly lanes?: readonly string[];
}

export interface Writer {
  readonly shape: Shape;
  /** Its number, which all names end with. */
  readonly number: number;
  readonly machine: string;
  readonly instruction: string;
  readonly lines: string[];
  /** Constants of the function whose value the shape tells. */
  readonly known: Map<string, Value>;
  /** Names that have been given. */
  names: number;
  /** Where the memory operand is, when that has been worked out. */
  at: string | undefined;
}

export const WIDTH: Readonly<Record<number, 1 | 2 | 4>> = { [K.R8]: 1, [K.R16]: 2, [K.R32]: 4, [K.M8]: 1, [K.M16]: 2, [K.M32]: 4 };
export const constant = (value: number | boolean): Value => ({ text: typeof value === "number" && value < 0 ? `(${value})` : String(value), constant: value, simple: true });
export const fail = (what: string): never => {
  throw new Unsupported(`quick: ${what}`);
};

/** Gives a value a name. */
export function name(w: Writer, text: string): Value {
  const it = `t${w.names++}_${w.number}`;
  w.lines.push(`const ${it} = ${text};`);
  return { text: it, simple: true };
}

export const named = (w: Writer, value: Value): Value => (value.simple === true ? value : name(w, value.text));

// -- memory: what may fault is looked at first, and left to JavaScript -----------------------------------------------------------------

/** The memory operand's address. */
export function address(w: Writer): string {
  if (w.at !== undefined) return w.at;
  if (w.shape.based) w.lines.push(`if ((R[${S.ODD}] >> SEGMENT & 1) !== 0) return SLOW;`);
  return (w.at = name(w, w.shape.based ? "EA + SEGMENT_BASE | 0" : "EA").text);
}

/** Checks, as Cpu.load32 does, and loads. */
export function load(w: Writer, at: string, size: number): Value {
  if (size > 1) w.lines.push(`if ((${at} & 4095) > ${4096 - size}) return SLOW;`);
  const word = name(w, `V.getInt${8 * size}(${at} >>> 0${size > 1 ? ", true" : ""})`);
  w.lines.push(`if (${word.text} === 0) { if ((P[${at} >>> 12] & ${PERM.R}) === 0) return SLOW; }`);
  return word;
}

export function store(w: Writer, at: string, size: number, value: Value): void {
  const given = named(w, value);
  w.lines.push(
    `if (${size > 1 ? `(P[${at} >>> 12] & P[(${at} + ${size - 1} | 0) >>> 12])` : `P[${at} >>> 12]`} >= 0) return SLOW;`,
    `V.setInt${8 * size}(${at} >>> 0, ${given.text}${size > 1 ? ", true" : ""});`,
  );
}
