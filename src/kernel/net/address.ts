// Socket addresses, ip(7), ipv6(7), unix(7): struct sockaddr_in, sockaddr_in6 and sockaddr_un as bytes, and the forms the socket layer keeps.
//
// An IP address is a byte string of 4 or 16 characters. IPv4 addresses mapped into IPv6 are kept in their 4-byte form wherever an
// address tells who is meant; only what an AF_INET6 socket shows is mapped.

import { AF } from "./constants.ts";

/** A transport address. */
export interface Endpoint {
  /** 4 or 16 bytes. */
  readonly ip: string;
  readonly port: number;
  /** sin6_scope_id. */
  readonly scope: number;
}

export const ANY4 = "\0\0\0\0";
export const ANY6 = "\0".repeat(16);
export const LOOPBACK4 = "\x7f\0\0\x01";
export const LOOPBACK6 = `${"\0".repeat(15)}\x01`;
/** Written as numbers: the built program is plain ASCII. */
const MAPPED = "\0".repeat(10) + String.fromCharCode(255, 255);
const BROADCAST = String.fromCharCode(255, 255, 255, 255);

/** The 4-byte form of a mapped address, other addresses as they are. */
export const unmapped = (ip: string): string => (ip.length === 16 && ip.startsWith(MAPPED) ? ip.slice(12) : ip);

export const isAny = (ip: string): boolean => ip === ANY4 || ip === ANY6;

/** 127.0.0.0/8 and ::1. */
export const isLoopback = (ip: string): boolean => (ip.length === 4 ? ip.charCodeAt(0) === 127 : ip === LOOPBACK6);

export const isMulticast = (ip: string): boolean => (ip.length === 4 ? ip.charCodeAt(0) >> 4 === 14 : ip.charCodeAt(0) === 255);

export const isBroadcast = (ip: string): boolean => ip === BROADCAST;

/** "127.0.0.1", "::1": the shortest usual text of an address (RFC 5952). */
export function ipText(ip: string): string {
  if (ip.length === 4) return Array.from(ip, (c) => c.charCodeAt(0)).join(".");
  const words = Array.from({ length: 8 }, (_, i) => (ip.charCodeAt(i * 2) << 8) | ip.charCodeAt(i * 2 + 1));
  let best = 0, bestAt = -1;
  for (let i = 0; i < 8; ) {
    let end = i;
    while (end < 8 && words[end] === 0) end++;
    if (end - i > Math.max(best, 1)) [best, bestAt] = [end - i, i];
    i = Math.max(end, i + 1);
  }
  const hex = (list: readonly number[]): string => list.map((word) => word.toString(16)).join(":");
  return bestAt < 0 ? hex(words) : `${hex(words.slice(0, bestAt))}::${hex(words.slice(bestAt + best))}`;
}

/** An address from its text; undefined when it is none. */
export function parseIp(text: string): string | undefined {
  const [plain] = text.split("%");
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(plain);
  if (four) {
    const parts = four.slice(1).map(Number);
    return parts.every((part) => part < 256) ? String.fromCharCode(...parts) : undefined;
  }
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (tail) {
    const last = parseIp(tail[2]);
    if (last?.length !== 4) return undefined;
    const word = (i: number): string => ((last.charCodeAt(i) << 8) | last.charCodeAt(i + 1)).toString(16);
    return parseIp(`${tail[1]}${word(0)}:${word(2)}`);
  }
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const zeros = right === undefined ? 0 : 8 - left.length - right.length;
  if (right !== undefined && zeros < 1) return undefined;
  const words = [...left, ...Array<string>(zeros).fill("0"), ...(right ?? [])];
  if (words.length !== 8 || !words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return String.fromCharCode(...words.flatMap((word) => [parseInt(word, 16) >> 8, parseInt(word, 16) & 255]));
}

export const familyOf = (bytes: Uint8Array): number => (bytes.length < 2 ? AF.UNSPEC : bytes[0] | (bytes[1] << 8));

/** The endpoint in a sockaddr_in or sockaddr_in6 whose family and length have been checked. */
export function decodeInet(bytes: Uint8Array): Endpoint {
  const port = (bytes[2] << 8) | bytes[3];
  if (familyOf(bytes) === AF.INET6) {
    const scope = bytes.length >= 28 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(24, true) : 0;
    return { ip: unmapped(String.fromCharCode(...bytes.subarray(8, 24))), port, scope };
  }
  return { ip: String.fromCharCode(...bytes.subarray(4, 8)), port, scope: 0 };
}

/** A sockaddr for a socket of the family; a 4-byte address is mapped for AF_INET6. */
export function encodeInet(family: number, at: Endpoint): Uint8Array {
  const six = family === AF.INET6;
  const bytes = new Uint8Array(six ? 28 : 16);
  bytes[0] = family;
  bytes[2] = at.port >> 8;
  bytes[3] = at.port & 255;
  const ip = six ? mapped(at.ip) : at.ip;
  for (let i = 0; i < ip.length; i++) bytes[(six ? 8 : 4) + i] = ip.charCodeAt(i);
  if (six) new DataView(bytes.buffer).setUint32(24, at.scope, true);
  return bytes;
}

/** The 16-byte form; 0.0.0.0 stands for ::. */
export function mapped(ip: string): string {
  if (ip.length === 16) return ip;
  return ip === ANY4 ? ANY6 : MAPPED + ip;
}

/** Room of sun_path. */
const UNIX_PATH = 108;

/** The name in a sockaddr_un: a path, an abstract name with its leading NUL, or "" for none. undefined: malformed. */
export function decodeUnix(bytes: Uint8Array): string | undefined {
  if (bytes.length < 2 || bytes.length > 2 + UNIX_PATH || familyOf(bytes) !== AF.UNIX) return undefined;
  const rest = bytes.subarray(2);
  if (rest.length === 0) return "";
  if (rest[0] === 0) return String.fromCharCode(...rest);
  const nul = rest.indexOf(0);
  return String.fromCharCode(...(nul < 0 ? rest : rest.subarray(0, nul)));
}

export function encodeUnix(name: string): Uint8Array {
  const path = name !== "" && name.charCodeAt(0) !== 0;
  const bytes = new Uint8Array(2 + name.length + (path ? 1 : 0));
  bytes[0] = AF.UNIX;
  for (let i = 0; i < name.length; i++) bytes[2 + i] = name.charCodeAt(i);
  return bytes;
}
