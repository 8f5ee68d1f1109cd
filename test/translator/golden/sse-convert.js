// c0: link to 1000012
// c1: link to 100000a
function block() {
  if ((R[23] = R[23] - 3 | 0) < 0) return null;
  let r0 = R[0], fk = R[10], fa = R[11], fb = R[12], fr = R[13], mx = VF.mode;
  let pc = 0;
  bail: {
    // 1000000 CVTSI2SD
    const d$0 = +(r0);
    // 1000004 UCOMISD
    const d$1 = XD[2];
    // 1000008 Jcc
    if (!(0 >= mx) || !(d$1 >= d$1) || Math.abs(d$1) < 2.010764683385949e-87 && d$1 !== 0) { if (Math.abs(d$1) < 2.010764683385949e-87 && d$1 !== 0) R[32] = R[32] + 1 | 0; XD[0] = d$0; pc = 16777220; break bail; }
    if (!(d$0 < d$1)) {
      XD[0] = d$0;  R[10] = 0; R[13] = (d$0 < d$1 ? 1 : d$0 > d$1 ? 0 : 64); R[9] = 16777234; return c0.fn;
    }
    XD[0] = d$0;  R[10] = 0; R[13] = (d$0 < d$1 ? 1 : d$0 > d$1 ? 0 : 64); R[9] = 16777226; return c1.fn;
  }
   R[9] = pc; R[26] = 1; return null;
}

function region() {
  if ((R[23] = R[23] - 3 | 0) < 0) return null;
  let r0 = R[0], r1 = R[1], r4 = R[4], fk = R[10], fa = R[11], fb = R[12], fr = R[13], mx = VF.mode;
  let xd0 = 0, xi8 = 0, xi9 = 0, xi10 = 0, xi11 = 0;
  let pc = 0;
  next: {
    bail: {
      B1: {
        // 1000000 CVTSI2SD
        const d$0 = +(r0);
        // 1000004 UCOMISD
        const d$1 = XD[2];
        // 1000008 Jcc
        if (!(0 >= mx) || !(d$1 >= d$1) || Math.abs(d$1) < 2.010764683385949e-87 && d$1 !== 0) { if (Math.abs(d$1) < 2.010764683385949e-87 && d$1 !== 0) R[32] = R[32] + 1 | 0; XD[0] = d$0; pc = 16777220; break bail; }
        if (!(d$0 < d$1)) {
          fk = 0; fa = 0; fb = 0; fr = (d$0 < d$1 ? 1 : d$0 > d$1 ? 0 : 64);
          const i$2 = XI[8];
          const i$3 = XI[9];
          const i$4 = XI[10];
          const i$5 = XI[11];
          xd0 = d$0; xi8 = i$2; xi9 = i$3; xi10 = i$4; xi11 = i$5;
          break B1;
        }
        // 100000a CVTTSD2SI
        const o$6 = r1;
        r1 = (d$0 | 0);
        // 100000e MOVD
        const i$7 = r1 | 0;
        if (!(0 >= mx) || !(d$0 > (-2147483649) && d$0 < 2147483648)) { r1 = o$6; fk = 0; fa = 0; fb = 0; fr = (d$0 < d$1 ? 1 : d$0 > d$1 ? 0 : 64); XD[0] = d$0; pc = 16777226; break bail; }
        fk = 0; fa = 0; fb = 0; fr = (d$0 < d$1 ? 1 : d$0 > d$1 ? 0 : 64);
        xd0 = d$0; xi8 = i$7; xi9 = 0; xi10 = 0; xi11 = 0;
        break B1;
      }
      // 1000012 RET
      const a$8 = r4;
      let v$9 = 0;
      if ((a$8 & 3) !== 0 && (a$8 & 4095) > 4092 && (P[a$8 >>> 12] & P[a$8 + 3 >>> 12] & 1) === 0 || (v$9 = V.getInt32(a$8 >>> 0, true)) === 0 && (P[a$8 >>> 12] & 1) === 0) { XD[0] = xd0; XI[8] = xi8; XI[9] = xi9; XI[10] = xi10; XI[11] = xi11; pc = 16777234; break bail; }
      r4 = r4 + 4 | 0;
      XD[0] = xd0; XI[8] = xi8; XI[9] = xi9; XI[10] = xi10; XI[11] = xi11; pc = v$9; break next;
    }
    R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; R[26] = 1; return null;
  }
  R[1] = r1; R[4] = r4; R[10] = fk; R[11] = fa; R[12] = fb; R[13] = fr; R[9] = pc; return NEXT;
}
