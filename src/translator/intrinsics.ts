// The translator's side of `Machine`: what each word of the vocabulary is as inline JavaScript in a block function.
//
// In the generated code general registers are the locals r0-r7, the lazy flags fk fa fb fr; R is the state array, V and P the
// guest memory's DataView and page permissions. A memory access that is not plain, and anything that faults, leaves the block:
// `pc = <this instruction>; break bail;` - the interpreter then executes that instruction with all its consequences. This is
// cheaper than a slow path that comes back, which would keep V8 from holding state in machine registers (docs/decisions/memory-checks.md).

import { F, type Instruction, K, type Operand } from "../decoder/instruction.ts";
import { writesMemory } from "../semantics/index.ts";
import { FLAGS, S } from "../runtime/state.ts";
import { crossing, INDEX, indexAt } from "./access-groups.ts";
import { conditionText, flagBits, flagsOf, flagText, type LazyFlags, statusText, withCarry } from "./conditions.ts";
import type { Forwarding } from "./forwarding.ts";
import type { LaneState } from "./lanes.ts";
import type { LateTests } from "./late-test.ts";
import { binary, type Intrinsics, type Output } from "./specialise.ts";
import type { MmxState } from "./mmx.ts";
import { type Affine, code, constant, literal, moved, name, numberOf, text, Unsupported, type Value } from "./value.ts";
import { createVectorIntrinsics } from "./vector.ts";
import type { X87Locals } from "./x87.ts";

const ESP = 4;
const STATUS = F.CF | F.PF | F.AF | F.ZF | F.SF | F.OF;
/** Instructions whose flags are those of a - b. */
const DIFFERENCES = new Set(["CMP", "SUB", "NEG"]);
/** Methods of the machine that are pure functions of numbers, called as they are. */
const PURE = new Set(["mulhu", "mulhs", "divFitsU", "divU", "divFitsS", "divS", "popcnt", "ctz", "bswap"]);

/** What the machine changes, in a text. */
const CHANGES = /(^|[^\w$])(r\d|XI|XD|XF|SEL|R\[|V\.|X87|VF)/;
const ZERO = constant(0);

/** What the emission of a block collects besides its lines. */
export interface BlockEmission extends Output {
  /** Lanes of vector registers that are in constants. */
  readonly lanes: LaneState;
  /** x87 registers in locals, when the function keeps them there. */
  readonly x87: X87Locals | undefined;
  /** What is known of the x87 between instructions on MM registers. */
  readonly mmx: MmxState;
  /** The register's local, noted as used. */
  register(n: number): string;
  /** Notes that the register's local changes, and to what if that is known: a value some register had, a name. */
  changed(n: number, to?: Affine, name?: string): void;
  /** What the register holds. */
  affineOf(n: number): Affine;
  /**
   * The test of an access, `alone`, or a mark for it when it may become part of one test for several accesses off the same base: `tested` then
   * stands in its place, and `inPage` where it does not leave its page. The text may have the access itself.
   */
  access(at: Value, size: number, store: boolean, alone: string, tested?: string, inPage?: string): string;
  /** The index of an access whose test that is, by itself `at`. */
  indexOf(test: string, at: string): string;
  /** Notes that a name is the address of an operand. */
  addressed(at: Value, o: Operand): void;
  /** Whether the instruction being translated has been seen to use memory at an address that is no multiple of what it takes. */
  unaligned(): boolean;
  /** Whether an address that must be a multiple of 16 is one. */
  isAligned(at: Value): boolean;
  /** Writes the way out to a guest address (a direct jump when it is constant). */
  exit(target: Value): void;
  /** Stores to memory emitted so far. */
  stores: number;
  readonly late: LateTests;
  readonly forwarding: Forwarding;
  /** How many conditions stand around what is being written. */
  readonly depth: number;
  /** The instruction being translated. */
  readonly insn: Instruction;
  /** The lazy flags here. */
  flags: LazyFlags;
  /** Whether the flags behind the instruction being translated may be looked at. */
  flagsMatter(): boolean;
  /** A text is about to refer to the flags: notes that it may be to their locals. */
  flagsRead(): void;
  /** Statements that put the lazy flags into the locals and lanes into the vector file, and leave for the interpreter. */
  leave(): string;
  /** Puts them there. */
  settle(): void;
  /** Names of addresses and of what has been stored are out of sight. */
  closed(): void;
  /** Report every store before it happens (lockstep). */
  readonly traceStores: boolean;
}

export function createIntrinsics(block: BlockEmission): Intrinsics {
  const emit = (line: string) => block.emit(line);
  const bail = () => `{ ${block.leave()} }`;
  const temp = (base: string, value: string): Value => {
    const n = block.fresh(base);
    emit(`const ${n} = ${value};`);
    return name(n);
  };
  const num = (v: Value): number => {
    if (v.kind !== "constant") throw new Unsupported("a number is due at translation time");
    return Number(v.value);
  };
  const operand = (v: Value): Operand => {
    if (v.kind !== "known") throw new Unsupported("an operand is due");
    return v.object as unknown as Operand;
  };

  // -- registers -----------------------------------------------------------------------------------------------------

  const readRegister = (n: number, size: number): Value => {
    if (size === 4) return code(block.register(n), block.affineOf(n));
    if (size === 2) return code(`(${block.register(n)} << 16 >> 16)`);
    return n < 4 ? code(`(${block.register(n)} << 24 >> 24)`) : code(`(${block.register(n - 4)} << 16 >> 24)`);
  };

  const writeRegister = (n: number, size: number, v: Value): void => {
    const full = size === 1 && n >= 4 ? n - 4 : n;
    const r = block.register(full);
    if (size === 4 && v.kind === "code" && v.text === r) return;
    block.changed(full, size === 4 && v.kind === "code" ? v.affine : undefined, size === 4 && v.kind === "code" && v.stable ? v.text : undefined);
    if (size === 4) {
      emit(`${r} = ${v.kind === "constant" ? literal(Number(v.value) | 0) : v.kind === "code" && v.stable ? v.text : int(text(v))};`);
    } else if (size === 2) emit(`${r} = ${r} & -65536 | ${text(v)} & 65535;`);
    else if (n < 4) emit(`${r} = ${r} & -256 | ${text(v)} & 255;`);
    else emit(`${r} = ${r} & -65281 | (${text(v)} & 255) << 8;`);
  };

  // -- addresses -------------------------------------------------------------------------------------------------------

  const sum = (o: Operand): string => {
    const base = o.base < 8 ? block.register(o.base) : "";
    const index = o.index >= 8 ? "" : o.scale === 0 ? block.register(o.index) : `(${block.register(o.index)} << ${o.scale})`;
    if (base === "" && index === "") return literal(o.disp);
    const known = base === "" ? index : index === "" ? base : `${base} + ${index}`;
    return o.disp === 0 ? known : o.disp < 0 ? `${known} - ${-o.disp}` : `${known} + ${o.disp}`;
  };

  const offset = (o: Operand): Value => {
    if (o.base >= 8 && o.index >= 8) return constant(o.address16 ? o.disp & 0xffff : o.disp);
    if (o.address16) return code(`(${sum(o)} & 65535)`);
    if (o.index >= 8 && o.disp === 0) return code(block.register(o.base), block.affineOf(o.base));
    return code(`(${sum(o)} | 0)`, o.index >= 8 ? moved(block.affineOf(o.base), o.disp) : undefined);
  };

  /** FS and GS have a base, and their selector may be null; the other segments are flat while translated code runs. */
  const segmentBase = (segment: number): string | undefined => {
    if (segment === 1 && block.insn.op0.seg === 1 && writesMemory(block.insn)) throw new Unsupported("store through CS");
    if (segment < 4) return undefined;
    emit(`if ((R[${S.ODD}] & ${1 << segment}) !== 0) ${bail()}`);
    return `R[${S.BASE + segment}]`;
  };

  const address = (o: Operand): Value => {
    const base = segmentBase(o.seg);
    const at = offset(o);
    if (base === undefined) {
      const a = block.atom(at, "a");
      block.addressed(a, o);
      return a;
    }
    return temp("a", `${text(at)} + ${base} | 0`);
  };

  // -- memory ------------------------------------------------------------------------------------------------------------

  const page = (a: Value, plus: number): string => {
    if (a.kind === "constant") return `P[${((Number(a.value) + plus) | 0) >>> 12}]`;
    return plus === 0 ? `P[${text(a)} >>> 12]` : `P[${text(a)} + ${plus} >>> 12]`;
  };
  const index = (a: Value, plus = 0): string =>
    plus === 0 ? indexAt(a) : a.kind === "constant" ? String(((Number(a.value) + plus) | 0) >>> 0) : `${text(a)} + ${plus} >>> 0`;
  /** Whether an access of `size` bytes at a known address stays in its page. */
  const inPage = (a: Value, size: number) => size === 1 || (a.kind === "constant" && (Number(a.value) & 0xfff) + size <= 0x1000);
  const pages = (a: Value, size: number) => (inPage(a, size) ? page(a, 0) : `${page(a, 0)} & ${page(a, size - 1)}`);
  /**
   * Condition under which an access needs the interpreter since the next page, into which it crosses, lacks the right. Asking for the
   * crossing costs two instructions; a look at the permissions of two pages, which few need, costs six.
   */
  const crosses = (a: Value, size: number, store: boolean, aligned = false) => (aligned || inPage(a, size) ? "" : crossing(text(a), size, store, block.unaligned()));
  /** Whether an operand of two to eight bytes lies in one page, whatever the registers hold: an element of an array at a known place. */
  const isAligned = (o: Operand): boolean => o.base >= 8 && o.seg < 4 && !o.address16 && (o.disp & (o.size - 1)) === 0 && (1 << o.scale) >= o.size;

  /** `unsigned`: a byte or word is extended with zeros. */
  const load = (at: Value, size: number, aligned = false, unsigned = false): Value => {
    const known = size === 4 ? block.forwarding.at(at) : undefined;
    if (known !== undefined) {
      block.late.loaded = undefined;
      return known;
    }
    const a = block.atom(at, "a");
    const v = block.fresh("v");
    const type = `get${unsigned && size < 4 ? "Uint" : "Int"}`;
    const valueAt = (i: string) => (size === 1 ? `V.${type}8(${i})` : `V.${type}${size * 8}(${i}, true)`), value = valueAt(index(a));
    const plain = `const ${v} = ${value};`, crossing = crosses(a, size, false, aligned), unreadable = `(${page(a, 0)} & 1) === 0`;
    // across the end of memory a DataView throws, so an access that may cross its page is not read before that is known
    const leave = bail();
    const inPage = `${plain}\nif (${v} === 0 && ${unreadable}) ${leave}`;
    const alone = crossing === "" ? inPage : `let ${v} = 0;\nif (${crossing}(${v} = ${value}) === 0 && ${unreadable}) ${leave}`;
    const test = block.access(a, size, false, alone, `const ${v} = ${valueAt(INDEX)};`, inPage);
    emit(test);
    const asks = test.startsWith("/*g") || test.includes("if (");
    block.late.loaded = asks ? { test, early: crossing === "" ? plain : `if (${crossing.slice(0, -4)}) ${leave}\n${plain}`, late: `if (${unreadable}) ${leave}` } : undefined;
    if (size === 4 && block.depth === 0) block.forwarding.note(a, name(v));
    return name(v);
  };

  const loadWide = (at: Value, getter: string, size: number): Value => {
    const a = block.atom(at, "a");
    emit(block.access(a, size, false, `if (${crosses(a, size, false)}(${page(a, 0)} & 1) === 0) ${bail()}`));
    return temp("v", `V.${getter}(${index(a)}, true)`);
  };

  /** Answers the index to store at. */
  const checkStore = (a: Value, size: number, aligned = false): string => {
    block.lanes.beforeStore();
    const test = (size > 16 ? `if ((${pages(a, size)}) >= 0) ${bail()}` : block.access(a, size, true, `if (${crosses(a, size, true, aligned)}${page(a, 0)} >= 0) ${bail()}`));
    emit(test);
    block.stores++;
    block.forwarding.stored(a, size);
    if (block.traceStores) emit(`TRACE(${text(a)}, ${size});`);
    return block.indexOf(test, index(a));
  };

  const store = (a: Value, size: number, v: Value, aligned = false): void => {
    a = block.atom(a, "a");
    const value = text(v);
    const to = checkStore(a, size, aligned);
    if (size === 4) emit(`V.setInt32(${to}, ${value}, true);`);
    else if (size === 2) emit(`V.setInt16(${to}, ${value}, true);`);
    else emit(`V.setInt8(${to}, ${value});`);
    if (size !== 4 || block.depth > 0) return;
    if (v.kind === "constant") block.forwarding.note(a, v);
    else if (v.kind === "code" && v.stable) block.forwarding.note(a, code(int(v.text), v.affine));
  };

  const storeWide = (a: Value, setter: string, size: number, v: Value): void => {
    a = block.atom(a, "a");
    checkStore(a, size);
    emit(`V.${setter}(${index(a)}, ${text(v)}, true);`);
  };

  /** An address computed by a semantic function, truncated to 32 bits. */
  const whole = (v: Value): Value => (v.kind === "code" && !v.stable ? block.atom(code(int(v.text), v.affine), "a") : v);

  // -- operands ------------------------------------------------------------------------------------------------------------

  const get = (o: Operand): Value => {
    switch (o.kind) {
      case K.R32: case K.R16: case K.R8: return readRegister(o.reg, o.size);
      case K.IMM: case K.REL: return constant(o.imm);
      case K.SEG: return code(`SEL[${o.reg}]`);
      case K.M32: case K.M16: case K.M8: return load(address(o), o.size, isAligned(o));
      default: throw new Unsupported("operand");
    }
  };

  const isLoaded = (o: Operand): boolean => o.kind === K.M32 || o.kind === K.M16 || o.kind === K.M8;

  const unsigned = (v: Value, size: number): Value => {
    if (v.kind === "constant") return constant(size === 1 ? Number(v.value) & 0xff : size === 2 ? Number(v.value) & 0xffff : Number(v.value));
    return size === 4 ? v : binary("&", v, constant(size === 1 ? 255 : 65535));
  };

  const set = (o: Operand, v: Value): void => {
    switch (o.kind) {
      case K.R32: case K.R16: case K.R8: writeRegister(o.reg, o.size, v); return;
      case K.M32: case K.M16: case K.M8: {
        if (o.seg === 1) throw new Unsupported("store through CS");
        const value = v.kind === "code" && !v.stable ? block.atom(v, "x") : v;
        store(address(o), o.size, value, isAligned(o));
        return;
      }
      default: throw new Unsupported("operand");
    }
  };

  const fit = (v: Value, size: number): Value => {
    if (v.kind === "constant") return constant(size === 4 ? Number(v.value) | 0 : size === 2 ? (Number(v.value) << 16) >> 16 : (Number(v.value) << 24) >> 24);
    if (size === 4) return code(int(text(v)), v.kind === "code" ? v.affine : undefined);
    return code(`(${text(v)} << ${size === 2 ? "16 >> 16" : "24 >> 24"})`);
  };

  // -- flags -----------------------------------------------------------------------------------------------------------------

  /** A text for the flags must mean the same later on: registers and the machine's arrays change, the names of constants do not. */
  const pinned = (v: Value): string => {
    const t = text(v);
    if (v.kind !== "code" || v.stable) return t;
    return CHANGES.test(t) || t.length > 160 ? text(block.atom(v, "f")) : t;
  };

  const setFlags = (kind: number, a: Value, b: Value, r: Value, plain = false): void => {
    const { row, size } = block.insn;
    const difference = kind === FLAGS.SUB && size === 4 && DIFFERENCES.has(row.mnemonic);
    block.flags = flagsOf(kind, pinned(a), pinned(b), pinned(r), plain, difference);
  };

  const currentFlags = (): LazyFlags => {
    block.flagsRead();
    return block.flags;
  };

  const stackAddress = (offset: number): Value => {
    const esp = block.register(ESP);
    const n = block.fresh("a");
    emit(`const ${n} = ${offset === 0 ? esp : `${esp} ${offset < 0 ? "-" : "+"} ${Math.abs(offset)} | 0`};`);
    return name(n, moved(block.affineOf(ESP), offset));
  };

  const push = (size: number, v: Value): void => {
    const value = block.atom(v, "x");
    const a = stackAddress(-size);
    store(a, size, value);
    emit(`${block.register(ESP)} = ${text(a)};`);
    block.changed(ESP, moved(block.affineOf(ESP), -size));
  };

  const pop = (size: number): Value => {
    const v = load(stackAddress(0), size);
    const esp = block.register(ESP);
    block.changed(ESP, moved(block.affineOf(ESP), size));
    emit(`${esp} = ${esp} + ${size} | 0;`);
    return v;
  };

  const machine = (method: string, args: readonly Value[]): Value | undefined => {
    switch (method) {
      case "get": return get(operand(args[0]));
      case "getU": {
        const o = operand(args[0]);
        return isLoaded(o) ? load(address(o), o.size, isAligned(o), true) : unsigned(get(o), o.size);
      }
      case "set": return set(operand(args[0]), args[1]), undefined;
      case "ea": return address(operand(args[0]));
      case "offset": return offset(operand(args[0]));
      case "linear": {
        const base = segmentBase(num(args[0]));
        return base === undefined ? args[1] : temp("a", `${text(args[1])} + ${base} | 0`);
      }
      case "fit": return fit(args[0], num(args[1]));
      case "reg": return readRegister(num(args[0]), num(args[1]));
      case "setReg": return writeRegister(num(args[0]), num(args[1]), args[2]), undefined;
      case "load": return load(whole(args[0]), num(args[1]));
      case "store": return store(whole(args[0]), num(args[1]), args[2]), undefined;
      // x87 code in locals looks for NaN itself
      case "loadF64": case "loadF32": {
        const wide = method === "loadF64";
        const v = loadWide(args[0], wide ? "getFloat64" : "getFloat32", wide ? 8 : 4);
        return block.x87 !== undefined && v.kind === "code" ? numberOf(v) : v;
      }
      case "storeF64": return storeWide(args[0], "setFloat64", 8, args[1]), undefined;
      case "storeF32": return storeWide(args[0], "setFloat32", 4, args[1]), undefined;
      case "check": {
        const length = num(args[1]);
        if (length > 4096) throw new Unsupported("check");
        const a = block.atom(args[0], "a");
        if (num(args[2])) checkStore(a, length);
        else emit(`if ((${pages(a, length)} & 1) === 0) ${bail()}`);
        return undefined;
      }
      case "push": return push(num(args[0]), args[1]), undefined;
      case "pop": return pop(num(args[0]));
      case "peek": return load(stackAddress(num(args[0])), num(args[1]));
      case "sp": return code(block.register(ESP), block.affineOf(ESP));
      case "setSp": return writeRegister(ESP, 4, args[0]), undefined;
      case "flagsAdd": return setFlags(FLAGS.ADD, args[0], args[1], args[2], block.insn.row.mnemonic !== "ADC"), undefined;
      case "flagsSub": return setFlags(FLAGS.SUB, args[0], args[1], args[2]), undefined;
      case "flagsSbb": return setFlags(FLAGS.SBB, args[0], args[1], args[2]), undefined;
      case "flagsLogic": return setFlags(FLAGS.LOGIC, ZERO, ZERO, args[0]), undefined;
      case "flagsResult": {
        const bits = binary("|", binary("|", args[1], shifted(args[3], 4)), shifted(args[2], 11));
        return setFlags(FLAGS.RESULT, bits, ZERO, args[0]), undefined;
      }
      case "putFlags": {
        // nobody looks: those that stay are not asked for either
        if (!block.flagsMatter()) return undefined;
        const mask = num(args[0]);
        const bits = text(args[1]);
        if (args[1].kind === "code" && args[1].outcomes !== undefined && (mask & STATUS) === STATUS) {
          block.flags = flagBits(bits, undefined, args[1].outcomes);
          return undefined;
        }
        if ((mask & STATUS) === STATUS) return setFlags(FLAGS.BITS, ZERO, ZERO, args[1]), undefined;
        const old = currentFlags();
        if ((mask & STATUS) === (STATUS & ~(F.CF | F.OF))) {
          const now = text(binary("&", args[1], constant(mask)));
          if (old.kind === FLAGS.BITS && old.co === "") return setFlags(FLAGS.BITS, ZERO, ZERO, code(`(${old.r} & ${~mask} | ${now})`)), undefined;
          return setFlags(FLAGS.BITS, ZERO, ZERO, code(`(${flagText("cf", old)} | ${flagText("of", old)} << 11 | ${now})`)), undefined;
        }
        if ((mask & ~(F.CF | F.OF)) !== 0) return setFlags(FLAGS.BITS, ZERO, ZERO, code(`(${statusText(old)} & ${~mask} | ${bits} & ${mask})`)), undefined;
        const kept = mask === F.CF ? ` | ${flagText("of", old)} << 11` : mask === F.OF ? ` | ${flagText("cf", old)}` : "";
        block.flags = withCarry(old, pinned(kept === "" ? args[1] : code(`(${bits} & ${mask}${kept})`)));
        return undefined;
      }
      case "cf": case "pf": case "af": case "zf": case "sf": case "of": return code(flagText(method, currentFlags()));
      case "flagsOrder": {
        const [a, b] = [text(args[0]), text(args[1])];
        block.flags = flagBits(`(${a} < ${b} ? 1 : ${a} > ${b} ? 0 : 64)`, [a, b], undefined);
        return undefined;
      }
      case "cond":
        if (block.depth === 0) block.lanes.commit();
        return code(conditionText(num(args[0]), currentFlags()));
      case "df": return code(`R[${S.DF}]`);
      case "setDf":
        block.lanes.commit();
        return emit(`R[${S.DF}] = ${num(args[0]) ? -1 : 1};`), undefined;
      case "jump": return block.exit(args[0]), undefined;
      case "fault": return emit(block.leave()), undefined;
      case "selector": return code(`SEL[${num(args[0])}]`);
      default:
        if (!PURE.has(method)) throw new Unsupported(method);
        return code(pureText(method, args.map(text), block.insn));
    }
  };

  // -- x87: in locals, or calls that touch nothing but the x87 state ------------------------------------------------------

  const x87 = (method: string, args: readonly Value[]): Value | undefined => {
    block.lanes.commit();
    if (block.x87 !== undefined) return block.x87.method(method, args);
    return temp("x", `X87.${method}(${args.map(text).join(", ")})`);
  };

  const vector = createVectorIntrinsics(block, { address, checkStore, index, crosses, isAligned, page, bail, num, operand });

  return {
    machine, x87, vector,
    save: () => ({ flags: block.flags, lanes: block.lanes.snapshot(), x87: block.x87?.snapshot() }),
    restore(state) {
      block.flags = state.flags;
      block.lanes.restore(state.lanes);
      if (state.x87 !== undefined) block.x87?.restore(state.x87);
    },
    settle: () => block.settle(),
    closed: () => block.closed(),
    flagsMatter: () => block.flagsMatter(),
  };
}

/**
 * A pure word of the machine. V8 inlines only so much into one function, and a call costs more than what is called; so the common
 * cases stand in the code. Products: runtime/wide.ts. Quotients: of a dividend that is extended from 32 bits.
 */
function pureText(word: string, args: readonly string[], insn: Instruction): string {
  const call = `W.${word}(${args.join(", ")})`;
  switch (word) {
    case "mulhu": return highProduct(args[0], args[1]);
    // with two operands only the flags want it, and nobody wants those
    case "mulhs": return insn.op1.kind !== K.NONE ? call : highProductSigned(args[0], args[1]);
    case "divFitsU": return `(${args[0]} >>> 0 < ${args[2]} >>> 0)`;
    case "divU": return `(${args[0]} === 0 ? (${args[1]} >>> 0) / (${args[2]} >>> 0) | 0 : ${call})`;
    case "divFitsS": return `(${args[0]} === ${args[1]} >> 31 ? ${args[2]} !== 0 && (${args[2]} !== -1 || ${args[1]} !== -2147483648) : ${call})`;
    case "divS": return `(${args[0]} === ${args[1]} >> 31 ? ${args[1]} / ${args[2]} | 0 : ${call})`;
    default: return call;
  }
}

/**
 * wide.mulhu and mulhs as expressions, by way of doubles. The product of doubles is off by 2^10 at most, and without the low half, which is
 * known, it is a multiple of 2^32: so it can be rounded to the right one. Half as many operations as by 16-bit halves; 0.9 ns against 2.3
 * where results are not waited for, 7 against 3 where they are.
 */
function highProduct(a: string, b: string): string {
  return `((((${a} >>> 0) * (${b} >>> 0) - (Math.imul(${a}, ${b}) >>> 0)) * ${2 ** -32} + 0.5) | 0)`;
}

function highProductSigned(a: string, b: string): string {
  return `((((${a} * ${b} - (Math.imul(${a}, ${b}) >>> 0)) * ${2 ** -32} + 2147483648.5) | 0) ^ -2147483648)`;
}

/** Truncation to int32, unless the text already is one. */
function int(t: string): string {
  return (t.length === 2 && t[0] === "r") || (t.endsWith(" | 0)") && t[0] === "(" && balanced(t)) ? t : `(${t} | 0)`;
}

/** Whether the first parenthesis closes at the end. */
function balanced(t: string): boolean {
  let depth = 0;
  for (let k = 0; k < t.length; k++) {
    const c = t.charCodeAt(k);
    if (c === 0x28) depth++;
    else if (c === 0x29 && --depth === 0) return k === t.length - 1;
  }
  return false;
}

function shifted(v: Value, by: number): Value {
  return v.kind === "constant" ? constant(Number(v.value) << by) : code(`(${text(v)} << ${by})`);
}
