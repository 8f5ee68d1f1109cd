// Programs as execve finds them: scripts, and the malformed ELF files with the errors or deaths that Linux gives them.
import { describe, expect, test } from "vitest";
import { run } from "../../src/core.ts";
import { parseScript } from "../../src/kernel/exec.ts";
import { buildVdso } from "../../src/kernel/abi/linux-i386/vdso.ts";
import { exitCode, program } from "../support/elf.ts";

const buffer = (text: string) => {
  const bytes = new Uint8Array(256);
  bytes.set(new TextEncoder().encode(text).subarray(0, 256));
  return bytes;
};

describe("#! lines", () => {
  test.each([
    ["#!/bin/sh\n", "/bin/sh", undefined],
    ["#! /bin/sh -e \n", "/bin/sh", "-e"],
    ["#!/bin/sh -a -b\t\nx", "/bin/sh", "-a -b"],
    ["#!\t/bin/sh", "/bin/sh", undefined],
    ["#!/bin/sh\t  one two", "/bin/sh", "one two"],
  ])("%j", (line, interpreter, argument) => {
    expect(parseScript(buffer(line))).toEqual({ interpreter, argument });
  });

  test.each(["#!\n", "#!   \n/bin/sh", `#!/${"x".repeat(300)}`])("%j is no script", (line) => {
    expect(parseScript(buffer(line))).toBeUndefined();
  });

  test("a line longer than the header is cut in its argument", () => {
    expect(parseScript(buffer(`#!/bin/sh ${"a".repeat(300)}`))?.argument?.length).toBe(246);
  });

  test("nested scripts run to a depth, then ELOOP", async () => {
    const files: Record<string, string | Uint8Array> = { "/s0": program(exitCode(9)) };
    for (let i = 1; i <= 7; i++) files[`/s${i}`] = `#!/s${i - 1}\n`;
    expect((await run({ program: "/s5", files })).status).toBe(9);
    await expect(run({ program: "/s7", files })).rejects.toThrow("Too many levels of symbolic links");
  });

  test("an interpreter that is not there, or is a directory", async () => {
    await expect(run({ program: "/s", files: { "/s": "#!/none\n" } })).rejects.toThrow("/s: No such file or directory");
    await expect(run({ program: "/s", files: { "/s": "#!/tmp\n" } })).rejects.toThrow("/s: Permission denied");
  });
});

test("the vDSO has its symbols, trampolines and a name", () => {
  const { bytes, symbols } = buildVdso();
  const at = (name: string, length: number) => [...bytes.subarray(symbols.get(name), (symbols.get(name) ?? 0) + length)];
  expect(bytes.length).toBeLessThan(4096);
  expect(at("__kernel_vsyscall", 3)).toEqual([0xcd, 0x80, 0xc3]);
  expect(at("__kernel_sigreturn", 8)).toEqual([0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80]);
  expect(at("__kernel_rt_sigreturn", 7)).toEqual([0xb8, 0xad, 0, 0, 0, 0xcd, 0x80]);
  expect(new TextDecoder("latin1").decode(bytes)).toContain("linux-gate.so.1\0");
});
