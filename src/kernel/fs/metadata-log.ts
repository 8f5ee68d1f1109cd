// The file that keeps metadata for metadata.ts: a log of lines, one for each change, the last word on a file counting. A line is a
// checksum and a JSON array:
//
//   ["f", inode, birth, mode, uid, gid, rdev]            what stat(2) is to tell of the file, S_IF bits included
//   ["f", inode, birth, mode, uid, gid, rdev, target]    the same of a symbolic link
//   ["x", inode]                                         the file is gone
//   ["n", directory's inode, name, name on the host]     a name that the host would not tell from another
//   ["d", directory's inode, name]                       the name is gone
//
// Files are known by inode number and time of birth, so that renames and hard links need nothing, and a number that the host has given
// out again finds nothing. Several processes may use one log: additions are made under a lock, and each reads what others have added.
// A line that is torn or damaged is left out, and a log with many dead lines is written anew, beside the old and then renamed over it.

import { E } from "../errno.ts";
import { O } from "./constants.ts";
import type { HostFs } from "./host.ts";
import type { Stat, Time } from "./inode.ts";

export interface Kept {
  /** Of the file it was written for; "" when the host does not tell. */
  readonly birth: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  /** Of a symbolic link. */
  readonly target: string | undefined;
}

export interface MetadataLog {
  /** Reads what other processes have added. */
  refresh(): void;
  find(stat: Stat): Kept | undefined;
  /** 0, or a negative errno: nothing has changed then. */
  keep(stat: Stat, kept: Omit<Kept, "birth">): number;
  /** Forgets a file that is gone; while `still` it is known to this process, that has it open. */
  forget(ino: number, still: boolean): void;
  /** Forgets in this process what `forget` has left. */
  release(ino: number): void;
  /** The host's name for one that needs another; undefined: the usual one. */
  alias(directory: number, name: string): string | undefined;
  /** The guest's name for such a host name. */
  aliased(directory: number, hostName: string): string | undefined;
  setAlias(directory: number, name: string, hostName: string | undefined): number;
  readonly hasAliases: boolean;
  /** Some file is not what it is to the host: a link, a device, a pipe, a socket. */
  readonly hasSpecial: boolean;
}

const HEADER = "jit386 metadata 1\n";
const IFMT = 0o170000, IFREG = 0o100000, IFDIR = 0o040000;
/** Lines that say nothing any more, before the log is written anew. */
const DEAD_LINES = 1000;
/** A lock that stands this long has been left by a process that was killed. */
const LOCK_MS = 2000;
const PAUSE_MS = 4;

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

const lineOf = (fields: readonly (string | number)[]): string => {
  const json = JSON.stringify(fields);
  return `${checksum(json)} ${json}\n`;
};

const birthOf = (time: Time | undefined): string => (time === undefined ? "" : `${time.sec}.${time.nsec}`);

/** Stops this thread for a moment: everything here is synchronous. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isString = (value: unknown): value is string => typeof value === "string";

/** The log in the host's file `path`, which need not exist yet. */
export function openMetadataLog(host: HostFs, path: string): MetadataLog {
  const files = new Map<number, Kept>();
  const aliases = new Map<string, string>(), names = new Map<string, string>();
  /** Files that are gone but open. */
  const leftover = new Map<number, Kept>();
  let special = 0, lines = 0, read = 0, identity = "", damaged = false;

  const key = (directory: number, name: string) => `${directory}/${name}`;
  const isSpecial = (kept: Kept | undefined) => kept !== undefined && (kept.mode & IFMT) !== IFREG && (kept.mode & IFMT) !== IFDIR;

  function put(ino: number, kept: Kept | undefined): void {
    if (isSpecial(files.get(ino))) special--;
    if (isSpecial(kept)) special++;
    if (kept) files.set(ino, kept);
    else files.delete(ino);
  }

  function putAlias(directory: number, name: string, hostName: string | undefined): void {
    const before = aliases.get(key(directory, name));
    if (before !== undefined) names.delete(key(directory, before));
    aliases.delete(key(directory, name));
    if (hostName === undefined) return;
    aliases.set(key(directory, name), hostName);
    names.set(key(directory, hostName), name);
  }

  /** False for what is no record. */
  function apply(record: unknown): boolean {
    if (!Array.isArray(record)) return false;
    const [kind, at, ...rest] = record as unknown[];
    if (!isNumber(at)) return false;
    if (kind === "x") put(at, undefined);
    else if (kind === "d" && isString(rest[0])) putAlias(at, rest[0], undefined);
    else if (kind === "n" && isString(rest[0]) && isString(rest[1])) putAlias(at, rest[0], rest[1]);
    else if (kind === "f") {
      const [birth, mode, uid, gid, rdev, target] = rest;
      if (!isString(birth) || !isNumber(mode) || !isNumber(uid) || !isNumber(gid) || !isNumber(rdev)) return false;
      put(at, { birth, mode, uid, gid, rdev, target: isString(target) ? target : undefined });
    } else return false;
    return true;
  }

  function parse(line: string): boolean {
    const json = line.slice(9);
    if (line[8] !== " " || checksum(json) !== line.slice(0, 8)) return false;
    try {
      return apply(JSON.parse(json));
    } catch {
      return false;
    }
  }

  function readFrom(offset: number, size: number): string {
    const fd = host.open(path, O.RDONLY, 0);
    if (fd < 0) return "";
    const bytes = new Uint8Array(size - offset);
    let got = 0;
    while (got < bytes.length) {
      const count = host.read(fd, bytes.subarray(got), offset + got);
      if (count <= 0) break;
      got += count;
    }
    host.close(fd);
    return textOf(bytes.subarray(0, got));
  }

  function clear(): void {
    files.clear();
    aliases.clear();
    names.clear();
    special = lines = read = 0;
    damaged = false;
  }

  function refresh(): void {
    const stat = host.lstat(path);
    if (typeof stat === "number") {
      if (identity !== "") clear();
      identity = "";
      return;
    }
    const found = `${stat.ino} ${birthOf(stat.btime)}`;
    if (found === identity && stat.size === read) return;
    if (found !== identity || stat.size < read) clear();
    identity = found;
    let text = readFrom(read, stat.size);
    if (read === 0) {
      if (!text.startsWith(HEADER)) {
        // nothing of ours, or of a later version: what it says is not known
        damaged = true;
        read = stat.size;
        return;
      }
      text = text.slice(HEADER.length);
      read = HEADER.length;
    }
    const end = text.lastIndexOf("\n") + 1;
    for (const line of text.slice(0, end).split("\n")) {
      if (line === "") continue;
      lines++;
      if (!parse(line)) damaged = true;
    }
    // the rest is a line that is being written, or that never was finished
    read += end;
    if (end < text.length) damaged = true;
  }

  /** Does something that no other process does at the same time. */
  function locked(action: () => number): number {
    const lock = `${path}.lock`;
    let seen = "", since = 0;
    for (let refused = 0; ; ) {
      const fd = host.open(lock, O.WRONLY | O.CREAT | O.EXCL, 0o644);
      if (fd >= 0) {
        host.close(fd);
        break;
      }
      // Windows says this for a moment of a file that is being removed
      const removing = (fd === -E.PERM || fd === -E.ACCES || fd === -E.BUSY) && ++refused < 5;
      if (fd !== -E.EXIST && !removing) return fd;
      const stat = host.lstat(lock);
      const now = performance.now();
      const found = typeof stat === "number" ? "" : `${stat.ino} ${birthOf(stat.btime)} ${birthOf(stat.mtime)}`;
      if (found !== seen) [seen, since] = [found, now];
      if (found !== "" && now - since > LOCK_MS) host.unlink(lock);
      else pause();
    }
    try {
      return action();
    } finally {
      host.unlink(lock);
    }
  }

  function writeAll(fd: number, text: string, position: number): number {
    const bytes = bytesOf(text);
    for (let done = 0; done < bytes.length; ) {
      const count = host.write(fd, bytes.subarray(done), position + done);
      if (count <= 0) return count || -E.IO;
      done += count;
    }
    return 0;
  }

  /** Writes the log anew. */
  function compact(): number {
    const records = [
      ...[...files].map(([ino, kept]) => lineOf(fieldsOf(ino, kept))),
      ...[...aliases].map(([place, hostName]) => {
        const slash = place.indexOf("/");
        return lineOf(["n", Number(place.slice(0, slash)), place.slice(slash + 1), hostName]);
      }),
    ];
    const text = HEADER + records.join("");
    const temporary = `${path}.new`;
    const fd = host.open(temporary, O.WRONLY | O.CREAT | O.TRUNC, 0o644);
    if (fd < 0) return fd;
    let error = writeAll(fd, text, 0);
    if (error === 0) error = host.fsync(fd, false);
    host.close(fd);
    if (error === 0) error = host.rename(temporary, path);
    if (error < 0) {
      host.unlink(temporary);
      return error;
    }
    const stat = host.lstat(path);
    if (typeof stat === "number") return stat;
    identity = `${stat.ino} ${birthOf(stat.btime)}`;
    read = text.length;
    lines = records.length;
    damaged = false;
    return 0;
  }

  /** Adds a line and does what it says. */
  function append(fields: readonly (string | number)[]): number {
    return locked(() => {
      refresh();
      if (identity === "" || damaged || lines > 2 * (files.size + aliases.size) + DEAD_LINES) {
        const error = compact();
        if (error < 0) return error;
      }
      const fd = host.open(path, O.WRONLY | O.APPEND, 0);
      if (fd < 0) return fd;
      const line = lineOf(fields);
      const error = writeAll(fd, line, read);
      host.close(fd);
      if (error < 0) return error;
      read += line.length;
      lines++;
      apply(fields);
      return 0;
    });
  }

  const fieldsOf = (ino: number, kept: Kept): (string | number)[] => {
    const fields: (string | number)[] = ["f", ino, kept.birth, kept.mode, kept.uid, kept.gid, kept.rdev];
    return kept.target === undefined ? fields : [...fields, kept.target];
  };

  return {
    refresh,
    find(stat) {
      const kept = files.get(stat.ino) ?? leftover.get(stat.ino);
      return kept && kept.birth === birthOf(stat.btime) ? kept : undefined;
    },
    keep: (stat, kept) => append(fieldsOf(stat.ino, { ...kept, birth: birthOf(stat.btime) })),
    forget(ino, still) {
      const kept = files.get(ino);
      if (!kept) return;
      if (still) leftover.set(ino, kept);
      put(ino, undefined);
      append(["x", ino]);
    },
    release: (ino) => void leftover.delete(ino),
    alias: (directory, name) => aliases.get(key(directory, name)),
    aliased: (directory, hostName) => names.get(key(directory, hostName)),
    setAlias: (directory, name, hostName) => append(hostName === undefined ? ["d", directory, name] : ["n", directory, name, hostName]),
    get hasAliases() {
      return aliases.size > 0;
    },
    get hasSpecial() {
      return special > 0;
    },
  };
}
