// Control flow: structured statements are WebAssembly's own. A condition of several parts becomes jumps, since a truth value that is put
// together from them costs more than it takes to ask.

import { OP } from "./encode.ts";
import type { Join } from "./emission.ts";
import { Expressions } from "./expressions.ts";
import { CODE, unsupported, V } from "./kinds.ts";

export abstract class Control extends Expressions {
  protected abstract statement(): void;

  protected braces(): void {
    this.expect("{");
    while (!this.accept("}")) this.statement();
  }

  protected conditional(): void {
    const { code, tokens } = this;
    if (this.ahead(4) === "runs") {
      // lessons are for V8's JavaScript (runtime/x87/inline.ts)
      this.at = this.behindStatement(this.at);
      return;
    }
    this.at++;
    const end = tokens.closing[this.at];
    const otherwise = this.behindStatement(end + 1);
    const hasElse = tokens.texts[otherwise] === "else";
    if (!hasElse && this.movesAtom(end + 1)) {
      this.at++;
      this.toTruth(this.expression());
      this.expect(")");
      this.move();
      return this.release();
    }
    // what a way through it writes, all the ways must have in its local
    const only = !hasElse && this.leaves(end + 1);
    const meeting = this.join(only), rare = !hasElse && this.isRare(end + 1);
    this.settle(meeting.least, false);
    const called = rare ? this.comesBack(this.at) : undefined;
    if (called !== undefined || this.isSimple(this.at + 1, end)) {
      this.at++;
      if (called === undefined) {
        this.toTruth(this.expression());
        this.expect(")");
      } else {
        this.local(OP.localGet, called);
        this.i32(CODE.EXPECTED);
        code.byte(OP.i32Ne);
        this.at = end + 1;
      }
      if (rare) this.hint(false);
      this.open(OP.if);
      const before = this.loaded, written = this.written, stale = this.stale;
      this.statement();
      this.arrive(meeting);
      this.loaded = before;
      this.written = written;
      this.stale = stale;
      this.dead = false;
      if (hasElse) {
        this.expect("else");
        code.byte(OP.else);
        this.statement();
      }
      this.arrive(meeting);
    } else {
      this.open(OP.block);
      const outer = this.depth;
      if (hasElse) this.open(OP.block);
      const inner = this.depth;
      this.jumpUnless(this.at + 1, end, inner, rare);
      this.at = end + 1;
      const before = this.loaded, written = this.written, stale = this.stale;
      this.statement();
      this.arrive(meeting);
      if (hasElse) this.local(OP.br, this.depth - outer);
      this.loaded = before;
      this.written = written;
      this.stale = stale;
      this.dead = false;
      if (hasElse) {
        this.close();
        this.expect("else");
        this.statement();
      }
      this.arrive(meeting);
    }
    this.close();
    this.meet(meeting);
    this.release();
  }

  /** The local of `n` where a condition asks whether a call, of which it is the result, has come elsewhere than back: `(n === null || R[9] !== address)`. */
  private comesBack(at: number): number | undefined {
    const { texts } = this.tokens;
    if (texts[at] !== "(" || texts[at + 2] !== "===" || texts[at + 3] !== "null" || texts[at + 4] !== "||" || texts[at + 5] !== "R") return undefined;
    const local = this.locals.get(texts[at + 1]);
    return this.inner !== undefined && local?.kind === V.NEXT ? local.index : undefined;
  }

  /** Whether a statement ends by leaving. */
  protected leaves(at: number): boolean {
    const { texts } = this.tokens;
    let last = this.behindStatement(at) - 1;
    if (texts[last] === "}") last--;
    if (texts[last] !== ";") return false;
    let k = last - 1;
    while (k > at && texts[k] !== ";" && texts[k] !== "{" && texts[k] !== "}") k--;
    const word = texts[k === at && texts[k] !== "{" ? k : k + 1];
    return word === "return" || word === "break" || word === "continue";
  }

  /** Index of the token behind the statement that begins at `at`. */
  protected behindStatement(at: number): number {
    const { texts, closing, count } = this.tokens;
    if (texts[at] === "{") return closing[at] + 1;
    if (texts[at + 1] === ":" && texts[at + 2] === "{") return closing[at + 2] + 1;
    if (texts[at] === "if") {
      const behind = this.behindStatement(closing[at + 1] + 1);
      return texts[behind] === "else" ? this.behindStatement(behind + 1) : behind;
    }
    let k = at;
    while (k < count && texts[k] !== ";") k = texts[k] === "(" || texts[k] === "[" || texts[k] === "{" ? closing[k] + 1 : k + 1;
    return k + 1;
  }

  /** Whether a condition has no `&&` or `||` that decides by itself. */
  protected isSimple(from: number, to: number): boolean {
    const { texts, closing } = this.tokens;
    if ((texts[from] === "(" && closing[from] === to - 1)) return this.isSimple(from + 1, to - 1);
    if (texts[from] === "!" && texts[from + 1] === "(" && closing[from + 1] === to - 1) return this.isSimple(from + 2, to - 1);
    return this.split(from, to, "||") === undefined && this.split(from, to, "&&") === undefined;
  }

  /** The parts of a condition between operators; undefined when there are none. */
  protected split(from: number, to: number, operator: string): number[] | undefined {
    const { texts, closing } = this.tokens;
    const at: number[] = [];
    for (let k = from; k < to; k++) {
      const t = texts[k];
      if (t === "(" || t === "[") k = closing[k];
      else if (t === "?") return undefined;
      else if (t === operator) at.push(k);
    }
    return at.length === 0 ? undefined : [from - 1, ...at, to];
  }

  /** Whether a statement leaves for a reason that is rare: the interpreter, or the end of a slice. */
  protected isRare(at: number): boolean {
    const { texts } = this.tokens;
    if (texts[at] === "rare" || texts[at + 3] === "YI") return true;
    const last = this.behindStatement(at) - (texts[at] === "{" ? 2 : 1);
    if (texts[last] !== ";") return false;
    const word = texts[last - 1];
    return (texts[last - 2] === "break" && (word === "bail" || word === "slice")) || (texts[last - 2] === "return" && word === "null");
  }

  protected jumpUnless(from: number, to: number, target: number, rare = false): void {
    const known: [number | undefined] = [undefined];
    this.jumpOn(from, to, target, false, known, rare ? false : undefined);
    // only what the first question has loaded is there on all the ways
    if (known[0] !== undefined) this.loaded = known[0];
  }

  /**
   * Branches to the label at depth `target` when the condition in these tokens is `sense`: with jumps, since a truth value that is put together costs more.
   * Branches for which that is `likely` are likely, others unlikely.
   */
  protected jumpOn(from: number, to: number, target: number, sense: boolean, known: [number | undefined], likely?: boolean): void {
    const { texts, closing } = this.tokens;
    if (texts[from] === "(" && closing[from] === to - 1) return this.jumpOn(from + 1, to - 1, target, sense, known, likely);
    if (texts[from] === "!" && texts[from + 1] === "(" && closing[from + 1] === to - 1) return this.jumpOn(from + 2, to - 1, target, !sense, known, likely === undefined ? undefined : !likely);
    const or = this.split(from, to, "||"), parts = or ?? this.split(from, to, "&&");
    if (parts === undefined) {
      this.at = from;
      this.toTruth(this.binary(5));
      if (this.at !== to) unsupported("a condition");
      if (!sense) this.negate();
      if (likely !== undefined) this.hint(sense === likely);
      this.local(OP.brIf, this.depth - target);
      known[0] ??= this.loaded;
      return;
    }
    // one part that is `decisive` decides
    const decisive = or !== undefined;
    if (sense === decisive) {
      for (let k = 1; k < parts.length; k++) this.jumpOn(parts[k - 1] + 1, parts[k], target, sense, known, likely);
      return;
    }
    this.open(OP.block);
    const past = this.depth;
    for (let k = 1; k < parts.length - 1; k++) this.jumpOn(parts[k - 1] + 1, parts[k], past, decisive, known, likely);
    this.jumpOn(parts[parts.length - 2] + 1, to, target, sense, known, likely);
    this.close();
  }

  protected labelled(): void {
    const name = this.take();
    this.expect(":");
    this.open(OP.block);
    const breaks = this.depth, join = this.join();
    if (this.accept("for")) {
      for (const t of ["(", ";", ";", ")"]) this.expect(t);
      this.loop({ name, breaks, join }, () => this.statement());
    } else {
      this.labels.push({ name, breaks, continues: -1, join, head: join });
      this.braces();
      this.arrive(join);
      this.labels.pop();
    }
    this.close();
    this.meet(join);
    this.release();
  }

  protected loop({ name, breaks, join }: { name: string; breaks: number; join: Join }, body: () => void): void {
    const head = this.join();
    if (this.lazy !== undefined) this.settle(head.least | (this.named(this.at, this.behindStatement(this.at)) & ~this.stale), false);
    // what has been loaded here, the ways back must have loaded too; and any of them may have written
    this.written |= head.least;
    head.least = this.loaded;
    this.open(OP.loop);
    this.labels.push({ name, breaks, continues: this.depth, join, head });
    this.loops++;
    this.due = -1;
    body();
    this.arrive(head, true);
    this.local(OP.br, 0);
    this.loops--;
    this.due = -1;
    this.labels.pop();
    this.close();
    this.dead = true;
  }

  protected whileLoop(): void {
    this.at++;
    this.open(OP.block);
    const breaks = this.depth, join = this.join();
    this.loop({ name: "", breaks, join }, () => {
      const end = this.tokens.closing[this.at];
      this.jumpUnless(this.at + 1, end, breaks);
      this.arrive(join);
      this.at = end + 1;
      this.statement();
    });
    this.close();
    this.meet(join);
    this.release();
  }

  protected jump(): void {
    const word = this.take();
    const name = this.accept(";") ? "" : this.take();
    if (name !== "") this.accept(";");
    const label = this.labels.findLast((l) => l.name === name) ?? unsupported(`label ${name}`);
    const to = word === "break" ? label.breaks : label.continues;
    if (to < 0) unsupported("continue");
    this.arrive(word === "break" ? label.join : label.head, word === "continue");
    this.local(OP.br, this.depth - to);
    this.dead = true;
  }

  /** A switch with cases 0, 1, 2 ...: a block for each case, one inside another, and a jump by table in the innermost. */
  protected choice(): void {
    const { code, tokens } = this;
    this.at++;
    // whoever comes by no case has no place to load what the others write
    this.settle(this.lazy ?? 0);
    this.expect("(");
    const from = code.length;
    this.toInt(this.expression());
    this.expect(")");
    const selector = code.data.slice(from, code.length);
    code.cut(from);
    this.expect("{");
    let cases = 0, hasDefault = false;
    for (let at = this.at, depth = 0; depth >= 0; at++) {
      const t = tokens.texts[at];
      if (t === "{") depth++;
      else if (t === "}") depth--;
      else if (depth === 0 && t === "case") cases++;
      else if (depth === 0 && t === "default") hasDefault = true;
    }
    this.open(OP.block);
    const breaks = this.depth;
    const join = this.join();
    this.labels.push({ name: "", breaks, continues: -1, join, head: join });
    const { loaded, written, stale } = this;
    const bodies = cases + (hasDefault ? 1 : 0);
    for (let k = 0; k < bodies; k++) this.open(OP.block);
    for (const b of selector) code.byte(b);
    code.byte(OP.brTable);
    code.u32(cases);
    for (let k = 0; k <= cases; k++) code.u32(k < bodies ? k : bodies);
    for (let k = 0; k < bodies; k++) {
      if (this.accept("default")) {
        if (k !== cases) unsupported("default ahead of cases");
      } else {
        this.expect("case");
        if (this.take() !== String(k)) unsupported("cases out of order");
      }
      this.expect(":");
      this.close();
      if (!this.dead && k > 0 && this.lazy !== undefined) unsupported("a case that falls through");
      this.dead = false;
      this.loaded = loaded;
      this.written = written;
      this.stale = stale;
      while (this.peek() !== "case" && this.peek() !== "default" && this.peek() !== "}") this.statement();
    }
    this.expect("}");
    this.arrive(join);
    if (!hasDefault) {
      this.dead = false;
      this.loaded = loaded;
      this.written = written;
      this.arrive(join);
    }
    this.labels.pop();
    this.close();
    this.meet(join);
    this.release();
  }
}
