// Which room of src/ may import which. A room is a folder directly below src/, with the exceptions that roomOf names.

/**
 * Room -> rooms it may import, itself apart. A room that is absent here is an error: name it first. The x87 and SIMD arithmetic
 * stand below everything: pure functions on numbers, which the semantics call.
 */
const ALLOWED: Record<string, readonly string[]> = {
  decoder: [],
  version: [],
  "runtime/x87": [],
  "runtime/simd": ["runtime/x87"],
  semantics: ["decoder", "runtime/x87", "runtime/simd"],
  runtime: ["runtime/x87", "runtime/simd", "decoder", "semantics", "translator"],
  translator: ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd"],
  kernel: ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator"],
  "kernel/abi": ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel"],
  inspect: ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel"],
  boot: ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel", "kernel/abi"],
  core: ["boot", "decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel", "kernel/abi"],
  "host/browser": ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel", "kernel/abi", "boot", "core", "host"],
  "host/node": ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel", "kernel/abi", "boot", "core", "host"],
  host: ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel", "kernel/abi", "boot", "core"],
  cli: ["decoder", "semantics", "runtime", "runtime/x87", "runtime/simd", "translator", "kernel", "kernel/abi", "boot", "core", "host", "host/node", "inspect"],
};

/** Constants that every room may read. */
const EVERYWHERE = new Set(["version"]);

/** Rooms that may name a `node:` module. */
const MAY_USE_NODE = new Set(["host/node", "cli"]);

/** Packages that may be imported, and from where. */
const PACKAGES: Record<string, readonly string[]> = {
  acorn: ["translator"],
  estree: ["translator"],
};

/**
 * The room of a file, from its path below src/: "kernel/abi/linux-i386/read.ts" is in kernel/abi. The files that stand
 * directly in kernel/abi/ say what an ABI is and belong to the kernel; only the folders are personalities.
 */
export function roomOf(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return parts[0].replace(/\.ts$/, "");
  const two = `${parts[0]}/${parts[1]}`;
  if (two === "kernel/abi" && parts.length === 3) return "kernel";
  return parts.length > 2 && two in ALLOWED ? two : parts[0];
}

/** The specifiers of all static and dynamic imports and re-exports in a TypeScript source. */
export function importsOf(source: string): string[] {
  // Strings and comments in one pass, so that neither hides in the other; only the specifiers of imports survive.
  const text = source.replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[^]*?\*\//g, (_match, string?: string) => string ?? " ");
  const found: string[] = [];
  const statement = /(?:^|[;\n}])\s*(?:import|export)\b\s*(?:type\s+)?(?:[\w$*\s{},]+?\s+from\s+|[\w$*\s{},]*\}\s*from\s*)?["']([^"']+)["']/g;
  for (const match of text.matchAll(statement)) found.push(match[1]);
  for (const match of text.matchAll(/\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g)) found.push(match[1]);
  return found;
}

/** What is wrong with the imports of one file, a line each. `path` is below src/, with forward slashes. */
export function importErrors(path: string, source: string): string[] {
  const room = roomOf(path);
  const allowed = ALLOWED[room];
  if (!allowed) return [`${path}: no rule for the room ${room}`];
  const errors: string[] = [];
  for (const specifier of importsOf(source)) {
    if (specifier.startsWith("node:")) {
      if (!MAY_USE_NODE.has(room)) errors.push(`${path}: ${specifier} outside src/host/node and src/cli`);
    } else if (specifier.startsWith(".")) {
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const targetRoom = roomOf(target);
      if (!specifier.endsWith(".ts")) errors.push(`${path}: ${specifier} lacks its .ts extension`);
      if (targetRoom !== room && !allowed.includes(targetRoom) && !EVERYWHERE.has(targetRoom)) errors.push(`${path}: ${room} must not import ${targetRoom} (${specifier})`);
    } else {
      const home = PACKAGES[specifier];
      if (!home) errors.push(`${path}: package ${specifier} is not one of ours`);
      else if (!home.includes(room)) errors.push(`${path}: ${room} must not import the package ${specifier}`);
    }
  }
  return errors;
}
