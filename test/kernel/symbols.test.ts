// Names for addresses: C++ names against c++filt's, symbol tables against nm's, and addresses of a program in memory, with its symbols in the
// program itself, in a separate debug file, or only the dynamic ones.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createMachine } from "../../src/boot.ts";
import { O } from "../../src/kernel/fs/constants.ts";
import { kernelCaller } from "../../src/kernel/fs/access.ts";
import { makeDirectory, openFile } from "../../src/kernel/fs/operations.ts";
import { memoryStream } from "../../src/kernel/fs/stdio.ts";
import { seededRandom } from "../../src/kernel/kernel.ts";
import { demangle } from "../../src/kernel/symbols/demangle.ts";
import { crcOf, readElfTable, symbolAt } from "../../src/kernel/symbols/elf-symbols.ts";
import { createSymbols, formatLocation, type Found, type Location } from "../../src/kernel/symbols/symbols.ts";
import { createVirtualClock } from "../../src/kernel/time.ts";

const path = (name: string) => fileURLToPath(new URL(`../../fixtures/symbols/${name}`, import.meta.url));
const bytes = (name: string) => new Uint8Array(readFileSync(path(`bin/${name}`)));

const source = (content: Uint8Array) => ({
  size: () => content.length,
  pread(offset: number, into: Uint8Array) {
    const part = content.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  },
});

describe("demangling", () => {
  test("names of libstdc++ read as c++filt reads them", () => {
    const rows = readFileSync(path("names.tsv"), "utf8").trimEnd().split("\n").map((line) => line.split("\t"));
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.filter(([name, readable]) => demangle(name) !== readable).map(([name]) => [name, demangle(name)])).toEqual([]);
  });

  test.each([
    ["_Z1fIJidEEvDpT_", "void f<int, double>(int, double)"],
    ["_Z1fPFivEPA3_cM1AFvvEMS3_i", "f(int (*)(), char (*) [3], void (A::*)(), int A::*)"],
    ["_ZZ4mainENKUlvE_clEv", "main::{lambda()#1}::operator()() const"],
    ["_ZN3FooC1ERKS_", "Foo::Foo(Foo const&)"],
    ["_ZN3FooD0Ev.part.0.cold", "Foo::~Foo() [clone .part.0] [clone .cold]"],
    ["_ZNSsC1EPKcRKSaIcE", "std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string(char const*, std::allocator<char> const&)"],
    ["_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"],
    ["_ZN50_$LT$foo..Bar$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE", "<foo::Bar as core::ops::drop::Drop>::drop"],
    ["_GLOBAL__sub_I__ZN3FooC2Ev", "global constructors keyed to Foo::Foo()"],
    ["_ZTv0_n12_N1A1fEv", "virtual thunk to A::f()"],
  ])("%s", (name, readable) => expect(demangle(name)).toBe(readable));

  test.each(["main", "_Z", "_ZN", "_Z99999999f", "_ZNK", "_ZS_", "_Z1fT_", "_ZDpDpDp", "_ZNSt", `_Z1f${"P".repeat(5000)}i`, `_ZN${"1aI".repeat(3000)}`])(
    "%.20s comes back as it is", (name) => expect(demangle(name)).toBe(name));
});

/** `nm -n -S`: address, size when known, type, name. */
function recorded(name: string) {
  return readFileSync(path(`bin/${name}.nm`), "utf8").trimEnd().split("\n").flatMap((line) => {
    const match = /^([0-9a-f]{8}) (?:([0-9a-f]{8}) )?([A-Za-z]) (.*)$/.exec(line);
    return match ? [{ address: Number.parseInt(match[1], 16), size: Number.parseInt(match[2] ?? "0", 16), type: match[3], name: match[4] }] : [];
  });
}

describe("symbol tables", () => {
  test.each(["shop", "library.so"])("%s: what nm says", (name) => {
    const table = readElfTable(source(bytes(name)));
    const wanted = recorded(name).filter((s) => "tTwW".includes(s.type) || s.size > 0).filter((s) => s.name !== "also_exported");
    expect(wanted.length).toBeGreaterThan(1);
    expect(table?.full).toBe(true);
    for (const { address, size, name: symbol } of wanted) expect(table?.symbols).toContainEqual(expect.objectContaining({ address, size, name: symbol }));
  });

  test("entries of the procedure linkage table, with and without the full symbol table", () => {
    for (const name of ["library.so", "library-stripped.so"]) {
      const table = readElfTable(source(bytes(name)));
      expect(table && symbolAt(table, 0x1016)).toMatchObject({ name: "puts@plt", address: 0x1010 });
    }
    expect(readElfTable(source(bytes("library-stripped.so")))).toMatchObject({ full: false, symbols: expect.arrayContaining([expect.objectContaining({ name: "exported", address: 0x1020 })]) });
  });

  test("the debug link and its checksum", () => {
    expect(readElfTable(source(bytes("shop-stripped")))?.debugLink).toEqual({ name: "shop.debug", crc: crcOf(source(bytes("shop.debug"))) });
  });

  test("damaged files give fewer symbols and no exception", () => {
    const whole = bytes("shop");
    expect(readElfTable(source(whole.subarray(0, 40)))).toBeUndefined();
    for (let seed = 1; seed < 400; seed++) {
      const damaged = whole.slice(0, seed % 3 === 0 ? (whole.length * seed) / 400 : whole.length);
      const random = new Uint8Array(8);
      seededRandom(seed)(random);
      // the header, and the section headers at the end
      damaged[random[0] % 52] = random[1];
      damaged[damaged.length - 1 - ((random[2] << 8) | random[3]) % Math.min(600, damaged.length)] = random[4];
      expect(() => readElfTable(source(damaged))).not.toThrow();
    }
  });
});

interface Stopped {
  readonly here: Location;
  readonly callers: readonly string[];
  readonly found: readonly Found[];
  readonly counts: string;
  readonly vdso: string;
}

/** The file with a build id: a table of section headers at the end, in which the note takes the place of .comment. */
function withBuildId(file: Uint8Array, id: string): Uint8Array {
  const head = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const table = head.getUint32(32, true), count = head.getUint16(48, true), namesAt = table + 40 * head.getUint16(50, true);
  const name = "\0.note.gnu.build-id\0", note = Buffer.concat([Buffer.from("040000001400000003000000474e5500", "hex"), Buffer.from(id, "hex")]);
  const oldNames = file.subarray(head.getUint32(namesAt + 16, true), head.getUint32(namesAt + 16, true) + head.getUint32(namesAt + 20, true));
  const text = (at: number) => Buffer.from(oldNames.subarray(at, oldNames.indexOf(0, at))).toString();
  const names = Buffer.concat([oldNames, Buffer.from(name)]);
  const result = new Uint8Array(Buffer.concat([file, names, note]));
  const view = new DataView(result.buffer);
  view.setUint32(namesAt + 16, file.length, true);
  view.setUint32(namesAt + 20, names.length, true);
  const comment = Array.from({ length: count }, (_, k) => table + 40 * k).find((at) => text(head.getUint32(at, true)) === ".comment");
  if (comment === undefined) throw new Error("no .comment");
  [oldNames.length + 1, 7, 0, 0, file.length + names.length, note.length].forEach((value, k) => view.setUint32(comment + 4 * k, value, true));
  // the debug link is not to be followed
  const link = Array.from({ length: count }, (_, k) => table + 40 * k).find((at) => text(head.getUint32(at, true)) === ".gnu_debuglink");
  if (link !== undefined) view.setUint32(link, 0, true);
  return result;
}

/** Runs the program until its breakpoint, and asks for names there. */
async function stopped(files: Readonly<Record<string, Uint8Array>>): Promise<Stopped> {
  let seen: Stopped | undefined;
  const machine = createMachine({
    kernel: {
      clock: createVirtualClock(), random: seededRandom(1),
      onFatalSignal({ process, cpu, memory }) {
        const symbols = createSymbols();
        const at = (address: number) => formatLocation(symbols.symbolize(process, address), address);
        const callers: string[] = [];
        for (let ebp = cpu.regs[5] >>> 0; callers.length < 3; ebp = memory.loadU32(ebp) ?? 0) callers.push(at(memory.loadU32(ebp + 4) ?? 0));
        const vdso = process.mm.symbols.get("__kernel_vsyscall") ?? 0;
        const counts = symbols.find(process, "shop::counts")[0]?.address ?? 0;
        seen = { here: symbols.symbolize(process, cpu.eip), callers, found: symbols.find(process, "shop::Cart<short>::total"), counts: at(counts + 100), vdso: at(vdso + 1) };
      },
    },
    streams: (environment) => {
      const none = () => memoryStream(environment, new Uint8Array(0), () => {});
      return { input: none(), output: none(), error: none() };
    },
    uid: 0, gid: 0,
  });
  const { fs, files: table } = machine.process;
  for (const [name, content] of Object.entries(files)) {
    const caller = kernelCaller(fs, table);
    for (let slash = name.indexOf("/", 1); slash > 0; slash = name.indexOf("/", slash + 1)) makeDirectory(caller, fs.root, name.slice(0, slash), 0o755);
    const file = openFile(caller, fs.root, name, O.WRONLY | O.CREAT, 0o755);
    if (typeof file === "number") throw new Error(`${name}: ${file}`);
    file.writeAt(0, content);
    file.unref();
  }
  expect(await machine.run("/opt/shop", ["shop"], [])).toMatchObject({ signal: 5 });
  if (seen === undefined) throw new Error("no breakpoint");
  return seen;
}

describe("a program in memory", () => {
  const named = (it: Stopped) => {
    expect(it.here).toMatchObject({ name: "shop::(anonymous namespace)::stop(int)", file: "/opt/shop", fileAddress: 0x1053 + it.here.offset, size: 0x17 });
    expect(it.here.start & 0xfff).toBe(0x053);
    expect(it.callers[0]).toMatch(/^shop::Cart<short>::total\(int\) const\+0x[0-9a-f]+$/);
    expect(it.callers[1]).toMatch(/^shop::checkout\(shop::Cart<short> const&, int \(\*\)\(char\)\)\+0x[0-9a-f]+$/);
    expect(it.callers[2]).toMatch(/^_start\+0x/);
    expect(it.found).toEqual([expect.objectContaining({ name: "shop::Cart<short>::total(int) const", size: 0x55 })]);
    expect(it.counts).toBe("shop::counts+0x64");
  };

  test("symbols of its own", async () => {
    const it = await stopped({ "/opt/shop": bytes("shop") });
    named(it);
    expect(it.vdso).toBe("__kernel_vsyscall+0x1");
  });

  test.each(["/opt/shop.debug", "/opt/.debug/shop.debug", "/usr/lib/debug/opt/shop.debug"])("symbols in %s", async (where) => {
    named(await stopped({ "/opt/shop": bytes("shop-stripped"), [where]: bytes("shop.debug") }));
  });

  test("symbols in a file found by build id", async () => {
    // the link leads nowhere: only the note is left. Both files get one, in the place of sections that nobody needs here.
    const id = "0123456789abcdef0123456789abcdef01234567";
    const where = `/usr/lib/debug/.build-id/01/${id.slice(2)}.debug`, shop = withBuildId(bytes("shop-stripped"), id);
    named(await stopped({ "/opt/shop": shop, [where]: withBuildId(bytes("shop.debug"), id) }));
    const other = await stopped({ "/opt/shop": shop, [where]: withBuildId(bytes("shop.debug"), id.replace("f01", "f02")) });
    expect(other.here).toMatchObject({ name: "", file: "/opt/shop" });
  });

  test("a debug file that is not there leaves the program as it is", async () => {
    const it = await stopped({ "/opt/shop": bytes("shop-stripped") });
    expect(it.here).toMatchObject({ name: "", file: "/opt/shop", offset: it.here.fileAddress });
  });

  test("a debug file that is not the program's is not believed", async () => {
    const other = bytes("shop.debug");
    other[other.length - 1] ^= 1;
    const it = await stopped({ "/opt/shop": bytes("shop-stripped"), "/opt/shop.debug": other });
    expect(it.here).toMatchObject({ name: "", file: "/opt/shop", offset: it.here.fileAddress });
    expect(it.callers[0]).toMatch(/^shop\+0x10[0-9a-f]{2}$/);
    expect(it.found).toEqual([]);
  });
});
