// The engine's modes that a program has to behave the same in, and running a program from bytes in each of them.
import type { EngineOptions } from "../../src/runtime/engine.ts";
import type { RunOptions, RunResult } from "../../src/core.ts";
import { run } from "../../src/core.ts";

export const MODES: Readonly<Record<string, EngineOptions>> = {
  "jit=off": { jit: "off" },
  "jit=quick": { jit: "quick", quickAfter: 0 },
  "jit=block": { jit: "block", threshold: 0 },
  "one instruction a block": { jit: "block", threshold: 0, oneInsnPerBlock: true },
  "jit=region": { jit: "region", threshold: 20, quickAfter: 0 },
  "jit=region, code=js": { jit: "region", threshold: 0, code: "js" },
  lockstep: { jit: "block", threshold: 0, lockstep: true },
};

/** Runs a program in every mode and answers the results by mode. */
export async function runInAllModes(options: Omit<RunOptions, "engine">): Promise<[mode: string, result: RunResult][]> {
  const results: [string, RunResult][] = [];
  for (const [mode, engine] of Object.entries(MODES)) results.push([mode, await run({ ...options, engine })]);
  return results;
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
