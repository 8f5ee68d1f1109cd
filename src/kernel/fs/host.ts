// What the file layer asks of the host. src/host/node/fs.ts implements it with synchronous node:fs calls, tests in memory.
//
// Paths are host paths as byte strings, made by hostfs.ts from a mount's host directory and names that have been checked one by
// one; no call here may follow a symbolic link in the last component. Answers are values or negative errno numbers.

import type { Stat, StatFs, Time } from "./inode.ts";

export interface HostEntry {
  readonly name: string;
  /** S_IF bits, 0 unknown. */
  readonly type: number;
}

/** What a host's file system cannot hold; metadata.ts keeps it then. */
export interface HostLimits {
  /** Which names it takes: any bytes but "/" and NUL, or those that Windows has. */
  readonly names: "bytes" | "windows";
  /** Names that differ in case only are different files. */
  readonly caseSensitive: boolean;
  readonly symlinks: boolean;
  /** Of mode, owner and group it has what stat shows, and setting them does nothing of use. */
  readonly attributes: boolean;
}

export interface HostFs {
  /** Absent: it holds all that the guest asks for. */
  readonly limits?: HostLimits;
  /** Whom the host takes us for. */
  readonly uid: number;
  readonly gid: number;
  /** lstat(2). A missing file is -ENOENT. */
  lstat(path: string): Stat | number;
  fstat(fd: number): Stat | number;
  /** Size of an open file in bytes. */
  size(fd: number): number;
  /** `flags` are the O bits of constants.ts; `mode` is applied in full (no umask). Never follows a final symbolic link. */
  open(path: string, flags: number, mode: number): number;
  close(fd: number): void;
  /** pread(2). */
  read(fd: number, into: Uint8Array, position: number): number;
  /** pwrite(2); may be short. */
  write(fd: number, from: Uint8Array, position: number): number;
  readdir(path: string): HostEntry[] | number;
  readlink(path: string): string | number;
  mkdir(path: string, mode: number): number;
  rmdir(path: string): number;
  unlink(path: string): number;
  rename(from: string, to: string): number;
  link(from: string, to: string): number;
  symlink(target: string, path: string): number;
  mkfifo(path: string, mode: number): number;
  /** Devices, pipes and sockets, where they can be made; `mode` with the S_IF bits. */
  mknod?(path: string, mode: number, rdev: number): number;
  chmod(path: string, mode: number): number;
  fchmod(fd: number, mode: number): number;
  lchown(path: string, uid: number, gid: number): number;
  utimes(path: string, atime: Time, mtime: Time): number;
  futimes(fd: number, atime: Time, mtime: Time): number;
  ftruncate(fd: number, size: number): number;
  fsync(fd: number, dataOnly: boolean): number;
  statfs(path: string): StatFs | number;
  /** Absolute path of a host directory named by the person at the command line, links resolved. */
  realpath(path: string): string | number;
  /** access(2) with MAY bits. */
  access(path: string, mask: number): number;
}

/** A byte stream of the host that the guest sees as descriptor 0, 1 or 2. See stdio.ts. */
export interface HostStream {
  readonly kind: "file" | "pipe" | "terminal" | "null";
  /** Bytes read, 0 at the end, -EAGAIN when there is nothing yet (`onReady` will be called), or another negative errno. */
  read(into: Uint8Array): number;
  /** Bytes taken (perhaps fewer), -EAGAIN when the other side is slow (`onReady` will be called), -EPIPE when it has gone. */
  write(from: Uint8Array): number;
  /** Bytes that a read would give now; -1 at the end of input. Starts listening for more. */
  available(): number;
  /** Called when a read or write that gave -EAGAIN may succeed. */
  onReady: () => void;
  /** Files: lseek(2), position of the next read or write. */
  seek?(offset: number, whence: number): number;
  truncate?(size: number): number;
  /** Drops input that has come and not been read. */
  flush?(): void;
  stat(): Stat | number;
  /** Terminals. */
  readonly terminal?: HostTerminal;
}

/** termios(3) as the kernel keeps it: struct termios of i386 and x86-64. */
export interface Termios {
  iflag: number;
  oflag: number;
  cflag: number;
  lflag: number;
  line: number;
  /** 19 control characters. */
  cc: number[];
}

export interface HostTerminal {
  /** undefined: the host cannot tell; the guest sees the usual defaults. */
  getAttributes(): Termios | undefined;
  setAttributes(attributes: Termios): void;
  windowSize(): { rows: number; columns: number };
  /** Called when the window has changed its size (SIGWINCH). */
  onResize: () => void;
}
