// Sockets without any host: the fixtures fixtures/kernel/{unix,inet,netlink,hostile}.c, which print what the machine's kernel printed, repeatable runs, and the
// small parts of src/kernel/net.

import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { run } from "../../src/core.ts";
import { decodeInet, decodeUnix, encodeInet, encodeUnix, ipText, parseIp } from "../../src/kernel/net/address.ts";
import { ByteQueue } from "../../src/kernel/net/bytes.ts";
import { AF } from "../../src/kernel/net/constants.ts";

const folder = new URL("../../fixtures/kernel/", import.meta.url);
const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const program = (name: string) => new Uint8Array(fs.readFileSync(new URL(`bin/${name}`, folder)));

describe("sockets behave as the machine's, files in memory", () => {
  it.each(["unix", "inet", "netlink", "hostile"])("%s", async (name) => {
    const result = await run({ program: program(name), args: [name], cwd: "/tmp", uid: 0, gid: 0, engine: { jit: "off" } });
    expect(text(result.stderr)).toBe("");
    expect(text(result.stdout).split("\n")).toEqual(fs.readFileSync(new URL(`expected/${name}.test`, folder), "latin1").split("\n"));
    expect(result.status).toBe(0);
  });

  it.each(["unix", "inet"])("%s, with a seed and a virtual clock", async (name) => {
    const result = await run({ program: program(name), args: [name], cwd: "/tmp", uid: 0, gid: 0, seed: 5 });
    expect(text(result.stdout).split("\n")).toEqual(fs.readFileSync(new URL(`expected/${name}.test`, folder), "latin1").split("\n"));
  });
});

describe("addresses", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"], ["::1", "::1"], ["::", "::"], ["fe80::1:0:0:2", "fe80::1:0:0:2"], ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["::ffff:1.2.3.4", "::ffff:102:304"], ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"], ["fe80::1%lo", "fe80::1"], ["1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
  ])("%s", (given, shown) => expect(ipText(parseIp(given) ?? "")).toBe(shown));

  it.each(["", "1.2.3", "1.2.3.256", "1:2", "::1::", "1:2:3:4:5:6:7:8:9", "g::", "host"])("no address: %j", (given) => expect(parseIp(given)).toBeUndefined());

  it("go into a sockaddr and back", () => {
    const four = { ip: parseIp("10.1.2.3") ?? "", port: 8080, scope: 0 };
    expect([...encodeInet(AF.INET, four)]).toEqual([2, 0, 0x1f, 0x90, 10, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(decodeInet(encodeInet(AF.INET, four))).toEqual(four);
    const mapped = encodeInet(AF.INET6, four);
    expect([mapped.length, ...mapped.subarray(18, 24)]).toEqual([28, 255, 255, 10, 1, 2, 3]);
    expect(decodeInet(mapped)).toEqual(four);
    const six = { ip: parseIp("fe80::2") ?? "", port: 1, scope: 3 };
    expect(decodeInet(encodeInet(AF.INET6, six))).toEqual(six);
  });

  it("name local sockets", () => {
    for (const name of ["", "/run/s", "\0abstract", "\0a\0b"]) expect(decodeUnix(encodeUnix(name))).toBe(name);
    expect(encodeUnix("/a").length).toBe(5);
    expect(encodeUnix("\0a").length).toBe(4);
    expect(decodeUnix(new Uint8Array(111).fill(1))).toBeUndefined();
    expect(decodeUnix(Uint8Array.of(2, 0, 47))).toBeUndefined();
  });
});

describe("a queue of bytes", () => {
  it("gives back what was put, whatever the pieces", () => {
    const queue = new ByteQueue();
    let written = 0, read = 0, step = 7;
    const next = () => (step = (step * 48271) % 0x7fffffff);
    const valueAt = (n: number) => (n * 31 + (n >> 8)) & 255;
    for (let round = 0; round < 3000; round++) {
      if (next() % 2 === 0) {
        const piece = Uint8Array.from({ length: next() % (next() % 10 === 0 ? 9000 : 90) }, (_, i) => valueAt(written + i));
        queue.put(piece);
        piece.fill(0);
        written += piece.length;
      } else {
        const into = new Uint8Array(next() % 300);
        const looked = queue.take(into, true);
        const copy = into.slice(0, looked);
        expect(queue.take(into)).toBe(looked);
        expect(into.subarray(0, looked)).toEqual(copy);
        expect(looked).toBe(Math.min(into.length, written - read));
        for (let i = 0; i < looked; i++) if (into[i] !== valueAt(read + i)) expect.fail(`byte ${read + i}`);
        read += looked;
      }
      expect(queue.length).toBe(written - read);
    }
    expect(read).toBeGreaterThan(10_000);
    expect(queue.skip(1e9)).toBe(written - read);
    expect(queue.length).toBe(0);
  });
});
