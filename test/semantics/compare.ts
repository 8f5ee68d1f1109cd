// Result records compared: fingerprints, and accounts of differences. Nothing is masked, undefined flags included (docs/undefined-flags.md).

import { createHash } from "node:crypto";
import type { Cases } from "./cases.ts";
import type { Form } from "./forms.ts";
import { INPUT_WORDS, R, RESULT_WORDS } from "./layout.ts";

/** A short fingerprint of results. */
export function fingerprint(results: Int32Array): string {
  return createHash("sha256").update(new Uint8Array(results.buffer, results.byteOffset, results.byteLength)).digest("hex").slice(0, 16);
}

const NAMES = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "trap", "error", "cr2"];

function hex(v: number): string {
  return (v >>> 0).toString(16).padStart(8, "0");
}

/** An account of the first few cases in which `ours` differs from `theirs`. */
export function explain(form: Form, cases: Cases, ours: Int32Array, theirs: Int32Array, limit: number): string {
  const lines: string[] = [];
  let differing = 0;
  for (let n = 0; n < cases.count; n++) {
    const at = n * RESULT_WORDS;
    const words: string[] = [];
    for (let w = 0; w < RESULT_WORDS; w++) {
      if (ours[at + w] === theirs[at + w]) continue;
      const name = w < R.WINDOW ? NAMES[w] : `memory+${(w - R.WINDOW) * 4}`;
      words.push(`${name} ${hex(ours[at + w])}, hardware ${hex(theirs[at + w])}`);
    }
    if (words.length === 0) continue;
    if (++differing > limit) continue;
    const s = cases.states.subarray(n * INPUT_WORDS, (n + 1) * INPUT_WORDS);
    const state = [...NAMES.slice(0, 8), "eflags"].map((name, k) => `${name}=${hex(s[k])}`).join(" ");
    lines.push(`  ${cases.code[n].map((b) => b.toString(16).padStart(2, "0")).join(" ")}  ${state} operand=${hex(s[R.WINDOW_IN + 8])}\n    ${words.join("; ")}`);
  }
  return `${form.name}: ${differing} of ${cases.count} cases differ\n${lines.join("\n")}`;
}
