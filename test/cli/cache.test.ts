// --cache: a second command finds what the first has translated; what is damaged, foreign or out of date is not used and written again; several at
// once do not disturb each other; where nothing can be written one line says so.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BASE, BODY, makeElf } from "../support/elf.ts";
import { listing } from "../translator/guest.ts";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/compute/bin/${name}`, import.meta.url));
const sha256 = fixture("sha256");
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "jit386-cache-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** The same for runs that somebody watches and for those that nobody does. */
const EARLY = "--jit-threshold=2500";
const directory = () => join(home, "jit386", "translations");
const files = () => readdirSync(directory()).map((name) => join(directory(), name));
const environment = () => ({ ...process.env, XDG_CACHE_HOME: home, NODE_OPTIONS: "" });

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function cached(...args: readonly string[]): Outcome & Record<"found" | "hits" | "damaged" | "refused" | "added" | "translated", number> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "--cache", "--stats", ...args], { encoding: "utf8", env: environment() });
  const count = (text: string) => [...stderr.matchAll(new RegExp(`(\\d+) ${text}`, "g"))].reduce((sum, match) => sum + Number(match[1]), 0);
  return {
    status, stdout, stderr, found: count("entries found"), hits: count("used \\(hits\\)"), damaged: count("damaged"), refused: count("made from other code"),
    added: count("entries added"), translated: count("(?:blocks|regions) translated"),
  };
}

/** A run that nobody looks into, whose translations are WebAssembly; and whether it wrote the one file, which is replaced then. */
function unseen(...args: readonly string[]): Outcome & { readonly wrote: boolean } {
  const before = existsSync(directory()) ? files().map((path) => statSync(path).ino) : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "--cache", ...args], { encoding: "utf8", env: environment() });
  return { status, stdout, stderr, wrote: files().length !== 1 || statSync(files()[0]).ino !== before[0] };
}

const MODES = [[], ["--jit=block"], ["--jit-threshold=0"], ["--lockstep", "--jit-threshold=50"], ["--one-insn-per-block", "--jit-threshold=50"], ["--cpu=i686"]];

describe("the second run has all from the first", () => {
  test.each(MODES.map((options) => [options.join(" "), options] as const))("%s", (_name, options) => {
    const count = options.length > 1 ? "1" : "20"; // the slow ones
    const first = cached(...options, sha256, count);
    expect(first.status).toBe(0);
    expect(first).toMatchObject({ found: 0, hits: 0 });
    expect(first.added).toBeGreaterThan(1);
    for (const path of files()) expect(statSync(path).mode & 0o077).toBe(0);
    const second = cached(...options, sha256, count);
    expect(second).toMatchObject({ status: 0, stdout: first.stdout, translated: 0, damaged: 0, refused: 0, added: 0 });
    expect(second.hits).toBeGreaterThan(1);
  }, 120_000);
});

describe("when nobody looks", () => {
  test.each([[EARLY], ["--jit=block", EARLY], ["--jit-threshold=0"], ["--cpu=i686", EARLY]].map((options) => [options.join(" "), options] as const))("%s", (_name, options) => {
    for (const program of [sha256, fixture("mandelbrot_x87"), ...(options[0] === "--cpu=i686" ? [] : [fixture("float32")])]) {
      const count = program === sha256 ? ["20"] : program.endsWith("x87") ? ["60", "2000"] : ["400"];
      const first = unseen(...options, program, ...count);
      expect(first).toMatchObject({ status: 0, stderr: "", wrote: true });
      // what is hot is not the same in a run that begins with what another has made
      let again = unseen(...options, program, ...count);
      for (let k = 0; k < 3 && again.wrote; k++) again = unseen(...options, program, ...count);
      expect(again).toMatchObject({ ...first, wrote: false });
      rmSync(directory(), { recursive: true });
    }
  }, 120_000);

  test("what is damaged is written again", () => {
    const first = unseen(EARLY, sha256, "20"), [path] = files(), good = readFileSync(path);
    for (let at = 0; at < good.length; at += 1 + Math.floor(good.length / 10)) {
      writeFileSync(path, Uint8Array.from(good, (byte, k) => (k === at ? byte ^ 0x10 : byte)));
      const it = unseen(EARLY, sha256, "20");
      expect(it, String(at)).toMatchObject({ status: 0, stdout: first.stdout, stderr: "" });
      writeFileSync(path, good.subarray(0, at));
      expect(unseen(EARLY, sha256, "20"), String(at)).toMatchObject({ ...first, wrote: true });
    }
  }, 120_000);
});

describe("what is in the directory", () => {
  test("cut off, turned over, of another program or another version, it is not used, and written again", () => {
    const first = cached(sha256, "20");
    const full = cached(sha256, "20");
    const [path] = files();
    const good = readFileSync(path);
    const damage: Readonly<Record<string, () => Uint8Array>> = {
      "cut off": () => good.subarray(0, good.length >> 1),
      "a bit of an entry": () => Uint8Array.from(good, (byte, k) => (k === good.length - 100 ? byte ^ 4 : byte)),
      "a bit of the index": () => Uint8Array.from(good, (byte, k) => (k === 100 ? byte ^ 4 : byte)),
      "another version": () => Buffer.from(good.toString("latin1").replace("jit386 translations 4 0.", "jit386 translations 4 9."), "latin1"),
      "something else": () => Buffer.from("hello\n"),
      empty: () => new Uint8Array(0),
    };
    for (const [what, make] of Object.entries(damage)) {
      writeFileSync(path, make());
      const it = cached(sha256, "20");
      expect(it, what).toMatchObject({ status: 0, stdout: first.stdout });
      expect(it.hits, what).toBeLessThan(full.hits);
      expect(it.added, what).toBeGreaterThan(0);
      // traces begin elsewhere where some were found and some were not: it may take another run until all are there
      let again = cached(sha256, "20");
      for (let k = 0; k < 2 && again.translated > 0; k++) again = cached(sha256, "20");
      expect(again, what).toMatchObject({ stdout: first.stdout, translated: 0 });
      expect(again.hits, what).toBeGreaterThanOrEqual(full.hits);
    }
    cached(fixture("crc32"), "2");
    const other = files().find((it) => it !== path) ?? "";
    copyFileSync(other, path);
    expect(cached(sha256, "20")).toMatchObject({ status: 0, stdout: first.stdout });
    expect(cached(sha256, "20")).toMatchObject({ stdout: first.stdout, translated: 0 });
  }, 120_000);

  test.skipIf(process.platform === "win32")("is not believed when others may write it", () => {
    cached(sha256, "20");
    const [path] = files();
    chmodSync(path, 0o666);
    expect(cached(sha256, "20")).toMatchObject({ status: 0, found: 0, hits: 0 });
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(cached(sha256, "20").hits).toBeGreaterThan(0);
  });
});

/**
 * Exits with 20000 times the sum of IMMEDIATE, IMMEDIATE + 1 and so on, ROUNDS of them, divided by 32. Between the rounds it changes the function
 * that has the number.
 */
const counter = (immediate: number, rounds: number) => {
  const body = listing(`
    bf ${rounds.toString(16).padStart(2, "0")} 00 00 00  mov    $ROUNDS,%edi
    b9 20 4e 00 00  round: mov    $20000,%ecx
    e8 40 00 00 00  again: call   f
    01 c6  add    %eax,%esi
    49  dec    %ecx
    75 f6  jne    again
    ba 07 00 00 00  mov    $7,%edx
    e8 1f 00 00 00  call   protect
    fe 05 50 81 04 08  incb   f + 1
    ba 05 00 00 00  mov    $5,%edx
    e8 0f 00 00 00  call   protect
    4f  dec    %edi
    75 d4  jne    round
    b8 01 00 00 00  mov    $1,%eax
    89 f3  mov    %esi,%ebx
    c1 eb 05  shr    $5,%ebx
    cd 80  int    $0x80
    b8 7d 00 00 00  protect: mov    $125,%eax
    bb 00 80 04 08  mov    $0x8048000,%ebx
    b9 00 10 00 00  mov    $0x1000,%ecx
    cd 80  int    $0x80
    c3  ret
    b8 ${immediate.toString(16).padStart(2, "0")} 00 00 00  f: mov    $IMMEDIATE,%eax
    c3  ret
  `);
  // with so much behind it the ends of the file, by which it is named, say nothing of the code in its middle
  const stack = { type: 0x6474e551, offset: 0, vaddr: 0, filesz: 0, memsz: 0, flags: 6 };
  return makeElf({
    body, bodyOffset: 0x1000 + BODY, segments: [{ offset: 0x1000, vaddr: BASE, filesz: 0x1000, memsz: 0x1000, flags: 5 }, stack], length: 0x3000,
  });
};
const expected = (immediate: number, rounds: number) => ((20000 * (immediate * rounds + (rounds * (rounds - 1)) / 2)) >>> 5) & 255;

describe("code that changes", () => {
  const program = () => join(home, "program");
  function install(immediate: number, rounds: number): number {
    writeFileSync(program(), counter(immediate, rounds), { mode: 0o755 });
    return expected(immediate, rounds);
  }

  test("while it runs is not served as it was before", () => {
    const status = install(3, 3);
    const first = cached(program());
    expect(first.status).toBe(status);
    expect(first.added).toBeGreaterThan(2);
    const second = cached(program());
    expect(second.status).toBe(status);
    // the loop is as it was; of the function the last version was kept
    expect(second.hits).toBeGreaterThan(0);
    expect(cached(program()).status).toBe(status);
    expect(cached("--jit=off", program())).toMatchObject({ status, found: 0, added: 0 });
  });

  test("from one run to the next, in a file of the same name, size and ends, is translated again", () => {
    const before = install(3, 1);
    expect(cached(program()).status).toBe(before);
    const [path] = files();
    const after = install(90, 1);
    expect(after).not.toBe(before);
    const second = cached(program());
    expect(second.status).toBe(after);
    expect(second.refused).toBeGreaterThan(0);
    expect(second.hits).toBeGreaterThan(0);
    expect(files()).toEqual([path]);
    expect(cached(program())).toMatchObject({ status: after, refused: 0, translated: 0 });
  });
});

function start(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { env });
    let stdout = "", stderr = "";
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

test("several at once leave a whole file, and nothing beside it", async () => {
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => start(["--cache", EARLY, sha256, "20"], environment())));
  for (const outcome of outcomes) expect(outcome).toEqual({ ...outcomes[0], status: 0, stderr: "" });
  expect(files()).toHaveLength(1);
  expect(unseen(EARLY, sha256, "20")).toMatchObject({ stdout: outcomes[0].stdout, wrote: false });
});

test("where nothing can be written one line says so, and the program runs", () => {
  const plain = spawnSync(process.execPath, [cli, sha256, "20"], { encoding: "utf8", env: environment() });
  writeFileSync(join(home, "file"), "");
  const places = [join(home, "file"), join(home, "file", "below")];
  if (existsSync("/dev/full")) {
    // what is written there finds no room
    symlinkSync("/dev/full", join(home, "full"));
    places.push(join(home, "full"));
  }
  for (const place of places) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, `--cache=${place}`, sha256, "20"], { encoding: "utf8", env: environment() });
    expect({ status, stdout }).toEqual({ status: 0, stdout: plain.stdout });
    expect(stderr).toMatch(/^jit386: --cache: nothing is kept: .+\n$/);
  }
});

test("--cache=DIR keeps it there; --trace-jit says where it comes from; without --cache nothing is kept", () => {
  const there = join(home, "there");
  const run = (...args: readonly string[]) => spawnSync(process.execPath, [cli, EARLY, ...args, sha256, "20"], { encoding: "utf8", env: environment() });
  run();
  expect(existsSync(directory())).toBe(false);
  run(`--cache=${there}`);
  expect(readdirSync(there)).toHaveLength(1);
  expect(existsSync(directory())).toBe(false);
  run(`--cache=${there}`, "--stats");
  const { stderr } = run(`--cache=${there}`, "--trace-jit");
  expect(stderr).toMatch(/compiled (block|region) [0-9a-f]{8}-[0-9a-f]{8} .*: cache; /);
  expect(stderr).not.toMatch(/: executed \d+ times;/);
});
