// Path resolution, path_resolution(7): one component at a time in the caller's namespace. Symbolic links are followed here and
// nowhere else, so the host never sees a path that the guest has written, and no link leads out of a mount.

import { E } from "../errno.ts";
import { MAX_SYMLINKS, NAME_MAX, PATH_MAX } from "./constants.ts";
import { lookupChild } from "./inode.ts";
import type { Caller, Dentry } from "./inode.ts";
import { crossMounts, parentPlace, samePlace } from "./state.ts";
import type { PathRef } from "./state.ts";

/** Restrictions of openat2(2), same bits. */
export const RESOLVE = { NO_XDEV: 1, NO_MAGICLINKS: 2, NO_SYMLINKS: 4, BENEATH: 8, IN_ROOT: 16, CACHED: 32 } as const;

/** Where a path leads but for its last component. */
export interface LastStep {
  readonly parent: PathRef;
  /** The last component; "" when the path is "/" or a magic link has led straight to `parent`; may be "." or "..". */
  readonly name: string;
  /** The path ended in a slash: the last component has to be a directory. */
  readonly slash: boolean;
}

export interface WalkOptions {
  /** RESOLVE bits. */
  readonly resolve?: number;
}

interface Walk {
  readonly caller: Caller;
  readonly resolve: number;
  readonly root: PathRef;
  at: PathRef;
  rest: string;
  links: number;
}

function startWalk(caller: Caller, base: PathRef, path: string, options: WalkOptions): Walk | number {
  if (path.length >= PATH_MAX) return -E.NAMETOOLONG;
  if (path.length === 0) return -E.NOENT;
  const resolve = options.resolve ?? 0;
  const root = resolve & (RESOLVE.BENEATH | RESOLVE.IN_ROOT) ? base : caller.process.fs.root;
  return { caller, resolve, root, at: base, rest: path, links: 0 };
}

function mayEnter(walk: Walk, dentry: Dentry): number {
  if (!dentry.inode.isDirectory) return -E.NOTDIR;
  return dentry.inode.searchable(walk.caller.process.credentials);
}

/** Goes up to the last component of `walk.rest`. */
function walkToLast(walk: Walk): LastStep | number {
  const path = walk.rest;
  let index = 0;
  if (path.charCodeAt(0) === 47) {
    if (walk.resolve & RESOLVE.BENEATH) return -E.XDEV;
    walk.at = walk.root;
    while (path.charCodeAt(index) === 47) index++;
    if (index === path.length) return { parent: walk.at, name: "", slash: true };
  }
  for (;;) {
    let end = path.indexOf("/", index);
    if (end < 0) end = path.length;
    const name = path.slice(index, end);
    let next = end;
    while (path.charCodeAt(next) === 47) next++;
    const allowed = mayEnter(walk, walk.at.dentry);
    if (allowed < 0) return allowed;
    if (name.length > NAME_MAX) return -E.NAMETOOLONG;
    if (next === path.length) return { parent: walk.at, name, slash: next > end };
    if (name === "..") {
      const up = stepUp(walk);
      if (up < 0) return up;
    } else if (name !== ".") {
      const step = stepInto(walk, name, path.slice(next));
      if (step < 0) return step;
      if (step === LINK) return walkToLast(walk);
    }
    index = next;
  }
}

function stepUp(walk: Walk): number {
  if (samePlace(walk.at, walk.root)) return walk.resolve & RESOLVE.BENEATH ? -E.XDEV : 0;
  const up = parentPlace(walk.at, walk.root);
  if (walk.resolve & RESOLVE.NO_XDEV && up.mount !== walk.at.mount) return -E.XDEV;
  walk.at = up;
  return 0;
}

const LINK = 1;

/** Enters a component that is not the last: 0, or LINK when a symbolic link has replaced `walk.rest`. */
function stepInto(walk: Walk, name: string, remaining: string): number {
  const dentry = lookupChild(walk.at.dentry, name, walk.caller);
  if (typeof dentry === "number") return dentry;
  if (dentry.inode.isSymlink && !dentry.mounts) {
    const error = followLink(walk, dentry);
    if (error < 0) return error;
    // A magic link has moved `at` itself and leaves no text.
    if (walk.rest === "") walk.rest = remaining;
    else walk.rest = walk.rest.endsWith("/") ? walk.rest + remaining : `${walk.rest}/${remaining}`;
    if (walk.rest.length >= PATH_MAX + NAME_MAX * MAX_SYMLINKS) return -E.NAMETOOLONG;
    return LINK;
  }
  return enter(walk, dentry);
}

function enter(walk: Walk, dentry: Dentry): number {
  let place: PathRef = { mount: walk.at.mount, dentry };
  if (dentry.mounts) {
    place = crossMounts(place);
    if (walk.resolve & RESOLVE.NO_XDEV && place.mount !== walk.at.mount) return -E.XDEV;
  }
  walk.at = place;
  return 0;
}

/** Reads a link in `walk.at`: its text becomes `walk.rest`, or, for a magic link, `at` moves and `rest` becomes "". */
function followLink(walk: Walk, dentry: Dentry): number {
  if (walk.resolve & RESOLVE.NO_SYMLINKS) return -E.LOOP;
  if (++walk.links > MAX_SYMLINKS) return -E.LOOP;
  const direct = dentry.inode.follow(walk.caller);
  if (typeof direct === "number") return direct;
  if (direct) {
    if (walk.resolve & RESOLVE.NO_MAGICLINKS) return -E.LOOP;
    if (walk.resolve & (RESOLVE.BENEATH | RESOLVE.IN_ROOT)) return -E.XDEV;
    if (walk.resolve & RESOLVE.NO_XDEV && direct.mount !== walk.at.mount) return -E.XDEV;
    walk.at = direct;
    walk.rest = "";
    return 0;
  }
  const target = dentry.inode.readlink(walk.caller);
  if (typeof target === "number") return target;
  if (target === "") return -E.NOENT;
  walk.rest = target;
  return 0;
}

/** The directory that holds a path's last component, and that component: for calls that make or remove names. */
export function walkParent(caller: Caller, base: PathRef, path: string, options: WalkOptions = {}): LastStep | number {
  const walk = startWalk(caller, base, path, options);
  return typeof walk === "number" ? walk : walkToLast(walk);
}

/** Result of a walk to a name that may be missing. */
export interface Target extends LastStep {
  /** What the name stands for now; undefined when there is nothing. */
  readonly place: PathRef | undefined;
}

/**
 * Resolves a path to its end, also when the last component does not exist (open with O_CREAT).
 * `follow`: a symbolic link at the end is followed; a trailing slash follows it as well.
 */
export function walkTarget(caller: Caller, base: PathRef, path: string, follow: boolean, options: WalkOptions = {}): Target | number {
  const walk = startWalk(caller, base, path, options);
  if (typeof walk === "number") return walk;
  let slash = false;
  for (;;) {
    const last = walkToLast(walk);
    if (typeof last === "number") return last;
    slash ||= last.slash;
    const { parent, name } = last;
    if (name === "" || name === ".") return { parent, name, slash, place: parent };
    if (name === "..") {
      walk.at = parent;
      const error = stepUp(walk);
      return error < 0 ? error : { parent, name, slash, place: walk.at };
    }
    const dentry = lookupChild(parent.dentry, name, caller);
    if (typeof dentry === "number") {
      return dentry === -E.NOENT ? { parent, name, slash, place: undefined } : dentry;
    }
    if (dentry.inode.isSymlink && !dentry.mounts && (follow || slash)) {
      walk.at = parent;
      const error = followLink(walk, dentry);
      if (error < 0) return error;
      if (walk.rest === "") {
        if (slash && !walk.at.dentry.inode.isDirectory) return -E.NOTDIR;
        return { parent: walk.at, name: "", slash, place: walk.at };
      }
      continue;
    }
    walk.at = parent;
    const error = enter(walk, dentry);
    if (error < 0) return error;
    if (slash && !walk.at.dentry.inode.isDirectory) return -E.NOTDIR;
    return { parent, name, slash, place: walk.at };
  }
}

/** Resolves a path that has to exist. */
export function walkPath(caller: Caller, base: PathRef, path: string, follow: boolean, options: WalkOptions = {}): PathRef | number {
  const target = walkTarget(caller, base, path, follow, options);
  if (typeof target === "number") return target;
  return target.place ?? -E.NOENT;
}
