// Programs that run many times in one machine, and almost the same programs at the same addresses (fixtures/kernel/again.c): what is kept of
// the code of processes that have ended must not be seen in others. In all modes, as on real hardware.

import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { createMachine } from "../../src/boot.ts";
import { run } from "../../src/core.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { seededRandom } from "../../src/kernel/kernel.ts";
import { createVirtualClock } from "../../src/kernel/time.ts";
import type { Engine, EngineOptions } from "../../src/runtime/engine.ts";
import { MODES, text } from "../support/modes.ts";
import { program } from "../support/elf.ts";

const folder = new URL("../../fixtures/kernel/", import.meta.url);
const again = new Uint8Array(fs.readFileSync(new URL("bin/again", folder)));
const expected = fs.readFileSync(new URL("expected/again.test", folder), "utf8");

const ALL_MODES: Readonly<Record<string, EngineOptions>> = {
  ...MODES,
  "blocks when warm": { jit: "block", threshold: 20 },
  "regions at once": { jit: "region", threshold: 0 },
  "regions when warm": { jit: "region", threshold: 20 },
  "few translations": { jit: "block", threshold: 0, maxSourceBytes: 20_000 },
};

describe("a large process that forks", () => {
  const large = new Uint8Array(fs.readFileSync(new URL("bin/large", folder)));
  const printed = fs.readFileSync(new URL("expected/large.test", folder), "utf8");
  test.each(Object.entries(ALL_MODES))("%s", async (_name, engine) => {
    const result = await run({ program: large, cwd: "/tmp", uid: 0, gid: 0, seed: 1, engine });
    expect(text(result.stdout).split("\n")).toEqual(printed.split("\n"));
    expect([text(result.stderr), result.status]).toEqual(["", 0]);
  });
});

describe("programs that are run again and again", () => {
  test.each(Object.entries(ALL_MODES))("%s", async (_name, engine) => {
    const result = await run({ program: again, args: ["/program", "all"], cwd: "/tmp", uid: 0, gid: 0, seed: 1, engine });
    expect(text(result.stdout).split("\n")).toEqual(expected.split("\n"));
    expect([text(result.stderr), result.status]).toEqual(["", 0]);
  });
});

/** fork, execve of argv[1] with itself as its argv[0] in the child, wait, four times; then exits with the last child's status. */
const RUN_FOUR_TIMES = [
  0x8b, 0x6c, 0x24, 0x08, // mov ebp, [esp + 8]: argv[1]
  0xbf, 4, 0, 0, 0, // mov edi, 4
  0xb8, 2, 0, 0, 0, 0xcd, 0x80, // again: fork
  0x85, 0xc0, 0x75, 0x12, // test eax, eax; jnz parent
  0x89, 0xeb, // mov ebx, ebp
  0x6a, 0, 0x55, 0x89, 0xe1, 0x31, 0xd2, // push 0; push ebp; mov ecx, esp; xor edx, edx
  0xb8, 11, 0, 0, 0, 0xcd, 0x80, // execve
  0x0f, 0x0b, // ud2
  0x6a, 0, 0x89, 0xc3, 0x89, 0xe1, 0x31, 0xd2, 0x31, 0xf6, // parent: push 0; mov ebx, eax; mov ecx, esp; xor edx, edx; xor esi, esi
  0xb8, 114, 0, 0, 0, 0xcd, 0x80, // wait4
  0x5b, // pop ebx
  0x4f, 0x75, 0xce, // dec edi; jnz again
  0xc1, 0xeb, 8, 0xb8, 1, 0, 0, 0, 0xcd, 0x80, // shr ebx, 8; exit
];
/** Exits with 1 when CPUID tells of SSE4.1, else 0. */
const HAS_SSE41 = [0xb8, 1, 0, 0, 0, 0x0f, 0xa2, 0xc1, 0xe9, 19, 0x83, 0xe1, 1, 0x89, 0xcb, 0xb8, 1, 0, 0, 0, 0xcd, 0x80];

test("machines with different processors in one host process do not mix", async () => {
  const statuses: number[] = [];
  for (const cpu of ["sse4", "i686", "sse4", "sse2"] as const) {
    const files = { "/main": program(RUN_FOUR_TIMES), "/child": program(HAS_SSE41) };
    statuses.push((await run({ program: "/main", args: ["/main", "/child"], files, cpu, seed: 1, engine: { threshold: 0 } })).status);
  }
  expect(statuses).toEqual([1, 0, 1, 0]);
});

describe("what a process leaves to the next", () => {
  async function engines(observe: EngineOptions["observe"]): Promise<Engine[]> {
    const made: Engine[] = [];
    const machine = createMachine({
      kernel: { clock: createVirtualClock(), random: seededRandom(1) },
      engine: { threshold: 0, jit: "block", observe },
      streams: (environment) => {
        const stream = () => memoryStream(environment, new Uint8Array(0), () => {});
        return { input: stream(), output: stream(), error: stream() };
      },
      uid: 0, gid: 0, onEngine: (engine) => made.push(engine),
    });
    const { kernelCaller } = await import("../../src/kernel/fs/access.ts");
    const { openFile } = await import("../../src/kernel/fs/operations.ts");
    const { O } = await import("../../src/kernel/fs/constants.ts");
    const { files, fs: state } = machine.process;
    const file = openFile(kernelCaller(state, files), state.root, "/program", O.WRONLY | O.CREAT, 0o755);
    if (typeof file === "number") throw new Error(`cannot write: ${file}`);
    file.writeAt(0, again);
    file.unref();
    const ended = await machine.run("/program", ["/program", "all"], []);
    expect(ended).toMatchObject({ code: 0, signal: 0 });
    return made;
  }

  const nothing = () => ({ counts: false, nameOf: () => "", compiled() {}, linked() {}, invalidated() {}, bailed() {}, sample() {} });

  test("a handful of engines serve a hundred processes, and code is not translated for each", async () => {
    const made = await engines(undefined);
    expect(made.length).toBeLessThan(20);
    const translated = made.reduce((sum, it) => sum + it.stats.translated + it.stats.regions, 0);
    const watched = await engines(nothing);
    expect(watched.length).toBeGreaterThan(100);
    expect(translated).toBeLessThan(watched.reduce((sum, it) => sum + it.stats.translated + it.stats.regions, 0) / 2);
  });
});
