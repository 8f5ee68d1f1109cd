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

/** `lines`: a line for each row; `keys`: for each of the 1,024 opcodes the numbers of its lines. */
export interface PackedRows {
  readonly lines: string;
  readonly keys: string;
}

export function packRows(patternsAt: (key: number) => readonly Pattern[]): PackedRows {
  const numbers = new Map<Pattern, number>();
  const lines: string[] = [], keys: string[] = [];
  for (let key = 0; key < 1024; key++) {
    const here: number[] = [];
    for (const pattern of patternsAt(key)) {
      let number = numbers.get(pattern);
      if (number === undefined) {
        const { mnemonic, operands, effects, attributes, feature, prefix, exact, span, digits, mod, condition } = pattern;
        const packed = letters(prefix + 1, (exact + 1) >> 8, (exact + 1) & 255, span, digits, mod, Number(condition), attributes >> 8, attributes & 255);
        number = lines.push([packed, mnemonic, operands, packEffects(effects), feature].join("|")) - 1;
        numbers.set(pattern, number);
      }
      here.push(number);
    }
    keys.push(here.join(","));
  }
  return { lines: lines.join("\n"), keys: keys.join(" ") };
}

export function unpackRows({ lines, keys }: PackedRows): (key: number) => readonly Pattern[] {
  const texts = lines.split("\n"), numbers = keys.split(" ");
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
      const [packed, mnemonic, operands, effects, feature] = texts[number].split("|");
      pattern = {
        mnemonic, operands, effects: unpackEffects(effects), attributes: (read(packed, 7) << 8) | read(packed, 8), feature, prefix: read(packed, 0) - 1,
        exact: ((read(packed, 1) << 8) | read(packed, 2)) - 1, span: read(packed, 3), digits: read(packed, 4), mod: read(packed, 5), condition: read(packed, 6) === 1,
      };
      known[number] = pattern;
    }
    return pattern;
  }

  return (key) => (numbers[key] === "" ? [] : numbers[key].split(",").map((each) => patternAt(Number(each))));
}
