// REP MOVS and REP STOS in translated code: short ones over plain pages stay in WebAssembly (src/translator/wasm/string-functions.ts), all others go to the semantic functions. Both leave what the
// interpreter leaves: ranges that overlap, end in the next page, in one that lacks a right, in code or behind memory, in both directions.

import { describe, expect, test } from "vitest";
import { CODE, createGuest, DATA, DATA_END, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

const REP = [[0xf3, 0xa4], [0x66, 0xf3, 0xa5], [0xf3, 0xa5], [0xf3, 0xaa], [0x66, 0xf3, 0xab], [0xf3, 0xab], [0xf2, 0xa5], [0x65, 0xf3, 0xa5], [0x67, 0xf3, 0xa5]];

/** Four string instructions with registers of their own, twice, so that blocks that are warm are entered. */
function program(pick: Pick): Uint8Array {
  const le = (v: number) => [v & 255, (v >>> 8) & 255, (v >>> 16) & 255, v >>> 24];
  const near = () => [DATA + pick(0x100), DATA + 0x1000 - pick(0x60), DATA + 0x800 + pick(8), DATA_END - pick(0x40), CODE + 0x1800 + pick(16), -4 * pick(3)][pick(12) < 10 ? pick(4) : 4 + pick(2)];
  const code: number[] = [0xbd, ...le(2)]; // mov $2,%ebp
  for (let k = 0; k < 4; k++) {
    const from = near(), to = pick(3) === 0 ? from + pick(17) - 8 : near();
    const count = pick(8) === 0 ? 0 : pick(10) === 0 ? pick(1500) : pick(40);
    const a = pick(2) === 0 ? pick(256) * 0x01010101 : pick(2 ** 31);
    // mov to the four registers, at times std before and cld behind
    code.push(0xbe, ...le(from), 0xbf, ...le(to), 0xb9, ...le(count), 0xb8, ...le(a));
    const back = pick(6) === 0;
    code.push(...(back ? [0xfd] : []), ...REP[pick(REP.length)], ...(back ? [0xfc] : []));
  }
  // dec %ebp; jnz to behind the first mov
  code.push(0x4d, 0x0f, 0x85, ...le(5 - (code.length + 7)), 0xcc);
  return Uint8Array.from(code);
}

function run(code: Uint8Array, mode: string, rights: number) {
  const guest = createGuest(code, MODES[mode]);
  guest.memory.poke(DATA, Uint8Array.from({ length: DATA_END - DATA }, (_, k) => k * 37 + (k >> 8)));
  guest.memory.protect(DATA + 0x1000, 0x1000, rights);
  guest.start();
  const exit = { ...guest.run() };
  return { exit, behind: Buffer.from(guest.memory.read(CODE + 0x1800, 0x400) ?? []).toString("base64"), ...observe(guest) };
}

describe.each(["block", "warm", "region", "traces", "javascript", "lockstep"])("%s", (mode) => {
  test.each([["nothing", 0], ["loads", 1], ["loads and stores", 3]])("the next page allows %s", { timeout: 60_000 }, (_title, rights) => {
    for (let seed = 1; seed <= 150; seed++) {
      const code = program(random(seed));
      expect(run(code, mode, rights), `seed ${seed}`).toEqual(run(code, "interpreter", rights));
    }
  });
});
