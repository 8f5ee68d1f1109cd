// The decoder's rules one by one, each by hand: operand forms, prefixes, addressing, lengths, what may be locked.
// The breadth is in iced.test.ts and hardware.test.ts.

import { describe, expect, test } from "vitest";
import { A, decode, F, K, P, TOO_LONG, TRUNCATED } from "../../src/decoder/index.ts";
import type { Instruction, Operand } from "../../src/decoder/index.ts";

const ADDRESS = 0x08048000;

function memory(text: string): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(text.split(" ").map((digits) => parseInt(digits, 16)));
  return bytes;
}

/** Decodes hex bytes; zeros follow. */
function insn(text: string, address = ADDRESS): Instruction {
  const result = decode(memory(text), 0, address);
  if (typeof result === "number") throw new Error(`${text}: ${result}`);
  return result;
}

function undefinedOpcode(text: string): boolean {
  return (insn(text).row.attributes & A.UNDEFINED) !== 0;
}

/** "seg:base+index<<scale+disp" of a memory operand, registers by number. */
function address(operand: Operand): string {
  const { seg, base, index, scale, disp } = operand;
  return `${seg}:${base}+${index}<<${scale}+${disp}`;
}

describe("operands", () => {
  test("MOV r32, r/m32 from the stack", () => {
    const mov = insn("8b 44 24 08");
    expect(mov).toMatchObject({ address: ADDRESS, length: 4, next: ADDRESS + 4, opcode: 0x8b, modrm: 0x44, size: 4, addressSize: 4, cc: -1, rep: 0 });
    expect(mov.op0).toMatchObject({ kind: K.R32, reg: 0, size: 4 });
    expect(mov.op1).toMatchObject({ kind: K.M32, size: 4, address16: false });
    expect(address(mov.op1)).toBe("2:4+8<<0+8");
    expect(mov.op2.kind).toBe(K.NONE);
  });

  test("register operands are interned", () => {
    expect(insn("89 d8").op0).toBe(insn("8b c3").op0);
  });

  test("byte forms have size 1, whatever 66 says", () => {
    for (const text of ["00 c3", "66 00 c3", "b0 01", "ec", "e6 80", "ee", "a4", "a0 00 00 00 00", "0f 94 c0", "f6 d0", "d7", "ac", "aa"]) {
      expect(insn(text).size, text).toBe(1);
    }
    expect(insn("0f b6 c0").size).toBe(4);
    expect(insn("66 0f b6 c0").size).toBe(2);
  });

  test("MOVZX r32, r/m8 mixes widths", () => {
    expect(insn("0f b6 03").op0.kind).toBe(K.R32);
    expect(insn("0f b6 03").op1.kind).toBe(K.M8);
    expect(insn("66 0f be c3").op0.kind).toBe(K.R16);
    expect(insn("66 0f be c3").op1).toMatchObject({ kind: K.R8, reg: 3 });
  });

  test("immediates: sign-extended, or zero-extended where they are counts, vectors and sizes", () => {
    expect(insn("83 c0 ff").op1.imm).toBe(-1);
    expect(insn("04 ff").op1.imm).toBe(-1);
    expect(insn("66 05 ff ff").op1.imm).toBe(-1);
    expect(insn("05 00 00 00 80").op1.imm).toBe(-0x80000000);
    expect(insn("6a 80").op0.imm).toBe(-128);
    expect(insn("cd 80").op0.imm).toBe(0x80);
    expect(insn("c1 e0 ff").op1.imm).toBe(255);
    expect(insn("c2 ff ff").op0.imm).toBe(0xffff);
    const enter = insn("c8 00 80 ff");
    expect([enter.op0.imm, enter.op1.imm]).toEqual([0x8000, 0xff]);
    expect(insn("66 0f 70 c1 e4").op2.imm).toBe(0xe4);
  });

  test("shifts count by an immediate, by one or by CL", () => {
    expect(insn("d1 e0").op1).toMatchObject({ kind: K.IMM, imm: 1 });
    expect(insn("d3 e0").op1).toMatchObject({ kind: K.R8, reg: 1 });
    expect(insn("0f a5 c0").op2).toMatchObject({ kind: K.R8, reg: 1 });
  });

  test("string instructions name their memory", () => {
    const movs = insn("65 a5");
    expect(movs.row.mnemonic).toBe("MOVS");
    expect(address(movs.op0)).toBe("0:7+8<<0+0"); // ES cannot be overridden
    expect(address(movs.op1)).toBe("5:6+8<<0+0");
    expect(insn("67 a5").op0.address16).toBe(true);
    expect(address(insn("2e d7").op0)).toBe("1:3+8<<0+0"); // XLAT
    expect(address(insn("64 0f f7 c1").op0)).toBe("4:7+8<<0+0"); // MASKMOVQ
  });

  test("segment registers: as wide as the operand in a register, a word in memory", () => {
    expect(insn("8c d8").op0).toMatchObject({ kind: K.R32, size: 4 });
    expect(insn("66 8c d8").op0).toMatchObject({ kind: K.R16, size: 2 });
    expect(insn("8c 18").op0).toMatchObject({ kind: K.M16, size: 2 });
    expect(insn("8e e8").op0).toMatchObject({ kind: K.SEG, reg: 5 });
    expect(insn("0f a8").op0).toMatchObject({ kind: K.SEG, reg: 5 });
  });

  test("x87 operands are explicit", () => {
    const pair = (text: string): string => `${insn(text).row.mnemonic} ${insn(text).op0.reg},${insn(text).op1.reg}`;
    expect(pair("d8 c3")).toBe("FADD 0,3");
    expect(pair("dc c3")).toBe("FADD 3,0");
    expect(pair("dc e3")).toBe("FSUBR 3,0");
    expect(pair("de eb")).toBe("FSUBP 3,0");
    expect(pair("d9 cb")).toBe("FXCH 0,3");
    expect(insn("d9 c3").op0).toMatchObject({ kind: K.ST, reg: 3, size: 10 });
    expect(insn("db 2b").op0).toMatchObject({ kind: K.M80, size: 10 });
    expect(insn("df 2b").op0.kind).toBe(K.M64);
    expect([insn("d9 33").op0.size, insn("66 d9 33").op0.size, insn("dd 33").op0.size, insn("66 dd 33").op0.size]).toEqual([28, 14, 108, 94]);
    expect(insn("da d1").cc).toBe(6);
    expect(insn("db d9").cc).toBe(11);
  });

  test("far pointers", () => {
    expect(insn("9a 01 02 03 04 05 06").op0).toMatchObject({ kind: K.PTR, imm: 0x04030201, reg: 0x0605, size: 6 });
    expect(insn("66 ea 01 02 05 06").op0).toMatchObject({ kind: K.PTR, imm: 0x0201, reg: 0x0605, size: 4 });
    expect(insn("ff 2b").op0).toMatchObject({ kind: K.FAR, size: 6 });
    expect(insn("66 c4 1b").op1).toMatchObject({ kind: K.FAR, size: 4 });
  });
});

describe("addressing", () => {
  test.each([
    ["8b 03", "3:3+8<<0+0"],
    ["8b 45 fc", "2:5+8<<0+-4"],
    ["8b 05 78 56 34 12", "3:8+8<<0+305419896"],
    ["8b 04 24", "2:4+8<<0+0"],
    ["8b 04 65 04 00 00 00", "3:8+8<<1+4"],
    ["8b 84 8d 00 01 00 00", "2:5+1<<2+256"],
    ["8b 04 cd 00 00 00 80", "3:8+1<<3+-2147483648"],
    ["8b 04 2b", "3:3+5<<0+0"], // EBP as the index does not select SS
    ["65 8b 04 24", "5:4+8<<0+0"],
    ["64 65 8b 03", "5:3+8<<0+0"], // the last override counts
  ])("%s is %s", (text, expected) => {
    expect(address(insn(text).op1)).toBe(expected);
  });

  test("16-bit addressing: all rows of table 2-1", () => {
    const rows = ["3:3+6", "3:3+7", "2:5+6", "2:5+7", "3:6+8", "3:7+8", "2:5+8", "3:3+8"];
    rows.forEach((row, rm) => {
      const byte = insn(`67 8b ${(0x40 | rm).toString(16)} f0`);
      expect(address(byte.op1)).toBe(`${row}<<0+-16`);
      expect(byte).toMatchObject({ length: 4, addressSize: 2 });
      expect(byte.op1.address16).toBe(true);
      expect(insn(`67 8b ${(0x80 | rm).toString(16)} 34 f2`)).toMatchObject({ length: 5 });
      expect(address(insn(`67 8b ${(0x80 | rm).toString(16)} 34 f2`).op1)).toBe(`${row}<<0+${0xf234 - 0x10000}`);
      if (rm !== 6) expect(address(insn(`67 8b 0${rm}`).op1)).toBe(`${row}<<0+0`);
    });
    expect(address(insn("67 8b 06 34 f2").op1)).toBe(`3:8+8<<0+${0xf234}`);
    expect(address(insn("67 a1 34 f2").op1)).toBe(`3:8+8<<0+${0xf234}`);
  });
});

describe("branches", () => {
  test("targets are absolute", () => {
    expect(insn("e8 fb ff ff ff").op0).toMatchObject({ kind: K.REL, imm: ADDRESS });
    expect(insn("eb fe").op0.imm).toBe(ADDRESS);
    expect(insn("0f 84 00 00 00 80", 0x70000000).op0.imm).toBe((0x70000006 + 0x80000000) | 0);
    expect(insn("eb 10", 0x7ffffffe)).toMatchObject({ next: -0x80000000, op0: { imm: -0x80000000 + 0x10 } });
  });

  test("66 truncates the target to 16 bits", () => {
    expect(insn("66 e8 00 10")).toMatchObject({ length: 4, op0: { imm: 0x9004 } });
    expect(insn("66 0f 84 00 00")).toMatchObject({ length: 5, op0: { imm: 0x8005 } });
    expect(insn("66 74 10")).toMatchObject({ length: 3, op0: { imm: 0x8013 } });
  });

  test("conditions", () => {
    for (let cc = 0; cc < 16; cc++) {
      for (const text of [`${(0x70 + cc).toString(16)} 00`, `0f ${(0x80 + cc).toString(16)}`, `0f ${(0x90 + cc).toString(16)} c0`, `0f ${(0x40 + cc).toString(16)} c0`]) {
        expect(insn(text).cc).toBe(cc);
        expect(insn(text).row.attributes & A.CONDITIONAL).not.toBe(0);
      }
    }
    expect(insn("7e 00").row.flagsRead).toBe(F.ZF | F.SF | F.OF);
    expect(insn("72 00").row.flagsRead).toBe(F.CF);
    expect([insn("e0 00").cc, insn("e1 00").cc]).toEqual([5, 4]);
  });
});

describe("prefixes", () => {
  test("LOCK needs a lockable instruction with memory as its destination", () => {
    expect(undefinedOpcode("f0 01 03")).toBe(false);
    expect(undefinedOpcode("f0 87 03")).toBe(false);
    expect(undefinedOpcode("f0 0f c7 0b")).toBe(false);
    expect(undefinedOpcode("f0 0f ba 2b 01")).toBe(false);
    for (const text of ["f0 01 c3", "f0 03 03", "f0 87 c3", "f0 39 03", "f0 80 3b 01", "f0 89 03", "f0 0f ba 23 01", "f0 90", "f0 c3", "f0 f3 a4", "f0 0f 10 03"]) {
      expect(undefinedOpcode(text), text).toBe(true);
      expect(insn(text).row.mnemonic, text).toBe("UD");
    }
    expect(insn("f0 89 03").row.name).toBe("MOV");
  });

  test("REP is told only where it repeats", () => {
    expect([insn("f3 a4").rep, insn("f2 a4").rep, insn("a4").rep, insn("f2 f3 ae").rep, insn("f3 f2 ae").rep]).toEqual([1, 2, 0, 1, 2]);
    expect(insn("f3 c3").rep).toBe(0);
    expect(insn("f3 c3").prefixes).toBe(P.REP);
    expect(insn("66 f3 a5")).toMatchObject({ rep: 1, size: 2, prefixes: P.REP | P.OPSIZE });
  });

  test("mandatory prefixes: F2 and F3 outrank 66, the last of them counts", () => {
    const name = (text: string): string => insn(text).row.mnemonic;
    expect(["0f 10 c1", "66 0f 10 c1", "f3 0f 10 c1", "f2 0f 10 c1"].map(name)).toEqual(["MOVUPS", "MOVUPD", "MOVSS", "MOVSD"]);
    expect(["66 f3 0f 10 c1", "f3 66 0f 10 c1", "f3 f2 0f 10 c1", "f2 f3 0f 10 c1"].map(name)).toEqual(["MOVSS", "MOVSS", "MOVSD", "MOVSS"]);
    expect(["0f bc c1", "66 0f bc c1", "f3 0f bc c1", "f2 0f bc c1"].map(name)).toEqual(["BSF", "BSF", "TZCNT", "BSF"]);
    expect(["90", "66 90", "f3 90", "f2 90"].map(name)).toEqual(["NOP", "NOP", "PAUSE", "NOP"]);
    expect(["f3 0f 1e fa", "f3 0f 1e fb", "0f 1e fb"].map(name)).toEqual(["ENDBR64", "ENDBR32", "NOP"]);
  });

  test("VEX and EVEX are told from LES, LDS and BOUND by mod 3", () => {
    expect([insn("c4 03").row.mnemonic, insn("c5 03").row.mnemonic, insn("62 03").row.mnemonic]).toEqual(["LES", "LDS", "BOUND"]);
    for (const text of ["c5 f8 77", "c4 e2 79 18 c0", "62 f1 7c 48 58 c0", "8f e8 78 a2 c0 00"]) expect(undefinedOpcode(text), text).toBe(true);
  });
});

describe("length", () => {
  test("15 bytes are the most", () => {
    const prefixes = (count: number, rest: string): Uint8Array => memory(`${"66 ".repeat(count)}${rest}`);
    expect(decode(prefixes(14, "90"), 0, 0)).toMatchObject({ length: 15 });
    expect(decode(prefixes(15, "90"), 0, 0)).toBe(TOO_LONG);
    expect(decode(prefixes(20, "90"), 0, 0)).toBe(TOO_LONG);
    expect(decode(prefixes(10, "81 00 01 02"), 0, 0)).toMatchObject({ length: 14 });
    expect(decode(memory("65 65 65 65 65 81 84 24 01 02 03 04 05 06 07 08"), 0, 0)).toBe(TOO_LONG);
    expect(decode(memory("65 65 65 65 81 84 24 01 02 03 04 05 06 07 08"), 0, 0)).toMatchObject({ length: 15 });
  });

  test("an instruction that does not end within the limit is truncated, wherever the limit is", () => {
    for (const text of ["81 84 24 01 02 03 04 05 06 07 08", "66 0f 3a 0f c1 04", "e8 01 02 03 04", "66 66 90", "0f 84 01 02 03 04", "d9 7d fe", "9a 1 2 3 4 5 6"]) {
      const bytes = memory(text);
      const length = text.split(" ").length;
      for (let limit = 1; limit < length; limit++) expect(decode(bytes, 0, 0, limit), `${text} in ${limit}`).toBe(TRUNCATED);
      expect(decode(bytes, 0, 0, length)).toMatchObject({ length });
    }
    // the page that cannot be read comes before the limit of 15 bytes
    expect(decode(memory("66 ".repeat(20).trim()), 0, 0, 14)).toBe(TRUNCATED);
    expect(decode(memory("66 ".repeat(20).trim()), 0, 0, 15)).toBe(TOO_LONG);
  });

  test("what lies past the limit does not matter, nor past the end of the array", () => {
    expect(decode(Uint8Array.of(0xc3), 0, 0, 1)).toMatchObject({ length: 1 });
    expect(decode(Uint8Array.of(0xe8, 1), 0, 0, 2)).toBe(TRUNCATED);
    expect(decode(Uint8Array.of(0x66), 0, 0, 1)).toBe(TRUNCATED);
  });

  test("offset and address are independent", () => {
    const bytes = new Uint8Array(64);
    bytes.set([0xeb, 0x02], 40);
    expect(decode(bytes, 40, -0x1000)).toMatchObject({ address: -0x1000, next: -0xffe, op0: { imm: -0xffc } });
  });
});

describe("flags", () => {
  test("shifts by an immediate have the flags of their count", () => {
    const status = F.OF | F.SF | F.ZF | F.AF | F.PF | F.CF;
    expect(insn("c1 e0 05").row).toMatchObject({ flagsRead: 0, flagsWritten: status, flagsUndefined: F.OF | F.AF });
    expect(insn("c1 e0 01").row).toMatchObject({ flagsRead: 0, flagsWritten: status, flagsUndefined: F.AF });
    expect(insn("c1 e0 20").row).toMatchObject({ flagsRead: 0, flagsWritten: 0, flagsUndefined: 0 });
    expect(insn("d3 e0").row).toMatchObject({ flagsRead: status, flagsWritten: status, flagsUndefined: F.AF });
    expect(insn("0f a4 c0 20").row.flagsWritten).toBe(0);
  });

  test("REP CMPS may compare nothing", () => {
    expect(insn("a6").row.flagsRead).toBe(F.DF);
    expect(insn("f3 a6").row.flagsRead & F.ZF).toBe(F.ZF);
  });
});

describe("attributes", () => {
  test("aligned memory operands", () => {
    const aligned = (text: string): boolean => (insn(text).row.attributes & A.ALIGNED) !== 0;
    for (const text of ["0f 28 03", "66 0f 6f 03", "66 0f ef 03", "0f ae 03", "66 0f e7 03", "66 0f 38 2a 03"]) expect(aligned(text), text).toBe(true);
    for (const text of ["0f 10 03", "f3 0f 6f 03", "f2 0f f0 03", "66 0f 3a 63 03 00", "f3 0f e6 03", "f2 0f 58 03"]) expect(aligned(text), text).toBe(false);
  });

  test("blocks end at branches", () => {
    const branch = (text: string): boolean => (insn(text).row.attributes & A.BRANCH) !== 0;
    for (const text of ["c3", "e8", "eb 00", "74 00", "cd 80", "cc", "ff e0", "ff 13", "e2 00", "cf", "0f 34", "f1"]) expect(branch(text), text).toBe(true);
    for (const text of ["90", "f4", "0f 05", "50"]) expect(branch(text), text).toBe(false);
  });
});
