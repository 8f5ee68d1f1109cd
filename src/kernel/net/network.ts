// The network of a machine: its sockets, names and ports, and the interfaces that programs see. Made when the first socket is (see
// abi/linux-i386/calls-socket.ts), so that programs without sockets do not pay for it.

import type { Kernel } from "../thread.ts";
import { isLoopback, LOOPBACK4, LOOPBACK6, parseIp } from "./address.ts";
import type { HostNetwork } from "./host.ts";
import type { PortTable } from "./inet.ts";
import type { Socket } from "./socket.ts";

/** A network interface as programs see it. */
export interface Interface {
  readonly index: number;
  readonly name: string;
  /** IFF bits, netdevice(7). */
  readonly flags: number;
  readonly mtu: number;
  readonly loopback: boolean;
  /** Six bytes. */
  readonly hardware: Uint8Array;
  readonly addresses: readonly InterfaceAddress[];
}

export interface InterfaceAddress {
  readonly ip: string;
  readonly prefix: number;
}

export const IFF = { UP: 1, BROADCAST: 2, LOOPBACK: 8, RUNNING: 0x40, MULTICAST: 0x1000, LOWER_UP: 0x10000 } as const;

export interface Network {
  readonly kernel: Kernel;
  readonly host: HostNetwork | undefined;
  /** All sockets that are open, oldest first. */
  readonly sockets: Set<Socket>;
  /** Local sockets by abstract name or by their inode's key. */
  readonly unixNames: Map<string, Socket>;
  readonly tcp: PortTable;
  readonly udp: PortTable;
  nextAutobind: number;
  nextPort: number;
  interfaces(): readonly Interface[];
  /** The address is one of the machine's. */
  owns(ip: string): boolean;
  /** The address that packets to `ip` come from. */
  sourceFor(ip: string): string;
}

const LOOPBACK_MTU = 65536;
const ETHERNET_MTU = 1500;

function loopback(): Interface {
  return {
    index: 1, name: "lo", flags: IFF.UP | IFF.LOOPBACK | IFF.RUNNING | IFF.LOWER_UP, mtu: LOOPBACK_MTU, loopback: true, hardware: new Uint8Array(6),
    addresses: [{ ip: LOOPBACK4, prefix: 8 }, { ip: LOOPBACK6, prefix: 128 }],
  };
}

/** The loopback interface, and the host's others. */
function listInterfaces(host: HostNetwork | undefined): Interface[] {
  const list = [loopback()];
  for (const it of host?.interfaces() ?? []) {
    if (it.loopback) continue;
    const addresses = it.addresses.flatMap(({ ip, prefix }) => {
      const parsed = parseIp(ip);
      return parsed === undefined ? [] : [{ ip: parsed, prefix }];
    });
    list.push({
      index: list.length + 1, name: it.name, flags: IFF.UP | IFF.BROADCAST | IFF.RUNNING | IFF.MULTICAST | IFF.LOWER_UP, mtu: ETHERNET_MTU, loopback: false,
      hardware: Uint8Array.from(it.mac.split(":"), (part) => parseInt(part, 16)), addresses,
    });
  }
  return list;
}

export function createNetwork(kernel: Kernel): Network {
  const host = kernel.hostNetwork;
  const start = new Uint8Array(4);
  kernel.random(start);
  return {
    kernel, host, sockets: new Set(), unixNames: new Map(), tcp: new Map(), udp: new Map(),
    nextAutobind: (start[0] << 8) | start[1], nextPort: (start[2] << 8) | start[3],
    interfaces: () => listInterfaces(host),
    owns: (ip) => isLoopback(ip) || (host !== undefined && listInterfaces(host).some((it) => it.addresses.some((address) => address.ip === ip))),
    sourceFor(ip) {
      for (const { loopback: inside, addresses } of listInterfaces(host)) {
        const found = inside ? undefined : addresses.find((address) => address.ip.length === ip.length);
        if (found) return found.ip;
      }
      return ip.length === 4 ? LOOPBACK4 : LOOPBACK6;
    },
  };
}
