// Random loops of instructions on MM registers, with x87 instructions and EMMS between them, exceptions pending and accesses that are not allowed: as src/translator/mmx.ts writes
// them and as the interpreter executes them. The state of the x87 is stored at the end.

import { describe, expect, test } from "vitest";
import { createGuest, DATA, listing, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

/** Second bytes of opcodes that have an MM register and an MM register or quadword of memory. */
const OPCODES = [
  0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6f, 0x74, 0x75, 0x76, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf,
  0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xef, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe,
];
/** With 0F 38 in front. */
const SSSE3 = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x1c, 0x1d, 0x1e];
const ESI = 6;

function instruction(pick: Pick): number[] {
  const [a, b] = [pick(8), pick(8)], modrm = pick(4) === 0 ? [0x40 | (a << 3) | ESI, 8 * pick(16) + (pick(4) === 0 ? pick(8) : 0)] : [0xc0 | (a << 3) | b];
  switch (pick(14)) {
    case 0: return [0x0f, 0x71 + pick(3), 0xc0 | ([2, 4, 6][pick(3)] << 3) | b, pick(70)].map((byte, k, all) => (k === 2 && all[1] === 0x73 ? 0xd0 | (pick(2) << 5) | b : byte));
    case 1: return pick(2) === 0 ? [0x0f, 0x6e, ...modrm] : [0x0f, 0x6e, 0xc0 | (a << 3) | pick(3)]; // movd to mm
    case 2: return pick(2) === 0 ? [0x0f, 0x7e, 0x40 | (a << 3) | ESI, 8 * pick(16)] : [0x0f, 0x7e, 0xc0 | (a << 3) | pick(3)];
    case 3: return [0x0f, pick(3) === 0 ? 0xe7 : 0x7f, 0x40 | (a << 3) | ESI, 8 * pick(16) + (pick(5) === 0 ? pick(8) : 0)];
    case 4: return [0x0f, 0x70, ...modrm, pick(256)];
    case 5: return pick(2) === 0 ? [0x0f, 0xc5, 0xc0 | (pick(3) << 3) | b, pick(256)] : [0x0f, 0xc4, 0xc0 | (a << 3) | pick(3), pick(256)];
    case 6: return [0x0f, 0xd7, 0xc0 | (pick(3) << 3) | b];
    case 7: return [0x0f, 0x38, SSSE3[pick(SSSE3.length)], ...modrm];
    default: return [0x0f, OPCODES[pick(OPCODES.length)], ...modrm];
  }
}

/** What comes between: EMMS; FLD1, FLDPI; FSTP to memory; FADDP; MOVQ2DQ, MOVDQ2Q; a sum of doubles. */
const BETWEEN = [
  [0x0f, 0x77], [0xd9, 0xe8], [0xd9, 0xeb], [0xdd, 0x5e, 0x78], [0xde, 0xc1], [0xf3, 0x0f, 0xd6, 0xca], [0xf2, 0x0f, 0xd6, 0xd1], [0xf2, 0x0f, 0x58, 0xc9], [0xdd, 0x46, 0x10],
];

function program(pick: Pick): Uint8Array {
  const body = Array.from({ length: 3 + pick(12) }, () => (pick(6) === 0 ? BETWEEN[pick(BETWEEN.length)] : instruction(pick))).flat();
  const back = -(body.length + 7);
  // dec %edi; jnz; fnsave (%esi); int3
  return Uint8Array.from([...body, 0x4f, 0x0f, 0x85, back & 255, (back >> 8) & 255, 255, 255, 0xdd, 0x36, 0xcc]);
}

function run(code: Uint8Array, mode: string, at: number, unmasked: boolean) {
  const guest = createGuest(code, MODES[mode]);
  guest.memory.poke(DATA, Uint8Array.from({ length: 0x2000 }, (_, k) => (k * 89) ^ (k >> 3)));
  if (unmasked) guest.cpu.x87.setControlWord(0x340);
  guest.start({ eax: 0x8001_7fff | 0, ecx: 5, edx: -1, edi: 40, esi: at });
  const exit = { ...guest.run() }, { x87 } = guest.cpu;
  return { exit, tags: x87.getTagWord(), status: x87.getStatusWord(), registers80: Array.from({ length: 8 }, (_, n) => [x87.mmxGetLo(n), x87.mmxGetHi(n), x87.se[n], x87.kind[n]]), ...observe(guest) };
}

describe.each(Object.keys(MODES).filter((mode) => mode !== "interpreter"))("%s", (mode) => {
  test("random loops", { timeout: 120_000 }, () => {
    for (let seed = 1; seed <= 250; seed++) {
      const pick = random(seed), code = program(pick), at = pick(8) === 0 ? DATA + 0x1f80 : DATA + 0x100, unmasked = pick(6) === 0;
      expect(run(code, mode, at, unmasked), `seed ${seed}: ${Buffer.from(code).toString("hex")}`).toEqual(run(code, "interpreter", at, unmasked));
    }
  });
});

test("nothing leaves for the interpreter once registers have been written", () => {
  const guest = createGuest(listing(`
    0f ef c0  pxor %mm0,%mm0
    0f d4 06  paddq (%esi),%mm0
    0f 6f c8  movq %mm0,%mm1
    0f 73 d1 07  psrlq $7,%mm1
    0f ef c8  pxor %mm0,%mm1
    0f 7f 4e 08  movq %mm1,8(%esi)
    0f 77  emms
    49  dec %ecx
    75 e7  jnz
    cc  int3
  `), MODES.region);
  guest.start({ ecx: 5000, esi: DATA });
  guest.run();
  expect(guest.engine.stats.bails).toBeLessThan(8);
});
