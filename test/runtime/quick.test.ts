// The quick interpreter: what its modes in test/semantics and test/translator do not ask. Records and links as blocks come, are translated, change and go.

import { expect, test } from "vitest";
import { decode } from "../../src/decoder/decode.ts";
import type { Instruction } from "../../src/decoder/instruction.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type EngineOptions } from "../../src/runtime/engine.ts";
import { HIDDEN } from "../../src/runtime/hidden.ts";
import { foundIndex } from "../../src/runtime/lookup.ts";
import { createMemory } from "../../src/runtime/memory.ts";
import { S } from "../../src/runtime/state.ts";
import { quickModule } from "../../src/translator/quick/module.ts";
import { FUNCTIONS, RECORD } from "../../src/translator/quick/records.ts";
import { quickKey } from "../../src/translator/quick/keys.ts";
import { SEQUENCES, type Shape, SHAPES } from "../../src/translator/quick/shapes.ts";
import { CODE, createGuest, DATA, listing } from "../translator/guest.ts";

const QUICK = { jit: "quick", quickAfter: 0 } as const;

test("each shape has a case of its own, and so have sequences of them", () => {
  const { numbers, sequences } = quickModule();
  const numberOf = ({ mnemonic, kinds: [a, b, c], size, cc, based }: Shape) => numbers[mnemonic]?.[quickKey(a, b, c, size, cc, based)];
  const { heads, others } = SEQUENCES;
  expect(sequences.map(([, ...members]) => members)).toEqual([...heads.map((it) => [FUNCTIONS.HEAD, numberOf(it)]), ...others.map((them) => them.map(numberOf))]);
  const all = [...SHAPES[0].map(numberOf), ...sequences.map(([own]) => own), ...SHAPES[1].map(numberOf)];
  expect(all).toEqual(all.map((_, k) => FUNCTIONS.SHAPES + k));
});

test("common instructions have a shape, by what the decoder says of them", () => {
  const { numbers } = quickModule();
  const numberOf = (...bytes: readonly number[]) => {
    const { row, op0, op1, op2, size, cc } = decode(Uint8Array.from([...bytes, ...new Array<number>(12).fill(0)]), 0, 0) as Instruction;
    const based = [op0, op1].some((it) => it.kind >= 5 && it.kind <= 12 && it.seg > 3);
    return numbers[row.mnemonic]?.[quickKey(op0.kind, op1.kind, op2.kind, size, cc, based)];
  };
  const common = [
    [0x89, 0xd8], [0x8b, 0x44, 0x24, 8], [0x65, 0xa1, 0x14, 0, 0, 0], [0x66, 0x89, 0x03], [0x0f, 0xb6, 0xc0], [0x0f, 0x45, 0xc3], [0xc2, 4, 0],
    [0x69, 0xc3, 1, 2, 3, 4], [0xf7, 0xf3], [0x90], [0xff, 0xe0],
  ];
  for (const bytes of common) {
    expect(numberOf(...bytes), bytes.map((b) => b.toString(16)).join(" ")).toBeGreaterThanOrEqual(FUNCTIONS.SHAPES);
  }
  // floating point, string instructions, privileged ones
  for (const bytes of [[0xd9, 0xe8], [0xf3, 0xa4], [0xf4]]) expect(numberOf(...bytes)).toBeUndefined();
});

/** Calls a function 4,000 times that adds ECX to EAX, and changes its own addition to a subtraction half way. */
const CHANGING = listing(`
  b9 a0 0f 00 00  mov    $4000,%ecx
  31 c0  xor    %eax,%eax
  e8 24 00 00 00  again: call   f
  81 f9 d0 07 00 00  cmp    $2000,%ecx
  75 07  jne    on
  c6 05 30 00 00 01 29  movb   $0x29,f
  49  on: dec    %ecx
  75 e9  jne    again
  cc  int3
  @30
  01 c8  f: add    %ecx,%eax
  c3  ret
`);
const CHANGED = (4000 * 4001) / 2 - 2000 * 1999;

test.each([
  ["without translations", QUICK],
  ["with translations on both sides of it", { jit: "region", threshold: 40, quickAfter: 0 }],
] as const)("code that changes: %s", (_name, options) => {
  const guest = createGuest(CHANGING, options);
  guest.memory.protect(0x01000000, 0x2000, 7);
  guest.start({});
  expect(guest.run(1 << 20)).toMatchObject({ kind: "fault", vector: 3 });
  expect(guest.cpu.state[0]).toBe(CHANGED);
  // nearly all of it was executed from records
  expect(guest.engine.cache.peek(0x01000007)?.record).toBeGreaterThanOrEqual(HIDDEN.RECORDS);
});

test("a program that has more code than there is room for records", () => {
  const memory = createMemory();
  const pages = 4, from = 0x1000_0000, bytes = 0x10000;
  memory.map(from, pages * 4096, 5);
  // INC EAX, JMP to the next block, and so on: a block has records of 64 bytes
  const code = Uint8Array.from({ length: pages * 4096 }, (_, k) => [0x40, 0xeb, 0x00][k % 3]);
  code[code.length - 1] = 0xcc;
  memory.poke(from, code);
  const cpu = new Cpu(memory);
  const engine = createEngine(cpu, { ...QUICK, quickBytes: bytes });
  const blocks = Math.floor(code.length / 3);
  expect(4 * RECORD * blocks).toBeGreaterThan(4 * bytes);
  for (let round = 1; round <= 4; round++) {
    cpu.state[S.EIP] = from;
    expect(engine.run(1 << 20)).toMatchObject({ kind: "fault", vector: 3 });
    expect(cpu.state[0]).toBe(round * blocks);
  }
  const records = engine.cache.peek(from)?.record ?? 0;
  expect(records).toBeGreaterThanOrEqual(HIDDEN.RECORDS);
  expect(records).toBeLessThan(HIDDEN.RECORDS + bytes);
});

const AGAIN = "31 c0  xor %eax,%eax\n40  again: inc %eax";
/** Goes ECX times round a loop that is soon translated, and each 64th time to what is not: at once, by a jump; or where a call jumps to. */
const SELDOM = {
  "by a jump": listing(`${AGAIN}
    f6 c1 3f  test $63,%cl
    0f 84 26 00 02 00  je seldom
    49  dec %ecx
    75 f3  jne again
    cc  int3
  `),
  "from a call": listing(`${AGAIN}
    89 fa  mov %edi,%edx
    f6 c1 3f  test $63,%cl
    0f 45 d6  cmovne %esi,%edx
    e8 05 00 00 00  call f
    49  dec %ecx
    75 ef  jne again
    cc  int3
    90  nop
    ff e2  f: jmp *%edx
    c3  ret
  `),
} as const;

test.each([["by a jump", "block"], ["from a call", "region"]] as const)("what translated code comes to %s goes on here, without the dispatcher", (way, jit) => {
  const guest = createGuest(SELDOM[way], { jit, threshold: 1000, quickAfter: 0 });
  // the table has room for two of one kind: here it is the second, and the first has been met before
  const first = CODE + 0x30, second = CODE + 0x20032, rounds = 50_000;
  expect(foundIndex(first)).toBe(foundIndex(second));
  guest.memory.map(CODE + 0x20000, 4096, 5);
  guest.memory.poke(second, way === "by a jump" ? listing("43  inc %ebx\ne9 d4 ff fd ff  jmp back") : listing("43  inc %ebx\nc3  ret"));
  guest.memory.poke(first, listing("cc  int3"));
  guest.start({ ecx: rounds, esi: CODE + 0x17, edi: second });
  guest.cpu.state[S.EIP] = first;
  expect(guest.run(100)).toMatchObject({ kind: "fault", vector: 3 });
  guest.cpu.state[S.EIP] = CODE;
  // all that JavaScript does begins with one of these
  const { cache } = guest.engine, at = cache.at.bind(cache), recent = cache.recent.bind(cache);
  let turns = 0;
  cache.at = (address) => (turns++, at(address));
  cache.recent = (address) => (turns++, recent(address));
  expect(guest.run(1 << 24)).toMatchObject({ kind: "fault", vector: 3 });
  expect([guest.cpu.state[0], guest.cpu.state[3]]).toEqual([rounds, Math.floor(rounds / 64)]);
  expect(turns).toBeLessThan(200);
});

test("a load from a page that cannot be read faults with EIP at it, and with what came before it done", () => {
  const guest = createGuest(listing("40  inc    %eax\n8b 19  mov    (%ecx),%ebx\n40  inc    %eax\ncc  int3"), QUICK);
  guest.start({ eax: 5, ecx: 0x0300_0000 });
  expect(guest.run(100)).toMatchObject({ kind: "fault", vector: 14, address: 0x0300_0000 });
  expect([guest.cpu.state[0], guest.cpu.state[S.EIP]]).toEqual([6, 0x01000001]);
});

test("zeros are loaded like anything else, and accesses that cross into another page", () => {
  const guest = createGuest(listing("8b 01  mov    (%ecx),%eax\n89 42 fe  mov    %eax,-2(%edx)\n8b 5a fe  mov    -2(%edx),%ebx\ncc  int3"), QUICK);
  guest.start({ eax: 5, ecx: DATA, edx: DATA + 0x1000, ebx: 7 });
  expect(guest.run(100)).toMatchObject({ kind: "fault", vector: 3 });
  expect([guest.cpu.state[0], guest.cpu.state[3]]).toEqual([0, 0]);
});

test.each([
  ["loads", "8b 01  mov    (%ecx),%eax\n8b 1a  mov    (%edx),%ebx\n8b 39  mov    (%ecx),%edi\ncc  int3", { edx: 0x0300_0000 }, 1],
  ["pops up to the end of the stack", "58  pop    %eax\n5b  pop    %ebx\n5f  pop    %edi\nc3  ret\ncc  int3", { esp: DATA + 0x2000 - 8 }, 2],
  ["pushes down to its beginning", "50  push   %eax\n51  push   %ecx\n52  push   %edx\ncc  int3", { esp: DATA + 8 }, 2],
  ["a load, a comparison and a jump", "8b 02  mov    (%edx),%eax\n85 c0  test   %eax,%eax\n74 fa  je     . - 4\ncc  int3", { edx: 0x0300_0000 }, 0],
  ["the first of a block", "8b 02  mov    (%edx),%eax\ncc  int3", { edx: 0x0300_0000 }, 0],
] as const)("in the middle of a sequence a fault finds done what came before it: %s", (_name, text, registers, before) => {
  const outcome = (options: EngineOptions) => {
    const guest = createGuest(listing(text), options);
    guest.start({ eax: 5, ecx: DATA, ebx: 7, edi: 9, ...registers });
    guest.memory.poke(DATA, Uint8Array.of(0x12, 0x34, 0x56, 0x78));
    const exit = guest.run(100);
    return { exit, registers: [...guest.cpu.state.subarray(0, 10)], data: guest.memory.read(DATA, 16) };
  };
  const quick = outcome(QUICK);
  expect(quick.exit).toMatchObject({ kind: "fault", vector: 14 });
  const lengths = [...text.matchAll(/^((?:[0-9a-f]{2} )+) /gm)].map(([, bytes]) => bytes.trim().split(" ").length);
  expect(quick.registers[S.EIP] - CODE).toBe(lengths.slice(0, before).reduce((sum, n) => sum + n, 0));
  expect(quick).toEqual(outcome({ jit: "off" }));
});
