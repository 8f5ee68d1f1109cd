// Back end: files in memory, tmpfs(5). Serves /dev/shm, memfd_create, the library's in-memory files and synthetic directories.
// Contents are kept in pieces of 64 KiB that come into being when written, so holes cost nothing.

import { E } from "../errno.ts";
import { FALLOC, O, RENAME, S, SEAL } from "./constants.ts";
import { RegularFile } from "./file.ts";
import type { OpenFile } from "./file.ts";
import { genericPermission, Inode } from "./inode.ts";
import type { Actor, AttributeChange, Caller, DirectoryEntry, FileSystem, FsEnvironment, Stat, StatFs, Time } from "./inode.ts";
import type { DeviceOpener } from "./hostfs.ts";
import type { PathRef } from "./state.ts";

const PIECE = 65536;
const TMPFS_MAGIC = 0x01021994;
const MAX_FILE = 2 ** 43;
const RESERVE = 2 ** 24;

export interface Tmpfs extends FileSystem {
  readonly environment: FsEnvironment;
  /** Bytes that contents may take in all. */
  readonly limit: number;
  readonly openDevice: DeviceOpener | undefined;
  used: number;
  nextIno: number;
}

let devices = 0x20;

/** A device number for a file system that has no device. */
export function anonymousDevice(): number {
  return devices++;
}

export interface TmpfsOptions {
  readonly type?: string;
  readonly mode?: number;
  readonly limit?: number;
  readonly openDevice?: DeviceOpener;
}

/** Makes an empty file system; answers its root directory. */
export function createTmpfs(environment: FsEnvironment, options: TmpfsOptions = {}): TmpInode {
  const fs: Tmpfs = {
    type: options.type ?? "tmpfs", dev: anonymousDevice(), environment, limit: options.limit ?? 2 ** 31, openDevice: options.openDevice,
    used: 0, nextIno: 1, statfs: () => statfs(fs),
  };
  return new TmpInode(fs, S.IFDIR, (options.mode ?? 0o1777) & 0o7777, 0, 0);
}

function statfs(fs: Tmpfs): StatFs {
  const blocks = Math.ceil(fs.limit / 4096), free = blocks - Math.ceil(fs.used / 4096);
  return { type: TMPFS_MAGIC, bsize: 4096, blocks, bfree: free, bavail: free, files: 1 << 20, ffree: (1 << 20) - fs.nextIno, fsid: fs.dev, namelen: 255 };
}

export class TmpInode extends Inode {
  declare readonly fs: Tmpfs;
  readonly ino: number;
  mode: number;
  uid: number;
  gid: number;
  nlink = 1;
  rdev = 0;
  atime: Time;
  mtime: Time;
  ctime: Time;
  readonly btime: Time;
  target = "";
  entries: Map<string, TmpInode> | undefined = undefined;
  size = 0;
  /** memfd seals; -1 where sealing is not allowed. */
  seals: number = SEAL.SEAL;
  private readonly pieces: (Uint8Array | undefined)[] = [];
  private readonly attributes = new Map<string, Uint8Array>();
  /** Open descriptions: contents live until the last name and the last description are gone. */
  opens = 0;

  constructor(fs: Tmpfs, type: number, mode: number, uid: number, gid: number) {
    super(fs, type);
    this.ino = fs.nextIno++;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.atime = this.mtime = this.ctime = this.btime = fs.environment.now();
    if (type === S.IFDIR) {
      this.entries = new Map();
      this.nlink = 2;
    }
  }

  override get key(): string {
    return `t${this.fs.dev}:${this.ino}`;
  }

  override stat(): Stat {
    let blocks = 0;
    for (const piece of this.pieces) if (piece) blocks += PIECE / 512;
    return {
      dev: this.fs.dev, ino: this.ino, mode: this.type | this.mode, nlink: this.nlink, uid: this.uid, gid: this.gid, rdev: this.rdev,
      size: this.entries ? 40 + 20 * this.entries.size : this.size, blksize: 4096, blocks: Math.min(blocks, Math.ceil(this.size / 4096) * 8),
      atime: this.atime, mtime: this.mtime, ctime: this.ctime, btime: this.btime,
    };
  }

  override permission(mask: number, actor: Actor): number {
    return genericPermission(this.stat(), mask, actor);
  }

  override lookup(name: string): Inode | number {
    return this.entries?.get(name) ?? (this.entries ? -E.NOENT : -E.NOTDIR);
  }

  override readdir(): DirectoryEntry[] | number {
    if (!this.entries) return -E.NOTDIR;
    // Newest first, as tmpfs lists.
    return [...this.entries].map(([name, inode]) => ({ name, ino: inode.ino, type: inode.type })).reverse();
  }

  private touch(): void {
    this.mtime = this.ctime = this.fs.environment.now();
  }

  private add(name: string, inode: TmpInode): TmpInode {
    this.entries!.set(name, inode);
    if (inode.type === S.IFDIR) this.nlink++;
    this.touch();
    return inode;
  }

  private make(name: string, type: number, mode: number, actor: Actor): TmpInode | number {
    if (!this.entries) return -E.NOTDIR;
    if (this.entries.has(name)) return -E.EXIST;
    const inherits = (this.mode & S.ISGID) !== 0;
    const bits = inherits && type === S.IFDIR ? mode | S.ISGID : mode;
    return this.add(name, new TmpInode(this.fs, type, bits & 0o7777, actor.fsuid, inherits ? this.gid : actor.fsgid));
  }

  override create(name: string, mode: number, actor: Actor, _flags = 0): TmpInode | number {
    return this.make(name, S.IFREG, mode, actor);
  }

  override createUnnamed(mode: number, actor: Actor): TmpInode {
    const inode = new TmpInode(this.fs, S.IFREG, mode & 0o7777, actor.fsuid, actor.fsgid);
    inode.nlink = 0;
    return inode;
  }

  override mkdir(name: string, mode: number, actor: Actor): TmpInode | number {
    return this.make(name, S.IFDIR, mode, actor);
  }

  override mknod(name: string, mode: number, rdev: number, actor: Actor): TmpInode | number {
    const inode = this.make(name, mode & S.IFMT, mode & 0o7777, actor);
    if (typeof inode !== "number") inode.rdev = rdev;
    return inode;
  }

  override symlink(name: string, target: string, actor: Actor): TmpInode | number {
    const inode = this.make(name, S.IFLNK, 0o777, actor);
    if (typeof inode === "number") return inode;
    inode.target = target;
    inode.size = target.length;
    return inode;
  }

  override link(name: string, target: Inode): number {
    if (!this.entries || !(target instanceof TmpInode) || target.fs !== this.fs) return -E.XDEV;
    if (this.entries.has(name)) return -E.EXIST;
    target.nlink++;
    target.ctime = this.fs.environment.now();
    this.add(name, target);
    return 0;
  }

  private remove(name: string, victim: TmpInode): void {
    this.entries!.delete(name);
    this.touch();
    victim.ctime = this.ctime;
    victim.nlink--;
    if (victim.type === S.IFDIR) {
      victim.nlink = 0;
      this.nlink--;
    }
    victim.dropUnused();
  }

  override unlink(name: string): number {
    const victim = this.entries?.get(name);
    if (!victim) return -E.NOENT;
    this.remove(name, victim);
    return 0;
  }

  override rmdir(name: string): number {
    const victim = this.entries?.get(name);
    if (!victim) return -E.NOENT;
    if (!victim.entries) return -E.NOTDIR;
    if (victim.entries.size > 0) return -E.NOTEMPTY;
    this.remove(name, victim);
    return 0;
  }

  override rename(name: string, newDirectory: Inode, newName: string, flags: number): number {
    if (!(newDirectory instanceof TmpInode) || newDirectory.fs !== this.fs || !newDirectory.entries) return -E.XDEV;
    const source = this.entries?.get(name);
    if (!source) return -E.NOENT;
    const victim = newDirectory.entries.get(newName);
    const directory = (inode: TmpInode) => (inode.type === S.IFDIR ? 1 : 0);
    if (flags & RENAME.EXCHANGE) {
      if (!victim) return -E.NOENT;
      this.entries!.set(name, victim);
      newDirectory.entries.set(newName, source);
      this.nlink += directory(victim) - directory(source);
      newDirectory.nlink += directory(source) - directory(victim);
    } else {
      if (victim === source) return 0;
      if (victim?.entries && victim.entries.size > 0) return -E.NOTEMPTY;
      if (victim) newDirectory.remove(newName, victim);
      this.entries!.delete(name);
      this.nlink -= directory(source);
      newDirectory.add(newName, source);
    }
    this.touch();
    newDirectory.touch();
    source.ctime = this.ctime;
    return 0;
  }

  override readlink(): string | number {
    return this.type === S.IFLNK ? this.target : -E.INVAL;
  }

  override open(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
    if (this.type === S.IFCHR || this.type === S.IFBLK) return this.fs.openDevice?.(this.rdev, flags, path, caller) ?? -E.NXIO;
    if (this.type !== S.IFREG) return -E.NXIO;
    if (flags & O.TRUNC) this.truncate(0);
    return new TmpFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, this);
  }

  override setattr(change: AttributeChange): number {
    if (change.mode !== undefined && this.type === S.IFLNK) return -E.OPNOTSUPP;
    if (change.mode !== undefined) this.mode = change.mode;
    if (change.uid !== undefined) this.uid = change.uid;
    if (change.gid !== undefined) this.gid = change.gid;
    if (change.atime) this.atime = change.atime;
    if (change.mtime) this.mtime = change.mtime;
    this.ctime = this.fs.environment.now();
    return 0;
  }

  override truncate(size: number): number {
    if (this.type === S.IFDIR) return -E.ISDIR;
    if (this.type !== S.IFREG) return -E.INVAL;
    if (size > MAX_FILE) return -E.FBIG;
    if (size < this.size && this.seals & SEAL.SHRINK) return -E.PERM;
    if (size > this.size && this.seals & SEAL.GROW) return -E.PERM;
    if (size < this.size) this.zero(size, this.size);
    this.size = size;
    this.touch();
    this.mapping?.resized();
    return 0;
  }

  /** Empties a range: whole pieces go, parts become zeros. */
  zero(start: number, end: number): void {
    for (let at = start; at < end; ) {
      const index = Math.floor(at / PIECE), from = at % PIECE, to = Math.min(PIECE, from + end - at);
      const piece = this.pieces[index];
      // Nothing behind the file's end is ever anything but zero, so a piece may go when its tail lies there.
      if (piece && from === 0 && (to === PIECE || at + to >= this.size)) {
        this.pieces[index] = undefined;
        this.fs.used -= PIECE;
      } else piece?.fill(0, from, to);
      at += to - from;
    }
    if (end >= this.size) this.pieces.length = Math.min(this.pieces.length, Math.ceil(start / PIECE));
  }

  readAt(offset: number, into: Uint8Array): number {
    const count = Math.max(0, Math.min(into.length, this.size - offset));
    for (let done = 0; done < count; ) {
      const at = offset + done, from = at % PIECE, length = Math.min(count - done, PIECE - from);
      const piece = this.pieces[Math.floor(at / PIECE)];
      if (piece) into.set(piece.subarray(from, from + length), done);
      else into.fill(0, done, done + length);
      done += length;
    }
    return count;
  }

  writeAt(offset: number, bytes: Uint8Array): number {
    if (this.seals & (SEAL.WRITE | SEAL.FUTURE_WRITE)) return -E.PERM;
    if (offset + bytes.length > MAX_FILE) return -E.FBIG;
    let end = offset + bytes.length;
    if (this.seals & SEAL.GROW && end > this.size) {
      end = this.size;
      if (end <= offset) return -E.PERM;
    }
    let done = 0;
    while (offset + done < end) {
      const at = offset + done, from = at % PIECE, length = Math.min(end - at, PIECE - from);
      const piece = this.piece(Math.floor(at / PIECE));
      if (!piece) break;
      piece.set(bytes.subarray(done, done + length), from);
      done += length;
    }
    if (done === 0 && end > offset) return -E.NOSPC;
    if (offset + done > this.size) this.size = offset + done;
    this.touch();
    return done;
  }

  private piece(index: number): Uint8Array | undefined {
    const piece = this.pieces[index];
    if (piece) return piece;
    if (this.fs.used + PIECE > this.fs.limit) return undefined;
    this.fs.used += PIECE;
    while (this.pieces.length < index) this.pieces.push(undefined);
    return (this.pieces[index] = new Uint8Array(PIECE));
  }

  /** Makes room, fallocate(2). */
  reserve(start: number, end: number): number {
    if (end - start > this.fs.limit - this.fs.used) return -E.NOSPC;
    if (end - start > RESERVE) return 0; // there is room; taking it now would cost as much as using it
    for (let at = start; at < end; at = (Math.floor(at / PIECE) + 1) * PIECE) if (!this.piece(Math.floor(at / PIECE))) return -E.NOSPC;
    return 0;
  }

  seekData(offset: number, hole: boolean): number {
    if (offset >= this.size) return -E.NXIO;
    for (let at = offset; at < this.size; at = (Math.floor(at / PIECE) + 1) * PIECE) {
      if ((this.pieces[Math.floor(at / PIECE)] === undefined) === hole) return at;
    }
    return hole ? this.size : -E.NXIO;
  }

  dropUnused(): void {
    if (this.nlink === 0 && this.opens === 0 && this.type === S.IFREG) this.zero(0, this.size);
  }

  override getxattr(name: string): Uint8Array | number {
    if (!/^(user|trusted|security)\./.test(name)) return -E.OPNOTSUPP;
    return this.attributes.get(name) ?? -E.NODATA;
  }

  override setxattr(name: string, value: Uint8Array, flags: number): number {
    if (!/^(user|trusted|security)\../.test(name)) return -E.OPNOTSUPP;
    if (name.startsWith("user.") && this.type !== S.IFREG && this.type !== S.IFDIR) return -E.PERM;
    if (flags & 1 && this.attributes.has(name)) return -E.EXIST;
    if (flags & 2 && !this.attributes.has(name)) return -E.NODATA;
    this.attributes.set(name, value.slice());
    this.ctime = this.fs.environment.now();
    return 0;
  }

  override listxattr(): string[] | number {
    return [...this.attributes.keys()];
  }

  override removexattr(name: string): number {
    return this.attributes.delete(name) ? 0 : -E.NODATA;
  }
}

/** An open file in memory; also what memfd_create answers. */
export class TmpFile extends RegularFile {
  readonly file: TmpInode;

  constructor(flags: number, path: PathRef, inode: TmpInode) {
    super(flags, path);
    this.file = inode;
    inode.opens++;
  }

  override size(): number {
    return this.file.size;
  }

  override readAt(offset: number, into: Uint8Array): number {
    this.file.mapping?.beforeRead();
    return this.file.readAt(offset, into);
  }

  override writeAt(offset: number, from: Uint8Array): number {
    const { mapping } = this.file;
    const at = this.flags & O.APPEND ? this.file.size : offset;
    mapping?.beforeWrite(at, from.length);
    const count = this.file.writeAt(at, from);
    if (count > 0) mapping?.afterWrite(at, count);
    return count;
  }

  override seekData(offset: number, hole: boolean): number {
    return this.file.seekData(offset, hole);
  }

  override truncate(size: number): number {
    return this.file.truncate(size);
  }

  override allocate(mode: number, offset: number, length: number): number {
    const { file } = this, end = offset + length;
    if (mode & ~(FALLOC.KEEP_SIZE | FALLOC.PUNCH_HOLE)) return -E.OPNOTSUPP;
    if (mode & FALLOC.PUNCH_HOLE) {
      if (!(mode & FALLOC.KEEP_SIZE)) return -E.OPNOTSUPP;
      if (file.seals & (SEAL.WRITE | SEAL.FUTURE_WRITE)) return -E.PERM;
      file.zero(offset, Math.min(end, Math.ceil(file.size / PIECE) * PIECE));
      return 0;
    }
    if (file.seals & SEAL.GROW && end > file.size) return -E.PERM;
    const error = file.reserve(offset, end);
    if (error < 0) return error;
    return !(mode & FALLOC.KEEP_SIZE) && end > file.size ? file.truncate(end) : 0;
  }

  override sync(): number {
    return 0;
  }

  protected override release(): void {
    this.file.opens--;
    this.file.dropUnused();
  }
}
