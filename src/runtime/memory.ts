// Guest memory: one flat buffer per address space, guest address = index, and one permission byte per 4 KiB page.
//
// What lives here: the buffer, the page permissions, zeroing rules, checked access for the kernel, and the notice to
// the code cache when a page that holds translated code changes. What does not: vm areas and mmap's rules (src/kernel/mm),
// the CPU's own loads and stores (cpu.ts and generated code, which use `view` and `perm` directly). There is nothing behind the 4 GiB: a DataView
// throws for an access across the end, so whoever reads first and tests then must have asked before whether the access crosses its page.
//
// Invariant that makes loads cheap: a page that cannot be read holds zeros. So a load tests its value first, and only a
// zero pays for the look at the permission. Pages are zeroed on unmap; a page that loses its read right is stashed and
// zeroed, and comes back when the right does.
//
// fork copies large areas when they are used. The child's pages are absent: no rights, and zeros. Whoever needs one takes it, from the parent;
// and the parent gives it before the page changes or goes.

import { HIDDEN } from "./hidden.ts";
import { type WasmMemory, webAssembly } from "./webassembly.ts";

/** Bits of a page's permission byte. */
export const PERM = {
  R: 1,
  W: 2,
  X: 4,
  /** Holds translated code: a store must tell the code cache. */
  CODE: 8,
  /** Another page shows the same bytes: a store must be written through. */
  SHARED: 16,
  /**
   * The first store is to be noted: nobody has stored to the page since it was mapped, and it holds zeros; or a forked child may want what is
   * in it. The store takes the mark away, from a whole clump of pages.
   */
  FRESH: 32,
  /** Past the end of the mapped file: an access raises SIGBUS. Such a page has no R, W or X. */
  BUS: 64,
} as const;

export const PAGE_SIZE = 4096;
const PAGES = 1 << 20;
const SPACE = 2 ** 32;
/** Of a WebAssembly memory: 64 KiB each. */
const WASM_PAGES = SPACE / 65536;

/**
 * Pages that lose FRESH together. What is not fresh is looked at when a process forks or ends, so small clumps are better there; a first
 * store costs the way through the interpreter, so large ones are better here: about a microsecond for 64 KiB.
 */
const CLUMP = 16;

const { R, W, X, CODE, SHARED, FRESH } = PERM;
/** What is known of a page beside its rights, in `mapped`. */
const MAPPED_PAGE = 1;
/** Its contents are still in the lender's page of the same number. The rights that it will have stand in bits 3 to 5. */
const ABSENT = 2;
/** Children may have it absent. Such a page is FRESH, but no page of zeros. */
const LENT = 4;
const RIGHTS_SHIFT = 3;
/** It has been executable since after it was writable. */
const GENERATED = 64;
const ZERO_PAGE = new Uint8Array(PAGE_SIZE);

export interface GuestMemory {
  readonly buffer: SharedArrayBuffer;
  /** The memory whose buffer it is; undefined where the host gives none. */
  readonly wasm: WasmMemory | undefined;
  readonly view: DataView;
  /** The 4 GiB as bytes. */
  readonly u8: Uint8Array;
  /** Permission byte of each page; negative (bit 7) exactly when a store needs nothing but the store: W without CODE, SHARED, FRESH. */
  readonly perm: Int8Array;
  /** Called before bytes of a CODE page change: [address, address + length), and when rights to execute are lost. Set by the code cache. */
  onCodeWrite: (address: number, length: number) => void;

  /** Maps zero-filled pages. `prot` is PROT_READ=1 | PROT_WRITE=2 | PROT_EXEC=4 (W and X imply R, as on the hardware). */
  map(address: number, length: number, prot: number): void;
  /** As unmap of a range that is mapped throughout, in a memory that nobody runs in any more; code is not told. The last such call is `leave`. */
  reset(address: number, length: number): void;
  /** After the reset of all that was mapped: nobody is lent anything, nothing is borrowed. */
  leave(): void;
  /** Notes that mapped pages are about to be filled, through a window or by a store. */
  touch(address: number, length: number): void;
  unmap(address: number, length: number): void;
  protect(address: number, length: number, prot: number): void;
  /** Marks mapped pages as lying past the end of their file (SIGBUS on access). */
  markBus(address: number, length: number): void;
  /** Marks a page as holding translated code, or no longer. */
  setCode(page: number, holdsCode: boolean): void;
  /** Makes mapped pages at `a` and those at `b` (of another address space, when given) show the same bytes: a store to one is written through to the other. */
  share(a: number, b: number, length: number, other?: GuestMemory): void;
  /**
   * Maps pages that show what `from` has there, as a copy that is made when it is needed. Stores to them on either side are the storing side's
   * own. Pages must be readable in `from`, and not shared.
   */
  borrow(from: GuestMemory, address: number, length: number, prot: number): void;
  /** Brings contents that are still elsewhere; true when there were any at the address. An access that failed can be tried again. */
  take(address: number): boolean;
  /** Brings all of them. */
  takeAll(): void;
  /** Whether a mapped page still holds the zeros that it was mapped with. False is no proof of the contrary. */
  isUntouched(page: number): boolean;
  isMapped(page: number): boolean;
  /** Whether what is executed there was probably written there by the program: the page is writable, or was before it became executable. */
  isGenerated(page: number): boolean;

  canRead(address: number, length: number): boolean;
  canWrite(address: number, length: number): boolean;
  /** First address in the range that lacks the right (`right` is PERM.R, W or X), or -1. */
  firstBad(address: number, length: number, right: number): number;
  /** A copy of guest bytes; undefined means EFAULT. */
  read(address: number, length: number): Uint8Array<ArrayBuffer> | undefined;
  /** Copies bytes in; false means EFAULT (nothing was written). */
  write(address: number, bytes: Uint8Array): boolean;
  /** A window on guest bytes for reading, without any check. */
  subarray(address: number, length: number): Uint8Array;
  /** A window for the kernel to fill at once; code there is invalidated. undefined means EFAULT. Call endWrite after filling. */
  beginWrite(address: number, length: number): Uint8Array | undefined;
  endWrite(address: number, length: number): void;
  /** Writes as the kernel loading an image does: no rights needed (the pages must be mapped). */
  poke(address: number, bytes: Uint8Array): void;
  /** Bytes up to a NUL (not included): "fault" for an unreadable byte, "toolong" when there is no NUL in `max` bytes. */
  cstring(address: number, max: number): Uint8Array<ArrayBuffer> | "fault" | "toolong";
  loadU8(address: number): number | undefined;
  loadU16(address: number): number | undefined;
  loadU32(address: number): number | undefined;
  loadU64(address: number): bigint | undefined;
  storeU8(address: number, v: number): boolean;
  storeU16(address: number, v: number): boolean;
  storeU32(address: number, v: number): boolean;
  storeU64(address: number, v: bigint): boolean;
  /** After a store of the CPU to a page that is not PLAIN: writes through to shared pages. */
  afterStore(address: number, length: number): void;
}

const MAPPED = new Int8Array(128); // perm bits (low 7) -> the byte with its sign bit
for (let bits = 0; bits < 128; bits++) MAPPED[bits] = bits & W && !(bits & (CODE | SHARED | FRESH)) ? bits | -128 : bits;

/** What sharing needs to see of the address space that a page belongs to. */
interface Space {
  readonly u8: Uint8Array;
  readonly perm: Int8Array;
  readonly stash: Map<number, Uint8Array>;
  readonly mapped: Uint8Array;
  /** Whose pages are absent here, and who has ours absent. */
  lender: Space | undefined;
  readonly borrowers: Set<Space>;
  /** Page -> ring of pages that show the same bytes, itself among them. */
  readonly shared: Map<number, SharedPage[]>;
  readonly memory: GuestMemory;
}

interface SharedPage {
  readonly space: Space;
  readonly page: number;
}

const spaces = new WeakMap<GuestMemory, Space>();

/** Makes an absent page a page like others. */
function takePage(to: Space, page: number): void {
  const start = page * PAGE_SIZE, from = to.lender as Space;
  to.u8.set(from.u8.subarray(start, start + PAGE_SIZE), start);
  const bits = (to.mapped[page] >> RIGHTS_SHIFT) & 7;
  to.perm[page] = MAPPED[bits];
  to.mapped[page] = MAPPED_PAGE;
  if (bits & R) return;
  to.stash.set(page, to.u8.slice(start, start + PAGE_SIZE));
  to.u8.fill(0, start, start + PAGE_SIZE);
}

/** A memory for code in JavaScript and in WebAssembly, if there can be one. A wasm32 memory has 4 GiB at most. */
function wasmMemory(): WasmMemory | undefined {
  const host = webAssembly();
  try {
    if (host === undefined) return undefined;
    // Grown, because V8 14 collects garbage, all of it, each time a memory of this size is made (external memory pressure)
    const memory = new host.Memory({ initial: 1, maximum: WASM_PAGES, shared: true });
    memory.grow(WASM_PAGES - 1);
    return memory;
  } catch {
    return undefined; // no address space for the memory and its guard regions
  }
}

/** Makes an empty address space. Costs about 0.05 ms: the 4 GiB are committed page by page as they are touched. */
export function createMemory(): GuestMemory {
  const wasm = wasmMemory(), buffer = wasm === undefined ? new SharedArrayBuffer(SPACE) : wasm.buffer;
  const view = new DataView(buffer);
  const u8 = new Uint8Array(buffer, 0, SPACE);
  const words = new Float64Array(buffer, 0, SPACE / 8);
  const perm = new Int8Array(buffer, HIDDEN.PERM, PAGES + 16);
  const mapped = new Uint8Array(PAGES);
  /** Contents of mapped pages that cannot be read just now. */
  const stash = new Map<number, Uint8Array>();
  const shared = new Map<number, SharedPage[]>();

  const pageOf = (address: number) => address >>> 12;
  const lastPage = (address: number, length: number) => Math.min(PAGES - 1, Math.floor(((address >>> 0) + length - 1) / PAGE_SIZE)); // -1: none
  const rights = (prot: number) => (prot & 7 ? (prot & 7) | R : 0);

  function setRights(page: number, bits: number): void {
    const keep = perm[page] & (CODE | SHARED | FRESH);
    perm[page] = MAPPED[bits | keep];
  }

  function dropCode(page: number): void {
    if (perm[page] & CODE) memory.onCodeWrite(page * PAGE_SIZE, PAGE_SIZE);
  }

  function firstBad(address: number, length: number, right: number): number {
    const start = address >>> 0;
    if (length <= 0) return -1;
    if (start + length > SPACE) return length > SPACE ? start : firstBadIn(start, SPACE - start, right);
    return firstBadIn(start, length, right);
  }

  function firstBadIn(start: number, length: number, right: number): number {
    const end = pageOf(start + length - 1);
    for (let page = pageOf(start); page <= end; page++) {
      if (perm[page] & right || (mapped[page] & ABSENT && takeClump(page) && perm[page] & right)) continue;
      return Math.max(start, page * PAGE_SIZE);
    }
    return -1;
  }

  const inside = (address: number, length: number) => length >= 0 && (address >>> 0) + length <= SPACE;
  const canRead = (address: number, length: number) => inside(address, length) && firstBad(address, length, R) === -1;
  const canWrite = (address: number, length: number) => inside(address, length) && firstBad(address, length, W) === -1;

  function invalidate(address: number, length: number): void {
    if (length <= 0) return;
    const start = address >>> 0, end = start + length;
    for (let page = pageOf(start), last = pageOf(end - 1); page <= last; page++) {
      if (perm[page] & FRESH) touchPage(page);
      if (!(perm[page] & CODE)) continue;
      const from = Math.max(start, page * PAGE_SIZE), to = Math.min(end, (page + 1) * PAGE_SIZE);
      memory.onCodeWrite(from, to - from);
    }
  }

  function touchPage(page: number): void {
    const first = page - (page % CLUMP);
    for (let at = first; at < first + CLUMP; at++) {
      if (!(perm[at] & FRESH)) continue;
      if (mapped[at] & LENT) give(at);
      perm[at] = MAPPED[perm[at] & 127 & ~FRESH];
    }
  }

  const untouched = (page: number) => (perm[page] & FRESH) !== 0 && !(mapped[page] & LENT);

  /** The page is about to change: who has it absent gets it. It stays FRESH. */
  function give(page: number): void {
    mapped[page] &= ~LENT;
    for (const borrower of space.borrowers) if (borrower.mapped[page] & ABSENT) takePage(borrower, page);
  }

  function takeClump(page: number): true {
    const first = page - (page % CLUMP);
    for (let at = first; at < first + CLUMP; at++) if (mapped[at] & ABSENT) takePage(space, at);
    return true;
  }

  /** Nothing of it is left here: it neither lends nor borrows. */
  function settleDebts(): void {
    space.lender?.borrowers.delete(space);
    space.lender = undefined;
    for (const borrower of space.borrowers) borrower.lender = undefined;
    space.borrowers.clear();
  }

  function afterStore(address: number, length: number): void {
    const start = address >>> 0, end = start + length;
    for (let page = pageOf(start), last = pageOf(end - 1); page <= last; page++) {
      if (!(perm[page] & SHARED)) continue;
      const from = Math.max(start, page * PAGE_SIZE) & 0xfff, to = Math.min(end - page * PAGE_SIZE, PAGE_SIZE);
      for (const other of shared.get(page) ?? []) {
        if (other.space === space && other.page === page) continue;
        const there = other.space;
        if (there.perm[other.page] & FRESH) there.memory.touch(other.page * PAGE_SIZE, 1);
        if (there.perm[other.page] & CODE) there.memory.onCodeWrite(other.page * PAGE_SIZE + from, to - from);
        const source = stash.get(page)?.subarray(from, to) ?? u8.subarray(page * PAGE_SIZE + from, page * PAGE_SIZE + to);
        if (!(there.perm[other.page] & R)) {
          const hidden = there.stash.get(other.page) ?? ZERO_PAGE.slice();
          hidden.set(source, from);
          there.stash.set(other.page, hidden);
        } else there.u8.set(source, other.page * PAGE_SIZE + from);
      }
    }
  }

  function unshare(page: number): void {
    const ring = shared.get(page);
    if (!ring) return;
    leaveRing(page);
    ring.splice(ring.findIndex((p) => p.space === space && p.page === page), 1);
    if (ring.length === 1) leaveRing(ring[0].page, ring[0].space);
  }

  function leaveRing(page: number, of: Space = space): void {
    of.shared.delete(page);
    of.perm[page] = MAPPED[of.perm[page] & 127 & ~SHARED];
  }

  /** Reading first: a page that was never touched is zero, and writing zeros would commit it. */
  function clear(page: number): void {
    const start = page * (PAGE_SIZE / 8), end = start + PAGE_SIZE / 8;
    for (let at = start; at < end; at++) {
      if (words[at] === 0 && !Object.is(words[at], -0)) continue;
      words.fill(0, at, end);
      return;
    }
  }

  const small = <T>(size: number, get: (address: number) => T) => (address: number): T | undefined =>
    canRead(address, size) ? get(address >>> 0) : undefined;
  const put = <T>(size: number, set: (address: number, v: T) => void) => (address: number, v: T): boolean => {
    if (!canWrite(address, size)) return false;
    invalidate(address, size);
    set(address >>> 0, v);
    afterStore(address, size);
    return true;
  };

  const memory: GuestMemory = {
    buffer, wasm, view, u8, perm,
    onCodeWrite: () => {},
    map(address, length, prot) {
      for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) {
        if (mapped[page]) memory.unmap(page * PAGE_SIZE, PAGE_SIZE);
        mapped[page] = MAPPED_PAGE;
        perm[page] = MAPPED[rights(prot) | FRESH];
      }
    },
    unmap(address, length) {
      for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) {
        if (!mapped[page]) continue;
        dropCode(page);
        unshare(page);
        stash.delete(page);
        const keep = untouched(page);
        if (mapped[page] & LENT) give(page);
        if (perm[page] & R && !keep) clear(page);
        perm[page] = 0;
        mapped[page] = 0;
      }
    },
    reset(address, length) {
      const first = pageOf(address), last = lastPage(address, length);
      for (let page = first; page <= last; page++) {
        if (perm[page] & SHARED) unshare(page);
        const keep = untouched(page);
        if (mapped[page] & LENT && space.borrowers.size > 0) give(page);
        if (perm[page] & R && !keep) clear(page);
      }
      stash.clear();
      perm.fill(0, first, last + 1);
      mapped.fill(0, first, last + 1);
    },
    leave() {
      settleDebts();
    },
    touch(address, length) {
      for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) if (perm[page] & FRESH) touchPage(page);
    },
    protect(address, length, prot) {
      const bits = rights(prot);
      for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) {
        if (!mapped[page] || perm[page] & PERM.BUS) continue;
        if (mapped[page] & ABSENT) {
          mapped[page] = MAPPED_PAGE | ABSENT | (bits << RIGHTS_SHIFT);
          continue;
        }
        if (mapped[page] & LENT && !(bits & R)) touchPage(page);
        const old = perm[page];
        if (old & X && !(bits & X)) dropCode(page);
        if (bits & X && (old & (X | W)) === W) mapped[page] |= GENERATED;
        if (old & R && !(bits & R)) {
          dropCode(page);
          if (!(old & FRESH)) {
            stash.set(page, u8.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
            u8.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
          }
        } else if (!(old & R) && bits & R) {
          const bytes = stash.get(page);
          if (bytes) u8.set(bytes, page * PAGE_SIZE);
          stash.delete(page);
        }
        setRights(page, bits);
      }
    },
    markBus(address, length) {
      for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) {
        dropCode(page);
        if (mapped[page] & LENT) give(page);
        mapped[page] = MAPPED_PAGE;
        u8.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
        perm[page] = PERM.BUS;
      }
    },
    setCode(page, holdsCode) {
      perm[page] = MAPPED[holdsCode ? (perm[page] & 127) | CODE : perm[page] & 127 & ~CODE];
    },
    share(a, b, length, other = memory) {
      const there = spaces.get(other) ?? space;
      for (let offset = 0; offset < length; offset += PAGE_SIZE) {
        const pages: SharedPage[] = [{ space, page: pageOf((a >>> 0) + offset) }, { space: there, page: pageOf((b >>> 0) + offset) }];
        const ring = shared.get(pages[0].page) ?? [];
        for (const it of [...pages, ...(there.shared.get(pages[1].page) ?? [])]) {
          if (!ring.some((p) => p.space === it.space && p.page === it.page)) ring.push(it);
          it.space.shared.set(it.page, ring);
          it.space.perm[it.page] = MAPPED[(it.space.perm[it.page] & 127) | SHARED];
        }
      }
    },
    borrow(from, address, length, prot) {
      const there = spaces.get(from) as Space, bits = rights(prot);
      space.lender = there;
      there.borrowers.add(space);
      for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) {
        if (there.perm[page] & FRESH && !(there.mapped[page] & LENT)) {
          memory.map(page * PAGE_SIZE, PAGE_SIZE, prot);
          continue;
        }
        if (mapped[page]) memory.unmap(page * PAGE_SIZE, PAGE_SIZE);
        mapped[page] = MAPPED_PAGE | ABSENT | (bits << RIGHTS_SHIFT);
        there.mapped[page] |= LENT;
        there.perm[page] = MAPPED[(there.perm[page] & 127) | FRESH];
      }
    },
    take: (address) => (mapped[pageOf(address)] & ABSENT) !== 0 && takeClump(pageOf(address)),
    takeAll() {
      if (space.lender === undefined) return;
      for (let page = 0; page < PAGES; page++) if (mapped[page] & ABSENT) takePage(space, page);
      space.lender.borrowers.delete(space);
      space.lender = undefined;
    },
    isUntouched: untouched,
    isMapped: (page) => (mapped[page] & MAPPED_PAGE) !== 0,
    isGenerated: (page) => (mapped[page] & GENERATED) !== 0 || (perm[page] & (W | X)) === (W | X),
    canRead, canWrite, firstBad,
    read: (address, length) => (canRead(address, length) ? new Uint8Array(u8.subarray(address >>> 0, (address >>> 0) + length)) : undefined),
    write(address, bytes) {
      if (!canWrite(address, bytes.length)) return false;
      invalidate(address, bytes.length);
      u8.set(bytes, address >>> 0);
      if (bytes.length > 0) afterStore(address, bytes.length);
      return true;
    },
    subarray(address, length) {
      if (space.lender !== undefined) for (let page = pageOf(address), last = lastPage(address, length); page <= last; page++) if (mapped[page] & ABSENT) takeClump(page);
      return u8.subarray(address >>> 0, (address >>> 0) + length);
    },
    beginWrite(address, length) {
      if (!canWrite(address, length)) return undefined;
      invalidate(address, length);
      return u8.subarray(address >>> 0, (address >>> 0) + length);
    },
    endWrite(address, length) {
      if (length > 0) afterStore(address, length);
    },
    poke(address, bytes) {
      invalidate(address, bytes.length);
      for (let done = 0; done < bytes.length; ) {
        const at = (address >>> 0) + done, page = pageOf(at);
        if (mapped[page] & ABSENT) takeClump(page);
        const open = (perm[page] & R) !== 0;
        let room = Math.min(bytes.length - done, PAGE_SIZE - (at & 0xfff));
        for (let next = page + 1; open && done + room < bytes.length && perm[next] & R; next++) room = Math.min(bytes.length - done, room + PAGE_SIZE);
        const part = bytes.subarray(done, done + room);
        if (open) u8.set(part, at);
        else {
          const hidden = stash.get(page) ?? ZERO_PAGE.slice();
          hidden.set(part, at & 0xfff);
          stash.set(page, hidden);
        }
        done += room;
      }
      if (bytes.length > 0) afterStore(address, bytes.length);
    },
    cstring(address, max) {
      const start = address >>> 0;
      for (let at = start, left = max; ; ) {
        if (left <= 0) return "toolong";
        if (at >= SPACE || !(perm[pageOf(at)] & R || (memory.take(at) && perm[pageOf(at)] & R))) return "fault";
        const end = Math.min(at + left, (pageOf(at) + 1) * PAGE_SIZE);
        const nul = u8.subarray(at, end).indexOf(0);
        if (nul >= 0) return new Uint8Array(u8.subarray(start, at + nul));
        left -= end - at;
        at = end;
      }
    },
    loadU8: small(1, (a) => u8[a]),
    loadU16: small(2, (a) => view.getUint16(a, true)),
    loadU32: small(4, (a) => view.getUint32(a, true)),
    loadU64: small(8, (a) => view.getBigUint64(a, true)),
    storeU8: put(1, (a, v: number) => void (u8[a] = v)),
    storeU16: put(2, (a, v: number) => view.setUint16(a, v, true)),
    storeU32: put(4, (a, v: number) => view.setUint32(a, v >>> 0, true)),
    storeU64: put(8, (a, v: bigint) => view.setBigUint64(a, v, true)),
    afterStore,
  };
  const space: Space = { u8, perm, stash, mapped, lender: undefined, borrowers: new Set(), shared, memory };
  spaces.set(memory, space);
  return memory;
}
