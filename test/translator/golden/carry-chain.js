// c0: link to 1000002
// c1: link to 1000011
function block() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r3 = R[3], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 XOR
    r3 = 0;
    // 1000002 MOV
    const a$0 = r6;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = 0; pc = 16777218; break bail; }
    r0 = v$1;
    // 1000004 ADC
    const a$2 = r0;
    const a$3 = r7;
    if ((a$3 & 3) !== 0 && (a$3 & 4095) > 4092 && (P[a$3 >>> 12] & P[a$3 + 3 >>> 12]) >= 0 || P[a$3 >>> 12] >= 0) { fk = 4; fa = 0; fb = 0; fr = 0; pc = 16777220; break bail; }
    const v$4 = V.getInt32(a$3 >>> 0, true);
    const r$5 = (((a$2 + v$4) + 0) | 0);
    r0 = r$5;
    // 1000006 MOV
    const x$6 = r0;
    const a$7 = r7;
    V.setInt32(a$7 >>> 0, x$6, true);
    // 1000008 LEA
    r6 = (r6 + 4 | 0);
    // 100000b LEA
    r7 = (r7 + 4 | 0);
    // 100000e DEC
    const a$8 = r1;
    const r$9 = ((a$8 - 1) | 0);
    r1 = r$9;
    // 100000f Jcc
    if (!(r$9 === 0)) {
      R[0] = r0; R[1] = r1; R[3] = r3; R[6] = r6; R[7] = r7; R[10] = 5; R[11] = ((((a$2 & v$4 | (a$2 | v$4) & ~r$5) >>> 31) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); R[13] = r$9; R[9] = 16777218; return c0.fn;
    }
    R[0] = r0; R[1] = r1; R[3] = r3; R[6] = r6; R[7] = r7; R[10] = 5; R[11] = ((((a$2 & v$4 | (a$2 | v$4) & ~r$5) >>> 31) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); R[13] = r$9; R[9] = 16777233; return c1.fn;
  }
  R[0] = r0; R[1] = r1; R[3] = r3; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}

// R[28] = 1 enters it at 1000002
function region() {
  let e = R[28]; R[28] = 0;
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r3 = R[3], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        B1: {
          if (e !== 0) rare: {
            if (e === 1) {
              e = 0;
              break B1;
            }
          }
          // 1000000 XOR
          r3 = 0;
          fk = 4; fa = 0; fb = 0; fr = 0;
          break B1;
        }
        const q1$ = q;
        L1: for (;;) {
          const was1$1 = r1;
          if ((q = q - 9 | 0) < 0) { if ((q1$ - q | 0) !== 9) { fr = was1$1; fb = 0; fk = 5; } pc = 16777218; break slice; }
          // 1000002 MOV
          const a$0 = r6;
          let v$1 = 0;
          if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q1$ - q | 0) !== 9) { fr = was1$1; fb = 0; fk = 5; } pc = 16777218; break bail; }
          r0 = v$1;
          // 1000004 ADC
          const a$2 = r0;
          const a$3 = r7;
          if ((a$3 & 3) !== 0 && (a$3 & 4095) > 4092 && (P[a$3 >>> 12] & P[a$3 + 3 >>> 12]) >= 0 || P[a$3 >>> 12] >= 0) { if ((q1$ - q | 0) !== 9) { fr = was1$1; fb = 0; fk = 5; } pc = 16777220; break bail; }
          const v$4 = V.getInt32(a$3 >>> 0, true);
          if ((q1$ - q | 0) !== 9) { fr = was1$1; fb = 0; fk = 5; }
          const r$5 = (((a$2 + v$4) + FL.carry(fk, fa, fb, fr)) | 0);
          r0 = r$5;
          // 1000006 MOV
          const x$6 = r0;
          const a$7 = r7;
          V.setInt32(a$7 >>> 0, x$6, true);
          // 1000008 LEA
          r6 = (r6 + 4 | 0);
          // 100000b LEA
          r7 = (r7 + 4 | 0);
          // 100000e DEC
          const a$8 = r1;
          const r$9 = ((a$8 - 1) | 0);
          r1 = r$9;
          // 100000f Jcc
          if (!(r$9 === 0)) {
            fa = ((((a$2 & v$4 | (a$2 | v$4) & ~r$5) >>> 31) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11));
            continue L1;
          }
          // 1000011 RET
          const a$11 = r4;
          let v$12 = 0;
          if ((a$11 & 3) !== 0 && (a$11 & 4095) > 4092 && (P[a$11 >>> 12] & P[a$11 + 3 >>> 12] & 1) === 0 || (v$12 = V.getInt32(a$11 >>> 0, true)) === 0 && (P[a$11 >>> 12] & 1) === 0) { fk = 5; fa = ((((a$2 & v$4 | (a$2 | v$4) & ~r$5) >>> 31) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fb = 0; fr = r$9; pc = 16777233; break bail; }
          r4 = r4 + 4 | 0;
          fk = 5; fa = ((((a$2 & v$4 | (a$2 | v$4) & ~r$5) >>> 31) | ((((a$8 ^ r$9) >>> 4) & 1) << 4)) | (((a$8 & (~r$9)) >>> 31) << 11)); fb = 0; fr = r$9; pc = v$12; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[3] = r3; R[4] = r4; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[3] = r3; R[4] = r4; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[3] = r3; R[4] = r4; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
