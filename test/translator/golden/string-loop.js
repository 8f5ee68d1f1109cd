// c0: instruction at 1000000
// c1: semantic function LODS
// c2: instruction at 1000003
// c3: semantic function STOS
// c4: link to 1000006
function block() {
  if ((R[23] = R[23] - 4 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  L0: for (;;) {
    if ((q = q - 6 | 0) < 0) { R[0] = r0; R[1] = r1; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777216; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT; }
    // 1000000 LODS
    R[0] = r0; R[1] = r1; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777217; M.current = c0; c1(M, c0);
    if ((R[25] | R[24]) !== 0) return null;
    r0 = R[0], r1 = R[1], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
    // 1000001 XOR
    const r$0 = ((r0 << 24 >> 24) ^ 32);
    r0 = r0 & -256 | r$0 & 255;
    // 1000003 STOS
    R[0] = r0; R[1] = r1; R[10] = 4; R[13] = r$0; R[9] = 16777220; M.current = c2; c3(M, c2);
    if ((R[25] | R[24]) !== 0) return null;
    r0 = R[0], r1 = R[1], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
    // 1000004 LOOP
    const count$1 = ((r1 - 1) | 0);
    r1 = count$1;
    if ((count$1 !== 0)) {
      continue L0;
    }
    R[0] = r0; R[1] = r1; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777222; return c4.fn;
  }
}

// c0: instruction at 1000000
// c1: semantic function LODS
// c2: instruction at 1000003
// c3: semantic function STOS
function region() {
  if ((R[23] = R[23] - 4 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
  let q = 20000;
  let pc = 0;
  next: {
    slice: {
      bail: {
        L0: for (;;) {
          if ((q = q - 6 | 0) < 0) { pc = 16777216; break slice; }
          // 1000000 LODS
          R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = 16777217; M.current = c0; c1(M, c0);
          if ((R[25] | R[24]) !== 0) return null;
          r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000001 XOR
          const r$0 = ((r0 << 24 >> 24) ^ 32);
          r0 = r0 & -256 | r$0 & 255;
          // 1000003 STOS
          R[0] = r0; R[1] = r1; R[4] = r4; R[10] = 4; R[13] = r$0; R[9] = 16777220; M.current = c2; c3(M, c2);
          if ((R[25] | R[24]) !== 0) return null;
          r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13];
          // 1000004 LOOP
          const count$1 = ((r1 - 1) | 0);
          r1 = count$1;
          if ((count$1 !== 0)) {
            continue L0;
          }
          // 1000006 RET
          const a$3 = r4;
          let v$4 = 0;
          if ((a$3 & 3) !== 0 && (a$3 & 4095) > 4092 && (P[a$3 >>> 12] & P[a$3 + 3 >>> 12] & 1) === 0 || (v$4 = V.getInt32(a$3 >>> 0, true)) === 0 && (P[a$3 >>> 12] & 1) === 0) { pc = 16777222; break bail; }
          r4 = r4 + 4 | 0;
          pc = v$4; break next;
        }
      }
      R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
    }
    R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[23] = R[23] - 20000 | 0; return R[23] < 0 ? null : NEXT;
  }
  R[0] = r0; R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
