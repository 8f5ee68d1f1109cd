// epoll(7): a set of watched descriptors and the list of those that may be ready. A watched file's wake-ups mark its entry; waiting
// looks at marked entries, which is what tells level-triggered, edge-triggered and one-shot entries apart.

import { E } from "../errno.ts";
import { wake } from "../wait.ts";
import type { Waiter, WaitQueue } from "../wait.ts";
import { O, POLL } from "./constants.ts";
import { anonymousPlace } from "./eventfd.ts";
import { QueuedFile } from "./file.ts";
import type { OpenFile } from "./file.ts";
import type { FsEnvironment } from "./inode.ts";

export const EPOLL = { ET: 0x8000_0000, ONESHOT: 0x4000_0000, WAKEUP: 0x2000_0000, EXCLUSIVE: 0x1000_0000 } as const;
const MODES = 0xf000_0000;
const MAX_NESTS = 4;

interface Watch {
  readonly file: OpenFile;
  readonly fd: number;
  /** POLL bits asked for, with ERR and HUP; 0 while a one-shot entry is spent. */
  events: number;
  /** EPOLL bits. */
  modes: number;
  data: bigint;
  /** May be ready: woken since it was last found not to be (or last reported, if edge-triggered). */
  marked: boolean;
  readonly waiter: Waiter;
  /** The queues that hold the waiter. */
  queues: readonly WaitQueue[];
}

export interface ReadyEvent {
  readonly events: number;
  readonly data: bigint;
}

export class EpollFile extends QueuedFile {
  /** By descriptor and description: a descriptor number may be used again while the old file is still watched. */
  private readonly watches = new Map<string, Watch>();
  private readonly ids = new WeakMap<OpenFile, number>();
  private nextId = 1;

  constructor(environment: FsEnvironment) {
    super(O.RDWR, anonymousPlace(environment, "eventpoll"));
  }

  private key(fd: number, file: OpenFile): string {
    let id = this.ids.get(file);
    if (id === undefined) this.ids.set(file, (id = this.nextId++));
    return `${fd}:${id}`;
  }

  add(fd: number, file: OpenFile, events: number, data: bigint): number {
    const key = this.key(fd, file);
    if (this.watches.has(key)) return -E.EXIST;
    if (file === this) return -E.INVAL;
    if (file.seekable) return -E.PERM;
    if (file instanceof EpollFile && (file.reaches(this) || file.depth() + 1 > MAX_NESTS)) return -E.LOOP;
    const watch: Watch = {
      file, fd, events: 0, modes: 0, data, marked: true, queues: [],
      waiter: () => {
        watch.marked = true;
        wake(this.queue);
      },
    };
    this.watches.set(key, watch);
    this.arm(watch, events, data);
    return 0;
  }

  modify(fd: number, file: OpenFile, events: number, data: bigint): number {
    const watch = this.watches.get(this.key(fd, file));
    if (!watch) return -E.NOENT;
    if ((events | watch.modes) & EPOLL.EXCLUSIVE) return -E.INVAL;
    this.arm(watch, events, data);
    return 0;
  }

  private arm(watch: Watch, events: number, data: bigint): void {
    watch.events = (events & ~MODES) | POLL.ERR | POLL.HUP;
    watch.modes = events & MODES;
    watch.data = data;
    watch.marked = true;
    for (const queue of watch.queues) queue.delete(watch.waiter);
    watch.queues = watch.file.queuesFor(watch.events);
    for (const queue of watch.queues) queue.add(watch.waiter);
    if (watch.file.poll() & watch.events) wake(this.queue);
  }

  remove(fd: number, file: OpenFile): number {
    const key = this.key(fd, file);
    const watch = this.watches.get(key);
    if (!watch) return -E.NOENT;
    this.drop(key, watch);
    return 0;
  }

  private drop(key: string, watch: Watch): void {
    this.watches.delete(key);
    for (const queue of watch.queues) queue.delete(watch.waiter);
  }

  private reaches(target: EpollFile): boolean {
    return [...this.watches.values()].some(({ file }) => file === target || (file instanceof EpollFile && file.reaches(target)));
  }

  private depth(): number {
    return 1 + Math.max(0, ...[...this.watches.values()].map(({ file }) => (file instanceof EpollFile ? file.depth() : 0)));
  }

  /** Events that are ready now, at most `limit`; those reported are consumed as their modes say. */
  collect(limit: number): ReadyEvent[] {
    const ready: ReadyEvent[] = [];
    for (const [key, watch] of [...this.watches]) {
      if (ready.length >= limit) break;
      if (!watch.marked) continue;
      if (watch.file.references <= 0) {
        this.drop(key, watch);
        continue;
      }
      const events = watch.file.poll() & watch.events;
      if (events === 0) {
        watch.marked = false;
        continue;
      }
      ready.push({ events, data: watch.data });
      if (watch.modes & EPOLL.ONESHOT) watch.events = 0;
      if (watch.modes & (EPOLL.ET | EPOLL.ONESHOT)) watch.marked = false;
      // Level-triggered entries go to the end, so that all get their turn.
      this.watches.delete(key);
      this.watches.set(key, watch);
    }
    return ready;
  }

  override poll(): number {
    for (const watch of this.watches.values()) {
      if (watch.marked && watch.file.references > 0 && watch.file.poll() & watch.events) return POLL.IN | POLL.RDNORM;
    }
    return 0;
  }

  override seek(): number {
    return 0;
  }

  override info(): string {
    return [...this.watches.values()]
      .map((w) => `tfd: ${String(w.fd).padStart(8)} events: ${(w.events | w.modes >>> 0).toString(16).padStart(8)} data: ${w.data.toString(16).padStart(16)}\n`)
      .join("");
  }

  protected override release(): void {
    for (const [key, watch] of [...this.watches]) this.drop(key, watch);
  }
}
