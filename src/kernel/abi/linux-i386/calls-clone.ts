// fork(2), vfork(2), clone(2), clone3(2). Making the copy is src/kernel/process.ts.

import { E } from "../../errno.ts";
import { dataSize, mayCommit, mayFork } from "../../caps.ts";
import { cloneThread } from "../../process.ts";
import { SIGNAL_COUNT } from "../../signal.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { call, flags, pointer, size, structIn } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { installPidFile } from "./calls-pidfd.ts";
import { tlsNumber, readUserDescriptor } from "./calls-thread.ts";
import { pack } from "../../../runtime/segments.ts";

const CLONE = {
  CLONE_VM: 0x100, CLONE_FS: 0x200, CLONE_FILES: 0x400, CLONE_SIGHAND: 0x800, CLONE_PIDFD: 0x1000, CLONE_PTRACE: 0x2000, CLONE_VFORK: 0x4000,
  CLONE_PARENT: 0x8000, CLONE_THREAD: 0x1_0000, CLONE_NEWNS: 0x2_0000, CLONE_SYSVSEM: 0x4_0000, CLONE_SETTLS: 0x8_0000, CLONE_PARENT_SETTID: 0x10_0000,
  CLONE_CHILD_CLEARTID: 0x20_0000, CLONE_DETACHED: 0x40_0000, CLONE_UNTRACED: 0x80_0000, CLONE_CHILD_SETTID: 0x100_0000, CLONE_NEWCGROUP: 0x200_0000,
  CLONE_NEWUTS: 0x400_0000, CLONE_NEWIPC: 0x800_0000, CLONE_NEWUSER: 0x1000_0000, CLONE_NEWPID: 0x2000_0000, CLONE_NEWNET: 0x4000_0000, CLONE_IO: 0x8000_0000,
};
const NEW_NAMESPACES = 0x2_0000 | 0x200_0000 | 0x7c00_0000;
/** clone3 only, above the 32 bits that clone has. */
const CLEAR_SIGHAND = 1;
const [EAX, ESP] = [0, 4];

interface CloneArguments {
  readonly flags: number; // low 32 bits
  readonly high: number; // the next 32
  readonly exitSignal: number;
  readonly stack: number;
  readonly parentTid: number;
  readonly childTid: number;
  readonly tls: number;
  /** Where CLONE_PIDFD stores the descriptor. */
  readonly pidfd: number;
}

function doClone(k: Context, a: CloneArguments): Result {
  const has = (bit: number) => (a.flags & bit) !== 0;
  if (has(CLONE.CLONE_SIGHAND) && !has(CLONE.CLONE_VM)) return -E.INVAL;
  if (has(CLONE.CLONE_THREAD) && !has(CLONE.CLONE_SIGHAND)) return -E.INVAL;
  if (has(CLONE.CLONE_FS) && has(CLONE.CLONE_NEWNS)) return -E.INVAL;
  if (has(CLONE.CLONE_SIGHAND) && a.high & CLEAR_SIGHAND) return -E.INVAL;
  if (has(CLONE.CLONE_PIDFD)) {
    if (has(CLONE.CLONE_THREAD) || has(CLONE.CLONE_DETACHED)) return -E.INVAL;
    if (!k.memory.canWrite(a.pidfd, 4)) return -E.FAULT;
  }
  if (has(NEW_NAMESPACES)) return -E.PERM;
  const refused = mayFork(k.process);
  if (refused < 0) return refused;
  if (!has(CLONE.CLONE_VM) && !mayCommit(k.process, dataSize(k.process.mm))) return -E.NOMEM;
  let tls: { entry: number; words: [number, number] } | undefined;
  if (has(CLONE.CLONE_SETTLS)) {
    const descriptor = readUserDescriptor(k, a.tls);
    if (!descriptor) return -E.FAULT;
    const entry = tlsNumber(k, descriptor);
    if (entry < 0 || !descriptor.seg32bit || descriptor.contents > 1) return -E.INVAL;
    tls = { entry, words: pack(descriptor) };
  }
  const child = cloneThread(k, {
    thread: has(CLONE.CLONE_THREAD), shareMemory: has(CLONE.CLONE_VM), shareFiles: has(CLONE.CLONE_FILES), shareFs: has(CLONE.CLONE_FS),
    shareHandlers: has(CLONE.CLONE_SIGHAND), clearHandlers: (a.high & CLEAR_SIGHAND) !== 0, sameParent: has(CLONE.CLONE_PARENT),
    vfork: has(CLONE.CLONE_VFORK), exitSignal: a.exitSignal,
    prepare(context) {
      context.state[EAX] = 0;
      if (a.stack !== 0) context.state[ESP] = a.stack | 0;
      if (tls) context.tables.gdt.set(tls.words, tls.entry * 2);
    },
  });
  if (has(CLONE.CLONE_CHILD_SETTID)) child.memory.storeU32(a.childTid, child.tid);
  if (has(CLONE.CLONE_CHILD_CLEARTID)) child.clearChildTid = a.childTid;
  if (has(CLONE.CLONE_PARENT_SETTID)) k.memory.storeU32(a.parentTid, child.tid);
  if (has(CLONE.CLONE_PIDFD)) k.memory.storeU32(a.pidfd, installPidFile(k, child.process, 0));
  if (!has(CLONE.CLONE_VFORK)) return child.tid;
  const queue = child.process.vforkQueue;
  const { process, tid } = child;
  if (!queue || process === k.process) return tid;
  return waitFor([queue], () => (process.vforkQueue === undefined ? tid : undefined), { uninterruptible: true });
}

const PLAIN: CloneArguments = { flags: 0, high: 0, exitSignal: 17, stack: 0, parentTid: 0, childTid: 0, tls: 0, pidfd: 0 };

const CLONE3_MIN = 64, CLONE3_MAX = 4096;

function clone3(k: Context, at: number, length: number): Result {
  if (length > CLONE3_MAX) return -E.TOOBIG;
  if (length < CLONE3_MIN) return -E.INVAL;
  const bytes = k.memory.read(at, length);
  if (!bytes) return -E.FAULT;
  const words = new Uint32Array(bytes.buffer, 0, length >> 2);
  const field = (n: number) => words[2 * n];
  if (words.subarray(22).some((w) => w !== 0)) return -E.TOOBIG;
  if (field(8) || field(9)) return -E.INVAL; // set_tid: no process number of one's own choice
  const low = words[0], high = words[1];
  if (high & ~CLEAR_SIGHAND || low & (CLONE.CLONE_DETACHED | 0xff)) return -E.INVAL;
  const exitSignal = field(4), stack = field(5), stackSize = field(6);
  if (exitSignal > SIGNAL_COUNT || (low & (CLONE.CLONE_THREAD | CLONE.CLONE_PARENT) && exitSignal)) return -E.INVAL;
  if ((stack === 0) !== (stackSize === 0)) return -E.INVAL;
  return doClone(k, {
    flags: low | 0, high, exitSignal, stack: stack === 0 ? 0 : stack + stackSize, parentTid: field(3), childTid: field(2), tls: field(7), pidfd: field(1),
  });
}

export const cloneCalls: readonly SystemCall[] = [
  call(2, "fork", [], "pid", (k) => doClone(k, PLAIN)),
  call(120, "clone", [flags("flags", CLONE), pointer("stack"), pointer("parent_tid"), structIn("tls", "user_desc"), pointer("child_tid")], "pid",
    (k, bits, stack, parentTid, tls, childTid) => doClone(k, { flags: bits & ~0xff, high: 0, exitSignal: bits & 0xff, stack, parentTid, childTid, tls, pidfd: parentTid }),
    "partial", "no namespaces"),
  call(190, "vfork", [], "pid", (k) => doClone(k, { ...PLAIN, flags: CLONE.CLONE_VM | CLONE.CLONE_VFORK })),
  call(435, "clone3", [structIn("cl_args", "clone_args"), size("size")], "pid", clone3, "partial", "no namespaces, no set_tid"),
];
