// Moves of vector registers keep every bit, whatever the bits mean as numbers: signalling NaNs, payloads, V8's own pattern for holes.
// The loop runs long enough for V8 to optimise it (src/translator/lanes.ts).
import { describe, expect, test } from "vitest";
import { createGuest, DATA, listing, MODES } from "./guest.ts";

/** Copies entry ECX mod 8 of a table of 8 quadwords, by five kinds of move, to tables of their own; ECX times. */
const COPY = listing(`
  89 c8  again: mov %ecx,%eax
  83 e0 07  and $7,%eax
  f2 0f 10 04 c5 00 00 00 02  movsd 0x2000000(,%eax,8),%xmm0
  66 0f 28 c8  movapd %xmm0,%xmm1
  f2 0f 11 0c c5 00 01 00 02  movsd %xmm1,0x2000100(,%eax,8)
  f3 0f 7e 14 c5 00 00 00 02  movq 0x2000000(,%eax,8),%xmm2
  66 0f d6 14 c5 00 02 00 02  movq %xmm2,0x2000200(,%eax,8)
  0f 10 1c c5 00 00 00 02  movups 0x2000000(,%eax,8),%xmm3
  0f 28 e3  movaps %xmm3,%xmm4
  0f 13 24 c5 00 03 00 02  movlps %xmm4,0x2000300(,%eax,8)
  f3 0f 10 2c c5 00 00 00 02  movss 0x2000000(,%eax,8),%xmm5
  0f 28 f5  movaps %xmm5,%xmm6
  f3 0f 11 34 c5 00 04 00 02  movss %xmm6,0x2000400(,%eax,8)
  f3 0f 10 3c c5 04 00 00 02  movss 0x2000004(,%eax,8),%xmm7
  f3 0f 11 3c c5 04 04 00 02  movss %xmm7,0x2000404(,%eax,8)
  49  dec %ecx
  75 96  jne again
  cc  int3
`);

const PATTERNS = [
  0x7ff0000000000001n, // signalling NaN, the least payload
  0xfff4000012345678n, // signalling NaN, negative
  0x7ff8000000000000n, // the NaN that JavaScript makes
  0xfff7fffffff7ffffn, // what V8 keeps in the holes of arrays of doubles
  0xfff8deadbeef0001n, // quiet NaN with a payload
  0x7f800001ff812345n, // two signalling NaNs as singles
  0x8000000000000000n, // -0
  0x0000000000000001n, // the least denormal
];

const table = new Uint8Array(new BigUint64Array(PATTERNS).buffer);

describe.each(Object.keys(MODES))("%s", (mode) => {
  test("moves keep every bit", () => {
    const guest = createGuest(COPY, MODES[mode]);
    guest.memory.poke(DATA, table);
    guest.start({ ecx: mode === "region" || mode === "block" ? 200_000 : 2000 });
    expect(guest.run(1 << 28)).toMatchObject({ kind: "fault", vector: 3 });
    expect(guest.engine.stats.translated + guest.engine.stats.regions > 0).toBe(mode !== "interpreter" && mode !== "quick");
    for (const at of [0x100, 0x200, 0x300, 0x400]) expect([...(guest.memory.read(DATA + at, 64) ?? [])], `copy at +${at.toString(16)}`).toEqual([...table]);
  });
});
