// Random loops that walk out of their data, so that they end in a page fault: ahead of the first instruction that sets flags, behind it, on the
// first turn and on later ones, by one of two ways back and around an inner loop. The flags that the fault finds are those that the interpreter has.
// This is what src/translator/loop-flags.ts and conditions.ts can get wrong.

import { describe, expect, test } from "vitest";
import { localFlags } from "../../src/translator/conditions.ts";
import { ahead, LoopFlags } from "../../src/translator/loop-flags.ts";
import { FLUSH, FLUSH_FLAGS } from "../../src/translator/marks.ts";
import { createGuest, DATA, DATA_END, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

/** eax, ecx, ebx, ebp, edi. ESI walks, EDX counts turns of the inner loop. */
const REGISTERS = [0, 1, 3, 5, 7];
const ADD = 0x01, OR = 0x09, ADC = 0x11, SBB = 0x19, AND = 0x21, SUB = 0x29, XOR = 0x31, CMP = 0x39, TEST = 0x85;

function arithmetic(pick: Pick): number[] {
  const a = REGISTERS[pick(5)], b = REGISTERS[pick(5)];
  const pair = (op: number) => [op, 0xc0 | (a << 3) | b];
  switch (pick(12)) {
    case 0: case 1: return pair([ADD, OR, ADC, SBB, AND, SUB, XOR][pick(7)]);
    case 2: return [0x83, 0xc0 | (pick(8) << 3) | b, pick(256)];
    case 3: return [0x40 + 8 * pick(2) + a];
    case 4: return pick(4) === 0 ? [0x0f, [0xa5, 0xad][pick(2)], 0xc0 | (a << 3) | b] : [[0xd1, 0xd3][pick(2)], [0xe0, 0xe8, 0xf8, 0xc0, 0xd8][pick(5)] | a];
    case 5: return [0x0f, 0xaf, 0xc0 | (a << 3) | b];
    case 6: return [0xf7, [0xd8, 0xd0, 0xe0][pick(3)] | a].concat(pick(2) === 0 ? [] : [0xba, 3, 0, 0, 0]);
    case 7: return [0x0f, 0x40 + pick(16), 0xc0 | (a << 3) | b];
    case 8: return [0x0f, 0x90 + pick(16), 0xc0 | pick(2)];
    case 9: return [0x28, 0xc0 | (pick(2) << 3) | 3];
    case 10: return [0x66, ...pair(ADD)];
    default: return quiet(pick);
  }
}

/** Something that leaves the flags alone. */
function quiet(pick: Pick): number[] {
  const a = REGISTERS[pick(5)], b = REGISTERS[pick(5)];
  return [
    [0x89, 0xc0 | (a << 3) | b], [0x8d, 0x40 | (a << 3) | b, pick(256)], [0xf7, 0xd0 | a],
    [0x8b, 0x46 | (a << 3), 4 * pick(4)], [0x0f, 0xb6, 0x46 | (a << 3), pick(16)], [0x89, 0x46 | (a << 3), 4 * pick(4)],
  ][pick(6)];
}

function comparison(pick: Pick): number[] {
  const a = REGISTERS[pick(5)], b = REGISTERS[pick(5)];
  return [
    [CMP, 0xc0 | (a << 3) | b], [0x83, 0xf8 | a, pick(256)], [TEST, 0xc0 | (a << 3) | a], [0x83, 0xe8 | a, 1], [0x48 + a],
    [0x83, 0xc0 | a, 4], [0x38, 0xc3], [AND, 0xc0 | (a << 3) | b], [0x3b, 0x46 | (a << 3), 0], [],
  ][pick(10)];
}

function loop(pick: Pick): Uint8Array {
  const some = (n: number, one: (pick: Pick) => number[]): number[] => Array.from({ length: n }, () => one(pick)).flat();
  const body = [...some(pick(3), quiet), 0x8b, 0x06 | (REGISTERS[pick(5)] << 3), ...some(pick(2), quiet), 0x8d, 0x76, 4 + 4 * pick(8), ...some(pick(5), arithmetic)];
  if (pick(2) === 0) {
    const inner = [...some(1 + pick(3), pick(2) === 0 ? quiet : arithmetic), 0x83, 0xea, 1];
    body.push(0xba, 1 + pick(4), 0, 0, 0, ...inner, 0x75, 256 - inner.length - 2);
  }
  const displacement = (from: number) => [0, 8, 16, 24].map((s) => (from >> s) & 255);
  const jumpBack = (condition: number | undefined) => {
    body.push(...comparison(pick));
    const op = condition === undefined ? [0xe9] : [0x0f, 0x80 + condition];
    body.push(...op, ...displacement(-(body.length + op.length + 4)));
  };
  if (pick(2) === 0) {
    jumpBack(pick(16));
    body.push(...some(pick(3), arithmetic));
  }
  jumpBack(pick(3) === 0 ? pick(16) : undefined);
  return Uint8Array.from([...body, 0xcc]);
}

function outcome(code: Uint8Array, mode: string, pick: Pick): { readonly exit: { readonly kind: string } } {
  const guest = createGuest(code, MODES[mode]);
  const data = new Uint8Array(DATA_END - DATA);
  for (let k = 0; k < data.length; k++) data[k] = pick(256);
  guest.memory.poke(DATA, data);
  const turns = pick(40);
  guest.start({ eax: pick(1 << 20), ecx: pick(256), ebx: pick(1 << 24) << 8, ebp: pick(100), edi: pick(8), esi: DATA_END - 16 * turns });
  guest.cpu.setEflags(0x202 | (pick(4096) & 0x8d5), 4);
  const exit = guest.run(1 << 16);
  return { exit: { ...exit }, ...observe(guest) };
}

describe.each(["block", "region", "traces", "javascript"])("%s", (mode) => {
  test("random loops end with the interpreter's flags", { timeout: 120_000 }, () => {
    let ended = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const code = loop(random(seed));
      const expected = outcome(code, "interpreter", random(seed + 1000));
      // one that does not end is stopped between other instructions
      if (expected.exit.kind === "budget") continue;
      ended++;
      expect(outcome(code, mode, random(seed + 1000)), `seed ${seed}: ${Buffer.from(code).toString("hex")}`).toEqual(expected);
    }
    expect(ended).toBeGreaterThan(200);
  });
});

test("ahead of a loop flags are made of the registers as they are there, and other marks stay", () => {
  const flags = new LoopFlags();
  flags.enter(3, 5);
  flags.back(3, { ...localFlags(undefined, undefined), kind: 2, a: "x", b: "7", r: "(x - 7 | 0)" }, (name) => (name === "x" ? { register: 6, delta: 0 } : undefined), "n");
  const replaced = flags.replacements();
  expect(ahead(`${FLUSH}${FLUSH_FLAGS}`)).toBe(`${FLUSH}${FLUSH_FLAGS}`);
  expect(replaced(flags.settling(3))).toContain("fa = was3$6;");
  expect(replaced(ahead(flags.settling(3)))).toContain("fa = r6;");
});
