// Runs once before all tests: builds dist/ when it is missing or older than a source file, because the tests of the
// command line run the built program.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

function newest(directory: string): number {
  let latest = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return latest;
}

export default function setup(): void {
  const dist = join(root, "dist");
  if (existsSync(dist) && newest(dist) >= newest(join(root, "src"))) return;
  const node = (script: string, ...args: string[]) => spawnSync(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, encoding: "utf8" });
  const bundle = node("rolldown/bin/cli.mjs", "-c");
  if (bundle.status !== 0) throw new Error(`rolldown failed:\n${bundle.stdout}${bundle.stderr}`);
  const types = node("typescript/bin/tsc", "-p", "tsconfig.build.json", "--emitDeclarationOnly");
  if (types.status !== 0) console.error(`tsc reports errors:\n${types.stdout}${types.stderr}`);
}
