// Descriptors: packing as Linux's fill_ldt does, unpacking, and what selectors name. Intel SDM volume 3, 3.4.5.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as seg from "../../src/runtime/segments.ts";

const user: seg.UserDescriptor = { base: 0, limit: 0xfffff, seg32bit: true, contents: 0, readExecOnly: false, limitInPages: true, notPresent: false, useable: true };

test("what is packed comes out again", () => {
  const descriptor = fc.record({
    base: fc.integer({ min: -0x80000000, max: 0x7fffffff }), limit: fc.integer({ min: 0, max: 0xfffff }), seg32bit: fc.boolean(), contents: fc.integer({ min: 0, max: 3 }),
    readExecOnly: fc.boolean(), limitInPages: fc.boolean(), notPresent: fc.boolean(), useable: fc.boolean(),
  });
  fc.assert(fc.property(descriptor, (u) => {
    const [low, high] = seg.pack(u);
    const d = seg.unpack(low, high);
    expect(d).toMatchObject({ base: u.base, limit: u.limitInPages ? u.limit * 4096 + 4095 : u.limit, big: u.seg32bit });
    expect(seg.isSegment(d)).toBe(true);
    expect(seg.isPresent(d)).toBe(!u.notPresent);
    expect(seg.privilege(d)).toBe(3);
    expect(seg.isCode(d)).toBe(u.contents >= 2);
    expect(seg.isConforming(d)).toBe(u.contents === 3);
    expect(seg.isExpandDown(d)).toBe(u.contents === 1);
    expect(seg.isWritable(d)).toBe(u.contents < 2 && !u.readExecOnly);
    expect(seg.isReadable(d)).toBe(u.contents < 2 || !u.readExecOnly);
    expect((high >>> 20) & 1).toBe(u.useable ? 1 : 0);
  }));
});

test("words as the kernel makes them", () => {
  const hex = (u: seg.UserDescriptor) => seg.pack(u).map((w) => (w >>> 0).toString(16).padStart(8, "0"));
  expect(hex(user)).toEqual(["0000ffff", "00dff300"]);
  expect(hex({ ...user, base: 0xf7fc1234 | 0 })).toEqual(["1234ffff", "f7dff3fc"]);
  expect(hex({ ...user, contents: 2, readExecOnly: true, limitInPages: false, useable: false, limit: 0x12345 })).toEqual(["00002345", "0041f900"]);
});

describe("selectors", () => {
  for (const layout of [seg.LAYOUT_X86_64, seg.LAYOUT_I386]) {
    const tables = seg.createDescriptorTables(layout);
    test(`flat code and data, ${layout.firstTls === 12 ? "x86-64" : "i386"} kernel`, () => {
      const code = seg.lookup(tables, layout.code), data = seg.lookup(tables, layout.data);
      expect(code).toMatchObject({ base: 0, limit: 0xffffffff, access: 0xfb, big: true });
      expect(data).toMatchObject({ base: 0, limit: 0xffffffff, access: 0xf3, big: true });
      for (let k = 0; k < 3; k++) expect(seg.lookup(tables, ((layout.firstTls + k) << 3) | 3)).toMatchObject({ access: 0 });
    });
  }

  const tables = seg.createDescriptorTables();
  test("null selectors name nothing, whatever their privilege", () => {
    for (let rpl = 0; rpl < 4; rpl++) expect(seg.lookup(tables, rpl)).toBeUndefined();
  });
  test("beyond the table", () => {
    expect(seg.lookup(tables, 16 << 3)).toBeUndefined();
    expect(seg.lookup(tables, 0xfffb)).toBeUndefined();
    expect(seg.lookup(tables, 4)).toBeUndefined(); // an LDT entry without an LDT
  });
  test("entries of the LDT, the first one too", () => {
    const mine = { ...seg.createDescriptorTables(), ldt: Int32Array.from([...seg.pack({ ...user, base: 0x1000 }), ...seg.pack({ ...user, base: 0x2000 })]) };
    expect(seg.lookup(mine, 7)?.base).toBe(0x1000);
    expect(seg.lookup(mine, 15)?.base).toBe(0x2000);
    expect(seg.lookup(mine, 23)).toBeUndefined();
  });
});
