// Where we and iced-x86 differ on purpose. Truth is what a processor does that offers the features we offer, in user mode under Linux:
// iced names every instruction that some processor has, and gives privileged ones and those of absent extensions alike.
// The oracle test accepts a difference only if an entry covers it, and fails if an entry covers none.

export interface Difference {
  /** iced's names of encodings (Code), separated by blanks; "*" stands for any letters. */
  readonly codes: string;
  /** What we say: "(invalid)" or the mnemonic. */
  readonly ours: string;
  readonly reason: string;
}

export const DIFFERENCES: readonly Difference[] = [
  { codes: "VEX_*", ours: "(invalid)", reason: "VEX: no AVX, BMI, FMA; C4 and C5 with mod 3 are #UD" },
  { codes: "EVEX_*", ours: "(invalid)", reason: "EVEX: no AVX-512; 62 with mod 3 is #UD" },
  { codes: "XOP_*", ours: "(invalid)", reason: "AMD XOP: 8F with reg other than 0 is #UD" },
  { codes: "D3NOW_* Femms", ours: "(invalid)", reason: "3DNow: gone from all processors since 2010" },
  { codes: "Insertq_* Extrq_* Movnts?_*", ours: "(invalid)", reason: "AMD SSE4a: not offered" },
  { codes: "Syscall Sysret?", ours: "(invalid)", reason: "SYSCALL is #UD outside long mode on Intel, where i386 programs use SYSENTER" },
  { codes: "Rsm", ours: "(invalid)", reason: "#UD outside system management mode" },
  { codes: "Getsec?", ours: "(invalid)", reason: "SMX: #UD while CR4.SMXE is 0, as under Linux" },
  {
    codes: "Vm*_* Vmcall Vmlaunch Vmresume Vmxoff Vmfunc Vmmcall Vmrun? Vmload? Vmsave? Stgi Clgi Skinit Invlpga? Invept_* Invvpid_* Vmgexit* Tdcall",
    ours: "(invalid)", reason: "VMX, SVM, TDX: #UD outside a hypervisor",
  },
  { codes: "Invpcid_* Invlpgb? Tlbsync Pvalidate? Wrmsrns Pconfig Enclv Encls Enclu", ours: "(invalid)", reason: "system extensions that are not offered" },
  { codes: "Monitor? Mwait Clac Stac", ours: "(invalid)", reason: "#UD, not #GP, at CPL 3" },
  { codes: "Monitorx? Mwaitx Clzero? Mcommit Rdpru", ours: "(invalid)", reason: "AMD extensions that are not offered" },
  { codes: "Xbegin_* Xabort_* Xend Xtest Xsusldtrk Xresldtrk", ours: "(invalid)", reason: "TSX: not offered" },
  { codes: "Rdpkru Wrpkru", ours: "(invalid)", reason: "protection keys: #UD while CR4.PKE is 0" },
  { codes: "Wrssd_* Wrussd_* Rstorssp_* Clrssbsy_* Incsspd_* Setssbsy Saveprevssp", ours: "(invalid)", reason: "CET shadow stacks: not offered" },
  { codes: "Rdsspd_*", ours: "NOP", reason: "CET shadow stacks: a reserved NOP while they are off" },
  { codes: "Adcx_* Adox_* Gf2p8* Aadd_* Axor_* Aor_* Aand_*", ours: "(invalid)", reason: "ADX, GFNI, RAO-INT: not offered" },
  { codes: "Aesdec* Aesenc* Encodekey* Loadiwkey_*", ours: "(invalid)", reason: "Key Locker: not offered (AESENC and the like do agree)" },
  { codes: "Movdiri_* Movdir64b_* Enqcmd_* Enqcmds_* Serialize Hreset_*", ours: "(invalid)", reason: "later extensions that are not offered" },
  { codes: "Tpause_* Umonitor_* Umwait_* Ptwrite_* Rdpid_* Clwb_*", ours: "(invalid)", reason: "later extensions that are not offered" },
  { codes: "Xstore_* Xsha* Xcrypt* Montmul_* Ccs_* Via_*", ours: "(invalid)", reason: "VIA PadLock" },
  { codes: "Wbnoinvd", ours: "WBINVD", reason: "without WBNOINVD the prefix is ignored; #GP either way" },
  { codes: "Prefetchreserved3_*", ours: "PREFETCH", reason: "reserved: a hint without effect; named as objdump does" },
  { codes: "Prefetchit0_* Prefetchit1_* Cldemote_*", ours: "NOP", reason: "hints that are reserved NOPs where they are not offered" },
  { codes: "Arpl_r32m16_r32", ours: "ARPL", reason: "the operands are 16 bits; iced prints the whole registers" },
  { codes: "Lldt_r32m16", ours: "LLDT", reason: "as ARPL" },
  { codes: "Ltr_r32m16", ours: "LTR", reason: "as ARPL" },
  { codes: "Lmsw_r32m16", ours: "LMSW", reason: "as ARPL" },
  { codes: "Verr_r32m16", ours: "VERR", reason: "as ARPL" },
  { codes: "Verw_r32m16", ours: "VERW", reason: "as ARPL" },
];
