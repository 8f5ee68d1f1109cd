// TCP sockets, tcp(7): states, the accept queue, what is sent and received, how connections end. What carries the bytes is a Transport: another
// socket of the machine (here), or a connection of the host (tcp-host.ts).

import { E } from "../errno.ts";
import { POLL } from "../fs/constants.ts";
import type { Actor } from "../fs/inode.ts";
import type { Thread } from "../thread.ts";
import { waitFor, wake } from "../wait.ts";
import type { Result } from "../wait.ts";
import { familyOf, isLoopback } from "./address.ts";
import type { Endpoint } from "./address.ts";
import { ByteQueue } from "./bytes.ts";
import { AF, IPPROTO, MSG, SHUT, SO, SOCK, SOL, SOMAXCONN, STATE } from "./constants.ts";
import type { HostListener } from "./host.ts";
import { findBound, InetSocket } from "./inet.ts";
import type { PortTable } from "./inet.ts";
import type { Network } from "./network.ts";
import { optionKey, peeks, plainBytes, shutBits } from "./socket.ts";
import type { Incoming, Outgoing, Socket } from "./socket.ts";
import { hostConnect, hostListen, probeHost } from "./tcp-host.ts";

/** Buffer sizes as a new socket tells them, and once it is connected (net.ipv4.tcp_wmem, tcp_rmem). */
const INITIAL = { SEND: 16384, RECEIVE: 131072 } as const;
const CONNECTED_SEND = 2626560;
/** Bytes under way in one direction when no buffer size was asked for. */
const WINDOW = 524288;

/** What carries the bytes of a connection. */
export interface Transport {
  /** Takes a copy of what there is room for; the count. */
  send(bytes: Uint8Array): number;
  room(): number;
  /** Nothing more will be sent. */
  finish(): void;
  /** The socket is gone. */
  close(): void;
  reset(): void;
  /** The socket has taken bytes: there is room at its side. */
  taken(): void;
  unsent(): number;
  /** An option that the host can do something with has changed. */
  tune(): void;
}

export class TcpSocket extends InetSocket {
  state: number = STATE.CLOSE;
  readonly incoming = new ByteQueue();
  transport: Transport | undefined = undefined;
  /** The other side has closed its direction. */
  finished = false;
  /** A connect whose end has not been told. */
  private attempting = false;
  backlog = 0;
  /** Listening: connections that nobody has accepted, and connectors that found no room. */
  pending: TcpSocket[] = [];
  waiting: TcpSocket[] = [];
  hostListener: HostListener | undefined = undefined;
  released = false;
  /** Gives up a connect of the host's that is under way. */
  cancel: (() => void) | undefined = undefined;
  /** Sizes that were asked for: 0 none. */
  wantedSend = 0;
  wantedReceive = 0;

  constructor(network: Network, creator: Actor, family: number) {
    super(network, creator, family, SOCK.STREAM, IPPROTO.TCP);
    this.sendBuffer = INITIAL.SEND;
    this.receiveBuffer = INITIAL.RECEIVE;
  }

  override get ports(): PortTable {
    return this.network.tcp;
  }

  override get listening(): boolean {
    return this.state === STATE.LISTEN;
  }

  override get connecting(): boolean {
    return this.state === STATE.SYN_SENT;
  }

  // -- making connections --------------------------------------------------------------------------------------------------------------

  override bind(k: Thread, address: Uint8Array): Result {
    const at = this.bindTarget(k, address);
    if (typeof at === "number") return at;
    if (!this.network.host) return this.claim(at);
    const conflict = at.port === 0 ? 0 : this.conflict(at);
    if (conflict < 0) return conflict;
    return probeHost(this, this.network.host, at, (port) => this.claim({ ...at, port }));
  }

  override listen(_k: Thread, backlog: number): Result {
    if (this.state === STATE.LISTEN) {
      this.backlog = Math.min(backlog >>> 0, SOMAXCONN);
      return 0;
    }
    if (this.state !== STATE.CLOSE || this.attempting) return -E.INVAL;
    const begin = (): number => {
      for (const other of this.ports.get(this.local!.port) ?? []) {
        if (other !== this && other.listening && this.conflict(this.local!) < 0) return -E.ADDRINUSE;
      }
      this.backlog = Math.min(backlog >>> 0, SOMAXCONN);
      this.state = STATE.LISTEN;
      this.shut = 0;
      this.wakeAll();
      return 0;
    };
    const any = { ip: this.any, port: 0, scope: 0 };
    if (this.network.host) return hostListen(this, this.network.host, this.local ?? any, begin);
    const claimed = this.local ? 0 : this.claim(any);
    return claimed < 0 ? claimed : begin();
  }

  override connect(_k: Thread, address: Uint8Array): number {
    if (address.length < 2) return -E.INVAL;
    if (familyOf(address) === AF.UNSPEC) return this.disconnect();
    if (this.attempting) {
      if (this.connecting) return -E.INPROGRESS;
      return this.connected();
    }
    if (this.state !== STATE.CLOSE) return -E.ISCONN;
    const to = this.target(address);
    if (typeof to === "number") return to;
    const listener = this.find(to);
    const { host } = this.network;
    const outside = !isLoopback(to.ip) && !this.network.owns(to.ip);
    if (!host && outside) return -E.NETUNREACH;
    this.error = 0;
    this.finished = false;
    this.shut = 0;
    if (!listener && host) {
      this.attempting = true;
      this.state = STATE.SYN_SENT;
      this.remote = to;
      hostConnect(this, host, to);
      return -E.INPROGRESS;
    }
    const local = { ip: this.sourceFor(to.ip), port: this.local?.port ?? 0, scope: 0 };
    if (this.local) this.hold({ ...local, port: this.local.port });
    else if (this.claim(local) < 0) return -E.ADDRNOTAVAIL;
    this.attempting = true;
    this.remote = to;
    this.state = STATE.SYN_SENT;
    if (!listener) this.fail(E.CONNREFUSED);
    else if (listener.pending.length > listener.backlog) listener.waiting.push(this);
    else listener.join(this);
    return -E.INPROGRESS;
  }

  private find(to: Endpoint): TcpSocket | undefined {
    return findBound(this.ports, to, (socket) => (socket.listening ? 1 : 0)) as TcpSocket | undefined;
  }

  override connected(): number {
    this.attempting = false;
    if (this.state !== STATE.CLOSE) return 0;
    return this.takeError() || -E.CONNABORTED;
  }

  /** A connection could not be made. */
  fail(errno: number): void {
    this.state = STATE.CLOSE;
    this.error = errno;
    this.remote = undefined;
    this.wakeAll();
  }

  private disconnect(): number {
    if (this.state === STATE.LISTEN) this.stopListening();
    else this.transport?.reset();
    if (this.connecting) this.cancel?.();
    this.transport = undefined;
    this.state = STATE.CLOSE;
    this.attempting = false;
    this.remote = undefined;
    this.error = 0;
    this.incoming.clear();
    this.wakeAll();
    return 0;
  }

  /** A connection of the machine has come to this listener. */
  private join(client: TcpSocket): void {
    const server = this.child();
    const { ip, port } = client.local!;
    server.local = { ip: client.remote!.ip, port: this.local!.port, scope: 0 };
    server.remote = { ip, port, scope: 0 };
    client.establish(new Inside(client, server));
    server.establish(new Inside(server, client));
    this.pending.push(server);
    wake(this.readQueue);
  }

  /** A socket for a connection that has come; it has this one's options. */
  child(): TcpSocket {
    const server = new TcpSocket(this.network, this.creator, this.family);
    for (const [key, value] of this.values) server.values.set(key, value);
    server.wantedSend = this.wantedSend;
    server.wantedReceive = this.wantedReceive;
    if (this.wantedSend) server.sendBuffer = this.sendBuffer;
    server.receiveBuffer = this.receiveBuffer;
    return server;
  }

  establish(transport: Transport): void {
    this.transport = transport;
    this.state = STATE.ESTABLISHED;
    if (!this.wantedSend) this.sendBuffer = CONNECTED_SEND;
    this.wakeAll();
  }

  override accept(_k: Thread): Socket | number {
    if (this.state !== STATE.LISTEN) return -E.INVAL;
    const server = this.pending.shift();
    if (!server) return -E.AGAIN;
    const next = this.waiting.shift();
    if (next?.connecting && !next.released) this.join(next);
    return server;
  }

  private stopListening(): void {
    this.hostListener?.close();
    this.hostListener = undefined;
    this.state = STATE.CLOSE;
    for (const server of this.pending.splice(0)) {
      server.transport?.reset();
      server.transport = undefined;
      server.unref();
    }
    for (const client of this.waiting.splice(0)) client.fail(E.CONNREFUSED);
    this.wakeAll();
  }

  override peerName(): Uint8Array | number {
    return this.state === STATE.CLOSE || this.state === STATE.SYN_SENT || this.state === STATE.LISTEN ? -E.NOTCONN : super.peerName();
  }

  // -- data ----------------------------------------------------------------------------------------------------------------------------

  /** Bytes that may wait at this side. */
  get window(): number {
    return this.wantedReceive || WINDOW;
  }

  override send(_k: Thread, message: Outgoing): number {
    const { bytes, flags } = message;
    if (this.state === STATE.SYN_SENT) return -E.AGAIN;
    if (this.error) return this.takeError();
    const open = this.state === STATE.ESTABLISHED || this.state === STATE.CLOSE_WAIT;
    if (!open || this.shut & SHUT.SEND || !this.transport) return flags & MSG.FASTOPEN ? -E.OPNOTSUPP : -E.PIPE;
    if (flags & MSG.OOB) return -E.OPNOTSUPP;
    if (bytes.length === 0) return 0;
    const sent = this.transport.send(bytes);
    return sent === 0 ? -E.AGAIN : sent;
  }

  override receive(_k: Thread, into: Uint8Array, flags: number): Incoming | number {
    if (flags & MSG.ERRQUEUE) return -E.AGAIN;
    if (this.state === STATE.LISTEN) return -E.NOTCONN;
    if (flags & MSG.OOB) return -E.INVAL;
    if (this.incoming.length > 0) {
      const count = flags & MSG.TRUNC && !peeks(flags) ? this.incoming.skip(into.length) : this.incoming.take(into, peeks(flags));
      if (!peeks(flags)) this.transport?.taken();
      return flags & MSG.TRUNC ? { ...plainBytes(0), result: count } : plainBytes(count);
    }
    if (this.error) return this.takeError();
    if (this.finished || this.shut & SHUT.RCV) return plainBytes(0);
    if (this.state === STATE.SYN_SENT) return -E.AGAIN;
    if (this.state === STATE.CLOSE) return -E.NOTCONN;
    return into.length === 0 ? plainBytes(0) : -E.AGAIN;
  }

  /** Bytes have come. */
  arrive(bytes: Uint8Array): void {
    if (this.shut & SHUT.RCV && this.released) return;
    this.incoming.put(bytes);
    wake(this.readQueue);
  }

  peerFinished(): void {
    this.finished = true;
    if (this.state === STATE.ESTABLISHED) this.state = STATE.CLOSE_WAIT;
    else if (this.state === STATE.FIN_WAIT2) this.end();
    this.wakeAll();
  }

  /** Both directions are closed. */
  private end(): void {
    this.state = STATE.CLOSE;
    this.shut = SHUT.BOTH;
  }

  /** The other side has reset the connection. */
  peerReset(errno: number = this.state === STATE.CLOSE_WAIT ? E.PIPE : E.CONNRESET): void {
    if (this.state === STATE.SYN_SENT) {
      this.fail(errno);
      return;
    }
    this.error = errno;
    this.finished = true;
    this.transport = undefined;
    this.end();
    this.wakeAll();
  }

  override shutdown(how: number): number {
    const bits = shutBits(how);
    if (bits < 0) return bits;
    if (this.state === STATE.LISTEN) {
      if (bits & SHUT.RCV) {
        this.stopListening();
        this.shut = SHUT.BOTH;
      }
      return 0;
    }
    if (this.state === STATE.CLOSE) return -E.NOTCONN;
    if (this.state === STATE.SYN_SENT) return this.disconnect();
    const before = this.shut;
    this.shut |= bits;
    if (bits & ~before & SHUT.SEND) {
      this.transport?.finish();
      if (this.state === STATE.CLOSE_WAIT) this.end();
      else this.state = STATE.FIN_WAIT2;
    }
    this.wakeAll();
    return 0;
  }

  override available(): number {
    return this.state === STATE.LISTEN ? -E.INVAL : this.incoming.length;
  }

  override unsent(): number {
    return this.transport?.unsent() ?? 0;
  }

  private get lowWater(): number {
    return Math.min(this.values.get(optionKey(SOL.SOCKET, SO.RCVLOWAT)) ?? 1, this.window);
  }

  override poll(): number {
    if (this.state === STATE.LISTEN) return this.pending.length > 0 ? POLL.IN | POLL.RDNORM : 0;
    let mask = this.error ? POLL.ERR : 0;
    const closedForReading = this.finished || (this.shut & SHUT.RCV) !== 0;
    if (this.state === STATE.CLOSE || (closedForReading && this.shut & SHUT.SEND)) mask |= POLL.HUP;
    if (closedForReading) mask |= POLL.IN | POLL.RDNORM | POLL.RDHUP;
    if (this.state === STATE.SYN_SENT) return mask;
    if (this.incoming.length >= this.lowWater && this.incoming.length > 0) mask |= POLL.IN | POLL.RDNORM;
    const room = this.transport ? this.transport.room() > this.window / 4 : true;
    return room || this.shut & SHUT.SEND ? mask | POLL.OUT | POLL.WRNORM : mask;
  }

  protected override close(): void {
    this.released = true;
    this.letGo();
    if (this.state === STATE.LISTEN) this.stopListening();
    if (this.connecting) this.cancel?.();
    const lingers = this.values.get(optionKey(SOL.SOCKET, SO.LINGER)) ?? -1;
    const { transport } = this;
    this.transport = undefined;
    if (this.incoming.length > 0 || lingers === 0) transport?.reset();
    else transport?.close();
    this.incoming.clear();
    this.state = STATE.CLOSE;
  }

  /** What getsockname tells for a socket that listens or connects without having been bound. */
  takeHostPort(ip: string, port: number): void {
    this.hold({ ip, port, scope: 0 });
  }
}

/** One direction of a connection inside the machine: from `self` to `other`. */
class Inside implements Transport {
  private readonly self: TcpSocket;
  private readonly other: TcpSocket;

  constructor(self: TcpSocket, other: TcpSocket) {
    this.self = self;
    this.other = other;
  }

  room(): number {
    if (this.other.released || this.other.shut & SHUT.RCV) return WINDOW;
    const { other, self } = this;
    const limit = other.wantedReceive || self.wantedSend ? (other.wantedReceive || WINDOW / 2) + (self.wantedSend || WINDOW / 2) : WINDOW;
    return Math.max(0, limit - other.incoming.length);
  }

  send(bytes: Uint8Array): number {
    const { other } = this;
    if (other.released || other.transport === undefined) {
      // What is sent to a socket that is gone comes back as a reset, after this send.
      this.self.peerReset();
      return bytes.length;
    }
    const part = bytes.subarray(0, this.room());
    if (part.length > 0) other.arrive(part);
    return part.length;
  }

  finish(): void {
    if (!this.other.released) this.other.peerFinished();
  }

  close(): void {
    if (this.self.shut & SHUT.SEND) return;
    this.finish();
  }

  reset(): void {
    if (!this.other.released) this.other.peerReset();
  }

  taken(): void {
    if (!this.other.released) wake(this.other.writeQueue);
  }

  unsent(): number {
    return 0;
  }

  tune(): void {}
}

/** Waits for an answer of the host, given through `begin`'s callback. */
export function askHost(socket: InetSocket, begin: (done: (result: number) => void) => void): Result {
  let result: number | undefined;
  begin((value) => {
    result = value;
    socket.wakeAll();
  });
  return result ?? waitFor(socket.queues, () => result, { uninterruptible: true });
}
