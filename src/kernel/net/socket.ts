// What all sockets are, socket(7): an open file with a family, options, a pending error and two directions that can be shut down. The families
// stand in unix.ts, tcp.ts, udp.ts and netlink.ts; the calls that programs make in abi/*/socket-*.ts.
//
// As reads and writes of other files, no method blocks: -EAGAIN says that the call has to wait on `queues` and try again.

import { E } from "../errno.ts";
import { O, S } from "../fs/constants.ts";
import { OpenFile } from "../fs/file.ts";
import { Inode } from "../fs/inode.ts";
import type { Actor, AttributeChange, Caller, Stat, StatFs, Time } from "../fs/inode.ts";
import { nextNamelessIno } from "../fs/pipe.ts";
import { namelessPlace } from "../fs/state.ts";
import type { Kernel, Thread } from "../thread.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { Result, WaitQueue } from "../wait.ts";
import { MSG, SOL } from "./constants.ts";
import type { Network } from "./network.ts";

/** Who is at the other end, SO_PEERCRED. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** A control message other than descriptors and credentials: its level, type and contents. */
export interface Control {
  readonly level: number;
  readonly type: number;
  readonly data: Uint8Array;
}

/** What is sent. `bytes` is the caller's buffer: what is kept must be copied. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** A sockaddr, when one was given. */
  readonly address: Uint8Array | undefined;
  /** Open files to be passed on; the receiver of the message takes references of its own. */
  readonly files: readonly OpenFile[];
  readonly credentials: PeerCredentials | undefined;
  /** MSG bits. */
  readonly flags: number;
}

/** What has come. */
export interface Incoming {
  /** Bytes copied to the buffer. */
  readonly copied: number;
  /** The call's result: as a rule the same. */
  readonly result: number;
  /** MSG bits for msg_flags. */
  readonly flags: number;
  /** The sender's sockaddr. */
  readonly address: Uint8Array | undefined;
  /** Open files with a reference for the receiver. */
  readonly files: readonly OpenFile[];
  readonly credentials: PeerCredentials | undefined;
  readonly control: readonly Control[];
}

const NO_FILES: readonly OpenFile[] = [];
const NO_CONTROL: readonly Control[] = [];

/** An Incoming with nothing but bytes. */
export function plainBytes(copied: number, address?: Uint8Array): Incoming {
  return { copied, result: copied, flags: 0, address, files: NO_FILES, credentials: undefined, control: NO_CONTROL };
}

const sockfs = {
  type: "sockfs", dev: 8,
  statfs: (): StatFs => ({ type: 0x534f434b, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 8, namelen: 255 }),
};

class SocketInode extends Inode {
  readonly ino = nextNamelessIno();
  private readonly born: Time;
  private mode = 0o777;
  private uid: number;
  private gid: number;

  constructor(born: Time, actor: Actor) {
    super(sockfs, S.IFSOCK);
    this.born = born;
    this.uid = actor.fsuid;
    this.gid = actor.fsgid;
  }

  override get key(): string {
    return `socket:${this.ino}`;
  }

  override stat(): Stat {
    const time = this.born;
    return {
      dev: sockfs.dev, ino: this.ino, mode: S.IFSOCK | this.mode, nlink: 1, uid: this.uid, gid: this.gid, rdev: 0, size: 0, blksize: 4096, blocks: 0,
      atime: time, mtime: time, ctime: time, btime: undefined,
    };
  }

  override setattr(change: AttributeChange): number {
    this.mode = change.mode ?? this.mode;
    this.uid = change.uid ?? this.uid;
    this.gid = change.gid ?? this.gid;
    return 0;
  }
}

/** net.core.rmem_default and wmem_default; also their largest values. */
export const BUFFER = { DEFAULT: 212992, LARGEST: 212992, SMALLEST_RECEIVE: 2304, SMALLEST_SEND: 4608 } as const;

/** An option's key in `Socket.values`. */
export const optionKey = (level: number, name: number): number => (level << 16) | name;

export abstract class Socket extends OpenFile {
  readonly network: Network;
  readonly kernel: Kernel;
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  /** Woken when there is something to read, or no longer anything to wait for. */
  readonly readQueue: WaitQueue = createWaitQueue();
  /** Woken when there is room, or no longer anything to wait for. */
  readonly writeQueue: WaitQueue = createWaitQueue();
  private readonly both: readonly WaitQueue[] = [this.readQueue, this.writeQueue];
  private readonly readOnly: readonly WaitQueue[] = [this.readQueue];
  /** The error that the next call is to report (SO_ERROR). */
  error = 0;
  /** SHUT bits: directions that this side has closed. */
  shut = 0;
  sendBuffer: number = BUFFER.DEFAULT;
  receiveBuffer: number = BUFFER.DEFAULT;
  /** Nanoseconds. */
  receiveTimeout = Infinity;
  sendTimeout = Infinity;
  /** Numbers that were set and are only told again, and switches: by optionKey. */
  readonly values = new Map<number, number>();
  /** Who made it. */
  readonly creator: Actor;

  constructor(network: Network, creator: Actor, family: number, type: number, protocol: number) {
    const { seconds, nanoseconds } = network.kernel.clock.realtime();
    const inode = new SocketInode({ sec: seconds, nsec: nanoseconds }, creator);
    super(O.RDWR, namelessPlace(inode, `socket:[${inode.ino}]`));
    this.network = network;
    this.kernel = network.kernel;
    this.family = family;
    this.type = type;
    this.protocol = protocol;
    this.creator = { ...creator };
    network.sockets.add(this);
  }

  get ino(): number {
    return (this.inode as SocketInode).ino;
  }

  override get isSocket(): boolean {
    return true;
  }

  override get queues(): readonly WaitQueue[] {
    return this.both;
  }

  /** Whoever wants to write is told of hang-ups through the same queue. */
  override queuesFor(events: number): readonly WaitQueue[] {
    return events & 4 ? this.both : this.readOnly;
  }

  /** A switch of SOL_SOCKET. */
  option(name: number): boolean {
    return (this.values.get(optionKey(SOL.SOCKET, name)) ?? 0) !== 0;
  }

  wakeAll(): void {
    wake(this.readQueue);
    wake(this.writeQueue);
  }

  /** Takes the pending error, 0 or negative. */
  takeError(): number {
    const { error } = this;
    this.error = 0;
    return -error;
  }

  abstract bind(k: Thread, address: Uint8Array): Result;
  /** -EINPROGRESS: on its way, `connecting` until it is known; -EAGAIN: to be tried again. */
  abstract connect(k: Thread, address: Uint8Array): Result;
  abstract send(k: Thread, message: Outgoing): Result;
  abstract receive(k: Thread, into: Uint8Array, flags: number): Incoming | number;
  /** The sockaddr that getsockname(2) tells. */
  abstract name(): Uint8Array;
  abstract peerName(): Uint8Array | number;

  get connecting(): boolean {
    return false;
  }

  /** How a connect that was in progress has ended. */
  connected(): number {
    return this.takeError();
  }

  listen(_k: Thread, _backlog: number): Result {
    return -E.OPNOTSUPP;
  }

  /** A connection that has come, with a reference for the caller. */
  accept(_k: Thread): Socket | number {
    return -E.OPNOTSUPP;
  }

  get listening(): boolean {
    return false;
  }

  shutdown(_how: number): number {
    return -E.OPNOTSUPP;
  }

  /** Bytes sent that have not been taken (SIOCOUTQ). */
  unsent(): number {
    return 0;
  }

  /** A message is one whole: what does not fit the buffer is lost. */
  get keepsMessages(): boolean {
    return false;
  }

  /** Bytes of the longest message. */
  get largest(): number {
    return Infinity;
  }

  get peerCredentials(): PeerCredentials {
    return { pid: 0, uid: 0xffff_ffff, gid: 0xffff_ffff };
  }

  override read(into: Uint8Array, caller?: Caller): number {
    if (into.length === 0) return 0;
    const got = this.receive(caller as Thread, into, 0);
    if (typeof got === "number") return got;
    for (const file of got.files) file.unref();
    return got.copied;
  }

  override write(from: Uint8Array, caller?: Caller): number {
    const result = this.send(caller as Thread, { bytes: from, address: undefined, files: NO_FILES, credentials: undefined, flags: 0 });
    // Only a first datagram through the host has to wait for its port: the caller tries again.
    return typeof result === "number" ? result : result.attempt() ?? -E.AGAIN;
  }

  override seek(): number {
    return -E.SPIPE;
  }

  protected override release(): void {
    this.network.sockets.delete(this);
    this.close();
  }

  /** The last descriptor has gone. */
  protected abstract close(): void;
}

/** Closing directions as shutdown(2) names them; -EINVAL for others. */
export function shutBits(how: number): number {
  return how === 0 || how === 1 || how === 2 ? how + 1 : -E.INVAL;
}

export const peeks = (flags: number): boolean => (flags & MSG.PEEK) !== 0;
