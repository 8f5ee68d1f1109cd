// What stands around the code of a graph in its function: the entry, the locals, and the ways out that several places share.

import type { Instruction } from "../decoder/instruction.ts";
import { S } from "../runtime/state.ts";
import { writesMemory } from "../semantics/index.ts";
import type { EmitOptions } from "./emitted.ts";
import { FRAME } from "./marks.ts";

/** Where the code was entered: nothing has been executed yet. */
export const HERE = `R[${S.EIP}]`;
/**
 * Guest instructions that loops may run before they return to the dispatcher. V8 replaces a running loop of JavaScript by code that is not specialised to its constants; calling anew gets the good
 * one. In WebAssembly each return only costs, most where the loop cannot be entered again in the middle: irreducible takes 0.75 of the time with five times as many, matmul 0.93, sieve 0.92.
 */
export const loopSlice = (lowered: boolean): number => (lowered ? 100_000 : 20_000);
/** JavaScript stack that nested guest calls may use, in locals of the frames (8 bytes each while V8 interprets them). */
const MAX_STACK = 50000;
/** Up to this many recorded targets an indirect jump is a chain of comparisons; beyond, a table and a switch. */
export const CHAIN = 6;

/** Ways out that are written once: to a link, to whatever is at EIP, at the end of a loop's slice. */
export type Way = "out" | "next" | "slice";

export interface FrameParts {
  /** Instructions of the entry. */
  readonly entry: number;
  /** Whether there are ways in to loops. */
  readonly entries: boolean;
  readonly x87Entry: string | undefined;
  /** `r0 = R[0]` and so on: what is read at the entry. */
  readonly loads: readonly string[];
  /** Locals of vector lanes. */
  readonly lanes: readonly string[];
  /** Instructions that loops may run, 0 when there are none. */
  readonly slice: number;
  /** Whether there are dispatches. */
  readonly dispatches: boolean;
  readonly body: string;
  readonly shared: ReadonlySet<Way>;
  /** Writes registers and flags back. */
  readonly flush: string;
  /** Write x87 registers back: ahead of a way out, and of a bail. */
  readonly x87End: string | undefined;
  readonly x87Bail: string | undefined;
  /** What a bail leaves in the state's word. */
  readonly number: number;
}

/** The end of a loop's slice, when the state is written back: on at the same place, or to the dispatcher when the time slice is over. */
export const endSlice = (slice: number): string => `R[${S.BUDGET}] = R[${S.BUDGET}] - ${slice} | 0; return R[${S.BUDGET}] < 0 ? null : NEXT;`;

/** A nested guest call to `link` that is to come back to `back`, when the state is written back; `names` for what is called next, and for S.DEPTH and S.EXPECTED as they were. */
export function nestedCall(link: string, back: string, direct: boolean, [n, depth, expected]: readonly [n: string, depth: string, expected: string]): string[] {
  // back here when EIP is that of the return; what the stack pointer is does not matter, since everything is in the state
  const elsewhere = `(${n} === null || R[${S.EIP}] !== ${back})`;
  return [
    `let ${n} = ${link};`,
    `const ${depth} = R[${S.DEPTH}], ${expected} = R[${S.EXPECTED}];`,
    `if (${depth} > ${MAX_STACK}${direct ? "" : ` || ${n} === null`}) return ${n};`,
    `R[${S.DEPTH}] = ${depth} + ${FRAME} | 0; R[${S.EXPECTED}] = ${back};`,
    `${n} = ${n}();`,
    `if ${elsewhere} rare: {`,
    `while ${elsewhere} {`,
    `if (${n} === null) { R[${S.DEPTH}] = ${depth}; return null; }`,
    `${n} = ${n}();/*again*/`,
    "}",
    "}",
    `R[${S.DEPTH}] = ${depth}; R[${S.EXPECTED}] = ${expected};`,
  ];
}

/**
 * The call of an instruction's semantic function. Of REP MOVS and STOS only when more than plain memory is concerned, where that is for WebAssembly to tell (wasm/string-functions.ts).
 * Lockstep could not take back what the function stores: there the interpreter has such instructions for itself.
 */
export function calledOut(insn: Instruction, call: string, { packed, traceStores }: EmitOptions, leave: () => string): string {
  const { row, rep, addressSize, segment, size } = insn;
  if (traceStores) return writesMemory(insn) ? leave() : call;
  const word = row.mnemonic === "MOVS" ? "repMovs" : row.mnemonic === "STOS" ? "repStos" : undefined;
  if (word === undefined || rep === 0 || addressSize !== 4 || segment > 3 || packed !== true) return call;
  return `if (W.${word}(${size}) === 0) { ${call} }`;
}

export function frame(parts: FrameParts): string {
  const { loads, lanes, slice, body, shared } = parts;
  const out: string[] = [];
  if (parts.entries) out.push(`let e = R[${S.ENTRY}]; R[${S.ENTRY}] = 0;`);
  out.push(`if ((R[${S.BUDGET}] = R[${S.BUDGET}] - ${parts.entry} | 0) < 0) return null;`);
  if (parts.x87Entry !== undefined) out.push(parts.x87Entry);
  if (loads.length > 0) out.push(`let ${loads.join(", ")};`);
  if (lanes.length > 0) out.push(`let ${lanes.map((n) => `${n} = ${n.startsWith("xq") ? "Q.zero()" : 0}`).join(", ")};`);
  if (slice > 0) out.push(`let q = ${slice};`);
  if (parts.dispatches) out.push("let g = 0;");
  const bails = body.includes("break bail;");
  if (bails || shared.size > 0) out.push(`let pc = 0${shared.has("out") ? ", nx = null" : ""};`);
  const ends: Record<Way, string> = { out: "return nx.fn;", next: "return NEXT;", slice: endSlice(slice) };
  const ways = (["out", "next", "slice"] as const).filter((way) => shared.has(way));
  for (const way of ways) out.push(`${way}: {`);
  const state = `${parts.flush} R[${S.EIP}] = pc;`;
  if (bails) out.push("bail: {", body, "}", `${parts.x87Bail ?? ""}${state} R[${S.BAIL}] = ${parts.number}; return null;`);
  else out.push(body);
  for (const way of ways.toReversed()) out.push("}", `${parts.x87End ?? ""}${state} ${ends[way]}`);
  return out.join("\n");
}
