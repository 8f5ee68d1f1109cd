// The return addresses on a guest stack, innermost first, fast enough to be asked a thousand times a second. Where there are unwind tables they
// say where the caller is; what they say of an address is remembered. Without, i386 code mostly keeps no frame pointer either: then the words of the
// stack are searched for the nearest one that a call can have pushed, and of these one whose call leads to the function that is running, or that
// a frame pointer points at, is believed before the others.

import { PERM } from "../runtime/memory.ts";
import type { GuestMemory } from "../runtime/memory.ts";
import { callerBy, type Registers, type UnwindRow, unwindRow } from "../kernel/eh-frame.ts";
import type { Thread } from "../kernel/thread.ts";
import { throughSignal } from "../kernel/unwind.ts";

/** Longer stacks are cut; the outermost frames are those that are missing then. */
export const MAX_FRAMES = 256;
/** Words of stack searched for a caller; most frames are smaller. */
const MAX_SCAN = 128;
/** Distance from a function's start at which code without symbols is still taken to be that function. */
const NEAR = 0x4000;

/** Where a function starts, when it is known. */
export type FunctionStart = (address: number) => number | undefined;

const NO_CALL = 0, INDIRECT = 1;

/** The target of the CALL in front of an address; INDIRECT, or NO_CALL when there is none. */
function callBefore(memory: GuestMemory, address: number): number {
  const { u8, perm } = memory;
  if (address < 0x1008 || !(perm[address >>> 12] & PERM.X) || !(perm[(address - 7) >>> 12] & PERM.X)) return NO_CALL;
  if (u8[address - 5] === 0xe8) return (address + (memory.loadU32(address - 4) ?? 0)) >>> 0;
  // FF /2 with its lengths of operands
  for (let length = 2; length <= 7; length++) {
    if (u8[address - length] !== 0xff) continue;
    const modrm = u8[address - length + 1];
    if ((modrm & 0x38) !== 0x10) continue;
    const mod = modrm >>> 6, rm = modrm & 7;
    const sib = mod !== 3 && rm === 4;
    const bytes = 2 + (sib ? 1 : 0) + (mod === 1 ? 1 : mod === 2 ? 4 : mod === 0 && (rm === 5 || (sib && (u8[address - length + 2] & 7) === 5)) ? 4 : 0);
    if (bytes === length) return INDIRECT;
  }
  return NO_CALL;
}

/** Whether the code at an address only jumps on: an entry of the procedure linkage table. */
function jumpsOn({ u8 }: GuestMemory, address: number): boolean {
  const at = u8[address] === 0xf3 && u8[address + 1] === 0x0f && u8[address + 2] === 0x1e ? address + 4 : address;
  return u8[at] === 0xe9 || (u8[at] === 0xff && (u8[at + 1] === 0x25 || u8[at + 1] === 0xa3));
}

const SURE = 2, POSSIBLE = 1, NEVER = 0;

/** Whether a call to `target` can have led to `pc`. */
function leadsTo(memory: GuestMemory, target: number, pc: number, start: number | undefined): number {
  if (target === NO_CALL) return NEVER;
  if (target === INDIRECT || jumpsOn(memory, target)) return POSSIBLE;
  if (start !== undefined) return target === start ? SURE : NEVER;
  return target <= pc && pc - target < NEAR ? SURE : NEVER;
}

/** What the tables say, by address; null where there are none. */
export type RowCache = Map<number, UnwindRow | null>;

/** A return address on the stack, and the word it is in. */
function searchCaller({ memory }: Thread, pc: number, start: number | undefined, top: number, frame: number): { caller: number; at: number } | undefined {
  let caller = 0, at = 0;
  for (let k = 0, word = top; k < MAX_SCAN; k++, word += 4) {
    const value = memory.loadU32(word);
    if (value === undefined) break;
    const how = leadsTo(memory, callBefore(memory, value), pc, start);
    if (how === NEVER) continue;
    if (caller === 0 || how === SURE) {
      caller = value;
      at = word;
    }
    // what a frame pointer points at is as sure as a direct call
    if (how === SURE || word === frame + 4) break;
  }
  return caller === 0 ? undefined : { caller, at };
}

const EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7, EIP = 8;

/** EIP and the return addresses above it; `rows` is kept for each address space. The thread has the CPU. */
export function walkStack(thread: Thread, functionStart: FunctionStart, rows: RowCache): number[] {
  const { cpu, memory } = thread;
  let pc = cpu.eip >>> 0;
  const found = [pc];
  let registers: Registers = [...Array.from({ length: 8 }, (_, i) => cpu.regs[i] >>> 0), pc];
  // the address of the instruction that runs: in callers the call, which is in front of the return address
  let at = pc;
  while (found.length < MAX_FRAMES) {
    let row = rows.get(at);
    if (row === undefined) rows.set(at, (row = unwindRow(thread, at) ?? null));
    const esp = registers[ESP] ?? 0;
    let caller = row === null ? undefined : callerBy(row, memory, registers);
    if (caller !== undefined && caller[EIP] === undefined) break; // the tables say that nobody called
    let signal = false;
    if (caller === undefined || !plausible(caller)) {
      caller = throughSignal(thread, registers, pc);
      signal = caller !== undefined;
    }
    if (caller === undefined) {
      const ebp = registers[EBP] ?? 0;
      const it = searchCaller(thread, pc, functionStart(at), esp, ebp);
      if (it === undefined) break;
      // registers that a function keeps for its caller are taken to be the caller's, but for a frame pointer that is known to be its own
      caller = [undefined, undefined, undefined, registers[EBX], it.at + 4, it.at === ebp + 4 ? memory.loadU32(ebp) : registers[EBP], registers[ESI], registers[EDI], it.caller];
    }
    pc = caller[EIP] ?? 0;
    found.push(pc);
    registers = caller;
    at = signal ? pc : (pc - 1) >>> 0;
  }
  return found;

  function plausible(caller: Registers): boolean {
    const address = caller[EIP] ?? 0;
    return (caller[ESP] ?? 0) > (registers[ESP] ?? 0) && (memory.perm[address >>> 12] & PERM.X) !== 0;
  }
}
