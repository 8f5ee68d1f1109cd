// x87 registers in JavaScript locals against the interpreter: random loops of x87 code over tables of numbers of every kind, the whole
// state compared behind them, and the status word of every turn. JIT386_X87_LOOPS=n makes more of them.

import { describe, expect, test } from "vitest";
import { describeState } from "../../src/runtime/x87/index.ts";
import { emitGraph } from "../../src/translator/emit-graph.ts";
import { blockGraph } from "../../src/translator/graph.ts";
import type { EngineOptions } from "../../src/runtime/engine.ts";
import { CODE, createGuest, DATA, DATA_END, listing, MODES, observe } from "./guest.ts";

const LOOPS = Number(process.env.JIT386_X87_LOOPS ?? 60);
const TURNS = Number(process.env.JIT386_X87_TURNS ?? 60);

/** A seeded generator: numbers below n. */
function generator(seed: number): (n: number) => number {
  let s = seed | 0;
  return (n) => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

type Random = (n: number) => number;

/** Numbers as programs have them: mostly near 1, of any length; now and then far away, zero, denormal, infinite. */
function number(random: Random, wild: boolean): number {
  const sign = random(2) === 0 ? 1 : -1;
  const fraction = random(4294967296) / 4294967296 + random(1048576) / 2 ** 52;
  switch (random(wild ? 16 : 12)) {
    case 0: return sign * random(20);
    case 1: return sign * 2 ** (random(8) - 4);
    case 2: return (sign * random(20001)) / 10 ** random(4);
    case 3: return sign * Math.fround(fraction);
    case 4: return sign * fraction * 2 ** (random(100) - 50);
    case 5: return sign * Math.round(fraction * 2 ** random(52)) * 2 ** -random(52);
    case 12: return sign * fraction * 2 ** (random(2000) - 1000);
    case 13: return sign * 2 ** -1050;
    case 14: return sign / 0;
    case 15: return 0 / 0;
    default: return sign * (0.5 + fraction);
  }
}

const TABLE = 1024, WORDS = DATA + 0x1800, OUT = DATA + 0x1000;

/** Random x87 code that leaves the stack as it was, for one turn of a loop. ESI points into the table of doubles, EDI to where results go. */
function turn(random: Random, length: number, wild: boolean, straight: boolean): number[] {
  const code: number[] = [];
  let depth = 0, out = 0;
  const source = () => (random(24) * 8) & 0xff;
  const memory = (opcode: number, reg: number) => code.push(opcode, 0x80 | (reg << 3) | 6, source(), 0, 0, 0);
  const absolute = (opcode: number, reg: number, at: number) => code.push(opcode, (reg << 3) | 5, at & 255, (at >> 8) & 255, (at >> 16) & 255, at >>> 24);
  const store = (opcode: number, reg: number, size: number) => {
    code.push(opcode, 0x80 | (reg << 3) | 7, out & 255, out >> 8, 0, 0);
    out = (out + size) % 0x300;
  };
  const OPERATIONS = [0, 1, 4, 5, 6, 7, 0, 1, 4, 0, 1];
  const operation = () => OPERATIONS[random(OPERATIONS.length)];
  const rare = (kind: number) => {
    if (kind === 0) code.push(0xda + random(2), 0xc0 + 8 * random(4) + (depth > 0 ? random(depth) : 0)); // FCMOVcc
    else if (kind === 1) {
      const second = [0xfe, 0xff, 0xf0, 0xf4, 0xf2, 0xfb][random(wild ? 6 : 2)];
      code.push(0xd9, second);
      if ([0xf4, 0xf2, 0xfb].includes(second)) depth++;
    } else if (depth > 1) code.push(0xd9, [0xf8, 0xf5, 0xfd][random(wild ? 3 : 2)]);
  };
  for (let k = 0; k < length; k++) {
    const other = depth > 0 ? random(depth) : 0;
    const what = depth === 0 ? 0 : depth > 5 ? 6 + random(22) : random(28);
    if (what < 6) {
      depth++;
      switch (random(10)) {
        case 0: memory(0xd9, 0); break;
        case 1: memory(0xdb, 0); break;
        case 2: memory(0xdf, 5); break;
        case 3: if (wild) memory(0xdb, 5); else code.push(0xd9, 0xe8); break;
        case 4: code.push(0xd9, 0xe8 + [0, 1, 3, 4, 5, 6][random(6)]); break;
        case 5: if (depth > 1) code.push(0xd9, 0xc0 + other); else memory(0xdd, 0); break;
        default: memory(0xdd, 0);
      }
      continue;
    }
    switch (what) {
      case 6: case 7: memory(0xdc, operation()); break;
      case 8: memory(0xd8, operation()); break;
      case 9: memory(random(2) ? 0xda : 0xde, operation()); break;
      case 10: case 11: case 12: code.push(0xd8, 0xc0 + 8 * operation() + other); break;
      case 13: case 14: code.push(0xdc, 0xc0 + 8 * operation() + other); break;
      case 15: case 16: case 17:
        if (depth > 1) {
          code.push(0xde, 0xc0 + 8 * operation() + 1 + random(depth - 1));
          depth--;
        }
        break;
      case 18: code.push(0xd9, 0xc8 + other); break;
      case 19: code.push(0xd9, [0xe0, 0xe1, 0xfa, 0xfc, 0xe4][random(5)]); break;
      case 20: store(0xdd, 2, 8); break;
      case 21: store(0xd9, 2, 4); break;
      case 22:
        depth--;
        if (random(3) === 0) store(0xdb, 7, 10);
        else if (random(2)) store(0xdd, 3, 8);
        else store(0xd9, 3, 4);
        break;
      case 23: // as C converts to an integer
        depth--;
        absolute(0xd9, 5, WORDS + 2);
        if (random(2)) store(0xdb, 3, 4);
        else store(0xdf, random(2) ? 7 : 3, 8);
        absolute(0xd9, 5, WORDS);
        break;
      case 24:
        depth--;
        store(0xdb, 3, 4);
        break;
      case 25: if (straight) break; // a comparison and a branch around a change of EBX or of ST(0)
        code.push(0xdb, (random(2) ? 0xf0 : 0xe8) + other, [0x77, 0x73, 0x74, 0x7a, 0x76][random(5)]);
        if (random(2)) code.push(1, 0x43);
        else code.push(2, 0xd9, 0xe0);
        break;
      case 26:
        code.push(0xdd, 0xe0 + other, 0xdf, 0xe0, 0x01, 0xc3);
        break;
      default:
        rare(random(3));
    }
  }
  store(0xdd, 7, 2); // status word
  for (; depth > 0; depth--) store(0xdd, 3, 8);
  return code;
}

/** A loop of two turns, the second of them left out by chance; or of one without branches. */
function program(random: Random, wild: boolean): Uint8Array {
  const straight = random(3) === 0;
  const first = turn(random, 4 + random(30), wild, straight), second = straight ? [] : turn(random, random(16), wild, false);
  const body = [
    ...first,
    ...(straight ? [] : [0xf6, 0xc1, 0x03, 0x0f, 0x84, second.length & 255, second.length >> 8, 0, 0]), // test $3,%cl; je
    ...second,
    0x83, 0xc6, 0x18, // add $24,%esi
    0x81, 0xe6, (DATA + 0xfff) & 255, ((DATA + 0xfff) >> 8) & 255, ((DATA + 0xfff) >> 16) & 255, (DATA + 0xfff) >>> 24, // and
    0x83, 0xc7, 0x05, // add $5,%edi
    0x81, 0xe7, 0xff, ((DATA + 0x17ff) >> 8) & 255, ((DATA + 0x17ff) >> 16) & 255, (DATA + 0x17ff) >>> 24,
    0x49, // dec %ecx
  ];
  const back = -(body.length + 6);
  return Uint8Array.from([...body, 0x0f, 0x85, back & 255, (back >> 8) & 255, 255, 255, 0xcc]);
}

describe.each(["block", "region", "lockstep"])("%s", (mode) => {
  test.each([["ordinary numbers", false], ["all numbers", true]])("random loops with %s", (_, wild) => {
    for (let seed = 1; seed <= LOOPS; seed++) {
      const outcomes = ["interpreter", mode].map((m) => {
        const random = generator(seed * 7919 + (wild ? 1 : 0));
        const guest = createGuest(program(random, wild), MODES[m]);
        const { view } = guest.memory;
        for (let k = 0; k < TABLE / 2 + 32; k++) view.setFloat64(DATA + 8 * k, number(random, wild && random(8) === 0), true);
        view.setUint16(WORDS, 0x37f, true);
        view.setUint16(WORDS + 2, 0xf7f, true);
        guest.cpu.x87.flags = 0x20; // PE: code in locals asks for it
        guest.cpu.x87.top = random(8);
        guest.start({ ecx: TURNS, esi: DATA, edi: OUT });
        const exit = guest.run(1 << 24);
        return { exit, seen: observe(guest), x87: describeState(guest.cpu.x87, true), data: guest.memory.u8.slice(DATA, DATA_END) };
      });
      const [a, b] = outcomes;
      expect({ ...b, data: [], seed }).toEqual({ ...a, data: [], seed });
      const differs = a.data.findIndex((byte, k) => byte !== b.data[k]);
      expect(`seed ${seed}: ${differs < 0 ? "same" : `memory differs at ${(DATA + differs).toString(16)}`}`).toBe(`seed ${seed}: same`);
    }
  });
});

test("x87 code in a loop makes no call", () => {
  const random = generator(1);
  const guest = createGuest(Uint8Array.from([0xd8, 0xc9, 0xdc, 0xc2, 0xd9, 0xc9, 0x49, 0x75, 0xf7]), MODES.interpreter); // fmul %st(1),%st; fadd %st,%st(2); fxch; dec %ecx; jne
  guest.start({ ecx: random(10) });
  const graph = blockGraph(guest.engine.cache.at(CODE), true);
  const { source } = emitGraph(graph, { traceStores: false, recordTargets: false, x87Locals: true, entries: true, counts: false, number: 1, precision: { pe: false, small: "left" } });
  const loop = source.slice(source.indexOf("for (;;)"));
  expect(loop).not.toMatch(/X87\.(mul|arithPop|exchange|note|pendingException)\(/);
  expect(loop).toContain("* 134217729");
});

test("integers that are loaded, and their sums, are doubles in WebAssembly", () => {
  const code = listing(`
    db 06  loop: fildl (%esi)
    d8 c0  fadd %st,%st
    da 06  fiaddl (%esi)
    dd 1f  fstpl (%edi)
    49     dec %ecx
    75 f5  jne loop
    cc     int3
  `);
  const outcome = (mode: string) => {
    const guest = createGuest(code, MODES[mode]);
    guest.memory.view.setInt32(DATA, 0x7ffffff1, true);
    guest.cpu.x87.flags = 0x20;
    guest.start({ ecx: 40, esi: DATA, edi: OUT });
    expect(guest.run()).toMatchObject({ kind: "fault", vector: 3 });
    return { lowered: guest.engine.cache.at(CODE).fn?.place !== undefined, result: guest.memory.view.getFloat64(OUT, true) };
  };
  expect(outcome("interpreter")).toEqual({ lowered: false, result: 3 * 0x7ffffff1 });
  expect(outcome("block")).toEqual({ lowered: true, result: 3 * 0x7ffffff1 });
});

// what stands behind the call is then the interpreter's, or another function's, which want to know where
test.each(Object.keys(MODES))("a callee that leaves the stack of registers otherwise now and then, %s", (mode) => {
  const code = listing(`
    d9 ee            loop: fldz
    e8 09 00 00 00   call f
    dd 1e            fstpl (%esi)
    83 c6 08         add $8,%esi
    49               dec %ecx
    75 f1            jne loop
    cc               int3
    e8 01 00 00 00   f: call g
    c3               ret
    f6 c1 03         g: test $3,%cl
    75 02            jne behind
    dd c0            ffree %st
    c3               behind: ret
  `);
  const outcome = (options: EngineOptions) => {
    const guest = createGuest(code, options);
    guest.cpu.x87.flags = 0x20;
    guest.start({ ecx: 200, esi: DATA });
    return { exit: guest.run(), seen: observe(guest), x87: describeState(guest.cpu.x87, true) };
  };
  const expected = outcome(MODES["interpreter"]);
  expect(expected.exit).toMatchObject({ kind: "fault", vector: 3 });
  expect(outcome(MODES[mode])).toEqual(expected);
  for (const threshold of [1, 8, 20]) expect(outcome({ ...MODES[mode], threshold })).toEqual(expected);
});
