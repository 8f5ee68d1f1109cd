// Descriptor tables (GDT entries that user code sees, LDT) and what a selector names. No segment registers here (cpu.ts),
// no system calls (src/kernel). Intel SDM volume 3, 3.4.5 (segment descriptors) and 5.

/** What a descriptor says, unpacked. `limit` is the last valid offset in bytes, unsigned. */
export interface Descriptor {
  readonly base: number; // int32
  readonly limit: number; // uint32
  readonly access: number; // byte 5: P DPL S type
  readonly big: boolean; // D/B
  readonly high: number; // the second descriptor word, for LAR
}

/** Which selectors the kernel of a personality offers to user code. */
export interface SelectorLayout {
  readonly code: number;
  readonly data: number;
  /** First of the three GDT entries for thread-local storage: 12 under an x86-64 kernel, 6 under an i386 one. */
  readonly firstTls: number;
}

export const LAYOUT_X86_64: SelectorLayout = { code: 0x23, data: 0x2b, firstTls: 12 };
export const LAYOUT_I386: SelectorLayout = { code: 0x73, data: 0x7b, firstTls: 6 };

export interface DescriptorTables {
  /** Sixteen entries of two words. */
  readonly gdt: Int32Array;
  /** Up to 8192 entries of two words; empty when the process has no LDT. */
  ldt: Int32Array;
  readonly layout: SelectorLayout;
}

/** Makes tables with flat user code and data segments and no TLS entries. */
export function createDescriptorTables(layout: SelectorLayout = LAYOUT_X86_64): DescriptorTables {
  const gdt = new Int32Array(32);
  const put = (selector: number, low: number, high: number) => gdt.set([low, high], (selector >> 3) * 2);
  put(layout.code, 0x0000ffff, 0x00cffb00);
  put(layout.data, 0x0000ffff, 0x00cff300);
  if (layout.firstTls === 12) put(15 << 3, 0x00000000, 0x0040f500); // the CPU number, read through LSL by getcpu
  return { gdt, ldt: new Int32Array(0), layout };
}

/** Unpacks the descriptor that a selector names; undefined when it is null or beyond its table. */
export function lookup(tables: DescriptorTables, selector: number): Descriptor | undefined {
  const table = selector & 4 ? tables.ldt : tables.gdt;
  const at = (selector >> 3) * 2;
  if ((selector & 0xfffc) === 0 || at + 1 >= table.length) return undefined;
  return unpack(table[at], table[at + 1]);
}

/** Unpacks the two words of a descriptor. */
export function unpack(low: number, high: number): Descriptor {
  const raw = ((low & 0xffff) | (high & 0xf0000)) >>> 0;
  return {
    base: (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000),
    limit: high & 0x800000 ? ((raw << 12) | 0xfff) >>> 0 : raw,
    access: (high >>> 8) & 0xff,
    big: (high & 0x400000) !== 0,
    high,
  };
}

/** Fields of Linux's struct user_desc, for packing. */
export interface UserDescriptor {
  readonly base: number;
  readonly limit: number; // 20 bits
  readonly seg32bit: boolean;
  readonly contents: number; // 0 data, 1 expand-down data, 2 code, 3 conforming code
  readonly readExecOnly: boolean;
  readonly limitInPages: boolean;
  readonly notPresent: boolean;
  readonly useable: boolean;
}

/** Packs as Linux's fill_ldt does: DPL 3, accessed. */
export function pack(d: UserDescriptor): [low: number, high: number] {
  const type = 1 | (d.readExecOnly ? 0 : 2) | ((d.contents & 3) << 2);
  const low = ((d.base & 0xffff) << 16) | (d.limit & 0xffff);
  const high = ((d.base >>> 16) & 0xff) | (d.base & 0xff000000) | (d.limit & 0xf0000) | (type << 8) | 0x7000
    | (d.notPresent ? 0 : 0x8000) | (d.useable ? 0x100000 : 0) | (d.seg32bit ? 0x400000 : 0) | (d.limitInPages ? 0x800000 : 0);
  return [low, high];
}

export const isPresent = (d: Descriptor) => (d.access & 0x80) !== 0;
export const isSegment = (d: Descriptor) => (d.access & 0x10) !== 0; // not a system descriptor
export const isCode = (d: Descriptor) => (d.access & 0x18) === 0x18;
export const isConforming = (d: Descriptor) => (d.access & 0x1c) === 0x1c;
export const isReadable = (d: Descriptor) => !isCode(d) || (d.access & 2) !== 0;
export const isWritable = (d: Descriptor) => !isCode(d) && (d.access & 2) !== 0;
export const isExpandDown = (d: Descriptor) => (d.access & 0x1c) === 0x14;
export const privilege = (d: Descriptor) => (d.access >> 5) & 3;
