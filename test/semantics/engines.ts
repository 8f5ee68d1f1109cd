// Runs the cases of an instruction form on our own machine, in each engine mode, and gives records like the native runner's.

import { decode } from "../../src/decoder/index.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type EngineOptions } from "../../src/runtime/engine.ts";
import { isGuestFault } from "../../src/runtime/fault.ts";
import { createMemory, PERM } from "../../src/runtime/memory.ts";
import { EXIT, S } from "../../src/runtime/state.ts";
import { semanticOf } from "../../src/semantics/index.ts";
import type { Cases } from "./cases.ts";
import { FP, IN_FP, IN_WORDS, OUT_FP, OUT_WORDS, type SimdCases } from "./simd-cases.ts";
import { CODE_PAGE, DATA, DONE, INPUT_WORDS, OPERAND, R, READONLY, RESULT_WORDS, STACK, START, TAIL, TAIL_BYTES, WINDOW, WINDOW_BYTES } from "./layout.ts";

/** How one execution ended: DONE, or the vector of an exception with its error code and, for page faults, address. */
interface Outcome {
  trap: number;
  error: number;
  address: number;
}

/** Something that executes the instruction at START once, leaving the CPU as the architecture says. */
interface Machine {
  readonly cpu: Cpu;
  /** Whether code is translated wherever execution gets to it from the interpreter, not only at START. */
  tails: boolean;
  /** Puts new code at START. */
  load(code: readonly number[]): void;
  execute(outcome: Outcome): void;
}

function createMachineMemory() {
  const memory = createMemory();
  memory.map(CODE_PAGE, 4096, 7);
  memory.map(DATA, 8192, 3);
  memory.map(READONLY, 4096, 3);
  memory.poke(READONLY, Uint8Array.from({ length: 4096 }, (_, k) => k * 7 + 1));
  memory.protect(READONLY, 4096, 1);
  return memory;
}

/** The semantic function alone: no blocks, no dispatcher. */
function createDirect(): Machine {
  const memory = createMachineMemory();
  const cpu = new Cpu(memory);
  let insn: Exclude<ReturnType<typeof decode>, number>;
  let semantic: NonNullable<ReturnType<typeof semanticOf>>;
  return {
    cpu,
    tails: true,
    load(code) {
      const bytes = new Uint8Array(32).fill(0xcc);
      bytes.set(code);
      const decoded = decode(bytes, 0, START);
      if (typeof decoded === "number") throw new Error("cannot be decoded");
      const found = semanticOf(decoded.row);
      if (found === undefined) throw new Error(`no semantic function for ${decoded.row.mnemonic}`);
      if (decoded.length !== code.length && (decoded.row.attributes & 8) === 0) throw new Error(`decoded ${decoded.length} of ${code.length} bytes`);
      insn = decoded;
      semantic = found;
    },
    execute(outcome) {
      cpu.state[S.EIP] = insn.next;
      cpu.current = insn;
      try {
        semantic(cpu, insn);
        if (cpu.state[S.EXIT] === EXIT.INTERRUPT) {
          cpu.state[S.EXIT] = 0;
          outcome.trap = cpu.interruptVector;
        } else if (!(memory.perm[cpu.eip >>> 12] & PERM.X)) {
          outcome.trap = 14;
          outcome.error = memory.perm[cpu.eip >>> 12] & PERM.R ? 0x15 : 0x14;
          outcome.address = cpu.eip;
        } else outcome.trap = DONE;
      } catch (e) {
        if (!isGuestFault(e)) throw e;
        cpu.state[S.EIP] = START;
        outcome.trap = e.vector;
        outcome.error = e.code;
        outcome.address = e.vector === 14 ? e.address : 0;
      }
    },
  };
}

/** Executions of a block that is not to be translated. */
const NEVER = -(2 ** 30);

/** The whole engine: blocks, dispatcher and, but for `jit: "off"`, translation at the first execution. */
function createEngineMachine(options: EngineOptions): Machine {
  const memory = createMachineMemory();
  memory.poke(CODE_PAGE, new Uint8Array(4096).fill(0xcc));
  const cpu = new Cpu(memory);
  const engine = createEngine(cpu, { threshold: 0, ...options });
  const { cache } = engine;
  const at = cache.at.bind(cache);
  cache.at = (address) => {
    const block = at(address);
    // the breakpoint behind a loop, a block of its own, need not be translated each time either
    if (address !== START && block.hits === 0 && (!machine.tails || address === behind)) block.hits = NEVER;
    return block;
  };
  let behind = 0;
  const machine: Machine = {
    cpu,
    tails: true,
    load(code) {
      const bytes = new Uint8Array(704).fill(0xcc);
      bytes.set(code);
      memory.poke(START, bytes);
      behind = START + code.length;
    },
    execute(outcome) {
      const exit = engine.run(1 << 20);
      if (exit.kind !== "fault") throw new Error(`the engine came back with ${exit.kind}`);
      outcome.trap = exit.vector;
      if (exit.vector === DONE) {
        cpu.state[S.EIP] = cpu.eip - 1;
        return;
      }
      outcome.error = exit.code;
      outcome.address = exit.vector === 14 ? exit.address : 0;
    },
  };
  return machine;
}

/** Engine modes. "direct" needs nothing but the semantic functions and the CPU. */
const MACHINES = {
  direct: createDirect,
  interpreter: () => createEngineMachine({ jit: "off" }),
  quick: () => createEngineMachine({ jit: "quick", quickAfter: 0 }),
  single: () => createEngineMachine({ jit: "block", oneInsnPerBlock: true }),
  block: () => createEngineMachine({ jit: "block" }),
  region: () => createEngineMachine({ jit: "region" }),
  javascript: () => createEngineMachine({ jit: "region", code: "js" }),
} as const;

export type Mode = keyof typeof MACHINES;
export const MODES = Object.keys(MACHINES) as Mode[];

const machines = new Map<string, Machine>();

/** The machine of a mode. */
function machineFor(mode: Mode): Machine {
  let machine = machines.get(mode);
  if (machine === undefined) {
    machine = MACHINES[mode]();
    machines.set(mode, machine);
  }
  return machine;
}

const SEGMENTS = [0x2b, 0x23, 0x2b, 0x2b, 0, 0];

/** Sets registers, segments, flags and memory from words at `from` of the inputs. */
function prepare(cpu: Cpu, states: Int32Array, from: number): void {
  const { state } = cpu;
  const { u8 } = cpu.memory;
  for (let r = 0; r < 8; r++) state[r] = states[from + r];
  for (let s = 0; s < 6; s++) {
    if (cpu.selectors[s] !== SEGMENTS[s]) {
      cpu.selectors[s] = SEGMENTS[s];
      cpu.refreshSegment(s);
    }
  }
  cpu.setEflags(states[from + R.EFLAGS_IN], 4);
  u8.set(new Uint8Array(states.buffer, states.byteOffset + (from + R.WINDOW_IN) * 4, WINDOW_BYTES), WINDOW);
  for (let k = 0; k < TAIL_BYTES; k++) u8[TAIL + k] = 0x5a + k;
  state[S.EIP] = START;
}

/** Writes the record of a result to words at `to`. */
function report(cpu: Cpu, outcome: Outcome, results: Int32Array, to: number): void {
  const { state } = cpu;
  const { u8 } = cpu.memory;
  for (let r = 0; r < 8; r++) results[to + r] = state[r];
  results[to + R.EIP] = cpu.eip;
  results[to + R.EFLAGS] = cpu.eflags();
  results[to + R.TRAP] = outcome.trap;
  results[to + R.ERROR] = outcome.error;
  results[to + R.CR2] = outcome.address;
  const bytes = new Uint8Array(results.buffer, results.byteOffset + (to + R.WINDOW) * 4, WINDOW_BYTES + TAIL_BYTES);
  bytes.set(u8.subarray(WINDOW, WINDOW + WINDOW_BYTES));
  bytes.set(u8.subarray(TAIL, TAIL + TAIL_BYTES), WINDOW_BYTES);
}

/** Results of all cases in one mode, as words: see layout.ts, and simd-cases.ts for records with floating-point state. */
function run(mode: Mode, cases: Pick<Cases, "count" | "code" | "states">, floating: boolean, tails = true): Int32Array {
  const machine = machineFor(mode);
  machine.tails = tails;
  const { cpu } = machine;
  const inWords = floating ? IN_WORDS : INPUT_WORDS;
  const outWords = floating ? OUT_WORDS : RESULT_WORDS;
  const results = new Int32Array(cases.count * outWords);
  const outcome: Outcome = { trap: 0, error: 0, address: 0 };
  let loaded: readonly number[] | undefined;
  for (let n = 0; n < cases.count; n++) {
    if (cases.code[n] !== loaded) {
      loaded = cases.code[n];
      machine.load(loaded);
    }
    prepare(cpu, cases.states, n * inWords);
    if (floating) prepareFloating(cpu, cases.states, n * inWords + IN_FP);
    outcome.error = 0;
    outcome.address = 0;
    machine.execute(outcome);
    report(cpu, outcome, results, n * outWords);
    if (floating) reportFloating(cpu, results, n * outWords + OUT_FP);
  }
  return results;
}

function prepareFloating(cpu: Cpu, states: Int32Array, at: number): void {
  const view = new DataView(states.buffer, states.byteOffset + at * 4, FP.WORDS * 4);
  cpu.x87.restore(view, 0, true);
  cpu.vec.restoreMxcsr(view.getInt32(FP.MXCSR * 4, true));


  for (let k = 0; k < 32; k++) cpu.vec.i32s[k] = states[at + FP.XMM + k];
}

function reportFloating(cpu: Cpu, results: Int32Array, at: number): void {
  results[at + FP.MXCSR] = cpu.vec.mxcsr();
  for (let k = 0; k < 32; k++) results[at + FP.XMM + k] = cpu.vec.i32s[k];
  cpu.x87.save(new DataView(results.buffer, results.byteOffset + at * 4, FP.WORDS * 4), 0, true);
}

/** Results of an integer form. */
export function runForm(mode: Mode, cases: Cases): Int32Array {
  return run(mode, cases, false);
}

/** Results of a form with x87, MMX and XMM state. Without `tails`, code behind a bail is interpreted. */
export function runFloating(mode: Mode, cases: SimdCases, tails = true): Int32Array {
  return run(mode, cases, true, tails);
}

/** What running one piece of code did: the CPU behind it, and how it ended (DONE or an exception). */
export interface Ran {
  readonly cpu: Cpu;
  readonly trap: number;
  readonly error: number;
  /** Of a page fault. */
  readonly address: number;
}

const blank = new Int32Array(IN_WORDS);
blank[R.EFLAGS_IN] = 0x202;
blank[R.EBX] = OPERAND;
blank[R.ESP] = STACK;

/** Runs code from an ordinary state (EBX at OPERAND, ESP at STACK, everything else zero, x87 and MXCSR as after reset), changed by `setUp`. */
export function runCode(mode: Mode, bytes: readonly number[], setUp: (cpu: Cpu) => void = () => {}): Ran {
  const machine = machineFor(mode);
  machine.load(bytes);
  prepare(machine.cpu, blank, 0);
  machine.cpu.x87.init();
  machine.cpu.vec.reset();
  setUp(machine.cpu);
  const outcome: Outcome = { trap: 0, error: 0, address: 0 };
  machine.execute(outcome);
  return { cpu: machine.cpu, ...outcome };
}
