// A guest root to write in: system directories of a Debian root shown read-only, the rest a directory of its own that is removed at
// the end. The Debian root is JIT386_PROGRAMS_ROOT, or else JIT386_DEBIAN_ROOT.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
export const debian = process.env["JIT386_PROGRAMS_ROOT"] ?? process.env["JIT386_DEBIAN_ROOT"] ?? "";
const BIN = ["bin", "usr/bin", "usr/games", "sbin", "usr/sbin"];

/** The absolute path of a program of the Debian root; undefined when its package is not there. */
export function program(name: string): string | undefined {
  const home = BIN.find((it) => existsSync(join(debian, it, name)));
  return home && `/${home}/${name}`;
}

export const have = (...names: string[]): boolean => names.every((it) => program(it) !== undefined);

/** Declares tests that need a Debian root. */
export function describeDebian(what: string, declare: () => void): void {
  if (debian === "") describe.skip(`${what}: neither JIT386_PROGRAMS_ROOT nor JIT386_DEBIAN_ROOT is set`, () => test("skipped", () => {}));
  else if (!existsSync(debian)) test(what, () => expect.fail(`no such directory: ${debian}`));
  else describe(what, declare);
}

export interface Scratch {
  /** The guest root, as the host sees it. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** The command line that runs a program of the guest root, named by its name or path. */
  command(...words: string[]): string[];
  /** Runs a script of /bin/bash to its end. */
  bash(script: string, timeout: number): { status: number | null; stdout: string; stderr: string };
  remove(): void;
}

export function makeScratch(options: readonly string[] = []): Scratch {
  const root = mkdtempSync(join(tmpdir(), "jit386-root-"));
  for (const it of ["tmp", "root", "dev", "proc", "sys", "run", "opt", "var"]) mkdirSync(join(root, it));
  const mounts: string[] = [];
  for (const it of ["bin", "sbin", "lib", "usr"]) {
    if (!existsSync(join(debian, it))) continue;
    mkdirSync(join(root, it));
    mounts.push("--mount", `${join(debian, it)}:/${it}:ro`);
  }
  cpSync(join(debian, "etc"), join(root, "etc"), { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
  const env = { HOME: "/root", LC_ALL: "C.UTF-8", TZ: "UTC0", PATH: BIN.map((it) => `/${it}`).join(":"), TERM: "xterm", PYTHONPYCACHEPREFIX: "/tmp/pycache" };
  const machine = [process.execPath, cli, ...options, "--root", root, ...mounts];
  const command = (name: string, ...words: string[]) => [...machine, name.startsWith("/") ? name : program(name) ?? name, ...words];
  return {
    root, env, command,
    bash(script, timeout) {
      const [first, ...rest] = command("/bin/bash", "-c", script);
      const { status, stdout, stderr, signal } = spawnSync(first, rest, { cwd: "/", env, encoding: "utf8", timeout, killSignal: "SIGKILL", stdio: ["ignore", "pipe", "pipe"] });
      if (signal !== null) expect.fail(`${signal} after ${timeout} ms; so far:\n${stdout}\n${stderr}`);
      return { status, stdout, stderr };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
