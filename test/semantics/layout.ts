// Where things lie in the memory of an instruction test, and the shape of its records: as in fixtures/insn/runner.c.

export const CODE_PAGE = 0x10000000;
export const START = CODE_PAGE + 0x800;
export const DATA = 0x20000000;
export const WINDOW = DATA + 0x800;
export const WINDOW_BYTES = 128;
export const TAIL = DATA + 0x1fc0;
export const TAIL_BYTES = 64;
/** Data pages end here; the next page is not mapped. */
export const UNMAPPED = DATA + 0x2000;
export const READONLY = DATA + 0x3000;
/** The usual memory operand: 32 bytes into the window. */
export const OPERAND = WINDOW + 32;
/** The usual stack top: below it the window takes 36 bytes of pushes before the operand. */
export const STACK = WINDOW + 96;

/** Words of an input record: eax ecx edx ebx esp ebp esi edi eflags, then the window. */
export const INPUT_WORDS = 9 + WINDOW_BYTES / 4;
/** Words of a result: the eight registers, eip, eflags, trap, error code, cr2, then window and tail. */
export const RESULT_WORDS = 13 + WINDOW_BYTES / 4 + TAIL_BYTES / 4;
export const R = { EAX: 0, ECX: 1, EDX: 2, EBX: 3, ESP: 4, EBP: 5, ESI: 6, EDI: 7, EFLAGS_IN: 8, WINDOW_IN: 9, EIP: 8, EFLAGS: 9, TRAP: 10, ERROR: 11, CR2: 12, WINDOW: 13 } as const;
/** Value of `trap` when the instruction ended without an exception. */
export const DONE = 3;
