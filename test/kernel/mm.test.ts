// The address space: where things go, splitting and joining of areas, limits and errors, mmap(2) and its relatives.
import { beforeEach, describe, expect, test } from "vitest";
import { HIDDEN } from "../../src/runtime/hidden.ts";
import { E } from "../../src/kernel/errno.ts";
import { MAP, brk, madvise, mincore, mmap, mprotect, mremap, munmap } from "../../src/kernel/mm-calls.ts";
import { cloneAddressSpace, createAddressSpace, findArea, formatMaps, growStack, mapArea, releaseAddressSpace } from "../../src/kernel/mm.ts";
import type { AddressSpace, MappableFile } from "../../src/kernel/mm.ts";
import type { Process } from "../../src/kernel/thread.ts";

const ANON = MAP.PRIVATE | MAP.ANONYMOUS;
const RW = 3;
let mm: AddressSpace;
let process: Process;

beforeEach(() => {
  mm = createAddressSpace(0xc0000000, 0xb8000000);
  const limits = Array.from({ length: 16 }, () => ({ soft: Infinity, hard: Infinity }));
  // The calls look at these members only.
  process = { mm, limits, credentials: { euid: 1000 }, kernel: { caps: undefined } } as unknown as Process;
});

const map = (hint: number, length: number, flags = 0, prot = RW) => mmap(process, hint, length, prot, ANON | flags, undefined, 0);

describe("addresses that jit386 keeps to itself", () => {
  const { START, END } = HIDDEN;

  test("cannot be mapped, whole or in part, at a fixed place", () => {
    for (const [at, length] of [[START, 0x1000], [START - 0x1000, 0x2000], [END - 0x1000, 0x3000], [START - 0x10000, END - START + 0x20000]]) {
      expect(map(at, length, MAP.FIXED)).toBe(-E.NOMEM);
      expect(map(at, length, MAP.FIXED_NOREPLACE)).toBe(-E.NOMEM);
      expect(mapArea(mm, at, length, RW)).toBe(-E.NOMEM);
    }
    expect(map(START - 0x1000, 0x1000, MAP.FIXED)).toBe(START - 0x1000);
    expect(map(END, 0x1000, MAP.FIXED)).toBe(END);
    const from = map(0, 0x1000);
    expect(mremap(process, from, 0x1000, 0x1000, 3, START)).toBe(-E.NOMEM);
    expect(mremap(process, START - 0x1000, 0x1000, 0x2000, 0, 0)).toBe(-E.NOMEM);
    expect(formatMaps(mm).split("\n")).toHaveLength(4);
  });

  test("are passed over: hints, the search for a gap, the heap, a stack", () => {
    expect(map(START + 0x1000, 0x1000)).toBe(0xb7fff000);
    mapArea(mm, END + 0x5000, 0xb8000000 - END - 0x5000, 0);
    expect(map(0, 0x5000)).toBe(END);
    expect(map(0, 0x1000)).toBe(START - 0x1000);
    mm.brkStart = mm.brk = START - 0x500000;
    expect(brk(process, START - 0x400000)).toBe(START - 0x400000);
    mm.areas.length = 0;
    mm.brkStart = mm.brk = START - 0x1000;
    expect(brk(process, START)).toBe(START);
    expect(brk(process, START + 1)).toBe(START);
    mapArea(mm, END, 0x1000, RW, { growsDown: true });
    expect(growStack(mm, END - 1, 0x800000)).toBe(false);
  });
});

describe("placing", () => {
  test("goes down from the base, and fills the highest gap that is big enough", () => {
    expect(map(0, 0x3000)).toBe(0xb7ffd000);
    expect(map(0, 0x1000)).toBe(0xb7ffc000);
    expect(munmap(process, 0xb7ffe000, 0x1000)).toBe(0);
    expect(map(0, 0x2000)).toBe(0xb7ffa000);
    expect(map(0, 0x1000)).toBe(0xb7ffe000);
  });

  test("a hint is taken when it is free, else passed over", () => {
    expect(map(0x20000123, 0x1000)).toBe(0x20001000);
    expect(map(0x20001000, 0x1000)).toBe(0xb7fff000);
  });

  test("errors", () => {
    expect(map(0, 0)).toBe(-E.INVAL);
    expect(map(0x123, 0x1000, MAP.FIXED)).toBe(-E.INVAL);
    expect(map(0x1000, 0x1000, MAP.FIXED)).toBe(-E.PERM);
    expect(map(0xbffff000, 0x2000, MAP.FIXED)).toBe(-E.NOMEM);
    expect(map(0, 0xf0000000)).toBe(-E.NOMEM);
    expect(map(0, 0xfffff001)).toBe(-E.NOMEM);
    expect(mmap(process, 0, 0x1000, RW, MAP.ANONYMOUS, undefined, 0)).toBe(-E.INVAL);
    expect(map(0x30000000, 0x1000, MAP.FIXED)).toBe(0x30000000);
    expect(map(0x30000000, 0x1000, MAP.FIXED_NOREPLACE)).toBe(-E.EXIST);
  });

  test("RLIMIT_AS", () => {
    process.limits[9].soft = 0x4000;
    expect(map(0, 0x3000)).toBe(0xb7ffd000);
    expect(map(0, 0x2000)).toBe(-E.NOMEM);
    expect(map(0xb7ffd000, 0x3000, MAP.FIXED)).toBe(0xb7ffd000);
  });
});

describe("areas", () => {
  test("join when alike and split by mprotect and munmap", () => {
    expect(map(0x10000000, 0x2000, MAP.FIXED)).toBe(0x10000000);
    expect(map(0x10002000, 0x2000, MAP.FIXED)).toBe(0x10002000);
    expect(mm.areas.length).toBe(1);
    expect(mprotect(process, 0x10001000, 0x1000, 1)).toBe(0);
    expect(formatMaps(mm)).toBe("10000000-10001000 rw-p 00000000 00:00 0 \n10001000-10002000 r--p 00000000 00:00 0 \n10002000-10004000 rw-p 00000000 00:00 0 \n");
    expect(mprotect(process, 0x10001000, 0x1000, RW)).toBe(0);
    expect(mm.areas.length).toBe(1);
    expect(munmap(process, 0x10001000, 0x1000)).toBe(0);
    expect(mm.areas.map((a) => [a.start, a.end])).toEqual([[0x10000000, 0x10001000], [0x10002000, 0x10004000]]);
    expect(mprotect(process, 0x10000000, 0x3000, 1)).toBe(-E.NOMEM);
    expect(findArea(mm, 0x10000000)?.prot).toBe(1);
    expect(findArea(mm, 0x10002000)?.prot).toBe(RW);
  });

  test("munmap and mprotect refuse what Linux refuses", () => {
    expect(munmap(process, 0x10000001, 0x1000)).toBe(-E.INVAL);
    expect(munmap(process, 0x10000000, 0)).toBe(-E.INVAL);
    expect(munmap(process, 0xbffff000, 0x2000)).toBe(-E.INVAL);
    expect(mprotect(process, 0x10000001, 0x1000, 1)).toBe(-E.INVAL);
    expect(mprotect(process, 0x10000000, 0, 1)).toBe(0);
    expect(mprotect(process, 0x10000000, 0x1000, 0x40)).toBe(-E.INVAL);
    expect(mprotect(process, 0x10000000, 0x1000, 1)).toBe(-E.NOMEM);
  });
});

describe("mremap", () => {
  test("grows in place, moves when it must, keeps the contents", () => {
    const at = map(0x10000000, 0x1000);
    mm.memory.storeU32(at, 0x12345678);
    expect(mremap(process, at, 0x1000, 0x3000, 0, 0)).toBe(at);
    expect(map(0x10003000, 0x1000, MAP.FIXED)).toBe(0x10003000);
    expect(mremap(process, at, 0x3000, 0x5000, 0, 0)).toBe(-E.NOMEM);
    const moved = mremap(process, at, 0x3000, 0x5000, 1, 0);
    expect(moved).toBe(0xb7ffb000);
    expect(mm.memory.loadU32(moved)).toBe(0x12345678);
    expect(mm.memory.loadU32(at)).toBeUndefined();
    expect(mremap(process, moved, 0x5000, 0x1000, 0, 0)).toBe(moved);
    expect(mm.memory.loadU32(moved + 0x1000)).toBeUndefined();
    expect(mremap(process, 0x50000000, 0x1000, 0x1000, 0, 0)).toBe(-E.FAULT);
    expect(mremap(process, moved, 0x1000, 0x1000, 2, 0x60000000)).toBe(-E.INVAL);
    expect(mremap(process, moved, 0x1000, 0x1000, 3, 0x60000000)).toBe(0x60000000);
    expect(mm.memory.loadU32(0x60000000)).toBe(0x12345678);
  });

  test("what PROT_NONE hides moves along", () => {
    const at = map(0x10000000, 0x1000);
    mm.memory.storeU32(at, 77);
    mprotect(process, at, 0x1000, 0);
    const moved = mremap(process, at, 0x1000, 0x1000, 3, 0x60000000);
    mprotect(process, moved, 0x1000, 1);
    expect(mm.memory.loadU32(moved)).toBe(77);
  });
});

test("brk moves in pages, and not into other areas", () => {
  mm.brkStart = mm.brk = 0x0804c000;
  expect(brk(process, 0)).toBe(0x0804c000);
  expect(brk(process, 0x0804c123)).toBe(0x0804c123);
  expect(mm.memory.canWrite(0x0804cfff, 1)).toBe(true);
  map(0x08060000, 0x1000, MAP.FIXED);
  expect(brk(process, 0x08060000)).toBe(0x0804c123);
  expect(brk(process, 0x0804c000)).toBe(0x0804c000);
  expect(mm.memory.canRead(0x0804c000, 1)).toBe(false);
});

test("madvise(MADV_DONTNEED) gives zeros again; mincore", () => {
  const at = map(0x10000000, 0x2000);
  mm.memory.storeU32(at, 5);
  expect(madvise(process, at, 0x1000, 4)).toBe(0);
  expect(mm.memory.loadU32(at)).toBe(0);
  expect(madvise(process, at, 0x4000, 4)).toBe(-E.NOMEM);
  expect(madvise(process, at, 0x1000, 1000)).toBe(-E.INVAL);
  const vector = map(0x20000000, 0x1000);
  expect(mincore(process, at, 0x2000, vector)).toBe(0);
  expect(mm.memory.loadU16(vector)).toBe(0x0101);
  expect(mincore(process, at, 0x4000, vector)).toBe(-E.NOMEM);
});

test("the stack grows down to its limit, not beyond", () => {
  mapArea(mm, 0xbfff0000, 0x10000, RW, { growsDown: true, name: "[stack]" });
  expect(growStack(mm, 0xbffe1234, 0x100000)).toBe(true);
  expect(mm.memory.canWrite(0xbffe1000, 4)).toBe(true);
  expect(growStack(mm, 0xbfe00000, 0x100000)).toBe(false);
  expect(growStack(mm, 0xc0000000, 0x100000)).toBe(false);
});

function fileOf(content: Uint8Array): MappableFile {
  const file: MappableFile = {
    name: "/f", device: 1, inode: 2, places: () => mm.areas.filter((area) => area.file === file).map((area) => ({ mm, area })), size: () => content.length, retain: () => {}, release: () => {},
    pread: (offset, into) => {
      const part = content.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    pwrite: (offset, bytes) => {
      content.set(bytes, offset);
      return bytes.length;
    },
  };
  return file;
}

describe("files", () => {
  test("contents, zeros to the end of the page, SIGBUS pages behind", () => {
    const file = fileOf(new Uint8Array(0x1800).fill(9));
    mapArea(mm, 0x10000000, 0x4000, 1, { file });
    expect(mm.memory.loadU8(0x100017ff)).toBe(9);
    expect(mm.memory.loadU8(0x10001800)).toBe(0);
    expect(mm.memory.canRead(0x10002000, 1)).toBe(false);
    expect(mm.memory.perm[0x10002] & 64).toBe(64);
  });

  test("a shared mapping's changes reach the file, a private one's do not", () => {
    const content = new Uint8Array(0x1000);
    const file = fileOf(content);
    mapArea(mm, 0x10000000, 0x1000, RW, { file, shared: true });
    mapArea(mm, 0x20000000, 0x1000, RW, { file });
    mm.memory.storeU8(0x10000005, 1);
    mm.memory.storeU8(0x20000006, 2);
    munmap(process, 0x10000000, 0x1000);
    munmap(process, 0x20000000, 0x1000);
    expect([...content.subarray(4, 8)]).toEqual([0, 1, 0, 0]);
  });

  test("two shared mappings of one page show the same bytes", () => {
    const file = fileOf(new Uint8Array(0x2000));
    mapArea(mm, 0x10000000, 0x2000, RW, { file, shared: true });
    mapArea(mm, 0x20000000, 0x1000, RW, { file, shared: true, offset: 0x1000 });
    mm.memory.storeU32(0x10001010, 42);
    expect(mm.memory.loadU32(0x20000010)).toBe(42);
  });

  test("write access to a shared mapping of a file opened for reading", () => {
    const source = { file: fileOf(new Uint8Array(0x1000)), readable: true, writable: false };
    expect(mmap(process, 0, 0x1000, RW, MAP.SHARED, source, 0)).toBe(-E.ACCES);
    const at = mmap(process, 0, 0x1000, 1, MAP.SHARED, source, 0);
    expect(mprotect(process, at, 0x1000, RW)).toBe(-E.ACCES);
    expect(mmap(process, 0, 0x1000, RW, MAP.PRIVATE, source, 0)).toBeGreaterThan(0);
  });
});

describe("the memory of an address space that has ended", () => {
  test("is used again, empty and all zero, and no longer shows what others share", () => {
    const LARGE = 0x10000000, SMALL = 0x30000000, HIDDEN = 0x40000000, SHARED = 0x50000000;
    mapArea(mm, LARGE, 0x400000, RW);
    mapArea(mm, SMALL, 0x2000, 7);
    mapArea(mm, HIDDEN, 0x1000, RW);
    mapArea(mm, SHARED, 0x200000, RW, { shared: true });
    const places = [LARGE, LARGE + 0x3fffff, SMALL + 0x1000, HIDDEN, SHARED, SHARED + 0x1ffff8];
    for (const place of places) mm.memory.storeU8(place, 0x80);
    expect(mprotect(process, HIDDEN, 0x1000, 0)).toBe(0);
    const child = cloneAddressSpace(mm);
    const { memory } = child;
    releaseAddressSpace(child, true);
    expect(mm.memory.perm[SHARED >>> 12], "nobody else shares this page now").toBeLessThan(0);
    const next = createAddressSpace(0xc0000000, 0xb8000000);
    expect(next.memory).toBe(memory);
    expect(places.map((place) => [next.memory.isMapped(place >>> 12), next.memory.perm[place >>> 12]])).toEqual(places.map(() => [false, 0]));
    for (const [start, length] of [[LARGE, 0x400000], [SMALL, 0x2000], [HIDDEN, 0x1000], [SHARED, 0x200000]]) {
      mapArea(next, start, length, RW);
      expect(next.memory.subarray(start, length).every((byte) => byte === 0)).toBe(true);
    }
    mm.memory.storeU8(SHARED, 5);
    expect(next.memory.loadU8(SHARED)).toBe(0);
    expect(createAddressSpace(0xc0000000, 0xb8000000).memory).not.toBe(memory);
  });
});
