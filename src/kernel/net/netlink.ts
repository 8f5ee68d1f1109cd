// Routing information over AF_NETLINK, netlink(7), rtnetlink(7): enough for getifaddrs(3), if_nameindex(3) and `ip`'s listings. A request is
// answered at once; whatever would change the network is refused.

import { E } from "../errno.ts";
import { POLL } from "../fs/constants.ts";
import type { Actor } from "../fs/inode.ts";
import type { Thread } from "../thread.ts";
import { wake } from "../wait.ts";
import { isLoopback } from "./address.ts";
import { AF, MSG, SOCK } from "./constants.ts";
import { IFF } from "./network.ts";
import type { Interface, Network } from "./network.ts";
import { peeks, Socket } from "./socket.ts";
import type { Incoming, Outgoing } from "./socket.ts";

const NLMSG = { NOOP: 1, ERROR: 2, DONE: 3 } as const;
const NLM_F = { REQUEST: 1, MULTI: 2, ACK: 4, ROOT: 0x100, MATCH: 0x200, DUMP: 0x300 } as const;
const RTM = { NEWLINK: 16, GETLINK: 18, NEWADDR: 20, GETADDR: 22, NEWROUTE: 24, GETROUTE: 26, GETNEIGH: 30, GETRULE: 34, LAST: 103 } as const;
const HEADER = 16;
/** A dump's messages come in pieces of this size. */
const PIECE = 8192;

const align = (n: number): number => (n + 3) & ~3;

/** A rtattr. */
function attribute(type: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(align(4 + data.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 4 + data.length, true);
  view.setUint16(2, type, true);
  bytes.set(data, 4);
  return bytes;
}

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const text = (value: string): Uint8Array => Uint8Array.from(`${value}\0`, (c) => c.charCodeAt(0));
const address = (ip: string): Uint8Array => Uint8Array.from(ip, (c) => c.charCodeAt(0));

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + align(part.length), 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += align(part.length);
  }
  return bytes;
}

const IFLA = { ADDRESS: 1, BROADCAST: 2, IFNAME: 3, MTU: 4, QDISC: 6, STATS: 7, TXQLEN: 13, OPERSTATE: 16, LINKMODE: 17, GROUP: 27 } as const;
const ARPHRD = { ETHER: 1, LOOPBACK: 772 } as const;
const OPERATIONAL = { UNKNOWN: 0, UP: 6 } as const;

/** struct ifinfomsg with attributes. */
function linkMessage(it: Interface): Uint8Array {
  const info = new Uint8Array(16);
  const view = new DataView(info.buffer);
  view.setUint16(2, it.loopback ? ARPHRD.LOOPBACK : ARPHRD.ETHER, true);
  view.setInt32(4, it.index, true);
  view.setUint32(8, it.flags, true);
  return join(
    info, attribute(IFLA.IFNAME, text(it.name)), attribute(IFLA.TXQLEN, word(1000)),
    attribute(IFLA.OPERSTATE, Uint8Array.of(it.loopback ? OPERATIONAL.UNKNOWN : OPERATIONAL.UP)), attribute(IFLA.LINKMODE, Uint8Array.of(0)),
    attribute(IFLA.MTU, word(it.mtu)), attribute(IFLA.GROUP, word(0)), attribute(IFLA.QDISC, text(it.loopback ? "noqueue" : "fq_codel")),
    attribute(IFLA.ADDRESS, it.hardware), attribute(IFLA.BROADCAST, new Uint8Array(6).fill(it.loopback ? 0 : 255)), attribute(IFLA.STATS, new Uint8Array(96)),
  );
}

const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, BROADCAST: 4, CACHEINFO: 6, FLAGS: 8 } as const;
const IFA_F_PERMANENT = 0x80;
const SCOPE = { UNIVERSE: 0, LINK: 253, HOST: 254 } as const;

const scopeOf = (ip: string): number =>
  isLoopback(ip) ? SCOPE.HOST : ip.length === 16 && ip.charCodeAt(0) === 0xfe && (ip.charCodeAt(1) & 0xc0) === 0x80 ? SCOPE.LINK : SCOPE.UNIVERSE;

/** The last address of a network: where broadcasts go. */
export function broadcastOf(ip: string, prefix: number): string {
  const n = ((ip.charCodeAt(0) << 24) | (ip.charCodeAt(1) << 16) | (ip.charCodeAt(2) << 8) | ip.charCodeAt(3)) | (prefix === 32 ? 0 : 0xffff_ffff >>> prefix);
  return String.fromCharCode((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

/** struct ifaddrmsg with attributes. */
function addressMessage(it: Interface, ip: string, prefix: number): Uint8Array {
  const info = new Uint8Array(8);
  info[0] = ip.length === 4 ? AF.INET : AF.INET6;
  info[1] = prefix;
  info[2] = IFA_F_PERMANENT;
  info[3] = scopeOf(ip);
  new DataView(info.buffer).setUint32(4, it.index, true);
  const four = ip.length === 4;
  const cache = new Uint8Array(16);
  cache.fill(255, 0, 8);
  return join(
    info, attribute(IFA.ADDRESS, address(ip)),
    ...(four ? [attribute(IFA.LOCAL, address(ip))] : []),
    ...(four && it.flags & IFF.BROADCAST ? [attribute(IFA.BROADCAST, address(broadcastOf(ip, prefix)))] : []),
    ...(four ? [attribute(IFA.LABEL, text(it.name))] : []),
    attribute(IFA.FLAGS, word(IFA_F_PERMANENT)), attribute(IFA.CACHEINFO, cache),
  );
}

const RTA = { DST: 1, OIF: 4, PREFSRC: 7, TABLE: 15 } as const;
const RTN = { UNICAST: 1, LOCAL: 2 } as const;
const TABLE = { MAIN: 254, LOCAL: 255 } as const;
const RTPROT_KERNEL = 2;

/** struct rtmsg with attributes: where packets for a network or an address of this machine go. */
function routeMessage(it: Interface, ip: string, destination: string, prefix: number, local: boolean): Uint8Array {
  const table = local ? TABLE.LOCAL : TABLE.MAIN;
  const info = Uint8Array.of(AF.INET, prefix, 0, 0, table, RTPROT_KERNEL, local ? SCOPE.HOST : SCOPE.LINK, local ? RTN.LOCAL : RTN.UNICAST, 0, 0, 0, 0);
  return join(
    info, attribute(RTA.TABLE, word(table)), attribute(RTA.DST, address(destination)), attribute(RTA.PREFSRC, address(ip)), attribute(RTA.OIF, word(it.index)),
  );
}

const networkOf = (ip: string, prefix: number): string =>
  String.fromCharCode(...Array.from(address(ip).subarray(0, 4), (byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - i * 8)))));

/** The routes that follow from an interface's addresses; gateways are the host's own affair. */
function routesOf(it: Interface): Uint8Array[] {
  return it.addresses.filter(({ ip }) => ip.length === 4).flatMap(({ ip, prefix }) => [
    ...(prefix < 32 ? [routeMessage(it, ip, networkOf(ip, prefix), prefix, it.loopback)] : []), routeMessage(it, ip, ip, 32, true),
  ]);
}

export class NetlinkSocket extends Socket {
  private port = 0;
  private groups = 0;
  private remotePort = 0;
  private queue: Uint8Array[] = [];

  constructor(network: Network, creator: Actor, type: number, protocol: number) {
    super(network, creator, AF.NETLINK, type, protocol);
  }

  override get keepsMessages(): boolean {
    return true;
  }

  private static sockaddr(port: number, groups: number): Uint8Array {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, AF.NETLINK, true);
    view.setUint32(4, port, true);
    view.setUint32(8, groups, true);
    return bytes;
  }

  /** Takes a port of its own: the process's number, unless another socket has it. */
  private autobind(k: Thread): void {
    if (this.port) return;
    const used = new Set([...this.network.sockets].map((socket) => (socket instanceof NetlinkSocket && socket.protocol === this.protocol ? socket.port : 0)));
    let port = k.process.pid;
    for (let next = 0xffff_f000; used.has(port); next--) port = next;
    this.port = port;
  }

  override bind(k: Thread, bytes: Uint8Array): number {
    if (bytes.length < 12) return -E.INVAL;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint16(0, true) !== AF.NETLINK) return -E.INVAL;
    const port = view.getUint32(4, true);
    if (this.port && port !== this.port) return -E.INVAL;
    if (!this.port) {
      if (port === 0) this.autobind(k);
      else if ([...this.network.sockets].some((socket) => socket instanceof NetlinkSocket && socket.port === port && socket.protocol === this.protocol)) return -E.ADDRINUSE;
      else this.port = port;
    }
    this.groups = view.getUint32(8, true);
    return 0;
  }

  override connect(k: Thread, bytes: Uint8Array): number {
    if (bytes.length < 2) return -E.INVAL;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint16(0, true) === AF.UNSPEC) {
      this.remotePort = 0;
      return 0;
    }
    if (view.getUint16(0, true) !== AF.NETLINK || bytes.length < 12) return -E.INVAL;
    this.autobind(k);
    this.remotePort = view.getUint32(4, true);
    return 0;
  }

  override name(): Uint8Array {
    return NetlinkSocket.sockaddr(this.port, this.groups);
  }

  override peerName(): Uint8Array {
    return NetlinkSocket.sockaddr(this.remotePort, 0);
  }

  override send(k: Thread, message: Outgoing): number {
    if (message.flags & MSG.OOB) return -E.OPNOTSUPP;
    let to = this.remotePort;
    if (message.address && message.address.length > 0) {
      if (message.address.length < 12) return -E.INVAL;
      const view = new DataView(message.address.buffer, message.address.byteOffset);
      if (view.getUint16(0, true) !== AF.NETLINK) return -E.INVAL;
      to = view.getUint32(4, true);
    }
    this.autobind(k);
    if (to !== 0) return -E.CONNREFUSED;
    const bytes = new Uint8Array(message.bytes);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + HEADER <= bytes.length; ) {
      const length = view.getUint32(at, true);
      if (length < HEADER || at + length > bytes.length) break;
      this.answer(bytes.subarray(at, at + length));
      at += align(length);
    }
    wake(this.readQueue);
    return bytes.length;
  }

  /** One request. */
  private answer(request: Uint8Array): void {
    const view = new DataView(request.buffer, request.byteOffset, request.length);
    const type = view.getUint16(4, true), flags = view.getUint16(6, true), sequence = view.getUint32(8, true);
    if (!(flags & NLM_F.REQUEST) || type < RTM.NEWLINK) {
      if (flags & NLM_F.ACK) this.refuse(request, 0);
      return;
    }
    const dumped = (flags & NLM_F.DUMP) !== 0;
    const family = request.length > HEADER ? request[HEADER] : 0;
    if (type > RTM.LAST) this.refuse(request, -E.OPNOTSUPP);
    else if ((type & 3) !== 2) this.refuse(request, -E.PERM);
    else if (type === RTM.GETLINK && !dumped) this.oneLink(request, sequence);
    else if (!dumped) this.refuse(request, -E.OPNOTSUPP);
    else this.dump(this.entries(type, family), sequence);
  }

  private entries(type: number, family: number): { type: number; body: Uint8Array }[] {
    const list: { type: number; body: Uint8Array }[] = [];
    for (const it of this.network.interfaces()) {
      if (type === RTM.GETLINK) list.push({ type: RTM.NEWLINK, body: linkMessage(it) });
      if (type === RTM.GETROUTE && (family === AF.UNSPEC || family === AF.INET)) list.push(...routesOf(it).map((body) => ({ type: RTM.NEWROUTE, body })));
      if (type !== RTM.GETADDR) continue;
      for (const { ip, prefix } of it.addresses) {
        if (family === AF.UNSPEC || family === (ip.length === 4 ? AF.INET : AF.INET6)) list.push({ type: RTM.NEWADDR, body: addressMessage(it, ip, prefix) });
      }
    }
    // All IPv4 addresses come before those of IPv6.
    return type === RTM.GETADDR ? [...list.filter(({ body }) => body[0] === AF.INET), ...list.filter(({ body }) => body[0] !== AF.INET)] : list;
  }

  private oneLink(request: Uint8Array, sequence: number): void {
    const view = new DataView(request.buffer, request.byteOffset, request.length);
    const index = request.length >= HEADER + 8 ? view.getInt32(HEADER + 4, true) : 0;
    let name = "";
    for (let at = HEADER + 16; at + 4 <= request.length; ) {
      const length = view.getUint16(at, true);
      if (length < 4 || at + length > request.length) break;
      if (view.getUint16(at + 2, true) === IFLA.IFNAME) name = String.fromCharCode(...request.subarray(at + 4, at + length)).replace(/\0.*$/s, "");
      at += align(length);
    }
    const found = this.network.interfaces().find((it) => (index > 0 ? it.index === index : it.name === name));
    if (!found) this.refuse(request, index > 0 || name !== "" ? -E.NODEV : -E.INVAL);
    else this.queue.push(this.message(RTM.NEWLINK, 0, sequence, linkMessage(found)));
  }

  private message(type: number, flags: number, sequence: number, body: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(align(HEADER + body.length));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, HEADER + body.length, true);
    view.setUint16(4, type, true);
    view.setUint16(6, flags, true);
    view.setUint32(8, sequence, true);
    view.setUint32(12, this.port, true);
    bytes.set(body, HEADER);
    return bytes;
  }

  private dump(entries: readonly { type: number; body: Uint8Array }[], sequence: number): void {
    let piece: Uint8Array[] = [], size = 0;
    const flush = (): void => {
      if (piece.length > 0) this.queue.push(join(...piece));
      [piece, size] = [[], 0];
    };
    for (const { type, body } of entries) {
      const message = this.message(type, NLM_F.MULTI, sequence, body);
      if (size + message.length > PIECE) flush();
      piece.push(message);
      size += message.length;
    }
    flush();
    this.queue.push(this.message(NLMSG.DONE, NLM_F.MULTI, sequence, word(0)));
  }

  /** struct nlmsgerr: the error, and the request (all of it unless it is an acknowledgement). */
  private refuse(request: Uint8Array, errno: number): void {
    const sequence = new DataView(request.buffer, request.byteOffset).getUint32(8, true);
    this.queue.push(this.message(NLMSG.ERROR, 0, sequence, join(word(errno), errno < 0 ? request : request.subarray(0, HEADER))));
  }

  override receive(_k: Thread, into: Uint8Array, flags: number): Incoming | number {
    if (flags & MSG.OOB) return -E.OPNOTSUPP;
    const [message] = this.queue as (Uint8Array | undefined)[];
    if (!message) return -E.AGAIN;
    if (!peeks(flags)) this.queue.shift();
    const part = message.subarray(0, into.length);
    into.set(part);
    return {
      copied: part.length, result: flags & MSG.TRUNC ? message.length : part.length, flags: part.length < message.length ? MSG.TRUNC : 0,
      address: NetlinkSocket.sockaddr(0, 0), files: [], credentials: undefined, control: [],
    };
  }

  override available(): number {
    return this.queue[0]?.length ?? 0;
  }

  override poll(): number {
    return POLL.OUT | POLL.WRNORM | POLL.WRBAND | (this.queue.length > 0 ? POLL.IN | POLL.RDNORM : 0);
  }

  protected override close(): void {
    this.queue = [];
  }
}

/** Types that netlink sockets can have. */
export const isNetlinkType = (type: number): boolean => type === SOCK.RAW || type === SOCK.DGRAM;
