// The file fixtures (fixtures/kernel/paths.c, descriptors.c, waiting.c, files.c, pipes.c) over files in memory: what they print there
// is what the machine printed over its own file system.

import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { run } from "../../src/core.ts";

const folder = new URL("../../fixtures/kernel/", import.meta.url);

describe("files in memory behave as the machine's", () => {
  it.each(["paths", "descriptors", "waiting", "timers", "files", "pipes"])("%s", async (name) => {
    const result = await run({
      program: new Uint8Array(fs.readFileSync(new URL(`bin/${name}`, folder))), args: [name], cwd: "/tmp", uid: 0, gid: 0,
      engine: { jit: "off" },
    });
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    expect(text(result.stderr)).toBe("");
    expect(text(result.stdout).split("\n")).toEqual(fs.readFileSync(new URL(`expected/${name}.test`, folder), "utf8").split("\n"));
    expect(result.status).toBe(0);
  });
});
