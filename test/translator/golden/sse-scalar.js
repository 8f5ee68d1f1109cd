function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r4 = R[4], r6 = R[6], r7 = R[7], mx = VF.mode;
  let pc = 0;
  bail: {
    // 1000000 MOVSD
    const a$0 = r6;
    if ((P[a$0 >>> 12] & P[a$0 + 15 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    // 1000004 MULSD
    const a$1 = (r6 + 8 | 0);
    const d$2 = V.getFloat64(a$1 >>> 0, true);
    const d$3 = V.getFloat64(a$0 >>> 0, true);
    const r$4 = (d$3 * d$2);
    // 1000009 ADDSD
    const d$5 = XD[2];
    const r$6 = (r$4 + d$5);
    // 100000d SQRTSD
    const r$7 = Math.sqrt(r$6);
    // 1000011 MOVSD
    const a$8 = r7;
    if (!((r$7 - r$7) >= mx) || Math.abs(d$3) < 2.010764683385949e-87 && d$3 !== 0 || Math.abs(d$2) < 2.010764683385949e-87 && d$2 !== 0 || Math.abs(d$5) < 2.010764683385949e-87 && d$5 !== 0) { if (Math.abs(d$3) < 2.010764683385949e-87 && d$3 !== 0 || Math.abs(d$2) < 2.010764683385949e-87 && d$2 !== 0 || Math.abs(d$5) < 2.010764683385949e-87 && d$5 !== 0) R[32] = R[32] + 1 | 0; XI[0] = V.getInt32(a$0 >>> 0, true); XI[1] = V.getInt32(a$0 + 4 >>> 0, true); XI[2] = 0; XI[3] = 0; pc = 16777220; break bail; }
    if ((a$8 & 7) !== 0 && (a$8 & 4095) > 4088 && (P[a$8 >>> 12] & P[a$8 + 7 >>> 12]) >= 0 || P[a$8 >>> 12] >= 0) { XD[0] = r$6; XI[2] = 0; XI[3] = 0; XD[4] = r$7; pc = 16777233; break bail; }
    V.setFloat64(a$8 >>> 0, r$7, true);
    // 1000015 RET
    const a$9 = r4;
    let v$10 = 0;
    if ((a$9 & 3) !== 0 && (a$9 & 4095) > 4092 && (P[a$9 >>> 12] & P[a$9 + 3 >>> 12] & 1) === 0 || (v$10 = V.getInt32(a$9 >>> 0, true)) === 0 && (P[a$9 >>> 12] & 1) === 0) { XD[0] = r$6; XI[2] = 0; XI[3] = 0; XD[4] = r$7; pc = 16777237; break bail; }
    r4 = r4 + 4 | 0;
    XD[0] = r$6; XI[2] = 0; XI[3] = 0; XD[4] = r$7; R[4] = r4; R[9] = v$10; return NEXT;
  }
  R[4] = r4; R[9] = pc; R[26] = 1; return null;
}
