// An open file as memory maps it: the bridge between fs/ and mm.ts. While a file is mapped, its inode carries a MappedInode, which
// keeps reads and writes through descriptors in step with the mapped pages: changes of shared pages are written back before the file
// is read, and pages follow when the file is written or truncated (private pages as long as the program has not changed them).

import type { OpenFile } from "./fs/file.ts";
import type { MappedInode } from "./fs/inode.ts";
import { displayPath } from "./fs/state.ts";
import type { FsState } from "./fs/state.ts";
import { PAGE, pageUp, writeBack } from "./mm.ts";
import type { AddressSpace, MappableFile, VmArea } from "./mm.ts";
import { PERM } from "../runtime/memory.ts";
import type { Kernel } from "./thread.ts";

const known = new WeakMap<OpenFile, MappableFile>();
/** Mappings of each inode that is mapped. */
const mapped = new WeakMap<MappedInode, { count: number }>();

/** The mappable side of an open file. Nothing is held until a mapping calls `retain`. */
export function mappableFile(kernel: Kernel, file: OpenFile, fs: FsState): MappableFile {
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
    places: () => placesOf(kernel, made),
    pread: (offset, into) => file.readAt(offset, into),
    pwrite: (offset, bytes) => file.writeAt(offset, bytes),
    retain() {
      file.ref();
      const { inode } = file;
      const mapping = (inode.mapping ??= watchInode(kernel, made));
      const entry = mapped.get(mapping);
      if (entry) entry.count++;
      else mapped.set(mapping, { count: 1 });
    },
    release() {
      const { inode } = file;
      const entry = inode.mapping && mapped.get(inode.mapping);
      if (entry && --entry.count === 0) inode.mapping = undefined;
      file.unref();
    },
  };
  known.set(file, made);
  return made;
}

interface Place {
  readonly mm: AddressSpace;
  readonly area: VmArea;
}

/** Where a file is mapped, in whichever process. */
function placesOf(kernel: Kernel, file: MappableFile): Place[] {
  const found: Place[] = [];
  for (const mm of new Set([...kernel.processes.values()].map((process) => process.mm))) {
    for (const area of mm.areas) if (area.file && area.file.inode === file.inode && area.file.device === file.device) found.push({ mm, area });
  }
  return found;
}

/** Follows what happens to a mapped inode. `file` is one of its files: how to read it, and which device and number it has. */
function watchInode(kernel: Kernel, file: MappableFile): MappedInode {
  /** Our own reads and writes of the file: shared pages are right already, private ones may have to follow. */
  let busy = false;
  let untouched: { mm: AddressSpace; area: VmArea; page: number }[] = [];

  function quietly<T>(action: () => T): T | undefined {
    if (busy) return undefined;
    busy = true;
    try {
      return action();
    } finally {
      busy = false;
    }
  }

  function readQuietly(offset: number, into: Uint8Array): void {
    const before = busy;
    busy = true;
    file.pread(offset, into);
    busy = before;
  }

  const places = () => placesOf(kernel, file);

  const flush = () => {
    for (const { mm, area } of places()) if (area.shared) writeBack(mm, area);
  };

  /** Reads a page of a mapping again: what lies in the file now, zeros behind its end, SIGBUS for pages wholly behind it. */
  function refresh({ mm, area }: Place, page: number, size: number): void {
    const offset = area.offset + page - area.start;
    if (offset >= pageUp(size)) {
      if (!(mm.memory.perm[page >>> 12] & PERM.BUS)) mm.memory.markBus(page, PAGE);
      return;
    }
    if (mm.memory.perm[page >>> 12] & PERM.BUS) mm.memory.map(page, PAGE, area.prot);
    const bytes = new Uint8Array(PAGE);
    readQuietly(offset, bytes.subarray(0, Math.min(PAGE, size - offset)));
    mm.memory.poke(page, bytes);
    area.shadow?.set(bytes, page - area.start);
  }

  function* pagesOf({ area }: Place, offset: number, length: number): Generator<number> {
    const from = Math.max(area.offset, offset - (offset % PAGE)), to = Math.min(area.offset + area.end - area.start, offset + length);
    for (let at = from; at < to; at += PAGE) yield area.start + at - area.offset;
  }

  /** Private pages that still are what the file holds. */
  function findUntouched(offset: number, length: number): void {
    untouched = [];
    const bytes = new Uint8Array(PAGE);
    for (const place of places()) {
      const { mm, area } = place;
      if (area.shared) continue;
      for (const page of pagesOf(place, offset, length)) {
        if (mm.memory.perm[page >>> 12] & PERM.BUS) untouched.push({ mm, area, page });
        else if (mm.memory.canRead(page, PAGE)) {
          bytes.fill(0);
          readQuietly(area.offset + page - area.start, bytes);
          const now = mm.memory.subarray(page, PAGE);
          if (bytes.every((byte, i) => byte === now[i])) untouched.push({ mm, area, page });
        }
      }
    }
  }

  return {
    beforeRead: () => void quietly(flush),
    beforeWrite(offset, length) {
      quietly(flush);
      findUntouched(offset, length);
    },
    afterWrite(offset, length) {
      const size = file.size();
      const followers = untouched;
      untouched = [];
      quietly(() => {
        for (const place of places()) if (place.area.shared) for (const page of pagesOf(place, offset, length)) refresh(place, page, size);
      });
      for (const { mm, area, page } of followers) refresh({ mm, area }, page, size);
    },
    resized: () => void quietly(() => {
      const size = file.size();
      for (const place of places()) {
        for (let page = place.area.start; page < place.area.end; page += PAGE) {
          const bus = (place.mm.memory.perm[page >>> 12] & PERM.BUS) !== 0;
          const offset = place.area.offset + page - place.area.start;
          const behind = offset >= pageUp(size);
          if (behind !== bus || (place.area.shared && offset < size && offset + PAGE > size)) refresh(place, page, size);
        }
      }
    }),
  };
}
