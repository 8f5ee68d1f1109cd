// The compute fixtures as the benchmarks see them: what to run, at which size, and how many guest instructions that is.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository, from .cache/bench/ where these modules run. */
const root = new URL("../../", import.meta.url);

/** A path in the repository. */
export const inRepository = (path: string): string => fileURLToPath(new URL(path, root));

/** test: some milliseconds on real hardware; short: for the interpreter; bench: for all else; demo: one program has it. */
export type Size = "test" | "short" | "demo" | "bench";

export type Program = {
  readonly name: string;
  readonly class: string;
  readonly path: string;
  readonly args: Readonly<Record<Size, readonly string[]>>;
  /** Guest instructions executed, where they were counted. */
  readonly instructions: Readonly<Partial<Record<Size, number>>>;
  /** What it prints at a size, as recorded on real hardware. */
  expected(size: Size): string;
};

type ManifestEntry = { name: string; class: string } & Record<Exclude<Size, "demo">, string[]> & { demo?: string[] };

/** All compute fixtures, in the manifest's order. */
export function programs(): Program[] {
  const manifest = JSON.parse(readFileSync(inRepository("fixtures/compute/manifest.json"), "utf8")) as ManifestEntry[];
  const countsFile = inRepository("fixtures/compute/instructions.json");
  const counts = (existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : {}) as Record<string, number>;
  return manifest.map((it) => ({
    name: it.name,
    class: it.class,
    path: inRepository(`fixtures/compute/bin/${it.name}`),
    args: { test: it.test, short: it.short, bench: it.bench, demo: it.demo ?? [] },
    instructions: {
      test: counts[`${it.name} test`],
      short: counts[`${it.name} short`],
      demo: counts[`${it.name} demo`],
      bench: counts[`${it.name} bench`],
    },
    expected: (size) => readFileSync(inRepository(`fixtures/compute/expected/${it.name}.${size}`), "utf8"),
  }));
}

/** A program that exits at once: its running time is an engine's start-up. */
export const trivialProgram = inRepository("fixtures/kernel/bin/true");
