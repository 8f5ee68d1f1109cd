// Where the file layer tells of what happens to files, for inotify.ts. Nobody listens in most runs: then each place costs one look.

import type { OpenFile } from "./file.ts";
import type { Dentry } from "./inode.ts";

/** Events, inotify(7). */
export const IN = {
  ACCESS: 1, MODIFY: 2, ATTRIB: 4, CLOSE_WRITE: 8, CLOSE_NOWRITE: 16, OPEN: 32, MOVED_FROM: 64, MOVED_TO: 128, CREATE: 256, DELETE: 512, DELETE_SELF: 1024,
  MOVE_SELF: 2048, UNMOUNT: 0x2000, Q_OVERFLOW: 0x4000, IGNORED: 0x8000, ONLYDIR: 0x0100_0000, DONT_FOLLOW: 0x0200_0000, EXCL_UNLINK: 0x0400_0000,
  MASK_CREATE: 0x1000_0000, MASK_ADD: 0x2000_0000, ISDIR: 0x4000_0000, ONESHOT: 0x8000_0000,
} as const;

/** Hears of an event on the inode with this key; `name` is that of an entry when the inode is the directory, else "". */
export type Listener = (key: string, name: string, event: number, cookie: number, deleted: boolean) => void;

export const notices: { listener: Listener | undefined; cookie: number } = { listener: undefined, cookie: 0 };

/** An event on the entry of a directory. */
export function tellName(directory: Dentry, name: string, event: number, cookie = 0): void {
  notices.listener?.(directory.inode.key, name, event, cookie, false);
}

/** An event on a file, which its directory's watchers see too, unless it is about the file alone. */
export function tellPlace(dentry: Dentry, event: number, withParent = true): void {
  if (withParent && dentry.parent) notices.listener?.(dentry.parent.inode.key, dentry.name, event, 0, dentry.deleted);
  notices.listener?.(dentry.inode.key, "", event, 0, dentry.deleted);
}

/** Files without a name that are still open. */
const orphans = new WeakSet<Dentry>();

/** Names that a file has, while somebody listens. */
export function linksOf(dentry: Dentry | undefined): number {
  const stat = notices.listener && dentry ? dentry.inode.stat() : 0;
  return typeof stat === "number" ? 0 : stat.nlink;
}

/** A name is gone, one of `links`: the file too, unless it has other names or is open. */
export function tellGone(dentry: Dentry, links: number): void {
  if (links > 1 && !dentry.inode.isDirectory) return;
  if (dentry.pins > 0) orphans.add(dentry);
  else notices.listener?.(dentry.inode.key, "", IN.DELETE_SELF, 0, true);
}

const kindOf = (dentry: Dentry): number => (dentry.inode.isDirectory ? IN.ISDIR : 0);

/** A file has been opened (and perhaps truncated); answers what it was given. */
export function noticed(file: OpenFile | number, event: number): OpenFile | number {
  if (!notices.listener || typeof file === "number") return file;
  if (event) tellPlace(file.path.dentry, event);
  tellPlace(file.path.dentry, IN.OPEN | kindOf(file.path.dentry));
  return file;
}

/** The last reference to an open file goes. */
export function tellClosed(file: OpenFile): void {
  const { dentry } = file.path;
  tellPlace(dentry, (file.writable ? IN.CLOSE_WRITE : IN.CLOSE_NOWRITE) | kindOf(dentry));
  if (dentry.pins === 1 && orphans.has(dentry)) notices.listener?.(dentry.inode.key, "", IN.DELETE_SELF, 0, true);
}
