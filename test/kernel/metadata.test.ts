// What a host cannot hold of a file, kept beside: the file fixtures behave over an imitation of such a host as on the machine that
// recorded them; names, links, devices and modes are there again in the next run; two processes share the log; damage to it does no more
// than lose what was damaged.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { createMachine } from "../../src/boot.ts";
import { E } from "../../src/kernel/errno.ts";
import { O, S } from "../../src/kernel/fs/constants.ts";
import type { HostFs } from "../../src/kernel/fs/host.ts";
import { foldCase, guestName, hostName } from "../../src/kernel/fs/host-names.ts";
import { keepMetadata, STORE_NAME } from "../../src/kernel/fs/metadata.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { seededRandom } from "../../src/kernel/kernel.ts";
import { createHostClock } from "../../src/kernel/time.ts";
import { createPoorHost } from "../support/poor-host.ts";

const folder = new URL("../../fixtures/kernel/", import.meta.url);
let scratch: string;
beforeEach(() => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "jit386-metadata-")));
});
afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

const poorHost = () => createPoorHost(scratch);
const store = () => path.join(scratch, STORE_NAME);

/** The directory as a run of its own sees it. */
function open(host: HostFs = poorHost()): HostFs {
  if (!host.limits) throw new Error("the host has no limits");
  return keepMetadata(host, host.limits, scratch);
}

const at = (name: string) => `${scratch}/${name}`;
const mode = (host: HostFs, name: string): string | number => {
  const stat = host.lstat(at(name));
  return typeof stat === "number" ? stat : stat.mode.toString(8);
};
function write(host: HostFs, name: string, text: string, bits = 0o644): number {
  const fd = host.open(at(name), O.WRONLY | O.CREAT | O.EXCL, bits);
  if (fd < 0) return fd;
  const count = host.write(fd, Buffer.from(text), 0);
  host.close(fd);
  return count;
}
function read(host: HostFs, name: string): string | number {
  const fd = host.open(at(name), O.RDONLY, 0);
  if (fd < 0) return fd;
  const bytes = new Uint8Array(100);
  const count = host.read(fd, bytes, 0);
  host.close(fd);
  return Buffer.from(bytes.subarray(0, count)).toString();
}
const list = (host: HostFs, name = ""): string[] => {
  const entries = host.readdir(name === "" ? scratch : at(name));
  return typeof entries === "number" ? [String(entries)] : entries.map((entry) => entry.name).toSorted();
};

describe("the file fixtures over a host that holds little", () => {
  it.each(["paths", "descriptors", "files", "pipes", "waiting", "notices"])("%s", async (name) => {
    for (const directory of ["tmp", "bin"]) fs.mkdirSync(path.join(scratch, directory));
    fs.copyFileSync(new URL(`bin/${name}`, folder), path.join(scratch, "bin", name));
    const output: Uint8Array[] = [], errors: Uint8Array[] = [];
    const machine = createMachine({
      kernel: { clock: createHostClock(), random: seededRandom(1) }, engine: { jit: "off" }, host: poorHost(), root: scratch, cwd: "/tmp",
      metadata: (host, directory) => (host.limits ? keepMetadata(host, host.limits, directory) : host), uid: 0, gid: 0,
      streams(environment) {
        const stream = (to: Uint8Array[]) => memoryStream(environment, new Uint8Array(0), (bytes) => to.push(bytes));
        return { input: stream([]), output: stream(output), error: stream(errors) };
      },
    });
    const status = await machine.run(`/bin/${name}`, [name], []);
    expect(Buffer.concat(errors).toString()).toBe("");
    expect(Buffer.concat(output).toString().split("\n")).toEqual(fs.readFileSync(new URL(`expected/${name}.test`, folder), "utf8").split("\n"));
    expect(status).toMatchObject({ code: 0, signal: 0 });
  });
});

describe("names", () => {
  it("of every kind lead back from the host", () => {
    const special = fc.constantFrom("%", ":", "\\", ".", " ", "con", "NUL", "aux.txt", "%41", "%3A", "\xff", "\xc3\xa4", "A", "a", STORE_NAME, "com1", "lpt9 .x", "\x01", "~1");
    const names = fc.array(fc.oneof(special, fc.string({ minLength: 1, maxLength: 4, unit: fc.integer({ min: 1, max: 255 }).map((n) => String.fromCharCode(n)) })), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(names, (parts) => {
      const name = parts.join("").replaceAll("/", "x");
      for (const windows of [true, false]) {
        const host = hostName(name, windows);
        expect(guestName(host, windows)).toBe(name);
        if (windows) expect(host).not.toMatch(/[^ -\xff]|[<>:"|?*\\]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)([ .]|$)/i);
        expect(host.toLowerCase().startsWith(STORE_NAME)).toBe(false);
      }
    }), { numRuns: 3000, seed: 386 });
  });

  it("are those of the guest, and the host has allowed ones", () => {
    const host = open();
    const names = ["CON", "nul.tar.gz", "trailing.", "space ", "a:b", "back\\slash", "what?", "tab\tname", "100%", "%41", "%3A", "caf\xe9", "caf\xc3\xa9", STORE_NAME, "plain"];
    for (const name of names) expect([name, write(host, name, name)]).toEqual([name, Buffer.byteLength(name)]);
    for (const again of [host, open()]) {
      expect(list(again)).toEqual(names.toSorted());
      for (const name of names) expect(read(again, name)).toBe(name);
    }
    expect(fs.existsSync(at("a%3Ab"))).toBe(true);
    expect(fs.existsSync(at("%43ON"))).toBe(true);
    for (const name of names) expect([name, host.unlink(at(name))]).toEqual([name, 0]);
    expect(list(host)).toEqual([]);
  });

  it("that differ only in case are different files", () => {
    const host = open();
    for (const name of ["Makefile", "makefile", "MAKEFILE", "\xc3\x84", "\xc3\xa4"]) expect(write(host, name, name)).toBeGreaterThan(0);
    expect(host.mkdir(at("Dir"), 0o755)).toBe(0);
    expect(host.mkdir(at("dir"), 0o700)).toBe(0);
    expect(write(host, "dir/x", "lower")).toBe(5);
    expect(write(host, "Dir/x", "upper")).toBe(5);
    expect(host.lstat(at("mAKEFILE"))).toBe(-E.NOENT);
    expect(write(host, "makefile", "again")).toBe(-E.EXIST);
    for (const again of [host, open()]) {
      expect(list(again)).toEqual(["Dir", "MAKEFILE", "Makefile", "dir", "makefile", "\xc3\x84", "\xc3\xa4"]);
      expect([read(again, "Makefile"), read(again, "makefile"), read(again, "MAKEFILE"), read(again, "dir/x"), read(again, "Dir/x")]).toEqual(["Makefile", "makefile", "MAKEFILE", "lower", "upper"]);
      expect([mode(again, "Dir"), mode(again, "dir")]).toEqual(["40755", "40700"]);
    }
    // the first goes, the second stays and is found by its name still
    expect(host.unlink(at("Makefile"))).toBe(0);
    expect([read(host, "Makefile"), read(host, "makefile")]).toEqual([-E.NOENT, "makefile"]);
    expect(host.rename(at("makefile"), at("Makefile"))).toBe(0);
    expect(host.rename(at("Makefile"), at("mAKEFILE"))).toBe(0);
    expect(host.rename(at("dir"), at("other"))).toBe(0);
    for (const again of [host, open()]) {
      expect(list(again)).toEqual(["Dir", "MAKEFILE", "mAKEFILE", "other", "\xc3\x84", "\xc3\xa4"]);
      expect([read(again, "mAKEFILE"), read(again, "MAKEFILE"), read(again, "other/x"), again.lstat(at("dir"))]).toEqual(["makefile", "MAKEFILE", "lower", -E.NOENT]);
    }
    expect(host.rename(at("Dir"), at("DIR"))).toBe(0);
    expect([read(host, "DIR/x"), host.lstat(at("Dir"))]).toEqual(["upper", -E.NOENT]);
  });

  it("that escapes make too long are kept in the log", () => {
    const host = open(), long = ":".repeat(255);
    expect(write(host, long, "colons")).toBe(6);
    expect(write(host, `${long.slice(1)}?`, "other")).toBe(5);
    expect(host.lstat(at(`${long.slice(2)}??`))).toBe(-E.NOENT);
    expect(write(host, `${long}:`, "")).toBe(-E.NAMETOOLONG);
    expect([read(open(), long), list(open())]).toEqual(["colons", [long, `${long.slice(1)}?`]]);
    expect(host.unlink(at(long))).toBe(0);
    expect(list(host)).toEqual([`${long.slice(1)}?`]);
  });
});

describe("what stat tells", () => {
  it("is kept with the file through renames, links and runs, and goes with it", () => {
    const host = open();
    expect(write(host, "f", "text", 0o4711)).toBe(4);
    expect(host.lchown(at("f"), 1000, 100)).toBe(0);
    expect(host.link(at("f"), at("hard"))).toBe(0);
    expect(host.mkdir(at("d"), 0o1777)).toBe(0);
    expect(host.rename(at("f"), at("d/g"))).toBe(0);
    expect(host.chmod(at("hard"), 0o600)).toBe(0);
    for (const again of [host, open()]) {
      expect(again.lstat(at("d/g"))).toMatchObject({ mode: S.IFREG | 0o600, uid: 1000, gid: 100, nlink: 2, size: 4 });
      expect(mode(again, "d")).toBe("41777");
    }
    const fd = host.open(at("d/g"), O.RDWR, 0);
    expect([host.unlink(at("hard")), host.unlink(at("d/g"))]).toEqual([0, 0]);
    expect(host.fstat(fd)).toMatchObject({ mode: S.IFREG | 0o600, uid: 1000 });
    host.close(fd);
    // whatever the host gives the number of the old file to has the default
    fs.writeFileSync(at("new"), "");
    expect([mode(host, "new"), mode(open(), "new")]).toEqual(["100755", "100755"]);
  });

  it("of links, devices, pipes and sockets is theirs", () => {
    const host = open();
    expect(host.symlink("/some/where\xff", at("link"))).toBe(0);
    expect(host.mknod?.(at("null"), S.IFCHR | 0o666, 0x103)).toBe(0);
    expect(host.mknod?.(at("disk"), S.IFBLK | 0o660, 0x800)).toBe(0);
    expect(host.mknod?.(at("socket"), S.IFSOCK | 0o755, 0)).toBe(0);
    expect(host.mkfifo(at("pipe"), 0o600)).toBe(0);
    expect(host.mkfifo(at("pipe"), 0o600)).toBe(-E.EXIST);
    for (const again of [host, open()]) {
      expect(["link", "null", "disk", "socket", "pipe"].map((name) => mode(again, name))).toEqual(["120777", "20666", "60660", "140755", "10600"]);
      expect(again.readlink(at("link"))).toBe("/some/where\xff");
      expect(again.lstat(at("link"))).toMatchObject({ size: 12 });
      expect(again.lstat(at("null"))).toMatchObject({ rdev: 0x103 });
      expect(again.readdir(scratch)).toContainEqual({ name: "link", type: 0 });
    }
    expect(host.chmod(at("pipe"), 0o644)).toBe(0);
    expect(mode(host, "pipe")).toBe("10644");
    // the host has written into what it takes for an empty file
    fs.writeFileSync(at("pipe"), "text");
    expect([mode(host, "pipe"), read(host, "pipe")]).toEqual(["100644", "text"]);
    expect([host.unlink(at("link")), write(host, "link", "a file now"), mode(open(), "link")]).toEqual([0, 10, "100644"]);
  });

  it("is the default where nothing was kept", () => {
    fs.writeFileSync(at("from-outside"), "#!/bin/sh\n");
    const host = open();
    expect(host.lstat(at("from-outside"))).toMatchObject({ mode: S.IFREG | 0o755, uid: 0, gid: 0 });
    expect(host.mkdir(at("plain"), 0o755)).toBe(0);
    expect(fs.existsSync(store())).toBe(false);
  });
});

describe("the log", () => {
  it("is shared by two processes", () => {
    const one = open(), two = open();
    for (let i = 0; i < 50; i++) {
      expect(write(i % 2 ? one : two, `f${i}`, "", 0o600 + i)).toBe(0);
      expect(mode(i % 2 ? two : one, `f${i}`)).toBe((S.IFREG | (0o600 + i)).toString(8));
    }
    expect([write(one, "Case", "1"), write(two, "case", "2"), one.rename(at("Case"), at("Gone")), write(one, "CASE", "3")]).toEqual([1, 1, 0, 1]);
    for (const host of [one, two]) expect([read(host, "case"), read(host, "CASE"), read(host, "Case"), read(host, "Gone")]).toEqual(["2", "3", -E.NOENT, "1"]);
  });

  it("is written anew when most of it is old, and the other process follows", () => {
    const one = open(), two = open();
    write(one, "f", "", 0o600);
    expect(mode(two, "f")).toBe("100600");
    for (let i = 0; i < 1300; i++) one.chmod(at("f"), i & 1 ? 0o640 : 0o604);
    expect(fs.readFileSync(store(), "latin1").split("\n").length).toBeLessThan(500);
    expect([mode(two, "f"), mode(open(), "f")]).toEqual(["100640", "100640"]);
    two.chmod(at("f"), 0o111);
    expect([mode(one, "f"), mode(open(), "f")]).toEqual(["100111", "100111"]);
  });

  it("loses what is damaged and no more", () => {
    const host = open();
    for (const name of ["a", "b", "c"]) write(host, name, "", 0o600);
    const lines = fs.readFileSync(store(), "latin1").split("\n");
    const damaged = [...lines.slice(0, 2), lines[2].replace("[", "{"), ...lines.slice(3)].join("\n");
    fs.writeFileSync(store(), `${damaged}0badc0de ["f",1,"",`);
    const again = open();
    expect(["a", "b", "c"].map((name) => mode(again, name))).toEqual(["100600", "100755", "100600"]);
    expect(again.chmod(at("b"), 0o640)).toBe(0);
    expect(["a", "b", "c"].map((name) => mode(open(), name))).toEqual(["100600", "100640", "100600"]);
    expect(fs.readFileSync(store(), "latin1")).not.toContain("0badc0de");
  });

  test.each([["empty", ""], ["nonsense", "\x00\xff nonsense\n"], ["half a header", "jit386 me"]])("is made anew when it is %s", (_what, text) => {
    fs.writeFileSync(store(), text, "latin1");
    const host = open();
    expect(write(host, "f", "", 0o640)).toBe(0);
    expect([mode(host, "f"), mode(open(), "f")]).toEqual(["100640", "100640"]);
  });

  it("gets over a lock and a half-written copy that a killed process has left", () => {
    const host = open();
    write(host, "f", "", 0o600);
    fs.writeFileSync(`${store()}.lock`, "");
    fs.writeFileSync(`${store()}.new`, "half");
    expect(host.chmod(at("f"), 0o640)).toBe(0);
    expect(mode(open(), "f")).toBe("100640");
    expect(list(host)).toEqual(["f"]);
    expect(fs.existsSync(`${store()}.lock`)).toBe(false);
  });

  it("that cannot be written fails what depends on it, and new files have the default", () => {
    const full = poorHost();
    const host = open({ ...full, open: (name, flags, bits) => (name.startsWith(store()) && flags & O.CREAT ? -E.ROFS : full.open(name, flags, bits)) });
    expect([write(host, "f", "text", 0o600), mode(host, "f"), host.chmod(at("f"), 0o640), host.symlink("x", at("l")), host.lstat(at("l"))]).toEqual([4, "100755", -E.ROFS, -E.ROFS, -E.NOENT]);
  });
});

test("folding knows letters beyond ASCII", () => {
  expect(foldCase("\xc3\x84A")).toBe(foldCase("\xc3\xa4a"));
  expect(foldCase("\xc4A")).not.toBe(foldCase("\xe4A"));
});
