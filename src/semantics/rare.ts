// The semantic functions that programs do without for long: floating point, and most of the packed instructions. A table of their own, asked
// for when the first of them is decoded, so that the build can load them as late as that.

import type { Semantic, SemanticTable } from "./machine.ts";
import { sseCompare } from "./sse-compare.ts";
import { sseConvert } from "./sse-convert.ts";
import { sseDouble } from "./sse-double.ts";
import { sseInteger } from "./sse-integer.ts";
import { sseShift } from "./sse-shift.ts";
import { sseShuffle } from "./sse-shuffle.ts";
import { sseSingle } from "./sse-single.ts";
import { sseStrings } from "./sse-strings.ts";
import { x87 } from "./x87.ts";

export function rareSemantics(): SemanticTable {
  const table = Object.create(null) as Record<string, Semantic>;
  return Object.assign(table, sseSingle, sseDouble, sseConvert, sseInteger, sseCompare, sseShift, sseShuffle, sseStrings, x87);
}
