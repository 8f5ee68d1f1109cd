// --strace on programs without libc: what strace(1) itself has written of the same program (fixtures/debug/traced.strace), and the options that choose
// what is shown. Debian's programs are compared in test/debian/strace.test.ts.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { linuxI386 } from "../../src/kernel/abi/linux-i386/index.ts";
import { parseFilter, parseSignals, parseStatus } from "../../src/kernel/trace-filter.ts";

// on a machine that others use too
vi.setConfig({ testTimeout: 90_000 });

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixtures = fileURLToPath(new URL("../../fixtures/debug", import.meta.url));
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-strace-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs a program of fixtures/debug and gives the trace, without the numbers of threads when there is one. */
function trace(program: string, args: readonly string[], ...options: readonly string[]): string {
  const file = join(home, "trace");
  const { stderr } = spawnSync(process.execPath, [cli, ...options, "-D", file, join(fixtures, "bin", program), ...args], { encoding: "utf8", timeout: 60_000 });
  expect(stderr).toBe("");
  return readFileSync(file, "utf8").replaceAll(/^1000 {2}/gm, "");
}

/** Numbers that each run has its own of; where the result begins depends on whether the line has a thread's number. */
const plain = (text: string): string[] => text.replaceAll(/(pipe|socket):\[\d+\]/g, "$1:[N]").replaceAll(/htons\([1-9]\d*\)/g, "htons(N)")
  .replaceAll(/0x[bf][0-9a-f]{7}\b/g, "0xN").replaceAll(/ += /g, " = ").trimEnd().split("\n")
  // what was open before, and how it was started
  .filter((line) => !/^close\((\d+)(<[^<>]*>(\(deleted\))?)?\)/.test(line) && !line.startsWith("execve("));

describe("--strace", () => {
  test("--strace-fds, messages, sets, lengths: as strace -y writes them", () => {
    expect(plain(trace("traced", [], "--strace", "--strace-fds"))).toEqual(plain(readFileSync(join(fixtures, "traced.strace"), "utf8")));
  });

  test("without --strace-fds there are numbers alone", () => {
    const bare = plain(readFileSync(join(fixtures, "traced.strace"), "utf8")).map((line) => line.replaceAll(/(?<=\b\d+|AT_FDCWD)<[^<>]*>(\(deleted\))?/g, ""));
    expect(plain(trace("traced", [], "--strace"))).toEqual(bare);
  });

  test("--strace-status: calls by how they end, each on one line", () => {
    const failed = trace("traced", [], "--strace", "--strace-status=failed").trimEnd().split("\n");
    expect(failed.pop()).toBe("+++ exited with 7 +++");
    expect(failed.filter((line) => !/ = -1 E[A-Z]+ \(.*\)$/.test(line))).toEqual([]);
    expect(failed.length).toBeGreaterThan(4);
    expect(trace("debugged-unwind", ["leaf"], "--strace", "--strace-status=unfinished")).toMatch(/^exit_group\(\d+\) += \?\n\+\+\+ exited with \d+ \+\+\+\n$/);
    const both = trace("debugged-unwind", [], "--strace", "--strace-status=successful");
    expect(both).not.toMatch(/unfinished|resumed|exit_group/);
    expect(both).toContain("futex(");
  });

  test("--strace-signals", () => {
    expect(trace("debugged-unwind", [], "--strace")).toContain("--- SIGSEGV {");
    expect(trace("debugged-unwind", [], "--strace", "--strace-signals=!segv")).not.toContain("--- SIGSEGV {");
    expect(trace("debugged-unwind", [], "--strace=none", "--strace-signals=SIGSEGV")).toMatch(/^--- SIGSEGV \{/m);
  });

  test("--strace-stacks: the frames of each call, by unwind tables", () => {
    const text = trace("debugged-unwind", ["leaf"], "--strace=exit_group", "--strace-stacks");
    const program = join(fixtures, "bin/debugged-unwind");
    expect(text.replaceAll(/\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]/g, ")")).toBe(`exit_group(9)                     = ?\n > ${program}(_start)\n+++ exited with 9 +++\n`);
    const futex = trace("debugged-unwind", [], "--strace=futex", "--strace-stacks");
    expect(futex.replaceAll(/^.*\/|\+0x.*$/gm, "")).toMatch(/debugged-unwind\(thread_leaf\ndebugged-unwind\(thread_work\ndebugged-unwind\(thread_main\ndebugged-unwind\(thread_start\n/);
  });
});

describe("sets", () => {
  /** What strace 6.1 shows of a program that makes each call, by class. */
  const classes = readFileSync(join(fixtures, "classes.txt"), "utf8").trimEnd().split("\n").map((line) => line.split(" "));
  const known = new Set(linuxI386.calls.map((call) => call?.name));
  /** Newer than that strace is; it shows socketcall as what it asks for. */
  const beyond = new Set(["fchmodat2", "socketcall"]);

  test.each(classes)("%s", (name, ...members) => {
    expect(members.length).toBeGreaterThan(1);
    const wanted = parseFilter(name, linuxI386.calls);
    const shown = linuxI386.calls.flatMap((call) => (call !== undefined && wanted(call) && !beyond.has(call.name) ? [call.name] : []));
    expect(shown.toSorted()).toEqual(members.filter((it) => known.has(it) && !beyond.has(it)));
  });

  test("of calls: names, patterns, what may be missing, what is left out", () => {
    const members = (text: string) => linuxI386.calls.flatMap((call) => (call !== undefined && parseFilter(text, linuxI386.calls)(call) ? [call.name] : []));
    expect(members("trace=read,?nonesuch,/^pread.*64$")).toEqual(["read", "pread64"]);
    expect(members("!%file,read")).not.toContain("open");
    expect(members("!%file,read")).toContain("write");
    expect(members("none")).toEqual([]);
    expect(() => members("nonesuch")).toThrow("nonesuch: no such system call or class");
    expect(() => members("/(")).toThrow("/(: not a regular expression");
  });

  test("of signals: with and without SIG, numbers, all, none, what is left out", () => {
    const members = (text: string) => Array.from({ length: 64 }, (_, i) => i + 1).filter(parseSignals(text));
    expect(members("segv,SIGINT,9")).toEqual([2, 9, 11]);
    expect(members("none")).toEqual([]);
    expect(members("all").length).toBe(64);
    expect(members("!all")).toEqual([]);
    expect(members("!int").includes(2)).toBe(false);
    expect(() => parseSignals("SIGNONE")).toThrow("SIGNONE: no such signal");
  });

  test("of ends", () => {
    expect(parseStatus("failed,unfinished")("failed")).toBe(true);
    expect(parseStatus("!failed")("failed")).toBe(false);
    expect(() => parseStatus("good")).toThrow("good: must be successful, failed, unfinished, all or none");
  });
});
