// House rules about text that no linter knows: every module says what it holds, files stay readable, nothing is left to do,
// and the repository speaks of the project alone.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MAX_LINES = 600;
const MAX_COLUMNS = 200;

function filesBelow(directory: string, extension: RegExp): { path: string; text: string }[] {
  return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && extension.test(it.name) && !it.parentPath.includes("results"))
    .map((it) => join(it.parentPath, it.name))
    .map((file) => ({ path: relative(root, file).split(sep).join("/"), text: readFileSync(file, "utf8") }));
}

const modules = ["src", "test", "bench"].flatMap((it) => filesBelow(it, /\.ts$/));
const documents = ["docs", "fixtures", "scripts", ".ci"].flatMap((it) => filesBelow(it, /\.(md|sh|c|h|json)$|^run$/));
for (const path of ["README.md", "CHANGELOG.md", "package.json"]) documents.push({ path, text: readFileSync(join(root, path), "utf8") });

test("there are modules and documents to look at", () => {
  expect(modules.length).toBeGreaterThan(30);
  expect(documents.length).toBeGreaterThan(30);
});

test("a module begins with a comment that says what lives there", () => {
  expect(modules.filter(({ text }) => !/^(#!.*\n)?\/[/*]/.test(text)).map((it) => it.path)).toEqual([]);
});

test("modules of src/ are short, opcode tables and what is made by a program apart", () => {
  const made = ["src/runtime/shapes.ts"];
  const long = modules.filter(({ path, text }) => path.startsWith("src/") && !path.includes("/tables/") && !made.includes(path) && text.split("\n").length > MAX_LINES);
  expect(long.map((it) => it.path)).toEqual([]);
});

test("lines fit", () => {
  // a command line of the Debian table is data: one row, however long
  const code = modules.filter(({ path }) => path !== "test/debian/cases.ts");
  const wide = code.flatMap(({ path, text }) => text.split("\n").flatMap((line, i) => (line.length > MAX_COLUMNS ? [`${path}:${i + 1}`] : [])));
  expect(wide).toEqual([]);
});

test("nothing is left to do", () => {
  const marker = new RegExp(["TO" + "DO", "FIX" + "ME"].map((it) => `\\b${it}\\b`).join("|"));
  expect([...modules, ...documents].filter(({ text }) => marker.test(text)).map((it) => it.path)).toEqual([]);
});

test("no path of one machine, no registry host", () => {
  const foreign = new RegExp(["/wo" + "rk/", "/opt/" + "deb386", "/tmp/" + "bash", "registry\\." + "npm", "\\bnpmjs" + "\\."].join("|"));
  expect([...modules, ...documents].filter(({ text }) => foreign.test(text)).map((it) => it.path)).toEqual([]);
});
