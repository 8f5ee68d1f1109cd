// What a process knows of files: its mount namespace, root and working directory (FsState, shared under CLONE_FS) and its table
// of descriptors (FileTable, shared under CLONE_FILES). See mount_namespaces(7), close(2), dup(2).

import { E } from "../errno.ts";
import { keepDentry, Dentry } from "./inode.ts";
import type { Inode } from "./inode.ts";
import type { OpenFile } from "./file.ts";
import { releaseProcessLocks } from "./locks.ts";

/** A place: a dentry as seen through a mount (the kernel's `struct path`). */
export interface PathRef {
  readonly mount: Mount;
  readonly dentry: Dentry;
}

export interface MountFlags {
  readonly readonly?: boolean;
  readonly nosuid?: boolean;
  readonly nodev?: boolean;
  readonly noexec?: boolean;
}

export interface Mount {
  readonly id: number;
  readonly root: Dentry;
  /** Where it is mounted; undefined for the namespace's root. */
  readonly mountpoint: PathRef | undefined;
  readonly source: string;
  readonly flags: MountFlags;
  /** Options of the file system itself, for /proc/mounts: "size=65536k". */
  readonly options: string;
}

export interface Namespace {
  readonly mounts: Mount[];
  nextId: number;
}

export interface FsState {
  readonly namespace: Namespace;
  root: PathRef;
  cwd: PathRef;
  umask: number;
}

/** A namespace whose root is the given inode. */
export function createNamespace(root: Inode, source: string, flags: MountFlags = {}, options = ""): Namespace {
  const namespace: Namespace = { mounts: [], nextId: 21 };
  addMount(namespace, undefined, root, source, flags, options);
  return namespace;
}

/** Mounts a file system's root over a place. The latest mount on a place hides the earlier ones. */
export function addMount(
  namespace: Namespace, place: PathRef | undefined, root: Inode, source: string, flags: MountFlags = {}, options = "",
): Mount {
  const dentry = new Dentry(undefined, "", root);
  root.attach(dentry);
  const mount: Mount = { id: namespace.nextId++, root: dentry, mountpoint: place, source, flags, options };
  namespace.mounts.push(mount);
  if (place) {
    for (let up: Dentry | undefined = place.dentry; up; up = up.parent) keepDentry(up);
    place.dentry.mounts ??= [];
    place.dentry.mounts.push(mount);
  }
  return mount;
}

/** Steps into what is mounted on a place, as often as needed. */
export function crossMounts(place: PathRef): PathRef {
  let at = place;
  while (at.dentry.mounts) {
    let over: Mount | undefined;
    for (const mount of at.dentry.mounts) if (mount.mountpoint!.mount === at.mount) over = mount;
    if (!over) break;
    at = { mount: over, dentry: over.root };
  }
  return at;
}

export function samePlace(a: PathRef, b: PathRef): boolean {
  return a.dentry === b.dentry && a.mount === b.mount;
}

/** The directory above, stopping at `root`, out of mounts where necessary: what ".." means. */
export function parentPlace(place: PathRef, root: PathRef): PathRef {
  let at = place;
  for (;;) {
    if (samePlace(at, root)) return at;
    if (at.dentry !== at.mount.root) break;
    if (!at.mount.mountpoint) return at;
    at = at.mount.mountpoint;
  }
  return at.dentry.parent ? crossMounts({ mount: at.mount, dentry: at.dentry.parent }) : at;
}

/**
 * The absolute path of a place under `root` as a byte string. `reachable` is false when the place is not below `root`
 * (the path then counts from the namespace's root).
 */
export function placePath(place: PathRef, root: PathRef): { path: string; reachable: boolean } {
  let path = "";
  let at = place;
  for (;;) {
    if (samePlace(at, root)) return { path: path || "/", reachable: true };
    if (at.dentry === at.mount.root) {
      if (!at.mount.mountpoint) {
        // Objects without a name (pipe:[1], memfd) live on a mount of their own, whose root carries the name.
        if (at.dentry.name) return { path: at.dentry.name, reachable: true };
        return { path: path || "/", reachable: false };
      }
      at = at.mount.mountpoint;
      continue;
    }
    path = `/${at.dentry.name}${path}`;
    if (!at.dentry.parent) return { path, reachable: false };
    at = { mount: at.mount, dentry: at.dentry.parent };
  }
}

/** As /proc/PID/fd/N and maps show it: with " (deleted)" when the name is gone. */
export function displayPath(place: PathRef, root: PathRef): string {
  const { path } = placePath(place, root);
  return place.dentry.deleted ? `${path} (deleted)` : path;
}

/** A place for objects without a name: pipes, sockets, eventfds. `label` is what readlink of the descriptor says. */
export function namelessPlace(inode: Inode, label: string): PathRef {
  const dentry = new Dentry(undefined, label, inode);
  const mount: Mount = { id: 0, root: dentry, mountpoint: undefined, source: "none", flags: {}, options: "" };
  return { mount, dentry };
}

export function createFsState(namespace: Namespace, umask = 0o022): FsState {
  const base = namespace.mounts[0];
  const root = crossMounts({ mount: base, dentry: base.root });
  return { namespace, root, cwd: root, umask };
}

/** fork's copy. */
export function cloneFsState(state: FsState): FsState {
  return { namespace: state.namespace, root: state.root, cwd: state.cwd, umask: state.umask };
}

/** What a descriptor holds: the open description and FD_CLOEXEC. */
interface Slot {
  file: OpenFile;
  closeOnExec: boolean;
}

export interface FileTable {
  readonly slots: (Slot | undefined)[];
  /** Processes that share the table. */
  users: number;
  /** No descriptor below it is free. */
  lowestFree: number;
}

export function createFileTable(): FileTable {
  return { slots: [], users: 1, lowestFree: 0 };
}

/** fork's copy: the same open descriptions. */
export function cloneFileTable(table: FileTable): FileTable {
  const slots = table.slots.map((slot) => slot && { file: slot.file.ref(), closeOnExec: slot.closeOnExec });
  return { slots, users: 1, lowestFree: table.lowestFree };
}

/** Another process shares the table (CLONE_FILES). */
export function shareFileTable(table: FileTable): FileTable {
  table.users++;
  return table;
}

export function getFile(table: FileTable, fd: number): OpenFile | undefined {
  return table.slots[fd]?.file;
}

/** Puts a file at the lowest free descriptor from `from` on; -EMFILE at `limit`. Takes over the caller's reference. */
export function installFile(table: FileTable, file: OpenFile, closeOnExec: boolean, limit: number, from = 0): number {
  let fd = Math.max(from, table.lowestFree);
  while (table.slots[fd]) fd++;
  if (fd >= limit) {
    file.unref();
    return -E.MFILE;
  }
  if (from <= table.lowestFree) table.lowestFree = fd + 1;
  while (table.slots.length < fd) table.slots.push(undefined);
  table.slots[fd] = { file, closeOnExec };
  return fd;
}

/** Puts a file at a given descriptor, closing what is there (dup2). Takes over the caller's reference. */
export function replaceFile(table: FileTable, fd: number, file: OpenFile, closeOnExec: boolean): void {
  const old = table.slots[fd];
  while (table.slots.length < fd) table.slots.push(undefined);
  table.slots[fd] = { file, closeOnExec };
  if (old) closeDescription(table, old.file);
}

function closeDescription(table: FileTable, file: OpenFile): void {
  releaseProcessLocks(table, file);
  file.unref();
}

/** close(2): 0 or -EBADF. */
export function closeFile(table: FileTable, fd: number): number {
  const slot = table.slots[fd];
  if (!slot) return -E.BADF;
  table.slots[fd] = undefined;
  if (fd < table.lowestFree) table.lowestFree = fd;
  closeDescription(table, slot.file);
  return 0;
}

export function getCloseOnExec(table: FileTable, fd: number): boolean {
  return table.slots[fd]?.closeOnExec ?? false;
}

export function setCloseOnExec(table: FileTable, fd: number, on: boolean): void {
  const slot = table.slots[fd];
  if (slot) slot.closeOnExec = on;
}

/** execve: closes descriptors marked FD_CLOEXEC. */
export function closeOnExec(table: FileTable): void {
  for (let fd = 0; fd < table.slots.length; fd++) if (table.slots[fd]?.closeOnExec) closeFile(table, fd);
}

/** A process that used the table has ended; the last one closes everything. */
export function closeAll(table: FileTable): void {
  table.users--;
  if (table.users > 0) return;
  for (let fd = 0; fd < table.slots.length; fd++) if (table.slots[fd]) closeFile(table, fd);
}

/** Open descriptors in order. */
export function openDescriptors(table: FileTable): number[] {
  const list: number[] = [];
  for (let fd = 0; fd < table.slots.length; fd++) if (table.slots[fd]) list.push(fd);
  return list;
}
