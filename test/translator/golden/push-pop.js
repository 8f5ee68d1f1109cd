function block() {
  if ((R[23] = R[23] - 11 | 0) < 0) return null;
  let r0 = R[0], r3 = R[3], r4 = R[4], r5 = R[5], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 PUSH
    const x$0 = r5;
    const a$1 = r4 - 4 | 0;
    const gb$0 = (a$1 + (-16) | 0);
    if ((P[gb$0 >>> 12] & P[gb$0 + 27 >>> 12]) >= 0) { pc = 16777216; break bail; }
    V.setInt32(gb$0 + 16 >>> 0, x$0, true);
    r4 = a$1;
    // 1000001 MOV
    r5 = r4;
    // 1000003 PUSH
    const x$2 = r3;
    const a$3 = r4 - 4 | 0;
    V.setInt32(gb$0 + 12 >>> 0, x$2, true);
    r4 = a$3;
    // 1000004 SUB
    const a$4 = r4;
    const r$5 = ((a$4 - 8) | 0);
    r4 = r$5;
    // 1000007 MOV
    const a$6 = (r5 + 8 | 0);
    const v$7 = V.getInt32(gb$0 + 24 >>> 0, true);
    r3 = v$7;
    // 100000a MOV
    const x$8 = r3;
    const a$9 = r4;
    V.setInt32(gb$0 + 4 >>> 0, x$8, true);
    // 100000d PUSH
    const a$10 = r4 - 4 | 0;
    V.setInt32(gb$0 >>> 0, 1, true);
    r4 = a$10;
    // 100000f POP
    const a$11 = r4;
    r4 = r4 + 4 | 0;
    r0 = 1;
    // 1000010 MOV
    const a$12 = (r5 - 4 | 0);
    r3 = (x$2 | 0);
    // 1000013 LEAVE
    const bp$13 = r5;
    const v$14 = (x$0 | 0);
    r4 = ((bp$13 + 4) | 0);
    r5 = v$14;
    // 1000014 RET
    const a$15 = r4;
    const v$16 = V.getInt32(gb$0 + 20 >>> 0, true);
    r4 = r4 + 4 | 0;
    r4 = ((r4 + 4) | 0);
    R[0] = r0; R[3] = r3; R[4] = r4; R[5] = r5; R[10] = 2; R[11] = a$4; R[12] = 8; R[13] = r$5; R[9] = v$16; return NEXT;
  }
  R[0] = r0; R[3] = r3; R[4] = r4; R[5] = r5; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
