// The command keeps V8's code of itself in the user's cache directory: the second run finds all that the first one used; what is damaged or
// somebody else's is not run, and what cannot be written is done without.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/compute/bin/${name}`, import.meta.url));
const program = fixture("arith");
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-code-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Files of jit386 that were found in the cache, and that were not. */
function run(env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "--stats", program, "1000"], {
    encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: home, NODE_OPTIONS: "", ...env },
  });
  const count = (text: string) => Number(new RegExp(`(\\d+) ${text}`).exec(stderr)?.[1]);
  return { status, stdout, found: count("files of jit386 found in it"), missed: count("files that were not") };
}

const directory = () => join(home, "jit386", "code");
const files = () => readdirSync(directory()).map((name) => join(directory(), name));

describe("V8's code cache", () => {
  test("the second run finds what the first has left, for nobody else to write", () => {
    const first = run();
    expect(first.status).toBe(0);
    expect(first.found).toBe(0);
    expect(first.missed).toBeGreaterThan(1);
    expect(files()).toHaveLength(first.missed);
    for (const path of files()) expect(statSync(path).mode & 0o077).toBe(0);
    expect(run()).toEqual({ ...first, found: first.missed, missed: 0 });
  });

  test("a damaged file, one of another program and one that others may write are not used; the first two are written again", () => {
    const first = run();
    const [largest, other] = files().toSorted((a, b) => statSync(b).size - statSync(a).size);
    const good = readFileSync(largest);
    writeFileSync(largest, good.subarray(0, good.length >> 1));
    expect(run()).toEqual({ ...first, found: first.missed - 1, missed: 1 });
    expect(run()).toEqual({ ...first, found: first.missed, missed: 0 });
    writeFileSync(largest, readFileSync(other));
    expect(run()).toEqual({ ...first, found: first.missed - 1, missed: 1 });
    chmodSync(other, 0o666);
    expect(run().missed).toBe(1);
  });

  test("a run that meets far more than the one that made the cache makes it anew; other flags of V8 have a cache of their own", () => {
    const version = () => spawnSync(process.execPath, [cli, "--version"], { env: { ...process.env, XDG_CACHE_HOME: home, NODE_OPTIONS: "" } });
    const size = () => Math.max(...files().map((path) => statSync(path).size));
    version();
    const poor = size();
    run();
    const good = size();
    expect(good).toBeGreaterThan(1.2 * poor);
    version();
    expect(size()).toBe(good);
    const before = files().length;
    run({ NODE_OPTIONS: "--stack-trace-limit=20" });
    expect(files().length).toBeGreaterThan(before);
    expect(run().missed).toBe(0);
  });

  test("that of the translator is made at the end of a run, when most of it has been compiled", () => {
    const long = spawnSync(process.execPath, [cli, fixture("bytecode"), "400000"], { env: { ...process.env, XDG_CACHE_HOME: home, NODE_OPTIONS: "" } });
    expect(long.status).toBe(0);
    const made = (script: string) => Math.max(...files().filter((path) => path.includes(script)).map((path) => statSync(path).mtimeMs));
    expect(made("-tiers.cjs-") - made("-program.cjs-")).toBeGreaterThan(100);
  });

  test("without a place to write, and when it is turned off, every run compiles", () => {
    const off = run({ NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(off.status).toBe(0);
    expect(off.found).toBe(0);
    expect(readdirSync(home)).toEqual([]);
    writeFileSync(join(home, "jit386"), "");
    expect(run()).toEqual(off);
  });
});
