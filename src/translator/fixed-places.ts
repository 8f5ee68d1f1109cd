// Tests of addresses that stay the same while a loop turns: made once, ahead of it.
//
// What is on the stack is accessed by ESP, and ESP is where it was whenever a turn begins; what a pointer leads to that does not change is where it was. All accesses off one base become a group (as
// in access-groups.ts), the pages of its first and last byte are asked for ahead of the loop, and within it nothing is left but the access, relative to the lowest address.
//
// The rights of a page only change where other code runs: behind calls and called-out instructions the same is asked again. There the lowest address is made anew by what the base is then, as it is
// where the code is entered at a loop within. By how much the base differs from what it was at the head is known for each node if callees keep it. Where one does not, accesses are as far from
// the lowest address as the code has it all the same, since that has moved with the base.
//
// A test that fails has the interpreter go on from the head, so it may not ask for more than the loop is going to touch. The stack is always there; off other bases it is what the first node accesses,
// and what each turn does.

import { LOWEST } from "./access-groups.ts";
import { type GraphNode, successors } from "./graph.ts";
import type { OfNode, Term, Was } from "./loop-tests.ts";
import { dominates, type Structure } from "./structure.ts";
import { literal } from "./value.ts";

/** Bytes at an address that stays, by what registers are at the head of the loop: [from, to). */
export interface FixedGroup {
  readonly terms: readonly Term[];
  from: number;
  to: number;
  /** What is stored to of that. Of the stack, all: it can be stored to anywhere. Elsewhere a page that can be may follow one that cannot. */
  stored: { from: number; to: number } | undefined;
  /** Of a group off one register: what that is at the beginning of each node, beyond what it is at the head. */
  readonly at: ReadonlyMap<number, number>;
  /** The name of the lowest address in the code that is being written. */
  name: string;
}

/** A loop that the code can have been entered at: its head, what `e` is then, and its address. */
export interface Entered {
  readonly node: number;
  readonly number: number;
  readonly address: number;
}

/** What there is to know of the loop's code. */
interface Around {
  readonly infos: ReadonlyMap<number, OfNode>;
  readonly nodes: readonly GraphNode[];
  readonly structure: Structure;
  /** Nodes that the code can be entered at. */
  readonly entered: ReadonlyMap<number, unknown>;
  /** What needs no test as it is. */
  readonly granted: (node: number, key: string) => boolean;
}

export interface FixedAccess {
  readonly node: number;
  readonly key: string;
  readonly group: FixedGroup;
  /** From the head's registers on. */
  readonly from: number;
}

const ESP = 4;
/** Bytes of a group: two page tests must cover it. */
const MAX_SPAN = 4000;
/** Instructions that an access's own test costs, that of a group, and what one must save on a turn. */
const COST = 7, LOAD_COST = 4, BYTE_COST = 2, GROUP_COST = 12, AGAIN_COST = 40, WORTH = 8;

const IDENTITY: readonly Was[] = [0, 1, 2, 3, 4, 5, 6, 7].map((register) => ({ register, delta: 0 }));
const NOTHING: readonly undefined[] = IDENTITY.map(() => undefined);
const same = (a: Was | undefined, b: Was | undefined): boolean => a?.register === b?.register && a?.delta === b?.delta;

/** What registers are behind a way out of a node, by what they were `before`, given what they are behind it by what they are at its beginning. */
const composed = (way: readonly (Was | undefined)[] | undefined, before: readonly (Was | undefined)[]): readonly (Was | undefined)[] => (way ?? NOTHING).map((was) => {
  const it = was && before[was.register];
  return was && it && { register: it.register, delta: (it.delta + was.delta) | 0 };
});

/**
 * What registers are at the beginning of each node of a loop, by what they were at its head on this turn, inner loops and all; and what is added to each on a turn, where it is the same on all. Who
 * enters the code at an inner loop may have any registers: there one is known by itself alone.
 */
export function flow(head: number, members: readonly number[], { infos, nodes, entered }: Pick<Around, "infos" | "nodes" | "entered">) {
  const inside = new Set(members), at = new Map<number, readonly (Was | undefined)[]>([[head, IDENTITY]]);
  const leadsTo = (m: number, s: number) => composed(infos.get(m)?.left.get(s), at.get(m) ?? NOTHING);
  for (let changed = true; changed; ) {
    changed = false;
    for (const m of members) {
      if (!at.has(m)) continue;
      for (const { index: s } of successors(nodes[m])) {
        if (s === head || !inside.has(s)) continue;
        const all = leadsTo(m, s), behind = entered.has(s) ? all.map((was, r) => (was?.register === r ? was : undefined)) : all;
        const before = at.get(s), now = before === undefined ? behind : before.map((was, r) => (same(was, behind[r]) ? was : undefined));
        if (before !== undefined && now.every((was, r) => same(was, before[r]))) continue;
        at.set(s, now);
        changed = true;
      }
    }
  }
  const latches = members.filter((m) => successors(nodes[m]).some((s) => s.index === head)), turns = latches.map((m) => leadsTo(m, head));
  const steps = IDENTITY.map((_, r) => (turns.every((it) => it[r]?.register === r && it[r]?.delta === turns[0][r]?.delta) ? turns[0][r]?.delta : undefined));
  return { at, steps, latches };
}

const isStack = (terms: readonly Term[]): boolean => terms.length === 1 && terms[0].register === ESP && terms[0].scale === 0;

/** The accesses of a loop whose tests can stand ahead of it, and are worth it, given how many turns it has. */
export function fixedAccesses(head: number, members: readonly number[], turns: number, code: Around): FixedAccess[] {
  const { infos, nodes, structure, entered, granted } = code, { at, steps, latches } = flow(head, members, code);
  const often = (m: number) => Math.min(1, nodes[m].hits / Math.max(1, nodes[head].hits)) || 1;
  /** What a register is at nodes, beyond what it is at the head; undefined where that is not known. */
  const beyond = (register: number, of: readonly number[]) => of.map((m) => (at.get(m)?.[register]?.register === register ? [m, at.get(m)?.[register]?.delta ?? 0] as const : undefined));
  // nodes with other code in them, and those that the code is entered at: there a group is begun anew by what its register is
  const anew = members.filter((m) => m !== head && entered.has(m)), opaque = members.filter((m) => (infos.get(m)?.opaque ?? 0) > 0), restarts = [...anew, ...opaque];
  const again = opaque.reduce((sum, m) => sum + often(m) * (infos.get(m)?.opaque ?? 0), 0);
  const groups: FixedGroup[] = [], worth = new Map<FixedGroup, number>(), found: FixedAccess[] = [];
  // the head's first: it opens groups that the others may join
  for (const m of [head, ...members.filter((it) => it !== head)]) {
    const known = at.get(m), always = latches.every((l) => dominates(structure.dominator, m, l));
    if (known === undefined) continue;
    for (const [key, { place, size, store, byValue, parted }] of infos.get(m)?.accesses ?? []) {
      const terms: Term[] = [];
      let from = place.plus;
      for (const { register, scale } of place.terms) {
        const was = known[register];
        if (was === undefined || steps[was.register] !== 0) break;
        terms.push({ register: was.register, scale });
        from = (from + (was.delta << scale)) | 0;
      }
      if (terms.length < place.terms.length || granted(m, key)) continue;
      terms.sort((a, b) => a.register - b.register || a.scale - b.scale);
      const single = terms.length === 1 && terms[0].scale === 0, onStack = isStack(terms), to = from + size;
      const alike = (g: FixedGroup) => g.terms.length === terms.length && g.terms.every(({ register, scale }, k) => register === terms[k].register && scale === terms[k].scale);
      let group = onStack || always ? groups.find((g) => alike(g) && Math.max(g.to, to) - Math.min(g.from, from) <= MAX_SPAN) : undefined;
      if (group === undefined) {
        if (!onStack && m !== head) continue;
        const is = single ? beyond(terms[0].register, restarts) : restarts.map(() => undefined);
        if (is.includes(undefined)) continue;
        groups.push((group = { terms, from, to, stored: undefined, at: new Map(is.filter((it) => it !== undefined)), name: "" }));
      }
      group.from = Math.min(group.from, from);
      group.to = Math.max(group.to, to);
      if (store) group.stored = { from: Math.min(group.stored?.from ?? from, from), to: Math.max(group.stored?.to ?? to, to) };
      worth.set(group, (worth.get(group) ?? 0) + often(m) * (!byValue ? COST : parted || size === 1 ? BYTE_COST : LOAD_COST));
      found.push({ node: m, key, group, from });
    }
  }
  for (const group of groups) if (group.stored !== undefined && isStack(group.terms)) group.stored = group;
  return found.filter(({ group }) => (worth.get(group) ?? 0) - AGAIN_COST * again >= Math.max(WORTH, GROUP_COST / turns));
}

const lowest = ({ terms, from }: FixedGroup, plus: number): string => {
  const base = terms.map(({ register, scale }) => (scale === 0 ? `r${register}` : `(r${register} << ${scale})`)), offset = (from - plus) | 0;
  return `(${[...base, ...(offset === 0 && base.length > 0 ? [] : [literal(offset)])].join(" + ")} | 0)`;
};

/** Leaves where the pages of the first and the last byte lack a right. That of stores is asked for first, which they have nearly always. */
function test({ name, from, to, stored }: FixedGroup, leave: string): string {
  const page = (at: number) => (at === from ? `P[${name} >>> 12]` : `P[${name} + ${at - from} >>> 12]`);
  const pages = (of: { readonly from: number; readonly to: number }) => (of.to - of.from === 1 ? page(of.from) : `${page(of.from)} & ${page(of.to - 1)}`);
  const all = pages({ from, to }), loading = `(${all} & 1) === 0`;
  if (stored === undefined) return `if (${loading}) rare: { ${leave} }`;
  const storing = `if ((${all}) >= 0) rare: {`;
  return stored.from === from && stored.to === to ? `${storing} ${leave} }` : `${storing} if (${loading} || (${pages(stored)}) >= 0) { ${leave} } }`;
}

/** Ahead of a loop: the lowest address of a group, and its test. `within`: loops in it that the code can have been entered at. */
export function askOfFixed(group: FixedGroup, within: readonly Entered[], emit: (line: string) => void, fresh: (base: string) => string, leave: string): void {
  const name = (group.name = fresh(`${LOWEST}f`)), others = within.filter(({ node }) => (group.at.get(node) ?? 0) !== 0);
  emit(`${group.at.size > 0 ? "let" : "const"} ${name} = ${lowest(group, 0)};`);
  if (others.length > 0) {
    emit("if (e !== 0) rare: {");
    for (const { node, number } of others) emit(`if (e === ${number}) ${name} = ${lowest(group, group.at.get(node) ?? 0)};`);
    emit("}");
  }
  emit(test(group, leave));
}

/** Behind other code: the same by what the register is now, `plus` beyond what it was at the head. */
export function askOfFixedAgain(group: FixedGroup, plus: number, emit: (line: string) => void, leave: string): void {
  emit(`${group.name} = ${lowest(group, plus)};`);
  emit(test(group, leave));
}
