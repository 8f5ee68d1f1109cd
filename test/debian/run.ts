// Running a command line of the table natively and in jit386. Natively means inside the Debian root: chroot(2) as root, the same in a
// user namespace of its own where the machine allows that, else every program through the root's dynamic loader.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Case } from "./cases.ts";
import { writeData } from "./data.ts";

const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const BIN = ["/bin", "/usr/bin"];
const PATH = [...BIN, "/usr/sbin", "/sbin"].join(":"); // chroot(8) is in one of the latter
const LIBRARIES = ["/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu", "/lib", "/usr/lib"];

export type Way = "chroot" | "namespace" | "loader";

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bench {
  readonly root: string;
  readonly way: Way;
  /** The data directory, for the guest and for the native run (the same text). */
  readonly directory: string;
  /** The same, for this process. */
  readonly hostDirectory: string;
  /** Loader: scripts that start the root's programs. */
  readonly scripts: string;
}

const into = (way: Way, root: string) => (way === "chroot" ? ["chroot", root] : ["unshare", "-r", "chroot", root]);

/** How programs of the root can be run natively here; undefined: not at all. */
export function nativeWay(root: string): Way | undefined {
  const works = (command: readonly string[]) => spawnSync(command[0], command.slice(1), { timeout: 10_000 }).status === 0;
  for (const way of ["chroot", "namespace"] as const) if (works([...into(way, root), "/bin/true"])) return way;
  return works([join(root, "lib/ld-linux.so.2"), "--library-path", libraryPath(root), join(root, "bin/true")]) ? "loader" : undefined;
}

const libraryPath = (root: string) => LIBRARIES.map((it) => join(root, it)).join(":");

/** The absolute path in the root; undefined when the package is not there. */
export function programPath(root: string, name: string): string | undefined {
  return BIN.map((it) => `${it}/${name}`).find((it) => existsSync(join(root, it)));
}

/** The one device that programs expect everywhere: perl -e, a background job of bash. A plain file where no node can be made. */
function makeNullDevice(root: string): void {
  const path = join(root, "dev/null");
  if (existsSync(path)) return;
  mkdirSync(join(root, "dev"), { recursive: true });
  if (spawnSync("mknod", ["-m", "666", path, "c", "1", "3"]).status !== 0) writeFileSync(path, "");
}

/** Makes the data, `large` bytes for the compressors; natively the loader needs a script for each program. */
export function prepare(root: string, way: Way, large: number): Bench {
  const base = way === "loader" ? "" : root;
  const hostDirectory = mkdtempSync(join(base === "" ? tmpdir() : join(base, "tmp"), "jit386-"));
  chmodSync(hostDirectory, 0o755);
  writeData(hostDirectory, large);
  if (way !== "loader") makeNullDevice(root);
  const scripts = join(hostDirectory, "bin");
  if (way === "loader") {
    mkdirSync(scripts);
    for (const path of BIN.flatMap((it) => readdirSync(join(root, it)).map((name) => `${it}/${name}`))) {
      const start = path.endsWith("busybox") ? "" : `'${root}/lib/ld-linux.so.2' --library-path '${libraryPath(root)}' --argv0 '${path}' `;
      writeFileSync(join(scripts, path.slice(path.lastIndexOf("/") + 1)), `#!/bin/sh\nexec ${start}'${root}${path}' "$@"\n`, { mode: 0o755 });
    }
  }
  return { root, way, directory: hostDirectory.slice(base.length), hostDirectory, scripts };
}

export function remove(bench: Bench): void {
  rmSync(bench.hostDirectory, { recursive: true, force: true });
}

/** Runs it in jit386 with these options, or natively (`options` null). */
export function runCase(bench: Bench, it: Case, options: readonly string[] | null, timeout: number): Outcome {
  const { root, way, directory } = bench;
  const [name, ...rest] = it.command;
  const args = rest.map((arg) => arg.replaceAll("$D/", `${directory}/`).replaceAll(/\$D$/g, directory));
  const env: Record<string, string> = { D: directory, HOME: "/root", LC_ALL: "C", TZ: "UTC0", PATH, TERM: "dumb" };
  env.PYTHONPYCACHEPREFIX = `${directory}/pycache`; // else the native run would write into the root, which other tests list
  const path = programPath(root, name) ?? name;
  let command = [path, ...args];
  if (options !== null) {
    command = [process.execPath, cli, ...options, "--root", root, ...(way === "loader" ? ["--mount", `${directory}:${directory}`] : []), ...command];
  } else if (way === "loader") {
    command = [join(bench.scripts, name), ...args];
    Object.assign(env, {
      PATH: `${bench.scripts}:${PATH}`,
      PYTHONHOME: join(root, "usr"),
      PERL5LIB: join(root, "usr/lib/i386-linux-gnu/perl-base"),
      MAGIC: join(root, "usr/lib/file/magic.mgc"),
    });
  } else command = [...into(way, root), ...command];
  const stdin = it.stdin === undefined ? "ignore" : openSync(join(bench.hostDirectory, it.stdin), "r");
  try {
    const result = spawnSync(command[0], command.slice(1), {
      cwd: "/",
      stdio: [stdin, "pipe", "pipe"],
      encoding: "latin1",
      timeout,
      killSignal: "SIGKILL",
      maxBuffer: 2 ** 26,
      env,
    });
    if (result.error && result.status === null && result.signal === null) throw result.error;
    const status = result.signal ? 128 + constants.signals[result.signal] : result.status;
    return { status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
  } finally {
    if (stdin !== "ignore") closeSync(stdin);
  }
}
