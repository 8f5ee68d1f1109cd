// Indirect jumps and calls whose targets are noted before they are translated (engine.ts), and copies of callees that they were seen to lead to: they end as in the
// interpreter, also when they come to lead elsewhere.

import { describe, expect, test } from "vitest";
import { discover } from "../../src/translator/graph.ts";
import { CODE, createGuest, DATA, listing, MODES, observe } from "./guest.ts";

const TURNS = 600, CALLED = { one: 0x40, two: 0x48, three: 0x50, far: 0x58, calls: 0x70, skips: 0x80 } as const;
type Name = keyof typeof CALLED;

/** ECX times, `again` with the word of the table at EBX that ECX chooses; the address behind what it does is in EDI. */
const program = (again: string): Uint8Array => listing(`
  89 cd  again: mov %ecx,%ebp
  c1 ed 03  shr $3,%ebp
  83 e5 0f  and $15,%ebp
  ${again}
  46  inc %esi
  49  next: dec %ecx
  75 ${(0x100 - listing(again).length - 12).toString(16)}  jne again
  cc  int3
  @40
  8d 44 08 01  one: lea 1(%eax,%ecx),%eax
  c3  ret
  @48
  f7 d0  two: not %eax
  d1 c0  rol %eax
  c3  ret
  @50
  31 c8  three: xor %ecx,%eax
  f9  stc
  c3  ret
  @58
  83 c4 04  far: add $4,%esp
  ff e7  jmp *%edi
  @70
  e8 cb ff ff ff  calls: call one
  e8 ce ff ff ff  call two
  c3  ret
  @80
  83 04 24 01  skips: addl $1,(%esp)
  c3  ret
  @90
  31 c8  xor %ecx,%eax
  ff e7  jmp *%edi
  @98
  83 d0 07  adc $7,%eax
  ff e7  jmp *%edi
  @a0
  c1 c8 03  ror $3,%eax
  ff e7  jmp *%edi
`);
const CALLS = { "call *(memory)": "ff 14 ab  call *(%ebx,%ebp,4)", "call *register": "8b 14 ab  mov (%ebx,%ebp,4),%edx\n  ff d2  call *%edx" } as const;

/** How it ends in a mode when the table holds these, over and over; the last of them only for the last turns. */
function ends(mode: string, again: string, table: readonly number[]): unknown {
  const guest = createGuest(program(again), MODES[mode]);
  for (let k = 0; k < 16; k++) guest.memory.view.setUint32(DATA + 4 * k, CODE + table[k % table.length], true);
  guest.start({ eax: 3, ebx: DATA, ecx: TURNS, edi: CODE + 8 + listing(again).length });
  const exit = guest.run();
  return { exit, state: observe(guest) };
}

describe.each(Object.keys(MODES))("%s:", (mode) => {
  for (const [form, again] of Object.entries(CALLS)) {
    test.each(["one", "one two", "three two one", "one calls", "two far", "three skips", "calls two one three skips"])(`${form} of %s`, (names) => {
      const table = names.split(" ").map((it) => CALLED[it as Name]);
      expect(ends(mode, again, table)).toEqual(ends("interpreter", again, table));
    });

    test(`${form} that comes to nothing at its end`, () => {
      // the first turns have the upper half of the table
      const table = [0x1000000, ...new Array<number>(15).fill(CALLED.two)], expected = ends("interpreter", again, table);
      expect(ends(mode, again, table)).toEqual(expected);
      expect(expected).toMatchObject({ exit: { kind: "fault", vector: 14 } });
    });
  }

  test.each([[[0x90]], [[0x90, 0x98]], [[0xa0, 0x98, 0x90]]])("jmp *(memory) to %j", (table) => {
    const again = "ff 24 ab  jmp *(%ebx,%ebp,4)";
    expect(ends(mode, again, table)).toEqual(ends("interpreter", again, table));
  });
});

describe("the graph of a caller", () => {
  const callOf = (...names: readonly Name[]) => {
    const { memory } = createGuest(program(CALLS["call *(memory)"]), MODES.interpreter);
    const graph = discover(CODE, {
      memory, executed: () => true, only: undefined, indirectTargets: () => names.map((it) => CODE + CALLED[it]), leadsTo: () => undefined, maxInstructions: 150, maxInline: 40, maxCalling: 0,
    });
    return graph?.nodes.find((n) => n.insns.at(-1)?.row.mnemonic === "CALL");
  };

  test("has copies of callees that were seen, which lead behind the call", () => {
    const call = callOf("one", "two");
    expect([...(call?.jumps.keys() ?? [])]).toEqual([CODE + CALLED.one, CODE + CALLED.two]);
    for (const to of call?.jumps.values() ?? []) expect(to.returnsTo?.address).toBe(CODE + 11);
    expect(call?.afterCall?.address).toBe(CODE + 11);
  });

  test("has none of what calls others or jumps anywhere, and none where there are many", () => {
    expect(callOf("calls", "far", "three")?.jumps.size).toBe(1);
    expect(callOf("one", "two", "three", "skips")?.jumps.size).toBe(0);
  });
});
