// ioctl(2): terminals, ioctl_tty(2), and the few requests that any descriptor knows. struct termios is 36 bytes on i386.

import { E } from "../../errno.ts";
import { O, S } from "../../fs/constants.ts";
import type { OpenFile } from "../../fs/file.ts";
import type { Termios } from "../../fs/host.ts";
import { setCloseOnExec } from "../../fs/state.ts";
import { StreamFile } from "../../fs/stdio.ts";
import { control, controllingTerminal, giveUpTerminal, jobControl } from "../../fs/terminal.ts";
import type { AttributeMoment, Terminal } from "../../fs/terminal.ts";
import type { MasterFile, SlaveFile } from "../../fs/pty.ts";
import { SIG, signalGroup } from "../../signal.ts";
import { call, fd, hex, oneOf } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { socketIoctl } from "./calls-socket.ts";
import { fileOf, install } from "./file-arguments.ts";

export const REQUESTS = {
  TCGETS: 0x5401, TCSETS: 0x5402, TCSETSW: 0x5403, TCSETSF: 0x5404, TCGETA: 0x5405, TCSETA: 0x5406, TCSETAW: 0x5407, TCSETAF: 0x5408, TCSBRK: 0x5409,
  TCXONC: 0x540a, TCFLSH: 0x540b, TIOCEXCL: 0x540c, TIOCNXCL: 0x540d, TIOCSCTTY: 0x540e, TIOCGPGRP: 0x540f, TIOCSPGRP: 0x5410, TIOCOUTQ: 0x5411,
  TIOCSTI: 0x5412, TIOCGWINSZ: 0x5413, TIOCSWINSZ: 0x5414, FIONREAD: 0x541b, TIOCLINUX: 0x541c, FIONBIO: 0x5421, TIOCNOTTY: 0x5422, TIOCSETD: 0x5423,
  TIOCPKT: 0x5420, TIOCSIG: 0x40045436, TIOCGPKT: 0x80045438, TIOCGPTLCK: 0x80045439, TIOCGEXCL: 0x80045440, TIOCVHANGUP: 0x5437,
  TCSETS2: 0x402c542b, TCSETSW2: 0x402c542c, TCSETSF2: 0x402c542d, TIOCGDEV: 0x80045432, TIOCCONS: 0x541d, TIOCMGET: 0x5415,
  TIOCGETD: 0x5424, TCSBRKP: 0x5425, TIOCGSID: 0x5429, TCGETS2: 0x802c542a, TIOCGPTN: 0x80045430, TIOCSPTLCK: 0x40045431, TIOCGPTPEER: 0x5441,
  FIONCLEX: 0x5450, FIOCLEX: 0x5451, FIOASYNC: 0x5452, FIOQSIZE: 0x5460, FS_IOC_GETFLAGS: 0x80046601, FICLONE: 0x40049409, FIOSETOWN: 0x8901,
  SIOCSPGRP: 0x8902, FIOGETOWN: 0x8903, SIOCGPGRP: 0x8904, SIOCATMARK: 0x8905, SIOCGSTAMP: 0x8906, SIOCGIFNAME: 0x8910, SIOCGIFCONF: 0x8912, SIOCGIFFLAGS: 0x8913,
  SIOCGIFADDR: 0x8915, SIOCGIFDSTADDR: 0x8917, SIOCGIFBRDADDR: 0x8919, SIOCGIFNETMASK: 0x891b, SIOCGIFMETRIC: 0x891d, SIOCGIFMTU: 0x8921, SIOCGIFHWADDR: 0x8927,
  SIOCGIFINDEX: 0x8933, SIOCGIFTXQLEN: 0x8942, SIOCGIFMAP: 0x8970,
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
  if (file.isSocket) return socketIoctl(k, file, request >>> 0, argument) ?? -E.NOTTY;
  const terminal = terminalFile(file);
  if (!terminal) return -E.NOTTY;
  if (terminal.hungUp && !isMaster(file)) return request >>> 0 === REQUESTS.TIOCSPGRP ? -E.NOTTY : -E.IO;
  if (isMaster(file)) {
    const result = masterRequest(k, file, request >>> 0, argument);
    if (result !== undefined) return result;
  }
  return terminalRequest(k, file, terminal, request >>> 0, argument);
}

/** The terminal that a file is open on. Pseudoterminals are recognised by shape: their code is loaded when there is one. */
function terminalFile(file: OpenFile): Terminal | undefined {
  if (file instanceof StreamFile) return file.terminal;
  return "pseudo" in file ? (file as MasterFile | SlaveFile).terminal : undefined;
}

const isMaster = (file: OpenFile): file is MasterFile => "pseudo" in file && !("isSlave" in file);

/** Requests that only the master's side of a pseudoterminal knows, ioctl_tty(2); undefined for others. */
function masterRequest(k: Context, file: MasterFile, request: number, argument: number): number | undefined {
  const { pseudo } = file;
  switch (request) {
    case REQUESTS.TIOCGPTN: return store(k, argument, pseudo.number);
    case REQUESTS.TIOCGPTLCK: return store(k, argument, pseudo.locked ? 1 : 0);
    case REQUESTS.TIOCGPKT: return store(k, argument, pseudo.packet ? 1 : 0);
    case REQUESTS.TIOCSPTLCK: case REQUESTS.TIOCPKT: {
      const value = k.memory.loadU32(argument);
      if (value === undefined) return -E.FAULT;
      if (request === REQUESTS.TIOCSPTLCK) pseudo.locked = value !== 0;
      else if ((value !== 0) !== pseudo.packet) pseudo.setPacket(value !== 0);
      return 0;
    }
    case REQUESTS.TIOCGPTPEER: return install(k, pseudo.openPeer(argument, k), argument);
    case REQUESTS.TIOCSIG:
      if (argument < 1 || argument > SIG.SYS) return -E.INVAL;
      if (pseudo.foreground > 0) signalGroup(k.kernel, pseudo.foreground, argument);
      return 0;
    case REQUESTS.TIOCSCTTY: return -E.NOTTY;
    default: return undefined;
  }
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

function setAttributes(k: Context, file: OpenFile, terminal: Terminal, attributes: Termios | undefined, moment: AttributeMoment): number {
  const denied = fromBackground(k, file, terminal);
  if (denied < 0) return denied;
  if (!attributes) return -E.FAULT;
  terminal.setAttributes(attributes, moment);
  return 0;
}

/** A process in the background may not change its terminal: SIGTTOU. The master's side may. */
function fromBackground(k: Context, file: OpenFile, terminal: Terminal): number {
  return isMaster(file) ? 0 : jobControl(k.kernel, k.process.pid, k.tid, terminal, SIG.TTOU);
}

const MOMENTS: readonly AttributeMoment[] = ["now", "drain", "flush"];

function terminalRequest(k: Context, file: OpenFile, terminal: Terminal, request: number, argument: number): number {
  const { process } = k;
  switch (request) {
    case REQUESTS.TCGETS: return putTermios(k, argument, terminal.attributes(), false);
    case REQUESTS.TCGETS2: return putTermios(k, argument, terminal.attributes(), true);
    case REQUESTS.TCSETS: case REQUESTS.TCSETSW: case REQUESTS.TCSETSF:
      return setAttributes(k, file, terminal, getTermios(k, argument), MOMENTS[request - REQUESTS.TCSETS]);
    case REQUESTS.TCSETS2: case REQUESTS.TCSETSW2: case REQUESTS.TCSETSF2:
      return setAttributes(k, file, terminal, k.memory.canRead(argument, 44) ? getTermios(k, argument) : undefined, MOMENTS[request - REQUESTS.TCSETS2]);
    case REQUESTS.TCGETA: return putTermio(k, argument, terminal.attributes());
    case REQUESTS.TCSETA: case REQUESTS.TCSETAW: case REQUESTS.TCSETAF:
      return setAttributes(k, file, terminal, getTermio(k, argument, terminal.attributes()), MOMENTS[request - REQUESTS.TCSETA]);
    case REQUESTS.TCFLSH: return control3(k, file, terminal, argument >>> 0 > 2, () => terminal.flush(argument));
    case REQUESTS.TCXONC: return control3(k, file, terminal, argument >>> 0 > 3, () => terminal.flow(argument));
    case REQUESTS.TCSBRK: case REQUESTS.TCSBRKP: return fromBackground(k, file, terminal);
    case REQUESTS.TIOCEXCL: case REQUESTS.TIOCNXCL:
      if ("pseudo" in file) (file as SlaveFile).pseudo.exclusive = request === REQUESTS.TIOCEXCL;
      return 0;
    case REQUESTS.TIOCGEXCL: return store(k, argument, "pseudo" in file && (file as SlaveFile).pseudo.exclusive ? 1 : 0);
    case REQUESTS.TIOCOUTQ: return store(k, argument, terminal.outputPending());
    case REQUESTS.TIOCGETD: return store(k, argument, 0);
    case REQUESTS.TIOCSETD: {
      const wanted = k.memory.loadU32(argument);
      return wanted === undefined ? -E.FAULT : wanted === 0 ? 0 : -E.INVAL;
    }
    case REQUESTS.TIOCGDEV: return store(k, argument, terminal.device);
    case REQUESTS.TIOCGWINSZ: return getWindow(k, terminal, argument);
    case REQUESTS.TIOCSWINSZ: return setWindow(k, terminal, argument);
    case REQUESTS.TIOCGPGRP: return isMaster(file) || controls(k, terminal) ? store(k, argument, terminal.foreground) : -E.NOTTY;
    case REQUESTS.TIOCSPGRP: return setForeground(k, file, terminal, argument);
    case REQUESTS.TIOCGSID: return (isMaster(file) || controls(k, terminal)) && terminal.session ? store(k, argument, terminal.session) : -E.NOTTY;
    case REQUESTS.TIOCSCTTY: return setControlling(k, terminal, argument);
    case REQUESTS.TIOCNOTTY:
      if (!controls(k, terminal)) return -E.NOTTY;
      if (process.sid === process.pid) giveUpTerminal(process, terminal);
      return 0;
    case REQUESTS.TIOCVHANGUP: return -E.PERM;
    case REQUESTS.TIOCCONS: return -E.PERM;
    case REQUESTS.TIOCSTI: {
      const byte = k.memory.loadU8(argument);
      if (process.credentials.euid !== 0 && !controls(k, terminal)) return -E.PERM;
      return byte === undefined ? -E.FAULT : terminal.insert(byte);
    }
    default: return -E.NOTTY;
  }
}

function control3(k: Context, file: OpenFile, terminal: Terminal, wrong: boolean, action: () => void): number {
  const denied = fromBackground(k, file, terminal);
  if (denied < 0) return denied;
  if (wrong) return -E.INVAL;
  action();
  return 0;
}

/** The terminal is the caller's controlling terminal. */
const controls = (k: Context, terminal: Terminal): boolean => terminal.session !== 0 && terminal.session === k.process.sid;

function setControlling(k: Context, terminal: Terminal, steal: number): number {
  const { process } = k;
  if (controls(k, terminal) && process.sid === process.pid) return 0;
  if (process.sid !== process.pid || controllingTerminal(k.kernel, process.sid)) return -E.PERM;
  if (terminal.session !== 0 && !(steal === 1 && process.credentials.euid === 0)) return -E.PERM;
  control(process, terminal);
  return 0;
}

function setForeground(k: Context, file: OpenFile, terminal: Terminal, address: number): number {
  const denied = fromBackground(k, file, terminal);
  if (denied < 0) return denied;
  if (!controls(k, terminal)) return -E.NOTTY;
  const group = k.memory.loadU32(address);
  if (group === undefined) return -E.FAULT;
  if ((group | 0) < 0) return -E.INVAL;
  let session = 0;
  for (const process of k.kernel.processes.values()) if (process.pgid === group && !process.status) session = process.sid;
  if (session === 0) return -E.SRCH;
  if (session !== k.process.sid) return -E.PERM;
  terminal.foreground = group;
  return 0;
}

function getWindow(k: Context, terminal: Terminal, address: number): number {
  const { rows, columns, xpixel, ypixel } = terminal.windowSize();
  const words = Uint16Array.of(rows, columns, xpixel, ypixel);
  return k.memory.write(address, new Uint8Array(words.buffer)) ? 0 : -E.FAULT;
}

function setWindow(k: Context, terminal: Terminal, address: number): number {
  const bytes = k.memory.read(address, 8);
  if (!bytes) return -E.FAULT;
  const [rows, columns, xpixel, ypixel] = new Uint16Array(bytes.buffer);
  terminal.setWindowSize({ rows, columns, xpixel, ypixel });
  return 0;
}

export const ioctlCalls: readonly SystemCall[] = [
  call(54, "ioctl", [fd(), oneOf("request", REQUESTS), hex("arg")], "int", ioctl, "partial", "terminals, pseudoterminals and what every descriptor knows"),
];
