// The emulator's own descriptors 0, 1 and 2 as HostStreams. Pipes, sockets and terminals are read through Node's streams, so that a
// guest that waits for input holds up nobody; files and all writes are synchronous.

import fs from "node:fs";
import type tty from "node:tty";
import { E } from "../../kernel/errno.ts";
import { SEEK } from "../../kernel/fs/constants.ts";
import type { HostStream, HostTerminal, Termios } from "../../kernel/fs/host.ts";
import { hostErrno, toStat } from "./fs.ts";
import { startSttyHelper } from "./stty.ts";
import type { SttyHelper } from "./stty.ts";

const RETRY_MS = 2;
const ICANON = 2;
const CONTROL_CHARACTERS = 19;

function descriptorStat(fd: number): fs.BigIntStats | undefined {
  try {
    return fs.fstatSync(fd, { bigint: true });
  } catch {
    return undefined;
  }
}

/** Opens descriptor 0, 1 or 2 of this process; undefined when it is closed. */
export function createHostStream(fd: 0 | 1 | 2): HostStream | undefined {
  const stat = descriptorStat(fd);
  if (!stat) return undefined;
  if (stat.isFile() || stat.isBlockDevice()) return fileStream(fd);
  const terminal = stat.isCharacterDevice() && isTerminal(fd, stat.rdev);
  if (stat.isCharacterDevice() && !terminal) return deviceStream(fd);
  return pollableStream(fd, terminal ? "terminal" : "pipe");
}

/** Linux gives memory devices (/dev/null, /dev/zero) this major number; to ask Node loads its streams, which takes 10 ms. */
const MEMORY_DEVICES = 1;

function isTerminal(fd: 0 | 1 | 2, device: bigint): boolean {
  if (process.platform === "linux" && Number(device >> 8n) === MEMORY_DEVICES) return false;
  return [process.stdin, process.stdout, process.stderr][fd].isTTY === true;
}

const statOf = (fd: number) => () => {
  const stat = descriptorStat(fd);
  return stat ? toStat(stat) : -E.IO;
};

/** Calls a synchronous write, asking again later where the other side is slow. */
function writer(fd: number, stream: () => HostStream, position: () => number | null): (from: Uint8Array) => number {
  return (from) => {
    try {
      return fs.writeSync(fd, from, 0, from.length, position());
    } catch (error) {
      const errno = hostErrno(error);
      if (errno === E.AGAIN) setTimeout(() => stream().onReady(), RETRY_MS);
      return -errno;
    }
  };
}

/** The position of a descriptor that other programs may share; Node cannot ask for it, Linux's /proc can. */
function sharedPosition(fd: number): number | undefined {
  try {
    const match = /^pos:\s*(\d+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A regular file. As long as the guest does not seek, reads and writes use and move the descriptor's own position, which is
 * shared with whoever started us (`(jit386 a; b) > file`); after a seek the position is ours.
 */
function fileStream(fd: number): HostStream {
  let own: number | undefined; // undefined: the descriptor's
  let moved = 0; // what we have moved the descriptor's position by, where it cannot be asked for
  const here = () => own ?? sharedPosition(fd) ?? moved;
  const advance = (count: number): number => {
    if (count > 0) {
      if (own === undefined) moved += count;
      else own += count;
    }
    return count;
  };
  const write = writer(fd, () => stream, () => own ?? null);
  const stream: HostStream = {
    kind: "file",
    onReady: () => {},
    read(into) {
      try {
        return advance(fs.readSync(fd, into, 0, into.length, own ?? null));
      } catch (error) {
        return -hostErrno(error);
      }
    },
    write: (from) => advance(write(from)),
    available: () => Math.max(0, fs.fstatSync(fd).size - here()),
    seek(offset, whence) {
      const base = whence === SEEK.SET ? 0 : whence === SEEK.CUR ? here() : whence === SEEK.END ? fs.fstatSync(fd).size : undefined;
      if (base === undefined) return -E.INVAL;
      const target = base + offset;
      if (target < 0) return -E.INVAL;
      own = target === (sharedPosition(fd) ?? moved) ? undefined : target;
      return target;
    },
    truncate(size) {
      try {
        fs.ftruncateSync(fd, size);
        return 0;
      } catch (error) {
        return -hostErrno(error);
      }
    },
    stat: statOf(fd),
  };
  return stream;
}

/** /dev/null and its kind: never blocks. */
function deviceStream(fd: number): HostStream {
  const stream: HostStream = {
    kind: "null",
    onReady: () => {},
    read(into) {
      try {
        return fs.readSync(fd, into, 0, into.length, null);
      } catch (error) {
        return -hostErrno(error);
      }
    },
    write: writer(fd, () => stream, () => null),
    available: () => 0,
    seek: () => 0,
    stat: statOf(fd),
  };
  return stream;
}

/** Input of the process through process.stdin: pieces that have come and not been read. An empty piece is a terminal's end of input (^D). */
interface Input {
  pieces: Uint8Array[];
  source: tty.ReadStream | undefined;
  ended: boolean;
  waiting: (() => void)[];
}

const input: Input = { pieces: [], source: undefined, ended: false, waiting: [] };

function listen(): void {
  if (!input.source && !input.ended) input.source = attach(process.stdin);
  if (!input.ended && input.pieces.length === 0) input.source?.resume();
}

function attach(source: tty.ReadStream): tty.ReadStream {
  const changed = () => {
    for (const call of input.waiting) call();
  };
  const ended = () => {
    if (input.source !== source) return;
    input.source = undefined;
    input.ended = true;
    changed();
  };
  source.on("data", (piece: Buffer) => {
    // One piece at a time: what the guest does not ask for stays with the host.
    source.pause();
    input.pieces.push(piece);
    changed();
  });
  source.on("end", () => {
    if (!source.isTTY) return ended();
    // The end of a terminal's input is one read of nothing; more can be typed after it.
    if (input.source !== source) return;
    input.pieces.push(new Uint8Array(0));
    try {
      const { ReadStream } = process.getBuiltinModule("node:tty");
      const again = new ReadStream(0);
      if (!cooked) again.setRawMode(true);
      input.source = undefined;
      input.source = attach(again);
      again.pause();
      changed();
    } catch {
      ended();
    }
  });
  source.on("error", ended);
  source.on("close", ended);
  return source;
}

function takeInput(into: Uint8Array): number {
  let done = 0;
  while (done < into.length && input.pieces.length > 0) {
    const piece = input.pieces[0];
    const part = piece.subarray(0, into.length - done);
    into.set(part, done);
    done += part.length;
    if (part.length === piece.length) input.pieces.shift();
    else input.pieces[0] = piece.subarray(part.length);
  }
  return done;
}

/** A pipe, socket or terminal. Only descriptor 0 is read; a terminal on 1 or 2 reads what 0 would when 0 is a terminal too. */
function pollableStream(fd: 0 | 1 | 2, kind: "pipe" | "terminal"): HostStream {
  const reads = fd === 0 || (kind === "terminal" && process.stdin.isTTY === true);
  if (reads) input.waiting.push(() => stream.onReady());
  const stream: HostStream = {
    kind,
    onReady: () => {},
    read(into) {
      if (!reads) return -E.IO;
      if (kind === "terminal" && input.pieces.length > 0) return takeLine(into);
      const count = takeInput(into);
      if (count > 0) return count;
      if (input.ended) return 0;
      listen();
      return -E.AGAIN;
    },
    write: writer(fd, () => stream, () => null),
    available() {
      if (!reads) return 0;
      // the end of a terminal's input can be read as well: that is, nothing can be read from it
      if (input.pieces.length > 0) return input.pieces.reduce((sum, piece) => sum + piece.length, 0) || -1;
      if (input.ended) return -1;
      listen();
      return 0;
    },
    flush() {
      if (kind === "terminal") input.pieces = [];
    },
    stat: statOf(fd),
    ...(kind === "terminal" ? { terminal: hostTerminal(fd) } : {}),
  };
  return stream;
}

/** One read of a terminal is one line (or what raw mode has delivered at once): pieces are not joined. */
function takeLine(into: Uint8Array): number {
  const [piece] = input.pieces;
  const newline = cooked ? piece.indexOf(10) : -1;
  const part = piece.subarray(0, Math.min(into.length, newline < 0 ? piece.length : newline + 1));
  into.set(part);
  if (part.length === piece.length) input.pieces.shift();
  else input.pieces[0] = piece.subarray(part.length);
  return part.length;
}

/** The terminal gives whole lines (ICANON). */
let cooked = true;
let terminalOf: HostTerminal | undefined;

let helper: SttyHelper | undefined | null = null;

/** stty(1) tells and takes every flag: what Node itself cannot do. undefined where there is none. */
function stty(fd: number, args: string): string | undefined {
  if (helper === null) helper = startSttyHelper(fd);
  return helper?.(args);
}

function hostTerminal(fd: 0 | 1 | 2): HostTerminal {
  if (terminalOf) return terminalOf;
  let tail: string[] = [];
  let saved: string | undefined; // the modes that the terminal had when we first asked
  let changed = false;
  process.on("exit", () => {
    if (changed && saved !== undefined) stty(fd, saved);
    if (helper) helper("done");
  });
  const terminal: HostTerminal = {
    getAttributes() {
      // "iflag:oflag:cflag:lflag:cc0:cc1..." in hexadecimal, as GNU stty prints it on Linux.
      const text = stty(fd, "-g")?.trim();
      if (!changed) saved = text;
      const fields = text?.split(":");
      if (!fields || process.platform !== "linux" || fields.length < 4 + CONTROL_CHARACTERS) return undefined;
      const [iflag, oflag, cflag, lflag, ...cc] = fields.map((field) => parseInt(field, 16));
      tail = fields.slice(4 + CONTROL_CHARACTERS);
      cooked = (lflag & ICANON) !== 0;
      return { iflag, oflag, cflag, lflag, line: 0, cc: cc.slice(0, CONTROL_CHARACTERS) };
    },
    setAttributes(a: Termios) {
      cooked = (a.lflag & ICANON) !== 0;
      changed = true;
      if (tail.length > 0) {
        const fields = [a.iflag, a.oflag, a.cflag, a.lflag, ...a.cc.slice(0, CONTROL_CHARACTERS)].map((n) => (n >>> 0).toString(16));
        if (stty(fd, [...fields, ...tail].join(":")) !== undefined) return;
      }
      if (process.stdin.isTTY) (input.source ?? process.stdin).setRawMode(!cooked);
    },
    windowSize() {
      for (const out of [process.stdout, process.stderr]) {
        if (out.isTTY) {
          const [columns, rows] = out.getWindowSize();
          return { rows, columns };
        }
      }
      const words = stty(fd, "size")?.trim().split(" ").map(Number);
      return words?.length === 2 ? { rows: words[0], columns: words[1] } : { rows: 24, columns: 80 };
    },
    onResize: () => {},
  };
  if (process.platform !== "win32") process.on("SIGWINCH", () => terminal.onResize());
  terminalOf = terminal;
  return terminal;
}

/** The standard streams of this process, for installStdio. */
export function hostStandardStreams() {
  return { input: createHostStream(0), output: createHostStream(1), error: createHostStream(2) };
}

