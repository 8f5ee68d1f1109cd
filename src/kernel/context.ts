// Registers of threads that are not running. The threads of an address space share one Cpu and one engine (and so one code cache);
// the scheduler swaps registers when another thread's turn comes.

import type { Cpu } from "../runtime/cpu.ts";
import type { DescriptorTables } from "../runtime/segments.ts";
import { S } from "../runtime/state.ts";
import { copyState, createX87, type X87 } from "../runtime/x87/index.ts";

/** All registers of a thread. */
export interface CpuContext {
  readonly state: Int32Array;
  readonly selectors: Int32Array;
  /** Undefined as long as the FPU is as a new program finds it. */
  x87: X87 | undefined;
  readonly vectors: Int32Array;
  mxcsr: number;
  tables: DescriptorTables;
}

/** A copy of what the CPU holds. */
export function captureContext(cpu: Cpu): CpuContext {
  const context: CpuContext = {
    state: new Int32Array(S.WORDS), selectors: new Int32Array(6), x87: undefined, vectors: new Int32Array(cpu.vec.i32s.length),
    mxcsr: cpu.vec.csr, tables: cpu.tables,
  };
  saveContext(cpu, context);
  return context;
}

export function saveContext(cpu: Cpu, context: CpuContext): void {
  context.state.set(cpu.state);
  context.selectors.set(cpu.selectors);
  if (cpu.fpu === undefined) context.x87 = undefined;
  else copyState(cpu.fpu, (context.x87 ??= createX87()));
  context.vectors.set(cpu.vec.i32s);
  context.mxcsr = cpu.vec.csr;
  context.tables = cpu.tables;
}

export function loadContext(cpu: Cpu, context: CpuContext): void {
  cpu.state.set(context.state);
  cpu.selectors.set(context.selectors);
  if (context.x87 !== undefined) copyState(context.x87, cpu.x87);
  else if (cpu.fpu !== undefined) copyState(createX87(), cpu.fpu);
  cpu.vec.i32s.set(context.vectors);
  cpu.vec.restoreMxcsr(context.mxcsr);
  cpu.tables = context.tables;
  for (let segment = 0; segment < 6; segment++) cpu.refreshSegment(segment);
}

/** Descriptor tables for a new thread: its own TLS entries, the same LDT. */
export function copyTables(tables: DescriptorTables): DescriptorTables {
  return { gdt: tables.gdt.slice(), ldt: tables.ldt, layout: tables.layout };
}
