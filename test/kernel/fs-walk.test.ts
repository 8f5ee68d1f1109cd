// Path resolution, mounts and names over the two back ends: memory and a host directory. path_resolution(7), rename(2), unlink(2).

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHostFs } from "../../src/host/node/fs.ts";
import { E } from "../../src/kernel/errno.ts";
import { O, S } from "../../src/kernel/fs/constants.ts";
import { hostRoot } from "../../src/kernel/fs/hostfs.ts";
import type { Inode } from "../../src/kernel/fs/inode.ts";
import { kernelCaller } from "../../src/kernel/fs/access.ts";
import * as ops from "../../src/kernel/fs/operations.ts";
import { addMount, createFileTable, createFsState, createNamespace, placePath } from "../../src/kernel/fs/state.ts";
import type { PathRef } from "../../src/kernel/fs/state.ts";
import { createTmpfs } from "../../src/kernel/fs/tmpfs.ts";
import { walkPath } from "../../src/kernel/fs/walk.ts";

const environment = { now: () => ({ sec: 1000, nsec: 5 }), random: (bytes: Uint8Array) => void bytes.fill(7) };

/** A world with one mount at "/" and a caller who is root in it. */
function world(root: Inode) {
  const namespace = createNamespace(root, "test");
  const state = createFsState(namespace);
  const caller = kernelCaller(state, createFileTable());
  const base = () => state.cwd;
  const find = (p: string, follow = true) => walkPath(caller, base(), p, follow);
  const place = (p: string): PathRef => {
    const found = find(p);
    if (typeof found === "number") throw new Error(`${p}: ${found}`);
    return found;
  };
  const open = (p: string, flags: number, mode = 0o644) => ops.openFile(caller, base(), p, flags, mode);
  const put = (p: string, text: string) => {
    const file = open(p, O.WRONLY | O.CREAT | O.TRUNC);
    if (typeof file === "number") throw new Error(`${p}: ${file}`);
    file.write(Buffer.from(text));
    file.unref();
  };
  const get = (p: string): string | number => {
    const file = open(p, O.RDONLY);
    if (typeof file === "number") return file;
    const bytes = new Uint8Array(1000);
    const count = file.read(bytes);
    file.unref();
    return count < 0 ? count : Buffer.from(bytes.subarray(0, count)).toString("latin1");
  };
  return {
    namespace, state, caller, find, place, open, put, get,
    mkdir: (p: string) => ops.makeDirectory(caller, base(), p, 0o755),
    symlink: (target: string, p: string) => ops.makeSymlink(caller, target, base(), p),
    unlink: (p: string) => ops.removeFile(caller, base(), p),
    rmdir: (p: string) => ops.removeDirectory(caller, base(), p),
    rename: (a: string, b: string, flags = 0) => ops.renameFile(caller, base(), a, base(), b, flags),
    link: (a: string, b: string) => ops.makeLink(caller, place(a), base(), b),
    cd: (p: string) => ops.changeDirectory(caller, place(p)),
    where: (p: string) => placePath(place(p), state.root).path,
  };
}

let scratch = "";
beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "jit386-walk-"));
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

let counter = 0;
function hostWorld() {
  const directory = path.join(scratch, `root${counter++}`);
  fs.mkdirSync(directory);
  const root = hostRoot(createHostFs(), directory);
  if (typeof root === "number") throw new Error(String(root));
  return { ...world(root), directory };
}

const backEnds = { memory: () => world(createTmpfs(environment)), host: () => hostWorld() };

describe.each(Object.entries(backEnds))("names on a %s mount", (_name, make) => {
  it("makes, reads and removes files and directories", () => {
    const w = make();
    expect(w.mkdir("/a")).toBe(0);
    expect(w.mkdir("/a")).toBe(-E.EXIST);
    expect(w.mkdir("/b/")).toBe(0);
    expect(w.mkdir("/x/y")).toBe(-E.NOENT);
    w.put("/a/f", "hello");
    expect(w.get("/a/f")).toBe("hello");
    expect(w.get("/a/f/")).toBe(-E.NOTDIR);
    expect(w.get("/a/f/g")).toBe(-E.NOTDIR);
    expect(w.open("/a", O.RDWR)).toBe(-E.ISDIR);
    expect(w.open("/a/", O.RDWR | O.CREAT)).toBe(-E.ISDIR);
    expect(w.open("/new/", O.WRONLY | O.CREAT)).toBe(-E.ISDIR);
    expect(w.open("/a/f", O.RDONLY | O.DIRECTORY)).toBe(-E.NOTDIR);
    expect(w.open("/a/f", O.WRONLY | O.CREAT | O.EXCL)).toBe(-E.EXIST);
    expect(w.rmdir("/a")).toBe(-E.NOTEMPTY);
    expect(w.unlink("/a")).toBe(-E.ISDIR);
    expect(w.rmdir("/a/f")).toBe(-E.NOTDIR);
    expect(w.rmdir("/b/.")).toBe(-E.INVAL);
    expect(w.rmdir("/b/..")).toBe(-E.NOTEMPTY);
    expect(w.rmdir("/")).toBe(-E.BUSY);
    expect(w.unlink("/a/f")).toBe(0);
    expect(w.rmdir("/a/")).toBe(0);
    expect(w.find("/a")).toBe(-E.NOENT);
  });

  it("follows symbolic links inside the namespace only", () => {
    const w = make();
    w.mkdir("/etc");
    w.put("/etc/passwd", "guest");
    w.mkdir("/d");
    w.symlink("/etc/passwd", "/d/absolute");
    w.symlink("../../../../etc/passwd", "/d/up");
    w.symlink("../etc", "/d/dir");
    expect(w.get("/d/absolute")).toBe("guest");
    expect(w.get("/d/up")).toBe("guest");
    expect(w.get("/d/dir/passwd")).toBe("guest");
    expect(w.get("/d/dir/../etc/passwd")).toBe("guest");
    expect(w.open("/d/up", O.RDONLY | O.NOFOLLOW)).toBe(-E.LOOP);
    expect(w.where("/d/dir")).toBe("/etc");
    const link = w.find("/d/dir", false);
    expect(typeof link !== "number" && link.dentry.inode.isSymlink).toBe(true);
    const through = w.find("/d/dir/", false);
    expect(typeof through !== "number" && through.dentry.inode.isDirectory).toBe(true);
    expect(w.unlink("/d/dir/")).toBe(-E.NOTDIR);
  });

  it("stops at loops and at the length limits", () => {
    const w = make();
    w.symlink("b", "/a");
    w.symlink("a", "/b");
    w.symlink("self/x", "/self");
    expect(w.find("/a")).toBe(-E.LOOP);
    expect(w.find("/a/x")).toBe(-E.LOOP);
    expect(w.find("/self/x")).toBe(-E.LOOP);
    w.put("/end", "end");
    w.symlink("end", "/l0");
    for (let i = 1; i <= 40; i++) w.symlink(`l${i - 1}`, `/l${i}`);
    expect(w.get("/l39")).toBe("end");
    expect(w.get("/l40")).toBe(-E.LOOP);
    expect(w.find(`/${"n".repeat(255)}`)).toBe(-E.NOENT);
    expect(w.find(`/${"n".repeat(256)}`)).toBe(-E.NAMETOOLONG);
    expect(w.find("/".repeat(4095))).not.toBeTypeOf("number");
    expect(w.find("/".repeat(4096))).toBe(-E.NAMETOOLONG);
    expect(w.find("")).toBe(-E.NOENT);
  });

  it("creates through a dangling link", () => {
    const w = make();
    w.mkdir("/d");
    w.symlink("d/target", "/link");
    expect(w.get("/link")).toBe(-E.NOENT);
    expect(w.open("/link", O.WRONLY | O.CREAT | O.EXCL)).toBe(-E.EXIST);
    w.put("/link", "made");
    expect(w.get("/d/target")).toBe("made");
  });

  it("keeps names that are not UTF-8", () => {
    const w = make();
    w.put("/caf\xe9\xff", "bytes");
    expect(w.get("/caf\xe9\xff")).toBe("bytes");
    const root = w.place("/").dentry.inode.readdir(w.caller);
    expect(Array.isArray(root) && root.map((e) => e.name)).toEqual(["caf\xe9\xff"]);
  });

  it("renames, with directories that are in use", () => {
    const w = make();
    w.mkdir("/a");
    w.mkdir("/a/b");
    w.mkdir("/c");
    w.put("/a/b/f", "1");
    w.cd("/a/b");
    expect(w.rename("/a", "/a/b/x")).toBe(-E.INVAL);
    expect(w.rename("/a/b/f", "/a")).toBe(-E.NOTEMPTY);
    expect(w.rename("/c", "/a")).toBe(-E.NOTEMPTY);
    expect(w.rename("/a", "/c/moved")).toBe(0);
    expect(w.where(".")).toBe("/c/moved/b");
    expect(w.get("f")).toBe("1");
    expect(w.where("..")).toBe("/c/moved");
    w.put("/x", "x");
    w.put("/y", "y");
    expect(w.rename("/x", "/y", 1)).toBe(-E.EXIST);
    expect(w.rename("/x", "/y", 2)).toBe(0);
    expect([w.get("/x"), w.get("/y")]).toEqual(["y", "x"]);
    expect(w.rename("/x", "/c")).toBe(-E.ISDIR);
    expect(w.rename("/c", "/x")).toBe(-E.NOTDIR);
    expect(w.rename("/x", "/new/")).toBe(-E.NOTDIR);
    expect(w.rename("/x", "/y")).toBe(0);
    expect(w.find("/x")).toBe(-E.NOENT);
    expect(w.get("/y")).toBe("y");
  });

  it("leaves an open file readable after unlink, and a removed directory empty", () => {
    const w = make();
    w.put("/f", "still here");
    const file = w.open("/f", O.RDONLY);
    if (typeof file === "number") throw new Error(String(file));
    expect(w.unlink("/f")).toBe(0);
    const bytes = new Uint8Array(20);
    expect(file.read(bytes)).toBe(10);
    const stat = file.stat();
    expect(typeof stat !== "number" && stat.nlink).toBe(0);
    file.unref();
    w.mkdir("/d");
    w.cd("/d");
    expect(w.rmdir("/d")).toBe(0);
    expect(w.open("new", O.WRONLY | O.CREAT)).toBe(-E.NOENT);
    expect(w.where("..")).toBe("/");
  });

  it("links count", () => {
    const w = make();
    w.put("/f", "1");
    expect(w.link("/f", "/g")).toBe(0);
    w.put("/g", "22");
    expect(w.get("/f")).toBe("22");
    const stat = w.place("/f").dentry.inode.stat();
    expect(typeof stat !== "number" && [stat.nlink, stat.size, stat.mode & S.IFMT]).toEqual([2, 2, S.IFREG]);
    expect(w.rename("/f", "/g")).toBe(0); // the same file: nothing happens
    expect(w.get("/f")).toBe("22");
    w.mkdir("/d");
    expect(w.link("/d", "/e")).toBe(-E.PERM);
  });
});

describe("mounts", () => {
  it("hide what lies below, and '..' leads out of them", () => {
    const w = world(createTmpfs(environment));
    w.mkdir("/mnt");
    w.put("/mnt/hidden", "x");
    addMount(w.namespace, w.place("/mnt"), createTmpfs(environment), "inner");
    expect(w.get("/mnt/hidden")).toBe(-E.NOENT);
    w.put("/mnt/f", "inner");
    w.mkdir("/mnt/sub");
    addMount(w.namespace, w.place("/mnt/sub"), createTmpfs(environment), "innermost");
    w.put("/mnt/sub/deep", "deep");
    expect(w.get("/mnt/sub/../f")).toBe("inner");
    expect(w.where("/mnt/sub/../..")).toBe("/");
    expect(w.where("/mnt/sub")).toBe("/mnt/sub");
    expect(w.rmdir("/mnt/sub")).toBe(-E.BUSY);
    expect(w.rename("/mnt/f", "/f")).toBe(-E.XDEV);
    expect(w.rename("/mnt", "/other")).toBe(-E.BUSY);
    expect(w.where("/../../mnt/..")).toBe("/");
  });

  it("may be read-only", () => {
    const w = world(createTmpfs(environment));
    w.mkdir("/ro");
    const inner = createTmpfs(environment);
    inner.create("f", 0o644, w.caller.process.credentials);
    addMount(w.namespace, w.place("/ro"), inner, "ro", { readonly: true });
    expect(w.get("/ro/f")).toBe("");
    expect(w.open("/ro/f", O.WRONLY)).toBe(-E.ROFS);
    expect(w.open("/ro/g", O.WRONLY | O.CREAT)).toBe(-E.ROFS);
    expect(w.open("/ro/f", O.RDONLY | O.TRUNC)).toBe(-E.ROFS);
    expect(w.mkdir("/ro/d")).toBe(-E.ROFS);
    expect(w.mkdir("/ro/f")).toBe(-E.EXIST);
    expect(w.unlink("/ro/f")).toBe(-E.ROFS);
    expect(w.rename("/ro/f", "/ro/g")).toBe(-E.ROFS);
    expect(ops.truncatePlace(w.caller, w.place("/ro/f"), 0)).toBe(-E.ROFS);
    expect(ops.changeMode(w.caller, w.place("/ro/f"), 0o600, (c) => inner.setattr(c))).toBe(-E.ROFS);
  });
});

describe("a host directory", () => {
  it("cannot be left through links that the host has", () => {
    const w = hostWorld();
    fs.writeFileSync(path.join(scratch, "secret"), "host");
    fs.symlinkSync("../secret", path.join(w.directory, "up"));
    fs.symlinkSync(path.join(scratch, "secret"), path.join(w.directory, "absolute"));
    fs.symlinkSync("..", path.join(w.directory, "parent"));
    expect(w.get("/up")).toBe(-E.NOENT);
    expect(w.get("/absolute")).toBe(-E.NOENT);
    expect(w.get("/parent/secret")).toBe(-E.NOENT);
    expect(w.get("/parent/parent/../../secret")).toBe(-E.NOENT);
    expect(w.where("/parent")).toBe("/");
  });

  it("notices what others change", () => {
    const w = hostWorld();
    w.mkdir("/d");
    w.put("/d/f", "1");
    fs.rmSync(path.join(w.directory, "d"), { recursive: true });
    expect(w.get("/d/f")).toBe(-E.NOENT);
    fs.symlinkSync("/", path.join(w.directory, "d"));
    fs.writeFileSync(path.join(w.directory, "f"), "root");
    expect(w.get("/d/f")).toBe("root");
  });

  it("honours modes whatever the emulator's own umask", () => {
    const w = hostWorld();
    const file = w.open("/f", O.WRONLY | O.CREAT, 0o666);
    expect(file).not.toBeTypeOf("number");
    expect(fs.statSync(path.join(w.directory, "f")).mode & 0o777).toBe(0o644);
    w.state.umask = 0;
    ops.makeDirectory(w.caller, w.state.cwd, "/d", 0o777);
    expect(fs.statSync(path.join(w.directory, "d")).mode & 0o777).toBe(0o777);
  });

  it("remembers times to the nanosecond", () => {
    const w = hostWorld();
    w.put("/f", "");
    const inode = w.place("/f").dentry.inode;
    for (const nsec of [123_456_789, 0, 999_999_999]) {
      expect(inode.setattr({ atime: { sec: 1_600_000_000, nsec }, mtime: { sec: 1_500_000_001, nsec } })).toBe(0);
      const stat = w.place("/f").dentry.inode.stat();
      expect(typeof stat !== "number" && [stat.atime, stat.mtime]).toEqual([{ sec: 1_600_000_000, nsec }, { sec: 1_500_000_001, nsec }]);
    }
  });
});
