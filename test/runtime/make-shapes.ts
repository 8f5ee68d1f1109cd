// Writes src/runtime/shapes.ts: for the shapes of instruction that programs execute most, the semantic function with the words of `Machine`
// written out for these operands. A partial evaluation, so nothing is said of an instruction here that its semantic function does not say:
//   what is constant for the shape     operand kinds, operand size, condition: folded, and what they exclude is left out
//   words of the machine               get, set, flags, push ...: the text of what Cpu does with operands of this kind
// The translator does the same for one instruction (src/translator/specialise.ts), where register numbers are known as well.

import type { Expression, Node, Statement } from "acorn";
import { K } from "../../src/decoder/instruction.ts";
import { shapeKey } from "../../src/runtime/handlers.ts";
import { allSemantics } from "../../src/semantics/index.ts";
import { parseSemantic } from "../../src/translator/parse.ts";

export interface Shape {
  readonly mnemonic: string;
  /** Kinds of the first two operands, K.*. */
  readonly kinds: readonly [number, number];
  readonly size: 1 | 2 | 4;
  /** Condition for Jcc, else -1. */
  readonly cc: number;
}

const shape = (mnemonic: string, first: number, second: number, size: 1 | 4 = 4, cc = -1): Shape => ({ mnemonic, kinds: [first, second], size, cc });

const { NONE, IMM, R32, R8, M32, M16, M8, M, REL } = K;
const each = (mnemonics: string, ...kinds: readonly (readonly [number, number])[]) =>
  mnemonics.split(" ").flatMap((mnemonic) => kinds.map(([first, second]) => shape(mnemonic, first, second)));
const bytes = (mnemonics: string, ...kinds: readonly (readonly [number, number])[]) =>
  mnemonics.split(" ").flatMap((mnemonic) => kinds.map(([first, second]) => shape(mnemonic, first, second, 1)));

/** Nineteen of twenty instructions that a shell, Python and compute programs execute, at start and later. */
export const SHAPES: readonly Shape[] = [
  ...each("MOV", [R32, R32], [R32, IMM], [R32, M32], [M32, R32], [M32, IMM]),
  ...bytes("MOV", [R8, M8], [M8, R8]),
  ...each("MOVZX", [R32, M8], [R32, R8], [R32, M16]),
  ...each("MOVSX", [R32, M8]),
  ...each("LEA", [R32, M]),
  ...each("ADD", [R32, R32], [R32, IMM], [R32, M32], [M32, IMM]),
  ...each("SUB", [R32, R32], [R32, IMM], [R32, M32], [M32, IMM]),
  ...each("AND OR XOR", [R32, R32], [R32, IMM], [R32, M32]),
  ...each("ADC", [R32, R32], [R32, IMM]),
  ...each("CMP", [R32, R32], [R32, IMM], [R32, M32], [M32, R32], [M32, IMM]),
  ...each("TEST", [R32, R32]),
  ...bytes("CMP", [R8, IMM], [R8, R8], [M8, IMM], [M8, R8], [R8, M8]),
  ...bytes("TEST", [R8, R8], [R8, IMM], [M8, IMM]),
  ...each("INC DEC", [R32, NONE]),
  ...each("SHL SHR SAR", [R32, IMM]),
  ...each("PUSH", [R32, NONE], [IMM, NONE], [M32, NONE]),
  ...each("POP", [R32, NONE]),
  ...each("CALL JMP", [REL, NONE]),
  ...each("RET", [NONE, NONE]),
  ...[2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15].map((cc) => shape("Jcc", REL, NONE, 4, cc)),
];

const BITS: Readonly<Record<number, 8 | 16 | 32>> = { [M8]: 8, [M16]: 16, [M32]: 32 };
const isMemory = (kind: number) => kind >= K.M32 && kind <= K.FAR;

/** An expression's text, and its value when that is known. */
interface Value {
  readonly text: string;
  readonly constant?: number | boolean;
  /** Can be written twice. */
  readonly simple?: boolean;
}

interface Writer {
  readonly shape: Shape;
  readonly machine: string;
  readonly instruction: string;
  readonly lines: string[];
  readonly uses: Set<string>;
}

const constant = (value: number | boolean): Value => ({ text: String(value), constant: value, simple: true });

function fail(node: Node): never {
  throw new Error(`a shape's semantic function has a ${node.type} that this file does not know`);
}

/** Effective address of an operand that is flat, 32 bits wide, and in DS or SS; `slow` does what has to be done when these are not flat. */
function address(w: Writer, slow: "ea" | "eaw"): string {
  return `(state[S.ODD] & DATA) === 0 ? ${offset(w)} : m.${slow}(o)`;
}

/** `o`: the memory operand, of which there is only one. */
function offset(w: Writer): string {
  w.uses.add("state").add("o");
  return "(state[o.base] + (state[o.index] << o.scale) + o.disp) | 0";
}

/** A load into `word`: plain when the value is not zero and lies in one page, as Cpu.load32. */
function load(w: Writer, at: string, bits: 8 | 16 | 32): string {
  for (const name of ["view", "at", "word"]) w.uses.add(name);
  w.lines.push(`at = ${at};`);
  if (bits === 8) w.lines.push("word = view.getInt8(at >>> 0);", "if (word === 0) word = m.load8(at);");
  else w.lines.push(`if ((at & 0xfff) > ${4096 - bits / 8} || (word = view.getInt${bits}(at >>> 0, true)) === 0) word = m.load${bits}(at);`);
  return "word";
}

function store(w: Writer, at: string, bits: 8 | 16 | 32, value: string): void {
  for (const name of ["view", "perm", "at"]) w.uses.add(name);
  const right = bits > 8 ? `(perm[at >>> 12] & perm[(at + ${bits / 8 - 1}) >>> 12])` : "perm[at >>> 12]";
  w.lines.push(
    `at = ${at};`,
    `if (${right} < 0) view.setInt${bits}(at >>> 0, ${value}${bits > 8 ? ", true" : ""});`,
    `else m.store${bits}(at, ${value});`,
  );
}

function get(w: Writer, n: number, unsigned: boolean): Value {
  const operand = `${w.instruction}.op${n}`, kind = w.shape.kinds[n];
  w.uses.add("state");
  switch (kind) {
    case R32: return { text: `state[${operand}.reg]` };
    case IMM: return { text: `${operand}.imm`, simple: true };
    case R8: {
      const text = byteRegister(w, operand);
      return { text: unsigned ? `${text} & 0xff` : text };
    }
    case M32: return { text: load(w, address(w, "ea"), 32) };
    case M16: case M8: {
      const text = load(w, address(w, "ea"), BITS[kind]);
      return { text: unsigned ? `${text} & ${kind === M8 ? "0xff" : "0xffff"}` : text };
    }
    default: throw new Error(`operand kind ${kind}`);
  }
}

/** AL CL DL BL AH CH DH BH, in the state as bytes. */
function byteRegister(w: Writer, operand: string): string {
  w.uses.add("bytes");
  return `bytes[((${operand}.reg & 3) << 2) | (${operand}.reg >> 2)]`;
}

/** The value as something that can be written more than once. */
function named(w: Writer, value: Value): string {
  if (value.simple === true) return value.text;
  w.lines.push(`const x = ${value.text};`);
  return "x";
}

function put(w: Writer, n: number, value: Value): void {
  const operand = `${w.instruction}.op${n}`, kind = w.shape.kinds[n];
  if (kind === R32) w.lines.push(`state[${operand}.reg] = ${value.text};`);
  else if (kind === R8) w.lines.push(`${byteRegister(w, operand)} = ${value.text};`);
  else {
    const text = named(w, value);
    store(w, address(w, "eaw"), BITS[kind], text);
  }
}

const operandNumber = (w: Writer, node: Node): number => {
  const { object, property } = node as Node & { object: { name?: string }; property: { name?: string } };
  const found = object.name === w.instruction ? /^op([01])$/.exec(property.name ?? "") : null;
  return found ? Number(found[1]) : fail(node);
};

/** What Cpu.cond does for a condition that is known: the common kinds of flags at once. */
function condition(w: Writer, cc: number): string {
  w.uses.add("state");
  const not = (cc & 1) !== 0;
  const rest = `condition(${cc}, state[S.FLAGS], state[S.FLAG_A], state[S.FLAG_B], state[S.FLAG_R])`;
  const compare = (operator: string, inverse: string, unsigned: boolean) =>
    `state[S.FLAGS] === FLAGS.SUB ? state[S.FLAG_A]${unsigned ? " >>> 0" : ""} ${not ? inverse : operator} state[S.FLAG_B]${unsigned ? " >>> 0" : ""} : ${rest}`;
  switch (cc >> 1) {
    case 1: return compare("<", ">=", true);
    case 2: return `state[S.FLAGS] === FLAGS.BITS ? (state[S.FLAG_R] & F.ZF) ${not ? "===" : "!=="} 0 : state[S.FLAG_R] ${not ? "!==" : "==="} 0`;
    case 3: return compare("<=", ">", true);
    case 4: return `state[S.FLAGS] === FLAGS.BITS ? (state[S.FLAG_R] & F.SF) ${not ? "===" : "!=="} 0 : state[S.FLAG_R] ${not ? ">=" : "<"} 0`;
    case 6: return compare("<", ">=", false);
    case 7: return compare("<=", ">", false);
    default: return rest;
  }
}

function call(w: Writer, name: string, args: readonly Expression[]): Value {
  const value = (n: number) => expression(w, args[n]);
  switch (name) {
    case "get": return get(w, operandNumber(w, args[0]), false);
    case "getU": return get(w, operandNumber(w, args[0]), true);
    case "offset": return { text: offset(w) };
    case "fit": {
      const size = value(1).constant, { text } = value(0);
      return { text: size === 4 ? `${text} | 0` : `((${text}) << ${32 - 8 * Number(size)}) >> ${32 - 8 * Number(size)}` };
    }
    case "cond": return { text: condition(w, w.shape.cc) };
    case "pop":
      w.uses.add("state").add("popped");
      w.lines.push("if ((state[S.ODD] & STACK) !== 0) popped = m.pop(4);", "else {");
      load(w, "state[ESP]", 32);
      w.lines.push("popped = word;", "state[ESP] = (at + 4) | 0;", "}");
      return { text: "popped", simple: true };
    default: return { text: `m.${name}(${args.map((arg) => expression(w, arg).text).join(", ")})` };
  }
}

const FLAGS_OF: Readonly<Record<string, string>> = { flagsAdd: "ADD", flagsSub: "SUB" };

/** A call that stands as a statement. */
function callStatement(w: Writer, name: string, args: readonly Expression[]): void {
  const text = (n: number) => expression(w, args[n]).text;
  w.uses.add("state");
  switch (name) {
    case "set": return put(w, operandNumber(w, args[0]), expression(w, args[1]));
    case "flagsAdd": case "flagsSub":
      w.lines.push(`state[S.FLAGS] = FLAGS.${FLAGS_OF[name]};`, `state[S.FLAG_A] = ${text(0)};`, `state[S.FLAG_B] = ${text(1)};`, `state[S.FLAG_R] = ${text(2)};`);
      return;
    case "flagsLogic": {
      // first what may fault
      const result = named(w, expression(w, args[0]));
      w.lines.push("state[S.FLAGS] = FLAGS.LOGIC;", "state[S.FLAG_A] = state[S.FLAG_B] = 0;", `state[S.FLAG_R] = ${result};`);
      return;
    }
    case "jump": {
      const target = named(w, expression(w, args[0]));
      w.lines.push("if ((state[S.ODD] & CODE) !== 0) m.checkJump(" + target + ");", `state[S.EIP] = ${target};`);
      return;
    }
    case "push": {
      const pushed = named(w, expression(w, args[1]));
      w.lines.push("if ((state[S.ODD] & STACK) !== 0) m.push(4, " + pushed + ");", "else {");
      store(w, "(state[ESP] - 4) | 0", 32, pushed);
      w.lines.push("state[ESP] = at;", "}");
      return;
    }
    default: w.lines.push(`m.${name}(${args.map((arg) => expression(w, arg).text).join(", ")});`);
  }
}

function fold(operator: string, a: number | boolean, b: number | boolean): number | boolean | undefined {
  switch (operator) {
    case "===": return a === b;
    case "!==": return a !== b;
    case ">=": return a >= b;
    case "*": return Number(a) * Number(b);
    case "-": return Number(a) - Number(b);
    default: return undefined;
  }
}

function expression(w: Writer, node: Expression): Value {
  switch (node.type) {
    case "Literal": return constant(node.value as number);
    case "Identifier": return { text: node.name, simple: true };
    case "UnaryExpression": return { text: `${node.operator}${expression(w, node.argument).text}` };
    case "BinaryExpression": {
      if (node.left.type === "PrivateIdentifier") return fail(node);
      const a = expression(w, node.left), b = expression(w, node.right);
      const known = a.constant !== undefined && b.constant !== undefined ? fold(node.operator, a.constant, b.constant) : undefined;
      return known === undefined ? { text: `(${a.text} ${node.operator} ${b.text})` } : constant(known);
    }
    case "ConditionalExpression": {
      const test = expression(w, node.test);
      if (test.constant !== undefined) return expression(w, test.constant ? node.consequent : node.alternate);
      return { text: `(${test.text} ? ${expression(w, node.consequent).text} : ${expression(w, node.alternate).text})` };
    }
    case "MemberExpression": {
      const { object, property } = node;
      const name = property.type === "Identifier" ? property.name : fail(node);
      if (object.type === "Identifier" && object.name === w.instruction) {
        return name === "size" ? constant(w.shape.size) : name === "cc" && w.shape.cc >= 0 ? constant(w.shape.cc) : { text: `${w.instruction}.${name}`, simple: true };
      }
      if (object.type !== "MemberExpression") return { text: `${expression(w, object as Expression).text}.${name}` };
      const number = /^op(\d)$/.exec(object.property.type === "Identifier" ? object.property.name : "")?.[1];
      if (name === "kind") return constant(w.shape.kinds[Number(number)] ?? NONE);
      return { text: `${w.instruction}.op${number}.${name}`, simple: true };
    }
    case "CallExpression": {
      const { callee } = node;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier" || callee.object.type !== "Identifier") return fail(node);
      const args = node.arguments as Expression[];
      if (callee.object.name !== w.machine) return { text: `${callee.object.name}.${callee.property.name}(${args.map((arg) => expression(w, arg).text).join(", ")})` };
      return call(w, callee.property.name, args);
    }
    case "ParenthesizedExpression": return expression(w, node.expression);
    default: return fail(node);
  }
}

function statement(w: Writer, node: Statement): void {
  switch (node.type) {
    case "BlockStatement":
      for (const each of node.body) statement(w, each);
      return;
    case "VariableDeclaration":
      for (const { id, init } of node.declarations) {
        if (id.type !== "Identifier" || !init) fail(node);
        w.lines.push(`${node.kind} ${id.name} = ${expression(w, init).text};`);
      }
      return;
    case "IfStatement": {
      const test = expression(w, node.test);
      if (test.constant !== undefined) {
        if (test.constant) statement(w, node.consequent);
        else if (node.alternate) statement(w, node.alternate);
        return;
      }
      w.lines.push(`if (${test.text}) {`);
      statement(w, node.consequent);
      if (node.alternate) {
        w.lines.push("} else {");
        statement(w, node.alternate);
      }
      w.lines.push("}");
      return;
    }
    case "EmptyStatement":
      return;
    case "ReturnStatement":
      w.lines.push("return;");
      return;
    case "ExpressionStatement": {
      const { expression: it } = node;
      if (it.type !== "CallExpression" || it.callee.type !== "MemberExpression") return fail(node);
      const { object, property } = it.callee;
      if (property.type !== "Identifier" || object.type !== "Identifier" || object.name !== w.machine) return fail(node);
      return callStatement(w, property.name, it.arguments as Expression[]);
    }
    default: fail(node);
  }
}

const KIND_NAMES = Object.fromEntries(Object.entries(K).map(([name, kind]) => [kind, name]));

export const nameOf = ({ mnemonic, kinds, cc }: Shape): string =>
  [mnemonic, ...kinds.filter((kind) => kind !== NONE).map((kind) => KIND_NAMES[kind]), ...(cc < 0 ? [] : [cc])].join("_");

/** The function for a shape, as TypeScript. */
function functionFor(it: Shape): string {
  const { machine, instruction, body } = parseSemantic(allSemantics()[it.mnemonic].toString());
  if (machine !== "m" || instruction !== "i" || body.type !== "BlockStatement") throw new Error(`${it.mnemonic}: parameters m and i, and a block, are expected`);
  const w: Writer = { shape: it, machine, instruction, lines: [], uses: new Set() };
  for (const each of body.body) statement(w, each);
  const head = ["state", "bytes", "view", "perm"].filter((name) => w.uses.has(name)).map((name) => `${name} = m.${name}`);
  if (w.uses.has("o")) head.push(`o = i.op${isMemory(it.kinds[0]) ? 0 : 1}`);
  const temporaries = ["at", "word", "popped"].filter((name) => w.uses.has(name)).map((name) => `${name} = 0`);
  const lines = [`const ${head.join(", ")};`, ...(temporaries.length > 0 ? [`let ${temporaries.join(", ")};`] : []), ...w.lines];
  const used = lines.some((line) => /\bi\./.test(line));
  return `function ${nameOf(it)}(m: Cpu, ${used ? "i" : "_i"}: Instruction): void {\n${indented(lines)}\n}\n`;
}

function indented(lines: readonly string[]): string {
  let depth = 1;
  return lines.map((line) => {
    if (line.startsWith("}")) depth--;
    const text = `${"  ".repeat(depth)}${line}`;
    if (line.endsWith("{")) depth++;
    return text;
  }).join("\n");
}

/** src/runtime/shapes.ts. */
export function shapesModule(): string {
  const mnemonics = [...new Set(SHAPES.map((it) => it.mnemonic))];
  const rows = mnemonics.map((mnemonic) => {
    const own = SHAPES.filter((it) => it.mnemonic === mnemonic).map((it) => `    ${shapeKey(it.kinds[0], it.kinds[1], it.size, it.cc)}: ${nameOf(it)},`);
    return `  ${mnemonic}: {\n${own.join("\n")}\n  },`;
  });
  return `${HEAD}\n${SHAPES.map(functionFor).join("\n")}\n${TABLE}\n${rows.join("\n")}\n});\n`;
}

const HEAD = `// What the interpreter calls for the commonest shapes of instruction: their semantic functions, with the words of the machine written out
// for these operands. Made from the semantic functions by test/runtime/make-shapes.ts:
//   npx vitest run test/runtime/shapes.test.ts --update
// Why: docs/performance.md, "The interpreter".

import { F, type Instruction } from "../decoder/instruction.ts";
import type { Cpu } from "./cpu.ts";
import { condition } from "./flags.ts";
import type { Handler } from "./handlers.ts";
import { FLAGS, S } from "./state.ts";

const ESP = 4;
/** Bits of S.ODD: DS and SS, SS, CS. */
const DATA = 12, STACK = 4, CODE = 2;
`;

const TABLE = `/** By mnemonic and shapeKey. Without prototype: a hash table. */
export const shapes: Readonly<Record<string, Readonly<Record<number, Handler>> | undefined>> = Object.assign(Object.create(null) as object, {`;
