// Makes a kernel: the value that ties clock, random numbers, processes and the queue of turns together.

import type { Cpu } from "../runtime/cpu.ts";
import { type CpuName, cpuModel, DEFAULT_CPU } from "../runtime/cpuid.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Caps } from "./caps.ts";
import type { Abi } from "./abi/abi.ts";
import type { HostNetwork } from "./net/host.ts";
import type { PendingSignal } from "./signal.ts";
import { wakeThread } from "./scheduler.ts";
import type { Kernel, Process, Thread, Tracer } from "./thread.ts";
import type { Clock } from "./time.ts";

export interface KernelOptions {
  readonly abis: readonly Abi[];
  readonly clock: Clock;
  readonly random: (bytes: Uint8Array) => void;
  readonly createEngine: (cpu: Cpu, program: string) => Engine;
  /** Names programs by their contents. */
  readonly nameProgram?: Kernel["nameProgram"];
  /** The processor that programs see. */
  readonly cpu?: CpuName;
  readonly hostname?: string;
  readonly log?: (line: string) => void;
  readonly trace?: Tracer;
  readonly onFatalSignal?: (thread: Thread, signal: PendingSignal) => void;
  readonly caps?: Caps;
  /** core_pattern; "core" by default. */
  readonly corePattern?: string;
  /** Told why a core that was to be written could not be. */
  readonly onCoreRefused?: (reason: string) => void;
  /** Loads what onFatalSignal needs. */
  readonly prepareFatal?: () => Promise<void> | undefined;
  readonly onStop?: (process: Process) => void;
  /** Lets programs reach beyond the machine; without it there is the loopback network only. */
  readonly hostNetwork?: HostNetwork;
  /** Lets callbacks of the host run; by default through setTimeout, which every host has. */
  readonly yieldToHost?: () => Promise<void>;
}

const FIRST_ID = 1000;

export function createKernel(options: KernelOptions): Kernel {
  return {
    clock: options.clock, random: options.random, hostname: options.hostname ?? "jit386", processes: new Map(), threads: new Map(),
    log: options.log ?? (() => {}), runnable: [], timers: [], current: undefined, sliceStart: 0, wakeThread, notify: () => {}, nextId: FIRST_ID,
    firstPid: FIRST_ID, terminals: new Set(), loading: undefined, exitHooks: [], caps: options.caps,
    onStop: options.onStop ?? (() => {}), onFatalSignal: options.onFatalSignal ?? (() => {}), trace: options.trace, debugger: undefined,
    core: { pattern: options.corePattern ?? "core", usesPid: false, refused: options.onCoreRefused ?? (() => {}) },
    dumpCore: undefined,
    prepareFatal: options.prepareFatal ?? (() => undefined),
   
    createEngine: options.createEngine, nameProgram: options.nameProgram, bodies: [],
    cpu: cpuModel(options.cpu ?? DEFAULT_CPU), abis: options.abis, reported: new Set(),
    hostNetwork: options.hostNetwork, networkTable: undefined,
    yieldToHost: options.yieldToHost ?? (() => new Promise((resolve) => setTimeout(resolve, 0))),
  };
}

/** Random numbers that a seed determines (xorshift128, seeded by splitmix32). Not for secrets. */
export function seededRandom(seed: number): (bytes: Uint8Array) => void {
  let x = seed | 0;
  const mix = () => {
    x = (x + 0x9e37_79b9) | 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [mix(), mix(), mix(), mix()];
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      const t = a ^ (a << 11);
      a = b;
      b = c;
      c = d;
      d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
      bytes[i] = d >>> 3;
    }
  };
}

/** Random numbers of the host's generator, which takes at most 64 KiB at a time and no shared buffers. */
export function hostRandom(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 65536) {
    const part = new Uint8Array(Math.min(65536, bytes.length - at));
    crypto.getRandomValues(part);
    bytes.set(part, at);
  }
}
