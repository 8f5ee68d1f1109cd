// eventfd(2): a 64-bit counter that can be waited for.

import { E } from "../errno.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import { O, POLL } from "./constants.ts";
import { OpenFile } from "./file.ts";
import { Inode } from "./inode.ts";
import type { FsEnvironment, Stat, StatFs, Time } from "./inode.ts";
import { nextNamelessIno } from "./pipe.ts";
import { namelessPlace } from "./state.ts";

const anonymous = {
  type: "anon_inodefs", dev: 0xe,
  statfs: (): StatFs => ({ type: 0x09041934, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 0xe, namelen: 255 }),
};

/** The inode of objects that are nothing but a descriptor: eventfd, epoll, timerfd, signalfd. */
export class AnonymousInode extends Inode {
  private readonly ino = nextNamelessIno();
  private readonly born: Time;

  constructor(environment: FsEnvironment) {
    super(anonymous, 0);
    this.born = environment.now();
  }

  override get key(): string {
    return `anon:${this.ino}`;
  }

  override stat(): Stat {
    const time = this.born;
    return {
      dev: anonymous.dev, ino: this.ino, mode: 0o600, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0, blksize: 4096, blocks: 0,
      atime: time, mtime: time, ctime: time, btime: undefined,
    };
  }

  override permission(): number {
    return 0;
  }
}

/** A place for an object that readlink shows as anon_inode:[kind]. */
export function anonymousPlace(environment: FsEnvironment, kind: string) {
  return namelessPlace(new AnonymousInode(environment), `anon_inode:[${kind}]`);
}

const MAX = 0xffff_ffff_ffff_fffen;

class EventFile extends OpenFile {
  private count: bigint;
  private readonly semaphore: boolean;
  private readonly risen: WaitQueue = createWaitQueue();
  private readonly fallen: WaitQueue = createWaitQueue();
  private readonly both: readonly WaitQueue[] = [this.risen, this.fallen];

  constructor(environment: FsEnvironment, initial: number, semaphore: boolean, status: number) {
    super(O.RDWR | status, anonymousPlace(environment, "eventfd"));
    this.count = BigInt(initial);
    this.semaphore = semaphore;
  }

  override read(into: Uint8Array): number {
    if (into.length < 8) return -E.INVAL;
    if (this.count === 0n) return -E.AGAIN;
    const value = this.semaphore ? 1n : this.count;
    this.count -= value;
    new DataView(into.buffer, into.byteOffset, 8).setBigUint64(0, value, true);
    wake(this.fallen);
    return 8;
  }

  override write(from: Uint8Array): number {
    if (from.length < 8) return -E.INVAL;
    const value = new DataView(from.buffer, from.byteOffset, 8).getBigUint64(0, true);
    if (value > MAX) return -E.INVAL;
    if (this.count + value > MAX) return -E.AGAIN;
    this.count += value;
    wake(this.risen);
    return 8;
  }

  override get queues(): readonly WaitQueue[] {
    return this.both;
  }

  override queuesFor(events: number): readonly WaitQueue[] {
    return events & POLL.OUT ? this.both : [this.risen];
  }

  override seek(): number {
    return 0;
  }

  override poll(): number {
    return (this.count > 0n ? POLL.IN | POLL.RDNORM : 0) | (this.count < MAX ? POLL.OUT | POLL.WRNORM : 0);
  }

  override info(): string {
    return `eventfd-count: ${this.count.toString(16).padStart(16, " ")}\n`;
  }
}

export function createEventFile(environment: FsEnvironment, initial: number, semaphore: boolean, status: number): OpenFile {
  return new EventFile(environment, initial, semaphore, status);
}

