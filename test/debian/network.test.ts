// Debian's programs on the machine's own network: the same command lines natively and in jit386, where nothing leaves the machine. And with --net:
// a server and a client of the host.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Case } from "./cases.ts";
import type { Bench } from "./run.ts";
import { nativeWay, prepare, programPath, remove, runCase } from "./run.ts";

const TIMEOUT = 120_000;
const cli = process.env["JIT386_TEST_CLI"] ?? fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const root = process.env["JIT386_DEBIAN_ROOT"] ?? "";
const way = existsSync(root) ? nativeWay(root) : undefined;

const python = (...script: string[]): Case => ({ package: "python3", command: ["python3", "-c", script.join("\n")] });
const shell = (script: string): Case => ({ package: "busybox-static", command: ["busybox", "sh", "-c", script] });

const CASES: Readonly<Record<string, Case>> = {
  "local sockets, descriptors in messages": python(
    "import socket, os, array",
    "a, b = socket.socketpair()",
    "r, w = os.pipe()",
    "socket.send_fds(a, [b'take'], [r])",
    "data, fds, flags, address = socket.recv_fds(b, 100, 4)",
    "os.write(w, b'through the pipe'); os.close(r)",
    "print(data, len(fds), flags, os.read(fds[0], 100))",
    "s = socket.socket(socket.AF_UNIX); s.bind('\\0jit386-python'); s.listen()",
    "c = socket.socket(socket.AF_UNIX); c.connect('\\0jit386-python')",
    "d, _ = s.accept(); c.sendall(b'abstract'); print(d.recv(100), d.getsockname())",
    "print(d.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4] == os.getpid().to_bytes(4, 'little'))",
  ),
  "TCP between threads": python(
    "import socket, threading, hashlib",
    "s = socket.create_server(('127.0.0.1', 0))",
    "def serve():",
    "    for _ in range(3):",
    "        c, _ = s.accept()",
    "        h = hashlib.sha256()",
    "        while data := c.recv(50000): h.update(data)",
    "        c.sendall(h.hexdigest().encode()); c.close()",
    "t = threading.Thread(target=serve); t.start()",
    "for n in (1, 1000, 1000000):",
    "    with socket.create_connection(s.getsockname()) as c:",
    "        c.sendall(b'ab' * n); c.shutdown(socket.SHUT_WR); print(c.recv(100))",
    "t.join()",
    "try: socket.create_connection(('127.0.0.1', 1))",
    "except OSError as e: print(e)",
  ),
  "UDP, time-outs, select": python(
    "import socket, select",
    "a = socket.socket(type=socket.SOCK_DGRAM); b = socket.socket(type=socket.SOCK_DGRAM)",
    "a.bind(('127.0.0.1', 0)); b.sendto(b'one', a.getsockname()); b.sendto(b'two', a.getsockname())",
    "print(select.select([a], [], [], 5)[0] == [a], a.recv(10), a.recv(10))",
    "a.settimeout(0.05)",
    "try: a.recv(10)",
    "except TimeoutError as e: print(repr(e))",
    "p = select.poll(); p.register(a, select.POLLIN | select.POLLOUT); print(p.poll(0) == [(a.fileno(), select.POLLOUT)])",
    "c = socket.socket(socket.AF_INET6, socket.SOCK_STREAM); c.bind(('::1', 0)); print(c.getsockname()[0], len(c.getsockname()))",
  ),
  asyncio: python(
    "import asyncio",
    "async def main():",
    "    async def handle(reader, writer):",
    "        while line := await reader.readline(): writer.write(line.upper()); await writer.drain()",
    "        writer.close()",
    "    server = await asyncio.start_server(handle, '127.0.0.1', 0)",
    "    port = server.sockets[0].getsockname()[1]",
    "    async def client(n):",
    "        reader, writer = await asyncio.open_connection('127.0.0.1', port)",
    "        writer.write(b'client %d\\n' % n); writer.write_eof()",
    "        got = await reader.read(); writer.close(); return got",
    "    print(await asyncio.gather(*(client(n) for n in range(12))))",
    "    process = await asyncio.create_subprocess_exec('/bin/cat', stdin=-1, stdout=-1)",
    "    print(await process.communicate(b'through cat'), process.returncode)",
    "    try: await asyncio.wait_for(asyncio.open_connection('127.0.0.1', 1), 5)",
    "    except OSError as e: print(type(e).__name__)",
    "asyncio.run(main())",
  ),
  multiprocessing: python(
    "import multiprocessing as mp",
    "from multiprocessing.connection import Client, Listener",
    "def child(conn): conn.send({'got': conn.recv()}); conn.close()",
    "def dial(address):",
    "    with Client(address, authkey=b'key') as c: c.send('hello listener')",
    "if __name__ == '__main__':",
    "    mp.set_start_method('fork')",
    "    a, b = mp.Pipe(); p = mp.Process(target=child, args=(b,)); p.start(); a.send([1, 2]); print(a.recv()); p.join(); print(p.exitcode)",
    "    with Listener(None, 'AF_UNIX', authkey=b'key') as l:",
    "        p = mp.Process(target=dial, args=(l.address,)); p.start()",
    "        with l.accept() as c: print(c.recv())",
    "        p.join()",
  ),
  "http.server and urllib": python(
    "import http.server, threading, urllib.request, urllib.error, os",
    "os.chdir(os.environ['D'])",
    "class Handler(http.server.SimpleHTTPRequestHandler):",
    "    def log_message(self, *a): pass",
    "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)",
    "threading.Thread(target=server.serve_forever, daemon=True).start()",
    "base = 'http://127.0.0.1:%d/' % server.server_port",
    "with urllib.request.urlopen(base + 'text') as r: body = r.read(); print(r.status, r.headers['Content-Type'], body == open('text', 'rb').read())",
    "try: urllib.request.urlopen(base + 'nothing')",
    "except urllib.error.HTTPError as e: print(e.code, e.reason)",
    "server.shutdown()",
  ),
  "names and interfaces": python(
    "import socket",
    "print(socket.if_nameindex()[0], socket.if_nametoindex('lo'), socket.if_indextoname(1))",
    "print(socket.getaddrinfo('127.0.0.1', 80, type=socket.SOCK_STREAM))",
    "print(socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, '::1')))",
    "try: socket.getaddrinfo('127.0.0.1', 'no-such-service')",
    "except OSError as e: print(type(e).__name__, e.errno)",
  ),
  "busybox httpd and wget": shell(
    'cd "$D"; busybox httpd -f -p 127.0.0.1:18431 -h . & server=$!; for i in 1 2 3 4 5 6 7 8 9; do busybox wget -q -O got http://127.0.0.1:18431/text 2>/dev/null && break; ' +
    'busybox sleep 0.3; done; busybox cmp got text && echo same; busybox wget -q -O - http://127.0.0.1:18431/nothing 2>&1; echo $?; kill $server; rm -f got'),
  "busybox nc": shell(
    'busybox nc -l -p 18432 >"$D/heard" & for i in 1 2 3 4 5 6 7 8 9; do echo from nc | busybox nc 127.0.0.1 18432 2>/dev/null && break; busybox sleep 0.3; done; wait; ' +
    'busybox cat "$D/heard"; rm "$D/heard"'),
  "bash and /dev/tcp": {
    package: "bash",
    command: ["bash", "-c", 'busybox nc -l -p 18433 -e busybox tr a-z A-Z & for i in 1 2 3 4 5 6 7 8 9; do { exec 3<>/dev/tcp/127.0.0.1/18433; } 2>/dev/null && break; ' +
      "sleep 0.3; done; echo shout >&3; read -t 20 -u 3 line || exec 3>&-; echo $line; { echo >/dev/tcp/127.0.0.1/1; } 2>&1 | sed 's/.*: //'; kill %1"],
  },
};

/** nc gives up when its standard input ends before the other side has answered: real hardware, too, prints nothing now and then. */
function untilHeard(run: () => ReturnType<typeof runCase>): ReturnType<typeof runCase> {
  let result = run();
  for (let again = 0; again < 4 && result.stdout === ""; again++) result = run();
  return result;
}

if (root === "" || way === undefined) describe.skip("Debian, network: JIT386_DEBIAN_ROOT is not set, or nothing native to compare with", () => test("skipped", () => {}));
else {
  describe("Debian, network", () => {
    let bench: Bench;
    beforeAll(() => {
      bench = prepare(root, way, 1_000_000);
    });
    afterAll(() => {
      if (bench !== undefined) remove(bench);
    });

    for (const [name, it] of Object.entries(CASES)) {
      test.skipIf(programPath(root, it.command[0]) === undefined)(name, { timeout: 2 * TIMEOUT }, () => {
        const native = untilHeard(() => runCase(bench, it, null, TIMEOUT));
        expect(native.stderr).toBe("");
        expect(native.stdout).not.toBe("");
        expect(untilHeard(() => runCase(bench, it, [], TIMEOUT))).toEqual(native);
      });
    }

    // Not compared: the native run has no /dev/shm.
    test("a pool of processes", { timeout: TIMEOUT }, () => {
      const script = python("import multiprocessing as mp", "def square(n): return n * n", "mp.set_start_method('fork')",
        "with mp.Pool(2) as pool: print(pool.map(square, range(10)))");
      expect(runCase(bench, script, [], TIMEOUT)).toEqual({ status: 0, stderr: "", stdout: "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]\n" });
    });

    test("nothing leaves by default", { timeout: TIMEOUT }, () => {
      const script = [
        "import socket",
        "for family, address in ((socket.AF_INET, ('192.0.2.1', 80)), (socket.AF_INET6, ('2001:db8::1', 80))):",
        "    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):",
        "        try: socket.socket(family, kind).connect(address)",
        "        except OSError as e: print(e)",
        "try: socket.getaddrinfo('host.invalid', 80)",
        "except OSError as e: print(type(e).__name__)",
      ];
      expect(runCase(bench, python(...script), [], TIMEOUT)).toEqual({ status: 0, stderr: "", stdout: `${"[Errno 101] Network is unreachable\n".repeat(4)}gaierror\n` });
    });

    test("names are resolved by the program, over UDP", { timeout: TIMEOUT }, () => {
      const script = [
        "import socket, threading",
        "dns = socket.socket(type=socket.SOCK_DGRAM); dns.bind(('127.0.0.1', 53))",
        "def serve():",
        "    while True:",
        "        q, to = dns.recvfrom(600)",
        "        end = q.index(b'\\0', 12) + 5",
        "        four = q[end - 4:end - 2] == b'\\0\\1'",
        "        answer = b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4\\x0a\\1\\2\\3' if four else b''",
        "        dns.sendto(q[:2] + b'\\x81\\x80\\0\\1' + (b'\\0\\1' if four else b'\\0\\0') + b'\\0\\0\\0\\0' + q[12:end] + answer, to)",
        "threading.Thread(target=serve, daemon=True).start()",
        "print(socket.gethostbyname('some.name.test'), socket.getaddrinfo('some.name.test', 80, type=socket.SOCK_STREAM))",
      ];
      const file = join(bench.hostDirectory, "resolv.conf");
      writeFileSync(file, "nameserver 127.0.0.1\noptions timeout:5\n");
      const nss = join(bench.hostDirectory, "nsswitch.conf");
      writeFileSync(nss, "hosts: dns\n");
      const outcome = runCase(bench, python(...script), ["--mount", `${file}:/etc/resolv.conf:ro`, "--mount", `${nss}:/etc/nsswitch.conf:ro`], TIMEOUT);
      // Port 53 is for the superuser.
      if (process.getuid?.() !== 0) expect(outcome.stderr).toContain("Permission denied");
      else expect(outcome).toEqual({ status: 0, stderr: "", stdout: "10.1.2.3 [(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('10.1.2.3', 80))]\n" });
    });

    test("--net: busybox wget from a server of the host", { timeout: TIMEOUT }, async () => {
      const body = "from the host\n".repeat(5000);
      const server = http.createServer((request, response) => response.end(request.url === "/page" ? body : "other"));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
      const child = spawn(process.execPath, [cli, "--net", "--root", root, "/bin/busybox", "wget", "-q", "-O", "-", url], { timeout: TIMEOUT });
      let output = "";
      child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
      expect(await once(child, "close")).toEqual([0, null]);
      expect(output).toBe(body);
      server.close();
    });

    test("--net: a client of the host at python's http.server", { timeout: TIMEOUT }, async () => {
      const script = [
        "import http.server",
        "class Handler(http.server.BaseHTTPRequestHandler):",
        "    def do_GET(self): self.send_response(200); self.end_headers(); self.wfile.write(b'path ' + self.path.encode())",
        "    def log_message(self, *a): pass",
        "server = http.server.HTTPServer(('127.0.0.1', 0), Handler)",
        "print(server.server_port, flush=True)",
        "for _ in range(3): server.handle_request()",
      ].join("\n");
      const env = { PYTHONPYCACHEPREFIX: `${bench.directory}/pycache`, LC_ALL: "C", PATH: "/bin:/usr/bin" };
      const child = spawn(process.execPath, [cli, "--net", "--root", root, "/usr/bin/python3", "-c", script], { timeout: TIMEOUT, env });
      const [first] = (await once(child.stdout, "data")) as [Buffer];
      const answers = [];
      for (const path of ["/a", "/b", "/c"]) answers.push(await (await fetch(`http://127.0.0.1:${Number(first.toString())}${path}`)).text());
      expect(answers).toEqual(["path /a", "path /b", "path /c"]);
      expect(await once(child, "close")).toEqual([0, null]);
    });
  });
}
