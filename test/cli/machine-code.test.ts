// Machine code of modules: a process takes what another one has optimised, and nothing that was made otherwise. Where V8 cannot do it there is none.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMachineCode } from "../../src/cli/machine-code.ts";
import { webAssembly } from "../../src/runtime/webassembly.ts";

const host = webAssembly();
if (host === undefined) throw new Error("no WebAssembly");
const SUPPORTED = Number.parseInt(process.versions.v8) < 14;

/** (module (func (export "0") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))), with `n` more as a name. */
const adder = (n: number) => Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 48, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11, 0, 3, 1, 120, n]);

test.skipIf(SUPPORTED)("a V8 without the functions has none", () => {
  expect(createMachineCode(setFlagsFromString, (work) => work())).toBeUndefined();
});

describe.skipIf(!SUPPORTED)("where V8 can", () => {
  test("there is none of what has not run; what has been optimised comes back, under the same flags only", () => {
    const code = createMachineCode(setFlagsFromString, (work) => work());
    if (code === undefined) throw new Error("none");
    const bytes = adder(1), module = new host.Module(bytes), { exports } = new host.Instance(module, { m: {} }), compiled = { module, exports: new WeakRef(exports) };
    const add = exports["0"] as (a: number, b: number) => number;
    expect(code.of(compiled)).toBeUndefined();
    let made: Uint8Array | undefined;
    for (const end = Date.now() + 20_000; made === undefined && Date.now() < end; made = code.of(compiled)) for (let k = 0; k < 1_000_000; k++) add(k, k);
    expect(made?.length).toBeGreaterThan(50);
    if (made === undefined) return;
    // others take the same module by its bytes, so here is another one with the same code
    const again = code.revive(made, adder(2));
    expect(again).toBeInstanceOf(host.Module);
    expect((new host.Instance(again as object, { m: {} }).exports["0"] as typeof add)(40, 2)).toBe(42);
    setFlagsFromString("--stack-trace-limit=7");
    expect(code.revive(made, adder(3))).toBeUndefined();
    setFlagsFromString("--stack-trace-limit=10");
    expect(code.revive(made.subarray(0, 8), adder(4))).toBeUndefined();
  });

  test("what V8 says to a function that it has not is no error", () => {
    expect(createMachineCode(() => {}, (work) => work())?.revive(new Uint8Array(100), adder(5))).toBeUndefined();
  });
});

describe("the command", () => {
  const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const program = fileURLToPath(new URL("../../fixtures/compute/bin/bytecode", import.meta.url));
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "jit386-machine-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const run = (...options: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...options, program, "20000"], { encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: home, NODE_OPTIONS: "" } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  };
  const file = () => readdirSync(join(home, "jit386", "code")).filter((name) => name.includes("quick.wasm")).map((name) => join(home, "jit386", "code", name))[0];
  /** Runs until one has nothing to add to the file: what it took from there was all that it had at its end. */
  function settle(...options: readonly string[]): string {
    for (let k = 0, before = -1; k < 8; k++) {
      run(...options);
      const { ino } = statSync(file());
      if (ino === before) return file();
      before = ino;
    }
    throw new Error("each run writes anew");
  }

  test.skipIf(!SUPPORTED)("keeps the quick interpreter's, for nobody else to write, and makes it anew when it is damaged", () => {
    const expected = run("--jit=quick"), path = settle("--jit=quick"), good = readFileSync(path);
    expect(statSync(path).mode & 0o077).toBe(0);
    const block = Buffer.from(good);
    block.fill(0, 0x8000, 0x9000);
    for (const bad of [good.subarray(0, good.length - 5000), good.subarray(0, 4), Buffer.concat([good, good.subarray(0, 8)]), block]) {
      writeFileSync(path, bad);
      expect(run("--jit=quick")).toBe(expected);
      expect(readFileSync(settle("--jit=quick")).length).toBeGreaterThan(good.length / 2);
    }
  }, 120_000);

  test.skipIf(!SUPPORTED)("compiles no module of --cache again that V8 has optimised", () => {
    // counts modules that are made of their bytes: those with machine code are not
    const counting = join(home, "counting.cjs");
    writeFileSync(counting, `
      const { Module } = WebAssembly;
      let made = 0;
      WebAssembly.Module = class extends Module { constructor(bytes) { super(bytes); made++; } };
      process.on("exit", () => require("node:fs").writeSync(2, String(made)));
      process.argv.splice(1, 1);
      require(process.argv[1]);`);
    const count = (...options: readonly string[]) => {
      const env = { ...process.env, XDG_CACHE_HOME: home, NODE_OPTIONS: "" };
      const { status, stdout, stderr } = spawnSync(process.execPath, [counting, cli, ...options, program, "1000000"], { encoding: "utf8", env });
      return { status, stdout, made: Number(stderr) };
    };
    const plain = count(), first = count("--cache");
    expect(plain.status).toBe(0);
    expect(plain.made).toBeGreaterThan(2);
    expect(first.stdout).toBe(plain.stdout);
    let later = count("--cache");
    for (let k = 0; k < 3 && later.made >= first.made; k++) later = count("--cache");
    expect(later).toMatchObject({ status: 0, stdout: plain.stdout });
    // what all runs have stays
    expect(later.made).toBeLessThan(first.made);
    rmSync(join(home, "jit386", "code"), { recursive: true });
  }, 120_000);

  test.skipIf(SUPPORTED)("keeps none where V8 cannot", () => {
    run("--jit=quick");
    expect(file()).toBeUndefined();
  }, 60_000);
});
