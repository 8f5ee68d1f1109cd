// ioctl(2): terminals, ioctl_tty(2), and the few requests that any descriptor knows. struct termios is 36 bytes on i386.

import { E } from "../../errno.ts";
import { O, S } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import type { Termios } from "../../fs/host.ts";
import { setCloseOnExec } from "../../fs/state.ts";
import { setTerminalAttributes, StreamFile, terminalAttributes } from "../../fs/stdio.ts";
import type { Terminal } from "../../fs/stdio.ts";
import { SIG, signalGroup } from "../../signal.ts";
import { call, fd, hex, oneOf } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { fileOf } from "./file-arguments.ts";

export const REQUESTS = {
  TCGETS: 0x5401, TCSETS: 0x5402, TCSETSW: 0x5403, TCSETSF: 0x5404, TCGETA: 0x5405, TCSETA: 0x5406, TCSETAW: 0x5407, TCSETAF: 0x5408, TCSBRK: 0x5409,
  TCXONC: 0x540a, TCFLSH: 0x540b, TIOCEXCL: 0x540c, TIOCNXCL: 0x540d, TIOCSCTTY: 0x540e, TIOCGPGRP: 0x540f, TIOCSPGRP: 0x5410, TIOCOUTQ: 0x5411,
  TIOCSTI: 0x5412, TIOCGWINSZ: 0x5413, TIOCSWINSZ: 0x5414, FIONREAD: 0x541b, TIOCLINUX: 0x541c, FIONBIO: 0x5421, TIOCNOTTY: 0x5422, TIOCSETD: 0x5423,
  TIOCGETD: 0x5424, TCSBRKP: 0x5425, TIOCGSID: 0x5429, TCGETS2: 0x802c542a, TIOCGPTN: 0x80045430, TIOCSPTLCK: 0x40045431, TIOCGPTPEER: 0x5441,
  FIONCLEX: 0x5450, FIOCLEX: 0x5451, FIOASYNC: 0x5452, FIOQSIZE: 0x5460, FS_IOC_GETFLAGS: 0x80046601, FICLONE: 0x40049409, SIOCGIFCONF: 0x8912,
  SIOCGIFFLAGS: 0x8913, SIOCGIFADDR: 0x8915, SIOCGIFINDEX: 0x8933,
} as const;

function ioctl(k: Context, n: number, request: number, argument: number): number {
  const file = fileOf(k, n);
  if (!file || file.flags & O.PATH) return -E.BADF;
  switch (request >>> 0) {
    case REQUESTS.FIOCLEX: return setCloseOnExec(k.process.files, n, true), 0;
    case REQUESTS.FIONCLEX: return setCloseOnExec(k.process.files, n, false), 0;
    case REQUESTS.FIONBIO: return setFlag(k, file, argument, O.NONBLOCK);
    case REQUESTS.FIOASYNC: return setFlag(k, file, argument, O.ASYNC);
    case REQUESTS.FIOQSIZE: return fileSize(k, file, argument);
    case REQUESTS.FIONREAD: {
      if (file.inode.isDirectory) return -E.NOTTY;
      const count = file.available();
      return count < 0 ? count : store(k, argument, Math.min(count, 0x7fff_ffff));
    }
    case REQUESTS.FICLONE: return -E.OPNOTSUPP;
  }
  const terminal = file instanceof StreamFile ? file.terminal : undefined;
  return terminal ? terminalRequest(k, terminal, request >>> 0, argument) : -E.NOTTY;
}

const store = (k: Context, address: number, value: number): number => (k.memory.storeU32(address, value) ? 0 : -E.FAULT);

function setFlag(k: Context, file: OpenFile, address: number, flag: number): number {
  const value = k.memory.loadU32(address);
  if (value === undefined) return -E.FAULT;
  file.flags = value ? file.flags | flag : file.flags & ~flag;
  return 0;
}

function fileSize(k: Context, file: OpenFile, address: number): number {
  const stat = file.stat();
  if (typeof stat === "number") return stat;
  if ((stat.mode & S.IFMT) !== S.IFREG && (stat.mode & S.IFMT) !== S.IFDIR) return -E.NOTTY;
  return k.memory.storeU64(address, BigInt(stat.size)) ? 0 : -E.FAULT;
}

const CONTROL_CHARACTERS = 19;
const OLD_CONTROL_CHARACTERS = 8;

/** struct termios: four words, the line discipline, 19 control characters. */
function putTermios(k: Context, address: number, a: Termios, speeds: boolean): number {
  const bytes = new Uint8Array(speeds ? 44 : 36);
  const view = new DataView(bytes.buffer);
  [a.iflag, a.oflag, a.cflag, a.lflag].forEach((word, i) => view.setUint32(i * 4, word, true));
  bytes[16] = a.line;
  bytes.set(a.cc.slice(0, CONTROL_CHARACTERS), 17);
  if (speeds) [36, 40].forEach((at) => view.setUint32(at, 38400, true));
  return k.memory.write(address, bytes) ? 0 : -E.FAULT;
}

function getTermios(k: Context, address: number): Termios | undefined {
  const bytes = k.memory.read(address, 36);
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer);
  const word = (i: number): number => view.getUint32(i * 4, true);
  return { iflag: word(0), oflag: word(1), cflag: word(2), lflag: word(3), line: bytes[16], cc: [...bytes.subarray(17, 17 + CONTROL_CHARACTERS)] };
}

/** struct termio, the old form: four shorts, the line discipline, eight control characters. */
function putTermio(k: Context, address: number, a: Termios): number {
  const bytes = new Uint8Array(18);
  const view = new DataView(bytes.buffer);
  [a.iflag, a.oflag, a.cflag, a.lflag].forEach((word, i) => view.setUint16(i * 2, word & 0xffff, true));
  bytes[8] = a.line;
  bytes.set(a.cc.slice(0, OLD_CONTROL_CHARACTERS), 9);
  return k.memory.write(address, bytes) ? 0 : -E.FAULT;
}

function getTermio(k: Context, address: number, old: Termios): Termios | undefined {
  const bytes = k.memory.read(address, 18);
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer);
  const word = (i: number, high: number): number => ((high & 0xffff0000) | view.getUint16(i * 2, true)) >>> 0;
  const cc = [...old.cc];
  for (let i = 0; i < OLD_CONTROL_CHARACTERS; i++) cc[i] = bytes[9 + i];
  return { iflag: word(0, old.iflag), oflag: word(1, old.oflag), cflag: word(2, old.cflag), lflag: word(3, old.lflag), line: bytes[8], cc };
}

function setAttributes(terminal: Terminal, attributes: Termios | undefined): number {
  if (!attributes) return -E.FAULT;
  setTerminalAttributes(terminal, attributes);
  return 0;
}

function terminalRequest(k: Context, terminal: Terminal, request: number, argument: number): number {
  const { process } = k;
  switch (request) {
    case REQUESTS.TCGETS: return putTermios(k, argument, terminalAttributes(terminal), false);
    case REQUESTS.TCGETS2: return putTermios(k, argument, terminalAttributes(terminal), true);
    case REQUESTS.TCSETS:
    case REQUESTS.TCSETSW:
    case REQUESTS.TCSETSF: return setAttributes(terminal, getTermios(k, argument));
    case REQUESTS.TCGETA: return putTermio(k, argument, terminalAttributes(terminal));
    case REQUESTS.TCSETA:
    case REQUESTS.TCSETAW:
    case REQUESTS.TCSETAF: return setAttributes(terminal, getTermio(k, argument, terminalAttributes(terminal)));
    case REQUESTS.TCFLSH: return argument >>> 0 > 2 ? -E.INVAL : 0;
    case REQUESTS.TCXONC: return argument >>> 0 > 3 ? -E.INVAL : 0;
    case REQUESTS.TCSBRK:
    case REQUESTS.TCSBRKP:
    case REQUESTS.TIOCEXCL:
    case REQUESTS.TIOCNXCL: return 0;
    case REQUESTS.TIOCOUTQ: return store(k, argument, 0);
    case REQUESTS.TIOCGETD: return store(k, argument, 0);
    case REQUESTS.TIOCGWINSZ: return getWindow(k, terminal, argument);
    case REQUESTS.TIOCSWINSZ: return setWindow(k, terminal, argument);
    case REQUESTS.TIOCGPGRP: return controls(k, terminal) ? store(k, argument, terminal.foreground || process.pgid) : -E.NOTTY;
    case REQUESTS.TIOCSPGRP: return setForeground(k, terminal, argument);
    case REQUESTS.TIOCGSID: return controls(k, terminal) ? store(k, argument, terminal.session || process.sid) : -E.NOTTY;
    case REQUESTS.TIOCSCTTY:
      if (process.sid !== process.pid) return -E.PERM;
      if (terminal.session && terminal.session !== process.sid && argument !== 1) return -E.PERM;
      terminal.session = process.sid;
      terminal.foreground = process.pgid;
      return 0;
    case REQUESTS.TIOCNOTTY:
      if (!controls(k, terminal)) return -E.NOTTY;
      if (process.sid === process.pid) terminal.session = terminal.foreground = 0;
      return 0;
    case REQUESTS.TIOCSTI: return -E.IO;
    default: return -E.NOTTY;
  }
}

/** The terminal is the caller's controlling terminal. */
const controls = (k: Context, terminal: Terminal): boolean => terminal.session === 0 || terminal.session === k.process.sid;

function setForeground(k: Context, terminal: Terminal, address: number): number {
  const group = k.memory.loadU32(address);
  if (group === undefined) return -E.FAULT;
  if (!controls(k, terminal)) return -E.NOTTY;
  if ((group | 0) < 0) return -E.INVAL;
  const member = [...k.kernel.processes.values()].find((process) => process.pgid === group && !process.status);
  if (!member) return -E.SRCH;
  if (member.sid !== k.process.sid) return -E.PERM;
  terminal.foreground = group;
  return 0;
}

function getWindow(k: Context, terminal: Terminal, address: number): number {
  const { rows, columns } = terminal.size ?? terminal.host?.windowSize() ?? { rows: 24, columns: 80 };
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, rows, true);
  view.setUint16(2, columns, true);
  return k.memory.write(address, new Uint8Array(view.buffer)) ? 0 : -E.FAULT;
}

function setWindow(k: Context, terminal: Terminal, address: number): number {
  const rows = k.memory.loadU16(address), columns = k.memory.loadU16(address + 2);
  if (rows === undefined || columns === undefined) return -E.FAULT;
  const old = terminal.size;
  terminal.size = { rows, columns };
  if (old?.rows !== rows || old.columns !== columns) signalGroup(k.kernel, terminal.foreground || k.process.pgid, SIG.WINCH);
  return 0;
}

export const ioctlCalls: readonly SystemCall[] = [
  call(54, "ioctl", [fd(), oneOf("request", REQUESTS), hex("arg")], "int", ioctl, "partial", "terminals and what every descriptor knows"),
];
