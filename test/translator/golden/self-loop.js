// c0: link to 1000009
function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  bail: {
    const q0$ = q;
    L0: for (;;) {
      const was0$1 = r1;
      if ((q = q - 8 | 0) < 0) { if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; } R[0] = r0; R[1] = r1; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777216; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT; }
      // 1000000 MOV
      const a$0 = r6;
      const v$1 = V.getInt8(a$0 >>> 0);
      if (v$1 === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
      r0 = r0 & -256 | v$1 & 255;
      // 1000002 MOV
      const x$2 = (r0 << 24 >> 24);
      const a$3 = r7;
      if (P[a$3 >>> 12] >= 0) { if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; } pc = 16777218; break bail; }
      V.setInt8(a$3 >>> 0, x$2);
      // 1000004 INC
      const a$4 = r6;
      const r$5 = ((a$4 + 1) | 0);
      r6 = r$5;
      if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; }
      // 1000005 INC
      const a$6 = r7;
      const r$7 = ((a$6 + 1) | 0);
      r7 = r$7;
      const f$8 = (((((FL.carry(fk, fa, fb, fr) | ((((a$4 ^ r$5) >>> 4) & 1) << 4)) | ((((~a$4) & r$5) >>> 31) << 11)) & 1) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | ((((~a$6) & r$7) >>> 31) << 11));
      // 1000006 DEC
      const a$9 = r1;
      const r$10 = ((a$9 - 1) | 0);
      r1 = r$10;
      // 1000007 Jcc
      if (!(r$10 === 0)) {
        fa = (((f$8 & 1) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11));
        continue L0;
      }
      R[0] = r0; R[1] = r1; R[6] = r6; R[7] = r7; R[10] = 5; R[11] = (((f$8 & 1) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); R[13] = r$10; R[9] = 16777225; return c0.fn;
    }
  }
  R[0] = r0; R[1] = r1; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        const q0$ = q;
        L0: for (;;) {
          const was0$1 = r1;
          if ((q = q - 8 | 0) < 0) { if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break slice; }
          // 1000000 MOV
          const a$0 = r6;
          const v$1 = V.getInt8(a$0 >>> 0);
          if (v$1 === 0 && (P[a$0 >>> 12] & 1) === 0) { if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; } pc = 16777216; break bail; }
          r0 = r0 & -256 | v$1 & 255;
          // 1000002 MOV
          const x$2 = (r0 << 24 >> 24);
          const a$3 = r7;
          if (P[a$3 >>> 12] >= 0) { if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; } pc = 16777218; break bail; }
          V.setInt8(a$3 >>> 0, x$2);
          // 1000004 INC
          const a$4 = r6;
          const r$5 = ((a$4 + 1) | 0);
          r6 = r$5;
          if ((q0$ - q | 0) !== 8) { fr = was0$1; fb = 0; fk = 5; }
          // 1000005 INC
          const a$6 = r7;
          const r$7 = ((a$6 + 1) | 0);
          r7 = r$7;
          const f$8 = (((((FL.carry(fk, fa, fb, fr) | ((((a$4 ^ r$5) >>> 4) & 1) << 4)) | ((((~a$4) & r$5) >>> 31) << 11)) & 1) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | ((((~a$6) & r$7) >>> 31) << 11));
          // 1000006 DEC
          const a$9 = r1;
          const r$10 = ((a$9 - 1) | 0);
          r1 = r$10;
          // 1000007 Jcc
          if (!(r$10 === 0)) {
            fa = (((f$8 & 1) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11));
            continue L0;
          }
          // 1000009 RET
          const a$12 = r4;
          let v$13 = 0;
          if ((a$12 & 3) !== 0 && (a$12 & 4095) > 4092 && (P[a$12 >>> 12] & P[a$12 + 3 >>> 12] & 1) === 0 || (v$13 = V.getInt32(a$12 >>> 0, true)) === 0 && (P[a$12 >>> 12] & 1) === 0) { fk = 5; fa = (((f$8 & 1) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); fb = 0; fr = r$10; pc = 16777225; break bail; }
          r4 = r4 + 4 | 0;
          fk = 5; fa = (((f$8 & 1) | ((((a$9 ^ r$10) >>> 4) & 1) << 4)) | (((a$9 & (~r$10)) >>> 31) << 11)); fb = 0; fr = r$10; pc = v$13; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[6] = r6; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
