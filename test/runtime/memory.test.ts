// Guest memory: rights, the rule that unreadable pages hold zeros, accesses of the kernel, shared pages, notices of code that changes.
import { beforeEach, describe, expect, test } from "vitest";
import { createMemory, type GuestMemory, PAGE_SIZE, PERM } from "../../src/runtime/memory.ts";

const A = 0x10000000, TOP = 0xfffff000;
const PROT = { NONE: 0, READ: 1, WRITE: 2, EXEC: 4 } as const;
const RW = PROT.READ | PROT.WRITE;
const bytes = (...values: number[]) => Uint8Array.from(values);

let memory: GuestMemory;
let notices: [number, number][];

beforeEach(() => {
  memory = createMemory();
  notices = [];
  memory.onCodeWrite = (address, length) => void notices.push([address, length]);
});

/** A page's permission byte without its sign, whether it has been stored to or not. */
const perm = (address: number) => memory.perm[address >>> 12] & 127 & ~PERM.FRESH;
/** Whether a store needs nothing but the store. */
const plain = (address: number) => memory.perm[address >>> 12] < 0;

describe("rights", () => {
  test("W and X imply R, as on the hardware; PROT_NONE has none", () => {
    memory.map(A, 5 * PAGE_SIZE, PROT.NONE);
    [PROT.READ, PROT.WRITE, PROT.EXEC, RW].forEach((prot, k) => memory.protect(A + (k + 1) * PAGE_SIZE, PAGE_SIZE, prot));
    expect([0, 1, 2, 3, 4].map((k) => perm(A + k * PAGE_SIZE))).toEqual([0, PERM.R, PERM.R | PERM.W, PERM.R | PERM.X, PERM.R | PERM.W]);
    memory.touch(A, 5 * PAGE_SIZE);
    expect([0, 1, 2, 3, 4].map((k) => plain(A + k * PAGE_SIZE))).toEqual([false, false, true, false, true]);
  });

  test("a part of a page counts as the page; the neighbours stay", () => {
    memory.map(A + 0x10, PAGE_SIZE, RW);
    expect([A - 1, A, A + 0x1fff, A + 0x2000].map((a) => memory.canRead(a, 1))).toEqual([false, true, true, false]);
  });

  test("nothing is done for a length of zero, at address zero too", () => {
    memory.map(0, 0, RW);
    expect(memory.isMapped(0)).toBe(false);
    memory.map(0, PAGE_SIZE, RW);
    memory.unmap(0, 0);
    memory.protect(0, 0, PROT.NONE);
    expect(memory.canWrite(0, PAGE_SIZE)).toBe(true);
  });

  test("the last page, and ranges beyond the end", () => {
    memory.map(TOP, PAGE_SIZE, RW);
    expect(memory.canRead(0xffffffff, 1)).toBe(true);
    expect(memory.canRead(-1, 1)).toBe(true);
    expect(memory.canRead(0xffffffff, 2)).toBe(false);
    expect(memory.read(0xfffffffc, 8)).toBeUndefined();
    expect(memory.write(0xffffffff, bytes(1, 2))).toBe(false);
    expect(memory.loadU8(0xffffffff)).toBe(0);
  });

  test("the first address that lacks a right", () => {
    memory.map(A, 2 * PAGE_SIZE, RW);
    memory.protect(A + PAGE_SIZE, PAGE_SIZE, PROT.READ);
    expect(memory.firstBad(A + 5, 2 * PAGE_SIZE - 5, PERM.R)).toBe(-1);
    expect(memory.firstBad(A + 5, 2 * PAGE_SIZE, PERM.W)).toBe(A + PAGE_SIZE);
    expect(memory.firstBad(A + PAGE_SIZE + 9, 20, PERM.W)).toBe(A + PAGE_SIZE + 9);
    expect(memory.firstBad(A, 0, PERM.X)).toBe(-1);
  });
});

describe("pages that cannot be read hold zeros", () => {
  test("unmapped, and mapped anew", () => {
    memory.map(A, PAGE_SIZE, RW);
    memory.write(A, bytes(1, 2, 3));
    memory.unmap(A, PAGE_SIZE);
    expect(memory.u8[A]).toBe(0);
    memory.map(A, PAGE_SIZE, RW);
    expect(memory.read(A, 3)).toEqual(bytes(0, 0, 0));
    memory.write(A, bytes(4));
    memory.map(A, PAGE_SIZE, RW); // MAP_FIXED over what is there
    expect(memory.loadU8(A)).toBe(0);
  });

  test("without rights for a while: the contents come back", () => {
    memory.map(A, PAGE_SIZE, RW);
    memory.write(A + 100, bytes(7, 8, 9));
    memory.protect(A, PAGE_SIZE, PROT.NONE);
    memory.protect(A, PAGE_SIZE, PROT.NONE);
    expect(memory.u8.subarray(A, A + PAGE_SIZE).every((b) => b === 0)).toBe(true);
    expect(memory.read(A + 100, 3)).toBeUndefined();
    memory.protect(A, PAGE_SIZE, PROT.READ);
    expect(memory.read(A + 100, 3)).toEqual(bytes(7, 8, 9));
  });

  test("unmapped while hidden: nothing comes back", () => {
    memory.map(A, PAGE_SIZE, RW);
    memory.write(A, bytes(7));
    memory.protect(A, PAGE_SIZE, PROT.NONE);
    memory.unmap(A, PAGE_SIZE);
    memory.map(A, PAGE_SIZE, PROT.NONE);
    memory.protect(A, PAGE_SIZE, RW);
    expect(memory.loadU8(A)).toBe(0);
  });

  test("an image is loaded into pages of any rights", () => {
    memory.map(A, 3 * PAGE_SIZE, PROT.NONE);
    memory.protect(A + PAGE_SIZE, PAGE_SIZE, PROT.READ);
    const image = Uint8Array.from({ length: 2 * PAGE_SIZE }, (_, k) => (k * 7 + 3) & 255);
    memory.poke(A + 100, image);
    expect(memory.u8[A + 200]).toBe(0);
    memory.protect(A, 3 * PAGE_SIZE, PROT.READ);
    expect(memory.read(A + 100, image.length)).toEqual(image);
  });

  test("past the end of a file there are no rights, and mprotect gives none", () => {
    memory.map(A, PAGE_SIZE, RW);
    memory.write(A, bytes(1));
    memory.markBus(A, PAGE_SIZE);
    memory.protect(A, PAGE_SIZE, RW);
    expect([perm(A), memory.u8[A], memory.canRead(A, 1)]).toEqual([PERM.BUS, 0, false]);
    memory.map(A, PAGE_SIZE, RW);
    expect(memory.canWrite(A, 1)).toBe(true);
  });
});

describe("accesses of the kernel", () => {
  test("values of each size, at any alignment and over a page's end", () => {
    memory.map(A, 2 * PAGE_SIZE, RW);
    for (const at of [A + 1, A + PAGE_SIZE - 1, A + PAGE_SIZE - 3]) {
      expect(memory.storeU64(at, 0xfedcba9876543210n)).toBe(true);
      expect([memory.loadU8(at), memory.loadU16(at), memory.loadU32(at), memory.loadU64(at)]).toEqual([0x10, 0x3210, 0x76543210, 0xfedcba9876543210n]);
      expect([memory.storeU8(at, 0x1ff), memory.storeU16(at + 1, 0xabcd), memory.storeU32(at + 3, -1)]).toEqual([true, true, true]);
      expect(memory.read(at, 8)).toEqual(bytes(0xff, 0xcd, 0xab, 0xff, 0xff, 0xff, 0xff, 0xfe));
    }
  });

  test("without the right nothing is written, not even the part that could be", () => {
    memory.map(A, 2 * PAGE_SIZE, RW);
    memory.protect(A + PAGE_SIZE, PAGE_SIZE, PROT.READ);
    expect(memory.storeU32(A + PAGE_SIZE - 2, 0x11223344)).toBe(false);
    expect(memory.write(A + PAGE_SIZE - 2, bytes(1, 2, 3))).toBe(false);
    expect(memory.beginWrite(A + PAGE_SIZE - 2, 3)).toBeUndefined();
    expect(memory.read(A + PAGE_SIZE - 4, 8)).toEqual(new Uint8Array(8));
    expect(memory.loadU32(A + 2 * PAGE_SIZE - 2)).toBeUndefined();
  });

  test("what is read is a copy", () => {
    memory.map(A, PAGE_SIZE, RW);
    const copy = memory.read(A, 1);
    memory.storeU8(A, 5);
    expect(copy).toEqual(bytes(0));
  });

  test("strings", () => {
    memory.map(A, 2 * PAGE_SIZE, RW);
    const text = new Uint8Array(100).fill(65);
    memory.write(A + PAGE_SIZE - 50, text);
    expect(memory.cstring(A + PAGE_SIZE - 50, 4096)).toEqual(text);
    expect(memory.cstring(A + PAGE_SIZE - 50, 101)).toEqual(text);
    expect(memory.cstring(A + PAGE_SIZE - 50, 100)).toBe("toolong");
    expect(memory.cstring(A, 10)).toEqual(bytes());
    memory.write(A + 2 * PAGE_SIZE - 100, text);
    expect(memory.cstring(A + 2 * PAGE_SIZE - 100, 4096)).toBe("fault");
    expect(memory.cstring(A + 2 * PAGE_SIZE - 100, 100)).toBe("toolong");
    expect(memory.cstring(0, 4)).toBe("fault");
  });
});

describe("pages that nobody has stored to", () => {
  const fresh = (address: number) => (memory.perm[address >>> 12] & PERM.FRESH) !== 0;
  const FAR = A + 0x100000;
  beforeEach(() => memory.map(A, 0x200000, RW));

  test("are marked until the first store, of whichever kind, which marks its neighbours too but no pages far away", () => {
    const stores = [
      () => memory.storeU8(A, 0), () => memory.storeU64(A + 8, 0n), () => memory.write(A, bytes(0)), () => memory.poke(A, bytes(0)),
      () => memory.endWrite(A, memory.beginWrite(A, 1)?.length ?? 0), () => memory.touch(A, 1),
    ];
    for (const store of stores) {
      memory.map(A, 0x200000, RW);
      expect([fresh(A), plain(A), fresh(FAR), memory.canWrite(A, 1)]).toEqual([true, false, true, true]);
      store();
      expect([fresh(A), plain(A), plain(A + PAGE_SIZE), fresh(FAR)]).toEqual([false, true, true, true]);
    }
  });

  test("a range loses the mark in all its pages, and pages of other mappings keep their rights", () => {
    memory.protect(A + 0x20000, PAGE_SIZE, PROT.READ);
    memory.write(A + 0x1f000, new Uint8Array(0x1000));
    memory.touch(A + 0x1f000, 0x2000);
    expect([fresh(A + 0x1f000), fresh(A + 0x20000), plain(A + 0x20000), perm(A + 0x20000)]).toEqual([false, false, false, PERM.R]);
    memory.unmap(A + 0x30000, PAGE_SIZE);
    memory.touch(A + 0x31000, 1);
    expect(memory.perm[(A + 0x30000) >>> 12]).toBe(0);
  });

  test("what is hidden, written to from outside, and shown again is no longer fresh", () => {
    memory.protect(A, PAGE_SIZE, PROT.NONE);
    memory.poke(A + 3, bytes(7));
    memory.protect(A, PAGE_SIZE, RW);
    expect([memory.loadU8(A + 3), fresh(A)]).toEqual([7, false]);
  });

  test("a store to a page that shows the same bytes counts for both", () => {
    memory.share(A, FAR, PAGE_SIZE);
    memory.storeU8(A, 5);
    expect([fresh(FAR), memory.loadU8(FAR)]).toEqual([false, 5]);
  });

  test("a shared page that was mapped without rights gets what is stored elsewhere", () => {
    memory.map(FAR, PAGE_SIZE, PROT.NONE);
    memory.share(A, FAR, PAGE_SIZE);
    memory.storeU8(A, 5);
    expect(memory.u8[FAR]).toBe(0);
    memory.protect(FAR, PAGE_SIZE, RW);
    expect(memory.loadU8(FAR)).toBe(5);
  });
});

describe("pages that are copied when they are used", () => {
  const SIZE = 0x100000, FAR = A + 0x80000;
  let child: GuestMemory;
  beforeEach(() => {
    memory.map(A, SIZE, RW);
    for (const at of [A, A + 0x1000, FAR, A + SIZE - PAGE_SIZE]) memory.storeU32(at + 8, at);
    child = createMemory();
    child.borrow(memory, A, SIZE, RW);
  });
  const touched = [A, A + 0x1000, FAR, A + SIZE - PAGE_SIZE];
  const numbers = (of: GuestMemory) => touched.map((at) => of.loadU32(at + 8));

  test("are not there before, hold zeros and have no rights, and then are a copy", () => {
    expect(touched.map((at) => [child.perm[at >>> 12], child.u8[at + 9], child.isMapped(at >>> 12)])).toEqual(touched.map(() => [0, 0, true]));
    expect(numbers(child)).toEqual(touched);
    expect(plainIn(child, A)).toBe(true);
    expect([child.take(A), child.take(A + 0x40000)]).toEqual([false, false]);
  });
  const plainIn = (of: GuestMemory, address: number) => of.perm[address >>> 12] < 0;

  test("take brings the neighbours, not pages far away; takeAll brings all", () => {
    expect(child.take(A)).toBe(true);
    expect([child.take(A + 0x1000), child.perm[FAR >>> 12]]).toEqual([false, 0]);
    child.takeAll();
    expect(touched.map((at) => child.u8[at + 8] | (child.u8[at + 9] << 8) | (child.u8[at + 10] << 16) | (child.u8[at + 11] << 24))).toEqual(touched.map((at) => at | 0));
  });

  test("with their right to be read taken away they stay hidden when they come, and show again with it", () => {
    child.protect(FAR, PAGE_SIZE, 0);
    expect(child.take(FAR)).toBe(true);
    expect([child.u8[FAR + 8] | child.u8[FAR + 9] | child.u8[FAR + 10], child.loadU32(FAR + 8), child.take(FAR)]).toEqual([0, undefined, false]);
    child.protect(FAR, PAGE_SIZE, RW);
    expect(child.loadU32(FAR + 8)).toBe(FAR);
  });

  test.each([
    ["a store of the CPU", (m: GuestMemory) => (m.touch(FAR, 1), m.view.setUint8(FAR + 8, 1))],
    ["a store of the kernel", (m: GuestMemory) => m.storeU8(FAR + 8, 1)],
    ["write", (m: GuestMemory) => m.write(FAR + 8, bytes(1))],
    ["a window", (m: GuestMemory) => m.beginWrite(FAR + 8, 1)?.fill(1)],
    ["poke", (m: GuestMemory) => m.poke(FAR + 8, bytes(1))],
    ["unmap", (m: GuestMemory) => m.unmap(FAR, PAGE_SIZE)],
    ["map", (m: GuestMemory) => m.map(FAR, PAGE_SIZE, RW)],
    ["hiding", (m: GuestMemory) => m.protect(FAR, PAGE_SIZE, PROT.NONE)],
    ["SIGBUS", (m: GuestMemory) => m.markBus(FAR, PAGE_SIZE)],
  ])("what the parent does is not seen in the child, nor the other way: %s", (_name, change) => {
    const second = createMemory();
    second.borrow(memory, A, SIZE, RW);
    change(memory);
    expect(numbers(child)).toEqual(touched);
    change(second);
    expect(numbers(child)).toEqual(touched);
    memory.map(A, SIZE, RW);
    change(child);
    const third = createMemory();
    memory.storeU32(FAR + 8, 77);
    third.borrow(memory, A, SIZE, RW);
    expect(third.loadU32(FAR + 8)).toBe(77);
    expect(second.loadU32(A + 8)).toBe(A);
  });

  test("the parent's end, and the child's", () => {
    memory.reset(A, SIZE);
    memory.leave();
    expect(numbers(child)).toEqual(touched);
    memory.map(A, SIZE, RW);
    memory.storeU8(A, 1);
    expect([child.loadU8(A), memory.loadU32(A + 8)]).toEqual([0, 0]);
    const grandchild = createMemory();
    grandchild.borrow(child, A, SIZE, RW);
    grandchild.reset(A, SIZE);
    grandchild.leave();
    expect([...grandchild.perm.subarray(A >>> 12, (A + SIZE) >>> 12)].every((p) => p === 0)).toBe(true);
    grandchild.map(A, SIZE, RW);
    expect(touched.map((at) => grandchild.loadU32(at + 8))).toEqual([0, 0, 0, 0]);
    child.storeU32(FAR + 8, 5);
    expect(grandchild.loadU32(FAR + 8)).toBe(0);
  });

  test("rights are those of the child", () => {
    child.protect(A, PAGE_SIZE, PROT.READ);
    child.protect(FAR, PAGE_SIZE, PROT.NONE);
    expect([child.canWrite(A, 4), child.canRead(A, 4), child.loadU32(A + 8)]).toEqual([false, true, A]);
    expect([child.canRead(FAR, 4), child.u8[FAR + 9]]).toEqual([false, 0]);
    child.protect(FAR, PAGE_SIZE, RW);
    expect(child.loadU32(FAR + 8)).toBe(FAR);
    expect(child.firstBad(A, SIZE, PERM.W)).toBe(A);
  });

  test("windows, texts and copies of the kernel find them", () => {
    memory.write(FAR, bytes(104, 105, 0));
    const other = createMemory();
    other.borrow(memory, A, SIZE, RW);
    expect(other.cstring(FAR, 9)).toEqual(bytes(104, 105));
    const third = createMemory();
    third.borrow(memory, A, SIZE, RW);
    expect([...third.subarray(FAR, 3)]).toEqual([104, 105, 0]);
    expect(third.read(FAR - 1, 3)).toEqual(bytes(0, 104, 105));
  });

  test("untouched pages need no copy; a page that is lent is not taken for one", () => {
    expect([memory.isUntouched((A + 0x40000) >>> 12), memory.isUntouched(FAR >>> 12), child.isUntouched((A + 0x40000) >>> 12)]).toEqual([true, false, true]);
    memory.unmap(FAR, PAGE_SIZE);
    expect(memory.u8[FAR + 9]).toBe(0);
  });
});

describe("pages with translated code", () => {
  beforeEach(() => {
    memory.map(A, 2 * PAGE_SIZE, 7);
    memory.setCode(A >>> 12, true);
  });

  test("are not plain until the mark goes", () => {
    memory.touch(A, PAGE_SIZE);
    expect([plain(A), plain(A + PAGE_SIZE)]).toEqual([false, true]);
    memory.setCode(A >>> 12, false);
    expect(plain(A)).toBe(true);
  });

  test("every way to write tells, with the bytes on the page alone", () => {
    memory.storeU32(A + PAGE_SIZE - 2, 1);
    memory.write(A + 8, bytes(1, 2));
    memory.poke(A + 16, bytes(1));
    memory.beginWrite(A + 20, 5);
    memory.write(A + PAGE_SIZE, bytes(1));
    expect(notices).toEqual([[A + PAGE_SIZE - 2, 2], [A + 8, 2], [A + 16, 1], [A + 20, 5]]);
  });

  test("unmapping and taking the right to execute tell; taking the right to write does not", () => {
    memory.protect(A, PAGE_SIZE, PROT.READ | PROT.EXEC);
    expect(notices).toEqual([]);
    expect(perm(A)).toBe(PERM.R | PERM.X | PERM.CODE);
    memory.protect(A, PAGE_SIZE, PROT.READ);
    memory.setCode(A >>> 12, true);
    memory.unmap(A, PAGE_SIZE);
    expect(notices).toEqual([[A, PAGE_SIZE], [A, PAGE_SIZE]]);
  });
});

describe("shared pages", () => {
  const B = A + 0x100000, C = A + 0x200000, D = A + 0x300000;
  beforeEach(() => {
    for (const at of [A, B, C, D]) memory.map(at, PAGE_SIZE, RW);
  });
  const values = () => [A, B, C, D].map((at) => memory.u8[at + 5]);

  test("a write to one is seen in all", () => {
    memory.share(A, B, PAGE_SIZE);
    memory.share(B, C, PAGE_SIZE);
    memory.storeU8(C + 5, 9);
    expect(values()).toEqual([9, 9, 9, 0]);
    memory.touch(D, 1);
    expect([plain(A), plain(D)]).toEqual([false, true]);
    memory.write(A + 4, bytes(1, 2, 3));
    expect(values()).toEqual([2, 2, 2, 0]);
  });

  test("two groups become one", () => {
    memory.share(A, B, PAGE_SIZE);
    memory.share(C, D, PAGE_SIZE);
    memory.share(B, C, PAGE_SIZE);
    [A, B, C, D].forEach((at, k) => {
      memory.storeU8(at + 5, k + 1);
      expect(values()).toEqual([k + 1, k + 1, k + 1, k + 1]);
    });
  });

  test("one that is unmapped leaves; the last one is plain again", () => {
    memory.share(A, B, PAGE_SIZE);
    memory.share(A, C, PAGE_SIZE);
    memory.unmap(B, PAGE_SIZE);
    memory.storeU8(A + 5, 7);
    expect(values()).toEqual([7, 0, 7, 0]);
    memory.unmap(A, PAGE_SIZE);
    expect(plain(C)).toBe(true);
    expect(memory.u8[C + 5]).toBe(7);
  });

  test("hidden pages take part, in both directions", () => {
    memory.share(A, B, PAGE_SIZE);
    memory.protect(B, PAGE_SIZE, PROT.NONE);
    memory.storeU8(A + 5, 6);
    expect(memory.u8[B + 5]).toBe(0);
    memory.poke(B + 5, bytes(8));
    expect(values()).toEqual([8, 0, 0, 0]);
    memory.protect(B, PAGE_SIZE, RW);
    expect(memory.u8[B + 5]).toBe(8);
  });

  test("code on the other page is told", () => {
    memory.share(A, B, PAGE_SIZE);
    memory.protect(B, PAGE_SIZE, 7);
    memory.setCode(B >>> 12, true);
    memory.storeU16(A + 5, 1);
    expect(notices).toEqual([[B + 5, 2]]);
  });

  test("over two address spaces", () => {
    const other = createMemory();
    other.map(A, PAGE_SIZE, RW);
    memory.share(B, A, PAGE_SIZE, other);
    other.storeU8(A + 5, 3);
    expect(values()).toEqual([0, 3, 0, 0]);
    memory.storeU8(B + 5, 4);
    expect(other.loadU8(A + 5)).toBe(4);
    other.unmap(A, PAGE_SIZE);
    expect(plain(B)).toBe(true);
  });
});
