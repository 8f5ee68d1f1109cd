// Instruction forms made from the opcode tables: every row, operand size, register and memory operand, as machine code.
// What state the code is run in is cases.ts; a form here knows its bytes only.

import { A } from "../../src/decoder/instruction.ts";
import { SECTIONS } from "../../src/decoder/rows.ts";
import { OPERAND } from "./layout.ts";

/** A form: one row of the tables with its choices made, in one or more encodings (immediates, registers, conditions). */
export interface Form {
  /** Unique and stable: seeds the inputs and keys the recorded results. */
  readonly name: string;
  readonly mnemonic: string;
  readonly operands: string;
  readonly size: number;
  readonly codes: readonly (readonly number[])[];
  /** Compares x87 and XMM state too. */
  readonly fp: boolean;
}

/** Rows that cannot be compared with hardware one instruction at a time, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  INT: "may enter the kernel: see extra()",
  INT3: "is the probe itself",
  ICEBP: "virtual machines report it differently",
  SYSENTER: "enters the kernel",
  CPUID: "differs by processor", RDTSC: "differs by the clock", RDTSCP: "differs by the clock",
  RDRAND: "chance, and not offered", RDSEED: "chance, and not offered",
  XGETBV: "not offered", XSAVE: "not offered", XSAVEC: "not offered", XSAVEOPT: "not offered", XRSTOR: "not offered",
  CLFLUSHOPT: "not on every processor",
  FXSAVE: "vector state", FXRSTOR: "vector state", LDMXCSR: "vector state", STMXCSR: "vector state",
};

const IMM8 = [0, 1, 2, 5, 0x0f, 0x7f, 0x80, 0x81, 0xff];
const COUNTS = [0, 1, 2, 4, 7, 8, 9, 10, 15, 16, 17, 18, 24, 27, 31, 32, 33, 40, 63, 64, 255];
const IMM32 = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x12345678];
const COUNTED = new Set(["SHL", "SHR", "SAR", "ROL", "ROR", "RCL", "RCR", "SHLD", "SHRD", "BT", "BTS", "BTR", "BTC"]);

function le(v: number, n: number): number[] {
  return Array.from({ length: n }, (_, k) => (v >>> (8 * k)) & 0xff);
}

/** Immediates of an operand form at an operand size, as bytes; undefined when it is no immediate. */
function immediates(operand: string, size: number, mnemonic: string): number[][] | undefined {
  switch (operand) {
    case "Ib": case "sIb": return IMM8.map((v) => [v]);
    case "uIb":
      if (mnemonic === "ENTER") return [0, 1, 2, 3, 5, 31, 32, 33].map((v) => [v]);
      return (COUNTED.has(mnemonic) ? COUNTS : [0, 1, 2, 7, 10, 16, 100, 128, 255]).map((v) => [v]);
    case "Iz": return (size === 2 ? IMM32.slice(0, 8) : IMM32).map((v) => le(v, size));
    case "Iw": return [0, 4, 8, 24].map((v) => le(v, 2));
    case "Jb": return [[0x10], [0xe0]];
    case "Jz": return [le(0x20, size), le(-0x100, size)];
    case "Ap": return [[...le(0x10000820, size), 0x23, 0], [...le(0x10000820, size), 0x2b, 0], [...le(0x10000820, size), 0, 0]];
    case "Ob": case "Ov": return [le(OPERAND, 4)];
    default: return undefined;
  }
}

interface Choice {
  readonly label: string;
  readonly modrm: number;
}

function add(forms: Form[], opcode: string, name: string, operandText: string, attributes: number): void {
  const mnemonic = name.replace(/:\d+$/, "");
  if (opcode === "0F 0D") return; // with a register: #UD on AMD, no operation on Intel
  if (mnemonic in LEFT_OUT || (attributes & (A.X87 | A.MMX | A.SSE)) !== 0) return;
  const operands = operandText === "" ? [] : operandText.split(",");
  const prefixes: number[] = [];
  const bytes: number[] = [];
  let digits: number[] = [];
  let only = "";
  let spread = "";
  for (const token of opcode.split(" ")) {
    if (token === "NP") only += "NP ";
    else if ((token === "66" || token === "F2" || token === "F3") && bytes.length === 0 && opcode.split(" ").length > 1) prefixes.push(parseInt(token, 16));
    else if (/^[0-9A-F]{2}$/.test(token)) bytes.push(parseInt(token, 16));
    else if (/^[0-9A-F]{2}\+(r|cc|i)$/.test(token)) {
      bytes.push(parseInt(token.slice(0, 2), 16));
      spread = token.slice(3);
    } else if (token.startsWith("/")) {
      for (const part of token.slice(1).split(",")) {
        const [from, to] = part.split("-").map(Number);
        for (let d = from; d <= (to ?? from); d++) digits.push(d);
      }
    } else only += `${token} `;
  }
  const modrmOperands = operands.filter((o) => /^[EMRGSCD][a-z]|^[EM]$|^RvMw$|^RdM[wb]$|^M$/.test(o) && !["ES", "CS", "SS", "DS"].includes(o));
  const hasModrm = digits.length > 0 || modrmOperands.length > 0;
  const rmOperand = modrmOperands.find((o) => /^[EMR]/.test(o)) ?? "";
  const choices: Choice[] = [];
  if (hasModrm) {
    const regs = digits.length > 0 ? digits : [modrmOperands.includes("Sw") ? 0 : 1];
    if (modrmOperands.includes("Sw") && mnemonic === "MOV" && digits.length > 0) digits = regs;
    const memory = !/^R[a-z]?$/.test(rmOperand) && rmOperand !== "Rd" && !only.includes("reg");
    const register = !rmOperand.startsWith("M") && !only.includes("mem");
    const moreRegs = digits.length > 0 ? [] : [1];
    for (const d of regs) {
      if (memory) choices.push({ label: digits.length > 1 ? `mem /${d}` : "mem", modrm: (d << 3) | 3 });
      if (register) {
        choices.push({ label: digits.length > 1 ? `reg /${d}` : "reg", modrm: 0xc0 | (d << 3) | 2 });
        choices.push({ label: digits.length > 1 ? `reg2 /${d}` : "reg2", modrm: 0xc0 | (d << 3) | (moreRegs.length > 0 ? d : 5) });
        if (digits.length === 0 && modrmOperands.includes("Gb")) choices.push({ label: "high", modrm: 0xc0 | (4 << 3) | 6 });
      }
    }
  } else choices.push({ label: "", modrm: -1 });
  const sized = operands.some((o) => /[vzpa]$|^eAX$|^R.?M.$/.test(o) || o === "ES" || o === "CS" || o === "SS" || o === "DS" || o === "FS" || o === "GS" || o === "sIb" || o === "Iw")
    || ["CBW", "CWD", "PUSHA", "POPA", "PUSHF", "POPF", "RET", "RETF", "IRET", "LEAVE", "ENTER"].includes(mnemonic);
  const string = (attributes & A.STRING) !== 0 && (attributes & A.PRIVILEGED) === 0;
  const sizes = sized && !prefixes.includes(0x66) && !(only.includes("NP") && mnemonic === "MOVBE") ? [4, 2] : [prefixes.includes(0x66) ? 2 : 4];
  for (const size of sizes) {
    for (const choice of choices) {
      const lead: { label: string; bytes: number[] }[] = [{ label: "", bytes: [] }];
      if (string && !prefixes.some((p) => p === 0xf2 || p === 0xf3)) {
        if (mnemonic !== "CMPS" && mnemonic !== "SCAS") lead.push({ label: "rep", bytes: [0xf3] }, { label: "a16 rep", bytes: [0x67, 0xf3] });
        else lead.push({ label: "a16", bytes: [0x67] });
      }
      if ((attributes & A.LOCKABLE) !== 0 && choice.label.startsWith("mem")) lead.push({ label: "lock", bytes: [0xf0] });
      if (mnemonic === "LOOP" || mnemonic === "LOOPcc" || mnemonic === "JECXZ" || mnemonic === "XLAT") lead.push({ label: "a16", bytes: [0x67] });
      for (const l of lead) {
        const codes: number[][] = [];
        const last = bytes.length - 1;
        const count = spread === "cc" ? 16 : spread === "" ? 1 : 8;
        for (let s = 0; s < count; s++) {
          const op = [...bytes];
          op[last] += s;
          let tails: number[][] = [[]];
          for (const o of operands) {
            const imm = immediates(o, size, mnemonic);
            if (imm !== undefined) tails = tails.flatMap((t) => imm.map((v) => [...t, ...v]));
          }
          for (const t of tails) {
            codes.push([...l.bytes, ...(size === 2 && !prefixes.includes(0x66) ? [0x66] : []), ...prefixes, ...op, ...(choice.modrm < 0 ? [] : [choice.modrm]), ...t]);
          }
        }
        const label = [opcode, mnemonic === name ? name : name, operandText, size === 2 ? "o16" : "", choice.label, l.label].filter((x) => x !== "").join(" ");
        forms.push({ name: label, mnemonic, operands: operandText, size, codes, fp: false });
      }
    }
  }
}

function hex(text: string): number[] {
  return text.split(" ").map((b) => parseInt(b, 16));
}

/** Every ModR/M memory form, with a choice of SIB bytes. */
function addressing(prefix: number[], opcode: number[], wide: boolean): number[][] {
  const codes: number[][] = [];
  for (let mod = 0; mod < 3; mod++) {
    for (let rm = 0; rm < 8; rm++) {
      const modrm = (mod << 6) | (1 << 3) | rm;
      if (!wide) {
        const disp = mod === 1 ? [0x85] : mod === 2 || rm === 6 ? [0x34, 0x92] : [];
        codes.push([...prefix, ...opcode, modrm, ...disp]);
      } else if (rm !== 4) {
        const disp = mod === 1 ? [0x85] : mod === 2 || rm === 5 ? le(0x87654321, 4) : [];
        codes.push([...prefix, ...opcode, modrm, ...disp]);
      } else {
        for (let sib = 0; sib < 256; sib += 1) {
          if ((sib * 7 + mod) % 3 !== 0) continue;
          const disp = mod === 1 ? [0x85] : mod === 2 || (sib & 7) === 5 ? le(0x07654321, 4) : [];
          codes.push([...prefix, ...opcode, modrm, sib, ...disp]);
        }
      }
    }
  }
  return codes;
}

/** Forms that the tables do not suggest: stack-pointer subtleties, address arithmetic, overrides. */
function extra(forms: Form[]): void {
  const plain = (name: string, mnemonic: string, size: number, codes: number[][]): void => {
    forms.push({ name, mnemonic, operands: name, size, codes, fp: false });
  };
  plain("LEA a32", "LEA", 4, addressing([], [0x8d], true));
  plain("LEA a32 o16", "LEA", 2, addressing([0x66], [0x8d], true));
  plain("LEA a16", "LEA", 4, addressing([0x67], [0x8d], false));
  plain("POP [esp]", "POP", 4, [hex("8f 04 24"), hex("8f 44 24 fc"), hex("8f 44 24 08"), hex("66 8f 44 24 04"), hex("66 8f 04 24")]);
  plain("PUSH [esp]", "PUSH", 4, [hex("ff 34 24"), hex("ff 74 24 fc"), hex("ff 74 24 08"), hex("66 ff 74 24 04")]);
  plain("CALL [esp]", "CALL", 4, [hex("ff 14 24"), hex("ff 54 24 04")]);
  plain("MOV segment override", "MOV", 4, [hex("2e 8b 0b"), hex("36 8b 0b"), hex("3e 8b 0b"), hex("26 8b 0b"), hex("26 89 0b")]);
  plain("MOV bad segment", "MOV", 4, [hex("64 8b 0b"), hex("65 89 0b")]);
  plain("MOVS segment override", "MOVS", 4, [hex("26 a5"), hex("36 f3 a4"), hex("2e f3 a5")]);
  plain("XCHG with memory in every register", "XCHG", 4, [0x03, 0x0b, 0x13, 0x2b, 0x33, 0x3b].map((m) => [0x87, m]));
  plain("CMPXCHG eax", "CMPXCHG", 4, [hex("0f b1 c0"), hex("0f b1 c8"), hex("0f b0 e0"), hex("0f b1 03"), hex("0f b1 1b"), hex("0f b0 c4")]);
  plain("XADD same", "XADD", 4, [hex("0f c1 c0"), hex("0f c1 1b"), hex("0f c0 c4"), hex("66 0f c1 c9")]);
  plain("INT closed gates", "INT", 4, [0, 1, 2, 4, 5, 6, 13, 14, 0x20, 0x7f, 0x81, 0xff].map((v) => [0xcd, v]));
  plain("ENTER beyond the stack", "ENTER", 4, [hex("c8 00 08 00"), hex("c8 00 20 00"), hex("c8 00 20 01"), hex("c8 ff ff 02"), hex("66 c8 00 20 00")]);
  plain("NOP length", "NOP", 4, [hex("66 66 66 66 66 66 66 66 66 66 66 66 66 90")]);
}

let all: readonly Form[] | undefined;

/** All forms, in the order of the tables. */
export function allForms(): readonly Form[] {
  if (all !== undefined) return all;
  const forms: Form[] = [];
  for (const section of SECTIONS) {
    for (const [opcode, name, operands, , attributes] of section.rows) {
      add(forms, opcode, name, operands, (attributes ?? 0) | section.attributes);
    }
  }
  extra(forms);
  all = forms;
  return forms;
}
