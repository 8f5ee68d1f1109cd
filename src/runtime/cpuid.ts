// CPUID: tells exactly what is implemented. Intel SDM volume 2, CPUID.

const FPU = 1 << 0, TSC = 1 << 4, CX8 = 1 << 8, SEP = 1 << 11, CMOV = 1 << 15, CLFSH = 1 << 19, MMX = 1 << 23, FXSR = 1 << 24, SSE = 1 << 25, SSE2 = 1 << 26;
const FEATURES_EDX = FPU | TSC | CX8 | SEP | CMOV | CLFSH | MMX | FXSR | SSE | SSE2;
const FEATURES_ECX = 0;

const ascii = (s: string) => s.charCodeAt(0) | (s.charCodeAt(1) << 8) | (s.charCodeAt(2) << 16) | (s.charCodeAt(3) << 24);
const BRAND = "jit386 translated i386 CPU".padEnd(48, "\0");

/** EAX, EBX, ECX, EDX for a leaf and subleaf. */
export function cpuid(leaf: number, _subleaf: number): [number, number, number, number] {
  switch (leaf >>> 0) {
    case 0: return [1, ascii("Genu"), ascii("ntel"), ascii("ineI")];
    case 1: return [0x000006f6, (8 << 8) | (1 << 16), FEATURES_ECX, FEATURES_EDX]; // family 6; 64-byte CLFLUSH lines
    case 0x80000000: return [0x80000004 | 0, 0, 0, 0];
    case 0x80000001: return [0, 0, 0, 0];
    case 0x80000002: case 0x80000003: case 0x80000004: {
      const at = ((leaf >>> 0) - 0x80000002) * 16;
      return [ascii(BRAND.slice(at)), ascii(BRAND.slice(at + 4)), ascii(BRAND.slice(at + 8)), ascii(BRAND.slice(at + 12))];
    }
    default: return [0, 0, 0, 0];
  }
}
