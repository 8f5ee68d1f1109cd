// What a personality is: one value with everything in which an operating system's binaries differ, as FreeBSD's sysentvec.
// The kernel core knows this interface and no personality; boot.ts hands it the list.

import type { Cpu } from "../../runtime/cpu.ts";
import type { OpenFile } from "../fs/file.ts";
import type { AddressSpace } from "../mm.ts";
import type { PendingSignal, SignalAction, SignalInfo } from "../signal.ts";
import type { Process, Thread } from "../thread.ts";
import type { SystemCall } from "./syscall.ts";

/** A program to be loaded. */
export interface ExecRequest {
  readonly file: OpenFile;
  /** The first 256 bytes of the file (fewer if it is shorter). */
  readonly header: Uint8Array;
  /** What AT_EXECFN says: the name given to execve, even for a script. Byte strings, like the arguments. */
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Opens another program by guest path, with execve's checks (the ELF interpreter). */
  open: (path: string) => OpenFile | number;
}

/** A loaded program, ready to be swapped in. */
export interface LoadedProgram {
  readonly mm: AddressSpace;
  readonly entry: number;
  readonly stackPointer: number;
  readonly auxv: Uint8Array;
  /** Set when loading failed after the point of no return: the process dies of this signal. */
  readonly fatalSignal: number;
}

/** An exception of the CPU, as the engine reports it. */
export interface CpuFault {
  readonly vector: number;
  readonly code: number;
  readonly address: number;
}

/** What uname(2) says of the system that a personality stands for. */
export interface Identity {
  readonly system: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
}

export interface Abi {
  readonly name: string;
  readonly identity: Identity;
  /** Absolute paths are tried under this one first, for a foreign personality ("/compat/linux"); or "". */
  readonly pathPrefix: string;
  recognises(header: Uint8Array): boolean;
  /** Maps the program into a new address space; a negative errno when it cannot. */
  load(process: Process, request: ExecRequest): LoadedProgram | number;

  /** The declaration of a system call. */
  call(number: number): SystemCall | undefined;
  /** All declarations, by number. */
  readonly calls: readonly (SystemCall | undefined)[];
  callNumber(cpu: Cpu): number;
  /** The arguments of a call, decoded by its declaration. */
  callArguments(thread: Thread, call: SystemCall): number[];
  setResult(cpu: Cpu, result: number): void;
  /** Makes the thread repeat the system call with the given number. */
  repeatCall(cpu: Cpu, number: number): void;
  /** The call that continues an interrupted one (restart_syscall). */
  readonly restartNumber: number;
  /** A program used the fast system-call instruction: bring the state to that of the ordinary one. */
  enterFastCall(thread: Thread): void;
  /** Entry of a number that has no declaration, for reports. */
  errnoName(errno: number): string;

  /** The signal of an exception. */
  exceptionSignal(thread: Thread, fault: CpuFault): SignalInfo & { readonly signal: number };
  /** Loads what writes core files. */
  loadCore(): Promise<(thread: Thread, signal: PendingSignal) => boolean>;
  /** Builds the frame of a handler and makes the thread run it; false when the stack cannot hold it. */
  deliverSignal(thread: Thread, signal: PendingSignal, action: SignalAction, mask: bigint): boolean;
}
