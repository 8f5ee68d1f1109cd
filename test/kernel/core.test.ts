// The library entry: programs from bytes, files in memory, captured output, in every engine mode.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "../../src/core.ts";
import { BASE, BODY, exitCode, program, systemCall } from "../support/elf.ts";
import { runInAllModes, text } from "../support/modes.ts";

const fixture = (name: string) => new Uint8Array(readFileSync(fileURLToPath(new URL(`../../fixtures/kernel/bin/${name}`, import.meta.url))));
const bytes = (s: string) => [...new TextEncoder().encode(s)];

/** Writes the text and exits with 3. */
function hello(message: string): Uint8Array {
  const code = (at: number) => [...systemCall(4, 1, at, message.length), ...exitCode(3)];
  const length = code(0).length;
  return program([...code(BASE + BODY + length), ...bytes(message)]);
}

test("a program's output and status, in every mode", async () => {
  for (const [mode, result] of await runInAllModes({ program: hello("hello\n") })) {
    expect([mode, text(result.stdout), text(result.stderr), result.status, result.signal]).toEqual([mode, "hello\n", "", 3, 0]);
  }
});

test("a program that a signal kills", async () => {
  for (const [mode, result] of await runInAllModes({ program: program([0xf4]) })) expect([mode, result.status, result.signal]).toEqual([mode, 139, 11]);
});

test("standard input", async () => {
  const buffer = BASE + 0x1000;
  // read(0, buffer, 100); write(1, buffer, eax)
  const code = [...systemCall(3, 0, buffer, 100), 0x89, 0xc2, 0xbb, 1, 0, 0, 0, 0xb8, 4, 0, 0, 0, 0xcd, 0x80, ...exitCode(0)];
  const result = await run({ program: program(code, 0x3000), stdin: "from outside" });
  expect(text(result.stdout)).toBe("from outside");
});

test("a file of the guest as a program, and a script", async () => {
  const files = { "/bin/hello": hello("script\n"), "/run/me": "#!/bin/hello -x\nignored\n" };
  expect(text((await run({ program: "/bin/hello", files })).stdout)).toBe("script\n");
  expect(text((await run({ program: "/run/me", files })).stdout)).toBe("script\n");
});

test("what cannot be started is one readable error", async () => {
  await expect(run({ program: new Uint8Array([1, 2, 3]) })).rejects.toThrow("/program: Exec format error");
  await expect(run({ program: "/nothing" })).rejects.toThrow("/nothing: No such file or directory");
  await expect(run({ program: "/tmp" })).rejects.toThrow("/tmp: Permission denied");
});

test("the same seed gives the same run", async () => {
  const buffer = BASE + 0x1000;
  // getrandom(buffer, 16, 0); clock_gettime(0, buffer + 16); write(1, buffer, 24)
  const code = [...systemCall(355, buffer, 16, 0), ...systemCall(265, 0, buffer + 16), ...systemCall(4, 1, buffer, 24), ...exitCode(0)];
  const once = async (seed: number) => [...(await run({ program: program(code, 0x3000), seed })).stdout];
  const first = await once(7);
  expect(first.length).toBe(24);
  expect(await once(7)).toEqual(first);
  expect(await once(8)).not.toEqual(first);
});

test("a fixture that uses fork, pipes, exec and wait", async () => {
  const expected = readFileSync(fileURLToPath(new URL("../../fixtures/kernel/expected/processes.test", import.meta.url)), "utf8");
  const result = await run({ program: "/processes", args: ["/processes"], files: { "/processes": fixture("processes") }, env: { FIXTURE: "yes" } });
  expect(text(result.stdout).split("\n").slice(0, 5)).toEqual(expected.split("\n").slice(0, 5));
});
