// x87 code, lowered: what translator/x87.ts and x87-kernels.ts write. The state lies in the hidden area (runtime/x87/state.ts, AT), so reading and
// writing it are loads and stores; the arithmetic is instructions for doubles, which WebAssembly rounds as JavaScript does. Units are found by the
// exponent's bits, without a way through memory. What is rare is called, with its operands in the memory (runtime/x87/inline.ts).
// In the version without locals each operation is a call of a method; what only notes or asks is done here.

import { HIDDEN } from "../../runtime/hidden.ts";
import { AT } from "../../runtime/x87/state.ts";
import { I32, OP } from "./encode.ts";
import { type Kind, unsupported, V, type X87Surroundings } from "./kinds.ts";
import { Selects } from "./select.ts";
import { T } from "./tokens.ts";

const at = (offset: number): number => HIDDEN.X87 + offset;
const ARRAYS: Record<string, readonly [address: number, shift: number, kind: Kind]> = {
  YH: [at(AT.HI), 3, V.DOUBLE], YL: [at(AT.LO), 3, V.DOUBLE], YK: [at(AT.KIND), 2, V.INT], Y1: [at(AT.C1), 3, V.DOUBLE], YP: [at(AT.OPERANDS), 3, V.DOUBLE],
  YT: [at(AT.TRANSFER), 3, V.DOUBLE], YO: [at(AT.WORDS), 2, V.INT],
};
const FIELDS: Record<string, number> = {
  top: at(AT.TOP), cw: at(AT.CW), flags: at(AT.FLAGS), cc: at(AT.CC), fip: at(AT.FIP), fop: at(AT.FOP), fdp: at(AT.FDP), rounding: at(AT.ROUNDING),
};
/** i64 by way of its opcodes. */
const I64_CONST = 0x42, I64_SHR_U = 0x88, REINTERPRET = 0xbd;
/** Bits of a double below its exponent, less the 3 by which an index of doubles is an address; and the exponent's 11 bits from there. */
const EXPONENT_SHIFT = 49, EXPONENTS = 0x3ff8;
/** A register's tag (x87-plan.ts) in the number that `YI.leave` is given, and its bit that says empty, as in `kind`. */
const tagAt = (k: number): number => 3 + 2 * k;
const TAG = 3, EMPTY = 2;

export abstract class X87Words extends Selects {
  /** The double whose exponent is looked up next. */
  private exponentOf = -1;
  /** Registers whose values have been written back, for YI.leave, which writes their kinds. */
  private readonly leaving = new Set<number>();
  private prepared = false;

  protected abstract expression(): Kind;
  protected abstract index(): number;
  protected abstract invoke(name: string): Kind;
  protected abstract call(name: string, given: number): Kind;

  protected x87(): X87Surroundings {
    return this.around.x87 ?? unsupported("x87");
  }

  private prepare(): void {
    if (!this.prepared) this.x87().prepare();
    this.prepared = true;
  }

  /** An assignment or a call that begins with a word of the x87's. False when it is neither. */
  protected effectX87(word: string): boolean {
    this.prepare();
    if (word === "YE") {
      this.at += 5;
      const local = this.locals.get(this.take());
      if (local?.kind !== V.DOUBLE) return unsupported("an exponent");
      this.exponentOf = local.index;
      return true;
    }
    if (word === "X87") {
      if (this.ahead(3) !== "=") return false;
      this.at += 4;
      this.storeTo(FIELDS[this.tokens.texts[this.at - 2]] ?? unsupported("a field"));
      return true;
    }
    if (word === "YI") return this.callInline();
    const end = this.tokens.closing[this.at + 1];
    if (this.tokens.texts[end + 1] !== "=") return false;
    if (word === "YH" && this.tokens.kinds[this.at + 2] === T.WORD) this.leaving.add(Number(this.ahead(2).slice(1)));
    this.at++;
    const [address, shift, kind] = ARRAYS[word];
    const offset = this.element87(address, shift);
    this.expect("=");
    this.convert(this.expression(), kind);
    this.storeAt(kind, offset);
    return true;
  }

  /** An index in brackets: the address, as far as the result, which is an offset, does not tell it. */
  private element87(address: number, shift: number): number {
    this.expect("[");
    if (this.tokens.kinds[this.at] === T.NUMBER) {
      this.i32(address + (this.index() << shift));
      return 0;
    }
    this.toInt(this.expression());
    this.expect("]");
    this.i32(shift);
    this.code.byte(OP.i32Shl);
    return address;
  }

  private storeAt(kind: Kind, offset: number): void {
    if (kind === V.DOUBLE) this.access(OP.f64Store, 3, offset);
    else this.access(OP.i32Store, 2, offset);
  }

  /** Stores the expression that stands here to a word. */
  private storeTo(address: number): void {
    this.i32(address);
    this.toInt(this.expression());
    this.access(OP.i32Store, 2, 0);
  }

  private storeDouble(address: number): void {
    this.i32(address);
    this.convert(this.expression(), V.DOUBLE);
    this.access(OP.f64Store, 3, 0);
  }

  /** The doubles that stand here between commas. */
  private storeDoubles(address: number, count: number): void {
    for (let k = 0; k < count; k++) {
      if (k > 0) this.expect(",");
      this.storeDouble(address + 8 * k);
    }
  }

  /** A literal. */
  private numberHere(): number {
    if (this.tokens.kinds[this.at] !== T.NUMBER) unsupported("a number that is computed");
    return this.tokens.values[this.at++];
  }

  /** Calls of inline.ts that are statements. */
  private callInline(): boolean {
    const method = this.ahead(2);
    if (method === "defer") {
      this.at += 4;
      this.expect("X87");
      this.expect(",");
      this.i32(at(AT.C1));
      this.notANumber();
      this.access(OP.f64Store, 3, 0);
      this.storeTo(FIELDS.rounding);
      this.expect(",");
      this.storeDoubles(at(AT.OPERANDS), 4);
      this.expect(")");
      return true;
    }
    if (method === "leave") {
      this.at += 4;
      this.leaveX87();
      return true;
    }
    return false;
  }

  /** `YI.leave(X87, xt, tags, fip, fop, fdp)`: the registers that have just been written back are valid or empty now. */
  private leaveX87(): void {
    const { code } = this;
    this.expect("X87");
    this.expect(",");
    const top = this.locals.get(this.take()) ?? unsupported("TOP");
    this.expect(",");
    const literal = this.tokens.kinds[this.at] === T.NUMBER ? this.tokens.values[this.at] : undefined;
    const tags = literal === undefined ? (this.locals.get(this.ahead(0)) ?? unsupported("tags")) : undefined;
    this.at++;
    const physical = (k: number) => {
      this.local(OP.localGet, top.index);
      this.i32(k);
      code.byte(OP.i32Add);
      this.i32(7);
      code.byte(OP.i32And);
    };
    const tag = (k: number, mask: number) => {
      if (tags === undefined) return;
      this.local(OP.localGet, tags.index);
      this.i32(tagAt(k));
      code.byte(OP.i32ShrU);
      this.i32(mask);
      code.byte(OP.i32And);
    };
    for (const k of this.leaving) {
      if (literal === undefined) {
        tag(k, TAG);
        this.open(OP.if);
      } else if (((literal >> tagAt(k)) & TAG) === 0) continue;
      physical(k);
      this.i32(2);
      code.byte(OP.i32Shl);
      if (literal === undefined) tag(k, EMPTY);
      else this.i32((literal >> tagAt(k)) & EMPTY);
      this.access(OP.i32Store, 2, at(AT.KIND));
      if (literal === undefined) this.close();
    }
    this.leaving.clear();
    this.i32(FIELDS.top);
    this.local(OP.localGet, top.index);
    if (tags === undefined) this.i32(literal ?? 0);
    else this.local(OP.localGet, tags.index);
    code.byte(OP.i32Add);
    this.i32(7);
    code.byte(OP.i32And);
    this.access(OP.i32Store, 2, 0);
    for (const field of [FIELDS.fip, FIELDS.fop, FIELDS.fdp]) {
      this.expect(",");
      this.storeTo(field);
    }
    this.expect(")");
  }

  private notANumber(): void {
    this.code.byte(OP.f64Const);
    this.code.f64(NaN);
  }

  /** An expression that begins with a word of the x87's, which has been taken. */
  protected wordX87(word: string): Kind {
    this.prepare();
    const { code } = this;
    if (word === "X87") {
      this.expect(".");
      const name = this.take();
      if (this.peek() === "(") return this.method87(name);
      return this.load32(FIELDS[name] ?? unsupported(name));
    }
    if (word === "YR") {
      for (const t of ["[", "YW", "[", "1", "]", ">>>", "20", "]"]) this.expect(t);
      if (this.exponentOf < 0) unsupported("an exponent");
      this.local(OP.localGet, this.exponentOf);
      for (const b of [REINTERPRET, I64_CONST, EXPONENT_SHIFT, I64_SHR_U, OP.i32WrapI64]) code.byte(b);
      this.i32(EXPONENTS);
      code.byte(OP.i32And);
      this.access(OP.f64Load, 3, HIDDEN.ROUNDERS);
      return V.DOUBLE;
    }
    if (word === "YI") return this.inline();
    const [address, shift, kind] = ARRAYS[word] ?? unsupported(word);
    const offset = this.element87(address, shift);
    if (kind === V.DOUBLE) this.access(OP.f64Load, 3, offset);
    else this.access(OP.i32Load, 2, offset);
    return kind;
  }

  private load32(address: number): Kind {
    this.i32(address);
    this.access(OP.i32Load, 2, 0);
    return V.INT;
  }

  /** Calls of inline.ts that give something; the state and doubles are not among their arguments. */
  private inline(): Kind {
    this.expect(".");
    const name = this.take();
    if (name === "slow") {
      this.expect("(");
      const operation = this.numberHere();
      this.expect(",");
      this.expect("X87");
      this.expect(",");
      this.i32(operation);
      for (let k = 0; k < 5; k++) {
        if (k > 0) this.expect(",");
        this.convert(this.expression(), V.DOUBLE);
      }
      this.expect(")");
      return this.call("YI.slow", 6);
    }
    if (name === "status") {
      for (const t of ["(", "X87", ")"]) this.expect(t);
      return this.call("YI.status", 0);
    }
    return this.invoke(`YI.${name}`);
  }

  /** A method of the x87. */
  private method87(name: string): Kind {
    const { code } = this;
    switch (name) {
      case "pendingException":
        this.empty();
        this.load32(FIELDS.flags);
        this.load32(FIELDS.cw);
        this.i32(-1);
        code.byte(OP.i32Xor);
        code.byte(OP.i32And);
        this.i32(63);
        code.byte(OP.i32And);
        return V.INT;
      case "delivered":
        this.empty();
        return this.load32(at(AT.STORED));
      case "getControlWord":
        this.empty();
        return this.load32(FIELDS.cw);
      case "outWord": {
        this.expect("(");
        this.i32(at(AT.OUT) + 4 * this.numberHere());
        this.expect(")");
        this.access(OP.i32Load, 2, 0);
        return V.INT;
      }
      case "noteData":
        this.expect("(");
        this.storeTo(FIELDS.fdp);
        this.expect(")");
        break;
      case "note": {
        this.expect("(");
        this.storeTo(FIELDS.fip);
        this.expect(",");
        const opcode = this.numberHere();
        this.expect(",");
        this.i32(FIELDS.fop);
        this.i32(((opcode & 7) << 8) | this.numberHere());
        this.access(OP.i32Store, 2, 0);
        this.expect(")");
        break;
      }
      default: return this.invoke(`X87.${name}`);
    }
    this.i32(0);
    return V.INT;
  }

  private empty(): void {
    this.expect("(");
    this.expect(")");
  }

  /** `Math.max` of integers, behind its name. */
  protected greater(): Kind {
    const { code } = this;
    const a = this.allocate(I32), b = this.allocate(I32);
    this.expect("(");
    this.toInt(this.expression());
    this.local(OP.localSet, a);
    this.expect(",");
    this.toInt(this.expression());
    this.local(OP.localSet, b);
    this.expect(")");
    this.local(OP.localGet, a);
    this.local(OP.localGet, b);
    this.local(OP.localGet, a);
    this.local(OP.localGet, b);
    code.byte(OP.i32GtS);
    code.byte(OP.select);
    this.free[I32].push(a, b);
    this.literalEnd = -1;
    return V.INT;
  }
}

/** Whether a word is one of those that only x87 code has. */
export const isX87Word = (word: string): boolean => word === "X87" || (word.length === 2 && word[0] === "Y");
