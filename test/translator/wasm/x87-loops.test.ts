// Loops of x87 arithmetic as they are lowered, registers in locals, against the integer path: two operations whose first result is the second's operand, and a
// root, on numbers of 1 to 64 bits. JIT386_X87_OPERATIONS=n does about n of each pair of operations, JIT386_X87_SEED others.

import { expect, test } from "vitest";
import { arithExact, sqrtExact } from "../../../src/runtime/x87/arith.ts";
import { ADD, createX87, DIV, DIVR, MUL, SUB, SUBR, type X87 } from "../../../src/runtime/x87/index.ts";
import { random, setSeed } from "../../runtime/x87-cases.ts";
import { createGuest, DATA } from "../guest.ts";

const OPERATIONS = Number(process.env.JIT386_X87_OPERATIONS ?? 3_000);
const SEED = Number(process.env.JIT386_X87_SEED ?? 0);
/** Turns of a loop, and bytes of what each has: two operands and the result. */
const TURNS = 100, TRIPLE = 48;
const NAMES: Readonly<Record<number, string>> = { [ADD]: "FADD", [MUL]: "FMUL", [SUB]: "FSUB", [SUBR]: "FSUBR", [DIV]: "FDIV", [DIVR]: "FDIVR" };
const PAIRS = Object.keys(NAMES).flatMap((first) => Object.keys(NAMES).map((second) => [Number(first), Number(second)] as const));
/** The exceptions that are sticky flags of the status word. */
const EXCEPTIONS = 0x3f;

/** FLD m80 [ESI], FLD m80 [ESI+16], FIRST ST, ST(1), SECOND ST, ST(1), perhaps FABS, FSQRT, FSTP m80 [ESI+32], FSTP ST: for TURNS triples. */
function loop(first: number, second: number, root: boolean): Uint8Array {
  const body = [
    0xdb, 0x2e, 0xdb, 0x6e, 0x10, 0xd8, 0xc1 + 8 * first, 0xd8, 0xc1 + 8 * second, ...(root ? [0xd9, 0xe1, 0xd9, 0xfa] : []),
    0xdb, 0x7e, 0x20, 0xdd, 0xd8, 0x83, 0xc6, TRIPLE, 0x49,
  ];
  return Uint8Array.from([...body, 0x75, 256 - (body.length + 2), 0xcc]);
}

/**
 * A number of 1 to 64 significant bits, some next to a power of two; and now and then a zero, an infinity, a NaN or a number next to nothing: not often, or the
 * function goes over to the version that calls for everything.
 */
function operand(view: DataView, at: number): void {
  const r = random(), kind = random() & 4095;
  const keep = r & 1 ? 64 : 1 + ((r >>> 16) & 63), range = kind < 8 ? 4000 : [1, 3, 12, 60, 300][kind % 5];
  const h = keep >= 32 ? -1 : -1 << (32 - keep), l = keep <= 32 ? 0 : keep === 64 ? -1 : -1 << (64 - keep);
  const near = (r & 0x1c) === 0, ones = (r & 0x20) !== 0;
  let high = near ? (ones ? -1 : 0x80000000) : random() | 0x80000000, low = near ? (ones ? random() | 0xfffff000 : random() & 0xfff) : random();
  let exponent = 0x3fff + (random() % (2 * range + 1)) - range;
  if (kind === 0) high = low = exponent = 0;
  else if (kind === 1) [high, low, exponent] = [0x80000000, 0, 0x7fff];
  else if (kind === 2) [high, exponent] = [0xc0000000, 0x7fff];
  else if (kind === 3) [high, exponent] = [1, 0];
  view.setUint32(at, kind < 3 ? low : low & l, true);
  view.setInt32(at + 4, kind < 4 ? high : high & h, true);
  view.setUint16(at + 8, exponent | (r & 2 ? 0x8000 : 0), true);
}

const load = (x: X87, view: DataView, at: number) => x.loadF80(view.getUint16(at + 8, true), view.getInt32(at + 4, true), view.getInt32(at, true));

test.each(PAIRS.map(([first, second]) => [NAMES[first], NAMES[second], first, second] as const))("%s and %s", { timeout: 36_000_000 }, (_one, _other, first, second) => {
  setSeed(1 + 64 * first + second + SEED);
  for (const root of [false, true]) {
    const guest = createGuest(loop(first, second, root), { jit: "region", threshold: 0 }), { view } = guest.memory;
    const results = DATA + 32;
    let flags = 0;
    for (let done = 0; done < OPERATIONS / 2; done += 2 * TURNS) {
      for (let k = 0; k < TURNS; k++) for (const at of [0, 16]) operand(view, DATA + k * TRIPLE + at);
      guest.start({ esi: DATA, ecx: TURNS });
      expect(guest.run()).toMatchObject({ kind: "fault", vector: 3 });
      for (let k = 0; k < TURNS; k++) {
        const at = DATA + k * TRIPLE, exact = createX87();
        load(exact, view, at);
        load(exact, view, at + 16);
        arithExact(exact, first, 0, 1);
        arithExact(exact, second, 0, 1);
        if (root) {
          exact.abs();
          sqrtExact(exact);
        }
        exact.storeF80();
        flags |= exact.getStatusWord() & EXCEPTIONS;
        const { out } = exact, it = results + k * TRIPLE;
        if (view.getInt32(it, true) !== out[0] || view.getInt32(it + 4, true) !== out[1] || view.getUint16(it + 8, true) !== (out[2] & 0xffff)) {
          const bytes = (from: number) => Buffer.from(guest.memory.read(from, 10) ?? []).toString("hex");
          expect([bytes(at), bytes(at + 16), view.getInt32(it, true), view.getInt32(it + 4, true), view.getUint16(it + 8, true)]).toEqual(
            [bytes(at), bytes(at + 16), out[0], out[1], out[2] & 0xffff]);
        }
      }
    }
    expect(guest.cpu.x87.getStatusWord() & EXCEPTIONS).toBe(flags);
    expect(guest.engine.stats.translated + guest.engine.stats.regions).toBeGreaterThan(0);
  }
});
