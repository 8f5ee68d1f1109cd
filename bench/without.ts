// Where the hot parts ask whether someone looks into the run, and what stands there in a build in which nobody can. For without.config.ts.

type Edit = readonly [from: string, to: string];
/** By module below src/: texts that stand there once, and what replaces them. */
export const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  "runtime/engine.ts": [
    ["const observer: EngineObserver | undefined = options.observe?.(cpu);", ""],
    ["if (observer !== undefined) cache.onDrop = (block, reason) => observer.invalidated(block, reason);", ""],
    ["      observer,\n", "      observer: undefined,\n"],
    ["const interpreted = cpu.current !== undefined;", ""],
    ["if (observer !== undefined) observe(observer, cache.at(state[S.EIP]), interpreted);", ""],
    ["observer?.linked(from.owner, block);", ""],
    ["observer?.bailed(state[S.EIP], state[S.BAIL]);", ""],
    ["observer === undefined ? interval() : nextSlice()", "interval()"],
    ["observer === undefined && stats.samples > MANY_SAMPLES", "stats.samples > MANY_SAMPLES"],
    ["park: observer === undefined ? park : undefined", "park"],
  ],
  "translator/index.ts": [
    ["const { cpu, observer } = options;", "const { cpu } = options;"],
    ["const started = observer === undefined ? 0 : performance.now();", "const started = 0;"],
    ["const counts = observer?.counts ?? false;", "const counts = false;"],
    ["const number = observer === undefined ? 1 : ++numbers;", "const number = 1;"],
    ['${observer === undefined ? "" : identifier(observer.nameOf(block.address))}', ""],
    ["const emitted = observer === undefined ? 0 : performance.now();", "const emitted = 0;"],
    ["observer?.compiled(", "void ("],
  ],
  "kernel/scheduler.ts": [
    ["const gate = kernel.debugger?.gate();", "const gate = undefined;"],
    ['if (thread.state === "dead" || kernel.debugger?.mayRun(thread) === false) continue;', 'if (thread.state === "dead") continue;'],
    ["const debug = thread.kernel.debugger;", ""],
    ["if (debug?.before(thread) === false) return;", ""],
    ["debug === undefined ? thread.engine.run(budget) : debug.run(thread, budget)", "thread.engine.run(budget)"],
    ["if (debug?.exit(thread, exit) === true) continue;", ""],
    ["        debug?.called(thread);\n        calls++;", "        calls++;"],
    ["        debug?.called(thread);\n        if (++calls", "        if (++calls"],
    ["kernel.trace?.unknown(thread, number);", ""],
    ["if (kernel.trace) {", "if (false) {"],
    [" || kernel.debugger?.signal(thread, pending) === false", ""],
    ["kernel.trace?.signal(thread, pending);", ""],
    ["kernel.trace?.stopped(thread, pending.signal);", ""],
  ],
};
