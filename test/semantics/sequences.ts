// Random straight-line sequences of instruction forms: what single forms cannot show, such as flags that pass from one
// instruction to the next, lazily or fused, registers held in locals, and faults in the middle of a block.

import { A, decode, K } from "../../src/decoder/index.ts";
import { generator, hashText } from "./cases.ts";
import { allForms, type Form } from "./forms.ts";

const SEQUENCES = 24; // forms
const CODES = 24; // sequences in a form
const LONGEST = 90; // bytes

/** Not in sequences: control and stack (the code would run elsewhere), and what moves the pointers about. */
const LEFT_OUT = new Set([
  "PUSH", "POP", "PUSHA", "POPA", "PUSHF", "POPF", "ENTER", "LEAVE", "LEA", "XLAT", "BOUND", "INTO", "DIV", "IDIV", "AAM", "ARPL",
  "VERR", "VERW", "LAR", "LSL", "SGDT", "SIDT", "SLDT", "STR", "SMSW", "LDS", "LES", "LFS", "LGS", "LSS", "CMPXCHG8B", "SALC",
]);
const EBX = 3, ESP = 4;
/** Loop counters and jump targets of programs.ts. */
const ESI = 6, EDI = 7;

/** Encodings that may stand in a sequence, by mnemonic. */
export function pieces(): (readonly number[])[][] {
  const byMnemonic = new Map<string, (readonly number[])[]>();
  for (const form of allForms()) {
    if (LEFT_OUT.has(form.mnemonic)) continue;
    if (/^[X87]?B[TSRC]/.test(form.mnemonic) && form.name.includes("mem")) continue; // bit offsets go anywhere
    if (form.name.includes("a16") || form.name.includes("bad segment")) continue;
    for (const bytes of form.codes) {
      const padded = new Uint8Array(32);
      padded.set(bytes);
      const insn = decode(padded, 0, 0);
      if (typeof insn === "number") continue;
      if ((insn.row.attributes & (A.BRANCH | A.UNDEFINED | A.PRIVILEGED | A.STRING | A.STACK)) !== 0) continue;
      const operands = [insn.op0, insn.op1];
      const touchesPointer = operands.some((o) =>
        o.kind === K.SEG || ((o.kind === K.R32 || o.kind === K.R16) && (o.reg === EBX || o.reg === ESP || o.reg === ESI || o.reg === EDI)) || (o.kind === K.R8 && (o.reg & 3) === EBX)
        || (o.kind >= K.M32 && o.kind <= K.FAR && o.base !== EBX && o.base !== 8));
      if (touchesPointer) continue;
      const list = byMnemonic.get(form.mnemonic);
      if (list === undefined) byMnemonic.set(form.mnemonic, [bytes]);
      else list.push(bytes);
    }
  }
  return [...byMnemonic.values()];
}

let made: readonly Form[] | undefined;

/** The sequences, as forms. */
export function sequences(): readonly Form[] {
  if (made !== undefined) return made;
  const kinds = pieces();
  const forms: Form[] = [];
  for (let f = 0; f < SEQUENCES; f++) {
    const name = `sequence ${f}`;
    const next = generator(hashText(name));
    const below = (n: number): number => (next() >>> 0) % n;
    const codes: number[][] = [];
    for (let c = 0; c < CODES; c++) {
      const code: number[] = [];
      const length = 3 + below(12);
      for (let k = 0; k < length; k++) {
        const kind = kinds[below(kinds.length)];
        const bytes = kind[below(kind.length)];
        if (code.length + bytes.length > LONGEST) break;
        code.push(...bytes);
      }
      codes.push(code.length === 0 ? [0x90] : code);
    }
    forms.push({ name, mnemonic: "sequence", operands: "", size: 4, codes, fp: false });
  }
  made = forms;
  return forms;
}
