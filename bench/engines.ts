// The ways to run an i386 program that the benchmarks compare, and how one run is timed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { inRepository, trivialProgram } from "./programs.ts";

export type EngineName = "native" | "qemu" | "off" | "block" | "region";

export type Engine = {
  readonly name: EngineName;
  readonly title: string;
  /** The command line that runs a program. */
  command(program: string, args: readonly string[]): string[];
};

export type Run = {
  readonly milliseconds: number;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

const cli = inRepository("dist/cli/main.js");

const jit = (mode: "off" | "block" | "region"): Engine => ({
  name: mode,
  title: `--jit=${mode}`,
  command: (program, args) => [process.execPath, cli, `--jit=${mode}`, program, ...args],
});

const ENGINES: readonly Engine[] = [
  { name: "native", title: "native", command: (program, args) => [program, ...args] },
  { name: "qemu", title: "qemu-i386", command: (program, args) => ["qemu-i386", program, ...args] },
  jit("off"),
  jit("block"),
  jit("region"),
];

/** Runs a command to its end, its output captured. */
export function run(command: readonly string[], timeout = 600_000): Run {
  const start = process.hrtime.bigint();
  const result = spawnSync(command[0], command.slice(1), { encoding: "utf8", timeout, maxBuffer: 1 << 26 });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  return { milliseconds, status: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}

/** The engines among `names` that run a trivial program on this machine. */
export function availableEngines(names: readonly EngineName[]): Engine[] {
  return ENGINES.filter((it) => names.includes(it.name) && run(it.command(trivialProgram, []), 20_000).status === 0);
}

/** Ends the process with a message when jit386 has not been built. */
export function requireBuild(): void {
  if (existsSync(cli)) return;
  console.error("dist/cli/main.js is missing: run npm run build first");
  process.exit(1);
}
