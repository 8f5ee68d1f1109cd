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
  let r0 = R[0], r1 = R[1], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          const was0$1 = r1;
          if ((q = q - 3 | 0) < 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break slice; }
          B2: {
            // 1000000 CALL
            const a$0 = r6;
            let v$1 = 0;
            if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
            const a$2 = r4 - 4 | 0;
            if ((a$2 & 3) !== 0 && (a$2 & 4095) > 4092 && (P[a$2 >>> 12] & P[a$2 + 3 >>> 12]) >= 0 || P[a$2 >>> 12] >= 0) { if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
            V.setInt32(a$2 >>> 0, 16777218, true);
            r4 = a$2;
            if (v$1 === 16777224) {
              // 1000008 ADD
              const a$3 = r0;
              const b$4 = r0;
              const r$5 = ((a$3 + b$4) | 0);
              r0 = r$5;
              // 100000a RET
              const a$6 = r4;
              let v$7 = 0;
              if ((a$6 & 3) !== 0 && (a$6 & 4095) > 4092 && (P[a$6 >>> 12] & P[a$6 + 3 >>> 12] & 1) === 0 || (v$7 = V.getInt32(a$6 >>> 0, true)) === 0 && (P[a$6 >>> 12] & 1) === 0) { fk = 1; fa = a$3; fb = b$4; fr = r$5; pc = 16777226; break bail; }
              r4 = r4 + 4 | 0;
              if (v$7 === 16777218) {
                break B2;
              }
              fk = 1; fa = a$3; fb = b$4; fr = r$5; pc = v$7; break next;
            }
            if ((q0$ - q | 0) !== 3) { fr = was0$1; fb = 0; fk = 5; } R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = v$1;
            let n$8 = LOOKUP(v$1 | 0);
            const d$9 = R[27], ex$10 = R[31];
            if (d$9 > 50000 || n$8 === null) return n$8;
            R[27] = d$9 + 53 | 0; R[31] = 16777218;
            n$8 = n$8();
            if (n$8 === null || R[9] !== 16777218) rare: {
              while (n$8 === null || R[9] !== 16777218) {
                if (n$8 === null) { R[27] = d$9; return null; }
                n$8 = n$8();/*again*/
              }
            }
            R[27] = d$9; R[31] = ex$10;
            r0 = R[0], r1 = R[1], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
            break B2;
          }
          // 1000002 ADD
          const a$11 = r6;
          const r$12 = ((a$11 + 4) | 0);
          r6 = r$12;
          // 1000005 DEC
          const a$13 = r1;
          const r$14 = ((a$13 - 1) | 0);
          r1 = r$14;
          // 1000006 Jcc
          if (!(r$14 === 0)) {
            fa = (((r$12 >>> 0 < 4 ? 1 : 0) | ((((a$13 ^ r$14) >>> 4) & 1) << 4)) | (((a$13 & (~r$14)) >>> 31) << 11));
            continue L0;
          }
          // 1000008 ADD
          const a$16 = r0;
          const b$17 = r0;
          const r$18 = ((a$16 + b$17) | 0);
          r0 = r$18;
          // 100000a RET
          const a$19 = r4;
          let v$20 = 0;
          if ((a$19 & 3) !== 0 && (a$19 & 4095) > 4092 && (P[a$19 >>> 12] & P[a$19 + 3 >>> 12] & 1) === 0 || (v$20 = V.getInt32(a$19 >>> 0, true)) === 0 && (P[a$19 >>> 12] & 1) === 0) { fk = 1; fa = a$16; fb = b$17; fr = r$18; pc = 16777226; break bail; }
          r4 = r4 + 4 | 0;
          fk = 1; fa = a$16; fb = b$17; fr = r$18; pc = v$20; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
