// Programs of a Debian i386 userland that compute: libm over a grid of arguments, OpenSSL on every processor, Perl's arithmetic; each prints what it
// prints natively. With JIT386_NUMBERS_ROOT, a root with libpython3-testsuite, perl, openssl and ffmpeg (scripts/debian-root.sh makes one), also
// Python's tests of numbers, the whole grid, and a film by ffmpeg with every set of vector instructions; that takes an hour:
// JIT386_NUMBERS_ROOT=DIR npx vitest run test/debian/numbers.test.ts

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PERL } from "./numbers-perl.ts";
import { type Bench, nativeWay, type Outcome, prepare, programPath, remove, runCase } from "./run.ts";

const long = process.env["JIT386_NUMBERS_ROOT"] !== undefined;
const root = process.env["JIT386_NUMBERS_ROOT"] ?? process.env["JIT386_DEBIAN_ROOT"] ?? "";
const way = root !== "" && existsSync(root) ? nativeWay(root) : undefined;
const GRID = fileURLToPath(new URL("../../fixtures/libm/grid.c", import.meta.url));
const RAISED = fileURLToPath(new URL("../../fixtures/libm/raised.c", import.meta.url));
const MINUTES = 60_000;
const MODES = ["off", "block", "region"].map((it) => `--jit=${it}`);
const CPUS = ["i686", "sse2", "sse4"].map((it) => `--cpu=${it}`);
/** Python's tests of numbers, and those that take more than ten minutes in jit386 on a machine of 2024. */
const PYTHON = ["test_math", "test_float", "test_struct", "test_fractions", "test_zlib", "test_hashlib", "test_long", "test_decimal"];
const FFMPEG = ["0", "mmx", "mmx+mmxext", "mmx+mmxext+sse+sse2", "mmx+mmxext+sse+sse2+sse3+ssse3", "mmx+mmxext+sse+sse2+sse3+ssse3+sse4.1+sse4.2"];
/** Functions that x87 instructions do, or that are made of such: processors differ in the last place of their 64 bits (docs/exactness.md). */
const BY_INSTRUCTIONS = /^(?:a?(?:sin|cos|tan)h?|atan2|both|exp|exp2|exp10|expm1|log|log2|log10|log1p|logb|pow|erfc?|[lt]gamma|[jy][01n]|cbrt|hypot|scalb)[fl]?$/;

if (root === "") describe.skip("numbers: neither JIT386_NUMBERS_ROOT nor JIT386_DEBIAN_ROOT is set", () => test("skipped", () => {}));
else if (!existsSync(root)) test("numbers", () => expect.fail(`no such directory: ${root}`));
else if (way === undefined) describe.skip("numbers: this machine runs no i386 programs to compare with", () => test("skipped", () => {}));
else numbers(way);

function numbers(how: NonNullable<typeof way>): void {
  let bench: Bench;
  beforeAll(() => {
    bench = prepare(root, how, 200_000);
  });
  afterAll(() => {
    if (bench !== undefined) remove(bench);
  });
  /** Runs a program with its environment; `options` null: natively. */
  const run = (options: readonly string[] | null, environment: readonly string[], minutes: number, ...command: string[]): Outcome =>
    runCase(bench, { package: "", command: ["env", ...environment, ...command] }, options, minutes * MINUTES);
  const without = (...programs: string[]) => programs.some((it) => programPath(root, it) === undefined);

  const compiler = spawnSync("gcc", ["-m32", "-xc", "-", "-o", "/dev/null"], { input: "#include <math.h>\nint main(void) { return 0; }\n" }).status === 0;
  describe.skipIf(!compiler)(compiler ? "libm over a grid" : "libm over a grid: no gcc -m32 at hand", () => {
    // with FMA, which jit386's processors have not, glibc takes other code
    const environment = ["GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4"];
    const density = long ? "whole" : "sparse";
    let expected: string[];
    beforeAll(() => {
      const made = spawnSync("gcc", ["-m32", "-O1", "-fno-builtin", "-frounding-math", "-o", join(bench.hostDirectory, "grid"), GRID, "-lm"], { encoding: "utf8" });
      expect(made.stderr).toBe("");
      const native = run(null, environment, 5, "$D/grid", density);
      expect(native.stderr).toBe("");
      expected = native.stdout.split("\n");
    });
    test.each(MODES)("%s", { timeout: 30 * MINUTES }, (mode) => {
      const guest = run([mode], environment, 25, "$D/grid", density);
      expect(guest.stderr).toBe("");
      const found = guest.stdout.split("\n");
      expect(found.length).toBe(expected.length);
      expect(expected.length).toBeGreaterThan(long ? 250_000 : 8_000);
      const differing = expected.flatMap((line, k) => (line === found[k] ? [] : [[line, found[k]]]));
      expect(differing.filter(([a, b]) => !alike(a, b)).map(([a, b]) => `${a}, got ${b}`)).toEqual([]);
      expect(differing.length).toBeLessThan(expected.length / 200);
    });
  });

  describe.skipIf(!compiler)(compiler ? "exceptions that libm tells" : "exceptions that libm tells: no gcc -m32 at hand", () => {
    const programs = [["linked", "-lm"], ["loaded", "-DLATE"], ["afterwards", "-DLATE", "-DAFTERWARDS"], ["static", "-static"]] as const;
    beforeAll(() => {
      for (const [name, ...how] of programs) {
        const made = spawnSync("gcc", ["-m32", "-O1", "-msse2", "-mfpmath=sse", "-o", join(bench.hostDirectory, name), RAISED, ...how, "-lm"], { encoding: "utf8" });
        expect(made.status, made.stderr).toBe(0);
      }
    });
    test.each(MODES)("%s", { timeout: 10 * MINUTES }, (mode) => {
      for (const [name] of programs) {
        for (const what of ["nothing", "underflow", "denormal"]) {
          const native = run(null, [], 1, `$D/${name}`, what, name);
          expect(native.stdout).toMatch(what === "underflow" ? /: 30 1fb2 / : what === "denormal" ? /: 20 1fa2 / : /: 20 1fa0 /);
          expect(run([mode], [], 5, `$D/${name}`, what, name)).toEqual(native);
        }
      }
    });
  });

  describe("OpenSSL", () => {
    const all = ["sha3-256", "sm3", "md4", "md5-sha1", "ripemd160", "sha224", "sha384", "sha512-256", "sha3-224", "sha3-512", "shake128", "blake2b512", "blake2s256"];
    const digests = ["md5", "sha1", "sha256", "sha512", ...(long ? all : [])];
    const ciphers = ["aes-128-cbc", ...(long ? ["aes-256-ctr", "aes-192-ecb", "chacha20", "camellia-128-cbc", "aria-128-ctr", "des-ede3-cbc", "sm4-cbc"] : [])];
    const key = ["-K", "00112233445566778899aabbccddeeff0123456789abcdef0011223344556677", "-iv", "000102030405060708090a0b0c0d0e0f"];
    const script = [
      ...digests.map((it) => `openssl dgst -provider default -provider legacy -${it} "$D/short" "$D/noise" 2>&1`),
      ...ciphers.map((it) => `openssl enc -${it} ${key.join(" ")} -in "$D/noise" 2>/dev/null | openssl dgst -sha256`),
      'openssl dgst -sha256 -hmac key "$D/noise"; openssl mac -cipher aes-128-cbc -macopt hexkey:00112233445566778899aabbccddeeff -in "$D/short" CMAC',
      'openssl mac -cipher aes-128-gcm -macopt hexkey:00112233445566778899aabbccddeeff -macopt hexiv:000102030405060708090a0b -in "$D/noise" GMAC',
    ].join("\n");
    const shell = (options: readonly string[] | null, environment: readonly string[]) => run(options, environment, 10, "bash", "-c", script);
    // what the program itself is told to leave out: everything, MMX, SSE2, AES and PCLMULQDQ
    test.skipIf(without("openssl", "bash")).each(long ? ["", "0x0", "~0x0000000000800000", "~0x0000000004000000", "~0x0200000200000000"] : [""])(
      "digests, ciphers and authentication codes, OPENSSL_ia32cap=%s", { timeout: 60 * MINUTES }, (capabilities) => {
        const native = shell(null, []);
        expect(native.stdout.split("\n").length).toBeGreaterThan(10);
        const cpus = capabilities === "" ? CPUS : CPUS.slice(2);
        for (const cpu of cpus) expect(shell([cpu], capabilities === "" ? [] : [`OPENSSL_ia32cap=${capabilities}`]), cpu).toEqual(native);
      });
    test.skipIf(without("openssl")).each(long ? CPUS : CPUS.slice(2))("openssl speed %s", { timeout: 20 * MINUTES }, (cpu) => {
      const few = ["sha256", "aes-128-cbc", "ecdsap256"];
      const algorithms = long ? ["md5", "sha1", "sha256", "sha512", "aes-128-cbc", "aes-256-cbc", "ghash", "camellia-128-cbc", "rsa1024", "dsa1024", "ecdsap256"] : few;
      const { status, stdout } = run([cpu], [], 10, "openssl", "speed", "-seconds", "1", "-bytes", "1024", ...algorithms);
      expect(status).toBe(0);
      // it verifies what it signs, and gives up a row where that fails; below 10,000 bytes a second there would be no "k"
      expect(stdout.match(/^(?:md5|sha\d+|aes-\d+-cbc|ghash|camellia-128-cbc) +\d[\d.]*k$/gm)?.length ?? 0).toBe(algorithms.filter((it) => !/^(?:rsa|dsa|ecdsa)/.test(it)).length);
      expect(stdout).toMatch(/256 bits ecdsa \(nistp256\) +\d+\.\d+s +\d+\.\d+s +\d+\.\d +\d+\.\d/);
    });
  });

  describe("Perl", () => {
    test.skipIf(without("perl")).each(long ? MODES : MODES.slice(1))("arithmetic, %s", { timeout: 20 * MINUTES }, (mode) => {
      const native = run(null, [], 5, "perl", "-e", PERL);
      expect(native.stdout.split("\n").length).toBeGreaterThan(1000);
      const guest = run([mode], [], 10, "perl", "-e", PERL);
      expect(guest).toEqual(native);
    });
  });

  describe.skipIf(!long)(long ? "long runs" : "long runs: JIT386_NUMBERS_ROOT is not set", () => {
    const suite = existsSync(join(root, "usr/lib/python3.11/test/test_math.py")) || existsSync(join(root, "usr/lib/python3.13/test/test_math.py"));
    test.skipIf(!suite).each(PYTHON)("Python's %s", { timeout: 120 * MINUTES }, (name) => {
      const results = (options: readonly string[] | null) => {
        const { stderr } = run(options, ["LC_ALL=C.UTF-8"], 100, "python3", "-m", "unittest", "-v", `test.${name}`);
        return stderr.split("\n").filter((line) => /\.\.\. |^Ran|^OK|^FAILED/.test(line)).map((line) => line.replace(/ in [\d.]+s/, ""));
      };
      const native = results(null);
      expect(native.at(-1)).toMatch(/^(?:OK|FAILED)/);
      expect(results([])).toEqual(native);
    });
    test.skipIf(without("ffmpeg")).each(FFMPEG)("ffmpeg -cpuflags %s", { timeout: 60 * MINUTES }, (flags) => {
      const libraries = "LD_LIBRARY_PATH=/usr/lib/i386-linux-gnu/blas:/usr/lib/i386-linux-gnu/lapack";
      const quiet = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-cpuflags", flags];
      const source = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=5:duration=1", "-f", "lavfi", "-i", "sine=frequency=440:duration=1"];
      const exactly = ["-threads", "1", "-flags", "+bitexact", "-fflags", "+bitexact"];
      const film = (options: readonly string[] | null) => {
        const made = run(options, [libraries], 25, ...quiet, "-y", ...source, ...exactly, "-c:v", "mpeg4", "-c:a", "mp2", "-f", "avi", options === null ? "$D/native.avi" : "$D/guest.avi");
        // both decode the native film
        const decoded = run(options, [libraries], 25, ...quiet, "-i", "$D/native.avi", ...exactly, "-f", "md5", "-");
        return [made, decoded, run(options, [libraries], 25, ...quiet, ...source, ...exactly, "-c:v", "mpeg4", "-c:a", "mp2", "-f", "md5", "-")];
      };
      const native = film(null);
      expect(native[1].stdout).toMatch(/^MD5=[\da-f]{32}/);
      expect(film([])).toEqual(native);
    });
  });
}

/** Whether two lines of the grid differ as processors may: in the last place of the 64 bits, or in what is rounded from there. */
function alike(a: string, b: string): boolean {
  const [left, right] = [a, b].map((line) => line.split(" "));
  const differs = left.map((word, k) => word !== right[k]);
  if (differs.some((it, k) => it && k !== 4) || !BY_INSTRUCTIONS.test(left[0])) return false;
  // hardware and jit386 are each within one unit; a double can change only when rounding is directed
  const units = BigInt(`0x${left[4]}`) - BigInt(`0x${right[4]}`);
  return left[4].length === 20 ? units >= -2n && units <= 2n : left[1] !== "0" && (units === 1n || units === -1n);
}
