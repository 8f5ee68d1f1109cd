// What every program needs of files before it runs: whether something may be done with one, and opening one to be executed. All other
// operations by path: operations.ts. access(2), execve(2).

import { E } from "../errno.ts";
import { MAY, O, S } from "./constants.ts";
import type { OpenFile } from "./file.ts";
import { genericPermission } from "./inode.ts";
import type { Actor, Caller } from "./inode.ts";
import type { PathRef } from "./state.ts";
import { walkPath } from "./walk.ts";

/** access(2) with the given ids. */
export function checkAccess(place: PathRef, mask: number, actor: Actor): number {
  const inode = place.dentry.inode;
  if (mask & MAY.WRITE && place.mount.flags.readonly && (inode.type === S.IFREG || inode.isDirectory || inode.isSymlink)) return -E.ROFS;
  if (mask & MAY.EXEC && place.mount.flags.noexec && inode.type === S.IFREG) return -E.ACCES;
  return mask === 0 ? 0 : inode.permission(mask, actor);
}

/** For execve: a regular file that the caller may execute, opened for reading. */
export function openExecutable(caller: Caller, base: PathRef, path: string, follow = true): OpenFile | number {
  const place = walkPath(caller, base, path, follow);
  if (typeof place === "number") return place;
  return openExecutablePlace(caller, place);
}

export function openExecutablePlace(caller: Caller, place: PathRef): OpenFile | number {
  const inode = place.dentry.inode;
  if (inode.isSymlink) return -E.LOOP;
  if (inode.type !== S.IFREG) return -E.ACCES;
  if (place.mount.flags.noexec) return -E.ACCES;
  const stat = inode.stat();
  if (typeof stat === "number") return stat;
  const allowed = inode.permission(MAY.EXEC, caller.process.credentials);
  if (allowed < 0) return allowed;
  // The kernel reads the file whether or not the program may.
  const generic = genericPermission(stat, MAY.EXEC, caller.process.credentials);
  return generic < 0 ? generic : inode.open(O.RDONLY | O.LARGEFILE, place, caller);
}

/** A place by absolute path with root's rights, for the kernel's own needs (mount points at start). */
export function kernelCaller(fs: Caller["process"]["fs"], files: Caller["process"]["files"]): Caller {
  return { tid: 1, process: { pid: 1, credentials: { uid: 0, gid: 0, fsuid: 0, fsgid: 0, groups: [] }, fs, files } };
}
