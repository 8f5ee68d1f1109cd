// A host file system as poor as Windows' seems to a Unix program, over a directory of the machine that tests run on: names in any case
// are the same file, some names and bytes are forbidden, there are no symbolic links, devices or pipes, and mode and owner are fixed.

import fs from "node:fs";
import { createHostFs } from "../../src/host/node/fs.ts";
import { E } from "../../src/kernel/errno.ts";
import { O, S } from "../../src/kernel/fs/constants.ts";
import type { HostFs } from "../../src/kernel/fs/host.ts";
import type { Stat } from "../../src/kernel/fs/inode.ts";

const FORBIDDEN = /[^ -\xff]|[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)([ .]|$)/i;
const fold = (name: string): string => Buffer.from(name, "latin1").toString().toLowerCase();

/** `base` is there in its exact case; below it names are found in any. */
export function createPoorHost(base: string): HostFs {
  const real = createHostFs();
  /** The real path, or an error for names that cannot be. */
  const find = (path: string): string | number => {
    let at = base;
    if (path !== base && !path.startsWith(`${base}/`)) return path;
    for (const name of path.slice(base.length).split("/").slice(1)) {
      if (FORBIDDEN.test(name) || fold(name).includes("\ufffd")) return -E.INVAL;
      if (name.length > 255) return -E.NAMETOOLONG;
      let names: string[] = [];
      try {
        names = fs.readdirSync(Buffer.from(at, "latin1"), { encoding: "latin1" });
      } catch {
        // no directory: the real host will say so
      }
      at += `/${names.find((it) => fold(it) === fold(name)) ?? name}`;
    }
    return at;
  };
  const at = <T>(path: string, action: (found: string) => T): T | number => {
    const found = find(path);
    return typeof found === "number" ? found : action(found);
  };
  const poor = (stat: Stat | number): Stat | number => {
    if (typeof stat === "number") return stat;
    const type = stat.mode & S.IFMT;
    return { ...stat, mode: type | (type === S.IFDIR ? 0o777 : 0o666), uid: 0, gid: 0, rdev: 0 };
  };
  const pair = (from: string, to: string, action: (a: string, b: string) => number): number => at(from, (a) => at(to, (b) => action(a, b)));
  return {
    ...real,
    limits: { names: "windows", caseSensitive: false, symlinks: false, attributes: false },
    uid: 0,
    gid: 0,
    lstat: (path) => at(path, (it) => poor(real.lstat(it))),
    fstat: (fd) => poor(real.fstat(fd)),
    open: (path, flags, mode) => at(path, (it) => (flags & O.CREAT && mode & 0o7000 ? -E.INVAL : real.open(it, flags, 0o600))),
    readdir: (path) => at(path, (it) => real.readdir(it)),
    readlink: () => -E.INVAL,
    mkdir: (path) => at(path, (it) => real.mkdir(it, 0o700)),
    rmdir: (path) => at(path, (it) => real.rmdir(it)),
    unlink: (path) => at(path, (it) => real.unlink(it)),
    // a change of case only is a change
    rename: (from, to) =>
      at(from, (a) => at(to, (b) => real.rename(a, a === b ? b.slice(0, b.lastIndexOf("/")) + to.slice(to.lastIndexOf("/")) : b))),
    link: (from, to) => pair(from, to, (a, b) => real.link(a, b)),
    symlink: () => -E.PERM,
    mkfifo: () => -E.PERM,
    chmod: () => 0,
    fchmod: () => 0,
    lchown: () => 0,
    utimes: (path, atime, mtime) => at(path, (it) => real.utimes(it, atime, mtime)),
    statfs: (path) => at(path, (it) => real.statfs(it)),
    access: (path, mask) => at(path, (it) => real.access(it, mask)),
  };
}
