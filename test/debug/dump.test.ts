// What a fatal signal leaves: the dump in text, of programs with frame pointers and with unwind tables alone, of children too; and a core that gdb opens
// with the backtrace that the program had.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const program = (name: string) => fileURLToPath(new URL(`../../fixtures/debug/bin/${name}`, import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "jit386-dump-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const TIMEOUT = 60_000;
const works = spawnSync("gdb", ["--version"]).status === 0;

const run = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: directory, encoding: "utf8", timeout: TIMEOUT });

describe("the dump", () => {
  for (const [name, how] of [["debugged", " [frame pointer]"], ["debugged-unwind", ""]] as const) {
    test(`of ${name}: signal, backtrace, code, registers, stack, map`, { timeout: TIMEOUT }, () => {
      const { status, stderr } = run(program(name), "crash");
      expect(status).toBe(139);
      for (const part of [
        /^.*: killed by SIGSEGV \(11\), si_code SEGV_MAPERR, si_addr 0x00001234, process 1000, thread 1000$/m,
        /^ {2}exception #PF, error code 6 \(store to a page that is not mapped\)$/m,
        /^ {2}=> [0-9a-f]{8}: 89 01 +mov +%eax,\(%ecx\)$/m,
        /^ {2}bytes: .* <89> 01 .*$/m,
        /^ {2}eax 00000007 {2}ecx 00001234 /m,
        /^ {2}eip 0804[0-9a-f]{4} {2}eflags [0-9a-f]{8} \[.*IF\]$/m,
        /^ {2}cs 0023 {2}base 00000000 {2}limit ffffffff {2}code rx, 32 bits$/m,
        /^ {2}gs 0000 {2}null$/m,
        /^ {2}fcw 037f {2}fsw 0000 \(top 0\) {2}tags 00 .* mxcsr 00001f80$/m,
        /^stack:\n( {2}[0-9a-f]{8}:( [0-9a-f]{8}){4}.*\n){16}memory map:$/m,
        /^ {2}[0-9a-f]{8}: .* {2}.*program\+0x[0-9a-f]+ \(debugged.*\)$/m,
        /^ {2}00001234 <= fault, not mapped$/m,
        /r-xp .*debugged.* {2}<= eip$/m,
        /\[stack\] {2}<= esp$/m,
      ]) expect(stderr).toMatch(part);
      const backtrace = /^backtrace:\n((?: {2}#.*\n)+)/m.exec(stderr)?.[1].trimEnd().split("\n").map((line) => line.replace(/0[0-9a-f]{7}|\+0x[0-9a-f]+/g, ""));
      const file = `(${name})`;
      expect(backtrace).toEqual([`  #0   fault ${file}`, `  #1   program ${file}${how}`, `  #2   _start ${file}${how}`]);
    });
  }

  test("of children: in the log, on stderr when asked for, not at all", { timeout: TIMEOUT }, () => {
    const first = run("-D", "log", program("debugged"), "child");
    expect(first).toMatchObject({ status: 0, stdout: "child killed\n", stderr: "" });
    expect(readFileSync(join(directory, "log"), "utf8")).toMatch(/killed by SIGSEGV .*process 1001, thread 1001\n[^]*#1 .*program/);
    expect(run("--dump=all", program("debugged"), "child").stderr).toMatch(/killed by SIGSEGV .*process 1001/);
    expect(run("--dump=none", program("debugged"), "crash").stderr).toBe("");
  });
});

describe("the core", () => {
  test("has MXCSR's flags of a program that cannot read them itself", { timeout: TIMEOUT }, () => {
    const path = fileURLToPath(new URL("../../fixtures/kernel/bin/underflow_frame", import.meta.url));
    expect(run("--core=flags.core", path, "die").status).toBe(139);
    const core = readFileSync(join(directory, "flags.core")), image = core.indexOf(Buffer.from("\x7f\x2b\xe6\x46LINUX\0\0\0", "latin1")) + 12;
    // mulsd, to zero: UE and PE; in the expected output of the program too
    expect(image > 12 && core.readUInt32LE(image + 24).toString(16)).toBe("1fb0");
  });

  test("is written where the pattern says, within the limit, and the parent is told", { timeout: TIMEOUT }, () => {
    expect(run(program("debugged"), "child").stdout).toBe("child killed\n");
    expect(existsSync(join(directory, "core"))).toBe(false);
    const { stdout } = run("--core=%e-%p-%s%%", program("debugged"), "child");
    expect(stdout).toBe("child dumped core\n");
    const path = join(directory, "debugged-1001-11%");
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    expect(bytes.readUInt16LE(16)).toBe(4); // ET_CORE
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(run("--core=/nowhere/core", program("debugged"), "child")).toMatchObject({ stdout: "child killed\n", stderr: "jit386: --core: /nowhere/core: No such file or directory\n" });
  });

  test.skipIf(!works)("opens in gdb with the right backtrace, signal, registers and data", { timeout: TIMEOUT }, () => {
    for (const name of ["debugged", "debugged-unwind"]) {
      expect(run("--core=gdb.core", program(name), "crash").status).toBe(139);
      const { stdout } = spawnSync("gdb", [
        "-nx", "-q", "-batch", "-ex", "bt", "-ex", "print counter", "-ex", "print ratio", "-ex", "print/x $ecx", "-ex", "print $_siginfo._sifields._sigfault.si_addr", "-ex", "info threads",
        program(name), join(directory, "gdb.core"),
      ], { encoding: "utf8", timeout: TIMEOUT });
      expect(stdout).toContain("Program terminated with signal SIGSEGV, Segmentation fault.");
      expect(stdout).toMatch(/#0 +0x[0-9a-f]+ in fault \(where=0x1234\).*\n(.*\n)?#1 +0x[0-9a-f]+ in program \(.*\n#2 +0x[0-9a-f]+ in _start \(\)\n/);
      expect(stdout).toMatch(/\$1 = 7\n\$2 = 12\n\$3 = 0x1234\n\$4 = \(void \*\) 0x1234\n/);
      expect(stdout).toMatch(/\* 1 +LWP 1000 /);
    }
  });
});
