// The network from outside: without --net nothing that a program does reaches the host, with it TCP and UDP do. The program is
// fixtures/kernel/peer.c, whose arguments are commands.
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const peer = fileURLToPath(new URL("../../fixtures/kernel/bin/peer", import.meta.url));
const SIX = "00000000000000000000000000000001";
const MAPPED = "00000000000000000000ffff7f000001";
/** An address of this machine that is not loopback, where it has one. */
const outer = Object.values(networkInterfaces()).flatMap((list) => list ?? []).find((it) => it.family === "IPv4" && !it.internal)?.address;
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "jit386-net-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A program that runs, and what it has printed. */
interface Running {
  output: string;
  errors: string;
  readonly ended: Promise<number | null>;
  /** Waits for a line; its first group. */
  line(pattern: RegExp): Promise<string>;
  stop(): void;
}

function start(options: readonly string[], ...commands: string[]): Running {
  const child = spawn(process.execPath, [cli, ...options, peer, ...commands], { cwd: directory, stdio: ["ignore", "pipe", "pipe"], timeout: 25_000 });
  const running: Running = {
    output: "", errors: "", stop: () => void child.kill("SIGKILL"), ended: once(child, "close").then(([status]) => status as number | null),
    async line(pattern) {
      for (;;) {
        const found = pattern.exec(running.output);
        if (found) return found[1] ?? "";
        await Promise.race([once(child.stdout, "data"), once(child, "close").then(() => {
          if (!pattern.test(running.output)) throw new Error(`no ${pattern} in: ${running.output}${running.errors}`);
        })]);
      }
    },
  };
  child.stdout.on("data", (bytes: Buffer) => (running.output += bytes.toString("latin1")));
  child.stderr.on("data", (bytes: Buffer) => (running.errors += bytes.toString("latin1")));
  return running;
}

async function run(options: readonly string[], ...commands: string[]): Promise<string> {
  const running = start(options, ...commands);
  const status = await running.ended;
  expect([status, running.errors]).toEqual([0, ""]);
  return running.output;
}

const portOf = (server: net.Server | dgram.Socket): string => String((server.address() as net.AddressInfo).port);

async function listening(server: net.Server, where: net.ListenOptions): Promise<net.Server> {
  server.listen(where);
  await once(server, "listening");
  return server;
}

async function bound(socket: dgram.Socket, address: string): Promise<dgram.Socket> {
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

describe("without --net nothing leaves", () => {
  /** Everything that has reached the host. */
  const seen: string[] = [];
  const servers: (net.Server | dgram.Socket)[] = [];
  let tcp = "", udp = "", tcp6 = "", udp6 = "", abstract = "";

  beforeAll(async () => {
    const server = () => net.createServer((socket) => {
      seen.push("tcp");
      socket.destroy();
    });
    const datagrams = async (type: "udp4" | "udp6", address: string) => {
      const socket = await bound(dgram.createSocket(type), address);
      socket.on("message", () => seen.push("udp"));
      servers.push(socket);
      return portOf(socket);
    };
    const streams = async (where: net.ListenOptions) => {
      const made = await listening(server(), where);
      servers.push(made);
      return made;
    };
    tcp = portOf(await streams({ host: "0.0.0.0", port: 0 }));
    udp = await datagrams("udp4", "0.0.0.0");
    try {
      tcp6 = portOf(await streams({ host: "::1", port: 0 }));
      udp6 = await datagrams("udp6", "::1");
    } catch {
      tcp6 = udp6 = "9"; // no IPv6 here
    }
    await streams({ path: join(directory, "host.sock") });
    if (process.platform === "linux") {
      abstract = `jit386-${process.pid}`;
      await streams({ path: `\0${abstract}` });
    }
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** The program gets these answers, and the host has seen nothing. */
  async function refused(commands: readonly string[], answers: string): Promise<void> {
    expect(await run([], ...commands)).toBe(answers);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual([]);
  }

  const unreachable = (...calls: string[]) => calls.map((call) => `${call} result=ENETUNREACH\n`).join("");
  const SENDS = ["sendto", "sendmsg", "sendmmsg", "connect"];

  test("TCP to a port of the host's loopback", () => refused(["connect", "127.0.0.1", tcp, "x"], "connect result=ECONNREFUSED\n"));
  test("the same without waiting", () =>
    refused(["nonblock", "127.0.0.1", tcp], "connect result=EINPROGRESS\npoll result=1\nSO_ERROR result=ECONNREFUSED\n"));
  test("TCP to another loopback address", () => refused(["connect", "127.1.2.3", tcp, "x"], "connect result=ECONNREFUSED\n"));
  test("TCP to 0.0.0.0", () => refused(["connect", "0.0.0.0", tcp, "x"], "connect result=ECONNREFUSED\n"));
  test("TCP to ::1", () => refused(["connect", SIX, tcp6, "x"], "connect result=ECONNREFUSED\n"));
  test("TCP to a mapped address", () => refused(["connect", MAPPED, tcp, "x"], "connect result=ECONNREFUSED\n"));
  test.skipIf(outer === undefined)("TCP to the host's own address", () => refused(["connect", outer ?? "", tcp, "x"], unreachable("connect")));
  test("TCP to somewhere else", () => refused(["connect", "192.0.2.1", "80", "x", "nonblock", "198.51.100.7", "443"], unreachable("connect", "connect")));
  test("TCP over IPv6 to somewhere else", () => refused(["connect", "20010db8000000000000000000000001", "80", "x"], unreachable("connect")));
  test("UDP to a port of the host's loopback, by every call", () =>
    refused(["send", "127.0.0.1", udp, "x"], "sendto result=1\nsendmsg result=1\nsendmmsg result=1\nconnect result=0\nwrite result=1\n"));
  test("UDP to ::1", () =>
    refused(["send", SIX, udp6, "x"], "sendto result=1\nsendmsg result=1\nsendmmsg result=1\nconnect result=0\nwrite result=1\n"));
  test.skipIf(outer === undefined)("UDP to the host's own address, by every call", () =>
    refused(["send", outer ?? "", udp, "x"], `${unreachable(...SENDS)}write result=EDESTADDRREQ\n`));
  test("UDP to everybody", () => refused(["send", "255.255.255.255", udp, "x"], `${unreachable(...SENDS)}write result=EDESTADDRREQ\n`));
  test("UDP to a group", () => refused(["send", "224.0.0.251", "5353", "x"], `${unreachable(...SENDS)}write result=EDESTADDRREQ\n`));
  test("UDP to a name server", () => refused(["send", "192.0.2.53", "53", "x"], `${unreachable(...SENDS)}write result=EDESTADDRREQ\n`));
  test("a local socket of the host in the current directory", () => refused(["local", "host.sock"], "connect result=ECONNREFUSED\n"));
  test.skipIf(process.platform !== "linux")("an abstract local socket of the host", () => refused(["local", `@${abstract}`], "connect result=ECONNREFUSED\n"));
  test("raw and packet sockets", () => refused(["raw"], "raw result=EPERM\nraw6 result=EPERM\npacket result=EPERM\nping result=EACCES\n"));

  test("nobody outside reaches what listens inside, and ports of the host are free inside", async () => {
    const inside = start([], "bind", "127.0.0.1", tcp, "listen", "0.0.0.0", "0");
    const port = await inside.line(/port \d+\n[^]*port (\d+)\n/);
    const outside = net.connect(Number(port), "127.0.0.1");
    const [error] = (await once(outside, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
    expect(inside.output).toBe(`listen result=0\nport ${tcp}\nlisten result=0\nport ${port}\n`);
    inside.stop();
    await inside.ended;
  });
});

describe("with --net", () => {
  /** A server of the host that does `serve` with each connection. */
  async function serve(action: (socket: net.Socket) => void): Promise<{ port: string; close(): void }> {
    const server = await listening(net.createServer({ allowHalfOpen: true }, action), { host: "127.0.0.1", port: 0 });
    return { port: portOf(server), close: () => void server.close() };
  }

  test("TCP to a server of the host, with a half-closed connection", async () => {
    const server = await serve((socket) => {
      let got = "";
      socket.on("data", (bytes) => (got += bytes.toString())).on("end", () => socket.end(`you said ${got}`));
    });
    expect(await run(["--net"], "connect", "127.0.0.1", server.port, "hello")).toBe("connect result=0\ngot=you said hello\nend result=0\n");
    expect(await run(["--net"], "nonblock", "127.0.0.1", server.port)).toBe("connect result=EINPROGRESS\npoll result=1\nSO_ERROR result=0\n");
    server.close();
  });

  test("nobody there", async () => {
    const server = await serve(() => {});
    server.close();
    expect(await run(["--net"], "connect", "127.0.0.1", server.port, "x", "nonblock", "127.0.0.1", server.port))
      .toBe("connect result=ECONNREFUSED\nconnect result=EINPROGRESS\npoll result=1\nSO_ERROR result=ECONNREFUSED\n");
  });

  test("a reset", async () => {
    const server = await serve((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    expect(await run(["--net"], "connect", "127.0.0.1", server.port, "x")).toBe("connect result=0\nend result=ECONNRESET\n");
    server.close();
  });

  test("a client of the host reaches what listens inside", async () => {
    const inside = start(["--net"], "listen", "127.0.0.1", "0");
    const port = await inside.line(/port (\d+)\n/);
    const client = net.connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    let got = "";
    client.on("data", (bytes) => (got += bytes.toString()));
    client.end("shout this");
    await once(client, "end");
    expect(got).toBe("SHOUT THIS");
    expect(await inside.ended).toBe(0);
    expect(inside.output).toBe(`listen result=0\nport ${port}\nfrom 127.0.0.1\nend result=0\n`);
  });

  test("ports that the host has given away", async () => {
    const server = await serve(() => {});
    expect(await run(["--net"], "bind", "127.0.0.1", server.port)).toBe("bind result=EADDRINUSE\n");
    server.close();
    expect(await run(["--net"], "bind", "127.0.0.1", server.port)).toBe(`listen result=0\nport ${server.port}\n`);
  });

  test("what programs of the machine say to each other is as before", async () => {
    const child = spawn(process.execPath, [cli, "--net", fileURLToPath(new URL("../../fixtures/kernel/bin/inet", import.meta.url))], { cwd: directory });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString("latin1")));
    expect(await once(child, "close")).toEqual([0, null]);
    // Not the part about UDP: the host's word that nobody listens may come later than the program looks.
    const streams = (text: string) => text.split("-- udp")[0].split("\n");
    const expected = readFileSync(fileURLToPath(new URL("../../fixtures/kernel/expected/inet.test", import.meta.url)), "latin1");
    expect(streams(output)).toEqual(streams(expected));
    expect(streams(expected).length).toBeGreaterThan(90);
  });

  const byte = (n: number) => ((n * 7) >>> 3) & 255;

  test("a lot of data out, to a slow reader", async () => {
    let count = 0, wrong = 0;
    const server = await serve((socket) => {
      socket.on("data", (bytes) => {
        for (const value of bytes) if (value !== byte(count++)) wrong++;
        if (count % 7 === 0) {
          socket.pause();
          setTimeout(() => socket.resume(), 2);
        }
      }).on("end", () => socket.end());
    });
    expect(await run(["--net"], "flood", "127.0.0.1", server.port, "3000000")).toBe("connect result=0\nleft result=0\n");
    await expect.poll(() => count, { timeout: 5000 }).toBe(3_000_000);
    expect(wrong).toBe(0);
    server.close();
  });

  test("a lot of data in", async () => {
    const data = Uint8Array.from({ length: 3_000_000 }, (_, i) => byte(i));
    const server = await serve((socket) => void socket.end(data));
    expect(await run(["--net"], "sink", "127.0.0.1", server.port)).toBe("connect result=0\nend result=0\nbytes result=3000000\nwrong result=0\n");
    server.close();
  });

  test("UDP, asking and answering", async () => {
    const server = await bound(dgram.createSocket("udp4"), "127.0.0.1");
    server.on("message", (bytes, from) => server.send(`${bytes.toString()} to you`, from.port, from.address));
    expect(await run(["--net"], "ask", "127.0.0.1", portOf(server), "hello")).toBe("sendto result=5\npoll result=1\ngot=hello to you\n");
    const inside = start(["--net"], "answer", "127.0.0.1", "0");
    const port = await inside.line(/port (\d+)\n/);
    server.removeAllListeners("message");
    server.send("quiet", Number(port), "127.0.0.1");
    const [answer] = (await once(server, "message")) as [Buffer];
    expect(answer.toString()).toBe("QUIET");
    expect(await inside.ended).toBe(0);
    server.close();
  });

  test("raw sockets and the host's local sockets stay out of reach", async () => {
    const server = await listening(net.createServer(), { path: join(directory, "other.sock") });
    expect(await run(["--net"], "raw", "local", "other.sock"))
      .toBe("raw result=EPERM\nraw6 result=EPERM\npacket result=EPERM\nping result=EACCES\nconnect result=ECONNREFUSED\n");
    server.close();
  });
});
