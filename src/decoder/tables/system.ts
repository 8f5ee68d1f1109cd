// Opcode rows: privileged and system instructions, and what belongs to processor state (XSAVE, fences, MXCSR).
// See ../table.ts for the columns. An instruction that is #UD rather than #GP at CPL 3 (MONITOR, MWAIT, CLAC, STAC, RSM, the
// VMX and SVM sets) has no row: it is undefined here.
// Source: Intel SDM volume 2, appendix A, tables.

import { A } from "../instruction.ts";
import { flags, NONE } from "../table.ts";
import type { Section } from "../table.ts";

const { ALIGNED, BRANCH, FAULTS, PRIVILEGED, STACK } = A;

const ZERO = flags("", "Z");
const ALL_READ = flags("*", "");

export const SYSTEM: Section = {
  feature: "",
  attributes: 0,
  rows: [
    ["E4", "IN", "AL,uIb", NONE, PRIVILEGED],
    ["E5", "IN", "eAX,uIb", NONE, PRIVILEGED],
    ["E6", "OUT", "uIb,AL", NONE, PRIVILEGED],
    ["E7", "OUT", "uIb,eAX", NONE, PRIVILEGED],
    ["EC", "IN", "AL,DX", NONE, PRIVILEGED],
    ["ED", "IN", "eAX,DX", NONE, PRIVILEGED],
    ["EE", "OUT", "DX,AL", NONE, PRIVILEGED],
    ["EF", "OUT", "DX,eAX", NONE, PRIVILEGED],
    ["F4", "HLT", "", NONE, PRIVILEGED],
    ["FA", "CLI", "", NONE, PRIVILEGED],
    ["FB", "STI", "", NONE, PRIVILEGED],

    ["0F 00 /0", "SLDT", "RvMw"],
    ["0F 00 /1", "STR", "RvMw"],
    ["0F 00 /2", "LLDT", "Ew", NONE, PRIVILEGED],
    ["0F 00 /3", "LTR", "Ew", NONE, PRIVILEGED],
    ["0F 00 /4", "VERR", "Ew", ZERO],
    ["0F 00 /5", "VERW", "Ew", ZERO],
    ["0F 01 /0", "SGDT", "Ms"],
    ["0F 01 /1", "SIDT", "Ms"],
    ["0F 01 /2", "LGDT", "Ms", NONE, PRIVILEGED],
    ["0F 01 /3", "LIDT", "Ms", NONE, PRIVILEGED],
    ["0F 01 /4", "SMSW", "RvMw"],
    ["0F 01 /6", "LMSW", "Ew", NONE, PRIVILEGED],
    ["0F 01 /7 mem", "INVLPG", "M", NONE, PRIVILEGED],
    ["NP 0F 01 D0", "XGETBV", "", NONE, FAULTS, "xsave"],
    ["NP 0F 01 D1", "XSETBV", "", NONE, PRIVILEGED, "xsave"],
    ["0F 01 F9", "RDTSCP", "", NONE, 0, "rdtscp"],
    ["0F 02", "LAR", "Gv,RvMw", flags("", "Z")],
    ["0F 03", "LSL", "Gv,RvMw", flags("", "Z")],
    ["0F 06", "CLTS", "", NONE, PRIVILEGED],
    ["0F 08", "INVD", "", NONE, PRIVILEGED],
    ["0F 09", "WBINVD", "", NONE, PRIVILEGED],
    ["0F 20 /0,2-4", "MOV", "Rd,Cd", NONE, PRIVILEGED], // ModR/M.mod is ignored in these four
    ["0F 21", "MOV", "Rd,Dd", NONE, PRIVILEGED],
    ["0F 22 /0,2-4", "MOV", "Cd,Rd", NONE, PRIVILEGED],
    ["0F 23", "MOV", "Dd,Rd", NONE, PRIVILEGED],
    ["0F 30", "WRMSR", "", NONE, PRIVILEGED],
    ["0F 32", "RDMSR", "", NONE, PRIVILEGED],
    ["0F 33", "RDPMC", "", NONE, PRIVILEGED],
    ["0F 34", "SYSENTER", "", ALL_READ, BRANCH | STACK | FAULTS, "sep"],
    ["0F 35", "SYSEXIT", "", NONE, PRIVILEGED | BRANCH, "sep"],
    ["NP 0F AE /0 mem", "FXSAVE", "Mfx", NONE, ALIGNED | FAULTS, "fxsr"],
    ["NP 0F AE /1 mem", "FXRSTOR", "Mfx", NONE, ALIGNED | FAULTS, "fxsr"],
    ["NP 0F AE /2 mem", "LDMXCSR", "Md", NONE, FAULTS, "sse"],
    ["NP 0F AE /3 mem", "STMXCSR", "Md", NONE, 0, "sse"],
    ["NP 0F AE /4 mem", "XSAVE", "M", NONE, FAULTS, "xsave"],
    ["NP 0F AE /5 mem", "XRSTOR", "M", NONE, FAULTS, "xsave"],
    ["NP 0F AE /6 mem", "XSAVEOPT", "M", NONE, FAULTS, "xsaveopt"],
    ["NP 0F AE /7 mem", "CLFLUSH", "M", NONE, 0, "clfsh"],
    ["66 0F AE /7 mem", "CLFLUSHOPT", "M", NONE, 0, "clflushopt"],
    ["NP 0F AE /5 reg", "LFENCE", "", NONE, 0, "sse2"],
    ["NP 0F AE /6 reg", "MFENCE", "", NONE, 0, "sse2"],
    ["NP 0F AE /7 reg", "SFENCE", "", NONE, 0, "sse"],
    ["NP 0F C7 /4 mem", "XSAVEC", "M", NONE, FAULTS, "xsavec"],
    ["NP 0F C7 /3 mem", "XRSTORS", "M", NONE, PRIVILEGED, "xsaves"],
    ["NP 0F C7 /5 mem", "XSAVES", "M", NONE, PRIVILEGED, "xsaves"],
  ],
};
