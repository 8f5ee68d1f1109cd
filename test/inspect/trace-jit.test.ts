// --trace-jit, --dump-jit and --stats on programs whose behaviour is known: what is told must be true of them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// on a machine that others use too
vi.setConfig({ testTimeout: 90_000 });

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-inspect-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function jit386(...args: string[]) {
  const result = spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", cwd: home, timeout: 60_000 });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

type Json = Record<string, unknown>;
const ADDRESS = /^0x[0-9a-f]{1,8}$/;

/** Fields beside event, t, pid, address and symbol: docs/profiling.md. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, "number" | "address" | "string">>>> = {
  compiled: {
    file: "string", end: "address", tier: "string", reason: "string", instructions: "number", nodes: "number", sourceBytes: "number", us: "number", v8Us: "number",
  },
  linked: { to: "address", toSymbol: "string" },
  invalidated: { tier: "string", reason: "string" },
  bailed: { from: "address", fromSymbol: "string", count: "number" },
  optimised: { tier: "string" },
  deoptimised: { tier: "string" },
  hot: {
    file: "string", tier: "string", share: "number", ms: "number", samples: "number", executed: "number", mips: "number", instructions: "number", bails: "number",
    recompilations: "number", deoptimisations: "number", compileMs: "number",
  },
};

/** What is wrong with an event, by the schema. */
function schemaErrors(e: Json): string[] {
  const fields = FIELDS[String(e["event"])];
  if (fields === undefined) return [`unknown event ${JSON.stringify(e)}`];
  const optional = e["event"] === "hot" ? ["executions"] : [];
  const base = { event: "string", address: "address", symbol: "string", ...(e["event"] === "hot" ? {} : { t: "number", pid: "number" }) };
  const wanted: Record<string, string> = { ...base, ...fields };
  const errors = Object.keys(e).filter((key) => !(key in wanted) && !optional.includes(key)).map((key) => `${e["event"]}: field ${key} is not in the schema`);
  for (const [key, type] of Object.entries(wanted)) {
    const value = e[key];
    const right = type === "address" ? typeof value === "string" && ADDRESS.test(value) : typeof value === type;
    if (!right) errors.push(`${e["event"]}: ${key} is ${JSON.stringify(value)}`);
  }
  return errors;
}

function traceJson(...args: string[]): { events: Json[]; stdout: string } {
  const file = join(home, "trace.json");
  const { status, stdout, stderr } = jit386(`--trace-jit=${file}`, "--trace-jit-format=json", ...args);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return { stdout, events: readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Json) };
}

describe("--trace-jit", () => {
  test("JSON: every event follows the schema, and what is told of a sort is true", () => {
    const { events, stdout } = traceJson(fixture("compute/bin/quicksort"), "200000", "3");
    expect(stdout).toMatch(/^hash=[0-9a-f]{8}\n$/);
    expect(events.flatMap(schemaErrors)).toEqual([]);
    const of = (name: string) => events.filter((e) => e["event"] === name);
    const compiled = of("compiled");
    expect(compiled.some((e) => e["tier"] === "region" && String(e["symbol"]).startsWith("sort"))).toBe(true);
    expect(compiled.filter((e) => Number.parseInt(String(e["end"])) <= Number.parseInt(String(e["address"])))).toEqual([]);
    // links lead to what has been compiled, or to a loop in a region: that can be entered there
    const made = new Set(compiled.map((e) => e["address"]));
    const regions = new Set(compiled.filter((e) => e["tier"] === "region").map((e) => String(e["symbol"]).replace(/\+.*/, "")));
    expect(of("linked").length).toBeGreaterThan(5);
    expect(of("linked").filter((e) => !made.has(e["to"]) && !regions.has(String(e["toSymbol"]).replace(/\+.*/, "")))).toEqual([]);
    // V8 does optimise what runs that long
    expect(of("optimised").length).toBeGreaterThan(0);
    const hot = of("hot");
    expect(hot.slice(0, 3).filter((e) => !/^(sort|main)\b/.test(String(e["symbol"])))).toEqual([]);
    expect(hot.reduce((sum, e) => sum + Number(e["share"]), 0)).toBeCloseTo(1, 1);
    expect(hot.every((e, k) => k === 0 || Number(e["ms"]) <= Number(hot[k - 1]["ms"]))).toBe(true);
  });

  // straight loops, calls, a switch in a loop, x87 registers in locals, many branches
  test.each([["arith", "short", "4000000"], ["calls", "test", "24"], ["bytecode", "test", "2000"], ["nbody_x87", "test", "10000"], ["quicksort", "short", "100000", "4"], ["lz", "test", "1"]])(
    "%s: the instructions in the table are those that the program executes", (name, size, ...args) => {
      const counts = JSON.parse(readFileSync(fixture("compute/instructions.json"), "utf8")) as Record<string, number>;
      const { events } = traceJson("--trace-jit-top=100000", fixture(`compute/bin/${name}`), ...args);
      const hot = events.filter((e) => e["event"] === "hot");
      const executed = hot.reduce((sum, e) => sum + Number(e["executed"]), 0);
      const real = counts[`${name} ${size}`];
      expect(executed / real).toBeGreaterThan(0.97);
      expect(executed / real).toBeLessThan(1.001);
      // both figures are rounded to thousandths
      for (const e of hot.filter((row) => Number(row["ms"]) > 1 && Number(row["mips"]) > 1)) expect(Number(e["mips"]) / (Number(e["executed"]) / Number(e["ms"]) / 1000)).toBeCloseTo(1, 2);
    },
  );

  test("interpreted only: the table is made of samples", () => {
    const counts = JSON.parse(readFileSync(fixture("compute/instructions.json"), "utf8")) as Record<string, number>;
    const { events } = traceJson("--jit=off", "--trace-jit-top=100000", fixture("compute/bin/lz"), "1");
    const executed = events.filter((e) => e["event"] === "hot").reduce((sum, e) => sum + Number(e["executed"]), 0);
    expect(executed / counts["lz test"]).toBeGreaterThan(0.95);
    expect(executed / counts["lz test"]).toBeLessThan(1.05);
  });

  test("bails are counted where they happen, and what they leave undone is not counted as executed", () => {
    const { events } = traceJson("--jit-threshold=0", "--trace-jit-top=100000", fixture("kernel/bin/smc"));
    const bails = events.filter((e) => e["event"] === "bailed");
    const hot = events.filter((e) => e["event"] === "hot");
    const made = new Set(events.filter((e) => e["event"] === "compiled").map((e) => e["address"]));
    expect(bails.length).toBeGreaterThan(0);
    expect(bails.filter((e) => !made.has(e["from"]))).toEqual([]);
    expect(hot.reduce((sum, e) => sum + Number(e["bails"]), 0)).toBeGreaterThanOrEqual(bails.length);
    expect(hot.filter((e) => Number(e["executed"]) < 0)).toEqual([]);
  });

  test("code that writes itself: what is lost is told, with the reason", () => {
    const { events } = traceJson("--jit-threshold=0", fixture("kernel/bin/smc"));
    expect(events.flatMap(schemaErrors)).toEqual([]);
    const lost = events.filter((e) => e["event"] === "invalidated");
    expect(lost.length).toBeGreaterThan(3);
    expect(lost.some((e) => e["reason"] === "written")).toBe(true);
    expect(events.some((e) => e["event"] === "bailed")).toBe(true);
  });

  test("text on stderr: a line an event, and the table with as many rows as wanted", () => {
    const { stderr } = jit386("--trace-jit", "--trace-jit-top=2", fixture("compute/bin/quicksort"), "20000", "2");
    const [lines, table] = stderr.split("\n\n");
    expect(lines.split("\n").filter((line) => !/^\[\d+\.\d{6}\] \d+ (compiled|linked|bailed|invalidated|optimised|deoptimised) /.test(line))).toEqual([]);
    expect(lines).toMatch(/compiled block [0-9a-f]{8}-[0-9a-f]{8} sort(\+0x[0-9a-f]+)?: executed 5001 times; \d+ instructions? in 1 block, \d+ bytes, \d+ us/);
    expect(table.trimEnd().split("\n").length).toBe(4); // head, two rows, and how many more
    expect(table).toMatch(/^ *time +ms +tier +entered +executed +MIPS +insns +bails +again +deopts +compile ms +code\n/);
  });

  test("processes: each is told apart", () => {
    const { events } = traceJson("--jit-threshold=0", fixture("kernel/bin/processes"));
    expect(new Set(events.map((e) => e["pid"])).size).toBeGreaterThan(2);
  });

  test.skipIf(!existsSync("/dev/full"))("a disk that is full ends the trace, not the program", () => {
    const { status, stdout, stderr } = jit386("--trace-jit=/dev/full", fixture("compute/bin/quicksort"), "20000", "2");
    expect([status, stdout]).toEqual([0, "hash=93062ca3\n"]);
    expect(stderr).toMatch(/^jit386: --trace-jit=\/dev\/full: No space left on device\n$/);
  });

  test("a file that cannot be written is one line, and the program does not run", () => {
    const { status, stdout, stderr } = jit386("--trace-jit=/no/such/file", fixture("compute/bin/quicksort"), "20000", "2");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^jit386: --trace-jit=\/no\/such\/file: No such file or directory\n$/);
  });
});

describe("--dump-jit", () => {
  test("assembly beside JavaScript, control flow, Graphviz", () => {
    const { status, stderr } = jit386("--dump-jit=sort", fixture("compute/bin/quicksort"), "200000", "3");
    expect(status).toBe(0);
    expect(stderr).toMatch(/^(block|region) [0-9a-f]{8} sort/);
    expect(stderr).toContain("control flow:\n");
    expect(stderr).toMatch(/flags live at entry: (none|[CPAZSO]F)/);
    expect(stderr).toMatch(/^ {2}[0-9a-f]{8} {2}cmp %\w+,[^|]*\| +const [ab]\$/m);
    expect(stderr).toMatch(/^digraph "sort\+0x[0-9a-f]+" \{$/m);
    expect(stderr).toMatch(/n0 -> n1/);
    expect(stderr).toMatch(/^ {2}registers in locals: (\w+ )+\w+; written: \w+/m);
  });

  test("by address, and of code that was never translated", () => {
    expect(jit386("--dump-jit=0x8048278", fixture("compute/bin/quicksort"), "20000", "2").stderr).toMatch(/^(block|region) /);
    expect(jit386("--dump-jit=nothing", fixture("compute/bin/quicksort"), "20000", "2").stderr).toMatch(/^jit386: --dump-jit=nothing: nothing has been translated there[^\n]*\n$/);
  });
});

describe("--stats", () => {
  test("the times add up, the counts are those of the program", () => {
    const { stderr } = jit386("--stats", fixture("kernel/bin/files"));
    const value = (label: string) => Number(new RegExp(`^ +([\\d.]+) ${label}$`, "m").exec(stderr)?.[1]);
    const [, times] = /^time, ms\n([^]*?)\nof that, or beside it, ms\n/m.exec(stderr) ?? [];
    const numbers = times.split("\n").map((line) => Number.parseFloat(line));
    const total = numbers.pop() ?? 0;
    expect(Math.abs(numbers.reduce((a, b) => a + b, 0) - total)).toBeLessThan(total * 0.02 + 1);
    expect(value("instructions interpreted")).toBeGreaterThan(1000);
    expect(value("address spaces")).toBe(1);
    expect(value("collecting garbage")).toBeGreaterThanOrEqual(0);
    if (process.platform === "linux") expect(value("processor time of V8's threads: optimising compiler, parts of the collector")).toBeGreaterThanOrEqual(0);
    expect(value("files of jit386 found in it") + value("files that were not")).toBeGreaterThan(3);
    // those that took longest, which differs
    expect(stderr.match(/^ +\d+ {3}[a-z_0-9]+, [\d.]+ ms(, \d+ failed)?$/gm)?.length).toBe(8);
  });
});
