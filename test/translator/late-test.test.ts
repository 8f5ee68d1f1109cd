// Random loops that load, ask whether it is zero and jump, until they walk out of their data: nothing but registers, flags and memory as the interpreter
// leaves them will do, in particular where the load faults. This is what src/translator/late-test.ts can get wrong.

import { describe, expect, test } from "vitest";
import { createGuest, DATA, DATA_END, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

/** Loads to EAX, ECX, EDX or EBX from (ESI), and instructions that ask whether that is zero. */
function tested(pick: Pick): number[] {
  const r = pick(4), compare = (size: number) => (size === 1 ? [0x80, 0xf8 | r, 0] : size === 2 ? [0x66, 0x83, 0xf8 | r, 0] : [0x83, 0xf8 | r, 0]);
  const test = (size: number) => [...(size === 2 ? [0x66] : []), size === 1 ? 0x84 : 0x85, 0xc0 | (r << 3) | r];
  const ask = (size: number) => [compare, test][pick(2)](size);
  switch (pick(5)) {
    case 0: return [[0x80, 0x3e, 0], [0x66, 0x83, 0x3e, 0], [0x83, 0x3e, 0]][pick(3)];
    case 1: return [0x8b, 0x06 | (r << 3), ...ask(4)];
    case 2: return [0x0f, [0xb6, 0xbe][pick(2)], 0x06 | (r << 3), ...ask([1, 2, 4][pick(3)])];
    case 3: return [0x0f, [0xb7, 0xbf][pick(2)], 0x06 | (r << 3), ...ask([2, 4][pick(2)])];
    default: return [0x8b, 0x04 | (r << 3), 0x35, DATA & 255, (DATA >> 8) & 255, (DATA >> 16) & 255, DATA >>> 24, ...ask(4)];
  }
}

function loop(pick: Pick): Uint8Array {
  const some = () => [[0x01, 0xc7], [0x11, 0xcd], [0x29, 0xd7], [0x47], [0x31, 0xdd], [0x83, 0xd5, 1], [0x8d, 0x6d, 3]][pick(7)];
  const left = [...some(), ...some()], right = [...some(), ...some()], step = [[0x83, 0xc6, 4], [0x46], [0x83, 0xc6, 2], [0x83, 0xc6, 3]][pick(4)];
  const body = [...some(), ...tested(pick), 0x74 + pick(2), left.length + 2, ...left, 0xeb, right.length, ...right, ...step];
  return Uint8Array.from([...body, 0xeb, 256 - body.length - 2]);
}

function outcome(code: Uint8Array, mode: string, pick: Pick): { readonly exit: { readonly kind: string } } {
  const guest = createGuest(code, MODES[mode]), scaled = code.includes(0x35);
  const data = new Uint8Array(DATA_END - DATA), zeros = 1 + pick(4);
  for (let k = 0; k < data.length; k++) data[k] = pick(zeros) === 0 ? pick(256) : 0;
  guest.memory.poke(DATA, data);
  const at = DATA_END - 4 - pick(200);
  guest.start({ eax: pick(1 << 20), ecx: pick(256), ebx: pick(1 << 24) << 8, edx: pick(1 << 20), ebp: pick(100), edi: pick(8), esi: scaled ? at - DATA : at });
  const exit = guest.run(1 << 14);
  return { exit: { ...exit }, ...observe(guest) };
}

describe.each(["block", "warm", "region", "traces", "javascript"])("%s", (mode) => {
  test("random loops that ask for zero end as in the interpreter", { timeout: 120_000 }, () => {
    for (let seed = 1; seed <= 200; seed++) {
      const code = loop(random(seed)), expected = outcome(code, "interpreter", random(seed + 1000));
      expect(expected.exit.kind, `seed ${seed}`).toBe("fault");
      expect(outcome(code, mode, random(seed + 1000)), `seed ${seed}: ${Buffer.from(code).toString("hex")}`).toEqual(expected);
    }
  });
});
