// System calls that belong to the administrator of a machine, which nobody in here is, or that Linux has given up: they answer what an
// unprivileged process gets, arguments checked as far as Linux looks at them before it refuses. Also the small ones that go with them.

import { E } from "../../errno.ts";
import { PidFile } from "../../fs/pidfd.ts";
import { cloneFileTable, cloneFsState } from "../../fs/state.ts";
import { madvise } from "../../mm-calls.ts";
import { absent, call, dirfd, fd, flags, hex, int, oneOf, path, pid, pointer, size, string, structIn, structOut } from "../syscall.ts";
import type { Argument, Context, SystemCall } from "../syscall.ts";
import { ioVectors } from "./calls-io.ts";
import { fileOf, pathArgument } from "./file-arguments.ts";

const ADMINISTRATOR = "EPERM: needs the administrator of a machine";
const REMOVED = "Linux has it no more either";
const MOUNTS = "EPERM: mounts are made on the command line";

const refused = (number: number, name: string, args: readonly Argument[], note = ADMINISTRATOR): SystemCall =>
  call(number, name, args, "int", () => -E.PERM, "partial", note);
const gone = (number: number, name: string): SystemCall => call(number, name, [], "int", () => -E.NOSYS, "full", REMOVED);

const NEW = {
  CLONE_FS: 0x200, CLONE_FILES: 0x400, CLONE_SYSVSEM: 0x4_0000, CLONE_NEWNS: 0x2_0000, CLONE_NEWCGROUP: 0x200_0000, CLONE_NEWUTS: 0x400_0000,
  CLONE_NEWIPC: 0x800_0000, CLONE_NEWUSER: 0x1000_0000, CLONE_NEWPID: 0x2000_0000, CLONE_NEWNET: 0x4000_0000,
};
const NAMESPACES = 0x7e02_0000;
/** Sharing of memory and handlers can be given up by who does not share them: CLONE_THREAD, CLONE_SIGHAND, CLONE_VM. */
const ALONE = 0x1_0000 | 0x800 | 0x100;

/** unshare(2): a copy of what was shared. */
function unshare(k: Context, bits: number): number {
  const { process } = k;
  if (bits & ~(NAMESPACES | ALONE | NEW.CLONE_FS | NEW.CLONE_FILES | NEW.CLONE_SYSVSEM)) return -E.INVAL;
  if (bits & ALONE && (process.threads.length > 1 || (bits & 0x100 && process.mm.users > 1))) return -E.INVAL;
  if (bits & NAMESPACES) return -E.PERM;
  if (bits & NEW.CLONE_FILES && process.files.users > 1) {
    const own = cloneFileTable(process.files);
    process.files.users--;
    process.files = own;
  }
  if (bits & NEW.CLONE_FS) process.fs = cloneFsState(process.fs);
  return 0;
}

const ARCH = { ARCH_GET_CPUID: 0x1011, ARCH_SET_CPUID: 0x1012 };

/** What arch_prctl(2) has for 32-bit programs: whether CPUID may be used. It may, and that cannot be changed. */
function archPrctl(_k: Context, code: number, value: number): number {
  if (code === ARCH.ARCH_GET_CPUID) return 1;
  return code === ARCH.ARCH_SET_CPUID ? (value ? 0 : -E.NODEV) : -E.INVAL;
}

const STA_UNSYNC = 0x40, TIME_ERROR = 5;

/** struct timex of a clock that nobody adjusts; setting anything is refused. */
function adjust(k: Context, at: number, wide: boolean): number {
  const modes = k.memory.loadU32(at);
  if (modes === undefined) return -E.FAULT;
  if (modes !== 0) return -E.PERM;
  const bytes = new Uint8Array(wide ? 208 : 128);
  const view = new DataView(bytes.buffer);
  const put = (index: number, value: number) => (wide ? view.setBigInt64(index * 8, BigInt(value), true) : view.setInt32(index * 4, value, true));
  const now = k.kernel.clock.realtime();
  // modes, offset, freq, maxerror, esterror, status, constant, precision, tolerance, time, tick
  [0, 0, 0, 16_000_000, 16_000_000, STA_UNSYNC, 2, 1, 32_768_000, now.seconds, Math.floor(now.nanoseconds / 1000), 10_000].forEach((value, i) => put(i, value));
  return k.memory.write(at, bytes) ? TIME_ERROR : -E.FAULT;
}

const clockAdjust = (wide: boolean) => (k: Context, clock: number, at: number): number =>
  clock === 0 ? adjust(k, at, wide) : clock > 0 && clock < 12 ? -E.OPNOTSUPP : -E.INVAL;

const TRACEME = 0;

/** ptrace(2): nobody can be traced. */
function ptrace(k: Context, request: number, target: number): number {
  if (request === TRACEME) return -E.PERM;
  return k.kernel.threads.has(target) ? -E.PERM : -E.SRCH;
}

const GENTLE: readonly number[] = [3, 20, 21, 25];

/** process_madvise(2): advice that changes nothing but speed. */
function processMadvise(k: Context, n: number, vector: number, count: number, advice: number, bits: number): number {
  if (bits) return -E.INVAL;
  const segments = ioVectors(k, vector, count);
  if (typeof segments === "number") return segments;
  const file = fileOf(k, n);
  if (!(file instanceof PidFile)) return -E.BADF;
  if (!GENTLE.includes(advice)) return -E.INVAL;
  if (!file.known || file.process.status) return -E.SRCH;
  if (file.process !== k.process && k.process.credentials.euid !== 0) return -E.PERM;
  let total = 0;
  for (const { address, length } of segments) {
    const failed = madvise(file.process, address, length, advice);
    if (failed < 0) return total || failed;
    total += length;
  }
  return total;
}

function processMrelease(k: Context, n: number, bits: number): number {
  if (bits) return -E.INVAL;
  const file = fileOf(k, n);
  if (!(file instanceof PidFile)) return -E.BADF;
  return file.process.status ? -E.SRCH : -E.INVAL; // only processes that are being killed have something to release
}

/** A call whose path is looked at before it is refused. */
const withPath = (number: number, name: string, args: readonly Argument[], index: number, note: string, error: number): SystemCall =>
  call(number, name, args, "int", (k, ...values) => {
    const name_ = pathArgument(k, values[index]);
    return typeof name_ === "number" ? name_ : error;
  }, "partial", note);

export const refusedCalls: readonly SystemCall[] = [
  call(26, "ptrace", [int("request"), pid(), hex("addr"), hex("data")], "int", ptrace, "partial", "EPERM: no process can be traced from inside; there is a gdb server"),
  refused(51, "acct", [path()]),
  call(62, "ustat", [hex("dev"), structOut("ubuf", "ustat")], "int", () => -E.INVAL, "partial", "EINVAL: file systems have no device of their own"),
  gone(86, "uselib"), gone(127, "create_module"), gone(130, "get_kernel_syms"), gone(167, "query_module"), gone(169, "nfsservctl"),
  refused(87, "swapon", [path(), hex("swapflags")]), refused(115, "swapoff", [path()]), refused(88, "reboot", [hex("magic"), hex("magic2"), hex("cmd"), pointer("arg")]),
  refused(111, "vhangup", []), refused(128, "init_module", [pointer("image"), size("len"), string("params")]), refused(129, "delete_module", [string("name"), hex("flags")]),
  refused(350, "finit_module", [fd(), string("params"), hex("flags")]),
  refused(131, "quotactl", [hex("cmd"), path("special"), int("id"), pointer("addr")], "EPERM: there are no quotas"),
  call(310, "unshare", [flags("flags", NEW)], "int", unshare, "partial", "no namespaces (EPERM)"),
  call(346, "setns", [fd(), hex("nstype")], "int", (k, n) => (fileOf(k, n) ? -E.INVAL : -E.BADF), "partial", "no namespaces"),
  refused(338, "fanotify_init", [hex("flags"), hex("event_f_flags")]),
  withPath(341, "name_to_handle_at", [dirfd(), path(), pointer("handle"), pointer("mount_id"), hex("flags")], 1, "EOPNOTSUPP: files have no handles", -E.OPNOTSUPP),
  refused(342, "open_by_handle_at", [fd("mount_fd"), pointer("handle"), hex("flags")]),
  refused(428, "open_tree", [dirfd(), path(), hex("flags")], MOUNTS), refused(430, "fsopen", [string("fsname"), hex("flags")], MOUNTS),
  refused(429, "move_mount", [dirfd("from_dfd"), path("from_path"), dirfd("to_dfd"), path("to_path"), hex("flags")], MOUNTS),
  refused(431, "fsconfig", [fd(), int("cmd"), string("key"), pointer("value"), int("aux")], MOUNTS), refused(432, "fsmount", [fd(), hex("flags"), hex("attr_flags")], MOUNTS),
  refused(433, "fspick", [dirfd(), path(), hex("flags")], MOUNTS),
  refused(442, "mount_setattr", [dirfd(), path(), hex("flags"), structIn("uattr", "mount_attr"), size("usize")], MOUNTS),
  call(384, "arch_prctl", [oneOf("code", ARCH), hex("addr")], "int", archPrctl),
  call(124, "adjtimex", [structIn("buf", "timex32")], "int", (k, at) => adjust(k, at, false), "partial", "the clock belongs to the host: setting is EPERM"),
  call(343, "clock_adjtime", [int("clockid"), structIn("buf", "timex32")], "int", clockAdjust(false), "partial", "the clock belongs to the host: setting is EPERM"),
  call(405, "clock_adjtime64", [int("clockid"), structIn("buf", "timex64")], "int", clockAdjust(true), "partial", "the clock belongs to the host: setting is EPERM"),
  call(440, "process_madvise", [fd("pidfd"), pointer("iov"), size("vlen"), int("advice"), hex("flags")], "size", processMadvise),
  call(448, "process_mrelease", [fd("pidfd"), hex("flags")], "int", processMrelease),
  call(257, "remap_file_pages", [pointer("addr"), size(), int("prot"), size("pgoff"), hex("flags")], "int", () => -E.INVAL, "partial", "EINVAL: programs map the pages one by one then"),
  absent(135, "bdflush"), absent(149, "_sysctl"),
];
