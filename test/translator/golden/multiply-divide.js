function block() {
  if ((R[23] = R[23] - 8 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r5 = R[5], r6 = R[6], r7 = R[7], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 IMUL
    const a$0 = r6;
    const low$1 = Math.imul(a$0, 10);
    r7 = low$1;
    // 1000003 MUL
    const a$2 = r0;
    const b$3 = r3;
    const high$4 = ((((a$2 >>> 0) * (b$3 >>> 0) - (Math.imul(a$2, b$3) >>> 0)) * 2.3283064365386963e-10 + 0.5) | 0);
    r0 = (Math.imul(a$2, b$3) | 0);
    r2 = high$4;
    // 1000005 MOV
    r5 = r0;
    // 1000007 XOR
    r2 = 0;
    // 1000009 DIV
    const d$5 = r1;
    const low$6 = r0;
    const high$7 = r2;
    if ((!(high$7 >>> 0 < d$5 >>> 0))) {
      fk = 4; fa = 0; fb = 0; fr = 0; pc = 16777225; break bail;
    }
    const q$8 = (high$7 === 0 ? (low$6 >>> 0) / (d$5 >>> 0) | 0 : W.divU(high$7, low$6, d$5));
    r0 = q$8;
    r2 = ((low$6 - Math.imul(q$8, d$5)) | 0);
    // 100000b CWD
    r2 = ((r0 >> 31) | 0);
    // 100000c IDIV
    const d$9 = r1;
    const low$10 = r0;
    const high$11 = r2;
    if ((!(high$11 === low$10 >> 31 ? d$9 !== 0 && (d$9 !== -1 || low$10 !== -2147483648) : W.divFitsS(high$11, low$10, d$9)))) {
      fk = 0; fa = 0; fb = 0; fr = (0 | 0 << 11 | 16); pc = 16777228; break bail;
    }
    const q$12 = (high$11 === low$10 >> 31 ? low$10 / d$9 | 0 : W.divS(high$11, low$10, d$9));
    r0 = q$12;
    r2 = ((low$10 - Math.imul(q$12, d$9)) | 0);
    // 100000e RET
    const a$13 = r4;
    let v$14 = 0;
    if ((a$13 & 3) !== 0 && (a$13 & 4095) > 4092 && (P[a$13 >>> 12] & P[a$13 + 3 >>> 12] & 1) === 0 || (v$14 = V.getInt32(a$13 >>> 0, true)) === 0 && (P[a$13 >>> 12] & 1) === 0) { fk = 0; fa = 0; fb = 0; fr = ((0 | 0 << 11 | 16) & -213 | 16); pc = 16777230; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[2] = r2; R[4] = r4; R[5] = r5; R[7] = r7; R[10] = 0; R[13] = ((0 | 0 << 11 | 16) & -213 | 16); R[9] = v$14; return NEXT;
  }
  R[0] = r0; R[2] = r2; R[4] = r4; R[5] = r5; R[7] = r7; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
