// The part of the demangler below names: the cursor over the text, substitutions, types, template arguments and expressions.
// Names and encodings, which types may contain, are in demangle.ts.

import { BINARY, BUILTINS, CALLS, MORE_BUILTINS, OPERATORS, STANDARD, UNARY } from "./demangle-tables.ts";
import { applied, plain, pointer, qualified, show, spaced } from "./demangle-text.ts";
import type { Piece } from "./demangle-text.ts";

export class Unknown extends Error {}

export const MAX_DEPTH = 200;

export abstract class Types {
  protected readonly text: string;
  protected at = 0;
  protected depth = 0;
  protected substitutions: Piece[] = [];
  protected arguments: readonly Piece[] = [];
  protected packIndex = -1;
  protected sawPack = 0;
  /** Facts about the name last parsed: whether it ends in template arguments, and whether it is one without a return type. */
  protected endsInArguments = false;
  protected noReturn = false;
  /** Qualifiers of a member function. */
  protected qualifiers = "";
  protected lambdas = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected abstract encoding(top: boolean): string;
  protected abstract name(): string;
  protected abstract unqualified(last: string): string;
  protected abstract tagged(name: string): string;

  protected peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  protected take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  protected expect(text: string): void {
    if (!this.take(text)) throw new Unknown();
  }

  protected number(): number {
    const match = /^n?\d+/.exec(this.text.slice(this.at, this.at + 12));
    if (!match) throw new Unknown();
    this.at += match[0].length;
    return Number(match[0].replace("n", "-"));
  }

  /** `_` is 0, `0_` is 1 ...; base 36 for substitutions, 10 elsewhere. */
  protected sequence(base: 10 | 36): number {
    const match = (base === 36 ? /^([0-9A-Z]*)_/ : /^(\d*)_/).exec(this.text.slice(this.at, this.at + 12));
    if (!match) throw new Unknown();
    this.at += match[0].length;
    return match[1] === "" ? 0 : Number.parseInt(match[1], base) + 1;
  }

  protected source(): string {
    const length = this.number();
    if (length <= 0 || this.at + length > this.text.length) throw new Unknown();
    const name = this.text.slice(this.at, this.at + length);
    this.at += length;
    return /^_GLOBAL_[._$]N/.test(name) ? "(anonymous namespace)" : name;
  }

  protected cvQualifiers(): string {
    let text = "";
    if (this.take("r")) text = " restrict";
    if (this.take("V")) text = ` volatile${text}`;
    if (this.take("K")) text = ` const${text}`;
    return text;
  }

  protected parameters(): string {
    const list: string[] = [];
    while (this.at < this.text.length && this.peek() !== "E" && this.peek() !== "." && !/^[RO]E/.test(this.peek(2))) {
      const parameter = show(this.type());
      if (parameter !== "") list.push(parameter);
    }
    return list.length === 1 && list[0] === "void" ? "" : list.join(", ");
  }

  protected substitution(prefix: boolean): Piece {
    this.expect("S");
    const c = this.peek();
    if (c === "_" || (c >= "0" && c <= "9") || (c >= "A" && c <= "Z")) {
      const index = this.sequence(36);
      if (index >= this.substitutions.length) throw new Unknown();
      return this.substitutions[index];
    }
    const standard = STANDARD[c];
    if (standard === undefined) throw new Unknown();
    this.at++;
    const [short, full] = standard;
    const name = prefix && /[CD]/.test(this.peek()) ? full : short;
    if (this.peek() === "B") {
      const tagged = plain(this.tagged(name));
      this.substitutions.push(tagged);
      return tagged;
    }
    return plain(name);
  }

  // -- template arguments ------------------------------------------------------------------------------------------------------------

  protected templateArguments(): Piece[] {
    this.expect("I");
    const list: Piece[] = [];
    while (!this.take("E")) {
      if (this.at >= this.text.length) throw new Unknown();
      list.push(this.templateArgument());
    }
    return list;
  }

  protected templateArgument(): Piece {
    if (this.take("J") || this.take("I")) {
      const pack: Piece[] = [];
      while (!this.take("E")) {
        if (this.at >= this.text.length) throw new Unknown();
        pack.push(this.templateArgument());
      }
      return { left: "", right: "", pack };
    }
    if (this.peek() === "L") return plain(this.literal());
    if (this.take("X")) {
      const text = this.expression();
      this.expect("E");
      return plain(text);
    }
    return this.type();
  }

  protected parameter(): Piece {
    this.expect("T");
    const index = this.sequence(10);
    if (this.lambdas > 0 && index >= this.arguments.length) return plain(`auto:${index + 1}`);
    const argument = this.arguments[index];
    if (argument === undefined) throw new Unknown();
    if (argument.pack && this.packIndex >= 0) {
      this.sawPack = Math.max(this.sawPack, argument.pack.length);
      return argument.pack[this.packIndex] ?? plain("");
    }
    return argument;
  }

  protected literal(): string {
    this.expect("L");
    if (this.take("_Z")) {
      const text = this.encoding(true);
      this.expect("E");
      return text;
    }
    const kind = this.peek();
    const type = show(this.type());
    const end = this.text.indexOf("E", this.at);
    if (end < 0) throw new Unknown();
    const digits = this.text.slice(this.at, end).replace(/^n/, "-");
    this.at = end + 1;
    if (kind === "b" && (digits === "0" || digits === "1")) return digits === "1" ? "true" : "false";
    if (digits === "" && type === "decltype(nullptr)") return "nullptr";
    if (!/^-?\d+$/.test(digits)) return `(${type})[${digits}]`;
    const suffix = { i: "", j: "u", l: "l", m: "ul", x: "ll", y: "ull" }[kind];
    return suffix === undefined ? `(${type})${digits}` : digits + suffix;
  }

  protected expression(): string {
    if (++this.depth > MAX_DEPTH) throw new Unknown();
    const text = this.expressionInside();
    this.depth--;
    return text;
  }

  protected expressionInside(): string {
    const c = this.peek(), code = this.peek(2);
    if (c === "L") return this.literal();
    if (c === "T") return show(this.parameter());
    if (code === "fp" || code === "fL") {
      this.at += 2;
      if (code === "fL") {
        this.number();
        this.expect("p");
      }
      this.cvQualifiers();
      return this.take("T") ? "this" : `{parm#${this.sequence(10) + 1}}`;
    }
    if (code === "sr") {
      this.at += 2;
      const levels = this.unresolvedLevels();
      const scope = levels ?? show(this.type());
      const name = this.unqualified("");
      return `${scope}::${this.peek() === "I" ? applied(name, this.templateArguments()) : name}`;
    }
    if (code === "cl") {
      this.at += 2;
      const callee = this.expression();
      const list: string[] = [];
      while (!this.take("E")) list.push(this.expression());
      return `${/^[\w:~]+(<.*>)?$/.test(callee) ? callee : `(${callee})`}(${list.join(", ")})`;
    }
    if (code === "sZ" || code === "sP") {
      this.at += 2;
      const inner = this.peek() === "T" ? this.parameter() : plain(this.expression());
      return inner.pack ? String(inner.pack.length) : `sizeof...(${show(inner)})`;
    }
    if (code === "cv") {
      this.at += 2;
      const type = show(this.type());
      return `(${type})(${this.expression()})`;
    }
    if (CALLS[code] !== undefined) {
      this.at += 2;
      const inner = /[tT]$/.test(code) && code !== "at" ? show(this.type()) : code === "at" ? show(this.type()) : this.expression();
      return `${CALLS[code]} (${inner})`;
    }
    if (code === "dt" || code === "pt") {
      this.at += 2;
      const object = this.expression();
      const member = /\d/.test(this.peek()) ? this.source() : this.expression();
      return `${object}${code === "dt" ? "." : "->"}${member}`;
    }
    if (code === "qu") {
      this.at += 2;
      const [a, b, d] = [this.expression(), this.expression(), this.expression()];
      return `(${a})?(${b}) : (${d})`;
    }
    if (BINARY.has(code)) {
      this.at += 2;
      const a = this.expression(), b = this.expression();
      const text = code === "ix" ? `(${a})[${b}]` : `(${a})${OPERATORS[code]}(${b})`;
      return code === "gt" ? `(${text})` : text;
    }
    if (UNARY.has(code)) {
      this.at += 2;
      return `${OPERATORS[code]}(${this.expression()})`;
    }
    if (c >= "0" && c <= "9") {
      const name = this.source();
      return this.peek() === "I" ? applied(name, this.templateArguments()) : name;
    }
    throw new Unknown();
  }

  /** `3std9is_signedIT_EE` in front of a name: parts that make no substitutions; undefined (and nothing read) when it is a type. */
  protected unresolvedLevels(): string | undefined {
    if (!/\d/.test(this.peek())) return undefined;
    const { at, substitutions } = this;
    this.substitutions = [...substitutions];
    const levels: string[] = [];
    while (/\d/.test(this.peek())) {
      const part = this.source();
      levels.push(this.peek() === "I" ? applied(part, this.templateArguments()) : part);
    }
    if (this.take("E") && /\d/.test(this.peek())) return levels.join("::");
    this.at = at;
    this.substitutions = substitutions;
    return undefined;
  }

  // -- types -----------------------------------------------------------------------------------------------------------------------------

  protected type(): Piece {
    if (++this.depth > MAX_DEPTH) throw new Unknown();
    const piece = this.typeInside();
    this.depth--;
    return piece;
  }

  protected typeInside(): Piece {
    const c = this.peek();
    const builtin = BUILTINS[c];
    if (builtin !== undefined) {
      this.at++;
      return plain(builtin);
    }
    let piece: Piece;
    switch (c) {
      case "r": case "V": case "K": {
        const qualifiers = this.cvQualifiers();
        if (this.peek() === "F") piece = this.functionType(qualifiers);
        else {
          const inner = this.type();
          piece = inner.pack ? inner : qualified(inner, qualifiers);
        }
        break;
      }
      case "P": this.at++; piece = pointer(this.type(), "*"); break;
      case "R": this.at++; piece = pointer(this.type(), "&"); break;
      case "O": this.at++; piece = pointer(this.type(), "&&"); break;
      case "C": this.at++; piece = qualified(this.type(), " _Complex"); break;
      case "F": piece = this.functionType(""); break;
      case "A": piece = this.arrayType(); break;
      case "M": {
        this.at++;
        const owner = show(this.type());
        const member = this.type();
        piece = member.wraps === "function" ? { left: `${member.left}(${owner}::*`, right: `)${member.right}` } : plain(`${show(member)} ${owner}::*`);
        break;
      }
      case "T": {
        piece = this.parameter();
        if (this.peek() === "I") {
          this.substitutions.push(piece);
          piece = plain(applied(show(piece), this.templateArguments()));
        }
        break;
      }
      case "S": {
        if (this.peek(2) === "St") return this.classType();
        const found = this.substitution(false);
        if (this.peek() !== "I") return found;
        piece = plain(applied(show(found), this.templateArguments()));
        break;
      }
      case "u": this.at++; return plain(this.source());
      case "U": {
        this.at++;
        const vendor = this.source();
        piece = qualified(this.type(), ` ${vendor}`);
        break;
      }
      case "D": return this.dType();
      default: return this.classType();
    }
    this.substitutions.push(piece);
    return piece;
  }

  protected classType(): Piece {
    const { arguments: outer, endsInArguments, noReturn, qualifiers } = this;
    const piece = plain(this.name());
    Object.assign(this, { arguments: outer, endsInArguments, noReturn, qualifiers });
    this.substitutions.push(piece);
    return piece;
  }

  protected dType(): Piece {
    const code = this.peek(2);
    const builtin = MORE_BUILTINS[code];
    if (builtin !== undefined) {
      this.at += 2;
      return plain(builtin);
    }
    if (code === "Dp") return this.packExpansion();
    if (code === "Dt" || code === "DT") {
      this.at += 2;
      const text = this.expression();
      this.expect("E");
      const piece = plain(`decltype (${text})`);
      this.substitutions.push(piece);
      return piece;
    }
    if (code === "Do" || code === "Dx") {
      const piece = this.functionType("");
      this.substitutions.push(piece);
      return piece;
    }
    if (code === "Dv") {
      this.at += 2;
      const count = this.number();
      this.expect("_");
      const piece = plain(`${show(this.type())} __vector(${count})`);
      this.substitutions.push(piece);
      return piece;
    }
    throw new Unknown();
  }

  protected packExpansion(): Piece {
    this.expect("Dp");
    const start = this.at, known = this.substitutions.length;
    const { packIndex, sawPack } = this;
    const pack: Piece[] = [];
    this.packIndex = 0;
    this.sawPack = -1;
    const first = this.type();
    const count = this.sawPack, end = this.at, learnt = [...this.substitutions];
    if (count < 0) pack.push(plain(`${show(first)}...`));
    else if (count > 0) pack.push(first);
    for (let k = 1; k < count; k++) {
      this.at = start;
      this.substitutions.length = known;
      this.packIndex = k;
      pack.push(this.type());
    }
    this.at = end;
    this.substitutions = learnt;
    this.packIndex = packIndex;
    this.sawPack = sawPack;
    const piece: Piece = { left: "", right: "", pack };
    this.substitutions.push(piece);
    return piece;
  }

  protected functionType(qualifiers: string): Piece {
    let end = qualifiers;
    if (this.take("Do")) end += " noexcept";
    this.take("Dx");
    this.expect("F");
    this.take("Y");
    const result = this.type();
    const parameters = this.parameters();
    if (this.take("R")) end += " &";
    else if (this.take("O")) end += " &&";
    this.expect("E");
    return { left: spaced(result.left), right: `(${parameters})${end}${result.right}`, wraps: "function" };
  }

  protected arrayType(): Piece {
    this.expect("A");
    let length = "";
    if (/\d/.test(this.peek())) length = String(this.number());
    else if (this.peek() !== "_") length = this.expression();
    this.expect("_");
    const element = this.type();
    return { left: spaced(element.left), right: `[${length}]${element.right.trimStart()}`, wraps: "array" };
  }
}
