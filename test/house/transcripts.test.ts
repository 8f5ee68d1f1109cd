// The transcripts in docs/ are replayed: each command behind `$ ` is run, and must print what stands below it. Numbers and addresses may differ,
// runs of blanks and dashes count as one, and a line of `...` stands for any lines.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const DOCUMENTS = ["docs/profiling.md", "docs/tracing.md", "docs/debugging.md"];

const hasGdb = spawnSync("gdb", ["--version"]).status === 0;

interface Step {
  readonly command: string;
  readonly output: string;
}

/** The commands of one document, in order. */
export function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, block] of text.matchAll(/^```\n(\$ [^]*?)^```$/gm)) {
    for (const part of block.split(/^\$ /m).slice(1)) {
      const end = part.indexOf("\n");
      steps.push({ command: part.slice(0, end), output: part.slice(end + 1) });
    }
  }
  return steps;
}

/** Numbers as #, hexadecimal numbers of eight digits or with 0x as @; blanks as one. Which tier code has reached by then depends on the machine. */
const plain = (line: string) => line
  .replaceAll(/\b(interpreted|block|region) (?= *[\d.]+[kMG]? )/g, "tier ")
  .replaceAll(/\b0x[0-9a-f]+\b|\b[0-9a-f]{8}\b/g, "@").replaceAll(/\d+(\.\d+)?[kMG]?\b/g, "#").replaceAll(/[ \t]+/g, " ").trim();

/** The first line of `wanted` that `got` does not have in its place, or undefined when all is there. */
export function difference(wanted: string, got: string): string | undefined {
  const lines = got.split("\n").map(plain);
  let at = 0, anything = false;
  for (const line of wanted.replace(/\n$/, "").split("\n")) {
    if (line === "...") {
      anything = true;
      continue;
    }
    const found = anything ? lines.indexOf(plain(line), at) : lines[at] === plain(line) ? at : -1;
    if (found < 0) return `${line}\n    where there is ${lines[at] ?? "the end"}`;
    at = found + 1;
    anything = false;
  }
  if (anything || at >= lines.length || lines.slice(at).every((line) => line === "")) return undefined;
  return `nothing more, where there is ${lines[at]}`;
}

describe("the comparison", () => {
  test.each([
    ["a 1 b\n", "a  27.5 b\n", true], ["a\n...\nz\n", "a\nb\nc\nz\n", true], ["a\n...\n", "a\nb\n", true], ["...\nz\n", "a\nz\n", true],
    ["a\n", "b\n", false], ["a\n", "a\nb\n", false], ["a\n...\nz\n", "a\nb\n", false], ["x 0804a000\n", "x 08123456\n", true], ["a\nb\n", "a\n", false],
  ])("%j and %j: %s", (wanted, got, same) => expect(difference(wanted, got) === undefined).toBe(same));
});

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-transcript-"));
  symlinkSync(join(root, "fixtures"), join(home, "fixtures"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.each(DOCUMENTS)("%s", (document) => {
  const steps = stepsOf(readFileSync(join(root, document), "utf8"));

  test("has transcripts", () => expect(steps.length).toBeGreaterThan(1));

  // what shows gdb needs one
  for (const { command, output } of steps) test.skipIf(/\bgdb -/.test(command) && !hasGdb)(command, { timeout: 90_000 }, () => {
    const script = `jit386() { "${process.execPath}" "${join(root, "dist/cli/main.js")}" "$@"; }\n${command}`;
    const { stdout } = spawnSync("bash", ["-c", `exec 2>&1\n${script}`], { cwd: home, encoding: "utf8", timeout: 80_000, input: "" });
    expect(difference(output, stdout), stdout).toBeUndefined();
  });
});
