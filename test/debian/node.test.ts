// Debian's Node.js, a compiler in the guest with threads, signals and an event loop: its output is that of the native run. It takes 300 million
// instructions to start, so there is one program, in the default mode.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nativeWay, programPath } from "./run.ts";

const TIMEOUT = 240_000;
const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const root = process.env["JIT386_DEBIAN_ROOT"] ?? "";
const node = root !== "" && existsSync(root) ? programPath(root, "node") : undefined;
const way = node === undefined ? undefined : nativeWay(root);
// natively, Debian's Node wants its files below /
const able = way === "chroot" || way === "namespace";
const reason = node === undefined ? ": no Node.js in JIT386_DEBIAN_ROOT" : able ? "" : ": needs chroot or user namespaces for the native run";

const PROGRAM = `
const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
console.log(process.arch, fib(16));
class P { constructor(x, y) { this.x = x; this.y = y; } add(p) { return new P(this.x + p.x, this.y + p.y); } }
let p = new P(0, 0.5), o = {}, s = 0;
for (let i = 0; i < 3000; i++) { p = p.add(new P(i, 1 / (i + 1))); o["k" + i % 50] = (o["k" + i % 50] | 0) + i; s = (s * 31 + i) | 0; }
console.log(p.x, p.y.toFixed(9), s, Object.values(o).reduce((a, b) => a + b, 0));
const mixed = [1, "2", 3.5, { valueOf: () => 4 }, null];
let t = 0;
for (let i = 0; i < 5000; i++) t += mixed[i % 5] * 2;
console.log(t, 2n ** 100n, JSON.stringify([..."aXbXc".matchAll(/[a-c]/g)].map((m) => m.index)), new Function("x", "return x * 2")(21));
const bytes = Uint8Array.of(0,97,115,109,1,0,0,0,1,7,1,96,2,127,127,1,127,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,32,0,32,1,106,11);
console.log(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.f(40, 2));
(async () => {
  for (let i = 0; i < 50; i++) s += await Promise.resolve(i);
  await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(s, await require("fs").promises.readFile("/etc/passwd", "utf8").then((text) => text.length > 10));
  process.exitCode = 3;
})();`;

test.skipIf(!able)(`Debian, Node.js${reason}`, { timeout: 2 * TIMEOUT }, () => {
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", TZ: "UTC0" };
  const run = (command: readonly string[]) => spawnSync(command[0], command.slice(1), {
    cwd: "/", env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT, killSignal: "SIGKILL", maxBuffer: 2 ** 24,
  });
  const words = [node ?? "", "-e", PROGRAM];
  const native = run(way === "chroot" ? ["chroot", root, ...words] : ["unshare", "-r", "chroot", root, ...words]);
  expect([native.status, native.stderr]).toEqual([3, ""]);
  const guest = run([process.execPath, cli, "--root", root, ...words]);
  expect([guest.status, guest.stderr, guest.stdout]).toEqual([3, "", native.stdout]);
});
