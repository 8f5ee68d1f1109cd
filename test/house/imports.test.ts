// Imports in src/ run one way. The checker is tested on bad input first, then applied to the tree.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importErrors, importsOf, roomOf } from "./imports.ts";

const src = fileURLToPath(new URL("../../src", import.meta.url));

describe("the checker", () => {
  test("finds every form of import, and none in comments", () => {
    const source = [
      'import { a } from "./a.ts";',
      'import type { B,\n  C } from "./b.ts";',
      'import * as d from "./d.ts";',
      'import e, { f } from "./e.ts";',
      'import "./g.ts";',
      'export { h } from "./h.ts";',
      'export * from "./i.ts";',
      'export type { J } from "./j.ts";',
      'const k = await import("./k.ts");',
      '// import { no } from "./no.ts";',
      '/* import { no } from "./no.ts"; */',
      'const url = "http://x/* not a comment */"; const l = "*/";',
      'import{m}from"./m.ts";',
    ].join("\n");
    expect(importsOf(source).map((it) => it.slice(2, 3)).toSorted()).toEqual("abdeghijkm".split(""));
  });

  test("knows the rooms", () => {
    expect(roomOf("decoder/tables.ts")).toBe("decoder");
    expect(roomOf("kernel/pipe.ts")).toBe("kernel");
    expect(roomOf("kernel/abi/linux-i386/read.ts")).toBe("kernel/abi");
    expect(roomOf("kernel/abi/abi.ts")).toBe("kernel");
    expect(roomOf("runtime/x87/soft.ts")).toBe("runtime/x87");
    expect(roomOf("host/node/files.ts")).toBe("host/node");
    expect(roomOf("core.ts")).toBe("core");
  });

  test.each([
    ["decoder/x.ts", "../semantics/y.ts"],
    ["semantics/x.ts", "../runtime/y.ts"],
    ["runtime/x.ts", "../kernel/y.ts"],
    ["translator/x.ts", "../kernel/y.ts"],
    ["kernel/x.ts", "./abi/linux-i386/y.ts"],
    ["kernel/abi/abi.ts", "./linux-i386/y.ts"],
    ["semantics/x.ts", "../runtime/interpreter.ts"],
    ["kernel/fs/x.ts", "../abi/linux-i386/y.ts"],
    ["kernel/x.ts", "../host/node/y.ts"],
    ["kernel/x.ts", "node:fs"],
    ["host/browser/x.ts", "node:fs"],
    ["core.ts", "./host/node/y.ts"],
    ["decoder/x.ts", "acorn"],
    ["translator/x.ts", "left-pad"],
    ["decoder/x.ts", "./y"],
    ["elsewhere/x.ts", "./y.ts"],
  ])("%s must not import %s", (path, specifier) => {
    expect(importErrors(path, `import { it } from "${specifier}";`)).toHaveLength(1);
  });

  test.each([
    ["semantics/x.ts", "../decoder/y.ts"],
    ["runtime/x.ts", "../translator/y.ts"],
    ["semantics/x.ts", "../runtime/x87/y.ts"],
    ["kernel/abi/linux-i386/x.ts", "../../pipe.ts"],
    ["host/node/x.ts", "node:fs"],
    ["translator/x.ts", "acorn"],
    ["cli/x.ts", "../host/node/y.ts"],
  ])("%s may import %s", (path, specifier) => {
    expect(importErrors(path, `import { it } from "${specifier}";`)).toEqual([]);
  });
});

test("imports in src/ run one way", () => {
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith(".ts"))
    .map((it) => join(it.parentPath, it.name));
  const sources = files.map((file) => ({ path: relative(src, file).split(sep).join("/"), text: readFileSync(file, "utf8") }));
  expect(sources.filter(({ text }) => importsOf(text).length > 0).length, "modules with imports").toBeGreaterThan(5);
  expect(sources.flatMap(({ path, text }) => importErrors(path, text))).toEqual([]);
});
