// The data files of the Debian tests: the same bytes every time, from a linear congruential generator.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda omicron omega maximum minimum".split(" ");

const PI = "scale=200; 4*a(1)\ne(1)\nsqrt(2)\ns(10^6)\n";

const FUNCTIONS = [
  "define f(n) { if (n < 2) return (1); return (n * f(n - 1)); }",
  "define p(n) { auto i; for (i = 2; i * i <= n; i++) if (n % i == 0) return (0); return (1); }",
  "f(150)",
  "for (i = 2; i < 300; i++) if (p(i)) print i, \" \"",
  "print \"\\n\"; obase = 2; 12345; obase = 10; ibase = 16; FF.8; ibase = A; scale = 40; 1 / 7; 2 ^ -20",
  "x[3] = 5; x[3]++; length(12.345); last; quit",
].join("\n");

function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function textLines(count: number, separator: string): string {
  const random = randomNumbers(count);
  let text = "";
  for (let i = 1; i <= count; i++) {
    const word = WORDS[random(WORDS.length)];
    text += `${[i, random(10_000), word].join(separator)}${i % 5 === 0 ? ` ${WORDS[random(WORDS.length)]} ${random(500)}` : ""}\n`;
  }
  return text;
}

function noise(bytes: number): Uint8Array {
  const random = randomNumbers(bytes);
  return Uint8Array.from({ length: bytes }, () => random(256));
}

/** Bytes that compress by about two thirds, with matches near and far. */
function blob(bytes: number): Uint8Array {
  const random = randomNumbers(bytes);
  const data = new Uint8Array(bytes);
  for (let at = 0; at < bytes; ) {
    const length = Math.min(bytes - at, 4 + random(60));
    const from = at > 1000 && random(4) > 0 ? random(at - length) : -1;
    if (from >= 0) data.copyWithin(at, from, from + length);
    else for (let i = 0; i < length; i++) data[at + i] = random(256);
    at += length;
  }
  return data;
}

function inserts(): string {
  const random = randomNumbers(7);
  const rows = Array.from({ length: 1000 }, (_, i) => `insert into t values (${i}, ${random(1e6)}, '${WORDS[random(WORDS.length)]}', ${random(1e6) / 1000});`);
  return [
    "create table t(a integer primary key, b integer, w text, x real);",
    "begin;",
    ...rows,
    "commit;",
    "select w, count(*), sum(b), avg(x), min(x), max(b) from t group by w order by w;",
    "select count(*), sum(b), printf('%.9f', sum(x)) from t where w like '%a' and b between 1000 and 900000;",
    "select a.w, b.a from t a join t b on b.a = a.b % 1000 order by a.b desc limit 7;\n",
  ].join("\n");
}

/** Writes the files; `large` bytes are what the compressors get. */
export function writeData(directory: string, large: number): void {
  const files: Record<string, string | Uint8Array> = {
    text: textLines(6000, " "),
    short: textLines(1000, " "),
    csv: textLines(1500, ","),
    numbers: Array.from({ length: 2000 }, (_, i) => `${Math.sin(i * i) * 10 ** (i % 9)}`).join("\n") + "\n",
    noise: noise(200_000),
    blob: blob(large),
    "pi.bc": `${PI}quit\n`,
    "functions.bc": `${FUNCTIONS}\n`,
    "inserts.sql": inserts(),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
}
