// Tokens of generated code, against what a regular expression makes of the golden files.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Unsupported } from "../../../src/translator/value.ts";
import { T, tokenize } from "../../../src/translator/wasm/tokens.ts";

const golden = fileURLToPath(new URL("../golden/", import.meta.url));
const texts = readdirSync(golden).filter((name) => name.endsWith(".js")).map((name) => readFileSync(`${golden}${name}`, "utf8").replaceAll(/[^\n -~]/g, " "));

const TOKEN = /\/\/[^\n]*\n?|\/\*[^*]*\*\/|[A-Za-z_$][\w$]*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|>>>|===|!==|<=|>=|<<|>>|&&|\|\||[-+*/%&|^~!<>=?:;,.(){}[\]]/g;
const expected = (text: string) => (text.match(TOKEN) ?? []).filter((it) => !/^\/[/*]/.test(it));

test("tokens of the golden files", () => {
  expect(texts.length).toBeGreaterThan(10);
  for (const text of texts) {
    const { texts: found, kinds, values, count } = tokenize(text);
    const tokens = expected(text);
    expect(found.slice(0, count)).toEqual(tokens);
    expect(found[count]).toBe("");
    expect(kinds[count]).toBe(T.END);
    for (const [k, it] of tokens.entries()) {
      expect(kinds[k]).toBe(/^\d/.test(it) ? T.NUMBER : /^\w|^[$]/.test(it) ? T.WORD : T.SIGN);
      if (kinds[k] === T.NUMBER) expect(values[k]).toBe(Number(it));
    }
  }
});

test("brackets and the last place of each word", () => {
  const tokens = tokenize("if (a[b[0]] > c(a, d$1)) { a = {}; } // a (\nd$1 = b; /* a */");
  const shown = tokens.texts.slice(0, tokens.count);
  const at = (text: string, nth = 0) => shown.flatMap((it, k) => (it === text ? [k] : []))[nth];
  expect([at("("), at("(", 1), at("["), at("[", 1), at("{"), at("{", 1)].map((k) => tokens.closing[k])).toEqual([at(")", 1), at(")"), at("]", 1), at("]"), at("}", 1), at("}")]);
  for (const word of ["if", "a", "b", "c", "d$1"]) expect(tokens.last(at(word))).toBe(shown.lastIndexOf(word));
});

test("numbers", () => {
  const source = "0 7 65535 4294967295 0.5 2.3283064365386963e-10 1e9 12e+3 2147483648.5";
  const { values, count } = tokenize(source);
  expect([...values.subarray(0, count)]).toEqual(source.split(" ").map(Number));
});

test("more words than are kept", () => {
  const long = Array.from({ length: 30_000 }, (_, k) => `w${k}`).join(" ");
  for (const text of [long, "w1 w29999 x", long.replaceAll("w", "v"), "v1 w1 v1"]) {
    const { texts: found, count, last } = tokenize(text);
    const tokens = text.split(" ");
    expect(found.slice(0, count)).toEqual(tokens);
    expect(last(0)).toBe(tokens.lastIndexOf(tokens[0]));
  }
});

test("what the emitter does not write is refused", () => {
  for (const text of ["a @ b", "a = '1'", "\u00e9", "a # b", "`x`"]) expect(() => tokenize(text)).toThrow(Unsupported);
});
