// Calls whose arguments depend on one another, or that strace(1) writes in another way than their declarations alone would give. By name.

import { openFlags, STRUCTURES, structureText, lock, termios, winsize, userDescriptor, modeText, epollEvent } from "./structures.ts";
import {
  bufferIn, bufferOut, dirfd, early, environment, failed, fd, flags, glued, hex, i64, id, int, late, mode, oneOf, path, pointer, signal, string, strings, structIn, structOut, uint,
} from "./forms.ts";
import { fdText } from "./descriptors.ts";
import type { CallForm, Form } from "./forms.ts";
import * as N from "./names.ts";
import { bufferText, flagText, hexText, nameText, octalText, pointerText, quote, quoteHex, readView, signalSet, signalText, stringText, table } from "./values.ts";
import type { Shown, Table } from "./values.ts";

const form = (...forms: Form[]): CallForm => ({ forms });
const counted = (count: (c: Shown) => number, ...forms: Form[]): CallForm => ({ forms, count });

const openMode = early((c, i) => openFlags(c.args[i]));
const CREATES = 0o100, TMPFILE = 0o20000000;
const creates = (value: number) => (value & (CREATES | TMPFILE)) !== 0;
const access = flags(N.ACCESS, "?_OK");
const prot = flags(N.PROT, "PROT_???");

const mapFlags = early((c, i) => {
  const value = c.args[i];
  const type = nameText(N.MMAP_TYPES, value & 15, "MAP_???");
  const rest = value & ~15;
  return rest === 0 ? type : `${type}|${flagText(N.MMAP, rest)}`;
});
const mapping = (offset: Form) => form(pointer, uint, prot, mapFlags, fd, offset);

// -- waiting --------------------------------------------------------------------------------------------------------------------------------

function waitStatusText(status: number): string {
  if ((status & 0xffff) === 0xffff) return "{WIFCONTINUED(s)}";
  if ((status & 0xff) === 0x7f) return `{WIFSTOPPED(s) && WSTOPSIG(s) == ${signalText((status >>> 8) & 0xff)}}`;
  if ((status & 0x7f) === 0) return `{WIFEXITED(s) && WEXITSTATUS(s) == ${(status >>> 8) & 0xff}}`;
  return `{WIFSIGNALED(s) && WTERMSIG(s) == ${signalText(status & 0x7f)}${status & 0x80 ? " && WCOREDUMP(s)" : ""}}`;
}

const nothing = (c: Shown) => failed(c) || c.result === 0;
const waitStatus = late((c, i) => {
  const status = nothing(c) ? undefined : c.memory.loadU32(c.args[i]);
  return status === undefined ? pointerText(c.args[i]) : `[${waitStatusText(status)}]`;
});
const waitUsage = late((c, i) => (nothing(c) ? pointerText(c.args[i]) : structureText(c.memory, "rusage", c.args[i])));
const ID_TYPES = table({ P_ALL: 0, P_PID: 1, P_PGID: 2, P_PIDFD: 3 });

// -- descriptors ----------------------------------------------------------------------------------------------------------------------------

const FCNTL = table({
  F_DUPFD: 0, F_GETFD: 1, F_SETFD: 2, F_GETFL: 3, F_SETFL: 4, F_GETLK: 5, F_SETLK: 6, F_SETLKW: 7, F_SETOWN: 8, F_GETOWN: 9, F_SETSIG: 10, F_GETSIG: 11, F_GETLK64: 12,
  F_SETLK64: 13, F_SETLKW64: 14, F_SETOWN_EX: 15, F_GETOWN_EX: 16, F_OFD_GETLK: 36, F_OFD_SETLK: 37, F_OFD_SETLKW: 38, F_SETLEASE: 1024, F_GETLEASE: 1025, F_NOTIFY: 1026,
  F_DUPFD_CLOEXEC: 1030, F_SETPIPE_SZ: 1031, F_GETPIPE_SZ: 1032, F_ADD_SEALS: 1033, F_GET_SEALS: 1034,
});
/** Commands of fcntl without a third argument. */
const PLAIN_COMMANDS = new Set([1, 3, 9, 11, 1025, 1032, 1034]);
const GET_LOCK = new Set([5, 12, 36]), WIDE_LOCK = new Set([12, 13, 14, 36, 37, 38]), LOCKS = new Set([5, 6, 7, 12, 13, 14, 36, 37, 38]);

function fcntlArgument(c: Shown, i: number): string {
  const command = c.args[1], value = c.args[i];
  if (LOCKS.has(command)) {
    const get = GET_LOCK.has(command);
    return (get && failed(c) ? undefined : lock(WIDE_LOCK.has(command), get)(c.memory, value)) ?? pointerText(value);
  }
  switch (command) {
    case 2: return flagText(N.FD_FLAGS, value);
    case 4: return openFlags(value);
    case 10: return signalText(value);
    case 1024: return nameText(N.LOCK_TYPES, value);
    case 1033: return flagText(N.SEALS, value);
    case 15: case 16: return pointerText(value);
    case 0: case 8: case 1030: case 1031: return String(value | 0);
    default: return hexText(value);
  }
}

const fcntl: CallForm = {
  forms: [fd, oneOf(FCNTL, "F_???"), late(fcntlArgument)],
  count: (c) => (PLAIN_COMMANDS.has(c.args[1]) ? 2 : 3),
  result(c) {
    const value = c.result ?? 0;
    switch (c.args[1]) {
      case 0: case 1030: return fdText(c, value);
      case 1:
        if (value !== 0) c.note = `flags ${flagText(N.FD_FLAGS, value)}`;
        return hexText(value);
      case 3:
        c.note = `flags ${openFlags(value)}`;
        return hexText(value);
      case 11:
        if (value !== 0) c.note = signalText(value);
        return hexText(value);
      case 1025:
        c.note = nameText(N.LOCK_TYPES, value);
        return hexText(value);
      case 1034:
        if (value !== 0) c.note = `seals ${flagText(N.SEALS, value)}`;
        return hexText(value);
      default: return String(value);
    }
  },
};

const requestName = (c: Shown, i: number) => N.REQUESTS[c.args[i]] ?? (c.call.args[i] === undefined ? undefined : Object.entries(c.call.args[i].names).find(([, value]) => value === c.args[i])?.[0]);

function unknownRequest(value: number): string {
  const direction = ["_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"][value >>> 30];
  return `_IOC(${direction}, ${hexText((value >>> 8) & 0xff)}, ${hexText(value & 0xff)}, ${hexText((value >>> 16) & 0x3fff)})`;
}

const intAt = STRUCTURES["int"];
/** What a request's third argument is: a structure going in or coming out, a plain number or nothing. */
const REQUEST_ARGUMENTS: Readonly<Record<number, readonly ["in" | "out", typeof termios] | "int" | "none">> = {
  0x5401: ["out", termios], 0x5402: ["in", termios], 0x5403: ["in", termios], 0x5404: ["in", termios], 0x5413: ["out", winsize], 0x5414: ["in", winsize], 0x541b: ["out", intAt],
  0x5411: ["out", intAt], 0x540f: ["out", intAt], 0x5410: ["in", intAt], 0x5429: ["out", intAt], 0x5421: ["in", intAt], 0x5409: "int", 0x540a: "int", 0x540b: "int", 0x540e: "int", 0x5422: "none",
  0x5450: "none", 0x5451: "none", 0x540c: "none", 0x540d: "none", 0x5425: "int", 0x8004_5430: ["out", intAt], 0x4004_5431: ["in", intAt], 0x5424: ["out", intAt],
};

const ioctl: CallForm = {
  forms: [
    fd, early((c, i) => requestName(c, i) ?? unknownRequest(c.args[i])),
    late((c, i) => {
      const kind = REQUEST_ARGUMENTS[c.args[1]], value = c.args[i];
      if (kind === "int") return String(value | 0);
      if (kind === undefined || typeof kind === "string") return hexText(value);
      return (kind[0] === "out" && failed(c) ? undefined : kind[1](c.memory, value)) ?? pointerText(value);
    }),
  ],
  count: (c) => (REQUEST_ARGUMENTS[c.args[1]] === "none" ? 2 : 3),
};

const pair = late((c, i) => {
  const view = failed(c) ? undefined : readView(c.memory, c.args[i], 8);
  return view === undefined ? pointerText(c.args[i]) : `[${fdText(c, view.getInt32(0, true))}, ${fdText(c, view.getInt32(4, true))}]`;
});

/** An array of iovec whose buffers hold at most `total` bytes together. */
export function vectorText(c: Shown, address: number, count: number, total: number): string {
  const view = count > 0 && count <= 1024 ? readView(c.memory, address, 8 * count) : undefined;
  if (view === undefined) return count === 0 && address !== 0 ? "[]" : pointerText(address);
  const parts: string[] = [];
  let left = total;
  for (let i = 0; i < count; i++) {
    if (i >= c.limit) {
      parts.push("...");
      break;
    }
    const base = view.getUint32(8 * i, true), length = view.getUint32(8 * i + 4, true);
    const used = Math.min(left, length);
    left -= used;
    parts.push(`{iov_base=${bufferText(c.memory, base, used, c.limit)}, iov_len=${length}}`);
  }
  return `[${parts.join(", ")}]`;
}

const vectorIn = early((c, i) => vectorText(c, c.args[i], c.args[i + 1] | 0, Infinity));
const vectorOut = late((c, i) => (failed(c) ? vectorAddresses(c, c.args[i], c.args[i + 1] | 0) : vectorText(c, c.args[i], c.args[i + 1] | 0, c.result ?? 0)));

function vectorAddresses(c: Shown, address: number, count: number): string {
  const view = count > 0 && count <= 1024 ? readView(c.memory, address, 8 * count) : undefined;
  if (view === undefined) return pointerText(address);
  return `[${Array.from({ length: count }, (_, i) => `{iov_base=${pointerText(view.getUint32(8 * i, true))}, iov_len=${view.getUint32(8 * i + 4, true)}}`).join(", ")}]`;
}

const entries = late((c, i) => {
  if (failed(c)) return pointerText(c.args[i]);
  const narrow = c.call.name === "getdents";
  let count = 0;
  for (let at = 0; at < (c.result ?? 0); count++) {
    const length = c.memory.loadU16(c.args[i] + at + (narrow ? 8 : 16)) ?? 0;
    if (length === 0) break;
    at += length;
  }
  return `${pointerText(c.args[i])} /* ${count} entr${count === 1 ? "y" : "ies"} */`;
});

/** Offset of splice and sendfile: a pointer to a number. */
const offsetAt = (type: string) => early((c, i) => structureText(c.memory, type, c.args[i]));
const joinedOffset = (low: number, high: number) => String((BigInt(high | 0) << 32n) | BigInt(low >>> 0));
const FALLOCATE = table({ FALLOC_FL_KEEP_SIZE: 1, FALLOC_FL_PUNCH_HOLE: 2, FALLOC_FL_NO_HIDE_STALE: 4, FALLOC_FL_COLLAPSE_RANGE: 8, FALLOC_FL_ZERO_RANGE: 16,
  FALLOC_FL_INSERT_RANGE: 32, FALLOC_FL_UNSHARE_RANGE: 64 });

const STATX_SYNC_BITS = 0x6000;
const statxFlags = early((c, i) => {
  const rest = c.args[i] & ~STATX_SYNC_BITS;
  const sync = nameText(N.STATX_SYNC, c.args[i] & STATX_SYNC_BITS);
  return rest === 0 ? sync : `${sync}|${flagText(N.AT, rest)}`;
});

const nodeMode = early((c, i) => modeText(c.args[i]));
/** A device number is shown for device nodes alone. */
const nodeDevice = (at: number) => (c: Shown) => ([0o020000, 0o060000].includes(c.args[at] & 0o170000) ? at + 2 : at + 1);
const deviceNumber = early((c, i) => `makedev(${hexText((c.args[i] >>> 8) & 0xfff)}, ${hexText((c.args[i] & 0xff) | ((c.args[i] >>> 12) & 0xfff00))})`);

// -- polling --------------------------------------------------------------------------------------------------------------------------------

function pollSet(c: Shown, address: number, count: number): string {
  if (address === 0) return "NULL";
  if (count === 0) return "[]";
  const view = count <= 65536 ? readView(c.memory, address, 8 * count) : undefined;
  if (view === undefined) return pointerText(address);
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    if (i >= c.limit) {
      parts.push("...");
      break;
    }
    const fd = view.getInt32(8 * i, true);
    parts.push(fd < 0 ? `{fd=${fd}}` : `{fd=${fdText(c, fd)}, events=${flagText(N.POLL, view.getUint16(8 * i + 4, true))}}`);
  }
  return `[${parts.join(", ")}]`;
}

const pollIn = early((c, i) => pollSet(c, c.args[i], c.args[i + 1]));

function pollResult(c: Shown): string {
  const result = c.result ?? 0, count = c.args[1];
  if (result === 0) {
    c.note = "Timeout";
    return "0";
  }
  const view = readView(c.memory, c.args[0], 8 * count);
  const parts: string[] = [];
  for (let i = 0; view !== undefined && i < count; i++) {
    const events = view.getUint16(8 * i + 6, true);
    if (events !== 0 && view.getInt32(8 * i, true) >= 0) parts.push(`{fd=${view.getInt32(8 * i, true)}, revents=${flagText(N.POLL, events)}}`);
  }
  const left = c.call.name.startsWith("ppoll") && c.args[2] !== 0 ? `, left ${structureText(c.memory, timeOf(c.call.name), c.args[2])}` : "";
  c.note = `[${parts.join(", ")}]${left}`;
  return String(result);
}

const timeOf = (name: string) => (name.endsWith("64") ? "timespec64" : name === "_newselect" || name === "select" ? "timeval" : "timespec");

function fdSet(c: Shown, address: number, count: number, show: (fd: number) => string = String): string | undefined {
  if (address === 0) return undefined;
  const view = readView(c.memory, address, Math.ceil(Math.min(count, 1024) / 32) * 4);
  if (view === undefined) return pointerText(address);
  const members: string[] = [];
  for (let fd = 0; fd < Math.min(count, 1024); fd++) if ((view.getUint32((fd >>> 5) * 4, true) >>> (fd & 31)) & 1) members.push(show(fd));
  return `[${members.join(" ")}]`;
}

const set = early((c, i) => fdSet(c, c.args[i], c.args[0] | 0, (n) => fdText(c, n)) ?? "NULL");

function selectResult(c: Shown): string {
  const result = c.result ?? 0;
  if (result === 0) {
    c.note = "Timeout";
    return "0";
  }
  const parts: string[] = [];
  for (const [i, name] of [[1, "in"], [2, "out"], [3, "except"]] as const) {
    const members = fdSet(c, c.args[i], c.args[0] | 0);
    if (members !== undefined && members !== "[]") parts.push(`${name} ${members}`);
  }
  if (c.args[4] !== 0) parts.push(`left ${structureText(c.memory, timeOf(c.call.name), c.args[4])}`);
  c.note = parts.join(", ");
  return String(result);
}

/** The sixth argument of pselect6: pointer and size of a set. */
const packedSet = early((c, i) => {
  const view = c.args[i] === 0 ? undefined : readView(c.memory, c.args[i], 8);
  if (view === undefined) return pointerText(c.args[i]);
  return `{sigmask=${structureText(c.memory, "sigset_t", view.getUint32(0, true))}, sigsetsize=${view.getUint32(4, true)}}`;
});

const epollEvents = late((c, i) => {
  const count = c.result ?? 0;
  const view = failed(c) ? undefined : readView(c.memory, c.args[i], 12 * count);
  if (view === undefined) return pointerText(c.args[i]);
  return `[${Array.from({ length: count }, (_, k) => epollEvent(view, 12 * k)).join(", ")}]`;
});

// -- threads, processes, signals ------------------------------------------------------------------------------------------------------------

const CSIGNAL = 0xff;
const cloneFlags = (value: number): string => {
  const names = value & ~CSIGNAL ? flagText(N.CLONE, value & ~CSIGNAL) : "";
  const exit = value & CSIGNAL;
  return exit === 0 ? names || "0" : `${names}${names === "" ? "" : "|"}${signalText(exit)}`;
};
const CLONE = { PIDFD: 0x1000, SETTLS: 0x8_0000, PARENT_SETTID: 0x10_0000, CHILD_CLEARTID: 0x20_0000, CHILD_SETTID: 0x100_0000 } as const;

/** clone: arguments by name, and those that the flags ask for. */
const clone: CallForm = {
  forms: [
    early((c) => `child_stack=${pointerText(c.args[1])}, flags=${cloneFlags(c.args[0])}`),
    late((c) => {
      const [flagBits, , parent, tls, child] = c.args;
      const parts: string[] = [];
      if (flagBits & (CLONE.PARENT_SETTID | CLONE.PIDFD)) parts.push(`parent_tid=${failed(c) ? pointerText(parent) : structureText(c.memory, "int", parent)}`);
      if (flagBits & CLONE.SETTLS) parts.push(`tls=${structureText(c.memory, "user_desc", tls)}`);
      if (flagBits & (CLONE.CHILD_SETTID | CLONE.CHILD_CLEARTID)) parts.push(`child_tidptr=${pointerText(child)}`);
      return parts.join(", ");
    }),
  ],
  count: (c) => (c.args[0] & (CLONE.PARENT_SETTID | CLONE.PIDFD | CLONE.SETTLS | CLONE.CHILD_SETTID | CLONE.CHILD_CLEARTID) ? 2 : 1),
};

/** struct clone_args, and behind "=>" what the call has filled in. */
const clone3: CallForm = {
  forms: [
    early((c) => {
      const v = c.args[1] >= 64 ? readView(c.memory, c.args[0], 64) : undefined;
      if (v === undefined) return pointerText(c.args[0]);
      const word = (n: number) => v.getUint32(8 * n, true);
      const bits = word(0), clear = v.getUint32(4, true) & 1;
      const parts = [`flags=${[bits === 0 ? "" : flagText(N.CLONE, bits), clear ? "CLONE_CLEAR_SIGHAND" : ""].filter((it) => it !== "").join("|") || "0"}`];
      if (bits & CLONE.PIDFD) parts.push(`pidfd=${pointerText(word(1))}`);
      if (bits & (CLONE.CHILD_SETTID | CLONE.CHILD_CLEARTID)) parts.push(`child_tid=${pointerText(word(2))}`);
      if (bits & CLONE.PARENT_SETTID) parts.push(`parent_tid=${pointerText(word(3))}`);
      parts.push(`exit_signal=${word(4) === 0 ? "0" : signalText(word(4))}`, `stack=${pointerText(word(5))}`, `stack_size=${hexText(word(6))}`);
      if (bits & CLONE.SETTLS) {
        const tls = readView(c.memory, word(7), 16);
        parts.push(`tls=${tls === undefined ? pointerText(word(7)) : userDescriptor(tls)}`);
      }
      return `{${parts.join(", ")}}`;
    }),
    glued((c) => {
      const v = readView(c.memory, c.args[0], 64);
      const asked = v !== undefined && !failed(c) && v.getUint32(0, true) & CLONE.PARENT_SETTID;
      const told = asked ? ` => {parent_tid=${structureText(c.memory, "int", v.getUint32(24, true))}}` : "";
      return `${told}, ${c.args[1]}`;
    }),
  ],
};

const FUTEX = [
  "FUTEX_WAIT", "FUTEX_WAKE", "FUTEX_FD", "FUTEX_REQUEUE", "FUTEX_CMP_REQUEUE", "FUTEX_WAKE_OP", "FUTEX_LOCK_PI", "FUTEX_UNLOCK_PI", "FUTEX_TRYLOCK_PI", "FUTEX_WAIT_BITSET",
  "FUTEX_WAKE_BITSET", "FUTEX_WAIT_REQUEUE_PI", "FUTEX_CMP_REQUEUE_PI", "FUTEX_LOCK_PI2",
];
const futexName = (op: number) => `${FUTEX[op & 127] ?? `FUTEX_??? /* ${hexText(op & 127)} */`}${op & 128 ? "_PRIVATE" : ""}${op & 256 ? "|FUTEX_CLOCK_REALTIME" : ""}`;
const bitset = early((c, i) => (c.args[i] >>> 0 === 0xffff_ffff ? "FUTEX_BITSET_MATCH_ANY" : hexText(c.args[i])));
const WAKE_OPS = ["SET", "ADD", "OR", "ANDN", "XOR"], WAKE_COMPARES = ["EQ", "NE", "LT", "LE", "GT", "GE"];
const wakeOperation = (value: number) =>
  `FUTEX_OP_${WAKE_OPS[(value >>> 28) & 7] ?? "???"}<<28|${hexText((value >>> 12) & 0xfff)}<<12|FUTEX_OP_CMP_${WAKE_COMPARES[(value >>> 24) & 15] ?? "???"}<<24|${hexText(value & 0xfff)}`;

/** Which of the arguments behind the value an operation has: t time-out, n number, a second address, v value, b bits, o operation. */
const FUTEX_SHAPES: Readonly<Record<number, string>> = {
  0: "t", 1: "", 2: "", 3: "na", 4: "nav", 5: "nao", 6: "t", 7: "", 8: "", 9: "tb", 10: "b", 11: "tav", 12: "nav", 13: "t",
};

function futexRest(c: Shown): string {
  const shape = FUTEX_SHAPES[c.args[1] & 127] ?? "nav";
  const parts: string[] = [];
  const time = c.call.name === "futex" ? "timespec32" : "timespec64";
  for (const letter of shape) {
    if (letter === "t") parts.push(structureText(c.memory, time, c.args[3]));
    else if (letter === "n") parts.push(String(c.args[3]));
    else if (letter === "a") parts.push(pointerText(c.args[4]));
    else if (letter === "v") parts.push(String(c.args[5]));
    else if (letter === "o") parts.push(wakeOperation(c.args[5]));
    else if (letter === "b") parts.push(bitset.show(c, 5));
  }
  const operation = c.args[1] & 127;
  const value = operation === 7 || operation === 8 || operation === 6 ? "" : `, ${c.args[2] | 0}`;
  return `${futexName(c.args[1])}${operation === 6 ? "" : value}${parts.length === 0 ? "" : `, ${parts.join(", ")}`}`;
}

const futex: CallForm = { forms: [pointer, early(futexRest)] };

/** The set that a return from a handler puts back: in the frame that the stack pointer is at. */
const sigreturn: CallForm = {
  forms: [early((c) => {
    const esp = c.thread.cpu.regs[4] >>> 0;
    const rt = c.call.name === "rt_sigreturn";
    // rt: signal, &siginfo, &ucontext (mask 108 bytes in); else sigcontext behind the signal number, oldmask at its end, the rest of the mask behind the frame's room
    if (rt) {
      const context = c.memory.loadU32(esp + 8) ?? 0;
      const mask = c.memory.loadU64(context + 108);
      return mask === undefined ? "{mask=?}" : `{mask=${signalSet(mask)}}`;
    }
    const low = c.memory.loadU32(esp + 80), high = c.memory.loadU32(esp + 88 + 624);
    return low === undefined || high === undefined ? "{mask=?}" : `{mask=${signalSet((BigInt(high) << 32n) | BigInt(low))}}`;
  })],
};

const namedSignalResult = (c: Shown) => {
  if ((c.result ?? 0) > 0) c.note = signalText(c.result ?? 0);
  return String(c.result);
};

const PRCTL_TEXT = new Set([15]), PRCTL_NAME_OUT = new Set([16]);
const PRCTL_COUNTS: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 1, 4: 2, 7: 1, 8: 2, 15: 2, 16: 2, 21: 1, 23: 2, 24: 2, 27: 1, 30: 1, 36: 2, 37: 2, 38: 5, 39: 5, 42: 5 };
const DUMPABLE = table({ SUID_DUMP_DISABLE: 0, SUID_DUMP_USER: 1, SUID_DUMP_ROOT: 2 });
const prctlArgument = late((c, i) => {
  const value = c.args[i], option = c.args[0];
  if (i > 1) return option === 38 || option === 39 || option === 42 ? String(value) : hexText(value);
  if (option === 1) return value === 0 ? "0" : signalText(value);
  if (option === 2 || option === 37) return failed(c) ? pointerText(value) : structureText(c.memory, "int", value);
  if (option === 4) return nameText(DUMPABLE, value);
  if (PRCTL_TEXT.has(option)) return stringText(c.memory, value, 15);
  if (PRCTL_NAME_OUT.has(option)) return failed(c) ? pointerText(value) : stringText(c.memory, value, 15);
  return option === 38 || option === 8 || option === 36 ? String(value) : hexText(value);
});
const PRCTL: Table = table({
  PR_SET_PDEATHSIG: 1, PR_GET_PDEATHSIG: 2, PR_GET_DUMPABLE: 3, PR_SET_DUMPABLE: 4, PR_GET_KEEPCAPS: 7, PR_SET_KEEPCAPS: 8, PR_SET_NAME: 15, PR_GET_NAME: 16, PR_GET_SECCOMP: 21,
  PR_SET_SECCOMP: 22, PR_CAPBSET_READ: 23, PR_CAPBSET_DROP: 24, PR_GET_TSC: 25, PR_SET_TSC: 26, PR_GET_SECUREBITS: 27, PR_SET_SECUREBITS: 28, PR_SET_TIMERSLACK: 29, PR_GET_TIMERSLACK: 30,
  PR_SET_MM: 35, PR_SET_CHILD_SUBREAPER: 36, PR_GET_CHILD_SUBREAPER: 37, PR_SET_NO_NEW_PRIVS: 38, PR_GET_NO_NEW_PRIVS: 39, PR_SET_THP_DISABLE: 41, PR_GET_THP_DISABLE: 42,
  PR_CAP_AMBIENT: 47, PR_SET_VMA: 0x5356_4d41, PR_SET_PTRACER: 0x5961_6d61,
});

const cpuSet = (bytes: (c: Shown) => number, isLate: boolean): Form => ({
  late: isLate,
  show(c, i) {
    const length = isLate && failed(c) ? 0 : Math.min(bytes(c), 1024);
    if (length === 0 || !c.memory.canRead(c.args[i], length)) return pointerText(c.args[i]);
    const set = c.memory.subarray(c.args[i], length);
    const members: number[] = [];
    for (let cpu = 0; cpu < 8 * length; cpu++) if ((set[cpu >>> 3] >>> (cpu & 7)) & 1) members.push(cpu);
    return `[${members.join(" ")}]`;
  },
});

/** What is left of a sleep is told only when a signal has cut it short. */
const remaining = (type: string) => late((c, i) => (c.result === -516 || c.result === -4 ? structureText(c.memory, type, c.args[i]) : pointerText(c.args[i])));
const CLOCKS = table({
  CLOCK_REALTIME: 0, CLOCK_MONOTONIC: 1, CLOCK_PROCESS_CPUTIME_ID: 2, CLOCK_THREAD_CPUTIME_ID: 3, CLOCK_MONOTONIC_RAW: 4, CLOCK_REALTIME_COARSE: 5, CLOCK_MONOTONIC_COARSE: 6,
  CLOCK_BOOTTIME: 7, CLOCK_REALTIME_ALARM: 8, CLOCK_BOOTTIME_ALARM: 9, CLOCK_TAI: 11,
});
const clock = oneOf(CLOCKS, "CLOCK_???");
const sleepFlags = flags([["TIMER_ABSTIME", 1]]);

/** A list of user or group numbers. */
const idList = (width: number, isLate: boolean): Form => ({
  late: isLate,
  show(c, i) {
    const count = isLate ? (c.result ?? 0) : c.args[0] | 0;
    if ((isLate && failed(c)) || c.args[i] === 0) return pointerText(c.args[i]);
    if (isLate && c.args[0] === 0) return pointerText(c.args[i]);
    const view = count >= 0 && count <= 65536 ? readView(c.memory, c.args[i], width * count) : undefined;
    if (view === undefined) return pointerText(c.args[i]);
    return `[${Array.from({ length: count }, (_, k) => (width === 2 ? view.getUint16(2 * k, true) : view.getUint32(4 * k, true))).join(", ")}]`;
  },
});
const idOut = late((c, i) => (failed(c) ? pointerText(c.args[i]) : structureText(c.memory, "unsigned", c.args[i])));

const pathBuffer = late((c, i) => {
  if (failed(c)) return pointerText(c.args[i]);
  return quote(c.memory.subarray(c.args[i], Math.max(0, (c.result ?? 0) - (c.call.name === "getcwd" ? 1 : 0))));
});

const GRND = flags([["GRND_NONBLOCK", 1], ["GRND_RANDOM", 2], ["GRND_INSECURE", 4]]);
const hexBuffer = late((c, i) => {
  if (failed(c)) return pointerText(c.args[i]);
  const length = c.result ?? 0, shown = Math.min(length, c.limit);
  return quoteHex(c.memory.subarray(c.args[i], shown), length > shown);
});

const threadArea: CallForm = {
  forms: [early((c, i) => {
    const view = readView(c.memory, c.args[i], 16);
    return view === undefined ? pointerText(c.args[i]) : userDescriptor(view);
  })],
  result(c) {
    const view = readView(c.memory, c.args[0], 16);
    if (c.call.name === "set_thread_area" && view !== undefined) c.note = `entry_number=${view.getInt32(0, true)}`;
    return String(c.result);
  },
};

const MREMAP = flags([["MREMAP_MAYMOVE", 1], ["MREMAP_FIXED", 2], ["MREMAP_DONTUNMAP", 4]]);
const octalResult = (c: Shown) => octalText(c.result ?? 0);
const RESTARTABLE = early((c) => `<... resuming interrupted ${c.thread.kernel.trace?.interrupted?.(c.thread) ?? "system call"} ...>`);

export const CALLS: Readonly<Record<string, CallForm>> = {
  open: counted((c) => (creates(c.args[1]) ? 3 : 2), path, openMode, mode),
  openat: counted((c) => (creates(c.args[2]) ? 4 : 3), dirfd, path, openMode, mode),
  creat: form(path, mode),
  access: form(path, access), faccessat: form(dirfd, path, access), faccessat2: form(dirfd, path, access, flags(N.AT_ACCESS)),
  statx: form(dirfd, path, statxFlags, flags(N.STATX_MASK), structOut("statx")),
  fstatat64: form(dirfd, path, structOut("stat64"), flags(N.AT)),
  readlink: form(path, pathBuffer, uint), readlinkat: form(dirfd, path, pathBuffer, uint), getcwd: form(pathBuffer, uint),
  getdents: form(fd, entries, uint), getdents64: form(fd, entries, uint),
  pipe: form(pair), pipe2: form(pair, flags(N.OPEN)), dup3: form(fd, fd, flags(N.OPEN)),
  readv: form(fd, vectorOut, uint), writev: form(fd, vectorIn, uint),
  preadv: form(fd, vectorOut, uint, early((c) => joinedOffset(c.args[3], c.args[4]))), pwritev: form(fd, vectorIn, uint, early((c) => joinedOffset(c.args[3], c.args[4]))),
  _llseek: form(fd, early((c) => joinedOffset(c.args[2], c.args[1])), late((c) => (failed(c) ? pointerText(c.args[3]) : structureText(c.memory, "loff_t", c.args[3]))),
    early((c) => nameText(N.SEEK, c.args[4], "SEEK_???"))),
  lseek: form(fd, int, oneOf(N.SEEK, "SEEK_???")),
  fallocate: form(fd, flags(FALLOCATE), i64, i64),
  fcntl, fcntl64: fcntl, ioctl,
  sendfile: form(fd, fd, offsetAt("int"), uint), sendfile64: form(fd, fd, offsetAt("loff_t"), uint),
  splice: form(fd, offsetAt("loff_t"), fd, offsetAt("loff_t"), uint, flags(table({ SPLICE_F_MOVE: 1, SPLICE_F_NONBLOCK: 2, SPLICE_F_MORE: 4, SPLICE_F_GIFT: 8 }))),
  copy_file_range: form(fd, offsetAt("loff_t"), fd, offsetAt("loff_t"), uint, hex),
  mknod: counted(nodeDevice(1), path, nodeMode, deviceNumber), mknodat: counted(nodeDevice(2), dirfd, path, nodeMode, deviceNumber),
  umask: { forms: [mode], result: octalResult },
  chown: form(path, id, id), lchown: form(path, id, id), fchown: form(fd, id, id), chown32: form(path, id, id), lchown32: form(path, id, id), fchown32: form(fd, id, id),
  fchownat: form(dirfd, path, id, id, flags(N.AT)),
  linkat: form(dirfd, path, dirfd, path, flags(N.AT)), unlinkat: form(dirfd, path, flags(N.AT)),
  symlink: form(path, path), symlinkat: form(path, dirfd, path), utimensat: form(dirfd, path, structIn("timespec[2]"), flags(N.AT)), utimensat_time64: form(dirfd, path,
    structIn("timespec64[2]"), flags(N.AT)),
  poll: { forms: [pollIn, uint, int], result: pollResult }, ppoll: { forms: [pollIn, uint, structIn("timespec"), structIn("sigset_t"), uint], result: pollResult },
  ppoll_time64: { forms: [pollIn, uint, structIn("timespec64"), structIn("sigset_t"), uint], result: pollResult },
  _newselect: { forms: [int, set, set, set, structIn("timeval")], result: selectResult },
  pselect6: { forms: [int, set, set, set, structIn("timespec"), packedSet], result: selectResult },
  pselect6_time64: { forms: [int, set, set, set, structIn("timespec64"), packedSet], result: selectResult },
  epoll_wait: form(fd, epollEvents, int, int), epoll_pwait: form(fd, epollEvents, int, int, structIn("sigset_t"), uint), epoll_pwait2: form(fd, epollEvents, int,
    structIn("timespec64"), structIn("sigset_t"), uint),

  brk: form(pointer), mmap2: mapping(early((c, i) => hexText(c.args[i] * 4096))), mprotect: form(pointer, uint, prot),
  mmap: { forms: [early((c) => {
    const view = readView(c.memory, c.args[0], 24);
    if (view === undefined) return pointerText(c.args[0]);
    const args = Array.from({ length: 6 }, (_, k) => view.getUint32(4 * k, true));
    const inner = { ...c, args };
    return [pointer, uint, prot, mapFlags, int, hex].map((it, k) => it.show(inner, k)).join(", ");
  })] },
  mremap: counted((c) => (c.args[3] & 6 ? 5 : 4), pointer, uint, uint, MREMAP, pointer),
  set_thread_area: threadArea, get_thread_area: form(structOut("user_desc")),

  waitpid: form(int, waitStatus, flags(N.WAIT4)), wait4: form(int, waitStatus, flags(N.WAIT4), waitUsage),
  waitid: form(oneOf(ID_TYPES), int, structOut("siginfo_t"), flags(N.WAIT), structOut("rusage")),
  execve: form(path, strings, environment), execveat: form(dirfd, path, strings, environment, flags(N.AT)),
  clone, clone3, futex, futex_time64: futex,
  exit: form(int), exit_group: form(int),
  set_robust_list: form(pointer, uint), set_tid_address: form(pointer),
  rseq: form(pointer, hex, hex, hex), arch_prctl: form(hex, hex),
  prctl: { forms: [oneOf(PRCTL, "PR_???"), prctlArgument, prctlArgument, prctlArgument, prctlArgument], count: (c) => PRCTL_COUNTS[c.args[0]] ?? 5,
    result(c) {
      if (c.args[0] === 3) c.note = nameText(DUMPABLE, c.result ?? 0);
      return String(c.result);
    } },
  sched_getaffinity: form(int, uint, cpuSet((c) => c.result ?? 0, true)), sched_setaffinity: form(int, uint, cpuSet((c) => c.args[1], false)),
  getgroups: form(int, idList(2, true)), getgroups32: form(int, idList(4, true)), setgroups: form(int, idList(2, false)), setgroups32: form(int, idList(4, false)),
  getresuid32: form(idOut, idOut, idOut), getresgid32: form(idOut, idOut, idOut),
  setresuid32: form(id, id, id), setresgid32: form(id, id, id), setreuid32: form(id, id), setregid32: form(id, id),
  getrandom: form(hexBuffer, uint, GRND), restart_syscall: form(RESTARTABLE),

  sigreturn, rt_sigreturn: sigreturn,
  sigsuspend: form(early((c) => signalSet(BigInt(c.args[2] >>> 0), 32))),
  rt_sigtimedwait: { forms: [structIn("sigset_t"), structOut("siginfo_t"), structIn("timespec32"), uint], result: namedSignalResult },
  rt_sigtimedwait_time64: { forms: [structIn("sigset_t"), structOut("siginfo_t"), structIn("timespec64"), uint], result: namedSignalResult },
  signalfd: form(fd, structIn("sigset_t"), uint), signalfd4: form(fd, structIn("sigset_t"), uint, flags([["SFD_CLOEXEC", 0o2000000], ["SFD_NONBLOCK", 0o4000]])),
  timerfd_create: form(clock, flags([["TFD_CLOEXEC", 0o2000000], ["TFD_NONBLOCK", 0o4000]])),

  nanosleep: form(structIn("timespec32"), remaining("timespec32")),
  clock_nanosleep: form(clock, sleepFlags, structIn("timespec32"), remaining("timespec32")),
  clock_nanosleep_time64: form(clock, sleepFlags, structIn("timespec64"), remaining("timespec64")),

  name_to_handle_at: form(dirfd, path, pointer, pointer, hex), seccomp: form(hex, hex, pointer), pidfd_open: form(int, hex), ptrace: form(hex, int, pointer, pointer),
  fanotify_init: form(hex, hex), unshare: form(flags(N.CLONE)), setns: form(fd, flags(N.CLONE)), kcmp: form(int, int, int, hex, hex), bpf: form(hex, pointer, uint),
  memfd_create: form(string, flags([["MFD_CLOEXEC", 1], ["MFD_ALLOW_SEALING", 2], ["MFD_HUGETLB", 4]])), write: form(fd, bufferIn(2), uint), read: form(fd, bufferOut, uint),
  tgkill: form(int, int, signal), tkill: form(int, signal), kill: form(int, signal),
};
