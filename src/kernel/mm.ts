// The address space of a process as the kernel sees it: vm areas, and the operations that keep areas and guest memory in step.
// The rules of mmap(2), mprotect(2), mremap(2), brk(2) and so on stand in mm-calls.ts; the bytes in src/runtime/memory.ts.
//
// Addresses and lengths are non-negative numbers (uint32); ends are exclusive and may be 2^32.

import type { Cpu } from "../runtime/cpu.ts";
import type { Engine } from "../runtime/engine.ts";
import { HIDDEN } from "../runtime/hidden.ts";
import { PERM } from "../runtime/memory.ts";
import { E } from "./errno.ts";
import { NOBODY, putBody, takeBody } from "./bodies.ts";
import type { Bodies } from "./bodies.ts";
import type { GuestMemory } from "../runtime/memory.ts";
import type { Thread } from "./thread.ts";

export const PAGE = 4096;
export const PROT = { READ: 1, WRITE: 2, EXEC: 4, GROWSDOWN: 0x0100_0000, GROWSUP: 0x0200_0000 } as const;

/** What can be mapped: the part of an open file that memory needs. */
export interface MappableFile {
  /** Name for /proc/self/maps. */
  readonly name: string;
  readonly device: number;
  readonly inode: number;
  size(): number;
  /** Where it is mapped, in all processes. */
  places(): readonly { readonly mm: AddressSpace; readonly area: VmArea }[];
  /** Bytes read (0 at the end of the file), or a negative errno. Synchronous. */
  pread(offset: number, into: Uint8Array): number;
  /** Writes back a shared mapping. */
  pwrite(offset: number, bytes: Uint8Array): number;
  /** A mapping keeps its file: called as areas come and go. */
  retain(): void;
  release(): void;
}

/** A stretch of pages with the same backing and rights, as a line of /proc/PID/maps. */
export interface VmArea {
  start: number;
  end: number;
  prot: number;
  readonly shared: boolean;
  /** Grows downwards on faults below it (the stack). */
  readonly growsDown: boolean;
  readonly file: MappableFile | undefined;
  /** Offset in the file, or in the shared memory, of `start`. */
  offset: number;
  /** Names shared anonymous memory, in whichever process it is seen; 0 for other areas. */
  readonly object: number;
  /** "[heap]", "[stack]", "[vdso]", or "". */
  readonly name: string;
  /** May become writable (a shared mapping of a file opened read-only may not). */
  readonly mayWrite: boolean;
  /** Shared, writable file mappings: the bytes as they were last in step with the file. */
  shadow: Uint8Array | undefined;
  locked: boolean;
}

export interface AddressSpace {
  readonly memory: GuestMemory;
  /** Sorted by address, without overlap. */
  readonly areas: VmArea[];
  /** First address beyond user space, and where the search for free space goes down from. */
  readonly taskSize: number;
  readonly mmapBase: number;
  brkStart: number;
  brk: number;
  stackTop: number;
  /** READ_IMPLIES_EXEC, for programs without PT_GNU_STACK. */
  readImpliesExec: boolean;
  /** Processes that live here (vfork, CLONE_VM). */
  users: number;
  /** What runs the threads that live here, and the thread whose registers it holds. Made with the first thread. */
  cpu: Cpu | undefined;
  engine: Engine | undefined;
  owner: Thread | undefined;
  /** Names the program: where it is the same, so is most of the code. */
  readonly program: string;
  /** Where its memory goes in the end. */
  readonly bodies: Bodies;
  /** Addresses of the vDSO's entry points, by personality. */
  readonly symbols: Map<string, number>;
}

/** For address spaces without a machine. */
const COMMON: Bodies = [];

/** An empty address space; one of size 0 has no memory either (a process before its first program). `program` names what is to run there. */
export function createAddressSpace(taskSize: number, mmapBase: number, program = "", bodies = COMMON): AddressSpace {
  const { memory, equipment } = taskSize === 0 ? NOBODY : takeBody(bodies, program);
  return {
    memory, areas: [], taskSize, mmapBase, brkStart: 0, brk: 0, stackTop: 0, readImpliesExec: false, users: 1, symbols: new Map(),
    program, bodies, cpu: equipment?.cpu, engine: equipment?.engine, owner: undefined,
  };
}

export const pageDown = (address: number): number => address - (address % PAGE);
export const pageUp = (address: number): number => Math.ceil(address / PAGE) * PAGE;

/** Index of the first area that ends above the address. */
export function areaIndex(mm: AddressSpace, address: number): number {
  let low = 0, high = mm.areas.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (mm.areas[middle].end > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The area that holds the address. */
export function findArea(mm: AddressSpace, address: number): VmArea | undefined {
  const area = mm.areas[areaIndex(mm, address)];
  return area && area.start <= address ? area : undefined;
}

/** Whether a range has any of the addresses that jit386 keeps to itself. */
export const isOurs = (start: number, end: number): boolean => start < HIDDEN.END && end > HIDDEN.START;

/** Whether anything may be mapped in a range and nothing is. */
export function isFree(mm: AddressSpace, start: number, end: number): boolean {
  return !isOurs(start, end) && isUnmapped(mm, start, end);
}

function isUnmapped(mm: AddressSpace, start: number, end: number): boolean {
  const next = mm.areas[areaIndex(mm, start)];
  return !next || next.start >= end;
}

/** The areas in a range, whole ones only: areas that straddle its ends are split first. */
export function areasIn(mm: AddressSpace, start: number, end: number): VmArea[] {
  split(mm, start);
  split(mm, end);
  const from = areaIndex(mm, start);
  let to = from;
  while (to < mm.areas.length && mm.areas[to].start < end) to++;
  return mm.areas.slice(from, to);
}

function split(mm: AddressSpace, at: number): void {
  const index = areaIndex(mm, at);
  const area = mm.areas[index];
  if (!area || area.start >= at) return;
  const lower = at - area.start;
  const upper: VmArea = { ...area, start: at, offset: area.offset + lower, shadow: area.shadow?.subarray(lower) };
  area.end = at;
  area.shadow = area.shadow?.subarray(0, lower);
  area.file?.retain();
  mm.areas.splice(index + 1, 0, upper);
}

function canMerge(a: VmArea, b: VmArea): boolean {
  return (
    a.end === b.start && a.prot === b.prot && a.shared === b.shared && a.growsDown === b.growsDown && a.file === b.file && a.name === b.name &&
    a.mayWrite === b.mayWrite && a.locked === b.locked && a.object === b.object && !a.shadow && !b.shadow && ((!a.file && a.object === 0) || a.offset + (a.end - a.start) === b.offset)
  );
}

/** Joins neighbours in and around a range that have become alike. */
export function mergeAround(mm: AddressSpace, start: number, end: number): void {
  let index = Math.max(0, areaIndex(mm, start) - 1);
  while (index + 1 < mm.areas.length && mm.areas[index].start <= end) {
    const a = mm.areas[index], b = mm.areas[index + 1];
    if (canMerge(a, b)) {
      a.end = b.end;
      b.file?.release();
      mm.areas.splice(index + 1, 1);
    } else index++;
  }
}

export interface AreaOptions {
  readonly shared?: boolean;
  readonly growsDown?: boolean;
  readonly file?: MappableFile;
  readonly offset?: number;
  readonly object?: number;
  readonly name?: string;
  readonly mayWrite?: boolean;
}

let nextObject = 1;

/**
 * Maps pages at a fixed place, replacing what was there. File contents are read at once; pages past the end of the file raise SIGBUS.
 * Returns 0, or a negative errno: when the file cannot be read, or the place cannot be had.
 */
export function mapArea(mm: AddressSpace, start: number, length: number, prot: number, options: AreaOptions = {}): number {
  const end = start + length;
  if (isOurs(start, end)) return -E.NOMEM;
  unmapRange(mm, start, end);
  const area: VmArea = {
    start, end, prot, shared: options.shared ?? false, growsDown: options.growsDown ?? false, file: options.file, offset: options.offset ?? 0,
    object: options.shared && !options.file ? options.object ?? nextObject++ : 0, name: options.name ?? "", mayWrite: options.mayWrite ?? true, shadow: undefined, locked: false,
  };
  mm.memory.map(start, length, prot);
  mm.areas.splice(areaIndex(mm, start), 0, area);
  if (area.file) {
    area.file.retain();
    const failed = readBacking(mm, area, start, end);
    if (failed < 0) {
      unmapRange(mm, start, end);
      return failed;
    }
    if (area.shared) linkShared(mm, area);
  }
  mergeAround(mm, start, end);
  return 0;
}

/** Fills pages of a file mapping from the file. */
export function readBacking(mm: AddressSpace, area: VmArea, start: number, end: number): number {
  const { file } = area;
  if (!file) return 0;
  const { memory } = mm;
  const offset = area.offset + (start - area.start);
  const available = Math.max(0, Math.min(end - start, file.size() - offset));
  if (available > 0) {
    const direct = memory.canRead(start, available);
    if (direct) memory.touch(start, available);
    const window = direct ? memory.subarray(start, available) : new Uint8Array(available);
    for (let done = 0; done < available; ) {
      const got = file.pread(offset + done, done === 0 ? window : window.subarray(done));
      if (got < 0) return got;
      if (got === 0) break;
      done += got;
    }
    if (!direct) memory.poke(start, window);
  }
  const filled = start + pageUp(available);
  if (filled < end) memory.markBus(filled, end - filled);
  if (area.shared && area.mayWrite) area.shadow = snapshot(mm, area);
  return 0;
}

function snapshot(mm: AddressSpace, area: VmArea): Uint8Array {
  return new Uint8Array(mm.memory.subarray(area.start, area.end - area.start));
}

/** A shared file mapping shows the same bytes as all other shared mappings of that part of the file, in whichever process. */
function linkShared(mm: AddressSpace, area: VmArea): void {
  for (const { mm: home, area: other } of area.file?.places() ?? []) {
    if (other === area || !other.shared) continue;
    const from = Math.max(area.offset, other.offset);
    const to = Math.min(area.offset + area.end - area.start, other.offset + other.end - other.start);
    if (from >= to) continue;
    const here = area.start + from - area.offset, there = other.start + from - other.offset;
    if (home.memory.canRead(there, to - from)) mm.memory.poke(here, home.memory.subarray(there, to - from));
    mm.memory.share(here, there, to - from, home.memory);
  }
}

/** Writes the changed bytes of a shared mapping to its file; false when the file refuses. */
export function writeBack(mm: AddressSpace, area: VmArea): boolean {
  const { file, shadow } = area;
  if (!file || !shadow) return true;
  const limit = Math.min(area.end - area.start, Math.max(0, file.size() - area.offset));
  let ok = true;
  for (let page = 0; page < limit; page += PAGE) {
    const stop = Math.min(page + PAGE, limit);
    if (!mm.memory.canRead(area.start + page, stop - page)) continue;
    const now = mm.memory.subarray(area.start + page, stop - page);
    let first = 0;
    while (first < now.length && now[first] === shadow[page + first]) first++;
    if (first === now.length) continue;
    let last = now.length;
    while (now[last - 1] === shadow[page + last - 1]) last--;
    const changed = new Uint8Array(now.subarray(first, last));
    if (file.pwrite(area.offset + page + first, changed) < 0) ok = false;
    shadow.set(changed, page + first);
  }
  return ok;
}

/** Removes all mappings in [start, end). */
export function unmapRange(mm: AddressSpace, start: number, end: number): void {
  if (isUnmapped(mm, start, end)) return;
  const areas = areasIn(mm, start, end);
  for (const area of areas) {
    writeBack(mm, area);
    mm.memory.unmap(area.start, area.end - area.start);
    area.file?.release();
  }
  mm.areas.splice(mm.areas.indexOf(areas[0]), areas.length);
}

/**
 * Writes back and lets go of everything, at the end of the address space's life. `again`: other processes may use its memory again, so it
 * is cleared now; with the last one that would be 6 ms for nothing.
 */
export function releaseAddressSpace(mm: AddressSpace, again: boolean): void {
  if (--mm.users > 0) return;
  for (const area of mm.areas) {
    writeBack(mm, area);
    area.file?.release();
  }
  if (again && mm.taskSize > 0) {
    const { memory, cpu, engine, program } = mm;
    const equipment = cpu !== undefined && engine?.park !== undefined ? { cpu, engine } : undefined;
    if (equipment) equipment.engine.park?.();
    else memory.onCodeWrite = () => {};
    for (const { start, end } of mm.areas) memory.reset(start, end - start);
    memory.leave();
    putBody(mm.bodies, { memory, equipment, program });
    mm.cpu = mm.engine = undefined;
  }
  mm.areas.length = 0;
}

/** Room kept free below a stack. */
const STACK_GUARD = 256 * PAGE;
const MMAP_MIN = 0x10000;

/** The highest place for `length` bytes in a range where nothing is mapped; -1 when there is none. */
function highest(floor: number, ceiling: number, length: number): number {
  if (ceiling - Math.max(floor, HIDDEN.END) >= length) return ceiling - length;
  const below = Math.min(ceiling, HIDDEN.START);
  return floor < HIDDEN.START && below - floor >= length ? below - length : -1;
}

/** A free place for `length` bytes: the highest below `mmapBase`, else the lowest above a third of user space. -1 when there is none. */
export function findGap(mm: AddressSpace, length: number): number {
  const { areas } = mm;
  let ceiling = mm.mmapBase;
  for (let i = areas.length - 1; i >= 0; i--) {
    const area = areas[i];
    if (area.start >= mm.mmapBase) continue;
    const floor = Math.min(area.end, mm.mmapBase);
    const place = highest(floor, ceiling, length);
    if (place >= 0) return place;
    ceiling = Math.min(ceiling, area.growsDown ? area.start - STACK_GUARD : area.start);
  }
  const place = highest(MMAP_MIN, ceiling, length);
  if (place >= 0) return place;
  let low = pageDown(Math.floor(mm.taskSize / 3));
  for (let i = areaIndex(mm, low); i <= areas.length; i++) {
    const area = areas[i];
    const high = area ? (area.growsDown ? area.start - STACK_GUARD : area.start) : mm.taskSize;
    if (high - low >= length) return low;
    if (area) low = Math.max(low, area.end);
  }
  return -1;
}

/** Sum of all areas in bytes. */
export function totalSize(mm: AddressSpace): number {
  let total = 0;
  for (const area of mm.areas) total += area.end - area.start;
  return total;
}

/** Grows a stack down to the faulting address when it lies in reach of one; true when the access can be tried again. */
export function growStack(mm: AddressSpace, address: number, limit: number): boolean {
  const index = areaIndex(mm, address);
  const area = mm.areas[index];
  if (!area || !area.growsDown || area.start <= address) return false;
  const start = pageDown(address);
  const below = mm.areas[index - 1];
  if (area.end - start > limit || start < MMAP_MIN || isOurs(start, area.start) || (below && below.prot !== 0 && start - below.end < STACK_GUARD)) return false;
  mm.memory.map(start, area.start - start, area.prot);
  area.start = start;
  return true;
}

/** Private data of this size is copied when it is used, not before: most children use little of it. */
const LARGE = 1 << 20;

/** fork's copy: private pages are copied (untouched ones need not be), shared ones are linked. `whole`: all at once. */
export function cloneAddressSpace(mm: AddressSpace, whole = false): AddressSpace {
  mm.memory.takeAll();
  const copy = createAddressSpace(mm.taskSize, mm.mmapBase, mm.program, mm.bodies);
  copy.brkStart = mm.brkStart;
  copy.brk = mm.brk;
  copy.stackTop = mm.stackTop;
  copy.readImpliesExec = mm.readImpliesExec;
  for (const [name, address] of mm.symbols) copy.symbols.set(name, address);
  for (const area of mm.areas) {
    area.file?.retain();
    copy.areas.push({ ...area, shadow: area.shadow?.slice(), locked: false });
    const { start, end, prot } = area;
    const later = end - start >= LARGE && !whole && !area.shared && !area.file && !area.growsDown && (prot & (PROT.READ | PROT.EXEC)) === PROT.READ;
    if (later) copy.memory.borrow(mm.memory, start, end - start, prot);
    else copyPages(mm.memory, copy.memory, area);
  }
  return copy;
}

function copyPages(from: GuestMemory, to: GuestMemory, area: VmArea): void {
  const { start, end, prot } = area;
  const hidden = (prot & 7) === 0;
  to.map(start, end - start, prot);
  if (hidden) from.protect(start, end - start, PROT.READ);
  const words = new Int32Array(from.buffer, start, (end - start) >>> 2);
  const wanted = (page: number) => !from.isUntouched(page >>> 12) && !isZero(words, (page - start) >>> 2);
  for (let page = start; page < end; ) {
    if (from.perm[page >>> 12] & PERM.BUS) {
      to.markBus(page, PAGE);
      page += PAGE;
      continue;
    }
    // Runs of pages that hold something are copied at once; untouched pages stay untouched.
    let stop = page;
    while (stop < end && !(from.perm[stop >>> 12] & PERM.BUS) && wanted(stop)) stop += PAGE;
    if (stop > page) to.poke(page, from.subarray(page, stop - page));
    page = Math.max(stop, page + PAGE);
  }
  if (hidden) from.protect(start, end - start, 0);
  if (area.shared) from.share(start, start, end - start, to);
}

function isZero(words: Int32Array, at: number): boolean {
  for (let i = at, end = at + PAGE / 4; i < end; i++) if (words[i] !== 0) return false;
  return true;
}

const hex = (n: number, width: number): string => n.toString(16).padStart(width, "0");

function formatArea(area: VmArea): string {
  const rights = (area.prot & 1 ? "r" : "-") + (area.prot & 2 ? "w" : "-") + (area.prot & 4 ? "x" : "-") + (area.shared ? "s" : "p");
  const device = area.file?.device ?? 0;
  const line =
    `${hex(area.start, 8)}-${hex(area.end, 8)} ${rights} ${hex(area.file ? area.offset : 0, 8)} ` +
    `${hex((device >>> 8) & 0xfff, 2)}:${hex((device & 0xff) | ((device >>> 12) & 0xfff00), 2)} ${area.file?.inode ?? 0} `;
  const name = area.name || area.file?.name || "";
  return name === "" ? `${line}\n` : `${line.padEnd(49)}${name}\n`;
}

/** /proc/PID/maps, proc(5). */
export function formatMaps(mm: AddressSpace): string {
  return mm.areas.map(formatArea).join("");
}

const SMAPS = [
  "Rss", "Pss", "Pss_Dirty", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Referenced", "Anonymous", "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped",
  "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss", "Locked",
] as const;
type Usage = Partial<Record<(typeof SMAPS)[number], number>>;

/** What may be accessed counts as there, and what is written to as the process's own: pages are not told apart. */
function usageOf(area: VmArea): Usage {
  const size = area.prot & 7 ? area.end - area.start : 0;
  const dirty = area.prot & 2 || !area.file ? size : 0, clean = size - dirty;
  return {
    Rss: size, Pss: size, Pss_Dirty: dirty, Referenced: size, Anonymous: area.shared || (area.file && !dirty) ? 0 : size,
    ...(area.shared ? { Shared_Clean: clean, Shared_Dirty: dirty } : { Private_Clean: clean, Private_Dirty: dirty }),
  };
}

const kilobytes = (name: string, bytes: number): string => `${`${name}:`.padEnd(16)}${String(bytes / 1024).padStart(8)} kB\n`;
const formatUsage = (usage: Usage): string => SMAPS.map((name) => kilobytes(name, usage[name] ?? 0)).join("");

/** /proc/PID/smaps, or the sum of it that is /proc/PID/smaps_rollup. */
export function formatSmaps(mm: AddressSpace, rollup: boolean): string {
  if (rollup) {
    const sum: Usage = {};
    for (const area of mm.areas) {
      const usage = usageOf(area);
      for (const name of SMAPS) sum[name] = (sum[name] ?? 0) + (usage[name] ?? 0);
    }
    const [first] = mm.areas, last = mm.areas.at(-1);
    return first && last ? `${`${hex(first.start, 8)}-${hex(last.end, 8)} ---p 00000000 00:00 0 `.padEnd(49)}[rollup]\n${formatUsage(sum)}` : "";
  }
  return mm.areas.map((area) => {
    const size = kilobytes("Size", area.end - area.start) + kilobytes("KernelPageSize", PAGE) + kilobytes("MMUPageSize", PAGE);
    const flags = [area.prot & 1 && "rd", area.prot & 2 && "wr", area.prot & 4 && "ex", area.shared && "sh", "mr mw me", area.shared && "ms", area.growsDown && "gd"];
    return `${formatArea(area)}${size}${formatUsage(usageOf(area))}THPeligible:           0\nVmFlags: ${flags.filter(Boolean).join(" ")} \n`;
  }).join("");
}
