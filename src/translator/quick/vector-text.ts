// Vector registers in the text of quick functions: moves and what is done dword by dword. Lanes are read and written in the vector file one at a time; only
// memory operands are read ahead of everything, since they may have to be left to JavaScript.

import { K } from "../../decoder/instruction.ts";
import { PERM } from "../../runtime/memory.ts";
import { isMemory } from "./keys.ts";
import { address, fail, name, named, type Value, type Writer } from "./writer.ts";

/** Arguments of a call on the vector file: the number of an operand, or a value. */
export interface VectorArguments {
  operand(n: number): number;
  value(n: number): Value;
}

/** Bytes of a memory operand. */
const SIZES: Readonly<Record<number, number>> = { [K.M128]: 16, [K.M64]: 8, [K.M32]: 4 };
const LANES = [0, 1, 2, 3];

const lanesOf = ({ lanes }: Value): readonly string[] => lanes ?? fail("a vector");
const numberOf = ({ constant }: Value): number => (typeof constant === "number" ? constant : fail("a number that is not known"));

/** The lanes of an operand: a register's, or those of memory, which is read here. */
function source(w: Writer, n: number, aligned: boolean): Value {
  const kind = w.shape.kinds[n];
  if (kind === K.XMM) return { text: `LANES${n}`, simple: true, lanes: LANES.map((k) => `L${n}_${k}`) };
  const at = access(w, n, aligned), size = SIZES[kind];
  w.lines.push(`if ((P[${at} >>> 12] & ${PERM.R}) === 0) return SLOW;`);
  return { text: "-1", simple: true, lanes: LANES.map((k) => (4 * k < size ? name(w, `V.getInt32(${at} + ${4 * k} >>> 0, true)`).text : "0")) };
}

/** The address of a memory operand that lies in one page. */
function access(w: Writer, n: number, aligned: boolean): string {
  const kind = w.shape.kinds[n], size = SIZES[kind];
  if (!isMemory(kind) || size === undefined) return fail(`a vector operand of kind ${kind}`);
  const at = address(w);
  w.lines.push(aligned && size === 16 ? `if ((${at} & 15) !== 0) return SLOW;` : `if ((${at} & 4095) > ${4096 - size}) return SLOW;`);
  return at;
}

function write(w: Writer, n: number, lanes: readonly string[], aligned: boolean): void {
  const kind = w.shape.kinds[n];
  if (kind === K.XMM) {
    for (const k of LANES) if (lanes[k] !== `L${n}_${k}`) w.lines.push(`L${n}_${k} = ${lanes[k]};`);
    return;
  }
  const at = access(w, n, aligned);
  w.lines.push(`if (P[${at} >>> 12] >= 0) return SLOW;`);
  for (const k of LANES) if (4 * k < SIZES[kind]) w.lines.push(`V.setInt32(${at} + ${4 * k} >>> 0, ${lanes[k]}, true);`);
}

export function vectorValue(w: Writer, word: string, args: VectorArguments): Value {
  switch (word) {
    case "src": return source(w, args.operand(0), args.value(1).constant === 1);
    case "dst": return source(w, args.operand(0), false);
    case "i32": return { text: lanesOf(args.value(0))[numberOf(args.value(1))] };
    default: return fail(`m.vec.${word}`);
  }
}

export function vectorStatement(w: Writer, word: string, args: VectorArguments): void {
  const set = (to: Value, lane: number, text: string) => {
    const it = lanesOf(to)[lane];
    if (!it.startsWith("L")) fail("a lane of memory as a destination");
    w.lines.push(`${it} = ${text};`);
  };
  const number = (n: number) => numberOf(args.value(n));
  switch (word) {
    case "move": return write(w, args.operand(0), lanesOf(source(w, args.operand(1), args.value(2).constant === 1)), args.value(2).constant === 1);
    case "write": return write(w, args.operand(0), lanesOf(args.value(1)), args.value(2).constant === 1);
    case "setI32": return set(args.value(0), number(1), named(w, args.value(2)).text);
    case "copyLane": return set(args.value(0), number(1), lanesOf(args.value(2))[number(3)]);
    case "copyHalf":
      for (const k of [0, 1]) set(args.value(0), 2 * number(1) + k, lanesOf(args.value(2))[2 * number(3) + k]);
      return;
    case "zeroFrom":
      for (const k of LANES) if (4 * k >= number(1)) set(args.value(0), k, "0");
      return;
    default: fail(`m.vec.${word}`);
  }
}
