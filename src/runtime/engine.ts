// The dispatcher: runs guest code until something needs the kernel. It finds the block at EIP, interprets it while it is cold,
// has it translated when it is warm, follows links between translations, and executes single instructions after a bail.

import type { Instruction } from "../decoder/instruction.ts";
import { F } from "../decoder/instruction.ts";
import { type Block, type BlockFunction, isIndirect, isStub, LATER_INTERVAL, type Link, MANY_SAMPLES, MAX_BLOCK, SAMPLE_INTERVAL } from "./block.ts";
import { CodeCache } from "./codecache.ts";
import type { Cpu } from "./cpu.ts";
import { isGuestFault, VECTOR } from "./fault.ts";
import type { Handler } from "./handlers.ts";
import type { EngineObserver, ObserverFactory } from "./observer.ts";
import type { RegionStats } from "./regions.ts";
import type { SavedProgram } from "./saved.ts";
import { createQuick, type Quick } from "./quick.ts";
import { EXIT, FLAT, S } from "./state.ts";
import { holdsTrap, mayMisalign, misaligned, stepString } from "./stepping.ts";
import { createTiers, type Tiers, type World } from "./tiers.ts";
import type { OwnModules, TieringBudget } from "./webassembly.ts";

/** Why `run` came back. EIP is what the architecture says: at the instruction for a fault, behind it for a trap or a call. */
export type Exit =
  | { readonly kind: "syscall" }
  | { readonly kind: "sysenter" }
  | { readonly kind: "fault"; readonly vector: number; readonly code: number; readonly address: number }
  | { readonly kind: "budget" };

export interface EngineOptions {
  /** Highest tier. "off": the interpreter alone; "quick": with the quick interpreter. Default "region". */
  readonly jit?: "off" | "quick" | "block" | "region";
  /** What translations are: WebAssembly, and JavaScript where that cannot be (the default), or JavaScript all of them. */
  readonly code?: "wasm" | "js";
  /** Interpretations of a block before it is translated. */
  readonly threshold?: number;
  /** Every translated block is also interpreted on the same state, and the outcomes compared. */
  readonly lockstep?: boolean;
  readonly oneInsnPerBlock?: boolean;
  /** Instructions interpreted before the quick interpreter takes part (quick.ts). */
  readonly quickAfter?: number;
  /** Bytes that its records may take, 16 MiB at most. */
  readonly quickBytes?: number;
  readonly tieringBudget?: TieringBudget | undefined;
  readonly ownModules?: OwnModules | undefined;
  /** Bytes of generated source kept before old translations are dropped. */
  readonly maxSourceBytes?: number;
  /** Translations of the program that earlier runs have kept, and that this one keeps for later ones. */
  readonly saved?: SavedProgram | undefined;
  /** Who is told what the engine does. */
  readonly observe?: ObserverFactory;
  /** Called with the account of the first difference that lockstep finds. */
  readonly onMismatch?: (report: string) => void;
}

export interface EngineStats extends RegionStats {
  interpretedBlocks: number;
  interpretedInstructions: number;
  translated: number;
  translatedInstructions: number;
  restored: number;
  sourceBytes: number;
  translateMs: number;
  bails: number;
  dispatches: number;
}

/** Interpretations before a block is translated; measured on start-up of bash and python3 and on the compute fixtures (docs/performance.md). */
export const DEFAULT_THRESHOLD = 10_000;
/** The same where translations are JavaScript, which V8 takes its time with. */
const JAVASCRIPT_THRESHOLD = 5000;
/** Interpretations at most before code is translated that the program has generated. */
const GENERATED_THRESHOLD = 1500;
/** Instructions interpreted before the quick interpreter is made, which takes some milliseconds: a program that only says a word has ended by then (docs/decisions/quick-interpreter.md). */
const QUICK_AFTER = 2000;
const DEFAULT_SOURCE_BYTES = 256 * 1024 * 1024;
/** Until so many instructions have been interpreted, blocks are translated that are executed so many times as often as the threshold says: short programs have little to gain. */
const EARLY = 40_000_000, EARLY_FACTOR = 3;
/** Blocks that are translated together. One that waits for others while it is executed for a tenth of the threshold waits no longer: with a fifth a long Python loop takes 1.1 times as long. */
const BATCH = 64, WAIT = 0.1;
/** Part of the executions that make a block due, with which it is translated when others are; and how many at most. */
const NEAR = 0.75, MAX_NEAR = 4 * BATCH;
/** Executions of a warm block in which it is noted where the indirect jump or call at its end leads: what is translated then follows it there (docs/decisions/regions.md). */
const LOOKS = 16;
/** Executions in which it is noted which of its instructions use memory at addresses that are no multiples of what they take. */
const GLANCES = 4;
/** Interpretations before a translation that an earlier run has kept is used. */
const RESTORE_AFTER = 500;

/** Segments up to here have no base. */
const DS = 3;

const SYSCALL: Exit = { kind: "syscall" };
const SYSENTER: Exit = { kind: "sysenter" };
const BUDGET: Exit = { kind: "budget" };

export interface Engine {
  readonly cpu: Cpu;
  readonly stats: EngineStats;
  readonly cache: CodeCache;
  /** Runs about `budget` guest instructions, or until the kernel is needed. */
  run(budget: number): Exit;
  /** What the latest run has left of its budget: below 1 when it came back for that. */
  unspent(): number;
  /**
   * The program has ended: puts aside what is known of its code, for another one in the same memory. Undefined when somebody watches: one
   * program's code is not to be mistaken for another's.
   */
  readonly park: (() => void) | undefined;
}

/** Interpretations before a translation that could not be restored is asked for again. */
const ASK_AGAIN = 64;

export function createEngine(cpu: Cpu, options: EngineOptions = {}): Engine {
  const { state } = cpu;
  const cache = new CodeCache(cpu.memory, state, options.oneInsnPerBlock ? 1 : MAX_BLOCK, options.maxSourceBytes ?? DEFAULT_SOURCE_BYTES, cpu.model.adapt);
  // observers see JavaScript: V8's tools name it, and their counters can be in it
  const lowered = options.code !== "js" && options.observe === undefined && cpu.memory.wasm !== undefined;
  const threshold = options.threshold ?? (lowered ? DEFAULT_THRESHOLD : JAVASCRIPT_THRESHOLD);
  const jit = options.jit ?? "region";
  const translates = jit === "block" || jit === "region";
  const { saved } = options;
  if (saved !== undefined && translates) cache.expect(saved, Math.max(0, threshold - RESTORE_AFTER));
  const stats: EngineStats = {
    interpretedBlocks: 0, interpretedInstructions: 0, translated: 0, translatedInstructions: 0, restored: 0, sourceBytes: 0, translateMs: 0,
    bails: 0, dispatches: 0, regions: 0, regionInstructions: 0, samples: 0,
  };
  const observer: EngineObserver | undefined = options.observe?.(cpu);
  if (observer !== undefined) cache.onDrop = (block, reason) => observer.invalidated(block, reason);
  let pending: Link | null = null;
  /** Instructions left of the budget at the start of the slice, and the length of the slice. */
  let left = 0, slice = 0;
  /** For observers, whose samples must not depend on how often the program calls the kernel: instructions until the next one is due. */
  let untilSample = SAMPLE_INTERVAL, interpretedBefore = 0;

  const makeLink = (owner: Block, target: number): Link => {
    const stub: BlockFunction = () => {
      pending = link;
      return null;
    };
    const link: Link = { fn: stub, stub, target, owner, cell: undefined };
    (owner.outgoing ??= []).push(link);
    return link;
  };
  let tiers: Tiers | undefined;
  let lockstep: Tiers["lockstep"];
  let world: Tiers["world"];
  /** Warm blocks that are to be translated together, with what they had been executed by then: code in one module is near, and links in it are jumps. */
  const waiting = new Map<Block, number>();
  /** How often it was noted what a translation wants to know of a block. */
  const looked = new WeakMap<Block, number>();
  /** Interpretations before a block is translated now. */
  let due = lowered && options.threshold === undefined && saved === undefined ? EARLY_FACTOR * threshold : threshold;
  /** What interprets when a program has run for a while; null: not for this engine. */
  let quick: Quick | null | undefined = lowered && (jit === "quick" || (translates && threshold > 0)) && !options.lockstep ? undefined : null;
  const quickAfter = options.quickAfter ?? QUICK_AFTER;
  cache.generatedHits = Math.max(0, due - GENERATED_THRESHOLD);

  function makeTiers(): Tiers {
    tiers = createTiers({
      cpu, cache, makeLink, interpret, eager: threshold === 0, lockstep: options.lockstep ?? false, onMismatch: options.onMismatch,
      observer,
      saved,
      lowered,
      regions: jit === "region" && !options.lockstep && !options.oneInsnPerBlock,
    });
    lockstep = tiers.lockstep;
    world = tiers.world;
    if (world !== undefined) quick?.connect(world.runLowered);
    return tiers;
  }

  /** Where a block leads to that comes next, if it is a stub: translations of its callers go there. */
  function noteStub({ insns }: Block): void {
    if (!isStub(insns)) return;
    const { address, next, op0: { base, index, scale, disp, seg } } = insns[insns.length - 1];
    const at = (state[base] + (state[index] << scale) + disp) >>> 0;
    if (seg > DS || at > 0xffff_fffc) return;
    const target = cpu.memory.view.getInt32(at, true);
    // what has not been called yet leads on to the dynamic linker
    if (target !== next) cache.stubs.set(address, target);
  }

  /**
   * Interprets a block that is due, and notes where the indirect jump or call at its end leads; and at the beginning, which instructions use memory at addresses that are no multiples of
   * what they take. False when that has been seen often enough.
   */
  function look(block: Block): boolean {
    if (threshold === 0 || isStub(block.insns)) return false;
    const last = block.insns[block.insns.length - 1], looks = looked.get(block) ?? 0, { regions } = tiers ?? makeTiers();
    if (regions === undefined) return false;
    const glances = lowered && regions.beginning() && saved?.has(block.address) !== true && block.insns.some(mayMisalign) ? GLANCES : 0;
    if (looks >= (isIndirect(last) ? LOOKS : glances)) return false;
    looked.set(block, looks + 1);
    interpret(looks < glances ? { ...block, handlers: block.insns.map((insn, k) => noting(block.handlers[k], insn)) } : block);
    if (cpu.current === last && isIndirect(last)) regions.noteTarget(last, state[S.EIP]);
    return true;
  }

  const noting = (handler: Handler, insn: Instruction): Handler => !mayMisalign(insn) ? handler : () => {
    if (misaligned(cpu, insn)) cache.unaligned.add(insn.address);
    handler(cpu, insn);
  };

  function translate(block: Block): void {
    const since = waiting.get(block);
    if (since !== undefined && block.hits < since + WAIT * threshold) return;
    const started = performance.now();
    const { regions } = tiers ?? makeTiers();
    if (block.parked !== undefined) {
      const answer = cache.restore(block);
      if (answer === "not yet") block.hits = due - ASK_AGAIN;
      if (answer !== "none") return;
    }
    noteStub(block);
    if (saved?.has(block.address) && restore(block)) {
      stats.translateMs += performance.now() - started;
      return;
    }
    if (threshold > 0 || regions === undefined || !regions.make(block)) {
      waiting.set(block, since ?? block.hits);
      if (waiting.size >= BATCH || since !== undefined || threshold === 0 || world === undefined || cpu.memory.isGenerated(block.address >>> 12)) translateWaiting();
    } else Object.assign(stats, regions.stats);
    stats.translateMs += performance.now() - started;
  }

  /**
   * Blocks that are nearly as warm as those that wait, the warmest first. Blocks on one way are due one after another, in any order: translated by themselves, those in the middle would
   * have traces of their own, which nobody comes to when there is that of the first.
   */
  function nearlyDue(): Block[] {
    const hits = (block: Block) => block.hits + (quick?.since(block) ?? 0);
    const near = cache.find((block) => block.fn === null && hits(block) >= NEAR * due && !waiting.has(block) && block.parked === undefined && saved?.has(block.address) !== true
      && !isIndirect(block.insns[block.insns.length - 1]) && !cpu.memory.isGenerated(block.address >>> 12));
    return near.sort((a, b) => hits(b) - hits(a)).slice(0, MAX_NEAR);
  }

  function translateWaiting(): void {
    const blocks = [...waiting.keys()].filter((block) => block.valid && block.fn === null);
    // a program that has begun just now may end before they are due; code that it has generated is translated block by block, and would have all blocks looked through each time
    const alone = threshold === 0 || due !== threshold || blocks.some(({ address }) => cpu.memory.isGenerated(address >>> 12));
    if (world !== undefined && !alone) blocks.push(...nearlyDue());
    waiting.clear();
    const { translator, regions } = tiers as Tiers;
    const together = world !== undefined && regions !== undefined && threshold > 0;
    const traces = together ? regions.traces(regions.loops(blocks), threshold / 4) : blocks.map((block) => ({ block, graph: undefined }));
    if (together) Object.assign(stats, regions.stats);
    const all = traces.length === 0 ? [] : translator.blocks(traces, (block) => (threshold === 0 ? "first execution" : `executed ${block.hits} times`));
    for (const [k, made] of all.entries()) {
      const { block } = traces[k];
      stats.translated++;
      stats.translatedInstructions += block.insns.length;
      stats.sourceBytes += made.size;
      if (together) regions.adoptTrace(block, made);
      else cache.addTranslation(block, made.fn, made.size, made.graph.ranges, made.floating);
    }
    // those that stand in another's trace get their own when they are come to in other ways as well
    for (const block of blocks) if (block.fn === null) block.hits = Math.min(block.hits, threshold / 2);
  }

  function restore(block: Block): boolean {
    const made = tiers?.restore(block);
    if (made === undefined) {
      // as if nothing had been known of it; with a threshold of 0 it is translated at once
      block.hits = 0;
      return threshold > 0;
    }
    stats.restored++;
    return true;
  }

  function observe(watching: EngineObserver, block: Block, last: boolean): void {
    untilSample = SAMPLE_INTERVAL;
    watching.sample(block, stats.interpretedInstructions - interpretedBefore, last);
    interpretedBefore = stats.interpretedInstructions;
  }

  /** The slice before this one ended with a system call: what it has used counts towards the next sample. */
  function nextSlice(): number {
    if (state[S.BUDGET] >= 0 && state[S.BUDGET] <= slice) untilSample -= slice - state[S.BUDGET];
    if (untilSample <= 0) untilSample = 1;
    return untilSample;
  }

  function sample(block: Block): void {
    const regions = tiers?.regions;
    if (regions === undefined || block.fn === null) return;
    const started = performance.now();
    regions.sample(block);
    Object.assign(stats, regions.stats);
    stats.translateMs += performance.now() - started;
  }

  /**
   * Interprets a block; and with `onwards` those that follow, as long as they are known and have no translation: a short program runs ten thousand
   * blocks of four instructions, and each way round the dispatcher costs as much as two of them.
   */
  function interpret(first: Block, onwards = false): void {
    let block: Block | undefined = first;
    do {
      if (onwards && quick && (state[S.ODD] & FLAT) === 0) {
        stats.interpretedInstructions += quick.run(block);
        if ((state[S.EXIT] | state[S.PENDING] | state[S.BAIL]) !== 0 || state[S.BUDGET] < 0 || (state[S.SYSTEM_FLAGS] & (F.TF | F.AC)) !== 0) return;
        block = cache.recent(state[S.EIP]);
        continue;
      }
      const { insns, handlers } = block;
      const count = insns.length;
      state[S.BUDGET] -= count;
      state[S.EIP] = block.end;
      for (let k = 0; k < count; k++) {
        const insn = insns[k];
        cpu.current = insn;
        handlers[k](cpu, insn);
        if (state[S.CODE_CHANGED] !== 0) {
          state[S.CODE_CHANGED] = 0;
          if (k + 1 < count) {
            state[S.EIP] = insn.next;
            return;
          }
        }
      }
      stats.interpretedBlocks++;
      stats.interpretedInstructions += count;
      if (!onwards || state[S.EXIT] !== EXIT.NONE || state[S.BUDGET] < 0 || (state[S.SYSTEM_FLAGS] & (F.TF | F.AC)) !== 0) return;
      block = cache.recent(state[S.EIP]);
    } while (block !== undefined && block.fn === null && (block.hits++ < due || !translates));
  }

  function considerQuick(): void {
    if (quick !== undefined || stats.interpretedInstructions < quickAfter) return;
    const { wasm } = cpu.memory;
    const scans = options.oneInsnPerBlock !== true && cpu.model.name !== "i686";
    const { quickBytes: bytes, tieringBudget, ownModules } = options, { unaligned } = cache;
    quick = wasm === undefined ? null : (createQuick({ cpu, memory: wasm, threshold, due: () => due, bytes, scans, unaligned, tieringBudget, ownModules }) ?? null);
    cache.onLeave = quick?.leave;
    cache.onForget = quick?.forget;
    cache.cold = quick?.executed;
    if (world !== undefined) quick?.connect(world.runLowered);
  }

  /** Executes one instruction. */
  function step(): void {
    cpu.current = undefined;
    interpret(cache.single(state[S.EIP]));
  }

  /** Instructions in the next slice. Who looks on is promised samples at equal intervals. */
  function interval(): number {
    // the first is as long as it takes until the quick interpreter is made; a slice shorter than a block would never end
    if (quick === undefined && tiers === undefined) return Math.max(quickAfter, QUICK_AFTER);
    return observer === undefined && stats.samples > MANY_SAMPLES ? LATER_INTERVAL : SAMPLE_INTERVAL;
  }

  /** Executes one instruction while TF or AC is set: memory operands must be aligned, and a trap follows. */
  function stepCarefully(): Exit | undefined {
    const flags = state[S.SYSTEM_FLAGS];
    cpu.current = undefined;
    const block = cache.single(state[S.EIP]);
    const insn = block.insns[0];
    if ((flags & F.AC) !== 0 && misaligned(cpu, insn)) return { kind: "fault", vector: VECTOR.AC, code: 0, address: 0 };
    if ((flags & F.TF) !== 0 && insn.rep !== 0) stepString(cpu, insn, () => interpret(block));
    else interpret(block);
    return (flags & F.TF) !== 0 && !holdsTrap(insn) && state[S.EXIT] === EXIT.NONE ? { kind: "fault", vector: VECTOR.DB, code: 0x4000, address: 0 } : undefined;
  }

  function loop(): Exit {
    for (;;) {
      if (state[S.EXIT] !== EXIT.NONE) return takeExit();
      if (state[S.BUDGET] < 0) {
        left -= slice - state[S.BUDGET];
        if (left <= 0) return BUDGET;
        considerQuick();
        slice = state[S.BUDGET] = Math.min(left, interval());
        if (due > threshold && stats.interpretedInstructions >= EARLY) {
          due = threshold;
          cache.generatedHits = Math.max(0, due - GENERATED_THRESHOLD);
        }
        const interpreted = cpu.current !== undefined;
        cpu.current = undefined;
        if (observer !== undefined) observe(observer, cache.at(state[S.EIP]), interpreted);
        sample(cache.at(state[S.EIP]));
      }
      if ((state[S.SYSTEM_FLAGS] & (F.TF | F.AC)) !== 0) {
        const exit = stepCarefully();
        if (exit) return exit;
        continue;
      }
      const from = pending;
      pending = null;
      cpu.current = undefined;
      const block = cache.at(state[S.EIP]);
      if (block.fn === null) {
        if (++block.hits === 1) noteStub(block);
        if (block.hits > due && translates) {
          if (look(block)) continue;
          translate(block);
        }
      }
      if (block.fn === null || (state[S.ODD] & FLAT) !== 0) {
        interpret(block, true);
        if ((state[S.PENDING] | state[S.BAIL]) !== 0) settle();
        continue;
      }
      if (from !== null && from.target === block.address && lockstep === undefined) {
        cache.connect(from, block);
        observer?.linked(from.owner, block);
      }
      stats.dispatches++;
      if (lockstep !== undefined) lockstep.run(block);
      else {
        let fn: BlockFunction | null = block.fn;
        if (quick && fn.place !== undefined) {
          stats.interpretedInstructions += quick.run(block);
          fn = null;
        }
        while (fn !== null) fn = fn.place === undefined ? fn() : (world as World).run(fn.place);
      }
      settle();
    }
  }

  /** Translated code has come back to the dispatcher. */
  function settle(): void {
    if (state[S.PENDING] !== 0) {
      pending = (world as World).linkOf(-state[S.PENDING]) ?? null;
      state[S.PENDING] = 0;
    }
    state[S.CODE_CHANGED] = 0;
    state[S.DEPTH] = state[S.EXPECTED] = 0;
    if (state[S.BAIL] !== 0) {
      observer?.bailed(state[S.EIP], state[S.BAIL]);
      state[S.BAIL] = 0;
      stats.bails++;
      pending = null;
      step();
      tiers?.precisions.bailed();
    }
  }

  function takeExit(): Exit {
    const reason = state[S.EXIT];
    state[S.EXIT] = EXIT.NONE;
    if (reason === EXIT.SYSENTER) return SYSENTER;
    if (cpu.interruptVector === 0x80) return SYSCALL;
    return { kind: "fault", vector: cpu.interruptVector, code: 0, address: 0 };
  }

  function run(budget: number): Exit {
    considerQuick();
    left = budget;
    slice = state[S.BUDGET] = Math.min(budget, observer === undefined ? interval() : nextSlice());
    state[S.CODE_CHANGED] = 0;
    state[S.DEPTH] = state[S.EXPECTED] = 0;
    state[S.PENDING] = 0;
    pending = null;
    cpu.current = undefined;
    try {
      return loop();
    } catch (e) {
      if (!isGuestFault(e)) throw e;
      // a fetch fault has no instruction: EIP is already right. Otherwise EIP goes back to the instruction
      const insn = cpu.current as Instruction | undefined;
      if (insn !== undefined) state[S.EIP] = insn.address;
      state[S.CODE_CHANGED] = 0;
      state[S.EXIT] = EXIT.NONE;
      return { kind: "fault", vector: e.vector, code: e.code, address: e.address };
    }
  }

  function park(): void {
    tiers?.precisions.parked();
    cache.park();
    quick?.clear();
    tiers?.regions?.giveUp();
  }

  return { cpu, stats, cache, run, unspent: () => left - slice + state[S.BUDGET], park: observer === undefined ? park : undefined };
}
