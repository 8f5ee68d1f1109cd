// npm run bench:overhead [DIST]: what it costs to be able to look into a run. The compute fixtures, with nothing looked at, against the same
// with each of the options; and against another build of jit386 (its dist directory), such as one from before a change. Runs are interleaved,
// and the shortest of each counts: whatever else the machine does only adds.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { requireBuild, run } from "./engines.ts";
import { inRepository } from "./programs.ts";
import { geometricMean, row } from "./statistics.ts";

const RUNS = 7;
const PROGRAMS: readonly (readonly [name: string, ...args: string[]])[] = [
  ["sha256", "80"], ["quicksort", "200000", "4"], ["calls", "30"], ["bytecode", "20000"], ["stream", "20"], ["nbody_sse2", "200000"],
];

requireBuild();
const directory = mkdtempSync(join(tmpdir(), "jit386-overhead-"));
const file = (name: string) => join(directory, name);
const own = inRepository("dist/cli/main.js");
const other = process.argv[2] === undefined ? undefined : resolve(process.argv[2], "cli/main.js");
if (other !== undefined && !existsSync(other)) {
  console.error(`${other} is missing: DIST is the dist directory of a build`);
  process.exit(2);
}

const ways: readonly (readonly [title: string, cli: string, ...options: string[]])[] = [
  ["nothing", own],
  ...(other === undefined ? [] : [["other build", other] as const]),
  ["nothing again", own],
  ["--stats", own, "--stats"],
  ["--profile", own, `--profile=${file("p.cpuprofile")}`],
  ["--trace-jit", own, `--trace-jit=${file("t.txt")}`],
  ["--report", own, `--report=${file("r.html")}`],
];

const widths = [12, ...ways.map(([title]) => Math.max(9, title.length))];
console.log(row(["program", ...ways.map(([title]) => title)], widths));
const ratios: number[][] = ways.map(() => []);
for (const [name, ...args] of PROGRAMS) {
  const best = ways.map(() => Infinity);
  for (let k = 0; k < RUNS; k++) {
    ways.forEach(([, cli, ...options], way) => {
      const it = run([process.execPath, cli, ...options, inRepository(`fixtures/compute/bin/${name}`), ...args]);
      if (it.status !== 0) throw new Error(`${name}: status ${it.status}: ${it.stderr.slice(-300)}`);
      best[way] = Math.min(best[way], it.milliseconds);
    });
  }
  best.forEach((ms, way) => ratios[way].push(ms / best[0]));
  console.log(row([name, ...best.map((ms, way) => (way === 0 ? `${ms.toFixed(0)} ms` : (ms / best[0]).toFixed(3)))], widths));
}
console.log(row(["all", ...ratios.map((it) => geometricMean(it).toFixed(3))], widths));
rmSync(directory, { recursive: true, force: true });
