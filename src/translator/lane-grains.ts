// How small the numbers in the names of generated code can be: what MXCSR's flags DE (an operand is denormal) and UE (a result was too small
// for its format) depend on.
//
// A number with the grain g is zero or a multiple of 2^-g. Sums have the coarsest grain that both operands have, rounded or not; products the sum of
// their grains. A double whose grain is 1022 at most, and a single with 126, is normal or zero, and was so before it was rounded. So what is loaded from memory
// is asked once whether it is zero or of some size, and most of what is computed from it needs no test.

/** An operand's format, and that of a result: double, single. */
export type Format = 0 | 1;

/** The grain of numbers that are not denormal whatever they are added to. */
export const CALM = [1022, 126] as const;
/** Bits of a fraction: a number of at least 2^-n has a grain of n and these. */
const FRACTION = [52, 23] as const;
/**
 * Bounds, as exponents n of 2^-n. Numbers that are at least as large are calm; of doubles their products are too, and the products of three. Of
 * singles that would be a bound of 2^-40, which is too much to ask, so their products are tested. And the smallest normal numbers.
 */
export const LEAST = [288, 103] as const, NORMAL = [1022, 126] as const;
/** The grain of numbers that are at least 2^-LEAST. */
export const LEAST_GRAIN = [LEAST[0] + 52, LEAST[1] + 23] as const;

/** What twice the upper half of a double, or twice a single, is less than where the number is less than 2^-LEAST. */
export const limitOf = (format: Format): number => (format === 0 ? (1023 - LEAST[0]) << 21 : (127 - LEAST[1]) << 24) >>> 0;

/** A lane of a vector, which goes by the name that is known of it as doubles or singles. */
interface Lane {
  readonly vector: string;
  readonly lane: number;
}

export interface Sizes {
  readonly grain: number;
  /** The number is zero or at least 2^-least. */
  readonly least: number;
}

interface Knowledge extends Sizes {
  /** It is at most 2^most. */
  readonly most: number;
  /** The vector that it was a lane of, and which. */
  readonly from?: Lane | undefined;
  /** The join that it came to as a local, and has not changed since. */
  readonly since?: Arrival | undefined;
}

/** A local at a join, which is known by the types of its lanes. */
interface Arrival {
  readonly join: object;
  readonly key: string;
}

/** What comes to a join as a local: numbers made on the way, and locals that have not changed since they came to joins, with what they have been found to be on the way. */
interface Coming {
  grain: number;
  least: number;
  readonly same: (readonly [from: Arrival, found: Sizes])[];
}

/**
 * What the numbers have in common that come to joins. For the head of a loop that is known when the loop has been written. So what one emission has found is granted
 * to another, which sees whether it holds for all that comes there again: then it does, by induction over the ways.
 */
export class Joins {
  private readonly coming = new Map<object, Map<string, Coming>>();
  private readonly before: ReadonlyMap<object, ReadonlyMap<string, Sizes>> | undefined;

  constructor(before?: ReadonlyMap<object, ReadonlyMap<string, Sizes>>) {
    this.before = before;
  }

  /** Something comes to a join as a local. False when it is not what was granted. */
  add(join: object, key: string, { grain, least }: Sizes, since: Arrival | undefined): boolean {
    let at = this.coming.get(join);
    if (at === undefined) this.coming.set(join, (at = new Map<string, Coming>()));
    let it = at.get(key);
    if (it === undefined) at.set(key, (it = { grain: 0, least: 0, same: [] }));
    if (since !== undefined) it.same.push([since, { grain, least }]);
    else {
      it.grain = Math.max(it.grain, grain);
      it.least = Math.max(it.least, least);
    }
    const granted = this.granted(join, key);
    return granted === undefined || (grain <= granted.grain && least <= granted.least);
  }

  granted(join: object, key: string): Sizes | undefined {
    return this.before?.get(join)?.get(key);
  }

  /** Of all that has come to a join. */
  common(join: object, key: string): Sizes | undefined {
    const it = this.coming.get(join)?.get(key);
    return it && { grain: Math.max(it.grain, ...it.same.map(([, found]) => found.grain)), least: Math.max(it.least, ...it.same.map(([, found]) => found.least)) };
  }

  /** What is to be granted: the least solution of what comes from where. */
  solution(): ReadonlyMap<object, ReadonlyMap<string, Sizes>> {
    const all = new Map([...this.coming].map(([join, at]) => [join, new Map([...at.keys()].map((key) => [key, { grain: 0, least: 0 }]))]));
    const most = (own: number, it: Coming, which: "grain" | "least") =>
      Math.max(own, ...it.same.map(([{ join, key }, found]) => Math.min(found[which], all.get(join)?.get(key)?.[which] ?? Infinity)));
    for (let changed = true; changed; ) {
      changed = false;
      for (const [join, at] of this.coming) {
        for (const [key, it] of at) {
          const grain = rounded(most(it.grain, it, "grain"), FINE), least = rounded(most(it.least, it, "least"), FINE - 52), known = all.get(join)?.get(key);
          if (known === undefined || (known.grain === grain && known.least === least)) continue;
          all.get(join)?.set(key, { grain, least });
          changed = true;
        }
      }
    }
    return all;
  }
}

/** Finer grains than these are only asked whether they are calm. What is less is left as it is: a loaded number, a quotient of one by an integer. */
const FINE = 371;
const rounded = (n: number, fine: number): number => (n <= fine ? n : n <= CALM[0] ? CALM[0] : Infinity);

/** What is known of names, in code that is emitted now. Names are given again after a return to an earlier state, so that is returned to here as well. */
export class Grains {
  private readonly known = new Map<string, Knowledge>();
  private readonly trail: (readonly [name: string, before: Knowledge | undefined])[] = [];

  /** How much is known: `unwind` goes back there. */
  get mark(): number {
    return this.trail.length;
  }

  unwind(mark: number): void {
    while (this.trail.length > mark) {
      const [name, before] = this.trail.pop() as (typeof this.trail)[number];
      if (before === undefined) this.known.delete(name);
      else this.known.set(name, before);
    }
  }

  private set(name: string, knowledge: Knowledge): void {
    this.trail.push([name, this.known.get(name)]);
    this.known.set(name, knowledge);
  }

  grain(name: string): number | undefined {
    return this.known.get(name)?.grain;
  }

  least(name: string): number {
    const it = this.known.get(name);
    return it === undefined ? Infinity : Math.min(it.least, it.grain);
  }

  most(name: string): number {
    return this.known.get(name)?.most ?? Infinity;
  }

  /** A name has been made. */
  made(name: string, grain: number, most = Infinity, least = grain): void {
    this.set(name, { grain, least, most });
  }

  /** A name has been found to be zero or at least 2^-least. */
  found(name: string, format: Format, least: number): void {
    const it = this.known.get(name) ?? { grain: Infinity, least: Infinity, most: Infinity };
    this.set(name, { ...it, grain: Math.min(it.grain, least + FRACTION[format]), least: Math.min(this.least(name), least) });
  }

  /** A local has come to a join, after what is known of it there. */
  arrived(name: string, since: Arrival): void {
    const it = this.known.get(name);
    if (it !== undefined) this.set(name, { ...it, since });
  }

  since(name: string): Arrival | undefined {
    return this.known.get(name)?.since;
  }

  laneOf(name: string): Lane | undefined {
    return this.known.get(name)?.from;
  }

  /** A lane of a vector of doubles or singles has been given a name. */
  extracted(name: string, vector: string, lane: number): void {
    const it = this.known.get(vector);
    this.set(name, { grain: it?.grain ?? Infinity, least: it?.least ?? Infinity, most: Infinity, from: { vector, lane } });
  }
}

/** The grain of a square root. */
export const rootGrain = (grain: number, format: Format): number => Math.ceil(grain / 2) + FRACTION[format];
