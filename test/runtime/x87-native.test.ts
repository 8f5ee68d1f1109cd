// The x87 unit against the host FPU's recorded answers (fixtures/x87): every instruction but the transcendentals,
// results, status word with C1, tags and EFLAGS, bit for bit.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as cases from "./x87-cases.ts";

const rows = readFileSync(new URL("../../fixtures/x87/results.txt", import.meta.url), "utf8").trim().split("\n");

test("the fixture has a row for each instruction", () => {
  expect(rows.map((row) => row.split(" ")[0])).toEqual(cases.INSTRUCTIONS.map(([name]) => name));
});

for (const [k, row] of rows.entries()) {
  const [name, ...hashes] = row.split(" ");
  test(name, () => {
    expect(hashes.length * cases.BLOCK).toBe(cases.CASES);
    cases.setSeed(cases.seedOf(k));
    const wrong: number[] = [];
    for (const [block, expected] of hashes.entries()) {
      let hash = 0;
      for (let i = 0; i < cases.BLOCK; i++) {
        cases.nextCase();
        cases.runCase(k);
        hash = cases.mixResult(hash);
      }
      if ((hash >>> 0).toString(16).padStart(8, "0") !== expected) wrong.push(block * cases.BLOCK);
    }
    // The numbers of the first cases of wrong blocks: fixtures/x87/native NAME FIRST 64 shows them.
    expect(wrong).toEqual([]);
  });
}
