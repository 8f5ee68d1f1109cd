// Opcode rows: instructions on MMX registers, including those that came with SSE, SSE2 and SSSE3. See ../table.ts for the columns.
// The forms of the same instructions on XMM registers are in sse2.ts and sse3.ts; conversions between the two register files in sse.ts
// and sse2.ts. Every one of these may raise #MF for a pending x87 exception and puts the x87 stack into MMX state.
// Source: Intel SDM volume 2, appendix A, tables.

import { A } from "../instruction.ts";
import type { Section } from "../table.ts";

export const MMX: Section = {
  feature: "mmx",
  attributes: A.MMX | A.FAULTS,
  rows: [
    ["NP 0F 60", "PUNPCKLBW", "Pq,Qd"],
    ["NP 0F 61", "PUNPCKLWD", "Pq,Qd"],
    ["NP 0F 62", "PUNPCKLDQ", "Pq,Qd"],
    ["NP 0F 63", "PACKSSWB", "Pq,Qq"],
    ["NP 0F 64", "PCMPGTB", "Pq,Qq"],
    ["NP 0F 65", "PCMPGTW", "Pq,Qq"],
    ["NP 0F 66", "PCMPGTD", "Pq,Qq"],
    ["NP 0F 67", "PACKUSWB", "Pq,Qq"],
    ["NP 0F 68", "PUNPCKHBW", "Pq,Qq"],
    ["NP 0F 69", "PUNPCKHWD", "Pq,Qq"],
    ["NP 0F 6A", "PUNPCKHDQ", "Pq,Qq"],
    ["NP 0F 6B", "PACKSSDW", "Pq,Qq"],
    ["NP 0F 6E", "MOVD", "Pq,Ed"],
    ["NP 0F 6F", "MOVQ", "Pq,Qq"],
    ["NP 0F 71 /2", "PSRLW", "Nq,uIb"],
    ["NP 0F 71 /4", "PSRAW", "Nq,uIb"],
    ["NP 0F 71 /6", "PSLLW", "Nq,uIb"],
    ["NP 0F 72 /2", "PSRLD", "Nq,uIb"],
    ["NP 0F 72 /4", "PSRAD", "Nq,uIb"],
    ["NP 0F 72 /6", "PSLLD", "Nq,uIb"],
    ["NP 0F 73 /2", "PSRLQ", "Nq,uIb"],
    ["NP 0F 73 /6", "PSLLQ", "Nq,uIb"],
    ["NP 0F 74", "PCMPEQB", "Pq,Qq"],
    ["NP 0F 75", "PCMPEQW", "Pq,Qq"],
    ["NP 0F 76", "PCMPEQD", "Pq,Qq"],
    ["NP 0F 77", "EMMS", ""],
    ["NP 0F 7E", "MOVD", "Ed,Pq"],
    ["NP 0F 7F", "MOVQ", "Qq,Pq"],
    ["NP 0F D1", "PSRLW", "Pq,Qq"],
    ["NP 0F D2", "PSRLD", "Pq,Qq"],
    ["NP 0F D3", "PSRLQ", "Pq,Qq"],
    ["NP 0F D5", "PMULLW", "Pq,Qq"],
    ["NP 0F D8", "PSUBUSB", "Pq,Qq"],
    ["NP 0F D9", "PSUBUSW", "Pq,Qq"],
    ["NP 0F DB", "PAND", "Pq,Qq"],
    ["NP 0F DC", "PADDUSB", "Pq,Qq"],
    ["NP 0F DD", "PADDUSW", "Pq,Qq"],
    ["NP 0F DF", "PANDN", "Pq,Qq"],
    ["NP 0F E1", "PSRAW", "Pq,Qq"],
    ["NP 0F E2", "PSRAD", "Pq,Qq"],
    ["NP 0F E5", "PMULHW", "Pq,Qq"],
    ["NP 0F E8", "PSUBSB", "Pq,Qq"],
    ["NP 0F E9", "PSUBSW", "Pq,Qq"],
    ["NP 0F EB", "POR", "Pq,Qq"],
    ["NP 0F EC", "PADDSB", "Pq,Qq"],
    ["NP 0F ED", "PADDSW", "Pq,Qq"],
    ["NP 0F EF", "PXOR", "Pq,Qq"],
    ["NP 0F F1", "PSLLW", "Pq,Qq"],
    ["NP 0F F2", "PSLLD", "Pq,Qq"],
    ["NP 0F F3", "PSLLQ", "Pq,Qq"],
    ["NP 0F F5", "PMADDWD", "Pq,Qq"],
    ["NP 0F F8", "PSUBB", "Pq,Qq"],
    ["NP 0F F9", "PSUBW", "Pq,Qq"],
    ["NP 0F FA", "PSUBD", "Pq,Qq"],
    ["NP 0F FC", "PADDB", "Pq,Qq"],
    ["NP 0F FD", "PADDW", "Pq,Qq"],
    ["NP 0F FE", "PADDD", "Pq,Qq"],
  ],
};

/** What SSE added to MMX. */
export const MMX_SSE: Section = {
  feature: "sse",
  attributes: A.MMX | A.FAULTS,
  rows: [
    ["NP 0F 70", "PSHUFW", "Pq,Qq,uIb"],
    ["NP 0F C4", "PINSRW", "Pq,RdMw,uIb"],
    ["NP 0F C5", "PEXTRW", "Gd,Nq,uIb"],
    ["NP 0F D7", "PMOVMSKB", "Gd,Nq"],
    ["NP 0F DA", "PMINUB", "Pq,Qq"],
    ["NP 0F DE", "PMAXUB", "Pq,Qq"],
    ["NP 0F E0", "PAVGB", "Pq,Qq"],
    ["NP 0F E3", "PAVGW", "Pq,Qq"],
    ["NP 0F E4", "PMULHUW", "Pq,Qq"],
    ["NP 0F E7", "MOVNTQ", "Mq,Pq"],
    ["NP 0F EA", "PMINSW", "Pq,Qq"],
    ["NP 0F EE", "PMAXSW", "Pq,Qq"],
    ["NP 0F F6", "PSADBW", "Pq,Qq"],
    ["NP 0F F7", "MASKMOVQ", "(DI)q,Pq,Nq"],
  ],
};

/** What SSE2 added to MMX. */
export const MMX_SSE2: Section = {
  feature: "sse2",
  attributes: A.MMX | A.FAULTS,
  rows: [
    ["NP 0F D4", "PADDQ", "Pq,Qq"],
    ["NP 0F F4", "PMULUDQ", "Pq,Qq"],
    ["NP 0F FB", "PSUBQ", "Pq,Qq"],
  ],
};

/** What SSSE3 added to MMX. */
export const MMX_SSSE3: Section = {
  feature: "ssse3",
  attributes: A.MMX | A.FAULTS,
  rows: [
    ["NP 0F 38 00", "PSHUFB", "Pq,Qq"],
    ["NP 0F 38 01", "PHADDW", "Pq,Qq"],
    ["NP 0F 38 02", "PHADDD", "Pq,Qq"],
    ["NP 0F 38 03", "PHADDSW", "Pq,Qq"],
    ["NP 0F 38 04", "PMADDUBSW", "Pq,Qq"],
    ["NP 0F 38 05", "PHSUBW", "Pq,Qq"],
    ["NP 0F 38 06", "PHSUBD", "Pq,Qq"],
    ["NP 0F 38 07", "PHSUBSW", "Pq,Qq"],
    ["NP 0F 38 08", "PSIGNB", "Pq,Qq"],
    ["NP 0F 38 09", "PSIGNW", "Pq,Qq"],
    ["NP 0F 38 0A", "PSIGND", "Pq,Qq"],
    ["NP 0F 38 0B", "PMULHRSW", "Pq,Qq"],
    ["NP 0F 38 1C", "PABSB", "Pq,Qq"],
    ["NP 0F 38 1D", "PABSW", "Pq,Qq"],
    ["NP 0F 38 1E", "PABSD", "Pq,Qq"],
    ["NP 0F 3A 0F", "PALIGNR", "Pq,Qq,uIb"],
  ],
};
