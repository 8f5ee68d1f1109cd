// Translations of a program that outlive the run: what of them is kept, and the form in which they lie in a file. Where the files are and who
// may write them is the host's (host/node/translations.ts); when something is kept or used again is engine.ts and tiers.ts.
//
//   jit386 translations 1 KEY\n      KEY: what code is made of besides the guest's bytes: build of jit386, processor, tier
//   count, checksum                  words, little-endian, as all numbers
//   address, offset, length, checksum     of each entry, where the checksum above is of this index
//   entries                          JSON (SavedCode), UTF-8
//
// Nothing in a file is believed: an index or entry whose checksum is wrong counts as absent, and an entry is used where the guest's memory
// holds the very bytes that it was made from. So the file need not be the right one, nor the program still be the same.

import type { Precision } from "../translator/lane-checks.ts";

/** A constant of generated code (translator/exits.ts); instructions and their semantic functions by node and place in it. */
export type SavedConstant = readonly [kind: "to" | "jump" | "insn" | "semantic" | "words" | "other" | "counts", ...numbers: number[]];

/** A translation without anything that belongs to one run. */
export interface SavedCode {
  readonly tier: "block" | "region";
  /** Addresses of the graph's nodes in order, and the guest's bytes of each in hexadecimal digits. */
  readonly nodes: readonly number[];
  readonly bytes: readonly string[];
  /** Indirect jumps of the region: address, and where each was seen to lead. */
  readonly targets: readonly (readonly number[])[];
  /** Most instructions that the graph could have. */
  readonly limit: number;
  readonly x87Locals: boolean;
  /** What the code was made for, when that has a part in it. */
  readonly precision?: Precision;
  readonly entries: readonly number[];
  readonly source: string;
  readonly constants: readonly SavedConstant[];
}

/** What an engine wants of it. All engines of a run that have the same program share one. */
export interface SavedProgram {
  readonly stats: SavedStats;
  /** Whether there is code for an address. */
  has(address: number): boolean;
  /** The code for an address; undefined when it is damaged. */
  take(address: number): SavedCode | undefined;
  /** This code was no use: what has taken its place in the guest's memory is something else. */
  refuse(address: number): void;
  /** Code that has been made, in place of what there was for this address. */
  keep(address: number, code: SavedCode): void;
}

export interface SavedStats {
  /** Entries found in the file; of these: used, damaged, made from other bytes. */
  entries: number;
  used: number;
  damaged: number;
  refused: number;
  /** Entries that this run has added. */
  kept: number;
}

/** A SavedProgram, and its way to a file. */
export interface SavedFile extends SavedProgram {
  /** The contents of the file to be, in pieces; undefined when the one that there is will do. */
  contents(): Uint8Array[] | undefined;
}

/** Most bytes in one file. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A file is written again when what is new makes up this part of it. */
const WORTH = 16;
const ENTRY = 16;

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** FNV-1a. */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  for (let k = 0; k < bytes.length; k++) hash = Math.imul(hash ^ bytes[k], 0x01000193);
  return hash >>> 0;
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly sum: number;
  fresh: boolean;
  used: boolean;
}

function readIndex(data: Uint8Array, head: Uint8Array, stats: SavedStats): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const start = head.length + 8;
  if (data.length < start || head.some((byte, k) => data[k] !== byte)) return entries;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = view.getUint32(head.length, true), end = start + count * ENTRY;
  if (end > data.length || checksum(data.subarray(start, end)) !== view.getUint32(head.length + 4, true)) return entries;
  for (let at = start; at < end; at += ENTRY) {
    const offset = view.getUint32(at + 4, true), length = view.getUint32(at + 8, true);
    // cut off: what is there may still be of use
    if (offset + length > data.length) stats.damaged++;
    else entries.set(view.getInt32(at, true), { bytes: data.subarray(offset, offset + length), sum: view.getUint32(at + 12, true), fresh: false, used: false });
  }
  return entries;
}

/** `data`: the file as it is found, if it is. */
export function openSaved(data: Uint8Array | undefined, key: string): SavedFile {
  const head = encoder.encode(`jit386 translations 1 ${key}\n`);
  const stats: SavedStats = { entries: 0, used: 0, damaged: 0, refused: 0, kept: 0 };
  const entries = data === undefined ? new Map<number, Entry>() : readIndex(data, head, stats);
  stats.entries = entries.size;
  /** Addresses whose code is no use in this run. */
  const useless = new Set<number>();
  let freshBytes = 0, stale = false;

  return {
    stats,
    has: (address) => entries.has(address) && !useless.has(address),
    take(address) {
      const entry = entries.get(address);
      if (entry === undefined) return undefined;
      if (entry.fresh || checksum(entry.bytes) === entry.sum) {
        entry.used = true;
        stats.used++;
        return JSON.parse(decoder.decode(entry.bytes)) as SavedCode;
      }
      entries.delete(address);
      stats.damaged++;
      return undefined;
    },
    refuse(address) {
      useless.add(address);
      stats.used--;
      stats.refused++;
    },
    keep(address, code) {
      if (freshBytes > MAX_BYTES) return;
      const bytes = encoder.encode(JSON.stringify(code));
      freshBytes += bytes.length;
      stats.kept++;
      if (useless.delete(address)) stale = true;
      entries.set(address, { bytes, sum: checksum(bytes), fresh: true, used: true });
    },
    contents() {
      let total = 0;
      for (const { bytes } of entries.values()) total += bytes.length;
      if (stats.damaged === 0 && !stale && (freshBytes === 0 || freshBytes * WORTH < total)) return undefined;
      // what this run had no use for goes first when there is too much
      const chosen: [number, Entry][] = [];
      let size = 0;
      for (const wanted of [true, false]) {
        for (const it of entries) {
          if (it[1].used !== wanted || size + it[1].bytes.length > MAX_BYTES) continue;
          size += it[1].bytes.length;
          chosen.push(it);
        }
      }
      const index = new Uint8Array(8 + chosen.length * ENTRY), view = new DataView(index.buffer);
      let offset = head.length + index.length;
      chosen.forEach(([address, { bytes, sum }], k) => {
        const at = 8 + k * ENTRY;
        view.setInt32(at, address, true);
        view.setUint32(at + 4, offset, true);
        view.setUint32(at + 8, bytes.length, true);
        view.setUint32(at + 12, sum, true);
        offset += bytes.length;
      });
      view.setUint32(0, chosen.length, true);
      view.setUint32(4, checksum(index.subarray(8)), true);
      return [head, index, ...chosen.map(([, { bytes }]) => bytes)];
    },
  };
}
