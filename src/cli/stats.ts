// --stats: what the engines have done, summed, as a table on stderr.

import type { Engine, EngineStats } from "../runtime/engine.ts";

const LABELS: Readonly<Partial<Record<keyof EngineStats, string>>> = {
  interpretedBlocks: "blocks interpreted", interpretedInstructions: "instructions interpreted", translated: "blocks translated",
  translatedInstructions: "instructions translated", sourceBytes: "bytes of generated source", translateMs: "ms spent translating", bails: "bails",
  dispatches: "dispatches of translated code",
};

/** Rows of "value label", one a count; counts that have no label yet go by their name. */
export function formatStats(engines: readonly Engine[], milliseconds: number): string {
  const keys = engines.length > 0 ? (Object.keys(engines[0].stats) as (keyof EngineStats)[]) : [];
  const total = (key: keyof EngineStats) => engines.reduce((sum, engine) => sum + Number(engine.stats[key]), 0);
  const rows = keys.map((key): [string, string] => [LABELS[key] ?? key, String(Math.round(total(key) * 10) / 10)]);
  rows.push(["address spaces", String(engines.length)], ["ms in all", milliseconds.toFixed(1)]);
  const width = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([label, value]) => `${value.padStart(width)} ${label}\n`).join("");
}
