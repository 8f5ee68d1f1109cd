// One test for every command line of the table, in one mode of the engine: standard output, standard error and exit status are those of
// the native run. The root comes from JIT386_DEBIAN_ROOT (scripts/debian-root.sh makes one). One test file a mode, so that modes
// run side by side.
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CASES } from "./cases.ts";
import type { Bench } from "./run.ts";
import { nativeWay, prepare, programPath, remove, runCase } from "./run.ts";

const TIMEOUT = 120_000; // milliseconds; a quiet machine needs a tenth

const root = process.env["JIT386_DEBIAN_ROOT"] ?? "";

/** Declares the tests of a mode: options of the command line, and how many bytes the compressors get. */
export function compareWithNative(mode: string, options: readonly string[], large: number): void {
  const way = existsSync(root) ? nativeWay(root) : undefined;
  if (root === "") describe.skip(`Debian, ${mode}: JIT386_DEBIAN_ROOT is not set`, () => test("skipped", () => {}));
  else if (!existsSync(root)) test(`Debian, ${mode}`, () => expect.fail(`JIT386_DEBIAN_ROOT: no such directory: ${root}`));
  else if (way === undefined) describe.skip(`Debian, ${mode}: this machine runs no i386 programs to compare with`, () => test("skipped", () => {}));
  else {
    describe(`Debian, ${mode}, native run by ${way}`, () => {
      let bench: Bench;
      beforeAll(() => {
        bench = prepare(root, way, large);
      });
      afterAll(() => {
        if (bench !== undefined) remove(bench);
      });
      for (const [index, it] of CASES.entries()) {
        const name = `${index} ${it.package}: ${it.command.join(" ").replaceAll(/\s+/g, " ").slice(0, 100)}`;
        const skip = programPath(root, it.command[0]) === undefined || (it.wholeRoot === true && way === "loader");
        test.skipIf(skip)(name, { timeout: 2 * TIMEOUT }, () => {
          const native = runCase(bench, it, null, TIMEOUT);
          const guest = runCase(bench, it, options, TIMEOUT);
          const shown = (outcome: typeof native) => (it.anyStderr ? { ...outcome, stderr: "" } : outcome);
          expect(native.status, "the native run came to its end").not.toBe(TIMED_OUT);
          expect(shown(guest)).toEqual(shown(native));
        });
      }
    });
  }
}

const TIMED_OUT = 128 + constants.signals.SIGKILL;
