// Back end: a writable directory over one that stays as it is, mount(8)'s overlay. What is changed is first copied up; a name that is
// removed leaves a whiteout in the upper directory: an empty file ".wh.NAME", and ".wh..wh..opq" in a directory that hides what is below
// it (the form that container images use, since devices cannot be made without privileges). Directories from below cannot be renamed
// (EXDEV: mv(1) copies then), as on Linux without redirect_dir.

import { E } from "../errno.ts";
import { O, RENAME, S } from "./constants.ts";
import type { OpenFile } from "./file.ts";
import { Dentry, dropDentry, genericPermission, Inode, lookupChild, moveDentry } from "./inode.ts";
import type { Actor, AttributeChange, Caller, DirectoryEntry, FileSystem, Stat, StatFs } from "./inode.ts";
import { namelessPlace } from "./state.ts";
import type { PathRef } from "./state.ts";
import { anonymousDevice } from "./tmpfs.ts";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
const COPY = 1 << 20;
const ROOT: Actor = { uid: 0, gid: 0, fsuid: 0, fsgid: 0, groups: [] };

/** The root of an overlay of two directories. */
export function overlayRoot(lower: Inode, upper: Inode): Inode {
  const dentry = (inode: Inode): Dentry => {
    const made = new Dentry(undefined, "", inode);
    inode.attach(made);
    return made;
  };
  const fs: FileSystem = { type: "overlay", dev: anonymousDevice(), statfs: (): StatFs | number => upper.fs.statfs(upper) };
  return new OverlayInode(fs, undefined, dentry(upper), dentry(lower));
}

class OverlayInode extends Inode {
  private readonly parent: OverlayInode | undefined;
  private place: Dentry | undefined = undefined;
  /** The same file in the layers. What is in `upper` counts; directories may have both. */
  upper: Dentry | undefined;
  readonly lower: Dentry | undefined;

  constructor(fs: FileSystem, parent: OverlayInode | undefined, upper: Dentry | undefined, lower: Dentry | undefined) {
    super(fs, ((upper ?? lower) as Dentry).inode.type);
    this.parent = parent;
    this.upper = upper;
    this.lower = lower;
  }

  private get top(): Inode {
    return ((this.upper ?? this.lower) as Dentry).inode;
  }

  /** The name may have changed since the lookup. */
  private get name(): string {
    return this.place?.name ?? ((this.upper ?? this.lower) as Dentry).name;
  }

  override attach(dentry: Dentry): void {
    this.place = dentry;
  }

  override get key(): string {
    return `o${this.fs.dev}:${this.lower?.inode.key ?? this.top.key}`;
  }

  override stat(): Stat | number {
    return this.top.stat();
  }

  override permission(mask: number, actor: Actor): number {
    if (this.upper) return this.upper.inode.permission(mask, actor);
    const stat = this.stat();
    return typeof stat === "number" ? stat : genericPermission(stat, mask, actor);
  }

  override get isNamedPipe(): boolean {
    return this.top.isNamedPipe;
  }

  // -- reading ------------------------------------------------------------------------------------------------------------------------

  private has(layer: Dentry | undefined, name: string, caller: Caller | undefined): Dentry | undefined {
    const found = layer && lookupChild(layer, name, caller);
    return typeof found === "object" ? found : undefined;
  }

  private hidden(name: string, caller: Caller | undefined): boolean {
    return this.has(this.upper, WHITEOUT + name, caller) !== undefined || this.has(this.upper, OPAQUE, caller) !== undefined;
  }

  override lookup(name: string, cached: Inode | undefined, caller: Caller | undefined): Inode | number {
    if (!this.isDirectory) return -E.NOTDIR;
    if (name.startsWith(WHITEOUT)) return -E.NOENT;
    const upper = this.has(this.upper, name, caller);
    let lower: Dentry | undefined;
    if (!upper || upper.inode.isDirectory) {
      if (!this.hidden(name, caller)) lower = this.has(this.lower, name, caller);
      if (upper && lower && !lower.inode.isDirectory) lower = undefined;
    }
    if (!upper && !lower) return -E.NOENT;
    const same = cached instanceof OverlayInode && cached.upper?.inode === upper?.inode && (cached.upper ? true : cached.lower?.inode.key === lower?.inode.key);
    return same ? cached : new OverlayInode(this.fs, this, upper, lower);
  }

  override readdir(caller: Caller | undefined): DirectoryEntry[] | number {
    const above = this.upper ? this.upper.inode.readdir(caller) : [];
    if (typeof above === "number") return above;
    const names = new Set(above.map((entry) => entry.name));
    const entries = above.filter((entry) => !entry.name.startsWith(WHITEOUT));
    if (!this.lower || names.has(OPAQUE)) return entries;
    const below = this.lower.inode.readdir(caller);
    if (typeof below === "number") return below;
    return [...entries, ...below.filter((entry) => !names.has(entry.name) && !names.has(WHITEOUT + entry.name))];
  }

  override readlink(caller: Caller | undefined): string | number {
    return this.top.readlink(caller);
  }

  override open(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
    if (this.type === S.IFREG && ((flags & O.ACCMODE) !== O.RDONLY || flags & O.TRUNC)) {
      const failed = this.copyUp(caller, (flags & O.TRUNC) === 0);
      if (failed < 0) return failed;
    }
    return this.top.open(flags, path, caller);
  }

  // -- copying up ---------------------------------------------------------------------------------------------------------------------

  /** Makes the file one of the upper directory, with its contents and attributes: 0 or a negative errno. */
  copyUp(caller: Caller | undefined, contents = true): number {
    if (this.upper) return 0;
    const { parent } = this;
    const source = this.lower?.inode;
    if (!parent || !source) return -E.ROFS;
    const failed = parent.copyUp(caller);
    if (failed < 0) return failed;
    const directory = parent.upper as Dentry;
    const stat = source.stat();
    if (typeof stat === "number") return stat;
    const mode = stat.mode & 0o7777;
    const { name } = this;
    let made: Inode | number;
    if (source.isDirectory) made = directory.inode.mkdir(name, mode, ROOT);
    else if (source.isSymlink) {
      const target = source.readlink(caller);
      made = typeof target === "number" ? target : directory.inode.symlink(name, target, ROOT);
    } else if (source.type === S.IFREG) made = this.copyFile(directory, name, source, mode, contents, caller);
    else made = directory.inode.mknod(name, stat.mode, stat.rdev, ROOT);
    if (typeof made === "number") return made;
    const found = lookupChild(directory, name, caller);
    if (typeof found === "number") return found;
    found.inode.setattr({ uid: stat.uid, gid: stat.gid });
    if (!source.isSymlink) found.inode.setattr({ mode });
    found.inode.setattr({ atime: stat.atime, mtime: stat.mtime });
    this.upper = found;
    return 0;
  }

  private copyFile(directory: Dentry, name: string, source: Inode, mode: number, contents: boolean, caller: Caller | undefined): Inode | number {
    const inode = directory.inode.create(name, 0o600 | mode, ROOT, O.RDWR | O.CREAT);
    if (typeof inode === "number") return inode;
    const to = inode.open(O.RDWR, namelessPlace(inode, name), caller);
    if (typeof to === "number") return to;
    const from = source.open(O.RDONLY, namelessPlace(source, name), caller);
    if (typeof from === "number") {
      to.unref();
      return from;
    }
    let failed = 0;
    const buffer = new Uint8Array(COPY);
    for (let at = 0; contents && failed >= 0; ) {
      const count = from.readAt(at, buffer);
      if (count <= 0) {
        failed = count;
        break;
      }
      for (let done = 0; done < count && failed >= 0; ) {
        const put = to.writeAt(at + done, buffer.subarray(done, count));
        if (put < 0) failed = put;
        else done += put;
      }
      at += count;
    }
    from.unref();
    to.unref();
    if (failed < 0) directory.inode.unlink(name, inode);
    return failed < 0 ? failed : inode;
  }

  // -- names --------------------------------------------------------------------------------------------------------------------------

  /** Makes a name in the upper directory; a whiteout there goes, and a new directory hides the one that the whiteout hid. */
  private make(name: string, action: (directory: Inode) => Inode | number): Inode | number {
    if (name.startsWith(WHITEOUT)) return -E.INVAL;
    const failed = this.copyUp(undefined);
    if (failed < 0) return failed;
    const directory = this.upper as Dentry;
    const whiteout = this.has(directory, WHITEOUT + name, undefined);
    const made = action(directory.inode);
    if (typeof made === "number") return made;
    if (whiteout) this.dropFrom(directory, whiteout);
    const dentry = new Dentry(directory, name, made);
    made.attach(dentry);
    if (whiteout && made.isDirectory) this.mark(dentry, OPAQUE);
    return new OverlayInode(this.fs, this, dentry, undefined);
  }

  private dropFrom(directory: Dentry, child: Dentry): number {
    const result = directory.inode.unlink(child.name, child.inode);
    if (result === 0) dropDentry(child);
    return result;
  }

  /** An empty file with a meaning. */
  private mark(directory: Dentry, name: string): number {
    const made = directory.inode.mknod(name, S.IFREG | 0o600, 0, ROOT);
    return typeof made === "number" && made !== -E.EXIST ? made : 0;
  }

  override create(name: string, mode: number, actor: Actor, flags: number): Inode | number {
    return this.make(name, (directory) => directory.create(name, mode, actor, flags));
  }
  override createUnnamed(mode: number, actor: Actor): Inode | number {
    const failed = this.copyUp(undefined);
    return failed < 0 ? failed : (this.upper as Dentry).inode.createUnnamed(mode, actor);
  }
  override mkdir(name: string, mode: number, actor: Actor): Inode | number {
    return this.make(name, (directory) => directory.mkdir(name, mode, actor));
  }
  override mknod(name: string, mode: number, rdev: number, actor: Actor): Inode | number {
    return this.make(name, (directory) => directory.mknod(name, mode, rdev, actor));
  }
  override symlink(name: string, target: string, actor: Actor): Inode | number {
    return this.make(name, (directory) => directory.symlink(name, target, actor));
  }

  override link(name: string, target: Inode): number {
    if (!(target instanceof OverlayInode)) return -E.XDEV;
    const failed = target.copyUp(undefined);
    if (failed < 0) return failed;
    const source = (target.upper as Dentry).inode;
    const made = this.make(name, (directory) => directory.link(name, source) || source);
    if (typeof made === "number") return made;
    source.attach(target.upper as Dentry);
    return 0;
  }

  private remove(name: string, victim: Inode, action: (directory: Inode, inner: Inode) => number): number {
    if (!(victim instanceof OverlayInode)) return -E.XDEV;
    const below = !this.has(this.upper, OPAQUE, undefined) && this.has(this.lower, name, undefined) !== undefined;
    const failed = below ? this.copyUp(undefined) : 0;
    if (failed < 0) return failed;
    if (victim.upper) {
      const directory = this.upper as Dentry;
      const result = action(directory.inode, victim.upper.inode);
      if (result < 0) return result;
      dropDentry(victim.upper);
    }
    return below ? this.mark(this.upper as Dentry, WHITEOUT + name) : 0;
  }

  override unlink(name: string, victim: Inode): number {
    return this.remove(name, victim, (directory, inner) => directory.unlink(name, inner));
  }

  override rmdir(name: string, victim: Inode): number {
    const left = victim.readdir(undefined);
    if (typeof left === "number") return left;
    if (left.length > 0) return -E.NOTEMPTY;
    return this.remove(name, victim, (directory, inner) => {
      const own = (victim as OverlayInode).upper as Dentry;
      const marks = inner.readdir(undefined);
      for (const entry of typeof marks === "number" ? [] : marks) {
        const mark = lookupChild(own, entry.name, undefined);
        if (typeof mark !== "number") this.dropFrom(own, mark);
      }
      return directory.rmdir(name, inner);
    });
  }

  override rename(name: string, newDirectory: Inode, newName: string, flags: number): number {
    if (!(newDirectory instanceof OverlayInode) || newName.startsWith(WHITEOUT)) return -E.XDEV;
    const source = this.lookup(name, undefined, undefined), target = newDirectory.lookup(newName, undefined, undefined);
    if (!(source instanceof OverlayInode)) return source as number;
    if (source.isDirectory && source.lower) return -E.XDEV;
    if (flags & RENAME.EXCHANGE) return target instanceof OverlayInode ? this.exchange(source, newDirectory, target) : (target as number);
    const failed = source.copyUp(undefined) || newDirectory.copyUp(undefined);
    if (failed < 0) return failed;
    if (target instanceof OverlayInode) {
      const gone = target.isDirectory ? newDirectory.rmdir(newName, target) : target.upper ? 0 : newDirectory.unlink(newName, target);
      if (gone < 0) return gone;
    }
    const moved = source.upper as Dentry, to = newDirectory.upper as Dentry;
    const whiteout = this.has(to, WHITEOUT + newName, undefined);
    const result = (this.upper as Dentry).inode.rename(name, to.inode, newName, 0);
    if (result < 0) return result;
    if (whiteout) {
      newDirectory.dropFrom(to, whiteout);
      if (source.isDirectory) this.mark(moved, OPAQUE);
    } else if (target instanceof OverlayInode && target.lower && !target.isDirectory) target.upper = undefined;
    moveDentry(moved, to, newName);
    const below = !this.has(this.upper, OPAQUE, undefined) && this.has(this.lower, name, undefined) !== undefined;
    return below ? this.mark(this.upper as Dentry, WHITEOUT + name) : 0;
  }

  /** RENAME_EXCHANGE: both are in the upper directory first, so both names stay taken there. */
  private exchange(source: OverlayInode, directory: OverlayInode, target: OverlayInode): number {
    if (target.isDirectory && target.lower) return -E.XDEV;
    const failed = source.copyUp(undefined) || target.copyUp(undefined);
    if (failed < 0) return failed;
    const one = source.upper as Dentry, other = target.upper as Dentry, to = directory.upper as Dentry, from = this.upper as Dentry;
    const [name, newName] = [one.name, other.name];
    const result = from.inode.rename(name, to.inode, newName, RENAME.EXCHANGE);
    if (result < 0) return result;
    for (const [dentry, parent, called] of [[one, to, newName], [other, from, name]] as const) {
      dropDentry(dentry);
      dentry.deleted = false;
      dentry.parent = parent;
      dentry.name = called;
    }
    return 0;
  }

  // -- attributes ---------------------------------------------------------------------------------------------------------------------

  private onUpper(action: (inode: Inode) => number, contents = true): number {
    const failed = this.copyUp(undefined, contents);
    return failed < 0 ? failed : action((this.upper as Dentry).inode);
  }

  override truncate(size: number): number {
    return this.onUpper((inode) => inode.truncate(size), size > 0);
  }
  override setattr(change: AttributeChange): number {
    return this.onUpper((inode) => inode.setattr(change));
  }
  override getxattr(name: string): Uint8Array | number {
    return this.top.getxattr(name);
  }
  override listxattr(): string[] | number {
    return this.top.listxattr();
  }
  override setxattr(name: string, value: Uint8Array, flags: number): number {
    return this.onUpper((inode) => inode.setxattr(name, value, flags));
  }
  override removexattr(name: string): number {
    return this.onUpper((inode) => inode.removexattr(name));
  }
}
