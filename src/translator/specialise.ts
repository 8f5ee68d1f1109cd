// The specialiser: a semantic function and one instruction in, JavaScript statements out.
//
// It walks the function's syntax tree once. What depends on the instruction alone (sizes, operand kinds, register numbers,
// immediates) is computed now; the branches not taken leave no trace. Calls on the machine go to `Intrinsics`, which
// write the inline code. The result is text, from a single pass over the parsed function: building the same block as ESTree and
// printing it with astring takes 1.0 to 1.2 times as long as this whole pass, and would come on top (docs/decisions/semantics-once.md).

import type { BlockStatement, Expression, ForStatement, Node, Pattern, Statement, VariableDeclaration } from "acorn";
import type { Instruction } from "../decoder/instruction.ts";
import type { Semantic } from "../semantics/machine.ts";
import { type SemanticSource, sourceOf } from "./source.ts";
import { type LazyFlags, localFlags, tupleKind, withUnless } from "./conditions.ts";
import { type LaneSnapshot, sameLanes } from "./lane-halves.ts";
import type { X87Snapshot } from "./x87.ts";
import { code, constant, literal, moved, name, text, Unsupported, type Value } from "./value.ts";

/** Writes the code for calls on the machine. A method that returns nothing yields undefined. */
export interface Intrinsics {
  machine(method: string, args: readonly Value[]): Value | undefined;
  x87(method: string, args: readonly Value[]): Value | undefined;
  vector(method: string, args: readonly Value[]): Value | typeof LEFT | undefined;
  /** What is known at this point beyond the generated locals (lazy flags, vector lanes). */
  save(): FlowState;
  restore(state: FlowState): void;
  /** Writes that knowledge into the locals, so that ways that meet agree. */
  settle(): void;
  /** The scope that the instruction has been written in ends, and with it what names in it stand for. */
  closed(): void;
  /** Whether anyone may look at the flags behind this instruction. */
  flagsMatter(): boolean;
}

export interface FlowState {
  readonly flags: LazyFlags;
  readonly lanes: LaneSnapshot;
  readonly x87: X87Snapshot | undefined;
}

/** A machine word that never comes back: the way it stands on has left. */
export const LEFT = Symbol("left");

/** Where statements go, and where names come from. */
export interface Output {
  emit(line: string): void;
  /** Runs `body` with its statements collected apart. */
  capture(body: () => void): string[];
  /** The place of the next statement; good for the two below until whoever asked is done. */
  here(): number;
  /** Puts a line before what has been written from a place on. */
  insert(place: number, line: string): void;
  /** Takes back what has been written from a place on. */
  cut(place: number): string[];
  fresh(base: string): string;
  /** Depth of run-time conditions around the current statement. */
  depth: number;
  /** Makes a value repeatable: a constant or a name stays, an expression is put into a new const. */
  atom(v: Value, base: string): Value;
}

const MAX_UNROLL = 64;
/** A condition that means the same later on. */
const STABLE_TEST = /^\(\w+\$\d+ !== 0\)$/;

type Completion = "next" | "left";

/** Writes the statements of `semantic` for `insn`. Throws Unsupported when something has no inline form. */
export function specialise(semantic: Semantic, insn: Instruction, out: Output, intrinsics: Intrinsics): Completion {
  return new Specialiser(sourceOf(semantic), insn, out, intrinsics).run();
}

class Specialiser {
  /** Locals of the function with what they are: hardly ever more than five, for which a list is the fastest. */
  private readonly names: string[] = [];
  private readonly values: Value[] = [];
  private readonly source: SemanticSource;
  private readonly out: Output;
  private readonly intrinsics: Intrinsics;
  private exitLabel: string | undefined;
  /** The function ended with a return that is always reached: execution goes on behind the instruction. */
  private returned = false;

  constructor(source: SemanticSource, insn: Instruction, out: Output, intrinsics: Intrinsics) {
    this.source = source;
    this.out = out;
    this.intrinsics = intrinsics;
    this.bind(source.instruction, { kind: "known", object: insn as unknown as Record<string, unknown> });
  }

  private bind(local: string, value: Value): void {
    const at = this.names.indexOf(local);
    this.values[at < 0 ? this.names.push(local) - 1 : at] = value;
  }

  private known(local: string): Value | undefined {
    return this.values[this.names.indexOf(local)];
  }

  run(): Completion {
    const { out } = this, { body } = this.source;
    const begin = out.here();
    let completion = body.type === "BlockStatement" ? this.statements(body.body) : this.effect(body);
    if (this.returned) completion = "next";
    if (this.exitLabel !== undefined) {
      // ways that returned early meet here
      out.insert(begin, `${this.exitLabel}: {`);
      this.intrinsics.settle();
      out.emit("}");
      this.intrinsics.closed();
      this.met(undefined);
      completion = "next";
    }
    return completion;
  }

  // -- statements --------------------------------------------------------------------------------------------------

  private statements(list: readonly (Statement | Node)[]): Completion {
    for (const s of list) if (this.statement(s as Statement) === "left") return "left";
    return "next";
  }

  private statement(s: Statement): Completion {
    switch (s.type) {
      case "BlockStatement": return this.statements((s as BlockStatement).body);
      case "VariableDeclaration": this.declare(s); return "next";
      case "ExpressionStatement": return this.effect(s.expression);
      case "IfStatement": {
        const test = this.expression(s.test);
        if (test.kind === "constant") return test.value ? this.statement(s.consequent) : s.alternate ? this.statement(s.alternate) : "next";
        return this.branch(text(test), () => this.statement(s.consequent), s.alternate ? () => this.statement(s.alternate as Statement) : undefined);
      }
      case "ReturnStatement":
        if (s.argument) throw new Unsupported("return with a value");
        if (this.out.depth > 0) {
          this.exitLabel ??= this.out.fresh("done");
          this.intrinsics.settle();
          this.out.emit(`break ${this.exitLabel};`);
        } else this.returned = true;
        return "left";
      case "ForStatement": return this.unroll(s);
      case "EmptyStatement": return "next";
      default: throw new Unsupported(s.type);
    }
  }

  private branch(test: string, then: () => Completion, otherwise?: () => Completion): Completion {
    const { out, intrinsics } = this;
    const before = intrinsics.save();
    /** What is known at the end of one way. */
    const follow = (way: (() => Completion) | undefined) => {
      intrinsics.restore(before);
      out.depth++;
      const left = way?.() === "left";
      out.depth--;
      const after = intrinsics.save();
      // flags that nobody looks at need not agree where the ways meet
      return { left, after: left || intrinsics.flagsMatter() ? after : { ...after, flags: before.flags } };
    };
    const show = (lines: readonly string[]) => {
      for (const line of lines) out.emit(line);
    };
    // the first way is written where it is going to stand: behind a jump that is all the rest of a trace
    const begin = out.here();
    const yes = follow(then), middle = out.here(), no = follow(otherwise), others = out.cut(middle);
    if (yes.left || no.left) {
      // one way at most goes on: it stands behind the other, so that its names stay in sight
      const [leaving, going] = yes.left ? [undefined, others] : [others, out.cut(begin)];
      out.insert(begin, yes.left ? `if (${test}) {` : `if (!(${test})) {`);
      if (leaving !== undefined) show(leaving);
      out.emit("}");
      show(going);
      intrinsics.restore(yes.left ? no.after : yes.after);
      return yes.left && no.left ? "left" : "next";
    }
    const [changed, kept] = [yes.after.flags, no.after.flags];
    if (out.here() === begin && others.length === 0 && sameLanes(yes.after.lanes, before.lanes) && sameLanes(no.after.lanes, before.lanes)) {
      // nothing but flags: which they are is asked by those who want them. Not CF and OF beside others (rotates): random sequences found a difference there
      if (changed === before.flags && kept === before.flags) return "next";
      if (kept === before.flags && STABLE_TEST.test(test) && [changed, kept].every(({ co, loop, unless }) => co === "" && loop === undefined && unless === undefined)) {
        intrinsics.restore({ ...before, flags: withUnless(changed, { test, flags: kept }) });
        return "next";
      }
    }
    out.insert(begin, `if (${test}) {`);
    // what either way found out holds in its own scope: both put it into the locals
    const same = [yes, no].every(({ after }) => after.flags === before.flags && sameLanes(after.lanes, before.lanes));
    if (!same) {
      intrinsics.restore(yes.after);
      intrinsics.settle();
      intrinsics.restore(no.after);
      others.push(...out.capture(() => intrinsics.settle()));
    }
    if (others.length > 0) {
      out.emit("} else {");
      show(others);
    }
    out.emit("}");
    if (same) {
      // flags that a way has set for nobody have names in its scope
      intrinsics.restore(no.after);
      return "next";
    }
    const kind = tupleKind(yes.after.flags);
    this.met(kind === tupleKind(no.after.flags) && yes.after.flags.co + no.after.flags.co === "" ? kind : undefined);
    return "next";
  }

  /** Behind a meeting of ways that have settled: the flags are in the locals. */
  private met(kind: number | undefined): void {
    const { intrinsics } = this;
    intrinsics.restore({ ...intrinsics.save(), flags: localFlags(kind, undefined) });
  }

  private declare(d: VariableDeclaration): void {
    for (const { id, init } of d.declarations) {
      const local = identifier(id);
      if (this.source.assigned.has(local)) {
        const variable = this.out.fresh(local);
        this.out.emit(init ? `let ${variable} = ${text(this.expression(init))};` : `let ${variable};`);
        this.bind(local, code(variable));
      } else {
        if (!init) throw new Unsupported("constant without a value");
        this.bind(local, this.out.atom(this.expression(init), local));
      }
    }
  }

  /** `for (let k = A; test; k++)` with a test known now: unrolled. Anything else has no inline form. */
  private unroll(s: ForStatement): Completion {
    const init = s.init;
    if (!init || init.type !== "VariableDeclaration" || init.declarations.length !== 1 || !s.test || !s.update) throw new Unsupported("loop");
    const k = identifier(init.declarations[0].id);
    const start = init.declarations[0].init;
    let v = start ? this.expression(start) : undefined;
    for (let turns = 0; ; turns++) {
      if (v === undefined || v.kind !== "constant") throw new Unsupported("loop");
      this.bind(k, v);
      const test = this.expression(s.test);
      if (test.kind !== "constant" || turns > MAX_UNROLL) throw new Unsupported("loop");
      if (!test.value) return "next";
      if (this.statement(s.body) === "left") return "left";
      v = constant(step(s.update, Number(v.value)));
    }
  }

  /** An expression for its effect. */
  private effect(e: Expression): Completion {
    if (e.type === "CallExpression") {
      const v = this.call(e);
      if (v === "left") return "left";
      if (v !== undefined && v.kind === "code" && !v.stable) this.out.emit(`${v.text};`);
      return "next";
    }
    if (e.type === "AssignmentExpression") {
      const target = this.known(identifier(e.left));
      if (target === undefined || target.kind !== "code") throw new Unsupported("assignment");
      this.out.emit(`${target.text} ${e.operator} ${text(this.expression(e.right))};`);
      return "next";
    }
    if (e.type === "UpdateExpression") {
      this.out.emit(`${text(this.expression(e.argument))}${e.operator};`);
      return "next";
    }
    throw new Unsupported(e.type);
  }

  // -- expressions ---------------------------------------------------------------------------------------------------

  private expression(e: Expression | Node): Value {
    const n = e as Expression;
    switch (n.type) {
      case "Literal":
        if (typeof n.value === "number" || typeof n.value === "boolean") return constant(n.value);
        throw new Unsupported("literal");
      case "Identifier": {
        const v = this.known(n.name);
        if (v === undefined) throw new Unsupported(n.name);
        return v;
      }
      case "ParenthesizedExpression": return this.expression(n.expression);
      case "MemberExpression": {
        const object = this.expression(n.object as Expression);
        if (object.kind !== "known" || n.property.type !== "Identifier") throw new Unsupported("member");
        const v = object.object[n.property.name];
        if (typeof v === "number" || typeof v === "boolean") return constant(v);
        if (typeof v === "object" && v !== null) return { kind: "known", object: v as Record<string, unknown> };
        throw new Unsupported("member");
      }
      case "UnaryExpression": {
        const v = this.expression(n.argument);
        if (v.kind === "constant") return constant(unary(n.operator, v.value));
        return code(`(${n.operator}${text(v)})`);
      }
      case "BinaryExpression": {
        const a = this.expression(n.left), b = this.expression(n.right);
        return binary(n.operator, a, b);
      }
      case "LogicalExpression": return this.logical(n.operator, n.left, n.right);
      case "ConditionalExpression": return this.conditional(n.test, n.consequent, n.alternate);
      case "CallExpression": {
        const v = this.call(n);
        if (v === undefined || v === "left") throw new Unsupported("no value");
        return v;
      }
      default: throw new Unsupported(n.type);
    }
  }

  private logical(operator: string, left: Expression, right: Expression): Value {
    const a = this.expression(left);
    if (a.kind === "constant") return (operator === "&&") === Boolean(a.value) ? this.expression(right) : a;
    const result: { value?: Value } = {};
    const before = this.intrinsics.save();
    const lines = this.out.capture(() => {
      result.value = this.expression(right);
    });
    if (lines.length > 0) this.intrinsics.restore(before);
    const b = result.value as Value;
    if (lines.length === 0) return code(`(${text(a)} ${operator} ${text(b)})`);
    const t = this.out.fresh("t");
    this.out.emit(`let ${t} = ${text(a)};`);
    this.out.emit(`if (${operator === "&&" ? t : `!${t}`}) {`);
    for (const line of lines) this.out.emit(line);
    this.out.emit(`${t} = ${text(b)};`);
    this.out.emit("}");
    return name(t);
  }

  private conditional(test: Expression, yes: Expression, no: Expression): Value {
    const t = this.expression(test);
    if (t.kind === "constant") return this.expression(t.value ? yes : no);
    const values: Value[] = [];
    this.out.depth++;
    const before = this.intrinsics.save();
    const a = this.out.capture(() => values.push(this.expression(yes)));
    this.intrinsics.restore(before);
    const b = this.out.capture(() => values.push(this.expression(no)));
    this.intrinsics.restore(before);
    this.out.depth--;
    if (a.length === 0 && b.length === 0) return code(`(${text(t)} ? ${text(values[0])} : ${text(values[1])})`);
    const v = this.out.fresh("t");
    this.out.emit(`let ${v};`);
    this.out.emit(`if (${text(t)}) {`);
    for (const line of a) this.out.emit(line);
    this.out.emit(`${v} = ${text(values[0])};`);
    this.out.emit("} else {");
    for (const line of b) this.out.emit(line);
    this.out.emit(`${v} = ${text(values[1])};`);
    this.out.emit("}");
    return name(v);
  }

  private call(e: Expression & { type: "CallExpression" }): Value | undefined | "left" {
    const { callee } = e;
    if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") throw new Unsupported("call");
    const method = callee.property.name, { object } = callee;
    const args = e.arguments.map((a) => this.expression(a as Expression));
    if (object.type === "Identifier" && object.name === "Math") return mathCall(method, args);
    if (object.type === "Identifier" && object.name === this.source.machine) {
      const v = this.intrinsics.machine(method, args);
      return method === "jump" || method === "fault" ? "left" : v;
    }
    if (object.type === "MemberExpression" && object.property.type === "Identifier") {
      if (object.property.name === "x87") return this.intrinsics.x87(method, args);
      if (object.property.name === "vec") {
        const v = this.intrinsics.vector(method, args);
        return v === LEFT ? "left" : v;
      }
    }
    throw new Unsupported("call");
  }
}

function identifier(p: Pattern | Node): string {
  const n = p as Pattern;
  if (n.type !== "Identifier") throw new Unsupported(n.type);
  return n.name;
}

function step(update: Expression, k: number): number {
  if (update.type === "UpdateExpression") return update.operator === "++" ? k + 1 : k - 1;
  if (update.type === "AssignmentExpression" && update.right.type === "Literal" && typeof update.right.value === "number") {
    if (update.operator === "+=") return k + update.right.value;
    if (update.operator === "-=") return k - update.right.value;
  }
  throw new Unsupported("loop step");
}

function unary(operator: string, v: number | boolean): number | boolean {
  switch (operator) {
    case "-": return -Number(v);
    case "~": return ~Number(v);
    case "!": return !v;
    case "+": return Number(v);
    default: throw new Unsupported(operator);
  }
}

function mathCall(method: string, args: readonly Value[]): Value {
  if (args.every((a) => a.kind === "constant")) {
    const f = (Math as unknown as Record<string, (...a: number[]) => number>)[method];
    return constant(f(...args.map((a) => (a.kind === "constant" ? Number(a.value) : 0))));
  }
  return code(`Math.${method}(${args.map(text).join(", ")})`);
}

/** Some of the lower bits of a part of a register, whose sign does not matter for them; undefined when the text is something else, or it does. */
export function lowBits(value: string, mask: number): string | undefined {
  const part = PART.exec(value);
  if (part === null || mask < 0) return undefined;
  const [, register, up, down] = part;
  if (up === down) return mask <= (up === "24" ? 255 : 65535) ? `(${register} & ${mask})` : undefined;
  return up === "16" && down === "24" && mask <= 255 ? `(${register} >>> 8 & ${mask})` : undefined;
}
const PART = /^\((r\d) << (24|16) >> (24|16)\)$/;

/** JavaScript's own operators on constants; on code the text, with the identities that keep it short. */
export function binary(operator: string, a: Value, b: Value): Value {
  if (a.kind === "constant" && b.kind === "constant") {
    const x = Number(a.value), y = Number(b.value);
    switch (operator) {
      case "+": return constant(x + y);
      case "-": return constant(x - y);
      case "*": return constant(x * y);
      case "/": return constant(x / y);
      case "%": return constant(x % y);
      case "&": return constant(x & y);
      case "|": return constant(x | y);
      case "^": return constant(x ^ y);
      case "<<": return constant(x << y);
      case ">>": return constant(x >> y);
      case ">>>": return constant(x >>> y);
      case "<": return constant(x < y);
      case "<=": return constant(x <= y);
      case ">": return constant(x > y);
      case ">=": return constant(x >= y);
      case "===": return constant(x === y);
      case "!==": return constant(x !== y);
      default: throw new Unsupported(operator);
    }
  }
  if (operator === "&" && b.kind === "constant" && a.kind === "code" && typeof b.value === "number") {
    const bits = lowBits(a.text, b.value);
    if (bits !== undefined) return code(bits);
  }
  // TEST of a register with itself, XOR and SUB
  if ((operator === "&" || operator === "|") && a.kind === "code" && b.kind === "code" && a.text === b.text && (/^r\d$/.test(a.text) || PART.test(a.text))) return a;
  if ((operator === "^" || operator === "-") && a.kind === "code" && b.kind === "code" && a.text === b.text && /^r\d$/.test(a.text)) return constant(0);
  if (operator === "===" && a === b && a.kind === "code" && a.number === true) return constant(true);
  if (b.kind === "constant" && a.kind === "code" && typeof b.value === "number" && (operator === "+" || operator === "-")) {
    if (b.value === 0) return a;
    const affine = moved(a.affine, operator === "+" ? b.value : -b.value);
    if (b.value < 0) return code(`(${a.text} ${operator === "+" ? "-" : "+"} ${literal(-b.value)})`, affine);
    return code(`(${a.text} ${operator} ${literal(b.value)})`, affine);
  }
  return code(`(${text(a)} ${operator} ${text(b)})`);
}
