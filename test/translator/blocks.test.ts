// Small guest programs through the interpreter, translated blocks, blocks of one instruction, and lockstep: the same outcome
// everywhere, and the one that the architecture asks for.
import { describe, expect, test } from "vitest";
import type { Exit } from "../../src/runtime/engine.ts";
import { pack } from "../../src/runtime/segments.ts";
import { CODE, createGuest, DATA, DATA_END, type Guest, listing, MODES, observe, type Registers } from "./guest.ts";

const BREAKPOINT: Exit = { kind: "fault", vector: 3, code: 0, address: 0 };
const F = { CF: 1, PF: 4, AF: 16, ZF: 64, SF: 128, OF: 2048 } as const;
const STATUS = 0x8d5;

interface Outcome {
  readonly exit: Exit;
  readonly guest: Guest;
  readonly registers: Record<string, number>;
}

/** Runs a program in every mode, three times over so that links are made, and gives the outcome after comparing it. */
function everywhere(code: Uint8Array, registers: Registers = {}, prepare: (guest: Guest) => void = () => {}, offset = 0): Outcome {
  let first: { exit: Exit; state: Record<string, unknown>; guest: Guest } | undefined;
  for (const [mode, options] of Object.entries(MODES)) {
    for (let turn = 0, guest = createGuest(code, options); turn < 3; turn++) {
      guest.memory.poke(CODE, code);
      guest.memory.poke(DATA, new Uint8Array(0x2000));
      guest.cpu.vec.i32s.fill(0);
      prepare(guest);
      guest.start(registers, offset);
      const exit = guest.run();
      const state = observe(guest);
      if (first === undefined) first = { exit, state, guest };
      else expect({ mode, turn, exit, ...state }).toEqual({ mode, turn, exit: first.exit, ...first.state });
    }
  }
  if (first === undefined) throw new Error("no mode");
  return { exit: first.exit, guest: first.guest, registers: first.state.registers as Record<string, number> };
}

/** A page fault as the engine reports it. */
const pageFault = (address: number, code: number): Exit => ({ kind: "fault", vector: 14, code, address: address | 0 });

const normal = (exit: Exit): Exit => (exit.kind === "fault" ? { ...exit, address: exit.address | 0 } : exit);

describe("flags", () => {
  const code = listing(`
    39 d8           cmp %ebx,%eax
    eb 00           jmp .+2
    0f 9c c1        setl %cl
    0f 92 c5        setb %ch
    eb 00           jmp .+2
    83 d2 00        adc $0,%edx
    9c              pushf
    eb 00           jmp .+2
    9f              lahf
    89 c6           mov %eax,%esi
    5f              pop %edi
    cc              int3`);

  test.each([[1, 2], [2, 1], [-1, 1], [0x7fffffff, -1], [-0x80000000, 1], [5, 5]])("live across blocks: %d, %d", (eax, ebx) => {
    const { exit, registers } = everywhere(code, { eax, ebx, edx: 10 });
    const carry = eax >>> 0 < ebx >>> 0 ? 1 : 0;
    expect(exit).toEqual(BREAKPOINT);
    expect(registers.ecx).toBe((eax < ebx ? 1 : 0) | (carry << 8));
    expect(registers.edx).toBe(10 + carry);
    expect(registers.edi & STATUS).toBe((registers.esi >>> 8) & 0xd5); // LAHF and PUSHF agree; ADC of 10 and a carry does not overflow
  });

  test("live across a call and a return", () => {
    const { registers } = everywhere(listing(`
      01 d8             add %ebx,%eax
      e8 07 00 00 00    call f
      83 d2 05          adc $5,%edx
      0f 9a c1          setp %cl
      cc                int3
      be 07 00 00 00    f: mov $7,%esi
      c3                ret`), { eax: -1, ebx: 1, edx: 1 });
    expect([registers.edx, registers.ecx, registers.esi]).toEqual([7, 0, 7]);
  });

  test("through two shifts by zero, with a conversion to be looked at between them", () => {
    const { registers } = everywhere(listing(`
      89 06             mov %eax,(%esi)
      83 f8 ff          cmp $-1,%eax
      eb 00             jmp .+2
      f3 0f 2c 0e       cvttss2si (%esi),%ecx
      d2 e2             shl %cl,%dl
      0f a5 ca          shld %cl,%ecx,%edx
      4f                dec %edi
      9c                pushf
      5b                pop %ebx
      cc                int3`), { esi: DATA, edx: 5, edi: 3 });
    expect([registers.ebx & STATUS, registers.edx]).toEqual([F.CF, 5]);
  });
});

describe("faults in the middle of a block leave the state before the instruction", () => {
  test("load", () => {
    const code = listing(`
      83 c0 05          add $5,%eax
      89 c3             mov %eax,%ebx
      8b 16             mov (%esi),%edx
      b8 01 00 00 00    mov $1,%eax
      cc                int3`);
    const { exit, registers, guest } = everywhere(code, { eax: -5, edx: 9, esi: DATA_END });
    expect(normal(exit)).toEqual(pageFault(DATA_END, 4));
    expect(guest.cpu.eip).toBe(CODE + 5);
    expect([registers.eax, registers.ebx, registers.edx]).toEqual([0, 0, 9]);
    expect(guest.cpu.eflags() & STATUS).toBe(F.CF | F.PF | F.AF | F.ZF);
    expect(everywhere(code, { esi: DATA }).exit).toEqual(BREAKPOINT);
  });

  test("store", () => {
    const { exit, registers, guest } = everywhere(listing(`
      83 e8 05          sub $5,%eax
      89 c3             mov %eax,%ebx
      89 06             mov %eax,(%esi)
      b8 01 00 00 00    mov $1,%eax
      cc                int3`), { eax: 3, esi: DATA_END + 16 });
    expect(normal(exit)).toEqual(pageFault(DATA_END + 16, 6));
    expect(guest.cpu.eip).toBe(CODE + 5);
    expect([registers.eax, registers.ebx]).toEqual([0xfffffffe, 0xfffffffe]);
    expect(guest.cpu.eflags() & STATUS).toBe(F.CF | F.AF | F.SF);
  });

  test("read, change and write of a page that is read-only", () => {
    const { exit, registers, guest } = everywhere(listing(`
      83 e8 05          sub $5,%eax
      53                push %ebx
      01 06             add %eax,(%esi)
      b8 01 00 00 00    mov $1,%eax
      cc                int3`), { eax: 5, ebx: 77, esi: DATA_END + 4 }, ({ memory }) => {
      memory.map(DATA_END, 0x1000, 1);
    });
    expect(normal(exit)).toEqual(pageFault(DATA_END + 4, 7));
    expect(guest.cpu.eip).toBe(CODE + 4);
    expect(registers.esp).toBe(DATA_END - 0x104);
    expect(guest.memory.loadU32(DATA_END - 0x104)).toBe(77);
    expect(guest.cpu.eflags() & STATUS).toBe(F.PF | F.ZF);
  });

  test("push onto a page that is not there", () => {
    const { exit, registers, guest } = everywhere(listing(`
      31 c0             xor %eax,%eax
      bb 03 00 00 00    mov $3,%ebx
      53                push %ebx
      40                inc %eax
      cc                int3`), { eax: 1, esp: DATA });
    expect(normal(exit)).toEqual(pageFault(DATA - 4, 6));
    expect(guest.cpu.eip).toBe(CODE + 7);
    expect([registers.esp, registers.ebx, registers.eax]).toEqual([DATA, 3, 0]);
  });

  test("division by zero", () => {
    const { exit, guest } = everywhere(listing(`
      83 c3 01          add $1,%ebx
      89 de             mov %ebx,%esi
      f7 f1             div %ecx
      cc                int3`), { ebx: -1, eax: 10 });
    expect(exit).toEqual({ kind: "fault", vector: 0, code: 0, address: 0 });
    expect(guest.cpu.eip).toBe(CODE + 5);
    expect(guest.cpu.eflags() & STATUS).toBe(F.CF | F.PF | F.AF | F.ZF);
  });

  test("a jump to a page that cannot be executed", () => {
    const { exit, guest } = everywhere(listing("01 d8  add %ebx,%eax\nff e1  jmp *%ecx"), { eax: 1, ebx: 2, ecx: DATA + 8 });
    expect(normal(exit)).toEqual(pageFault(DATA + 8, 0x15));
    expect(guest.cpu.eip).toBe(DATA + 8);
  });
});

describe("accesses over the end of a page whose successor is not mapped", () => {
  const at = DATA_END;
  const cases: [string, string, number, number, boolean][] = [
    ["8b 1e  mov (%esi),%ebx", "load 4", 4, 4, false],
    ["66 8b 1e  mov (%esi),%bx", "load 2", 2, 4, false],
    ["89 16  mov %edx,(%esi)", "store 4", 4, 6, true],
    ["66 89 16  mov %dx,(%esi)", "store 2", 2, 6, true],
    ["83 06 05  addl $5,(%esi)", "add to 4", 4, 6, true],
    ["f2 0f 10 06  movsd (%esi),%xmm0", "load 8", 8, 4, false],
    ["f2 0f 11 06  movsd %xmm0,(%esi)", "store 8", 8, 6, true],
    ["f3 0f 6f 06  movdqu (%esi),%xmm0", "load 16", 16, 4, false],
    ["f3 0f 7f 0e  movdqu %xmm1,(%esi)", "store 16", 16, 6, true],
    ["dd 06  fldl (%esi)", "x87 load 8", 8, 4, false],
  ];
  test.each(cases)("%s", (line, _name, size, code) => {
    const program = listing(`83 c0 01  add $1,%eax\n${line}\ncc  int3`);
    for (let inside = 1; inside < size; inside += size > 4 ? 3 : 1) {
      const { exit, guest, registers } = everywhere(program, { eax: 7, edx: -1, esi: at - inside }, ({ memory, cpu }) => {
        memory.write(at - 16, new Uint8Array(16).fill(0x11));
        cpu.vec.i32s.fill(-1);
      });
      expect(normal(exit)).toEqual(pageFault(at, code));
      expect(guest.cpu.eip).toBe(CODE + 3);
      expect([registers.eax, registers.ebx]).toEqual([8, 0]);
      expect(guest.memory.read(at - 16, 16)).toEqual(new Uint8Array(16).fill(0x11));
      expect([...guest.cpu.vec.i32s.subarray(0, 8)]).toEqual(Array.from({ length: 8 }, () => -1));
    }
    expect(everywhere(program, { esi: at - size }).exit).toEqual(BREAKPOINT);
  });
});

describe("loops", () => {
  const code = listing(`
    83 c0 03    1: add $3,%eax
    31 c3       xor %eax,%ebx
    49          dec %ecx
    75 f8       jnz 1b
    cc          int3`);

  test("a block that jumps to itself", () => {
    expect(everywhere(code, { ecx: 100 }).registers).toMatchObject({ eax: 300, ecx: 0 });
  });

  test.each(Object.keys(MODES))("the time slice ends it with exact registers: %s", (mode) => {
    const turns = 400_000, stays = ["block", "warm", "region", "traces", "mixed"]; // whose loops are WebAssembly and may stay for 100,000
    const guest = createGuest(code, MODES[mode]);
    guest.start({ ecx: turns });
    let slices = 0, left = turns;
    for (let exit = guest.run(3000); ; exit = guest.run(3000), slices++) {
      const { state, eip } = guest.cpu;
      if (exit.kind !== "budget") {
        expect(exit).toEqual(BREAKPOINT);
        break;
      }
      const inTurn = eip - CODE; // 8 is behind the loop: the slice ended with it
      expect([0, 3, 5, 6, 8]).toContain(inTurn);
      expect(state[0]).toBe((turns - state[1]) * 3 + (inTurn === 3 || inTurn === 5 ? 3 : 0));
      expect(left - state[1]).toBeLessThan(stays.includes(mode) ? 17_500 : 12_000); // of four instructions: a slice and what a translated loop takes at a time, which counts six
      left = state[1];
    }
    expect(slices).toBeGreaterThan(10);
    expect(guest.cpu.state[0]).toBe(3 * turns);
  });
});

describe("code that changes", () => {
  test("a store into the next instruction of the same block", () => {
    const { registers } = everywhere(listing(`
      83 c3 01                add $1,%ebx
      c6 05 0b 00 00 01 2a    movb $42,1f+1
      b8 00 00 00 00          1: mov $0,%eax
      83 d2 00                adc $0,%edx
      cc                      int3`), { ebx: -1 });
    expect([registers.eax, registers.ebx, registers.edx]).toEqual([42, 0, 1]);
  });

  test("a loop that changes its own instruction", () => {
    const { registers } = everywhere(listing(`
      ff 05 07 00 00 01    1: incl 2f+1
      b8 00 00 00 00       2: mov $0,%eax
      01 c3                add %eax,%ebx
      49                   dec %ecx
      75 f0                jnz 1b
      cc                   int3`), { ecx: 20 });
    expect([registers.eax, registers.ebx]).toEqual([20, 210]);
  });

  test("data beside code drops no block", () => {
    const code = listing(`
      ff 05 10 00 00 01    1: incl 3f
      03 05 10 00 00 01    add 3f,%eax
      49                   dec %ecx
      75 f1                jnz 1b
      cc                   int3
      00 00 00 00          3: .long 0`);
    const { registers } = everywhere(code, { ecx: 20 });
    expect(registers.eax).toBe(210);
    const guest = createGuest(code, MODES.block);
    guest.start({ ecx: 20 });
    guest.run();
    expect(guest.engine.cache.stats.invalidated).toBe(0);
  });

  const callers = listing(`
    e8 3b 00 00 00    1: call f
    01 c3             add %eax,%ebx
    49                dec %ecx
    75 f6             jnz 1b
    cc                int3
    @40
    b8 01 00 00 00    f: mov $1,%eax
    c3                ret`);

  test.each(Object.keys(MODES))("what the kernel writes over a linked block is what runs next: %s", (mode) => {
    const guest = createGuest(callers, MODES[mode]);
    for (const value of [1, 5, 5, 9]) {
      guest.memory.write(CODE + 0x41, Uint8Array.of(value));
      guest.start({ ecx: 50 });
      expect(guest.run()).toEqual(BREAKPOINT);
      expect(guest.cpu.state[3]).toBe(50 * value);
    }
    expect(guest.engine.cache.stats.invalidated).toBeGreaterThan(0);
  });

  test("links are made between translated blocks, and a dead target is not entered", () => {
    const guest = createGuest(callers, MODES.block);
    guest.start({ ecx: 1000 });
    guest.run();
    expect(guest.engine.stats.dispatches).toBeLessThan(100);
    expect(guest.engine.cache.at(CODE + 0x40).fn).not.toBeNull();
    guest.memory.unmap(CODE, 0x1000);
    guest.start({ ecx: 5 });
    expect(normal(guest.run())).toEqual(pageFault(CODE, 0x14));
    guest.memory.map(CODE, 0x1000, 7);
    guest.memory.poke(CODE, listing("43  inc %ebx\ncc  int3"));
    guest.start();
    expect(guest.run()).toEqual(BREAKPOINT);
    expect(guest.cpu.state[3]).toBe(1);
  });

  test("translations beyond the bound on source are dropped, and made again", () => {
    const guest = createGuest(callers, { ...MODES.block, maxSourceBytes: 1500 });
    for (let turn = 0; turn < 3; turn++) {
      guest.start({ ecx: 20 });
      expect(guest.run()).toEqual(BREAKPOINT);
      expect(guest.cpu.state[3]).toBe(20);
    }
    expect(guest.engine.cache.stats.evicted).toBeGreaterThan(0);
  });
});

test("indirect jumps, calls and returns", () => {
  const table = Uint8Array.from([0x20, 0x30, 0x40, 0x50].flatMap((low) => [low, 0, 0, 1]));
  const { registers } = everywhere(listing(`
    89 ca                   1: mov %ecx,%edx
    83 e2 03                and $3,%edx
    ff 24 95 00 01 00 02    jmp *0x2000100(,%edx,4)
    @20
    83 c0 01                add $1,%eax
    eb 4b                   jmp 2f
    @30
    83 c0 10                add $16,%eax
    eb 3b                   jmp 2f
    @40
    bf 60 00 00 01          mov $0x1000060,%edi
    ff d7                   call *%edi
    eb 27                   jmp 2f
    @50
    8d 3d 70 00 00 01       lea 2f,%edi
    57                      push %edi
    c3                      ret
    @60
    05 00 01 00 00          add $256,%eax
    c3                      ret
    @70
    49                      2: dec %ecx
    75 8d                   jnz 1b
    cc                      int3`), { ecx: 40 }, ({ memory }) => void memory.write(DATA + 0x100, table));
  expect(registers.eax).toBe(10 * (1 + 16 + 256));
});

describe("GS", () => {
  const code = listing(`
    83 c0 01                add $1,%eax
    65 8b 1d 04 00 00 00    mov %gs:4,%ebx
    01 d8                   add %ebx,%eax
    65 a3 08 00 00 00       mov %eax,%gs:8
    cc                      int3`);
  const tls = (limit: number) => (guest: Guest) => {
    const { cpu, memory } = guest;
    cpu.tables.gdt.set(pack({ base: DATA + 0x40, limit, seg32bit: true, contents: 0, readExecOnly: false, limitInPages: true, notPresent: false, useable: true }), 24);
    cpu.loadSegment(5, 0x63);
    memory.storeU32(DATA + 0x44, 30);
  };

  test("a null selector faults at the access", () => {
    const { exit, guest, registers } = everywhere(code, { eax: 1 }, ({ cpu }) => cpu.loadSegment(5, 0));
    expect(exit).toEqual({ kind: "fault", vector: 13, code: 0, address: 0 });
    expect(guest.cpu.eip).toBe(CODE + 3);
    expect(registers.eax).toBe(2);
  });

  test("a base is added", () => {
    const { exit, guest, registers } = everywhere(code, { eax: 1 }, tls(0xfffff));
    expect(exit).toEqual(BREAKPOINT);
    expect(registers.eax).toBe(32);
    expect(guest.memory.loadU32(DATA + 0x48)).toBe(32);
  });

  test("the selector may change between two runs of the same block", () => {
    for (const [mode, options] of Object.entries(MODES)) {
      const guest = createGuest(code, options);
      const outcomes = [tls(0xfffff), ({ cpu }: Guest) => cpu.loadSegment(5, 0), tls(0xfffff)].map((prepare) => {
        prepare(guest);
        guest.start();
        const exit = guest.run();
        return exit.kind === "fault" ? exit.vector : exit.kind;
      });
      expect([mode, ...outcomes]).toEqual([mode, 3, 13, 3]);
    }
  });

  test("a limit is kept", () => {
    const { exit, guest } = everywhere(listing("65 8b 1d 00 10 00 00  mov %gs:0x1000,%ebx\ncc  int3"), {}, tls(0));
    expect(exit).toEqual({ kind: "fault", vector: 13, code: 0, address: 0 });
    expect(guest.cpu.eip).toBe(CODE);
  });
});

test("a hot loop with a call, branches and memory becomes a region and computes the same", () => {
  const code = listing(`
    8d 3c 8d 00 00 00 02    1: lea DATA(,%ecx,4),%edi
    81 e7 fc 0f 00 02       and $0x2000ffc,%edi
    89 07                   mov %eax,(%edi)
    e8 2a 00 00 00          call f
    7c 03                   jl 2f
    83 c0 07                add $7,%eax
    49                      2: dec %ecx
    75 e4                   jnz 1b
    cc                      int3
    @3e
    6b c0 0d                f: imul $13,%eax,%eax
    40                      inc %eax
    39 c8                   cmp %ecx,%eax
    c3                      ret`);
  const expected = (turns: number) => {
    let eax = 1;
    for (let ecx = turns; ecx !== 0; ecx--) {
      eax = (Math.imul(eax, 13) + 1) | 0;
      if (eax >= ecx) eax = (eax + 7) | 0;
    }
    return eax;
  };
  const { exit, registers } = everywhere(code, { eax: 1, ecx: 1000 });
  expect(exit).toEqual(BREAKPOINT);
  expect(registers.eax).toBe(expected(1000) >>> 0);
  const guest = createGuest(code, MODES.region);
  for (let turn = 0; turn < 10; turn++) {
    guest.start({ eax: 1, ecx: 30_000 });
    guest.run(1 << 24);
    expect(guest.cpu.state[0]).toBe(expected(30_000));
  }
  expect(guest.engine.stats.regions).toBeGreaterThan(0);
});
