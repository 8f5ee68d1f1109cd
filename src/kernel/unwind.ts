// Exact unwinding of a guest stack for dumps: by unwind tables (eh-frame.ts), through signal frames, and by frame pointers where there are no tables.

import { PERM } from "../runtime/memory.ts";
import { callerBy, type Registers, unwindRow } from "./eh-frame.ts";
import type { Thread } from "./thread.ts";

export interface Frame {
  readonly pc: number;
  readonly esp: number;
  /** How the frame was found: from the registers, by tables, by a frame pointer, through a signal frame. */
  readonly by: "registers" | "tables" | "frame pointer" | "signal";
}

const [ESP, EBP, EIP] = [4, 5, 8];
const MAX_FRAMES = 64;

function byTables(thread: Thread, registers: Registers, pc: number): Registers | undefined {
  const row = unwindRow(thread, pc);
  return row === undefined ? undefined : callerBy(row, thread.memory, registers);
}

/** What the kernel put into a signal frame, when `pc` is where a handler returns to. */
export function throughSignal(thread: Thread, registers: Registers, pc: number): Registers | undefined {
  const { memory } = thread;
  const { symbols } = thread.process.mm;
  const esp = registers[ESP] ?? 0;
  const context = pc === symbols.get("__kernel_rt_sigreturn") ? (memory.loadU32(esp + 8) ?? 0) + 20 : pc === symbols.get("__kernel_sigreturn") ? esp + 4 : undefined;
  if (context === undefined || !memory.canRead(context, 88)) return undefined;
  const word = (at: number) => memory.loadU32(context + at);
  return [word(44), word(40), word(36), word(32), word(28), word(24), word(20), word(16), word(56)];
}

function byFramePointer(thread: Thread, registers: Registers): Registers | undefined {
  const { memory } = thread;
  const ebp = registers[EBP], esp = registers[ESP];
  if (ebp === undefined || esp === undefined || ebp < esp || ebp - esp > 1 << 22 || ebp % 4 !== 0) return undefined;
  const next = memory.loadU32(ebp), pc = memory.loadU32(ebp + 4);
  if (next === undefined || pc === undefined || !(memory.perm[pc >>> 12] & PERM.X)) return undefined;
  const caller: Registers = Array.from({ length: 9 });
  caller[EBP] = next;
  caller[ESP] = ebp + 8;
  caller[EIP] = pc;
  return caller;
}

/** The frames of a thread that has the CPU, innermost first. `behind`: EIP is behind the instruction that counts, as in a system call. */
export function unwind(thread: Thread, behind = false): Frame[] {
  const { cpu, memory } = thread;
  let registers: Registers = [...Array.from({ length: 8 }, (_, i) => cpu.regs[i] >>> 0), cpu.eip >>> 0];
  const frames: Frame[] = [{ pc: cpu.eip >>> 0, esp: cpu.regs[ESP] >>> 0, by: "registers" }];
  let exact = !behind;
  while (frames.length < MAX_FRAMES) {
    const pc = registers[EIP] ?? 0;
    const signal = throughSignal(thread, registers, pc);
    // a return address may be that of the next function: the call is before it
    const tables = signal ?? byTables(thread, registers, exact ? pc : pc - 1);
    let by: Frame["by"] = signal ? "signal" : "tables";
    let caller = tables;
    // a jump to nowhere: the return address is on top
    if (caller === undefined && frames.length === 1 && !(memory.perm[pc >>> 12] & PERM.X)) {
      caller = [...registers];
      caller[EIP] = memory.loadU32(registers[ESP] ?? 0);
      caller[ESP] = ((registers[ESP] ?? 0) + 4) >>> 0;
    }
    if (caller === undefined) {
      caller = byFramePointer(thread, registers);
      by = "frame pointer";
    }
    const next = caller?.[EIP], esp = caller?.[ESP];
    if (caller === undefined || next === undefined || esp === undefined || next === 0 || (esp <= (registers[ESP] ?? 0) && !signal)) break;
    if (!(memory.perm[next >>> 12] & PERM.X)) break;
    frames.push({ pc: next, esp, by });
    registers = caller;
    exact = signal !== undefined;
  }
  return frames;
}
