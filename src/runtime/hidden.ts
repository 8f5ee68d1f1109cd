// The hidden area: 4 MiB of the guest's 4 GiB that belong to jit386. The state array, the vector file and the page permissions lie there, so
// that code which knows nothing but the memory, as WebAssembly does, gets at them by address like JavaScript does by its arrays.
// Layout only; who uses a part makes its own views of the memory's buffer (memory.ts, cpu.ts, simd/lanes.ts).
//
// No program can map anything there: the kernel's task size lies below (a test sees to it). The permission bytes of these pages stay zero, so
// system calls get EFAULT, and stores and jumps fault as they do on Linux. What the zero test of loads lets through is a stray load: where it
// finds something other than zero, a program gets data instead of SIGSEGV (docs/exactness.md). A test for each load would cost too much.

const START = 0xffa0_0000;

/** Guest addresses. */
export const HIDDEN = {
  START,
  END: START + 0x40_0000,
  /** Int32 words, S.WORDS of them (state.ts). */
  STATE: START,
  /** Slots of the vector file (simd/lanes.ts). */
  VECTORS: START + 0x800,
  /** VectorFile.mode, as a double (simd/lanes.ts). */
  MODE: START + 0x900,
  /** Table by which code in WebAssembly finds what to run next: 2^13 entries of 8 bytes. */
  LOOKUP: START + 0x1000,
  /** Int32 cells for code in WebAssembly: 2^18. */
  CELLS: START + 0x2_0000,
  /** A byte for each page of the 4 GiB, and 16 more (memory.ts, `perm`). */
  PERM: START + 0x20_0000,
} as const;
