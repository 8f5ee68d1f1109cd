// What the file system calls share: paths and descriptors from guest arguments, windows on guest buffers, blocking reads and writes.

import { PERM } from "../../../runtime/memory.ts";
import { mayOpen } from "../../caps.ts";
import { E } from "../../errno.ts";
import { AT, O } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import { getFile, installFile } from "../../fs/state.ts";
import type { PathRef } from "../../fs/state.ts";
import { walkPath } from "../../fs/walk.ts";
import { SIG, signalThread } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { readPath } from "../syscall.ts";
import type { Context } from "../syscall.ts";

/** Reads and writes never move more than this (MAX_RW_COUNT). */
export const MAX_COUNT = 0x7fff_f000;

/** Bytes as a byte string. */
export function byteString(bytes: Uint8Array): string {
  if (bytes.length < 8192) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** A byte string as bytes, with a final NUL when `terminated`. */
export function stringBytes(text: string, terminated = false): Uint8Array {
  const bytes = new Uint8Array(text.length + (terminated ? 1 : 0));
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A path argument as a byte string, or a negative errno. */
export function pathArgument(k: Context, address: number): string | number {
  const bytes = readPath(k, address);
  return typeof bytes === "number" ? bytes : byteString(bytes);
}

/** Where relative paths of a *at call start. */
export function baseOf(k: Context, dirfd: number): PathRef | number {
  if (dirfd === AT.FDCWD) return k.process.fs.cwd;
  const file = getFile(k.process.files, dirfd);
  if (!file) return -E.BADF;
  return file.path;
}

/** An absolute path as the process's personality sees it: what is there under its prefix comes first. */
function prefixedPath(k: Context, path: string): string {
  const { pathPrefix } = k.process.abi;
  if (pathPrefix === "") return path;
  const other = `${pathPrefix}${path}`;
  return typeof walkPath(k, k.process.fs.root, other, true) === "number" ? path : other;
}

/** A path with the directory it starts from, for walk.ts. */
export interface At {
  readonly base: PathRef;
  readonly path: string;
}

/**
 * Decodes (dirfd, pathname). The descriptor is looked at only when the path is relative, as Linux does, or when `scoped`:
 * openat2 may make it the root.
 */
export function atArgument(k: Context, dirfd: number, address: number, scoped = false): At | number {
  const path = pathArgument(k, address);
  if (typeof path === "number") return path;
  if (path === "") return -E.NOENT;
  if (path.startsWith("/") && !scoped) return { base: k.process.fs.root, path: prefixedPath(k, path) };
  const base = baseOf(k, dirfd);
  if (typeof base === "number") return base;
  if (!base.dentry.inode.isDirectory) return -E.NOTDIR;
  return { base, path };
}

/** What a *at call names: a place, and the open file when it came through AT_EMPTY_PATH. */
export interface Found {
  readonly place: PathRef;
  readonly file: OpenFile | undefined;
}

/** Resolves (dirfd, pathname, flags): AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH are honoured, others are the caller's affair. */
export function findAt(k: Context, dirfd: number, address: number, flags: number, followByDefault = true): Found | number {
  if (flags & AT.EMPTY_PATH) {
    const path = address === 0 ? "" : pathArgument(k, address);
    if (typeof path === "number") return path;
    if (path === "") {
      if (dirfd === AT.FDCWD) return { place: k.process.fs.cwd, file: undefined };
      const file = getFile(k.process.files, dirfd);
      return file ? { place: file.path, file } : -E.BADF;
    }
  }
  const at = atArgument(k, dirfd, address);
  if (typeof at === "number") return at;
  const follow = followByDefault ? !(flags & AT.SYMLINK_NOFOLLOW) : (flags & AT.SYMLINK_FOLLOW) !== 0;
  const place = walkPath(k, at.base, at.path, follow);
  return typeof place === "number" ? place : { place, file: undefined };
}

/** The open file behind a descriptor for everything but I/O on O_PATH files. */
export function fileOf(k: Context, fd: number): OpenFile | undefined {
  return getFile(k.process.files, fd);
}

/** Gives a new file a descriptor. */
export function install(k: Context, file: OpenFile, flags: number, from = 0): number {
  const refused = k.kernel.caps ? mayOpen(k.kernel) : 0;
  if (refused < 0) {
    file.unref();
    return refused;
  }
  return installFile(k.process.files, file, (flags & O.CLOEXEC) !== 0, k.process.limits[RLIMIT.NOFILE].soft, from);
}

/** Bytes from `address` that the kernel may fill, at most `count`; 0 means EFAULT. */
export function writableLength(k: Context, address: number, count: number): number {
  const bad = k.memory.firstBad(address, count, PERM.W);
  const end = bad < 0 ? count : (bad >>> 0) - (address >>> 0);
  return Math.min(end, 2 ** 32 - (address >>> 0));
}

export function readableLength(k: Context, address: number, count: number): number {
  const bad = k.memory.firstBad(address, count, PERM.R);
  const end = bad < 0 ? count : (bad >>> 0) - (address >>> 0);
  return Math.min(end, 2 ** 32 - (address >>> 0));
}

/** Lets `action` fill a guest buffer; its result, or -EFAULT. */
export function fillGuest(k: Context, address: number, count: number, action: (into: Uint8Array) => number): number {
  const length = writableLength(k, address, count);
  if (length === 0 && count > 0) return -E.FAULT;
  const window = k.memory.beginWrite(address, length);
  if (!window) return -E.FAULT;
  const result = action(window);
  k.memory.endWrite(address, result > 0 ? result : 0);
  return result;
}

/** Tries, and where the file cannot answer yet, blocks on its queues unless it is non-blocking. */
export function block(file: OpenFile, attempt: () => number): Result {
  const result = attempt();
  if (result !== -E.AGAIN || file.flags & O.NONBLOCK) return result;
  return waitFor(file.queues, () => {
    const again = attempt();
    return again === -E.AGAIN ? undefined : again;
  });
}

/**
 * Writes all of `from`, blocking between parts: what pipes and terminals need. A signal after the first part ends the call
 * with what was written. The bytes are copied when the call has to sleep, since the guest may change them.
 */
export function blockingWrite(k: Context, file: OpenFile, from: Uint8Array): Result {
  let done = 0, bytes = from;
  const attempt = (): number | undefined => {
    for (;;) {
      const count = file.write(done === 0 ? bytes : bytes.subarray(done), k);
      if (count === -E.AGAIN) return undefined;
      if (count < 0) return done > 0 && count !== -E.PIPE ? done : failedWrite(k, count, done);
      done += count;
      if (done >= bytes.length || count === 0) return done;
    }
  };
  const result = attempt();
  if (result !== undefined) return result;
  if (file.flags & O.NONBLOCK) return done > 0 ? done : -E.AGAIN;
  bytes = from.slice();
  return waitFor(file.queues, attempt, { interrupted: () => (done > 0 ? done : -E.RESTARTSYS) });
}

/** EPIPE comes with SIGPIPE, also when part of the data went through. */
export function failedWrite(k: Context, error: number, done = 0): number {
  if (error === -E.PIPE) signalThread(k, SIG.PIPE, { code: 0 });
  return done > 0 ? done : error;
}

/** Bytes that RLIMIT_FSIZE still allows from `offset`; -EFBIG with SIGXFSZ when none. */
export function allowedSize(k: Context, file: OpenFile, offset: number, count: number): number {
  const limit = k.process.limits[RLIMIT.FSIZE].soft;
  if (limit === Infinity || !file.seekable || count === 0) return count;
  if (offset >= limit) {
    signalThread(k, SIG.XFSZ);
    return -E.FBIG;
  }
  return Math.min(count, limit - offset);
}
