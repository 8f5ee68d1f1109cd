// inotify(7): a descriptor that tells of what happens to files and directories. It hears of what guests do (notify.ts), not of what other
// programs of the host do.

import { E } from "../errno.ts";
import { wake } from "../wait.ts";
import { O, POLL } from "./constants.ts";
import { anonymousPlace } from "./eventfd.ts";
import { QueuedFile } from "./file.ts";
import type { FsEnvironment, Inode } from "./inode.ts";
import { IN, notices } from "./notify.ts";

const MAX_EVENTS = 16384;
const ALL_EVENTS = 0xfff;
const HEADER = 16;

interface Watch {
  readonly owner: InotifyFile;
  readonly descriptor: number;
  readonly key: string;
  mask: number;
}

interface Event {
  readonly descriptor: number;
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

/** All watches by the inode's key. */
const watches = new Map<string, Watch[]>();

function listen(key: string, name: string, event: number, cookie: number, deleted: boolean): void {
  const list = watches.get(key);
  if (!list) return;
  for (const watch of [...list]) {
    const wanted = watch.mask & event & ALL_EVENTS;
    if (wanted && !(deleted && name !== "" && watch.mask & IN.EXCL_UNLINK)) {
      watch.owner.push({ descriptor: watch.descriptor, mask: (event & (ALL_EVENTS | IN.ISDIR)) >>> 0, cookie, name });
      if (watch.mask & IN.ONESHOT) watch.owner.drop(watch);
    }
    if (event & IN.DELETE_SELF) watch.owner.drop(watch);
  }
}

export class InotifyFile extends QueuedFile {
  private readonly mine = new Map<number, Watch>();
  private events: Event[] = [];
  private next = 1;

  constructor(environment: FsEnvironment, status: number) {
    super(O.RDONLY | status, anonymousPlace(environment, "inotify"));
  }

  /** inotify_add_watch(2): the watch's number. */
  add(inode: Inode, mask: number): number {
    const { key } = inode;
    const bits = mask & (ALL_EVENTS | IN.ONESHOT | IN.EXCL_UNLINK);
    const old = [...this.mine.values()].find((watch) => watch.key === key);
    if (old) {
      if (mask & IN.MASK_CREATE) return -E.EXIST;
      old.mask = mask & IN.MASK_ADD ? old.mask | bits : bits;
      return old.descriptor;
    }
    const watch: Watch = { owner: this, descriptor: this.next++, key, mask: bits };
    this.mine.set(watch.descriptor, watch);
    const list = watches.get(key);
    if (list) list.push(watch);
    else watches.set(key, [watch]);
    notices.listener = listen;
    return watch.descriptor;
  }

  remove(descriptor: number): number {
    const watch = this.mine.get(descriptor);
    if (!watch) return -E.INVAL;
    this.drop(watch);
    return 0;
  }

  drop(watch: Watch): void {
    if (this.forget(watch)) this.push({ descriptor: watch.descriptor, mask: IN.IGNORED, cookie: 0, name: "" });
  }

  private forget(watch: Watch): boolean {
    if (!this.mine.delete(watch.descriptor)) return false;
    const left = (watches.get(watch.key) ?? []).filter((it) => it !== watch);
    if (left.length > 0) watches.set(watch.key, left);
    else watches.delete(watch.key);
    if (watches.size === 0) notices.listener = undefined;
    return true;
  }

  push(event: Event): void {
    const last = this.events[this.events.length - 1];
    const same = last && last.descriptor === event.descriptor && last.mask === event.mask && last.cookie === event.cookie && last.name === event.name;
    if (same || last?.mask === IN.Q_OVERFLOW) return;
    this.events.push(this.events.length >= MAX_EVENTS ? { descriptor: -1, mask: IN.Q_OVERFLOW, cookie: 0, name: "" } : event);
    wake(this.queue);
  }

  private static size(event: Event): number {
    return HEADER + (event.name === "" ? 0 : Math.ceil((event.name.length + 1) / HEADER) * HEADER);
  }

  override read(into: Uint8Array): number {
    if (this.events.length === 0) return -E.AGAIN;
    const view = new DataView(into.buffer, into.byteOffset, into.length);
    let at = 0, taken = 0;
    for (const event of this.events) {
      const size = InotifyFile.size(event);
      if (at + size > into.length) break;
      view.setInt32(at, event.descriptor, true);
      view.setUint32(at + 4, event.mask, true);
      view.setUint32(at + 8, event.cookie, true);
      view.setUint32(at + 12, size - HEADER, true);
      into.fill(0, at + HEADER, at + size);
      for (let i = 0; i < event.name.length; i++) into[at + HEADER + i] = event.name.charCodeAt(i);
      at += size;
      taken++;
    }
    if (taken === 0) return -E.INVAL;
    this.events = this.events.slice(taken);
    return at;
  }

  override poll(): number {
    return this.events.length > 0 ? POLL.IN | POLL.RDNORM : 0;
  }

  override available(): number {
    return this.events.reduce((sum, event) => sum + InotifyFile.size(event), 0);
  }

  override seek(): number {
    return -E.SPIPE;
  }

  protected override release(): void {
    for (const watch of [...this.mine.values()]) this.forget(watch);
  }
}
