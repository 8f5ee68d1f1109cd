function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], r7 = R[7];
  let pc = 0;
  bail: {
    // 1000000 MOV
    const a$0 = r6;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777216; break bail; }
    r0 = v$1;
    // 1000002 MOVZX
    const a$2 = (r6 + r1 | 0);
    const v$3 = V.getUint8(a$2 >>> 0);
    if (v$3 === 0 && (P[a$2 >>> 12] & 1) === 0) { pc = 16777218; break bail; }
    r2 = v$3;
    // 1000006 MOV
    const x$4 = r0;
    const a$5 = (r7 + (r1 << 2) | 0);
    if ((a$5 & 3) !== 0 && (a$5 & 4095) > 4092 && (P[a$5 >>> 12] & P[a$5 + 3 >>> 12]) >= 0 || P[a$5 >>> 12] >= 0) { pc = 16777222; break bail; }
    V.setInt32(a$5 >>> 0, x$4, true);
    // 1000009 MOV
    const x$6 = (r2 << 24 >> 24);
    const a$7 = r3;
    if (P[a$7 >>> 12] >= 0) { pc = 16777225; break bail; }
    V.setInt8(a$7 >>> 0, x$6);
    // 100000b MOV
    const x$8 = (r2 << 16 >> 16);
    if (P[8192] >= 0) { pc = 16777227; break bail; }
    V.setInt16(33554432, x$8, true);
    // 1000012 RET
    const a$9 = r4;
    let v$10 = 0;
    if ((a$9 & 3) !== 0 && (a$9 & 4095) > 4092 && (P[a$9 >>> 12] & P[a$9 + 3 >>> 12] & 1) === 0 || (v$10 = V.getInt32(a$9 >>> 0, true)) === 0 && (P[a$9 >>> 12] & 1) === 0) { pc = 16777234; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[2] = r2; R[4] = r4; R[9] = v$10; return NEXT;
  }
  R[0] = r0; R[2] = r2; R[4] = r4; R[9] = pc; R[26] = 1; return null;
}
