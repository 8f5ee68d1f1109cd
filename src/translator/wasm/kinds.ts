// What expressions are on WebAssembly's stack, and what lowered code finds around it.

import { Unsupported } from "../value.ts";
import { F32, F64, I32, V128, type ValueType } from "./encode.ts";

/**
 * What an expression left on the stack. INT: an int32. UINT: an i32 that stands for 0 to 2^32 - 1. WIDE: an integer of which the low 32 bits are on
 * the stack. BOOL: 0 or 1. TRUTH: an i32 that is only asked whether it is zero. NEXT: the code of the function to run next. DOUBLE: an f64. SINGLE: an f32. VECTOR: a v128.
 */
export const V = { INT: 0, UINT: 1, WIDE: 2, BOOL: 3, TRUTH: 4, NEXT: 5, DOUBLE: 6, SINGLE: 7, VECTOR: 8 } as const;
export type Kind = (typeof V)[keyof typeof V];

/** Codes that block functions return: back to the dispatcher; on with what is at EIP; the same, which is EXPECTED, and EIP has not been written. */
export const CODE = { LEAVE: 0, AT_EIP: 1, EXPECTED: 2 } as const;

/** Places of a module's functions: from the first on, so many. */
export interface Own {
  readonly first: number;
  readonly count: number;
}

export interface X87Surroundings {
  /** Sees to it that the x87's state and table are in the memory. */
  prepare(): void;
  /** Address of the word that counts the bails of the function that `c<k>` is about. */
  counter(k: number): number;
  /** Index of a function that gives the version of this one that `c<k>` is. */
  other(k: number): number;
}

/** What lowered code finds outside of it. */
export interface Surroundings {
  /** Names and kinds of parameters; none for block functions. */
  readonly parameters?: readonly (readonly [name: string, kind: Kind])[];
  readonly result?: ValueType | undefined;
  /** Address of the cell of link `c<k>`. */
  cell(k: number): number;
  /** Places of the functions in the module's own table, when it has one: from the first on, so many. */
  readonly own?: Own;
  /** Guest address of a block function's beginning. */
  readonly address?: number;
  /** When the target of link `c<k>` is lowered to the same module: its number there, its place in the table, and whether it must find EIP in the state. */
  beside(k: number): { readonly number: number; readonly place: number; readonly wantsEip: boolean } | undefined;
  /** Address of a copy of the table `c<k>`. */
  table(k: number): number;
  /** The function that `c<k>` is, which takes note of a number, and the address of 16 words where the last ones are kept. */
  recorder(k: number): { readonly index: number; readonly seen: number };
  /** Index of a function that executes the instruction `c<insn>` by the semantic function `c<semantic>`. */
  callOut(semantic: number, insn: number): number;
  /** For x87 code. */
  readonly x87?: X87Surroundings;
  /** Sees to it that the tables of AES are in the memory. */
  aesTables?(): void;
  /** A function called by name ("FL.carry", "TRACE"; "next" calls what a code stands for). */
  named(name: string): Callee | undefined;
}

export interface Callee {
  readonly index: number;
  readonly parameters: readonly Kind[];
  readonly result: Kind | undefined;
}

export const typeOf = (kind: Kind): ValueType => (kind === V.DOUBLE ? F64 : kind === V.SINGLE ? F32 : kind === V.VECTOR ? V128 : I32);
export const unsupported = (what: string): never => {
  throw new Unsupported(`lowering: ${what}`);
};
const never = (): never => unsupported("a constant");
/** Surroundings of code that has no constants and calls nothing. */
export const NOTHING: Surroundings = { cell: never, beside: never, table: never, recorder: never, callOut: never, named: () => undefined };
