// The rows of the opcode tables as one text, in which an opcode's rows are read when it is first decoded. Evaluating the tables themselves
// takes as long as decoding 2,000 instructions. The build packs; the command line unpacks.

import type { Effects } from "./table.ts";
import type { Pattern } from "./rows.ts";

/** Two letters from A to P a number below 256. */
function letters(...numbers: readonly number[]): string {
  return String.fromCharCode(...numbers.flatMap((each) => [65 + ((each >> 4) & 15), 65 + (each & 15)]));
}

const read = (text: string, at: number): number => ((text.charCodeAt(2 * at) - 65) << 4) | (text.charCodeAt(2 * at + 1) - 65);

function packEffects(effects: Effects): string {
  const { read, written, undefined: none, byOne } = effects;
  return [read, written, none].join(".") + (byOne === null ? "" : `.${packEffects(byOne)}`);
}

/**
 * `lines`: the rows' texts, one behind the other; `starts`: where each begins, and the last ends, in three bytes; `lists`: the numbers of the rows of
 * each opcode, in two bytes; `keys`: for each of the 1,024 opcodes where its list begins there, and the last ends, in two bytes.
 */
export interface PackedRows {
  readonly lines: string;
  readonly starts: string;
  readonly lists: string;
  readonly keys: string;
}

export function packRows(patternsAt: (key: number) => readonly Pattern[]): PackedRows {
  const numbers = new Map<Pattern, number>();
  let lines = "", starts = letters(0, 0, 0), lists = "", keys = letters(0, 0), listed = 0;
  for (let key = 0; key < 1024; key++) {
    for (const pattern of patternsAt(key)) {
      let number = numbers.get(pattern);
      if (number === undefined) {
        const { mnemonic, operands, effects, attributes, feature, prefix, exact, span, digits, mod, condition } = pattern;
        const packed = letters(prefix + 1, (exact + 1) >> 8, (exact + 1) & 255, span, digits, mod, Number(condition), attributes >> 8, attributes & 255);
        lines += [packed, mnemonic, operands, packEffects(effects), feature].join("|");
        starts += letters(lines.length >> 16, (lines.length >> 8) & 255, lines.length & 255);
        number = numbers.size;
        numbers.set(pattern, number);
      }
      lists += letters(number >> 8, number & 255);
      listed++;
    }
    keys += letters(listed >> 8, listed & 255);
  }
  return { lines, starts, lists, keys };
}

export function unpackRows({ lines, starts, lists, keys }: PackedRows): (key: number) => readonly Pattern[] {
  const startOf = (number: number) => (read(starts, 3 * number) << 16) | (read(starts, 3 * number + 1) << 8) | read(starts, 3 * number + 2);
  const listOf = (key: number) => (read(keys, 2 * key) << 8) | read(keys, 2 * key + 1);
  const known: (Pattern | undefined)[] = [];
  const effectsOf = new Map<string, Effects>();

  function unpackEffects(text: string): Effects {
    let effects = effectsOf.get(text);
    if (effects === undefined) {
      const bits = text.split(".").map(Number);
      effects = { read: bits[0], written: bits[1], undefined: bits[2], byOne: bits.length === 3 ? null : { read: bits[3], written: bits[4], undefined: bits[5], byOne: null } };
      effectsOf.set(text, effects);
    }
    return effects;
  }

  function patternAt(number: number): Pattern {
    let pattern = known[number];
    if (pattern === undefined) {
      const [packed, mnemonic, operands, effects, feature] = lines.slice(startOf(number), startOf(number + 1)).split("|");
      pattern = {
        mnemonic, operands, effects: unpackEffects(effects), attributes: (read(packed, 7) << 8) | read(packed, 8), feature, prefix: read(packed, 0) - 1,
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
