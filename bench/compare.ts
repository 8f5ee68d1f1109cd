// npm run bench: every compute fixture on real hardware, in qemu-i386 and in jit386's tiers. Runs of different engines are
// interleaved, the median counts, start-up (the time of a program that exits at once) is subtracted. The interpreter
// runs a tenth of the work; its time is scaled by the number of guest instructions.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { availableEngines, requireBuild, run } from "./engines.ts";
import type { Engine, EngineName } from "./engines.ts";
import { inRepository, programs, trivialProgram } from "./programs.ts";
import type { Program, Size } from "./programs.ts";
import { geometricMean, median, row } from "./statistics.ts";

const USAGE = `usage: npm run bench -- [--runs N] [--quick] [--only NAME,...] [--engines native,qemu,off,block,region]
  --runs N     runs of each program, the median counts (default 5)
  --quick      a tenth of the work for every engine
  --only       programs or classes to run
  --markdown   the means by class as the table of README.md
  --engines    what to compare (default: all that work here)`;

type Options = { runs: number; quick: boolean; markdown: boolean; only: string[]; engines: EngineName[] };

function parseOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: "string", default: "5" },
        quick: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
        only: { type: "string", default: "" },
        engines: { type: "string", default: "native,qemu,off,block,region" },
      },
    });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: "${values.runs}" is not a positive number`);
    const list = (text: string): string[] => text.split(",").filter((it) => it !== "");
    return { runs, quick: values.quick, markdown: values.markdown, only: list(values.only), engines: list(values.engines) as EngineName[] };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

type Measurement = {
  engine: EngineName;
  size: Size;
  /** Every run, start-up included. */
  milliseconds: number[];
  /** The median without start-up, scaled to the size that the other engines ran. */
  net: number;
  /** Guest instructions a microsecond, where they were counted. */
  mips?: number;
};

const failures: string[] = [];

/** Times one program in all engines, interleaved. An engine that fails or prints something else is left out. */
function measure(program: Program, engines: readonly Engine[], startup: ReadonlyMap<EngineName, number>, options: Options): Measurement[] {
  const standard: Size = options.quick ? "short" : "bench";
  const sizeOf = (engine: Engine): Size => (engine.name === "off" ? "short" : standard);
  const samples = new Map<Engine, number[]>(engines.map((it) => [it, []]));
  for (let i = 0; i < options.runs; i++) {
    for (const [engine, times] of samples) {
      if (engine.name === "off" && i >= 2) continue;
      const size = sizeOf(engine);
      const result = run(engine.command(program.path, program.args[size]));
      if (result.status !== 0 || result.stdout !== program.expected(size)) {
        const why = result.status === 0 ? "other output than real hardware" : `exit status ${result.status ?? "none"} ${result.stderr.split("\n", 1)[0]}`;
        failures.push(`${program.name} ${size} ${engine.title}: ${why}`);
        samples.delete(engine);
      } else {
        times.push(result.milliseconds);
      }
    }
  }
  return [...samples].map(([engine, milliseconds]) => {
    const size = sizeOf(engine);
    const net = Math.max(0.1, median(milliseconds) - (startup.get(engine.name) ?? 0));
    const instructions = program.instructions[size];
    const all = program.instructions[standard];
    const scale = size === standard ? 1 : instructions && all ? all / instructions : 10;
    return { engine: engine.name, size, milliseconds, net: net * scale, ...(instructions && { mips: instructions / net / 1000 }) };
  });
}

function main(): void {
  const options = parseOptions();
  requireBuild();
  const chosen = programs().filter((it) => options.only.length === 0 || options.only.includes(it.name) || options.only.includes(it.class));
  const engines = availableEngines(options.engines);
  if (chosen.length === 0 || engines.length === 0) {
    console.error(`nothing to compare\n${USAGE}`);
    process.exit(2);
  }
  const startup = new Map<EngineName, number>();
  for (const engine of engines) {
    // the quickest: what a busy machine adds to start-up must not be taken off the programs
    startup.set(engine.name, Math.min(...Array.from({ length: 7 }, () => run(engine.command(trivialProgram, [])).milliseconds)));
  }

  const base = engines[0].name;
  const best = engines.at(-1)!.name;
  const widths = [16, 12, ...engines.map(() => 10), 10];
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}, median of ${options.runs}`);
  console.log(`start-up in ms: ${engines.map((it) => `${it.title} ${startup.get(it.name)!.toFixed(0)}`).join(", ")}`);
  console.log(`\n${base} in ms, the others as multiples of it; MIPS: million guest instructions a second, ${best}\n`);
  console.log(row(["program", "class", ...engines.map((it) => it.title), "MIPS"], widths));

  const results: { program: string; class: string; measurements: Measurement[] }[] = [];
  const ratios = new Map<string, Map<EngineName, number[]>>();
  for (const program of chosen) {
    const measurements = measure(program, engines, startup, options);
    results.push({ program: program.name, class: program.class, measurements });
    const of = (name: EngineName): Measurement | undefined => measurements.find((it) => it.engine === name);
    const unit = of(base)?.net;
    const cells = engines.map(({ name }) => {
      const it = of(name);
      if (!it || !unit) return "-";
      if (name === base) return it.net.toFixed(0);
      for (const group of [program.class, "all"]) {
        const byEngine = ratios.get(group) ?? ratios.set(group, new Map()).get(group)!;
        byEngine.set(name, [...(byEngine.get(name) ?? []), it.net / unit]);
      }
      return (it.net / unit).toFixed(2);
    });
    console.log(row([program.name, program.class, ...cells, of(best)?.mips?.toFixed(0) ?? ""], widths));
  }

  if (engines.length > 1) {
    const means = (group: string): string[] => {
      const byEngine = ratios.get(group);
      return engines.map(({ name }) => (byEngine?.has(name) ? geometricMean(byEngine.get(name)!).toFixed(2) : ""));
    };
    const groups = [...new Set(chosen.map((it) => it.class)), "all"];
    console.log(`\n${row(["geometric mean", "", ...engines.map((it) => it.title)], widths)}`);
    for (const group of groups) console.log(row([group, "", ...means(group)], widths));
    if (options.markdown) {
      console.log(`\n| class | programs | ${engines.slice(1).map((it) => it.title).join(" | ")} |`);
      console.log(`| --- | --- |${" ---: |".repeat(engines.length - 1)}`);
      for (const group of groups) {
        const names = group === "all" ? [] : [...new Set(chosen.filter((it) => it.class === group).map((it) => it.name.split("_")[0]))];
        console.log(`| ${group} | ${names.join(", ")} | ${means(group).slice(1).join(" | ")} |`);
      }
    }
  }

  mkdirSync(inRepository("bench/results"), { recursive: true });
  const file = `bench/results/${new Date().toISOString().replaceAll(":", "-")}.json`;
  const head = { node: process.versions.node, v8: process.versions.v8, cpu: cpus()[0]?.model, runs: options.runs, quick: options.quick };
  writeFileSync(inRepository(file), `${JSON.stringify({ ...head, startup: Object.fromEntries(startup), results, failures }, null, 1)}\n`);
  console.log(`\nwritten to ${file}`);
  for (const failure of failures) console.error(`FAILED ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

main();
