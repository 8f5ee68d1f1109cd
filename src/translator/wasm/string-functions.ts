// REP MOVS and REP STOS of up to a page over plain memory, in the emitter's JavaScript, to be lowered: compilers copy and clear structures with them, a few words each, and a call of the semantic
// function in JavaScript costs more than that. Each answers 0 without having done anything when the case is not so plain; runtime/strings.ts has the others.

import { S } from "../../runtime/state.ts";

const ECX = 1, ESI = 6, EDI = 7;
/** Elements and bytes at most: what lies in two pages, of which the first and the last byte tell. */
const MOST = 4096;
/** Pages from here on are left out, so that no sum of addresses goes round. */
const LAST_PAGES = 0xffffe;

/** How many bytes are due, when a run of the function ends here with 0 if they are none or many, or DF is set. */
const BYTES = `const count = R[${ECX}], bytes = Math.imul(count, size);
  if (count >>> 0 > ${MOST} || bytes > ${MOST} || bytes === 0 || R[${S.DF}] !== 1) return 0;`;
/** Leaves when stores to a range need more than the store. */
const WRITABLE = `const to = R[${EDI}];
  if (to >>> 12 >= ${LAST_PAGES} || (P[to >>> 12] & P[to + bytes - 1 >>> 12]) >= 0) return 0;`;

export const STRING_FUNCTIONS: readonly { readonly name: string; readonly body: string }[] = [
  {
    name: "repMovs",
    // bytes that are copied upward into what is still to be read repeat
    body: `${BYTES}
      ${WRITABLE}
      const from = R[${ESI}];
      if (from >>> 12 >= ${LAST_PAGES} || (P[from >>> 12] & P[from + bytes - 1 >>> 12] & 1) === 0 || to - from >>> 0 < bytes >>> 0) return 0;
      V.copy(to, from, bytes);
      R[${ESI}] = from + bytes | 0;
      R[${EDI}] = to + bytes | 0;
      R[${ECX}] = 0;
      return 1;`,
  },
  {
    name: "repStos",
    body: `${BYTES}
      ${WRITABLE}
      const a = R[0], low = a & 255;
      if (size === 1 || (size === 4 && a === Math.imul(low, 16843009))) V.fill(to, low, bytes);
      else {
        if (size !== 4) return 0;
        let k = 0;
        while (k < bytes) {
          V.setInt32(to + k >>> 0, a, true);
          k = k + 4 | 0;
        }
      }
      R[${EDI}] = to + bytes | 0;
      R[${ECX}] = 0;
      return 1;`,
  },
];
