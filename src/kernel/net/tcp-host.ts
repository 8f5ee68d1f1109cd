// TCP connections that go through the host (host.ts): listeners that others can reach, connections to somewhere else.

import { wake } from "../wait.ts";
import type { Result } from "../wait.ts";
import { isAny, ipText, parseIp, unmapped } from "./address.ts";
import type { Endpoint } from "./address.ts";
import { SO, SOL, SOMAXCONN, STATE, TCP } from "./constants.ts";
import type { HostConnection, HostNetwork } from "./host.ts";
import { optionKey } from "./socket.ts";
import { askHost } from "./tcp.ts";
import type { TcpSocket, Transport } from "./tcp.ts";

/** Bytes that may wait in the host's streams in one direction. */
const WINDOW = 262144;
const KEEPALIVE_IDLE = 7200;

const ipOf = (text: string): string => unmapped(parseIp(text) ?? "\0\0\0\0");

class HostTransport implements Transport {
  private readonly socket: TcpSocket;
  private readonly connection: HostConnection;
  private paused = false;

  constructor(socket: TcpSocket, connection: HostConnection) {
    this.socket = socket;
    this.connection = connection;
  }

  room(): number {
    return Math.max(0, (this.socket.wantedSend || WINDOW) - this.connection.buffered());
  }

  send(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.room());
    if (part.length > 0) this.connection.write(new Uint8Array(part));
    return part.length;
  }

  finish(): void {
    this.connection.end();
  }

  close(): void {
    this.connection.close();
  }

  reset(): void {
    this.connection.reset();
  }

  arrived(): void {
    if (this.paused || this.socket.incoming.length < this.socket.window) return;
    this.paused = true;
    this.connection.pause();
  }

  taken(): void {
    if (!this.paused || this.socket.incoming.length > this.socket.window / 2) return;
    this.paused = false;
    this.connection.resume();
  }

  unsent(): number {
    return this.connection.buffered();
  }

  tune(): void {
    const { values } = this.socket;
    const value = (level: number, name: number, otherwise: number): number => values.get(optionKey(level, name)) ?? otherwise;
    this.connection.setNoDelay(value(SOL.TCP, TCP.NODELAY, 0) !== 0);
    this.connection.setKeepAlive(value(SOL.SOCKET, SO.KEEPALIVE, 0) !== 0, value(SOL.TCP, TCP.KEEPIDLE, KEEPALIVE_IDLE));
  }
}

/** Ties a connection to its socket; it counts as established from `onConnect` on, or at once when it has come to a listener. */
function attach(socket: TcpSocket, connection: HostConnection, established: boolean): void {
  const transport = new HostTransport(socket, connection);
  const begin = (address: string, port: number): void => {
    if (socket.released) return;
    const ip = ipOf(address);
    if (established) socket.local = { ip, port, scope: 0 };
    else socket.takeHostPort(ip, port);
    socket.establish(transport);
    transport.tune();
  };
  if (established) begin(connection.localAddress, connection.localPort);
  const live = (): boolean => socket.transport === transport;
  connection.start({
    onConnect(address, port) {
      if (socket.state === STATE.SYN_SENT) begin(address, port);
      else connection.reset();
    },
    onData(bytes) {
      if (!live()) return;
      socket.arrive(bytes);
      transport.arrived();
    },
    onEnd() {
      if (live()) socket.peerFinished();
    },
    onDrain() {
      if (live()) wake(socket.writeQueue);
    },
    onError(errno) {
      if (live()) socket.peerReset(errno);
      else if (!established && socket.state === STATE.SYN_SENT) socket.fail(errno);
    },
  });
}

/** bind(2): whether the host lets us have the port; `claim` gets the one it chose for 0. */
export function probeHost(socket: TcpSocket, host: HostNetwork, at: Endpoint, claim: (port: number) => number): Result {
  return askHost(socket, (done) => host.probe(socket.hostPlace(at), (result) => done(result < 0 ? result : claim(result))));
}

export function hostListen(socket: TcpSocket, host: HostNetwork, at: Endpoint, begin: () => number): Result {
  return askHost(socket, (done) => {
    const listener = host.listen(socket.hostPlace(at), (port) => {
      if (port < 0) {
        done(port);
        return;
      }
      const claimed = socket.local ? 0 : socket.claim({ ...at, port });
      const result = claimed < 0 ? claimed : begin();
      if (result < 0) listener.close();
      else socket.hostListener = listener;
      done(result);
    }, (connection) => {
      if (socket.state !== STATE.LISTEN || socket.pending.length > Math.min(SOMAXCONN, Math.max(socket.backlog, 128))) {
        connection.reset();
        return;
      }
      const server = socket.child();
      server.remote = { ip: ipOf(connection.address), port: connection.port, scope: 0 };
      attach(server, connection, true);
      socket.pending.push(server);
      wake(socket.readQueue);
    });
  });
}

export function hostConnect(socket: TcpSocket, host: HostNetwork, to: Endpoint): void {
  const { local } = socket;
  const place = local && (local.port !== 0 || !isAny(local.ip)) ? socket.hostPlace(local) : undefined;
  const connection = host.connect(ipText(to.ip), to.port, place);
  socket.cancel = () => connection.reset();
  attach(socket, connection, false);
}
