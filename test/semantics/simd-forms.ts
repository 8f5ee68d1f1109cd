// Forms of the MMX, SSE and x87 instructions, made from the opcode tables: every row with a register operand, the same register
// twice, and a memory operand, in machine code. Inputs for them: simd-cases.ts.

import { A } from "../../src/decoder/instruction.ts";
import { SECTIONS } from "../../src/decoder/rows.ts";

export interface SimdForm {
  /** Unique and stable: seeds the inputs and keys the recorded results. */
  readonly name: string;
  readonly mnemonic: string;
  readonly operands: string;
  readonly x87: boolean;
  readonly codes: readonly (readonly number[])[];
}

/** Rows that cannot be compared with hardware one instruction at a time here, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  FXSAVE: "larger than the window: simd-state.test.ts", FXRSTOR: "larger than the window: simd-state.test.ts",
};
const ALSO = new Set(["LDMXCSR", "STMXCSR"]);

const SHIFT_COUNTS = [0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 128, 255];

function immediates(mnemonic: string): number[] {
  if (/^PS(LL|RL|RA)/.test(mnemonic)) return SHIFT_COUNTS;
  if (mnemonic.startsWith("CMP")) return [0, 1, 2, 3, 4, 5, 6, 7];
  if (mnemonic.startsWith("ROUND")) return Array.from({ length: 16 }, (_, k) => k);
  if (mnemonic.startsWith("PCMP")) return Array.from({ length: 128 }, (_, k) => k);
  if (mnemonic === "PALIGNR") return Array.from({ length: 36 }, (_, k) => k);
  return [0, 1, 2, 4, 8, 16, 32, 64, 128, 255, 0x1b, 0xe4, 0x4e, 0xb1, 0x11, 0xf1, 0x3f, 0xc7, 0x5a, 0xa5, 0x72, 0x99];
}

function add(forms: SimdForm[], opcode: string, name: string, operandText: string, attributes: number): void {
  const mnemonic = name.replace(/:\d+$/, "");
  if (mnemonic in LEFT_OUT || ((attributes & (A.X87 | A.MMX | A.SSE)) === 0 && !ALSO.has(mnemonic))) return;
  const operands = operandText === "" ? [] : operandText.split(",");
  const prefix: number[] = [];
  const bytes: number[] = [];
  let digit = -1;
  let only = "";
  let stack = false;
  for (const token of opcode.split(" ")) {
    if (token === "NP") continue;
    else if (bytes.length === 0 && /^(66|F2|F3)$/.test(token)) prefix.push(parseInt(token, 16));
    else if (/^[0-9A-F]{2}$/.test(token)) bytes.push(parseInt(token, 16));
    else if (/^[0-9A-F]{2}\+i$/.test(token)) {
      bytes.push(parseInt(token, 16));
      stack = true;
    } else if (token.startsWith("/")) digit = Number(token.slice(1));
    else only = token;
  }
  const tails = operands.includes("uIb") ? immediates(mnemonic).map((v) => [v]) : [[]];
  const base = `${opcode} ${name} ${operandText}`.trim();
  const push = (label: string, middles: number[][]): void => {
    const codes = middles.flatMap((middle) => tails.map((tail) => [...prefix, ...bytes.slice(0, stack ? -1 : undefined), ...middle, ...tail]));
    forms.push({ name: `${base} ${label}`.trim(), mnemonic, operands: operandText, x87: (attributes & A.X87) !== 0, codes });
  };
  if (stack) {
    const last = bytes[bytes.length - 1];
    push("", [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [last + k]));
    return;
  }
  const rm = operands.find((o) => /^[EQWM][a-z]|^[RNU][a-z]/.test(o));
  const reg = digit >= 0 ? digit : 1;
  if (rm === undefined && digit < 0) {
    push("", [[]]);
    return;
  }
  const memory = only !== "reg" && !/^[NU]/.test(rm ?? "");
  const register = only !== "mem" && !(rm ?? "").startsWith("M");
  if (register) push("reg", [[0xc0 | (reg << 3) | 2]]);
  if (register && digit < 0) push("same", [[0xc0 | (reg << 3) | 1]]);
  if (memory) push("mem", [[(reg << 3) | 3]]);
}

/** All forms, in the order of the tables. Those of the environment with a 16-bit operand come last. */
export function simdForms(): readonly SimdForm[] {
  const forms: SimdForm[] = [];
  for (const section of SECTIONS) {
    for (const [opcode, name, operands, , attributes] of section.rows) {
      add(forms, opcode, name, operands, (attributes ?? 0) | section.attributes);
    }
  }
  for (const form of forms.filter((f) => /^D[9D] .*(Menv|Msave)/.test(f.name))) {
    forms.push({ ...form, name: `66 ${form.name}`, codes: form.codes.map((c) => [0x66, ...c]) });
  }
  return forms;
}
