// The text of a function of the quick interpreter: what a semantic function says, with the words of the machine written out for a shape of instruction.
// A partial evaluation like that of the translator (specialise.ts), which does it for one instruction; here the numbers of registers, displacements and
// immediates stay open and are read from the instruction's record (records.ts).
//
// The text is what lowering reads (wasm/lower.ts), and has these words beside its own:
//   O0d O1w O2b ...   the register that operand 0, 1, 2 is, as a dword, word or byte: read or assigned
//   L0_3 L1_0 ...     a dword of the vector register that operand 0, 1 is; LANES0 LANES1: where it stands
//   IMM TARGET NEXT   the immediate, the jump's target, the address behind the instruction
//   EA                address of the memory operand in its segment
//   SEGMENT ..._BASE  number and base of the segment, when it is FS or GS
//   GO                the result: goes on with the record behind this one
//   SLOW              the result: JavaScript executes the instruction, which has not changed anything so far
//   TAKEN FALL FOUND  the result: goes on where the jump leads, behind the block, at EIP

import type { Expression, ForStatement, Node, Statement } from "acorn";
import { K } from "../../decoder/instruction.ts";
import { FLAGS, S } from "../../runtime/state.ts";
import type { SemanticSource } from "../source.ts";
import { isMemory } from "./keys.ts";
import { isTerminal, type Shape } from "./shapes.ts";
import { vectorValue, vectorStatement, type VectorArguments } from "./vector-text.ts";
import { address, constant, fail, load, name, named, store, type Value, WIDTH, type Writer } from "./writer.ts";

const SUFFIX = { 1: "b", 2: "w", 4: "d" } as const;
const ESP = 4;

// -- operands ---------------------------------------------------------------------------------------------------------------------

function get(w: Writer, n: number, unsigned: boolean): Value {
  const kind = w.shape.kinds[n], size = WIDTH[kind];
  const extended = (text: string): Value => (unsigned && size < 4 ? { text: `(${text} & ${size === 1 ? 255 : 65535})` } : { text });
  switch (kind) {
    case K.IMM: return { text: "IMM", simple: true };
    case K.REL: return { text: "TARGET", simple: true };
    case K.R32: case K.R16: case K.R8: return extended(`O${n}${SUFFIX[size]}`);
    case K.M32: case K.M16: case K.M8: {
      const it = load(w, address(w), size);
      return unsigned && size < 4 ? extended(it.text) : it;
    }
    default: return fail(`operand kind ${kind}`);
  }
}

function put(w: Writer, n: number, value: Value): void {
  const kind = w.shape.kinds[n], size = WIDTH[kind] ?? fail(`operand kind ${kind}`);
  if (isMemory(kind)) return store(w, address(w), size, value);
  w.lines.push(`O${n}${SUFFIX[size]} = ${value.text};`);
}

const register = (n: number, size: number): string => (size === 4 ? `R[${n}]` : size === 2 ? `HALF${n}` : n < 4 ? `BYTE${n}` : fail("a high byte"));

function operandNumber(w: Writer, node: Node): number {
  const it = node as Node & { object?: { name?: string }; property?: { name?: string }; test?: Expression; consequent?: Expression; alternate?: Expression };
  // `m.get(i.op2.kind === 0 ? i.op0 : i.op1)`
  if (node.type === "ConditionalExpression") {
    const test = expression(w, it.test as Expression).constant;
    if (test === undefined) fail("an operand that is chosen late");
    return operandNumber(w, (test === true ? it.consequent : it.alternate) as Node);
  }
  const found = it.object?.name === w.instruction ? /^op([0-2])$/.exec(it.property?.name ?? "") : null;
  return found ? Number(found[1]) : fail("an operand");
}

// -- flags ------------------------------------------------------------------------------------------------------------------------

const LAZY = `R[${S.FLAGS}], R[${S.FLAG_A}], R[${S.FLAG_B}], R[${S.FLAG_R}]`;

function setFlags(w: Writer, kind: number, a: string, b: string, r: string): void {
  // results first: an argument may be a flag
  w.lines.push(`R[${S.FLAG_R}] = ${r};`, `R[${S.FLAG_A}] = ${a};`, `R[${S.FLAG_B}] = ${b};`, `R[${S.FLAGS}] = ${kind};`);
}

/** What Cpu.cond does: the common kinds of flags at once. */
function condition(cc: number): string {
  const not = (cc & 1) !== 0, rest = `FL.condition(${cc}, ${LAZY})`;
  const compare = (operator: string, inverse: string, unsigned: string) =>
    `(R[${S.FLAGS}] === ${FLAGS.SUB} ? R[${S.FLAG_A}]${unsigned} ${not ? inverse : operator} R[${S.FLAG_B}]${unsigned} : ${rest})`;
  const bit = (mask: number, otherwise: string) => `(R[${S.FLAGS}] === ${FLAGS.BITS} ? (R[${S.FLAG_R}] & ${mask}) ${not ? "===" : "!=="} 0 : ${otherwise})`;
  switch (cc >> 1) {
    case 1: return compare("<", ">=", " >>> 0");
    case 2: return bit(64, `R[${S.FLAG_R}] ${not ? "!==" : "==="} 0`);
    case 3: return compare("<=", ">", " >>> 0");
    case 4: return bit(128, `R[${S.FLAG_R}] ${not ? ">=" : "<"} 0`);
    case 6: return compare("<", ">=", "");
    case 7: return compare("<=", ">", "");
    default: return rest;
  }
}

// -- the words of the machine -----------------------------------------------------------------------------------------------------

const numberOf = (value: Value): number => (typeof value.constant === "number" ? value.constant : fail("a number that is not known"));
const FLAG_WORDS: Readonly<Record<string, string>> = { cf: "carry", of: "overflow", af: "adjust" };

function call(w: Writer, word: string, args: readonly Expression[]): Value {
  const value = (n: number) => expression(w, args[n]);
  switch (word) {
    case "get": return get(w, operandNumber(w, args[0]), false);
    case "getU": return get(w, operandNumber(w, args[0]), true);
    case "offset": return { text: "EA" };
    case "ea": return { text: address(w), simple: true };
    case "linear": return value(1);
    case "fit": {
      const size = numberOf(value(1)), { text } = value(0);
      return { text: size === 4 ? `(${text} | 0)` : `(${text} << ${32 - 8 * size} >> ${32 - 8 * size})` };
    }
    case "reg": return { text: register(numberOf(value(0)), numberOf(value(1))) };
    case "sp": return { text: `R[${ESP}]` };
    case "load": return load(w, named(w, value(0)).text, numberOf(value(1)));
    case "cond": return { text: condition(w.shape.cc) };
    case "cf": case "of": case "af": return { text: `FL.${FLAG_WORDS[word]}(${LAZY})` };
    case "pop": {
      if (numberOf(value(0)) !== 4) fail("a short pop");
      const at = name(w, `R[${ESP}]`).text, popped = load(w, at, 4);
      w.lines.push(`R[${ESP}] = ${at} + 4 | 0;`);
      return popped;
    }
    case "mulhu": case "mulhs": case "divU": case "divS": case "popcnt": case "ctz": return { text: `W.${word}(${args.map((_, k) => value(k).text).join(", ")})` };
    case "divFitsU": {
      const high = named(w, value(0)).text, d = named(w, value(2)).text;
      return { text: `(${high} >>> 0 < ${d} >>> 0)` };
    }
    case "divFitsS": {
      // a quotient of 64 bits by 32 that is not simply one of 32 by 32 is JavaScript's, which knows whether it fits
      const [high, low, d] = [0, 1, 2].map((n) => named(w, value(n)).text);
      return { text: `(${d} !== 0 && ${high} === ${low} >> 31 && !(${low} === -2147483648 && ${d} === -1))` };
    }
    case "bswap": {
      const x = named(w, value(0)).text;
      return { text: `(${x} << 24 | (${x} & 65280) << 8 | ${x} >>> 8 & 65280 | ${x} >>> 24)` };
    }
    default: return fail(`m.${word}`);
  }
}

function callStatement(w: Writer, word: string, args: readonly Expression[]): void {
  const value = (n: number) => expression(w, args[n]);
  switch (word) {
    case "set": return put(w, operandNumber(w, args[0]), value(1));
    case "setReg": {
      w.lines.push(`${register(numberOf(value(0)), numberOf(value(1)))} = ${value(2).text};`);
      return;
    }
    case "setSp":
      w.lines.push(`R[${ESP}] = ${value(0).text} | 0;`);
      return;
    case "store": return store(w, named(w, value(0)).text, numberOf(value(1)), value(2));
    case "flagsAdd": return setFlags(w, FLAGS.ADD, value(0).text, value(1).text, value(2).text);
    case "flagsSub": return setFlags(w, FLAGS.SUB, value(0).text, value(1).text, value(2).text);
    case "flagsSbb": return setFlags(w, FLAGS.SBB, value(0).text, value(1).text, value(2).text);
    case "flagsLogic": return setFlags(w, FLAGS.LOGIC, "0", "0", named(w, value(0)).text);
    case "flagsResult": {
      const [r, cf, of, af] = [0, 1, 2, 3].map((n) => value(n).text);
      const bits = name(w, `${cf} | (${af}) << 4 | (${of}) << 11`).text;
      return setFlags(w, FLAGS.RESULT, bits, "0", r);
    }
    case "putFlags": {
      const mask = numberOf(value(0)), bits = value(1);
      const given = typeof bits.constant === "number" ? String(bits.constant & mask) : `(${bits.text}) & ${mask}`;
      w.lines.push(`R[${S.FLAG_R}] = FL.statusBits(${LAZY}) & ${~mask} | ${given};`, `R[${S.FLAGS}] = ${FLAGS.BITS};`, `R[${S.FLAG_A}] = 0;`, `R[${S.FLAG_B}] = 0;`);
      return;
    }
    case "push": {
      if (numberOf(value(0)) !== 4) fail("a short push");
      const pushed = named(w, value(1)), at = name(w, `R[${ESP}] - 4 | 0`).text;
      store(w, at, 4, pushed);
      w.lines.push(`R[${ESP}] = ${at};`);
      return;
    }
    case "jump": {
      const { text } = value(0);
      w.lines.push(...(w.shape.kinds[0] === K.REL ? ["return TAKEN;"] : [`R[${S.EIP}] = ${text};`, "return FOUND;"]));
      return;
    }
    case "fault":
      w.lines.push("return SLOW;");
      return;
    default: fail(`m.${word}`);
  }
}

// -- JavaScript -------------------------------------------------------------------------------------------------------------------

function fold(operator: string, a: number | boolean, b: number | boolean): number | boolean | undefined {
  const x = Number(a), y = Number(b);
  switch (operator) {
    case "===": return a === b;
    case "!==": return a !== b;
    case ">=": return x >= y;
    case "&&": return a && b;
    case "*": return x * y;
    case "-": return x - y;
    case "+": return x + y;
    case "&": return x & y;
    case "|": return x | y;
    case ">>": return x >> y;
    default: return undefined;
  }
}

function expression(w: Writer, node: Expression): Value {
  switch (node.type) {
    case "Literal": return typeof node.value === "number" || typeof node.value === "boolean" ? constant(node.value) : fail("a literal");
    case "Identifier": return w.known.get(node.name) ?? { text: `${node.name}_${w.number}`, simple: true };
    case "UnaryExpression": {
      const it = expression(w, node.argument);
      return typeof it.constant === "number" && node.operator === "-" ? constant(-it.constant) : { text: `(${node.operator}${it.text})` };
    }
    case "BinaryExpression": case "LogicalExpression": {
      if (node.left.type === "PrivateIdentifier") return fail("a private name");
      const a = expression(w, node.left);
      if (node.operator === "&&" && a.constant === false) return a;
      const b = expression(w, node.right);
      const value = a.constant !== undefined && b.constant !== undefined ? fold(node.operator, a.constant, b.constant) : undefined;
      return value === undefined ? { text: `(${a.text} ${node.operator} ${b.text})` } : constant(value);
    }
    case "ConditionalExpression": {
      const test = expression(w, node.test);
      if (test.constant !== undefined) return expression(w, test.constant === true ? node.consequent : node.alternate);
      const before = w.lines.length;
      const text = `(${test.text} ? ${expression(w, node.consequent).text} : ${expression(w, node.alternate).text})`;
      return w.lines.length === before ? { text } : fail("a choice that does more than compute");
    }
    case "MemberExpression": {
      const { object, property } = node;
      const field = property.type === "Identifier" ? property.name : fail("a computed property");
      if (object.type === "Identifier" && object.name === w.instruction) {
        if (field === "size") return constant(w.shape.size);
        if (field === "next") return { text: "NEXT", simple: true };
        return fail(`i.${field}`);
      }
      if (object.type !== "MemberExpression") return fail("a property");
      const n = operandNumber(w, object), kind = w.shape.kinds[n];
      if (field === "kind") return constant(kind);
      if (field === "reg" && kind === K.XMM) return vectorValue(w, "dst", vectorArguments(w, [object]));
      if (field === "size" && kind === K.XMM) return constant(16);
      if (field === "size") return constant(WIDTH[kind] ?? fail("a size"));
      if (field === "imm" && (kind === K.IMM || kind === K.REL)) return get(w, n, false);
      return fail(`an operand's ${field}`);
    }
    case "CallExpression": {
      const { callee } = node;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return fail("a call");
      const args = node.arguments as Expression[];
      if (isVec(w, callee.object)) return vectorValue(w, callee.property.name, vectorArguments(w, args));
      if (callee.object.type !== "Identifier") return fail("a call");
      if (callee.object.name === w.machine) return call(w, callee.property.name, args);
      return { text: `${callee.object.name}.${callee.property.name}(${args.map((arg) => expression(w, arg).text).join(", ")})` };
    }
    case "ParenthesizedExpression": return expression(w, node.expression);
    default: return fail(node.type);
  }
}

function statement(w: Writer, node: Statement): void {
  switch (node.type) {
    case "BlockStatement":
      for (const each of node.body) statement(w, each);
      return;
    case "VariableDeclaration":
      for (const { id, init } of node.declarations) {
        if (id.type !== "Identifier" || !init || node.kind !== "const") fail("a variable");
        else {
          const value = expression(w, init);
          if (value.constant !== undefined || value.lanes !== undefined) w.known.set(id.name, value);
          // a sum is known modulo 2^32 only; those of these functions are int32
          else w.lines.push(`const ${id.name}_${w.number} = ${init.type === "BinaryExpression" && /^[+-]$/.test(init.operator) ? `${value.text} | 0` : value.text};`);
        }
      }
      return;
    case "IfStatement": {
      const test = expression(w, node.test);
      if (test.constant !== undefined) {
        if (test.constant === true) statement(w, node.consequent);
        else if (node.alternate) statement(w, node.alternate);
        return;
      }
      const { at } = w;
      w.lines.push(`if (${test.text}) {`);
      statement(w, node.consequent);
      w.at = at;
      if (node.alternate) {
        w.lines.push("} else {");
        statement(w, node.alternate);
        w.at = at;
      }
      w.lines.push("}");
      return;
    }
    case "ForStatement": return unrolled(w, node);
    case "EmptyStatement": return;
    case "ReturnStatement":
      w.lines.push("return GO;");
      return;
    case "ExpressionStatement": {
      const { expression: it } = node;
      if (it.type !== "CallExpression" || it.callee.type !== "MemberExpression") return fail("a statement");
      const { object, property } = it.callee;
      if (property.type === "Identifier" && isVec(w, object)) return vectorStatement(w, property.name, vectorArguments(w, it.arguments as Expression[]));
      if (property.type !== "Identifier" || object.type !== "Identifier" || object.name !== w.machine) return fail("a statement");
      return callStatement(w, property.name, it.arguments as Expression[]);
    }
    default: fail(node.type);
  }
}

/** `m.vec` */
const isVec = (w: Writer, node: Node): boolean => {
  const { type, object, property } = node as Node & { object?: { name?: string }; property?: { name?: string } };
  return type === "MemberExpression" && object?.name === w.machine && property?.name === "vec";
};

/** Operands stand for themselves in calls on the vector file, the other arguments are values. */
function vectorArguments(w: Writer, args: readonly Expression[]): VectorArguments {
  return { operand: (n) => operandNumber(w, args[n]), value: (n) => expression(w, args[n]) };
}

/** `for (let k = A; k < B; k++)` with bounds that are known. */
function unrolled(w: Writer, { init, test, update, body }: ForStatement): void {
  const counter = init?.type === "VariableDeclaration" && init.declarations.length === 1 ? init.declarations[0] : undefined;
  if (counter?.id.type !== "Identifier" || !counter.init || test?.type !== "BinaryExpression" || test.operator !== "<" || update?.type !== "UpdateExpression") return fail("a loop");
  const from = expression(w, counter.init).constant, to = expression(w, test.right).constant;
  if (typeof from !== "number" || typeof to !== "number") return fail("a loop");
  for (let k = from; k < to; k++) {
    w.known.set(counter.id.name, constant(k));
    statement(w, body);
  }
}

/** The text for a shape. Throws Unsupported when its semantic function uses a word that has no counterpart here. */
export function quickText(shape: Shape, number: number, { machine, instruction, body }: SemanticSource): string {
  const w: Writer = { shape, number, machine, instruction, lines: [], known: new Map(), names: 0, at: undefined };
  if (body.type !== "BlockStatement") fail("a function without a body");
  else for (const each of body.body) statement(w, each);
  const end = w.lines.at(-1)?.startsWith("return") ? [] : [isTerminal(shape.mnemonic) ? "return FALL;" : "return GO;"];
  return [...w.lines, ...end].join("\n");
}
