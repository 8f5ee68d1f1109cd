// The rules that let the translator inline a semantic function (see src/semantics/machine.ts), as a check of its source text.

import { parseExpressionAt } from "acorn";
import type { Node } from "estree";

const STATEMENTS = new Set([
  "BlockStatement", "EmptyStatement", "ExpressionStatement", "VariableDeclaration", "VariableDeclarator", "IfStatement", "ForStatement",
  "WhileStatement", "ReturnStatement",
]);
/** What a function may read of its instruction. */
const FIELDS = new Set([
  "op0", "op1", "op2", "op3", "next", "address", "size", "addressSize", "segment", "rep", "cc", "opcode", "modrm", "prefixes", "length",
]);
const EXPRESSIONS = new Set([
  "Identifier", "Literal", "MemberExpression", "CallExpression", "BinaryExpression", "LogicalExpression", "UnaryExpression",
  "ConditionalExpression", "AssignmentExpression", "UpdateExpression",
]);

/** What breaks the rules in one function's source; empty when it keeps them. */
export function violations(source: string): string[] {
  const found: string[] = [];
  const root = parseExpressionAt(source, 0, { ecmaVersion: 2023 }) as unknown as Node;
  if (root.type !== "ArrowFunctionExpression" || root.async === true || root.body.type !== "BlockStatement") return ["is no arrow function with a block"];
  const parameters = root.params.map((p) => (p.type === "Identifier" ? p.name : "?"));
  if (parameters.length !== 2 || parameters.includes("?")) return ["does not have two plain parameters"];
  const [machine, instruction] = parameters;

  /** "m.x87.add" for a chain of plain member accesses, else "". */
  const path = (node: Node): string => {
    if (node.type === "Identifier") return node.name;
    if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return "";
    const object = path(node.object);
    return object === "" ? "" : `${object}.${node.property.name}`;
  };

  const visit = (node: Node, scope: ReadonlySet<string>): void => {
    if (!STATEMENTS.has(node.type) && !EXPRESSIONS.has(node.type)) {
      found.push(`${node.type}: ${source.slice((node as { start?: number }).start ?? 0).slice(0, 40)}`);
      return;
    }
    switch (node.type) {
      case "BlockStatement": {
        const inner = new Set(scope);
        for (const s of node.body) {
          visit(s, inner);
          if (s.type === "VariableDeclaration") for (const d of s.declarations) if (d.id.type === "Identifier") inner.add(d.id.name);
        }
        return;
      }
      case "VariableDeclaration":
        if (node.kind === "var") found.push("var");
        for (const d of node.declarations) {
          if (d.id.type !== "Identifier") found.push(`declares ${d.id.type}`);
          else if (parameters.includes(d.id.name)) found.push(`hides ${d.id.name}`);
          if (d.init) visit(d.init, scope);
          else if (node.kind === "const") found.push("const without value");
        }
        return;
      case "ForStatement": {
        const inner = new Set(scope);
        if (node.init) {
          visit(node.init, inner);
          if (node.init.type === "VariableDeclaration") for (const d of node.init.declarations) if (d.id.type === "Identifier") inner.add(d.id.name);
        }
        if (node.test) visit(node.test, inner);
        if (node.update) visit(node.update, inner);
        visit(node.body, inner);
        return;
      }
      case "WhileStatement":
        visit(node.test, scope);
        visit(node.body, scope);
        return;
      case "IfStatement":
        visit(node.test, scope);
        visit(node.consequent, scope);
        if (node.alternate) visit(node.alternate, scope);
        return;
      case "ReturnStatement":
        if (node.argument) found.push("returns a value");
        return;
      case "ExpressionStatement":
        if (node.expression.type !== "CallExpression" && node.expression.type !== "AssignmentExpression" && node.expression.type !== "UpdateExpression") {
          found.push(`statement without effect: ${node.expression.type}`);
        }
        visit(node.expression, scope);
        return;
      case "CallExpression": {
        const callee = path(node.callee);
        const parts = callee.split(".");
        const allowed = (parts[0] === machine && (parts.length === 2 || (parts.length === 3 && (parts[1] === "x87" || parts[1] === "vec")))) ||
          (parts[0] === "Math" && parts.length === 2 && typeof (Math as unknown as Record<string, unknown>)[parts[1]] === "function");
        if (!allowed) found.push(`calls ${callee || node.callee.type}`);
        for (const a of node.arguments) visit(a, scope);
        return;
      }
      case "MemberExpression": {
        const parts = path(node).split(".");
        const known = parts[0] === instruction && FIELDS.has(parts[1]);
        if (!known && !(parts[0] === "Math" && parts.length === 2)) found.push(`reads ${parts.join(".")}`);
        return;
      }
      case "AssignmentExpression":
        if (node.left.type !== "Identifier" || parameters.includes(node.left.name) || !scope.has(node.left.name)) found.push("assigns to something else than a local");
        visit(node.right, scope);
        return;
      case "UpdateExpression":
        if (node.argument.type !== "Identifier" || !scope.has(node.argument.name)) found.push("updates something else than a local");
        return;
      case "Identifier":
        // Parameters by name alone would escape; `i` may be handed whole to a method of the machine (repMovs).
        if (!scope.has(node.name) && node.name !== instruction) found.push(`free name ${node.name}`);
        return;
      case "Literal":
        if (typeof node.value === "bigint" || node.value instanceof RegExp) found.push("odd literal");
        return;
      case "BinaryExpression":
      case "LogicalExpression":
        visit(node.left, scope);
        visit(node.right, scope);
        return;
      case "UnaryExpression":
        visit(node.argument, scope);
        return;
      case "ConditionalExpression":
        visit(node.test, scope);
        visit(node.consequent, scope);
        visit(node.alternate, scope);
    }
  };
  visit(root.body, new Set());
  return found;
}
