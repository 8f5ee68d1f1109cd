// Basic blocks: straight runs of decoded guest instructions with what executes each, and their making.
// Their life (lookup, links, invalidation) is codecache.ts; running them is engine.ts; compiling them is src/translator.

import { decode, TOO_LONG, TRUNCATED } from "../decoder/decode.ts";
import { A, type Instruction, K } from "../decoder/instruction.ts";
import { PF, raise, VECTOR } from "./fault.ts";
import { type Handler, handlerOf } from "./handlers.ts";
import { type GuestMemory, PERM } from "./memory.ts";
import type { Parked } from "./parking.ts";

/** A translated block. Returns the next one to run, or null to go back to the dispatcher with EIP set. */
export interface BlockFunction {
  (): BlockFunction | null;
  /** Its place in the table of functions, when it is WebAssembly. */
  readonly place?: number;
  /** The function that this is another way in to. */
  readonly main?: BlockFunction | undefined;
}

/** A direct jump out of a translated block: a mutable cell, so that invalidation is an assignment. */
export interface Link {
  fn: BlockFunction;
  /** What `fn` is while the target is not translated: it leaves to the dispatcher, which then makes the link. */
  readonly stub: BlockFunction;
  readonly target: number;
  readonly owner: Block;
  /** Where `fn` stands for code in WebAssembly: `words[at]`, as its place; 1 when it is JavaScript, -at for the stub. */
  cell: { readonly words: Int32Array; readonly at: number } | undefined;
}

/** Has a link lead to a function. */
export function pointLink(link: Link, fn: BlockFunction): void {
  const { cell } = link;
  link.fn = fn;
  if (cell !== undefined) cell.words[cell.at] = fn === link.stub ? -cell.at : (fn.place ?? 1);
}

export interface Block {
  readonly address: number; // int32
  readonly end: number; // int32, exclusive
  readonly insns: readonly Instruction[];
  /** What the interpreter calls for each. */
  readonly handlers: readonly Handler[];
  /** How often it was interpreted. */
  hits: number;
  valid: boolean;
  /** The translation, when there is one. */
  fn: BlockFunction | null;
  /** Guest bytes that its translation depends on: [start, end) pairs, uint32; undefined: its own, which is all but for the heads of regions. */
  ranges: readonly (readonly [start: number, end: number])[] | undefined;
  /** Samples that met it since it was last considered for a region. */
  heat: number;
  /** Samples at which it is next considered. */
  hot: number;
  /** Regions made at this block so far. */
  regions: number;
  /** Links to and from its translation, made when the first one is: programs start with thousands of blocks that never have any. */
  incoming: Set<Link> | undefined;
  outgoing: Link[] | undefined;
  /** Address of its record, when the quick interpreter has made one (quick.ts); 0 otherwise. */
  record: number;
  /** What it was in an earlier program of this memory, as long as it has not got its translation back. */
  parked: Parked | undefined;
}

/** What an instruction is on the processor at hand (cpuid.ts). */
export type Adapter = ((insn: Instruction) => Instruction) | undefined;

const ENDS = A.BRANCH | A.UNDEFINED | A.PRIVILEGED | A.CONTEXT;

/** Whether a block ends behind this instruction. */
export function endsBlock(insn: Instruction): boolean {
  return (insn.row.attributes & ENDS) !== 0;
}

/**
 * Whether these are the instructions of a stub, an entry of a procedure linkage table: a jump through memory, perhaps behind ENDBR32. A library calls even its own functions by stubs; a quarter of
 * all functions that SQLite entered were such jumps.
 */
export function isStub(insns: readonly Instruction[]): boolean {
  const { row, op0 } = insns[insns.length - 1] ?? {};
  return row?.mnemonic === "JMP" && op0?.kind === K.M32 && (insns.length === 1 || (insns.length === 2 && insns[0].row.mnemonic === "ENDBR32"));
}

/** Whether this is a jump or call to an address that a register or memory holds. */
export const isIndirect = ({ row: { mnemonic }, op0: { kind } }: Instruction): boolean => (mnemonic === "JMP" || mnemonic === "CALL") && (kind === K.R32 || kind === K.M32);

/** Guest instructions between two samples of EIP (regions.ts). */
export const SAMPLE_INTERVAL = 20000;
/**
 * The same once so many samples have been taken. The end of a slice takes all nested calls with it, and each of them then comes back to whatever its return address leads to: Perl takes 0.93 of
 * the time with the longer interval, Python 0.96, SQLite as long.
 */
export const LATER_INTERVAL = 200_000, MANY_SAMPLES = 5000;

/** Samples at which a block is first considered for a region. */
export const HOT = 64;

/**
 * Longest block, in instructions. Long straight code is cut; the parts are linked. Who comes to it elsewhere, behind a bail or from a trace, gets a block up to the next such cut: otherwise
 * each way in made a row of blocks of its own, all of them cold, and SHA-512 (unrolled, 25 kB without a jump) was interpreted for good.
 */
export const MAX_BLOCK = 64;

/** How many of the 15 bytes from `address` can be fetched. */
function fetchable(memory: GuestMemory, address: number): number {
  const { perm } = memory;
  if (!(perm[address >>> 12] & PERM.X)) return 0;
  const room = 4096 - (address & 0xfff);
  return room >= 16 || perm[(address + 15) >>> 12] & PERM.X ? 16 : room;
}

function fetchFault(memory: GuestMemory, address: number): never {
  const present = memory.perm[address >>> 12] & 7 ? PF.PRESENT : 0;
  raise(VECTOR.PF, PF.USER | PF.FETCH | present, address);
}

/** The block being made: cut to length at its end, since an array that grows is left with room for sixteen more. */
const insnsOfBlock: Instruction[] = [];
const handlersOfBlock: Handler[] = [];

/**
 * Decodes the block at `address`. Raises the guest's fault when its first instruction cannot be fetched or is longer than 15 bytes;
 * a later such instruction ends the block before it, as does an address in `cuts`.
 */
export function makeBlock(memory: GuestMemory, address: number, limit: number, adapt?: Adapter, cuts?: ReadonlySet<number>): Block {
  const { u8 } = memory;
  let count = 0;
  let at = address | 0;
  let inside = -1; // a page that can be executed: where 16 bytes of it are left nobody has to be asked
  while (count < limit) {
    let room = 16;
    if (at >>> 12 !== inside || (at & 0xfff) > 0xff0) {
      room = fetchable(memory, at);
      inside = at >>> 12;
    }
    let insn = room === 0 ? TRUNCATED : decode(u8, at >>> 0, at, room);
    if (typeof insn === "number") {
      if (count > 0) break;
      if (insn === TOO_LONG) raise(VECTOR.GP, 0);
      fetchFault(memory, room === 0 ? at : (at + room) | 0);
    }
    if (adapt !== undefined) insn = adapt(insn);
    insnsOfBlock[count] = insn;
    handlersOfBlock[count++] = handlerOf(insn);
    at = insn.next;
    if ((insn.row.attributes & ENDS) !== 0 || cuts?.has(at) === true) break;
  }
  return {
    address: address | 0, end: at, insns: insnsOfBlock.slice(0, count), handlers: handlersOfBlock.slice(0, count), hits: 0, valid: true, fn: null,
    ranges: undefined, heat: 0, hot: HOT, regions: 0, incoming: undefined, outgoing: undefined, record: 0, parked: undefined,
  };
}
