// Further forms, made from those of forms.ts and simd-forms.ts by changing their operands: every way to address the memory operand, every
// pair of registers, prefixes that change nothing or the segment. No bytes are written by hand here; what a form means is not known either.

import { A, decode, type Instruction } from "../../src/decoder/index.ts";
import { type Cases, casesOf } from "./cases.ts";
import { allForms, type Form } from "./forms.ts";
import { INPUT_WORDS, OPERAND, R, STACK } from "./layout.ts";
import { IN_WORDS, simdCases } from "./simd-cases.ts";
import { type SimdForm, simdForms } from "./simd-forms.ts";

export interface Variant {
  /** Unique and stable: seeds the inputs and keys the recorded results. */
  readonly name: string;
  readonly form: Form | SimdForm;
  /** Compares x87, MXCSR and XMM state too. */
  readonly floating: boolean;
  readonly codes: readonly (readonly number[])[];
  /** Sets registers so that the memory operand is where the form's own [EBX] would be. */
  readonly adjust: (state: Int32Array) => void;
}

/** The cases of a variant come in two series: one for every test run, and a longer one. */
export const SERIES = [24, 180] as const;

const PREFIXES = new Set([0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]);

/** Where the ModR/M byte of an encoding stands, and the instruction; undefined when it has none. */
function modrmOf(code: readonly number[]): { at: number; insn: Instruction } | undefined {
  const bytes = new Uint8Array(32);
  bytes.set(code);
  const insn = decode(bytes, 0, 0);
  if (typeof insn === "number" || insn.modrm < 0 || (insn.row.attributes & A.UNDEFINED) !== 0) return undefined;
  let at = 0;
  while (PREFIXES.has(code[at])) at++;
  if (code[at] === 0x0f) at += code[at + 1] === 0x38 || code[at + 1] === 0x3a ? 3 : 2;
  else at++;
  return { at, insn };
}

const le = (v: number): number[] => [v & 255, (v >> 8) & 255, (v >> 16) & 255, v >>> 24];

/** Ways to write a memory operand, instead of [EBX]: ModR/M without its reg field, what follows it, and the registers it takes. */
const ADDRESSINGS: readonly { label: string; modrm: number; rest: readonly number[]; adjust: (s: Int32Array) => void }[] = [
  { label: "[ebx+disp8]", modrm: 0x43, rest: [0x10], adjust: (s) => void (s[R.EBX] -= 16) },
  { label: "[ebx-disp32]", modrm: 0x83, rest: le(-0x12340), adjust: (s) => void (s[R.EBX] += 0x12340) },
  { label: "[absolute]", modrm: 0x05, rest: le(OPERAND), adjust: () => {} },
  { label: "[ebp+disp8]", modrm: 0x45, rest: [0xf0], adjust: (s) => void (s[R.EBP] = s[R.EBX] + 16) },
  { label: "[esp+disp8]", modrm: 0x44, rest: [0x24, (OPERAND - STACK) & 255], adjust: (s) => void (s[R.ESP] = STACK) },
  { label: "[ebx+esi*2]", modrm: 0x04, rest: [0x73], adjust: (s) => { s[R.ESI] = 8; s[R.EBX] -= 16; } },
  { label: "[edi*8+disp32]", modrm: 0x04, rest: [0xfd, ...le(0x40)], adjust: (s) => void (s[R.EDI] = ((s[R.EBX] - 0x40) >>> 3) | 0x60000000) },
];

/** Prefixes in front of an encoding with a memory operand: segments that are flat, one that is null, REP and REPNE where they mean nothing. */
const OVERRIDES: readonly { label: string; byte: number }[] = [
  { label: "es:", byte: 0x26 }, { label: "cs:", byte: 0x2e }, { label: "fs:", byte: 0x64 }, { label: "a16", byte: 0x67 },
];

const nothing = (): void => {};

function make(form: Form | SimdForm, floating: boolean, out: Variant[]): void {
  if (!floating && ((form as Form).operands.includes("a32") || (form as Form).operands.includes("a16"))) return;
  const first = modrmOf(form.codes[0]);
  if (first === undefined) return;
  const { insn } = first;
  const branch = (insn.row.attributes & A.BRANCH) !== 0;
  // the kernel emulates the first (UMIP), with faults of its own, and has its own descriptors for the others
  if (/^(SGDT|SIDT|SLDT|STR|SMSW|LAR|LSL|VERR|VERW)$/.test(insn.row.mnemonic)) return;
  const push = (label: string, codes: readonly (readonly number[])[], adjust: (s: Int32Array) => void): void => {
    out.push({ name: `${form.name} ${label}`, form, floating, codes, adjust });
  };
  const rewritten = (modrm: number, rest: readonly number[], reg = -1): number[][] =>
    form.codes.map((code) => {
      const { at, insn: own } = modrmOf(code) as { at: number; insn: Instruction };
      const kept = reg >= 0 ? reg << 3 : own.modrm & 0x38;
      return [...code.slice(0, at), modrm | kept, ...rest, ...code.slice(at + 1)];
    });
  if (/\bmem( |$)/.test(form.name) && (insn.modrm & 0xc7) === 3) {
    for (const { label, modrm, rest, adjust } of ADDRESSINGS) {
      if (insn.row.mnemonic === "LDMXCSR" && label.startsWith("[edi")) continue; // reads elsewhere when EBX is odd, and so bits that AMD alone has
      push(label, rewritten(modrm, rest), adjust);
    }
    for (const { label, byte } of OVERRIDES) push(`[ebx] ${label}`, form.codes.map((code) => [byte, ...code]), nothing);
    // a destination that is the base of its own source
    if (!/ \/[0-7]/.test(form.name) && !branch && !form.mnemonic.startsWith("BT")) push("[ebx] reg 3", rewritten(3, [], 3), nothing);
    return;
  }
  if (insn.modrm < 0xc0 || branch || form.name.includes("reg2") || /\b(same|high)$/.test(form.name) || form.operands.includes("Sw")) return;
  const digit = / \/[0-7]/.test(form.name);
  const codes: number[][] = [];
  const tails = form.codes.length;
  for (let reg = 0; reg < (digit ? 1 : 8); reg++) {
    for (let rm = 0; rm < 8; rm++) {
      // all immediates in turn, one or two a pair of registers
      for (let k = 0; k < Math.min(tails, digit ? 3 : 1); k++) {
        const code = form.codes[(reg * 8 + rm * 3 + k * 5) % tails];
        const { at, insn: own } = modrmOf(code) as { at: number; insn: Instruction };
        const changed = [...code.slice(0, at), 0xc0 | (digit ? own.modrm & 0x38 : reg << 3) | rm, ...code.slice(at + 1)];
        // the ModR/M byte may be the opcode
        if (modrmOf(changed)?.insn.row.mnemonic === own.row.mnemonic) codes.push(changed);
      }
    }
  }
  if (codes.length > 7) push("registers", codes, nothing);
  if (!floating && (insn.row.attributes & A.LOCKABLE) !== 0) push("lock", form.codes.map((code) => [0xf0, ...code]), nothing);
}

let made: readonly Variant[] | undefined;

/** All variants, in the order of the tables. */
export function variants(): readonly Variant[] {
  if (made !== undefined) return made;
  const out: Variant[] = [];
  for (const form of allForms()) make(form, false, out);
  for (const form of simdForms()) make(form, true, out);
  made = out;
  return out;
}

/** The inputs of one series of a variant. */
export function variantCases(variant: Variant, series: number): Cases {
  const { form, floating, codes, adjust } = variant;
  const most = series === 0 ? 6 : codes.length;
  const chosen = codes.length <= most ? codes : Array.from({ length: most }, (_, k) => codes[Math.floor((k * codes.length) / most)]);
  const own = { ...form, name: `${variant.name} ${series}`, codes: chosen };
  const cases = floating ? simdCases(own as SimdForm, SERIES[series]) : casesOf(own as Form, SERIES[series]);
  const words = floating ? IN_WORDS : INPUT_WORDS;
  for (let n = 0; n < cases.count; n++) adjust(cases.states.subarray(n * words, (n + 1) * words));
  return cases;
}
