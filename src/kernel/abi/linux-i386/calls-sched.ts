// System calls on scheduling, sched(7): policies, priorities, processors, membarrier(2). One policy and one processor at a time.

import { E } from "../../errno.ts";
import type { Thread } from "../../thread.ts";
import { call, hex, int, oneOf, pid, pointer, size, structIn, structOut } from "../syscall.ts";
import type { Context, SystemCall } from "../syscall.ts";
import { writeTime } from "./time-structures.ts";
const POLICY = { SCHED_OTHER: 0, SCHED_FIFO: 1, SCHED_RR: 2, SCHED_BATCH: 3, SCHED_IDLE: 5 };

function threadOf(k: Context, number: number): Thread | number {
  if (number < 0) return -E.INVAL;
  return (number === 0 ? k : k.kernel.threads.get(number)) ?? -E.SRCH;
}

const ofThread = (then: (k: Context, thread: Thread, a: number, b: number) => number) => (k: Context, number: number, a: number, b: number): number => {
  const thread = threadOf(k, number);
  return typeof thread === "number" ? thread : then(k, thread, a, b);
};

function priorityRange(policy: number, max: boolean): number {
  if (policy === POLICY.SCHED_FIFO || policy === POLICY.SCHED_RR) return max ? 99 : 1;
  return Object.values(POLICY).includes(policy) || policy === 6 ? 0 : -E.INVAL;
}

function setScheduler(k: Context, policy: number, parameter: number): number {
  const priority = k.memory.loadU32(parameter);
  if (parameter === 0) return -E.INVAL;
  if (priority === undefined) return -E.FAULT;
  const kind = policy & 0xff;
  if (!Object.values(POLICY).includes(kind)) return -E.INVAL;
  const realtime = kind === POLICY.SCHED_FIFO || kind === POLICY.SCHED_RR;
  if (realtime ? priority < 1 || priority > 99 : priority !== 0) return -E.INVAL;
  return realtime ? -E.PERM : 0;
}

function getAffinity(k: Context, length: number, mask: number): number {
  if (length < 4 || length & 3) return -E.INVAL;
  return k.memory.storeU32(mask, 1) ? 4 : -E.FAULT;
}

function setAffinity(k: Context, length: number, mask: number): number {
  if (length === 0) return -E.INVAL;
  const bytes = k.memory.read(mask, Math.min(length, 128));
  if (!bytes) return -E.FAULT;
  return bytes[0] & 1 ? 0 : -E.INVAL;
}

const WHO = { PRIO_PROCESS: 0, PRIO_PGRP: 1, PRIO_USER: 2 };

function getPriority(k: Context, which: number, who: number): number {
  if (which < 0 || which > 2) return -E.INVAL;
  const process = which === 0 && who !== 0 ? k.kernel.processes.get(who) : k.process;
  return process ? 20 - process.nice : -E.SRCH;
}

function setPriority(k: Context, which: number, who: number, nice: number): number {
  if (which < 0 || which > 2) return -E.INVAL;
  const process = which === 0 && who !== 0 ? k.kernel.processes.get(who) : k.process;
  if (!process) return -E.SRCH;
  const wanted = Math.max(-20, Math.min(19, nice));
  if (wanted < process.nice && k.process.credentials.euid !== 0) return -E.ACCES;
  process.nice = wanted;
  return 0;
}

function getcpu(k: Context, cpu: number, node: number): number {
  if (cpu && !k.memory.storeU32(cpu, 0)) return -E.FAULT;
  return node && !k.memory.storeU32(node, 0) ? -E.FAULT : 0;
}

const MEMBARRIER = { QUERY: 0 } as const;
const MEMBARRIER_ALL = 1 | 2 | 4 | 8 | 16;

function roundRobin(k: Context, number: number, at: number, wide: boolean): number {
  const thread = threadOf(k, number);
  if (typeof thread === "number") return thread;
  return writeTime(k, at, { seconds: 0, nanoseconds: 4_000_000 }, wide) ? 0 : -E.FAULT;
}

const policy = () => oneOf("policy", POLICY);

export const schedCalls: readonly SystemCall[] = [
  call(34, "nice", [int("inc")], "int", (k, by) => setPriority(k, 0, 0, k.process.nice + by) && -E.PERM),
  call(96, "getpriority", [oneOf("which", WHO), int("who")], "int", getPriority),
  call(97, "setpriority", [oneOf("which", WHO), int("who"), int("prio")], "int", setPriority),
  call(154, "sched_setparam", [pid(), structIn("param", "sched_param")], "int", ofThread((k, _t, at) => setScheduler(k, 0, at))),
  call(155, "sched_getparam", [pid(), structOut("param", "sched_param")], "int", ofThread((k, _t, at) => (at === 0 ? -E.INVAL : k.memory.storeU32(at, 0) ? 0 : -E.FAULT))),
  call(156, "sched_setscheduler", [pid(), policy(), structIn("param", "sched_param")], "int", ofThread((k, _t, which, at) => setScheduler(k, which, at))),
  call(157, "sched_getscheduler", [pid()], "int", ofThread(() => 0)),
  call(158, "sched_yield", [], "int", () => 0),
  call(159, "sched_get_priority_max", [policy()], "int", (_k, which) => priorityRange(which, true)),
  call(160, "sched_get_priority_min", [policy()], "int", (_k, which) => priorityRange(which, false)),
  call(161, "sched_rr_get_interval", [pid(), structOut("tp", "timespec32")], "int", (k, number, at) => roundRobin(k, number, at, false)),
  call(241, "sched_setaffinity", [pid(), size("cpusetsize"), structIn("mask", "cpu_set_t")], "int", ofThread((k, _t, length, at) => setAffinity(k, length, at))),
  call(242, "sched_getaffinity", [pid(), size("cpusetsize"), structOut("mask", "cpu_set_t")], "int", ofThread((k, _t, length, at) => getAffinity(k, length, at))),
  call(289, "ioprio_set", [int("which"), int("who"), int("ioprio")], "int", () => 0, "partial", "accepted; there is nothing to put in order"),
  call(290, "ioprio_get", [int("which"), int("who")], "int", () => 0, "partial", "always the default"),
  call(318, "getcpu", [structOut("cpu", "unsigned"), structOut("node", "unsigned"), pointer("cache")], "int", getcpu),
  call(423, "sched_rr_get_interval_time64", [pid(), structOut("tp", "timespec64")], "int", (k, number, at) => roundRobin(k, number, at, true)),
  call(375, "membarrier", [int("cmd"), hex("flags"), int("cpu")], "int", (_k, command, how) => {
    if (how) return -E.INVAL;
    if (command === MEMBARRIER.QUERY) return MEMBARRIER_ALL;
    return command > 0 && command <= 16 && (command & (command - 1)) === 0 ? 0 : -E.INVAL;
  }),
];
