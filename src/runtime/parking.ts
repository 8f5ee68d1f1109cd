// What a code cache keeps of a program that has ended, for the next one in the same memory: its blocks and translations, each with the
// bytes of all pages that it was made from. Nothing of it is used before these pages hold the same bytes again and may be executed. So
// nobody needs to know which file a page came from, whether that has changed since, or who has written to it. codecache.ts does the
// keeping.

import type { BlockFunction } from "./block.ts";
import { type GuestMemory, PAGE_SIZE, PERM } from "./memory.ts";

const WORDS = PAGE_SIZE / 4;

/** A page's bytes as they were when code in it was decoded. Never changes: the same object means the same bytes. */
export interface PageImage {
  readonly page: number;
  readonly words: Int32Array;
  /** A list of this image: most blocks lie in one page. */
  readonly alone: readonly PageImage[];
}

/** What has become of a block when its program ended. */
export interface Parked {
  /** Pages with bytes of the block. */
  readonly own: readonly PageImage[];
  /** Its translation, the pages that this depends on, and their bytes as [start, end) pairs (Block.ranges); null when there was none. */
  readonly fn: BlockFunction | null;
  readonly images: readonly PageImage[];
  readonly ranges: readonly (readonly [start: number, end: number])[] | undefined;
  /** How often its translation was wanted while not all of these pages were there. */
  refusals: number;
}

/** Times that a translation is waited for (a library that it has code of may be mapped late), before a new one is made. */
export const PATIENCE = 3;

/** `all`: the address space as words. */
export function takeImage(all: Int32Array, page: number): PageImage {
  const words = all.slice(page * WORDS, (page + 1) * WORDS);
  const alone: PageImage[] = [];
  const image = { page, words, alone };
  alone.push(image);
  return image;
}

/** Whether a page can be executed and holds what it held then. */
export function showsImage(memory: GuestMemory, all: Int32Array, image: PageImage): boolean {
  if (!(memory.perm[image.page] & PERM.X)) return false;
  const { words } = image;
  for (let k = 0, at = image.page * WORDS; k < WORDS; k++) if (words[k] !== all[at + k]) return false;
  return true;
}
