// Structures of the i386 ABI as strace(1) writes them, by the type names that declarations of calls use. Layouts: the kernel's uapi headers
// for 32-bit x86. Sockets are sockets.ts.

import { table } from "./values.ts";
import { flagText, hexText, int64, nameText, octalText, pointerText, quote, readView, signalSet, signalText } from "./values.ts";
import type { GuestMemory } from "../../../../runtime/memory.ts";
import * as N from "./names.ts";

/** Writes the structure at an address; undefined when it cannot be read. */
export type Structure = (memory: GuestMemory, address: number) => string | undefined;

/** A structure of fixed size. */
const fixed = (size: number, write: (view: DataView) => string): Structure => (memory, address) => {
  const view = readView(memory, address, size);
  return view === undefined ? undefined : write(view);
};

const i32 = (view: DataView, at: number) => view.getInt32(at, true);
const u32 = (view: DataView, at: number) => view.getUint32(at, true);

const timespec32 = (v: DataView, at = 0) => `{tv_sec=${i32(v, at)}, tv_nsec=${i32(v, at + 4)}}`;
const timespec64 = (v: DataView, at = 0) => `{tv_sec=${int64(v, at)}, tv_nsec=${i32(v, at + 8)}}`;
const timeval = (v: DataView, at = 0) => `{tv_sec=${i32(v, at)}, tv_usec=${i32(v, at + 4)}}`;

const UTIME_NOW = 0x3fff_ffff, UTIME_OMIT = 0x3fff_fffe;

function dated(seconds: bigint, fraction: number, digits: number, text: string): string {
  if (fraction === UTIME_NOW && digits === 9) return "UTIME_NOW";
  if (fraction === UTIME_OMIT && digits === 9) return "UTIME_OMIT";
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return text;
  const part = fraction === 0 ? "" : `.${String(fraction).padStart(digits, "0")}`;
  return `${text} /* ${date.toISOString().slice(0, 19)}${part}+0000 */`;
}

const size = (value: bigint | number, infinity: bigint | number, name: string): string => {
  if (value === infinity) return name;
  const number = Number(value);
  return number > 1024 && number % 1024 === 0 ? `${number / 1024}*1024` : String(number);
};

export const modeText = (mode: number): string => {
  const type = nameText(N.FILE_TYPES, mode & 0o170000);
  const bits = ([["S_ISUID", 0o4000], ["S_ISGID", 0o2000], ["S_ISVTX", 0o1000]] as const).filter(([, bit]) => mode & bit).map(([name]) => name);
  return [...(mode & 0o170000 ? [type] : []), ...bits, octalText(mode & 0o777)].join("|");
};

const device = (major: number, minor: number) => `makedev(${hexText(major)}, ${hexText(minor)})`;
const isDevice = (mode: number) => (mode & 0o170000) === 0o020000 || (mode & 0o170000) === 0o060000;

function stat(mode: number, rdev: bigint, length: bigint | number): string {
  const n = Number(rdev);
  const what = isDevice(mode) ? `st_rdev=${device((n >>> 8) & 0xfff, (n & 0xff) | ((n >>> 12) & 0xfff00))}` : `st_size=${length}`;
  return `{st_mode=${modeText(mode)}, ${what}, ...}`;
}

function statfs(v: DataView, wide: boolean): string {
  let at = 8;
  const next = () => {
    const value = wide ? v.getBigUint64(at, true) : BigInt(u32(v, at));
    at += wide ? 8 : 4;
    return value;
  };
  const [blocks, free, available, files, freeFiles] = [next(), next(), next(), next(), next()];
  const id = `{val=[${hexText(u32(v, at))}, ${hexText(u32(v, at + 4))}]}`;
  return `{f_type=${nameText(N.FS_MAGIC, u32(v, 0))}, f_bsize=${u32(v, 4)}, f_blocks=${blocks}, f_bfree=${free}, f_bavail=${available}, f_files=${files}, f_ffree=${freeFiles}, ` +
    `f_fsid=${id}, f_namelen=${u32(v, at + 8)}, f_frsize=${u32(v, at + 12)}, f_flags=${flagText(N.MOUNT_FLAGS, u32(v, at + 16))}}`;
}

/** The set in memory, `bytes` long. */
const sigset = (bytes: number) => fixed(bytes, (v) => signalSet(bytes === 8 ? v.getBigUint64(0, true) : BigInt(u32(v, 0)), bytes * 8));

const handler = (value: number) => (value === 0 ? "SIG_DFL" : value === 1 ? "SIG_IGN" : value === 0xffff_ffff ? "SIG_ERR" : pointerText(value));

function sigaction(v: DataView, old: boolean): string {
  const mask = old ? signalSet(BigInt(u32(v, 4)), 32) : signalSet(v.getBigUint64(12, true));
  const flags = u32(v, old ? 8 : 4), restorer = u32(v, old ? 12 : 8);
  const end = flags & 0x0400_0000 ? `, sa_restorer=${pointerText(restorer)}` : "";
  return `{sa_handler=${handler(u32(v, 0))}, sa_mask=${mask}, sa_flags=${flagText(N.SIGACTION, flags)}${end}}`;
}

/** Signals whose siginfo has an address. */
const FAULTS = new Set(["SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP"]);
const POSITIVE_SPECIAL = 0x80;

/** siginfo_t. */
export function siginfo(v: DataView): string {
  const signal = i32(v, 0), errno = i32(v, 4), code = i32(v, 8);
  const name = signalText(signal);
  const own = N.CODES_OF_SIGNAL[name]?.find(([, value]) => value === code)?.[0];
  const codeName = own ?? nameText(N.SIGNAL_CODES, code, "SI_???");
  const head = `{si_signo=${name}, si_code=${codeName}${errno === 0 ? "" : `, si_errno=${errno}`}`;
  const sender = `si_pid=${i32(v, 12)}, si_uid=${u32(v, 16)}`;
  const value = `si_value={sival_int=${i32(v, 20)}, sival_ptr=${pointerText(u32(v, 20))}}`;
  if (code === POSITIVE_SPECIAL && (name === "SIGSEGV" || name === "SIGBUS" || name === "SIGTRAP" || !FAULTS.has(name))) {
    return FAULTS.has(name) && name !== "SIGTRAP" ? `${head}, si_addr=${pointerText(u32(v, 12))}}` : `${head}}`;
  }
  if (code > 0 && FAULTS.has(name)) return `${head}, si_addr=${pointerText(u32(v, 12))}}`;
  if (code > 0 && name === "SIGCHLD") {
    const status = i32(v, 20);
    const shown = code === 1 ? String(status) : signalText(status);
    return `${head}, ${sender}, si_status=${shown}, si_utime=${i32(v, 24)}, si_stime=${i32(v, 28)}}`;
  }
  if (code > 0 && name === "SIGIO") return `${head}, si_band=${i32(v, 12)}, si_fd=${i32(v, 16)}}`;
  if (code === -2) return `${head}, si_timerid=${hexText(i32(v, 12))}, si_overrun=${i32(v, 16)}, ${value}}`;
  if (code === 0 || code === -6) return `${head}, ${sender}${u32(v, 20) !== 0 && code !== -6 ? `, ${value}` : ""}}`;
  return `${head}, ${sender}, ${value}}`;
}

/** struct user_desc, with "useable" and its relatives. */
export function userDescriptor(v: DataView): string {
  const bits = u32(v, 12), limit = u32(v, 8).toString(16).padStart(5, "0"), entry = i32(v, 0);
  const bit = (n: number) => (bits >>> n) & 1;
  return `{entry_number=${entry}, base_addr=${hexPadded(u32(v, 4))}, limit=0x0${limit}, seg_32bit=${bit(0)}, contents=${(bits >>> 1) & 3}, read_exec_only=${bit(3)}, ` +
    `limit_in_pages=${bit(4)}, seg_not_present=${bit(5)}, useable=${bit(6)}}`;
}

/** strace prints base addresses with eight digits. */
const hexPadded = (value: number) => (value === 0 ? "0" : `0x${value.toString(16).padStart(8, "0")}`);

const usage = (v: DataView) => `{ru_utime=${timeval(v)}, ru_stime=${timeval(v, 8)}, ...}`;

function outputModes(value: number): string {
  const delays = N.OUTPUT_DELAYS.map(([mask, shift, name]) => `${name}${(value & mask) >>> shift}`).join("|");
  const rest = value & 0xff;
  return `${delays}|${rest === 0 ? "" : flagText(N.OUTPUT_MODES, rest)}`;
}

function controlModes(value: number): string {
  const baud = value & 0o17;
  const speed = value & 0o10000 ? hexText(value & 0o10017) : N.SPEEDS[baud];
  const rest = value & ~0o10017 & ~0x30;
  const width = `CS${5 + ((value >>> 4) & 3)}`;
  return `${speed}|${width}|${rest === 0 ? "" : flagText(N.CONTROL_MODES, rest)}`;
}

const bitsOrNothing = (names: N_Table, value: number) => (value === 0 ? "" : flagText(names, value));
type N_Table = typeof N.INPUT_MODES;

export const termios = fixed(36, (v) =>
  `{c_iflag=${bitsOrNothing(N.INPUT_MODES, u32(v, 0))}, c_oflag=${outputModes(u32(v, 4))}, c_cflag=${controlModes(u32(v, 8))}, c_lflag=${bitsOrNothing(N.LOCAL_MODES, u32(v, 12))}, ...}`);

export const winsize = fixed(8, (v) =>
  `{ws_row=${v.getUint16(0, true)}, ws_col=${v.getUint16(2, true)}, ws_xpixel=${v.getUint16(4, true)}, ws_ypixel=${v.getUint16(6, true)}}`);

function flock(v: DataView, wide: boolean, withPid: boolean): string {
  const start = wide ? int64(v, 4) : i32(v, 4), length = wide ? int64(v, 12) : i32(v, 8);
  const pid = withPid ? `, l_pid=${i32(v, wide ? 20 : 12)}` : "";
  return `{l_type=${nameText(N.LOCK_TYPES, v.getInt16(0, true), "F_???")}, l_whence=${nameText(N.SEEK, v.getInt16(2, true), "SEEK_???")}, l_start=${start}, l_len=${length}${pid}}`;
}

export const lock = (wide: boolean, withPid: boolean): Structure => fixed(wide ? 24 : 16, (v) => flock(v, wide, withPid));

export const epollEvent = (v: DataView, at = 0): string => `{events=${flagText(N.EPOLL, u32(v, at), "EPOLL???")}, data={u32=${u32(v, at + 4)}, u64=${v.getBigUint64(at + 4, true)}}}`;

const zeroEnded = (v: DataView, at: number, length: number): string => {
  const bytes = new Uint8Array(v.buffer, v.byteOffset + at, length);
  const end = bytes.indexOf(0);
  return quote(bytes.subarray(0, end < 0 ? length : end));
};

const CLOCK_EVENTS = table({ SIGEV_SIGNAL: 0, SIGEV_NONE: 1, SIGEV_THREAD: 2, SIGEV_THREAD_ID: 4 });
const RESOLVE = table({ RESOLVE_NO_XDEV: 1, RESOLVE_NO_MAGICLINKS: 2, RESOLVE_NO_SYMLINKS: 4, RESOLVE_BENEATH: 8, RESOLVE_IN_ROOT: 16, RESOLVE_CACHED: 32 });

function sigevent(v: DataView): string {
  const signal = i32(v, 4), notify = i32(v, 8), value = u32(v, 0);
  const head = value === 0 ? "" : `sigev_value={sival_int=${value | 0}, sival_ptr=${pointerText(value)}}, `;
  const thread = notify === 4 ? `, sigev_notify_thread_id=${i32(v, 12)}` : "";
  return `{${head}sigev_signo=${signalText(signal)}, sigev_notify=${nameText(CLOCK_EVENTS, notify, "SIGEV_???")}${thread}}`;
}

/** Open flags: the access mode, then the bits. */
export function openFlags(value: number): string {
  const mode = N.ACCESS_MODES[value & 3];
  const rest = (value & ~3) >>> 0;
  return rest === 0 ? mode : `${mode}|${flagText(N.OPEN, rest)}`;
}

const capabilities = (v: DataView, at: number) => hexText(u32(v, at));
const CAP_VERSIONS = table({ _LINUX_CAPABILITY_VERSION_1: 0x1998_0330, _LINUX_CAPABILITY_VERSION_2: 0x2007_1026, _LINUX_CAPABILITY_VERSION_3: 0x2008_0522 });
const RLIM64 = 0xffff_ffff_ffff_ffffn;

/** By the names that declarations use. */
export const STRUCTURES: Readonly<Record<string, Structure>> = {
  "int": fixed(4, (v) => `[${i32(v, 0)}]`),
  "unsigned": fixed(4, (v) => `[${u32(v, 0)}]`),
  "size_t": fixed(4, (v) => `[${u32(v, 0)}]`),
  "pointer": fixed(4, (v) => `[${pointerText(u32(v, 0))}]`),
  "loff_t": fixed(8, (v) => `[${int64(v, 0)}]`),
  "time32_t": fixed(4, (v) => `[${i32(v, 0)}]`),
  "timespec": fixed(8, (v) => timespec32(v)),
  "timespec32": fixed(8, (v) => timespec32(v)),
  "timespec64": fixed(16, (v) => timespec64(v)),
  "timeval": fixed(8, (v) => timeval(v)),
  "timeval32": fixed(8, (v) => timeval(v)),
  "timespec[2]": fixed(16, (v) => `[${[0, 8].map((at) => dated(BigInt(i32(v, at)), i32(v, at + 4), 9, timespec32(v, at))).join(", ")}]`),
  "timespec64[2]": fixed(32, (v) => `[${[0, 16].map((at) => dated(int64(v, at), i32(v, at + 8), 9, timespec64(v, at))).join(", ")}]`),
  "timeval[2]": fixed(16, (v) => `[${[0, 8].map((at) => dated(BigInt(i32(v, at)), i32(v, at + 4), 6, timeval(v, at))).join(", ")}]`),
  "utimbuf": fixed(8, (v) => `{actime=${dated(BigInt(i32(v, 0)), 0, 0, String(i32(v, 0)))}, modtime=${dated(BigInt(i32(v, 4)), 0, 0, String(i32(v, 4)))}}`),
  "itimerval": fixed(16, (v) => `{it_interval=${timeval(v)}, it_value=${timeval(v, 8)}}`),
  "itimerspec": fixed(16, (v) => `{it_interval=${timespec32(v)}, it_value=${timespec32(v, 8)}}`),
  "itimerspec32": fixed(16, (v) => `{it_interval=${timespec32(v)}, it_value=${timespec32(v, 8)}}`),
  "itimerspec64": fixed(32, (v) => `{it_interval=${timespec64(v)}, it_value=${timespec64(v, 16)}}`),
  "timezone": fixed(8, (v) => `{tz_minuteswest=${i32(v, 0)}, tz_dsttime=${i32(v, 4)}}`),
  "tms": fixed(16, (v) => `{tms_utime=${i32(v, 0)}, tms_stime=${i32(v, 4)}, tms_cutime=${i32(v, 8)}, tms_cstime=${i32(v, 12)}}`),
  "__old_kernel_stat": fixed(32, (v) => stat(v.getUint16(4, true), BigInt(v.getUint16(12, true)), u32(v, 16))),
  "stat": fixed(64, (v) => stat(v.getUint16(8, true), BigInt(u32(v, 16)), u32(v, 20))),
  "stat64": fixed(96, (v) => stat(u32(v, 16), v.getBigUint64(32, true), v.getBigInt64(44, true))),
  "statx": fixed(256, (v) =>
    `{stx_mask=${flagText(N.STATX_MASK, u32(v, 0))}, stx_attributes=${flagText(N.STATX_ATTRIBUTES, u32(v, 8))}, ` +
    `stx_mode=${modeText(v.getUint16(28, true))}, stx_size=${v.getBigUint64(40, true)}, ...}`),
  "statfs": fixed(64, (v) => statfs(v, false)),
  "statfs64": fixed(84, (v) => statfs(v, true)),
  "sigset_t": sigset(8),
  "old_sigset_t": sigset(4),
  "sigaction": fixed(20, (v) => sigaction(v, false)),
  "old_sigaction": fixed(16, (v) => sigaction(v, true)),
  "siginfo_t": fixed(128, siginfo),
  "stack_t": fixed(12, (v) => `{ss_sp=${pointerText(u32(v, 0))}, ss_flags=${flagText(N.SIGSTACK, u32(v, 4))}, ss_size=${u32(v, 8)}}`),
  "sigevent": fixed(64, sigevent),
  "rlimit": fixed(8, (v) => `{rlim_cur=${size(u32(v, 0), 0xffff_ffff, "RLIM_INFINITY")}, rlim_max=${size(u32(v, 4), 0xffff_ffff, "RLIM_INFINITY")}}`),
  "rlimit64": fixed(16, (v) => `{rlim_cur=${size(v.getBigUint64(0, true), RLIM64, "RLIM64_INFINITY")}, rlim_max=${size(v.getBigUint64(8, true), RLIM64, "RLIM64_INFINITY")}}`),
  "rusage": fixed(72, usage),
  "sysinfo": fixed(64, (v) =>
    `{uptime=${u32(v, 0)}, loads=[${u32(v, 4)}, ${u32(v, 8)}, ${u32(v, 12)}], totalram=${u32(v, 16)}, freeram=${u32(v, 20)}, sharedram=${u32(v, 24)}, bufferram=${u32(v, 28)}, ` +
    `totalswap=${u32(v, 32)}, freeswap=${u32(v, 36)}, procs=${v.getUint16(40, true)}, totalhigh=${u32(v, 44)}, freehigh=${u32(v, 48)}, mem_unit=${u32(v, 52)}}`),
  "new_utsname": fixed(390, (v) => `{sysname=${zeroEnded(v, 0, 65)}, nodename=${zeroEnded(v, 65, 65)}, ...}`),
  "old_utsname": fixed(325, (v) => `{sysname=${zeroEnded(v, 0, 65)}, nodename=${zeroEnded(v, 65, 65)}, ...}`),
  "oldold_utsname": fixed(45, (v) => `{sysname=${zeroEnded(v, 0, 9)}, nodename=${zeroEnded(v, 9, 9)}, ...}`),
  "user_desc": fixed(16, userDescriptor),
  "epoll_event": fixed(12, (v) => epollEvent(v)),
  "sched_param": fixed(4, (v) => `[${i32(v, 0)}]`),
  "open_how": fixed(24, (v) => {
    const flags = Number(v.getBigUint64(0, true)), mode = Number(v.getBigUint64(8, true));
    return `{flags=${openFlags(flags)}${flags & 0o100 ? `, mode=${octalText(mode)}` : ""}, resolve=${flagText(RESOLVE, u32(v, 16))}}`;
  }),
  "cap_header": fixed(8, (v) => `{version=${nameText(CAP_VERSIONS, u32(v, 0))}, pid=${i32(v, 4)}}`),
  "cap_data": fixed(24, (v) => `[${[0, 12].map((at) => `{effective=${capabilities(v, at)}, permitted=${capabilities(v, at + 4)}, inheritable=${capabilities(v, at + 8)}}`).join(", ")}]`),
};

/** A structure by its type name; its address when there is no such type or it cannot be read. */
export function structureText(memory: GuestMemory, type: string, address: number): string {
  if (address === 0) return "NULL";
  return STRUCTURES[type]?.(memory, address) ?? pointerText(address);
}
