// The quick interpreter: executes blocks that have no translation in WebAssembly, five to ten times as fast as engine.ts does in JavaScript that V8 has
// not compiled yet. Here is what it needs of JavaScript: records of the blocks (translator/quick/records.ts), links between them, and the
// execution of instructions that it has no function for, or that touch memory in other than the plain way.
//
// Most records it writes itself (translator/quick/scan.ts), in pages that are known to hold code and cannot be written to. Such a block is *cold*: only its records exist, until it has been
// executed COLD times. JavaScript then meets it as one that it has to decode, and takes the records over.
//
// It runs while all that it takes for granted holds: flat segments, no trap or alignment-check flag, nobody watching.

import { decode } from "../decoder/decode.ts";
import { F, type Instruction, K } from "../decoder/instruction.ts";
import { quickModule } from "../translator/quick/module.ts";
import { AT, FUNCTIONS, placeOf, RECORD, weighs } from "../translator/quick/records.ts";
import { memoryOf, numberOf, segmentPlace } from "../translator/quick/keys.ts";
import { type Block, endsBlock, makeBlock, MAX_BLOCK } from "./block.ts";
import type { Cpu } from "./cpu.ts";
import { type Handler, handlerOf } from "./handlers.ts";
import { HIDDEN } from "./hidden.ts";
import { FOUND_MASK, FOUND_WAY, foundIndex } from "./lookup.ts";
import { PAGE_SIZE, PERM } from "./memory.ts";
import { FLAT, S } from "./state.ts";
import { misaligned } from "./stepping.ts";
import { type OwnModules, type TieringBudget, webAssembly, type WasmFunction, type WasmMemory } from "./webassembly.ts";

/** Executions of a block between two looks at how warm it is, at most. */
const QUANTUM = 1024;
/**
 * Floating-point instructions have no functions here, and take ten times as long as others, while translations have them in line: a block's execution counts as OUT_WEIGHT more for each,
 * when a program has executed so many of them. What it takes to load the translator is then a small part (docs/decisions/quick-interpreter.md).
 */
const OUT_WEIGHT = 8, OUTS = 10_000;
/** Executions of a cold block before it becomes one of JavaScript's, at most; and of one with floating-point instructions. */
const COLD = QUANTUM, COLD_OUT = 64;
/**
 * Turns of its loop, an instruction or a sequence each, before V8 optimises it. That takes another thread 20 ms and 60 more, for which a program waits that ends meanwhile, as `bash -c true` and
 * `perl -e 1` with their 1.3 and 1.4 million instructions do (docs/decisions/quick-interpreter.md).
 * V8 counts bytes that a loop jumps back over, which are up to 118,000 here, but no more than a quarter of what its budget is when it compiles the loop: COUNTING has it count turns.
 */
const OPTIMISE_AFTER = 2_000_000, COUNTING = 4;
/** What the host knows its module by. */
const MODULE = "quick.wasm";
/** Words between the two places of an address in the table. */
const SECOND = FOUND_WAY >> 2;
/** Chains of cold heads, less one. */
const CHAIN_MASK = 4095;
/** What a page is that may be scanned, of these. */
const SCANNABLE = PERM.X | PERM.CODE, PERMISSIONS = SCANNABLE | PERM.W;

export interface Quick {
  /**
   * Executes a block and those that follow, as long as they are known. It comes back with EIP at a block that JavaScript is to look at, or as translated
   * code does (S.BAIL, S.PENDING), and with the number of instructions that it has interpreted.
   */
  run(block: Block): number;
  /** A block is gone, or has a translation, or another one. */
  leave(block: Block): void;
  /** The code in a range of addresses may change, or there is none any more. */
  forget(address: number, length: number): void;
  /** How often a cold block has been executed, about; 0: there is none at the address. */
  executed(address: number): number;
  /** How often it has executed a block since that was last added to its hits. */
  since(block: Block): number;
  /** From now on it runs translations itself. */
  connect(runLowered: (place: number) => number): void;
  /** All blocks are gone. */
  clear(): void;
}

interface QuickOptions {
  readonly cpu: Cpu;
  readonly memory: WasmMemory;
  /** Executions of a block before it is translated; and now, as long as the program has not run for long. */
  readonly threshold: number;
  readonly due: () => number;
  /** What records may take. By default all that there is for them. */
  readonly bytes: number | undefined;
  /** Whether it may decode blocks of its own, of up to MAX_BLOCK instructions. */
  readonly scans: boolean;
  /** Takes the addresses of instructions that could not be finished here, and use memory at an address that is no multiple of what they take: most have met the end of a page. */
  readonly unaligned: Set<number>;
  readonly tieringBudget: TieringBudget | undefined;
  readonly ownModules: OwnModules | undefined;
}

/** An instruction that is executed by its semantic function. */
interface Execution {
  readonly insn: Instruction;
  readonly handler: Handler;
}

/** Undefined where there is no WebAssembly, or none with tail calls. */
export function createQuick({ cpu, memory, threshold, due, bytes: room, scans, unaligned, tieringBudget, ownModules }: QuickOptions): Quick | undefined {
  const { state } = cpu, guest = cpu.memory, { adapt } = cpu.model;
  const { numbers, bytes, sequences } = quickModule();
  const heading = new Set<number>([FUNCTIONS.HEAD, ...sequences.filter(([, first]) => first === FUNCTIONS.HEAD).map(([own]) => own)]);
  const host = webAssembly();
  if (host === undefined) return undefined;
  /** With what runs translations, as soon as there are any. */
  const instance = (runLowered: (place: number) => number) =>
    new host.Instance((compiled ??= new host.Module(bytes)), { m: { m: memory, 0: execute, 1: runLowered, 2: foreign } }).exports as Record<string, WasmFunction>;
  const initial = compiled === undefined;
  compiled ??= ownModules?.find(MODULE, bytes);
  const fresh = compiled === undefined;
  let enter: WasmFunction, rest: WasmFunction, join: WasmFunction;
  try {
    if (fresh) tieringBudget?.(OPTIMISE_AFTER);
    const exports = instance(() => 0);
    ({ 0: enter, 1: rest, 2: join } = exports);
    if (initial && compiled !== undefined) ownModules?.keep(MODULE, { module: compiled, exports: new WeakRef(exports) });
  } catch {
    return undefined;
  } finally {
    if (fresh) tieringBudget?.();
  }
  const first = HIDDEN.RECORDS, end = Math.min(HIDDEN.END, first + (room ?? HIDDEN.END));
  const words = new Int32Array(memory.buffer), u8 = new Uint8Array(memory.buffer), u16 = new Uint16Array(memory.buffer);
  const found = new Int32Array(memory.buffer, HIDDEN.FOUND, 2 * (FOUND_MASK + 1)), chains = new Int32Array(memory.buffer, HIDDEN.CHAINS, CHAIN_MASK + 1);
  /** By address of a record: the block whose head it is; what a block's execution counts as, where that is more than one. */
  const heads = new Map<number, Block>(), weights = new Map<number, number>();
  /** By address of a head: executions that were allotted to its block last, where these are not the quantum. */
  const portions = new Map<number, number>();
  /** By number, which stands in its record: an instruction without a function of its own. 0: the record has none yet. */
  const executions: (Execution | undefined)[] = [undefined];
  /** By address of a record: an instruction with a function, which could not finish it. */
  const slow = new Map<number, Execution>();
  /** Pages that may be scanned. */
  const scanned = new Set<number>();
  const quantum = Math.max(1, Math.min(QUANTUM, threshold >> 2)), cold = Math.min(COLD, quantum), coldOut = Math.min(COLD_OUT, quantum);
  /** Floating-point instructions left to execute until a block's execution counts as more. */
  let outs = OUTS;
  let connected = false;
  /** The tables are not as the memory was made: this memory has had a quick interpreter. */
  let used = words[HIDDEN.FREE >> 2] !== 0;
  /** A link that wants the block at an address. */
  let linking = 0, wanted = 0;

  const isKnown = (block: Block) => block.record !== 0 && heads.get(block.record) === block;
  const isHead = (at: number) => heading.has(u16[at >> 1]);
  /** Whether the records from a head on are those of a block at an address that JavaScript does not know. */
  const isCold = (at: number, address: number) => at !== 0 && words[(at + AT.ADDRESS) >> 2] === address && isHead(at) && !heads.has(at);
  /** Executions of a block until the next look at how warm it is: at most until it is due. One that is due waits for others (engine.ts), and need not be looked at each time. */
  function allot(head: number, block: Block): void {
    const left = due() - block.hits;
    const all = Math.max(1, Math.min(Math.floor(quantum / (weights.get(head) ?? 1)), left > 0 ? left : quantum >> 3));
    words[(head + AT.LEFT) >> 2] = all;
    if (all === quantum) portions.delete(head);
    else portions.set(head, all);
  }

  function clear(): void {
    // the first place stays free: 0 ends a chain
    words[HIDDEN.FREE >> 2] = first + RECORD;
    words[HIDDEN.LIMIT >> 2] = end - RECORD * (MAX_BLOCK + 3);
    words[HIDDEN.COLD >> 2] = cold;
    words[(HIDDEN.COLD >> 2) + 1] = coldOut;
    words[HIDDEN.ASKING >> 2] = 0;
    heads.clear();
    weights.clear();
    portions.clear();
    slow.clear();
    executions.length = 1;
    if (used) {
      found.fill(0);
      chains.fill(0);
    }
    used = true;
    linking = 0;
  }

  /** Word of an address's entry in the table, -1 when it has none. */
  function entryAt(address: number): number {
    const index = foundIndex(address);
    return found[index] === address ? index : found[index ^ SECOND] === address ? index ^ SECOND : -1;
  }

  function recordAt(address: number): number {
    const index = entryAt(address);
    return index < 0 ? 0 : found[index + 1];
  }

  /** Has the table know a record: at the first of its places, where both are taken, and what was there at the second. */
  function find(address: number, at: number): void {
    let index = entryAt(address);
    if (index < 0) {
      index = foundIndex(address);
      if (found[index] !== 0) {
        if (found[index ^ SECOND] === 0) index ^= SECOND;
        else found.copyWithin(index ^ SECOND, index, index + 2);
      }
    }
    found[index] = address;
    found[index + 1] = at;
  }

  function leave(block: Block): void {
    if (!isKnown(block)) {
      if (!block.valid || block.fn?.place === undefined) return;
      const at = recordAt(block.address);
      if (isCold(at, block.address)) heads.set((block.record = at), block);
      else {
        // or it would be scanned
        if (at === 0 && words[HIDDEN.FREE >> 2] + 4 * RECORD < end) find(block.address, record(block));
        return;
      }
    }
    if (block.valid && block.fn?.place !== undefined) return translated(block.record, block.fn.place);
    u16[(block.record + AT.FUNCTION) >> 1] = FUNCTIONS.GONE;
    heads.delete(block.record);
  }

  function executed(address: number): number {
    const at = recordAt(address), left = words[(at + AT.LEFT) >> 2];
    return isCold(at, address) ? Math.max(1, (left > coldOut ? cold : coldOut) - left) : 0;
  }

  function forget(address: number, length: number): void {
    if (scanned.size === 0) return;
    const start = address >>> 12, behind = ((address >>> 0) + length + PAGE_SIZE - 1) / PAGE_SIZE;
    if (behind - start < scanned.size) for (let page = start; page < behind; page++) forgetPage(page);
    else for (const page of [...scanned]) if (page >= start && page < behind) forgetPage(page);
  }

  function forgetPage(page: number): void {
    if (!scanned.delete(page)) return;
    u8[HIDDEN.SCANNED + (page >> 3)] &= ~(1 << (page & 7));
    for (let n = chains[page & CHAIN_MASK]; n !== 0; ) {
      const head = first + RECORD * n;
      if (words[(head + AT.ADDRESS) >> 2] >>> 12 === page && !heads.has(head)) u16[(head + AT.FUNCTION) >> 1] = FUNCTIONS.GONE;
      n = words[(head + AT.INSTRUCTIONS) >> 2] >>> 8;
    }
  }

  function translated(head: number, place: number): void {
    u16[(head + AT.FUNCTION) >> 1] = connected ? FUNCTIONS.TRANSLATED : FUNCTIONS.GONE;
    words[(head + AT.PLACE) >> 2] = place;
  }

  /** Writes the records of a block. */
  function record(block: Block): number {
    const count = block.insns.length;
    if (words[HIDDEN.FREE >> 2] + RECORD * (count + 3) > end) clear();
    const head = (block.record = words[HIDDEN.FREE >> 2]);
    heads.set(head, block);
    words[(head + AT.ADDRESS) >> 2] = block.address;
    words[(head + AT.INSTRUCTIONS) >> 2] = count;
    if (block.fn?.place !== undefined) {
      translated(head, block.fn.place);
      words[HIDDEN.FREE >> 2] = head + RECORD;
      return head;
    }
    u16[(head + AT.FUNCTION) >> 1] = FUNCTIONS.HEAD;
    let at = head + RECORD;
    for (let k = 0; k < count; k++, at += RECORD) instruction(at, block.insns[k], block.handlers[k]);
    weigh(head, block);
    allot(head, block);
    join(head, at);
    const last = block.insns[count - 1], ends = endsBlock(last);
    // what is cut short goes on behind it
    if (!ends) u16[(at + AT.FUNCTION) >> 1] = FUNCTIONS.FALL;
    const link = ends ? at - RECORD : at;
    if (!ends) words[(link + AT.TARGET) >> 2] = block.end;
    words[(link + AT.TAKEN) >> 2] = words[(link + AT.FALL) >> 2] = 0;
    words[(link + AT.BEHIND) >> 2] = block.end;
    words[HIDDEN.FREE >> 2] = link + 2 * RECORD;
    return head;
  }

  /** What executing a block counts as. */
  function weigh(head: number, block: Block): void {
    let weight = 1, at = head + RECORD;
    for (let k = 0; k < block.insns.length; k++, at += RECORD) {
      if (u16[at >> 1] === FUNCTIONS.OUT && weighs(block.insns[k])) weight += OUT_WEIGHT;
    }
    if (weight > 1) weights.set(head, weight);
  }

  /** Takes over the records of a cold block. Those that were not made of the same instructions, since blocks have been cut since, are given up: 0. */
  function adopt(block: Block): number {
    const asking = words[HIDDEN.ASKING >> 2], head = isCold(asking, block.address) ? asking : recordAt(block.address);
    if (!isCold(head, block.address)) return 0;
    if (u8[head + AT.INSTRUCTIONS] !== block.insns.length) {
      u16[(head + AT.FUNCTION) >> 1] = FUNCTIONS.GONE;
      return 0;
    }
    heads.set((block.record = head), block);
    weigh(head, block);
    count(block, head, weights.has(head) ? coldOut : cold);
    if (block.fn?.place !== undefined) translated(head, block.fn.place);
    return head;
  }

  /** Adds to a block's hits what it has been executed since, of `all`. */
  function count(block: Block, head: number, all: number): void {
    const weight = weights.get(head) ?? 1, executed = all - words[(head + AT.LEFT) >> 2];
    if (weight > 1 && outs > 0) outs -= (executed * (weight - 1)) / OUT_WEIGHT;
    block.hits += outs > 0 ? executed : executed * weight;
    allot(head, block);
  }

  function since(block: Block): number {
    const at = block.record;
    return isKnown(block) && block.fn === null ? (portions.get(at) ?? quantum) - words[(at + AT.LEFT) >> 2] : 0;
  }

  /** Where a page holds code that nobody can store to, what else stands there need not be told. */
  function allow(page: number): void {
    if (!scans || (guest.perm[page] & PERMISSIONS) !== SCANNABLE || scanned.has(page) || guest.isGenerated(page)) return;
    scanned.add(page);
    u8[HIDDEN.SCANNED + (page >> 3)] |= 1 << (page & 7);
  }

  function instruction(at: number, insn: Instruction, handler: Handler): void {
    const { op0, op1, op2 } = insn, number = numberOf(insn, numbers);
    u16[(at + AT.FUNCTION) >> 1] = number ?? FUNCTIONS.OUT;
    if (number === undefined) {
      words[(at + AT.IMMEDIATE) >> 2] = executions.push({ insn, handler }) - 1;
      return;
    }
    const memory = memoryOf(insn);
    u8[at + AT.REGISTER_0] = placeOf(op0);
    u8[at + AT.REGISTER_1] = placeOf(op1);
    u8[at + AT.REGISTER_2] = segmentPlace(insn) || placeOf(op2);
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

  /** For the scanner: writes the record of the instruction at an address that it cannot decode. The length, and 256 more for one that ends its block; 0: it cannot be fetched from this page. */
  function foreign(address: number, at: number): number {
    const decoded = decode(guest.u8, address >>> 0, address);
    if (typeof decoded === "number" || (address & (PAGE_SIZE - 1)) + decoded.length > PAGE_SIZE) return 0;
    const insn = adapt === undefined ? decoded : adapt(decoded);
    instruction(at, insn, handlerOf(insn));
    return insn.length | (endsBlock(insn) ? 256 : 0);
  }

  /** What executes the instruction of a record. */
  function executionAt(at: number): Execution {
    const isOut = u16[at >> 1] === FUNCTIONS.OUT, number = (at + AT.IMMEDIATE) >> 2;
    const known = isOut ? executions[words[number]] : slow.get(at);
    if (known !== undefined) return known;
    let head = at - RECORD;
    while (u16[head >> 1] >= FUNCTIONS.OUT && !isHead(head)) head -= RECORD;
    const k = (at - head) / RECORD - 1;
    const { insns, handlers } = heads.get(head) ?? makeBlock(guest, words[(head + AT.ADDRESS) >> 2], k + 1, adapt);
    const made = { insn: insns[k], handler: handlers[k] };
    if (isOut) words[number] = executions.push(made) - 1;
    else slow.set(at, made);
    return made;
  }

  /** Executes the instruction of a record. 0: on behind it, 1: JavaScript goes on, 2: on at EIP. */
  function execute(at: number): number {
    const { insn, handler } = executionAt(at);
    if (u16[at >> 1] !== FUNCTIONS.OUT && misaligned(cpu, insn)) unaligned.add(insn.address);
    cpu.current = insn;
    state[S.EIP] = insn.next;
    handler(cpu, insn);
    const ends = endsBlock(insn);
    if ((state[S.CODE_CHANGED] | state[S.EXIT]) !== 0 || (ends && ((state[S.ODD] & FLAT) !== 0 || (state[S.SYSTEM_FLAGS] & (F.TF | F.AC)) !== 0))) {
      state[S.CODE_CHANGED] = 0;
      return 1;
    }
    return ends ? 2 : 0;
  }

  function run(block: Block): number {
    let at = block.record;
    if (!isKnown(block)) {
      at = adopt(block) || record(block);
      allow(block.address >>> 12);
    } else if (block.fn === null) count(block, at, portions.get(at) ?? quantum);
    const asking = words[HIDDEN.ASKING >> 2];
    words[HIDDEN.ASKING >> 2] = 0;
    if (asking !== at && isCold(asking, block.address)) forward(asking, at);
    if (linking !== 0) {
      if (wanted === block.address) words[linking >> 2] = at;
      linking = 0;
    } else find(block.address, at);
    const before = state[S.BUDGET];
    words[HIDDEN.TRANSLATED >> 2] = 0;
    enter(at);
    linking = words[HIDDEN.LINKING >> 2];
    words[HIDDEN.LINKING >> 2] = 0;
    wanted = state[S.EIP];
    return before - state[S.BUDGET] - words[HIDDEN.TRANSLATED >> 2];
  }

  /** Who still comes to cold records of a block that has others goes on with these. */
  function forward(head: number, to: number): void {
    u16[(head + AT.FUNCTION) >> 1] = FUNCTIONS.FALL;
    words[(head + AT.TARGET) >> 2] = words[(to + AT.ADDRESS) >> 2];
    words[(head + AT.TAKEN) >> 2] = to;
  }

  function connect(runLowered: (place: number) => number): void {
    enter = instance(runLowered)[0];
    connected = true;
  }

  function clearAll(): void {
    clear();
    for (const page of scanned) u8[HIDDEN.SCANNED + (page >> 3)] = 0;
    scanned.clear();
  }

  /** Has V8 compile both loops, by a record that ends both: the second leaves it to the first. */
  function compile(): void {
    const at = first + RECORD, eip = state[S.EIP];
    u16[(at + AT.FUNCTION) >> 1] = FUNCTIONS.GONE;
    rest(at);
    state[S.EIP] = eip;
  }

  if (used) u8.fill(0, HIDDEN.SCANNED, HIDDEN.SCANNED + (1 << 17));
  clear();
  if (fresh && tieringBudget !== undefined) {
    tieringBudget(COUNTING);
    compile();
    tieringBudget();
  }
  return { run, leave, forget, executed, since, clear: clearAll, connect };
}

let compiled: object | undefined;
