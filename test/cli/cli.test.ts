// The command line as a person or a script meets it: status, streams, options, errors. Runs the built program on small programs
// made by hand and on the fixtures.
import { spawn, spawnSync } from "node:child_process";
import type { SpawnSyncOptionsWithStringEncoding } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BASE, BODY, exitCode, program, systemCall } from "../support/elf.ts";

// on a machine that others use too
vi.setConfig({ testTimeout: 90_000 });

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixtures = fileURLToPath(new URL("../../fixtures/kernel/bin", import.meta.url));
const text = (s: string) => [...new TextEncoder().encode(s)];
let home: string;

/** Data lies behind the code. */
function withData(code: (at: number) => number[], data: number[]): Uint8Array {
  return program([...code(BASE + BODY + code(0).length), ...data], 0x40000);
}

const BUFFER = BASE + 0x10000;
const writeBuffer = [0x89, 0xc2, 0xb9, BUFFER & 255, (BUFFER >> 8) & 255, (BUFFER >> 16) & 255, BUFFER >>> 24, 0xbb, 1, 0, 0, 0, 0xb8, 4, 0, 0, 0, 0xcd, 0x80];
const readBuffer = systemCall(3, 0, BUFFER, 0x10000);
const PROGRAMS: Record<string, Uint8Array | string> = {
  hello: withData((at) => [...systemCall(4, 1, at, 6), ...exitCode(3)], text("hello\n")),
  error: withData((at) => [...systemCall(4, 2, at, 6), ...exitCode(0)], text("wrong\n")),
  crash: program([0xc7, 0x05, 0x10, 0, 0, 0, 1, 0, 0, 0]),
  abort: program([...systemCall(20), 0x89, 0xc3, 0xb9, 6, 0, 0, 0, 0xb8, 37, 0, 0, 0, 0xcd, 0x80, 0xf4]),
  // read(0, BUFFER, 0x10000) until it gives 0, writing what came
  cat: program([...readBuffer, 0x85, 0xc0, 0x74, writeBuffer.length + 2, ...writeBuffer, 0xeb, 256 - (readBuffer.length + writeBuffer.length + 6), ...exitCode(0)], 0x40000),
  // write(1, BUFFER, 0x1000) for ever
  endless: program([...systemCall(4, 1, BUFFER, 0x1000), 0xeb, 256 - (systemCall(4, 1, BUFFER, 0x1000).length + 2)], 0x40000),
  spin: program([0xeb, 0xfe]),
  sleep: program([...systemCall(29), ...exitCode(0)]),
  script: "#!/bin/hello\n",
  text: "just text\n",
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-cli-"));
  mkdirSync(join(home, "root/bin"), { recursive: true });
  mkdirSync(join(home, "root/data"));
  for (const [name, bytes] of Object.entries(PROGRAMS)) {
    for (const directory of ["root/bin", "."]) writeFileSync(join(home, directory, name), bytes, { mode: name === "text" ? 0o644 : 0o755 });
  }
  writeFileSync(join(home, "secret"), "outside\n");
  symlinkSync("../../secret", join(home, "root/data/link"));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function jit386(args: readonly string[], options: Partial<SpawnSyncOptionsWithStringEncoding> = {}) {
  const result = spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", cwd: home, timeout: 80_000, ...options });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

describe("status and streams", () => {
  test("the program's own", () => {
    expect(jit386(["./hello"])).toEqual({ status: 3, stdout: "hello\n", stderr: "" });
    expect(jit386(["./error"])).toEqual({ status: 0, stdout: "", stderr: "wrong\n" });
    expect(jit386(["./cat"], { input: "in and out\n" })).toEqual({ status: 0, stdout: "in and out\n", stderr: "" });
  });

  test("a large input comes out whole", () => {
    const input = "0123456789abcdef".repeat(40_000);
    expect(jit386(["./cat"], { input, maxBuffer: 1 << 24 }).stdout === input).toBe(true);
  });

  test("a program killed by a signal leaves a dump and 128 + signal", () => {
    const crash = jit386(["./crash"]);
    expect(crash.status).toBe(139);
    for (const part of ["./crash: killed by SIGSEGV (11), si_code SEGV_MAPERR, si_addr 0x00000010", "movl   $0x1,0x10", "eip 08048100", "eflags", "stack:", "[stack]", "memory map:"]) {
      expect(crash.stderr).toContain(part);
    }
    expect(jit386(["./abort"]).status).toBe(134);
  });

  test("a reader that goes away ends the program with SIGPIPE, quietly", () => {
    const result = spawnSync("/bin/sh", ["-c", `"$0" "$1" ./endless | head -c 10 | wc -c; "$0" "$1" ./hello | true`, process.execPath, cli], { cwd: home, encoding: "utf8", timeout: 80_000 });
    expect(result.stdout.trim()).toBe("10");
    expect(result.stderr).toBe("");
  });

  test.each([["spin", "SIGINT", 130], ["sleep", "SIGTERM", 143]] as const)("%s ends by %s", async (name, signal, status) => {
    const child = spawn(process.execPath, [cli, `./${name}`], { cwd: home, stdio: "ignore" });
    const timer = setInterval(() => child.kill(signal), 700);
    const [code, killed] = await new Promise<[number | null, string | null]>((resolve) => child.on("exit", (c, s) => resolve([c, s])));
    clearInterval(timer);
    expect(code === status || killed === signal).toBe(true);
  });
});

describe("what cannot be run", () => {
  test.each([
    ["./none", 127, "No such file or directory"],
    ["none", 127, "No such file or directory"],
    ["./text", 126, "Permission denied"],
    ["./root", 126, "Permission denied"],
    ["./hello/x", 126, "Not a directory"],
    ["", 127, "No such file or directory"],
  ])("%j", (name, status, reason) => {
    const result = jit386([name]);
    expect(result.status).toBe(status);
    expect(result.stderr).toBe(`jit386: ${name || "''"}: ${reason}\n`);
  });

  test("a file of another kind", () => {
    writeFileSync(join(home, "other"), "\x7fELF\x02\x01\x01", { mode: 0o755 });
    expect(jit386(["./other"])).toEqual({ status: 126, stdout: "", stderr: "jit386: ./other: Exec format error\n" });
  });
});

describe("options", () => {
  test("usage errors are one line and status 2", () => {
    for (const [args, message] of [
      [[], "no program named (--help shows the options)"],
      [["--none"], "--none: unknown option (--help lists them)"],
      [["-x"], "-x: unknown option (--help lists them)"],
      [["--jit=fast", "./hello"], "--jit: must be off or quick or block"],
      [["--jit-threshold=few", "./hello"], "--jit-threshold: must be a number"],
      [["--stats=1", "./hello"], "--stats: takes no value"],
      [["--strace=reed", "./hello"], "--strace: reed: no such system call or class"],
      [["--strace=/(", "./hello"], "--strace: /(: not a regular expression"],
      [["--strace", "--strace-times=x", "./hello"], "--strace-times x: must be a list of t, tt, ttt, r and T"],
      [["--strace-times=t", "./hello"], "--strace-times: only with --strace"],
      [["-s", "9", "./hello"], "-s: only with --strace"],
      [["-T", "./hello"], "-T: only with --strace"],
      [["--strace", "-e", "abbrev=all", "./hello"], "-e abbrev=all: must be trace=SET, signal=SET or status=SET"],
      [["-e"], "-e: needs trace=SET"],
      [["--trace-jit-top=5", "./hello"], "--trace-jit-top: only with --trace-jit"],
      [["--trace-jit=none/x", "./hello"], "--trace-jit=none/x: No such file or directory"],
      [["--profile=none/x.cpuprofile", "./hello"], "--profile=none/x.cpuprofile: No such file or directory"],
      [["--report=root", "./hello"], "--report=root: Is a directory"],
      [["-D", "none/x", "./hello"], "-D none/x: No such file or directory"],
      [["--dump-jit=", "./hello"], "--dump-jit=: must be a symbol, or an address up to 0xffffffff"],
      [["--dump-jit=0x100000000", "./hello"], "--dump-jit=0x100000000: must be a symbol, or an address up to 0xffffffff"],
      [["--core=|cat", "./hello"], "--core=|cat: must be a path in the guest; programs are not started"],
      [["-g", "unix:", "./hello"], "-g unix:: unix: needs a path"],
      [["-g", "99999", "./hello"], "-g 99999: must be PORT, HOST:PORT or unix:PATH"],
      [["--root"], "--root: needs DIR"],
      [["--mount", "x", "./hello"], "--mount x: must be HOST:GUEST, tmpfs:GUEST or overlay:LOWER,UPPER:GUEST, with :ro or not, GUEST an absolute path"],
    ] as const) {
      const result = jit386(args);
      expect([args, result.status]).toEqual([args, 2]);
      expect(result.stderr.split("\n").length).toBe(2);
      if (!args.some((a) => a.startsWith("--jit="))) expect(result.stderr).toBe(`jit386: ${message}\n`);
    }
    expect(jit386(["--root", "./none", "hello"]).stderr).toBe("jit386: ./none: No such file or directory\n");
  });

  test("--help names every option, --version the package's version", () => {
    const help = jit386(["--help"]);
    expect(help.status).toBe(0);
    for (const option of ["--root=DIR", "--mount=HOST:GUEST[:ro]", "-E, --env=NAME[=VALUE]", "--jit=", "--strace", "-D, --log=FILE"]) expect(help.stdout).toContain(option);
    const { version } = JSON.parse(readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8")) as { version: string };
    expect(jit386(["-V"]).stdout).toBe(`jit386 ${version}\n`);
  });

  test("--root shows that directory and nothing else; links do not lead out", () => {
    expect(jit386(["--root", "root", "/bin/hello"]).stdout).toBe("hello\n");
    expect(jit386(["--root", "root", "/bin/script"]).stdout).toBe("hello\n");
    expect(jit386(["--root", "root", "/data/link"]).status).toBe(127);
    expect(jit386(["--root", "root", "-E", "PATH=/none:/bin", "hello"]).stdout).toBe("hello\n");
    expect(jit386(["--root", "root", "-E", "PATH=/none", "hello"]).status).toBe(127);
  });

  test("--mount shows a host file or directory in the guest", () => {
    expect(jit386(["--root", "root", "--mount", `${home}/hello:/extra/greet`, "/extra/greet"]).stdout).toBe("hello\n");
    expect(jit386(["--root=root", `--mount=${home}:/host:ro`, "/host/hello"]).stdout).toBe("hello\n");
  });

  test("a program that cannot be started leaves no empty report, and the one of an earlier run", () => {
    expect(jit386(["--report=r.html", "--profile=p.collapsed", "./none"]).status).toBe(127);
    expect(jit386(["--report=r.html", "--profile=p.collapsed", "./text"]).status).toBe(126);
    expect(["r.html", "p.collapsed"].filter((it) => existsSync(join(home, it)))).toEqual([]);
    expect(jit386(["--profile=p.collapsed", "./hello"]).status).toBe(3);
    const profile = readFileSync(join(home, "p.collapsed"), "utf8");
    expect(jit386(["--profile=p.collapsed", "./none"]).status).toBe(127);
    expect(readFileSync(join(home, "p.collapsed"), "utf8")).toBe(profile);
    expect(profile).toMatch(/^hello;/);
  });

  test("strace's own letters", () => {
    expect(jit386(["-f", "-e", "trace=write", "-s2", "./hello"]).stderr).toMatch(/^write\(1, "he"\.\.\., 6\) +(?<=^.{40})= 6\n\+\+\+ exited with 3 \+\+\+\n$/);
    expect(jit386(["-ewrite", "-y", "-ttt", "-T", "./hello"]).stderr).toMatch(/^\d{10}\.\d{6} write\(1<[^>]+>, "hello\\n", 6\) = 6 <0\.\d{6}>\n/);
    expect(jit386(["--strace", "-Z", "-e", "signal=none", "./crash"]).stderr).not.toContain("--- SIGSEGV");
    expect(jit386(["-e", "status=failed", "--strace", "./hello"]).stderr).toBe("+++ exited with 3 +++\n");
    expect(jit386(["-c", "./hello"]).stderr).toMatch(/^% time[^]*100\.00 .* total\n$/);
    expect(jit386(["-C", "./hello"]).stderr).toMatch(/^write\([^]*% time/m);
    expect(jit386(["--strace=exit", "-k", "./hello"]).stderr).toMatch(/^exit\(3\) +(= \?)\n > .*hello.*\n/);
    expect(jit386(["--", "./hello", "-c"]).stderr).toBe("");
  });

  test("-- ends the options, and the program's arguments are its own", () => {
    const expected = readFileSync(join(fixtures, "../expected/initial.test"), "utf8");
    expect(jit386(["--", "./hello", "--strace"]).stderr).toBe("");
    expect(expected.length).toBeGreaterThan(0);
  });

  test("environment: passed on, changed by -E, ours left out; twins of options", () => {
    const env = { PATH: "/bin", JIT386_STRACE: "1", ONE: "1" };
    expect(jit386(["./hello"], { env }).stderr).toMatch(
      /^execve\("\.\/hello", \["\.\/hello"\], 0x[0-9a-f]+ \/\* 2 vars \*\/\) = 0\nwrite\(1, "hello\\n", 6\) {18}= 6\nexit\(3\) {33}= \?\n\+\+\+ exited with 3 \+\+\+\n$/,
    );
    expect(jit386(["./hello"], { env: { ...env, JIT386_STRACE: "0" } }).stderr).toBe("");
    expect(jit386(["./hello"], { env: { JIT386_JIT: "none" } }).stderr).toContain("JIT386_JIT: must be off or quick or block");
  });

  test("--strace prints calls and results, --stats counts, -D writes the log", () => {
    expect(jit386(["--strace", "./crash"]).stderr).toContain("--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10");
    expect(jit386(["--strace=%memory,exit", "./hello"]).stderr).toBe("exit(3)                                 = ?\n+++ exited with 3 +++\n");
    expect(jit386(["--strace", "--strace-strings=2", "-D", "calls", "./hello"]).stderr).toBe("");
    expect(readFileSync(join(home, "calls"), "utf8")).toMatch(/^1000 {2}execve\("\.\/hello".*\n1000 {2}write\(1, "he"\.\.\., 6\) += 6\n/);
    expect(jit386(["--strace-summary", "./hello"]).stderr).toMatch(/^% time.*\n-+.*\n(.* 1 {11}(write|exit)\n){2}-+.*\n100\.00 .* 2 {11}total\n$/);
    expect(jit386(["--strace=write", "--strace-times=ttt,T", "./hello"]).stderr).toMatch(/^\d{10}\.\d{6} write\(1, "hello\\n", 6\) = 6 <0\.\d{6}>\n/);
    expect(jit386(["--stats", "./hello"]).stderr).toMatch(/\d+ instructions interpreted/);
    writeFileSync(join(home, "odd"), program([...systemCall(999), ...exitCode(0)]), { mode: 0o755 });
    expect(jit386(["-D", "log", "./odd"])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(home, "log"), "utf8")).toContain("999");
  });

  test.each([["--jit=off"], ["--jit-threshold=0"], ["--lockstep", "--jit-threshold=0"], ["--one-insn-per-block"], ["--seed=1"]])("%s", (...options) => {
    expect(jit386([...options, "./cat"], { input: "x" })).toEqual({ status: 0, stdout: "x", stderr: "" });
  });
});
