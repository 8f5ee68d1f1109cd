// The namespace that programs start in: /dev, /proc, /sys and mounts over a host directory or memory.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHostFs } from "../../src/host/node/fs.ts";
import { E } from "../../src/kernel/errno.ts";
import { O } from "../../src/kernel/fs/constants.ts";
import { DirectoryFile } from "../../src/kernel/fs/file.ts";
import type { Caller } from "../../src/kernel/fs/inode.ts";
import * as ops from "../../src/kernel/fs/operations.ts";
import type { ProcessFacts, SystemFacts } from "../../src/kernel/fs/proc-facts.ts";
import { setupNamespace } from "../../src/kernel/fs/setup.ts";
import { createFileTable, createFsState, installFile } from "../../src/kernel/fs/state.ts";
import { installStdio, memoryStream } from "../../src/kernel/fs/stdio.ts";
import type { Terminal } from "../../src/kernel/fs/terminal.ts";
import { walkPath } from "../../src/kernel/fs/walk.ts";

const environment = { now: () => ({ sec: 1000, nsec: 5 }), random: (bytes: Uint8Array) => void bytes.fill(7) };
let scratch = "";
beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "jit386-setup-"));
  fs.mkdirSync(path.join(scratch, "root/etc"), { recursive: true });
  fs.writeFileSync(path.join(scratch, "root/etc/issue"), "guest\n");
  fs.mkdirSync(path.join(scratch, "data"));
  fs.writeFileSync(path.join(scratch, "data/file"), "data\n");
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function start(options: { root?: string; mounts?: { source: string; target: string; readonly: boolean }[]; host?: boolean } = {}) {
  const facts = new Map<number, ProcessFacts>();
  const system: SystemFacts = {
    pids: () => [...facts.keys()], process: (pid) => facts.get(pid), uptime: () => 12.5, bootTime: 1, core: { pattern: "core", usesPid: false }, hostname: "box", release: "6.1.0", version: "#1",
    processors: 1, cpu: { family: 6, model: 13, stepping: 8, level: 2, flags: "fpu sse2" }, memoryTotal: 2 ** 31, memoryFree: () => 2 ** 30,
    lastPid: () => 42, busyTicks: () => 7, running: () => 1, random: environment.random,
    networkTable: () => "",
  };
  const made = setupNamespace({
    environment, system, host: options.host === false ? undefined : createHostFs(), root: options.root ?? path.join(scratch, "root"),
    mounts: options.mounts ?? [], terminal: () => terminal,
  });
  if (!("mounts" in made)) throw new Error(`${made.path}: ${made.error}`);
  const state = createFsState(made), files = createFileTable();
  const written: string[] = [];
  const stream = (input: string) => memoryStream(environment, Buffer.from(input), (bytes) => void written.push(Buffer.from(bytes).toString()));
  const terminal: Terminal | undefined = installStdio(files, { input: stream("typed"), output: stream(""), error: stream("") });
  const caller: Caller = { tid: 42, process: { pid: 42, credentials: { uid: 0, gid: 0, fsuid: 0, fsgid: 0, groups: [] }, fs: state, files } };
  const thread = { tid: 42, comm: "test", state: "R", pending: 0n, blocked: 0n, cpuTicks: 3 };
  const place = walkPath(caller, state.root, "/", true);
  facts.set(42, {
    pid: 42, parent: 1, group: 42, session: 42, foreground: -1, terminal: 0, personality: 0,
    outOfMemory: { get: () => 0, set: () => {} }, exe: typeof place === "number" ? undefined : place, fs: state, files, uids: [0, 0, 0, 0],
    gids: [0, 0, 0, 0], groups: [], threads: [thread], pending: 0n, ignored: 0n, caught: 0n, startTicks: 5, cpuTicks: 3, childrenTicks: 0, nice: 0,
    noNewPrivileges: false, limits: [], commandLine: () => "test\0-x\0", environment: () => "A=1\0", auxv: () => new Uint8Array(8), maps: () => "maps\n",
    smaps: (rollup) => `smaps ${rollup}\n`, queuedSignals: () => 0,
    memory: { size: 8192, peak: 8192, resident: 4096, shared: 0, text: 4096, data: 4096, stack: 4096, startCode: 0, endCode: 0, startStack: 0 },
  });
  const open = (p: string, flags: number = O.RDONLY) => ops.openFile(caller, state.cwd, p, flags, 0o644);
  const get = (p: string): string | number => {
    const file = open(p);
    if (typeof file === "number") return file;
    const bytes = new Uint8Array(8000);
    const count = file.read(bytes, caller);
    file.unref();
    return count < 0 ? count : Buffer.from(bytes.subarray(0, count)).toString("latin1");
  };
  const list = (p: string): string[] => {
    const directory = open(p, O.RDONLY | O.DIRECTORY);
    if (!(directory instanceof DirectoryFile)) throw new Error(`${p}: ${String(directory)}`);
    const names: string[] = [];
    for (let i = 0; ; i++) {
      const entry = directory.entry(i, caller);
      if (typeof entry !== "object") return names;
      names.push(entry.name);
    }
  };
  const link = (p: string): string | number => {
    const found = walkPath(caller, state.cwd, p, false);
    return typeof found === "number" ? found : found.dentry.inode.readlink(caller);
  };
  return { caller, state, files, open, get, list, link, written };
}

describe("a namespace with a guest root", () => {
  it("shows the root, our /dev, /proc and /sys, and nothing of the host", () => {
    const w = start();
    expect(w.get("/etc/issue")).toBe("guest\n");
    expect(w.list("/").sort()).toEqual([".", "..", "dev", "etc", "proc", "sys"]);
    expect(w.get("/etc/passwd")).toBe(-E.NOENT);
    expect(w.get("/proc/sys/kernel/osrelease")).toBe("6.1.0\n");
    expect(w.get("/sys/devices/system/cpu/online")).toBe("0\n");
    expect(w.list("/dev")).toEqual(expect.arrayContaining(["null", "zero", "full", "random", "urandom", "tty", "stdin", "stdout", "stderr", "fd", "shm", "pts"]));
    expect(fs.readdirSync(path.join(scratch, "root"))).toEqual(["etc"]);
  });

  it("has devices that behave", () => {
    const w = start();
    expect(w.get("/dev/null")).toBe("");
    expect(w.get("/dev/zero")).toBe("\0".repeat(8000));
    expect(w.get("/dev/urandom")).toBe("\x07".repeat(8000));
    const full = w.open("/dev/full", O.WRONLY);
    expect(typeof full !== "number" && full.write(new Uint8Array(1))).toBe(-E.NOSPC);
    expect(w.open("/dev/tty", O.RDWR)).toBe(-E.NXIO);
    const shared = w.open("/dev/shm/x", O.RDWR | O.CREAT);
    expect(typeof shared !== "number" && shared.write(Buffer.from("shm"))).toBe(3);
    expect(w.get("/dev/shm/x")).toBe("shm");
  });

  it("answers /proc/self", () => {
    const w = start();
    expect(w.link("/proc/self")).toBe("42");
    expect(w.link("/proc/thread-self")).toBe("42/task/42");
    expect(w.get("/proc/self/cmdline")).toBe("test\0-x\0");
    expect(w.get("/proc/self/comm")).toBe("test\n");
    expect(String(w.get("/proc/self/stat")).split(" ").length).toBe(52);
    expect(w.get("/proc/42/status")).toContain("Pid:\t42\n");
    expect(w.get("/proc/42/task/42/status")).toContain("Tgid:\t42\n");
    expect(w.get("/proc/43/status")).toBe(-E.NOENT);
    expect(w.link("/proc/self/cwd")).toBe("/");
    expect(w.get("/proc/mounts")).toContain("proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n");
    expect(String(w.get("/proc/self/mountinfo")).split("\n").length).toBe(7);
    expect(w.list("/proc/self/fd")).toEqual([".", "..", "0", "1", "2"]);
    expect(w.get("/proc/self/fdinfo/0")).toContain("flags:\t0100000\n");
    expect(w.get("/proc/self/smaps_rollup")).toBe("smaps true\n");
    expect(w.list("/proc/self/ns")).toEqual(expect.arrayContaining(["mnt", "pid", "pid_for_children", "user"]));
    expect(w.link("/proc/self/ns/pid_for_children")).toBe("pid:[4026531836]");
    expect(w.get("/proc/sys/kernel/random/uuid")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/);
  });

  it("reopens descriptors through /dev/stdout and /proc/self/fd", () => {
    const w = start();
    const out = w.open("/dev/stdout", O.WRONLY);
    expect(typeof out !== "number" && out.write(Buffer.from("hello"))).toBe(5);
    expect(w.written).toEqual(["hello"]);
    expect(w.get("/dev/stdin")).toBe("typed");
    const file = w.open("/etc/issue");
    if (typeof file === "number") throw new Error(String(file));
    expect(installFile(w.files, file, false, 1024)).toBe(3);
    expect(w.link("/proc/self/fd/3")).toBe("/etc/issue");
    expect(w.get("/proc/self/fd/3")).toBe("guest\n");
    expect(w.get("/dev/fd/3")).toBe("guest\n");
    expect(w.get("/proc/self/fd/9")).toBe(-E.NOENT);
  });

  it("mounts host directories and files, read-only where asked", () => {
    const data = path.join(scratch, "data");
    const w = start({
      mounts: [
        { source: data, target: "/made/up/place", readonly: true }, { source: path.join(data, "file"), target: "/etc/issue", readonly: false },
        { source: data, target: "/etc/d", readonly: false },
      ],
    });
    expect(w.get("/made/up/place/file")).toBe("data\n");
    expect(w.open("/made/up/place/new", O.WRONLY | O.CREAT)).toBe(-E.ROFS);
    expect(w.get("/etc/issue")).toBe("data\n");
    expect(w.list("/made/up")).toEqual([".", "..", "place"]);
    expect(w.list("/etc").sort()).toEqual([".", "..", "d", "issue"]);
    expect(w.get("/etc/d/../issue")).toBe("data\n");
    expect(w.get("/made/up/place/../../../etc/d/file")).toBe("data\n");
  });
});

describe("a namespace in memory", () => {
  it("has the usual directories and a /tmp for everyone", () => {
    const w = start({ host: false });
    expect(w.list("/")).toEqual(expect.arrayContaining(["bin", "dev", "etc", "proc", "tmp", "usr"]));
    const file = w.open("/tmp/f", O.RDWR | O.CREAT | O.EXCL);
    expect(typeof file !== "number" && file.write(Buffer.from("x"))).toBe(1);
    expect(w.get("/tmp/f")).toBe("x");
  });
});

it("a root that is missing or a file is an error with its name", () => {
  const system = {} as SystemFacts;
  const options = { environment, system: { ...system, random: environment.random }, host: createHostFs(), mounts: [], terminal: () => undefined };
  expect(setupNamespace({ ...options, root: path.join(scratch, "none") })).toEqual({ path: path.join(scratch, "none"), error: -E.NOENT });
  expect(setupNamespace({ ...options, root: path.join(scratch, "data/file") })).toEqual({ path: path.join(scratch, "data/file"), error: -E.NOTDIR });
});
