// Input states for an instruction form: edge values and chance, the same ones on every machine (seeded by the form's name).
// Pointers that an instruction uses are set so that most cases succeed and some fault: unmapped, read-only, across the edge.

import type { Form } from "./forms.ts";
import { INPUT_WORDS, OPERAND, R, READONLY, STACK, START, UNMAPPED, WINDOW } from "./layout.ts";

const EDGES = [
  0, 1, 2, 3, 9, 0x0f, 0x10, 0x7f, 0x80, 0x81, 0x99, 0xfe, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xffff, 0x10000, 0x7fffffff,
  0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x80808080, 0x7f7f7f7f, 0xaaaaaaaa, 0x55555555,
];
const STATUS = [1, 4, 0x10, 0x40, 0x80, 0x800];

/** A small fast generator (mulberry32): 32 bits a call. */
export function generator(seed: number): () => number {
  let s = seed | 0;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return t ^ (t >>> 14);
  };
}

export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) h = Math.imul(h ^ text.charCodeAt(k), 0x01000193);
  return h;
}

/** Inputs of one form: `code[n]` is the encoding of case n, its state is words n * INPUT_WORDS on. */
export interface Cases {
  readonly count: number;
  readonly code: readonly (readonly number[])[];
  readonly states: Int32Array;
}

const STRINGS = new Set(["MOVS", "CMPS", "STOS", "LODS", "SCAS"]);
const BIT = new Set(["BT", "BTS", "BTR", "BTC"]);
/** User data, user code, null, null, the kernel's code. */
const SELECTORS = [0x2b, 0x23, 0, 3, 0x10];

/** Input states of a form, about `wanted` of them. */
export function casesOf(form: Form, wanted = 200): Cases {
  const perCode = Math.max(wanted < 200 ? 2 : 8, Math.ceil(wanted / form.codes.length));
  const count = perCode * form.codes.length;
  const next = generator(hashText(form.name));
  const below = (n: number): number => (next() >>> 0) % n;
  const value = (): number => (below(10) < 6 ? EDGES[below(EDGES.length)] : next());
  const states = new Int32Array(count * INPUT_WORDS);
  const code: (readonly number[])[] = [];

  /** A data address for `size` bytes: mostly `usual`, sometimes one that faults. */
  const pointer = (usual: number): number => {
    const k = below(32);
    if (k < 26) return usual;
    if (k === 26) return usual + 1;
    if (k === 27) return UNMAPPED + 16;
    if (k === 28 || k === 29) return READONLY + 16;
    return UNMAPPED - 3 + below(3);
  };

  for (let n = 0; n < count; n++) {
    const bytes = form.codes[Math.floor(n / perCode)];
    code.push(bytes);
    const s = states.subarray(n * INPUT_WORDS, (n + 1) * INPUT_WORDS);
    for (let r = 0; r < 8; r++) s[r] = value();
    let eflags = 0x202;
    for (const bit of STATUS) if (below(2) !== 0) eflags |= bit;
    if (below(8) === 0) eflags |= 0x400;
    s[R.EFLAGS_IN] = eflags;
    for (let w = R.WINDOW_IN; w < INPUT_WORDS; w++) s[w] = value();
    s[R.EBX] = pointer(OPERAND);
    s[R.ESP] = below(8) === 0 ? pointer(UNMAPPED) : STACK;
    const operand = R.WINDOW_IN + (OPERAND - WINDOW) / 4;
    const top = R.WINDOW_IN + (STACK - WINDOW) / 4;

    const m = form.mnemonic;
    if (form.operands.includes("a32") || form.operands.includes("a16")) {
      s[R.EBX] = value();
      s[R.ESP] = value();
    } else if (STRINGS.has(m)) {
      const down = (eflags & 0x400) !== 0;
      s[R.ECX] = below(8);
      s[R.ESI] = pointer(WINDOW + (down ? 64 : 8)) + below(4);
      s[R.EDI] = pointer(WINDOW + (down ? 100 : 40)) + below(4);
      if (down && s[R.ESI] >= READONLY) s[R.ESI] += 64;
      if (m === "CMPS" && s[R.ESI] >= UNMAPPED - 3 && s[R.EDI] >= UNMAPPED - 3) s[R.ESI] = WINDOW + 20; // which of two faults comes first is chance
      if (!down && below(8) === 0) {
        // A long run that ends in a fault, all of it in compared memory.
        s[R.EDI] = UNMAPPED - 24 + below(4);
        s[R.ECX] = 32 + below(100);
      }
      if (below(2) === 0) {
        // Some equal elements, so that compares go on for a while.
        const v = EDGES[below(4)] === 0 ? 0 : s[R.EAX];
        for (let w = R.WINDOW_IN; w < INPUT_WORDS; w++) if (below(8) !== 0) s[w] = v;
        s[R.EAX] = v;
      }
      if (bytes.includes(0x67) && m !== "CMPS" && below(2) === 0) {
        s[R.ESI] &= 0xffff;
        s[R.EDI] &= 0xffff;
      }
    } else if (m === "DIV" || m === "IDIV") {
      if (below(4) !== 0) s[R.EDX] = m === "DIV" ? below(8) : s[R.EAX] >> 31;
      if (form.size === 4 && below(2) === 0) s[R.EDX] = below(0x10000);
      if (below(4) === 0) s[R.EAX] &= 0x7fff;
    } else if (BIT.has(m) && form.operands === "Ev,Gv" && form.name.includes("mem")) {
      s[R.ECX] = below(448) - 256;
      if (form.size === 2) s[R.ECX] = (s[R.ECX] & 0xffff) | (next() << 16);
    } else if (m === "CMPXCHG") {
      if (below(2) === 0) s[R.EAX] = below(2) === 0 ? s[R.EDX] : s[operand];
    } else if (m === "CMPXCHG8B") {
      if (below(4) !== 0) s[R.EAX] = s[operand];
      if (below(4) !== 0) s[R.EDX] = s[operand + 1];
    } else if (m === "XLAT") {
      s[R.EAX] &= ~0xc0;
      s[R.EBX] = pointer(WINDOW);
    } else if (m === "LOOP" || m === "LOOPcc" || m === "JECXZ") {
      s[R.ECX] = below(3) === 0 ? next() << 16 : EDGES[below(4)];
    } else if (m === "CALL" || m === "JMP") {
      const target = START + 0x20 + below(4);
      s[R.ECX] = s[R.EDX] = s[R.EBP] = target;
      s[operand] = s[operand + 1] = s[top] = s[top + 1] = target;
    } else if (m === "RET" || m === "RETF" || m === "CALLF" || m === "JMPF") {
      const selector = below(3) === 0 ? SELECTORS[1 + below(3)] : 0x23;
      for (const w of [operand, top]) {
        s[w] = form.size === 2 ? (selector << 16) | 0x820 : START + 0x40;
        s[w + 1] = selector;
      }
    } else if (/^(SGDT|SIDT|SLDT|STR|SMSW)$/.test(m)) {
      s[R.EBX] = OPERAND; // emulated by the kernel, whose faults are its own
    } else if (m === "IRET") {
      const selector = below(6) === 0 ? SELECTORS[below(3)] : 0x23;
      const flags = s[top + 2] & ~0x244100; // as for POPF
      if (s[R.ESP] !== STACK) s[R.ESP] = UNMAPPED;
      if (form.size === 2) {
        s[top] = (selector << 16) | 0x820;
        s[top + 1] = (s[top + 1] & 0xffff0000) | (flags & 0xffff);
      } else {
        s[top] = START + 0x40;
        s[top + 1] = selector;
        s[top + 2] = flags;
      }
    } else if (m === "LEAVE") {
      s[R.EBP] = pointer(STACK - 16);
    } else if (m === "ENTER") {
      s[R.ESP] = below(16) === 0 ? pointer(UNMAPPED) : WINDOW + 124;
      s[R.EBP] = WINDOW + 120;
      if (below(8) === 0) s[R.EBP] = UNMAPPED + 8;
    } else if (m === "BOUND") {
      s[operand + 1] = Math.abs(s[operand]) | 0;
    } else if (/^L[DEFGS]S$/.test(m) || form.operands.includes("Sw") || /^(VERR|VERW|LAR|LSL)$/.test(m)) {
      const selector = SELECTORS[below(5)];
      s[R.ECX] = s[R.EDX] = s[R.EBP] = s[operand + 1] = (next() << 16) | selector;
      s[operand] = form.size === 2 && !form.operands.includes("Sw") ? (selector << 16) | (s[operand] & 0xffff) : (s[operand] & 0xffff0000) | selector;
    } else if (m === "POP" && /^[A-Z]S$/.test(form.operands)) {
      s[top] = (s[top] & 0xffff0000) | SELECTORS[below(4)];
    } else if (m === "POPF") {
      if (s[R.ESP] !== STACK) s[R.ESP] = UNMAPPED;
      s[top] &= ~0x244100; // TF and AC would hit the probe; a signal frame does not set ID and NT back
    }
  }
  return { count, code, states };
}
