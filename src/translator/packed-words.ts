// Texts that descriptions of packed instructions have in common (packed.ts, packed-crypto.ts): constants, and bytes picked out of two vectors.

export const words = (...w: readonly [number, number, number, number]): string => `Q.words(${w.join(", ")})`;
export const shuffled = (a: string, b: string, bytes: readonly number[]): string => `Q.i8x16_shuffle(${a}, ${b}, ${bytes.join(", ")})`;
/** Bytes of lanes of `size` bytes. */
export const bytesOf = (size: number, lanes: readonly number[]): number[] => lanes.flatMap((lane) => Array.from({ length: size }, (_, k) => lane * size + k));
