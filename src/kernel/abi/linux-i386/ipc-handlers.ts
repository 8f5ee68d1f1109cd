// System V IPC as system calls: semop(2), semctl(2), shmat(2), shmctl(2), msgop(2), msgctl(2), and ipc(2), which packs them all. Loaded
// when one of them is first called.

import { E } from "../../errno.ts";
import { chooseMessage, createMessageQueue, messageQueues, MSG } from "../../ipc/messages.ts";
import type { MessageQueue } from "../../ipc/messages.ts";
import { IPC, ownedBy, permitted } from "../../ipc/objects.ts";
import type { IpcObject, Permissions, Registry } from "../../ipc/objects.ts";
import { createSet, operate, SEM, semaphoreSets } from "../../ipc/semaphores.ts";
import type { Operation, SemaphoreSet } from "../../ipc/semaphores.ts";
import { createSegment, removeSegment, segments, SHM } from "../../ipc/shared-memory.ts";
import type { Segment } from "../../ipc/shared-memory.ts";
import { MAP, mmap, munmap } from "../../mm-calls.ts";
import { PROT } from "../../mm.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { wake } from "../../wait.ts";
import type { Context } from "../syscall.ts";
import { fsEnvironment } from "./file-environment.ts";
import { readTime, timeoutNanoseconds } from "./time-structures.ts";

/** Asks for the structures that libc uses today. */
const IPC_64 = 0x100;
const READ = 0o444, WRITE = 0o222;

const seconds = (k: Context): number => k.kernel.clock.realtime().seconds;
const store = (k: Context, at: number, words: Uint32Array<ArrayBuffer>): number => (k.memory.write(at, new Uint8Array(words.buffer)) ? 0 : -E.FAULT);

/** struct ipc64_perm: nine words. */
function permissionWords(p: Permissions): number[] {
  return [p.key, p.uid, p.gid, p.cuid, p.cgid, p.mode, p.seq, 0, 0];
}

/** IPC_SET: owner and permission bits from a struct ipc64_perm. */
function setPermissions(k: Context, object: IpcObject, at: number, length: number): Uint32Array | number {
  const bytes = k.memory.read(at, length);
  if (!bytes) return -E.FAULT;
  if (!ownedBy(k.process.credentials, object.permissions)) return -E.PERM;
  const words = new Uint32Array(bytes.buffer);
  const p = object.permissions;
  p.uid = words[1];
  p.gid = words[2];
  p.mode = (p.mode & ~0o777) | (words[5] & 0o777);
  return words;
}

/** The object of a ctl call: by identifier, or by slot for the STAT calls that list. */
function objectOf<T extends IpcObject>(registry: Registry<T>, id: number, bySlot: boolean): T | number {
  return bySlot ? registry.at(id) : registry.find(id);
}

// -- semaphores -----------------------------------------------------------------------------------------------------------------------------

const SEMCTL = { GETPID: 11, GETVAL: 12, GETALL: 13, GETNCNT: 14, GETZCNT: 15, SETVAL: 16, SETALL: 17, STAT: 18, INFO: 19, STAT_ANY: 20 } as const;

function semget(k: Context, key: number, count: number, how: number): number {
  if (count < 0 || count > SEM.MAX_SET) return -E.INVAL;
  return semaphoreSets(k.kernel).get(k.process, key | 0, how, (set) => (count > set.semaphores.length ? -E.INVAL : 0), (id, permissions) =>
    count === 0 ? -E.INVAL : createSet(id, permissions, count, seconds(k)));
}

function readOperations(k: Context, at: number, count: number): Operation[] | number {
  if (count > SEM.MAX_OPERATIONS) return -E.TOOBIG;
  const bytes = k.memory.read(at, count * 6);
  if (!bytes) return -E.FAULT;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: count }, (_, i) => ({
    index: view.getUint16(i * 6, true), change: view.getInt16(i * 6 + 2, true), flags: view.getInt16(i * 6 + 4, true),
  }));
}

function semtimedop(k: Context, id: number, at: number, count: number, timeout: number, wide: boolean): Result {
  let deadline = Infinity;
  if (timeout) {
    const time = readTime(k, timeout, wide);
    if (!time) return -E.FAULT;
    const span = timeoutNanoseconds(time);
    if (span < 0) return -E.INVAL;
    deadline = k.kernel.clock.monotonic() + span;
  }
  if (count < 1 || id < 0) return -E.INVAL;
  const operations = readOperations(k, at, count);
  if (typeof operations === "number") return operations;
  const set = semaphoreSets(k.kernel).find(id);
  if (typeof set === "number") return set;
  if (operations.some((operation) => operation.index >= set.semaphores.length)) return -E.FBIG;
  const denied = permitted(k.process.credentials, set.permissions, operations.some((operation) => operation.change !== 0) ? WRITE : READ);
  if (denied < 0) return denied;
  const blocked = operate(set, k.process, operations, seconds(k));
  if (typeof blocked === "number") return blocked;
  let counted: { index: number; which: "rising" | "zero" } | undefined;
  const count1 = (operation: Operation | undefined) => {
    if (counted) set.semaphores[counted.index][counted.which]--;
    counted = operation && { index: operation.index, which: operation.change === 0 ? "zero" : "rising" };
    if (counted) set.semaphores[counted.index][counted.which]++;
  };
  const settle = (result: number) => {
    count1(undefined);
    return result;
  };
  count1(blocked);
  return waitFor([set.queue], () => {
    if (set.removed) return settle(-E.IDRM);
    const result = operate(set, k.process, operations, seconds(k));
    if (typeof result === "number") return settle(result);
    count1(result);
    return undefined;
  }, { deadline, expired: () => settle(-E.AGAIN), interrupted: () => settle(-E.INTR) });
}

function semctl(k: Context, id: number, index: number, command: number, argument: number): number {
  const registry = semaphoreSets(k.kernel);
  if (id < 0) return -E.INVAL;
  if (command === IPC.INFO || command === SEMCTL.INFO) {
    const sets = [...registry.all()];
    const total = sets.reduce((sum, set) => sum + set.semaphores.length, 0);
    const info = command === SEMCTL.INFO;
    const words = [SEM.MAX_SETS * SEM.MAX_SET, SEM.MAX_SETS, SEM.MAX_SETS * SEM.MAX_SET, SEM.MAX_SETS * SEM.MAX_SET, SEM.MAX_SET, SEM.MAX_OPERATIONS, SEM.MAX_OPERATIONS,
      info ? sets.length : 20, SEM.MAX_VALUE, info ? total : SEM.MAX_VALUE];
    return store(k, argument, Uint32Array.from(words)) || registry.highest();
  }
  const bySlot = command === SEMCTL.STAT || command === SEMCTL.STAT_ANY;
  const set = objectOf(registry, id, bySlot);
  if (typeof set === "number") return set;
  const { credentials } = k.process;
  if (command === IPC.STAT || bySlot) {
    const denied = command === SEMCTL.STAT_ANY ? 0 : permitted(credentials, set.permissions, READ);
    if (denied < 0) return denied;
    const words = [...permissionWords(set.permissions), set.operated, 0, set.changed, 0, set.semaphores.length, 0, 0];
    return store(k, argument, Uint32Array.from(words)) || (bySlot ? set.id : 0);
  }
  if (command === IPC.SET) {
    const words = setPermissions(k, set, argument, 64);
    if (typeof words === "number") return words;
    set.changed = seconds(k);
    return 0;
  }
  if (command === IPC.RMID) {
    if (!ownedBy(credentials, set.permissions)) return -E.PERM;
    registry.remove(set);
    wake(set.queue);
    return 0;
  }
  return semaphoreValue(k, set, index, command, argument);
}

function semaphoreValue(k: Context, set: SemaphoreSet, index: number, command: number, argument: number): number {
  const { semaphores } = set;
  const whole = command === SEMCTL.GETALL || command === SEMCTL.SETALL;
  const sets = command === SEMCTL.SETVAL || command === SEMCTL.SETALL;
  if (command < SEMCTL.GETPID || command > SEMCTL.SETALL) return -E.INVAL;
  if (command === SEMCTL.SETVAL && argument > SEM.MAX_VALUE) return -E.RANGE;
  if (!whole && (index < 0 || index >= semaphores.length)) return -E.INVAL;
  const denied = permitted(k.process.credentials, set.permissions, sets ? WRITE : READ);
  if (denied < 0) return denied;
  if (command === SEMCTL.GETALL) {
    const values = Uint16Array.from(semaphores, (semaphore) => semaphore.value);
    return k.memory.write(argument, new Uint8Array(values.buffer)) ? 0 : -E.FAULT;
  }
  const change = (at: number, value: number) => {
    semaphores[at].value = value;
    semaphores[at].pid = k.process.pid;
    for (const undo of set.undo.values()) undo[at] = 0;
  };
  if (sets) {
    if (whole) {
      const bytes = k.memory.read(argument, semaphores.length * 2);
      if (!bytes) return -E.FAULT;
      const values = new Uint16Array(bytes.buffer);
      if (values.some((value) => value > SEM.MAX_VALUE)) return -E.RANGE;
      values.forEach((value, at) => change(at, value));
    } else change(index, argument);
    set.changed = seconds(k);
    wake(set.queue);
    return 0;
  }
  const semaphore = semaphores[index];
  if (command === SEMCTL.GETPID) return semaphore.pid;
  if (command === SEMCTL.GETVAL) return semaphore.value;
  return command === SEMCTL.GETNCNT ? semaphore.rising : semaphore.zero;
}

// -- shared memory --------------------------------------------------------------------------------------------------------------------------

const SHMCTL = { LOCK: 11, UNLOCK: 12, STAT: 13, INFO: 14, STAT_ANY: 15 } as const;
const PAGE = 4096;

function shmget(k: Context, key: number, length: number, how: number): number {
  return segments(k.kernel).get(k.process, key | 0, how, (segment) => (length > segment.size ? -E.INVAL : 0), (id, permissions) => {
    if (length < SHM.MIN || length > SHM.MAX) return -E.INVAL;
    return createSegment(k.process, fsEnvironment(k), id, permissions, length, seconds(k));
  });
}

function shmat(k: Context, id: number, address: number, how: number): number {
  if (id < 0) return -E.INVAL;
  let place = address;
  if (place % PAGE !== 0) {
    if (!(how & SHM.RND)) return -E.INVAL;
    place -= place % PAGE;
    if (place === 0 && how & SHM.REMAP) return -E.INVAL;
  } else if (place === 0 && how & SHM.REMAP) return -E.INVAL;
  const segment = segments(k.kernel).find(id);
  if (typeof segment === "number") return segment;
  const readonly = (how & SHM.RDONLY) !== 0;
  const denied = permitted(k.process.credentials, segment.permissions, (readonly ? READ : READ | WRITE) | (how & SHM.EXEC ? 0o111 : 0));
  if (denied < 0) return denied;
  const fixed = place === 0 ? 0 : how & SHM.REMAP ? MAP.FIXED : MAP.FIXED_NOREPLACE;
  const prot = PROT.READ | (readonly ? 0 : PROT.WRITE) | (how & SHM.EXEC ? PROT.EXEC : 0);
  const result = mmap(k.process, place, segment.size, prot, MAP.SHARED | fixed, { file: segment.file, readable: true, writable: !readonly }, 0);
  if (result < 0) return result === -E.EXIST ? -E.INVAL : result;
  segment.attachTime = seconds(k);
  segment.lastPid = k.process.pid;
  return result;
}

function shmdt(k: Context, address: number): number {
  if (address % PAGE !== 0) return -E.INVAL;
  const { mm } = k.process;
  const first = mm.areas.find((area) => area.start >= address && area.file && isSegment(k, area.file) && area.start - area.offset === address);
  if (!first) return -E.INVAL;
  const segment = [...segments(k.kernel).all()].find((it) => it.file === first.file);
  for (const area of mm.areas.filter((it) => it.file === first.file && it.start - it.offset === address)) munmap(k.process, area.start, area.end - area.start);
  if (segment) segment.lastPid = k.process.pid;
  return 0;
}

function isSegment(k: Context, file: Segment["file"]): boolean {
  for (const segment of segments(k.kernel).all()) if (segment.file === file) return true;
  return false;
}

function shmctl(k: Context, id: number, command: number, at: number): number {
  const registry = segments(k.kernel);
  if (command < 0 || id < 0) return -E.INVAL;
  if (command === IPC.INFO) return store(k, at, Uint32Array.from([SHM.MAX, SHM.MIN, SHM.SEGMENTS, SHM.SEGMENTS, 0xffff_ffff, 0, 0, 0, 0])) || registry.highest();
  if (command === SHMCTL.INFO) {
    const all = [...registry.all()];
    const pages = all.reduce((sum, segment) => sum + Math.ceil(segment.size / PAGE), 0);
    return store(k, at, Uint32Array.from([all.length, pages, pages, 0, 0, 0])) || registry.highest();
  }
  const bySlot = command === SHMCTL.STAT || command === SHMCTL.STAT_ANY;
  const segment = objectOf(registry, id, bySlot);
  if (typeof segment === "number") return segment;
  const { credentials } = k.process;
  if (command === IPC.STAT || bySlot) {
    const denied = command === SHMCTL.STAT_ANY ? 0 : permitted(credentials, segment.permissions, READ);
    if (denied < 0) return denied;
    const s = segment;
    const words = [...permissionWords(s.permissions), s.size, s.attachTime, 0, s.detachTime, 0, s.changed, 0, s.creator, s.lastPid, s.attached, 0, 0];
    return store(k, at, Uint32Array.from(words)) || (bySlot ? s.id : 0);
  }
  if (command === IPC.SET) {
    const words = setPermissions(k, segment, at, 84);
    if (typeof words === "number") return words;
    segment.changed = seconds(k);
    return 0;
  }
  if (command !== IPC.RMID && command !== SHMCTL.LOCK && command !== SHMCTL.UNLOCK) return -E.INVAL;
  if (!ownedBy(credentials, segment.permissions)) return -E.PERM;
  if (command === IPC.RMID) removeSegment(k.kernel, segment);
  else if (command === SHMCTL.LOCK) segment.permissions.mode |= SHM.LOCKED;
  else segment.permissions.mode &= ~SHM.LOCKED;
  return 0;
}

// -- message queues -------------------------------------------------------------------------------------------------------------------------

const MSGCTL = { STAT: 11, INFO: 12, STAT_ANY: 13 } as const;

function msgget(k: Context, key: number, how: number): number {
  return messageQueues(k.kernel).get(k.process, key | 0, how, () => 0, (id, permissions) => createMessageQueue(id, permissions, seconds(k)));
}

function queueFor(k: Context, id: number, wanted: number): MessageQueue | number {
  const queue = messageQueues(k.kernel).find(id);
  if (typeof queue === "number") return queue;
  return permitted(k.process.credentials, queue.permissions, wanted) || queue;
}

function msgsnd(k: Context, id: number, at: number, length: number, how: number): Result {
  const type = k.memory.loadU32(at);
  if (type === undefined) return -E.FAULT;
  if (length > MSG.MAX || id < 0 || (type | 0) < 1) return -E.INVAL;
  const bytes = k.memory.read(at + 4, length);
  if (!bytes) return -E.FAULT;
  const found = queueFor(k, id, WRITE);
  if (typeof found === "number") return found;
  const attempt = (): number | undefined => {
    if (found.removed) return -E.IDRM;
    if (found.bytes + length > found.limit || found.messages.length + 1 > found.limit) return how & IPC.NOWAIT ? -E.AGAIN : undefined;
    found.messages.push({ type: type | 0, bytes });
    found.bytes += length;
    found.sent = seconds(k);
    found.sender = k.process.pid;
    wake(found.queue);
    return 0;
  };
  return attempt() ?? waitFor([found.queue], attempt, { interrupted: () => -E.RESTARTNOHAND });
}

function msgrcv(k: Context, id: number, at: number, length: number, type: number, how: number): Result {
  if (id < 0 || length > 0x7fff_ffff) return -E.INVAL;
  const copies = (how & MSG.COPY) !== 0;
  if (copies && (how & MSG.EXCEPT || !(how & IPC.NOWAIT))) return -E.INVAL;
  const found = queueFor(k, id, READ);
  if (typeof found === "number") return found;
  const attempt = (): number | undefined => {
    if (found.removed) return -E.IDRM;
    const index = copies ? (type >= 0 && type < found.messages.length ? type : -1) : chooseMessage(found.messages, type, (how & MSG.EXCEPT) !== 0);
    if (index < 0) return how & IPC.NOWAIT ? -E.NOMSG : undefined;
    const message = found.messages[index];
    if (message.bytes.length > length && !(how & MSG.NOERROR)) return -E.TOOBIG;
    if (!copies) {
      found.messages.splice(index, 1);
      found.bytes -= message.bytes.length;
      found.received = seconds(k);
      found.receiver = k.process.pid;
      wake(found.queue);
    }
    const part = message.bytes.slice(0, length);
    return k.memory.storeU32(at, message.type) && k.memory.write(at + 4, part) ? part.length : -E.FAULT;
  };
  return attempt() ?? waitFor([found.queue], attempt, { interrupted: () => -E.RESTARTNOHAND });
}

function msgctl(k: Context, id: number, command: number, at: number): number {
  const registry = messageQueues(k.kernel);
  if (command < 0 || id < 0) return -E.INVAL;
  if (command === IPC.INFO || command === MSGCTL.INFO) {
    const all = [...registry.all()];
    const info = command === MSGCTL.INFO;
    const messages = all.reduce((sum, queue) => sum + queue.messages.length, 0), bytes = all.reduce((sum, queue) => sum + queue.bytes, 0);
    const words = [info ? all.length : 512_000, info ? messages : 16384, MSG.MAX, MSG.QUEUE_BYTES, MSG.QUEUES, 16, info ? bytes : 16384, 0xffff];
    return store(k, at, Uint32Array.from(words)) || registry.highest();
  }
  const bySlot = command === MSGCTL.STAT || command === MSGCTL.STAT_ANY;
  const queue = objectOf(registry, id, bySlot);
  if (typeof queue === "number") return queue;
  const { credentials } = k.process;
  if (command === IPC.STAT || bySlot) {
    const denied = command === MSGCTL.STAT_ANY ? 0 : permitted(credentials, queue.permissions, READ);
    if (denied < 0) return denied;
    const q = queue;
    const words = [...permissionWords(q.permissions), q.sent, 0, q.received, 0, q.changed, 0, q.bytes, q.messages.length, q.limit, q.sender, q.receiver, 0, 0];
    return store(k, at, Uint32Array.from(words)) || (bySlot ? q.id : 0);
  }
  if (command === IPC.SET) {
    const bytes = k.memory.read(at, 88);
    if (!bytes) return -E.FAULT;
    const limit = new Uint32Array(bytes.buffer)[17];
    if (limit > MSG.QUEUE_BYTES && credentials.euid !== 0) return -E.PERM;
    const words = setPermissions(k, queue, at, 88);
    if (typeof words === "number") return words;
    queue.limit = limit;
    queue.changed = seconds(k);
    wake(queue.queue);
    return 0;
  }
  if (command !== IPC.RMID) return -E.INVAL;
  if (!ownedBy(credentials, queue.permissions)) return -E.PERM;
  registry.remove(queue);
  wake(queue.queue);
  return 0;
}

// -- ipc(2) ---------------------------------------------------------------------------------------------------------------------------------

/** The version of the structures is part of the command. */
function control(command: number, then: (command: number) => number): number {
  return command & IPC_64 ? then(command & ~IPC_64) : command === IPC.RMID ? then(command) : -E.INVAL;
}

const VALUE_COMMANDS: readonly number[] = [SEMCTL.GETPID, SEMCTL.GETVAL, SEMCTL.GETALL, SEMCTL.GETNCNT, SEMCTL.GETZCNT, SEMCTL.SETVAL, SEMCTL.SETALL];

function ipc(k: Context, packed: number, first: number, second: number, third: number, at: number, fifth: number): Result {
  const version = packed >>> 16;
  switch (packed & 0xffff) {
    case 1: return semtimedop(k, first, at, second, 0, false);
    case 4: return semtimedop(k, first, at, second, fifth, false);
    case 2: return semget(k, first, second | 0, third);
    case 3: {
      if (!at) return -E.INVAL;
      const argument = k.memory.loadU32(at);
      if (argument === undefined) return -E.FAULT;
      const command = third & ~IPC_64;
      if (VALUE_COMMANDS.includes(command)) return semctl(k, first, second | 0, command, argument);
      return control(third, (plain) => semctl(k, first, second | 0, plain, argument));
    }
    case 11: return msgsnd(k, first, at, second, third);
    case 12: {
      if (version !== 0) return msgrcv(k, first, at, second, fifth | 0, third);
      if (!at) return -E.INVAL;
      const place = k.memory.loadU32(at), type = k.memory.loadU32(at + 4);
      if (place === undefined || type === undefined) return -E.FAULT;
      return msgrcv(k, first, place, second, type | 0, third);
    }
    case 13: return msgget(k, first, second);
    case 14: return control(second, (command) => msgctl(k, first, command, at));
    case 21: {
      if (version === 1) return -E.INVAL;
      const address = shmat(k, first, at, second);
      if (address < 0 && address > -4096) return address;
      return k.memory.storeU32(third, address) ? 0 : -E.FAULT;
    }
    case 22: return shmdt(k, at);
    case 23: return shmget(k, first, second, third);
    case 24: return control(second, (command) => shmctl(k, first, command, at));
    default: return -E.NOSYS;
  }
}

export const ipcHandlers = {
  ipc, semget, semctl, shmget, shmctl, shmat, shmdt, msgget, msgsnd, msgrcv, msgctl,
  semtimedop64: (k: Context, id: number, at: number, count: number, timeout: number) => semtimedop(k, id, at, count, timeout, true),
};
