// c0: link to 1000800
function trained() {
  const real = REAL; let w = null; if (((R[23] = R[23] - 3 | 0) < 0) || !real) if (real) return null;
  let r0 = R[0], r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          const was0$1 = r1;
          if (((q = q - 5 | 0) < 0) || !real) { if (((q0$ - q | 0) !== 5) || !real) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; if (real) break slice; }
          B1: {
            // 1000000 MOV
            const a$0 = r6;
            let v$1 = 0;
            if (((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 && real || ((v$1 = V.getInt32((real ? a$0 : (a$0) & -64) >>> 0, true)) === 0 || !real) && (P[a$0 >>> 12] & 1) === 0) || !real) { if (((q0$ - q | 0) !== 5) || !real) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; if (real) break bail; }
            r0 = v$1;
            // 1000002 TEST
            const f$2 = r0;
            // 1000004 Jcc
            if (((f$2 < 0)) || !real) {
              fk = 4; fa = 0; fb = 0; fr = f$2;
              if (real) break B1;
            }
            // 1000006 MOV
            const x$3 = r0;
            const a$4 = r7;
            if (((a$4 & 3) !== 0 && (a$4 & 4095) > 4092 && (P[a$4 >>> 12] & P[a$4 + 3 >>> 12]) >= 0 && real || P[a$4 >>> 12] >= 0) || !real) { fk = 4; fa = 0; fb = 0; fr = f$2; pc = 16777222; if (real) break bail; }
            V.setInt32((real ? a$4 : -4096) >>> 0, x$3, true);
            // 1000008 CALL
            const a$5 = r4 - 4 | 0;
            if (((a$5 & 3) !== 0 && (a$5 & 4095) > 4092 && (P[a$5 >>> 12] & P[a$5 + 3 >>> 12]) >= 0 && real || P[a$5 >>> 12] >= 0) || !real) { fk = 4; fa = 0; fb = 0; fr = f$2; pc = 16777224; if (real) break bail; }
            V.setInt32((real ? a$5 : -4096) >>> 0, 16777229, true);
            r4 = a$5;
            R[0] = r0; R[1] = r1; R[4] = r4; R[10] = 4; R[13] = f$2; R[9] = 16779264;
            let n$6 = c0.fn;
            const d$7 = R[27], ex$8 = R[31];
            if ((d$7 > 50000) || !real) { w = n$6; if (real) return w; }
            R[27] = d$7 + 47 | 0; R[31] = 16777229;
            n$6 = (real ? n$6 : IDLE())();
            if ((n$6 === null || R[9] !== 16777229) || !real) rare: {
              while (n$6 === null || R[9] !== 16777229) {
                if ((n$6 === null) || !real) { R[27] = d$7; if (real) return null; }
                n$6 = (real ? n$6 : IDLE())(); if (!real) break;
              }
            }
            R[27] = d$7; R[31] = ex$8;
            r0 = R[0], r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
            // 100000d DEC
            const a$9 = r1;
            const r$10 = ((a$9 - 1) | 0);
            r1 = r$10;
            // 100000e Jcc
            if ((!(r$10 === 0)) || !real) {
              const f$11a = ((FL.carry(fk, fa, fb, fr) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); fa = f$11a;
              if (real) continue L0;
            }
            const f$12k = 5, f$12a = ((FL.carry(fk, fa, fb, fr) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)), f$12b = 0, f$12r = r$10; fk = f$12k; fa = f$12a; fb = f$12b; fr = f$12r;
            if (real) break B1;
          }
          // 1000010 RET
          const a$13 = r4;
          let v$14 = 0;
          if (((a$13 & 3) !== 0 && (a$13 & 4095) > 4092 && (P[a$13 >>> 12] & P[a$13 + 3 >>> 12] & 1) === 0 && real || ((v$14 = V.getInt32((real ? a$13 : (a$13) & -64) >>> 0, true)) === 0 || !real) && (P[a$13 >>> 12] & 1) === 0) || !real) { pc = 16777232; if (real) break bail; }
          r4 = r4 + 4 | 0;
          pc = v$14; if (real) break next;
          break L0; }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; if (real) return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; { w = R[23] < 0 ? null : NEXT; if (real) return w; }
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; { w = NEXT; if (real) return w; }
}
