// epoll_create(2), epoll_ctl(2), epoll_wait(2). struct epoll_event is packed: 12 bytes.

import { E } from "../../errno.ts";
import { O } from "../../fs/constants.ts";
import { EPOLL, EpollFile } from "../../fs/epoll.ts";
import { waitFor } from "../../wait.ts";
import type { Result } from "../../wait.ts";
import { call, fd, flags, int, oneOf, pointer, size, structIn } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { temporaryMask } from "./calls-poll.ts";
import { fileOf, install } from "./file-arguments.ts";
import { fsEnvironment } from "./file-environment.ts";

const EVENT = 12;
const OPERATIONS = { EPOLL_CTL_ADD: 1, EPOLL_CTL_DEL: 2, EPOLL_CTL_MOD: 3 } as const;

function create(k: Context, bits: number): number {
  if (bits & ~O.CLOEXEC) return -E.INVAL;
  return install(k, new EpollFile(fsEnvironment(k)), bits);
}

function control(k: Context, epfd: number, operation: number, n: number, address: number): number {
  let events = 0, data = 0n;
  if (operation !== OPERATIONS.EPOLL_CTL_DEL) {
    const word = k.memory.loadU32(address), value = k.memory.loadU64(address + 4);
    if (word === undefined || value === undefined) return -E.FAULT;
    events = word;
    data = value;
  }
  const epoll = fileOf(k, epfd), file = fileOf(k, n);
  if (!epoll || !file || file.flags & O.PATH) return -E.BADF;
  if (file.seekable) return -E.PERM;
  if (!(epoll instanceof EpollFile) || epoll === file) return -E.INVAL;
  switch (operation) {
    case OPERATIONS.EPOLL_CTL_ADD: return events & EPOLL.EXCLUSIVE && events & EPOLL.ONESHOT ? -E.INVAL : epoll.add(n, file, events, data);
    case OPERATIONS.EPOLL_CTL_DEL: return epoll.remove(n, file);
    case OPERATIONS.EPOLL_CTL_MOD: return epoll.modify(n, file, events, data);
    default: return -E.INVAL;
  }
}

function wait(k: Context, epfd: number, address: number, limit: number, timeout: number): Result {
  const epoll = fileOf(k, epfd);
  if (!epoll || epoll.flags & O.PATH) return -E.BADF;
  if (limit <= 0 || limit > 0x7fff_ffff / EVENT) return -E.INVAL;
  if (!(epoll instanceof EpollFile)) return -E.INVAL;
  const attempt = (): number | undefined => {
    const ready = epoll.collect(limit);
    for (const [i, { events, data }] of ready.entries()) {
      if (!k.memory.storeU32(address + i * EVENT, events) || !k.memory.storeU64(address + i * EVENT + 4, data)) return i || -E.FAULT;
    }
    return ready.length || undefined;
  };
  const count = attempt();
  if (count !== undefined || timeout === 0) return count ?? 0;
  const deadline = timeout === Infinity ? Infinity : k.kernel.clock.monotonic() + timeout;
  return waitFor(epoll.queues, attempt, { deadline, expired: () => attempt() ?? 0, interrupted: () => -E.INTR });
}

const milliseconds = (n: number): number => (n < 0 ? Infinity : n * 1e6);

function pwait(k: Context, epfd: number, address: number, limit: number, timeout: number, mask: number, maskSize: number): Result {
  const masked = temporaryMask(k, mask, maskSize);
  return masked < 0 ? masked : wait(k, epfd, address, limit, timeout);
}

function pwait2(k: Context, epfd: number, address: number, limit: number, timeoutAddress: number, mask: number, maskSize: number): Result {
  let timeout = Infinity;
  if (timeoutAddress) {
    const sec = k.memory.loadU64(timeoutAddress), nsec = k.memory.loadU32(timeoutAddress + 8);
    if (sec === undefined || nsec === undefined) return -E.FAULT;
    if (BigInt.asIntN(64, sec) < 0n || nsec >= 1e9) return -E.INVAL;
    timeout = Number(sec) * 1e9 + nsec;
  }
  return pwait(k, epfd, address, limit, timeout, mask, maskSize);
}

const waitArguments = [fd("epfd"), pointer("events"), int("maxevents"), int("timeout")];
const sigset = [structIn("sigmask", "sigset_t"), size("sigsetsize")];

export const epollCalls: readonly SystemCall[] = [
  call(254, "epoll_create", [int("size")], "fd", (k, n) => (n <= 0 ? -E.INVAL : create(k, 0))),
  call(255, "epoll_ctl", [fd("epfd"), oneOf("op", OPERATIONS), fd(), structIn("event", "epoll_event")], "int", control),
  call(256, "epoll_wait", waitArguments, "int", (k, n, p, c, t) => wait(k, n, p, c, milliseconds(t))),
  call(319, "epoll_pwait", [...waitArguments, ...sigset], "int", (k, n, p, c, t, m, s) => pwait(k, n, p, c, milliseconds(t), m, s)),
  call(329, "epoll_create1", [flags("flags", { EPOLL_CLOEXEC: O.CLOEXEC })], "fd", create),
  call(441, "epoll_pwait2", [fd("epfd"), pointer("events"), int("maxevents"), structIn("timeout", "timespec64"), ...sigset], "int", pwait2),
];
