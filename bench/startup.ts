// npm run bench:startup: how long until a program has started and ended, and how much memory that takes. Beside jit386
// stand a bare Node and qemu-i386. Debian's programs come from JIT386_DEBIAN_ROOT (see scripts/debian-root.sh).
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./engines.ts";
import { inRepository, trivialProgram } from "./programs.ts";
import { median, row } from "./statistics.ts";

const RUNS = 9;
const TIME = "/usr/bin/time";

/** Peak resident memory of a command in MB, when GNU time is installed. */
function peakMemory(command: readonly string[]): string {
  if (!existsSync(TIME)) return "";
  const result = run([TIME, "-f", "peak %M", ...command], 60_000);
  const kilobytes = /peak (\d+)\s*$/.exec(result.stderr)?.[1];
  return kilobytes ? (Number(kilobytes) / 1024).toFixed(0) : "";
}

type Case = { title: string; commands: [string, string[]][] };

function cases(): Case[] {
  const jit386 = (...args: string[]): string[] => [process.execPath, inRepository("dist/cli/main.js"), ...args];
  const list: Case[] = [
    { title: "nothing", commands: [["node -e 0", [process.execPath, "-e", "0"]]] },
    {
      title: "a static program that exits",
      commands: [
        ["native", [trivialProgram]],
        ["qemu-i386", ["qemu-i386", trivialProgram]],
        ["jit386", jit386(trivialProgram)],
      ],
    },
  ];
  const debian = process.env["JIT386_DEBIAN_ROOT"];
  if (!debian || !existsSync(debian)) {
    console.error("JIT386_DEBIAN_ROOT names no directory: Debian's programs are left out");
    return list;
  }
  const guest: [string, string, string[]][] = [
    ["busybox true", "/bin/busybox", ["true"]],
    ["bash -c true", "/bin/bash", ["-c", "true"]],
    ["perl -e 1", "/usr/bin/perl", ["-e", "1"]],
    ["python3 -c 'print(1)'", "/usr/bin/python3", ["-c", "print(1)"]],
  ];
  for (const [title, program, args] of guest) {
    if (!existsSync(join(debian, program))) continue;
    list.push({
      title,
      commands: [
        ["qemu-i386", ["qemu-i386", "-L", debian, join(debian, program), ...args]],
        ["jit386", jit386("--root", debian, program, ...args)],
      ],
    });
  }
  return list;
}

const widths = [30, 12, 10, 10];
console.log(row(["program", "engine", "ms", "peak MB"], widths));
for (const { title, commands } of cases()) {
  const working = commands.filter(([engine, command]) => {
    const { status, stderr } = run(command, 60_000);
    if (status !== 0) console.error(`${title} ${engine}: status ${status ?? "none"} ${stderr.split("\n", 1)[0]}`);
    return status === 0;
  });
  const samples = working.map((): number[] => []);
  for (let i = 0; i < RUNS; i++) working.forEach(([, command], at) => samples[at].push(run(command).milliseconds));
  working.forEach(([engine, command], at) => console.log(row([title, engine, median(samples[at]).toFixed(0), peakMemory(command)], widths)));
}
