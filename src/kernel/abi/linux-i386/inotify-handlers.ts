// inotify_init(2), inotify_add_watch(2), inotify_rm_watch(2). Loaded at the first use.

import { E } from "../../errno.ts";
import { MAY, O } from "../../fs/constants.ts";
import { InotifyFile } from "../../fs/inotify.ts";
import { IN } from "../../fs/notify.ts";
import { walkPath } from "../../fs/walk.ts";
import type { Context } from "../syscall.ts";
import { atArgument, fileOf, install } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";

const EVENTS = 0xfff;
const KNOWN = (EVENTS | IN.ONLYDIR | IN.DONT_FOLLOW | IN.EXCL_UNLINK | IN.MASK_CREATE | IN.MASK_ADD | IN.ISDIR | IN.ONESHOT | IN.UNMOUNT | IN.Q_OVERFLOW | IN.IGNORED) >>> 0;

function init(k: Context, bits: number): number {
  if (bits & ~(O.CLOEXEC | O.NONBLOCK)) return -E.INVAL;
  return install(k, new InotifyFile(fsEnvironment(k), bits & O.NONBLOCK), bits);
}

function addWatch(k: Context, n: number, address: number, mask: number): number {
  if (mask & ~KNOWN || !(mask & KNOWN)) return -E.INVAL;
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  if (mask & IN.MASK_ADD && mask & IN.MASK_CREATE) return -E.INVAL;
  if (!(file instanceof InotifyFile)) return -E.INVAL;
  const at = atArgument(k, -100, address);
  if (typeof at === "number") return at;
  const place = walkPath(k, at.base, at.path, !(mask & IN.DONT_FOLLOW));
  if (typeof place === "number") return place;
  const { inode } = place.dentry;
  if (mask & IN.ONLYDIR && !inode.isDirectory) return -E.NOTDIR;
  const denied = inode.permission(MAY.READ, k.process.credentials);
  return denied < 0 ? denied : file.add(inode, mask);
}

function removeWatch(k: Context, n: number, descriptor: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  return file instanceof InotifyFile ? file.remove(descriptor) : -E.INVAL;
}

export const inotifyHandlers = { init: (k: Context) => init(k, 0), init1: init, addWatch, removeWatch };
