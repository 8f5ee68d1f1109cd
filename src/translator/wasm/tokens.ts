// Generated code as tokens, for lowering: words, numbers and signs in arrays, comments left out, and for each name where it stands last.

import { Unsupported } from "../value.ts";

export const T = { WORD: 0, NUMBER: 1, SIGN: 2, END: 3 } as const;

export interface Tokens {
  readonly kinds: Uint8Array;
  readonly texts: readonly string[];
  readonly count: number;
  /** Index of the bracket that closes the one at an index. */
  readonly closing: Int32Array;
  /** Index of the last token that is this word. */
  readonly last: ReadonlyMap<string, number>;
}

const TOKEN = /\s*(?:\/\/[^\n]*\n\s*|\/\*[^*]*\*\/\s*)*(?:([A-Za-z_$][\w$]*)|(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(>>>|===|!==|<=|>=|<<|>>|&&|\|\||[-+*/%&|^~!<>=?:;,.(){}[\]])|$)/y;

export function tokenize(source: string): Tokens {
  const texts: string[] = [], kinds: number[] = [];
  const last = new Map<string, number>();
  TOKEN.lastIndex = 0;
  for (;;) {
    const at = TOKEN.lastIndex;
    const m = TOKEN.exec(source);
    if (m === null) throw new Unsupported(`lowering: ${JSON.stringify(source.slice(at, at + 20))}`);
    if (m[1] !== undefined) {
      last.set(m[1], texts.length);
      kinds.push(T.WORD);
      texts.push(m[1]);
    } else if (m[2] !== undefined) {
      kinds.push(T.NUMBER);
      texts.push(m[2]);
    } else if (m[3] !== undefined) {
      kinds.push(T.SIGN);
      texts.push(m[3]);
    } else break;
  }
  const count = texts.length;
  const closing = new Int32Array(count), open: number[] = [];
  for (let k = 0; k < count; k++) {
    const t = texts[k];
    if (t === "(" || t === "{" || t === "[") open.push(k);
    else if (t === ")" || t === "}" || t === "]") closing[open.pop() as number] = k;
  }
  kinds.push(T.END);
  texts.push("");
  return { kinds: Uint8Array.from(kinds), texts, count, closing, last };
}
