// Descriptors 0, 1 and 2: byte streams of the host (HostStream), and the terminal behind them when there is one. Reading waits for
// the host without blocking other threads; writing goes through in full. tty(4), ioctl_tty(2).

import { E } from "../errno.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { O, POLL, S } from "./constants.ts";
import { OpenFile } from "./file.ts";
import type { HostStream, HostTerminal, Termios } from "./host.ts";
import { genericPermission, Inode } from "./inode.ts";
import type { Actor, AttributeChange, FsEnvironment, Stat, StatFs } from "./inode.ts";
import { nextNamelessIno } from "./pipe.ts";
import { installFile, namelessPlace } from "./state.ts";
import type { FileTable, PathRef } from "./state.ts";

/** What a terminal starts with where the host cannot tell: the usual cooked mode. */
export const COOKED: Termios = {
  iflag: 0o2400 | 0o40000, oflag: 0o5, cflag: 0o277, lflag: 0o105073, line: 0,
  cc: [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0],
};

/** A terminal as its processes share it. */
export interface Terminal {
  readonly host: HostTerminal | undefined;
  attributes: Termios | undefined;
  /** Set by TIOCSWINSZ; undefined asks the host. */
  size: { rows: number; columns: number } | undefined;
  /** Foreground process group; 0 before anyone has set one. */
  foreground: number;
  /** Session that it controls; 0 none. */
  session: number;
  /** The stream to open for /dev/tty. */
  readonly inode: Inode;
}

export function terminalAttributes(terminal: Terminal): Termios {
  terminal.attributes ??= terminal.host?.getAttributes() ?? { ...COOKED, cc: [...COOKED.cc] };
  return terminal.attributes;
}

export function setTerminalAttributes(terminal: Terminal, attributes: Termios): void {
  terminal.attributes = attributes;
  terminal.host?.setAttributes(attributes);
}

const streamfs = {
  type: "devtmpfs", dev: 0x6,
  statfs: (): StatFs => ({ type: 0x01021994, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 6, namelen: 255 }),
};

class StreamInode extends Inode {
  readonly stream: HostStream;
  readonly queue: WaitQueue = createWaitQueue();
  terminal: Terminal | undefined = undefined;
  readonly ino = nextNamelessIno();

  constructor(stream: HostStream, type: number) {
    super(streamfs, type);
    this.stream = stream;
    stream.onReady = () => wake(this.queue);
  }

  override get key(): string {
    return `stream:${this.ino}`;
  }

  override stat(): Stat | number {
    return this.stream.stat();
  }

  override get isNamedPipe(): boolean {
    return false;
  }

  override permission(mask: number, actor: Actor): number {
    const stat = this.stat();
    return typeof stat === "number" ? stat : genericPermission(stat, mask, actor);
  }

  override open(flags: number, path: PathRef): OpenFile {
    return new StreamFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, this);
  }

  override setattr(_change: AttributeChange): number {
    return 0;
  }
}

export class StreamFile extends OpenFile {
  private readonly source: StreamInode;
  private readonly list: readonly WaitQueue[];

  constructor(flags: number, path: PathRef, inode: StreamInode) {
    super(flags, path);
    this.source = inode;
    this.list = [inode.queue];
  }

  get terminal(): Terminal | undefined {
    return this.source.terminal;
  }

  override get seekable(): boolean {
    return this.source.stream.kind === "file";
  }

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }

  override read(into: Uint8Array): number {
    return into.length === 0 ? 0 : this.source.stream.read(into);
  }

  override write(from: Uint8Array): number {
    return from.length === 0 ? 0 : this.source.stream.write(from);
  }

  override readAt(offset: number, into: Uint8Array): number {
    return this.atOffset(offset, () => this.read(into));
  }

  override writeAt(offset: number, from: Uint8Array): number {
    return this.atOffset(offset, () => this.write(from));
  }

  private atOffset(offset: number, action: () => number): number {
    const { stream } = this.source;
    if (!stream.seek) return -E.SPIPE;
    const before = stream.seek(0, 1);
    if (before < 0) return before;
    const moved = stream.seek(offset, 0);
    if (moved < 0) return moved;
    const result = action();
    stream.seek(before, 0);
    return result;
  }

  override seek(offset: number, whence: number): number {
    return this.source.stream.seek?.(offset, whence) ?? -E.SPIPE;
  }

  override get mappable(): boolean {
    return this.source.stream.kind === "file";
  }

  override poll(): number {
    const { stream } = this.source;
    const out = this.writable ? POLL.OUT | POLL.WRNORM : 0;
    if (!this.readable) return out;
    const available = stream.available();
    if (available > 0) return out | POLL.IN | POLL.RDNORM;
    if (available < 0) return out | (stream.kind === "pipe" ? POLL.HUP : POLL.IN | POLL.RDNORM);
    return stream.kind === "file" || stream.kind === "null" ? out | POLL.IN | POLL.RDNORM : out;
  }

  override available(): number {
    return Math.max(0, this.source.stream.available());
  }

  override truncate(size: number): number {
    return this.source.stream.truncate?.(size) ?? -E.INVAL;
  }

  override sync(): number {
    return this.source.stream.kind === "file" ? 0 : -E.INVAL;
  }
}

/** The three streams; undefined leaves a descriptor closed. `shared` streams (one terminal behind several) may be given twice. */
export interface StandardStreams {
  readonly input: HostStream | undefined;
  readonly output: HostStream | undefined;
  readonly error: HostStream | undefined;
}

/** Puts the standard streams at descriptors 0, 1 and 2. Answers the terminal among them, if there is one. */
export function installStdio(table: FileTable, streams: StandardStreams): Terminal | undefined {
  let terminal: Terminal | undefined;
  const list = [streams.input, streams.output, streams.error];
  list.forEach((stream, fd) => {
    if (!stream) return;
    const stat = stream.stat();
    const type = typeof stat === "number" ? S.IFCHR : stat.mode & S.IFMT;
    const inode = new StreamInode(stream, type);
    if (stream.kind === "terminal") {
      terminal ??= { host: stream.terminal, attributes: undefined, size: undefined, foreground: 0, session: 0, inode };
      inode.terminal = terminal;
    }
    const label = stream.kind === "terminal" ? "/dev/tty" : stream.kind === "pipe" ? `pipe:[${inode.ino}]` : stream.kind === "null" ? "/dev/null" : `/dev/fd/${fd}`;
    // A terminal is open for both directions on all three descriptors, as a login shell's is.
    const access = stream.kind === "terminal" ? O.RDWR : fd === 0 ? O.RDONLY : O.WRONLY;
    const path = namelessPlace(inode, label);
    installFile(table, new StreamFile(access | O.LARGEFILE, path, inode), false, Infinity, fd);
  });
  return terminal;
}

/** A stream whose input is given and whose output is handed to a function: the library's in-memory standard streams. */
export function memoryStream(environment: FsEnvironment, input: Uint8Array, output: (bytes: Uint8Array) => void): HostStream {
  let at = 0;
  const born = environment.now();
  const ino = nextNamelessIno();
  return {
    kind: "pipe",
    onReady: () => {},
    read(into) {
      const part = input.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return part.length;
    },
    write(from) {
      output(new Uint8Array(from));
      return from.length;
    },
    available: () => (at < input.length ? input.length - at : -1),
    stat: () => ({
      dev: 0xd, ino, mode: S.IFIFO | 0o600, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, blksize: 4096, blocks: 0,
      atime: born, mtime: born, ctime: born, btime: undefined,
    }),
  };
}

