function block() {
  if ((R[23] = R[23] - 7 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r5 = R[5], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 CMP
    const a$0 = r0;
    const b$1 = r3;
    // 1000002 SETcc
    r1 = r1 & -256 | (!(a$0 <= b$1) ? 1 : 0) & 255;
    // 1000005 CMOVcc
    const v$2 = r6;
    if ((a$0 >>> 0 < b$1 >>> 0)) {
      r7 = v$2;
    }
    // 1000008 TEST
    const f$3 = r2;
    // 100000a CMOVcc
    const a$4 = r5;
    let v$5 = 0;
    if ((a$4 & 3) !== 0 && (a$4 & 4095) > 4092 && (P[a$4 >>> 12] & P[a$4 + 3 >>> 12] & 1) === 0 || (v$5 = V.getInt32(a$4 >>> 0, true)) === 0 && (P[a$4 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = f$3; pc = 16777226; break bail; }
    if ((f$3 === 0)) {
      r2 = v$5;
    }
    // 100000e SETcc
    r2 = r2 & -256 | ((f$3 === 0) ? 1 : 0) & 255;
    // 1000011 RET
    const a$6 = r4;
    let v$7 = 0;
    if ((a$6 & 3) !== 0 && (a$6 & 4095) > 4092 && (P[a$6 >>> 12] & P[a$6 + 3 >>> 12] & 1) === 0 || (v$7 = V.getInt32(a$6 >>> 0, true)) === 0 && (P[a$6 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = f$3; pc = 16777233; break bail; }
    r4 = r4 + 4 | 0;
    R[1] = r1; R[2] = r2; R[4] = r4; R[7] = r7; R[10] = 4; R[13] = f$3; R[9] = v$7; return NEXT;
  }
  R[1] = r1; R[2] = r2; R[4] = r4; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
