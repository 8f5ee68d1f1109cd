// Translations that outlive a run: a second engine with the file of the first translates nothing and does the same; what is damaged or was made
// from other bytes is not used, and replaced.
import { describe, expect, test } from "vitest";
import type { EngineOptions } from "../../src/runtime/engine.ts";
import { openSaved, type SavedCode } from "../../src/runtime/saved.ts";
import { type MachineCode, webAssembly } from "../../src/runtime/webassembly.ts";
import type { ModuleImage } from "../../src/translator/wasm/image.ts";
import { CODE, createGuest, DATA, listing, observe } from "../translator/guest.ts";

/** A loop with a call, a jump table's worth of indirect jumps, memory, vector and x87 arithmetic, and an instruction that is called out. */
const CODE_BYTES = listing(`
  b9 2c 01 00 00         mov    $0x12c,%ecx
  be 00 00 00 02         mov    $0x2000000,%esi
  e8 2a 00 00 00         call   1000039 <f>
  01 06                  add    %eax,(%esi)
  dd 46 10               fldl   0x10(%esi)
  dc 46 18               faddl  0x18(%esi)
  dd 5e 10               fstpl  0x10(%esi)
  f2 0f 10 46 20         movsd  0x20(%esi),%xmm0
  f2 0f 58 46 18         addsd  0x18(%esi),%xmm0
  f2 0f 11 46 20         movsd  %xmm0,0x20(%esi)
  8d 7e 40               lea    0x40(%esi),%edi
  aa                     stos   %al,%es:(%edi)
  b8 35 00 00 01         mov    $0x1000035,%eax
  ff e0                  jmp    *%eax
  90                     nop
  49                     dec    %ecx
  75 d2                  jne    100000a <again>
  cc                     int3
  8d 04 89               lea    (%ecx,%ecx,4),%eax
  c1 c8 03               ror    $0x3,%eax
  c3                     ret
`);
/** Offset of the count that the function at the end rotates by. */
const ROTATION = 0x3e;

const MODES: Readonly<Record<string, EngineOptions>> = {
  "block, threshold 0": { jit: "block", threshold: 0 },
  block: { jit: "block", threshold: 20 },
  region: { jit: "region", threshold: 0 },
  lockstep: { jit: "block", threshold: 0, lockstep: true },
  "one instruction a block": { jit: "block", threshold: 0, oneInsnPerBlock: true },
};

function join(pieces: readonly Uint8Array[] | undefined): Uint8Array | undefined {
  return pieces === undefined ? undefined : Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function session(options: EngineOptions, file: Uint8Array | undefined, code = CODE_BYTES, key = "key", machineCode?: MachineCode) {
  const saved = openSaved(file, key, machineCode);
  const guest = createGuest(code, { ...options, saved });
  guest.memory.protect(CODE, 0x2000, 5);
  guest.memory.poke(DATA + 0x18, new Uint8Array(new Float64Array([0.1]).buffer));
  guest.start();
  expect(guest.run()).toEqual({ kind: "fault", vector: 3, code: 0, address: 0 });
  const { translated, regions, restored } = guest.engine.stats;
  return { state: observe(guest), made: translated + regions, restored, stats: saved.stats, file: join(saved.contents()) };
}

const plain = (options: EngineOptions, code = CODE_BYTES) => {
  const guest = createGuest(code, options);
  guest.memory.protect(CODE, 0x2000, 5);
  guest.memory.poke(DATA + 0x18, new Uint8Array(new Float64Array([0.1]).buffer));
  guest.start();
  guest.run();
  return observe(guest);
};

describe.each(Object.keys(MODES))("%s", (mode) => {
  const options = MODES[mode], state = plain(options);

  test("a second run translates nothing, and does the same", () => {
    const first = session(options, undefined);
    expect(first.state).toEqual(state);
    expect(first.restored).toBe(0);
    expect(first.stats.kept).toBeGreaterThan(1);
    const second = session(options, first.file);
    expect(second.state).toEqual(state);
    expect(second.stats.entries).toBe(first.stats.kept);
    expect(second.restored).toBeGreaterThan(1);
    expect(second.made).toBe(0);
    expect(second.stats).toMatchObject({ damaged: 0, refused: 0, kept: 0 });
    expect(second.file).toBeUndefined();
  });

  test("code that has become another is translated again, and replaces what was kept", () => {
    const { file } = session(options, undefined);
    const changed = Uint8Array.from(CODE_BYTES);
    changed[ROTATION]++;
    const other = plain(options, changed);
    expect(other).not.toEqual(state);
    const second = session(options, file, changed);
    expect(second.state).toEqual(other);
    expect(second.stats.refused).toBeGreaterThan(0);
    expect(second.stats.kept).toBeGreaterThan(0);
    const third = session(options, second.file, changed);
    expect(third.state).toEqual(other);
    expect(third.stats).toMatchObject({ refused: 0, kept: 0 });
    expect(third.restored).toBeGreaterThan(1);
  });
});

describe("a file that is damaged or foreign", () => {
  const options = MODES["block, threshold 0"];
  const first = session(options, undefined);
  const file = first.file ?? new Uint8Array(0);

  test("of another key is not used", () => {
    const other = session(options, file, CODE_BYTES, "other");
    expect(other).toMatchObject({ state: first.state, restored: 0, stats: { entries: 0, kept: first.stats.kept } });
    expect(other.file?.length).toBeGreaterThan(100);
  });

  test("cut off anywhere, is used as far as it goes, and made whole", () => {
    for (let cut = 0; cut < file.length; cut += 1 + Math.floor(file.length / 40)) {
      const it = session(options, file.subarray(0, cut));
      expect(it.state).toEqual(first.state);
      expect(it.restored + it.stats.kept).toBe(first.stats.kept);
      expect(session(options, it.file).stats).toMatchObject({ entries: first.stats.kept, used: first.stats.kept, kept: 0 });
    }
  });

  test("with a byte turned over, does not use what has it, and makes it anew", () => {
    let noticed = 0;
    for (let at = 0; at < file.length; at += 1 + Math.floor(file.length / 150)) {
      const bad = Uint8Array.from(file);
      bad[at] ^= 0x10;
      const it = session(options, bad);
      expect(it.state).toEqual(first.state);
      expect(it.restored + it.stats.kept).toBe(first.stats.kept);
      expect(it.stats.kept).toBeGreaterThan(0);
      noticed++;
      expect(session(options, it.file).stats).toMatchObject({ used: first.stats.kept, kept: 0 });
    }
    expect(noticed).toBeGreaterThan(100);
  });
});

test("two processes of a program use the same file, and one of them adds to it", () => {
  const options: EngineOptions = { jit: "region", threshold: 3 };
  const state = plain(options);
  const both = (file: Uint8Array | undefined) => {
    const saved = openSaved(file, "key");
    const stats = [0, 1].map(() => {
      const guest = createGuest(CODE_BYTES, { ...options, saved });
      guest.memory.protect(CODE, 0x2000, 5);
      guest.memory.poke(DATA + 0x18, new Uint8Array(new Float64Array([0.1]).buffer));
      guest.start();
      guest.run();
      expect(observe(guest)).toEqual(state);
      return { ...guest.engine.stats, kept: saved.stats.kept };
    });
    return { stats, file: join(saved.contents()) };
  };
  const first = both(undefined);
  expect(first.stats[0].kept).toBeGreaterThan(1);
  expect(first.stats[1]).toMatchObject({ kept: first.stats[0].kept, restored: 0 });
  const second = both(first.file);
  for (const { restored, translated, regions, kept } of second.stats) {
    expect(restored).toBeGreaterThan(1);
    expect({ translated, regions, kept }).toEqual({ translated: 0, regions: 0, kept: 0 });
  }
});

/** A loop in a loop: warm before the outer one has come round, and later a way in to the region of both. */
const NEST = listing(`
  b9 a0 0f 00 00         mov    $0xfa0,%ecx
  ba 64 00 00 00         mov    $0x64,%edx
  01 d0                  add    %edx,%eax
  4a                     dec    %edx
  75 fb                  jne    100000a <inner>
  49                     dec    %ecx
  75 f3                  jne    1000005 <outer>
  cc                     int3
`);

test("where a way in to a larger region was in the end, a later run has that from the beginning", () => {
  const run = (file: Uint8Array | undefined) => {
    const saved = openSaved(file, "key"), taken: string[] = [];
    const take = (address: number) => {
      const code = saved.take(address);
      taken.push(`${(address - CODE).toString(16)}: ${code?.nodes.map((node) => (node - CODE).toString(16)).join(" ")}`);
      return code;
    };
    const guest = createGuest(NEST, { jit: "region", threshold: 20, saved: { ...saved, take } });
    guest.memory.protect(CODE, 0x2000, 5);
    guest.start();
    expect(guest.run(1 << 24)).toMatchObject({ vector: 3 });
    expect(guest.cpu.state[0]).toBe(4000 * 5050);
    const { translated, regions, restored } = guest.engine.stats;
    return { made: translated + regions, restored, taken, file: join(saved.contents()) };
  };
  const first = run(undefined);
  expect(first).toMatchObject({ made: 2, restored: 0, taken: [] });
  const second = run(first.file);
  expect(second).toMatchObject({ made: 0, restored: 1, taken: ["a: 5 a f"] });
});

test("a larger region is not used while the guest cannot execute all of it", () => {
  const OUTER = 0xffb, INNER = 0x1000, code = new Uint8Array(0x1010);
  code.set(NEST, OUTER - 5);
  const run = (file: Uint8Array | undefined, first: number, registers: { ecx?: number; edx?: number }, offset: number) => {
    const saved = openSaved(file, "key"), guest = createGuest(code, { jit: "region", threshold: 20, saved });
    guest.memory.protect(CODE, 0x1000, first);
    guest.memory.protect(CODE + 0x1000, 0x1000, 5);
    guest.start(registers, offset);
    expect(guest.run(1 << 24)).toMatchObject({ kind: "fault", vector: 3 });
    return { sum: guest.cpu.state[0], restored: guest.engine.stats.restored, refused: saved.stats.refused, file: join(saved.contents()) };
  };
  const { file } = run(undefined, 5, {}, OUTER - 5);
  expect(openSaved(file, "key").take(CODE + INNER)?.nodes[0]).toBe(CODE + OUTER);
  expect(run(file, 5, { ecx: 1, edx: 100 }, INNER)).toMatchObject({ sum: 5050, restored: 1, refused: 0 });
  expect(run(file, 1, { ecx: 1, edx: 100 }, INNER)).toMatchObject({ sum: 5050, restored: 0, refused: 1 });
});

test("a way in that another region has taken over since stays with that", () => {
  const code = (address: number): SavedCode => ({
    tier: "region", nodes: [address], bytes: ["90"], targets: [], own: [], callees: [], limit: 1, x87Locals: true, entries: [], size: 1, source: "", constants: [],
  });
  const first = openSaved(undefined, "key");
  first.keep(0x1000, code(0x1000));
  first.keepWay(0x2000, 0x1000);
  first.keepWay(0x3000, 0x1000);
  first.keep(0x4000, code(0x4000));
  first.keepWay(0x3000, 0x4000);
  first.keepWay(0x1000, 0x4000);
  const second = openSaved(join(first.contents()), "key");
  // that at 0x1000 is no longer there, but still what 0x2000 leads to
  expect([0x1000, 0x2000, 0x3000, 0x4000].map((address) => second.take(address)?.nodes[0])).toEqual([0x4000, 0x1000, 0x4000, 0x4000]);
  expect([second.differ(0x3000, 0x4000), second.differ(0x2000, 0x4000), second.differ(0x5000, 0x4000)]).toEqual([false, true, false]);
  second.keep(0x2000, code(0x2000));
  const third = openSaved(join(second.contents()), "key");
  expect(third.stats.entries).toBe(2);
  expect([0x1000, 0x2000, 0x3000].map((address) => third.take(address)?.nodes[0])).toEqual([0x4000, 0x2000, 0x4000]);
});

test("code that is of no use, or damaged, counts once, whatever ways lead to it", () => {
  const code: SavedCode = {
    tier: "region", nodes: [0x1000], bytes: ["90"], targets: [], own: [], callees: [], limit: 1, x87Locals: true, entries: [], size: 1, source: "", constants: [],
  };
  const first = openSaved(undefined, "key");
  first.keep(0x1000, code);
  first.keepWay(0x2000, 0x1000);
  const file = join(first.contents()) as Uint8Array, refusing = openSaved(file, "key");
  for (const address of [0x1000, 0x2000]) {
    refusing.take(address);
    refusing.refuse(address);
  }
  expect(refusing.stats).toMatchObject({ entries: 1, used: 0, refused: 1 });
  expect([refusing.has(0x1000), refusing.has(0x2000), refusing.contents()]).toEqual([false, false, undefined]);
  refusing.keep(0x3000, code);
  refusing.keepWay(0x2000, 0x3000);
  expect(openSaved(join(refusing.contents()), "key").differ(0x2000, 0x3000)).toBe(false);
  const broken = openSaved(Uint8Array.from(file, (byte, k) => (k === file.length - 1 ? byte ^ 1 : byte)), "key");
  expect([broken.take(0x2000), broken.take(0x1000), broken.has(0x1000), broken.stats.damaged]).toEqual([undefined, undefined, false, 1]);
});

test("what a program can write to is not kept", () => {
  const saved = openSaved(undefined, "key");
  const guest = createGuest(CODE_BYTES, { jit: "block", threshold: 0, saved });
  guest.run();
  expect(guest.engine.stats.translated).toBeGreaterThan(1);
  expect(saved.stats.kept).toBe(0);
  expect(saved.contents()).toBeUndefined();
});

test("a module that is lost gives its number to no other: code is never taken from a module that it was not made with", () => {
  const first = openSaved(undefined, "key"), module = { image: {} as ModuleImage, bytes: new Uint8Array(1000) };
  const ids = [1, 2, 3].map((n) => first.keepModule(module, 10 * n, 10 * n) ?? -1);
  const code: SavedCode = {
    tier: "block", nodes: [], bytes: [], targets: [], own: [], callees: [], limit: 1, x87Locals: true, entries: [], size: 1, source: "", module: [ids[2], 0], constants: [],
  };
  first.keep(0x1000, code);
  first.keep(0x2000, { ...code, module: [ids[0], 0] });
  first.keep(0x3000, { ...code, module: [ids[1], 0] });
  const file = join(first.contents()) as Uint8Array;
  for (const cut of [0, 500, 1500, 2500]) {
    const again = openSaved(file.subarray(0, file.length - cut), "key"), made = [1, 2, 3, 4].map(() => again.keepModule(module, 50, 50));
    expect(made.filter((id) => id !== undefined && ids.includes(id)), `${cut} bytes less`).toEqual([]);
    expect([0x1000, 0x2000, 0x3000].filter((address) => again.take(address) !== undefined)).toHaveLength(3 - Math.ceil(cut / 1000));
  }
});

describe("machine code", () => {
  const options: EngineOptions = { jit: "region", threshold: 20 };
  const first = session(options, undefined), state = first.state;
  const CODES = Array.from({ length: 26 }, (_, k) => `machine code ${String.fromCharCode(97 + k).repeat(30)}`);

  /** A host that gives such code for each module that has none, or `more` behind what it has; and takes what it gave. */
  function host(more = "", takes = true) {
    const given = new Map<object, string>(), taken: string[] = [], refused: string[] = [];
    const Module = webAssembly()?.Module as new (bytes: Uint8Array<ArrayBuffer>) => object;
    const machineCode: MachineCode = {
      of({ module, exports }) {
        expect(Object.keys(exports.deref() ?? {}).length).toBeGreaterThan(0);
        const text = given.get(module) ?? CODES[given.size];
        given.set(module, text);
        return Uint8Array.from(Buffer.from(text + more));
      },
      revive(code, bytes) {
        const text = Buffer.from(code).toString();
        if (!takes) {
          refused.push(text);
          return undefined;
        }
        taken.push(text);
        const module = new Module(bytes);
        given.set(module, text);
        return module;
      },
    };
    return { machineCode, given, taken, refused };
  }
  const run = (it: ReturnType<typeof host>, file: Uint8Array | undefined) => session(options, file, CODE_BYTES, "key", it.machineCode);

  test("what the host gives for a module at the end it is given back when the module is used again; more of it takes its place", () => {
    const making = host(), made = run(making, undefined);
    expect(made.state).toEqual(state);
    const codes = [...making.given.values()];
    expect(codes.length).toBeGreaterThan(0);
    const using = host(), used = run(using, made.file);
    expect(used).toMatchObject({ state, made: 0, file: undefined });
    expect(using.taken.toSorted()).toEqual(codes);
    // a little is not worth a file
    expect(run(host(" and more"), made.file).file).toBeUndefined();
    const growing = host(" and more".repeat(10_000));
    const grown = run(growing, made.file), last = host();
    expect(growing.taken.toSorted()).toEqual(codes);
    expect(run(last, grown.file).state).toEqual(state);
    expect(last.taken.map((text) => text.slice(0, 43)).toSorted()).toEqual(codes);
    expect(last.taken.every((text) => text.length > 90_000)).toBe(true);
  });

  test("refused, missing or of a host that keeps none, the modules are compiled from their bytes", () => {
    const made = run(host(), undefined);
    const other = host("", false), again = run(other, made.file);
    expect(again).toMatchObject({ state, made: 0 });
    expect(other.refused.length).toBeGreaterThan(0);
    const without = host();
    expect(run(without, first.file)).toMatchObject({ state, made: 0 });
    expect(without.taken).toEqual([]);
    expect(session(options, made.file)).toMatchObject({ state, made: 0 });
  });

  test("no host sees damaged code; a file that was cut off is written again", () => {
    const { file } = run(host(), undefined), whole = file as Uint8Array;
    const at = Buffer.from(whole).indexOf("machine code");
    const broken = host(), damaged = run(broken, Uint8Array.from(whole, (byte, k) => (k === at + 3 ? byte ^ 1 : byte)));
    expect(damaged).toMatchObject({ state, made: 0 });
    expect(broken.taken).not.toContain(CODES[0]);
    const cut = host(), rest = run(cut, whole.subarray(0, whole.length - 1));
    expect(rest).toMatchObject({ state, made: 0 });
    const last = host();
    expect(run(last, rest.file)).toMatchObject({ state, file: undefined });
    expect(last.taken).toHaveLength(broken.taken.length + 1);
  });
});
