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
  let r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
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
          // 1000009 ADD
          const a$1 = r0;
          const b$2 = r0;
          const r$3 = ((a$1 + b$2) | 0);
          r0 = r$3;
          // 100000b RET
          const a$4 = r4;
          let v$5 = 0;
          if ((a$4 & 3) !== 0 && (a$4 & 4095) > 4092 && (P[a$4 >>> 12] & P[a$4 + 3 >>> 12] & 1) === 0 || (v$5 = V.getInt32(a$4 >>> 0, true)) === 0 && (P[a$4 >>> 12] & 1) === 0) { fk = 1; fa = a$1; fb = b$2; fr = r$3; pc = 16777227; break bail; }
          r4 = r4 + 4 | 0;
          if (v$5 === 16777221) {
            // 1000005 DEC
            const a$6 = r1;
            const r$7 = ((a$6 - 1) | 0);
            r1 = r$7;
            // 1000006 Jcc
            if (!(r$7 === 0)) {
              fa = (((r$3 >>> 0 < a$1 >>> 0 ? 1 : 0) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11));
              continue L0;
            }
            // 1000008 RET
            const a$9 = r4;
            let v$10 = 0;
            if ((a$9 & 3) !== 0 && (a$9 & 4095) > 4092 && (P[a$9 >>> 12] & P[a$9 + 3 >>> 12] & 1) === 0 || (v$10 = V.getInt32(a$9 >>> 0, true)) === 0 && (P[a$9 >>> 12] & 1) === 0) { fk = 5; fa = (((r$3 >>> 0 < a$1 >>> 0 ? 1 : 0) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)); fb = 0; fr = r$7; pc = 16777224; break bail; }
            r4 = r4 + 4 | 0;
            fk = 5; fa = (((r$3 >>> 0 < a$1 >>> 0 ? 1 : 0) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)); fb = 0; fr = r$7; pc = v$10; break next;
          }
          fk = 1; fa = a$1; fb = b$2; fr = r$3; pc = v$5; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
