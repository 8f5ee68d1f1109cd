// The rows of the opcode tables as one text, in which an opcode's rows are read when it is first decoded. Evaluating the tables themselves
// takes as long as decoding 2,000 instructions. The build packs; the command line unpacks.

import type { Effects } from "./table.ts";
import type { Pattern } from "./rows.ts";

/** Two letters from A to P a number below 256. */
function letters(...numbers: readonly number[]): string {
  return String.fromCharCode(...numbers.flatMap((each) => [65 + ((each >> 4) & 15), 65 + (each & 15)]));
}

const read = (text: string, at: number): number => ((text.charCodeAt(2 * at) - 65) << 4) | (text.charCodeAt(2 * at + 1) - 65);

/** Effects as numbers, six each; the last three are -1 where there is no `byOne`. */
function effectNumbers({ read: from, written, undefined: none, byOne }: Effects): readonly number[] {
  return [from, written, none, ...(byOne === null ? [-1, -1, -1] : [byOne.read, byOne.written, byOne.undefined])];
}

/** How many numbers a row begins with: what Pattern has, its place in `effects`, the lengths of mnemonic, operands and feature. These three follow. */
const NUMBERS = 13;

/**
 * `lines`: the rows' texts, one behind the other; `effects`: see effectNumbers; `starts`: where each row begins, and the last ends, in three bytes; `lists`: the
 * numbers of the rows of each opcode, in two bytes; `keys`: for each of the 1,024 opcodes where its list begins there, and the last ends, in two bytes.
 */
export interface PackedRows {
  readonly lines: string;
  readonly effects: readonly number[];
  readonly starts: string;
  readonly lists: string;
  readonly keys: string;
}

export function packRows(patternsAt: (key: number) => readonly Pattern[]): PackedRows {
  const numbers = new Map<Pattern, number>(), places = new Map<string, number>(), allEffects: number[] = [];
  let lines = "", starts = letters(0, 0, 0), lists = "", keys = letters(0, 0), listed = 0;
  for (let key = 0; key < 1024; key++) {
    for (const pattern of patternsAt(key)) {
      let number = numbers.get(pattern);
      if (number === undefined) {
        const { mnemonic, operands, effects, attributes, feature, prefix, exact, span, digits, mod, condition } = pattern;
        const bits = effectNumbers(effects), place = places.get(bits.join()) ?? places.size;
        if (place === places.size) allEffects.push(...bits);
        places.set(bits.join(), place);
        lines += letters(
          prefix + 1, (exact + 1) >> 8, (exact + 1) & 255, span, digits, mod, Number(condition), attributes >> 8, attributes & 255,
          place, mnemonic.length, operands.length, feature.length,
        );
        lines += mnemonic + operands + feature;
        starts += letters(lines.length >> 16, (lines.length >> 8) & 255, lines.length & 255);
        number = numbers.size;
        numbers.set(pattern, number);
      }
      lists += letters(number >> 8, number & 255);
      listed++;
    }
    keys += letters(listed >> 8, listed & 255);
  }
  return { lines, effects: allEffects, starts, lists, keys };
}

export function unpackRows({ lines, effects, starts, lists, keys }: PackedRows): (key: number) => readonly Pattern[] {
  const startOf = (number: number) => (read(starts, 3 * number) << 16) | (read(starts, 3 * number + 1) << 8) | read(starts, 3 * number + 2);
  const listOf = (key: number) => (read(keys, 2 * key) << 8) | read(keys, 2 * key + 1);
  const known: (Pattern | undefined)[] = [];
  const effectsAt: (Effects | undefined)[] = [];

  function unpackEffects(place: number): Effects {
    const at = 6 * place;
    const byOne = effects[at + 3] < 0 ? null : { read: effects[at + 3], written: effects[at + 4], undefined: effects[at + 5], byOne: null };
    return (effectsAt[place] ??= { read: effects[at], written: effects[at + 1], undefined: effects[at + 2], byOne });
  }

  // Nothing is split at separators: that asks each string how it wants to be split, which takes V8 half a microsecond
  function patternAt(number: number): Pattern {
    let pattern = known[number];
    if (pattern === undefined) {
      const start = startOf(number), packed = lines.slice(start, start + 2 * NUMBERS);
      const operands = start + 2 * NUMBERS + read(packed, 10), feature = operands + read(packed, 11);
      pattern = {
        mnemonic: lines.slice(start + 2 * NUMBERS, operands), operands: lines.slice(operands, feature), effects: unpackEffects(read(packed, 9)),
        attributes: (read(packed, 7) << 8) | read(packed, 8), feature: lines.slice(feature, feature + read(packed, 12)), prefix: read(packed, 0) - 1,
        exact: ((read(packed, 1) << 8) | read(packed, 2)) - 1, span: read(packed, 3), digits: read(packed, 4), mod: read(packed, 5), condition: read(packed, 6) === 1,
      };
      known[number] = pattern;
    }
    return pattern;
  }

  return (key) => {
    const found: Pattern[] = [];
    for (let at = listOf(key), end = listOf(key + 1); at < end; at++) found.push(patternAt((read(lists, 2 * at) << 8) | read(lists, 2 * at + 1)));
    return found;
  };
}
