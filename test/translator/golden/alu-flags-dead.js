function block() {
  if ((R[23] = R[23] - 5 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r3 = R[3], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 ADD
    const a$0 = r0;
    const b$1 = r3;
    const r$2 = ((a$0 + b$1) | 0);
    r0 = r$2;
    // 1000002 XOR
    const r$3 = (r0 ^ 85);
    r0 = r$3;
    // 1000005 SUB
    const a$4 = r0;
    const b$5 = r1;
    const r$6 = ((a$4 - b$5) | 0);
    r0 = r$6;
    // 1000007 AND
    const r$7 = (r0 & 255);
    r0 = r$7;
    // 100000c RET
    const a$8 = r4;
    let v$9 = 0;
    if ((a$8 & 3) !== 0 && (a$8 & 4095) > 4092 && (P[a$8 >>> 12] & P[a$8 + 3 >>> 12] & 1) === 0 || (v$9 = V.getInt32(a$8 >>> 0, true)) === 0 && (P[a$8 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = r$7; pc = 16777228; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[4] = r4; R[10] = 4; R[13] = r$7; R[9] = v$9; return NEXT;
  }
  R[0] = r0; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
