// System calls on the system and on limits: uname, sysinfo, getrlimit, getrusage, prctl, random numbers. Scheduling: calls-sched.ts.

import { E } from "../../errno.ts";
import { SIGNAL_COUNT } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import type { Limit, Process } from "../../thread.ts";
import { SECOND, processCpuTime } from "../../time.ts";
import { totalSize } from "../../mm.ts";
import { absent, bufferOut, call, flags, hex, int, oneOf, pid, pointer, size, structIn, structOut, uint } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { toTimespec, writeTimeval } from "./time-structures.ts";
import { byteString } from "./file-arguments.ts";

export const RELEASE = "6.1.0-jit386";
export const VERSION = "#1 SMP PREEMPT_DYNAMIC";

/** Flags of personality(2). */
export const PERSONALITY = { UNAME26: 0x2_0000, MMAP_PAGE_ZERO: 0x10_0000, READ_IMPLIES_EXEC: 0x40_0000 } as const;

/** UNAME26: programs that parse "2.6.N" see such a number. */
const as26 = (release: string): string => release.replace(/^\d+\.(\d+)[\d.]*/, (_all, minor: string) => `2.6.${60 + Number(minor)}`);

function uname(k: Context, at: number, fieldSize: number, fields: number): number {
  const bytes = new Uint8Array(fieldSize * fields);
  const { system, release, version, machine } = k.process.abi.identity;
  const shown = k.process.personality & PERSONALITY.UNAME26 ? as26(release) : release;
  [system, k.kernel.hostname, shown, version, machine, "(none)"].slice(0, fields).forEach((text, i) => {
    for (let n = 0; n < Math.min(text.length, fieldSize - 1); n++) bytes[i * fieldSize + n] = text.charCodeAt(n);
  });
  return k.memory.write(at, bytes) ? 0 : -E.FAULT;
}

const TOTAL_MEMORY = 3 * 2 ** 30;

function sysinfo(k: Context, at: number): number {
  const words = new Uint32Array(16);
  words.set([Math.floor(k.kernel.clock.monotonic() / SECOND), 0, 0, 0, TOTAL_MEMORY, TOTAL_MEMORY - totalSize(k.process.mm), 0, 0, 0, 0]);
  words[10] = k.kernel.processes.size; // procs, 16 bits
  words[13] = 1; // mem_unit
  return k.memory.write(at, new Uint8Array(words.buffer)) ? 0 : -E.FAULT;
}

// -- limits ---------------------------------------------------------------------------------------------------------------------------------

const RESOURCES = {
  RLIMIT_CPU: 0, RLIMIT_FSIZE: 1, RLIMIT_DATA: 2, RLIMIT_STACK: 3, RLIMIT_CORE: 4, RLIMIT_RSS: 5, RLIMIT_NPROC: 6, RLIMIT_NOFILE: 7,
  RLIMIT_MEMLOCK: 8, RLIMIT_AS: 9, RLIMIT_LOCKS: 10, RLIMIT_SIGPENDING: 11, RLIMIT_MSGQUEUE: 12, RLIMIT_NICE: 13, RLIMIT_RTPRIO: 14, RLIMIT_RTTIME: 15,
};
const RLIM_INFINITY = 0xffff_ffff;
const OLD_INFINITY = 0x7fff_ffff;
const INFINITY_64 = 0xffff_ffff_ffff_ffffn;

function setLimit(process: Process, resource: number, wanted: Limit): number {
  const limit = process.limits[resource];
  if (!limit) return -E.INVAL;
  if (wanted.soft > wanted.hard) return -E.INVAL;
  if (resource === RLIMIT.NOFILE && wanted.hard > 1_048_576) return -E.PERM;
  if (wanted.hard > limit.hard && process.credentials.euid !== 0) return -E.PERM;
  limit.soft = resource === RLIMIT.CPU && wanted.soft === 0 ? 1 : wanted.soft;
  limit.hard = wanted.hard;
  return 0;
}

function getrlimit(k: Context, resource: number, at: number, infinity: number): number {
  const limit = k.process.limits[resource];
  if (!limit) return -E.INVAL;
  const words = new Uint32Array([Math.min(limit.soft, infinity), Math.min(limit.hard, infinity)]);
  return k.memory.write(at, new Uint8Array(words.buffer)) ? 0 : -E.FAULT;
}

function setrlimit(k: Context, resource: number, at: number): number {
  const soft = k.memory.loadU32(at), hard = k.memory.loadU32(at + 4);
  if (soft === undefined || hard === undefined) return -E.FAULT;
  const value = (v: number) => (v === RLIM_INFINITY ? Infinity : v);
  return setLimit(k.process, resource, { soft: value(soft), hard: value(hard) });
}

function prlimit64(k: Context, target: number, resource: number, wanted: number, old: number): number {
  const process = target === 0 ? k.process : k.kernel.processes.get(target);
  let change: Limit | undefined;
  if (wanted) {
    const soft = k.memory.loadU64(wanted), hard = k.memory.loadU64(wanted + 8);
    if (soft === undefined || hard === undefined) return -E.FAULT;
    const value = (v: bigint) => (v === INFINITY_64 ? Infinity : Number(v));
    change = { soft: value(soft), hard: value(hard) };
  }
  if (!process) return -E.SRCH;
  if (process !== k.process) {
    const own = k.process.credentials, other = process.credentials;
    const same = [other.uid, other.euid, other.suid].every((uid) => uid === own.uid) && [other.gid, other.egid, other.sgid].every((gid) => gid === own.gid);
    if (!same && own.euid !== 0) return -E.PERM;
  }
  const before = process.limits[resource];
  if (!before) return -E.INVAL;
  const kept = { ...before };
  if (change) {
    const failed = setLimit(process, resource, change);
    if (failed) return failed;
  }
  if (!old) return 0;
  const value = (v: number) => (v === Infinity ? INFINITY_64 : BigInt(v));
  return k.memory.storeU64(old, value(kept.soft)) && k.memory.storeU64(old + 8, value(kept.hard)) ? 0 : -E.FAULT;
}

/** struct rusage of 18 words: user time, system time, and counts that are zero. */
export function writeRusage(k: Context, at: number, cpuTime: number): boolean {
  if (!k.memory.write(at, new Uint8Array(72))) return false;
  return writeTimeval(k, at, toTimespec(cpuTime)) && k.memory.storeU32(at + 16, Math.floor(totalSize(k.process.mm) / 1024));
}

function getrusage(k: Context, who: number, at: number): number {
  const times: Record<number, number> = { 0: processCpuTime(k.process), [-1]: k.process.childrenCpuTime, 1: k.cpuTime };
  const used = times[who];
  if (used === undefined) return -E.INVAL;
  return writeRusage(k, at, used) ? 0 : -E.FAULT;
}

// -- prctl ----------------------------------------------------------------------------------------------------------------------------------

const PR = {
  PR_SET_PDEATHSIG: 1, PR_GET_PDEATHSIG: 2, PR_GET_DUMPABLE: 3, PR_SET_DUMPABLE: 4, PR_GET_KEEPCAPS: 7, PR_SET_KEEPCAPS: 8, PR_SET_NAME: 15, PR_GET_NAME: 16,
  PR_GET_SECCOMP: 21, PR_SET_SECCOMP: 22, PR_CAPBSET_READ: 23, PR_CAPBSET_DROP: 24, PR_GET_TSC: 25, PR_SET_TSC: 26, PR_GET_SECUREBITS: 27,
  PR_SET_SECUREBITS: 28, PR_SET_TIMERSLACK: 29, PR_GET_TIMERSLACK: 30, PR_SET_MM: 35, PR_SET_CHILD_SUBREAPER: 36, PR_GET_CHILD_SUBREAPER: 37, PR_SET_NO_NEW_PRIVS: 38,
  PR_GET_NO_NEW_PRIVS: 39, PR_SET_THP_DISABLE: 41, PR_GET_THP_DISABLE: 42, PR_CAP_AMBIENT: 47, PR_SET_PTRACER: 0x59616d61, PR_SET_VMA: 0x53564d41,
};
const NAME_SIZE = 16;

const setting = (k: Context, option: number, otherwise: number): number => k.process.settings.get(option) ?? otherwise;

function prctl(k: Context, option: number, a: number, b: number, c: number, d: number): number {
  const { process, memory } = k;
  switch (option) {
    case PR.PR_SET_PDEATHSIG:
      if (a > SIGNAL_COUNT) return -E.INVAL;
      k.parentDeathSignal = a;
      return 0;
    case PR.PR_GET_PDEATHSIG: return memory.storeU32(a, k.parentDeathSignal) ? 0 : -E.FAULT;
    case PR.PR_GET_DUMPABLE: return process.dumpable;
    case PR.PR_SET_DUMPABLE:
      if (a > 1) return -E.INVAL;
      process.dumpable = a;
      return 0;
    case PR.PR_SET_NAME: {
      const bytes = memory.cstring(a, NAME_SIZE - 1);
      if (bytes === "fault") return -E.FAULT;
      const name = bytes === "toolong" ? memory.read(a, NAME_SIZE - 1) : bytes;
      if (!name) return -E.FAULT;
      k.name = byteString(name);
      return 0;
    }
    case PR.PR_GET_NAME: {
      const bytes = new Uint8Array(NAME_SIZE);
      for (let i = 0; i < k.name.length; i++) bytes[i] = k.name.charCodeAt(i);
      return memory.write(a, bytes) ? 0 : -E.FAULT;
    }
    case PR.PR_GET_SECCOMP: return 0;
    case PR.PR_CAPBSET_READ: return a > 40 ? -E.INVAL : 1;
    case PR.PR_CAPBSET_DROP: return a > 40 ? -E.INVAL : process.credentials.euid === 0 ? 0 : -E.PERM;
    case PR.PR_GET_TSC: return memory.storeU32(a, 1) ? 0 : -E.FAULT;
    case PR.PR_SET_TSC: return a === 1 ? 0 : -E.INVAL;
    case PR.PR_GET_TIMERSLACK: return setting(k, PR.PR_SET_TIMERSLACK, 50_000);
    case PR.PR_SET_TIMERSLACK:
      process.settings.set(option, (a | 0) <= 0 ? 50_000 : a);
      return 0;
    case PR.PR_GET_KEEPCAPS: return setting(k, PR.PR_SET_KEEPCAPS, 0);
    case PR.PR_SET_KEEPCAPS:
      if (a > 1) return -E.INVAL;
      process.settings.set(option, a);
      return 0;
    case PR.PR_GET_THP_DISABLE: return a || b || c || d ? -E.INVAL : setting(k, PR.PR_SET_THP_DISABLE, 0);
    case PR.PR_SET_THP_DISABLE:
      if (b || c || d) return -E.INVAL;
      process.settings.set(option, a ? 1 : 0);
      return 0;
    case PR.PR_GET_SECUREBITS: return setting(k, PR.PR_SET_SECUREBITS, 0);
    case PR.PR_SET_SECUREBITS:
      if (process.credentials.euid !== 0 || a & ~0xff) return -E.PERM;
      process.settings.set(option, a);
      return 0;
    case PR.PR_SET_MM: return process.credentials.euid === 0 ? -E.INVAL : -E.PERM;
    case PR.PR_SET_SECCOMP: return -E.INVAL;
    case PR.PR_SET_NO_NEW_PRIVS:
      if (a !== 1 || b || c || d) return -E.INVAL;
      process.noNewPrivileges = true;
      return 0;
    case PR.PR_GET_NO_NEW_PRIVS: return a || b || c || d ? -E.INVAL : process.noNewPrivileges ? 1 : 0;
    case PR.PR_SET_CHILD_SUBREAPER:
      process.subreaper = a !== 0;
      return 0;
    case PR.PR_GET_CHILD_SUBREAPER: return memory.storeU32(a, process.subreaper ? 1 : 0) ? 0 : -E.FAULT;
    case PR.PR_CAP_AMBIENT: return a === 1 ? 0 : a === 4 ? 0 : -E.PERM;
    case PR.PR_SET_PTRACER: return 0;
    default: return -E.INVAL;
  }
}

function getrandom(k: Context, at: number, length: number, how: number): number {
  if (how & ~7 || (how & 6) === 6) return -E.INVAL;
  const count = Math.min(length, 0x1ff_ffff);
  const window = k.memory.beginWrite(at, count);
  if (!window) return -E.FAULT;
  const bytes = new Uint8Array(count);
  k.kernel.random(bytes);
  window.set(bytes);
  k.memory.endWrite(at, count);
  return count;
}

const resource = () => oneOf("resource", RESOURCES);

export const systemCalls: readonly SystemCall[] = [
  call(59, "oldolduname", [structOut("buf", "oldold_utsname")], "int", (k, at) => uname(k, at, 9, 5)),
  call(74, "sethostname", [pointer("name"), size("len")], "int", () => -E.PERM, "partial", "EPERM: needs the administrator of a machine"),
  call(75, "setrlimit", [resource(), structIn("rlim", "rlimit")], "int", setrlimit),
  call(76, "getrlimit", [resource(), structOut("rlim", "rlimit")], "int", (k, which, at) => getrlimit(k, which, at, OLD_INFINITY)),
  call(77, "getrusage", [oneOf("who", { RUSAGE_SELF: 0, RUSAGE_CHILDREN: -1, RUSAGE_THREAD: 1 }), structOut("usage", "rusage")], "int", getrusage, "partial",
    "times and resident size only"),
  call(101, "ioperm", [hex("from"), uint("num"), int("turn_on")], "int", () => -E.PERM, "partial", "no ports"),
  call(103, "syslog", [int("type"), pointer("bufp"), int("len")], "int", () => -E.PERM, "partial", "EPERM: needs the administrator of a machine"),
  call(109, "olduname", [structOut("buf", "old_utsname")], "int", (k, at) => uname(k, at, 65, 5)),
  call(110, "iopl", [int("level")], "int", (_k, level) => (level === 0 ? 0 : -E.PERM), "partial", "no ports"),
  call(116, "sysinfo", [structOut("info", "sysinfo")], "int", sysinfo),
  call(121, "setdomainname", [pointer("name"), size("len")], "int", () => -E.PERM, "partial", "EPERM: needs the administrator of a machine"),
  call(122, "uname", [structOut("buf", "new_utsname")], "int", (k, at) => uname(k, at, 65, 6)),
  call(136, "personality", [hex("persona")], "mask", (k, wanted) => {
    const before = k.process.personality;
    if (wanted !== 0xffff_ffff) {
      k.process.personality = wanted;
      k.process.mm.readImpliesExec = (wanted & PERSONALITY.READ_IMPLIES_EXEC) !== 0;
    }
    return before;
  }, "partial", "ADDR_COMPAT_LAYOUT and STICKY_TIMEOUTS have no effect; nothing is randomised in the first place"),
  call(172, "prctl", [oneOf("option", PR), hex("arg2"), hex("arg3"), hex("arg4"), hex("arg5")], "int", prctl, "partial", "no seccomp, no PR_SET_MM"),
  call(191, "ugetrlimit", [resource(), structOut("rlim", "rlimit")], "int", (k, which, at) => getrlimit(k, which, at, RLIM_INFINITY)),
  call(340, "prlimit64", [pid(), resource(), structIn("new_limit", "rlimit64"), structOut("old_limit", "rlimit64")], "int", prlimit64),
  call(355, "getrandom", [bufferOut("buf", 1), size("count"), flags("flags", { GRND_NONBLOCK: 1, GRND_RANDOM: 2, GRND_INSECURE: 4 })], "size", getrandom),
  absent(349, "kcmp"), absent(351, "sched_setattr"), absent(352, "sched_getattr"), absent(354, "seccomp"),
  absent(357, "bpf"), absent(386, "rseq", "libc does without"),
  absent(336, "perf_event_open"),
  absent(286, "add_key"), absent(287, "request_key"), absent(288, "keyctl"), absent(374, "userfaultfd"), absent(425, "io_uring_setup"), absent(444, "landlock_create_ruleset"),
  absent(449, "futex_waitv"),
];

