// The fixture programs as tests see them, and how to run one natively or in jit386.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export type FixtureProgram = {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** Expected exit status as a shell reports it: 128 + the signal for a program that a signal killed. */
  readonly status: number;
  /** What it printed on real hardware. */
  readonly stdout: string;
};

type ManifestEntry = { name: string; test: string[]; status?: number; stdin?: string };

/** The programs of fixtures/compute or fixtures/kernel at their test size, in the manifest's order. */
export function fixturePrograms(group: "compute" | "kernel"): FixtureProgram[] {
  const manifest = JSON.parse(readFileSync(join(fixtures, group, "manifest.json"), "utf8")) as ManifestEntry[];
  return manifest.map((it) => ({
    name: it.name,
    path: join(fixtures, group, "bin", it.name),
    args: it.test,
    stdin: (it.stdin ?? "").replaceAll("\\n", "\n"),
    status: it.status ?? 0,
    stdout: readFileSync(join(fixtures, group, "expected", `${it.name}.test`), "utf8"),
  }));
}

export type Outcome = { status: number | null; stdout: string; stderr: string };

/** Runs a fixture in an empty directory, natively (`options` null) or in jit386 with these options. */
export function runFixture(program: FixtureProgram, options: readonly string[] | null): Outcome {
  const cwd = mkdtempSync(join(tmpdir(), "jit386-fixture-"));
  try {
    const command = options === null ? [program.path] : [process.execPath, cli, ...options, program.path];
    const result = spawnSync(command[0], [...command.slice(1), ...program.args], {
      cwd,
      input: program.stdin,
      encoding: "utf8",
      timeout: 25_000,
      env: { LANG: "C", FIXTURE: "yes" },
    });
    const status = result.signal ? 128 + constants.signals[result.signal] : result.status;
    return { status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Whether this machine runs i386 programs by itself. */
export function runsNatively(): boolean {
  return spawnSync(join(fixtures, "kernel/bin/true")).status === 0;
}
