// The part of the hidden area that says where code in WebAssembly goes on: a direct-mapped table of addresses with the function that is
// there, and the cells of links. Written by the code cache and the translator, read by the code.

/** Entries of the table; an entry is two words, the address and the function's place. */
export const LOOKUPS = 1 << 13;
/** Cells there are, and the first that is used. */
export const CELLS = 1 << 18, FIRST_CELL = 1;
/** The first place in the table of functions: smaller numbers mean other things (translator/wasm/world.ts). */
export const FIRST_PLACE = 3;

/** Word of an address's entry. */
export const lookupIndex = (address: number): number => ((address ^ (address >>> 13)) & (LOOKUPS - 1)) << 1;

/** Entries of the quick interpreter's table, less one: a block's address, and its record. */
export const FOUND_MASK = (1 << 17) - 1;

/** An address's entry is at one of two places, so many bytes apart by the lowest bit in which they differ. */
export const FOUND_WAY = 8;

/** Word of an address's first place there. */
export const foundIndex = (address: number): number => ((address ^ (address >>> 16)) & FOUND_MASK) << 1;
