// Attempts to reach files of the host outside --root and --mount: through .., symbolic links in every place of a path, /proc,
// directories that are renamed while they are open, device nodes, sockets. Python inside a guest root tries them all; none may read
// the secret beside the root, or change anything there, or reach the servers that wait there and in the network of the host. That the
// same attempts succeed where they are allowed to shows that there was something to reach.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeDebian, have, makeScratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";

const SECRET = createHash("sha256").update(String(Math.random())).digest("hex");

/** Attempts to reach the host's network, whose servers have the ports argv[3] (TCP) and argv[5] (UDP). */
const NETWORK = String.raw`
for name in ("127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0"):
    attempt("TCP to " + name, lambda: socket.create_connection((name, int(sys.argv[3])), 5).recv(100))
attempt("UDP", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"out", ("127.0.0.1", int(sys.argv[5]))))
attempt("UDP, connected", lambda: (lambda s: (s.connect(("127.0.0.1", int(sys.argv[5]))), s.send(b"out")))(socket.socket(type=socket.SOCK_DGRAM)))
attempt("raw packets", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
`;

/** What every script begins with. */
const HEAD = String.raw`
import ctypes, os, socket, sys
H = sys.argv[1]
def attempt(name, action):
    try: result = action()
    except BaseException as e: result = type(e).__name__ + " " + str(e)
    if isinstance(result, int) and result > 2 and "UDP" not in name:
        try: result = os.read(result, 200)
        except OSError as e: result = "descriptor, then " + str(e)
    print("attempt %s: %s" % (name, str(result)[:300]), flush=True)
`;

/** Runs in the guest with the host's path of the outside directory, `H`. Every attempt prints one line, its name and what came of it. */
const GUEST = String.raw`
def show(path): return lambda: open(path, "rb").read()
def put(path): return lambda: open(path, "wb").write(b"changed from inside")
def link(target, name):
    if os.path.lexists(name): os.unlink(name)
    os.symlink(target, name)
    return name
up = "../" * 40
os.makedirs("/tmp/w", exist_ok=True)
os.chdir("/tmp/w")
# paths
attempt("absolute", show(H + "/secret"))
attempt("dots from the root", show("/" + up + H[1:] + "/secret"))
attempt("dots from here", show(up + H[1:] + "/secret"))
attempt("dots out of the mount", show("/mnt/share/../../" + up + H[1:] + "/secret"))
attempt("dots beside the mount", show("/mnt/share/../secret"))
attempt("dots beside the root", show("/../secret"))
attempt("dots beside the root, outside", show("/../outside/secret"))
attempt("slashes and dots", show("/.//..//.//../outside/./secret"))
attempt("write absolute", put(H + "/new"))
attempt("write by dots", put("/../outside/new"))
attempt("write out of the mount", put("/mnt/share/../outside/new"))
attempt("mkdir outside", lambda: os.mkdir("/../outside/dir"))
attempt("chdir then up", lambda: (os.chdir("/mnt/share"), os.chdir(".." ), os.chdir("../../.."), open(H + "/secret").read())[-1])
os.chdir("/tmp/w")
# symbolic links made inside
attempt("link, absolute", show(link(H + "/secret", "l1")))
attempt("link, relative", show(link(up + H[1:] + "/secret", "l2")))
attempt("link to the directory", show(link(H, "l3") + "/secret"))
attempt("link in the middle", lambda: (os.makedirs("a/b", exist_ok=True), link(up + H[1:], "a/b/c"), open("a/b/c/secret").read())[-1])
attempt("link over a link", lambda: (link(H, "x1"), link("x1/secret", "x2"), open("x2").read())[-1])
attempt("link in the mount", lambda: (link(H + "/secret", "/mnt/share/l"), open("/mnt/share/l").read())[-1])
attempt("link in the mount, relative", lambda: (link("../outside/secret", "/mnt/share/r"), open("/mnt/share/r").read())[-1])
attempt("directory link in the mount", lambda: (link("../outside", "/mnt/share/d"), open("/mnt/share/d/secret").read())[-1])
attempt("create through a link", lambda: (link(H + "/new", "n1"), open("n1", "w").write("x"))[-1])
attempt("create through a link in the mount", lambda: (link("../outside/new", "/mnt/share/n"), open("/mnt/share/n", "w").write("x"))[-1])
attempt("truncate through a link", lambda: os.truncate(link("../outside/secret", "/mnt/share/t"), 0))
attempt("chmod through a link", lambda: os.chmod(link("../outside/secret", "/mnt/share/c"), 0o777))
attempt("utime through a link", lambda: os.utime(link("../outside/secret", "/mnt/share/u"), (1, 1)))
attempt("rename over a link's target", lambda: (open("plain", "w").write("x"), os.rename("plain", link("../outside", "/mnt/share/rn") + "/secret"))[-1])
attempt("unlink through a link", lambda: os.unlink(link("../outside", "/mnt/share/un") + "/secret"))
attempt("hard link of a link", lambda: (os.link(link("../outside/secret", "/mnt/share/h"), "/mnt/share/h2", follow_symlinks=True), open("/mnt/share/h2").read())[-1])
attempt("list through a link", lambda: os.listdir(link(H, "ls")))
# links that the host planted
for name in ("planted-absolute", "planted-relative", "planted-directory/secret", "planted-chain", "deep/planted-up/outside/secret"):
    attempt("planted in the mount: " + name, show("/mnt/share/" + name))
    attempt("planted in the root: " + name, show("/" + name))
attempt("write over a planted link", put("/mnt/share/planted-absolute"))
attempt("exclusive create over a planted link", lambda: os.open("/mnt/share/planted-new", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
attempt("create through a planted link", put("/mnt/share/planted-new"))
# /proc
attempt("/proc/self/root", show("/proc/self/root" + H + "/secret"))
attempt("/proc/self/root up", show("/proc/self/root/../outside/secret"))
attempt("/proc/1/root", show("/proc/1/root" + H + "/secret"))
attempt("/proc/self/cwd up", show("/proc/self/cwd/" + up + H[1:] + "/secret"))
attempt("/proc/thread-self/root", show("/proc/thread-self/root" + H + "/secret"))
attempt("/proc/self/fd of a directory", lambda: (lambda fd: open("/proc/self/fd/%d/../../../outside/secret" % fd).read())(os.open("/mnt/share", os.O_RDONLY)))
for pid in sorted(int(p) for p in os.listdir("/proc") if p.isdigit())[:3]: attempt("/proc/%d/cwd of others" % pid, show("/proc/%d/cwd/outside/secret" % pid))
attempt("the host's own process", show("/proc/%s/root%s/secret" % (sys.argv[2], H)))
attempt("the host process's environment", show("/proc/%s/environ" % sys.argv[2]))
attempt("write /proc/sys", put("/proc/sys/kernel/core_pattern"))
attempt("write /proc/self/mem", lambda: os.pwrite(os.open("/proc/self/mem", os.O_RDWR), b"x", 0))
attempt("host memory", show("/dev/mem"))
# directories that move while they are open
def moved(inside):
    os.makedirs("/mnt/share/m1/m2", exist_ok=True)
    fd = os.open("/mnt/share/m1/m2", os.O_RDONLY)
    if not os.path.exists("/mnt/share/m3"): os.rename("/mnt/share/m1", "/mnt/share/m3")
    link("../outside", "/mnt/share/m1")
    return inside(fd)
attempt("openat below a directory that became a link", lambda: moved(lambda fd: os.open("../secret", os.O_RDONLY, dir_fd=fd)))
attempt("openat up and up", lambda: moved(lambda fd: os.open("../../../outside/secret", os.O_RDONLY, dir_fd=fd)))
attempt("create below a directory that became a link", lambda: moved(lambda fd: os.close(os.open("made", os.O_CREAT | os.O_WRONLY, dir_fd=fd))))
def swapped():
    os.makedirs("/mnt/share/s1", exist_ok=True); open("/mnt/share/s1/secret", "w").write("inner")
    os.chdir("/mnt/share/s1"); os.rename("/mnt/share/s1", "/mnt/share/s2"); link("../outside", "/mnt/share/s1")
    return open("secret").read() + open("/mnt/share/s1/secret").read()
attempt("working directory renamed, a link in its place", swapped)
os.chdir("/tmp/w")
def race():
    for i in range(60):
        os.makedirs("/mnt/share/r1", exist_ok=True); open("/mnt/share/r1/secret", "w").write("inner")
        pid = os.fork()
        if pid == 0:
            for k in range(20):
                try:
                    if "inner" not in open("/mnt/share/r1/secret").read(): os._exit(3)
                except OSError: pass
            os._exit(0)
        os.rename("/mnt/share/r1", "/mnt/share/r2%d" % i); os.symlink("../outside", "/mnt/share/r1")
        status = os.waitpid(pid, 0)[1]
        if status: return "ESCAPED"
        os.unlink("/mnt/share/r1")
    return "held"
attempt("rename race", race)
def climb():
    os.makedirs("jail", exist_ok=True); fd = os.open("/", os.O_RDONLY)
    if os.fork() == 0:
        os.chroot("jail"); os.fchdir(fd)
        for i in range(60): os.chdir("..")
        os.chroot(".")
        try: print("climbed:", open(H + "/secret").read())
        except OSError as e: print("climb", e)
        os._exit(0)
    return os.wait()[1]
attempt("chroot twice", climb)
# nodes, mounts, sockets, odd calls
attempt("block device", lambda: (os.mknod("disk", 0o60666, os.makedev(254, 0)), open("disk", "rb").read(100))[-1])
attempt("character device", lambda: (os.mknod("mem", 0o20666, os.makedev(1, 1)), open("mem", "rb").read(100))[-1])
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    if getattr(libc, name)(*args) < 0: return os.strerror(ctypes.get_errno())
    return "went"
attempt("bind mount", lambda: (call("mount", H.encode(), b"/mnt", b"none", 4096, None), open("/mnt/secret").read())[-1])
attempt("pivot_root", lambda: libc.syscall(217, b"/mnt/share", b"/mnt/share"))
attempt("unshare", lambda: call("unshare", 0x00020000))
attempt("ptrace the host", lambda: call("ptrace", 16, int(sys.argv[2]), 0, 0))
attempt("kill the host", lambda: os.kill(int(sys.argv[2]), 9))
attempt("socket of the host", lambda: (lambda s: (s.connect(H + "/socket"), s.recv(100)))(socket.socket(socket.AF_UNIX)))
attempt("socket through a link", lambda: (lambda s: (s.connect(link("../outside/socket", "/mnt/share/so")), s.recv(100)))(socket.socket(socket.AF_UNIX)))
attempt("bind a socket outside", lambda: socket.socket(socket.AF_UNIX).bind(H + "/bound"))
attempt("abstract socket of the host", lambda: (lambda s: (s.connect("\\0" + sys.argv[4]), s.recv(100)))(socket.socket(socket.AF_UNIX)))
attempt("datagram to the socket of the host", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"out", H + "/socket"))
NETWORK
attempt("open_by_handle_at", lambda: call("open_by_handle_at", -100, ctypes.create_string_buffer(64), 0))
# the read-only mount
attempt("write to a read-only mount", put("/mnt/fixed/file"))
attempt("unlink in a read-only mount", lambda: os.unlink("/mnt/fixed/file"))
attempt("rename in a read-only mount", lambda: os.rename("/mnt/fixed/file", "/mnt/fixed/other"))
attempt("chmod in a read-only mount", lambda: os.chmod("/mnt/fixed/file", 0o777))
attempt("utime in a read-only mount", lambda: os.utime("/mnt/fixed/file", (5, 5)))
attempt("hard link out of a read-only mount", lambda: (os.link("/mnt/fixed/file", "/mnt/share/file2"), open("/mnt/share/file2", "a").write("x"))[-1])
attempt("remount writable", lambda: call("mount", b"none", b"/mnt/fixed", None, 32, None))
print("done")
`;

describeDebian("isolation", () => {
  let scratch: Scratch, base: string, abstractName: string;
  const servers: net.Server[] = [];
  let udp: dgram.Socket, packets = 0;
  const port = (server: { address(): string | AddressInfo | null }) => String((server.address() as AddressInfo).port);

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "jit386-isolation-")));
    for (const it of ["outside", "share", "share/deep", "fixed"]) mkdirSync(join(base, it));
    writeFileSync(join(base, "outside/secret"), SECRET);
    writeFileSync(join(base, "secret"), SECRET);
    writeFileSync(join(base, "fixed/file"), "fixed");
    scratch = makeScratch(["--mount", `${base}/share:/mnt/share`, "--mount", `${base}/fixed:/mnt/fixed:ro`]);
    for (const home of [join(base, "share"), scratch.root]) {
      mkdirSync(join(home, "deep"), { recursive: true });
      symlinkSync(`${base}/outside/secret`, join(home, "planted-absolute"));
      symlinkSync(`../outside/secret`, join(home, "planted-relative"));
      symlinkSync(`${base}/outside`, join(home, "planted-directory"));
      symlinkSync("planted-absolute", join(home, "planted-chain"));
      symlinkSync("../..", join(home, "deep/planted-up"));
      symlinkSync(`${base}/outside/new`, join(home, "planted-new"));
    }
    writeFileSync(join(scratch.root, "tmp/escape.py"), HEAD + GUEST.replace("NETWORK\n", NETWORK));
    writeFileSync(join(scratch.root, "tmp/network.py"), `${HEAD}${NETWORK}print("done")\n`);
    writeFileSync(join(scratch.root, "tmp/inside.py"), `${HEAD}attempt("file", lambda: open(H + "/secret").read())\nprint("done")\n`);
    abstractName = `jit386-isolation-${SECRET.slice(0, 16)}`;
    for (const where of [{ port: 0, host: "127.0.0.1" }, { path: `${base}/outside/socket` }, { path: `\0${abstractName}` }]) {
      const server = net.createServer((socket) => {
        socket.on("error", () => {});
        socket.end(SECRET);
      });
      servers.push(server.listen(where));
      await once(server, "listening");
    }
    udp = dgram.createSocket("udp4").bind(0, "127.0.0.1");
    udp.on("message", () => packets++);
    await once(udp, "listening");
  });
  afterAll(() => {
    for (const server of servers) server.close();
    udp?.close();
    scratch?.remove();
    rmSync(base, { recursive: true, force: true });
  });

  /** Runs a script of the guest's /tmp; the servers answer meanwhile. */
  const run = async (script: string, home: string, more: readonly string[] = []) => {
    const [first, ...rest] = scratch.command("python3", `/tmp/${script}`, home, String(process.pid), port(servers[0]), abstractName, port(udp));
    const child = spawn(first, [rest[0], ...more, ...rest.slice(1)], { cwd: base, env: scratch.env, timeout: 500_000, killSignal: "SIGKILL", stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "", stderr = "";
    child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString("latin1")));
    child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString("latin1")));
    await once(child, "close");
    expect(stdout, stderr).toContain("done\n");
    return { stdout, stderr };
  };

  test.skipIf(!have("python3"))("no attempt reaches a file or a server outside", { timeout: 600_000 }, async () => {
    const look = (directory: string) => readdirSync(join(base, directory)).map((name) => {
      const { mode, mtimeMs, size, nlink } = statSync(join(base, directory, name));
      return [name, mode, mtimeMs, size, nlink, name === "socket" ? "" : readFileSync(join(base, directory, name), "latin1")];
    });
    const before = [look("outside"), look("fixed"), statSync(join(base, "outside")).mtimeMs];
    let connections = 0;
    for (const server of servers) server.on("connection", () => connections++);
    const { stdout, stderr } = await run("escape.py", `${base}/outside`);
    expect(stdout).toContain("attempt rename race: held\n");
    expect(stdout + stderr).not.toContain(SECRET);
    expect([connections, packets]).toEqual([0, 0]);
    expect([look("outside"), look("fixed"), statSync(join(base, "outside")).mtimeMs]).toEqual(before);
    expect(readdirSync(base).toSorted()).toEqual(["fixed", "outside", "secret", "share"]);
    expect(stdout.match(/^attempt /gm)?.length).toBeGreaterThanOrEqual(85);
  });

  test("the servers can be reached, and answer", async () => {
    for (const where of [{ port: Number(port(servers[0])), host: "127.0.0.1" }, { path: `${base}/outside/socket` }, { path: `\0${abstractName}` }]) {
      const socket = net.connect(where);
      const [text] = (await once(socket, "data")) as [Buffer];
      expect(text.toString()).toBe(SECRET);
      socket.destroy();
    }
  });

  test.skipIf(!have("python3"))("the same attempts succeed with --net, and where the directory is mounted", { timeout: 600_000 }, async () => {
    const { stdout } = await run("network.py", "/none", ["--net"]);
    for (const name of ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"]) expect(stdout).toContain(`attempt TCP to ${name}: b'${SECRET}'\n`);
    for (let wait = 0; packets < 2 && wait < 100; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(packets).toBe(2);
    expect((await run("inside.py", "/mnt/open", ["--mount", `${base}/outside:/mnt/open:ro`])).stdout).toContain(`attempt file: ${SECRET}\n`);
  });
});
