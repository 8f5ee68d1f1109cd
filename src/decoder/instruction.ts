// The shape of a decoded instruction: what the decoder makes and every other room reads.
// No decoding here (decode.ts), no opcode maps (tables), no meaning (src/semantics).
//
// Source of the terms: Intel SDM volume 2, chapter 2 (instruction format) and appendix A (opcode maps).

/** Operand kinds. One number says register class or memory, and the width, so that reading an operand is one switch. */
export const K = {
  NONE: 0,
  IMM: 1, // `imm`, sign-extended to 32 bits (unsigned forms such as ENTER's iw or INT's ib are zero-extended)
  R32: 2, // general registers: `reg` is 0-7
  R16: 3,
  R8: 4, // `reg` is 0-7 in the manual's order AL CL DL BL AH CH DH BH
  M32: 5, // memory, by width
  M16: 6,
  M8: 7,
  M64: 8,
  M80: 9,
  M128: 10,
  M: 11, // memory of no fixed width: LEA, INVLPG, FXSAVE, FNSTENV, BOUND, prefetches; `size` says how many bytes where known, else 0
  FAR: 12, // memory far pointer m16:16 or m16:32 (LDS, CALL far, JMP far); `size` is 4 or 6
  SEG: 13, // segment register ES CS SS DS FS GS = 0-5
  ST: 14, // x87 register ST(reg)
  MM: 15,
  XMM: 16,
  REL: 17, // branch target: `imm` is the absolute target (int32, already truncated for 16-bit operand size)
  PTR: 18, // immediate far pointer: `imm` is the offset, `reg` the selector
  CR: 19,
  DR: 20,
} as const;

/** An operand. All operands have this one shape (V8 keeps their reads monomorphic); unused fields hold the neutral value. */
export interface Operand {
  readonly kind: number; // K.*
  readonly size: number; // bytes read or written: 1, 2, 4, 6, 8, 10, 16, 28, 94, 108, 512; 0 when none
  readonly reg: number; // register number, or selector of K.PTR
  readonly base: number; // memory: base register 0-7, or 8 for none (register slot 8 always holds zero)
  readonly index: number; // memory: index register 0-7, or 8 for none
  readonly scale: number; // memory: shift count 0-3
  readonly disp: number; // memory: displacement, int32
  readonly seg: number; // memory: effective segment 0-5 (default or override)
  readonly address16: boolean; // memory: 16-bit addressing (the sum is truncated to 16 bits before the segment base is added)
  readonly imm: number; // immediate (int32) or branch target
}

/** Bits of `Instruction.prefixes`. */
export const P = {
  LOCK: 1,
  REPNE: 2, // F2
  REP: 4, // F3
  OPSIZE: 8, // 66
  ADDRSIZE: 16, // 67
  SEG: 32, // any segment override (the last one counts; see `segment`)
} as const;

/** EFLAGS bits as they stand in the register. */
export const F = { CF: 1, PF: 4, AF: 16, ZF: 64, SF: 128, TF: 256, IF: 512, DF: 1024, OF: 2048, IOPL: 0x3000, NT: 0x4000, RF: 0x10000, VM: 0x20000, AC: 0x40000, ID: 0x200000 } as const;

/** Attribute bits of an opcode row. */
export const A = {
  BRANCH: 1, // writes EIP other than by falling through (Jcc, JMP, CALL, RET, LOOP, INT, IRET ...): ends a basic block
  LOCKABLE: 2, // LOCK is allowed when the destination is memory
  PRIVILEGED: 4, // #GP at CPL 3
  UNDEFINED: 8, // #UD as soon as it is decoded (UD0, UD1, UD2, VEX space, LOCK on a form that may not have it, ...)
  STRING: 16, // string instruction (takes REP)
  X87: 32,
  MMX: 64,
  SSE: 128, // touches XMM registers
  ALIGNED: 256, // 16-byte memory operand must be aligned (#GP)
  FAULTS: 512, // may raise an exception other than through its memory operands (DIV, BOUND, INTO, segment loads, x87 ...)
  STACK: 1024, // pushes or pops (implicit ESP)
  CONDITIONAL: 2048, // Jcc, SETcc, CMOVcc, FCMOVcc, LOOPcc: the condition is `cc`
  CONTEXT: 4096, // changes what blocks are made under (segments, TF), or asks for it (CPUID)
} as const;

/** One row of the opcode tables, shared by every instruction decoded through it. */
export interface Row {
  /**
   * Intel mnemonic in capitals without a size suffix: the key of the semantic function. String forms are MOVS CMPS STOS LODS SCAS INS OUTS;
   * the SSE2 moves and compares are MOVSD, CMPSD. Conditions are Jcc, SETcc, CMOVcc, FCMOVcc.
   */
  readonly mnemonic: string;
  /** What a disassembler prints: `mnemonic`, except where that is "UD" because of a LOCK prefix. */
  readonly name: string;
  /** For text: the mandatory prefix that the opcode consumes (0 none, 1 66, 2 F3, 3 F2), or -1 if its row names none. */
  readonly prefix: number;
  /** For text: 66 makes a difference (another operand size or a mandatory prefix). */
  readonly sized: boolean;
  readonly flagsRead: number; // F.* bits; also those that may be left unchanged (see table.ts)
  readonly flagsWritten: number; // F.* bits given a defined value or set undefined
  readonly flagsUndefined: number; // the part of flagsWritten that the manual leaves undefined
  readonly attributes: number; // A.* bits
  /**
   * CPUID feature the instruction belongs to: "" for the 386-Pentium base, else "fpu", "cmov", "mmx", "sse", "sse2", "sse3", "ssse3", "sse4.1",
   * "sse4.2", "popcnt", "lzcnt", "bmi1", "movbe", "aes", "pclmulqdq", "sha", "cx8", "fxsr", "rdtscp", "sysenter" ...
   */
  readonly feature: string;
}

/** A decoded instruction. `address`, `next` and branch targets are int32, as the CPU state holds them; print them with `>>> 0`. */
export interface Instruction {
  readonly row: Row;
  readonly address: number;
  readonly length: number; // bytes, 1-15
  readonly next: number; // (address + length) | 0
  readonly opcode: number; // the opcode byte(s) without prefixes, e.g. 0x89, 0x0faf, 0x0f3817
  readonly modrm: number; // the ModR/M byte, or -1
  readonly prefixes: number; // P.* bits, all prefixes present, meaningful or not
  readonly rep: number; // for string instructions: 0 none, 1 REP/REPE (F3), 2 REPNE (F2); 0 elsewhere
  readonly segment: number; // effective override segment 0-5, or -1
  readonly size: number; // operand size in bytes: 1 for byte forms, else 2 or 4 by 66
  readonly addressSize: number; // 2 or 4 by 67
  readonly cc: number; // condition 0-15 (O NO B AE E NE BE A S NS P NP L GE LE G), or -1
  readonly op0: Operand; // Intel order: destination first; K.NONE operand when absent
  readonly op1: Operand;
  readonly op2: Operand;
  readonly op3: Operand;
}
