// Accesses across the end of a page: translated code does them itself where both pages have the right, and faults as the interpreter does where one has not.

import { describe, expect, test } from "vitest";
import { emitTier } from "./emitted.ts";
import { CODE, createGuest, DATA, DATA_END, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

const LOADS: readonly (readonly number[])[] = [[0x8b, 0x06], [0x66, 0x03, 0x06], [0x33, 0x46, 2], [0x0f, 0xb7, 0x16], [0xf3, 0x0f, 0x7e, 0x06], [0x0f, 0x10, 0x0e]];
const STORES: readonly (readonly number[])[] = [[0x89, 0x06], [0x66, 0x89, 0x46, 1], [0x01, 0x06], [0x66, 0x0f, 0xd6, 0x06], [0x0f, 0x11, 0x0e], [0x87, 0x06]];

/** A loop with accesses to where ESI points, which moves on. */
function loop(pick: Pick): Uint8Array {
  const some = () => [...[LOADS, STORES][pick(2)][pick(6)]];
  const body = [...some(), ...some(), ...some(), 0x83, 0xc6, 1 + pick(5)];
  return Uint8Array.from([...body, 0xeb, 256 - body.length - 2]);
}

/** Runs until the end of memory. `rights` are those of the second page. */
function run(code: Uint8Array, mode: string, rights: number) {
  const guest = createGuest(code, MODES[mode]);
  guest.memory.poke(DATA, Uint8Array.from({ length: DATA_END - DATA }, (_, k) => (k % 7 === 0 ? 0 : k * 37)));
  guest.memory.protect(DATA + 0x1000, 0x1000, rights);
  guest.start({ eax: 0x1234567, esi: DATA + 0x1000 - 64 });
  const exit = { ...guest.run(1 << 16) };
  return { guest, end: { exit, ...observe(guest) } };
}

describe.each(["block", "warm", "region", "traces", "mixed", "javascript"])("%s", (mode) => {
  test.each([["nothing", 0], ["loads", 1], ["loads and stores", 3]])("the next page allows %s", { timeout: 60_000 }, (_title, rights) => {
    for (let seed = 1; seed <= 60; seed++) {
      const code = loop(random(seed)), expected = run(code, "interpreter", rights).end;
      expect(expected.exit.kind, `seed ${seed}`).toBe("fault");
      expect(run(code, mode, rights).end, `seed ${seed}: ${Buffer.from(code).toString("hex")}`).toEqual(expected);
    }
  });
});

test("they do not leave for the interpreter", () => {
  const { guest } = run(Uint8Array.from([0x8b, 0x06, 0x89, 0x46, 1, 0x46, 0xeb, 0xf8]), "region", 3);
  expect(guest.engine.stats.bails).toBeLessThan(5);
});

describe("whether addresses are multiples of what is taken", () => {
  const code = Uint8Array.from([0x8b, 0x06, 0x89, 0x46, 0x40, 0x8b, 0x1f, 0x83, 0xc6, 5, 0xeb, 0xf4]);
  const LOAD = CODE, STORE = CODE + 2;

  test("is noted before a loop is translated", () => {
    const guest = createGuest(code, { jit: "region", threshold: 40 });
    guest.start({ esi: DATA, edi: DATA + 8 });
    guest.run(1 << 16);
    expect(guest.engine.cache.unaligned).toEqual(new Set([LOAD, STORE]));
    expect(guest.engine.stats.translated).toBe(1);
  });

  test("is noted of what meets the end of a page in the quick interpreter", () => {
    const guest = createGuest(code, { jit: "quick", quickAfter: 0 });
    guest.start({ esi: DATA + 3, edi: DATA + 8 });
    guest.run(1 << 16);
    expect(guest.engine.cache.unaligned).toEqual(new Set([LOAD, STORE]));
  });

  test("decides what is asked", () => {
    const { memory } = createGuest(code, MODES.interpreter);
    const asked = (unaligned?: ReadonlySet<number>) => {
      const source = emitTier("block", memory, CODE, [], true, unaligned)?.source ?? "";
      // what EDI points to is asked ahead of the loop, and the store once for many turns
      return [source.split("& 3) !== 0").length - 1, source.split("<< 20) >>> 0 > 4290772992").length - 1];
    };
    expect(asked()).toEqual([2, 0]);
    expect(asked(new Set([LOAD, STORE]))).toEqual([1, 1]);
  });
});
