// How long V8 leaves the quick interpreter as it was first compiled: what is asked of the host, once in a process, and that compiling ahead changes nothing.
// A file of its own, since the module is made once.

import { expect, test } from "vitest";
import { S } from "../../src/runtime/state.ts";
import { CODE, createGuest, listing, REGISTERS } from "../translator/guest.ts";

/** EAX = 1 + 2 + ... + 5000. */
const SUM = listing(`
  31 c0  xor    %eax,%eax
  b9 88 13 00 00  mov    $5000,%ecx
  01 c8  again: add    %ecx,%eax
  49  dec    %ecx
  75 fb  jne    again
  cc  int3
`);

test("the budget is set for the module, then so that turns are counted, and given back; registers and EIP stay", () => {
  const asked: (number | undefined)[] = [];
  const options = { jit: "quick", quickAfter: 0, tieringBudget: (budget?: number) => void asked.push(budget) } as const;
  for (let run = 0; run < 2; run++) {
    const guest = createGuest(SUM, options);
    guest.start({ ebx: 0x1234 });
    expect(guest.run()).toMatchObject({ kind: "fault", vector: 3 });
    const { state } = guest.cpu;
    expect([state[REGISTERS.eax], state[REGISTERS.ebx], state[REGISTERS.ecx], state[S.EIP]]).toEqual([(5000 * 5001) / 2, 0x1234, 0, CODE + SUM.length]);
  }
  expect(asked).toEqual([2_000_000, undefined, 4, undefined]);
});
