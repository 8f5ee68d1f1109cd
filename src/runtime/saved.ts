// Translations of a program that outlive the run: what of them is kept, and the form in which they lie in a file. Where the files are and who
// may write them is the host's (host/node/translations.ts); when something is kept or used again is engine.ts and tiers.ts.
//
//   jit386 translations 4 KEY\n      KEY: what code is made of besides the guest's bytes: build of jit386, processor, tier
//   ways, entries, modules, machine, places, cells, checksum       words, little-endian, as all numbers
//   address, entry                                  of each way in: where the guest comes to, and which entry was there in the end
//   id, module, offset, length, checksum            of each entry, of each module, of each module's machine code, where the checksum above is of this index
//   entries                          JSON (SavedCode), UTF-8
//   modules                          length of the following; JSON (ModuleImage); the module
//   machine code                     as the host gave it
//
// Code as JavaScript is its text. Code as WebAssembly is in modules as they were made, with the places in the table of functions and the cells
// that they had: a run that may use them begins with the numbers behind these.
//
// Machine code is the host's, for a module as a whole, and may be missing: the module is then compiled as it was the first time.
//
// Nothing in a file is believed: an index, entry, module or machine code whose checksum is wrong counts as absent, and an entry is used where the guest's memory
// holds the very bytes that it was made from. So the file need not be the right one, nor the program still be the same.

import { CELLS, FIRST_CELL, FIRST_PLACE } from "./lookup.ts";
import type { Precision } from "../translator/lane-checks.ts";
import type { ModuleImage } from "../translator/wasm/image.ts";
import type { Compiled, MachineCode } from "./webassembly.ts";

/** A constant of generated code (translator/exits.ts); instructions and their semantic functions by node and place in it. */
export type SavedConstant = readonly [kind: "to" | "jump" | "insn" | "semantic" | "words" | "other" | "counts", ...numbers: number[]];

/** A translation without anything that belongs to one run. */
export interface SavedCode {
  readonly tier: "block" | "trace" | "region";
  /** Addresses of the graph's nodes in order, and the guest's bytes of each in hexadecimal digits. */
  readonly nodes: readonly number[];
  readonly bytes: readonly string[];
  /** Indirect jumps of the region: address, and where each was seen to lead. */
  readonly targets: readonly (readonly number[])[];
  /** Code that was worth following then, in the unit itself and in callees. Not all of it is in the graph, when that has found its limit. */
  readonly own: readonly number[];
  readonly callees: readonly number[];
  /** Most instructions that the graph could have. */
  readonly limit: number;
  readonly x87Locals: boolean;
  /** What the code was made for, when that has a part in it. */
  readonly precision?: Precision;
  readonly entries: readonly number[];
  /** Characters of the text, and the text itself where the code is not in a module. */
  readonly size: number;
  readonly source: string;
  /** The module that the code is in, and the function's number there. */
  readonly module?: readonly [id: number, number: number];
  readonly constants: readonly SavedConstant[];
}

export interface SavedModule {
  readonly image: ModuleImage;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The module with its machine code, if that was kept and the host takes it. */
  readonly revive?: () => object | undefined;
  /** What the host has made of it, once it has. */
  compiled?: Compiled;
}

/** What an engine wants of it. All engines of a run that have the same program share one. */
export interface SavedProgram {
  readonly stats: SavedStats;
  /** The first place and the first cell that no module of the file has. */
  readonly places: number;
  readonly cells: number;
  /** Whether there is code for an address. */
  has(address: number): boolean;
  /** The code for an address: it begins there, or has a way in there. Undefined when it is damaged. */
  take(address: number): SavedCode | undefined;
  /** Whether other code is there for an address than for that at `head`. */
  differ(address: number, head: number): boolean;
  /** A module of the file. */
  module(id: number): SavedModule | undefined;
  /** The code for this address was no use: what has taken its place in the guest's memory is something else. */
  refuse(address: number): void;
  /** Code that has been made, in place of what there was for this address. That in a module is for later runs alone. */
  keep(address: number, code: SavedCode): void;
  /** What has just been kept for the address `head` is come to at another one, too. */
  keepWay(address: number, head: number): void;
  /** A module that has been made, with the first place and cell behind those that it has; its number, or undefined when there is no room. */
  keepModule(module: SavedModule, places: number, cells: number): number | undefined;
  /** Whether the modules of who asks are kept. True once: those of others have the same places. */
  claim(): boolean;
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

/** Most bytes in one file. A compiler's hot code makes 60 MB. */
const MAX_BYTES = 160 * 1024 * 1024;
/** A file is written again when what is new makes up this part of it. */
const WORTH = 16;
/** What is new of machine code counts only if it is more than this: V8 compiles so much in some 10 ms. Otherwise each run of a short program would have optimised something else. */
const MORE_OPTIMISED = 64 * 1024;
/** A file whose modules have more places or cells than these is begun anew: numbers are not used again. */
const MAX_PLACES = 1 << 17, MAX_CELLS = CELLS >> 1;
/** Bytes of an entry of the index, of a way in, and of what stands before the first. */
const ENTRY = 20, WAY = 8, INDEX = 28;
const NO_MODULE = 0xffffffff;

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** FNV-1a. */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  for (let k = 0; k < bytes.length; k++) hash = Math.imul(hash ^ bytes[k], 0x01000193);
  return hash >>> 0;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly sum: number;
}

interface Entry extends Piece {
  /** Number of the module that the code is in, or NO_MODULE. */
  readonly module: number;
  readonly fresh: boolean;
  used: boolean;
  /** Of no use in this run: what it was made from has become something else. So it is for all its ways in. */
  useless: boolean;
}

interface Index {
  /** By address. */
  readonly entries: Map<number, Entry>;
  readonly modules: Map<number, Piece>;
  /** Machine code by the module's number. */
  readonly machine: Map<number, Piece>;
  readonly places: number;
  readonly cells: number;
  /** Modules that were cut off, or their machine code. */
  readonly lost: number;
}

function readIndex(data: Uint8Array | undefined, head: Uint8Array, stats: SavedStats): Index {
  const entries = new Map<number, Entry>(), modules = new Map<number, Piece>(), machine = new Map<number, Piece>();
  const nothing = { entries, modules, machine, places: FIRST_PLACE, cells: FIRST_CELL, lost: 0 };
  const start = head.length + INDEX;
  if (data === undefined || data.length < start || head.some((byte, k) => data[k] !== byte)) return nothing;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [ways, count, more, optimised, places, cells, sum] = Array.from({ length: INDEX / 4 }, (_, k) => view.getUint32(head.length + 4 * k, true));
  const first = start + ways * WAY, end = first + (count + more + optimised) * ENTRY;
  if (end > data.length || places > MAX_PLACES || cells > MAX_CELLS || (checksum(data.subarray(start, end)) ^ places ^ cells) >>> 0 !== sum) return nothing;
  const codes = new Map<number, Entry>();
  let lost = 0;
  for (let at = first; at < end; at += ENTRY) {
    const [id, module, offset, length, sum] = Array.from({ length: ENTRY / 4 }, (_, k) => view.getUint32(at + 4 * k, true));
    // cut off: what is there may still be of use
    const whole = offset + length <= data.length, bytes = data.subarray(offset, offset + length);
    if (at >= first + count * ENTRY) {
      if (whole) (at < first + (count + more) * ENTRY ? modules : machine).set(id, { bytes, sum });
      else lost++;
    } else if (whole) codes.set(id, { module, bytes, sum, fresh: false, used: false, useless: false });
    else stats.damaged++;
  }
  for (let at = start; at < first; at += WAY) {
    const code = codes.get(view.getUint32(at + 4, true));
    if (code !== undefined) entries.set(view.getInt32(at, true), code);
  }
  stats.entries = codes.size;
  return { entries, modules, machine, places, cells, lost };
}

/** `data`: the file as it is found, if it is. `machineCode`: where the host has it. */
export function openSaved(data: Uint8Array | undefined, key: string, machineCode?: MachineCode): SavedFile {
  const head = encoder.encode(`jit386 translations 4 ${key}\n`);
  const stats: SavedStats = { entries: 0, used: 0, damaged: 0, refused: 0, kept: 0 };
  const { entries, modules, machine, places: firstPlace, cells: firstCell, lost } = readIndex(data, head, stats);
  /** Modules that have been looked at. */
  const opened = new Map<number, SavedModule | undefined>();
  let freshBytes = 0, stale = lost > 0, claimed = false;
  // not the number of a module that is lost while entries still name it
  const named = [...entries.values()].flatMap((entry) => (entry.module === NO_MODULE ? [] : [entry.module]));
  let places = firstPlace, cells = firstCell, nextModule = [...modules.keys(), ...named].reduce((most, id) => Math.max(most, id), -1) + 1;

  function module(id: number): SavedModule | undefined {
    if (opened.has(id)) return opened.get(id);
    const piece = modules.get(id);
    let found: SavedModule | undefined;
    if (piece !== undefined && checksum(piece.bytes) === piece.sum) {
      const { bytes } = piece, length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      found = { image: JSON.parse(decoder.decode(bytes.subarray(4, 4 + length))) as ModuleImage, bytes: bytes.slice(4 + length), revive: () => revive(id) };
    } else modules.delete(id);
    opened.set(id, found);
    return found;
  }

  function revive(id: number): object | undefined {
    const piece = machine.get(id), it = opened.get(id);
    if (piece === undefined || it === undefined || machineCode === undefined) return undefined;
    const made = checksum(piece.bytes) === piece.sum ? machineCode.revive(piece.bytes, it.bytes) : undefined;
    if (made === undefined) machine.delete(id);
    return made;
  }

  /** Notes what V8 has optimised. */
  function optimise(): void {
    if (machineCode === undefined) return;
    let more = 0;
    for (const [id, it] of opened) {
      if (it?.compiled === undefined) continue;
      const bytes = machineCode.of(it.compiled), before = machine.get(id)?.bytes.length ?? 0;
      if (bytes === undefined || bytes.length <= before) continue;
      more += bytes.length - before;
      machine.set(id, { bytes, sum: checksum(bytes) });
    }
    if (more > MORE_OPTIMISED) freshBytes += more;
  }

  function put(address: number, entry: Entry): void {
    stale ||= entries.get(address)?.useless === true;
    entries.set(address, entry);
  }

  /** What this run had no use for goes first when there is too much. */
  function chosen(): { codes: Set<Entry>; taken: [number, Piece][] } {
    const codes = new Set<Entry>(), taken = new Map<number, Piece>();
    let size = 0;
    for (const wanted of [true, false]) {
      for (const it of new Set(entries.values())) {
        const { used, bytes, module: id } = it, within = taken.has(id) ? undefined : modules.get(id);
        const more = bytes.length + (within === undefined ? 0 : within.bytes.length + (machine.get(id)?.bytes.length ?? 0));
        if (used !== wanted || size + more > MAX_BYTES || (id !== NO_MODULE && !modules.has(id))) continue;
        size += more;
        codes.add(it);
        if (within !== undefined) taken.set(id, within);
      }
    }
    return { codes, taken: [...taken] };
  }

  return {
    stats, module, places: firstPlace, cells: firstCell,
    has(address) {
      const entry = entries.get(address);
      return entry !== undefined && !entry.useless && !(entry.fresh && entry.module !== NO_MODULE);
    },
    take(address) {
      const entry = entries.get(address);
      if (entry === undefined) return undefined;
      if ((entry.fresh || checksum(entry.bytes) === entry.sum) && (entry.module === NO_MODULE || module(entry.module) !== undefined)) {
        if (!entry.used) stats.used++;
        entry.used = true;
        return JSON.parse(decoder.decode(entry.bytes)) as SavedCode;
      }
      for (const [way, it] of entries) if (it === entry) entries.delete(way);
      stats.damaged++;
      return undefined;
    },
    differ: (address, head) => entries.has(address) && entries.get(address) !== entries.get(head),
    refuse(address) {
      const entry = entries.get(address);
      if (entry === undefined || entry.useless) return;
      entry.useless = true;
      if (!entry.fresh) stats.used--;
      stats.refused++;
    },
    keep(address, code) {
      if (freshBytes > MAX_BYTES) return;
      const bytes = encoder.encode(JSON.stringify(code));
      freshBytes += bytes.length;
      stats.kept++;
      put(address, { module: code.module?.[0] ?? NO_MODULE, bytes, sum: checksum(bytes), fresh: true, used: true, useless: false });
    },
    keepWay(address, head) {
      const entry = entries.get(head);
      if (entry?.fresh === true) put(address, entry);
    },
    keepModule(it, placesBehind, cellsBehind) {
      if (freshBytes > MAX_BYTES) return undefined;
      const image = encoder.encode(JSON.stringify(it.image)), bytes = new Uint8Array(4 + image.length + it.bytes.length);
      new DataView(bytes.buffer).setUint32(0, image.length, true);
      bytes.set(image, 4);
      bytes.set(it.bytes, 4 + image.length);
      freshBytes += bytes.length;
      places = Math.max(places, placesBehind);
      cells = Math.max(cells, cellsBehind);
      modules.set(nextModule, { bytes, sum: checksum(bytes) });
      opened.set(nextModule, it);
      return nextModule++;
    },
    claim() {
      const first = !claimed;
      claimed = true;
      return first;
    },
    contents() {
      optimise();
      let total = 0;
      for (const { bytes } of [...new Set(entries.values()), ...modules.values(), ...machine.values()]) total += bytes.length;
      if (stats.damaged === 0 && !stale && (freshBytes === 0 || freshBytes * WORTH < total)) return undefined;
      const { codes, taken } = chosen(), numbers = new Map([...codes].map((code, k) => [code, k]));
      const chosenModules = new Set(taken.map(([id]) => id)), optimised = [...machine].filter(([id]) => chosenModules.has(id));
      const ways = [...entries].filter(([, code]) => codes.has(code));
      const index = new Uint8Array(INDEX + ways.length * WAY + (codes.size + taken.length + optimised.length) * ENTRY), view = new DataView(index.buffer);
      let offset = head.length + index.length, at = INDEX;
      const write = (...words: readonly number[]) => {
        for (const word of words) {
          view.setUint32(at, word, true);
          at += 4;
        }
      };
      for (const [address, code] of ways) write(address, numbers.get(code) ?? 0);
      for (const [{ module: id, bytes, sum }, number] of numbers) {
        write(number, id, offset, bytes.length, sum);
        offset += bytes.length;
      }
      for (const [id, { bytes, sum }] of taken) {
        write(id, id, offset, bytes.length, sum);
        offset += bytes.length;
      }
      for (const [id, { bytes, sum }] of optimised) {
        write(id, id, offset, bytes.length, sum);
        offset += bytes.length;
      }
      at = 0;
      write(ways.length, codes.size, taken.length, optimised.length, places, cells, checksum(index.subarray(INDEX)) ^ places ^ cells);
      return [head, index, ...[...codes].map(({ bytes }) => bytes), ...taken.map(([, { bytes }]) => bytes), ...optimised.map(([, { bytes }]) => bytes)];
    },
  };
}
