// C++ names as people write them: demangles the Itanium C++ ABI's names ("Mangling", section 5.1), which g++ and clang use on i386, and
// Rust's older scheme, which borrows them. The form of the output is that of binutils' c++filt. A name that uses a production not
// treated here (rare expressions in template arguments) comes back as undefined and is shown as it stands.

import { OPERATORS, SPECIAL } from "./demangle-tables.ts";
import { applied, lastName, plain, RUST_HASH, rustName, show, spaced } from "./demangle-text.ts";
import { MAX_DEPTH, Types, Unknown } from "./demangle-types.ts";

class Demangler extends Types {
  whole(): string {
    this.expect("_Z");
    const result = this.encoding(true);
    if (this.at === this.text.length) return result;
    let suffix = "";
    const rest = this.text.slice(this.at);
    for (const match of rest.matchAll(/\.([A-Za-z_]+)((?:\.\d+)*)|\.(\d+)/g)) suffix += ` [clone ${match[0]}]`;
    if (rest.replace(/(\.[A-Za-z_]+(\.\d+)*|\.\d+)+/, "") !== "") throw new Unknown();
    return result + suffix;
  }

  // -- encodings and names ---------------------------------------------------------------------------------------------------------

  protected encoding(top: boolean): string {
    if (++this.depth > MAX_DEPTH) throw new Unknown();
    const special = this.take("GTt") ? `transaction clone for ${this.encoding(top)}` : this.take("GA") ? `hidden alias for ${this.encoding(top)}` : this.special();
    if (special !== undefined) {
      this.depth--;
      return special;
    }
    this.qualifiers = "";
    const outer = this.arguments;
    const name = this.name();
    const { qualifiers, endsInArguments, noReturn } = this;
    let result = name;
    if (this.at < this.text.length && this.peek() !== "E" && this.peek() !== ".") {
      const returns = endsInArguments && !noReturn ? this.type() : undefined;
      const parameters = `(${this.parameters()})`;
      result = returns !== undefined && top ? `${spaced(returns.left)}${name}${parameters}${qualifiers}${returns.right}` : `${name}${parameters}${qualifiers}`;
    }
    this.arguments = outer;
    this.depth--;
    return result;
  }

  protected special(): string | undefined {
    const two = this.peek(2);
    const words = SPECIAL[two];
    if (words !== undefined) {
      this.at += 2;
      if (two === "Th" || two === "Tv" || two === "Tc") {
        for (const kind of two === "Tc" ? [this.offsetKind(), this.offsetKind()] : [two[1]]) this.callOffset(kind);
        return `${words} ${this.encoding(true)}`;
      }
      if (two === "GV" || two === "TH" || two === "TW") return `${words} ${this.name()}`;
      if (two === "GR") {
        const name = this.name();
        const index = this.peek() === "" || this.peek() === "." ? 0 : this.sequence(36);
        return `${words} #${index} for ${name}`;
      }
      if (two === "TC") {
        const derived = show(this.type());
        this.number();
        this.expect("_");
        return `${words} ${show(this.type())}-in-${derived}`;
      }
      return `${words} ${show(this.type())}`;
    }
    return undefined;
  }

  protected offsetKind(): string {
    return this.text[this.at++];
  }

  protected callOffset(kind: string): void {
    this.number();
    this.expect("_");
    if (kind === "v") {
      this.number();
      this.expect("_");
    }
  }

  protected name(): string {
    this.endsInArguments = false;
    this.noReturn = false;
    const first = this.peek();
    if (first === "N") return this.nested();
    if (first === "Z") return this.local();
    let name: string;
    if (first === "S" && this.peek(2) !== "St") {
      name = show(this.substitution(false));
    } else {
      name = this.take("St") ? `std::${this.unqualified("")}` : this.unqualified("");
      if (this.peek() === "I") this.substitutions.push(plain(name));
    }
    if (this.peek() === "I") name = this.withArguments(name);
    return name;
  }

  protected withArguments(name: string): string {
    const list = this.templateArguments();
    this.arguments = list;
    this.endsInArguments = true;
    return applied(name, list);
  }

  protected nested(): string {
    this.expect("N");
    const qualifiers = this.cvQualifiers();
    const reference = this.take("R") ? " &" : this.take("O") ? " &&" : "";
    let name = "", last = "";
    this.endsInArguments = false;
    this.noReturn = false;
    while (!this.take("E")) {
      const c = this.peek();
      if (c === "") throw new Unknown();
      if (c === "I") {
        name = this.withArguments(name);
      } else if (c === "S" && this.peek(2) !== "St") {
        const piece = this.substitution(true);
        name = show(piece);
        last = lastName(name);
        continue;
      } else if (c === "T") {
        name = show(this.parameter());
        last = lastName(name);
      } else if (c === "D" && /[tT]/.test(this.peek(2)[1])) {
        name = show(this.type());
        continue;
      } else {
        if (this.take("St")) {
          name = "std";
          last = "std";
          continue;
        }
        this.take("L");
        const part = this.unqualified(last);
        this.endsInArguments = false;
        last = part;
        name = name === "" ? part : `${name}::${part}`;
      }
      if (this.peek() === "M") this.at++; // the initialiser of a data member: lambdas in it
      if (this.peek() !== "E") this.substitutions.push(plain(name));
    }
    this.qualifiers = `${qualifiers}${reference}`;
    return name;
  }

  protected local(): string {
    this.expect("Z");
    const outer = this.encoding(false);
    this.expect("E");
    this.endsInArguments = false;
    this.qualifiers = "";
    if (this.take("s")) {
      this.discriminator();
      return `${outer}::string literal`;
    }
    if (this.take("d")) {
      const index = this.sequence(10) + 1;
      return `${outer}::{default arg#${index}}::${this.name()}`;
    }
    const inner = this.name();
    this.discriminator();
    return `${outer}::${inner}`;
  }

  protected discriminator(): void {
    const match = /^_(\d|_\d+_)/.exec(this.text.slice(this.at, this.at + 8));
    if (match) this.at += match[0].length;
  }

  /** One component of a name. `last` is the one before it, which constructors are named after. */
  protected unqualified(last: string): string {
    this.take("L"); // internal linkage
    const c = this.peek();
    let name: string;
    if (c >= "0" && c <= "9") {
      name = this.source();
    } else if (c === "C" || (c === "D" && /[0-5]/.test(this.peek(2)[1] ?? ""))) {
      const inherited = c === "C" && this.peek(2) === "CI";
      this.at += inherited ? 3 : 2;
      if (inherited) this.type();
      this.noReturn = true;
      const bare = last.replace(/\[abi:\w+\]$/, "").replace(/<.*$/, "");
      name = c === "C" ? bare : `~${bare}`;
      return this.tagged(name);
    } else if (c === "U" && this.peek(2) === "Ul") {
      this.at += 2;
      this.lambdas++;
      const parameters = this.parameters();
      this.lambdas--;
      this.expect("E");
      name = `{lambda(${parameters})#${this.sequence(10) + 1}}`;
    } else if (c === "U" && this.peek(2) === "Ut") {
      this.at += 2;
      name = `{unnamed type#${this.sequence(10) + 1}}`;
    } else if (this.take("DC")) {
      const names: string[] = [];
      while (!this.take("E")) names.push(this.source());
      name = `[${names.join(", ")}]`;
    } else {
      name = this.operator();
    }
    this.noReturn = name.startsWith("operator ") && this.noReturn;
    return this.tagged(name);
  }

  protected tagged(name: string): string {
    let text = name;
    while (this.take("B")) text += `[abi:${this.source()}]`;
    return text;
  }

  protected operator(): string {
    const code = this.peek(2);
    this.at += 2;
    if (code === "cv") {
      const type = show(this.type());
      this.noReturn = true;
      return `operator ${type}`;
    }
    if (code === "li") return `operator"" ${this.source()}`;
    const symbol = OPERATORS[code];
    if (symbol === undefined) throw new Unknown();
    this.noReturn = false;
    return `operator${/^[a-z]/.test(symbol) ? " " : ""}${symbol}`;
  }
}

/** The readable form of a mangled name; any other name as it is. Never throws. */
export function demangle(name: string): string {
  if (!name.startsWith("_Z") && !name.startsWith("_GLOBAL__")) return name;
  const global = /^_GLOBAL__(?:sub_)?([ID])_(?:\d+_\d+_)?(_Z.*)$/.exec(name);
  if (global) return `global ${global[1] === "I" ? "constructors" : "destructors"} keyed to ${demangle(global[2])}`;
  try {
    const text = new Demangler(name).whole();
    return RUST_HASH.test(text) ? rustName(text) : text;
  } catch (e) {
    if (e instanceof Unknown || e instanceof RangeError) return name;
    throw e;
  }
}
