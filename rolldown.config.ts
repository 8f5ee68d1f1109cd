// The build of dist/: bundles of src/, beside the declarations that tsc writes.
//
//   cli/main.js      what `jit386` starts: start.ts, which loads the program below and keeps V8's code cache for it
//   cli/program.cjs  the command line, its dependencies included. Few files: each costs a start some time
//   cli/*.cjs        what it shares with the tiers above the interpreter; these; and what the sources import() when it is asked for:
//                    V8 takes time and memory for all that is in a script, used or not
//   core.js, host/node/index.js and chunks/    the library
//
// Names and function sources stay as they are but for white space: the translator reads the sources of the semantic functions at run
// time, or rather finds their syntax trees by them. These trees are made here, see src/translator/tree-text.ts.

import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, rolldown, type Plugin } from "rolldown";
import { A, F, K, P } from "./src/decoder/instruction.ts";
import { SELECT } from "./src/decoder/opcode-map.ts";
import { PLACE } from "./src/decoder/operands.ts";
import { buildVdso } from "./src/kernel/abi/linux-i386/vdso.ts";
import { packRows } from "./src/decoder/packed-rows.ts";
import { patternsAt } from "./src/decoder/rows.ts";
import { PF, VECTOR } from "./src/runtime/fault.ts";
import { PERM } from "./src/runtime/memory.ts";
import { HIDDEN } from "./src/runtime/hidden.ts";
import { EXIT, FLAGS, S } from "./src/runtime/state.ts";
import type { SemanticTable } from "./src/semantics/machine.ts";
import { parseSemantic } from "./src/translator/parse.ts";
import { makeQuickModule } from "./src/translator/quick/module.ts";
import { AT, FUNCTIONS } from "./src/translator/quick/records.ts";
import { encodeTree, treeKey } from "./src/translator/tree-text.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const written = new Set<string>();
/** Key -> text of the function and line of trees.ts. */
type Trees = Map<string, { text: string; line: string }>;

/** Without white space a third less is to be read at each start. */
const MINIFY = { compress: false, mangle: false, codegen: true } as const;

async function makeTrees(minify: typeof MINIFY | undefined): Promise<Trees> {
  const bundle = await rolldown({ input: join(root, "src/semantics/index.ts"), platform: "neutral" });
  const { output } = await bundle.generate({ format: "esm", minify });
  await bundle.close();
  const { allSemantics } = (await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)) as { allSemantics: () => SemanticTable };
  const made: Trees = new Map();
  for (const semantic of Object.values(allSemantics())) {
    const text = semantic.toString(), key = treeKey(semantic.name, text);
    if (made.has(key) && made.get(key)?.text !== text) throw new Error(`two semantic functions have the key ${key}`);
    made.set(key, { text, line: encodeTree(key, parseSemantic(text)) });
  }
  return made;
}

/**
 * Fills src/translator/trees.ts, and fails the build when a function of the bundle would not find its tree. `file`: the command line has
 * them in a file of their own, since V8 reads and keeps all of a script, and short runs translate nothing.
 */
function semanticTrees(file: string | undefined, minify: typeof MINIFY | undefined): Plugin {
  let trees: Trees | undefined;
  return {
    name: "semantic-trees",
    async load(id) {
      if (!id.endsWith(join("translator", "trees.ts"))) return null;
      trees ??= await makeTrees(minify);
      const text = [...trees.values()].map(({ line }) => `${line}\n`).join("");
      if (file !== undefined) this.emitFile({ type: "asset", fileName: file, source: text });
      const value = file === undefined ? JSON.stringify(text) : `readResource(${JSON.stringify(file)}).latin1Slice()`;
      return { code: `export function trees() { return ${value}; }`, moduleType: "js" };
    },
    generateBundle(_options, bundle) {
      const code = Object.values(bundle).map((it) => (it.type === "chunk" ? it.code : "")).join("\n");
      for (const { text } of trees?.values() ?? []) {
        if (!code.includes(text)) throw new Error(`a semantic function is not in the bundle as its tree was made:\n${text}`);
      }
    },
  };
}

/** Objects of numbers that hot code names its constants by, by the module that they come from. */
const CONSTANTS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> = {
  "instruction.ts": { A, F, K, P }, "state.ts": { EXIT, FLAGS, S }, "memory.ts": { PERM }, "fault.ts": { PF, VECTOR }, "operands.ts": { PLACE },
  "opcode-map.ts": { SELECT }, "hidden.ts": { HIDDEN }, "records.ts": { AT, FUNCTIONS },
};

/**
 * Puts numbers in place of `S.EIP` and the like. V8's optimising compiler does that itself; its interpreter, which runs all of a short
 * program, looks each up each time: 9 ms of 114 of `busybox true`.
 */
function inlineConstants(): Plugin {
  return {
    name: "inline-constants",
    transform(code, id) {
      if (!id.startsWith(join(root, "src"))) return null;
      let text = code;
      for (const [, names, from] of code.matchAll(/import \{([^}]*)\} from "[^"]*?\/?([\w-]+\.ts)";/g)) {
        const known = CONSTANTS[from];
        if (known === undefined || (from === "memory.ts" && id.includes("kernel"))) continue;
        for (const name of names.split(",").map((it) => it.trim())) {
          const values = known[name];
          if (values !== undefined) text = text.replace(new RegExp(`\\b${name}\\.(\\w+)\\b`, "g"), (all, key: string) => (key in values ? `${values[key]}` : all));
        }
      }
      return { code: text };
    },
  };
}

/** Node's own modules as they are: rolldown makes an object with a hundred getters for node:fs, 0.2 ms of each start. The program imports them whole. */
function builtinModules(): Plugin {
  return {
    name: "builtin-modules",
    transform(code, id) {
      if (!id.startsWith(join(root, "src"))) return null;
      return { code: code.replace(/^import (\w+) from "(node:[\w/]+)";$/gm, 'const $1 = process.getBuiltinModule("$2");') };
    },
  };
}

/** Leaves acorn out: the trees are complete. */
function noParser(): Plugin {
  return {
    name: "no-parser",
    load: (id) =>
      id.endsWith(join("translator", "parse.ts"))
        ? { code: "export function parseSemantic(text) { throw new Error(`a semantic function without its tree: ${text}`); }", moduleType: "js" }
        : null,
  };
}

/** Puts the opcode tables in as text: see src/decoder/packed-rows.ts. */
function packedRows(): Plugin {
  return {
    name: "packed-rows",
    load(id) {
      if (!id.endsWith(join("decoder", "rows.ts"))) return null;
      return { code: `import { unpackRows } from "./packed-rows.ts";\nexport const patternsAt = unpackRows(${JSON.stringify(packRows(patternsAt))});`, moduleType: "js" };
    },
  };
}

/** Puts the vDSO in as text: every process maps the same, and writing it takes a short run a millisecond. */
function builtVdso(): Plugin {
  return {
    name: "built-vdso",
    load(id) {
      if (!id.endsWith(join("linux-i386", "vdso.ts"))) return null;
      const { bytes, symbols } = buildVdso();
      const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
      // Node reads such a text in a few microseconds, which a loop in a script that is cold takes 200 for
      const text = Buffer.from(bytes.subarray(0, end)).toString("hex");
      return {
        code: `const TEXT = "${text}";
          export function buildVdso() {
            const bytes = new Uint8Array(${bytes.length});
            bytes.set(Buffer.from(TEXT, "hex"));
            return { bytes, symbols: new Map(${JSON.stringify([...symbols])}) };
          }`,
        moduleType: "js",
      };
    },
  };
}

const QUICK_MODULE = join("quick", "module.ts");

/** Puts the quick interpreter's module in as it is, in a file of its own for the command line: making it takes 200 ms. */
function builtQuick(file: string | undefined): Plugin {
  return {
    name: "built-quick",
    load(id) {
      if (!id.endsWith(QUICK_MODULE)) return null;
      const { bytes, numbers, sequences } = makeQuickModule();
      if (file !== undefined) this.emitFile({ type: "asset", fileName: file, source: bytes });
      const text = file === undefined ? `atob(${JSON.stringify(Buffer.from(bytes).toString("base64"))})` : `readResource(${JSON.stringify(file)})`;
      const given = file === undefined ? "Uint8Array.from(text(), (c) => c.charCodeAt(0))" : "text()";
      return {
        code: `const text = () => ${text};
          export function quickModule() { return { bytes: ${given}, numbers: JSON.parse(${JSON.stringify(JSON.stringify(numbers))}), sequences: ${JSON.stringify(sequences)} }; }`,
        moduleType: "js",
      };
    },
  };
}

/** The modules that a start evaluates: all that `path` imports, but for what is loaded late, and what the build puts something else for. */
function startOf(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  if (path.endsWith(QUICK_MODULE)) return found;
  const late = Object.values(LATE).map((each) => join(root, each));
  for (const [, names, from] of readFileSync(path, "utf8").matchAll(/^(?:import|export) (?!type )([^;]*?) from "(\.[^"]*)";/gm)) {
    const next = join(dirname(path), from);
    const types = /^\{.*\}$/s.test(names) && names.slice(1, -1).split(",").every((name) => /^\s*(type .*)?$/.test(name));
    if (!types && !late.includes(next)) startOf(next, found);
  }
  return found;
}

/** Notes what was written. */
function note(): Plugin {
  return {
    name: "note",
    writeBundle(options, bundle) {
      for (const file of Object.keys(bundle)) written.add(relative(root, join(options.dir ?? root, file)));
    },
  };
}

/** Removes scripts from dist/ that an earlier build left there. */
function sweep(): Plugin {
  return {
    name: "sweep",
    writeBundle() {
      for (const entry of readdirSync(join(root, "dist"), { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile() && /\.[cm]?js$/.test(entry.name) && !written.has(relative(root, path))) rmSync(path);
      }
    },
  };
}

/** Modules that a short run can do without: each becomes a file of its own, loaded when one of its functions is first called. */
const LATE: Readonly<Record<string, string>> = {
  tiers: "src/runtime/tiers.ts",
  x87: "src/runtime/x87/index.ts",
  semantics: "src/semantics/rare.ts",
  calls: "src/kernel/abi/linux-i386/other-calls.ts",
  frames: "src/kernel/abi/linux-i386/frames.ts",
};

/** What takes their place in the files of every start: functions that load them, and their constants. */
function late(): Plugin {
  const paths = new Map(Object.entries(LATE).map(([name, path]) => [join(root, path), name]));
  return {
    name: "late",
    async resolveId(id, importer, options) {
      if (importer === undefined || !id.startsWith(".")) return null;
      const found = await this.resolve(id, importer, { ...options, skipSelf: true });
      const name = found && paths.get(found.id);
      return name === undefined || name === null ? null : `\0late:${name}`;
    },
    load(id) {
      if (!id.startsWith("\0late:")) return null;
      const name = id.slice(6);
      const source = readFileSync(join(root, LATE[name]), "utf8");
      const functions = [...source.matchAll(/^export function (\w+)/gm)].map(([, each]) => each);
      for (const [, names] of source.matchAll(/^export \{ (.*) \} from/gm)) functions.push(...names.split(", ").filter((each) => /^[a-z]/.test(each)));
      const constants = [...source.matchAll(/^export const \w+ = -?\d+;/gm)].map(([each]) => each);
      const calls = functions.map((each) => `export function ${each}(...args) { return (it ??= require(\`./${name}.cjs\`)).${each}(...args); }`);
      return { code: ["let it;", ...constants, ...calls].join("\n"), moduleType: "js" };
    },
  };
}

let programHash = "";
const atStart = startOf(join(root, "src/cli/main.ts"));

export default defineConfig([
  {
    input: { program: "src/cli/main.ts", ...LATE },
    external: [/^\.\/[\w-]+\.cjs$/],
    platform: "node",
    plugins: [
      semanticTrees("trees.txt", MINIFY), builtQuick("quick.wasm"), noParser(), late(), packedRows(), builtVdso(), inlineConstants(), builtinModules(), note(),
      {
        name: "hash",
        generateBundle(_options, bundle) {
          const hash = createHash("sha256");
          // rolldown keeps its helpers in a file of their own, whose loading costs more than the few hundred bytes in each of the others
          const helpers = bundle["rolldown-runtime.cjs"];
          if (helpers?.type === "chunk") {
            const inline = `(()=>{let exports={};${helpers.code.trim()};return exports})()`;
            for (const chunk of Object.values(bundle)) if (chunk.type === "chunk") chunk.code = chunk.code.replace(/require\(["'`]\.\/rolldown-runtime\.cjs["'`]\)/, () => inline);
            delete bundle["rolldown-runtime.cjs"];
          }
          for (const chunk of Object.values(bundle)) {
            // machine code is kept of what is an asset, the quick interpreter's module
            if (chunk.type !== "chunk") {
              hash.update(chunk.source);
              continue;
            }
            // few runs ask for these exports, so they are filled in when another file does: start.ts
            const fill = chunk.name === "program" ? /(?:exports\.[\w$]+=[\w$]+;|Object\.defineProperty\(exports,[^;]*?\}\}\);)+\s*$/.exec(chunk.code) : null;
            if (fill === null && chunk.name === "program") throw new Error("where does the program fill its exports?");
            const body = fill === null ? chunk.code : `${chunk.code.slice(0, fill.index)}return()=>{${fill[0].trim()}}`;
            // not as banner and footer, for which rolldown indents the code
            const code = (chunk.code = `(function (require, exports, readResource) {${body}})\n`);
            // start.ts reads it as Latin-1: V8 scans strings of bytes faster, and they take half the memory
            if (Buffer.byteLength(code) !== code.length) throw new Error(`${chunk.fileName} is not plain ASCII`);
            hash.update(code);
          }
          programHash = hash.digest("hex").slice(0, 16);
        },
      },
    ],
    output: { dir: "dist/cli", format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs", comments: false, minify: MINIFY,
      // what every start needs in one file, whatever late parts have pieces of it in common
      codeSplitting: { groups: [{ name: "start", minShareCount: 1, test: (id) => atStart.has(id) || id.startsWith("\0late:") || id.endsWith("packed-rows.ts") }], includeDependenciesRecursively: false },
    },
  },
  {
    input: { main: "src/cli/start.ts" },
    platform: "node",
    external: [/program\.cjs$/],
    plugins: [
      builtinModules(), note(),
      { name: "hash", renderChunk: (code) => code.replace("PROGRAM_HASH", programHash) },
      { name: "commonjs", generateBundle() { this.emitFile({ type: "asset", fileName: "package.json", source: '{ "type": "commonjs" }\n' }); } },
      { name: "executable", writeBundle: () => chmodSync(join(root, "dist/cli/main.js"), 0o755) },
    ],
    output: { dir: "dist/cli", format: "cjs", entryFileNames: "[name].js", comments: false, minify: MINIFY },
  },
  {
    input: { core: "src/core.ts", "host/node/index": "src/host/node/index.ts" },
    platform: "neutral",
    external: ["acorn", /^node:/],
    plugins: [semanticTrees(undefined, undefined), builtQuick(undefined), note(), sweep()],
    output: { dir: "dist", format: "esm", entryFileNames: "[name].js", chunkFileNames: "chunks/[name].js", comments: false },
  },
]);
