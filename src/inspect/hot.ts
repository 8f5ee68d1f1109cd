// The table of hot code: blocks and regions by the time that samples found in them.

import type { Block } from "../runtime/block.ts";
import { type Collector, INSTRUCTIONS_PER_SAMPLE, type InterpretedRecord, type TranslationRecord } from "./collector.ts";

export interface HotRow {
  readonly address: number;
  readonly symbol: string;
  readonly file: string;
  readonly tier: "region" | "block" | "interpreted";
  /** Share of all sampled guest time, 0 to 1. */
  readonly share: number;
  readonly ms: number;
  readonly samples: number;
  /** How often it was interpreted, or its translation entered from outside; undefined when that was not counted. */
  readonly executions: number | undefined;
  /** Guest instructions executed in it: counted, but for code that was never near a translation (--jit=off), where it is the samples' sum. */
  readonly executed: number;
  /** Millions of guest instructions a second. */
  readonly mips: number;
  /** Guest instructions it consists of. */
  readonly instructions: number;
  readonly bails: number;
  readonly recompilations: number;
  readonly deoptimisations: number;
  readonly compileMs: number;
}

interface Group {
  readonly records: TranslationRecord[];
  readonly interpreted: InterpretedRecord[];
}

/** All code that was translated or sampled, the hottest first; the same code in several processes is one row. */
export function hotRows(collector: Collector): HotRow[] {
  const groups = new Map<string, Group>();
  const group = (file: string, fileAddress: number): Group => {
    const key = `${file}:${fileAddress}`;
    let it = groups.get(key);
    if (it === undefined) groups.set(key, (it = { records: [], interpreted: [] }));
    return it;
  };
  for (const record of collector.records) group(record.place.file, record.place.fileAddress).records.push(record);
  for (const record of collector.interpreted) group(record.place.file, record.place.fileAddress).interpreted.push(record);
  const total = [...collector.records, ...collector.interpreted].reduce((sum, r) => sum + r.sampledMs, 0);
  const rows = [...groups.values()].map(({ records, interpreted }): HotRow => {
    const all = [...records, ...interpreted];
    const newest = all[0] === undefined ? undefined : records[records.length - 1] ?? interpreted[0];
    const ms = sum(all, (r) => r.sampledMs), samples = sum(all, (r) => r.samples);
    const counted = records.some((r) => r.code.counter !== undefined);
    const blocks = [...new Set([...records.map((r) => r.code.block), ...interpreted.map((r) => r.block)])];
    const hits = sum(blocks, interpretations);
    const executed = counted || hits > 0
      ? sum(blocks, (b) => interpretations(b) * b.insns.length) + sum(records, (r) => (r.code.counter?.instructions ?? 0) - r.unexecuted)
      : samples * INSTRUCTIONS_PER_SAMPLE;
    const region = records.some((r) => r.tier === "region");
    const makings = new Map<number, number>();
    for (const r of records) makings.set(r.pid, (makings.get(r.pid) ?? 0) + 1);
    return {
      address: newest?.address ?? 0, symbol: newest?.symbol ?? "", file: newest?.place.file ?? "", tier: region ? "region" : records.length > 0 ? "block" : "interpreted",
      share: total > 0 ? ms / total : 0, ms, samples, executed, mips: ms > 0 ? executed / ms / 1000 : 0,
      executions: counted || hits > 0 ? hits + sum(records, (r) => r.code.counter?.n ?? 0) : undefined,
      instructions: newest?.instructions ?? 0, bails: sum(records, (r) => sum([...r.bails.values()], (n) => n)),
      recompilations: sum([...makings.values()], (n) => n - 1), deoptimisations: sum(records, (r) => r.deoptimised), compileMs: sum(records, (r) => r.emitMs + r.compileMs),
    };
  });
  return rows.sort((a, b) => b.ms - a.ms || (b.executions ?? 0) - (a.executions ?? 0));
}

/** Below 0: it waits for an earlier translation. */
const interpretations = (block: Block) => Math.max(0, block.hits);

function sum<T>(list: readonly T[], of: (it: T) => number): number {
  return list.reduce((total, it) => total + of(it), 0);
}

/** 1234567 as "1.23M". */
export function short(n: number): string {
  if (n < 10_000) return String(Math.round(n));
  const units = ["k", "M", "G", "T"];
  let value = n, unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toPrecision(3)}${units[unit]}`;
}

/** Columns set side by side; numbers to the right. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[], left: ReadonlySet<number>): string {
  const widths = heads.map((head, k) => Math.max(head.length, ...rows.map((row) => row[k].length)));
  const line = (cells: readonly string[]) => cells.map((cell, k) => (left.has(k) ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join("  ").trimEnd();
  return [heads, ...rows].map((cells) => `${line(cells)}\n`).join("");
}

/** The table that --trace-jit ends with. */
export function formatHot(rows: readonly HotRow[], top: number): string {
  const shown = rows.slice(0, top);
  const cells = shown.map((r) => [
    `${(r.share * 100).toFixed(1)}%`, r.ms.toFixed(1), r.tier, r.executions === undefined ? "" : short(r.executions), short(r.executed), r.mips === 0 ? "" : r.mips.toFixed(0),
    String(r.instructions), short(r.bails), String(r.recompilations), String(r.deoptimisations), r.compileMs.toFixed(2), `${r.symbol} (${r.file === "" ? "?" : r.file.replace(/^.*\//, "")})`,
  ]);
  const heads = ["time", "ms", "tier", "entered", "executed", "MIPS", "insns", "bails", "again", "deopts", "compile ms", "code"];
  const rest = rows.length - shown.length;
  return `${formatTable(heads, cells, new Set([2, 11]))}${rest > 0 ? `... and ${rest} more (--trace-jit-top)\n` : ""}`;
}

/** A row as one line of JSON. */
export function hotJson(row: HotRow): string {
  const round = (n: number) => Math.round(n * 1000) / 1000;
  return JSON.stringify({
    event: "hot", ...row, address: `0x${row.address.toString(16)}`, share: Math.round(row.share * 1e5) / 1e5, ms: round(row.ms), mips: round(row.mips), compileMs: round(row.compileMs),
  });
}
