// The registers of a thread in gdb's order for i386 with SSE, and the target description that says so. gdb manual, "Standard Target Features:
// i386 Features"; the x87 and SSE registers travel through an FXSAVE image (Intel SDM vol. 2).

import type { Cpu } from "../../../../runtime/cpu.ts";
import { isGuestFault } from "../../../../runtime/fault.ts";
import { switchTo } from "../../../process.ts";
import type { Thread } from "../../../thread.ts";

const FXSAVE = 512;
/** Sizes in bytes, in order: eax-edi eip eflags cs ss ds es fs gs, st0-7, fctrl-fop, xmm0-7, mxcsr, orig_eax. */
const SIZES: readonly number[] = [...Array<number>(16).fill(4), ...Array<number>(8).fill(10), ...Array<number>(8).fill(4), ...Array<number>(8).fill(16), 4, 4];
const OFFSETS: readonly number[] = SIZES.map((_, i) => SIZES.slice(0, i).reduce((sum, size) => sum + size, 0));
export const REGISTER_BYTES = SIZES.reduce((sum, size) => sum + size, 0);
const [EIP, EFLAGS, SEGMENTS, ST0, FCTRL, XMM0, MXCSR, ORIG_EAX] = [8, 9, 10, 16, 24, 32, 40, 41];
/** gdb's order of segment registers as our numbers: cs ss ds es fs gs. */
const SEGMENT_ORDER = [1, 2, 3, 0, 4, 5];

/** The FSW's top of stack and the abridged tags of FXSAVE make the full tag word. */
function fullTags(view: DataView): number {
  const top = (view.getUint16(2, true) >>> 11) & 7;
  let tags = 0;
  for (let physical = 0; physical < 8; physical++) {
    let tag = 3;
    if ((view.getUint8(4) >>> physical) & 1) {
      const at = 32 + 16 * ((physical - top) & 7);
      const exponent = view.getUint16(at + 8, true) & 0x7fff, high = view.getUint32(at + 4, true), low = view.getUint32(at, true);
      tag = exponent === 0x7fff ? 2 : exponent === 0 ? (high === 0 && low === 0 ? 1 : 2) : high >>> 31 ? 0 : 2;
    }
    tags |= tag << (2 * physical);
  }
  return tags;
}

/** Calls with the thread's registers in the CPU of its address space. */
function withCpu<T>(thread: Thread, action: (cpu: Cpu) => T): T {
  switchTo(thread);
  return action(thread.cpu);
}

/** All registers, as a `g` packet carries them. */
export function readRegisters(thread: Thread): Uint8Array {
  return withCpu(thread, (cpu) => {
    const bytes = new Uint8Array(REGISTER_BYTES), view = new DataView(bytes.buffer);
    const image = new Uint8Array(FXSAVE), fx = new DataView(image.buffer);
    cpu.vec.exportFxsave(fx, 0);
    const put = (register: number, value: number) => view.setInt32(OFFSETS[register], value, true);
    for (let i = 0; i < 8; i++) put(i, cpu.regs[i]);
    put(EIP, cpu.eip);
    put(EFLAGS, cpu.eflags());
    SEGMENT_ORDER.forEach((segment, i) => put(SEGMENTS + i, cpu.selectors[segment]));
    for (let i = 0; i < 8; i++) bytes.set(image.subarray(32 + 16 * i, 42 + 16 * i), OFFSETS[ST0 + i]);
    // fctrl fstat ftag fiseg fioff foseg fooff fop
    [fx.getUint16(0, true), fx.getUint16(2, true), fullTags(fx), fx.getUint16(12, true), fx.getUint32(8, true), fx.getUint16(20, true), fx.getUint32(16, true), fx.getUint16(6, true)]
      .forEach((value, i) => put(FCTRL + i, value));
    bytes.set(image.subarray(160, 288), OFFSETS[XMM0]);
    put(MXCSR, cpu.vec.csr);
    put(ORIG_EAX, thread.state === "sleeping" ? thread.callNumber : -1);
    return bytes;
  });
}

/** One register, or undefined for a number there is not. */
export function readRegister(thread: Thread, register: number): Uint8Array | undefined {
  if (register < 0 || register >= SIZES.length) return undefined;
  return readRegisters(thread).slice(OFFSETS[register], OFFSETS[register] + SIZES[register]);
}

/** Sets all registers. A selector that cannot be loaded is left alone. */
export function writeRegisters(thread: Thread, bytes: Uint8Array): void {
  withCpu(thread, (cpu) => {
    const full = new Uint8Array(REGISTER_BYTES);
    full.set(bytes.subarray(0, REGISTER_BYTES));
    const view = new DataView(full.buffer);
    const get = (register: number) => view.getInt32(OFFSETS[register], true);
    for (let i = 0; i < 8; i++) cpu.regs[i] = get(i);
    cpu.eip = get(EIP);
    cpu.setEflags(get(EFLAGS), 4);
    SEGMENT_ORDER.forEach((segment, i) => {
      const selector = get(SEGMENTS + i) & 0xffff;
      if (segment === 1 || selector === cpu.selectors[segment]) return;
      try {
        cpu.loadSegment(segment, selector);
      } catch (error) {
        if (!isGuestFault(error)) throw error;
      }
    });
    const image = new Uint8Array(FXSAVE), fx = new DataView(image.buffer);
    fx.setUint16(0, get(FCTRL), true);
    fx.setUint16(2, get(FCTRL + 1), true);
    const tags = get(FCTRL + 2);
    let abridged = 0;
    for (let i = 0; i < 8; i++) if (((tags >>> (2 * i)) & 3) !== 3) abridged |= 1 << i;
    fx.setUint8(4, abridged);
    fx.setUint16(6, get(FCTRL + 7), true);
    fx.setUint32(8, get(FCTRL + 4), true);
    fx.setUint16(12, get(FCTRL + 3), true);
    fx.setUint32(16, get(FCTRL + 6), true);
    fx.setUint16(20, get(FCTRL + 5), true);
    fx.setUint32(24, get(MXCSR), true);
    for (let i = 0; i < 8; i++) image.set(full.subarray(OFFSETS[ST0 + i], OFFSETS[ST0 + i] + 10), 32 + 16 * i);
    image.set(full.subarray(OFFSETS[XMM0], OFFSETS[XMM0] + 128), 160);
    cpu.vec.importFxsave(fx, 0);
  });
}

/** Sets one register; false when there is none of that number. */
export function writeRegister(thread: Thread, register: number, value: Uint8Array): boolean {
  if (register < 0 || register >= SIZES.length || value.length < SIZES[register]) return false;
  if (register === ORIG_EAX) return true;
  const all = readRegisters(thread);
  all.set(value.subarray(0, SIZES[register]), OFFSETS[register]);
  writeRegisters(thread, all);
  return true;
}

const FLAGS: readonly (readonly [string, number])[] = [
  ["CF", 0], ["", 1], ["PF", 2], ["AF", 4], ["ZF", 6], ["SF", 7], ["TF", 8], ["IF", 9], ["DF", 10], ["OF", 11], ["NT", 14], ["RF", 16], ["VM", 17], ["AC", 18], ["VIF", 19], ["VIP", 20], ["ID", 21],
];
const INTEGER = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
const POINTERS = new Set(["esp", "ebp"]);
const X87 = ["fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"];

/** target.xml */
export function targetDescription(): string {
  const reg = (name: string, bits: number, type: string, extra = "") => `<reg name="${name}" bitsize="${bits}" type="${type}"${extra}/>`;
  const fields = FLAGS.map(([name, bit]) => `<field name="${name}" start="${bit}" end="${bit}"/>`).join("");
  const vectors = [["v4f", "ieee_single", 4], ["v2d", "ieee_double", 2], ["v16i8", "int8", 16], ["v8i16", "int16", 8], ["v4i32", "int32", 4], ["v2i64", "int64", 2]] as const;
  const union = [["v4_float", "v4f"], ["v2_double", "v2d"], ["v16_int8", "v16i8"], ["v8_int16", "v8i16"], ["v4_int32", "v4i32"], ["v2_int64", "v2i64"], ["uint128", "uint128"]];
  const exceptions = ["IE", "DE", "ZE", "OE", "UE", "PE", "DAZ", "IM", "DM", "ZM", "OM", "UM", "PM"].map((name, bit) => `<field name="${name}" start="${bit}" end="${bit}"/>`).join("");
  return [
    '<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0"><architecture>i386</architecture><osabi>GNU/Linux</osabi>',
    `<feature name="org.gnu.gdb.i386.core"><flags id="i386_eflags" size="4">${fields}</flags>`,
    ...INTEGER.map((name) => reg(name, 32, POINTERS.has(name) ? "data_ptr" : "int32")),
    reg("eip", 32, "code_ptr"), reg("eflags", 32, "i386_eflags"),
    ...["cs", "ss", "ds", "es", "fs", "gs"].map((name) => reg(name, 32, "int32")),
    ...Array.from({ length: 8 }, (_, i) => reg(`st${i}`, 80, "i387_ext")),
    ...X87.map((name) => reg(name, 32, "int", ' group="float"')),
    '</feature><feature name="org.gnu.gdb.i386.sse">',
    ...vectors.map(([id, type, count]) => `<vector id="${id}" type="${type}" count="${count}"/>`),
    `<union id="vec128">${union.map(([name, type]) => `<field name="${name}" type="${type}"/>`).join("")}</union>`,
    `<flags id="i386_mxcsr" size="4">${exceptions}<field name="FZ" start="15" end="15"/></flags>`,
    ...Array.from({ length: 8 }, (_, i) => reg(`xmm${i}`, 128, "vec128")),
    reg("mxcsr", 32, "i386_mxcsr", ' group="vector"'),
    '</feature><feature name="org.gnu.gdb.i386.linux">', reg("orig_eax", 32, "int"), "</feature></target>",
  ].join("");
}
