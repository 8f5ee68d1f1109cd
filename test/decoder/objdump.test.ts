// Disassembly of Debian's i386 libraries against GNU objdump (binutils 2.40), line for line, in both syntaxes.
// Needs objdump and JIT386_DEBIAN_ROOT, the directory of an unpacked Debian 12 i386 root; skipped without.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decode, formatAtt, formatIntel } from "../../src/decoder/index.ts";

const root = process.env["JIT386_DEBIAN_ROOT"];

interface Quirk {
  /** First word of objdump's text. */
  readonly word: RegExp;
  readonly ours: string;
  readonly reason: string;
}

/** What differs and why. Every entry must be seen in one of the files. */
const QUIRKS: readonly Quirk[] = [
  { word: /^(xabort|xbegin|xend)$/, ours: "(bad)", reason: "TSX, which we do not offer: glibc's lock elision" },
  { word: /^(rdpkru|wrpkru)$/, ours: "(bad)", reason: "protection keys, which we do not offer: pkey_get, pkey_set" },
  { word: /^v[a-z0-9]+$/, ours: "(bad)", reason: "AVX and FMA, which we do not offer: libm picks them by CPUID" },
  { word: /^f(st|ld|in|cl)[a-z]+$/, ours: "fwait", reason: "objdump prints FWAIT and the x87 instruction after it as one" },
];
const used = new Set<Quirk>();

interface Line {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly text: string;
}

function disassemble(file: string, options: readonly string[]): Line[] {
  const { stdout } = spawnSync("objdump", ["-d", "-w", "-j", ".text", ...options, file], { encoding: "latin1", maxBuffer: 2 ** 30 });
  const lines: Line[] = [];
  for (const line of stdout.split("\n")) {
    const [address, bytes, text] = line.split("\t");
    if (bytes === undefined || !/^ *[0-9a-f]+:$/.test(address)) continue;
    lines.push({ address: parseInt(address, 16) | 0, bytes: Uint8Array.from(bytes.trim().split(" "), (digits) => parseInt(digits, 16)), text: text ?? "" });
  }
  return lines;
}

/** Why the tests cannot run here, or undefined. */
function missing(): string | undefined {
  if (root === undefined) return "JIT386_DEBIAN_ROOT is not set";
  if (!existsSync(join(root, "lib/i386-linux-gnu/libc.so.6"))) return "JIT386_DEBIAN_ROOT has no lib/i386-linux-gnu/libc.so.6";
  if (spawnSync("objdump", ["--version"]).error !== undefined) return "objdump is not installed";
  return undefined;
}

const reason = missing();
const title = reason === undefined ? "objdump" : `objdump (skipped: ${reason})`;
const memory = new Uint8Array(16);
let total = 0;
let quirks = 0;

const SYNTAXES = [
  { syntax: "AT&T", options: [], format: formatAtt },
  { syntax: "Intel", options: ["-M", "intel"], format: formatIntel },
];
const FILES = ["lib/i386-linux-gnu/libc.so.6", "lib/i386-linux-gnu/libm.so.6", "bin/bash"];
const CASES = SYNTAXES.flatMap((syntax) => FILES.map((name) => ({ ...syntax, name })));

describe.skipIf(reason !== undefined)(title, () => {
  test.each(CASES)("$name in $syntax syntax", { timeout: 120_000 }, ({ options, format, name }) => {
    const lines = disassemble(join(root ?? "", name), options);
    expect(lines.length).toBeGreaterThan(100_000);
    const surprises: string[] = [];
    total += lines.length;
    for (const { address, bytes, text } of lines) {
      memory.fill(0);
      memory.set(bytes);
      const insn = decode(memory, 0, address);
      if (typeof insn === "number") throw new Error(`${text}: no instruction`);
      // names of branch targets are objdump's own: the formatter is given them
      const symbol = /[0-9a-f] <(.*)>$/.exec(text)?.[1];
      const ours = format(insn, () => symbol, memory.subarray(0, insn.length));
      if (ours === text && insn.length === bytes.length) continue;
      const word = text.split(" ", 1)[0];
      const quirk = QUIRKS.find((known) => known.word.test(word) && known.ours === ours);
      if (quirk === undefined) {
        if (surprises.length < 20) surprises.push(`${Buffer.from(bytes).toString("hex")}: "${ours}" is "${text}"`);
      } else {
        used.add(quirk);
        quirks++;
      }
    }
    expect(surprises).toEqual([]);
  });

  test("every quirk was seen, and they are rare", () => {
    expect(quirks / total).toBeLessThan(0.0001);
    expect(QUIRKS.filter((quirk) => !used.has(quirk)).map(({ reason: why }) => why)).toEqual([]);
  });
});
