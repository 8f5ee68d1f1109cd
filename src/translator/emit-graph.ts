// From a graph to the body of a function: the emitter (emit.ts) writes it once, and again with what only the finished code tells.

import type { Instruction } from "../decoder/instruction.ts";
import { Emitter } from "./emit.ts";
import type { Emitted, EmitOptions } from "./emitted.ts";
import type { Graph } from "./graph.ts";
import { split } from "./irreducible.ts";
import type { LanePlan } from "./lane-types.ts";
import { withTails } from "./tails.ts";

/** Writes the function body for a graph. */
export function emitGraph(whole: Graph, options: EmitOptions): Emitted {
  const graph = options.packed === true ? withTails(split(whole)) : split(whole);
  // Flags liveness must know beforehand which instructions are called out of line. Nearly all of these are known to leave the
  // code anyway; when another one turns up it joins `leaving`, and emission starts again.
  const leaving = new Set<Instruction>(), barriers = new Set<Instruction>();
  // The first emission also tells what happens to vector lanes; when they meet anywhere, a second has them in locals.
  let plan: LanePlan | undefined;
  for (;;) {
    const emitter = new Emitter(graph, options, leaving, barriers, plan);
    const emitted = emitter.run();
    if (emitted === undefined) plan = undefined;
    else if (plan === undefined && emitter.lanesMeet()) plan = emitter.planLanes();
    else {
      // what lanes have in common on all ways to the head of a loop is known now: a third emission need not ask for it
      const found = plan && emitter.foundOfLoops(plan), tests = emitter.testsOfLoops();
      const last = (found ?? tests) && new Emitter(graph, options, leaving, barriers, plan, found, tests), known = last?.run();
      if (last === undefined || known === undefined || last.wrong) return emitted;
      const { source, constants, floating, entries } = known;
      return { source, constants, floating, entries, short: emitted.short };
    }
  }
}
