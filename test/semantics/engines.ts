// Runs the cases of an instruction form on our own machine, in each engine mode, and gives records like the native runner's.

import { decode } from "../../src/decoder/index.ts";
import { Cpu } from "../../src/runtime/cpu.ts";
import { createEngine, type EngineOptions } from "../../src/runtime/engine.ts";
import { isGuestFault } from "../../src/runtime/fault.ts";
import { createMemory, PERM } from "../../src/runtime/memory.ts";
import { EXIT, S } from "../../src/runtime/state.ts";
import { semanticOf } from "../../src/semantics/index.ts";
import type { Cases } from "./cases.ts";
import { CODE_PAGE, DATA, DONE, INPUT_WORDS, R, READONLY, RESULT_WORDS, START, TAIL, TAIL_BYTES, WINDOW, WINDOW_BYTES } from "./layout.ts";

/** How one execution ended: DONE, or the vector of an exception with its error code and, for page faults, address. */
interface Outcome {
  trap: number;
  error: number;
  address: number;
}

/** Something that executes the instruction at START once, leaving the CPU as the architecture says. */
interface Machine {
  readonly cpu: Cpu;
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

/** The whole engine: blocks, dispatcher and, but for `jit: "off"`, translation at the first execution. */
function createEngineMachine(options: EngineOptions): Machine {
  const memory = createMachineMemory();
  memory.poke(CODE_PAGE, new Uint8Array(4096).fill(0xcc));
  const cpu = new Cpu(memory);
  const engine = createEngine(cpu, { threshold: 0, ...options });
  return {
    cpu,
    load(code) {
      const bytes = new Uint8Array(704).fill(0xcc);
      bytes.set(code);
      memory.poke(START, bytes);
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
}

/** Engine modes. "direct" needs nothing but the semantic functions and the CPU. */
const MACHINES = {
  direct: createDirect,
  interpreter: () => createEngineMachine({ jit: "off" }),
  single: () => createEngineMachine({ jit: "block", oneInsnPerBlock: true }),
  block: () => createEngineMachine({ jit: "block" }),
  region: () => createEngineMachine({ jit: "region" }),
} as const;

export type Mode = keyof typeof MACHINES;
export const MODES = Object.keys(MACHINES) as Mode[];

const machines = new Map<Mode, Machine>();

function machineFor(mode: Mode): Machine {
  let machine = machines.get(mode);
  if (machine === undefined) {
    machine = MACHINES[mode]();
    machines.set(mode, machine);
  }
  return machine;
}

const SEGMENTS = [0x2b, 0x23, 0x2b, 0x2b, 0, 0];

/** Results of all cases of one form in one mode, as words (see layout.ts). */
export function runForm(mode: Mode, cases: Cases): Int32Array {
  const machine = machineFor(mode);
  const { cpu } = machine;
  const { state } = cpu;
  const { u8 } = cpu.memory;
  const results = new Int32Array(cases.count * RESULT_WORDS);
  const resultBytes = new Uint8Array(results.buffer);
  const inputBytes = new Uint8Array(cases.states.buffer, cases.states.byteOffset, cases.states.byteLength);
  const outcome: Outcome = { trap: 0, error: 0, address: 0 };
  let loaded: readonly number[] | undefined;
  for (let n = 0; n < cases.count; n++) {
    if (cases.code[n] !== loaded) {
      loaded = cases.code[n];
      machine.load(loaded);
    }
    const from = n * INPUT_WORDS;
    for (let r = 0; r < 8; r++) state[r] = cases.states[from + r];
    for (let s = 0; s < 6; s++) {
      if (cpu.selectors[s] !== SEGMENTS[s]) {
        cpu.selectors[s] = SEGMENTS[s];
        cpu.refreshSegment(s);
      }
    }
    cpu.setEflags(cases.states[from + R.EFLAGS_IN], 4);
    u8.set(inputBytes.subarray((from + R.WINDOW_IN) * 4, (from + R.WINDOW_IN) * 4 + WINDOW_BYTES), WINDOW);
    for (let k = 0; k < TAIL_BYTES; k++) u8[TAIL + k] = 0x5a + k;
    state[S.EIP] = START;
    outcome.error = 0;
    outcome.address = 0;
    machine.execute(outcome);
    const to = n * RESULT_WORDS;
    for (let r = 0; r < 8; r++) results[to + r] = state[r];
    results[to + R.EIP] = cpu.eip;
    results[to + R.EFLAGS] = cpu.eflags();
    results[to + R.TRAP] = outcome.trap;
    results[to + R.ERROR] = outcome.error;
    results[to + R.CR2] = outcome.address;
    const window = (to + R.WINDOW) * 4;
    resultBytes.set(u8.subarray(WINDOW, WINDOW + WINDOW_BYTES), window);
    resultBytes.set(u8.subarray(TAIL, TAIL + TAIL_BYTES), window + WINDOW_BYTES);
  }
  return results;
}
