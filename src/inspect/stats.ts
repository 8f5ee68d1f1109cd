// --stats: what a run consisted of. Times by kind, counts of translations, links, ways out and system calls, memory. As a table for people.

import type { Engine } from "../runtime/engine.ts";
import type { SavedStats } from "../runtime/saved.ts";
import type { Collector } from "./collector.ts";

export interface HostMemory {
  /** Bytes. */
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** What only the host can tell; undefined where it cannot. */
export interface HostTimes {
  /** Milliseconds until the machine was made. */
  readonly startMs: number;
  /** Milliseconds of processor time of threads other than the main one: V8's optimising compiler and parts of its collector. */
  readonly besideMs: number | undefined;
  /** Milliseconds in which the main thread collected garbage, parts of the other times. */
  readonly collectingMs: number;
  /** Files of the program that V8 had compiled code of, and those that it had not. */
  readonly codeCache: { readonly hits: number; readonly misses: number } | undefined;
  /** Translations kept from run to run (--cache). */
  readonly saved: SavedStats | undefined;
}

/** Bails are told apart by what the instruction is, as far as that says why. */
function bailReasons(collector: Collector): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const record of collector.records) {
    for (const [address, count] of record.bails) {
      const insn = record.code.graph.nodes.flatMap((n) => n.insns).find((i) => i.address === (address | 0));
      const reason = insn?.row.mnemonic ?? "other";
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

type Row = readonly [value: number | string, label: string];

/** What an engine counted. Not the engine itself: that would keep the memory of every process that has ended. */
export interface EngineCounts {
  readonly engine: Engine["stats"];
  readonly cache: Engine["cache"]["stats"];
}

/** Sections of rows "value label". */
export function formatStats(collector: Collector, engines: readonly EngineCounts[], memory: HostMemory, host: HostTimes): string {
  const { startMs } = host;
  const total = (of: (counts: EngineCounts) => number) => engines.reduce((sum, engine) => sum + of(engine), 0);
  const { times, counts, calls } = collector;
  const ms = (n: number) => n.toFixed(1);
  const sampled = times.translated + times.interpreted;
  // guest time too short for samples is shared out as the sampled time is
  const part = (n: number) => (sampled > 0 ? n + (times.unsampled * n) / sampled : n);
  const elapsed = collector.elapsed();
  const known = times.translating + times.compiling + times.translated + times.interpreted + times.unsampled + times.kernel + times.idle;
  const samples = (of: "records" | "interpreted") => collector[of].reduce((sum, r) => sum + r.samples, 0);
  const callCount = [...calls.values()].reduce((sum, c) => sum + c.calls, 0);
  const sections: readonly (readonly [title: string, rows: readonly Row[]])[] = [
    ["time, ms", [
      [ms(startMs), "starting"], [ms(times.translating), "translating"], [ms(times.compiling), "V8, first compilation of translations"],
      [ms(part(times.translated)), "translated guest code"], [ms(sampled > 0 ? part(times.interpreted) : times.interpreted + times.unsampled), "interpreting"],
      [ms(times.kernel), "system calls and scheduling"], [ms(times.idle), "idle"], [ms(Math.max(0, elapsed - known)), "other"], [ms(elapsed + startMs), "in all"],
    ]],
    ["of that, or beside it, ms", [
      [ms(host.collectingMs), "collecting garbage"],
      ...(host.besideMs === undefined ? [] : [[ms(host.besideMs), "processor time of V8's threads: optimising compiler, parts of the collector"] as const]),
    ]],
    ["guest code", [
      [total((e) => e.engine.interpretedInstructions), "instructions interpreted"], [total((e) => e.engine.interpretedBlocks), "blocks interpreted"],
      [total((e) => e.cache.blocks), "blocks decoded"], [total((e) => e.engine.translated), "blocks translated"],
      [total((e) => e.engine.translatedInstructions), "instructions in them"], [total((e) => e.engine.regions), "regions translated"],
      [total((e) => e.engine.regionInstructions), "instructions in them"], [collector.records.reduce((sum, r) => sum + r.sourceBytes, 0), "bytes of generated source"],
      [samples("records"), "samples in translated code"], [samples("interpreted"), "samples in interpreted code"],
    ]],
    ["dispatch", [
      [total((e) => e.engine.dispatches), "lookups that found a translation (hits)"],
      [total((e) => e.engine.interpretedBlocks), "blocks executed without one (misses)"], [counts.linked, "links made"],
      [total((e) => e.engine.bails), "bails to the interpreter"], ...bailReasons(collector).slice(0, 8).map(([reason, count]): Row => [count, `  at ${reason}`]),
    ]],
    ...(host.codeCache === undefined ? [] : [["code cache of V8", [[host.codeCache.hits, "files of jit386 found in it"], [host.codeCache.misses, "files that were not"]]] as const]),
    ...(host.saved === undefined ? [] : [["translations of earlier runs (--cache)", [
      [host.saved.entries, "entries found"], [total((e) => e.engine.restored), "used (hits)"], [host.saved.damaged, "damaged"], [host.saved.refused, "made from other code, or in another mode"],
      [host.saved.kept, "entries added"],
    ]] as const]),
    ["lost translations", [
      [total((e) => e.cache.invalidated), "blocks invalidated"], ...[...counts.invalidated].map(([reason, count]): Row => [count, `translations ${reason}`]),
      [total((e) => e.cache.revived), "translations that came back with their code"],
      [counts.optimised, "seen optimised by V8"], [counts.deoptimised, "seen deoptimised by V8"],
    ]],
    ["system calls", [
      [callCount, "calls"],
      ...[...calls].sort((a, b) => b[1].ms - a[1].ms).slice(0, 8).map(([name, c]): Row => [c.calls, `  ${name}, ${ms(c.ms)} ms${c.errors > 0 ? `, ${c.errors} failed` : ""}`]),
    ]],
    ["memory, MiB", [
      [(memory.rss / 2 ** 20).toFixed(1), "resident"], [(memory.heapUsed / 2 ** 20).toFixed(1), "JavaScript heap"], [engines.length, "address spaces"],
    ]],
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(([value]) => String(value).length)));
  return sections.map(([title, rows]) => `${title}\n${rows.map(([value, label]) => `  ${String(value).padStart(width)} ${label}\n`).join("")}`).join("");
}
