// One page test for several memory accesses off the same base, where that is cheaper than a test for each (docs/decisions/memory-checks.md).
// Which it is shows when all accesses of a node are known: until then the code has marks in the tests' places.

import { literal, text, type Value } from "./value.ts";

/** Memory accesses off one base within a node: [min, max) relative to the symbol. */
interface AccessGroup {
  readonly id: number;
  /** Node that it begins in. */
  readonly node: number;
  /** Text of the first access's address, and its offset. */
  readonly base: string;
  readonly delta: number;
  min: number;
  max: number;
  stores: boolean;
  /** Whether all accesses are to the same bytes. */
  same: boolean;
  /** Some have been seen at addresses that are no multiples of what they take. */
  mixed: boolean;
  /** Instructions that separate tests would cost. */
  cost: number;
  readonly bail: string;
  /** The accesses with separate tests, and what is left of them behind the tests of the group; their addresses. */
  readonly alone: string[];
  readonly tested: string[];
  readonly places: Place[];
  /** Whether addresses are written relative to the lowest one. */
  relative: boolean;
}

/** The text of an address, and its offset. */
interface Place {
  readonly text: string;
  readonly delta: number;
}

/**
 * Stands for an access's index in what is left of it behind the tests of its group. There it is written relative to the lowest address, which is in a name of this form: nothing that
 * can be loaded from lies around the end of the address space, so WebAssembly may add the rest (`address` in wasm/expressions.ts). Else V8 computes each address ahead of the access,
 * and those of a stack frame around a loop, which it then keeps on its own stack.
 */
export const INDEX = "@";
export const LOWEST = "gb$";
/** The index of an access by itself. */
export const indexAt = (at: Value): string => (at.kind === "constant" ? String(Number(at.value) >>> 0) : `${text(at)} >>> 0`);

/** Bytes that a group may span: two page tests must cover it. */
const MAX_SPAN = 4000;
/** Instructions of a group's two page tests; and of the one test when all accesses are to the same bytes. A zero-tested load costs less than others. */
const GROUP_COST = 12, SAME_COST = 8, LOAD_COST = 4, COST = 7;

/** What writes the code that the accesses are in. */
export interface AccessOutput {
  emit(line: string): void;
  /** Statements that leave for the interpreter. */
  leave(): string;
  /** Whether the instruction has been seen to use memory at an address that is no multiple of what it takes. */
  unaligned(): boolean;
}

/**
 * Text that asks whether an access leaves its page for one that it may not go to, `||` behind it. One that is aligned does not leave its page, which is asked first: it costs two
 * instructions less. Where some are aligned and others not (`mixed`), the processor would guess, and every so often wrong.
 */
export const crossing = (at: string, size: number, store: boolean, mixed = false): string => {
  if (size === 1) return "";
  const tested = `(${at} & 4095) > ${4096 - size}`, aligns = (size & (size - 1)) === 0;
  const leaves = mixed ? `(${at} << 20) >>> 0 > ${(4096 - size) * 2 ** 20}` : aligns ? `(${at} & ${size - 1}) !== 0 && ${tested}` : tested;
  return `${leaves} && ${without(`P[${at} >>> 12] & P[${at} + ${size - 1} >>> 12]`, store)} || `;
};

/** Text that asks whether pages lack the right to be loaded from, or stored to without more ado. */
const without = (pages: string, store: boolean): string => (store ? `(${pages}) >= 0` : `(${pages} & 1) === 0`);

export interface SavedGroups {
  readonly current: Map<number, AccessGroup[]>;
  readonly node: number;
}

export class AccessGroups {
  /** Groups of the current node, by the symbol of the base: one for each neighbourhood. */
  private current = new Map<number, AccessGroup[]>();
  /** The number of the node, and how many there have been. */
  private node = 0;
  private nodes = 0;
  private readonly all: AccessGroup[] = [];

  /** The test of an access, `alone`, or the mark for it when its base is known; behind the test of a group `tested` stands there. */
  access(out: AccessOutput, at: Value, size: number, store: boolean, alone: string, tested: string): string {
    if (at.kind !== "code" || !at.stable || at.affine === undefined) return alone;
    const { symbol, delta } = at.affine;
    let near = this.current.get(symbol);
    if (near === undefined) this.current.set(symbol, (near = []));
    const { node } = this;
    // behind a jump a group that has a test in any case; it asks for no right that it did not ask for, nor further down, where nothing may have been stored yet
    const serves = (g: AccessGroup) => g.node === node || (g.cost > GROUP_COST && delta >= g.min && (g.stores || !store));
    let group = near.find((g) => Math.max(g.max, delta + size) - Math.min(g.min, delta) <= MAX_SPAN && serves(g));
    if (group === undefined) {
      const bail = `{ ${out.leave()} }`;
      const none = { stores: false, same: true, mixed: false, cost: 0, relative: false };
      group = { ...none, id: this.all.length, node, base: at.text, delta, min: delta, max: delta + size, bail, alone: [], tested: [], places: [] };
      near.push(group);
      this.all.push(group);
      out.emit(`/*g${group.id}*/`);
    }
    group.same &&= group.min === delta && group.max === delta + size;
    group.min = Math.min(group.min, delta);
    group.max = Math.max(group.max, delta + size);
    group.stores ||= store;
    group.mixed ||= out.unaligned();
    if (group.node === node) group.cost += store || tested === "" ? COST : LOAD_COST;
    group.tested.push(tested);
    group.relative ||= tested.includes(INDEX);
    group.places.push({ text: at.text, delta });
    return `/*g${group.id}.${group.alone.push(alone) - 1}*/`;
  }

  /** The index of the access whose test that is. */
  index(test: string, at: string): string {
    if (!test.startsWith("/*g")) return at;
    this.all[Number(test.slice(3, test.indexOf(".")))].relative = true;
    return test.replace(".", ":");
  }

  /** What is left of a load's test, and what stands somewhere behind: the latter in one piece, or a mark for it when the former has one. */
  late(test: string, early: string, late: string): { readonly early: string; readonly late: string } {
    if (!test.startsWith("/*g")) return { early, late };
    const dot = test.indexOf("."), { id, alone, tested, places } = this.all[Number(test.slice(3, dot))];
    alone[Number(test.slice(dot + 1, -2))] = early;
    tested.push("");
    places.push({ text: "", delta: 0 });
    return { early: test, late: `/*g${id}.${alone.push(late) - 1}*/` };
  }

  /** Which pages were tested is forgotten: other code may run. */
  endNode(): void {
    this.current = new Map();
    this.node = ++this.nodes;
  }

  /** A node begins that only the one before leads to: what stands on the stack, at addresses relative to the symbol, is still tested. */
  inherit(symbol: number | undefined): void {
    const groups = symbol === undefined ? undefined : this.current.get(symbol);
    this.endNode();
    if (symbol !== undefined && groups !== undefined) this.current.set(symbol, groups.slice());
  }

  /** The groups of a node, to be taken up again where its code goes on behind another way. */
  save(): SavedGroups {
    return { current: this.current, node: this.node };
  }

  restore({ current, node }: SavedGroups): void {
    this.current = current;
    this.node = node;
  }

  /** The test in place of a mark; undefined when the mark is not of a group. */
  replacement(mark: string): string | undefined {
    if (mark[2] !== "g") return undefined;
    const dot = mark.search(/[.:]/);
    const group = this.all[Number(mark.slice(3, dot < 0 ? -2 : dot))];
    const together = group.cost > (group.same ? SAME_COST : GROUP_COST), relative = together && !group.same && group.relative;
    if (dot >= 0) {
      const n = Number(mark.slice(dot + 1, -2)), { text: at, delta } = group.places[n];
      const index = relative ? `${LOWEST}${group.id}${delta === group.min ? "" : ` + ${delta - group.min}`} >>> 0` : `${at} >>> 0`;
      return mark[dot] === ":" ? index : together ? group.tested[n].replace(INDEX, index) : group.alone[n];
    }
    if (!together) return "";
    if (group.same) {
      const test = group.stores ? `P[${group.base} >>> 12] >= 0` : `(P[${group.base} >>> 12] & 1) === 0`;
      return `if (${crossing(group.base, group.max - group.min, group.stores, group.mixed)}${test}) ${group.bail}`;
    }
    const lowest = `${LOWEST}${group.id}`, from = relative ? group.min : group.delta, base = relative ? lowest : group.base;
    const page = (offset: number) => `P[${offset === from ? base : `${base} + ${literal(offset - from)}`} >>> 12]`;
    const named = relative ? `const ${lowest} = (${group.base} + ${literal(group.min - group.delta)} | 0);\n` : "";
    return `${named}if (${without(`${page(group.min)} & ${page(group.max - 1)}`, group.stores)}) ${group.bail}`;
  }
}
