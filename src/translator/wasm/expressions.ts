// Expressions, lowered as they are read: operands first, then the operator's instruction. Each tells what it has left on the stack (V).

import { HIDDEN } from "../../runtime/hidden.ts";
import { AT } from "../../runtime/x87/state.ts";
import { Calls } from "./calls.ts";
import { isConstant, type Local } from "./emission.ts";
import { I32, OP } from "./encode.ts";
import { type Kind, typeOf, unsupported, V } from "./kinds.ts";
import { isX87Word } from "./x87.ts";
import { T } from "./tokens.ts";
import { WIDE } from "./wide-words.ts";

const BITWISE: Record<string, number> = { "|": OP.i32Or, "^": OP.i32Xor, "&": OP.i32And, "<<": OP.i32Shl, ">>": OP.i32ShrS, ">>>": OP.i32ShrU };
/** Comparisons: signed, unsigned, of doubles, of singles. */
const COMPARE: Record<string, readonly [number, number, number, number]> = {
  "===": [OP.i32Eq, OP.i32Eq, OP.f64Eq, OP.f32Eq], "!==": [OP.i32Ne, OP.i32Ne, OP.f64Ne, OP.f32Ne], "<": [OP.i32LtS, OP.i32LtU, OP.f64Lt, OP.f32Lt],
  ">": [OP.i32GtS, OP.i32GtU, OP.f64Gt, OP.f32Gt], "<=": [OP.i32LeS, OP.i32LeU, OP.f64Le, OP.f32Le], ">=": [OP.i32GeS, OP.i32GeU, OP.f64Ge, OP.f32Ge],
};
const ARITHMETIC: Record<string, number> = { "+": OP.f64Add, "-": OP.f64Sub, "*": OP.f64Mul, "/": OP.f64Div };
const SINGLES: Record<string, number> = { "+": OP.f32Add, "-": OP.f32Sub, "*": OP.f32Mul, "/": OP.f32Div };
/** Arrays that lie in the hidden area: address, bytes of an element, what is read. */
export const ARRAYS: Record<string, readonly [address: number, size: number, kind: Kind]> = {
  R: [HIDDEN.STATE, 4, V.INT], XI: [HIDDEN.VECTORS, 4, V.INT], XD: [HIDDEN.VECTORS, 8, V.DOUBLE], XF: [HIDDEN.VECTORS, 4, V.SINGLE], XQ: [HIDDEN.VECTORS, 16, V.VECTOR],
  SEL: [HIDDEN.SELECTORS, 4, V.INT],
  // MM registers (mmx.ts), and of the x87 registers that they are: forms, and signs and exponents
  MQ: [HIDDEN.X87 + AT.MM, 16, V.VECTOR], MI: [HIDDEN.X87 + AT.MM, 4, V.INT], MK: [HIDDEN.X87 + AT.KIND, 4, V.INT], MS: [HIDDEN.X87 + AT.SE, 4, V.INT],
};
const GETTERS: Record<string, readonly [op: number, kind: Kind]> = {
  getInt32: [OP.i32Load, V.INT], getInt16: [OP.i32Load16S, V.INT], getInt8: [OP.i32Load8S, V.INT], getUint16: [OP.i32Load16U, V.INT], getUint8: [OP.i32Load8U, V.INT],
  getFloat64: [OP.f64Load, V.DOUBLE], getFloat32: [OP.f32Load, V.SINGLE],
};
const DOUBLE_FUNCTIONS: Record<string, number> = { sqrt: OP.f64Sqrt, abs: OP.f64Abs, floor: OP.f64Floor, ceil: OP.f64Ceil, trunc: OP.f64Trunc };

/** Comparisons of integers that say the contrary. */
const INVERSE: Record<number, number> = {};
for (const [a, b] of [[OP.i32Eq, OP.i32Ne], [OP.i32LtS, OP.i32GeS], [OP.i32LtU, OP.i32GeU], [OP.i32GtS, OP.i32LeS], [OP.i32GtU, OP.i32LeU]]) {
  INVERSE[a] = b;
  INVERSE[b] = a;
}

/** The vector instructions that loads and stores of the vector file are. */
export const LOAD_VECTOR = 0, STORE_VECTOR = 11;

export abstract class Expressions extends Calls {
  /** A word of `Q` (packed.ts). */
  protected abstract vector(): Kind;

  /** An expression with everything but commas. */
  protected expression(): Kind {
    const condition = this.binary(3);
    if (this.peek() !== "?") return condition;
    this.at++;
    this.toTruth(condition);
    const middle = this.behindAtom(this.at), end = middle > 0 && this.tokens.texts[middle] === ":" ? this.behindAtom(middle + 1) : 0;
    if (end > 0 && this.tokens.precedence[end] === 0) return this.choose(condition);
    const { code } = this;
    code.byte(OP.if);
    const type = code.length;
    code.byte(I32);
    this.depth++;
    const { loaded } = this;
    const first = this.expression();
    this.loaded = loaded;
    const firstEnd = code.length;
    const firstLiteral = this.literalEnd === firstEnd ? this.literal : undefined;
    this.expect(":");
    code.byte(OP.else);
    const second = this.expression();
    this.loaded = loaded;
    const secondLiteral = this.literalEnd === code.length ? this.literal : undefined;
    let kind = first;
    if (first !== second) {
      if (first === V.VECTOR || second === V.VECTOR) unsupported("a vector or a number");
      if (first === V.DOUBLE || second === V.DOUBLE || first === V.SINGLE || second === V.SINGLE) {
        this.toDouble(second);
        this.toDouble(first, firstEnd);
        kind = V.DOUBLE;
      } else if (first === V.NEXT || second === V.NEXT) {
        if ((first === V.NEXT ? secondLiteral : firstLiteral) !== 0) unsupported("a function or a number");
        kind = V.NEXT;
      } else if (first === V.TRUTH || second === V.TRUTH) kind = V.TRUTH;
      else if (first === V.UINT || second === V.UINT) kind = ((first === V.UINT ? secondLiteral : firstLiteral) ?? -1) >= 0 ? V.UINT : V.WIDE;
      else kind = first === V.WIDE || second === V.WIDE ? V.WIDE : V.INT;
    }
    code.data[type] = typeOf(kind);
    code.byte(OP.end);
    this.depth--;
    this.literalEnd = -1;
    return kind;
  }

  protected binary(least: number): Kind {
    let left = this.unary();
    for (;;) {
      const precedence = this.tokens.precedence[this.at];
      if (precedence < least) return left;
      left = this.operate(this.take(), left, precedence + 1);
    }
  }

  /** `least` is the precedence that operators to the right must have, one more than that of `op`: it tells what kind of operator that is. */
  protected operate(op: string, left: Kind, least: number): Kind {
    const { code } = this;
    if (op === "&&" || op === "||") {
      this.toTruth(left);
      code.byte(OP.if);
      code.byte(I32);
      this.depth++;
      if (op === "||") {
        this.i32(1);
        code.byte(OP.else);
      }
      const { loaded } = this;
      const right = this.binary(least);
      this.loaded = loaded;
      this.toTruth(right);
      if (op === "&&") {
        code.byte(OP.else);
        this.i32(0);
      }
      code.byte(OP.end);
      this.depth--;
      this.literalEnd = -1;
      return left === V.BOOL && right === V.BOOL ? V.BOOL : V.TRUTH;
    }
    if (least === 9 || least === 10) return this.compare(COMPARE[op], left, least);
    if (least < 12) {
      this.toInt(left);
      const from = code.length;
      const right = this.binary(least);
      this.toInt(right);
      const zero = this.literalEnd === code.length && this.literal === 0 && right === V.INT;
      if (zero && op !== "&") {
        // `| 0`, `>>> 0`: nothing to do but to know what it is
        code.cut(from);
        this.literalEnd = -1;
        return op === ">>>" ? V.UINT : V.INT;
      }
      const shifted = this.literalEnd === code.length && (this.literal & 31) !== 0;
      code.byte(BITWISE[op]);
      return op === ">>>" && !shifted ? V.UINT : V.INT;
    }
    if (op === "%") {
      if (left !== V.INT) unsupported("a remainder");
      const right = this.binary(least);
      if (right !== V.INT || this.literalEnd !== code.length || this.literal <= 0) unsupported("a remainder");
      code.byte(OP.i32RemS);
      return V.INT;
    }
    if (left === V.SINGLE && op === "-" && this.tokens.texts[this.at - 2] === this.peek() && this.tokens.precedence[this.at + 1] === 0) {
      // a number less itself, to see whether it is finite
      this.unary();
      code.byte(OP.f32Sub);
      code.byte(OP.f64PromoteF32);
      return V.DOUBLE;
    }
    if (left === V.DOUBLE || left === V.SINGLE || op === "*" || op === "/") {
      this.toDouble(left);
      this.toDouble(this.binary(least));
      code.byte(ARITHMETIC[op]);
      return V.DOUBLE;
    }
    if (left === V.TRUTH || left === V.NEXT || left === V.VECTOR) unsupported("a sum of truths");
    const middle = code.length;
    const right = this.binary(least);
    if (right === V.DOUBLE || right === V.SINGLE) {
      this.toDouble(right);
      this.toDouble(left, middle);
      code.byte(ARITHMETIC[op]);
      return V.DOUBLE;
    }
    if (right === V.TRUTH || right === V.NEXT || right === V.VECTOR) unsupported("a sum of truths");
    code.byte(op === "+" ? OP.i32Add : OP.i32Sub);
    return V.WIDE;
  }

  protected compare(ops: readonly [number, number, number, number], left: Kind, least: number): Kind {
    const { code } = this;
    const middle = code.length;
    const first = this.literalEnd === middle ? this.literal : -1;
    const right = this.binary(least);
    const second = this.literalEnd === code.length ? this.literal : -1;
    let integers = true;
    const signed = (kind: Kind) => kind === V.INT || kind === V.BOOL;
    if (left === V.NEXT || right === V.NEXT) {
      if (left !== right && (left === V.NEXT ? second : first) !== 0) unsupported("a function compared with a number");
      code.byte(ops[0]);
    } else if (signed(left) && signed(right)) {
      if (second === 0 && ops[0] === OP.i32Eq && this.literalEnd === code.length) {
        code.cut(middle);
        code.byte(OP.i32Eqz);
      } else code.byte(ops[0]);
    } else if (left === V.SINGLE && right === V.SINGLE) {
      code.byte(ops[3]);
      integers = false;
    } else if ((left === V.UINT || first >= 0) && (right === V.UINT || second >= 0) && Math.max(left, right) < V.NEXT && left !== V.WIDE && right !== V.WIDE) code.byte(ops[1]);
    else {
      this.toDouble(right);
      this.toDouble(left, middle);
      code.byte(ops[2]);
      integers = false;
    }
    this.literalEnd = -1;
    this.comparison = integers ? code.length : -1;
    return V.BOOL;
  }

  protected unary(): Kind {
    const { code, tokens } = this;
    const kind = tokens.kinds[this.at];
    if (kind === T.NUMBER) return this.number(tokens.values[this.at++]);
    const word = this.take();
    if (kind === T.WORD) return this.word(word);
    switch (word) {
      case "(": {
        const inner = this.expression();
        this.expect(")");
        return inner;
      }
      case "-": {
        if (tokens.kinds[this.at] === T.NUMBER) return this.number(-tokens.values[this.at++]);
        const from = code.length;
        const inner = this.unary();
        if (inner === V.DOUBLE || inner === V.SINGLE) {
          this.toDouble(inner);
          code.byte(OP.f64Neg);
          return V.DOUBLE;
        }
        if (inner !== V.INT) unsupported("a negative");
        // -0 is 0 for whoever truncates, and nobody else takes it
        code.insert(from, 0);
        code.insert(from, OP.i32Const);
        code.byte(OP.i32Sub);
        return V.WIDE;
      }
      case "+":
        this.convert(this.unary(), V.DOUBLE);
        return V.DOUBLE;
      case "~":
        this.toInt(this.unary());
        this.i32(-1);
        code.byte(OP.i32Xor);
        return V.INT;
      case "!":
        this.toTruth(this.unary());
        return this.negate();
      default: return unsupported(word);
    }
  }

  protected number(v: number): Kind {
    if (Number.isInteger(v) && !Object.is(v, -0) && v >= -(2 ** 31) && v < 2 ** 32) {
      this.i32(v);
      if (v >= 2 ** 31) {
        this.literalEnd = -1;
        return V.UINT;
      }
      return V.INT;
    }
    this.code.byte(OP.f64Const);
    this.code.f64(v);
    return V.DOUBLE;
  }

  protected word(word: string): Kind {
    const { code } = this;
    const local = this.locals.get(word);
    if (local !== undefined) {
      if (this.peek() === "=") {
        this.at++;
        this.convert(this.expression(), local.kind);
        this.local(OP.localTee, local.index);
        this.wrote(word);
        return local.kind;
      }
      if (local.kind === V.NEXT && this.peek() === "(") {
        this.at++;
        this.expect(")");
        return this.callNext(local);
      }
      this.read(word, local);
      if (local.kind === V.NEXT && this.peek() === ".") {
        this.at++;
        this.expect("fn");
        this.access(OP.i32Load, 2, 0);
      }
      return local.kind;
    }
    const array = ARRAYS[word];
    if (array !== undefined) return this.element(array);
    switch (word) {
      case "P":
        this.enclosed("[", "]");
        this.access(OP.i32Load8S, 0, HIDDEN.PERM);
        return V.INT;
      case "H":
        // the lookup table
        return this.wordOf(HIDDEN.LOOKUP);
      case "TABLE":
        this.at--;
        this.functionAt();
        code.byte(OP.callIndirect);
        code.byte(0);
        code.byte(0);
        return V.INT;
      case "V": {
        this.expect(".");
        const [op, kind] = GETTERS[this.take()] ?? unsupported("an access");
        const offset = this.address();
        if (this.accept(",")) this.expect("true");
        this.expect(")");
        this.access(op, 0, offset);
        return kind;
      }
      case "Math": return this.math();
      case "null":
        this.i32(0);
        return V.NEXT;
      case "NEXT":
        this.i32(1);
        return V.NEXT;
      case "true": case "false":
        this.i32(word === "true" ? 1 : 0);
        this.literalEnd = -1;
        return V.BOOL;
      case "LOOKUP":
        // EIP is that address already
        this.enclosed("(", ")");
        code.byte(OP.drop);
        this.i32(1);
        return V.NEXT;
      case "Q": return this.vector();
      case "FL": case "W": case "VF": {
        if (word === "W" && this.wide(this.ahead(1))) return V.INT;
        this.expect(".");
        if (word === "VF" && this.accept("mode")) {
          this.i32(HIDDEN.MODE);
          this.access(OP.f64Load, 3, 0);
          return V.DOUBLE;
        }
        if (word === "VF" && (this.peek() === "least64" || this.peek() === "least32")) {
          const double = this.take() === "least64";
          this.i32(double ? HIDDEN.LEAST : HIDDEN.LEAST + 16);
          this.access(double ? OP.f64Load : OP.f32Load, double ? 3 : 2, 0);
          return double ? V.DOUBLE : V.SINGLE;
        }
        const name = `${word}.${this.take()}`;
        return this.peek() === "(" ? this.invoke(name) : this.call(name, 0);
      }
      case "TRACE": case "OUTSIDE": case "ENTER": case "EXACT": return this.invoke(word);
      case "NaN": case "Infinity":
        code.byte(OP.f64Const);
        code.f64(Number(word));
        return V.DOUBLE;
      default: return isX87Word(word) ? this.wordX87(word) : this.constantWord(word);
    }
  }

  /** A word `c<k>`: a link's function, an element of a table, the link itself; of x87 code what counts its bails, or its other version. */
  protected constantWord(word: string): Kind {
    if (!isConstant(word)) unsupported(word);
    const k = Number(word.slice(1));
    if (this.accept(".")) {
      if (this.accept("bails")) {
        this.i32(this.x87().counter(k));
        this.access(OP.i32Load, 2, 0);
        return V.INT;
      }
      if (this.accept("enter")) {
        this.expect("(");
        this.expect(")");
        this.writeGiven();
        this.local(OP.call, this.x87().other(k));
        return V.NEXT;
      }
      this.expect("fn");
      this.i32(this.around.cell(k));
      this.access(OP.i32Load, 2, 0);
      return V.NEXT;
    }
    if (this.peek() === "[") return this.wordOf(this.around.table(k));
    this.i32(this.around.cell(k));
    return V.NEXT;
  }

  protected element([address, size, kind]: readonly [number, number, Kind]): Kind {
    this.expect("[");
    const index = this.index();
    if (address === HIDDEN.STATE && this.given(index) >= 0) {
      this.stateWord(index);
      return V.INT;
    }
    this.i32(address + size * index);
    if (this.accept("=")) {
      this.convert(this.expression(), kind);
      const local = this.allocate(typeOf(kind));
      this.local(OP.localTee, local);
      this.storeElement(kind);
      this.local(OP.localGet, local);
      this.free[typeOf(kind)].push(local);
      return kind;
    }
    if (kind === V.VECTOR) this.vectorAccess(LOAD_VECTOR, 4);
    else this.access(kind === V.SINGLE ? OP.f32Load : kind === V.DOUBLE ? OP.f64Load : OP.i32Load, kind === V.DOUBLE ? 3 : 2, 0);
    return kind;
  }

  protected storeElement(kind: Kind): void {
    if (kind === V.VECTOR) this.vectorAccess(STORE_VECTOR, 4);
    else this.access(kind === V.SINGLE ? OP.f32Store : kind === V.DOUBLE ? OP.f64Store : OP.i32Store, kind === V.DOUBLE ? 3 : 2, 0);
  }

  /** Loads or stores a vector, or a part of one. */
  protected vectorAccess(op: number, align: number): void {
    this.code.byte(0xfd);
    this.code.u32(op);
    this.code.u32(align);
    this.code.u32(0);
  }

  /** An integer in brackets or parentheses. */
  protected enclosed(open: string, close: string): void {
    this.expect(open);
    this.toInt(this.expression());
    this.expect(close);
  }

  /** `[index]` of a table of words at an address. */
  protected wordOf(table: number): Kind {
    this.enclosed("[", "]");
    this.i32(2);
    this.code.byte(OP.i32Shl);
    this.access(OP.i32Load, 2, table);
    return V.INT;
  }

  /** A literal index and its bracket. */
  protected index(): number {
    if (this.tokens.kinds[this.at] !== T.NUMBER) unsupported("an index that is computed");
    const n = this.tokens.values[this.at++];
    this.expect("]");
    return n;
  }

  /** A guest address behind a bracket; answers what the access is to add to it: to the lowest address of a group (access-groups.ts). */
  protected address(): number {
    this.expect("(");
    if (this.peek().startsWith("gb$") && this.ahead(1) === "+") {
      this.toInt(this.word(this.take()));
      const offset = this.tokens.values[this.at + 1];
      for (const t of ["+", String(offset), ">>>", "0"]) this.expect(t);
      return offset;
    }
    this.toInt(this.expression());
    return 0;
  }

  protected math(): Kind {
    const { code } = this;
    this.expect(".");
    const name = this.take();
    if (name === "max") return this.greater();
    this.expect("(");
    if (name === "imul") {
      this.toInt(this.expression());
      this.expect(",");
      this.toInt(this.expression());
      this.expect(")");
      code.byte(OP.i32Mul);
      return V.INT;
    }
    if (name === "fround") {
      if (!this.roundedSingle(this.tokens.closing[this.at - 1])) this.convert(this.expression(), V.SINGLE);
      this.expect(")");
      return V.SINGLE;
    }
    const inner = this.expression();
    this.expect(")");
    if (name === "clz32") {
      this.toInt(inner);
      code.byte(OP.i32Clz);
      return V.INT;
    }
    this.toDouble(inner);
    code.byte(DOUBLE_FUNCTIONS[name] ?? unsupported(`Math.${name}`));
    return V.DOUBLE;
  }

  /**
   * An operation on singles that is rounded to single is one on singles: doubles have more than twice the digits, so the rounding between does no
   * harm (Figueroa 1995). False when something else stands here.
   */
  protected roundedSingle(end: number): boolean {
    const { texts, closing } = this.tokens;
    let from = this.at, to = end;
    while (texts[from] === "(" && closing[from] === to - 1) {
      from++;
      to--;
    }
    const single = (k: number): Local | undefined => {
      const local = this.locals.get(texts[k]);
      return local?.kind === V.SINGLE ? local : undefined;
    };
    const root = texts[from] === "Math" && texts[from + 2] === "sqrt" && to === from + 6;
    const left = single(root ? from + 4 : from), right = root ? left : single(from + 2), op = root ? OP.f32Sqrt : SINGLES[texts[from + 1]];
    if (left === undefined || right === undefined || op === undefined || (!root && to !== from + 3)) return false;
    this.local(OP.localGet, left.index);
    if (!root) this.local(OP.localGet, right.index);
    this.code.byte(op);
    this.at = end;
    return true;
  }

  /** A pure word of runtime/wide.ts that WebAssembly has an instruction for. */
  protected wide(method: string): boolean {
    const { code } = this;
    const shape = WIDE[method];
    if (shape === undefined) return false;
    this.at += 2;
    this.expect("(");
    for (const [k, op] of shape.operands.entries()) {
      if (k > 0) this.expect(",");
      this.toInt(this.expression());
      for (const b of op) code.byte(b);
    }
    this.expect(")");
    for (const b of shape.end) code.byte(b);
    this.literalEnd = -1;
    return true;
  }

  /** A call by name, with its arguments. */
  protected invoke(name: string): Kind {
    const callee = this.around.named(name) ?? unsupported(name);
    this.expect("(");
    let n = 0;
    while (!this.accept(")")) {
      if (n > 0) this.expect(",");
      if (n >= callee.parameters.length) unsupported(`arguments of ${name}`);
      const kind = this.expression();
      if (callee.parameters[n] === V.INT) this.toInt(kind);
      else this.convert(kind, callee.parameters[n]);
      n++;
    }
    return this.call(name, n);
  }

  protected call(name: string, given: number): Kind {
    const callee = this.around.named(name);
    if (callee === undefined || callee.parameters.length !== given) return unsupported(name);
    this.local(OP.call, callee.index);
    return callee.result ?? V.TRUTH;
  }

  /** Turns the truth value on the stack round. What was compared with 0 is a truth itself, and any number. */
  protected negate(): Kind {
    const { code } = this;
    if (this.comparison !== code.length) {
      code.byte(OP.i32Eqz);
      return V.BOOL;
    }
    const last = code.data[code.length - 1];
    if (last === OP.i32Eqz) code.length--;
    else code.data[code.length - 1] = INVERSE[last];
    this.comparison = -1;
    return last === OP.i32Eqz ? V.TRUTH : V.BOOL;
  }
}
