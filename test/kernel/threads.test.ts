// Parent and child with shared memory between them, and a futex in it: made by hand from system calls.
import { expect, test } from "vitest";
import { exitCode, program, systemCall } from "../support/elf.ts";
import { runInAllModes } from "../support/modes.ts";

const SHARED = 0x20000000;
const word = (v: number) => [v & 255, (v >>> 8) & 255, (v >>> 16) & 255, v >>> 24];
const FUTEX = 240, FORK = 2, MMAP2 = 192, WAKE = 1;

test("a child's store and wake-up reach the parent through shared anonymous memory", async () => {
  // mmap(SHARED, 4096, RW, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED, -1, 0); fork()
  const child = [0xc7, 0x05, ...word(SHARED), ...word(42), ...systemCall(FUTEX, SHARED, WAKE, 1), ...exitCode(0)];
  // futex(SHARED, FUTEX_WAIT, 0): asleep, or EAGAIN when the child was first; then exit with what is there
  const parent = [...systemCall(FUTEX, SHARED, 0, 0, 0), 0x8b, 0x1d, ...word(SHARED), 0xb8, 1, 0, 0, 0, 0xcd, 0x80];
  const code = [...systemCall(MMAP2, SHARED, 4096, 3, 0x31, -1 >>> 0, 0), ...systemCall(FORK), 0x85, 0xc0, 0x75, child.length, ...child, ...parent];
  for (const [mode, result] of await runInAllModes({ program: program(code) })) expect([mode, result.status, result.signal]).toEqual([mode, 42, 0]);
});

test("private memory is the child's own after fork", async () => {
  const at = 0x08049000;
  const child = [0xc7, 0x05, ...word(at), ...word(42), ...exitCode(0)];
  // waitpid(-1, 0, 0), then exit with what the parent has there
  const parent = [...systemCall(7, 0xffffffff, 0, 0), 0x8b, 0x1d, ...word(at), 0xb8, 1, 0, 0, 0, 0xcd, 0x80];
  const code = [0xc7, 0x05, ...word(at), ...word(5), ...systemCall(FORK), 0x85, 0xc0, 0x75, child.length, ...child, ...parent];
  for (const [mode, result] of await runInAllModes({ program: program(code, 0x3000) })) expect([mode, result.status]).toEqual([mode, 5]);
});
