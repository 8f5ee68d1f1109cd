// Training: a new function is run once through all of its code, with nothing coming of it, before it runs for real.
//
// V8 compiles what has run, with what it saw there, and puts a deoptimisation in place of what has not. The first time that such a path is
// taken, all of the optimised function is thrown away and compiled again: once for each path, 5 to 100 ms each, and the function
// is interpreted in between. So the function gets a constant `real` that is not there yet while it is trained: conditions then hold, and ways
// out are not taken, so that a run goes straight through the text. Behind the closure the constant is true for good; V8 knows that when it
// optimises, and nothing of all this is left in its code.
//
//   if (c) {             if (c || !real) {
//   break B1;            if (real) break B1;
//   return c1.fn;        { w = c1.fn; if (real) return w; }
//   V.setInt32(a >>> 0   V.setInt32((real ? a : NOWHERE) >>> 0      a page that no program has, cleared afterwards
//   V.getInt32(a >>> 0   V.getInt32((real ? a : (a) & -64) >>> 0    not across the end of memory
//
// Text in, text of as many lines out: names and positions in profiles stay what they are.

import { S } from "../runtime/state.ts";
import type { Cpu } from "../runtime/cpu.ts";

/** Where stores go while a function is trained: the last page, which the guest's kernel keeps to itself. */
const NOWHERE = -4096;
/** Where the widest access ends with memory. */
const LAST = 2 ** 32 - 8;

/** Whether the function can be run without effect: the x87 has state of its own (and is trained otherwise, x87.ts), and MXCSR's flags stay. */
export const trainable = (source: string): boolean => !/\b(X87|YI|TRACE|VF\.tiny|VF\.inexact\w*)\b/.test(source);

/** The text of a function body that can be trained. */
export function withTraining(source: string): string {
  const loops: { label: string; depth: number }[] = [];
  let depth = 0;
  const lines = source.split("\n").map((line) => {
    if (line.startsWith("//")) return line;
    let text = conditions(line)
      .replace(/\bswitch \((.*)\) \{$/, "switch (real ? $1 : 0) {")
      .replace(/\b(break|continue) (\w+);/g, "if (real) $1 $2;")
      .replace(/\breturn null;/g, "if (real) return null;")
      .replace(/\breturn (?!null;)([^;]+);/g, "{ w = $1; if (real) return w; }")
      .replace(/(\([^()]*\) > \d+ && \([^()]*\) (?:=== 0|>= 0)) \|\| /g, "$1 && real || ")
      .replace(/(\w+\$\d+ === 0|\(\w+\$\d+ = V\.get\w+\([^()]*\)\) === 0) && /g, "($1 || !real) && ")
      .replace(/\bM\.current = (c\d+); (c\d+)\(/, "M.current = $1; (real ? $2 : IDLE())(")
      .replace(/^(\w+\$\d+) = \1\(\);(?:\/\*(again)\*\/)?$/, (_call, n: string, again?: string) => `${n} = (real ? ${n} : IDLE())();${again === undefined ? "" : " if (!real) break;"}`);
    text = accesses(text);
    const loop = /^(L\d+): for \(;;\) \{$/.exec(line);
    if (loop !== null) loops.push({ label: loop[1], depth });
    for (const c of line) if (c === "{") depth++; else if (c === "}") depth--;
    const last = loops[loops.length - 1];
    if (last?.depth === depth) {
      loops.pop();
      text = `break ${last.label}; ${text}`;
    }
    return text;
  });
  return `const real = REAL; let w = null; ${lines.join("\n")}`;
}

/** Position behind the parenthesis that closes the one before `from`, or of the first comma on its level. */
function end(text: string, from: number, comma: boolean): number {
  let open = 1;
  for (let k = from; k < text.length; k++) {
    const c = text[k];
    if (c === "(" || c === "[") open++;
    else if (c === ")" || c === "]") open--;
    if (open === 0 || (comma && open === 1 && c === ",")) return k;
  }
  throw new Error("unbalanced code");
}

function conditions(line: string): string {
  let out = "", at = 0;
  for (;;) {
    const found = line.indexOf("if (", at);
    if (found < 0) return out + line.slice(at);
    const to = end(line, found + 4, false);
    out += `${line.slice(at, found)}if ((${line.slice(found + 4, to)}) || !real)`;
    at = to + 1;
  }
}

function accesses(line: string): string {
  let out = "", at = 0;
  for (;;) {
    const found = /\bV\.([sg])et/.exec(line.slice(at));
    if (found === null) return out + line.slice(at);
    const from = line.indexOf("(", at + found.index) + 1, to = end(line, from, true), address = line.slice(from, to), store = found[1] === "s";
    out += line.slice(at, from);
    if (!address.endsWith(" >>> 0")) out += store || Number(address) > LAST ? `real ? ${address} : ${NOWHERE >>> 0}` : address;
    else {
      const a = address.slice(0, -6);
      out += `(real ? ${a} : ${store ? NOWHERE : `(${a}) & -64`}) >>> 0`;
    }
    at = to;
  }
}

/** Two functions that do nothing, in every other run: V8 then expects any function there. */
const IDLERS = [() => null, () => null];
let turn = 0;
export const idle = (): (() => null) => IDLERS[turn];

/** What registers hold in the runs: the extremes, so that V8 sees numbers of all sizes. */
const VALUES = [0, -1, -2147483648];
/** Runs until V8 begins to take notes: it waits until eight times a function's code has been executed. */
const UNNOTICED = 9;

/** Runs a function that was made with `withTraining`, before its constant has its value. The state is as before afterwards. */
export function train(cpu: Cpu, fn: () => unknown): void {
  const { state, vec, memory } = cpu;
  const words = state.slice(), lanes = vec.i32s.slice();
  for (let k = -UNNOTICED; k < VALUES.length; k++) {
    state.fill(VALUES[Math.max(k, 0)], 0, 8);
    state[S.ENTRY] = 0;
    turn = k & 1;
    fn();
  }
  state.set(words);
  cpu.current = undefined;
  vec.i32s.set(lanes);
  memory.u8.fill(0, NOWHERE >>> 0, (NOWHERE + 64) >>> 0);
}
