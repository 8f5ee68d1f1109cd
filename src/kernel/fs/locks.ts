// Advisory locks within one kernel: POSIX record locks (owned by a descriptor table, i.e. a process), open-file-description
// locks and flock locks (owned by an open description). fcntl_locking(2), flock(2). Locks of other programs on the host are not seen.

import { E } from "../errno.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import type { OpenFile } from "./file.ts";
import type { FileTable } from "./state.ts";

export const LOCK = { READ: 0, WRITE: 1, UNLOCK: 2 } as const;

export interface RecordLock {
  readonly owner: FileTable | OpenFile;
  readonly pid: number;
  readonly type: number;
  readonly start: number;
  /** First byte behind; Infinity to the end of the file. */
  readonly end: number;
}

interface LockList {
  records: RecordLock[];
  flocks: { owner: OpenFile; exclusive: boolean }[];
  readonly queue: WaitQueue;
}

const lists = new Map<string, LockList>();

function listOf(file: OpenFile): LockList {
  const key = file.inode.key;
  let list = lists.get(key);
  if (!list) lists.set(key, (list = { records: [], flocks: [], queue: createWaitQueue() }));
  return list;
}

/** The queue woken when a lock on the file goes. */
export function lockQueue(file: OpenFile): WaitQueue {
  return listOf(file).queue;
}

/** The first lock that stands in the way of the wanted one. */
export function conflictingLock(file: OpenFile, wanted: RecordLock): RecordLock | undefined {
  return listOf(file).records.find(
    (lock) =>
      lock.owner !== wanted.owner && lock.start < wanted.end && wanted.start < lock.end &&
      (lock.type === LOCK.WRITE || wanted.type === LOCK.WRITE),
  );
}

/** Sets or removes a record lock: 0, or -EAGAIN when another owner is in the way. */
export function setRecordLock(file: OpenFile, wanted: RecordLock): number {
  const list = listOf(file);
  if (wanted.type !== LOCK.UNLOCK && conflictingLock(file, wanted)) return -E.AGAIN;
  const records: RecordLock[] = [];
  let { start, end } = wanted;
  for (const lock of list.records) {
    if (lock.owner !== wanted.owner || lock.end < start || lock.start > end) {
      records.push(lock);
    } else if (lock.type === wanted.type) {
      // Neighbours and overlaps of the same type become one lock.
      start = Math.min(start, lock.start);
      end = Math.max(end, lock.end);
    } else {
      if (lock.start < wanted.start) records.push({ ...lock, end: Math.min(lock.end, wanted.start) });
      if (lock.end > wanted.end) records.push({ ...lock, start: Math.max(lock.start, wanted.end) });
    }
  }
  if (wanted.type !== LOCK.UNLOCK) records.push({ ...wanted, start, end });
  list.records = records.sort((a, b) => a.start - b.start);
  forgetIfEmpty(file.inode.key, list);
  wake(list.queue);
  return 0;
}

/** flock(2): 0 or -EAGAIN. */
export function setFlock(file: OpenFile, type: number): number {
  const list = listOf(file);
  const others = list.flocks.filter((lock) => lock.owner !== file);
  if (type !== LOCK.UNLOCK) {
    const exclusive = type === LOCK.WRITE;
    if (others.some((lock) => exclusive || lock.exclusive)) return -E.AGAIN;
    others.push({ owner: file, exclusive });
  }
  list.flocks = others;
  forgetIfEmpty(file.inode.key, list);
  wake(list.queue);
  return 0;
}

function forgetIfEmpty(key: string, list: LockList): void {
  if (list.records.length === 0 && list.flocks.length === 0 && list.queue.size === 0) lists.delete(key);
}

function release(file: OpenFile, owner: FileTable | OpenFile, flocks: boolean): void {
  if (lists.size === 0) return;
  const key = file.inode.key;
  const list = lists.get(key);
  if (!list) return;
  list.records = list.records.filter((lock) => lock.owner !== owner);
  if (flocks) list.flocks = list.flocks.filter((lock) => lock.owner !== owner);
  wake(list.queue);
  forgetIfEmpty(key, list);
}

/** A process closes a descriptor of the file: all its record locks on it go, whichever descriptor made them. */
export function releaseProcessLocks(table: FileTable, file: OpenFile): void {
  release(file, table, false);
}

/** The last reference to a description goes. */
export function releaseFileLocks(file: OpenFile): void {
  release(file, file, true);
}
