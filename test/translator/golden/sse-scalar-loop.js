// c0: link to 1000004
// c1: link to 1000015
function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r1 = R[1], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13], mx = VF.mode;
  let pc = 0;
  bail: {
    // 1000000 PXOR
    // 1000004 MOVSD
    const a$0 = (r6 + (r1 << 3) | 0);
    if ((a$0 & 7) !== 0 && (a$0 & 4095) > 4088 && (P[a$0 >>> 12] & P[a$0 + 7 >>> 12] & 1) === 0 || (P[a$0 >>> 12] & 1) === 0) { XI[0] = 0; XI[1] = 0; XI[2] = 0; XI[3] = 0; pc = 16777220; break bail; }
    // 1000009 MULSD
    const a$1 = (r7 + (r1 << 3) | 0);
    if ((a$1 & 7) !== 0 && (a$1 & 4095) > 4088 && (P[a$1 >>> 12] & P[a$1 + 7 >>> 12] & 1) === 0 || (P[a$1 >>> 12] & 1) === 0) { XI[0] = 0; XI[1] = 0; XI[2] = 0; XI[3] = 0; XI[4] = V.getInt32(a$0 >>> 0, true); XI[5] = V.getInt32(a$0 + 4 >>> 0, true); XI[6] = 0; XI[7] = 0; pc = 16777225; break bail; }
    const d$2 = V.getFloat64(a$1 >>> 0, true);
    const d$3 = V.getFloat64(a$0 >>> 0, true);
    const r$4 = (d$3 * d$2);
    // 100000e ADDSD
    const r$5 = (0 + r$4);
    // 1000012 DEC
    const a$6 = r1;
    const r$7 = ((a$6 - 1) | 0);
    const o$8 = r1;
    r1 = r$7;
    // 1000013 Jcc
    if (!((r$5 - r$5) >= mx) || Math.abs(d$3) < 2.010764683385949e-87 && d$3 !== 0 || Math.abs(d$2) < 2.010764683385949e-87 && d$2 !== 0) { if (Math.abs(d$3) < 2.010764683385949e-87 && d$3 !== 0 || Math.abs(d$2) < 2.010764683385949e-87 && d$2 !== 0) R[32] = R[32] + 1 | 0; r1 = o$8; XI[0] = 0; XI[1] = 0; XI[2] = 0; XI[3] = 0; XI[4] = V.getInt32(a$0 >>> 0, true); XI[5] = V.getInt32(a$0 + 4 >>> 0, true); XI[6] = 0; XI[7] = 0; pc = 16777225; break bail; }
    if (!(r$7 === 0)) {
      XD[0] = r$5; XI[2] = 0; XI[3] = 0; XD[2] = r$4; XI[6] = 0; XI[7] = 0; R[1] = r1; R[10] = 5; R[11] = ((FL.carry(fk, fa, fb, fr) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)); R[13] = r$7; R[9] = 16777220; return c0.fn;
    }
    XD[0] = r$5; XI[2] = 0; XI[3] = 0; XD[2] = r$4; XI[6] = 0; XI[7] = 0; R[1] = r1; R[10] = 5; R[11] = ((FL.carry(fk, fa, fb, fr) | ((((a$6 ^ r$7) >>> 4) & 1) << 4)) | (((a$6 & (~r$7)) >>> 31) << 11)); R[13] = r$7; R[9] = 16777237; return c1.fn;
  }
  R[1] = r1; R[9] = pc; R[26] = 1; return null;
}

// R[28] = 1 enters it at 1000004
function region() {
  let e = R[28]; R[28] = 0;
  if ((R[23] = R[23] - 1 | 0) < 0) return null;
  let r1 = R[1], r4 = R[4], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13], mx = VF.mode;
  let xd0 = 0, xi2 = 0, xi3 = 0, xi6 = 0, xi7 = 0;
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        B1: {
          if (e !== 0) rare: {
            if (e === 1) {
              e = 0;
              const d$0 = XD[0];
              if (!(d$0 >= d$0)) { pc = R[9]; break bail; }
              if (Math.abs(d$0) < 2.010764683385949e-87 && d$0 !== 0) { if (Math.abs(d$0) < 2.010764683385949e-87 && d$0 !== 0) R[32] = R[32] + 1 | 0; pc = R[9]; break bail; }
              const i$1 = XI[2];
              const i$2 = XI[3];
              const i$3 = XI[6];
              const i$4 = XI[7];
              xd0 = d$0; xi2 = i$1; xi3 = i$2; xi6 = i$3; xi7 = i$4;
              break B1;
            }
          }
          // 1000000 PXOR
          const i$5 = XI[6];
          const i$6 = XI[7];
          xd0 = 0; xi2 = 0; xi3 = 0; xi6 = i$5; xi7 = i$6;
          break B1;
        }
        const q1$ = q;
        L1: for (;;) {
          const was1$1 = r1;
          if ((q = q - 7 | 0) < 0) { if ((q1$ - q | 0) !== 7) { fr = was1$1; fb = 0; fk = 5; } XD[0] = xd0; XI[2] = xi2; XI[3] = xi3; XI[6] = xi6; XI[7] = xi7; pc = 16777220; break slice; }
          // 1000004 MOVSD
          const a$7 = (r6 + (r1 << 3) | 0);
          if ((a$7 & 7) !== 0 && (a$7 & 4095) > 4088 && (P[a$7 >>> 12] & P[a$7 + 7 >>> 12] & 1) === 0 || (P[a$7 >>> 12] & 1) === 0) { if ((q1$ - q | 0) !== 7) { fr = was1$1; fb = 0; fk = 5; } XD[0] = xd0; XI[2] = xi2; XI[3] = xi3; XI[6] = xi6; XI[7] = xi7; pc = 16777220; break bail; }
          // 1000009 MULSD
          const a$8 = (r7 + (r1 << 3) | 0);
          if ((a$8 & 7) !== 0 && (a$8 & 4095) > 4088 && (P[a$8 >>> 12] & P[a$8 + 7 >>> 12] & 1) === 0 || (P[a$8 >>> 12] & 1) === 0) { if ((q1$ - q | 0) !== 7) { fr = was1$1; fb = 0; fk = 5; } XD[0] = xd0; XI[2] = xi2; XI[3] = xi3; XI[4] = V.getInt32(a$7 >>> 0, true); XI[5] = V.getInt32(a$7 + 4 >>> 0, true); XI[6] = 0; XI[7] = 0; pc = 16777225; break bail; }
          const d$9 = V.getFloat64(a$8 >>> 0, true);
          const d$10 = V.getFloat64(a$7 >>> 0, true);
          const r$11 = (d$10 * d$9);
          // 100000e ADDSD
          const r$12 = (xd0 + r$11);
          // 1000012 DEC
          const a$13 = r1;
          const r$14 = ((a$13 - 1) | 0);
          const o$15 = r1;
          r1 = r$14;
          if (!((r$12 - r$12) >= mx) || Math.abs(d$10) < 2.010764683385949e-87 && d$10 !== 0 || Math.abs(d$9) < 2.010764683385949e-87 && d$9 !== 0) { if (Math.abs(d$10) < 2.010764683385949e-87 && d$10 !== 0 || Math.abs(d$9) < 2.010764683385949e-87 && d$9 !== 0) R[32] = R[32] + 1 | 0; r1 = o$15; if ((q1$ - q | 0) !== 7) { fr = was1$1; fb = 0; fk = 5; } XD[0] = xd0; XI[2] = xi2; XI[3] = xi3; XI[4] = V.getInt32(a$7 >>> 0, true); XI[5] = V.getInt32(a$7 + 4 >>> 0, true); XI[6] = 0; XI[7] = 0; pc = 16777225; break bail; }
          if ((q1$ - q | 0) !== 7) { fr = was1$1; fb = 0; fk = 5; }
          // 1000013 Jcc
          if (!(r$14 === 0)) {
            XD[2] = r$11;
            xd0 = r$12; xi6 = 0; xi7 = 0;
            const f$16a = ((FL.carry(fk, fa, fb, fr) | ((((a$13 ^ r$14) >>> 4) & 1) << 4)) | (((a$13 & (~r$14)) >>> 31) << 11)); fa = f$16a;
            continue L1;
          }
          // 1000015 RET
          const a$17 = r4;
          let v$18 = 0;
          if ((a$17 & 3) !== 0 && (a$17 & 4095) > 4092 && (P[a$17 >>> 12] & P[a$17 + 3 >>> 12] & 1) === 0 || (v$18 = V.getInt32(a$17 >>> 0, true)) === 0 && (P[a$17 >>> 12] & 1) === 0) { const f$19k = 5, f$19a = ((FL.carry(fk, fa, fb, fr) | ((((a$13 ^ r$14) >>> 4) & 1) << 4)) | (((a$13 & (~r$14)) >>> 31) << 11)), f$19b = 0, f$19r = r$14; fk = f$19k; fa = f$19a; fb = f$19b; fr = f$19r; XD[0] = r$12; XI[2] = xi2; XI[3] = xi3; XD[2] = r$11; XI[6] = 0; XI[7] = 0; pc = 16777237; break bail; }
          r4 = r4 + 4 | 0;
          const f$21k = 5, f$21a = ((FL.carry(fk, fa, fb, fr) | ((((a$13 ^ r$14) >>> 4) & 1) << 4)) | (((a$13 & (~r$14)) >>> 31) << 11)), f$21b = 0, f$21r = r$14; fk = f$21k; fa = f$21a; fb = f$21b; fr = f$21r; XD[0] = r$12; XI[2] = xi2; XI[3] = xi3; XD[2] = r$11; XI[6] = 0; XI[7] = 0; pc = v$18; break next;
        }
      }
      R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
