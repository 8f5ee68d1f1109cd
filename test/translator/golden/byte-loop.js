// c0: link to 1000011
function block() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  bail: {
    const q0$ = q;
    L0: for (;;) {
      const was0$6 = r6, was0$0 = r0;
      if ((q = q - 10 | 0) < 0) { if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; } R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777216; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT; }
      // 1000000 MOVZX
      const a$0 = r2;
      const v$1 = V.getUint8(a$0 >>> 0);
      if (v$1 === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; } pc = 16777216; break bail; }
      r1 = v$1;
      // 1000003 MOVZX
      const a$2 = r0;
      const v$3 = V.getUint8(a$2 >>> 0);
      if (v$3 === 0 && (P[a$2 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; } pc = 16777219; break bail; }
      r7 = v$3;
      // 1000006 INC
      const a$4 = r0;
      const r$5 = ((a$4 + 1) | 0);
      r0 = r$5;
      if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; }
      // 1000007 DEC
      const a$6 = r2;
      const r$7 = ((a$6 - 1) | 0);
      r2 = r$7;
      const f$8 = (((((FL.carry(fk, fa, fb, fr) | ((((a$4 ^ r$5) >>> 4) & 1) << 4)) | ((((~a$4) & r$5) >>> 31) << 11)) & 1) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11));
      // 1000008 IMUL
      const a$9 = r1;
      const b$10 = r7;
      const low$11 = Math.imul(a$9, b$10);
      r1 = low$11;
      // 100000b ADD
      const a$12 = r3;
      const b$13 = r1;
      const r$14 = ((a$12 + b$13) | 0);
      r3 = r$14;
      // 100000d CMP
      const a$15 = r6;
      const b$16 = r0;
      // 100000f Jcc
      if (!(a$15 >>> 0 < b$16 >>> 0)) {
        continue L0;
      }
      R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[7] = r7; R[10] = 2; R[11] = a$15; R[12] = b$16; R[13] = ((a$15 - b$16) | 0); R[9] = 16777233; return c0.fn;
    }
  }
  R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          const was0$6 = r6, was0$0 = r0;
          if ((q = q - 10 | 0) < 0) { if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; } pc = 16777216; break slice; }
          // 1000000 MOVZX
          const a$0 = r2;
          const v$1 = V.getUint8(a$0 >>> 0);
          if (v$1 === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; } pc = 16777216; break bail; }
          r1 = v$1;
          // 1000003 MOVZX
          const a$2 = r0;
          const v$3 = V.getUint8(a$2 >>> 0);
          if (v$3 === 0 && (P[a$2 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; } pc = 16777219; break bail; }
          r7 = v$3;
          // 1000006 INC
          const a$4 = r0;
          const r$5 = ((a$4 + 1) | 0);
          r0 = r$5;
          if ((q0$ - q | 0) !== 10) { fr = (was0$6 - was0$0 | 0); fb = was0$0; fa = was0$6; fk = 2; }
          // 1000007 DEC
          const a$6 = r2;
          const r$7 = ((a$6 - 1) | 0);
          r2 = r$7;
          const f$8 = (((((FL.carry(fk, fa, fb, fr) | ((((a$4 ^ r$5) >>> 4) & 1) << 4)) | ((((~a$4) & r$5) >>> 31) << 11)) & 1) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11));
          // 1000008 IMUL
          const a$9 = r1;
          const b$10 = r7;
          const low$11 = Math.imul(a$9, b$10);
          r1 = low$11;
          // 100000b ADD
          const a$12 = r3;
          const b$13 = r1;
          const r$14 = ((a$12 + b$13) | 0);
          r3 = r$14;
          // 100000d CMP
          const a$15 = r6;
          const b$16 = r0;
          // 100000f Jcc
          if (!(a$15 >>> 0 < b$16 >>> 0)) {
            continue L0;
          }
          // 1000011 RET
          const a$18 = r4;
          let v$19 = 0;
          if ((a$18 & 3) !== 0 && (a$18 & 4095) > 4092 && (P[a$18 >>> 12] & P[a$18 + 3 >>> 12] & 1) === 0 || (v$19 = V.getInt32(a$18 >>> 0, true)) === 0 && (P[a$18 >>> 12] & 1) === 0) { fk = 2; fa = a$15; fb = b$16; fr = ((a$15 - b$16) | 0); pc = 16777233; break bail; }
          r4 = r4 + 4 | 0;
          fk = 2; fa = a$15; fb = b$16; fr = ((a$15 - b$16) | 0); pc = v$19; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[2] = r2; R[3] = r3; R[4] = r4; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
