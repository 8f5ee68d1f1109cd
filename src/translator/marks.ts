// What is written before it is known: stand-ins in the lines of a function, comments in form, replaced in one pass when all of it is there.

/** Registers, and flags, written back and read again: those that the whole graph uses. */
export const FLUSH = "/*flush*/", FLUSH_FLAGS = "/*flags*/", RELOAD = "/*reload*/";
/** Constants for flags that are dead: their values are never looked at. */
export const NO_FLAGS = "/*none*/";
/** JavaScript stack that the function takes. */
export const FRAME = "/*frame*/";

/** A text with other texts in place of its marks; those for which `by` has nothing stay. */
export function replaceMarks(text: string, by: (mark: string) => string | undefined): string {
  let out = "", done = 0;
  for (let at = text.indexOf("/*"); at >= 0; ) {
    const end = text.indexOf("*/", at + 2) + 2;
    const replacement = by(text.slice(at, end));
    if (replacement !== undefined) {
      out += text.slice(done, at) + replacement;
      done = end;
    }
    at = text.indexOf("/*", end);
  }
  return out + text.slice(done);
}
