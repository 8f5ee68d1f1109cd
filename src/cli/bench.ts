// jit386 bench: one program in every way that this machine can run it, timed and compared. What is said of it: src/inspect/bench-text.ts.
// The runs of the engines are interleaved, so that a machine that changes its pace changes it for all.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { arch, availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { benchJson, type BenchReport, type BenchResult, benchSvg, benchTable, median } from "../inspect/bench-text.ts";
import { BENCH_OPTIONS, hostReason, parseCommandLine, UsageError } from "./options.ts";
import { createProgress } from "./progress.ts";

const DEFAULT_RUNS = 5;
/** An engine that has used this many milliseconds gets no further runs. */
const ENOUGH_MS = 60_000;
const START_RUNS = 5;

interface Engine {
  readonly name: string;
  command(program: string, args: readonly string[]): string[];
}

interface Run {
  readonly ms: number;
  readonly status: string;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** A program that does nothing: an ELF header, one program header, and _exit(0). */
function emptyProgram(): Uint8Array {
  const bytes = new Uint8Array(0x60);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const base = 0x0804_8000;
  [[16, 2], [18, 3], [40, 52], [42, 32], [44, 1]].forEach(([at, value]) => view.setUint16(at, value, true));
  [[20, 1], [24, base + 0x54], [28, 52], [52, 1], [56, 0], [60, base], [64, base], [68, 0x60], [72, 0x60], [76, 5], [80, 0x1000]]
    .forEach(([at, value]) => view.setUint32(at, value, true));
  bytes.set([0x31, 0xdb, 0x8d, 0x43, 0x01, 0xcd, 0x80], 0x54); // xor %ebx,%ebx; lea 1(%ebx),%eax; int $0x80
  return bytes;
}

function run(command: readonly string[], input: Buffer, timeout: number): Run {
  const started = process.hrtime.bigint();
  const result = spawnSync(command[0], command.slice(1), { input, timeout, maxBuffer: 1 << 28, killSignal: "SIGKILL" });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  const status = result.error !== undefined ? (result.error as NodeJS.ErrnoException).code ?? "failed" : result.signal ?? String(result.status);
  return { ms, status, stdout: result.stdout ?? Buffer.alloc(0), stderr: result.stderr ?? Buffer.alloc(0) };
}

/** Data on standard input is given to every run; a terminal is not waited for. */
function readInput(): Buffer {
  try {
    return process.stdin.isTTY ? Buffer.alloc(0) : fs.readFileSync(0);
  } catch {
    return Buffer.alloc(0);
  }
}

/** How the machine itself and qemu run a program of another root: through that root's dynamic linker. */
function hostEngines(root: string | undefined): Engine[] {
  if (root === undefined) {
    return [
      { name: "native", command: (program, args) => [program, ...args] },
      { name: "qemu-i386", command: (program, args) => ["qemu-i386", program, ...args] },
    ];
  }
  const linker = join(root, "lib/ld-linux.so.2");
  const libraries = ["lib/i386-linux-gnu", "usr/lib/i386-linux-gnu", "lib", "usr/lib"].map((it) => join(root, it)).join(":");
  return [
    { name: "native", command: (program, args) => [linker, "--library-path", libraries, join(root, program), ...args] },
    { name: "qemu-i386", command: (program, args) => ["qemu-i386", "-L", root, "-E", `LD_LIBRARY_PATH=${libraries}`, join(root, program), ...args] },
  ];
}

function jitEngine(tier: string, options: readonly string[]): Engine {
  const self = [process.execPath, ...process.execArgv, process.argv[1]];
  return { name: `jit386 ${tier}`, command: (program, args) => [...self, `--jit=${tier}`, ...options, program, ...args] };
}

function positive(value: string | undefined, name: string, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value);
  if (number < 1) throw new UsageError(`--${name}: must be at least 1`);
  return number;
}

/** Milliseconds of an engine that runs a program that does nothing, undefined when it cannot. */
function measureStart(engine: Engine, program: string): number | undefined {
  const runs: number[] = [];
  for (let k = 0; k < START_RUNS; k++) {
    const it = run(engine.command(program, []), Buffer.alloc(0), 20_000);
    if (it.status !== "0") return undefined;
    runs.push(it.ms);
  }
  return median(runs);
}

/** jit386 does not run the program: its line, and its status. */
class Refused extends Error {
  readonly status: number;

  constructor(run: Run) {
    super(run.stderr.toString("utf8"));
    this.status = Number(run.status);
  }
}

interface Measured {
  readonly engine: Engine;
  readonly runs: number[];
  readonly same: boolean;
  failure: string | undefined;
}

/** Runs every engine once, in order, to see that it works and what it puts out; then the rest of the runs in turn. */
function measure(engines: readonly Engine[], rest: readonly string[], input: Buffer, runs: number, limit: number, show: (text: string) => void): Measured[] {
  const [program, ...args] = rest;
  let reference: Run | undefined;
  const all = engines.map((engine): Measured => {
    show(`bench: ${engine.name}, first run`);
    const first = run(engine.command(program, args), input, limit);
    if (!/^\d+$|^SIG/.test(first.status)) {
      const why: Readonly<Record<string, string>> = { ETIMEDOUT: `took more than ${limit / 1000} s`, ENOENT: "not here", ENOEXEC: "this machine does not run it", EACCES: "may not be executed" };
      return { engine, runs: [], same: false, failure: why[first.status] ?? first.status };
    }
    reference ??= first;
    const same = first.status === reference.status && first.stdout.equals(reference.stdout) && first.stderr.equals(reference.stderr);
    // a host that starts but cannot run it says so with the statuses of a shell
    const own = engine.name.startsWith("jit386");
    // jit386's own words about a program that is not there are all that there is to say
    if (own && (first.status === "127" || first.status === "126" || first.status === "2") && /^jit386: [^\n]*\n$/.test(first.stderr.toString("latin1"))) throw new Refused(first);
    const unable = !own && (first.status === "127" || first.status === "126" || first.status === "255") && first.stdout.length === 0;
    if (unable && reference === first) reference = undefined;
    return { engine, runs: unable ? [] : [first.ms], same, failure: unable ? first.stderr.toString("latin1").split("\n")[0].slice(0, 100) || "cannot run it" : undefined };
  });
  for (let k = 1; k < runs; k++) {
    for (const it of all) {
      if (it.runs.length === 0 || it.runs.reduce((a, b) => a + b, 0) > ENOUGH_MS) continue;
      show(`bench: ${it.engine.name}, run ${k + 1} of ${runs}`);
      it.runs.push(run(it.engine.command(program, args), input, limit).ms);
    }
  }
  return all;
}

/** Guest instructions of a run, counted by the interpreter. */
function countInstructions(options: readonly string[], rest: readonly string[], input: Buffer, limit: number): number | undefined {
  const [program, ...args] = rest;
  const counted = run(jitEngine("off", [...options, "--stats"]).command(program, args), input, limit);
  const found = [...counted.stderr.toString("latin1").matchAll(/^ *(\d+) instructions interpreted$/gm)].at(-1);
  return found === undefined ? undefined : Number(found[1]);
}

/** The text of `jit386 bench --help`. */
function benchHelp(): string {
  const rows = BENCH_OPTIONS.map((o) => [o.argument === "" ? `--${o.name}` : `--${o.name}=${o.argument}`, o.help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    "Usage: jit386 bench [OPTIONS] PROGRAM [ARGUMENTS...]",
    "Runs a program natively, under qemu-i386, and in each tier of jit386, and compares outputs and times.",
    "", ...rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`), "",
  ].join("\n");
}

/** The command. Returns the exit status: 1 when an output differed. */
export function bench(args: readonly string[]): number {
  const { values, lists, rest } = parseCommandLine(args, {}, BENCH_OPTIONS);
  if (values["help"] !== undefined) {
    fs.writeSync(1, benchHelp());
    return 0;
  }
  if (rest.length === 0) throw new UsageError("bench: no program named (jit386 bench --help shows the options)");
  const runs = positive(values["runs"], "runs", DEFAULT_RUNS), limit = positive(values["limit"], "limit", 120) * 1000;
  check("json", values["json"]);
  check("svg", values["svg"]);
  const root = values["root"];
  const options = [
    ...(root === undefined ? [] : [`--root=${root}`]), ...(values["jit-threshold"] === undefined ? [] : [`--jit-threshold=${values["jit-threshold"]}`]),
    ...(lists["mount"] ?? []).map((it) => `--mount=${it}`), ...(lists["env"] ?? []).map((it) => `--env=${it}`),
  ];
  const tiers = ["off", "block", "region"].map((tier) => jitEngine(tier, options));
  const engines = [...hostEngines(root), ...tiers];
  const input = readInput();
  const { show, clear } = createProgress();
  const directory = fs.mkdtempSync(join(tmpdir(), "jit386-bench-"));
  let report: BenchReport;
  try {
    const empty = join(directory, "empty");
    fs.writeFileSync(empty, emptyProgram(), { mode: 0o755 });
    const measured = measure(engines, rest, input, runs, limit, show);
    const starters = [...hostEngines(undefined), ...["off", "block", "region"].map((tier) => jitEngine(tier, []))];
    const results = measured.map(({ engine, runs: times, same, failure }, k): BenchResult => {
      show(`bench: ${engine.name}, start`);
      return { engine: engine.name, runs: times, same, failure, startMs: times.length === 0 ? undefined : measureStart(starters[k], empty) };
    });
    const interpreted = results.find((it) => it.engine === "jit386 off");
    show("bench: counting instructions");
    const instructions = interpreted?.runs.length ? countInstructions(options, rest, input, limit) : undefined;
    const host = `Node ${process.version}, ${cpus()[0]?.model.trim() || arch()}, ${availableParallelism()} processors`;
    report = { command: rest.join(" "), host, instructions, results };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    clear();
    fs.writeSync(2, error.message);
    return error.status;
  } finally {
    clear();
    fs.rmSync(directory, { recursive: true, force: true });
  }
  if (report.results.every((it) => it.runs.length === 0)) throw new UsageError(`bench: ${rest[0]}: nothing could run it`);
  write("json", values["json"], () => benchJson(report));
  write("svg", values["svg"], () => benchSvg(report));
  if (values["json"] !== "-") fs.writeSync(1, benchTable(report));
  return report.results.some((it) => it.runs.length > 0 && !it.same) ? 1 : 0;
}

/** Finds out before hours of running whether the file can be written. */
function check(option: string, path: string | undefined): void {
  if (path === undefined || path === "-") return;
  const before = fs.existsSync(path);
  write(option, path, () => "", "a");
  if (!before) fs.rmSync(path, { force: true });
}

function write(option: string, path: string | undefined, text: () => string, flag = "w"): void {
  if (path === undefined) return;
  try {
    if (path === "-") fs.writeSync(1, text());
    else fs.writeFileSync(path, text(), { flag });
  } catch (error) {
    throw new UsageError(`--${option}=${path}: ${hostReason(error)}`);
  }
}
