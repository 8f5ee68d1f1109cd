// System calls that move bytes and positions: read(2), write(2), readv(2), pread(2), preadv2(2), lseek(2), truncate(2), fallocate(2),
// fsync(2), posix_fadvise(2), readahead(2).

import { E } from "../../errno.ts";
import { FALLOC, O, S } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import { IN, notices, tellPlace } from "../../fs/notify.ts";
import { truncatePlace } from "../../fs/operations.ts";
import { walkPath } from "../../fs/walk.ts";
import { SIG, signalThread } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import { mapResult } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { bufferIn, bufferOut, call, fd, flags, hex, i64, int, oneOf, path, pointer, size, structOut, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { readSocket, writeSocket } from "./calls-socket.ts";
import {
  allowedSize, atArgument, block, blockingWrite, fileOf, fillGuest, MAX_COUNT, readableLength,
} from "./file-arguments.ts";

const WHENCE = { SEEK_SET: 0, SEEK_CUR: 1, SEEK_END: 2, SEEK_DATA: 3, SEEK_HOLE: 4 } as const;
const MAX_IOVECS = 1024;

function read(k: Context, n: number, address: number, count: number): Result {
  const file = fileOf(k, n);
  if (!file || !file.readable) return -E.BADF;
  const wanted = Math.min(count >>> 0, MAX_COUNT);
  if (file.isSocket && wanted > 0) return readSocket(k, file, [{ address, length: wanted }]);
  const result = block(file, () => {
    const got = fillGuest(k, address, wanted, (into) => file.read(into, k));
    // At the end of a file nothing is copied, so a bad address does not matter.
    return got === -E.FAULT && file.available() === 0 && file.mappable ? 0 : got;
  });
  return notices.listener ? told(file, IN.ACCESS, result) : result;
}

/** Watchers hear of bytes read or written. */
function told(file: OpenFile, event: number, result: Result): Result {
  return mapResult(result, (count) => {
    if (count > 0) tellPlace(file.path.dentry, event);
    return count;
  });
}

function write(k: Context, n: number, address: number, count: number): Result {
  const file = fileOf(k, n);
  if (!file || !file.writable) return -E.BADF;
  const wanted = Math.min(count >>> 0, MAX_COUNT);
  const length = readableLength(k, address, wanted);
  if (length === 0 && wanted > 0) return -E.FAULT;
  return writeBytes(k, file, k.memory.subarray(address, length));
}

function writeBytes(k: Context, file: OpenFile, bytes: Uint8Array): Result {
  return notices.listener ? told(file, IN.MODIFY, writeQuietly(k, file, bytes)) : writeQuietly(k, file, bytes);
}

function writeQuietly(k: Context, file: OpenFile, bytes: Uint8Array): Result {
  if (file.isSocket) return writeSocket(k, file, bytes);
  if (!file.seekable) return blockingWrite(k, file, bytes);
  const allowed = allowedSize(k, file, file.position, bytes.length);
  if (allowed < 0) return allowed;
  return writeAll(bytes.subarray(0, allowed), (part) => file.write(part, k));
}

/** Regular files are written in full: the host may write short. */
function writeAll(bytes: Uint8Array, action: (part: Uint8Array, done: number) => number): number {
  let done = 0;
  do {
    const count = action(done === 0 ? bytes : bytes.subarray(done), done);
    if (count < 0) return done > 0 ? done : count;
    if (count === 0) break;
    done += count;
  } while (done < bytes.length);
  return done;
}

function pread(k: Context, n: number, address: number, count: number, offset: number): number {
  if (offset < 0) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (!file.positional) return -E.SPIPE;
  if (!file.readable) return -E.BADF;
  const got = fillGuest(k, address, Math.min(count >>> 0, MAX_COUNT), (into) => file.readAt(offset, into));
  if (got > 0 && notices.listener) tellPlace(file.path.dentry, IN.ACCESS);
  return got;
}

function pwrite(k: Context, n: number, address: number, count: number, offset: number): number {
  if (offset < 0) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (!file.positional) return -E.SPIPE;
  if (!file.writable) return -E.BADF;
  const wanted = Math.min(count >>> 0, MAX_COUNT);
  const length = readableLength(k, address, wanted);
  if (length === 0 && wanted > 0) return -E.FAULT;
  const allowed = allowedSize(k, file, offset, length);
  if (allowed < 0) return allowed;
  const put = writeAll(k.memory.subarray(address, allowed), (part, done) => file.writeAt(offset + done, part));
  if (put > 0 && notices.listener) tellPlace(file.path.dentry, IN.MODIFY);
  return put;
}

interface Segment {
  readonly address: number;
  readonly length: number;
}

/** An array of struct iovec. */
export function ioVectors(k: Context, address: number, count: number): Segment[] | number {
  if (count < 0 || count > MAX_IOVECS) return -E.INVAL;
  const bytes = k.memory.read(address, count * 8);
  if (!bytes) return -E.FAULT;
  const words = new DataView(bytes.buffer);
  const segments: Segment[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const length = words.getUint32(i * 8 + 4, true);
    if (length > 0x7fff_ffff) return -E.INVAL;
    const kept = Math.min(length, MAX_COUNT - total);
    total += kept;
    segments.push({ address: words.getUint32(i * 8, true), length: kept });
  }
  return segments;
}

/** Gives segment after segment to `action` until one is not served in full. */
function eachSegment(segments: readonly Segment[], action: (segment: Segment, done: number) => number): number {
  let done = 0;
  for (const segment of segments) {
    if (segment.length === 0) continue;
    const count = action(segment, done);
    if (count < 0) return done > 0 ? done : count;
    done += count;
    if (count < segment.length) break;
  }
  return done;
}

const RWF = { RWF_HIPRI: 1, RWF_DSYNC: 2, RWF_SYNC: 4, RWF_NOWAIT: 8, RWF_APPEND: 16 } as const;

/** readv, preadv, preadv2: `offset` undefined uses and moves the position. */
function readVector(k: Context, n: number, vector: number, count: number, offset: number | undefined, bits = 0): Result {
  if (bits & ~31) return -E.OPNOTSUPP;
  if (offset !== undefined && offset < 0) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (offset !== undefined && !file.positional) return -E.SPIPE;
  if (!file.readable) return -E.BADF;
  const segments = ioVectors(k, vector, count);
  if (typeof segments === "number") return segments;
  const attempt = (): number =>
    eachSegment(segments, (segment, done) =>
      fillGuest(k, segment.address, segment.length, (into) => (offset === undefined ? file.read(into, k) : file.readAt(offset + done, into))));
  if (segments.every((segment) => segment.length === 0)) return 0;
  if (file.isSocket && offset === undefined) return readSocket(k, file, segments);
  const result = offset === undefined ? block(file, attempt) : attempt();
  return notices.listener ? told(file, IN.ACCESS, result) : result;
}

function gather(k: Context, segments: readonly Segment[]): Uint8Array | number {
  const total = segments.reduce((sum, segment) => sum + segment.length, 0);
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const segment of segments) {
    const length = readableLength(k, segment.address, segment.length);
    bytes.set(k.memory.subarray(segment.address, length), at);
    at += length;
    if (length < segment.length) return at === 0 ? -E.FAULT : bytes.subarray(0, at);
  }
  return bytes;
}

function writeVector(k: Context, n: number, vector: number, count: number, offset: number | undefined, bits = 0): Result {
  if (bits & ~31) return -E.OPNOTSUPP;
  if (offset !== undefined && offset < 0) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (offset !== undefined && !file.positional) return -E.SPIPE;
  if (!file.writable) return -E.BADF;
  const segments = ioVectors(k, vector, count);
  if (typeof segments === "number") return segments;
  if (bits & RWF.RWF_APPEND && file.seekable) {
    const stat = file.stat();
    if (typeof stat === "number") return stat;
    if (offset === undefined) file.position = stat.size;
    else offset = stat.size;
  }
  // One write for all segments: what a reader of a pipe or terminal sees does not depend on how the data was cut.
  const used = segments.filter((segment) => segment.length > 0);
  const bytes = used.length === 1 && readableLength(k, used[0].address, used[0].length) === used[0].length
    ? k.memory.subarray(used[0].address, used[0].length)
    : gather(k, used);
  if (typeof bytes === "number") return bytes;
  if (offset === undefined) return writeBytes(k, file, bytes);
  const allowed = allowedSize(k, file, offset, bytes.length);
  if (allowed < 0) return allowed;
  const put = writeAll(bytes.subarray(0, allowed), (part, done) => file.writeAt(offset + done, part));
  return notices.listener ? told(file, IN.MODIFY, put) : put;
}

/** The position argument of preadv and pwritev: low and high word as two arguments. */
const joined = (low: number, high: number): number => (high | 0) * 2 ** 32 + (low >>> 0);

/** In preadv2 and pwritev2, -1 means the file's own position. */
const position = (offset: number): number | undefined => (offset === -1 ? undefined : offset);

function lseek(k: Context, n: number, offset: number, whence: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (whence < 0 || whence > 4) return -E.INVAL;
  const result = file.seek(offset, whence);
  return result > 0x7fff_ffff ? -E.OVERFLOW : result; // the position has moved all the same
}

function llseek(k: Context, n: number, high: number, low: number, resultAddress: number, whence: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (whence < 0 || whence > 4) return -E.INVAL;
  const result = file.seek(joined(low, high), whence);
  if (result < 0) return result;
  if (!k.memory.canWrite(resultAddress, 8)) return -E.FAULT;
  k.memory.storeU64(resultAddress, BigInt(result));
  return 0;
}

function truncate(k: Context, address: number, length: number): number {
  if (length < 0) return -E.INVAL;
  const at = atArgument(k, -100, address);
  if (typeof at === "number") return at;
  const place = walkPath(k, at.base, at.path, true);
  if (typeof place === "number") return place;
  const allowed = allowedTruncate(k, length);
  return allowed < 0 ? allowed : truncatePlace(k, place, length);
}

/** RLIMIT_FSIZE for calls that set a size. */
function allowedTruncate(k: Context, length: number): number {
  if (length <= k.process.limits[RLIMIT.FSIZE].soft) return 0;
  signalThread(k, SIG.XFSZ);
  return -E.FBIG;
}

function ftruncate(k: Context, n: number, length: number): number {
  if (length < 0) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (!file.writable) return -E.INVAL;
  const allowed = allowedTruncate(k, length);
  if (allowed < 0) return allowed;
  const result = file.truncate(length);
  if (result === 0 && notices.listener) tellPlace(file.path.dentry, IN.MODIFY);
  return result;
}

function fallocate(k: Context, n: number, bits: number, offset: number, length: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (offset < 0 || length <= 0) return -E.INVAL;
  const known = FALLOC.KEEP_SIZE | FALLOC.PUNCH_HOLE | FALLOC.COLLAPSE_RANGE | FALLOC.ZERO_RANGE | FALLOC.INSERT_RANGE | FALLOC.UNSHARE_RANGE;
  if (bits & ~known) return -E.OPNOTSUPP;
  if (bits & FALLOC.PUNCH_HOLE && !(bits & FALLOC.KEEP_SIZE)) return -E.OPNOTSUPP;
  if (!file.writable) return -E.BADF;
  if (!file.mappable) return file.inode.type === S.IFIFO ? -E.SPIPE : file.inode.isDirectory ? -E.ISDIR : -E.NODEV;
  const allowed = bits & FALLOC.KEEP_SIZE ? 0 : allowedTruncate(k, offset + length);
  return allowed < 0 ? allowed : file.allocate(bits, offset, length);
}

function fsync(k: Context, n: number, dataOnly: boolean): number {
  const file = fileOf(k, n);
  return !file || file.flags & O.PATH ? -E.BADF : file.sync(dataOnly);
}

function fadvise(k: Context, n: number, _offset: number, length: number, advice: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (file.inode.type === S.IFIFO) return -E.SPIPE;
  return length < 0 || advice < 0 || advice > 5 ? -E.INVAL : 0;
}

function readahead(k: Context, n: number): number {
  const file = fileOf(k, n);
  if (!file || !file.readable) return -E.BADF;
  return file.inode.type === S.IFREG ? 0 : -E.INVAL;
}

function syncRange(k: Context, n: number, offset: number, length: number, bits: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (bits & ~7 || offset < 0 || length < 0) return -E.INVAL;
  if (file.inode.type === S.IFIFO) return -E.SPIPE;
  return bits ? file.sync(true) : 0;
}

const FALLOC_FLAGS = { FALLOC_FL_KEEP_SIZE: 1, FALLOC_FL_PUNCH_HOLE: 2, FALLOC_FL_COLLAPSE_RANGE: 8, FALLOC_FL_ZERO_RANGE: 16 } as const;
const ADVICE = { POSIX_FADV_NORMAL: 0, POSIX_FADV_RANDOM: 1, POSIX_FADV_SEQUENTIAL: 2, POSIX_FADV_WILLNEED: 3, POSIX_FADV_DONTNEED: 4, POSIX_FADV_NOREUSE: 5 } as const;
const vector = [fd(), pointer("iov"), int("iovcnt")];
const vectorAt = [...vector, uint("pos_l"), uint("pos_h")];

export const ioCalls: readonly SystemCall[] = [
  call(3, "read", [fd(), bufferOut("buf", 2), size()], "size", read),
  call(4, "write", [fd(), bufferIn("buf", 2), size()], "size", write),
  call(19, "lseek", [fd(), int("offset"), oneOf("whence", WHENCE)], "int", lseek),
  call(36, "sync", [], "int", () => 0, "full", "the host writes back by itself"),
  call(92, "truncate", [path(), int("length")], "int", (k, p, length) => truncate(k, p, length)),
  call(93, "ftruncate", [fd(), int("length")], "int", (k, n, length) => ftruncate(k, n, length)),
  call(118, "fsync", [fd()], "int", (k, n) => fsync(k, n, false)),
  call(140, "_llseek", [fd(), uint("offset_high"), uint("offset_low"), structOut("result", "loff_t"), oneOf("whence", WHENCE)], "int", llseek),
  call(145, "readv", vector, "size", (k, n, v, c) => readVector(k, n, v, c, undefined)),
  call(146, "writev", vector, "size", (k, n, v, c) => writeVector(k, n, v, c, undefined)),
  call(148, "fdatasync", [fd()], "int", (k, n) => fsync(k, n, true)),
  call(180, "pread64", [fd(), bufferOut("buf", 2), size(), i64("offset")], "size", pread),
  call(181, "pwrite64", [fd(), bufferIn("buf", 2), size(), i64("offset")], "size", pwrite),
  call(193, "truncate64", [path(), i64("length")], "int", truncate),
  call(194, "ftruncate64", [fd(), i64("length")], "int", ftruncate),
  call(225, "readahead", [fd(), i64("offset"), size()], "int", (k, n) => readahead(k, n), "full", "the host reads ahead by itself"),
  call(250, "fadvise64", [fd(), i64("offset"), size("len"), oneOf("advice", ADVICE)], "int", fadvise, "full", "advice makes no difference"),
  call(272, "fadvise64_64", [fd(), i64("offset"), i64("len"), oneOf("advice", ADVICE)], "int", fadvise, "full", "advice makes no difference"),
  call(314, "sync_file_range", [fd(), i64("offset"), i64("nbytes"), hex("flags")], "int", syncRange, "partial", "syncs the whole file"),
  call(324, "fallocate", [fd(), flags("mode", FALLOC_FLAGS), i64("offset"), i64("len")], "int", fallocate, "partial", "no collapse or insert of ranges"),
  call(333, "preadv", vectorAt, "size", (k, n, v, c, low, high) => readVector(k, n, v, c, joined(low, high))),
  call(334, "pwritev", vectorAt, "size", (k, n, v, c, low, high) => writeVector(k, n, v, c, joined(low, high))),
  call(344, "syncfs", [fd()], "int", (k, n) => (fileOf(k, n) ? 0 : -E.BADF), "full", "the host writes back by itself"),
  call(378, "preadv2", [...vectorAt, flags("flags", RWF)], "size",
    (k, n, v, c, low, high, f) => readVector(k, n, v, c, position(joined(low, high)), f)),
  call(379, "pwritev2", [...vectorAt, flags("flags", RWF)], "size",
    (k, n, v, c, low, high, f) => writeVector(k, n, v, c, position(joined(low, high)), f)),
];
