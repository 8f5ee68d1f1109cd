// HostNetwork over node:net and node:dgram: what --net lets programs use. Addresses are numbers already; nothing here asks for a name.

import dgram from "node:dgram";
import net from "node:net";
import os from "node:os";
import { E } from "../../kernel/errno.ts";
import type {
  HostConnection, HostConnectionEvents, HostDatagram, HostDatagramEvents, HostInterface, HostListener, HostNetwork, HostPlace,
} from "../../kernel/net/host.ts";
import { hostErrno } from "./fs.ts";

/** How long the end of the program waits for what it has written to go out. */
const SETTLE_MS = 5000;
const BACKLOG = 511;

/** Connections that still have something to write after their socket was closed. */
const closing = new Set<net.Socket>();

class NodeConnection implements HostConnection {
  private readonly socket: net.Socket;
  private events: HostConnectionEvents | undefined = undefined;
  private ended = false;
  readonly address: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.address = socket.remoteAddress ?? "0.0.0.0";
    this.port = socket.remotePort ?? 0;
    this.localAddress = socket.localAddress ?? "0.0.0.0";
    this.localPort = socket.localPort ?? 0;
    socket.on("error", (error) => {
      const { events } = this;
      this.events = undefined;
      events?.onError(hostErrno(error));
    });
  }

  start(events: HostConnectionEvents): void {
    const { socket } = this;
    this.events = events;
    socket.on("connect", () => this.events?.onConnect(socket.localAddress ?? "0.0.0.0", socket.localPort ?? 0));
    socket.on("data", (bytes: Buffer) => this.events?.onData(bytes));
    socket.on("end", () => {
      this.ended = true;
      this.events?.onEnd();
    });
    socket.on("drain", () => this.events?.onDrain());
    socket.on("close", () => {
      const gone = this.events;
      this.events = undefined;
      if (!this.ended) gone?.onError(E.CONNRESET);
    });
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes, () => this.events?.onDrain());
  }

  buffered(): number {
    return this.socket.writableLength;
  }

  end(): void {
    this.socket.end();
  }

  close(): void {
    const { socket } = this;
    this.events = undefined;
    closing.add(socket);
    socket.on("close", () => closing.delete(socket));
    // Reading on lets the other side finish; what it sends is for nobody.
    socket.resume();
    socket.end(() => socket.destroySoon());
  }

  reset(): void {
    this.events = undefined;
    this.socket.resetAndDestroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  setNoDelay(on: boolean): void {
    this.socket.setNoDelay(on);
  }

  setKeepAlive(on: boolean, seconds: number): void {
    this.socket.setKeepAlive(on, seconds * 1000);
  }
}

/** Tells a thing's first answer, or its first error. */
function listenOnce(place: HostPlace, server: net.Server, done: (result: number) => void): void {
  server.once("error", (error) => done(-hostErrno(error)));
  server.listen({ host: place.address, port: place.port, ipv6Only: place.v6only, backlog: BACKLOG, exclusive: true }, () => {
    done((server.address() as net.AddressInfo).port);
  });
}

function probe(place: HostPlace, done: (result: number) => void): void {
  const server = net.createServer((socket) => socket.destroy());
  listenOnce(place, server, (result) => {
    if (result < 0) done(result);
    else server.close(() => done(result));
  });
}

function listen(place: HostPlace, done: (result: number) => void, onConnection: (connection: HostConnection) => void): HostListener {
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => onConnection(new NodeConnection(socket)));
  listenOnce(place, server, (result) => {
    if (result >= 0) server.on("error", () => {});
    done(result);
  });
  return { close: () => void server.close() };
}

type Lookup = NonNullable<net.TcpSocketConnectOpts["lookup"]>;

/** No name is ever looked up: an address that is not one is an error. */
const noLookup: Lookup = (host, _options, callback) => {
  callback(Object.assign(new Error(`not an address: ${host}`), { code: "EADDRNOTAVAIL" }), "", 4);
};

function connect(address: string, port: number, local: HostPlace | undefined): HostConnection {
  const socket = new net.Socket({ allowHalfOpen: true });
  const connection = new NodeConnection(socket);
  const localAddress = local && net.isIP(local.address) === net.isIP(address) && !/^(0\.0\.0\.0|::)$/.test(local.address) ? local.address : undefined;
  socket.connect({ host: address, port, localAddress, localPort: local?.port || undefined, lookup: noLookup, autoSelectFamily: false });
  return connection;
}

class NodeDatagram implements HostDatagram {
  private readonly socket: dgram.Socket;
  private readonly events: HostDatagramEvents;
  private connected = false;

  constructor(family: 4 | 6, place: HostPlace, reuse: boolean, events: HostDatagramEvents, done: (result: number) => void) {
    this.events = events;
    this.socket = dgram.createSocket({
      type: family === 6 ? "udp6" : "udp4", ipv6Only: place.v6only, reuseAddr: reuse, lookup: (host, _options, callback) => callback(null, host, family),
    });
    let bound = false;
    this.socket.on("error", (error) => {
      if (bound) events.onError(hostErrno(error));
      else done(-hostErrno(error));
    });
    this.socket.on("message", (bytes, from) => events.onMessage(bytes, from.address, from.port));
    this.socket.bind({ address: place.address, port: place.port, exclusive: true }, () => {
      bound = true;
      done(this.socket.address().port);
    });
  }

  send(bytes: Uint8Array, address: string, port: number): void {
    const done = (error: Error | null): void => {
      if (error) this.events.onError(hostErrno(error));
    };
    if (this.connected) {
      const remote = this.socket.remoteAddress();
      if (remote.address === address && remote.port === port) {
        this.socket.send(bytes, done);
        return;
      }
      this.connect(undefined); // a single datagram to somewhere else: the connection is only for errors, and goes
    }
    this.socket.send(bytes, port, address, done);
  }

  connect(to: { readonly address: string; readonly port: number } | undefined): void {
    if (this.connected) this.attempt(() => this.socket.disconnect());
    this.connected = false;
    if (!to) return;
    this.attempt(() => this.socket.connect(to.port, to.address));
    // With a lookup that answers at once, it stands by now unless it has failed: then an error is on its way.
    this.connected = this.attempt(() => void this.socket.remoteAddress()) === 0;
  }

  private attempt(action: () => void): number {
    try {
      action();
      return 0;
    } catch (error) {
      return -hostErrno(error);
    }
  }

  setBroadcast(on: boolean): void {
    this.attempt(() => this.socket.setBroadcast(on));
  }

  setTtl(hops: number): void {
    this.attempt(() => this.socket.setTTL(hops));
  }

  setMulticastTtl(hops: number): void {
    this.attempt(() => this.socket.setMulticastTTL(hops));
  }

  setMulticastLoop(on: boolean): void {
    this.attempt(() => this.socket.setMulticastLoopback(on));
  }

  member(group: string, joined: boolean): number {
    return this.attempt(() => (joined ? this.socket.addMembership(group) : this.socket.dropMembership(group)));
  }

  close(): void {
    this.attempt(() => this.socket.close());
  }
}

function interfaces(): HostInterface[] {
  return Object.entries(os.networkInterfaces()).map(([name, list = []]) => ({
    name, mac: list[0]?.mac ?? "00:00:00:00:00:00", loopback: list.some((it) => it.internal),
    addresses: list.map((it) => ({ ip: it.address, prefix: Number(it.cidr?.split("/")[1] ?? 0), scope: it.family === "IPv6" ? it.scopeid : 0 })),
  }));
}

/** The host's network for createMachine. */
export function createHostNetwork(): HostNetwork {
  return {
    interfaces, probe, listen, connect,
    datagram: (family, place, reuse, events, done) => new NodeDatagram(family, place, reuse, events, done),
    async settle() {
      if (closing.size === 0) return;
      const gone = Promise.all([...closing].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()))));
      const late = new Promise<void>((resolve) => setTimeout(resolve, SETTLE_MS));
      await Promise.race([gone, late]);
    },
  };
}
