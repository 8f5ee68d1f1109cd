// Fixtures of the kernel's larger features (fixtures/kernel) without a host, in every mode of the engine: what they print is what the
// machine printed.

import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { runInAllModes, text } from "../support/modes.ts";

const folder = new URL("../../fixtures/kernel/", import.meta.url);

describe("the kernel behaves as the machine's", () => {
  it.each(["pty", "sysv", "notices", "limits"])("%s", async (name) => {
    const program = new Uint8Array(fs.readFileSync(new URL(`bin/${name}`, folder)));
    const expected = fs.readFileSync(new URL(`expected/${name}.test`, folder), "utf8").split("\n");
    for (const [mode, result] of await runInAllModes({ program, args: [name], cwd: "/tmp", uid: 0, gid: 0, seed: 1 })) {
      expect([mode, text(result.stderr)]).toEqual([mode, ""]);
      expect([mode, ...text(result.stdout).split("\n")]).toEqual([mode, ...expected]);
      expect([mode, result.status]).toEqual([mode, 0]);
    }
  });
});
