// Tests of addresses that go through memory in steps: made for many turns of an innermost loop at a time.
//
// Whether an access is aligned does not change where the address grows by a multiple of its size on each turn; whether it leaves its page, and what the page may be used for, is the same until the
// address comes to another page. So the head of a loop asks, works out for how many turns that holds, and asks again behind these: `q`, the count of the slice, is compared there in any case, with
// zero, and so with the count at which to ask again. Where anything is wrong the interpreter goes on from the head.
//
// What registers do on a turn is known when the loop has been written. So one emission finds it, and the next leaves the tests out.

import { A, type Operand } from "../decoder/instruction.ts";
import type { Affines } from "./affines.ts";
import { indexAt } from "./access-groups.ts";
import { askOfFixed, askOfFixedAgain, type Entered, type FixedAccess, fixedAccesses, type FixedGroup, flow } from "./fixed-places.ts";
import { type GraphNode, membersOf, successors } from "./graph.ts";
import type { Dispatches } from "./irreducible.ts";
import type { WayIn } from "./shape.ts";
import { dominates, type Structure } from "./structure.ts";
import { type Affine, literal, type Value } from "./value.ts";

/** A register as it was at some place, shifted, and what is added to all of them. */
export interface Term {
  readonly register: number;
  readonly scale: number;
}

/** An address, by what registers were at the beginning of a node. */
interface Place {
  readonly terms: readonly Term[];
  readonly plus: number;
}

export interface Access {
  readonly place: Place;
  readonly size: number;
  readonly store: boolean;
  /** It looks at what is loaded, so that permissions are asked where that is zero alone. */
  readonly byValue: boolean;
  /** The guest itself jumps on whether that is zero, and one jump serves both. */
  parted: boolean;
}

/** What a register is where a way leaves a node: what another was at the beginning, and what is added. */
export interface Was {
  readonly register: number;
  readonly delta: number;
}

export interface OfNode {
  readonly accesses: Map<string, Access>;
  /** Places that must be multiples of 16. */
  readonly aligned: Map<string, Place>;
  /** By the node that comes next. */
  readonly left: Map<number, readonly (Was | undefined)[]>;
  /** How often other code may run within. */
  opaque: number;
}

/** What an access need not ask: nothing of its page, since it is one that stays or one that goes in steps, or whether it leaves its page. */
type Grant = FixedAccess | "page" | "crossing";

/** Bytes from `plus` on that are accessed on each turn, at an address that grows by `step`. */
interface Stream {
  readonly terms: readonly Term[];
  readonly step: number;
  from: number;
  to: number;
  readonly store: boolean;
}

interface OfLoop {
  /** By what their pages allow. */
  readonly pages: readonly Stream[];
  /** Which need to be aligned to stay in their pages. */
  readonly whole: readonly Stream[];
  /** What must be a multiple of 16. */
  readonly aligned: readonly Stream[];
  /** It is bytes that make it worth while, of which any may be zero. */
  readonly forBytes: boolean;
}

/** What is asked ahead of a loop, and the loops within it that the code can be entered at. */
interface OfFixed {
  readonly groups: ReadonlySet<FixedGroup>;
  readonly within: readonly Entered[];
}

export interface LoopPlan {
  readonly loops: ReadonlyMap<number, OfLoop>;
  readonly fixed: ReadonlyMap<number, OfFixed>;
  /** Of nodes in which other code runs: what is to be asked again behind it. */
  readonly again: ReadonlyMap<number, readonly FixedGroup[]>;
  readonly grants: ReadonlyMap<number, ReadonlyMap<string, Grant>>;
  /** Nodes of these loops. */
  readonly members: ReadonlySet<number>;
}

/** Steps that an address may take for its page to be asked ahead, and bytes that one test is for. */
const MAX_STEP = 256, MAX_SPAN = 1024;
const PAGE = 4096;
const ESP = 4;
/** EBX, ESP, EBP, ESI, EDI: registers that callees keep. */
const KEPT = new Set([3, ESP, 5, 6, 7]);
/** Turns that asking ahead of a loop takes as long as, and how often its entry must have been executed to tell. */
const FEW = 4, COUNTED = 1000, SAMPLED = 16;
/** More turns than a slice has. */
const TURNS = 20_000;

const keyOf = ({ terms, plus }: Place): string => `${terms.map(({ register, scale }) => `${register}.${scale}`).join(" ")} ${plus}`;
/** The same for all that goes through memory side by side. */
const courseOf = ({ terms, step }: Stream): string => keyOf({ terms, plus: step });
const accessKey = (place: Place, size: number, store: boolean): string => `${keyOf(place)} ${size}${store ? "s" : "l"}`;

/** What the emission asks of the code around. */
export interface LoopOutput {
  emit(line: string): void;
  fresh(base: string): string;
  register(n: number): string;
  leave(pc: number): string;
  readonly lanes: { commit(): void };
}

/** A loop that was too seldom gone through to ask ahead of it, by address, and what is executed ahead of it. */
export interface ShortLoop {
  readonly address: number;
  readonly around: readonly number[];
}

/** Whether samples have it that a loop turns often: those of its head, and the most of anything ahead of it. */
export const turnsOften = (samples: number, around: number): boolean => samples >= SAMPLED && samples >= FEW * around;

export interface SavedTests {
  readonly current: number;
  readonly entry: readonly Affine[];
}

export class LoopTests {
  private readonly nodes = new Map<number, OfNode>();
  private readonly granted: LoopPlan | undefined;
  /** The node, and what registers were known by at its beginning. */
  private current = -1;
  private entry: readonly Affine[] = [];
  private readonly places = new Map<string, Place>();
  private last: Access | undefined;
  /** The index of the last access that need not ask anything. */
  index = "";
  /** Loops that `plan` has left as they are, being short. */
  readonly short: ShortLoop[] = [];
  /** Whether other code may run where the plan has it that none does. */
  wrong = false;

  constructor(granted: LoopPlan | undefined) {
    this.granted = granted;
  }

  /** A node begins. */
  begin(n: number, affines: Affines): void {
    this.entry = [0, 1, 2, 3, 4, 5, 6, 7].map((r) => affines.of(r));
    if (!this.nodes.has(n)) this.nodes.set(n, { accesses: new Map(), aligned: new Map(), left: new Map(), opaque: 0 });
    this.current = n;
  }

  /** The node, to be taken up again where its code goes on behind another way. */
  save(): SavedTests {
    return { current: this.current, entry: this.entry };
  }

  restore({ current, entry }: SavedTests): void {
    this.current = current;
    this.entry = entry;
  }

  private was({ symbol, delta }: Affine): Was | undefined {
    const register = this.entry.findIndex((it) => it.symbol === symbol);
    return register < 0 ? undefined : { register, delta: (delta - this.entry[register].delta) | 0 };
  }

  /** An operand's address has been given a name. */
  addressed(at: Value, { base, index, scale, disp, seg, address16 }: Operand, affines: Affines | undefined): void {
    if (affines === undefined || at.kind !== "code" || seg > 3 || address16) return;
    const terms: Term[] = [];
    let plus = disp;
    for (const [r, shift] of [[base, 0], [index, scale]]) {
      if (r > 7) continue;
      const was = this.was(affines.of(r));
      if (was === undefined) return;
      terms.push({ register: was.register, scale: shift });
      plus += was.delta << shift;
    }
    this.places.set(at.text, { terms, plus: plus | 0 });
  }

  private placeOf(at: Value): Place | undefined {
    const known = at.kind === "code" && at.affine !== undefined ? this.was(at.affine) : undefined;
    if (known !== undefined) return { terms: [{ register: known.register, scale: 0 }], plus: known.delta };
    return at.kind === "code" ? this.places.get(at.text) : Number.isInteger(at.kind === "constant" && at.value) ? { terms: [], plus: Number((at as { value: number }).value) | 0 } : undefined;
  }

  /** "crossing" where an access need not ask whether it leaves its page; its index where it need not ask anything. */
  access(at: Value, size: number, store: boolean, byValue: boolean): string | undefined {
    const place = this.placeOf(at);
    if (place === undefined) return void (this.last = undefined);
    const key = accessKey(place, size, store);
    this.nodes.get(this.current)?.accesses.set(key, (this.last = { place, size, store, byValue, parted: false }));
    const grant = this.granted?.grants.get(this.current)?.get(key);
    if (grant === undefined || grant === "crossing") return grant;
    return (this.index = grant === "page" ? indexAt(at) : `${grant.group.name} + ${grant.from - grant.group.from} >>> 0`);
  }

  /** The last access is a load whose test for zero is the guest's. */
  parted(): void {
    if (this.last !== undefined) this.last.parted = true;
  }

  /** Whether an address that must be a multiple of 16 is one. */
  isAligned(at: Value): boolean {
    const place = this.placeOf(at);
    if (place === undefined) return false;
    const key = keyOf(place);
    this.nodes.get(this.current)?.aligned.set(key, place);
    return this.granted?.grants.get(this.current)?.has(key) === true;
  }

  /**
   * Other code runs, behind which what is known of registers is forgotten; a return takes `popped` bytes off the stack. It is taken to leave registers as they are that callees keep: what is made
   * of that is made anew by what they are then (`askAgain`), so that nothing is wrong where they are not.
   */
  opaque(affines: Affines, popped: number, forget: () => void): void {
    const it = this.nodes.get(this.current), was = [0, 1, 2, 3, 4, 5, 6, 7].map((r) => this.was(affines.of(r)));
    if (it !== undefined) it.opaque++;
    // names are given once more behind what could not be written
    this.places.clear();
    this.wrong ||= this.granted?.members.has(this.current) === true && this.granted.again.has(this.current) !== true;
    forget();
    this.entry = was.map((before, r) => (before?.register === r && KEPT.has(r)
      ? { symbol: affines.of(r).symbol, delta: -(before.delta + (r === ESP ? popped : 0)) | 0 } : { symbol: -1 - r, delta: 0 }));
  }

  /** A way leaves the node. */
  way(from: number, to: number, affines: Affines): void {
    const it = this.nodes.get(from), now = [0, 1, 2, 3, 4, 5, 6, 7].map((r) => this.was(affines.of(r))), before = it?.left.get(to);
    it?.left.set(to, before === undefined ? now : before.map((was, r) => (was?.register === now[r]?.register && was?.delta === now[r]?.delta ? was : undefined)));
  }

  // -- What is found ------------------------------------------------------------------------------------------------------

  /** `ways`: how the code can be entered at nodes. */
  plan(nodes: readonly GraphNode[], structure: Structure, { entrances, detours }: Dispatches, ways: ReadonlyMap<number, WayIn>): LoopPlan | undefined {
    const loops = new Map<number, OfLoop>(), grants = new Map<number, Map<string, Grant>>(), all = new Set<number>(), fixed = new Map<number, OfFixed>();
    const again = new Map<number, FixedGroup[]>(), grant = (node: number, key: string, what: Grant) => grants.set(node, (grants.get(node) ?? new Map<string, Grant>()).set(key, what));
    const heads = structure.order.filter((n) => structure.loopHeader[n] && n < nodes.length), direct = (m: number) => !entrances.has(m) && detours.get(m) === undefined && this.nodes.has(m);
    const whole = heads.map((head) => ({ head, members: membersOf(head, nodes, structure) })).filter(({ members }) => members.every(direct));
    for (const { head, members } of whole) {
      const turns = nodes[head].hits / entriesOf(head, members, nodes) || 1;
      const found = fixedAccesses(head, members, turns, { infos: this.nodes, nodes, structure, entered: ways, granted: (node, key) => grants.get(node)?.has(key) === true });
      if (found.length === 0) continue;
      for (const it of found) grant(it.node, it.key, it);
      const groups = new Set(found.map(({ group }) => group));
      const within = members.flatMap((m) => (m === head || !ways.has(m) ? [] : [{ node: m, number: ways.get(m)?.number ?? 0, address: nodes[m].address }]));
      fixed.set(head, { groups, within });
      for (const m of members) {
        all.add(m);
        if (this.isOpaque(m, nodes)) again.set(m, [...(again.get(m) ?? []), ...groups]);
      }
    }
    for (const { head, members } of whole) {
      if (members.some((m) => (m !== head && structure.loopHeader[m]) || this.isOpaque(m, nodes))) continue;
      const own = new Map<number, Map<string, Grant>>(), found = this.ofLoop(head, members, nodes, structure, grants, own);
      if (found === undefined) continue;
      const ahead = nodes.filter((it) => !members.includes(it.index) && dominates(structure.dominator, it.index, head));
      if (isShort(nodes[head], ahead, entriesOf(head, members, nodes), found.forBytes)) {
        this.short.push({ address: nodes[head].address, around: ahead.map((it) => it.address) });
        continue;
      }
      for (const [node, list] of own) for (const [key, what] of list) grant(node, key, what);
      loops.set(head, found);
      for (const m of members) all.add(m);
    }
    return loops.size + fixed.size === 0 ? undefined : { loops, fixed, again, grants, members: all };
  }

  private isOpaque(m: number, nodes: readonly GraphNode[]): boolean {
    return nodes[m].afterCall !== undefined || (this.nodes.get(m)?.opaque ?? 1) > 0;
  }

  /** What is to be asked at a loop's head, and so need not be elsewhere: `grants`, beyond what `has` been found. */
  private ofLoop(
    head: number, members: readonly number[], nodes: readonly GraphNode[], structure: Structure, has: ReadonlyMap<number, ReadonlyMap<string, Grant>>, grants: Map<number, Map<string, Grant>>,
  ): OfLoop | undefined {
    const { at: known, steps: step, latches } = flow(head, members, { infos: this.nodes, nodes, entered: new Map() });
    const streams: { readonly it: Stream; readonly node: number; readonly key: string; readonly access: Access | undefined }[] = [];
    for (const m of members) {
      const stream = (key: string, { terms, plus }: Place, size: number, access: Access | undefined) => {
        const at = terms.map(({ register, scale }) => ({ was: known.get(m)?.[register], scale }));
        if (at.some(({ was }) => was === undefined || step[was.register] === undefined)) return;
        const from = at.reduce((sum, { was, scale }) => (sum + ((was?.delta ?? 0) << scale)) | 0, plus);
        const total = at.reduce((sum, { was, scale }) => (sum + ((step[was?.register ?? 0] ?? 0) << scale)) | 0, 0);
        const moved = at.map(({ was, scale }) => ({ register: was?.register ?? 0, scale })).sort((a, b) => a.register - b.register || a.scale - b.scale);
        streams.push({ it: { terms: moved, step: total, from, to: from + size, store: access?.store === true }, node: m, key, access });
      };
      this.nodes.get(m)?.accesses.forEach((access, key) => stream(key, access.place, access.size, access));
      this.nodes.get(m)?.aligned.forEach((place, key) => stream(key, place, 16, undefined));
    }
    // what is accessed on every turn: on each way, though not at the same place in the code
    const name = ({ it, access }: (typeof streams)[number]) => `${courseOf(it)} ${it.from} ${it.to} ${access === undefined ? "" : it.store}`;
    const ways = latches.map((l) => new Set(streams.filter(({ node }) => dominates(structure.dominator, node, l)).map(name)));
    const always = streams.filter((s) => ways.every((way) => way.has(name(s))));
    // one more value that lives through a loop, for little, has cost nqueens a seventh and sieve a fifteenth
    const vectors = members.some((m) => nodes[m].insns.some((it) => (it.row.attributes & A.SSE) !== 0));
    const near = (it: Stream) => Math.abs(it.step) <= MAX_STEP;
    const bytes = always.filter(({ it, access }) => access?.byValue === true && access.size === 1 && !access.parted && it.step !== 0 && near(it));
    const forBytes = !vectors && (members.length > 1 || always.length < 2 || !always.some(({ access }) => access?.store === true));
    if (always.length === 0 || (forBytes && bytes.length === 0)) return undefined;
    const grant = (node: number, key: string, what: Grant) => grants.set(node, (grants.get(node) ?? new Map<string, Grant>()).set(key, what));
    const pages: Stream[] = [], whole: Stream[] = [], aligned: Stream[] = [];
    const like = (a: Stream, b: Stream) => courseOf(a) === courseOf(b);
    const within = (it: Stream) => pages.some((g) => like(g, it) && g.from <= it.from && g.to >= it.to && (g.store || !it.store));
    const open = always.filter(({ node, key }) => has.get(node)?.has(key) !== true);
    const own = open.filter((s) => (s.access !== undefined && !s.access.byValue) || bytes.includes(s));
    for (const store of [true, false]) {
      for (const { it } of own.filter((s) => s.it.store === store && near(s.it))) {
        if (within(it)) continue;
        const group = pages.find((g) => like(g, it) && g.store === store && Math.max(g.to, it.to) - Math.min(g.from, it.from) <= MAX_SPAN);
        if (group === undefined) pages.push({ ...it });
        else {
          group.from = Math.min(group.from, it.from);
          group.to = Math.max(group.to, it.to);
        }
      }
    }
    for (const { it, node, key, access } of open) {
      if (access === undefined) {
        if ((it.step & 15) !== 0 || (it.terms.length === 0 && (it.from & 15) !== 0)) continue;
        if (it.terms.length > 0 && !aligned.some((g) => like(g, it) && ((g.from - it.from) & 15) === 0)) aligned.push(it);
        grant(node, key, "page");
      } else if (near(it) && within(it)) grant(node, key, "page");
      else if (access.byValue && access.size > 1 && access.size <= 8 && (it.step & (access.size - 1)) === 0) {
        if (!whole.some((g) => like(g, it) && g.from === it.from && g.to === it.to)) whole.push(it);
        grant(node, key, "crossing");
      }
    }
    return pages.length + whole.length + aligned.length === 0 ? undefined : { pages, whole, aligned, forBytes };
  }

  // -- What is written ----------------------------------------------------------------------------------------------------

  /** Ahead of a loop: tests of what stays as it is in it. */
  ahead(out: LoopOutput, head: number, address: number): void {
    const fixed = this.granted?.fixed.get(head);
    if (fixed === undefined) return;
    const { groups, within } = fixed;
    out.lanes.commit();
    const leave = within.map(({ number, address: at }) => `if (e === ${number}) { ${out.leave(at)} }`).join(" ") + out.leave(address);
    for (const group of groups) {
      for (const { register } of group.terms) out.register(register);
      askOfFixed(group, within, (line) => out.emit(line), (base) => out.fresh(base), leave);
    }
  }

  /** Behind what other code has done: the same again. */
  askAgain(out: LoopOutput, address: number, affines: Affines): void {
    for (const group of this.granted?.again.get(this.current) ?? []) {
      // only a group off one register is known at a node
      const at = group.at.get(this.current), register = group.terms[0]?.register ?? ESP, was = this.was(affines.of(register));
      if (at === undefined || was?.register !== register) this.wrong = true;
      else askOfFixedAgain(group, at + was.delta, (line) => out.emit(line), out.leave(address));
    }
  }

  /**
   * Ahead of a loop: what there is to be asked, and a loop around it that asks again. (Out of the way, but inside the loop, V8 spilled what the tests needed registers for, and loaded it each turn.)
   * `over` gives what is done where the slice is used up, of which a turn takes `cost`. The count at which the loop is to ask again, or 0.
   */
  enter(out: LoopOutput, head: number, address: number, cost: number, over: () => string): string {
    const loop = this.granted?.loops.get(head);
    if (loop === undefined) return "0";
    const limit = out.fresh("t");
    out.emit(`let ${limit} = 0;`);
    out.emit(`A${head}: for (;;) {`);
    out.emit(`if ((q = q - ${cost} | 0) < 0) ${over()}`);
    this.ask(out, loop, address, limit, cost);
    out.emit(`q = q + ${cost} | 0;`);
    return limit;
  }

  /** The head. */
  head(out: LoopOutput, head: number, limit: string, cost: number, over: string): void {
    if (limit === "0") return out.emit(`if ((q = q - ${cost} | 0) < 0) ${over}`);
    out.emit(`if ((q = q - ${cost} | 0) < ${limit}) rare: { q = q + ${cost} | 0; continue A${head}; }`);
  }

  /** What there is to be asked, and until when it holds. */
  private ask(out: LoopOutput, loop: OfLoop, address: number, limit: string, cost: number): void {
    const bail = `{ ${out.leave(address)} }`, names = new Map<string, string>();
    const at = ({ terms, from }: Stream): string => {
      const text = [...terms.map(({ register, scale }) => (scale === 0 ? out.register(register) : `(${out.register(register)} << ${scale})`)), literal(from | 0)].join(" + ");
      let n = names.get(text);
      if (n === undefined) {
        names.set(text, (n = out.fresh("a")));
        out.emit(`const ${n} = (${text} | 0);`);
      }
      return n;
    };
    const turns = out.fresh("t"), rights = (a: string, size: number, whole = false) => (whole ? `P[${a} >>> 12]` : `P[${a} >>> 12] & P[${a} + ${size - 1} >>> 12]`);
    const isWhole = (it: Stream): boolean => it.to - it.from <= 16 && loop.aligned.some((g) => courseOf(g) === courseOf(it) && ((g.from - it.from) & 15) === 0);
    out.emit(`let ${turns} = ${TURNS};`);
    const bound = (a: string, size: number, step: number) => {
      if (step === 0) return;
      const shift = 32 - Math.clz32(Math.abs(step) - 1), room = out.fresh("o");
      if (step > 0) out.emit(`const ${room} = (${PAGE - size} - (${a} & ${PAGE - 1})) >> ${shift};`);
      else out.emit(`const ${room} = (${a} & ${PAGE - 1}) > ${PAGE - size} ? 0 : (${a} & ${PAGE - 1}) >> ${shift};`);
      out.emit(`if (${room} < ${turns}) ${turns} = ${room};`);
    };
    for (const it of loop.aligned) out.emit(`if ((${at(it)} & 15) !== 0) ${bail}`);
    for (const it of loop.pages) {
      const a = at(it), size = it.to - it.from;
      const right = rights(a, size, isWhole(it));
      out.emit(`if (${it.store ? `(${right}) >= 0` : `(${right} & 1) === 0`}) ${bail}`);
      bound(a, size, it.step);
    }
    const together = new Map<string, Stream[]>();
    for (const it of loop.whole) {
      const size = it.to - it.from, key = `${courseOf(it)} ${it.from & (size - 1)} ${size}`;
      together.set(key, [...(together.get(key) ?? []), it]);
    }
    for (const list of together.values()) {
      const size = list[0].to - list[0].from, all = list.map((it) => [at(it), it] as const);
      out.emit(`if ((${all[0][0]} & ${size - 1}) !== 0) {`);
      for (const [a, it] of all) {
        out.emit(`if ((${a} & ${PAGE - 1}) > ${PAGE - size} && (${rights(a, size)} & 1) === 0) ${bail}`);
        bound(a, size, it.step);
      }
      out.emit("}");
    }
    out.emit(`if (${turns} < 0) ${turns} = 0;`);
    out.emit(`${limit} = q - Math.imul(${turns}, ${cost}) | 0;`);
    out.emit(`if (${limit} < 0) ${limit} = 0;`);
  }
}

/** How often a loop was entered. */
function entriesOf(head: number, members: readonly number[], nodes: readonly GraphNode[]): number {
  let sum = 0;
  for (const it of nodes) if (!members.includes(it.index) && successors(it).some((s) => s.index === head)) sum += it.hits;
  return sum;
}

/**
 * Whether a loop was seen to be left after a few turns, so that asking ahead of it takes longer than it saves. Executions are counted until something is translated, so they tell nothing of what the
 * loop does later on; samples do, and what they have had once holds: other regions with the loop in them are come to in other ways, and count other samples ahead of it. Loops that look at bytes
 * often compare strings, and turn once or twice: there samples have to say that it turns often, unless nothing is known.
 */
function isShort({ hits, samples, turns }: GraphNode, ahead: readonly GraphNode[], entries: number, forBytes: boolean): boolean {
  return !turns && (forBytes ? hits > 1 : entries > COUNTED && hits < FEW * entries) && !turnsOften(samples, ahead.reduce((most, it) => Math.max(most, it.samples), 0));
}
