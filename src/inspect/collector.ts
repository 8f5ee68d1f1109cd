// Gathers what the engines of a machine do while it runs: translations and their fate, samples of the guest's code and call stacks, time by
// kind. One collector for all address spaces. What is shown of it: events.ts, hot.ts, profile.ts, report.ts, stats.ts.
//
// Time is taken at the ends of short slices of guest instructions and around the engine's runs; what lies between two runs of a turn is the
// kernel answering a system call. Nothing of this touches generated code, but for the execution counts, when they are wanted.

import { type Block, SAMPLE_INTERVAL } from "../runtime/block.ts";
import type { Cpu } from "../runtime/cpu.ts";
import type { Engine } from "../runtime/engine.ts";
import type { CompiledCode, Counter, EngineObserver, InvalidationReason, ObserverFactory } from "../runtime/observer.ts";
import { S } from "../runtime/state.ts";
import { createSymbols, formatLocation, type Location, type Symbols } from "../kernel/symbols/symbols.ts";
import type { Kernel, Process, Thread } from "../kernel/thread.ts";
import type { TraceEvent } from "./events.ts";
import { createStacks, type Stacks } from "./stacks.ts";

/** One translation, alive or gone. */
export interface TranslationRecord {
  readonly pid: number;
  readonly address: number;
  /** Guest bytes it covers. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  readonly tier: "block" | "region";
  readonly reason: string;
  /** `main+0x12`. */
  readonly symbol: string;
  readonly place: Location;
  readonly instructions: number;
  readonly sourceBytes: number;
  readonly emitMs: number;
  readonly compileMs: number;
  /** Milliseconds from the start. */
  readonly madeAt: number;
  goneAt: number | undefined;
  readonly code: CompiledCode;
  /** Instructions counted that bails kept from being executed. */
  unexecuted: number;
  /** Address of an instruction -> how often it left to the interpreter while this was the translation. */
  readonly bails: Map<number, number>;
  samples: number;
  sampledMs: number;
  deoptimised: number;
}

/** Code that samples met while it was interpreted. */
export interface InterpretedRecord {
  readonly pid: number;
  readonly address: number;
  readonly symbol: string;
  readonly place: Location;
  readonly instructions: number;
  readonly block: Block;
  samples: number;
  sampledMs: number;
}

/** A system call's count and time, by name. */
export interface CallTime {
  calls: number;
  ms: number;
  errors: number;
}

/** Milliseconds by kind. Guest time is split by what the samples met. */
export interface Times {
  translating: number;
  compiling: number;
  translated: number;
  interpreted: number;
  /** Guest time outside whole slices: too short for a sample. */
  unsampled: number;
  kernel: number;
  idle: number;
}

export interface CollectorOptions {
  /** Milliseconds of a clock that only goes up. */
  readonly now: () => number;
  /** Have generated code count its executions. */
  readonly counts: boolean;
  /** Take call stacks. */
  readonly stacks: boolean;
  readonly onEvent?: (event: TraceEvent) => void;
  /** Whether V8 has optimised a function; undefined when it cannot tell. */
  readonly isOptimised?: (fn: () => unknown) => boolean | undefined;
}

export interface Collector {
  readonly symbols: Symbols;
  readonly observe: ObserverFactory;
  readonly records: readonly TranslationRecord[];
  readonly interpreted: readonly InterpretedRecord[];
  readonly times: Times;
  readonly calls: ReadonlyMap<string, CallTime>;
  readonly stacks: Stacks | undefined;
  readonly counts: { linked: number; invalidated: Map<InvalidationReason, number>; optimised: number; deoptimised: number };
  /** The machine's kernel: set before anything runs. */
  kernel: Kernel | undefined;
  /** Watches an engine's runs. */
  attach(engine: Engine): void;
  /** Time passed in this is idleness. */
  idle<T>(waiting: () => Promise<T>): Promise<T>;
  elapsed(): number;
}

/** Instructions between two samples: what one stands for. */
export const INSTRUCTIONS_PER_SAMPLE = SAMPLE_INTERVAL;

export function createCollector(options: CollectorOptions): Collector {
  const { now, onEvent } = options;
  const start = now();
  const symbols = createSymbols();
  const records: TranslationRecord[] = [];
  const interpreted = new Map<string, InterpretedRecord>();
  const calls = new Map<string, CallTime>();
  const times: Times = { translating: 0, compiling: 0, translated: 0, interpreted: 0, unsampled: 0, kernel: 0, idle: 0 };
  const stacks = options.stacks ? createStacks(symbols) : undefined;
  /** End of the last stretch of time that has been attributed. */
  let mark = start;
  /** Translating since then, which is no guest time. */
  let making = 0;
  /** The call that the kernel is answering. */
  let call: { thread: Thread; number: number } | undefined;
  let idleSince = 0, waiting = 0;

  const collector: Collector = {
    symbols, records, times, calls, stacks, kernel: undefined,
    get interpreted() {
      return [...interpreted.values()];
    },
    counts: { linked: 0, invalidated: new Map(), optimised: 0, deoptimised: 0 },
    observe: (cpu) => createObserver(cpu),
    attach(engine) {
      const run = engine.run.bind(engine);
      engine.run = (budget) => {
        enter();
        const exit = run(budget);
        const thread = collector.kernel?.current;
        leave();
        call = thread !== undefined && (exit.kind === "syscall" || exit.kind === "sysenter") ? { thread, number: thread.process.abi.callNumber(thread.cpu) } : undefined;
        return exit;
      };
    },
    async idle(wait) {
      if (waiting++ === 0) {
        settleCall();
        idleSince = now();
      }
      try {
        return await wait();
      } finally {
        if (--waiting === 0) {
          const at = now();
          times.idle += at - idleSince;
          mark = at;
        }
      }
    },
    elapsed: () => now() - start,
  };

  /** What stretches cost that one of the two had alone. */
  const rates = { interpreter: { ms: 0, instructions: 0 }, translations: { ms: 0, instructions: 0 } };
  const addRate = (rate: typeof rates.interpreter, ms: number, instructions: number) => {
    rate.ms += ms;
    rate.instructions += instructions;
  };
  /** How many times as long as a translated instruction an interpreted one takes. */
  const slowness = (): number => {
    const { interpreter: a, translations: b } = rates;
    return a.instructions > 0 && b.ms > 0 ? Math.max(1, (a.ms / a.instructions) * (b.instructions / b.ms)) : 1;
  };

  /** What has passed since the last mark, without translating. */
  function take(): number {
    const at = now();
    const passed = Math.max(0, at - mark - making);
    making = 0;
    mark = at;
    return passed;
  }

  function settleCall(): void {
    const passed = take();
    if (passed > 0) times.kernel += passed;
    if (call === undefined) return;
    const { thread, number } = call;
    call = undefined;
    const name = thread.process.abi.calls[number]?.name ?? `syscall_${number}`;
    let entry = calls.get(name);
    if (entry === undefined) calls.set(name, (entry = { calls: 0, ms: 0, errors: 0 }));
    entry.calls++;
    entry.ms += passed;
    if (thread.state === "running" && thread.process.mm.owner === thread) {
      const result = thread.cpu.regs[0];
      if (result < 0 && result > -4096) entry.errors++;
      stacks?.passed(thread, passed, now() - start, name);
    }
  }

  function enter(): void {
    settleCall();
  }

  function leave(): void {
    const passed = take();
    times.unsampled += passed;
    const thread = collector.kernel?.current;
    if (thread !== undefined) stacks?.passed(thread, passed, mark - start);
  }

  function createObserver(cpu: Cpu): EngineObserver {
    const current = new Map<number, TranslationRecord>();
    /** Pages of guest code -> the translations with bytes there, the newest last. */
    const pages = new Map<number, TranslationRecord[]>();
    const numbers = new Map<number, TranslationRecord>();
    const byCounter = new Map<Counter, TranslationRecord>();
    const entered: Counter[] = [];
    /** Time of interpreting that no sample has found a block for yet. */
    let owed = 0;
    const optimised = new WeakSet<TranslationRecord>();
    let owner: Process | undefined;
    const nobody = { name: "", offset: 0, file: "", start: 0, size: 0, fileAddress: 0 };

    /** The process that runs here: the one whose turn it is, as a rule. */
    function process(): Process | undefined {
      const now = collector.kernel?.current?.process;
      if (now !== undefined && now.mm.cpu === cpu) return (owner = now);
      return owner;
    }

    const locate = (address: number): Location => {
      const it = process();
      return it === undefined ? { ...nobody, offset: address >>> 0 } : symbols.symbolize(it, address);
    };
    const label = (address: number) => formatLocation(locate(address), address);

    const emit = (event: TraceEvent) => onEvent?.(event);
    const base = (address: number) => ({ t: now() - start, pid: process()?.pid ?? 0, address: address >>> 0, symbol: label(address) });

    function holding(address: number): TranslationRecord | undefined {
      const own = current.get(address | 0);
      if (own !== undefined) return own;
      const at = address >>> 0;
      return pages.get(at >>> 12)?.findLast((r) => r.goneAt === undefined && r.ranges.some(([from, to]) => from <= at && at < to));
    }

    /** Gives the time between two samples to the translations that ran in it, by the instructions that each executed; the rest is the interpreter's. */
    function share(passed: number, byInterpreter: number): number {
      let executed = 0;
      for (const counter of entered) executed += counter.instructions - counter.before;
      const each = passed / (executed + byInterpreter * slowness() || 1);
      for (const counter of entered) {
        const record = byCounter.get(counter);
        if (record !== undefined) record.sampledMs += (counter.instructions - counter.before) * each;
        counter.before = counter.instructions;
        counter.fresh = true;
      }
      entered.length = 0;
      if (executed === 0) addRate(rates.interpreter, passed, byInterpreter);
      else if (byInterpreter === 0) addRate(rates.translations, passed, executed);
      return executed * each;
    }

    function checkOptimisation(record: TranslationRecord): void {
      const is = options.isOptimised?.(record.code.fn);
      if (is === undefined || is === optimised.has(record)) return;
      if (is) {
        optimised.add(record);
        collector.counts.optimised++;
      } else {
        optimised.delete(record);
        record.deoptimised++;
        collector.counts.deoptimised++;
      }
      if (onEvent) emit({ event: is ? "optimised" : "deoptimised", ...base(record.address), tier: record.tier });
    }

    return {
      counts: options.counts, entered,
      nameOf: (address) => {
        const place = locate(address);
        return place.name === "" ? "" : formatLocation(place, address);
      },
      compiled(code) {
        const { block, graph } = code;
        const before = current.get(block.address);
        if (before !== undefined && before.goneAt === undefined) before.goneAt = now() - start;
        const place = locate(block.address);
        const record: TranslationRecord = {
          pid: process()?.pid ?? 0, address: block.address >>> 0, ranges: graph.ranges, tier: code.tier, reason: code.reason, symbol: formatLocation(place, block.address),
          place, instructions: graph.instructions, sourceBytes: code.size, emitMs: code.emitMs, compileMs: code.compileMs, madeAt: now() - start, goneAt: undefined, code,
          unexecuted: 0, bails: new Map(), samples: 0, sampledMs: 0, deoptimised: 0,
        };
        records.push(record);
        current.set(block.address, record);
        numbers.set(code.number, record);
        if (code.counter !== undefined) byCounter.set(code.counter, record);
        for (const page of new Set(graph.ranges.flatMap(([from, to]) => [from >>> 12, (to - 1) >>> 12]))) {
          const list = pages.get(page);
          if (list === undefined) pages.set(page, [record]);
          else list.push(record);
        }
        times.translating += code.emitMs;
        times.compiling += code.compileMs;
        making += code.emitMs + code.compileMs;
        if (!onEvent) return;
        emit({
          event: "compiled", ...base(block.address), file: place.file, end: Math.max(...graph.ranges.map(([, to]) => to)), tier: code.tier, reason: code.reason,
          instructions: graph.instructions, nodes: graph.nodes.length, sourceBytes: code.size, us: (code.emitMs + code.compileMs) * 1000, v8Us: code.compileMs * 1000,
        });
      },
      linked(from, to) {
        collector.counts.linked++;
        if (onEvent) emit({ event: "linked", ...base(from.address), to: to.address >>> 0, toSymbol: label(to.address) });
      },
      invalidated(block, reason) {
        const { invalidated } = collector.counts;
        invalidated.set(reason, (invalidated.get(reason) ?? 0) + 1);
        const record = current.get(block.address);
        if (record !== undefined) {
          record.goneAt = now() - start;
          current.delete(block.address);
        }
        if (onEvent) emit({ event: "invalidated", ...base(block.address), tier: record?.tier ?? "block", reason });
      },
      bailed(address, number) {
        const record = numbers.get(number);
        if (record === undefined) return;
        record.unexecuted += remaining(record, address);
        const count = (record.bails.get(address) ?? 0) + 1;
        record.bails.set(address, count);
        // the first, the tenth, the hundredth ...: a bail in a loop would fill the disk
        if (onEvent && Number.isInteger(Math.log10(count))) emit({ event: "bailed", ...base(address), from: record.address, fromSymbol: record.symbol, count });
      },
      sample(block, byInterpreter, last) {
        const passed = take();
        // The block at hand is the next to run. What ran is the translation that left its number, where they count; it need not be the block's own.
        const ran = cpu.state[S.RAN];
        cpu.state[S.RAN] = 0;
        const interpreting = options.counts ? last || ran === 0 : byInterpreter > SAMPLE_INTERVAL / 2;
        const record = interpreting ? undefined : numbers.get(ran) ?? holding(block.address);
        const translatedMs = options.counts ? share(passed, byInterpreter) : interpreting ? 0 : passed;
        times.translated += translatedMs;
        times.interpreted += passed - translatedMs;
        owed += passed - translatedMs;
        if (record !== undefined) {
          record.samples++;
          if (!options.counts) record.sampledMs += passed;
          checkOptimisation(record);
        } else if (interpreting) {
          const pid = process()?.pid ?? 0;
          const key = `${pid}:${block.address}`;
          let entry = interpreted.get(key);
          if (entry === undefined) {
            const place = locate(block.address);
            entry = {
              pid, address: block.address >>> 0, symbol: formatLocation(place, block.address), place, instructions: block.insns.length, block, samples: 0, sampledMs: 0,
            };
            interpreted.set(key, entry);
          }
          entry.samples++;
          entry.sampledMs += owed;
          owed = 0;
        }
        const thread = collector.kernel?.current;
        if (thread !== undefined && cpu.state[S.EXIT] === 0) stacks?.passed(thread, passed, mark - start);
      },
    };
  }

  return collector;
}

/** Instructions behind an address in its basic block. */
function remaining({ code }: TranslationRecord, address: number): number {
  for (const { insns } of code.graph.nodes) {
    const at = insns.findIndex((i) => i.address === (address | 0));
    if (at >= 0) return insns.length - at - 1;
  }
  return 0;
}
