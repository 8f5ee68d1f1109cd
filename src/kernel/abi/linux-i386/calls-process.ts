// System calls on processes: exit, exec, wait, numbers and groups. Credentials are calls-credentials.ts, limits calls-system.ts.

import { E } from "../../errno.ts";
import { execute } from "../../exec.ts";
import { openExecutablePlace } from "../../fs/access.ts";
import { getFile } from "../../fs/state.ts";
import { exitProcess, exitThread, reap, waitStatus } from "../../process.ts";
import { SIG } from "../../signal.ts";
import type { Process, Thread } from "../../thread.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { NO_RESULT, call, dirfd, flags, int, oneOf, path, pid, pointer, strings, structIn, structOut } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { AT, O } from "../../fs/constants.ts";
import { PidFile } from "../../fs/pidfd.ts";
import { baseOf, byteString, pathArgument } from "./file-arguments.ts";
import { writeRusage } from "./calls-system.ts";

const MAX_STRING = 32 * 4096;
const MAX_STRINGS = 0x7fff;

/** A null-terminated array of strings, or a negative errno. A null pointer counts as an empty array, as on Linux. */
function readStrings(k: Context, at: number): string[] | number {
  const list: string[] = [];
  if (at === 0) return list;
  for (let i = 0; ; i++) {
    const pointerAt = k.memory.loadU32(at + 4 * i);
    if (pointerAt === undefined) return -E.FAULT;
    if (pointerAt === 0) return list;
    if (i > MAX_STRINGS * 64) return -E.TOOBIG;
    const bytes = k.memory.cstring(pointerAt, MAX_STRING);
    if (bytes === "fault") return -E.FAULT;
    if (bytes === "toolong") return -E.TOOBIG;
    list.push(byteString(bytes));
  }
}

function execve(k: Context, pathname: number, argv: number, envp: number): number {
  const name = pathArgument(k, pathname);
  if (typeof name === "number") return name;
  const lists = readLists(k, argv, envp);
  if (typeof lists === "number") return lists;
  if (name === "") return -E.NOENT;
  return execute(k, name, lists.args, lists.env) || NO_RESULT;
}

function readLists(k: Context, argv: number, envp: number): { args: string[]; env: string[] } | number {
  const args = readStrings(k, argv);
  if (typeof args === "number") return args;
  const env = readStrings(k, envp);
  if (typeof env === "number") return env;
  return { args: args.length === 0 ? [""] : args, env };
}

function execveat(k: Context, directory: number, pathname: number, argv: number, envp: number, how: number): number {
  if (how & ~(AT.EMPTY_PATH | AT.SYMLINK_NOFOLLOW)) return -E.INVAL;
  const name = pathArgument(k, pathname);
  if (typeof name === "number") return name;
  const lists = readLists(k, argv, envp);
  if (typeof lists === "number") return lists;
  if (name.startsWith("/")) return execute(k, name, lists.args, lists.env) || NO_RESULT;
  if (name === "") {
    if (!(how & AT.EMPTY_PATH)) return -E.NOENT;
    const file = getFile(k.process.files, directory);
    if (!file) return -E.BADF;
    const opened = openExecutablePlace(k, file.path);
    if (typeof opened === "number") return opened;
    return execute(k, `/dev/fd/${directory}`, lists.args, lists.env, opened) || NO_RESULT;
  }
  const base = baseOf(k, directory);
  if (typeof base === "number") return base;
  const shown = directory === AT.FDCWD ? name : `/dev/fd/${directory}/${name}`;
  return execute(k, directory === AT.FDCWD ? name : shown, lists.args, lists.env, undefined, base) || NO_RESULT;
}

function exit(k: Thread, code: number): number {
  exitThread(k, { code: code & 0xff, signal: 0, core: false });
  return NO_RESULT;
}

function exitGroup(k: Thread, code: number): number {
  exitProcess(k.process, { code: code & 0xff, signal: 0, core: false });
  return NO_RESULT;
}

// -- wait -----------------------------------------------------------------------------------------------------------------------------------

const WAIT = { WNOHANG: 1, WUNTRACED: 2, WCONTINUED: 8, __WNOTHREAD: 0x2000_0000, __WALL: 0x4000_0000, __WCLONE: 0x8000_0000 };
const CLD = { EXITED: 1, KILLED: 2, DUMPED: 3, STOPPED: 5, CONTINUED: 6 } as const;
const WNOWAIT = 0x0100_0000, WEXITED = 4;

type Chooser = (child: Process) => boolean;

/** Children that a wait call asks for: pid > 0 that one, -1 any, 0 the caller's group, < -1 that group. */
function chooser(k: Context, target: number): Chooser {
  if (target > 0) return (child) => child.pid === target;
  if (target === -1) return () => true;
  const group = target === 0 ? k.process.pgid : -target;
  return (child) => child.pgid === group;
}

/** Waits for a child that `matches`; `found` makes the result from it. */
function waitChild(k: Context, matches: Chooser, how: number, found: (child: Process) => number): Result {
  const attempt = (): number | undefined => {
    let any = false;
    for (const child of k.process.children) {
      if (!matches(child)) continue;
      any = true;
      if (child.status) return found(child);
      const wanted = child.stateChange === SIG.CONT ? WAIT.WCONTINUED : WAIT.WUNTRACED;
      if (child.stateChange !== 0 && how & wanted) return found(child);
    }
    if (!any) return -E.CHILD;
    return how & WAIT.WNOHANG ? 0 : undefined;
  };
  const now = attempt();
  return now ?? waitFor([k.process.childQueue], attempt);
}

function wait4(k: Context, target: number, status: number, how: number, usage: number): Result {
  if (how & ~(WAIT.WNOHANG | WAIT.WUNTRACED | WAIT.WCONTINUED | WAIT.__WNOTHREAD | WAIT.__WALL | (WAIT.__WCLONE | 0))) return -E.INVAL;
  if (target === -0x8000_0000) return -E.SRCH;
  return waitChild(k, chooser(k, target), how, (child) => {
    const { pid: number } = child;
    const word = child.status ? waitStatus(child.status) : child.stateChange === SIG.CONT ? 0xffff : (child.stateChange << 8) | 0x7f;
    if (status && !k.memory.storeU32(status, word)) return -E.FAULT;
    if (usage && !writeRusage(k, usage, child.cpuTime + child.childrenCpuTime)) return -E.FAULT;
    if (child.status) reap(child);
    else child.stateChange = 0;
    return number;
  });
}

const ID_TYPE = { P_ALL: 0, P_PID: 1, P_PGID: 2, P_PIDFD: 3 };

/** The information is written whatever comes of the call, so a bad pointer hides other errors. */
function waitid(k: Context, type: number, id: number, info: number, how: number, usage: number): Result {
  const result = waitForState(k, type, id, info, how, usage);
  return typeof result === "number" && result < 0 && info && !k.memory.canWrite(info, 24) ? -E.FAULT : result;
}

function waitForState(k: Context, type: number, id: number, info: number, how: number, usage: number): Result {
  if (how & ~(WAIT.WNOHANG | WAIT.WUNTRACED | WAIT.WCONTINUED | WEXITED | WNOWAIT | WAIT.__WNOTHREAD | WAIT.__WALL | (WAIT.__WCLONE | 0))) return -E.INVAL;
  if (!(how & (WEXITED | WAIT.WUNTRACED | WAIT.WCONTINUED))) return -E.INVAL;
  let nonblocking = false;
  if (type === ID_TYPE.P_PIDFD) {
    const file = getFile(k.process.files, id);
    if (id < 0) return -E.INVAL;
    if (!(file instanceof PidFile)) return -E.BADF;
    id = file.process.pid;
    type = ID_TYPE.P_PID;
    nonblocking = (file.flags & O.NONBLOCK) !== 0;
  }
  if (type < 0 || type > 2 || (type === ID_TYPE.P_PID && id <= 0) || (type === ID_TYPE.P_PGID && id < 0)) return -E.INVAL;
  const matches = chooser(k, type === ID_TYPE.P_ALL ? -1 : type === ID_TYPE.P_PID ? id : -(id || k.process.pgid));
  if (info && !k.memory.canWrite(info, 128)) return -E.FAULT;
  const empty = () => {
    if (info) k.memory.write(info, new Uint8Array(128));
  };
  const result = waitChild(k, matches, how, (child) => {
    const { status, stateChange } = child;
    if (status && !(how & WEXITED)) return 0;
    const words = new Int32Array(32);
    const [code, value] = status
      ? [status.signal === 0 ? CLD.EXITED : status.core ? CLD.DUMPED : CLD.KILLED, status.signal || status.code]
      : [stateChange === SIG.CONT ? CLD.CONTINUED : CLD.STOPPED, stateChange];
    words.set([SIG.CHLD, 0, code, child.pid, child.credentials.uid, value]);
    if (info && !k.memory.write(info, new Uint8Array(words.buffer))) return -E.FAULT;
    if (usage && !writeRusage(k, usage, child.cpuTime + child.childrenCpuTime)) return -E.FAULT;
    if (!(how & WNOWAIT)) {
      if (status) reap(child);
      else child.stateChange = 0;
    }
    return 1;
  });
  const settle = (value: number) => {
    if (value === 0) empty();
    return value > 0 ? 0 : value;
  };
  if (typeof result === "number") return settle(result);
  if (nonblocking) return -E.AGAIN;
  return waitFor(result.queues, () => {
    const value = result.attempt();
    return value === undefined ? undefined : settle(value);
  });
}

// -- groups and sessions --------------------------------------------------------------------------------------------------------------------

function lookup(k: Context, number: number): Process | undefined {
  return number === 0 ? k.process : k.kernel.processes.get(number);
}

function setpgid(k: Context, target: number, group: number): number {
  if (group < 0) return -E.INVAL;
  const process = lookup(k, target);
  if (!process) return -E.SRCH;
  if (process !== k.process && process.parent !== k.process) return -E.SRCH;
  if (process.sid !== k.process.sid) return -E.PERM;
  if (process.sid === process.pid) return -E.PERM;
  if (process !== k.process && process.executed) return -E.ACCES;
  const wanted = group || process.pid;
  if (wanted !== process.pid && ![...k.kernel.processes.values()].some((p) => p.pgid === wanted && p.sid === k.process.sid)) return -E.PERM;
  process.pgid = wanted;
  return 0;
}

function setsid(k: Context): number {
  const { process } = k;
  if ([...k.kernel.processes.values()].some((p) => p.pgid === process.pid)) return -E.PERM;
  process.sid = process.pgid = process.pid;
  return process.pid;
}

export const processCalls: readonly SystemCall[] = [
  call(1, "exit", [int("status")], "none", exit),
  call(7, "waitpid", [pid(), structOut("wstatus", "int"), flags("options", WAIT)], "pid", (k, target, status, how) => wait4(k, target, status, how | 0, 0)),
  call(11, "execve", [path(), strings("argv"), strings("envp")], "int", execve),
  call(20, "getpid", [], "pid", (k) => k.process.pid),
  call(57, "setpgid", [pid(), pid("pgid")], "int", setpgid),
  call(64, "getppid", [], "pid", (k) => k.process.parent?.pid ?? 1),
  call(65, "getpgrp", [], "pid", (k) => k.process.pgid),
  call(66, "setsid", [], "pid", setsid),
  call(114, "wait4", [pid(), structOut("wstatus", "int"), flags("options", WAIT), structOut("rusage", "rusage")], "pid", (k, target, status, how, usage) =>
    wait4(k, target, status, how | 0, usage)),
  call(132, "getpgid", [pid()], "pid", (k, number) => lookup(k, number)?.pgid ?? -E.SRCH),
  call(147, "getsid", [pid()], "pid", (k, number) => lookup(k, number)?.sid ?? -E.SRCH),
  call(224, "gettid", [], "pid", (k) => k.tid),
  call(252, "exit_group", [int("status")], "none", exitGroup),
  call(258, "set_tid_address", [pointer("tidptr")], "pid", (k, at) => {
    k.clearChildTid = at;
    return k.tid;
  }),
  call(284, "waitid", [oneOf("idtype", ID_TYPE), int("id"), structOut("info", "siginfo_t"), flags("options", WAIT), structOut("rusage", "rusage")], "int",
    (k, type, id, info, how, usage) => waitid(k, type, id, info, how | 0, usage)),
  call(311, "set_robust_list", [structIn("head", "robust_list_head"), int("len")], "int", (k, head, length) => {
    if (length !== 12) return -E.INVAL;
    k.robustList = head;
    return 0;
  }),
  call(312, "get_robust_list", [pid(), structOut("head", "pointer"), structOut("len", "size_t")], "int", (k, number, head, length) => {
    const thread = number === 0 ? k : k.kernel.threads.get(number);
    if (!thread) return -E.SRCH;
    return k.memory.storeU32(length, 12) && k.memory.storeU32(head, thread.robustList) ? 0 : -E.FAULT;
  }),
  call(358, "execveat", [dirfd(), path(), strings("argv"), strings("envp"), flags("flags", { AT_EMPTY_PATH: AT.EMPTY_PATH, AT_SYMLINK_NOFOLLOW: AT.SYMLINK_NOFOLLOW })], "int", execveat),
];
