// POSIX message queues, mq_overview(7): named queues of messages by priority, each open one a descriptor.

import { E } from "../errno.ts";
import { O, POLL, S } from "../fs/constants.ts";
import { OpenFile } from "../fs/file.ts";
import { genericPermission, Inode } from "../fs/inode.ts";
import type { FsEnvironment, Stat, StatFs, Time } from "../fs/inode.ts";
import { namelessPlace } from "../fs/state.ts";
import { SI, signalProcess } from "../signal.ts";
import type { Credentials, Kernel, Process } from "../thread.ts";
import { createWaitQueue, wake } from "../wait.ts";
import type { WaitQueue } from "../wait.ts";

const MQ = { PRIORITIES: 32768, DEFAULT_MESSAGES: 10, DEFAULT_SIZE: 8192, HARD_MESSAGES: 65536, HARD_SIZE: 16 << 20 } as const;
const NAME_MAX = 255;
const QUEUES_MAX = 256;
const DEVICE = 0x12;

interface Message {
  readonly priority: number;
  readonly bytes: Uint8Array;
}

interface Registration {
  readonly process: Process;
  readonly signal: number; // 0: nobody is told
  readonly value: number;
}

const fileSystem = {
  type: "mqueue", dev: DEVICE,
  statfs: (): StatFs => ({ type: 0x19800202, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, fsid: 0, namelen: 255 }),
};

class QueueInode extends Inode {
  readonly name: string;
  readonly maximum: number;
  readonly messageSize: number;
  readonly messages: Message[] = [];
  readonly readable: WaitQueue = createWaitQueue();
  readonly writable: WaitQueue = createWaitQueue();
  receivers = 0;
  registration: Registration | undefined = undefined;
  private readonly owner: { uid: number; gid: number; mode: number };
  private readonly born: Time;
  private readonly number: number;

  constructor(name: string, number: number, maximum: number, messageSize: number, owner: { uid: number; gid: number; mode: number }, born: Time) {
    super(fileSystem, S.IFREG);
    this.name = name;
    this.number = number;
    this.maximum = maximum;
    this.messageSize = messageSize;
    this.owner = owner;
    this.born = born;
  }

  override get key(): string {
    return `mqueue:${this.number}`;
  }

  override stat(): Stat {
    const { uid, gid, mode } = this.owner;
    return {
      dev: DEVICE, ino: this.number, mode: S.IFREG | mode, nlink: 1, uid, gid, rdev: 0, size: 80, blksize: 4096, blocks: 0, atime: this.born, mtime: this.born,
      ctime: this.born, btime: undefined,
    };
  }
}

export class QueueFile extends OpenFile {
  readonly queue: QueueInode;

  constructor(flags: number, queue: QueueInode) {
    super(flags, namelessPlace(queue, `/${queue.name}`));
    this.queue = queue;
  }

  override get queues(): readonly WaitQueue[] {
    return [this.queue.readable, this.queue.writable];
  }

  /** Reading the descriptor tells how the queue stands. */
  override read(into: Uint8Array): number {
    const { queue } = this;
    const bytes = queue.messages.reduce((sum, message) => sum + message.bytes.length, 0);
    const told = queue.registration;
    const fields: [string, number, number][] = [
      ["QSIZE", bytes, 10], ["NOTIFY", told && !told.signal ? 1 : 0, 5], ["SIGNO", told?.signal ?? 0, 5], ["NOTIFY_PID", told?.process.pid ?? 0, 6],
    ];
    const text = `${fields.map(([name, value, width]) => `${name}:${String(value).padEnd(width)}`).join(" ")}\n`;
    const part = text.slice(this.position, this.position + into.length);
    for (let i = 0; i < part.length; i++) into[i] = part.charCodeAt(i);
    this.position += part.length;
    return part.length;
  }

  override poll(): number {
    const { messages, maximum } = this.queue;
    return (messages.length > 0 ? POLL.IN | POLL.RDNORM : 0) | (messages.length < maximum ? POLL.OUT | POLL.WRNORM : 0);
  }

  protected override release(): void {
    // A registration goes with the descriptor of the process that made it; the last reference is near enough.
    this.queue.registration = undefined;
  }
}

interface Queues {
  readonly byName: Map<string, QueueInode>;
  next: number;
}

const all = new WeakMap<Kernel, Queues>();

function queuesOf(kernel: Kernel): Queues {
  let found = all.get(kernel);
  if (!found) {
    const made: Queues = (found = { byName: new Map(), next: 1 });
    all.set(kernel, found);
    kernel.exitHooks.push((process) => {
      for (const queue of made.byName.values()) if (queue.registration?.process === process) queue.registration = undefined;
    });
  }
  return found;
}

function checkName(name: string): number {
  if (name === "") return -E.NOENT;
  if (name.includes("/")) return -E.ACCES;
  return name.length > NAME_MAX ? -E.NAMETOOLONG : 0;
}

const actor = (c: Credentials) => ({ uid: c.uid, gid: c.gid, fsuid: c.fsuid, fsgid: c.fsgid, groups: c.groups });

export interface QueueShape {
  readonly maximum: number;
  readonly messageSize: number;
}

/** mq_open(2). The name comes without its slash. */
export function openQueue(process: Process, environment: FsEnvironment, name: string, flags: number, mode: number, shape: QueueShape | undefined): QueueFile | number {
  const wrong = checkName(name);
  if (wrong < 0) return wrong;
  const queues = queuesOf(process.kernel);
  let queue = queues.byName.get(name);
  if (queue && flags & O.CREAT && flags & O.EXCL) return -E.EXIST;
  if (!queue) {
    if (!(flags & O.CREAT)) return -E.NOENT;
    const root = process.credentials.euid === 0;
    const { maximum, messageSize } = shape ?? { maximum: MQ.DEFAULT_MESSAGES, messageSize: MQ.DEFAULT_SIZE };
    const [most, largest] = root ? [MQ.HARD_MESSAGES, MQ.HARD_SIZE] : [MQ.DEFAULT_MESSAGES, MQ.DEFAULT_SIZE];
    if (maximum <= 0 || messageSize <= 0 || maximum > most || messageSize > largest) return -E.INVAL;
    if (queues.byName.size >= QUEUES_MAX && !root) return -E.NOSPC;
    let used = maximum * (messageSize + 64);
    for (const other of queues.byName.values()) used += other.maximum * (other.messageSize + 64);
    if (used > process.limits[12].soft) return -E.MFILE;
    const { fsuid, fsgid } = process.credentials;
    const owner = { uid: fsuid, gid: fsgid, mode: mode & 0o777 & ~process.fs.umask };
    queue = new QueueInode(name, queues.next++, maximum, messageSize, owner, environment.now());
    queues.byName.set(name, queue);
  } else {
    const access = flags & O.ACCMODE;
    if (access === O.ACCMODE) return -E.INVAL;
    const mask = (access !== O.WRONLY ? 4 : 0) | (access !== O.RDONLY ? 2 : 0);
    const denied = genericPermission(queue.stat(), mask, actor(process.credentials));
    if (denied < 0) return denied;
  }
  return new QueueFile(flags & (O.ACCMODE | O.NONBLOCK), queue);
}

/** mq_unlink(2): the queue lives on as long as someone has it open. */
export function unlinkQueue(process: Process, name: string): number {
  const wrong = checkName(name);
  if (wrong < 0) return wrong;
  const { byName } = queuesOf(process.kernel);
  const queue = byName.get(name);
  if (!queue) return -E.NOENT;
  const { fsuid } = process.credentials;
  if (fsuid !== 0 && fsuid !== queue.stat().uid) return -E.ACCES;
  byName.delete(name);
  return 0;
}

/** Adds a message; -EAGAIN when the queue is full. */
export function sendMessage(file: QueueFile, process: Process, bytes: Uint8Array, priority: number): number {
  const { queue } = file;
  if (queue.messages.length >= queue.maximum) return -E.AGAIN;
  let at = queue.messages.length;
  while (at > 0 && queue.messages[at - 1].priority < priority) at--;
  const wasEmpty = queue.messages.length === 0;
  queue.messages.splice(at, 0, { priority, bytes });
  const { registration } = queue;
  if (registration && wasEmpty && queue.receivers === 0) {
    queue.registration = undefined;
    const info = { code: SI.MESGQ, pid: process.pid, uid: process.credentials.uid, value: registration.value };
    if (registration.signal) signalProcess(registration.process, registration.signal, info);
  }
  wake(queue.readable);
  return 0;
}

/** Takes the oldest message of the highest priority. */
export function receiveMessage(file: QueueFile): Message | undefined {
  const message = file.queue.messages.shift();
  if (message) wake(file.queue.writable);
  return message;
}

/** mq_notify(2). */
export function registerNotice(file: QueueFile, process: Process, signal: number | undefined, value: number): number {
  const { queue } = file;
  if (signal === undefined) {
    if (queue.registration?.process === process) queue.registration = undefined;
    return 0;
  }
  if (queue.registration) return -E.BUSY;
  queue.registration = { process, signal, value };
  return 0;
}

export const MQ_PRIORITIES = MQ.PRIORITIES;
