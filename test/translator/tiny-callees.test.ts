// Callees of a few instructions, copied where a trace has no room for more: they end as in the interpreter, wherever the trace ends, and when they come back elsewhere.

import { describe, expect, test } from "vitest";
import { discover, MAX_TRACE } from "../../src/translator/graph.ts";
import { CODE, createGuest, listing, MODES, observe } from "./guest.ts";

const THUNK = "8b 1c 24  mov (%esp),%ebx\n  c3  ret", SKIPS = "83 04 24 01  addl $1,(%esp)\n  c3  ret", FAR = "83 04 24 01  addl $1,(%esp)\n  90\n  90\n  c3  ret";
const CALLEE = 0x800, TURNS = 300;

/** ECX times: LEA as often as said, and a call; EDI is the address of the first. */
function program(before: number, callee: string): Uint8Array {
  const call = 3 * before;
  const away = (CALLEE - call - 5).toString(16).padStart(4, "0");
  return listing(`
  ${new Array(before).fill("8d 40 01").join(" ")}  lea 1(%eax),%eax
  e8 ${away.slice(2)} ${away.slice(0, 2)} 00 00  call callee
  46  inc %esi
  01 de  add %ebx,%esi
  49  dec %ecx
  74 02  je end
  ff e7  jmp *%edi
  cc  end: int3
  @${CALLEE.toString(16)}
  ${callee}
`);
}

function ends(mode: string, before: number, callee: string): unknown {
  const guest = createGuest(program(before, callee), MODES[mode]);
  guest.start({ ecx: TURNS, ebx: 5, edi: CODE });
  return { exit: guest.run(), state: observe(guest) };
}

describe.each(Object.keys(MODES))("%s: a call at the end of a trace", (mode) => {
  test.each([["of what tells an address", THUNK], ["of what comes back elsewhere", SKIPS], ["of four instructions", FAR]])("%s", (_, callee) => {
    for (let before = MAX_TRACE - 4; before <= MAX_TRACE + 2; before++) expect(ends(mode, before, callee), `behind ${before}`).toEqual(ends("interpreter", before, callee));
  });
});

test("three instructions without a jump are copied at the end of a graph, others are not", () => {
  const copied = (callee: string) => {
    const { memory } = createGuest(program(20, callee), { jit: "off" });
    const graph = discover(CODE, {
      memory, executed: () => true, only: undefined, indirectTargets: () => [], leadsTo: () => undefined, maxInstructions: 21, maxInline: 40, maxCalling: 0,
    });
    return graph?.nodes.filter((n) => n.context !== undefined).map((n) => [n.insns.length, n.context?.returnAddress, n.returnsTo]);
  };
  const back = CODE + 3 * 20 + 5;
  expect(copied(THUNK)).toEqual([[2, back, undefined]]);
  expect(copied("90\n  90\n  c3")).toEqual([[3, back, undefined]]);
  expect(copied(FAR)).toEqual([]);
  expect(copied("eb 00\n  c3")).toEqual([]);
});
