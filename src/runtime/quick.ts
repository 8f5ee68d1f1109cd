// The quick interpreter: executes blocks that have no translation in WebAssembly, five to ten times as fast as engine.ts does in JavaScript that V8 has
// not compiled yet. Here is what it needs of JavaScript: records of the blocks (translator/quick/records.ts), links between them, and the
// execution of instructions that it has no function for, or that touch memory in other than the plain way.
//
// It runs while all that it takes for granted holds: flat segments, no trap or alignment-check flag, nobody watching.

import { A, F, type Instruction, K, type Operand } from "../decoder/instruction.ts";
import { quickModule } from "../translator/quick/module.ts";
import { AT, FUNCTIONS, RECORD } from "../translator/quick/records.ts";
import { isMemory, quickKey } from "../translator/quick/shapes.ts";
import { type Block, endsBlock } from "./block.ts";
import type { Cpu } from "./cpu.ts";
import type { Handler } from "./handlers.ts";
import { HIDDEN } from "./hidden.ts";
import { FOUND_MASK, foundIndex } from "./lookup.ts";
import { S } from "./state.ts";
import { webAssembly, type WasmMemory } from "./webassembly.ts";

/** Executions of a block between two looks at how warm it is, at most. */
const QUANTUM = 1024;
/**
 * Floating-point instructions have no functions here, and take ten times as long as others, while translations have them in line: a block's execution counts as OUT_WEIGHT more for each,
 * when a program has executed so many of them. What it takes to load the translator is then a small part (docs/decisions/quick-interpreter.md).
 */
const OUT_WEIGHT = 8, OUTS = 10_000;
/** Segments that have to be flat: ES CS SS DS. */
const FLAT = 15;
const CS = 1, DS = 3;

export interface Quick {
  /**
   * Executes a block and those that follow, as long as they are known. It comes back with EIP at a block that JavaScript is to look at, or as translated
   * code does (S.BAIL, S.PENDING), and with the number of instructions that it has interpreted.
   */
  run(block: Block): number;
  /** A block is gone, or has a translation, or another one. */
  leave(block: Block): void;
  /** From now on it runs translations itself. */
  connect(runLowered: (place: number) => number): void;
  /** All blocks are gone. */
  clear(): void;
}

interface QuickOptions {
  readonly cpu: Cpu;
  readonly memory: WasmMemory;
  /** Executions of a block before it is translated. */
  readonly threshold: number;
  /** What records may take. By default all that there is for them. */
  readonly bytes: number | undefined;
}

/** Undefined where there is no WebAssembly, or none with tail calls. */
export function createQuick({ cpu, memory, threshold, bytes: room }: QuickOptions): Quick | undefined {
  const { state } = cpu;
  const { numbers, bytes, sequences } = quickModule();
  const together = treeOf(sequences);
  const host = webAssembly();
  if (host === undefined) return undefined;
  /** With what runs translations, as soon as there are any. */
  const instance = (runLowered: (place: number) => number) =>
    new host.Instance((compiled ??= new host.Module(bytes)), { m: { m: memory, 0: execute, 1: runLowered } }).exports[0] as (at: number) => number;
  let enter: (at: number) => number;
  try {
    enter = instance(() => 0);
  } catch {
    return undefined;
  }
  const first = HIDDEN.RECORDS, end = Math.min(HIDDEN.END, first + (room ?? HIDDEN.END));
  const words = new Int32Array(memory.buffer), u8 = new Uint8Array(memory.buffer), u16 = new Uint16Array(memory.buffer);
  const found = new Int32Array(memory.buffer, HIDDEN.FOUND, 2 * (FOUND_MASK + 1));
  /** By number of the record: the block whose head it is; the instruction. */
  const heads: (Block | undefined)[] = [], insns: (Instruction | undefined)[] = [], handlers: (Handler | undefined)[] = [];
  const quantum = Math.max(1, Math.min(QUANTUM, threshold >> 2));
  /** By number of a head: what the block's execution counts as, for how long it is executed between two looks; and floating-point instructions left to execute until it counts. */
  const weights: (number | undefined)[] = [];
  let outs = OUTS;
  let free = first;
  let connected = false;
  /** A link that wants the block at an address. */
  let linking = 0, wanted = 0;

  const slot = (at: number) => (at - first) / RECORD;
  const isKnown = (block: Block) => block.record !== 0 && heads[slot(block.record)] === block;

  function clear(): void {
    free = first;
    heads.length = insns.length = handlers.length = weights.length = 0;
    found.fill(0);
    linking = 0;
  }

  function leave(block: Block): void {
    if (!isKnown(block)) return;
    if (block.valid && block.fn?.place !== undefined) return translated(block.record, block.fn.place);
    u16[(block.record + AT.FUNCTION) >> 1] = FUNCTIONS.GONE;
    heads[slot(block.record)] = undefined;
  }

  function translated(head: number, place: number): void {
    u16[(head + AT.FUNCTION) >> 1] = connected ? FUNCTIONS.TRANSLATED : FUNCTIONS.GONE;
    words[(head + AT.PLACE) >> 2] = place;
  }

  /** Writes the records of a block. */
  function record(block: Block): number {
    const count = block.insns.length;
    if (free + RECORD * (count + 3) > end) clear();
    const head = (block.record = free);
    heads[slot(head)] = block;
    words[(head + AT.ADDRESS) >> 2] = block.address;
    if (block.fn?.place !== undefined) {
      translated(head, block.fn.place);
      free = head + RECORD;
      return head;
    }
    u16[(head + AT.FUNCTION) >> 1] = FUNCTIONS.HEAD;
    words[(head + AT.INSTRUCTIONS) >> 2] = count;
    let at = head + RECORD, weight = 1;
    for (let k = 0; k < count; k++, at += RECORD) {
      const insn = block.insns[k], n = slot(at);
      insns[n] = insn;
      handlers[n] = block.handlers[k];
      instruction(at, insn);
      if (u16[(at + AT.FUNCTION) >> 1] === FUNCTIONS.OUT && (insn.row.attributes & (A.X87 | A.SSE)) !== 0) weight += OUT_WEIGHT;
    }
    weights[slot(head)] = weight;
    words[(head + AT.LEFT) >> 2] = Math.max(1, Math.floor(quantum / weight));
    join(head, count);
    const last = block.insns[count - 1], ends = endsBlock(last);
    // what is cut short goes on behind it
    if (!ends) u16[(at + AT.FUNCTION) >> 1] = FUNCTIONS.FALL;
    const link = ends ? at - RECORD : at;
    if (!ends) words[(link + AT.TARGET) >> 2] = block.end;
    words[(link + AT.TAKEN) >> 2] = words[(link + AT.FALL) >> 2] = 0;
    words[(link + AT.BEHIND) >> 2] = block.end;
    free = link + 2 * RECORD;
    return head;
  }

  /** Gives what stands in front of a sequence that has a function of its own the number of that: the longest at each place. */
  function join(head: number, count: number): void {
    const end = head + RECORD * (count + 1);
    for (let at = head; at < end; ) {
      let found = 0, behind = at + RECORD;
      let node = together.get(u16[at >> 1]);
      for (let next = behind; node !== undefined; next += RECORD) {
        if (node.number !== 0) {
          found = node.number;
          behind = next;
        }
        node = next < end ? node.more.get(u16[next >> 1]) : undefined;
      }
      if (found !== 0) u16[at >> 1] = found;
      at = behind;
    }
  }

  function instruction(at: number, insn: Instruction): void {
    const { op0, op1, op2, size } = insn;
    const memory = isMemory(op0.kind) ? op0 : isMemory(op1.kind) ? op1 : undefined;
    const based = memory !== undefined && memory.seg > DS;
    const number = memory === undefined || isPlain(memory) ? numbers[insn.row.mnemonic]?.[quickKey(op0.kind, op1.kind, op2.kind, size, insn.cc, based)] : undefined;
    u16[(at + AT.FUNCTION) >> 1] = number ?? FUNCTIONS.OUT;
    if (number === undefined) return;
    u8[at + AT.REGISTER_0] = registerOf(op0);
    u8[at + AT.REGISTER_1] = registerOf(op1);
    u8[at + AT.REGISTER_2] = based ? 4 * (S.BASE + memory.seg) : registerOf(op2);
    const immediate = op0.kind === K.IMM ? op0 : op1.kind === K.IMM ? op1 : op2;
    words[(at + AT.IMMEDIATE) >> 2] = insn.row.mnemonic === "CALL" ? insn.next : immediate.imm;
    if (op0.kind === K.REL) words[(at + AT.TARGET) >> 2] = op0.imm;
    else if (memory !== undefined) {
      u8[at + AT.BASE] = 4 * memory.base;
      u8[at + AT.INDEX] = 4 * memory.index;
      u8[at + AT.SCALE] = memory.scale;
      words[(at + AT.DISPLACEMENT) >> 2] = memory.disp;
    }
  }

  /** Executes the instruction of a record. 0: on behind it, 1: JavaScript goes on, 2: on at EIP. */
  function execute(at: number): number {
    const n = slot(at), insn = insns[n] as Instruction;
    cpu.current = insn;
    state[S.EIP] = insn.next;
    (handlers[n] as Handler)(cpu, insn);
    const ends = endsBlock(insn);
    if ((state[S.CODE_CHANGED] | state[S.EXIT]) !== 0 || (ends && ((state[S.ODD] & FLAT) !== 0 || (state[S.SYSTEM_FLAGS] & (F.TF | F.AC)) !== 0))) {
      state[S.CODE_CHANGED] = 0;
      return 1;
    }
    return ends ? 2 : 0;
  }

  function run(block: Block): number {
    let at = block.record;
    if (!isKnown(block)) at = record(block);
    else if (block.fn === null) {
      const left = (at + AT.LEFT) >> 2, weight = weights[slot(at)] as number, all = Math.max(1, Math.floor(quantum / weight)), executed = all - words[left];
      words[left] = all;
      if (weight > 1 && outs > 0) outs -= (executed * (weight - 1)) / OUT_WEIGHT;
      block.hits += outs > 0 ? executed : executed * weight;
    }
    if (linking !== 0) {
      if (wanted === block.address) words[linking >> 2] = at;
      linking = 0;
    } else {
      const index = foundIndex(block.address);
      found[index] = block.address;
      found[index + 1] = at;
    }
    const before = state[S.BUDGET];
    words[HIDDEN.TRANSLATED >> 2] = 0;
    enter(at);
    linking = words[HIDDEN.LINKING >> 2];
    words[HIDDEN.LINKING >> 2] = 0;
    wanted = state[S.EIP];
    return before - state[S.BUDGET] - words[HIDDEN.TRANSLATED >> 2];
  }

  function connect(runLowered: (place: number) => number): void {
    enter = instance(runLowered);
    connected = true;
  }

  clear();
  return { run, leave, clear, connect };
}

let compiled: object | undefined;

/** Sequences by their functions' numbers, one after the other. */
interface Sequences {
  /** The number of the function for what has led here; 0: there is none. */
  number: number;
  readonly more: Map<number, Sequences>;
}

function treeOf(sequences: readonly (readonly number[])[]): Map<number, Sequences> {
  const root = new Map<number, Sequences>();
  for (const [number, ...members] of sequences) {
    let more = root, node: Sequences | undefined;
    for (const member of members) {
      node = more.get(member);
      if (node === undefined) more.set(member, (node = { number: 0, more: new Map() }));
      more = node.more;
    }
    if (node !== undefined) node.number = number;
  }
  return root;
}

/** A memory operand as quick functions take it: 32-bit addressing, in a segment that can be written to. */
const isPlain = (o: Operand): boolean => !o.address16 && o.seg !== CS;

/** Where an operand's register stands in the state, or in the vector file, in bytes. */
const registerOf = (o: Operand): number =>
  o.kind === K.R8 ? ((o.reg & 3) << 2) | (o.reg >> 2) : o.kind === K.R32 || o.kind === K.R16 ? 4 * o.reg : o.kind === K.XMM ? 16 * o.reg : 0;
