// What --trace-jit tells, an event a line: for people, or as JSON objects. The schema of the JSON is docs/profiling.md.

import type { InvalidationReason } from "../runtime/observer.ts";

/** Fields of every event. */
interface Base {
  /** Milliseconds from the start. */
  readonly t: number;
  readonly pid: number;
  /** Guest address the event is about, and its name. */
  readonly address: number;
  readonly symbol: string;
}

type Tier = "block" | "region";

export type TraceEvent = Base & (
  | {
    readonly event: "compiled"; readonly file: string; readonly end: number; readonly tier: Tier; readonly reason: string; readonly instructions: number;
    readonly nodes: number; readonly sourceBytes: number; readonly us: number; readonly v8Us: number;
  }
  | { readonly event: "linked"; readonly to: number; readonly toSymbol: string }
  | { readonly event: "invalidated"; readonly tier: Tier; readonly reason: InvalidationReason }
  | { readonly event: "bailed"; readonly from: number; readonly fromSymbol: string; readonly count: number }
  | { readonly event: "optimised" | "deoptimised"; readonly tier: Tier }
);

export const hex8 = (address: number): string => (address >>> 0).toString(16).padStart(8, "0");
const plural = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;

function details(e: TraceEvent): string {
  switch (e.event) {
    case "compiled":
      return `${e.tier} ${hex8(e.address)}-${hex8(e.end)} ${e.symbol}: ${e.reason}; ${plural(e.instructions, "instruction")} in ${plural(e.nodes, "block")}, ` +
        `${e.sourceBytes} bytes, ${Math.round(e.us)} us (V8 ${Math.round(e.v8Us)})`;
    case "linked": return `${hex8(e.address)} ${e.symbol} -> ${hex8(e.to)} ${e.toSymbol}`;
    case "invalidated": return `${e.tier} ${hex8(e.address)} ${e.symbol}: ${e.reason}`;
    case "bailed": return `${hex8(e.address)} ${e.symbol}, in ${e.fromSymbol}: ${e.count === 1 ? "first time" : `${e.count} times`}`;
    case "optimised": case "deoptimised": return `${e.tier} ${hex8(e.address)} ${e.symbol}`;
  }
}

/** One line for a person. */
export function formatEvent(e: TraceEvent): string {
  return `[${(e.t / 1000).toFixed(6)}] ${e.pid} ${e.event} ${details(e)}`;
}

const round3 = (value: unknown) => (typeof value === "number" ? Math.round(value * 1000) / 1000 : value);
const ADDRESSES = new Set(["address", "end", "to", "from"]);

/** One JSON object; addresses are strings of hexadecimal digits, `0x8049000`. */
export function eventJson(e: TraceEvent): string {
  const fields = Object.entries(e).map(([key, value]) => [key, ADDRESSES.has(key) ? `0x${(Number(value) >>> 0).toString(16)}` : round3(value)]);
  return JSON.stringify({ event: e.event, ...Object.fromEntries(fields) as object });
}
