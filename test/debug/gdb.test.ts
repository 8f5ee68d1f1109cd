// Debian's gdb drives a program in jit386 over the remote protocol: breakpoints, watchpoints, backtraces in a program with two threads, a caught
// SIGSEGV, registers, fork. And the protocol without gdb: nonsense is answered, never an end.

import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { createPackets, escapeBinary, fromHex, unescapeBinary } from "../../src/kernel/abi/linux-i386/gdb/packets.ts";

const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const program = fileURLToPath(new URL("../../fixtures/debug/bin/debugged", import.meta.url));
const TIMEOUT = 120_000;
const directory = mkdtempSync(join(tmpdir(), "jit386-gdb-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let serial = 0;

interface Served {
  readonly socket: string;
  readonly child: ChildProcess;
  readonly ended: Promise<{ status: number | null; stdout: string }>;
}

/** Starts the program with -g and waits until it listens. */
async function serve(args: readonly string[], options: readonly string[] = []): Promise<Served> {
  const socket = join(directory, `${serial++}.sock`);
  const child = spawn(process.execPath, [cli, ...options, "-g", `unix:${socket}`, program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  child.stdout?.on("data", (text) => (stdout += String(text)));
  const ended = new Promise<{ status: number | null; stdout: string }>((resolve) => child.on("close", (status) => resolve({ status, stdout })));
  await new Promise<void>((resolve, reject) => {
    child.stderr?.once("data", () => resolve());
    child.once("exit", () => reject(new Error("ended before it listened")));
  });
  return { socket, child, ended };
}

async function gdb(commands: readonly string[], args: readonly string[] = [], options: readonly string[] = []) {
  const served = await serve(args, options);
  const script = join(directory, "script.gdb");
  writeFileSync(script, ["set pagination off", "set confirm off", "set width 0", `file ${program}`, `target remote ${served.socket}`, ...commands, ""].join("\n"));
  const output = await new Promise<string>((resolve) => {
    const child = spawn("gdb", ["-nx", "-q", "-batch", "-x", script], { stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT });
    // two streams have no order between them: gdb's complaints come after all that it printed
    let text = "", complaints = "";
    child.stdout?.on("data", (data) => (text += String(data)));
    child.stderr?.on("data", (data) => (complaints += String(data)));
    child.on("close", () => resolve(text + complaints));
  });
  return { output, ...(await served.ended) };
}

const works = spawnSync("gdb", ["--version"]).status === 0;

describe.skipIf(!works)(works ? "gdb" : "gdb: this machine has none", () => {
  for (const options of [["--jit=off"], ["--jit-threshold=0"]]) {
    test(`breakpoints, threads, a watchpoint, a caught signal (${options.join()})`, { timeout: TIMEOUT }, async () => {
      const { output, status, stdout } = await gdb([
        "break thread_leaf", "continue", "bt", "info threads", "delete", "tbreak middle", "continue", "bt", "watch counter", "continue", "delete", "finish", "print $eax",
        "continue", "print $_siginfo.si_signo", "print $_siginfo._sifields._sigfault.si_addr", "bt 1", "x/i $pc", "stepi", "bt 1", "continue",
      ], [], options);
      const inOrder = [
        /Thread 2 "debugged" hit Breakpoint 1, thread_leaf \(flag=0x[0-9a-f]+ <done>\) at .*debugged\.c:\d+/,
        /#0 {2}thread_leaf .*\n#1 {2}0x[0-9a-f]+ in thread_work \(\) .*\n#2 {2}0x[0-9a-f]+ in thread_main \(unused=0x0\) .*\n#3 {2}0x[0-9a-f]+ in thread_start \(\)\n/,
        / 1 {4}Thread 1000\.1000 "debugged" .*\n\* 2 {4}Thread 1000\.1001 "debugged" thread_leaf/,
        /Thread 1 "debugged" hit Temporary breakpoint 2, middle \(value=5\)/,
        /#0 {2}middle \(value=5\) .*\n#1 {2}0x[0-9a-f]+ in program \(.*\n#2 {2}0x[0-9a-f]+ in _start \(\)\n/,
        /hit Hardware watchpoint 3: counter\n\nOld value = 0\nNew value = 5\nleaf \(value=5\)/,
        /Value returned is \$1 = 5\n\$2 = 5\n/,
        /Thread 1 "debugged" received signal SIGSEGV, Segmentation fault\.\n0x[0-9a-f]+ in fault \(where=0x1234\)/,
        /\$3 = 11\n\$4 = \(void \*\) 0x1234\n#0 {2}0x[0-9a-f]+ in fault .*\n.*\n?=> 0x[0-9a-f]+ <fault\+\d+>:\tmov +%eax,\(%ecx\)\n/,
        /on_fault \(signal=11, /,
        /\[Inferior 1 \(process 1000\) exited with code 013\]/,
      ];
      let rest = output;
      for (const pattern of inOrder) {
        const match = pattern.exec(rest);
        expect(match, `${pattern} in\n${rest}`).not.toBeNull();
        rest = rest.slice((match?.index ?? 0) + (match?.[0].length ?? 0));
      }
      expect({ status, stdout }).toEqual({ status: 11, stdout: "caught\n" });
    });
  }

  test("watchpoints for reading, steps, registers and memory that are set", { timeout: TIMEOUT }, async () => {
    const { output, status } = await gdb([
      "tbreak leaf", "continue", "rwatch counter", "continue", "delete", "next", "info registers eflags cs gs", "print $xmm1.v4_int32[2] = 77", "print $xmm1.v4_int32", "print ratio",
      "print counter = 50", "print $st0", "set var $edi = 3", "print $edi", "continue", "print counter", "signal 0",
    ]);
    expect(output).toContain("hit Hardware read watchpoint 2: counter\n\nValue = 0\n");
    expect(output).toContain("= {0, 0, 77, 0}");
    expect(output).toMatch(/cs +0x23 +35\n/);
    expect(output).toMatch(/eflags +0x[0-9a-f]+ +\[/);
    expect(output).toContain("received signal SIGSEGV");
    expect(output).toMatch(/\$\d+ = 56\n/);
    expect(output.split("received signal SIGSEGV")).toHaveLength(3); // held back, it comes again
    expect(status).toBe(137); // gdb kills what it leaves
  });

  test("system calls caught, functions called, a core that gdb makes, the auxiliary vector, links read", { timeout: 2 * TIMEOUT }, async () => {
    const core = join(directory, "made.core");
    const { output, status, stdout } = await gdb([
      "info proc", "info auxv", "handle SIGSEGV nostop noprint pass", "catch syscall write", "continue",
      "print $ebx", "print middle(10)", "print counter", "x/2i $pc", "continue", "print $eax", "delete", `generate-core-file ${core}`, "info signal SIGSEGV", "detach",
    ]);
    const text = output.replaceAll(/^warning: .*\n/gm, "");
    expect(text).toMatch(new RegExp(`^cwd = '${process.cwd()}'\nexe = '${program}'$`, "m"));
    expect(text).toMatch(/^6 +AT_PAGESZ +System page size +4096$/m);
    expect(text).toMatch(/Catchpoint 1 \(call to syscall '?write'?\), [^]*\$1 = 1\n\$2 = 53\n\$3 = 32\n=> 0x[^]*Catchpoint 1 \(returned from syscall '?write'?\), [^]*\$4 = 7\n/);
    expect(text).toMatch(/^SIGSEGV +No\s+No\s+Yes/m);
    expect({ status, stdout }).toEqual({ status: 32, stdout: "caught\n" });
    const opened = spawnSync("gdb", ["-nx", "-q", "-batch", "-ex", "bt", "-ex", "print counter", program, core], { encoding: "utf8", timeout: TIMEOUT });
    expect(opened.stdout).toMatch(/ in program \([^]*\$1 = 32\n/);
  });

  test("fork: both are kept, one is killed", { timeout: TIMEOUT }, async () => {
    const { output, stdout } = await gdb(["set detach-on-fork off", "catch fork", "continue", "stepi", "info inferiors", "kill inferiors 2", "continue"], ["child"]);
    expect(output).toMatch(/^\* 1 +process 1000 .*\n +2 +process 1001 /m);
    expect(output).toContain("exited normally");
    expect(stdout).toBe("child killed\n");
  });

  test("fork: the child is followed, or left alone with its breakpoints removed", { timeout: 2 * TIMEOUT }, async () => {
    const followed = await gdb(["set follow-fork-mode child", "break leaf", "continue", "bt 2", "delete", "continue", "continue"], ["child"]);
    expect(followed.output).toMatch(/Thread 2\.1 "debugged" hit Breakpoint 1, leaf \(value=20\)/);
    expect(followed.output).toContain("#1  0x");
    expect(followed.output).toContain("Program terminated with signal SIGSEGV");
    expect(followed.stdout).toMatch(/^child (killed|dumped core)\n$/);
    const left = await gdb(["break leaf", "catch fork", "continue", "continue"], ["child"]);
    expect(left.output).toMatch(/Catchpoint 2 \(forked process 1001\)/);
    expect(left.output).toContain("exited normally");
    expect(left.stdout).toMatch(/^child (killed|dumped core)\n$/);
  });
});

describe("the protocol", () => {
  test("packets: checksums, acknowledgements, ^C, escapes", () => {
    const sent: string[] = [], got: string[] = [];
    const packets = createPackets({ send: (text) => sent.push(text), packet: (data) => got.push(data), interrupt: () => got.push("^C") });
    packets.feed("+$g#6");
    expect(got).toEqual([]);
    packets.feed("7$x#00\u0003junk$?#3f");
    expect(got).toEqual(["g", "^C", "?"]);
    expect(sent).toEqual(["+", "-", "+"]);
    packets.reply("OK");
    packets.feed("-");
    expect(sent.slice(3)).toEqual(["$OK#9a", "$OK#9a"]);
    expect([...unescapeBinary(escapeBinary("a#$}*b"))].map((c) => String.fromCharCode(c)).join("")).toBe("a#$}*b");
    expect(fromHex("0")).toBeUndefined();
    expect(fromHex("zz")).toBeUndefined();
    expect(fromHex("00ff")).toEqual(Uint8Array.of(0, 255));
  });

  test("nonsense gets an answer and the program goes on when the connection goes", { timeout: TIMEOUT }, async () => {
    const served = await serve(["leaf"]);
    const socket = net.connect(served.socket);
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => (text += String(data)));
    const command = (data: string) => `$${data}#${(Buffer.from(data, "latin1").reduce((sum, c) => sum + c, 0) & 255).toString(16).padStart(2, "0")}`;
    const commands = [
      "m", "mffffffff,ffffffff", "m0,4", "M0,4:zz", "M0,1:00", "X0,1:a", "G12", "P0", "P99=00", "p99", "Hg9999", "Hx1", "Tzz", "Z0,0,1", "Z9,0,1", "z0,0", "Z2,0,0", "vCont;x", "vCont;",
      "qXfer:features:read:none:0,100", "qXfer:features:read:target.xml:zz", "qXfer:auxv:read::0,8", "qXfer:libraries-svr4:read::0,100", "vFile:open:zz,0,0", "vFile:pread:63,10,0",
      "vFile:close:9", "vFile:fstat:9", "vFile:other:", "qThreadExtraInfo,zz", "D;999", "!", "R", "QPassSignals:zz", "qSupported",
    ];
    for (const it of commands) socket.write(command(it));
    const replies = () => text.split("$").length - 1;
    for (let i = 0; i < 4000 && replies() < commands.length; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(replies()).toBe(commands.length);
    expect(text).toContain("PacketSize=");
    expect(text).not.toContain("undefined");
    socket.destroy();
    expect((await served.ended).status).toBe(9);
  });

  test("an address that cannot be had is a usage error", () => {
    for (const where of ["here", "99999999", "unix:", "unix:/nowhere/at/all", `unix:${directory}/${"a".repeat(120)}`]) {
      const { status, stderr } = spawnSync(process.execPath, [cli, "-g", where, program], { encoding: "utf8", timeout: TIMEOUT, killSignal: "SIGKILL" });
      expect(status).toBe(2);
      expect(stderr).toMatch(/^jit386: -g .*: .*\n$/);
    }
  });

  test.each([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const)("%s ends the wait for gdb, and the socket goes", { timeout: TIMEOUT }, async (signal, status) => {
    const { child, ended, socket } = await serve([]);
    expect(existsSync(socket)).toBe(true);
    child.kill(signal);
    expect((await ended).status).toBe(status);
    expect(existsSync(socket)).toBe(false);
  });

  test("--timeout ends it too", { timeout: TIMEOUT }, async () => {
    const { ended } = await serve([], ["--timeout=1"]);
    expect((await ended).status).toBe(137);
  });
});
