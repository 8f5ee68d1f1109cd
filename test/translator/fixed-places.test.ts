// Random loops, some within others, with variables on the stack and behind a pointer that stays, calls and pushes, up to the ends of what they may use: src/translator/fixed-places.ts asks for these
// pages ahead of the loops. The fault comes where it comes in the interpreter, with the same state, and so does the end.

import { describe, expect, test } from "vitest";
import { createGuest, DATA, listing, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

/** ret; push and pop; ret 4; add to EBX what the caller takes away; jump over a push that leaves ESP lower than it was. */
const CALLEES = [[0xc3], [0x53, 0x8b, 0x44, 0x24, 0x08, 0x5b, 0xc3], [0xc2, 4, 0], [0x83, 0xc3, 4, 0xc3], [0x8b, 0x04, 0x24, 0x83, 0xec, 4, 0xff, 0xe0]];
const PROLOGUE = 2;
const offsetOf = (callee: number): number => CALLEES.slice(0, callee).reduce((sum, it) => sum + it.length, PROLOGUE);
/** Opcodes of accesses with a register: loads, stores, both at once, bytes and words. */
const FORMS = [[0x8b], [0x89], [0x01], [0x03], [0x8a], [0x88], [0x0f, 0xb6], [0x0f, 0xb7], [0x3b], [0x66, 0x89]];
/** Registers that anything may be done to: EAX, ESI, EDI. */
const FREE = [0, 6, 7];

function program(pick: Pick): Uint8Array {
  const code: number[] = [0xeb, CALLEES.flat().length, ...CALLEES.flat()];
  const emit = (...bytes: number[]): void => void code.push(...bytes);
  const access = (): void => {
    const form = FORMS[pick(FORMS.length)], byte = form[0] === 0x8a || form[0] === 0x88, register = (byte ? 0 : FREE[pick(3)]) << 3;
    const disp = pick(6) === 0 ? (4 * pick(30) - 60) & 255 : pick(8) === 0 ? pick(40) : 4 * pick(10);
    // at ESP, EBX, or EBX and four times EBP
    const where = pick(7);
    if (where < 4) emit(...form, 0x44 | register, 0x24, disp & 127);
    else if (where < 6) emit(...form, 0x43 | register, disp);
    else emit(...form, 0x44 | register, 0xab, disp);
  };
  const jump = (opcode: number, from: number): void => {
    const to = from - (code.length + 6);
    emit(0x0f, opcode, to & 255, (to >> 8) & 255, (to >> 16) & 255, (to >> 24) & 255);
  };
  const call = (n: number): void => {
    const to = offsetOf(n) - (code.length + 5);
    emit(0xe8, to & 255, (to >> 8) & 255, (to >> 16) & 255, (to >> 24) & 255);
  };
  const some = (most: number, depth: number): void => {
    for (let n = 1 + pick(most); n > 0; n--) item(depth);
  };
  function item(depth: number): void {
    const kind = pick(12);
    if (kind < 6) return access();
    if (kind === 6) {
      emit(0x50 | FREE[pick(3)]);
      some(2, depth);
      return emit(0x58 | FREE[pick(3)]);
    }
    if (kind === 7) {
      // test $n,%dl; jz over
      emit(0xf6, 0xc2, 1 << pick(3), 0x74, 0);
      const from = code.length;
      some(2, 2);
      code[from - 1] = code.length - from;
      // too far for it: never
      if (code.length - from > 127) code.splice(from - 5);
      return;
    }
    if (kind === 8 && pick(2) === 0) return call(pick(2));
    if (kind === 9 && pick(3) === 0) {
      const which = pick(3);
      if (which === 0) emit(0x50);
      call(2 + which);
      if (which === 1) emit(0x83, 0xeb, 4);
      if (which === 2) emit(0x83, 0xc4, pick(3) === 0 ? 4 : 8);
      return;
    }
    if (kind === 10 && depth < 2) {
      const pushes = pick(2) === 0;
      if (pushes) emit(0x50);
      // mov $n,%edx
      emit(0xba, 1 + pick(12), 0, 0, 0);
      const begin = code.length;
      some(3, 2);
      emit(0x4a);
      jump(0x85, begin);
      return pushes ? emit(0x5e) : undefined;
    }
    // add to a register, or look at one
    return pick(2) === 0 ? emit(0x83, 0xc0 | FREE[pick(3)], pick(100)) : emit(0x39, 0xc0 | (FREE[pick(3)] << 3) | FREE[pick(3)]);
  }
  const begin = code.length;
  some(6, 0);
  emit(0x49);
  jump(0x85, begin);
  some(2, 2);
  return Uint8Array.from([...code, 0xcc]);
}

function run(code: Uint8Array, mode: string, rights: number, pick: Pick, slice: number) {
  const guest = createGuest(code, MODES[mode]), table = new DataView(new ArrayBuffer(0x2000));
  for (let k = 0; k < table.byteLength; k += 4) table.setInt32(k, k % 12 === 0 ? 0 : Math.imul(k, 0x9e3779b1), true);
  guest.memory.poke(DATA, new Uint8Array(table.buffer));
  guest.memory.protect(DATA + 0x1000, 0x1000, rights);
  // in one page, or around the end of the first
  const near = () => DATA + (pick(3) === 0 ? 0xfa0 + pick(25) * (pick(4) === 0 ? 1 : 4) : 0x400 + 4 * pick(100));
  guest.start({ eax: 5, ecx: [3, 40, 700][pick(3)], edx: 7, ebx: near(), esp: near(), ebp: pick(4), esi: 9, edi: 11 });
  let exit = guest.run(slice);
  for (let n = 0; n < 300 && exit.kind === "budget"; n++) exit = guest.run(slice);
  return { exit: { ...exit }, ...observe(guest) };
}

describe.each(["region", "traces", "mixed", "javascript"])("%s", (mode) => {
  test.each([["nothing", 0], ["loads", 1], ["loads and stores", 3]])("the second page allows %s", { timeout: 240_000 }, (_title, rights) => {
    for (let seed = 1; seed <= 150; seed++) {
      const code = program(random(seed)), slice = seed % 3 === 0 ? 25_000 : 1 << 18;
      const expected = run(code, "interpreter", rights, random(seed + 7777), slice);
      expect(run(code, mode, rights, random(seed + 7777), slice), `seed ${seed}: ${Buffer.from(code).toString("hex")}`).toEqual(expected);
    }
  });
});

/** A frame by EBP, which the outer loop sets, and the inner one goes by. */
const FRAMES = listing(`
  89 e5  outer: mov %esp,%ebp
  ba 03 00 00 00  mov $3,%edx
  03 45 04  inner: add 4(%ebp),%eax
  03 45 08  add 8(%ebp),%eax
  ff 45 04  incl 4(%ebp)
  4a  dec %edx
  75 f4  jne inner
  49  dec %ecx
  75 ea  jne outer
  cc  int3
  @20
  89 04 24  first: mov %eax,(%esp)
  cc  int3
`);
const INNER = 7, FIRST = 0x20;

test.each(["region", "interpreter"])("%s: who comes to the inner loop from elsewhere may have another frame", (mode) => {
  const guest = createGuest(FRAMES, MODES[mode]), word = (at: number) => guest.memory.view.getInt32(DATA + at, true);
  // the first store to a page goes through the interpreter
  guest.start({ eax: 0, esp: DATA }, FIRST);
  guest.run();
  guest.start({ eax: 0, ecx: 100, esp: DATA });
  guest.run();
  expect([guest.cpu.state[0], word(4)]).toEqual([(299 * 300) / 2, 300]);
  guest.memory.view.setInt32(DATA + 0x108, 1000, true);
  guest.start({ eax: 0, ecx: 1, edx: 2, esp: DATA, ebp: DATA + 0x100 }, INNER);
  guest.run();
  expect([guest.cpu.state[0], word(4), word(0x104)]).toEqual([2001, 300, 2]);
});
