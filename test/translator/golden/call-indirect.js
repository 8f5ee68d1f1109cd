function block() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r4 = R[4], r6 = R[6];
  let pc = 0;
  bail: {
    // 1000000 CALL
    const a$0 = r6;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    const a$2 = r4 - 4 | 0;
    if ((a$2 & 3) !== 0 && (a$2 & 4095) > 4092 && (P[a$2 >>> 12] & P[a$2 + 3 >>> 12]) >= 0 || P[a$2 >>> 12] >= 0) { pc = 16777216; break bail; }
    V.setInt32(a$2 >>> 0, 16777218, true);
    r4 = a$2;
    R[4] = r4; R[9] = v$1; return LOOKUP(v$1 | 0);
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
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
          const a$0 = r6;
          let v$1 = 0;
          if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          const a$2 = r4 - 4 | 0;
          if ((a$2 & 3) !== 0 && (a$2 & 4095) > 4092 && (P[a$2 >>> 12] & P[a$2 + 3 >>> 12]) >= 0 || P[a$2 >>> 12] >= 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          V.setInt32(a$2 >>> 0, 16777218, true);
          r4 = a$2;
          if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = v$1;
          let n$3 = LOOKUP(v$1 | 0);
          const d$4 = R[27], ex$5 = R[31];
          if (d$4 > 50000 || n$3 === null) return n$3;
          R[27] = d$4 + 45 | 0; R[31] = 16777218;
          n$3 = n$3();
          if (n$3 === null || R[9] !== 16777218) rare: {
            while (n$3 === null || R[9] !== 16777218) {
              if (n$3 === null) { R[27] = d$4; return null; }
              n$3 = n$3();/*again*/
            }
          }
          R[27] = d$4; R[31] = ex$5;
          r1 = R[1], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000002 ADD
          const a$6 = r6;
          const r$7 = ((a$6 + 4) | 0);
          r6 = r$7;
          // 1000005 DEC
          const a$8 = r1;
          const r$9 = ((a$8 - 1) | 0);
          r1 = r$9;
          // 1000006 Jcc
          if (!(r$9 === 0)) {
            fa = (((r$7 >>> 0 < 4 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11));
            continue L0;
          }
          // 1000008 RET
          const a$11 = r4;
          let v$12 = 0;
          if ((a$11 & 3) !== 0 && (a$11 & 4095) > 4092 && (P[a$11 >>> 12] & P[a$11 + 3 >>> 12] & 1) === 0 || (v$12 = V.getInt32(a$11 >>> 0, true)) === 0 && (P[a$11 >>> 12] & 1) === 0) { fk = 5; fa = (((r$7 >>> 0 < 4 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fb = 0; fr = r$9; pc = 16777224; break bail; }
          r4 = r4 + 4 | 0;
          fk = 5; fa = (((r$7 >>> 0 < 4 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fb = 0; fr = r$9; pc = v$12; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
