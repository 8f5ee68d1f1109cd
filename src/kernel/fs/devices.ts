// Character devices without hardware, mem(4), random(4), and the tree of /dev. Terminals and the standard streams stand in stdio.ts.

import { E } from "../errno.ts";
import { makedev, O, S } from "./constants.ts";
import { OpenFile } from "./file.ts";
import type { Caller, FsEnvironment, Inode } from "./inode.ts";
import type { PathRef } from "./state.ts";
import { createTmpfs } from "./tmpfs.ts";

const ROOT = { uid: 0, gid: 0, fsuid: 0, fsgid: 0, groups: [] };

/** Opens the controlling terminal or console: stdio.ts, given by the kernel. */
export type TerminalOpener = (flags: number, path: PathRef, caller: Caller | undefined) => OpenFile | number;

/** null, zero and full: reading is `fill`, writing swallows or fails. */
class MemoryDevice extends OpenFile {
  private readonly fill: (into: Uint8Array) => number;
  private readonly writeError: number;
  private readonly zero: boolean;

  constructor(flags: number, path: PathRef, fill: (into: Uint8Array) => number, writeError = 0, zero = false) {
    super(flags, path);
    this.fill = fill;
    this.writeError = writeError;
    this.zero = zero;
  }

  override read(into: Uint8Array): number {
    return this.fill(into);
  }

  override write(from: Uint8Array): number {
    return this.writeError || from.length;
  }

  override readAt(_offset: number, into: Uint8Array): number {
    return this.fill(into);
  }

  override writeAt(_offset: number, from: Uint8Array): number {
    return this.write(from);
  }

  override seek(): number {
    return 0;
  }

  override get mappable(): boolean {
    return this.zero;
  }

  override sync(): number {
    return -E.INVAL;
  }
}

const zeros = (into: Uint8Array): number => {
  into.fill(0);
  return into.length;
};

const NAMES: readonly [string, number, number, number][] = [
  ["null", 1, 3, 0o666], ["zero", 1, 5, 0o666], ["full", 1, 7, 0o666], ["random", 1, 8, 0o666], ["urandom", 1, 9, 0o666],
  ["tty", 5, 0, 0o666], ["console", 5, 1, 0o600], ["ptmx", 5, 2, 0o666],
];

/** Opens a character device by number. `terminal` serves /dev/tty and /dev/console, `master` /dev/ptmx. */
export function deviceOpener(environment: FsEnvironment, terminal: TerminalOpener, master: TerminalOpener) {
  return (rdev: number, flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number => {
    const status = flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC);
    switch (rdev) {
      case makedev(1, 3): return new MemoryDevice(status, path, () => 0);
      case makedev(1, 5): return new MemoryDevice(status, path, zeros, 0, true);
      case makedev(1, 7): return new MemoryDevice(status, path, zeros, -E.NOSPC);
      case makedev(1, 8):
      case makedev(1, 9): {
        const random = (into: Uint8Array): number => {
          for (let at = 0; at < into.length; at += 65536) environment.random(into.subarray(at, at + 65536));
          return into.length;
        };
        return new MemoryDevice(status, path, random);
      }
      case makedev(5, 0):
      case makedev(5, 1): return terminal(status, path, caller);
      case makedev(5, 2): return master(status, path, caller);
      default: return -E.NXIO;
    }
  };
}

/** The tree of /dev; "shm" and "pts" are empty directories to mount on. */
export function createDev(environment: FsEnvironment, openDevice: ReturnType<typeof deviceOpener>): Inode {
  const root = createTmpfs(environment, { type: "devtmpfs", mode: 0o755, openDevice });
  for (const [name, major, minor, mode] of NAMES) root.mknod(name, S.IFCHR | mode, makedev(major, minor), ROOT);
  for (const [name, target] of [["stdin", "/proc/self/fd/0"], ["stdout", "/proc/self/fd/1"], ["stderr", "/proc/self/fd/2"], ["fd", "/proc/self/fd"]]) {
    root.symlink(name, target, ROOT);
  }
  root.mkdir("shm", 0o755, ROOT);
  root.mkdir("pts", 0o755, ROOT);
  return root;
}

