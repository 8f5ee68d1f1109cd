// --report FILE.html: one page about a run, without anything outside itself. Where the time went, hot code, flame graph of guest call stacks,
// translations with assembly beside JavaScript, when what was translated, and system calls.

import { annotate, graphText, registerNotes } from "./annotate.ts";
import type { Collector, TranslationRecord } from "./collector.ts";
import { hex8 } from "./events.ts";
import { type HotRow, hotRows, short } from "./hot.ts";
import { SCRIPT, STYLE } from "./report-page.ts";
import type { StackNode } from "./stacks.ts";

export interface ReportFacts {
  readonly command: string;
  readonly host: string;
}

const HOT_ROWS = 40;
const LISTINGS = 16;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c]);

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
const nothing = (text: string) => `<p>${text}</p>`;

/** A table of texts; the columns in `left` are set to the left. Cells are HTML. */
function table(heads: readonly string[], rows: readonly (readonly string[])[], left: ReadonlySet<number>): string {
  const cells = (tag: string, row: readonly string[]) => row.map((cell, k) => `<${tag}${left.has(k) ? ' class="l"' : ""}>${cell}</${tag}>`).join("");
  return `<div class="scroll"><table><tr>${cells("th", heads)}</tr>\n${rows.map((row) => `<tr>${cells("td", row)}</tr>\n`).join("")}</table></div>`;
}

function timesBar(collector: Collector): string {
  const { times } = collector;
  const parts: readonly (readonly [name: string, ms: number, color: string])[] = [
    ["translated guest code", times.translated, "region"], ["interpreting", times.interpreted, "interpreted"], ["guest code between samples", times.unsampled, "block"],
    ["translating", times.translating, "bad"], ["V8 compiling translations", times.compiling, "other"], ["system calls", times.kernel, "kernel"], ["idle", times.idle, "line"],
  ];
  const total = parts.reduce((sum, [, ms]) => sum + ms, 0) || 1;
  const shown = parts.filter(([, ms]) => ms > 0);
  return `<div class="times">${shown.map(([name, ms, color]) => `<div title="${name}" style="flex:${((ms / total) * 1000).toFixed(2)};background:var(--${color})"></div>`).join("")}</div>
<div class="legend">${shown.map(([name, ms, color]) => `<span><i style="background:var(--${color})"></i>${name} ${ms.toFixed(1)} ms (${((100 * ms) / total).toFixed(1)}%)</span>`).join("")}</div>`;
}

function hotTable(rows: readonly HotRow[], listed: ReadonlyMap<number, string>): string {
  if (rows.length === 0) return nothing("Too little guest code ran for a sample.");
  const most = Math.max(...rows.map((r) => r.share), 0.001);
  const cells = rows.map((r) => {
    const anchor = listed.get(r.address);
    const symbol = escape(r.symbol);
    return [
      `<span class="bar" style="width:${((r.share / most) * 40).toFixed(1)}px"></span>${(r.share * 100).toFixed(1)}%`, r.ms.toFixed(1), r.tier,
      r.executions === undefined ? "" : short(r.executions), short(r.executed), r.mips === 0 ? "" : r.mips.toFixed(0), String(r.instructions),
      short(r.bails), String(r.recompilations), String(r.deoptimisations), r.compileMs.toFixed(2),
      `${anchor === undefined ? symbol : `<a href="#${anchor}" data-open="${anchor}">${symbol}</a>`}`, `<span title="${escape(r.file)}">${escape(r.file.replace(/^.*\//, ""))}</span>`,
    ];
  });
  const heads = ["time", "ms", "tier", "entered", "executed", "MIPS", "insns", "bails", "again", "deopts", "compile ms", "code", "file"];
  return table(heads, cells, new Set([2, 11, 12]));
}

function listing(record: TranslationRecord, id: string): string {
  const { graph, source } = record.code;
  const rows = annotate(graph, source).map(({ address, assembly, lines }) =>
    `<tr><td>${address === undefined ? "" : `${hex8(address)}  <b>${escape(assembly)}</b>`}</td><td>${escape(lines.join("\n"))}</td></tr>`);
  return `<details id="${id}"><summary class="mono">${record.tier} ${hex8(record.address)} ${escape(record.symbol)}: ${count(record.instructions, "instruction")}, ${escape(record.reason)}</summary>
<pre class="graph mono">${escape(`${graphText(graph)}  ${registerNotes(source)}`)}</pre><div class="scroll"><table class="code">${rows.join("\n")}</table></div></details>`;
}

interface Flame {
  readonly n: string;
  readonly f: string;
  readonly v: number;
  readonly c: readonly Flame[];
}

/** The tree as the script wants it. Deep recursion of the guest must not become deep recursion here. */
function flame(root: StackNode): Flame {
  const order: StackNode[] = [root];
  for (const node of order) order.push(...node.children.values());
  const made = new Map<StackNode, Flame>();
  for (const node of order.reverse()) {
    const children = [...node.children.values()].map((child) => made.get(child) as Flame).sort((a, b) => b.v - a.v);
    const value = children.reduce((sum, child) => sum + child.v, node.selfMs);
    made.set(node, { n: node.parent === undefined ? "all" : node.frame.name, f: node.frame.file, v: Math.round(value * 1000) / 1000, c: children });
  }
  return made.get(root) as Flame;
}

const CHART = { width: 1180, height: 180, left: 46, bottom: 24 } as const;

/** Translations over time: how many blocks and regions there were, and when some were lost. */
function timeline(records: readonly TranslationRecord[], elapsed: number): string {
  if (records.length === 0) return nothing("There were none.");
  const { width, height, left, bottom } = CHART;
  const counts = { block: 0, region: 0 };
  const paths = { block: `M${left} ${height - bottom}`, region: `M${left} ${height - bottom}` };
  const events = records.flatMap((r) => [{ at: r.madeAt, tier: r.tier, by: 1 }, ...(r.goneAt === undefined ? [] : [{ at: r.goneAt, tier: r.tier, by: -1 }])]).sort((a, b) => a.at - b.at);
  let most = 1;
  for (const { tier, by } of events) most = Math.max(most, (counts[tier] += by));
  counts.block = counts.region = 0;
  const x = (ms: number) => (left + ((width - left - 10) * ms) / Math.max(elapsed, 1)).toFixed(1);
  const y = (n: number) => (height - bottom - ((height - bottom - 12) * n) / most).toFixed(1);
  const lost: string[] = [];
  for (const { at, tier, by } of events) {
    counts[tier] += by;
    paths[tier] += `H${x(at)}V${y(counts[tier])}`;
    if (by < 0) lost.push(`<path d="M${x(at)} ${height - bottom}v5" stroke="var(--bad)"/>`);
  }
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => `<text x="${x(elapsed * part)}" y="${height - 6}" text-anchor="${part === 1 ? "end" : "middle"}">${(elapsed * part).toFixed(0)} ms</text>`);
  const lines = (most > 1 ? [0, 0.5, 1] : [0, 1]).map((part) => `<path class="grid" d="M${left} ${y(most * part)}H${width - 10}"/>
<text x="${left - 6}" y="${Number(y(most * part)) + 4}" text-anchor="end">${Math.round(most * part)}</text>`);
  const line = (tier: "block" | "region") => `<path d="${paths[tier]}H${x(elapsed)}" fill="none" stroke="var(--${tier})" stroke-width="2"/>`;
  return `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="translations over time">
${lines.join("")}${ticks.join("")}
${line("block")}${line("region")}${lost.join("")}</svg>
<div class="legend"><span><i style="background:var(--block)"></i>blocks</span>
<span><i style="background:var(--region)"></i>regions</span><span><i style="background:var(--bad)"></i>a translation was lost or replaced</span></div>`;
}

function callTable(collector: Collector): string {
  const calls = [...collector.calls].sort((a, b) => b[1].ms - a[1].ms);
  if (calls.length === 0) return nothing("There were none.");
  const total = calls.reduce((sum, [, c]) => sum + c.ms, 0) || 1;
  return table(["call", "calls", "failed", "ms", "&micro;s a call", "share"], calls.map(([name, c]) => [
    escape(name), String(c.calls), c.errors === 0 ? "" : `<span class="bad">${c.errors}</span>`, c.ms.toFixed(2), ((c.ms * 1000) / c.calls).toFixed(1), `${((100 * c.ms) / total).toFixed(1)}%`,
  ]), new Set([0]));
}

/** The page as text. */
export function formatReport(collector: Collector, facts: ReportFacts): string {
  const rows = hotRows(collector).slice(0, HOT_ROWS);
  const listed = new Map<number, string>();
  const listings: string[] = [];
  for (const row of rows) {
    const record = collector.records.findLast((r) => r.address === row.address);
    if (record === undefined || listings.length >= LISTINGS) continue;
    const id = `code-${record.address.toString(16)}`;
    if (listed.has(row.address)) continue;
    listed.set(row.address, id);
    listings.push(listing(record, id));
  }
  const elapsed = collector.elapsed();
  const tree = collector.stacks === undefined ? { n: "all", f: "", v: 0, c: [] } : flame(collector.stacks.root);
  const made = (tier: "block" | "region") => collector.records.filter((r) => r.tier === tier).length;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(facts.command)}: jit386 report</title><style>${STYLE}</style></head><body>
<h1>${escape(facts.command)}</h1>
<p>${elapsed.toFixed(0)} ms on ${escape(facts.host)}; ${count(made("block"), "block")} and ${count(made("region"), "region")} translated.</p>
${timesBar(collector)}
<h2 id="hot">Hot code</h2>
<p>Samples are taken every 20,000 guest instructions; time is that between two samples, shared by the instructions that each executed.
&ldquo;Executed&rdquo; counts guest instructions, &ldquo;entered&rdquo; entries from outside.</p>
${hotTable(rows, listed)}
<h2 id="stacks">Call stacks</h2>
<p>Width is time. Click a frame to give it the whole width.</p>
<div id="flame"></div><div id="where" class="mono"></div>
<h2 id="code">Translations</h2>
${listings.length === 0 ? nothing("Nothing hot was translated.") : `<p>Guest instructions, and the JavaScript that each became.</p>\n${listings.join("\n")}`}
<h2 id="timeline">Translations over time</h2>
${timeline(collector.records, elapsed)}
<h2 id="calls">System calls</h2>
${callTable(collector)}
<script type="application/json" id="tree">${JSON.stringify(tree).replaceAll("<", "\\u003c")}</script>
<script>${SCRIPT}</script>
</body></html>
`;
}
