// Generated code as tokens, for lowering: words, numbers and signs in arrays, comments left out, and for each word where it stands last.
//
// A text has thousands of tokens, and nearly all of them have been met before: the emitter writes the same few hundred words over and over, with
// names numbered from 0 in each function. So words are looked up by their characters, and what comes out is the same string each time, which
// V8 compares by its address, and of which it knows the hash. A regular expression makes new strings; that took six times as long, and
// whatever looks at tokens half as long again (docs/performance.md).

import { Unsupported } from "../value.ts";

export const T = { WORD: 0, NUMBER: 1, SIGN: 2, END: 3 } as const;

/** What a text consists of. Good until the next text is taken apart: the arrays are used again. */
export interface Tokens {
  readonly kinds: Uint8Array;
  readonly texts: readonly string[];
  /** What numbers are. */
  readonly values: Float64Array;
  /** Of operators with two operands, how closely they bind: 3 for `||` to 12 for products. 0 for everything else. */
  readonly precedence: Uint8Array;
  readonly count: number;
  /** Index of the bracket that closes the one at an index. */
  readonly closing: Int32Array;
  /** Index of the last token that is the same word as the one at an index. */
  last(at: number): number;
}

/** What characters are: OTHER, which no token has, part of a word, a digit, a sign, a space. */
const OTHER = 0, LETTER = 1, DIGIT = 2, SIGN = 3, SPACE = 4;
const CLASS = new Uint8Array(128).fill(OTHER);
for (const [characters, kind] of [["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$", LETTER], ["0123456789", DIGIT], ["-+*/%&|^~!<>=?:;,.(){}[]", SIGN], [" \n", SPACE]] as const) {
  for (const c of characters) CLASS[c.charCodeAt(0)] = kind;
}
/** Precedence of signs of one character. */
const BINDS = new Uint8Array(128);
for (const [characters, level] of [["|", 5], ["^", 6], ["&", 7], ["<>", 9], ["+-", 11], ["*/%", 12]] as const) for (const c of characters) BINDS[c.charCodeAt(0)] = level;
const ONE_CHARACTER = Array.from({ length: 128 }, (_, k) => String.fromCharCode(k));

// -- words ---------------------------------------------------------------------------------------------------------------

/** So many words are kept for the texts that follow. */
const MAX_WORDS = 20_000;
/** A hash table of words' numbers, never more than half full. 0 is no word. */
let slots = new Int32Array(1 << 13);
const words: string[] = [""], hashes: number[] = [0];
/** Where each word stands last in the text at hand. */
const lasts: number[] = [0];

const slotOf = (hash: number): number => (hash ^ (hash >>> 13)) & (slots.length - 1);

/** The number of a word that stands in a text. */
function numberOf(source: string, from: number, to: number, hash: number): number {
  const mask = slots.length - 1;
  for (let slot = slotOf(hash); ; slot = (slot + 1) & mask) {
    const n = slots[slot];
    if (n === 0) return enter(source.slice(from, to), hash);
    if (hashes[n] === hash && isAt(words[n], source, from, to)) return n;
  }
}

function isAt(word: string, source: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let k = 0; k < word.length; k++) if (word.charCodeAt(k) !== source.charCodeAt(from + k)) return false;
  return true;
}

function enter(word: string, hash: number): number {
  const n = words.push(word) - 1;
  hashes.push(hash);
  lasts.push(0);
  if (2 * words.length > slots.length) {
    slots = new Int32Array(2 * slots.length);
    for (let k = 1; k < n; k++) place(k);
  }
  place(n);
  return n;
}

function place(n: number): void {
  const mask = slots.length - 1;
  let slot = slotOf(hashes[n]);
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = n;
}

function forgetWords(): void {
  slots.fill(0);
  for (const list of [words, hashes, lasts]) list.length = 1;
}

// -- texts ---------------------------------------------------------------------------------------------------------------

let kinds = new Uint8Array(4096), precedence = new Uint8Array(4096), numbers = new Int32Array(4096), values = new Float64Array(4096), closing = new Int32Array(4096);
const texts: string[] = [], open: number[] = [];
const last = (at: number): number => lasts[numbers[at]];

export function tokenize(source: string): Tokens {
  const end = source.length;
  let count = 0;
  open.length = 0;
  if (words.length > MAX_WORDS) forgetWords();
  for (let at = 0; at < end; ) {
    if (count + 1 >= kinds.length) grow();
    const c = source.charCodeAt(at), from = at++;
    switch (CLASS[c]) {
      case SPACE: break;
      case LETTER: {
        let hash = c;
        for (; at < end; at++) {
          const next = source.charCodeAt(at), kind = CLASS[next];
          if (kind !== LETTER && kind !== DIGIT) break;
          hash = (Math.imul(hash, 33) ^ next) | 0;
        }
        const n = numberOf(source, from, at, hash);
        lasts[n] = count;
        numbers[count] = n;
        texts[count] = words[n];
        precedence[count] = 0;
        kinds[count++] = T.WORD;
        break;
      }
      case DIGIT: {
        let value = c - 48;
        for (; at < end; at++) {
          const next = source.charCodeAt(at);
          if (CLASS[next] !== DIGIT) break;
          value = 10 * value + next - 48;
        }
        if (at < end && (source.charCodeAt(at) === 46 || source.charCodeAt(at) === 101)) {
          at = behindFraction(source, at);
          value = Number(source.slice(from, at));
        }
        values[count] = value;
        texts[count] = source.slice(from, at);
        precedence[count] = 0;
        kinds[count++] = T.NUMBER;
        break;
      }
      case SIGN: {
        if (c === 47) { // "/"
          const behind = behindComment(source, at);
          if (behind > at) {
            at = behind;
            break;
          }
        }
        const text = sign(source, c, at);
        at += text.length - 1;
        if (c === 40 || c === 91 || c === 123) open.push(count); // "([{"
        else if (c === 41 || c === 93 || c === 125) closing[open.pop() ?? count] = count; // ")]}"
        texts[count] = text;
        precedence[count] = precedenceOf(c, text);
        kinds[count++] = T.SIGN;
        break;
      }
      default: throw new Unsupported(`lowering: ${JSON.stringify(source.slice(from, from + 20))}`);
    }
  }
  kinds[count] = T.END;
  texts[count] = "";
  precedence[count] = 0;
  return { kinds, texts, values, precedence, count, closing, last };
}

/** The sign that begins with the character `c`; `at` is behind that. */
function sign(source: string, c: number, at: number): string {
  const next = at < source.length ? source.charCodeAt(at) : 0;
  switch (c) {
    case 62: // ">"
      if (next === 61) return ">=";
      if (next !== 62) return ">";
      return source.charCodeAt(at + 1) === 62 ? ">>>" : ">>";
    case 60: return next === 61 ? "<=" : next === 60 ? "<<" : "<"; // "<"
    case 61: return next === 61 && source.charCodeAt(at + 1) === 61 ? "===" : "="; // "="
    case 33: return next === 61 && source.charCodeAt(at + 1) === 61 ? "!==" : "!"; // "!"
    case 38: return next === 38 ? "&&" : "&"; // "&"
    case 124: return next === 124 ? "||" : "|"; // "|"
    default: return ONE_CHARACTER[c];
  }
}

/** That of a sign, whose first character is `c`. */
function precedenceOf(c: number, text: string): number {
  if (text.length === 1) return BINDS[c];
  switch (c) {
    case 61: case 33: return 8; // "===", "!=="
    case 38: return 4; // "&&"
    case 124: return 3; // "||"
    default: return text[1] === "=" ? 9 : 10; // comparisons, shifts
  }
}

/** Index behind a comment whose first slash is just before `at`; `at` when there is none. */
function behindComment(source: string, at: number): number {
  const next = source.charCodeAt(at);
  if (next !== 47 && next !== 42) return at;
  const last = next === 47 ? source.indexOf("\n", at) : source.indexOf("*/", at + 1) + 1;
  return last <= 0 ? source.length : last + 1;
}

/** Index behind the fraction and the exponent of a number. */
function behindFraction(source: string, from: number): number {
  const digits = (at: number): number => {
    while (at < source.length && CLASS[source.charCodeAt(at)] === DIGIT) at++;
    return at;
  };
  let at = source[from] === "." ? digits(from + 1) : from;
  if (source[at] === "e") at = digits(source[at + 1] === "-" || source[at + 1] === "+" ? at + 2 : at + 1);
  return at;
}

function grow(): void {
  const wider = <A extends Uint8Array | Int32Array | Float64Array>(to: A, from: A): A => {
    to.set(from);
    return to;
  };
  const length = 2 * kinds.length;
  kinds = wider(new Uint8Array(length), kinds);
  precedence = wider(new Uint8Array(length), precedence);
  numbers = wider(new Int32Array(length), numbers);
  values = wider(new Float64Array(length), values);
  closing = wider(new Int32Array(length), closing);
}
