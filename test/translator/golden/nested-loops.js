// c0: link to 1000005
// c1: link to 100000a
function block() {
  if ((R[23] = R[23] - 4 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  // 1000000 MOV
  r1 = 100;
  // 1000005 ADD
  const a$0 = r0;
  const b$1 = r1;
  const r$2 = ((a$0 + b$1) | 0);
  r0 = r$2;
  // 1000007 DEC
  const a$3 = r1;
  const r$4 = ((a$3 - 1) | 0);
  r1 = r$4;
  // 1000008 Jcc
  if (!(r$4 === 0)) {
    R[0] = r0; R[1] = r1; R[10] = 5; R[11] = (((r$2 >>> 0 < a$0 >>> 0 ? 1 : 0) | ((((a$3 ^ r$4) >>> 4) & 1) << 4)) | (((a$3 & (~r$4)) >>> 31) << 11)); R[13] = r$4; R[9] = 16777221; return c0.fn;
  }
  R[0] = r0; R[1] = r1; R[10] = 5; R[11] = (((r$2 >>> 0 < a$0 >>> 0 ? 1 : 0) | ((((a$3 ^ r$4) >>> 4) & 1) << 4)) | (((a$3 & (~r$4)) >>> 31) << 11)); R[13] = r$4; R[9] = 16777226; return c1.fn;
}

// R[28] = 1 enters it at 1000005
function region() {
  let e = R[28]; R[28] = 0;
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        L0: for (;;) {
          if ((q = q - 3 | 0) < 0) { fk = 4; fa = 0; fb = 0; fr = 0; pc = 16777216; break slice; }
          B1: {
            if (e !== 0) rare: {
              if (e === 1) {
                e = 0;
                break B1;
              }
            }
            // 1000000 MOV
            r1 = 100;
            break B1;
          }
          L1: for (;;) {
            if ((q = q - 5 | 0) < 0) { fk = 4; fa = 0; fb = 0; fr = 0; pc = 16777221; break slice; }
            // 1000005 ADD
            const a$0 = r0;
            const b$1 = r1;
            const r$2 = ((a$0 + b$1) | 0);
            r0 = r$2;
            // 1000007 DEC
            const a$3 = r1;
            const r$4 = ((a$3 - 1) | 0);
            r1 = r$4;
            // 1000008 Jcc
            if (!(r$4 === 0)) {
              continue L1;
            }
            // 100000a DEC
            const a$5 = r2;
            const r$6 = ((a$5 - 1) | 0);
            r2 = r$6;
            const f$7 = ((((((r$2 >>> 0 < a$0 >>> 0 ? 1 : 0) | ((((a$3 ^ r$4) >>> 4) & 1) << 4)) | (((a$3 & (~r$4)) >>> 31) << 11)) & 1) | ((((a$5 ^ r$6) >>> 4) & 1) << 4)) | (((a$5 & (~r$6)) >>> 31) << 11));
            // 100000b Jcc
            if (!(r$6 === 0)) {
              continue L0;
            }
            // 100000d RET
            const a$8 = r4;
            let v$9 = 0;
            if ((a$8 & 3) !== 0 && (a$8 & 4095) > 4092 && (P[a$8 >>> 12] & P[a$8 + 3 >>> 12] & 1) === 0 || (v$9 = V.getInt32(a$8 >>> 0, true)) === 0 && (P[a$8 >>> 12] & 1) === 0) { fk = 5; fa = f$7; fb = 0; fr = r$6; pc = 16777229; break bail; }
            r4 = r4 + 4 | 0;
            fk = 5; fa = f$7; fb = 0; fr = r$6; pc = v$9; break next;
          }
        }
      }
      R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
