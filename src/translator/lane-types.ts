// The types in which XMM lanes travel over joins (loop heads, merges) of a graph: double, integer, single, or in the vector file.
// A first emission notes what each node does to lanes; from that two fixed points follow, what a lane will be wanted as (backward) and
// what it was made as (forward). A lane wanted as one type travels as that; else as it was made; one that is only moved
// travels as an integer; one that nothing touches, or that is computed on some ways and wanted on none, stays in the file.

import { type GraphNode, successors } from "./graph.ts";

/** Double, integer, single, and a whole register as a vector (packed.ts). */
export type LaneType = "d" | "i" | "f" | "q";
/**
 * "z": the lane is zero, and does not travel. "d?" and "f?": what carries its bits as a double or single, and may be a NaN; "d~" and "f~" may be one, too, but
 * nothing small, as "d" and "f".
 */
export type JoinType = LaneType | "z" | "d?" | "f?" | "d~" | "f~";
/** Per lane (four to a register); both lanes of a half are "d" (or "d?" or "d~") or neither is, all four of a register "q" or none; undefined: the file has the half. */
export type LaneTypes = readonly (JoinType | undefined)[];

/** What happens to a lane, in a list that begins with the last. */
export interface LaneEvent {
  /** "compare": of what is read, that a NaN leaves. "barrier": the whole file is written and read again. */
  readonly kind: "read" | "compare" | "write" | "copy" | "barrier";
  readonly lane: number;
  /** Of a write: undefined for what is loaded, as good as any type. */
  readonly type: JoinType | undefined;
  /** Of a copy: the other lane. */
  readonly from: number;
  readonly before: LaneEvent | undefined;
}

/** Lane events of a node, as known after each of its instructions. */
export type NodeEvents = readonly (LaneEvent | undefined)[];

export interface LanePlan {
  /** At the start of each node that ways meet at. */
  readonly joins: readonly LaneTypes[];
  /** Whether nobody wants a lane as it is at the start of a node. */
  readonly idle: (n: number, lane: number) => boolean;
  /** What lanes are wanted as behind instruction `k` of a node. */
  readonly wanted: readonly (readonly Uint8Array[])[];
}

const LANES = 48, REGISTER_LANES = 32;
const BIT: Readonly<Record<JoinType, number>> = { d: 1, i: 2, f: 4, z: 8, q: 64, "d?": 1, "f?": 4, "d~": 1, "f~": 4 };
/** What a lane was made as: types, zero, loaded, and in the file. */
const ZERO = 8, LOADED = 16, FILE = 32, TYPES = 7 | 64;
/** Of what a lane is wanted as: a number. */
const NUMBER = 128, WANTED = 127;

/** The type of a mask with one bit; of several none. */
export function typeOf(mask: number): LaneType | undefined {
  const types = mask & WANTED;
  return types === 1 ? "d" : types === 2 ? "i" : types === 4 ? "f" : types === 64 ? "q" : undefined;
}

/** What the shape of the graph says of a node. */
export interface Junctions {
  /** Whether ways meet there, so that lanes arrive in locals. */
  meets(n: number): boolean;
  /** Whether it can be come to from outside the code, like the first, where the file has all lanes. */
  entered(n: number): boolean;
  /** Whether the code of all ways there stands ahead of it. */
  forward(n: number): boolean;
}

/** `bits`: whether doubles and singles carry any bits. */
export function planLanes(nodes: readonly GraphNode[], events: readonly NodeEvents[], { meets, entered, forward }: Junctions, bits: boolean): LanePlan {
  const successor = nodes.map((n) => (n.afterCall !== undefined ? [...n.jumps.values()] : successors(n)).map((s) => s.index));
  const lists = nodes.map((_, n) => inOrder(events[n].at(-1)));

  const wantedIn = nodes.map(() => new Uint8Array(LANES));
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = nodes.length - 1; n >= 0; n--) {
      const w: Uint8Array<ArrayBuffer> = behind(n);
      for (let k = lists[n].length - 1; k >= 0; k--) back(w, lists[n][k]);
      if (w.every((v, lane) => v === wantedIn[n][lane])) continue;
      wantedIn[n] = w;
      changed = true;
    }
  }
  function behind(n: number): Uint8Array<ArrayBuffer> {
    const w = new Uint8Array(LANES);
    for (const s of successor[n]) for (let lane = 0; lane < REGISTER_LANES; lane++) w[lane] |= wantedIn[s][lane];
    return w;
  }

  const madeIn = nodes.map((n) => new Uint8Array(LANES).fill(n.index === 0 || entered(n.index) ? FILE : 0));
  nodes.forEach((n) => n.afterCall !== undefined && madeIn[n.afterCall.index].fill(FILE));
  const madeOut = nodes.map(() => new Uint8Array(LANES));
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = 0; n < nodes.length; n++) {
      const m = madeIn[n].slice();
      for (const e of lists[n]) forth(m, e);
      if (m.every((v, lane) => v === madeOut[n][lane])) continue;
      madeOut[n] = m;
      changed = true;
      for (const s of successor[n]) for (let lane = 0; lane < REGISTER_LANES; lane++) madeIn[s][lane] |= m[lane];
    }
  }

  const joins = nodes.map((_, n) => {
    const types = new Array<JoinType | undefined>(REGISTER_LANES).fill(undefined);
    for (let lane = 0; lane < REGISTER_LANES; lane += 2) {
      if (lane % 4 === 2 && types[lane - 1] === "q") continue;
      if (lane % 4 === 0 && asVector([0, 1, 2, 3].map((k) => wantedIn[n][lane + k]), [0, 1, 2, 3].map((k) => madeIn[n][lane + k]), bits)) {
        types.fill("q", lane, lane + 4);
        continue;
      }
      if (bits) {
        [types[lane], types[lane + 1]] = chooseHalf(wantedIn[n].slice(lane, lane + 2), madeIn[n].slice(lane, lane + 2), forward(n));
        continue;
      }
      const made = madeIn[n][lane] | madeIn[n][lane + 1];
      // Computed on some ways only, and wanted by nobody: whatever else the register holds may look like a NaN, so no double
      if (wantedIn[n][lane] + wantedIn[n][lane + 1] === 0 && (made & FILE) !== 0 && (made & (BIT.d | BIT.f | BIT.q)) !== 0) continue;
      const pair = [0, 1].map((k) => choose(wantedIn[n][lane + k], madeIn[n][lane + k])).map((type) => (type === "q" ? "i" : type));
      if (pair[0] === undefined && pair[1] === undefined) continue;
      if (pair.includes("d") && (pair[0] === pair[1] || pair.includes(undefined))) pair.fill("d");
      else for (let k = 0; k < 2; k++) if (pair[k] === undefined || pair[k] === "d") pair[k] = "i";
      types[lane] = pair[0];
      types[lane + 1] = pair[1];
    }
    return types;
  });

  const wanted = nodes.map((_, n) => {
    const perInstruction: Uint8Array[] = [];
    let w = behind(n);
    // what nobody wants travels all the same
    for (const s of successor[n].filter(meets)) {
      joins[s].forEach((type, lane) => {
        if (w[lane] === 0 && type !== undefined && type !== "z") w[lane] = BIT[type];
      });
    }
    for (let k = events[n].length - 1; k >= 0; k--) {
      perInstruction[k] = w.slice();
      const stop = k > 0 ? events[n][k - 1] : undefined;
      w = w.slice();
      for (let e = events[n][k]; e !== undefined && e !== stop; e = e.before) back(w, e);
    }
    return perInstruction;
  });
  return { joins, wanted, idle: (n, lane) => wantedIn[n][lane] === 0 };
}

/**
 * Whether a register travels as a vector: where one is wanted of any of its lanes; what nobody wants, where one was made. Halves are taken out of one for nothing, and it is
 * dear to put one together: where both are wanted, or some ways make halves that nobody wants, it travels in halves if these can carry any bits.
 */
function asVector(wanted: readonly number[], made: readonly number[], bits: boolean): boolean {
  if (made.every((m) => m === ZERO)) return false;
  if (wanted.some((w) => w !== 0)) return wanted.some((w) => (w & BIT.q) !== 0) && !(bits && wanted.some((w) => (w & BIT.d) !== 0) && made.some((m) => (m & BIT.d) !== 0));
  if (bits && made.some((m) => (m & (TYPES & ~BIT.q)) !== 0 || (m & (LOADED | BIT.q)) === LOADED)) return false;
  return made.some((m) => (m & BIT.q) !== 0);
}

function choose(wanted: number, made: number): JoinType | undefined {
  if (made === ZERO) return "z";
  if (wanted === 0) return typeOf(made & TYPES) ?? ((made & ~FILE) !== 0 ? "i" : undefined);
  return typeOf(wanted) ?? typeOf(wanted & made) ?? "i";
}

/**
 * How a half travels where doubles and singles carry any bits. What is compared is to be a number at the head of a loop, and that is asked on the way there; at
 * other joins (`forward`) it is known from the ways. What is only computed with is tested by its results, and is to be nothing small at the head of a loop.
 */
function chooseHalf(wanted: ArrayLike<number>, made: ArrayLike<number>, forward: boolean): readonly [JoinType | undefined, JoinType | undefined] {
  const w = wanted[0] | wanted[1], m = made[0] | made[1];
  const zero = (lane: number) => made[lane] === ZERO;
  if (w === 0 && m === FILE) return [undefined, undefined];
  if (zero(0) && zero(1)) return ["z", "z"];
  if ((w & BIT.d) !== 0) {
    const type = (w & WANTED) !== BIT.d || forward ? "d?" : (w & NUMBER) !== 0 ? "d" : "d~";
    return [type, type];
  }
  if (w === 0) {
    const singles = (m & (BIT.f | LOADED)) !== 0;
    if ((m & (BIT.d | BIT.q)) !== 0 || (made[0] & made[1] & LOADED) !== 0 || (!singles && (m & FILE) !== 0)) return ["d?", "d?"];
    if (!singles) return [zero(0) ? "z" : "i", zero(1) ? "z" : "i"];
    return [zero(0) ? "z" : "f?", zero(1) ? "z" : "f?"];
  }
  const singles = (w & BIT.f) !== 0;
  const one = (lane: number): JoinType => {
    if (zero(lane)) return "z";
    if (wanted[lane] === 0) return singles ? "f?" : "i";
    const type = typeOf(wanted[lane]) ?? typeOf(wanted[lane] & made[lane]) ?? "i";
    return type !== "f" ? "i" : (wanted[lane] & WANTED) !== BIT.f || forward ? "f?" : (wanted[lane] & NUMBER) !== 0 ? "f" : "f~";
  };
  return [one(0), one(1)];
}

/** Over an event backward: what lanes were wanted as before it. */
function back(w: Uint8Array, e: LaneEvent): void {
  switch (e.kind) {
    case "read": w[e.lane] = BIT[e.type as LaneType] | (w[e.lane] & NUMBER); return;
    case "compare": w[e.lane] |= NUMBER; return;
    case "write": w[e.lane] = 0; return;
    case "copy": {
      const wanted = w[e.lane];
      w[e.lane] = 0;
      if (wanted !== 0) w[e.from] = wanted;
      return;
    }
    case "barrier": w.fill(0);
  }
}

/** Over an event forward: what lanes are made as behind it. */
function forth(m: Uint8Array, e: LaneEvent): void {
  switch (e.kind) {
    // what was loaded is as good as any type until it is read as one
    case "read": if ((m[e.lane] & (LOADED | FILE)) !== 0) m[e.lane] |= BIT[e.type as LaneType]; return;
    case "write": m[e.lane] = e.type === undefined ? LOADED : BIT[e.type]; return;
    case "compare": return;
    case "copy": m[e.lane] = (m[e.from] & FILE) === 0 ? m[e.from] : (m[e.from] & ~FILE) | LOADED; return;
    case "barrier": m.fill(FILE);
  }
}

function inOrder(last: LaneEvent | undefined): LaneEvent[] {
  const list: LaneEvent[] = [];
  for (let e = last; e !== undefined; e = e.before) list.push(e);
  return list.reverse();
}
