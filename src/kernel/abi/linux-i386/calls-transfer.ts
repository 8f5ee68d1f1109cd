// System calls that move data between descriptors: sendfile(2), splice(2), tee(2), vmsplice(2), copy_file_range(2).

import { E } from "../../errno.ts";
import { O, S, SEEK } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import { PipeFile } from "../../fs/pipe.ts";
import { waitFor } from "../../wait.ts";
import type { Result, WaitQueue } from "../../wait.ts";
import { call, fd, flags, hex, pointer, size, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { failedWrite, fileOf, fillGuest, MAX_COUNT } from "./file-arguments.ts";
import { ioVectors } from "./calls-io.ts";

const CHUNK = 65536;
const SPLICE = { SPLICE_F_MOVE: 1, SPLICE_F_NONBLOCK: 2, SPLICE_F_MORE: 4, SPLICE_F_GIFT: 8 } as const;
const F_NONBLOCK = SPLICE.SPLICE_F_NONBLOCK;

/** An offset argument by address: undefined when absent, a negative errno when it is bad. */
function readOffset(k: Context, address: number, width: 4 | 8): number | undefined {
  if (!address) return undefined;
  const value = width === 4 ? k.memory.loadU32(address) : k.memory.loadU64(address);
  if (value === undefined) return -E.FAULT;
  const offset = typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : value | 0;
  return offset < 0 ? -E.INVAL : offset;
}

function writeOffset(k: Context, address: number, width: 4 | 8, offset: number): void {
  if (!address) return;
  if (width === 4) k.memory.storeU32(address, offset);
  else k.memory.storeU64(address, BigInt(offset));
}

/** A side of a transfer: a file with an offset of its own, or the file's position. */
interface Side {
  readonly file: OpenFile;
  offset: number | undefined;
}

const readSide = (side: Side, into: Uint8Array, k: Context): number =>
  side.offset === undefined ? side.file.read(into, k) : side.file.readAt(side.offset, into);
const writeSide = (side: Side, from: Uint8Array, k: Context): number =>
  side.offset === undefined ? side.file.write(from, k) : side.file.writeAt(side.offset, from);

/**
 * Moves up to `count` bytes from a seekable file. What the target does not take stays with the source. Blocks while nothing
 * has been moved and the target is full, unless `nonblocking`.
 */
function pump(k: Context, from: Side, to: Side, count: number, nonblocking: boolean, finish: (moved: number) => number): Result {
  let moved = 0;
  const buffer = new Uint8Array(Math.min(CHUNK, count));
  const attempt = (): number | undefined => {
    while (moved < count) {
      const position = from.offset ?? from.file.seek(0, SEEK.CUR);
      if (position < 0) return moved > 0 ? finish(moved) : position;
      const part = buffer.subarray(0, Math.min(buffer.length, count - moved));
      const got = from.file.readAt(position, part);
      if (got <= 0) return moved > 0 || got === 0 ? finish(moved) : got;
      const put = writeSide(to, part.subarray(0, got), k);
      if (put === -E.AGAIN && moved === 0 && !nonblocking) return undefined;
      if (put < 0) return moved > 0 ? finish(moved) : failedWrite(k, put);
      moved += put;
      if (from.offset === undefined) from.file.seek(position + put, SEEK.SET);
      else from.offset += put;
      if (to.offset !== undefined) to.offset += put;
      if (put < got && nonblocking) break;
    }
    return finish(moved);
  };
  const result = attempt();
  return result ?? waitFor(to.file.queues, attempt);
}

function sendfile(k: Context, out: number, input: number, offsetAddress: number, count: number, width: 4 | 8): Result {
  const offset = readOffset(k, offsetAddress, width);
  if (offset === -E.FAULT) return offset;
  const source = fileOf(k, input), target = fileOf(k, out);
  if (!source?.readable) return -E.BADF;
  if (offset !== undefined && !source.positional) return -E.SPIPE;
  if (!target?.writable) return -E.BADF;
  if (source.inode.isDirectory || !source.seekable || target.flags & O.APPEND) return -E.INVAL;
  if (offset !== undefined && offset < 0) return offset;
  const from: Side = { file: source, offset }, to: Side = { file: target, offset: undefined };
  return pump(k, from, to, Math.min(count >>> 0, MAX_COUNT), (target.flags & O.NONBLOCK) !== 0, (moved) => {
    if (offset !== undefined) writeOffset(k, offsetAddress, width, offset + moved);
    return moved;
  });
}

function copyFileRange(k: Context, input: number, inOffset: number, out: number, outOffset: number, count: number, bits: number): Result {
  const source = fileOf(k, input), target = fileOf(k, out);
  if (!source || !target || (source.flags | target.flags) & O.PATH) return -E.BADF;
  const a = readOffset(k, inOffset, 8), b = readOffset(k, outOffset, 8);
  if (a !== undefined && a < 0) return a;
  if (b !== undefined && b < 0) return b;
  if (bits) return -E.INVAL;
  if (source.inode.isDirectory || target.inode.isDirectory) return -E.ISDIR;
  if (source.inode.type !== S.IFREG || target.inode.type !== S.IFREG) return -E.INVAL;
  if (!source.readable || !target.writable || target.flags & O.APPEND) return -E.BADF;
  const wanted = Math.min(count >>> 0, MAX_COUNT);
  const start = a ?? source.seek(0, SEEK.CUR), end = b ?? target.seek(0, SEEK.CUR);
  if (source.inode.key === target.inode.key && start < end + wanted && end < start + wanted) return -E.INVAL;
  return pump(k, { file: source, offset: a }, { file: target, offset: b }, wanted, true, (moved) => {
    if (a !== undefined) writeOffset(k, inOffset, 8, a + moved);
    if (b !== undefined) writeOffset(k, outOffset, 8, b + moved);
    return moved;
  });
}

/** Tries until something has moved or failed; sleeps on both files in between. */
function transferWait(queues: readonly WaitQueue[], nonblocking: boolean, attempt: () => number): Result {
  const result = attempt();
  if (result !== -E.AGAIN || nonblocking) return result;
  return waitFor(queues, () => {
    const again = attempt();
    return again === -E.AGAIN ? undefined : again;
  });
}

function splice(k: Context, input: number, inOffset: number, out: number, outOffset: number, count: number, bits: number): Result {
  if (count === 0) return 0;
  if (bits & ~15) return -E.INVAL;
  const source = fileOf(k, input), target = fileOf(k, out);
  if (!source || !target || !source.readable || !target.writable) return -E.BADF;
  const fromPipe = source instanceof PipeFile, toPipe = target instanceof PipeFile;
  if ((fromPipe && inOffset) || (toPipe && outOffset)) return -E.SPIPE;
  if (!fromPipe && !toPipe) return -E.INVAL;
  if (fromPipe && toPipe && source.pipe === target.pipe) return -E.INVAL;
  if (target.flags & O.APPEND || source.inode.isDirectory) return -E.INVAL;
  const a = readOffset(k, inOffset, 8), b = readOffset(k, outOffset, 8);
  if (a !== undefined && a < 0) return a;
  if (b !== undefined && b < 0) return b;
  const from: Side = { file: source, offset: a }, to: Side = { file: target, offset: b };
  const wanted = Math.min(count >>> 0, MAX_COUNT, CHUNK);
  const nonblocking = (bits & F_NONBLOCK) !== 0 || (!fromPipe && (source.flags & O.NONBLOCK) !== 0);
  const done = (moved: number): number => {
    if (a !== undefined) writeOffset(k, inOffset, 8, a + moved);
    if (b !== undefined) writeOffset(k, outOffset, 8, b + moved);
    return moved;
  };
  return transferWait([...source.queues, ...target.queues], nonblocking, () => {
    const room = toPipe ? target.pipe.room : wanted;
    if (toPipe && target.pipe.readers === 0) return failedWrite(k, -E.PIPE);
    if (room === 0) return -E.AGAIN;
    const buffer = new Uint8Array(Math.min(wanted, room));
    if (fromPipe) {
      // Look first: what the target does not take must stay in the pipe.
      if (source.pipe.length === 0) return source.pipe.writers === 0 ? 0 : -E.AGAIN;
      const got = source.pipe.copy(buffer);
      const put = writeSide(to, buffer.subarray(0, got), k);
      if (put < 0) return put === -E.AGAIN ? put : failedWrite(k, put);
      source.pipe.take(buffer.subarray(0, put));
      return done(put);
    }
    const got = readSide(from, buffer, k);
    return got <= 0 ? got : done((target as PipeFile).pipe.put(buffer.subarray(0, got)));
  });
}

function tee(k: Context, input: number, out: number, count: number, bits: number): Result {
  if (bits & ~15) return -E.INVAL;
  if (count === 0) return 0;
  const source = fileOf(k, input), target = fileOf(k, out);
  if (!source || !target || !source.readable || !target.writable) return -E.BADF;
  if (!(source instanceof PipeFile) || !(target instanceof PipeFile) || source.pipe === target.pipe) return -E.INVAL;
  return transferWait([...source.queues, ...target.queues], (bits & F_NONBLOCK) !== 0, () => {
    if (target.pipe.readers === 0) return failedWrite(k, -E.PIPE);
    if (source.pipe.length === 0) return source.pipe.writers === 0 ? 0 : -E.AGAIN;
    if (target.pipe.room === 0) return -E.AGAIN;
    const buffer = new Uint8Array(Math.min(count >>> 0, target.pipe.room, source.pipe.length));
    return target.pipe.put(buffer.subarray(0, source.pipe.copy(buffer)));
  });
}

/** vmsplice copies: pages are not given away. */
function vmsplice(k: Context, n: number, vector: number, count: number, bits: number): Result {
  if (bits & ~15) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || !(file instanceof PipeFile)) return -E.BADF;
  const segments = ioVectors(k, vector, count);
  if (typeof segments === "number") return segments;
  return transferWait(file.queues, (bits & F_NONBLOCK) !== 0 || (file.flags & O.NONBLOCK) !== 0, () => {
    let done = 0;
    for (const { address, length } of segments) {
      if (length === 0) continue;
      let moved: number;
      if (file.writable) {
        const bytes = k.memory.read(address, length);
        if (!bytes) return done || -E.FAULT;
        if (file.pipe.readers === 0) return failedWrite(k, -E.PIPE, done);
        moved = file.pipe.put(bytes);
      } else moved = fillGuest(k, address, length, (into) => file.read(into));
      if (moved <= 0) return done || (file.writable ? -E.AGAIN : moved);
      done += moved;
      if (moved < length) break;
    }
    return done;
  });
}

const range = [fd("fd_in"), pointer("off_in"), fd("fd_out"), pointer("off_out"), size("len")];

export const transferCalls: readonly SystemCall[] = [
  call(187, "sendfile", [fd("out_fd"), fd("in_fd"), pointer("offset"), size()], "size", (k, o, i, p, n) => sendfile(k, o, i, p, n, 4)),
  call(239, "sendfile64", [fd("out_fd"), fd("in_fd"), pointer("offset"), size()], "size", (k, o, i, p, n) => sendfile(k, o, i, p, n, 8)),
  call(313, "splice", [...range, flags("flags", SPLICE)], "size", splice),
  call(315, "tee", [fd("fd_in"), fd("fd_out"), size("len"), flags("flags", SPLICE)], "size", tee),
  call(316, "vmsplice", [fd(), pointer("iov"), uint("nr_segs"), flags("flags", SPLICE)], "size", vmsplice),
  call(377, "copy_file_range", [...range, hex("flags")], "size", copyFileRange),
];
