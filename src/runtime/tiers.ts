// The tiers above the interpreter: the translator with what chooses and what checks. Made when the first block is warm. Programs that
// run for some milliseconds never have one, so the command line keeps this module and all it needs in a file of its own
// (rolldown.config.ts).

import { createTranslator, type Translation, type Translator } from "../translator/index.ts";
import { createWorld, type World } from "../translator/wasm/world.ts";
import type { Block, Link } from "./block.ts";
import type { CodeCache } from "./codecache.ts";
import type { Cpu } from "./cpu.ts";
import { isGuestFault } from "./fault.ts";
import { createLockstep, type Lockstep } from "./lockstep.ts";
import type { EngineObserver } from "./observer.ts";
import { createPrecisions, type Precisions } from "./precision.ts";
import { createRegions, type Regions } from "./regions.ts";
import type { SavedProgram } from "./saved.ts";

export interface TierOptions {
  readonly cpu: Cpu;
  readonly cache: CodeCache;
  readonly makeLink: (owner: Block, target: number) => Link;
  readonly interpret: (block: Block) => void;
  readonly regions: boolean;
  /** Whether translations are WebAssembly where they can be. */
  readonly lowered: boolean;
  /** Regions follow every direct jump, not only those to code that has run. */
  readonly eager: boolean;
  readonly lockstep: boolean;
  readonly onMismatch: ((report: string) => void) | undefined;
  readonly observer: EngineObserver | undefined;
  readonly saved: SavedProgram | undefined;
}

/** Regions that are made together, where they become WebAssembly: code in one module is near. */
const TOGETHER = 16;

export type { World };
export interface Tiers {
  readonly translator: Translator;
  readonly regions: Regions | undefined;
  readonly lockstep: Lockstep | undefined;
  readonly precisions: Precisions;
  /** Where translations are WebAssembly. */
  readonly world: World | undefined;
  /** Gives a block the translation that an earlier run has kept. Undefined when it has none that can be used. */
  restore(block: Block): Translation | undefined;
}

export function createTiers(options: TierOptions): Tiers {
  const { cpu, cache, makeLink, eager, saved } = options;
  const { wasm } = cpu.memory;
  const world = wasm === undefined || !options.lowered ? undefined
    : createWorld({ cpu, memory: wasm, translationAt: cache.translationAt, onStore: (address, length) => translator.onStore(address, length), places: saved?.places, cells: saved?.cells });
  const regions: Regions | undefined = options.regions
    ? createRegions({
      memory: cpu.memory, state: cpu.state, adapt: cpu.model.adapt, cache, translator: () => translator, eager, together: world === undefined ? 1 : TOGETHER,
      restore: restoreRegion, entered: (block, head) => saved?.keepWay(block.address, head.address), lowered: world !== undefined,
    }) : undefined;
  cache.onRelease = (fn) => {
    world?.release(fn);
    regions?.lost(fn);
  };
  cache.onAside = (fn) => regions?.lost(fn);
  cache.onReturn = (fn) => regions?.returned(fn);
  const translator: Translator = createTranslator({
    cpu, makeLink, translationAt: cache.translationAt, traceStores: options.lockstep, unaligned: cache.unaligned,
    makeRecorder: (address) => regions?.recorder(address) ?? (() => {}), recordTargets: regions !== undefined,
    observer: options.observer, saved, world,
  });
  const lockstep = options.lockstep ? createLockstep(cpu, options.interpret, options.onMismatch) : undefined;
  if (lockstep !== undefined) translator.onStore = lockstep.note;
  const precisions: Precisions = createPrecisions(cpu, cache, (precision) => {
    translator.precision = precision;
    regions?.forget();
  });

  function restoreRegion(head: Block): boolean {
    const code = saved?.has(head.address) ? saved.take(head.address) : undefined;
    return code?.tier === "region" && restore(head, code) !== undefined;
  }

  /** The block at an address, if that can be executed. */
  function blockAt(address: number): Block | undefined {
    try {
      return cache.at(address);
    } catch (e) {
      if (!isGuestFault(e)) throw e;
      return undefined;
    }
  }

  function restore(block: Block, code = saved?.take(block.address)): Translation | undefined {
    if (code === undefined || (code.tier !== "block" && regions === undefined)) return undefined;
    const head = blockAt(code.nodes[0]), made = head === undefined ? undefined : translator.restore(head, code);
    if (made === undefined || head === undefined) saved?.refuse(block.address);
    else if (code.tier !== "block" && regions !== undefined) regions.adoptRestored(head, made, code.tier === "region", (address) => saved?.differ(address, block.address) === true);
    else cache.addTranslation(block, made.fn, made.size, made.graph.ranges, made.floating);
    return made;
  }

  return { translator, regions, lockstep, precisions, world, restore };
}
