// The quick interpreter's own decoder says of every encoding what the decoder says; and what it has decoded is forgotten when the code changes.

import { beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../src/decoder/decode.ts";
import { type Instruction, K } from "../../src/decoder/instruction.ts";
import { endsBlock, MAX_BLOCK } from "../../src/runtime/block.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type Engine } from "../../src/runtime/engine.ts";
import { HIDDEN } from "../../src/runtime/hidden.ts";
import { createMemory, type GuestMemory, PAGE_SIZE } from "../../src/runtime/memory.ts";
import { S } from "../../src/runtime/state.ts";
import { webAssembly, type WasmFunction, type WasmMemory } from "../../src/runtime/webassembly.ts";
import { isMemory, memoryOf, numberOf, segmentPlace } from "../../src/translator/quick/keys.ts";
import { quickModule } from "../../src/translator/quick/module.ts";
import { AT, FUNCTIONS, placeOf, RECORD } from "../../src/translator/quick/records.ts";

const CODE = 0x0100_0000;

describe("records", () => {
  const { bytes, numbers } = quickModule();
  const memory = createMemory(), wasm = memory.wasm as WasmMemory, view = new DataView(wasm.buffer);
  let scan: (address: number) => number;
  let foreign: number[] = [];

  beforeAll(() => {
    const host = webAssembly();
    if (host === undefined) throw new Error("no WebAssembly");
    const instance = new host.Instance(new host.Module(bytes), { m: { m: wasm, 0: () => 0, 1: () => 0, 2: (address: number) => {
      foreign.push(address);
      return 0;
    } } });
    scan = instance.exports[3] as WasmFunction as (address: number) => number;
    view.setUint8(HIDDEN.SCANNED + (CODE >>> 15), 1 << (CODE >>> 12 & 7));
    view.setInt32(HIDDEN.LIMIT, HIDDEN.END, true);
    view.setInt32(HIDDEN.COLD, 100, true);
  });

  /** What a record says, as far as the function reads it. */
  const read = (at: number, insn: Instruction) => {
    const number = view.getUint16(at, true), u8 = (offset: number) => view.getUint8(at + offset), operands = [insn.op0, insn.op1, insn.op2];
    if (number === FUNCTIONS.OUT) return { number, execution: view.getInt32(at + AT.IMMEDIATE, true) };
    const hasMemory = memoryOf(insn) !== undefined;
    return {
      number, registers: operands.map((o, k) => (placeOf(o) === 0 ? 0 : u8([AT.REGISTER_0, AT.REGISTER_1, AT.REGISTER_2][k]))),
      segment: segmentPlace(insn) === 0 ? 0 : u8(AT.SEGMENT),
      memory: hasMemory ? [u8(AT.BASE), u8(AT.INDEX), u8(AT.SCALE), view.getInt32(at + AT.DISPLACEMENT, true)] : [],
      target: insn.op0.kind === K.REL ? view.getInt32(at + AT.TARGET, true) : 0,
      immediate: insn.row.mnemonic === "CALL" || operands.some((o) => o.kind === K.IMM) ? view.getInt32(at + AT.IMMEDIATE, true) : 0,
    };
  };
  const expected = (insn: Instruction): ReturnType<typeof read> => {
    const number = numberOf(insn, numbers), operands = [insn.op0, insn.op1, insn.op2], memoryOperand = memoryOf(insn);
    if (number === undefined) return { number: FUNCTIONS.OUT, execution: 0 };
    return {
      number, registers: operands.map(placeOf), segment: segmentPlace(insn),
      memory: memoryOperand === undefined ? [] : [4 * memoryOperand.base, 4 * memoryOperand.index, memoryOperand.scale, memoryOperand.disp],
      target: insn.op0.kind === K.REL ? insn.op0.imm : 0,
      immediate: insn.row.mnemonic === "CALL" ? insn.next : (operands.find((o) => o.kind === K.IMM)?.imm ?? 0),
    };
  };

  /** Scans one instruction, behind which a jump stands; undefined when the scanner leaves it to JavaScript. */
  function outcome(encoding: readonly number[]): { readonly insn: Instruction; readonly found: unknown; readonly wanted: unknown } | undefined {
    const u8 = new Uint8Array(wasm.buffer, CODE, 24);
    u8.fill(0x90);
    u8.set(encoding);
    const insn = decode(u8, 0, CODE);
    if (typeof insn === "number") return undefined;
    u8.set([0xeb, 0xfe], insn.length);
    foreign = [];
    const free = HIDDEN.RECORDS + RECORD;
    view.setInt32(HIDDEN.FREE, free, true);
    const head = scan(CODE);
    if (head === 0) {
      if (foreign.length !== 1 || foreign[0] !== CODE) expect(foreign).toEqual([CODE]);
      return undefined;
    }
    if (head !== free) expect(head).toBe(free);
    const ends = endsBlock(insn), record = head + RECORD, count = ends ? 1 : 2;
    const behind = CODE + insn.length + (ends ? 0 : 2), last = record + (ends ? 0 : RECORD);
    // head and instruction may be one sequence, with a number of its own for what comes first; here only the jump behind is looked at
    const word = (at: number) => view.getInt32(at, true);
    const found = [read(record, insn), view.getUint8(head + AT.INSTRUCTIONS), word(head + AT.ADDRESS), word(last + AT.BEHIND), word(HIDDEN.FREE)];
    return { insn, found, wanted: [expected(insn), count, CODE, behind, last + 2 * RECORD] };
  }

  /** What stands behind an opcode: each ModR/M byte, with scaled indices and displacements. */
  const tails: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, modrm) => [modrm, (modrm * 37 + 11) & 255, 0x85, 0x96, 0xa7, 0xf8, 0x19, 0x2a, 0xbb, 0x4c]);
  // a row of its own for each base, index and scale
  const scaled = Array.from({ length: 256 }, (_, sib) => [[0x04, 0x44, 0x84][sib % 3], sib, 0x87, 0x98, 0xa9, 0xba, 0x1b]);

  test.each([
    ["without a prefix", []], ["66", [0x66]], ["GS", [0x65]], ["F3", [0xf3]], ["F2", [0xf2]], ["LOCK", [0xf0]], ["FS", [0x64]], ["two prefixes", [0x66, 0xf3]],
  ])("are those of the decoder for every opcode: %s", (_name, prefix) => {
    let scanned = 0;
    for (const map of [[], [0x0f], ...(prefix.length === 0 ? [[0x0f, 0x38], [0x0f, 0x3a]] : [])]) {
      for (let opcode = 0; opcode < 256; opcode++) {
        for (const tail of tails) {
          const it = outcome([...prefix, ...map, opcode, ...tail]);
          if (it === undefined) continue;
          scanned++;
          // comparing takes a twentieth of what expect() takes
          if (JSON.stringify(it.found) === JSON.stringify(it.wanted)) continue;
          expect(it.found, `${[...prefix, ...map, opcode, ...tail].map((b) => b.toString(16)).join(" ")} ${it.insn.row.mnemonic}`).toEqual(it.wanted);
        }
      }
    }
    // of those that are asked for so, most are
    expect(scanned).toBeGreaterThan(prefix.length > 1 || prefix[0] === 0xf0 || prefix[0] === 0x64 ? -1 : 90_000);
  }, 120_000);

  test("have scaled indices as the decoder has them", () => {
    for (const tail of scaled) {
      for (const opcode of [0x8b, 0x89, 0x8d, 0x03, 0xff]) {
        const it = outcome([opcode, ...tail]);
        expect(it?.found, `${opcode.toString(16)} ${tail.join()}`).toEqual(it?.wanted);
        expect(it?.insn.op0.kind === undefined || [it.insn.op0, it.insn.op1].some((o) => isMemory(o.kind))).toBe(true);
      }
    }
  });

  test("end where the page ends, and after as many instructions as a block has", () => {
    const u8 = new Uint8Array(wasm.buffer, CODE, PAGE_SIZE);
    u8.fill(0x40);
    view.setInt32(HIDDEN.FREE, HIDDEN.RECORDS + RECORD, true);
    expect(view.getUint8(scan(CODE) + AT.INSTRUCTIONS)).toBe(MAX_BLOCK);
    expect(view.getUint8(scan(CODE + PAGE_SIZE - 5) + AT.INSTRUCTIONS)).toBe(5);
    // the last instruction goes on in the next page
    u8.set([0x40, 0x40, 0xb8], PAGE_SIZE - 3);
    const head = scan(CODE + PAGE_SIZE - 3), fall = head + 3 * RECORD;
    expect([view.getUint8(head + AT.INSTRUCTIONS), view.getUint16(fall, true), view.getInt32(fall + AT.TARGET, true)]).toEqual([2, FUNCTIONS.FALL, CODE + PAGE_SIZE - 1]);
    expect(scan(CODE + PAGE_SIZE - 1)).toBe(0);
    expect(scan(CODE + PAGE_SIZE)).toBe(0);
  });
});

describe("code that was scanned", () => {
  const QUICK = { jit: "quick", quickAfter: 0 } as const;
  /** `f` at CODE + 0x40 adds a number to EAX; who calls it, at CODE, is the block that JavaScript decodes. */
  const program = (n: number): Uint8Array => Uint8Array.from([0xe8, 0x3b, 0, 0, 0, 0xcc, ...new Array<number>(0x3a).fill(0x90), 0x83, 0xc0, n, 0xc3]);
  let memory: GuestMemory, cpu: Cpu, engine: Engine;

  function start(n: number): void {
    memory = createMemory();
    memory.map(CODE, 2 * PAGE_SIZE, 5);
    memory.poke(CODE, program(n));
    memory.map(0x0200_0000, PAGE_SIZE, 3);
    cpu = new Cpu(memory);
    engine = createEngine(cpu, QUICK);
  }

  function call(): number {
    cpu.state[S.EIP] = CODE;
    cpu.state[0] = 0;
    cpu.state[4] = 0x0200_0800;
    expect(engine.run(1000)).toMatchObject({ kind: "fault", vector: 3 });
    return cpu.state[0];
  }

  test("becomes JavaScript's when it has been executed often", () => {
    start(1);
    for (let k = 0; k < 100; k++) expect(call()).toBe(1);
    expect([engine.cache.peek(CODE)?.address, engine.cache.peek(CODE + 0x40)]).toEqual([CODE, undefined]);
    // who makes regions may know of it
    expect([0x40, 0x44].map((at) => [engine.cache.has(CODE + at), engine.cache.hits(CODE + at)])).toEqual([[true, 100], [false, 0]]);
    for (let k = 0; k < 1000; k++) call();
    expect(engine.cache.peek(CODE + 0x40)?.hits).toBeGreaterThan(1000);
  });

  test.each([
    ["a debugger writes there", () => memory.poke(CODE + 0x42, Uint8Array.of(7))],
    ["it may be written to, is, and may not", () => {
      memory.protect(CODE, PAGE_SIZE, 7);
      memory.storeU8(CODE + 0x42, 7);
      memory.protect(CODE, PAGE_SIZE, 5);
    }],
    ["it is mapped anew", () => {
      memory.unmap(CODE, PAGE_SIZE);
      memory.map(CODE, PAGE_SIZE, 5);
      memory.poke(CODE, program(7));
    }],
  ])("is decoded again: %s", (_name, change) => {
    for (const before of [1, 50, 3000]) {
      start(3);
      for (let k = 0; k < before; k++) expect(call()).toBe(3);
      change();
      for (let k = 0; k < 2000; k++) expect(call()).toBe(7);
    }
  });

  test("faults when it may no longer be executed", () => {
    start(1);
    for (let k = 0; k < 5; k++) call();
    memory.protect(CODE, PAGE_SIZE, 1);
    cpu.state[S.EIP] = CODE + 0x40;
    expect(engine.run(1000)).toMatchObject({ kind: "fault", vector: 14, address: CODE + 0x40 });
  });

  test("blocks that share a place in the table, whatever the order", () => {
    memory = createMemory();
    const places = Array.from({ length: 6 }, (_, k) => 0x1000_0000 + k * 0x0200_0000 + (k << 9));
    cpu = new Cpu(memory);
    memory.map(0x0200_0000, PAGE_SIZE, 3);
    for (const [k, at] of places.entries()) {
      memory.map(at & ~(PAGE_SIZE - 1), PAGE_SIZE, 5);
      memory.poke(at, Uint8Array.of(0x83, 0xc0, 1 << k, 0xc3));
    }
    memory.map(CODE, PAGE_SIZE, 5);
    // CALL ESI, INT3
    memory.poke(CODE, Uint8Array.of(0xff, 0xd6, 0xcc));
    engine = createEngine(cpu, QUICK);
    for (let round = 0; round < 3000; round++) {
      const k = (round * 7 + (round >> 3)) % places.length;
      cpu.state[6] = places[k];
      expect(call()).toBe(1 << k);
    }
  });
});
