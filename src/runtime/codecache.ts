// The code cache: which blocks exist, where they are found, and how they die.
//
//   lookup        direct-mapped table in front, map behind
//   pages         page -> blocks with bytes there; such a page carries PERM.CODE, so every store to it is noticed
//   links         a translated block's direct exits are cells; a block that dies resets the cells that point to it
//   size          translations are bounded by bytes of generated source; the least recently made ones go first
// A write drops the blocks whose own bytes it overlaps, not all of the page.

import { type Adapter, type Block, type BlockFunction, type Link, makeBlock } from "./block.ts";
import type { GuestMemory } from "./memory.ts";
import type { InvalidationReason } from "./observer.ts";
import { S } from "./state.ts";

const TABLE_BITS = 14;
const TABLE_MASK = (1 << TABLE_BITS) - 1;
const slot = (address: number) => (address ^ (address >>> TABLE_BITS)) & TABLE_MASK;

const NO_BLOCK: Block = { address: -1, end: -1, insns: [], semantics: [], hits: 0, valid: false, fn: null, ranges: undefined, heat: 0, hot: 0, regions: 0, incoming: undefined, outgoing: undefined };

export interface CodeCacheStats {
  blocks: number;
  invalidated: number;
  evicted: number;
}

export class CodeCache {
  private readonly table: Block[] = new Array<Block>(TABLE_MASK + 1).fill(NO_BLOCK);
  private readonly blocks = new Map<number, Block>();
  private readonly singles = new Map<number, Block>();
  private readonly pages = new Map<number, Set<Block>>();
  /** Translated blocks, the oldest translation first, with the bytes of its source. A Map: lru-cache costs a short run 2 ms to load. */
  private readonly translated = new Map<Block, number>();
  private translatedBytes = 0;
  private readonly maxSourceBytes: number;
  private readonly memory: GuestMemory;
  private readonly state: Int32Array;
  private readonly limit: number;
  private readonly adapt: Adapter;
  readonly stats: CodeCacheStats = { blocks: 0, invalidated: 0, evicted: 0 };
  /** Called with each block that dies. */
  onInvalidate: (block: Block) => void = () => {};
  /** Called with each block that loses its translation, and why. */
  onDrop: ((block: Block, reason: InvalidationReason) => void) | undefined = undefined;

  constructor(memory: GuestMemory, state: Int32Array, limit: number, maxSourceBytes: number, adapt: Adapter) {
    this.memory = memory;
    this.adapt = adapt;
    this.state = state;
    this.limit = limit;
    this.maxSourceBytes = maxSourceBytes;
    memory.onCodeWrite = (address, length) => this.invalidate(address, length);
  }

  /** The block at an address, decoded when it is new. Raises a guest fault when nothing can be fetched there. */
  at(address: number): Block {
    const seen = this.table[slot(address)];
    if (seen.address === address && seen.valid) return seen;
    let block = this.blocks.get(address);
    if (block === undefined) {
      block = makeBlock(this.memory, address, this.limit, this.adapt);
      this.blocks.set(address, block);
      this.register(block);
    }
    this.table[slot(address)] = block;
    return block;
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
    const seen = this.table[slot(address)];
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
  addTranslation(block: Block, fn: BlockFunction, size: number, ranges: readonly (readonly [number, number])[]): void {
    block.fn = fn;
    if (ranges.length > 1) {
      block.ranges = ranges;
      this.watch(block);
    }
    if (block.incoming !== undefined) for (const link of block.incoming) link.fn = fn;
    this.forget(block);
    this.translated.set(block, size);
    this.translatedBytes += size;
    for (const oldest of this.translated.keys()) {
      if (this.translatedBytes <= this.maxSourceBytes || oldest === block) break;
      this.stats.evicted++;
      this.onDrop?.(oldest, "evicted");
      this.untranslate(oldest);
      this.forget(oldest);
    }
  }

  private forget(block: Block): void {
    this.translatedBytes -= this.translated.get(block) ?? 0;
    this.translated.delete(block);
  }

  /** Points a link at its target's translation. */
  connect(link: Link, target: Block): void {
    if (target.fn === null || !link.owner.valid) return;
    link.fn = target.fn;
    (target.incoming ??= new Set()).add(link);
  }

  private untranslate(block: Block): void {
    block.fn = null;
    block.hits = 0;
    for (const link of block.incoming ?? []) link.fn = link.stub;
    block.incoming = undefined;
    for (const link of block.outgoing ?? []) {
      link.fn = link.stub;
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
      for (const block of [...blocks]) {
        if (rangesOf(block).some(([from, to]) => from < end && start < to)) this.drop(block, length >= 4096 ? "unmapped" : "written");
      }
      // a page that lost its rights or its mapping forgets its mark even when nothing overlapped
      if (length >= 4096 && this.pages.get(page) === undefined) this.memory.setCode(page, false);
    }
  }

  private drop(block: Block, reason: InvalidationReason): void {
    block.valid = false;
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
        this.memory.setCode(page, false);
      }
    }
    this.state[S.CODE_CHANGED] = 1;
    this.onInvalidate(block);
  }

  /** Forgets everything (execve). */
  clear(): void {
    for (const block of this.blocks.values()) this.drop(block, "cleared");
    for (const block of this.singles.values()) this.drop(block, "cleared");
    this.table.fill(NO_BLOCK);
  }
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
