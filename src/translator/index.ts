// The block translator: a decoded block in, one JavaScript function out.
//
//   (function (R, V, P, ...) { return function jit386_80481a0() {
//     let r0 = R[0], ...;               // the registers the block uses live in locals
//     top: for (;;) {                   // only when the block jumps to itself
//       if ((R[23] = R[23] - 5 | 0) < 0) { write back; return null; }
//       bail: {
//         ...instructions...
//         write back; R[9] = target; return L0.fn;
//       }
//       write back; R[9] = pc; R[26] = 1; return null;   // the interpreter takes the instruction at pc
//     }
//   }})
//
// An instruction whose semantic function has no inline form is executed by calling that function on the CPU, with registers
// written back before and read again behind.

import type { Instruction } from "../decoder/instruction.ts";
import type { Block, BlockFunction, Link } from "../runtime/block.ts";
import type { Cpu } from "../runtime/cpu.ts";
import * as FL from "../runtime/flags.ts";
import { S } from "../runtime/state.ts";
import * as W from "../runtime/wide.ts";
import { type BlockEmission, createIntrinsics } from "./intrinsics.ts";
import { flagsNeeded, mayLeave } from "./liveness.ts";
import { specialise } from "./specialise.ts";
import { literal, name, text, Unsupported, type Value } from "./value.ts";

export interface TranslatorOptions {
  readonly cpu: Cpu;
  readonly makeLink: (owner: Block, target: number) => Link;
  readonly translationAt: (address: number) => BlockFunction | null;
  readonly traceStores: boolean;
}

export interface Translation {
  readonly fn: BlockFunction;
  /** Characters of generated source. */
  readonly size: number;
}

export interface Translator {
  /** Source and function of a block; undefined when it cannot be translated. */
  translate(block: Block): Translation | undefined;
  /** Called before each traced store with address and length. */
  onStore: (address: number, length: number) => void;
}

const FLAG_STORE = `R[${S.FLAGS}] = fk; R[${S.FLAG_A}] = fa; R[${S.FLAG_B}] = fb; R[${S.FLAG_R}] = fr;`;
const FLAG_LOAD = `fk = R[${S.FLAGS}], fa = R[${S.FLAG_A}], fb = R[${S.FLAG_B}], fr = R[${S.FLAG_R}]`;
/** Stand-ins for write-back and reading again, replaced when it is known what the whole block uses. */
const FLUSH = "/*flush*/", RELOAD = "/*reload*/";

/** The names under which the generated code knows its constants. */
const CONSTANTS = ["R", "V", "P", "SEL", "XI", "XD", "XF", "XB", "XW", "VF", "X87", "FL", "W", "M", "LOOKUP", "TRACE", "C"] as const;

export function createTranslator(options: TranslatorOptions): Translator {
  const { cpu } = options;
  let serial = 0;

  const translator: Translator = {
    onStore: () => {},
    translate(block) {
      const { source, constants } = emitBlock(block, options.traceStores);
      for (let k = 0; k < constants.length; k++) {
        const c = constants[k];
        if (c instanceof DirectExit) constants[k] = options.makeLink(block, c.target);
      }
      const named = constants.map((_, k) => `c${k} = C[${k}]`);
      // a serial number makes every source text unique: V8 shares the code of closures made from equal text, and then
      // cannot embed the constants in it
      const fname = `jit386_${(block.address >>> 0).toString(16)}_${(serial++).toString(36)}`;
      const whole = `"use strict";${named.length > 0 ? `const ${named.join(", ")};` : ""}return (function ${fname}() {\n${source}\n});\n//# sourceURL=jit386/${fname}.js`;
      const { vec } = cpu;
      const values = [
        cpu.state, cpu.memory.view, cpu.memory.perm, cpu.selectors, vec.i32s, vec.f64s, vec.f32s, vec.i8s, vec.i16s, vec, cpu.x87, FL, W, cpu,
        options.translationAt, (address: number, length: number) => translator.onStore(address, length), constants,
      ];
      const fn = (new Function(...CONSTANTS, whole) as (...v: unknown[]) => BlockFunction)(...values);
      return { fn, size: whole.length };
    },
  };
  return translator;
}

/** A direct jump that the emitted code leaves by; the translator puts a link in its place. */
export class DirectExit {
  readonly target: number;
  constructor(target: number) {
    this.target = target;
  }
}

export interface EmittedBlock {
  readonly source: string;
  /** The objects that the code refers to as c0, c1 ... */
  readonly constants: unknown[];
}

/** Writes the body of a block function. */
export function emitBlock(block: Block, traceStores: boolean): EmittedBlock {
  const leaving = new Set<number>();
  for (;;) {
    const attempt = emit(block, traceStores, leaving);
    if (attempt !== undefined) return attempt;
  }
}

/**
 * One attempt. Flags liveness must know beforehand which instructions are called out of line. Nearly all of these are known to leave
 * the block anyway; when another one turns up it joins `leaving`, and undefined asks for a new attempt.
 */
function emit(block: Block, traceStores: boolean, leaving: Set<number>): EmittedBlock | undefined {
  const constants: unknown[] = [];
  let lines: string[] = [];
  let names = 0;
  const used = new Set<number>(), written = new Set<number>();
  const use = { flags: false, flagsWritten: false, loop: false, bail: false };
  const { insns, semantics } = block;

  const emission: BlockEmission = {
    known: undefined,
    needed: true,
    depth: 0,
    traceStores,
    emit: (line) => void lines.push(line),
    capture(body) {
      const outer = lines;
      const inner: string[] = (lines = []);
      try {
        body();
      } finally {
        lines = outer;
      }
      return inner;
    },
    fresh: (base) => `${base}$${names++}`,
    atom(v, base) {
      if (v.kind !== "code" || v.stable) return v;
      const n = emission.fresh(base);
      lines.push(`const ${n} = ${v.text};`);
      return name(n);
    },
    register(n) {
      used.add(n);
      return `r${n}`;
    },
    changed(n) {
      used.add(n);
      written.add(n);
    },
    flagsUsed(isWritten) {
      use.flags = true;
      if (isWritten) use.flagsWritten = true;
    },
    exit(target: Value) {
      if (target.kind === "constant") {
        const to = Number(target.value) | 0;
        if (to === block.address && !traceStores) {
          use.loop = true;
          lines.push("continue top;");
          return;
        }
        lines.push(`${FLUSH} R[${S.EIP}] = ${literal(to)}; return c${constants.push(new DirectExit(to)) - 1}.fn;`);
      } else {
        const t = emission.atom(target, "t");
        lines.push(`${FLUSH} R[${S.EIP}] = ${text(t)}; return LOOKUP(${text(t)} | 0);`);
      }
    },
  };

  const needed = flagsNeeded(insns, (k) => leaving.has(k) || mayLeave(insns[k]));
  let left = false;
  for (let k = 0; k < insns.length && !left; k++) {
    const insn = insns[k];
    emission.needed = needed[k];
    lines.push(`// ${(insn.address >>> 0).toString(16)} ${insn.row.mnemonic}`);
    const known = emission.known;
    try {
      const inner = emission.capture(() => {
        left = specialise(semantics[k], insn, emission, createIntrinsics(emission, insn)) === "left";
      });
      lines.push(...inner);
    } catch (e) {
      if (!(e instanceof Unsupported)) throw e;
      if (!mayLeave(insn) && !leaving.has(k)) {
        leaving.add(k);
        return undefined;
      }
      emission.known = known;
      emission.depth = 0;
      left = callOut(insn, k);
    }
  }
  if (!left) emission.exit({ kind: "constant", value: block.end });

  function callOut(insn: Instruction, k: number): boolean {
    const i = constants.push(insn) - 1, f = constants.push(semantics[k]) - 1;
    lines.push(`${FLUSH} R[${S.EIP}] = ${literal(insn.next)}; M.current = c${i}; c${f}(M, c${i});`);
    emission.known = undefined;
    if (k === insns.length - 1) {
      lines.push("return null;");
      return true;
    }
    lines.push(`if ((R[${S.CODE_CHANGED}] | R[${S.EXIT}]) !== 0) return null;`, RELOAD);
    return false;
  }

  const flush = [...written].sort().map((n) => `R[${n}] = r${n};`).join(" ") + (use.flagsWritten ? ` ${FLAG_STORE}` : "");
  const loads = [...used].sort().map((n) => `r${n} = R[${n}]`);
  if (use.flags) loads.push(FLAG_LOAD);
  const body = lines.join("\n").replaceAll(FLUSH, flush).replaceAll(RELOAD, loads.length > 0 ? `${loads.join(", ")};` : "");
  const budget = `if ((R[${S.BUDGET}] = R[${S.BUDGET}] - ${insns.length} | 0) < 0) { `;
  const out: string[] = [];
  if (loads.length > 0) out.push(`let ${loads.join(", ")};`);
  const bails = body.includes("break bail;");
  if (bails) out.push("let pc = 0;");
  if (use.loop) out.push("top: for (;;) {", `${budget}${flush} R[${S.EIP}] = ${literal(block.address)}; return null; }`);
  else out.unshift(`${budget}return null; }`);
  if (bails) out.push("bail: {", body, "}", `${flush} R[${S.EIP}] = pc; R[${S.BAIL}] = 1; return null;`);
  else out.push(body);
  if (use.loop) out.push("}");
  return { source: out.join("\n"), constants };
}
