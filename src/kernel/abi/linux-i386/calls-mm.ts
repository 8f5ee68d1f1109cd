// System calls on memory. The rules are src/kernel/mm-calls.ts; here the arguments are fetched.

import { E } from "../../errno.ts";
import { getFile } from "../../fs/state.ts";
import { MAP, brk, madvise, mincore, mlock, mmap, mprotect, mremap, msync, munmap } from "../../mm-calls.ts";
import type { MapSource } from "../../mm-calls.ts";
import { PROT } from "../../mm.ts";
import { mappableFile } from "../../mapfile.ts";
import { call, fd, flags, hex, int, oneOf, pointer, size, structIn, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";

const PROT_NAMES = { PROT_READ: PROT.READ, PROT_WRITE: PROT.WRITE, PROT_EXEC: PROT.EXEC, PROT_GROWSDOWN: PROT.GROWSDOWN, PROT_GROWSUP: PROT.GROWSUP };
const MAP_NAMES = {
  MAP_SHARED: MAP.SHARED, MAP_PRIVATE: MAP.PRIVATE, MAP_FIXED: MAP.FIXED, MAP_ANONYMOUS: MAP.ANONYMOUS, MAP_GROWSDOWN: MAP.GROWSDOWN,
  MAP_DENYWRITE: MAP.DENYWRITE, MAP_EXECUTABLE: MAP.EXECUTABLE, MAP_LOCKED: MAP.LOCKED, MAP_NORESERVE: MAP.NORESERVE, MAP_POPULATE: MAP.POPULATE,
  MAP_NONBLOCK: MAP.NONBLOCK, MAP_STACK: MAP.STACK, MAP_HUGETLB: MAP.HUGETLB, MAP_SYNC: MAP.SYNC, MAP_FIXED_NOREPLACE: MAP.FIXED_NOREPLACE,
};

/** mmap(2) with the offset in bytes. */
function doMmap(k: Context, address: number, length: number, prot: number, mapFlags: number, descriptor: number, offset: number): number {
  let source: MapSource | undefined;
  if (!(mapFlags & MAP.ANONYMOUS)) {
    const file = getFile(k.process.files, descriptor);
    if (!file || (!file.readable && !file.writable)) return -E.BADF;
    if (length === 0) return -E.INVAL;
    if (!file.mappable) return -E.NODEV;
    source = { file: mappableFile(k.kernel, file, k.process.fs), readable: file.readable, writable: file.writable };
    if (prot & PROT.EXEC && file.path.mount.flags.noexec) return -E.PERM;
  } else if (mapFlags & MAP.HUGETLB) return -E.NOMEM;
  return mmap(k.process, address, length, prot, mapFlags, source, offset);
}

/** mmap(2) through a structure of six words. */
function oldMmap(k: Context, at: number): number {
  const bytes = k.memory.read(at, 24);
  if (!bytes) return -E.FAULT;
  const [address, length, prot, mapFlags, descriptor, offset] = new Uint32Array(bytes.buffer);
  if (offset & 0xfff) return -E.INVAL;
  return doMmap(k, address, length, prot, mapFlags, descriptor | 0, offset);
}

export const memoryCalls: readonly SystemCall[] = [
  call(45, "brk", [pointer("addr")], "address", (k, address) => brk(k.process, address)),
  call(90, "mmap", [structIn("args", "mmap_arg_struct")], "address", oldMmap),
  call(91, "munmap", [pointer("addr"), size("length")], "int", (k, address, length) => munmap(k.process, address, length)),
  call(125, "mprotect", [pointer("addr"), size("length"), flags("prot", PROT_NAMES)], "int", (k, address, length, prot) => mprotect(k.process, address, length, prot)),
  call(144, "msync", [pointer("addr"), size("length"), flags("flags", { MS_ASYNC: 1, MS_INVALIDATE: 2, MS_SYNC: 4 })], "int",
    (k, address, length, how) => msync(k.process, address, length, how)),
  call(150, "mlock", [pointer("addr"), size("length")], "int", (k, address, length) => mlock(k.process, address, length, true)),
  call(151, "munlock", [pointer("addr"), size("length")], "int", (k, address, length) => mlock(k.process, address, length, false)),
  call(152, "mlockall", [flags("flags", { MCL_CURRENT: 1, MCL_FUTURE: 2, MCL_ONFAULT: 4 })], "int", (_k, how) => (how === 0 || how & ~7 || how === 4 ? -E.INVAL : 0),
    "full", "pages are never swapped out"),
  call(153, "munlockall", [], "int", () => 0, "full", "pages are never swapped out"),
  call(163, "mremap", [pointer("old_address"), size("old_size"), size("new_size"), flags("flags", { MREMAP_MAYMOVE: 1, MREMAP_FIXED: 2, MREMAP_DONTUNMAP: 4 }), pointer("new_address")],
    "address", (k, address, oldSize, newSize, how, target) => mremap(k.process, address, oldSize, newSize, how, target)),
  call(192, "mmap2", [pointer("addr"), size("length"), flags("prot", PROT_NAMES), flags("flags", MAP_NAMES), fd(), hex("pgoffset")], "address",
    (k, address, length, prot, mapFlags, descriptor, pages) => doMmap(k, address, length, prot, mapFlags, descriptor, pages * 4096)),
  call(218, "mincore", [pointer("addr"), size("length"), pointer("vec")], "int", (k, address, length, vector) => mincore(k.process, address, length, vector)),
  call(219, "madvise", [pointer("addr"), size("length"), oneOf("advice", {
    MADV_NORMAL: 0, MADV_RANDOM: 1, MADV_SEQUENTIAL: 2, MADV_WILLNEED: 3, MADV_DONTNEED: 4, MADV_FREE: 8, MADV_REMOVE: 9, MADV_DONTFORK: 10, MADV_DOFORK: 11,
    MADV_MERGEABLE: 12, MADV_UNMERGEABLE: 13, MADV_HUGEPAGE: 14, MADV_NOHUGEPAGE: 15, MADV_DONTDUMP: 16, MADV_DODUMP: 17,
  })], "int", (k, address, length, advice) => madvise(k.process, address, length, advice)),
  call(274, "mbind", [pointer("addr"), size("length"), int("mode"), pointer("nodemask"), uint("maxnode"), hex("flags")], "int", () => 0, "partial", "one memory node"),
  call(275, "get_mempolicy", [pointer("mode"), pointer("nodemask"), uint("maxnode"), pointer("addr"), hex("flags")], "int", getMempolicy, "partial", "one memory node"),
  call(276, "set_mempolicy", [int("mode"), pointer("nodemask"), uint("maxnode")], "int", () => 0, "partial", "one memory node"),
  call(376, "mlock2", [pointer("addr"), size("length"), hex("flags")], "int", (k, address, length, how) => (how & ~1 ? -E.INVAL : mlock(k.process, address, length, true))),
  call(380, "pkey_mprotect", [pointer("addr"), size("length"), flags("prot", PROT_NAMES), int("pkey")], "int",
    (k, address, length, prot, key) => (key === -1 ? mprotect(k.process, address, length, prot) : -E.INVAL), "partial", "no protection keys"),
  call(381, "pkey_alloc", [hex("flags"), hex("rights")], "int", () => -E.NOSPC, "partial", "no protection keys"),
  call(382, "pkey_free", [int("pkey")], "int", () => -E.INVAL, "partial", "no protection keys"),
];

function getMempolicy(k: Context, mode: number, mask: number, bits: number): number {
  if (mode && !k.memory.storeU32(mode, 0)) return -E.FAULT;
  if (mask) {
    const length = Math.ceil(Math.min(bits, 4096) / 32) * 4;
    if (!k.memory.write(mask, new Uint8Array(length))) return -E.FAULT;
  }
  return 0;
}
