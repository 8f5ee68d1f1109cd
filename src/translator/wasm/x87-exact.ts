// Results of x87 arithmetic that are exact for a simple reason, in the emitter's JavaScript, to be lowered: zeros, and sums and products of doubles without a
// rest. Inline arithmetic (x87-kernels.ts) declines zeros and powers of two; programs have many of them, and calling JavaScript for each took a quarter of
// mandelbrot's time. What is not simple goes on to the exact path (runtime/x87/inline.ts), where test/translator/wasm/x87.test.ts holds this against it.

import { ADD, DIV, DIVR, MUL, SUB, SUBR } from "../../runtime/x87/arith.ts";
import { OPERATION } from "../../runtime/x87/inline.ts";
import { PAIR_MAX, PAIR_MIN } from "../../runtime/x87/state.ts";

/** Parameters: the operation, and its operands as INLINE.slow has them; all but the first are doubles. */
export const EXACT_PARAMETERS = ["o", "ah", "al", "bh", "bl", "least"] as const;

/** No product of such, and no error term, over- or underflows. */
const SMALL = 2 ** -440, LARGE = 2 ** 440;
const give = (h: string, l = "0"): string => `{ YT[0] = ${h}; YT[1] = ${l}; YT[2] = 0; return 0; }`;
const plain = (x: string): string => `Math.abs(${x}) > ${SMALL} && Math.abs(${x}) < ${LARGE}`;

/** Gives 0 with the result in YT; otherwise what `YI.exact(operation)` gives, with the operands in YT. */
export const EXACT_BODY = `
  if (least === 0 || bh === 0 || Math.abs(bh) >= least && Math.abs(bh) >= ${PAIR_MIN} && Math.abs(bh) < ${PAIR_MAX}) {
    if (o === ${MUL}) {
      const p = ah * bh;
      if (ah === 0 || bh === 0) ${give("p")}
      if (al === 0 && bl === 0 && ${plain("ah")} && ${plain("bh")} && ${plain("p")}) {
        const s = ah * 134217729, t = bh * 134217729, x = s - (s - ah), y = ah - x, u = t - (t - bh), v = bh - u;
        if (x * u - p + (x * v + y * u) + y * v === 0) ${give("p")}
      }
    } else if (o === ${ADD} || o === ${SUB} || o === ${SUBR}) {
      if (o === ${SUB}) { bh = -bh; bl = -bl; }
      if (o === ${SUBR}) { ah = -ah; al = -al; }
      const s = ah + bh, l = al + bl;
      if (ah === 0 || bh === 0) ${give("s", "l")}
      if (s === 0) { if (l === 0 || ${plain("l")}) ${give("l + 0")} }
      else if (al === 0 && bl === 0 && ${plain("s")}) {
        const z = s - ah;
        if (ah - (s - z) + (bh - z) === 0) ${give("s")}
      }
      if (o === ${SUB}) { bh = -bh; bl = -bl; }
      if (o === ${SUBR}) { ah = -ah; al = -al; }
    } else if (o === ${DIV}) { if (ah === 0 && bh !== 0) ${give("ah / bh")} }
    else if (o === ${DIVR}) { if (bh === 0 && ah !== 0) ${give("bh / ah")} }
    else if (o === ${OPERATION.SQRT}) { if (ah === 0) ${give("ah")} }
  }
  YT[0] = ah; YT[1] = al; YT[2] = bh; YT[3] = bl; YT[4] = least;
  return EXACT(o);`;
