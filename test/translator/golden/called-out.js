// c0: instruction at 1000005
// c1: semantic function FXSAVE
// c2: instruction at 100000c
// c3: semantic function CPUID
function block() {
  if ((R[23] = R[23] - 5 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let pc = 0;
  bail: {
    // 1000000 MOV
    r0 = 1;
    // 1000005 FXSAVE
    R[0] = r0; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777224; M.current = c0; c1(M, c0);
    if ((R[25] | R[24]) !== 0) return null;
    r0 = R[0], r1 = R[1], r6 = R[6], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
    // 1000008 AAM
    const al$0 = (r0 & 255);
    const rest$1 = ((al$0 % 10) | 0);
    r0 = r0 & -65536 | ((((al$0 / 10) | 0) << 8) | rest$1) & 65535;
    // 100000a BOUND
    const index$2 = r1;
    const a$3 = r6;
    let v$4 = 0;
    if ((a$3 & 3) !== 0 && (a$3 & 4095) > 4092 && (P[a$3 >>> 12] & P[a$3 + 3 >>> 12] & 1) === 0 || (v$4 = V.getInt32(a$3 >>> 0, true)) === 0 && (P[a$3 >>> 12] & 1) === 0) { fk = 5; fa = 0; fb = 0; fr = (rest$1 << 24 >> 24); pc = 16777226; break bail; }
    const a$5 = ((a$3 + 4) | 0);
    let v$6 = 0;
    if ((a$5 & 3) !== 0 && (a$5 & 4095) > 4092 && (P[a$5 >>> 12] & P[a$5 + 3 >>> 12] & 1) === 0 || (v$6 = V.getInt32(a$5 >>> 0, true)) === 0 && (P[a$5 >>> 12] & 1) === 0) { fk = 5; fa = 0; fb = 0; fr = (rest$1 << 24 >> 24); pc = 16777226; break bail; }
    if (((index$2 < v$4) || (index$2 > v$6))) {
      fk = 5; fa = 0; fb = 0; fr = (rest$1 << 24 >> 24); pc = 16777226; break bail;
    }
    // 100000c CPUID
    R[0] = r0; R[10] = 5; R[11] = 0; R[13] = (rest$1 << 24 >> 24); R[9] = 16777230; M.current = c2; c3(M, c2);
    return null;
  }
  R[0] = r0; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
}
