// Waiting: wait queues, and the value a system call returns in order to block. No scheduling here (scheduler.ts).
//
// A kernel object that can be waited for owns a WaitQueue and calls `wake(queue)` whenever its state may have changed,
// from another guest thread's call or from a host callback alike. Wake-ups may be spurious: sleepers try again.

import { E } from "./errno.ts";

/** Called when the queue is woken. */
export type Waiter = () => void;

export type WaitQueue = Set<Waiter>;

export function createWaitQueue(): WaitQueue {
  return new Set();
}

/** Wakes everyone who sleeps on the queue, in the order they came. */
export function wake(queue: WaitQueue): void {
  if (queue.size === 0) return;
  for (const waiter of [...queue]) waiter();
}

/** Returned by a system call's handler that has to block. The scheduler calls `attempt` at once and after every wake-up. */
export interface Wait {
  readonly queues: readonly WaitQueue[];
  /** The call's result (negative errno included), or undefined to go on sleeping. */
  readonly attempt: () => number | undefined;
  /** Time-out in nanoseconds of the monotonic clock (`kernel.clock.monotonic()`), or Infinity. */
  readonly deadline: number;
  /** The result when the deadline passes. */
  readonly expired: () => number;
  /** The result when a signal interrupts the sleep: -E.INTR, or a restart code such as -E.RESTARTSYS (the default). */
  readonly interrupted: () => number;
  /** Signals wait until the sleep is over (vfork). */
  readonly uninterruptible: boolean;
}

/** A call's result: a number, negative errno on failure, or a wait. */
export type Result = number | Wait;

export interface WaitOptions {
  readonly deadline?: number;
  readonly expired?: () => number;
  readonly interrupted?: () => number;
  readonly uninterruptible?: boolean;
}

const timedOut = (): number => -E.TIMEDOUT;
const restart = (): number => -E.RESTARTSYS;

/** Blocks until `attempt` gives a result. Without options: no time-out, restarted after a signal under SA_RESTART. */
export function waitFor(queues: readonly WaitQueue[], attempt: () => number | undefined, options: WaitOptions = {}): Wait {
  return {
    queues,
    attempt,
    deadline: options.deadline ?? Infinity,
    expired: options.expired ?? timedOut,
    interrupted: options.interrupted ?? restart,
    uninterruptible: options.uninterruptible ?? false,
  };
}

/** Goes on with the result of a wait once it has one: `then` may turn it into another result. */
export function mapResult(result: Result, then: (value: number) => number): Result {
  if (typeof result === "number") return then(result);
  return {
    queues: result.queues,
    attempt: () => {
      const value = result.attempt();
      return value === undefined ? undefined : then(value);
    },
    deadline: result.deadline,
    expired: () => then(result.expired()),
    interrupted: () => then(result.interrupted()),
    uninterruptible: result.uninterruptible,
  };
}
