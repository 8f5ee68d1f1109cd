// Every file system call with arguments made at random, over files in memory and over a host directory: whatever a program passes,
// the answer is a number, a negative errno or a wait, never an exception.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createMachine } from "../../src/boot.ts";
import { createHostFs } from "../../src/host/node/fs.ts";
import { attrCalls } from "../../src/kernel/abi/linux-i386/calls-attr.ts";
import { epollCalls } from "../../src/kernel/abi/linux-i386/calls-epoll.ts";
import { fcntlCalls } from "../../src/kernel/abi/linux-i386/calls-fcntl.ts";
import { ioCalls } from "../../src/kernel/abi/linux-i386/calls-io.ts";
import { ioctlCalls, REQUESTS } from "../../src/kernel/abi/linux-i386/calls-ioctl.ts";
import { nameCalls } from "../../src/kernel/abi/linux-i386/calls-name.ts";
import { openCalls } from "../../src/kernel/abi/linux-i386/calls-open.ts";
import { pollCalls } from "../../src/kernel/abi/linux-i386/calls-poll.ts";
import { statCalls } from "../../src/kernel/abi/linux-i386/calls-stat.ts";
import { timerfdCalls } from "../../src/kernel/abi/linux-i386/calls-timerfd.ts";
import { transferCalls } from "../../src/kernel/abi/linux-i386/calls-transfer.ts";
import type { Argument, SystemCall } from "../../src/kernel/abi/syscall.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { RLIMIT } from "../../src/kernel/thread.ts";
import { seededRandom } from "../../src/kernel/kernel.ts";
import { createVirtualClock } from "../../src/kernel/time.ts";
import { createMemory } from "../../src/runtime/memory.ts";

const CALLS = [
  openCalls, ioCalls, statCalls, nameCalls, attrCalls, fcntlCalls, ioctlCalls, pollCalls, epollCalls, timerfdCalls, transferCalls,
].flat().filter((it) => it.level !== "absent");

const PATHS = [
  "", "/", ".", "..", "f", "g", "d", "d/f", "d/", "f/", "link", "loop", "d/../f", "/proc/self/fd/1", "/proc/self/fd/3", "/proc/self/exe", "/proc/self/status",
  "/proc/self/maps", "/proc/1/stat", "/proc/self/task", "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/stdout", "/dev/shm/x", "/sys/devices",
  "/proc/sys/kernel/random/uuid", "/proc/mounts", "x".repeat(255), "x".repeat(300), "a/".repeat(3000), "caf\xe9\xff", "name\nwith newline",
];
const TEXT = 0x10000, BUFFER = 0x40000, READ_ONLY = 0x80000;
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 24, 36, 64, 84, 100, 128, 255, 4096, 5000, 65536, 100_000, 0x7fff_ffff, -1, -2, -100, -4096];

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "jit386-fuzz-"));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function fuzz(host: boolean, rounds: number, seed: number) {
  const fill = seededRandom(seed);
  const bytes = new Uint8Array(4);
  const random = (below: number): number => {
    fill(bytes);
    return new DataView(bytes.buffer).getUint32(0) % below;
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)];
  const root = path.join(scratch, `root${seed}`);
  fs.mkdirSync(root);
  const machine = createMachine({
    kernel: { clock: createVirtualClock(), random: fill },
    streams: (environment) => {
      const stream = memoryStream(environment, new Uint8Array(100), () => {});
      return { input: stream, output: stream, error: stream };
    },
    uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, ...(host ? { host: createHostFs(), root } : {}),
  });
  const [k] = machine.process.threads;
  k.memory = createMemory();
  k.memory.map(TEXT, 0x20000, 3);
  k.memory.map(BUFFER, 0x20000, 3);
  k.memory.map(READ_ONLY, 0x1000, 1);
  machine.process.limits[RLIMIT.FSIZE].soft = 1_000_000;
  machine.process.limits[RLIMIT.NOFILE].soft = 64;
  const addresses = PATHS.map((text, i) => {
    const at = TEXT + i * 0x1000;
    k.memory.write(at, Buffer.from(`${text.slice(0, 0xffe)}\0`, "latin1"));
    return at;
  });
  const pointer = (): number => pick([0, 1, BUFFER, BUFFER + 8, BUFFER + random(0x1000), BUFFER + 0x1ffff, READ_ONLY, 0xffff_fff0, pick(addresses)]);
  const value = (argument: Argument): number => {
    switch (argument.kind) {
      case "path": case "string": return random(10) ? pick(addresses) : pointer();
      case "fd": return random(10) ? random(20) : pick(NUMBERS);
      case "dirfd": return random(3) ? -100 : pick([0, 3, 4, 5, 77, -1]);
      case "i64": return pick([...NUMBERS, 2 ** 32, 2 ** 40, -(2 ** 40)]);
      case "flags": case "oneOf": {
        const names = Object.values(argument.names);
        return random(8) && names.length ? pick(names) | (random(2) ? pick(names) : 0) : pick(NUMBERS);
      }
      case "mode": return pick([0, 0o644, 0o755, 0o777, 0o4711, 0o100644, 0o10644, 0o40755, -1]);
      case "int": return pick(NUMBERS);
      case "uint": case "size": return (random(4) ? random(300) : pick(NUMBERS)) >>> 0;
      default: return argument.name === "arg" ? (random(2) ? pointer() : pick(NUMBERS)) : pointer();
    }
  };
  const answers = new Set<string>();
  const call = (it: SystemCall): void => {
    // FIFOs of a host directory are made by a program: too slow for here.
    if (host && it.name.startsWith("mknod")) return;
    const args = it.args.map(value);
    if (it.name === "ioctl" && random(2)) args[1] = pick(Object.values(REQUESTS));
    const text = `${it.name}(${args.join(", ")})`;
    // What the buffers hold is an argument too: time-outs, vectors, locks.
    for (let i = 0; i < 8; i++) k.memory.storeU32(BUFFER + random(64) * 4, pick([...NUMBERS, BUFFER, random(2 ** 31)]) >>> 0);
    let result;
    try {
      result = it.handler(k, ...args);
      if (typeof result !== "number") {
        const wait = result;
        result = wait.attempt() ?? (random(2) ? wait.expired() : wait.interrupted());
      }
    } catch (error) {
      throw new Error(text, { cause: error });
    }
    if (!Number.isInteger(result) || result < -4095) throw new Error(`${text} = ${result}`);
    answers.add(`${it.name} ${result < 0 ? result : "+"}`);
    machine.process.pending.length = k.pending.length = 0;
    if (random(50) === 0) machine.process.fs.root = machine.process.fs.cwd = { mount: machine.process.fs.namespace.mounts[0], dentry: machine.process.fs.namespace.mounts[0].root };
  };
  for (let i = 0; i < rounds; i++) call(pick(CALLS));
  return answers;
}

describe("random arguments", () => {
  it("over files in memory", () => {
    const answers = fuzz(false, 10_000, 386);
    expect(answers.size).toBeGreaterThan(250);
  });

  it("over a host directory", () => {
    const answers = fuzz(true, 10_000, 387);
    expect(answers.size).toBeGreaterThan(250);
    expect(fs.readdirSync(scratch).sort()).toEqual(["root386", "root387"]);
  });
});
