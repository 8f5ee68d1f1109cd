// Terminals as their sessions see them: controlling terminal, foreground group, job control's signals, hanging up. credentials(7),
// tty_ioctl(4), setsid(2). What a terminal does with bytes is pty.ts and tty.ts, or the host's affair (stdio.ts).

import { E } from "../errno.ts";
import { SIG, SIG_IGN, signalBit, signalGroup, signalProcess } from "../signal.ts";
import type { Kernel, Process } from "../thread.ts";
import type { OpenFile } from "./file.ts";
import type { Termios } from "./host.ts";
import type { Caller } from "./inode.ts";
import type { PathRef } from "./state.ts";

/** Bits of termios(3)'s flag words. */
export const IFLAG = {
  IGNBRK: 1, BRKINT: 2, IGNPAR: 4, PARMRK: 8, ISTRIP: 0o40, INLCR: 0o100, IGNCR: 0o200, ICRNL: 0o400, IUCLC: 0o1000, IXON: 0o2000, IXANY: 0o4000,
  IXOFF: 0o10000, IMAXBEL: 0o20000, IUTF8: 0o40000,
} as const;
export const OFLAG = { OPOST: 1, OLCUC: 2, ONLCR: 4, OCRNL: 0o10, ONOCR: 0o20, ONLRET: 0o40, TABDLY: 0o14000 } as const;
export const LFLAG = {
  ISIG: 1, ICANON: 2, ECHO: 0o10, ECHOE: 0o20, ECHOK: 0o40, ECHONL: 0o100, NOFLSH: 0o200, TOSTOP: 0o400, ECHOCTL: 0o1000, ECHOPRT: 0o2000, ECHOKE: 0o4000,
  FLUSHO: 0o10000, IEXTEN: 0o100000, EXTPROC: 0o200000,
} as const;
/** Indices into the control characters. */
export const CC = {
  INTR: 0, QUIT: 1, ERASE: 2, KILL: 3, EOF: 4, TIME: 5, MIN: 6, SWTC: 7, START: 8, STOP: 9, SUSP: 10, EOL: 11, REPRINT: 12, DISCARD: 13, WERASE: 14,
  LNEXT: 15, EOL2: 16,
} as const;

/** What a terminal starts with: the usual cooked mode at 38400 baud. */
export const COOKED: Termios = {
  iflag: IFLAG.ICRNL | IFLAG.IXON, oflag: OFLAG.OPOST | OFLAG.ONLCR, cflag: 0o277, lflag: 0o105073, line: 0,
  cc: [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0],
};

export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
  readonly xpixel: number;
  readonly ypixel: number;
}

/** When new attributes count: at once, when output is out, and then without the input that nobody has read. TCSETS, TCSETSW, TCSETSF. */
export type AttributeMoment = "now" | "drain" | "flush";

export interface Terminal {
  /** Device number, for /proc/PID/stat. */
  readonly device: number;
  /** Foreground process group; 0 before anyone has set one. */
  foreground: number;
  /** Session that it controls; 0 none. */
  session: number;
  /** The other side has gone for good. */
  hungUp: boolean;
  attributes(): Termios;
  setAttributes(attributes: Termios, moment: AttributeMoment): void;
  windowSize(): WindowSize;
  setWindowSize(size: WindowSize): void;
  /** TCFLSH: drops input (0), output (1) or both (2). */
  flush(which: number): void;
  /** TCXONC: stops (0) or starts (1) output, asks the other side to stop (2) or start (3). */
  flow(action: number): void;
  /** Bytes of output that are still on their way. */
  outputPending(): number;
  /** TIOCSTI: a byte as if it had been typed. */
  insert(byte: number): number;
  /** Makes reads end and writes fail. */
  hangUp(): void;
  /** A new description, through /dev/tty. */
  open(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number;
}

/** The terminal that controls a session. */
export function controllingTerminal(kernel: Kernel, session: number): Terminal | undefined {
  for (const terminal of kernel.terminals) if (terminal.session === session) return terminal;
  return undefined;
}

/** An open without O_NOCTTY gives a session leader that has no controlling terminal this one. */
export function adoptOnOpen(process: Process, terminal: Terminal): void {
  if (process.sid !== process.pid || terminal.session !== 0 || controllingTerminal(process.kernel, process.sid)) return;
  control(process, terminal);
}

/** Makes the terminal the controlling one of the process's session. */
export function control(process: Process, terminal: Terminal): void {
  terminal.session = process.sid;
  terminal.foreground = process.pgid;
}

/** No member has a parent in another group of the same session: nobody would continue it. */
export function isOrphaned(kernel: Kernel, pgid: number, except?: Process): boolean {
  for (const process of kernel.processes.values()) {
    if (process.pgid !== pgid || process.status || process === except) continue;
    const { parent } = process;
    // The first process's parent is outside: whoever started us is in another group of its session.
    if (!parent) {
      if (process.pid === kernel.firstPid) return false;
      continue;
    }
    if (parent.pgid !== pgid && parent.sid === process.sid && !parent.status) return false;
  }
  return true;
}

/** The terminal controls the process's session, and another group is in its foreground. */
export function inBackground(kernel: Kernel, pid: number, terminal: Terminal): boolean {
  const process = kernel.processes.get(pid);
  return terminal.session !== 0 && terminal.foreground !== 0 && process !== undefined && process.sid === terminal.session && process.pgid !== terminal.foreground;
}

/**
 * Job control for a process that reads (SIGTTIN) or writes or changes (SIGTTOU) its controlling terminal from the background: 0 go on,
 * else the call's result. `signalled` means the call is made again once the process has been continued.
 */
export function jobControl(kernel: Kernel, pid: number, tid: number, terminal: Terminal, signal: number): number {
  if (!inBackground(kernel, pid, terminal)) return 0;
  const process = kernel.processes.get(pid) as Process;
  const mask = kernel.threads.get(tid)?.mask ?? 0n;
  if (mask & signalBit(signal) || process.actions[signal].handler === SIG_IGN) return signal === SIG.TTIN ? -E.IO : 0;
  if (isOrphaned(kernel, process.pgid)) return -E.IO;
  signalGroup(kernel, process.pgid, signal);
  return -E.RESTARTSYS;
}

/** What the terminal's signal characters, and its window's changes, do. */
export function signalForeground(kernel: Kernel, terminal: Terminal, signal: number): void {
  if (terminal.foreground > 0) signalGroup(kernel, terminal.foreground, signal);
}

/** The line is gone: the session loses its terminal and its leader is told. */
export function hangUpSession(kernel: Kernel, terminal: Terminal): void {
  terminal.hangUp();
  const leader = kernel.processes.get(terminal.session);
  terminal.session = terminal.foreground = 0;
  if (!leader || leader.status || leader.sid !== leader.pid) return;
  signalProcess(leader, SIG.HUP);
  signalProcess(leader, SIG.CONT);
}

/** A session leader ends: nobody has its terminal any more, and the foreground group hears of it. */
export function endSession(process: Process): void {
  const terminal = controllingTerminal(process.kernel, process.sid);
  if (terminal) giveUpTerminal(process, terminal);
}

/** TIOCNOTTY of a session leader. */
export function giveUpTerminal(process: Process, terminal: Terminal): void {
  const { foreground } = terminal;
  terminal.session = terminal.foreground = 0;
  if (foreground > 0) {
    signalGroup(process.kernel, foreground, SIG.HUP);
    signalGroup(process.kernel, foreground, SIG.CONT);
  }
}

/** After a process has ended: groups that it leaves orphaned with stopped members are told to go on, with SIGHUP. */
export function wakeOrphans(process: Process, children: Iterable<Process>): void {
  const { kernel } = process;
  const groups = new Set<number>();
  for (const child of children) if (child.pgid !== process.pgid && child.sid === process.sid) groups.add(child.pgid);
  if (process.parent && process.parent.pgid !== process.pgid) groups.add(process.pgid);
  for (const group of groups) {
    const members = [...kernel.processes.values()].filter((member) => member.pgid === group && !member.status && member !== process);
    if (!members.some((member) => member.stopped) || !isOrphaned(kernel, group, process)) continue;
    for (const member of members) {
      signalProcess(member, SIG.HUP);
      signalProcess(member, SIG.CONT);
    }
  }
}
