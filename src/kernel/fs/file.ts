// Open file descriptions, open(2): what a file descriptor refers to. The base class answers for objects that cannot do a thing;
// RegularFile has the position arithmetic of seekable files. Pipes, devices, epoll and so on stand in files of their own.
//
// read and write never block: they answer -EAGAIN, and the system call waits on `queues` and tries again.

import { E } from "../errno.ts";
import { createWaitQueue } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { O, POLL, S, SEEK } from "./constants.ts";
import { pinDentry, unpinDentry } from "./inode.ts";
import type { AttributeChange, Caller, DirectoryEntry, Inode, Stat } from "./inode.ts";
import type { PathRef } from "./state.ts";
import { releaseFileLocks } from "./locks.ts";
import { notices, tellClosed } from "./notify.ts";

const NO_QUEUES: readonly WaitQueue[] = [];

export abstract class OpenFile {
  /** Access mode and status flags. */
  flags: number;
  position = 0;
  /** Descriptors, mappings and calls in flight that hold the description. */
  references = 1;
  /** Where it was opened; pipes and the like stand on a dentry of their own. */
  readonly path: PathRef;
  /** F_SETOWN and F_SETSIG. */
  owner = 0;
  ownerSignal = 0;

  constructor(flags: number, path: PathRef) {
    this.flags = flags;
    this.path = path;
    pinDentry(path.dentry);
  }

  get inode(): Inode {
    return this.path.dentry.inode;
  }

  get readable(): boolean {
    return (this.flags & O.ACCMODE) !== O.WRONLY && !(this.flags & O.PATH);
  }

  get writable(): boolean {
    return (this.flags & O.ACCMODE) !== O.RDONLY && !(this.flags & O.PATH);
  }

  /** True when every read and write is complete at once (regular files): no need for a wait queue. */
  get seekable(): boolean {
    return false;
  }

  /** Has bytes at positions, as pread(2) needs: a file, a directory, a device of memory; not a pipe or socket. */
  get positional(): boolean {
    return this.readAt !== OpenFile.prototype.readAt;
  }

  /** A socket (../net/socket.ts). */
  get isSocket(): boolean {
    return false;
  }

  /** Queues woken when the answer of `poll` or of a read or write that gave -EAGAIN may have changed. */
  get queues(): readonly WaitQueue[] {
    return NO_QUEUES;
  }

  /** The queues that tell of the given POLL bits: edge-triggered watchers must not see the other direction's wake-ups. */
  queuesFor(_events: number): readonly WaitQueue[] {
    return this.queues;
  }

  stat(): Stat | number {
    return this.inode.stat();
  }

  /** Fills `into` from the current position; bytes read, 0 at the end, or a negative errno. */
  read(_into: Uint8Array, _caller?: Caller): number {
    return -E.INVAL;
  }

  write(_from: Uint8Array, _caller?: Caller): number {
    return -E.INVAL;
  }

  /** pread(2): for mappings and execve as well. */
  readAt(_offset: number, _into: Uint8Array): number {
    return -E.SPIPE;
  }

  writeAt(_offset: number, _from: Uint8Array): number {
    return -E.SPIPE;
  }

  seek(_offset: number, _whence: number): number {
    return -E.SPIPE;
  }

  /** POLL bits that hold now. */
  poll(): number {
    return POLL.IN | POLL.OUT | POLL.RDNORM | POLL.WRNORM;
  }

  /** Bytes that a read would give now (FIONREAD), or a negative errno. */
  available(): number {
    return -E.NOTTY;
  }

  truncate(_size: number): number {
    return -E.INVAL;
  }

  allocate(_mode: number, _offset: number, _length: number): number {
    return -E.NODEV;
  }

  sync(_dataOnly: boolean): number {
    return -E.INVAL;
  }

  setattr(change: AttributeChange): number {
    return this.inode.setattr(change);
  }

  /** Bytes for /proc/PID/fdinfo/N after the common lines. */
  info(): string {
    return "";
  }

  /** True when mmap(2) works on it. */
  get mappable(): boolean {
    return false;
  }

  /** The last reference has gone. */
  protected release(): void {}

  ref(): this {
    this.references++;
    return this;
  }

  unref(): void {
    this.references--;
    if (this.references !== 0) return;
    if (notices.listener) tellClosed(this);
    releaseFileLocks(this);
    this.release();
    unpinDentry(this.path.dentry);
  }
}

/** A seekable file of bytes. Back ends supply readAt, writeAt, size and truncate. */
export abstract class RegularFile extends OpenFile {
  abstract size(): number;

  override get seekable(): boolean {
    return true;
  }

  override get mappable(): boolean {
    return true;
  }

  override read(into: Uint8Array): number {
    const count = this.readAt(this.position, into);
    if (count > 0) this.position += count;
    return count;
  }

  override write(from: Uint8Array): number {
    if (this.flags & O.APPEND) this.position = this.size();
    const count = this.writeAt(this.position, from);
    if (count > 0) this.position += count;
    return count;
  }

  override seek(offset: number, whence: number): number {
    const target = seekTarget(this, offset, whence, () => this.size());
    if (target >= 0) this.position = target;
    return target;
  }

  /** Start of the next data (or hole) at or after `offset`; files without holes by default. */
  seekData(offset: number, hole: boolean): number {
    const size = this.size();
    if (offset >= size) return -E.NXIO;
    return hole ? size : offset;
  }

  override available(): number {
    return Math.max(0, this.size() - this.position);
  }
}

/** lseek(2)'s arithmetic. */
function seekTarget(file: RegularFile, offset: number, whence: number, size: () => number): number {
  let target: number;
  if (whence === SEEK.SET) target = offset;
  else if (whence === SEEK.CUR) target = file.position + offset;
  else if (whence === SEEK.END) target = size() + offset;
  else if (whence === SEEK.DATA || whence === SEEK.HOLE) return offset < 0 ? -E.NXIO : file.seekData(offset, whence === SEEK.HOLE);
  else return -E.INVAL;
  return target < 0 || target > Number.MAX_SAFE_INTEGER ? -E.INVAL : target;
}

/** An open directory: a snapshot of its entries, taken at the first getdents after open or rewind. */
export class DirectoryFile extends OpenFile {
  private entries: DirectoryEntry[] | undefined = undefined;

  /** Entry number `index`, undefined at the end, or a negative errno. "." and ".." are 0 and 1. */
  entry(index: number, caller: Caller): DirectoryEntry | undefined | number {
    if (index === 0 || this.entries === undefined) {
      const list = this.list(caller);
      if (typeof list === "number") return list;
      this.entries = list;
    }
    return this.entries[index];
  }

  private list(caller: Caller): DirectoryEntry[] | number {
    const { mount, dentry } = this.path;
    if (dentry.deleted) return -E.NOENT;
    const listed = dentry.inode.readdir(caller);
    if (typeof listed === "number") return listed;
    const own = dentry.inode.stat();
    let up = dentry === mount.root && mount.mountpoint ? mount.mountpoint.dentry.parent ?? mount.mountpoint.dentry : dentry.parent ?? dentry;
    if (caller.process.fs.root.dentry === dentry && caller.process.fs.root.mount === mount) up = dentry;
    const parent = up.inode.stat();
    const entries: DirectoryEntry[] = [
      { name: ".", ino: typeof own === "number" ? 1 : own.ino, type: S.IFDIR },
      { name: "..", ino: typeof parent === "number" ? 1 : parent.ino, type: S.IFDIR },
    ];
    // Mount points that the back end does not have (a mount over a name missing on the host) are listed too.
    const extra = new Map<string, number>();
    for (const child of dentry.children?.values() ?? []) {
      if (child.mounts && child.inode.fs.type === "mountpoint") extra.set(child.name, child.inode.type);
    }
    for (const entry of listed) {
      extra.delete(entry.name);
      entries.push(entry);
    }
    for (const [name, type] of extra) entries.push({ name, ino: 1, type });
    return entries;
  }

  override get seekable(): boolean {
    return true;
  }

  override read(): number {
    return -E.ISDIR;
  }

  override readAt(): number {
    return -E.ISDIR;
  }

  override seek(offset: number, whence: number): number {
    if (whence !== SEEK.SET && whence !== SEEK.CUR) return -E.INVAL;
    const target = whence === SEEK.SET ? offset : this.position + offset;
    if (target < 0) return -E.INVAL;
    if (target === 0) this.entries = undefined;
    this.position = target;
    return target;
  }

  override sync(): number {
    return 0;
  }
}

/** O_PATH: names a place, and nothing else. */
export class PathFile extends OpenFile {
  override read(): number {
    return -E.BADF;
  }
  override write(): number {
    return -E.BADF;
  }
  override readAt(): number {
    return -E.BADF;
  }
  override writeAt(): number {
    return -E.BADF;
  }
  override seek(): number {
    return -E.BADF;
  }
  override poll(): number {
    return POLL.NVAL;
  }
  override truncate(): number {
    return -E.BADF;
  }
  override allocate(): number {
    return -E.BADF;
  }
  override sync(): number {
    return -E.BADF;
  }
}

/** A file whose state changes wake one queue. */
export abstract class QueuedFile extends OpenFile {
  readonly queue: WaitQueue = createWaitQueue();
  private readonly list: readonly WaitQueue[] = [this.queue];

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }
}
