// Back end: /proc, proc(5), and the few files of /sys that programs read. Nodes are made when looked at; a file's text is made when
// it is read from the start. What stands in the files of one process is in proc-process.ts, of the system in proc-system.ts.

import { E } from "../errno.ts";
import { O, S } from "./constants.ts";
import { RegularFile } from "./file.ts";
import type { OpenFile } from "./file.ts";
import { genericPermission, Inode } from "./inode.ts";
import type { Actor, Caller, DirectoryEntry, FileSystem, FsEnvironment, Stat, StatFs } from "./inode.ts";
import type { PathRef } from "./state.ts";
import { anonymousDevice } from "./tmpfs.ts";

/** A node of a generated tree. */
export type Node = DirectoryNode | FileNode | LinkNode;

interface Common {
  readonly mode: number;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

export interface DirectoryNode extends Common {
  readonly kind: "directory";
  list(caller: Caller | undefined): readonly string[];
  find(name: string, caller: Caller | undefined): Node | undefined;
}

export interface FileNode extends Common {
  readonly kind: "file";
  /** The contents, or a negative errno. */
  text(caller: Caller | undefined): string | Uint8Array | number;
  /** Bytes taken or a negative errno; absent: not writable. */
  write?(text: string): number;
}

export interface LinkNode extends Common {
  readonly kind: "link";
  target(caller: Caller | undefined): string | number;
  /** A magic link's place. */
  place?(caller: Caller | undefined): PathRef | number;
}

/** A directory with fixed entries. Most are never looked into, so those of a tree are given by a function, which is asked once. */
export function directory(entries: Readonly<Record<string, Node>> | (() => Readonly<Record<string, Node>>), more: Partial<Common> = {}): DirectoryNode {
  let made = typeof entries === "function" ? undefined : entries;
  const all = () => (made ??= (entries as () => Readonly<Record<string, Node>>)());
  return {
    kind: "directory", mode: more.mode ?? 0o555, uid: more.uid, gid: more.gid,
    list: () => Object.keys(all()),
    find: (name) => (Object.hasOwn(all(), name) ? all()[name] : undefined),
  };
}

export function file(text: (caller: Caller | undefined) => string | Uint8Array | number, more: Partial<FileNode> = {}): FileNode {
  return { kind: "file", mode: 0o444, text, ...more };
}

export function link(target: (caller: Caller | undefined) => string | number, place?: LinkNode["place"], more: Partial<Common> = {}): LinkNode {
  return { kind: "link", mode: 0o777, target, place, ...more };
}

interface GeneratedFs extends FileSystem {
  readonly environment: FsEnvironment;
}

/** Makes a file system from a tree of nodes. */
export function generatedFs(environment: FsEnvironment, type: string, magic: number, root: DirectoryNode): Inode {
  const fs: GeneratedFs = {
    type, dev: anonymousDevice(), environment,
    statfs: (): StatFs => ({ type: magic, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 0, namelen: 255 }),
  };
  return new GeneratedInode(fs, root, "");
}

const TYPES = { directory: S.IFDIR, file: S.IFREG, link: S.IFLNK } as const;

/** Inode numbers from paths: the same node always has the same one. */
function pathIno(path: string): number {
  if (path === "") return 1;
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return (hash >>> 0) + 2;
}

class GeneratedInode extends Inode {
  declare readonly fs: GeneratedFs;
  readonly node: Node;
  private readonly path: string;

  constructor(fs: GeneratedFs, node: Node, path: string) {
    super(fs, TYPES[node.kind]);
    this.node = node;
    this.path = path;
  }

  override get key(): string {
    return `${this.fs.dev}:${this.path}`;
  }

  override stat(): Stat {
    const now = this.fs.environment.now();
    return {
      dev: this.fs.dev, ino: pathIno(this.path), mode: this.type | this.node.mode, nlink: this.isDirectory ? 2 : 1, uid: this.node.uid ?? 0,
      gid: this.node.gid ?? 0, rdev: 0, size: this.isSymlink && this.node.mode !== 0o777 ? 64 : 0, blksize: 1024, blocks: 0,
      atime: now, mtime: now, ctime: now, btime: undefined,
    };
  }

  override permission(mask: number, actor: Actor): number {
    return genericPermission(this.stat(), mask, actor);
  }

  override lookup(name: string, cached: Inode | undefined, caller: Caller | undefined): Inode | number {
    if (this.node.kind !== "directory") return -E.NOTDIR;
    const node = this.node.find(name, caller);
    if (!node) return -E.NOENT;
    // A node that has the same name may be another one by now (a process id used again).
    if (cached instanceof GeneratedInode && cached.node === node) return cached;
    return new GeneratedInode(this.fs, node, `${this.path}/${name}`);
  }

  override readdir(caller: Caller | undefined): DirectoryEntry[] | number {
    const { node } = this;
    if (node.kind !== "directory") return -E.NOTDIR;
    const entries: DirectoryEntry[] = [];
    for (const name of node.list(caller)) {
      const child = node.find(name, caller);
      if (child) entries.push({ name, ino: pathIno(`${this.path}/${name}`), type: TYPES[child.kind] });
    }
    return entries;
  }

  override readlink(caller: Caller | undefined): string | number {
    return this.node.kind === "link" ? this.node.target(caller) : -E.INVAL;
  }

  override follow(caller: Caller | undefined): PathRef | number | undefined {
    return this.node.kind === "link" ? this.node.place?.(caller) : undefined;
  }

  override create(): number {
    return -E.NOENT;
  }

  override open(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
    if (this.node.kind !== "file") return -E.NXIO;
    if ((flags & O.ACCMODE) !== O.RDONLY && !this.node.write) return -E.ACCES;
    return new GeneratedFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, this.node, caller);
  }

  override truncate(): number {
    return 0;
  }
}

class GeneratedFile extends RegularFile {
  private readonly node: FileNode;
  private readonly caller: Caller | undefined;
  private text: Uint8Array | undefined = undefined;

  constructor(flags: number, path: PathRef, node: FileNode, caller: Caller | undefined) {
    super(flags, path);
    this.node = node;
    this.caller = caller;
  }

  override get mappable(): boolean {
    return false;
  }

  private contents(fresh: boolean): Uint8Array | number {
    if (this.text && !fresh) return this.text;
    const made = this.node.text(this.caller);
    if (typeof made === "number") return made;
    if (typeof made !== "string") return (this.text = made);
    const bytes = new Uint8Array(made.length);
    for (let i = 0; i < made.length; i++) bytes[i] = made.charCodeAt(i);
    return (this.text = bytes);
  }

  override size(): number {
    return 0;
  }

  override readAt(offset: number, into: Uint8Array): number {
    const text = this.contents(offset === 0);
    if (typeof text === "number") return text;
    const part = text.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  }

  override writeAt(_offset: number, from: Uint8Array): number {
    return this.node.write?.(String.fromCharCode(...from.slice(0, 4096))) ?? -E.INVAL;
  }

  override truncate(): number {
    return 0;
  }

  override sync(): number {
    return -E.INVAL;
  }
}
