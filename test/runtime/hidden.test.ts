// The ends of guest memory: the last bytes of the 4 GiB, behind which there is nothing, and the hidden area.

import { afterEach, describe, expect, it, vi } from "vitest";
import { Cpu } from "../../src/runtime/cpu.ts";
import { HIDDEN } from "../../src/runtime/hidden.ts";
import { createMemory, PERM } from "../../src/runtime/memory.ts";
import { SLOTS } from "../../src/runtime/simd/lanes.ts";
import { EXIT, S } from "../../src/runtime/state.ts";
import { MODES, runCode } from "../semantics/engines.ts";
import { START } from "../semantics/layout.ts";

const EBX = 3;
const SPACE = 2 ** 32;

/** Accesses to (%ebx): bytes, and how many of them are looked at first. An access that those bytes take beyond the limit of the segment is #GP. */
const ACCESSES: readonly (readonly [name: string, code: readonly number[], first: number, write: boolean])[] = [
  ["mov (%ebx),%al", [0x8a, 0x03], 1, false], ["mov (%ebx),%ax", [0x66, 0x8b, 0x03], 2, false], ["mov (%ebx),%eax", [0x8b, 0x03], 4, false],
  ["movzwl (%ebx),%eax", [0x0f, 0xb7, 0x03], 2, false], ["add (%ebx),%eax", [0x03, 0x03], 4, false], ["push (%ebx)", [0xff, 0x33], 4, false],
  ["movd (%ebx),%xmm0", [0x66, 0x0f, 0x6e, 0x03], 4, false], ["movsd (%ebx),%xmm0", [0xf2, 0x0f, 0x10, 0x03], 4, false],
  ["movups (%ebx),%xmm0", [0x0f, 0x10, 0x03], 4, false], ["addsd (%ebx),%xmm0", [0xf2, 0x0f, 0x58, 0x03], 4, false],
  ["flds (%ebx)", [0xd9, 0x03], 4, false], ["fldl (%ebx)", [0xdd, 0x03], 8, false],
  ["mov %al,(%ebx)", [0x88, 0x03], 1, true], ["mov %ax,(%ebx)", [0x66, 0x89, 0x03], 2, true], ["mov %eax,(%ebx)", [0x89, 0x03], 4, true],
  ["add %eax,(%ebx)", [0x01, 0x03], 4, true], ["movsd %xmm0,(%ebx)", [0xf2, 0x0f, 0x11, 0x03], 8, true], ["movups %xmm0,(%ebx)", [0x0f, 0x11, 0x03], 16, true],
  ["fstpl (%ebx)", [0xdd, 0x1b], 8, true],
];

describe.each(MODES)("the last bytes of memory: %s", (mode) => {
  it.each(ACCESSES)("%s", (_name, code, first, write) => {
    for (let at = SPACE - 32; at < SPACE; at++) {
      const before: number[] = [];
      const { cpu, trap, error, address } = runCode(mode, code, (it) => {
        it.state[EBX] = at;
        for (let r = 0; r < 8; r++) before.push(it.state[r]);
      });
      expect([...cpu.state.subarray(0, 8), cpu.eip], `${at.toString(16)}`).toEqual([...before, START]);
      expect({ trap, error, address: address >>> 0 }, `${at.toString(16)}`).toEqual(at + first > SPACE ? { trap: 13, error: 0, address: 0 } : { trap: 14, error: write ? 6 : 4, address: at });
    }
  });

  it("stores to the hidden area, jumps there and wide loads fault", () => {
    for (const at of [HIDDEN.STATE, HIDDEN.VECTORS, HIDDEN.PERM + (START >>> 12)]) {
      for (const [name, code, , write] of ACCESSES) {
        if (!write && code[0] !== 0xdd) continue;
        const { trap, error, address } = runCode(mode, code, (cpu) => void (cpu.state[EBX] = at));
        expect([name, trap, error, address >>> 0]).toEqual([name, 14, write ? 6 : 4, at]);
      }
      const { trap, error } = runCode(mode, [0xff, 0xe3], (cpu) => void (cpu.state[EBX] = at));
      expect([trap, error]).toEqual([14, 0x14]);
    }
  });

  it("zeros of the hidden area cannot be loaded", () => {
    const { trap, address } = runCode(mode, [0x8b, 0x03], (cpu) => void (cpu.state[EBX] = HIDDEN.END - 4));
    expect([trap, address >>> 0]).toEqual([14, HIDDEN.END - 4]);
  });
});

describe("the hidden area", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("has parts that do not meet, below 2 GiB and what programs are linked to", () => {
    const parts = [
      [HIDDEN.STATE, S.WORDS * 4], [HIDDEN.VECTORS, SLOTS * 16], [HIDDEN.LOOKUP, 2 ** 13 * 8], [HIDDEN.CELLS, 2 ** 18 * 4], [HIDDEN.PERM, 2 ** 20 + 16], [HIDDEN.END, 0],
    ];
    expect(HIDDEN.END).toBeLessThanOrEqual(0x0800_0000);
    expect(parts[0][0]).toBe(HIDDEN.START);
    for (let k = 1; k < parts.length; k++) expect(parts[k][0]).toBeGreaterThanOrEqual(parts[k - 1][0] + parts[k - 1][1]);
  });

  it("is out of reach for system calls", () => {
    const memory = createMemory();
    expect(memory.canRead(HIDDEN.STATE, 4)).toBe(false);
    expect(memory.read(HIDDEN.PERM, 1)).toBeUndefined();
    expect(memory.write(HIDDEN.STATE, new Uint8Array(4))).toBe(false);
    expect(memory.cstring(HIDDEN.STATE, 4)).toBe("fault");
  });

  it.each(["WebAssembly", "shared memory alone"])("holds registers and permissions: %s", (kind) => {
    if (kind !== "WebAssembly") vi.stubGlobal("WebAssembly", undefined);
    const memory = createMemory(), cpu = new Cpu(memory), words = new Int32Array(memory.buffer, HIDDEN.STATE, S.WORDS);
    expect(memory.wasm?.buffer).toBe(kind === "WebAssembly" ? memory.buffer : undefined);
    expect(memory.buffer.byteLength).toBe(SPACE);
    cpu.setReg(0, 4, 0x12345678);
    cpu.setReg(4, 1, 0x7f); // AH
    expect([words[0], words[S.DF], words[S.EXIT]]).toEqual([0x12347f78, 1, EXIT.NONE]);
    cpu.vec.setI32(1, 2, -5);
    expect(memory.view.getInt32(HIDDEN.VECTORS + 24, true)).toBe(-5);
    memory.map(0x5000, 4096, 3);
    memory.touch(0x5000, 1);
    expect(memory.view.getInt8(HIDDEN.PERM + 5)).toBe(memory.perm[5]);
    expect(memory.perm[5] & 127).toBe(PERM.R | PERM.W);
    cpu.renew();
    expect([cpu.reg(0, 4), cpu.vec.i32(1, 2), words[S.DF]]).toEqual([0, 0, 1]);
  });
});
