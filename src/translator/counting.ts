// Generated code that counts what it executes, for observers: instructions in a local, which each way out of the function adds to a Counter.

import { S } from "../runtime/state.ts";

const COUNT = "kn";

/** The line with which a basic block counts its instructions. */
export const countLine = (instructions: number): string => `${COUNT} = ${COUNT} + ${instructions} | 0;`;

/** The lines that `countLine` makes. */
const LINES = new RegExp(`^${COUNT} = ${COUNT} \\+ \\d+ \\| 0;\n`, "gm");

/** The code as it is when nothing is counted. */
export const withoutCounts = (source: string): string => source.replaceAll(LINES, "");

/**
 * A function body that adds what its blocks have counted to `counter`, the name of a Counter, wherever it returns or runs what may throw, and leaves `number`
 * for the observer to know who ran.
 */
export function counting(source: string, counter: string, number: number): string {
  const add = `${counter}.instructions += ${COUNT};`;
  const counted = source.replaceAll(/\breturn ([^;]*);/g, `{ ${add} R[${S.RAN}] = ${number}; return $1; }`).replaceAll("M.current = ", `${add} ${COUNT} = 0; M.current = `);
  // the first return is that of a time slice that is over: an entry is what comes behind it
  const behind = counted.indexOf("\n", counted.indexOf("return null; }")) + 1;
  return `let ${COUNT} = 0;\n${counted.slice(0, behind)}${counter}.n++;\n${counted.slice(behind)}`;
}
