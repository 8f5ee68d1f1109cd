// What the build made of the semantic functions: the bundles hold the functions as they are written, and a syntax tree for each.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, type Node } from "acorn";
import { describe, expect, test } from "vitest";
import { EDITS } from "../../bench/without.ts";
import { allSemantics } from "../../src/semantics/index.ts";
import { parseSemantic } from "../../src/translator/parse.ts";
import { decodeTree, encodeTree, treeKey } from "../../src/translator/tree-text.ts";
import { violations } from "../support/closed.ts";

const dist = (path: string) => readFileSync(fileURLToPath(new URL(join("../../dist", path), import.meta.url)), "utf8");

/** A tree without what the spelling decides (positions, raw literals). */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return [...(value as Set<string>)].toSorted((a, b) => (a < b ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "start" && key !== "end" && key !== "raw");
  return Object.fromEntries(entries.map(([key, it]) => [key, plain(it)]));
}

/** Key -> source text of every named function that is the value of a property in a script. */
function functionsOf(script: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: Node & Record<string, unknown>): void => {
    if (node.type === "Property") {
      const { key, value } = node as unknown as { key: Node & { name?: string; value?: string }; value: Node };
      const text = script.slice(value.start, value.end);
      if (/Function/.test(value.type)) found.set(treeKey(key.name ?? key.value ?? "", text), text);
    }
    if (node.type === "VariableDeclarator" && node.init) {
      const { id, init } = node as unknown as { id: { name?: string }; init: Node };
      if (/Function/.test(init.type) && id.name !== undefined) found.set(treeKey(id.name, script.slice(init.start, init.end)), script.slice(init.start, init.end));
    }
    for (const child of Object.values(node)) {
      if (Array.isArray(child)) for (const it of child) if (it !== null && typeof it === "object") visit(it as typeof node);
      if (child !== null && typeof child === "object" && "type" in child) visit(child as typeof node);
    }
  };
  visit(parse(script, { ecmaVersion: 2023, sourceType: "module" }) as unknown as Node & Record<string, unknown>);
  return found;
}

test("a tree as text reads back as it was", () => {
  for (const semantic of Object.values(allSemantics())) {
    const source = parseSemantic(semantic.toString());
    const line = encodeTree("key", source);
    expect(line.startsWith("key\t")).toBe(true);
    expect(line).not.toContain("\n");
    expect(plain(decodeTree(line.slice(4))), semantic.name).toEqual(plain(source));
  }
});

test("node types that have no number are kept as well", () => {
  const source = parseSemantic("(m, i) => { while (m.cf()) { m.x`${i.size}`; } do { ; } while (0); }");
  expect(plain(decodeTree(encodeTree("", source).slice(1)))).toEqual(plain(source));
});

test("keys tell functions apart by name and by text", () => {
  const keys = new Set([treeKey("a", "(m) => {}"), treeKey("b", "(m) => {}"), treeKey("a", "(m) => { }"), treeKey("a", "(n) => {}")]);
  expect(keys.size).toBe(4);
});

/** The files of a release that hold code, and its trees. The command line is without white space, so its functions have other texts. */
const commandLine = readdirSync(fileURLToPath(new URL("../../dist/cli", import.meta.url))).filter((name) => name.endsWith(".cjs")).map((name) => `cli/${name}`);
const library = /function trees\(\) \{\s*return (".*");\s*\}/.exec(dist("chunks/core.js"))?.[1] ?? '""';
const releases: readonly (readonly [name: string, files: readonly string[], trees: string])[] = [
  ["the command line", commandLine, dist("cli/trees.txt")],
  ["the library", ["chunks/core.js"], JSON.parse(library.replaceAll("\t", "\\t")) as string],
];

describe.each(releases)("%s", (_name, files, trees) => {
  const lines = new Map(trees.trimEnd().split("\n").map((line) => line.split("\t") as [string, string]));
  const functions = new Map(files.flatMap((file) => [...functionsOf(dist(file))]));

  test("every tree is that of a function in the bundle", () => {
    expect(lines.size).toBeGreaterThan(300);
    for (const [key, json] of lines) {
      const text = functions.get(key);
      expect(text, key).toBeDefined();
      expect(plain(decodeTree(json)), key).toEqual(plain(parseSemantic(text as string)));
    }
  });

  test("every semantic function is there, with its tree, and still keeps the rules of semantic functions", () => {
    const present = new Map([...lines.keys()].map((key) => [key.split(" ")[0], functions.get(key) as string]));
    for (const semantic of Object.values(allSemantics())) {
      const text = present.get(semantic.name);
      expect(text, semantic.name).toBeDefined();
      expect(violations(text as string), semantic.name).toEqual([]);
    }
  });
});

test("the command line is plain scripts that need nothing but Node and each other, without a parser", () => {
  expect(commandLine).toContain("cli/program.cjs");
  expect(commandLine).toContain("cli/tiers.cjs");
  for (const file of commandLine) {
    const script = dist(file);
    expect(Buffer.byteLength(script), file).toBe(script.length);
    expect(script).not.toContain("parseExpressionAt");
    for (const [, id] of script.matchAll(/\brequire\(["'`]([^"'`]*)/g)) expect(id.startsWith("node:") || commandLine.includes(`cli/${basename(id)}`), id).toBe(true);
  }
});

test("a short run loads no translator", () => {
  expect(dist("cli/program.cjs")).not.toContain("createTranslator");
});

test("the build without inspection, with which the benchmark of its cost compares, can be made: what it takes out is there", () => {
  const wrong = Object.entries(EDITS).flatMap(([path, edits]) => {
    const text = readFileSync(fileURLToPath(new URL(join("../../src", path), import.meta.url)), "utf8");
    return edits.filter(([from]) => text.split(from).length !== 2).map(([from]) => `${path}: ${from}`);
  });
  expect(wrong).toEqual([]);
  // and nothing asks any more for what has gone
  for (const [path, gone] of [["runtime/engine.ts", /\bobserver\b(?!: undefined|\.ts")/], ["kernel/scheduler.ts", /\bdebug\b/]] as const) {
    let text = readFileSync(fileURLToPath(new URL(join("../../src", path), import.meta.url)), "utf8");
    for (const [from, to] of EDITS[path]) text = text.replace(from, () => to);
    expect(gone.exec(text.replace(/\/\/.*|\/\*[^]*?\*\//g, ""))?.[0], path).toBeUndefined();
  }
});
