// Inline x87 arithmetic against the integer path, on operands of every length: where it answers at all, every bit of the answer is right.
// JIT386_X87_OPERATIONS=n does more of them.

import { expect, test } from "vitest";
import { ADD, createX87, DIV, MUL, SUB, type X87 } from "../../src/runtime/x87/index.ts";
import { arithExact, sqrtExact } from "../../src/runtime/x87/arith.ts";
import { EXPONENT_OF, EXPONENT_WORDS, ROUNDERS } from "../../src/runtime/x87/inline.ts";
import * as kernels from "../../src/translator/x87-kernels.ts";
import { random, setSeed } from "../runtime/x87-cases.ts";

const OPERATIONS = Number(process.env.JIT386_X87_OPERATIONS ?? 30_000);
const SQRT = 8;

/** A register value of 1 to 64 significant bits (to 53 when `double`), with an exponent within 2^+-`range`. */
function load(x: X87, double: boolean, range: number): void {
  const r = random();
  const most = double ? 53 : 64;
  const keep = r & 1 ? most : 1 + ((r >>> 16) % most);
  const h = keep >= 32 ? -1 : -1 << (32 - keep);
  const l = keep <= 32 ? 0 : keep === 64 ? -1 : -1 << (64 - keep);
  // now and then next to a power of two
  const near = (r & 0x1c) === 0, ones = (r & 0x20) !== 0;
  const high = near ? (ones ? -1 : 0x80000000) : random() | 0x80000000, low = near ? (ones ? random() | 0xfffff000 : random() & 0xfff) : random();
  x.loadF80(0x3fff + (random() % (2 * range + 1)) - range + (r & 2 ? 0x8000 : 0), high & h, low & l);
}

/** The kernel as a function from registers 0 and 1 of one FPU to register 0 of another; false when it asks for the exact path. */
function compile(operation: number, doubles: number, memory: boolean): (from: X87, to: X87) => boolean {
  const lines: string[] = [];
  let names = 0;
  const out = { emit: (line: string) => void lines.push(line), fresh: (base: string) => `${base}$${names++}` };
  const a = { h: "ah", l: doubles & 1 ? "0" : "al" }, b = { h: "bh", l: doubles & 2 ? "0" : "bl" };
  const context = { operand: [], memory, slow: () => "return false;" };
  const result =
    operation === MUL ? kernels.product(out, a, b, context)
    : operation === DIV ? kernels.quotient(out, a, b, context)
    : operation === SQRT ? kernels.root(out, a, context)
    : kernels.addition(out, a, b, operation === ADD ? "+" : "-", context);
  const body = `return (from, to) => { const t = from.top, u = from.top + 1 & 7, ah = from.hi[t], al = from.lo[t], bh = from.hi[u], bl = from.lo[u];
${lines.join("\n")}
to.hi[to.top] = ${result.h}; to.lo[to.top] = ${result.l}; return true; }`;
  return new Function("YE", "YW", "YR", body)(EXPONENT_OF, EXPONENT_WORDS, ROUNDERS) as (from: X87, to: X87) => boolean;
}

const CASES = [["FADD", ADD], ["FSUB", SUB], ["FMUL", MUL], ["FDIV", DIV], ["FSQRT", SQRT]] as const;

test.each(CASES)("%s", (_, operation) => {
  for (let doubles = 0; doubles < 4; doubles++) {
    setSeed(operation * 4 + doubles + 1);
    const kernel = compile(operation, doubles, false);
    let answered = 0;
    for (let k = 0; k < OPERATIONS; k++) {
      const exact = createX87(), fast = createX87();
      const range = [1, 3, 12, 60, 300][k % 5];
      load(exact, (doubles & 2) !== 0, range);
      load(exact, (doubles & 1) !== 0, range);
      if (operation === SQRT) exact.abs();
      fast.top = exact.top;
      if (!kernel(exact, fast)) continue;
      answered++;
      const before = [exact.hi[exact.top], exact.lo[exact.top], exact.hi[(exact.top + 1) & 7], exact.lo[(exact.top + 1) & 7]];
      if (operation === SQRT) sqrtExact(exact);
      else arithExact(exact, operation, 0, 1);
      const p = exact.top;
      if (exact.kind[p] !== 0 || !Object.is(exact.hi[p], fast.hi[p]) || exact.lo[p] !== fast.lo[p] || (exact.flags & ~0x20) !== 0) {
        expect({ before, hi: fast.hi[p], lo: fast.lo[p] }).toEqual({ before, hi: exact.hi[p], lo: exact.lo[p] });
      }
    }
    expect(answered).toBeGreaterThan(OPERATIONS / 3);
  }
});

test("the constants are those that the FPU loads", () => {
  const x = createX87();
  for (let n = 0; n < 7; n++) {
    x.init();
    x.loadConst(n);
    expect([Number(kernels.CONSTANTS[n].h.replace(/[()]/g, "")), Number(kernels.CONSTANTS[n].l.replace(/[()]/g, ""))]).toEqual([x.hi[x.top], x.lo[x.top]]);
  }
});
