// What TCP and UDP sockets share: local and remote endpoints, the ports of the machine, and where an address leads. ip(7), ipv6(7).
//
// The loopback network (127.0.0.0/8, ::1) lies inside the machine: sockets of the machine find each other without the host. Anything
// else, and loopback ports that nobody in the machine has, is the host's affair, and only when the network holds a HostNetwork.

import { E } from "../errno.ts";
import type { Actor } from "../fs/inode.ts";
import type { Thread } from "../thread.ts";
import { ANY4, ANY6, decodeInet, encodeInet, familyOf, ipText, isAny, isBroadcast, isLoopback, isMulticast, LOOPBACK4, LOOPBACK6, mapped } from "./address.ts";
import type { Endpoint } from "./address.ts";
import { AF, IPV6, SO, SOCK, SOL } from "./constants.ts";
import type { HostPlace } from "./host.ts";
import type { Network } from "./network.ts";
import { optionKey, Socket } from "./socket.ts";

const EPHEMERAL = { FIRST: 32768, COUNT: 28232 } as const;
const PRIVILEGED = 1024;

/** The sockets of one protocol by port. */
export type PortTable = Map<number, Set<InetSocket>>;

export abstract class InetSocket extends Socket {
  /** Where it is bound. */
  local: Endpoint | undefined = undefined;
  remote: Endpoint | undefined = undefined;
  private held = false;

  constructor(network: Network, creator: Actor, family: number, type: number, protocol: number) {
    super(network, creator, family, type, protocol);
  }

  abstract get ports(): PortTable;

  get v6only(): boolean {
    return (this.values.get(optionKey(SOL.IPV6, IPV6.V6ONLY)) ?? 0) !== 0;
  }

  get any(): string {
    return this.family === AF.INET6 ? ANY6 : ANY4;
  }

  /** The endpoint of a sockaddr for connect and sendto, or a negative errno. */
  target(address: Uint8Array): Endpoint | number {
    const family = familyOf(address);
    if (this.family === AF.INET6 && family === AF.INET6) {
      if (address.length < 24) return -E.INVAL;
    } else {
      if (address.length < (this.family === AF.INET6 && family !== AF.INET ? 24 : 16)) return -E.INVAL;
      if (family !== AF.INET && !(family === AF.UNSPEC && this.type === SOCK.DGRAM)) return -E.AFNOSUPPORT;
      if (this.family === AF.INET6 && this.type === SOCK.STREAM) return -E.AFNOSUPPORT;
    }
    const at = decodeInet(address);
    if (this.family === AF.INET6 && at.ip.length === 4 && this.v6only) return -E.NETUNREACH;
    // "Any" as a target means this machine.
    if (isAny(at.ip)) return { ...at, ip: at.ip.length === 16 ? LOOPBACK6 : LOOPBACK4 };
    return at;
  }

  /** The endpoint of a sockaddr for bind, or a negative errno. */
  protected bindTarget(k: Thread, address: Uint8Array): Endpoint | number {
    const family = familyOf(address);
    if (this.family === AF.INET6) {
      if (address.length < 24) return -E.INVAL;
      if (family !== AF.INET6) return -E.AFNOSUPPORT;
    } else {
      if (address.length < 16) return -E.INVAL;
      if (family !== AF.INET && !(family === AF.UNSPEC && decodeInet(address).ip === ANY4)) return -E.AFNOSUPPORT;
    }
    const at = decodeInet(address);
    if (this.family === AF.INET6 && at.ip.length === 4 && this.v6only) return -E.INVAL;
    const special = this.type === SOCK.DGRAM && (isMulticast(at.ip) || isBroadcast(at.ip));
    if (!isAny(at.ip) && !special && !this.network.owns(at.ip)) return -E.ADDRNOTAVAIL;
    if (at.port > 0 && at.port < PRIVILEGED && k.process.credentials.euid !== 0) return -E.ACCES;
    if (this.local) return -E.INVAL;
    return at;
  }

  /** Why a port cannot be had, or 0. */
  conflict(at: Endpoint): number {
    for (const other of this.ports.get(at.port) ?? []) {
      if (other === this || !other.local || !overlap(this, at.ip, other, other.local.ip)) continue;
      if (this.option(SO.REUSEPORT) && other.option(SO.REUSEPORT) && this.creator.uid === other.creator.uid) continue;
      if (this.option(SO.REUSEADDR) && other.option(SO.REUSEADDR) && !(this.type === SOCK.STREAM && other.listening)) continue;
      return -E.ADDRINUSE;
    }
    return 0;
  }

  /** Takes an endpoint, choosing a port for 0; 0 or a negative errno. */
  claim(at: Endpoint): number {
    const chosen = at.port === 0 ? this.freePort(at) : at;
    if (!chosen) return -E.ADDRINUSE;
    const conflict = this.conflict(chosen);
    if (conflict < 0) return conflict;
    this.hold(chosen);
    return 0;
  }

  hold(at: Endpoint): void {
    this.letGo();
    this.local = at;
    let there = this.ports.get(at.port);
    if (!there) this.ports.set(at.port, (there = new Set()));
    there.add(this);
    this.held = true;
  }

  /** Gives the port back. */
  letGo(): void {
    if (!this.held || !this.local) return;
    this.held = false;
    const there = this.ports.get(this.local.port);
    there?.delete(this);
    if (there?.size === 0) this.ports.delete(this.local.port);
  }

  private freePort(at: Endpoint): Endpoint | undefined {
    const { network } = this;
    for (let tries = 0; tries < EPHEMERAL.COUNT; tries++) {
      const chosen = { ...at, port: EPHEMERAL.FIRST + (network.nextPort++ % EPHEMERAL.COUNT) };
      if (!this.ports.has(chosen.port)) return chosen;
    }
    return undefined;
  }

  override name(): Uint8Array {
    return encodeInet(this.family, this.local ?? { ip: this.any, port: 0, scope: 0 });
  }

  override peerName(): Uint8Array | number {
    return this.remote ? encodeInet(this.family, this.remote) : -E.NOTCONN;
  }

  /** The source address for packets to `to`, when the socket is not bound to one. */
  sourceFor(to: string): string {
    if (this.local && !isAny(this.local.ip)) return this.local.ip;
    if (isLoopback(to)) return to.length === 4 ? LOOPBACK4 : LOOPBACK6;
    return this.network.sourceFor(to);
  }

  /** As the host is told where to bind. */
  hostPlace(at: Endpoint): HostPlace {
    const six = this.family === AF.INET6;
    return { address: ipText(six && at.ip !== ANY4 && at.ip.length === 4 ? mapped(at.ip) : at.ip), port: at.port, v6only: six && this.v6only };
  }
}

/** The addresses of two bound sockets have something in common. */
function overlap(a: InetSocket, ipA: string, b: InetSocket, ipB: string): boolean {
  if (ipA === ipB) return true;
  const covers = (socket: InetSocket, any: string, ip: string): boolean =>
    isAny(any) && (any.length === ip.length || (any.length === 16 && !socket.v6only));
  return covers(a, ipA, ipB) || covers(b, ipB, ipA);
}

/** The socket that hears what is sent to an endpoint: bound to just that address before bound to all. */
export function findBound(table: PortTable, at: Endpoint, wanted: (socket: InetSocket) => number): InetSocket | undefined {
  let best: InetSocket | undefined, bestScore = 0;
  for (const socket of table.get(at.port) ?? []) {
    const ip = socket.local?.ip;
    if (ip === undefined) continue;
    const fits = ip === at.ip ? 4 : isAny(ip) && ip.length === at.ip.length ? 2 : ip === ANY6 && !socket.v6only ? 1 : 0;
    const score = fits === 0 ? 0 : fits * wanted(socket);
    if (score > bestScore) [best, bestScore] = [socket, score];
  }
  return best;
}
