// What `jit386 bench` has measured, as a table, as JSON and as a bar chart in SVG.

import { formatTable, short } from "./hot.ts";

export interface BenchResult {
  readonly engine: string;
  /** Milliseconds of each run, program and start together. */
  readonly runs: readonly number[];
  /** Milliseconds that the engine takes for a program that does nothing; undefined when that could not be measured. */
  readonly startMs: number | undefined;
  /** Output and status were those of the first engine. */
  readonly same: boolean;
  /** Why there are no runs. */
  readonly failure: string | undefined;
}

export interface BenchReport {
  readonly command: string;
  readonly host: string;
  /** Guest instructions of one run, when the interpreter has counted them. */
  readonly instructions: number | undefined;
  readonly results: readonly BenchResult[];
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The numbers that are shown of an engine. */
export interface BenchFigures {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly startMs: number | undefined;
  /** The median without the start. */
  readonly steadyMs: number;
  /** Times the first engine's median; undefined for the first itself. */
  readonly ratio: number | undefined;
  readonly steadyRatio: number | undefined;
  /** Guest instructions a microsecond, start left out. */
  readonly mips: number | undefined;
}

/** Below this a difference of two medians is noise. */
const LEAST_MS = 0.5;

export function figuresOf(report: BenchReport, result: BenchResult): BenchFigures | undefined {
  if (result.runs.length === 0) return undefined;
  const steady = (r: BenchResult) => Math.max(LEAST_MS, median(r.runs) - (r.startMs ?? 0));
  const first = report.results.find((r) => r.runs.length > 0);
  const other = first === undefined || first === result ? undefined : first;
  return {
    medianMs: median(result.runs), minMs: Math.min(...result.runs), maxMs: Math.max(...result.runs), startMs: result.startMs, steadyMs: steady(result),
    ratio: other && median(result.runs) / median(other.runs), steadyRatio: other && steady(result) / steady(other),
    mips: report.instructions === undefined ? undefined : report.instructions / steady(result) / 1000,
  };
}

const times = (ratio: number | undefined) => (ratio === undefined ? "" : ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1));
const ms = (n: number | undefined) => (n === undefined ? "" : n < 100 ? n.toFixed(1) : n.toFixed(0));

/** A table for people. */
export function benchTable(report: BenchReport): string {
  const first = report.results.find((r) => r.runs.length > 0)?.engine ?? "";
  const rows = report.results.map((result) => {
    const f = figuresOf(report, result);
    if (f === undefined) return [result.engine, "", "", "", "", "", "", "", "", result.failure ?? ""];
    return [
      result.engine, String(result.runs.length), ms(f.medianMs), `${ms(f.minMs)}-${ms(f.maxMs)}`, ms(f.startMs), ms(f.steadyMs), times(f.ratio), times(f.steadyRatio),
      f.mips === undefined ? "" : f.mips.toFixed(0), result.same ? "same" : "DIFFERENT",
    ];
  });
  const heads = ["engine", "runs", "median ms", "spread", "start", "steady", `x ${first}`, "steady x", "MIPS", "output"];
  const counted = report.instructions === undefined ? "" : `${short(report.instructions)} guest instructions; `;
  return `${report.command}\n${counted}${report.host}\n\n${formatTable(heads, rows, new Set([0, 9]))}`;
}

export function benchJson(report: BenchReport): string {
  const round = (n: number | undefined) => (n === undefined ? undefined : Math.round(n * 1000) / 1000);
  const results = report.results.map((result) => {
    const figures = Object.entries(figuresOf(report, result) ?? {}).map(([key, value]) => [key, round(value as number | undefined)]);
    return { engine: result.engine, same: result.same, failure: result.failure, runs: result.runs.map(round), ...Object.fromEntries(figures) as object };
  });
  return `${JSON.stringify({ ...report, results }, null, 2)}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c]);
const COLORS: Readonly<Record<string, string>> = { native: "#7a828b", "qemu-i386": "#a98bb8", "jit386 off": "#c98b2b", "jit386 block": "#5b9b57", "jit386 region": "#2f6fab" };

/** A bar an engine, start and steady time told apart. The scale is logarithmic when the longest is more than thirty times the shortest. */
export function benchSvg(report: BenchReport): string {
  const bars = report.results.flatMap((result) => {
    const figures = figuresOf(report, result);
    return figures === undefined ? [] : [{ engine: result.engine, ...figures }];
  });
  const width = 760, left = 110, right = 150, top = 46, row = 30;
  const height = top + bars.length * row + 34;
  const longest = Math.max(1, ...bars.map((b) => b.maxMs)), shortest = Math.min(...bars.map((b) => b.medianMs), longest);
  const logarithmic = longest > 30 * shortest;
  const floor = logarithmic ? shortest / 2 : 0;
  const x = (value: number) => left + (width - left - right) * (logarithmic ? Math.log(Math.max(value, floor) / floor) / Math.log(longest / floor) : value / longest);
  const body = bars.map((bar, k) => {
    const y = top + k * row, color = COLORS[bar.engine] ?? "#7a828b";
    const start = Math.min(bar.startMs ?? 0, bar.medianMs);
    const shown = `${ms(bar.medianMs)} ms${bar.ratio === undefined ? "" : `, x ${times(bar.ratio)}`}`;
    return `<text x="${left - 8}" y="${y + 16}" text-anchor="end">${escape(bar.engine)}</text>` +
      `<rect x="${left}" y="${y + 3}" width="${(x(bar.medianMs) - left).toFixed(1)}" height="18" fill="${color}"/>` +
      (start > floor ? `<rect x="${left}" y="${y + 3}" width="${(x(start) - left).toFixed(1)}" height="18" fill="#fff" opacity="0.45"/>` : "") +
      `<path d="M${x(bar.minMs).toFixed(1)} ${y + 12}H${x(bar.maxMs).toFixed(1)}" stroke="#1b1f24"/>` +
      `<text x="${(x(bar.maxMs) + 8).toFixed(1)}" y="${y + 16}">${shown}</text>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1b1f24">
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="22" font-size="14" font-weight="600">${escape(report.command.length > 90 ? `${report.command.slice(0, 89)}~` : report.command)}</text>
${body.join("")}<text x="12" y="${height - 12}" fill="#666e78">median of the runs, line: shortest to longest, pale: start${logarithmic ? "; logarithmic" : ""}; ${escape(report.host)}</text>
</svg>
`;
}
