// c0: link to 1000009
function block() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r4 = R[4];
  let pc = 0;
  bail: {
    // 1000000 CALL
    const a$0 = r4 - 4 | 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12]) >= 0 || P[a$0 >>> 12] >= 0) { pc = 16777216; break bail; }
    V.setInt32(a$0 >>> 0, 16777221, true);
    r4 = a$0;
    R[4] = r4; R[9] = 16777225; return c0.fn;
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r1 = R[1], r3 = R[3], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          const was0$1 = r1;
          if ((q = q - 3 | 0) < 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break slice; }
          // 1000000 CALL
          const a$0 = r4 - 4 | 0;
          if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12]) >= 0 || P[a$0 >>> 12] >= 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          V.setInt32(a$0 >>> 0, 16777221, true);
          r4 = a$0;
          // 1000009 JMP
          const a$1 = (r3 + 12 | 0);
          let v$2 = 0;
          if ((a$1 & 3) !== 0 && (a$1 & 4095) > 4092 && (P[a$1 >>> 12] & P[a$1 + 3 >>> 12] & 1) === 0 || (v$2 = V.getInt32(a$1 >>> 0, true)) === 0 && (P[a$1 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777225; break bail; }
          if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = v$2;
          let n$3 = LOOKUP(v$2 | 0);
          const d$4 = R[27], ex$5 = R[31];
          if (d$4 > 50000 || n$3 === null) return n$3;
          R[27] = d$4 + 46 | 0; R[31] = 16777221;
          n$3 = n$3();
          if (n$3 === null || R[9] !== 16777221) rare: {
            while (n$3 === null || R[9] !== 16777221) {
              if (n$3 === null) { R[27] = d$4; return null; }
              n$3 = n$3();/*again*/
            }
          }
          R[27] = d$4; R[31] = ex$5;
          r1 = R[1], r3 = R[3], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000005 DEC
          const a$6 = r1;
          const r$7 = ((a$6 - 1) | 0);
          r1 = r$7;
          // 1000006 Jcc
          if (!(r$7 === 0)) {
            const f$8a = ((FL.carry(fk, fa, fb, fr) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)); fa = f$8a;
            continue L0;
          }
          // 1000008 RET
          const a$9 = r4;
          let v$10 = 0;
          if ((a$9 & 3) !== 0 && (a$9 & 4095) > 4092 && (P[a$9 >>> 12] & P[a$9 + 3 >>> 12] & 1) === 0 || (v$10 = V.getInt32(a$9 >>> 0, true)) === 0 && (P[a$9 >>> 12] & 1) === 0) { const f$11k = 5, f$11a = ((FL.carry(fk, fa, fb, fr) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)), f$11b = 0, f$11r = r$7; fk = f$11k; fa = f$11a; fb = f$11b; fr = f$11r; pc = 16777224; break bail; }
          r4 = r4 + 4 | 0;
          const f$13k = 5, f$13a = ((FL.carry(fk, fa, fb, fr) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)), f$13b = 0, f$13r = r$7; fk = f$13k; fa = f$13a; fb = f$13b; fr = f$13r; pc = v$10; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
