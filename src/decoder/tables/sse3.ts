// Opcode rows: SSE3, SSSE3, SSE4.1, SSE4.2, AES, PCLMULQDQ and SHA on XMM registers. See ../table.ts for the columns.
// Not here: FISTTP (x87.ts), SSSE3 on MMX registers (mmx.ts), CRC32 and POPCNT (integer.ts).
// Source: Intel SDM volume 2, appendix A, tables.

import { A } from "../instruction.ts";
import { ARITH, NONE } from "../table.ts";
import type { Section } from "../table.ts";

const { FAULTS } = A;

export const SSE3: Section = {
  feature: "sse3",
  attributes: A.SSE,
  rows: [
    ["F3 0F 12", "MOVSLDUP", "Vps,Wps"],
    ["F2 0F 12", "MOVDDUP", "Vpd,Wq"],
    ["F3 0F 16", "MOVSHDUP", "Vps,Wps"],
    ["66 0F 7C", "HADDPD", "Vpd,Wpd", NONE, FAULTS],
    ["F2 0F 7C", "HADDPS", "Vps,Wps", NONE, FAULTS],
    ["66 0F 7D", "HSUBPD", "Vpd,Wpd", NONE, FAULTS],
    ["F2 0F 7D", "HSUBPS", "Vps,Wps", NONE, FAULTS],
    ["66 0F D0", "ADDSUBPD", "Vpd,Wpd", NONE, FAULTS],
    ["F2 0F D0", "ADDSUBPS", "Vps,Wps", NONE, FAULTS],
    ["F2 0F F0", "LDDQU", "Vdq,Mdq"],
  ],
};

export const SSSE3: Section = {
  feature: "ssse3",
  attributes: A.SSE,
  rows: [
    ["66 0F 38 00", "PSHUFB", "Vdq,Wdq"],
    ["66 0F 38 01", "PHADDW", "Vdq,Wdq"],
    ["66 0F 38 02", "PHADDD", "Vdq,Wdq"],
    ["66 0F 38 03", "PHADDSW", "Vdq,Wdq"],
    ["66 0F 38 04", "PMADDUBSW", "Vdq,Wdq"],
    ["66 0F 38 05", "PHSUBW", "Vdq,Wdq"],
    ["66 0F 38 06", "PHSUBD", "Vdq,Wdq"],
    ["66 0F 38 07", "PHSUBSW", "Vdq,Wdq"],
    ["66 0F 38 08", "PSIGNB", "Vdq,Wdq"],
    ["66 0F 38 09", "PSIGNW", "Vdq,Wdq"],
    ["66 0F 38 0A", "PSIGND", "Vdq,Wdq"],
    ["66 0F 38 0B", "PMULHRSW", "Vdq,Wdq"],
    ["66 0F 38 1C", "PABSB", "Vdq,Wdq"],
    ["66 0F 38 1D", "PABSW", "Vdq,Wdq"],
    ["66 0F 38 1E", "PABSD", "Vdq,Wdq"],
    ["66 0F 3A 0F", "PALIGNR", "Vdq,Wdq,uIb"],
  ],
};

export const SSE41: Section = {
  feature: "sse4.1",
  attributes: A.SSE,
  rows: [
    ["66 0F 38 10", "PBLENDVB", "Vdq,Wdq,XMM0"],
    ["66 0F 38 14", "BLENDVPS", "Vps,Wps,XMM0"],
    ["66 0F 38 15", "BLENDVPD", "Vpd,Wpd,XMM0"],
    ["66 0F 38 17", "PTEST", "Vdq,Wdq", ARITH],
    ["66 0F 38 20", "PMOVSXBW", "Vdq,Wq"],
    ["66 0F 38 21", "PMOVSXBD", "Vdq,Wd"],
    ["66 0F 38 22", "PMOVSXBQ", "Vdq,Ww"],
    ["66 0F 38 23", "PMOVSXWD", "Vdq,Wq"],
    ["66 0F 38 24", "PMOVSXWQ", "Vdq,Wd"],
    ["66 0F 38 25", "PMOVSXDQ", "Vdq,Wq"],
    ["66 0F 38 28", "PMULDQ", "Vdq,Wdq"],
    ["66 0F 38 29", "PCMPEQQ", "Vdq,Wdq"],
    ["66 0F 38 2A", "MOVNTDQA", "Vdq,Mdq", NONE, A.ALIGNED],
    ["66 0F 38 2B", "PACKUSDW", "Vdq,Wdq"],
    ["66 0F 38 30", "PMOVZXBW", "Vdq,Wq"],
    ["66 0F 38 31", "PMOVZXBD", "Vdq,Wd"],
    ["66 0F 38 32", "PMOVZXBQ", "Vdq,Ww"],
    ["66 0F 38 33", "PMOVZXWD", "Vdq,Wq"],
    ["66 0F 38 34", "PMOVZXWQ", "Vdq,Wd"],
    ["66 0F 38 35", "PMOVZXDQ", "Vdq,Wq"],
    ["66 0F 38 38", "PMINSB", "Vdq,Wdq"],
    ["66 0F 38 39", "PMINSD", "Vdq,Wdq"],
    ["66 0F 38 3A", "PMINUW", "Vdq,Wdq"],
    ["66 0F 38 3B", "PMINUD", "Vdq,Wdq"],
    ["66 0F 38 3C", "PMAXSB", "Vdq,Wdq"],
    ["66 0F 38 3D", "PMAXSD", "Vdq,Wdq"],
    ["66 0F 38 3E", "PMAXUW", "Vdq,Wdq"],
    ["66 0F 38 3F", "PMAXUD", "Vdq,Wdq"],
    ["66 0F 38 40", "PMULLD", "Vdq,Wdq"],
    ["66 0F 38 41", "PHMINPOSUW", "Vdq,Wdq"],
    ["66 0F 3A 08", "ROUNDPS", "Vps,Wps,uIb", NONE, FAULTS],
    ["66 0F 3A 09", "ROUNDPD", "Vpd,Wpd,uIb", NONE, FAULTS],
    ["66 0F 3A 0A", "ROUNDSS", "Vss,Wss,uIb", NONE, FAULTS],
    ["66 0F 3A 0B", "ROUNDSD", "Vsd,Wsd,uIb", NONE, FAULTS],
    ["66 0F 3A 0C", "BLENDPS", "Vps,Wps,uIb"],
    ["66 0F 3A 0D", "BLENDPD", "Vpd,Wpd,uIb"],
    ["66 0F 3A 0E", "PBLENDW", "Vdq,Wdq,uIb"],
    ["66 0F 3A 14", "PEXTRB", "RdMb,Vdq,uIb"],
    ["66 0F 3A 15", "PEXTRW", "RdMw,Vdq,uIb"],
    ["66 0F 3A 16", "PEXTRD", "Ed,Vdq,uIb"],
    ["66 0F 3A 17", "EXTRACTPS", "Ed,Vdq,uIb"],
    ["66 0F 3A 20", "PINSRB", "Vdq,RdMb,uIb"],
    ["66 0F 3A 21", "INSERTPS", "Vdq,Wd,uIb"],
    ["66 0F 3A 22", "PINSRD", "Vdq,Ed,uIb"],
    ["66 0F 3A 40", "DPPS", "Vps,Wps,uIb", NONE, FAULTS],
    ["66 0F 3A 41", "DPPD", "Vpd,Wpd,uIb", NONE, FAULTS],
    ["66 0F 3A 42", "MPSADBW", "Vdq,Wdq,uIb"],
  ],
};

export const SSE42: Section = {
  feature: "sse4.2",
  attributes: A.SSE,
  rows: [
    ["66 0F 38 37", "PCMPGTQ", "Vdq,Wdq"],
    ["66 0F 3A 60", "PCMPESTRM", "Vdq,Wdqu,uIb", ARITH],
    ["66 0F 3A 61", "PCMPESTRI", "Vdq,Wdqu,uIb", ARITH],
    ["66 0F 3A 62", "PCMPISTRM", "Vdq,Wdqu,uIb", ARITH],
    ["66 0F 3A 63", "PCMPISTRI", "Vdq,Wdqu,uIb", ARITH],
  ],
};

export const AES: Section = {
  feature: "aes",
  attributes: A.SSE,
  rows: [
    ["66 0F 38 DB", "AESIMC", "Vdq,Wdq"],
    ["66 0F 38 DC", "AESENC", "Vdq,Wdq"],
    ["66 0F 38 DD", "AESENCLAST", "Vdq,Wdq"],
    ["66 0F 38 DE", "AESDEC", "Vdq,Wdq"],
    ["66 0F 38 DF", "AESDECLAST", "Vdq,Wdq"],
    ["66 0F 3A DF", "AESKEYGENASSIST", "Vdq,Wdq,uIb"],
    ["66 0F 3A 44", "PCLMULQDQ", "Vdq,Wdq,uIb", NONE, 0, "pclmulqdq"],
  ],
};

export const SHA: Section = {
  feature: "sha",
  attributes: A.SSE,
  rows: [
    ["NP 0F 38 C8", "SHA1NEXTE", "Vdq,Wdq"],
    ["NP 0F 38 C9", "SHA1MSG1", "Vdq,Wdq"],
    ["NP 0F 38 CA", "SHA1MSG2", "Vdq,Wdq"],
    ["NP 0F 38 CB", "SHA256RNDS2", "Vdq,Wdq,XMM0"],
    ["NP 0F 38 CC", "SHA256MSG1", "Vdq,Wdq"],
    ["NP 0F 38 CD", "SHA256MSG2", "Vdq,Wdq"],
    ["NP 0F 3A CC", "SHA1RNDS4", "Vdq,Wdq,uIb"],
  ],
};
