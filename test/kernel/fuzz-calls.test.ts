// System calls with hostile arguments, made from their declarations: pointers into nowhere, sizes at every edge, descriptors that are not
// open. Whatever comes, the answer is a result or an error that Linux has, and the machine lives on. The sequence follows from a seed.
// `npm run fuzz:calls` makes 100,000 calls, the test a sample; JIT386_FUZZ_CALLS and JIT386_FUZZ_SEED say otherwise.
import { expect, test } from "vitest";
import { createMachine } from "../../src/boot.ts";
import type { Machine } from "../../src/boot.ts";
import { linuxI386 } from "../../src/kernel/abi/linux-i386/index.ts";
import { NO_RESULT } from "../../src/kernel/abi/syscall.ts";
import type { Argument, SystemCall } from "../../src/kernel/abi/syscall.ts";
import { E } from "../../src/kernel/errno.ts";
import { execute } from "../../src/kernel/exec.ts";
import { O } from "../../src/kernel/fs/constants.ts";
import { kernelCaller } from "../../src/kernel/fs/access.ts";
import { openFile } from "../../src/kernel/fs/operations.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { seededRandom } from "../../src/kernel/kernel.ts";
import { exitProcess } from "../../src/kernel/process.ts";
import { RLIMIT } from "../../src/kernel/thread.ts";
import type { Thread } from "../../src/kernel/thread.ts";
import { createVirtualClock } from "../../src/kernel/time.ts";
import { BASE, exitCode, program } from "../support/elf.ts";

const COUNT = Number(process.env["JIT386_FUZZ_CALLS"] ?? 6000);
const SEED = Number(process.env["JIT386_FUZZ_SEED"] ?? 386);

/** Numbers that follow from the seed. */
function generator(seed: number) {
  const bytes = new Uint8Array(4);
  const fill = seededRandom(seed);
  const word = () => {
    fill(bytes);
    return new Uint32Array(bytes.buffer)[0];
  };
  return { word, pick: <T>(list: readonly T[]): T => list[word() % list.length] };
}

const DATA = BASE + 0x1000, END = BASE + 0x10000;
const POINTERS = [
  0, 1, 8, 0xffff_ffff, 0xffff_fffc, 0xffff_f000, 0xc000_0000, 0xbfff_fff8, 0x8000_0000, BASE, BASE + 1, DATA, DATA + 1, DATA + 0x800, DATA + 0x2000, END - 1, END - 4,
  END - 16, END, 0xb800_0000,
];
const SIZES = [0, 1, 2, 3, 4, 7, 8, 12, 16, 28, 64, 88, 128, 255, 256, 4095, 4096, 4097, 65536, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];
const DESCRIPTORS = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 1023, 1024, 0x7fff_ffff, -100, -0x8000_0000];
const NUMBERS = [-1, 0, 1, 2, 3, 4, 5, 8, 13, 16, 31, 63, 64, 65, 255, 4096, 0x7fff_ffff, -0x8000_0000, 0x1000, 0x5401, 0x8004_5430, 1000, 1001, -1000];

type Random = ReturnType<typeof generator>;

function word({ word: any, pick }: Random, argument: Argument): number {
  if (any() % 16 === 0) return any();
  switch (argument.kind) {
    case "size": return pick(SIZES);
    case "fd": case "dirfd": return pick(DESCRIPTORS);
    case "path": case "string": case "strings": case "pointer": case "bufferIn": case "bufferOut": case "structIn": case "structOut": return pick(POINTERS);
    case "flags": case "oneOf": {
      const values = Object.values(argument.names);
      return values.length > 0 && any() % 4 ? pick(values) | (any() % 3 === 0 ? pick(values) : 0) : pick(NUMBERS);
    }
    case "signal": return pick([0, 1, 2, 9, 15, 17, 19, 32, 64, 65, -1]);
    default: return pick(NUMBERS);
  }
}

/** A process with a program, some open files and directories, and bounds that keep the test small. */
function start(seed: number): { machine: Machine; thread: Thread } {
  const machine = createMachine({
    kernel: { clock: createVirtualClock(), random: seededRandom(seed) },
    streams: (environment) => {
      const stream = () => memoryStream(environment, new Uint8Array(100), () => {});
      return { input: stream(), output: stream(), error: stream() };
    },
    uid: 1000, gid: 1000, cwd: "/tmp",
  });
  const { process, kernel } = machine;
  const caller = kernelCaller(process.fs, process.files);
  const file = openFile(caller, process.fs.root, "/program", O.RDWR | O.CREAT, 0o777);
  if (typeof file === "number") throw new Error(`the program cannot be made: ${file}`);
  file.writeAt(0, program(exitCode(0), 0x10000));
  file.unref();
  const [thread] = process.threads;
  expect(execute(thread, "/program", ["program"], [])).toBe(0);
  for (const [limit, most] of [[RLIMIT.AS, 2 ** 28], [RLIMIT.FSIZE, 2 ** 22], [RLIMIT.NPROC, 20]]) process.limits[limit] = { soft: most, hard: most };
  // names and structures that make sense lie where some of the pointers point
  thread.memory.write(DATA, new TextEncoder().encode("/tmp/name\0"));
  thread.memory.write(DATA + 0x800, new TextEncoder().encode("/proc/self/status\0"));
  kernel.runnable.length = 0;
  return { machine, thread };
}

const REGISTERS = [3, 1, 2, 6, 7, 5];
const KNOWN = new Set<number>(Object.values(E));

async function makeCall(thread: Thread, call: SystemCall, words: readonly number[]): Promise<number> {
  words.forEach((value, i) => (thread.cpu.regs[REGISTERS[i]] = value | 0));
  thread.callNumber = call.number;
  const args = linuxI386.callArguments(thread, call);
  let result = call.handler(thread, ...args);
  while (result === -E.RESTARTNOINTR && thread.kernel.loading) {
    await thread.kernel.loading;
    thread.kernel.loading = undefined;
    result = call.handler(thread, ...args);
  }
  // a call that waits is asked once more and then interrupted
  return typeof result === "number" ? result : result.attempt() ?? result.interrupted();
}

test(`${COUNT} calls with hostile arguments, seed ${SEED}`, async () => {
  const random = generator(SEED);
  const calls = linuxI386.calls.filter((call) => call !== undefined && call.level !== "absent") as SystemCall[];
  let { machine, thread } = start(SEED);
  const wrong: string[] = [];
  const met = new Set<string>();
  for (let n = 0; n < COUNT; n++) {
    const call = n < calls.length ? calls[n] : random.pick(calls);
    const words = call.args.flatMap((argument) => (argument.kind === "i64" ? [random.word(), random.pick(NUMBERS)] : [word(random, argument)]));
    const shown = `${call.name}(${words.map((value) => (value >>> 0).toString(16)).join(", ")})`;
    try {
      const result = await makeCall(thread, call, words);
      met.add(call.name);
      const error = result < 0 && result > -4096 && call.result !== "address" && call.result !== "mask";
      if (!Number.isFinite(result) || (error && !KNOWN.has(-result))) wrong.push(`${shown} = ${result}`);
      if (result === NO_RESULT && !["exit", "exit_group", "sigreturn", "rt_sigreturn", "execve", "execveat"].includes(call.name)) wrong.push(`${shown}: no result`);
    } catch (error) {
      wrong.push(`${shown}: ${error instanceof Error ? error.stack?.split("\n").slice(0, 3).join(" ") : String(error)}`);
    }
    // what the call has left running does not matter here
    for (const other of [...machine.kernel.processes.values()]) if (other !== thread.process) exitProcess(other, { code: 0, signal: 9, core: false });
    machine.kernel.runnable.length = 0;
    for (const other of [...thread.process.threads]) if (other !== thread) machine.kernel.threads.delete(other.tid);
    thread.process.pending.length = thread.pending.length = 0;
    thread.signalPending = thread.process.stopped = false;
    if (thread.process.status || thread.process.threads.length !== 1 || n % 2000 === 1999) ({ machine, thread } = start(SEED + n));
  }
  expect(wrong).toEqual([]);
  expect(met.size).toBe(Math.min(COUNT, calls.length));
}, 30_000 + COUNT * 10);
