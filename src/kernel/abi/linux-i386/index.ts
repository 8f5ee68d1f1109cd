// The personality of 32-bit x86 Linux: how calls travel (INT 0x80, number in EAX, arguments in EBX ECX EDX ESI EDI EBP, result in
// EAX), which signal an exception becomes, and everything else of the folder gathered into one Abi value.

import type { Cpu } from "../../../runtime/cpu.ts";
import { PERM } from "../../../runtime/memory.ts";
import { errnoName } from "../../errno.ts";
import { SI, SIG } from "../../signal.ts";
import type { SignalInfo } from "../../signal.ts";
import type { Thread } from "../../thread.ts";
import type { Abi, CpuFault } from "../abi.ts";
import type { SystemCall } from "../syscall.ts";
import { RELEASE, VERSION } from "./calls-system.ts";
import { deliverSignal } from "./frames.ts";
import { isElf } from "./elf.ts";
import { loadElf } from "./loader.ts";
import { allCalls, callOf } from "./table.ts";

/** Register numbers of the six argument words. */
const ARGUMENT_REGISTERS = [3, 1, 2, 6, 7, 5];
const [EAX, ESP, EBP] = [0, 4, 5];
const SIGNED: ReadonlySet<string> = new Set(["int", "fd", "dirfd", "signal", "pid", "oneOf"]);
const INT_80_LENGTH = 2;

function callArguments(thread: Thread, call: SystemCall): number[] {
  const { regs } = thread.cpu;
  const args: number[] = [];
  let word = 0;
  for (const argument of call.args) {
    const low = regs[ARGUMENT_REGISTERS[word++]];
    if (argument.kind === "i64") args.push((low >>> 0) + regs[ARGUMENT_REGISTERS[word++]] * 2 ** 32);
    else args.push(SIGNED.has(argument.kind) ? low : low >>> 0);
  }
  return args;
}

// -- exceptions ----------------------------------------------------------------------------------------------------------------------------

const TRACE = 2; // TRAP_TRACE
const ACCERR = 2, MAPERR = 1;
const BUS_ADRALN = 1, BUS_ADRERR = 2;
const ILL_ILLOPN = 2;
const FPE_INTDIV = 1;

/** si_code of an unmasked floating-point exception from its flag bits. */
function floatingPointCode(flags: number): number {
  if (flags & 1) return 7; // FPE_FLTINV
  if (flags & 4) return 3; // FPE_FLTDIV
  if (flags & 8) return 4; // FPE_FLTOVF
  if (flags & 0x12) return 5; // FPE_FLTUND
  if (flags & 0x20) return 6; // FPE_FLTRES
  return 0;
}

function exceptionSignal(thread: Thread, fault: CpuFault): SignalInfo & { readonly signal: number } {
  const { cpu } = thread;
  const eip = cpu.eip >>> 0;
  const made = (signal: number, code: number, address: number) => ({ signal, code, address, vector: fault.vector, errorCode: fault.code });
  switch (fault.vector) {
    case 0: return made(SIG.FPE, FPE_INTDIV, eip);
    case 1: return made(SIG.TRAP, TRACE, eip);
    case 3: return made(SIG.TRAP, SI.KERNEL, 0);
    case 6: return made(SIG.ILL, ILL_ILLOPN, eip);
    case 11: case 12: return made(SIG.BUS, SI.KERNEL, 0);
    case 14: {
      const page = fault.address >>> 12;
      if (thread.memory.perm[page] & PERM.BUS) return made(SIG.BUS, BUS_ADRERR, fault.address);
      return made(SIG.SEGV, thread.memory.isMapped(page) ? ACCERR : MAPERR, fault.address);
    }
    case 16: return made(SIG.FPE, floatingPointCode(cpu.x87.getStatusWord() & ~cpu.x87.getControlWord()), eip);
    case 17: return made(SIG.BUS, BUS_ADRALN, fault.address);
    case 19: {
      const mxcsr = cpu.vec.csr;
      return made(SIG.FPE, floatingPointCode(mxcsr & ~(mxcsr >> 7) & 0x3f), eip);
    }
    default: return made(SIG.SEGV, SI.KERNEL, 0);
  }
}

/** SYSENTER as the vDSO of real kernels uses it: the user stack is in EBP and holds EBP, EDX, ECX and the return address. */
function enterFastCall(thread: Thread): void {
  const { cpu, memory, process } = thread;
  const stack = cpu.regs[EBP];
  cpu.regs[ESP] = stack;
  cpu.regs[EBP] = memory.loadU32(stack) ?? 0;
  cpu.eip = ((process.mm.symbols.get("__kernel_vsyscall") ?? 0) + INT_80_LENGTH) | 0;
}

function repeatCall(cpu: Cpu, number: number): void {
  cpu.regs[EAX] = number;
  cpu.eip = (cpu.eip - INT_80_LENGTH) | 0;
}

export const linuxI386: Abi = {
  name: "linux-i386",
  identity: { system: "Linux", release: RELEASE, version: VERSION, machine: "i686" },
  pathPrefix: "",
  recognises: isElf,
  load: loadElf,
  loadCore: async () => (await import("./core-file.ts")).dumpCore,
  call: callOf,
  get calls() { return allCalls(); },
  callNumber: (cpu) => cpu.regs[EAX],
  callArguments,
  setResult(cpu, result) {
    cpu.regs[EAX] = result | 0;
  },
  repeatCall,
  restartNumber: 0,
  enterFastCall,
  errnoName,
  exceptionSignal,
  deliverSignal,
};
