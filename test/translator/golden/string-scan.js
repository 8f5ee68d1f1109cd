// c0: instruction at 1000007
// c1: semantic function SCAS
// c2: instruction at 100000b
// c3: semantic function CMPS
function block() {
  if ((R[23] = R[23] - 7 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 XOR
    r0 = 0;
    // 1000002 MOV
    r1 = (-1);
    // 1000007 SCAS
    R[0] = r0; R[1] = r1; R[4] = r4; R[10] = 4; R[13] = 0; R[9] = 16777225; M.current = c0; c1(M, c0);
    if ((R[25] | R[24]) !== 0) return null;
    r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
    // 1000009 NOT
    r1 = ((~r1) | 0);
    // 100000b CMPS
    R[0] = r0; R[1] = r1; R[4] = r4; R[9] = 16777229; M.current = c2; c3(M, c2);
    if ((R[25] | R[24]) !== 0) return null;
    r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
    // 100000d SETcc
    r0 = r0 & -256 | ((FL.zero(fk, fr) !== 0) ? 1 : 0) & 255;
    // 1000010 RET
    const a$0 = r4;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777232; break bail; }
    r4 = r4 + 4 | 0;
    R[0] = r0; R[1] = r1; R[4] = r4; R[9] = v$1; return NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[9] = pc; R[26] = 1; return null;
}
