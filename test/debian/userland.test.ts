// A userland at work: python and perl starting others, the package managers, servers, and loads that a kernel has to bear. What they
// print is known beforehand. Skipped by package. (python's sockets, asyncio and multiprocessing: network.test.ts.)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeDebian, have, makeScratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";

const MINUTES = 60_000, LIMIT = { timeout: 9 * MINUTES };

describeDebian("userland", () => {
  let scratch: Scratch;
  beforeAll(() => {
    scratch = makeScratch();
  });
  afterAll(() => scratch?.remove());

  /** Writes a file of the guest's /tmp. */
  const file = (name: string, text: string, home = scratch) => {
    const path = join(home.root, "tmp", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  /** Runs a script that must succeed: its output. */
  const output = (script: string, home = scratch) => {
    const { status, stdout, stderr } = home.bash(script, 8 * MINUTES);
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };

  test.skipIf(!have("python3"))("python3: subprocess, 64 threads on one lock, sqlite3, ctypes", LIMIT, () => {
    file("all.py", `
import ctypes, os, signal, sqlite3, subprocess, threading
done = subprocess.run(["sh", "-c", "cat; echo to stderr >&2; exit 3"], input=b"abc", capture_output=True)
print(done.returncode, done.stdout, done.stderr)
try: subprocess.run(["sleep", "100"], timeout=0.2)
except subprocess.TimeoutExpired: print("timed out")
with subprocess.Popen(["tr", "a-z", "A-Z"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
    second = subprocess.Popen(["rev"] if os.path.exists("/usr/bin/rev") else ["cat"], stdin=first.stdout, stdout=subprocess.DEVNULL)
    first.stdin.write(b"loud"); first.stdin.close(); print(second.wait())
print(subprocess.run(["sh", "-c", "kill -TERM $$"]).returncode, subprocess.call(["true"]), subprocess.getoutput("echo $((6 * 7))"))
try: subprocess.run(["/nowhere"])
except FileNotFoundError as e: print(e)
lock, n, start = threading.Lock(), 0, threading.Barrier(64)
def work():
    global n
    start.wait()
    for i in range(50):
        with lock: n += 1
threads = [threading.Thread(target=work) for i in range(64)]
for t in threads: t.start()
for t in threads: t.join()
print(n)
local, box, event = threading.local(), [], threading.Event()
def waits():
    local.value = 5
    event.wait(); box.append(local.value)
t = threading.Thread(target=waits); t.start(); threading.Timer(0.05, event.set).start(); t.join(); print(box, hasattr(local, "value"))
db = sqlite3.connect("/tmp/data.db")
db.execute("create table t(a, b)")
db.executemany("insert into t values (?, ?)", [(i, i * i) for i in range(100)])
db.commit()
other = sqlite3.connect("/tmp/data.db", timeout=0.1)
db.execute("begin immediate")
try: other.execute("insert into t values (1, 1)")
except sqlite3.OperationalError as e: print(e)
db.rollback()
print(other.execute("select count(*), sum(b) from t").fetchone(), db.execute("pragma integrity_check").fetchone())
c = ctypes.CDLL("libc.so.6")
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))(lambda a, b: a[0] - b[0])
numbers = (ctypes.c_int * 5)(5, 1, 4, 2, 3)
c.qsort(numbers, 5, 4, compare)
c.strtod.restype = ctypes.c_double
print(list(numbers), c.strlen(b"five!"), c.strtod(b"2.5", None), ctypes.sizeof(ctypes.c_long))
`);
    expect(output("python3 /tmp/all.py")).toBe([
      "3 b'abc' b'to stderr\\n'", "timed out", "0", "-15 0 42", "[Errno 2] No such file or directory: '/nowhere'", "3200", "[5] False", "database is locked", "(100, 328350) ('ok',)",
      "[1, 2, 3, 4, 5] 5 2.5 4", "",
    ].join("\n"));
  });

  test.skipIf(!have("perl"))("perl: fork, pipe, wait, alarm", LIMIT, () => {
    file("fork.pl", `
use strict; use warnings; $| = 1;
pipe(my $r, my $w) or die; my $pid = fork;
if (!$pid) { close $r; print $w "from the child\\n"; exit 7 }
close $w; print scalar <$r>; waitpid $pid, 0; print $? >> 8, "\\n";
open(my $p, "-|", "sort", "-r", "/etc/passwd") or die; print scalar <$p>; close $p;
open($p, "|-", "tr a-z A-Z") or die; print $p "shout\\n"; close $p; print "status $?\\n";
for my $i (1 .. 8) { fork or do { select undef, undef, undef, 0.01 * $i; exit $i } }
my $sum = 0; while (wait > 0) { $sum += $? >> 8 } print "$sum\\n";
$SIG{ALRM} = sub { die "alarm\\n" }; eval { alarm 1; select undef, undef, undef, 30 }; print $@, \`echo back\`;
`);
    expect(output("perl /tmp/fork.pl")).toBe("from the child\n7\nroot:x:0:0:root:/root:/bin/bash\nSHOUT\nstatus 0\n36\nalarm\nback\n");
  });

  test.skipIf(!have("dpkg", "dpkg-deb", "apt-get"))("dpkg -i, and apt-get install from a local repository", LIMIT, () => {
    const text = output(`
      set -e
      mkdir -p /var/lib/dpkg/{updates,info,triggers,alternatives} /var/lib/apt/lists/partial /var/cache/apt/archives/partial /var/log/apt /tmp/debs; : > /var/lib/dpkg/status
      cd /tmp; mkdir -p one/DEBIAN one/opt/bin two/DEBIAN two/opt/share
      printf 'Package: one\\nVersion: 1.0\\nArchitecture: i386\\nMaintainer: A <a@example.org>\\nDescription: first\\n' > one/DEBIAN/control
      printf '#!/bin/sh\\necho this is one\\n' > one/opt/bin/one; printf '#!/bin/sh\\necho $1 > /var/one.log\\n' > one/DEBIAN/postinst; chmod 755 one/opt/bin/one one/DEBIAN/postinst
      printf 'Package: two\\nVersion: 2.0\\nArchitecture: all\\nDepends: one (>= 1.0)\\nMaintainer: A <a@example.org>\\nDescription: second\\n' > two/DEBIAN/control
      echo data > two/opt/share/two
      for i in one two; do dpkg-deb --root-owner-group -Zgzip -b $i debs > /dev/null; done
      cd debs; for i in *.deb; do dpkg-deb -f $i; echo "Filename: ./$i"; echo "Size: $(stat -c %s $i)"; echo "SHA256: $(sha256sum $i | cut -d' ' -f1)"; echo; done > Packages
      dpkg -i one_1.0_i386.deb > /dev/null; /opt/bin/one; cat /var/one.log; dpkg -r one > /dev/null 2>&1; test ! -e /opt/bin/one
      echo 'deb [trusted=yes] file:/tmp/debs ./' > /etc/apt/sources.list; rm -rf /etc/apt/sources.list.d
      apt-get -qq update 2> /tmp/apt.log; DEBIAN_FRONTEND=noninteractive apt-get -qq install -y two > /tmp/install.log 2>> /tmp/apt.log
      dpkg-query -W -f '\${Package} \${Version} \${Status}\\n'; /opt/bin/one; cat /opt/share/two; grep '^E:' /tmp/apt.log || true`);
    expect(text).toBe("this is one\nconfigure\none 1.0 install ok installed\ntwo 2.0 install ok installed\nthis is one\ndata\n");
  });

  test("a pipeline of 200 processes", LIMIT, () => {
    expect(output('line="seq 1000"; for ((i = 0; i < 200; i++)); do line="$line | busybox cat"; done; eval "$line | cksum"')).toBe("1830648734 3893\n");
  });

  test("find | xargs -P4 sha256sum gives what one process gives", LIMIT, () => {
    expect(output(`
      list() { find /bin /lib /usr/lib -type f -size -40k | sort | head -n 120; }
      list | xargs -P4 -n 15 sha256sum | sort > /tmp/parallel; list | xargs sha256sum | sort > /tmp/serial
      cmp /tmp/parallel /tmp/serial && wc -l < /tmp/serial && cut -c 1-64 /tmp/serial | grep -vc '^[0-9a-f]*$'; true`)).toBe("120\n0\n");
  });

  /** Forks until nothing can be forked, in all processes that come of it; then ends them all, and forks once more. */
  const BOMB = `
my ($uid, $most) = @ARGV; if ($uid) { $) = $( = $uid; $< = $> = $uid }
pipe(R, W); my $bomb = fork;
if (!$bomb) { setpgrp; for (;;) { next if defined fork; syswrite W, $! == 11 ? "." : "?"; sleep 1000 } }
my $seen = ""; sysread R, $seen, 1, length $seen while length $seen < $most;
print "$seen\\n", defined(fork) ? "forked" : "$!", "\\n"; kill KILL => -$bomb; waitpid $bomb, 0;
my $again; for (1 .. 500) { last if defined($again = fork); select undef, undef, undef, 0.01 }
exit 5 if $again == 0; waitpid $again, 0; print $? >> 8, "\\n";
`;
  const HELD = `${".".repeat(24)}\nResource temporarily unavailable\n5\n`;

  test.skipIf(!have("perl"))("a fork bomb ends at RLIMIT_NPROC", LIMIT, () => {
    file("bomb.pl", BOMB);
    expect(output("ulimit -u 25; exec perl /tmp/bomb.pl 65534 24")).toBe(HELD);
  });

  test.skipIf(!have("perl"))("a fork bomb of the superuser's ends at --max-processes", LIMIT, () => {
    const limited = makeScratch(["--max-processes=25"]);
    try {
      file("bomb.pl", BOMB, limited);
      expect(output("ulimit -u 10; exec perl /tmp/bomb.pl 0 24", limited)).toBe(HELD);
    } finally {
      limited.remove();
    }
  });

  /** Starts a server that listens on the port it is told, and hands the port to `use`. */
  const serve = async (command: (port: number) => string[], use: (port: number) => Promise<void>) => {
    const probe = net.createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const home = makeScratch(["--net"]);
    const [first, ...rest] = home.command(...command(port));
    mkdirSync(join(home.root, "tmp/www"));
    writeFileSync(join(home.root, "tmp/www/page.html"), "served\n".repeat(20_000));
    writeFileSync(join(home.root, "tmp/nginx.conf"), `daemon off; master_process on; worker_processes 1; user root; error_log stderr; pid /tmp/nginx.pid;
      events { worker_connections 64; } http { access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
      server { listen 127.0.0.1:${port}; root /tmp/www; } }`);
    writeFileSync(join(home.root, "tmp/lighttpd.conf"), `server.document-root = "/tmp/www"\nserver.port = ${port}\nserver.bind = "127.0.0.1"\nmimetype.assign = (".html" => "text/html")\n`);
    const child = spawn(first, rest, { env: home.env, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (said += bytes.toString()));
    const closed = once(child, "close");
    try {
      for (let up = false; !up; ) {
        const socket = net.connect(port, "127.0.0.1");
        up = await new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true)).once("error", () => resolve(false)));
        socket.destroy();
        if (child.exitCode !== null) expect.fail(`the server has ended: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await use(port);
      child.kill("SIGTERM");
      const ended = await closed;
      expect(ended, said).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
      await closed;
      home.remove();
    }
  };
  // lighttpd has the status 1 when it is told to end with connections open
  const CLOSE = { connection: "close" };
  const ask = async (port: number) => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`http://127.0.0.1:${port}/page.html`, { headers: CLOSE })));
    for (const answer of answers) expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([200, expect.stringContaining("text/"), "served\n".repeat(20_000)]);
    expect((await fetch(`http://127.0.0.1:${port}/none`, { headers: CLOSE })).status).toBe(404);
    const part = await fetch(`http://127.0.0.1:${port}/page.html`, { headers: { ...CLOSE, range: "bytes=7-12" } });
    expect([part.status, await part.text()]).toEqual([206, "served"]);
  };

  test.skipIf(!have("lighttpd"))("--net: lighttpd serves clients of the host", LIMIT, () => serve(() => ["lighttpd", "-D", "-f", "/tmp/lighttpd.conf"], ask));

  test.skipIf(!have("nginx"))("--net: nginx serves clients of the host", LIMIT, () => serve(() => ["nginx", "-c", "/tmp/nginx.conf", "-e", "stderr"], ask));

  test.skipIf(!have("redis-server", "redis-cli"))("redis: strings, lists, a script, a transaction, saving and loading", LIMIT, () => {
    expect(output(`
      cd /tmp; mkdir redis; serve() { redis-server --port 0 --unixsocket /tmp/redis/socket --dir /tmp/redis --save '' --appendonly no --daemonize no > /tmp/redis/log 2>&1 & }
      ask() { redis-cli -s /tmp/redis/socket "$@"; }
      up() { for i in $(seq 300); do [ "$(ask ping 2> /dev/null)" = PONG ] && return; sleep 0.1; done; cat /tmp/redis/log; exit 1; }
      serve; up; ask set key value; ask get key; ask rpush list a b c; ask lrange list 0 -1; ask incrby n 41; ask incr n
      ask eval 'return redis.call("get", KEYS[1]) .. #ARGV' 1 key x y
      printf 'multi\\nset t 1\\nincr t\\nexec\\n' | ask; ask bgsave; for i in $(seq 100); do [ -s /tmp/redis/dump.rdb ] && break; sleep 0.1; done
      ask shutdown; wait; serve; up; ask get n; ask llen list; ask info server | grep -c '^redis_version:7'; ask shutdown; wait; echo $?`)).toBe([
      "OK", "value", "3", "a", "b", "c", "41", "42", "value2", "OK", "QUEUED", "QUEUED", "OK", "2", "Background saving started", "42", "3", "1", "0", "",
    ].join("\n"));
  });
});
