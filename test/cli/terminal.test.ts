// The host's terminal as the program's: keys that send signals, the end of input, window size, and the modes that the terminal has
// afterwards. A terminal is made by Python's pty module; without it these tests are skipped.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";

// on a machine that others use too
vi.setConfig({ testTimeout: 90_000 });

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const program = (name: string) => fileURLToPath(new URL(`../../fixtures/kernel/bin/${name}`, import.meta.url));
const python = spawnSync("python3", ["-c", "import pty, termios"]).status === 0;

/** Types each text after what was awaited before it has appeared; prints all output, "|", and whether the terminal is cooked at the end. */
const DRIVER = `
import os, pty, select, signal, sys, termios, time
steps, command = eval(sys.argv[1]), sys.argv[2:]
master, slave = pty.openpty()
pid = os.fork()
if pid == 0:
    os.setsid()
    import fcntl
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2): os.dup2(slave, fd)
    os.execv(command[0], command)
out, end = b"", time.time() + 60
def read():
    global out
    if select.select([master], [], [], 0.05)[0]: out += os.read(master, 4096)
for awaited, typed in steps:
    start = len(out)
    while awaited not in out and time.time() < end: read()
    if typed == "kill": os.kill(pid, signal.SIGKILL)
    else: os.write(master, typed)
status = None
while status is None and time.time() < end:
    read()
    got, word = os.waitpid(pid, os.WNOHANG)
    if got: status = os.waitstatus_to_exitcode(word)
time.sleep(0.5)
read()
sys.stdout.write(out.decode("latin1") + "|" + str(status) + "|" + str(bool(termios.tcgetattr(slave)[3] & termios.ICANON)))
`;

function drive(steps: string, ...args: string[]): string {
  const result = spawnSync("python3", ["-c", DRIVER, steps, process.execPath, cli, ...args], { encoding: "utf8", timeout: 80_000 });
  return result.stdout + result.stderr;
}

describe.skipIf(!python)("the host's terminal (needs python3)", () => {
  test("^C ends the program, 128 + SIGINT", () => {
    expect(drive('[(b"ready", b"\\x03")]', program("terminal"), "wait")).toMatch(/ready[^]*\|130\|True$/);
  });

  test("^D is the end of one read, and more can be typed", () => {
    const out = drive('[(b"ready", b"one\\n"), (b"4 bytes", b"\\x04"), (b"0 bytes", b"two three\\n")]', program("terminal"), "lines");
    expect(out).toMatch(/ready[^]*4 bytes[^]*0 bytes[^]*10 bytes[^]*\|0\|True$/);
  });

  test("raw mode gives single keys, and the terminal is as before afterwards", () => {
    expect(drive('[(b"raw", b"\\x03"), (b"3.", b"x")]', program("terminal"), "raw")).toMatch(/raw3\.120\.[^]*\|0\|True$/);
  });

  test("also when the emulator is killed", () => {
    expect(drive('[(b"raw", "kill")]', program("terminal"), "raw")).toMatch(/raw\|-9\|True$/);
  });
});
