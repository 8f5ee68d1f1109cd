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
        L0: for (;;) {
          if ((q = q - 4 | 0) < 0) { pc = 16777216; break slice; }
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
          R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16779264;
          let n$3 = c0.fn;
          if (R[27] > 50000) return n$3;
          const sp$4 = r4 + 4 | 0;
          R[27] = R[27] + 47 | 0;
          n$3 = n$3();
          while (R[9] !== 16777222 || R[4] - sp$4 >>> 0 > 1024) {
            if (n$3 === null) { R[27] = R[27] - 47 | 0; return null; }
            n$3 = n$3();/*again*/
          }
          R[27] = R[27] - 47 | 0;
          if ((R[24] | R[25] | R[26]) !== 0 || R[23] < 0) return null;
          r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000006 POP
          const a$5 = r4;
          let v$6 = 0;
          if ((a$5 & 4095) > 4092 || (v$6 = V.getInt32(a$5 >>> 0, true)) === 0 && (P[a$5 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
          r4 = r4 + 4 | 0;
          r1 = v$6;
          // 1000007 DEC
          const a$7 = r1;
          const r$8 = ((a$7 - 1) | 0);
          r1 = r$8;
          // 1000008 Jcc
          if (!(r$8 === 0)) {
            const f$9a = ((FL.carry(fk, fa, fb, fr) | ((((a$7 ^ r$8) >>> 4) & 1) << 4)) | (((a$7 & (~r$8)) >>> 31) << 11)), f$9b = 0, f$9r = r$8; fk = 5; fa = f$9a; fb = f$9b; fr = f$9r;
            continue L0;
          }
          // 100000a RET
          const a$10 = r4;
          let v$11 = 0;
          if ((a$10 & 4095) > 4092 || (v$11 = V.getInt32(a$10 >>> 0, true)) === 0 && (P[a$10 >>> 12] & 1) === 0) { const f$12a = ((FL.carry(fk, fa, fb, fr) | ((((a$7 ^ r$8) >>> 4) & 1) << 4)) | (((a$7 & (~r$8)) >>> 31) << 11)), f$12b = 0, f$12r = r$8; fk = 5; fa = f$12a; fb = f$12b; fr = f$12r; pc = 16777226; break bail; }
          r4 = r4 + 4 | 0;
          const f$14a = ((FL.carry(fk, fa, fb, fr) | ((((a$7 ^ r$8) >>> 4) & 1) << 4)) | (((a$7 & (~r$8)) >>> 31) << 11)), f$14b = 0, f$14r = r$8; fk = 5; fa = f$14a; fb = f$14b; fr = f$14r; pc = v$11; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
