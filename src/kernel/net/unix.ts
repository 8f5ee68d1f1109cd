// Sockets between processes of the machine, unix(7): names in the file system and abstract ones, connections, and the packets that wait
// in a socket. How streams and messages are sent and received stands in unix-data.ts.

import { E } from "../errno.ts";
import { MAY, POLL, S } from "../fs/constants.ts";
import type { OpenFile } from "../fs/file.ts";
import type { Actor } from "../fs/inode.ts";
import { makeNode } from "../fs/operations.ts";
import { walkPath } from "../fs/walk.ts";
import type { Thread } from "../thread.ts";
import { wake } from "../wait.ts";
import { decodeUnix, encodeUnix, familyOf } from "./address.ts";
import { AF, SHUT, SO, SOCK, SOMAXCONN } from "./constants.ts";
import { shutBits, Socket } from "./socket.ts";
import type { Incoming, Outgoing, PeerCredentials } from "./socket.ts";
import type { Network } from "./network.ts";
import { receiveMessage, receiveStream, sendMessage, sendStream } from "./unix-data.ts";

/** Messages that wait in a datagram socket before senders have to (net.unix.max_dgram_qlen). */
const DATAGRAM_BACKLOG = 10;

/** What one send has left in the receiver. */
export interface Packet {
  bytes: Uint8Array;
  /** Bytes of it that have been taken. */
  taken: number;
  files: readonly OpenFile[];
  readonly credentials: PeerCredentials | undefined;
  readonly from: UnixSocket;
  /** The sender's sockaddr, undefined when it had no name. */
  readonly address: Uint8Array | undefined;
  /** What it counts against the sender's buffer. */
  readonly cost: number;
}

const credentialsOf = (k: Thread): PeerCredentials => ({ pid: k.process.pid, uid: k.process.credentials.euid, gid: k.process.credentials.egid });

const nobody: PeerCredentials = { pid: 0, uid: 0xffff_ffff, gid: 0xffff_ffff };

export class UnixSocket extends Socket {
  state: "open" | "listening" | "connected" = "open";
  peer: UnixSocket | undefined = undefined;
  /** Datagram sockets that have connected to this one. */
  readonly admirers = new Set<UnixSocket>();
  /** The bound name; undefined: none. */
  bound: string | undefined = undefined;
  /** Under which the network finds it. */
  private boundKey: string | undefined = undefined;
  queue: Packet[] = [];
  /** Bytes in the queue that have not been taken. */
  queued = 0;
  /** Cost of packets sent that the receiver has not taken. */
  inFlight = 0;
  backlog = DATAGRAM_BACKLOG;
  /** Listening: connections that nobody has accepted. */
  pending: UnixSocket[] = [];
  /** A connection that nobody has accepted yet. */
  private embryo = false;
  closed = false;
  /** Senders and connectors that wait for room here. */
  readonly waiting = new Set<UnixSocket>();
  private peerId: PeerCredentials = nobody;

  constructor(network: Network, creator: Actor, type: number) {
    super(network, creator, AF.UNIX, type, 0);
  }

  override get keepsMessages(): boolean {
    return this.type !== SOCK.STREAM;
  }

  override get largest(): number {
    return this.keepsMessages ? this.sendBuffer - 32 : Infinity;
  }

  override get listening(): boolean {
    return this.state === "listening";
  }

  override get peerCredentials(): PeerCredentials {
    return this.peerId;
  }

  setPeer(peer: PeerCredentials): void {
    this.peerId = peer;
  }

  // -- names ---------------------------------------------------------------------------------------------------------------------------

  override bind(k: Thread, address: Uint8Array): number {
    if (address.length === 2 && familyOf(address) === AF.UNIX) return this.bound === undefined ? this.autobind() : 0;
    const name = decodeUnix(address);
    if (name === undefined) return -E.INVAL;
    if (name !== "" && name.charCodeAt(0) === 0) {
      if (this.bound !== undefined) return -E.INVAL;
      if (this.network.unixNames.has(name)) return -E.ADDRINUSE;
      this.take(name, name);
      return 0;
    }
    if (name === "") return -E.NOENT;
    const { fs } = k.process;
    const place = walkPath(k, fs.cwd, name, true);
    if (typeof place !== "number") return -E.ADDRINUSE;
    if (this.bound !== undefined) return -E.INVAL;
    const made = makeNode(k, fs.cwd, name, S.IFSOCK | 0o777, 0);
    if (made < 0) return made === -E.EXIST ? -E.ADDRINUSE : made;
    const node = walkPath(k, fs.cwd, name, true);
    if (typeof node === "number") return node;
    this.take(name, node.dentry.inode.key);
    return 0;
  }

  private take(name: string, key: string): void {
    this.bound = name;
    this.boundKey = key;
    this.network.unixNames.set(key, this);
  }

  /** An abstract name of five hexadecimal digits. */
  autobind(): number {
    const { network } = this;
    for (let tries = 0; tries <= 0xfffff; tries++) {
      const name = `\0${(network.nextAutobind++ & 0xfffff).toString(16).padStart(5, "0")}`;
      if (network.unixNames.has(name)) continue;
      this.take(name, name);
      return 0;
    }
    return -E.NOSPC;
  }

  override name(): Uint8Array {
    return encodeUnix(this.bound ?? "");
  }

  override peerName(): Uint8Array | number {
    return this.peer ? this.peer.name() : -E.NOTCONN;
  }

  /** The socket that an address names, with the type of this one. */
  find(k: Thread, address: Uint8Array): UnixSocket | number {
    const name = decodeUnix(address);
    if (name === undefined || address.length <= 2) return -E.INVAL;
    let found: Socket | undefined;
    if (name !== "" && name.charCodeAt(0) === 0) found = this.network.unixNames.get(name);
    else {
      const place = name === "" ? -E.NOENT : walkPath(k, k.process.fs.cwd, name, true);
      if (typeof place === "number") return place;
      const { inode } = place.dentry;
      const allowed = inode.permission(MAY.WRITE, k.process.credentials);
      if (allowed < 0) return allowed;
      if (inode.type !== S.IFSOCK) return -E.CONNREFUSED;
      found = this.network.unixNames.get(inode.key);
    }
    if (!(found instanceof UnixSocket)) return -E.CONNREFUSED;
    return found.type === this.type ? found : -E.PROTOTYPE;
  }

  // -- connections ---------------------------------------------------------------------------------------------------------------------

  override connect(k: Thread, address: Uint8Array): number {
    if (this.type === SOCK.DGRAM) return this.connectDatagram(k, address);
    const other = this.find(k, address);
    if (typeof other === "number") return other;
    if (this.option(SO.PASSCRED) && this.bound === undefined) this.autobind();
    if (other.state !== "listening" || other.shut & SHUT.RCV) return -E.CONNREFUSED;
    if (other.pending.length > other.backlog) {
      other.waiting.add(this);
      return -E.AGAIN;
    }
    if (this.state !== "open") return this.state === "connected" ? -E.ISCONN : -E.INVAL;
    const server = new UnixSocket(this.network, this.creator, this.type);
    server.bound = other.bound;
    server.embryo = true;
    server.sendBuffer = other.sendBuffer;
    if (other.option(SO.PASSCRED)) for (const [key, value] of other.values) server.values.set(key, value);
    server.peerId = credentialsOf(k);
    this.peerId = other.peerId;
    joinPair(this, server);
    other.pending.push(server);
    wake(other.readQueue);
    return 0;
  }

  private connectDatagram(k: Thread, address: Uint8Array): number {
    if (address.length < 2) return -E.INVAL;
    if (familyOf(address) === AF.UNSPEC) {
      this.follow(undefined);
      return 0;
    }
    const other = this.find(k, address);
    if (typeof other === "number") return other;
    if (this.option(SO.PASSCRED) && this.bound === undefined) this.autobind();
    if (!other.hears(this)) return -E.PERM;
    this.follow(other);
    return 0;
  }

  /** A datagram socket that is connected hears only its peer. */
  hears(sender: UnixSocket): boolean {
    return this.peer === undefined || this.peer === sender;
  }

  /** Makes a datagram socket's peer the given one; what other senders have left is dropped. */
  follow(other: UnixSocket | undefined): void {
    if (this.peer && this.peer !== other) {
      this.peer.admirers.delete(this);
      this.discard();
    }
    this.peer = other;
    this.state = other ? "connected" : "open";
    other?.admirers.add(this);
    this.wakeAll();
  }

  override listen(k: Thread, backlog: number): number {
    if (this.type === SOCK.DGRAM) return -E.OPNOTSUPP;
    if (this.bound === undefined || this.state === "connected") return -E.INVAL;
    this.backlog = Math.min(backlog >>> 0, SOMAXCONN);
    this.state = "listening";
    this.peerId = credentialsOf(k);
    this.releaseWaiting();
    return 0;
  }

  override accept(_k: Thread): Socket | number {
    if (this.type === SOCK.DGRAM) return -E.OPNOTSUPP;
    if (this.state !== "listening") return -E.INVAL;
    const server = this.pending.shift();
    if (!server) return this.shut & SHUT.RCV ? -E.INVAL : -E.AGAIN;
    server.embryo = false;
    this.releaseWaiting();
    return server;
  }

  /** Tells those who wait for room here to try again. */
  releaseWaiting(): void {
    const list = [...this.waiting];
    this.waiting.clear();
    for (const socket of list) wake(socket.writeQueue);
  }

  override shutdown(how: number): number {
    const bits = shutBits(how);
    if (bits < 0) return bits;
    this.shut |= bits;
    const { peer } = this;
    if (peer && this.type !== SOCK.DGRAM) {
      peer.shut |= ((bits & SHUT.RCV) << 1) | (bits >> 1);
      peer.wakeAll();
    }
    this.releaseWaiting();
    this.wakeAll();
    return 0;
  }

  // -- data ----------------------------------------------------------------------------------------------------------------------------

  override send(k: Thread, message: Outgoing): number {
    return this.type === SOCK.STREAM ? sendStream(this, k, message) : sendMessage(this, k, message);
  }

  override receive(_k: Thread, into: Uint8Array, flags: number): Incoming | number {
    return this.type === SOCK.STREAM ? receiveStream(this, into, flags) : receiveMessage(this, into, flags);
  }

  /** More messages wait here than senders may leave. */
  get full(): boolean {
    return this.queue.length > this.backlog;
  }

  /** Room for more of what this socket sends, as poll(2) sees it. */
  get hasRoom(): boolean {
    return this.inFlight * 4 <= this.sendBuffer;
  }

  /** A packet has left the queue. */
  settle(packet: Packet): void {
    const { from } = packet;
    const before = from.hasRoom;
    from.inFlight -= packet.cost;
    if (!before || this.type === SOCK.DGRAM) wake(from.writeQueue);
    if (this.waiting.size > 0) this.releaseWaiting();
  }

  /** Drops everything that waits here. */
  private discard(): void {
    const { queue } = this;
    this.queue = [];
    this.queued = 0;
    for (const packet of queue) {
      for (const file of packet.files) file.unref();
      packet.files = [];
      this.settle(packet);
    }
  }

  override available(): number {
    if (this.state === "listening") return -E.INVAL;
    return this.keepsMessages && this.type === SOCK.DGRAM ? this.queue[0]?.bytes.length ?? 0 : this.queued;
  }

  override unsent(): number {
    return this.inFlight;
  }

  override poll(): number {
    let mask = 0;
    if (this.error) mask |= POLL.ERR;
    if (this.shut === SHUT.BOTH) mask |= POLL.HUP;
    if (this.shut & SHUT.RCV) mask |= POLL.RDHUP | POLL.IN | POLL.RDNORM;
    if (this.queue.length > 0 || this.pending.length > 0) mask |= POLL.IN | POLL.RDNORM;
    if (this.type === SOCK.DGRAM) {
      const { peer } = this;
      const blocked = peer !== undefined && peer.peer !== this && peer.full;
      if (blocked) peer.waiting.add(this);
      return this.hasRoom && !blocked ? mask | POLL.OUT | POLL.WRNORM | POLL.WRBAND : mask;
    }
    if (this.state === "open") mask |= POLL.HUP;
    return this.hasRoom && this.state !== "listening" ? mask | POLL.OUT | POLL.WRNORM | POLL.WRBAND : mask;
  }

  protected override close(): void {
    this.closed = true;
    if (this.boundKey !== undefined && this.network.unixNames.get(this.boundKey) === this) this.network.unixNames.delete(this.boundKey);
    const { peer } = this;
    this.state = "open";
    if (peer && this.type !== SOCK.DGRAM) {
      peer.shut = SHUT.BOTH;
      if (this.queue.length > 0 || this.embryo) peer.error = E.CONNRESET;
      peer.wakeAll();
    } else peer?.admirers.delete(this);
    // Those connected to a datagram socket learn of its end when they send.
    for (const admirer of this.admirers) wake(admirer.writeQueue);
    for (const server of this.pending.splice(0)) server.unref();
    this.discard();
    this.releaseWaiting();
  }
}

function joinPair(a: UnixSocket, b: UnixSocket): void {
  a.peer = b;
  b.peer = a;
  a.state = b.state = "connected";
}

/** socketpair(2). */
export function createUnixPair(network: Network, k: Thread, type: number): [UnixSocket, UnixSocket] {
  const { credentials } = k.process;
  const pair: [UnixSocket, UnixSocket] = [new UnixSocket(network, credentials, type), new UnixSocket(network, credentials, type)];
  joinPair(...pair);
  for (const socket of pair) socket.setPeer(credentialsOf(k));
  return pair;
}
