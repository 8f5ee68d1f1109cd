// The documents agree with the program: links lead somewhere, every module is in the tour of docs/architecture.md, the examples there
// and the options in README.md are what the program makes, and the library example of README.md runs.
// `npx vitest run test/house/documents.test.ts --update` writes the parts that are made.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { helpText } from "../../src/cli/options.ts";
import { manualPage } from "./manual.ts";
import { emitTier, readable } from "../translator/emitted.ts";
import { CODE, createGuest, listing } from "../translator/guest.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const documents = ["README.md", "CHANGELOG.md", ...["docs", "docs/decisions"].flatMap((directory) =>
  readdirSync(join(root, directory)).filter((name) => name.endsWith(".md")).map((name) => `${directory}/${name}`))];

/** Targets of the links of a document that lead to files: [text](target), without addresses and anchors. */
function fileLinks(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]).filter((it) => !/^(https?:|#)/.test(it)).map((it) => it.replace(/#.*/, ""));
}

test("the link finder sees files and nothing else", () => {
  const text = "[a](b.md) and [c](d.md#e), [f](https://example.com) [g](#h) `[i](j)`\n```\n[k](l)\n```\n";
  expect(fileLinks(text)).toEqual(["b.md", "d.md"]);
});

test("links lead to files that are there", () => {
  const links = documents.flatMap((path) => fileLinks(read(path)).map((target) => ({ path, target })));
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ path, target }) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
});

test("docs/architecture.md leads through every module of src/", () => {
  const linked = new Set(fileLinks(read("docs/architecture.md")));
  const modules = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith(".ts"))
    .map((it) => `../${relative(root, join(it.parentPath, it.name)).split(sep).join("/")}`);
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.filter((it) => !linked.has(it))).toEqual([]);
});

/** The loop of docs/architecture.md. */
const LOOP = listing(`
  8b 06     mov  (%esi),%eax
  85 c0     test %eax,%eax
  78 02     js   skip
  01 c2     add  %eax,%edx
  83 c6 04  skip: add $4,%esi
  49        dec  %ecx
  75 f2     jne  again
  c3        ret
`);

function example(kind: "block" | "region"): string {
  const { memory } = createGuest(LOOP, { jit: "off" });
  const emitted = emitTier(kind, memory, CODE);
  if (emitted === undefined) throw new Error("the example cannot be decoded");
  return readable(emitted.source);
}

/** The document with the fenced block behind each `<!-- made: NAME -->` replaced. */
function made(path: string, parts: Readonly<Record<string, string>>): string {
  let text = read(path);
  for (const [name, part] of Object.entries(parts)) {
    const mark = `<!-- made: ${name} -->\n`;
    const at = text.indexOf(mark);
    if (at < 0) throw new Error(`${path}: no mark ${mark}`);
    const open = text.indexOf("\n", at + mark.length) + 1, close = text.indexOf("```\n", at + mark.length + 3);
    text = `${text.slice(0, open)}${part.trimEnd()}\n${text.slice(text.startsWith("```\n", open) ? open : close)}`;
  }
  return text;
}

describe("what is made is up to date (npx vitest run test/house/documents.test.ts --update)", () => {
  test("docs/architecture.md", async () => {
    await expect(made("docs/architecture.md", { block: example("block"), region: example("region") })).toMatchFileSnapshot("../../docs/architecture.md");
  });

  test("man/jit386.1", async () => {
    await expect(manualPage()).toMatchFileSnapshot("../../man/jit386.1");
  });

  test("README.md", async () => {
    await expect(made("README.md", { options: helpText() })).toMatchFileSnapshot("../../README.md");
  });
});

test("the library example of README.md runs, and prints what it says", () => {
  const [, source] = /^```js\n([^]*?)^```/m.exec(read("README.md")) ?? [];
  expect(source).toContain('from "jit386/core"');
  const said = /console\.log\([^\n]*\/\/ (.*)/.exec(source)?.[1];
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], { cwd: root, encoding: "utf8", timeout: 25_000 });
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe(said);
  expect(status).toBe(0);
});
