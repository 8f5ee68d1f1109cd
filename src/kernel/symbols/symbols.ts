// Addresses of a running program to names and back. An address leads through the memory map to a file, through its program headers to
// an address in that file, and through its symbol table to a name. A file without symbols of its own names another (.gnu_debuglink,
// or by build id), which is looked for where gdb looks: beside the file, in .debug/, below /usr/lib/debug. The vDSO is read from memory.
//
// Everything is read when it is first asked for, and kept by file.

import { O } from "../fs/constants.ts";
import { kernelCaller } from "../fs/access.ts";
import { openFile } from "../fs/operations.ts";
import type { AddressSpace, MappableFile, VmArea } from "../mm.ts";
import { areaIndex } from "../mm.ts";
import type { Process } from "../thread.ts";
import { demangle } from "./demangle.ts";
import { type ByteSource, crcOf, type ElfTable, readElfTable, symbolAt } from "./elf-symbols.ts";

/** Where an address is. */
export interface Location {
  /** The symbol's readable name, "" when there is none. */
  readonly name: string;
  /** Bytes from the symbol; without a symbol the address within the file, or within the area when that has no file. */
  readonly offset: number;
  /** Guest path of the file, "[vdso]", "[stack]", "[anon]" ..., or "" when nothing is mapped there. */
  readonly file: string;
  /** Guest address and size of the symbol; the size is 0 when it is not known. */
  readonly start: number;
  readonly size: number;
  /** The address in the terms of the file: what addr2line and objdump show. */
  readonly fileAddress: number;
}

/** A symbol found by its name. */
export interface Found {
  readonly address: number;
  readonly size: number;
  readonly name: string;
  readonly file: string;
}

export interface Symbols {
  /** Where an address of a process is. Only what is mapped when it is asked counts. */
  symbolize(process: Process, address: number): Location;
  /** The symbols with this name (mangled, readable, or readable without parameters) in all files that a process has mapped. */
  find(process: Process, name: string): Found[];
}

interface Place {
  readonly table: ElfTable;
  readonly file: string;
  /** Added to an address in the file. */
  readonly bias: number;
}

/** Reading a file by guest path with the rights of the machine itself; undefined when it cannot be opened. */
function openSource(process: Process, path: string): (ByteSource & { close(): void }) | undefined {
  const file = openFile(kernelCaller(process.fs, process.files), process.fs.root, path, O.RDONLY | O.LARGEFILE | O.NONBLOCK, 0);
  if (typeof file === "number") return undefined;
  return {
    size() {
      const stat = file.stat();
      return typeof stat === "number" ? 0 : stat.size;
    },
    pread: (offset, into) => file.readAt(offset, into),
    close: () => file.unref(),
  };
}

const directoryOf = (path: string) => path.slice(0, path.lastIndexOf("/"));

/** The table of the separate debug file of a program or library. */
function readDebugFile(process: Process, path: string, table: ElfTable): ElfTable | undefined {
  const candidates: { path: string; crc: number | undefined }[] = [];
  if (table.buildId.length > 2) candidates.push({ path: `/usr/lib/debug/.build-id/${table.buildId.slice(0, 2)}/${table.buildId.slice(2)}.debug`, crc: undefined });
  if (table.debugLink !== undefined && path.startsWith("/") && !table.debugLink.name.includes("/")) {
    const { name, crc } = table.debugLink;
    const directory = directoryOf(path);
    for (const where of [directory, `${directory}/.debug`, `/usr/lib/debug${directory}`]) {
      if (`${where}/${name}` !== path) candidates.push({ path: `${where}/${name}`, crc });
    }
  }
  for (const candidate of candidates) {
    const source = openSource(process, candidate.path);
    if (source === undefined) continue;
    try {
      const found = readElfTable(source);
      if (found === undefined || !found.full) continue;
      const right = candidate.crc === undefined ? found.buildId === table.buildId : crcOf(source) === candidate.crc;
      if (right) return found;
    } finally {
      source.close();
    }
  }
  return undefined;
}

export function createSymbols(): Symbols {
  const tables = new Map<string, ElfTable | null>();
  const byFile = new WeakMap<MappableFile, ElfTable | null>();
  const readable = new Map<string, string>();

  const readableName = (name: string): string => {
    let text = readable.get(name);
    if (text === undefined) readable.set(name, (text = demangle(name)));
    return text;
  };

  function tableOf(process: Process, area: VmArea): ElfTable | undefined {
    if (area.name === "[vdso]") return known("[vdso]", () => readElfTable(memorySource(process.mm, area)));
    const { file } = area;
    if (file === undefined) return undefined;
    const seen = byFile.get(file);
    if (seen !== undefined) return seen === null ? undefined : seen;
    const table = known(`${file.device}:${file.inode}:${file.size()}:${file.name}`, () => {
      const own = readElfTable(file);
      if (own === undefined || own.full) return own;
      const other = readDebugFile(process, file.name, own);
      // the debug file's own program headers may be worthless (strip zeroes sizes): addresses are the program's
      return other === undefined ? own : { ...own, symbols: merge(other, own), full: true };
    });
    byFile.set(file, table ?? null);
    return table;
  }

  function known(key: string, make: () => ElfTable | undefined): ElfTable | undefined {
    let table = tables.get(key);
    if (table === undefined) tables.set(key, (table = make() ?? null));
    return table ?? undefined;
  }

  /** The ELF file that an area belongs to. A bss behind a file's segment has no file: it is that of the nearest area below. */
  function placeOf(process: Process, address: number): Place | undefined {
    const { areas } = process.mm;
    const index = areaIndex(process.mm, address);
    const own = areas[index];
    if (own === undefined || own.start > address) return undefined;
    for (let k = index; k >= 0 && k > index - 4; k--) {
      const area = areas[k];
      const table = tableOf(process, area);
      if (table === undefined) continue;
      const bias = area.name === "[vdso]" ? area.start : biasOf(table, area);
      if (bias === undefined) continue;
      const within = address - bias;
      if (k !== index && !table.segments.some((s) => s.address <= within && within < s.address + s.memorySize)) return undefined;
      return { table, file: area.file?.name ?? area.name, bias };
    }
    return undefined;
  }

  return {
    symbolize(process, rawAddress) {
      const address = rawAddress >>> 0;
      const place = placeOf(process, address);
      if (place !== undefined) {
        const within = address - place.bias;
        const symbol = symbolAt(place.table, within);
        if (symbol === undefined) return { name: "", offset: within, file: place.file, start: address, size: 0, fileAddress: within };
        return {
          name: readableName(symbol.name), offset: within - symbol.address, file: place.file, start: symbol.address + place.bias, size: symbol.size, fileAddress: within,
        };
      }
      const area = process.mm.areas[areaIndex(process.mm, address)];
      if (area === undefined || area.start > address) return { name: "", offset: address, file: "", start: address, size: 0, fileAddress: address };
      const within = address - area.start + (area.file === undefined ? 0 : area.offset);
      return { name: "", offset: within, file: area.file?.name ?? (area.name || "[anon]"), start: address, size: 0, fileAddress: within };
    },
    find(process, name) {
      const found = new Map<number, Found>();
      for (const area of process.mm.areas) {
        const table = tableOf(process, area);
        if (table === undefined) continue;
        const bias = area.name === "[vdso]" ? area.start : biasOf(table, area);
        if (bias === undefined) continue;
        for (const symbol of table.symbols) {
          if (symbol.name !== name && !matches(readableName(symbol.name), name)) continue;
          const address = symbol.address + bias;
          found.set(address, { address, size: symbol.size, name: readableName(symbol.name), file: area.file?.name ?? area.name });
        }
      }
      return [...found.values()];
    },
  };
}

/** Readable names match with and without the parameters. */
const matches = (readable: string, name: string): boolean => readable === name || (readable.startsWith(name) && readable[name.length] === "(");

/** Names of linkage-table entries are only in the program itself. */
const merge = (debug: ElfTable, own: ElfTable): ElfTable["symbols"] =>
  [...debug.symbols, ...own.symbols.filter((s) => s.name.endsWith("@plt"))].sort((a, b) => a.address - b.address);

/** What was added to the addresses in a file to make those of an area; undefined when none of its segments lies there. */
function biasOf(table: ElfTable, area: VmArea): number | undefined {
  const executable = (area.prot & 4) !== 0;
  const from = area.offset, to = area.offset + (area.end - area.start);
  const inside = table.segments.filter((s) => s.offset < to && s.offset + Math.max(s.fileSize, 1) > from);
  const segment = inside.find((s) => s.executable === executable) ?? inside[0];
  return segment === undefined ? undefined : area.start - area.offset + segment.offset - segment.address;
}

function memorySource(mm: AddressSpace, area: VmArea): ByteSource {
  return {
    size: () => area.end - area.start,
    pread(offset, into) {
      const length = Math.max(0, Math.min(into.length, area.end - area.start - offset));
      if (length > 0 && !mm.memory.canRead(area.start + offset, length)) return -14;
      into.set(mm.memory.subarray(area.start + offset, length));
      return length;
    },
  };
}

/** `main+0x12`, `libc.so.6+0x1234`, or the bare address. */
export function formatLocation(where: Location, address: number): string {
  if (where.name !== "") return where.offset === 0 ? where.name : `${where.name}+0x${where.offset.toString(16)}`;
  if (where.file === "") return `0x${(address >>> 0).toString(16)}`;
  return `${where.file.slice(where.file.lastIndexOf("/") + 1)}+0x${where.offset.toString(16)}`;
}
