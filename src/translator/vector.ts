// The translator's side of `VectorOps`: vector registers in the generated code. Lanes in constants are lanes.ts; XD, XI and XF are
// the vector file as doubles, integers and singles; VF is the file itself, for operations that have no inline form.

import { K, type Operand } from "../decoder/instruction.ts";
import { CryptoLanes } from "../runtime/simd/crypto.ts";
import { IntegerLanes } from "../runtime/simd/integer.ts";
import { ShaLanes } from "../runtime/simd/sha.ts";
import { ShuffleLanes } from "../runtime/simd/shuffle.ts";
import { StringLanes } from "../runtime/simd/strings.ts";
import type { BlockEmission } from "./intrinsics.ts";
import { LEFT } from "./specialise.ts";
import { code, constant, name, text, Unsupported, type Value } from "./value.ts";

/** Scratch slot of the vector file for a memory source. */
const SOURCE_SLOT = 8;

/** Methods of the vector file that touch its lanes and nothing else, and never fault: they are called as they are. */
const lanesOnly = new Set([
  ...[IntegerLanes, ShuffleLanes, StringLanes, CryptoLanes, ShaLanes].flatMap((c) => Object.getOwnPropertyNames(c.prototype)),
  "intsToF64", "rcpF32", "rsqrtF32",
]);
lanesOnly.delete("constructor");

/** What vector operations need of the other intrinsics. */
export interface MemoryCode {
  address(o: Operand): Value;
  load(a: Value, size: number): Value;
  loadWide(a: Value, getter: string, size: number): Value;
  storeWide(a: Value, setter: string, size: number, v: Value): void;
  /** Tests that a store of `size` bytes needs nothing but the store. */
  checkStore(a: Value, size: number): void;
  index(a: Value, plus?: number): string;
  crosses(a: Value, size: number): string;
  page(a: Value, plus: number): string;
  bail(): string;
  num(v: Value): number;
  operand(v: Value): Operand;
}

export function createVectorIntrinsics(block: BlockEmission, memory: MemoryCode): (method: string, args: readonly Value[]) => Value | typeof LEFT | undefined {
  const { address, index, crosses, page, bail, num, operand } = memory;
  const { lanes } = block;
  const emit = (line: string) => block.emit(line);
  const stable = (v: Value, base: string): string => text(block.atom(v, base));
  const temp = (base: string, value: string): Value => {
    const n = block.fresh(base);
    emit(`const ${n} = ${value};`);
    return name(n);
  };

  const align = (a: Value, o: Operand, aligned: Value): void => {
    if (num(aligned) && o.size === 16) emit(`if ((${text(a)} & 15) !== 0) ${bail()}`);
  };

  /** Memory operand of 4, 8 or 16 bytes into a slot, zero-extended. */
  const fetch = (o: Operand, slot: number, aligned: Value): void => {
    if (o.kind === K.MM || o.size < 4) throw new Unsupported("vector operand");
    const a = block.atom(address(o), "a");
    align(a, o, aligned);
    emit(block.access(a, o.size, false, `if (${num(aligned) && o.size === 16 ? "" : crosses(a, o.size)}(${page(a, 0)} & 1) === 0) ${bail()}`));
    const word = (k: number) => text(temp("i", `V.getInt32(${index(a, 4 * k)}, true)`));
    for (let half = 0; half < 2; half++) {
      const left = o.size - 8 * half;
      if (left >= 8) lanes.writeIntegers(slot * 2 + half, word(2 * half), word(2 * half + 1), index(a, 8 * half));
      else lanes.writeIntegers(slot * 2 + half, left === 4 ? word(2 * half) : "0", "0");
    }
  };

  const copy = (to: number, from: number): void => {
    lanes.copyHalf(to * 2, from * 2);
    lanes.copyHalf(to * 2 + 1, from * 2 + 1);
  };

  const storeHalf = (a: Value, plus: number, half: number): void => {
    const d = lanes.computed(half);
    if (d !== undefined) emit(`V.setFloat64(${index(a, plus)}, ${d}, true);`);
    else for (let k = 0; k < 2; k++) emit(`V.setInt32(${index(a, plus + 4 * k)}, ${lanes.readI(half, k)}, true);`);
  };

  const write = (o: Operand, slot: number, aligned: Value): void => {
    if (o.kind === K.XMM) {
      copy(o.reg, slot);
      return;
    }
    if (o.kind === K.MM || o.size < 4 || o.seg === 1) throw new Unsupported("vector destination");
    const a = block.atom(address(o), "a");
    align(a, o, aligned);
    memory.checkStore(a, o.size);
    if (o.size === 4) emit(`V.setInt32(${index(a)}, ${lanes.readI(slot * 2, 0)}, true);`);
    else {
      storeHalf(a, 0, slot * 2);
      if (o.size === 16) storeHalf(a, 8, slot * 2 + 1);
    }
  };

  /** Narrow lanes go through the file. */
  const narrow = (array: string, shift: number, args: readonly Value[]): string => `${array}[${(num(args[0]) << shift) + num(args[1])}]`;

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
      case "getF64": {
        const o = operand(args[0]);
        return o.kind === K.XMM ? name(lanes.readD(o.reg * 2)) : memory.loadWide(address(o), "getFloat64", 8);
      }
      case "getF32": {
        const o = operand(args[0]);
        return o.kind === K.XMM ? name(lanes.readF(o.reg * 2, 0)) : memory.loadWide(address(o), "getFloat32", 4);
      }
      case "move": {
        const to = operand(args[0]), from = operand(args[1]);
        if (to.kind !== K.XMM) write(to, from.reg, args[2]);
        else if (from.kind === K.XMM) copy(to.reg, from.reg);
        else fetch(from, to.reg, args[2]);
        return undefined;
      }
      case "write": return write(operand(args[0]), num(args[1]), args[2]), undefined;
      case "i32": return name(lanes.readI(num(args[0]) * 2 + (num(args[1]) >> 1), num(args[1]) & 1));
      case "f32": return name(lanes.readF(num(args[0]) * 2 + (num(args[1]) >> 1), num(args[1]) & 1));
      case "f64": return name(lanes.readD(num(args[0]) * 2 + num(args[1])));
      case "setI32": return lanes.writeI(num(args[0]) * 2 + (num(args[1]) >> 1), num(args[1]) & 1, text(temp("i", `${text(args[2])} | 0`))), undefined;
      case "setF32": return lanes.writeF(num(args[0]) * 2 + (num(args[1]) >> 1), num(args[1]) & 1, stable(args[2], "s")), undefined;
      case "setF64": return lanes.writeD(num(args[0]) * 2 + num(args[1]), stable(args[2], "d")), undefined;
      case "i8": case "u8": case "i16": case "u16": {
        lanes.flush();
        const t = method === "i8" || method === "u8" ? narrow("XB", 4, args) : narrow("XW", 3, args);
        return temp("v", method === "u8" ? `${t} & 255` : method === "u16" ? `${t} & 65535` : t);
      }
      case "setI8": case "setI16":
        lanes.flush();
        lanes.forget();
        emit(`${method === "setI8" ? narrow("XB", 4, args) : narrow("XW", 3, args)} = ${text(args[2])};`);
        return undefined;
      case "copy": return copy(num(args[0]), num(args[1])), undefined;
      case "special": return code("VF.special()");
      case "zeroFrom": {
        const from = num(args[1]);
        if (from % 4 !== 0) throw new Unsupported("zeroFrom");
        for (let k = from / 4; k < 4; k++) lanes.writeI(num(args[0]) * 2 + (k >> 1), k & 1, "0");
        return undefined;
      }
      default:
        if (!lanesOnly.has(method)) {
          // may raise #XM: on a rare path the interpreter takes the instruction, elsewhere it is called out of line
          if (block.depth === 0) throw new Unsupported(method);
          emit(`${block.settling()}pc = ${block.insn.address}; break bail;`);
          return LEFT;
        }
        lanes.flush();
        lanes.forget();
        return temp("v", `VF.${method}(${args.map(text).join(", ")})`);
    }
  };
}
