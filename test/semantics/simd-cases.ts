// Input states for a SIMD or x87 form: edge values and chance, the same ones on every machine (seeded by the form's name); and
// the run of such cases on the real processor (fixtures/insn/runner). Our own runs: engines.ts.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { generator, hashText } from "./cases.ts";
import { OPERAND, R, READONLY, STACK, TAIL_BYTES, UNMAPPED, WINDOW, WINDOW_BYTES } from "./layout.ts";
import { CODE_BYTES } from "./native.ts";
import type { SimdForm } from "./simd-forms.ts";

/** Words of the floating-point part of a record: FNSAVE image, MXCSR, XMM0-7. */
export const FSAVE_WORDS = 27;
export const FP = { FSAVE: 0, MXCSR: FSAVE_WORDS, XMM: FSAVE_WORDS + 1, WORDS: FSAVE_WORDS + 1 + 32 } as const;
export const IN_FP = 9 + WINDOW_BYTES / 4;
export const IN_WORDS = IN_FP + FP.WORDS;
export const OUT_FP = 13 + WINDOW_BYTES / 4 + TAIL_BYTES / 4;
export const OUT_WORDS = OUT_FP + FP.WORDS;

export interface SimdCases {
  readonly count: number;
  readonly code: readonly (readonly number[])[];
  readonly states: Int32Array;
}

const F32_EDGES = [
  0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0xff912345, 1, 0x80000001, 0x007fffff, 0x807fffff,
  0x00800000, 0x80800000, 0x7f7fffff, 0xff7fffff, 0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001, 0x3f000000, 0xbf000000, 0x3fc00000,
  0x40200000, 0x4b7fffff,
  0x4b800001, 0x3effffff, 0x34000000, 0x00ffffff, 0x40490fdb, 0x3eaaaaab, 0x20000000, 0x5f800000, 0x00000100,
];
/** High and low words. */
const F64_EDGES: readonly (readonly [number, number])[] = [
  [0, 0], [0x80000000, 0], [0x3ff00000, 0], [0xbff00000, 0], [0x7ff00000, 0], [0xfff00000, 0], [0x7ff80000, 0], [0xfff81234, 0x56789abc],
  [0x7ff00000, 1],
  [0xfff45678, 0x9abcdef0], [0, 1], [0x80000000, 1], [0x000fffff, 0xffffffff], [0x800fffff, 0xffffffff], [0x00100000, 0], [0x80100000, 0],
  [0x7fefffff, 0xffffffff],
  [0xffefffff, 0xffffffff], [0x41dfffff, 0xffc00000], [0x41dfffff, 0xffe00000], [0x41e00000, 0], [0xc1e00000, 0],
  [0xc1e00000, 0x00100000], [0xc1e00000, 0x00200000],
  [0x3fe00000, 0], [0xbfe00000, 0], [0x3ff80000, 0], [0x40040000, 0], [0x43300000, 1], [0x3fd55555, 0x55555555], [0x3ff00000, 1],
  [0x400921fb, 0x54442d18],
  [0x38100000, 0], [0x380fffff, 0xffffffff], [0x36a00000, 0], [0x36900000, 0], [0x36900000, 1], [0x47efffff, 0xe0000000],
  [0x47efffff, 0xefffffff], [0x47efffff, 0xf0000000],
  [0x1ff00000, 0], [0x5ff00000, 3], [0x3fefffff, 0xffffffff], [0x3fdfffff, 0xffffffff], [0x3ff00000, 0x10000000], [0x3ff00000, 0x30000000],
];
const INT_EDGES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x80808080, 0x7f7f7f7f, 0x80008000, 0x7fff7fff,
  0xaaaaaaaa, 0x01010101, 31, 32, 63, 64, 15, 16, 0x8000ffff, 0x7fff8000,
];
/** Sign and exponent, significand high, low. */
const F80_EDGES: readonly (readonly [number, number, number])[] = [
  [0, 0, 0], [0x8000, 0, 0], [0x3fff, 0x80000000, 0], [0xbfff, 0x80000000, 0], [0x7fff, 0x80000000, 0], [0xffff, 0x80000000, 0],
  [0x7fff, 0xc0000000, 0],
  [0xffff, 0xc0000000, 0], [0x7fff, 0xa0000000, 1], [0xffff, 0x80000000, 1], [0, 0, 1], [0x8000, 0x7fffffff, 0xffffffff],
  [0, 0x80000000, 0], [1, 0x80000000, 0],
  [0x7ffe, 0xffffffff, 0xffffffff], [0x4000, 0xc90fdaa2, 0x2168c235], [0x3ffd, 0xaaaaaaaa, 0xaaaaaaab], [0x3ffe, 0x80000000, 0],
  [0x403e, 0x80000000, 0],
  [0xc03e, 0x80000000, 0], [0x401e, 0x80000000, 0], [0xc01e, 0x80000000, 0], [0x4000, 0xc0000000, 0], [0x3fff, 0xc0000000, 0],
  [0x400e, 0xffff0000, 0],
  [0x3c00, 0x80000000, 0], [0x43fe, 0xffffffff, 0xffffffff], [0x3f80, 0xc0000000, 0], [0x407e, 0xffffff80, 0], [0x3fff, 0x80000000, 1],
  [0x4000, 0, 5], [0x7fff, 0x12345678, 9],
];

/** Instructions whose last place depends on the processor's own algorithm: compared in test/runtime instead. */
const APPROXIMATE = new Set(["F2XM1", "FYL2X", "FYL2XP1", "FPTAN", "FPATAN", "FSIN", "FCOS", "FSINCOS"]);

export function approximate(mnemonic: string): boolean {
  return APPROXIMATE.has(mnemonic);
}

/** Input states of a form, about `wanted` of them. */
export function simdCases(form: SimdForm, wanted = 256): SimdCases {
  const perCode = Math.max(wanted < 96 ? 2 : 4, Math.ceil(wanted / form.codes.length));
  const count = perCode * form.codes.length;
  const next = generator(hashText(form.name));
  const below = (n: number): number => (next() >>> 0) % n;
  const states = new Int32Array(count * IN_WORDS);
  const code: (readonly number[])[] = [];

  const f32 = (): number => (below(3) !== 0 ? F32_EDGES[below(F32_EDGES.length)] : (next() & 0x807fffff) | ((112 + below(32)) << 23));
  /** Four dwords at w of one of several kinds of content. */
  const fill = (s: Int32Array, w: number): void => {
    const style = below(9);
    for (let k = 0; k < 4; k++) {
      if (style === 0) s[w + k] = next();
      else if (style <= 2) s[w + k] = f32();
      else if (style <= 4) {
        const edge = below(3) !== 0;
        const [hi, lo] = edge ? F64_EDGES[below(F64_EDGES.length)] : [(next() & 0x800fffff) | ((1000 + below(64)) << 20), next()];
        s[w + k] = lo;
        s[w + ++k] = hi;
      } else if (style === 5) s[w + k] = INT_EDGES[below(INT_EDGES.length)];
      else if (style === 6) for (let b = 0; b < 4; b++) s[w + k] = (s[w + k] << 8) | (below(12) === 0 ? 0 : 0x61 + below(3));
      else if (style === 7) s[w + k] = (below(7) * 0x10001 * (below(3) === 0 ? 0 : 1)) | 0;
      else s[w + k] = k === 0 ? below(80) : 0;
    }
  };

  for (let n = 0; n < count; n++) {
    const s = states.subarray(n * IN_WORDS, (n + 1) * IN_WORDS);
    code.push(form.codes[Math.floor(n / perCode)]);
    for (let r = 0; r < 8; r++) s[r] = below(2) === 0 ? next() : INT_EDGES[below(INT_EDGES.length)];
    s[R.EFLAGS_IN] = 0x202 | (next() & 0x8d5);
    for (let w = 0; w < WINDOW_BYTES / 4; w += 4) fill(s, R.WINDOW_IN + w);
    for (let x = 0; x < 8; x++) fill(s, IN_FP + FP.XMM + 4 * x);
    if (below(3) === 0) for (let k = 0; k < 4; k++) s[IN_FP + FP.XMM + 8 + k] = s[IN_FP + FP.XMM + 4 + k];
    const fault = below(40);
    const wide = /Menv|Msave/.test(form.operands);
    const usual = wide ? WINDOW : OPERAND;
    const bad = [UNMAPPED + 16, READONLY + 16, UNMAPPED - 4, UNMAPPED - 1];
    s[R.EBX] = fault < 33 ? usual : (bad[fault - 33] ?? usual + below(16));
    s[R.EDI] = s[R.EBX];
    s[R.ESP] = STACK;
    if (form.mnemonic.startsWith("PCMPESTR")) for (const r of [R.EAX, R.EDX]) s[r] = below(4) === 0 ? next() : below(40) - 20;
    // MXCSR: mostly plain.
    const rounding = below(4) === 0 ? below(4) << 13 : 0;
    const flush = below(6) === 0 ? (below(2) << 15) | (below(2) << 6) : 0;
    const masks = below(8) === 0 ? (next() & 0x1f80) : 0x1f80;
    s[IN_FP + FP.MXCSR] = masks | rounding | flush | (below(2) === 0 ? next() & 0x3f : 0);
    if (form.mnemonic === "LDMXCSR") {
      const operand = R.WINDOW_IN + (OPERAND - WINDOW) / 4;
      // Not bit 17, misaligned access, which AMD has and we do not offer.
      s[operand] = below(4) === 0 ? next() & ~0x20000 : next() & 0xffff;
    }
    fillX87(s.subarray(IN_FP, IN_FP + FSAVE_WORDS), form, next, below);
    if (form.x87 && !wide) fillX87Operand(s, next, below);
    if (wide) fillX87(s.subarray(R.WINDOW_IN, R.WINDOW_IN + FSAVE_WORDS), form, next, below);
  }
  return { count, code, states };
}

function fillX87(s: Int32Array, form: SimdForm, next: () => number, below: (n: number) => number): void {
  const bytes = new DataView(s.buffer, s.byteOffset, FSAVE_WORDS * 4);
  const calm = below(3) === 0;
  const cw = below(8) === 0 ? (next() & 0x3f) | 0x300 : 0x37f;
  const control = (calm ? cw : (cw & ~0xc00) | (below(4) << 10)) & (below(4) === 0 ? ~0x300 | (below(4) << 8) : -1);
  let status = below(2) === 0 ? next() & 0x4700 : 0;
  if (below(4) === 0) status |= next() & 0x7f;
  status |= below(8) << 11;
  const pending = below(24) === 0;
  if (!pending) status &= ~(~control & 0x3f);
  if ((status & ~control & 0x3f) !== 0) status |= 0x8080;
  bytes.setUint32(0, (control & 0x0f3f) | 0x40 | 0xffff0000, true);
  bytes.setUint32(4, status | 0xffff0000, true);
  let tags = 0;
  const emptyOdds = below(3) === 0 ? 3 : 30;
  for (let p = 0; p < 8; p++) if (below(emptyOdds) === 0) tags |= 3 << (2 * p);
  bytes.setUint32(8, tags | 0xffff0000, true);
  bytes.setUint32(24, 0xffff0000, true);
  for (let r = 0; r < 8; r++) {
    const at = 28 + 10 * r;
    const style = form.x87 ? below(8) : below(3) * 4;
    if (style < 3) {
      const [se, high, low] = F80_EDGES[below(F80_EDGES.length)];
      bytes.setUint16(at + 8, se, true);
      bytes.setUint32(at + 4, high, true);
      bytes.setUint32(at, low, true);
    } else {
      const exponent = style < 6 ? 0x3fff - 8 + below(20) : style === 6 ? 0x3fff - 80 + below(160) : next() & 0x7fff;
      bytes.setUint16(at + 8, exponent | (next() & 0x8000), true);
      bytes.setUint32(at + 4, next() | 0x80000000, true);
      bytes.setUint32(at, below(2) === 0 ? 0 : next(), true);
      if (style === 3) bytes.setUint32(at + 4, (next() & 0xfff00000) | 0x80000000, true);
    }
  }
}

/** A memory operand that makes sense as some x87 format: ten bytes at OPERAND. */
function fillX87Operand(s: Int32Array, next: () => number, below: (n: number) => number): void {
  const at = R.WINDOW_IN + (OPERAND - WINDOW) / 4;
  const style = below(5);
  if (style === 0) {
    const [se, high, low] = F80_EDGES[below(F80_EDGES.length)];
    s[at] = low;
    s[at + 1] = high;
    s[at + 2] = se;
  } else if (style === 1) {
    const bcd = (): number => {
      let digits = 0;
      for (let k = 0; k < 8; k++) digits = (digits << 4) | below(10);
      return digits;
    };
    s[at] = bcd();
    s[at + 1] = bcd();
    s[at + 2] = (bcd() & 0xff) | (next() & 0x8000);
  } else if (style === 2) {
    const [hi, lo] = F64_EDGES[below(F64_EDGES.length)];
    s[at] = lo;
    s[at + 1] = hi;
  } else if (style === 3) s[at] = F32_EDGES[below(F32_EDGES.length)];
}

/** Blanks what is not compared: last-instruction pointers, which the kernel's frames hold only after an exception. */
export function blank(cases: SimdCases, results: Int32Array): void {
  for (let n = 0; n < cases.count; n++) {
    const at = n * OUT_WORDS + OUT_FP;
    results.fill(0, at + 3, at + 7);
  }
}

const WORD_NAMES = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "trap", "error", "cr2"];

function wordName(w: number): string {
  if (w < WORD_NAMES.length) return WORD_NAMES[w];
  if (w < OUT_FP) return `memory+${4 * (w - WORD_NAMES.length)}`;
  const f = w - OUT_FP;
  return f < FP.MXCSR ? `fsave+${4 * f}` : f === FP.MXCSR ? "mxcsr" : `xmm${(f - FP.XMM) >> 2}[${(f - FP.XMM) & 3}]`;
}

/** The first few cases in which two results differ, as text with the input. */
export function differences(cases: SimdCases, expected: Int32Array, got: Int32Array, most = 3): string[] {
  const found: string[] = [];
  const hex = (v: number): string => (v >>> 0).toString(16).padStart(8, "0");
  for (let n = 0; n < cases.count && found.length < most; n++) {
    const words: string[] = [];
    for (let w = 0; w < OUT_WORDS; w++) {
      const at = n * OUT_WORDS + w;
      if (expected[at] !== got[at]) words.push(`${wordName(w)} ${hex(expected[at])}, got ${hex(got[at])}`);
    }
    if (words.length === 0) continue;
    const s = cases.states.subarray(n * IN_WORDS, (n + 1) * IN_WORDS);
    const four = (w: number): string => [3, 2, 1, 0].map((k) => hex(s[w + k])).join("_");
    const bytes = cases.code[n].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    found.push(`${bytes}: mxcsr ${hex(s[IN_FP + FP.MXCSR])} xmm1 ${four(IN_FP + FP.XMM + 4)} xmm2 ${four(IN_FP + FP.XMM + 8)} [ebx] ${four(R.WINDOW_IN + 8)} ` +
      `ebx ${hex(s[R.EBX])} cw ${hex(s[IN_FP])} sw ${hex(s[IN_FP + 1])}: ${words.slice(0, 6).join("; ")}`);
  }
  return found;
}

/** 64 bits over all results, as text. */
export function fingerprint(results: Int32Array): string {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let k = 0; k < results.length; k++) {
    a = Math.imul(a ^ results[k], 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + results[k], 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}

const RUNNER = fileURLToPath(new URL("../../fixtures/insn/runner", import.meta.url));

/** Results on the real processor. */
export function runNative(cases: SimdCases): Int32Array {
  const parts: Uint8Array[] = [];
  for (let n = 0; n < cases.count;) {
    let end = n + 1;
    while (end < cases.count && cases.code[end] === cases.code[n]) end++;
    const head = Buffer.alloc(CODE_BYTES + 12);
    head.writeUInt32LE(cases.code[n].length, 0);
    head.set(cases.code[n], 4);
    head.writeUInt32LE(1, CODE_BYTES + 4);
    head.writeUInt32LE(end - n, CODE_BYTES + 8);
    parts.push(head, new Uint8Array(cases.states.buffer, n * IN_WORDS * 4, (end - n) * IN_WORDS * 4));
    n = end;
  }
  const size = cases.count * OUT_WORDS * 4;
  const run = spawnSync(RUNNER, [], { input: Buffer.concat(parts), maxBuffer: size + 65536 });
  if (run.status !== 0 || run.stdout.length !== size) {
    throw new Error(`runner: status ${run.status} signal ${run.signal}, ${run.stdout.length} of ${size} bytes`);
  }
  return new Int32Array(new Uint8Array(run.stdout).buffer);
}
