// c0: link to 1000800
function block() {
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4];
  let pc = 0;
  bail: {
    // 1000000 PUSH
    const x$0 = r1;
    const a$1 = r4 - 4 | 0;
    if ((P[a$1 + (-4) >>> 12] & P[a$1 + 3 >>> 12]) >= 0) { pc = 16777216; break bail; }
    V.setInt32(a$1 >>> 0, x$0, true);
    r4 = a$1;
    // 1000001 CALL
    const a$2 = r4 - 4 | 0;
    V.setInt32(a$2 >>> 0, 16777222, true);
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
          if ((P[a$1 + (-4) >>> 12] & P[a$1 + 3 >>> 12]) >= 0) { if ((q0$ - q | 0) !== 4) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          V.setInt32(a$1 >>> 0, x$0, true);
          r4 = a$1;
          // 1000001 CALL
          const a$2 = r4 - 4 | 0;
          V.setInt32(a$2 >>> 0, 16777222, true);
          r4 = a$2;
          if ((q0$ - q | 0) !== 4) { fr = was0$1; fb = 0; fk = 5; } R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16779264;
          let n$3 = c0.fn;
          const d$5 = R[27], ex$6 = R[31];
          if (d$5 > 50000) return n$3;
          const sp$4 = r4 + 4 | 0;
          R[27] = d$5 + 49 | 0; R[31] = 16777222;
          n$3 = n$3();
          if (n$3 === null || R[9] !== 16777222 || R[4] - sp$4 >>> 0 > 1024) rare: {
            while (n$3 === null || R[9] !== 16777222 || R[4] - sp$4 >>> 0 > 1024) {
              if (n$3 === null) { R[27] = d$5; return null; }
              n$3 = n$3();/*again*/
            }
          }
          R[27] = d$5; R[31] = ex$6;
          r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000006 POP
          const a$7 = r4;
          let v$8 = 0;
          if ((a$7 & 3) !== 0 && (a$7 & 4095) > 4092 || (v$8 = V.getInt32(a$7 >>> 0, true)) === 0 && (P[a$7 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
          r4 = r4 + 4 | 0;
          r1 = v$8;
          // 1000007 DEC
          const a$9 = r1;
          const r$10 = ((a$9 - 1) | 0);
          r1 = r$10;
          // 1000008 Jcc
          if (!(r$10 === 0)) {
            const f$11a = ((FL.carry(fk, fa, fb, fr) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); fa = f$11a;
            continue L0;
          }
          // 100000a RET
          const a$12 = r4;
          let v$13 = 0;
          if ((a$12 & 3) !== 0 && (a$12 & 4095) > 4092 || (v$13 = V.getInt32(a$12 >>> 0, true)) === 0 && (P[a$12 >>> 12] & 1) === 0) { const f$14k = 5, f$14a = ((FL.carry(fk, fa, fb, fr) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)), f$14b = 0, f$14r = r$10; fk = f$14k; fa = f$14a; fb = f$14b; fr = f$14r; pc = 16777226; break bail; }
          r4 = r4 + 4 | 0;
          const f$16k = 5, f$16a = ((FL.carry(fk, fa, fb, fr) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)), f$16b = 0, f$16r = r$10; fk = f$16k; fa = f$16a; fb = f$16b; fr = f$16r; pc = v$13; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
