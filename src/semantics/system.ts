// What is left: flag instructions, no-operations, CPU identification, descriptor-table reads, privileged and undefined forms.
// Intel SDM volume 1, chapter 7.3.13-7.3.17; volume 3, 2.8 (system instructions), 6.15 (exceptions).
// Exceptions by vector: 6 = #UD, 13 = #GP.

import type { SemanticTable } from "./machine.ts";

export const system: SemanticTable = {
  CLC: (m, _i) => {
    m.putFlags(1, 0);
  },
  STC: (m, _i) => {
    m.putFlags(1, 1);
  },
  CMC: (m, _i) => {
    m.putFlags(1, 1 - m.cf());
  },
  CLD: (m, _i) => {
    m.setDf(0);
  },
  STD: (m, _i) => {
    m.setDf(1);
  },

  // -- nothing to do: one processor, no caches ---------------------------------------------------------------------------

  NOP: (_m, _i) => {},
  PAUSE: (_m, _i) => {},
  ENDBR32: (_m, _i) => {},
  ENDBR64: (_m, _i) => {},
  PREFETCH: (_m, _i) => {},
  PREFETCHW: (_m, _i) => {},
  PREFETCHWT1: (_m, _i) => {},
  PREFETCHNTA: (_m, _i) => {},
  PREFETCHT0: (_m, _i) => {},
  PREFETCHT1: (_m, _i) => {},
  PREFETCHT2: (_m, _i) => {},
  LFENCE: (_m, _i) => {},
  MFENCE: (_m, _i) => {},
  SFENCE: (_m, _i) => {},
  /** Checks its address as a load does. */
  CLFLUSH: (m, i) => {
    m.check(m.ea(i.op0), 1, false);
  },
  CLFLUSHOPT: (m, i) => {
    m.check(m.ea(i.op0), 1, false);
  },

  // -- identification -------------------------------------------------------------------------------------------------------

  CPUID: (m, _i) => {
    m.cpuid();
  },
  RDTSC: (m, _i) => {
    m.rdtsc();
  },
  RDTSCP: (m, _i) => {
    m.rdtscp();
  },
  SYSENTER: (m, _i) => {
    m.sysenter();
  },

  // Descriptor tables and the machine status word, with the values Linux shows where UMIP hides the true ones
  // (arch/x86/kernel/umip.c): limit 0, bases high in the kernel's space, no LDT, CR0 as always.
  SGDT: (m, i) => {
    const address = m.ea(i.op0);
    m.check(address, 6, true);
    m.store(address, 2, 0);
    m.store(address + 2, 4, 0xfffe0000 | 0);
  },
  SIDT: (m, i) => {
    const address = m.ea(i.op0);
    m.check(address, 6, true);
    m.store(address, 2, 0);
    m.store(address + 2, 4, 0xffff0000 | 0);
  },
  SLDT: (m, i) => {
    m.set(i.op0, 0);
  },
  STR: (m, i) => {
    m.set(i.op0, 0x40);
  },
  SMSW: (m, i) => {
    m.set(i.op0, 0x80050033 | 0);
  },

  // -- what user code may not do, and what is no instruction ------------------------------------------------------------------

  /** Every privileged row, whatever its mnemonic (see semanticOf). */
  "#GP": (m, _i) => {
    m.fault(13, 0);
  },
  /** Every undefined row. */
  "#UD": (m, _i) => {
    m.fault(6, 0);
  },
  // Features that CPUID does not offer, or the operating system does not switch on (CR4.OSXSAVE).
  RDRAND: (m, _i) => {
    m.fault(6, 0);
  },
  RDSEED: (m, _i) => {
    m.fault(6, 0);
  },
  XGETBV: (m, _i) => {
    m.fault(6, 0);
  },
  XSAVE: (m, _i) => {
    m.fault(6, 0);
  },
  XSAVEOPT: (m, _i) => {
    m.fault(6, 0);
  },
  XSAVEC: (m, _i) => {
    m.fault(6, 0);
  },
  XRSTOR: (m, _i) => {
    m.fault(6, 0);
  },
};
