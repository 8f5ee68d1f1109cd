// The code cache: which blocks exist, where they are found, and how they die.
//
//   lookup        direct-mapped table in front, map behind
//   pages         page -> blocks with bytes there; such a page carries PERM.CODE, so every store to it is noticed
//   links         a translated block's direct exits are cells; a block that dies resets the cells that point to it
//   size          translations are bounded by bytes of generated source; the least recently made ones go first
//   parking       when a program ends its blocks are put aside, and come back one by one in the next program that has them (parking.ts)
// A write drops the blocks whose own bytes it overlaps, not all of the page.

import { type Adapter, type Block, type BlockFunction, endsBlock, type Link, makeBlock, pointLink } from "./block.ts";
import { HIDDEN } from "./hidden.ts";
import { lookupIndex, LOOKUPS } from "./lookup.ts";
import { type GuestMemory, PERM } from "./memory.ts";
import type { InvalidationReason } from "./observer.ts";
import { type PageImage, PATIENCE, showsImage, takeImage } from "./parking.ts";
import { S } from "./state.ts";

/** Slots of the table at first and in the end: a short program's fit into few, and a large table takes every start some page faults. */
const FEW = 1 << 11, MANY = 1 << 14;
const SHIFT = 14;

const NO_BLOCK: Block = {
  address: -1, end: -1, insns: [], handlers: [], hits: 0, valid: false, fn: null, ranges: undefined, heat: 0, hot: 0, regions: 0, incoming: undefined, outgoing: undefined,
  parked: undefined,
};

/** `hits` of a block that is to have its translation back: above every threshold. */
const WANTED = 2 ** 29;
/** Blocks put aside. Above this, what has not been used again is forgotten. */
const MAX_PARKED = 20_000;

/** What a block that lost its translation for a better one counts as: it is translated at its next execution, and considered for a region soon. */
const WARM = 2 ** 29, WARM_HOT = 4;

export interface CodeCacheStats {
  blocks: number;
  invalidated: number;
  evicted: number;
}

export class CodeCache {
  private table: Block[] = new Array<Block>(FEW).fill(NO_BLOCK);
  /** Slots less one. */
  private mask = FEW - 1;
  private blocks = new Map<number, Block>();
  private readonly singles = new Map<number, Block>();
  private readonly pages = new Map<number, Set<Block>>();
  /** Translated blocks, the oldest translation first, with the bytes of its source. A Map: lru-cache costs a short run 2 ms to load. */
  private readonly translated = new Map<Block, number>();
  private translatedBytes = 0;
  /** Blocks of earlier programs, not met yet in this one. */
  private parked = new Map<number, Block>();
  /** Pages that hold what an image shows. Only pages with blocks: of others nobody would hear that they are written to. */
  private readonly known = new Map<number, PageImage>();
  private readonly words: Int32Array;
  private readonly lookups: Int32Array;
  /** Those that compute with floating-point numbers in vector registers. */
  private readonly floating = new Set<Block>();
  private readonly maxSourceBytes: number;
  private readonly memory: GuestMemory;
  private readonly state: Int32Array;
  private readonly limit: number;
  private readonly adapt: Adapter;
  private expected: { has(address: number): boolean } | undefined;
  private expectedHits = 0;
  readonly stats: CodeCacheStats = { blocks: 0, invalidated: 0, evicted: 0 };
  /** Called with each block that dies. */
  onInvalidate: (block: Block) => void = () => {};
  /** Called with each block that loses its translation, and why. */
  onDrop: ((block: Block, reason: InvalidationReason) => void) | undefined = undefined;

  /** Called with each translation that no block has any more. */
  onRelease: ((fn: BlockFunction) => void) | undefined = undefined;

  constructor(memory: GuestMemory, state: Int32Array, limit: number, maxSourceBytes: number, adapt: Adapter) {
    this.memory = memory;
    this.adapt = adapt;
    this.state = state;
    this.limit = limit;
    this.maxSourceBytes = maxSourceBytes;
    this.words = new Int32Array(memory.buffer, 0, 2 ** 30);
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
      block = this.unpark(address) ?? makeBlock(this.memory, address, this.limit, this.adapt);
      if (this.expected?.has(address) && block.hits < this.expectedHits) block.hits = this.expectedHits;
      this.blocks.set(address, block);
      this.register(block);
    }
    if (this.blocks.size > this.mask && this.mask < MANY - 1) this.grow();
    this.table[(address ^ (address >>> SHIFT)) & this.mask] = block;
    return block;
  }

  private grow(): void {
    this.table = new Array<Block>(MANY).fill(NO_BLOCK);
    this.mask = MANY - 1;
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

  /** Whether code has been met at an address. */
  has(address: number): boolean {
    return this.blocks.has(address);
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
    let blocks = this.pages.get(page);
    if (blocks === undefined) {
      this.pages.set(page, (blocks = new Set()));
      this.memory.setCode(page, true);
    }
    blocks.add(block);
  }

  /** Notes that a block has a translation of `size` bytes of source that depends on `ranges`; it takes the place of an earlier one. */
  addTranslation(block: Block, fn: BlockFunction, size: number, ranges: readonly (readonly [number, number])[], floating: boolean): void {
    if (block.fn !== null) this.onRelease?.(block.fn);
    block.fn = fn;
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
      this.forget(oldest);
      oldest.parked = undefined;
      if (!oldest.valid) this.parked.delete(oldest.address);
    }
  }

  /** Code in WebAssembly no longer finds a translation at an address. */
  private unsee(address: number): void {
    const at = lookupIndex(address);
    if (this.lookups[at] === address) this.lookups[at + 1] = 0;
  }

  private forget(block: Block): void {
    this.translatedBytes -= this.translated.get(block) ?? 0;
    this.translated.delete(block);
    this.floating.delete(block);
  }

  /** Whether its translation computes with floating-point numbers in vector registers. */
  computes(block: Block): boolean {
    return this.floating.has(block);
  }

  /** Drops translations that compute with floating-point numbers in vector registers; they will soon be made again, in another way. */
  dropFloating(): void {
    for (const block of [...this.floating]) {
      this.onDrop?.(block, "replaced");
      this.untranslate(block);
      this.forget(block);
      if (block.parked !== undefined) {
        block.parked = undefined;
        if (!block.valid) this.parked.delete(block.address);
      }
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
    block.hits = 0;
    this.unsee(block.address);
    for (const link of block.incoming ?? []) pointLink(link, link.stub);
    block.incoming = undefined;
    for (const link of block.outgoing ?? []) {
      pointLink(link, link.stub);
      this.blocks.get(link.target)?.incoming?.delete(link);
    }
    block.outgoing = undefined;
  }

  /** Drops the blocks that overlap [address, address + length). */
  invalidate(address: number, length: number): void {
    const start = address >>> 0, end = start + length;
    for (let page = start >>> 12; page <= (end - 1) >>> 12; page++) {
      const blocks = this.pages.get(page);
      if (blocks === undefined) continue;
      this.known.delete(page);
      for (const block of [...blocks]) {
        if (rangesOf(block).some(([from, to]) => from < end && start < to)) this.drop(block, length >= 4096 ? "unmapped" : "written");
      }
      // a page that lost its rights or its mapping forgets its mark even when nothing overlapped
      if (length >= 4096 && this.pages.get(page) === undefined) this.memory.setCode(page, false);
    }
  }

  private drop(block: Block, reason: InvalidationReason): void {
    block.valid = false;
    block.parked = undefined;
    this.stats.invalidated++;
    if (block.fn !== null) this.onDrop?.(block, reason);
    this.untranslate(block);
    this.forget(block);
    if (this.blocks.get(block.address) === block) this.blocks.delete(block.address);
    if (this.singles.get(block.address) === block) this.singles.delete(block.address);
    for (const page of pagesOf(block)) {
      const blocks = this.pages.get(page);
      blocks?.delete(block);
      if (blocks?.size === 0) {
        this.pages.delete(page);
        this.known.delete(page);
        this.memory.setCode(page, false);
      }
    }
    this.state[S.CODE_CHANGED] = 1;
    this.onInvalidate(block);
  }

  /**
   * The program has ended, and its memory is about to be cleared: puts the blocks aside. A later program in this memory has them back
   * where it has the same code.
   */
  park(): void {
    for (const block of this.translated.keys()) {
      for (const link of block.outgoing ?? []) pointLink(link, link.stub);
      block.incoming = undefined;
    }
    const images = new Map<number, PageImage>();
    for (const page of this.pages.keys()) images.set(page, this.known.get(page) ?? takeImage(this.words, page));
    if (this.parked.size > MAX_PARKED) {
      for (const block of this.parked.values()) this.forget(block);
      this.parked = new Map();
    }
    for (const block of this.blocks.values()) {
      const other = this.parked.get(block.address);
      if (other !== undefined) this.forget(other);
      block.valid = false;
      if (this.putAside(block, images)) this.parked.set(block.address, block);
      else {
        this.parked.delete(block.address);
        this.forget(block);
      }
    }
    this.blocks = new Map();
    this.singles.clear();
    this.pages.clear();
    this.known.clear();
    this.table.fill(NO_BLOCK);
    if (this.translated.size > 0) this.lookups.fill(0);
  }

  /** False for a block that ends where the next page could not be executed: its end depends on more than its bytes. */
  private putAside(block: Block, images: ReadonlyMap<number, PageImage>): boolean {
    const { insns, parked } = block;
    if (insns.length < this.limit && !endsBlock(insns[insns.length - 1])) return false;
    const own = imagesOf(images, block.address >>> 12, ((block.end - 1) >>> 12));
    // not translated again since it came back: the earlier translation may still be wanted
    if (block.fn === null && parked !== undefined && parked.own.every((it, k) => it === own[k])) return true;
    const wide = block.ranges !== undefined;
    block.parked = { own, fn: block.fn, images: wide ? [...pagesOf(block)].map((page) => images.get(page) as PageImage) : own, ranges: block.ranges, refusals: 0 };
    block.fn = null;
    block.ranges = undefined;
    return true;
  }

  /** The block of an earlier program at an address, when its bytes are there. */
  private unpark(address: number): Block | undefined {
    const block = this.parked.get(address);
    if (block?.parked === undefined || !this.shows(block.parked.own)) return undefined;
    this.parked.delete(address);
    block.valid = true;
    // its translation is asked for when it is next executed
    if (block.parked.fn !== null) block.hits = WANTED;
    return block;
  }

  /** Gives a block the translation that it had in an earlier program. False when it has none, or not all code is there that this is made of. */
  restore(block: Block): "restored" | "not yet" | "none" {
    const { parked } = block;
    if (parked === undefined || parked.fn === null) return "none";
    if (!this.shows(parked.images)) {
      if (++parked.refusals <= PATIENCE) return "not yet";
      block.parked = undefined;
      block.regions = 0;
      this.forget(block);
      return "none";
    }
    block.fn = parked.fn;
    if (parked.ranges !== undefined) {
      block.ranges = parked.ranges;
      this.watch(block);
    }
    block.parked = undefined;
    return "restored";
  }

  /** Whether all pages show these images. The caller registers a block in each of them if so. */
  private shows(images: readonly PageImage[]): boolean {
    const { known, memory } = this;
    for (const image of images) {
      if (known.get(image.page) === image ? (memory.perm[image.page] & PERM.X) !== 0 : showsImage(memory, this.words, image)) {
        known.set(image.page, image);
        continue;
      }
      for (const { page } of images) if (!this.pages.has(page)) known.delete(page);
      return false;
    }
    return true;
  }
}

function imagesOf(images: ReadonlyMap<number, PageImage>, first: number, last: number): readonly PageImage[] {
  const image = images.get(first) as PageImage;
  return first === last ? image.alone : [image, images.get(last) as PageImage];
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
