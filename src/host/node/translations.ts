// The files of --cache: what earlier runs have translated of each program (runtime/saved.ts), in a directory of the user's. Read when a program
// starts, written at the end. Several commands may do that at once: a file is replaced as a whole, and the last one wins.

import fs from "node:fs";
import type { TranslationStore } from "../../boot.ts";
import { checksum, openSaved, type SavedFile, type SavedStats } from "../../runtime/saved.ts";
import type { MachineCode } from "../../runtime/webassembly.ts";
import { makeDirectory, readOwn } from "./own-files.ts";

/** Most bytes in the directory; what was used longest ago goes first. */
const MAX_BYTES = 1024 * 1024 * 1024;
const SUFFIX = ".code";
/** Bytes at either end of a program that name it, beside its size: its headers with the build ID, and its table of sections. */
const ENDS = 4096;
/** A file that a killed command has left half written is removed when it is this old. */
const ABANDONED_MS = 3600 * 1000;

export interface Translations extends TranslationStore {
  /** Writes what is new. */
  close(): void;
  stats(): SavedStats;
}

export interface TranslationsOptions {
  readonly directory: string;
  /** What translations depend on besides the guest's bytes. */
  readonly key: string;
  /** Told, once at most, when nothing can be written. */
  readonly warn: (text: string) => void;
  /** Where it can be kept. */
  readonly machineCode?: MachineCode | undefined;
}

/** Tells evict() that the file was used. */
function touch(fd: number): void {
  const now = Date.now() / 1000;
  try {
    fs.futimesSync(fd, now, now);
  } catch {
    // a read-only file system: nobody evicts there
  }
}

function remove(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // somebody else has, or nobody may
  }
}

function replaceFile(path: string, pieces: readonly Uint8Array[]): void {
  const temporary = `${path}.${process.pid}`;
  try {
    const fd = fs.openSync(temporary, "wx", 0o600);
    try {
      for (const piece of gathered(pieces)) {
        for (let at = 0; at < piece.length;) at += fs.writeSync(fd, piece, at);
      }
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    remove(temporary);
    throw error;
  }
}

/** Thousands of small pieces as a few large ones. */
function* gathered(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let from = 0, size = 0;
  for (let k = 0; k < pieces.length; k++) {
    size += pieces[k].length;
    if (size < 1 << 20 && k + 1 < pieces.length) continue;
    yield Buffer.concat(pieces.slice(from, k + 1));
    from = k + 1;
    size = 0;
  }
}

/** Removes files until the rest fits. */
function evict(directory: string): void {
  const files: { path: string; size: number; used: number }[] = [];
  for (const name of fs.readdirSync(directory)) {
    const path = `${directory}/${name}`;
    const status = fs.statSync(path, { throwIfNoEntry: false });
    if (status === undefined) continue;
    const { size, mtimeMs } = status;
    if (name.endsWith(SUFFIX)) files.push({ path, size, used: mtimeMs });
    else if (/\.code\.\d+$/.test(name) && Date.now() - mtimeMs > ABANDONED_MS) remove(path);
  }
  files.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const { path, size } of files) if ((total += size) > MAX_BYTES) remove(path);
}

export function openTranslations({ directory, key, warn, machineCode }: TranslationsOptions): Translations {
  const programs = new Map<string, SavedFile>();
  // different keys, different files: else a run with --cpu=sse2 would undo what one without it has kept
  const pathOf = (program: string) => `${directory}/${program}-${checksum(Buffer.from(key)).toString(16).padStart(8, "0")}${SUFFIX}`;

  function write(): void {
    let wrote = false;
    for (const [program, saved] of programs) {
      const contents = saved.contents();
      if (contents === undefined) continue;
      if (!wrote) makeDirectory(directory);
      replaceFile(pathOf(program), contents);
      wrote = true;
    }
    if (wrote) evict(directory);
  }

  return {
    name(file) {
      const head = new Uint8Array(ENDS), tail = new Uint8Array(ENDS);
      const { size } = file;
      if (file.readAt(0, head) < 0 || file.readAt(Math.max(0, size - ENDS), tail) < 0) return "";
      return `${size.toString(16)}-${checksum(head).toString(16).padStart(8, "0")}${checksum(tail).toString(16).padStart(8, "0")}`;
    },
    open(program) {
      if (program === "") return undefined;
      let saved = programs.get(program);
      if (saved === undefined) programs.set(program, (saved = openSaved(readOwn(pathOf(program), touch), key, machineCode)));
      return saved;
    },
    close() {
      try {
        write();
      } catch (error) {
        warn(`--cache: nothing is kept: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    stats() {
      const sum: SavedStats = { entries: 0, used: 0, damaged: 0, refused: 0, kept: 0 };
      for (const { stats } of programs.values()) for (const name of Object.keys(sum) as (keyof SavedStats)[]) sum[name] += stats[name];
      return sum;
    },
  };
}
