// Small i386 ELF files made by hand: for tests of the loader, and to run a few bytes of code without a compiler.

export interface Segment {
  type?: number;
  offset: number;
  vaddr: number;
  filesz: number;
  memsz: number;
  flags?: number;
  align?: number;
}

export interface ElfParts {
  /** Fields of the ELF header that differ from those of a proper static program. */
  header?: Partial<Record<"class" | "data" | "type" | "machine" | "version" | "entry" | "phoff" | "ehsize" | "phentsize" | "phnum", number>>;
  segments?: Segment[];
  /** Bytes from `bodyOffset` on. */
  body?: Uint8Array;
  bodyOffset?: number;
  /** Length of the file when it is not what the parts come to. */
  length?: number;
}

export const BASE = 0x08048000;
export const BODY = 0x100;

/** Writes a file from its parts. */
export function makeElf(parts: ElfParts): Uint8Array {
  const h = parts.header ?? {};
  const segments = parts.segments ?? [];
  const body = parts.body ?? new Uint8Array(0);
  const bodyOffset = parts.bodyOffset ?? BODY;
  const bytes = new Uint8Array(Math.max(52 + 32 * segments.length, bodyOffset + body.length));
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, h.class ?? 1, h.data ?? 1, 1]);
  view.setUint16(16, h.type ?? 2, true);
  view.setUint16(18, h.machine ?? 3, true);
  view.setUint32(20, h.version ?? 1, true);
  view.setUint32(24, h.entry ?? BASE + BODY, true);
  view.setUint32(28, h.phoff ?? 52, true);
  view.setUint16(40, h.ehsize ?? 52, true);
  view.setUint16(42, h.phentsize ?? 32, true);
  view.setUint16(44, h.phnum ?? segments.length, true);
  segments.forEach((s, i) => {
    [s.type ?? 1, s.offset, s.vaddr, s.vaddr, s.filesz, s.memsz, s.flags ?? 5, s.align ?? 0x1000].forEach((word, n) => view.setUint32(52 + 32 * i + 4 * n, word >>> 0, true));
  });
  bytes.set(body, bodyOffset);
  if (parts.length === undefined) return bytes;
  const cut = new Uint8Array(parts.length);
  cut.set(bytes.subarray(0, parts.length));
  return cut;
}

/** A static program that runs this code, in one segment with all rights; `memsz` bytes of memory. */
export function program(code: readonly number[], memsz = 0x2000): Uint8Array {
  const body = Uint8Array.from(code);
  return makeElf({ body, segments: [{ offset: 0, vaddr: BASE, filesz: BODY + body.length, memsz, flags: 7 }, { type: 0x6474e551, offset: 0, vaddr: 0, filesz: 0, memsz: 0, flags: 6 }] });
}

/** Code that exits with a status: mov eax, 1; mov ebx, status; int 0x80. */
export const exitCode = (status: number): number[] => [0xb8, 1, 0, 0, 0, 0xbb, status, 0, 0, 0, 0xcd, 0x80];

const word = (v: number): number[] => [v & 255, (v >>> 8) & 255, (v >>> 16) & 255, v >>> 24];

/** mov reg, imm for each argument, mov eax, number, int 0x80. */
export function systemCall(number: number, ...args: number[]): number[] {
  const registers = [0xbb, 0xb9, 0xba, 0xbe, 0xbf, 0xbd];
  return [...args.flatMap((arg, i) => [registers[i], ...word(arg)]), 0xb8, ...word(number), 0xcd, 0x80];
}
