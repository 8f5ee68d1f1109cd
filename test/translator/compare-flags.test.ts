// Flags of COMISS that travel round a loop, in which the lanes that were compared get other values: the flags are those of the turn before.

import { expect, test } from "vitest";
import { createGuest, DATA, listing, MODES, observe } from "./guest.ts";

/** Small numbers are met first, so often that code is made that does not leave for each (runtime/precision.ts), and PE and DE are set. */
const PROGRAM = listing(`
  f3 0f 10 1b  movss (%ebx),%xmm3
  66 0f 5b 63 10  cvtps2dq 16(%ebx),%xmm4
  0f 2f db  small: comiss %xmm3,%xmm3
  49  dec %ecx
  75 fa  jne small
  0f 10 4b 10  movups 16(%ebx),%xmm1
  0f 10 53 10  movups 16(%ebx),%xmm2
  66 c1 d2 1b  again: rcl $27,%dx
  0f 2f ca  comiss %xmm2,%xmm1
  66 0f 5b ca  cvtps2dq %xmm2,%xmm1
  4e  dec %esi
  0f 85 ee ff ff ff  jne again
  cc  int3
`);

test.each(Object.keys(MODES))("%s", (mode) => {
  const ends = (each: string, turns: number) => {
    const guest = createGuest(PROGRAM, MODES[each]), { view } = guest.memory;
    view.setUint32(DATA, 1, true);
    [0x4b7fffff, 0xc5a73742, 0x3c622e6d, 0xbf791070].forEach((lane, k) => view.setUint32(DATA + 16 + 4 * k, lane, true));
    guest.start({ ebx: DATA, ecx: 5000, edx: 0x12345678, esi: turns });
    return { exit: guest.run(), state: observe(guest) };
  };
  for (const turns of [2, 3, 4, 7, 40]) expect(ends(mode, turns)).toEqual(ends("interpreter", turns));
});
