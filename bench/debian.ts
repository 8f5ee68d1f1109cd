// npm run bench:debian: Debian's programs at work, some seconds each, in qemu-i386 and here; start and V8's compilers included. Input is made
// here and goes through standard input, so that both see the same. JIT386_DEBIAN_ROOT names the root (scripts/debian-root.sh).
// With --cache a run that is not measured leaves its translations to those that are.
// usage: npm run bench:debian -- [--runs N] [--scale X] [--cache] [--markdown] [PROGRAM...]
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requireBuild } from "./engines.ts";
import { inRepository } from "./programs.ts";
import { geometricMean, median, row } from "./statistics.ts";

interface Case {
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string | Buffer;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "3" }, scale: { type: "string", default: "1" }, cache: { type: "boolean", default: false }, markdown: { type: "boolean", default: false } },
});
const runs = Number(values.runs), scale = Number(values.scale);
if (!(Number.isInteger(runs) && runs > 0 && scale > 0)) {
  console.error("bench:debian: --runs and --scale want positive numbers");
  process.exit(2);
}

/** Numbers that look random, the same each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

/** Text like a log: words that come back, and numbers. */
function prose(bytes: number): string {
  const next = randomNumbers(7), words = Array.from({ length: 3000 }, (_, k) => `${"kastelomirun".slice(k % 7, 3 + (k % 7) + (k % 5))}${(k * 37) % 911}`);
  let text = "";
  const lines: string[] = [];
  for (let length = 0; length < bytes; length += text.length) {
    text = `${Array.from({ length: 9 }, () => words[next() % (next() % 3000 + 1)]).join(" ")} ${next() % 100000}\n`;
    lines.push(text);
  }
  return lines.join("");
}

const times = (n: number): number => Math.max(1, Math.round(n * scale));

const PYTHON = (n: number) => `
def sieve(n):
    marks = bytearray([1]) * n
    for i in range(2, int(n ** 0.5) + 1):
        if marks[i]:
            for k in range(i * i, n, i): marks[k] = 0
    return sum(marks) - 2
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
    def add(self, o): return Point(self.x + o.x, self.y + o.y)
total, p, seen = 0, Point(0, 0), {}
for k in range(${n}):
    p = p.add(Point(k, -k))
    seen[k % 1000] = seen.get(k % 1000, 0) + (k ^ (k >> 3))
    total += len(str(k)) + sum([j * j for j in range(k % 7)])
print(sieve(${n}), total, p.x, p.y, sum(seen.values()))
`;
const PERL = (n: number) => `
my (%seen, $total); my @words = map { "w" . ($_ * 7919 % 1000) } 1 .. 2000;
for my $k (0 .. ${n}) { my $w = $words[$k % 2000]; $seen{$w}++; $total += length($w) if $w =~ /^w(\\d)5(\\d*)$/; $total ^= $k; }
print join(",", map { "$_=$seen{$_}" } (sort keys %seen)[0 .. 5]), " $total\\n";
`;
const LUA = (n: number) => `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local t, s = {}, 0
for k = 1, ${n} do t[k % 4096 + 1] = (t[k % 4096 + 1] or 0) + k; s = (s * 31 + k) % 1000003 end
local parts = {}
for k = 1, 2000 do parts[#parts + 1] = string.format("%d:%x", k, t[k]) end
print(fib(24), s, #table.concat(parts, ","))
`;
const SQL = (n: number) => `
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, value INTEGER);
BEGIN;
WITH RECURSIVE c(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM c WHERE k < ${n}) INSERT INTO t SELECT k, 'name' || (k * 7919 % 10007), k * 31 % 1009 FROM c;
COMMIT;
CREATE INDEX by_name ON t(name);
SELECT count(*), sum(value), max(name) FROM t;
SELECT name, count(*), sum(value) FROM t GROUP BY name ORDER BY 3 DESC LIMIT 3;
SELECT count(*) FROM t a JOIN t b ON a.name = b.name WHERE a.id < ${Math.round(n / 100)};
`;

const CASES: readonly (() => Case)[] = [
  () => ({ title: "python3, a loop", program: "/usr/bin/python3", args: ["-"], input: PYTHON(times(800_000)) }),
  () => ({ title: "perl, a loop", program: "/usr/bin/perl", args: ["-"], input: PERL(times(2_800_000)) }),
  () => ({ title: "lua5.4, a loop", program: "/usr/bin/lua5.4", args: ["-"], input: LUA(times(20_000_000)) }),
  () => ({ title: "gzip -9", program: "/bin/gzip", args: ["-9", "-c"], input: prose(times(12 << 20)) }),
  () => ({ title: "xz -6", program: "/usr/bin/xz", args: ["-6", "-T1", "-c"], input: prose(times(11 << 19)) }),
  () => ({ title: "zstd -12", program: "/usr/bin/zstd", args: ["-12", "-c", "-q"], input: prose(times(18 << 20)) }),
  () => ({ title: "openssl dgst", program: "/usr/bin/openssl", args: ["dgst", "-sha256"], input: Buffer.alloc(times(200 << 20), "jit386") }),
  () => ({ title: "sqlite3, 200k rows", program: "/usr/bin/sqlite3", args: [":memory:"], input: SQL(times(200_000)) }),
  () => ({ title: "bc, digits of pi", program: "/usr/bin/bc", args: ["-l", "-q"], input: `scale=${times(3000)}\n4*a(1)\n` }),
  () => ({ title: "sort, 1M lines", program: "/usr/bin/sort", args: [], input: prose(times(60 << 20)) }),
];

requireBuild();
const root = process.env["JIT386_DEBIAN_ROOT"];
if (!root || !existsSync(root)) {
  console.error("JIT386_DEBIAN_ROOT names no directory: there is nothing to measure");
  process.exit(1);
}

interface Result {
  readonly seconds: number;
  readonly output: Buffer;
}

// with a home directory, as people have one: V8's code cache for jit386 itself is there
const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"], LC_ALL: "C" };
const kept = values.cache ? mkdtempSync(join(tmpdir(), "jit386-bench-")) : undefined;
const cache = kept === undefined ? [] : [`--cache=${kept}`];

function time(command: readonly string[], input: string | Buffer): Result | undefined {
  const start = process.hrtime.bigint();
  const { status, stdout } = spawnSync(command[0], command.slice(1), { input, timeout: 900_000, maxBuffer: 1 << 28, env });
  return status === 0 ? { seconds: Number(process.hrtime.bigint() - start) / 1e9, output: stdout } : undefined;
}

const widths = [22, 12, 12, 18];
const line = (cells: readonly string[]) => console.log(values.markdown ? `| ${cells.join(" | ")} |` : row(cells, widths));
line(["program", "qemu-i386, s", "jit386, s", "times qemu's speed"]);
if (values.markdown) line(["---", "---:", "---:", "---:"]);
const speeds: number[] = [];
for (const make of CASES) {
  const it = make();
  if (positionals.length > 0 && !positionals.some((name) => it.program.endsWith(`/${name}`))) continue;
  if (!existsSync(join(root, it.program))) {
    console.error(`${it.title}: ${it.program} is not in the root`);
    continue;
  }
  const commands = [
    ["qemu-i386", "-L", root, "-E", `LD_LIBRARY_PATH=${join(root, "lib/i386-linux-gnu")}:${join(root, "usr/lib/i386-linux-gnu")}`, join(root, it.program), ...it.args],
    [process.execPath, inRepository("dist/cli/main.js"), ...cache, "--root", root, it.program, ...it.args],
  ];
  const seconds: number[][] = [[], []];
  let outputs: (Buffer | undefined)[] = [];
  if (values.cache) time(commands[1], it.input);
  for (let k = 0; k < runs; k++) {
    const results = commands.map((command) => time(command, it.input));
    results.forEach((result, at) => result && seconds[at].push(result.seconds));
    outputs = results.map((result) => result?.output);
  }
  const [qemu, own] = seconds.map((all) => (all.length === runs ? median(all) : undefined));
  if (own === undefined || (outputs[0] && outputs[1] && !outputs[0].equals(outputs[1]))) {
    console.error(`${it.title}: ${own === undefined ? "failed" : "the outputs differ"}`);
    process.exitCode = 1;
    continue;
  }
  const speed = qemu === undefined ? undefined : qemu / own;
  if (speed !== undefined) speeds.push(speed);
  line([it.title, qemu?.toFixed(2) ?? "", own.toFixed(2), speed?.toFixed(2) ?? ""]);
}
if (speeds.length > 0) line(["geometric mean", "", "", geometricMean(speeds).toFixed(2)]);
if (kept !== undefined) rmSync(kept, { recursive: true });
