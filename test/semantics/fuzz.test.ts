// 20,000 random instruction sequences agree between interpreter, translated code and the processor (fuzz.ts): blocks for one half, regions
// for the other, both for all with JIT386_ALL_MODES=1. Longer runs: JIT386_FUZZ=1000000 npx vitest run test/semantics/fuzz.test.ts, with
// JIT386_FUZZ_SEED for sequences that nobody has tried.

import { expect, it } from "vitest";
import { disagreement, sequencesOf } from "./fuzz.ts";
import { nativeWorks } from "./native.ts";

const BATCH = 500;
const COUNT = Number(process.env.JIT386_FUZZ ?? 20_000);
const FIRST_SEED = Number(process.env.JIT386_FUZZ_SEED ?? 1);
/** Seeds whose sequences once differed. */
const KEPT: readonly number[] = [215, 367, 508];

const native = nativeWorks() ? (["native"] as const) : [];
const everything = process.env.JIT386_ALL_MODES === "1";

function modesFor(seed: number) {
  const translated = everything ? (["block", "region"] as const) : seed % 2 === 0 ? (["block"] as const) : (["region"] as const);
  return [...native, "interpreter", ...translated] as const;
}

it("sequences agree", { timeout: 3_600_000 }, () => {
  const seeds = [...KEPT, ...Array.from({ length: Math.ceil(COUNT / BATCH) }, (_, k) => FIRST_SEED + k)];
  for (const seed of seeds) expect(disagreement(sequencesOf(seed, BATCH), modesFor(seed)), `seed ${seed}`).toBe("");
});
