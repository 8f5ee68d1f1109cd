// WebAssembly's binary format, as far as lowered code needs it: bytes, numbers, sections.
// https://webassembly.github.io/spec/core/binary/

import type { WasmFunction } from "../../runtime/webassembly.ts";

/** Value types. */
export const I32 = 0x7f, F32 = 0x7d, F64 = 0x7c, V128 = 0x7b;
export type ValueType = typeof I32 | typeof F32 | typeof F64 | typeof V128;

/** Opcodes by the name in the specification; those of the 0xfc page as two bytes. */
export const OP = {
  unreachable: 0x00, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, brTable: 0x0e, return: 0x0f,
  call: 0x10, callIndirect: 0x11, returnCall: 0x12, returnCallIndirect: 0x13, drop: 0x1a, select: 0x1b, localGet: 0x20, localSet: 0x21, localTee: 0x22,
  i32Load: 0x28, f32Load: 0x2a, f64Load: 0x2b, i32Load8S: 0x2c, i32Load8U: 0x2d, i32Load16S: 0x2e, i32Load16U: 0x2f, i32Store: 0x36, f32Store: 0x38, f64Store: 0x39, i32Store8: 0x3a, i32Store16: 0x3b,
  i32Const: 0x41, f32Const: 0x43, f64Const: 0x44,
  i32Eqz: 0x45, i32Eq: 0x46, i32Ne: 0x47, i32LtS: 0x48, i32LtU: 0x49, i32GtS: 0x4a, i32GtU: 0x4b, i32LeS: 0x4c, i32LeU: 0x4d, i32GeS: 0x4e, i32GeU: 0x4f,
  f32Eq: 0x5b, f32Ne: 0x5c, f32Lt: 0x5d, f32Gt: 0x5e, f32Le: 0x5f, f32Ge: 0x60, f64Eq: 0x61, f64Ne: 0x62, f64Lt: 0x63, f64Gt: 0x64, f64Le: 0x65, f64Ge: 0x66,
  i32Clz: 0x67, i32Ctz: 0x68, i32Popcnt: 0x69, i32Add: 0x6a, i32Sub: 0x6b, i32Mul: 0x6c, i32DivS: 0x6d, i32DivU: 0x6e, i32RemS: 0x6f,
  i32And: 0x71, i32Or: 0x72, i32Xor: 0x73, i32Shl: 0x74, i32ShrS: 0x75, i32ShrU: 0x76, i32Rotl: 0x77,
  f64Abs: 0x99, f64Neg: 0x9a, f64Ceil: 0x9b, f64Floor: 0x9c, f64Trunc: 0x9d, f64Nearest: 0x9e, f64Sqrt: 0x9f, f64Add: 0xa0, f64Sub: 0xa1, f64Mul: 0xa2, f64Div: 0xa3,
  f32Sqrt: 0x91, f32Add: 0x92, f32Sub: 0x93, f32Mul: 0x94, f32Div: 0x95,
  i32WrapI64: 0xa7, f32DemoteF64: 0xb6, f64ConvertI32S: 0xb7, f64ConvertI32U: 0xb8, f64PromoteF32: 0xbb,
} as const;

/** The type of a block that leaves nothing. */
export const NO_RESULT = 0x40;

const scratch = new DataView(new ArrayBuffer(8));

/** Bytes that grow at the end, and now and then in the middle. */
export class Bytes {
  data: Uint8Array;
  length = 0;
  /** Branches of which one way is rare: their places, and whether the branch is taken otherwise. */
  readonly hints: { at: number; readonly likely: boolean }[] = [];

  constructor(capacity = 1024) {
    this.data = new Uint8Array(capacity);
  }

  private room(more: number): void {
    if (this.length + more <= this.data.length) return;
    const grown = new Uint8Array(Math.max(2 * this.data.length, this.length + more));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  byte(b: number): void {
    if (this.length === this.data.length) this.room(1);
    this.data[this.length++] = b;
  }

  /** Unsigned LEB128. */
  u32(v: number): void {
    let rest = v >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128. */
  s32(v: number): void {
    let rest = v | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 127) | 128);
      rest >>= 7;
    }
    this.byte(rest & 127);
  }

  f64(v: number): void {
    scratch.setFloat64(0, v, true);
    for (let k = 0; k < 8; k++) this.byte(scratch.getUint8(k));
  }

  text(t: string): void {
    this.u32(t.length);
    for (let k = 0; k < t.length; k++) this.byte(t.charCodeAt(k));
  }

  append(other: Bytes): void {
    this.room(other.length);
    this.data.set(other.data.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  /** An unsigned LEB128 of five bytes, to be given its value later. */
  room32(): number {
    for (let k = 0; k < 4; k++) this.byte(128);
    this.byte(0);
    return this.length - 5;
  }

  /** Gives it. */
  fill32(at: number, v: number): void {
    for (let k = 0; k < 5; k++) this.data[at + k] = ((v >>> (7 * k)) & 127) | (k < 4 ? 128 : 0);
  }

  /** Puts a byte before what stands at `at`. */
  insert(at: number, b: number): void {
    this.byte(0);
    this.data.copyWithin(at + 1, at, this.length - 1);
    this.data[at] = b;
    for (const hint of this.hints) if (hint.at >= at) hint.at++;
  }

  section(id: number, fill: (to: Bytes) => void): void {
    const body = new Bytes(256);
    fill(body);
    this.byte(id);
    this.u32(body.length);
    this.append(body);
  }

  /** Drops what stands behind `to`. */
  cut(to: number): void {
    this.length = to;
    while (this.hints.length > 0 && (this.hints.at(-1)?.at ?? 0) >= to) this.hints.pop();
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.data.slice(0, this.length);
  }
}

/** A function's type: parameters and at most one result. */
export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly result: ValueType | undefined;
}

/** A function that a module takes from outside. */
export interface Import {
  readonly signature: Signature;
  readonly value: WasmFunction;
}

export interface FunctionBody {
  readonly signature: Signature;
  /** Types of locals beyond the parameters. */
  readonly locals: readonly ValueType[];
  /** Instructions, the last `end` included. */
  readonly code: Bytes;
  /** Where the code calls a function of the same module, by its number there: the place of its index, which is known when all imports are. */
  readonly calls: readonly { readonly at: number; readonly to: number }[];
}

export interface ModuleParts {
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionBody[];
  /** A table of functions: its size; whether others see it, as "table", or it holds this module's functions from the start. */
  readonly table: { readonly size: number; readonly own: boolean };
  /** How many of the functions, from the first on, are exported. All by default. */
  readonly exported?: number;
  /** What stands in the memory once there is an instance. */
  readonly data?: { readonly at: number; readonly bytes: Uint8Array };
}

const key = (s: Signature) => `${s.parameters.join()}>${s.result}`;

/** A module: the memory and the imports come from module "m" (names "m", "0", "1" ...), functions are exported as "0", "1" ... Function indices count imports first. */
export function encodeModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const { imports, functions } = parts;
  const types = new Map<string, number>(), signatures: Signature[] = [];
  const typeOf = (s: Signature): number => {
    const known = types.get(key(s));
    if (known !== undefined) return known;
    types.set(key(s), signatures.length);
    return signatures.push(s) - 1;
  };
  // type 0 is what the table's functions have
  typeOf(BLOCK);
  const importTypes = imports.map((i) => typeOf(i.signature)), functionTypes = functions.map((f) => typeOf(f.signature));
  const out = new Bytes(512);
  for (const b of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(b);
  out.section(1, (s) => {
    s.u32(signatures.length);
    for (const { parameters, result } of signatures) {
      s.byte(0x60);
      s.u32(parameters.length);
      for (const p of parameters) s.byte(p);
      s.u32(result === undefined ? 0 : 1);
      if (result !== undefined) s.byte(result);
    }
  });
  out.section(2, (s) => {
    s.u32(imports.length + 1);
    s.text("m");
    s.text("m");
    s.byte(2);
    s.byte(3);
    s.u32(PAGES);
    s.u32(PAGES);
    for (const [k, type] of importTypes.entries()) {
      s.text("m");
      s.text(String(k));
      s.byte(0);
      s.u32(type);
    }
  });
  out.section(3, (s) => {
    s.u32(functions.length);
    for (const t of functionTypes) s.u32(t);
  });
  const { table } = parts;
  out.section(4, (s) => {
    s.byte(1);
    s.byte(0x70);
    s.byte(0);
    s.u32(table.size);
  });
  out.section(7, (s) => {
    const exported = parts.exported ?? functions.length;
    s.u32(exported + (table.own ? 0 : 1));
    for (let k = 0; k < exported; k++) {
      s.text(String(k));
      s.byte(0);
      s.u32(imports.length + k);
    }
    if (!table.own) {
      s.text("table");
      s.byte(1);
      s.u32(0);
    }
  });
  if (table.own) out.section(9, (s) => {
    s.byte(1);
    s.byte(0);
    s.byte(OP.i32Const);
    s.s32(0);
    s.byte(OP.end);
    s.u32(table.size);
    for (let k = 0; k < table.size; k++) s.u32(imports.length + k);
  });
  const bodies = functions.map(({ locals, code, calls }) => {
    for (const { at, to } of calls) code.fill32(at, imports.length + to);
    const body = new Bytes(code.length + 64);
    const runs: [number, ValueType][] = [];
    for (const type of locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    body.u32(runs.length);
    for (const [count, type] of runs) {
      body.u32(count);
      body.byte(type);
    }
    const begin = body.length;
    body.append(code);
    return { body, begin, hints: code.hints };
  });
  // https://github.com/WebAssembly/branch-hinting: what is rare goes out of the way
  out.section(0, (s) => {
    s.text("metadata.code.branch_hint");
    s.u32(bodies.filter(({ hints }) => hints.length > 0).length);
    for (const [k, { begin, hints }] of bodies.entries()) {
      if (hints.length === 0) continue;
      s.u32(imports.length + k);
      s.u32(hints.length);
      for (const { at, likely } of hints) {
        s.u32(begin + at);
        s.byte(1);
        s.byte(likely ? 1 : 0);
      }
    }
  });
  out.section(10, (s) => {
    s.u32(functions.length);
    for (const { body } of bodies) {
      s.u32(body.length);
      s.append(body);
    }
  });
  const { data } = parts;
  if (data !== undefined) out.section(11, (s) => {
    s.byte(1);
    s.byte(0);
    s.byte(OP.i32Const);
    s.s32(data.at);
    s.byte(OP.end);
    s.u32(data.bytes.length);
    for (const b of data.bytes) s.byte(b);
  });
  return out.bytes();
}

/** Pages of 64 KiB of a guest's memory. */
const PAGES = 65536;
/** What a block function is in WebAssembly: it is given the state's words DEPTH and EXPECTED, and returns a code for what runs next (world.ts). */
export const BLOCK: Signature = { parameters: [I32, I32], result: I32 };
