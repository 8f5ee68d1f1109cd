// The symbols of one ELF file (ELF32, little-endian): .symtab where there is one, .dynsym otherwise, and names for the entries of the
// procedure linkage table. elf(5). Which file belongs to an address, and separate debug files: symbols.ts.

/** What a table is read from: an open file, or memory that holds an image (the vDSO). */
export interface ByteSource {
  size(): number;
  /** Bytes read (0 at the end), or a negative errno. */
  pread(offset: number, into: Uint8Array): number;
}

export interface ElfSymbol {
  /** As the file has it; demangled when it is shown. */
  readonly name: string;
  /** Address in the file's own terms (st_value). */
  readonly address: number;
  /** Bytes; 0 when the file does not say. */
  readonly size: number;
  readonly code: boolean;
}

export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly executable: boolean;
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entrySize: number;
}

/** The tables of one file. Symbols are sorted by address. */
export interface ElfTable {
  readonly segments: readonly Segment[];
  readonly symbols: readonly ElfSymbol[];
  /** Whether the symbols are the full table, not only what the dynamic linker needs. */
  readonly full: boolean;
  /** .gnu_debuglink: the name and the CRC-32 of the file that has the symbols. */
  readonly debugLink: { readonly name: string; readonly crc: number } | undefined;
  /** NT_GNU_BUILD_ID in hexadecimal, "" for none. */
  readonly buildId: string;
}

const SHT = { SYMTAB: 2, STRTAB: 3, NOBITS: 8, REL: 9, DYNSYM: 11, NOTE: 7 } as const;
const STT = { NOTYPE: 0, OBJECT: 1, FUNC: 2, IFUNC: 10 } as const;
const SHF_EXECINSTR = 4;
/** Larger tables than any program has: a damaged header must not make us read gigabytes. */
const MAX_BYTES = 256 * 1024 * 1024;
const PLT_ENTRY = 16;

function read(source: ByteSource, offset: number, length: number): Uint8Array | undefined {
  if (length > MAX_BYTES || offset + length > source.size()) return undefined;
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const got = source.pread(offset + done, done === 0 ? bytes : bytes.subarray(done));
    if (got <= 0) return undefined;
    done += got;
  }
  return bytes;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function cstring(bytes: Uint8Array, at: number): string {
  let end = at;
  while (end < bytes.length && bytes[end] !== 0) end++;
  // names are bytes; nearly all are ASCII
  let text = "";
  for (let k = at; k < end; k++) text += String.fromCharCode(bytes[k]);
  return text;
}

function readSegments(source: ByteSource, header: DataView): Segment[] {
  const size = header.getUint16(42, true), count = header.getUint16(44, true);
  const bytes = size === 32 ? read(source, header.getUint32(28, true), size * count) : undefined;
  if (bytes === undefined) return [];
  const view = viewOf(bytes);
  const segments: Segment[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    if (view.getUint32(at, true) !== 1 /* PT_LOAD */) continue;
    segments.push({
      offset: view.getUint32(at + 4, true), address: view.getUint32(at + 8, true), fileSize: view.getUint32(at + 16, true),
      memorySize: view.getUint32(at + 20, true), executable: (view.getUint32(at + 24, true) & 1) !== 0,
    });
  }
  return segments;
}

function readSections(source: ByteSource, header: DataView): { sections: Section[]; executable: boolean[] } {
  const none = { sections: [], executable: [] };
  const size = header.getUint16(46, true), count = header.getUint16(48, true), names = header.getUint16(50, true);
  if (size !== 40 || count === 0 || names >= count) return none;
  const bytes = read(source, header.getUint32(32, true), size * count);
  if (bytes === undefined) return none;
  const view = viewOf(bytes);
  const word = (section: number, n: number) => view.getUint32(section * size + n * 4, true);
  const text = read(source, word(names, 4), word(names, 5)) ?? new Uint8Array(0);
  const sections: Section[] = [];
  const executable: boolean[] = [];
  for (let k = 0; k < count; k++) {
    sections.push({
      name: cstring(text, word(k, 0)), type: word(k, 1), address: word(k, 3), offset: word(k, 4), size: word(k, 5), link: word(k, 6), info: word(k, 7),
      entrySize: word(k, 9),
    });
    executable.push((word(k, 2) & SHF_EXECINSTR) !== 0);
  }
  return { sections, executable };
}

const contents = (source: ByteSource, section: Section | undefined) =>
  section === undefined || section.type === SHT.NOBITS ? undefined : read(source, section.offset, section.size);

/** The symbols of a section of type SHT_SYMTAB or SHT_DYNSYM: functions, objects, and labels in code. */
function readSymbols(source: ByteSource, sections: readonly Section[], executable: readonly boolean[], section: Section): ElfSymbol[] {
  const bytes = contents(source, section), names = contents(source, sections[section.link]);
  if (bytes === undefined || names === undefined) return [];
  const view = viewOf(bytes);
  /** Address -> the best symbol there, and its rank. */
  const best = new Map<number, { symbol: ElfSymbol; rank: number }>();
  for (let at = 16; at + 16 <= bytes.length; at += 16) {
    const info = bytes[at + 12], type = info & 15, index = view.getUint16(at + 14, true);
    if (index === 0 || index >= 0xff00 || (type !== STT.FUNC && type !== STT.IFUNC && type !== STT.OBJECT && type !== STT.NOTYPE)) continue;
    const inCode = executable[index] ?? true; // an image without its section headers: only functions are exported from it
    if (type === STT.NOTYPE && !inCode) continue;
    const name = cstring(names, view.getUint32(at, true));
    if (name === "" || name.startsWith(".L")) continue;
    const address = view.getUint32(at + 4, true), size = view.getUint32(at + 8, true);
    // a function before a label, one with a size before one without, a global name before weak and local ones, fewer underscores
    const bind = info >> 4;
    const rank = (type === STT.NOTYPE ? 0 : 8) + (size > 0 ? 4 : 0) + (bind === 1 ? 2 : bind === 2 ? 1 : 0) - /^_*/.exec(name)![0].length / 8;
    const other = best.get(address);
    if (other === undefined || other.rank < rank) best.set(address, { symbol: { name, address, size, code: inCode }, rank });
  }
  return [...best.values()].map(({ symbol }) => symbol);
}

/** Entries of the procedure linkage table: `printf@plt`. */
function pltSymbols(source: ByteSource, sections: readonly Section[]): ElfSymbol[] {
  const relocations = sections.find((s) => s.name === ".rel.plt" && s.type === SHT.REL);
  const secondary = sections.find((s) => s.name === ".plt.sec"), primary = sections.find((s) => s.name === ".plt");
  const plt = secondary ?? primary;
  const dynamic = relocations && sections[relocations.link];
  const bytes = contents(source, relocations), symbols = contents(source, dynamic), names = contents(source, dynamic && sections[dynamic.link]);
  if (plt === undefined || bytes === undefined || symbols === undefined || names === undefined) return [];
  const view = viewOf(bytes), table = viewOf(symbols);
  const found: ElfSymbol[] = [];
  const first = plt === secondary ? 0 : 1;
  for (let at = 0, k = first; at + 8 <= bytes.length && (k + 1) * PLT_ENTRY <= plt.size; at += 8, k++) {
    const index = view.getUint32(at + 4, true) >>> 8;
    if (index * 16 + 16 > symbols.length) continue;
    const name = cstring(names, table.getUint32(index * 16, true));
    if (name !== "") found.push({ name: `${name}@plt`, address: plt.address + k * PLT_ENTRY, size: PLT_ENTRY, code: true });
  }
  return found;
}

function buildIdOf(source: ByteSource, sections: readonly Section[]): string {
  const note = contents(source, sections.find((s) => s.type === SHT.NOTE && s.name === ".note.gnu.build-id"));
  if (note === undefined || note.length < 16) return "";
  const length = viewOf(note).getUint32(4, true);
  return [...note.subarray(16, 16 + length)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Reads the tables of an ELF file; undefined for anything else. Damaged parts read as absent. */
export function readElfTable(source: ByteSource): ElfTable | undefined {
  const bytes = read(source, 0, 52);
  if (bytes === undefined || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46 || bytes[4] !== 1 || bytes[5] !== 1) return undefined;
  const header = viewOf(bytes);
  const { sections, executable } = readSections(source, header);
  const full = sections.find((s) => s.type === SHT.SYMTAB), dynamic = sections.find((s) => s.type === SHT.DYNSYM);
  const table = full ?? dynamic;
  const named = table === undefined ? [] : readSymbols(source, sections, executable, table);
  const symbols = [...named, ...pltSymbols(source, sections)].sort((a, b) => a.address - b.address);
  const link = contents(source, sections.find((s) => s.name === ".gnu_debuglink"));
  const linkName = link === undefined ? "" : cstring(link, 0);
  return {
    segments: readSegments(source, header), symbols, full: full !== undefined, buildId: buildIdOf(source, sections),
    debugLink: link !== undefined && linkName !== "" && link.length >= 8 ? { name: linkName, crc: viewOf(link).getUint32(link.length - 4, true) } : undefined,
  };
}

/** The symbol that an address of the file is in; a symbol without a size reaches to the next one, but no further than `reach` bytes. */
export function symbolAt(table: ElfTable, address: number, reach = 65536): ElfSymbol | undefined {
  const { symbols } = table;
  let low = 0, high = symbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (symbols[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  // a label may lie inside a function: go back past those that have ended
  for (let k = low - 1; k >= 0 && k >= low - 16; k--) {
    const symbol = symbols[k];
    const distance = address - symbol.address;
    if (symbol.size > 0 ? distance < symbol.size : k === low - 1 && distance < reach) return symbol;
  }
  return undefined;
}

const CRC = new Int32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb8_8320 : c >>> 1;
  return c;
});

/** CRC-32 of a whole file, as .gnu_debuglink has it. */
export function crcOf(source: ByteSource): number {
  const part = new Uint8Array(1 << 16);
  let crc = -1;
  for (let at = 0; ; ) {
    const got = source.pread(at, part);
    if (got <= 0) return ~crc >>> 0;
    for (let k = 0; k < got; k++) crc = CRC[(crc ^ part[k]) & 255] ^ (crc >>> 8);
    at += got;
  }
}
