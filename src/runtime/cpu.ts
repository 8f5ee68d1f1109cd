// The CPU: registers, flags, segments and the memory accesses of instructions; the interpreter's side of `Machine`.
//
// Every method here is what a semantic function asks for, executed on the spot. The translator (src/translator/intrinsics.ts)
// has the other side: the same words as inline code. State that both share lies in `state` (layout: state.ts).

import type { Instruction, Operand } from "../decoder/instruction.ts";
import { F, K } from "../decoder/instruction.ts";
import { updatesMemory, writesMemory } from "../semantics/index.ts";
import type { Machine } from "../semantics/machine.ts";
import { type CpuModel, EVERYTHING } from "./cpuid.ts";
import { PF, raise, VECTOR } from "./fault.ts";
import * as flags from "./flags.ts";
import { HIDDEN } from "./hidden.ts";
import type { GuestMemory } from "./memory.ts";
import { PERM } from "./memory.ts";
import type { DescriptorTables } from "./segments.ts";
import * as seg from "./segments.ts";
import { EXIT, FLAGS, S } from "./state.ts";
import { repCmps, repMovs, repScas, repStos } from "./strings.ts";
import { VectorFile } from "./vector.ts";
import * as wide from "./wide.ts";
import { copyState, createX87, type X87 } from "./x87/index.ts";

const STATUS = F.CF | F.PF | F.AF | F.ZF | F.SF | F.OF;
/** Bits that POPF changes at CPL 3 and IOPL 0, beside the status flags and DF. */
const POPPABLE = F.TF | F.NT | F.AC | F.ID;
const ESP = 4;
const SS = 2;
const CS = 1;
const CODE_SEGMENT = 1 << CS;

export class Cpu implements Machine {
  /** In the memory's hidden area: two CPUs on one memory have the same registers. */
  readonly state: Int32Array;
  readonly bytes: Int8Array;
  private readonly words: Int16Array;
  readonly selectors: Int32Array;
  /** `x87` if it has been used, so that what copies registers need not make one. */
  fpu: X87 | undefined = undefined;
  readonly vec: VectorFile;
  tables: DescriptorTables;
  readonly memory: GuestMemory;
  readonly view: DataView;
  readonly perm: Int8Array;
  /** The instruction being executed: a fault reports its address. */
  current: Instruction | undefined = undefined;
  /** Vector of the software interrupt that set state[EXIT]. */
  interruptVector = 0;
  /** Which processor it is. */
  readonly model: CpuModel;
  /** Time-stamp counter. Set by the owner. */
  readTsc: () => bigint = () => BigInt(Math.round(performance.now() * 1e6));

  constructor(memory: GuestMemory, tables: DescriptorTables = seg.createDescriptorTables(), model: CpuModel = EVERYTHING) {
    this.memory = memory;
    this.model = model;
    this.view = memory.view;
    this.perm = memory.perm;
    this.tables = tables;
    this.state = new Int32Array(memory.buffer, HIDDEN.STATE, S.WORDS);
    this.bytes = new Int8Array(memory.buffer, HIDDEN.STATE, S.WORDS * 4);
    this.words = new Int16Array(memory.buffer, HIDDEN.STATE, S.WORDS * 2);
    this.selectors = new Int32Array(memory.buffer, HIDDEN.SELECTORS, 6);
    this.vec = new VectorFile(this);
    this.reset();
  }

  /** As a new one: nothing of an earlier process is left. */
  renew(): void {
    this.tables = seg.createDescriptorTables(this.tables.layout);
    this.interruptVector = 0;
    this.reset();
    // FNINIT leaves the contents of registers
    if (this.fpu !== undefined) copyState(createX87(), this.fpu);
  }

  /** Registers as Linux's ELF_PLAT_INIT and start_thread leave them, but for ESP and EIP. */
  reset(): void {
    this.state.fill(0);
    this.state[S.DF] = 1;
    const { code, data } = this.tables.layout;
    this.selectors.set([data, code, data, data, 0, 0]);
    for (let s = 0; s < 6; s++) this.refreshSegment(s);
    this.fpu?.init();
    this.vec.reset();
    this.current = undefined;
  }

  /** Made when it is first asked for: most short programs have no use for it. */
  get x87(): X87 { return (this.fpu ??= createX87(this.memory.buffer, HIDDEN.X87)); }
  get eip(): number { return this.state[S.EIP]; }
  set eip(v: number) { this.state[S.EIP] = v; }
  /** EAX ECX EDX EBX ESP EBP ESI EDI in words 0-7 (the array is the whole state). */
  get regs(): Int32Array { return this.state; }

  // -- operands ------------------------------------------------------------------------------------------------------

  get(o: Operand): number {
    switch (o.kind) {
      case K.R32: return this.state[o.reg];
      case K.IMM: return o.imm;
      case K.M32: return this.load32(this.ea(o));
      case K.R8: return o.reg < 4 ? this.bytes[o.reg << 2] : this.bytes[((o.reg - 4) << 2) + 1];
      case K.M8: return this.load8(this.ea(o));
      case K.R16: return this.words[o.reg << 1];
      case K.M16: return this.load16(this.ea(o));
      case K.SEG: return this.selectors[o.reg];
      case K.REL: return o.imm;
      default: return this.load(this.ea(o), o.size);
    }
  }

  getU(o: Operand): number {
    const v = this.get(o);
    return o.size === 1 ? v & 0xff : o.size === 2 ? v & 0xffff : v;
  }

  set(o: Operand, v: number): void {
    switch (o.kind) {
      case K.R32: this.state[o.reg] = v; return;
      case K.M32: this.store32(this.eaw(o), v); return;
      case K.R8:
        if (o.reg < 4) this.bytes[o.reg << 2] = v;
        else this.bytes[((o.reg - 4) << 2) + 1] = v;
        return;
      case K.M8: this.store8(this.eaw(o), v); return;
      case K.R16: this.words[o.reg << 1] = v; return;
      case K.M16: this.store16(this.eaw(o), v); return;
      default: this.store(this.eaw(o), o.size, v);
    }
  }

  ea(o: Operand): number {
    const r = this.state;
    let at = (r[o.base] + (r[o.index] << o.scale) + o.disp) | 0;
    if (o.address16) at &= 0xffff;
    if ((r[S.ODD] | CODE_SEGMENT) & (1 << o.seg)) this.checkAccess(o.seg, at, o.size);
    return (at + r[S.BASE + o.seg]) | 0;
  }

  eaw(o: Operand): number {
    const r = this.state;
    let at = (r[o.base] + (r[o.index] << o.scale) + o.disp) | 0;
    if (o.address16) at &= 0xffff;
    if ((r[S.ODD] | CODE_SEGMENT) & (1 << o.seg)) this.checkSegment(o.seg, at, o.size, true); // code is never writable
    return (at + r[S.BASE + o.seg]) | 0;
  }

  offset(o: Operand): number {
    const r = this.state;
    const at = (r[o.base] + (r[o.index] << o.scale) + o.disp) | 0;
    return o.address16 ? at & 0xffff : at;
  }

  linear(segment: number, offset: number, size: number): number {
    const r = this.state;
    if ((r[S.ODD] | CODE_SEGMENT) & (1 << segment)) this.checkAccess(segment, offset, size);
    return (offset + r[S.BASE + segment]) | 0;
  }

  /** Segment check of an access by the current instruction: what writes its memory operand in the end must be allowed to, from the start. */
  private checkAccess(segment: number, offset: number, size: number): void {
    const i = this.current;
    const write = i !== undefined && i.op0.seg === segment && writesMemory(i);
    if (write || this.state[S.ODD] & (1 << segment)) this.checkSegment(segment, offset, size, write);
  }

  fit(x: number, size: number): number {
    return size === 4 ? x | 0 : size === 2 ? (x << 16) >> 16 : (x << 24) >> 24;
  }

  reg(n: number, size: number): number {
    if (size === 4) return this.state[n];
    if (size === 2) return this.words[n << 1];
    return n < 4 ? this.bytes[n << 2] : this.bytes[((n - 4) << 2) + 1];
  }

  setReg(n: number, size: number, v: number): void {
    if (size === 4) this.state[n] = v;
    else if (size === 2) this.words[n << 1] = v;
    else if (n < 4) this.bytes[n << 2] = v;
    else this.bytes[((n - 4) << 2) + 1] = v;
  }

  // -- memory ----------------------------------------------------------------------------------------------------------
  // A zero may come from a page that cannot be read (such pages hold zeros): only then look. An access that crosses into the
  // next page looks at both, and before it reads: there is nothing behind the last page.

  load(address: number, size: number): number {
    return size === 4 ? this.load32(address) : size === 1 ? this.load8(address) : this.load16(address);
  }

  load8(address: number): number {
    const v = this.view.getInt8(address >>> 0);
    if (v === 0 && !(this.perm[address >>> 12] & PERM.R)) this.pageFault(address, 0);
    return v;
  }

  load16(address: number): number {
    if ((address & 0xfff) > 0xffe) this.checkRead(address, 2);
    const v = this.view.getInt16(address >>> 0, true);
    if (v === 0 && !(this.perm[address >>> 12] & PERM.R)) this.pageFault(address, 0);
    return v;
  }

  load32(address: number): number {
    if ((address & 0xfff) > 0xffc) this.checkRead(address, 4);
    const v = this.view.getInt32(address >>> 0, true);
    if (v === 0 && !(this.perm[address >>> 12] & PERM.R)) this.pageFault(address, 0);
    return v;
  }

  loadF64(address: number): number {
    this.checkRead(address, 8);
    return this.view.getFloat64(address >>> 0, true);
  }

  loadF32(address: number): number {
    this.checkRead(address, 4);
    return this.view.getFloat32(address >>> 0, true);
  }

  store(address: number, size: number, v: number): void {
    if (size === 4) this.store32(address, v);
    else if (size === 1) this.store8(address, v);
    else this.store16(address, v);
  }

  store8(address: number, v: number): void {
    if (this.perm[address >>> 12] >= 0) return this.slowStore(address, 1, v);
    this.view.setInt8(address >>> 0, v);
  }

  store16(address: number, v: number): void {
    if ((this.perm[address >>> 12] & this.perm[(address + 1) >>> 12]) >= 0) return this.slowStore(address, 2, v);
    this.view.setInt16(address >>> 0, v, true);
  }

  store32(address: number, v: number): void {
    if ((this.perm[address >>> 12] & this.perm[(address + 3) >>> 12]) >= 0) return this.slowStore(address, 4, v);
    this.view.setInt32(address >>> 0, v, true);
  }

  storeF64(address: number, v: number): void {
    this.beginStore(address, 8);
    this.view.setFloat64(address >>> 0, v, true);
    this.endStore(address, 8);
  }

  storeF32(address: number, v: number): void {
    this.beginStore(address, 4);
    this.view.setFloat32(address >>> 0, v, true);
    this.endStore(address, 4);
  }

  /** A store that is not to plain writable pages: faults, or tells the code cache and the pages that share. */
  private slowStore(address: number, size: number, v: number): void {
    this.beginStore(address, size);
    for (let k = 0; k < size; k++) this.view.setInt8((address + k) >>> 0, v >> (8 * k));
    this.endStore(address, size);
  }

  /** Checks a store of `length` bytes (at most a page) and invalidates code there. The bytes follow, then endStore. */
  beginStore(address: number, length: number): void {
    const last = (address + length - 1) | 0;
    if ((this.perm[address >>> 12] & this.perm[last >>> 12]) < 0) return;
    this.check(address, length, true);
    if ((this.perm[address >>> 12] | this.perm[last >>> 12]) & PERM.FRESH) this.memory.touch(address, length);
    if (this.perm[address >>> 12] & PERM.CODE || this.perm[last >>> 12] & PERM.CODE) this.memory.onCodeWrite(address >>> 0, length);
  }

  endStore(address: number, length: number): void {
    if ((this.perm[address >>> 12] | this.perm[(address + length - 1) >>> 12]) & PERM.SHARED) this.memory.afterStore(address, length);
  }

  private checkRead(address: number, size: number): void {
    if ((address >>> 0) + size > 0x100000000) raise(VECTOR.GP, 0); // beyond the limit of a flat segment
    if (!(this.perm[address >>> 12] & PERM.R)) this.pageFault(address, 0);
    const last = (address + size - 1) | 0;
    if (!(this.perm[last >>> 12] & PERM.R)) this.pageFault(last & ~0xfff, 0);
  }

  check(address: number, length: number, write: boolean): void {
    if (length <= 0) return;
    if ((address >>> 0) + length > 0x100000000) raise(VECTOR.GP, 0);
    const right = write ? PERM.W : PERM.R;
    const first = address >>> 12, pages = (((address & 0xfff) + length - 1) >>> 12) + 1;
    for (let k = 0; k < pages; k++) {
      if (!(this.perm[(first + k) & 0xfffff] & right)) this.pageFault(k === 0 ? address : ((first + k) << 12) | 0, write ? PF.WRITE : 0);
    }
  }

  /** Raises #PF. The read of a read-modify-write instruction faults as a write. */
  pageFault(address: number, code: number): never {
    if (code === 0 && this.current !== undefined && updatesMemory(this.current)) code = PF.WRITE;
    const present = this.perm[address >>> 12] & 7 ? PF.PRESENT : 0;
    raise(VECTOR.PF, code | PF.USER | present, address);
  }

  // -- stack -------------------------------------------------------------------------------------------------------------

  push(size: number, v: number): void {
    const r = this.state;
    if (r[S.ODD] & (1 << SS)) return this.oddPush(size, v);
    const at = (r[ESP] - size) | 0;
    if (size === 4) this.store32(at, v);
    else this.store16(at, v);
    r[ESP] = at;
  }

  pop(size: number): number {
    const r = this.state;
    if (r[S.ODD] & (1 << SS)) {
      const v = this.peek(0, size);
      this.setSp(this.sp() + size);
      return v;
    }
    const v = size === 4 ? this.load32(r[ESP]) : this.load16(r[ESP]);
    r[ESP] = (r[ESP] + size) | 0;
    return v;
  }

  private oddPush(size: number, v: number): void {
    const at = this.bigStack() ? (this.sp() - size) | 0 : (this.sp() - size) & 0xffff;
    this.checkSegment(SS, at, size, true);
    this.store((at + this.state[S.BASE + SS]) | 0, size, v);
    this.setSp(at);
  }

  peek(offset: number, size: number): number {
    const at = (this.sp() + offset) | 0;
    return this.load(this.linear(SS, this.bigStack() ? at : at & 0xffff, size), size);
  }

  sp(): number {
    return this.bigStack() ? this.state[ESP] : this.words[ESP << 1] & 0xffff;
  }

  setSp(v: number): void {
    if (this.bigStack()) this.state[ESP] = v;
    else this.words[ESP << 1] = v;
  }

  private bigStack(): boolean {
    return !(this.state[S.ODD] & (1 << SS)) || (seg.lookup(this.tables, this.selectors[SS])?.big ?? true);
  }

  // -- flags ---------------------------------------------------------------------------------------------------------------

  // Written out where nearly every instruction comes by, here and in cond(): until V8 has compiled them, which a short program
  // does not see, each call costs as much as an instruction should.

  private lazy(kind: number, a: number, b: number, r: number): void {
    const s = this.state;
    s[S.FLAGS] = kind;
    s[S.FLAG_A] = a;
    s[S.FLAG_B] = b;
    s[S.FLAG_R] = r;
  }

  flagsAdd(a: number, b: number, r: number): void { const s = this.state; s[S.FLAGS] = FLAGS.ADD; s[S.FLAG_A] = a; s[S.FLAG_B] = b; s[S.FLAG_R] = r; }
  flagsSub(a: number, b: number, r: number): void { const s = this.state; s[S.FLAGS] = FLAGS.SUB; s[S.FLAG_A] = a; s[S.FLAG_B] = b; s[S.FLAG_R] = r; }
  flagsLogic(r: number): void { const s = this.state; s[S.FLAGS] = FLAGS.LOGIC; s[S.FLAG_A] = s[S.FLAG_B] = 0; s[S.FLAG_R] = r; }
  flagsSbb(a: number, b: number, r: number): void { this.lazy(FLAGS.SBB, a, b, r); }
  flagsResult(r: number, cf: number, of: number, af: number): void { this.lazy(FLAGS.RESULT, cf | (af << 4) | (of << 11), 0, r); }
  flagsOrder(a: number, b: number): void { this.lazy(FLAGS.BITS, 0, 0, a < b ? 1 : a > b ? 0 : 64); }
  putFlags(mask: number, bits: number): void { this.lazy(FLAGS.BITS, 0, 0, (this.status() & ~mask) | (bits & mask)); }

  private status(): number {
    const s = this.state;
    return flags.statusBits(s[S.FLAGS], s[S.FLAG_A], s[S.FLAG_B], s[S.FLAG_R]);
  }

  cf(): number { const s = this.state; return flags.carry(s[S.FLAGS], s[S.FLAG_A], s[S.FLAG_B], s[S.FLAG_R]); }
  of(): number { const s = this.state; return flags.overflow(s[S.FLAGS], s[S.FLAG_A], s[S.FLAG_B], s[S.FLAG_R]); }
  af(): number { const s = this.state; return flags.adjust(s[S.FLAGS], s[S.FLAG_A], s[S.FLAG_B], s[S.FLAG_R]); }
  zf(): number { return flags.zero(this.state[S.FLAGS], this.state[S.FLAG_R]); }
  sf(): number { return flags.sign(this.state[S.FLAGS], this.state[S.FLAG_R]); }
  pf(): number { return flags.parity(this.state[S.FLAGS], this.state[S.FLAG_R]); }
  cond(cc: number): boolean {
    const s = this.state;
    // E and NE, every second condition
    if (cc >> 1 === 2) return (s[S.FLAGS] === FLAGS.BITS ? (s[S.FLAG_R] & F.ZF) !== 0 : s[S.FLAG_R] === 0) === ((cc & 1) === 0);
    return flags.condition(cc, s[S.FLAGS], s[S.FLAG_A], s[S.FLAG_B], s[S.FLAG_R]);
  }
  df(): number { return this.state[S.DF]; }
  setDf(bit: number): void { this.state[S.DF] = bit ? -1 : 1; }

  eflags(): number {
    return this.status() | this.state[S.SYSTEM_FLAGS] | (this.state[S.DF] < 0 ? F.DF : 0) | F.IF | 2;
  }

  setEflags(v: number, size: number): void {
    const s = this.state;
    const mask = size === 2 ? POPPABLE & 0xffff : POPPABLE;
    this.lazy(FLAGS.BITS, 0, 0, v & STATUS);
    s[S.DF] = v & F.DF ? -1 : 1;
    s[S.SYSTEM_FLAGS] = (s[S.SYSTEM_FLAGS] & ~mask & ~F.RF) | (v & mask);
  }

  // -- control -------------------------------------------------------------------------------------------------------------

  jump(target: number): void {
    if (this.state[S.ODD] & (1 << CS)) this.checkJump(target);
    this.state[S.EIP] = target;
  }

  fault(vector: number, code: number): never {
    raise(vector, code);
  }

  interrupt(vector: number): void {
    this.interruptVector = vector;
    this.state[S.EXIT] = EXIT.INTERRUPT;
  }

  sysenter(): void {
    this.state[S.EXIT] = EXIT.SYSENTER;
  }

  // -- segments ------------------------------------------------------------------------------------------------------------

  selector(segment: number): number {
    return this.selectors[segment];
  }

  /** Recomputes base and the ODD bit of a segment from its selector, after a table or the register changed. */
  refreshSegment(segment: number): void {
    const d = seg.lookup(this.tables, this.selectors[segment]);
    this.state[S.BASE + segment] = d ? d.base : 0;
    const flat = d !== undefined && seg.isPresent(d) && d.limit === 0xffffffff && !seg.isExpandDown(d)
      && (segment === CS ? seg.isCode(d) && d.big && d.base === 0 : seg.isWritable(d) && (segment > 3 || (d.base === 0 && (d.big || segment !== SS))));
    const bit = 1 << segment;
    const odd = flat ? this.state[S.ODD] & ~bit : this.state[S.ODD] | bit;
    this.state[S.ODD] = odd;
  }

  loadSegment(segment: number, selector: number): void {
    selector &= 0xffff;
    if ((selector & 0xfffc) === 0) {
      if (segment === SS || segment === CS) raise(VECTOR.GP, 0);
    } else {
      const d = seg.lookup(this.tables, selector);
      const code = selector & 0xfffc;
      if (!d || !seg.isSegment(d)) raise(VECTOR.GP, code);
      if (segment === SS) {
        if ((selector & 3) !== 3 || !seg.isWritable(d) || seg.privilege(d) !== 3) raise(VECTOR.GP, code);
        if (!seg.isPresent(d)) raise(VECTOR.SS, code);
      } else {
        if (!seg.isReadable(d) || (!seg.isConforming(d) && seg.privilege(d) !== 3)) raise(VECTOR.GP, code);
        if (!seg.isPresent(d)) raise(VECTOR.NP, code);
      }
    }
    this.selectors[segment] = selector;
    this.refreshSegment(segment);
  }

  /** Limit and type check of an access in a segment that is not plain. */
  private checkSegment(segment: number, offset: number, size: number, write: boolean): void {
    const vector = segment === SS ? VECTOR.SS : VECTOR.GP;
    const d = seg.lookup(this.tables, this.selectors[segment]);
    if (!d || !seg.isPresent(d)) raise(vector, 0);
    if (write ? !seg.isWritable(d) : !seg.isReadable(d)) raise(vector, 0);
    const first = offset >>> 0, last = first + Math.max(size, 1) - 1;
    if (seg.isExpandDown(d)) {
      if (first <= d.limit || last > (d.big ? 0xffffffff : 0xffff)) raise(vector, 0);
    } else if (last > d.limit) raise(vector, 0);
  }

  checkJump(target: number): void {
    const d = seg.lookup(this.tables, this.selectors[CS]);
    if (d && target >>> 0 > d.limit) raise(VECTOR.GP, 0);
  }

  private codeDescriptor(selector: number): seg.Descriptor {
    const code = selector & 0xfffc;
    if (code === 0) raise(VECTOR.GP, 0);
    const d = seg.lookup(this.tables, selector);
    if (!d || !seg.isSegment(d) || !seg.isCode(d)) raise(VECTOR.GP, code);
    if (seg.isConforming(d) ? false : seg.privilege(d) !== 3 || (selector & 3) > 3) raise(VECTOR.GP, code);
    if (!seg.isPresent(d)) raise(VECTOR.NP, code);
    return d;
  }

  farJump(selector: number, offset: number, size: number, push: number): void {
    selector &= 0xffff;
    const d = this.codeDescriptor(selector);
    if (offset >>> 0 > d.limit) raise(VECTOR.GP, 0);
    if (push) {
      const sp = this.sp();
      this.check(this.linear(SS, (sp - size) | 0, size), size, true); // CS goes first, and faults first
      this.check(this.linear(SS, (sp - 2 * size) | 0, size), 2 * size, true);
      this.push(size, this.selectors[CS]);
      this.push(size, this.current ? this.current.next : 0);
    }
    this.enterCode(selector, size === 2 ? offset & 0xffff : offset);
  }

  private enterCode(selector: number, offset: number): void {
    this.selectors[CS] = (selector & 0xfffc) | 3;
    this.refreshSegment(CS);
    this.state[S.EIP] = offset;
  }

  farReturn(size: number, release: number): void {
    const selector = this.peek(size, size) & 0xffff, offset = this.peek(0, size); // in hardware's order
    if ((selector & 3) !== 3) raise(VECTOR.GP, selector & 0xfffc);
    const d = this.codeDescriptor(selector);
    const target = size === 2 ? offset & 0xffff : offset;
    if (target >>> 0 > d.limit) raise(VECTOR.GP, 0);
    this.setSp((this.sp() + 2 * size + release) | 0);
    this.enterCode(selector, target);
  }

  interruptReturn(size: number): void {
    if (this.state[S.SYSTEM_FLAGS] & F.NT) raise(VECTOR.GP, 0);
    const image = this.peek(2 * size, size), selector = this.peek(size, size) & 0xffff, offset = this.peek(0, size);
    if ((selector & 3) !== 3) raise(VECTOR.GP, selector & 0xfffc);
    const d = this.codeDescriptor(selector);
    const target = size === 2 ? offset & 0xffff : offset;
    if (target >>> 0 > d.limit) raise(VECTOR.GP, 0);
    this.setSp((this.sp() + 3 * size) | 0);
    this.setEflags(image, size);
    this.enterCode(selector, target);
  }

  validSegment(selector: number, forLimit: number): number {
    const d = seg.lookup(this.tables, selector & 0xffff);
    if (!d) return 0;
    if (!seg.isSegment(d)) {
      const type = d.access & 15; // LSL: TSS and LDT only; LAR: also call and task gates
      const known = forLimit ? [1, 2, 3, 9, 11] : [1, 2, 3, 4, 5, 9, 11, 12];
      if (!known.includes(type)) return 0;
    } else if (seg.isConforming(d)) return 1;
    return seg.privilege(d) === 3 ? 1 : 0;
  }

  accessRights(selector: number): number {
    const d = seg.lookup(this.tables, selector & 0xffff);
    return d && this.validSegment(selector, 0) ? d.high & 0x00ffff00 : -1; // the limit's top bits too, as hardware
  }

  segmentLimit(selector: number): number {
    const d = seg.lookup(this.tables, selector & 0xffff);
    return d ? d.limit | 0 : -1;
  }

  verify(selector: number, write: number): number {
    const d = seg.lookup(this.tables, selector & 0xffff);
    if (!d || !seg.isSegment(d)) return 0;
    if (!seg.isConforming(d) && seg.privilege(d) !== 3) return 0;
    return (write ? seg.isWritable(d) : seg.isReadable(d)) ? 1 : 0;
  }

  // -- arithmetic, strings, system ---------------------------------------------------------------------------------------

  mulhu(a: number, b: number): number { return wide.mulhu(a, b); }
  mulhs(a: number, b: number): number { return wide.mulhs(a, b); }
  divFitsU(hi: number, lo: number, d: number): boolean { return wide.divFitsU(hi, lo, d); }
  divU(hi: number, lo: number, d: number): number { return wide.divU(hi, lo, d); }
  divFitsS(hi: number, lo: number, d: number): boolean { return wide.divFitsS(hi, lo, d); }
  divS(hi: number, lo: number, d: number): number { return wide.divS(hi, lo, d); }
  popcnt(x: number): number { return wide.popcnt(x); }
  ctz(x: number): number { return wide.ctz(x); }
  bswap(x: number): number { return wide.bswap(x); }

  repMovs(i: Instruction): boolean { return repMovs(this, i); }
  repStos(i: Instruction): boolean { return repStos(this, i); }
  repScas(i: Instruction): boolean { return repScas(this, i); }
  repCmps(i: Instruction): boolean { return repCmps(this, i); }

  cpuid(): void {
    const [a, b, c, d] = this.model.cpuid(this.state[0], this.state[1]);
    this.state[0] = a;
    this.state[3] = b;
    this.state[1] = c;
    this.state[2] = d;
  }

  rdtsc(): void {
    const t = this.readTsc();
    this.state[0] = Number(BigInt.asIntN(32, t));
    this.state[2] = Number(BigInt.asIntN(32, t >> 32n));
  }

  rdtscp(): void {
    this.rdtsc();
    this.state[1] = 0;
  }
}
