// Lanes that no turn of a loop changes but the first one. A guest's MOVAPS copies whole registers, MOVSS from memory clears what stands above it: scalar code moves halves of registers about that
// nobody wants. With a local for each, these moves were 12 of the 57 instructions of float32's filter. What such a lane is at the head of the loop is what it was on the way in, on the first turn, and
// on all others zero, or what another lane is that does not change at all. Nobody asks but the ways out, and those can ask which turn it is: by `q`, the count of the slice, as flags
// do (loop-flags.ts).
//
// That is known when the loop has been written. So one emission finds it, and the next takes it for granted and sees whether it holds.

import type { Dispatches } from "./irreducible.ts";
import { type GraphNode, membersOf } from "./graph.ts";
import { Joins } from "./lane-grains.ts";
import type { LanePlan } from "./lane-types.ts";
import type { LaneState } from "./lanes.ts";
import type { Structure } from "./structure.ts";

type Moves = [to: string, from: string][];

/** By the types of a loop's head: locals that change on the first turn alone, with what they have from then on: `0`, or a local. */
export type Stills = ReadonlyMap<object, ReadonlyMap<string, string>>;

/** What one emission has found of lanes at the heads of loops. */
export interface OfLoops {
  readonly joins: Joins;
  readonly stills: Stills;
}

/** What could be known: of numbers, if any that travel there were asked for their size, and which locals change on the first turn alone. */
export function foundOfLoops(lanes: LaneState, nodes: readonly GraphNode[], plan: LanePlan, structure: Structure, dispatches: Dispatches): OfLoops | undefined {
  const stills = lanes.still.found(nodes, plan, structure, dispatches);
  return lanes.askedLocals || stills.size > 0 ? { joins: new Joins(lanes.joins.solution()), stills } : undefined;
}

export class StillLanes {
  /** What comes into each local on all ways back to the head of a loop, which is known by the types of its lanes; undefined where ways differ. */
  private readonly ways = new Map<object, Map<string, string | undefined>>();
  private readonly granted: Stills | undefined;
  /** Whether a way back brought something else than what was granted. */
  wrong = false;
  private current: ReadonlyMap<string, string> | undefined;
  private first = "";

  constructor(granted: Stills | undefined) {
    this.granted = granted;
  }

  /** Notes a way back. What is left of its moves. */
  back(head: object, moves: Moves): Moves {
    const before = this.ways.get(head), now = new Map<string, string | undefined>(moves), still = this.granted?.get(head);
    for (const [to, from] of before ?? []) if (now.get(to) !== from) now.set(to, undefined);
    this.ways.set(head, now);
    if (still === undefined) return moves;
    const fixed = new Set(still.values());
    this.wrong ||= !moves.every(([to, from]) => from === (still.get(to) ?? (fixed.has(to) ? to : from)));
    return moves.filter(([to]) => !still.has(to));
  }

  /** Ahead of a loop, whose head costs `cost` of the slice; at other joins undefined. */
  arrive(out: { fresh(base: string): string; emit(line: string): void }, head: object, cost: number | undefined): void {
    this.current = cost === undefined ? undefined : this.granted?.get(head);
    if (this.current === undefined) return;
    const t = out.fresh("t");
    out.emit(`const ${t} = q;`);
    this.first = `(${t} - q | 0) === ${cost}`;
  }

  /** What a local holds there. */
  there(local: string): string {
    const then = this.current?.get(local);
    return then === undefined ? local : `(${this.first} ? ${local} : ${then === "0" && local[1] === "f" ? "Math.fround(0)" : then})`;
  }

  /** What there is to be granted. */
  found(nodes: readonly GraphNode[], plan: LanePlan, structure: Structure, dispatches: Dispatches): Stills {
    const found = new Map<object, ReadonlyMap<string, string>>();
    for (const { index: n } of nodes) {
      const ways = this.ways.get(plan.joins[n]);
      if (ways === undefined || !isPlainLoop(n, nodes, structure, dispatches)) continue;
      const idle = (local: string): boolean => {
        const k = Number(local.slice(2));
        return local[1] === "d" ? plan.idle(n, 2 * k) && plan.idle(n, 2 * k + 1) : plan.idle(n, k);
      };
      const still = new Map<string, string>();
      for (const [to, from] of ways) {
        if (from === undefined || from === to || !idle(to)) continue;
        if (from === "0" || (/^x[dfi]\d/.test(from) && from[1] === to[1] && ways.get(from) === from)) still.set(to, from);
      }
      if (still.size > 0) found.set(plan.joins[n], still);
    }
    return found;
  }
}

/** Whether a node is the head of a loop in which no other ways meet, and that nothing is called from. */
function isPlainLoop(head: number, nodes: readonly GraphNode[], structure: Structure, { entrances, detours }: Dispatches): boolean {
  const { loopHeader, merge } = structure;
  if (!loopHeader[head]) return false;
  return membersOf(head, nodes, structure).every((m) => (m === head || !(merge[m] || loopHeader[m])) && !entrances.has(m) && detours.get(m) === undefined && nodes[m].afterCall === undefined);
}
