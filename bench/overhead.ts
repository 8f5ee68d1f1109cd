// npm run bench:overhead [-- --runs N] [DIST ...]: what it costs to be able to look into a run. The compute fixtures with nothing looked at, against a build
// that has no way of looking (without.config.ts), against themselves (that is the noise), against each of the options, and against other builds
// (their dist directories). Then what --strace costs a call.
//
// Made for a machine that others use too: processor time counts, not the time on the wall; the runs of all ways are interleaved, their order
// turned round every other time; each is compared with the plain run beside it; and of these ratios the median is shown.
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { requireBuild, run } from "./engines.ts";
import { inRepository } from "./programs.ts";
import { geometricMean, median, row } from "./statistics.ts";

const PROGRAMS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["sha256", "80"], ["quicksort", "100000", "4"], ["calls", "34"], ["bytecode", "20000"], ["stream", "20"], ["nbody_sse2", "200000"],
];
/** Rounds of four calls. */
const CALLS = 100_000;
const CALLS_PROGRAM = "fixtures/debug/bin/calls";

interface Way {
  readonly title: string;
  readonly cli: string;
  readonly options: readonly string[];
}

function usage(): never {
  console.error("usage: overhead [--runs N] [DIST ...]: DIST is the dist directory of a build");
  process.exit(2);
}

const words = process.argv.slice(2);
let runs = 9;
if (words[0] === "--runs") {
  runs = Number(words[1]);
  if (!Number.isInteger(runs) || runs < 1) usage();
  words.splice(0, 2);
}
const others = words.map((path) => resolve(path, "cli/main.js"));
if (others.some((path) => !existsSync(path))) usage();
requireBuild();
const own = inRepository("dist/cli/main.js"), without = inRepository(".cache/without/cli/main.js");
if (!existsSync(without) || statSync(without).mtimeMs < statSync(own).mtimeMs) {
  console.error("the build to compare with is missing or older than dist/: npm run bench:overhead makes it");
  process.exit(1);
}
const directory = mkdtempSync(join(tmpdir(), "jit386-overhead-"));
const file = (name: string) => join(directory, name);

const PLAIN: Way = { title: "plain", cli: own, options: [] };
const ways: readonly Way[] = [
  { title: "without", cli: without, options: [] },
  ...others.map((cli, k): Way => ({ title: `build ${k + 1}`, cli, options: [] })),
  { title: "plain again", cli: own, options: [] },
  { title: "--stats", cli: own, options: ["--stats"] },
  { title: "--profile", cli: own, options: [`--profile=${file("p.cpuprofile")}`] },
  { title: "--trace-jit", cli: own, options: [`--trace-jit=${file("t.txt")}`] },
  { title: "--report", cli: own, options: [`--report=${file("r.html")}`] },
];

/** Milliseconds of processor time, user and system, that a run takes. */
function processorTime(way: Way, program: string, args: readonly string[]): number {
  const script = 'TIMEFORMAT="processor %U %S"; time "$@"';
  const it = run(["bash", "-c", script, "bash", process.execPath, way.cli, ...way.options, inRepository(program), ...args]);
  const times = /processor ([\d.]+) ([\d.]+)\n$/.exec(it.stderr);
  if (it.status !== 0 || times === null) throw new Error(`${way.title} ${program}: status ${it.status}: ${it.stderr.slice(-300)}`);
  return (Number(times[1]) + Number(times[2])) * 1000;
}

/** Ratios of each way's time to that of the plain run beside it, by round; and the plain times. */
function compare(program: string, args: readonly string[]): { plain: number[]; ratios: number[][] } {
  const plain: number[] = [], ratios: number[][] = ways.map(() => []);
  for (const way of [PLAIN, ...ways]) processorTime(way, program, args); // code caches, pages of files
  for (let k = 0; k < runs; k++) {
    const order = ways.map((_, way) => way);
    if (k % 2) order.reverse();
    for (const way of order) {
      const first = k % 2 ? processorTime(ways[way], program, args) : 0;
      const base = processorTime(PLAIN, program, args);
      plain.push(base);
      ratios[way].push((first || processorTime(ways[way], program, args)) / base);
    }
  }
  return { plain, ratios };
}

const widths = [12, 9, ...ways.map(({ title }) => Math.max(9, title.length))];
const quartile = (values: readonly number[], at: number) => values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * at)];
console.log(`processor time, as a multiple of the plain run's; ${runs} runs each, ${process.version}`);
console.log(row(["program", "plain", ...ways.map(({ title }) => title)], widths));
const medians: number[][] = ways.map(() => []), all: number[][] = ways.map(() => []);
for (const [name, ...args] of PROGRAMS) {
  const { plain, ratios } = compare(`fixtures/compute/bin/${name}`, args);
  ratios.forEach((list, way) => {
    medians[way].push(median(list));
    all[way].push(...list);
  });
  console.log(row([name, `${median(plain).toFixed(0)} ms`, ...ratios.map((list) => median(list).toFixed(3))], widths));
}
console.log(row(["mean", "", ...medians.map((list) => geometricMean(list).toFixed(3))], widths));
console.log(row(["half within", "", ...all.map((list) => `${quartile(list, 0.25).toFixed(2)}-${quartile(list, 0.75).toFixed(2)}`)], widths));

// what a traced call costs more than one that is not
const rounds = String(CALLS);
const traced: Way[] = [
  { title: "--strace, to a file", cli: own, options: ["--strace", "-D", file("s.txt")] },
  { title: "--strace, with times", cli: own, options: ["--strace", "--strace-times=tt,T", "-D", file("s.txt")] },
  { title: "--strace=open, none of them shown", cli: own, options: ["--strace=open", "-D", file("s.txt")] },
  { title: "--strace-summary", cli: own, options: ["--strace-summary", "-D", file("s.txt")] },
];
console.log(`\nmicroseconds of processor time that a traced call costs more: ${4 * CALLS} of write, read, lseek, fstat64`);
const costs: number[][] = traced.map(() => []);
const bare: number[] = [];
for (let k = 0; k < runs; k++) {
  traced.forEach((way, index) => {
    const base = processorTime(PLAIN, CALLS_PROGRAM, [rounds]);
    bare.push(base);
    costs[index].push(((processorTime(way, CALLS_PROGRAM, [rounds]) - base) * 1000) / (4 * CALLS));
  });
}
console.log(row(["not traced, all of it", (median(bare) * 1000 / (4 * CALLS)).toFixed(2)], [36, 6]));
traced.forEach(({ title }, index) => console.log(row([title, median(costs[index]).toFixed(2)], [36, 6])));
rmSync(directory, { recursive: true, force: true });
