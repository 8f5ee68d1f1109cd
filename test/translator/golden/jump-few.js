// c0: notes the targets of the jump at 1000000
function block() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r0 = R[0];
  // 1000000 JMP
  const t$0 = r0;
   R[9] = t$0; c0(t$0); return LOOKUP(t$0 | 0);
}

// R[28] = 1 enters it at 1000004
function region() {
  let e = R[28]; R[28] = 0;
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r3 = R[3], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  slice: {
    const q0$ = q;
    L0: for (;;) {
      const was0$1 = r1;
      if ((q = q - 3 | 0) < 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break slice; }
      B2: {
        B1: {
          if (e !== 0) rare: {
            if (e === 1) {
              e = 0;
              break B1;
            }
          }
          // 1000000 JMP
          const t$0 = r0;
          if (t$0 === 16777220) {
            if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; }
            break B1;
          }
          if (t$0 === 16777223) {
            if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; }
            break B2;
          }
          if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } R[1] = r1; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = t$0; return LOOKUP(t$0 | 0);
        }
        const q1$ = q;
        L1: for (;;) {
          const was1$1 = r1;
          if ((q = q - 4 | 0) < 0) { if ((q1$ - q | 0) !== 4) { fr = was1$1; fb = 0; fk = 5; } pc = 16777220; break slice; }
          // 1000004 INC
          const a$1 = r1;
          const r$2 = ((a$1 + 1) | 0);
          r1 = r$2;
          if ((q1$ - q | 0) !== 4) { fr = was1$1; fb = 0; fk = 5; }
          // 1000005 JMP
          const t$3 = r3;
          if (t$3 === 16777220) {
            const f$4a = ((FL.carry(fk, fa, fb, fr) | ((((a$1 ^ r$2) >>> 4) & 1) << 4)) | ((((~a$1) & r$2) >>> 31) << 11)); fa = f$4a;
            continue L1;
          }
          if (t$3 === 16777223) {
            const f$5k = 5, f$5a = ((FL.carry(fk, fa, fb, fr) | ((((a$1 ^ r$2) >>> 4) & 1) << 4)) | ((((~a$1) & r$2) >>> 31) << 11)), f$5b = 0, f$5r = r$2; fk = f$5k; fa = f$5a; fb = f$5b; fr = f$5r;
            break B2;
          }
          R[1] = r1; R[10] = 5; R[11] = ((FL.carry(fk, fa, fb, fr) | ((((a$1 ^ r$2) >>> 4) & 1) << 4)) | ((((~a$1) & r$2) >>> 31) << 11)); R[13] = r$2; R[9] = t$3; return LOOKUP(t$3 | 0);
        }
      }
      // 1000007 DEC
      const a$6 = r1;
      const r$7 = ((a$6 - 1) | 0);
      r1 = r$7;
      // 1000008 JMP
      const f$8a = ((FL.carry(fk, fa, fb, fr) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)); fa = f$8a;
      continue L0;
    }
  }
  R[1] = r1; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
}
