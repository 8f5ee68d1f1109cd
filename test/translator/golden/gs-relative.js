function block() {
  if ((R[23] = R[23] - 5 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 MOV
    if ((R[22] & 32) !== 0) { pc = 16777216; break bail; }
    const a$0 = 0 + R[21] | 0;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    r0 = v$1;
    // 1000006 MOV
    const a$2 = (r0 - 4 | 0);
    let v$3 = 0;
    if ((a$2 & 3) !== 0 && (a$2 & 4095) > 4092 || (v$3 = V.getInt32(a$2 >>> 0, true)) === 0 && (P[a$2 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
    r1 = v$3;
    // 1000009 MOV
    const x$4 = r1;
    if ((R[22] & 32) !== 0) { pc = 16777225; break bail; }
    const a$5 = 16 + R[21] | 0;
    if ((a$5 & 3) !== 0 && (a$5 & 4095) > 4092 || P[a$5 >>> 12] >= 0) { pc = 16777225; break bail; }
    V.setInt32(a$5 >>> 0, x$4, true);
    // 1000010 XOR
    if ((R[22] & 32) !== 0) { pc = 16777232; break bail; }
    const a$6 = 20 + R[21] | 0;
    let v$7 = 0;
    if ((a$6 & 3) !== 0 && (a$6 & 4095) > 4092 || (v$7 = V.getInt32(a$6 >>> 0, true)) === 0 && (P[a$6 >>> 12] & 1) === 0) { pc = 16777232; break bail; }
    const r$8 = (r2 ^ v$7);
    r2 = r$8;
    // 1000017 RET
    const a$9 = r4;
    let v$10 = 0;
    if ((a$9 & 3) !== 0 && (a$9 & 4095) > 4092 || (v$10 = V.getInt32(a$9 >>> 0, true)) === 0 && (P[a$9 >>> 12] & 1) === 0) { fk = 4; fa = 0; fb = 0; fr = r$8; pc = 16777239; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[10] = 4; R[13] = r$8; R[9] = v$10; return NEXT;
  }
  R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
