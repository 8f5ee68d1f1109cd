// V8's threads beside the one that runs the program: they stand back once there is something to translate.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixture = fileURLToPath(new URL("../../fixtures/compute/bin/bytecode", import.meta.url));

/** The nice values of a process's threads, by number (proc_pid_stat(5)). */
function niceValues(pid: number): Map<number, number> {
  const values = new Map<number, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const fields = readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1").replace(/^.*\) /, "").split(" ");
    values.set(Number(thread), Number(fields[16]));
  }
  return values;
}

test.runIf(process.platform === "linux")("V8's threads are nicer than the program once something is translated, and not before", async () => {
  const pause = () => new Promise((done) => setTimeout(done, 20));
  const own = niceValues(process.pid).get(process.pid) ?? 0, nicer = Math.min(19, own + 10);
  const watch = async (args: readonly string[], until: (values: number[]) => boolean) => {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, NODE_OPTIONS: "" }, stdio: "ignore" }), pid = child.pid ?? 0;
    try {
      for (let k = 0; k < 500; k++) {
        await pause();
        const values = niceValues(pid);
        const others = [...values].filter(([thread]) => thread !== pid).map(([, nice]) => nice);
        if (others.length > 0 && until(others)) return { main: values.get(pid), others: new Set(others) };
      }
    } finally {
      child.kill("SIGKILL");
    }
    return undefined;
  };
  // the size at which it runs for minutes
  const turns = "100000000";
  expect(await watch([fixture, turns], (others) => others.every((nice) => nice === nicer))).toEqual({ main: own, others: new Set([nicer]) });
  let seen = 0;
  expect(await watch(["--jit=off", fixture, turns], () => ++seen > 25)).toEqual({ main: own, others: new Set([own]) });
}, 60_000);
