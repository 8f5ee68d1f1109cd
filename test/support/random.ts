// Numbers that look random and are the same in every run.

/** A number from 0 to n - 1. */
export type Pick = (n: number) => number;

export function random(seed: number): Pick {
  let x = Math.imul(seed, 2654435761) + 12345;
  return (n) => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return (x >>> 8) % n;
  };
}
