// System V semaphores: sets of counters that are changed together or not at all, semop(2), with undo at exit.

import { E } from "../errno.ts";
import type { Kernel, Process } from "../thread.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";
import type { IpcObject, Permissions } from "./objects.ts";
import { Registry } from "./objects.ts";

export const SEM = { MAX_VALUE: 32767, MAX_SET: 32000, MAX_OPERATIONS: 500, MAX_SETS: 32000 } as const;
const UNDO = 0x1000;
const NOWAIT = 0o4000;

export interface Semaphore {
  value: number;
  pid: number;
  /** Sleepers that wait for a rise, and for zero. */
  rising: number;
  zero: number;
}

export interface SemaphoreSet extends IpcObject {
  readonly semaphores: Semaphore[];
  readonly queue: WaitQueue;
  operated: number;
  changed: number;
  /** What each process has promised to take back when it ends. */
  readonly undo: Map<Process, number[]>;
}

export interface Operation {
  readonly index: number;
  readonly change: number;
  readonly flags: number;
}

export function createSet(id: number, permissions: Permissions, count: number, now: number): SemaphoreSet {
  const semaphores = Array.from({ length: count }, () => ({ value: 0, pid: 0, rising: 0, zero: 0 }));
  return { id, permissions, removed: false, semaphores, queue: createWaitQueue(), operated: 0, changed: now, undo: new Map() };
}

const registries = new WeakMap<Kernel, Registry<SemaphoreSet>>();

export function semaphoreSets(kernel: Kernel): Registry<SemaphoreSet> {
  let found = registries.get(kernel);
  if (!found) {
    const made = (found = new Registry(SEM.MAX_SETS));
    registries.set(kernel, found);
    kernel.exitHooks.push((process) => undoAll(made, process));
  }
  return found;
}

/** Does all operations or none: 0, a negative errno, or the operation that has to wait. */
export function operate(set: SemaphoreSet, process: Process, operations: readonly Operation[], now: number): number | Operation {
  const values = set.semaphores.map((semaphore) => semaphore.value);
  for (const operation of operations) {
    const value = values[operation.index];
    if (operation.change === 0 ? value !== 0 : value + operation.change < 0) return operation.flags & NOWAIT ? -E.AGAIN : operation;
    if (value + operation.change > SEM.MAX_VALUE) return -E.RANGE;
    values[operation.index] = value + operation.change;
  }
  for (const { index, change, flags } of operations) {
    set.semaphores[index].pid = process.pid;
    if (flags & UNDO && change !== 0) {
      let undo = set.undo.get(process);
      if (!undo) set.undo.set(process, (undo = set.semaphores.map(() => 0)));
      undo[index] -= change;
    }
  }
  let changed = false;
  values.forEach((value, index) => {
    if (set.semaphores[index].value !== value) changed = true;
    set.semaphores[index].value = value;
  });
  set.operated = now;
  if (changed) wake(set.queue);
  return 0;
}

function undoAll(registry: Registry<SemaphoreSet>, process: Process): void {
  for (const set of registry.all()) {
    const undo = set.undo.get(process);
    if (!undo) continue;
    set.undo.delete(process);
    set.semaphores.forEach((semaphore, index) => {
      if (undo[index] === 0) return;
      semaphore.value = Math.max(0, Math.min(SEM.MAX_VALUE, semaphore.value + undo[index]));
      semaphore.pid = process.pid;
    });
    wake(set.queue);
  }
}
