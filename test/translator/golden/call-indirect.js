function block() {
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r4 = R[4], r6 = R[6];
  let pc = 0;
  bail: {
    // 1000000 CALL
    const a$0 = r6;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    const a$2 = r4 - 4 | 0;
    if ((a$2 & 3) !== 0 && (a$2 & 4095) > 4092 || P[a$2 >>> 12] >= 0) { pc = 16777216; break bail; }
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
          if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          const a$2 = r4 - 4 | 0;
          if ((a$2 & 3) !== 0 && (a$2 & 4095) > 4092 || P[a$2 >>> 12] >= 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          V.setInt32(a$2 >>> 0, 16777218, true);
          r4 = a$2;
          if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = v$1;
          let n$3 = LOOKUP(v$1 | 0);
          const d$5 = R[27], ex$6 = R[31];
          if (d$5 > 50000 || n$3 === null) return n$3;
          const sp$4 = r4 + 4 | 0;
          R[27] = d$5 + 46 | 0; R[31] = 16777218;
          n$3 = n$3();
          if (n$3 === null || R[9] !== 16777218 || R[4] - sp$4 >>> 0 > 1024) rare: {
            while (n$3 === null || R[9] !== 16777218 || R[4] - sp$4 >>> 0 > 1024) {
              if (n$3 === null) { R[27] = d$5; return null; }
              n$3 = n$3();/*again*/
            }
          }
          R[27] = d$5; R[31] = ex$6;
          r1 = R[1], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000002 ADD
          const a$7 = r6;
          const r$8 = ((a$7 + 4) | 0);
          r6 = r$8;
          // 1000005 DEC
          const a$9 = r1;
          const r$10 = ((a$9 - 1) | 0);
          r1 = r$10;
          // 1000006 Jcc
          if (!(r$10 === 0)) {
            fa = (((r$8 >>> 0 < 4 ? 1 : 0) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11));
            continue L0;
          }
          // 1000008 RET
          const a$12 = r4;
          let v$13 = 0;
          if ((a$12 & 3) !== 0 && (a$12 & 4095) > 4092 || (v$13 = V.getInt32(a$12 >>> 0, true)) === 0 && (P[a$12 >>> 12] & 1) === 0) { fk = 5; fa = (((r$8 >>> 0 < 4 ? 1 : 0) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); fb = 0; fr = r$10; pc = 16777224; break bail; }
          r4 = r4 + 4 | 0;
          fk = 5; fa = (((r$8 >>> 0 < 4 ? 1 : 0) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); fb = 0; fr = r$10; pc = v$13; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
