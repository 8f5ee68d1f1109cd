// The translator's side of `VectorOps`: vector registers in the generated code. Lanes in constants are lanes.ts; XD, XI and XF are
// the vector file as doubles, integers and singles, VF is the file itself, for operations that have no inline form.

import { K, type Operand } from "../decoder/instruction.ts";
import { CryptoLanes } from "../runtime/simd/crypto.ts";
import { IntegerLanes } from "../runtime/simd/integer.ts";
import { ShaLanes } from "../runtime/simd/sha.ts";
import { ShuffleLanes } from "../runtime/simd/shuffle.ts";
import { StringLanes } from "../runtime/simd/strings.ts";
import type { BlockEmission } from "./intrinsics.ts";
import { type Format, limitOf } from "./lane-grains.ts";
import { LEFT } from "./specialise.ts";
import { code, constant, literal, name, text, Unsupported, type Value } from "./value.ts";

/** Scratch slot of the vector file for a memory source. */
const SOURCE_SLOT = 8;

/** Instructions that make doubles of integers. */
const FROM_INTEGER = new Set(["CVTSI2SD", "CVTDQ2PD"]);

/** Methods of the vector file that touch its lanes and nothing else, and never fault: they are called as they are. */
export const LANES_ONLY: ReadonlySet<string> = new Set([
  ...[IntegerLanes, ShuffleLanes, StringLanes, CryptoLanes, ShaLanes].flatMap((c) => Object.getOwnPropertyNames(c.prototype)).filter((name) => name !== "constructor"),
  "intsToF64", "rcpF32", "rsqrtF32",
]);

/** What vector operations need of the other intrinsics. */
export interface MemoryCode {
  address(o: Operand): Value;
  /** Tests that a store of `size` bytes needs nothing but the store. */
  checkStore(a: Value, size: number, aligned?: boolean): void;
  index(a: Value, plus?: number): string;
  crosses(a: Value, size: number, store: boolean, aligned?: boolean): string;
  isAligned(o: Operand): boolean;
  page(a: Value, plus: number): string;
  bail(): string;
  num(v: Value): number;
  operand(v: Value): Operand;
}

export function createVectorIntrinsics(block: BlockEmission, memory: MemoryCode): (method: string, args: readonly Value[]) => Value | typeof LEFT | undefined {
  const { address, index, crosses, isAligned, page, bail, num, operand } = memory;
  const { lanes } = block;
  const emit = (line: string) => block.emit(line);
  const stable = (v: Value, base: string): string => text(block.atom(v, base));
  const temp = (base: string, value: string): Value => {
    const n = block.fresh(base);
    emit(`const ${n} = ${value};`);
    return name(n);
  };

  /** What multiples of 16 have been found to be more than the value of a symbol, modulo 16. Symbols are values of one node. */
  const known = new Map<number, number>();
  const align = (a: Value, o: Operand, aligned: Value): void => {
    if (!num(aligned) || o.size !== 16 || block.isAligned(a)) return;
    const affine = a.kind === "code" ? a.affine : undefined;
    if (affine !== undefined) {
      if (known.get(affine.symbol) === (affine.delta & 15)) return;
      if (block.depth === 0) known.set(affine.symbol, affine.delta & 15);
    }
    emit(`if ((${text(a)} & 15) !== 0) ${bail()}`);
  };

  /** Memory operand of 4, 8 or 16 bytes into a slot, zero-extended. It is read when someone asks. `number`: it is computed with. */
  const fetch = (o: Operand, slot: number, aligned: Value, number = false): void => {
    if (o.kind === K.MM || o.size < 4) throw new Unsupported("vector operand");
    const a = block.atom(address(o), "a");
    align(a, o, aligned);
    if (number && lanes.sized) {
      if (!lanes.isSizedAt(placeOf(a, o.size))) emit(sized(a, o.size, isAligned(o)));
    }
    else emit(block.access(a, o.size, false, `if (${num(aligned) && o.size === 16 ? "" : crosses(a, o.size, false, isAligned(o))}(${page(a, 0)} & 1) === 0) ${bail()}`));
    for (let half = 0; half < 2; half++) {
      const left = o.size - 8 * half;
      if (left > 0) lanes.writeSource(slot * 2 + half, (plus) => index(a, 8 * half + plus), left === 4 ? 1 : 2);
      else lanes.writeIntegers(slot * 2 + half, "0", "0");
    }
    if (number && lanes.sized) lanes.sourceIsSized(slot * 2, o.size === 4 ? 1 : 0);
  };

  /** What an address is known by until something is stored. */
  const placeOf = (a: Value, size: number): string | undefined => {
    const affine = a.kind === "code" ? a.affine : undefined;
    return block.depth > 0 || affine === undefined ? undefined : `@${block.stores}.${affine.symbol}.${affine.delta}.${size}`;
  };

  /**
   * The test of the number at an address, which is to be zero or of some size: as good as a look at the page's permissions, which only a zero needs, and
   * no dearer. The half with the exponent tells.
   */
  const sized = (a: Value, size: number, aligned: boolean): string => {
    const high = size === 4 ? `V.getInt32(${index(a)}, true)` : `Q.upper(${index(a)})`, bits = size === 4 ? `${high} << 1` : `V.getInt32(${index(a)}, true) | ${high} << 1`;
    const small = `(${high} << 1 >>> 0) < ${limitOf(size === 4 ? 1 : 0)}`;
    const leave = `{ if ((${text(a)} & 4095) <= ${4096 - size} && ${small}) ${lanes.count()}${block.leave()} }`;
    const inPage = `if (${small} && ((${bits}) !== 0 || (${page(a, 0)} & 1) === 0)) ${leave}`;
    return block.access(a, size, false, `if (${crosses(a, size, false, aligned)}${inPage.slice(4)}`, `if (${small} && (${bits}) !== 0) ${leave}`, inPage);
  };

  const copy = (to: number, from: number): void => {
    lanes.copyHalf(to * 2, from * 2);
    lanes.copyHalf(to * 2 + 1, from * 2 + 1);
  };

  const write = (o: Operand, slot: number, aligned: Value): void => {
    if (o.kind === K.XMM) {
      copy(o.reg, slot);
      return;
    }
    if (o.kind === K.MM || o.size < 4 || o.seg === 1) throw new Unsupported("vector destination");
    const a = block.atom(address(o), "a");
    align(a, o, aligned);
    const whole = o.size === 16 ? lanes.storingVector(slot, (plus) => index(a, plus)) : undefined;
    let stores = whole ?? lanes.storing(slot * 2, o.size === 4 ? 1 : 2, (plus) => index(a, plus));
    if (o.size === 16 && whole === undefined) stores += ` ${lanes.storing(slot * 2 + 1, 2, (plus) => index(a, 8 + plus))}`;
    memory.checkStore(a, o.size, isAligned(o));
    emit(stores);
  };

  /** A scalar operand, for its number. */
  const scalar = (o: Operand): number => {
    if (o.kind === K.XMM) return o.reg;
    fetch(o, SOURCE_SLOT, constant(0), true);
    return SOURCE_SLOT;
  };

  /** Integers of zero are known as such. */
  const integer = (slot: number, lane: number): Value => {
    const t = lanes.readI(slot * 2 + (lane >> 1), lane & 1);
    return t === "0" ? constant(0) : name(t);
  };
  const writeInteger = (slot: number, lane: number, v: Value): void => {
    const t = v.kind === "constant" ? literal(Number(v.value) | 0) : v.kind === "code" && v.stable && /^x?i[$\d]/.test(v.text) ? v.text : text(temp("i", `${text(v)} | 0`));
    lanes.writeI(slot * 2 + (lane >> 1), lane & 1, t);
  };
  /** A byte or word of its dword. */
  const narrow = (size: number, args: readonly Value[], signed: boolean): Value => {
    const shift = 8 * size * (num(args[1]) & (4 / size - 1)), v = text(integer(num(args[0]), (num(args[1]) * size) >> 2));
    if (signed) return code(`(${v} << ${32 - 8 * size - shift} >> ${32 - 8 * size})`);
    return code(`(${v} >>> ${shift} & ${size === 1 ? 255 : 65535})`);
  };
  const writeNarrow = (size: number, args: readonly Value[]): void => {
    const [slot, at] = [num(args[0]), num(args[1])];
    const shift = 8 * size * (at & (4 / size - 1)), lane = (at * size) >> 2, ones = size === 1 ? 255 : 65535;
    const value = stable(args[2], "v");
    writeInteger(slot, lane, code(`(${text(integer(slot, lane))} & ${literal(~(ones << shift))} | (${value} & ${ones}) << ${shift})`));
  };
  /** The name of a double, so that a sum of two is no sum of integers. */
  const ofInteger = (v: Value): string => {
    const d = text(temp("d", `+(${text(v)})`));
    lanes.whole(d);
    return d;
  };
  const half = (slot: Value, lane: Value): number => num(slot) * 2 + num(lane);

  /** The test that a result stands, which is put off and so counts as passed: see lanes.ts. */
  const odd = (method: string, r: string, operands: readonly string[], infinite: readonly string[], sizes: (format: Format) => void): Value => {
    if (block.depth > 0) throw new Unsupported(method);
    const format = method.endsWith("32") ? 1 : 0;
    const inexact = lanes.inexact(`VF.${method.replace("odd", "inexact")}(${[r, ...operands].join(", ")})`);
    sizes(format);
    lanes.checkFinite(r, format === 1 || method === "oddNarrow" ? 1 : 0, operands, infinite, inexact);
    return constant(false);
  };

  return (method, args) => {
    switch (method) {
      case "src": {
        const o = operand(args[0]);
        if (o.kind === K.XMM) return constant(o.reg);
        fetch(o, SOURCE_SLOT, args[1]);
        return constant(SOURCE_SLOT);
      }
      case "dst": {
        const o = operand(args[0]);
        if (o.kind !== K.XMM) throw new Unsupported("vector destination");
        return constant(o.reg);
      }
      case "getF64": return name(lanes.readD(scalar(operand(args[0])) * 2));
      case "getF32": return name(lanes.readF(scalar(operand(args[0])) * 2, 0));
      case "move": {
        const to = operand(args[0]), from = operand(args[1]);
        if (to.kind !== K.XMM) write(to, from.reg, args[2]);
        else if (from.kind === K.XMM) copy(to.reg, from.reg);
        else fetch(from, to.reg, args[2], from.size < 16 && lanes.computesWith(to.reg, from.size));
        return undefined;
      }
      case "write": return write(operand(args[0]), num(args[1]), args[2]), undefined;
      case "i32": return integer(num(args[0]), num(args[1]));
      case "f32": return name(lanes.readF(num(args[0]) * 2 + (num(args[1]) >> 1), num(args[1]) & 1));
      case "f64": return name(lanes.readD(half(args[0], args[1])));
      case "setI32": return writeInteger(num(args[0]), num(args[1]), args[2]), undefined;
      case "setF32": return lanes.writeF(num(args[0]) * 2 + (num(args[1]) >> 1), num(args[1]) & 1, stable(args[2], "s")), undefined;
      case "setF64": return lanes.writeD(half(args[0], args[1]), FROM_INTEGER.has(block.insn.row.mnemonic) ? ofInteger(args[2]) : stable(args[2], "d")), undefined;
      case "i8": return narrow(1, args, true);
      case "u8": return narrow(1, args, false);
      case "i16": return narrow(2, args, true);
      case "u16": return narrow(2, args, false);
      case "setI8": return writeNarrow(1, args), undefined;
      case "setI16": return writeNarrow(2, args), undefined;
      case "shiftCount": {
        const [low, high] = [text(integer(num(args[0]), 0)), text(integer(num(args[0]), 1))];
        return temp("v", `(${high} !== 0 || ${low} >>> 0 > 255 ? 255 : ${low})`);
      }
      case "copy": return copy(num(args[0]), num(args[1])), undefined;
      case "copyHalf": return lanes.copyHalf(half(args[0], args[1]), half(args[2], args[3])), undefined;
      case "copyLane": {
        const [to, from] = [num(args[0]) * 4 + num(args[1]), num(args[2]) * 4 + num(args[3])];
        lanes.copyLane(to >> 1, to & 1, from >> 1, from & 1);
        return undefined;
      }
      // Tests of the common case: put off in straight code, where they count as passed.
      case "oddSum": case "oddDifference": case "oddSum32": case "oddDifference32": {
        const [r, a, b] = args.map(text);
        return odd(method, r, [a, b], [a, b], (format) => lanes.sum(r, [a, b], format));
      }
      case "oddProduct": case "oddProduct32": {
        const [r, a, b] = args.map(text);
        return odd(method, r, [a, b], [a, b], (format) => lanes.product(r, a, b, format));
      }
      case "oddQuotient": case "oddQuotient32": {
        const [r, a, b] = args.map(text);
        return odd(method, r, [a, b], [a], (format) => lanes.quotient(r, a, b, format));
      }
      case "oddRoot": case "oddRoot32": {
        const [r, a] = args.map(text);
        return odd(method, r, [a], [a], (format) => lanes.root(r, a, format));
      }
      case "oddNarrow": {
        const [r, a] = args.map(text);
        return odd(method, r, [a], [a], () => lanes.narrow(r, a));
      }
      case "oddInteger": {
        const [r, a] = args.map(text);
        if (block.depth > 0) throw new Unsupported(method);
        lanes.checkOrdered([], lanes.inexact(`${r} !== ${a}`));
        return constant(false);
      }
      case "unordered": case "unordered32": {
        const names = args.map(text).filter((n) => n !== "0");
        if (block.depth > 0) throw new Unsupported(method);
        lanes.checkOrdered([...new Set(names)]);
        lanes.askCalm(names, method.endsWith("32") ? 1 : 0);
        return constant(false);
      }
      case "outside": {
        const [x, low, high] = args.map(text);
        if (block.depth > 0) throw new Unsupported(method);
        lanes.checkRange(x, low, high);
        return constant(false);
      }
      case "zeroFrom": {
        const from = num(args[1]);
        if (from % 4 !== 0) throw new Unsupported("zeroFrom");
        if (from === 0) lanes.writeIntegers(num(args[0]) * 2, "0", "0");
        if (from <= 8) lanes.writeIntegers(num(args[0]) * 2 + 1, "0", "0");
        else for (let k = from / 4; k < 4; k++) lanes.writeI(num(args[0]) * 2 + (k >> 1), k & 1, "0");
        if (from === 4) lanes.writeI(num(args[0]) * 2, 1, "0");
        return undefined;
      }
      default:
        if (!LANES_ONLY.has(method)) {
          // may raise #XM: on a rare path the interpreter takes the instruction, elsewhere it is called out of line
          if (block.depth === 0) throw new Unsupported(method);
          emit(block.leave());
          return LEFT;
        }
        lanes.surrender();
        return temp("v", `VF.${method}(${args.map(text).join(", ")})`);
    }
  };
}
