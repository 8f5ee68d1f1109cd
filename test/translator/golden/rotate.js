function block() {
  if ((R[23] = R[23] - 7 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 ROL
    const a$0 = r0;
    const r$1 = (((a$0 << 7) | (a$0 >>> 25)) | 0);
    r0 = r$1;
    // 1000003 ROR
    const a$2 = r3;
    const r$3 = (((a$2 >>> 2) | (a$2 << 30)) | 0);
    r3 = r$3;
    // 1000006 XOR
    const r$4 = (r0 ^ r3);
    r0 = r$4;
    // 1000008 ROL
    const c$5 = (r1 & 31);
    const a$6 = r2;
    const k$7 = (c$5 & 31);
    const r$8 = (((a$6 << k$7) | (a$6 >>> (32 - k$7))) | 0);
    r2 = r$8;
    // 100000a ADD
    const a$9 = r0;
    const b$10 = r2;
    const r$11 = ((a$9 + b$10) | 0);
    r0 = r$11;
    // 100000c BSWAP
    r0 = (W.bswap(r0) | 0);
    // 100000e RET
    const a$12 = r4;
    let v$13 = 0;
    if ((a$12 & 3) !== 0 && (a$12 & 4095) > 4092 && (P[a$12 >>> 12] & P[a$12 + 3 >>> 12] & 1) === 0 || (v$13 = V.getInt32(a$12 >>> 0, true)) === 0 && (P[a$12 >>> 12] & 1) === 0) { fk = 1; fa = a$9; fb = b$10; fr = r$11; pc = 16777230; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[2] = r2; R[3] = r3; R[4] = r4; R[10] = 1; R[11] = a$9; R[12] = b$10; R[13] = r$11; R[9] = v$13; return NEXT;
  }
  R[0] = r0; R[2] = r2; R[3] = r3; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
