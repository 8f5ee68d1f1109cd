// The translator: a graph of guest code in, one JavaScript function out. Emission is emit.ts; here the source becomes a function
// with its constants.

import type { Block, BlockFunction, Link } from "../runtime/block.ts";
import type { Cpu } from "../runtime/cpu.ts";
import * as FL from "../runtime/flags.ts";
import { PERM } from "../runtime/memory.ts";
import type { Counter, EngineObserver } from "../runtime/observer.ts";
import { S } from "../runtime/state.ts";
import * as W from "../runtime/wide.ts";
import { EXPONENT_OF, EXPONENT_WORDS, INLINE, ROUNDERS, T, WORDS } from "../runtime/x87/inline.ts";
import type { SavedCode, SavedModule, SavedProgram } from "../runtime/saved.ts";
import { counting, withoutCounts } from "./counting.ts";
import { emitGraph } from "./emit-graph.ts";
import type { Emitted } from "./emitted.ts";
import { DirectExit, IndirectExit, OtherVersion, type VersionCell } from "./exits.ts";
import { idle, train, trainable, withTraining } from "./training.ts";
import { blockGraph, type Covered, discover, type DiscoverOptions, type Graph, MAX_CALLING, MAX_INLINE, type Trace } from "./graph.ts";
import type { Precision } from "./lane-checks.ts";
import type { ShortLoop } from "./loop-tests.ts";
import { mustBeLowered } from "./packed.ts";
import { covered, needsGraph, restoredConstant, restoredGraph, savedCode, unchanged } from "./saving.ts";
import type { World } from "./wasm/world.ts";

export interface TranslatorOptions {
  readonly cpu: Cpu;
  readonly makeLink: (owner: Block, target: number) => Link;
  readonly translationAt: (address: number) => BlockFunction | null;
  /** Makes the function that notes the targets of the indirect jump at an address. */
  readonly makeRecorder: (address: number) => (target: number) => void;
  readonly traceStores: boolean;
  /** Instructions that have been seen to use memory at an address that is no multiple of what they take. */
  readonly unaligned: ReadonlySet<number>;
  /** Whether blocks record the targets of their indirect jumps. */
  readonly recordTargets: boolean;
  readonly observer?: EngineObserver;
  /** Translations of earlier runs, and for later ones. */
  readonly saved?: SavedProgram | undefined;
  /** Lowers functions to WebAssembly, where that can be had. */
  readonly world: World | undefined;
}

export interface Translation {
  readonly fn: BlockFunction;
  /** Characters of generated source. */
  readonly size: number;
  readonly graph: Covered;
  /** Whether it was made for the precision of its time. */
  readonly floating: boolean;
  /** Guest addresses of loops that the code can be entered at, and how. */
  readonly entries: readonly { readonly address: number; readonly fn: BlockFunction }[];
}

export interface Translator {
  /** How code that is translated from now on watches for the flags of MXCSR. */
  precision: Precision;
  /** Translates blocks, each with its trace. `reason` is for observers. */
  blocks(traces: readonly Trace[], reason: (block: Block) => string): Translation[];
  /** Emits the region entered at a block; undefined when it is no more than that block. */
  region(block: Block, options: DiscoverOptions, reason?: string): Prepared | undefined;
  /** Makes functions of emitted regions. */
  finish(all: readonly Prepared[]): Translation[];
  /** The translation that an earlier run has kept for a block; undefined when it cannot be used. */
  restore(block: Block, code: SavedCode): Translation | undefined;
  /** Called before each traced store with address and length. */
  onStore: (address: number, length: number) => void;
}

/** The names under which the generated code knows its constants. */
const CONSTANTS = ["R", "V", "P", "SEL", "XI", "XD", "XF", "VF", "X87", "FL", "W", "M", "LOOKUP", "NEXT", "TRACE",
  "YH", "YL", "YK", "Y1", "YE", "YW", "YR", "YT", "YO", "YI", "YP", "C", "TRAIN", "IDLE"] as const;

/**
 * Those that a function with loops takes into locals first. V8 looks at an access to an array in a loop before it has found that the
 * array is a constant, when both belong to the loop: then the code loads length and base address each time. A local read ahead of the
 * loop is known to be constant in time.
 */
const LOCAL = ["R", "V", "P", "XI", "XD", "XF", "VF", "YE", "YW", "YR", "YP"];

export function createTranslator(options: TranslatorOptions): Translator {
  const { cpu, observer } = options;
  const { saved, world } = options;
  const counts = observer?.counts ?? false;
  let serial = 0, numbers = 0;
  /** Where a return goes on, when nobody above expects it. */
  const next: BlockFunction = () => options.translationAt(cpu.state[S.EIP]);

  /** Whether modules are kept: not those of a second process of the program, whose functions would have the same places. */
  const keepsModules = world !== undefined && saved?.claim() === true;
  const keepsCode = saved !== undefined && (world === undefined || keepsModules);

  /** Emits the code of a graph, or takes what an earlier run has kept; and keeps it for later ones. */
  function emission(graph: Graph, how: Making, number: number): Emitted & { readonly kept?: SavedCode | undefined } {
    const { x87Locals, code } = how;
    if (code !== undefined) {
      const marked = code.source.replaceAll(`R[${S.BAIL}] = 1;`, `R[${S.BAIL}] = ${number};`);
      return {
        source: counts ? marked : withoutCounts(marked), constants: code.constants.map((c) => restoredConstant(graph, c)), floating: code.precision !== undefined,
        entries: code.entries, short: [],
      };
    }
    // who can write to its own code will make it anew in the next run
    const keep = keepsCode && how.keep && (cpu.memory.perm[graph.entry.address >>> 12] & PERM.W) === 0;
    // JavaScript may be for somebody who looks, in a later run
    const keepsCounts = keep && world === undefined;
    const emit = () => emitGraph(graph, {
      traceStores: options.traceStores, recordTargets: how.records && options.recordTargets, x87Locals, entries: how.tier === "region",
      counts: counts || keepsCounts, number, precision: translator.precision, packed: how.lowered && world?.packed === true,
      unaligned: options.unaligned,
    });
    const made = emit();
    const { precision } = translator;
    if (!keep) return made;
    const source = made.source.replaceAll(`R[${S.BAIL}] = ${number};`, `R[${S.BAIL}] = 1;`);
    const tier = how.tier === "region" && how.records ? "trace" : how.tier;
    const kept = savedCode(cpu.memory, graph, made.constants, {
      tier, x87Locals, precision: made.floating ? precision : undefined, entries: made.entries, size: source.length, source,
    });
    return { ...made, kept, source: keepsCounts && !counts ? withoutCounts(made.source) : made.source };
  }

  /** The constants as generated code has them. `other` may be missing where none is another version. */
  function finishConstants(constants: unknown[], block: Block, other: (() => BlockFunction) | undefined): void {
    for (let k = 0; k < constants.length; k++) {
      const c = constants[k];
      if (c instanceof DirectExit) constants[k] = options.makeLink(block, c.target);
      else if (c instanceof OtherVersion && other !== undefined) constants[k] = otherVersion(options.traceStores, other);
      else if (c instanceof IndirectExit) constants[k] = options.makeRecorder(c.address);
    }
  }

  /** The version of a function that does not keep x87 registers in locals. */
  const plainVersion = (block: Block, graph: Graph, how: Making) => (): BlockFunction =>
    make(block, graph, { ...how, code: undefined, keep: false, x87Locals: false }, "x87 registers not as code in locals wants them").fn;

  /** Emits the code of a block or region, with its constants as they will be. */
  function prepare(block: Block, graph: Graph, how: Making, reason: string): Prepared {
    const started = observer === undefined ? 0 : performance.now();
    const number = observer === undefined ? 1 : ++numbers;
    const { source, constants, floating, entries, short, kept } = emission(graph, how, number);
    finishConstants(constants, block, plainVersion(block, graph, how));
    return { block, graph, how, reason, number, started, source, constants, floating, entries, short, kept };
  }

  const make = (block: Block, graph: Graph, how: Making, reason: string): Translation => finish([prepare(block, graph, how, reason)])[0];

  /** Makes functions of emitted code: WebAssembly, all in one module, or JavaScript where that cannot be. */
  function finish(all: readonly Prepared[]): Translation[] {
    const keep = keepsModules && all.some((it) => it.kept !== undefined)
      ? (module: SavedModule, places: number, cells: number, functions: readonly number[]) => keepModule(module, places, cells, functions.map((n) => all[n])) : undefined;
    const lowered = world === undefined ? []
      : world.compile(all.map(({ block, source, constants, entries }) => ({ address: block.address, source, constants, entries: entries.length })), keep);
    return all.map((it, k) => {
      const { source, graph, floating, entries } = it, made = lowered[k];
      if (made === undefined && it.kept !== undefined) saved?.keep(it.block.address, it.kept);
      // JavaScript has no vectors, and does not keep the bits of NaNs
      if (made === undefined) return asJavaScript(mustBeLowered(source) ? prepare(it.block, graph, { ...it.how, code: undefined, lowered: false }, it.reason) : it);
      return { fn: made.fn, size: source.length, graph, floating, entries: entries.map((address, e) => ({ address, fn: made.entries[e] })) };
    });
  }

  function keepModule(module: SavedModule, places: number, cells: number, functions: readonly Prepared[]): void {
    const id = saved?.keepModule(module, places, cells);
    if (id === undefined) return;
    for (const [n, { block, kept }] of functions.entries()) if (kept !== undefined) saved?.keep(block.address, { ...kept, source: "", module: [id, n] });
  }

  /** A function of a module that an earlier run has made. */
  function restoreLowered(block: Block, code: SavedCode, [id, number]: readonly [number, number], graph: Graph | undefined, how: Making): Translation | undefined {
    const module = saved?.module(id);
    if (module === undefined) return undefined;
    const constants = code.constants.map((c) => restoredConstant(graph, c));
    finishConstants(constants, block, graph && plainVersion(block, graph, how));
    const made = world?.restore(id, module, number, constants);
    if (made === undefined) return undefined;
    const entries = code.entries.map((address, e) => ({ address, fn: made.entries[e] }));
    return { fn: made.fn, size: code.size, graph: graph ?? covered(code), floating: code.precision !== undefined, entries };
  }

  function asJavaScript({ block, graph, how: { tier }, reason, number, started, source: emittedSource, constants, floating, entries }: Prepared): Translation {
    const counter: Counter | undefined = counts ? { n: 0, instructions: 0, before: 0, fresh: true } : undefined;
    const source = counter === undefined ? emittedSource : counting(emittedSource, `c${constants.push(counter) - 1}`, `c${constants.push(observer?.entered ?? []) - 1}`, number);
    const named = constants.map((_, k) => `c${k} = C[${k}]`);
    // a serial number makes every source text unique: V8 shares the code of closures made from equal text, and then
    // cannot embed the constants in it
    const fname = `${observer === undefined ? "" : identifier(observer.nameOf(block.address))}${tier}_${(block.address >>> 0).toString(16)}_${(serial++).toString(36)}`;
    const own = source.includes("for (;;)") ? LOCAL.filter((n) => new RegExp(`\\b${n}\\b`).test(source)) : [];
    const locals = own.length > 0 ? `const ${own.map((n) => `${n} = ${n}_`).join(", ")};\n` : "";
    const outer = own.map((n) => `const ${n}_ = ${n};`).join("");
    const trained = tier === "region" && !options.traceStores && trainable(source);
    const text = trained ? withTraining(source) : source;
    const inner = `(function ${fname}() {\n${locals}${text}\n})`;
    const giving = trained ? `const f = ${inner};TRAIN(f);var REAL = true;return f;` : `return ${inner};`;
    const whole = `"use strict";${outer}${named.length > 0 ? `const ${named.join(", ")};` : ""}${giving}\n//# sourceURL=jit386/${fname}.js`;
    const { vec, x87 } = cpu;
    const values = [
      cpu.state, cpu.memory.view, cpu.memory.perm, cpu.selectors, vec.i32s, vec.f64s, vec.f32s, vec, cpu.x87, FL, W, cpu,
      options.translationAt, next, (address: number, length: number) => translator.onStore(address, length),
      x87.hi, x87.lo, x87.kind, x87.c1, EXPONENT_OF, EXPONENT_WORDS, ROUNDERS, T, WORDS, INLINE, x87.operands, constants,
      (f: BlockFunction) => {
        train(cpu, f);
        if (counter !== undefined) counter.n = counter.instructions = 0;
      },
      idle,
    ];
    const emitted = observer === undefined ? 0 : performance.now();
    const fn = (new Function(...CONSTANTS, whole) as (...v: unknown[]) => BlockFunction)(...values);
    observer?.compiled({
      number, block, tier, reason, graph, source: counts ? withoutCounts(emittedSource) : emittedSource, size: whole.length,
      emitMs: emitted - started, compileMs: performance.now() - emitted, counter, fn,
    });
    const entered = (k: number): BlockFunction => () => {
      cpu.state[S.ENTRY] = k + 1;
      return fn();
    };
    return { fn, size: whole.length, graph, floating, entries: entries.map((address, k) => ({ address, fn: entered(k) })) };
  }

  const translator: Translator = {
    precision: { pe: false, small: "left" },
    onStore: () => {},
    blocks: (all, reason) => finish(all.map(({ block, graph: trace }) => {
      if (trace !== undefined) {
        return prepare(block, trace, { tier: "region", records: true, x87Locals: true, keep: true, code: undefined, lowered: true }, reason(block));
      }
      const graph = blockGraph(block, !options.traceStores);
      // in JavaScript, where nothing loops, getting registers into locals and back costs more than it saves; lockstep tests it all the same
      const x87Locals = world !== undefined || graph.entry.jumps.size > 0 || options.traceStores;
      return prepare(block, graph, { tier: "block", records: true, x87Locals, keep: true, code: undefined, lowered: true }, reason(block));
    })),
    region(block, discovery, reason = "") {
      const graph = discover(block.address, discovery);
      // a loop of one node is more than its block when that was cut at its greatest length
      if (graph === undefined || (graph.nodes.length < 2 && graph.instructions <= block.insns.length)) return undefined;
      return prepare(block, graph, { tier: "region", records: false, x87Locals: true, keep: true, code: undefined, lowered: true }, reason);
    },
    finish,
    restore(block, code) {
      if (code.module === undefined ? world?.packed !== true && mustBeLowered(code.source) : world === undefined) return undefined;
      const { precision } = translator;
      if (code.precision !== undefined && (["pe", "small"] as const).some((flag) => code.precision?.[flag] !== precision[flag])) return undefined;
      const { x87Locals, module } = code;
      const how: Making = { tier: code.tier === "block" ? "block" : "region", records: code.tier !== "region", x87Locals, keep: false, code, lowered: true };
      if (module !== undefined && !needsGraph(code)) return unchanged(code, cpu.memory) ? restoreLowered(block, code, module, undefined, how) : undefined;
      const graph = restoredGraph(block, code, cpu.memory, { adapt: cpu.model.adapt, maxInline: MAX_INLINE, maxCalling: world === undefined ? 0 : MAX_CALLING, loops: !options.traceStores });
      if (graph === undefined) return undefined;
      return module === undefined ? make(block, graph, how, "cache") : restoreLowered(block, code, module, graph, how);
    },
  };
  return translator;
}

/** Emitted code that is no function yet. */
export interface Prepared {
  readonly block: Block;
  readonly graph: Graph;
  readonly how: Making;
  readonly reason: string;
  readonly number: number;
  readonly started: number;
  readonly source: string;
  readonly constants: unknown[];
  readonly floating: boolean;
  readonly entries: readonly number[];
  readonly short: readonly ShortLoop[];
  /** What is kept of it for later runs. */
  readonly kept: SavedCode | undefined;
}

/** How a translation is made. */
interface Making {
  readonly tier: "block" | "region";
  /** Whether it notes where indirect jumps go. */
  readonly records: boolean;
  readonly x87Locals: boolean;
  /** Whether it may be kept for later runs. */
  readonly keep: boolean;
  /** What an earlier run has kept. */
  readonly code: SavedCode | undefined;
  /** Whether it is to become WebAssembly. */
  readonly lowered: boolean;
}

/** A guest symbol as part of the name of a JavaScript function. */
const identifier = (symbol: string): string => (symbol === "" ? "" : `${symbol.replaceAll(/[^\w$]+/g, "_").slice(0, 80)}_`);

/** A function that is made when it is first wanted. */
function otherVersion(alone: boolean, make: () => BlockFunction): VersionCell {
  let fn: BlockFunction | undefined;
  const version = () => (fn ??= make());
  return { alone, version, enter: () => (alone ? version()() : version()) };
}
