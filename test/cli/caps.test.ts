// Bounds on what a program and its children may use: they hold, and say so once.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

// on a machine that others use too
vi.setConfig({ testTimeout: 90_000 });

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const greedy = fileURLToPath(new URL("../../fixtures/kernel/bin/greedy", import.meta.url));

function run(option: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, option, ...args], { encoding: "utf8", timeout: 80_000 });
  return { status, stdout, stderr };
}

test("--memory", () => {
  const { status, stdout, stderr } = run("--memory=32M", greedy, "memory");
  expect(stdout).toMatch(/^got=(2\d|3[01])\nthen=-12\n$/);
  expect([status, stderr]).toEqual([0, "jit386: --memory=33554432 is reached: no more memory\n"]);
});

test("--max-processes", () => {
  expect(run("--max-processes=5", greedy, "processes")).toEqual({
    status: 137, stdout: "got=4\nthen=-11\n", stderr: "jit386: --max-processes=5 is reached: no more processes and threads\n",
  });
});

test("--max-files", () => {
  expect(run("--max-files=10", greedy, "files")).toEqual({
    status: 0, stdout: "got=7\nthen=-23\n", stderr: "jit386: --max-files=10 is reached: no more open files\n",
  });
});

test("--timeout", () => {
  expect(run("--timeout=1", greedy, "time")).toEqual({ status: 137, stdout: "", stderr: "jit386: --timeout=1 is over: all processes are killed\n" });
});

test("wrong sizes and --syscalls", () => {
  expect(run("--memory=lots", greedy).stderr).toBe("jit386: --memory lots: must be a size such as 64M\n");
  const { status, stdout } = run("--syscalls");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ {2}3 read +full$/m);
  expect(stdout).toMatch(/\n\d+ calls: \d+ full, \d+ partial, \d+ stub, \d+ absent\n$/);
});
