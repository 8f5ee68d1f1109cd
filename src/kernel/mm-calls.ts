// mmap(2), munmap(2), mprotect(2), mremap(2), brk(2), madvise(2), msync(2), mincore(2), mlock(2): Linux's rules and errors.
// Areas and memory themselves are mm.ts.

import { dataSize, mayCommit } from "./caps.ts";
import { E } from "./errno.ts";
import type { AddressSpace, MappableFile, VmArea } from "./mm.ts";
import {
  PAGE, PROT, areaIndex, areasIn, findArea, findGap, isFree, isOurs, mapArea, mergeAround, pageUp, readBacking, totalSize, unmapRange, writeBack,
} from "./mm.ts";
import { RLIMIT } from "./thread.ts";
import type { Process } from "./thread.ts";

export const MAP = {
  SHARED: 1, PRIVATE: 2, SHARED_VALIDATE: 3, TYPE: 15, FIXED: 0x10, ANONYMOUS: 0x20, GROWSDOWN: 0x100, DENYWRITE: 0x800, EXECUTABLE: 0x1000,
  LOCKED: 0x2000, NORESERVE: 0x4000, POPULATE: 0x8000, NONBLOCK: 0x10000, STACK: 0x20000, HUGETLB: 0x40000, SYNC: 0x80000,
  FIXED_NOREPLACE: 0x100000,
} as const;

const MMAP_MIN_ADDRESS = 0x10000;
const MAX_AREAS = 65530;

/** A file as mmap wants it: what may be done with it through its descriptor. */
export interface MapSource {
  readonly file: MappableFile | undefined; // undefined: as anonymous memory (/dev/zero)
  readonly readable: boolean;
  readonly writable: boolean;
}

/** mmap(2) with the offset in bytes. Returns the address or a negative errno. */
export function mmap(process: Process, hint: number, length: number, prot: number, flags: number, source: MapSource | undefined, offset: number): number {
  const { mm } = process;
  if (length === 0) return -E.INVAL;
  if (prot & PROT.READ && mm.readImpliesExec) prot |= PROT.EXEC;
  const size = pageUp(length);
  if (size >= 2 ** 32) return -E.NOMEM;
  if (offset / PAGE + size / PAGE > 2 ** 32) return -E.OVERFLOW;
  if (mm.areas.length >= MAX_AREAS) return -E.NOMEM;

  const fixed = (flags & (MAP.FIXED | MAP.FIXED_NOREPLACE)) !== 0;
  const address = choosePlace(process, hint, size, fixed);
  if (address < 0) return address;
  if (flags & MAP.FIXED_NOREPLACE && !isFree(mm, address, address + size)) return -E.EXIST;

  const type = flags & MAP.TYPE;
  const grows = (flags & MAP.GROWSDOWN) !== 0;
  const shared = type !== MAP.PRIVATE;
  let mayWrite = true;
  if (source) {
    if (type !== MAP.SHARED && type !== MAP.PRIVATE && type !== MAP.SHARED_VALIDATE) return -E.INVAL;
    if (shared && prot & PROT.WRITE && !source.writable) return -E.ACCES;
    if (!source.readable) return -E.ACCES;
    if (grows) return -E.INVAL;
    mayWrite = !shared || source.writable;
  } else {
    if (type !== MAP.SHARED && type !== MAP.PRIVATE) return -E.INVAL;
    if (shared && grows) return -E.INVAL;
  }
  if (totalSize(mm) - overlap(mm, address, address + size) + size > process.limits[RLIMIT.AS].soft) return -E.NOMEM;
  const data = prot & PROT.WRITE && !shared ? size : 0;
  if (data > 0 && !dataAllowed(process, data)) return -E.NOMEM;
  if (prot & PROT.WRITE && !source && !mayCommit(process, size)) return -E.NOMEM;
  const failed = mapArea(mm, address, size, prot & 7, { shared, growsDown: grows, file: source?.file, offset: source?.file ? offset : 0, mayWrite });
  return failed < 0 ? failed : address;
}

/** RLIMIT_DATA counts all private memory that can be written. */
function dataAllowed(process: Process, more: number): boolean {
  const limit = process.limits[RLIMIT.DATA].soft;
  return limit === Infinity || dataSize(process.mm) + more <= limit;
}

function overlap(mm: AddressSpace, start: number, end: number): number {
  let total = 0;
  for (let i = areaIndex(mm, start); i < mm.areas.length && mm.areas[i].start < end; i++)
    total += Math.min(end, mm.areas[i].end) - Math.max(start, mm.areas[i].start);
  return total;
}

function choosePlace(process: Process, hint: number, size: number, fixed: boolean): number {
  const { mm } = process;
  if (size > mm.taskSize) return -E.NOMEM;
  if (fixed) {
    if (hint % PAGE !== 0) return -E.INVAL;
    if (hint > mm.taskSize - size || isOurs(hint, hint + size)) return -E.NOMEM;
    if (hint < MMAP_MIN_ADDRESS && process.credentials.euid !== 0) return -E.PERM;
    return hint;
  }
  const wanted = hint > 0 ? pageUp(Math.max(hint, MMAP_MIN_ADDRESS)) : 0;
  if (wanted > 0 && wanted <= mm.taskSize - size && isFree(mm, wanted, wanted + size)) return wanted;
  const gap = findGap(mm, size);
  return gap < 0 ? -E.NOMEM : gap;
}

export function munmap(process: Process, address: number, length: number): number {
  const { mm } = process;
  const size = pageUp(length);
  if (address % PAGE !== 0 || address > mm.taskSize || size > mm.taskSize - address || size === 0) return -E.INVAL;
  unmapRange(mm, address, address + size);
  return 0;
}

/** Calls `visit` for each whole area in a range; -ENOMEM (after visiting the rest) when the range has holes. */
function forRange(mm: AddressSpace, start: number, end: number, visit: (area: VmArea) => number, stopAtHole: boolean): number {
  let at = start, result = 0;
  for (const area of areasIn(mm, start, end)) {
    if (area.start > at) {
      result = -E.NOMEM;
      if (stopAtHole) return result;
    }
    const failed = visit(area);
    if (failed < 0) return failed;
    at = area.end;
  }
  return at < end ? -E.NOMEM : result;
}

export function mprotect(process: Process, address: number, length: number, prot: number): number {
  const { mm } = process;
  if (prot & PROT.GROWSDOWN && prot & PROT.GROWSUP) return -E.INVAL;
  if (address % PAGE !== 0) return -E.INVAL;
  if (length === 0) return 0;
  const size = pageUp(length);
  let start = address;
  const end = start + size;
  if (end > 2 ** 32 || size === 0) return -E.NOMEM;
  if (prot & ~(7 | 8 | PROT.GROWSDOWN | PROT.GROWSUP)) return -E.INVAL;
  const first = mm.areas[areaIndex(mm, start)];
  if (!first) return -E.NOMEM;
  if (prot & PROT.GROWSDOWN) {
    if (first.start >= end) return -E.NOMEM;
    start = first.start;
    if (!first.growsDown) return -E.INVAL;
  } else if (prot & PROT.GROWSUP && first.start < end) return -E.INVAL; // nothing grows that way on this processor
  else if (first.start > start) return -E.NOMEM;
  if (prot & PROT.READ && mm.readImpliesExec) prot |= PROT.EXEC;
  const rights = prot & 7;
  const result = forRange(mm, start, end, (area) => {
    if (rights & PROT.WRITE && !area.mayWrite) return -E.ACCES;
    const gains = rights & ~area.prot & PROT.WRITE && !area.file ? area.end - area.start : 0;
    if (gains > 0 && !mayCommit(process, gains)) return -E.NOMEM;
    if (area.prot !== rights) {
      area.prot = rights;
      mm.memory.protect(area.start, area.end - area.start, rights);
    }
    return 0;
  }, true);
  mergeAround(mm, start, end);
  return result;
}

/** brk(2) as the kernel does it: the new break, or the old one when it cannot move. */
export function brk(process: Process, wanted: number): number {
  const { mm } = process;
  if (wanted < mm.brkStart) return mm.brk;
  const oldEnd = pageUp(mm.brk), newEnd = pageUp(wanted);
  if (newEnd < oldEnd) unmapRange(mm, newEnd, oldEnd);
  else if (newEnd > oldEnd) {
    const size = newEnd - oldEnd;
    if (wanted - mm.brkStart > process.limits[RLIMIT.DATA].soft || newEnd > mm.taskSize || isOurs(oldEnd, newEnd)) return mm.brk;
    if (totalSize(mm) + size > process.limits[RLIMIT.AS].soft || !dataAllowed(process, size) || !mayCommit(process, size)) return mm.brk;
    const next = mm.areas[areaIndex(mm, oldEnd)];
    if (next && next.start - (next.growsDown ? 256 * PAGE : PAGE) < newEnd) return mm.brk;
    mapArea(mm, oldEnd, size, mm.readImpliesExec ? 7 : 3, { name: "[heap]" });
  }
  mm.brk = wanted;
  return wanted;
}

const MREMAP = { MAYMOVE: 1, FIXED: 2, DONTUNMAP: 4 } as const;

export function mremap(process: Process, address: number, oldLength: number, newLength: number, flags: number, target: number): number {
  const { mm } = process;
  if (flags & ~7) return -E.INVAL;
  if (flags & MREMAP.FIXED && !(flags & MREMAP.MAYMOVE)) return -E.INVAL;
  if (flags & MREMAP.DONTUNMAP && (!(flags & MREMAP.MAYMOVE) || oldLength !== newLength)) return -E.INVAL;
  if (address % PAGE !== 0) return -E.INVAL;
  const oldSize = pageUp(oldLength), newSize = pageUp(newLength);
  if (newSize === 0) return -E.INVAL;
  const area = findArea(mm, address);
  if (!area) return -E.FAULT;
  const chooses = (flags & (MREMAP.FIXED | MREMAP.DONTUNMAP)) !== 0;
  if (flags & MREMAP.FIXED) {
    if (target % PAGE !== 0 || newSize > mm.taskSize || target > mm.taskSize - newSize) return -E.INVAL;
    if (address + oldSize > target && target + newSize > address) return -E.INVAL;
    if (isOurs(target, target + newSize)) return -E.NOMEM;
    unmapRange(mm, target, target + newSize);
  }
  if (oldSize > newSize && flags & MREMAP.FIXED) unmapRange(mm, address + newSize, address + oldSize);
  else if (oldSize >= newSize && !chooses) {
    if (oldSize > newSize) unmapRange(mm, address + newSize, address + oldSize);
    return address;
  }
  const moved = Math.min(oldSize, newSize);
  if (moved > area.end - address) return -E.FAULT;
  if (oldSize === 0 && !area.shared) return -E.INVAL;
  const growth = newSize - moved;
  if (totalSize(mm) + growth > process.limits[RLIMIT.AS].soft) return -E.NOMEM;
  if (area.prot & PROT.WRITE && !area.shared && growth > 0 && !dataAllowed(process, growth)) return -E.NOMEM;
  if (area.prot & PROT.WRITE && !area.file && !mayCommit(process, growth)) return -E.NOMEM;
  if (!chooses && oldSize > 0 && address + oldSize === area.end && area.end + growth <= mm.taskSize && isFree(mm, area.end, area.end + growth)) {
    extend(mm, area, growth);
    return address;
  }
  if (!(flags & MREMAP.MAYMOVE)) return -E.NOMEM;
  let to = target;
  if (!(flags & MREMAP.FIXED)) {
    to = choosePlace(process, flags & MREMAP.DONTUNMAP ? target : 0, newSize, false);
    if (to < 0) return to;
  }
  moveArea(mm, address, moved, to, newSize, (flags & MREMAP.DONTUNMAP) !== 0 || oldSize === 0);
  return to;
}

function extend(mm: AddressSpace, area: VmArea, growth: number): void {
  const from = area.end;
  mm.memory.map(from, growth, area.prot);
  area.end += growth;
  readBacking(mm, area, from, area.end);
  mergeAround(mm, area.start, area.end);
}

function moveArea(mm: AddressSpace, from: number, moved: number, to: number, size: number, keep: boolean): void {
  const { memory } = mm;
  const source = moved > 0 ? areasIn(mm, from, from + moved)[0] : findArea(mm, from);
  if (!source) return;
  const offset = source.offset + from - source.start;
  const { shared, growsDown, file, object, name, mayWrite } = source;
  mapArea(mm, to, size, source.prot, { shared, growsDown, file, offset, object, name, mayWrite });
  if (moved > 0 && !(source.shared && source.file)) {
    // Pages past the end of a file hold nothing; the others move, hidden or not.
    if (!(source.prot & 7)) memory.protect(from, moved, PROT.READ);
    for (let page = 0; page < moved; page += PAGE) if (memory.canRead(from + page, PAGE)) memory.poke(to + page, memory.subarray(from + page, PAGE));
    if (!(source.prot & 7)) memory.protect(from, moved, 0);
  }
  // The new pages join those that show the same memory elsewhere.
  if (source.shared && moved > 0) memory.share(from, to, moved);
  if (!keep) unmapRange(mm, from, from + moved);
  else if (moved > 0 && !source.file && !source.shared) memory.map(from, moved, source.prot);
}

const ADVICE = { DONTNEED: 4, FREE: 8, REMOVE: 9, POPULATE_READ: 22, POPULATE_WRITE: 23, DONTNEED_LOCKED: 24 } as const;
const KNOWN_ADVICE = new Set([0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);

export function madvise(process: Process, address: number, length: number, advice: number): number {
  const { mm } = process;
  if (!KNOWN_ADVICE.has(advice)) return -E.INVAL;
  if (address % PAGE !== 0) return -E.INVAL;
  const size = pageUp(length);
  if (size < length || address + size > 2 ** 32) return -E.INVAL;
  if (size === 0) return 0;
  const result = forRange(mm, address, address + size, (area) => {
    if (advice === ADVICE.DONTNEED || advice === ADVICE.DONTNEED_LOCKED) {
      if (area.locked && advice === ADVICE.DONTNEED) return -E.INVAL;
      discard(mm, area);
    } else if (advice === ADVICE.FREE) {
      if (area.file || area.shared) return -E.INVAL;
    } else if (advice === ADVICE.REMOVE) {
      if (!area.shared || !(area.prot & PROT.WRITE)) return area.shared ? -E.ACCES : -E.INVAL;
      if (!area.file) mm.memory.map(area.start, area.end - area.start, area.prot);
    }
    return 0;
  }, false);
  mergeAround(mm, address, address + size);
  return result;
}

function discard(mm: AddressSpace, area: VmArea): void {
  if (area.shared) return;
  mm.memory.map(area.start, area.end - area.start, area.prot);
  readBacking(mm, area, area.start, area.end);
}

export function msync(process: Process, address: number, length: number, flags: number): number {
  const { mm } = process;
  const ASYNC = 1, INVALIDATE = 2, SYNC = 4;
  if (flags & ~7 || address % PAGE !== 0 || (flags & ASYNC && flags & SYNC)) return -E.INVAL;
  const end = address + pageUp(length);
  if (end > 2 ** 32) return -E.NOMEM;
  if (end === address) return 0;
  return forRange(mm, address, end, (area) => {
    if (flags & INVALIDATE && area.locked) return -E.BUSY;
    return area.shared && !writeBack(mm, area) ? -E.IO : 0;
  }, false);
}

/** mlock(2) and munlock(2): pages are never swapped out here, so only the bookkeeping and the errors remain. */
export function mlock(process: Process, address: number, length: number, lock: boolean): number {
  const { mm } = process;
  const start = address - (address % PAGE);
  const end = start + pageUp(length + (address % PAGE));
  if (end > 2 ** 32) return -E.INVAL;
  if (end === start) return 0;
  if (lock && process.credentials.euid !== 0) {
    const limit = process.limits[RLIMIT.MEMLOCK].soft;
    if (limit === 0) return -E.PERM;
    const locked = mm.areas.reduce((sum, area) => sum + (area.locked ? area.end - area.start : 0), 0);
    if (locked + end - start > limit) return -E.NOMEM;
  }
  const result = forRange(mm, start, end, (area) => {
    area.locked = lock;
    return 0;
  }, true);
  mergeAround(mm, start, end);
  return result;
}

/** mincore(2): one byte a page, every mapped page being resident. */
export function mincore(process: Process, address: number, length: number, vector: number): number {
  const { mm } = process;
  if (address % PAGE !== 0) return -E.INVAL;
  const size = pageUp(length);
  if (address + size > mm.taskSize) return -E.NOMEM;
  const pages = size / PAGE;
  if (!mm.memory.canWrite(vector, pages)) return -E.FAULT;
  for (let at = address; at < address + size; ) {
    const area = findArea(mm, at);
    if (!area) return -E.NOMEM;
    at = area.end;
  }
  return mm.memory.write(vector, new Uint8Array(pages).fill(1)) ? 0 : -E.FAULT;
}
