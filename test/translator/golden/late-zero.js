// c0: link to 1000013
// c1: link to 1000006
function block() {
  if ((R[23] = R[23] - 3 | 0) < 0) return null;
  let r0 = R[0], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 MOV
    const a$0 = r0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    const v$1 = V.getInt32(a$0 >>> 0, true);
    // 1000002 TEST
    const f$2 = v$1;
    // 1000004 Jcc
    if ((f$2 === 0)) {
      if ((P[a$0 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
      r0 = v$1;
      R[0] = r0; R[10] = 4; R[13] = f$2; R[9] = 16777235; return c0.fn;
    }
    r0 = v$1;
    R[0] = r0; R[10] = 4; R[13] = f$2; R[9] = 16777222; return c1.fn;
  }
  R[0] = r0; R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 3 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          if ((q = q - 5 | 0) < 0) { if ((q0$ - q | 0) !== 5) { fb = 0; } pc = 16777216; break slice; }
          B1: {
            // 1000000 MOV
            const a$0 = r0;
            if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 5) { fb = 0; } pc = 16777216; break bail; }
            const v$1 = V.getInt32(a$0 >>> 0, true);
            // 1000002 TEST
            const f$2 = v$1;
            // 1000004 Jcc
            if ((f$2 === 0)) {
              if ((P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 5) { fb = 0; } pc = 16777216; break bail; }
              r0 = v$1;
              fk = 4; fa = 0; fb = 0; fr = f$2;
              break B1;
            }
            r0 = v$1;
            // 1000006 MOVZX
            const a$3 = r6;
            const v$4 = V.getUint8(a$3 >>> 0);
            // 1000009 TEST
            const f$5 = (v$4 << 24 >> 24);
            // 100000b Jcc
            if ((f$5 === 0)) {
              if ((P[a$3 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = f$2; pc = 16777222; break bail; }
              r1 = v$4;
              fk = 4; fa = 0; fr = f$5;
              continue L0;
            }
            r1 = v$4;
            // 100000d CMP
            const a$7 = (r0 + 4 | 0);
            if ((a$7 & 3) !== 0 && (a$7 & 4095) > 4092 && (P[a$7 >>> 12] & P[a$7 + 3 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = f$5; pc = 16777229; break bail; }
            const v$8 = V.getInt32(a$7 >>> 0, true);
            // 1000011 Jcc
            if (!(v$8 === 0)) {
              fk = 2; fa = v$8; fr = (v$8 | 0);
              continue L0;
            }
            if ((P[a$7 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = f$5; pc = 16777229; break bail; }
            fk = 2; fa = v$8; fb = 0; fr = (v$8 | 0);
            break B1;
          }
          // 1000013 RET
          const a$10 = r4;
          let v$11 = 0;
          if ((a$10 & 3) !== 0 && (a$10 & 4095) > 4092 && (P[a$10 >>> 12] & P[a$10 + 3 >>> 12] & 1) === 0 || (v$11 = V.getInt32(a$10 >>> 0, true)) === 0 && (P[a$10 >>> 12] & 1) === 0) { pc = 16777235; break bail; }
          r4 = r4 + 4 | 0;
          pc = v$11; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
