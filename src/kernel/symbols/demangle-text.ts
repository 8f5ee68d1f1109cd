// How demangled names are put together: types as two halves around a declarator, template arguments, Rust's marks. No parsing.

/** Something printed: a type's declarator goes between left and right ("int (*" and ")(char)"). */
export interface Piece {
  readonly left: string;
  readonly right: string;
  /** The elements of an argument pack. */
  readonly pack?: readonly Piece[];
  /** A function or array type: a pointer to it needs parentheses. */
  readonly wraps?: "function" | "array";
}

export const plain = (left: string): Piece => ({ left, right: "" });
export const show = (piece: Piece): string => (piece.pack ? piece.pack.map(show).filter((s) => s !== "").join(", ") : piece.left + piece.right);

export const spaced = (left: string): string => (left.endsWith(" ") ? left : `${left} `);

export function pointer(to: Piece, mark: string): Piece {
  if (to.pack) return { left: "", right: "", pack: to.pack.map((piece) => pointer(piece, mark)) };
  if (to.wraps === "function") return { left: `${to.left}(${mark}`, right: `)${to.right}` };
  if (to.wraps === "array") return { left: `${to.left}(${mark}`, right: `) ${to.right}` };
  // a reference to a reference is one: & wins
  const reference = /&&?$/.exec(to.left)?.[0];
  if (mark !== "*" && reference !== undefined) return { ...to, left: mark === "&" ? to.left.replace(/&&?$/, "&") : to.left };
  return { left: to.left + mark, right: to.right };
}

export function qualified(piece: Piece, qualifiers: string): Piece {
  if (piece.wraps === "array") return { ...piece, left: `${piece.left.trimEnd()}${qualifiers} ` };
  if (piece.left.endsWith(qualifiers)) return piece;
  return { ...piece, left: piece.left + qualifiers };
}

export function applied(name: string, list: readonly Piece[]): string {
  const text = list.map(show).filter((s, i) => s !== "" || !list[i].pack).join(", ");
  // binutils leaves the space out behind an empty pack
  const gap = text.endsWith(">") && list[list.length - 1].pack?.length !== 0;
  return `${name}${name.endsWith("<") ? " " : ""}<${text}${gap ? " " : ""}>`;
}

/** The last component of a qualified name, without template arguments. */
export function lastName(name: string): string {
  let depth = 0, start = 0;
  for (let k = 0; k < name.length; k++) {
    const c = name[k];
    if (c === "<" || c === "(") depth++;
    else if (c === ">" || c === ")") depth--;
    else if (c === ":" && name[k + 1] === ":" && depth === 0) start = k + 2;
  }
  return name.slice(start).replace(/<.*$/, "");
}

export const RUST_HASH = /::h[0-9a-f]{16}( \[clone .*)?$/;
const RUST_MARKS: Readonly<Record<string, string>> = { SP: "@", BP: "*", RF: "&", LT: "<", GT: ">", LP: "(", RP: ")", C: "," };

/** Rust's path: `_$LT$` and the like spelled out, the hash at the end removed. */
export function rustName(name: string): string {
  return name.replace(RUST_HASH, "").split("::").map((part) => part.replace(/^_(?=\$)/, "").replaceAll("..", "::")
    .replaceAll(/\$(\w{1,3})\$/g, (whole, code: string) => {
      if (RUST_MARKS[code] !== undefined) return RUST_MARKS[code];
      return /^u[0-9a-f]{2}$/.test(code) ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : whole;
    })).join("::");
}
