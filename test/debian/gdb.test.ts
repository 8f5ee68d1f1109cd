// gdb and dynamically linked programs of Debian: libraries, executable and symbols come over the connection; a breakpoint in a library; a core of a
// program with threads, whose backtraces are those of the dump. The Debian root is JIT386_DEBIAN_ROOT.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const root = process.env["JIT386_DEBIAN_ROOT"] ?? "";
const TIMEOUT = 240_000;
const directory = mkdtempSync(join(tmpdir(), "jit386-debian-gdb-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const missing = root === "" ? "JIT386_DEBIAN_ROOT is not set" : !existsSync(join(root, "usr/bin/python3")) ? "the root has no python3"
  : spawnSync("gdb", ["--version"]).status !== 0 ? "no gdb here" : "";

describe.skipIf(missing !== "")(`Debian, gdb${missing === "" ? "" : `: ${missing}`}`, () => {
  test("a breakpoint in a library, with the files of the guest read over the connection", { timeout: TIMEOUT }, async () => {
    const socket = join(directory, "socket");
    const program = spawn(process.execPath, [cli, "--root", root, "-g", `unix:${socket}`, "/bin/echo", "hello"], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    program.stdout.on("data", (text) => (printed += String(text)));
    await once(program.stderr, "data");
    const commands = [
      "set pagination off", "set breakpoint pending on", `target remote ${socket}`, "info inferiors", "break write", "continue", "info sharedlibrary", "backtrace", "delete", "continue",
    ];
    const gdb = spawn("gdb", ["-nx", "-q", "-batch", ...commands.flatMap((it) => ["-ex", it])], { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    gdb.stdout.on("data", (text) => (output += String(text)));
    await Promise.all([once(gdb, "close"), once(program, "close")]);
    expect(output).toMatch(/process 1000 +1 \(remote [^)]*\) +target:\/(usr\/)?bin\/echo/);
    expect(output).toMatch(/Breakpoint 1, .*write \(\) from target:\/\S*libc\.so\.6/);
    expect(output).toMatch(/^0x[0-9a-f]{8} +0x[0-9a-f]{8} +Yes \(\*\) +target:\/lib\/ld-linux\.so\.2$/m);
    expect(output).toMatch(/^#\d+ +0x[0-9a-f]{8} in __libc_start_main \(\) from target:/m);
    expect(output).toContain("[Inferior 1 (process 1000) exited normally]");
    expect(printed).toBe("hello\n");
  });

  test("a core of a program with threads: as many threads, and the backtraces that the dump has", { timeout: TIMEOUT }, () => {
    writeFileSync(join(directory, "threads.py"), "import threading, time, os\nfor _ in range(2): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\ntime.sleep(.2)\nos.abort()\n");
    const { stderr } = spawnSync(process.execPath, [cli, "--root", root, "--mount", `${directory}:/mnt`, "--core=/mnt/core", "/usr/bin/python3", "/mnt/threads.py"], { encoding: "utf8" });
    expect(readFileSync(join(directory, "core")).subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    const commands = [`set sysroot ${root}`, `file ${join(root, "usr/bin/python3")}`, `core ${join(directory, "core")}`, "info threads", "echo begin\\n", "backtrace", "echo end\\n"];
    const { stdout } = spawnSync("gdb", ["-nx", "-q", "-batch", ...["set pagination off", ...commands].flatMap((it) => ["-ex", it])], { encoding: "utf8" });
    expect(stdout.match(/^[* ] +\d+ +(Thread|LWP) /gm)?.length).toBe(3);
    expect(stdout).toContain("Program terminated with signal SIGABRT");
    // gdb stops at the function that starts the program, the dump at the one before it
    const theirs = [...(/^begin\n([^]*)^end$/m.exec(stdout)?.[1] ?? "").matchAll(/^#\d+ +0x([0-9a-f]{8}) in /gm)].map(([, address]) => address);
    const ours = [...(/^backtrace:\n((?: {2}#.*\n)+)/m.exec(stderr)?.[1] ?? "").matchAll(/^ {2}#\d+ +([0-9a-f]{8}) /gm)].map(([, address]) => address);
    expect(theirs.length).toBeGreaterThan(8);
    expect(ours.slice(0, theirs.length)).toEqual(theirs);
    expect(stdout).toMatch(/ in abort \(\) from /);
  });
});
