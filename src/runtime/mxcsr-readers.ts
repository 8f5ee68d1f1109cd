// Whether anything that is mapped can show the exception flags of MXCSR: STMXCSR or FXSAVE among the bytes of executable pages, in code that
// can be reached. A program without them can compute without anybody watching for flags (precision.ts). The C libraries have few: the
// functions of <fenv.h>, which in a shared libm nobody may be using (elf-imports.ts); and in libc one that changes rounding and masks, whose STMXCSR
// is no reader, since what it stores goes back by LDMXCSR with the flags as they were.
//
// What is looked for are bytes, so constants between functions may be taken for a reader. That costs time and never a flag.

import { decode } from "../decoder/decode.ts";
import { A, type Instruction, K, type Operand } from "../decoder/instruction.ts";
import { objectOf, usesFenv } from "./elf-imports.ts";
import { type GuestMemory, PERM } from "./memory.ts";

const PAGES = 1 << 20;
const FXSAVE = 0, STMXCSR = 3;
/** More than the functions of <fenv.h> have: where they are is not asked then. */
const MANY = 100;
/** Instructions between STMXCSR and the LDMXCSR of the same word. */
const MOST = 8;
/** What may stand between them. */
const BITWISE = new Set(["MOV", "AND", "OR"]);

export type Readers = "none" | "some" | "out of reach";
/** First and last page of ranges, as in GuestMemory.newCode. */
export type PageRanges = readonly number[];

/** Looks through the executable pages among these. "out of reach": shared objects have readers in functions that nobody uses so far. */
export function findMxcsrReaders(memory: GuestMemory, ranges: PageRanges): Readers {
  const found = readersIn(memory, ranges);
  if (found.length === 0) return "none";
  const everywhere = ranges.some((page, k) => k % 2 === 1 && page - ranges[k - 1] === PAGES - 1);
  if (found.length > MANY || everywhere) return "some";
  return usesFenv(memory, found, ranges.filter((_, k) => k % 2 === 0).map((page) => page * 4096)) ? "some" : "out of reach";
}

/** Whether pages that have become executable change an answer other than "some". */
export function changesMxcsrReaders(memory: GuestMemory, ranges: PageRanges, before: Readers): boolean {
  return readersIn(memory, ranges).length > 0 || (before === "out of reach" && ranges.some((page) => objectOf(memory, page * 4096) !== undefined));
}

function readersIn({ u8, perm }: GuestMemory, ranges: PageRanges): number[] {
  const found: number[] = [];
  for (let k = 0; k < ranges.length; k += 2) {
    const last = ranges[k + 1];
    for (let page = ranges[k]; page <= last; page++) {
      if (!(perm[page] & PERM.X)) continue;
      const from = page;
      while (page < last && perm[page + 1] & PERM.X) page++;
      addReaders(found, u8, from * 4096, u8.subarray(from * 4096, (page + 1) * 4096));
    }
  }
  return found;
}

function addReaders(found: number[], u8: Uint8Array, start: number, code: Uint8Array): void {
  for (let at = code.indexOf(0xae, 1); at >= 0 && at < code.length - 1 && found.length <= MANY; at = code.indexOf(0xae, at + 1)) {
    if (code[at - 1] !== 0x0f) continue;
    const modrm = code[at + 1], reg = (modrm >> 3) & 7;
    if (modrm < 0xc0 && (reg === FXSAVE || (reg === STMXCSR && !goesBack(u8, start + at - 1, start + code.length)))) found.push(start + at - 1);
  }
}

/** Whether what the STMXCSR at an address stores goes back to MXCSR, with nothing done but to set and clear bits. */
function goesBack(u8: Uint8Array, address: number, end: number): boolean {
  let insn = next(u8, address, end);
  if (insn === undefined) return false;
  const word = insn.op0;
  for (let k = 0; k < MOST; k++) {
    insn = next(u8, insn.next >>> 0, end);
    if (insn === undefined) return false;
    const { mnemonic, attributes } = insn.row;
    if (mnemonic === "LDMXCSR") return samePlace(insn.op0, word);
    if ((attributes & A.BRANCH) !== 0 || !BITWISE.has(mnemonic)) return false;
    // a store elsewhere would keep the flags
    if (isMemory(insn.op0) && !samePlace(insn.op0, word)) return false;
  }
  return false;
}

function next(u8: Uint8Array, at: number, end: number): Instruction | undefined {
  const insn = decode(u8, at, at | 0, Math.min(16, end - at));
  return typeof insn === "number" ? undefined : insn;
}

const isMemory = (o: Operand): boolean => o.kind >= K.M32 && o.kind <= K.FAR;

const samePlace = (a: Operand, b: Operand): boolean =>
  isMemory(a) && a.base === b.base && a.index === b.index && a.scale === b.scale && a.disp === b.disp && a.seg === b.seg;
