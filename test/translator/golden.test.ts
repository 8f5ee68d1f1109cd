// Golden code: golden/NAME.s are small pieces of guest code, golden/NAME.js what the tiers make of them. A change of the translator shows
// as a difference there, to be reviewed like code. docs/architecture.md (What comes out) tells how to read it.
// `npx vitest run test/translator/golden.test.ts --update` writes the JavaScript, and where there is an assembler the bytes of the sources.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { allSemantics } from "../../src/semantics/index.ts";
import { DirectExit, IndirectExit, OtherVersion } from "../../src/translator/exits.ts";
import { trainable, withTraining } from "../../src/translator/training.ts";
import { emitTier, readable } from "./emitted.ts";
import { CODE, createGuest } from "./guest.ts";

const directory = fileURLToPath(new URL("golden/", import.meta.url));
const names = readdirSync(directory).filter((name) => name.endsWith(".s")).map((name) => name.slice(0, -2));
const read = (name: string) => readFileSync(`${directory}${name}.s`, "utf8");
const hex = (n: number) => (n >>> 0).toString(16);

/** A line of code with its bytes in a comment behind: `again:  dec %ecx   # 49`. */
const LINE = /^([^#\n]*[^#\s])\s*(?:# ((?:[0-9a-f]{2} ?)+))?$/;

/** The bytes of a source; room is made by `.org`. */
function assembled(source: string): Uint8Array {
  const bytes: number[] = [];
  for (const line of source.split("\n")) {
    const [, code = "", text = ""] = LINE.exec(line) ?? [];
    const [, to] = /\.org\s+(\w+)/.exec(code) ?? [];
    if (to !== undefined) while (bytes.length < Number(to)) bytes.push(0xcc);
    else bytes.push(...text.split(" ").filter((it) => it !== "").map((it) => Number.parseInt(it, 16)));
  }
  return Uint8Array.from(bytes);
}

const assembler = spawnSync("as", ["--version"]).status === 0;

/** A source with the bytes that GNU as makes of each line. */
function withBytes(name: string): string {
  const { error, status, stdout, stderr } = spawnSync("as", ["--32", "-al", "--listing-cont-lines=9", "-o", "/dev/null", `${directory}${name}.s`], { encoding: "utf8", timeout: 20_000 });
  if (status !== 0) throw error ?? new Error(stderr);
  const bytes = new Map<number, string>();
  for (const [, line, text] of stdout.matchAll(/^ +(\d+) (?:[0-9a-f]{4}| {4}) ([0-9A-F]+)(?: |$)/gm)) bytes.set(Number(line), (bytes.get(Number(line)) ?? "") + text.toLowerCase());
  return read(name).split("\n").map((line, k) => {
    const code = LINE.exec(line)?.[1], of = bytes.get(k + 1);
    if (code === undefined || of === undefined || code.includes(".org")) return line;
    return `${code.padEnd(39)} # ${of.replaceAll(/..(?=.)/g, "$& ")}`;
  }).join("\n");
}

/** Sources, with the bytes that a run with --update is about to write. */
const sources = new Map(names.map((name) => [name, assembler ? withBytes(name) : read(name)]));
const { memory } = createGuest(new Uint8Array(0), { jit: "off" });

/** What emitted code calls c0, c1 ... */
function nameOf(constant: unknown): string {
  if (constant instanceof DirectExit) return `link to ${hex(constant.target)}`;
  if (constant instanceof IndirectExit) return `notes the targets of the jump at ${hex(constant.address)}`;
  if (constant instanceof OtherVersion) return "the version that has x87 registers in the state";
  if (constant instanceof Uint8Array || constant instanceof Int32Array) return `${constant.constructor.name} ${[...constant].map(hex).join(" ")}`;
  if (typeof constant === "function") {
    const found = Object.entries(allSemantics()).find(([, semantic]) => semantic === constant);
    if (found !== undefined) return `semantic function ${found[0]}`;
  }
  const { address, runs } = constant as { address?: number; runs?: number };
  if (address !== undefined) return `instruction at ${hex(address)}`;
  if (runs !== undefined) return "how often x87 arithmetic in this function ran, and left";
  throw new Error("emitted code with a constant of a kind that has no name here");
}

/** All that the tiers make of a source, as a file of JavaScript. */
function golden(name: string): string {
  const source = sources.get(name) ?? "", code = assembled(source);
  if (code.length === 0) throw new Error(`${name} has no bytes`);
  const header = (what: string) => new RegExp(`^# ${what}: (.*)`, "m").exec(source)?.[1].split(" ") ?? [];
  const targets = header("indirect targets").map((offset) => (CODE + Number.parseInt(offset, 16)) | 0);
  memory.poke(CODE, new Uint8Array(0x1000).fill(0xcc));
  memory.poke(CODE, code);
  const parts: string[] = [];
  const shown = header("show")[0];
  for (const tier of shown === "trained" ? ["trained" as const] : ["block" as const, "region" as const, ...(shown === "vectors" ? ["vectors" as const] : [])]) {
    // what is to become WebAssembly, where that has packed instructions
    const packed = tier === "vectors";
    const made = emitTier(tier === "block" ? tier : "region", memory, CODE, targets, packed) ?? (packed ? emitTier("block", memory, CODE, targets, packed) : undefined);
    if (made === undefined) continue;
    if (tier === "trained" && !trainable(made.source)) throw new Error(`${name} cannot be trained`);
    const text = tier === "trained" ? withTraining(made.source) : made.source;
    const constants = made.constants.map((it, k) => `// c${k}: ${nameOf(it)}\n`).join("");
    const entries = made.entries.map((it, k) => `// R[28] = ${k + 1} enters it at ${hex(it)}\n`).join("");
    parts.push(`${constants}${entries}${readable(`function ${tier}() {\n${text}\n}`)}\n`);
  }
  return parts.join("\n");
}

test("there is golden code", () => {
  expect(names.length).toBeGreaterThan(25);
  const emitted = readdirSync(directory).filter((name) => name.endsWith(".js")).map((name) => name.slice(0, -3));
  expect(emitted.filter((name) => !names.includes(name))).toEqual([]);
});

// where there is no assembler the bytes are taken as they stand
describe.skipIf(!assembler)("the bytes of the sources are those of the text", () => {
  test.each(names)("%s", async (name) => {
    await expect(sources.get(name)).toMatchFileSnapshot(`golden/${name}.s`);
  });
});

describe("what is emitted is what was reviewed (npx vitest run test/translator/golden.test.ts --update)", () => {
  test.each(names)("%s", async (name) => {
    const text = golden(name);
    expect(text).toContain("function ");
    expect(() => new Script(text)).not.toThrow();
    await expect(text).toMatchFileSnapshot(`golden/${name}.js`);
  });
});

