// Opcode rows: SSE, single-precision on XMM registers. See ../table.ts for the columns.
// Rows marked FAULTS may raise #XM (SIMD floating-point exception). What SSE added to MMX is in mmx.ts.
// Source: Intel SDM volume 2, appendix A, table A-3.

import { A } from "../instruction.ts";
import { ARITH, NONE } from "../table.ts";
import type { Section } from "../table.ts";

const { FAULTS, MMX } = A;

export const SSE: Section = {
  feature: "sse",
  attributes: A.SSE,
  rows: [
    ["NP 0F 10", "MOVUPS", "Vps,Wpsu"],
    ["F3 0F 10", "MOVSS", "Vss,Wss"],
    ["NP 0F 11", "MOVUPS", "Wpsu,Vps"],
    ["F3 0F 11", "MOVSS", "Wss,Vss"],
    ["NP 0F 12 mem", "MOVLPS", "Vq,Mq"],
    ["NP 0F 12 reg", "MOVHLPS", "Vq,Uq"],
    ["NP 0F 13", "MOVLPS", "Mq,Vq"],
    ["NP 0F 14", "UNPCKLPS", "Vps,Wps"],
    ["NP 0F 15", "UNPCKHPS", "Vps,Wps"],
    ["NP 0F 16 mem", "MOVHPS", "Vq,Mq"],
    ["NP 0F 16 reg", "MOVLHPS", "Vq,Uq"],
    ["NP 0F 17", "MOVHPS", "Mq,Vq"],
    ["NP 0F 28", "MOVAPS", "Vps,Wps"],
    ["NP 0F 29", "MOVAPS", "Wps,Vps"],
    ["NP 0F 2A", "CVTPI2PS", "Vps,Qq", NONE, FAULTS | MMX],
    ["F3 0F 2A", "CVTSI2SS", "Vss,Ey", NONE, FAULTS],
    ["NP 0F 2B", "MOVNTPS", "Mps,Vps", NONE, A.ALIGNED],
    ["NP 0F 2C", "CVTTPS2PI", "Pq,Wq", NONE, FAULTS | MMX],
    ["F3 0F 2C", "CVTTSS2SI", "Gy,Wss", NONE, FAULTS],
    ["NP 0F 2D", "CVTPS2PI", "Pq,Wq", NONE, FAULTS | MMX],
    ["F3 0F 2D", "CVTSS2SI", "Gy,Wss", NONE, FAULTS],
    ["NP 0F 2E", "UCOMISS", "Vss,Wss", ARITH, FAULTS],
    ["NP 0F 2F", "COMISS", "Vss,Wss", ARITH, FAULTS],
    ["NP 0F 50", "MOVMSKPS", "Gd,Ups"],
    ["NP 0F 51", "SQRTPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 51", "SQRTSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F 52", "RSQRTPS", "Vps,Wps"],
    ["F3 0F 52", "RSQRTSS", "Vss,Wss"],
    ["NP 0F 53", "RCPPS", "Vps,Wps"],
    ["F3 0F 53", "RCPSS", "Vss,Wss"],
    ["NP 0F 54", "ANDPS", "Vps,Wps"],
    ["NP 0F 55", "ANDNPS", "Vps,Wps"],
    ["NP 0F 56", "ORPS", "Vps,Wps"],
    ["NP 0F 57", "XORPS", "Vps,Wps"],
    ["NP 0F 58", "ADDPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 58", "ADDSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F 59", "MULPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 59", "MULSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F 5C", "SUBPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 5C", "SUBSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F 5D", "MINPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 5D", "MINSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F 5E", "DIVPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 5E", "DIVSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F 5F", "MAXPS", "Vps,Wps", NONE, FAULTS],
    ["F3 0F 5F", "MAXSS", "Vss,Wss", NONE, FAULTS],
    ["NP 0F C2", "CMPPS", "Vps,Wps,uIb", NONE, FAULTS],
    ["F3 0F C2", "CMPSS", "Vss,Wss,uIb", NONE, FAULTS],
    ["NP 0F C6", "SHUFPS", "Vps,Wps,uIb"],
  ],
};
