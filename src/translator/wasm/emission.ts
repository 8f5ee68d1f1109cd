// What lowering keeps of a function: the tokens that it reads, the bytes that it writes, WebAssembly's locals, and the guest's registers.
//
// Registers are loaded when they are first read, and written back only where they have changed: in a straight block half of what the
// text loads at its beginning is for ways out that are never taken. What is known on one way must hold on all ways into a place where several meet (Join).

import { HIDDEN } from "../../runtime/hidden.ts";
import { LOOKUPS } from "../../runtime/lookup.ts";
import { S } from "../../runtime/state.ts";
import { BLOCK, Bytes, F32, F64, I32, NO_RESULT, OP, V128, type ValueType } from "./encode.ts";
import { type Kind, type Own, type Surroundings, typeOf, unsupported, V } from "./kinds.ts";
import type { Tokens } from "./tokens.ts";

export interface Local {
  readonly name: string;
  readonly index: number;
  readonly kind: Kind;
  /** Loops around its declaration. */
  readonly loops: number;
  /** The last token that names it. */
  readonly last: number;
  /** The number of the link whose function it began with. */
  readonly link?: number | undefined;
  /** It began as what the table of addresses says of EIP. */
  readonly looked?: boolean | undefined;
}

export interface Label {
  readonly name: string;
  /** Depth that `break` and `continue` go to; continue -1: not a loop. */
  readonly breaks: number;
  readonly continues: number;
  /** Where the ways meet behind it, and at its head. */
  readonly join: Join;
  readonly head: Join;
}

/** What is known of registers where several ways meet. */
export interface Join {
  /** Registers that must be loaded on all the ways. */
  least: number;
  loaded: number;
  written: number;
  stale: number;
  /** Registers that one of the ways has in no place: their locals do not hold them, and their words have changed. */
  lost: number;
  reached: boolean;
}

/** Whether a word is the local of a register: r0 to r7, fk, fa, fb, fr. */
export const isRegister = (word: string): boolean => word.length === 2 && ((word[0] === "r" && word[1] >= "0" && word[1] <= "7") || (word[0] === "f" && "kabr".includes(word[1])));
/** Whether a word is a constant, c0 and so on. */
export const isConstant = (word: string): boolean => word.length > 1 && word[0] === "c" && word[1] >= "0" && word[1] <= "9";
/** The word of the state that a register's local stands for. */
const wordOf = (name: string): number => (name.charCodeAt(0) === 114 ? Number(name.slice(1)) : S.FLAGS + "kabr".indexOf(name[1]));

/** Registers that are assigned anywhere, other than from the state. */
export function writtenIn({ texts, count }: Tokens): number {
  let mask = 0;
  for (let k = 1; k < count; k++) {
    if (texts[k] === "=" && isRegister(texts[k - 1]) && !(texts[k + 1] === "R" && texts[k + 3] === String(wordOf(texts[k - 1])) && texts[k + 4] === "]" && texts[k + 5] !== "|")) {
      mask |= 1 << wordOf(texts[k - 1]);
    }
  }
  return mask;
}

export class Emission {
  protected readonly tokens: Tokens;
  protected readonly around: Surroundings;
  protected readonly code = new Bytes(4096);
  protected at = 0;
  protected readonly locals = new Map<string, Local>();
  protected readonly types: ValueType[] = [];
  /** Locals that nobody needs any more. */
  protected readonly free: Record<ValueType, number[]> = { [I32]: [], [F32]: [], [F64]: [], [V128]: [] };
  protected readonly labels: Label[] = [];
  protected depth = 0;
  protected loops = 0;
  protected readonly parameters: number;
  /** `M.current = c<k>` was the last statement. */
  protected current = -1;
  /** Value and place in the code of the integer literal that was written last. */
  protected literal = 0;
  protected literalEnd = -1;
  protected readonly calls: { at: number; to: number }[] = [];
  /** When registers are loaded where they are first read: those that are written anywhere, which must be loaded wherever ways meet. */
  protected readonly lazy: number | undefined;
  /** Registers that are loaded lazily: name, word of the state, bit in the masks. */
  protected readonly registers = new Map<string, { readonly word: number; readonly bit: number }>();
  /** Registers whose locals hold them; those whose locals are newer than the state; and those whose words were written other than from the local. */
  protected loaded = 0;
  protected written = 0;
  protected stale = 0;
  /** Nothing gets here. */
  protected dead = false;
  /** Where the code ends with a comparison of integers, which can be turned round. */
  protected comparison = -1;
  /** Locals that have a name just now, but for parameters. */
  protected readonly declared: Local[] = [];
  /** Up to this token none of them can be let go. */
  protected due = -1;
  /** What a block function gives on as DEPTH and EXPECTED: its own, or locals for the functions that it calls, from the first such call on. */
  protected inner: readonly [depth: number, expected: number] | undefined;
  /** EIP is to be written, where somebody wants it: the token at which its value begins, or the local that has it. */
  protected held: { readonly token: number; readonly local: number } | undefined;

  constructor(tokens: Tokens, around: Surroundings, lazy: number | undefined) {
    this.tokens = tokens;
    this.lazy = lazy;
    this.around = around;
    const parameters = around.parameters ?? [];
    this.parameters = around.parameters === undefined ? BLOCK.parameters.length : parameters.length;
    for (const [k, [name, kind]] of parameters.entries()) this.locals.set(name, { name, index: k, kind, loops: -1, last: tokens.count });
  }

  // -- tokens ----------------------------------------------------------------------------------------------------------

  protected peek(): string {
    return this.tokens.texts[this.at];
  }

  protected ahead(n: number): string {
    return this.tokens.texts[Math.min(this.at + n, this.tokens.count)];
  }

  protected take(): string {
    return this.tokens.texts[this.at++];
  }

  protected accept(text: string): boolean {
    if (this.tokens.texts[this.at] !== text) return false;
    this.at++;
    return true;
  }

  protected expect(text: string): void {
    if (this.tokens.texts[this.at] !== text) unsupported(`${text} is due at ${this.tokens.texts.slice(this.at, this.at + 6).join(" ")}`);
    this.at++;
  }

  /** The number of the constant `c<k>`. */
  protected constant(): number {
    const word = this.take();
    if (!isConstant(word)) unsupported(word);
    return Number(word.slice(1));
  }

  // -- locals ----------------------------------------------------------------------------------------------------------

  protected allocate(type: ValueType): number {
    return this.free[type].pop() ?? this.parameters + this.types.push(type) - 1;
  }

  /** The local of the name that is token `at`. */
  protected declare(at: number, kind: Kind, link?: number, looked?: boolean): Local {
    const name = this.tokens.texts[at], known = this.locals.get(name);
    // the emitter writes some texts twice, with the names that they declare
    if (known !== undefined) return known.kind === kind ? known : unsupported("a name of two kinds");
    const local: Local = { name, index: this.allocate(typeOf(kind)), kind, loops: this.loops, last: this.tokens.last(at), link, looked };
    this.locals.set(name, local);
    this.declared.push(local);
    this.due = Math.min(this.due, local.last);
    return local;
  }

  /** Lets go of locals that are not read behind this place: another one may have their place. */
  protected release(): void {
    if (this.at <= this.due) return;
    const { declared } = this;
    let kept = 0, due = this.tokens.count;
    for (const local of declared) {
      // what stands around a loop is read in its next round
      const here = local.loops === this.loops;
      if (here && local.last < this.at) {
        this.locals.delete(local.name);
        this.free[typeOf(local.kind)].push(local.index);
        continue;
      }
      declared[kept++] = local;
      if (here) due = Math.min(due, local.last);
    }
    declared.length = kept;
    this.due = due;
  }

  /** Puts a local on the stack. */
  protected read(name: string, local: Local): void {
    const register = this.registers.get(name);
    if (register === undefined || (this.loaded & register.bit) !== 0) return this.local(OP.localGet, local.index);
    if ((this.stale & register.bit) !== 0) unsupported("a register behind its write-back");
    this.stateWord(register.word);
    this.local(OP.localTee, local.index);
    this.loaded |= register.bit;
    this.literalEnd = -1;
  }

  /** Notes that a local has a value of its own. */
  protected wrote(name: string): void {
    const register = this.registers.get(name);
    if (register === undefined) return;
    this.loaded |= register.bit;
    this.written |= register.bit;
  }

  /**
   * Loads the registers that others have written who meet here. One whose word has changed since cannot be loaded any more: behind a call, where registers are about to be
   * read again, it is left out, and read nowhere (Join.lost). `all`: all are due.
   */
  protected settle(mask: number, all = true): void {
    if (!all) mask &= this.loaded | ~this.stale;
    if ((mask & ~this.loaded) === 0) return;
    for (const [name, { bit, word }] of this.registers) {
      if ((mask & bit & ~this.loaded) === 0) continue;
      const local = this.locals.get(name);
      // one that is gone is not read behind here
      if (local === undefined) continue;
      if ((this.stale & bit) !== 0) unsupported("a register behind its write-back");
      this.stateWord(word);
      this.local(OP.localSet, local.index);
    }
    this.loaded |= mask;
  }

  /** Registers that are named in a range of tokens, but for those that are read again from the state there. */
  protected named(from: number, to: number): number {
    const { texts } = this.tokens;
    let mask = 0, again = 0;
    for (let k = from; k < to; k++) {
      const register = isRegister(texts[k]) ? this.registers.get(texts[k]) : undefined;
      if (register === undefined) continue;
      mask |= register.bit;
      if (texts[k + 1] === "=" && texts[k + 2] === "R" && texts[k + 4] === String(register.word) && texts[k + 5] === "]") again |= register.bit;
    }
    return mask & ~again;
  }

  /** `oneWay`: only one way leads there. */
  protected join(oneWay = false): Join {
    return { least: oneWay ? 0 : (this.lazy ?? 0), loaded: -1, written: 0, stale: 0, lost: 0, reached: false };
  }

  /** Goes to a join from here. `head`: that of a loop, which has been written already for what was loaded on the way in. */
  protected arrive(join: Join, head = false): void {
    if (this.dead) return;
    this.settle(join.least, head);
    join.lost |= this.stale & ~this.loaded;
    join.loaded &= this.loaded;
    join.written |= this.written;
    join.stale |= this.stale;
    join.reached = true;
  }

  /** Goes on at a join that all have arrived at. */
  protected meet(join: Join): void {
    this.dead = !join.reached;
    if (!join.reached) return;
    // what one of them has written is in its local for all
    this.loaded = (join.loaded | join.written) & ~join.lost;
    this.written = join.written;
    this.stale = join.stale;
  }

  protected local(op: number, index: number): void {
    this.code.byte(op);
    this.code.u32(index);
  }

  // -- values ----------------------------------------------------------------------------------------------------------

  protected i32(v: number): void {
    this.code.byte(OP.i32Const);
    this.code.s32(v);
    this.literal = v | 0;
    this.literalEnd = this.code.length;
  }

  /** Whether this is a block function, in which two words of the state are its parameters: their number then, -1 otherwise. */
  protected given(word: number): number {
    if (this.around.parameters !== undefined || (word !== S.DEPTH && word !== S.EXPECTED)) return -1;
    return word === S.DEPTH ? 0 : 1;
  }

  /** Puts what the functions called here, or gone on to, get as DEPTH and EXPECTED on the stack. */
  protected giveOn(inner: readonly [number, number] = [0, 1]): void {
    for (const index of inner) this.local(OP.localGet, index);
  }

  /** A word of the state array, by its number. */
  protected stateWord(word: number): void {
    const given = this.given(word);
    if (given >= 0) return this.local(OP.localGet, given);
    this.i32(HIDDEN.STATE + 4 * word);
    this.access(OP.i32Load, 2, 0);
  }

  protected access(op: number, align: number, offset: number): void {
    this.code.byte(op);
    this.code.u32(align);
    this.code.u32(offset);
  }

  /** Truncates what is on the stack to an i32. */
  protected toInt(kind: Kind): void {
    if (kind === V.SINGLE) this.toDouble(kind);
    if (kind === V.DOUBLE || kind === V.SINGLE) this.truncate();
    else if (kind === V.TRUTH || kind === V.NEXT || kind === V.VECTOR) unsupported("a truth as a number");
  }

  /** ToInt32 of a double below 2^63, which all that the emitter truncates are. */
  protected truncate(): void {
    this.code.byte(0xfc);
    this.code.byte(6); // i64.trunc_sat_f64_s
    this.code.byte(OP.i32WrapI64);
  }

  /** Converts the value before `at`, which is where the next one begins, to a double. */
  protected toDouble(kind: Kind, at = this.code.length): void {
    if (kind === V.DOUBLE) return;
    if (kind === V.SINGLE) return this.code.insert(at, OP.f64PromoteF32);
    if (kind !== V.INT && kind !== V.BOOL && kind !== V.UINT) unsupported("a sum that is not truncated");
    this.code.insert(at, kind === V.UINT ? OP.f64ConvertI32U : OP.f64ConvertI32S);
  }

  /** Something that is zero exactly when the value is false. */
  protected toTruth(kind: Kind): void {
    if (kind === V.DOUBLE || kind === V.WIDE || kind === V.NEXT || kind === V.SINGLE || kind === V.VECTOR) unsupported("a truth of this kind");
  }

  protected convert(from: Kind, to: Kind): void {
    if (from === to) return;
    if (to === V.DOUBLE) this.toDouble(from);
    else if (to === V.SINGLE) {
      this.toDouble(from);
      this.code.byte(OP.f32DemoteF64);
    }
    else if (to === V.NEXT || from === V.NEXT || to === V.VECTOR || from === V.VECTOR) unsupported("a function where a number is due");
    else if (to === V.INT && from !== V.UINT) this.toInt(from);
    else if (to === V.WIDE || (to === V.UINT && from === V.INT && this.literalEnd === this.code.length && this.literal >= 0)) this.toInt(from);
    else if (to === V.INT) {
      // a register: what a semantic function gives is an int32, though not always by its form (a shift by a count that is not 0)
    } else unsupported(`kind ${from} where ${to} is due`);
  }

  // -- places ----------------------------------------------------------------------------------------------------------

  /** Calls (`op`) the function at a place when it is one of this module's; `behind` writes what comes behind the call. */
  protected callOwn(op: number, place: number, { first, count }: Own, inner?: readonly [number, number], behind: () => void = () => {}): void {
    const number = () => {
      this.local(OP.localGet, place);
      this.i32(first);
      this.code.byte(OP.i32Sub);
    };
    number();
    this.i32(count);
    this.code.byte(OP.i32LtU);
    this.open(OP.if);
    this.giveOn(inner);
    number();
    this.code.byte(op);
    this.code.byte(0);
    this.code.byte(0);
    behind();
    this.close();
  }

  /** Leaves the innermost block when the lookup table does not know an address; else the place of what is there goes into `at`. */
  protected find(address: number, at: number): void {
    const { code } = this;
    this.local(OP.localGet, address);
    this.local(OP.localGet, address);
    this.i32(13);
    code.byte(OP.i32ShrU);
    code.byte(OP.i32Xor);
    this.i32(LOOKUPS - 1);
    code.byte(OP.i32And);
    this.i32(3);
    code.byte(OP.i32Shl);
    this.local(OP.localTee, at);
    this.access(OP.i32Load, 2, HIDDEN.LOOKUP);
    this.local(OP.localGet, address);
    code.byte(OP.i32Ne);
    this.hint(false);
    this.local(OP.brIf, 0);
    this.local(OP.localGet, at);
    this.access(OP.i32Load, 2, HIDDEN.LOOKUP + 4);
    this.local(OP.localSet, at);
  }

  // -- control ---------------------------------------------------------------------------------------------------------

  /** Says of the branch that is about to be written whether it is likely. */
  protected hint(likely: boolean): void {
    this.code.hints.push({ at: this.code.length, likely });
  }

  protected open(op: number): void {
    this.code.byte(op);
    this.code.byte(NO_RESULT);
    this.depth++;
  }

  protected close(): void {
    this.code.byte(OP.end);
    this.depth--;
  }
}
