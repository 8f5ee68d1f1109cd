// Lowering against JavaScript itself: the same text as a function of JavaScript and as WebAssembly, on values at the edges.

import { describe, expect, test } from "vitest";
import * as flags from "../../../src/runtime/flags.ts";
import { HIDDEN } from "../../../src/runtime/hidden.ts";
import { lookupIndex } from "../../../src/runtime/lookup.ts";
import { FLAGS, S } from "../../../src/runtime/state.ts";
import { webAssembly, type WasmFunction } from "../../../src/runtime/webassembly.ts";
import * as wide from "../../../src/runtime/wide.ts";
import { Unsupported } from "../../../src/translator/value.ts";
import { encodeModule, I32, type Import, OP } from "../../../src/translator/wasm/encode.ts";
import { FLAG_FUNCTIONS } from "../../../src/translator/wasm/flag-functions.ts";
import { type Callee, CODE, type Surroundings, V } from "../../../src/translator/wasm/kinds.ts";
import { lower } from "../../../src/translator/wasm/lower.ts";

const host = webAssembly();
const never = () => {
  throw new Error("nothing of that kind is in these texts");
};
const around = (parameters: readonly string[], named: Surroundings["named"] = () => undefined): Surroundings => ({
  parameters: parameters.map((p) => [p, V.INT]), result: I32, cell: never, beside: never, table: never, recorder: never, callOut: never, named,
});

/** The functions of a module that has these texts, each of which may call those before it. */
function lowered(functions: readonly { readonly name: string; readonly parameters: readonly string[]; readonly body: string }[]): WasmFunction[] {
  const known = new Map<string, Callee>();
  const bodies = functions.map(({ name, parameters, body }, index) => {
    const it = lower(body, around(parameters, (n) => known.get(n)));
    known.set(name, { index, parameters: parameters.map(() => V.INT), result: V.INT });
    return it;
  });
  const bytes = encodeModule({ imports: [], functions: bodies, table: { size: functions.length, own: true } });
  const memory = new (host as NonNullable<typeof host>).Memory({ initial: 1, maximum: 65536, shared: true });
  memory.grow(65535);
  const { exports } = new (host as NonNullable<typeof host>).Instance(new (host as NonNullable<typeof host>).Module(bytes), { m: { m: memory } });
  return functions.map((_, k) => exports[k] as WasmFunction);
}

const EDGES = [0, 1, 2, 3, 7, 31, 32, 127, 128, 255, 65535, 0x7fff_fffe, 0x7fff_ffff, -1, -2, -128, -32768, -65536, -0x7fff_ffff, -0x8000_0000, 0x1234_5678, 0x55aa_55aa | 0];

const EXPRESSIONS = [
  "a + b | 0", "a - b | 0", "(a + b | 0) < 0 ? 1 : 0", "a + b - 3 & 255", "-a | 0", "~a ^ b", "a << b", "a >> b", "a >>> b | 0", "a << 24 >> 24", "a & -256 | b & 255",
  "Math.imul(a, b)", "Math.clz32(a)", "a % 10 | 0", "(a >>> 0) / 7 | 0", "a / 3 | 0",
  "a < b ? 1 : 0", "a >>> 0 < b >>> 0 ? 1 : 0", "a - b >>> 0 > 1024 ? 1 : 0", "a >>> 0 <= 5 ? 1 : 0", "(a >>> 0) >= b ? 1 : 0", "a === b ? 7 : 9", "a !== 0 ? a : b", "!(a === 0) ? 1 : 2",
  "!(a === 0) ? 1 : 0", "(!((a & b) === 0) ? 1 : 0) << 4 | 3",
  "a === 0 || b === 0 ? 1 : 0", "a < 0 && (b < 0 || a > b) ? 1 : 0", "(a > 0 ? a : b) + 1 | 0", "a === 0 ? -1 : b >>> 31",
  // as intrinsics.ts writes high products and quotients
  "((((a >>> 0) * (b >>> 0) - (Math.imul(a, b) >>> 0)) * 2.3283064365386963e-10 + 0.5) | 0)",
  "((((a * b - (Math.imul(a, b) >>> 0)) * 2.3283064365386963e-10 + 2147483648.5) | 0) ^ -2147483648)",
  "a * 0.5 + b * 2 | 0", "a * 1.5 < b * 0.25 ? 1 : 0", "Math.floor(a * 0.3) | 0", "Math.fround(a * 0.1) * 16 | 0", "a === b * 1 ? 1 : 0", "4294967295 - (a >>> 0) | 0", "(a ^ 2147483648) | 0",
];

test.skipIf(host === undefined).each(EXPRESSIONS)("%s", (text) => {
  const [f] = lowered([{ name: "f", parameters: ["a", "b"], body: `return ${text};` }]);
  const js = new Function("a", "b", `return ${text};`) as (a: number, b: number) => number;
  for (const a of EDGES) for (const b of EDGES) expect([a, b, f(a, b)]).toEqual([a, b, js(a, b) | 0]);
});

const BODIES = [
  "if (a === 0 && (b === 1 || c !== 2) || !(b === 3 || a === 1)) return 1; return 0;",
  "if (!(a === 0 || b === 0) && c === 0) { return 5; } else if (a > b || b > c) return 6; else { return 7; }",
  "if ((a === 1 && b === 1) || (b === 2 && c === 2)) { a = 9; } return a;",
  "let n = 0; L: for (;;) { n = n + 1 | 0; if (n > 20) break L; if ((n & 1) === 0 || n === a) continue L; b = b + n | 0; if (b > 60 && c > 1) return b; } return b + n | 0;",
  "let n = 3; let s = 0; while (n > 0 && s < 100) { n = n - 1 | 0; s = s + a | 0; } return s + n | 0;",
  "out: { in1: { if (a === 0) break in1; if (b === 0) break out; return 1; } c = c + 10 | 0; } return c;",
  "switch (a & 3) { case 0: { b = 1; break; } case 1: { return 11; } case 2: { b = 2; } case 3: { b = b + 5 | 0; } } return b;",
  "let t = 0; switch (a) { case 0: t = 4; break; case 1: t = 5; break; default: t = 6; } return t;",
  "const x = a + 1 | 0; let y = 0; if (x > 1) { const z = Math.imul(x, b); y = z; } const w = y - c | 0; return w;",
];

test.skipIf(host === undefined).each(BODIES)("%s", (body) => {
  const [f] = lowered([{ name: "f", parameters: ["a", "b", "c"], body }]);
  const js = new Function("a", "b", "c", body) as (a: number, b: number, c: number) => number;
  for (let a = 0; a < 4; a++) for (let b = 0; b < 4; b++) for (let c = 0; c < 4; c++) expect([a, b, c, f(a, b, c)]).toEqual([a, b, c, js(a, b, c)]);
});

test.skipIf(host === undefined)("quotients", () => {
  const body = (word: string, fits: string) => `if (!${fits}) return 0; return ${word};`;
  const unsigned = "(hi === 0 ? (lo >>> 0) / (d >>> 0) | 0 : W.divU(hi, lo, d))", signed = "(hi === lo >> 31 ? lo / d | 0 : W.divS(hi, lo, d))";
  const [u, s] = lowered([
    { name: "u", parameters: ["hi", "lo", "d"], body: body(unsigned, "(hi >>> 0 < d >>> 0)") },
    { name: "s", parameters: ["hi", "lo", "d", "fits"], body: body(signed, "(fits !== 0)") },
  ]);
  for (const hi of EDGES) for (const lo of EDGES) for (const d of EDGES) {
    expect([hi, lo, d, u(hi, lo, d)]).toEqual([hi, lo, d, wide.divFitsU(hi, lo, d) ? wide.divU(hi, lo, d) : 0]);
    const fits = wide.divFitsS(hi, lo, d);
    expect([hi, lo, d, s(hi, lo, d, fits ? 1 : 0)]).toEqual([hi, lo, d, fits ? wide.divS(hi, lo, d) : 0]);
  }
});

/** Results that a tuple of this kind can have. */
function resultsOf(kind: number, a: number, b: number): number[] {
  switch (kind) {
    case FLAGS.ADD: return [(a + b) | 0, (a + b + 1) | 0];
    case FLAGS.SUB: return [(a - b) | 0];
    case FLAGS.SBB: return [(a - b) | 0, (a - b - 1) | 0];
    default: return [a, b, 0x8d5];
  }
}

test.skipIf(host === undefined)("flag functions are those of runtime/flags.ts", () => {
  const functions = lowered(FLAG_FUNCTIONS.map((f) => ({ ...f, name: `FL.${f.name}` })));
  const expected = flags as unknown as Record<string, (...args: number[]) => number | boolean>;
  for (const [k, { name, parameters, truth }] of FLAG_FUNCTIONS.entries()) {
    for (const kind of Object.values(FLAGS)) for (const a of EDGES) for (const b of [0, 1, -1, 0x7fff_ffff, -0x8000_0000, 77]) for (const r of resultsOf(kind, a, b)) {
      const tuple = parameters.length === 2 ? [kind, r] : [kind, a, b, r];
      for (const cc of truth ? Array.from({ length: 16 }, (_, c) => [c]) : [[]]) {
        const args = [...cc, ...tuple];
        if (Number(functions[k](...args)) !== Number(expected[name](...args))) expect.fail(`${name}(${args.join()})`);
      }
    }
  }
});

test.skipIf(host === undefined)("high products are products of 64 bits", () => {
  for (const text of EXPRESSIONS.filter((it) => it.includes("e-10"))) {
    const { code } = lower(`return ${text};`, around(["a", "b"]));
    expect([...code.data.subarray(0, code.length)].filter((byte) => byte === OP.f64Mul), text).toEqual([]);
  }
});

test.skipIf(host === undefined).each([
  ["a return", "R[9] = t$0; return NEXT;"], ["a jump", "R[9] = t$0; return LOOKUP(t$0 | 0);"], ["where EIP came from elsewhere", "R[9] = t$0 + 0 | 0; return NEXT;"],
])("%s goes on in the same module, unless a call expects it back", (_name, end) => {
  const { Memory, Module, Instance } = host as NonNullable<typeof host>;
  const here = 0x0123_4568, first = 100, ask = 4096;
  const surroundings: Surroundings = { cell: never, beside: never, table: never, recorder: never, callOut: never, named: () => undefined, own: { first, count: 2 } };
  const functions = [lower(`let r0 = R[0]; const t$0 = V.getInt32(${ask}, true); r0 = r0 + 1 | 0; R[0] = r0; ${end}`, surroundings), lower("R[1] = 77; return null;", surroundings)];
  const memory = new Memory({ initial: 1, maximum: 65536, shared: true });
  memory.grow(65535);
  const { exports } = new Instance(new Module(encodeModule({ imports: [], functions, table: { size: 2, own: true } })), { m: { m: memory } });
  const words = new Int32Array(memory.buffer), state = words.subarray(HIDDEN.STATE >>> 2), lookups = words.subarray(HIDDEN.LOOKUP >>> 2);
  const enter = exports[0] as (depth: number, expected: number) => number;
  const run = (target: number, expected = 0): unknown[] => {
    state[0] = state[1] = state[S.EIP] = 0;
    words[ask >>> 2] = target;
    return [enter(0, expected), state[0], state[1], state[S.EIP]];
  };
  expect(run(here)).toEqual([1, 1, 0, here]);
  const at = lookupIndex(here);
  lookups[at] = here;
  lookups[at + 1] = first + 1;
  expect(run(here)).toEqual([0, 1, 77, here]);
  // something else that the same entry of the table stands for
  const other = here ^ (1 << 13) ^ 1;
  expect(lookupIndex(other)).toBe(at);
  expect(run(other)).toEqual([1, 1, 0, other]);
  // in another module
  lookups[at + 1] = first + 2;
  expect(run(here)).toEqual([first + 2, 1, 0, here]);
  lookups[at + 1] = first + 1;
  // a call finds that it is expected, and does not even write EIP where nothing has come between
  expect(run(here, here)).toEqual(!end.includes("NEXT") ? [0, 1, 77, here] : end.includes("+ 0") ? [CODE.AT_EIP, 1, 0, here] : [CODE.EXPECTED, 1, 0, 0]);
});

describe.skipIf(host === undefined)("calls in a module", () => {
  const { Memory, Module, Instance } = host as NonNullable<typeof host>;
  const caller = 0x0100_0000, callee = 0x0200_0000, back = 0x0100_0005, first = 100, cell = 4096, ask = 4100, deep = 50000;
  const slice = "if ((R[23] = R[23] - 2 | 0) < 0) return null;\n";
  const elsewhere = `(n$0 === null || R[9] !== ${back})`;
  // as emit.ts writes a call
  const call = `let r0 = R[0];
    r0 = r0 + 1 | 0;
    R[0] = r0; R[9] = ${callee};
    let n$0 = c0.fn;
    const d$1 = R[27], ex$2 = R[31];
    if (d$1 > ${deep}) return n$0;
    R[27] = d$1 + 40 | 0; R[31] = ${back};
    n$0 = n$0();
    if ${elsewhere} rare: {
    while ${elsewhere} {
    if (n$0 === null) { R[27] = d$1; return null; }
    n$0 = n$0();/*again*/
    }
    }
    R[27] = d$1; R[31] = ex$2;
    r0 = R[0];
    r0 = r0 + 256 | 0;
    R[0] = r0; R[9] = ${callee}; return c1.fn;`;
  const ret = `R[1] = R[1] + 1 | 0; const t$0 = V.getInt32(${ask}, true); R[9] = t$0; return NEXT;`;
  const calls: unknown[][] = [];
  const around: Surroundings = {
    cell: (k) => cell + 8 * k, table: never, recorder: never, callOut: never, own: { first, count: 2 },
    beside: () => ({ number: 1, place: first + 1, wantsEip: false }),
    named: (name) => (name === "next" ? { index: 0, parameters: [V.NEXT, V.INT, V.INT], result: V.NEXT } : undefined),
  };
  const functions = [lower(slice + call, { ...around, address: caller }), lower(slice + ret, { ...around, address: callee })];
  const memory = new Memory({ initial: 1, maximum: 65536, shared: true });
  memory.grow(65535);
  const words = new Int32Array(memory.buffer), state = words.subarray(HIDDEN.STATE >>> 2, (HIDDEN.STATE >>> 2) + S.WORDS);
  const next = (...args: number[]): number => {
    calls.push([...args, state[S.EIP]]);
    state[S.EIP] = back;
    return args[0] === 7 ? CODE.AT_EIP : CODE.LEAVE;
  };
  const imports: Import[] = [{ signature: { parameters: [I32, I32, I32], result: I32 }, value: next }];
  const { exports } = new Instance(new Module(encodeModule({ imports, functions, table: { size: 2, own: true } })), { m: { m: memory, 0: next } });
  const run = exports[0] as (depth: number, expected: number) => number;
  const start = (linked: number, target: number, budget = 100) => {
    calls.length = 0;
    state.fill(0);
    state[S.BUDGET] = budget;
    words[cell >>> 2] = linked;
    words[(cell + 8) >>> 2] = 9;
    words[ask >>> 2] = target;
  };

  test("a call comes back without EIP, and a link leaves with it", () => {
    start(first + 1, back);
    expect([run(0, 0), state[0], state[1], state[S.EIP]]).toEqual([9, 257, 1, callee]);
    expect(calls).toEqual([]);
  });
  test("a call by way of the table is given EIP, depth and where it is to come back to", () => {
    start(7, back);
    expect([run(80, 0), state[0], state[S.EIP]]).toEqual([9, 257, callee]);
    expect(calls).toEqual([[7, 120, back, callee]]);
  });
  test("what comes back elsewhere is gone on with", () => {
    start(first + 1, 0x0300_0000);
    expect([run(0, 0), state[0]]).toEqual([0, 1]);
    expect(calls).toEqual([[CODE.AT_EIP, 40, back, 0x0300_0000]]);
  });
  test("a call that is too deep is a jump", () => {
    start(first + 1, back);
    expect([run(deep + 1, 0), state[0], state[1], state[S.EIP]]).toEqual([first + 1, 1, 0, callee]);
  });
  test("at the end of a time slice a function says where it is", () => {
    start(first + 1, back, 1);
    expect([run(0, 0), state[0], state[S.EIP]]).toEqual([0, 0, caller]);
    start(first + 1, back, 3);
    expect([run(0, 0), state[0], state[1], state[S.EIP]]).toEqual([0, 1, 0, callee]);
  });
});

test("what has no counterpart is refused", () => {
  for (const body of ["return X87.top();", "return a ** 2;", "return a + b < 3 ? 1 : 0;", "throw a;", "const x = [a]; return 0;", "return R[a];", "continue L;"]) {
    expect(() => lower(body, around(["a", "b"])), body).toThrow(Unsupported);
  }
});
