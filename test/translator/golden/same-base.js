function block() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r3 = R[3], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 MOV
    const a$0 = r6;
    const gb$0 = (a$0 + 0 | 0);
    if ((P[gb$0 >>> 12] & P[gb$0 + 23 >>> 12]) >= 0) { pc = 16777216; break bail; }
    const v$1 = V.getInt32(gb$0 >>> 0, true);
    r0 = v$1;
    // 1000002 MOV
    const a$2 = (r6 + 4 | 0);
    const v$3 = V.getInt32(gb$0 + 4 >>> 0, true);
    r3 = v$3;
    // 1000005 MOV
    const x$4 = r0;
    const a$5 = (r6 + 8 | 0);
    V.setInt32(gb$0 + 8 >>> 0, x$4, true);
    // 1000008 MOV
    const x$6 = r3;
    const a$7 = (r6 + 12 | 0);
    V.setInt32(gb$0 + 12 >>> 0, x$6, true);
    // 100000b ADD
    const a$8 = r6;
    const r$9 = ((a$8 + 16) | 0);
    r6 = r$9;
    // 100000e MOV
    const a$10 = r6;
    const v$11 = V.getInt32(gb$0 + 16 >>> 0, true);
    r1 = v$11;
    // 1000010 MOV
    const x$12 = r1;
    const a$13 = (r6 + 4 | 0);
    V.setInt32(gb$0 + 20 >>> 0, x$12, true);
    // 1000013 RET
    const a$14 = r4;
    let v$15 = 0;
    if ((a$14 & 3) !== 0 && (a$14 & 4095) > 4092 && (P[a$14 >>> 12] & P[a$14 + 3 >>> 12] & 1) === 0 || (v$15 = V.getInt32(a$14 >>> 0, true)) === 0 && (P[a$14 >>> 12] & 1) === 0) { fk = 1; fa = a$8; fb = 16; fr = r$9; pc = 16777235; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[1] = r1; R[3] = r3; R[4] = r4; R[6] = r6; R[10] = 1; R[11] = a$8; R[12] = 16; R[13] = r$9; R[9] = v$15; return NEXT;
  }
  R[0] = r0; R[1] = r1; R[3] = r3; R[4] = r4; R[6] = r6; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
