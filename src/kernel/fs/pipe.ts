// Pipes and named pipes, pipe(7), fifo(7): 64 KiB of bytes between writers and readers. Writes of up to PIPE_BUF bytes are atomic.

import { E } from "../errno.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { O, POLL, S } from "./constants.ts";
import { OpenFile } from "./file.ts";
import { genericPermission, Inode } from "./inode.ts";
import type { Actor, FsEnvironment, Stat, StatFs, Time } from "./inode.ts";
import { namelessPlace } from "./state.ts";
import type { PathRef } from "./state.ts";

export const PIPE_BUF = 4096;
const DEFAULT_CAPACITY = 65536;
export const MAX_CAPACITY = 1 << 20;

/** A ring of bytes with counts of both ends. */
export class Pipe {
  private ring = new Uint8Array(0);
  private head = 0;
  length = 0;
  capacity = DEFAULT_CAPACITY;
  readers = 0;
  writers = 0;
  /** Counts of opens so far: a named pipe's open waits for the other side to come, even if it has left again. */
  readerOpens = 0;
  writerOpens = 0;
  /** Woken when there is something to read, and when writers come or go. */
  readonly readable: WaitQueue = createWaitQueue();
  /** Woken when there is room, and when readers come or go. */
  readonly writable: WaitQueue = createWaitQueue();

  get room(): number {
    return this.capacity - this.length;
  }

  private grow(wanted: number): void {
    if (wanted <= this.ring.length) return;
    let size = Math.max(4096, this.ring.length);
    while (size < wanted) size *= 2;
    const ring = new Uint8Array(size);
    this.copy(ring);
    this.ring = ring;
    this.head = 0;
  }

  /** Copies from the front without taking away. */
  copy(into: Uint8Array): number {
    const count = Math.min(this.length, into.length);
    const first = Math.min(count, this.ring.length - this.head);
    into.set(this.ring.subarray(this.head, this.head + first));
    if (first < count) into.set(this.ring.subarray(0, count - first), first);
    return count;
  }

  take(into: Uint8Array): number {
    const full = this.room < PIPE_BUF;
    const count = this.copy(into);
    this.length -= count;
    this.head = this.length === 0 ? 0 : (this.head + count) % this.ring.length;
    if (count > 0 && full) wake(this.writable);
    return count;
  }

  put(from: Uint8Array): number {
    const count = Math.min(this.room, from.length);
    this.grow(this.length + count);
    const tail = (this.head + this.length) % (this.ring.length || 1);
    const first = Math.min(count, this.ring.length - tail);
    this.ring.set(from.subarray(0, first), tail);
    if (first < count) this.ring.set(from.subarray(first, count), 0);
    this.length += count;
    if (count > 0) wake(this.readable);
    return count;
  }

  /** F_SETPIPE_SZ: the new capacity, or -EBUSY when the contents do not fit. */
  resize(wanted: number): number {
    let size = 4096;
    while (size < wanted) size *= 2;
    if (size < this.length) return -E.BUSY;
    this.capacity = size;
    wake(this.writable);
    return size;
  }
}

/** What stat(2) of a pipe tells. */
export class PipeInode extends Inode {
  readonly ino: number;
  readonly pipe = new Pipe();
  private readonly born: Time;

  constructor(ino: number, born: Time) {
    super(pipefs, S.IFIFO);
    this.ino = ino;
    this.born = born;
  }

  override get key(): string {
    return `pipe:${this.ino}`;
  }

  override stat(): Stat {
    const time = this.born;
    return {
      dev: pipefs.dev, ino: this.ino, mode: S.IFIFO | 0o600, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, blksize: 4096, blocks: 0,
      atime: time, mtime: time, ctime: time, btime: undefined,
    };
  }

  override permission(mask: number, actor: Actor): number {
    return genericPermission(this.stat(), mask, actor);
  }

  override get isNamedPipe(): boolean {
    return false;
  }

  /** Through /proc/self/fd/N: another end of the same pipe. */
  override open(flags: number, path: PathRef): PipeFile {
    return new PipeFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, this.pipe);
  }
}

const pipefs = {
  type: "pipefs", dev: 0xd,
  statfs: (): StatFs => ({ type: 0x50495045, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 0xd, namelen: 255 }),
};

export class PipeFile extends OpenFile {
  readonly pipe: Pipe;
  private readonly list: readonly WaitQueue[];

  constructor(flags: number, path: PathRef, pipe: Pipe) {
    super(flags, path);
    this.pipe = pipe;
    this.list = [...(this.readable ? [pipe.readable] : []), ...(this.writable ? [pipe.writable] : [])];
    if (this.readable) {
      pipe.readers++;
      pipe.readerOpens++;
    }
    if (this.writable) {
      pipe.writers++;
      pipe.writerOpens++;
    }
    wake(pipe.readable);
    wake(pipe.writable);
  }

  override queuesFor(events: number): readonly WaitQueue[] {
    const { pipe } = this;
    return this.readable && this.writable && !(events & POLL.OUT) ? [pipe.readable] : this.list;
  }

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }

  override read(into: Uint8Array): number {
    if (into.length === 0) return 0;
    if (this.pipe.length > 0) return this.pipe.take(into);
    return this.pipe.writers === 0 ? 0 : -E.AGAIN;
  }

  override write(from: Uint8Array): number {
    const { pipe } = this;
    if (pipe.readers === 0) return -E.PIPE;
    if (from.length === 0) return 0;
    if (pipe.room === 0 || (from.length <= PIPE_BUF && from.length > pipe.room)) return -E.AGAIN;
    return pipe.put(from);
  }

  override poll(): number {
    const { pipe } = this;
    let mask = 0;
    if (this.readable) {
      if (pipe.length > 0) mask |= POLL.IN | POLL.RDNORM;
      if (pipe.writers === 0 && pipe.writerOpens > 0) mask |= POLL.HUP;
    }
    if (this.writable) {
      if (pipe.room >= PIPE_BUF || pipe.length === 0) mask |= POLL.OUT | POLL.WRNORM;
      if (pipe.readers === 0) mask |= POLL.ERR;
    }
    return mask;
  }

  override available(): number {
    return this.pipe.length;
  }

  protected override release(): void {
    if (this.readable) this.pipe.readers--;
    if (this.writable) this.pipe.writers--;
    wake(this.pipe.readable);
    wake(this.pipe.writable);
    if (this.pipe.readers === 0 && this.pipe.writers === 0 && named.get(this.inode.key) === this.pipe) named.delete(this.inode.key);
  }
}

let nextPipe = 10_001;

/** Inode numbers of nameless objects, counted from one number. */
export function nextNamelessIno(): number {
  return nextPipe++;
}

/** pipe2(2): the reading and the writing end. */
export function createPipe(environment: FsEnvironment, flags: number): [PipeFile, PipeFile] {
  const inode = new PipeInode(nextPipe++, environment.now());
  const path = namelessPlace(inode, `pipe:[${inode.ino}]`);
  const { pipe } = inode;
  const status = flags & (O.NONBLOCK | O.DIRECT);
  return [new PipeFile(O.RDONLY | status, path, pipe), new PipeFile(O.WRONLY | status, path, pipe)];
}

/** Named pipes that are open somewhere, by inode key. */
const named = new Map<string, Pipe>();

/**
 * Opens a named pipe. The open is complete at once except that, without O_NONBLOCK, the call has to wait for the other side:
 * `fifoReady` tells when. A writer without a reader and with O_NONBLOCK gets -ENXIO.
 */
export function openPipeNode(inode: Inode, flags: number, path: PathRef): OpenFile | number {
  let pipe = named.get(inode.key);
  const access = flags & O.ACCMODE;
  if (access === O.WRONLY && flags & O.NONBLOCK && !pipe?.readers) return -E.NXIO;
  if (!pipe) named.set(inode.key, (pipe = new Pipe()));
  return new PipeFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, pipe);
}

/**
 * What a blocking open of a named pipe waits for (on the file's queues); undefined when it need not wait. A nameless pipe, opened
 * through /proc/self/fd, never waits.
 */
export function fifoWait(file: OpenFile): (() => boolean) | undefined {
  if (!(file instanceof PipeFile) || file.inode instanceof PipeInode || file.flags & O.NONBLOCK) return undefined;
  const { pipe } = file, access = file.flags & O.ACCMODE;
  if (access === O.RDONLY && pipe.writers === 0) {
    const before = pipe.writerOpens;
    return () => pipe.writerOpens !== before;
  }
  if (access === O.WRONLY && pipe.readers === 0) {
    const before = pipe.readerOpens;
    return () => pipe.readerOpens !== before;
  }
  return undefined;
}
