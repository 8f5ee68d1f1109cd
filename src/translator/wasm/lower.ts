// From the text of a generated function to WebAssembly.
//
// What the emitter writes is a small part of JavaScript: integer and double arithmetic on locals, DataView accesses to the guest's memory,
// structured control flow. Nearly all of it has a direct counterpart in WebAssembly, which V8 compiles at once and in microseconds to code that
// is several times as fast as what it makes of JavaScript that has not run a thousand times (docs/decisions/webassembly.md). So the text stays what is written, kept
// and shown; here it is read once, token by token, and the instructions come out on the way: WebAssembly is a stack machine, so an expression
// needs no tree. What has no counterpart throws Unsupported, and the function runs as JavaScript.
//
// Numbers have types of their own, since JavaScript's have none: a sum of integers is known modulo 2^32 only (WIDE) until something truncates it.

import { HIDDEN } from "../../runtime/hidden.ts";
import { S } from "../../runtime/state.ts";
import { Unsupported } from "../value.ts";
import { isConstant, isRegister, writtenIn } from "./emission.ts";
import { Vectors } from "./packed.ts";
import { BLOCK, type FunctionBody, I32, OP, type Signature } from "./encode.ts";
import { ARRAYS } from "./expressions.ts";
import { CODE, type Kind, type Surroundings, typeOf, unsupported, V } from "./kinds.ts";
import { T, tokenize } from "./tokens.ts";
import { isX87Word } from "./x87.ts";

const SETTERS: Record<string, readonly [op: number, kind: Kind]> = {
  setInt32: [OP.i32Store, V.INT], setInt16: [OP.i32Store16, V.INT], setInt8: [OP.i32Store8, V.INT], setFloat64: [OP.f64Store, V.DOUBLE], setFloat32: [OP.f32Store, V.SINGLE],
};

/** memory.copy and memory.fill, with the numbers of the memories. */
const BULK: Record<string, readonly number[]> = { copy: [0xfc, 10, 0, 0], fill: [0xfc, 11, 0] };

/** Lowers the body of a function. */
export function lower(source: string, around: Surroundings): FunctionBody {
  const tokens = tokenize(simplified(source));
  if (around.parameters !== undefined) return new Lowering(tokens, around, undefined).run();
  try {
    return new Lowering(tokens, around, writtenIn(tokens)).run();
  } catch (e) {
    if (!(e instanceof Unsupported)) throw e;
    return new Lowering(tokens, around, undefined).run();
  }
}

/** High products of 32-bit numbers, which the emitter has to write with doubles. */
const HIGH_UNSIGNED = /\(\(\(\((\S+) >>> 0\) \* \((\S+) >>> 0\) - \(Math\.imul\(\1, \2\) >>> 0\)\) \* 2\.3283064365386963e-10 \+ 0\.5\) \| 0\)/g;
const HIGH_SIGNED = /\(\(\(\((\S+) \* (\S+) - \(Math\.imul\(\1, \2\) >>> 0\)\) \* 2\.3283064365386963e-10 \+ 2147483648\.5\) \| 0\) \^ -2147483648\)/g;
/** Quotients of dividends that are extended from 32 bits. */
const QUOTIENT_UNSIGNED = /\((\S+) === 0 \? \((\S+) >>> 0\) \/ \((\S+) >>> 0\) \| 0 : W\.divU/g;
const QUOTIENT_SIGNED = /\((\S+) === (\S+) >> 31 \? \2 \/ (\S+) \| 0 : W\.divS/g;

function simplified(source: string): string {
  let text = source;
  if (text.includes("e-10")) text = text.replaceAll(HIGH_UNSIGNED, "W.mulhu($1, $2)").replaceAll(HIGH_SIGNED, "W.mulhs($1, $2)");
  if (text.includes("W.div")) text = text.replaceAll(QUOTIENT_UNSIGNED, "($1 === 0 ? W.quotientU($2, $3) : W.divU").replaceAll(QUOTIENT_SIGNED, "($1 === $2 >> 31 ? W.quotientS($2, $3) : W.divS");
  return text;
}

export class Lowering extends Vectors {
  /** The local that EIP was set from, and the token behind that statement. */
  private target: { readonly index: number; readonly at: number } | undefined;
  /** No way out has been met yet: the first one is at the end of a time slice, and nothing has been done there. */
  private begins = true;

  run(): FunctionBody {
    const { around, code } = this;
    while (this.at < this.tokens.count) this.statement();
    code.byte(OP.unreachable);
    code.byte(OP.end);
    const signature: Signature = around.parameters === undefined ? BLOCK : { parameters: around.parameters.map(([, kind]) => typeOf(kind)), result: around.result };
    return { signature, locals: this.types, code, calls: this.calls };
  }

  protected statement(): void {
    const { tokens } = this;
    const word = this.peek();
    const current = this.current;
    this.current = -1;
    if (tokens.kinds[this.at] === T.WORD) {
      if (word.charCodeAt(0) === 99 && current >= 0 && this.semantic(current)) return;
      if (this.ahead(1) === ":" ) return this.labelled();
      switch (word) {
        case "if": return this.conditional();
        case "let": case "const": return this.declaration();
        case "return": return this.leave();
        case "break": case "continue": return this.jump();
        case "while": return this.whileLoop();
        case "switch": return this.choice();
        case "M": return this.noteCurrent();
      }
    } else if (word === "{") return this.braces();
    else if (word === ";") {
      this.at++;
      return;
    }
    do this.effect();
    while (this.accept(","));
    this.accept(";");
    this.release();
  }

  /** An assignment, or a call. */
  protected effect(): void {
    const word = this.peek();
    const { code } = this;
    const local = this.locals.get(word);
    if (local !== undefined && this.ahead(1) === "=") {
      const register = this.registers.get(word);
      if (register !== undefined && this.ahead(2) === "R" && this.ahead(4) === String(register.word) && this.ahead(5) === "]" && (this.ahead(6) === "," || this.ahead(6) === ";")) {
        // read again: it is in the state
        this.at += 6;
        this.loaded &= ~register.bit;
        this.written &= ~register.bit;
        this.stale &= ~register.bit;
        return;
      }
      this.at += 2;
      this.convert(this.expression(), local.kind);
      this.local(OP.localSet, local.index);
      this.wrote(word);
      return;
    }
    const array = ARRAYS[word];
    if (array !== undefined && this.ahead(3) === "]" && this.ahead(4) === "=") {
      this.at += 2;
      const [address, size, kind] = array;
      const index = this.index();
      this.expect("=");
      if (word === "R" && this.given(index) >= 0) {
        // for the functions that are called from here
        this.inner ??= [this.allocate(I32), this.allocate(I32)];
        this.toInt(this.expression());
        this.local(OP.localSet, this.inner[this.given(index)]);
        return;
      }
      if (word === "R" && index === S.EIP && this.holds()) return;
      if (word === "R" && this.registers.size > 0) {
        const register = this.registers.get(this.peek());
        if (index === S.EIP && this.ahead(1) === ";") {
          const from = this.locals.get(this.peek());
          if (from !== undefined && register === undefined) this.target = { index: from.index, at: this.at + 2 };
        }
        if (register?.word === index && this.ahead(1) === ";") {
          // written back; where nobody has changed it, it is there
          if ((this.written & register.bit) === 0) {
            this.at++;
            return;
          }
        } else for (const other of this.registers.values()) if (other.word === index) this.stale |= other.bit;
      }
      this.i32(address + size * index);
      const given = this.expression();
      // an array of int32 truncates
      if (kind === V.INT) this.toInt(given);
      else this.convert(given, kind);
      this.storeElement(kind);
      return;
    }
    if (word === "V" && this.ahead(2) in SETTERS) return this.store();
    if (word === "V" && this.ahead(2) in BULK) return this.bulk();
    if (isX87Word(word) && this.effectX87(word)) return;
    if (isConstant(word) && this.ahead(2) === "bails") {
      this.i32(this.x87().counter(this.constant()));
      for (const t of [".", "bails", "="]) this.expect(t);
      this.toInt(this.expression());
      this.access(OP.i32Store, 2, 0);
      return;
    }
    if (isConstant(word) && this.ahead(1) === "(") {
      const { target } = this, begun = this.at;
      this.record(this.around.recorder(this.constant()));
      if (target?.at === begun) this.target = { index: target.index, at: this.at + 1 };
      return;
    }
    if (word === "TRACE") {
      this.at++;
      this.invoke("TRACE");
      return;
    }
    if (word === "Q") return this.storeVector();
    this.expression();
    code.byte(OP.drop);
  }

  /**
   * EIP need not be written for a function of the same module, which knows where it begins, nor for the call that expects it: the value waits for those who
   * want it (writeHeld). False when others may want it, or it is not what these look like in frame.ts and emit.ts.
   */
  private holds(): boolean {
    const { texts, kinds } = this.tokens, { at } = this;
    if (this.around.parameters !== undefined) return false;
    let end = at;
    while (kinds[end] === T.NUMBER || texts[end] === "-" || texts[end] === "(" || texts[end] === ")") end++;
    let local = -1;
    if (end === at) {
      const from = this.locals.get(texts[at]);
      if (from === undefined || this.registers.has(texts[at]) || texts[at + 2] !== "return" || texts[at + 3] !== "NEXT" || this.around.own === undefined) return false;
      end++;
      local = from.index;
      this.target = { index: local, at: end + 1 };
    } else {
      const link = texts[end + 1] === "return" ? end + 2 : texts[end + 1] === "let" && texts[end + 3] === "=" ? end + 4 : end;
      if (!isConstant(texts[link]) || texts[link + 2] !== "fn" || texts[link + 3] !== ";") return false;
      if (this.around.beside(Number(texts[link].slice(1)))?.wantsEip !== false) return false;
    }
    if (texts[end] !== ";") return false;
    this.held = { token: at, local };
    this.at = end;
    return true;
  }

  private store(): void {
    this.at += 2;
    const [op, kind] = SETTERS[this.take()];
    const offset = this.address();
    this.expect(",");
    const given = this.expression();
    if (kind === V.INT) this.toInt(given);
    else this.convert(given, kind);
    if (this.accept(",")) this.expect("true");
    this.expect(")");
    this.access(op, 0, offset);
  }

  /** `V.copy(to, from, bytes)` and `V.fill(to, byte, bytes)`. */
  private bulk(): void {
    this.at += 2;
    const operation = BULK[this.take()];
    for (const before of ["(", ",", ","]) {
      this.expect(before);
      this.toInt(this.expression());
    }
    this.expect(")");
    for (const b of operation) this.code.byte(b);
  }

  /** `c<k>(v)`: JavaScript is only told of numbers that it has not been told of lately. */
  private record({ index, seen }: { readonly index: number; readonly seen: number }): void {
    const { code } = this;
    const value = this.allocate(I32), at = this.allocate(I32);
    this.expect("(");
    this.toInt(this.expression());
    this.expect(")");
    this.local(OP.localTee, value);
    this.i32(60);
    code.byte(OP.i32And);
    this.local(OP.localTee, at);
    this.access(OP.i32Load, 2, seen);
    this.local(OP.localGet, value);
    code.byte(OP.i32Ne);
    this.open(OP.if);
    this.local(OP.localGet, at);
    this.local(OP.localGet, value);
    this.access(OP.i32Store, 2, seen);
    this.local(OP.localGet, value);
    this.local(OP.call, index);
    this.close();
    this.free[I32].push(value, at);
  }

  /** `M.current = c<k>`: belongs to the call behind it. */
  private noteCurrent(): void {
    this.expect("M");
    this.expect(".");
    this.expect("current");
    this.expect("=");
    this.current = this.constant();
    this.expect(";");
  }

  /** `c<j>(M, c<k>);` */
  private semantic(insn: number): boolean {
    if (this.ahead(1) !== "(" || this.ahead(2) !== "M") return false;
    const semantic = this.constant();
    this.at += 3;
    if (this.constant() !== insn) unsupported("a semantic function with another instruction");
    this.expect(")");
    this.accept(";");
    this.local(OP.call, this.around.callOut(semantic, insn));
    return true;
  }

  private declaration(): void {
    this.at++;
    do {
      const at = this.at, name = this.take();
      this.expect("=");
      if (this.lazy !== undefined && this.peek() === "R" && isRegister(name) && this.ahead(4) !== "|") {
        // loaded when it is read
        const word = Number(this.ahead(2));
        this.at += 4;
        this.declare(at, V.INT);
        this.registers.set(name, { word, bit: 1 << word });
        continue;
      }
      const looked = this.peek() === "LOOKUP";
      const link = isConstant(this.peek()) && this.ahead(1) === "." ? Number(this.peek().slice(1)) : undefined;
      let kind = this.expression();
      // locals of vector lanes begin with 0
      if (kind === V.INT && /^x[df]\d/.test(name)) this.convert(kind, (kind = name[1] === "d" ? V.DOUBLE : V.SINGLE));
      if (kind === V.TRUTH) for (let k = 0; k < 2; k++) this.code.byte(OP.i32Eqz);
      if (kind === V.BOOL || kind === V.TRUTH) kind = V.INT;
      this.local(OP.localSet, this.declare(at, kind, link, looked).index);
    } while (this.accept(","));
    this.expect(";");
    this.release();
  }

  private leave(): void {
    const target = this.target?.at === this.at ? this.target.index : undefined;
    this.at++;
    if (this.begins) {
      // the time slice is over
      this.begins = false;
      if (this.around.address !== undefined) this.writeOwnAddress(this.around.address);
    }
    // a call that cannot nest any deeper
    if (this.held !== undefined && this.locals.get(this.peek())?.link !== undefined) this.writeHeld();
    if (this.ahead(2) === "fn" && isConstant(this.peek())) this.follow(Number(this.peek().slice(1)));
    else if (this.peek() === "NEXT" || this.peek() === "LOOKUP") this.lookUp(target, this.peek() === "NEXT");
    if (this.peek() === "TABLE") {
      this.functionAt();
      this.code.byte(OP.returnCallIndirect);
      this.code.byte(0);
      this.code.byte(0);
    } else if (this.around.parameters === undefined) {
      if (this.expression() !== V.NEXT) unsupported("a result that is no function");
    } else this.convert(this.expression(), V.INT);
    this.expect(";");
    this.code.byte(OP.return);
    this.dead = true;
  }

  /** Who comes by a jump from the same module has not written EIP. Who comes by another way in than the beginning has, and its number is in `e`. */
  private writeOwnAddress(address: number): void {
    const e = this.locals.get("e");
    if (e !== undefined) {
      this.local(OP.localGet, e.index);
      this.code.byte(OP.i32Eqz);
      this.open(OP.if);
    }
    this.i32(HIDDEN.STATE + 4 * S.EIP);
    this.i32(address);
    this.access(OP.i32Store, 2, 0);
    if (e !== undefined) this.close();
  }

  /** A link to a function of the same module is a jump there, as long as its cell says so. */
  private follow(k: number): void {
    const { code, around } = this;
    const beside = around.beside(k);
    if (beside === undefined) return;
    this.i32(around.cell(k));
    this.access(OP.i32Load, 2, 0);
    this.i32(beside.place);
    code.byte(OP.i32Eq);
    this.hint(true);
    this.open(OP.if);
    this.giveOn();
    code.byte(OP.returnCall);
    this.calls.push({ at: code.room32(), to: beside.number });
    this.close();
    this.writeHeld();
    this.held = undefined;
  }

  /**
   * What is at EIP, if it is in this module: a jump from here, whose targets the processor learns, and not from the one place of `run`. A return
   * to the call that expects it only returns. `target` is the local that EIP was just set from.
   */
  private lookUp(target: number | undefined, returns: boolean): void {
    const { code } = this, { own } = this.around;
    if (own === undefined) return;
    const eip = target ?? this.allocate(I32);
    let at = this.allocate(I32);
    if (at === eip) {
      // nobody else needs the address any more
      at = this.allocate(I32);
      this.free[I32].push(eip);
    }
    if (target === undefined) {
      this.stateWord(S.EIP);
      this.local(OP.localSet, eip);
    }
    if (returns) {
      this.local(OP.localGet, eip);
      this.stateWord(S.EXPECTED);
      code.byte(OP.i32Eq);
      this.hint(true);
      this.open(OP.if);
      this.i32(this.held === undefined ? CODE.AT_EIP : CODE.EXPECTED);
      code.byte(OP.return);
      this.close();
      this.writeHeld();
      this.held = undefined;
    }
    this.open(OP.block);
    this.find(eip, at);
    this.callOwn(OP.returnCallIndirect, at, own);
    this.local(OP.localGet, at);
    code.byte(OP.return);
    this.close();
    this.free[I32].push(at);
    if (target === undefined) this.free[I32].push(eip);
  }
}
