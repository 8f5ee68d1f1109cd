// Whether the functions of <fenv.h> in a shared libm are used: by a relocation that names one, or by dlsym, when anybody has that. Read from what
// the dynamic linker reads, in guest memory: program headers, the dynamic section, its relocations, symbol and hash tables.
// ELF for the i386: System V ABI, chapters 4 and 5, and its processor supplement.
//
// Nothing here trusts what it reads: tables that are not whole or not readable are as good as none.

import { type GuestMemory, PERM } from "./memory.ts";

const MAGIC = 0x464c457f;
const PT_LOAD = 1, PT_DYNAMIC = 2, PF_X = 1;
const DT = { PLTRELSZ: 2, HASH: 4, STRTAB: 5, SYMTAB: 6, REL: 17, RELSZ: 18, JMPREL: 23, GNU_HASH: 0x6ffffef5 } as const;
const STT_FUNC = 2, STT_IFUNC = 10;
const R_386_RELATIVE = 8;
/** Pages below an address in which its object may begin, and entries of a table that are read at most. */
const REACH = 1 << 15, MOST = 1 << 18;
const FENV = /^fe(get|set|test|hold|clear|update|raise|enable|disable)[a-z]*$/;
/** Who has one of these can ask for any function by name. */
const LOOKUPS = ["dlsym", "dlvsym"];

interface ElfObject {
  readonly base: number;
  /** Code, as [start, end) pairs. */
  readonly code: readonly (readonly [start: number, end: number])[];
  readonly dynamic: ReadonlyMap<number, number>;
}

interface ElfFunction {
  readonly name: string;
  readonly start: number;
}

const word = (memory: GuestMemory, at: number): number => memory.loadU32(at) ?? 0;

function objectAt(memory: GuestMemory, header: number): ElfObject | undefined {
  if (!memory.canRead(header, 52) || word(memory, header) !== MAGIC) return undefined;
  const table = header + word(memory, header + 28), count = word(memory, header + 44) & 0xffff;
  if (!memory.canRead(table, 32 * count)) return undefined;
  const entries = Array.from({ length: count }, (_, k) => {
    const at = table + 32 * k;
    return { type: word(memory, at), address: word(memory, at + 8), size: word(memory, at + 20), flags: word(memory, at + 24) };
  });
  const loads = entries.filter((it) => it.type === PT_LOAD), at = entries.find((it) => it.type === PT_DYNAMIC);
  if (loads.length === 0 || at === undefined) return undefined;
  const base = header - (Math.min(...loads.map((it) => it.address)) & ~4095);
  const dynamic = new Map<number, number>();
  for (let k = base + at.address, end = k + at.size; k < end && word(memory, k) !== 0; k += 8) dynamic.set(word(memory, k), word(memory, k + 4));
  return { base, code: loads.filter((it) => it.flags & PF_X).map((it) => [base + it.address, base + it.address + it.size]), dynamic };
}

/** The shared object whose code is at an address. */
export function objectOf(memory: GuestMemory, address: number): ElfObject | undefined {
  for (let page = address >>> 12, lowest = Math.max(0, page - REACH); page >= lowest && memory.perm[page] & PERM.R; page--) {
    if (memory.view.getUint32(page * 4096, true) !== MAGIC) continue;
    const found = objectAt(memory, page * 4096);
    if (found?.code.some(([start, end]) => address >>> 12 >= start >>> 12 && address < end)) return found;
  }
  return undefined;
}

/** The dynamic linker puts addresses in place of offsets in some sections. */
function entry(object: ElfObject, tag: number): number {
  const value = object.dynamic.get(tag);
  return value === undefined ? 0 : value >= object.base ? value : object.base + value;
}

/** How many symbols there are, which only the hash tables tell. */
function symbolCount(memory: GuestMemory, object: ElfObject): number {
  const hash = entry(object, DT.HASH), gnu = entry(object, DT.GNU_HASH);
  if (hash !== 0) return Math.min(MOST, word(memory, hash + 4));
  if (gnu === 0) return 0;
  const buckets = word(memory, gnu), first = word(memory, gnu + 4), chains = gnu + 16 + 4 * word(memory, gnu + 8) + 4 * buckets;
  let last = 0;
  for (let k = 0; k < Math.min(buckets, MOST); k++) last = Math.max(last, word(memory, chains - 4 * buckets + 4 * k));
  if (last < first) return first;
  while (last < MOST && (word(memory, chains + 4 * (last - first)) & 1) === 0) last++;
  return last + 1;
}

function nameOf(memory: GuestMemory, object: ElfObject, symbol: number): string {
  const name = memory.cstring(entry(object, DT.STRTAB) + word(memory, symbol), 256);
  return typeof name === "string" ? "" : String.fromCharCode(...name);
}

/** For each address the functions around it that an object exports. */
function functionsAround(memory: GuestMemory, object: ElfObject, addresses: readonly number[]): ElfFunction[][] {
  const found = addresses.map((): ElfFunction[] => []), table = entry(object, DT.SYMTAB), { view } = memory;
  const first = Math.min(...addresses), last = Math.max(...addresses), count = symbolCount(memory, object);
  if (!memory.canRead(table, 16 * count)) return found;
  for (let at = table + 16, end = table + 16 * count; at < end; at += 16) {
    const start = object.base + view.getUint32(at + 4, true);
    if (start > last || start + view.getUint32(at + 8, true) <= first) continue;
    const info = view.getUint32(at + 12, true), type = info & 15, behind = start + view.getUint32(at + 8, true);
    if ((type !== STT_FUNC && type !== STT_IFUNC) || info >>> 16 === 0) continue;
    const name = nameOf(memory, object, at);
    addresses.forEach((address, k) => {
      if (address >= start && address < behind) found[k].push({ name, start });
    });
  }
  return found;
}

/** Every relocation of an object: what it is for, its type, and the symbol's place in the table, 0 for none. */
function* relocations(memory: GuestMemory, object: ElfObject): Generator<readonly [place: number, type: number, symbol: number]> {
  for (const [table, size] of [[DT.REL, DT.RELSZ], [DT.JMPREL, DT.PLTRELSZ]]) {
    const start = entry(object, table), end = start + Math.min(8 * MOST, object.dynamic.get(size) ?? 0);
    if (start === 0 || !memory.canRead(start, end - start)) continue;
    for (let at = start; at < end; at += 8) {
      const info = memory.view.getUint32(at + 4, true);
      yield [object.base + memory.view.getUint32(at, true), info & 255, info >>> 8];
    }
  }
}

/**
 * Whether somebody uses the functions of <fenv.h> that these addresses are in. True if one is in none. The library's own uses of them do not count:
 * they set flags aside and put them back, since what its functions do may not depend on flags that were raised before. `code`: an address in
 * the code of every object that there is.
 */
export function usesFenv(memory: GuestMemory, addresses: readonly number[], code: readonly number[]): boolean {
  const names = new Set<string>(LOOKUPS), starts = new Set<number>();
  const objects = new Map<number, { object: ElfObject; within: number[] }>();
  for (const address of addresses) {
    const object = objectOf(memory, address);
    if (object === undefined) return true;
    const known = objects.get(object.base);
    if (known === undefined) objects.set(object.base, { object, within: [address] });
    else known.within.push(address);
  }
  for (const { object, within } of objects.values()) {
    for (const around of functionsAround(memory, object, within)) {
      if (around.length === 0) return true;
      for (const f of around) {
        if (!FENV.test(f.name)) return true;
        names.add(f.name);
        starts.add(f.start);
      }
    }
  }
  const seen = new Set<number>();
  return code.some((address) => {
    const object = objectOf(memory, address);
    if (object === undefined || seen.has(object.base)) return false;
    seen.add(object.base);
    return refersTo(memory, object, names, starts);
  });
}

function refersTo(memory: GuestMemory, object: ElfObject, names: ReadonlySet<string>, starts: ReadonlySet<number>): boolean {
  const table = entry(object, DT.SYMTAB), seen = new Set<number>();
  for (const [place, type, symbol] of relocations(memory, object)) {
    if (symbol === 0) {
      if (type === R_386_RELATIVE && starts.has(word(memory, place))) return true;
    } else if (!seen.has(symbol)) {
      seen.add(symbol);
      if (names.has(nameOf(memory, object, table + 16 * symbol))) return true;
    }
  }
  return false;
}
