// From a control-flow graph to structured control: reverse postorder, dominators, loops, and which nodes need a label.
// After Ramsey, "Beyond Relooper: Recursive Translation of Unstructured Control Flow to Structured Control Flow" (2022).
// Pure functions on numbers: node n of the graph is an index, `edges[n]` its successors.

export interface Structure {
  /** Nodes in reverse postorder; unreachable ones are left out. */
  readonly order: readonly number[];
  /** Position of each node in `order`, or -1. */
  readonly position: readonly number[];
  /** Immediate dominator of each node (the entry's is itself). */
  readonly dominator: readonly number[];
  /** Targets of back edges. */
  readonly loopHeader: readonly boolean[];
  /** Nodes with two or more forward edges in: they get a labelled place behind a block. */
  readonly merge: readonly boolean[];
  /** Merge nodes immediately dominated by each node, in reverse postorder. */
  readonly mergeChildren: readonly (readonly number[])[];
  /** A node that is entered both ways round a cycle without dominating it: the graph is irreducible. -1 when it is not. */
  readonly irreducibleAt: number;
}

// Most graphs have some ten nodes. What would be short otherwise takes longer than all the rest then: Array.from() and fill() go through C++, and a typed array of more
// than 64 bytes is allocated there
function lists(count: number): number[][] {
  const made: number[][] = [];
  for (let n = 0; n < count; n++) made.push([]);
  return made;
}

function numbers(count: number, value: number): number[] {
  const made: number[] = [];
  for (let n = 0; n < count; n++) made.push(value);
  return made;
}

export function analyse(edges: readonly (readonly number[])[], entry: number): Structure {
  const count = edges.length;
  const order = reversePostorder(edges, entry);
  const position = numbers(count, -1);
  order.forEach((n, k) => (position[n] = k));

  const predecessors: number[][] = lists(count);
  for (const n of order) for (const s of edges[n]) predecessors[s].push(n);

  // Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm"
  const dominator = numbers(count, -1);
  dominator[entry] = entry;
  for (let changed = true; changed; ) {
    changed = false;
    for (const n of order) {
      if (n === entry) continue;
      let d = -1;
      for (const p of predecessors[n]) if (dominator[p] !== -1) d = d === -1 ? p : meet(d, p);
      if (dominator[n] !== d) {
        dominator[n] = d;
        changed = true;
      }
    }
  }

  function meet(a: number, b: number): number {
    while (a !== b) {
      while (position[a] > position[b]) a = dominator[a];
      while (position[b] > position[a]) b = dominator[b];
    }
    return a;
  }

  const loopHeader = new Array<boolean>(count).fill(false);
  const forwardIn = numbers(count, 0);
  let irreducibleAt = -1;
  for (const n of order) {
    for (const s of edges[n]) {
      if (position[s] > position[n]) forwardIn[s]++;
      else {
        loopHeader[s] = true;
        if (meet(s, n) !== s) irreducibleAt = s;
      }
    }
  }
  const merge: boolean[] = [];
  for (let n = 0; n < count; n++) merge.push(forwardIn[n] > 1);
  const mergeChildren: number[][] = lists(count);
  for (const n of order) if (n !== entry && merge[n]) mergeChildren[dominator[n]].push(n);
  return { order, position, dominator, loopHeader, merge, mergeChildren, irreducibleAt };
}

/** Whether node a dominates node n. */
export function dominates(dominator: readonly number[], a: number, n: number): boolean {
  for (;;) {
    if (n === a) return true;
    if (dominator[n] === n) return false;
    n = dominator[n];
  }
}

/** Loop headers other than `entry` by nesting: the headers right inside each one, and those in no other loop. */
export interface LoopNest {
  readonly inside: readonly (readonly number[])[];
  readonly outermost: readonly number[];
}

/** The loops of a reducible graph. */
export function nestLoops(edges: readonly (readonly number[])[], structure: Structure): LoopNest {
  const { order, position, loopHeader } = structure;
  const predecessors: number[][] = lists(edges.length);
  for (const n of order) for (const s of edges[n]) predecessors[s].push(n);
  const inside: number[][] = lists(edges.length);
  const parent = numbers(edges.length, -1);
  // outer headers come first in reverse postorder, so that inner ones write over what they wrote
  for (const h of order) {
    if (!loopHeader[h]) continue;
    const members = new Set<number>([h]), work = predecessors[h].filter((p) => position[p] >= position[h]);
    for (let n = work.pop(); n !== undefined; n = work.pop()) {
      if (members.has(n)) continue;
      members.add(n);
      work.push(...predecessors[n]);
    }
    for (const n of members) if (n !== h && loopHeader[n]) parent[n] = h;
  }
  const outermost: number[] = [];
  for (const h of order) {
    if (!loopHeader[h] || h === order[0]) continue;
    if (parent[h] < 0) outermost.push(h);
    else inside[parent[h]].push(h);
  }
  return { inside, outermost };
}

function reversePostorder(edges: readonly (readonly number[])[], entry: number): number[] {
  const seen = new Uint8Array(edges.length);
  const out: number[] = [];
  const stack: { n: number; next: number }[] = [{ n: entry, next: 0 }];
  seen[entry] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const list = edges[top.n];
    if (top.next < list.length) {
      const s = list[top.next++];
      if (!seen[s]) {
        seen[s] = 1;
        stack.push({ n: s, next: 0 });
      }
    } else {
      out.push(top.n);
      stack.pop();
    }
  }
  return out.reverse();
}

/** Strongly connected components (Tarjan), each a list of nodes. */
export function components(edges: readonly (readonly number[])[]): number[][] {
  const index = new Int32Array(edges.length).fill(-1), low = new Int32Array(edges.length);
  const onStack = new Uint8Array(edges.length);
  const path: number[] = [], found: number[][] = [];
  let next = 0;
  for (let root = 0; root < edges.length; root++) {
    if (index[root] !== -1) continue;
    const stack: { n: number; at: number }[] = [{ n: root, at: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.at === 0) {
        index[top.n] = low[top.n] = next++;
        path.push(top.n);
        onStack[top.n] = 1;
      }
      if (top.at < edges[top.n].length) {
        const s = edges[top.n][top.at++];
        if (index[s] === -1) stack.push({ n: s, at: 0 });
        else if (onStack[s]) low[top.n] = Math.min(low[top.n], index[s]);
        continue;
      }
      stack.pop();
      if (stack.length > 0) low[stack[stack.length - 1].n] = Math.min(low[stack[stack.length - 1].n], low[top.n]);
      if (low[top.n] === index[top.n]) {
        const members: number[] = [];
        for (;;) {
          const n = path.pop() as number;
          onStack[n] = 0;
          members.push(n);
          if (n === top.n) break;
        }
        found.push(members);
      }
    }
  }
  return found;
}
