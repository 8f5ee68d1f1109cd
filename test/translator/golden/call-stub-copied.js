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
  let r0 = R[0], r1 = R[1], r3 = R[3], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
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
          // 1000009 ENDBR32
          // 100000d JMP
          const a$1 = (r3 + 12 | 0);
          let v$2 = 0;
          if ((a$1 & 3) !== 0 && (a$1 & 4095) > 4092 && (P[a$1 >>> 12] & P[a$1 + 3 >>> 12] & 1) === 0 || (v$2 = V.getInt32(a$1 >>> 0, true)) === 0 && (P[a$1 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777229; break bail; }
          if (v$2 === 16777232) {
            // 1000010 ADD
            const a$3 = r0;
            const b$4 = r0;
            const r$5 = ((a$3 + b$4) | 0);
            r0 = r$5;
            // 1000012 RET
            const a$6 = r4;
            let v$7 = 0;
            if ((a$6 & 3) !== 0 && (a$6 & 4095) > 4092 && (P[a$6 >>> 12] & P[a$6 + 3 >>> 12] & 1) === 0 || (v$7 = V.getInt32(a$6 >>> 0, true)) === 0 && (P[a$6 >>> 12] & 1) === 0) { fk = 1; fa = a$3; fb = b$4; fr = r$5; pc = 16777234; break bail; }
            r4 = r4 + 4 | 0;
            if (v$7 === 16777221) {
              // 1000005 DEC
              const a$8 = r1;
              const r$9 = ((a$8 - 1) | 0);
              r1 = r$9;
              // 1000006 Jcc
              if (!(r$9 === 0)) {
                fa = (((r$5 >>> 0 < a$3 >>> 0 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11));
                continue L0;
              }
              // 1000008 RET
              const a$11 = r4;
              let v$12 = 0;
              if ((a$11 & 3) !== 0 && (a$11 & 4095) > 4092 && (P[a$11 >>> 12] & P[a$11 + 3 >>> 12] & 1) === 0 || (v$12 = V.getInt32(a$11 >>> 0, true)) === 0 && (P[a$11 >>> 12] & 1) === 0) { fk = 5; fa = (((r$5 >>> 0 < a$3 >>> 0 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fb = 0; fr = r$9; pc = 16777224; break bail; }
              r4 = r4 + 4 | 0;
              fk = 5; fa = (((r$5 >>> 0 < a$3 >>> 0 ? 1 : 0) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fb = 0; fr = r$9; pc = v$12; break next;
            }
            fk = 1; fa = a$3; fb = b$4; fr = r$5; pc = v$7; break next;
          }
          if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = v$2; return LOOKUP(v$2 | 0);
        }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
