// Descriptors 0, 1 and 2: byte streams of the host (HostStream), and the terminal behind them when there is one. Reading waits for
// the host without blocking other threads; writing goes through in full. tty(4), ioctl_tty(2).

import { E } from "../errno.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { SIG } from "../signal.ts";
import type { Kernel } from "../thread.ts";
import { makedev, O, POLL, S } from "./constants.ts";
import { OpenFile } from "./file.ts";
import type { HostStream, HostTerminal, Termios } from "./host.ts";
import { genericPermission, Inode } from "./inode.ts";
import type { Actor, AttributeChange, Caller, FsEnvironment, Stat, StatFs } from "./inode.ts";
import { nextNamelessIno } from "./pipe.ts";
import { installFile, namelessPlace } from "./state.ts";
import type { FileTable, PathRef } from "./state.ts";
import type { Pseudo, PtsInode } from "./devpts.ts";
import { adoptOnOpen, COOKED, IFLAG, inBackground, jobControl, LFLAG, signalForeground } from "./terminal.ts";
import type { AttributeMoment, Terminal, WindowSize } from "./terminal.ts";

/** The host's terminal: the host does what a line discipline does, sessions and foreground groups are ours. */
export class HostTty implements Terminal, Pseudo {
  readonly device: number;
  /** Its name is /dev/pts/0: the host's own name means nothing to the guest. */
  readonly number = 0;
  foreground = 0;
  session = 0;
  hungUp = false;
  /** undefined in machines without a kernel. */
  readonly kernel: Kernel | undefined;
  private readonly host: HostTerminal | undefined;
  private known: Termios | undefined = undefined;
  /** Set by TIOCSWINSZ; undefined asks the host. */
  private size: WindowSize | undefined = undefined;
  private readonly inode: StreamInode;

  constructor(host: HostTerminal | undefined, inode: StreamInode, kernel: Kernel | undefined) {
    this.host = host;
    this.inode = inode;
    this.kernel = kernel;
    this.device = makedev(136, this.number);
    if (host) host.onResize = () => (this.size = undefined);
  }

  attributes(): Termios {
    this.known ??= this.host?.getAttributes() ?? { ...COOKED, iflag: COOKED.iflag | IFLAG.IUTF8, cc: [...COOKED.cc] };
    return this.known;
  }

  setAttributes(attributes: Termios, moment: AttributeMoment): void {
    if (moment === "flush") this.inode.stream.flush?.();
    this.known = attributes;
    this.host?.setAttributes(attributes);
  }

  /** Others may have changed the host's terminal while we were stopped. */
  forget(): void {
    this.known = undefined;
  }

  windowSize(): WindowSize {
    return this.size ?? { ...(this.host?.windowSize() ?? { rows: 24, columns: 80 }), xpixel: 0, ypixel: 0 };
  }

  setWindowSize(size: WindowSize): void {
    const old = this.windowSize();
    this.size = size;
    if (this.kernel && (old.rows !== size.rows || old.columns !== size.columns)) signalForeground(this.kernel, this, SIG.WINCH);
  }

  flush(which: number): void {
    if (which !== 1) this.inode.stream.flush?.();
  }

  /** The host's own flow control is what there is. */
  flow(): void {}

  outputPending(): number {
    return 0;
  }

  insert(): number {
    return -E.IO;
  }

  hangUp(): void {
    this.hungUp = true;
    wake(this.inode.queue);
  }

  open(flags: number, path: PathRef): OpenFile {
    return this.inode.open(flags, path);
  }

  openSlave(flags: number, path: PathRef, caller: Caller | undefined): OpenFile {
    const process = caller && this.kernel?.processes.get(caller.process.pid);
    if (process && !(flags & O.NOCTTY)) adoptOnOpen(process, this);
    return this.inode.open(flags, path);
  }

  /** Gives it its place in /dev/pts. */
  enter(pts: PtsInode, uid: number): void {
    this.inode.node = pts.add(this, uid);
  }
}

const streamfs = {
  type: "devtmpfs", dev: 0x6,
  statfs: (): StatFs => ({ type: 0x01021994, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 6, namelen: 255 }),
};

class StreamInode extends Inode {
  /** The node of a terminal in /dev/pts: it has the mode and owner. */
  node: Inode | undefined = undefined;
  readonly stream: HostStream;
  readonly queue: WaitQueue = createWaitQueue();
  terminal: HostTty | undefined = undefined;
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
    return this.node?.stat() ?? statOf(this.stream);
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

  override setattr(change: AttributeChange): number {
    return this.node?.setattr(change) ?? 0;
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

  get terminal(): HostTty | undefined {
    return this.source.terminal;
  }

  /** A pipe, socket or file of the host: somebody outside may wait for its end. */
  get outside(): boolean {
    const { kind } = this.source.stream;
    return kind === "pipe" || kind === "file";
  }

  override get seekable(): boolean {
    return this.source.stream.kind === "file";
  }

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }

  override read(into: Uint8Array, caller?: Caller): number {
    if (into.length === 0) return 0;
    const { terminal } = this.source;
    if (terminal) {
      if (terminal.hungUp) return 0;
      const denied = caller && terminal.kernel ? jobControl(terminal.kernel, caller.process.pid, caller.tid, terminal, SIG.TTIN) : 0;
      if (denied < 0) return denied;
    }
    return this.source.stream.read(into);
  }

  override write(from: Uint8Array, caller?: Caller): number {
    if (from.length === 0) return 0;
    const { terminal } = this.source;
    if (terminal) {
      if (terminal.hungUp) return -E.IO;
      // The host's attributes are asked for only where they can matter: in a background group.
      const background = terminal.session !== 0 && caller !== undefined && terminal.kernel !== undefined && inBackground(terminal.kernel, caller.process.pid, terminal);
      if (background && terminal.attributes().lflag & LFLAG.TOSTOP) {
        const denied = jobControl(terminal.kernel!, caller!.process.pid, caller!.tid, terminal, SIG.TTOU);
        if (denied < 0) return denied;
      }
    }
    return this.source.stream.write(from);
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
    const { stream, terminal } = this.source;
    if (terminal?.hungUp) return POLL.IN | POLL.OUT | POLL.ERR | POLL.HUP | POLL.RDNORM | POLL.WRNORM;
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

/** A socket of the host is a pipe to the program: getsockname(2) and the like have nothing to say about it, and programs that ask would not use it. */
function statOf(stream: HostStream): Stat | number {
  const stat = stream.stat();
  return typeof stat !== "number" && (stat.mode & S.IFMT) === S.IFSOCK ? { ...stat, mode: (stat.mode & ~S.IFMT) | S.IFIFO } : stat;
}

/** Puts the standard streams at descriptors 0, 1 and 2. Answers the terminal among them, if there is one. */
export function installStdio(table: FileTable, streams: StandardStreams, kernel?: Kernel): HostTty | undefined {
  let terminal: HostTty | undefined;
  const list = [streams.input, streams.output, streams.error];
  list.forEach((stream, fd) => {
    if (!stream) return;
    const stat = statOf(stream);
    const type = typeof stat === "number" ? S.IFCHR : stat.mode & S.IFMT;
    const inode = new StreamInode(stream, type);
    if (stream.kind === "terminal") {
      terminal ??= new HostTty(stream.terminal, inode, kernel);
      inode.terminal = terminal;
    }
    const label = stream.kind === "terminal" ? "/dev/pts/0" : stream.kind === "pipe" ? `pipe:[${inode.ino}]` : stream.kind === "null" ? "/dev/null" : `/dev/fd/${fd}`;
    // A terminal is open for both directions on all three descriptors, as a login shell's is.
    const access = stream.kind === "terminal" ? O.RDWR : fd === 0 ? O.RDONLY : O.WRONLY;
    const path = namelessPlace(inode, label);
    installFile(table, new StreamFile(access | O.LARGEFILE, path, inode), false, Infinity, fd);
  });
  if (terminal) kernel?.terminals.add(terminal);
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

