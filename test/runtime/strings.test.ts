// Repeated string instructions: the block forms of src/runtime/strings.ts against the loop over elements of src/semantics/string.ts.
// Registers, flags, memory and faults agree, whatever overlaps and wherever a page lacks a right.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../../src/decoder/index.ts";
import type { Instruction } from "../../src/decoder/instruction.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { isGuestFault } from "../../src/runtime/fault.ts";
import { createMemory, type GuestMemory } from "../../src/runtime/memory.ts";
import { S } from "../../src/runtime/state.ts";
import { semanticOf } from "../../src/semantics/index.ts";

/** Pages at DATA: three to write, one to read, one missing, one to write, and one that holds code. */
const DATA = 0x20000000, PAGES = 7, SIZE = PAGES * 4096;
const MISSING = DATA + 4 * 4096, CODE_PAGE = DATA + 6 * 4096;

/** The same CPU without block forms. */
class Elementwise extends Cpu {
  override repMovs(): boolean { return false; }
  override repStos(): boolean { return false; }
  override repScas(): boolean { return false; }
  override repCmps(): boolean { return false; }
}

interface Side {
  readonly cpu: Cpu;
  readonly memory: GuestMemory;
  notices: Set<number>;
}

function side(make: (memory: GuestMemory) => Cpu): Side {
  const memory = createMemory();
  memory.map(DATA, SIZE, 3);
  memory.protect(DATA + 3 * 4096, 4096, 1);
  memory.unmap(MISSING, 4096);
  memory.protect(CODE_PAGE, 4096, 7);
  memory.setCode(CODE_PAGE >>> 12, true);
  const it: Side = { cpu: make(memory), memory, notices: new Set() };
  memory.onCodeWrite = (address, length) => {
    for (let k = 0; k < length; k++) it.notices.add(address + k);
  };
  return it;
}

const block = side((memory) => new Cpu(memory)), element = side((memory) => new Elementwise(memory));

function instruction(bytes: number[]): Instruction {
  const insn = decode(Uint8Array.from([...bytes, 0x90, 0x90]), 0, 0x1000);
  if (typeof insn === "number") throw new Error("cannot be decoded");
  return insn;
}

interface Case {
  readonly esi: number;
  readonly edi: number;
  readonly ecx: number;
  readonly eax: number;
  readonly down: boolean;
  readonly fill: Uint8Array;
}

function execute(on: Side, insn: Instruction, c: Case): unknown {
  const { cpu, memory } = on;
  for (let at = 0; at < SIZE; at += 4096) if (DATA + at !== MISSING) memory.u8.set(c.fill.subarray(at, at + 4096), DATA + at);
  cpu.state.set([c.eax, c.ecx, 0, 0, 0, 0, c.esi, c.edi]);
  cpu.setEflags(0x202 | 0x8d5 | (c.down ? 0x400 : 0), 4);
  cpu.state[S.EIP] = insn.next;
  cpu.current = insn;
  on.notices = new Set();
  let fault: unknown;
  try {
    semanticOf(insn.row)?.(cpu, insn);
  } catch (e) {
    if (!isGuestFault(e)) throw e;
    fault = { vector: e.vector, code: e.code, address: e.address >>> 0 };
  }
  return { fault, registers: [...cpu.state.subarray(0, 8)], eflags: cpu.eflags(), notices: on.notices.size };
}

function agree(insn: Instruction, c: Case): unknown {
  const ours = execute(block, insn, c), theirs = execute(element, insn, c);
  expect(ours).toEqual(theirs);
  const bytes = (on: Side) => Buffer.from(on.memory.u8.slice(DATA, DATA + SIZE));
  expect(bytes(block).equals(bytes(element)), "memory").toBe(true);
  return ours;
}

/** Addresses mostly near the ends of pages, where things happen. */
const address = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: PAGES }), fc.integer({ min: -40, max: 40 })).map(([page, off]) => DATA + page * 4096 + off),
  fc.integer({ min: DATA, max: DATA + SIZE }),
);
/** A source, and a destination that often overlaps it. */
const places = fc.oneof(
  fc.tuple(address, address),
  fc.tuple(address, fc.integer({ min: -20, max: 20 })).map(([a, off]) => [a, a + off] as [number, number]),
);
/** Memory with long runs of equal bytes and some that differ, so that scans and compares go on for a while. */
const contents = fc.tuple(fc.integer({ min: 1, max: 255 }), fc.array(fc.integer({ min: 0, max: SIZE - 1 }), { maxLength: 12 }), fc.boolean()).map(([seed, marks, runs]) => {
  const fill = runs ? new Uint8Array(SIZE).fill(seed) : Uint8Array.from({ length: SIZE }, (_, k) => (k * seed + (k >> 8)) & 255);
  for (const at of marks) fill[at] = 0;
  return fill;
});
const cases = fc.tuple(places, fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 6000 })), fc.constantFrom(0, 0x41414141, 0x01020304, -1), fc.boolean(), contents)
  .map(([[esi, edi], ecx, eax, down, fill]): Case => ({ esi, edi, ecx, eax, down, fill }));
const upward = cases.map((c) => ({ ...c, down: false }));

const FORMS: [string, number[]][] = [
  ["rep movsb", [0xf3, 0xa4]], ["rep movsw", [0x66, 0xf3, 0xa5]], ["rep movsl", [0xf3, 0xa5]], ["rep movsl %ss", [0x36, 0xf3, 0xa5]], ["rep movsb, 16-bit", [0x67, 0xf3, 0xa4]],
  ["rep stosb", [0xf3, 0xaa]], ["rep stosw", [0x66, 0xf3, 0xab]], ["rep stosl", [0xf3, 0xab]],
  ["repne scasb", [0xf2, 0xae]], ["repe scasb", [0xf3, 0xae]], ["repne scasl", [0xf2, 0xaf]],
  ["repe cmpsb", [0xf3, 0xa6]], ["repne cmpsb", [0xf2, 0xa6]], ["repe cmpsl", [0xf3, 0xa7]],
];

test.each(FORMS)("%s", (_name, bytes) => {
  const insn = instruction(bytes);
  fc.assert(fc.property(upward, (c) => void agree(insn, c)), { numRuns: 40 });
  fc.assert(fc.property(cases, (c) => void agree(insn, { ...c, down: true })), { numRuns: 8 });
});

describe("by hand", () => {
  const fill = Uint8Array.from({ length: SIZE }, (_, k) => (k * 31) & 255);
  const base: Case = { esi: DATA, edi: DATA + 0x1000, ecx: 0, eax: 0x41, down: false, fill };

  test("a fault midway leaves the registers at the element that faulted", () => {
    const outcome = agree(instruction([0xf3, 0xa5]), { ...base, esi: DATA + 0x10, edi: DATA + 3 * 4096 - 10, ecx: 100 });
    expect(outcome).toMatchObject({ fault: { vector: 14, code: 7, address: DATA + 3 * 4096 }, registers: [0x41, 98, 0, 0, 0, 0, DATA + 0x18, DATA + 3 * 4096 - 2] });
    const reading = agree(instruction([0xf3, 0xa4]), { ...base, esi: MISSING - 3, ecx: 100 });
    expect(reading).toMatchObject({ fault: { vector: 14, code: 4, address: MISSING }, registers: [0x41, 97, 0, 0, 0, 0, MISSING, DATA + 0x1003] });
  });

  test("a destination just above the source repeats a pattern", () => {
    agree(instruction([0xf3, 0xa4]), { ...base, edi: DATA + 3, ecx: 1000 });
    expect([...block.memory.u8.subarray(DATA, DATA + 9)]).toEqual([0, 31, 62, 0, 31, 62, 0, 31, 62]);
  });

  test("a scan finds the byte, and stops at the missing page with the flags of the last element", () => {
    const scan = instruction([0xf2, 0xae]);
    expect(agree(scan, { ...base, edi: DATA + 5, eax: 31 * 9, ecx: 100 })).toMatchObject({ fault: undefined, registers: [31 * 9, 95, 0, 0, 0, 0, DATA, DATA + 10] });
    const missed = agree(scan, { ...base, edi: MISSING - 8, eax: 0x1ff, ecx: -1, fill: new Uint8Array(SIZE) });
    expect(missed).toMatchObject({ fault: { vector: 14, code: 4, address: MISSING }, registers: [0x1ff, -9, 0, 0, 0, 0, DATA, MISSING] });
  });

  test("code that is overwritten is told byte for byte", () => {
    expect(agree(instruction([0xf3, 0xaa]), { ...base, edi: CODE_PAGE - 10, ecx: 30 })).toMatchObject({ fault: undefined, notices: 20 });
  });

  test("a count of zero changes nothing", () => {
    for (const [, bytes] of FORMS) expect(agree(instruction(bytes), base)).toMatchObject({ fault: undefined, registers: [0x41, 0, 0, 0, 0, 0, DATA, DATA + 0x1000] });
  });
});
