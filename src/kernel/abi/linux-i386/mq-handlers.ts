// POSIX message queues as system calls: mq_open(3), mq_send(3), mq_receive(3), mq_notify(3). Loaded at the first use.

import { E } from "../../errno.ts";
import { O } from "../../fs/constants.ts";
import { MQ_PRIORITIES, openQueue, QueueFile, receiveMessage, registerNotice, sendMessage, unlinkQueue } from "../../ipc/mqueue.ts";
import type { QueueShape } from "../../ipc/mqueue.ts";
import { SIGNAL_COUNT } from "../../signal.ts";
import { SECOND } from "../../time.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import type { Context } from "../syscall.ts";
import { byteString, fileOf, install } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";
import { readTime, timeoutNanoseconds } from "./time-structures.ts";

const ATTRIBUTES = 32;

function nameAt(k: Context, at: number): string | number {
  const bytes = k.memory.cstring(at, 4096);
  if (bytes === "fault") return -E.FAULT;
  return bytes === "toolong" ? -E.NAMETOOLONG : byteString(bytes);
}

function open(k: Context, at: number, flags: number, mode: number, attributes: number): number {
  const name = nameAt(k, at);
  let shape: QueueShape | undefined;
  if (attributes) {
    const bytes = k.memory.read(attributes, ATTRIBUTES);
    if (!bytes) return -E.FAULT;
    const [, maximum, messageSize] = new Int32Array(bytes.buffer);
    shape = { maximum, messageSize };
  }
  if (typeof name === "number") return name;
  const file = openQueue(k.process, fsEnvironment(k), name, flags, mode, shape);
  return typeof file === "number" ? file : install(k, file, O.CLOEXEC);
}

function unlink(k: Context, at: number): number {
  const name = nameAt(k, at);
  return typeof name === "number" ? name : unlinkQueue(k.process, name);
}

/** An absolute time of the realtime clock as a deadline; negative errno when it is none. */
function deadlineOf(k: Context, at: number, wide: boolean): number {
  if (!at) return Infinity;
  const time = readTime(k, at, wide);
  if (!time) return -E.FAULT;
  if (timeoutNanoseconds(time) < 0) return -E.INVAL;
  const { clock } = k.kernel;
  const now = clock.realtime();
  return Math.max(0, clock.monotonic() + (time.seconds - now.seconds) * SECOND + time.nanoseconds - now.nanoseconds);
}

function queueFile(k: Context, n: number, writes: boolean): QueueFile | number {
  const file = fileOf(k, n);
  if (!(file instanceof QueueFile)) return -E.BADF;
  return (writes ? file.writable : file.readable) ? file : -E.BADF;
}

function send(k: Context, n: number, at: number, length: number, priority: number, timeout: number, wide: boolean): Result {
  if (priority >= MQ_PRIORITIES) return -E.INVAL;
  const deadline = deadlineOf(k, timeout, wide);
  if (deadline < 0) return deadline;
  const file = queueFile(k, n, true);
  if (typeof file === "number") return file;
  if (length > file.queue.messageSize) return -E.MSGSIZE;
  const bytes = k.memory.read(at, length);
  if (!bytes) return -E.FAULT;
  const attempt = () => {
    const result = sendMessage(file, k.process, bytes, priority);
    return result === -E.AGAIN ? undefined : result;
  };
  const now = attempt();
  if (now !== undefined) return now;
  if (file.flags & O.NONBLOCK) return -E.AGAIN;
  return waitFor([file.queue.writable], attempt, { deadline });
}

function receive(k: Context, n: number, at: number, length: number, priority: number, timeout: number, wide: boolean): Result {
  const deadline = deadlineOf(k, timeout, wide);
  if (deadline < 0) return deadline;
  const file = queueFile(k, n, false);
  if (typeof file === "number") return file;
  if (length < file.queue.messageSize) return -E.MSGSIZE;
  const attempt = (): number | undefined => {
    const message = receiveMessage(file);
    if (!message) return undefined;
    if (priority && !k.memory.storeU32(priority, message.priority)) return -E.FAULT;
    return k.memory.write(at, message.bytes.slice()) ? message.bytes.length : -E.FAULT;
  };
  const now = attempt();
  if (now !== undefined) return now;
  if (file.flags & O.NONBLOCK) return -E.AGAIN;
  // While someone waits here, the first message is his, and nobody is told of it.
  const { queue } = file;
  queue.receivers++;
  const settle = (result: number) => {
    queue.receivers--;
    return result;
  };
  return waitFor([queue.readable], () => {
    const result = attempt();
    return result === undefined ? undefined : settle(result);
  }, { deadline, expired: () => settle(-E.TIMEDOUT), interrupted: () => settle(-E.RESTARTSYS) });
}

const SIGEV = { SIGNAL: 0, NONE: 1, THREAD: 2 } as const;

function notify(k: Context, n: number, at: number): number {
  let signal: number | undefined, value = 0;
  if (at) {
    const bytes = k.memory.read(at, 64);
    if (!bytes) return -E.FAULT;
    const words = new Int32Array(bytes.buffer);
    const kind = words[2];
    if (kind !== SIGEV.NONE && kind !== SIGEV.SIGNAL && kind !== SIGEV.THREAD) return -E.INVAL;
    if (kind === SIGEV.SIGNAL && (words[1] < 0 || words[1] > SIGNAL_COUNT)) return -E.INVAL;
    if (kind === SIGEV.THREAD) return -E.BADF;
    signal = kind === SIGEV.SIGNAL ? words[1] : 0;
    value = words[0];
  }
  const file = fileOf(k, n);
  return file instanceof QueueFile ? registerNotice(file, k.process, signal, value) : -E.BADF;
}

function attributes(k: Context, n: number, wanted: number, old: number): number {
  let change: number | undefined;
  if (wanted) {
    const bytes = k.memory.read(wanted, ATTRIBUTES);
    if (!bytes) return -E.FAULT;
    [change] = new Int32Array(bytes.buffer);
    if (change & ~O.NONBLOCK) return -E.INVAL;
  }
  const file = fileOf(k, n);
  if (!(file instanceof QueueFile)) return -E.BADF;
  const { queue } = file;
  const words = Int32Array.of(file.flags & O.NONBLOCK, queue.maximum, queue.messageSize, queue.messages.length, 0, 0, 0, 0);
  if (change !== undefined) file.flags = (file.flags & ~O.NONBLOCK) | change;
  return old && !k.memory.write(old, new Uint8Array(words.buffer)) ? -E.FAULT : 0;
}

export const queueHandlers = {
  open, unlink, notify, attributes,
  send: (k: Context, n: number, at: number, length: number, priority: number, timeout: number) => send(k, n, at, length, priority, timeout, false),
  send64: (k: Context, n: number, at: number, length: number, priority: number, timeout: number) => send(k, n, at, length, priority, timeout, true),
  receive: (k: Context, n: number, at: number, length: number, priority: number, timeout: number) => receive(k, n, at, length, priority, timeout, false),
  receive64: (k: Context, n: number, at: number, length: number, priority: number, timeout: number) => receive(k, n, at, length, priority, timeout, true),
};
