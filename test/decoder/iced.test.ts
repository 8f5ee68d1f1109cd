// The decoder against iced-x86: every one- and two-byte opening, every ModR/M byte of the 0F maps under each mandatory prefix, and
// a million seeded random byte strings. Same length, mnemonic and operands, or both invalid; see iced-differences.ts.

import { expect, test, vi } from "vitest";
import { compareAll } from "./iced.ts";
import type { Pair } from "./iced.ts";
import { DIFFERENCES } from "./iced-differences.ts";

// five seconds alone on a machine; a crowded one is slower
vi.setConfig({ testTimeout: 120_000 });

const BATCH = 65536;
const PREFIXES = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

/** Marsaglia's xorshift32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const patterns = DIFFERENCES.map(({ codes }) => {
  const words = codes.split(" ").map((word) => word.replaceAll("*", ".*").replaceAll("?", "."));
  return new RegExp(`^(?:${words.join("|")})$`);
});
const used = new Set<number>();
const covered = new Map<string, number>();

/** The difference that covers this pair, or -1. */
function coveredBy(pair: Pair): number {
  const mnemonic = pair.ours.startsWith("(") ? pair.ours : pair.ours.split(/[ ,]/)[1];
  const key = `${pair.code} ${mnemonic}`;
  let n = covered.get(key);
  if (n === undefined) {
    n = DIFFERENCES.findIndex((difference, i) => difference.ours === mnemonic && patterns[i].test(pair.code));
    covered.set(key, n);
  }
  return n;
}

const next = random(0x386);
const data = new Uint8Array(BATCH * 16);

/** Compares one batch; `open` writes the opening of string `k` at `at`, the rest is random. Returns what differs for no listed reason. */
function batch(open: (k: number, at: number) => void): string[] {
  const surprises: string[] = [];
  for (let i = 0; i < data.length; i += 4) {
    const bits = next();
    data[i] = bits;
    data[i + 1] = bits >>> 8;
    data[i + 2] = bits >>> 16;
    data[i + 3] = bits >>> 24;
  }
  for (let k = 0; k < BATCH; k++) open(k, k * 16);
  compareAll(data, BATCH, (pair) => {
    const n = coveredBy(pair);
    if (n >= 0) used.add(n);
    else if (surprises.length < 10) {
      const hex = [...pair.bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
      surprises.push(`${hex} ${pair.code}: ours ${pair.ours}; iced ${pair.theirs}`);
    }
  });
  return surprises;
}

function put(at: number, bytes: readonly number[]): number {
  for (const byte of bytes) data[at++] = byte;
  return at;
}

test("all one- and two-byte openings", () => {
  for (let round = 0; round < 6; round++) expect(batch((k, at) => void put(at, [k >> 8, k & 255]))).toEqual([]);
});

test.each([[[0x0f]], [[0x0f, 0x38]], [[0x0f, 0x3a]]])("all ModR/M bytes of map %j under every mandatory prefix", (map) => {
  for (const prefix of [[], [0x66], [0xf3], [0xf2]]) {
    expect(batch((k, at) => void put(at, [...prefix, ...map, k >> 8, k & 255]))).toEqual([]);
  }
});

test("a million random strings, rich in prefixes and in the 0F maps", () => {
  for (let round = 0; round < 16; round++) {
    expect(batch((_k, start) => {
      let at = start;
      const bits = next();
      for (let n = bits % 6; n > 0; n--) data[at++] = PREFIXES[next() % PREFIXES.length];
      const map = (bits >>> 8) & 7;
      if (map === 0) data[at] = 0xd8 | ((bits >>> 16) & 7);
      if (map > 4) data[at++] = 0x0f;
      if (map === 6) data[at] = 0x38;
      if (map === 7) data[at] = 0x3a;
    })).toEqual([]);
  }
});

test("strings of many prefixes, around the limit of 15 bytes", () => {
  expect(batch((_k, start) => {
    const count = 8 + (next() & 7);
    for (let n = 0; n < count; n++) data[start + n] = PREFIXES[next() % PREFIXES.length];
  })).toEqual([]);
});

test("VEX, EVEX and XOP space", () => {
  for (const first of [0x62, 0x8f, 0xc4, 0xc5]) {
    expect(batch((k, at) => void put(at, first === 0xc5 ? [first, 0x80 | (k >> 8), k & 255] : [first, k >> 8, (k & 255) | ((k >> 3) & 4)]))).toEqual([]);
  }
});

test("every listed difference was seen", () => {
  expect(DIFFERENCES.filter((_difference, n) => !used.has(n)).map(({ codes }) => codes)).toEqual([]);
});
