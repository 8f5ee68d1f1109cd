// What programs do with names: open, make, remove, rename, link. ABI-free; the system calls decode their arguments and come here.
// Order of errors follows Linux's fs/namei.c, since programs look at it (EEXIST before EROFS, and so on).

import { E } from "../errno.ts";
import { MAY, O, RENAME, S } from "./constants.ts";
import { DirectoryFile, PathFile } from "./file.ts";
import type { OpenFile } from "./file.ts";
import { Dentry, dropDentry, lookupChild, moveDentry } from "./inode.ts";
import type { Actor, AttributeChange, Caller, Inode, Time } from "./inode.ts";
import type { PathRef } from "./state.ts";
import { IN, linksOf, notices, noticed, tellGone, tellName, tellPlace } from "./notify.ts";
import { openPipeNode } from "./pipe.ts";
import { walkParent, walkPath, walkTarget } from "./walk.ts";
import type { LastStep, WalkOptions } from "./walk.ts";

const actorOf = (caller: Caller): Actor => caller.process.credentials;
const umasked = (caller: Caller, mode: number): number => mode & ~caller.process.fs.umask;

/** open(2). `base` is the directory that a relative path starts from. */
export function openFile(caller: Caller, base: PathRef, path: string, flags: number, mode: number, options: WalkOptions = {}): OpenFile | number {
  if (flags & O.PATH) return openPath(caller, base, path, flags, options);
  if ((flags & O.TMPFILE) === O.TMPFILE) return openUnnamed(caller, base, path, flags, mode, options);
  if ((flags & (O.CREAT | O.DIRECTORY)) === (O.CREAT | O.DIRECTORY)) return -E.INVAL;
  const exclusive = (flags & (O.CREAT | O.EXCL)) === (O.CREAT | O.EXCL);
  const follow = !(flags & O.NOFOLLOW) && !exclusive;
  const target = walkTarget(caller, base, path, follow, options);
  if (typeof target === "number") {
    // A last component with a slash behind it cannot be made by open.
    return target === -E.NOTDIR && flags & O.CREAT && path.endsWith("/") ? -E.ISDIR : target;
  }
  if (target.place) {
    if (exclusive) return -E.EXIST;
    if (flags & O.CREAT && (target.slash || target.place.dentry.inode.isDirectory)) return -E.ISDIR;
    return openPlace(caller, target.place, flags);
  }
  if (!(flags & O.CREAT)) return -E.NOENT;
  if (target.slash) return -E.ISDIR;
  return createAndOpen(caller, target, flags, umasked(caller, mode & 0o7777));
}

function createAndOpen(caller: Caller, last: LastStep, flags: number, mode: number): OpenFile | number {
  const error = mayMake(caller, last.parent);
  if (error < 0) return error;
  const inode = last.parent.dentry.inode.create(last.name, mode, actorOf(caller), flags);
  if (typeof inode === "number") return inode;
  const dentry = new Dentry(last.parent.dentry, last.name, inode);
  inode.attach(dentry);
  if (notices.listener) tellName(last.parent.dentry, last.name, IN.CREATE);
  return noticed(inode.open(flags & ~O.TRUNC, { mount: last.parent.mount, dentry }, caller), 0);
}

/** A new name may be made in the directory. */
function mayMake(caller: Caller, parent: PathRef): number {
  if (parent.dentry.deleted) return -E.NOENT;
  if (parent.mount.flags.readonly) return -E.ROFS;
  return parent.dentry.inode.permission(MAY.WRITE | MAY.EXEC, actorOf(caller));
}

/** Opens what a walk has found. */
export function openPlace(caller: Caller, place: PathRef, flags: number): OpenFile | number {
  const inode = place.dentry.inode;
  const access = flags & O.ACCMODE;
  if (flags & O.DIRECTORY && !inode.isDirectory) return -E.NOTDIR;
  if (inode.isSymlink) return -E.LOOP;
  const writes = access !== O.RDONLY || (flags & O.TRUNC) !== 0;
  if (inode.isDirectory && writes) return -E.ISDIR;
  const mask = (access === O.WRONLY ? 0 : MAY.READ) | (access !== O.RDONLY || flags & O.TRUNC ? MAY.WRITE : 0);
  if (inode.type === S.IFREG && writes && place.mount.flags.readonly) return -E.ROFS;
  if ((inode.type === S.IFCHR || inode.type === S.IFBLK) && place.mount.flags.nodev) return -E.ACCES;
  const denied = inode.permission(mask, actorOf(caller));
  if (denied < 0) return denied;
  if (inode.isDirectory) return noticed(new DirectoryFile(flags, place), 0);
  if (inode.isNamedPipe) return noticed(openPipeNode(inode, flags, place), 0);
  return noticed(inode.open(flags, place, caller), flags & O.TRUNC ? IN.MODIFY : 0);
}

function openPath(caller: Caller, base: PathRef, path: string, flags: number, options: WalkOptions): OpenFile | number {
  const place = walkPath(caller, base, path, !(flags & O.NOFOLLOW), options);
  if (typeof place === "number") return place;
  if (flags & O.DIRECTORY && !place.dentry.inode.isDirectory) return -E.NOTDIR;
  return new PathFile(flags & (O.PATH | O.DIRECTORY | O.NOFOLLOW), place);
}

function openUnnamed(caller: Caller, base: PathRef, path: string, flags: number, mode: number, options: WalkOptions): OpenFile | number {
  if ((flags & O.ACCMODE) === O.RDONLY) return -E.INVAL;
  const directory = walkPath(caller, base, path, !(flags & O.NOFOLLOW), options);
  if (typeof directory === "number") return directory;
  if (!directory.dentry.inode.isDirectory) return -E.NOTDIR;
  const error = mayMake(caller, directory);
  if (error < 0) return error;
  const inode = directory.dentry.inode.createUnnamed(umasked(caller, mode & 0o7777), actorOf(caller));
  if (typeof inode === "number") return inode;
  const dentry = new Dentry(directory.dentry, `#${(inode.stat() as { ino: number }).ino}`, inode);
  dentry.deleted = true;
  return inode.open(flags, { mount: directory.mount, dentry }, caller);
}

/** Resolves to the parent of a name that is to be made; -EEXIST when something is there. */
function placeForNew(caller: Caller, base: PathRef, path: string, directory: boolean): LastStep | number {
  const last = walkParent(caller, base, path);
  if (typeof last === "number") return last;
  if (last.name === "" || last.name === "." || last.name === "..") return -E.EXIST;
  const existing = lookupChild(last.parent.dentry, last.name, caller);
  if (typeof existing !== "number") return -E.EXIST;
  if (existing !== -E.NOENT) return existing;
  if (last.slash && !directory) return -E.NOENT;
  const error = mayMake(caller, last.parent);
  return error < 0 ? error : last;
}

/** What a call that makes a name answers; watchers hear of it. */
function settle(result: Inode | number, last: LastStep, event: number = IN.CREATE): number {
  if (typeof result === "number" && result < 0) return result;
  if (notices.listener) tellName(last.parent.dentry, last.name, event);
  return 0;
}

export function makeDirectory(caller: Caller, base: PathRef, path: string, mode: number): number {
  const last = placeForNew(caller, base, path, true);
  if (typeof last === "number") return last;
  return settle(last.parent.dentry.inode.mkdir(last.name, umasked(caller, mode & 0o1777), actorOf(caller)), last, IN.CREATE | IN.ISDIR);
}

/** mknod(2): `mode` with its type; no type means a regular file. */
export function makeNode(caller: Caller, base: PathRef, path: string, mode: number, rdev: number): number {
  const type = mode & S.IFMT || S.IFREG;
  if (type === S.IFDIR) return -E.PERM;
  if (type !== S.IFREG && type !== S.IFIFO && type !== S.IFSOCK && type !== S.IFCHR && type !== S.IFBLK) return -E.INVAL;
  const last = placeForNew(caller, base, path, false);
  if (typeof last === "number") return last;
  if ((type === S.IFCHR || type === S.IFBLK) && actorOf(caller).fsuid !== 0) return -E.PERM;
  return settle(last.parent.dentry.inode.mknod(last.name, type | umasked(caller, mode & 0o7777), rdev, actorOf(caller)), last);
}

export function makeSymlink(caller: Caller, target: string, base: PathRef, path: string): number {
  if (target === "") return -E.NOENT;
  const last = placeForNew(caller, base, path, false);
  if (typeof last === "number") return last;
  return settle(last.parent.dentry.inode.symlink(last.name, target, actorOf(caller)), last);
}

/** linkat(2) once the source is resolved. */
export function makeLink(caller: Caller, source: PathRef, base: PathRef, path: string): number {
  const last = placeForNew(caller, base, path, false);
  if (typeof last === "number") return last;
  const inode = source.dentry.inode;
  if (source.mount !== last.parent.mount) return -E.XDEV;
  if (inode.isDirectory) return -E.PERM;
  const result = last.parent.dentry.inode.link(last.name, inode);
  if (result === 0 && notices.listener) tellPlace(source.dentry, IN.ATTRIB, false);
  return settle(result, last);
}

/** The directory's owner, the file's owner or anyone may remove a name, sticky bit considered. */
function mayRemove(caller: Caller, parent: PathRef, victim: Dentry): number {
  if (parent.mount.flags.readonly) return -E.ROFS;
  const actor = actorOf(caller);
  const allowed = parent.dentry.inode.permission(MAY.WRITE | MAY.EXEC, actor);
  if (allowed < 0) return allowed;
  if (actor.fsuid === 0) return 0;
  const directory = parent.dentry.inode.stat();
  if (typeof directory === "number") return directory;
  if (!(directory.mode & S.ISVTX) || directory.uid === actor.fsuid) return 0;
  const stat = victim.inode.stat();
  return typeof stat !== "number" && stat.uid === actor.fsuid ? 0 : -E.PERM;
}

export function removeFile(caller: Caller, base: PathRef, path: string): number {
  const last = walkParent(caller, base, path);
  if (typeof last === "number") return last;
  if (last.name === "" || last.name === "." || last.name === "..") return -E.ISDIR;
  const victim = lookupChild(last.parent.dentry, last.name, caller);
  if (typeof victim === "number") return victim;
  if (last.slash) return victim.inode.isDirectory ? -E.ISDIR : -E.NOTDIR;
  const error = mayRemove(caller, last.parent, victim);
  if (error < 0) return error;
  if (victim.inode.isDirectory) return -E.ISDIR;
  if (victim.mounts) return -E.BUSY;
  const links = linksOf(victim);
  const result = last.parent.dentry.inode.unlink(last.name, victim.inode);
  if (result === 0) {
    dropDentry(victim);
    if (notices.listener) {
      tellPlace(victim, IN.ATTRIB, false);
      tellGone(victim, links);
      tellName(last.parent.dentry, last.name, IN.DELETE);
    }
  }
  return result;
}

export function removeDirectory(caller: Caller, base: PathRef, path: string): number {
  const last = walkParent(caller, base, path);
  if (typeof last === "number") return last;
  if (last.name === "..") return -E.NOTEMPTY;
  if (last.name === ".") return -E.INVAL;
  if (last.name === "") return -E.BUSY;
  const victim = lookupChild(last.parent.dentry, last.name, caller);
  if (typeof victim === "number") return victim;
  const error = mayRemove(caller, last.parent, victim);
  if (error < 0) return error;
  if (!victim.inode.isDirectory) return -E.NOTDIR;
  if (victim.mounts) return -E.BUSY;
  const result = last.parent.dentry.inode.rmdir(last.name, victim.inode);
  if (result === 0) {
    dropDentry(victim);
    if (notices.listener) {
      tellName(last.parent.dentry, last.name, IN.DELETE | IN.ISDIR);
      tellGone(victim, 0);
    }
  }
  return result;
}

function isAncestor(ancestor: Dentry, of: Dentry | undefined): boolean {
  for (let at = of; at; at = at.parent) if (at === ancestor) return true;
  return false;
}

/** renameat2(2). */
export function renameFile(caller: Caller, oldBase: PathRef, oldPath: string, newBase: PathRef, newPath: string, flags: number): number {
  if (flags & ~7 || (flags & (RENAME.NOREPLACE | RENAME.WHITEOUT) && flags & RENAME.EXCHANGE) || flags & RENAME.WHITEOUT) return -E.INVAL;
  const from = walkParent(caller, oldBase, oldPath);
  if (typeof from === "number") return from;
  const to = walkParent(caller, newBase, newPath);
  if (typeof to === "number") return to;
  if (from.parent.mount !== to.parent.mount) return -E.XDEV;
  const special = (name: string): boolean => name === "" || name === "." || name === "..";
  if (special(from.name)) return -E.BUSY;
  if (special(to.name)) return flags & RENAME.NOREPLACE ? -E.EXIST : -E.BUSY;
  const source = lookupChild(from.parent.dentry, from.name, caller);
  if (typeof source === "number") return source;
  const found = lookupChild(to.parent.dentry, to.name, caller);
  if (typeof found === "number" && found !== -E.NOENT) return found;
  const victim = typeof found === "number" ? undefined : found;
  if (flags & RENAME.NOREPLACE && victim) return -E.EXIST;
  if (flags & RENAME.EXCHANGE && !victim) return -E.NOENT;
  if (!source.inode.isDirectory && (from.slash || (!(flags & RENAME.EXCHANGE) && to.slash))) return -E.NOTDIR;
  if (isAncestor(source, to.parent.dentry)) return -E.INVAL;
  if (victim && isAncestor(victim, from.parent.dentry)) return flags & RENAME.EXCHANGE ? -E.INVAL : -E.NOTEMPTY;
  const gone = mayRemove(caller, from.parent, source);
  if (gone < 0) return gone;
  const allowed = victim ? mayRemove(caller, to.parent, victim) : mayMake(caller, to.parent);
  if (allowed < 0) return allowed;
  if (victim && !(flags & RENAME.EXCHANGE)) {
    if (source.inode.isDirectory && !victim.inode.isDirectory) return -E.NOTDIR;
    if (!source.inode.isDirectory && victim.inode.isDirectory) return -E.ISDIR;
  }
  if (source.mounts || victim?.mounts) return -E.BUSY;
  if (victim && (victim.inode === source.inode || victim.inode.key === source.inode.key)) return 0;
  const links = linksOf(victim);
  const result = from.parent.dentry.inode.rename(from.name, to.parent.dentry.inode, to.name, flags);
  if (result < 0) return result;
  if (flags & RENAME.EXCHANGE && victim) {
    dropDentry(source);
    dropDentry(victim);
    source.deleted = victim.deleted = false;
    victim.parent = source.parent;
    victim.name = source.name;
  } else if (victim) dropDentry(victim);
  moveDentry(source, to.parent.dentry, to.name);
  if (notices.listener) {
    const kind = source.inode.isDirectory ? IN.ISDIR : 0;
    const cookie = ++notices.cookie;
    tellName(from.parent.dentry, from.name, IN.MOVED_FROM | kind, cookie);
    tellName(to.parent.dentry, to.name, IN.MOVED_TO | kind, cookie);
    tellPlace(source, IN.MOVE_SELF | kind, false);
    if (victim && flags & RENAME.EXCHANGE) {
      const other = victim.inode.isDirectory ? IN.ISDIR : 0;
      const back = ++notices.cookie;
      tellName(to.parent.dentry, to.name, IN.MOVED_FROM | other, back);
      tellName(from.parent.dentry, from.name, IN.MOVED_TO | other, back);
      tellPlace(victim, IN.MOVE_SELF | other, false);
    } else if (victim) {
      if (!victim.inode.isDirectory) tellPlace(victim, IN.ATTRIB, false);
      tellGone(victim, links);
    }
  }
  return 0;
}

/** truncate(2) once the file is resolved. */
export function truncatePlace(caller: Caller, place: PathRef, size: number): number {
  const inode = place.dentry.inode;
  if (inode.isDirectory) return -E.ISDIR;
  if (inode.type !== S.IFREG) return -E.INVAL;
  const allowed = inode.permission(MAY.WRITE, actorOf(caller));
  if (allowed < 0) return allowed;
  if (place.mount.flags.readonly) return -E.ROFS;
  const result = inode.truncate(size);
  if (result === 0 && notices.listener) tellPlace(place.dentry, IN.MODIFY);
  return result;
}

/** Watchers hear of changed attributes. */
function changed(place: PathRef, result: number, event: number = IN.ATTRIB): number {
  if (result >= 0 && notices.listener) tellPlace(place.dentry, event | (place.dentry.inode.isDirectory ? IN.ISDIR : 0));
  return result;
}

/** chmod(2)'s rules, then the change. `apply` is the inode's or the open file's setattr. */
export function changeMode(caller: Caller, place: PathRef, mode: number, apply: (change: AttributeChange) => number): number {
  if (place.mount.flags.readonly) return -E.ROFS;
  const stat = place.dentry.inode.stat();
  if (typeof stat === "number") return stat;
  const actor = actorOf(caller);
  if (actor.fsuid !== 0 && actor.fsuid !== stat.uid) return -E.PERM;
  return changed(place, apply({ mode: mode & 0o7777 }));
}

/** chown(2): -1 (as uint32 or int32) leaves an id alone. */
export function changeOwner(caller: Caller, place: PathRef, uid: number, gid: number, apply: (change: AttributeChange) => number): number {
  if (place.mount.flags.readonly) return -E.ROFS;
  const stat = place.dentry.inode.stat();
  if (typeof stat === "number") return stat;
  const actor = actorOf(caller);
  const change: AttributeChange = {};
  if (uid >>> 0 !== 0xffff_ffff) change.uid = uid >>> 0;
  if (gid >>> 0 !== 0xffff_ffff) change.gid = gid >>> 0;
  if (actor.fsuid !== 0) {
    if (actor.fsuid !== stat.uid) return -E.PERM;
    if (change.uid !== undefined && change.uid !== stat.uid) return -E.PERM;
    if (change.gid !== undefined && change.gid !== stat.gid && change.gid !== actor.fsgid && !actor.groups.includes(change.gid)) return -E.PERM;
  }
  // Set-id bits do not survive a change of owner.
  if (stat.mode & S.IFREG && stat.mode & (S.ISUID | S.ISGID) && !place.dentry.inode.isDirectory) {
    const clear = S.ISUID | (stat.mode & 0o010 ? S.ISGID : 0);
    const error = apply(change);
    return changed(place, error < 0 || !(stat.mode & clear) ? error : apply({ mode: stat.mode & 0o7777 & ~clear }));
  }
  return changed(place, apply(change));
}

/** utimensat(2): undefined leaves a time alone; `now` for both needs write permission only. */
export function changeTimes(
  caller: Caller, place: PathRef, atime: Time | undefined, mtime: Time | undefined, bothNow: boolean,
  apply: (change: AttributeChange) => number,
): number {
  if (!atime && !mtime) return 0;
  if (place.mount.flags.readonly) return -E.ROFS;
  const actor = actorOf(caller);
  const stat = place.dentry.inode.stat();
  if (typeof stat === "number") return stat;
  if (actor.fsuid !== 0 && actor.fsuid !== stat.uid) {
    if (!bothNow) return -E.PERM;
    const allowed = place.dentry.inode.permission(MAY.WRITE, actor);
    if (allowed < 0) return allowed;
  }
  const change: AttributeChange = {};
  if (atime) change.atime = atime;
  if (mtime) change.mtime = mtime;
  return changed(place, apply(change), atime && mtime ? IN.ATTRIB : atime ? IN.ACCESS : IN.MODIFY);
}

/** chdir(2). */
export function changeDirectory(caller: Caller, place: PathRef): number {
  if (!place.dentry.inode.isDirectory) return -E.NOTDIR;
  const allowed = place.dentry.inode.permission(MAY.EXEC, actorOf(caller));
  if (allowed < 0) return allowed;
  caller.process.fs.cwd = place;
  return 0;
}
