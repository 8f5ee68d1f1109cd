// getsockopt(2) and setsockopt(2): socket(7), tcp(7), ip(7), ipv6(7). Values are the bytes that programs see. What has no effect in this machine is
// kept and told again, so that programs find what they set.

import { E } from "../errno.ts";
import type { Thread } from "../thread.ts";
import { AF, IP, IPPROTO, IPV6, SO, SOCK, SOL, STATE, TCP } from "./constants.ts";
import { NetlinkSocket } from "./netlink.ts";
import { BUFFER, optionKey } from "./socket.ts";
import type { Socket } from "./socket.ts";
import { TcpSocket } from "./tcp.ts";
import { UdpSocket } from "./udp.ts";
import { UnixSocket } from "./unix.ts";

const SECOND = 1e9;

const int = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Options of SOL_SOCKET that are switches, told as 0 or 1. */
const SWITCHES: ReadonlySet<number> = new Set([
  SO.DEBUG, SO.REUSEADDR, SO.DONTROUTE, SO.BROADCAST, SO.KEEPALIVE, SO.OOBINLINE, SO.NO_CHECK, SO.REUSEPORT, SO.PASSCRED, SO.TIMESTAMP_OLD, SO.PASSSEC,
  SO.TIMESTAMPNS_OLD, SO.RXQ_OVFL, SO.ZEROCOPY, SO.TIMESTAMP_NEW, SO.TIMESTAMPNS_NEW, SO.LOCK_FILTER,
]);
/** Numbers that are only kept. */
const KEPT: ReadonlySet<number> = new Set([SO.PRIORITY, SO.RCVLOWAT, SO.MARK, SO.BUSY_POLL, SO.PEEK_OFF, SO.INCOMING_CPU, SO.TIMESTAMPING_OLD, SO.TIMESTAMPING_NEW]);
const INITIAL: ReadonlyMap<number, number> = new Map<number, number>([[SO.RCVLOWAT, 1], [SO.PEEK_OFF, -1], [SO.INCOMING_CPU, -1]]);
const PRIVILEGED_PRIORITY = 6;

const privileged = (k: Thread): boolean => k.process.credentials.euid === 0;

/** A timeval in nanoseconds, Infinity for 0; a negative errno. */
function timeout(value: Uint8Array, wide: boolean): number {
  if (value.length < (wide ? 16 : 8)) return -E.INVAL;
  const at = view(value);
  const seconds = wide ? Number(at.getBigInt64(0, true)) : at.getInt32(0, true);
  const micro = wide ? Number(at.getBigInt64(8, true)) : at.getInt32(4, true);
  if (micro < 0 || micro >= 1_000_000) return -E.DOM;
  if (seconds < 0) return 0;
  return seconds === 0 && micro === 0 ? Infinity : seconds * SECOND + micro * 1000;
}

function timeval(nanoseconds: number, wide: boolean): Uint8Array {
  const finite = nanoseconds === Infinity ? 0 : nanoseconds;
  const seconds = Math.floor(finite / SECOND), micro = Math.floor((finite % SECOND) / 1000);
  return wide ? new Uint8Array(BigInt64Array.of(BigInt(seconds), BigInt(micro)).buffer) : new Uint8Array(Int32Array.of(seconds, micro).buffer);
}

function setBuffer(socket: Socket, name: number, wanted: number): number {
  const size = Math.min(wanted < 0 ? BUFFER.LARGEST : wanted, BUFFER.LARGEST) * 2;
  if (name === SO.SNDBUF || name === SO.SNDBUFFORCE) {
    socket.sendBuffer = Math.max(size, BUFFER.SMALLEST_SEND);
    if (socket instanceof TcpSocket) socket.wantedSend = socket.sendBuffer;
  } else {
    socket.receiveBuffer = Math.max(size, BUFFER.SMALLEST_RECEIVE);
    if (socket instanceof TcpSocket) socket.wantedReceive = socket.receiveBuffer;
  }
  return 0;
}

/** The host is told of what it can do something with. */
function tune(socket: Socket): void {
  if (socket instanceof TcpSocket) socket.transport?.tune();
  else if (socket instanceof UdpSocket) socket.tune();
}

function setSocketOption(socket: Socket, k: Thread, name: number, value: Uint8Array): number {
  if (name === SO.BINDTODEVICE) return socket.family === AF.UNIX || privileged(k) ? 0 : -E.PERM;
  if (value.length < 4) return -E.INVAL;
  const number = view(value).getInt32(0, true);
  const keep = (kept: number): number => {
    socket.values.set(optionKey(SOL.SOCKET, name), kept);
    tune(socket);
    return 0;
  };
  if (name === SO.DEBUG && number !== 0 && !privileged(k)) return -E.ACCES;
  if (name === SO.REUSEPORT && socket.family !== AF.INET && socket.family !== AF.INET6) return number === 0 ? 0 : -E.OPNOTSUPP;
  if (SWITCHES.has(name)) return keep(number === 0 ? 0 : 1);
  switch (name) {
    case SO.TYPE: case SO.PROTOCOL: case SO.DOMAIN: case SO.ERROR: case SO.ACCEPTCONN: case SO.SNDLOWAT: return -E.NOPROTOOPT;
    case SO.SNDBUF: case SO.RCVBUF: return setBuffer(socket, name, number);
    case SO.SNDBUFFORCE: case SO.RCVBUFFORCE: return privileged(k) ? setBuffer(socket, name, number) : -E.PERM;
    case SO.LINGER: {
      if (value.length < 8) return -E.INVAL;
      return keep(number === 0 ? -1 : view(value).getInt32(4, true));
    }
    case SO.RCVTIMEO_OLD: case SO.RCVTIMEO_NEW: case SO.SNDTIMEO_OLD: case SO.SNDTIMEO_NEW: {
      const time = timeout(value, name === SO.RCVTIMEO_NEW || name === SO.SNDTIMEO_NEW);
      if (time < 0) return time;
      if (name === SO.RCVTIMEO_OLD || name === SO.RCVTIMEO_NEW) socket.receiveTimeout = time;
      else socket.sendTimeout = time;
      return 0;
    }
    case SO.PRIORITY: return number >= 0 && number <= PRIVILEGED_PRIORITY || privileged(k) ? keep(number) : -E.PERM;
    case SO.MARK: return privileged(k) ? keep(number) : -E.PERM;
    case SO.RCVLOWAT: return keep(number < 0 ? 0x7fff_ffff : Math.max(1, number));
    case SO.BSDCOMPAT: case SO.MAX_PACING_RATE: case SO.DETACH_FILTER: return 0;
    // A filter that is not run would let through what it should not.
    case SO.ATTACH_FILTER: case SO.ATTACH_BPF: case SO.ATTACH_REUSEPORT_CBPF: case SO.ATTACH_REUSEPORT_EBPF: return -E.PERM;
  }
  if (KEPT.has(name)) return keep(number);
  return -E.NOPROTOOPT;
}

function getSocketOption(socket: Socket, name: number): Uint8Array | number {
  const kept = socket.values.get(optionKey(SOL.SOCKET, name));
  if (name === SO.REUSEPORT && kept === undefined) return int(0);
  if (SWITCHES.has(name)) return int(kept ?? 0);
  switch (name) {
    case SO.TYPE: return int(socket.type);
    case SO.PROTOCOL: return int(socket.protocol);
    case SO.DOMAIN: return int(socket.family);
    case SO.ERROR: return int(-socket.takeError());
    case SO.ACCEPTCONN: return int(socket.listening ? 1 : 0);
    case SO.SNDBUF: return int(socket.sendBuffer);
    case SO.RCVBUF: return int(socket.receiveBuffer);
    case SO.SNDLOWAT: return int(1);
    case SO.LINGER: return new Uint8Array(Int32Array.of(kept === undefined || kept < 0 ? 0 : 1, Math.max(0, kept ?? 0)).buffer);
    case SO.RCVTIMEO_OLD: return timeval(socket.receiveTimeout, false);
    case SO.SNDTIMEO_OLD: return timeval(socket.sendTimeout, false);
    case SO.RCVTIMEO_NEW: return timeval(socket.receiveTimeout, true);
    case SO.SNDTIMEO_NEW: return timeval(socket.sendTimeout, true);
    case SO.PEERCRED: {
      const { pid, uid, gid } = socket.peerCredentials;
      return new Uint8Array(Uint32Array.of(pid, uid, gid).buffer);
    }
    case SO.PEERNAME: return socket.peerName();
    case SO.BINDTODEVICE: return new Uint8Array(0);
    case SO.PEERSEC: return -E.NOPROTOOPT;
    case SO.COOKIE: return new Uint8Array(BigUint64Array.of(BigInt(socket.ino)).buffer);
    case SO.MAX_PACING_RATE: return int(-1);
    case SO.BPF_EXTENSIONS: return int(64);
    case SO.BSDCOMPAT: case SO.INCOMING_NAPI_ID: return int(0);
  }
  return KEPT.has(name) ? int(kept ?? INITIAL.get(name) ?? 0) : -E.NOPROTOOPT;
}

/** What options of the other levels are before they are set; only those listed are known. */
const TCP_INITIAL: ReadonlyMap<number, number> = new Map<number, number>([
  [TCP.NODELAY, 0], [TCP.MAXSEG, 536], [TCP.CORK, 0], [TCP.KEEPIDLE, 7200], [TCP.KEEPINTVL, 75], [TCP.KEEPCNT, 9], [TCP.SYNCNT, 6], [TCP.LINGER2, 60],
  [TCP.DEFER_ACCEPT, 0], [TCP.WINDOW_CLAMP, 0], [TCP.QUICKACK, 1], [TCP.USER_TIMEOUT, 0], [TCP.FASTOPEN, 0], [TCP.TIMESTAMP, 0], [TCP.NOTSENT_LOWAT, 0],
  [TCP.FASTOPEN_CONNECT, 0],
]);
const IP_INITIAL: ReadonlyMap<number, number> = new Map<number, number>([
  [IP.TOS, 0], [IP.TTL, 64], [IP.PKTINFO, 0], [IP.MTU_DISCOVER, 1], [IP.RECVERR, 0], [IP.RECVTTL, 0], [IP.RECVTOS, 0], [IP.MTU, 65535], [IP.FREEBIND, 0],
  [IP.TRANSPARENT, 0], [IP.BIND_ADDRESS_NO_PORT, 0], [IP.MULTICAST_TTL, 1], [IP.MULTICAST_LOOP, 1], [IP.MULTICAST_IF, 0], [IP.MULTICAST_ALL, 1], [IP.UNICAST_IF, 0],
  [IP.RETOPTS, 0], [IP.RECVFRAGSIZE, 0],
]);
const IPV6_INITIAL: ReadonlyMap<number, number> = new Map<number, number>([
  [IPV6.UNICAST_HOPS, 64], [IPV6.MULTICAST_IF, 0], [IPV6.MULTICAST_HOPS, 1], [IPV6.MULTICAST_LOOP, 1], [IPV6.MTU_DISCOVER, 1], [IPV6.MTU, 65536], [IPV6.RECVERR, 0],
  [IPV6.V6ONLY, 0], [IPV6.RECVPKTINFO, 0], [IPV6.RECVHOPLIMIT, 0], [IPV6.RECVTCLASS, 0], [IPV6.TCLASS, 0], [IPV6.DONTFRAG, 0], [IPV6.AUTOFLOWLABEL, 1],
  [IPV6.ADDR_PREFERENCES, 2], [IPV6.MULTICAST_ALL, 1], [IPV6.FREEBIND, 0],
]);

/** The table of a level, for sockets that have it. */
function tableOf(socket: Socket, level: number): ReadonlyMap<number, number> | undefined {
  const inet = socket.family === AF.INET || socket.family === AF.INET6;
  if (level === SOL.TCP && socket instanceof TcpSocket) return TCP_INITIAL;
  if (level === SOL.IP && inet) return IP_INITIAL;
  return level === SOL.IPV6 && socket.family === AF.INET6 ? IPV6_INITIAL : undefined;
}

const GROUPS: ReadonlySet<string> = new Set([
  `${SOL.IP}:${IP.ADD_MEMBERSHIP}`, `${SOL.IP}:${IP.DROP_MEMBERSHIP}`, `${SOL.IPV6}:${IPV6.JOIN_GROUP}`, `${SOL.IPV6}:${IPV6.LEAVE_GROUP}`,
]);

function setMembership(socket: Socket, level: number, name: number, value: Uint8Array): number {
  const size = level === SOL.IP ? 8 : 20;
  if (!(socket instanceof UdpSocket)) return -E.PROTO;
  if (value.length < size) return -E.INVAL;
  const ip = String.fromCharCode(...value.subarray(0, level === SOL.IP ? 4 : 16));
  return socket.member(ip, name === IP.ADD_MEMBERSHIP || name === IPV6.JOIN_GROUP);
}

/** setsockopt(2): 0 or a negative errno. */
export function setOption(socket: Socket, k: Thread, level: number, name: number, value: Uint8Array): number {
  if (level === SOL.SOCKET) return setSocketOption(socket, k, name, value);
  if (level === SOL.NETLINK) return socket instanceof NetlinkSocket ? 0 : -E.NOPROTOOPT;
  if (socket instanceof UnixSocket) return -E.OPNOTSUPP;
  if (GROUPS.has(`${level}:${name}`) && tableOf(socket, level)) return setMembership(socket, level, name, value);
  if (level === SOL.TCP && name === TCP.CONGESTION && socket instanceof TcpSocket) {
    return /^(cubic|reno)\0?$/.test(String.fromCharCode(...value)) ? 0 : -E.NOENT;
  }
  const table = tableOf(socket, level);
  if (!table?.has(name)) return -E.NOPROTOOPT;
  if (level === SOL.TCP && value.length < 4) return -E.INVAL;
  if (value.length === 0) return -E.INVAL;
  const number = value.length >= 4 ? view(value).getInt32(0, true) : value[0];
  const invalid = checkValue(socket, k, level, name, number);
  if (invalid < 0) return invalid;
  socket.values.set(optionKey(level, name), number);
  tune(socket);
  return 0;
}

function checkValue(socket: Socket, k: Thread, level: number, name: number, number: number): number {
  const within = (low: number, high: number): number => (number >= low && number <= high ? 0 : -E.INVAL);
  if (level === SOL.TCP) {
    if (name === TCP.KEEPIDLE || name === TCP.KEEPINTVL) return within(1, 32767);
    if (name === TCP.KEEPCNT || name === TCP.SYNCNT) return within(1, 127);
    if (name === TCP.MAXSEG) return number === 0 ? 0 : within(88, 32767);
  } else if (level === SOL.IP) {
    if (name === IP.TTL) return number === -1 ? 0 : within(1, 255);
    if (name === IP.MULTICAST_TTL) return within(-1, 255);
    if (name === IP.TRANSPARENT && number !== 0) return privileged(k) ? 0 : -E.PERM;
  } else if (level === SOL.IPV6) {
    if (name === IPV6.UNICAST_HOPS || name === IPV6.MULTICAST_HOPS) return within(-1, 255);
    if (name === IPV6.V6ONLY && socket instanceof TcpSocket && socket.local) return -E.INVAL;
    if (name === IPV6.V6ONLY && socket instanceof UdpSocket && socket.local) return -E.INVAL;
  }
  return 0;
}

/** struct tcp_info as far as it can be told: the state, and sizes. */
function tcpInfo(socket: TcpSocket): Uint8Array {
  const bytes = new Uint8Array(232);
  const at = view(bytes);
  bytes[0] = socket.state;
  at.setUint32(16, socket.state === STATE.ESTABLISHED ? 32768 : 536, true); // tcpi_snd_mss
  at.setUint32(20, 536, true); // tcpi_rcv_mss
  if (socket.listening) {
    at.setUint32(24, socket.pending.length, true); // tcpi_unacked: the accept queue
    at.setUint32(28, socket.backlog, true); // tcpi_sacked: its limit
  }
  at.setUint32(80, 10, true); // tcpi_snd_cwnd
  return bytes;
}

/** getsockopt(2): the value's bytes, or a negative errno. */
export function getOption(socket: Socket, level: number, name: number): Uint8Array | number {
  if (level === SOL.SOCKET) return getSocketOption(socket, name);
  if (socket instanceof UnixSocket) return -E.OPNOTSUPP;
  if (level === SOL.TCP && socket instanceof TcpSocket) {
    if (name === TCP.INFO) return tcpInfo(socket);
    if (name === TCP.CONGESTION) return Uint8Array.from("cubic\0\0\0\0\0\0\0\0\0\0\0", (c) => c.charCodeAt(0));
    if (name === TCP.MAXSEG && socket.state === STATE.ESTABLISHED) return int(32768);
  }
  const table = tableOf(socket, level);
  const initial = table?.get(name);
  if (!table && socket.family === AF.INET) return -E.OPNOTSUPP;
  if (initial === undefined) return -E.NOPROTOOPT;
  const value = socket.values.get(optionKey(level, name)) ?? initial;
  if ((level === SOL.IP && name === IP.MTU) || (level === SOL.IPV6 && name === IPV6.MTU)) {
    return (socket instanceof TcpSocket || socket instanceof UdpSocket) && socket.remote ? int(value) : -E.NOTCONN;
  }
  const truth = level === SOL.TCP && (name === TCP.NODELAY || name === TCP.CORK);
  return int(truth && value !== 0 ? 1 : value < 0 && name !== IP.MULTICAST_IF ? initial : value);
}

/** Whether a protocol goes with a type in the internet families: its number, or a negative errno. */
export function inetProtocol(type: number, protocol: number): number {
  if (protocol < 0 || protocol >= IPPROTO.MAX) return -E.INVAL;
  if (type === SOCK.STREAM) return protocol === 0 || protocol === IPPROTO.TCP ? IPPROTO.TCP : -E.PROTONOSUPPORT;
  if (type === SOCK.DGRAM) {
    if (protocol === IPPROTO.ICMP || protocol === IPPROTO.ICMPV6) return -E.ACCES;
    return protocol === 0 || protocol === IPPROTO.UDP ? IPPROTO.UDP : -E.PROTONOSUPPORT;
  }
  if (type === SOCK.RAW) return protocol === 0 ? -E.PROTONOSUPPORT : -E.PERM;
  return -E.SOCKTNOSUPPORT;
}
