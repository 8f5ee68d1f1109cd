// What a code cache keeps of code that is gone: blocks and translations, each with the bytes that it was made from. Of a program that has
// ended, for the next one in the same memory; of code that was written over, unmapped or may not be executed any more, for when it is back, as
// compilers in the guest do it who make their code writable for each addition. Nothing is used before the guest's memory holds the same bytes
// again and they may be executed. So nobody needs to know which file a page came from, whether that has changed since, or who has written
// to it. codecache.ts does the keeping.

import type { Block, BlockFunction } from "./block.ts";
import { type GuestMemory, PERM } from "./memory.ts";

/** Bytes from an address on, as they were when code in them was decoded. Never changes. */
export interface Image {
  /** uint32. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** What has become of a block that is gone. */
export interface Parked {
  /** The bytes of the block, among others. */
  readonly own: readonly Image[];
  /** Its translation, the bytes that this depends on as [start, end) pairs (Block.ranges), and what they were; null when there was none. */
  readonly fn: BlockFunction | null;
  readonly images: readonly Image[];
  readonly ranges: readonly (readonly [start: number, end: number])[] | undefined;
  /** How often it was interpreted (Block.hits). */
  readonly hits: number;
  /** How often its translation was wanted while not all of these bytes were there. */
  refusals: number;
  /** The block that was kept for the same address before, with other bytes. */
  older: Block | undefined;
}

/** Times that a translation is waited for (a library that it has code of may be mapped late), before a new one is made. */
export const PATIENCE = 3;
/** Blocks kept for one address: calls that are patched have a few targets in turn. */
const MAX_VERSIONS = 4;

/** Whether [start, end) can be executed and holds what the images show there. */
export function holds(memory: GuestMemory, images: readonly Image[], start: number, end: number): boolean {
  const { perm, u8 } = memory;
  for (let page = start >>> 12; page <= (end - 1) >>> 12; page++) if (!(perm[page] & PERM.X)) return false;
  for (let at = start; at < end;) {
    const from = at, image = images.find((it) => it.start <= from && from < it.start + it.bytes.length);
    if (image === undefined) return false;
    const { bytes } = image, base = image.start, stop = Math.min(end, base + bytes.length);
    for (; at < stop; at++) if (u8[at] !== bytes[at - base]) return false;
  }
  return true;
}

/** The blocks kept, by address: the latest first, the others as its `older`. */
export class Shelf {
  private readonly latest = new Map<number, Block>();
  size = 0;

  /** Keeps a block. Gives the one that had to go for it. */
  put(block: Block): Block | undefined {
    const parked = block.parked as Parked;
    parked.older = this.latest.get(block.address);
    this.latest.set(block.address, block);
    this.size++;
    let last = block;
    for (let versions = 1; versions < MAX_VERSIONS; versions++) {
      const next = last.parked?.older;
      if (next === undefined) return undefined;
      last = next;
    }
    const gone = last.parked?.older;
    if (gone !== undefined) this.remove(gone);
    return gone;
  }

  remove(block: Block): void {
    let newer: Block | undefined;
    for (let it = this.latest.get(block.address); it !== undefined; newer = it, it = it.parked?.older) {
      if (it !== block) continue;
      const older = it.parked?.older;
      if (newer?.parked !== undefined) newer.parked.older = older;
      else if (older === undefined) this.latest.delete(block.address);
      else this.latest.set(block.address, older);
      if (it.parked !== undefined) it.parked.older = undefined;
      this.size--;
      return;
    }
  }

  /** Takes out the block at an address whose bytes are there. */
  take(memory: GuestMemory, address: number): Block | undefined {
    for (let it = this.latest.get(address); it !== undefined; it = it.parked?.older) {
      const start = address >>> 0;
      if (!holds(memory, (it.parked as Parked).own, start, start + ((it.end - it.address) >>> 0))) continue;
      this.remove(it);
      return it;
    }
    return undefined;
  }

  /** Takes out all. */
  *drain(): Iterable<Block> {
    for (const latest of this.latest.values()) {
      for (let it: Block | undefined = latest; it !== undefined;) {
        const { older }: { older: Block | undefined } = it.parked as Parked;
        yield it;
        it = older;
      }
    }
    this.latest.clear();
    this.size = 0;
  }
}
