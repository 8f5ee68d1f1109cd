// All SIMD semantics, MMX to SSE4.2 with AES and PCLMULQDQ, as a list of tables. Subjects: sse-*.ts.
// Instructions on MM registers are the same functions: VectorOps.src, dst and write know the register class.

import type { SemanticTable } from "./machine.ts";
import { sseConvert } from "./sse-convert.ts";
import { sseDouble } from "./sse-double.ts";
import { sseCompare } from "./sse-compare.ts";
import { sseInteger } from "./sse-integer.ts";
import { sseShift } from "./sse-shift.ts";
import { sseMove } from "./sse-move.ts";
import { sseShuffle } from "./sse-shuffle.ts";
import { sseSingle } from "./sse-single.ts";
import { sseStrings } from "./sse-strings.ts";

export const sse: readonly SemanticTable[] = [sseMove, sseSingle, sseDouble, sseConvert, sseInteger, sseCompare, sseShift, sseShuffle, sseStrings];
