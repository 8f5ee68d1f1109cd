// A module of lowered functions without anything that belongs to one run: what of it is kept for later runs beside its bytes (runtime/saved.ts).
// Its functions have the places in the table, and its links the cells, that they had when it was made: these numbers are in the code.

/**
 * What a module takes from outside: a function that generated code knows by name; or one made of constants of one of its functions (the first number): a
 * recorder, the call of a semantic function with an instruction, the other version of a function.
 */
export type ImageImport =
  | readonly [kind: "name", name: string]
  | readonly [kind: "recorder", of: number, constant: number]
  | readonly [kind: "other", of: number, constant: number]
  | readonly [kind: "call", of: number, semantic: number, insn: number];

export interface ModuleImage {
  /** Place of the first function; those of the other ways in come behind the functions themselves. */
  readonly first: number;
  /** For each function, how many ways in it has besides its beginning. */
  readonly entries: readonly number[];
  readonly imports: readonly ImageImport[];
  /** For each function, its links: number of the constant, and cell. */
  readonly cells: readonly (readonly (readonly [constant: number, cell: number])[])[];
  /** Tables of words: the first cell, and the words. */
  readonly words: readonly (readonly number[])[];
  /** Whether there is x87 code, and code of AES. */
  readonly x87: boolean;
  readonly aes: boolean;
}

/** A ModuleImage in the making. */
export interface ImageNotes {
  readonly imports: ImageImport[];
  readonly cells: (readonly [number, number])[][];
  readonly words: number[][];
  x87: boolean;
  aes: boolean;
}

export const createNotes = (functions: number): ImageNotes => ({ imports: [], cells: Array.from({ length: functions }, () => []), words: [], x87: false, aes: false });
