// Inodes, dentries and what a file system must answer. An Inode is one file object of one back end (hostfs.ts, tmpfs.ts,
// devfs.ts, procfs.ts); a Dentry is its name in a directory; walk.ts turns paths into dentries. See inode(7), path_resolution(7).
//
// Names and paths are byte strings: JavaScript strings whose characters are bytes (latin1), as Linux names are bytes.
// Every operation answers a value, or a negative errno number.

import { E } from "../errno.ts";
import { MAY, S } from "./constants.ts";
import type { OpenFile } from "./file.ts";
import type { FileTable, FsState, Mount, PathRef } from "./state.ts";

export interface Time {
  readonly sec: number;
  readonly nsec: number;
}

/** What stat(2) tells. `dev` and `rdev` are encoded by makedev. */
export interface Stat {
  dev: number;
  ino: number;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  rdev: number;
  size: number;
  blksize: number;
  blocks: number;
  atime: Time;
  mtime: Time;
  ctime: Time;
  btime: Time | undefined;
}

export interface StatFs {
  type: number;
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
  files: number;
  ffree: number;
  fsid: number;
  namelen: number;
}

/** Attributes to change; what is absent stays. */
export interface AttributeChange {
  mode?: number;
  uid?: number;
  gid?: number;
  atime?: Time;
  mtime?: Time;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly ino: number;
  /** S_IF bits of the entry's type; 0 unknown. */
  readonly type: number;
}

/** Who acts, for permission checks; the process's Credentials fit. */
export interface Actor {
  readonly uid: number;
  readonly gid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
}

/** What the file layer needs to know of the thread that calls; Thread fits. */
export interface Caller {
  readonly tid: number;
  readonly process: { readonly pid: number; readonly credentials: Actor; readonly fs: FsState; readonly files: FileTable };
}

/** What back ends need from the kernel. */
export interface FsEnvironment {
  readonly now: () => Time;
  readonly random: (bytes: Uint8Array) => void;
}

export interface FileSystem {
  /** As /proc/mounts and statfs(2) call it: "tmpfs", "proc", "ext4". */
  readonly type: string;
  /** Names stay valid without asking the back end again (nobody else changes it). */
  readonly dev: number;
  statfs(inode: Inode): StatFs | number;
}

/** Told of reads and changes of a file's bytes while memory maps it; see ../mapfile.ts. */
export interface MappedInode {
  beforeRead(): void;
  beforeWrite(offset: number, length: number): void;
  afterWrite(offset: number, length: number): void;
  resized(): void;
}

export abstract class Inode {
  /** Set while the file is mapped: back ends of regular files tell it what happens. */
  mapping: MappedInode | undefined = undefined;
  readonly fs: FileSystem;
  /** S_IF bits. */
  readonly type: number;

  constructor(fs: FileSystem, type: number) {
    this.fs = fs;
    this.type = type;
  }

  /** Names the file object: equal keys, same file. Keys futexes, locks and named pipes. */
  abstract get key(): string;
  abstract stat(): Stat | number;

  get isDirectory(): boolean {
    return this.type === S.IFDIR;
  }

  get isSymlink(): boolean {
    return this.type === S.IFLNK;
  }

  /** A FIFO of the file system, whose contents the kernel keeps (pipe.ts). */
  get isNamedPipe(): boolean {
    return this.type === S.IFIFO;
  }

  /** The inode now behind `name`. Answers `cached` itself when that is still the one. */
  lookup(_name: string, _cached: Inode | undefined, _caller: Caller | undefined): Inode | number {
    return -E.NOTDIR;
  }

  /** Called once the inode stands at a dentry. */
  attach(_dentry: Dentry): void {}

  /** Entries without "." and "..". */
  readdir(_caller: Caller | undefined): DirectoryEntry[] | number {
    return -E.NOTDIR;
  }

  /** Makes a regular file and, where the back end must, holds it open for the `open` that follows. */
  create(_name: string, _mode: number, _actor: Actor, _flags: number): Inode | number {
    return this.isDirectory ? -E.ACCES : -E.NOTDIR;
  }
  /** An unnamed regular file, O_TMPFILE. */
  createUnnamed(_mode: number, _actor: Actor): Inode | number {
    return -E.OPNOTSUPP;
  }
  mkdir(_name: string, _mode: number, _actor: Actor): Inode | number {
    return -E.PERM;
  }
  /** `mode` includes the type: S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK. */
  mknod(_name: string, _mode: number, _rdev: number, _actor: Actor): Inode | number {
    return -E.PERM;
  }
  symlink(_name: string, _target: string, _actor: Actor): Inode | number {
    return -E.PERM;
  }
  link(_name: string, _target: Inode): number {
    return -E.PERM;
  }
  unlink(_name: string, _victim: Inode): number {
    return -E.PERM;
  }
  rmdir(_name: string, _victim: Inode): number {
    return -E.PERM;
  }
  rename(_name: string, _newDirectory: Inode, _newName: string, _flags: number): number {
    return -E.PERM;
  }
  /** Target of a symbolic link. */
  readlink(_caller: Caller | undefined): string | number {
    return -E.INVAL;
  }
  /** Where a magic link leads without its text being read (/proc/PID/exe, fd/N); undefined for ordinary links. */
  follow(_caller: Caller | undefined): PathRef | number | undefined {
    return undefined;
  }
  /** A new open description. The type and permissions have been checked. */
  open(_flags: number, _path: PathRef, _caller: Caller | undefined): OpenFile | number {
    return -E.NXIO;
  }
  truncate(_size: number): number {
    return this.isDirectory ? -E.ISDIR : -E.INVAL;
  }
  setattr(_change: AttributeChange): number {
    return -E.PERM;
  }
  getxattr(_name: string): Uint8Array | number {
    return -E.OPNOTSUPP;
  }
  setxattr(_name: string, _value: Uint8Array, _flags: number): number {
    return -E.OPNOTSUPP;
  }
  listxattr(): string[] | number {
    return -E.OPNOTSUPP;
  }
  removexattr(_name: string): number {
    return -E.OPNOTSUPP;
  }
  /** A path may go through this directory. Back ends whose host checks by itself need not. */
  searchable(actor: Actor): number {
    return this.permission(MAY.EXEC, actor);
  }
  /** Checks MAY bits; 0 or -EACCES. */
  permission(mask: number, actor: Actor): number {
    const stat = this.stat();
    return typeof stat === "number" ? stat : genericPermission(stat, mask, actor);
  }
}

/** True when the actor belongs to the group. */
export function inGroup(actor: Actor, gid: number): boolean {
  return actor.fsgid === gid || actor.groups.includes(gid);
}

/** The owner/group/others rules, with the superuser's exception (CAP_DAC_OVERRIDE). */
export function genericPermission(stat: Stat, mask: number, actor: Actor): number {
  if (actor.fsuid === 0) {
    const executable = (stat.mode & 0o111) !== 0 || (stat.mode & S.IFMT) === S.IFDIR;
    return mask & MAY.EXEC && !executable ? -E.ACCES : 0;
  }
  const shift = actor.fsuid === stat.uid ? 6 : inGroup(actor, stat.gid) ? 3 : 0;
  return mask & ~(stat.mode >> shift) & 7 ? -E.ACCES : 0;
}

/**
 * A name in a directory. Directories, mount points and open files are kept in their parent's `children`, so that a
 * directory has one dentry (".." and getcwd follow renames); other dentries live as long as someone looks at them.
 */
export class Dentry {
  parent: Dentry | undefined;
  name: string;
  readonly inode: Inode;
  children: Map<string, Dentry> | undefined = undefined;
  /** Mounts whose mount point this is. */
  mounts: Mount[] | undefined = undefined;
  /** Open descriptions that hold the dentry. */
  pins = 0;
  deleted = false;

  constructor(parent: Dentry | undefined, name: string, inode: Inode) {
    this.parent = parent;
    this.name = name;
    this.inode = inode;
  }
}

function keep(dentry: Dentry): void {
  const parent = dentry.parent;
  if (!parent || dentry.deleted) return;
  parent.children ??= new Map();
  parent.children.set(dentry.name, dentry);
}

/** Forgets a dentry whose name is gone. */
export function dropDentry(dentry: Dentry): void {
  dentry.deleted = true;
  if (dentry.parent?.children?.get(dentry.name) === dentry) dentry.parent.children.delete(dentry.name);
}

/** Finds a name in a directory, asking the back end. "." and ".." are the caller's affair. */
export function lookupChild(parent: Dentry, name: string, caller: Caller | undefined): Dentry | number {
  const cached = parent.children?.get(name);
  if (cached?.mounts) return cached;
  if (parent.deleted) return -E.NOENT;
  const inode = parent.inode.lookup(name, cached?.inode, caller);
  if (typeof inode === "number") {
    if (cached && inode === -E.NOENT) dropDentry(cached);
    return inode;
  }
  if (cached) {
    if (cached.inode === inode) return cached;
    dropDentry(cached);
  }
  const dentry = new Dentry(parent, name, inode);
  inode.attach(dentry);
  if (inode.isDirectory) keep(dentry);
  return dentry;
}

/** Keeps the dentry of an open file known to its directory, so that renames reach it. */
export function pinDentry(dentry: Dentry): void {
  dentry.pins++;
  if (dentry.pins === 1) keep(dentry);
}

export function unpinDentry(dentry: Dentry): void {
  dentry.pins--;
  if (dentry.pins > 0 || dentry.mounts || dentry.inode.isDirectory) return;
  if (dentry.parent?.children?.get(dentry.name) === dentry) dentry.parent.children.delete(dentry.name);
}

/** Keeps a dentry for good: a mount point. */
export function keepDentry(dentry: Dentry): void {
  keep(dentry);
}

/** Counts renames of cached dentries: paths computed before the last one may be stale. */
export const renames = { count: 0 };

/** Gives a dentry its new place after the back end has renamed it. */
export function moveDentry(dentry: Dentry, newParent: Dentry, newName: string): void {
  const old = dentry.parent?.children;
  const cached = old?.get(dentry.name) === dentry;
  if (cached) old?.delete(dentry.name);
  dentry.parent = newParent;
  dentry.name = newName;
  if (cached) keep(dentry);
  renames.count++;
}
