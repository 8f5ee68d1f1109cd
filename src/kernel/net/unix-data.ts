// How bytes, messages, descriptors and credentials go through the sockets of unix.ts. A send leaves a packet in the receiver's queue; reading a
// stream joins packets, except over a set of descriptors or a change of credentials.

import { E } from "../errno.ts";
import type { OpenFile } from "../fs/file.ts";
import type { Thread } from "../thread.ts";
import { wake } from "../wait.ts";
import { familyOf } from "./address.ts";
import { AF, MSG, SHUT, SO, SOCK } from "./constants.ts";
import { peeks } from "./socket.ts";
import type { Incoming, Outgoing, PeerCredentials } from "./socket.ts";
import type { Packet, UnixSocket } from "./unix.ts";

/** What a packet costs besides its bytes, and the largest one of a stream. */
const OVERHEAD = 768;
const LARGEST_PIECE = 32768;
const OVERFLOW_ID = 65534;

/** Credentials that come with a packet when either side wants them. */
function credentialsFor(k: Thread, socket: UnixSocket, other: UnixSocket, given: PeerCredentials | undefined): PeerCredentials | undefined {
  if (given) return given;
  if (!socket.option(SO.PASSCRED) && !other.option(SO.PASSCRED)) return undefined;
  const { pid, credentials } = k.process;
  return { pid, uid: credentials.uid, gid: credentials.gid };
}

function deliver(k: Thread, from: UnixSocket, to: UnixSocket, bytes: Uint8Array, message: Outgoing, files: readonly OpenFile[]): void {
  const cost = OVERHEAD + ((bytes.length + 255) & ~255);
  to.queue.push({
    bytes: new Uint8Array(bytes), taken: 0, files: files.map((file) => file.ref()), credentials: credentialsFor(k, from, to, message.credentials), from,
    address: from.bound === undefined ? undefined : from.name(), cost,
  });
  to.queued += bytes.length;
  from.inFlight += cost;
  wake(to.readQueue);
}

const sameCredentials = (a: PeerCredentials | undefined, b: PeerCredentials | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.pid === b.pid && a.uid === b.uid && a.gid === b.gid);

export function sendStream(socket: UnixSocket, k: Thread, message: Outgoing): number {
  const { bytes, flags } = message;
  if (flags & MSG.OOB) return -E.OPNOTSUPP;
  if (message.address && message.address.length > 0) return socket.state === "connected" ? -E.ISCONN : -E.OPNOTSUPP;
  const { peer } = socket;
  if (!peer) return socket.shut & SHUT.SEND ? -E.PIPE : -E.NOTCONN;
  let done = 0, { files } = message;
  do {
    if (socket.shut & SHUT.SEND || peer.closed || peer.shut & SHUT.RCV) return done > 0 ? done : -E.PIPE;
    if (bytes.length === 0) return 0;
    if (socket.inFlight >= socket.sendBuffer) return done > 0 ? done : -E.AGAIN;
    const size = Math.min(bytes.length - done, LARGEST_PIECE, (socket.sendBuffer >> 1) - 64);
    deliver(k, socket, peer, bytes.subarray(done, done + size), message, files);
    files = [];
    done += size;
  } while (done < bytes.length);
  return done;
}

export function receiveStream(socket: UnixSocket, into: Uint8Array, flags: number): Incoming | number {
  if (flags & MSG.OOB) return -E.OPNOTSUPP;
  if (flags & MSG.ERRQUEUE) return -E.AGAIN;
  if (socket.state !== "connected") return -E.INVAL;
  const { queue } = socket;
  const wantsCredentials = socket.option(SO.PASSCRED);
  let copied = 0, at = 0;
  let files: readonly OpenFile[] = [];
  const [first] = queue as (Packet | undefined)[];
  if (!first) {
    if (socket.error) return socket.takeError();
    return socket.shut & SHUT.RCV ? empty(undefined) : -E.AGAIN;
  }
  while (copied < into.length && at < queue.length) {
    const packet = queue[at];
    if (at > 0 && wantsCredentials && !sameCredentials(first.credentials, packet.credentials)) break;
    const part = packet.bytes.subarray(packet.taken, packet.taken + into.length - copied);
    into.set(part, copied);
    copied += part.length;
    const withFiles = packet.files.length > 0;
    if (peeks(flags)) {
      if (withFiles) files = packet.files.map((file) => file.ref());
      at++;
      if (withFiles) break;
      continue;
    }
    if (withFiles) {
      ({ files } = packet);
      packet.files = [];
    }
    packet.taken += part.length;
    socket.queued -= part.length;
    if (packet.taken < packet.bytes.length) break;
    at++;
    if (withFiles) break;
  }
  if (!peeks(flags)) for (const packet of queue.splice(0, at)) socket.settle(packet);
  return {
    copied, result: copied, flags: 0, address: first.address, files, credentials: receivedCredentials(wantsCredentials, first), control: [],
  };
}

function empty(address: Uint8Array | undefined): Incoming {
  return { copied: 0, result: 0, flags: 0, address, files: [], credentials: undefined, control: [] };
}

/** What a receiver with SO_PASSCRED sees; nobody when the packet was sent before it asked. */
function receivedCredentials(wanted: boolean, packet: Packet): PeerCredentials | undefined {
  return wanted ? packet.credentials ?? { pid: 0, uid: OVERFLOW_ID, gid: OVERFLOW_ID } : undefined;
}

/** Datagrams and records of a SOCK_SEQPACKET connection. */
export function sendMessage(socket: UnixSocket, k: Thread, message: Outgoing): number {
  const { bytes, flags } = message;
  const connection = socket.type === SOCK.SEQPACKET;
  if (connection && socket.error) return socket.takeError();
  if (connection && socket.state !== "connected") return -E.NOTCONN;
  if (flags & MSG.OOB) return -E.OPNOTSUPP;
  const address = connection || message.address?.length === 0 ? undefined : message.address;
  if (address && familyOf(address) !== AF.UNIX) return -E.INVAL;
  if (!address && !socket.peer) return -E.NOTCONN;
  if (socket.option(SO.PASSCRED) && socket.bound === undefined) socket.autobind();
  if (bytes.length > socket.largest) return -E.MSGSIZE;
  if (socket.inFlight >= socket.sendBuffer) return -E.AGAIN;
  const other = address ? socket.find(k, address) : socket.peer!;
  if (typeof other === "number") return other;
  if (socket.shut & SHUT.SEND) return -E.PIPE;
  if (other.closed) {
    if (connection) return -E.PIPE;
    if (!address) socket.follow(undefined);
    return -E.CONNREFUSED;
  }
  if (other.type === SOCK.DGRAM && !other.hears(socket)) return -E.PERM;
  if (other.shut & SHUT.RCV) return -E.PIPE;
  // A pair of sockets connected to each other is bounded by the sender's buffer alone.
  if (other.peer !== socket && other.full) {
    other.waiting.add(socket);
    return -E.AGAIN;
  }
  deliver(k, socket, other, bytes, message, message.files);
  return bytes.length;
}

export function receiveMessage(socket: UnixSocket, into: Uint8Array, flags: number): Incoming | number {
  if (flags & MSG.OOB) return -E.OPNOTSUPP;
  if (socket.type === SOCK.SEQPACKET && socket.state !== "connected") return -E.NOTCONN;
  const [packet] = socket.queue as (Packet | undefined)[];
  if (!packet) {
    if (socket.error) return socket.takeError();
    const ended = (socket.shut & SHUT.RCV) !== 0 && (socket.type === SOCK.SEQPACKET || !(flags & MSG.DONTWAIT));
    return ended ? empty(undefined) : -E.AGAIN;
  }
  const part = packet.bytes.subarray(0, into.length);
  into.set(part);
  const { files } = packet;
  if (!peeks(flags)) {
    socket.queue.shift();
    socket.queued -= packet.bytes.length;
    packet.files = [];
    socket.settle(packet);
  } else for (const file of files) file.ref();
  const cut = part.length < packet.bytes.length;
  return {
    copied: part.length, result: flags & MSG.TRUNC ? packet.bytes.length : part.length, flags: cut ? MSG.TRUNC : 0,
    address: packet.address, files, credentials: receivedCredentials(socket.option(SO.PASSCRED), packet), control: [],
  };
}
