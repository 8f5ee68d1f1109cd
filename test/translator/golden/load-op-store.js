function block() {
  if ((R[23] = R[23] - 5 | 0) < 0) return null;
  let r0 = R[0], r3 = R[3], r4 = R[4], r5 = R[5], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 ADD
    const a$0 = r6;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12]) >= 0 || P[a$0 >>> 12] >= 0) { pc = 16777216; break bail; }
    const v$1 = V.getInt32(a$0 >>> 0, true);
    const r$2 = ((v$1 + 1) | 0);
    const a$3 = r6;
    V.setInt32(a$3 >>> 0, r$2, true);
    // 1000003 AND
    const a$4 = r7;
    if (P[a$4 >>> 12] >= 0) { fk = 1; fa = v$1; fb = 1; fr = r$2; pc = 16777219; break bail; }
    const v$5 = V.getInt8(a$4 >>> 0);
    const r$6 = (v$5 & 127);
    const a$7 = r7;
    V.setInt8(a$7 >>> 0, r$6);
    // 1000006 XCHG
    const a$8 = r3;
    if ((a$8 & 3) !== 0 && (a$8 & 4095) > 4092 && (P[a$8 >>> 12] & P[a$8 + 3 >>> 12]) >= 0 || P[a$8 >>> 12] >= 0) { fk = 4; fa = 0; fb = 0; fr = r$6; pc = 16777222; break bail; }
    const v$9 = V.getInt32(a$8 >>> 0, true);
    const b$10 = r0;
    const a$11 = r3;
    V.setInt32(a$11 >>> 0, b$10, true);
    r0 = v$9;
    // 1000008 INC
    const a$12 = r5;
    if ((a$12 & 3) !== 0 && (a$12 & 4095) > 4092 && (P[a$12 >>> 12] & P[a$12 + 3 >>> 12]) >= 0 || P[a$12 >>> 12] >= 0) { fk = 4; fa = 0; fb = 0; fr = r$6; pc = 16777224; break bail; }
    const v$13 = V.getInt32(a$12 >>> 0, true);
    const r$14 = ((v$13 + 1) | 0);
    const a$15 = r5;
    V.setInt32(a$15 >>> 0, r$14, true);
    // 100000c RET
    const a$16 = r4;
    let v$17 = 0;
    if ((a$16 & 3) !== 0 && (a$16 & 4095) > 4092 && (P[a$16 >>> 12] & P[a$16 + 3 >>> 12] & 1) === 0 || (v$17 = V.getInt32(a$16 >>> 0, true)) === 0 && (P[a$16 >>> 12] & 1) === 0) { fk = 5; fa = ((0 | ((((v$13 ^ r$14) >>> 4) & 1) << 4)) | ((((~v$13) & r$14) >>> 31) << 11)); fb = 0; fr = r$14; pc = 16777228; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[4] = r4; R[10] = 5; R[11] = ((0 | ((((v$13 ^ r$14) >>> 4) & 1) << 4)) | ((((~v$13) & r$14) >>> 31) << 11)); R[13] = r$14; R[9] = v$17; return NEXT;
  }
  R[0] = r0; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
