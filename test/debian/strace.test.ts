// --strace beside strace(1): for each command line of Debian programs, every process makes the same calls in the same order, written the same way.
// The native run has the root's /proc and /dev in a mount namespace of its own, and no address randomisation.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { sequences } from "./strace.ts";

const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  ["/bin/ls", "/etc/passwd"],
  ["/bin/cat", "/etc/passwd", "/nonexistent"],
  ["/bin/busybox", "sort", "/etc/passwd"],
  ["/bin/busybox", "find", "/etc"],
  ["/bin/busybox", "sh", "-c", "echo a | cat; exit 3"],
  ["/bin/busybox", "sh", "-c", "trap 'echo caught' USR1; kill -USR1 $$; (exit 4); echo $?"],
  ["/bin/busybox", "sh", "-c", "sleep 0.01 & wait; kill -9 $$"],
  ["/bin/sed", "-n", "s/root/x/p", "/etc/passwd"],
  ["/bin/gzip", "-c", "/etc/passwd"],
  ["/bin/dd", "if=/etc/passwd", "of=/dev/null", "bs=10", "count=3", "status=none"],
  ["/bin/date", "-u", "+%Y"],
  ["/bin/sleep", "0.01"],
  ["/usr/bin/mawk", "-F:", "{print $1}", "/etc/passwd"],
  ["/usr/bin/xz", "-c", "/etc/passwd"],
  ["/usr/bin/python3", "-c", "import os; os.stat('/'); print(os.listdir('/etc')[:0])"],
  ["/usr/bin/lua5.4", "-e", "print(6*7)"],
  ["/usr/bin/env", "true"],
  ["/usr/bin/tail", "-n", "2", "/etc/passwd"],
  ["/usr/bin/sha256sum", "/etc/passwd"],
  ["/usr/bin/wc", "/etc/passwd"],
  ["/usr/bin/head", "-c", "10", "/etc/passwd"],
  ["/usr/bin/cut", "-d:", "-f1", "/etc/passwd"],
  ["/usr/bin/stat", "-c", "%s %a", "/etc/passwd"],
  ["/usr/bin/file", "/etc/passwd"],
];

const TIMEOUT = 60_000;
const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const root = process.env["JIT386_DEBIAN_ROOT"] ?? "";
const PREPARE = 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec env -u PWD -u OLDPWD -u _ setarch -R chroot --groups=0 "$0" "$@"';
const native = (trace: string, command: readonly string[]) => ["strace", "-f", "-o", trace, "unshare", "-m", "sh", "-c", PREPARE, root, ...command];

function run(command: readonly string[], output: string): number | null {
  const out = openSync(output, "w");
  try {
    const env = { PATH: "/bin:/usr/bin:/sbin:/usr/sbin", LC_ALL: "C", HOME: "/root", PYTHONDONTWRITEBYTECODE: "1" };
    return spawnSync(command[0], command.slice(1), { cwd: "/", env, stdio: ["ignore", out, out], timeout: TIMEOUT, killSignal: "SIGKILL" }).status;
  } finally {
    closeSync(out);
  }
}

function missing(): string | undefined {
  if (root === "") return "JIT386_DEBIAN_ROOT is not set";
  if (spawnSync("strace", ["-V"]).status !== 0) return "this machine has no strace";
  return run(native("/dev/null", ["/bin/true"]), "/dev/null") === 0 ? undefined : "this machine cannot trace i386 programs in the root";
}

const why = existsSync(root) || root === "" ? missing() : undefined;
if (why !== undefined) describe.skip(`Debian, system calls: ${why}`, () => test("skipped", () => {}));
else {
  describe("Debian, system calls as strace shows them", () => {
    const directory = mkdtempSync(join(tmpdir(), "jit386-strace-"));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    for (const command of COMMANDS) {
      test.skipIf(!existsSync(join(root, command[0])))(command.join(" "), { timeout: 2 * TIMEOUT }, () => {
        const [theirs, ours, output] = ["native", "jit386", "output"].map((name) => join(directory, name));
        run(native(theirs, command), output);
        run([process.execPath, cli, "--root", root, "-D", ours, "--strace", ...command], output);
        const expected = sequences(readFileSync(theirs, "latin1"), command[0]);
        expect(expected.length).toBeGreaterThan(0);
        expect(sequences(readFileSync(ours, "latin1"), command[0])).toEqual(expected);
      });
    }
  });
}
