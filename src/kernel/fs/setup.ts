// Builds the namespace that a program starts in: "/" from the host or from memory, with our /dev, /proc and /sys over it, a tmpfs on
// /dev/shm, and the mounts that the person asked for. hier(7).

import { E } from "../errno.ts";
import { S } from "./constants.ts";
import { createDev, deviceOpener } from "./devices.ts";
import type { HostFs } from "./host.ts";
import { hostRoot } from "./hostfs.ts";
import { Dentry, Inode, keepDentry, lookupChild } from "./inode.ts";
import type { Actor, Caller, DirectoryEntry, FsEnvironment, Stat, StatFs } from "./inode.ts";
import { createProc, createSys } from "./proc-system.ts";
import type { SystemFacts } from "./proc-facts.ts";
import { addMount, createFileTable, createFsState, createNamespace, crossMounts } from "./state.ts";
import type { MountFlags, Namespace, PathRef } from "./state.ts";
import type { Kernel } from "../thread.ts";
import { openMaster, PtsInode } from "./devpts.ts";
import type { Terminal } from "./terminal.ts";
import { createTmpfs } from "./tmpfs.ts";
import { kernelCaller } from "./access.ts";
import { walkPath } from "./walk.ts";
import type { TmpInode } from "./tmpfs.ts";

/** `--mount HOST:GUEST[:ro]`, `tmpfs:GUEST`, `overlay:LOWER,UPPER:GUEST`. Paths are byte strings; GUEST is absolute. */
export interface MountRequest {
  /** What is mounted; a host file or directory when absent. */
  readonly kind?: "tmpfs" | "overlay";
  /** Host path; of the lower directory. */
  readonly source: string;
  /** Host path of the upper directory. */
  readonly upper?: string;
  readonly target: string;
  readonly readonly: boolean;
}

export interface NamespaceOptions {
  readonly environment: FsEnvironment;
  readonly system: SystemFacts;
  /** undefined: nothing of the host is visible; "/" is in memory. */
  readonly host: HostFs | undefined;
  /** Host directory to be "/"; "" or "/" shows the host's whole tree. */
  readonly root: string;
  readonly rootReadonly?: boolean;
  readonly mounts: readonly MountRequest[];
  /** overlay.ts, which is loaded when it is needed. */
  readonly overlay?: (lower: Inode, upper: Inode) => Inode;
  /** Makes a host that has limits whole, from a host directory down: metadata.ts, which is loaded when it is needed. */
  readonly metadata?: (host: HostFs, directory: string) => HostFs;
  /** The terminal that is /dev/tty to a process. */
  readonly terminal: (caller: Caller | undefined) => Terminal | undefined;
  /** Makes pseudoterminals possible. */
  readonly kernel?: Kernel;
}

/** A name that a mount needs and its parent does not have: an empty directory (or file) to mount on. */
class MountPointInode extends Inode {
  private readonly under: Inode;
  private readonly self: () => Dentry | undefined;

  constructor(under: Inode, type: number, self: () => Dentry | undefined) {
    super({ type: "mountpoint", dev: under.fs.dev, statfs: (): StatFs | number => under.fs.statfs(under) }, type);
    this.under = under;
    this.self = self;
  }

  override get key(): string {
    return `m${this.under.key}/${this.self()?.name ?? ""}`;
  }

  override stat(): Stat | number {
    const stat = this.under.stat();
    return typeof stat === "number" ? stat : { ...stat, ino: stat.ino + 1, mode: this.type | 0o755, uid: 0, gid: 0, size: 0, nlink: 2 };
  }

  override permission(_mask: number, _actor: Actor): number {
    return 0;
  }

  override lookup(name: string): Inode | number {
    return this.self()?.children?.get(name)?.inode ?? -E.NOENT;
  }

  override readdir(): DirectoryEntry[] {
    return [...(this.self()?.children ?? [])].map(([name, child]) => ({ name, ino: 1, type: child.inode.type }));
  }
}

/** The place of an absolute guest path, made up where it does not exist (then without symbolic links on the way). */
function mountPoint(caller: Caller, target: string, type: number): PathRef | number {
  const { root } = caller.process.fs;
  const found = walkPath(caller, root, target, true);
  if (found !== -E.NOENT) return found;
  let at = root;
  const names = target.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) return -E.INVAL;
  for (const [index, name] of names.entries()) {
    if (!at.dentry.inode.isDirectory) return -E.NOTDIR;
    let child = lookupChild(at.dentry, name, undefined);
    if (child === -E.NOENT) {
      const made: Dentry = new Dentry(at.dentry, name, new MountPointInode(at.dentry.inode, index + 1 < names.length ? S.IFDIR : type, () => made));
      // Known to its parent for good: asked for again, the back end would deny it.
      made.mounts = [];
      keepDentry(made);
      child = made;
    }
    if (typeof child === "number") return child;
    if (child.inode.isSymlink) return -E.LOOP;
    at = crossMounts({ mount: at.mount, dentry: child });
  }
  return at;
}

const isError = (value: unknown): value is number => typeof value === "number";

/** The namespace, or which mount could not be made and why (negative errno). */
export function setupNamespace(options: NamespaceOptions): Namespace | { readonly path: string; readonly error: number } {
  const { environment, host } = options;
  const pts = new PtsInode(environment);
  const { kernel } = options;
  const openDevice = deviceOpener(
    environment, (flags, path, caller) => options.terminal(caller)?.open(flags, path, caller) ?? -E.NXIO,
    (flags, path, caller) => (kernel ? openMaster(kernel, pts, flags, path, caller) : -E.NODEV),
  );
  let root: Inode | number;
  if (host) {
    const directory = host.realpath(options.root || "/");
    root = isError(directory) ? directory : hostRoot(options.metadata?.(host, directory) ?? host, directory, openDevice);
    if (!isError(root) && !root.isDirectory) root = -E.NOTDIR;
    if (isError(root)) return { path: options.root, error: root };
  } else root = memoryRoot(environment, openDevice);
  const namespace = createNamespace(root, host ? "/dev/root" : "tmpfs", { readonly: options.rootReadonly });
  const caller = kernelCaller(createFsState(namespace), createFileTable());
  const mount = (target: string, inode: Inode, source: string, flags: MountFlags, text = ""): number => {
    const place = mountPoint(caller, target, inode.type);
    if (isError(place)) return place;
    addMount(namespace, place, inode, source, flags, text);
    return 0;
  };
  const safe = { nosuid: true, nodev: true, noexec: true };
  const fixed: [string, Inode, string, MountFlags, string?][] = [
    ["/dev", createDev(environment, openDevice), "devtmpfs", { nosuid: true }, "mode=755"],
    ["/dev/pts", pts, "devpts", { nosuid: true, noexec: true }, "gid=5,mode=620,ptmxmode=000"],
    ["/dev/shm", createTmpfs(environment), "tmpfs", { nosuid: true, nodev: true }],
    ["/proc", createProc(environment, options.system), "proc", safe],
    ["/sys", createSys(environment, options.system), "sysfs", { ...safe, readonly: true }],
  ];
  for (const [target, inode, source, flags, text] of fixed) {
    const error = mount(target, inode, source, flags, text);
    if (error < 0) return { path: target, error };
  }
  for (const request of options.mounts) {
    const error = request.kind === "tmpfs"
      ? mount(request.target, createTmpfs(environment, { openDevice }), "tmpfs", { readonly: request.readonly })
      : host ? mountHost(host, request, openDevice, mount, options) : -E.NODEV;
    if (error < 0) return { path: `${request.source}:${request.target}`, error };
  }
  return namespace;
}

function mountHost(
  host: HostFs, request: MountRequest, openDevice: ReturnType<typeof deviceOpener>,
  mount: (target: string, inode: Inode, source: string, flags: MountFlags, text?: string) => number,
  { overlay, metadata }: Pick<NamespaceOptions, "overlay" | "metadata">,
): number {
  const directory = (path: string): { path: string; inode: Inode } | number => {
    const real = host.realpath(path);
    if (isError(real)) return real;
    const inode = hostRoot(metadata?.(host, real) ?? host, real, openDevice);
    return isError(inode) ? inode : { path: real, inode };
  };
  const source = directory(request.source);
  if (isError(source)) return source;
  if (!request.target.startsWith("/")) return -E.INVAL;
  if (request.kind !== "overlay") return mount(request.target, source.inode, source.path, { readonly: request.readonly });
  const upper = directory(request.upper ?? "");
  if (isError(upper)) return upper;
  if (!overlay || !source.inode.isDirectory || !upper.inode.isDirectory) return -E.NOTDIR;
  return mount(request.target, overlay(source.inode, upper.inode), "overlay", { readonly: request.readonly }, `lowerdir=${source.path},upperdir=${upper.path}`);
}

const ROOT: Actor = { uid: 0, gid: 0, fsuid: 0, fsgid: 0, groups: [] };

/** "/" of a program that sees nothing of the host. */
function memoryRoot(environment: FsEnvironment, openDevice: ReturnType<typeof deviceOpener>): TmpInode {
  const root = createTmpfs(environment, { mode: 0o755, openDevice });
  for (const name of ["bin", "dev", "etc", "home", "lib", "proc", "root", "run", "sys", "usr", "var"]) root.mkdir(name, 0o755, ROOT);
  root.mkdir("tmp", 0o1777, ROOT);
  return root;
}

