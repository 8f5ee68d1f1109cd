// Which table rows claim an opcode, with the opcode column of each taken apart. What they mean: opcode-map.ts. The command line is built with
// packed-rows.ts in place of this file.

import { INTEGER } from "./tables/integer.ts";
import { MMX, MMX_SSE, MMX_SSE2, MMX_SSSE3 } from "./tables/mmx.ts";
import { SSE } from "./tables/sse.ts";
import { SSE2, SSE2_INTEGER } from "./tables/sse2.ts";
import { AES, SHA, SSE3, SSE41, SSE42, SSSE3 } from "./tables/sse3.ts";
import { SYSTEM } from "./tables/system.ts";
import { X87 } from "./tables/x87.ts";
import { NONE } from "./table.ts";
import type { Effects, OpcodeRow, Section } from "./table.ts";

export const SECTIONS: readonly Section[] = [
  INTEGER, SYSTEM, X87, MMX, MMX_SSE, MMX_SSE2, MMX_SSSE3, SSE, SSE2, SSE2_INTEGER, SSE3, SSSE3, SSE41, SSE42, AES, SHA,
];

/** A table row with its opcode column taken apart and its section's defaults put in. */
export interface Pattern {
  readonly mnemonic: string; // with the number of a fixed condition behind a colon, as in the table
  readonly operands: string;
  readonly effects: Effects;
  readonly attributes: number; // A.* bits
  readonly feature: string;
  readonly prefix: number; // 0 NP, 1 66, 2 F3, 3 F2, -1 any
  readonly exact: number; // exact ModR/M byte, or -1
  readonly span: number; // 8 for an exact byte with +i, else 1
  readonly digits: number; // bit n: ModR/M.reg may be n
  readonly mod: number; // 0 any, 1 memory, 2 register
  readonly condition: boolean; // +cc
}

const PREFIXES: Readonly<Record<string, number>> = { NP: 0, "66": 1, F3: 2, F2: 3 };

/** By map << 8 | opcode byte the rows that claim it. Maps are one-byte, 0F, 0F38, 0F3A. */
const claims: Pattern[][] = Array.from({ length: 1024 }, () => []);

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 0x40 ? code & 15 : code - 0x37;
}

/** "0,2-5" as a set of bits. */
function digitSet(text: string): number {
  let set = 0;
  for (const part of text.split(",")) {
    const first = digit(part, 0);
    const last = part.length > 1 ? digit(part, 2) : first;
    for (let each = first; each <= last; each++) set |= 1 << each;
  }
  return set;
}

function claim(row: OpcodeRow, section: Section): void {
  const words = row[0].split(" ");
  const prefix = words.length > 1 ? (PREFIXES[words[0]] ?? -1) : -1;
  let at = prefix >= 0 ? 1 : 0;
  let map = 0;
  if (words[at] === "0F") {
    map = 1;
    at++;
    if ((words[at] === "38" || words[at] === "3A") && at + 1 < words.length) map = words[at++] === "38" ? 2 : 3;
  }
  const opcode = words[at++];
  let exact = -1;
  let span = 1;
  let digits = 0xff;
  let mod = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === "mem") mod = 1;
    else if (word === "reg") mod = 2;
    else if (word[0] === "/") digits = digitSet(word.slice(1));
    else {
      exact = parseInt(word, 16);
      if (word.length > 2) span = 8;
    }
  }
  const [, mnemonic, operands, effects = NONE, attributes = 0, feature = section.feature] = row;
  const condition = opcode.endsWith("+cc");
  const pattern: Pattern = { mnemonic, operands, effects, attributes: section.attributes | attributes, feature, prefix, exact, span, digits, mod, condition };
  const key = (map << 8) | parseInt(opcode, 16);
  // +r goes to the end of its group of eight, "91+r" has seven
  const end = condition ? key + 16 : opcode.endsWith("+r") ? (key & -8) + 8 : key + 1;
  for (let each = key; each < end; each++) claims[each].push(pattern);
}

for (const section of SECTIONS) for (const row of section.rows) claim(row, section);

/** The rows that claim the opcode at `key` = map << 8 | opcode byte, in the order of the tables. */
export function patternsAt(key: number): readonly Pattern[] {
  return claims[key];
}
