// Which calls --strace=SET shows: names, classes and patterns as in strace(1)'s -e trace=.

import type { SystemCall } from "./abi/syscall.ts";

const has = (call: SystemCall, ...kinds: readonly string[]): boolean => call.args.some((argument) => kinds.includes(argument.kind));
const named = (...names: readonly string[]) => {
  const set = new Set(names);
  return (call: SystemCall): boolean => set.has(call.name);
};
const matching = (pattern: RegExp) => (call: SystemCall): boolean => pattern.test(call.name);

const network = matching(/^(socket(call|pair)?|bind|connect|listen|accept4?|getsockname|getpeername|sendto|recvfrom|send(m?msg)?|recv(m?msg(_time64)?)?|shutdown|[gs]etsockopt|getpmsg|putpmsg)$/);
const inode = matching(/^f?(stat|stat64|statx|statat64|statfs|statfs64)$|^lstat(64)?$|^oldl?stat$|^oldfstat$/);
const descriptorMakers = matching(/^(epoll|eventfd|signalfd|timerfd|memfd|pipe|inotify_init|dup|select|_newselect|pselect6|poll|ppoll|mmap2?)/);

const MEMORY = new Set([
  "brk", "mmap", "mmap2", "munmap", "mprotect", "mremap", "msync", "mincore", "madvise", "mbind", "pkey_mprotect", "remap_file_pages", "get_mempolicy", "set_mempolicy",
  "migrate_pages", "move_pages", "shmat", "shmdt", "io_setup", "io_destroy",
]);

/** Classes; all but "all" and "none" are written with a percent sign. */
const CLASSES: Readonly<Record<string, (call: SystemCall) => boolean>> = {
  "all": () => true,
  "none": () => false,
  "%file": (call) => has(call, "path") || call.name === "getcwd" || call.name === "chroot",
  "%desc": (call) => has(call, "fd", "dirfd") || descriptorMakers(call),
  "%process": named("fork", "vfork", "clone", "clone3", "execve", "execveat", "exit", "exit_group", "wait4", "waitpid", "waitid", "kill", "tkill", "tgkill", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "pidfd_send_signal"),
  "%network": network,
  "%net": network,
  "%signal": matching(/sig(action|nal|nalfd4?|pending|procmask|queueinfo|return|suspend|timedwait(_time64)?|altstack)$|^(t?g?kill|tkill|pause|sgetmask|ssetmask)$/),
  "%ipc": matching(/^(ipc|(msg|sem|shm)(get|ctl|op|at|dt|snd|rcv)|semtimedop(_time64)?)$/),
  "%memory": (call) => call.name.startsWith("mlock") || call.name.startsWith("munlock") || MEMORY.has(call.name),
  "%creds": matching(/^([gs]et(res|fs|re|e)?[ug]id(32)?|[gs]etgroups(32)?|cap[gs]et|prctl)$/),
  "%clock": matching(/^(clock_(get|set|adj)time(64)?|clock_getres(_time64)?|gettimeofday|settimeofday|time|stime|adjtimex)$/),
  "%stat": named("stat", "stat64", "oldstat"),
  "%lstat": named("lstat", "lstat64", "oldlstat"),
  "%fstat": named("fstat", "fstat64", "fstatat64", "oldfstat", "statx"),
  "%%stat": inode,
  "%statfs": named("statfs", "statfs64"),
  "%fstatfs": named("fstatfs", "fstatfs64"),
  "%%statfs": named("statfs", "statfs64", "fstatfs", "fstatfs64"),
  "%pure": matching(/^get(p?pid|tid|[ug]id(32)?|e[ug]id(32)?|pgrp)$/),
};

/** What is wrong with a set, in one line. */
export class FilterError extends Error {}

/** Reads a set such as "%file,read,/^clock_" or "!futex". Throws a FilterError for a name that no call has. */
export function parseFilter(text: string, calls: readonly (SystemCall | undefined)[]): (call: SystemCall) => boolean {
  const trimmed = text.replace(/^trace=/, "");
  const negated = trimmed.startsWith("!");
  const items = (negated ? trimmed.slice(1) : trimmed).split(",").filter((item) => item !== "");
  const tests = items.map((item) => parseItem(item, calls));
  const any = (call: SystemCall) => tests.some((test) => test(call));
  return negated ? (call) => !any(call) : any;
}

function parseItem(item: string, calls: readonly (SystemCall | undefined)[]): (call: SystemCall) => boolean {
  const known = CLASSES[item] ?? (Object.hasOwn(CLASSES, `%${item}`) && ["file", "desc", "process", "network", "signal", "ipc", "memory"].includes(item) ? CLASSES[`%${item}`] : undefined);
  if (known !== undefined) return known;
  if (item.startsWith("/")) {
    try {
      const pattern = new RegExp(item.slice(1));
      return (call) => pattern.test(call.name);
    } catch {
      throw new FilterError(`${item}: not a regular expression`);
    }
  }
  const optional = item.startsWith("?");
  const name = optional ? item.slice(1) : item;
  if (!optional && !calls.some((call) => call?.name === name)) throw new FilterError(`${name}: no such system call or class`);
  return (call) => call.name === name;
}
