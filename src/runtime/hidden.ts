// The hidden area: 20 MiB and a little more of the guest's 4 GiB that belong to jit386. The state array, the vector file and the page permissions lie there, so
// that code which knows nothing but the memory, as WebAssembly does, gets at them by address like JavaScript does by its arrays.
// Layout only; who uses a part makes its own views of the memory's buffer (memory.ts, cpu.ts, simd/lanes.ts).
//
// It lies below 2 GiB, where an instruction of the host can have its addresses in it: above, V8 keeps each in a register of its own
// (docs/decisions/webassembly.md). Programs are linked above (i386's own linkers put them at 0x08048000, lld at 0x00400000), and what is mapped comes
// from far above; who asks for these addresses by name gets ENOMEM (kernel/mm.ts). The permission bytes of these pages stay zero, so
// system calls get EFAULT, and stores and jumps fault as they do on Linux. What the zero test of loads lets through is a stray load: where it
// finds something other than zero, a program gets data instead of SIGSEGV (docs/exactness.md). A test for each load would cost too much.

const START = 0x06a0_0000;
/** What all but the quick interpreter's records take. */
const FIXED = 0x41_0000;

/** Guest addresses. */
export const HIDDEN = {
  START,
  END: START + FIXED + 0x100_0000,
  /** Int32 words, S.WORDS of them (state.ts). */
  STATE: START,
  /** Slots of the vector file (simd/lanes.ts). */
  VECTORS: START + 0x800,
  /** VectorFile.mode, as a double (simd/lanes.ts). */
  MODE: START + 0x900,
  /** The link that the quick interpreter left by (translator/quick/records.ts). */
  LINKING: START + 0x910,
  /** Instructions that translations have executed for it. */
  TRANSLATED: START + 0x914,
  /** Two doubles and four singles, the bounds of squares that translated code asks for (translator/lane-checks.ts). */
  LEAST: START + 0x920,
  /** Int32 words: the six segment selectors (cpu.ts). */
  SELECTORS: START + 0x940,
  /**
   * The quick interpreter's: where the next record goes; the last place for a block that its scanner writes; executions of such a block until JavaScript is asked, and of one with floating-point
   * instructions; the head that asked.
   */
  FREE: START + 0x960,
  LIMIT: START + 0x964,
  COLD: START + 0x968,
  ASKING: START + 0x970,
  /** The x87's state (x87/state.ts, AT). */
  X87: START + 0x980,
  /** Table by which code in WebAssembly finds what to run next: 2^13 entries of 8 bytes. */
  LOOKUP: START + 0x1000,
  /** Tables of AES for translated code (simd/crypto.ts). */
  AES: START + 0x1_1000,
  /** Units by exponent for inline x87 code: 2^11 doubles (x87/inline.ts). */
  ROUNDERS: START + 0x1_8000,
  /** Int32 cells for code in WebAssembly: 2^18. */
  CELLS: START + 0x2_0000,
  /** What its scanner knows of encodings: 64 KiB at most (translator/quick/scan.ts). */
  SCAN: START + 0x12_0000,
  /** Chains of heads that it has written: 2^12 numbers of records, by page. */
  CHAINS: START + 0x13_0000,
  /** A bit for each page of the 4 GiB: whether it may decode what stands there. */
  SCANNED: START + 0x14_0000,
  /** A byte for each page of the 4 GiB, and 16 more (memory.ts, `perm`). */
  PERM: START + 0x20_0000,
  /** Table by which the quick interpreter finds blocks: 2^17 entries of 8 bytes. */
  FOUND: START + 0x30_1000,
  /** The quick interpreter's records: 16 MiB. */
  RECORDS: START + FIXED,
} as const;
