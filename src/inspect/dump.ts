// --dump-jit=SYMBOL|ADDRESS: everything about the translations of some guest code, as text.

import { annotate, graphText, graphviz, registerNotes } from "./annotate.ts";
import type { Collector, TranslationRecord } from "./collector.ts";
import { hex8 } from "./events.ts";

/** Whether a translation is of the code asked for: an address within it, or the name of the function it starts in, with or without an offset. */
function isWanted(record: TranslationRecord, wanted: string): boolean {
  if (/^0x[0-9a-f]+$/i.test(wanted)) {
    const address = Number.parseInt(wanted, 16);
    return record.ranges.some(([from, to]) => from <= address && address < to);
  }
  return record.symbol === wanted || record.place.name === wanted || (record.place.name.startsWith(wanted) && record.place.name[wanted.length] === "(");
}

const COLUMN = 44;
const cut = (text: string) => (text.length >= COLUMN ? `${text.slice(0, COLUMN - 2)}~ ` : text.padEnd(COLUMN));

/** One translation: what it is, its graph, and assembly beside JavaScript. */
export function formatDump(record: TranslationRecord): string {
  const { graph, source, counter } = record.code;
  const ranges = [...new Set(record.ranges.map(([from, to]) => `${hex8(from)}-${hex8(to)}`))];
  const bails = [...record.bails].map(([address, count]) => `${count} at ${hex8(address)}`).join(", ");
  const lines = [
    `${record.tier} ${hex8(record.address)} ${record.symbol} (${record.place.file || "no file"}), process ${record.pid}`,
    `  made at ${record.madeAt.toFixed(1)} ms: ${record.reason}${record.goneAt === undefined ? "" : `; gone at ${record.goneAt.toFixed(1)} ms`}`,
    `  ${record.instructions} guest instructions, ${record.sourceBytes} bytes of JavaScript, ${(record.emitMs * 1000).toFixed(0)} us to make and ${(record.compileMs * 1000).toFixed(0)} us in V8`,
    `  entered ${counter?.n ?? "?"} times, ${record.samples} samples; bails: ${bails || "none"}`,
    `  covers ${ranges.slice(0, 8).join(" ")}${ranges.length > 8 ? ` and ${ranges.length - 8} more` : ""}`,
    "", "control flow:", graphText(graph).trimEnd(), `  ${registerNotes(source)}`, "", "code:",
  ];
  for (const { address, assembly, lines: js } of annotate(graph, source)) {
    const left = address === undefined ? "" : `${hex8(address)}  ${assembly}`;
    lines.push(`  ${cut(left)}| ${js[0] ?? ""}`.trimEnd());
    for (const line of js.slice(1)) lines.push(`  ${cut("")}| ${line}`);
  }
  lines.push("", "graphviz:", graphviz(graph, record.symbol).trimEnd());
  return `${lines.join("\n")}\n`;
}

/** All translations of the code that was asked for; a line that says so when there is none. */
export function formatDumps(collector: Collector, wanted: string): string {
  const found = collector.records.filter((record) => isWanted(record, wanted));
  if (found.length === 0) {
    const what = /^0x/i.test(wanted) ? "address" : "name";
    return `jit386: --dump-jit=${wanted}: nothing has been translated there: no code has this ${what}, or it ran too little (--jit-threshold=0 translates all that runs)\n`;
  }
  return found.map(formatDump).join("\n");
}
