// The random sequences of fuzz.test.ts for as long as one likes: a program of its own, because a process that goes on has a warm translator and no
// test runner around it. scripts/long-runs.sh bundles and starts it.
//   fuzz-run FIRST-SEED SEEDS-TO-THE-NEXT-PIECE MINUTES ACCOUNT
// A piece is PIECE seeds; each is a line in ACCOUNT.done, and what differs stands in ACCOUNT.failed.

import { appendFileSync } from "node:fs";
import { BATCH, disagreement, modesFor, sequencesOf } from "./fuzz.ts";

const PIECE = 40;
const [first, step, minutes] = process.argv.slice(2, 5).map(Number);
const account = process.argv[5];
if (![first, step, minutes].every((n) => n > 0) || account === undefined) throw new Error("usage: fuzz-run FIRST-SEED STEP MINUTES ACCOUNT");

// the translator throws where an instruction has no inline form, often here; nobody reads where
Error.stackTraceLimit = 0;
const end = performance.now() + minutes * 60_000;
for (let from = first; performance.now() < end; from += step) {
  let differences = 0;
  for (let seed = from; seed < from + PIECE; seed++) {
    // V8 gives the code of modules that are gone back between two turns of the event loop
    await new Promise((resolve) => setImmediate(resolve));
    let found: string;
    // what follows a bail is translated for a quarter of the seeds, as many blocks as regions: it takes as long as all the rest
    try {
      found = disagreement(sequencesOf(seed, BATCH), modesFor(seed), seed % 8 < 2);
    } catch (e) {
      found = String(e);
    }
    if (found === "") continue;
    differences++;
    appendFileSync(`${account}.failed`, `== seed ${seed}\n${found}\n`);
  }
  appendFileSync(`${account}.done`, `${from} ${PIECE * BATCH} ${differences === 0 ? "passed" : "failed"}\n`);
}
