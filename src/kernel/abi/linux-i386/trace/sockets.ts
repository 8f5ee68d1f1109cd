// Calls on sockets as strace(1) writes them, direct ones and those that come through socketcall(2): addresses, messages, options.

import { bufferIn, bufferOut, early, failed, fd, flags, hex, int, late, oneOf, uint } from "./forms.ts";
import { fdText } from "./descriptors.ts";
import { structureText } from "./structures.ts";
import type { CallForm, Form } from "./forms.ts";
import * as N from "./names.ts";
import { vectorText } from "./calls.ts";
import { bufferText, flagText, hexText, nameText, pointerText, quote, readView } from "./values.ts";
import type { Shown } from "./values.ts";

const form = (...forms: Form[]): CallForm => ({ forms });
const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] = [1, 2, 10, 16];

function ipv6Text(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] << 8) | bytes[2 * i + 1]);
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) return `::ffff:${bytes.subarray(12, 16).join(".")}`;
  let best = -1, length = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && words[i + n] === 0) n++;
    if (n > length) [best, length] = [i, n];
  }
  const hexes = words.map((word) => word.toString(16));
  return best < 0 ? hexes.join(":") : `${hexes.slice(0, best).join(":")}::${hexes.slice(best + length).join(":")}`;
}

/** struct sockaddr of `length` bytes. */
export function addressText(c: Shown, address: number, length: number): string {
  if (address === 0) return "NULL";
  const view = length >= 2 && length <= 128 ? readView(c.memory, address, length) : undefined;
  if (view === undefined) return pointerText(address);
  const family = view.getUint16(0, true);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, length);
  const head = `{sa_family=${nameText(N.FAMILIES, family, "AF_???")}`;
  if (family === AF_UNIX) {
    if (length === 2) return `${head}}`;
    if (bytes[2] === 0) return `${head}, sun_path=@${quote(bytes.subarray(3))}}`;
    const end = bytes.indexOf(0, 2);
    return `${head}, sun_path=${quote(bytes.subarray(2, end < 0 ? length : end))}}`;
  }
  if (family === AF_INET && length >= 16) return `${head}, sin_port=htons(${view.getUint16(2)}), sin_addr=inet_addr("${bytes.subarray(4, 8).join(".")}")}`;
  if (family === AF_INET6 && length >= 28) {
    const flow = `sin6_port=htons(${view.getUint16(2)}), sin6_flowinfo=htonl(${view.getUint32(4)})`;
    return `${head}, ${flow}, inet_pton(AF_INET6, "${ipv6Text(bytes.subarray(8, 24))}", &sin6_addr), sin6_scope_id=${view.getUint32(24, true)}}`;
  }
  if (family === AF_NETLINK && length >= 12) return `${head}, nl_pid=${view.getInt32(4, true)}, nl_groups=${view.getUint32(8, true).toString(16).padStart(8, "0")}}`;
  return `${head}, sa_data=${quote(bytes.subarray(2))}}`;
}

const addressIn = early((c, i) => addressText(c, c.args[i], c.args[i + 1]));
const addressOut = late((c, i) => {
  const length = failed(c) || c.args[i + 1] === 0 ? undefined : c.memory.loadU32(c.args[i + 1]);
  return length === undefined ? pointerText(c.args[i]) : addressText(c, c.args[i], length);
});
const wordAt = (c: Shown, i: number) => (c.args[i] === 0 ? undefined : c.memory.loadU32(c.args[i]));
/** A length that the call changes. */
const lengthAt: Form = {
  late: true, before: wordAt,
  show(c, i) {
    const length = wordAt(c, i), before = c.kept[i];
    if (length === undefined) return pointerText(c.args[i]);
    return before === undefined || before === length || failed(c) ? `[${length}]` : `[${before} => ${length}]`;
  },
};
const SOCKET_TYPE_MASK = 15;
const type = early((c, i) => {
  const value = c.args[i];
  const rest = value & ~SOCKET_TYPE_MASK;
  const name = nameText(N.SOCKET_TYPES, value & SOCKET_TYPE_MASK, "SOCK_???");
  return rest === 0 ? name : `${name}|${flagText(N.SOCKET_FLAGS, rest)}`;
});
const protocol = early((c, i) => (c.args[0] === AF_INET || c.args[0] === AF_INET6 ? nameText(N.PROTOCOLS, c.args[i], "IPPROTO_???") : c.args[0] === AF_NETLINK
  ? nameText([["NETLINK_ROUTE", 0]], c.args[i]) : String(c.args[i] | 0)));
const family = oneOf(N.FAMILIES, "AF_???");
const messageFlags = flags(N.MESSAGE_FLAGS);
const pair = late((c, i) => {
  const view = failed(c) ? undefined : readView(c.memory, c.args[i], 8);
  return view === undefined ? pointerText(c.args[i]) : `[${fdText(c, view.getInt32(0, true))}, ${fdText(c, view.getInt32(4, true))}]`;
});
const level = oneOf(N.SOCKET_LEVELS, "SOL_???");
const optionName = early((c, i) => nameText(N.SOCKET_OPTIONS[c.args[1]] ?? [], c.args[i], "SO_???"));

function optionValue(c: Shown, address: number, length: number): string {
  const view = length > 0 && length <= 256 ? readView(c.memory, address, length) : undefined;
  if (view === undefined) return pointerText(address);
  const name = c.args[1] === 1 ? c.args[2] : -1;
  if (name === 13 && length >= 8) return `{l_onoff=${view.getInt32(0, true)}, l_linger=${view.getInt32(4, true)}}`;
  if ((name === 20 || name === 21) && length >= 8) return `{tv_sec=${view.getInt32(0, true)}, tv_usec=${view.getInt32(4, true)}}`;
  if (name === 17 && length >= 12) return `{pid=${view.getInt32(0, true)}, uid=${view.getUint32(4, true)}, gid=${view.getUint32(8, true)}}`;
  if (length === 4) return `[${view.getInt32(0, true)}]`;
  return bufferText(c.memory, address, length, c.limit);
}

/** struct msghdr; `total` bytes of its buffers hold data, and there was room for `before` bytes of address. */
function messageText(c: Shown, address: number, total: number, before?: string | number): string {
  const v = readView(c.memory, address, 28);
  if (v === undefined) return pointerText(address);
  const word = (n: number) => v.getUint32(4 * n, true);
  const name = addressText(c, word(0), word(1));
  const vector = vectorText(c, word(2), word(3), total);
  const control = word(4) === 0 || word(5) === 0 ? "" : `, msg_control=${controlText(c, word(4), word(5))}`;
  const size = before === undefined || before === word(1) ? word(1) : `${before} => ${word(1)}`;
  return `{msg_name=${name}, msg_namelen=${size}, msg_iov=${vector}, msg_iovlen=${word(3)}${control}, msg_controllen=${word(5)}, msg_flags=${flagText(N.MESSAGE_FLAGS, word(6))}}`;
}

function controlText(c: Shown, address: number, length: number): string {
  const parts: string[] = [];
  for (let at = 0; at + 12 <= length; ) {
    const v = readView(c.memory, address + at, 12);
    if (v === undefined) return pointerText(address);
    const size = v.getUint32(0, true), sol = v.getInt32(4, true), kind = v.getInt32(8, true);
    if (size < 12 || at + size > length) break;
    const name = sol === 1 ? nameText([["SCM_RIGHTS", 1], ["SCM_CREDENTIALS", 2], ["SCM_TIMESTAMP_OLD", 29]], kind) : hexText(kind);
    const data = readView(c.memory, address + at + 12, size - 12);
    let text = "";
    if (data !== undefined && sol === 1 && kind === 1) text = `, cmsg_data=[${Array.from({ length: (size - 12) >> 2 }, (_, i) => data.getInt32(4 * i, true)).join(", ")}]`;
    else if (data !== undefined && sol === 1 && kind === 2 && size >= 24) text = `, cmsg_data={pid=${data.getInt32(0, true)}, uid=${data.getUint32(4, true)}, gid=${data.getUint32(8, true)}}`;
    parts.push(`{cmsg_len=${size}, cmsg_level=${nameText(N.SOCKET_LEVELS, sol)}, cmsg_type=${name}${text}}`);
    at += (size + 3) & ~3;
  }
  return `[${parts.join(", ")}]`;
}

const recvmsg: Form = {
  late: true, before: (c, i) => c.memory.loadU32(c.args[i] + 4),
  show: (c, i) => (failed(c) ? `{msg_namelen=${c.memory.loadU32(c.args[i] + 4) ?? 0}}` : messageText(c, c.args[i], c.result ?? 0, c.kept[i])),
};

const MMSGHDR = 32;

/** An array of struct mmsghdr: messages, each with the bytes that went. */
function messagesText(c: Shown, address: number, count: number, filled: boolean, before: readonly string[] = []): string {
  const parts: string[] = [];
  for (let k = 0; k < count && k < c.limit; k++) {
    const at = address + MMSGHDR * k;
    const length = c.memory.loadU32(at + 28);
    if (length === undefined) return k === 0 ? pointerText(address) : `[${parts.join(", ")}, ... /* ${pointerText(at)} */]`;
    parts.push(`{msg_hdr=${messageText(c, at, filled ? length : Infinity, before[k] === undefined ? undefined : Number(before[k]))}${filled ? `, msg_len=${length}` : ""}}`);
  }
  if (count > parts.length) parts.push("...");
  return `[${parts.join(", ")}]`;
}

const messagesIn: Form = late((c, i) => messagesText(c, c.args[i], failed(c) ? c.args[i + 1] : Math.max(c.result ?? 0, 0), !failed(c)));
const messagesOut: Form = {
  late: true,
  before: (c, i) => Array.from({ length: Math.min(c.args[i + 1], c.limit) }, (_, k) => c.memory.loadU32(c.args[i] + MMSGHDR * k + 4) ?? "").join(","),
  show: (c, i) => (failed(c) ? pointerText(c.args[i]) : messagesText(c, c.args[i], c.result ?? 0, true, String(c.kept[i]).split(","))),
};
/** What is left of the time is told when messages came. */
const messagesForm = (timeout: string): CallForm => ({
  forms: [fd, messagesOut, uint, messageFlags, { late: true, before: (c, i) => structureText(c.memory, timeout, c.args[i]), show: (c, i) => String(c.kept[i]) }],
  result(c) {
    if (c.result === 0) c.note = "Timeout";
    else if (c.args[4] !== 0) c.note = `left ${structureText(c.memory, timeout, c.args[4])}`;
    return String(c.result);
  },
});
const accept = [fd, addressOut, lengthAt] as const;

/** By name; the direct calls and the parts of socketcall have the same arguments. */
export const SOCKET_CALLS: Readonly<Record<string, CallForm>> = {
  socket: form(family, type, protocol), socketpair: form(family, type, protocol, pair), bind: form(fd, addressIn, int), connect: form(fd, addressIn, int), listen: form(fd, int),
  accept: form(...accept), accept4: form(...accept, flags(N.SOCKET_FLAGS)), getsockname: form(...accept), getpeername: form(...accept), shutdown: form(fd, oneOf(N.SHUTDOWN, "SHUT_???")),
  send: form(fd, bufferIn(2), uint, messageFlags), recv: form(fd, bufferOut, uint, messageFlags),
  sendto: form(fd, bufferIn(2), uint, messageFlags, addressIn, int), recvfrom: form(fd, bufferOut, uint, messageFlags, addressOut, lengthAt),
  sendmsg: form(fd, early((c, i) => messageText(c, c.args[i], Infinity)), messageFlags), recvmsg: form(fd, recvmsg, messageFlags),
  setsockopt: form(fd, level, optionName, early((c, i) => optionValue(c, c.args[i], c.args[4])), int),
  getsockopt: form(fd, level, optionName, late((c, i) => (failed(c) ? pointerText(c.args[i]) : optionValue(c, c.args[i], c.memory.loadU32(c.args[4]) ?? 0))), lengthAt),
  sendmmsg: form(fd, messagesIn, uint, messageFlags), recvmmsg: messagesForm("timespec"), recvmmsg_time64: messagesForm("timespec64"),
  socketcall: form(int, hex),
};

/** socketcall's numbers: SYS_SOCKET 1 ... SYS_SENDMMSG 20. */
const PARTS = [
  "", "socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername", "socketpair", "send", "recv", "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt",
  "sendmsg", "recvmsg", "accept4", "recvmmsg", "sendmmsg",
];

/** The call that a socketcall stands for. */
export function socketCall(c: Shown): { name: string; form: CallForm; args: number[] } | undefined {
  const name = PARTS[c.args[0]];
  if (name === undefined || name === "") return undefined;
  const part = SOCKET_CALLS[name];
  const args: number[] = [];
  for (let i = 0; i < part.forms.length; i++) {
    const word = c.memory.loadU32(c.args[1] + 4 * i);
    if (word === undefined) return undefined;
    args.push(word);
  }
  return { name, form: part, args };
}
