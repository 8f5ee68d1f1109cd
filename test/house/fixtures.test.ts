// The committed fixtures are what SHA256SUMS says, and real hardware still prints what was recorded.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isRecordedMaker } from "../semantics/native.ts";
import { type FixtureProgram, fixturePrograms, runFixture, runsNatively } from "./programs.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));

test("checksums", () => {
  const lines = readFileSync(join(fixtures, "SHA256SUMS"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(100);
  const wrong = lines.filter((line) => {
    const [sum, name] = line.split(/\s+/);
    return createHash("sha256").update(readFileSync(join(fixtures, name))).digest("hex") !== sum;
  });
  expect(wrong).toEqual([]);
});

/** What shows details that processors differ in (docs/undefined-flags.md): flags behind string instructions that fault, and when these check alignment. */
const BY_MAKER = new Set(["corners"]);
const isComparable = ({ name }: FixtureProgram) => !BY_MAKER.has(name) || isRecordedMaker();

describe.skipIf(!runsNatively())("on real hardware", () => {
  const programs = [...fixturePrograms("compute"), ...fixturePrograms("kernel")];
  test.skip.each(programs.filter((it) => !isComparable(it)))("$name: recorded on a processor of another maker", () => {});
  test.each(programs.filter(isComparable))("$name", (program) => {
    // a terminal's echo comes from a thread of the kernel, and sockets of the machine from its network: on a busy machine later than the program looks
    let { status, stdout } = runFixture(program, null);
    for (let again = 0; again < 4 && stdout !== program.stdout; again++) ({ status, stdout } = runFixture(program, null));
    expect(stdout).toBe(program.stdout);
    expect(status).toBe(program.status);
  });
});
