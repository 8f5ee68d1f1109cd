// What the network asks of the host when it may be used (--net): TCP connections and listeners, UDP sockets, and which interfaces there are.
// src/host/node/net.ts implements it. Addresses are texts without names to be looked up: "127.0.0.1", "::1". Nothing here blocks; answers come through callbacks.

export interface HostConnectionEvents {
  /** The connection stands; its own address. */
  onConnect(address: string, port: number): void;
  onData(bytes: Uint8Array): void;
  /** The other side has closed its direction. */
  onEnd(): void;
  /** There may be room again after `buffered` was high. */
  onDrain(): void;
  /** The connection has failed or was reset: an errno number. Nothing comes after this. */
  onError(errno: number): void;
}

export interface HostConnection {
  /** Where the other side is. */
  readonly address: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Set by the one who uses the connection; until then nothing is read. */
  start(events: HostConnectionEvents): void;
  /** Takes all of it; the bytes belong to the host from now on. */
  write(bytes: Uint8Array): void;
  /** Bytes written that the host's system has not taken. */
  buffered(): number;
  /** Closes our direction once everything is written. */
  end(): void;
  /** As `end`, and nothing more is wanted from the other side. */
  close(): void;
  reset(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): void;
  setKeepAlive(on: boolean, seconds: number): void;
}

export interface HostListener {
  close(): void;
}

export interface HostDatagram {
  /** The answer comes through `onError` if it cannot be sent. */
  send(bytes: Uint8Array, address: string, port: number): void;
  /** Sends to one place only, and hears that nobody is there; undefined: to anybody again. What is under way is not lost. */
  connect(to: { readonly address: string; readonly port: number } | undefined): void;
  setBroadcast(on: boolean): void;
  setTtl(hops: number): void;
  setMulticastTtl(hops: number): void;
  setMulticastLoop(on: boolean): void;
  /** 0 or a negative errno. */
  member(group: string, joined: boolean): number;
  close(): void;
}

export interface HostDatagramEvents {
  onMessage(bytes: Uint8Array, address: string, port: number): void;
  onError(errno: number): void;
}

export interface HostInterface {
  readonly name: string;
  /** Six bytes as text, "00:00:00:00:00:00". */
  readonly mac: string;
  readonly loopback: boolean;
  readonly addresses: readonly { readonly ip: string; readonly prefix: number; readonly scope: number }[];
}

/** Where to bind: `v6only` keeps a socket on "::" from hearing IPv4. */
export interface HostPlace {
  readonly address: string;
  readonly port: number;
  readonly v6only: boolean;
}

export interface HostNetwork {
  interfaces(): readonly HostInterface[];
  /** Whether TCP connections could be listened for there: the port (chosen by the host for 0), or a negative errno. */
  probe(place: HostPlace, done: (result: number) => void): void;
  /** Listens; `done` tells the port or a negative errno. */
  listen(place: HostPlace, done: (result: number) => void, onConnection: (connection: HostConnection) => void): HostListener;
  /** Begins a connection; `local` undefined lets the host choose. */
  connect(address: string, port: number, local: HostPlace | undefined): HostConnection;
  /** A UDP socket; `done` tells its port or a negative errno. */
  datagram(family: 4 | 6, place: HostPlace, reuse: boolean, events: HostDatagramEvents, done: (result: number) => void): HostDatagram;
  /** Waits (not for long) until what was written has gone out: at the end of the program. */
  settle(): Promise<void>;
}
