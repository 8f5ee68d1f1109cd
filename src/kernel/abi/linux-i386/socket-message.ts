// Messages as programs hand them over: struct msghdr with its segments and control messages, sendmsg(2), recvmsg(2), sendmmsg(2), recvmmsg(2), cmsg(3);
// and the loops that send or receive as much as was asked for. Sizes are those of i386.

import { E } from "../../errno.ts";
import { O } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import { getFile } from "../../fs/state.ts";
import { AF, MSG, SCM, SOCK, SOL } from "../../net/constants.ts";
import type { Incoming, Outgoing, PeerCredentials, Socket } from "../../net/socket.ts";
import { SIG, signalThread } from "../../signal.ts";
import { mapResult, waitFor } from "../../wait.ts";
import type { Result, Wait } from "../../wait.ts";
import type { Context } from "../syscall.ts";
import { fillGuest, install, readableLength } from "./file-arguments.ts";
import { addressArgument, nonblocking, socketOf } from "./socket-calls.ts";
import { ioVectors } from "./calls-io.ts";

const MSGHDR = { NAME: 0, NAMELEN: 4, IOV: 8, IOVLEN: 12, CONTROL: 16, CONTROLLEN: 20, FLAGS: 24, SIZE: 28 } as const;
const MMSGHDR = { LENGTH: 28, SIZE: 32 } as const;
const CMSG_HEADER = 12;
const MAX_CONTROL = 65536;
const MAX_MESSAGES = 1024;
const MAX_IOVECS = 1024;
const SECOND = 1e9;

const align = (n: number): number => (n + 3) & ~3;

interface Segment {
  readonly address: number;
  readonly length: number;
}

interface Header {
  readonly name: number;
  readonly nameLength: number;
  readonly segments: readonly Segment[];
  readonly control: number;
  readonly controlLength: number;
}

function readHeader(k: Context, address: number): Header | number {
  const bytes = k.memory.read(address, MSGHDR.SIZE);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  const word = (at: number): number => view.getUint32(at, true);
  const name = word(MSGHDR.NAME), nameLength = word(MSGHDR.NAMELEN) | 0;
  if (name !== 0 && nameLength < 0) return -E.INVAL;
  if (word(MSGHDR.IOVLEN) > MAX_IOVECS) return -E.MSGSIZE;
  const segments = ioVectors(k, word(MSGHDR.IOV), word(MSGHDR.IOVLEN));
  if (typeof segments === "number") return segments;
  return { name, nameLength: name === 0 ? 0 : Math.min(nameLength, 128), segments, control: word(MSGHDR.CONTROL), controlLength: word(MSGHDR.CONTROLLEN) };
}

// -- sending ---------------------------------------------------------------------------------------------------------------------------

/** Sends all of a message, in parts where the socket is a stream; waits for room unless told not to. */
export function sendBytes(k: Context, socket: Socket, message: Outgoing): Result {
  const nonblock = nonblocking(socket, message.flags), timeout = socket.sendTimeout;
  let { bytes } = message;
  let done = 0;
  let part = message;
  let inner: Wait | undefined;
  const fail = (errno: number): number => {
    if (done > 0) return done;
    if (errno === -E.PIPE && socket.type === SOCK.STREAM && !(message.flags & MSG.NOSIGNAL)) signalThread(k, SIG.PIPE, { code: 0 });
    return errno;
  };
  const attempt = (): number | undefined => {
    for (;;) {
      const result: Result | undefined = inner ? inner.attempt() : socket.send(k, part);
      if (result === undefined) return undefined;
      if (typeof result !== "number") {
        inner = result; // a datagram that waits for the host to give the socket a port
        continue;
      }
      if (result === -E.AGAIN) return undefined;
      if (result < 0) return fail(result);
      done += result;
      if (done >= bytes.length || result === 0 || socket.keepsMessages || inner) return done;
      part = { ...message, bytes: bytes.subarray(done), files: [] };
    }
  };
  const result = attempt();
  if (result !== undefined) return result;
  if (!inner && (nonblock || timeout === 0)) return done > 0 ? done : -E.AGAIN;
  bytes = new Uint8Array(bytes); // the program may change its buffer while the call sleeps
  part = { ...part, bytes: bytes.subarray(done) };
  return waitFor(socket.queues, attempt, {
    deadline: timeout === Infinity ? Infinity : k.kernel.clock.monotonic() + timeout, expired: () => (done > 0 ? done : -E.AGAIN),
    interrupted: () => (done > 0 ? done : timeout === Infinity ? -E.RESTARTSYS : -E.INTR),
  });
}

/** The bytes of all segments one after the other. */
function gather(k: Context, segments: readonly Segment[]): Uint8Array | number {
  const used = segments.filter((segment) => segment.length > 0);
  if (used.some(({ address, length }) => readableLength(k, address, length) < length)) return -E.FAULT;
  if (used.length === 1) return k.memory.subarray(used[0].address, used[0].length);
  const bytes = new Uint8Array(used.reduce((sum, segment) => sum + segment.length, 0));
  let at = 0;
  for (const { address, length } of used) {
    bytes.set(k.memory.subarray(address, length), at);
    at += length;
  }
  return bytes;
}

interface Ancillary {
  readonly files: OpenFile[];
  credentials: PeerCredentials | undefined;
}

/** Descriptors and credentials of a msghdr; other levels are the protocol's, and none needs them. */
function readControl(k: Context, socket: Socket, address: number, length: number): Ancillary | number {
  const found: Ancillary = { files: [], credentials: undefined };
  if (length === 0) return found;
  if (length > MAX_CONTROL) return -E.NOBUFS;
  const bytes = k.memory.read(address, length);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + CMSG_HEADER <= length; ) {
    const size = view.getUint32(at, true), level = view.getInt32(at + 4, true), type = view.getInt32(at + 8, true);
    if (size < CMSG_HEADER || at + size > length) return -E.INVAL;
    if (level === SOL.SOCKET && (socket.family === AF.UNIX || socket.family === AF.NETLINK)) {
      const error = type === SCM.RIGHTS ? addFiles(k, found, view, at + CMSG_HEADER, size - CMSG_HEADER)
        : type === SCM.CREDENTIALS ? addCredentials(k, found, view, at + CMSG_HEADER, size) : -E.INVAL;
      if (error < 0) return error;
    }
    at += align(size);
  }
  return found;
}

function addFiles(k: Context, found: Ancillary, view: DataView, at: number, length: number): number {
  const count = length >> 2;
  if (found.files.length + count > SCM.MAX_FILES) return -E.INVAL;
  for (let i = 0; i < count; i++) {
    const file = getFile(k.process.files, view.getInt32(at + i * 4, true));
    if (!file || file.flags & O.PATH) return -E.BADF;
    found.files.push(file);
  }
  return 0;
}

function addCredentials(k: Context, found: Ancillary, view: DataView, at: number, size: number): number {
  if (size !== CMSG_HEADER + 12) return -E.INVAL;
  const pid = view.getInt32(at, true), uid = view.getUint32(at + 4, true), gid = view.getUint32(at + 8, true);
  const c = k.process.credentials;
  const own = pid === k.process.pid && [c.uid, c.euid, c.suid].includes(uid) && [c.gid, c.egid, c.sgid].includes(gid);
  if (!own && c.euid !== 0) return -E.PERM;
  if (!k.kernel.processes.has(pid)) return -E.SRCH;
  found.credentials = { pid, uid, gid };
  return 0;
}

export function sendmsg(k: Context, n: number, address: number, flags: number): Result {
  const socket = socketOf(k, n);
  if (typeof socket === "number") return socket;
  const header = readHeader(k, address);
  if (typeof header === "number") return header;
  const to = header.name === 0 ? undefined : addressArgument(k, header.name, header.nameLength);
  if (typeof to === "number") return to;
  const control = readControl(k, socket, header.control, header.controlLength);
  if (typeof control === "number") return control;
  const bytes = gather(k, header.segments);
  if (typeof bytes === "number") return bytes;
  // Held while the call sleeps: the descriptors may be closed meanwhile.
  for (const file of control.files) file.ref();
  const result = sendBytes(k, socket, { bytes, address: to, files: control.files, credentials: control.credentials, flags });
  return mapResult(result, (value) => {
    for (const file of control.files) file.unref();
    return value;
  });
}

// -- receiving -------------------------------------------------------------------------------------------------------------------------

/** Segments behind the first `skip` bytes. */
function tail(segments: readonly Segment[], skip: number): Segment[] {
  const rest: Segment[] = [];
  for (const { address, length } of segments) {
    if (skip >= length) skip -= length;
    else {
      rest.push({ address: address + skip, length: length - skip });
      skip = 0;
    }
  }
  return rest;
}

/** Lets the socket fill the program's segments. */
function receiveOnce(k: Context, socket: Socket, segments: readonly Segment[], flags: number): Incoming | number {
  const used = segments.filter((segment) => segment.length > 0);
  let got: Incoming | number = -E.FAULT;
  const fill = (into: Uint8Array): number => {
    got = socket.receive(k, into, flags);
    return typeof got === "number" ? got : got.copied;
  };
  if (used.length === 0) fill(new Uint8Array(0));
  else if (used.length === 1) fillGuest(k, used[0].address, used[0].length, fill);
  else {
    if (used.some(({ address, length }) => !k.memory.canWrite(address, length))) return -E.FAULT;
    const total = used.reduce((sum, segment) => sum + segment.length, 0);
    const buffer = new Uint8Array(Math.min(total, Math.max(socket.available(), 1)));
    const count = fill(buffer);
    let at = 0;
    for (const { address, length } of used) {
      if (at >= count) break;
      k.memory.write(address, buffer.subarray(at, Math.min(count, at + length)));
      at += length;
    }
  }
  return got;
}

/** Receives once, or with MSG_WAITALL until the segments are full; `finish` makes the call's result of what has come. */
export function receiveInto(
  k: Context, socket: Socket, segments: readonly Segment[], flags: number, finish: (got: Incoming) => number,
): Result {
  const nonblock = nonblocking(socket, flags), timeout = socket.receiveTimeout;
  const given = nonblock ? flags | MSG.DONTWAIT : flags;
  const total = segments.reduce((sum, segment) => sum + segment.length, 0);
  const whole = (flags & MSG.WAITALL) !== 0 && !(flags & MSG.PEEK) && !socket.keepsMessages;
  let sum: Incoming | undefined;
  const attempt = (): number | undefined => {
    for (;;) {
      const got = receiveOnce(k, socket, sum ? tail(segments, sum.copied) : segments, given);
      if (got === -E.AGAIN) return undefined;
      if (typeof got === "number") {
        if (!sum) return got;
        socket.error = -got;
        return finish(sum);
      }
      const before: Incoming | undefined = sum;
      sum = before ? { ...got, copied: before.copied + got.copied, result: before.result + got.result } : got;
      if (!whole || got.copied === 0 || got.files.length > 0 || sum.copied >= total) return finish(sum);
    }
  };
  const result = attempt();
  if (result !== undefined) return result;
  const sofar = (otherwise: number): number => (sum ? finish(sum) : otherwise);
  if (nonblock || timeout === 0) return sofar(-E.AGAIN);
  return waitFor(socket.queues, attempt, {
    deadline: timeout === Infinity ? Infinity : k.kernel.clock.monotonic() + timeout, expired: () => sofar(-E.AGAIN),
    interrupted: () => sofar(timeout === Infinity ? -E.RESTARTSYS : -E.INTR),
  });
}

/** Writes control messages into the program's buffer; what does not fit is lost, and MSG_CTRUNC says so. */
class ControlWriter {
  used = 0;
  flags = 0;
  private readonly k: Context;
  private readonly address: number;
  private readonly room: number;

  constructor(k: Context, address: number, room: number) {
    this.k = k;
    this.address = address;
    this.room = address === 0 ? 0 : room;
  }

  get left(): number {
    return this.room - this.used;
  }

  put(level: number, type: number, data: Uint8Array): void {
    if (this.left < CMSG_HEADER) {
      this.flags |= MSG.CTRUNC;
      return;
    }
    const size = Math.min(CMSG_HEADER + data.length, this.left);
    if (size < CMSG_HEADER + data.length) this.flags |= MSG.CTRUNC;
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, size, true);
    view.setInt32(4, level, true);
    view.setInt32(8, type, true);
    bytes.set(data.subarray(0, size - CMSG_HEADER), CMSG_HEADER);
    this.k.memory.write(this.address + this.used, bytes);
    this.used = Math.min(this.room, this.used + align(size));
  }

  /** As many descriptors as fit, with new numbers. */
  putFiles(files: readonly OpenFile[], closeOnExec: boolean): void {
    const fit = Math.min(files.length, Math.max(0, (this.left - CMSG_HEADER) >> 2));
    const numbers: number[] = [];
    for (const [i, file] of files.entries()) {
      const n = i < fit && numbers.length === i ? install(this.k, file.ref(), closeOnExec ? O.CLOEXEC : 0) : -1;
      if (n >= 0) numbers.push(n);
      file.unref();
    }
    if (numbers.length < files.length) this.flags |= MSG.CTRUNC;
    if (numbers.length > 0) this.put(SOL.SOCKET, SCM.RIGHTS, new Uint8Array(Int32Array.from(numbers).buffer));
  }
}

/** Writes what a msghdr tells of a message that has come; the call's result. */
function putHeader(k: Context, address: number, header: Header, got: Incoming, flags: number): number {
  const control = new ControlWriter(k, header.control, header.controlLength);
  for (const { level, type, data } of got.control) control.put(level, type, data);
  const { credentials } = got;
  if (credentials) control.put(SOL.SOCKET, SCM.CREDENTIALS, new Uint8Array(Uint32Array.of(credentials.pid, credentials.uid, credentials.gid).buffer));
  if (got.files.length > 0) control.putFiles(got.files, (flags & MSG.CMSG_CLOEXEC) !== 0);
  if (header.name !== 0) {
    const name = got.address ?? new Uint8Array(0);
    const part = name.subarray(0, header.nameLength);
    if (part.length > 0 && !k.memory.write(header.name, part)) return -E.FAULT;
    if (!k.memory.storeU32(address + MSGHDR.NAMELEN, name.length)) return -E.FAULT;
  }
  const written = k.memory.storeU32(address + MSGHDR.CONTROLLEN, control.used) &&
    k.memory.storeU32(address + MSGHDR.FLAGS, (got.flags | control.flags | (flags & MSG.CMSG_CLOEXEC)) >>> 0);
  return written ? got.result : -E.FAULT;
}

export function recvmsg(k: Context, n: number, address: number, flags: number): Result {
  const socket = socketOf(k, n);
  if (typeof socket === "number") return socket;
  const header = readHeader(k, address);
  if (typeof header === "number") return header;
  return receiveInto(k, socket, header.segments, flags, (got) => putHeader(k, address, header, got, flags));
}

// -- several messages ------------------------------------------------------------------------------------------------------------------

/** Does one thing after the other, waiting where each waits; the count of those done, or the first one's error. */
function several(socket: Socket, count: number, each: (index: number) => Result, goOn: () => boolean): Result {
  let index = 0;
  let pending: Wait | undefined;
  const attempt = (): number | undefined => {
    for (;;) {
      const result: Result | undefined = pending ? pending.attempt() : each(index);
      if (result === undefined) return undefined;
      if (typeof result !== "number") {
        pending = result;
        continue;
      }
      pending = undefined;
      if (result < 0) return index > 0 ? index : result;
      index++;
      if (index >= count || !goOn()) return index;
    }
  };
  const result = attempt();
  if (result !== undefined) return result;
  const settle = (value: number): number => (index > 0 ? index : value);
  return waitFor(socket.queues, attempt, {
    deadline: pending?.deadline ?? Infinity, expired: () => settle(pending?.expired() ?? -E.AGAIN),
    interrupted: () => settle(pending?.interrupted() ?? -E.RESTARTSYS),
  });
}

export function sendmmsg(k: Context, n: number, address: number, count: number, flags: number): Result {
  const socket = socketOf(k, n);
  if (typeof socket === "number") return socket;
  const wanted = Math.min(count >>> 0, MAX_MESSAGES);
  if (wanted === 0) return 0;
  return several(socket, wanted, (index) => {
    const at = address + index * MMSGHDR.SIZE;
    return mapResult(sendmsg(k, n, at, flags), (sent) => (sent < 0 ? sent : k.memory.storeU32(at + MMSGHDR.LENGTH, sent) ? sent : -E.FAULT));
  }, () => true);
}

/** `width`: bytes of a word of the time-out's timespec. */
export function recvmmsg(k: Context, n: number, address: number, count: number, flags: number, timeoutAddress: number, width: 4 | 8): Result {
  const socket = socketOf(k, n);
  if (typeof socket === "number") return socket;
  let deadline = Infinity;
  if (timeoutAddress !== 0) {
    const bytes = k.memory.read(timeoutAddress, width * 2);
    if (!bytes) return -E.FAULT;
    const view = new DataView(bytes.buffer);
    const seconds = width === 4 ? view.getInt32(0, true) : Number(view.getBigInt64(0, true)), nanoseconds = view.getInt32(width, true);
    if (seconds < 0 || nanoseconds < 0 || nanoseconds >= SECOND) return -E.INVAL;
    deadline = k.kernel.clock.monotonic() + seconds * SECOND + nanoseconds;
  }
  const wanted = Math.min(count >>> 0, MAX_MESSAGES);
  if (wanted === 0) return 0;
  const later = flags & MSG.WAITFORONE ? MSG.DONTWAIT : 0;
  // As on Linux, the time-out is looked at after each message only.
  return several(socket, wanted, (index) => {
    const at = address + index * MMSGHDR.SIZE;
    const given = (flags & ~MSG.WAITFORONE) | (index > 0 ? later : 0);
    return mapResult(recvmsg(k, n, at, given), (got) => (got < 0 ? got : k.memory.storeU32(at + MMSGHDR.LENGTH, got) ? got : -E.FAULT));
  }, () => k.kernel.clock.monotonic() < deadline);
}
