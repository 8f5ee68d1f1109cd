// timerfd_create(2) and signalfd(2): timers and signals as descriptors that can be read and waited for.

import { E } from "../errno.ts";
import { wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { O, POLL } from "./constants.ts";
import { anonymousPlace } from "./eventfd.ts";
import { OpenFile, QueuedFile } from "./file.ts";
import type { Caller, FsEnvironment } from "./inode.ts";

/** A count of expiries; who arms it calls `expire`. */
export class TimerFile extends QueuedFile {
  readonly clock: number;
  private expiries = 0;
  /** Stops what calls `expire`. */
  private readonly disarm: () => void;

  constructor(environment: FsEnvironment, clock: number, status: number, disarm: () => void) {
    super(O.RDWR | status, anonymousPlace(environment, "timerfd"));
    this.clock = clock;
    this.disarm = disarm;
  }

  expire(times: number): void {
    this.expiries += times;
    wake(this.queue);
  }

  /** Setting the timer forgets expiries that nobody has read. */
  reset(): void {
    this.expiries = 0;
  }

  override read(into: Uint8Array): number {
    if (into.length < 8) return -E.INVAL;
    if (this.expiries === 0) return -E.AGAIN;
    new DataView(into.buffer, into.byteOffset, 8).setBigUint64(0, BigInt(this.expiries), true);
    this.expiries = 0;
    return 8;
  }

  override poll(): number {
    return this.expiries > 0 ? POLL.IN | POLL.RDNORM : 0;
  }

  override seek(): number {
    return 0;
  }

  override info(): string {
    return `clockid: ${this.clock}\nticks: ${this.expiries}\n`;
  }

  protected override release(): void {
    this.disarm();
  }
}

/** Where a signalfd takes its signals from. */
export interface SignalSource {
  /** Woken when a signal is sent. */
  readonly queue: WaitQueue;
  /** One of the signals waits. */
  pending(set: bigint): boolean;
  /** Takes the next one for the caller, as struct signalfd_siginfo (128 bytes). */
  take(set: bigint, caller: Caller): Uint8Array | undefined;
}

const RECORD = 128;

export class SignalFile extends OpenFile {
  /** Bit N-1 for signal N. */
  set: bigint;
  private readonly source: SignalSource;
  private readonly list: readonly WaitQueue[];

  constructor(environment: FsEnvironment, set: bigint, status: number, source: SignalSource) {
    super(O.RDWR | status, anonymousPlace(environment, "signalfd"));
    this.set = set;
    this.source = source;
    this.list = [source.queue];
  }

  override get queues(): readonly WaitQueue[] {
    return this.list;
  }

  override read(into: Uint8Array, caller?: Caller): number {
    if (into.length < RECORD || !caller) return -E.INVAL;
    let done = 0;
    while (done + RECORD <= into.length) {
      const record = this.source.take(this.set, caller);
      if (!record) break;
      into.set(record, done);
      done += RECORD;
    }
    return done || -E.AGAIN;
  }

  override poll(): number {
    return this.source.pending(this.set) ? POLL.IN | POLL.RDNORM : 0;
  }

  override seek(): number {
    return 0;
  }

  override info(): string {
    return `sigmask:\t${this.set.toString(16).padStart(16, "0")}\n`;
  }
}
