// Entries of procedure linkage tables (`isStub` in runtime/block.ts): calls through them end as in the interpreter, also when they lead elsewhere than before, to a
// function that does not come back as expected, to nothing, and when the stub itself is written over.

import { describe, expect, test } from "vitest";
import { discover } from "../../src/translator/graph.ts";
import { CODE, createGuest, DATA, type Guest, listing, MODES, observe, type Registers } from "./guest.ts";

const SMALL = 0x60, OTHER = 0x70, LARGE = 0x80, SKIPS = 0xb0, SLOT = DATA + 0x10, TURNS = 400;

/** Calls a stub ECX times. When ECX is EDX, what `change` does. */
const program = (change: string, stub = "ff 63 10  jmp *16(%ebx)"): Uint8Array => listing(`
  e8 3b 00 00 00  again: call stub
  46  inc %esi
  46  inc %esi
  39 d1  cmp %edx,%ecx
  75 10  jne next
  ${change}
  ${new Array(16 - listing(change).length).fill("90").join(" ")}
  49  next: dec %ecx
  75 e2  jne again
  cc  int3
  @40
  ${stub}
  @60
  8d 44 08 01  small: lea 1(%eax,%ecx),%eax
  c3  ret
  @70
  69 c0 05 00 00 00  other: imul $5,%eax
  f7 d0  not %eax
  c3  ret
  @80
  55  large: push %ebp
  89 cd  mov %ecx,%ebp
  83 e5 03  and $3,%ebp
  ff 24 ad 20 00 00 02  jmp *table(,%ebp,4)
  @90
  31 c8  xor %ecx,%eax
  5d  pop %ebp
  c3  ret
  @98
  d1 c0  rol %eax
  5d  pop %ebp
  c3  ret
  @b0
  05 11 00 00 00  skips: add $17,%eax
  83 04 24 01  addl $1,(%esp)
  c3  ret
`);

function started(code: Uint8Array, mode: string, target: number, registers: Registers = {}): Guest {
  const guest = createGuest(code, MODES[mode]);
  guest.memory.view.setUint32(SLOT, CODE + target, true);
  for (let k = 0; k < 4; k++) guest.memory.view.setUint32(DATA + 0x20 + 4 * k, CODE + 0x90 + 8 * (k & 1), true);
  guest.start({ eax: 3, ebx: DATA, ecx: TURNS, edx: 77, edi: CODE + OTHER, ...registers });
  return guest;
}

/** How a program ends in a mode, and in the interpreter. */
function both(code: Uint8Array, mode: string, target: number, registers?: Registers): [ended: unknown, expected: unknown] {
  const [ours, plain] = [mode, "interpreter"].map((each) => {
    const guest = started(code, each, target, registers), exit = guest.run();
    return { exit, state: observe(guest) };
  });
  return [ours, plain];
}

const NOTHING = "90", TO_OTHER = "89 7b 10  mov %edi,16(%ebx)", FROM_HERE = "83 c3 04  add $4,%ebx";
/** The displacement in the stub becomes 20. */
const REWRITE = "c6 05 42 00 00 01 14  movb $20,stub+2";

describe.each(Object.keys(MODES))("%s: calls through a stub", (mode) => {
  test.each([["a small function", SMALL], ["a large one", LARGE], ["one that comes back elsewhere", SKIPS]])("to %s", (_, target) => {
    const [ended, expected] = both(program(NOTHING), mode, target);
    expect(ended).toEqual(expected);
  });

  test.each([["a small function", SMALL], ["a large one", LARGE]])("to %s, and later to another", (_, target) => {
    const [ended, expected] = both(program(TO_OTHER), mode, target);
    expect(ended).toEqual(expected);
    const [marked, alike] = both(program(TO_OTHER, "f3 0f 1e fb  endbr32\n  ff 63 10  jmp *16(%ebx)"), mode, target);
    expect(marked).toEqual(alike);
  });

  test("and later through another place, which holds no address of code", () => {
    const [ended, expected] = both(program(FROM_HERE), mode, SMALL);
    expect(ended).toEqual(expected);
    expect((expected as { exit: { kind: string } }).exit.kind).toBe("fault");
  });

  test("whose place cannot be read later", () => {
    const [ended, expected] = both(program("81 c3 00 00 10 00  add $0x100000,%ebx"), mode, LARGE);
    expect(ended).toEqual(expected);
    expect((expected as { exit: { address: number } }).exit.address >>> 0).toBe(SLOT + 0x100000);
  });

  test("which is written over", () => {
    const code = program(REWRITE), guests = [mode, "interpreter"].map((each) => {
      const guest = started(code, each, SMALL);
      guest.memory.view.setUint32(SLOT + 4, CODE + OTHER, true);
      return { exit: guest.run(), state: observe(guest) };
    });
    expect(guests[0]).toEqual(guests[1]);
  });
});

describe("the graph of a caller", () => {
  const nodesOf = (target: number | undefined) => {
    const { memory } = started(program(NOTHING), "interpreter", SMALL);
    const graph = discover(CODE, {
      memory, executed: () => true, only: undefined, indirectTargets: () => [], leadsTo: () => (target === undefined ? undefined : CODE + target), maxInstructions: 150, maxInline: 40, maxCalling: 0,
    });
    return graph?.nodes ?? [];
  };
  const stubOf = (target: number | undefined) => nodesOf(target).find((n) => n.address === CODE + 0x40);

  test("has the stub, and what comes behind the call", () => {
    expect(stubOf(undefined)?.afterCall?.address).toBe(CODE + 5);
    expect(stubOf(undefined)?.leadsTo).toBeUndefined();
  });

  test("has a small function that the stub leads to, whose return leads behind the call", () => {
    const small = stubOf(SMALL)?.jumps.get(CODE + SMALL);
    expect(small?.insns.map((it) => it.row.mnemonic)).toEqual(["LEA", "RET"]);
    expect(small?.returnsTo?.address).toBe(CODE + 5);
    expect(stubOf(SMALL)?.afterCall).toBeUndefined();
  });

  test("has no large one", () => {
    expect(stubOf(LARGE)).toMatchObject({ leadsTo: CODE + LARGE, afterCall: { address: CODE + 5 } });
    expect(nodesOf(LARGE).some((n) => n.address === CODE + LARGE)).toBe(false);
  });
});
