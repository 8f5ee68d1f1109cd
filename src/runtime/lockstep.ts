// Lockstep: every translated block is executed twice on the same state, once as translated code and once by the interpreter,
// and the outcomes are compared: registers, flags, EIP, x87, vectors and every byte that either stored.
// The interpreter's outcome is the one that stays. Slow; for finding the block where translation and interpretation part.

import { formatAtt } from "../decoder/format-att.ts";
import type { Block } from "./block.ts";
import { Cpu } from "./cpu.ts";
import { isGuestFault } from "./fault.ts";
import { EXIT, S } from "./state.ts";
import { copyState, createX87, sameState } from "./x87/index.ts";

const REGISTERS = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];

interface StoreLog {
  note(address: number, length: number): void;
}

/**
 * Makes the function that runs a block in both ways. `log` tells the translator's stores; `onMismatch` gets a report of the first
 * difference (default: thrown as an error).
 */
export interface Lockstep extends StoreLog {
  run(block: Block): void;
}

export function createLockstep(cpu: Cpu, interpret: (block: Block) => void, onMismatch: ((report: string) => void) | undefined): Lockstep {
  const { state } = cpu;
  const before = new Int32Array(S.WORDS), translated = new Int32Array(S.WORDS);
  const fpuBefore = createX87(), fpuTranslated = createX87();
  const vectorsBefore = new Int32Array(cpu.vec.i32s.length), vectorsTranslated = new Int32Array(cpu.vec.i32s.length);
  let csrTranslated = 0;
  let stores: { address: number; old: Uint8Array; made?: Uint8Array }[] = [];

  const bytes = (address: number, length: number) => cpu.memory.u8.slice(address >>> 0, (address >>> 0) + length);

  function compare(block: Block): void {
    const found: string[] = [];
    const hex = (v: number) => `0x${(v >>> 0).toString(16).padStart(8, "0")}`;
    for (let n = 0; n < 8; n++) if (state[n] !== translated[n]) found.push(`${REGISTERS[n]}: interpreted ${hex(state[n])}, translated ${hex(translated[n])}`);
    if (state[S.EIP] !== translated[S.EIP]) found.push(`eip: interpreted ${hex(state[S.EIP])}, translated ${hex(translated[S.EIP])}`);
    const mine = cpu.eflags();
    const kept = state.slice();
    state.set(translated);
    const theirs = cpu.eflags();
    state.set(kept);
    if (mine !== theirs) found.push(`eflags: interpreted ${hex(mine)}, translated ${hex(theirs)}`);
    if (cpu.vec.csr !== csrTranslated) found.push(`mxcsr: interpreted ${hex(cpu.vec.csr)}, translated ${hex(csrTranslated)}`);
    if (!sameState(cpu.x87, fpuTranslated)) found.push("x87 state differs");
    for (let k = 0; k < 32; k++) {
      if (cpu.vec.i32s[k] !== vectorsTranslated[k]) found.push(`xmm${k >> 2} dword ${k & 3}: interpreted ${hex(cpu.vec.i32s[k])}, translated ${hex(vectorsTranslated[k])}`);
    }
    for (const { address, made } of stores) {
      if (made === undefined) continue;
      const now = bytes(address, made.length);
      if (now.some((b, k) => b !== made[k])) found.push(`memory at ${hex(address)}: interpreted ${[...now]}, translated ${[...made]}`);
    }
    if (found.length === 0) return;
    const code = block.insns.map((i) => `  ${hex(i.address)}  ${formatAtt(i)}`);
    const report = [`translated and interpreted code part in the block at ${hex(block.address)}`, ...code, ...found.map((f) => `  ${f}`)].join("\n");
    if (onMismatch) onMismatch(report);
    else throw new Error(report);
  }

  function run(block: Block): void {
    before.set(state);
    copyState(cpu.x87, fpuBefore);
    vectorsBefore.set(cpu.vec.i32s);
    const { csr } = cpu.vec;
    stores = [];
    let comparable = true;
    // both executions read the same clock
    const { readTsc } = cpu;
    const now = readTsc();
    cpu.readTsc = () => now;
    state[S.BUDGET] = 0x40000000; // the block shall not stop for its time slice
    try {
      block.fn?.();
    } catch (e) {
      if (!isGuestFault(e)) throw e;
      comparable = false; // the interpreter meets the same fault below, or the kernel sees that it did not
    }
    // code that has changed itself stopped behind the store, with nothing left to compare: the block is no longer what it was
    if (state[S.CODE_CHANGED] !== 0) {
      state[S.BUDGET] = before[S.BUDGET] - block.insns.length;
      cpu.readTsc = readTsc;
      return;
    }
    // a bail has done a part of the block only; the interpreter does it all, so there is nothing to hold against it
    if (state[S.BAIL] !== 0) comparable = false;
    translated.set(state);
    copyState(cpu.x87, fpuTranslated);
    vectorsTranslated.set(cpu.vec.i32s);
    csrTranslated = cpu.vec.csr;
    for (const s of stores) s.made = bytes(s.address, s.old.length);
    for (const s of [...stores].reverse()) cpu.memory.u8.set(s.old, s.address >>> 0);
    state.set(before);
    copyState(fpuBefore, cpu.x87);
    cpu.vec.i32s.set(vectorsBefore);
    cpu.vec.restoreMxcsr(csr);
    state[S.EXIT] = EXIT.NONE;
    try {
      interpret(block);
    } finally {
      cpu.readTsc = readTsc;
    }
    if (comparable) compare(block);
  }

  return {
    run,
    note: (address, length) => void stores.push({ address, old: bytes(address, length) }),
  };
}
