// UDP sockets, udp(7): datagrams between sockets of the machine, and through the host when it may be used. A socket with a host behind it is
// bound there as well, at the latest when it first sends.

import { E } from "../errno.ts";
import { POLL } from "../fs/constants.ts";
import type { Actor } from "../fs/inode.ts";
import type { Thread } from "../thread.ts";
import { waitFor, wake } from "../wait.ts";
import type { Result } from "../wait.ts";
import { encodeInet, familyOf, ipText, isAny, isBroadcast, isLoopback, isMulticast, mapped, parseIp, unmapped } from "./address.ts";
import type { Endpoint } from "./address.ts";
import { AF, IP, IPPROTO, IPV6, MSG, SHUT, SO, SOCK, SOL } from "./constants.ts";
import type { HostDatagram } from "./host.ts";
import { findBound, InetSocket } from "./inet.ts";
import type { PortTable } from "./inet.ts";
import type { Network } from "./network.ts";
import { optionKey, peeks, plainBytes, shutBits } from "./socket.ts";
import type { Control, Incoming, Outgoing } from "./socket.ts";

const LARGEST = 65507;
/** What a datagram costs in the receive buffer besides its bytes. */
const OVERHEAD = 768;

interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
  /** The address it was sent to, for IP_PKTINFO. */
  readonly to: string;
  readonly seconds: number;
  readonly nanoseconds: number;
}

export class UdpSocket extends InetSocket {
  private queue: Datagram[] = [];
  private cost = 0;
  private outside: HostDatagram | undefined = undefined;
  private binding: "no" | "under way" | "done" = "no";
  private readonly groups = new Set<string>();
  private boundPort = false;
  /** The host's socket is connected to the peer. */
  private tied = false;

  constructor(network: Network, creator: Actor, family: number) {
    super(network, creator, family, SOCK.DGRAM, IPPROTO.UDP);
  }

  override get ports(): PortTable {
    return this.network.udp;
  }

  override get largest(): number {
    return LARGEST;
  }

  override get keepsMessages(): boolean {
    return true;
  }

  override bind(k: Thread, address: Uint8Array): Result {
    const at = this.bindTarget(k, address);
    if (typeof at === "number") return at;
    this.boundPort = at.port !== 0;
    return this.bindTo(at);
  }

  private bindTo(at: Endpoint): Result {
    const conflict = at.port === 0 ? 0 : this.conflict(at);
    if (conflict < 0) return conflict;
    const { host } = this.network;
    if (!host) return this.claim(at);
    let result: number | undefined;
    this.binding = "under way";
    const done = (port: number): void => {
      result = port < 0 ? port : this.claim({ ...at, port });
      this.binding = result < 0 ? "no" : "done";
      if (result < 0) this.outside = undefined;
      else this.tune();
      this.wakeAll();
    };
    const events = {
      onMessage: (bytes: Uint8Array, from: string, port: number) => {
        const ip = parseIp(from);
        if (ip !== undefined) this.arrive(bytes, { ip: unmapped(ip), port, scope: 0 }, this.local?.ip ?? this.any);
      },
      onError: (errno: number) => {
        this.error = errno;
        this.wakeAll();
      },
    };
    const family = this.family === AF.INET6 ? 6 : 4;
    this.outside = host.datagram(family, this.hostPlace(at), this.option(SO.REUSEADDR) || this.option(SO.REUSEPORT), events, done);
    return result ?? waitFor(this.queues, () => result, { uninterruptible: true });
  }

  /** Sees to it that the socket has a port; undefined when it has. */
  private ensureBound(): Result | undefined {
    if (this.binding === "under way") return waitFor(this.queues, () => (this.binding === "under way" ? undefined : 0), { uninterruptible: true });
    if (this.local && (!this.network.host || this.binding === "done")) return undefined;
    const result = this.bindTo(this.local ?? { ip: this.any, port: 0, scope: 0 });
    return result === 0 ? undefined : result;
  }

  override connect(_k: Thread, address: Uint8Array): Result {
    if (address.length < 2) return -E.INVAL;
    if (familyOf(address) === AF.UNSPEC) {
      this.remote = undefined;
      this.tieOutside();
      if (this.local && !this.boundPort) this.hold({ ...this.local, ip: this.any });
      return 0;
    }
    const to = this.target(address);
    if (typeof to === "number") return to;
    const refused = this.refusal(to);
    if (refused < 0) return refused;
    const finish = (): number => {
      if (!this.local) return -E.ADDRNOTAVAIL;
      this.remote = to;
      this.tieOutside();
      if (isAny(this.local.ip)) this.hold({ ...this.local, ip: this.sourceFor(to.ip) });
      this.wakeAll();
      return 0;
    };
    const bound = this.ensureBound();
    if (bound === undefined) return finish();
    if (typeof bound === "number") return bound;
    return waitFor(bound.queues, () => {
      const result = bound.attempt();
      return result === undefined ? undefined : result < 0 ? result : finish();
    }, { uninterruptible: true });
  }

  /** The host's socket is connected as this one is, unless the peer is in the machine: then the host has nothing to do with it. */
  private tieOutside(): void {
    const { remote, outside } = this;
    if (!outside) return;
    const inside = remote && findBound(this.ports, remote, () => 1);
    this.tied = remote !== undefined && !inside;
    outside.connect(remote && !inside ? { address: this.hostText(remote.ip), port: remote.port } : undefined);
  }

  private hostText(ip: string): string {
    return ipText(this.family === AF.INET6 && ip.length === 4 ? mapped(ip) : ip);
  }

  /** Why nothing can be sent to an address, or 0. */
  private refusal(to: Endpoint): number {
    if (isBroadcast(to.ip) && !this.option(SO.BROADCAST)) return -E.ACCES;
    if (!this.network.host && !isLoopback(to.ip)) return -E.NETUNREACH;
    return 0;
  }

  override send(_k: Thread, message: Outgoing): Result {
    const { bytes, flags } = message;
    if (flags & MSG.OOB) return -E.OPNOTSUPP;
    let to = this.remote;
    if (message.address && message.address.length > 0) {
      const given = this.target(message.address);
      if (typeof given === "number") return given;
      if (given.port === 0) return -E.INVAL;
      to = given;
    }
    if (!to) return -E.DESTADDRREQ;
    if (this.error) return this.takeError();
    if (bytes.length > LARGEST) return -E.MSGSIZE;
    const refused = this.refusal(to);
    if (refused < 0) return refused;
    if (this.shut & SHUT.SEND) return -E.PIPE;
    const bound = this.ensureBound();
    if (bound === undefined) return this.deliver(bytes, to);
    if (typeof bound === "number") return bound;
    const copy = new Uint8Array(bytes), target = to;
    return waitFor(bound.queues, () => {
      const result = bound.attempt();
      return result === undefined ? undefined : result < 0 ? result : this.deliver(copy, target);
    }, { uninterruptible: true });
  }

  private deliver(bytes: Uint8Array, to: Endpoint): number {
    const from = { ip: this.sourceFor(to.ip), port: this.local!.port, scope: 0 };
    const other = isMulticast(to.ip) ? undefined : findBound(this.ports, to, (socket) => hears(socket, from)) as UdpSocket | undefined;
    if (other) other.arrive(bytes, from, to.ip);
    else if (this.outside) {
      if (this.remote && !this.tied) this.tieOutside();
      this.outside.send(new Uint8Array(bytes), this.hostText(to.ip), to.port);
    } else if (this.remote?.port === to.port && this.remote.ip === to.ip) {
      // Nobody there: the answer of the other side (ICMP port unreachable) comes with the next call.
      this.error = E.CONNREFUSED;
      this.wakeAll();
    }
    return bytes.length;
  }

  private arrive(bytes: Uint8Array, from: Endpoint, to: string): void {
    if (this.remote && (this.remote.port !== from.port || this.remote.ip !== from.ip)) return;
    const cost = OVERHEAD + bytes.length;
    if (this.cost + cost > this.receiveBuffer) return;
    this.cost += cost;
    const { seconds, nanoseconds } = this.kernel.clock.realtime();
    this.queue.push({ bytes: new Uint8Array(bytes), from, to, seconds, nanoseconds });
    wake(this.readQueue);
  }

  override receive(_k: Thread, into: Uint8Array, flags: number): Incoming | number {
    if (flags & MSG.ERRQUEUE) return -E.AGAIN;
    if (flags & MSG.OOB) return -E.OPNOTSUPP;
    if (this.error) return this.takeError();
    const [datagram] = this.queue as (Datagram | undefined)[];
    if (!datagram) return this.shut & SHUT.RCV && !(flags & MSG.DONTWAIT) ? plainBytes(0) : -E.AGAIN;
    if (!peeks(flags)) {
      this.queue.shift();
      this.cost -= OVERHEAD + datagram.bytes.length;
    }
    const part = datagram.bytes.subarray(0, into.length);
    into.set(part);
    const cut = part.length < datagram.bytes.length;
    return {
      copied: part.length, result: flags & MSG.TRUNC ? datagram.bytes.length : part.length, flags: cut ? MSG.TRUNC : 0,
      address: encodeInet(this.family, datagram.from), files: [], credentials: undefined, control: this.controlFor(datagram),
    };
  }

  /** The control messages that options ask for. */
  private controlFor(datagram: Datagram): Control[] {
    const { values } = this;
    if (values.size === 0) return [];
    const on = (level: number, name: number): boolean => (values.get(optionKey(level, name)) ?? 0) !== 0;
    const control: Control[] = [];
    const words = (...list: number[]): Uint8Array => new Uint8Array(Int32Array.from(list).buffer);
    const { seconds, nanoseconds } = datagram;
    if (on(SOL.SOCKET, SO.TIMESTAMP_OLD)) {
      control.push({ level: SOL.SOCKET, type: SO.TIMESTAMP_OLD, data: words(seconds, Math.floor(nanoseconds / 1000)) });
    } else if (on(SOL.SOCKET, SO.TIMESTAMPNS_OLD)) control.push({ level: SOL.SOCKET, type: SO.TIMESTAMPNS_OLD, data: words(seconds, nanoseconds) });
    else if (on(SOL.SOCKET, SO.TIMESTAMP_NEW) || on(SOL.SOCKET, SO.TIMESTAMPNS_NEW)) {
      const whole = on(SOL.SOCKET, SO.TIMESTAMP_NEW);
      const part = whole ? Math.floor(nanoseconds / 1000) : nanoseconds;
      control.push({ level: SOL.SOCKET, type: whole ? SO.TIMESTAMP_NEW : SO.TIMESTAMPNS_NEW, data: words(seconds, 0, part, 0) });
    }
    const index = isLoopback(datagram.to) ? 1 : 2;
    const address = (ip: string): Uint8Array => Uint8Array.from(ip, (c) => c.charCodeAt(0));
    if (datagram.to.length === 4 && on(SOL.IP, IP.PKTINFO)) {
      const data = new Uint8Array(12);
      data[0] = index;
      data.set(address(datagram.to), 4);
      data.set(address(datagram.to), 8);
      control.push({ level: SOL.IP, type: IP.PKTINFO, data });
    }
    if (datagram.to.length === 4 && on(SOL.IP, IP.RECVTTL)) control.push({ level: SOL.IP, type: IP.TTL, data: words(64) });
    if (this.family === AF.INET6 && on(SOL.IPV6, IPV6.RECVPKTINFO)) {
      const data = new Uint8Array(20);
      data.set(address(mapped(datagram.to)));
      data[16] = index;
      control.push({ level: SOL.IPV6, type: IPV6.PKTINFO, data });
    }
    return control;
  }

  override shutdown(how: number): number {
    const bits = shutBits(how);
    if (bits < 0) return bits;
    this.shut |= bits; // even if it is told to be wrong
    this.wakeAll();
    return this.remote ? 0 : -E.NOTCONN;
  }

  override available(): number {
    return this.queue[0]?.bytes.length ?? 0;
  }

  override poll(): number {
    let mask = POLL.OUT | POLL.WRNORM | POLL.WRBAND;
    if (this.error) mask |= POLL.ERR;
    if (this.queue.length > 0) mask |= POLL.IN | POLL.RDNORM;
    if (this.shut & SHUT.RCV) mask |= POLL.IN | POLL.RDNORM | POLL.RDHUP;
    return this.shut === SHUT.BOTH ? mask | POLL.HUP : mask;
  }

  /** Tells the host of options that it can do something with. */
  tune(): void {
    const { outside, values } = this;
    if (!outside || this.binding !== "done") return;
    const value = (level: number, name: number): number | undefined => values.get(optionKey(level, name));
    if (this.option(SO.BROADCAST)) outside.setBroadcast(true);
    const hops = value(SOL.IP, IP.TTL) ?? value(SOL.IPV6, IPV6.UNICAST_HOPS);
    if (hops !== undefined && hops > 0) outside.setTtl(hops);
    const many = value(SOL.IP, IP.MULTICAST_TTL) ?? value(SOL.IPV6, IPV6.MULTICAST_HOPS);
    if (many !== undefined && many >= 0) outside.setMulticastTtl(many);
    const loop = value(SOL.IP, IP.MULTICAST_LOOP) ?? value(SOL.IPV6, IPV6.MULTICAST_LOOP);
    if (loop !== undefined) outside.setMulticastLoop(loop !== 0);
    for (const group of this.groups) outside.member(group, true);
  }

  /** Joins or leaves a multicast group. Without a host there is nobody to hear. */
  member(ip: string, joined: boolean): number {
    if (!isMulticast(ip)) return -E.INVAL;
    const group = ipText(ip);
    if (this.groups.has(group) === joined) return joined ? -E.ADDRINUSE : -E.ADDRNOTAVAIL;
    if (this.outside && this.binding === "done") {
      const result = this.outside.member(group, joined);
      if (result < 0) return result;
    }
    if (joined) this.groups.add(group);
    else this.groups.delete(group);
    return 0;
  }

  protected override close(): void {
    this.letGo();
    this.outside?.close();
    this.outside = undefined;
    this.queue = [];
  }
}

/** How well a socket fits a sender: a connected one hears its peer only, and before others. */
function hears(socket: InetSocket, from: Endpoint): number {
  if (!socket.remote) return 1;
  return socket.remote.port === from.port && socket.remote.ip === from.ip ? 8 : 0;
}
