// Every fixture program in every tier prints what it printed on real hardware and ends as it ended there.
import { describe, expect, test } from "vitest";
import { fixturePrograms, runFixture } from "./programs.ts";

describe.each(["off", "block", "region"])("--jit=%s", (mode) => {
  test.each([...fixturePrograms("compute"), ...fixturePrograms("kernel")])("$name", (program) => {
    const { status, stdout, stderr } = runFixture(program, [`--jit=${mode}`]);
    expect(stdout, stderr).toBe(program.stdout);
    expect(status, stderr).toBe(program.status);
  });
});
