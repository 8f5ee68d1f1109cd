// Parses semantic functions with acorn. The command line is built without this module: it has the trees of all its functions.

import { parseExpressionAt, type Node } from "acorn";
import type { SemanticSource } from "./source.ts";

/** Parses the text of a semantic function. */
export function parseSemantic(text: string): SemanticSource {
  const node = parseExpressionAt(/^(?:async\b|function\b|\(|[\w$]+\s*=>)/.test(text) ? `(${text})` : `(function ${text})`, 0, { ecmaVersion: 2023 });
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression") throw new Error(`not a function: ${text.slice(0, 60)}`);
  const names = node.params.map((p) => (p.type === "Identifier" ? p.name : ""));
  const assigned = new Set<string>();
  if (/\blet\b/.test(text)) findAssigned(node.body, assigned); // most have only constants, and this costs a quarter of the parse
  return { machine: names[0] ?? "", instruction: names[1] ?? "", body: node.body, assigned };
}

function findAssigned(node: Node, into: Set<string>): void {
  const n = node as Node & Record<string, unknown>;
  if (n.type === "AssignmentExpression" || n.type === "UpdateExpression") {
    const target = (n.left ?? n.argument) as Node & { name?: string };
    if (target.type === "Identifier" && target.name !== undefined) into.add(target.name);
  }
  for (const key of Object.keys(n)) {
    const child = n[key];
    if (Array.isArray(child)) {
      for (const c of child) if (c !== null && typeof c === "object") findAssigned(c as Node, into);
    } else if (child !== null && typeof child === "object" && "type" in child) findAssigned(child as Node, into);
  }
}
