// Random loops of vector instructions, two ways through each turn, on numbers of all kinds (NaNs, infinities, denormals): what a turn
// leaves in registers, memory and MXCSR is the same in the interpreter and in every kind of translation. This is what
// src/translator/lanes.ts and lane-types.ts can get wrong: lanes that travel over joins, results that are looked at late.
import { describe, expect, test } from "vitest";
import { createGuest, DATA, listing, MODES, observe } from "./guest.ts";

/** Opcodes behind their prefix; `imm`: takes an immediate byte; `memory`: false when the second operand must be a register. */
interface Form {
  readonly bytes: readonly number[];
  readonly imm?: boolean;
  readonly store?: boolean;
  readonly register?: boolean;
}
const forms = (prefix: readonly number[], ops: readonly number[], more: Partial<Form> = {}): Form[] => ops.map((op) => ({ bytes: [...prefix, 0x0f, op], ...more }));
const SD = 0xf2, SS = 0xf3, PD = 0x66;
const ARITHMETIC = [0x51, 0x58, 0x59, 0x5c, 0x5d, 0x5e, 0x5f];
const FORMS: readonly Form[] = [
  ...forms([SD], ARITHMETIC), ...forms([SD], ARITHMETIC), ...forms([PD], ARITHMETIC), ...forms([SS], ARITHMETIC), ...forms([], ARITHMETIC),
  // moves: movsd, movss, movapd, movaps, movups, movq, movlpd, movhpd, movddup, movhlps, movlhps
  ...forms([SD], [0x10, 0x11]), ...forms([SS], [0x10, 0x11]), ...forms([PD], [0x28, 0x29]), ...forms([], [0x28, 0x10, 0x11]), ...forms([SS], [0x7e]),
  ...forms([PD], [0x12, 0x13, 0x16, 0x17], { store: true }), ...forms([SD], [0x12]), ...forms([], [0x12, 0x16], { register: true }),
  ...forms([SD], [0x10, 0x11], { store: true }), ...forms([SS], [0x11], { store: true }), ...forms([], [0x11, 0x29], { store: true }), ...forms([PD], [0xd6], { store: true }),
  // logic, unpacks, shuffles
  ...forms([PD], [0x54, 0x55, 0x56, 0x57, 0x14, 0x15]), ...forms([], [0x54, 0x57, 0x14, 0x15]), ...forms([], [0xc6], { imm: true }), ...forms([PD], [0xc6, 0x70], { imm: true }),
  // conversions: cvtss2sd, cvtsd2ss, cvtps2pd, cvtpd2ps, cvtdq2ps, cvtps2dq, cvttps2dq, cvtdq2pd, cvttpd2dq
  ...forms([SS], [0x5a, 0x5b, 0xe6]), ...forms([SD], [0x5a, 0xe6]), ...forms([], [0x5a, 0x5b]), ...forms([PD], [0x5a, 0x5b, 0xe6]),
  // comparisons: ucomisd, comiss, cmppd, cmpsd, cmpps
  ...forms([PD], [0x2e, 0x2f]), ...forms([], [0x2e, 0x2f]), ...forms([PD], [0xc2], { imm: true }), ...forms([SD], [0xc2], { imm: true }), ...forms([], [0xc2], { imm: true }),
  // integers
  ...forms([PD], [0xfc, 0xfd, 0xfe, 0xd4, 0xef, 0xdb, 0xd5, 0xf5, 0xf6, 0x60, 0x61, 0x62, 0x6c, 0x67, 0x6b, 0x76, 0x66, 0xda, 0xee, 0xd2, 0xf3, 0x64, 0xd8, 0xdd, 0xed]),
];

const DOUBLES = [0, -0, 1, -1.5, 2 ** 53 + 2, 1e300, -1e-310, Infinity, 0.1, 3, -7.25, 1e-20];
const PATTERNS = [0x7ff0000000000001n, 0xfff8000000000000n, 0xfff8deadbeef0001n, 0x7f800001ff812345n, 0x3f8000003e99999an, 0xc0a00000447a0000n, 0x8000000000000000n, 5n];

function random(seed: number): (n: number) => number {
  let x = seed * 2654435761 + 12345;
  return (n) => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return (x >>> 8) % n;
  };
}

/** One instruction on registers or on the sixteen bytes at ESI plus 16 times something. */
function instruction(pick: (n: number) => number): number[] {
  const form = FORMS[pick(FORMS.length)];
  const reg = pick(8) << 3;
  const memory = form.store === true || (form.register !== true && pick(3) === 0);
  const modrm = memory ? [0x46 | reg, pick(8) * 16] : [0xc0 | reg | pick(8)];
  // stores of register forms are fine, these opcodes alone have no register form
  const noRegister = [0x12, 0x13, 0x16, 0x17].includes(form.bytes[form.bytes.length - 1]) && form.bytes[0] === PD;
  if (noRegister && !memory) return [];
  return [...form.bytes, ...modrm, ...(form.imm ? [pick(256)] : [])];
}

/** again: some; test $1,%cl; jz over; some; over: some; add $k,%eax; dec %ecx; jnz again; int3 */
function loop(pick: (n: number) => number): Uint8Array {
  const some = (n: number): number[] => Array.from({ length: n }, () => instruction(pick)).flat();
  const way = some(1 + pick(6));
  const inner = pick(2) === 0 ? [] : [0xba, 3, 0, 0, 0, ...(() => { const b = some(1 + pick(4)); return [...b, 0x4a, 0x75, 256 - b.length - 3]; })()];
  const body = [...some(1 + pick(8)), 0xf6, 0xc1, 1 << pick(3), 0x74, way.length, ...way, ...some(pick(5)), ...inner, 0x83, 0xc0, pick(100), 0x49];
  const back = -(body.length + 6);
  return Uint8Array.from([...body, 0x0f, 0x85, back & 255, (back >> 8) & 255, 255, 255, 0xcc]);
}

function outcome(code: Uint8Array, mode: string, pick: (n: number) => number): unknown {
  const guest = createGuest(code, MODES[mode]);
  const table = new DataView(new ArrayBuffer(256));
  // mostly numbers: one register in four is anything
  for (let k = 0; k < 32; k++) {
    if (pick(4) === 0) table.setBigUint64(8 * k, PATTERNS[pick(PATTERNS.length)], true);
    else table.setFloat64(8 * k, DOUBLES[pick(DOUBLES.length)], true);
  }
  guest.memory.poke(DATA, new Uint8Array(table.buffer, 0, 128));
  guest.cpu.vec.i32s.set(new Int32Array(table.buffer, 128, 32));
  guest.start({ ecx: 60, esi: DATA });
  const exit = guest.run(1 << 20);
  return { exit: { ...exit }, ...observe(guest), mxcsr: guest.cpu.vec.mxcsr() & 0x1f8d };
}

describe.each(["block", "warm", "region", "lockstep"])("%s", (mode) => {
  test("random loops end as in the interpreter", { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= (mode === "lockstep" ? 40 : 150); seed++) {
      const code = loop(random(seed));
      expect(outcome(code, mode, random(seed + 1000)), `seed ${seed}: ${Buffer.from(code).toString("hex")}`).toEqual(outcome(code, "interpreter", random(seed + 1000)));
    }
  });
});

test.each(["block", "region"])("singles that are infinite are looked at though the double that their bits are is finite: %s", (mode) => {
  // DIVPS by zero, and MULPD of what it gave
  const code = loop(random(2758));
  const expected = outcome(code, "interpreter", random(3758));
  expect(expected).toMatchObject({ mxcsr: 0x1f85 });
  expect(outcome(code, mode, random(3758))).toEqual(expected);
});

test("a register that holds no number costs a loop nothing when the loop does not look at it", () => {
  const guest = createGuest(listing(`
    66 0f 76 c9  pcmpeqd %xmm1,%xmm1   all ones: as a double a NaN
    85 c9  again: test %ecx,%ecx
    78 04  js rare
    49  back: dec %ecx
    75 f9  jne again
    cc  int3
    f2 0f 2a c9  rare: cvtsi2sd %ecx,%xmm1
    f2 0f 11 0e  movsd %xmm1,(%esi)
    eb f2  jmp back
  `), MODES.region);
  guest.start({ ecx: 10_000, esi: DATA });
  expect(guest.run(1 << 28)).toMatchObject({ kind: "fault", vector: 3 });
  expect(guest.engine.stats.dispatches).toBeLessThan(100);
  expect(guest.engine.stats.bails).toBeLessThan(5);
  expect([...guest.cpu.vec.i32s.subarray(4, 8)]).toEqual([-1, -1, -1, -1]);
});
