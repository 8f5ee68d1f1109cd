// The user's cache directory, and files there that hold code which is going to be run: nobody else may have been able to write them.

import fs from "node:fs";
import { dirname } from "node:path";

/** Where this system keeps a user's caches, with our name; undefined when that is not known. */
export function cacheDirectory(): string | undefined {
  const { env, platform } = process;
  if (env["XDG_CACHE_HOME"]?.startsWith("/")) return `${env["XDG_CACHE_HOME"]}/jit386`;
  if (platform === "win32") return env["LOCALAPPDATA"] && `${env["LOCALAPPDATA"]}/jit386`;
  return env["HOME"] && `${env["HOME"]}/${platform === "darwin" ? "Library/Caches" : ".cache"}/jit386`;
}

/** Opens a regular file if it is ours alone to write. */
export function openOwn(path: string): { readonly fd: number; readonly size: number } | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isFile() && (process.geteuid === undefined || (stat.uid === process.geteuid() && (stat.mode & 0o022) === 0))) return { fd, size: stat.size };
  } catch {
    // as if it were not there
  }
  fs.closeSync(fd);
  return undefined;
}

/** Reads `size` bytes from where the file stands; false when that cannot be. */
export function readWhole(fd: number, into: Uint8Array, size: number): boolean {
  try {
    for (let at = 0, got; at < size; at += got) {
      got = fs.readSync(fd, into, at, size - at, null);
      if (got === 0) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** A file's contents if it is ours alone to write. `used` is told of it while it is open. */
export function readOwn(path: string, used?: (fd: number) => void): Buffer | undefined {
  const opened = openOwn(path);
  if (opened === undefined) return undefined;
  const { fd, size } = opened;
  try {
    const data = Buffer.allocUnsafeSlow(size);
    if (!readWhole(fd, data, size)) return undefined;
    used?.(fd);
    return data;
  } catch {
    return undefined;
  } finally {
    fs.closeSync(fd);
  }
}

/** Makes a directory and those around it. Node's recursive mkdir never ends where a directory exists but takes no entries with ENOENT, as /proc/self does. */
export function makeDirectory(path: string): void {
  if (fs.existsSync(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!fs.existsSync(path)) throw error;
  }
}
