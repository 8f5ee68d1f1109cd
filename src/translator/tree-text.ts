// Syntax trees of semantic functions as compact text, so that a release need not parse JavaScript at run time. The build (rolldown.config.ts)
// writes a line for each function into trees.ts; source.ts reads a line when its function is first translated.
//
//   key <tab> JSON of [machine, instruction, assigned names, body]
//
// A node is [type number, field, field ...] in the order of FIELDS; a type that is not listed is an object as acorn made it.
// Positions (start, end) and the spelling of literals (raw) are left out.

import type { Node } from "acorn";
import type { SemanticSource } from "./source.ts";

/** Every field of the node types that semantic functions are made of. New types go to the end. */
const FIELDS: readonly (readonly [type: string, ...fields: string[]])[] = [
  ["BlockStatement", "body"],
  ["ExpressionStatement", "expression"],
  ["VariableDeclaration", "declarations", "kind"],
  ["VariableDeclarator", "id", "init"],
  ["IfStatement", "test", "consequent", "alternate"],
  ["ReturnStatement", "argument"],
  ["ForStatement", "init", "test", "update", "body"],
  ["WhileStatement", "test", "body"],
  ["EmptyStatement"],
  ["Identifier", "name"],
  ["Literal", "value"],
  ["MemberExpression", "object", "property", "computed", "optional"],
  ["CallExpression", "callee", "arguments", "optional"],
  ["UnaryExpression", "operator", "prefix", "argument"],
  ["UpdateExpression", "operator", "prefix", "argument"],
  ["BinaryExpression", "left", "operator", "right"],
  ["LogicalExpression", "left", "operator", "right"],
  ["ConditionalExpression", "test", "consequent", "alternate"],
  ["AssignmentExpression", "operator", "left", "right"],
];

const NUMBERS = new Map(FIELDS.map(([type], number) => [type, number]));
const POSITIONS = new Set(["start", "end", "raw"]);

type Encoded = string | number | boolean | null | Encoded[] | { [field: string]: Encoded };

/** What a function's line is found by: its name, and the length and two hashes of its source text. */
export function treeKey(name: string, text: string): string {
  let a = 0x811c9dc5, b = 0x9e3779b9;
  for (let k = 0; k < text.length; k++) {
    const c = text.charCodeAt(k);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca6b) ^ (b >>> 15);
  }
  return `${name} ${text.length} ${(a >>> 0).toString(36)} ${(b >>> 0).toString(36)}`;
}

/** The line of a function. */
export function encodeTree(key: string, source: SemanticSource): string {
  return `${key}\t${JSON.stringify([source.machine, source.instruction, [...source.assigned], encode(source.body)])}`;
}

/** From the part of a line behind the tab. */
export function decodeTree(json: string): SemanticSource {
  const [machine, instruction, assigned, body] = JSON.parse(json) as [string, string, string[], Encoded];
  return { machine, instruction, assigned: new Set(assigned), body: decode(body) as SemanticSource["body"] };
}

function encode(value: unknown): Encoded {
  // lists are marked by an empty object in front, so that they differ from nodes
  if (Array.isArray(value)) return [{}, ...value.map(encode)];
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value as Encoded;
  const node = value as Node & Record<string, unknown>;
  const number = NUMBERS.get(node.type);
  if (number !== undefined) return [number, ...FIELDS[number].slice(1).map((field) => encode(node[field]))];
  return Object.fromEntries(Object.entries(node).filter(([field]) => !POSITIONS.has(field)).map(([field, it]) => [field, encode(it)]));
}

function decode(value: Encoded): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([field, it]) => [field, decode(it)]));
  const [first] = value;
  if (typeof first !== "number") return value.slice(1).map(decode);
  const fields = FIELDS[first];
  const node: Record<string, unknown> = { type: fields[0] };
  for (let k = 1; k < fields.length; k++) node[fields[k]] = decode(value[k]);
  return node;
}
