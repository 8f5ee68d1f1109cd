// Lowered functions at work: the module that they share, their places in its table, and how they and JavaScript call each other.
//
// A block function in WebAssembly returns a number for what runs next:
//    0            back to the dispatcher
//    1            whatever is at EIP
//    2            the same, where the call that is under way is expected to come back to: EIP is not written (S.EXPECTED)
//   -c            the target of the link with cell c, which has no translation: the dispatcher makes the link
//   others        the function with that place in the table
// Nested guest calls are calls in WebAssembly: the words DEPTH and EXPECTED of the state (state.ts) travel as parameters, and are in the state for JavaScript only.
// A jump or call to a function of the same module does not write EIP either, which that function does at the end of a time slice.
// `run` goes on with these for as long as it can, by a table of addresses for 1 (HIDDEN.LOOKUP), and does not leave WebAssembly for a link or
// a jump between lowered functions.

import type { Instruction } from "../../decoder/instruction.ts";
import { type BlockFunction, type Link, pointLink } from "../../runtime/block.ts";
import type { Cpu } from "../../runtime/cpu.ts";
import { HIDDEN } from "../../runtime/hidden.ts";
import { CELLS, FIRST_CELL, FIRST_PLACE, lookupIndex, LOOKUPS } from "../../runtime/lookup.ts";
import { writeAesTables } from "../../runtime/simd/crypto.ts";
import type { SavedModule } from "../../runtime/saved.ts";
import { S } from "../../runtime/state.ts";
import { webAssembly, type WasmFunction, type WasmImport, type WasmMemory, type WasmTable } from "../../runtime/webassembly.ts";
import * as W from "../../runtime/wide.ts";
import { Unsupported } from "../value.ts";
import { LANES_ONLY } from "../vector.ts";
import type { VersionCell } from "../exits.ts";
import { BLOCK, Bytes, encodeModule, type FunctionBody, I32, type Import, OP, type Signature } from "./encode.ts";
import { FLAG_FUNCTIONS } from "./flag-functions.ts";
import { STRING_FUNCTIONS } from "./string-functions.ts";
import { createNotes, type ImageImport, type ImageNotes, type ModuleImage } from "./image.ts";
import { type Callee, CODE, type Kind, NOTHING, type Surroundings, typeOf, V } from "./kinds.ts";
import { lower } from "./lower.ts";
import { PROBE } from "./packed.ts";
import { EXACT_BODY, EXACT_PARAMETERS } from "./x87-exact.ts";
import { x87Functions } from "./x87-functions.ts";

/** A function to lower: its text, and what it calls c0, c1 ... */
export interface Lowerable {
  /** Guest address of its beginning. */
  readonly address: number;
  readonly source: string;
  readonly constants: readonly unknown[];
  /** How many ways in it has besides its beginning: the first by S.ENTRY = 1, and so on. */
  readonly entries: number;
}

export interface Lowered {
  readonly fn: BlockFunction;
  /** A function for each of the other ways in. */
  readonly entries: readonly BlockFunction[];
}

export interface World {
  /** Whether the host has vector instructions. */
  readonly packed: boolean;
  /** Lowers functions to a module; undefined for those that must stay JavaScript. `keep` is told of the module, and which of the functions are in it. */
  compile(functions: readonly Lowerable[], keep?: Keep): (Lowered | undefined)[];
  /** A function of a module that an earlier run has made, with its constants; undefined when the module is no use. `id` tells modules apart. */
  restore(id: number, module: SavedModule, number: number, constants: readonly unknown[]): Lowered | undefined;
  /** A function is not to be run any more. One that is being run goes on to its end. */
  release(fn: BlockFunction): void;
  /** Runs a lowered function and those that follow. What it returns is not lowered. */
  readonly run: (place: number) => BlockFunction | null;
  /** The same without leaving WebAssembly: 0 when the dispatcher is to go on, 1 when what is at EIP has not been met, or is not lowered. */
  readonly runLowered: (place: number) => number;
  /** The link with a cell. */
  readonly linkOf: (cell: number) => Link | undefined;
}

/** What is to be kept of a module that has been made: with the first place and cell behind its own; the functions in it by their numbers among those given. */
export type Keep = (module: SavedModule, places: number, cells: number, functions: readonly number[]) => void;

/** Functions that the shared module exports, in this order: `step`, `run`, and those for flags. */
interface Shared {
  readonly step: (code: number, depth?: number, expected?: number) => number;
  readonly run: (code: number) => number;
  readonly table: WasmTable;
  /** Exports by the name that generated code has for them. */
  readonly named: ReadonlyMap<string, Exported>;
}

interface Exported {
  readonly value: WasmFunction;
  readonly parameters: readonly Kind[];
  readonly result: Kind | undefined;
}

/** What is at EIP, when it is lowered and has been met; 1 otherwise. */
const FIND = `const e = R[${S.EIP}]; const h = ((e ^ e >>> 13) & ${LOOKUPS - 1}) << 1; if (H[h] === e) n = H[h + 1];`;
const STEP = `
  if (n < 2) {
    if (n !== 1) { if (n < 0) R[${S.PENDING}] = n; return 0; }
    ${FIND}
    if (n < 2) { R[${S.DEPTH}] = depth; R[${S.EXPECTED}] = expected; return OUTSIDE(); }
  }
  return TABLE(depth, expected, n);`;
const RUN = `
  L: for (;;) {
    if (n < 3) {
      if (n === 2) { R[${S.EIP}] = 0; n = 1; }
      if (n !== 1) { if (n < 0) R[${S.PENDING}] = n; return 0; }
      ${FIND}
      if (n < 2) return 1;
    }
    n = TABLE(0, 0, n);
  }`;

/** A function that reads EIP other than behind a call: where it was entered, that is. So does one that has another version. */
const WANTS_EIP = new RegExp(`R\\[${S.EIP}\\](?! = | !== )|\\.enter\\(`);
/** Targets of an indirect jump that are remembered as recorded. */
const SEEN = 16;
/** Functions in the table at first. */
const PLACES = 1024;
const signature = (parameters: readonly Kind[], result: Kind | undefined): Signature => ({ parameters: parameters.map(typeOf), result: result === undefined ? undefined : typeOf(result) });
const ints = (n: number): Kind[] => new Array<Kind>(n).fill(V.INT);

function makeShared(host: Host, memory: WasmMemory, outside: () => number, exact: (operation: number) => boolean): Shared {
  const imports: Import[] = [{ signature: signature([], V.INT), value: outside }, { signature: signature([V.INT], V.INT), value: exact }];
  const known = new Map<string, Callee>([["OUTSIDE", { index: 0, parameters: [], result: V.INT }], ["EXACT", { index: 1, parameters: [V.INT], result: V.INT }]]);
  const functions: FunctionBody[] = [], named = new Map<string, { parameters: readonly Kind[]; result: Kind; place: number }>();
  const add = (name: string, parameters: readonly string[], body: string, result: Kind, kinds: readonly Kind[] = ints(parameters.length)) => {
    const around: Surroundings = {
      ...NOTHING, parameters: parameters.map((p, k) => [p, kinds[k]]), result: I32, named: (n) => known.get(n), x87: { prepare: () => {}, counter: NOTHING.cell, other: NOTHING.cell },
    };
    functions.push(lower(body, around));
    const callee = { parameters: kinds, result };
    known.set(name, { index: imports.length + functions.length - 1, ...callee });
    named.set(name, { ...callee, place: functions.length - 1 });
  };
  add("step", ["n", "depth", "expected"], STEP, V.INT);
  add("run", ["n"], RUN, V.INT);
  const probe = new Bytes(8);
  for (const b of [OP.returnCall, 0, OP.end]) probe.byte(b);
  for (const f of FLAG_FUNCTIONS) add(`FL.${f.name}`, f.parameters, f.body, f.truth ? V.BOOL : V.INT);
  for (const f of STRING_FUNCTIONS) add(`W.${f.name}`, ["size"], f.body, V.INT);
  add("YI.slow", EXACT_PARAMETERS, EXACT_BODY, V.INT, EXACT_PARAMETERS.map((_, k) => (k === 0 ? V.INT : V.DOUBLE)));
  // hosts that have no tail calls say so here
  functions.push({ signature: BLOCK, locals: [], code: probe, calls: [] });
  const module = new host.Module(encodeModule({ imports, functions, table: { size: PLACES, own: false } }));
  const { exports } = new host.Instance(module, { m: { m: memory, 0: outside, 1: exact } });
  const value = (n: number) => exports[n] as Shared["step"];
  const all = new Map<string, Exported>([...named].map(([name, f]) => [name, { value: value(f.place), parameters: f.parameters, result: f.result }]));
  all.set("next", { value: value(0), parameters: [V.NEXT, V.INT, V.INT], result: V.NEXT });
  return { step: value(0), run: value(1), table: exports.table as WasmTable, named: all };
}

function hasVectors(host: Host): boolean {
  const code = new Bytes(32);
  for (const b of PROBE) code.byte(b);
  try {
    const module = new host.Module(encodeModule({ imports: [], functions: [{ signature: BLOCK, locals: [], code, calls: [] }], table: { size: 1, own: true } }));
    return module instanceof host.Module;
  } catch {
    return false;
  }
}

/** A module of an earlier run: with the constants of those of its functions that are in use. */
interface Opened {
  readonly image: ModuleImage;
  readonly exports: Record<string, WasmFunction | WasmTable>;
  readonly bound: (readonly unknown[])[];
}

export interface WorldOptions {
  readonly cpu: Cpu;
  readonly memory: WasmMemory;
  readonly translationAt: (address: number) => BlockFunction | null;
  readonly onStore: (address: number, length: number) => void;
  /** The places and cells that modules of earlier runs have end before these. */
  readonly places?: number | undefined;
  readonly cells?: number | undefined;
}

type Host = NonNullable<ReturnType<typeof webAssembly>>;

/** Undefined where there is no WebAssembly, or not with all that is needed. */
export function createWorld(options: WorldOptions): World | undefined {
  const host = webAssembly();
  return host === undefined ? undefined : worldOf(host, options);
}

function worldOf(host: Host, { cpu, memory, translationAt, onStore, places: firstPlace, cells: firstCell }: WorldOptions): World | undefined {
  const { state } = cpu;
  const lookups = new Int32Array(memory.buffer, HIDDEN.LOOKUP, 2 * LOOKUPS), cells = new Int32Array(memory.buffer, HIDDEN.CELLS, CELLS);
  let shared: Shared;
  try {
    shared = makeShared(host, memory, outside, (operation) => x87?.get("YI.exact")?.value(operation) === true);
  } catch {
    return undefined;
  }
  const { table } = shared;
  const freeCells: number[] = [];
  /** Modules are kept: a cell is one link's for ever, also in later runs. */
  let keeps = false;
  /** The first place and the first cell that were never used. */
  let places = firstPlace ?? FIRST_PLACE, used = firstCell ?? FIRST_CELL;
  const links = new Map<number, Link>();
  // what a function that is gone has used, others can have
  const ended = new FinalizationRegistry<{ place: number; cells: readonly number[] }>((it) => {
    table.set(it.place, null);
    giveBack(it.cells);
  });

  function giveBack(unused: readonly number[]): void {
    for (const cell of unused) {
      const link = links.get(cell);
      // others may still have the link among those that lead to them
      if (link !== undefined) link.cell = undefined;
      links.delete(cell);
      if (!keeps) freeCells.push(cell);
    }
  }

  const plain: ReadonlyMap<string, Exported> = new Map<string, Exported>([
    ...shared.named,
    ...Object.entries(W).map(([name, f]): [string, Exported] =>
      [`W.${name}`, { value: f as (...args: number[]) => number, parameters: ints(f.length), result: name.startsWith("divFits") ? V.BOOL : V.INT }]),
    ["TRACE", { value: onStore, parameters: [V.INT, V.INT], result: undefined }],
  ]);

  /** A method of the vector file, which finds its operands in the memory like lowered code. Lengths of strings may be 2^31. */
  function vectorMethod(name: string): Exported | undefined {
    const method = name.startsWith("VF.") ? name.slice(3) : "", tests = method === "tiny" || method.startsWith("inexact");
    if (!tests && !LANES_ONLY.has(method)) return undefined;
    const value = (cpu.vec as unknown as Readonly<Record<string, WasmFunction>>)[method];
    return { value: value.bind(cpu.vec), parameters: new Array<Kind>(value.length).fill(method.startsWith("inexact") || method === "strcmp" ? V.DOUBLE : V.INT), result: tests ? V.BOOL : V.INT };
  }

  /** What code with x87 operations calls, made when there is some. */
  let x87: ReadonlyMap<string, Exported> | undefined;

  /** Notes where the function is that is about to run, so that the next jump there finds it. */
  function note(place: number): void {
    const address = state[S.EIP], at = lookupIndex(address);
    lookups[at] = address;
    lookups[at + 1] = place;
  }

  /** A nested call leaves WebAssembly: what is at EIP is JavaScript, or has not been met. Runs it, and tells what runs next. */
  function outside(): number {
    const address = state[S.EIP], fn = translationAt(address);
    if (fn === null) return 0;
    if (fn.place !== undefined) {
      note(fn.place);
      return shared.step(fn.place, state[S.DEPTH], state[S.EXPECTED]);
    }
    const next = fn();
    // a function that keeps x87 registers in locals has another version, which goes on where it has been entered
    if (next === null || next === fn || state[S.EIP] !== address) return next === null ? 0 : 1;
    return next.place !== undefined ? shared.step(next.place, state[S.DEPTH], state[S.EXPECTED]) : next() === null ? 0 : 1;
  }

  /** Places one behind another. They are not used again: a table of a million takes less than the code. */
  function take(count: number): number {
    const first = places;
    places += count;
    ensure(places);
    return first;
  }

  function ensure(length: number): void {
    if (length > table.length) table.grow(Math.max(table.length, length - table.length));
  }

  const enter = (place: number): BlockFunction | null => {
    const expected = state[S.EXPECTED], next = shared.step(place, state[S.DEPTH], expected);
    if (next === CODE.EXPECTED) state[S.EIP] = expected;
    return next === CODE.LEAVE ? null : following(next);
  };

  /** What a code stands for, when a JavaScript caller wants it. */
  function following(code: number): BlockFunction | null {
    if (code < 0) {
      state[S.PENDING] = code;
      return null;
    }
    return translationAt(state[S.EIP]);
  }

  function run(place: number): BlockFunction | null {
    for (let at = place; ;) {
      if (shared.run(at) === 0) return null;
      const fn = translationAt(state[S.EIP]);
      if (fn?.place === undefined) return fn;
      note((at = fn.place));
    }
  }

  function compile(all: readonly Lowerable[], keep?: Keep): (Lowered | undefined)[] {
    const results = new Array<Lowered | undefined>(all.length).fill(undefined);
    // what cannot be lowered is left out, and the others may not count on it
    for (let rest = all.map((it, n) => ({ it, n })); rest.length > 0; ) {
      const given = keep && ((module: SavedModule) => keep(module, places, used, rest.map(({ n }) => n)));
      const made = attempt(rest.map(({ it }) => it), given);
      if (Array.isArray(made)) {
        for (const [k, { n }] of rest.entries()) results[n] = made[k];
        break;
      }
      rest = rest.filter((_, k) => !made.has(k));
    }
    return results;
  }

  /** Lowers functions to one module. When some cannot be, there is none, and the result is their numbers. */
  function attempt(all: readonly Lowerable[], keep: ((module: SavedModule) => void) | undefined): Lowered[] | ReadonlySet<number> {
    const notes = keep && createNotes(all.length);
    keeps ||= keep !== undefined;
    const imports: Import[] = [], indices = new Map<unknown, number>(), bodies: FunctionBody[] = [];
    const refused = new Set<number>(), taken = all.map((): number[] => []);
    const count = all.reduce((sum, { entries }) => sum + 1 + entries, 0), first = take(count);
    const recorders = new Map<unknown, number>(), tables = new Map<unknown, number>();
    const numbers = new Map(all.map((it, n) => [it.address, n]));
    const importOf = (key: unknown, value: WasmFunction, type: Signature, as: ImageImport): number => {
      let index = indices.get(key);
      if (index === undefined) {
        index = imports.push({ signature: type, value }) - 1;
        indices.set(key, index);
        notes?.imports.push(as);
      }
      return index;
    };
    const named = (name: string): Callee | undefined => {
      const it = exported(name);
      return it === undefined ? undefined : { index: importOf(name, it.value, signature(it.parameters, it.result), ["name", name]), parameters: it.parameters, result: it.result };
    };
    for (const [k, { source, constants }] of all.entries()) {
      try {
        bodies.push(lower(source, {
          named,
          aesTables: () => prepareAes(notes),
          x87: {
            prepare: () => prepareX87(notes),
            counter(n) {
              let at = tables.get(constants[n]);
              if (at === undefined) tables.set(constants[n], (at = counterOf(taken[k])));
              return at;
            },
            other: (n) => importOf(constants[n], otherVersion(constants[n] as VersionCell), signature([], V.INT), ["other", k, n]),
          },
          own: { first, count },
          address: all[k].address,
          cell: (n) => cellOf(constants[n], taken[k], (at) => notes?.cells[k].push([n, at])),
          beside: (n) => {
            const number = numbers.get((constants[n] as Link).target);
            return number === undefined ? undefined : { number, place: first + number, wantsEip: WANTS_EIP.test(all[number].source) };
          },
          table(n) {
            let at = tables.get(constants[n]);
            if (at === undefined) tables.set(constants[n], (at = tableOf(constants[n], notes)));
            return at;
          },
          recorder(n) {
            const it = constants[n] as (target: number) => void;
            let seen = recorders.get(it);
            if (seen === undefined) recorders.set(it, (seen = HIDDEN.CELLS + 4 * reserve(SEEN)));
            return { index: importOf(it, it, signature([V.INT], undefined), ["recorder", k, n]), seen };
          },
          callOut: (semantic, insn) => {
            const what = constants[semantic] as (cpu: Cpu, insn: Instruction) => void, where = constants[insn] as Instruction;
            // what is kept of a function may not count on another
            return importOf(notes === undefined ? where : `${k} ${insn}`, callOut(what, where), signature([], undefined), ["call", k, semantic, insn]);
          },
        }));
      } catch (e) {
        if (!(e instanceof Unsupported)) throw e;
        refused.add(k);
      }
    }
    if (refused.size > 0) {
      giveBack(taken.flat());
      return refused;
    }
    for (const [k, { entries }] of all.entries()) {
      const enter: Callee = { index: imports.length + k, parameters: [V.INT, V.INT], result: V.NEXT };
      for (let e = 1; e <= entries; e++) {
        bodies.push(lower(`R[${S.ENTRY}] = ${e}; return ENTER(R[${S.DEPTH}], R[${S.EXPECTED}]);`, { ...NOTHING, named: (name) => (name === "ENTER" ? enter : undefined) }));
      }
    }
    const bytes = encodeModule({ imports, functions: bodies, table: { size: bodies.length, own: true } });
    const given: Record<string, WasmImport> = { m: memory };
    for (const [k, it] of imports.entries()) given[k] = it.value;
    const compiled = compileModule(bytes), exports = compiled && instantiate(compiled, given);
    if (exports === undefined) {
      giveBack(taken.flat());
      return new Set(all.keys());
    }
    if (notes !== undefined) keep?.({ image: { first, entries: all.map((it) => it.entries), ...notes }, bytes, compiled: { module: compiled as object, exports: new WeakRef(exports) } });
    // who holds a way in holds the function with its links as well
    const functionOf = (k: number, cells: readonly number[], main?: BlockFunction): BlockFunction => {
      const place = first + k;
      table.set(place, exports[k] as () => number);
      const fn: BlockFunction = Object.assign(() => enter(place), { place, main });
      ended.register(fn, { place, cells });
      return fn;
    };
    let next = all.length;
    return all.map(({ entries }, k) => {
      const fn = functionOf(k, taken[k]);
      return { fn, entries: Array.from({ length: entries }, () => functionOf(next++, [], fn)) };
    });
  }

  /** What generated code calls by this name. */
  function exported(name: string): Exported | undefined {
    return plain.get(name) ?? x87?.get(name) ?? vectorMethod(name);
  }

  function prepareX87(notes: ImageNotes | undefined): void {
    x87 ??= x87Functions(cpu.x87, memory.buffer);
    if (notes !== undefined) notes.x87 = true;
  }

  function prepareAes(notes: ImageNotes | undefined): void {
    aesTables(memory);
    if (notes !== undefined) notes.aes = true;
  }

  const callOut = (what: (cpu: Cpu, insn: Instruction) => void, insn: Instruction) => (): void => {
    cpu.current = insn;
    what(cpu, insn);
  };

  /** Modules of earlier runs that are in use. */
  const opened = new Map<number, Opened | undefined>();

  function open(saved: SavedModule): Opened | undefined {
    const { image, bytes } = saved;
    const { first, imports, words } = image, bound: (readonly unknown[])[] = [], given: Record<string, WasmImport> = { m: memory };
    if (image.x87) prepareX87(undefined);
    if (image.aes) prepareAes(undefined);
    for (const [k, it] of imports.entries()) {
      if (it[0] === "name") {
        const known = exported(it[1]);
        if (known === undefined) return undefined;
        given[k] = known.value;
        continue;
      }
      const constant = (n: number): unknown => bound[it[1]]?.[n];
      if (it[0] === "recorder") given[k] = (target: number) => (constant(it[2]) as (target: number) => void)(target);
      else if (it[0] === "other") given[k] = () => otherVersion(constant(it[2]) as VersionCell)();
      else {
        const [, , semantic, insn] = it;
        given[k] = () => callOut(constant(semantic) as (cpu: Cpu, insn: Instruction) => void, constant(insn) as Instruction)();
      }
    }
    // what was made where the host knew more does not compile here
    try {
      for (const [at, ...them] of words) cells.set(them, at);
      ensure(first + image.entries.reduce((sum, entries) => sum + 1 + entries, 0));
      const compiled = saved.revive?.() ?? compileModule(bytes), exports = compiled && instantiate(compiled, given);
      if (exports !== undefined) saved.compiled = { module: compiled as object, exports: new WeakRef(exports) };
      return exports === undefined ? undefined : { image, exports, bound };
    } catch {
      return undefined;
    }
  }

  function restore(id: number, module: SavedModule, number: number, constants: readonly unknown[]): Lowered | undefined {
    if (!opened.has(id)) opened.set(id, open(module));
    const it = opened.get(id);
    // once only: its cells and places may be in use
    if (it === undefined || it.bound[number] !== undefined) return undefined;
    const { image: { first, entries, cells: linked }, exports, bound } = it;
    bound[number] = constants;
    for (const [n, at] of linked[number]) connect(constants[n] as Link, at);
    const functionOf = (k: number, main?: BlockFunction): BlockFunction => {
      table.set(first + k, exports[k] as () => number);
      return Object.assign(() => enter(first + k), { place: first + k, main });
    };
    const fn = functionOf(number), before = entries.slice(0, number).reduce((sum, count) => sum + count, entries.length);
    return { fn, entries: Array.from({ length: entries[number] }, (_, e) => functionOf(before + e, fn)) };
  }

  // the table would hold it, and with it its module, until the collector has seen that nobody else does
  function release({ place }: BlockFunction): void {
    if (place !== undefined) table.set(place, null);
  }

  /** Undefined where the host has no room. */
  function compileModule(bytes: Uint8Array<ArrayBuffer>): object | undefined {
    try {
      return new host.Module(bytes);
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
      return undefined;
    }
  }

  function instantiate(module: object, given: Record<string, WasmImport>): Record<string, WasmFunction | WasmTable> | undefined {
    try {
      return new host.Instance(module, { m: given }).exports;
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
      return undefined;
    }
  }

  function reserve(words: number): number {
    if (used + words > CELLS) throw new Unsupported("lowering: no cell is left");
    used += words;
    return used - words;
  }

  function cellOf(link: unknown, taken: number[], note: (at: number) => void): number {
    if (!isLink(link)) throw new Unsupported("lowering: a link is due");
    if (link.cell === undefined) {
      const at = freeCells.pop() ?? reserve(1);
      taken.push(at);
      connect(link, at);
      note(at);
    }
    return HIDDEN.CELLS + 4 * (link.cell?.at ?? 0);
  }

  function connect(link: Link, at: number): void {
    link.cell = { words: cells, at };
    pointLink(link, link.fn);
    links.set(at, link);
  }

  /** Tells what runs next where a function cannot go on as it is. */
  const otherVersion = (it: VersionCell) => (): number => {
    const fn = it.version();
    if (fn.place !== undefined) return it.alone ? shared.step(fn.place, state[S.DEPTH], state[S.EXPECTED]) : fn.place;
    return fn() === null ? 0 : 1;
  };

  /** A word that begins with 0. */
  function counterOf(taken: number[]): number {
    const at = freeCells.pop() ?? reserve(1);
    taken.push(at);
    cells[at] = 0;
    return HIDDEN.CELLS + 4 * at;
  }

  function tableOf(constant: unknown, notes: ImageNotes | undefined): number {
    if (!(constant instanceof Int32Array)) throw new Unsupported("lowering: a table is due");
    const at = reserve(constant.length);
    cells.set(constant, at);
    notes?.words.push([at, ...constant]);
    return HIDDEN.CELLS + 4 * at;
  }

  return { packed: hasVectors(host), compile, restore, release, run, runLowered: shared.run, linkOf: (cell) => links.get(cell) };
}

/** The tables of AES, for as long as a memory lasts. */
const withTables = new WeakSet<object>();
function aesTables({ buffer }: WasmMemory): void {
  if (withTables.has(buffer)) return;
  withTables.add(buffer);
  writeAesTables(buffer, HIDDEN.AES);
}

const isLink = (it: unknown): it is Link => typeof it === "object" && it !== null && "stub" in it;
