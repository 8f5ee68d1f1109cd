// c0: instruction at 1000009
// c1: semantic function LAHF
function block() {
  if ((R[23] = R[23] - 6 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 ADD
    const a$0 = r0;
    const b$1 = r3;
    const r$2 = ((a$0 + b$1) | 0);
    r0 = r$2;
    // 1000002 INC
    const a$3 = r1;
    const r$4 = ((a$3 + 1) | 0);
    r1 = r$4;
    // 1000003 SETcc
    r2 = r2 & -256 | ((((((r$2 >>> 0 < a$0 >>> 0 ? 1 : 0) | ((((a$3 ^ r$4) >>> 4) & 1) << 4)) | ((((~a$3) & r$4) >>> 31) << 11)) & 1) !== 0) ? 1 : 0) & 255;
    // 1000006 ADD
    const a$5 = r6;
    const r$6 = ((a$5 - 1) | 0);
    r6 = r$6;
    // 1000009 LAHF
    R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[6] = r6; R[10] = 1; R[11] = a$5; R[12] = (-1); R[13] = r$6; R[9] = 16777226; M.current = c0; c1(M, c0);
    if ((R[25] | R[24]) !== 0) return null;
    r0 = R[0], r1 = R[1], r2 = R[2], r3 = R[3], r4 = R[4], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
    // 100000a RET
    const a$7 = r4;
    let v$8 = 0;
    if ((a$7 & 3) !== 0 && (a$7 & 4095) > 4092 && (P[a$7 >>> 12] & P[a$7 + 3 >>> 12] & 1) === 0 || (v$8 = V.getInt32(a$7 >>> 0, true)) === 0 && (P[a$7 >>> 12] & 1) === 0) { pc = 16777226; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[6] = r6; R[9] = v$8; return NEXT;
  }
  R[0] = r0; R[1] = r1; R[2] = r2; R[4] = r4; R[6] = r6; R[9] = pc; R[26] = 1; return null;
}
