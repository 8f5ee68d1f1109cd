// Semantic functions as syntax trees, and what the specialiser wants to know of them. A release carries the trees of its own
// functions (trees.ts); in the sources, and for functions from elsewhere, they are parsed when they are needed (parse.ts).

import type { ArrowFunctionExpression, FunctionExpression } from "acorn";
import type { Semantic } from "../semantics/machine.ts";
import { parseSemantic } from "./parse.ts";
import { decodeTree, treeKey } from "./tree-text.ts";
import { trees } from "./trees.ts";

export interface SemanticSource {
  /** Names of the parameters (machine, instruction). */
  readonly machine: string;
  readonly instruction: string;
  readonly body: (ArrowFunctionExpression | FunctionExpression)["body"];
  /** Locals that are assigned after their declaration. */
  readonly assigned: ReadonlySet<string>;
}

const known = new Map<Semantic, SemanticSource>();
/** Key -> tree as text. */
let prepared: Map<string, string> | undefined;

/** The tree of a semantic function, made once. Parsing takes 0.5 ms each for the first hundred, 0.2 ms later; a prepared tree far less. */
export function sourceOf(semantic: Semantic): SemanticSource {
  let source = known.get(semantic);
  if (source === undefined) {
    prepared ??= lines(trees());
    const text = semantic.toString();
    const tree = prepared.get(treeKey(semantic.name, text));
    source = tree === undefined ? parseSemantic(text) : decodeTree(tree);
    known.set(semantic, source);
  }
  return source;
}

function lines(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let from = 0; from < text.length; ) {
    const tab = text.indexOf("\t", from), end = text.indexOf("\n", tab);
    found.set(text.slice(from, tab), text.slice(tab + 1, end));
    from = end + 1;
  }
  return found;
}
