// Futexes, futex(2): sleeping on a word of memory. Private futexes are keyed by address space and address, those in shared file
// mappings by file and offset. Priority inheritance is ownership only: there are no priorities to inherit.

import { E } from "./errno.ts";
import { findArea } from "./mm.ts";
import type { Kernel, Thread } from "./thread.ts";
import type { Result, WaitQueue } from "./wait.ts";
import { createWaitQueue, wake, waitFor } from "./wait.ts";

interface Sleeper {
  readonly thread: Thread;
  readonly bits: number;
  readonly queue: WaitQueue;
  key: string;
  woken: boolean;
  /** Sleeps in FUTEX_LOCK_PI: woken by being made the owner. */
  pi: boolean;
  /** The word that it sleeps on. */
  address: number;
  /** FUTEX_WAIT_REQUEUE_PI: the lock that it will be moved to; 0 for others. */
  readonly target: number;
}

const tables = new WeakMap<Kernel, Map<string, Sleeper[]>>();
const spaces = new WeakMap<object, number>();
let nextSpace = 1;

function table(kernel: Kernel): Map<string, Sleeper[]> {
  let found = tables.get(kernel);
  if (!found) tables.set(kernel, (found = new Map()));
  return found;
}

function keyOf(thread: Thread, address: number): string {
  const { mm } = thread.process;
  const area = findArea(mm, address);
  if (area?.shared && area.file) return `f${area.file.device}:${area.file.inode}:${area.offset + address - area.start}`;
  if (area && area.object !== 0) return `o${area.object}:${area.offset + address - area.start}`;
  let space = spaces.get(mm);
  if (space === undefined) spaces.set(mm, (space = nextSpace++));
  return `${space}:${address}`;
}

/** Checks alignment and readability: 0 or a negative errno. */
function check(thread: Thread, address: number): number {
  if (address & 3) return -E.INVAL;
  return thread.memory.canRead(address, 4) ? 0 : -E.FAULT;
}

const ALL_BITS = 0xffff_ffff;

/** FUTEX_WAIT(_BITSET): sleeps while the word holds `value`. `deadline` on the monotonic clock. */
export function futexWait(thread: Thread, address: number, value: number, bits: number, deadline: number): Result {
  if (bits === 0) return -E.INVAL;
  const bad = check(thread, address);
  if (bad) return bad;
  if ((thread.memory.loadU32(address) ?? 0) !== value >>> 0) return -E.AGAIN;
  const sleeper = enqueue(thread, address, bits, false);
  const leave = (result: number) => {
    dequeue(thread.kernel, sleeper);
    return sleeper.woken ? 0 : result;
  };
  return waitFor([sleeper.queue], () => (sleeper.woken ? 0 : undefined), {
    deadline,
    expired: () => leave(-E.TIMEDOUT),
    interrupted: () => {
      const result = leave(deadline === Infinity ? -E.RESTARTSYS : -E.RESTART_RESTARTBLOCK);
      thread.restartBlock = () => futexWait(thread, address, value, bits, deadline);
      return result;
    },
  });
}

function enqueue(thread: Thread, address: number, bits: number, pi: boolean, target = 0): Sleeper {
  const key = keyOf(thread, address);
  const sleeper: Sleeper = { thread, bits, queue: createWaitQueue(), key, woken: false, pi, address, target };
  const all = table(thread.kernel);
  const list = all.get(key);
  if (list) list.push(sleeper);
  else all.set(key, [sleeper]);
  return sleeper;
}

function dequeue(kernel: Kernel, sleeper: Sleeper): void {
  const all = table(kernel);
  const list = all.get(sleeper.key);
  const at = list ? list.indexOf(sleeper) : -1;
  if (!list || at < 0) return;
  list.splice(at, 1);
  if (list.length === 0) all.delete(sleeper.key);
}

function rouse(kernel: Kernel, sleeper: Sleeper): void {
  dequeue(kernel, sleeper);
  sleeper.woken = true;
  wake(sleeper.queue);
}

/** Wakes up to `count` sleepers on a word; the number woken. No checks: for the kernel's own use. */
export function wakeFutex(thread: Thread, address: number, count: number, bits = ALL_BITS): number {
  const list = table(thread.kernel).get(keyOf(thread, address >>> 0));
  let woken = 0;
  for (const sleeper of list ? [...list] : []) {
    if (woken >= count) break;
    if (sleeper.pi || sleeper.target !== 0 || (sleeper.bits & bits) === 0) continue;
    rouse(thread.kernel, sleeper);
    woken++;
  }
  return woken;
}

/** FUTEX_WAKE(_BITSET). */
export function futexWake(thread: Thread, address: number, count: number, bits: number): number {
  if (bits === 0 || address & 3) return -E.INVAL;
  return wakeFutex(thread, address, Math.max(count, 1), bits);
}

/** FUTEX_REQUEUE and FUTEX_CMP_REQUEUE (`expected` given). */
export function futexRequeue(thread: Thread, from: number, wakeCount: number, moveCount: number, to: number, expected: number | undefined): number {
  if (wakeCount < 0 || moveCount < 0) return -E.INVAL;
  const bad = check(thread, from) || check(thread, to);
  if (bad) return bad;
  if (expected !== undefined && (thread.memory.loadU32(from) ?? 0) !== expected >>> 0) return -E.AGAIN;
  const woken = wakeCount > 0 ? wakeFutex(thread, from, wakeCount) : 0;
  const source = keyOf(thread, from), target = keyOf(thread, to);
  const all = table(thread.kernel);
  let moved = 0;
  for (const sleeper of [...(all.get(source) ?? [])]) {
    if (moved >= moveCount) break;
    if (sleeper.target !== 0) return -E.INVAL;
    move(thread.kernel, sleeper, to, target);
    moved++;
  }
  return woken + moved;
}

function move(kernel: Kernel, sleeper: Sleeper, address: number, key: string): void {
  const all = table(kernel);
  dequeue(kernel, sleeper);
  sleeper.key = key;
  sleeper.address = address;
  const list = all.get(key);
  if (list) list.push(sleeper);
  else all.set(key, [sleeper]);
}

/** FUTEX_WAIT_REQUEUE_PI: sleeps on a condition's word until it owns the lock. */
export function futexWaitRequeuePi(thread: Thread, address: number, value: number, bits: number, deadline: number, lock: number): Result {
  if (bits === 0 || address === lock) return -E.INVAL;
  const bad = check(thread, address) || check(thread, lock);
  if (bad) return bad;
  if ((thread.memory.loadU32(address) ?? 0) !== value >>> 0) return -E.AGAIN;
  const sleeper = enqueue(thread, address, bits, false, lock);
  const leave = (result: number) => {
    dequeue(thread.kernel, sleeper);
    return sleeper.woken ? 0 : result;
  };
  return waitFor([sleeper.queue], () => (sleeper.woken ? 0 : undefined), {
    deadline,
    expired: () => leave(-E.TIMEDOUT),
    // Moved to the lock already, it cannot go back to the condition.
    interrupted: () => leave(sleeper.pi ? -E.AGAIN : -E.RESTARTNOINTR),
  });
}

/** FUTEX_CMP_REQUEUE_PI: gives the lock to the first sleeper if it is free, and moves the others there. */
export function futexRequeuePi(thread: Thread, from: number, wakeCount: number, moveCount: number, to: number, expected: number): number {
  if (wakeCount !== 1 || moveCount < 0 || from === to) return -E.INVAL;
  const bad = check(thread, from) || check(thread, to);
  if (bad) return bad;
  const { memory, kernel } = thread;
  if ((memory.loadU32(from) ?? 0) !== expected >>> 0) return -E.AGAIN;
  const source = keyOf(thread, from), target = keyOf(thread, to);
  let count = 0;
  for (const sleeper of [...(table(kernel).get(source) ?? [])]) {
    if (count > moveCount) break;
    if (sleeper.target === 0 || keyOf(sleeper.thread, sleeper.target) !== target) return count || -E.INVAL;
    const word = memory.loadU32(to) ?? 0;
    if (count === 0 && (word & TID_MASK) === 0) {
      if (!memory.storeU32(to, (sleeper.thread.tid | (word & (WAITERS | OWNER_DIED))) >>> 0)) return -E.FAULT;
      rouse(kernel, sleeper);
    } else {
      if (!memory.storeU32(to, (word | WAITERS) >>> 0)) return -E.FAULT;
      move(kernel, sleeper, sleeper.target, target);
      sleeper.pi = true;
    }
    count++;
  }
  return count;
}

/** FUTEX_WAKE_OP: changes the second word, wakes on the first and, by the old value, on the second. */
export function futexWakeOp(thread: Thread, first: number, count: number, count2: number, second: number, encoded: number): number {
  const bad = check(thread, first) || check(thread, second);
  if (bad) return bad;
  const { memory } = thread;
  const old = (memory.loadU32(second) ?? 0) | 0;
  let operand = (encoded << 8) >> 20;
  const compared = (encoded << 20) >> 20;
  const op = (encoded >>> 28) & 7;
  if (encoded >>> 31) operand = 1 << (operand & 31);
  let now: number;
  if (op === 0) now = operand;
  else if (op === 1) now = old + operand;
  else if (op === 2) now = old | operand;
  else if (op === 3) now = old & ~operand;
  else if (op === 4) now = old ^ operand;
  else return -E.NOSYS;
  if (!memory.storeU32(second, now | 0)) return -E.FAULT;
  const tests = [old === compared, old !== compared, old < compared, old <= compared, old > compared, old >= compared];
  const holds = tests[(encoded >>> 24) & 15];
  if (holds === undefined) return -E.NOSYS;
  let woken = wakeFutex(thread, first, Math.max(count, 1));
  if (holds) woken += wakeFutex(thread, second, Math.max(count2, 1));
  return woken;
}

const WAITERS = 0x8000_0000;
const OWNER_DIED = 0x4000_0000;
const TID_MASK = 0x3fff_ffff;

/** FUTEX_LOCK_PI, FUTEX_TRYLOCK_PI. */
export function futexLockPi(thread: Thread, address: number, deadline: number, tryOnly: boolean): Result {
  const bad = check(thread, address);
  if (bad) return bad;
  const { memory } = thread;
  const word = memory.loadU32(address) ?? 0;
  const owner = word & TID_MASK;
  const died = word & OWNER_DIED;
  if (owner === 0) return memory.storeU32(address, (thread.tid | (word & WAITERS) | died) >>> 0) ? 0 : -E.FAULT;
  if (owner === thread.tid) return -E.DEADLK;
  if (!thread.kernel.threads.has(owner)) {
    if (!died) return -E.SRCH;
    return memory.storeU32(address, (thread.tid | died) >>> 0) ? 0 : -E.FAULT;
  }
  if (tryOnly) return -E.AGAIN;
  if (!memory.storeU32(address, (word | WAITERS) >>> 0)) return -E.FAULT;
  const sleeper = enqueue(thread, address, ALL_BITS, true);
  const leave = (result: number) => {
    dequeue(thread.kernel, sleeper);
    return sleeper.woken ? 0 : result;
  };
  return waitFor([sleeper.queue], () => (sleeper.woken ? 0 : undefined), {
    deadline,
    expired: () => leave(-E.TIMEDOUT),
    interrupted: () => leave(-E.RESTARTNOINTR),
  });
}

/** FUTEX_UNLOCK_PI: hands the lock to the first sleeper. */
export function futexUnlockPi(thread: Thread, address: number): number {
  const bad = check(thread, address);
  if (bad) return bad;
  const word = thread.memory.loadU32(address) ?? 0;
  if ((word & TID_MASK) !== thread.tid) return -E.PERM;
  return handOver(thread, address, 0) ? 0 : -E.FAULT;
}

/** Makes the first sleeper the owner of a lock, or nobody. */
function handOver(thread: Thread, address: number, died: number): boolean {
  const list = (table(thread.kernel).get(keyOf(thread, address)) ?? []).filter((s) => s.pi);
  const next = list[0];
  const value = next ? (next.thread.tid | (list.length > 1 || died ? WAITERS : 0) | died) >>> 0 : died;
  if (!thread.memory.storeU32(address, value)) return false;
  if (next) rouse(thread.kernel, next);
  return true;
}

/** Locks that a thread holds when it ends go to who sleeps on them, marked as left by a dead owner. */
export function releaseLocks(thread: Thread): void {
  for (const list of [...table(thread.kernel).values()]) {
    const first = list.find((sleeper) => sleeper.pi);
    const word = first?.thread.memory.loadU32(first.address);
    if (first && word !== undefined && (word & TID_MASK) === thread.tid) handOver(first.thread, first.address, OWNER_DIED);
  }
}

const ROBUST_LIMIT = 2048;

/** What happens to the robust futexes of a thread that ends: marked as orphaned, one sleeper woken each. */
export function walkRobustList(thread: Thread): void {
  const head = thread.robustList;
  if (head === 0) return;
  const { memory } = thread;
  const offset = (memory.loadU32(head + 4) ?? 0) | 0;
  const pendingEntry = memory.loadU32(head + 8) ?? 0;
  let entry = memory.loadU32(head);
  for (let n = 0; entry !== undefined && (entry & ~1) >>> 0 !== head >>> 0 && n < ROBUST_LIMIT; n++) {
    const next = memory.loadU32((entry & ~1) >>> 0);
    if (entry !== pendingEntry && !orphan(thread, ((entry & ~1) + offset) >>> 0, false)) return;
    entry = next;
  }
  if (pendingEntry) orphan(thread, ((pendingEntry & ~1) + offset) >>> 0, true);
}

function orphan(thread: Thread, address: number, pendingOperation: boolean): boolean {
  const { memory } = thread;
  if (address & 3) return false;
  const word = memory.loadU32(address);
  if (word === undefined) return false;
  if (pendingOperation && word === 0) {
    wakeFutex(thread, address, 1);
    return true;
  }
  if ((word & TID_MASK) !== thread.tid) return true;
  if (!memory.storeU32(address, ((word & WAITERS) | OWNER_DIED) >>> 0)) return false;
  if (word & WAITERS) wakeFutex(thread, address, 1);
  return true;
}
