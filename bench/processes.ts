// npm run bench:processes: what processes and system calls cost, natively, in qemu-i386 and here: fork and exec of a program, fork of a large
// process, exec alone, ping-pong over pipes, getpid, reading a large file. The guest (fixtures/kernel/rates.c) takes the time of the
// work itself, start-up not included; "steady" is the second half of it. The best of some interleaved runs: others disturb, nobody helps.
//
// qemu-i386 leaves what a program executes to the host, which runs i386 programs by itself on some machines: then nothing of them is
// qemu's time. So it is told to run its children in qemu-i386 as well; the time with native children is shown beside.
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireBuild, run } from "./engines.ts";
import { inRepository } from "./programs.ts";
import { row } from "./statistics.ts";

const RUNS = 3;
const FILE_MB = 200;
const rates = inRepository("fixtures/kernel/bin/rates");
const cli = inRepository("dist/cli/main.js");

/** Nanoseconds for one turn: over all of them, and over the later half. */
interface Cost {
  readonly whole: number;
  readonly steady: number;
}

interface Figure {
  readonly title: string;
  /** Line of the guest's report. */
  readonly name: string;
  readonly args: readonly string[];
  /** The program that is executed, with its arguments. */
  readonly program: readonly string[];
  /** How a cost is shown. */
  readonly unit: "us" | "ms" | "M/s" | "MB/s";
}

function figures(bigFile: string): Figure[] {
  const trivial = inRepository("fixtures/kernel/bin/true");
  const list: Figure[] = [
    { title: "fork+exec, trivial program", name: "fork-exec", args: ["fork-exec", "300"], program: [trivial], unit: "ms" },
    { title: "vfork+exec, trivial program", name: "vfork-exec", args: ["vfork-exec", "300"], program: [trivial], unit: "ms" },
    { title: "exec alone", name: "exec", args: ["exec", "300"], program: [], unit: "ms" },
    { title: "fork of 50 MB, the call", name: "fork-call", args: ["fork", "20", "50"], program: [], unit: "ms" },
    { title: "fork of 50 MB, to its end", name: "fork", args: ["fork", "20", "50"], program: [], unit: "ms" },
    { title: "pipe ping-pong", name: "pipe", args: ["pipe", "30000"], program: [], unit: "us" },
    { title: "getpid", name: "getpid", args: ["getpid", "1000000"], program: [], unit: "M/s" },
    { title: "read(2) of 200 MB", name: "read", args: ["read", bigFile], program: [], unit: "MB/s" },
  ];
  const debian = process.env["JIT386_DEBIAN_ROOT"];
  const busybox = debian ? join(debian, "bin/busybox") : "";
  if (existsSync(busybox)) list.unshift({ title: "fork+exec, busybox true", name: "fork-exec", args: ["fork-exec", "300"], program: [busybox, "true"], unit: "ms" });
  else console.error("JIT386_DEBIAN_ROOT names no directory with bin/busybox: it is left out");
  return list;
}

const ENGINES: readonly [title: string, command: (figure: Figure) => string[]][] = [
  ["native", (it) => [rates, ...it.args, ...it.program]],
  ["qemu, native children", (it) => ["qemu-i386", rates, ...it.args, ...it.program]],
  ["qemu-i386", (it) => ["qemu-i386", rates, ...it.args, ...(it.program.length > 0 ? [qemuPath, ...it.program] : [])]],
  ["jit386", (it) => [process.execPath, cli, rates, ...it.args, ...it.program]],
];

const qemuPath = (process.env["PATH"] ?? "").split(":").map((folder) => join(folder, "qemu-i386")).find((path) => existsSync(path)) ?? "";

/** One run's costs; undefined when it failed. */
function measure(figure: Figure, command: readonly string[]): Cost | undefined {
  const { status, stderr } = run(command, 300_000);
  const line = new RegExp(`^${figure.name} (\\d+) (\\d+) (\\d+)$`, "m").exec(stderr);
  if (status !== 0 || !line) return undefined;
  const [count, all, late] = line.slice(1).map(Number);
  return { whole: all / count, steady: late / Math.ceil(count / 2) };
}

function show(cost: number | undefined, unit: Figure["unit"]): string {
  if (cost === undefined) return "";
  if (unit === "ms") return `${(cost / 1e6).toFixed(2)} ms`;
  if (unit === "us") return `${(cost / 1e3).toFixed(1)} us`;
  return unit === "M/s" ? `${(1e3 / cost).toFixed(1)} M/s` : `${(1e9 / cost / 1024).toFixed(0)} MB/s`;
}

function writeBigFile(path: string): void {
  const fd = openSync(path, "wx", 0o600);
  const piece = new Uint8Array(1 << 20);
  for (let k = 0; k < piece.length; k++) piece[k] = (k * 2654435761) >>> 24;
  for (let k = 0; k < FILE_MB; k++) writeSync(fd, piece);
  closeSync(fd);
}

requireBuild();
const folder = mkdtempSync(join(tmpdir(), "jit386-bench-"));
try {
  const bigFile = join(folder, "big");
  writeBigFile(bigFile);
  const widths = [28, 11, 13, 11, 11, 13, 12];
  console.log(row(["", "native", "qemu, native", "qemu-i386", "jit386", "steady", "times qemu's"], widths));
  for (const figure of figures(bigFile)) {
    const best: (Cost | undefined)[] = ENGINES.map(() => undefined);
    for (let k = 0; k < RUNS; k++) {
      ENGINES.forEach(([title, command], at) => {
        // a program that executes itself leaves qemu with the first time
        if (figure.name === "exec" && title.startsWith("qemu")) return;
        const cost = measure(figure, command(figure));
        const old = best[at];
        if (cost) best[at] = old ? { whole: Math.min(old.whole, cost.whole), steady: Math.min(old.steady, cost.steady) } : cost;
      });
    }
    const [native, shallow, qemu, own] = best;
    const ratio = qemu && own ? (own.whole / qemu.whole).toFixed(2) : "";
    const shown = [native?.whole, figure.program.length > 0 ? shallow?.whole : undefined, qemu?.whole, own?.whole, own?.steady];
    console.log(row([figure.title, ...shown.map((cost) => show(cost, figure.unit)), ratio], widths));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
