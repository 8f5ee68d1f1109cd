// x87 registers in JavaScript locals over a whole function: h0, l0 ... h7, l7 are the pairs of the registers, numbered from TOP at the
// entry. Stack moves are renaming at translation time; arithmetic stands inline (x87-kernels.ts); x87-plan.ts says beforehand what
// stands where. All of it holds under conditions that the entry tests once: control word 0x37F, PE already set, the registers that
// are used hold pairs or are empty as planned. Where they fail, another version of the function runs, which calls src/runtime/x87
// for everything, and it takes over for good when too many instructions turn out to need the interpreter.
//
// Nothing else of the x87 state is kept: C1 and the last instruction's pointers are known as texts, and written when the code leaves.
// xt is TOP at the entry, y0 ... y7 the physical numbers of the registers; xc, xp, xo, xd are C1, FIP, FOP and FDP where ways join.

import { type Instruction } from "../decoder/instruction.ts";
import { ADD, DIV, DIVR, MUL, SUB, SUBR } from "../runtime/x87/arith.ts";
import { OPERATION } from "../runtime/x87/inline.ts";
import type { GraphNode } from "./graph.ts";
import { code, constant, literal, name, numberOf, outcomesOf, text, Unsupported, type Value } from "./value.ts";
import * as kernels from "./x87-kernels.ts";
import { type Pair } from "./x87-kernels.ts";
import { afterCalled, ANY_CONTROL, EMPTY, manner, UNKNOWN, VALID, type X87Plan, type X87State } from "./x87-plan.ts";

/** What is known at a point of the code. */
export interface X87Snapshot extends X87State {
  /** Names of the values of registers, where they are constants. */
  readonly values: readonly (Pair | undefined)[];
  /** C1; undefined: in the x87 state. */
  readonly c1: Rounding | undefined;
  /** FIP and FOP; undefined: in xp and xo. */
  readonly last: { readonly fip: number; readonly fop: number } | undefined;
  /** FDP; undefined: in xd. */
  readonly data: string | undefined;
}

/** Where C1 comes from: a number's name (more than 0: set), or an operation and its operands, for whoever asks. */
type Rounding = string | { readonly operation: number; readonly operands: readonly string[] };

export interface X87Output {
  emit(line: string): void;
  fresh(base: string): string;
  atom(v: Value, base: string): Value;
  readonly depth: number;
  readonly insn: Instruction;
  /** Statements that put everything that is known in texts where the interpreter finds it, and leave. */
  leave(): string;
}

/** Stand-ins for code that depends on which registers the whole function uses. */
const STORE = "/*x87 store*/", LOAD = "/*x87 load*/";
/** Instructions that the interpreter may take over, one in this many that were executed here, before the other version takes over. */
const BAIL_RATE = 300;
const PATIENCE = 50;
const MIN_SINGLE = literal(2 ** -126), MIN_DOUBLE = literal(2 ** -900), MAX_DOUBLE = literal(2 ** 1000);
const TRUE = constant(true);

export class X87Locals {
  private now: X87Snapshot;
  private readonly out: X87Output;
  private readonly plan: X87Plan;
  private readonly used = new Set<number>();
  private readonly written = new Set<number>();
  private bails = false;
  /** Name under which the code knows the object that counts its bails, and the cell of the other version. */
  private readonly counter: string;
  private readonly other: string;

  constructor(out: X87Output, plan: X87Plan, counter: string, other: string) {
    this.out = out;
    this.plan = plan;
    this.counter = counter;
    this.other = other;
    this.now = arriving(plan.states[0] as X87State);
    plan.demands.forEach((tag, k) => {
      if (tag !== UNKNOWN) this.used.add(k);
    });
  }

  snapshot(): X87Snapshot {
    return this.now;
  }

  restore(s: X87Snapshot): void {
    this.now = s;
  }

  // -- the frame ------------------------------------------------------------------------------------------------------

  /** Tests and declarations at the start of the function. */
  entry(): string {
    const { used } = this;
    const registers = ascending(used);
    const physical = registers.map((k) => `y${k} = xt + ${k} & 7`);
    const conditions = ["X87.cw !== 895", "(X87.flags & 32) === 0", ...this.tagTests(this.plan.states[0] as X87State)];
    if (this.bails) conditions.push(`${this.counter}.bails > ${BAIL_RATE * PATIENCE}`);
    const locals = registers.map((k) => `h${k} = YH[y${k}], l${k} = YL[y${k}]`);
    return [
      `const ${["xt = X87.top", ...physical].join(", ")};`,
      `if (${conditions.join(" || ")}) return ${this.other}.enter();`,
      `if (${this.counter}.runs < 20) YI.enter(${this.counter});`,
      `let ${[...locals, "xp = X87.fip", "xo = X87.fop", "xd = X87.fdp"].join(", ")};`,
      `let xs = 0, xk = -2, xc = 0.5, x0 = 0.5, x1 = 0.5, x2 = 0.5, x3 = 0.5${this.bails ? ", xb = 0" : ""};`,
    ].join("\n");
  }

  /** Conditions that a state's tags are not those of the register file. */
  private tagTests({ tags }: X87State): string[] {
    const tests: string[] = [];
    const valid = tags.flatMap((t, k) => (t === VALID ? [`YK[y${k}]`] : []));
    if (valid.length > 0) tests.push(`(${valid.join(" | ")}) !== 0`);
    tags.forEach((t, k) => {
      if (t === EMPTY) tests.push(`YK[y${k}] !== 2`);
    });
    return tests;
  }

  /** Behind the function's bails, and its ways out: writes the state back. `work`, for bails: text of the instructions executed so far. */
  tail(work = ""): string {
    const count = this.bails && work !== "" ? ` if (xb !== 0) ${this.counter}.bails = Math.max(0, ${this.counter}.bails + ${BAIL_RATE} - (${work}));` : "";
    return this.place(`${STORE} if (xk === -1) Y1[0] = xc; else if (xk >= 0) YI.defer(X87, xk, x0, x1, x2, x3); YI.leave(X87, xt, xs, xp, xo, xd);${count}`);
  }

  /** The body with stand-ins replaced. */
  place(body: string): string {
    const registers = ascending(this.used);
    const store = ascending(this.written).map((k) => `YH[y${k}] = h${k}; YL[y${k}] = l${k};`).join(" ");
    const load = registers.map((k) => `h${k} = YH[y${k}]; l${k} = YL[y${k}];`).join(" ");
    return body.replaceAll(STORE, store).replaceAll(LOAD, load);
  }

  /** TOP and tags in one number: three bits, and two for each register. */
  private tags(): number {
    return this.now.tags.reduce((bits, t, k) => bits | (t << (3 + 2 * k)), this.now.top);
  }

  /** Statements for a bail: the state to the locals that the tail reads. */
  settling(): string {
    const { c1 } = this.now;
    let rounding = "";
    if (typeof c1 === "string") rounding = `xk = -1; xc = ${c1}; `;
    else if (c1 !== undefined) rounding = `xk = ${c1.operation}; ${c1.operands.map((t, k) => `x${k} = ${t}; `).join("")}`;
    return `xs = ${this.tags()}; ${rounding}${this.joining()}`;
  }

  /** Statements that put C1 into the x87 state. */
  private rounding(): string {
    const { c1 } = this.now;
    if (c1 === undefined) return "";
    if (typeof c1 === "string") return `Y1[0] = ${c1}; `;
    return `Y1[0] = NaN; X87.rounding = ${c1.operation}; ${c1.operands.map((t, k) => `YP[${k}] = ${t}; `).join("")}`;
  }

  private joining(): string {
    const { last, data } = this.now;
    return `${last === undefined ? "" : `xp = ${last.fip}; xo = ${last.fop}; `}${data === undefined ? "" : `xd = ${data}; `}`;
  }

  /** Statements that write the state back, for a way out or a call. */
  writeBack(): string {
    const { last, data } = this.now;
    return `${STORE} ${this.rounding()}YI.leave(X87, xt, ${this.tags()}, ${last === undefined ? "xp, xo" : `${last.fip}, ${last.fop}`}, ${data ?? "xd"}); `;
  }

  /** Before an edge to a node where ways join. */
  settle(): void {
    const line = this.rounding() + this.joining();
    if (line !== "") this.out.emit(line);
    this.now = { ...this.now, c1: undefined, last: undefined, data: undefined };
  }

  /** At the start of such a node. */
  arrive(to: GraphNode): void {
    this.now = arriving(this.plan.states[to.index] ?? this.now);
  }

  accepts(from: GraphNode, to: GraphNode): boolean {
    return this.plan.accepts(from, to);
  }

  /** Whether the state here is the one that the node was planned for; if not, the jump leaves the function. */
  agrees(to: GraphNode): boolean {
    const planned = this.plan.states[to.index];
    if (planned === undefined || planned.top !== this.now.top || planned.tags.some((t, k) => t !== this.now.tags[k])) return false;
    return (planned.doubles & ~this.now.doubles) === 0 && (this.now.control || !planned.control);
  }

  /** The state behind a guest call, which is tested: `leave` is the way out when it is another. False when nothing is known. */
  returned(node: GraphNode, leave: string): boolean {
    const s = this.plan.afterCalls.get(node);
    if (s === undefined) return false;
    this.reload(s, leave);
    return true;
  }

  /** Behind a call of the instruction's semantic function; false when the code cannot go on in locals. */
  called(insn: Instruction, leave: string): boolean {
    if (manner(insn) !== "call") return false;
    this.reload(afterCalled(this.now, insn), leave);
    return true;
  }

  private reload(s: X87State, leave: string): void {
    s.tags.forEach((t, k) => {
      if (t !== UNKNOWN) this.used.add(k);
    });
    const tests = [`X87.top !== (xt + ${s.top} & 7)`, "X87.cw !== 895", "(X87.flags & 32) === 0", ...this.tagTests(s)];
    this.out.emit(`if (${tests.join(" || ")}) { ${leave} }`);
    this.out.emit(`${LOAD} xp = X87.fip; xo = X87.fop; xd = X87.fdp;`);
    this.now = arriving(s);
  }

  // -- registers -------------------------------------------------------------------------------------------------------

  private st(i: number): number {
    return (this.now.top + i) & 7;
  }

  private bail(): string {
    this.bails = true;
    return `{ xb = 1; ${this.out.leave()} }`;
  }

  /** The value of ST(i), in constants. */
  private read(i: number): Pair {
    const k = this.st(i);
    if (this.now.tags[k] !== VALID) throw new Unsupported("an x87 register that is not known");
    const known = this.now.values[k];
    if (known !== undefined) return known;
    this.used.add(k);
    const double = (this.now.doubles & (1 << k)) !== 0;
    const h = this.out.fresh("h"), l = this.out.fresh("l");
    this.out.emit(double ? `const ${h} = h${k};` : `const ${h} = h${k}, ${l} = l${k};`);
    const value = { h, l: double ? "0" : l };
    const values = [...this.now.values];
    values[k] = value;
    this.now = { ...this.now, values };
    return value;
  }

  private write(i: number, value: Pair): void {
    const k = this.st(i);
    if (this.now.values[k] === value) return;
    this.used.add(k);
    this.written.add(k);
    this.out.emit(`h${k} = ${value.h}; l${k} = ${value.l};`);
    const values = [...this.now.values], tags = [...this.now.tags];
    values[k] = value;
    tags[k] = VALID;
    const bit = 1 << k;
    this.now = { ...this.now, values, tags, doubles: kernels.isDouble(value) ? this.now.doubles | bit : this.now.doubles & ~bit };
  }

  private checkRoom(): void {
    if (this.now.tags[this.st(7)] !== EMPTY) throw new Unsupported("x87 stack overflow");
  }

  private push(value: Pair): void {
    this.checkRoom();
    this.now = { ...this.now, top: this.st(7), c1: "0" };
    this.write(0, value);
  }

  private pop(): void {
    const k = this.now.top;
    const tags = [...this.now.tags], values = [...this.now.values];
    tags[k] = EMPTY;
    values[k] = undefined;
    this.written.add(k);
    this.used.add(k);
    this.now = { ...this.now, tags, values, top: this.st(1) };
  }

  private c1(c1: Rounding): void {
    this.now = { ...this.now, c1 };
  }

  /** C1 as the operation on these operands rounds. */
  private rounds(operation: number, ...operands: string[]): void {
    this.c1({ operation, operands });
  }

  // -- operations --------------------------------------------------------------------------------------------------------

  /** Statements for an operation whose inline form does not apply: result to h and l. */
  private slow(operation: number, a: Pair, b: Pair | undefined, least: string): (h: string, l: string) => string {
    const operands = [a.h, a.l, b?.h ?? "0", b?.l ?? "0", least].join(", ");
    const bail = this.bail();
    return (h, l) => `{ if (YI.slow(${operation}, X87, ${operands})) ${bail} ${h} = YT[0]; ${l} = YT[1]; }`;
  }

  /** destination = first operation second, in the sense of the operation numbers. `memory`: least normal number of second's format. */
  private arithmetic(operation: number, destination: number, first: Pair, second: Pair, memory?: string): void {
    const { out } = this;
    const reversed = operation === SUBR || operation === DIVR;
    const [a, b] = reversed ? [second, first] : [first, second];
    if (operation === ADD && a === b) {
      // twice a number is exact
      const large = out.fresh("h");
      out.emit(`const ${large} = ${a.h} + ${a.h}; if (!(Math.abs(${large}) < ${MAX_DOUBLE})) ${this.bail()}`);
      this.write(destination, { h: large, l: kernels.isDouble(a) ? "0" : `(${a.l} + ${a.l})` });
      this.pin(destination);
      this.c1("0");
      return;
    }
    const sum = operation === ADD || operation === SUB || operation === SUBR;
    const operand = memory === undefined || memory === "0" ? [] : sum && memory === MIN_DOUBLE ? [] : [`Math.abs(${second.h}) >= ${memory}`];
    const context = { operand, memory: memory !== undefined && memory !== "0", slow: this.slow(operation, first, second, memory ?? "0")};
    const result =
      operation === MUL ? kernels.product(out, a, b, context)
      : operation === DIV || operation === DIVR ? kernels.quotient(out, a, b, context)
      : kernels.addition(out, a, b, operation === ADD ? "+" : "-", context);
    this.write(destination, result);
    this.rounds(operation, first.h, first.l, second.h, second.l);
  }

  /** Makes constants of a register's value. */
  private pin(i: number): void {
    const k = this.st(i);
    const values = [...this.now.values];
    values[k] = undefined;
    this.now = { ...this.now, values };
    this.read(i);
  }

  /** An operation that is always called; condition codes go to the state. */
  private called1(operation: number, second: boolean): void {
    const a = this.read(0);
    const b = second ? this.read(1) : undefined;
    const h = this.out.fresh("h"), l = this.out.fresh("l"), c = this.out.fresh("c");
    this.out.emit(`let ${h} = 0.5, ${l} = 0.5; ${this.slow(operation, a, b, "0")(h, l)} const ${c} = YT[2];`);
    const pops = operation === OPERATION.YL2X || operation === OPERATION.YL2XP1 || operation === OPERATION.ATAN;
    if (pops) this.pop();
    this.write(0, { h, l });
    this.c1(c);
  }

  private compare(a: Pair, b: Pair): void {
    const codes = `${kernels.order("<", a, b)} ? 256 : ${kernels.order("===", a, b)} ? 16384 : 0`;
    this.out.emit(`X87.cc = ${codes};`);
    this.c1("0");
  }

  /** A memory operand as a pair for comparing; what is not normal, finite or zero leaves. */
  private comparable(x: Value, normal: string): Pair {
    const h = this.atom(x);
    if (normal !== "0") this.out.emit(`if (!(Math.abs(${h}) >= ${normal} && Math.abs(${h}) < Infinity) && ${h} !== 0) ${this.bail()}`);
    return { h, l: "0" };
  }

  private atom(v: Value): string {
    const t = text(this.out.atom(v, "v"));
    if (v.kind !== "constant") return t;
    const n = this.out.fresh("v");
    this.out.emit(`const ${n} = ${t};`);
    return n;
  }

  /** An integer as a double from here on: WebAssembly has no sum of two integers that is one. */
  private integer(v: Value): string {
    const n = this.out.fresh("v");
    this.out.emit(`const ${n} = +${this.atom(v)};`);
    return n;
  }

  private load(x: Value, least: string): void {
    const h = this.atom(x);
    this.checkRoom();
    this.out.emit(`if (!(Math.abs(${h}) >= ${least} && Math.abs(${h}) < ${MAX_DOUBLE}) && ${h} !== 0) ${this.bail()}`);
    this.push({ h, l: "0" });
  }

  private toInteger(limit: number, truncate: boolean): Value {
    const p = this.read(0);
    const n = kernels.integer(this.out, p, truncate ? "truncate" : this.now.control ? "nearest" : "dynamic", limit, this.bail());
    this.rounds(OPERATION.NARROW, p.h, p.l, n);
    return name(n);
  }

  private integerResult(limit: number, truncate: boolean): Value {
    const n = this.toInteger(limit, truncate);
    const i = this.out.fresh("i");
    this.out.emit(`const ${i} = ${text(n)} | 0;`);
    return name(i);
  }

  /** Words of a result that is no number. */
  private words: readonly string[] = [];

  private condition(v: Value): string {
    return v.kind === "constant" ? String(Boolean(v.value)) : text(v);
  }

  /** A method of the x87 in locals. */
  method(method: string, args: readonly Value[]): Value | undefined {
    const { out } = this;
    if (out.depth > 0) throw new Unsupported("x87 under a condition");
    const num = (k: number): number => {
      const v = args[k];
      if (v.kind !== "constant") throw new Unsupported("a number is due at translation time");
      return Number(v.value);
    };
    switch (method) {
      case "pendingException":
        if (!this.now.control) {
          const any = ANY_CONTROL.has(out.insn.row.mnemonic);
          out.emit(any ? `if ((X87.cw & 63) !== 63) ${this.bail()}` : `if (X87.cw !== 895) ${this.bail()}`);
          if (!any) this.now = { ...this.now, control: true };
        }
        return constant(false);
      case "delivered": return constant(1);
      case "note": this.now = { ...this.now, last: { fip: num(0), fop: ((num(1) & 7) << 8) | num(2) } }; return undefined;
      case "noteData": this.now = { ...this.now, data: text(args[0].kind === "constant" ? args[0] : out.atom(args[0], "a")) }; return undefined;
      case "loadF64": return this.load(args[0], MIN_DOUBLE), undefined;
      case "loadF32": return this.load(args[0], MIN_SINGLE), undefined;
      case "loadInt": return this.push({ h: this.integer(args[0]), l: "0" }), undefined;
      case "loadInt64": {
        const low = this.atom(args[0]), high = this.atom(args[1]);
        const a = out.fresh("a"), b = out.fresh("b"), h = out.fresh("h"), l = out.fresh("l");
        out.emit(`const ${a} = ${high} * 4294967296, ${b} = ${low} >>> 0, ${h} = ${a} + ${b}, ${l} = ${b} - (${h} - ${a});`);
        this.push({ h, l });
        return undefined;
      }
      case "loadF80": {
        this.checkRoom();
        out.emit(`if (YI.fromExtended(${args.map(text).join(", ")})) ${this.bail()}`);
        const h = out.fresh("h"), l = out.fresh("l");
        out.emit(`const ${h} = YT[0], ${l} = YT[1];`);
        this.push({ h, l });
        return undefined;
      }
      case "loadConst": this.push(kernels.CONSTANTS[num(0)]); return undefined;
      case "loadSt": {
        const value = this.read(num(0));
        this.push(value);
        return undefined;
      }
      case "storeSt": {
        const value = this.read(0);
        this.write(num(0), value);
        this.c1("0");
        return TRUE;
      }
      case "storeF64": {
        const { h, l } = this.read(0);
        if (l === "0") this.c1("0");
        else this.rounds(OPERATION.NARROW, h, l, h);
        return numberOf(name(h));
      }
      case "storeF32": {
        const { h, l } = this.read(0);
        const x = out.fresh("x");
        const exact = l === "0" ? "" : ` && (${l} === 0 || ${x} === ${h} || Math.fround(2 * ${h} - ${x}) !== 2 * ${h} - ${x})`;
        out.emit(`let ${x} = Math.fround(${h});`);
        const normal = `Math.abs(${h}) >= ${MIN_SINGLE} && Math.abs(${h}) < ${literal(2 ** 127)}`;
        out.emit(`if (!(${normal}${exact}) && ${h} !== 0) { YT[0] = ${h}; YT[1] = ${l}; if (YI.toSingle()) ${this.bail()} ${x} = YT[0]; }`);
        this.rounds(OPERATION.NARROW, h, l, x);
        return numberOf(name(x));
      }
      case "toInt16": return this.integerResult(32767, false);
      case "toInt32": return this.integerResult(2147483647, false);
      case "truncInt16": return this.integerResult(32767, true);
      case "truncInt32": return this.integerResult(2147483647, true);
      case "toInt64": case "truncInt64": {
        const n = text(this.toInteger(2 ** 51, method === "truncInt64"));
        const low = out.fresh("i"), high = out.fresh("i");
        out.emit(`const ${low} = ${n} | 0, ${high} = Math.floor(${n} / 4294967296) | 0;`);
        this.words = [low, high];
        return undefined;
      }
      case "storeF80": {
        const { h, l } = this.read(0);
        const w = [out.fresh("i"), out.fresh("i"), out.fresh("i")];
        out.emit(`YT[0] = ${h}; YT[1] = ${l}; YI.toExtended(); const ${w.map((n, k) => `${n} = YO[${k}]`).join(", ")};`);
        this.words = w;
        this.c1("0");
        return undefined;
      }
      case "outWord": return name(this.words[num(0)]);
      case "pop": return this.pop(), undefined;
      case "exchange": {
        const i = num(0);
        const a = this.read(0), b = this.read(i);
        this.write(0, b);
        this.write(i, a);
        this.c1("0");
        return TRUE;
      }
      case "cmov": {
        const a = this.read(0), b = this.read(num(0));
        const t = out.fresh("t"), h = out.fresh("h"), l = out.fresh("l");
        out.emit(`const ${t} = ${this.condition(args[1])}, ${h} = ${t} ? ${b.h} : ${a.h}, ${l} = ${t} ? ${b.l} : ${a.l};`);
        this.write(0, { h, l: kernels.isDouble(a) && kernels.isDouble(b) ? "0" : l });
        return TRUE;
      }
      case "free": {
        const k = this.st(num(0));
        if (this.now.tags[k] !== VALID) throw new Unsupported("FFREE");
        const tags = [...this.now.tags], values = [...this.now.values];
        tags[k] = EMPTY;
        values[k] = undefined;
        this.used.add(k);
        this.written.add(k);
        this.now = { ...this.now, tags, values, c1: "0" };
        return undefined;
      }
      case "incTop": case "decTop": this.now = { ...this.now, top: this.st(method === "incTop" ? 1 : 7), c1: "0" }; return undefined;
      case "getControlWord": return code("X87.cw");
      case "getStatusWord": {
        if (!this.now.control) out.emit(`if ((X87.cw & 63) !== 63) ${this.bail()}`);
        const v = out.fresh("v");
        const status = `X87.flags | X87.cc | (xt + ${this.now.top} & 7) << 11`;
        if (this.now.c1 === "0") out.emit(`const ${v} = ${status};`);
        else {
          out.emit(this.rounding());
          this.now = { ...this.now, c1: undefined };
          out.emit(`const ${v} = ${status} | YI.status(X87) & 512;`);
        }
        return name(v);
      }
      case "setControlWord":
        out.emit(`X87.setControlWord(${text(args[0])});`);
        this.now = { ...this.now, control: false };
        return undefined;
      case "arithF64": return this.arithmetic(num(0), 0, this.read(0), { h: this.atom(args[1]), l: "0" }, MIN_DOUBLE), TRUE;
      case "arithF32": return this.arithmetic(num(0), 0, this.read(0), { h: this.atom(args[1]), l: "0" }, MIN_SINGLE), TRUE;
      case "arithInt": return this.arithmetic(num(0), 0, this.read(0), { h: this.integer(args[1]), l: "0" }, "0"), TRUE;
      case "add": case "mul": case "sub": case "subr": case "div": case "divr": {
        const [d, s] = [num(0), num(1)];
        const a = this.read(d);
        this.arithmetic(OPERATIONS[method], d, a, this.read(s));
        return TRUE;
      }
      case "arithPop": {
        const d = num(1);
        const a = this.read(d);
        this.arithmetic(num(0), d, a, this.read(0));
        this.pop();
        return TRUE;
      }
      case "compare": {
        const a = this.read(0);
        this.compare(a, this.read(num(0)));
        return TRUE;
      }
      case "compareF64": return this.compare(this.read(0), this.comparable(args[0], literal(2 ** -1022))), TRUE;
      case "compareF32": return this.compare(this.read(0), this.comparable(args[0], MIN_SINGLE)), TRUE;
      case "compareInt": return this.compare(this.read(0), this.comparable(args[0], "0")), TRUE;
      case "tst": return this.compare(this.read(0), { h: "0", l: "0" }), TRUE;
      case "compareFlags": {
        const a = this.read(0), b = this.read(num(0));
        const less = kernels.order("<", a, b), equal = kernels.order("===", a, b), greater = kernels.order(">", a, b);
        return outcomesOf(`(${less} ? 1 : ${equal} ? 64 : 0)`, { less, equal, greater });
      }
      case "chs": case "abs": {
        const { h, l } = this.read(0);
        const x = out.fresh("h"), y = out.fresh("l");
        if (method === "chs") out.emit(`const ${x} = -${h}, ${y} = -${l};`);
        else out.emit(`const ${x} = Math.abs(${h}), ${y} = ${h} < 0 ? -${l} : ${l};`);
        this.write(0, { h: x, l: l === "0" ? "0" : y });
        this.c1("0");
        return TRUE;
      }
      case "sqrt": {
        const a = this.read(0);
        this.write(0, kernels.root(out, a, { operand: [], memory: false, slow: this.slow(OPERATION.SQRT, a, undefined, "0") }));
        this.rounds(OPERATION.SQRT, a.h, a.l, "0", "0");
        return TRUE;
      }
      case "rndint": return this.called1(OPERATION.ROUND, false), TRUE;
      case "scale": return this.called1(OPERATION.SCALE, true), TRUE;
      case "prem": return this.called1(OPERATION.PREM, true), TRUE;
      case "prem1": return this.called1(OPERATION.PREM1, true), TRUE;
      case "f2xm1": return this.called1(OPERATION.F2XM1, false), TRUE;
      case "fyl2x": return this.called1(OPERATION.YL2X, true), TRUE;
      case "fyl2xp1": return this.called1(OPERATION.YL2XP1, true), TRUE;
      case "fpatan": return this.called1(OPERATION.ATAN, true), TRUE;
      case "fsin": return this.called1(OPERATION.SIN, false), TRUE;
      case "fcos": return this.called1(OPERATION.COS, false), TRUE;
      default: throw new Unsupported(method);
    }
  }
}

const OPERATIONS: Readonly<Record<string, number>> = { add: ADD, mul: MUL, sub: SUB, subr: SUBR, div: DIV, divr: DIVR };

/** A planned state where ways have joined: nothing is known in texts. */
function arriving(s: X87State): X87Snapshot {
  return { top: s.top, tags: s.tags, doubles: s.doubles, control: s.control, values: new Array<undefined>(8).fill(undefined), c1: undefined, last: undefined, data: undefined };
}

const ascending = (registers: ReadonlySet<number>): number[] => [...registers].sort((a, b) => a - b);
