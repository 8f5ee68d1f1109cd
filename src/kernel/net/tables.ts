// The tables of sockets that /proc/net shows, proc(5): tcp, tcp6, udp, udp6, unix.

import { SHUT, SOCK, STATE, AF } from "./constants.ts";
import { ANY4, ANY6, mapped } from "./address.ts";
import type { Endpoint } from "./address.ts";
import type { Network } from "./network.ts";
import type { Socket } from "./socket.ts";
import { TcpSocket } from "./tcp.ts";
import { UdpSocket } from "./udp.ts";
import { UnixSocket } from "./unix.ts";

export type TableName = "tcp" | "tcp6" | "udp" | "udp6" | "unix";

const hex = (value: number, width: number): string => (value >>> 0).toString(16).toUpperCase().padStart(width, "0");

/** An address as its 32-bit words in memory, and the port. */
function endpoint(at: Endpoint | undefined, six: boolean): string {
  const ip = at ? (six ? mapped(at.ip) : at.ip) : six ? ANY6 : ANY4;
  let text = "";
  for (let i = 0; i < ip.length; i += 4) {
    text += hex(ip.charCodeAt(i) | (ip.charCodeAt(i + 1) << 8) | (ip.charCodeAt(i + 2) << 16) | (ip.charCodeAt(i + 3) << 24), 8);
  }
  return `${text}:${hex(at?.port ?? 0, 4)}`;
}

function inetLine(socket: TcpSocket | UdpSocket, slot: number, six: boolean): string {
  const state = socket instanceof TcpSocket ? socket.state : socket.remote ? STATE.ESTABLISHED : STATE.CLOSE;
  const waiting = socket instanceof TcpSocket && socket.listening ? socket.pending.length : Math.max(0, socket.available());
  const tail = socket instanceof TcpSocket ? "1 0000000000000000 100 0 0 10 0" : "2 0000000000000000 0";
  const remote = socket instanceof TcpSocket && socket.state === STATE.LISTEN ? undefined : socket.remote;
  return `${String(slot).padStart(4)}: ${endpoint(socket.local, six)} ${endpoint(remote, six)} ${hex(state, 2)} ${hex(socket.unsent(), 8)}:${hex(waiting, 8)} ` +
    `00:00000000 00000000 ${String(socket.creator.uid).padStart(5)}        0 ${socket.ino} ${tail}\n`;
}

const SO_ACCEPTCON = 0x10000;
const SS = { UNCONNECTED: 1, CONNECTED: 3 } as const;

function unixLine(socket: UnixSocket): string {
  const flags = socket.listening ? SO_ACCEPTCON : 0;
  const state = socket.state === "connected" && !(socket.type === SOCK.DGRAM) && socket.shut !== SHUT.BOTH ? SS.CONNECTED : SS.UNCONNECTED;
  const name = socket.bound === undefined ? "" : ` ${socket.bound.replaceAll("\0", "@")}`;
  return `${hex(0, 16).toLowerCase()}: ${hex(2, 8)} 00000000 ${hex(flags, 8)} ${hex(socket.type, 4)} ${hex(state, 2)} ${String(socket.ino).padStart(5)}${name}\n`;
}

/** The lines of a table, without its heading. */
export function networkTable(network: Network, name: TableName): string {
  let text = "", slot = 0;
  const wanted = (socket: Socket): boolean => {
    if (name === "unix") return socket instanceof UnixSocket;
    const family = name.endsWith("6") ? AF.INET6 : AF.INET;
    return socket.family === family && (name.startsWith("tcp") ? socket instanceof TcpSocket && socket.local !== undefined : socket instanceof UdpSocket && socket.local !== undefined);
  };
  for (const socket of network.sockets) {
    if (!wanted(socket)) continue;
    if (socket instanceof UnixSocket) text += unixLine(socket);
    else text += inetLine(socket as TcpSocket | UdpSocket, slot++, name.endsWith("6"));
  }
  return text;
}
