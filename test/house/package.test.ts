// The package as a user gets it: packed, installed from the tarball into an empty project, run. Works without a network:
// the runtime dependencies are packed from node_modules as well.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string; dependencies: Record<string, string> };
const project = mkdtempSync(join(tmpdir(), "jit386-package-"));

function run(command: string, args: string[], cwd = project): string {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 60_000 });
  expect(result.status, `${command} ${args.join(" ")}\n${result.stderr}`).toBe(0);
  return result.stdout;
}

beforeAll(() => {
  const packages = [root, ...Object.keys(manifest.dependencies).map((name) => join(root, "node_modules", name))];
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", project, ...packages]);
  const tarballs = readdirSync(project).filter((name) => name.endsWith(".tgz"));
  expect(tarballs).toHaveLength(packages.length);
  run("npm", ["init", "--yes", "--silent"]);
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...tarballs.map((name) => `./${name}`)]);
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test("the installed command knows its version", () => {
  expect(run("npx", ["--no-install", "jit386", "--version"])).toContain(manifest.version);
});

test("the installed command runs a program", () => {
  const fixtures = join(root, "fixtures/compute");
  const output = run("npx", ["--no-install", "jit386", join(fixtures, "bin/sha256"), "10"]);
  expect(output).toBe(readFileSync(join(fixtures, "expected/sha256.test"), "utf8"));
});

test("the library can be imported, and nothing but what is needed was packed", () => {
  const names = run(process.execPath, ["--input-type=module", "-e", 'console.log(Object.keys(await import("jit386")).length)']);
  expect(Number(names)).toBeGreaterThan(0);
  const files = readdirSync(join(project, "node_modules/jit386"));
  expect(files.toSorted()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "man", "package.json"]);
});
