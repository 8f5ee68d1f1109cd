// c0: instruction at 1000000
// c1: semantic function MOVS
// c2: instruction at 1000004
// c3: semantic function STOS
// c4: instruction at 1000006
// c5: semantic function MOVS
function block() {
  if ((R[23] = R[23] - 5 | 0) < 0) return null;
  let r1 = R[1], r2 = R[2], r4 = R[4];
  let pc = 0;
  bail: {
    // 1000000 MOVS
    R[1] = r1; R[4] = r4; R[9] = 16777218; M.current = c0; c1(M, c0);
    if ((R[25] | R[24]) !== 0) return null;
    r1 = R[1], r2 = R[2], r4 = R[4];
    // 1000002 MOV
    r1 = r2;
    // 1000004 STOS
    R[1] = r1; R[4] = r4; R[9] = 16777222; M.current = c2; c3(M, c2);
    if ((R[25] | R[24]) !== 0) return null;
    r1 = R[1], r2 = R[2], r4 = R[4];
    // 1000006 MOVS
    R[1] = r1; R[4] = r4; R[9] = 16777223; M.current = c4; c5(M, c4);
    if ((R[25] | R[24]) !== 0) return null;
    r1 = R[1], r2 = R[2], r4 = R[4];
    // 1000007 RET
    const a$0 = r4;
    let v$1 = 0;
    if ((a$0 & 3) !== 0 && (a$0 & 4095) > 4092 && (P[a$0 >>> 12] & P[a$0 + 3 >>> 12] & 1) === 0 || (v$1 = V.getInt32(a$0 >>> 0, true)) === 0 && (P[a$0 >>> 12] & 1) === 0) { pc = 16777223; break bail; }
    r4 = r4 + 4 | 0;
    R[1] = r1; R[4] = r4; R[9] = v$1; return NEXT;
  }
  R[1] = r1; R[4] = r4; R[9] = pc; R[26] = 1; return null;
}
