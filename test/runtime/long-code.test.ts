// Straight code that is longer than a block (src/runtime/block.ts, MAX_BLOCK).

import { describe, expect, test } from "vitest";
import { createGuest, MODES } from "../translator/guest.ts";

/** INC EAX a thousand times, in a loop. */
const LENGTH = 1000;
const back = -(LENGTH + 7);
const CODE = Uint8Array.from([...new Array<number>(LENGTH).fill(0x40), 0x49, 0x0f, 0x85, back & 255, (back >> 8) & 255, 255, 255, 0xcc]);

describe.each(["interpreter", "quick", "block", "traces", "mixed"])("%s", (mode) => {
  test("who comes to it elsewhere goes on with the blocks that there are", () => {
    const guest = createGuest(CODE, MODES[mode]);
    for (let offset = 0; offset < 40; offset++) {
      guest.start({ ecx: 20 }, offset);
      expect(guest.run()).toMatchObject({ kind: "fault" });
      expect(guest.cpu.state[0]).toBe(20 * LENGTH - offset);
    }
    // 16 from the beginning, and one for each other way in; what a trace does not reach begins anew twice or three times
    expect(guest.engine.cache.stats.blocks).toBeLessThan(80);
  });
});

test("traces end where blocks do", () => {
  const guest = createGuest(CODE, { jit: "region", threshold: 100, quickAfter: 0 });
  guest.start({ ecx: 4000 });
  guest.run(1 << 23);
  expect(guest.cpu.state[0]).toBe(4000 * LENGTH);
  // sixteen from the beginning, of which the last ends the loop, and INT3
  expect(guest.engine.cache.stats.blocks).toBe(17);
});
