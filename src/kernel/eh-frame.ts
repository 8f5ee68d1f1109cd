// The unwind tables of an ELF image, .eh_frame, found through .eh_frame_hdr in memory: what they say of an address, and the caller's registers by that.
// DWARF 4, section 6.4; LSB, "Exception Frames". Whole stacks are unwind.ts.

import type { GuestMemory } from "../runtime/memory.ts";
import { areaIndex } from "./mm.ts";
import type { Thread } from "./thread.ts";

/** By DWARF's numbers: eax ecx edx ebx esp ebp esi edi eip. */
export type Registers = (number | undefined)[];
const ESP = 4, EIP = 8;
const PT_LOAD = 1, PT_GNU_EH_FRAME = 0x6474_e550;
const DATAREL_SDATA4 = 0x3b;

/** Bytes of guest memory, read one after another; reads beyond what is mapped give zeros. */
class Reader {
  readonly memory: GuestMemory;
  at: number;
  constructor(memory: GuestMemory, at: number) {
    this.memory = memory;
    this.at = at;
  }
  u8(): number { return this.memory.loadU8(this.at++) ?? 0; }
  u16(): number { return this.u8() | (this.u8() << 8); }
  u32(): number { return (this.u16() | (this.u16() << 16)) >>> 0; }
  uleb(): number { return this.leb(false) >>> 0; }
  sleb(): number { return this.leb(true); }
  /** LEB128, to 32 bits. */
  private leb(signed: boolean): number {
    let value = 0, shift = 0, byte;
    do {
      byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80 && shift < 70);
    return signed && shift < 32 && byte & 0x40 ? value | (-1 << shift) : value;
  }
  /** A pointer in one of the encodings that i386 images use; undefined for another. */
  pointer(encoding: number): number | undefined {
    const base = encoding & 0x70 ? this.at : 0;
    const format = encoding & 15;
    const value = format === 0 || format === 3 ? this.u32() : format === 11 ? this.u32() | 0 : format === 10 ? (this.u16() << 16) >> 16 : format === 2 ? this.u16() : undefined;
    return value === undefined || (encoding & 0x70) > 0x10 ? undefined : (value + base) >>> 0;
  }
}

/** The descriptor of the function that holds `pc`, from the image's sorted table. */
function findDescriptor(thread: Thread, pc: number): number | undefined {
  const { memory } = thread;
  const { areas } = thread.process.mm;
  let index = areaIndex(thread.process.mm, pc);
  const area = areas[index];
  if (area === undefined || area.start > pc) return undefined;
  while (index > 0 && (areas[index].offset !== 0 || areas[index].file !== area.file) && areas[index - 1].file === area.file) index--;
  const base = areas[index].start;
  if (memory.loadU32(base) !== 0x464c_457f) return undefined;
  const word = (at: number) => memory.loadU32(at) ?? 0;
  const headers = base + word(base + 28), count = memory.loadU16(base + 44) ?? 0;
  let bias: number | undefined, table: number | undefined;
  for (let i = 0; i < Math.min(count, 64); i++) {
    const at = headers + 32 * i;
    if (word(at) === PT_LOAD) bias ??= base - (word(at + 8) - (word(at + 8) % 4096));
    if (word(at) === PT_GNU_EH_FRAME) table = word(at + 8);
  }
  if (bias === undefined || table === undefined) return undefined;
  const start = (table + bias) >>> 0;
  const reader = new Reader(memory, start);
  const [version, framesEncoding, countEncoding, tableEncoding] = [reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  if (version !== 1 || tableEncoding !== DATAREL_SDATA4) return undefined;
  reader.pointer(framesEncoding);
  const entries = reader.pointer(countEncoding) ?? 0;
  let low = 0, high = entries;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((start + word(reader.at + 8 * middle)) >>> 0 <= pc) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : (start + word(reader.at + 8 * (low - 1) + 4)) >>> 0;
}

type Rule = { readonly kind: "offset" | "value" | "register" | "expression" | "valueExpression" | "undefined"; readonly n: number };

interface State {
  cfaRegister: number;
  cfaOffset: number;
  /** Address of an expression, or 0. */
  cfaExpression: number;
  rules: Map<number, Rule>;
}

/** A DWARF expression; undefined when it needs what is not known. */
function evaluate(memory: GuestMemory, at: number, registers: Registers, initial: readonly number[]): number | undefined {
  const reader = new Reader(memory, at);
  const end = reader.uleb() + reader.at;
  const stack = [...initial];
  const pop = () => stack.pop() ?? 0;
  while (reader.at < end) {
    const op = reader.u8();
    if (op >= 0x30 && op < 0x50) stack.push(op - 0x30);
    else if (op >= 0x70 && op < 0x90) {
      const value = registers[op - 0x70];
      if (value === undefined) return undefined;
      stack.push((value + reader.sleb()) | 0);
    } else if (op === 0x06) stack.push(memory.loadU32(pop() >>> 0) ?? 0);
    else if (op === 0x08) stack.push(reader.u8());
    else if (op === 0x09) stack.push((reader.u8() << 24) >> 24);
    else if (op === 0x0a) stack.push(reader.u16());
    else if (op === 0x0c) stack.push(reader.u32() | 0);
    else if (op === 0x10) stack.push(reader.uleb());
    else if (op === 0x11) stack.push(reader.sleb());
    else if (op === 0x12) stack.push(stack.at(-1) ?? 0);
    else if (op === 0x23) stack.push((pop() + reader.uleb()) | 0);
    else {
      const b = pop(), a = pop();
      if (op === 0x1a) stack.push(a & b);
      else if (op === 0x1c) stack.push((a - b) | 0);
      else if (op === 0x21) stack.push(a | b);
      else if (op === 0x22) stack.push((a + b) | 0);
      else if (op === 0x24) stack.push(a << b);
      else if (op === 0x2a) stack.push(a >= b ? 1 : 0);
      else return undefined;
    }
  }
  return stack.pop();
}

/** Runs call frame instructions until the location is past `pc`; false for an instruction that is not known. */
function execute(reader: Reader, end: number, align: readonly [code: number, data: number], from: number, pc: number, state: State, initial: State | undefined): boolean {
  const saved: State[] = [];
  let location = from;
  const offset = (register: number, value: number) => state.rules.set(register, { kind: "offset", n: value * align[1] });
  const restore = (register: number) => {
    const rule = initial?.rules.get(register);
    if (rule === undefined) state.rules.delete(register);
    else state.rules.set(register, rule);
  };
  const block = () => {
    const at = reader.at;
    reader.at = reader.uleb() + reader.at;
    return at;
  };
  while (reader.at < end) {
    const op = reader.u8(), low = op & 0x3f;
    if (op >>> 6 === 1) location += low * align[0];
    else if (op >>> 6 === 2) offset(low, reader.uleb());
    else if (op >>> 6 === 3) restore(low);
    else if (op === 0x00) continue;
    else if (op === 0x01) location = reader.u32();
    else if (op === 0x02) location += reader.u8() * align[0];
    else if (op === 0x03) location += reader.u16() * align[0];
    else if (op === 0x04) location += reader.u32() * align[0];
    else if (op === 0x05) offset(reader.uleb(), reader.uleb());
    else if (op === 0x06) restore(reader.uleb());
    else if (op === 0x07) state.rules.set(reader.uleb(), { kind: "undefined", n: 0 });
    else if (op === 0x08) state.rules.delete(reader.uleb());
    else if (op === 0x09) state.rules.set(reader.uleb(), { kind: "register", n: reader.uleb() });
    else if (op === 0x0a) saved.push({ ...state, rules: new Map(state.rules) });
    else if (op === 0x0b) Object.assign(state, saved.pop() ?? state);
    else if (op === 0x0c) [state.cfaRegister, state.cfaOffset, state.cfaExpression] = [reader.uleb(), reader.uleb(), 0];
    else if (op === 0x0d) [state.cfaRegister, state.cfaExpression] = [reader.uleb(), 0];
    else if (op === 0x0e) state.cfaOffset = reader.uleb();
    else if (op === 0x0f) state.cfaExpression = block();
    else if (op === 0x10) state.rules.set(reader.uleb(), { kind: "expression", n: block() });
    else if (op === 0x11) offset(reader.uleb(), reader.sleb());
    else if (op === 0x12) [state.cfaRegister, state.cfaOffset, state.cfaExpression] = [reader.uleb(), reader.sleb() * align[1], 0];
    else if (op === 0x13) state.cfaOffset = reader.sleb() * align[1];
    else if (op === 0x14) state.rules.set(reader.uleb(), { kind: "value", n: reader.uleb() * align[1] });
    else if (op === 0x16) state.rules.set(reader.uleb(), { kind: "valueExpression", n: block() });
    else if (op === 0x2e) reader.uleb();
    else return false;
    if (location > pc) return true;
  }
  return true;
}

/** What the tables say of an address: where the caller's registers are. */
export interface UnwindRow {
  readonly state: State;
  readonly returnRegister: number;
}

/** What the tables of its image say of an address, or undefined when they say nothing. */
export function unwindRow(thread: Thread, pc: number): UnwindRow | undefined {
  const { memory } = thread;
  const descriptor = findDescriptor(thread, pc);
  if (descriptor === undefined) return undefined;
  const fde = new Reader(memory, descriptor);
  const length = fde.u32(), end = fde.at + length;
  const pointerAt = fde.at;
  const cie = new Reader(memory, (pointerAt - fde.u32()) >>> 0);
  const cieLength = cie.u32(), cieEnd = cie.at + cieLength;
  cie.u32();
  const version = cie.u8();
  let augmentation = "";
  for (let c = cie.u8(); c !== 0 && augmentation.length < 8; c = cie.u8()) augmentation += String.fromCharCode(c);
  const align = [cie.uleb(), cie.sleb()] as const;
  const returnRegister = version === 1 ? cie.u8() : cie.uleb();
  let encoding = 0, after: number | undefined;
  if (augmentation.startsWith("z")) {
    after = cie.uleb() + cie.at;
    for (const c of augmentation.slice(1)) {
      if (c === "R") encoding = cie.u8();
      else if (c === "L") cie.u8();
      else if (c === "P") cie.pointer(cie.u8());
    }
  }
  const begin = fde.pointer(encoding), range = fde.pointer(encoding & 15);
  if (begin === undefined || range === undefined || pc < begin || pc >= begin + range) return undefined;
  if (augmentation.startsWith("z")) fde.at = fde.uleb() + fde.at;
  const state: State = { cfaRegister: ESP, cfaOffset: 0, cfaExpression: 0, rules: new Map() };
  cie.at = after ?? cie.at;
  if (!execute(cie, cieEnd, align, 0, -1 >>> 0, state, undefined)) return undefined;
  const initial = { ...state, rules: new Map(state.rules) };
  if (!execute(fde, end, align, begin, pc, state, initial)) return undefined;
  return { state, returnRegister };
}

/** The caller's registers, EIP undefined where the stack ends; or undefined when a register is not known that is needed. */
export function callerBy({ state, returnRegister }: UnwindRow, memory: GuestMemory, registers: Registers): Registers | undefined {
  const base = registers[state.cfaRegister];
  const cfa = state.cfaExpression === 0 ? (base === undefined ? undefined : (base + state.cfaOffset) >>> 0) : evaluate(memory, state.cfaExpression, registers, []);
  if (cfa === undefined) return undefined;
  const caller: Registers = [...registers];
  caller[ESP] = cfa >>> 0;
  for (const [register, rule] of state.rules) {
    caller[register] = rule.kind === "undefined" ? undefined
      : rule.kind === "offset" ? memory.loadU32((cfa + rule.n) >>> 0)
      : rule.kind === "value" ? (cfa + rule.n) >>> 0
      : rule.kind === "register" ? registers[rule.n]
      : evaluated(memory, rule, registers, cfa);
  }
  caller[EIP] = state.rules.has(returnRegister) ? caller[returnRegister] : undefined;
  return caller;
}

function evaluated(memory: GuestMemory, rule: Rule, registers: Registers, cfa: number): number | undefined {
  const value = evaluate(memory, rule.n, registers, [cfa]);
  return value === undefined || rule.kind === "valueExpression" ? value : memory.loadU32(value >>> 0);
}
