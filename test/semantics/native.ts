// Runs instruction forms on the real processor through fixtures/insn/runner (a static i386 Linux program).

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Cases } from "./cases.ts";
import { INPUT_WORDS, RESULT_WORDS } from "./layout.ts";

/** Longest code of a form, and the bytes before its cases: length, code, fp, cases. */
export const CODE_BYTES = 640;
const HEADER = CODE_BYTES + 12;

const RUNNER = fileURLToPath(new URL("../../fixtures/insn/runner", import.meta.url));

/** Whether the processor here is of the maker whose results are recorded: what the manuals leave undefined, others do otherwise (docs/undefined-flags.md). */
export function isRecordedMaker(): boolean {
  return process.platform === "linux" && existsSync("/proc/cpuinfo") && /^vendor_id\s*: AuthenticAMD$/m.test(readFileSync("/proc/cpuinfo", "latin1"));
}

/** Whether this machine runs i386 Linux programs, on a processor that comparisons can be made with. */
export function nativeWorks(): boolean {
  return isRecordedMaker() && spawnSync(RUNNER, [], { input: "" }).status === 0;
}

/** Results of all cases of several forms, as words (see layout.ts). */
export function runNative(forms: readonly Cases[]): Int32Array[] {
  let bytes = 0;
  const groups: { code: readonly number[]; from: number; to: number; cases: Cases }[] = [];
  for (const cases of forms) {
    for (let n = 0; n < cases.count;) {
      let end = n + 1;
      while (end < cases.count && cases.code[end] === cases.code[n]) end++;
      groups.push({ code: cases.code[n], from: n, to: end, cases });
      bytes += HEADER + (end - n) * INPUT_WORDS * 4;
      n = end;
    }
  }
  const input = Buffer.alloc(bytes);
  let at = 0;
  for (const { code, from, to, cases } of groups) {
    input.writeUInt32LE(code.length, at);
    input.set(code, at + 4);
    input.writeUInt32LE(0, at + 4 + CODE_BYTES);
    input.writeUInt32LE(to - from, at + 8 + CODE_BYTES);
    at += HEADER;
    const part = cases.states.subarray(from * INPUT_WORDS, to * INPUT_WORDS);
    input.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  const total = forms.reduce((sum, c) => sum + c.count, 0);
  const run = spawnSync(RUNNER, [], { input, maxBuffer: total * RESULT_WORDS * 4 + 65536 });
  if (run.status !== 0 || run.stdout.length !== total * RESULT_WORDS * 4) {
    throw new Error(`runner: status ${run.status} signal ${run.signal}, ${run.stdout.length / (RESULT_WORDS * 4)} of ${total} results`);
  }
  const words = new Int32Array(new Uint8Array(run.stdout).buffer);
  const results: Int32Array[] = [];
  let word = 0;
  for (const cases of forms) {
    results.push(words.subarray(word, word + cases.count * RESULT_WORDS));
    word += cases.count * RESULT_WORDS;
  }
  return results;
}
