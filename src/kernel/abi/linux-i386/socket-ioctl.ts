// ioctl(2) on sockets: bytes that wait, and interfaces by name, netdevice(7). struct ifreq is 32 bytes on i386. Nothing can be changed.

import { E } from "../../errno.ts";
import { ANY4, encodeInet } from "../../net/address.ts";
import { AF } from "../../net/constants.ts";
import { broadcastOf } from "../../net/netlink.ts";
import { IFF } from "../../net/network.ts";
import type { Interface } from "../../net/network.ts";
import type { Socket } from "../../net/socket.ts";
import { TcpSocket } from "../../net/tcp.ts";
import type { Context } from "../syscall.ts";
import { REQUESTS } from "./calls-ioctl.ts";

const IFREQ = 32;
const NAME = 16;
const FIRST_SETTER = 0x8900, LAST = 0x8aff;
const SETTERS: ReadonlySet<number> = new Set([
  0x890b, 0x890c, 0x8914, 0x8916, 0x8918, 0x891a, 0x891c, 0x891e, 0x8920, 0x8922, 0x8923, 0x8924, 0x8931, 0x8932, 0x8936, 0x8943, 0x8953, 0x8955, 0x89a0,
  0x89a1, 0x89a2, 0x89a3,
]);
const ARPHRD = { ETHER: 1, LOOPBACK: 772 } as const;

/** An ioctl on a socket; undefined when it is not one of sockets. */
export function socketIoctl(k: Context, file: unknown, request: number, argument: number): number | undefined {
  const socket = file as Socket;
  const store = (value: number): number => (k.memory.storeU32(argument, value) ? 0 : -E.FAULT);
  switch (request) {
    case REQUESTS.TIOCOUTQ: return socket.listening ? -E.INVAL : store(socket.unsent());
    case REQUESTS.SIOCATMARK: return socket instanceof TcpSocket ? store(0) : -E.NOTTY;
    case REQUESTS.FIOSETOWN:
    case REQUESTS.SIOCSPGRP: {
      const owner = k.memory.loadU32(argument);
      if (owner === undefined) return -E.FAULT;
      socket.owner = owner | 0;
      return 0;
    }
    case REQUESTS.FIOGETOWN:
    case REQUESTS.SIOCGPGRP: return store(socket.owner);
    case REQUESTS.SIOCGIFCONF: return listInterfaces(k, socket, argument);
    case REQUESTS.SIOCGSTAMP: return -E.NOENT;
  }
  if (request < FIRST_SETTER || request > LAST) return undefined;
  if (SETTERS.has(request)) return k.memory.canRead(argument, IFREQ) ? -E.PERM : -E.FAULT;
  return interfaceRequest(k, socket, request, argument);
}

const encodeIp = (ip: string): Uint8Array => encodeInet(AF.INET, { ip, port: 0, scope: 0 });
const firstAddress = (it: Interface) => it.addresses.find(({ ip }) => ip.length === 4);

/** The mask of a prefix length. */
function mask(prefix: number): string {
  const n = prefix === 0 ? 0 : -1 << (32 - prefix);
  return String.fromCharCode((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

function putName(bytes: Uint8Array, name: string): void {
  for (let i = 0; i < name.length && i < NAME - 1; i++) bytes[i] = name.charCodeAt(i);
}

/** struct ifconf: a length and a buffer for one struct ifreq an interface. */
function listInterfaces(k: Context, socket: Socket, address: number): number {
  const room = k.memory.loadU32(address), buffer = k.memory.loadU32(address + 4);
  if (room === undefined || buffer === undefined) return -E.FAULT;
  const list = socket.network.interfaces().filter((it) => firstAddress(it));
  if (buffer === 0) return k.memory.storeU32(address, list.length * IFREQ) ? 0 : -E.FAULT;
  let used = 0;
  for (const it of list) {
    if (used + IFREQ > (room | 0)) break;
    const bytes = new Uint8Array(IFREQ);
    putName(bytes, it.name);
    bytes.set(encodeIp(firstAddress(it)!.ip), NAME);
    if (!k.memory.write(buffer + used, bytes)) return -E.FAULT;
    used += IFREQ;
  }
  return k.memory.storeU32(address, used) ? 0 : -E.FAULT;
}

function interfaceRequest(k: Context, socket: Socket, request: number, argument: number): number | undefined {
  const bytes = k.memory.read(argument, IFREQ);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  const list = socket.network.interfaces();
  let found: Interface | undefined;
  if (request === REQUESTS.SIOCGIFNAME) {
    const index = view.getInt32(NAME, true);
    found = list.find((it) => it.index === index);
    if (!found) return -E.NODEV;
    bytes.fill(0, 0, NAME);
    putName(bytes, found.name);
    return k.memory.write(argument, bytes) ? 0 : -E.FAULT;
  }
  const name = String.fromCharCode(...bytes.subarray(0, NAME)).replace(/\0.*$/s, "");
  found = list.find((it) => it.name === name);
  if (!KNOWN.has(request)) return undefined;
  if (!found) return -E.NODEV;
  const answer = describe(found, request);
  if (typeof answer === "number") return answer;
  bytes.fill(0, NAME);
  bytes.set(answer, NAME);
  return k.memory.write(argument, bytes) ? 0 : -E.FAULT;
}

const KNOWN: ReadonlySet<number> = new Set([
  REQUESTS.SIOCGIFFLAGS, REQUESTS.SIOCGIFADDR, REQUESTS.SIOCGIFDSTADDR, REQUESTS.SIOCGIFBRDADDR, REQUESTS.SIOCGIFNETMASK, REQUESTS.SIOCGIFMETRIC,
  REQUESTS.SIOCGIFMTU, REQUESTS.SIOCGIFHWADDR, REQUESTS.SIOCGIFINDEX, REQUESTS.SIOCGIFTXQLEN, REQUESTS.SIOCGIFMAP,
]);

const word = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

function describe(it: Interface, request: number): Uint8Array | number {
  const address = firstAddress(it);
  switch (request) {
    case REQUESTS.SIOCGIFFLAGS: return word(it.flags & 0xffff).subarray(0, 2);
    case REQUESTS.SIOCGIFMTU: return word(it.mtu);
    case REQUESTS.SIOCGIFINDEX: return word(it.index);
    case REQUESTS.SIOCGIFMETRIC: return word(0);
    case REQUESTS.SIOCGIFTXQLEN: return word(1000);
    case REQUESTS.SIOCGIFMAP: return new Uint8Array(16);
    case REQUESTS.SIOCGIFHWADDR: {
      const bytes = new Uint8Array(16);
      new DataView(bytes.buffer).setUint16(0, it.loopback ? ARPHRD.LOOPBACK : ARPHRD.ETHER, true);
      bytes.set(it.hardware, 2);
      return bytes;
    }
  }
  if (!address) return -E.ADDRNOTAVAIL;
  if (request === REQUESTS.SIOCGIFNETMASK) return encodeIp(mask(address.prefix));
  if (request === REQUESTS.SIOCGIFBRDADDR) return encodeIp(it.flags & IFF.BROADCAST ? broadcastOf(address.ip, address.prefix) : ANY4);
  return encodeIp(address.ip);
}
