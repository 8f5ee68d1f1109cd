// Signal frames of i386, byte for byte as arch/x86/kernel/signal.c and fpu/signal.c lay them out (FXSR without XSAVE), and the
// return from them, sigreturn(2).
//
//   sigframe      pretcode, sig, sigcontext (88), unused fpstate (624), extramask, retcode (8)                 732 bytes
//   rt_sigframe   pretcode, sig, &info, &uc, siginfo (128), ucontext (116: flags, link, stack, sigcontext, mask), retcode (8)   268
//   above either  the FSAVE image (112), 16-byte aligned, then the FXSAVE image (512), 64-byte aligned

import { F } from "../../../decoder/instruction.ts";
import { isGuestFault } from "../../../runtime/fault.ts";
import type { Cpu } from "../../../runtime/cpu.ts";
import { growStack } from "../../mm.ts";
import { SA, SS, forceSignal, onSignalStack, setMask, SIG } from "../../signal.ts";
import type { PendingSignal, SignalAction } from "../../signal.ts";
import { RLIMIT } from "../../thread.ts";
import type { Thread } from "../../thread.ts";
import { NO_RESULT } from "../syscall.ts";
import { encodeSiginfo } from "./siginfo.ts";

const FSAVE_SIZE = 112;
const FXSAVE_SIZE = 512;
const FRAME = { SIZE: 732, CONTEXT: 8, EXTRAMASK: 720, RETCODE: 724 } as const;
const RT = { SIZE: 268, INFO: 16, UC: 144, STACK: 152, CONTEXT: 164, MASK: 252, RETCODE: 260 } as const;

/** Offsets in struct sigcontext. */
const SC = {
  GS: 0, FS: 4, ES: 8, DS: 12, EDI: 16, ESI: 20, EBP: 24, ESP: 28, EBX: 32, EDX: 36, ECX: 40, EAX: 44, TRAPNO: 48, ERR: 52, EIP: 56, CS: 60,
  EFLAGS: 64, ESP_AT_SIGNAL: 68, SS: 72, FPSTATE: 76, OLDMASK: 80, CR2: 84,
} as const;

const [ES, CS, SS_SEGMENT, DS, FS, GS] = [0, 1, 2, 3, 4, 5];
const [EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Flags that sigreturn takes from the frame. */
const FIX_EFLAGS = F.AC | F.OF | F.DF | F.TF | F.SF | F.ZF | F.AF | F.PF | F.CF | F.RF;

/** Builds a handler's frame and sets the registers to enter it. False when the stack cannot hold the frame. */
export function deliverSignal(thread: Thread, signal: PendingSignal, action: SignalAction, mask: bigint): boolean {
  const { cpu } = thread;
  const stack = thread.signalStack;
  const sp = cpu.regs[ESP] >>> 0;
  const nested = onSignalStack(stack, sp);
  let top = sp;
  if (action.flags & SA.ONSTACK) {
    if (stack.size > 0 && !nested) top = (stack.base + stack.size) >>> 0;
  } else if (!nested && cpu.selectors[SS_SEGMENT] !== cpu.tables.layout.data && !(action.flags & SA.RESTORER) && action.restorer) {
    top = action.restorer;
  }
  const fx = Math.floor((top - FXSAVE_SIZE) / 64) * 64;
  const fpstate = fx - FSAVE_SIZE;
  const rt = (action.flags & SA.SIGINFO) !== 0;
  const size = rt ? RT.SIZE : FRAME.SIZE;
  const frame = Math.floor((fpstate - size + 4) / 16) * 16 - 4;
  if (frame < 0) return false;
  if (action.flags & SA.ONSTACK && (nested || top !== sp) && !onSignalStack(stack, frame)) return false;

  const bytes = new Uint8Array(fx + FXSAVE_SIZE - frame);
  const view = new DataView(bytes.buffer);
  saveFloatingPoint(cpu, view, fpstate - frame);
  const { symbols } = thread.process.mm;
  const returns = symbols.get(rt ? "__kernel_rt_sigreturn" : "__kernel_sigreturn") ?? 0;
  view.setUint32(0, action.flags & SA.RESTORER ? action.restorer : returns, true);
  view.setInt32(4, signal.signal, true);
  const low = Number(mask & 0xffff_ffffn), high = Number(mask >> 32n);
  if (rt) {
    view.setUint32(8, frame + RT.INFO, true);
    view.setUint32(12, frame + RT.UC, true);
    bytes.set(encodeSiginfo(signal), RT.INFO);
    view.setUint32(RT.STACK, stack.base, true);
    view.setUint32(RT.STACK + 4, stackFlags(thread, sp), true);
    view.setUint32(RT.STACK + 8, stack.size, true);
    view.setUint32(RT.MASK, low, true);
    view.setUint32(RT.MASK + 4, high, true);
    bytes.set([0xb8, 0xad, 0, 0, 0, 0xcd, 0x80, 0], RT.RETCODE);
  } else {
    view.setUint32(FRAME.EXTRAMASK, high, true);
    bytes.set([0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80], FRAME.RETCODE);
  }
  saveContext(thread, view, rt ? RT.CONTEXT : FRAME.CONTEXT, fpstate, low);
  if (!writeStack(thread, frame, bytes)) {
    cpu.vec.importFxsave(view, fx - frame);
    return false;
  }
  if (rt && stack.flags & SS.AUTODISARM) thread.signalStack = { base: 0, size: 0, flags: SS.DISABLE };

  const { regs } = cpu;
  regs[ESP] = frame | 0;
  regs[EAX] = signal.signal;
  regs[EDX] = rt ? (frame + RT.INFO) | 0 : 0;
  regs[ECX] = rt ? (frame + RT.UC) | 0 : 0;
  cpu.eip = action.handler | 0;
  setFlags(cpu, cpu.eflags() & ~(F.DF | F.TF | F.RF));
  const { code, data } = cpu.tables.layout;
  for (const segment of [ES, DS, SS_SEGMENT]) load(cpu, segment, data);
  cpu.selectors[CS] = code;
  cpu.refreshSegment(CS);
  return true;
}

function stackFlags(thread: Thread, sp: number): number {
  const { size, flags } = thread.signalStack;
  if (size === 0) return SS.DISABLE;
  return (onSignalStack(thread.signalStack, sp) ? SS.ONSTACK : 0) | (flags & SS.AUTODISARM);
}

/** Writes below the stack pointer, letting the stack grow. */
function writeStack(thread: Thread, address: number, bytes: Uint8Array): boolean {
  if (thread.memory.write(address, bytes)) return true;
  growStack(thread.process.mm, address, thread.process.limits[RLIMIT.STACK].soft);
  return thread.memory.write(address, bytes);
}

/** Writes the FSAVE and FXSAVE images and leaves the CPU with the state of a new program, as a handler starts. */
function saveFloatingPoint(cpu: Cpu, view: DataView, at: number): void {
  cpu.vec.exportFxsave(view, at + FSAVE_SIZE);
  const status = cpu.x87.getStatusWord();
  cpu.x87.save(view, at, true);
  view.setUint16(at + 108, status, true);
  view.setUint16(at + 110, 0, true); // magic: an FXSAVE image follows
  cpu.x87.init();
  cpu.vec.reset();
}

function saveContext(thread: Thread, view: DataView, at: number, fpstate: number, mask: number): void {
  const { cpu, lastFault } = thread;
  const { regs, selectors } = cpu;
  const put = (offset: number, value: number) => view.setInt32(at + offset, value, true);
  put(SC.GS, selectors[GS]);
  put(SC.FS, selectors[FS]);
  put(SC.ES, selectors[ES]);
  put(SC.DS, selectors[DS]);
  put(SC.EDI, regs[EDI]);
  put(SC.ESI, regs[ESI]);
  put(SC.EBP, regs[EBP]);
  put(SC.ESP, regs[ESP]);
  put(SC.EBX, regs[EBX]);
  put(SC.EDX, regs[EDX]);
  put(SC.ECX, regs[ECX]);
  put(SC.EAX, regs[EAX]);
  put(SC.TRAPNO, lastFault.vector);
  put(SC.ERR, lastFault.code);
  put(SC.EIP, cpu.eip);
  put(SC.CS, selectors[CS]);
  put(SC.EFLAGS, cpu.eflags());
  put(SC.ESP_AT_SIGNAL, regs[ESP]);
  put(SC.SS, selectors[SS_SEGMENT]);
  put(SC.FPSTATE, fpstate);
  put(SC.OLDMASK, mask);
  put(SC.CR2, lastFault.address);
}

function setFlags(cpu: Cpu, value: number): void {
  cpu.setEflags(value, 4);
}

/** Loads a segment register; a selector that names nothing usable gives a null one. */
function load(cpu: Cpu, segment: number, selector: number): void {
  try {
    cpu.loadSegment(segment, selector);
  } catch (e) {
    if (!isGuestFault(e)) throw e;
    cpu.selectors[segment] = 0;
    cpu.refreshSegment(segment);
  }
}

/** sigreturn(2): back from a handler without SA_SIGINFO. */
export function sigreturn(thread: Thread): number {
  const frame = ((thread.cpu.regs[ESP] >>> 0) - 8) >>> 0;
  const bytes = thread.memory.read(frame, FRAME.RETCODE);
  if (!bytes) return badFrame(thread);
  const view = new DataView(bytes.buffer);
  const mask = BigInt(view.getUint32(FRAME.CONTEXT + SC.OLDMASK, true)) | (BigInt(view.getUint32(FRAME.EXTRAMASK, true)) << 32n);
  setMask(thread, mask);
  return restoreContext(thread, view, FRAME.CONTEXT) ? NO_RESULT : badFrame(thread);
}

/** rt_sigreturn(2). */
export function rtSigreturn(thread: Thread): number {
  const frame = ((thread.cpu.regs[ESP] >>> 0) - 4) >>> 0;
  const bytes = thread.memory.read(frame, RT.RETCODE);
  if (!bytes) return badFrame(thread);
  const view = new DataView(bytes.buffer);
  setMask(thread, view.getBigUint64(RT.MASK, true));
  if (!restoreContext(thread, view, RT.CONTEXT)) return badFrame(thread);
  restoreSignalStack(thread, view.getUint32(RT.STACK, true), view.getUint32(RT.STACK + 4, true), view.getUint32(RT.STACK + 8, true));
  return NO_RESULT;
}

const MIN_STACK = 2048;

/** The alternate stack as the frame has it; nonsense is passed over, as Linux does. */
function restoreSignalStack(thread: Thread, base: number, flags: number, size: number): void {
  const mode = flags & ~SS.AUTODISARM;
  if (mode !== 0 && mode !== SS.ONSTACK && mode !== SS.DISABLE) return;
  if (onSignalStack(thread.signalStack, thread.cpu.regs[ESP] >>> 0)) return;
  if (mode === SS.DISABLE) thread.signalStack = { base: 0, size: 0, flags: SS.DISABLE };
  else if (size >= MIN_STACK) thread.signalStack = { base, size, flags: flags & SS.AUTODISARM };
}

function badFrame(thread: Thread): number {
  forceSignal(thread, SIG.SEGV, {});
  return NO_RESULT;
}

function restoreContext(thread: Thread, view: DataView, at: number): boolean {
  const { cpu } = thread;
  const { regs } = cpu;
  const get = (offset: number) => view.getInt32(at + offset, true);
  const selector = (offset: number) => get(offset) & 0xffff;
  load(cpu, GS, selector(SC.GS));
  load(cpu, FS, selector(SC.FS));
  load(cpu, ES, selector(SC.ES));
  load(cpu, DS, selector(SC.DS));
  regs[EDI] = get(SC.EDI);
  regs[ESI] = get(SC.ESI);
  regs[EBP] = get(SC.EBP);
  regs[ESP] = get(SC.ESP);
  regs[EBX] = get(SC.EBX);
  regs[EDX] = get(SC.EDX);
  regs[ECX] = get(SC.ECX);
  regs[EAX] = get(SC.EAX);
  cpu.eip = get(SC.EIP);
  setFlags(cpu, (cpu.eflags() & ~FIX_EFLAGS) | (get(SC.EFLAGS) & FIX_EFLAGS));
  if (!restoreCode(cpu, selector(SC.CS) | 3, selector(SC.SS) | 3)) return false;
  return restoreFloatingPoint(thread, get(SC.FPSTATE) >>> 0);
}

function restoreCode(cpu: Cpu, code: number, stack: number): boolean {
  try {
    if (code !== cpu.selectors[CS]) cpu.farJump(code, cpu.eip, 4, 0);
    if (stack !== cpu.selectors[SS_SEGMENT]) cpu.loadSegment(SS_SEGMENT, stack);
    return true;
  } catch (e) {
    if (!isGuestFault(e)) throw e;
    return false;
  }
}

function restoreFloatingPoint(thread: Thread, address: number): boolean {
  const { cpu } = thread;
  if (address === 0) {
    cpu.x87.init();
    cpu.vec.reset();
    return true;
  }
  const bytes = thread.memory.read(address, FSAVE_SIZE + FXSAVE_SIZE);
  if (!bytes) return false;
  const view = new DataView(bytes.buffer);
  cpu.vec.importFxsave(view, FSAVE_SIZE);
  // The FSAVE image has the last word on x87 state: a handler may have changed either, and Linux takes the environment from it.
  cpu.x87.restore(view, 0, true);
  return true;
}
