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
 * A function body that adds what its blocks have counted to `counter`, the name of a Counter, wherever it returns or runs what may throw; the
 * list `entered` gets the counter when the function is entered the first time since somebody has looked. While it
 * runs `number` stands in the state for the observer, and no instruction that the interpreter executes: from its entry, and again when a guest
 * call has come back; not when a call is given up, as at the end of a slice.
 */
export function counting(source: string, counter: string, entered: string, number: number): string {
  const add = `${counter}.instructions += ${COUNT};`;
  const mark = `R[${S.RAN}] = ${number};`;
  const back = new RegExp(`^R\\[${S.DEPTH}\\] = [^+\n]*$`, "gm");
  const counted = source.replaceAll(back, `$& ${mark}`).replaceAll(/\breturn ([^;]*);/g, `{ ${add} return $1; }`)
    .replaceAll(/M\.current = (c\d+); (c\d+\(M, \1\);)/g, `${add} ${COUNT} = 0; M.current = $1; $2 M.current = undefined;`);
  // the first return is that of a time slice that is over: an entry is what comes behind it
  const behind = counted.indexOf("\n", counted.indexOf("return null; }")) + 1;
  return `let ${COUNT} = 0; ${mark}\n${counted.slice(0, behind)}${counter}.n++; if (${counter}.fresh) { ${counter}.fresh = false; ${entered}.push(${counter}); }\n${counted.slice(behind)}`;
}
