// The CPU state that interpreter and generated code share: one Int32Array, so that generated code needs one constant.
// Layout only; no behaviour. x87 and vector registers have arrays of their own.

/** Index of each word in the state array. Words 0-7 are EAX ECX EDX EBX ESP EBP ESI EDI. */
export const S = {
  /** Always zero: the base or index "none" of a memory operand. */
  ZERO: 8,
  EIP: 9,
  /** Lazy status flags: how the words A, B, R give them (FLAGS.*). */
  FLAGS: 10,
  FLAG_A: 11,
  FLAG_B: 12,
  FLAG_R: 13,
  /** String step, 1 or -1 (EFLAGS.DF). */
  DF: 14,
  /** EFLAGS bits that are neither status flags nor DF: TF, NT, RF, AC, ID (IF, IOPL and bit 1 are constant). */
  SYSTEM_FLAGS: 15,
  /** Six segment bases, ES CS SS DS FS GS. */
  BASE: 16,
  /** Bit per segment that is not plain: null, limited, expand-down, read-only, 16-bit, or (but for FS and GS) based. */
  ODD: 22,
  /** Guest instructions left in this time slice. */
  BUDGET: 23,
  /** Not zero: leave translated or interpreted code at the next boundary (EXIT.*). */
  EXIT: 24,
  /** Not zero: bytes of the running block may have changed. */
  CODE_CHANGED: 25,
  /** Not zero: translated code left at EIP because the instruction there needs the interpreter. */
  BAIL: 26,
  /** JavaScript stack used by nested guest calls just now, in locals. */
  DEPTH: 27,
  /** Where in a region to begin: 0 at its head, else the number of a loop header (Emitted.entries). */
  ENTRY: 28,
  /** For observers: number of the translation that ran last (CompiledCode.number). */
  RAN: 29,
  /** Not zero: code in WebAssembly left by the link whose cell is the negative of this, which has no target yet. */
  PENDING: 30,
  /** Where the innermost nested guest call returns to, for code that wonders whether to look further. May be out of date: then it looks in vain. */
  EXPECTED: 31,
  /** Small numbers that translated code has left because of: lane-checks.ts. */
  SMALL: 32,
  WORDS: 33,
} as const;

/** Segments that translated code and the quick interpreter take to be plain, as bits of ODD: ES CS SS DS. */
export const FLAT = 15;

/** Kinds of lazy flags. a, b and r are sign-extended from the operand size, so that one formula serves all sizes. */
export const FLAGS = {
  /** R holds the six flags as bits. */
  BITS: 0,
  /** R = A + B (+ carry). */
  ADD: 1,
  /** R = A - B. */
  SUB: 2,
  /** R = A - B - carry. */
  SBB: 3,
  /** CF = OF = AF = 0. */
  LOGIC: 4,
  /** ZF SF PF from R; CF, OF, AF as bits in A. */
  RESULT: 5,
} as const;

/** Why the engine leaves guest code. */
export const EXIT = { NONE: 0, INTERRUPT: 1, SYSENTER: 2 } as const;
