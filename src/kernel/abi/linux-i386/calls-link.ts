// Reading symbolic links, readlink(2): the C library of a static program asks where it lies before main.

import { E } from "../../errno.ts";
import { AT } from "../../fs/constants.ts";
import { bufferOut, call, dirfd, path, size } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { findAt, stringBytes } from "./file-arguments.ts";

function readlink(k: Context, directory: number, address: number, buffer: number, length: number): number {
  if ((length | 0) <= 0) return -E.INVAL;
  const found = findAt(k, directory, address, AT.SYMLINK_NOFOLLOW | AT.EMPTY_PATH);
  if (typeof found === "number") return found;
  const { inode } = found.place.dentry;
  if (!inode.isSymlink) return directory !== AT.FDCWD && found.file ? -E.NOENT : isEmptyPath(k, address) ? -E.NOENT : -E.INVAL;
  const target = inode.readlink(k);
  if (typeof target === "number") return target;
  const bytes = stringBytes(target.slice(0, length >>> 0));
  return k.memory.write(buffer, bytes) ? bytes.length : -E.FAULT;
}

const isEmptyPath = (k: Context, address: number): boolean => k.memory.loadU8(address) === 0;

export const linkCalls: readonly SystemCall[] = [
  call(85, "readlink", [path(), bufferOut("buf", 2), size("bufsiz")], "size", (k, p, b, n) => readlink(k, AT.FDCWD, p, b, n)),
  call(305, "readlinkat", [dirfd(), path(), bufferOut("buf", 3), size("bufsiz")], "size", readlink),
];
