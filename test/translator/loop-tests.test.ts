// Random loops whose addresses go through memory in steps, with one way or two through a turn, up to the end of what they may use: src/translator/loop-tests.ts asks for many turns at a time, and
// src/translator/tails.ts writes ends of loops twice. The fault comes where it comes in the interpreter, with the same state.

import { describe, expect, test } from "vitest";
import { createGuest, DATA, DATA_END, MODES, observe } from "./guest.ts";
import { type Pick, random } from "../support/random.ts";

/** Opcodes with the register of the instruction, and the multiple that their operand's address has to be. */
const FORMS: readonly (readonly [bytes: readonly number[], multiple: number])[] = [
  [[0x8b], 1], [[0x89], 1], [[0x01], 1], [[0x8a], 1], [[0x88], 1], [[0x66, 0x03], 1], [[0x0f, 0xb7], 1], [[0x0f, 0xb6], 1], [[0x0f, 0xbe], 1],
  [[0x66, 0x0f, 0x6f], 16], [[0x66, 0x0f, 0x7f], 16], [[0xf3, 0x0f, 0x6f], 1], [[0xf3, 0x0f, 0x7f], 1], [[0x66, 0x0f, 0xfc], 16], [[0x0f, 0x28], 16],
  [[0xf2, 0x0f, 0x10], 1], [[0xf2, 0x0f, 0x11], 1], [[0xf2, 0x0f, 0x58], 1], [[0xf2, 0x0f, 0x59], 1], [[0xf3, 0x0f, 0x58], 1], [[0xf3, 0x0f, 0x11], 1],
];
/** Registers that instructions without vectors may change: EAX, EBX. */
const FREE = [0, 3];
const ESI = 6, EDI = 7;

/** add or sub of a small number, or lea */
function move(register: number, by: number, pick: Pick): number[] {
  if (pick(3) === 0) return [0x8d, 0x40 | (register << 3) | register, by & 255];
  return by < 0 && pick(2) === 0 ? [0x83, 0xe8 | register, -by] : [0x83, 0xc0 | register, by & 255];
}

function loop(pick: Pick, step: number, aligned: boolean): Uint8Array {
  const forms = FORMS.filter(([, multiple]) => aligned || multiple === 1 || pick(12) === 0);
  const access = (): number[] => {
    const [bytes, multiple] = forms[pick(forms.length)], vector = bytes.length > 2 || bytes[1] === 0x28;
    const register = (vector ? pick(4) : FREE[pick(2)]) << 3, disp = (multiple === 16 ? 16 * pick(3) : pick(3) === 0 ? pick(20) : 8 * pick(4)) & 255;
    // at ESI, EDI, or ESI and twice EBP, which stays
    const way = pick(4);
    return way === 0 ? [...bytes, 0x44 | register, 0x6e, disp] : [...bytes, 0x40 | register | (way === 1 ? EDI : ESI), disp];
  };
  const some = (n: number): number[] => Array.from({ length: n }, access).flat();
  const moves = (): number[] => [...move(ESI, step, pick), ...some(pick(2)), ...move(EDI, step * (1 + pick(2)), pick)];
  const left = some(1 + pick(2)), right = some(1 + pick(2)), two = pick(2) === 0;
  // test %dl; jz right; left; jmp over; right; over
  const ways = two ? [0xf6, 0xc2, 1 << pick(2), 0x74, left.length + 2, ...left, 0xeb, right.length, ...right] : [];
  const first = pick(2) === 0 ? moves() : [];
  const body = [...some(1 + pick(3)), ...first, ...ways, ...some(1 + pick(3)), ...(first.length > 0 ? [] : moves()), 0x42, 0x49];
  const back = -(body.length + 6);
  return Uint8Array.from([...body, 0x0f, 0x85, back & 255, (back >> 8) & 255, 255, 255, 0xcc]);
}

function run(code: Uint8Array, mode: string, rights: number, step: number, aligned: boolean, turns: number) {
  const guest = createGuest(code, MODES[mode]), table = new DataView(new ArrayBuffer(DATA_END - DATA));
  for (let k = 0; k < table.byteLength; k += 8) table.setFloat64(k, k % 88 === 0 ? 0 : (k % 1000) / 7 - 60, true);
  guest.memory.poke(DATA, new Uint8Array(table.buffer));
  guest.memory.protect(DATA + 0x1000, 0x1000, rights);
  const odd = aligned ? 0 : 4, begin = step > 0 ? DATA + 0x800 + odd : DATA + 0x1800 + odd;
  guest.start({ eax: 0x1234567, ecx: turns, ebp: 8, esi: begin, edi: begin + 64 });
  const exit = { ...guest.run(1 << 18) };
  return { guest, end: { exit, ...observe(guest), mxcsr: guest.cpu.vec.mxcsr() & 0x1f8d } };
}

describe.each(["region", "traces", "mixed", "javascript"])("%s", (mode) => {
  test.each([["nothing", 0], ["loads", 1], ["loads and stores", 3]])("one page allows %s", { timeout: 120_000 }, (_title, rights) => {
    for (let seed = 1; seed <= 120; seed++) {
      const pick = random(seed), step = [4, 8, 16, 32, -8, -16, 7, 64][pick(8)], aligned = pick(3) > 0, turns = pick(4) === 0 ? 1 + pick(20) : 5000;
      const code = loop(pick, step, aligned), expected = run(code, "interpreter", rights, step, aligned, turns).end;
      expect(run(code, mode, rights, step, aligned, turns).end, `seed ${seed}, step ${step}: ${Buffer.from(code).toString("hex")}`).toEqual(expected);
    }
  });
});

test("pages are asked for ahead, and nothing leaves for it", () => {
  // movdqa (%esi),%xmm0; movdqa %xmm0,0x800(%esi); add $16,%esi; dec %ecx; jnz
  const code = Uint8Array.from([0x66, 0x0f, 0x6f, 0x06, 0x66, 0x0f, 0x7f, 0x86, 0, 8, 0, 0, 0x83, 0xc6, 16, 0x49, 0x75, 0xee, 0xcc]);
  const guest = createGuest(code, MODES.region);
  guest.start({ ecx: 0x180, esi: DATA });
  guest.run();
  expect(guest.cpu.state[6]).toBe(DATA + 0x1800);
  expect(guest.engine.stats.bails).toBeLessThan(10);
});

test("bytes in a loop are not looked at for the sake of their page", () => {
  // movzbl (%esi),%eax; add %eax,%edx; inc %esi; dec %ecx; jnz
  const code = Uint8Array.from([0x0f, 0xb6, 0x06, 0x01, 0xc2, 0x46, 0x49, 0x75, 0xf7, 0xcc]);
  const guest = createGuest(code, MODES.region);
  guest.memory.poke(DATA, Uint8Array.from({ length: DATA_END - DATA }, (_, k) => k % 3));
  guest.memory.protect(DATA + 0x1000, 0x1000, 0);
  guest.start({ ecx: 0x1800, edx: 0, esi: DATA });
  guest.run();
  expect([guest.cpu.state[6], guest.cpu.regs[2], guest.cpu.state[1]]).toEqual([DATA + 0x1000, 4095, 0x800]);
  expect(guest.engine.stats.bails).toBeLessThan(10);
});
