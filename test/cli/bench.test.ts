// jit386 bench, and what the shells are told of the options: bash's completion is run, zsh's and fish's when these shells are here.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPTIONS } from "../../src/cli/options.ts";
import { type BenchReport, benchSvg, benchTable, figuresOf } from "../../src/inspect/bench-text.ts";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const sha256 = [fixture("compute/bin/sha256"), "10"];
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-bench-test-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(command: string, args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", cwd: home, timeout: 280_000, input });
  return { status, stdout, stderr };
}
const jit386 = (...args: string[]) => run(process.execPath, [cli, ...args]);
const has = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

describe("jit386 bench", () => {
  test("every tier runs, outputs agree, and the figures belong together", { timeout: 300_000 }, () => {
    const { status, stdout, stderr } = jit386("bench", "--runs=2", "--json=-", "--svg=chart.svg", ...sha256);
    expect([status, stderr]).toEqual([0, ""]); // no progress: stderr is no terminal
    const report = JSON.parse(stdout) as { instructions: number; results: { engine: string; same: boolean; runs: number[]; medianMs: number; startMs: number; steadyMs: number; mips: number }[] };
    const counts = JSON.parse(readFileSync(fixture("compute/instructions.json"), "utf8")) as Record<string, number>;
    expect(Math.abs(report.instructions / counts["sha256 test"] - 1)).toBeLessThan(0.01);
    const ours = report.results.filter((it) => it.engine.startsWith("jit386 "));
    expect(ours.map((it) => it.engine)).toEqual(["jit386 off", "jit386 block", "jit386 region"]);
    for (const it of ours) {
      expect([it.same, it.runs.length]).toEqual([true, 2]);
      expect(it.medianMs).toBeCloseTo((it.runs[0] + it.runs[1]) / 2, 1);
      expect(it.startMs).toBeGreaterThan(5);
      expect(it.mips).toBeGreaterThan(0.1);
    }
    const svg = readFileSync(join(home, "chart.svg"), "utf8");
    expect(svg.match(/<rect /g)?.length).toBeGreaterThan(3);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>\n$/);
  });

  test("a program that prints something else each time is told, with status 1", { timeout: 300_000 }, () => {
    // the exit status is the lowest byte of the time stamp counter: rdtsc; mov %eax,%ebx; xor %eax,%eax; inc %eax; int $0x80
    const bytes = Buffer.alloc(0x60);
    Buffer.from("7f454c46010101", "hex").copy(bytes);
    for (const [at, value] of [[16, 2], [18, 3], [40, 52], [42, 32], [44, 1]]) bytes.writeUInt16LE(value, at);
    for (const [at, value] of [[20, 1], [24, 0x8048054], [28, 52], [52, 1], [60, 0x8048000], [64, 0x8048000], [68, 0x60], [72, 0x60], [76, 5], [80, 0x1000]]) bytes.writeUInt32LE(value, at);
    Buffer.from("0f3189c331c040cd80", "hex").copy(bytes, 0x54);
    writeFileSync(join(home, "clock"), bytes, { mode: 0o755 });
    const results = [1, 2, 3].map(() => jit386("bench", "--runs=1", "./clock"));
    expect(results.some((it) => it.status === 1 && it.stdout.includes("DIFFERENT"))).toBe(true);
  });

  test("mistakes are one line", () => {
    expect(jit386("bench")).toMatchObject({ status: 2, stderr: "jit386: bench: no program named (jit386 bench --help shows the options)\n" });
    expect(jit386("bench", "--runs=0", ...sha256)).toMatchObject({ status: 2, stderr: "jit386: --runs: must be at least 1\n" });
    expect(jit386("bench", "--lockstep", ...sha256)).toMatchObject({ status: 2, stderr: "jit386: --lockstep: unknown option (--help lists them)\n" });
    expect(jit386("bench", "./none")).toMatchObject({ status: 127, stdout: "", stderr: "jit386: ./none: No such file or directory\n" });
    for (const option of ["--json=none/x", "--svg=none/x"]) {
      expect(jit386("bench", option, ...sha256)).toMatchObject({ status: 2, stderr: `jit386: ${option}: No such file or directory\n` });
    }
    expect(jit386("bench", "--help").stdout).toMatch(/^Usage: jit386 bench [^]*--runs=N/);
  });

  test.skipIf(!has("script"))("progress on a terminal, wiped at the end", { timeout: 300_000 }, () => {
    const { stdout } = run("script", ["-qec", `${process.execPath} ${cli} bench --runs=1 ${sha256.join(" ")}`, "/dev/null"]);
    expect(stdout).toContain("\r\x1b[Kbench: jit386 region, first run");
    const lines = stdout.split("\r\x1b[K");
    expect(lines[lines.length - 1]).toMatch(/guest instructions[^]*jit386 region +1 /);
  });

  test.skipIf(!has("script"))("--cache shows that it writes on a terminal, and nothing elsewhere", { timeout: 300_000 }, () => {
    const options = [`--cache=${home}/kept`];
    const { stdout } = run("script", ["-qec", `${process.execPath} ${cli} ${options.join(" ")} ${sha256.join(" ")}`, "/dev/null"]);
    expect(stdout).toContain("\r\x1b[Kcache: keeping translations\r\x1b[K");
    expect(jit386(...options, ...sha256)).toMatchObject({ status: 0, stderr: "" });
  });

  test.skipIf(!has("script"))("--report and --profile show what they write on a terminal, and nothing elsewhere", { timeout: 300_000 }, () => {
    const options = ["--report=r.html", "--profile=p.collapsed"];
    const { stdout } = run("script", ["-qec", `${process.execPath} ${cli} ${options.join(" ")} ${sha256.join(" ")}`, "/dev/null"]);
    expect(stdout).toContain("\r\x1b[Kprofile: writing p.collapsed\r\x1b[K\r\x1b[Kreport: writing r.html\r\x1b[K");
    const quiet = jit386(...options, ...sha256);
    expect([quiet.status, quiet.stderr]).toEqual([0, ""]);
    expect(quiet.stdout).not.toContain("\x1b");
  });
});

describe("tables and charts", () => {
  const report: BenchReport = {
    command: "prog <a&b>", host: "host", instructions: 5_000_000,
    results: [
      { engine: "native", runs: [10, 12, 30], startMs: 2, same: true, failure: undefined },
      { engine: "qemu-i386", runs: [], startMs: undefined, same: false, failure: "not here" },
      { engine: "jit386 region", runs: [60, 40], startMs: 30, same: false, failure: undefined },
    ],
  };

  test("median, start taken off, ratios to the first engine", () => {
    expect(figuresOf(report, report.results[0])).toMatchObject({ medianMs: 12, steadyMs: 10, ratio: undefined, mips: 500 });
    expect(figuresOf(report, report.results[1])).toBeUndefined();
    expect(figuresOf(report, report.results[2])).toMatchObject({ medianMs: 50, minMs: 40, maxMs: 60, steadyMs: 20, steadyRatio: 2, mips: 250 });
  });

  test("the table says what could not run and what differs", () => {
    const table = benchTable(report);
    expect(table).toMatch(/^qemu-i386 +not here$/m);
    expect(table).toMatch(/^jit386 region +2 +50\.0 +40\.0-60\.0 +30\.0 +20\.0 +4\.17 +2\.00 +250 +DIFFERENT$/m);
  });

  test("the chart has a bar an engine, and text is escaped", () => {
    const svg = benchSvg(report);
    expect(svg).toContain("prog &lt;a&amp;b&gt;");
    expect(svg.match(/height="18" fill="#(?!fff)/g)?.length).toBe(2);
    expect(svg).not.toContain("NaN");
  });
});

describe("completion", () => {
  /** What bash offers for a line. */
  function offered(...words: string[]): string[] {
    const script = `eval "$(${process.execPath} ${cli} --completion=bash)"
      compopt() { :; }
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
      _jit386; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = run("bash", ["-c", script]);
    expect([status, stderr]).toEqual([0, ""]);
    return stdout.trimEnd().split("\n");
  }

  test("bash: options, their values, files; and not behind the program", () => {
    for (const option of OPTIONS) expect(offered("jit386", "--").map((it) => it.replace("=", ""))).toContain(`--${option.name}`);
    expect(offered("jit386", "--tr")).toEqual(["--trace-jit", "--trace-jit-format=", "--trace-jit-top="]);
    expect(offered("jit386", "--jit", "=", "")).toEqual(["off", "quick", "block", "region"]);
    expect(offered("jit386", "--jit", "b")).toEqual(["block"]);
    writeFileSync(join(home, "some-file"), "");
    expect(offered("jit386", "some")).toContain("some-file");
    expect(offered("jit386", "--jit", "=", "off", "./program", "--tr")).toEqual([""]);
    expect(offered("jit386", "bench", "--r")).toEqual(["--runs=", "--root="]);
  });

  test.skipIf(!has("zsh"))("zsh accepts it", () => {
    const script = `autoload -U compinit; compinit -u -d ${home}/dump; eval "$(${process.execPath} ${cli} --completion=zsh)" && echo $_comps[jit386]`;
    expect(run("zsh", ["-fc", script])).toEqual({ status: 0, stdout: "_jit386\n", stderr: "" });
  });

  test.skipIf(!has("zsh"))("zsh completes with it", () => {
    writeFileSync(join(home, "jit386.zsh"), run(process.execPath, [cli, "--completion=zsh"]).stdout);
    /** A shell on a terminal of its own; each line ends with the tab that completes it, and a ^U that takes it back. */
    const script = `zmodload zsh/zpty
      zpty w zsh -fi
      ask() { zpty -w -n w "$1"; for k in {1..300}; do zpty -r -t w part && text+=$part; [[ $text == *"$2"* ]] && return; sleep 0.1; done; print -r "no $2 in: $text"; exit 1 }
      ask $'PS1="> "; autoload -U compinit; compinit -u -d ${home}/dump; source ${home}/jit386.zsh; jit386() { }; x=ready; echo $x$x\\n' readyready
      ask $'jit386 --trace-jit-f\\t' --trace-jit-format
      ask $'\\x15jit386 --jit=re\\t' --jit=region
      ask $'\\x15jit386 bench --sv\\t' --svg
      zpty -d w; echo done`;
    expect(run("zsh", ["-fc", script])).toEqual({ status: 0, stdout: "done\n", stderr: "" });
  });

  test.skipIf(!has("fish"))("fish completes with it", () => {
    const lines = ["jit386 --trace-jit-f", "jit386 --jit=re", "jit386 bench --sv", "jit386 bench --tra", "jit386 ./program --tr"];
    const ask = lines.map((line) => `echo '$ ${line}'; complete -C '${line}'`).join("; ");
    const { stdout } = run("fish", ["--no-config", "-c", `${process.execPath} ${cli} --completion=fish | source; ${ask}`]);
    expect(stdout.replaceAll(/\t.*/g, "").split("\n")).toEqual([
      "$ jit386 --trace-jit-f", expect.stringMatching(/^--trace-jit-format=?$/), "$ jit386 --jit=re", "--jit=region", "$ jit386 bench --sv", expect.stringMatching(/^--svg=?$/),
      "$ jit386 bench --tra", "$ jit386 ./program --tr", "",
    ]);
  });
});
