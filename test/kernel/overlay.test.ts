// Overlay and tmpfs mounts: the file fixtures behave on them as on the machine's own file system, the lower directory stays as it was, and
// what was changed is found in the upper one, removed names as whiteouts.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { createMachine } from "../../src/boot.ts";
import { E } from "../../src/kernel/errno.ts";
import { O, RENAME } from "../../src/kernel/fs/constants.ts";
import { DirectoryFile } from "../../src/kernel/fs/file.ts";
import { kernelCaller } from "../../src/kernel/fs/access.ts";
import { changeMode, makeDirectory, makeLink, makeSymlink, openFile, removeDirectory, removeFile, renameFile } from "../../src/kernel/fs/operations.ts";
import { overlayRoot } from "../../src/kernel/fs/overlay.ts";
import type { MountRequest } from "../../src/kernel/fs/setup.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { walkPath } from "../../src/kernel/fs/walk.ts";
import { hostRandom } from "../../src/kernel/kernel.ts";
import { createHostClock } from "../../src/kernel/time.ts";
import { createHostFs } from "../../src/host/node/fs.ts";

let scratch: string;
const below = (name: string) => path.join(scratch, "lower", name), above = (name: string) => path.join(scratch, "upper", name);

beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "jit386-overlay-"));
  for (const name of ["root", "root/w", "lower", "upper", "lower/dir", "lower/dir/deep"]) fs.mkdirSync(path.join(scratch, name));
  fs.writeFileSync(below("file"), "from below\n");
  fs.writeFileSync(below("dir/one"), "1");
  fs.writeFileSync(below("dir/deep/two"), "2");
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

function machine(mount: Omit<MountRequest, "target" | "readonly">, output: Uint8Array[] = []) {
  return createMachine({
    kernel: { clock: createHostClock(), random: hostRandom }, host: createHostFs(), root: path.join(scratch, "root"), cwd: "/w", overlay: overlayRoot,
    mounts: [{ ...mount, target: "/w", readonly: false }], uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0,
    streams(environment) {
      const stream = () => memoryStream(environment, new Uint8Array(0), (bytes) => output.push(bytes));
      return { input: stream(), output: stream(), error: stream() };
    },
  });
}

const overlay = () => ({ kind: "overlay" as const, source: path.join(scratch, "lower"), upper: path.join(scratch, "upper") });

function files() {
  const { process: first } = machine(overlay());
  const caller = kernelCaller(first.fs, first.files), base = first.fs.cwd;
  return {
    caller, base,
    read(name: string): string | number {
      const file = openFile(caller, base, name, O.RDONLY, 0);
      if (typeof file === "number") return file;
      const bytes = new Uint8Array(100);
      const count = file.read(bytes);
      file.unref();
      return Buffer.from(bytes.subarray(0, count)).toString();
    },
    write(name: string, text: string, flags: number = O.CREAT): number {
      const file = openFile(caller, base, name, O.WRONLY | flags, 0o644);
      if (typeof file === "number") return file;
      const count = file.write(Buffer.from(text));
      file.unref();
      return count;
    },
    list(name: string): string[] {
      const directory = openFile(caller, base, name, O.RDONLY | O.DIRECTORY, 0);
      if (!(directory instanceof DirectoryFile)) throw new Error(`${name}: ${String(directory)}`);
      const names: string[] = [];
      for (let i = 2; ; i++) {
        const entry = directory.entry(i, caller);
        if (typeof entry !== "object") return names.sort();
        names.push(entry.name);
      }
    },
  };
}

test("reading shows both layers, the upper one first", () => {
  fs.writeFileSync(above("new"), "above");
  fs.writeFileSync(above("file"), "changed");
  const w = files();
  expect([w.read("file"), w.read("new"), w.read("dir/deep/two"), w.read("nothing")]).toEqual(["changed", "above", "2", -E.NOENT]);
  expect(w.list(".")).toEqual(["dir", "file", "new"]);
});

test("writing copies up first, with the contents, and leaves the lower file", () => {
  const w = files();
  expect(w.write("dir/deep/two", "++", O.APPEND)).toBe(2);
  expect(w.read("dir/deep/two")).toBe("2++");
  expect([fs.readFileSync(above("dir/deep/two"), "utf8"), fs.readFileSync(below("dir/deep/two"), "utf8")]).toEqual(["2++", "2"]);
  const place = walkPath(w.caller, w.base, "file", true);
  if (typeof place === "number") throw new Error("file is missing");
  expect(changeMode(w.caller, place, 0o600, (change) => place.dentry.inode.setattr(change))).toBe(0);
  expect([fs.statSync(above("file")).mode & 0o777, fs.readFileSync(above("file"), "utf8")]).toEqual([0o600, "from below\n"]);
});

test("removing leaves whiteouts; what is made again hides what was there", () => {
  const w = files();
  expect([removeFile(w.caller, w.base, "file"), w.read("file"), w.list(".")]).toEqual([0, -E.NOENT, ["dir"]]);
  expect(fs.existsSync(below("file")) && fs.existsSync(above(".wh.file"))).toBe(true);
  expect([w.write("file", "again"), w.read("file"), fs.existsSync(above(".wh.file"))]).toEqual([5, "again", false]);
  expect(removeDirectory(w.caller, w.base, "dir")).toBe(-E.NOTEMPTY);
  for (const name of ["dir/deep/two", "dir/one"]) expect(removeFile(w.caller, w.base, name)).toBe(0);
  expect([removeDirectory(w.caller, w.base, "dir/deep"), removeDirectory(w.caller, w.base, "dir"), w.list(".")]).toEqual([0, 0, ["file"]]);
  expect([makeDirectory(w.caller, w.base, "dir", 0o755), w.list("dir")]).toEqual([0, []]);
  expect(files().list("dir")).toEqual([]);
  expect(fs.readdirSync(below("dir")).sort()).toEqual(["deep", "one"]);
});

test("renames and links", () => {
  const w = files();
  expect([renameFile(w.caller, w.base, "file", w.base, "dir/moved", 0), w.read("dir/moved"), w.read("file")]).toEqual([0, "from below\n", -E.NOENT]);
  expect([renameFile(w.caller, w.base, "dir/moved", w.base, "dir/one", 0), w.read("dir/one")]).toEqual([0, "from below\n"]);
  expect(renameFile(w.caller, w.base, "dir", w.base, "other", 0)).toBe(-E.XDEV);
  expect(makeDirectory(w.caller, w.base, "mine", 0o755) || w.write("mine/x", "x")).toBe(1);
  expect([renameFile(w.caller, w.base, "mine", w.base, "yours", 0), w.read("yours/x"), w.list(".")]).toEqual([0, "x", ["dir", "yours"]]);
  expect(renameFile(w.caller, w.base, "yours", w.base, "dir", RENAME.EXCHANGE)).toBe(-E.XDEV);
  const two = walkPath(w.caller, w.base, "dir/deep/two", true);
  if (typeof two === "number") throw new Error("two is missing");
  expect([makeLink(w.caller, two, w.base, "hard"), w.read("hard"), makeSymlink(w.caller, "hard", w.base, "soft"), w.read("soft")]).toEqual([0, "2", 0, "2"]);
  expect(w.write("hard", "3", 0)).toBe(1);
  expect(w.read("dir/deep/two")).toBe("3");
});

const fixtures = new URL("../../fixtures/kernel/", import.meta.url);

describe.each(["overlay", "tmpfs"] as const)("the file fixtures on %s", (kind) => {
  it.each(["files", "paths", "descriptors"])("%s", async (name) => {
    fs.copyFileSync(new URL(`bin/${name}`, fixtures), path.join(scratch, "root", name));
    for (const left of ["file", "dir"]) fs.rmSync(below(left), { recursive: true });
    const output: Uint8Array[] = [];
    const made = machine(kind === "overlay" ? overlay() : { kind, source: "tmpfs" }, output);
    expect(await made.run(`/${name}`, [name], [])).toMatchObject({ code: 0, signal: 0 });
    expect(Buffer.concat(output).toString().split("\n")).toEqual(fs.readFileSync(new URL(`expected/${name}.test`, fixtures), "utf8").split("\n"));
  });
});
