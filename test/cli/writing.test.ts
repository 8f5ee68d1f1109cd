// Where a program may write that sees the host's own "/": below the current and the temporary directory, and nowhere else unless it is told to.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { BASE, BODY, program, systemCall } from "../support/elf.ts";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const top = mkdtempSync(join(tmpdir(), "jit386-writing-"));
const here = join(top, "here"), temporary = join(top, "temporary"), elsewhere = join(top, "elsewhere"), maker = join(top, "maker");
for (const directory of [here, temporary, elsewhere]) mkdirSync(directory);
symlinkSync(elsewhere, join(here, "way-out"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** xor ebx, ebx; test eax, eax; jns +4; mov ebx, eax; neg ebx; mov eax, 1; int 0x80: exit with the error number. */
const EXIT_WITH_ERROR = [0x31, 0xdb, 0x85, 0xc0, 0x79, 0x04, 0x89, 0xc3, 0xf7, 0xdb, 0xb8, 1, 0, 0, 0, 0xcd, 0x80];
const CREAT = 8, EROFS = 30;

/** The error number with which the guest could not make a file, or 0; and whether the host has it. */
function create(path: string, options: readonly string[] = [], cwd = here) {
  const code = (at: number) => [...systemCall(CREAT, at, 0o644), ...EXIT_WITH_ERROR];
  writeFileSync(maker, program([...code(BASE + BODY + code(0).length), ...new TextEncoder().encode(`${path}\0`)]), { mode: 0o755 });
  const { status } = spawnSync(process.execPath, [cli, ...options, maker], { cwd, env: { ...process.env, TMPDIR: temporary } });
  return { status, made: existsSync(path.startsWith("/") ? path : join(cwd, path)) };
}

test("below the current and the temporary directory", () => {
  expect(create("file")).toEqual({ status: 0, made: true });
  expect(create(join(temporary, "file"))).toEqual({ status: 0, made: true });
});

test("nowhere else, by a symbolic link neither", () => {
  expect(create(join(elsewhere, "file"))).toEqual({ status: EROFS, made: false });
  expect(create(join(here, "..", "file"))).toEqual({ status: EROFS, made: false });
  expect(create("way-out/file")).toEqual({ status: EROFS, made: false });
});

test("everywhere with --root=/, where a mount says so, and for a program started in /", () => {
  expect(create(join(elsewhere, "1"), ["--root=/"])).toEqual({ status: 0, made: true });
  expect(create(join(elsewhere, "2"), [`--mount=${elsewhere}:${elsewhere}`])).toEqual({ status: 0, made: true });
  expect(create(join(elsewhere, "3"), [], "/")).toEqual({ status: 0, made: true });
});
