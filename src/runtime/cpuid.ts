// The processors that programs can be shown (--cpu): what CPUID says of each, and what becomes of instructions that one does not have.
// Intel SDM volume 2, CPUID. Features are named as the `feature` column of the opcode tables names them.

import { decode } from "../decoder/decode.ts";
import type { Instruction, Row } from "../decoder/instruction.ts";

export type CpuName = "i686" | "sse2" | "sse4";

/** Where CPUID tells of a feature. */
const REGISTER = { EDX1: 0, ECX1: 1, EBX7: 2, EDX81: 3, ECX81: 4 } as const;

/** Feature, name in /proc/cpuinfo, register and bit, and the least processor that has it. */
const FEATURES: readonly (readonly [feature: string, shown: string, register: number, bit: number, since: CpuName])[] = [
  ["fpu", "fpu", REGISTER.EDX1, 0, "i686"], ["tsc", "tsc", REGISTER.EDX1, 4, "i686"], ["cx8", "cx8", REGISTER.EDX1, 8, "i686"],
  ["sep", "sep", REGISTER.EDX1, 11, "i686"], ["cmov", "cmov", REGISTER.EDX1, 15, "i686"],
  ["clfsh", "clflush", REGISTER.EDX1, 19, "sse2"], ["mmx", "mmx", REGISTER.EDX1, 23, "sse2"], ["fxsr", "fxsr", REGISTER.EDX1, 24, "sse2"],
  ["sse", "sse", REGISTER.EDX1, 25, "sse2"], ["sse2", "sse2", REGISTER.EDX1, 26, "sse2"],
  ["rdtscp", "rdtscp", REGISTER.EDX81, 27, "sse4"], ["lzcnt", "abm", REGISTER.ECX81, 5, "sse4"],
  ["sse3", "pni", REGISTER.ECX1, 0, "sse4"], ["pclmulqdq", "pclmulqdq", REGISTER.ECX1, 1, "sse4"], ["ssse3", "ssse3", REGISTER.ECX1, 9, "sse4"],
  ["sse4.1", "sse4_1", REGISTER.ECX1, 19, "sse4"], ["sse4.2", "sse4_2", REGISTER.ECX1, 20, "sse4"], ["movbe", "movbe", REGISTER.ECX1, 22, "sse4"],
  ["popcnt", "popcnt", REGISTER.ECX1, 23, "sse4"], ["aes", "aes", REGISTER.ECX1, 25, "sse4"],
  ["clflushopt", "clflushopt", REGISTER.EBX7, 23, "sse4"], ["sha", "sha_ni", REGISTER.EBX7, 29, "sse4"],
];
const ORDER: readonly CpuName[] = ["i686", "sse2", "sse4"];
/** Family, model and stepping as in leaf 1: a Pentium Pro, a Pentium M and a Core (Haswell), which they resemble most. */
const SIGNATURE: Readonly<Record<CpuName, number>> = { i686: 0x00000619, sse2: 0x000006d8, sse4: 0x000306c3 };
const MAX_LEAF: Readonly<Record<CpuName, number>> = { i686: 2, sse2: 2, sse4: 7 };

/** Caches as leaf 2 describes them: 32 KiB each for data (2C) and code (30), 2 MiB of second level (7D), lines of 64 bytes. */
const DESCRIPTORS = 0x007d302c;
/** The same for leaf 4: type and level, ways, sets. */
const CACHES: readonly (readonly [typeAndLevel: number, ways: number, sets: number])[] = [[0x121, 8, 64], [0x122, 8, 64], [0x143, 8, 4096]];

export interface CpuModel {
  readonly name: CpuName;
  /** EAX, EBX, ECX, EDX for a leaf and subleaf. */
  cpuid(leaf: number, subleaf: number): [number, number, number, number];
  /** EDX of leaf 1, which Linux hands to programs as AT_HWCAP. */
  readonly hardwareCapabilities: number;
  /** The features as /proc/cpuinfo lists them. */
  readonly flags: string;
  /** Family, model, stepping. */
  readonly signature: readonly [family: number, model: number, stepping: number];
  readonly maxLeaf: number;
  /** What an instruction is on this processor, where that is not what was decoded; undefined when it has all that is known here. */
  readonly adapt: ((insn: Instruction) => Instruction) | undefined;
}

const ascii = (s: string): number => s.charCodeAt(0) | (s.charCodeAt(1) << 8) | (s.charCodeAt(2) << 16) | (s.charCodeAt(3) << 24);
const BRAND = "jit386 translated i386 CPU".padEnd(48, "\0");

function rowOf(...bytes: readonly number[]): Row {
  const insn = decode(Uint8Array.from([...bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 0, 0);
  return (insn as Instruction).row;
}

/** LZCNT and TZCNT are BSR and BSF behind a prefix that means nothing to a processor without them; others are undefined. Hints do nothing. */
function adapter(missing: ReadonlySet<string>): (insn: Instruction) => Instruction {
  let rows: { readonly bsf: Row; readonly bsr: Row; readonly ud: Row } | undefined;
  return (insn) => {
    const { feature, mnemonic } = insn.row;
    if (feature === "" || !missing.has(feature) || mnemonic.startsWith("PREFETCH")) return insn;
    rows ??= { bsf: rowOf(0x0f, 0xbc, 0xc0), bsr: rowOf(0x0f, 0xbd, 0xc0), ud: rowOf(0x0f, 0x0b) };
    return { ...insn, row: feature === "bmi1" ? rows.bsf : feature === "lzcnt" ? rows.bsr : rows.ud };
  };
}

function makeModel(name: CpuName, everything: boolean): CpuModel {
  const level = ORDER.indexOf(name);
  const words = [0, 0, 0, 0, 0];
  const shown: string[] = [];
  const missing = new Set(["bmi1"]); // its other instructions are VEX-encoded, so it is never named
  for (const [feature, flag, register, bit, since] of FEATURES) {
    if (ORDER.indexOf(since) > level) missing.add(feature);
    else {
      words[register] |= 1 << bit;
      shown.push(flag);
    }
  }
  const [edx1, ecx1, ebx7, edx81, ecx81] = words;
  const signature = SIGNATURE[name], maxLeaf = MAX_LEAF[name];
  const lines = missing.has("clfsh") ? 0 : 8 << 8;
  return {
    name, maxLeaf, hardwareCapabilities: edx1, flags: shown.join(" "),
    signature: [(signature >> 8) & 15, ((signature >> 4) & 15) | ((signature >> 12) & 0xf0), signature & 15],
    adapt: everything ? undefined : adapter(missing),
    cpuid(leaf, subleaf) {
      switch (leaf >>> 0) {
        case 0: return [maxLeaf, ascii("Genu"), ascii("ntel"), ascii("ineI")];
        case 1: return [signature, lines | (1 << 16), ecx1, edx1];
        case 2: return [1, 0, 0, DESCRIPTORS];
        case 4: {
          if (maxLeaf < 4 || subleaf >>> 0 >= CACHES.length) return [0, 0, 0, 0];
          const [typeAndLevel, ways, sets] = CACHES[subleaf];
          return [typeAndLevel, ((ways - 1) << 22) | 63, sets - 1, 0];
        }
        case 7: return [0, maxLeaf >= 7 && subleaf === 0 ? ebx7 : 0, 0, 0];
        case 0x80000000: return [0x80000004 | 0, 0, 0, 0];
        case 0x80000001: return [0, 0, ecx81, edx81];
        case 0x80000002: case 0x80000003: case 0x80000004: {
          const at = ((leaf >>> 0) - 0x80000002) * 16;
          return [ascii(BRAND.slice(at)), ascii(BRAND.slice(at + 4)), ascii(BRAND.slice(at + 8)), ascii(BRAND.slice(at + 12))];
        }
        default: return [0, 0, 0, 0];
      }
    },
  };
}

/** A processor by name. */
export function cpuModel(name: CpuName): CpuModel {
  return makeModel(name, false);
}

/** The largest, with TZCNT too: for machines without a kernel. */
export const EVERYTHING: CpuModel = makeModel("sse4", true);

/** What is shown when nothing else is asked for (docs/performance.md says why). */
export const DEFAULT_CPU: CpuName = "sse4";
