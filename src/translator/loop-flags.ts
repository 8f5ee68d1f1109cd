// Flags round a loop. At the head of a loop they are those of the way in or of a way back; who asks is a bail that hardly ever happens, ahead of the
// loop's first instruction that sets flags. Four locals that change on every turn, for that, keep four machine registers.
//
// On the ways back flags are those of a comparison of what is in guest registers, mostly, and of the same comparison on all of them. So nothing is put
// into the locals there: the locals keep the flags of the way in, and a bail asks whether this is the first turn. If not, it makes the flags from the
// registers as they were at the head. `q`, the count of the slice, tells of the first turn, so that not even this takes a local that changes.
//
// What the ways back have in common is known when all are written: until then the code has marks.

import { asTuple, inLocals, type LazyFlags, namesFlags } from "./conditions.ts";
import { literal } from "./value.ts";

/** A part of the tuple on a way back: its text there, and what it is at the head when that is known: a number, or a register and what is added to it. */
interface Part {
  readonly text: string;
  readonly head: number | { readonly register: number; readonly delta: number } | undefined;
}

interface Way {
  /** Kind, a, b, r. */
  readonly parts: readonly Part[];
  /** r is a - b. */
  readonly difference: boolean;
  /** A name that nobody else has, for when the new flags are made from the old ones. */
  readonly name: string;
}

interface Loop {
  /** What `q` loses at the head. */
  readonly cost: number;
  readonly ways: Way[];
}

/** What the numbers of a loop's copies differ by: more nodes than a graph has. */
const COPY = 10_000;

const LOCALS = ["fk", "fa", "fb", "fr"];

/** Statements that assign the locals of the flags: kind, a, b, r, of which those that stay as they are may be left out. */
export function assigning(parts: readonly (string | undefined)[], fresh: () => string): string {
  const all = parts.flatMap((text, k) => (text === undefined || text === LOCALS[k] ? [] : [{ text, to: LOCALS[k] }]));
  if (!all.some(({ text }) => namesFlags(text))) return all.map(({ to, text }) => `${to} = ${text}; `).join("");
  // made from the old flags: those must be read before they change
  const n = fresh();
  return `const ${all.map(({ to, text }) => `${n}${to[1]} = ${text}`).join(", ")}; ${all.map(({ to }) => `${to} = ${n}${to[1]}; `).join("")}`;
}

export class LoopFlags {
  private readonly loops = new Map<number, Loop>();
  /** By head: the number of the loop that is being written. The text of a node, and a loop in it, can stand in several places. */
  private readonly current = new Map<number, number>();

  /** Text ahead of the loop, whose head is node `head`. Then the flags are those `at` it. */
  enter(head: number, cost: number): string {
    let n = head;
    while (this.loops.has(n)) n += COPY;
    this.current.set(head, n);
    this.loops.set(n, { cost, ways: [] });
    return `/*fi${n}*/`;
  }

  /** The number of the loop at a head that has been entered last. */
  at(head: number): number | undefined {
    return this.current.get(head);
  }

  /** Text at the beginning of each turn. */
  turn(n: number): string {
    return `/*fh${n}*/`;
  }

  /** Statements that put the flags at the head of a loop into the locals. */
  settling(n: number): string {
    return `/*fl${n}*/`;
  }

  /** Statements for a way back. `held` tells which register holds what a name stands for. */
  back(head: number, flags: LazyFlags, held: (name: string) => Part["head"], name: string): string {
    const n = this.current.get(head) as number, { ways } = this.loops.get(n) as Loop;
    const { kind, a, b, r } = asTuple(flags);
    const settled = inLocals(flags);
    const part = (text: string): Part => ({ text, head: numeric(text) ?? (settled ? undefined : held(text)) });
    const parts = [{ text: kind, head: numeric(kind) }, part(a), part(b), part(r)];
    return `/*fb${n}.${ways.push({ parts, difference: flags.difference === true && flags.co === "", name }) - 1}*/`;
  }

  /** What stands in place of each mark. */
  replacements(): (mark: string) => string | undefined {
    const made = new Map<string, string>();
    for (const [n, loop] of this.loops) {
      const texts = writeLoop(n, loop);
      made.set(this.turn(n), texts.turn).set(this.settling(n), texts.settling).set(`/*fa${n}*/`, texts.settling.replaceAll(/was\d+\$(\d)/g, "r$1")).set(`/*fi${n}*/`, texts.ahead);
      texts.back.forEach((text, way) => made.set(`/*fb${n}.${way}*/`, text));
    }
    return (mark) => made.get(mark);
  }
}

/** A line that has been written for the head of a loop, as it has to be ahead of the loop. */
export const ahead = (line: string): string => line.replaceAll(/\/\*fl(\d+)\*\//g, "/*fa$1*/");

const LANES = /\bx[dfiq]\d+\b/g;

/**
 * Flags that do not name locals of vector lanes, which are about to get the values of another turn: COMISS leaves the comparison of two to whoever wants it. The lanes as they are get names of their
 * own, each by a line that is handed to `emit`.
 */
export function withoutLanes(flags: LazyFlags, emit: (line: string) => void, fresh: () => string): LazyFlags {
  const names = new Map<string, string>();
  const renamed = (text: string) => (text.includes("x") ? text.replace(LANES, (lane) => names.get(lane) ?? nameOf(lane)) : text);
  function nameOf(lane: string): string {
    const name = fresh();
    names.set(lane, name);
    emit(`const ${name} = ${lane};`);
    return name;
  }
  const of = (f: LazyFlags): LazyFlags => {
    const { kind, a, b, r, co, plain, difference, loop, unless } = f, more = unless && { test: renamed(unless.test), flags: of(unless.flags) };
    return { kind, a: renamed(a), b: renamed(b), r: renamed(r), co: renamed(co), plain, difference, loop, order: undefined, outcomes: undefined, unless: more };
  };
  return inLocals(flags) || flags.loop !== undefined ? flags : of(flags);
}

const numeric = (t: string): number | undefined => (/^(\d+|\(-\d+\))$/.test(t) ? Number(t.replace(/[()]/g, "")) : undefined);

const same = (a: Part["head"], b: Part["head"]): boolean =>
  a === b || (typeof a === "object" && typeof b === "object" && a.register === b.register && a.delta === b.delta);

function writeLoop(n: number, { cost, ways }: Loop) {
  const registers = new Set<number>();
  const first = `q${n}$`;
  // what all ways back agree on is not carried
  const heads = LOCALS.map((_, k) => {
    const head = ways[0]?.parts[k].head;
    return head !== undefined && ways.every((w) => same(w.parts[k].head, head)) ? head : undefined;
  });
  const atHead = (head: Part["head"], local: string): string => {
    if (head === undefined) return local;
    if (typeof head === "number") return literal(head);
    registers.add(head.register);
    const was = `was${n}$${head.register}`;
    return head.delta === 0 ? was : head.delta < 0 ? `(${was} - ${-head.delta} | 0)` : `(${was} + ${head.delta} | 0)`;
  };
  const texts = heads.map((head, k) => (head === undefined ? undefined : atHead(head, LOCALS[k])));
  if (texts[3] === undefined && ways.length > 0 && ways.every((w) => w.difference)) {
    texts[3] = `(${texts[1] ?? "fa"} - ${texts[2] ?? "fb"} | 0)`;
  }
  const back = ways.map((way) => assigning(way.parts.map((p, k) => (texts[k] === undefined ? p.text : undefined)), () => way.name));
  const known = [0, 1, 2, 3].filter((k) => texts[k] !== undefined);
  // r first: it may be made from the locals of a and b
  const settling = known.length === 0 ? "" : `if ((${first} - q | 0) !== ${cost}) { ${known.toReversed().map((k) => `${LOCALS[k]} = ${texts[k]};`).join(" ")} } `;
  return {
    ahead: known.length === 0 ? "" : `const ${first} = q;`,
    turn: registers.size === 0 ? "" : `const ${[...registers].map((r) => `was${n}$${r} = r${r}`).join(", ")};`,
    settling, back,
  };
}
