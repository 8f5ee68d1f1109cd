// Pseudoterminals, pty(7), ptmx(4): a master that a program like a terminal emulator reads and writes, and a slave that looks like a
// terminal to the programs behind it. The line discipline between them is tty.ts.

import { E } from "../errno.ts";
import { SIG } from "../signal.ts";
import type { Kernel } from "../thread.ts";
import { addTimer, removeTimer } from "../time.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { makedev, O, POLL } from "./constants.ts";
import type { PtsInode, Pseudo, SlaveInode } from "./devpts.ts";
import { OpenFile } from "./file.ts";
import type { Termios } from "./host.ts";
import { Dentry } from "./inode.ts";
import type { Caller } from "./inode.ts";
import type { PathRef } from "./state.ts";
import { LineDiscipline } from "./tty.ts";
import { adoptOnOpen, CC, hangUpSession, IFLAG, jobControl, LFLAG, signalForeground } from "./terminal.ts";
import type { AttributeMoment, Terminal, WindowSize } from "./terminal.ts";

/** Bytes of output that wait for the master's reader. */
const OUTPUT = 65536;
/** Status bytes of packet mode, ioctl_tty(2). */
const PKT = { FLUSHREAD: 1, FLUSHWRITE: 2, STOP: 4, START: 8, NOSTOP: 16, DOSTOP: 32, IOCTL: 64 } as const;
const XON = 17, XOFF = 19;

export class PseudoTerminal implements Terminal, Pseudo {
  readonly number: number;
  readonly device: number;
  readonly kernel: Kernel;
  foreground = 0;
  session = 0;
  hungUp = false;
  locked = true;
  exclusive = false;
  packet = false;
  /** Status bits that packet mode has not told yet. */
  private status = 0;
  /** Open descriptions of the slave, and whether there has ever been one. */
  slaves = 0;
  slaveSeen = false;
  readonly masterQueue: WaitQueue = createWaitQueue();
  readonly slaveQueue: WaitQueue = createWaitQueue();
  readonly line: LineDiscipline;
  private size: WindowSize = { rows: 0, columns: 0, xpixel: 0, ypixel: 0 };
  /** Output on its way to the master, in pieces. */
  private pieces: Uint8Array[] = [];
  private length = 0;
  private readonly pts: PtsInode;
  inode!: SlaveInode;

  constructor(kernel: Kernel, pts: PtsInode) {
    this.kernel = kernel;
    this.pts = pts;
    this.number = pts.freeNumber();
    this.device = makedev(136, this.number);
    this.line = new LineDiscipline({
      emit: (bytes) => this.put(bytes),
      signal: (signal) => signalForeground(kernel, this, signal),
      changed: () => wake(this.slaveQueue),
      after: (nanoseconds, then) => {
        const timer = addTimer(kernel, kernel.clock.monotonic() + nanoseconds, then);
        return () => removeTimer(kernel, timer);
      },
      flowChanged: (stopped) => this.tell(stopped ? PKT.STOP : PKT.START, stopped ? PKT.START : PKT.STOP),
      hasReader: () => this.slaveQueue.size > 0,
      flushed: (which) => this.dropped(which),
    });
  }

  private put(bytes: readonly number[]): void {
    if (bytes.length === 0) return;
    this.pieces.push(Uint8Array.from(bytes));
    this.length += bytes.length;
    wake(this.masterQueue);
  }

  private tell(set: number, clear: number): void {
    if (!this.packet) return;
    this.status = (this.status & ~clear) | set;
    wake(this.masterQueue);
  }

  private dropped(which: number): void {
    if (which !== 0) {
      this.pieces = [];
      this.length = 0;
    }
    this.tell((which === 1 ? 0 : PKT.FLUSHREAD) | (which === 0 ? 0 : PKT.FLUSHWRITE), 0);
    wake(this.masterQueue);
    wake(this.slaveQueue);
  }

  // -- the master's side --------------------------------------------------------------------------------------------------------------

  get outputLength(): number {
    return this.length;
  }

  get statusPending(): boolean {
    return this.packet && this.status !== 0;
  }

  readMaster(into: Uint8Array): number {
    if (into.length === 0) return 0;
    if (this.statusPending) {
      into[0] = this.status;
      this.status = 0;
      return 1;
    }
    if (this.length === 0) return this.slaveSeen && this.slaves === 0 ? -E.IO : -E.AGAIN;
    if (!this.packet) return this.takeOutput(into);
    into[0] = 0;
    return 1 + this.takeOutput(into.subarray(1));
  }

  private takeOutput(into: Uint8Array): number {
    let done = 0;
    while (done < into.length && this.pieces.length > 0) {
      const [piece] = this.pieces;
      const part = piece.subarray(0, into.length - done);
      into.set(part, done);
      done += part.length;
      if (part.length === piece.length) this.pieces.shift();
      else this.pieces[0] = piece.subarray(part.length);
    }
    this.length -= done;
    if (done > 0) wake(this.slaveQueue);
    return done;
  }

  closeMaster(): void {
    this.pts.remove(this.number);
    this.kernel.terminals.delete(this);
    hangUpSession(this.kernel, this);
  }

  setPacket(on: boolean): void {
    this.packet = on;
    this.status = 0;
  }

  // -- the slave's side ---------------------------------------------------------------------------------------------------------------

  /** Room for output of the slave. */
  get room(): number {
    return OUTPUT - this.length;
  }

  openSlave(flags: number, path: PathRef, caller: Caller | undefined): OpenFile | number {
    if (this.hungUp || this.locked) return -E.IO;
    if (this.exclusive && caller?.process.credentials.fsuid !== 0) return -E.BUSY;
    const process = caller && this.kernel.processes.get(caller.process.pid);
    if (process && !(flags & O.NOCTTY)) adoptOnOpen(process, this);
    return new SlaveFile(flags & ~O.NOCTTY, path, this);
  }

  /** TIOCGPTPEER: the slave without its name. */
  openPeer(flags: number, caller: Caller): OpenFile {
    const mount = caller.process.fs.namespace.mounts.find((it) => it.root.inode.fs.type === "devpts" && it.root.inode === this.pts);
    const process = this.kernel.processes.get(caller.process.pid);
    if (process && !(flags & O.NOCTTY)) adoptOnOpen(process, this);
    const fallback = { id: 0, root: new Dentry(undefined, `/dev/pts/${this.number}`, this.inode), mountpoint: undefined, source: "devpts", flags: {}, options: "" };
    const place = mount ? { mount, dentry: new Dentry(mount.root, String(this.number), this.inode) } : { mount: fallback, dentry: fallback.root };
    return new SlaveFile(flags & (O.ACCMODE | O.NONBLOCK), place, this);
  }

  open(flags: number, path: PathRef, _caller: Caller | undefined): OpenFile | number {
    return this.hungUp ? -E.IO : new SlaveFile(flags & ~O.NOCTTY, path, this);
  }

  slaveOpened(): void {
    this.slaves++;
    this.slaveSeen = true;
    wake(this.masterQueue);
  }

  slaveClosed(): void {
    this.slaves--;
    if (this.slaves > 0) return;
    this.exclusive = false;
    wake(this.masterQueue);
  }

  // -- as a terminal ------------------------------------------------------------------------------------------------------------------

  attributes(): Termios {
    return this.line.termios;
  }

  setAttributes(attributes: Termios, moment: AttributeMoment): void {
    if (moment === "flush") this.line.flush(0);
    const old = this.line.termios;
    this.line.setAttributes(attributes);
    const fixed = (t: Termios) => (t.iflag & IFLAG.IXON) !== 0 && t.cc[CC.STOP] === XOFF && t.cc[CC.START] === XON;
    if (fixed(old) !== fixed(attributes)) this.tell(fixed(attributes) ? PKT.DOSTOP : PKT.NOSTOP, PKT.DOSTOP | PKT.NOSTOP);
    if ((old.lflag | attributes.lflag) & LFLAG.EXTPROC) this.tell(PKT.IOCTL, 0);
  }

  windowSize(): WindowSize {
    return this.size;
  }

  setWindowSize(size: WindowSize): void {
    const { rows, columns, xpixel, ypixel } = this.size;
    if (rows === size.rows && columns === size.columns && xpixel === size.xpixel && ypixel === size.ypixel) return;
    this.size = size;
    signalForeground(this.kernel, this, SIG.WINCH);
  }

  flush(which: number): void {
    this.line.flush(which);
  }

  flow(action: number): void {
    const { cc } = this.line.termios;
    if (action === 0) this.line.stop();
    else if (action === 1) this.line.start();
    else if (action === 2) this.put([cc[CC.STOP]]);
    else this.put([cc[CC.START]]);
  }

  outputPending(): number {
    return 0; // what a slave has written is with the master at once
  }

  insert(byte: number): number {
    this.line.receive(Uint8Array.of(byte));
    return 0;
  }

  hangUp(): void {
    this.hungUp = true;
    wake(this.slaveQueue);
    wake(this.masterQueue);
  }
}

export class MasterFile extends OpenFile {
  readonly pseudo: PseudoTerminal;
  private readonly list: readonly WaitQueue[];

  constructor(flags: number, path: PathRef, pseudo: PseudoTerminal) {
    super(flags, path);
    this.pseudo = pseudo;
    this.list = [pseudo.masterQueue];
  }

  /** ioctl(2) on the master is about the slave's terminal. */
  get terminal(): Terminal {
    return this.pseudo;
  }

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }

  override read(into: Uint8Array): number {
    return this.pseudo.readMaster(into);
  }

  override write(from: Uint8Array): number {
    const { pseudo } = this;
    if (from.length === 0) return 0;
    const count = pseudo.line.receive(from);
    return count === 0 ? -E.AGAIN : count;
  }

  override poll(): number {
    const { pseudo } = this;
    let mask = 0;
    if (pseudo.outputLength > 0) mask |= POLL.IN | POLL.RDNORM;
    if (pseudo.statusPending) mask |= POLL.PRI | POLL.IN | POLL.RDNORM;
    if (pseudo.slaveSeen && pseudo.slaves === 0) mask |= POLL.HUP;
    if (pseudo.line.room > 0) mask |= POLL.OUT | POLL.WRNORM;
    return mask;
  }

  override available(): number {
    return this.pseudo.outputLength;
  }

  override info(): string {
    return `tty-index:\t${this.pseudo.number}\n`;
  }

  protected override release(): void {
    this.pseudo.closeMaster();
  }
}

export class SlaveFile extends OpenFile {
  readonly isSlave = true;
  readonly pseudo: PseudoTerminal;
  private readonly list: readonly WaitQueue[];

  constructor(flags: number, path: PathRef, pseudo: PseudoTerminal) {
    super(flags, path);
    this.pseudo = pseudo;
    this.list = [pseudo.slaveQueue];
    pseudo.slaveOpened();
  }

  get terminal(): Terminal {
    return this.pseudo;
  }

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }

  override read(into: Uint8Array, caller?: Caller): number {
    const { pseudo } = this;
    if (pseudo.hungUp) return 0;
    const denied = caller ? jobControl(pseudo.kernel, caller.process.pid, caller.tid, pseudo, SIG.TTIN) : 0;
    if (denied < 0) return denied;
    return pseudo.line.read(into, (this.flags & O.NONBLOCK) !== 0);
  }

  override write(from: Uint8Array, caller?: Caller): number {
    const { pseudo } = this;
    if (pseudo.hungUp) return -E.IO;
    if (caller && pseudo.line.termios.lflag & LFLAG.TOSTOP) {
      const denied = jobControl(pseudo.kernel, caller.process.pid, caller.tid, pseudo, SIG.TTOU);
      if (denied < 0) return denied;
    }
    return from.length === 0 ? 0 : pseudo.line.write(from, pseudo.room);
  }

  override poll(): number {
    const { pseudo } = this;
    if (pseudo.hungUp) return POLL.IN | POLL.OUT | POLL.ERR | POLL.HUP | POLL.RDNORM | POLL.WRNORM;
    return (pseudo.line.readable ? POLL.IN | POLL.RDNORM : 0) | (!pseudo.line.stopped && pseudo.room > 256 ? POLL.OUT | POLL.WRNORM : 0);
  }

  override available(): number {
    return this.pseudo.hungUp ? -E.IO : this.pseudo.line.waiting;
  }

  protected override release(): void {
    this.pseudo.slaveClosed();
  }
}

/** A new pair; the answer is its master. */
export function openPseudoTerminal(kernel: Kernel, pts: PtsInode, flags: number, path: PathRef, caller: Caller | undefined): OpenFile {
  const pseudo = new PseudoTerminal(kernel, pts);
  pseudo.inode = pts.add(pseudo, caller?.process.credentials.fsuid ?? 0);
  kernel.terminals.add(pseudo);
  return new MasterFile(flags & ~(O.CREAT | O.EXCL | O.NOCTTY | O.TRUNC), path, pseudo);
}
