// Which calls and signals a trace shows: names, classes and patterns as in strace(1)'s -e trace=, -e signal= and -e status=.

import type { SystemCall } from "./abi/syscall.ts";
import { signalName } from "./signal.ts";
import type { CallStatus } from "./trace.ts";

const has = (call: SystemCall, ...kinds: readonly string[]): boolean => call.args.some((argument) => kinds.includes(argument.kind));
const named = (...names: readonly string[]) => {
  const set = new Set(names);
  return (call: SystemCall): boolean => set.has(call.name);
};
const matching = (pattern: RegExp) => (call: SystemCall): boolean => pattern.test(call.name);

const network = matching(new RegExp("^(socket(call|pair)?|bind|connect|listen|accept4?|getsockname|getpeername|sendto|recvfrom|send(m?msg)?|recv(m?msg(_time64)?)?|shutdown|" +
  "[gs]etsockopt|sendfile(64)?|getpmsg|putpmsg)$"));
const inode = matching(/^f?(stat|stat64|statx|statat64)$|^lstat(64)?$|^oldl?stat$|^oldfstat$/);
/** Calls that make descriptors or take them in structures. */
const descriptors = matching(new RegExp("^(epoll|eventfd|signalfd|timerfd|memfd|pipe|inotify_init|dup|select|_newselect|pselect6|poll|ppoll|mmap2?|bpf$|creat$|" +
  "fanotify_init$|fsopen$|io_uring_setup$|landlock_create_ruleset$|mq_open$|open$|perf_event_open$|pidfd_open$|socketcall$|userfaultfd$)"));

const MEMORY = new Set([
  "brk", "mmap", "mmap2", "munmap", "mprotect", "mremap", "msync", "mincore", "madvise", "mbind", "pkey_mprotect", "remap_file_pages", "get_mempolicy", "set_mempolicy",
  "migrate_pages", "move_pages", "shmat", "shmdt", "io_setup", "io_destroy",
]);

/** Classes; all but "all" and "none" are written with a percent sign. */
const CLASSES: Readonly<Record<string, (call: SystemCall) => boolean>> = {
  "all": () => true,
  "none": () => false,
  "%file": (call) => has(call, "path") || ["getcwd", "chroot", "fsconfig", "uselib"].includes(call.name),
  // strace's has the calls on sockets in %network alone
  "%desc": (call) => (has(call, "fd", "dirfd") && (!network(call) || call.name.startsWith("sendfile"))) || descriptors(call),
  "%process": named("fork", "vfork", "clone", "clone3", "execve", "execveat", "exit", "exit_group", "wait4", "waitpid", "waitid", "kill", "tkill", "tgkill", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "pidfd_send_signal"),
  "%network": network,
  "%net": network,
  "%signal": matching(/sig(action|nal|nalfd4?|pending|procmask|queueinfo|return|suspend|timedwait(_time64)?|altstack)$|^(t?g?kill|tkill|pause|sgetmask|ssetmask)$/),
  "%ipc": matching(/^(ipc|(msg|sem|shm)(get|ctl|op|at|dt|snd|rcv)|semtimedop(_time64)?)$/),
  "%memory": (call) => call.name.startsWith("mlock") || call.name.startsWith("munlock") || MEMORY.has(call.name),
  "%creds": matching(/^([gs]et(res|fs|re|e)?[ug]id(32)?|[gs]etgroups(32)?|cap[gs]et|prctl)$/),
  "%clock": matching(/^(clock_(get|set|adj)time(64)?|clock_getres(_time64)?|gettimeofday|settimeofday|time|adjtimex)$/),
  "%stat": named("stat", "stat64", "oldstat"),
  "%lstat": named("lstat", "lstat64", "oldlstat"),
  "%fstat": named("fstat", "fstat64", "fstatat64", "oldfstat", "statx"),
  "%%stat": inode,
  "%statfs": named("statfs", "statfs64"),
  "%fstatfs": named("fstatfs", "fstatfs64"),
  "%%statfs": named("statfs", "statfs64", "fstatfs", "fstatfs64", "ustat"),
  "%pure": matching(/^get(p?pid|tid|[ug]id(32)?|e[ug]id(32)?|pgrp)$/),
};

const STATUSES: readonly CallStatus[] = ["successful", "failed", "unfinished"];

/** Splits "!a,b". */
function parseSet(text: string): { items: string[]; negated: boolean } {
  const negated = text.startsWith("!");
  return { negated, items: (negated ? text.slice(1) : text).split(",").filter((item) => item !== "") };
}

/** Reads a set of signals: names with or without SIG, numbers, "all", "none". Throws a FilterError. */
export function parseSignals(text: string): (signal: number) => boolean {
  const { items, negated } = parseSet(text);
  const members = new Set<number>();
  for (const item of items) {
    if (item === "none") continue;
    if (item === "all") for (let signal = 1; signal <= 64; signal++) members.add(signal);
    else {
      const name = item.toUpperCase();
      const number = /^\d+$/.test(item) ? Number(item) : Array.from({ length: 64 }, (_, i) => i + 1).find((signal) => [name, `SIG${name}`].includes(signalName(signal)));
      if (number === undefined || number < 1 || number > 64) throw new FilterError(`${item}: no such signal`);
      members.add(number);
    }
  }
  return (signal) => members.has(signal) !== negated;
}

/** Reads a set of "successful", "failed", "unfinished", "all", "none". Throws a FilterError. */
export function parseStatus(text: string): (status: CallStatus) => boolean {
  const { items, negated } = parseSet(text);
  for (const item of items) if (item !== "all" && item !== "none" && !STATUSES.some((it) => it === item)) throw new FilterError(`${item}: must be ${STATUSES.join(", ")}, all or none`);
  return (status) => (items.includes("all") || items.includes(status)) !== negated;
}

/** What is wrong with a set, in one line. */
export class FilterError extends Error {}

/** Reads a set such as "%file,read,/^clock_" or "!futex". Throws a FilterError for a name that no call has. */
export function parseFilter(text: string, calls: readonly (SystemCall | undefined)[]): (call: SystemCall) => boolean {
  const { items, negated } = parseSet(text.replace(/^trace=/, ""));
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
