// c0: link to 1000800
function block() {
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4];
  let pc = 0;
  bail: {
    // 1000000 PUSH
    const x$0 = r1;
    const a$1 = r4 - 4 | 0;
    const gb$0 = (a$1 + (-4) | 0);
    if ((P[gb$0 >>> 12] & P[gb$0 + 7 >>> 12]) >= 0) { pc = 16777216; break bail; }
    V.setInt32(gb$0 + 4 >>> 0, x$0, true);
    r4 = a$1;
    // 1000001 CALL
    const a$2 = r4 - 4 | 0;
    V.setInt32(gb$0 >>> 0, 16777222, true);
    r4 = a$2;
    R[4] = r4; R[9] = 16779264; return c0.fn;
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
}

// c0: link to 1000800
function region() {
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          const was0$1 = r1;
          if ((q = q - 4 | 0) < 0) { if ((q0$ - q | 0) !== 4) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break slice; }
          // 1000000 PUSH
          const x$0 = r1;
          const a$1 = r4 - 4 | 0;
          const gb$0 = (a$1 + (-4) | 0);
          if ((P[gb$0 >>> 12] & P[gb$0 + 7 >>> 12]) >= 0) { if ((q0$ - q | 0) !== 4) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          V.setInt32(gb$0 + 4 >>> 0, x$0, true);
          r4 = a$1;
          // 1000001 CALL
          const a$2 = r4 - 4 | 0;
          V.setInt32(gb$0 >>> 0, 16777222, true);
          r4 = a$2;
          if ((q0$ - q | 0) !== 4) { fr = was0$1; fb = 0; fk = 5; } R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16779264;
          let n$3 = c0.fn;
          const d$4 = R[27], ex$5 = R[31];
          if (d$4 > 50000) return n$3;
          R[27] = d$4 + 48 | 0; R[31] = 16777222;
          n$3 = n$3();
          if (n$3 === null || R[9] !== 16777222) rare: {
            while (n$3 === null || R[9] !== 16777222) {
              if (n$3 === null) { R[27] = d$4; return null; }
              n$3 = n$3();/*again*/
            }
          }
          R[27] = d$4; R[31] = ex$5;
          r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000006 POP
          const a$6 = r4;
          let v$7 = 0;
          if ((a$6 & 3) !== 0 && (a$6 & 4095) > 4092 && (P[a$6 >>> 12] & P[a$6 + 3 >>> 12] & 1) === 0 || (v$7 = V.getInt32(a$6 >>> 0, true)) === 0 && (P[a$6 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
          r4 = r4 + 4 | 0;
          r1 = v$7;
          // 1000007 DEC
          const a$8 = r1;
          const r$9 = ((a$8 - 1) | 0);
          r1 = r$9;
          // 1000008 Jcc
          if (!(r$9 === 0)) {
            const f$10a = ((FL.carry(fk, fa, fb, fr) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fa = f$10a;
            continue L0;
          }
          // 100000a RET
          const a$11 = r4;
          let v$12 = 0;
          if ((a$11 & 3) !== 0 && (a$11 & 4095) > 4092 && (P[a$11 >>> 12] & P[a$11 + 3 >>> 12] & 1) === 0 || (v$12 = V.getInt32(a$11 >>> 0, true)) === 0 && (P[a$11 >>> 12] & 1) === 0) { const f$13k = 5, f$13a = ((FL.carry(fk, fa, fb, fr) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)), f$13b = 0, f$13r = r$9; fk = f$13k; fa = f$13a; fb = f$13b; fr = f$13r; pc = 16777226; break bail; }
          r4 = r4 + 4 | 0;
          const f$15k = 5, f$15a = ((FL.carry(fk, fa, fb, fr) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)), f$15b = 0, f$15r = r$9; fk = f$15k; fa = f$15a; fb = f$15b; fr = f$15r; pc = v$12; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
