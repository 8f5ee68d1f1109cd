// memfd_create(2): a file in memory that has no name.

import { O } from "./constants.ts";
import type { Actor, FsEnvironment } from "./inode.ts";
import { namelessPlace } from "./state.ts";
import { createTmpfs, TmpFile } from "./tmpfs.ts";
import type { TmpInode } from "./tmpfs.ts";

const roots = new WeakMap<FsEnvironment, TmpInode>();

/** A new file, open for reading and writing. `seals` is what is sealed at first (F_SEAL_SEAL: no sealing). */
export function createMemoryFile(environment: FsEnvironment, name: string, seals: number, mode: number, actor: Actor, label = `/memfd:${name}`): TmpFile {
  let root = roots.get(environment);
  if (!root) roots.set(environment, (root = createTmpfs(environment)));
  const inode = root.createUnnamed(mode, actor);
  inode.seals = seals;
  const place = namelessPlace(inode, label);
  place.dentry.deleted = true;
  return new TmpFile(O.RDWR | O.LARGEFILE, place, inode);
}
