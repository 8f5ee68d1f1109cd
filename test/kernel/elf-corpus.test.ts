// Every file of the ELF corpus ends as Linux ends it: an errno from execve, a signal, or an exit status. The record was made on real
// hardware; where this machine runs i386 programs it is checked again (and written anew by `vitest --update`).
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run, StartError } from "../../src/core.ts";
import { corpus } from "./elf-corpus.ts";
import type { Case } from "./elf-corpus.ts";
import { runsNatively } from "../house/programs.ts";

const record = fileURLToPath(new URL("../../fixtures/elf/expected.txt", import.meta.url));

/** execve each file named on standard input and tell how that ended. (A shell or libc's execvp would try to run the file as a script.) */
const NATIVE = `
import errno, os, signal, sys
for path in sys.stdin.read().split("\\n"):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        try: os.execve(path, [path], {})
        except OSError as e: os.write(w, errno.errorcode[e.errno].encode())
        os._exit(0)
    os.close(w)
    code = os.read(r, 100).decode()
    os.close(r)
    status = os.waitpid(pid, 0)[1]
    print(code or (f"signal {os.WTERMSIG(status) }" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"))
`;

function native(): string {
  const directory = mkdtempSync(join(tmpdir(), "jit386-elf-"));
  try {
    const cases = corpus((n) => join(directory, String(n)));
    const paths = cases.map((it, n) => {
      const home = join(directory, String(n));
      mkdirSync(home);
      for (const [name, bytes] of Object.entries({ ...it.beside, program: it.bytes })) writeFileSync(join(home, name), bytes, { mode: 0o755 });
      return join(home, "program");
    });
    const result = spawnSync("python3", ["-c", NATIVE], { input: paths.join("\n"), encoding: "utf8", cwd: directory });
    expect(result.stderr).toBe("");
    const outcomes = result.stdout.trimEnd().split("\n");
    return cases.map((it, n) => `${it.name}: ${outcomes[n]}\n`).join("");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const python = spawnSync("python3", ["-c", ""]).status === 0;

// Only root may map page 0.
test.skipIf(!runsNatively() || !python || process.getuid?.() !== 0)("on real hardware", async () => {
  await expect(native()).toMatchFileSnapshot(record);
});

async function outcome(it: Case): Promise<string> {
  const files = { "/c/program": it.bytes, ...Object.fromEntries(Object.entries(it.beside).map(([name, bytes]) => [`/c/${name}`, bytes])) };
  try {
    const result = await run({ program: "/c/program", args: ["/c/program"], files, uid: 0, gid: 0, engine: { jit: "off" } });
    return result.signal ? `signal ${result.signal}` : `exit ${result.status}`;
  } catch (error) {
    if (error instanceof StartError) return error.code;
    throw error;
  }
}

test("in jit386", async () => {
  const cases = corpus(() => "/c");
  expect(cases.length).toBeGreaterThan(150);
  expect(new Set(cases.map((it) => it.name)).size).toBe(cases.length);
  const lines: string[] = [];
  for (const it of cases) lines.push(`${it.name}: ${await outcome(it)}`);
  expect(lines).toEqual(readFileSync(record, "utf8").trimEnd().split("\n"));
});
