// The code cache: which blocks exist, where they are found, and how they die.
//
//   lookup        direct-mapped table in front, map behind
//   pages         page -> blocks with bytes there; such a page carries PERM.CODE, so every store to it is noticed
//   links         a translated block's direct exits are cells; a block that dies resets the cells that point to it
//   size          translations are bounded by bytes of generated source; the least recently made ones go first
//   parking       blocks that die, and all of them when a program ends, are put aside, and come back one by one when their bytes do (parking.ts)
// A write drops the blocks whose own bytes it overlaps, not all of the page.

import { type Instruction, K } from "../decoder/instruction.ts";
import { type Adapter, type Block, type BlockFunction, endsBlock, type Link, makeBlock, pointLink } from "./block.ts";
import { HIDDEN } from "./hidden.ts";
import { lookupIndex, LOOKUPS } from "./lookup.ts";
import { type GuestMemory, PAGE_SIZE } from "./memory.ts";
import type { InvalidationReason } from "./observer.ts";
import { holds, type Image, PATIENCE, Shelf } from "./parking.ts";
import { S } from "./state.ts";

/** Slots of the table at first and in the end, and by how much it grows: a short program's fit into few, and a large table takes every start some page faults. */
const FEW = 1 << 11, MANY = 1 << 17, GROWTH = 8;
const SHIFT = 14;

const NO_BLOCK: Block = {
  address: -1, end: -1, insns: [], handlers: [], hits: 0, valid: false, fn: null, ranges: undefined, heat: 0, hot: 0, regions: 0, incoming: undefined, outgoing: undefined,
  record: 0, parked: undefined,
};

/** `hits` of a block that is to have its translation back: above every threshold. */
const WANTED = 2 ** 29;
/** Blocks put aside. Above this, what has not been used again is forgotten. */
const MAX_PARKED = 20_000;
/** Interpretations from which a block that has no translation is worth putting aside: less than it takes to decode it again. */
const WORTH_KEEPING = 16;
/** Bytes of a page that are told apart when it is stored to, as a power of two. */
const GRANULE = 6, GRANULES = PAGE_SIZE >> GRANULE;

/** What a block that lost its translation for a better one counts as: it is translated at its next execution, and considered for a region soon. */
const WARM = 2 ** 29, WARM_HOT = 4;

export interface CodeCacheStats {
  blocks: number;
  invalidated: number;
  evicted: number;
  /** Translations that came back with the bytes that they were made from. */
  revived: number;
}

/** The blocks with bytes in a page. */
interface CodePage {
  readonly blocks: Set<Block>;
  /** Which granules have bytes of them. Made when the page is stored to, and again after a change. */
  granules: Uint8Array | undefined;
}

export class CodeCache {
  private table: Block[] = new Array<Block>(FEW).fill(NO_BLOCK);
  /** Slots less one. */
  private mask = FEW - 1;
  private blocks = new Map<number, Block>();
  private readonly singles = new Map<number, Block>();
  /** Where blocks were cut that had become too long. */
  readonly cuts = new Set<number>();
  /** Instructions that have been seen to use memory at an address that is no multiple of what they take. */
  readonly unaligned = new Set<number>();
  /** Where jumps of stubs (`isStub`) led to, by their addresses. */
  readonly stubs = new Map<number, number>();
  /** Where blocks lead to that end with a direct call. */
  readonly functions = new Set<number>();
  private readonly pages = new Map<number, CodePage>();
  /** Translated blocks, the oldest translation first, with the bytes of its source. A Map: lru-cache costs a short run 2 ms to load. */
  private readonly translated = new Map<Block, number>();
  private translatedBytes = 0;
  /** Blocks of earlier programs, and of code that was written over. */
  private readonly shelf = new Shelf();
  private readonly lookups: Int32Array;
  /** Those that compute with floating-point numbers in vector registers. */
  private readonly floating = new Set<Block>();
  private readonly maxSourceBytes: number;
  private readonly memory: GuestMemory;
  private readonly state: Int32Array;
  private readonly limit: number;
  private readonly adapt: Adapter;
  /** Hits that a block begins with whose code the program has written itself: compilers in the guest choose what is hot. */
  generatedHits = 0;
  private expected: { has(address: number): boolean } | undefined;
  private expectedHits = 0;
  readonly stats: CodeCacheStats = { blocks: 0, invalidated: 0, evicted: 0, revived: 0 };
  /** Called with each block that loses its translation, and why. */
  onDrop: ((block: Block, reason: InvalidationReason) => void) | undefined = undefined;

  /** Called with each translation that no block has any more. */
  onRelease: ((fn: BlockFunction) => void) | undefined = undefined;
  /** Called with each translation that is put aside, and when it is used again. */
  onAside: ((fn: BlockFunction) => void) | undefined = undefined;
  onReturn: ((fn: BlockFunction) => void) | undefined = undefined;

  /** Called with each block that is gone, or whose translation is another one than before. */
  onLeave: ((block: Block) => void) | undefined = undefined;
  /** How often a block has been executed that is not known here (quick.ts); 0: never. */
  cold: ((address: number) => number) | undefined = undefined;
  /** Called with each range of addresses whose code may change. */
  onForget: ((address: number, length: number) => void) | undefined = undefined;

  constructor(memory: GuestMemory, state: Int32Array, limit: number, maxSourceBytes: number, adapt: Adapter) {
    this.memory = memory;
    this.adapt = adapt;
    this.state = state;
    this.limit = limit;
    this.maxSourceBytes = maxSourceBytes;
    this.lookups = new Int32Array(memory.buffer, HIDDEN.LOOKUP, 2 * LOOKUPS);
    memory.onCodeWrite = (address, length) => this.invalidate(address, length);
  }

  /** Blocks at these addresses begin with so many hits. */
  expect(addresses: { has(address: number): boolean }, hits: number): void {
    this.expected = addresses;
    this.expectedHits = hits;
  }

  /** The block at an address if it was met there not long ago. */
  recent(address: number): Block | undefined {
    const seen = this.table[(address ^ (address >>> SHIFT)) & this.mask];
    return seen.address === address && seen.valid ? seen : undefined;
  }

  /** The block at an address, decoded when it is new. Raises a guest fault when nothing can be fetched there. */
  at(address: number): Block {
    const seen = this.table[(address ^ (address >>> SHIFT)) & this.mask];
    if (seen.address === address && seen.valid) return seen;
    let block = this.blocks.get(address);
    if (block === undefined) {
      block = this.unpark(address) ?? makeBlock(this.memory, address, this.limit, this.adapt, this.cuts);
      if (block.insns.length === this.limit && this.limit > 1 && !endsBlock(block.insns[this.limit - 1])) this.cuts.add(block.end);
      if (block.hits < this.generatedHits && this.memory.isGenerated(address >>> 12)) block.hits = this.generatedHits;
      if (this.expected?.has(address) && block.hits < this.expectedHits) block.hits = this.expectedHits;
      this.blocks.set(address, block);
      this.noteCall(block.insns[block.insns.length - 1]);
      this.register(block);
    }
    if (this.blocks.size > this.mask && this.mask < MANY - 1) this.grow();
    this.table[(address ^ (address >>> SHIFT)) & this.mask] = block;
    return block;
  }

  /** Functions are known by the direct calls of them. */
  noteCall({ row, op0 }: Instruction): void {
    if (row.mnemonic === "CALL" && op0.kind === K.REL) this.functions.add(op0.imm);
  }

  private grow(): void {
    this.mask = GROWTH * (this.mask + 1) - 1;
    this.table = new Array<Block>(this.mask + 1).fill(NO_BLOCK);
    for (const block of this.blocks.values()) this.table[(block.address ^ (block.address >>> SHIFT)) & this.mask] = block;
  }

  /** The one instruction at an address, as a block of its own: for bails and single steps. */
  single(address: number): Block {
    let block = this.singles.get(address);
    if (block === undefined) {
      block = makeBlock(this.memory, address, 1, this.adapt);
      this.singles.set(address, block);
      this.register(block);
    }
    return block;
  }

  /** The translation at an address when it is at hand, for indirect jumps out of translated code. */
  readonly translationAt = (address: number): BlockFunction | null => {
    const seen = this.table[(address ^ (address >>> SHIFT)) & this.mask];
    return seen.address === address ? seen.fn : null;
  };

  /** The block at an address if there is one. */
  peek(address: number): Block | undefined {
    return this.blocks.get(address);
  }

  /** Whether code has been met at an address. */
  has(address: number): boolean {
    return this.blocks.has(address) || (this.cold !== undefined && this.cold(address) > 0);
  }

  /** The blocks for which something holds. */
  find(holds: (block: Block) => boolean): Block[] {
    const found: Block[] = [];
    for (const block of this.blocks.values()) if (holds(block)) found.push(block);
    return found;
  }

  /** How often the block at an address has been interpreted. */
  hits(address: number): number {
    return this.blocks.get(address)?.hits ?? this.cold?.(address) ?? 0;
  }

  private register(block: Block): void {
    this.stats.blocks++;
    this.watch(block);
  }

  private watch(block: Block): void {
    const first = block.address >>> 12;
    // nearly every block lies in one page: no list for it, programs start with thousands
    if (block.ranges === undefined && (block.end - 1) >>> 12 === first) this.watchPage(first, block);
    else for (const page of pagesOf(block)) this.watchPage(page, block);
  }

  private watchPage(page: number, block: Block): void {
    let code = this.pages.get(page);
    if (code === undefined) {
      this.pages.set(page, (code = { blocks: new Set(), granules: undefined }));
      this.memory.setCode(page, true);
    }
    // also for a block that is known: with a translation it may have more bytes here than before
    code.granules = undefined;
    code.blocks.add(block);
  }

  /** Notes that a block has a translation of `size` bytes of source that depends on `ranges`; it takes the place of an earlier one. */
  addTranslation(block: Block, fn: BlockFunction, size: number, ranges: readonly (readonly [number, number])[], floating: boolean): void {
    if (block.fn !== null) this.onRelease?.(block.fn);
    block.fn = fn;
    this.onLeave?.(block);
    block.parked = undefined;
    if (ranges.length > 1 || ranges[0][0] !== block.address >>> 0 || ranges[0][1] !== block.end >>> 0) {
      block.ranges = ranges;
      this.watch(block);
    }
    if (block.incoming !== undefined) for (const link of block.incoming) pointLink(link, fn);
    this.unsee(block.address);
    this.forget(block);
    if (floating) this.floating.add(block);
    this.translated.set(block, size);
    this.translatedBytes += size;
    for (const oldest of this.translated.keys()) {
      if (this.translatedBytes <= this.maxSourceBytes || oldest === block) break;
      this.stats.evicted++;
      this.onDrop?.(oldest, "evicted");
      this.untranslate(oldest);
      if (!oldest.valid) this.shelf.remove(oldest);
      this.discard(oldest);
    }
  }

  /** Code in WebAssembly no longer finds a translation at an address. */
  private unsee(address: number): void {
    const at = lookupIndex(address);
    if (this.lookups[at] === address) this.lookups[at + 1] = 1;
  }

  /** Gives up what was put aside of a block. */
  private discard(block: Block): void {
    if (block.parked !== undefined && block.parked.fn !== null) this.onRelease?.(block.parked.fn);
    block.parked = undefined;
    this.forget(block);
  }

  private forget(block: Block): void {
    this.translatedBytes -= this.translated.get(block) ?? 0;
    this.translated.delete(block);
    this.floating.delete(block);
  }

  /** Drops translations that compute with floating-point numbers in vector registers; they will soon be made again, in another way. */
  dropFloating(): void {
    for (const block of [...this.floating]) {
      this.onDrop?.(block, "replaced");
      this.untranslate(block);
      if (!block.valid) this.shelf.remove(block);
      this.discard(block);
      block.hits = WARM;
      block.heat = 0;
      block.hot = WARM_HOT;
      block.regions = 0;
    }
  }

  /** Points a link at its target's translation. */
  connect(link: Link, target: Block): void {
    if (target.fn === null || !link.owner.valid) return;
    pointLink(link, target.fn);
    (target.incoming ??= new Set()).add(link);
  }

  private untranslate(block: Block): void {
    if (block.fn !== null) this.onRelease?.(block.fn);
    block.fn = null;
    this.onLeave?.(block);
    block.hits = 0;
    this.unlink(block);
    block.outgoing = undefined;
  }

  private unlink(block: Block): void {
    this.unsee(block.address);
    for (const link of block.incoming ?? []) pointLink(link, link.stub);
    block.incoming = undefined;
    for (const link of block.outgoing ?? []) {
      pointLink(link, link.stub);
      this.blocks.get(link.target)?.incoming?.delete(link);
    }
  }

  /** Drops the blocks that overlap [address, address + length). Their bytes have not changed yet. */
  invalidate(address: number, length: number): void {
    this.onForget?.(address, length);
    const start = address >>> 0, end = start + length;
    for (let page = start >>> 12; page <= (end - 1) >>> 12; page++) {
      const code = this.pages.get(page);
      if (code === undefined) continue;
      if (length < PAGE_SIZE && !touches(code, page, start, end)) continue;
      for (const block of [...code.blocks]) {
        if (rangesOf(block).some(([from, to]) => from < end && start < to)) this.drop(block, length >= 4096 ? "unmapped" : "written");
      }
      // a page that lost its rights or its mapping forgets its mark even when nothing overlapped
      if (length >= 4096 && this.pages.get(page) === undefined) this.memory.setCode(page, false);
    }
  }

  private drop(block: Block, reason: InvalidationReason): void {
    const pages = pagesOf(block);
    block.valid = false;
    this.onLeave?.(block);
    this.stats.invalidated++;
    if (block.fn !== null) this.onDrop?.(block, reason);
    if (this.blocks.get(block.address) === block) {
      this.blocks.delete(block.address);
      if ((block.fn !== null || block.hits >= WORTH_KEEPING || block.parked !== undefined) && this.putAside(block, this.copyOf)) {
        this.unlink(block);
        this.keep(block);
      }
    }
    if (this.singles.get(block.address) === block) this.singles.delete(block.address);
    if (block.parked === undefined) {
      this.untranslate(block);
      this.forget(block);
    }
    for (const page of pages) {
      const code = this.pages.get(page);
      if (code === undefined) continue;
      code.blocks.delete(block);
      code.granules = undefined;
      if (code.blocks.size === 0) {
        this.pages.delete(page);
        this.memory.setCode(page, false);
      }
    }
    this.state[S.CODE_CHANGED] = 1;
  }

  private keep(block: Block): void {
    const gone = this.shelf.put(block);
    if (gone !== undefined) this.discard(gone);
    if (this.shelf.size > MAX_PARKED) for (const it of this.shelf.drain()) this.discard(it);
  }

  private readonly copyOf = (start: number, end: number): readonly Image[] => [{ start, bytes: this.memory.u8.slice(start, end) }];

  /**
   * The program has ended, and its memory is about to be cleared: puts the blocks aside. A later program in this memory has them back
   * where it has the same code.
   */
  park(): void {
    for (const block of this.translated.keys()) {
      for (const link of block.outgoing ?? []) pointLink(link, link.stub);
      block.incoming = undefined;
    }
    if (this.shelf.size > MAX_PARKED) for (const it of this.shelf.drain()) this.discard(it);
    const images = pageImages(this.memory);
    for (const block of this.blocks.values()) {
      block.valid = false;
      if (this.putAside(block, images)) {
        const gone = this.shelf.put(block);
        if (gone !== undefined) this.discard(gone);
      } else {
        if (block.fn !== null) this.onRelease?.(block.fn);
        this.forget(block);
      }
    }
    this.blocks = new Map();
    this.singles.clear();
    this.cuts.clear();
    this.stubs.clear();
    this.functions.clear();
    this.pages.clear();
    this.table.fill(NO_BLOCK);
    if (this.translated.size > 0) this.lookups.fill(0);
  }

  /** False for a block that ends where the next page could not be executed: its end depends on more than its bytes. */
  private putAside(block: Block, imagesOf: (start: number, end: number) => readonly Image[]): boolean {
    const { insns, parked } = block;
    if (insns.length < this.limit && !endsBlock(insns[insns.length - 1]) && !this.cuts.has(block.end)) return false;
    // not translated again since it came back: the earlier translation may still be wanted
    if (block.fn === null && parked !== undefined) return true;
    const start = block.address >>> 0, own = imagesOf(start, start + ((block.end - block.address) >>> 0));
    const images = block.ranges === undefined ? own : block.ranges.flatMap(([from, to]) => imagesOf(from, to));
    block.parked = { own, fn: block.fn, images, ranges: block.ranges, hits: block.hits, refusals: 0, older: undefined };
    if (block.fn !== null) this.onAside?.(block.fn);
    block.fn = null;
    block.ranges = undefined;
    return true;
  }

  /** The block that was put aside at an address, when its bytes are there. */
  private unpark(address: number): Block | undefined {
    const block = this.shelf.take(this.memory, address);
    if (block?.parked === undefined) return undefined;
    block.valid = true;
    // its translation is asked for when it is next executed
    if (block.parked.fn !== null) block.hits = WANTED;
    return block;
  }

  /** Gives a block the translation that it had before it was put aside. None: there was none, or it waits in vain for code that it is made of. */
  restore(block: Block): "restored" | "not yet" | "none" {
    const { parked } = block;
    if (parked === undefined || parked.fn === null) return "none";
    const ranges = parked.ranges ?? rangesOf(block);
    if (!ranges.every(([start, end]) => holds(this.memory, parked.images, start, end))) {
      if (++parked.refusals <= PATIENCE) return "not yet";
      block.regions = 0;
      block.hits = parked.hits;
      this.discard(block);
      return "none";
    }
    block.fn = parked.fn;
    this.onLeave?.(block);
    block.hits = parked.hits;
    if (parked.ranges !== undefined) {
      block.ranges = parked.ranges;
      this.watch(block);
    }
    block.parked = undefined;
    this.onReturn?.(parked.fn);
    this.stats.revived++;
    return "restored";
  }
}

/** Images of whole pages, each made once: for a program that ends with thousands of blocks. */
function pageImages(memory: GuestMemory): (start: number, end: number) => readonly Image[] {
  const known = new Map<number, readonly Image[]>();
  const pageImage = (page: number): readonly Image[] => {
    let image = known.get(page);
    if (image === undefined) known.set(page, (image = [{ start: page * PAGE_SIZE, bytes: memory.u8.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE) }]));
    return image;
  };
  return (start, end) => {
    const first = start >>> 12, last = (end - 1) >>> 12;
    return first === last ? pageImage(first) : Array.from({ length: last - first + 1 }, (_, k) => pageImage(first + k)[0]);
  };
}

/** Whether a block has bytes near those from `start` to `end`. */
function touches(code: CodePage, page: number, start: number, end: number): boolean {
  const granules = (code.granules ??= granulesWithCode(code.blocks, page));
  const [first, last] = granulesOf(page, start, end);
  for (let at = first; at <= last; at++) if (granules[at] !== 0) return true;
  return false;
}

function granulesWithCode(blocks: Iterable<Block>, page: number): Uint8Array {
  const granules = new Uint8Array(GRANULES);
  for (const block of blocks) {
    for (const [start, end] of rangesOf(block)) {
      const [first, last] = granulesOf(page, start, end);
      if (first <= last) granules.fill(1, first, last + 1);
    }
  }
  return granules;
}

/** The granules of a page that [start, end) has bytes in: the last comes before the first when there are none. */
function granulesOf(page: number, start: number, end: number): readonly [first: number, last: number] {
  const base = page * PAGE_SIZE;
  return [Math.max(0, start - base) >> GRANULE, Math.min(PAGE_SIZE, end - base) - 1 >> GRANULE];
}

function rangesOf(block: Block): readonly (readonly [start: number, end: number])[] {
  const start = block.address >>> 0;
  return block.ranges ?? [[start, start + ((block.end - block.address) >>> 0)]];
}

/** The pages that a block's translation depends on. */
function pagesOf(block: Block): Set<number> {
  const pages = new Set<number>();
  for (const [start, end] of rangesOf(block)) for (let page = start >>> 12; page <= (end - 1) / 4096; page++) pages.add(page & 0xfffff);
  return pages;
}
