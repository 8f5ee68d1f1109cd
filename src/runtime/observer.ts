// What an engine tells whoever watches it (--trace-jit, --profile, --stats, --report). Shapes only. An engine without an observer does
// none of this: the calls stand where things are rare, and generated code counts its executions only when it is asked to.

import type { Graph } from "../translator/graph.ts";
import type { Block } from "./block.ts";
import type { Cpu } from "./cpu.ts";

/** What generated code counts of itself. */
export interface Counter {
  /** Entries. */
  n: number;
  /** Guest instructions executed, and how many of them by the last sample. */
  instructions: number;
  before: number;
  /** It has not been entered since the last sample. */
  fresh: boolean;
}

/** A translation that has been made. */
export interface CompiledCode {
  /** Tells it from the other translations of its engine. */
  readonly number: number;
  readonly block: Block;
  readonly tier: "block" | "region";
  /** Why now: "warm", "loop", "function", "hottest part of a loop", "straight code". */
  readonly reason: string;
  readonly graph: Graph;
  /** The generated function body. */
  readonly source: string;
  /** Characters of the whole generated text. */
  readonly size: number;
  /** Milliseconds spent on making the source, and V8's for compiling it the first time. */
  readonly emitMs: number;
  readonly compileMs: number;
  readonly counter: Counter | undefined;
  /** The function itself, for questions about its state. */
  readonly fn: () => unknown;
}

export type InvalidationReason = "written" | "unmapped" | "evicted" | "replaced" | "cleared";

export interface EngineObserver {
  /** Whether generated code shall count its executions and instructions. */
  readonly counts: boolean;
  /** The counters of translations that have been entered since the last sample: generated code puts them here. */
  readonly entered?: Counter[];
  /** A name for generated functions: what the guest calls the code at an address. "" when it has no name. */
  nameOf(address: number): string;
  compiled(code: CompiledCode): void;
  /** A jump from one translation now leads to another without the dispatcher. */
  linked(from: Block, to: Block): void;
  /** A translation is gone. */
  invalidated(block: Block, reason: InvalidationReason): void;
  /** The translation of this number has left to the interpreter at EIP. */
  bailed(address: number, number: number): void;
  /**
   * A sample is due: about SAMPLE_INTERVAL guest instructions have run since the last, `interpreted` of them by the interpreter. The state is exact,
   * EIP at the block. `last`: the interpreter ran last, or a translation that has had it execute an instruction and does not count.
   */
  sample(block: Block, interpreted: number, last: boolean): void;
}

/** Makes the observer of the engine for a CPU. */
export type ObserverFactory = (cpu: Cpu) => EngineObserver;
