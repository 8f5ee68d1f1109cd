// The line discipline: what happens to bytes between a terminal's two sides, termios(3), tty_ioctl(4). Editing of lines, echo, signal
// characters, flow control, output processing, VMIN and VTIME. Who holds which side is pty.ts.

import { E } from "../errno.ts";
import { SIG } from "../signal.ts";
import type { Termios } from "./host.ts";
import { CC, COOKED, IFLAG, LFLAG, OFLAG } from "./terminal.ts";

/** Size of the buffer of typed bytes; a line can have one byte less. */
const BUFFER = 4096;
/** Bytes that wait in front of the line discipline while its buffer is full. */
const BACKLOG = 65536;
const MASK = BUFFER - 1;
const NEWLINE = 10, RETURN = 13, TAB = 9, BACKSPACE = 8, CARET = 0x5e;
/** What a control character is set to when there is none, _POSIX_VDISABLE. */
const DISABLED = 0;
const TENTH = 100_000_000;

/** The world around a line discipline. */
export interface TtyHost {
  /** Puts bytes where the other side reads them. */
  emit(bytes: readonly number[]): void;
  signal(signal: number): void;
  /** Input or room for output has come. */
  changed(): void;
  /** Calls back after so many nanoseconds; the answer cancels. */
  after(nanoseconds: number, then: () => void): () => void;
  /** Output is held up or released by the other side's flow control: packet mode tells it. */
  flowChanged(stopped: boolean): void;
  /** Someone sleeps in a read. */
  hasReader(): boolean;
  flushed(which: number): void;
}

const isControl = (c: number): boolean => c < 32 || c === 127;
const isWord = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c > 127;

export class LineDiscipline {
  private readonly host: TtyHost;
  termios: Termios = { ...COOKED, cc: [...COOKED.cc] };
  private readonly buffer = new Uint8Array(BUFFER);
  private readonly ends = new Uint8Array(BUFFER);
  /** Counters that only grow: next byte to read, end of complete lines, next free place. */
  private tail = 0;
  private canon = 0;
  private head = 0;
  private backlog: number[] = [];
  private literal = false;
  private erasing = false;
  private column = 0;
  private canonColumn = 0;
  stopped = false;
  /** Echo that was due while output was stopped. */
  private held: number[] = [];
  private timer: (() => void) | undefined = undefined;
  private timedOut = false;

  constructor(host: TtyHost) {
    this.host = host;
  }

  private i(bit: number): boolean {
    return (this.termios.iflag & bit) !== 0;
  }
  private l(bit: number): boolean {
    return (this.termios.lflag & bit) !== 0;
  }
  private is(c: number, which: number): boolean {
    return c === this.termios.cc[which] && c !== DISABLED;
  }

  // -- from the other side ------------------------------------------------------------------------------------------------------------

  /** Takes what was typed; how many bytes there was room for. */
  receive(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, BACKLOG - this.backlog.length);
    for (let n = 0; n < count; n++) this.backlog.push(bytes[n]);
    this.drainBacklog();
    return count;
  }

  get room(): number {
    return BACKLOG - this.backlog.length;
  }

  private drainBacklog(): void {
    const before = this.head + this.canon;
    const echo: number[] = [];
    let done = 0;
    for (; done < this.backlog.length; done++) {
      const full = this.head - this.tail >= BUFFER - 1;
      // A line that is too long loses its end; anything else waits until somebody reads.
      if (full && !(this.l(LFLAG.ICANON) && this.canon === this.tail)) break;
      this.take(this.backlog[done], echo);
    }
    if (done > 0) this.backlog.splice(0, done);
    this.sendEcho(echo);
    if (this.head + this.canon !== before) {
      if (!this.l(LFLAG.ICANON)) this.byteCame();
      this.host.changed();
    }
  }

  private sendEcho(echo: number[]): void {
    if (echo.length === 0) return;
    if (this.stopped) this.held.push(...echo);
    else this.host.emit(echo);
  }

  private take(raw: number, echo: number[]): void {
    let c = raw;
    if (this.literal) {
      this.literal = false;
      if (this.l(LFLAG.ECHO)) this.echoCharacter(c, echo);
      this.put(c);
      return;
    }
    if (this.i(IFLAG.ISTRIP)) c &= 0x7f;
    if (this.i(IFLAG.IUCLC) && this.l(LFLAG.IEXTEN) && c >= 65 && c <= 90) c += 32;
    if (this.l(LFLAG.EXTPROC)) {
      this.put(c);
      return;
    }
    const special = [CC.STOP, CC.START, CC.INTR, CC.QUIT, CC.SUSP].some((which) => this.is(c, which));
    if (this.stopped && this.i(IFLAG.IXON) && this.i(IFLAG.IXANY) && !special) this.start();
    if (this.i(IFLAG.IXON)) {
      if (this.is(c, CC.START)) return this.start();
      if (this.is(c, CC.STOP)) return this.stop();
    }
    if (this.l(LFLAG.ISIG)) {
      const signal = this.is(c, CC.INTR) ? SIG.INT : this.is(c, CC.QUIT) ? SIG.QUIT : this.is(c, CC.SUSP) ? SIG.TSTP : 0;
      if (signal) return this.signal(signal, c, echo);
    }
    if (c === RETURN) {
      if (this.i(IFLAG.IGNCR)) return;
      if (this.i(IFLAG.ICRNL)) c = NEWLINE;
    } else if (c === NEWLINE && this.i(IFLAG.INLCR)) c = RETURN;
    if (this.l(LFLAG.ICANON) && this.edit(c, echo)) return;
    if (this.l(LFLAG.ECHO)) {
      this.finishErasing(echo);
      if (c === NEWLINE) this.process(NEWLINE, echo);
      else {
        if (this.canon === this.head) this.canonColumn = this.column;
        this.echoCharacter(c, echo);
      }
    }
    if (this.i(IFLAG.PARMRK) && c === 0xff && !this.i(IFLAG.ISTRIP)) this.put(c);
    this.put(c);
  }

  private put(c: number): void {
    if (this.head - this.tail >= BUFFER - 1) return;
    this.buffer[this.head & MASK] = c;
    this.ends[this.head & MASK] = 0;
    this.head++;
  }

  private endLine(c: number): void {
    // The buffer of a line that is too long gives its last place to the newline.
    if (this.head - this.tail >= BUFFER) this.head--;
    this.buffer[this.head & MASK] = c;
    this.ends[this.head & MASK] = 1;
    this.head++;
    this.canon = this.head;
  }

  private signal(signal: number, c: number, echo: number[]): void {
    if (!this.l(LFLAG.NOFLSH)) {
      echo.length = 0;
      this.flush(2);
    }
    if (this.i(IFLAG.IXON)) this.start();
    if (this.l(LFLAG.ECHO)) this.echoCharacter(c, echo);
    this.host.signal(signal);
  }

  /** Characters that mean something in a line; true when that was all. */
  private edit(c: number, echo: number[]): boolean {
    const extended = this.l(LFLAG.IEXTEN), echoes = this.l(LFLAG.ECHO);
    if (this.is(c, CC.ERASE) || this.is(c, CC.KILL) || (this.is(c, CC.WERASE) && extended)) {
      this.erase(c, echo);
      return true;
    }
    if (this.is(c, CC.LNEXT) && extended) {
      this.literal = true;
      if (echoes) {
        this.finishErasing(echo);
        if (this.l(LFLAG.ECHOCTL)) echo.push(CARET, BACKSPACE);
      }
      return true;
    }
    if (this.is(c, CC.REPRINT) && echoes && extended) {
      this.finishErasing(echo);
      this.echoCharacter(c, echo);
      this.process(NEWLINE, echo);
      for (let at = this.canon; at < this.head; at++) this.echoCharacter(this.buffer[at & MASK], echo);
      return true;
    }
    if (c === NEWLINE) {
      if (echoes || this.l(LFLAG.ECHONL)) this.process(NEWLINE, echo);
      this.endLine(NEWLINE);
      return true;
    }
    if (this.is(c, CC.EOF)) {
      this.endLine(DISABLED);
      return true;
    }
    if (this.is(c, CC.EOL) || (this.is(c, CC.EOL2) && extended)) {
      if (echoes) {
        if (this.canon === this.head) this.canonColumn = this.column;
        this.echoCharacter(c, echo);
      }
      this.endLine(c);
      return true;
    }
    return false;
  }

  private continuation(c: number): boolean {
    return this.i(IFLAG.IUTF8) && (c & 0xc0) === 0x80;
  }

  private erase(c: number, echo: number[]): void {
    if (this.head === this.canon) return;
    const echoes = this.l(LFLAG.ECHO);
    const kind = this.is(c, CC.ERASE) ? "erase" : this.is(c, CC.WERASE) ? "word" : "kill";
    if (kind === "kill") {
      if (!echoes) {
        this.head = this.canon;
        return;
      }
      if (!this.l(LFLAG.ECHOK) || !this.l(LFLAG.ECHOKE) || !this.l(LFLAG.ECHOE)) {
        this.head = this.canon;
        this.finishErasing(echo);
        this.echoCharacter(this.termios.cc[CC.KILL], echo);
        if (this.l(LFLAG.ECHOK)) this.process(NEWLINE, echo);
        return;
      }
    }
    let letters = 0;
    while (this.head > this.canon) {
      let at = this.head, erased: number;
      do erased = this.buffer[--at & MASK];
      while (this.continuation(erased) && at > this.canon);
      if (this.continuation(erased)) break; // no whole character
      if (kind === "word") {
        if (isWord(erased)) letters++;
        else if (letters > 0) break;
      }
      const bytes: number[] = [];
      for (let n = at; n < this.head; n++) bytes.push(this.buffer[n & MASK]);
      this.head = at;
      if (echoes) this.echoErased(kind === "erase", erased, bytes, echo);
      if (kind === "erase") break;
    }
    if (this.head === this.canon && echoes) this.finishErasing(echo);
  }

  private echoErased(single: boolean, c: number, bytes: readonly number[], echo: number[]): void {
    if (this.l(LFLAG.ECHOPRT)) {
      if (!this.erasing) echo.push(0x5c);
      this.erasing = true;
      this.echoCharacter(c, echo);
      echo.push(...bytes.slice(1));
    } else if (single && !this.l(LFLAG.ECHOE)) this.echoCharacter(this.termios.cc[CC.ERASE], echo);
    else if (c === TAB) this.eraseTab(echo);
    else {
      const back = () => {
        echo.push(BACKSPACE, 32, BACKSPACE);
        if (this.column > 0) this.column--;
      };
      if (isControl(c) && this.l(LFLAG.ECHOCTL)) back();
      if (!isControl(c) || this.l(LFLAG.ECHOCTL)) back();
    }
  }

  /** Goes back over a tab: as many columns as it took, counted from the tab or the line's start before it. */
  private eraseTab(echo: number[]): void {
    let columns = 0, afterTab = false;
    for (let at = this.head - 1; at >= this.canon; at--) {
      const c = this.buffer[at & MASK];
      if (c === TAB) {
        afterTab = true;
        break;
      }
      if (isControl(c)) columns += this.l(LFLAG.ECHOCTL) ? 2 : 0;
      else if (!this.continuation(c)) columns++;
    }
    if (!afterTab) columns += this.canonColumn;
    for (let n = 8 - (columns & 7); n > 0; n--) {
      echo.push(BACKSPACE);
      if (this.column > 0) this.column--;
    }
  }

  private finishErasing(echo: number[]): void {
    if (this.erasing) this.process(0x2f, echo);
    this.erasing = false;
  }

  private echoCharacter(c: number, echo: number[]): void {
    if (this.l(LFLAG.ECHOCTL) && isControl(c) && c !== TAB) {
      echo.push(CARET, c ^ 0x40);
      this.column += 2;
    } else this.process(c, echo);
  }

  // -- output -------------------------------------------------------------------------------------------------------------------------

  /** One byte through output processing. */
  private process(c: number, out: number[]): void {
    const { oflag } = this.termios;
    if (!(oflag & OFLAG.OPOST)) {
      out.push(c);
      return;
    }
    switch (c) {
      case NEWLINE:
        if (oflag & OFLAG.ONLRET) this.column = 0;
        if (oflag & OFLAG.ONLCR) {
          this.column = this.canonColumn = 0;
          out.push(RETURN);
        } else this.canonColumn = this.column;
        break;
      case RETURN:
        if (oflag & OFLAG.ONOCR && this.column === 0) return;
        if (oflag & OFLAG.OCRNL) {
          if (oflag & OFLAG.ONLRET) this.column = this.canonColumn = 0;
          out.push(NEWLINE);
          return;
        }
        this.column = this.canonColumn = 0;
        break;
      case TAB: {
        const spaces = 8 - (this.column & 7);
        this.column += spaces;
        if ((oflag & OFLAG.TABDLY) === OFLAG.TABDLY) {
          for (let n = 0; n < spaces; n++) out.push(32);
          return;
        }
        break;
      }
      case BACKSPACE:
        if (this.column > 0) this.column--;
        break;
      default:
        if (isControl(c)) break;
        if (!this.continuation(c)) this.column++;
        if (oflag & OFLAG.OLCUC && c >= 97 && c <= 122) c -= 32;
    }
    out.push(c);
  }

  /** Output of a program; -EAGAIN while it is stopped. `room` is what the other side's buffer can take. */
  write(from: Uint8Array, room: number): number {
    if (this.stopped || room <= 0) return -E.AGAIN;
    const out: number[] = [];
    let done = 0;
    // A byte becomes at most eight (a tab).
    while (done < from.length && out.length + 8 <= room) this.process(from[done++], out);
    if (done === 0 && from.length > 0) return -E.AGAIN;
    this.host.emit(out);
    return done;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    if (this.held.length > 0) this.host.emit(this.held.splice(0));
    this.host.flowChanged(false);
    this.host.changed();
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.host.flowChanged(true);
  }

  // -- to the program -----------------------------------------------------------------------------------------------------------------

  /** Bytes that a read would find. */
  get available(): number {
    return (this.l(LFLAG.ICANON) && !this.l(LFLAG.EXTPROC) ? this.canon : this.head) - this.tail;
  }

  /** FIONREAD: marks of the end of input do not count. */
  get waiting(): number {
    let count = this.available;
    if (this.l(LFLAG.ICANON)) for (let at = this.tail; at < this.canon; at++) if (this.ends[at & MASK] && this.buffer[at & MASK] === DISABLED) count--;
    return count;
  }

  /** poll(2): a read would not block. */
  get readable(): boolean {
    const { cc } = this.termios;
    const least = !this.l(LFLAG.ICANON) && cc[CC.TIME] === 0 && cc[CC.MIN] > 0 ? cc[CC.MIN] : 1;
    return this.available >= least;
  }

  read(into: Uint8Array, nonblocking: boolean): number {
    const count = this.l(LFLAG.ICANON) ? this.readLine(into) : this.readRaw(into, nonblocking);
    if (count > 0 || this.backlog.length > 0) this.drainBacklog();
    if (count >= 0) this.stopTimer();
    return count;
  }

  private readLine(into: Uint8Array): number {
    if (this.canon === this.tail) return -E.AGAIN;
    let count = 0;
    while (this.tail < this.canon) {
      const at = this.tail & MASK;
      const last = this.ends[at] === 1;
      const marker = last && this.buffer[at] === DISABLED;
      if (!marker && count === into.length) break;
      this.tail++;
      if (marker) break;
      into[count++] = this.buffer[at];
      if (last) break;
    }
    return count;
  }

  private readRaw(into: Uint8Array, nonblocking: boolean): number {
    const { cc } = this.termios;
    const least = cc[CC.MIN], time = cc[CC.TIME];
    const available = this.head - this.tail;
    const expired = this.timedOut;
    this.timedOut = false;
    const wanted = least === 0 ? 1 : Math.min(least, into.length);
    const enough = available >= wanted || (nonblocking && available > 0);
    if (!enough && !(expired && available > 0)) {
      if (least === 0 && (time === 0 || expired)) return 0;
      if (least === 0 && !nonblocking) this.startTimer(time);
      return -E.AGAIN;
    }
    let count = 0;
    while (count < into.length && this.tail < this.head) into[count++] = this.buffer[this.tail++ & MASK];
    if (this.canon < this.tail) this.canon = this.tail;
    return count;
  }

  /** The time between bytes counts from each byte. */
  private byteCame(): void {
    const { cc } = this.termios;
    if (cc[CC.MIN] === 0 || cc[CC.TIME] === 0) return;
    this.stopTimer();
    this.startTimer(cc[CC.TIME]);
  }

  private startTimer(tenths: number): void {
    if (this.timer) return;
    this.timer = this.host.after(tenths * TENTH, () => {
      this.timer = undefined;
      if (!this.host.hasReader()) return;
      this.timedOut = true;
      this.host.changed();
    });
  }

  private stopTimer(): void {
    this.timer?.();
    this.timer = undefined;
    this.timedOut = false;
  }

  // -- control ------------------------------------------------------------------------------------------------------------------------

  flush(which: number): void {
    if (which !== 1) {
      this.tail = this.canon = this.head;
      this.backlog = [];
      this.erasing = this.literal = false;
    }
    if (which !== 0) this.held = [];
    this.host.flushed(which);
  }

  setAttributes(termios: Termios): void {
    const was = this.l(LFLAG.ICANON);
    this.termios = termios;
    if (was !== this.l(LFLAG.ICANON)) {
      if (!was && this.head > this.tail) {
        // What is there counts as a line: it can be read at once.
        this.canon = this.head;
        this.ends.fill(0);
        this.ends[(this.head - 1) & MASK] = 1;
      } else if (was) this.canon = this.tail;
      this.erasing = this.literal = false;
    }
    if (!this.i(IFLAG.IXON)) this.start();
    this.drainBacklog();
    this.host.changed();
  }
}

