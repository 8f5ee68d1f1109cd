// An open file as memory maps it: the bridge between fs/ and mm.ts. Mappings of one inode share one value, so areas of the same
// file can be told from others and joined.

import type { OpenFile } from "./fs/file.ts";
import { displayPath } from "./fs/state.ts";
import type { FsState } from "./fs/state.ts";
import type { MappableFile } from "./mm.ts";

const known = new WeakMap<OpenFile, MappableFile>();

/** The mappable side of an open file. Nothing is held until a mapping calls `retain`. */
export function mappableFile(file: OpenFile, fs: FsState): MappableFile {
  const old = known.get(file);
  if (old) return old;
  const stat = file.stat();
  const fixed = typeof stat === "number" ? { dev: 0, ino: 0 } : stat;
  const made: MappableFile = {
    get name() {
      return displayPath(file.path, fs.root);
    },
    device: fixed.dev,
    inode: fixed.ino,
    size() {
      const now = file.stat();
      return typeof now === "number" ? 0 : now.size;
    },
    pread: (offset, into) => file.readAt(offset, into),
    pwrite: (offset, bytes) => file.writeAt(offset, bytes),
    retain: () => void file.ref(),
    release: () => file.unref(),
  };
  known.set(file, made);
  return made;
}
