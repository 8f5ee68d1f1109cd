// What the socket calls do once their arguments are words: socket(2), bind(2), connect(2), accept(2), getsockopt(2) and so on. Loaded when a
// program makes its first socket; the declarations stand in calls-socket.ts, messages in socket-message.ts.

import { E } from "../../errno.ts";
import { O } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import { getFile } from "../../fs/state.ts";
import { AF, IPPROTO, MSG, SHUT, SOCK, SOL } from "../../net/constants.ts";
import { isNetlinkType, NetlinkSocket } from "../../net/netlink.ts";
import { createNetwork } from "../../net/network.ts";
import type { Network } from "../../net/network.ts";
import { getOption, inetProtocol, setOption } from "../../net/options.ts";
import { Socket } from "../../net/socket.ts";
import { networkTable } from "../../net/tables.ts";
import { TcpSocket } from "../../net/tcp.ts";
import { UdpSocket } from "../../net/udp.ts";
import { createUnixPair, UnixSocket } from "../../net/unix.ts";
import type { Kernel } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import type { Context } from "../syscall.ts";
import { install, readableLength } from "./file-arguments.ts";
import { receiveInto, recvmmsg, recvmsg, sendBytes, sendmmsg, sendmsg } from "./socket-message.ts";
import { socketIoctl } from "./socket-ioctl.ts";

const networks = new WeakMap<Kernel, Network>();

function networkOf(kernel: Kernel): Network {
  let network = networks.get(kernel);
  if (!network) {
    const made = createNetwork(kernel);
    network = made;
    networks.set(kernel, made);
    kernel.networkTable = (name) => networkTable(made, name);
  }
  return network;
}

/** The socket behind a descriptor, or a negative errno. */
export function socketOf(k: Context, n: number): Socket | number {
  const file = getFile(k.process.files, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  return file instanceof Socket ? file : -E.NOTSOCK;
}

export const nonblocking = (socket: Socket, flags: number): boolean => (socket.flags & O.NONBLOCK) !== 0 || (flags & MSG.DONTWAIT) !== 0;

/** Tries, and waits unless told not to: with a time-out, and interrupted as sock_intr_errno has it. */
function blockOn(k: Context, socket: Socket, nonblock: boolean, timeout: number, attempt: () => number): Result {
  const result = attempt();
  if (result !== -E.AGAIN || nonblock || timeout === 0) return result;
  return waitFor(socket.queues, () => {
    const again = attempt();
    return again === -E.AGAIN ? undefined : again;
  }, {
    deadline: timeout === Infinity ? Infinity : k.kernel.clock.monotonic() + timeout, expired: () => -E.AGAIN,
    interrupted: () => (timeout === Infinity ? -E.RESTARTSYS : -E.INTR),
  });
}

// -- making sockets --------------------------------------------------------------------------------------------------------------------

function makeSocket(k: Context, family: number, type: number, protocol: number): Socket | number {
  const network = networkOf(k.kernel), creator = k.process.credentials;
  if (family < 0 || family >= AF.MAX) return -E.AFNOSUPPORT;
  if (type < 0 || type >= SOCK.MAX) return -E.INVAL;
  switch (family) {
    case AF.UNIX: {
      if (protocol !== 0 && protocol !== AF.UNIX) return -E.PROTONOSUPPORT;
      const kept = type === SOCK.RAW ? SOCK.DGRAM : type;
      if (kept !== SOCK.STREAM && kept !== SOCK.DGRAM && kept !== SOCK.SEQPACKET) return -E.SOCKTNOSUPPORT;
      return new UnixSocket(network, creator, kept);
    }
    case AF.INET:
    case AF.INET6: {
      const known = inetProtocol(type, protocol);
      if (known < 0) return known;
      return known === IPPROTO.TCP ? new TcpSocket(network, creator, family) : new UdpSocket(network, creator, family);
    }
    case AF.NETLINK:
      if (!isNetlinkType(type)) return -E.SOCKTNOSUPPORT;
      if (protocol !== 0) return -E.PROTONOSUPPORT;
      return new NetlinkSocket(network, creator, type, protocol);
    case AF.PACKET: return -E.PERM;
    default: return -E.AFNOSUPPORT;
  }
}

const TYPE_FLAGS = SOCK.NONBLOCK | SOCK.CLOEXEC;

function socket(k: Context, family: number, type: number, protocol: number): number {
  if (type & ~(SOCK.TYPE_MASK | TYPE_FLAGS)) return -E.INVAL;
  const made = makeSocket(k, family, type & SOCK.TYPE_MASK, protocol);
  return typeof made === "number" ? made : installSocket(k, made, type);
}

function installSocket(k: Context, made: Socket, type: number): number {
  if (type & SOCK.NONBLOCK) made.flags |= O.NONBLOCK;
  return install(k, made, type & SOCK.CLOEXEC ? O.CLOEXEC : 0);
}

function socketpair(k: Context, family: number, type: number, protocol: number, address: number): number {
  if (type & ~(SOCK.TYPE_MASK | TYPE_FLAGS)) return -E.INVAL;
  if (!k.memory.canWrite(address, 8)) return -E.FAULT;
  const kind = type & SOCK.TYPE_MASK;
  if (family !== AF.UNIX) {
    const made = makeSocket(k, family, kind, protocol);
    if (typeof made === "number") return made;
    made.unref();
    return -E.OPNOTSUPP;
  }
  if (kind >= SOCK.MAX) return -E.INVAL;
  if (protocol !== 0 && protocol !== AF.UNIX) return -E.PROTONOSUPPORT;
  const kept = kind === SOCK.RAW ? SOCK.DGRAM : kind;
  if (kept !== SOCK.STREAM && kept !== SOCK.DGRAM && kept !== SOCK.SEQPACKET) return -E.SOCKTNOSUPPORT;
  const [a, b] = createUnixPair(networkOf(k.kernel), k, kept);
  const first = installSocket(k, a, type);
  if (first < 0) {
    b.unref();
    return first;
  }
  const second = installSocket(k, b, type);
  if (second < 0) {
    closeDescriptor(k, first);
    return second;
  }
  k.memory.storeU32(address, first);
  k.memory.storeU32(address + 4, second);
  return 0;
}

// -- addresses -------------------------------------------------------------------------------------------------------------------------

const MAX_ADDRESS = 128;

/** A sockaddr argument, or a negative errno. */
export function addressArgument(k: Context, address: number, length: number): Uint8Array | number {
  if (length < 0 || length > MAX_ADDRESS) return -E.INVAL;
  if (length === 0) return new Uint8Array(0);
  return k.memory.read(address, length) ?? -E.FAULT;
}

/** Writes a sockaddr where there is room, and its whole length: 0 or a negative errno. */
function putAddress(k: Context, bytes: Uint8Array, address: number, lengthAddress: number): number {
  const room = k.memory.loadU32(lengthAddress);
  if (room === undefined) return -E.FAULT;
  if ((room | 0) < 0) return -E.INVAL;
  const part = bytes.subarray(0, room);
  if (part.length > 0 && !k.memory.write(address, part)) return -E.FAULT;
  return k.memory.storeU32(lengthAddress, bytes.length) ? 0 : -E.FAULT;
}

function bind(k: Context, n: number, address: number, length: number): Result {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  const bytes = addressArgument(k, address, length);
  return typeof bytes === "number" ? bytes : found.bind(k, bytes);
}

function connect(k: Context, n: number, address: number, length: number): Result {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  const bytes = addressArgument(k, address, length);
  if (typeof bytes === "number") return bytes;
  const nonblock = nonblocking(found, 0), { sendTimeout } = found;
  if (found.connecting && nonblock) return -E.ALREADY;
  const result = found.connect(k, bytes);
  if (typeof result !== "number") return result;
  if (result === -E.AGAIN) {
    return nonblock ? result : blockOn(k, found, false, sendTimeout, () => found.connect(k, bytes) as number);
  }
  if (result !== -E.INPROGRESS || nonblock || sendTimeout === 0) return result;
  return waitFor(found.queues, () => (found.connecting ? undefined : found.connected()), {
    deadline: sendTimeout === Infinity ? Infinity : k.kernel.clock.monotonic() + sendTimeout, expired: () => -E.INPROGRESS,
    interrupted: () => (sendTimeout === Infinity ? -E.RESTARTSYS : -E.INTR),
  });
}

function listen(k: Context, n: number, backlog: number): Result {
  const found = socketOf(k, n);
  return typeof found === "number" ? found : found.listen(k, backlog);
}

function accept4(k: Context, n: number, address: number, lengthAddress: number, flags: number): Result {
  if (flags & ~TYPE_FLAGS) return -E.INVAL;
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  return blockOn(k, found, nonblocking(found, 0), found.receiveTimeout, () => {
    const made = found.accept(k);
    if (typeof made === "number") return made;
    if (address !== 0) {
      const peer = made.peerName();
      const put = putAddress(k, typeof peer === "number" ? new Uint8Array(0) : peer, address, lengthAddress);
      if (put < 0) {
        made.unref();
        return put;
      }
    }
    return installSocket(k, made, flags);
  });
}

function getsockname(k: Context, n: number, address: number, lengthAddress: number): number {
  const found = socketOf(k, n);
  return typeof found === "number" ? found : putAddress(k, found.name(), address, lengthAddress);
}

function getpeername(k: Context, n: number, address: number, lengthAddress: number): number {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  const peer = found.peerName();
  return typeof peer === "number" ? peer : putAddress(k, peer, address, lengthAddress);
}

function shutdown(k: Context, n: number, how: number): number {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  return how < 0 || how + 1 > SHUT.BOTH ? -E.INVAL : found.shutdown(how);
}

// -- options ---------------------------------------------------------------------------------------------------------------------------

const MAX_OPTION = 4096;

function setsockopt(k: Context, n: number, level: number, name: number, address: number, length: number): number {
  if (length < 0) return -E.INVAL;
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  const value = length === 0 ? new Uint8Array(0) : k.memory.read(address, Math.min(length, MAX_OPTION));
  return value ? setOption(found, k, level, name, value) : -E.FAULT;
}

function getsockopt(k: Context, n: number, level: number, name: number, address: number, lengthAddress: number): number {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  if (level !== SOL.SOCKET && found instanceof UnixSocket) return -E.OPNOTSUPP;
  const room = k.memory.loadU32(lengthAddress);
  if (room === undefined) return -E.FAULT;
  if ((room | 0) < 0) return -E.INVAL;
  const value = getOption(found, level, name);
  if (typeof value === "number") return value;
  const part = value.subarray(0, room);
  if (part.length > 0 && !k.memory.write(address, part)) return -E.FAULT;
  return k.memory.storeU32(lengthAddress, part.length) ? 0 : -E.FAULT;
}

// -- data ------------------------------------------------------------------------------------------------------------------------------

function sendto(k: Context, n: number, buffer: number, count: number, flags: number, address: number, length: number): Result {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  const wanted = Math.min(count >>> 0, 0x7fff_f000);
  const readable = readableLength(k, buffer, wanted);
  if (wanted > found.largest) return -E.MSGSIZE;
  if (readable < wanted && (readable === 0 || found.keepsMessages)) return -E.FAULT;
  const to = address === 0 ? undefined : addressArgument(k, address, length);
  if (typeof to === "number") return to;
  return sendBytes(k, found, { bytes: k.memory.subarray(buffer, readable), address: to, files: [], credentials: undefined, flags });
}

function recvfrom(k: Context, n: number, buffer: number, count: number, flags: number, address: number, lengthAddress: number): Result {
  const found = socketOf(k, n);
  if (typeof found === "number") return found;
  return receiveInto(k, found, [{ address: buffer, length: Math.min(count >>> 0, 0x7fff_f000) }], flags, (got) => {
    for (const file of got.files) file.unref();
    if (address === 0) return got.result;
    const put = putAddress(k, got.address ?? new Uint8Array(0), address, lengthAddress);
    return put < 0 ? put : got.result;
  });
}

/** write(2) and writev(2). */
function writeSocket(k: Context, file: OpenFile, bytes: Uint8Array): Result {
  return sendBytes(k, file as Socket, { bytes, address: undefined, files: [], credentials: undefined, flags: 0 });
}

/** readv(2): a message is scattered as a whole. */
function readSocket(k: Context, file: OpenFile, segments: readonly { readonly address: number; readonly length: number }[]): Result {
  return receiveInto(k, file as Socket, segments, 0, (got) => {
    for (const passed of got.files) passed.unref();
    return got.result;
  });
}

function closeDescriptor(k: Context, n: number): void {
  const file = k.process.files.slots[n]?.file;
  k.process.files.slots[n] = undefined;
  k.process.files.lowestFree = Math.min(k.process.files.lowestFree, n);
  file?.unref();
}

/** socketcall(2)'s calls by number, and how many words their arguments are. */
const SUBCALLS: readonly (readonly [number, (k: Context, ...a: number[]) => Result])[] = [
  [3, (k, a, b, c) => socket(k, a, b, c)],
  [3, (k, a, b, c) => bind(k, a, b, c)],
  [3, (k, a, b, c) => connect(k, a, b, c)],
  [2, (k, a, b) => listen(k, a, b)],
  [3, (k, a, b, c) => accept4(k, a, b, c, 0)],
  [3, (k, a, b, c) => getsockname(k, a, b, c)],
  [3, (k, a, b, c) => getpeername(k, a, b, c)],
  [4, (k, a, b, c, d) => socketpair(k, a, b, c, d)],
  [4, (k, a, b, c, d) => sendto(k, a, b, c, d, 0, 0)],
  [4, (k, a, b, c, d) => recvfrom(k, a, b, c, d, 0, 0)],
  [6, (k, a, b, c, d, e, f) => sendto(k, a, b, c, d, e, f)],
  [6, (k, a, b, c, d, e, f) => recvfrom(k, a, b, c, d, e, f)],
  [2, (k, a, b) => shutdown(k, a, b)],
  [5, (k, a, b, c, d, e) => setsockopt(k, a, b, c, d, e)],
  [5, (k, a, b, c, d, e) => getsockopt(k, a, b, c, d, e)],
  [3, (k, a, b, c) => sendmsg(k, a, b, c)],
  [3, (k, a, b, c) => recvmsg(k, a, b, c)],
  [4, (k, a, b, c, d) => accept4(k, a, b, c, d)],
  [5, (k, a, b, c, d, e) => recvmmsg(k, a, b, c, d, e, 4)],
  [4, (k, a, b, c, d) => sendmmsg(k, a, b, c, d)],
];

function socketcall(k: Context, what: number, at: number): Result {
  const [count, action] = SUBCALLS[what - 1];
  const words: number[] = [];
  for (let i = 0; i < count; i++) {
    const word = k.memory.loadU32(at + i * 4);
    if (word === undefined) return -E.FAULT;
    words.push(word | 0);
  }
  return action(k, ...words);
}

/** What calls-socket.ts is given once it has loaded this. */
export const socketHandlers = {
  socket, socketpair, bind, connect, listen, accept4, getsockopt, setsockopt, getsockname, getpeername, sendto, sendmsg, recvfrom, recvmsg, shutdown, recvmmsg,
  sendmmsg, socketcall, writeSocket, readSocket, socketIoctl,
};
